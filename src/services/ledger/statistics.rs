//! The figures of a period and of a part of the town, as of any day (docs/STATISTICS.md).

use crate::auth::permissions::{Permission, is_root};
use crate::domain::id::Id;
use crate::domain::ledger::account::{AccountTerms, Purpose};
use crate::domain::ledger::asset::Asset;
use crate::domain::ledger::statistics::{Accounts, Active, MOST_DAYS, Sums, groups, months, shown};
use crate::domain::refusal::Refusal;
use crate::domain::service::tally::{Part, Tally};
use crate::domain::settlement::liability::{PaidShop, liability_fen};
use crate::domain::settlement::statement::SettlementModel;
use crate::domain::time::{Day, Days};
use crate::services::people::counter::OrgRow;
use crate::services::settlement::unsettled::owed_fen;
use crate::services::shops::accounts::takings;
use crate::services::shops::merchants::rates_of;
use crate::services::{Call, Error, Services};
use crate::store::Tables;
use crate::store::ledger::statistics::{PlacedSums, Places, Span};
use std::collections::{BTreeMap, HashSet};

/// Before every bank.
const LONG_AGO: &str = "1900-01-01";

/// How a period is divided.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum By {
    #[default]
    Whole,
    Month,
    /// What lies directly below the organisation, each with all below it.
    Org,
}

/// What is asked for.
#[derive(Clone, Debug, Default)]
pub struct FiguresAsk {
    /// Without a first day, from 1 January on; without a last one, until `as_of`.
    pub days: Days,
    /// With everything below it; left out, all within reach.
    pub org: Option<Id>,
    pub by: By,
    /// As it was known at the end of this day; left out, as it is known now.
    pub as_of: Option<Day>,
}

/// An organisation by its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    pub id: Id,
    pub name: String,
}

/// The figures of a part of the period, or of a part of the town.
#[derive(Clone, Debug)]
pub struct Line {
    pub from: Day,
    pub until: Day,
    /// Where the period is divided by organisation.
    pub org: Option<Place>,
    /// 户数 at the end.
    pub accounts: Accounts,
    pub sums: Sums,
    /// Points that people hold at the end, less what they owe.
    pub outstanding: i64,
    /// People with counted service; `None`: too few to be shown, or not asked for.
    pub active: Option<i64>,
}

/// What stands behind the points, in fen, today.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cover {
    /// What the points would cost that people hold, that shops hold, and that are in unpaid statements.
    pub liability_fen: i64,
    /// Money behind them; `None`: none was ever paid in.
    pub fund_fen: Option<i64>,
}

impl Cover {
    /// The fund in thousandths of the liability.
    pub fn coverage(&self) -> Option<i64> {
        let fund = self.fund_fen?;
        (self.liability_fen > 0).then(|| fund.saturating_mul(1_000).div_euclid(self.liability_fen))
    }
}

/// The answer.
#[derive(Clone, Debug)]
pub struct Figures {
    pub today: Day,
    pub as_of: Day,
    /// The organisation that was asked for, or the caller's only one.
    pub org: Option<Place>,
    pub whole: Line,
    pub parts: Vec<Line>,
    pub active: Active,
    /// Of the whole bank, today.
    pub cover: Option<Cover>,
}

impl Services {
    /// The figures that a period comes to, within the caller's reach.
    pub async fn figures(&self, call: &Call, ask: FiguresAsk) -> Result<Figures, Error> {
        let caller = call.clone();
        self.store.read(call.actor.bank, move |tables| figures(tables, &caller, &ask)).await
    }
}

/// The first and last day of the period, and the day whose knowledge the figures reflect (`as_of`).
fn period(ask: &FiguresAsk, today: Day) -> Result<(Day, Day, Day), Refusal> {
    let in_future = |field: &str, today| Refusal::DayInFuture { field: field.to_owned(), today };
    let as_of = ask.as_of.unwrap_or(today);
    if as_of > today {
        return Err(in_future("as_of", today));
    }
    let until = ask.days.until.unwrap_or(as_of).min(as_of);
    let new_year = Day::parse(&format!("{:04}-01-01", until.year())).unwrap_or(until);
    let from = ask.days.from.unwrap_or(new_year);
    if from > until {
        return Err(in_future("from", as_of));
    }
    if until.number().saturating_sub(from.number()) >= MOST_DAYS {
        return Err(Refusal::FiguresTooLong { limit: i64::from(MOST_DAYS) });
    }
    Ok((from, until, as_of))
}

/// The organisations that the figures cover.
struct Scope {
    /// Its uppermost organisations.
    tops: Vec<OrgRow>,
    /// All of them, parents first.
    orgs: Vec<OrgRow>,
    places: Places,
}

fn scope(tables: &mut Tables<'_>, call: &Call, ask: &FiguresAsk) -> Result<Scope, Error> {
    let paths = match ask.org {
        None => call.actor.paths(Permission::ReadFigures),
        Some(id) => {
            let path = tables.org_path(id)?;
            call.must_reach(Permission::ReadFigures, &path, Refusal::absent("org"))?;
            vec![path]
        }
    };
    let orgs = tables.orgs_below(&paths)?;
    let is_top =
        |org: &&OrgRow| !orgs.iter().any(|other| org.path != other.path && org.path.starts_with(&other.path));
    let tops: Vec<OrgRow> = orgs.iter().filter(is_top).cloned().collect();
    let root = tops.first().map_or(Id::SYSTEM, |org| org.id);
    let whole = paths.iter().any(|path| is_root(path));
    let ids = (!whole).then(|| orgs.iter().map(|org| org.id).collect());
    Ok(Scope { tops, places: Places { orgs: ids, root }, orgs })
}

/// Everything that is added up, part by part and place by place.
struct Found(Vec<PlacedSums>);

impl Found {
    /// The figures of these parts (from 1) and places; `None`: all places.
    fn line(&self, parts: (i64, i64), (from, until): (Day, Day), places: Option<&HashSet<Id>>) -> Line {
        let (mut sums, mut all) = (Sums::default(), Sums::default());
        for row in self.0.iter().filter(|row| places.is_none_or(|places| places.contains(&row.org))) {
            if row.part <= parts.1 {
                all.add(&row.sums);
            }
            if parts.0 <= row.part && row.part <= parts.1 {
                sums.add(&row.sums);
            }
        }
        Line { from, until, org: None, accounts: all.opened, sums, outstanding: all.growth(), active: None }
    }
}

fn spans(from: Day, parts: &[(Day, Day)]) -> Vec<Span> {
    let before = Span { part: 0, from: Day::parse(LONG_AGO).unwrap_or(from), until: from.plus(-1) };
    let numbered = (1..).zip(parts).map(|(part, (from, until))| Span { part, from: *from, until: *until });
    std::iter::once(before).chain(numbered).collect()
}

/// Counted service of the parts of a period, by part.
fn service(
    tables: &mut Tables<'_>,
    places: &Places,
    spans: &[Span],
    known: i64,
) -> Result<BTreeMap<i64, Part>, Error> {
    let orgs: Option<HashSet<Id>> = places.orgs.as_ref().map(|orgs| orgs.iter().copied().collect());
    let mut parts = BTreeMap::new();
    for span in spans.iter().filter(|span| span.part > 0) {
        let mut tally = Tally::new(tables.zone);
        tables.counted_service(*span, known, |record| {
            if orgs.as_ref().is_none_or(|orgs| orgs.contains(&record.org)) {
                tally.count(record);
            }
        })?;
        parts.insert(span.part, tally.part);
    }
    Ok(parts)
}

fn found(
    tables: &mut Tables<'_>,
    places: &Places,
    spans: &[Span],
    known: Option<i64>,
    by_place: bool,
) -> Result<Vec<PlacedSums>, Error> {
    let all = known.unwrap_or(i64::MAX);
    // Sums by organisation group by an explicit list of ids; without a restriction, that is every organisation.
    let named = match (by_place, &places.orgs) {
        (true, None) => {
            let every = tables.orgs_below(&[String::new()])?;
            Places { orgs: Some(every.iter().map(|org| org.id).collect()), root: places.root }
        }
        _ => places.clone(),
    };
    let mut rows = tables.files_opened(places, spans)?;
    rows.extend(tables.shops_opened(places, spans)?);
    rows.extend(tables.redemptions_of(&named, spans, all)?);
    rows.extend(tables.gifts_of(places, spans, all)?);
    rows.extend(match (&named.orgs, known) {
        (None, None) => tables.points_of_bank(places.root, spans)?,
        _ => tables.points_of(&named, spans, all)?,
    });
    Ok(rows)
}

fn figures(tables: &mut Tables<'_>, call: &Call, ask: &FiguresAsk) -> Result<Figures, Error> {
    let today = tables.today();
    let (from, until, as_of) = period(ask, today)?;
    let Scope { tops, orgs, places } = scope(tables, call, ask)?;
    let known = match as_of < today {
        true => Some(tables.entry_known_at(as_of.last_moment(tables.zone))?),
        false => None,
    };
    let parts = if ask.by == By::Month { months(from, until) } else { vec![(from, until)] };
    let last = i64::try_from(parts.len()).unwrap_or(i64::MAX);
    let spans = spans(from, &parts);
    let service = service(tables, &places, &spans, known.unwrap_or(i64::MAX))?;
    let mut found = Found(found(tables, &places, &spans, known, ask.by == By::Org)?);
    found.0.extend(service.iter().flat_map(|(part, counted)| {
        counted.sums.iter().map(|(org, sums)| PlacedSums { part: *part, org: *org, sums: *sums })
    }));
    let mut whole = found.line((1, last), (from, until), None);
    let people: HashSet<Id> = service.values().flat_map(|part| &part.people).copied().collect();
    let files = tables.people_counted(&people)?;
    let active =
        |people: &HashSet<Id>| shown(groups(people.iter().filter_map(|id| files.get(id)), until.year()));
    let of_month = |part: i64| service.get(&part).map_or(Some(0), |counted| active(&counted.people).people);
    let active = active(&people);
    whole.active = active.people;
    let parts = match ask.by {
        By::Whole => Vec::new(),
        By::Month => by_month(&found, &spans, of_month),
        By::Org => by_place(&found, (from, until), &tops, &orgs),
    };
    let cover = match places.orgs.is_none() && until == today {
        true => Some(cover(tables, whole.outstanding)?),
        false => None,
    };
    let org = match tops.as_slice() {
        [top] => Some(Place { id: top.id, name: top.name.clone() }),
        _ => None,
    };
    Ok(Figures { today, as_of, org, whole, parts, active, cover })
}

fn by_month(found: &Found, spans: &[Span], active: impl Fn(i64) -> Option<i64>) -> Vec<Line> {
    let line = |span: &Span| {
        let mut line = found.line((span.part, span.part), (span.from, span.until), None);
        line.active = active(span.part);
        line
    };
    spans.iter().filter(|span| span.part > 0).map(line).collect()
}

/// The organisations directly below, in the order of the directory, each with all below it; before them what belongs
/// to the uppermost one itself.
fn by_place(found: &Found, days: (Day, Day), tops: &[OrgRow], orgs: &[OrgRow]) -> Vec<Line> {
    let line = |org: &OrgRow, places: &HashSet<Id>| {
        let mut line = found.line((1, 1), days, Some(places));
        line.org = Some(Place { id: org.id, name: org.name.clone() });
        line
    };
    let below = |path: &str| -> HashSet<Id> {
        orgs.iter().filter(|org| org.path.starts_with(path)).map(|org| org.id).collect()
    };
    let [top] = tops else { return tops.iter().map(|org| line(org, &below(&org.path))).collect() };
    let children = orgs.iter().filter(|org| org.parent_id == Some(top.id));
    let own = line(top, &HashSet::from([top.id]));
    std::iter::once(own).chain(children.map(|org| line(org, &below(&org.path)))).collect()
}

/// What stands behind the points: those that people hold and those in pools count as outstanding.
fn cover(tables: &mut Tables<'_>, outstanding: i64) -> Result<Cover, Error> {
    let pool = |org: Id| AccountTerms::id_of(org, Asset::Point, Purpose::Pool);
    let pools: Vec<Id> = tables.owners_of_pools()?.into_iter().map(pool).collect();
    let pooled = tables.standings(&pools)?.into_values().map(|pool| pool.balance);
    let outstanding = pooled.fold(outstanding, i64::saturating_add);
    let shops = tables.merchants()?;
    let accounts: Vec<Id> = shops.iter().map(|shop| takings(shop.id).id).collect();
    let standings = tables.standings(&accounts)?;
    let (mut paid, today) = (Vec::new(), tables.today());
    for shop in &shops {
        let model = SettlementModel::parse(&shop.model).unwrap_or(SettlementModel::DonatedGoods);
        let rates = rates_of(shop)?;
        let rate = rates.on(today).under(model);
        let taken = standings.get(&takings(shop.id).id).map_or(0, |standing| standing.balance);
        let taken_fen = match rates.have_changed_by(today) {
            true => owed_fen(tables, shop)?,
            false => rate.fen(taken)?,
        };
        paid.push(PaidShop { rate, is_open: shop.state != "closed", taken_fen });
    }
    let fund = AccountTerms::of_bank(tables.bank, Asset::Cny, Purpose::Fund);
    let fund = tables.account(fund.id)?.filter(|account| account.credits_posted > 0);
    Ok(Cover {
        liability_fen: liability_fen(outstanding, &paid, tables.unpaid_fen()?)?,
        fund_fen: fund.map(|account| account.balance()),
    })
}
