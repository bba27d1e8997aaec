//! Working days by the official calendar, with public holidays and make-up working days.
//!
//! The State Council's office publishes the arrangement year by year. A year without data is never guessed: whatever
//! needs it waits.

use super::language::Language;
use super::refusal::Refusal;
use super::time::Day;
use crate::text_enum;
use crate::texts::{Each, Text, sentences as s};
use chrono::{Datelike, Weekday};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// The published arrangements, 2023 to 2026.
const OFFICIAL: &str = include_str!("../../schemes/holidays.tsv");

/// The arrangement of the next year is published in October or November.
const REMIND_FROM_MONTH: u32 = 11;

/// The working days of this year are not published yet, so nothing that needs them can be computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no holiday calendar for {year}")]
pub struct NoCalendar {
    pub year: i32,
}

/// What is wrong with a calendar. `line` counts the lines of a file, or the days of a list, from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CalendarFault {
    Header { line: usize },
    Columns { line: usize },
    Date { line: usize, text: String },
    Kind { line: usize, text: String },
    Twice { line: usize, day: Day },
    OtherYear { line: usize, day: Day, year: i32 },
    YearIncomplete { line: usize, day: Day },
    Json { text: String },
    Empty,
}

impl CalendarFault {
    /// What is wrong, as a part of a sentence.
    pub fn text(&self) -> Text {
        match self {
            CalendarFault::Header { line } => s::CalendarHeader { line }.into(),
            CalendarFault::Columns { line } => s::CalendarColumns { line }.into(),
            CalendarFault::Date { line, text } => s::CalendarDate { line, text }.into(),
            CalendarFault::Kind { line, text } => s::CalendarKind { line, text }.into(),
            CalendarFault::Twice { line, day } => s::CalendarTwice { line, day }.into(),
            CalendarFault::OtherYear { line, day, year } => s::CalendarOtherYear { line, day, year }.into(),
            CalendarFault::YearIncomplete { line, day } => s::CalendarYearIncomplete { line, day }.into(),
            CalendarFault::Json { text } => {
                s::CalendarJson { reason: Each::of("", format!(": {text}")) }.into()
            }
            CalendarFault::Empty => s::CalendarEmpty.into(),
        }
    }
}

impl From<CalendarFault> for Refusal {
    fn from(fault: CalendarFault) -> Self {
        let [chinese, english] = [Language::Chinese, Language::English].map(|one| fault.text().say(one));
        Refusal::CalendarFault { chinese, english }
    }
}

text_enum! {
    /// The kind of a listed day.
    DayKind {
        Off = "off",
        /// A make-up working day.
        Work = "work",
    }
}

/// A day that differs from the ordinary week.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListedDay {
    pub date: Day,
    pub kind: DayKind,
    #[serde(default)]
    pub name: String,
}

/// The arrangement of one year, in the order of its days.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct YearCalendar {
    pub year: i32,
    pub days: Vec<ListedDay>,
}

impl YearCalendar {
    /// Checks the listed days of a year: each once, all of that year, including 1 January and 1 October, which are
    /// holidays by law. Without those the list is incomplete.
    pub fn new(year: i32, days: Vec<ListedDay>) -> Result<Self, CalendarFault> {
        let lines = (1_usize..).zip(days).collect::<Vec<_>>();
        if lines.is_empty() {
            return Err(CalendarFault::Empty);
        }
        if let Some((line, other)) = lines.iter().find(|(_, listed)| listed.date.year() != year) {
            return Err(CalendarFault::OtherYear { line: *line, day: other.date, year });
        }
        let mut years = by_year(lines)?;
        years.pop().ok_or(CalendarFault::Empty)
    }

    /// Parses a file: the tab-separated list of `schemes/`, or JSON of one year or of a list of them, in the form of
    /// `GET /v1/calendars`.
    pub fn read(text: &str) -> Result<Vec<Self>, CalendarFault> {
        let text = text.trim_start_matches('\u{feff}');
        match text.trim_start().starts_with(['{', '[']) {
            true => from_json(text),
            false => from_table(text),
        }
    }
}

#[derive(Deserialize)]
struct JsonYear {
    days: Vec<ListedDay>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Json {
    Page { items: Vec<JsonYear> },
    One(JsonYear),
    Years(Vec<JsonYear>),
    Days(Vec<ListedDay>),
}

fn from_json(text: &str) -> Result<Vec<YearCalendar>, CalendarFault> {
    let read = serde_json::from_str(text).map_err(|error| CalendarFault::Json { text: error.to_string() })?;
    let days: Vec<ListedDay> = match read {
        Json::One(year) => year.days,
        Json::Page { items: years } | Json::Years(years) => {
            years.into_iter().flat_map(|year| year.days).collect()
        }
        Json::Days(days) => days,
    };
    by_year((1_usize..).zip(days).collect())
}

/// `date`, `kind` (`off` or `work`), `name`; lines that begin with `#` are comments.
fn from_table(text: &str) -> Result<Vec<YearCalendar>, CalendarFault> {
    let mut rows = Vec::new();
    let mut header = false;
    for (line, row) in (1_usize..).zip(text.lines()) {
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
        rows.push((line, listed_day(line, row)?));
    }
    by_year(rows)
}

/// The years of listed days, each complete, none listed twice.
fn by_year(rows: Vec<(usize, ListedDay)>) -> Result<Vec<YearCalendar>, CalendarFault> {
    let mut listed: BTreeMap<Day, (usize, ListedDay)> = BTreeMap::new();
    for (line, row) in rows {
        let day = row.date;
        if listed.insert(day, (line, row)).is_some() {
            return Err(CalendarFault::Twice { line, day });
        }
    }
    let mut years: BTreeMap<i32, YearCalendar> = BTreeMap::new();
    for (day, (line, row)) in &listed {
        let year = day.year();
        let off = |month_day: &str| {
            let fixed = Day::parse(&format!("{year:04}-{month_day}"));
            fixed.and_then(|d| listed.get(&d)).is_some_and(|(_, row)| row.kind == DayKind::Off)
        };
        if !off("01-01") || !off("10-01") {
            return Err(CalendarFault::YearIncomplete { line: *line, day: *day });
        }
        let own = years.entry(year).or_insert(YearCalendar { year, days: Vec::new() });
        own.days.push(row.clone());
    }
    Ok(years.into_values().collect())
}

/// The working days of the years that it covers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Calendar {
    years: BTreeMap<i32, YearCalendar>,
}

impl Calendar {
    /// The official calendar that comes with the program; every bank begins with it.
    pub fn official() -> &'static Calendar {
        static CALENDAR: LazyLock<Calendar> =
            // An invalid list covers no year. A test parses the list.
            LazyLock::new(|| Calendar::parse(OFFICIAL).unwrap_or_default());
        &CALENDAR
    }

    /// Parses a file; a year without its 1 January and 1 October is refused.
    pub fn parse(text: &str) -> Result<Self, CalendarFault> {
        let mut calendar = Calendar::default();
        YearCalendar::read(text)?.into_iter().for_each(|year| calendar.put(year));
        Ok(calendar)
    }

    /// Adds a year, or replaces it.
    pub fn put(&mut self, year: YearCalendar) {
        self.years.insert(year.year, year);
    }

    pub fn year(&self, year: i32) -> Option<&YearCalendar> {
        self.years.get(&year)
    }

    /// The years that this calendar covers.
    pub fn years(&self) -> impl Iterator<Item = i32> + '_ {
        self.years.keys().copied()
    }

    /// Whether `day` is a working day; a year without data is refused.
    pub fn is_working(&self, day: Day) -> Result<bool, NoCalendar> {
        let date = day.date();
        let year = self.years.get(&date.year()).ok_or(NoCalendar { year: date.year() })?;
        let weekday = !matches!(date.weekday(), Weekday::Sat | Weekday::Sun);
        let listed = year.days.binary_search_by_key(&day, |listed| listed.date).ok();
        let listed = listed.and_then(|place| year.days.get(place));
        Ok(listed.map_or(weekday, |listed| listed.kind == DayKind::Work))
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

    /// The number of working days after `from`, up to and including `to`; 0 when `to` is not later.
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

    /// The last day of a public notice of `count` working days that began on a day. Pauses are objections: from the
    /// day on which one was raised to the day on which it was dismissed the notice did not run.
    pub fn end_of_notice(&self, began: Day, count: u32, pauses: &[(Day, Day)]) -> Result<Day, NoCalendar> {
        let (mut from, mut left) = (began, count);
        for (raised, dismissed) in pauses {
            left = left.saturating_sub(self.working_days_between(from, *raised)?);
            from = (*dismissed).max(from);
        }
        self.working_days_after(from, left)
    }

    /// The last day of `count` working days after `from`, if it is certainly before `today`: the days of a year
    /// without data are counted in favour of the late person.
    pub fn overdue_since(&self, from: Day, count: u32, today: Day) -> Option<Day> {
        let (mut gone, mut due, mut day) = (0_u32, from, from);
        while day < today {
            day = day.plus(1);
            if self.is_working(day) != Ok(true) {
                continue;
            }
            gone = gone.saturating_add(1);
            match gone.cmp(&count) {
                std::cmp::Ordering::Less => {}
                std::cmp::Ordering::Equal => due = day,
                std::cmp::Ordering::Greater => return Some(due),
            }
        }
        None
    }

    /// The years whose calendar is missing: this one, and from 1 November the next.
    pub fn missed(&self, today: Day) -> Vec<i32> {
        let year = today.year();
        let next = (today.date().month() >= REMIND_FROM_MONTH).then(|| year.saturating_add(1));
        let needed = [Some(year), next].into_iter().flatten();
        needed.filter(|year| !self.years.contains_key(year)).collect()
    }
}

fn listed_day(line: usize, row: &str) -> Result<ListedDay, CalendarFault> {
    let mut columns = row.split('\t').map(str::trim);
    let (Some(date), Some(kind), Some(name), None) =
        (columns.next(), columns.next(), columns.next(), columns.next())
    else {
        return Err(CalendarFault::Columns { line });
    };
    let date = Day::parse(date).ok_or_else(|| CalendarFault::Date { line, text: date.into() })?;
    let kind = DayKind::parse(kind).ok_or_else(|| CalendarFault::Kind { line, text: kind.into() })?;
    Ok(ListedDay { date, kind, name: name.to_owned() })
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
        assert_eq!(rows, calendar.years.values().map(|year| year.days.len()).sum::<usize>());
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
    }

    #[test]
    fn a_year_without_data_is_counted_in_favour_of_whoever_is_late() {
        let calendar = Calendar::official();
        let due = |from: &str, today: &str| calendar.overdue_since(day(from), 10, day(today));
        assert_eq!(due("2026-09-28", "2026-10-18"), None); // the tenth is Friday the 16th
        assert_eq!(due("2026-09-28", "2026-10-19"), Some(day("2026-10-16")));
        assert_eq!(due("2026-12-20", "2027-03-01"), None);
        assert_eq!(due("2026-12-10", "2027-03-01"), Some(day("2026-12-24")));
    }

    #[test]
    fn a_notice_does_not_run_while_an_objection_is_open() {
        let calendar = Calendar::official();
        let end = |pauses: &[(Day, Day)]| calendar.end_of_notice(day("2026-10-12"), 3, pauses);
        assert_eq!(end(&[]), Ok(day("2026-10-15")));
        assert_eq!(end(&[(day("2026-10-13"), day("2026-10-20"))]), Ok(day("2026-10-22")));
        assert_eq!(end(&[(day("2026-10-15"), day("2027-01-04"))]), Ok(day("2027-01-04")));
        assert_eq!(end(&[(day("2026-10-13"), day("2027-01-04"))]), Err(NoCalendar { year: 2027 }));
    }

    #[test]
    fn the_next_year_is_missed_from_november_on() {
        let calendar = Calendar::official();
        let missed = |today: &str| calendar.missed(day(today));
        assert_eq!((missed("2026-10-31"), missed("2026-11-01")), (vec![], vec![2027]));
        assert_eq!((missed("2025-12-31"), missed("2027-01-01")), (vec![], vec![2027]));
        assert_eq!(missed("2027-11-01"), [2027, 2028]);
    }

    #[test]
    fn a_file_may_be_json_as_the_interface_tells_it() {
        let days =
            r#"[{"date":"2027-10-01","kind":"off","name":"国庆节"},{"date":"2027-01-01","kind":"off"}]"#;
        for text in [
            days.to_owned(),
            format!("{{\"year\":2027,\"days\":{days}}}"),
            format!("{{\"items\":[{{\"days\":{days}}}]}}"),
        ] {
            let read = YearCalendar::read(&text).unwrap();
            assert_eq!(
                (read.len(), read[0].year, read[0].days[0].date),
                (1, 2027, day("2027-01-01")),
                "{text}"
            );
        }
        assert!(matches!(YearCalendar::read("{}"), Err(CalendarFault::Json { .. })));
        let listed = YearCalendar::read(days).unwrap().remove(0).days;
        assert!(matches!(YearCalendar::new(2028, listed), Err(CalendarFault::OtherYear { .. })));
        assert_eq!(YearCalendar::new(2028, vec![]), Err(CalendarFault::Empty));
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
