//! Sessions, failed attempts, the access log, and the key ids of the bank.

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
