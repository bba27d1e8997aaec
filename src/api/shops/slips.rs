//! `/v1/slips`: numbered paper slips of shops without a network.

use super::redemptions::{CartLine, RedemptionReceiptView, answer, cart, fault};
use crate::api::web::edge::Shared;
use crate::api::web::extract::{Ask, May, Or, right};
use crate::api::web::faults::FieldFault;
use crate::api::web::fields::{CardText, ListOf, SlipCount, SlipText};
use crate::api::web::page::{Listed, OfDays, Page, Paging};
use crate::api::web::part::Part;
use crate::api::web::problem::ApiError;
use crate::api::web::receipt::Answered;
use crate::api::web::sheet::Row;
use crate::domain::id::Id;
use crate::domain::time::{Day, Moment};
use crate::services::shops::slips::{SlipAsk, SlipFilter, SlipRow};
use actix_web::{HttpResponse, get, post};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PrintSlipsBody {
    merchant: Id,
    /// How many slips.
    count: SlipCount,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct PrintedSlipsView {
    #[schema(max_items = 200)]
    items: Vec<SlipView>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct SlipView {
    number: i64,
    /// What stands on it, number and check letters: answered when it is printed.
    #[serde(skip_serializing_if = "Option::is_none")]
    slip: Option<String>,
    merchant: Id,
    printed_at: Moment,
    #[serde(skip_serializing_if = "Option::is_none")]
    entered_at: Option<Moment>,
    /// What was entered from it.
    #[serde(skip_serializing_if = "Option::is_none")]
    redemption: Option<Id>,
}

impl Row for SlipView {
    const TITLE: (&'static str, &'static str) = ("登记单", "slips");
    const COLUMNS: &'static [&'static str] =
        &["number", "slip", "merchant", "printed_at", "entered_at", "redemption"];
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct SlipsQuery {
    merchant: Option<Id>,
    /// `true`: entered already; `false`: not yet.
    entered: Option<bool>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EnterSlipBody {
    slip: SlipText,
    /// What stands on the person's card.
    card: Option<CardText>,
    /// The person, instead of the card: by community staff.
    member: Option<Id>,
    /// The day that stands on the slip: it is entered on that day.
    day: Day,
    #[schema(value_type = Vec<CartLine>, min_items = 1, max_items = 50)]
    lines: ListOf<CartLine, 1, 50>,
}

fn view(row: SlipRow, slip: Option<String>) -> SlipView {
    SlipView {
        number: row.number,
        slip,
        merchant: row.merchant_id,
        printed_at: row.printed_at,
        entered_at: row.entered_at,
        redemption: row.redemption_id,
    }
}

/// 印登记单 · new slips for a shop, with the next numbers of the bank.
#[utoipa::path(tag = "redeeming", security(("bearer" = ["redeem_on_behalf"])), request_body = PrintSlipsBody,
    responses((status = 201, body = PrintedSlipsView)))]
#[post("/v1/slips")]
pub async fn print_slips(
    state: Shared,
    may: May<right::RedeemOnBehalf>,
    ask: Ask<PrintSlipsBody>,
) -> Result<HttpResponse, ApiError> {
    let call = ask.keyed.call(&may.actor);
    let numbers = state.services.print_slips(&call, ask.body.merchant, ask.body.count.get()).await?;
    let slips = state.services.slips_to_print(&may.call(), numbers).await?;
    let items = slips.into_iter().map(|(slip, _)| view(slip.row, Some(slip.text))).collect();
    Ok(HttpResponse::Created().json(PrintedSlipsView { items }))
}

/// 登记单 · slips, the highest number first, of the days on which they were printed: of the own shop, or of shops within
/// reach. What the district covers of them is in the list of redemptions (`covered`).
#[utoipa::path(tag = "redeeming", security(("bearer" = ["read_redemptions"]), ("bearer" = ["claim_codes"])),
    params(SlipsQuery, OfDays, Paging), responses((status = 200, body = Page<SlipView>)))]
#[get("/v1/slips")]
pub async fn list_slips(
    state: Shared,
    may: May<Or<right::ReadRedemptions, right::ClaimCodes>>,
    list: Listed<SlipsQuery>,
) -> Result<HttpResponse, ApiError> {
    let Listed { query, list } = list;
    let read = async move |part: Part| {
        let filter = SlipFilter {
            merchant: query.merchant,
            entered: query.entered,
            days: part.days,
            before: part.after_as()?,
            ..SlipFilter::default()
        };
        let rows = state.services.slips(&may.call(), filter, part.limit).await?;
        Ok(rows.into_iter().map(|row| (row.number.to_string(), view(row, None))).collect())
    };
    list.respond(read).await
}

/// 补录登记单 · enters a slip on the day on which it was written: the shop is paid whole, what the balance lacks the
/// district covers.
#[utoipa::path(tag = "redeeming", security(("bearer" = ["claim_codes"]), ("bearer" = ["redeem_on_behalf"])),
    request_body = EnterSlipBody, responses((status = 201, body = RedemptionReceiptView)))]
#[post("/v1/slips/enter")]
pub async fn enter_slip(
    state: Shared,
    may: May<Or<right::ClaimCodes, right::RedeemOnBehalf>>,
    ask: Ask<EnterSlipBody>,
) -> Result<HttpResponse, ApiError> {
    let call = ask.keyed.money_call(&may.actor)?;
    let body = ask.body;
    match (&body.card, body.member) {
        (None, None) => return Err(fault("card", FieldFault::Missing)),
        (Some(_), Some(_)) => return Err(fault("member", FieldFault::Refused)),
        _ => {}
    }
    let slip = SlipAsk {
        slip: body.slip.into(),
        card: body.card.map(String::from),
        member: body.member,
        day: body.day,
        lines: cart(&body.lines)?,
    };
    answer(&may.actor, Answered::created(state.services.enter_slip(&call, slip).await?))
}
