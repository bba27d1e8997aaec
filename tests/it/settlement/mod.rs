mod seen;
mod settlement_flow;
