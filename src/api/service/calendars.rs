//! `/v1/calendars` and `/v1/year-closings`: holidays and make-up working days; closed years.

use crate::api::web::edge::Shared;
use crate::api::web::extract::{Ask, May, PathOf, Seen, right};
use crate::api::web::fields::{ListOf, Reason, Title, Year};
use crate::api::web::problem::ApiError;
use crate::api::web::receipt::{Answered, ReceiptView};
use crate::domain::calendar::{DayKind, ListedDay};
use crate::domain::id::Id;
use crate::domain::time::{Day, Moment};
use crate::services::service::calendars::CalendarStanding;
use actix_web::http::header;
use actix_web::{HttpResponse, get, post, put};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ListedDayBody {
    date: Day,
    /// 放假 `off`，调休上班 `work` · a holiday, or a make-up working day.
    kind: DayKind,
    /// 节日 · what is celebrated.
    name: Option<Title>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CalendarBody {
    /// 与平常的周不同的日子 · the days that differ from the ordinary week; 1 January and 1 October among them.
    #[schema(value_type = Vec<ListedDayBody>, min_items = 1, max_items = 366)]
    days: ListOf<ListedDayBody, 1, 366>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct YearClosingBody {
    year: Year,
    /// 公告 · how and when the closing was announced; kept with the entry.
    announcement: Reason,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ListedDayView {
    date: Day,
    kind: DayKind,
    name: String,
}

/// A year's calendar as it holds, or held.
#[derive(Debug, Serialize, ToSchema)]
pub struct CalendarView {
    year: i32,
    version: i64,
    days: Vec<ListedDayView>,
    /// Who put it in; absent where it came with the program.
    #[serde(skip_serializing_if = "Option::is_none")]
    changed_by: Option<Id>,
    #[serde(skip_serializing_if = "Option::is_none")]
    changed_at: Option<Moment>,
}

/// A year's calendar with what was said before.
#[derive(Debug, Serialize, ToSchema)]
pub struct CalendarHistoryView {
    year: i32,
    version: i64,
    days: Vec<ListedDayView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    changed_by: Option<Id>,
    #[serde(skip_serializing_if = "Option::is_none")]
    changed_at: Option<Moment>,
    /// Oldest first.
    earlier: Vec<CalendarView>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct CalendarsView {
    items: Vec<CalendarHistoryView>,
}

fn view(standing: CalendarStanding) -> CalendarView {
    let (changed_by, changed_at) = standing.changed.unzip();
    let days =
        standing.days.into_iter().map(|ListedDay { date, kind, name }| ListedDayView { date, kind, name });
    let (year, version) = (standing.year, standing.version);
    CalendarView { year, version, days: days.collect(), changed_by, changed_at }
}

fn history(mut standing: CalendarStanding) -> CalendarHistoryView {
    let earlier = std::mem::take(&mut standing.earlier).into_iter().map(view).collect();
    let CalendarView { year, version, days, changed_by, changed_at } = view(standing);
    CalendarHistoryView { year, version, days, changed_by, changed_at, earlier }
}

/// 放假日历 · the calendars of all years, newest first, each with its changes.
#[utoipa::path(tag = "organisation", security(("bearer" = ["read_calendars"])),
    responses((status = 200, body = CalendarsView)))]
#[get("/v1/calendars")]
pub async fn list_calendars(state: Shared, may: May<right::ReadCalendars>) -> Result<HttpResponse, ApiError> {
    let rows = state.services.calendars(&may.call()).await?;
    Ok(HttpResponse::Ok().json(CalendarsView { items: rows.into_iter().map(history).collect() }))
}

/// 导入放假日历 · puts the calendar of a year in, over the version that was read (`If-Match`; `"0"` where there is none
/// yet). Public notices that waited for it get their last day.
#[utoipa::path(tag = "organisation", security(("bearer" = ["write_calendars"])), request_body = CalendarBody,
    params(("year" = Year, Path)), responses((status = 200, body = CalendarHistoryView)))]
#[put("/v1/calendars/{year}")]
pub async fn put_calendar(
    state: Shared,
    may: May<right::WriteCalendars>,
    path: PathOf<Year>,
    seen: Seen,
    ask: Ask<CalendarBody>,
) -> Result<HttpResponse, ApiError> {
    let days = ask.body.days.0.into_iter().map(|day| ListedDay {
        date: day.date,
        kind: day.kind,
        name: day.name.map(String::from).unwrap_or_default(),
    });
    let year = i32::try_from(path.0.get()).unwrap_or_default();
    let call = ask.keyed.call(&may.actor);
    let standing = state.services.put_calendar(&call, year, days.collect(), Some(seen.0)).await?;
    let tag = format!("\"{}\"", standing.version);
    Ok(HttpResponse::Ok().insert_header((header::ETAG, tag)).json(history(standing)))
}

/// 年度关账 · closes a year that is over, for the whole bank and for good: nothing is dated back into it any more.
#[utoipa::path(tag = "ledger", security(("bearer" = ["close_years"])), request_body = YearClosingBody,
    responses((status = 201, body = ReceiptView)))]
#[post("/v1/year-closings")]
pub async fn close_year(
    state: Shared,
    may: May<right::CloseYears>,
    ask: Ask<YearClosingBody>,
) -> Result<HttpResponse, ApiError> {
    let call = ask.keyed.money_call(&may.actor)?;
    let year = i32::try_from(ask.body.year.get()).unwrap_or_default();
    Answered::created(state.services.close_year(&call, year, ask.body.announcement.into()).await?).respond()
}
