//! One end of a copy: a database of either kind, and rows out of and into its tables.

use super::cell::{Cell, Key, Row, Unfitting};
#[cfg(feature = "postgres")]
use super::postgres;
use super::{CopyError, Side, sqlite};
use crate::store::connection::{self, AnyConnection};
use crate::store::error::Error;
use crate::store::maintenance::catalogue::Table;
use diesel::QueryResult;
use diesel::connection::{Connection, TransactionManager};

type Transactions = <AnyConnection as Connection>::TransactionManager;

/// The source or the target of a copy.
pub struct End {
    pub side: Side,
    /// Its name in messages.
    pub name: String,
    pub conn: AnyConnection,
}

impl End {
    /// An error at this end, with its table.
    pub fn failed(&self, table: Option<&Table>, error: impl Into<Error>) -> CopyError {
        CopyError::Failed {
            side: self.side,
            name: self.name.clone(),
            table: table.map_or("", |table| table.name),
            error: Box::new(error.into()),
        }
    }

    /// Runs a statement about a table.
    fn ask<T>(
        &mut self,
        table: &Table,
        run: impl FnOnce(&mut AnyConnection) -> QueryResult<T>,
    ) -> Result<T, CopyError> {
        let asked = run(&mut self.conn);
        asked.map_err(|error| self.failed(Some(table), error))
    }

    /// Removes the timeouts of the connection.
    pub fn remove_timeouts(&mut self) -> Result<(), CopyError> {
        let set = connection::remove_timeouts(&mut self.conn);
        set.map_err(|error| self.failed(None, error))
    }

    /// A number that changes when another program writes to the database. Only a file has it.
    pub fn written(&mut self) -> Result<i64, CopyError> {
        let number = connection::written(&mut self.conn);
        number.map_err(|error| self.failed(None, error))
    }

    /// Begins a transaction. Without a commit it is rolled back when the connection ends.
    pub fn begin(&mut self) -> Result<(), CopyError> {
        let begun = Transactions::begin_transaction(&mut self.conn);
        begun.map_err(|error| self.failed(None, error))
    }

    pub fn commit(&mut self) -> Result<(), CopyError> {
        let committed = Transactions::commit_transaction(&mut self.conn);
        committed.map_err(|error| self.failed(None, error))
    }

    pub fn count(&mut self, table: &Table) -> Result<u64, CopyError> {
        let row = self.ask(table, |conn| match conn {
            AnyConnection::Sqlite(conn) => sqlite::count(conn, table),
            #[cfg(feature = "postgres")]
            AnyConnection::Postgres(conn) => postgres::count(conn, table),
        })?;
        Ok(match row.0.first() {
            Some(Cell::Integer(rows)) => u64::try_from(*rows).unwrap_or(0),
            _ => 0,
        })
    }

    pub fn last_key(&mut self, table: &Table) -> Result<Option<Key>, CopyError> {
        self.ask(table, |conn| match conn {
            AnyConnection::Sqlite(conn) => sqlite::last_key(conn, table),
            #[cfg(feature = "postgres")]
            AnyConnection::Postgres(conn) => postgres::last_key(conn, table),
        })
    }

    /// The next rows of a table in the order of its key, after this one. Checks that every value has its column's
    /// type.
    pub fn page(&mut self, table: &Table, after: Option<&Key>, rows: usize) -> Result<Vec<Row>, CopyError> {
        let page = self.ask(table, |conn| match conn {
            AnyConnection::Sqlite(conn) => sqlite::page(conn, table, after, rows),
            #[cfg(feature = "postgres")]
            AnyConnection::Postgres(conn) => postgres::page(conn, table, after, rows),
        })?;
        check(table, &page).map_err(|unfitting| self.unfit(table, unfitting))?;
        Ok(page)
    }

    fn unfit(&self, table: &Table, Unfitting { row, column, unfit }: Unfitting<'_>) -> CopyError {
        CopyError::Unfit { table: table.name, key: row.key(table).readable(table), column, unfit }
    }

    pub fn put(&mut self, table: &Table, rows: &[Row]) -> Result<(), CopyError> {
        let put = match &mut self.conn {
            AnyConnection::Sqlite(conn) => Ok(sqlite::insert(conn, table, rows)),
            #[cfg(feature = "postgres")]
            AnyConnection::Postgres(conn) => postgres::put(conn, table, rows),
        };
        let put = put.map_err(|unfitting| self.unfit(table, unfitting))?;
        put.map_err(|error| self.failed(Some(table), error))
    }
}

/// Checks that every value has its column's type.
fn check<'r>(table: &Table, rows: &'r [Row]) -> Result<(), Unfitting<'r>> {
    for row in rows {
        for (cell, column) in row.0.iter().zip(table.columns) {
            cell.check(column.kind).map_err(|unfit| Unfitting { row, column: column.name, unfit })?;
        }
    }
    Ok(())
}
