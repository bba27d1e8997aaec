//! The first page of an administrator: what waits, what is wrong, a few numbers, and what lies below in the order of
//! the directory, never ranked.

use crate::auth::permissions::Permission;
use crate::domain::figures::{count, counted, points};
use crate::domain::id::Id;
use crate::domain::settlement::statement::StatementState;
use crate::domain::time::Days;
use crate::portal::frame::around::Frame;
use crate::portal::frame::fault::{Answer, Fault};
use crate::portal::frame::visit::Visit;
use crate::portal::shops::partners::waiting_applications;
use crate::services::access::overview::MonthTotals;
use crate::services::people::counter::OrgRow;
use crate::services::service::calendars::missed_sentence;
use crate::texts::sentences as s;
use askama::Template;
use std::collections::HashMap;

/// Things that wait are counted up to this.
const MOST: i64 = 100;

/// Something that waits or is wrong.
pub struct Task {
    pub icon: &'static str,
    pub what: String,
    pub link: String,
    pub words: String,
    pub is_wrong: bool,
}

/// A number with where it comes from.
pub struct Figure {
    pub label: String,
    pub figure: String,
    pub unit: String,
    /// The same of the month before.
    pub before: Option<String>,
    pub link: Option<&'static str>,
}

/// A month of the chart: heights of a hundred, from the top.
pub struct Bar {
    pub x_in: usize,
    pub x_out: usize,
    pub y_in: i64,
    pub y_out: i64,
    pub height_in: i64,
    pub height_out: i64,
    pub short: String,
    pub month: String,
    pub issued: String,
    pub redeemed: String,
}

/// What lies directly below.
struct Place {
    path: String,
    name: String,
    shops: String,
    waiting: String,
}

#[derive(Template)]
#[template(path = "overview.html")]
struct OverviewPage {
    f: Frame,
    place: String,
    day: String,
    tasks: Vec<Task>,
    figures: Vec<Figure>,
    bars: Vec<Bar>,
    chart_sentence: String,
    places: Vec<Place>,
}

/// The statements that wait in a state, by shop.
async fn waiting(visit: &Visit, state: StatementState) -> Result<Vec<Id>, Fault> {
    Ok(visit.services().waiting_statements(&visit.reading()?, state, MOST).await?)
}

async fn tasks(
    visit: &Visit,
    disputed: &[Id],
    confirmed: &[Id],
    approved: &[Id],
) -> Result<Vec<Task>, Fault> {
    let (services, call, w) = (visit.services(), visit.reading()?, visit.words());
    let may = |right| call.actor.may(right);
    let mut tasks = Vec::new();
    let mut task = |icon, number: usize, what: String, link: &str, is_wrong| {
        if number > 0 {
            tasks.push(Task { icon, what, link: link.to_owned(), words: w.office_go(), is_wrong });
        }
    };
    if may(Permission::ManageBank) && !services.opening(&call).await?.is_complete() {
        task("flag", 1, w.opening_task(), "/setup", true);
    }
    for year in services.me(&call.actor).await?.calendars_missed {
        task("calendar-blank", 1, missed_sentence(year, visit.language), "/admin/calendars", true);
    }
    let said = |number: usize| counted(number, MOST);
    let number = disputed.len();
    task(
        "warning-circle",
        number,
        w.say(s::OfficeTaskDisputed { number: said(number) }),
        "/staff/statements?state=disputed",
        true,
    );
    if may(Permission::PayStatements) {
        let number = approved.len();
        task(
            "wallet",
            number,
            w.say(s::OfficeTaskPay { number: said(number) }),
            "/staff/statements?state=approved",
            false,
        );
    }
    let number = confirmed.len();
    task(
        "scroll",
        number,
        w.say(s::OfficeTaskConfirmed { number: said(number) }),
        "/staff/statements?state=confirmed",
        false,
    );
    let days = Days::default();
    if may(Permission::ApproveAwards) {
        let number = services.proposals(&call, "open", days, None, MOST).await?.len();
        task(
            "seal-check",
            number,
            w.say(s::OfficeTaskProposals { number: said(number) }),
            "/staff/proposals",
            false,
        );
    }
    if may(Permission::MoveMembers) {
        let number = services.moves(&call, "open", days, None, MOST).await?.len();
        task(
            "arrows-clockwise",
            number,
            w.say(s::OfficeTaskMoves { number: said(number) }),
            "/staff/moves",
            false,
        );
    }
    if may(Permission::WriteMerchants) {
        let number = waiting_applications(visit, MOST).await?;
        let words = w.say(s::ApplicationsWaiting { number: said(number) });
        task("storefront", number, words, "/admin/shops/applications", false);
    }
    if may(Permission::WriteUsers) {
        let number = services.links(&call, "open", days, None, MOST).await?.len();
        task("key", number, w.say(s::OfficeTaskLinks { number: said(number) }), "/staff/links", false);
    }
    if may(Permission::WriteSchemes) || may(Permission::ApproveSchemes) {
        let schemes = services.schemes(&call).await?;
        let number = schemes.iter().flat_map(|(_, all)| all).filter(|one| one.state == "draft").count();
        task(
            "clipboard-text",
            number,
            w.say(s::OfficeTaskDrafts { number: said(number) }),
            "/admin/schemes",
            false,
        );
    }
    tasks.sort_by_key(|task| !task.is_wrong);
    Ok(tasks)
}

/// The bars of the months, each as high as its share of the highest.
pub fn bars(visit: &Visit, months: &[MonthTotals]) -> Vec<Bar> {
    let most = months.iter().map(|one| one.issued.max(one.redeemed)).max().unwrap_or_default().max(1);
    let height = |minor: i64| minor.max(0).saturating_mul(100).checked_div(most).unwrap_or_default();
    let bar = |(place, one): (usize, &MonthTotals)| Bar {
        x_in: place.saturating_mul(20).saturating_add(2),
        x_out: place.saturating_mul(20).saturating_add(10),
        y_in: height(one.issued).saturating_neg().saturating_add(100),
        y_out: height(one.redeemed).saturating_neg().saturating_add(100),
        height_in: height(one.issued),
        height_out: height(one.redeemed),
        short: one.month.to_string(),
        month: visit.days().month(one.year, one.month),
        issued: points(one.issued),
        redeemed: points(one.redeemed),
    };
    months.iter().enumerate().map(bar).collect()
}

/// What lies directly below the caller's organisations, with the shops and statements of everything below it.
fn places(orgs: &[OrgRow], tops: &[Id], shops: &HashMap<Id, Id>, waits: &[Id]) -> Vec<Place> {
    let path_of: HashMap<Id, &str> = orgs.iter().map(|org| (org.id, org.path.as_str())).collect();
    let is_in = |org: &OrgRow, shop: Id| {
        let path = shops.get(&shop).and_then(|at| path_of.get(at));
        path.is_some_and(|path| path.starts_with(&org.path))
    };
    let below = orgs.iter().filter(|org| org.parent_id.is_some_and(|parent| tops.contains(&parent)));
    let place = |org: &OrgRow| Place {
        path: format!("/admin/orgs/{}", org.id),
        name: org.name.clone(),
        shops: shops.keys().filter(|shop| is_in(org, **shop)).count().to_string(),
        waiting: waits.iter().filter(|shop| is_in(org, **shop)).count().to_string(),
    };
    below.filter(|org| org.state == "open").map(place).collect()
}

/// The page.
pub async fn show(visit: Visit) -> Answer {
    let (services, call, w) = (visit.services(), visit.reading()?, visit.words());
    let disputed = waiting(&visit, StatementState::Disputed).await?;
    let confirmed = waiting(&visit, StatementState::Confirmed).await?;
    let approved = waiting(&visit, StatementState::Approved).await?;
    let tasks = tasks(&visit, &disputed, &confirmed, &approved).await?;
    let orgs = services.orgs(&call).await?;
    let own = services
        .merchants(&call)
        .await?
        .into_iter()
        .filter(|seen| seen.settled && seen.merchant.state != "closed");
    let shops: HashMap<Id, Id> = own.map(|seen| (seen.merchant.id, seen.merchant.org_id)).collect();
    let months = services.months(&call).await?;
    let figure = |label, figure, unit: String, link| Figure { label, figure, unit, before: None, link };
    let mut figures = Vec::new();
    if let [.., last, present] = months.as_slice() {
        let both = [
            (w.office_month_issued(), present.issued, last.issued),
            (w.office_month_redeemed(), present.redeemed, last.redeemed),
        ];
        figures.extend(both.map(|(label, now, before)| Figure {
            label,
            figure: points(now),
            unit: w.points_unit(),
            before: Some(w.say(s::OfficeMonthBefore { points: points(before) })),
            link: None,
        }));
    }
    let number = |number: usize| count(i64::try_from(number).unwrap_or(i64::MAX));
    figures.push(figure(w.menu_shops(), number(shops.len()), w.office_shops_unit(), Some("/admin/shops")));
    let open = orgs.iter().filter(|org| org.state == "open").count();
    figures.push(figure(w.office_orgs_title(), number(open), w.office_orgs_unit(), Some("/admin/orgs")));
    let tops = call.actor.highest(Permission::WriteUsers);
    let waits: Vec<Id> = disputed.into_iter().chain(confirmed).chain(approved).collect();
    let top = tops.first().and_then(|top| orgs.iter().find(|org| org.id == *top));
    let chart_sentence = match (months.iter().map(|one| one.issued).max(), months.last()) {
        (Some(_), Some(present)) => w.say(s::OfficeChartSentence {
            issued: points(present.issued),
            redeemed: points(present.redeemed),
        }),
        _ => String::new(),
    };
    let days = visit.days();
    let page = OverviewPage {
        f: visit.frame(w.office_overview_title()).await?,
        place: top.map(|org| org.name.clone()).unwrap_or_default(),
        day: days.day(days.today),
        tasks,
        figures,
        bars: bars(&visit, &months),
        chart_sentence,
        places: places(&orgs, &tops, &shops, &waits),
    };
    visit.page(&page)
}
