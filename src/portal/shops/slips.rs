//! Numbered paper slips: printed as pads, entered at the shop or at the desk, listed with what the district covers.

use super::receipt::redemption_of;
use super::shelf::{Goods, goods, own_shop};
use super::till::{chosen, offers};
use crate::api::web::faults::FieldFault;
use crate::api::web::fields::{CardText, SearchText, SlipCount, SlipText};
use crate::domain::figures::points;
use crate::domain::id::Id;
use crate::domain::refusal::Refusal;
use crate::domain::shops::redemption::{Presence, Redemption};
use crate::domain::time::Day;
use crate::portal::frame::around::Frame;
use crate::portal::frame::fault::{Answer, Fault};
use crate::portal::frame::visit::Visit;
use crate::services::people::counter::MemberSearch;
use crate::services::service::records::DocumentFilter;
use crate::services::shops::slips::SlipAsk;
use crate::texts::sentences as s;
use askama::Template;
use std::collections::HashMap;

/// Redemptions on a page of the list.
const LINES: i64 = 50;
/// Slips on a sheet of A4.
const OF_SHEET: usize = 4;
/// The most slips that are shown in print at once.
const AT_ONCE: i64 = 200;

#[derive(Template)]
#[template(path = "slip_enter.html")]
struct EnterPage {
    f: Frame,
    back: String,
    shop: String,
    goods: Vec<Goods>,
    today: String,
    /// Staff may write the passbook number instead of the card.
    is_desk: bool,
    limit: String,
}

async fn page(visit: &Visit, shop: Id, name: String, is_desk: bool) -> Answer {
    let goods = offers(visit, shop).await?.into_iter().map(|one| goods(visit, one)).collect();
    let limit = visit.services().paper_limits.slip;
    let page = EnterPage {
        f: visit.frame(visit.words().slips_enter()).await?,
        back: if is_desk { "/staff/slips".into() } else { "/shop".into() },
        shop: name,
        goods,
        today: visit.days().today.to_string(),
        is_desk,
        limit: if limit > 0 { visit.say(s::SlipsLimit { points: points(limit) }) } else { String::new() },
    };
    visit.page(&page)
}

/// The member with this passbook number, by staff.
async fn numbered(visit: &Visit, text: &str) -> Result<Option<Id>, Fault> {
    let Some(number) = crate::portal::people::read::<SearchText>("card", text)? else { return Ok(None) };
    let search = MemberSearch { number: Some(number.into()), ..MemberSearch::default() };
    let found = visit.services().find_members(&visit.reading()?, search, None, 2).await?;
    let row = found.first().ok_or(Refusal::CardUnknown)?;
    Ok(Some(row.id))
}

/// Enters what stands on a slip; returns the redemption.
async fn enter(visit: &Visit, is_desk: bool) -> Result<Id, Fault> {
    let fields = visit.fields();
    let slip = fields.need::<SlipText>("slip");
    let typed = visit.form.typed("card").unwrap_or_default().trim().to_owned();
    let card = match CardText::parse(typed.clone()) {
        _ if typed.is_empty() => fields.refuse("card", FieldFault::Missing),
        Ok(card) => Ok(Some(card)),
        // The number of a passbook.
        Err(_) if is_desk => Ok(None),
        Err(fault) => fields.refuse("card", fault),
    };
    let day = fields.need::<Day>("day");
    let lines = match chosen(visit)? {
        lines if lines.is_empty() => fields.refuse("pieces", FieldFault::Missing),
        lines => Ok(lines),
    };
    fields.checked()?;
    let card = card?.map(String::from);
    let member = match &card {
        Some(_) => None,
        None => numbered(visit, &typed).await?,
    };
    let ask = SlipAsk { slip: slip?.into(), card, member, day: day?, lines: lines? };
    let done = visit.services().enter_slip(&visit.call()?, ask).await?;
    redemption_of(&done.receipt)
}

/// At the shop.
pub async fn own(visit: Visit) -> Answer {
    let (shop, name) = own_shop(&visit).await?;
    page(&visit, shop, name, false).await
}

pub async fn enter_own(visit: Visit) -> Answer {
    let id = enter(&visit, false).await?;
    visit.to(&format!("/shop/receipts/{id}"))
}

/// The shops that the caller sees, by id.
async fn shop_names(visit: &Visit) -> Result<HashMap<Id, String>, Fault> {
    let seen = visit.services().merchants(&visit.reading()?).await?;
    Ok(seen.into_iter().map(|one| (one.merchant.id, one.merchant.name.clone())).collect())
}

/// At the desk, for a shop.
pub async fn at_desk(visit: Visit) -> Answer {
    let shop = visit.path::<Id>("shop")?;
    let name = shop_names(&visit).await?.remove(&shop).ok_or(Refusal::absent("merchant"))?;
    page(&visit, shop, name, true).await
}

pub async fn enter_at_desk(visit: Visit) -> Answer {
    let id = enter(&visit, true).await?;
    visit.to(&format!("/staff/counter/receipts/{id}"))
}

/// A redemption of a slip.
struct SlipLine {
    number: String,
    day: String,
    shop: String,
    points: String,
    covered: String,
    /// The receipt, for those who may open it.
    link: Option<String>,
}

#[derive(Template)]
#[template(path = "staff_slips.html")]
struct ListPage {
    f: Frame,
    lines: Vec<SlipLine>,
    /// Only what the district covers.
    covered_only: bool,
    next: Option<String>,
    /// The caller enters and prints slips: the shops.
    shops: Vec<(Id, String)>,
    may_enter: bool,
}

/// Slips that were entered, newest first; on demand only those of which the district covers a part.
pub async fn list(visit: Visit) -> Answer {
    use crate::auth::permissions::Permission as P;
    let (call, names) = (visit.reading()?, shop_names(&visit).await?);
    let covered_only = visit.query("covered").is_some();
    let filter = DocumentFilter {
        presence: Some(Presence::Slip),
        covered: covered_only,
        before: visit.query("before").and_then(|text| text.parse().ok()),
        ..DocumentFilter::default()
    };
    let mut found = visit.services().redemptions(&call, filter, LINES + 1).await?;
    let limit = usize::try_from(LINES).unwrap_or_default();
    let more = found.len() > limit;
    found.truncate(limit);
    let kept = if covered_only { "covered=yes&" } else { "" };
    let next = found.last().filter(|_| more).map(|(one, _)| format!("/staff/slips?{kept}before={}", one.id));
    let (actor, days) = (visit.actor()?, visit.days());
    let may_enter = actor.may(P::RedeemOnBehalf);
    let is_shop = actor.merchant.is_some();
    let line = |(one, _): (Redemption, bool)| SlipLine {
        number: one.slip_number.map(|number| format!("{number:06}")).unwrap_or_default(),
        day: days.moment(one.captured_at.unwrap_or(one.made_at)),
        shop: names.get(&one.merchant_id).cloned().unwrap_or_default(),
        points: points(one.points_captured.saturating_sub(one.points_refunded)),
        covered: one.points_covered.filter(|minor| *minor > 0 && !is_shop).map(points).unwrap_or_default(),
        link: match (may_enter, actor.may(P::ReadLedger), one.capture_entry) {
            (true, ..) => Some(format!("/staff/counter/receipts/{}", one.id)),
            (false, true, Some(entry)) => Some(format!("/audit/entries/{entry}")),
            _ => None,
        },
    };
    let lines = found.into_iter().map(line).collect();
    let mut shops: Vec<(Id, String)> = names.clone().into_iter().collect();
    shops.sort_by(|a, b| a.1.cmp(&b.1));
    let f = visit.frame(visit.words().slips_menu()).await?;
    visit.page(&ListPage { f, lines, covered_only, next, shops, may_enter })
}

/// A slip on paper.
struct OnPaper {
    shop: String,
    text: String,
}

#[derive(Template)]
#[template(path = "print_slips.html")]
struct PrintPage {
    f: Frame,
    shops: Vec<(String, String)>,
    /// The shop for which slips were printed last.
    chosen: String,
    sheets: Vec<Vec<OnPaper>>,
    said: String,
    limit: String,
}

/// The form for a pad, and the slips of the last one.
pub async fn print(visit: Visit) -> Answer {
    let number = |name: &str| visit.query(name).and_then(|text| text.parse::<i64>().ok()).unwrap_or(0);
    let (first, last) = (number("first"), number("last"));
    let mut slips = Vec::new();
    if first > 0 && last >= first && last.saturating_sub(first) < AT_ONCE {
        slips = visit.services().slips_to_print(&visit.reading()?, (first, last)).await?;
    }
    let chosen = slips.first().map(|(_, shop)| shop.id.to_string());
    let said = match (slips.first(), slips.last()) {
        (Some((first, _)), Some((last, _))) => {
            let number = |number: i64| format!("{number:06}");
            visit.say(s::SlipsPrinted { first: number(first.row.number), last: number(last.row.number) })
        }
        _ => String::new(),
    };
    let mut sheets: Vec<Vec<OnPaper>> = Vec::new();
    for (slip, shop) in slips {
        let slip = OnPaper { shop: shop.name, text: slip.text };
        match sheets.last_mut().filter(|sheet| sheet.len() < OF_SHEET) {
            Some(sheet) => sheet.push(slip),
            None => sheets.push(vec![slip]),
        }
    }
    let mut shops: Vec<(String, String)> =
        shop_names(&visit).await?.into_iter().map(|(id, name)| (id.to_string(), name)).collect();
    shops.sort_by(|a, b| a.1.cmp(&b.1));
    let limit = visit.services().paper_limits.slip;
    let page = PrintPage {
        f: visit.frame(visit.words().slips_print()).await?,
        shops,
        chosen: chosen.or_else(|| visit.query("shop")).unwrap_or_default(),
        sheets,
        said,
        limit: if limit > 0 { visit.say(s::SlipsLimit { points: points(limit) }) } else { String::new() },
    };
    visit.page(&page)
}

/// New slips for a shop.
pub async fn make(visit: Visit) -> Answer {
    let fields = visit.fields();
    let (shop, count) = (fields.need::<Id>("shop"), fields.need::<SlipCount>("slips"));
    fields.checked()?;
    let (first, last) = visit.services().print_slips(&visit.call()?, shop?, count?.get()).await?;
    visit.to(&format!("/staff/print/slips?first={first}&last={last}"))
}
