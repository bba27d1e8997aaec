//! PostgreSQL: one schema, changed and restored by one test after another.

use super::{Column, Holds};
use crate::support::database::{Raw, TestDatabase};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Serialises the changes of the bank.
static TURN: Mutex<()> = Mutex::new(());

/// Prepares a bank that is changed and restored: without the constraints that would refuse a change, and with a copy
/// of every table.
pub fn keep(database: &TestDatabase) {
    let mut raw = database.raw();
    let constraints = "SELECT format('ALTER TABLE %I DROP CONSTRAINT %I', conrelid::regclass, conname) AS value \
                       FROM pg_constraint WHERE connamespace = current_schema()::regnamespace AND contype = 'c'";
    let indexes = "SELECT format('DROP INDEX %I', indexrelid::regclass) AS value FROM pg_index \
                   JOIN pg_class ON pg_class.oid = indexrelid \
                   WHERE relnamespace = current_schema()::regnamespace AND indisunique AND NOT indisprimary";
    let copies = "SELECT format('CREATE TABLE %I AS TABLE %I', 'kept_' || relname, relname) AS value FROM pg_class \
                  WHERE relnamespace = current_schema()::regnamespace AND relkind IN ('r', 'p')";
    for statements in [constraints, indexes, copies] {
        for statement in raw.cells(statements) {
            raw.run(&statement.unwrap());
        }
    }
}

pub struct Copy {
    url: String,
    raw: Raw,
    /// All statements that were run here.
    run: String,
    _turn: MutexGuard<'static, ()>,
}

impl Copy {
    pub fn of(database: &TestDatabase) -> Self {
        let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        Copy { url: database.url().to_owned(), raw: database.raw(), run: String::new(), _turn: turn }
    }

    pub(super) fn raw(&mut self) -> &mut Raw {
        &mut self.raw
    }

    pub fn run(&mut self, sql: &str) {
        self.run.push_str(sql);
        self.raw.run(sql);
    }

    /// Commits and returns the URL, for another connection.
    pub(super) fn let_go(&mut self) -> String {
        self.url.clone()
    }
}

impl Drop for Copy {
    fn drop(&mut self) {
        let kept = "SELECT substr(relname, 6) AS value FROM pg_class \
                    WHERE relnamespace = current_schema()::regnamespace AND relname LIKE 'kept\\_%'";
        for table in self.raw.cells(kept).into_iter().flatten() {
            let touched = ["UPDATE", "DELETE FROM", "INSERT INTO"].iter();
            let touched =
                touched.map(|verb| format!("{verb} {table}")).any(|words| self.run.contains(&words));
            if touched {
                self.raw.run(&format!("DELETE FROM {table}; INSERT INTO {table} TABLE kept_{table}"));
            }
        }
    }
}

pub fn quote(column: &str) -> String {
    format!("quote_nullable({column}::text)")
}

pub fn another_id(holds: Holds) -> String {
    match holds {
        Holds::Uid => "'0197f000-0000-7000-8000-000000000001'".to_owned(),
        _ => "'\\x0197F000000070008000000000000001'".to_owned(),
    }
}

pub fn columns(raw: &mut Raw, table: &str) -> Vec<Column> {
    let columns = raw.try_load(&format!(
        "SELECT attname::text AS name, format_type(atttypid, NULL) AS type, \
         (1 + coalesce(array_position(indkey, attnum), -1))::bigint AS pk, attnotnull::int::bigint AS notnull \
         FROM pg_attribute JOIN pg_index ON indrelid = attrelid AND indisprimary \
         WHERE attrelid = '{table}'::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum"
    ));
    columns.unwrap()
}
