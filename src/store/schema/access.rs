//! Sessions, second factors, one-time codes, failed attempts, the access log, and the key ids of the bank.

use crate::store::stored::stored;

stored! {
    /// A session of a user.
    sessions: SessionRow (id) [rights] {
        id -> Uid,
        user_id -> Uid,
        /// SHA-256 of the current refresh token.
        refresh_hash -> Binary,
        /// SHA-256 of the previous one.
        previous_hash -> Nullable<Binary>,
        created_at -> Micros,
        expires_at -> Micros,
        revoked_at -> Nullable<Micros>,
        revoked_why -> Nullable<Text>,
        /// The device that opened it or refreshed it last.
        device_id -> Nullable<Uid>,
        /// A keyed hash of user and network of that request.
        place_hash -> Nullable<Binary>,
        /// When the refresh token was replaced last.
        rotated_at -> Nullable<Micros>,
        /// When the answer to that was repeated.
        repeated_at -> Nullable<Micros>,
        /// What it was opened with: `phone`, `computer`, `wechat` or `program`.
        client -> Nullable<Text>,
        /// It was opened with a card and its PIN: the edition of the card.
        card_edition -> Nullable<BigInt>,
    }

    /// The second factor of a user: `id` is the user's.
    second_factors: SecondFactorRow (id) [rights versioned] {
        id -> Uid,
        /// The secret of the app and the recovery codes that are left.
        secret_sealed -> Nullable<Binary>,
        /// `begun` or `set_up`.
        state -> Text,
        /// The step (of 30 seconds since 1970) of the last digits that were used.
        last_step -> BigInt,
        begun_at -> Micros,
        version -> BigInt,
    }

    /// The one-time code of a user: `id` is the user's.
    sign_in_codes: SignInCodeRow (id) [versioned] {
        id -> Uid,
        issue -> Uid,
        expires_at -> Micros,
        version -> BigInt,
    }

    attempts (subject) {
        subject -> Text,
        failures -> BigInt,
        first_at -> Micros,
        locked_until -> Nullable<Micros>,
    }

    access_log: AccessRow (id) {
        id -> Uid,
        recorded_at -> Micros,
        actor_id -> Uid,
        action -> Text,
        subject_kind -> Text,
        subject_id -> Nullable<Uid>,
        reason -> Nullable<Text>,
    }

    bank_keys (key_id) {
        key_id -> Text,
        noted_at -> Micros,
    }
}
