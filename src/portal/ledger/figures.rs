//! The figures of a period: five counts, months, points, active people, and what lies below, in the order of the
//! directory, never ranked. Everything is chosen in the address; the same as files.

use crate::api::ledger::statistics::{form_of, respond};
use crate::api::web::faults::{FieldError, FieldFault, Place};
use crate::api::web::sheet::Manner;
use crate::auth::permissions::Permission;
use crate::domain::amount;
use crate::domain::figures::{count, points};
use crate::domain::id::Id;
use crate::domain::ledger::statistics::{Active, Group};
use crate::domain::time::{Day, Days};
use crate::portal::access::overview::{Bar, bars};
use crate::portal::frame::around::Frame;
use crate::portal::frame::chart::{Curve, curve};
use crate::portal::frame::fault::{Answer, Fault};
use crate::portal::frame::visit::Visit;
use crate::portal::people::offices::{OrgChoice, org_choices};
use crate::services::access::overview::MonthTotals;
use crate::services::ledger::statistics::{By, Cover, Figures, FiguresAsk, Line};
use crate::texts::sentences as s;
use askama::Template;
use chrono::Datelike;

/// The months that a chart shows.
const MONTHS: usize = 12;

/// One of the five counts.
struct Count {
    label: String,
    figure: String,
    note: String,
}

/// A period to choose with one click.
struct Choice {
    path: String,
    words: String,
    is_current: bool,
}

/// The service time of the months.
struct Hours {
    sentence: String,
    /// From two months on.
    curve: Option<Curve>,
    grid: Vec<String>,
    /// Month, short and whole, and its hours.
    months: Vec<(String, String, String)>,
}

/// A month, or an organisation below, in words.
struct Row {
    path: Option<String>,
    name: String,
    accounts: String,
    served: String,
    participations: String,
    activities: String,
    redemptions: String,
    hours: String,
    issued: String,
    redeemed: String,
    expired: String,
    active: String,
}

/// Active people in words.
struct GroupLine {
    ages: String,
    party: String,
    trade: String,
    people: String,
}

/// What lies below an organisation that is chosen by name.
struct Below {
    title: String,
    rows: Vec<Row>,
    choices: Vec<OrgChoice>,
    chosen: String,
}

/// Everything about one period.
struct Shown {
    counts: Vec<Count>,
    bars: Vec<Bar>,
    chart_sentence: String,
    hours: Hours,
    /// Label and amount.
    points: Vec<(String, String)>,
    points_note: String,
    money: Vec<(String, String)>,
    money_note: Option<String>,
    months: Vec<Row>,
    active_sentence: String,
    groups: Vec<GroupLine>,
    others: Option<String>,
    below: Option<Below>,
}

#[derive(Template)]
#[template(path = "figures.html")]
struct FiguresPage {
    f: Frame,
    place: String,
    period: String,
    from: String,
    until: String,
    org: String,
    orgs: Vec<OrgChoice>,
    choices: Vec<Choice>,
    /// The query of this page, for its files.
    query: String,
    shown: Option<Shown>,
}

/// What the address asks for.
pub fn ask(visit: &Visit) -> Result<FiguresAsk, Fault> {
    let fault = |name: &str, fault| Fault::Fields(vec![FieldError::new(Place::Form, name, fault)]);
    let day = |name: &str| match visit.asked(name) {
        None => Ok(None),
        Some(text) => Day::parse(&text).map(Some).ok_or_else(|| fault(name, FieldFault::NotADay)),
    };
    let days = Days { from: day("from")?, until: day("until")? };
    if let Days { from: Some(from), until: Some(until) } = days
        && from > until
    {
        let reversed = FieldFault::DaysReversed { from: from.to_string(), until: until.to_string() };
        return Err(fault("from", reversed));
    }
    Ok(FiguresAsk { days, org: id(visit, "org"), by: By::Month, as_of: day("as_of")? })
}

fn id(visit: &Visit, name: &str) -> Option<Id> {
    visit.asked(name).and_then(|text| text.parse().ok())
}

/// The page, or with `file` its figures as a file.
pub async fn show(mut visit: Visit) -> Answer {
    let found = match ask(&visit) {
        Ok(ask) => visit.services().figures(&visit.reading()?, ask).await.map_err(Fault::from),
        Err(fault) => Err(fault),
    };
    if let (Some(form), Ok(figures)) = (visit.query("file").as_deref().and_then(form_of), &found) {
        let manner = Manner { form, language: visit.language, zone: visit.zone() };
        return Ok(respond(figures.clone(), visit.query("people").is_some(), manner).await?);
    }
    let figures = match found {
        Ok(figures) => Some(figures),
        Err(fault) if fault.is_of_form() && fault.status().as_u16() == 422 => {
            visit.refuse(fault);
            None
        }
        Err(fault) => return Err(fault),
    };
    page(visit, figures).await
}

async fn page(visit: Visit, figures: Option<Figures>) -> Answer {
    let (w, days) = (visit.words(), visit.days());
    let orgs = org_choices(&visit, Permission::ReadFigures).await?;
    let typed = |name: &str, known: Option<Day>| {
        known.map(|day| day.to_string()).or_else(|| visit.query(name)).unwrap_or_default()
    };
    let whole = figures.as_ref().map(|figures| (figures.whole.from, figures.whole.until));
    let period =
        whole.map(|(from, until)| w.say(s::FiguresPeriod { from: days.day(from), until: days.day(until) }));
    let named = figures.as_ref().and_then(|figures| figures.org.as_ref());
    let shown = match &figures {
        Some(figures) => Some(shown(&visit, figures, &orgs).await?),
        None => None,
    };
    let page = FiguresPage {
        f: visit.frame(w.figures_title()).await?,
        place: named.map_or_else(|| w.figures_all(), |org| org.name.clone()),
        period: period.unwrap_or_default(),
        from: typed("from", whole.map(|(from, _)| from)),
        until: typed("until", whole.map(|(_, until)| until)),
        org: visit.query("org").unwrap_or_default(),
        choices: choices(&visit, whole),
        query: query(&visit, whole),
        orgs,
        shown,
    };
    visit.page(&page)
}

/// The query of this page with other days.
fn query(visit: &Visit, days: Option<(Day, Day)>) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    if let Some((from, until)) = days {
        query.append_pair("from", &from.to_string()).append_pair("until", &until.to_string());
    }
    for name in ["org", "as_of"] {
        if let Some(value) = visit.query(name) {
            query.append_pair(name, &value);
        }
    }
    query.finish()
}

fn choices(visit: &Visit, shown: Option<(Day, Day)>) -> Vec<Choice> {
    let (w, today) = (visit.words(), visit.days().today);
    let first = today.date().with_day(1).map_or(today, Day::from_date);
    let new_year = first.date().with_month(1).map_or(first, Day::from_date);
    let last = first.plus(-1);
    let before = last.date().with_day(1).map_or(last, Day::from_date);
    let choice = |words, days| Choice {
        path: format!("/staff/figures?{}", query(visit, Some(days))),
        words,
        is_current: shown == Some(days),
    };
    vec![
        choice(w.figures_this_month(), (first, today)),
        choice(w.figures_last_month(), (before, last)),
        choice(w.figures_this_year(), (new_year, today)),
    ]
}

async fn shown(visit: &Visit, figures: &Figures, orgs: &[OrgChoice]) -> Result<Shown, Fault> {
    let w = visit.words();
    let whole = &figures.whole;
    let months: Vec<&Line> = figures.parts.iter().rev().take(MONTHS).rev().collect();
    let totals = |line: &&Line| MonthTotals {
        year: line.from.year(),
        month: line.from.date().month(),
        issued: line.sums.issued,
        redeemed: line.sums.redeemed,
    };
    let totals: Vec<MonthTotals> = months.iter().map(totals).collect();
    let month = |line: &Line| visit.days().month(line.from.year(), line.from.date().month());
    let (money, money_note) = money(visit, figures.cover);
    Ok(Shown {
        counts: counts(visit, whole),
        bars: bars(visit, &totals),
        chart_sentence: w.say(s::FiguresChartSentence {
            issued: points(whole.sums.issued),
            redeemed: points(whole.sums.redeemed),
        }),
        hours: hours(visit, whole, &months),
        points: point_lines(visit, whole),
        points_note: w.say(s::FiguresOutstandingNote { day: visit.days().day(whole.until) }),
        money,
        money_note,
        months: figures.parts.iter().map(|line| row(visit, line, month(line), None)).collect(),
        active_sentence: active_sentence(visit, &figures.active),
        groups: figures.active.groups.iter().map(|group| group_line(visit, group)).collect(),
        others: Some(figures.active.others).filter(|others| *others > 0).map(count),
        below: below(visit, figures, orgs).await?,
    })
}

fn counts(visit: &Visit, line: &Line) -> Vec<Count> {
    let (w, sums, accounts) = (visit.words(), &line.sums, &line.accounts);
    let one = |label, figure, note| Count { label, figure: count(figure), note };
    let kinds = w.say(s::FiguresAccountsNote {
        shops: count(accounts.shops),
        party_members: count(accounts.party_members),
        residents: count(accounts.residents),
        households: count(accounts.households),
    });
    vec![
        one(w.figures_accounts(), accounts.all(), kinds),
        one(w.figures_served(), sums.served, w.figures_served_note()),
        one(w.figures_participations(), sums.participations, w.figures_participations_note()),
        one(w.figures_activities(), sums.activities, w.figures_activities_note()),
        one(w.figures_redemptions(), sums.redemptions, w.figures_redemptions_note()),
    ]
}

fn hours(visit: &Visit, whole: &Line, months: &[&Line]) -> Hours {
    let date = |line: &Line| (line.from.year(), line.from.date().month());
    let name = |line: &Line| {
        let (year, month) = date(line);
        visit.days().month(year, month)
    };
    let most = months.iter().filter(|line| line.sums.minutes > 0).max_by_key(|line| line.sums.minutes);
    let sentence = match most {
        None => visit.words().figures_hours_none(),
        Some(line) => {
            visit.say(s::FiguresHoursSentence { hours: visit.length(whole.sums.minutes), month: name(line) })
        }
    };
    let values: Vec<i64> = months.iter().map(|line| line.sums.minutes.div_euclid(60)).collect();
    let curve = curve(&values);
    let grid = curve.as_ref().map(|curve| curve.grid.iter().map(|figure| count(*figure)).collect());
    let month = |line: &&Line| (date(line).1.to_string(), name(line), visit.length(line.sums.minutes));
    Hours { sentence, curve, grid: grid.unwrap_or_default(), months: months.iter().map(month).collect() }
}

fn point_lines(visit: &Visit, line: &Line) -> Vec<(String, String)> {
    let (w, sums) = (visit.words(), &line.sums);
    let always = [
        (w.office_issued(), sums.issued),
        (w.office_taken(), sums.redeemed),
        (w.figures_expired(), sums.expired),
    ];
    let sometimes = [
        (w.figures_brought_along(), sums.opening),
        (w.figures_forfeited(), sums.forfeited),
        (w.figures_exchanged(), sums.exchanged),
        (w.figures_pooled(), sums.pooled),
        (w.figures_given(), sums.given),
    ];
    let outstanding = (w.figures_outstanding(), line.outstanding);
    let lines = always.into_iter().chain(sometimes.into_iter().filter(|(_, minor)| *minor != 0));
    lines
        .chain([outstanding])
        .map(|(label, minor)| (label, visit.say(s::PointsAmount { points: points(minor) })))
        .collect()
}

fn money(visit: &Visit, cover: Option<Cover>) -> (Vec<(String, String)>, Option<String>) {
    let w = visit.words();
    let Some(cover) = cover else { return (Vec::new(), None) };
    let yuan = |fen| w.say(s::FiguresYuan { yuan: points(fen) });
    let mut lines = vec![(w.figures_liability(), yuan(cover.liability_fen))];
    lines.extend(cover.fund_fen.map(|fen| (w.figures_fund(), yuan(fen))));
    let percent = |thousandths| format!("{}%", amount::short(thousandths, 1));
    lines.extend(cover.coverage().map(|thousandths| (w.figures_coverage(), percent(thousandths))));
    (lines, cover.fund_fen.is_none().then(|| w.figures_no_fund()))
}

fn row(visit: &Visit, line: &Line, name: String, path: Option<String>) -> Row {
    let sums = &line.sums;
    Row {
        path,
        name,
        accounts: count(line.accounts.all()),
        served: count(sums.served),
        participations: count(sums.participations),
        activities: count(sums.activities),
        redemptions: count(sums.redemptions),
        hours: visit.length(sums.minutes),
        issued: points(sums.issued),
        redeemed: points(sums.redeemed),
        expired: points(sums.expired),
        active: line.active.map_or_else(|| visit.words().figures_few(), count),
    }
}

fn active_sentence(visit: &Visit, active: &Active) -> String {
    match active.people {
        Some(0) => visit.words().figures_active_none(),
        Some(people) => visit.say(s::FiguresActiveSentence { people: count(people) }),
        None => visit.words().figures_active_few(),
    }
}

fn group_line(visit: &Visit, group: &Group) -> GroupLine {
    let w = visit.words();
    GroupLine {
        ages: w.say(s::FiguresAgesWords { ages: group.ages }),
        party: if group.party_member { w.figures_party_yes() } else { w.figures_party_no() },
        trade: group.trade.clone().unwrap_or_else(|| w.figures_trade_unknown()),
        people: count(group.people),
    }
}

/// What lies below one organisation: below the whole bank one of those under it at a time, chosen by name.
async fn below(visit: &Visit, figures: &Figures, orgs: &[OrgChoice]) -> Result<Option<Below>, Fault> {
    let Some(top) = &figures.org else { return Ok(None) };
    let services = visit.services();
    let call = visit.reading()?;
    let all = services.orgs(&call).await?;
    let is_root = all.iter().any(|org| org.id == top.id && org.parent_id.is_none());
    let under: Vec<Id> = all.iter().filter(|org| org.parent_id == Some(top.id)).map(|org| org.id).collect();
    let choices: Vec<OrgChoice> = match is_root {
        true => orgs.iter().filter(|org| under.contains(&org.id)).cloned().collect(),
        false => Vec::new(),
    };
    let chosen = id(visit, "below").filter(|id| choices.iter().any(|org| org.id == *id));
    let place = chosen.or(choices.first().map(|org| org.id)).unwrap_or(top.id);
    let days = Days { from: Some(figures.whole.from), until: Some(figures.whole.until) };
    let ask = FiguresAsk { days, org: Some(place), by: By::Org, as_of: Some(figures.as_of) };
    let found = services.figures(&call, ask).await?;
    if found.parts.len() < 2 {
        return Ok(None);
    }
    let name = |place: Id| all.iter().find(|org| org.id == place).map(|org| org.name.clone());
    let period = query(visit, Some((figures.whole.from, figures.whole.until)));
    let line = |line: &Line| {
        let org = line.org.clone()?;
        let own = org.id == place;
        let words = match own {
            true => visit.say(s::FiguresBelowOwn { org: org.name }),
            false => org.name,
        };
        let path = format!("/staff/figures?{}&org={}", without_org(&period), org.id);
        Some(row(visit, line, words, (!own).then_some(path)))
    };
    Ok(Some(Below {
        title: visit.say(s::FiguresBelowTitle { org: name(place).unwrap_or_default() }),
        rows: found.parts.iter().filter_map(line).collect(),
        chosen: place.to_string(),
        choices,
    }))
}

fn without_org(query: &str) -> String {
    let mut kept = form_urlencoded::Serializer::new(String::new());
    kept.extend_pairs(form_urlencoded::parse(query.as_bytes()).filter(|(name, _)| name != "org"));
    kept.finish()
}
