//! The circle within which one is at an activity, and whether a phone is in it. A position is compared and forgotten.

use crate::text_enum;

/// Metres of a degree of latitude.
const METRES_OF_DEGREE: f64 = 111_195.0;
const MILLION: f64 = 1_000_000.0;

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

fn float(value: i64) -> f64 {
    // What does not fit is no position, and far from everything.
    i32::try_from(value).map_or(f64::INFINITY, f64::from)
}

impl Spot {
    /// Whether a position is in the circle. Within a few kilometres the earth is flat.
    pub fn whereabouts(&self, position: Position) -> Whereabouts {
        let degrees = |value: i64| float(value) / MILLION;
        let north = degrees(position.latitude.saturating_sub(self.middle.latitude));
        // The short way around.
        let east = degrees(position.longitude.saturating_sub(self.middle.longitude)).abs();
        let east = east.min(360.0 - east) * degrees(self.middle.latitude).to_radians().cos();
        let metres = north.hypot(east) * METRES_OF_DEGREE;
        if metres <= float(self.radius_metres) { Whereabouts::Inside } else { Whereabouts::Outside }
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
