//! What was awarded: the list, why one award is what it is, and taking it back with its effect shown before.

use crate::api::web::fields::Reason;
use crate::auth::permissions::Permission as P;
use crate::domain::figures::{points, signed};
use crate::domain::id::Id;
use crate::domain::ledger::asset::Asset;
use crate::domain::refusal::Refusal;
use crate::portal::frame::around::Frame;
use crate::portal::frame::fault::{Answer, Fault};
use crate::portal::frame::visit::Visit;
use crate::services::ledger::raw::EntryFilter;
use crate::services::people::desk::Named;
use crate::services::points::award_list::AwardRow;
use crate::services::points::awards::purse;
use crate::services::{Call, Done};
use crate::texts::sentences as s;
use askama::Template;
use std::collections::HashMap;

/// Awards on a page.
const LINES: i64 = 30;

/// An award in a list.
pub struct Given {
    pub entry: i64,
    pub path: String,
    pub member: Option<Id>,
    pub name: String,
    pub number: String,
    pub item: String,
    pub points: String,
    pub is_in: bool,
    /// What was taken back since; empty if nothing.
    pub back: String,
    pub day: String,
    pub moment: String,
    pub by: String,
}

#[derive(Template)]
#[template(path = "staff_given.html")]
struct List {
    f: Frame,
    /// What was just done.
    done: Vec<String>,
    failed: Option<String>,
    lines: Vec<Given>,
    next: Option<String>,
    may_award: bool,
}

/// The names of items of the schemes that are in force, by scheme and code.
async fn items(visit: &Visit) -> Result<HashMap<(Id, String), String>, Fault> {
    let schemes = visit.services().schemes_in_force(&visit.reading()?, None).await?;
    let named = schemes.iter().flat_map(|of| {
        of.scheme.items.iter().map(|item| ((of.row.scheme_id, item.code.clone()), item.name.clone()))
    });
    Ok(named.collect())
}

/// Awards as people read them.
async fn given(visit: &Visit, rows: Vec<AwardRow>) -> Result<Vec<Given>, Fault> {
    let (members, users) = rows.iter().map(|row| (row.member, row.actor)).unzip();
    let named: Named = visit.services().names(&visit.reading()?, members, users).await?;
    let (items, days) = (items(visit).await?, visit.days());
    let line = |row: AwardRow| {
        let member = named.members.get(&row.member);
        let key = row.scheme.zip(row.item.clone());
        // An item that is no longer in force keeps its code.
        let item = key.and_then(|key| items.get(&key).cloned()).or(row.item);
        Given {
            entry: row.entry,
            path: format!("/staff/awards/{}", row.entry),
            member: member.map(|member| member.id),
            name: member.map(|member| member.name.clone()).unwrap_or_default(),
            number: member.map(|member| member.number.clone()).unwrap_or_default(),
            item: item.unwrap_or_else(|| visit.words().staff_item_service()),
            points: signed(row.points),
            is_in: row.points > 0,
            back: match row.taken_back {
                0 => String::new(),
                back if back == row.points.saturating_abs() => visit.words().staff_back_all(),
                back => visit.say(s::StaffBackPart { points: points(back) }),
            },
            day: days.day(row.day),
            moment: days.moment(row.recorded_at),
            by: named.users.get(&row.actor).cloned().unwrap_or_default(),
        }
    };
    Ok(rows.into_iter().map(line).collect())
}

pub async fn list(visit: Visit) -> Answer {
    let before = visit.query("before").and_then(|text| text.parse::<i64>().ok());
    let member = visit.query("member").and_then(|text| text.parse::<Id>().ok());
    let filter = EntryFilter { before, ..EntryFilter::default() };
    let rows = visit.services().awards(&visit.reading()?, member, filter, LINES).await?;
    let is_full = i64::try_from(rows.len()).is_ok_and(|length| length == LINES);
    let of_member = member.map(|member| format!("&member={member}")).unwrap_or_default();
    let next = rows.last().filter(|_| is_full);
    let next = next.map(|row| format!("/staff/awards/list?before={}{of_member}", row.entry));
    let lines = given(&visit, rows).await?;
    let number = |name: &str| visit.query(name).and_then(|text| text.parse::<u32>().ok()).filter(|n| *n > 0);
    let done = [
        number("given").map(|number| visit.say(s::StaffDoneGiven { number })),
        number("proposed").map(|number| visit.say(s::StaffDoneProposed { number })),
        number("back").map(|_| visit.words().staff_done_back()),
    ];
    let failed = number("failed").map(|number| visit.say(s::StaffDoneFailed { number }));
    let may_award = visit.actor()?.may(P::MakeAwards);
    let f = visit.frame(visit.words().staff_given_title()).await?;
    visit.page(&List { f, done: done.into_iter().flatten().collect(), failed, lines, next, may_award })
}

/// What taking it back would do.
struct Effect {
    back: String,
    /// The balance before and after.
    balance: Option<(String, String)>,
    /// What cannot be taken because it is spent: it stays owed.
    owed: Option<String>,
    /// Only a part can be taken now.
    is_part: bool,
}

#[derive(Template)]
#[template(path = "staff_award_one.html")]
struct One {
    f: Frame,
    given: Given,
    sentences: Vec<String>,
    /// Whether taking it back was asked for.
    is_undo: bool,
    may_undo: bool,
    effect: Option<Effect>,
    refused: Option<String>,
}

/// One award, within reach.
async fn award(visit: &Visit, entry: i64) -> Result<(AwardRow, Vec<String>), Fault> {
    let call = visit.reading()?;
    // Refuses what is out of reach before any list is read.
    let sentences = visit.services().explain_award(&call, entry, visit.language).await?;
    let filter = EntryFilter { before: entry.checked_add(1), ..EntryFilter::default() };
    let rows = visit.services().awards(&call, None, filter, 1).await?;
    let row = rows.into_iter().find(|row| row.entry == entry).ok_or(Refusal::absent("award"))?;
    Ok((row, sentences))
}

/// Whether less than all is taken when the rest is spent.
fn is_up_to(visit: &Visit) -> bool {
    visit.form.typed("up_to").is_some()
}

async fn reversed(
    visit: &Visit,
    call: &Call,
    entry: i64,
    up_to: bool,
    reason: String,
) -> Result<Done, Fault> {
    let undo = visit.state.config.times.undo_seconds;
    Ok(visit.services().reverse_award(call, entry, (None, up_to), undo, reason).await?)
}

fn effect(row: &AwardRow, done: &Done, is_part: bool) -> Effect {
    let (mut back, mut balance) = (0_i64, None);
    for leg in done.receipt.postings.iter().filter(|leg| matches!(leg.asset, Asset::Point | Asset::Score)) {
        // A household's purse has another id than a person's of the same member.
        let own = [false, true].map(|household| purse(row.member, household, leg.asset).id);
        let (after, change) = match (own.contains(&leg.credit), own.contains(&leg.debit)) {
            (true, false) => (leg.credit_balance, leg.amount),
            (false, true) => (leg.debit_balance, leg.amount.saturating_neg()),
            _ => continue,
        };
        back = back.saturating_add(change);
        let before = balance.map_or(after.saturating_sub(change), |(before, _)| before);
        balance = Some((before, after));
    }
    let owed = done.receipt.owed.iter().map(|owed| owed.owed).fold(0_i64, i64::saturating_add);
    Effect {
        back: signed(back),
        balance: balance.map(|(before, after)| (points(before), points(after))),
        owed: (owed > 0).then(|| points(owed)),
        is_part,
    }
}

pub async fn show(visit: Visit) -> Answer {
    let entry = visit.path::<i64>("entry")?;
    let (row, sentences) = award(&visit, entry).await?;
    let left = row.points.saturating_abs().saturating_sub(row.taken_back);
    let may_undo = visit.actor()?.may(P::MakeAwards) && left > 0;
    let is_undo = may_undo && (visit.query("undo").is_some() || visit.fault.is_some());
    let (mut shown, mut refused) = (None, None);
    if is_undo {
        let call = Call { dry_run: true, ..visit.reading()? };
        let tried = match reversed(&visit, &call, entry, false, "–".to_owned()).await {
            Ok(done) => Ok((done, false)),
            // Spent or on hold: as much as there is, the rest stays owed.
            Err(first) => match reversed(&visit, &call, entry, true, "–".to_owned()).await {
                Ok(done) => Ok((done, true)),
                Err(_) => Err(first),
            },
        };
        match tried {
            Ok((done, is_part)) => shown = Some(effect(&row, &done, is_part)),
            Err(fault) => {
                let (what, then) = fault.words(visit.language, visit.zone());
                refused = Some(format!("{what} {then}"));
            }
        }
    }
    let given = given(&visit, vec![row]).await?.into_iter().next().ok_or(Refusal::absent("award"))?;
    let f = visit.frame(visit.words().staff_award_one_title()).await?;
    visit.page(&One { f, given, sentences, is_undo, may_undo, effect: shown, refused })
}

/// Takes the award back.
pub async fn undo(visit: Visit) -> Answer {
    let entry = visit.path::<i64>("entry")?;
    let fields = visit.fields();
    let reason = fields.need::<Reason>("reason");
    fields.checked()?;
    reversed(&visit, &visit.call()?, entry, is_up_to(&visit), reason?.into()).await?;
    visit.to("/staff/awards/list?back=1")
}
