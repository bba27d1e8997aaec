//! What came in and went out in a month, and who gave goods: a page for the notice board, A4.

use super::shelf::own_shop;
use crate::domain::figures::count;
use crate::domain::id::Id;
use crate::domain::refusal::Refusal;
use crate::domain::time::{Day, Days};
use crate::portal::frame::around::Frame;
use crate::portal::frame::fault::Answer;
use crate::portal::frame::visit::Visit;
use crate::portal::settlement::sheet::{period, yuan};
use crate::services::shops::goods_moved::GoodsMoved;
use askama::Template;
use chrono::Datelike;

/// This month and those before it to choose from.
const MONTHS: u32 = 12;

struct Line {
    name: String,
    /// Before, in, handed out, counted, past date, after, written off.
    figures: [String; 7],
}

struct Gift {
    day: String,
    donor: String,
    goods: String,
    value: String,
}

#[derive(Template)]
#[template(path = "print_goods.html")]
struct BoardPage {
    f: Frame,
    back: String,
    shop: String,
    month: String,
    chosen: String,
    months: Vec<(String, String)>,
    lines: Vec<Line>,
    gifts: Vec<Gift>,
    value: String,
    /// Of the till: before, paid, difference, handed in, after.
    till: Option<[String; 5]>,
    day: String,
}

/// `2026-03` for this month and those before it, with their words.
fn months(visit: &Visit) -> Vec<(String, String)> {
    let date = visit.days().today.date();
    let (mut year, mut month) = (date.year(), date.month());
    let mut choices = Vec::new();
    for _ in 0..MONTHS {
        choices.push((format!("{year:04}-{month:02}"), visit.days().month(year, month)));
        (year, month) =
            if month == 1 { (year.saturating_sub(1), 12) } else { (year, month.saturating_sub(1)) };
    }
    choices
}

/// The days of a month `2026-03`.
fn days_of(month: &str) -> Option<Days> {
    let from = Day::parse(&format!("{month}-01"))?;
    let next = from.plus(31);
    let until = next.plus(-i32::try_from(next.date().day()).ok()?);
    Some(Days { from: Some(from), until: Some(until) })
}

fn line(row: GoodsMoved) -> Line {
    let figures =
        [row.before, row.came_in, row.handed_out, row.counted, row.past_date, row.after, row.written_off];
    Line { name: row.name, figures: figures.map(|pieces| count(pieces).replace('-', "\u{2212}")) }
}

async fn board(visit: Visit, merchant: Id, shop: String, back: String) -> Answer {
    let months = months(&visit);
    let asked = visit.query("month").filter(|month| days_of(month).is_some());
    let chosen = asked.or_else(|| months.first().map(|(month, _)| month.clone())).unwrap_or_default();
    let days = days_of(&chosen).unwrap_or_default();
    let (call, services) = (visit.reading()?, visit.services());
    let lines = services.goods_moved(&call, merchant, days).await?.into_iter().map(line).collect();
    let deliveries = services.deliveries_of_goods(&call, merchant, days).await?;
    let gifts: Vec<_> = deliveries.into_iter().filter(|one| one.row.donor.is_some()).collect();
    let value = gifts.iter().fold(0_i64, |sum, one| sum.saturating_add(one.row.value_fen));
    let gifts = gifts.into_iter().map(|one| Gift {
        day: visit.days().day(one.row.on_day),
        donor: one.row.donor.unwrap_or_default(),
        goods: one
            .lines
            .iter()
            .map(|(line, name)| format!("{name} × {}", line.pieces))
            .collect::<Vec<_>>()
            .join("、"),
        value: yuan(one.row.value_fen),
    });
    let till = services.till(&call, merchant, days).await?;
    let till = till.map(|one| [one.before, one.paid, one.difference, one.handed_in, one.after].map(yuan));
    let page = BoardPage {
        till,
        gifts: gifts.collect(),
        f: visit.frame(visit.words().goods_board_title()).await?,
        month: period(&visit, &chosen),
        day: visit.days().today.to_string(),
        value: yuan(value),
        back,
        shop,
        chosen,
        months,
        lines,
    };
    visit.page(&page)
}

/// Of the own shop.
pub async fn own(visit: Visit) -> Answer {
    let (shop, name) = own_shop(&visit).await?;
    board(visit, shop, name, "/shop/goods/sheets".into()).await
}

/// Of a shop within reach.
pub async fn desk(visit: Visit) -> Answer {
    let id = visit.path::<Id>("id")?;
    let seen = visit.services().merchants(&visit.reading()?).await?;
    let shop = seen.into_iter().find(|one| one.merchant.id == id).ok_or(Refusal::absent("merchant"))?;
    board(visit, id, shop.merchant.name, "/staff/goods".into()).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_ends_with_its_last_day() {
        for (month, last) in [("2026-02", "2026-02-28"), ("2028-02", "2028-02-29"), ("2026-12", "2026-12-31")]
        {
            assert_eq!(days_of(month).and_then(|days| days.until), Day::parse(last), "{month}");
        }
        assert_eq!(days_of("2026-13"), None);
    }
}
