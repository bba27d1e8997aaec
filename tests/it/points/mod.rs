mod award_flow;
mod interest;
mod owed_flow;
mod scheme_cli;
