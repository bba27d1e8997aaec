//! `/v1/goods-sheets`: goods in, stocktakes and write-offs of a shop; batches on its shelves; the money in its till.

use super::merchants::fault;
use crate::api::web::edge::Shared;
use crate::api::web::extract::{Ask, May, Or, PathOf, right};
use crate::api::web::faults::FieldFault;
use crate::api::web::fields::{ListOf, Pieces, PointsText, Reason, Title, YuanText};
use crate::api::web::page::{Listed, NoFilter, OfDays, Page, Paging};
use crate::api::web::part::Part;
use crate::api::web::problem::ApiError;
use crate::api::web::receipt::{Answered, ReceiptView};
use crate::api::web::sheet::Row;
use crate::api::web::steps::Shown;
use crate::domain::amount;
use crate::domain::id::Id;
use crate::domain::refusal::Refusal;
use crate::domain::shops::goods::GoodsKind;
use crate::domain::time::{Day, Moment};
use crate::services::shops::goods::{
    Batch, Goods, GoodsLine, GoodsSheetRow, SheetAsk, SheetFilter, SheetStanding, Sheeted,
};
use crate::services::shops::goods_moved::GoodsMoved;
use crate::services::shops::till::Till;
use crate::text_enum;
use actix_web::{HttpResponse, get, post};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GoodsLineBody {
    /// What the shop has on offer; or else its name.
    offer: Option<Id>,
    /// The name of the goods. What is not on offer yet is put on offer, with `unit_points`, once the sheet is booked.
    name: Option<Title>,
    /// The difference in pieces. Negative only at a stocktake: the shelf has fewer than the books.
    pieces: Pieces,
    /// 保质期到 · the last day on which they are handed out.
    best_before: Option<Day>,
    /// What one piece is worth; needed where goods in have a second person.
    unit_value: Option<YuanText>,
    /// The price of goods that are not on offer yet.
    unit_points: Option<PointsText>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GoodsSheetBody {
    kind: GoodsKind,
    /// 捐赠人 · who gave the goods.
    donor: Option<Title>,
    /// The day on which they came or were counted. Left out: today.
    day: Option<Day>,
    /// Needed for a stocktake and a write-off.
    reason: Option<Reason>,
    /// Of a sheet about goods.
    #[schema(value_type = Option<Vec<GoodsLineBody>>, min_items = 1, max_items = 100)]
    lines: Option<ListOf<GoodsLineBody, 1, 100>>,
    /// 现金 · the money that was counted, or is handed in.
    amount: Option<YuanText>,
}

text_enum! {
    GoodsSheetState {
        Unchecked = "unchecked",
        Booked = "booked",
        Rejected = "rejected",
        Withdrawn = "withdrawn",
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct GoodsSheetsQuery {
    merchant: Option<Id>,
    kind: Option<GoodsKind>,
    #[param(inline)]
    state: Option<GoodsSheetState>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct GoodsSheetView {
    id: Id,
    merchant: Id,
    shop: String,
    /// `goods_in`, `stocktake`, `write_off`; of money: `till_count`, `hand_in`.
    kind: String,
    /// `unchecked`: it waits for a second person, `booked`, `rejected` or `withdrawn`.
    state: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    donor: Option<String>,
    day: Day,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// Yuan, of all pieces whose value is given; the money that was counted or is handed in.
    worth: String,
    /// Yuan that were counted, less what the till should have had then.
    #[serde(skip_serializing_if = "Option::is_none")]
    difference: Option<String>,
    goods: Vec<GoodsLineView>,
    entered_by: Id,
    entered_at: Moment,
    #[serde(skip_serializing_if = "Option::is_none")]
    decided_by: Option<Id>,
    #[serde(skip_serializing_if = "Option::is_none")]
    decided_at: Option<Moment>,
    #[serde(skip_serializing_if = "Option::is_none")]
    entry: Option<i64>,
    version: i64,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct GoodsLineView {
    offer: Id,
    name: String,
    pieces: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    best_before: Option<Day>,
    #[serde(skip_serializing_if = "Option::is_none")]
    unit_value: Option<String>,
}

/// A sheet that waits for a second person.
#[derive(Debug, Serialize, ToSchema)]
pub struct GoodsWaitingView {
    goods_sheet: Id,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct GoodsBatchView {
    offer: Id,
    name: String,
    /// Pieces on the shelf, those on hold included.
    pieces: i64,
    /// Pieces that came in.
    pieces_in: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    best_before: Option<Day>,
    /// Past its best-before date: nothing of it is handed out.
    is_past: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    donor: Option<String>,
    /// The day on which it came.
    #[serde(skip_serializing_if = "Option::is_none")]
    day: Option<Day>,
    entry: i64,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct GoodsBatchesView {
    items: Vec<GoodsBatchView>,
}

impl Row for GoodsSheetView {
    const TITLE: (&'static str, &'static str) = ("出入库单", "goods_sheets");
    const AT_ONCE: i64 = 50;
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "merchant",
        "shop",
        "kind",
        "state",
        "donor",
        "day",
        "reason",
        "worth",
        "difference",
        "goods",
        "entered_by",
        "entered_at",
        "decided_by",
        "decided_at",
        "entry",
        "version",
    ];
}

/// One kind of goods in some days, in pieces: `pieces_before` + `came_in` - `handed_out` + `counted` - `past_date` =
/// `pieces_after`.
#[derive(Debug, Serialize, ToSchema)]
pub struct GoodsMovedView {
    offer: Id,
    name: String,
    pieces_before: i64,
    came_in: i64,
    /// Less what came back.
    handed_out: i64,
    /// What a stocktake found more, or fewer (below 0).
    counted: i64,
    /// Set aside past the best-before date.
    past_date: i64,
    pieces_after: i64,
    /// Written off of what was set aside.
    written_off: i64,
}

impl Row for GoodsMovedView {
    const TITLE: (&'static str, &'static str) = ("出入库公示", "goods_moved");
    const COLUMNS: &'static [&'static str] = &[
        "offer",
        "name",
        "pieces_before",
        "came_in",
        "handed_out",
        "counted",
        "past_date",
        "pieces_after",
        "written_off",
    ];
}

fn moved_view(row: GoodsMoved) -> GoodsMovedView {
    GoodsMovedView {
        offer: row.offer,
        name: row.name,
        pieces_before: row.before,
        came_in: row.came_in,
        handed_out: row.handed_out,
        counted: row.counted,
        past_date: row.past_date,
        pieces_after: row.after,
        written_off: row.written_off,
    }
}

fn view(standing: SheetStanding) -> GoodsSheetView {
    let SheetStanding { row, shop, lines, .. } = standing;
    let goods = lines.into_iter().map(|(line, name)| GoodsLineView {
        offer: line.offer_id,
        name,
        pieces: line.pieces,
        best_before: line.best_before,
        unit_value: line.unit_value_fen.map(|fen| amount::format(fen, 2)),
    });
    GoodsSheetView {
        id: row.id,
        merchant: row.merchant_id,
        shop,
        goods: goods.collect(),
        kind: row.kind,
        state: row.state,
        donor: row.donor,
        day: row.on_day,
        reason: row.reason,
        worth: amount::format(row.value_fen, 2),
        difference: row.difference_fen.map(|fen| amount::format(fen, 2)),
        entered_by: row.made_by,
        entered_at: row.made_at,
        decided_by: row.decided_by,
        decided_at: row.decided_at,
        entry: row.entry_number,
        version: row.version,
    }
}

/// The till of a shop in some days, in yuan: `balance_before` + `paid` + `difference` - `handed_in` =
/// `balance_after`.
#[derive(Debug, Serialize, ToSchema)]
pub struct TillView {
    /// What should be in it now.
    balance: String,
    balance_before: String,
    /// Paid by people beside the points, less what was given back.
    paid: String,
    /// What counts have found more, or less (below 0), than the book said.
    difference: String,
    handed_in: String,
    balance_after: String,
}

fn till_view(till: Till) -> TillView {
    let [balance, balance_before, paid, difference, handed_in, balance_after] =
        [till.balance, till.before, till.paid, till.difference, till.handed_in, till.after]
            .map(|fen| amount::format(fen, 2));
    TillView { balance, balance_before, paid, difference, handed_in, balance_after }
}

fn batch_view(batch: Batch) -> GoodsBatchView {
    GoodsBatchView {
        offer: batch.offer,
        name: batch.name,
        pieces: batch.left,
        pieces_in: batch.came,
        best_before: batch.best_before,
        is_past: batch.is_past,
        donor: batch.donor,
        day: batch.came_on,
        entry: batch.entry,
    }
}

/// 出入库单 · books goods in, a stocktake or a write-off, all lines or none; or money of the till that was counted or is
/// handed in. Where the shop has a supervisor, larger deliveries, differences and write-offs wait for a second person
/// (202); money that is handed in always does.
#[utoipa::path(tag = "redeeming", security(("bearer" = ["write_offers"])), request_body = GoodsSheetBody,
    params(("id" = Id, Path)),
    responses((status = 201, body = ReceiptView), (status = 202, body = GoodsWaitingView)))]
#[post("/v1/merchants/{id}/goods-sheets")]
pub async fn open_goods_sheet(
    state: Shared,
    may: May<right::WriteOffers>,
    path: PathOf<Id>,
    ask: Ask<GoodsSheetBody>,
) -> Result<HttpResponse, ApiError> {
    let call = ask.keyed.money_call(&may.actor)?;
    let body = ask.body;
    let missing = || FieldFault::Missing;
    if matches!(body.kind, GoodsKind::Stocktake | GoodsKind::WriteOff) && body.reason.is_none() {
        return Err(fault("reason", missing()));
    }
    let instead = |name: &str| FieldFault::Unknown { allowed: vec![name.to_owned()] };
    let money_fen = body.amount.map(|amount| amount.minor());
    let lines = body.lines.map(|lines| lines.0);
    match (body.kind.is_of_money(), money_fen, &lines) {
        (true, None, _) => return Err(fault("amount", missing())),
        (true, Some(0), _) if body.kind == GoodsKind::HandIn => {
            return Err(fault("amount", FieldFault::NotPositive));
        }
        (true, _, Some(_)) => return Err(fault("lines", instead("amount"))),
        (false, _, None) => return Err(fault("lines", missing())),
        (false, Some(_), _) => return Err(fault("amount", instead("lines"))),
        _ => {}
    }
    let lines = (1_u32..).zip(lines.unwrap_or_default()).map(|(row, line)| {
        let goods = match (line.offer, line.name) {
            (Some(offer), _) => Goods::Offer(offer),
            (None, Some(name)) => {
                Goods::Named { name: name.into(), unit_points: line.unit_points.map(|points| points.minor()) }
            }
            (None, None) => {
                return Err(fault(&format!("lines[{}].name", row.saturating_sub(1)), missing()));
            }
        };
        let unit_value_fen = line.unit_value.map(|value| value.minor());
        Ok(GoodsLine { row, goods, pieces: line.pieces.get(), best_before: line.best_before, unit_value_fen })
    });
    let asked = SheetAsk {
        merchant: path.0,
        kind: body.kind,
        donor: body.donor.map(String::from),
        on: body.day,
        reason: body.reason.map(String::from),
        lines: lines.collect::<Result<_, ApiError>>()?,
        unread: Vec::new(),
        money_fen,
    };
    match state.services.open_goods_sheet(&call, asked).await? {
        Sheeted::Booked(done) => Answered::created(*done).respond(),
        Sheeted::Waiting { sheet, hit } => {
            let mut answer = HttpResponse::Accepted();
            if hit {
                answer.insert_header(("Idempotency-Hit", "true"));
            }
            Ok(answer.json(GoodsWaitingView { goods_sheet: sheet }))
        }
    }
}

type Readers = Or<right::WriteOffers, right::ReadMerchants>;

/// 出入库单 · sheets, newest first: of the own shop, or of shops within reach.
#[utoipa::path(tag = "redeeming", security(("bearer" = ["write_offers"]), ("bearer" = ["read_merchants"])),
    params(GoodsSheetsQuery, OfDays, Paging), responses((status = 200, body = Page<GoodsSheetView>)))]
#[get("/v1/goods-sheets")]
pub async fn list_goods_sheets(
    state: Shared,
    may: May<Readers>,
    list: Listed<GoodsSheetsQuery>,
) -> Result<HttpResponse, ApiError> {
    let Listed { query, list } = list;
    let read = async move |part: Part| {
        let filter = SheetFilter {
            merchant: query.merchant,
            kind: query.kind.map(GoodsKind::as_str),
            state: query.state.map(|state| state.as_str().to_owned()),
            days: part.days,
            before: part.after_as()?,
            ..SheetFilter::default()
        };
        let rows = state.services.goods_sheets(&may.call(), filter, part.limit).await?;
        Ok(rows.into_iter().map(|one| (one.row.id.to_string(), view(one))).collect())
    };
    list.respond(read).await
}

/// 一张出入库单 · one sheet with its lines.
#[utoipa::path(tag = "redeeming", security(("bearer" = ["write_offers"]), ("bearer" = ["read_merchants"])),
    params(("id" = Id, Path)), responses((status = 200, body = GoodsSheetView)))]
#[get("/v1/goods-sheets/{id}")]
pub async fn read_goods_sheet(
    state: Shared,
    may: May<Readers>,
    path: PathOf<Id>,
) -> Result<HttpResponse, ApiError> {
    Ok(HttpResponse::Ok().json(view(state.services.goods_sheet(&may.call(), path.0).await?)))
}

/// 货架上的批次 · the batches on the shelves of a shop; of each kind of goods first what is handed out first.
#[utoipa::path(tag = "redeeming", security(("bearer" = ["write_offers"]), ("bearer" = ["read_merchants"])),
    params(("id" = Id, Path)), responses((status = 200, body = GoodsBatchesView)))]
#[get("/v1/merchants/{id}/batches")]
pub async fn list_batches(
    state: Shared,
    may: May<Readers>,
    path: PathOf<Id>,
) -> Result<HttpResponse, ApiError> {
    let batches = state.services.batches(&may.call(), path.0).await?;
    Ok(HttpResponse::Ok().json(GoodsBatchesView { items: batches.into_iter().map(batch_view).collect() }))
}

/// 出入库公示 · what came in and went out of each kind of goods of a shop in some days: the list for its notice board.
#[utoipa::path(tag = "redeeming", security(("bearer" = ["write_offers"]), ("bearer" = ["read_merchants"])),
    params(("id" = Id, Path), OfDays, Paging), responses((status = 200, body = Page<GoodsMovedView>)))]
#[get("/v1/merchants/{id}/goods-moved")]
pub async fn list_goods_moved(
    state: Shared,
    may: May<Readers>,
    path: PathOf<Id>,
    list: Listed<NoFilter>,
) -> Result<HttpResponse, ApiError> {
    let read = async move |part: Part| {
        let rows = state.services.goods_moved(&may.call(), path.0, part.days).await?;
        // A shop has some dozen kinds of goods: they are read whole, and shown from the one behind the last.
        let after: Option<Id> = part.after_as()?;
        let begun = after.and_then(|last| rows.iter().position(|row| row.offer == last));
        let skipped = begun.map_or(0, |place| place.saturating_add(1));
        let limit = usize::try_from(part.limit).unwrap_or_default();
        let shown = rows.into_iter().skip(skipped).take(limit);
        Ok(shown.map(|row| (row.offer.to_string(), moved_view(row))).collect())
    };
    list.list.respond(read).await
}

/// 现金 · the till of a shop that keeps what people pay beside the points for the community, in some days.
#[utoipa::path(tag = "redeeming", security(("bearer" = ["write_offers"]), ("bearer" = ["read_merchants"])),
    params(("id" = Id, Path), OfDays), responses((status = 200, body = TillView)))]
#[get("/v1/merchants/{id}/till")]
pub async fn read_till(
    state: Shared,
    may: May<Readers>,
    path: PathOf<Id>,
    list: Listed<NoFilter>,
) -> Result<HttpResponse, ApiError> {
    let till = state.services.till(&may.call(), path.0, list.list.days).await?;
    Ok(HttpResponse::Ok().json(till_view(till.ok_or(Refusal::absent("till"))?)))
}

impl Shown for GoodsSheetRow {}
