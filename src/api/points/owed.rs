//! `/v1/members/{id}/owed`: what a member owes, why, and requests to waive it.

use super::awards::ProposedView;
use crate::api::web::edge::{Shared, language};
use crate::api::web::extract::{Ask, May, Or, PathOf, right};
use crate::api::web::faults::{FieldError, FieldFault, Place};
use crate::api::web::fields::{EntryNumber, PointsText, Reason};
use crate::api::web::page::{Listed, NoFilter, OfDays, Page, Paging};
use crate::api::web::part::Part;
use crate::api::web::problem::ApiError;
use crate::api::web::sheet::Row;
use crate::domain::amount;
use crate::domain::id::Id;
use crate::domain::time::Moment;
use crate::services::points::owed::{Owing, WaiverAsk};
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

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WaiverBody {
    /// The entry that left it owed.
    entry: EntryNumber,
    /// Left out: all that is open of it.
    points: Option<PointsText>,
    reason: Reason,
}

impl Row for OwingView {
    const TITLE: (&'static str, &'static str) = ("待追回", "owed");
    const COLUMNS: &'static [&'static str] =
        &["entry", "reverses", "source", "asset", "amount", "left", "recorded_at", "reason", "sentence"];
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

/// 待追回 · what a member still has to give back, each with its reason: the oldest first, in this order they are paid; of
/// the days on which it was left owed.
#[utoipa::path(tag = "passbook", security(("bearer" = ["read_members"]), ("bearer" = ["read_own"])),
    params(("id" = Id, Path), OfDays, Paging), responses((status = 200, body = Page<OwingView>)))]
#[get("/v1/members/{id}/owed")]
pub async fn list_owed(
    state: Shared,
    request: HttpRequest,
    may: May<Or<right::ReadMembers, right::ReadOwn>>,
    path: PathOf<Id>,
    list: Listed<NoFilter>,
) -> Result<HttpResponse, ApiError> {
    let language = language(&request);
    let read = async move |part: Part| {
        let after = part.after.as_deref().map(place).transpose()?;
        let rows = state.services.owed(&may.call(), path.0, part.days, language).await?.into_iter();
        let rows = rows.filter(|row| after.is_none_or(|after| row.place > after));
        let most = usize::try_from(part.limit).unwrap_or(usize::MAX);
        let placed = |row: Owing| (format!("{}.{}.{}", row.place.0, row.place.1, row.place.2), view(row));
        Ok(rows.take(most).map(placed).collect())
    };
    list.list.respond(read).await
}

/// Parses a cursor into asset, entry and number of a debt.
fn place(text: &str) -> Result<(usize, i64, i64), ApiError> {
    let mut parts = text.splitn(3, '.');
    let mut read =
        || Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?, parts.next()?.parse().ok()?));
    read().ok_or_else(|| FieldError::new(Place::Query, "cursor", FieldFault::BadCursor).into())
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
