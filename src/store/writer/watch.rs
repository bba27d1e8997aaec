//! Versions of the rows that a service may have read before a batch.

use crate::domain::id::{BankId, Id};
use crate::ledger::command::WatchKind;
use crate::store::connection::AnyConnection;
use crate::store::error::Error;
use crate::store::schema::*;
use diesel::prelude::*;

/// Applies `$of!(table)` to the table of a kind of row.
macro_rules! watched {
    ($kind:expr, $of:ident) => {
        match $kind {
            WatchKind::Member => $of!(members),
            WatchKind::Merchant => $of!(merchants),
            WatchKind::Offer => $of!(offers),
            WatchKind::SchemeVersion => $of!(scheme_versions),
            WatchKind::Code => $of!(codes),
            WatchKind::Org => $of!(orgs),
            WatchKind::Proposal => $of!(proposals),
        }
    };
}
#[cfg(feature = "postgres")]
pub(in crate::store) use watched;

/// The version of a row now; `None` if it does not exist.
pub fn version(
    conn: &mut AnyConnection,
    bank: BankId,
    kind: WatchKind,
    id: Id,
) -> Result<Option<i64>, Error> {
    macro_rules! of {
        ($table:ident) => {
            $table::table.find((bank, id)).select($table::version).get_result(conn).optional()?
        };
    }
    Ok(watched!(kind, of))
}
