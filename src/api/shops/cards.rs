//! `/v1/cards`: cards of members, their PINs, and claiming one at a shop.

use super::redemptions::ClaimedView;
use crate::api::web::edge::Shared;
use crate::api::web::extract::{Ask, Keyed, May, Or, PathOf, right};
use crate::api::web::fields::{CardText, ListOf, Password as PasswordField, PinText, PointsText};
use crate::api::web::problem::ApiError;
use crate::auth::passwords::Password;
use crate::domain::id::Id;
use crate::domain::time::Moment;
use crate::services::shops::cards::{CardStanding, PrintedCard};
use actix_web::http::header;
use actix_web::{HttpResponse, get, post};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The state of a member's card; what stands on it is answered to a print only.
#[derive(Debug, Serialize, ToSchema)]
pub struct CardView {
    member: Id,
    number: String,
    /// Prints of earlier editions are dead.
    edition: i64,
    /// Left out: no PIN yet, so that the card pays nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pin_set_at: Option<Moment>,
    /// Too many wrong PINs: staff set a new one at the counter.
    locked: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    lost_at: Option<Moment>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct PrintedCardView {
    member: Id,
    name: String,
    number: String,
    edition: i64,
    /// What stands on the card and in its QR picture.
    card: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct PrintedCardsView {
    #[schema(max_items = 100)]
    items: Vec<PrintedCardView>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PrintCardsBody {
    #[schema(value_type = Vec<Id>, min_items = 1, max_items = 100)]
    members: ListOf<Id, 1, 100>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PinBody {
    /// As the holder typed it at the counter.
    pin: PinText,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OwnPinBody {
    /// Of the caller's log-in.
    password: PasswordField,
    pin: PinText,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ClaimCardBody {
    /// What stands on the card: number, edition and letters.
    card: CardText,
    /// Asks whether the balance covers these points; the balance itself is never disclosed.
    points: Option<PointsText>,
}

fn view(card: CardStanding) -> CardView {
    CardView {
        member: card.member.id,
        number: card.member.number,
        edition: card.edition,
        pin_set_at: card.pin_set_at,
        locked: card.is_locked,
        lost_at: card.lost_at,
    }
}

fn printed(card: PrintedCard) -> PrintedCardView {
    let PrintedCard { member, name, number, edition, text, .. } = card;
    PrintedCardView { member, name, number, edition, card: text }
}

fn typed(text: impl Into<String>) -> Password {
    Password::new(text)
}

/// 存折卡 · the state of a member's card: for staff within reach, and for the member.
#[utoipa::path(tag = "redeeming", security(("bearer" = ["write_members"]), ("bearer" = ["read_own"])),
    params(("member" = Id, Path)), responses((status = 200, body = CardView)))]
#[get("/v1/cards/{member}")]
pub async fn read_card(
    state: Shared,
    may: May<Or<right::WriteMembers, right::ReadOwn>>,
    path: PathOf<Id>,
) -> Result<HttpResponse, ApiError> {
    Ok(HttpResponse::Ok().json(view(state.services.card(&may.call(), path.0).await?)))
}

/// 打印存折卡 · what stands on the cards of these members; each is logged as a look at the file.
#[utoipa::path(tag = "redeeming", security(("bearer" = ["write_members"])), request_body = PrintCardsBody,
    responses((status = 200, body = PrintedCardsView)))]
#[post("/v1/cards/print")]
pub async fn print_cards(
    state: Shared,
    may: May<right::WriteMembers>,
    ask: Ask<PrintCardsBody>,
) -> Result<HttpResponse, ApiError> {
    let call = ask.keyed.call(&may.actor);
    let cards = state.services.print_cards(&call, ask.body.members.0).await?;
    let items = cards.into_iter().map(printed).collect();
    let mut answer = HttpResponse::Ok();
    Ok(answer.insert_header((header::CACHE_CONTROL, "no-store")).json(PrintedCardsView { items }))
}

/// 挂失 · the next edition of a card: every print so far is dead at once, the PIN stays.
#[utoipa::path(tag = "redeeming", security(("bearer" = ["write_members"])), params(("member" = Id, Path)),
    responses((status = 200, body = CardView)))]
#[post("/v1/cards/{member}/lost")]
pub async fn report_card_lost(
    state: Shared,
    may: May<right::WriteMembers>,
    path: PathOf<Id>,
    keyed: Keyed,
) -> Result<HttpResponse, ApiError> {
    state.services.report_card_lost(&keyed.call(&may.actor), path.0).await?;
    Ok(HttpResponse::Ok().json(view(state.services.card(&may.call(), path.0).await?)))
}

/// 设密码 · sets the PIN that the holder has typed at the counter; a locked card is open again.
#[utoipa::path(tag = "redeeming", security(("bearer" = ["write_members"])), request_body = PinBody,
    params(("member" = Id, Path)), responses((status = 204)))]
#[post("/v1/cards/{member}/pin")]
pub async fn set_card_pin(
    state: Shared,
    may: May<right::WriteMembers>,
    path: PathOf<Id>,
    ask: Ask<PinBody>,
) -> Result<HttpResponse, ApiError> {
    let call = ask.keyed.call(&may.actor);
    state.services.set_card_pin(&call, path.0, typed(ask.body.pin)).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// 改密码 · changes the PIN of the own card, with the password of the log-in.
#[utoipa::path(tag = "redeeming", security(("bearer" = ["read_own"])), request_body = OwnPinBody,
    responses((status = 204)))]
#[post("/v1/cards/pin")]
pub async fn change_own_card_pin(
    state: Shared,
    may: May<right::ReadOwn>,
    ask: Ask<OwnPinBody>,
) -> Result<HttpResponse, ApiError> {
    let call = ask.keyed.call(&may.actor);
    let OwnPinBody { password, pin } = ask.body;
    state.services.change_own_card_pin(&call, typed(password), typed(pin)).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// 扫卡 · a shop claims a card: it learns the surname and whether the points are there, nothing more. The redemption
/// then needs the PIN of its holder.
#[utoipa::path(tag = "redeeming", security(("bearer" = ["claim_codes"])), request_body = ClaimCardBody,
    responses((status = 200, body = ClaimedView)))]
#[post("/v1/cards/claim")]
pub async fn claim_card(
    state: Shared,
    may: May<right::ClaimCodes>,
    ask: Ask<ClaimCardBody>,
) -> Result<HttpResponse, ApiError> {
    let points = ask.body.points.map(|points| points.minor());
    let seconds = state.config.times.claim_seconds;
    let call = ask.keyed.call(&may.actor);
    let claimed = state.services.claim_card(&call, ask.body.card.into(), points, seconds).await?;
    Ok(HttpResponse::Ok().json(ClaimedView::of(claimed)))
}
