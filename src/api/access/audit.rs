//! `/v1/audit`: the access log: who read or changed whose data, and why.

use crate::api::web::edge::Shared;
use crate::api::web::extract::{May, Or, PathOf, right};
use crate::api::web::page::{Listed, NoFilter, OfDays, Page, Paging};
use crate::api::web::part::Part;
use crate::api::web::problem::ApiError;
use crate::api::web::sheet::Row;
use crate::domain::id::Id;
use crate::domain::time::Moment;
use crate::services::access::traces::Trace;
use crate::services::people::counter::AccessRow;
use crate::services::points::household_awards::HouseholdAward;
use actix_web::{HttpResponse, get};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct AccessQuery {
    /// Whose data was seen or changed.
    subject: Option<Id>,
    /// Who did it.
    actor: Option<Id>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct AccessView {
    id: Id,
    recorded_at: Moment,
    actor: Id,
    action: String,
    subject_kind: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<Id>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

/// An award that one of a household decided for another, now or once.
#[derive(Debug, Serialize, ToSchema)]
pub struct HouseholdAwardView {
    entry: i64,
    kind: String,
    recorded_at: Moment,
    effective_at: Moment,
    /// The user who proposed, made or approved it.
    decided_by: Id,
    member: Id,
    household: Id,
    /// When both lived there; without an end they still do.
    together_from: Moment,
    #[serde(skip_serializing_if = "Option::is_none")]
    together_until: Option<Moment>,
}

impl Row for AccessView {
    const TITLE: (&'static str, &'static str) = ("查阅记录", "access log");
    const COLUMNS: &'static [&'static str] =
        &["id", "recorded_at", "actor", "action", "subject_kind", "subject", "reason"];
}

impl Row for TraceView {
    const TITLE: (&'static str, &'static str) = ("谁看过我的资料", "access to my file");
    const COLUMNS: &'static [&'static str] = &["id", "recorded_at", "by", "action", "subject_kind", "reason"];
}

impl Row for HouseholdAwardView {
    const TITLE: (&'static str, &'static str) = ("同户授予", "household awards");
    const AT_ONCE: i64 = 5000;
    const COLUMNS: &'static [&'static str] = &[
        "entry",
        "kind",
        "effective_at",
        "recorded_at",
        "decided_by",
        "member",
        "household",
        "together_from",
        "together_until",
    ];
}

fn household_award_view(award: HouseholdAward) -> HouseholdAwardView {
    HouseholdAwardView {
        entry: award.entry,
        kind: award.kind.to_string(),
        recorded_at: award.recorded_at,
        effective_at: award.effective_at,
        decided_by: award.decided_by,
        member: award.member,
        household: award.household,
        together_from: award.together_from,
        together_until: award.together_until,
    }
}

/// A line about one's own file.
#[derive(Debug, Serialize, ToSchema)]
pub struct TraceView {
    id: Id,
    recorded_at: Moment,
    /// Who it was; absent for the program itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    by: Option<String>,
    action: String,
    /// `member` or `user`: one's file, or one's log-in.
    subject_kind: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

pub(in crate::api) fn trace_view(trace: Trace) -> TraceView {
    TraceView {
        id: trace.row.id,
        recorded_at: trace.row.recorded_at,
        by: trace.actor_name,
        action: trace.row.action,
        subject_kind: trace.row.subject_kind,
        reason: trace.row.reason,
    }
}

fn view(row: AccessRow) -> AccessView {
    AccessView {
        id: row.id,
        recorded_at: row.recorded_at,
        actor: row.actor_id,
        action: row.action,
        subject_kind: row.subject_kind,
        subject: row.subject_id,
        reason: row.reason,
    }
}

/// 查阅记录 · who saw or changed whose data, and why, newest first.
#[utoipa::path(tag = "audit", security(("bearer" = ["read_access_log"])), params(AccessQuery, OfDays, Paging),
    responses((status = 200, body = Page<AccessView>)))]
#[get("/v1/audit/access-log")]
pub async fn list_access(
    state: Shared,
    may: May<right::ReadAccessLog>,
    list: Listed<AccessQuery>,
) -> Result<HttpResponse, ApiError> {
    let Listed { query: AccessQuery { subject, actor }, list } = list;
    let read = async move |part: Part| {
        let before = part.after_as()?;
        let rows =
            state.services.access_log(&may.call(), subject, actor, part.days, before, part.limit).await?;
        Ok(rows.into_iter().map(|row| (row.id.to_string(), view(row))).collect())
    };
    list.respond(read).await
}

/// 谁看过我的资料 · who saw or changed one's own file, and why, newest first.
#[utoipa::path(tag = "audit", security(("bearer" = ["read_own"]), ("bearer" = ["read_access_log"])),
    params(("id" = Id, Path), OfDays, Paging), responses((status = 200, body = Page<TraceView>)))]
#[get("/v1/members/{id}/access-log")]
pub async fn list_own_access(
    state: Shared,
    may: May<Or<right::ReadOwn, right::ReadAccessLog>>,
    path: PathOf<Id>,
    list: Listed<NoFilter>,
) -> Result<HttpResponse, ApiError> {
    let read = async move |part: Part| {
        let before = part.after_as()?;
        let rows = state.services.own_access_log(&may.call(), path.0, part.days, before, part.limit).await?;
        Ok(rows.into_iter().map(|row| (row.row.id.to_string(), trace_view(row))).collect())
    };
    list.list.respond(read).await
}

/// 同户授予 · awards that one of a household decided for another one, at whatever time they lived together: for the auditor,
/// newest first.
#[utoipa::path(tag = "audit", security(("bearer" = ["read_access_log"])), params(OfDays, Paging),
    responses((status = 200, body = Page<HouseholdAwardView>)))]
#[get("/v1/audit/household-awards")]
pub async fn list_household_awards(
    state: Shared,
    may: May<right::ReadAccessLog>,
    list: Listed<NoFilter>,
) -> Result<HttpResponse, ApiError> {
    let read = async move |part: Part| {
        let before = part.after_as()?;
        let rows = state.services.household_awards(&may.call(), part.days, before, part.limit).await?;
        Ok(rows.into_iter().map(|row| (row.entry.to_string(), household_award_view(row))).collect())
    };
    list.list.respond(read).await
}
