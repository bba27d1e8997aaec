//! Stands where PostgreSQL was not built in, and says so.

use super::{FloorError, Plain, PlainAnswer, PlainTransfer, Way};
use crate::domain::id::Id;
use crate::domain::time::Moment;
use std::time::Duration;

/// There is none.
#[derive(Debug)]
pub enum FreshSchema {}

impl FreshSchema {
    /// # Errors
    /// Always.
    pub fn make(_url: &str, _name: &str) -> Result<Self, FloorError> {
        Err(FloorError::Unbuilt)
    }

    pub fn url(&self) -> String {
        match *self {}
    }
}

/// There is none.
#[derive(Clone, Copy, Debug)]
pub enum PlainPostgres {}

impl PlainPostgres {
    /// # Errors
    /// Always.
    pub fn create(_url: &str, _connections: u32, _way: Way) -> Result<Self, FloorError> {
        Err(FloorError::Unbuilt)
    }
}

impl Plain for PlainPostgres {
    fn open_accounts(&self, _accounts: &[Id], _floor: i64) -> Result<(), FloorError> {
        match *self {}
    }

    fn transfer(&self, _transfer: &PlainTransfer, _now: Moment) -> Result<PlainAnswer, FloorError> {
        match *self {}
    }

    fn totals(&self) -> Result<(i64, i64, i64), FloorError> {
        match *self {}
    }
}

/// # Errors
/// Always.
pub fn described(_url: &str) -> Result<String, FloorError> {
    Err(FloorError::Unbuilt)
}

/// # Errors
/// Always.
pub fn sync_times(_url: &str, _duration: Duration) -> Result<Vec<Duration>, FloorError> {
    Err(FloorError::Unbuilt)
}
