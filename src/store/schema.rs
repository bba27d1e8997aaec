//! The tables, kept by hand: one schema for both databases. `Uid`, `Micros` and `DayNumber` are the native types of
//! the database in use (see [`super::types`]).

use super::maintenance::catalogue::{Column, Stored, Table};

/// Makes diesel's module of each table, and the list of all of them for what walks over everything stored.
macro_rules! tables {
    ($($table:ident ($($key:ident),+) {
        $($column:ident -> $type:ident $(<$inner:ident>)?,)+
    })+) => {
        $(diesel::table! {
            use diesel::sql_types::*;
            use crate::store::types::{DayNumber, Micros, Uid};

            $table ($($key),+) {
                $($column -> $type $(<$inner>)?,)+
            }
        })+

        diesel::allow_tables_to_appear_in_same_query!($($table),+);

        /// Every table of the schema.
        pub const TABLES: &[Table] = {
            use super::types::{DayNumber, Micros, Uid};
            use diesel::sql_types::{BigInt, Binary, Bool, Nullable, Text};
            &[$(Table {
                name: stringify!($table),
                key: &[$(stringify!($key)),+],
                columns: &[$(Column {
                    name: stringify!($column),
                    kind: <$type $(<$inner>)? as Stored>::KIND,
                }),+],
                #[cfg(feature = "postgres")]
                take_in: |conn, rows| super::maintenance::copy::postgres::take_in($table::table, conn, rows),
            }),+]
        };
    };
}

tables! {
    banks (bank_id) {
        bank_id -> BigInt,
        slug -> Text,
        name -> Text,
        zone -> Text,
        sample -> Bool,
        created_at -> Micros,
        rights_epoch -> BigInt,
        version -> BigInt,
        answers_since -> Nullable<Micros>,
    }

    heads (bank_id) {
        bank_id -> BigInt,
        number -> BigInt,
        hash -> Binary,
        recorded_at -> Micros,
        closed_until -> Nullable<Micros>,
        year_closed_until -> Nullable<Micros>,
    }

    calendars (bank_id, year, version) {
        bank_id -> BigInt,
        year -> BigInt,
        version -> BigInt,
        days -> Text,
        changed_by -> Uid,
        changed_at -> Micros,
    }

    entries (bank_id, number) {
        bank_id -> BigInt,
        number -> BigInt,
        kind -> Text,
        effective_at -> Micros,
        recorded_at -> Micros,
        actor_id -> Uid,
        source -> Nullable<Text>,
        metadata -> Text,
        note_digest -> Nullable<Binary>,
        reverses -> Nullable<BigInt>,
        hash -> Binary,
        key_digest -> Nullable<Binary>,
        answer_digest -> Nullable<Binary>,
    }

    postings (bank_id, entry_number, leg) {
        bank_id -> BigInt,
        entry_number -> BigInt,
        leg -> BigInt,
        debit_account_id -> Uid,
        credit_account_id -> Uid,
        amount -> BigInt,
        debit_balance -> BigInt,
        credit_balance -> BigInt,
        reverses_leg -> Nullable<BigInt>,
    }

    effects (bank_id, entry_number, ordinal) {
        bank_id -> BigInt,
        entry_number -> BigInt,
        ordinal -> BigInt,
        body -> Text,
    }

    accounts (bank_id, id) {
        bank_id -> BigInt,
        id -> Uid,
        owner_kind -> Text,
        owner_id -> Uid,
        asset -> Text,
        purpose -> Text,
        floor -> Nullable<BigInt>,
        ceiling -> Nullable<BigInt>,
        lots -> Bool,
        status -> Text,
        debits_posted -> BigInt,
        credits_posted -> BigInt,
        debits_pending -> BigInt,
        credits_pending -> BigInt,
        opened_entry -> BigInt,
        merged_into_id -> Nullable<Uid>,
        merged_entry -> Nullable<BigInt>,
    }

    lots (bank_id, entry_number, ordinal) {
        bank_id -> BigInt,
        entry_number -> BigInt,
        ordinal -> BigInt,
        account_id -> Uid,
        amount -> BigInt,
        remaining -> BigInt,
        earmarked -> BigInt,
        expires_at -> Nullable<Micros>,
    }

    holds (bank_id, id, leg) {
        bank_id -> BigInt,
        id -> Uid,
        leg -> BigInt,
        state -> Text,
        expires_at -> Nullable<Micros>,
        opened_entry -> BigInt,
        debit_account_id -> Uid,
        credit_account_id -> Uid,
        amount -> BigInt,
        captured -> BigInt,
        released -> BigInt,
        earmarks -> Text,
        counters -> Text,
    }

    counters (bank_id, counter_key, counter_window) {
        bank_id -> BigInt,
        counter_key -> Text,
        counter_window -> Text,
        used -> BigInt,
    }

    day_totals (bank_id, account_id, day) {
        bank_id -> BigInt,
        account_id -> Uid,
        day -> DayNumber,
        debits -> BigInt,
        credits -> BigInt,
    }

    answers (bank_id, idempotency_key, user_id) {
        bank_id -> BigInt,
        idempotency_key -> Text,
        user_id -> Uid,
        fields -> Text,
        answer -> Text,
        entry_number -> Nullable<BigInt>,
        recorded_at -> Micros,
    }

    entry_keys (bank_id, key_digest) {
        bank_id -> BigInt,
        key_digest -> Binary,
        entry_number -> BigInt,
    }

    notes (bank_id, entry_number) {
        bank_id -> BigInt,
        entry_number -> BigInt,
        salt -> Binary,
        body -> Text,
    }

    orgs (bank_id, id) {
        bank_id -> BigInt,
        id -> Uid,
        parent_id -> Nullable<Uid>,
        kind -> Text,
        code -> Text,
        name -> Text,
        path -> Text,
        state -> Text,
        created_at -> Micros,
        version -> BigInt,
    }

    users (bank_id, id) {
        bank_id -> BigInt,
        id -> Uid,
        login -> Text,
        name -> Text,
        password_hash -> Nullable<Text>,
        password_changed_at -> Nullable<Micros>,
        member_id -> Nullable<Uid>,
        merchant_id -> Nullable<Uid>,
        state -> Text,
        created_at -> Micros,
        version -> BigInt,
        home_org_id -> Nullable<Uid>,
    }

    roles (bank_id, id) {
        bank_id -> BigInt,
        id -> Uid,
        user_id -> Uid,
        role -> Text,
        org_id -> Uid,
        until -> Nullable<Micros>,
        granted_by -> Uid,
        granted_at -> Micros,
        revoked_by -> Nullable<Uid>,
        revoked_at -> Nullable<Micros>,
    }

    sessions (bank_id, id) {
        bank_id -> BigInt,
        id -> Uid,
        user_id -> Uid,
        refresh_hash -> Binary,
        previous_hash -> Nullable<Binary>,
        created_at -> Micros,
        expires_at -> Micros,
        revoked_at -> Nullable<Micros>,
        revoked_why -> Nullable<Text>,
        device_id -> Nullable<Uid>,
        place_hash -> Nullable<Binary>,
        rotated_at -> Nullable<Micros>,
        repeated_at -> Nullable<Micros>,
    }

    attempts (bank_id, subject) {
        bank_id -> BigInt,
        subject -> Text,
        failures -> BigInt,
        first_at -> Micros,
        locked_until -> Nullable<Micros>,
    }

    access_log (bank_id, id) {
        bank_id -> BigInt,
        id -> Uid,
        recorded_at -> Micros,
        actor_id -> Uid,
        action -> Text,
        subject_kind -> Text,
        subject_id -> Nullable<Uid>,
        reason -> Nullable<Text>,
    }

    members (bank_id, id) {
        bank_id -> BigInt,
        id -> Uid,
        kind -> Text,
        number -> Text,
        name -> Text,
        org_id -> Uid,
        household_id -> Nullable<Uid>,
        gender -> Nullable<Text>,
        birth_year -> Nullable<BigInt>,
        party_member -> Bool,
        trade -> Nullable<Text>,
        phone_sealed -> Nullable<Binary>,
        phone_hash -> Nullable<Binary>,
        phone_tail_hash -> Nullable<Binary>,
        id_number_sealed -> Nullable<Binary>,
        id_number_hash -> Nullable<Binary>,
        state -> Text,
        merged_into_id -> Nullable<Uid>,
        created_by -> Uid,
        created_at -> Micros,
        version -> BigInt,
        name_key -> Text,
    }

    household_stays (bank_id, member_id, household_id, joined_at) {
        bank_id -> BigInt,
        member_id -> Uid,
        household_id -> Uid,
        joined_at -> Micros,
        left_at -> Nullable<Micros>,
    }

    merchants (bank_id, id) {
        bank_id -> BigInt,
        id -> Uid,
        name -> Text,
        org_id -> Uid,
        owner_member_id -> Nullable<Uid>,
        model -> Text,
        rate_fen -> Text,
        state -> Text,
        created_at -> Micros,
        version -> BigInt,
    }

    offers (bank_id, id) {
        bank_id -> BigInt,
        id -> Uid,
        merchant_id -> Uid,
        name -> Text,
        kind -> Text,
        unit_points -> BigInt,
        unit_cash_fen -> BigInt,
        stocked -> Bool,
        member_limit -> Nullable<BigInt>,
        limit_window -> Nullable<Text>,
        required_minutes -> BigInt,
        state -> Text,
        created_at -> Micros,
        version -> BigInt,
    }

    activities (bank_id, id) {
        bank_id -> BigInt,
        id -> Uid,
        org_id -> Uid,
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
    }

    attendances (bank_id, id) {
        bank_id -> BigInt,
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
    }

    service_records (bank_id, id) {
        bank_id -> BigInt,
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

    record_texts (bank_id, record_id) {
        bank_id -> BigInt,
        record_id -> Uid,
        content -> Text,
        remark -> Nullable<Text>,
    }

    objections (bank_id, id) {
        bank_id -> BigInt,
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

    schemes (bank_id, id) {
        bank_id -> BigInt,
        id -> Uid,
        code -> Text,
        title -> Text,
        created_at -> Micros,
        version -> BigInt,
    }

    scheme_versions (bank_id, id) {
        bank_id -> BigInt,
        id -> Uid,
        scheme_id -> Uid,
        number -> BigInt,
        body -> Text,
        valid_from -> DayNumber,
        valid_until -> Nullable<DayNumber>,
        state -> Text,
        proposed_by -> Uid,
        proposed_at -> Micros,
        approved_by -> Nullable<Uid>,
        approved_at -> Nullable<Micros>,
        version -> BigInt,
    }

    proposals (bank_id, id) {
        bank_id -> BigInt,
        id -> Uid,
        kind -> Text,
        org_id -> Uid,
        subject_id -> Uid,
        body -> Text,
        state -> Text,
        proposed_by -> Uid,
        proposed_at -> Micros,
        decided_by -> Nullable<Uid>,
        decided_at -> Nullable<Micros>,
        entry_number -> Nullable<BigInt>,
        version -> BigInt,
    }

    codes (bank_id, id) {
        bank_id -> BigInt,
        id -> Uid,
        member_id -> Uid,
        secret_hash -> Binary,
        digits_hash -> Binary,
        state -> Text,
        created_at -> Micros,
        expires_at -> Micros,
        claimed_by -> Nullable<Uid>,
        claimed_merchant_id -> Nullable<Uid>,
        claimed_at -> Nullable<Micros>,
        claim_until -> Nullable<Micros>,
        version -> BigInt,
    }

    redemptions (bank_id, id) {
        bank_id -> BigInt,
        id -> Uid,
        version -> BigInt,
        state -> Text,
        member_id -> Uid,
        merchant_id -> Uid,
        hold_id -> Uid,
        code_id -> Nullable<Uid>,
        on_behalf -> Bool,
        made_by -> Uid,
        made_at -> Micros,
        captured_at -> Nullable<Micros>,
        points_held -> BigInt,
        points_captured -> BigInt,
        points_refunded -> BigInt,
        cash_fen -> BigInt,
        hold_entry -> Nullable<BigInt>,
        capture_entry -> Nullable<BigInt>,
        last_refund_entry -> Nullable<BigInt>,
    }

    redemption_lines (bank_id, redemption_id, line) {
        bank_id -> BigInt,
        redemption_id -> Uid,
        line -> BigInt,
        offer_id -> Uid,
        offer_version -> BigInt,
        quantity -> BigInt,
        unit_points -> BigInt,
        unit_cash_fen -> BigInt,
        stocked -> Bool,
        captured_quantity -> BigInt,
        refunded_quantity -> BigInt,
    }

    statements (bank_id, id) {
        bank_id -> BigInt,
        id -> Uid,
        version -> BigInt,
        state -> Text,
        merchant_id -> Uid,
        period -> Text,
        model -> Text,
        rate_fen -> Text,
        net_points -> BigInt,
        payable_fen -> BigInt,
        lines_hash -> Text,
        issued_by -> Uid,
        issued_at -> Micros,
        confirmed_by -> Nullable<Uid>,
        approved_by -> Nullable<Uid>,
        paid_by -> Nullable<Uid>,
        invoice_number -> Nullable<Text>,
        payment_proof -> Nullable<Text>,
        issue_entry -> Nullable<BigInt>,
        paid_entry -> Nullable<BigInt>,
    }

    statement_lines (bank_id, statement_id, line) {
        bank_id -> BigInt,
        statement_id -> Uid,
        line -> BigInt,
        entry_number -> BigInt,
        redemption_id -> Uid,
        points -> BigInt,
        payable_fen -> BigInt,
        disputed -> Bool,
    }

    star_grants (bank_id, id) {
        bank_id -> BigInt,
        id -> Uid,
        version -> BigInt,
        state -> Text,
        member_id -> Uid,
        stars -> BigInt,
        scheme_id -> Uid,
        scheme_version -> BigInt,
        as_of -> DayNumber,
        known_entry -> BigInt,
        service_minutes -> BigInt,
        lifetime_points -> BigInt,
        granted_by -> Uid,
        granted_at -> Micros,
        entry_number -> Nullable<BigInt>,
    }

    bank_keys (bank_id, key_id) {
        bank_id -> BigInt,
        key_id -> Text,
        noted_at -> Micros,
    }
}
