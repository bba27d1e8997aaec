//! What an organisation may still award: the limits that a scheme sets for organisations, as the ledger counts them.

use crate::auth::permissions::Permission;
use crate::domain::id::Id;
use crate::domain::points::scheme::Deed;
use crate::domain::refusal::Refusal;
use crate::domain::time::Day;
use crate::services::{Call, Error, Services};
use rust_decimal::Decimal;

/// The most organisations that are asked about at once.
const MOST: usize = 5;

/// A limit of an organisation for awards of an item, in hundredths of points.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrgLimit {
    pub org: Id,
    pub org_name: String,
    /// The scheme's name of the limit.
    pub name: String,
    pub limit: i64,
    /// Counted in the window of that day so far.
    pub used: i64,
}

impl Services {
    /// The limits that a scheme sets for these organisations, the first few, where the caller makes awards.
    pub async fn org_limits(
        &self,
        call: &Call,
        scheme: Id,
        item: String,
        day: Day,
        orgs: Vec<Id>,
    ) -> Result<Vec<OrgLimit>, Error> {
        let (services, caller) = (self.clone(), call.clone());
        let read = self.store.read(call.actor.bank, move |tables| {
            let in_force = services.in_force(tables, scheme, day)?;
            let mut limits = Vec::new();
            for id in orgs.iter().take(MOST) {
                let org = tables.org(*id)?.ok_or(Refusal::absent("org"))?;
                caller.must_reach(Permission::MakeAwards, &org.path, Refusal::absent("org"))?;
                let mut deed = Deed::of_item(day, tables.zone, Id::SYSTEM, &item, Decimal::ONE);
                deed.organisation = Some(org.id);
                for cap in in_force.scheme.organisation_caps(&deed)? {
                    limits.push(OrgLimit {
                        org: org.id,
                        org_name: org.name.clone(),
                        used: tables.counter_used(&cap.key, &cap.window)?,
                        name: cap.name,
                        limit: cap.limit,
                    });
                }
            }
            Ok(limits)
        });
        read.await
    }
}
