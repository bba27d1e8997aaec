//! One entry: its postings and effects, and what stands behind it from the service to the payment.

use super::journal::{actor_words, amount_words, figure, kind_words};
use crate::domain::figures::{count, points};
use crate::domain::ledger::asset::Asset;
use crate::portal::frame::around::Frame;
use crate::portal::frame::fault::Answer;
use crate::portal::frame::visit::Visit;
use crate::portal::settlement::sheet::{period, yuan};
use crate::services::Error;
use crate::services::ledger::trail::{AccountSeen, Event, Happened};
use crate::texts::{Text, sentences as s, word};
use askama::Template;

/// A stop of the short line: what became of what.
struct Stop {
    icon: &'static str,
    figure: String,
    words: String,
}

/// A line of the trail.
struct Point {
    when: String,
    what: String,
    by: Option<String>,
    detail: String,
    /// A page behind it: path and words.
    link: Option<(String, String)>,
    /// This is the entry of the page.
    is_here: bool,
}

/// A posting.
struct Leg {
    debit: String,
    credit: String,
    amount: String,
    debit_balance: String,
    credit_balance: String,
}

#[derive(Template)]
#[template(path = "trail.html")]
struct TrailPage {
    f: Frame,
    number: String,
    kind: String,
    moved: Vec<String>,
    actor: String,
    effective: String,
    recorded: String,
    source: Option<String>,
    reverses: Option<i64>,
    note: Option<String>,
    hash: String,
    statement: Option<String>,
    stops: Vec<Stop>,
    points: Vec<Point>,
    legs: Vec<Leg>,
    /// Each effect as it is stored.
    effects: Vec<String>,
    metadata: String,
    sentences: Vec<String>,
    is_logged: bool,
}

fn account_words(visit: &Visit, account: &AccountSeen) -> String {
    let purpose = visit.say(Text::from(s::OfficePurpose { purpose: word(account.purpose) }));
    match &account.name {
        Some(name) => format!("{name} · {purpose}"),
        None => {
            let owner = visit.say(Text::from(s::OfficeOwner { kind: word(account.owner_kind) }));
            format!("{owner} · {purpose}")
        }
    }
}

fn all_moved(visit: &Visit, moved: &[(Asset, i64)]) -> String {
    let each = moved.iter().map(|(asset, minor)| amount_words(visit, *asset, *minor));
    each.collect::<Vec<_>>().join("、")
}

fn stop(visit: &Visit, happened: &Happened) -> Option<Stop> {
    let w = visit.words();
    let stop = |icon, figure, words| Some(Stop { icon, figure, words });
    match &happened.event {
        Event::Served { title, minutes, .. } => stop("clock", visit.length(*minutes), title.clone()),
        Event::Posted { kind, moved, .. } => {
            use crate::domain::ledger::entry::EntryKind as K;
            let of_points = moved.iter().find(|(asset, _)| *asset == Asset::Point);
            let (asset, minor) = of_points?;
            let shown = matches!(kind, K::Award | K::Opening | K::OpeningOfYear | K::Refund | K::Reversal);
            let icon = if matches!(kind, K::Award | K::Opening | K::OpeningOfYear) {
                "book-open"
            } else {
                "arrows-clockwise"
            };
            if shown {
                stop(icon, amount_words(visit, *asset, *minor), kind_words(visit, *kind))
            } else {
                None
            }
        }
        Event::Redeemed { goods, shop, .. } => stop("storefront", goods.clone(), shop.clone()),
        Event::Settled { period: month, line, .. } => {
            let month = period(visit, month);
            stop("scroll", w.say(s::OfficeLineOf { line }), w.say(s::OfficeStatementOf { month }))
        }
        Event::Paid { payable_fen, .. } => {
            stop("wallet", w.say(s::OfficeYuanAmount { yuan: yuan(*payable_fen) }), w.office_paid())
        }
        _ => None,
    }
}

fn point(visit: &Visit, happened: &Happened, here: i64) -> Point {
    let (w, days) = (visit.words(), visit.days());
    let mut is_here = false;
    let (what, detail, link) = match &happened.event {
        Event::Published { title, .. } => (w.office_published(), title.clone(), None),
        Event::Served { title, minutes, evidence, until, .. } => {
            let evidence = visit.say(Text::from(s::OfficeEvidence { evidence: word(evidence) }));
            let length = visit.length(*minutes);
            let detail =
                w.say(s::OfficeServed { title: title.clone(), until: days.clock(*until), length, evidence });
            (w.office_service(), detail, None)
        }
        Event::Submitted { .. } => (w.office_submitted(), String::new(), None),
        Event::Approved { .. } => (w.office_approved(), String::new(), None),
        Event::NoticeEnded { day } => {
            (w.office_notice(), w.say(s::OfficeNoticeUntil { day: days.day(*day) }), None)
        }
        Event::Posted { number, kind, moved } => {
            is_here = *number == here;
            let path = format!("/audit/entries/{number}");
            let words = w.say(s::OfficeEntryNumber { number: count(*number) });
            (kind_words(visit, *kind), all_moved(visit, moved), Some((path, words)))
        }
        Event::Redeemed { goods, shop, on_behalf, points: taken, redemption } => {
            let text = redemption.to_string();
            let number = text.rsplit('-').next().unwrap_or_default().to_uppercase();
            let detail = w.say(s::OfficeRedeemed {
                goods: goods.clone(),
                shop: shop.clone(),
                points: points(*taken),
                number,
            });
            let what = if *on_behalf { w.office_redeemed_for() } else { w.office_redemption() };
            (what, detail, None)
        }
        Event::Settled { statement, period: month, line, payable_fen } => {
            let month = period(visit, month);
            let detail = w.say(s::OfficeSettled { month: month.clone(), line, yuan: yuan(*payable_fen) });
            let link = (format!("/staff/statements/{statement}"), w.say(s::OfficeStatementOf { month }));
            (w.office_listed(), detail, Some(link))
        }
        Event::Paid { number, payable_fen, invoice, .. } => {
            let detail = w.say(s::OfficePaidLine {
                yuan: yuan(*payable_fen),
                invoice: invoice.clone().unwrap_or_default(),
            });
            let words = w.say(s::OfficeEntryNumber { number: count(*number) });
            (w.office_paid(), detail, Some((format!("/audit/entries/{number}"), words)))
        }
    };
    let when = match &happened.event {
        Event::NoticeEnded { .. } => days.of(happened.at),
        _ => days.moment(happened.at),
    };
    Point { when, what, by: happened.by.clone(), detail, link, is_here }
}

/// Old awards have no explanation.
fn without(error: Error) -> Result<Vec<String>, Error> {
    match error {
        Error::Refused(_) => Ok(Vec::new()),
        error => Err(error),
    }
}

/// One entry.
pub async fn show(visit: Visit) -> Answer {
    let (number, call, services) = (visit.path::<i64>("number")?, visit.reading()?, visit.services());
    let trail = services.trail(&call, number).await?;
    let is_award = trail.line.entry.kind == crate::domain::ledger::entry::EntryKind::Award;
    let sentences = match is_award && call.actor.may(crate::auth::permissions::Permission::ReadAwards) {
        true => services.explain_award(&call, number, visit.language).await.or_else(without)?,
        false => Vec::new(),
    };
    let (entry, days) = (&trail.line.entry, visit.days());
    let legs = trail.legs.iter().map(|leg| Leg {
        debit: account_words(&visit, &leg.debit),
        credit: account_words(&visit, &leg.credit),
        amount: amount_words(&visit, leg.asset, leg.amount),
        debit_balance: figure(leg.asset, leg.debit_balance),
        credit_balance: figure(leg.asset, leg.credit_balance),
    });
    let effects = entry.effects.iter().filter_map(|effect| serde_json::to_string(effect).ok());
    let page = TrailPage {
        f: visit.frame(visit.say(s::OfficeEntryNumber { number: count(number) })).await?,
        number: count(number),
        kind: kind_words(&visit, entry.kind),
        moved: trail.line.moved.iter().map(|(asset, minor)| amount_words(&visit, *asset, *minor)).collect(),
        actor: actor_words(&visit, &trail.line.actor),
        effective: days.moment(entry.effective_at),
        recorded: days.moment(entry.recorded_at),
        source: entry.source.clone(),
        reverses: entry.reverses,
        note: trail.note.clone(),
        hash: hex::encode(entry.hash),
        statement: trail.statement.map(|id| format!("/staff/statements/{id}")),
        stops: trail.events.iter().filter_map(|one| stop(&visit, one)).collect(),
        points: trail.events.iter().map(|one| point(&visit, one, number)).collect(),
        legs: legs.collect(),
        effects: effects.collect(),
        metadata: entry.metadata.clone(),
        sentences,
        is_logged: call.actor.has(crate::auth::permissions::Role::Auditor),
    };
    visit.page(&page)
}
