//! Holiday calendars: read and import them, and end the notices that wait for one.

use crate::auth::permissions::Permission;
use crate::domain::calendar::{Calendar, ListedDay, YearCalendar};
use crate::domain::id::{BankId, Id};
use crate::domain::language::Language;
use crate::domain::refusal::Refusal;
use crate::domain::time::{Day, Moment};
use crate::services::{Call, Error, Services};
use crate::store::Tables;
use crate::store::service::calendars::CalendarRow;
use serde::{Deserialize, Serialize};

/// One state of a year's calendar.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CalendarStanding {
    pub year: i32,
    pub version: i64,
    pub days: Vec<ListedDay>,
    /// Who imported it, and when; `None`: it came with the program.
    pub changed: Option<(Id, Moment)>,
    /// Earlier states, oldest first.
    pub earlier: Vec<CalendarStanding>,
}

/// The state of a bank's calendars.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CalendarLook {
    pub today: Day,
    /// The years that are covered.
    pub covered: Vec<i32>,
    /// The years whose calendar is missing.
    pub missed: Vec<i32>,
}

fn absent() -> Refusal {
    Refusal::NotFound { what: "calendar".into() }
}

/// Every year with its changes, the newest year first.
fn standings(rows: &[CalendarRow]) -> Result<Vec<CalendarStanding>, Error> {
    let mut all: Vec<CalendarStanding> = Vec::new();
    let built_in = Calendar::official();
    for year in built_in.years().filter_map(|year| built_in.year(year)) {
        let (days, earlier) = (year.days.clone(), Vec::new());
        all.push(CalendarStanding { year: year.year, version: 1, days, changed: None, earlier });
    }
    for row in rows {
        let YearCalendar { year, days } = row.calendar()?;
        let changed = Some((row.changed_by, row.changed_at));
        let standing = CalendarStanding { year, version: row.version, days, changed, earlier: Vec::new() };
        match all.iter_mut().find(|known| known.year == year) {
            Some(known) => {
                let mut before = std::mem::replace(known, standing);
                known.earlier = std::mem::take(&mut before.earlier);
                known.earlier.push(before);
            }
            None => all.push(standing),
        }
    }
    all.sort_by_key(|standing| std::cmp::Reverse(standing.year));
    Ok(all)
}

impl Services {
    /// All calendars with their history, the newest year first.
    pub async fn calendars(&self, call: &Call) -> Result<Vec<CalendarStanding>, Error> {
        if !call.actor.may(Permission::ReadCalendars) {
            return Err(absent().into());
        }
        self.store.read(call.actor.bank, |tables| standings(&tables.calendar_rows()?)).await
    }

    /// Imports a year's calendar, if it still has the version `seen` (`None`: whatever its version). Sets the end of
    /// the notices that waited for it in the same commit. The same days again change nothing.
    pub async fn put_calendar(
        &self,
        call: &Call,
        year: i32,
        days: Vec<ListedDay>,
        seen: Option<i64>,
    ) -> Result<CalendarStanding, Error> {
        let (services, caller) = (self.clone(), call.clone());
        let put = self.write(call, move |tables| {
            if !caller.actor.may(Permission::WriteCalendars) {
                return Err(absent().into());
            }
            let calendar = YearCalendar::new(year, days.clone()).map_err(Refusal::from)?;
            let before = current(tables, year)?;
            let version = before.as_ref().map_or(0, |standing| standing.version);
            if seen.is_some_and(|seen| seen != version) {
                return Err(Refusal::VersionStale { what: "calendar".into(), version }.into());
            }
            if let Some(same) = before.filter(|standing| standing.days == calendar.days) {
                return Ok(same);
            }
            tables.insert_calendar(&CalendarRow {
                bank_id: tables.bank,
                year: i64::from(year),
                version: version.saturating_add(1),
                days: serde_json::to_string(&calendar.days).unwrap_or_default(),
                changed_by: caller.actor.user,
                changed_at: tables.now,
            })?;
            services.renew_notices(tables, false)?;
            current(tables, year)?.ok_or_else(|| absent().into())
        });
        let (standing, _) = put.await?;
        self.look_at_calendar(call.actor.bank).await?;
        Ok(standing)
    }

    /// Checks whether a calendar is missing, and sets the metric.
    pub async fn look_at_calendar(&self, bank: BankId) -> Result<CalendarLook, Error> {
        let look = self.store.read(bank, |tables| {
            let (today, calendar) = (tables.today(), tables.calendar()?);
            Ok(CalendarLook { today, covered: calendar.years().collect(), missed: calendar.missed(today) })
        });
        let look = look.await?;
        let missed = u32::try_from(look.missed.len()).unwrap_or(u32::MAX);
        metrics::gauge!("jianxian_calendars_missing", "bank" => bank.0.to_string()).set(f64::from(missed));
        Ok(look)
    }

    /// Sets the end of every notice that waited for a calendar which exists by now; returns their number.
    pub async fn end_open_notices(&self, bank: BankId) -> Result<usize, Error> {
        let services = self.clone();
        self.store.write(bank, move |tables| services.renew_notices(tables, true)).await
    }
}

fn current(tables: &mut Tables<'_>, year: i32) -> Result<Option<CalendarStanding>, Error> {
    Ok(standings(&tables.calendar_rows()?)?.into_iter().find(|standing| standing.year == year))
}

/// Says that a calendar is missing, for the start page and the log.
pub fn missed_sentence(year: i32, language: Language) -> String {
    language.pick(
        format!("{year} 年的放假安排还没有导入：跨年的公示截止日暂时算不出来。请在国务院公布后导入日历。"),
        format!("The holiday calendar of {year} is missing: notices that reach into it have no last day yet. Load it once it is published."),
    )
}

/// The sentence of a notice whose last day is not known yet.
pub fn open_end_sentence(language: Language) -> &'static str {
    language.pick(
        "公示截止日待放假安排发布后确定",
        "The last day of the notice follows once the holiday calendar is published",
    )
}
