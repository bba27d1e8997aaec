//! The volunteer's first page: the passbook, stars, the last entries, a year in a curve.

use super::passbook::{Line, line};
use crate::domain::figures::{count, points};
use crate::domain::id::Id;
use crate::domain::ledger::asset::Asset;
use crate::domain::stars::ladder::title;
use crate::domain::time::{Day, Days};
use crate::portal::access::account::unread;
use crate::portal::frame::around::Frame;
use crate::portal::frame::chart::{Curve, curve};
use crate::portal::frame::fault::{Answer, Fault};
use crate::portal::frame::visit::Visit;
use crate::services::Error;
use crate::services::shops::worth::Worth;
use crate::services::stars::grants::StarsOf;
use crate::texts::sentences as s;
use askama::Template;
use chrono::{Datelike, Months, NaiveDate};
use std::cmp::Ordering;

/// How many entries the page shows.
const LINES: i64 = 5;
/// Months before this one in the curve.
const MONTHS: u32 = 12;
/// Points that expire within this number of days are announced.
const SOON_DAYS: i32 = 30;

/// The card of the stars.
pub struct Stars {
    pub title: String,
    /// Filled or not.
    pub row: Vec<bool>,
    pub row_words: String,
    /// How far to the next star, in hundredths.
    pub share: i64,
    pub served: String,
    pub next: Option<String>,
    pub sentence: String,
}

#[derive(Template)]
#[template(path = "home.html")]
struct Home {
    f: Frame,
    greeting: String,
    number: String,
    balance: String,
    month_in: String,
    month_out: String,
    /// How many messages are unread, as a sentence.
    unread: Option<String>,
    /// What runs out soon.
    expiring: Option<String>,
    stars: Option<Stars>,
    lines: Vec<Line>,
    year: Option<Year>,
}

/// The balances of a year.
pub struct Year {
    pub sentence: String,
    pub curve: Curve,
    pub grid: Vec<String>,
    /// Month and balance, oldest first.
    pub months: Vec<(String, String)>,
}

/// The balance at the end of each of the last twelve months, and now.
async fn year(visit: &Visit, member: Id) -> Result<Option<Year>, Fault> {
    let today = visit.days().today;
    let this_month = today.date().with_day(1).unwrap_or_default();
    let firsts = (0..MONTHS).rev().filter_map(|back| this_month.checked_sub_months(Months::new(back)));
    let ends: Vec<NaiveDate> = firsts.filter_map(|first| first.pred_opt()).collect();
    let days = ends.iter().copied().map(Day::from_date).chain([today]).collect();
    let balances = visit.services().balances_at_ends(&visit.reading()?, member, Asset::Point, days).await?;
    let whole: Vec<i64> = balances.iter().map(|minor| minor / 100).collect();
    let (Some(curve), Some(first), Some(last)) = (curve(&whole), balances.first(), balances.last()) else {
        return Ok(None);
    };
    if balances.iter().all(|balance| *balance == 0) {
        return Ok(None);
    }
    let (from, to) = (points(*first), points(*last));
    let sentence = match last.cmp(first) {
        Ordering::Less => visit.say(s::YearLess { from, to, by: points(first.saturating_sub(*last)) }),
        _ => visit.say(s::YearMore { from, to, by: points(last.saturating_sub(*first)) }),
    };
    let month = |end: &NaiveDate| visit.say(s::MonthName { month: format!("m{}", end.month()) });
    let names = ends.iter().map(month).chain([visit.words().now_word()]);
    let months = names.zip(&balances).map(|(name, balance)| (name, points(*balance))).collect();
    let grid = curve.grid.iter().map(|figure| count(*figure)).collect();
    Ok(Some(Year { sentence, curve, grid, months }))
}

fn stars(visit: &Visit, of: StarsOf) -> Stars {
    let w = visit.words();
    let (standing, minutes) = (&of.standing, of.service_minutes);
    let top = standing.next.as_ref().map_or(standing.star, |next| next.star).max(5);
    let threshold = standing.next.as_ref().and_then(|next| next.minutes);
    let share =
        threshold.map_or(100, |least| minutes.saturating_mul(100).checked_div(least.max(1)).unwrap_or(0));
    let missing = standing.next.as_ref().filter(|next| next.minutes_missing > 0);
    Stars {
        title: title(standing.star, visit.language),
        row: (1..=top).map(|star| star <= standing.star).collect(),
        row_words: w.say(s::StarsOfAll { stars: standing.star, all: top }),
        share: share.clamp(0, 100),
        served: w.say(s::ServedSoFar { length: visit.length(minutes) }),
        next: threshold.map(|least| w.say(s::NextStarAt { length: visit.length(least) })),
        sentence: match missing {
            Some(next) => w.say(s::StarMissing {
                length: visit.length(next.minutes_missing),
                title: title(next.star, visit.language),
            }),
            None => of.sentence.clone(),
        },
    }
}

/// What expires soon, and goods nearby that it buys.
async fn reminder(visit: &Visit, member: Id, minor: i64) -> Result<String, Fault> {
    let (points, days) = (points(minor), count(SOON_DAYS.into()));
    let worth = visit.services().worth(&visit.reading()?, member, minor).await?;
    Ok(match worth {
        Some(Worth { goods, pieces, shop }) => {
            visit.say(s::HomeExpiringWorth { points, days, goods, shop, pieces: count(pieces) })
        }
        None => visit.say(s::HomeExpiring { points, days }),
    })
}

/// A read whose refusal is one of the page.
async fn read<T>(found: impl Future<Output = Result<T, Error>>) -> Result<T, Fault> {
    Ok(found.await?)
}

pub async fn show(visit: Visit) -> Answer {
    let member = visit.member()?;
    let (services, call, w) = (visit.services(), visit.reading()?, visit.words());
    let days = visit.days();
    let (first_of_month, today) = (days.today.date().with_day(1), days.today);
    let since = first_of_month.map_or(today, Day::from_date);
    let this_month = Days { from: Some(since), until: None };
    // None of them needs another: they are read at the same time.
    let (file, balance, lots, stars_of, lines, of_month, unread, year, f) = tokio::try_join!(
        read(services.member(&call, member)),
        super::passbook::available(&visit, member),
        read(services.lots(&call, member)),
        read(services.stars(&call, member, None, None, visit.language)),
        read(services.passbook_with_words(&call, member, Asset::Point, Days::default(), None, LINES)),
        read(services.passbook(&call, member, Asset::Point, this_month, None, 200)),
        unread(&visit),
        year(&visit, member),
        visit.frame(w.menu_home()),
    )?;
    let sum = |sign: fn(&i64) -> bool| {
        of_month
            .iter()
            .map(|line| line.amount)
            .filter(sign)
            .fold(0_i64, |sum, amount| sum.saturating_add(amount))
    };
    let soon = today.plus(SOON_DAYS).end(days.zone);
    let expiring = lots.iter().filter(|lot| lot.expires_at.is_some_and(|at| at < soon));
    let expiring = expiring.map(|lot| lot.remaining).fold(0_i64, i64::saturating_add);
    let expiring = match expiring {
        0 => None,
        minor => Some(reminder(&visit, member, minor).await?),
    };
    visit.page(&Home {
        f,
        greeting: w.say(s::HomeGreeting { name: file.name.clone() }),
        number: file.number.clone(),
        balance: points(balance),
        month_in: points(sum(|amount| *amount > 0)),
        month_out: points(sum(|amount| *amount < 0).saturating_neg()),
        unread,
        expiring,
        stars: stars_of.into_iter().next().map(|of| stars(&visit, of)),
        lines: lines.iter().map(|pair| line(&visit, pair)).collect(),
        year,
    })
}
