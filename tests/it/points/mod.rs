mod award_flow;
mod gifts;
mod interest;
mod owed_flow;
mod reading;
mod scheme_cli;
