//! The rates of a shop by day: what the fund pays for one point, from which day on.

use super::payable::{RateFault, RateFen};
use crate::domain::time::Day;
use serde::{Deserialize, Serialize};

/// A rate that holds from a day on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RateFrom {
    pub first_day: Day,
    /// Fen for one point, decimal text.
    pub rate_fen: String,
}

/// The rate that a shop began with, and those that were agreed on later, by day.
///
/// A redemption is worth what was agreed on when its points were held, and so is its refund, however late.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rates {
    first: RateFen,
    later: Vec<(Day, RateFen)>,
}

/// Why the rates of a shop cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum RatesFault {
    #[error(transparent)]
    Rate(#[from] RateFault),
    #[error("later rates: {0}")]
    Text(#[from] serde_json::Error),
}

impl Rates {
    /// Reads the rate that a shop began with, and the text of [`Rates::later_text`].
    pub fn parse(first: &str, later: Option<&str>) -> Result<Self, RatesFault> {
        let rows: Vec<RateFrom> = serde_json::from_str(later.unwrap_or("[]"))?;
        let later = rows.iter().map(|row| Ok((row.first_day, RateFen::parse(&row.rate_fen)?)));
        Ok(Rates { first: RateFen::parse(first)?, later: later.collect::<Result<_, RateFault>>()? })
    }

    /// The rate that holds on a day.
    pub fn on(&self, day: Day) -> RateFen {
        let reached = self.later.iter().rev().find(|(first_day, _)| *first_day <= day);
        reached.map_or(self.first, |(_, rate)| *rate)
    }

    /// The next change after a day.
    pub fn next_after(&self, day: Day) -> Option<(Day, RateFen)> {
        self.later.iter().find(|(first_day, _)| *first_day > day).copied()
    }

    /// Whether more than one rate has held by a day.
    pub fn have_changed_by(&self, day: Day) -> bool {
        self.later.iter().any(|(first_day, _)| *first_day <= day)
    }

    /// Sets the rate from a day on. What was agreed on for that day and later days no longer holds.
    pub fn set_from(&mut self, first_day: Day, rate: RateFen) {
        self.later.retain(|(day, _)| *day < first_day);
        if self.on(first_day) != rate {
            self.later.push((first_day, rate));
        }
    }

    /// The rates after the first one as they are stored; `None` if there are none.
    pub fn later_text(&self) -> Option<String> {
        let rows = self
            .later
            .iter()
            .map(|(first_day, rate)| RateFrom { first_day: *first_day, rate_fen: rate.to_string() });
        let rows: Vec<RateFrom> = rows.collect();
        // Serialising plain structs of text cannot fail.
        (!rows.is_empty()).then(|| serde_json::to_string(&rows).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn day(text: &str) -> Day {
        Day::parse(text).unwrap()
    }

    fn rate(text: &str) -> RateFen {
        RateFen::parse(text).unwrap()
    }

    #[test]
    fn a_rate_holds_from_its_day_until_the_next_one() {
        let mut rates = Rates::parse("50", None).unwrap();
        assert!(!rates.have_changed_by(day("2199-12-31")));
        rates.set_from(day("2026-04-01"), rate("60"));
        rates.set_from(day("2026-07-01"), rate("45.5"));
        let on = |text| rates.on(day(text)).to_string();
        assert_eq!(
            ["2026-03-31", "2026-04-01", "2026-06-30", "2026-07-01"].map(on),
            ["50", "60", "60", "45.5"]
        );
        assert_eq!(rates.next_after(day("2026-04-01")), Some((day("2026-07-01"), rate("45.5"))));
        assert_eq!(rates.next_after(day("2026-07-01")), None);
        assert_eq!(["2026-03-31", "2026-04-01"].map(|text| rates.have_changed_by(day(text))), [false, true]);
    }

    #[test]
    fn a_later_agreement_takes_the_place_of_those_for_its_day_and_after() {
        let mut rates = Rates::parse("50", None).unwrap();
        rates.set_from(day("2026-07-01"), rate("60"));
        rates.set_from(day("2026-05-01"), rate("55"));
        assert_eq!(rates.on(day("2026-08-01")), rate("55"));
        // The rate of before: nothing changes on that day.
        rates.set_from(day("2026-05-01"), rate("50"));
        assert_eq!(rates.later_text(), None);
    }

    #[test]
    fn what_is_no_list_of_rates_is_refused() {
        for text in ["", "{}", "[1]", r#"[{"first_day":"2026-02-30","rate_fen":"1"}]"#] {
            assert!(matches!(Rates::parse("50", Some(text)), Err(RatesFault::Text(_))), "{text}");
        }
        let broken = r#"[{"first_day":"2026-02-28","rate_fen":"1e3"}]"#;
        assert!(matches!(Rates::parse("50", Some(broken)), Err(RatesFault::Rate(_))));
        assert!(matches!(Rates::parse("-1", None), Err(RatesFault::Rate(_))));
    }

    proptest! {
        /// Against a plain list of days, each with its rate.
        #[test]
        fn rates_are_those_of_a_list_of_days(changes in prop::collection::vec((0_usize..60, 0_u32..9), 0..12)) {
            let first = day("2026-01-01").date();
            let on = |place: usize| Day::from_date(first + chrono::Days::new(u64::try_from(place).unwrap()));
            let (mut rates, mut days) = (Rates::parse("7", None).unwrap(), vec![rate("7"); 60]);
            for (place, fen) in changes {
                let fen = rate(&fen.to_string());
                rates.set_from(on(place), fen);
                days.iter_mut().skip(place).for_each(|known| *known = fen);
            }
            let rates = Rates::parse("7", rates.later_text().as_deref()).unwrap();
            for (place, known) in days.iter().enumerate() {
                prop_assert_eq!(rates.on(on(place)), *known);
            }
        }
    }
}
