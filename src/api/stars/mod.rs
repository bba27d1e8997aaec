//! Stars: where members stand, and the stars that are granted.

pub mod grants;
