//! The one table from a refusal to its answer: status, sentence in both languages, and whether the same key may be
//! sent again. The `match` is exhaustive: a new refusal does not compile without its row here.
//!
//! The sentences are in `texts/`, under the code of the refusal. A sentence is `what is wrong: the figures. The next
//! step.` Its part before the colon is the title.

use crate::domain::amount;
use crate::domain::id::Id;
use crate::domain::ledger::asset::Asset;
use crate::domain::people::erasure::ERASED;
use crate::domain::refusal::{FaultText, Refusal, SchemeTerm};
use crate::domain::service::time::STREET_ABOVE_MINUTES;
use crate::texts::{Each, Language, List, Text, sentences as s, word};
use chrono_tz::Tz;
use serde_json::{Map, Value};

/// The answer to a refused request: its status, its text, and whether the same key may be sent again.
#[derive(Clone, Debug, PartialEq)]
pub struct ProblemText {
    pub status: u16,
    pub text: Text,
    /// The request member to change, if there is one.
    pub field: Option<String>,
    /// The same request can succeed later without a change.
    pub retryable: bool,
    /// The answer is not stored under the key: the same key may be sent again.
    pub same_key_ok: bool,
}

impl ProblemText {
    pub fn field(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into());
        self
    }

    /// Marks it as transient: the same request with the same key may succeed shortly.
    pub fn again(mut self) -> Self {
        self.retryable = true;
        self.same_key_ok = true;
        self
    }

    /// Not stored under the key, although the refusal repeats until something changes.
    pub fn key_unused(mut self) -> Self {
        self.same_key_ok = true;
        self
    }

    pub fn sentence(&self, language: Language) -> String {
        self.text.say(language)
    }
}

/// A row of the table.
pub fn row(status: u16, text: impl Into<Text>) -> ProblemText {
    ProblemText { status, text: text.into(), field: None, retryable: false, same_key_ok: false }
}

/// The title of a problem: its sentence up to the colon.
pub fn title(sentence: &str, language: Language) -> &str {
    let ends = language.pick(['：', '。'], [':', '.']);
    sentence.split(ends).next().unwrap_or(sentence)
}

/// The code of a refusal and the figures that explain it; amounts as decimal text, as everywhere in the interface.
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
    // An account that must not be disclosed has the id of the system: it is left out of the answer.
    let undisclosed = Value::String(Id::SYSTEM.to_string());
    members.retain(|_, value| !value.is_null() && *value != undisclosed);
    // A link for programs; the sentence says it to people.
    if matches!(refusal, Refusal::MemberKnown { .. }) {
        members.insert("see".to_owned(), Value::String("/v1/moves".to_owned()));
    }
    (code.unwrap_or_else(|| "refused".to_owned()), members)
}

/// The table, for a reader whose bank is not known.
pub fn problem_text(refusal: &Refusal) -> ProblemText {
    problem_text_in(refusal, DEFAULT_ZONE)
}

/// The time zone of a new bank.
pub const DEFAULT_ZONE: Tz = Tz::Asia__Shanghai;

/// The table. Days and times are written in the bank's time zone.
pub fn problem_text_in(refusal: &Refusal, zone: Tz) -> ProblemText {
    use Refusal as R;
    match refusal {
        R::IdempotencyKeyReused { field } => row(422, s::IdempotencyKeyReused { field }).field(field),
        R::KeySpent { entry } => row(409, s::KeySpent { entry }).field("Idempotency-Key"),
        R::SameAccount { posting } => row(422, s::SameAccount { posting }),
        R::TooManyPostings { limit } => row(422, s::TooManyPostings { limit }),
        R::NothingToPost => row(422, s::NothingToPost),
        R::AmountNotPositive { posting } => row(422, s::AmountNotPositive { posting }),
        R::TimeoutWithoutHold => row(422, s::TimeoutWithoutHold),
        R::PeriodClosed { closed_until } => {
            row(409, s::PeriodClosed { closed_until: closed_until.local(zone) }).field("effective_at")
        }
        R::EffectiveInFuture => row(422, s::EffectiveInFuture).field("effective_at"),
        R::AccountNotFound { account } => row(404, s::AccountNotFound { account }),
        R::AccountExists { account } => row(409, s::AccountExists { account }),
        R::ReversalOnHold { available, missing, held, asset, .. } => row(
            422,
            s::ReversalOnHold {
                available: amount(*available, *asset),
                missing: amount(*missing, *asset),
                held: amount(*held, *asset),
            },
        )
        .field("up_to"),
        R::OwedLess { left, asset } => row(422, s::OwedLess { left: amount(*left, *asset) }).field("points"),
        R::AccountReserved { account } => row(422, s::AccountReserved { account }),
        R::HoldNotFound => row(404, s::HoldNotFound),
        R::EntryNotFound => row(404, s::EntryNotFound),
        R::AssetMismatch { posting } => row(422, s::AssetMismatch { posting }),
        R::EntryNotReversible { reason } => row(409, s::EntryNotReversible { reason: word(reason) }),
        R::PostingNotFound { posting } => row(422, s::PostingNotFound { posting }),
        R::ChangedMeanwhile { what } => row(409, s::ChangedMeanwhile { what }).again(),
        R::CaptureExceedsHold { left, asset } => {
            row(422, s::CaptureExceedsHold { left: amount(*left, *asset) }).field("amount")
        }
        R::HoldAlreadyCaptured => row(409, s::HoldAlreadyCaptured),
        R::HoldOfDocument => row(409, s::HoldOfDocument),
        R::HoldVoided => row(409, s::HoldVoided),
        R::HoldExpired => row(409, s::HoldExpired),
        R::LegsMismatch { legs } => row(422, s::LegsMismatch { legs }).field("amounts"),
        R::AccountFrozen { account } if *account == Id::SYSTEM => row(409, s::AccountFrozenAtTheTill),
        R::AccountFrozen { account } => row(409, s::AccountFrozen { account }),
        R::AccountClosed { account } => row(409, s::AccountClosed { account }),
        R::AccountNotEmpty { account } => row(409, s::AccountNotEmpty { account }),
        R::StatusUnchanged { account } => row(409, s::StatusUnchanged { account }),
        R::CapReached { counter, limit, used, left, asset } => row(
            422,
            s::CapReached {
                counter,
                limit: amount(*limit, *asset),
                used: amount(*used, *asset),
                left: amount(*left, *asset),
            },
        ),
        R::AlreadyDone { counter } => row(409, already_done(counter)),
        R::AmountOverflow { posting } => row(422, s::AmountOverflow { posting }),
        R::InsufficientBalance { available, missing, asset, .. } => {
            let (available, missing) = (amount(*available, *asset), amount(*missing, *asset));
            let text: Text = match asset {
                Asset::Stock(_) => s::InsufficientBalanceOfStock { available, missing }.into(),
                _ => s::InsufficientBalance { available, missing }.into(),
            };
            row(422, text).field("amount")
        }
        R::CeilingExceeded { room, asset, .. } => {
            row(422, s::CeilingExceeded { room: amount(*room, *asset) })
        }
        R::ReversalExceedsOriginal { left, asset, .. } => {
            row(422, s::ReversalExceedsOriginal { left: amount(*left, *asset) }).field("amount")
        }
        R::DayInFuture { field, today } => row(422, s::DayInFuture { today }).field(field),
        R::CalendarFault { chinese, english } => {
            row(422, s::CalendarFault { fault: Each::of(chinese, english) }).field("days")
        }
        R::YearUnfinished { year, records } => row(409, s::YearUnfinished { year, records }),
        R::SchemeNotInForce { scheme, day, valid_from, valid_until } => {
            let text: Text = match (valid_from, valid_until) {
                (None, _) => s::SchemeNotInForceUnpublished { scheme, day }.into(),
                (Some(valid_from), None) => s::SchemeNotInForceFrom { scheme, day, valid_from }.into(),
                (Some(valid_from), Some(valid_until)) => {
                    s::SchemeNotInForce { scheme, day, valid_from, valid_until }.into()
                }
            };
            row(422, text).field("scheme")
        }
        R::NotInScheme { scheme, term, value } => {
            row(422, s::NotInScheme { scheme, term: word(term), value }).field(field_of(*term))
        }
        R::DeedIncomplete { field } => row(422, s::DeedIncomplete { field }).field(field),
        R::NeedsPerson { what } => row(422, s::NeedsPerson { what }).field("decided_points"),
        R::DecisionNotAllowed { what } => row(422, s::DecisionNotAllowed { what }).field("decided_points"),
        R::DecisionOutOfBounds { what, least, most, asset } => {
            row(422, s::DecisionOutOfBounds { what, bounds: bounds(*least, *most, *asset) })
                .field("decided_points")
        }
        R::ClassNotEntitled { item, applies_to } => {
            row(422, s::ClassNotEntitled { item, applies_to: List::of(applies_to) }).field("item")
        }
        R::QuantityRefused { item, least, most: None } => {
            row(422, s::QuantityRefused { item, least }).field("quantity")
        }
        R::QuantityRefused { item, least, most: Some(most) } => {
            row(422, s::QuantityRefusedBetween { item, least, most }).field("quantity")
        }
        R::AwardTooSmall { least, desired, asset } => {
            row(422, s::AwardTooSmall { desired: amount(*desired, *asset), least: amount(*least, *asset) })
        }
        R::PointsEnded { on } => row(422, s::PointsEnded { on }),
        R::PointsOutOfRange => row(422, s::PointsOutOfRange),
        R::ServiceEndsBeforeStart => row(422, s::ServiceEndsBeforeStart).field("ended_at"),
        R::ServiceMinutesRefused { most: ..1 } => row(422, s::ServiceMinutesRefusedNone).field("ended_at"),
        R::ServiceMinutesRefused { most } => {
            row(422, s::ServiceMinutesRefused { most }).field("service_minutes")
        }
        R::ServiceOverlaps { started_at, ended_at } => row(
            422,
            s::ServiceOverlaps { started_at: started_at.local(zone), ended_at: ended_at.local(zone) },
        )
        .field("started_at"),
        R::ServiceDayTooLong { day, service_minutes } => {
            row(422, s::ServiceDayTooLong { day, service_minutes }).field("service_minutes")
        }
        R::SignInFailed => row(401, s::SignInFailed).key_unused(),
        R::TooManyTries { wait_seconds } => row(429, s::TooManyTries { wait_seconds }).again(),
        R::RefreshTokenInvalid => row(401, s::RefreshTokenInvalid).field("refresh_token").key_unused(),
        R::BankMissing => row(422, s::BankMissing).field("bank").key_unused(),
        R::PasswordTooShort { least } => {
            row(422, s::PasswordTooShort { least }).field("new_password").key_unused()
        }
        R::PasswordTooPlain => row(422, s::PasswordTooPlain).field("new_password").key_unused(),
        R::PasswordGuessable => row(422, s::PasswordGuessable).field("new_password").key_unused(),
        R::PasswordUnchanged => row(422, s::PasswordUnchanged).field("new_password").key_unused(),
        R::PasswordDue { days } => row(403, s::PasswordDue { days }).field("new_password").key_unused(),
        R::FirstTokenInvalid => row(401, s::FirstTokenInvalid).field("token").key_unused(),
        R::OwnAccount => row(409, s::OwnAccount),
        R::LastAdministrator => row(409, s::LastAdministrator),
        R::BankHasUsers => row(409, s::BankHasUsers).key_unused(),
        R::NotFound { what } => row(404, s::NotFound { what }),
        R::VersionStale { what, version } => row(412, s::VersionStale { what, version }),
        R::Taken { what } => row(409, s::Taken { what }),
        R::WrongState { what, state } if what == "member" && state == "frozen" => {
            row(409, s::WrongStateMemberFrozen)
        }
        R::WrongState { what, state } if what == "member" && state == "merged" => {
            row(409, s::WrongStateMemberMerged)
        }
        R::WrongState { what, state } if what == "member" && state == ERASED => {
            row(409, s::WrongStateMemberErased)
        }
        R::WrongState { what, state } if what == "merge" => row(409, s::WrongStateMerge { state }),
        R::WrongState { what, state } => row(409, s::WrongState { what, state }),
        R::SamePerson => row(403, s::SamePerson),
        R::SecondPersonNeeded => row(422, s::SecondPersonNeeded),
        R::OtherRefused { row: Some(other) } => row(422, s::OtherRefused { row: other }),
        R::OtherRefused { row: None } => row(422, s::OtherRefusedUnnamed),
        R::SameName { candidates } => {
            let numbers = List::of(candidates.iter().map(|known| &known.number));
            row(409, s::SameName { numbers }).field("not_same_as")
        }
        R::TimesReached { item, limit } => row(422, s::TimesReached { item, limit }).field("item"),
        R::ForOneself => row(403, s::ForOneself),
        R::NeedsSuperior => row(403, s::NeedsSuperior),
        R::HomeMissing => row(422, s::HomeMissing).field("org"),
        R::InterestArose => row(409, s::InterestArose),
        R::RolesExclude { role, other } => row(409, s::RolesExclude { other, role }),
        R::ActivityAlreadyBegun => row(422, s::ActivityAlreadyBegun),
        R::OutsideActivity => row(422, s::OutsideActivity),
        R::RecordingOverdue { due } => row(422, s::RecordingOverdue { due }),
        R::GuarantorMissing => row(422, s::GuarantorMissing).field("guarantor"),
        R::GuarantorRefused => row(422, s::GuarantorRefused).field("guarantor"),
        R::PersonOnly => row(422, s::PersonOnly).field("member"),
        R::SeatsFull { seats } => row(409, s::SeatsFull { seats }),
        R::CorrectionAsked => row(409, s::CorrectionAsked),
        R::NotCorrectedYet => row(409, s::NotCorrectedYet),
        R::NothingServed => row(422, s::NothingServed),
        R::NothingServedThen { first, last } => row(422, s::NothingServedThen { first, last }).field("from"),
        R::PeriodReversed { first, last } => row(422, s::PeriodReversed { first, last }).field("from"),
        R::CertificateUnknown => row(404, s::CertificateUnknown).field("check_code"),
        R::FiguresTooLong { limit } => row(422, s::FiguresTooLong { limit }).field("from"),
        R::ExportTooLong { limit } => row(422, s::ExportTooLong { limit }).field("from"),
        R::RemarkByStaff => row(403, s::RemarkByStaff).field("remark"),
        R::CheckInCodeWrong => row(422, s::CheckInCodeWrong).field("code"),
        R::SignUpNotNeeded => row(422, s::SignUpNotNeeded),
        R::SignUpClosed { since } => row(422, s::SignUpClosed { since: since.local(zone) }),
        R::SignedUpAlready => row(409, s::SignedUpAlready),
        R::SignedUpElsewhere { title, starts_at } => {
            row(409, s::SignedUpElsewhere { starts_at: starts_at.local(zone), title })
        }
        R::MailCodeWrong => row(422, s::MailCodeWrong).field("code").key_unused(),
        R::BirthYearOfDocument => row(409, s::BirthYearOfDocument).field("birth_year"),
        R::GuardianConsentMissing => row(422, s::GuardianConsentMissing).field("member"),
        R::SkillMissing { skills } => row(422, s::SkillMissing { skills: List::of(skills) }).field("member"),
        R::RiskNotAgreed { risk } => row(422, s::RiskNotAgreed { risk }).field("agrees_to_risk"),
        R::TitleMayNotSay { word } => row(422, s::TitleMayNotSay { word }).field("title"),
        R::InsuranceMissing { field } => row(422, s::InsuranceMissing).field(field),
        R::SignedInAlready { since } => {
            row(409, s::SignedInAlready { since: since.local(zone) }).field("members")
        }
        R::SignOutForgotten { since } => {
            row(422, s::SignOutForgotten { since: since.local(zone) }).field("service_minutes")
        }
        R::NotSignedOut { people } => row(409, s::NotSignedOut { people }),
        R::ObjectedBefore => row(409, s::ObjectedBefore),
        R::NoticeOver { until } => row(409, s::NoticeOver { until }),
        R::CorrectedBefore { record } => row(409, s::CorrectedBefore { record }).field("replaces"),
        R::OrdinaryDay => row(403, s::OrdinaryDay),
        R::MemberKnown { number, certain: true } => {
            row(409, s::MemberKnown { who: known(number.as_ref()) }).field("id_number")
        }
        R::MemberKnown { number, certain: false } => {
            row(409, s::MemberPerhapsKnown { who: known(number.as_ref()) }).field("confirmed_new")
        }
        R::ConsentTextChanged { version } => {
            row(409, s::ConsentTextChanged { version }).field("version").key_unused()
        }
        R::ConsentOnPaper => row(403, s::ConsentOnPaper).field("purpose"),
        R::ConsentWithdrawn { purpose } => row(409, s::ConsentWithdrawn { purpose }),
        R::ErasureHindered { why, figure } => row(409, s::ErasureHindered { figure, why }),
        R::Fixed { what } => row(409, s::Fixed { what }).field(what),
        R::UntilPast => row(422, s::UntilPast).field("until"),
        R::UndoTooLate { seconds } => row(409, s::UndoTooLate { seconds }),
        R::GoodsSheetNeeded => row(409, s::GoodsSheetNeeded),
        R::GoodsLine { row: number, fault } => {
            row(422, s::GoodsLine { row: *number, fault: fault.as_str() }).field("lines")
        }
        R::GoodsLines { lines } => {
            row(422, s::GoodsLines { rows: List::of(lines.iter().map(|line| line.row)) }).field("lines")
        }
        R::GoodsPastDate { .. } => row(409, s::GoodsPastDate),
        R::GoodsNotPast { row: number, past } => {
            row(422, s::GoodsNotPast { row: *number, past }).field("lines")
        }
        R::TillShort { left, asset } => {
            row(422, s::TillShort { left: amount(*left, *asset) }).field("amount")
        }
        R::RateMissing => row(422, s::RateMissing).field("rate_fen"),
        R::RateOfGivenGoods => row(422, s::RateOfGivenGoods).field("rate_fen"),
        R::RateDayTooEarly { earliest } => row(422, s::RateDayTooEarly { earliest }).field("rate_from"),
        R::ShopApplicationsWait => row(409, s::ShopApplicationsWait),
        R::TillDifferenceUnexplained { difference, asset } => {
            let less = if *difference < 0 { "true" } else { "false" };
            let difference = amount(difference.saturating_abs(), *asset);
            row(422, s::TillDifferenceUnexplained { less, difference }).field("reason")
        }
        R::TillCountWaits => row(409, s::TillCountWaits),
        R::OutOfStock { left, .. } => row(422, s::OutOfStock { left }),
        R::PointsNotEnough => row(422, s::PointsNotEnough).field("lines"),
        R::OfferLimitReached { limit, .. } => row(422, s::OfferLimitReached { limit }).field("lines"),
        R::TooManyRedemptions { wait_seconds } => row(429, s::TooManyRedemptions { wait_seconds }).again(),
        R::TooManyWrongCodes { wait_seconds } => row(429, s::TooManyWrongCodes { wait_seconds }).again(),
        R::StrongerProofNeeded => row(403, s::StrongerProofNeeded).key_unused(),
        R::SecondFactorNeeded => row(401, s::SecondFactorNeeded).field("second_factor").key_unused(),
        R::SecondFactorWrong => row(401, s::SecondFactorWrong).field("second_factor").key_unused(),
        R::ChannelUnknown { channel } => row(422, s::ChannelUnknown { channel }).field("declined"),
        R::WebhookAddress { why } => row(422, s::WebhookAddress { why }).field("url"),
        R::ShopHandsOver => row(403, s::ShopHandsOver),
        R::OfferOff { .. } => row(409, s::OfferOff),
        R::ShopPaused => row(409, s::ShopPaused),
        R::OwnShop => row(403, s::OwnShop),
        R::MinutesMissing { required, served } => row(422, s::MinutesMissing { required, served }),
        R::CodeUnknown => row(422, s::CodeUnknown).field("code"),
        R::CodeExpired => row(422, s::CodeExpired).field("code"),
        R::CodeUsed => row(409, s::CodeUsed).field("code"),
        R::CardUnknown => row(422, s::CardUnknown).field("card"),
        R::CardReplaced => row(409, s::CardReplaced).field("card"),
        R::CardWithoutPin => row(409, s::CardWithoutPin).field("card"),
        R::CardWithoutLogin => row(409, s::CardWithoutLogin).field("card"),
        R::CardLocked => row(409, s::CardLocked).field("pin"),
        R::PinMissing => row(422, s::PinMissing).field("pin"),
        R::PinWrong { left } => row(422, s::PinWrong { left }).field("pin").key_unused(),
        R::PinEasy => row(422, s::PinEasy).field("pin").key_unused(),
        R::CardVisitLimit { limit, desired, asset } => {
            row(422, s::CardVisitLimit { limit: amount(*limit, *asset), desired: amount(*desired, *asset) })
                .field("lines")
        }
        R::CardDayLimit { limit, left, asset } => {
            row(422, s::CardDayLimit { limit: amount(*limit, *asset), left: amount(*left, *asset) })
                .field("lines")
        }
        R::SlipUnknown => row(422, s::SlipUnknown).field("slip"),
        R::SlipOfAnotherShop => row(422, s::SlipOfAnotherShop).field("slip"),
        R::SlipUsed { number, since } => {
            row(409, s::SlipUsed { number, since: since.local(zone) }).field("slip")
        }
        R::SlipLate { day, today } => row(422, s::SlipLate { day, today }).field("day"),
        R::SlipLimit { limit, desired, asset } => {
            row(422, s::SlipLimit { limit: amount(*limit, *asset), desired: amount(*desired, *asset) })
                .field("lines")
        }
        R::SlipCoverLimit { limit, left, asset } => {
            row(422, s::SlipCoverLimit { limit: amount(*limit, *asset), left: amount(*left, *asset) })
                .field("lines")
        }
        R::AttachmentTooLarge => row(422, s::AttachmentTooLarge).field("file"),
        R::AttachmentUnknown => row(422, s::AttachmentUnknown).field("file"),
        R::AttachmentDamaged => row(422, s::AttachmentDamaged).field("file"),
        R::AttachmentExpands => row(422, s::AttachmentExpands).field("file"),
        R::AttachmentActive => row(422, s::AttachmentActive).field("file"),
        R::AttachmentsEnough { limit } => row(409, s::AttachmentsEnough { limit }),
        R::AttachmentNotStored => row(503, s::AttachmentNotStored).again(),
        R::AttachmentLost => row(404, s::AttachmentLost),
        R::AttachmentUnreachable => row(503, s::AttachmentUnreachable).again(),
        R::AttachmentStays => row(409, s::AttachmentStays),
        R::GiftsOff { form } => row(409, s::GiftsOff { form }),
        R::GiftToOneself => row(422, s::GiftToOneself).field("number"),
        R::ReceiverUnknown => row(404, s::ReceiverUnknown).field("number"),
        R::GiftInCircle { days } => row(409, s::GiftInCircle { days }).field("number"),
        R::GiverTooYoung => row(409, s::GiverTooYoung),
        R::GiverOwes { owed, asset } => row(409, s::GiverOwes { owed: amount(*owed, *asset) }),
        R::GiftDayLimit { limit, left, asset } => {
            row(422, s::GiftDayLimit { limit: amount(*limit, *asset), left: amount(*left, *asset) })
                .field("points")
        }
        R::GiftPersonLimit { limit, left, asset } => {
            row(422, s::GiftPersonLimit { limit: amount(*limit, *asset), left: amount(*left, *asset) })
                .field("points")
        }
        R::GiftsEnough { limit } => row(409, s::GiftsEnough { limit }).field("number"),
        R::GiftTooOld { days } => row(409, s::GiftTooOld { days }),
        R::GiftSpent { left, asset } => row(409, s::GiftSpent { left: amount(*left, *asset) }),
        R::PoolShort { left, asset } => {
            row(422, s::PoolShort { left: amount(*left, *asset) }).field("points")
        }
        R::ProxyIsOneself => row(422, s::ProxyIsOneself).field("number"),
        R::ProxyNamedBefore => row(409, s::ProxyNamedBefore).field("number"),
        R::ProxyUnknown => row(422, s::ProxyUnknown).field("name"),
        R::ProxyWithoutLogIn => row(422, s::ProxyWithoutLogIn).field("number"),
        R::ProxyTooYoung => row(422, s::ProxyTooYoung).field("number"),
        R::ProxiesEnough { limit } => row(409, s::ProxiesEnough { limit }),
        R::ProxyForEnough { limit } => row(409, s::ProxyForEnough { limit }).field("number"),
        R::ProxyDays { days } => row(422, s::ProxyDays { days }).field("until"),
        R::GuardianNeeded => row(422, s::GuardianNeeded).field("guardianship"),
        R::NoGuardianNeeded => row(422, s::NoGuardianNeeded).field("guardianship"),
        R::ProxyDayLimit { limit, left, asset } => {
            row(422, s::ProxyDayLimit { limit: amount(*limit, *asset), left: amount(*left, *asset) })
                .field("lines")
        }
        R::ProxySumLimit { limit, left, asset } => {
            row(422, s::ProxySumLimit { limit: amount(*limit, *asset), left: amount(*left, *asset) })
                .field("lines")
        }
        R::QuantityExceeds { left: 0 } => row(422, s::QuantityExceedsNone),
        R::QuantityExceeds { left } => row(422, s::QuantityExceeds { left }),
        R::NothingToSettle => row(422, s::NothingToSettle),
        R::PeriodNotOver { over_at } => {
            row(422, s::PeriodNotOver { over_at: over_at.local(zone) }).field("month")
        }
        R::StarNotReached { minutes_missing, points_missing } => {
            row(422, s::StarNotReached { minutes_missing, points_missing: amount::short(*points_missing, 2) })
        }
        R::SchemeFaults { faults } => row(422, scheme_faults(faults)).field("body"),
        R::SchemeBeginsTooEarly { valid_from, earliest } => {
            row(422, s::SchemeBeginsTooEarly { valid_from, earliest }).field("valid_from")
        }
        R::LongDay { minutes } if *minutes > STREET_ABOVE_MINUTES => row(403, s::LongDayOfStreet { minutes }),
        R::LongDay { minutes } => row(403, s::LongDay { minutes }),
        R::BooksClosed => row(503, s::BooksClosed).again(),
    }
}

/// An amount with its unit: `12.5 points`.
fn amount(minor: i64, asset: Asset) -> Text {
    s::Amount { figure: amount::short(minor, asset.decimals()), asset }.into()
}

/// "At most once", by the kind of the source; a raw key only in entries of the ledger operator.
fn already_done(counter: &str) -> Text {
    let (kind, rest) = counter.split_once('/').unwrap_or((counter, ""));
    let what = match kind {
        "award" => rest.strip_prefix("paper/").unwrap_or(rest),
        "year_closing" => rest,
        _ => counter,
    };
    s::AlreadyDone { kind, what }.into()
}

fn bounds(least: Option<i64>, most: Option<i64>, asset: Asset) -> Text {
    let (least, most) = (least.map(|least| amount(least, asset)), most.map(|most| amount(most, asset)));
    match (least, most) {
        (None, None) => s::BoundsNone.into(),
        (Some(least), None) => s::BoundsLeast { least }.into(),
        (None, Some(most)) => s::BoundsMost { most }.into(),
        (Some(least), Some(most)) => s::BoundsBetween { least, most }.into(),
    }
}

/// The request member that names a term of a scheme.
fn field_of(term: SchemeTerm) -> &'static str {
    match term {
        SchemeTerm::Hours => "service_minutes",
        SchemeTerm::Item => "item",
        SchemeTerm::Level => "level",
        SchemeTerm::Category => "category",
        SchemeTerm::Evidence => "evidence",
    }
}

fn known(number: Option<&String>) -> Text {
    match number {
        Some(number) => s::MemberByNumber { number }.into(),
        None => s::MemberElsewhere.into(),
    }
}

/// The sentence has the first faults of a scheme; the figures have all of them.
fn scheme_faults(all: &[FaultText]) -> Text {
    const TOLD: usize = 5;
    let bare = |fault: &FaultText| {
        Each::of(fault.chinese.trim_end_matches('。'), fault.english.trim_end_matches('.'))
    };
    let faults = List::with(all.iter().take(TOLD).map(bare), s::BetweenFaults);
    match all.len().saturating_sub(TOLD) {
        0 => s::SchemeFaults { faults }.into(),
        more => s::SchemeFaultsMore { faults, more }.into(),
    }
}

#[cfg(test)]
mod tests;
