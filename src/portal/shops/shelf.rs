//! Where points can be redeemed, and what for.

use crate::auth::permissions::Permission;
use crate::domain::figures::{count, points};
use crate::domain::id::Id;
use crate::domain::people::initials;
use crate::domain::refusal::Refusal;
use crate::portal::frame::around::Frame;
use crate::portal::frame::fault::{Answer, Fault};
use crate::portal::frame::form::plain_digits;
use crate::portal::frame::visit::Visit;
use crate::services::shops::merchants::OfferStanding;
use crate::texts::sentences as s;
use askama::Template;

/// A shop of the list.
struct ShopLine {
    path: String,
    name: String,
    is_open: bool,
}

#[derive(Template)]
#[template(path = "shops.html")]
struct Shops {
    f: Frame,
    shops: Vec<ShopLine>,
    /// The visitor may apply for a shop of their own.
    may_apply: bool,
}

pub async fn shops(visit: Visit) -> Answer {
    let found = visit.services().merchants(&visit.reading()?).await?;
    let shops = found.into_iter().map(|seen| ShopLine {
        path: format!("/shops/{}", seen.merchant.id),
        name: seen.merchant.name.clone(),
        is_open: seen.merchant.state == "open",
    });
    let f = visit.frame(visit.words().menu_shops()).await?;
    let actor = visit.actor()?;
    // A session of a card opens no such page.
    let is_whole = actor.card_edition.is_none();
    let may_apply = is_whole && actor.may(Permission::ApplyForShop) && actor.member.is_some();
    visit.page(&Shops { f, shops: shops.collect(), may_apply })
}

/// Goods or a service of a shop.
pub struct Goods {
    pub id: Id,
    pub name: String,
    pub price: String,
    /// What is left on the shelf; `None`: a service, of which there is no stock.
    pub stock: Option<String>,
    pub is_sold_out: bool,
    /// How many one person may take.
    pub limit: Option<String>,
    /// The attachment with its photo.
    pub photo: Option<Id>,
    /// It is what was looked for, or nothing was.
    pub is_found: bool,
}

/// More goods than this are looked for by name.
const MANY: usize = 12;

/// The search over many goods.
pub struct Search {
    /// The page with all of them.
    pub path: String,
    /// What is looked for.
    pub q: String,
    pub is_shown: bool,
    /// How many were found.
    pub found: usize,
}

/// Marks and puts first the goods that are looked for in the address: by a part of the name, or by pinyin initials.
pub fn find(visit: &Visit, path: String, goods: &mut [Goods]) -> Search {
    let q = visit.query("q").unwrap_or_default();
    let wanted = plain_digits(&q).to_lowercase();
    for one in goods.iter_mut() {
        one.is_found = one.name.to_lowercase().contains(&wanted) || initials::of(&one.name).contains(&wanted);
    }
    goods.sort_by_key(|one| !one.is_found);
    let found = goods.iter().filter(|one| one.is_found).count();
    Search { path, is_shown: goods.len() > MANY || !q.is_empty(), q, found }
}

/// Puts photos to goods that have one.
pub async fn with_photos(visit: &Visit, mut goods: Vec<Goods>) -> Result<Vec<Goods>, Fault> {
    let ids = goods.iter().map(|one| one.id).collect();
    let photos = visit.services().pictures_of_offers(&visit.reading()?, ids).await?;
    for one in &mut goods {
        one.photo = photos.get(&one.id).copied();
    }
    Ok(goods)
}

/// An offer as people read it.
pub fn goods(visit: &Visit, standing: OfferStanding) -> Goods {
    let OfferStanding { offer, stock } = standing;
    let w = visit.words();
    let cash = (offer.unit_cash_fen > 0).then(|| crate::domain::figures::points(offer.unit_cash_fen));
    let price = match cash {
        Some(yuan) => w.say(s::PriceWithCash { points: points(offer.unit_points), yuan }),
        None => w.say(s::PointsAmount { points: points(offer.unit_points) }),
    };
    Goods {
        id: offer.id,
        name: offer.name.clone(),
        price,
        stock: stock.map(|left| w.say(s::StockLeft { left: count(left) })),
        is_sold_out: stock.is_some_and(|left| left <= 0),
        limit: offer.member_limit.map(|limit| w.say(s::LimitEach { limit: count(limit) })),
        photo: None,
        is_found: true,
    }
}

#[derive(Template)]
#[template(path = "shop.html")]
struct Shop {
    f: Frame,
    name: String,
    is_open: bool,
    goods: Vec<Goods>,
}

pub async fn shop(visit: Visit) -> Answer {
    let (id, call) = (visit.path::<Id>("id")?, visit.reading()?);
    let shops = visit.services().merchants(&call).await?;
    let shop = shops.into_iter().find(|seen| seen.merchant.id == id).ok_or(Refusal::absent("merchant"))?;
    let offers = visit.services().offers(&call, id).await?;
    let name = shop.merchant.name.clone();
    let f = visit.frame(name.clone()).await?;
    let on_shelf = offers.into_iter().filter(|one| one.offer.state == "on");
    let goods = with_photos(&visit, on_shelf.map(|one| goods(&visit, one)).collect()).await?;
    visit.page(&Shop { f, name, is_open: shop.merchant.state == "open", goods })
}

/// The name of the caller's shop, and its id.
pub async fn own_shop(visit: &Visit) -> Result<(Id, String), Fault> {
    let own = visit.actor()?.merchant.ok_or(Refusal::absent("merchant"))?;
    let shops = visit.services().merchants(&visit.reading()?).await?;
    let shop = shops.into_iter().find(|seen| seen.merchant.id == own).ok_or(Refusal::absent("merchant"))?;
    Ok((own, shop.merchant.name.clone()))
}
