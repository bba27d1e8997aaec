//! The circle within which one is at an activity, and whether a phone is in it. A position is compared and forgotten.

use crate::text_enum;
use rust_decimal::{Decimal, MathematicalOps};

/// Metres of a degree of latitude.
const METRES_OF_DEGREE: i64 = 111_195;
const MILLION: i64 = 1_000_000;
/// The longest radius that is compared, in metres: farther away the earth is not flat.
const FARTHEST: i64 = 100_000;

text_enum! {
    /// Whether one was in the circle.
    Whereabouts {
        Inside = "inside",
        Outside = "outside",
    }
}

/// A point in WGS 84, in millionths of a degree. Never stored for a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    pub latitude: i64,
    pub longitude: i64,
}

/// The circle of an activity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spot {
    pub middle: Position,
    pub radius_metres: i64,
}

impl Spot {
    /// Whether a position is in the circle. Within a few kilometres the earth is flat.
    pub fn whereabouts(&self, position: Position) -> Whereabouts {
        let is_inside = self.metres_squared(position).is_some_and(|squared| {
            let radius = Decimal::from(self.radius_metres.clamp(0, FARTHEST));
            radius.checked_mul(radius).is_some_and(|limit| squared <= limit)
        });
        if is_inside { Whereabouts::Inside } else { Whereabouts::Outside }
    }

    /// The square of the distance; `None`: far from the circle, or no position.
    fn metres_squared(&self, position: Position) -> Option<Decimal> {
        let around = 360_i64.checked_mul(MILLION)?;
        let north = position.latitude.checked_sub(self.middle.latitude)?.checked_abs()?;
        let east = position.longitude.checked_sub(self.middle.longitude)?.checked_abs()?;
        // The short way around.
        let east = east.min(around.checked_sub(east)?.checked_abs()?);
        let metres = |millionths: i64| {
            let metres = Decimal::new(millionths, 6).checked_mul(Decimal::from(METRES_OF_DEGREE))?;
            (metres <= Decimal::from(FARTHEST)).then_some(metres)
        };
        let latitude = Decimal::new(self.middle.latitude, 6).checked_mul(Decimal::PI)?;
        let narrower = latitude.checked_div(Decimal::from(180))?.checked_cos()?;
        let (north, east) = (metres(north)?, metres(east)?.checked_mul(narrower)?);
        north.checked_mul(north)?.checked_add(east.checked_mul(east)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(latitude: i64, longitude: i64) -> Position {
        Position { latitude, longitude }
    }

    #[test]
    fn one_is_inside_up_to_the_radius() {
        let spot = Spot { middle: at(29_563_010, 106_551_560), radius_metres: 200 };
        // 0.0017 degrees are 189 metres to the north, and 164 metres to the east at that latitude.
        for (position, is) in [
            (at(29_563_010, 106_551_560), Whereabouts::Inside),
            (at(29_564_710, 106_551_560), Whereabouts::Inside),
            (at(29_564_910, 106_551_560), Whereabouts::Outside),
            (at(29_563_010, 106_553_560), Whereabouts::Inside),
            (at(29_563_010, 106_553_760), Whereabouts::Outside),
            (at(-29_563_010, 106_551_560), Whereabouts::Outside),
            (at(i64::MAX, i64::MIN), Whereabouts::Outside),
        ] {
            assert_eq!(spot.whereabouts(position), is, "{position:?}");
        }
    }

    #[test]
    fn the_circle_goes_across_the_date_line() {
        let spot = Spot { middle: at(0, 179_999_900), radius_metres: 100 };
        assert_eq!(spot.whereabouts(at(0, -179_999_900)), Whereabouts::Inside);
    }
}
