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

    /// Goods on offer at open shops below a path, for points alone and for no more than `points` (hundredths), with the
    /// name of the shop and the path of its organisation; the dearest first.
    pub fn goods_for(
        &mut self,
        path: &str,
        points: i64,
        limit: i64,
    ) -> Result<Vec<(OfferRow, String, String)>, Error> {
        let with_shop = merchants::bank_id.eq(offers::bank_id).and(merchants::id.eq(offers::merchant_id));
        let with_org = orgs::bank_id.eq(merchants::bank_id).and(orgs::id.eq(merchants::org_id));
        let open = offers::table
            .inner_join(merchants::table.on(with_shop))
            .inner_join(orgs::table.on(with_org))
            .filter(offers::bank_id.eq(self.bank).and(offers::state.eq("on")).and(offers::stocked.eq(true)))
            .filter(offers::unit_points.gt(0).and(offers::unit_points.le(points)))
            .filter(offers::unit_cash_fen.eq(0).and(offers::required_minutes.eq(0)))
            .filter(merchants::state.eq("open"))
            .filter(orgs::path.ge(path.to_owned()).and(orgs::path.lt(format!("{path}\u{10ffff}"))));
        let rows = open.order((offers::unit_points.desc(), offers::id)).limit(limit);
        Ok(rows.select((OfferRow::as_select(), merchants::name, orgs::path)).load(self.conn)?)
    }

    pub fn offers_of(&mut self, merchant: Id) -> Result<Vec<OfferRow>, Error> {
        let own = offers::table.filter(offers::bank_id.eq(self.bank).and(offers::merchant_id.eq(merchant)));
        Ok(own.order(offers::id).select(OfferRow::as_select()).load(self.conn)?)
    }
}
