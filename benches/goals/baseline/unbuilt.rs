//! Replaces PostgreSQL in builds without it, with errors.

use super::{DatabaseError, Outcome, Plain, Transfer, Way};
use jianxian::domain::id::Id;
use jianxian::domain::time::Moment;
use std::time::Duration;

/// Does not exist.
#[derive(Debug)]
pub enum FreshSchema {}

impl FreshSchema {
    /// # Errors
    /// Always.
    pub fn make(_url: &str, _name: &str) -> Result<Self, DatabaseError> {
        Err(DatabaseError::Unbuilt)
    }

    pub fn url(&self) -> String {
        match *self {}
    }
}

/// Does not exist.
#[derive(Clone, Copy, Debug)]
pub enum PlainPostgres {}

impl PlainPostgres {
    /// # Errors
    /// Always.
    pub fn create(_url: &str, _connections: u32, _way: Way) -> Result<Self, DatabaseError> {
        Err(DatabaseError::Unbuilt)
    }
}

impl Plain for PlainPostgres {
    fn open_accounts(&self, _accounts: &[Id], _minimum: i64) -> Result<(), DatabaseError> {
        match *self {}
    }

    fn transfer(&self, _transfer: &Transfer, _now: Moment) -> Result<Outcome, DatabaseError> {
        match *self {}
    }

    fn totals(&self) -> Result<(i64, i64, i64), DatabaseError> {
        match *self {}
    }
}

/// # Errors
/// Always.
pub fn described(_url: &str) -> Result<String, DatabaseError> {
    Err(DatabaseError::Unbuilt)
}

/// # Errors
/// Always.
pub fn sync_times(_url: &str, _duration: Duration) -> Result<Vec<Duration>, DatabaseError> {
    Err(DatabaseError::Unbuilt)
}
