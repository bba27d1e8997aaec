//! Activities, service records and objections.

use crate::domain::document::{Document, DocumentKind};
use crate::domain::id::Id;
use crate::domain::refusal::Refusal;
use crate::domain::service::record::{RecordState, ServiceRecord};
use crate::domain::time::{Day, Moment};
use crate::store::Tables;
use crate::store::connection::dialect::replace;
use crate::store::error::Error;
use crate::store::schema::*;
pub use crate::store::schema::{ActivityRow, AttendanceRow, ObjectionRow, RecordText};
use crate::store::writer::document_rows::ServiceRecordRow;
use diesel::prelude::*;

/// States of records that no longer count.
const GONE: [RecordState; 3] = [RecordState::Rejected, RecordState::Reversed, RecordState::Withdrawn];
/// States of records that no entry knows yet.
pub(in crate::store) const UNFINISHED: [RecordState; 5] = [
    RecordState::Submitted,
    RecordState::Returned,
    RecordState::Pending,
    RecordState::Notice,
    RecordState::Objected,
];

impl Tables<'_> {
    pub fn activity(&mut self, id: Id) -> Result<Option<ActivityRow>, Error> {
        self.find(id)
    }

    /// An activity with the path of its organisation.
    pub fn activity_at(&mut self, id: Id) -> Result<(ActivityRow, String), Error> {
        let activity = self.activity(id)?.ok_or(Refusal::NotFound { what: "activity".into() })?;
        let path = self.org_path(activity.org_id)?;
        Ok((activity, path))
    }

    /// A member's attendances without sign-out, anywhere, newest first.
    pub fn open_attendances(&mut self, member: Id) -> Result<Vec<AttendanceRow>, Error> {
        let open = attendances::table
            .filter(attendances::bank_id.eq(self.bank).and(attendances::member_id.eq(member)))
            .filter(attendances::signed_out_at.is_null());
        let rows = open.order((attendances::signed_in_at.desc(), attendances::id.desc())).limit(100);
        Ok(rows.select(AttendanceRow::as_select()).load(self.conn)?)
    }

    /// How many have signed in at an activity since a moment and not signed out.
    pub fn signed_in_at(&mut self, activity: Id, since: Moment) -> Result<i64, Error> {
        let open = attendances::table
            .filter(attendances::bank_id.eq(self.bank).and(attendances::activity_id.eq(activity)))
            .filter(attendances::signed_out_at.is_null().and(attendances::signed_in_at.ge(since)));
        Ok(open.count().get_result(self.conn)?)
    }

    /// Who takes a place: people who signed in or have a record that began in this period.
    pub fn people_at(
        &mut self,
        activity: Id,
        from: Moment,
        until: Moment,
    ) -> Result<std::collections::BTreeSet<Id>, Error> {
        let came = attendances::table
            .filter(attendances::bank_id.eq(self.bank).and(attendances::activity_id.eq(activity)))
            .filter(attendances::signed_in_at.ge(from).and(attendances::signed_in_at.lt(until)))
            .filter(attendances::signed_out_at.is_null().or(attendances::record_id.is_not_null()))
            .select(attendances::member_id)
            .load::<Id>(self.conn)?;
        let served = service_records::table
            .filter(service_records::bank_id.eq(self.bank).and(service_records::activity_id.eq(activity)))
            .filter(service_records::started_at.ge(from).and(service_records::started_at.lt(until)))
            .filter(service_records::state.ne_all(GONE.map(RecordState::as_str)))
            .select(service_records::member_id)
            .load::<Id>(self.conn)?;
        let people: Vec<Id> = came.into_iter().chain(served).collect();
        // Two files of one person take one place.
        let files = self.files_of(&people)?;
        Ok(people.into_iter().map(|id| files.get(&id).copied().unwrap_or(id)).collect())
    }

    /// Whether an activity has records that count or may yet count.
    pub fn has_records(&mut self, activity: Id) -> Result<bool, Error> {
        let live = service_records::table
            .filter(service_records::bank_id.eq(self.bank).and(service_records::activity_id.eq(activity)))
            .filter(service_records::state.ne_all(GONE.map(RecordState::as_str)));
        Ok(diesel::select(diesel::dsl::exists(live)).get_result(self.conn)?)
    }

    pub fn record(&mut self, id: Id) -> Result<Option<ServiceRecord>, Error> {
        Ok(match self.document(DocumentKind::ServiceRecord, id)? {
            Some(Document::ServiceRecord(record)) => Some(record),
            _ => None,
        })
    }

    /// Inserts or replaces a record; only for records that no entry has touched.
    pub fn put_record(&mut self, record: &ServiceRecord) -> Result<(), Error> {
        crate::store::writer::document_rows::save(
            self.conn,
            self.bank,
            &Document::ServiceRecord(record.clone()),
        )
    }

    /// Records of a member, and of duplicates merged into them, that count or may yet count, around a period.
    pub fn records_around(
        &mut self,
        member: Id,
        from: Moment,
        until: Moment,
    ) -> Result<Vec<ServiceRecord>, Error> {
        let people = self.ids_of_file(member)?;
        let rows = service_records::table
            .filter(service_records::bank_id.eq(self.bank).and(service_records::member_id.eq_any(people)))
            .filter(service_records::started_at.lt(until.plus_seconds(86_400)))
            .filter(service_records::started_at.gt(from.plus_seconds(-172_800)))
            .filter(service_records::state.ne_all(GONE.map(RecordState::as_str)))
            .select(ServiceRecordRow::as_select())
            .load(self.conn)?;
        rows.into_iter().map(ServiceRecordRow::document).collect()
    }

    /// Records of a member that no entry has made final yet.
    pub fn unfinished_records(&mut self, member: Id) -> Result<Vec<ServiceRecord>, Error> {
        let rows = service_records::table
            .filter(service_records::bank_id.eq(self.bank).and(service_records::member_id.eq(member)))
            .filter(service_records::state.eq_any(UNFINISHED.map(RecordState::as_str)))
            .select(ServiceRecordRow::as_select())
            .load(self.conn)?;
        rows.into_iter().map(ServiceRecordRow::document).collect()
    }

    /// Records in public notice whose last day is over, in the order of that day, after one of them.
    pub fn records_due(
        &mut self,
        today: Day,
        after: Option<(Day, Id)>,
        limit: i64,
    ) -> Result<Vec<ServiceRecord>, Error> {
        let mut due = service_records::table
            .filter(service_records::bank_id.eq(self.bank))
            .filter(service_records::state.eq(RecordState::Notice.as_str()))
            .filter(service_records::notice_until.lt(today))
            .into_boxed();
        if let Some((day, id)) = after {
            let later = service_records::notice_until.gt(day);
            let same = service_records::notice_until.eq(day).and(service_records::id.gt(id));
            due = due.filter(later.or(same));
        }
        let rows = due
            .order((service_records::notice_until, service_records::id))
            .limit(limit)
            .select(ServiceRecordRow::as_select())
            .load(self.conn)?;
        rows.into_iter().map(ServiceRecordRow::document).collect()
    }

    /// Records in public notice, in the order of their ids, after one of them. `open`: only those whose end is not
    /// known yet.
    pub fn records_in_notice(
        &mut self,
        open: bool,
        after: Option<Id>,
        limit: i64,
    ) -> Result<Vec<ServiceRecord>, Error> {
        let mut rows = service_records::table
            .filter(service_records::bank_id.eq(self.bank))
            .filter(service_records::state.eq(RecordState::Notice.as_str()))
            .into_boxed();
        if open {
            rows = rows.filter(service_records::notice_until.is_null());
        }
        if let Some(after) = after {
            rows = rows.filter(service_records::id.gt(after));
        }
        let rows = rows.order(service_records::id).limit(limit).select(ServiceRecordRow::as_select());
        rows.load(self.conn)?.into_iter().map(ServiceRecordRow::document).collect()
    }

    /// How many records of service that began before a moment wait for review or the end of their notice.
    pub fn records_waiting(&mut self, before: Moment) -> Result<i64, Error> {
        let states = UNFINISHED.iter().filter(|state| **state != RecordState::Returned);
        let states: Vec<&str> = states.map(|state| state.as_str()).collect();
        let waiting = service_records::table
            .filter(service_records::bank_id.eq(self.bank).and(service_records::state.eq_any(states)))
            .filter(service_records::started_at.lt(before));
        Ok(waiting.count().get_result(self.conn)?)
    }

    /// The record that replaces another one after a correction.
    pub fn replacement_of(&mut self, record: Id) -> Result<Option<Id>, Error> {
        let live = service_records::table
            .filter(service_records::bank_id.eq(self.bank).and(service_records::replaces_id.eq(record)))
            .filter(
                service_records::state
                    .ne_all([RecordState::Rejected.as_str(), RecordState::Withdrawn.as_str()]),
            );
        Ok(live.select(service_records::id).first(self.conn).optional()?)
    }

    /// What was done, and why a record was returned.
    pub fn record_text(&mut self, record: Id) -> Result<Option<RecordText>, Error> {
        let row = record_texts::table.find((self.bank, record)).select(RecordText::as_select());
        Ok(row.first(self.conn).optional()?)
    }

    /// Inserts or replaces the texts of a record.
    pub fn put_record_text(&mut self, row: &RecordText) -> Result<(), Error> {
        replace!(self.conn, record_texts(bank_id, record_id), row)?;
        Ok(())
    }

    /// Whether a user has objected to a record, whatever the outcome.
    pub fn has_objected(&mut self, record: Id, user: Id) -> Result<bool, Error> {
        let own = objections::table
            .filter(objections::bank_id.eq(self.bank).and(objections::record_id.eq(record)))
            .filter(objections::raised_by.eq(user));
        Ok(diesel::select(diesel::dsl::exists(own)).get_result(self.conn)?)
    }

    /// The open objection against a record.
    pub fn objection_to(&mut self, record: Id) -> Result<Option<ObjectionRow>, Error> {
        let open = objections::table
            .filter(objections::bank_id.eq(self.bank).and(objections::record_id.eq(record)))
            .filter(objections::state.eq("open"));
        Ok(open.select(ObjectionRow::as_select()).get_result(self.conn).optional()?)
    }
}
