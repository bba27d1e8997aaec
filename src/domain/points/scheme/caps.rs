//! Caps and "at most n times" as the ledger's counters: key, window, limit.
//!
//! A cap in points is enforced by the ledger alone, which cuts the grant down to what is left. A cap in minutes must
//! be known before the points are: the caller reads its counters first ([`Scheme::minute_caps`]) and passes them in.

use super::deed::{Deed, Work};
use super::explanation::{CapCounts, CapNote};
use super::model::*;
use super::rate::{branch, incomplete};
use crate::domain::ledger::account::CounterId;
use crate::domain::ledger::asset::Asset;
use crate::domain::ledger::curve::Counts;
use crate::domain::refusal::Refusal;
use crate::domain::time::Day;
use chrono::Datelike;
use rust_decimal::prelude::ToPrimitive;

/// One counter that an award takes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cap {
    /// `day`, `item/tidy-yard`, `group/honours`: names the rule inside the scheme.
    pub code: String,
    pub name: String,
    /// `cap/<scheme>/<code>/<subject>`, the ledger's name of the counter, the same for all versions of the scheme.
    pub key: String,
    /// `2026-10-31`, `2026-10`, `2026-Q4`, `2026-H2`, `2026`, `all`, or the activity.
    pub window: String,
    pub counts: CapCounts,
    /// What this deed adds. Of points: the desired ones; the ledger counts what is granted.
    pub adds: i64,
    /// Hundredths of points, minutes, or times.
    pub limit: i64,
    /// The asset of the limit.
    pub asset: Asset,
}

impl Cap {
    /// [`Cap::code`] of a counter's key; `None` if it is not the key of a cap.
    pub fn code_in_key(key: &str) -> Option<&str> {
        let (_scheme, rest) = key.strip_prefix("cap/")?.split_once('/')?;
        rest.rsplit_once('/').map(|(code, _subject)| code)
    }
}

impl From<&Cap> for CapNote {
    fn from(cap: &Cap) -> Self {
        CapNote { code: cap.code.clone(), name: cap.name.clone(), counts: cap.counts, limit: cap.limit }
    }
}

impl Scheme {
    /// The caps in minutes that apply to a deed of service; `adds` is 0 here. Empty for items.
    pub fn minute_caps(&self, deed: &Deed) -> Result<Vec<Cap>, Refusal> {
        let mut caps = Vec::new();
        for rule in &self.caps {
            let CapLimit::Minutes(limit) = rule.limit else { continue };
            if self.covers(&rule.on, deed)? {
                let counter = self.counter(&rule.code, &rule.name, rule.over, rule.of, deed)?;
                caps.push(Cap { counts: CapCounts::Minutes, asset: Asset::Minute, limit, ..counter });
            }
        }
        Ok(caps)
    }

    /// The caps in points of the deed's organisation; `adds` is 0 here.
    pub fn organisation_caps(&self, deed: &Deed) -> Result<Vec<Cap>, Refusal> {
        let mut caps = Vec::new();
        for rule in self.caps.iter().filter(|rule| rule.of == Subject::Organisation) {
            let CapLimit::PointsMinor(limit) = rule.limit else { continue };
            if self.covers(&rule.on, deed)? {
                let counter = self.counter(&rule.code, &rule.name, rule.over, rule.of, deed)?;
                caps.push(Cap { limit, ..counter });
            }
        }
        Ok(caps)
    }

    /// All counters of a deed worth `points_minor`, of which `counted` minutes are paid; `climbs`: its worth is known
    /// when it is posted.
    pub(super) fn caps(
        &self,
        deed: &Deed,
        points_minor: i64,
        counted: Option<i64>,
        climbs: bool,
    ) -> Result<Vec<Cap>, Refusal> {
        let mut caps = Vec::new();
        // Caps on earning do not apply to deductions.
        if points_minor > 0 || climbs {
            for cap in self.minute_caps(deed)? {
                caps.push(Cap { adds: counted.unwrap_or(0), ..cap });
            }
            for rule in &self.caps {
                let CapLimit::PointsMinor(limit) = rule.limit else { continue };
                if self.covers(&rule.on, deed)? {
                    let counter = self.counter(&rule.code, &rule.name, rule.over, rule.of, deed)?;
                    caps.push(Cap { adds: points_minor, limit, ..counter });
                }
            }
        }
        if let Work::Item { code, quantity } = &deed.work
            && let Some(item) = self.item(code)
        {
            self.item_caps(item, deed, points_minor, quantity.to_i64().unwrap_or(1), &mut caps)?;
        }
        Ok(caps)
    }

    fn item_caps(
        &self,
        item: &Item,
        deed: &Deed,
        points_minor: i64,
        quantity: i64,
        caps: &mut Vec<Cap>,
    ) -> Result<(), Refusal> {
        let group = item.group.as_ref().and_then(|code| self.groups.iter().find(|g| g.code == *code));
        if let (Some(group), true) = (group, points_minor > 0)
            && let Some(over) = group.highest_only
        {
            // The limit is this item's own value: the group together gives its highest value, never the sum.
            let code = format!("group/{}", group.code);
            let counter = self.counter(&code, &group.name, over, Subject::Member, deed)?;
            caps.push(Cap { adds: points_minor, limit: points_minor, ..counter });
        }
        if let Some(times) = item.at_most {
            let code = format!("item/{}", item.code);
            let counter = self.counter(&code, &item.name, times.per, times.of, deed)?;
            let by_quantity = matches!(item.value, ItemValue::Fixed(_) | ItemValue::Nth(_))
                || self.counts(deed) == Some(Counts::Times);
            let adds = if by_quantity { quantity } else { 1 };
            let limit = i64::from(times.times);
            caps.push(Cap { counts: CapCounts::Times, asset: Asset::Minute, adds, limit, ..counter });
        }
        Ok(())
    }

    fn covers(&self, scope: &CapScope, deed: &Deed) -> Result<bool, Refusal> {
        Ok(match (&deed.work, scope) {
            (_, CapScope::All) | (Work::Service { .. }, CapScope::Hours) => true,
            (Work::Item { .. }, CapScope::Items) => true,
            (Work::Item { code, .. }, CapScope::ListedItems(codes)) => codes.contains(code),
            (Work::Item { code, .. }, CapScope::Group(group)) => {
                self.item(code).is_some_and(|item| item.group.as_ref() == Some(group))
            }
            (Work::Service { category, .. }, CapScope::Category(capped)) => match &self.hours {
                Some(rule) => self
                    .category(rule, category.as_deref())?
                    .is_some_and(|leaf| branch(rule, leaf).iter().any(|c| c.code == *capped)),
                None => false,
            },
            _ => false,
        })
    }

    /// A counter of points that adds nothing yet.
    fn counter(
        &self,
        code: &str,
        name: &str,
        over: Window,
        of: Subject,
        deed: &Deed,
    ) -> Result<Cap, Refusal> {
        let subject = match of {
            Subject::Member => deed.member,
            // A person without a household is a household of one.
            Subject::Household => deed.household.unwrap_or(deed.member),
            Subject::Organisation => deed.organisation.ok_or_else(|| incomplete("organisation"))?,
        };
        Ok(Cap {
            code: code.to_owned(),
            name: name.to_owned(),
            key: format!("cap/{}/{code}/{subject}", self.code),
            window: window(over, deed.day, &deed.occasion),
            counts: CapCounts::Points,
            adds: 0,
            limit: 0,
            asset: self.purse.asset(),
        })
    }
}

pub(super) fn window(over: Window, day: Day, occasion: &str) -> String {
    let date = day.date();
    match over {
        Window::Activity => occasion.to_owned(),
        Window::Day => day.to_string(),
        Window::Month => format!("{:04}-{:02}", date.year(), date.month()),
        Window::Quarter => format!("{:04}-Q{}", date.year(), date.quarter()),
        Window::HalfYear => format!("{:04}-H{}", date.year(), if date.month() < 7 { 1 } else { 2 }),
        Window::Year => format!("{:04}", date.year()),
        Window::Total => CounterId::EVER.to_owned(),
    }
}
