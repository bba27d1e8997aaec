//! Working days by the official calendar, with public holidays and make-up working days.
//!
//! The State Council's office publishes the arrangement year by year. A year without data is refused, never guessed.

use super::refusal::Refusal;
use super::time::Day;
use chrono::{Datelike, Weekday};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

/// The published arrangements, 2023 to 2026.
const OFFICIAL: &str = include_str!("../../schemes/holidays.tsv");

/// Nobody has published which days of this year are working days, so nothing that needs them can be counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no holiday calendar for {year}")]
pub struct NoCalendar {
    pub year: i32,
}

impl From<NoCalendar> for Refusal {
    fn from(fault: NoCalendar) -> Self {
        Refusal::NoCalendar { year: fault.year }
    }
}

/// What is wrong with a line of a calendar file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CalendarFault {
    #[error("line {line}: the first line must be the header: date, kind, name, separated by tabs")]
    Header { line: usize },
    #[error("line {line}: three columns separated by tabs are needed: date, kind, name")]
    Columns { line: usize },
    #[error("line {line}: `{text}` is not a date YYYY-MM-DD")]
    Date { line: usize, text: String },
    #[error("line {line}: `{text}` is neither off nor work")]
    Kind { line: usize, text: String },
    #[error("line {line}: {day} is listed already")]
    Twice { line: usize, day: Day },
    #[error("line {line}: {day} lies in a year whose 1 January and 1 October are not both listed as off")]
    YearIncomplete { line: usize, day: Day },
}

/// Which days are working days, for the years that it covers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Calendar {
    /// Listed days only: true for a make-up working day, false for a holiday.
    listed: BTreeMap<Day, bool>,
    years: BTreeSet<i32>,
}

impl Calendar {
    /// The official calendar that comes with the program.
    pub fn official() -> &'static Calendar {
        static CALENDAR: LazyLock<Calendar> =
            // An unreadable list covers no year: everything is refused, nothing guessed. A test reads the list.
            LazyLock::new(|| Calendar::parse(OFFICIAL).unwrap_or_default());
        &CALENDAR
    }

    /// Reads a tab-separated list: `date`, `kind` (`off` or `work`), `name`; lines that begin with `#` are remarks.
    /// A year is covered when its 1 January and 1 October, holidays by law, are listed; a row of any other year is
    /// refused, because the rest of that year would be guessed.
    pub fn parse(text: &str) -> Result<Self, CalendarFault> {
        let mut calendar = Calendar::default();
        let mut rows: Vec<(usize, Day)> = Vec::new();
        let mut header = false;
        for (line, row) in (1_usize..).zip(text.trim_start_matches('\u{feff}').lines()) {
            if row.trim().is_empty() || row.starts_with('#') {
                continue;
            }
            if !header {
                if row.split('\t').map(str::trim).ne(["date", "kind", "name"]) {
                    return Err(CalendarFault::Header { line });
                }
                header = true;
                continue;
            }
            let (day, working) = listed_day(line, row)?;
            if calendar.listed.insert(day, working).is_some() {
                return Err(CalendarFault::Twice { line, day });
            }
            rows.push((line, day));
        }
        for (line, day) in rows {
            let year = day.year();
            let off = |month_day: &str| {
                let fixed = Day::parse(&format!("{year:04}-{month_day}"));
                fixed.and_then(|d| calendar.listed.get(&d)) == Some(&false)
            };
            if !off("01-01") || !off("10-01") {
                return Err(CalendarFault::YearIncomplete { line, day });
            }
            calendar.years.insert(year);
        }
        Ok(calendar)
    }

    /// The years that this calendar covers.
    pub fn years(&self) -> impl Iterator<Item = i32> + '_ {
        self.years.iter().copied()
    }

    /// Whether people work on `day`; a year without data is refused.
    pub fn is_working(&self, day: Day) -> Result<bool, NoCalendar> {
        let date = day.date();
        if !self.years.contains(&date.year()) {
            return Err(NoCalendar { year: date.year() });
        }
        let weekday = !matches!(date.weekday(), Weekday::Sat | Weekday::Sun);
        Ok(self.listed.get(&day).copied().unwrap_or(weekday))
    }

    /// The `count`-th working day after `day` (`day` itself is not counted; for 0 it is `day`). Refused when the
    /// count runs into a year without data.
    pub fn working_days_after(&self, day: Day, count: u32) -> Result<Day, NoCalendar> {
        let mut last = day;
        let mut left = count;
        while left > 0 {
            last = last.plus(1);
            if self.is_working(last)? {
                left = left.saturating_sub(1);
            }
        }
        Ok(last)
    }

    /// How many working days lie after `from`, up to and including `to`; 0 when `to` is not later.
    pub fn working_days_between(&self, from: Day, to: Day) -> Result<u32, NoCalendar> {
        let mut count: u32 = 0;
        let mut day = from;
        while day < to {
            day = day.plus(1);
            if self.is_working(day)? {
                count = count.saturating_add(1);
            }
        }
        Ok(count)
    }
}

fn listed_day(line: usize, row: &str) -> Result<(Day, bool), CalendarFault> {
    let mut columns = row.split('\t').map(str::trim);
    let (Some(date), Some(kind), Some(_), None) =
        (columns.next(), columns.next(), columns.next(), columns.next())
    else {
        return Err(CalendarFault::Columns { line });
    };
    let day = Day::parse(date).ok_or_else(|| CalendarFault::Date { line, text: date.into() })?;
    match kind {
        "off" => Ok((day, false)),
        "work" => Ok((day, true)),
        other => Err(CalendarFault::Kind { line, text: other.into() }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        Day::parse(text).unwrap()
    }

    #[test]
    fn the_official_list_is_read_row_by_row() {
        let calendar = Calendar::parse(OFFICIAL).unwrap();
        assert_eq!(&calendar, Calendar::official());
        assert_eq!(calendar.years().collect::<Vec<_>>(), [2023, 2024, 2025, 2026]);
        let mut rows = 0;
        for row in OFFICIAL.lines().filter(|r| r.starts_with("20")) {
            let (date, rest) = row.split_once('\t').unwrap();
            assert_eq!(calendar.is_working(day(date)), Ok(rest.starts_with("work")), "{row}");
            rows += 1;
        }
        assert_eq!(rows, calendar.listed.len());
    }

    #[test]
    fn days_that_are_not_listed_follow_the_week() {
        let calendar = Calendar::official();
        assert_eq!(calendar.is_working(day("2026-10-30")), Ok(true)); // Friday
        assert_eq!(calendar.is_working(day("2026-10-31")), Ok(false)); // Saturday
        assert_eq!(calendar.is_working(day("2026-10-10")), Ok(true)); // Saturday, make-up day
        assert_eq!(calendar.is_working(day("2026-10-01")), Ok(false)); // Thursday, holiday
    }

    #[test]
    fn ten_working_days_after_an_activity_step_over_the_national_holiday() {
        let calendar = Calendar::official();
        // 2026-09-29, 30, then 1–7 October off, 8, 9, make-up Saturday 10, 12–16.
        assert_eq!(calendar.working_days_after(day("2026-09-28"), 10), Ok(day("2026-10-16")));
        assert_eq!(calendar.working_days_after(day("2026-10-30"), 3), Ok(day("2026-11-04")));
        assert_eq!(calendar.working_days_after(day("2026-10-31"), 0), Ok(day("2026-10-31")));
        assert_eq!(calendar.working_days_between(day("2026-09-28"), day("2026-10-16")), Ok(10));
        assert_eq!(calendar.working_days_between(day("2026-10-16"), day("2026-09-28")), Ok(0));
    }

    #[test]
    fn a_year_without_data_is_refused_also_when_the_count_runs_into_it() {
        let calendar = Calendar::official();
        assert_eq!(calendar.is_working(day("2027-01-01")), Err(NoCalendar { year: 2027 }));
        assert_eq!(calendar.is_working(day("2022-12-31")), Err(NoCalendar { year: 2022 }));
        assert_eq!(calendar.working_days_after(day("2026-12-30"), 1), Ok(day("2026-12-31")));
        assert_eq!(calendar.working_days_after(day("2026-12-30"), 2), Err(NoCalendar { year: 2027 }));
        assert_eq!(Refusal::from(NoCalendar { year: 2027 }), Refusal::NoCalendar { year: 2027 });
    }

    #[test]
    fn each_fault_of_a_list_names_its_line() {
        let fault = |text: &str| Calendar::parse(text).unwrap_err();
        assert_eq!(fault("date\tname\n"), CalendarFault::Header { line: 1 });
        let list = |rows: &str| format!("# remark\ndate\tkind\tname\n{rows}");
        assert_eq!(fault(&list("2027-01-01 off\n")), CalendarFault::Columns { line: 3 });
        assert_eq!(
            fault(&list("2027-02-29\toff\tx\n")),
            CalendarFault::Date { line: 3, text: "2027-02-29".into() }
        );
        assert_eq!(
            fault(&list("2027-01-01\tfree\tx\n")),
            CalendarFault::Kind { line: 3, text: "free".into() }
        );
        let new_year = "2027-01-01\toff\t元旦\n";
        assert_eq!(
            fault(&list(&format!("{new_year}{new_year}"))),
            CalendarFault::Twice { line: 4, day: day("2027-01-01") }
        );
        assert_eq!(fault(&list(new_year)), CalendarFault::YearIncomplete { line: 3, day: day("2027-01-01") });
        let whole = Calendar::parse(&list(&format!("{new_year}2027-10-01\toff\t国庆节\n"))).unwrap();
        assert_eq!(whole.is_working(day("2027-10-04")), Ok(true));
    }
}
