//! The database: the only place that names diesel.

pub mod floor;
