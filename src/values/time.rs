//! Moments and days. A moment is microseconds since 1970-01-01T00:00:00Z; a day is a day of the bank's calendar.

use chrono::{DateTime, Datelike, NaiveDate, NaiveTime, SecondsFormat, TimeZone, Timelike, Utc};
use chrono_tz::Tz;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
use std::fmt;

const SECOND: i64 = 1_000_000;
/// The range of years: it covers every person, deed and paper of a points bank, and every calendar works inside it.
const YEARS: std::ops::RangeInclusive<i32> = 1900..=2199;

/// A point in time, in microseconds (the precision of both databases).
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Moment(i64);

impl Moment {
    pub const fn from_micros(micros: i64) -> Self {
        Moment(micros)
    }
    pub const fn micros(self) -> i64 {
        self.0
    }
    /// Later by whole seconds (earlier when negative); saturates at the ends of the range.
    pub const fn plus_seconds(self, seconds: i64) -> Self {
        Moment(self.0.saturating_add(seconds.saturating_mul(SECOND)))
    }
    /// Seconds from `earlier` to this moment, rounded down.
    pub const fn seconds_since(self, earlier: Moment) -> i64 {
        self.0.saturating_sub(earlier.0).div_euclid(SECOND)
    }
    /// Parses RFC 3339, with any offset, from 1900 to 2199. Second 60 is refused.
    pub fn parse(text: &str) -> Option<Self> {
        let moment = DateTime::parse_from_rfc3339(text).ok()?;
        let leap = moment.nanosecond() >= 1_000_000_000;
        (!leap && YEARS.contains(&moment.year())).then(|| Moment(moment.timestamp_micros()))
    }
    pub fn to_utc(self) -> DateTime<Utc> {
        DateTime::from_timestamp_micros(self.0).unwrap_or_default()
    }
    /// Day and time in `zone`, for sentences: `2026-10-31 07:10`.
    pub fn local(self, zone: Tz) -> String {
        self.to_utc().with_timezone(&zone).format("%Y-%m-%d %H:%M").to_string()
    }
    /// The same with seconds, for CSV files: `2026-10-31 07:10:05`.
    pub fn local_to_the_second(self, zone: Tz) -> String {
        self.to_utc().with_timezone(&zone).format("%Y-%m-%d %H:%M:%S").to_string()
    }
    /// The calendar day of this moment in `zone`.
    pub fn day(self, zone: Tz) -> Day {
        Day::from_date(self.to_utc().with_timezone(&zone).date_naive())
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_utc().to_rfc3339_opts(SecondsFormat::AutoSi, true))
    }
}
impl fmt::Debug for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}
impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(d)?;
        Moment::parse(&text).ok_or_else(|| D::Error::custom("not an RFC 3339 time"))
    }
}

/// A day of the bank's calendar, stored as days since 1970-01-01.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Day(i32);

impl Day {
    pub const fn from_number(days: i32) -> Self {
        Day(days)
    }
    pub const fn number(self) -> i32 {
        self.0
    }
    pub fn from_date(date: NaiveDate) -> Self {
        let epoch = NaiveDate::default(); // 1970-01-01
        Day(i32::try_from(date.signed_duration_since(epoch).num_days()).unwrap_or(0))
    }
    pub fn date(self) -> NaiveDate {
        let days = chrono::TimeDelta::days(i64::from(self.0));
        NaiveDate::default().checked_add_signed(days).unwrap_or_default()
    }
    pub fn year(self) -> i32 {
        self.date().year()
    }
    /// Parses `YYYY-MM-DD`, that form only, from 1900 to 2199.
    pub fn parse(text: &str) -> Option<Self> {
        let plain = text.len() == 10 && text.starts_with(|c: char| c.is_ascii_digit());
        let date = plain.then(|| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()).flatten()?;
        YEARS.contains(&date.year()).then(|| Day::from_date(date))
    }
    pub const fn plus(self, days: i32) -> Self {
        Day(self.0.saturating_add(days))
    }
    /// The first moment of this day in `zone`.
    pub fn start(self, zone: Tz) -> Moment {
        let midnight = self.date().and_time(NaiveTime::MIN);
        let local = zone.from_local_datetime(&midnight).earliest();
        // A time zone may skip midnight once a year; then the day starts at the first existing time.
        let utc = local.map_or_else(|| midnight.and_utc(), |t| t.with_timezone(&Utc));
        Moment(utc.timestamp_micros())
    }
    /// The last moment of this day in `zone`: the effective time of what is known only by day.
    pub fn last_moment(self, zone: Tz) -> Moment {
        Moment(self.end(zone).micros().saturating_sub(1))
    }
    /// The first moment after this day in `zone`: where "at the end of the day" ends.
    pub fn end(self, zone: Tz) -> Moment {
        self.plus(1).start(zone)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.date().format("%Y-%m-%d"))
    }
}
impl fmt::Debug for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}
impl Serialize for Day {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.collect_str(self)
    }
}
impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(d)?;
        Day::parse(&text).ok_or_else(|| D::Error::custom("not a date YYYY-MM-DD"))
    }
}

/// Calendar days from one to another, both included; `None` is unbounded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Days {
    pub from: Option<Day>,
    pub until: Option<Day>,
}

impl Days {
    /// Whether there is no bound at all.
    pub const fn are_all(self) -> bool {
        self.from.is_none() && self.until.is_none()
    }
    /// The first moment, if there is a first day.
    pub fn start(self, zone: Tz) -> Option<Moment> {
        self.from.map(|day| day.start(zone))
    }
    /// The first moment after the last day, if there is one.
    pub fn end(self, zone: Tz) -> Option<Moment> {
        self.until.map(|day| day.end(zone))
    }
    pub fn cover(self, moment: Moment, zone: Tz) -> bool {
        self.start(zone).is_none_or(|start| start <= moment) && self.end(zone).is_none_or(|end| moment < end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_of_the_bank_begins_at_its_own_midnight() {
        let zone = chrono_tz::Asia::Shanghai;
        let day = Day::parse("2026-10-31").unwrap();
        assert_eq!(day.start(zone).to_string(), "2026-10-30T16:00:00Z");
        assert_eq!(day.start(zone).day(zone), day);
        assert_eq!(Moment::from_micros(day.end(zone).micros() - 1).day(zone), day);
        assert_eq!(day.end(zone).day(zone).to_string(), "2026-11-01");
    }

    #[test]
    fn days_are_whole_days_of_the_banks_own_clock() {
        let (zone, day) = (chrono_tz::Asia::Shanghai, Day::parse("2026-10-31"));
        let days = Days { from: day, until: day };
        for (text, covered) in [
            ("2026-10-30T15:59:59.999999Z", false),
            ("2026-10-30T16:00:00Z", true),
            ("2026-10-31T15:59:59.999999Z", true),
            ("2026-10-31T16:00:00Z", false),
        ] {
            assert_eq!(days.cover(Moment::parse(text).unwrap(), zone), covered, "{text}");
        }
        let since = Days { from: day, until: None };
        assert!(since.cover(Moment::parse("2199-01-01T00:00:00Z").unwrap(), zone) && !since.are_all());
        assert!(Days::default().are_all() && Days::default().cover(Moment::default(), zone));
    }

    #[test]
    fn a_moment_survives_its_text() {
        let moment = Moment::from_micros(1_780_000_000_123_456);
        assert_eq!(Moment::parse(&moment.to_string()), Some(moment));
        assert_eq!(Moment::parse("2026-10-31T08:00:00+08:00"), Moment::parse("2026-10-31T00:00:00Z"));
        assert_eq!(Moment::parse("yesterday"), None);
        assert_eq!(Day::parse("2026-2-3"), None);
        assert_eq!(Day::parse("2026-02-29"), None);
        for text in ["1899-12-31", "2200-01-01", "0000-01-01", "+2026-1-01"] {
            assert_eq!(Day::parse(text), None, "{text}");
            assert_eq!(Moment::parse(&format!("{text}T00:00:00Z")), None, "{text}");
        }
    }
}
