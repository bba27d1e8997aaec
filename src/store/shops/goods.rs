//! Sheets of goods, and batches on shelves.

use crate::domain::id::Id;
use crate::domain::ledger::account::Lot;
use crate::domain::time::{Days, Moment};
use crate::store::Tables;
use crate::store::error::Error;
use crate::store::readers::on_days::on_days;
use crate::store::readers::under::reached;
use crate::store::schema::*;
pub use crate::store::schema::{GoodsLineRow, GoodsSheetRow};
use crate::store::writer::rows::LotRow;
use crate::store::writer::statement::OpenLot;
use diesel::prelude::*;

/// Which sheets of a list.
#[derive(Clone, Debug, Default)]
pub struct SheetFilter {
    /// Subtrees of the shops' organisations. Empty: `merchant` must be set.
    pub paths: Vec<String>,
    pub merchant: Option<Id>,
    pub kind: Option<&'static str>,
    pub state: Option<String>,
    /// Entered on these days.
    pub days: Days,
    pub before: Option<Id>,
}

/// The kind of the entry, when, from where, to where, and how much.
pub type GoodsMove = (String, Moment, Id, Id, i64);

impl Tables<'_> {
    /// Sheets, newest first.
    pub fn goods_sheets_page(
        &mut self,
        filter: &SheetFilter,
        limit: i64,
    ) -> Result<Vec<GoodsSheetRow>, Error> {
        let mut query = goods_sheets::table.filter(goods_sheets::bank_id.eq(self.bank)).into_boxed();
        if !filter.paths.is_empty() {
            let near = merchants::table
                .filter(merchants::bank_id.eq(self.bank))
                .filter(merchants::org_id.eq_any(reached!(self, &filter.paths)))
                .select(merchants::id);
            query = query.filter(goods_sheets::merchant_id.eq_any(near));
        }
        if let Some(merchant) = filter.merchant {
            query = query.filter(goods_sheets::merchant_id.eq(merchant));
        }
        if let Some(kind) = filter.kind {
            query = query.filter(goods_sheets::kind.eq(kind));
        }
        if let Some(state) = &filter.state {
            query = query.filter(goods_sheets::state.eq(state.clone()));
        }
        if let Some(before) = filter.before {
            query = query.filter(goods_sheets::id.lt(before));
        }
        on_days!(query, filter.days, self.zone, goods_sheets::made_at, goods_sheets::id);
        let rows = query.order(goods_sheets::id.desc()).limit(limit).select(GoodsSheetRow::as_select());
        Ok(rows.load(self.conn)?)
    }

    /// The lines of some sheets, in their order.
    pub fn goods_lines_of(&mut self, sheets: &[Id]) -> Result<Vec<GoodsLineRow>, Error> {
        let of = goods_lines::table
            .filter(goods_lines::bank_id.eq(self.bank).and(goods_lines::sheet_id.eq_any(sheets)));
        let rows = of.order((goods_lines::sheet_id, goods_lines::line)).select(GoodsLineRow::as_select());
        Ok(rows.load(self.conn)?)
    }

    /// The sheets that these entries have booked.
    pub fn goods_sheets_of(&mut self, entries: &[i64]) -> Result<Vec<GoodsSheetRow>, Error> {
        let of = goods_sheets::table.filter(goods_sheets::bank_id.eq(self.bank));
        let of = of.filter(goods_sheets::entry_number.assume_not_null().eq_any(entries));
        Ok(of.select(GoodsSheetRow::as_select()).load(self.conn)?)
    }

    /// What moved off some accounts or onto shelves from a moment on.
    pub fn goods_moves(
        &mut self,
        (off, onto): (&[Id], &[Id]),
        from: Moment,
    ) -> Result<Vec<GoodsMove>, Error> {
        let joined = postings::table.inner_join(
            entries::table
                .on(postings::bank_id.eq(entries::bank_id).and(postings::entry_number.eq(entries::number))),
        );
        let since = postings::bank_id.eq(self.bank).and(entries::effective_at.ge(from));
        let columns = (
            entries::kind,
            entries::effective_at,
            postings::debit_account_id,
            postings::credit_account_id,
            postings::amount,
        );
        let left = joined.filter(since.and(postings::debit_account_id.eq_any(off)));
        let mut moves: Vec<GoodsMove> = left.select(columns).load(self.conn)?;
        let elsewhere = postings::debit_account_id.ne_all(off);
        let came = joined.filter(since.and(postings::credit_account_id.eq_any(onto)).and(elsewhere));
        moves.extend(came.select(columns).load::<GoodsMove>(self.conn)?);
        Ok(moves)
    }

    /// The batches on some shelves with something remaining, those that run out first in front.
    pub fn lots_on(&mut self, shelves: &[Id]) -> Result<Vec<Lot>, Error> {
        let open = lots::bank_id.eq(self.bank).and(lots::account_id.eq_any(shelves)).and(OpenLot);
        let rows: Vec<LotRow> = lots::table.filter(open).select(LotRow::as_select()).load(self.conn)?;
        let mut found: Vec<Lot> = rows.into_iter().map(LotRow::lot).collect();
        found.sort_by_key(Lot::spending_order);
        Ok(found)
    }
}
