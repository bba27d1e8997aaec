mod award_flow;
mod gifts;
mod groups_flow;
mod interest;
mod owed_flow;
mod reading;
mod scheme_cli;
