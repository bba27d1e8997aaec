//! `/v1/members/{id}/owed`: what a member still has to give back, why, and who asks that it be waived.

use super::awards::ProposedView;
use super::edge::{Shared, language};
use super::extract::{Ask, May, Or, PathOf, right};
use super::fields::{EntryNumber, PointsText, Reason};
use super::problem::ApiError;
use crate::domain::amount;
use crate::domain::id::Id;
use crate::domain::time::Moment;
use crate::services::owed::{Owing, WaiverAsk};
use actix_web::{HttpRequest, HttpResponse, get, post};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// 待追回 · one debt with its reason.
#[derive(Debug, Serialize, ToSchema)]
pub struct OwingView {
    /// The entry that took back what was left.
    entry: i64,
    /// The entry that was taken back.
    #[serde(skip_serializing_if = "Option::is_none")]
    reverses: Option<i64>,
    /// `service_record/…` or `award/…`.
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<String>,
    asset: String,
    amount: String,
    /// What is still open of it.
    left: String,
    recorded_at: Moment,
    /// Why it was taken back.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// All of it in one sentence, in the language asked for.
    sentence: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct OwedView {
    /// The oldest first: in this order they are paid.
    items: Vec<OwingView>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WaiverBody {
    /// The entry that left it owed.
    entry: EntryNumber,
    /// Left out: all that is open of it.
    #[serde(default)]
    points: Option<PointsText>,
    reason: Reason,
}

fn view(row: Owing) -> OwingView {
    let text = |minor| amount::format(minor, row.asset.decimals());
    OwingView {
        entry: row.entry,
        reverses: row.reverses,
        amount: text(row.amount),
        left: text(row.left),
        asset: row.asset.to_string(),
        source: row.source,
        recorded_at: row.recorded_at,
        reason: row.reason,
        sentence: row.sentence,
    }
}

/// 待追回 · what a member still has to give back, each with its reason.
#[utoipa::path(tag = "passbook", security(("bearer" = ["read_members"]), ("bearer" = ["read_own"])),
    params(("id" = Id, Path)), responses((status = 200, body = OwedView)))]
#[get("/v1/members/{id}/owed")]
pub async fn list_owed(
    state: Shared,
    request: HttpRequest,
    may: May<Or<right::ReadMembers, right::ReadOwn>>,
    path: PathOf<Id>,
) -> Result<HttpResponse, ApiError> {
    let rows = state.services.owed(&may.call(), path.0, language(&request)).await?;
    Ok(HttpResponse::Ok().json(OwedView { items: rows.into_iter().map(view).collect() }))
}

/// 提请豁免 · asks that what is owed be waived. A second person agrees or turns it down among the proposals of awards.
#[utoipa::path(tag = "passbook", security(("bearer" = ["make_awards"])), request_body = WaiverBody,
    params(("id" = Id, Path)), responses((status = 202, body = ProposedView)))]
#[post("/v1/members/{id}/owed/waivers")]
pub async fn propose_waiver(
    state: Shared,
    may: May<right::MakeAwards>,
    path: PathOf<Id>,
    ask: Ask<WaiverBody>,
) -> Result<HttpResponse, ApiError> {
    let call = ask.keyed.money_call(&may.actor)?;
    let WaiverBody { entry, points, reason } = ask.body;
    let ask = WaiverAsk {
        member: path.0,
        entry: entry.get(),
        amount: points.map(PointsText::minor),
        reason: reason.into(),
    };
    let (proposal, hit) = state.services.propose_waiver(&call, ask).await?;
    let mut answer = HttpResponse::Accepted();
    if hit {
        answer.insert_header(("Idempotency-Hit", "true"));
    }
    Ok(answer.json(ProposedView::of(proposal)))
}
