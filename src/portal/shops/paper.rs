//! Receipts on paper: a slip of 80 mm, which also fits on a larger sheet.

use super::receipt::{Line, lines};
use crate::domain::figures::points;
use crate::domain::id::Id;
use crate::domain::shops::redemption::RedemptionState;
use crate::portal::frame::around::Frame;
use crate::portal::frame::fault::Answer;
use crate::portal::frame::visit::Visit;
use crate::services::people::counter::MemberRow;
use crate::texts::{Text, sentences as s, word};
use askama::Template;

#[derive(Template)]
#[template(path = "print_slip.html")]
struct SlipPage {
    f: Frame,
    back: String,
    shop: String,
    points: String,
    /// What was given back since.
    refunded: Option<String>,
    state: String,
    presence: String,
    moment: String,
    receipt: String,
    lines: Vec<Line>,
    /// At the community counter: name and passbook number of the person, who signs.
    person: Option<(String, String)>,
}

async fn slip(visit: Visit, id: Id, back: String, is_counter: bool) -> Answer {
    let (services, call, w) = (visit.services(), visit.reading()?, visit.words());
    let (redemption, _) = services.redemption(&call, id).await?;
    let shops = services.merchants(&call).await?;
    let shop = shops.into_iter().find(|seen| seen.merchant.id == redemption.merchant_id);
    let offers = services.offers(&call, redemption.merchant_id).await?;
    let name = |offer: Id| {
        let known = offers.iter().find(|one| one.offer.id == offer).map(|one| one.offer.name.clone());
        known.unwrap_or_else(|| w.goods_taken_off())
    };
    let person: Option<MemberRow> = match is_counter {
        true => Some(services.member(&call, redemption.member_id).await?),
        false => None,
    };
    let at = redemption.captured_at.unwrap_or(redemption.made_at);
    let taken = match redemption.state {
        RedemptionState::Held | RedemptionState::Cancelled => redemption.points_held,
        _ => redemption.points_captured,
    };
    let text = id.to_string();
    let page = SlipPage {
        f: visit.frame(w.print_receipt()).await?,
        back,
        shop: shop.map(|seen| seen.merchant.name).unwrap_or_default(),
        points: points(taken),
        refunded: Some(redemption.points_refunded).filter(|minor| *minor > 0).map(points),
        state: visit.say(Text::from(s::State { state: word(redemption.state) })),
        presence: super::receipt::presence(&visit, &redemption),
        moment: format!("{} {}", at.day(visit.zone()), visit.days().clock(at)),
        receipt: text.rsplit('-').next().unwrap_or_default().to_uppercase(),
        lines: lines(&redemption, name),
        person: person.map(|row| (row.name, row.number)),
    };
    visit.page(&page)
}

/// At the till.
pub async fn own(visit: Visit) -> Answer {
    let id = visit.path::<Id>("id")?;
    slip(visit, id, format!("/shop/receipts/{id}"), false).await
}

/// At the community counter.
pub async fn of_counter(visit: Visit) -> Answer {
    let id = visit.path::<Id>("redemption")?;
    slip(visit, id, format!("/staff/counter/receipts/{id}"), true).await
}
