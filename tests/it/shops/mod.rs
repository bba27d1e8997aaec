mod applications;
mod cards;
mod goods;
mod goods_lost;
mod redemption_flow;
mod slips;
mod till;
