//! The journal: entries with postings and effects, accounts with lots and holds, counters, and stored answers.

use crate::store::stored::stored;

stored! {
    banks () {
        slug -> Text,
        name -> Text,
        zone -> Text,
        sample -> Bool,
        created_at -> Micros,
        rights_epoch -> BigInt,
        version -> BigInt,
        answers_since -> Nullable<Micros>,
        gifts_family -> Bool,
        gifts_neighbour -> Bool,
        gifts_donation -> Bool,
        /// Hundredths that one person gives on a day, and to one person in a month.
        gift_points_a_day -> BigInt,
        gift_points_a_person -> BigInt,
    }

    heads () {
        number -> BigInt,
        hash -> Binary,
        recorded_at -> Micros,
        closed_until -> Nullable<Micros>,
        year_closed_until -> Nullable<Micros>,
    }

    entries (number) {
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
        effects -> Text,
    }

    postings (entry_number, leg) {
        entry_number -> BigInt,
        leg -> BigInt,
        debit_account_id -> Uid,
        credit_account_id -> Uid,
        amount -> BigInt,
        debit_balance -> BigInt,
        credit_balance -> BigInt,
        reverses_leg -> Nullable<BigInt>,
    }

    accounts (id) {
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

    lots (entry_number, ordinal) {
        entry_number -> BigInt,
        ordinal -> BigInt,
        account_id -> Uid,
        amount -> BigInt,
        remaining -> BigInt,
        earmarked -> BigInt,
        expires_at -> Nullable<Micros>,
        given -> Bool,
    }

    holds: HoldRow (id, leg) {
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

    counters (counter_key, counter_window) {
        counter_key -> Text,
        counter_window -> Text,
        used -> BigInt,
    }

    day_totals (account_id, day) {
        account_id -> Uid,
        day -> DayNumber,
        debits -> BigInt,
        credits -> BigInt,
    }

    answers: AnswerRow (idempotency_key, user_id) {
        idempotency_key -> Text,
        user_id -> Uid,
        fields -> Text,
        answer -> Text,
        entry_number -> Nullable<BigInt>,
        recorded_at -> Micros,
    }

    entry_keys (key_digest) {
        key_digest -> Binary,
        entry_number -> BigInt,
    }

    notes (entry_number) {
        entry_number -> BigInt,
        salt -> Binary,
        body -> Text,
    }
}
