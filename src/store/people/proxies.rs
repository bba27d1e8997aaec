//! Proxies: who acts for whom.

use crate::domain::id::Id;
use crate::domain::time::{Days, Moment};
use crate::store::readers::on_days::on_days;
use crate::store::readers::under::reached;
use crate::store::schema::*;
use crate::store::{Error, Tables};
use diesel::dsl::exists;
use diesel::prelude::*;

pub use crate::store::schema::ProxyRow;

/// Filters for proxies; `None` means no restriction.
#[derive(Clone, Debug, Default)]
pub struct ProxyFilter {
    /// Of members in organisations below these paths. Empty: no restriction by place.
    pub paths: Vec<String>,
    /// All ids of one file: named by it, or acting.
    pub party: Option<Vec<Id>>,
    /// All ids of the file for which they act.
    pub member: Option<Vec<Id>>,
    pub state: Option<String>,
    pub days: Days,
    /// Older than this one.
    pub before: Option<Id>,
}

impl Tables<'_> {
    /// The proxies of a file that are not ended and whose last day has not passed, by all ids of the file.
    pub fn proxies_of(&mut self, member: &[Id]) -> Result<Vec<ProxyRow>, Error> {
        let held = proxies::table
            .filter(proxies::bank_id.eq(self.bank).and(proxies::member_id.eq_any(member)))
            .filter(proxies::state.eq("active").and(proxies::until.ge(self.today())));
        Ok(held.order(proxies::id).select(ProxyRow::as_select()).load(self.conn)?)
    }

    /// Those of which a file is the proxy.
    pub fn proxied_by(&mut self, proxy: &[Id]) -> Result<Vec<ProxyRow>, Error> {
        let held = proxies::table
            .filter(proxies::bank_id.eq(self.bank).and(proxies::proxy_id.eq_any(proxy)))
            .filter(proxies::state.eq("active").and(proxies::until.ge(self.today())));
        Ok(held.order(proxies::id).select(ProxyRow::as_select()).load(self.conn)?)
    }

    /// The members for whom a file has acted since that moment, whether or not it still does.
    pub fn acted_for_since(&mut self, proxy: &[Id], since: Moment) -> Result<Vec<Id>, Error> {
        let held = proxies::table
            .filter(proxies::bank_id.eq(self.bank).and(proxies::proxy_id.eq_any(proxy)))
            .filter(proxies::starts_on.le(self.today()).and(proxies::until.ge(since.day(self.zone))))
            .filter(proxies::ended_at.is_null().or(proxies::ended_at.ge(since)));
        Ok(held.order(proxies::member_id).select(proxies::member_id).distinct().load(self.conn)?)
    }

    /// Proxies, newest first.
    pub fn proxies_page(&mut self, filter: &ProxyFilter, limit: i64) -> Result<Vec<ProxyRow>, Error> {
        let mut query = proxies::table.filter(proxies::bank_id.eq(self.bank)).into_boxed();
        if !filter.paths.is_empty() {
            let lives = members::table
                .filter(members::bank_id.eq(proxies::bank_id))
                .filter(members::id.eq(proxies::member_id))
                .filter(members::org_id.eq_any(reached!(self, &filter.paths)));
            query = query.filter(exists(lives));
        }
        if let Some(party) = &filter.party {
            let acts = proxies::proxy_id.eq_any(party.clone());
            query = query.filter(proxies::member_id.eq_any(party.clone()).or(acts));
        }
        if let Some(member) = &filter.member {
            query = query.filter(proxies::member_id.eq_any(member.clone()));
        }
        if let Some(state) = &filter.state {
            query = query.filter(proxies::state.eq(state.clone()));
        }
        if let Some(before) = filter.before {
            query = query.filter(proxies::id.lt(before));
        }
        on_days!(query, filter.days, self.zone, proxies::made_at, proxies::id);
        let rows = query.order(proxies::id.desc()).limit(limit);
        Ok(rows.select(ProxyRow::as_select()).load(self.conn)?)
    }

    /// Codes that a proxy has shown are dead at once, claimed or not.
    pub fn end_codes_of_proxy(&mut self, proxy: Id) -> Result<(), Error> {
        let shown = codes::table
            .filter(codes::bank_id.eq(self.bank).and(codes::proxy_id.eq(proxy)))
            .filter(codes::state.eq_any(["live", "claimed"]));
        diesel::update(shown)
            .set((codes::state.eq("replaced"), codes::version.eq(codes::version + 1)))
            .execute(self.conn)?;
        Ok(())
    }
}
