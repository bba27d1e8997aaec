//! What came in and went out in a shop in some days: the list that is posted on its notice board.

use super::accounts::{past_date, stock_accounts, written_off};
use super::goods::{SheetFilter, SheetStanding, shelves_of};
use crate::domain::id::Id;
use crate::domain::ledger::entry::EntryKind;
use crate::domain::time::{Days, Moment};
use crate::services::{Call, Error, Services};
use std::collections::HashMap;

/// The deliveries that a list of donors shows at most.
const DELIVERIES: i64 = 500;

/// One kind of goods in some days, in pieces. `before + came_in - handed_out + counted - past_date = after`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GoodsMoved {
    pub offer: Id,
    pub name: String,
    /// On the shelf before the first day.
    pub before: i64,
    pub came_in: i64,
    /// Less what came back.
    pub handed_out: i64,
    /// 盘点 · counted more, or fewer (below 0), than the book says.
    pub counted: i64,
    /// Set aside past the best-before date.
    pub past_date: i64,
    /// On the shelf after the last day.
    pub after: i64,
    /// Written off of what was set aside, also before.
    pub written_off: i64,
}

impl GoodsMoved {
    /// Whether there was anything, or anything moved.
    fn is_listed(&self) -> bool {
        let figures = [
            self.before,
            self.came_in,
            self.handed_out,
            self.counted,
            self.past_date,
            self.after,
            self.written_off,
        ];
        figures.iter().any(|figure| *figure != 0)
    }
}

impl Services {
    /// What moved of each kind of goods of a shop, by name.
    pub async fn goods_moved(&self, call: &Call, merchant: Id, days: Days) -> Result<Vec<GoodsMoved>, Error> {
        let caller = call.clone();
        let found = self.store.read(call.actor.bank, move |tables| {
            let (bank, zone, offers) = (tables.bank, tables.zone, shelves_of(tables, &caller, merchant)?);
            let shelves: Vec<Id> = offers.iter().map(|(shelf, _)| *shelf).collect();
            let aside = offers.iter().map(|(_, offer)| past_date(bank, offer.id).id);
            let off: Vec<Id> = shelves.iter().copied().chain(aside).collect();
            let from = days.start(zone).unwrap_or(Moment::from_micros(i64::MIN));
            let until = days.end(zone).unwrap_or(Moment::from_micros(i64::MAX));
            let moves = tables.goods_moves((&off, &shelves), from)?;
            let standings = tables.standings(&shelves)?;
            let mut rows: HashMap<Id, GoodsMoved> = HashMap::new();
            for (shelf, offer) in &offers {
                let balance = standings.get(shelf).map_or(0, |one| one.balance);
                let [_, _, handed_out] = stock_accounts(offer.id);
                let (aside, gone) = (past_date(bank, offer.id).id, written_off(offer.id).id);
                let (name, offer) = (offer.name.clone(), offer.id);
                let mut row =
                    GoodsMoved { offer, name, before: balance, after: balance, ..GoodsMoved::default() };
                for (kind, at, debit, credit, amount) in &moves {
                    let pieces = match (debit == shelf, credit == shelf) {
                        (true, _) => amount.saturating_neg(),
                        (false, true) => *amount,
                        (false, false) if *debit == aside && *credit == gone && *at < until => {
                            row.written_off = row.written_off.saturating_add(*amount);
                            continue;
                        }
                        _ => continue,
                    };
                    row.before = row.before.saturating_sub(pieces);
                    if *at >= until {
                        row.after = row.after.saturating_sub(pieces);
                        continue;
                    }
                    let other = if debit == shelf { credit } else { debit };
                    let (sum, pieces) = match other {
                        other if *other == handed_out.id => (&mut row.handed_out, pieces.saturating_neg()),
                        other if *other == aside => (&mut row.past_date, pieces.saturating_neg()),
                        _ if kind == EntryKind::GoodsIn.as_str() => (&mut row.came_in, pieces),
                        _ => (&mut row.counted, pieces),
                    };
                    *sum = sum.saturating_add(pieces);
                }
                rows.insert(offer, row);
            }
            let mut listed: Vec<GoodsMoved> = rows.into_values().filter(GoodsMoved::is_listed).collect();
            listed.sort_by(|a, b| (&a.name, a.offer).cmp(&(&b.name, b.offer)));
            Ok(listed)
        });
        found.await
    }

    /// Booked deliveries of a shop in some days, the oldest first: who gave what.
    pub async fn deliveries_of_goods(
        &self,
        call: &Call,
        merchant: Id,
        days: Days,
    ) -> Result<Vec<SheetStanding>, Error> {
        let filter = SheetFilter {
            merchant: Some(merchant),
            kind: Some("goods_in"),
            state: Some("booked".into()),
            days,
            ..SheetFilter::default()
        };
        let mut found = self.goods_sheets(call, filter, DELIVERIES).await?;
        found.reverse();
        Ok(found)
    }
}
