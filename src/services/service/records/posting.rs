//! Posts records whose notice is over as final, and reverses final ones. A correction is a reversal plus a new
//! record, never an edit.

use super::voided::approved_with_interest;
use crate::auth::permissions::Permission;
use crate::domain::document::Document;
use crate::domain::id::{BankId, Id};
use crate::domain::ledger::account::CounterId;
use crate::domain::ledger::asset::Asset;
use crate::domain::ledger::entry::{COUNTS_ON, EntryKind, climbed};
use crate::domain::points::scheme::{CapCounts, Deed, Evaluation, MinutesUsed, Scheme, Work};
use crate::domain::refusal::Refusal;
use crate::domain::service::record::{RecordState, ServiceRecord};
use crate::domain::time::Day;
use crate::ledger::command::WatchKind;
use crate::ledger::{Answer, Command, CounterTake, Op, Reclaim};
use crate::services::access::interest::is_caller;
use crate::services::points::awards::{counters_of, legs_of, purse};
use crate::services::step::StepContext;
use crate::services::{Error, Services};
use crate::store::Tables;
use crate::store::people::members::MemberRow;
use crate::store::service::records::ActivityRow;
use std::collections::HashMap;

/// Records that are made final in one batch, so that callers do not wait behind a job.
const AT_A_TIME: i64 = 200;

/// Minutes that records of the same batch have taken from counters, by key and window.
type Taken = HashMap<(String, String), i64>;

impl Services {
    /// Makes every record final whose notice is over: minutes, lifetime points and points in one entry each. Records
    /// are independent: one that cannot be made final is logged with its reason and waits for the next round. Returns
    /// how many became final.
    pub async fn finalise_due(&self, bank: BankId) -> Result<usize, Error> {
        let mut done = 0_usize;
        let mut after: Option<(Day, Id)> = None;
        loop {
            let services = self.clone();
            let due = self.store.read(bank, move |tables| services.due_commands(tables, after)).await?;
            let Due { last, commands, void } = due;
            self.void_approvals(bank, void).await?;
            let Some(last) = last else { return Ok(done) };
            after = Some(last);
            let (records, commands): (Vec<Id>, Vec<Command>) = commands.into_iter().unzip();
            if commands.is_empty() {
                continue;
            }
            let rows = self.store.submit_rows(bank, commands, false).await?;
            for (record, row) in records.iter().zip(rows) {
                match row.map(|decision| decision.answer) {
                    Ok(Answer::Accepted(_)) => done = done.saturating_add(1),
                    Ok(Answer::Refused(refusal)) => stuck(*record, &refusal.into()),
                    Ok(Answer::Ordinary(_) | Answer::Sealed(_) | Answer::Unreadable) => {}
                    Err(error @ Error::Fault(_)) => stuck(*record, &error),
                    // The database can no longer be written.
                    Err(error) => return Err(error),
                }
            }
        }
    }

    /// The commands of the next records that are due. Records of one person see each other's minutes.
    fn due_commands(&self, tables: &mut Tables<'_>, after: Option<(Day, Id)>) -> Result<Due, Error> {
        let rows = tables.records_due(tables.today(), after, AT_A_TIME)?;
        let last = rows.last().and_then(|row| Some((row.notice_until?, row.id)));
        let mut taken = Taken::new();
        let (mut commands, mut void) = (Vec::with_capacity(rows.len()), Vec::new());
        for record in rows {
            let id = record.id;
            if approved_with_interest(tables, &record)? {
                void.push(id);
                continue;
            }
            match self.final_command(tables, record, &mut taken) {
                Ok(command) => commands.push((id, command)),
                Err(error @ (Error::Refused(_) | Error::Fault(_))) => stuck(id, &error),
                // A fault of the database.
                Err(error) => return Err(error),
            }
        }
        Ok(Due { last, commands, void })
    }

    fn final_command(
        &self,
        tables: &mut Tables<'_>,
        mut record: ServiceRecord,
        taken: &mut Taken,
    ) -> Result<Command, Error> {
        let (activity, _) = tables.activity_at(record.activity_id)?;
        let member = tables.member_that_stays(record.member_id)?;
        if member.state != "active" {
            return Err(Refusal::WrongState { what: "member".into(), state: member.state }.into());
        }
        let scheme_id = record.scheme_id.ok_or(Refusal::absent("scheme"))?;
        let version = record.scheme_version.ok_or(Refusal::absent("scheme_version"))?;
        let in_force = self.version_of(tables, scheme_id, version)?;
        let evaluation = evaluate(tables, &in_force.scheme, &record, &activity, &member, taken)?;
        let (mut legs, open) = legs_of(tables.bank, member.id, false, &evaluation);
        let before = predecessors(tables, &record)?;
        let kept_back = before.kept_back;
        if kept_back > 0 && evaluation.climb.is_none() {
            // Given already: an earlier release took the record back without recording the spent points as owed.
            let points = purse(member.id, false, evaluation.purse).id;
            for leg in legs.iter_mut().filter(|leg| leg.credit == points) {
                leg.amount = leg.amount.saturating_sub(kept_back);
            }
            legs.retain(|leg| leg.amount > 0);
        }
        for cap in evaluation.caps.iter().filter(|cap| cap.counts == CapCounts::Minutes) {
            let sum = taken.entry((cap.key.clone(), cap.window.clone())).or_default();
            *sum = sum.saturating_add(cap.adds);
        }
        // A full cap cuts the points only: the minutes are a legal record.
        let mut counters = counters_of(&evaluation.caps);
        counters.push(CounterTake::once(format!("award/service_record/{}", record.id)));
        record.state = RecordState::Final;
        record.version += 1;
        record.points_desired = Some(evaluation.points_minor);
        record.points_granted = Some(0);
        let closed = tables.head()?.year_closed_until;
        let open_at = closed.is_none_or(|closed| record.started_at >= closed);
        let actor = record.approved_by.unwrap_or(Id::SYSTEM);
        let mut command =
            Command::new(actor, EntryKind::Award, Op::Post { legs, partial: true, up_to: false })
                .open(open)
                .watch(WatchKind::Member, member.id, member.version)
                .source(format!("service_record/{}", record.id));
        command.counters = counters;
        command.climb.clone_from(&evaluation.climb);
        let subjects: Vec<Id> = [Some(member.id), member.household_id].into_iter().flatten().collect();
        command.duplicates = tables.duplicates_of(&subjects)?;
        // Service takes effect on the day on which it began. A correction in a closed year takes effect now.
        command.effective_at = open_at.then_some(record.started_at);
        command.metadata = [
            ("member".to_owned(), member.id.to_string()),
            ("scheme".to_owned(), scheme_id.to_string()),
            ("version".to_owned(), version.to_string()),
            ("explanation".to_owned(), evaluation.explanation.to_json()),
            // Tells `verify` by which rule the entry was made.
            (COUNTS_ON.to_owned(), record.started_at.day(tables.zone).to_string()),
        ]
        .into();
        if kept_back > 0 {
            command.metadata.insert(KEPT_BACK.to_owned(), kept_back.to_string());
        }
        // A correction pays the debts left by the reversals of its predecessors.
        command.reclaim = Reclaim::of(before.reversals, in_force.scheme.reclaims_next_points);
        Ok(command.document(Document::ServiceRecord(record)))
    }
}

struct Due {
    /// Where the next batch continues; `None`: nothing more is due.
    last: Option<(Day, Id)>,
    commands: Vec<(Id, Command)>,
    /// Approved by a person with a conflict of interest.
    void: Vec<Id>,
}

fn stuck(record: Id, reason: &Error) {
    tracing::warn!(%record, %reason, "a record whose notice is over could not be made final");
}

/// Whether the caller entered or approved the record.
pub(super) fn is_ones_own(record: &ServiceRecord, context: &mut StepContext<'_, '_>) -> Result<bool, Error> {
    for user in record.approved_by.into_iter().chain([record.submitted_by]) {
        if is_caller(context.tables, context.call, user)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Reverses a final record: by the person who entered or approved it within the undo time, later by another person
/// who may decide about records. Spent points are not taken below zero.
pub(super) fn reversal(record: &ServiceRecord, context: &mut StepContext<'_, '_>) -> Result<Command, Error> {
    let number = record.award_entry.ok_or(Refusal::EntryNotFound)?;
    let entry = context.tables.entry(number)?.ok_or(Refusal::EntryNotFound)?;
    let undo_seconds = context.services.undo_seconds;
    let fresh = context.tables.now.seconds_since(entry.recorded_at) <= undo_seconds;
    if !fresh && is_ones_own(record, context)? {
        let decides = context.call.actor.reaches(Permission::ApproveAwards, &context.place.path);
        let late = Refusal::UndoTooLate { seconds: undo_seconds };
        return Err(if decides { Refusal::SamePerson } else { late }.into());
    }
    let member = context.tables.member_that_stays(record.member_id)?;
    let (services, call) = (context.services, context.call);
    let of_groups = services.deed_back(context.tables, call, (&entry, &member), (None, true))?;
    let mut command = match of_groups {
        Some(command) => command.of_document(),
        None => {
            let op = Op::Reverse { entry: number, amounts: None, up_to: true, of_document: true };
            Command::new(context.call.actor.user, EntryKind::Reversal, op)
        }
    };
    command = command
        .source(format!("service_record/{}", record.id))
        .document(Document::ServiceRecord(record.clone()));
    command.note = context.services.note(Some(context.reason()));
    // A correction takes effect when the original did; if that year is closed, now.
    let closed = context.tables.head()?.year_closed_until;
    command.effective_at =
        closed.is_none_or(|closed| entry.effective_at >= closed).then_some(entry.effective_at);
    Ok(command)
}

/// The asset of an account that an entry has moved.
fn asset_of(tables: &mut Tables<'_>, account: Id) -> Result<Asset, Error> {
    Ok(tables.account(account)?.ok_or(Refusal::AccountNotFound { account })?.terms.asset)
}

/// What the reversals of a correction's predecessors have left.
#[derive(Default)]
struct Before {
    /// The reversing entries: the correction pays the debts they left.
    reversals: Vec<i64>,
    /// Points that stayed with the member without being owed, as in release 0.1.
    kept_back: i64,
}

const KEPT_BACK: &str = "kept_back";

/// The records before a correction, back to the first one.
fn predecessors(tables: &mut Tables<'_>, record: &ServiceRecord) -> Result<Before, Error> {
    let (mut before, mut next) = (Before::default(), record.replaces_id);
    while let Some(replaced) = next.map(|id| tables.record(id)).transpose()?.flatten() {
        let (given, kept) = points_of(tables, replaced.award_entry)?;
        let (taken, _) = points_of(tables, replaced.reversal_entry)?;
        let left = given.saturating_sub(taken).max(0).saturating_add(kept);
        before.kept_back = before.kept_back.saturating_add(left);
        before.reversals.extend(replaced.reversal_entry);
        next = replaced.replaces_id;
    }
    Ok(before)
}

/// The points that an entry moved, and those that it left out because the member had kept them.
fn points_of(tables: &mut Tables<'_>, number: Option<i64>) -> Result<(i64, i64), Error> {
    let Some(entry) = number.map(|number| tables.entry(number)).transpose()?.flatten() else {
        return Ok((0, 0));
    };
    if climbed(&entry.effects) {
        // Its groups have taken back what it was worth, and the correction climbs anew.
        return Ok((0, 0));
    }
    let mut sum = 0_i64;
    for posting in &entry.postings {
        if asset_of(tables, posting.debit)? == Asset::Point {
            sum = sum.saturating_add(posting.amount);
        }
    }
    let metadata: HashMap<String, String> = serde_json::from_str(&entry.metadata).unwrap_or_default();
    let kept = metadata.get(KEPT_BACK).and_then(|kept| kept.parse().ok());
    Ok((sum, kept.unwrap_or(0)))
}

/// What the scheme of the day gives for a record; `taken` are minutes of the same batch.
pub(super) fn evaluate(
    tables: &mut Tables<'_>,
    scheme: &Scheme,
    record: &ServiceRecord,
    activity: &ActivityRow,
    member: &MemberRow,
    taken: &Taken,
) -> Result<Evaluation, Error> {
    let day = record.started_at.day(tables.zone);
    let mut deed = Deed::of_service(day, tables.zone, member.id, record.service_minutes, record.evidence);
    deed.granted_on = tables.today();
    deed.household = member.household_id;
    deed.organisation = Some(record.org_id);
    deed.occasion = match activity.kind.as_str() {
        "standing" => format!("{}/{day}", activity.id),
        _ => activity.id.to_string(),
    };
    if let Work::Service { category, level, .. } = &mut deed.work {
        category.clone_from(&activity.category);
        level.clone_from(&activity.activity_level);
    }
    let subjects: Vec<Id> = [Some(member.id), member.household_id].into_iter().flatten().collect();
    let duplicates = tables.duplicates_of(&subjects)?;
    for cap in scheme.minute_caps(&deed)? {
        let counter = CounterId { key: cap.key.clone(), window: cap.window.clone() };
        let posted = tables.counter_used_as_one(counter, &duplicates)?;
        let batch = taken.get(&(cap.key.clone(), cap.window.clone())).copied().unwrap_or(0);
        let minutes = posted.saturating_add(batch);
        deed.minutes_used.push(MinutesUsed { key: cap.key, window: cap.window, minutes });
    }
    Ok(scheme.evaluate(&deed)?)
}
