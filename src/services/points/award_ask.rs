//! An award as it is requested, and as it is proposed to a second person.

use crate::domain::id::Id;
use crate::domain::time::Day;
use crate::services::Error;
use crate::store::points::proposals::ProposalRow;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// One award by an item of a scheme.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct AwardAsk {
    pub member: Id,
    pub scheme: Id,
    pub item: String,
    pub quantity: Decimal,
    /// The day of the deed; `None`: today.
    pub day: Option<Day>,
    /// Classes of the person that the item may require.
    pub classes: Vec<String>,
    /// Decided by a person, in hundredths, with a reason (一事一议).
    pub decided: Option<(i64, String)>,
    /// The source; at most one award for each.
    pub source: Option<String>,
    pub note: Option<String>,
}

/// A proposed award: its day and the version of the scheme are fixed, so that the second person approves what the
/// first one saw.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Proposed {
    #[serde(flatten)]
    pub ask: AwardAsk,
    pub scheme_version: i64,
    /// What the scheme gives before its caps, in hundredths.
    pub desired_minor: i64,
}

impl Proposed {
    pub fn of(row: &ProposalRow) -> Result<Self, Error> {
        serde_json::from_str(&row.body).map_err(|error| Error::Fault(format!("proposal {}: {error}", row.id)))
    }
}
