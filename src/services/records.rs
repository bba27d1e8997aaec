//! Service records: submitted, approved by a second person, in public notice, final. A correction is a reversal plus a
//! new record, never an edit.

use super::awards::{counters_of, legs_of};
use super::{Call, Done, Error, Services};
use crate::auth::permissions::Permission;
use crate::domain::document::Document;
use crate::domain::entry::EntryKind;
use crate::domain::id::{BankId, Id};
use crate::domain::mask;
use crate::domain::refusal::Refusal;
use crate::domain::scheme::{Deed, Evaluation, MinutesUsed, Scheme, Work};
use crate::domain::service_record::{Evidence, RecordState, ServiceRecord};
use crate::domain::service_time::{ReviewLevel, Service, check};
use crate::domain::time::Moment;
use crate::ledger::{Command, CounterTake, Op, Take};
use crate::store::Tables;
pub use crate::store::lists::DocumentFilter;
use crate::store::service::ActivityRow;
pub use crate::store::service::ObjectionRow;

/// One person's service, as it is entered.
#[derive(Clone, Debug)]
pub struct RecordAsk {
    pub member: Id,
    pub activity: Id,
    pub evidence: Evidence,
    pub started_at: Moment,
    pub ended_at: Moment,
    /// Time really given; none: all of it.
    pub service_minutes: Option<i64>,
    /// People served (服务人次).
    pub served: i64,
    pub guarantor: Option<Id>,
    /// What was done, in words.
    pub content: Option<String>,
}

/// What the second person decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Approve,
    Return,
    Reject,
}

fn absent(what: &str) -> Refusal {
    Refusal::NotFound { what: what.into() }
}

fn wrong_state(record: &ServiceRecord) -> Error {
    Refusal::WrongState { what: "service_record".into(), state: record.state.to_string() }.into()
}

impl Services {
    /// Enters one record.
    pub async fn submit_record(&self, call: &Call, ask: RecordAsk) -> Result<Id, Error> {
        let mut made = self.submit_records(call, vec![ask], false).await?;
        made.pop().unwrap_or_else(|| Err(Error::Fault("no answer".into())))
    }

    /// Enters a sheet: a result for each row, in order. `whole`: all of them or none. A dry run keeps nothing.
    pub async fn submit_records(
        &self,
        call: &Call,
        asks: Vec<RecordAsk>,
        whole: bool,
    ) -> Result<Vec<Result<Id, Error>>, Error> {
        let ids: Vec<Id> = asks.iter().map(|_| self.next_id()).collect();
        let (services, caller) = (self.clone(), call.clone());
        let enter = move |tables: &mut Tables<'_>| {
            let mut results: Vec<Result<Id, Refusal>> = Vec::with_capacity(asks.len());
            for (ask, id) in asks.iter().zip(&ids) {
                results.push(match services.submit(tables, &caller, ask, *id) {
                    Ok(()) => Ok(*id),
                    Err(Error::Refused(refusal)) => Err(refusal),
                    Err(other) => return Err(other),
                });
            }
            Ok(results)
        };
        let bank = call.actor.bank;
        let results = if call.dry_run {
            self.store.write(bank, move |tables| tables.undone(&enter)).await?
        } else {
            let made = self.store.write_once(bank, call.request.clone(), move |tables| {
                if whole {
                    let rehearsed = tables.undone(&enter)?;
                    if rehearsed.iter().any(Result::is_err) {
                        return Ok(rehearsed);
                    }
                }
                enter(tables)
            });
            made.await?.0
        };
        let refused = whole && results.iter().any(Result::is_err);
        Ok(results
            .into_iter()
            .map(|row| match row {
                // All or nothing, and another row was refused.
                Ok(_) if refused => Err(Refusal::NothingToPost.into()),
                other => other.map_err(Error::from),
            })
            .collect())
    }

    fn submit(&self, tables: &mut Tables<'_>, call: &Call, ask: &RecordAsk, id: Id) -> Result<(), Error> {
        let (activity, path) = tables.activity_at(ask.activity)?;
        let own = call.actor.member == Some(ask.member) && call.actor.may(Permission::ReportOwnRecord);
        if !own {
            call.must_reach(Permission::EnterRecords, &path, absent("activity"))?;
        }
        if activity.state != "published" {
            return Err(Refusal::WrongState { what: "activity".into(), state: activity.state }.into());
        }
        let member =
            tables.member(ask.member)?.filter(|row| row.state == "active").ok_or(absent("member"))?;
        let inside = ask.started_at >= activity.starts_at && ask.ended_at <= activity.ends_at;
        if !inside || ask.ended_at > tables.now {
            return Err(Refusal::OutsideActivity.into());
        }
        let service = match ask.service_minutes {
            Some(minutes) => Service::given(ask.started_at, ask.ended_at, minutes)?,
            None => Service::whole(ask.started_at, ask.ended_at)?,
        };
        check(&known(tables, ask.member, &service, None)?, &service, tables.zone)?;
        self.check_in_time(tables, &activity, ask)?;
        tables.put_record(&ServiceRecord {
            id,
            version: 1,
            state: RecordState::Submitted,
            member_id: member.id,
            activity_id: activity.id,
            org_id: activity.org_id,
            evidence: if own { Evidence::SelfReport } else { ask.evidence },
            started_at: ask.started_at,
            ended_at: ask.ended_at,
            service_minutes: service.service_minutes(),
            served: ask.served,
            submitted_by: call.actor.user,
            submitted_at: tables.now,
            guarantor_id: ask.guarantor,
            approved_by: None,
            approved_at: None,
            second_approved_by: None,
            notice_until: None,
            scheme_id: Some(activity.scheme_id),
            scheme_version: None,
            points_desired: None,
            points_granted: None,
            award_entry: None,
            reversal_entry: None,
            explanation: None,
            replaces_id: None,
        })
    }

    /// Recording is due within the scheme's working days after the service; later it is a back-fill with a guarantor.
    fn check_in_time(
        &self,
        tables: &mut Tables<'_>,
        activity: &ActivityRow,
        ask: &RecordAsk,
    ) -> Result<(), Error> {
        if ask.evidence == Evidence::Backfill {
            return match ask.guarantor {
                Some(_) => Ok(()),
                None => Err(Refusal::GuarantorMissing.into()),
            };
        }
        let day = ask.ended_at.day(tables.zone);
        let in_force = self.in_force(tables, activity.scheme_id, day)?;
        let within = in_force.scheme.record_within_working_days;
        let due = self.calendar.working_days_after(day, within).map_err(Refusal::from)?;
        match tables.today() > due {
            true => Err(Refusal::RecordingOverdue { due }.into()),
            false => Ok(()),
        }
    }

    /// The second person decides. Approved records go into public notice.
    pub async fn decide_record(&self, call: &Call, id: Id, verdict: Verdict) -> Result<ServiceRecord, Error> {
        let (services, caller) = (self.clone(), call.clone());
        let decided = self.store.write_once(call.actor.bank, call.request.clone(), move |tables| {
            services.decide(tables, &caller, id, verdict)
        });
        Ok(decided.await?.0)
    }

    fn decide(
        &self,
        tables: &mut Tables<'_>,
        call: &Call,
        id: Id,
        verdict: Verdict,
    ) -> Result<ServiceRecord, Error> {
        let mut record = tables.record(id)?.ok_or(absent("service_record"))?;
        let path = tables.org_path(record.org_id)?;
        call.must_reach(Permission::ApproveRecords, &path, absent("service_record"))?;
        if record.state != RecordState::Submitted {
            return Err(wrong_state(&record));
        }
        if record.submitted_by == call.actor.user {
            return Err(Refusal::SamePerson.into());
        }
        if call.actor.member == Some(record.member_id) {
            return Err(Refusal::ForOneself.into());
        }
        record.version += 1;
        record.state = match verdict {
            Verdict::Return => RecordState::Returned,
            Verdict::Reject => RecordState::Rejected,
            Verdict::Approve => {
                self.approve(tables, call, &mut record)?;
                RecordState::Notice
            }
        };
        tables.put_record(&record)?;
        Ok(record)
    }

    /// Sets the notice, after the day's minutes were checked against the level that decides.
    fn approve(&self, tables: &mut Tables<'_>, call: &Call, record: &mut ServiceRecord) -> Result<(), Error> {
        let service = Service::given(record.started_at, record.ended_at, record.service_minutes)?;
        let checked =
            check(&known(tables, record.member_id, &service, Some(record.id))?, &service, tables.zone)?;
        let minutes = checked.day_minutes.values().copied().max().unwrap_or(0);
        let path = tables.org_path(record.org_id)?;
        let level = match checked.level {
            ReviewLevel::Street => call.actor.reaches(Permission::ApproveLongDays, &path),
            ReviewLevel::Community => call.actor.reaches(Permission::ApproveAwards, &path),
            ReviewLevel::Ordinary => true,
        };
        if !level {
            return Err(Refusal::LongDay { minutes }.into());
        }
        let scheme_id = record.scheme_id.ok_or(absent("scheme"))?;
        let in_force = self.in_force(tables, scheme_id, record.started_at.day(tables.zone))?;
        let days = in_force.scheme.notice_working_days;
        let until = self.calendar.working_days_after(tables.today(), days).map_err(Refusal::from)?;
        record.scheme_version = Some(in_force.row.number);
        record.approved_by = Some(call.actor.user);
        record.approved_at = Some(tables.now);
        record.notice_until = Some(until);
        Ok(())
    }

    /// The one who entered a record puts a returned one right, or takes it back; nobody else is needed before notice.
    pub async fn mend_record(
        &self,
        call: &Call,
        id: Id,
        minutes: Option<i64>,
    ) -> Result<ServiceRecord, Error> {
        let caller = call.clone();
        let mended = self.store.write_once(call.actor.bank, call.request.clone(), move |tables| {
            let mut record = tables.record(id)?.ok_or(absent("service_record"))?;
            if record.submitted_by != caller.actor.user {
                return Err(absent("service_record").into());
            }
            if !matches!(record.state, RecordState::Submitted | RecordState::Returned) {
                return Err(wrong_state(&record));
            }
            record.version += 1;
            match minutes {
                Some(minutes) => {
                    Service::given(record.started_at, record.ended_at, minutes)?;
                    record.service_minutes = minutes;
                    record.state = RecordState::Submitted;
                }
                None => record.state = RecordState::Withdrawn,
            }
            tables.put_record(&record)?;
            Ok(record)
        });
        Ok(mended.await?.0)
    }

    /// Objects to a record in public notice: it waits, its neighbours go on.
    pub async fn object(&self, call: &Call, record: Id, reason: String) -> Result<Id, Error> {
        let (bank, id, caller) = (call.actor.bank, self.next_id(), call.clone());
        let made = self.store.write_once(bank, call.request.clone(), move |tables| {
            let mut row = tables.record(record)?.ok_or(absent("service_record"))?;
            if row.state != RecordState::Notice {
                return Err(wrong_state(&row));
            }
            row.state = RecordState::Objected;
            row.version += 1;
            tables.put_record(&row)?;
            tables.insert_objection(&ObjectionRow {
                bank_id: bank,
                id,
                record_id: record,
                raised_by: caller.actor.user,
                raised_at: tables.now,
                reason: reason.clone(),
                state: "open".into(),
                decided_by: None,
                decided_at: None,
                decision: None,
                version: 1,
            })?;
            Ok(id)
        });
        Ok(made.await?.0)
    }

    /// Decides an objection: upheld, the record is rejected; dismissed, its notice goes on.
    pub async fn decide_objection(
        &self,
        call: &Call,
        record: Id,
        upheld: bool,
        decision: String,
    ) -> Result<(), Error> {
        let caller = call.clone();
        let decided = self.store.write_once(call.actor.bank, call.request.clone(), move |tables| {
            let mut row = tables.record(record)?.ok_or(absent("service_record"))?;
            let path = tables.org_path(row.org_id)?;
            caller.must_reach(Permission::DecideObjections, &path, absent("service_record"))?;
            let mut objection = tables.objection_to(record)?.ok_or(absent("objection"))?;
            if [Some(row.submitted_by), row.approved_by, Some(objection.raised_by)]
                .contains(&Some(caller.actor.user))
            {
                return Err(Refusal::SamePerson.into());
            }
            row.state = if upheld { RecordState::Rejected } else { RecordState::Notice };
            row.version += 1;
            tables.put_record(&row)?;
            objection.state = if upheld { "upheld" } else { "dismissed" }.into();
            objection.decided_by = Some(caller.actor.user);
            objection.decided_at = Some(tables.now);
            objection.decision = Some(decision.clone());
            objection.version += 1;
            tables.update_objection(&objection)
        });
        decided.await.map(|_| ())
    }

    /// Makes every record final whose notice is over: minutes, lifetime points and points in one entry each.
    /// Returns how many.
    pub async fn finalise_due(&self, bank: BankId) -> Result<usize, Error> {
        let mut done = 0_usize;
        loop {
            let services = self.clone();
            let commands = self.store.read(bank, move |tables| {
                let today = tables.today();
                let due = tables.records_due(today, 200)?;
                due.into_iter()
                    .map(|record| services.final_command(tables, record))
                    .collect::<Result<Vec<_>, _>>()
            });
            let commands: Vec<Command> = commands.await?;
            if commands.is_empty() {
                return Ok(done);
            }
            let count = commands.len();
            let decisions = self.store.submit_all(bank, commands, false).await?;
            let accepted =
                decisions.iter().filter(|d| matches!(d.answer, crate::ledger::Answer::Accepted(_))).count();
            done = done.saturating_add(accepted);
            if accepted < count {
                tracing::warn!(refused = count.saturating_sub(accepted), "records could not be made final");
                return Ok(done);
            }
        }
    }

    fn final_command(&self, tables: &mut Tables<'_>, mut record: ServiceRecord) -> Result<Command, Error> {
        let (activity, _) = tables.activity_at(record.activity_id)?;
        let member = tables.member(record.member_id)?.ok_or(absent("member"))?;
        let scheme_id = record.scheme_id.ok_or(absent("scheme"))?;
        let version = record.scheme_version.ok_or(absent("scheme_version"))?;
        let in_force = self.version_of(tables, scheme_id, version)?;
        let evaluation = evaluate(tables, &in_force.scheme, &record, &activity, member.household_id)?;
        let household = member.kind == "household";
        let (mut legs, open) = legs_of(tables.bank, member.id, household, &evaluation);
        let mut counters = counters_of(&evaluation.caps);
        // A full cap leaves the minutes: they are a legal record. Only the points are left out.
        let full = counters
            .iter()
            .filter(|c| c.take == Take::Granted)
            .any(|c| tables.counter_used(&c.key, &c.window).is_ok_and(|used| used >= c.limit));
        if full {
            legs.retain(|leg| !leg.capped);
            counters.clear();
        }
        counters.push(CounterTake::once(format!("award/service_record/{}", record.id)));
        record.state = RecordState::Final;
        record.version += 1;
        record.points_desired = Some(evaluation.points_minor);
        record.points_granted = Some(0);
        record.explanation = Some(evaluation.explanation.to_json());
        let closed = tables.head()?.closed_until;
        let open_at = closed.is_none_or(|closed| record.ended_at >= closed);
        let actor = record.approved_by.unwrap_or(Id::SYSTEM);
        let mut command =
            Command::new(actor, EntryKind::Award, Op::Post { legs, partial: true, up_to: false })
                .open(open)
                .source(format!("service_record/{}", record.id));
        command.counters = counters;
        // Service counts when it was given; once that period is closed it counts from now.
        command.effective_at = open_at.then_some(record.ended_at);
        command.metadata = [
            ("member".to_owned(), member.id.to_string()),
            ("scheme".to_owned(), scheme_id.to_string()),
            ("version".to_owned(), version.to_string()),
            ("explanation".to_owned(), evaluation.explanation.to_json()),
        ]
        .into();
        Ok(command.document(Document::ServiceRecord(record)))
    }

    /// Takes a final record back: by the one who entered or approved it within `undo_seconds`, later by another person.
    pub async fn reverse_record(
        &self,
        call: &Call,
        id: Id,
        undo_seconds: i64,
        reason: String,
    ) -> Result<Done, Error> {
        self.once(call, || async move {
            let caller = call.clone();
            let command = self.store.read(call.actor.bank, move |tables| {
                let mut record = tables.record(id)?.ok_or(absent("service_record"))?;
                let path = tables.org_path(record.org_id)?;
                caller.must_reach(Permission::ApproveRecords, &path, absent("service_record"))?;
                let (RecordState::Final, Some(number)) = (record.state, record.award_entry) else {
                    return Err(wrong_state(&record));
                };
                let entry = tables.entry(number)?.ok_or(Refusal::EntryNotFound)?;
                let fresh = tables.now.seconds_since(entry.recorded_at) <= undo_seconds;
                if !fresh && record.submitted_by == caller.actor.user {
                    return Err(Refusal::SamePerson.into());
                }
                record.state = RecordState::Reversed;
                record.version += 1;
                let op = Op::Reverse { entry: number, amounts: None, up_to: true, of_document: true };
                let mut command = Command::new(caller.actor.user, EntryKind::Reversal, op)
                    .source(format!("service_record/{id}"))
                    .document(Document::ServiceRecord(record));
                let closed = tables.head()?.closed_until;
                command.effective_at =
                    closed.is_none_or(|closed| entry.effective_at >= closed).then_some(entry.effective_at);
                Ok(command)
            });
            let mut command = command.await?;
            command.note = self.note(Some(reason));
            self.post(call, command).await
        })
        .await
    }

    /// A record within reach, or one's own, with the objections against it.
    pub async fn record(&self, call: &Call, id: Id) -> Result<(ServiceRecord, Vec<ObjectionRow>), Error> {
        let caller = call.clone();
        self.store
            .read(call.actor.bank, move |tables| {
                let record = tables.record(id)?.ok_or(absent("service_record"))?;
                if caller.actor.member != Some(record.member_id) {
                    let path = tables.org_path(record.org_id)?;
                    caller.must_reach(Permission::ReadRecords, &path, absent("service_record"))?;
                }
                let objections = tables.objections_of(id)?;
                Ok((record, objections))
            })
            .await
    }

    /// Records, newest first: within reach, or one's own.
    pub async fn records(
        &self,
        call: &Call,
        mut filter: DocumentFilter,
        limit: i64,
    ) -> Result<Vec<ServiceRecord>, Error> {
        filter.paths = call.actor.paths(Permission::ReadRecords);
        if filter.paths.is_empty() {
            filter.member = Some(call.actor.member.ok_or(absent("member"))?);
        }
        self.store.read(call.actor.bank, move |tables| tables.records_page(&filter, limit)).await
    }

    /// What hangs out in public (公示): records in notice with masked names. For everybody, without signing in.
    pub async fn public_notice(
        &self,
        slug: &str,
        before: Option<Id>,
        limit: i64,
    ) -> Result<Vec<Notice>, Error> {
        let banks = self.store.banks().await?;
        let bank = banks.into_iter().find(|bank| bank.slug == slug).ok_or(absent("bank"))?.id;
        let state = Some(RecordState::Notice.to_string());
        let filter = DocumentFilter { state, before, ..DocumentFilter::default() };
        let told = self.store.read(bank, move |tables| {
            let records = tables.records_page(&filter, limit)?;
            let mut notices = Vec::with_capacity(records.len());
            for record in records {
                let (activity, _) = tables.activity_at(record.activity_id)?;
                let member = tables.member(record.member_id)?.ok_or(absent("member"))?;
                let org = tables.org(record.org_id)?.map(|org| org.name).unwrap_or_default();
                let (name, title) = (mask::name(&member.name), activity.title);
                notices.push(Notice { record, name, title, org });
            }
            Ok(notices)
        });
        told.await
    }
}

/// One line of the public notice.
#[derive(Clone, Debug)]
pub struct Notice {
    pub record: ServiceRecord,
    /// The surname and two stars.
    pub name: String,
    /// The activity's.
    pub title: String,
    pub org: String,
}

/// Stretches of a member that count already, but for one record.
fn known(tables: &mut Tables<'_>, member: Id, new: &Service, but: Option<Id>) -> Result<Vec<Service>, Error> {
    let records = tables.records_around(member, new.started_at(), new.ended_at())?;
    let others = records.iter().filter(|record| Some(record.id) != but);
    Ok(others
        .filter_map(|record| Service::given(record.started_at, record.ended_at, record.service_minutes).ok())
        .collect())
}

/// What the scheme of the day gives for a record.
fn evaluate(
    tables: &mut Tables<'_>,
    scheme: &Scheme,
    record: &ServiceRecord,
    activity: &ActivityRow,
    household: Option<Id>,
) -> Result<Evaluation, Error> {
    let day = record.started_at.day(tables.zone);
    let mut deed =
        Deed::of_service(day, tables.zone, record.member_id, record.service_minutes, record.evidence);
    deed.granted_on = tables.today();
    deed.household = household;
    deed.organisation = Some(record.org_id);
    deed.occasion = match activity.kind.as_str() {
        "standing" => format!("{}/{day}", activity.id),
        _ => activity.id.to_string(),
    };
    if let Work::Service { category, level, .. } = &mut deed.work {
        category.clone_from(&activity.category);
        level.clone_from(&activity.activity_level);
    }
    for cap in scheme.minute_caps(&deed)? {
        let minutes = tables.counter_used(&cap.key, &cap.window)?;
        deed.minutes_used.push(MinutesUsed { key: cap.key, window: cap.window, minutes });
    }
    Ok(scheme.evaluate(&deed)?)
}
