mod cards;
mod goods_lost;
mod redemption_flow;
mod slips;
