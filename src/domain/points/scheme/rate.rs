//! Finds the price and the coefficients for a level and a category.

use super::explanation::{Priced, Step};
use super::model::*;
use crate::domain::refusal::{Refusal, SchemeTerm};
use rust_decimal::Decimal;

/// The price of one deed: a rate, then coefficients in the order of the explanation.
pub(super) struct Rate {
    pub per_time: bool,
    pub points: Decimal,
    pub coefficients: Vec<Decimal>,
    pub steps: Vec<Step>,
}

/// The category and those above it, from the leaf to the root.
pub(super) fn branch<'r>(rule: &'r HoursRule, leaf: &'r Category) -> Vec<&'r Category> {
    let mut line = vec![leaf];
    let mut parent = leaf.parent.as_ref();
    while let Some(above) = parent.and_then(|code| rule.categories.iter().find(|c| c.code == *code)) {
        line.push(above);
        parent = above.parent.as_ref();
    }
    line
}

impl Scheme {
    /// The price of service of this level and category. A value that was not published is refused as
    /// [`Refusal::NeedsPerson`].
    pub(super) fn rate(
        &self,
        rule: &HoursRule,
        level: Option<&str>,
        category: Option<&str>,
    ) -> Result<Rate, Refusal> {
        let level = self.level(rule, level)?;
        let line = self.category(rule, category)?.map(|c| branch(rule, c)).unwrap_or_default();
        let mut own: Option<(Price, Priced, Option<String>)> = None;
        let mut coefficients: Vec<(Decimal, Priced, String)> = Vec::new();
        if let Some(level) = level {
            match level.price {
                Price::Coefficient(c) => coefficients.push((c, Priced::Level, level.name.clone())),
                price => own = Some((price, Priced::Level, Some(level.name.clone()))),
            }
        }
        for category in line {
            match category.price {
                None => {}
                Some(Price::Coefficient(c)) => {
                    let first = !coefficients.iter().any(|(_, kind, _)| *kind == Priced::Category);
                    if first || rule.combine == Combine::Multiply {
                        coefficients.push((c, Priced::Category, category.name.clone()));
                    }
                }
                Some(price) => {
                    // A price of its own replaces the one above it in the tree.
                    own = own.or_else(|| Some((price, Priced::Category, Some(category.name.clone()))));
                    break;
                }
            }
        }
        let base = rule.base.map(|price| (price, Priced::Base, None));
        let needs_person = || Refusal::NeedsPerson { what: "hours".into() };
        let (price, kind, name) = own.or(base).ok_or_else(needs_person)?;
        let (per_time, points) = match price {
            Price::PerHour(points) => (false, points),
            Price::PerTime(points) => (true, points),
            Price::Coefficient(_) | Price::NeedsPerson => return Err(needs_person()),
        };
        let mut steps = vec![Step::Rate { points, per_time, of: kind, name }];
        for (coefficient, of, name) in &coefficients {
            steps.push(Step::Coefficient { coefficient: *coefficient, of: *of, name: name.clone() });
        }
        let coefficients = coefficients.into_iter().map(|(c, _, _)| c).collect();
        Ok(Rate { per_time, points, coefficients, steps })
    }

    fn level<'r>(&self, rule: &'r HoursRule, asked: Option<&str>) -> Result<Option<&'r Level>, Refusal> {
        if rule.levels.is_empty() {
            return Ok(None);
        }
        let code = asked.or(rule.default_level.as_deref()).ok_or_else(|| incomplete("level"))?;
        let found = rule.levels.iter().find(|l| l.code == code);
        found.map(Some).ok_or_else(|| self.lacks(SchemeTerm::Level, code))
    }

    pub(super) fn category<'r>(
        &self,
        rule: &'r HoursRule,
        asked: Option<&str>,
    ) -> Result<Option<&'r Category>, Refusal> {
        if rule.categories.is_empty() {
            return Ok(None);
        }
        let code = asked.or(rule.default_category.as_deref()).ok_or_else(|| incomplete("category"))?;
        let found = rule.categories.iter().find(|c| c.code == code);
        found.map(Some).ok_or_else(|| self.lacks(SchemeTerm::Category, code))
    }

    pub(super) fn lacks(&self, term: SchemeTerm, value: &str) -> Refusal {
        Refusal::NotInScheme { scheme: self.code.clone(), term, value: value.to_owned() }
    }
}

pub(super) fn incomplete(field: &str) -> Refusal {
    Refusal::DeedIncomplete { field: field.to_owned() }
}
