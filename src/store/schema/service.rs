//! Calendars, activities with attendance, service records, objections and certificates.

use crate::domain::service::record::ServiceRecord;
use crate::store::stored::stored;

stored! {
    calendars: CalendarRow (year, version) {
        year -> BigInt,
        /// 1, 2, 3 … within the year. For a year that comes with the program, that list is the first.
        version -> BigInt,
        /// The listed days, as JSON.
        days -> Text,
        changed_by -> Uid,
        changed_at -> Micros,
    }

    activities: ActivityRow (id) [versioned] {
        id -> Uid,
        org_id -> Uid,
        /// `single`, or `standing` (常设岗位) for a period.
        kind -> Text,
        title -> Text,
        content -> Text,
        place -> Text,
        category -> Nullable<Text>,
        activity_level -> Nullable<Text>,
        scheme_id -> Uid,
        starts_at -> Micros,
        ends_at -> Micros,
        seats -> Nullable<BigInt>,
        risk -> Nullable<Text>,
        insurance -> Nullable<Text>,
        policy_number -> Nullable<Text>,
        state -> Text,
        published_at -> Nullable<Micros>,
        created_by -> Uid,
        created_at -> Micros,
        version -> BigInt,
        /// The skills that it asks for, as JSON.
        skills -> Nullable<Text>,
        /// The middle of its place, in millionths of a degree, and how far around it one is there.
        latitude -> Nullable<BigInt>,
        longitude -> Nullable<BigInt>,
        radius_metres -> Nullable<BigInt>,
    }

    /// A skill on the bank's list.
    skills: SkillRow (id) [versioned] {
        id -> Uid,
        name -> Text,
        state -> Text,
        made_by -> Uid,
        made_at -> Micros,
        version -> BigInt,
    }

    /// What a member can and wishes to do; `id` is the member's.
    wishes: WishesRow (id) [versioned] {
        id -> Uid,
        /// As JSON ([`crate::domain::service::wishes::Wishes`]).
        details -> Text,
        changed_by -> Uid,
        changed_at -> Micros,
        version -> BigInt,
    }

    /// Who was invited to an activity: each once.
    invitations: InvitationRow (id) {
        id -> Uid,
        activity_id -> Uid,
        member_id -> Uid,
        made_by -> Uid,
        made_at -> Micros,
    }

    attendances: AttendanceRow (id) [versioned] {
        id -> Uid,
        activity_id -> Uid,
        member_id -> Uid,
        signed_in_at -> Micros,
        signed_in_by -> Uid,
        signed_out_at -> Nullable<Micros>,
        signed_out_by -> Nullable<Uid>,
        evidence -> Text,
        record_id -> Nullable<Uid>,
        version -> BigInt,
        /// `inside` or `outside` the circle of the activity, when signing in and out by a code; never where.
        in_place -> Nullable<Text>,
        out_place -> Nullable<Text>,
    }

    /// A place at an activity (报名), or in its waiting list.
    sign_ups: SignUpRow (id) [versioned] {
        id -> Uid,
        activity_id -> Uid,
        /// The organisation of the activity.
        org_id -> Uid,
        member_id -> Uid,
        /// 1, 2, 3 … in the order in which people signed up at the activity.
        arrival -> BigInt,
        state -> Text,
        made_at -> Micros,
        made_by -> Uid,
        /// When the place was given back, or the activity called off.
        ended_at -> Nullable<Micros>,
        version -> BigInt,
    }

    service_records: ServiceRecordRow = ServiceRecord (id) [versioned] {
        id -> Uid,
        version -> BigInt,
        state -> Text,
        member_id -> Uid,
        activity_id -> Uid,
        org_id -> Uid,
        evidence -> Text,
        started_at -> Micros,
        ended_at -> Micros,
        service_minutes -> BigInt,
        served -> BigInt,
        submitted_by -> Uid,
        submitted_at -> Micros,
        guarantor_id -> Nullable<Uid>,
        approved_by -> Nullable<Uid>,
        approved_at -> Nullable<Micros>,
        second_approved_by -> Nullable<Uid>,
        notice_until -> Nullable<DayNumber>,
        scheme_id -> Nullable<Uid>,
        scheme_version -> Nullable<BigInt>,
        points_desired -> Nullable<BigInt>,
        points_granted -> Nullable<BigInt>,
        award_entry -> Nullable<BigInt>,
        reversal_entry -> Nullable<BigInt>,
        replaces_id -> Nullable<Uid>,
    }

    /// The free text of a record; erasable, not part of the ledger.
    record_texts: RecordText (record_id) {
        record_id -> Uid,
        /// What was done.
        content -> Text,
        /// Why it was returned or rejected.
        remark -> Nullable<Text>,
    }

    objections: ObjectionRow (id) [versioned] {
        id -> Uid,
        record_id -> Uid,
        raised_by -> Uid,
        raised_at -> Micros,
        reason -> Text,
        state -> Text,
        decided_by -> Nullable<Uid>,
        decided_at -> Nullable<Micros>,
        decision -> Nullable<Text>,
        version -> BigInt,
    }

    /// A certificate of service (志愿服务记录证明).
    certificates: CertificateRow (id) [versioned] {
        id -> Uid,
        /// Unique within the bank: the year and a running number.
        number -> Text,
        member_id -> Uid,
        /// The days that it covers; without a first day, from the beginning.
        first_day -> Nullable<DayNumber>,
        last_day -> DayNumber,
        minutes -> BigInt,
        /// Everything else that it certifies, as JSON ([`crate::domain::service::certificate::Certified`]).
        details -> Text,
        /// The last entry that it takes into account.
        known_entry -> BigInt,
        code_sealed -> Nullable<Binary>,
        /// The certificate that this one replaces.
        replaces_id -> Nullable<Uid>,
        issued_by -> Uid,
        issued_at -> Micros,
        state -> Text,
        /// NULL in a revoked one: a correction of its records has revoked it.
        revoked_by -> Nullable<Uid>,
        revoked_at -> Nullable<Micros>,
        reason -> Nullable<Text>,
        version -> BigInt,
    }
}
