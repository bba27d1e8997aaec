//! `/v1/gifts`, `/v1/donations`, `/v1/pools`, `/v1/gift-rules`: points that are given. `/v1/ledger/entries` is for raw
//! transfers of an operator.

use crate::api::ledger::passbook::points;
use crate::api::points::awards::ProposedView;
use crate::api::web::edge::Shared;
use crate::api::web::extract::{Ask, May, Or, PathOf, QueryOf, Seen, right};
use crate::api::web::fields::{PointsText, Reason, SearchText};
use crate::api::web::page::{Listed, OfDays, Page, Paging};
use crate::api::web::part::Part;
use crate::api::web::problem::ApiError;
use crate::api::web::receipt::{Answered, ReceiptView};
use crate::api::web::sheet::Row;
use crate::api::web::steps::{Schemas, Shown, add_schema};
use crate::auth::permissions::Actor;
use crate::domain::document::Document;
use crate::domain::id::Id;
use crate::domain::points::gift::{Gift, GiftForm, GiftRules, GiftState};
use crate::domain::time::Moment;
use crate::services::points::gifts::{GiftAsk, GiftFilter, GiftStanding, GiftTo};
use crate::services::points::pools::ReliefAsk;
use actix_web::http::header;
use actix_web::{HttpResponse, get, post, put};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GiftBody {
    /// The passbook number of the receiver.
    number: SearchText,
    points: PointsText,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DonationBody {
    points: PointsText,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReliefBody {
    points: PointsText,
    reason: Reason,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GiftRulesBody {
    /// Within a household.
    family: bool,
    /// To people of other households.
    neighbour: bool,
    /// To the pool of the giver's organisation.
    donation: bool,
    /// How many points one person gives on a day.
    points_a_day: PointsText,
    /// How many one person gives to the same person in a calendar month.
    points_a_person: PointsText,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct GiftRulesView {
    family: bool,
    neighbour: bool,
    donation: bool,
    points_a_day: String,
    points_a_person: String,
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ReceiverQuery {
    /// A passbook number.
    #[param(inline)]
    number: SearchText,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ReceiverView {
    /// Masked, but for one's own household.
    name: String,
    /// `family` or `neighbour`.
    form: String,
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct GiftsQuery {
    /// Who gave or received.
    member: Option<Id>,
    form: Option<GiftForm>,
    state: Option<GiftState>,
    /// Only those of the caller.
    #[serde(default)]
    own: bool,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct GiftView {
    id: Id,
    /// `family`, `neighbour`, `donation` to a pool, or `relief` out of one.
    form: String,
    /// `made`, `asked_back`, `returned` or `kept`.
    state: String,
    points: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    giver: Option<Id>,
    /// Masked for the other of the two, but within a household.
    #[serde(skip_serializing_if = "Option::is_none")]
    giver_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    receiver: Option<Id>,
    #[serde(skip_serializing_if = "Option::is_none")]
    receiver_name: Option<String>,
    /// Whose pool it is, or where the giver belongs.
    org: Id,
    #[serde(skip_serializing_if = "Option::is_none")]
    org_name: Option<String>,
    gift_made_at: Moment,
    #[serde(skip_serializing_if = "Option::is_none")]
    asked_back_at: Option<Moment>,
    #[serde(skip_serializing_if = "Option::is_none")]
    gift_ended_at: Option<Moment>,
    #[serde(skip_serializing_if = "Option::is_none")]
    entry: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    return_entry: Option<i64>,
}

/// A receipt with the gift.
#[derive(Debug, Serialize, ToSchema)]
pub struct GiftReceiptView {
    #[serde(flatten)]
    receipt: ReceiptView,
    gift: GiftView,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct PoolView {
    org: Id,
    org_name: String,
    /// What may be given out now.
    available: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct PoolsView {
    items: Vec<PoolView>,
}

impl Row for GiftView {
    const TITLE: (&'static str, &'static str) = ("赠送", "gifts");
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "form",
        "state",
        "points",
        "giver",
        "giver_name",
        "receiver",
        "receiver_name",
        "org",
        "org_name",
        "gift_made_at",
        "asked_back_at",
        "gift_ended_at",
        "entry",
        "return_entry",
    ];
}

fn bare(gift: Gift) -> GiftView {
    GiftView {
        id: gift.id,
        form: gift.form.to_string(),
        state: gift.state.to_string(),
        points: points(gift.points),
        giver: gift.giver_id,
        giver_name: None,
        receiver: gift.receiver_id,
        receiver_name: None,
        org: gift.org_id,
        org_name: None,
        gift_made_at: gift.given_at,
        asked_back_at: gift.asked_back_at,
        gift_ended_at: gift.ended_at,
        entry: gift.entry_number,
        return_entry: gift.return_entry,
    }
}

pub fn gift_view(standing: GiftStanding) -> GiftView {
    let GiftStanding { gift, giver, receiver, org, .. } = standing;
    GiftView { giver_name: giver, receiver_name: receiver, org_name: Some(org), ..bare(gift) }
}

/// The receipt with the gift, and without what the other one has.
fn answer(answered: Answered) -> Result<HttpResponse, ApiError> {
    let answered = answered.without_balances();
    let found = answered.documents().iter().find_map(|document| match document {
        Document::Gift(gift) => Some(gift.clone()),
        _ => None,
    });
    let Some(gift) = found else { return answered.respond() };
    let shown = serde_json::to_value(bare(gift)).map_err(|error| ApiError::Internal(error.to_string()))?;
    answered.with("gift", shown).respond()
}

fn rules_view(rules: GiftRules) -> GiftRulesView {
    GiftRulesView {
        family: rules.family,
        neighbour: rules.neighbour,
        donation: rules.donation,
        points_a_day: points(rules.points_a_day),
        points_a_person: points(rules.points_a_person),
    }
}

fn rules_answer((rules, version): (GiftRules, i64)) -> HttpResponse {
    HttpResponse::Ok().insert_header((header::ETAG, format!("\"{version}\""))).json(rules_view(rules))
}

/// 赠送 · gives points of one's own to a person of the household or to a neighbour, with their expiry, as far as the bank
/// allows it.
#[utoipa::path(tag = "gifts", security(("bearer" = ["give_points"])), request_body = GiftBody,
    responses((status = 201, body = GiftReceiptView)))]
#[post("/v1/gifts")]
pub async fn give_points(
    state: Shared,
    may: May<right::GivePoints>,
    ask: Ask<GiftBody>,
) -> Result<HttpResponse, ApiError> {
    let call = ask.keyed.money_call(&may.actor)?;
    let GiftBody { number, points } = ask.body;
    let gift = GiftAsk { to: GiftTo::Person(number.into()), points: points.minor() };
    answer(Answered::created(state.services.give(&call, gift).await?))
}

/// 赠入互助积分池 · gives points of one's own to the pool of the own organisation, for those in need.
#[utoipa::path(tag = "gifts", security(("bearer" = ["give_points"])), request_body = DonationBody,
    responses((status = 201, body = GiftReceiptView)))]
#[post("/v1/donations")]
pub async fn donate_points(
    state: Shared,
    may: May<right::GivePoints>,
    ask: Ask<DonationBody>,
) -> Result<HttpResponse, ApiError> {
    let call = ask.keyed.money_call(&may.actor)?;
    let gift = GiftAsk { to: GiftTo::Pool, points: ask.body.points.minor() };
    answer(Answered::created(state.services.give(&call, gift).await?))
}

/// 核对受赠人 · whom a passbook number means, before anything is given.
#[utoipa::path(tag = "gifts", security(("bearer" = ["give_points"])), params(ReceiverQuery),
    responses((status = 200, body = ReceiverView)))]
#[get("/v1/gift-receivers")]
pub async fn find_receiver(
    state: Shared,
    may: May<right::GivePoints>,
    query: QueryOf<ReceiverQuery>,
) -> Result<HttpResponse, ApiError> {
    let found = state.services.gift_receiver(&may.call(), query.0.number.into()).await?;
    Ok(HttpResponse::Ok().json(ReceiverView { name: found.name, form: found.form.to_string() }))
}

type Readers = Or<right::ReadAwards, right::GivePoints>;

/// 赠送一览 · gifts, newest first: all within reach, those of a member, or the caller's own on either side.
#[utoipa::path(tag = "gifts", security(("bearer" = ["read_awards"]), ("bearer" = ["give_points"])),
    params(GiftsQuery, OfDays, Paging), responses((status = 200, body = Page<GiftView>)))]
#[get("/v1/gifts")]
pub async fn list_gifts(
    state: Shared,
    may: May<Readers>,
    list: Listed<GiftsQuery>,
) -> Result<HttpResponse, ApiError> {
    let Listed { query, list } = list;
    let read = async move |part: Part| {
        let filter = GiftFilter {
            form: query.form,
            state: query.state,
            days: part.days,
            before: part.after_as()?,
            ..GiftFilter::default()
        };
        let of = (query.member, query.own);
        let rows = state.services.gifts(&may.call(), filter, of, part.limit).await?;
        Ok(rows.into_iter().map(|one| (one.gift.id.to_string(), gift_view(one))).collect())
    };
    list.respond(read).await
}

/// 一笔赠送 · one that the caller gave or received, or one within reach.
#[utoipa::path(tag = "gifts", security(("bearer" = ["read_awards"]), ("bearer" = ["give_points"])),
    params(("id" = Id, Path)), responses((status = 200, body = GiftView)))]
#[get("/v1/gifts/{id}")]
pub async fn read_gift(state: Shared, may: May<Readers>, path: PathOf<Id>) -> Result<HttpResponse, ApiError> {
    Ok(HttpResponse::Ok().json(gift_view(state.services.one_gift(&may.call(), path.0).await?)))
}

/// 互助积分池 · the pools within reach, with what may be given out.
#[utoipa::path(tag = "gifts", security(("bearer" = ["read_awards"])), responses((status = 200, body = PoolsView)))]
#[get("/v1/pools")]
pub async fn list_pools(state: Shared, may: May<right::ReadAwards>) -> Result<HttpResponse, ApiError> {
    let pools = state.services.pools(&may.call()).await?.into_iter();
    let view = |pool: crate::services::points::pools::PoolStanding| PoolView {
        org: pool.org,
        org_name: pool.name,
        available: points(pool.available),
    };
    Ok(HttpResponse::Ok().json(PoolsView { items: pools.map(view).collect() }))
}

/// 提请发放 · proposes to give a member points out of the pool of their organisation. A second person agrees or turns it
/// down among the proposals of awards.
#[utoipa::path(tag = "gifts", security(("bearer" = ["make_awards"])), request_body = ReliefBody,
    params(("id" = Id, Path)), responses((status = 202, body = ProposedView)))]
#[post("/v1/members/{id}/reliefs")]
pub async fn propose_relief(
    state: Shared,
    may: May<right::MakeAwards>,
    path: PathOf<Id>,
    ask: Ask<ReliefBody>,
) -> Result<HttpResponse, ApiError> {
    let call = ask.keyed.money_call(&may.actor)?;
    let ReliefBody { points, reason } = ask.body;
    let ask = ReliefAsk { member: path.0, points: points.minor(), reason: reason.into() };
    let (proposal, hit) = state.services.propose_relief(&call, ask).await?;
    let mut answer = HttpResponse::Accepted();
    if hit {
        answer.insert_header(("Idempotency-Hit", "true"));
    }
    Ok(answer.json(ProposedView::of(proposal)))
}

/// 赠送规则 · which gifts the bank allows, and how much.
#[utoipa::path(tag = "gifts", security(("bearer" = ["give_points"]), ("bearer" = ["manage_bank"])),
    responses((status = 200, body = GiftRulesView)))]
#[get("/v1/gift-rules")]
pub async fn read_gift_rules(
    state: Shared,
    may: May<Or<right::GivePoints, right::ManageBank>>,
) -> Result<HttpResponse, ApiError> {
    Ok(rules_answer(state.services.gift_rules(&may.call()).await?))
}

/// 开放赠送 · says which gifts the bank allows, over the version that was read (`If-Match`).
#[utoipa::path(tag = "gifts", security(("bearer" = ["manage_bank"])), request_body = GiftRulesBody,
    responses((status = 200, body = GiftRulesView)))]
#[put("/v1/gift-rules")]
pub async fn set_gift_rules(
    state: Shared,
    may: May<right::ManageBank>,
    seen: Seen,
    ask: Ask<GiftRulesBody>,
) -> Result<HttpResponse, ApiError> {
    let body = ask.body;
    let rules = GiftRules {
        family: body.family,
        neighbour: body.neighbour,
        donation: body.donation,
        points_a_day: body.points_a_day.minor(),
        points_a_person: body.points_a_person.minor(),
    };
    Ok(rules_answer(state.services.set_gift_rules(&ask.keyed.call(&may.actor), rules, seen.0).await?))
}

impl Shown for Gift {
    const SCHEMAS: (&'static str, &'static str) = ("", "GiftReceiptView");

    fn schemas(schemas: &mut Schemas) {
        add_schema::<GiftReceiptView>(schemas);
    }

    fn receipt(_: &Actor, answered: Answered) -> Result<HttpResponse, ApiError> {
        answer(answered)
    }
}
