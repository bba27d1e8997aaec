mod redemption_flow;
