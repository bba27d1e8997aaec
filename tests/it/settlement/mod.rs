mod settlement_flow;
