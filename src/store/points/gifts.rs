//! Gifts, pools, and what the bank allows.

use crate::domain::id::Id;
use crate::domain::ledger::account::Purpose;
use crate::domain::points::gift::{Gift, GiftForm, GiftRules, GiftState};
use crate::domain::time::{Days, Moment};
use crate::store::readers::on_days::on_days;
use crate::store::readers::under::reached;
use crate::store::schema::*;
use crate::store::{Error, Tables};
use diesel::prelude::*;

/// Filters for gifts; `None` means no restriction.
#[derive(Clone, Debug, Default)]
pub struct GiftFilter {
    /// Those that belong to an organisation below these paths. Empty: no restriction by place.
    pub paths: Vec<String>,
    /// All ids of one file that gave or received.
    pub party: Option<Vec<Id>>,
    pub form: Option<GiftForm>,
    pub state: Option<GiftState>,
    pub days: Days,
    /// Older than this one.
    pub before: Option<Id>,
}

impl Tables<'_> {
    /// What the bank allows, and its version.
    pub fn gift_rules(&mut self) -> Result<(GiftRules, i64), Error> {
        let columns = (
            banks::gifts_family,
            banks::gifts_neighbour,
            banks::gifts_donation,
            banks::gift_points_a_day,
            banks::gift_points_a_person,
            banks::version,
        );
        let (family, neighbour, donation, points_a_day, points_a_person, version) =
            banks::table.find(self.bank).select(columns).first(self.conn)?;
        Ok((GiftRules { family, neighbour, donation, points_a_day, points_a_person }, version))
    }

    pub fn set_gift_rules(&mut self, rules: &GiftRules) -> Result<(), Error> {
        diesel::update(banks::table.find(self.bank))
            .set((
                banks::gifts_family.eq(rules.family),
                banks::gifts_neighbour.eq(rules.neighbour),
                banks::gifts_donation.eq(rules.donation),
                banks::gift_points_a_day.eq(rules.points_a_day),
                banks::gift_points_a_person.eq(rules.points_a_person),
                banks::version.eq(banks::version + 1),
            ))
            .execute(self.conn)?;
        Ok(())
    }

    pub fn gift(&mut self, id: Id) -> Result<Option<Gift>, Error> {
        self.find::<GiftRow>(id)?.map(GiftRow::document).transpose()
    }

    /// Gifts by id.
    pub fn gifts_by_id(&mut self, ids: &[Id]) -> Result<Vec<Gift>, Error> {
        let mut found = Vec::new();
        for part in ids.chunks(500) {
            let rows = gifts::table.filter(gifts::bank_id.eq(self.bank).and(gifts::id.eq_any(part.to_vec())));
            let rows: Vec<GiftRow> = rows.select(GiftRow::as_select()).load(self.conn)?;
            for row in rows {
                found.push(row.document()?);
            }
        }
        Ok(found)
    }

    /// Who gave something to one of these people since a moment that was not returned.
    pub fn givers_to(&mut self, receivers: &[Id], since: Moment) -> Result<Vec<Id>, Error> {
        let mut found = Vec::new();
        for part in receivers.chunks(500) {
            let given = gifts::table
                .filter(gifts::bank_id.eq(self.bank).and(gifts::receiver_id.eq_any(part.to_vec())))
                .filter(gifts::given_at.ge(since).and(gifts::giver_id.is_not_null()))
                .filter(gifts::state.ne(GiftState::Returned.as_str()))
                .select(gifts::giver_id)
                .distinct();
            found.extend(given.load::<Option<Id>>(self.conn)?.into_iter().flatten());
        }
        Ok(found)
    }

    /// Gifts, newest first.
    pub fn gifts_page(&mut self, filter: &GiftFilter, limit: i64) -> Result<Vec<Gift>, Error> {
        let mut query = gifts::table.filter(gifts::bank_id.eq(self.bank)).into_boxed();
        if !filter.paths.is_empty() {
            query = query.filter(gifts::org_id.eq_any(reached!(self, &filter.paths)));
        }
        if let Some(party) = &filter.party {
            let gave = gifts::giver_id.eq_any(party.clone()).assume_not_null();
            let got = gifts::receiver_id.eq_any(party.clone()).assume_not_null();
            let is_giver = gifts::giver_id.is_not_null().and(gave);
            query = query.filter(is_giver.or(gifts::receiver_id.is_not_null().and(got)));
        }
        if let Some(form) = filter.form {
            query = query.filter(gifts::form.eq(form.as_str()));
        }
        if let Some(state) = filter.state {
            query = query.filter(gifts::state.eq(state.as_str()));
        }
        if let Some(before) = filter.before {
            query = query.filter(gifts::id.lt(before));
        }
        on_days!(query, filter.days, self.zone, gifts::given_at, gifts::id);
        let rows = query.order(gifts::id.desc()).limit(limit).select(GiftRow::as_select());
        rows.load::<GiftRow>(self.conn)?.into_iter().map(GiftRow::document).collect()
    }

    /// The owners of all pools.
    pub fn owners_of_pools(&mut self) -> Result<Vec<Id>, Error> {
        let pools = accounts::table
            .filter(accounts::bank_id.eq(self.bank).and(accounts::purpose.eq(Purpose::Pool.as_str())))
            .select(accounts::owner_id);
        Ok(pools.load(self.conn)?)
    }
}
