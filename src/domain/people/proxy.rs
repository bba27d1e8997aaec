//! Proxies (代办人): who may act for a person, until when, and when a person is of age.

use crate::domain::time::Day;
use crate::text_enum;
use chrono::{Datelike, NaiveDate};

/// The longest time for which a proxy is named, in days: once a year the person says again whom they trust.
pub const MOST_DAYS: i32 = 366;
/// Most proxies of one person: two children and a neighbour, or two parents. More of them, and the person no longer
/// knows who acted.
pub const MOST_PROXIES: usize = 3;
/// Most persons for whom one proxy acts: a household's elders and some neighbours. Beyond it passbooks are collected,
/// and the community counter helps instead.
pub const MOST_PERSONS: usize = 5;
/// Years at which a person is of age (民法典, art. 17).
const OF_AGE: i32 = 18;
/// Years below which a guardian consents to what is stored about a child (个人信息保护法, art. 31).
const FOURTEEN: i32 = 14;

text_enum! {
    /// How a proxy comes to act.
    ProxyKind {
        /// Named by the person.
        Named = "named",
        /// The guardian (监护人) of a minor, recorded by staff.
        Guardian = "guardian",
    }
}

text_enum! {
    /// What a proxy did, or what became of one.
    ProxyAct {
        Named = "named",
        Ended = "ended",
        /// Looked at the passbook; noted once a day.
        Looked = "looked",
        ShowedCode = "showed_code",
        SignedUp = "signed_up",
        GaveBack = "gave_back",
        /// Points were redeemed with a code that the proxy showed.
        Redeemed = "redeemed",
    }
}

impl ProxyAct {
    /// Its code in the access log of the person's file.
    pub const fn action(self) -> &'static str {
        match self {
            ProxyAct::Named => "name_proxy",
            ProxyAct::Ended => "end_proxy",
            ProxyAct::Looked => "proxy_looked",
            ProxyAct::ShowedCode => "proxy_showed_code",
            ProxyAct::SignedUp => "proxy_signed_up",
            ProxyAct::GaveBack => "proxy_gave_back",
            ProxyAct::Redeemed => "proxy_redeemed",
        }
    }
}

/// The first day on which a person is of age: by the date of birth, or else by the year alone, and then from its first
/// day on, so that no guardian acts for an adult. `None`: nothing is known.
pub fn of_age_on(born: Option<NaiveDate>, year: Option<i64>) -> Option<Day> {
    turns(OF_AGE, born, year)
}

/// The first day on which a person is 14: by the date of birth, or else by the year alone, and then when the whole year is
/// over, so that no child is taken for older.
pub fn fourteen_on(born: Option<NaiveDate>, year: Option<i64>) -> Option<Day> {
    turns(FOURTEEN, born, year.and_then(|year| year.checked_add(1)))
}

fn turns(age: i32, born: Option<NaiveDate>, year: Option<i64>) -> Option<Day> {
    let date = match born {
        Some(born) => {
            let year = born.year().checked_add(age)?;
            // Born on 29 February: on 1 March.
            born.with_year(year).or_else(|| NaiveDate::from_ymd_opt(year, 3, 1))?
        }
        None => NaiveDate::from_ymd_opt(i32::try_from(year?).ok()?.checked_add(age)?, 1, 1)?,
    };
    Some(Day::from_date(date))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_is_of_age_on_the_eighteenth_birthday() {
        let on = |text: &str| of_age_on(NaiveDate::parse_from_str(text, "%Y-%m-%d").ok(), Some(1900));
        assert_eq!(on("2008-05-17"), Day::parse("2026-05-17"));
        assert_eq!(on("2008-02-29"), Day::parse("2026-03-01"));
        assert_eq!(of_age_on(None, Some(2010)), Day::parse("2028-01-01"));
        assert_eq!(of_age_on(None, None), None);
        assert_eq!(fourteen_on(None, Some(2012)), Day::parse("2027-01-01"));
        assert_eq!(fourteen_on(NaiveDate::from_ymd_opt(2012, 5, 17), Some(1900)), Day::parse("2026-05-17"));
    }
}
