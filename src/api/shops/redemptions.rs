//! `/v1/codes` and `/v1/redemptions`: redeeming points for goods.

use crate::api::web::edge::Shared;
use crate::api::web::extract::{AnyOf, Ask, Keyed, May, Or, PathOf, right};
use crate::api::web::faults::{FieldError, FieldFault, Place};
use crate::api::web::fields::{CodeText, ListOf, PinText, PointsText, Quantity};
use crate::api::web::page::{Listed, OfDays, Page, Paging};
use crate::api::web::part::Part;
use crate::api::web::problem::ApiError;
use crate::api::web::receipt::Answered;
use crate::api::web::sheet::Row;
use crate::api::web::steps::{self, Schemas, Shown, add_schema};
use crate::auth::passwords::Password;
use crate::auth::permissions::Actor;
use crate::domain::amount;
use crate::domain::document::Document;
use crate::domain::id::Id;
use crate::domain::life_cycle::Step;
use crate::domain::life_cycles::{CAPTURE_REDEMPTION, REFUND_REDEMPTION};
use crate::domain::shops::redemption::{Presence, Redemption, RedemptionState};
use crate::domain::time::Moment;
use crate::services::service::records::DocumentFilter;
use crate::services::shops::codes::{Claimed, ShownCode};
use crate::services::shops::redemptions::{Pieces, RedeemAsk};
use actix_web::HttpRequest;
use actix_web::http::header;
use actix_web::{HttpResponse, get, post};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

#[derive(Debug, Serialize, ToSchema)]
pub struct CodeView {
    id: Id,
    /// The text behind the QR picture: 128 bits. Shown once.
    link: String,
    /// For typing.
    digits: String,
    expires_at: Moment,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClaimBody {
    /// The digits, or the text of the QR picture.
    code: CodeText,
    /// Asks whether the balance covers these points; the balance itself is never disclosed.
    points: Option<PointsText>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ClaimedView {
    /// Names the code from here on.
    code: Id,
    surname: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    enough: Option<bool>,
    claim_until: Moment,
}

impl ClaimedView {
    pub(super) fn of(claimed: Claimed) -> Self {
        let Claimed { code, surname, enough, claim_until, .. } = claimed;
        ClaimedView { code, surname, enough, claim_until }
    }
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CartLine {
    offer: Id,
    quantity: Quantity,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RedeemBody {
    /// A code that this shop has claimed.
    code: Option<Id>,
    /// 代办 · a member at the community counter, without a code.
    on_behalf_of: Option<Id>,
    /// The shop, with `on_behalf_of`.
    merchant: Option<Id>,
    /// Of a claimed card, as its holder typed it.
    pin: Option<PinText>,
    #[schema(value_type = Vec<CartLine>, min_items = 1, max_items = 50)]
    lines: ListOf<CartLine, 1, 50>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PiecesLine {
    offer: Id,
    quantity: Quantity,
}

/// Which pieces; what is not listed is none. Left out altogether: all of them.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PiecesBody {
    #[schema(value_type = Option<Vec<PiecesLine>>, max_items = 50)]
    lines: Option<ListOf<PiecesLine, 1, 50>>,
}

/// Which pieces come back; what is not listed is none. Left out altogether: all of them.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RefundBody {
    #[schema(value_type = Option<Vec<PiecesLine>>, max_items = 50)]
    lines: Option<ListOf<PiecesLine, 1, 50>>,
    /// Whether the goods go back on the shelf. `false`: they did not come back, or cannot be sold again; only the points
    /// are given back. Left out: they do.
    goods_back: Option<bool>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct RedemptionView {
    id: Id,
    /// `held`, `captured`, `cancelled`, `part_refunded`, `refunded`; `expired` once the hold has run out.
    state: String,
    member: Id,
    merchant: Id,
    on_behalf: bool,
    /// How the person was present: `code`, `card`, `counter`, or `slip`.
    presence: String,
    /// The number of the paper slip from which it was entered.
    #[serde(skip_serializing_if = "Option::is_none")]
    slip_number: Option<i64>,
    /// 代办人 · the proxy with whose code it was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    proxy: Option<Id>,
    /// Of a slip above the balance: the part of the points that the district still covers.
    #[serde(skip_serializing_if = "Option::is_none")]
    points_covered: Option<String>,
    made_at: Moment,
    #[serde(skip_serializing_if = "Option::is_none")]
    captured_at: Option<Moment>,
    points_held: String,
    points_captured: String,
    points_refunded: String,
    /// Yuan that the shop takes beside the points.
    cash: String,
    lines: Vec<LineView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hold_entry: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    capture_entry: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_refund_entry: Option<i64>,
    version: i64,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct LineView {
    offer: Id,
    quantity: i64,
    captured: i64,
    refunded: i64,
    unit_points: String,
    unit_cash: String,
}

/// The receipt of a redemption, with the redemption after it.
#[derive(Debug, Serialize, ToSchema)]
pub struct RedemptionReceiptView {
    #[serde(flatten)]
    receipt: crate::api::web::receipt::ReceiptView,
    redemption: RedemptionView,
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct RedemptionsQuery {
    state: Option<RedemptionState>,
    member: Option<Id>,
    merchant: Option<Id>,
    /// How the person was present.
    presence: Option<Presence>,
    /// `true`: only those of which the district covers a part.
    covered: Option<bool>,
}

impl Row for RedemptionView {
    const TITLE: (&'static str, &'static str) = ("兑换记录", "redemptions");
    const AT_ONCE: i64 = 200;
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "state",
        "member",
        "merchant",
        "on_behalf",
        "presence",
        "slip_number",
        "proxy",
        "points_covered",
        "made_at",
        "captured_at",
        "points_held",
        "points_captured",
        "points_refunded",
        "cash",
        "lines",
        "hold_entry",
        "capture_entry",
        "last_refund_entry",
        "version",
    ];
}

/// A shop does not see what the district covers: it would disclose the balance.
pub(in crate::api) fn view(redemption: Redemption, expired: bool, actor: &Actor) -> RedemptionView {
    let points = |minor| amount::format(minor, 2);
    let held = redemption.state == RedemptionState::Held;
    let lines = redemption.lines.iter().map(|line| LineView {
        offer: line.offer_id,
        quantity: line.quantity,
        captured: line.captured_quantity,
        refunded: line.refunded_quantity,
        unit_points: points(line.unit_points),
        unit_cash: points(line.unit_cash_fen),
    });
    RedemptionView {
        id: redemption.id,
        state: if held && expired { "expired".to_owned() } else { redemption.state.to_string() },
        member: redemption.member_id,
        merchant: redemption.merchant_id,
        on_behalf: redemption.on_behalf,
        presence: redemption.presence().to_string(),
        slip_number: redemption.slip_number,
        proxy: redemption.proxy_id,
        points_covered: redemption.points_covered.filter(|_| actor.merchant.is_none()).map(points),
        made_at: redemption.made_at,
        captured_at: redemption.captured_at,
        points_held: points(redemption.points_held),
        points_captured: points(redemption.points_captured),
        points_refunded: points(redemption.points_refunded),
        cash: points(redemption.cash_fen),
        lines: lines.collect(),
        hold_entry: redemption.hold_entry,
        capture_entry: redemption.capture_entry,
        last_refund_entry: redemption.last_refund_entry,
        version: redemption.version,
    }
}

/// The receipt together with the redemption after the step. Shop staff see no balance.
pub(super) fn answer(actor: &Actor, answered: Answered) -> Result<HttpResponse, ApiError> {
    let answered = if actor.merchant.is_some() { answered.without_balances() } else { answered };
    let found = answered.documents().iter().find_map(|document| match document {
        Document::Redemption(redemption) => Some(redemption.clone()),
        _ => None,
    });
    let Some(redemption) = found else { return answered.respond() };
    let shown = serde_json::to_value(view(redemption, false, actor));
    answered.with("redemption", shown.map_err(|error| ApiError::Internal(error.to_string()))?).respond()
}

/// 出示兑换码 · a new code for oneself: good for a minute, used once; it invalidates the one before.
#[utoipa::path(tag = "redeeming", security(("bearer" = ["show_code"])), responses((status = 201, body = CodeView)))]
#[post("/v1/codes")]
pub async fn show_code(
    state: Shared,
    may: May<right::ShowCode>,
    keyed: Keyed,
) -> Result<HttpResponse, ApiError> {
    let call = keyed.call(&may.actor);
    Ok(shown(state.services.show_code(&call, state.config.times.code_seconds).await?))
}

fn shown(code: ShownCode) -> HttpResponse {
    HttpResponse::Created().insert_header((header::CACHE_CONTROL, "no-store")).json(CodeView {
        id: code.id,
        link: code.secret,
        digits: code.digits,
        expires_at: code.expires_at,
    })
}

/// 代办出示兑换码 · a new code for a member for whom the caller acts, within the limits of the proxy. Both are told.
#[utoipa::path(tag = "redeeming", security(("bearer" = ["act_for_members"])), params(("id" = Id, Path)),
    responses((status = 201, body = CodeView)))]
#[post("/v1/members/{id}/codes")]
pub async fn show_code_as_proxy(
    state: Shared,
    may: May<right::ActForMembers>,
    path: PathOf<Id>,
    keyed: Keyed,
) -> Result<HttpResponse, ApiError> {
    let (call, seconds) = (keyed.call(&may.actor), state.config.times.code_seconds);
    Ok(shown(state.services.show_code_as_proxy(&call, path.0, seconds).await?))
}

/// 扫码 · a shop claims a code: it learns the surname and whether the points are there, nothing more.
#[utoipa::path(tag = "redeeming", security(("bearer" = ["claim_codes"])), request_body = ClaimBody,
    responses((status = 200, body = ClaimedView)))]
#[post("/v1/codes/claim")]
pub async fn claim_code(
    state: Shared,
    may: May<right::ClaimCodes>,
    ask: Ask<ClaimBody>,
) -> Result<HttpResponse, ApiError> {
    let points = ask.body.points.map(|points| points.minor());
    let seconds = state.config.times.claim_seconds;
    let call = ask.keyed.call(&may.actor);
    let claimed = state.services.claim_code(&call, ask.body.code.into(), points, seconds).await?;
    Ok(HttpResponse::Ok().json(ClaimedView::of(claimed)))
}

type AtTheCounter = Or<right::ClaimCodes, right::RedeemOnBehalf>;

pub(super) fn fault(path: impl Into<String>, fault: FieldFault) -> ApiError {
    FieldError::new(Place::Body, path, fault).into()
}

/// Offers and pieces; an offer may appear only once.
pub(super) fn cart(listed: &ListOf<CartLine, 1, 50>) -> Result<Vec<(Id, i64)>, ApiError> {
    let mut lines: Vec<(Id, i64)> = Vec::with_capacity(listed.0.len());
    for (index, line) in listed.0.iter().enumerate() {
        if lines.iter().any(|(offer, _)| *offer == line.offer) {
            return Err(fault(format!("lines[{index}].offer"), FieldFault::Duplicate));
        }
        lines.push((line.offer, line.quantity.get()));
    }
    Ok(lines)
}

/// 兑换 · holds points and goods for a cart.
#[utoipa::path(tag = "redeeming", security(("bearer" = ["claim_codes"]), ("bearer" = ["redeem_on_behalf"])),
    request_body = RedeemBody, responses((status = 201, body = RedemptionReceiptView)))]
#[post("/v1/redemptions")]
pub async fn redeem(
    state: Shared,
    may: May<AtTheCounter>,
    ask: Ask<RedeemBody>,
) -> Result<HttpResponse, ApiError> {
    let call = ask.keyed.money_call(&may.actor)?;
    let body = ask.body;
    match (body.code, body.on_behalf_of, body.merchant) {
        (None, None, _) => return Err(fault("code", FieldFault::Missing)),
        (Some(_), Some(_), _) => return Err(fault("on_behalf_of", FieldFault::Refused)),
        (None, Some(_), None) => return Err(fault("merchant", FieldFault::Missing)),
        _ => {}
    }
    let lines = cart(&body.lines)?;
    let redeem = RedeemAsk {
        code: body.code,
        on_behalf_of: body.on_behalf_of,
        merchant: body.merchant,
        pin: body.pin.map(|pin| Password::new(String::from(pin))),
        lines,
        hold_seconds: state.config.times.hold_seconds,
    };
    answer(&may.actor, Answered::created(state.services.redeem(&call, redeem).await?))
}

/// Pieces by offer; an offer may appear only once.
fn pieces(lines: Option<ListOf<PiecesLine, 1, 50>>) -> Result<Option<Pieces>, ApiError> {
    let Some(listed) = lines else { return Ok(None) };
    let mut pieces: Pieces = Vec::with_capacity(listed.0.len());
    for (index, line) in listed.0.iter().enumerate() {
        if pieces.iter().any(|(offer, _)| *offer == line.offer) {
            return Err(fault(format!("lines[{index}].offer"), FieldFault::Duplicate));
        }
        pieces.push((line.offer, line.quantity.get()));
    }
    Ok(Some(pieces))
}

/// A step over everything, or over some pieces of some lines.
async fn take_pieces(
    state: &Shared,
    request: &HttpRequest,
    may: &May<AtTheCounter>,
    keyed: Keyed,
    (step, id): (&'static Step, Id),
    (lines, goods_back): (Option<ListOf<PiecesLine, 1, 50>>, Option<bool>),
) -> Result<HttpResponse, ApiError> {
    // Checks the key before anything else.
    keyed.money_call(&may.actor)?;
    let pieces = pieces(lines)?.map(|pieces| ("pieces".to_owned(), serde_json::json!(pieces)));
    let goods_back = goods_back.map(|back| ("goods_back".to_owned(), serde_json::json!(back)));
    let step = (step, id, pieces.into_iter().chain(goods_back).collect());
    steps::respond::<Redemption>(state, request, &may.actor, &keyed, step).await
}

/// 交付 · hands the goods over: everything held, or fewer pieces.
#[utoipa::path(tag = "redeeming", security(("bearer" = ["claim_codes"]), ("bearer" = ["redeem_on_behalf"])),
    request_body = PiecesBody, params(("id" = Id, Path)), responses((status = 200, body = RedemptionReceiptView)))]
#[post("/v1/redemptions/{id}/capture")]
pub async fn capture_redemption(
    state: Shared,
    request: HttpRequest,
    may: May<AtTheCounter>,
    path: PathOf<Id>,
    ask: Ask<PiecesBody>,
) -> Result<HttpResponse, ApiError> {
    let step = (&CAPTURE_REDEMPTION, path.0);
    take_pieces(&state, &request, &may, ask.keyed, step, (ask.body.lines, None)).await
}

/// 退货 · gives points back for goods, and puts the goods back on the shelf unless `goods_back` is false. A clerk may
/// within ten minutes, later the owner or the community.
#[utoipa::path(tag = "redeeming", security(("bearer" = ["claim_codes"]), ("bearer" = ["redeem_on_behalf"])),
    request_body = RefundBody, params(("id" = Id, Path)), responses((status = 201, body = RedemptionReceiptView)))]
#[post("/v1/redemptions/{id}/refund")]
pub async fn refund_redemption(
    state: Shared,
    request: HttpRequest,
    may: May<AtTheCounter>,
    path: PathOf<Id>,
    ask: Ask<RefundBody>,
) -> Result<HttpResponse, ApiError> {
    let RefundBody { lines, goods_back } = ask.body;
    take_pieces(&state, &request, &may, ask.keyed, (&REFUND_REDEMPTION, path.0), (lines, goods_back)).await
}

type Readers = AnyOf<right::ReadRedemptions, right::ClaimCodes, right::ReadOwn>;

/// 兑换记录 · redemptions, newest first, of the days on which they were made: within reach, of the own shop, or one's own.
#[utoipa::path(tag = "redeeming",
    security(("bearer" = ["read_redemptions"]), ("bearer" = ["claim_codes"]), ("bearer" = ["read_own"])),
    params(RedemptionsQuery, OfDays, Paging), responses((status = 200, body = Page<RedemptionView>)))]
#[get("/v1/redemptions")]
pub async fn list_redemptions(
    state: Shared,
    may: May<Readers>,
    list: Listed<RedemptionsQuery>,
) -> Result<HttpResponse, ApiError> {
    let Listed { query, list } = list;
    let read = async move |part: Part| {
        let filter = DocumentFilter {
            state: query.state.map(|state| state.to_string()),
            member: query.member,
            merchant: query.merchant,
            presence: query.presence,
            covered: query.covered.unwrap_or(false),
            days: part.days,
            before: part.after_as()?,
            ..DocumentFilter::default()
        };
        let rows = state.services.redemptions(&may.call(), filter, part.limit).await?;
        let shown = |(row, expired): (Redemption, bool)| (row.id.to_string(), view(row, expired, &may.actor));
        Ok(rows.into_iter().map(shown).collect())
    };
    list.respond(read).await
}

/// 一笔兑换 · one redemption, for the counter, the shop, the community and the member.
#[utoipa::path(tag = "redeeming",
    security(("bearer" = ["read_redemptions"]), ("bearer" = ["claim_codes"]), ("bearer" = ["read_own"])),
    params(("id" = Id, Path)), responses((status = 200, body = RedemptionView)))]
#[get("/v1/redemptions/{id}")]
pub async fn read_redemption(
    state: Shared,
    may: May<Readers>,
    path: PathOf<Id>,
) -> Result<HttpResponse, ApiError> {
    let (redemption, expired) = state.services.redemption(&may.call(), path.0).await?;
    Ok(HttpResponse::Ok().json(view(redemption, expired, &may.actor)))
}

impl Shown for Redemption {
    const SCHEMAS: (&'static str, &'static str) = ("", "RedemptionReceiptView");

    fn schemas(schemas: &mut Schemas) {
        add_schema::<RedemptionReceiptView>(schemas);
    }

    fn receipt(actor: &Actor, answered: Answered) -> Result<HttpResponse, ApiError> {
        answer(actor, answered)
    }
}
