//! The one integration binary: a file per feature, and the tests that keep the shape of the sources.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking, in its own words"
)]

mod access;
mod bench;
mod cli;
/// The benchmark, whose parts are tested here and which is run once with small numbers.
#[path = "../../benches/goals/mod.rs"]
mod goals;
mod ledger;
mod people;
mod points;
mod portal;
mod service;
mod settlement;
mod shops;
mod sources;
mod stars;
mod store;
mod support;
mod web;
