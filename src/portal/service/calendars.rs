//! Holiday calendars: which years are covered, and putting one in.

use crate::api::web::faults::FieldFault;
use crate::auth::permissions::Permission;
use crate::domain::calendar::{DayKind, YearCalendar};
use crate::domain::refusal::Refusal;
use crate::portal::frame::around::Frame;
use crate::portal::frame::fault::Answer;
use crate::portal::frame::form::{VERSION, version_in};
use crate::portal::frame::visit::Visit;
use crate::services::service::calendars::{CalendarStanding, missed_sentence};
use crate::texts::sentences as s;
use askama::Template;

/// A day that differs from the ordinary week.
struct Listed {
    day: String,
    is_off: bool,
    name: String,
}

/// The calendar of a year.
struct Year {
    year: i32,
    /// The hidden field with its version.
    field: String,
    version: i64,
    counted: String,
    changed: String,
    days: Vec<Listed>,
}

#[derive(Template)]
#[template(path = "calendars.html")]
struct CalendarsPage {
    f: Frame,
    missed: Vec<String>,
    /// What the text begins with.
    heading: &'static str,
    years: Vec<Year>,
    is_done: bool,
    may_put: bool,
}

fn field_of(year: i32) -> String {
    format!("{VERSION}.{year}")
}

fn year(visit: &Visit, standing: CalendarStanding) -> Year {
    let days = visit.days();
    let off = standing.days.iter().filter(|day| day.kind == DayKind::Off).count();
    let work = standing.days.len().saturating_sub(off);
    Year {
        year: standing.year,
        field: field_of(standing.year),
        version: standing.version,
        counted: visit.say(s::OfficeDaysListed { off, work }),
        changed: match standing.changed {
            Some((_, at)) => visit.say(s::OfficeImportedOn { day: days.of(at) }),
            None => visit.words().office_came_with(),
        },
        days: standing
            .days
            .into_iter()
            .map(|day| Listed { day: days.day(day.date), is_off: day.kind == DayKind::Off, name: day.name })
            .collect(),
    }
}

/// All years, newest first.
pub async fn show(visit: Visit) -> Answer {
    let (services, call) = (visit.services(), visit.reading()?);
    let found = services.calendars(&call).await?;
    let missed = services.me(&call.actor).await?.calendars_missed;
    let page = CalendarsPage {
        f: visit.frame(visit.words().office_calendars_title()).await?,
        heading: "date\tkind\tname\n",
        missed: missed.into_iter().map(|year| missed_sentence(year, visit.language)).collect(),
        years: found.into_iter().map(|one| year(&visit, one)).collect(),
        is_done: visit.query("done").is_some() && visit.fault.is_none(),
        may_put: call.actor.may(Permission::WriteCalendars),
    };
    visit.page(&page)
}

/// Puts the calendars of the years in that the text has, in the form of the file that comes with the program.
pub async fn put(visit: Visit) -> Answer {
    let fields = visit.fields();
    // Pasted columns may stand apart by blanks as well as by tabs.
    let columns = |line: &str| line.split_whitespace().collect::<Vec<_>>().join("\t");
    let typed = visit.form.typed("calendar").unwrap_or_default();
    let typed = typed.lines().map(columns).collect::<Vec<_>>().join("\n");
    let typed = match typed.trim().is_empty() {
        true => fields.refuse("calendar", FieldFault::Missing),
        false => Ok(typed),
    };
    fields.checked()?;
    let years = YearCalendar::read(&typed?).map_err(Refusal::from)?;
    if years.is_empty() {
        // Only the first line: no day was pasted.
        fields.refuse::<()>("calendar", FieldFault::Missing).ok();
        fields.checked()?;
    }
    let call = visit.call()?;
    for one in years {
        let mut call = call.clone();
        let seen = version_in(&visit.form, &field_of(one.year));
        if let Some(request) = &mut call.request {
            request.key.push_str(&format!("/{}", one.year));
        }
        visit.services().put_calendar(&call, one.year, one.days, Some(seen)).await?;
    }
    visit.to("/admin/calendars?done=put")
}
