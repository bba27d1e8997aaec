//! Pages of documents, newest first, restricted to the subtrees, the shop or the member that the caller may see.

use super::on_days::on_days;
use super::under::reached;
use crate::domain::id::Id;
use crate::domain::service::record::ServiceRecord;
use crate::domain::settlement::statement::Statement;
use crate::domain::shops::redemption::{Presence, Redemption};
use crate::domain::stars::grant::StarGrant;
use crate::domain::time::{Day, Days, Moment};
use crate::store::Tables;
use crate::store::error::Error;
use crate::store::people::members::AccessRow;
use crate::store::schema::*;
use crate::store::service::records::{ActivityRow, AttendanceRow, ObjectionRow};
use crate::store::service::sign_ups::SignUpRow;
use crate::store::writer::document_rows::{
    RedemptionRow, ServiceRecordRow, StarGrantRow, StatementRow, with_lines_of_redemptions,
    with_lines_of_statements,
};
use diesel::dsl::not;
use diesel::prelude::*;

/// Filters for document lists; `None` means no restriction.
#[derive(Clone, Debug, Default)]
pub struct DocumentFilter {
    /// Subtrees, as paths of organisations. Empty: no restriction by place, so one of the ids must be set.
    pub paths: Vec<String>,
    pub state: Option<String>,
    pub member: Option<Id>,
    pub activity: Option<Id>,
    pub merchant: Option<Id>,
    /// Rows older than this one: ids are ordered by time.
    pub before: Option<Id>,
    /// Records filtered by days are in the order in which they began: before this moment, and within it before the
    /// id.
    pub begun_before: Option<Moment>,
    /// Records and activities that began on these days, redemptions and statements that were made on them.
    pub days: Days,
    /// How the person of a redemption was present.
    pub presence: Option<Presence>,
    /// Redemptions of which the district covers a part.
    pub covered: bool,
    /// Records whose public notice has not ended before this day.
    pub in_notice_on: Option<Day>,
    /// Final and reversed records of which a correction was asked for, undecided.
    pub asked: bool,
}

/// Filters for the access log.
#[derive(Clone, Debug, Default)]
pub struct AccessFilter {
    /// About one of these.
    pub subjects: Option<Vec<Id>>,
    pub actor: Option<Id>,
    pub before: Option<Id>,
    pub days: Days,
}
diesel::alias!(members as merged_members: MergedMembers);

impl Tables<'_> {
    pub fn records_page(&mut self, filter: &DocumentFilter, limit: i64) -> Result<Vec<ServiceRecord>, Error> {
        let mut query = service_records::table.filter(service_records::bank_id.eq(self.bank)).into_boxed();
        if !filter.paths.is_empty() {
            let reached = reached!(self, &filter.paths);
            query = match filter.days.are_all() {
                true => query.filter(service_records::org_id.eq_any(reached)),
                // The days decide: `NOT` keeps the planner from an index of another column.
                false => query.filter(not(service_records::org_id.ne_all(reached))),
            };
        }
        if let Some(state) = filter.state.clone() {
            query = match filter.days.are_all() {
                true => query.filter(service_records::state.eq(state)),
                false => query.filter(not(service_records::state.ne(state))),
            };
        }
        if let Some(member) = filter.member {
            query = query.filter(service_records::member_id.eq_any(self.ids_of_file(member)?));
        }
        if let Some(day) = filter.in_notice_on {
            let open = service_records::notice_until.is_null();
            query = query.filter(service_records::notice_until.ge(day).or(open));
        }
        if let Some(activity) = filter.activity {
            query = query.filter(service_records::activity_id.eq(activity));
        }
        if filter.asked {
            let open = objections::table
                .filter(objections::bank_id.eq(self.bank).and(objections::state.eq("open")))
                .select(objections::record_id);
            let open: Vec<Id> = open.load(self.conn)?;
            query = query
                .filter(service_records::id.eq_any(open))
                .filter(service_records::state.eq_any(["final", "reversed"]));
        }
        on_days!(query, filter.days, self.zone, service_records::started_at);
        query = match (filter.before, filter.begun_before) {
            (Some(before), Some(at)) => {
                let of_that_moment = service_records::started_at.eq(at).and(service_records::id.lt(before));
                let earlier = service_records::started_at.lt(at).or(of_that_moment);
                query.filter(service_records::started_at.le(at).and(earlier))
            }
            (Some(before), None) => query.filter(service_records::id.lt(before)),
            (None, _) => query,
        };
        query = match filter.days.are_all() {
            true => query.order(service_records::id.desc()),
            false => query.order((service_records::started_at.desc(), service_records::id.desc())),
        };
        let rows = query.limit(limit).select(ServiceRecordRow::as_select());
        rows.load(self.conn)?.into_iter().map(ServiceRecordRow::document).collect()
    }

    pub fn activities_page(
        &mut self,
        filter: &DocumentFilter,
        limit: i64,
    ) -> Result<Vec<ActivityRow>, Error> {
        let mut query = activities::table.filter(activities::bank_id.eq(self.bank)).into_boxed();
        if !filter.paths.is_empty() {
            query = query.filter(activities::org_id.eq_any(reached!(self, &filter.paths)));
        }
        if let Some(state) = &filter.state {
            query = query.filter(activities::state.eq(state.clone()));
        }
        on_days!(query, filter.days, self.zone, activities::starts_at);
        if let Some(before) = filter.before {
            query = query.filter(activities::id.lt(before));
        }
        let rows = query.order(activities::id.desc()).limit(limit);
        Ok(rows.select(ActivityRow::as_select()).load(self.conn)?)
    }

    /// Published activities of the bank that are not over, in the order in which they begin.
    pub fn activities_to_come(&mut self, limit: i64) -> Result<Vec<ActivityRow>, Error> {
        let open = activities::table
            .filter(activities::bank_id.eq(self.bank).and(activities::state.eq("published")))
            .filter(activities::ends_at.gt(self.now));
        let rows = open.order((activities::starts_at, activities::id)).limit(limit);
        Ok(rows.select(ActivityRow::as_select()).load(self.conn)?)
    }

    /// The attendances of a member at these activities, in the order of sign-in.
    pub fn attendances_of_member(
        &mut self,
        member: Id,
        activities: &[Id],
    ) -> Result<Vec<AttendanceRow>, Error> {
        let own = attendances::table
            .filter(attendances::bank_id.eq(self.bank).and(attendances::member_id.eq(member)))
            .filter(attendances::activity_id.eq_any(activities));
        Ok(own.order(attendances::id).limit(1_000).select(AttendanceRow::as_select()).load(self.conn)?)
    }

    /// The attendances of an activity, in the order of sign-in.
    pub fn attendances_of(&mut self, activity: Id) -> Result<Vec<AttendanceRow>, Error> {
        let own = attendances::table
            .filter(attendances::bank_id.eq(self.bank).and(attendances::activity_id.eq(activity)));
        Ok(own.order(attendances::id).limit(10_000).select(AttendanceRow::as_select()).load(self.conn)?)
    }

    /// Sign-ups, newest first.
    pub fn sign_ups_page(&mut self, filter: &DocumentFilter, limit: i64) -> Result<Vec<SignUpRow>, Error> {
        let mut query = sign_ups::table.filter(sign_ups::bank_id.eq(self.bank)).into_boxed();
        if !filter.paths.is_empty() {
            query = query.filter(sign_ups::org_id.eq_any(reached!(self, &filter.paths)));
        }
        if let Some(member) = filter.member {
            query = query.filter(sign_ups::member_id.eq(member));
        }
        if let Some(activity) = filter.activity {
            query = query.filter(sign_ups::activity_id.eq(activity));
        }
        if let Some(state) = &filter.state {
            query = query.filter(sign_ups::state.eq(state.clone()));
        }
        on_days!(query, filter.days, self.zone, sign_ups::made_at);
        if let Some(before) = filter.before {
            query = query.filter(sign_ups::id.lt(before));
        }
        let rows = query.order(sign_ups::id.desc()).limit(limit);
        Ok(rows.select(SignUpRow::as_select()).load(self.conn)?)
    }

    pub fn redemptions_page(
        &mut self,
        filter: &DocumentFilter,
        limit: i64,
    ) -> Result<Vec<Redemption>, Error> {
        let mut query = redemptions::table.filter(redemptions::bank_id.eq(self.bank)).into_boxed();
        if !filter.paths.is_empty() {
            // By the present organisation of the file: redemptions of a duplicate belong to that of the file that
            // stays.
            let in_reach = || {
                members::table
                    .filter(members::bank_id.eq(self.bank).and(members::merged_into_id.is_null()))
                    .filter(members::org_id.eq_any(reached!(self, &filter.paths)))
                    .select(members::id)
            };
            let of_duplicates = merged_members
                .filter(merged_members.field(members::bank_id).eq(self.bank))
                .filter(merged_members.field(members::merged_into_id).assume_not_null().eq_any(in_reach()))
                .select(merged_members.field(members::id));
            let own = redemptions::member_id.eq_any(in_reach());
            query = query.filter(own.or(redemptions::member_id.eq_any(of_duplicates)));
        }
        if let Some(state) = &filter.state {
            query = query.filter(redemptions::state.eq(state.clone()));
        }
        if let Some(member) = filter.member {
            query = query.filter(redemptions::member_id.eq_any(self.ids_of_file(member)?));
        }
        if let Some(merchant) = filter.merchant {
            query = query.filter(redemptions::merchant_id.eq(merchant));
        }
        let (on_slip, with_card) =
            (redemptions::slip_number.is_not_null(), redemptions::card_edition.is_not_null());
        query = match filter.presence {
            None => query,
            Some(Presence::Slip) => query.filter(on_slip),
            Some(Presence::Card) => query.filter(not(on_slip).and(with_card)),
            Some(presence) => {
                let on_behalf = redemptions::on_behalf.eq(presence == Presence::Counter);
                query.filter(not(on_slip).and(not(with_card)).and(on_behalf))
            }
        };
        if filter.covered {
            query =
                query.filter(redemptions::slip_number.is_not_null().and(redemptions::points_covered.gt(0)));
        }
        on_days!(query, filter.days, self.zone, redemptions::made_at, redemptions::id);
        if let Some(before) = filter.before {
            query = query.filter(redemptions::id.lt(before));
        }
        let rows = query.order(redemptions::id.desc()).limit(limit).select(RedemptionRow::as_select());
        let rows: Vec<RedemptionRow> = rows.load(self.conn)?;
        with_lines_of_redemptions(self.conn, self.bank, rows)
    }

    pub fn statements_page(&mut self, filter: &DocumentFilter, limit: i64) -> Result<Vec<Statement>, Error> {
        let mut query = statements::table.filter(statements::bank_id.eq(self.bank)).into_boxed();
        if !filter.paths.is_empty() {
            let reached = merchants::table
                .filter(merchants::bank_id.eq(self.bank))
                .filter(merchants::org_id.eq_any(reached!(self, &filter.paths)))
                .select(merchants::id);
            query = query.filter(statements::merchant_id.eq_any(reached));
        }
        if let Some(state) = &filter.state {
            query = query.filter(statements::state.eq(state.clone()));
        }
        if let Some(merchant) = filter.merchant {
            query = query.filter(statements::merchant_id.eq(merchant));
        }
        on_days!(query, filter.days, self.zone, statements::issued_at, statements::id);
        if let Some(before) = filter.before {
            query = query.filter(statements::id.lt(before));
        }
        let rows = query.order(statements::id.desc()).limit(limit).select(StatementRow::as_select());
        let rows: Vec<StatementRow> = rows.load(self.conn)?;
        with_lines_of_statements(self.conn, self.bank, rows)
    }

    pub fn objections_of(&mut self, record: Id) -> Result<Vec<ObjectionRow>, Error> {
        let own =
            objections::table.filter(objections::bank_id.eq(self.bank).and(objections::record_id.eq(record)));
        Ok(own.order(objections::id).select(ObjectionRow::as_select()).load(self.conn)?)
    }

    pub fn star_grants_of(&mut self, member: Id) -> Result<Vec<StarGrant>, Error> {
        let ids = self.ids_of_file(member)?;
        let own = star_grants::table
            .filter(star_grants::bank_id.eq(self.bank).and(star_grants::member_id.eq_any(ids)));
        let rows = own.order(star_grants::id.desc()).select(StarGrantRow::as_select()).load(self.conn)?;
        rows.into_iter().map(StarGrantRow::document).collect()
    }

    /// Who last did something to a subject, and the reason given.
    pub fn last_to(&mut self, action: &str, subject: Id) -> Result<Option<(Id, Option<String>)>, Error> {
        let lines = access_log::table
            .filter(access_log::bank_id.eq(self.bank).and(access_log::subject_id.eq(subject)))
            .filter(access_log::action.eq(action));
        let newest = lines.order((access_log::recorded_at.desc(), access_log::id.desc()));
        Ok(newest.select((access_log::actor_id, access_log::reason)).first(self.conn).optional()?)
    }

    /// Lines of the access log, newest first.
    pub fn access_page(&mut self, filter: &AccessFilter, limit: i64) -> Result<Vec<AccessRow>, Error> {
        let mut query = access_log::table.filter(access_log::bank_id.eq(self.bank)).into_boxed();
        if let Some(subjects) = &filter.subjects {
            query = query.filter(access_log::subject_id.eq_any(subjects.clone()));
        }
        if let Some(actor) = filter.actor {
            query = query.filter(access_log::actor_id.eq(actor));
        }
        on_days!(query, filter.days, self.zone, access_log::recorded_at, access_log::id);
        if let Some(before) = filter.before {
            query = query.filter(access_log::id.lt(before));
        }
        let rows = query.order(access_log::id.desc()).limit(limit);
        Ok(rows.select(AccessRow::as_select()).load(self.conn)?)
    }
}
