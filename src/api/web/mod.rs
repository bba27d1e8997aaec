//! What all handlers share: request handling, fields, problems, pages of lists.

pub mod accept;
pub(super) mod admission;
pub mod batch;
pub mod document;
pub mod edge;
pub mod error;
pub mod extract;
pub mod faults;
pub mod fields;
pub(super) mod limits;
pub mod operation;
pub mod page;
pub mod part;
pub mod problem;
pub(super) mod raw_query;
pub mod receipt;
pub mod server;
pub mod sheet;
pub mod steps;
pub mod template;
pub mod upload;
pub mod xlsx;
pub mod zip;
