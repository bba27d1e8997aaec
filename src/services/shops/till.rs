//! The till of a shop that keeps what people pay beside the points for the community: counted and handed in on sheets. Its
//! money is an asset of its own in the ledger and never becomes points.

use super::accounts::{keeps_till, till_accounts};
use super::goods::{GoodsSheetRow, SheetAsk, SheetFilter, sheet_row};
use super::merchants::works_at;
use crate::auth::permissions::Permission;
use crate::domain::id::Id;
use crate::domain::ledger::asset::Asset;
use crate::domain::refusal::Refusal;
use crate::domain::shops::goods::GoodsKind;
use crate::domain::time::{Day, Days, Moment};
use crate::ledger::{Command, Leg};
use crate::services::shops::merchants::MerchantRow;
use crate::services::{Call, Error, Services};
use crate::store::Tables;

/// The till in some days, in fen: `before + paid + difference - handed_in = after`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Till {
    /// What should be in it now.
    pub balance: i64,
    /// What people paid beside the points, less what was given back.
    pub paid: i64,
    /// What counts have found more, or less (below 0), than the book said.
    pub difference: i64,
    pub handed_in: i64,
    pub before: i64,
    pub after: i64,
}

impl Services {
    /// The till of a shop in some days; `None`: it keeps no money for the community.
    pub async fn till(&self, call: &Call, merchant: Id, days: Days) -> Result<Option<Till>, Error> {
        let caller = call.clone();
        let found = self.store.read(call.actor.bank, move |tables| {
            let (row, path) = tables.merchant_at(merchant)?;
            let own = works_at(&caller) == Some(row.id) && caller.may_in_shop(Permission::WriteOffers);
            if !own {
                caller.must_reach(Permission::ReadMerchants, &path, Refusal::absent("merchant"))?;
            }
            if !keeps_till(&row) {
                return Ok(None);
            }
            till_in(tables, merchant, days).map(Some)
        });
        found.await
    }

    /// The row of a sheet about money: a count, with the difference to the book as it is now, or money that is handed in.
    pub(super) fn money_sheet(
        &self,
        tables: &mut Tables<'_>,
        call: &Call,
        sheet: (Id, Day),
        merchant: &MerchantRow,
        ask: &SheetAsk,
    ) -> Result<GoodsSheetRow, Error> {
        if !keeps_till(merchant) {
            return Err(Refusal::absent("till").into());
        }
        let fen = ask.money_fen.unwrap_or(0);
        let mut row = sheet_row(tables, call, sheet, ask, fen);
        if ask.kind == GoodsKind::TillCount {
            let waiting = SheetFilter {
                merchant: Some(merchant.id),
                kind: Some(GoodsKind::TillCount.as_str()),
                state: Some("unchecked".into()),
                ..SheetFilter::default()
            };
            // Its difference is not in the book yet: the next count would find it once more.
            if !tables.goods_sheets_page(&waiting, 1)?.is_empty() {
                return Err(Refusal::TillCountWaits.into());
            }
            let difference = fen.saturating_sub(balance(tables, merchant.id)?);
            if difference != 0 && row.reason.is_none() {
                return Err(Refusal::TillDifferenceUnexplained { difference, asset: Asset::Cny }.into());
            }
            row.difference_fen = Some(difference);
        } else {
            must_have(tables, merchant.id, fen)?;
        }
        Ok(row)
    }

    /// The command that books a sheet about money.
    pub(super) fn money_booking(
        &self,
        tables: &mut Tables<'_>,
        call: &Call,
        sheet: &GoodsSheetRow,
        kind: GoodsKind,
    ) -> Result<Command, Error> {
        let [till, paid, differences, handed_in] = till_accounts(sheet.merchant_id);
        let legs = match (kind, sheet.difference_fen.unwrap_or(0)) {
            (GoodsKind::HandIn, _) => {
                must_have(tables, sheet.merchant_id, sheet.value_fen)?;
                vec![Leg::plain(till.id, handed_in.id, sheet.value_fen)]
            }
            (_, 0) => Vec::new(),
            (_, less) if less < 0 => vec![Leg::plain(till.id, differences.id, less.saturating_neg())],
            (_, more) => vec![Leg::plain(differences.id, till.id, more)],
        };
        let open = vec![till, paid, differences, handed_in];
        Ok(self.sheet_command(call, sheet, kind, (legs, open)))
    }
}

fn balance(tables: &mut Tables<'_>, merchant: Id) -> Result<i64, Error> {
    let [till, ..] = till_accounts(merchant);
    Ok(tables.account(till.id)?.map_or(0, |account| account.balance()))
}

fn must_have(tables: &mut Tables<'_>, merchant: Id, fen: i64) -> Result<(), Error> {
    let left = balance(tables, merchant)?;
    match fen > left {
        true => Err(Refusal::TillShort { left: left.max(0), asset: Asset::Cny }.into()),
        false => Ok(()),
    }
}

fn till_in(tables: &mut Tables<'_>, merchant: Id, days: Days) -> Result<Till, Error> {
    let [till, _, differences, handed_in] = till_accounts(merchant);
    let zone = tables.zone;
    let from = days.start(zone).unwrap_or(Moment::from_micros(i64::MIN));
    let until = days.end(zone).unwrap_or(Moment::from_micros(i64::MAX));
    let now = tables.standings(&[till.id])?.get(&till.id).map_or(0, |one| one.balance);
    let mut seen = Till { balance: now, before: now, after: now, ..Till::default() };
    for (_, at, debit, credit, amount) in tables.goods_moves((&[till.id], &[till.id]), from)? {
        let (other, fen) = if debit == till.id { (credit, amount.saturating_neg()) } else { (debit, amount) };
        seen.before = seen.before.saturating_sub(fen);
        if at >= until {
            seen.after = seen.after.saturating_sub(fen);
            continue;
        }
        let (sum, fen) = match other {
            other if other == handed_in.id => (&mut seen.handed_in, fen.saturating_neg()),
            other if other == differences.id => (&mut seen.difference, fen),
            _ => (&mut seen.paid, fen),
        };
        *sum = sum.saturating_add(fen);
    }
    Ok(seen)
}
