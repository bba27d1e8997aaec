//! Schemes with their versions, proposals, and gifts.

use crate::domain::points::gift::Gift;
use crate::store::stored::stored;

stored! {
    schemes: SchemeRow (id) [versioned] {
        id -> Uid,
        code -> Text,
        title -> Text,
        created_at -> Micros,
        version -> BigInt,
    }

    scheme_versions: SchemeVersionRow (id) [versioned] {
        id -> Uid,
        scheme_id -> Uid,
        /// 1, 2, 3 … within the scheme.
        number -> BigInt,
        /// The TOML text, as it was proposed.
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

    proposals: ProposalRow (id) [versioned] {
        id -> Uid,
        /// `award`, `waiver`, `move_member`, `link_user` …
        kind -> Text,
        org_id -> Uid,
        /// The member that it is about.
        subject_id -> Uid,
        /// The request, as JSON.
        body -> Text,
        /// `open`, `approved` or `rejected`.
        state -> Text,
        proposed_by -> Uid,
        proposed_at -> Micros,
        decided_by -> Nullable<Uid>,
        decided_at -> Nullable<Micros>,
        entry_number -> Nullable<BigInt>,
        version -> BigInt,
    }

    gifts: GiftRow = Gift (id) [versioned] {
        id -> Uid,
        version -> BigInt,
        state -> Text,
        form -> Text,
        giver_id -> Nullable<Uid>,
        receiver_id -> Nullable<Uid>,
        org_id -> Uid,
        points -> BigInt,
        given_by -> Uid,
        given_at -> Micros,
        asked_back_at -> Nullable<Micros>,
        ended_by -> Nullable<Uid>,
        ended_at -> Nullable<Micros>,
        entry_number -> Nullable<BigInt>,
        return_entry -> Nullable<BigInt>,
    }
}
