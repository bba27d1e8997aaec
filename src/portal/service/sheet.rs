//! A paper sheet, typed by keyboard alone: thirty rows, checked as a whole, then sent with one button. Faults stay in
//! their rows; what is not right is never sent.

use super::activities::Choice;
use super::by_name::people;
use super::times::clock;
use crate::domain::figures::count;
use crate::domain::id::Id;
use crate::domain::service::record::Evidence;
use crate::domain::time::{Day, Days, Moment};
use crate::portal::frame::around::Frame;
use crate::portal::frame::fault::{Answer, Fault};
use crate::portal::frame::form::plain_digits;
use crate::portal::frame::visit::Visit;
use crate::services::Call;
use crate::services::service::records::RecordAsk;
use crate::texts::sentences as s;
use askama::Template;

/// The rows of a sheet.
const ROWS: usize = 30;

/// A row as it was typed, and what came of it.
#[derive(Clone, Default)]
struct Row {
    number: usize,
    who: String,
    from: String,
    until: String,
    minutes: String,
    /// The person who was found.
    found: Option<String>,
    fault: Option<String>,
}

impl Row {
    fn is_empty(&self) -> bool {
        self.who.is_empty()
    }
}

#[derive(Template)]
#[template(path = "staff_sheet.html")]
struct Sheet {
    f: Frame,
    activities: Vec<Choice>,
    /// The activity that was chosen, and its title.
    chosen: Option<(Id, String)>,
    day: String,
    rows: Vec<Row>,
    summary: Option<String>,
    /// Everything is right: 录入 12 条.
    button: Option<String>,
}

/// The rows of the form.
fn rows(visit: &Visit) -> Vec<Row> {
    let typed = |name: &str, number: usize| {
        let text = visit.form.typed(&format!("{name}.{number}")).unwrap_or_default();
        text.trim().to_owned()
    };
    let row = |number: usize| Row {
        number,
        who: typed("who", number),
        from: typed("from", number),
        until: typed("until", number),
        minutes: plain_digits(&typed("minutes", number)),
        ..Row::default()
    };
    (1..=ROWS).map(row).collect()
}

/// The record of a row; what is left out is as in the row above.
async fn ask_of(
    visit: &Visit,
    (call, activity, day): (&Call, Id, Day),
    row: &mut Row,
    above: &mut (String, String, String),
) -> Result<Option<RecordAsk>, Fault> {
    if row.from.is_empty() {
        row.from.clone_from(&above.0);
    }
    if row.until.is_empty() && row.minutes.is_empty() {
        (row.until, row.minutes) = (above.1.clone(), above.2.clone());
    }
    *above = (row.from.clone(), row.until.clone(), row.minutes.clone());
    let w = visit.words();
    let found = people(visit, call, &row.who).await?;
    let [person] = found.as_slice() else {
        row.fault = Some(if found.is_empty() { w.activities_nobody() } else { w.activities_sheet_several() });
        return Ok(None);
    };
    row.found = Some(format!("{} · {}", person.name, person.number));
    let zone = visit.zone();
    let at = |text: &str| {
        let time = clock(text)?;
        let seconds = i64::from(chrono::Timelike::num_seconds_from_midnight(&time));
        Some(day.start(zone).plus_seconds(seconds))
    };
    let minutes = row.minutes.parse::<i64>().ok().filter(|minutes| (1..=1_440).contains(minutes));
    let started_at: Option<Moment> = at(&row.from);
    let ended_at = match (row.until.as_str(), started_at, minutes) {
        ("", Some(from), Some(minutes)) => Some(from.plus_seconds(minutes.saturating_mul(60))),
        (until, ..) => at(until),
    };
    let (Some(started_at), Some(ended_at)) = (started_at, ended_at) else {
        row.fault = Some(w.activities_sheet_times());
        return Ok(None);
    };
    Ok(Some(RecordAsk {
        member: person.id,
        activity,
        evidence: Evidence::Paper,
        started_at,
        ended_at,
        service_minutes: minutes.filter(|_| !row.until.is_empty()),
        served: 1,
        guarantor: None,
        content: None,
        replaces: None,
        by_code: false,
    }))
}

async fn page(visit: Visit, mut rows: Vec<Row>, is_right: bool) -> Answer {
    let (call, days) = (visit.reading()?, visit.days());
    let until = Days { from: None, until: Some(days.today) };
    let published = Some("published".to_owned());
    let found = visit.services().activities(&call, published, until, None, 100).await?;
    let wanted = visit.query("activity").unwrap_or_default();
    let mut chosen = None;
    let mut day = days.today;
    let choice = |row: &crate::services::service::activities::ActivityRow| Choice {
        id: row.id.to_string(),
        words: format!("{} · {}", days.of(row.starts_at), row.title),
    };
    let activities = found.iter().map(choice).collect();
    if let Some(row) = found.iter().find(|row| row.id.to_string() == wanted) {
        chosen = Some((row.id, row.title.clone()));
        day = days.today.min(row.ends_at.day(days.zone)).max(row.starts_at.day(days.zone));
        // The times of the activity stand in the first row, and so hold for all that say nothing else.
        let is_of_a_day = row.kind == "single" && row.ends_at.day(days.zone) == day;
        if let Some(first) = rows.first_mut().filter(|_| visit.form.is_empty() && is_of_a_day) {
            (first.from, first.until) = (days.clock(row.starts_at), days.clock(row.ends_at));
        }
    }
    let total = |number: usize| count(i64::try_from(number).unwrap_or(i64::MAX));
    let filled = rows.iter().filter(|row| !row.is_empty()).count();
    let faults = rows.iter().filter(|row| row.fault.is_some()).count();
    let summary = match (filled, faults) {
        _ if visit.form.is_empty() => None,
        (0, _) => Some(visit.words().activities_sheet_empty()),
        (_, 0) => Some(visit.words().activities_sheet_right()),
        (_, faults) => Some(visit.say(s::ActivitiesSheetFaults { faults: total(faults) })),
    };
    let button = (is_right && filled > 0).then(|| visit.say(s::ActivitiesSheetSend { rows: total(filled) }));
    let f = visit.frame(visit.words().activities_sheet()).await?;
    visit.page(&Sheet { f, activities, chosen, day: day.to_string(), rows, summary, button })
}

pub async fn show(visit: Visit) -> Answer {
    let rows = rows(&visit);
    page(visit, rows, false).await
}

/// Checks the sheet, or sends it: all rows or none.
pub async fn take(visit: Visit) -> Answer {
    let fields = visit.fields();
    let (activity, day) = (fields.need::<Id>("activity"), fields.need::<Day>("day"));
    fields.checked()?;
    let (activity, day) = (activity?, day?);
    let sends = visit.form.typed("step") == Some("send");
    let mut call = visit.call()?;
    let mut rows = rows(&visit);
    let (mut asks, mut places, mut above) = (Vec::new(), Vec::new(), Default::default());
    for (place, row) in rows.iter_mut().enumerate().filter(|(_, row)| !row.is_empty()) {
        if let Some(ask) = ask_of(&visit, (&call, activity, day), row, &mut above).await? {
            asks.push(ask);
            places.push(place);
        }
    }
    let are_readable = rows.iter().all(|row| row.fault.is_none());
    call.dry_run = !(sends && are_readable);
    if asks.is_empty() {
        return page(visit, rows, false).await;
    }
    let results = visit.services().submit_records(&call, asks, !call.dry_run).await?;
    let is_sent = !call.dry_run && results.iter().all(Result::is_ok);
    for (place, result) in places.into_iter().zip(results) {
        if let (Some(row), Err(error)) = (rows.get_mut(place), result) {
            let (what, rest) = Fault::from(error).words(visit.language, visit.zone());
            row.fault = Some(format!("{what} {rest}").trim().to_owned());
        }
    }
    if is_sent {
        return visit.to(&format!("/staff/records?state=&activity={activity}"));
    }
    let is_right = rows.iter().all(|row| row.fault.is_none());
    page(visit, rows, is_right).await
}
