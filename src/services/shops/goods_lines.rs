//! The lines of a goods sheet: which goods they mean, what they are worth, and everything that is wrong with them, at once.

use super::goods::{Goods, GoodsLine, GoodsLineRow, GoodsSheetRow, SheetAsk, sheet_row};
use super::merchants::OfferRow;
use crate::domain::id::Id;
use crate::domain::refusal::{Refusal, WrongLine};
use crate::domain::shops::goods::{GoodsKind, LineFault, MOST_LINES};
use crate::domain::time::Day;
use crate::services::{Call, Error, Services};
use crate::store::Tables;
use crate::store::shops::merchants::MerchantRow;

/// The rows of a sheet, and the offers that it names for the first time.
type Read = (GoodsSheetRow, Vec<GoodsLineRow>, Vec<OfferRow>);

impl Services {
    pub(super) fn read_sheet(
        &self,
        tables: &mut Tables<'_>,
        call: &Call,
        id: Id,
        (merchant, ask): (&MerchantRow, &SheetAsk),
    ) -> Result<Read, Error> {
        let today = tables.today();
        let on_day = ask.on.unwrap_or(today);
        if on_day > today {
            return Err(Refusal::DayInFuture { field: "day".into(), today }.into());
        }
        if ask.kind.is_of_money() {
            let row = self.money_sheet(tables, call, (id, on_day), merchant, ask)?;
            return Ok((row, Vec::new(), Vec::new()));
        }
        if ask.lines.len() > MOST_LINES {
            let limit = u32::try_from(MOST_LINES).unwrap_or(u32::MAX);
            return Err(Refusal::TooManyPostings { limit }.into());
        }
        let offers = tables.offers_of(merchant.id)?;
        let (mut lines, mut new, mut value_fen) = (Vec::new(), Vec::<OfferRow>::new(), 0_i64);
        let mut wrong = ask.unread.clone();
        for (line, asked) in (0_i64..).zip(&ask.lines) {
            let read = match named(&offers, &new, &asked.goods) {
                Ok(None) => self.new_offer(tables, merchant.id, &asked.goods, ask.kind).map(|offer| {
                    let id = offer.id;
                    new.push(offer);
                    id
                }),
                known => known.map(Option::unwrap_or_default),
            };
            let read = read.and_then(|offer_id| {
                check_line(ask.kind, asked, today, merchant.two_above_fen.is_some())?;
                let worth = asked.unit_value_fen.unwrap_or(0).checked_mul(asked.pieces.saturating_abs());
                let sum = worth.and_then(|worth| value_fen.checked_add(worth)).ok_or(LineFault::Value)?;
                Ok((offer_id, sum))
            });
            let offer_id = match read {
                Ok((offer_id, sum)) => {
                    value_fen = sum;
                    offer_id
                }
                Err(fault) => {
                    wrong.push(WrongLine { row: asked.row, fault });
                    continue;
                }
            };
            lines.push(GoodsLineRow {
                bank_id: tables.bank,
                sheet_id: id,
                line,
                offer_id,
                pieces: asked.pieces,
                best_before: asked.best_before,
                unit_value_fen: asked.unit_value_fen,
            });
        }
        wrong.sort_by_key(|line| line.row);
        match wrong.as_slice() {
            [] => Ok((sheet_row(tables, call, (id, on_day), ask, value_fen), lines, new)),
            [one] => Err(Refusal::GoodsLine { row: one.row, fault: one.fault }.into()),
            _ => Err(Refusal::GoodsLines { lines: wrong }.into()),
        }
    }

    /// Something that comes in for the first time, at the price that its line says.
    fn new_offer(
        &self,
        tables: &Tables<'_>,
        merchant_id: Id,
        goods: &Goods,
        kind: GoodsKind,
    ) -> Result<OfferRow, LineFault> {
        match goods {
            Goods::Named { name, unit_points: Some(unit_points) }
                if kind == GoodsKind::In && *unit_points > 0 =>
            {
                Ok(OfferRow {
                    bank_id: tables.bank,
                    id: self.next_id(),
                    merchant_id,
                    name: name.clone(),
                    kind: "goods".into(),
                    unit_points: *unit_points,
                    unit_cash_fen: 0,
                    stocked: true,
                    member_limit: None,
                    limit_window: None,
                    required_minutes: 0,
                    // On offer when the first pieces are booked.
                    state: "off".into(),
                    created_at: tables.now,
                    version: 1,
                })
            }
            _ => Err(LineFault::Name),
        }
    }
}

/// The goods that a line means; `None`: a name that is not on offer yet.
fn named(offers: &[OfferRow], new: &[OfferRow], goods: &Goods) -> Result<Option<Id>, LineFault> {
    let mut stocked = offers.iter().chain(new).filter(|offer| offer.stocked);
    match goods {
        Goods::Offer(id) => {
            stocked.find(|offer| offer.id == *id).map(|offer| Some(offer.id)).ok_or(LineFault::Name)
        }
        Goods::Named { name, .. } => {
            let same: Vec<&OfferRow> = stocked.filter(|offer| offer.name == *name).collect();
            match same.as_slice() {
                [] => Ok(None),
                [one] => Ok(Some(one.id)),
                several => {
                    // Of goods with one name those on offer are meant.
                    let mut on = several.iter().filter(|offer| offer.state == "on");
                    match (on.next(), on.next()) {
                        (Some(one), None) => Ok(Some(one.id)),
                        _ => Err(LineFault::NameTwice),
                    }
                }
            }
        }
    }
}

fn check_line(kind: GoodsKind, line: &GoodsLine, today: Day, valued: bool) -> Result<(), LineFault> {
    if line.pieces == 0 {
        return Err(LineFault::Pieces);
    }
    if line.pieces < 0 && kind != GoodsKind::Stocktake {
        return Err(LineFault::Sign);
    }
    // Goods that are past their date are not taken in.
    if line.best_before.is_some_and(|day| day < today) && kind != GoodsKind::WriteOff {
        return Err(LineFault::DatePast);
    }
    match valued && kind == GoodsKind::In && line.unit_value_fen.is_none() {
        true => Err(LineFault::ValueMissing),
        false => Ok(()),
    }
}
