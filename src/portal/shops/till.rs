//! The till: a code is scanned or typed, goods are chosen, the sum is checked with the volunteer, the points are
//! taken.

use super::paper_text::is_of_card;
use crate::api::web::fields::{CardText, CodeText, PinText};
use crate::auth::passwords::Password;
use crate::domain::figures::{count, points};
use crate::domain::id::Id;
use crate::domain::life_cycles::CAPTURE_REDEMPTION;
use crate::domain::shops::redemption::{Redemption, RedemptionState};
use crate::portal::frame::around::Frame;
use crate::portal::frame::fault::{Answer, Fault};
use crate::portal::frame::form::{Fields, Form, plain_digits};
use crate::portal::frame::visit::Visit;
use crate::services::shops::merchants::OfferStanding;
use crate::services::shops::redemptions::RedeemAsk;
use crate::services::step::Params;
use crate::texts::sentences as s;
use askama::Template;

use super::receipt::{Taken, of_today, redemption_of, taken};
use super::shelf::{Goods, Search, find, goods, own_shop, with_photos};

/// How many of today's redemptions the first page lists.
const RECENT: i64 = 5;

#[derive(Template)]
#[template(path = "till.html")]
struct Till {
    f: Frame,
    shop: String,
    /// A code from a link that another app has scanned.
    code: String,
    sum: String,
    number: String,
    recent: Vec<Taken>,
}

fn is_taken(redemption: &Redemption) -> bool {
    !matches!(redemption.state, RedemptionState::Cancelled | RedemptionState::Held)
}

pub async fn show(visit: Visit) -> Answer {
    let (_, shop) = own_shop(&visit).await?;
    let today: Vec<_> = of_today(&visit).await?.into_iter().filter(is_taken).collect();
    let sum = today
        .iter()
        .fold(0_i64, |sum, one| sum.saturating_add(one.points_captured.saturating_sub(one.points_refunded)));
    let number = count(i64::try_from(today.len()).unwrap_or(i64::MAX));
    let recent = today.into_iter().take(usize::try_from(RECENT).unwrap_or(5)).collect();
    let recent = taken(&visit, recent).await?;
    let mut f = visit.frame(visit.words().till_title()).await?;
    // The first field takes codes and cards; a card may also be typed in a field of its own.
    let field = if visit.form.typed("card").is_some() { "card" } else { "code" };
    for fault in f.faults.iter_mut().filter(|fault| ["card", "pin"].contains(&fault.name.as_str())) {
        fault.name = field.into();
    }
    let code = visit.query("code").unwrap_or_default();
    visit.page(&Till { f, shop, code, sum: points(sum), number, recent })
}

/// The code in what was scanned or typed: eight digits with or without blanks, or the link of the picture.
fn code_in(text: &str) -> String {
    let plain: String = plain_digits(text).chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
    plain.rsplit_once("/r/").map_or(plain.clone(), |(_, code)| code.to_owned())
}

/// Claims the code, or the card.
pub async fn claim(visit: Visit) -> Answer {
    let fields = visit.fields();
    let (in_code, in_card) = (visit.form.typed("code").unwrap_or_default(), visit.form.typed("card"));
    let is_code = CodeText::parse(code_in(in_code)).is_ok();
    if let Some(text) = in_card.or(Some(in_code).filter(|text| !is_code && is_of_card(text))) {
        let card = match text.trim() {
            "" => fields.refuse("card", crate::api::web::faults::FieldFault::Missing),
            text => CardText::parse(text).or_else(|fault| fields.refuse("card", fault)),
        };
        fields.checked()?;
        let seconds = visit.state.config.times.claim_seconds;
        let claimed = visit.services().claim_card(&visit.call()?, card?.into(), None, seconds).await?;
        return visit.to(&format!("/shop/redeem/{}", claimed.code));
    }
    let typed = code_in(in_code);
    let code = match typed.as_str() {
        "" => fields.refuse("code", crate::api::web::faults::FieldFault::Missing),
        text => match CodeText::parse(text) {
            Ok(code) => Ok(code),
            Err(fault) => fields.refuse("code", fault),
        },
    };
    fields.checked()?;
    let seconds = visit.state.config.times.claim_seconds;
    let claimed = visit.services().claim_code(&visit.call()?, code?.into(), None, seconds).await?;
    visit.to(&format!("/shop/redeem/{}", claimed.code))
}

/// A link that another app has scanned: for a shop's staff the till with the code in it; others learn what it is for.
pub async fn scanned(visit: Visit) -> Answer {
    let code: String = visit.path("code")?;
    let may = |actor: &crate::auth::permissions::Actor| {
        actor.merchant.is_some() && actor.may(crate::auth::permissions::Permission::ClaimCodes)
    };
    if visit.actor.as_ref().is_some_and(may) {
        let code: String = form_urlencoded::byte_serialize(code.as_bytes()).collect();
        return visit.to(&format!("/shop?code={code}"));
    }
    let f = visit.frame(visit.words().scanned_title()).await?;
    visit.page(&Scanned { f })
}

#[derive(Template)]
#[template(path = "scanned.html")]
struct Scanned {
    f: Frame,
}

#[derive(Template)]
#[template(path = "till_goods.html")]
struct Choose {
    f: Frame,
    shop: String,
    surname: String,
    /// A proxy has shown the code.
    by_proxy: bool,
    /// Where the chosen goods are checked.
    check_path: String,
    goods: Vec<Goods>,
    find: Search,
}

pub async fn offers(visit: &Visit, shop: Id) -> Result<Vec<OfferStanding>, Fault> {
    let offers = visit.services().offers(&visit.reading()?, shop).await?;
    Ok(offers.into_iter().filter(|one| one.offer.state == "on").collect())
}

/// 选商品.
pub async fn choose(visit: Visit) -> Answer {
    let code = visit.path::<Id>("code")?;
    let (shop, name) = own_shop(&visit).await?;
    let (claimed, redemption) = visit.services().claimed_code(&visit.reading()?, code, None).await?;
    if let Some(redemption) = redemption {
        return visit.to(&format!("/shop/receipts/{redemption}"));
    }
    let goods = offers(&visit, shop).await?.into_iter().map(|one| goods(&visit, one)).collect();
    let mut goods = with_photos(&visit, goods).await?;
    let find = find(&visit, format!("/shop/redeem/{code}"), &mut goods);
    let f = visit.frame(visit.words().till_goods_title()).await?;
    visit.page(&Choose {
        f,
        shop: name,
        surname: claimed.surname,
        by_proxy: claimed.by_proxy,
        check_path: format!("/shop/redeem/{code}/check"),
        goods,
        find,
    })
}

/// A line of the cart.
pub struct CartLine {
    pub offer: Id,
    pub name: String,
    pub quantity: i64,
    pub points: String,
}

#[derive(Template)]
#[template(path = "till_check.html")]
struct Check {
    f: Frame,
    shop: String,
    surname: String,
    code: Id,
    lines: Vec<CartLine>,
    sum: String,
    /// 确认兑换 120 分.
    button: String,
    is_enough: bool,
    /// The holder of the card types the PIN here.
    by_card: bool,
    /// A proxy has shown the code.
    by_proxy: bool,
}

/// The pieces of each offer that were chosen, in the address or in the form; `one` is a single piece.
pub fn chosen(visit: &Visit) -> Result<Vec<(Id, i64)>, Fault> {
    let mut lines: Vec<(Id, i64)> = Vec::new();
    for form in [&Form::of_query(visit.request.query_string()), &visit.form] {
        let fields = Fields::of(form);
        let pieces = fields.pieces();
        fields.checked()?;
        let one = form.typed("one").and_then(|id| Some((id.parse().ok()?, 1)));
        for (offer, pieces) in pieces?.into_iter().chain(one) {
            if !lines.iter().any(|(known, _)| *known == offer) {
                lines.push((offer, pieces));
            }
        }
    }
    Ok(lines)
}

/// Shows the goods again, with what was typed and what is wrong with it.
pub fn refuse_choice(mut visit: Visit, fault: Fault) -> Visit {
    visit.form = Form::of_query(visit.request.query_string());
    visit.refuse(fault);
    visit
}

/// The lines of a cart with their points, and the sum in hundredths.
pub fn cart(standings: &[OfferStanding], chosen: Vec<(Id, i64)>) -> (Vec<CartLine>, i64) {
    let (mut lines, mut sum) = (Vec::new(), 0_i64);
    for (offer, quantity) in chosen {
        let Some(standing) = standings.iter().find(|one| one.offer.id == offer) else { continue };
        let cost = standing.offer.unit_points.saturating_mul(quantity);
        sum = sum.saturating_add(cost);
        lines.push(CartLine { offer, name: standing.offer.name.clone(), quantity, points: points(cost) });
    }
    (lines, sum)
}

/// Holds the points of the chosen goods and hands them over, under the key of the form, so that it happens once: for
/// a claimed code, or for a member at the counter and a shop. Returns the redemption.
pub async fn take_points(
    visit: &Visit,
    (code, on_behalf_of, merchant): (Option<Id>, Option<Id>, Option<Id>),
) -> Result<Id, Fault> {
    let (services, call) = (visit.services(), visit.call()?);
    let hold_seconds = visit.state.config.times.hold_seconds;
    let fields = visit.fields();
    let pin = fields.maybe::<PinText>("pin");
    fields.checked()?;
    let pin = pin?.map(|pin| Password::new(String::from(pin)));
    let ask = RedeemAsk { code, on_behalf_of, merchant, pin, lines: chosen(visit)?, hold_seconds };
    let id = redemption_of(&services.redeem(&call, ask).await?.receipt)?;
    let mut captured = call;
    if let Some(request) = &mut captured.request {
        request.key.push_str("/capture");
    }
    // What is held stays held: the receipt says so, and hands it over.
    if let Err(error) = services.step::<Redemption>(&captured, &CAPTURE_REDEMPTION, id, Params::new()).await {
        tracing::warn!(%error, "a redemption was held but not handed over");
    }
    Ok(id)
}

/// 核对: who, what, how much.
pub async fn check(visit: Visit) -> Answer {
    let code = visit.path::<Id>("code")?;
    let pieces = match chosen(&visit) {
        Err(fault) => return choose(refuse_choice(visit, fault)).await,
        Ok(pieces) => pieces,
    };
    let (shop, name) = own_shop(&visit).await?;
    let (lines, sum) = cart(&offers(&visit, shop).await?, pieces.clone());
    if lines.is_empty() {
        return visit.to(&format!("/shop/redeem/{code}"));
    }
    let (claimed, redemption) = visit.services().claimed_code(&visit.reading()?, code, Some(sum)).await?;
    if let Some(redemption) = redemption {
        return visit.to(&format!("/shop/receipts/{redemption}"));
    }
    if claimed.by_card {
        let ask = RedeemAsk { code: Some(code), lines: pieces, ..RedeemAsk::default() };
        if let Err(error) = visit.services().look_at_cart(&visit.reading()?, ask).await {
            return choose(refuse_choice(visit, error.into())).await;
        }
    }
    let f = visit.frame(visit.words().till_check_title()).await?;
    let button = visit.say(s::TillConfirm { points: points(sum) });
    let is_enough = claimed.enough.unwrap_or(true);
    visit.page(&Check {
        f,
        shop: name,
        surname: claimed.surname,
        code,
        lines,
        sum: points(sum),
        button,
        is_enough,
        by_card: claimed.by_card,
        by_proxy: claimed.by_proxy,
    })
}

/// 确认兑换.
pub async fn confirm(visit: Visit) -> Answer {
    let code = visit.path::<Id>("code")?;
    let id = take_points(&visit, (Some(code), None, None)).await?;
    visit.to(&format!("/shop/receipts/{id}"))
}
