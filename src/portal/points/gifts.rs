//! Giving one's own points: to whom and how much, the check with a masked name before anything moves, the own gifts,
//! and what becomes of one of them.

use crate::api::web::faults::{FieldError, FieldFault, Place};
use crate::api::web::fields::{PointsText, Reason, SearchText};
use crate::api::web::problem::ApiError;
use crate::auth::permissions::Permission as P;
use crate::domain::document::Document;
use crate::domain::figures::points;
use crate::domain::id::Id;
use crate::domain::life_cycle::Asks;
use crate::domain::life_cycles::GIFT;
use crate::domain::points::gift::{Gift, GiftForm};
use crate::portal::frame::around::Frame;
use crate::portal::frame::fault::{Answer, Fault};
use crate::portal::frame::form::{Form, plain_digits};
use crate::portal::frame::steps::Button;
use crate::portal::frame::visit::Visit;
use crate::portal::ledger::passbook::available;
use crate::portal::people::read;
use crate::portal::shops::code::picture;
use crate::services::points::gifts::{GiftAsk, GiftFilter, GiftStanding, GiftTo};
use crate::services::step::{Params, because};
use crate::texts::sentences as s;
use askama::Template;

/// Gifts on a page.
const LINES: i64 = 30;

/// One in a list.
pub struct GiftLine {
    pub path: String,
    pub what: String,
    pub points: String,
    pub is_in: bool,
    pub day: String,
    pub state: String,
    pub is_open: bool,
}

/// A gift as the user reads it: to whom, or from whom.
pub fn words(visit: &Visit, one: &GiftStanding) -> String {
    let (side, who) = if one.is_receiver { ("in", &one.giver) } else { ("out", &one.receiver) };
    let who = who.clone().unwrap_or_default();
    visit.say(s::GiftsLine { form: one.gift.form.as_str(), side, who })
}

pub fn state(visit: &Visit, gift: &Gift) -> String {
    visit.say(s::GiftsState { state: gift.state.as_str() })
}

fn line(visit: &Visit, one: &GiftStanding) -> GiftLine {
    GiftLine {
        path: format!("/me/gifts/{}", one.gift.id),
        what: words(visit, one),
        points: points(one.gift.points),
        is_in: one.is_receiver,
        day: visit.days().of(one.gift.given_at),
        state: state(visit, &one.gift),
        is_open: one.gift.state.as_str() == "asked_back",
    }
}

pub fn done(visit: &Visit) -> Option<String> {
    let done = visit.query("done").map(|done| visit.say(s::GiftsDone { done: done.as_str() }));
    done.filter(|_| visit.fault.is_none())
}

#[derive(Template)]
#[template(path = "gifts.html")]
struct OwnPage {
    f: Frame,
    done: Option<String>,
    /// To people, and to the pool.
    is_open: bool,
    is_open_for_people: bool,
    is_open_for_pool: bool,
    limits: String,
    pool_hint: String,
    balance: String,
    to: String,
    number: String,
    picture: String,
    lines: Vec<GiftLine>,
    next: Option<String>,
}

/// The form, the own passbook number to receive with, and the own gifts.
pub async fn own(visit: Visit) -> Answer {
    let (services, call, member) = (visit.services(), visit.reading()?, visit.member()?);
    let before = visit.query("before").and_then(|text| text.parse::<Id>().ok());
    let filter = GiftFilter { before, ..GiftFilter::default() };
    let gifts = services.gifts(&call, filter, (None, true), LINES).await?;
    let is_full = i64::try_from(gifts.len()).is_ok_and(|length| length == LINES);
    let (rules, _) = services.gift_rules(&call).await?;
    let file = services.member(&call, member).await?;
    let org = services.own_pool(&call).await?;
    let people = rules.family || rules.neighbour;
    let page = OwnPage {
        done: done(&visit),
        is_open: people || rules.donation,
        is_open_for_people: people,
        is_open_for_pool: rules.donation,
        limits: visit
            .say(s::GiftsLimits { day: points(rules.points_a_day), person: points(rules.points_a_person) }),
        pool_hint: visit.say(s::GiftsToPoolHint { org }),
        balance: points(available(&visit, member).await?),
        to: visit.query("to").or_else(|| visit.query("number")).unwrap_or_default(),
        picture: picture(&format!("{}/me/gifts?to={}", visit.address(), file.number))?,
        number: file.number,
        next: gifts.last().filter(|_| is_full).map(|one| format!("/me/gifts?before={}", one.gift.id)),
        lines: gifts.iter().map(|one| line(&visit, one)).collect(),
        f: visit.frame(visit.words().gifts_title()).await?,
    };
    visit.page(&page)
}

/// What is to be given, from the address of the page or from its form.
struct Wish {
    to: GiftTo,
    number: String,
    points: i64,
}

fn wish(visit: &Visit) -> Result<Wish, Fault> {
    let typed = |name: &str| {
        let text = visit.form.typed(name).map(str::to_owned).or_else(|| visit.query(name));
        plain_digits(text.unwrap_or_default().trim())
    };
    let missing = |name: &str| Fault::Fields(vec![FieldError::new(Place::Form, name, FieldFault::Missing)]);
    let number = typed("number");
    let to = match typed("pool").is_empty() {
        true => {
            let known = read::<SearchText>("number", &number)?;
            GiftTo::Person(known.ok_or_else(|| missing("number"))?.into())
        }
        false => GiftTo::Pool,
    };
    let sum = read::<PointsText>("points", &typed("points"))?.ok_or_else(|| missing("points"))?;
    Ok(Wish { to, number, points: sum.minor() })
}

#[derive(Template)]
#[template(path = "gift_check.html")]
struct CheckPage {
    f: Frame,
    who: String,
    form: String,
    sum: String,
    number: String,
    is_pool: bool,
    back: String,
}

/// 核对: to whom and how much. Nothing has moved.
pub async fn check(mut visit: Visit) -> Answer {
    if visit.query("points").is_none() && visit.form.typed("points").is_none() {
        return visit.to(OWN);
    }
    // What was typed is shown again with what is wrong with it.
    if visit.form.is_empty() {
        visit.form = Form::of_query(visit.request.query_string());
    }
    let wish = match wish(&visit) {
        Ok(wish) => wish,
        Err(fault) => {
            visit.refuse(fault);
            return own(visit).await;
        }
    };
    let (services, call) = (visit.services(), visit.reading()?);
    let (who, form) = match &wish.to {
        GiftTo::Pool => (visit.words().pools_title(), GiftForm::Donation),
        GiftTo::Person(number) => match services.gift_receiver(&call, number.clone()).await {
            Ok(found) => (found.name, found.form),
            Err(error) => {
                visit.refuse(error.into());
                return own(visit).await;
            }
        },
    };
    let page = CheckPage {
        who,
        form: visit.say(s::GiftsForm { form: form.as_str() }),
        sum: points(wish.points),
        is_pool: matches!(wish.to, GiftTo::Pool),
        back: format!("/me/gifts?to={}", wish.number),
        number: wish.number,
        f: visit.frame(visit.words().gifts_check()).await?,
    };
    visit.page(&page)
}

/// 确认赠送.
pub async fn give(visit: Visit) -> Answer {
    let wish = wish(&visit)?;
    let done = visit.services().give(&visit.call()?, GiftAsk { to: wish.to, points: wish.points }).await?;
    let gift = done.receipt.documents.iter().find_map(|document| match document {
        Document::Gift(gift) => Some(gift.id),
        _ => None,
    });
    let id = gift.ok_or(ApiError::NoSuchPath)?;
    visit.to(&format!("/me/gifts/{id}?done=given"))
}

#[derive(Template)]
#[template(path = "gift_one.html")]
struct OnePage {
    f: Frame,
    done: Option<String>,
    heading: String,
    sum: String,
    state: String,
    at: String,
    org: String,
    entry: Option<String>,
    buttons: Vec<Button>,
    back: &'static str,
}

/// How a page names a gift.
type Named = fn(&Visit, &GiftStanding) -> String;

/// The page of one gift: of the own ones, or at the desk.
pub(super) async fn shown(visit: Visit, (back, named): (&'static str, Named)) -> Answer {
    let (id, services, call) = (visit.path::<Id>("id")?, visit.services(), visit.reading()?);
    let one = services.one_gift(&call, id).await?;
    let (_, open) = services.open_steps::<Gift>(&call, id).await?;
    let is_staff = back != OWN;
    let heading = named(&visit, &one);
    // Staff reverse on their own page, people ask and answer on theirs.
    let open = open.into_iter().filter(|step| step.rights.contains(&P::MakeAwards) == is_staff);
    let page = OnePage {
        done: done(&visit),
        sum: points(one.gift.points),
        state: state(&visit, &one.gift),
        at: visit.days().moment(one.gift.given_at),
        org: one.org.clone(),
        entry: one.gift.entry_number.filter(|_| !is_staff).map(|entry| format!("/me/entries/{entry}")),
        buttons: open.map(|step| visit.button(step, step.name == "return_gift")).collect(),
        back,
        f: visit.frame(heading.clone()).await?,
        heading,
    };
    visit.page(&page)
}

const OWN: &str = "/me/gifts";

/// One of the own gifts.
pub async fn one(visit: Visit) -> Answer {
    shown(visit, (OWN, words)).await
}

/// Takes a step with a gift.
pub(super) async fn step(visit: Visit, base: &str) -> Answer {
    let (id, step) = (visit.path::<Id>("id")?, visit.chosen_step(&GIFT)?);
    let fields = visit.fields();
    let reason = (step.asks == Asks::Reason).then(|| fields.need::<Reason>("reason"));
    fields.checked()?;
    let params = match reason {
        Some(reason) => because(Some(reason?.into())),
        None => Params::new(),
    };
    visit.services().step::<Gift>(&visit.call()?, step, id, params).await?;
    visit.to(&format!("{base}/{id}?done={}", step.name))
}

/// Asks for it back, returns it, or keeps it.
pub async fn take(visit: Visit) -> Answer {
    step(visit, OWN).await
}
