//! Erasure (注销): what takes the place of a name, and how long a person may think it over.

use crate::text_enum;

/// The name of an erased file and of its log-ins.
pub const ERASED_NAME: &str = "已注销";
/// The state of an erased file and of its log-ins.
pub const ERASED: &str = "erased";
/// Days between the request and the day from which it may be carried out: until then it can be taken back, and
/// afterwards the file is gone.
pub const COOLING_DAYS: i32 = 15;

text_enum! {
    /// What stands in the way of an erasure.
    Hindrance {
        /// It can still be taken back.
        Cooling = "cooling",
        /// Roles besides the volunteer's.
        Roles = "roles",
        /// Owns a shop.
        Shop = "shop",
        Frozen = "frozen",
        /// Points that are neither spent nor given up.
        Points = "points",
        Owed = "owed",
        /// Redemptions on hold.
        Redemptions = "redemptions",
        /// Records or attendances that are not finished.
        Records = "records",
        /// Places at activities to come.
        SignUps = "sign_ups",
        /// Awards, moves, links or corrections that wait for a decision.
        Proposals = "proposals",
        /// A household of others bears the name.
        Household = "household",
    }
}
