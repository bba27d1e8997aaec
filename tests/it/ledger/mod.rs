mod faults;
mod gifts;
mod goods;
mod groups;
mod http;
mod merge;
mod model;
mod owed;
mod report;
mod rows;
#[cfg(feature = "postgres")]
mod sets;
mod statistics;
mod store;
mod tampering;
