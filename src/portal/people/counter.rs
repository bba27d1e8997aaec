//! 代办: redeeming at the desk for a member who is there in person: shop, goods, check, receipt.

use super::{PersonLine, org_names, person_lines};
use crate::domain::figures::points;
use crate::domain::id::Id;
use crate::domain::life_cycles::{REDEMPTION, REFUND_REDEMPTION};
use crate::domain::refusal::Refusal;
use crate::domain::shops::redemption::{Redemption, RedemptionState};
use crate::portal::frame::around::Frame;
use crate::portal::frame::fault::{Answer, Fault};
use crate::portal::frame::steps::Button;
use crate::portal::frame::visit::Visit;
use crate::portal::shops::receipt;
use crate::portal::shops::shelf::{Goods, Search, find, goods, with_photos};
use crate::portal::shops::till::{CartLine, cart, chosen, offers, refuse_choice, take_points};
use crate::services::people::counter::MemberRow;
use crate::services::step::Params;
use crate::texts::{Text, sentences as s, word};
use askama::Template;

/// People that a name may mean.
const ALIKE: i64 = 30;

#[derive(Template)]
#[template(path = "staff_counter.html")]
struct Find {
    f: Frame,
    q: String,
    lines: Vec<PersonLine>,
}

async fn listed(visit: &Visit, q: String, rows: Vec<MemberRow>) -> Answer {
    let lines = person_lines(visit, rows, &org_names(visit).await?)?;
    let f = visit.frame(visit.words().staff_menu_counter()).await?;
    visit.page(&Find { f, q, lines })
}

pub async fn show(visit: Visit) -> Answer {
    let q = visit.form.typed("q").unwrap_or_default().to_owned();
    listed(&visit, q, Vec::new()).await
}

/// Looks the person up: one who is found alone goes on to the shops.
pub async fn look(visit: Visit) -> Answer {
    let q = visit.form.typed("q").unwrap_or_default().trim().to_owned();
    if q.is_empty() {
        return visit.to("/staff/counter");
    }
    let rows = super::find::found(&visit, &q, None, ALIKE).await?;
    match rows.as_slice() {
        [row] => visit.to(&format!("/staff/counter/{}", row.id)),
        _ => listed(&visit, q, rows).await,
    }
}

/// A shop to choose.
struct ShopChoice {
    path: String,
    name: String,
}

/// The person at the desk.
struct AtDesk {
    id: Id,
    name: String,
    number: String,
    balance: String,
}

async fn at_desk(visit: &Visit) -> Result<(AtDesk, i64), Fault> {
    let id = visit.path::<Id>("id")?;
    let member = visit.services().member(&visit.reading()?, id).await?;
    let balance = crate::portal::ledger::passbook::available(visit, member.id).await?;
    let desk = AtDesk { id: member.id, name: member.name, number: member.number, balance: points(balance) };
    Ok((desk, balance))
}

#[derive(Template)]
#[template(path = "staff_counter_shops.html")]
struct Shops {
    f: Frame,
    person: AtDesk,
    shops: Vec<ShopChoice>,
}

/// Which shop.
pub async fn shops(visit: Visit) -> Answer {
    let (person, _) = at_desk(&visit).await?;
    let found = visit.services().merchants(&visit.reading()?).await?;
    let open = found.into_iter().filter(|seen| seen.merchant.state == "open");
    let shops = open.map(|seen| ShopChoice {
        path: format!("/staff/counter/{}/{}", person.id, seen.merchant.id),
        name: seen.merchant.name.clone(),
    });
    let shops = shops.collect();
    let f = visit.frame(visit.words().staff_counter_shop()).await?;
    visit.page(&Shops { f, person, shops })
}

async fn shop_name(visit: &Visit, shop: Id) -> Result<String, Fault> {
    let shops = visit.services().merchants(&visit.reading()?).await?;
    let shop = shops.into_iter().find(|seen| seen.merchant.id == shop).ok_or(Refusal::absent("merchant"))?;
    Ok(shop.merchant.name.clone())
}

#[derive(Template)]
#[template(path = "staff_counter_goods.html")]
struct Choose {
    f: Frame,
    person: AtDesk,
    shop: String,
    /// Where the chosen goods are checked.
    check_path: String,
    goods: Vec<Goods>,
    find: Search,
}

/// Which goods.
pub async fn choose(visit: Visit) -> Answer {
    let (person, _) = at_desk(&visit).await?;
    let shop_id = visit.path::<Id>("shop")?;
    let shop = shop_name(&visit, shop_id).await?;
    let goods = offers(&visit, shop_id).await?.into_iter().map(|one| goods(&visit, one)).collect();
    let mut goods = with_photos(&visit, goods).await?;
    let f = visit.frame(visit.words().till_goods_title()).await?;
    let path = format!("/staff/counter/{}/{shop_id}", person.id);
    let check_path = format!("{path}/check");
    let find = find(&visit, path, &mut goods);
    visit.page(&Choose { f, person, shop, check_path, goods, find })
}

#[derive(Template)]
#[template(path = "staff_counter_check.html")]
struct Check {
    f: Frame,
    person: AtDesk,
    shop: String,
    shop_id: Id,
    lines: Vec<CartLine>,
    sum: String,
    left: String,
    is_enough: bool,
    button: String,
}

/// 核对: who, what, how much, what is left.
pub async fn check(visit: Visit) -> Answer {
    let (person, balance) = at_desk(&visit).await?;
    let shop_id = visit.path::<Id>("shop")?;
    let pieces = match chosen(&visit) {
        Err(fault) => return choose(refuse_choice(visit, fault)).await,
        Ok(pieces) => pieces,
    };
    let shop = shop_name(&visit, shop_id).await?;
    let standings = offers(&visit, shop_id).await?;
    let (lines, sum) = cart(&standings, pieces);
    if lines.is_empty() {
        return visit.to(&format!("/staff/counter/{}/{shop_id}", person.id));
    }
    let button = visit.say(s::TillConfirm { points: points(sum) });
    let (left, is_enough) = (points(balance.saturating_sub(sum)), balance >= sum);
    let f = visit.frame(visit.words().till_check_title()).await?;
    visit.page(&Check { f, person, shop, shop_id, lines, sum: points(sum), left, is_enough, button })
}

/// Holds the points and hands the goods over, under the key of the form, so that it happens once.
pub async fn confirm(visit: Visit) -> Answer {
    let (id, shop) = (visit.path::<Id>("id")?, visit.path::<Id>("shop")?);
    let redemption = take_points(&visit, (None, Some(id), Some(shop))).await?;
    visit.to(&format!("/staff/counter/receipts/{redemption}"))
}

#[derive(Template)]
#[template(path = "staff_counter_receipt.html")]
struct ReceiptPage {
    f: Frame,
    heading: String,
    is_done: bool,
    points: String,
    person: Id,
    name: String,
    number: String,
    shop: String,
    state: String,
    presence: String,
    covered: Option<String>,
    moment: String,
    receipt: String,
    lines: Vec<receipt::Line>,
    buttons: Vec<Button>,
    id: Id,
    /// Goods may come back.
    can_refund: bool,
}

pub async fn one(visit: Visit) -> Answer {
    let id = visit.path::<Id>("redemption")?;
    let (services, call, w) = (visit.services(), visit.reading()?, visit.words());
    services.redemption(&call, id).await?;
    let (redemption, open) = services.open_steps::<Redemption>(&call, id).await?;
    let member = services.member(&call, redemption.member_id).await?;
    let shop = shop_name(&visit, redemption.merchant_id).await?;
    let offers = services.offers(&call, redemption.merchant_id).await?;
    let name_of = |offer: Id| {
        let known = offers.iter().find(|one| one.offer.id == offer).map(|one| one.offer.name.clone());
        known.unwrap_or_else(|| w.goods_taken_off())
    };
    let lines = receipt::lines(&redemption, name_of);
    let can_refund = open.iter().any(|step| step.is(&REFUND_REDEMPTION));
    let plain = open.into_iter().filter(|step| !step.is(&REFUND_REDEMPTION));
    let buttons = plain.map(|step| visit.button(step, false));
    let state = visit.say(Text::from(s::State { state: word(redemption.state) }));
    let is_done = redemption.captured_at.is_some();
    let heading = match redemption.state {
        RedemptionState::Captured => w.receipt_done(),
        RedemptionState::Held => w.receipt_held(),
        _ => state.clone(),
    };
    let text = id.to_string();
    let page = ReceiptPage {
        f: visit.frame(heading.clone()).await?,
        heading,
        is_done,
        points: points(if is_done { redemption.points_captured } else { redemption.points_held }),
        person: member.id,
        name: member.name,
        number: member.number,
        shop,
        state,
        presence: receipt::presence(&visit, &redemption),
        covered: redemption.points_covered.filter(|minor| *minor > 0).map(points),
        moment: visit.days().moment(redemption.captured_at.unwrap_or(redemption.made_at)),
        receipt: text.rsplit('-').next().unwrap_or_default().to_uppercase(),
        lines,
        buttons: buttons.collect(),
        id,
        can_refund,
    };
    visit.page(&page)
}

/// Hands over what is held, gives the hold up, or gives points back.
pub async fn step(visit: Visit) -> Answer {
    let id = visit.path::<Id>("redemption")?;
    let step = visit.chosen_step(&REDEMPTION)?;
    let params = match step.is(&REFUND_REDEMPTION) {
        true => receipt::refund_of(&visit)?,
        false => Params::new(),
    };
    visit.services().step::<Redemption>(&visit.call()?, step, id, params).await?;
    visit.to(&format!("/staff/counter/receipts/{id}"))
}
