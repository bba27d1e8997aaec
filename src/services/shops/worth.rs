//! What some points buy nearby: for a reminder before they expire.

use super::accounts::stock_accounts;
use crate::domain::id::Id;
use crate::domain::refusal::Refusal;
use crate::services::people::help::ids_of;
use crate::services::{Call, Error, Services};
use std::cmp::Reverse;

/// Goods that are compared.
const OFFERS: i64 = 200;
/// How far down the tree two places are near each other: in one street of a district.
const NEAR: usize = 2;

/// Goods of a nearby shop that some points buy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Worth {
    pub goods: String,
    pub pieces: i64,
    pub shop: String,
}

impl Services {
    /// Goods that these points buy the caller's own member in a shop of the same street: of the nearest shop, and
    /// those of which the fewest pieces are needed. In three statements.
    pub async fn worth(&self, call: &Call, member: Id, points: i64) -> Result<Option<Worth>, Error> {
        if call.actor.member != Some(member) {
            return Err(Refusal::absent("member").into());
        }
        let found = self.store.read(call.actor.bank, move |tables| {
            let own = ids_of(&tables.file_at(member)?.1);
            let near: String = own.iter().take(NEAR).map(|id| format!("/{id}")).collect();
            let offers = tables.goods_for(&format!("{near}/"), points, OFFERS)?;
            let shelf = |offer: Id| {
                let [shelf, ..] = stock_accounts(offer);
                shelf.id
            };
            let shelves: Vec<Id> = offers.iter().map(|(offer, ..)| shelf(offer.id)).collect();
            let standings = tables.standings(&shelves)?;
            let worth = offers.into_iter().filter_map(|(offer, shop, path)| {
                let left = standings.get(&shelf(offer.id)).and_then(|standing| standing.available)?;
                let pieces = points.checked_div(offer.unit_points)?;
                let pieces = pieces.min(left).min(offer.member_limit.unwrap_or(pieces));
                let shared = ids_of(&path).iter().zip(&own).take_while(|(a, b)| a == b).count();
                let order = (Reverse(shared), Reverse(offer.unit_points), offer.id);
                (pieces > 0).then_some((order, Worth { goods: offer.name, pieces, shop }))
            });
            Ok(worth.min_by_key(|(order, _)| *order).map(|(_, worth)| worth))
        });
        found.await
    }
}
