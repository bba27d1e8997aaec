//! Differences between the two databases, in one place.

use super::{AnyConnection, MultiBackend};
use crate::domain::id::{BankId, Id};
use crate::domain::time::{Day, Moment};
use crate::store::error::Error;
use crate::store::schema::heads;
use diesel::connection::{AnsiTransactionManager, SimpleConnection};
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::Text;
use diesel::sqlite::Sqlite;

/// Inserts a row, or replaces the one with its key.
macro_rules! replace {
    ($conn:expr, $table:ident($($key:ident),+), $row:expr) => {
        match $conn {
            crate::store::connection::AnyConnection::Sqlite(conn) => {
                diesel::replace_into($table::table).values($row).execute(conn)
            }
            #[cfg(feature = "postgres")]
            crate::store::connection::AnyConnection::Postgres(conn) => diesel::insert_into($table::table)
                .values($row)
                .on_conflict(($($table::$key),+))
                .do_update()
                .set($row)
                .execute(conn),
        }
    };
}
pub(in crate::store) use replace;

/// The rows of a statement that is written as text.
macro_rules! rows_of {
    ($conn:expr, $text:expr) => {
        match $conn {
            crate::store::connection::AnyConnection::Sqlite(conn) => diesel::sql_query($text).load(conn),
            #[cfg(feature = "postgres")]
            crate::store::connection::AnyConnection::Postgres(conn) => diesel::sql_query($text).load(conn),
        }
    };
}
pub(in crate::store) use rows_of;

/// Runs a query on either database, with rows read in its own types.
macro_rules! on_either {
    ($conn:expr, $query:expr) => {
        match $conn {
            crate::store::connection::AnyConnection::Sqlite(conn) => $query.load(conn),
            #[cfg(feature = "postgres")]
            crate::store::connection::AnyConnection::Postgres(conn) => $query.load(conn),
        }
    };
}
pub(in crate::store) use on_either;

/// An id as it stands in the text of a statement.
pub fn id_in_text(conn: &AnyConnection, id: Id) -> String {
    match conn {
        AnyConnection::Sqlite(_) => format!("x'{}'", id.0.simple()),
        #[cfg(feature = "postgres")]
        AnyConnection::Postgres(_) => format!("'{}'::uuid", id.0),
    }
}

/// A moment as it stands in the text of a statement.
pub fn moment_in_text(conn: &AnyConnection, moment: Moment) -> String {
    match conn {
        AnyConnection::Sqlite(_) => moment.micros().to_string(),
        #[cfg(feature = "postgres")]
        AnyConnection::Postgres(_) => format!("'{moment}'::timestamptz"),
    }
}

/// A day as it stands in the text of a statement.
pub fn day_in_text(conn: &AnyConnection, day: Day) -> String {
    match conn {
        AnyConnection::Sqlite(_) => day.number().to_string(),
        #[cfg(feature = "postgres")]
        AnyConnection::Postgres(_) => format!("'{day}'::date"),
    }
}

/// Begins a transaction that writes. On SQLite it takes the file's one write lock at once; on PostgreSQL the row of
/// the bank's head is locked next (see [`lock_bank`]).
pub fn begin_write(conn: &mut AnyConnection) -> QueryResult<()> {
    match conn {
        AnyConnection::Sqlite(conn) => AnsiTransactionManager::begin_transaction_sql(conn, "BEGIN IMMEDIATE"),
        #[cfg(feature = "postgres")]
        AnyConnection::Postgres(conn) => AnsiTransactionManager::begin_transaction_sql(
            conn,
            "BEGIN ISOLATION LEVEL READ COMMITTED, READ WRITE",
        ),
    }
}

/// Locks the bank against other writers until the transaction ends.
pub fn lock_bank(conn: &mut AnyConnection, bank: BankId) -> Result<(), Error> {
    if matches!(conn, AnyConnection::Sqlite(_)) {
        return Ok(());
    }
    Locked(heads::table.find(bank).select(heads::bank_id)).get_result::<BankId>(conn)?;
    Ok(())
}

/// Whether the connection still answers. The server rolls back what a lost one was doing.
pub fn answers(conn: &mut AnyConnection) -> bool {
    conn.batch_execute("SELECT 1").is_ok()
}

/// Whether the database can recover from a failure without a restart of the program. SQLite's file cannot: after a
/// failed commit its state on disk is unknown.
pub fn recovers(conn: &AnyConnection) -> bool {
    !matches!(conn, AnyConnection::Sqlite(_))
}

/// A query whose rows stay locked until the transaction ends. On SQLite the only writer has them locked already.
#[derive(Clone, Copy, Debug, QueryId)]
pub struct Locked<Q>(pub Q);

impl<Q: Query> Query for Locked<Q> {
    type SqlType = Q::SqlType;
}

impl<Q> RunQueryDsl<AnyConnection> for Locked<Q> {}

impl<Q: QueryFragment<Sqlite>> QueryFragment<Sqlite> for Locked<Q> {
    fn walk_ast<'b>(&'b self, out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        self.0.walk_ast(out)
    }
}

#[cfg(feature = "postgres")]
impl<Q: QueryFragment<diesel::pg::Pg>> QueryFragment<diesel::pg::Pg> for Locked<Q> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, diesel::pg::Pg>) -> QueryResult<()> {
        self.0.walk_ast(out.reborrow())?;
        out.push_sql(" FOR UPDATE");
        Ok(())
    }
}

#[cfg(feature = "postgres")]
impl<Q> QueryFragment<MultiBackend> for Locked<Q>
where
    Q: QueryFragment<Sqlite> + QueryFragment<diesel::pg::Pg>,
{
    fn walk_ast<'b>(&'b self, out: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        MultiBackend::walk_variant_ast(self, out)
    }
}

#[cfg(not(feature = "postgres"))]
impl<Q: QueryFragment<Sqlite>> QueryFragment<MultiBackend> for Locked<Q> {
    fn walk_ast<'b>(&'b self, out: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        MultiBackend::walk_variant_ast(self, out)
    }
}

#[derive(QueryableByName)]
struct Checked {
    #[diesel(sql_type = Text)]
    integrity_check: String,
}

/// What SQLite reports when it checks its own file.
pub enum StorageFault {
    /// Pages or indexes are damaged.
    Pages(String),
    /// The pages are intact, but a value violates its column.
    Values(String),
}

/// Prefixes of SQLite's messages about values.
const OF_VALUES: [&str; 3] = ["CHECK constraint failed", "NULL value in", "non-"];

/// Damage of the stored pages, below the rows. A server checks its own.
pub fn storage_fault(conn: &mut AnyConnection) -> Result<Option<StorageFault>, Error> {
    match conn {
        AnyConnection::Sqlite(conn) => {
            let said: Vec<Checked> = diesel::sql_query("PRAGMA integrity_check(100)").load(conn)?;
            let mut said: Vec<String> = said.into_iter().map(|row| row.integrity_check).collect();
            said.retain(|said| said != "ok");
            // Damaged pages matter more than a value on them.
            let of_value = |said: &String| OF_VALUES.iter().any(|sign| said.starts_with(sign));
            let pages = said.iter().find(|said| !of_value(said)).cloned();
            let values = said.into_iter().next().map(StorageFault::Values);
            Ok(pages.map(StorageFault::Pages).or(values))
        }
        #[cfg(feature = "postgres")]
        AnyConnection::Postgres(_) => Ok(None),
    }
}

/// The first row that violates a CHECK of its table, by table and key, and the rule. A PostgreSQL server accepts
/// none.
pub fn row_that_breaks_a_rule(conn: &mut AnyConnection) -> Result<Option<(String, String)>, Error> {
    match conn {
        AnyConnection::Sqlite(conn) => super::sqlite::row_that_breaks_a_rule(conn),
        #[cfg(feature = "postgres")]
        AnyConnection::Postgres(_) => Ok(None),
    }
}

/// Whether the database stores booleans as numbers: anything but 0 and 1 would be read as true.
pub fn stores_booleans_as_numbers(conn: &AnyConnection) -> bool {
    matches!(conn, AnyConnection::Sqlite(_))
}
