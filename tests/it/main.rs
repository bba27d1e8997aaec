//! The one integration binary: a file per feature, and the tests that keep the shape of the sources.

mod architecture;
mod docs;
mod migrations;
mod source;
