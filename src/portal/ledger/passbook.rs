//! The passbook: everything that came in and went out, by month.

use crate::domain::figures::{points, signed};
use crate::domain::id::Id;
use crate::domain::ledger::asset::Asset;
use crate::domain::ledger::entry_kind::EntryKind;
use crate::domain::time::Days;
use crate::portal::frame::around::Frame;
use crate::portal::frame::fault::{Answer, Fault};
use crate::portal::frame::visit::Visit;
use crate::services::ledger::about::About;
use crate::services::ledger::passbook::PassbookLine;
use crate::texts::{Text, sentences as s};
use askama::Template;
use chrono::Datelike;

/// How many lines a page has.
const LINES: i64 = 30;

/// An entry as a volunteer reads it.
pub struct Line {
    pub entry: i64,
    pub what: String,
    /// Day, place, hours.
    pub detail: String,
    pub amount: String,
    /// 存入 or 兑换, for screen readers.
    pub sign_words: String,
    pub is_in: bool,
    pub balance: String,
    /// It has an explanation, step by step.
    pub is_award: bool,
    /// The page of this entry.
    pub link: Option<String>,
}

/// The lines of one month.
pub struct Month {
    pub title: String,
    pub lines: Vec<Line>,
}

#[derive(Template)]
#[template(path = "passbook.html")]
struct Passbook {
    f: Frame,
    months: Vec<Month>,
    balance: String,
    number: String,
    holder: String,
    /// The address of the next page.
    next: Option<String>,
}

/// One entry with its words.
pub fn line(visit: &Visit, (line, about): &(PassbookLine, About)) -> Line {
    let (w, days) = (visit.words(), visit.days());
    let kind = EntryKind::parse(&line.kind);
    let kind_words = w.say(Text::from(s::EntryKindWords { kind: line.kind.clone() }));
    let is_in = line.amount >= 0;
    let what = match (&about.what, kind) {
        (_, Some(EntryKind::Gift)) => gift_words(visit, about, is_in).unwrap_or(kind_words),
        (_, Some(EntryKind::Reversal)) if about.gift.is_some() => {
            let gift = gift_words(visit, about, !is_in);
            format!("{kind_words}：{}", gift.unwrap_or_default())
        }
        (Some(what), Some(EntryKind::Award)) => what.clone(),
        (Some(what), _) if !what.is_empty() => format!("{kind_words}：{what}"),
        _ => kind_words,
    };
    let served = about.minutes.map(|minutes| visit.length(minutes));
    let parts = [Some(days.of(line.effective_at)), about.place.clone(), served];
    Line {
        entry: line.entry,
        what,
        detail: parts.into_iter().flatten().collect::<Vec<_>>().join(" · "),
        amount: signed(line.amount),
        sign_words: if is_in { w.passbook_in() } else { w.passbook_out() },
        is_in,
        balance: points(line.balance),
        link: Some(format!("/me/entries/{}", line.entry)),
        is_award: matches!(kind, Some(EntryKind::Award | EntryKind::Zeroing)),
    }
}

/// A gift as the passbook of one side says it.
fn gift_words(visit: &Visit, about: &About, is_in: bool) -> Option<String> {
    let gift = about.gift.as_ref()?;
    let (side, who) = if is_in { ("in", &gift.giver) } else { ("out", &gift.receiver) };
    let who = who.clone().unwrap_or_default();
    Some(visit.say(s::GiftsLine { form: gift.form.as_str(), side, who }))
}

/// The caller's points that can be used now.
pub async fn available(visit: &Visit, member: Id) -> Result<i64, Fault> {
    let balances = visit.services().balances(&visit.reading()?, member, Default::default()).await?;
    let points = balances.into_iter().find(|balance| balance.asset == Asset::Point);
    Ok(points.map_or(0, |points| points.available.unwrap_or(points.balance)))
}

pub async fn show(visit: Visit) -> Answer {
    let member = visit.member()?;
    let before = visit.query("before").and_then(|text| {
        let (entry, leg) = text.split_once('.')?;
        Some((entry.parse().ok()?, leg.parse().ok()?))
    });
    let call = visit.reading()?;
    let services = visit.services();
    let lines =
        services.passbook_with_words(&call, member, Asset::Point, Days::default(), before, LINES).await?;
    let next = lines.last().filter(|_| i64::try_from(lines.len()).is_ok_and(|length| length == LINES));
    let next = next.map(|(line, _)| format!("/me/passbook?before={}.{}", line.entry, line.leg));
    let mut months: Vec<Month> = Vec::new();
    let days = visit.days();
    for pair in &lines {
        let date = pair.0.effective_at.day(days.zone).date();
        let title = days.month(date.year(), date.month());
        if months.last().is_none_or(|month| month.title != title) {
            months.push(Month { title, lines: Vec::new() });
        }
        if let Some(month) = months.last_mut() {
            month.lines.push(line(&visit, pair));
        }
    }
    let file = services.member(&call, member).await?;
    let balance = points(available(&visit, member).await?);
    let f = visit.frame(visit.words().passbook_title()).await?;
    visit.page(&Passbook { f, months, balance, number: file.number, holder: file.name, next })
}
