mod rates;
mod seen;
mod settlement_flow;
