//! What a scheme evaluates of a deed.

use crate::domain::id::Id;
use crate::domain::service::record::Evidence;
use crate::domain::time::Day;
use chrono_tz::Tz;
use rust_decimal::Decimal;

/// A deed: the facts that a scheme evaluates.
#[derive(Clone, Debug)]
pub struct Deed {
    /// The bank's day on which it was done: determines the version and the windows of the caps.
    pub day: Day,
    /// The bank's day on which points are granted: their expiry counts from here.
    pub granted_on: Day,
    pub zone: Tz,
    pub member: Id,
    pub household: Option<Id>,
    pub organisation: Option<Id>,
    /// The key of caps per activity: the activity's id; for a standing post the id with the day.
    pub occasion: String,
    /// Classes of the person or household.
    pub classes: Vec<String>,
    pub work: Work,
    /// A person's decision, if the scheme requires one.
    pub decided: Option<Decided>,
    /// The values of counters of minutes before this deed ([`Scheme::minute_caps`] names them).
    pub minutes_used: Vec<MinutesUsed>,
}

/// What was done.
#[derive(Clone, Debug)]
pub enum Work {
    Service { minutes: i64, category: Option<String>, level: Option<String>, evidence: Evidence },
    Item { code: String, quantity: Decimal },
}

/// Points that a person decided, and why. The caller stores the reason.
#[derive(Clone, Debug)]
pub struct Decided {
    pub points_minor: i64,
    pub reason: String,
}

impl Deed {
    /// A deed of service, granted on the day itself.
    pub fn of_service(day: Day, zone: Tz, member: Id, minutes: i64, evidence: Evidence) -> Self {
        let work = Work::Service { minutes, category: None, level: None, evidence };
        Self::new(day, zone, member, work)
    }

    /// One item of the scheme's list, granted on the day itself.
    pub fn of_item(day: Day, zone: Tz, member: Id, code: &str, quantity: Decimal) -> Self {
        Self::new(day, zone, member, Work::Item { code: code.to_owned(), quantity })
    }

    fn new(day: Day, zone: Tz, member: Id, work: Work) -> Self {
        Deed {
            day,
            granted_on: day,
            zone,
            member,
            household: None,
            organisation: None,
            occasion: day.to_string(),
            classes: Vec::new(),
            work,
            decided: None,
            minutes_used: Vec::new(),
        }
    }
}

/// The value of a counter of minutes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MinutesUsed {
    pub key: String,
    pub window: String,
    pub minutes: i64,
}
