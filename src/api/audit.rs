//! `/v1/audit`: who saw what, and why.

use super::edge::Shared;
use super::extract::{May, right};
use super::page::{Listed, Page, Paging};
use super::problem::ApiError;
use crate::domain::id::Id;
use crate::domain::time::Moment;
use crate::services::people::AccessRow;
use actix_web::{HttpResponse, get};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct AccessQuery {
    /// Whose data was seen or changed.
    #[serde(default)]
    subject: Option<Id>,
    /// Who did it.
    #[serde(default)]
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
#[utoipa::path(tag = "audit", security(("bearer" = ["read_access_log"])), params(AccessQuery, Paging),
    responses((status = 200, body = Page<AccessView>)))]
#[get("/v1/audit/access-log")]
pub async fn list_access(
    state: Shared,
    may: May<right::ReadAccessLog>,
    list: Listed<AccessQuery>,
) -> Result<HttpResponse, ApiError> {
    let AccessQuery { subject, actor } = list.query;
    let rows = state.services.access_log(&may.call(), subject, actor, list.after_as()?, list.fetch()).await?;
    list.respond(rows, |row| row.id.to_string(), view)
}
