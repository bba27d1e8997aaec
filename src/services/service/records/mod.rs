//! Service records: submitted, approved by a second person, in public notice, final. A correction is a reversal plus
//! a new record, never an edit.

mod posting;
mod review;
mod steps;
mod voided;

use super::activities::seats::check_seats;
use crate::auth::permissions::Permission;
use crate::domain::id::Id;
use crate::domain::people::consent::ConsentPurpose;
use crate::domain::people::mask;
use crate::domain::refusal::Refusal;
use crate::domain::service::record::{Evidence, RecordState, ServiceRecord};
use crate::domain::service::time::{DayCheck, ReviewLevel, Service, check};
use crate::domain::time::{Day, Moment};
use crate::services::ledger::years::must_be_open;
use crate::services::people::orgs::check_open;
use crate::services::step;
use crate::services::{Call, Error, Services};
use crate::store::Tables;
use crate::store::people::members::MemberRow;
pub use crate::store::readers::lists::DocumentFilter;
use crate::store::service::records::ActivityRow;
pub use crate::store::service::records::{ObjectionRow, RecordText};

/// One person's service to enter.
#[derive(Clone, Debug)]
pub struct RecordAsk {
    pub member: Id,
    pub activity: Id,
    pub evidence: Evidence,
    pub started_at: Moment,
    pub ended_at: Moment,
    /// Net service time; `None`: all of it.
    pub service_minutes: Option<i64>,
    /// People served (服务人次).
    pub served: i64,
    pub guarantor: Option<Id>,
    /// What was done, in words.
    pub content: Option<String>,
    /// The reversed record that this one replaces.
    pub replaces: Option<Id>,
    /// The person signed in or out by a code that is shown at the activity.
    pub by_code: bool,
}

/// A record with what belongs to it.
#[derive(Clone, Debug)]
pub struct RecordStanding {
    pub record: ServiceRecord,
    /// The activity's title and place.
    pub title: String,
    pub place: String,
    pub text: Option<RecordText>,
    pub objections: Vec<ObjectionRow>,
    /// The record that replaces this one.
    pub replaced_by: Option<Id>,
}

impl Services {
    /// Enters one record.
    pub async fn submit_record(&self, call: &Call, ask: RecordAsk) -> Result<Id, Error> {
        let mut made = self.submit_records(call, vec![ask], false).await?;
        made.pop().unwrap_or_else(|| Err(Error::Fault("no answer".into())))
    }

    /// Enters a sheet: a result for each row, in order. `whole`: all of them or none. A dry run writes nothing.
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
                results.push(match services.submit(tables, &caller, ask, (*id, false)) {
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
            let made = self.write(call, move |tables| {
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
        let refused = results.iter().position(Result::is_err).filter(|_| whole);
        let other = refused.and_then(|at| u32::try_from(at).ok());
        Ok(results
            .into_iter()
            .map(|row| match row {
                // All or nothing, and another row was refused.
                Ok(_) if refused.is_some() => Err(Refusal::OtherRefused { row: other }.into()),
                other => other.map_err(Error::from),
            })
            .collect())
    }

    /// Enters a record under an id. `signed_in`: it comes from an attendance, at whose beginning a child's guardian had
    /// consented.
    pub(in crate::services) fn submit(
        &self,
        tables: &mut Tables<'_>,
        call: &Call,
        ask: &RecordAsk,
        (id, signed_in): (Id, bool),
    ) -> Result<(), Error> {
        let (activity, path) = tables.activity_at(ask.activity)?;
        let ask = &RecordAsk { member: file_of(tables, ask.member)?, ..ask.clone() };
        let own = call.actor.member == Some(ask.member);
        let enters = call.actor.reaches(Permission::EnterRecords, &path);
        if !enters && !call.actor.may(Permission::ReportOwnRecord) {
            return Err(Refusal::absent("activity").into());
        }
        // A caller who may only report for themselves does not learn who else exists.
        if !enters && !own {
            return Err(Refusal::absent("member").into());
        }
        if activity.state != "published" {
            return Err(Refusal::WrongState { what: "activity".into(), state: activity.state }.into());
        }
        check_open(tables, activity.org_id)?;
        let person = served_by(tables, ask.member)?;
        // What corrects a record is about a service that is stored already.
        if ask.replaces.is_none() && !signed_in {
            self.must_have_guardians_consent(tables, &person)?;
        }
        let inside = ask.started_at >= activity.starts_at && ask.ended_at <= activity.ends_at;
        if !inside || ask.ended_at > tables.now {
            return Err(Refusal::OutsideActivity.into());
        }
        let service = match ask.service_minutes {
            Some(minutes) => Service::given(ask.started_at, ask.ended_at, minutes)?,
            None => Service::whole(ask.started_at, ask.ended_at)?,
        };
        let replaced = match ask.replaces {
            Some(replaced) => Some(replaced_record(tables, call, ask, replaced)?),
            None => None,
        };
        let evidence = match &replaced {
            // A correction has the evidence of the first record: it does not turn a back-fill into a sheet.
            Some(old) => old.evidence,
            // A record about oneself is a self-report, whatever role one holds.
            None if own && !ask.by_code => Evidence::SelfReport,
            None => ask.evidence,
        };
        let checked = check(&known(tables, ask.member, &service, None)?, &service, tables.zone)?;
        check_seats(tables, &activity, ask.member, ask.started_at)?;
        if replaced.is_none() {
            must_be_open(tables, ask.started_at)?;
            self.check_in_time(tables, call, &activity, ask, evidence)?;
        }
        let guarantor = ask.guarantor.or(replaced.and_then(|old| old.guarantor_id));
        if let Some(content) = &ask.content {
            let (bank_id, content) = (tables.bank, content.clone());
            tables.put_record_text(&RecordText { bank_id, record_id: id, content, remark: None })?;
        }
        tables.put_record(&ServiceRecord {
            id,
            version: 1,
            state: waiting(checked.level),
            member_id: ask.member,
            activity_id: activity.id,
            org_id: activity.org_id,
            evidence,
            started_at: ask.started_at,
            ended_at: ask.ended_at,
            service_minutes: service.service_minutes(),
            served: ask.served,
            submitted_by: call.actor.user,
            submitted_at: tables.now,
            guarantor_id: guarantor.filter(|_| evidence == Evidence::Backfill),
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
            replaces_id: ask.replaces,
        })
    }

    /// A record is due within the scheme's working days after the service; later it is a back-fill with a guarantor.
    fn check_in_time(
        &self,
        tables: &mut Tables<'_>,
        call: &Call,
        activity: &ActivityRow,
        ask: &RecordAsk,
        evidence: Evidence,
    ) -> Result<(), Error> {
        if evidence == Evidence::Backfill {
            return check_guarantor(tables, call, ask);
        }
        let day = ask.ended_at.day(tables.zone);
        match self.overdue_since(tables, activity, day)? {
            Some(due) => Err(Refusal::RecordingOverdue { due }.into()),
            None => Ok(()),
        }
    }

    /// The day on which service of a day was due to be recorded, if that has passed.
    pub(in crate::services) fn overdue_since(
        &self,
        tables: &mut Tables<'_>,
        activity: &ActivityRow,
        day: Day,
    ) -> Result<Option<Day>, Error> {
        let in_force = self.in_force(tables, activity.scheme_id, day)?;
        let within = in_force.scheme.record_within_working_days;
        let today = tables.today();
        Ok(tables.calendar()?.overdue_since(day, within, today))
    }

    /// A record within reach, or one's own, with what belongs to it.
    pub async fn record(&self, call: &Call, id: Id) -> Result<RecordStanding, Error> {
        let caller = call.clone();
        let found = self.store.read(call.actor.bank, move |tables| {
            let record = tables.record(id)?.ok_or(Refusal::absent("service_record"))?;
            // Records of one's merged duplicates are one's own.
            let own = tables.member_that_stays(record.member_id)?.id;
            if caller.actor.member != Some(own) {
                let path = tables.org_path(record.org_id)?;
                caller.must_reach(Permission::ReadRecords, &path, Refusal::absent("service_record"))?;
            }
            let (activity, _) = tables.activity_at(record.activity_id)?;
            Ok(RecordStanding {
                title: activity.title,
                place: activity.place,
                text: tables.record_text(id)?,
                objections: tables.objections_of(id)?,
                replaced_by: tables.replacement_of(id)?,
                record,
            })
        });
        found.await
    }

    /// Records, newest first: within reach, or one's own.
    pub async fn records(
        &self,
        call: &Call,
        mut filter: DocumentFilter,
        limit: i64,
    ) -> Result<Vec<ServiceRecord>, Error> {
        let caller = call.clone();
        let found = self.store.read(call.actor.bank, move |tables| {
            filter.member = filter.member.map(|member| file_of(tables, member)).transpose()?;
            let cut = caller.cut(Permission::ReadRecords, filter.member)?;
            let Some(cut) = cut else { return Ok(Vec::new()) };
            (filter.paths, filter.member) = (cut.paths, cut.member);
            tables.records_page(&filter, limit)
        });
        found.await
    }

    /// The public notice (公示): records with masked names. For everyone, without authentication.
    pub async fn public_notice(
        &self,
        slug: &str,
        mut filter: DocumentFilter,
        limit: i64,
    ) -> Result<Vec<Notice>, Error> {
        let banks = self.store.banks().await?;
        let bank = banks.into_iter().find(|bank| bank.slug == slug).ok_or(Refusal::absent("bank"))?.id;
        filter.state = Some(RecordState::Notice.to_string());
        let found = self.store.read(bank, move |tables| {
            // Only on the days of the notice: a record whose notice is over is no longer shown, posted or not.
            filter.in_notice_on = Some(tables.today());
            let records = tables.records_page(&filter, limit)?;
            let activities = tables.activities(records.iter().map(|record| record.activity_id))?;
            let members = tables.files(records.iter().map(|record| record.member_id))?;
            let orgs = tables.orgs(records.iter().map(|record| record.org_id))?;
            let files: Vec<Id> = members.values().map(|member| member.id).collect();
            let hidden = tables.consent_withdrawn(ConsentPurpose::Publication, &files)?;
            let notice = |record: ServiceRecord| {
                let activity = activities.get(&record.activity_id).ok_or(Refusal::absent("activity"))?;
                let member = members.get(&record.member_id).ok_or(Refusal::absent("member"))?;
                let org = orgs.get(&record.org_id).map(|org| org.name.clone()).unwrap_or_default();
                let (number, title) = (member.number.clone(), activity.title.clone());
                // The number alone is public where the consent to be named was withdrawn.
                let name = match hidden.contains(&member.id) {
                    true => mask::HIDDEN.to_owned(),
                    false => mask::name(&member.name),
                };
                Ok(Notice { record, name, number, title, org })
            };
            records.into_iter().map(notice).collect()
        });
        found.await
    }
}

/// One line of the public notice.
#[derive(Clone, Debug)]
pub struct Notice {
    pub record: ServiceRecord,
    /// The surname and two asterisks.
    pub name: String,
    /// The volunteer number.
    pub number: String,
    /// The activity's title.
    pub title: String,
    pub org: String,
}

/// The id of the file that stays; any other id as it is.
pub(in crate::services) fn file_of(tables: &mut Tables<'_>, member: Id) -> Result<Id, Error> {
    Ok(tables.member(member)?.and_then(|row| row.merged_into_id).unwrap_or(member))
}

/// Times of a member that count already, except those of one record.
pub(in crate::services) fn known(
    tables: &mut Tables<'_>,
    member: Id,
    new: &Service,
    but: Option<Id>,
) -> Result<Vec<Service>, Error> {
    let records = tables.records_around(member, new.started_at(), new.ended_at())?;
    let others = records.iter().filter(|record| Some(record.id) != but);
    Ok(others
        .filter_map(|record| Service::given(record.started_at, record.ended_at, record.service_minutes).ok())
        .collect())
}

/// The state of a record that waits for its second person: long days have a queue of their own.
fn waiting(level: ReviewLevel) -> RecordState {
    if level == ReviewLevel::Street { RecordState::Pending } else { RecordState::Submitted }
}

/// The person who served: a member of any organisation of the bank, not frozen, not merged, not a household.
pub(in crate::services) fn served_by(tables: &mut Tables<'_>, member: Id) -> Result<MemberRow, Error> {
    let row = tables.member(member)?.ok_or(Refusal::absent("member"))?;
    match row.state.as_str() {
        _ if row.kind == "household" => Err(Refusal::PersonOnly.into()),
        "active" => Ok(row),
        _ => Err(Refusal::WrongState { what: "member".into(), state: row.state }.into()),
    }
}

/// The guarantor of a late entry: a member or a user of this bank, neither the person who served nor the one who
/// enters.
fn check_guarantor(tables: &mut Tables<'_>, call: &Call, ask: &RecordAsk) -> Result<(), Error> {
    let guarantor = ask.guarantor.ok_or(Refusal::GuarantorMissing)?;
    let person = match tables.user(guarantor)? {
        Some(user) => user.member_id,
        None => Some(
            tables
                .member(guarantor)?
                .filter(|row| row.kind == "person")
                .map(|row| row.merged_into_id.unwrap_or(row.id)),
        )
        .flatten()
        .ok_or(Refusal::GuarantorRefused)
        .map(Some)?,
    };
    let enters = guarantor == call.actor.user || (person.is_some() && person == call.actor.member);
    if enters || person == Some(ask.member) { Err(Refusal::GuarantorRefused.into()) } else { Ok(()) }
}

/// The reversed record that a correction replaces: of the same person and activity, and only once.
fn replaced_record(
    tables: &mut Tables<'_>,
    call: &Call,
    ask: &RecordAsk,
    replaced: Id,
) -> Result<ServiceRecord, Error> {
    let old = tables.record(replaced)?.ok_or(Refusal::absent("service_record"))?;
    let path = tables.org_path(old.org_id)?;
    call.must_reach(Permission::EnterRecords, &path, Refusal::absent("service_record"))?;
    let same = tables.member_that_stays(old.member_id)?.id == ask.member && old.activity_id == ask.activity;
    if !same {
        return Err(Refusal::absent("service_record").into());
    }
    if old.state != RecordState::Reversed {
        return Err(step::wrong_state(&old).into());
    }
    match tables.replacement_of(replaced)? {
        Some(record) => Err(Refusal::CorrectedBefore { record }.into()),
        None => Ok(old),
    }
}

/// The level at which a record is reviewed, by its day.
pub(super) fn day_check(tables: &mut Tables<'_>, record: &ServiceRecord) -> Result<DayCheck, Error> {
    let service = Service::given(record.started_at, record.ended_at, record.service_minutes)?;
    let others = known(tables, record.member_id, &service, Some(record.id))?;
    Ok(check(&others, &service, tables.zone)?)
}

/// Stores why a record was returned, beside what was done.
pub(super) fn remark(tables: &mut Tables<'_>, record: Id, reason: &str) -> Result<(), Error> {
    let content = tables.record_text(record)?.map(|text| text.content).unwrap_or_default();
    let (bank_id, remark) = (tables.bank, Some(reason.to_owned()));
    tables.put_record_text(&RecordText { bank_id, record_id: record, content, remark })
}
