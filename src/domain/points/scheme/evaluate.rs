//! Evaluates a deed: what the scheme gives, in exact decimals, rounded once at the end.

use super::caps::Cap;
use super::deed::{Decided, Deed, Work};
use super::explanation::{CapNote, Explanation, Step};
use super::model::*;
use super::rate::incomplete;
use crate::domain::amount;
use crate::domain::ledger::asset::Asset;
use crate::domain::ledger::curve::{Climb, Counts};
use crate::domain::refusal::{Refusal, SchemeTerm};
use crate::domain::service::record::Evidence;
use crate::domain::time::{Day, Moment};
use chrono::{Datelike, Months, NaiveDate};
use chrono_tz::Tz;
use rust_decimal::{Decimal, RoundingStrategy};

/// What a scheme gives for a deed, before the ledger's caps.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evaluation {
    pub explanation: Explanation,
    pub purse: Asset,
    /// Desired points in hundredths; negative for a deduction; 0 with `zeroing`.
    pub points_minor: i64,
    /// What moves in LIFETIME beside it, in hundredths (0: nothing).
    pub lifetime_minor: i64,
    /// Whether what is granted counts as lifetime points, too.
    pub lifetime: bool,
    /// Actual service minutes, for the MINUTE purse; 0 for items.
    pub minutes: i64,
    /// Counters to take from, as the ledger names them.
    pub caps: Vec<Cap>,
    /// How the counters of its groups move: what they make of it is granted instead of `points_minor`.
    pub climb: Option<Climb>,
    /// When the opened lot expires; `None`: never.
    pub expires_at: Option<Moment>,
    /// The balance of the purse is reset to 0 instead (move the whole balance, up to).
    pub zeroing: bool,
    /// A second person must approve: above the scheme's sum, decided by a person, or zeroing.
    pub four_eyes: bool,
}

/// The intermediate result.
#[derive(Default)]
struct Course {
    steps: Vec<Step>,
    exact: Decimal,
    counted: Option<i64>,
    zeroing: bool,
    decided: bool,
}

impl Scheme {
    /// What this version of the scheme gives for `deed`. Refused if the version is not valid on that day, if the
    /// scheme lacks what the deed names, or if a person must decide.
    pub fn evaluate(&self, deed: &Deed) -> Result<Evaluation, Refusal> {
        if !self.is_in_force(deed.day) {
            return Err(Refusal::SchemeNotInForce {
                scheme: self.code.clone(),
                day: deed.day,
                valid_from: Some(self.valid_from),
                valid_until: self.valid_until,
            });
        }
        let mut course = match &deed.work {
            Work::Service { .. } => self.service(deed)?,
            Work::Item { code, quantity } => self.item_course(deed, code, *quantity)?,
        };
        let points_minor = self.round(&mut course)?;
        if let Some(least) = self.least_award_minor.filter(|least| points_minor > 0 && points_minor < *least)
        {
            let asset = self.purse.asset();
            return Err(Refusal::AwardTooSmall { least, desired: points_minor, asset });
        }
        let climb = if course.zeroing { None } else { self.climb(deed, points_minor, course.counted)? };
        let caps = self.caps(deed, points_minor, course.counted, climb.is_some())?;
        // What its groups make of a deed is known when it is posted.
        let above = climb.is_none()
            && self.four_eyes_above_minor.is_some_and(|n| points_minor.unsigned_abs() > n.unsigned_abs());
        let explanation = Explanation {
            scheme: self.code.clone(),
            version: self.version.clone(),
            name: self.name.clone(),
            place: self.source.as_ref().map(|s| s.place.clone()),
            valid_from: self.valid_from,
            day: deed.day,
            purse: self.purse,
            steps: course.steps,
            desired_minor: points_minor,
            caps: caps.iter().map(CapNote::from).collect(),
            groups: if climb.is_some() { self.group_notes(deed) } else { Vec::new() },
        };
        Ok(Evaluation {
            explanation,
            purse: self.purse.asset(),
            points_minor,
            lifetime_minor: if self.lifetime { points_minor.max(0) } else { 0 },
            minutes: match deed.work {
                Work::Service { minutes, .. } => minutes,
                Work::Item { .. } => 0,
            },
            caps,
            expires_at: match (points_minor, &climb) {
                (1.., _) | (0, Some(_)) => self.lot_expiry(deed.granted_on, deed.zone)?,
                // A deduction opens no lot, but what its groups give may.
                (_, Some(_)) => self.lot_expiry(deed.granted_on, deed.zone).unwrap_or(None),
                _ => None,
            },
            lifetime: self.lifetime,
            climb,
            zeroing: course.zeroing,
            four_eyes: above || course.decided || course.zeroing,
        })
    }

    /// When points granted on `granted_on` expire, in the bank's time zone; `None`: never. Refused if that day has
    /// passed.
    pub fn lot_expiry(&self, granted_on: Day, zone: Tz) -> Result<Option<Moment>, Refusal> {
        let date = granted_on.date();
        let last = match self.expiry {
            Expiry::Never => return Ok(None),
            Expiry::Days(days) => granted_on.plus(i32::try_from(days).unwrap_or(i32::MAX)),
            Expiry::EndOfMonth(after) => {
                let first = date.with_day(1).and_then(|d| d.checked_add_months(Months::new(after)));
                let next = first.and_then(|d| d.checked_add_months(Months::new(1)));
                next.map(|d| Day::from_date(d).plus(-1)).ok_or(Refusal::PointsOutOfRange)?
            }
            Expiry::EndOfYear(after) => {
                let year = date.year().saturating_add(i32::try_from(after).unwrap_or(i32::MAX));
                let end = NaiveDate::from_ymd_opt(year, 12, 31).ok_or(Refusal::PointsOutOfRange)?;
                Day::from_date(end)
            }
            Expiry::Date(day) if day < granted_on => return Err(Refusal::PointsEnded { on: day }),
            Expiry::Date(day) => day,
        };
        Ok(Some(last.end(zone)))
    }

    fn service(&self, deed: &Deed) -> Result<Course, Refusal> {
        let Work::Service { minutes, category, level, evidence } = &deed.work else {
            return Ok(Course::default());
        };
        let rule = self.hours.as_ref().ok_or_else(|| self.lacks(SchemeTerm::Hours, "hours"))?;
        if *minutes < 0 {
            return Err(Refusal::ServiceMinutesRefused { most: i64::from(24_u8).saturating_mul(60) });
        }
        let mut steps = Vec::new();
        let counted = self.counted_minutes(rule, deed, *minutes, &mut steps)?;
        if matches!(self.counts(deed), Some(Counts::Times | Counts::Hours)) {
            if deed.decided.is_some() {
                return Err(Refusal::DecisionNotAllowed { what: "hours".into() });
            }
            return Ok(Course { steps, counted: Some(counted), ..Course::default() });
        }
        let priced = self
            .rate(rule, level.as_deref(), category.as_deref())
            .and_then(|rate| Ok((rate, self.evidence_factor(rule, *evidence)?)));
        let (rate, factor) = match (priced, &deed.decided) {
            (Err(Refusal::NeedsPerson { .. }), Some(decided)) => {
                let exact = decision(decided, "hours", None, None, &mut steps)?;
                return Ok(Course { steps, exact, counted: Some(counted), decided: true, zeroing: false });
            }
            (Ok(_), Some(_)) => return Err(Refusal::DecisionNotAllowed { what: "hours".into() }),
            (priced, _) => priced?,
        };
        steps.extend(rate.steps);
        let mut exact = rate.points;
        for coefficient in rate.coefficients {
            exact = times(exact, coefficient)?;
        }
        if let Some(factor) = factor {
            steps.push(Step::Evidence { class: *evidence, factor });
            exact = times(exact, factor)?;
        }
        exact = if counted == 0 {
            Decimal::ZERO
        } else if rate.per_time {
            exact
        } else {
            // Multiplied first and divided last, so that thirds of an hour lose nothing.
            let total = times(exact, Decimal::from(counted))?;
            total.checked_div(Decimal::from(60)).ok_or(Refusal::PointsOutOfRange)?
        };
        Ok(Course { steps, exact, counted: Some(counted), decided: false, zeroing: false })
    }

    /// The minutes that are paid: rounded as the scheme says, then cut to what caps in minutes leave.
    fn counted_minutes(
        &self,
        rule: &HoursRule,
        deed: &Deed,
        minutes: i64,
        steps: &mut Vec<Step>,
    ) -> Result<i64, Refusal> {
        if let Some(least) = rule.least_minutes.filter(|least| minutes < *least) {
            steps.push(Step::BelowLeast { minutes, least });
            return Ok(0);
        }
        let mut counted = rule.counting.count(minutes);
        steps.push(Step::Minutes { minutes, counted, counting: rule.counting });
        for cap in self.minute_caps(deed)? {
            let used = deed
                .minutes_used
                .iter()
                .find(|u| u.key == cap.key && u.window == cap.window)
                .map_or(0, |u| u.minutes);
            let left = cap.limit.saturating_sub(used).max(0);
            if counted > left {
                counted = left;
                let (code, name) = (cap.code, cap.name);
                steps.push(Step::MinutesCapped { code, name, limit: cap.limit, used, counted });
            }
        }
        Ok(counted)
    }

    fn evidence_factor(&self, rule: &HoursRule, class: Evidence) -> Result<Option<Decimal>, Refusal> {
        let Some(factors) = &rule.evidence else { return Ok(None) };
        // A class without a published factor: neither 1 nor 0 may be assumed.
        let factor = factors.iter().find(|f| f.class == class).and_then(|f| f.factor);
        factor.map(Some).ok_or_else(|| Refusal::NeedsPerson { what: class.as_str().to_owned() })
    }

    fn item_course(&self, deed: &Deed, code: &str, quantity: Decimal) -> Result<Course, Refusal> {
        let item = self.item(code).ok_or_else(|| self.lacks(SchemeTerm::Item, code))?;
        let entitled = item.applies_to.is_empty() || item.applies_to.iter().any(|c| deed.classes.contains(c));
        if !entitled {
            let (item, applies_to) = (item.code.clone(), item.applies_to.clone());
            return Err(Refusal::ClassNotEntitled { item, applies_to });
        }
        check_quantity(item, quantity, self.counts(deed))?;
        let mut steps = vec![Step::Item { item: item.code.clone(), name: item.name.clone() }];
        let decided_by_person = match &item.value {
            ItemValue::CaseByCase { least, most } => Some((*least, *most)),
            // A case that is not in its table.
            ItemValue::Cases { rows, otherwise } if deed.decided.is_some() => {
                let fitting = rows.iter().filter(|row| row.fits(deed.day, &deed.classes)).count();
                (fitting > 1 || (fitting == 0 && otherwise.is_none())).then_some((None, None))
            }
            _ => None,
        };
        if let Some((least, most)) = decided_by_person {
            let needs_person = || Refusal::NeedsPerson { what: item.code.clone() };
            let decided = deed.decided.as_ref().ok_or_else(needs_person)?;
            let exact = decision(decided, &item.code, least, most, &mut steps)?;
            return Ok(Course { steps, exact, decided: true, ..Course::default() });
        }
        if deed.decided.is_some() {
            return Err(Refusal::DecisionNotAllowed { what: item.code.clone() });
        }
        if let ItemValue::Cases { rows, otherwise } = &item.value {
            let exact = case(item, (rows, *otherwise), deed, quantity, &mut steps)?;
            return Ok(Course { steps, exact, ..Course::default() });
        }
        let zeroing = item.value == ItemValue::Zeroing;
        let exact = item_points(item, quantity, &mut steps)?;
        Ok(Course { steps, exact, zeroing, ..Course::default() })
    }

    /// Rounds once, to the scheme's own decimals.
    fn round(&self, course: &mut Course) -> Result<i64, Refusal> {
        let strategy = match self.rounding {
            PointRounding::HalfUp => RoundingStrategy::MidpointAwayFromZero,
            PointRounding::Floor => RoundingStrategy::ToZero,
        };
        let exact = course.exact.normalize();
        let points = exact.round_dp_with_strategy(self.decimals, strategy).normalize();
        if points != exact {
            course.steps.push(Step::Rounded { exact, points, rounding: self.rounding });
        }
        amount::minor(points, POINT_DECIMALS).map_err(|_| Refusal::PointsOutOfRange)
    }
}

impl Counting {
    /// The minutes that are paid for `minutes` served.
    pub fn count(self, minutes: i64) -> i64 {
        let minutes = minutes.max(0);
        let down = |block: i64| minutes.saturating_sub(minutes.checked_rem(block).unwrap_or(0));
        match self {
            Counting::Actual => minutes,
            Counting::Down { block_minutes } => down(block_minutes),
            Counting::Up { block_minutes } => {
                let full = down(block_minutes);
                if full == minutes { minutes } else { full.saturating_add(block_minutes) }
            }
            Counting::BelowOneHourCountsOne if minutes == 0 => 0,
            Counting::BelowOneHourCountsOne => minutes.max(60),
            Counting::HalfUp => {
                let full = down(60);
                match minutes.saturating_sub(full) {
                    0 => minutes,
                    1..30 => full.saturating_add(30),
                    _ => full.saturating_add(60),
                }
            }
        }
    }
}

fn check_quantity(item: &Item, quantity: Decimal, counts: Option<Counts>) -> Result<(), Refusal> {
    let measured =
        matches!(item.value, ItemValue::Step { .. } | ItemValue::Percent { .. } | ItemValue::Tiers(_));
    // Twice the same is not higher than once.
    let single = matches!(item.value, ItemValue::Zeroing | ItemValue::CaseByCase { .. })
        || (counts == Some(Counts::Highest) && !measured);
    let most = if single { Some(1) } else { item.most_quantity };
    let in_minutes = counts == Some(Counts::Hours) && times(quantity, Decimal::from(60))?.is_integer();
    let whole = measured || quantity.is_integer() || (item.value == ItemValue::Counted && in_minutes);
    let inside = quantity > Decimal::ZERO && most.is_none_or(|most| quantity <= Decimal::from(most));
    if whole && inside {
        return Ok(());
    }
    Err(Refusal::QuantityRefused { item: item.code.clone(), least: 1, most: most.map(i64::from) })
}

/// The points of the row that fits. Where two do, by two classes of one person, a person decides.
fn case(
    item: &Item,
    (rows, otherwise): (&[Case], Option<Decimal>),
    deed: &Deed,
    quantity: Decimal,
    steps: &mut Vec<Step>,
) -> Result<Decimal, Refusal> {
    let mut fitting = rows.iter().filter(|row| row.fits(deed.day, &deed.classes));
    let (first, second) = (fitting.next(), fitting.next());
    let points = match (first, second) {
        (Some(row), None) => {
            steps.push(Step::Case { class: row.class.clone(), from: row.from, until: row.until });
            Some(row.points)
        }
        (None, _) => otherwise,
        (Some(_), Some(_)) => None,
    };
    let points = points.ok_or_else(|| Refusal::NeedsPerson { what: item.code.clone() })?;
    steps.push(Step::Each { points, quantity, unit: item.unit.clone() });
    times(points, quantity)
}

fn item_points(item: &Item, quantity: Decimal, steps: &mut Vec<Step>) -> Result<Decimal, Refusal> {
    let unit = item.unit.clone();
    let (exact, most) = match &item.value {
        ItemValue::Fixed(points) => {
            steps.push(Step::Each { points: *points, quantity, unit });
            (times(*points, quantity)?, None)
        }
        ItemValue::Step { each, points, most } => {
            let full = quantity.checked_div(*each).ok_or(Refusal::PointsOutOfRange)?.floor();
            let (each, points) = (*each, *points);
            steps.push(Step::Full { each, points, quantity, times: full.normalize(), unit });
            (times(points, full)?, *most)
        }
        ItemValue::Percent { percent, most } => {
            steps.push(Step::Percent { percent: *percent, quantity, unit });
            let hundredfold = times(quantity, *percent)?;
            (hundredfold.checked_div(Decimal::ONE_HUNDRED).ok_or(Refusal::PointsOutOfRange)?, *most)
        }
        ItemValue::Tiers(tiers) => {
            let reached = tiers.iter().rev().find(|tier| tier.from <= quantity);
            let points = reached.map_or(Decimal::ZERO, |tier| tier.points);
            steps.push(Step::Tier { from: reached.map(|tier| tier.from), points, quantity, unit });
            (points, None)
        }
        ItemValue::Zeroing => {
            steps.push(Step::Zeroing);
            (Decimal::ZERO, None)
        }
        ItemValue::Counted | ItemValue::Nth(_) => {
            steps.push(Step::Counted { quantity, unit });
            (Decimal::ZERO, None)
        }
        ItemValue::CaseByCase { .. } | ItemValue::Cases { .. } => (Decimal::ZERO, None),
    };
    match most {
        Some(most) if exact > most => {
            steps.push(Step::Most { points: most });
            Ok(most)
        }
        _ => Ok(exact),
    }
}

/// A person's decision, within the scheme's bounds and with a reason.
fn decision(
    decided: &Decided,
    what: &str,
    least: Option<Decimal>,
    most: Option<Decimal>,
    steps: &mut Vec<Step>,
) -> Result<Decimal, Refusal> {
    if decided.reason.trim().is_empty() {
        return Err(incomplete("reason"));
    }
    let points = amount::decimal(decided.points_minor, POINT_DECIMALS).normalize();
    if least.is_some_and(|least| points < least) || most.is_some_and(|most| points > most) {
        let minor = |bound: Decimal| amount::minor(bound, POINT_DECIMALS).ok();
        return Err(Refusal::DecisionOutOfBounds {
            what: what.to_owned(),
            least: least.and_then(minor),
            most: most.and_then(minor),
            asset: Asset::Point,
        });
    }
    steps.push(Step::Decided { points });
    Ok(points)
}

fn times(a: Decimal, b: Decimal) -> Result<Decimal, Refusal> {
    a.checked_mul(b).ok_or(Refusal::PointsOutOfRange)
}
