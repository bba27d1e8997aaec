//! `/v1/me/calendar`: a volunteer's activities for the calendar of a phone, as iCalendar (RFC 5545).

use crate::api::web::edge::Shared;
use crate::api::web::extract::{May, right};
use crate::api::web::problem::ApiError;
use crate::domain::time::Moment;
use crate::services::service::activities::ActivityRow;
use actix_web::http::header::CONTENT_DISPOSITION;
use actix_web::{HttpResponse, get};
use icalendar::{Calendar, Component, Event, EventLike};
use utoipa::ToSchema;

/// A calendar after RFC 5545.
#[derive(Debug, ToSchema)]
#[schema(max_length = 4_000_000)]
#[expect(dead_code, reason = "stands for the answer in the OpenAPI document")]
pub struct CalendarFile(String);

/// 我的活动日历 · the activities at which the caller has a seat, as a file for the calendar of a phone.
#[utoipa::path(tag = "service", security(("bearer" = ["read_own"])),
    responses((status = 200, content((CalendarFile = "text/calendar")))))]
#[get("/v1/me/calendar")]
pub async fn read_own_calendar(state: Shared, may: May<right::ReadOwn>) -> Result<HttpResponse, ApiError> {
    let seats = state.services.own_seats(&may.call()).await?;
    Ok(calendar_file(&seats, state.services.now()))
}

/// A file with these activities. Each keeps its id, so that a calendar that reads a later file changes what it has.
pub fn calendar_file(activities: &[ActivityRow], now: Moment) -> HttpResponse {
    let mut calendar = Calendar::new();
    for activity in activities {
        let said = [Some(&activity.content), activity.risk.as_ref(), activity.insurance.as_ref()];
        let said: Vec<&str> =
            said.into_iter().flatten().map(String::as_str).filter(|text| !text.is_empty()).collect();
        let event = Event::new()
            .uid(&activity.id.to_string())
            .timestamp(now.to_utc())
            .summary(&activity.title)
            .location(&activity.place)
            .description(&said.join("\n"))
            .starts(activity.starts_at.to_utc())
            .ends(activity.ends_at.to_utc())
            .done();
        calendar.push(event);
    }
    HttpResponse::Ok()
        .content_type("text/calendar; charset=utf-8")
        .insert_header((CONTENT_DISPOSITION, "attachment; filename=\"activities.ics\""))
        .body(calendar.to_string())
}
