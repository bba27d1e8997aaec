//! Days and times as they are typed into forms: in the bank's time zone, without an offset.

use crate::api::web::faults::FieldFault;
use crate::domain::time::{Day, Days, Moment};
use crate::portal::frame::fault::Missed;
use crate::portal::frame::form::{Fields, plain_digits};
use crate::portal::frame::visit::Visit;
use chrono::{NaiveDateTime, NaiveTime, TimeZone};
use chrono_tz::Tz;

/// The form of `<input type="datetime-local">`.
const LOCAL: &str = "%Y-%m-%dT%H:%M";

fn moment_of(local: NaiveDateTime, zone: Tz) -> Option<Moment> {
    let there = zone.from_local_datetime(&local).earliest()?;
    Some(Moment::from_micros(there.timestamp_micros()))
}

/// A day and time that must be given.
pub fn moment(visit: &Visit, fields: &Fields<'_>, name: &str) -> Result<Moment, Missed> {
    let typed = visit.form.typed(name).unwrap_or_default().trim().to_owned();
    if typed.is_empty() {
        return fields.refuse(name, FieldFault::Missing);
    }
    let local = typed.get(..16).and_then(|text| NaiveDateTime::parse_from_str(text, LOCAL).ok());
    match local.and_then(|local| moment_of(local, visit.zone())) {
        Some(moment) => Ok(moment),
        None => fields.refuse(name, FieldFault::NotAMoment),
    }
}

/// What stands in such a field.
pub fn typed(moment: Moment, zone: Tz) -> String {
    moment.to_utc().with_timezone(&zone).format(LOCAL).to_string()
}

/// A clock time as people type it: `9:00`, `９：３０`, `0930`, `9`.
pub fn clock(text: &str) -> Option<NaiveTime> {
    let plain = plain_digits(text.trim()).replace(['：', '.', '点'], ":");
    let plain = plain.trim_end_matches(':');
    let (hours, minutes) = match plain.split_once(':') {
        Some(parts) => parts,
        None if plain.len() > 2 => plain.split_at_checked(plain.len().checked_sub(2)?)?,
        None => (plain, "0"),
    };
    NaiveTime::from_hms_opt(hours.parse().ok()?, minutes.parse().ok()?, 0)
}

/// A clock time of a field, on a day.
pub fn clock_on(visit: &Visit, fields: &Fields<'_>, name: &str, day: Day) -> Result<Moment, Missed> {
    let typed = visit.form.typed(name).unwrap_or_default().trim().to_owned();
    if typed.is_empty() {
        return fields.refuse(name, FieldFault::Missing);
    }
    match clock(&typed).and_then(|time| moment_of(day.date().and_time(time), visit.zone())) {
        Some(moment) => Ok(moment),
        None => {
            let (chinese, english) = ("几点几分，例如 9:30".to_owned(), "a time such as 9:30".to_owned());
            fields.refuse(name, FieldFault::WrongForm { chinese, english })
        }
    }
}

/// The days of a filter in the address.
pub fn days(visit: &Visit) -> Days {
    let day = |name: &str| visit.query(name).and_then(|text| Day::parse(&text));
    Days { from: day("from"), until: day("until") }
}

/// `11月22日 09:00–11:00`, or with both days.
pub fn period(visit: &Visit, from: Moment, until: Moment) -> String {
    let days = visit.days();
    match from.day(days.zone) == until.day(days.zone) {
        true => format!("{}–{}", days.moment(from), days.clock(until)),
        false => format!("{} – {}", days.moment(from), days.moment(until)),
    }
}

#[cfg(test)]
mod tests {
    use super::clock;

    #[test]
    fn reads_times_as_people_type_them() {
        for (typed, read) in
            [("9:05", "09:05"), ("９：３０", "09:30"), ("0930", "09:30"), ("14", "14:00"), ("8点", "08:00")]
        {
            assert_eq!(clock(typed).map(|time| time.format("%H:%M").to_string()).as_deref(), Some(read));
        }
        for typed in ["", "25:00", "9:70", "早上", "12345"] {
            assert_eq!(clock(typed), None, "{typed}");
        }
    }
}
