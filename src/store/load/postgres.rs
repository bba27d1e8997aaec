//! Loads a round of needs from PostgreSQL: a statement for each kind of row, whatever the number of keys.

use crate::ledger::{Book, Needs};
use crate::store::error::Error;
use diesel::pg::PgConnection;

/// Loads one round of needs; what is not there is remembered as absent.
pub fn fetch(_conn: &mut PgConnection, _book: &mut Book, _missing: Needs) -> Result<(), Error> {
    Err(Error::Fault("not yet".into()))
}
