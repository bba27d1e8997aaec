//! SQLite: a file each.

use super::{Column, Holds};
use crate::support::database::{Raw, TestDatabase};
use diesel::prelude::*;
use std::path::PathBuf;

/// The whole bank in one file, its log included.
pub fn whole(database: &TestDatabase) -> PathBuf {
    database.folder().join("whole.db")
}

/// Prepares a bank of which copies are made.
pub fn keep(database: &TestDatabase) {
    let whole = whole(database);
    database.raw().run(&format!("VACUUM INTO '{}'", whole.display()));
}

pub struct Copy {
    _folder: tempfile::TempDir,
    file: PathBuf,
    raw: Option<Raw>,
}

impl Copy {
    pub fn of(database: &TestDatabase) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("copy.db");
        std::fs::copy(whole(database), &file).unwrap();
        let mut raw = Raw::sqlite(&file);
        raw.run("PRAGMA ignore_check_constraints = ON; PRAGMA synchronous = OFF;");
        let kinds = "SELECT 'DROP ' || type || ' ' || name AS value FROM sqlite_schema \
                     WHERE type = 'trigger' OR (type = 'index' AND sql LIKE 'CREATE UNIQUE%')";
        for cell in raw.cells(kinds) {
            raw.run(&cell.unwrap());
        }
        Copy { _folder: folder, file, raw: Some(raw) }
    }

    pub(super) fn raw(&mut self) -> &mut Raw {
        self.raw.as_mut().unwrap()
    }

    pub fn run(&mut self, sql: &str) {
        self.raw().run(sql);
    }

    /// Closes this connection and returns the URL, for another one.
    pub(super) fn let_go(&mut self) -> String {
        self.raw = None;
        format!("sqlite:{}", self.file.display())
    }
}

pub fn quote(column: &str) -> String {
    format!("quote({column})")
}

pub fn another_id(_: Holds) -> String {
    "X'0197F000000070008000000000000001'".to_owned()
}

pub fn try_columns(raw: &mut Raw, table: &str) -> QueryResult<Vec<Column>> {
    raw.try_load(&format!("SELECT name, type, pk, \"notnull\" FROM pragma_table_info('{table}')"))
}

pub fn columns(raw: &mut Raw, table: &str) -> Vec<Column> {
    try_columns(raw, table).unwrap()
}
