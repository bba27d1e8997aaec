//! Merchants and their offers.

use crate::domain::id::Id;
use crate::domain::refusal::Refusal;
use crate::store::Tables;
use crate::store::error::Error;
use crate::store::schema::*;
pub use crate::store::schema::{MerchantRow, OfferRow};
use diesel::prelude::*;

impl Tables<'_> {
    pub fn merchant(&mut self, id: Id) -> Result<Option<MerchantRow>, Error> {
        self.find(id)
    }

    /// A merchant with the path of its organisation.
    pub fn merchant_at(&mut self, id: Id) -> Result<(MerchantRow, String), Error> {
        let merchant = self.merchant(id)?.ok_or(Refusal::NotFound { what: "merchant".into() })?;
        let path = self.org_path(merchant.org_id)?;
        Ok((merchant, path))
    }

    /// The members of a shop: its owner, and every member who has a user there.
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

    pub fn offer(&mut self, id: Id) -> Result<Option<OfferRow>, Error> {
        self.find(id)
    }

    /// Those of these offers that exist, in no order.
    pub fn offers_by_id(&mut self, ids: &[Id]) -> Result<Vec<OfferRow>, Error> {
        let named = offers::table.filter(offers::bank_id.eq(self.bank).and(offers::id.eq_any(ids)));
        Ok(named.select(OfferRow::as_select()).load(self.conn)?)
    }

    pub fn offers_of(&mut self, merchant: Id) -> Result<Vec<OfferRow>, Error> {
        let own = offers::table.filter(offers::bank_id.eq(self.bank).and(offers::merchant_id.eq(merchant)));
        Ok(own.order(offers::id).select(OfferRow::as_select()).load(self.conn)?)
    }
}
