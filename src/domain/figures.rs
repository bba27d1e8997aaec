//! Points, hours and days as people read them.

use super::amount;
use crate::domain::points::scheme::duration;
use crate::domain::time::{Day, Moment};
use crate::texts::{Language, Text, sentences as s};
use chrono::{Datelike, Timelike};
use chrono_tz::Tz;

/// The sign of what goes out: a minus as wide as a plus.
const MINUS: char = '\u{2212}';

/// Points with thousands apart, and decimals only where there are any: `1,286` or `0.5`.
pub fn points(minor: i64) -> String {
    grouped(&amount::short(minor, 2))
}

/// The same with its sign: `+20` or `−120`.
pub fn signed(minor: i64) -> String {
    let text = points(minor);
    if minor > 0 { format!("+{text}") } else { text }
}

/// A count with thousands apart.
pub fn count(number: i64) -> String {
    grouped(&number.to_string())
}

/// A count that is taken no further than `most`: `3`, or `100+` where there may be more.
pub fn counted(number: usize, most: i64) -> String {
    let is_all = i64::try_from(number).is_ok_and(|number| number < most);
    if is_all { number.to_string() } else { format!("{most}+") }
}

/// Minutes as people say them: `2 小时`, `1.5 小时`, `1 小时 20 分钟`, `40 分钟`, and half an hour as `30 分钟`.
pub fn length(minutes: i64, language: Language) -> String {
    let text = match minutes {
        30 => language.pick("30 分钟", "30 min").to_owned(),
        _ => duration(minutes, language),
    };
    match text.split_once(' ') {
        Some((figure, rest)) => format!("{} {rest}", grouped(figure)),
        None => text,
    }
}

fn grouped(text: &str) -> String {
    let (sign, digits) = text.strip_prefix('-').map_or(("", text), |rest| ("-", rest));
    let (whole, rest) = digits.split_once('.').map_or((digits, None), |(whole, rest)| (whole, Some(rest)));
    let mut out = String::with_capacity(text.len().saturating_add(8));
    if !sign.is_empty() {
        out.push(MINUS);
    }
    for (place, digit) in whole.chars().enumerate() {
        let left = whole.len().saturating_sub(place);
        if place > 0 && left.is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    if let Some(rest) = rest {
        out.push('.');
        out.push_str(rest);
    }
    out
}

/// How days are written: without the year where it is the present one.
#[derive(Clone, Copy, Debug)]
pub struct Days {
    pub today: Day,
    pub zone: Tz,
    language: Language,
}

impl Days {
    pub fn new(now: Moment, zone: Tz, language: Language) -> Self {
        Days { today: now.day(zone), zone, language }
    }

    /// `11月22日`, with the year when it is another.
    pub fn day(&self, day: Day) -> String {
        let date = day.date();
        let (year, month, day) = (date.year(), format!("m{}", date.month()), date.day());
        let text: Text = match year == self.today.year() {
            true => s::DayOfYear { month, day }.into(),
            false => s::DayWithYear { year, month, day }.into(),
        };
        text.say(self.language)
    }

    pub fn of(&self, moment: Moment) -> String {
        self.day(moment.day(self.zone))
    }

    /// `15:02`.
    pub fn clock(&self, moment: Moment) -> String {
        let local = moment.to_utc().with_timezone(&self.zone);
        format!("{:02}:{:02}", local.hour(), local.minute())
    }

    /// Day and time.
    pub fn moment(&self, moment: Moment) -> String {
        format!("{} {}", self.of(moment), self.clock(moment))
    }

    /// `2026年11月`.
    pub fn month(&self, year: i32, month: u32) -> String {
        Text::from(s::MonthOfYear { year, month: format!("m{month}") }).say(self.language)
    }
}
