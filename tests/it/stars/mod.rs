mod star_flow;
