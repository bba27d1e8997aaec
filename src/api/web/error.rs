//! The one table from a refusal to its answer: status, sentence in both languages, and whether the same key may be
//! tried again. A new refusal does not compile until it has its row here.
//!
//! A sentence is `what is wrong: the figures. The next step.` Its part before the colon is the title.

mod keys;
mod redeeming;
mod service;
mod sign_in;
mod things;
mod wording;

use crate::domain::amount;
use crate::domain::id::Id;
use crate::domain::language::Language;
use crate::domain::ledger::asset::Asset;
use crate::domain::refusal::Refusal;
use chrono_tz::Tz;
use serde_json::{Map, Value};
use things::{state, thing};
use wording::{
    account_reserved, already_done, bounds_chinese, bounds_english, insufficient, not_reversible, owed_less,
    reversal_on_hold, scheme_term, star_not_reached,
};

/// What a refused caller is told.
#[derive(Clone, Debug, PartialEq)]
pub struct Told {
    pub status: u16,
    pub chinese: String,
    pub english: String,
    /// The member of the request that is to be changed, if there is one.
    pub field: Option<String>,
    /// The same request can succeed later without a change.
    pub retryable: bool,
    /// The answer is not kept under the key: the same key may be sent again.
    pub same_key_ok: bool,
}

impl Told {
    pub fn new(status: u16, chinese: impl Into<String>, english: impl Into<String>) -> Self {
        Told {
            status,
            chinese: chinese.into(),
            english: english.into(),
            field: None,
            retryable: false,
            same_key_ok: false,
        }
    }

    pub fn field(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into());
        self
    }

    /// The same request with the same key may succeed in a moment.
    pub fn again(mut self) -> Self {
        self.retryable = true;
        self.same_key_ok = true;
        self
    }

    /// Not kept under the key, though it will be refused again unless something changes.
    pub fn key_unused(mut self) -> Self {
        self.same_key_ok = true;
        self
    }

    pub fn sentence(&self, language: Language) -> &str {
        language.pick(&self.chinese, &self.english)
    }

    /// The sentence up to its colon.
    pub fn title(&self, language: Language) -> &str {
        let sentence = self.sentence(language);
        let ends = language.pick(['：', '。'], [':', '.']);
        sentence.split(ends).next().unwrap_or(sentence)
    }
}

/// The code of a refusal and the figures that explain it: amounts as decimal text, as everywhere at the edges.
pub fn code_and_figures(refusal: &Refusal) -> (String, Map<String, Value>) {
    let Ok(Value::Object(mut members)) = serde_json::to_value(refusal) else {
        return ("refused".to_owned(), Map::new());
    };
    let code = members.remove("code").and_then(|code| code.as_str().map(str::to_owned));
    let asset = members.get("asset").and_then(|asset| asset.as_str()?.parse::<Asset>().ok());
    for (name, value) in &mut members {
        if let (Some(asset), Some(minor), false) = (asset, value.as_i64(), name == "posting") {
            *value = Value::String(amount::format(minor, asset.decimals()));
        }
    }
    // Whose account it is, is not told where it is named by nobody's id.
    let nobody = Value::String(Id::SYSTEM.to_string());
    members.retain(|_, value| !value.is_null() && *value != nobody);
    // Where to go on, for programs; people read it in the sentence.
    if matches!(refusal, Refusal::MemberKnown { .. }) {
        members.insert("see".to_owned(), Value::String("/v1/moves".to_owned()));
    }
    (code.unwrap_or_else(|| "refused".to_owned()), members)
}

/// An amount as Chinese readers say it: `12.5 分`.
pub fn chinese(minor: i64, asset: Asset) -> String {
    let unit = match asset {
        Asset::Point | Asset::Score => "分",
        Asset::Lifetime => "分终身积分",
        Asset::Minute => "分钟",
        Asset::Cny => "元",
        Asset::Stock(_) => "件",
    };
    format!("{} {unit}", amount::short(minor, asset.decimals()))
}

/// An amount as English readers say it: `12.5 points`.
pub fn english(minor: i64, asset: Asset) -> String {
    let unit = match asset {
        Asset::Point => "points",
        Asset::Lifetime => "lifetime points",
        Asset::Score => "score points",
        Asset::Minute => "minutes",
        Asset::Cny => "yuan",
        Asset::Stock(_) => "pieces",
    };
    format!("{} {unit}", amount::short(minor, asset.decimals()))
}

/// The table, for a reader whose bank is not known.
pub fn told(refusal: &Refusal) -> Told {
    told_in(refusal, HOME)
}

/// The zone of a new bank.
pub const HOME: Tz = Tz::Asia__Shanghai;

/// The table. Days and times are told by the clock of the bank.
pub fn told_in(refusal: &Refusal, zone: Tz) -> Told {
    use Refusal as R;
    match refusal {
        R::IdempotencyKeyReused { field } => keys::reused(field),
        R::KeySpent { entry } => keys::spent(*entry),
        R::SameAccount { posting } => Told::new(
            422,
            format!("转出与转入是同一账户：第 {posting} 笔（从 0 数起）。请改其中一个账户。"),
            format!("Debit and credit are the same account: posting {posting} (from 0). Change one of them."),
        ),
        R::TooManyPostings { limit } => Told::new(
            422,
            format!("分录太多：一次最多 {limit} 笔。请分成几次提交。"),
            format!("Too many postings: at most {limit} in one entry. Split the request."),
        ),
        R::NothingToPost => Told::new(
            422,
            "没有可记的账：请求里没有任何分录。请至少写一笔。",
            "Nothing to post: the request has no posting. Write at least one.",
        ),
        R::AmountNotPositive { posting } => Told::new(
            422,
            format!("数量必须大于零：第 {posting} 笔（从 0 数起）。请改成正数。"),
            format!("Amount must be above zero: posting {posting} (from 0). Write a positive amount."),
        ),
        R::TimeoutWithoutHold => Told::new(
            422,
            "只有预留才能设期限：这个请求不是预留。请去掉期限。",
            "Only a hold can have a time limit: this is not a hold. Leave the limit out.",
        ),
        R::PeriodClosed { closed_until } => service::period_closed(&closed_until.local(zone)),
        R::EffectiveInFuture => Told::new(
            422,
            "生效时间在将来：只能记已经发生的事。请填写现在或以前的时间。",
            "Effective time is in the future: only what has happened can be posted. Use the present or an earlier time.",
        )
        .field("effective_at"),
        R::AccountNotFound { account } => Told::new(
            404,
            format!("找不到账户：{account} 不存在，或不在您的范围内。请核对编号。"),
            format!("Account not found: {account} does not exist or is outside your reach. Check the id."),
        ),
        R::AccountExists { account } => Told::new(
            409,
            format!("账户已存在：{account}。请直接使用它。"),
            format!("Account exists already: {account}. Use that one."),
        ),
        R::ReversalOnHold { available, missing, held, asset, .. } => {
            reversal_on_hold(*available, *missing, *held, *asset)
        }
        R::OwedLess { left, asset } => owed_less(*left, *asset),
        R::AccountReserved { account } => account_reserved(*account),
        R::HoldNotFound => Told::new(
            404,
            "找不到预留：它不存在，或不在您的范围内。请核对编号。",
            "Hold not found: it does not exist or is outside your reach. Check the id.",
        ),
        R::EntryNotFound => Told::new(
            404,
            "找不到分录：它不存在，或不在您的范围内。请核对编号。",
            "Entry not found: it does not exist or is outside your reach. Check the number.",
        ),
        R::AssetMismatch { posting } => Told::new(
            422,
            format!("两边的种类不同：第 {posting} 笔（从 0 数起）的转出与转入账户不是同一种积分或物品。请改账户。"),
            format!("Assets differ: the two accounts of posting {posting} (from 0) hold different assets. Change one."),
        ),
        R::EntryNotReversible { reason } => not_reversible(*reason),
        R::PostingNotFound { posting } => Told::new(
            422,
            format!("没有这一笔：原分录没有第 {posting} 笔（从 0 数起）。请核对。"),
            format!("No such posting: the entry has no posting {posting} (from 0). Check the number."),
        ),
        R::ChangedMeanwhile { what } => Told::new(
            409,
            format!("内容刚刚变了：“{what}”已被别人修改。请重新读取后再提交。"),
            format!("Changed meanwhile: someone else has just changed \"{what}\". Read it again, then send the request again."),
        )
        .again(),
        R::CaptureExceedsHold { left, asset } => Told::new(
            422,
            format!("超过预留：最多还能确认 {}。请减少数量。", chinese(*left, *asset)),
            format!("More than was held: at most {} can be captured. Take less.", english(*left, *asset)),
        )
        .field("amount"),
        R::HoldAlreadyCaptured => Told::new(
            409,
            "预留已确认过：不能再确认或取消。如要退回，请作退款。",
            "Hold captured already: it cannot be captured or cancelled again. To give back, make a refund.",
        ),
        R::HoldOfDocument => Told::new(
            409,
            "预留属于兑换单：不能单独确认或取消。请在那张兑换单上办理。",
            "Hold belongs to a redemption: it cannot be captured or cancelled by itself. Capture or cancel the redemption.",
        ),
        R::HoldVoided => Told::new(
            409,
            "预留已取消：积分已退回。请重新预留。",
            "Hold cancelled already: what it held was given back. Make a new hold.",
        ),
        R::HoldExpired => Told::new(
            409,
            "预留已过期：积分已退回。请重新预留。",
            "Hold expired: what it held was given back. Make a new hold.",
        ),
        R::LegsMismatch { legs } => Told::new(
            422,
            format!("笔数不符：这个预留有 {legs} 笔，请按顺序为每一笔写一个数量。"),
            format!("Number of amounts does not fit: the hold has {legs} legs. Write one amount for each, in order."),
        )
        .field("amounts"),
        R::AccountFrozen { account } if *account == Id::SYSTEM => redeeming::frozen_at_the_till(),
        R::AccountFrozen { account } => Told::new(
            409,
            format!("账户已冻结：{account} 不能收付。请联系社区工作人员解冻。"),
            format!("Account frozen: {account} can neither pay nor receive. Ask the community staff to unfreeze it."),
        ),
        R::AccountClosed { account } => Told::new(
            409,
            format!("账户已销户：{account} 不能再用。请核对编号。"),
            format!("Account closed: {account} can no longer be used. Check the id."),
        ),
        R::AccountNotEmpty { account } => Told::new(
            409,
            format!("账户还有余额或预留：{account} 暂不能销户。请先转出余额、处理完预留。"),
            format!("Account not empty: {account} still has a balance or a hold. Move or resolve it first."),
        ),
        R::StatusUnchanged { account } => Told::new(
            409,
            format!("状态没有变化：{account} 已经是这个状态。无需再做。"),
            format!("Status unchanged: {account} is in this state already. Nothing is left to do."),
        ),
        R::CapReached { counter, limit, used, left, asset } => Told::new(
            422,
            format!(
                "已到上限：“{counter}”限 {}，已用 {}，还剩 {}。请减少数量，或等下一期。",
                chinese(*limit, *asset),
                chinese(*used, *asset),
                chinese(*left, *asset)
            ),
            format!(
                "Cap reached: \"{counter}\" allows {}, {} used, {} left. Ask for less, or wait for the next period.",
                english(*limit, *asset),
                english(*used, *asset),
                english(*left, *asset)
            ),
        ),
        R::AlreadyDone { counter } => already_done(counter),
        R::AmountOverflow { posting } => Told::new(
            422,
            format!("数量过大：第 {posting} 笔（从 0 数起）会超出账户的范围。请减少数量。"),
            format!("Amount too large: posting {posting} (from 0) would leave the account's range. Use less."),
        ),
        R::InsufficientBalance { available, missing, asset, .. } => insufficient(*available, *missing, *asset),
        R::CeilingExceeded { room, asset, .. } => Told::new(
            422,
            format!("超过账户上限：最多还能存入 {}。请减少数量。", chinese(*room, *asset)),
            format!("Above the account's ceiling: {} more fit in. Use less.", english(*room, *asset)),
        ),
        R::ReversalExceedsOriginal { left, asset, .. } => Told::new(
            422,
            format!("超过原来的数量：最多还能冲回 {}。请减少数量。", chinese(*left, *asset)),
            format!("More than the original: at most {} can still be reversed. Use less.", english(*left, *asset)),
        )
        .field("amount"),
        R::DayInFuture { field, today } => service::day_in_future(field, *today),
        R::CalendarFault { chinese, english } => service::calendar_fault(chinese, english),
        R::YearUnfinished { year, records } => service::year_unfinished(*year, *records),
        R::SchemeNotInForce { scheme, day, valid_from, valid_until } => {
            service::scheme_not_in_force(scheme, *day, *valid_from, *valid_until)
        }
        R::NotInScheme { scheme, term, value } => {
            let (field, what_chinese, what_english) = scheme_term(*term);
            Told::new(
                422,
                format!("积分办法里没有这一项：“{scheme}”没有{what_chinese}“{value}”。请从办法列出的值中选择。"),
                format!("Not in the scheme: \"{scheme}\" has no {what_english} \"{value}\". Choose one that it lists."),
            )
            .field(field)
        }
        R::DeedIncomplete { field } => Told::new(
            422,
            format!("缺少内容：按这个积分办法必须填写“{field}”。请补填。"),
            format!("Deed incomplete: this scheme cannot decide without \"{field}\". Add it."),
        )
        .field(field),
        R::NeedsPerson { what } => Told::new(
            422,
            format!("需要人来定：“{what}”没有公布的分值，须一事一议。请写明决定的分值和理由。"),
            format!("A person must decide: no value is published for \"{what}\". State the points decided and the reason."),
        )
        .field("decided_points"),
        R::DecisionNotAllowed { what } => Told::new(
            422,
            format!("分值不能另定：“{what}”的分值由办法规定。请去掉自定的分值。"),
            format!("No decision allowed: the scheme fixes the value of \"{what}\". Leave your own value out."),
        )
        .field("decided_points"),
        R::DecisionOutOfBounds { what, least, most, asset } => Told::new(
            422,
            format!("分值超出办法的范围：“{what}”{}。请改分值。", bounds_chinese(*least, *most, *asset)),
            format!("Value outside the scheme: \"{what}\" allows {}. Change the value.", bounds_english(*least, *most, *asset)),
        )
        .field("decided_points"),
        R::ClassNotEntitled { item, applies_to } => Told::new(
            422,
            format!("不适用于此人或此户：“{item}”只用于 {}。请核对类别或换一项。", applies_to.join("、")),
            format!("Not for this person or household: \"{item}\" is for {} only. Check the class or choose another item.", applies_to.join(", ")),
        )
        .field("item"),
        R::QuantityRefused { item, least, most } => {
            let (to_chinese, to_english) = match most {
                Some(most) => (format!("、不多于 {most}"), format!(" and at most {most}")),
                None => (String::new(), String::new()),
            };
            Told::new(
                422,
                format!("次数不对：“{item}”须为不少于 {least}{to_chinese} 的整数。请改次数。"),
                format!("Quantity refused: \"{item}\" needs a whole number of at least {least}{to_english}. Change it."),
            )
            .field("quantity")
        }
        R::AwardTooSmall { least, desired, asset } => Told::new(
            422,
            format!("不够起记分：按办法算得 {}，少于起记的 {}。请合并几次一起记。", chinese(*desired, *asset), chinese(*least, *asset)),
            format!("Award too small: the scheme gives {}, less than its least award of {}. Put several deeds together.", english(*desired, *asset), english(*least, *asset)),
        ),
        R::PointsEnded { on } => Told::new(
            422,
            format!("本期积分已截止：积分于 {on} 到期，再记也会立即失效。请改用下一期的办法。"),
            format!("Points ended: they expired on {on}, new ones would be void at once. Use the next period's scheme."),
        ),
        R::PointsOutOfRange => Told::new(
            422,
            "分值过大：结果超出系统的范围。请核对次数和时长。",
            "Points out of range: the result is beyond what can be posted. Check quantity and time.",
        ),
        R::ServiceEndsBeforeStart => Told::new(
            422,
            "服务时间颠倒：结束不晚于开始。请核对两个时间。",
            "Service ends before it starts: the end is not later than the start. Check both times.",
        )
        .field("ended_at"),
        R::ServiceMinutesRefused { most } => service::minutes_refused(*most),
        R::ServiceOverlaps { started_at, ended_at } => Told::new(
            422,
            format!("服务时间重叠：此人在 {} 至 {} 已有服务记录。请核对时间。", started_at.local(zone), ended_at.local(zone)),
            format!("Service overlaps: this person already has service from {} to {}. Check the times.", started_at.local(zone), ended_at.local(zone)),
        )
        .field("started_at"),
        R::ServiceDayTooLong { day, service_minutes } => Told::new(
            422,
            format!("一天超过 24 小时：{day} 合计 {service_minutes} 分钟。请核对当天的记录。"),
            format!("More than 24 hours on one day: {day} would have {service_minutes} minutes. Check that day's records."),
        )
        .field("service_minutes"),
        R::SignInFailed => sign_in::failed(),
        R::TooManyTries { wait_seconds } => sign_in::too_many_tries(*wait_seconds),
        R::RefreshTokenInvalid => sign_in::refresh_token_invalid(),
        R::BankMissing => sign_in::bank_missing(),
        R::PasswordTooShort { least } => sign_in::password_too_short(*least),
        R::PasswordTooPlain => sign_in::password_too_plain(),
        R::PasswordGuessable => sign_in::password_guessable(),
        R::PasswordUnchanged => sign_in::password_unchanged(),
        R::PasswordDue { days } => sign_in::password_due(*days),
        R::FirstTokenInvalid => sign_in::first_token_invalid(),
        R::OwnAccount => sign_in::own_account(),
        R::LastAdministrator => sign_in::last_administrator(),
        R::BankHasUsers => sign_in::bank_has_users(),
        R::NotFound { what } => Told::new(
            404,
            format!("找不到：没有这个{}，或不在您的管辖范围内。请核对编号。", thing(what).0),
            format!("Not found: there is no such {}, or it is outside your reach. Check the id.", thing(what).1),
        ),
        R::VersionStale { what, version } => Told::new(
            412,
            format!("已被他人修改：这个{}现在是第 {version} 版。请重新读取后再改。", thing(what).0),
            format!("Changed by someone else: the {} is at version {version} now. Read it again.", thing(what).1),
        ),
        R::Taken { what } => Told::new(
            409,
            format!("已被使用：这个{}已有人用。请换一个。", thing(what).0),
            format!("Taken: this {} is in use. Choose another.", thing(what).1),
        ),
        R::WrongState { what, state: now } if what == "member" && now == "frozen" => service::member_frozen(),
        R::WrongState { what, state: now } if what == "member" && now == "merged" => service::member_merged(),
        R::WrongState { what, state: now } if what == "merge" => service::not_merged(now),
        R::WrongState { what, state: now } => Told::new(
            409,
            format!("当前状态不能这样做：这个{}现在是“{}”。请刷新后再看。", thing(what).0, state(now).0),
            format!("Not possible in this state: the {} is \"{}\". Read it again.", thing(what).1, state(now).1),
        ),
        R::SamePerson => Told::new(
            403,
            "不能由同一人复核：录入的人不能自己审批。请让另一位有权限的人处理。",
            "The second person must be another one: who entered it may not approve it. Ask someone else.",
        ),
        R::SecondPersonNeeded => Told::new(
            422,
            "需要第二个人同意：这一笔超过办法规定的数额，或由人决定分值。请单独录入这一笔，由另一位有权限的人同意后入账。",
            "A second person must agree: this award is above the scheme's sum, or a person decides its points. Enter it by itself; it is posted once another person agrees.",
        ),
        R::OtherRefused { row } => service::other_refused(*row),
        R::SameName { candidates } => service::same_name(candidates),
        R::TimesReached { item, limit } => Told::new(
            422,
            format!("次数已满：“{item}”在规定期限内最多 {limit} 次。请等下一期，或核对是否重复。"),
            format!("Given as often as allowed: \"{item}\" at most {limit} times in its period. Wait for the next period, or check for a repetition."),
        )
        .field("item"),
        R::ForOneself => Told::new(
            403,
            "不能给自己或自家办理：请让另一位工作人员处理。",
            "Not for oneself or one's own household: ask another staff member.",
        ),
        R::NeedsSuperior => sign_in::needs_superior(),
        R::HomeMissing => sign_in::home_missing(),
        R::InterestArose => service::interest_arose(),
        R::RolesExclude { role, other } => sign_in::roles_exclude(role, other),
        R::ActivityAlreadyBegun => Told::new(
            422,
            "活动已经开始，不能再发布：活动须在开始前公布。请按补录办理，或登记为常设岗位。",
            "The activity has begun: it must be published before. Use a standing post or a back-fill.",
        ),
        R::OutsideActivity => Told::new(
            422,
            "服务时间不在活动时间内：请核对起止时间。",
            "The service lies outside the activity's time: check start and end.",
        ),
        R::RecordingOverdue { due } => Told::new(
            422,
            format!("已过记录期限 {due}：请改用“补录”并填写担保人。"),
            format!("Recording was due by {due}: enter it as a back-fill with a guarantor."),
        ),
        R::GuarantorMissing => Told::new(
            422,
            "补录需要担保人：请填写 guarantor。",
            "A back-fill needs a guarantor: give guarantor.",
        )
        .field("guarantor"),
        R::GuarantorRefused => service::guarantor_refused(),
        R::PersonOnly => service::person_only(),
        R::SeatsFull { seats } => service::seats_full(*seats),
        R::TitleMayNotSay { word } => service::title_may_not_say(word),
        R::InsuranceMissing { field } => service::insurance_missing(field),
        R::SignedInAlready { since } => service::signed_in_already(&since.local(zone)),
        R::SignOutForgotten { since } => service::sign_out_forgotten(&since.local(zone)),
        R::NotSignedOut { people } => service::not_signed_out(*people),
        R::ObjectedBefore => service::objected_before(),
        R::NoticeOver { until } => service::notice_over(*until),
        R::CorrectedBefore { record } => service::corrected_before(*record),
        R::OrdinaryDay => service::ordinary_day(),
        R::MemberKnown { number, certain } => service::member_known(number.as_deref(), *certain),
        R::Fixed { what } => service::fixed(what),
        R::UntilPast => service::until_past(),
        R::UndoTooLate { seconds } => Told::new(
            409,
            format!("已超过可自行撤销的 {seconds} 秒：请走更正流程，由另一位工作人员处理。"),
            format!("Too late to undo: {seconds} seconds have passed. Use a correction by a second person."),
        ),
        R::OutOfStock { left, .. } => Told::new(
            422,
            format!("库存不足：只剩 {left} 件。请减少数量或换一种商品。"),
            format!("Out of stock: {left} left. Take fewer or other goods."),
        ),
        R::PointsNotEnough => redeeming::points_not_enough(),
        R::OfferLimitReached { limit, .. } => redeeming::offer_limit_reached(*limit),
        R::TooManyRedemptions { wait_seconds } => redeeming::too_many_redemptions(*wait_seconds),
        R::TooManyWrongCodes { wait_seconds } => redeeming::too_many_wrong_codes(*wait_seconds),
        R::ShopHandsOver => redeeming::shop_hands_over(),
        R::OfferOff { .. } => Told::new(
            409,
            "这件商品已下架：请换一种。",
            "This offer is off: choose another.",
        ),
        R::ShopPaused => Told::new(
            409,
            "商家暂停兑换：请改日再来，或到别的商家。",
            "The shop has paused redeeming: come back later or go to another shop.",
        ),
        R::OwnShop => redeeming::own_shop(),
        R::MinutesMissing { required, served } => Told::new(
            422,
            format!("服务时长不够：需要 {required} 分钟，现有 {served} 分钟。"),
            format!("Not enough service: {required} minutes are required, {served} are recorded."),
        ),
        R::CodeUnknown => Told::new(
            422,
            "兑换码不对：请让储户刷新后再出示。",
            "This code is not valid: ask for a fresh one.",
        ),
        R::CodeExpired => Told::new(
            422,
            "兑换码已过期：请让储户刷新后再出示。",
            "This code has run out: ask for a fresh one.",
        ),
        R::CodeUsed => Told::new(
            409,
            "兑换码已用过：请让储户刷新后再出示。",
            "This code was used: ask for a fresh one.",
        ),
        R::QuantityExceeds { left } => redeeming::quantity_exceeds(*left),
        R::NothingToSettle => redeeming::nothing_to_settle(),
        R::PeriodNotOver { over_at } => redeeming::period_not_over(&over_at.local(zone)),
        R::StarNotReached { minutes_missing, points_missing } => {
            star_not_reached(*minutes_missing, *points_missing)
        }
        R::SchemeFaults { faults } => service::scheme_faults(faults),
        R::SchemeBeginsTooEarly { valid_from, earliest } => Told::new(
            422,
            format!("生效日期太早：新版本写的是 {valid_from}，而当天的事可能已按旧版本计分。请把 valid_from 改为 {earliest} 或以后。"),
            format!("Begins too early: the new version says {valid_from}, but deeds of that day may have been valued by the old one. Set valid_from to {earliest} or later."),
        )
        .field("valid_from"),
        R::LongDay { minutes } => service::long_day(*minutes),
        R::BooksClosed => Told::new(
            503,
            "账本暂停写入：系统正在等待检查，查询不受影响。请稍后用同一幂等键重试，或联系管理员。",
            "Books closed for writing: the system waits to be looked at; reading works. Try again later with the same key, or tell the administrator.",
        )
        .again(),
    }
}

#[cfg(test)]
mod tests;
