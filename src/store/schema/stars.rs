//! Stars that were granted.

use crate::domain::stars::grant::StarGrant;
use crate::store::stored::stored;

stored! {
    star_grants: StarGrantRow = StarGrant (id) [versioned] {
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
}
