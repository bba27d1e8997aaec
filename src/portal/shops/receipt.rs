//! Receipts of a till, and the list of a day: handing over, cancelling, taking goods back.

use super::shelf::own_shop;
use crate::domain::document::Document;
use crate::domain::figures::points;
use crate::domain::id::Id;
use crate::domain::ledger::receipt::Receipt;
use crate::domain::life_cycles::{CANCEL_REDEMPTION, REDEMPTION, REFUND_REDEMPTION};
use crate::domain::refusal::Refusal;
use crate::domain::shops::redemption::{Redemption, RedemptionLine, RedemptionState};
use crate::domain::time::Days;
use crate::portal::frame::around::Frame;
use crate::portal::frame::fault::{Answer, Fault};
use crate::portal::frame::steps::Button;
use crate::portal::frame::visit::Visit;
use crate::services::Error;
use crate::services::service::records::DocumentFilter;
use crate::services::step::Params;
use crate::texts::{Text, sentences as s, word};
use askama::Template;
use std::collections::HashMap;

/// The most of a day's list.
const OF_DAY: i64 = 200;

/// Today's redemptions of the caller's shop, newest first.
pub async fn of_today(visit: &Visit) -> Result<Vec<Redemption>, Fault> {
    let today = visit.days().today;
    let days = Days { from: Some(today), until: Some(today) };
    let filter = DocumentFilter { merchant: visit.actor()?.merchant, days, ..DocumentFilter::default() };
    let found = visit.services().redemptions(&visit.reading()?, filter, OF_DAY).await?;
    Ok(found.into_iter().map(|(redemption, _)| redemption).collect())
}

/// The redemption that an entry made.
pub fn redemption_of(receipt: &Receipt) -> Result<Id, Fault> {
    let made = receipt.documents.iter().find_map(|document| match document {
        Document::Redemption(redemption) => Some(redemption.id),
        _ => None,
    });
    made.ok_or_else(|| Error::Fault("a redemption answered without its document".into()).into())
}

/// A redemption in a list.
pub struct Taken {
    pub path: String,
    pub what: String,
    pub clock: String,
    pub points: String,
    pub state: String,
}

/// Names of the offers of a shop, also of those that were taken off.
async fn names(visit: &Visit) -> Result<HashMap<Id, String>, Fault> {
    let shop = visit.actor()?.merchant.ok_or(Refusal::absent("merchant"))?;
    let offers = visit.services().offers(&visit.reading()?, shop).await?;
    Ok(offers.into_iter().map(|one| (one.offer.id, one.offer.name)).collect())
}

fn state_words(visit: &Visit, state: RedemptionState) -> String {
    visit.say(Text::from(s::State { state: word(state) }))
}

/// How the person was present.
pub fn presence(visit: &Visit, redemption: &Redemption) -> String {
    let slip = redemption.slip_number.map(|number| format!("{number:06}")).unwrap_or_default();
    visit.say(s::Presence { presence: word(redemption.presence()), slip }).trim().to_owned()
}

/// Redemptions as a list shows them.
pub async fn taken(visit: &Visit, redemptions: Vec<Redemption>) -> Result<Vec<Taken>, Fault> {
    let (names, days) = (names(visit).await?, visit.days());
    let line = |one: Redemption| {
        let goods = one.lines.iter().map(|line| {
            let name = names.get(&line.offer_id).cloned().unwrap_or_else(|| visit.words().goods_taken_off());
            if line.quantity > 1 { format!("{name} × {}", line.quantity) } else { name }
        });
        let left = match one.captured_at {
            Some(_) => one.points_captured.saturating_sub(one.points_refunded),
            None => one.points_held,
        };
        Taken {
            path: format!("/shop/receipts/{}", one.id),
            what: goods.collect::<Vec<_>>().join("、"),
            clock: days.clock(one.captured_at.unwrap_or(one.made_at)),
            points: points(left),
            state: match one.state {
                RedemptionState::Captured => String::new(),
                state => state_words(visit, state),
            },
        }
    };
    Ok(redemptions.into_iter().map(line).collect())
}

#[derive(Template)]
#[template(path = "shop_day.html")]
struct DayPage {
    f: Frame,
    day: String,
    sum: String,
    lines: Vec<Taken>,
}

/// The list of today.
pub async fn day(visit: Visit) -> Answer {
    let today = of_today(&visit).await?;
    let counted = |one: &Redemption| one.points_captured.saturating_sub(one.points_refunded);
    let sum = today.iter().map(counted).fold(0_i64, i64::saturating_add);
    let lines = taken(&visit, today).await?;
    let days = visit.days();
    let f = visit.frame(visit.words().menu_day()).await?;
    visit.page(&DayPage { f, day: days.day(days.today), sum: points(sum), lines })
}

/// A line of a receipt.
pub struct Line {
    pub offer: Id,
    pub name: String,
    pub pieces: i64,
    pub points: String,
    /// How many pieces can still come back.
    pub left: i64,
}

/// The lines of a receipt, with the names of the offers.
pub fn lines(redemption: &Redemption, name: impl Fn(Id) -> String) -> Vec<Line> {
    let is_done = redemption.captured_at.is_some();
    let line = |line: &RedemptionLine| Line {
        offer: line.offer_id,
        name: name(line.offer_id),
        pieces: if is_done { line.captured_quantity } else { line.quantity },
        points: points(line.unit_points.saturating_mul(line.quantity)),
        left: line.captured_quantity.saturating_sub(line.refunded_quantity),
    };
    redemption.lines.iter().map(line).collect()
}

#[derive(Template)]
#[template(path = "receipt.html")]
struct ReceiptPage {
    f: Frame,
    id: Id,
    heading: String,
    is_done: bool,
    points: String,
    shop: String,
    state: String,
    presence: String,
    moment: String,
    number: String,
    lines: Vec<Line>,
    buttons: Vec<Button>,
    /// Goods may come back.
    can_refund: bool,
}

pub async fn show(visit: Visit) -> Answer {
    let id = visit.path::<Id>("id")?;
    let (_, shop) = own_shop(&visit).await?;
    let call = visit.reading()?;
    // Only what the caller may see; then what they may do with it.
    visit.services().redemption(&call, id).await?;
    let (redemption, open) = visit.services().open_steps::<Redemption>(&call, id).await?;
    let names = names(&visit).await?;
    let is_done = redemption.captured_at.is_some();
    let name = |offer| names.get(&offer).cloned().unwrap_or_else(|| visit.words().goods_taken_off());
    let lines = lines(&redemption, name);
    let plain = open.iter().copied().filter(|step| !step.is(&REFUND_REDEMPTION));
    let buttons = plain.map(|step| visit.button(step, false));
    let w = visit.words();
    let heading = match redemption.state {
        RedemptionState::Captured => w.receipt_done(),
        RedemptionState::Held => w.receipt_held(),
        state => state_words(&visit, state),
    };
    let text = id.to_string();
    let page = ReceiptPage {
        f: visit.frame(heading.clone()).await?,
        id,
        heading,
        is_done,
        points: points(if is_done { redemption.points_captured } else { redemption.points_held }),
        shop,
        state: state_words(&visit, redemption.state),
        presence: presence(&visit, &redemption),
        moment: visit.days().moment(redemption.captured_at.unwrap_or(redemption.made_at)),
        number: text.rsplit('-').next().unwrap_or_default().to_uppercase(),
        lines,
        buttons: buttons.collect(),
        can_refund: open.iter().any(|step| step.is(&REFUND_REDEMPTION)),
    };
    visit.page(&page)
}

/// What a form asks to be given back: the pieces of each line, and whether the goods go back on the shelf.
pub fn refund_of(visit: &Visit) -> Result<Params, Fault> {
    let fields = visit.fields();
    let pieces = fields.pieces();
    fields.checked()?;
    let pieces = pieces?;
    if pieces.is_empty() {
        return Err(Refusal::NothingToPost.into());
    }
    let pieces = serde_json::to_value(pieces).map_err(|error| Error::Fault(error.to_string()))?;
    let mut params = Params::new();
    params.insert("pieces".to_owned(), pieces);
    params.insert("goods_back".to_owned(), (visit.form.typed("goods") != Some("lost")).into());
    Ok(params)
}

/// Takes the step that the form names.
pub async fn step(visit: Visit) -> Answer {
    let id = visit.path::<Id>("id")?;
    let step = visit.chosen_step(&REDEMPTION)?;
    let params = match step.is(&REFUND_REDEMPTION) {
        true => refund_of(&visit)?,
        false => Params::new(),
    };
    visit.services().step::<Redemption>(&visit.call()?, step, id, params).await?;
    if step.is(&CANCEL_REDEMPTION) {
        return visit.to("/shop/day");
    }
    visit.to(&format!("/shop/receipts/{id}"))
}
