//! The one integration binary: a file per feature, and the tests that keep the shape of the sources.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking, in its own words"
)]

mod architecture;
mod asking;
mod award_flow;
mod backup;
mod bad_input;
mod baselines;
mod bench;
mod circles;
mod cli;
#[cfg(feature = "postgres")]
mod cluster;
mod conduct;
mod conforming;
mod copy;
mod database;
mod days;
mod demo;
mod docs;
mod doors;
mod duties;
mod edge;
mod every_operation;
mod filters;
mod full_disk;
mod generator;
/// The benchmark, whose parts are tested here and which is run once with small numbers.
#[path = "../../benches/goals/mod.rs"]
mod goals;
mod golden;
mod http_ledger;
mod http_sign_in;
mod import_members;
mod interest;
mod kill_loop;
mod ledger_desk;
mod ledger_faults;
mod ledger_merge;
mod ledger_model;
mod ledger_owed;
mod ledger_rows;
#[cfg(feature = "postgres")]
mod ledger_sets;
mod ledger_store;
mod lists;
mod load;
mod locale;
mod merge_flow;
mod migrations;
mod names;
mod once;
mod one_file;
mod openapi;
mod owed_flow;
#[cfg(feature = "postgres")]
mod partitioned;
mod people_flow;
#[cfg(feature = "postgres")]
mod postgres_faults;
#[cfg(feature = "postgres")]
mod postgres_opening;
#[cfg(feature = "postgres")]
mod proxy;
mod reach;
mod redemption_flow;
#[cfg(feature = "postgres")]
mod replicas;
mod scheme_cli;
mod sentences;
mod serve;
mod served;
mod service_flow;
mod service_review;
mod settlement_flow;
#[cfg(feature = "postgres")]
mod several_servers;
mod sign_in;
mod source;
mod tampered;
mod tampering;
mod texts;
mod town;
mod traces;
mod unused;
mod users;
mod web;
