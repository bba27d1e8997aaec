mod goods_lost;
mod redemption_flow;
