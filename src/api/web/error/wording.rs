//! Sentences that take more than a line to choose.

use super::{Told, chinese, english};
use crate::domain::id::Id;
use crate::domain::ledger::asset::Asset;
use crate::domain::refusal::{NotReversible, SchemeTerm};

pub fn insufficient(available: i64, missing: i64, asset: Asset) -> Told {
    let (has_chinese, misses_chinese) = (chinese(available, asset), chinese(missing, asset));
    let (has_english, misses_english) = (english(available, asset), english(missing, asset));
    match asset {
        Asset::Stock(_) => Told::new(
            422,
            format!("库存不够：还有 {has_chinese}，还差 {misses_chinese}。请减少数量或换一件。"),
            format!("Out of stock: {has_english} left, {misses_english} short. Take fewer or another item."),
        ),
        _ => Told::new(
            422,
            format!("余额不够：还有 {has_chinese}，还差 {misses_chinese}。请减少数量，或存够后再来。"),
            format!("Balance too low: {has_english} left, {misses_english} short. Use less, or come back with more."),
        ),
    }
    .field("amount")
}

/// Taking back what is there, but reserved.
pub fn reversal_on_hold(available: i64, missing: i64, held: i64, asset: Asset) -> Told {
    Told::new(
        422,
        format!(
            "要冲回的正被预留：现在能收回 {}，还差 {}，没有办完的兑换占着 {}。请先取消那笔兑换，或选“有多少收多少”，其余记为待追回。",
            chinese(available, asset),
            chinese(missing, asset),
            chinese(held, asset)
        ),
        format!(
            "What is to be taken back is on hold: {} can be taken now, {} are missing, {} of them in a redemption that is \
             not finished. Cancel that redemption first, or take what is there (`up_to`): the rest stays owed.",
            english(available, asset),
            english(missing, asset),
            english(held, asset)
        ),
    )
    .field("up_to")
}

pub fn star_not_reached(minutes: i64, points: i64) -> Told {
    let points = crate::domain::amount::short(points, 2);
    Told::new(
        422,
        format!("还没有达到这个星级：还差 {minutes} 分钟、{points} 分。"),
        format!("The star is not reached: {minutes} minutes and {points} points are missing."),
    )
}

pub fn owed_less(left: i64, asset: Asset) -> Told {
    Told::new(
        422,
        format!("超过待追回的数量：最多还能豁免 {}。请重新读取后再提。", chinese(left, asset)),
        format!(
            "More than is owed: at most {} can be waived. Read it again, then ask for less.",
            english(left, asset)
        ),
    )
    .field("points")
}

pub fn account_reserved(account: Id) -> Told {
    Told::new(
        422,
        format!("待追回账户不能直接收付：{account} 只随冲回、退回和豁免变动。请改用那些办法。"),
        format!(
            "What is owed cannot be moved directly: {account} changes by taking back, coming back and waiving. Use those."
        ),
    )
}

/// "At most once" in the words of what it was; the ledger's own key where nobody but an operator meets it.
pub fn already_done(counter: &str) -> Told {
    let (kind, rest) = counter.split_once('/').unwrap_or((counter, ""));
    let (chinese, english) = match kind {
        "award" => {
            let paper = rest.strip_prefix("paper/").unwrap_or(rest);
            (format!("“{paper}”已记过积分"), format!("\"{paper}\" has been awarded before"))
        }
        "star" => ("这个星级已经授予".to_owned(), "this star was granted before".to_owned()),
        "statement" => ("结算单已经出过".to_owned(), "the statement was issued just before".to_owned()),
        "opening" => (
            "这位储户的期初余额已经记过".to_owned(),
            "the opening balance of this member is in the books".to_owned(),
        ),
        "year_closing" => (format!("{rest} 年已经关账"), format!("the books of {rest} are closed")),
        "proposal" => ("这一项已经有人同意".to_owned(), "someone has agreed to it already".to_owned()),
        _ => (format!("“{counter}”只能有一次"), format!("\"{counter}\" can happen only once")),
    };
    Told::new(
        409,
        format!("已经做过：{chinese}。请查看已有的记录。"),
        format!("Done already: {english}. Look at the existing record."),
    )
}

pub fn not_reversible(reason: NotReversible) -> Told {
    let (chinese, english) = match reason {
        NotReversible::IsReversal => {
            ("它本身就是冲回。请直接另记一笔", "it is a reversal itself. Make a new entry instead")
        }
        NotReversible::NoPostings => ("它没有分录。无需冲回", "it has no postings. Nothing is left to do"),
        NotReversible::BelongsToDocument => (
            "它属于一份记录、兑换单或结算单。请在那里更正或退款",
            "a record, redemption or statement rests on it. Correct or refund it there",
        ),
        NotReversible::IsMerge => (
            "它把同一个人的两份档案合成了一份。有误的记录请逐笔更正",
            "it made two files of one person one. Correct what is wrong entry by entry",
        ),
        NotReversible::IsHold => ("它是预留。请取消预留", "it is a hold. Cancel the hold instead"),
        NotReversible::IsOwed => (
            "它抵减或豁免了待追回积分。如要再扣，请另记一笔",
            "it has paid or waived what was owed. Make a new entry instead",
        ),
    };
    Told::new(409, format!("不能冲回：{chinese}。"), format!("Cannot be reversed: {english}."))
}

/// The member that names a term of a scheme, and the term in both languages.
pub fn scheme_term(term: SchemeTerm) -> (&'static str, &'static str, &'static str) {
    match term {
        SchemeTerm::Hours => ("service_minutes", "按时长计分的规则", "rule for hours"),
        SchemeTerm::Item => ("item", "项目", "item"),
        SchemeTerm::Level => ("level", "难度等级", "level"),
        SchemeTerm::Category => ("category", "服务类别", "category"),
        SchemeTerm::Evidence => ("evidence", "佐证类别", "evidence class"),
    }
}

pub fn bounds_chinese(least: Option<i64>, most: Option<i64>, asset: Asset) -> String {
    let least = least.map(|least| format!("不少于 {}", chinese(least, asset)));
    let most = most.map(|most| format!("不多于 {}", chinese(most, asset)));
    let bounds: Vec<String> = least.into_iter().chain(most).collect();
    if bounds.is_empty() { "不能定分".to_owned() } else { format!("须{}", bounds.join("、")) }
}

pub fn bounds_english(least: Option<i64>, most: Option<i64>, asset: Asset) -> String {
    let least = least.map(|least| format!("at least {}", english(least, asset)));
    let most = most.map(|most| format!("at most {}", english(most, asset)));
    let bounds: Vec<String> = least.into_iter().chain(most).collect();
    if bounds.is_empty() { "no value".to_owned() } else { bounds.join(" and ") }
}
