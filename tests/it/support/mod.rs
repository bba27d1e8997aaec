//! Shared test helpers: a town behind a real server and its steps, databases, the program as a separate process, the
//! ledger alone, and the sources as text. Tests use only these and their own file.

pub mod asking;
pub mod bank;
pub mod browser;
pub mod cli;
#[cfg(feature = "postgres")]
pub mod cluster;
pub mod conforming;
pub mod database;
pub mod desk;
pub mod document;
pub mod every_kind;
pub mod founded;
pub mod gateway;
pub mod load;
pub mod migrations;
pub mod model;
#[cfg(feature = "postgres")]
pub mod partitioned;
pub mod people;
pub mod points;
#[cfg(feature = "postgres")]
pub mod proxy;
pub mod recount;
pub mod served;
pub mod service;
pub mod shops;
pub mod sign_in;
pub mod source;
pub mod stars;
pub mod tampered;
pub mod town;
pub mod upload;
pub mod web;
pub mod whole;
pub mod zip;
