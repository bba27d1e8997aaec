//! What a shop has taken and is in no statement yet, each with the rate of its redemption.

use crate::domain::document::{Document, DocumentKind};
use crate::domain::id::Id;
use crate::domain::settlement::payable::{RateFen, payable};
use crate::domain::settlement::statement::SettlementModel;
use crate::domain::time::Moment;
use crate::services::Error;
use crate::services::shops::accounts::takings;
use crate::services::shops::merchants::rates_of;
use crate::store::Tables;
use crate::store::shops::merchants::MerchantRow;

/// A capture or a refund; a refund is below zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::services) struct Taken {
    pub entry: i64,
    pub redemption: Id,
    /// Hundredths of points.
    pub points: i64,
    pub rate: RateFen,
}

/// What a shop has taken until a moment and is in no statement yet, in the order of its entries. A refund has the rate of
/// its redemption: that of the day on which the points were held.
pub(in crate::services) fn unsettled(
    tables: &mut Tables<'_>,
    shop: &MerchantRow,
    until: Moment,
) -> Result<Vec<Taken>, Error> {
    let rates = rates_of(shop)?;
    let found = tables.unsettled(takings(shop.id).id, until)?;
    let found =
        found.iter().map(|(entry, source, points)| (*entry, redemption_of(source.as_deref()), *points));
    let found: Vec<(i64, Id, i64)> = found.collect();
    let has_changed = rates.have_changed_by(tables.today());
    let redemptions = match has_changed {
        true => tables.documents(DocumentKind::Redemption, found.iter().map(|(_, id, _)| *id))?,
        false => Default::default(),
    };
    let zone = tables.zone;
    let rate_of = |id: &Id| match redemptions.get(id) {
        Some(Document::Redemption(redemption)) => Ok(rates.on(redemption.made_at.day(zone))),
        _ if has_changed => Err(Error::Fault(format!("redemption {id} is absent"))),
        _ => Ok(rates.on(tables.today())),
    };
    let taken = found.iter().map(|(entry, redemption, points)| {
        Ok(Taken { entry: *entry, redemption: *redemption, points: *points, rate: rate_of(redemption)? })
    });
    taken.collect()
}

/// The worth of what a shop has taken and is in no statement yet, in fen, for a shop that has had several rates.
pub(in crate::services) fn owed_fen(tables: &mut Tables<'_>, shop: &MerchantRow) -> Result<i64, Error> {
    let model = SettlementModel::parse(&shop.model).unwrap_or(SettlementModel::DonatedGoods);
    let until = tables.today().end(tables.zone);
    let taken = unsettled(tables, shop, until)?;
    let lines: Vec<(i64, RateFen)> = taken.iter().map(|line| (line.points, line.rate)).collect();
    Ok(payable(model, &lines)?.payable_fen)
}

fn redemption_of(source: Option<&str>) -> Id {
    source.and_then(|text| text.strip_prefix("redemption/")?.parse().ok()).unwrap_or_default()
}
