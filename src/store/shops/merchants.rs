//! Merchants and their offers.

use crate::domain::id::{BankId, Id};
use crate::domain::refusal::Refusal;
use crate::domain::time::Moment;
use crate::store::Tables;
use crate::store::error::Error;
use crate::store::schema::*;
use diesel::prelude::*;

#[derive(Queryable, Selectable, Insertable, AsChangeset, Clone, Debug)]
#[diesel(table_name = merchants, primary_key(bank_id, id), treat_none_as_null = true)]
pub struct MerchantRow {
    pub bank_id: BankId,
    pub id: Id,
    pub name: String,
    pub org_id: Id,
    pub owner_member_id: Option<Id>,
    pub model: String,
    pub rate_fen: String,
    pub state: String,
    pub created_at: Moment,
    pub version: i64,
}

#[derive(Queryable, Selectable, Insertable, AsChangeset, Clone, Debug)]
#[diesel(table_name = offers, primary_key(bank_id, id), treat_none_as_null = true)]
pub struct OfferRow {
    pub bank_id: BankId,
    pub id: Id,
    pub merchant_id: Id,
    pub name: String,
    pub kind: String,
    /// Points for one piece, in hundredths.
    pub unit_points: i64,
    pub unit_cash_fen: i64,
    pub stocked: bool,
    /// At most so many pieces a member and window.
    pub member_limit: Option<i64>,
    pub limit_window: Option<String>,
    pub required_minutes: i64,
    pub state: String,
    pub created_at: Moment,
    pub version: i64,
}

impl Tables<'_> {
    pub fn merchant(&mut self, id: Id) -> Result<Option<MerchantRow>, Error> {
        Ok(merchants::table
            .find((self.bank, id))
            .select(MerchantRow::as_select())
            .get_result(self.conn)
            .optional()?)
    }

    /// A merchant with the path of its organisation.
    pub fn merchant_at(&mut self, id: Id) -> Result<(MerchantRow, String), Error> {
        let merchant = self.merchant(id)?.ok_or(Refusal::NotFound { what: "merchant".into() })?;
        let path = self.org_path(merchant.org_id)?;
        Ok((merchant, path))
    }

    /// The members behind a shop: its owner, and everybody who has a user there.
    pub fn members_of_merchant(&mut self, merchant: &MerchantRow) -> Result<Vec<Id>, Error> {
        let staff = users::table
            .filter(users::bank_id.eq(self.bank).and(users::merchant_id.eq(merchant.id)))
            .filter(users::member_id.is_not_null())
            .select(users::member_id)
            .load::<Option<Id>>(self.conn)?;
        Ok(merchant.owner_member_id.into_iter().chain(staff.into_iter().flatten()).collect())
    }

    pub fn merchants(&mut self) -> Result<Vec<MerchantRow>, Error> {
        let all = merchants::table.filter(merchants::bank_id.eq(self.bank)).order(merchants::id);
        Ok(all.select(MerchantRow::as_select()).load(self.conn)?)
    }

    pub fn insert_merchant(&mut self, row: &MerchantRow) -> Result<(), Error> {
        diesel::insert_into(merchants::table).values(row).execute(self.conn)?;
        Ok(())
    }

    /// Writes a changed row over version `row.version - 1`.
    pub fn update_merchant(&mut self, row: &MerchantRow) -> Result<(), Error> {
        let at = merchants::table.find((self.bank, row.id)).filter(merchants::version.eq(row.version - 1));
        if diesel::update(at).set(row).execute(self.conn)? == 1 {
            return Ok(());
        }
        let version = self.merchant(row.id)?.map_or(0, |row| row.version);
        Err(Refusal::VersionStale { what: "merchant".into(), version }.into())
    }

    pub fn offer(&mut self, id: Id) -> Result<Option<OfferRow>, Error> {
        Ok(offers::table
            .find((self.bank, id))
            .select(OfferRow::as_select())
            .get_result(self.conn)
            .optional()?)
    }

    /// Those of these offers that there are, in no order.
    pub fn offers_by_id(&mut self, ids: &[Id]) -> Result<Vec<OfferRow>, Error> {
        let named = offers::table.filter(offers::bank_id.eq(self.bank).and(offers::id.eq_any(ids)));
        Ok(named.select(OfferRow::as_select()).load(self.conn)?)
    }

    pub fn offers_of(&mut self, merchant: Id) -> Result<Vec<OfferRow>, Error> {
        let own = offers::table.filter(offers::bank_id.eq(self.bank).and(offers::merchant_id.eq(merchant)));
        Ok(own.order(offers::id).select(OfferRow::as_select()).load(self.conn)?)
    }

    pub fn insert_offer(&mut self, row: &OfferRow) -> Result<(), Error> {
        diesel::insert_into(offers::table).values(row).execute(self.conn)?;
        Ok(())
    }

    /// Writes a changed row over version `row.version - 1`.
    pub fn update_offer(&mut self, row: &OfferRow) -> Result<(), Error> {
        let at = offers::table.find((self.bank, row.id)).filter(offers::version.eq(row.version - 1));
        if diesel::update(at).set(row).execute(self.conn)? == 1 {
            return Ok(());
        }
        let version = self.offer(row.id)?.map_or(0, |row| row.version);
        Err(Refusal::VersionStale { what: "offer".into(), version }.into())
    }
}
