//! What a shop offers: its goods with price and stock, new ones, a new price, on and off the shelf, goods in and
//! stocktakes.

use super::goods_sheets::{BatchLine, batches_of};
use super::shelf::own_shop;
use crate::api::web::faults::FieldFault;
use crate::api::web::fields::{Pieces, PointsText, Quantity, Reason, Title, YuanText};
use crate::api::web::problem::ApiError;
use crate::domain::amount;
use crate::domain::figures::count;
use crate::domain::id::Id;
use crate::domain::life_cycle::{LifeCycle, Step};
use crate::domain::life_cycles::OFFER;
use crate::domain::refusal::Refusal;
use crate::domain::shops::goods::GoodsKind;
use crate::domain::time::Days;
use crate::portal::frame::around::Frame;
use crate::portal::frame::fault::{Answer, Fault};
use crate::portal::frame::visit::Visit;
use crate::portal::settlement::sheet::yuan;
use crate::services::shops::goods::SheetFilter;
use crate::services::shops::merchants::{OfferAsk, OfferStanding};
use crate::texts::{Text, sentences as s};
use askama::Template;
use std::collections::BTreeSet;

/// An offer in the shop's own list.
struct Line {
    path: String,
    name: String,
    price: String,
    /// What is on the shelf, or that no stock is kept.
    stock: String,
    is_out: bool,
    /// Nothing is on the shelf yet, and a sheet on which it comes in waits for the second person.
    waits: Option<String>,
    limit: Option<String>,
    is_on: bool,
    state: String,
}

#[derive(Template)]
#[template(path = "goods.html")]
struct GoodsPage {
    f: Frame,
    shop: String,
    lines: Vec<Line>,
    /// How many kinds of goods have pieces past their date.
    past: Option<String>,
    /// The money that should be in the till, of a shop that keeps it for the community.
    in_till: Option<String>,
}

/// Sheets that are looked through for what waits.
const SHEETS: i64 = 100;

/// The goods of a shop that come in on a sheet which waits for the second person.
async fn waiting(visit: &Visit, shop: Id) -> Result<BTreeSet<Id>, Fault> {
    let filter = SheetFilter {
        merchant: Some(shop),
        kind: Some(GoodsKind::In.as_str()),
        state: Some("unchecked".into()),
        ..SheetFilter::default()
    };
    let sheets = visit.services().goods_sheets(&visit.reading()?, filter, SHEETS).await?;
    Ok(sheets.iter().flat_map(|sheet| sheet.lines.iter().map(|(line, _)| line.offer_id)).collect())
}

/// In words, of goods of which nothing is on the shelf.
fn waits(visit: &Visit, standing: &OfferStanding, waiting: &BTreeSet<Id>) -> Option<String> {
    let waits = standing.stock == Some(0) && waiting.contains(&standing.offer.id);
    waits.then(|| visit.say(Text::from(s::State { state: "unchecked" })))
}

fn line(visit: &Visit, standing: OfferStanding, waiting: &BTreeSet<Id>) -> Line {
    let (is_on, state) = (standing.offer.state == "on", standing.offer.state.clone());
    let waits = waits(visit, &standing, waiting);
    let stock = standing.stock;
    let goods = super::shelf::goods(visit, standing);
    Line {
        path: format!("/shop/goods/{}", goods.id),
        name: goods.name,
        price: goods.price,
        stock: match stock {
            None => visit.words().office_no_stock(),
            Some(left) => visit.say(s::StockLeft { left: count(left) }),
        },
        is_out: stock.is_some_and(|left| left <= 0),
        waits,
        limit: goods.limit,
        is_on,
        state: visit.say(Text::from(s::State { state })),
    }
}

/// The list: what is on the shelf first.
pub async fn list(visit: Visit) -> Answer {
    let (shop, name) = own_shop(&visit).await?;
    let mut offers = visit.services().offers(&visit.reading()?, shop).await?;
    offers.sort_by_key(|one| one.offer.state != "on");
    let waiting = waiting(&visit, shop).await?;
    let lines = offers.into_iter().map(|one| line(&visit, one, &waiting)).collect();
    let f = visit.frame(visit.words().office_goods_title()).await?;
    let past = visit.services().past_goods(&visit.reading()?, shop).await?;
    let past = (!past.is_empty()).then(|| {
        visit.say(s::GoodsPastTitle { kinds: count(i64::try_from(past.len()).unwrap_or(i64::MAX)) })
    });
    let till = visit.services().till(&visit.reading()?, shop, Days::default()).await?;
    let in_till = till.map(|till| yuan(till.balance));
    visit.page(&GoodsPage { f, shop: name, lines, past, in_till })
}

/// The windows of a limit of pieces for each member.
const WINDOWS: [&str; 5] = ["day", "month", "quarter", "year", "all"];

/// A choice of a select.
pub struct Choice {
    pub value: String,
    pub words: String,
}

#[derive(Template)]
#[template(path = "goods_new.html")]
struct NewPage {
    f: Frame,
    windows: Vec<Choice>,
}

/// The form for something new.
pub async fn new(visit: Visit) -> Answer {
    let windows = WINDOWS.map(|window| Choice {
        value: window.to_owned(),
        words: visit.say(Text::from(s::OfficeWindow { window })),
    });
    let f = visit.frame(visit.words().office_goods_new()).await?;
    visit.page(&NewPage { f, windows: windows.into() })
}

/// Puts something new up.
pub async fn open(visit: Visit) -> Answer {
    let (shop, _) = own_shop(&visit).await?;
    let fields = visit.fields();
    let name = fields.need::<Title>("title");
    let unit_points = fields.need::<PointsText>("unit_points");
    let unit_cash = fields.maybe::<YuanText>("unit_cash");
    let member_limit = fields.maybe::<Quantity>("member_limit");
    let window = visit.form.typed("limit_window").filter(|typed| WINDOWS.contains(typed));
    fields.checked()?;
    let member_limit = member_limit?.map(Quantity::get);
    let ask = OfferAsk {
        merchant: shop,
        name: name?.into(),
        unit_points: unit_points?.minor(),
        unit_cash_fen: unit_cash?.map_or(0, |cash| cash.minor()),
        stocked: visit.form.typed("kept") != Some("service"),
        member_limit,
        limit_window: window.filter(|_| member_limit.is_some()).map(str::to_owned),
        required_minutes: 0,
    };
    let id = visit.services().open_offer(&visit.call()?, ask).await?;
    visit.to(&format!("/shop/goods/{id}"))
}

#[derive(Template)]
#[template(path = "goods_one.html")]
struct OnePage {
    f: Frame,
    id: Id,
    path: String,
    name: String,
    price: String,
    price_typed: String,
    version: i64,
    stock: Option<String>,
    batches: Vec<BatchLine>,
    /// Two people handle the goods of the shop, on sheets.
    by_sheet: bool,
    limit: Option<String>,
    state: String,
    is_on: bool,
    /// The name and the words of the step that puts it up or takes it off.
    step: Option<(&'static str, String)>,
    /// What has just been done.
    done: Option<String>,
}

/// An offer of the own shop.
async fn own_offer(visit: &Visit) -> Result<OfferStanding, Fault> {
    let id = visit.path::<Id>("id")?;
    let (shop, _) = own_shop(visit).await?;
    let offers = visit.services().offers(&visit.reading()?, shop).await?;
    let found = offers.into_iter().find(|one| one.offer.id == id);
    found.ok_or_else(|| Refusal::absent("offer").into())
}

/// The step from this state to the other one; its life cycle also allows a step to where it is.
fn other_step(state: &str) -> Option<&'static Step> {
    let cycle: &LifeCycle = &OFFER;
    cycle.steps.iter().copied().find(|step| step.from.contains(&state) && step.to != state)
}

/// One offer, and what can be done with it.
pub async fn one(visit: Visit) -> Answer {
    let standing = own_offer(&visit).await?;
    let offer = standing.offer.clone();
    let batches = batches_of(&visit, offer.merchant_id, offer.id).await?;
    let shops = visit.services().merchants(&visit.reading()?).await?;
    let by_sheet =
        shops.iter().any(|one| one.merchant.id == offer.merchant_id && one.merchant.two_above_fen.is_some());
    let w = visit.words();
    let step = other_step(&offer.state);
    let done = match visit.query("done").as_deref() {
        Some("price") => Some(w.office_done_price()),
        Some("state") => Some(w.office_done_state()),
        Some("stock") => Some(w.office_done_stock()),
        _ => None,
    };
    let waiting = waiting(&visit, offer.merchant_id).await?;
    let state = waits(&visit, &standing, &waiting)
        .unwrap_or_else(|| visit.say(Text::from(s::State { state: offer.state.clone() })));
    let shown = super::shelf::goods(&visit, standing);
    let page = OnePage {
        id: offer.id,
        f: visit.frame(offer.name.clone()).await?,
        path: format!("/shop/goods/{}", offer.id),
        name: offer.name,
        price: shown.price,
        price_typed: amount::short(offer.unit_points, 2),
        version: offer.version,
        stock: shown.stock,
        batches,
        by_sheet,
        limit: shown.limit,
        is_on: offer.state == "on",
        step: step.map(|step| (step.name, visit.say(Text::from(s::StepWords { step: step.name })))),
        state,
        done: done.filter(|_| visit.fault.is_none()),
    };
    visit.page(&page)
}

/// Takes one of the forms of the page.
pub async fn change(visit: Visit) -> Answer {
    let id = own_offer(&visit).await?.offer.id;
    let done = match visit.form.typed("act").unwrap_or_default() {
        "price" => reprice(&visit, id).await.map(|()| "price")?,
        "state" => switch(&visit, id).await.map(|()| "state")?,
        "stock" => move_stock(&visit, id).await.map(|()| "stock")?,
        _ => return Err(ApiError::NoSuchPath.into()),
    };
    visit.to(&format!("/shop/goods/{id}?done={done}"))
}

async fn reprice(visit: &Visit, id: Id) -> Result<(), Fault> {
    let fields = visit.fields();
    let unit_points = fields.need::<PointsText>("unit_points");
    fields.checked()?;
    let price = Some(unit_points?.minor());
    visit.services().change_offer(&visit.call()?, id, visit.version(), price, None).await?;
    Ok(())
}

async fn switch(visit: &Visit, id: Id) -> Result<(), Fault> {
    let step = visit.chosen_step(&OFFER)?;
    visit.services().change_offer(&visit.call()?, id, visit.version(), None, Some(step)).await?;
    Ok(())
}

/// Goods in; or a stocktake that found more or fewer pieces than the book says, with the reason.
async fn move_stock(visit: &Visit, id: Id) -> Result<(), Fault> {
    let fields = visit.fields();
    let counted = visit.form.typed("move").unwrap_or("in");
    let pieces = match fields.need::<Pieces>("pieces") {
        Ok(pieces) if pieces.get() <= 0 => fields.refuse("pieces", FieldFault::NotPositive),
        pieces => pieces,
    };
    let stocktake = counted != "in";
    let reason = match stocktake {
        true => fields.need::<Reason>("reason").map(Some),
        false => fields.maybe::<Reason>("reason"),
    };
    fields.checked()?;
    let pieces = pieces?.get();
    let pieces = if counted == "fewer" { pieces.saturating_neg() } else { pieces };
    let reason = reason?.map(String::from);
    visit.services().move_stock(&visit.call()?, id, pieces, stocktake, reason).await?;
    Ok(())
}
