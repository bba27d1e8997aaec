//! All components of pages on one page, in the sample bank: the macros of `parts.html` with made-up values, in the order
//! of the design.

use super::overview::{Bar, Figure, Task};
use super::start::sample;
use crate::api::web::problem::ApiError;
use crate::domain::id::Id;
use crate::portal::frame::around::{FieldFault, Frame};
use crate::portal::frame::chart::curve;
use crate::portal::frame::fault::Answer;
use crate::portal::frame::visit::Visit;
use crate::portal::ledger::home::{Stars, Year};
use crate::portal::ledger::passbook::Line;
use crate::portal::shops::shelf::Goods;
use crate::texts::sentences as s;
use askama::Template;

#[derive(Template)]
#[template(path = "styleguide.html")]
struct Styleguide {
    f: Frame,
    greeting: String,
    lines: Vec<Line>,
    stars: Stars,
    year: Year,
    goods: Vec<Goods>,
    figures: Vec<Figure>,
    tasks: Vec<Task>,
    bars: Vec<Bar>,
    /// A picture of a code that no bank has given out.
    picture: String,
    step: String,
}

/// Balances of the sample curve, in points, oldest first.
const BALANCES: [i64; 13] = [820, 830, 860, 900, 880, 940, 1_010, 1_060, 1_040, 1_120, 1_190, 1_240, 1_286];
/// Issued and redeemed points of the sample bars, as shares of a hundred.
const MONTHS: [(i64, i64); 6] = [(60, 30), (72, 41), (55, 48), (80, 52), (100, 61), (91, 70)];

pub async fn show(visit: Visit) -> Answer {
    sample(&visit).await?.ok_or(ApiError::NoSuchPath)?;
    let w = visit.words();
    let mut f = visit.frame(w.styleguide_title()).await?;
    f.faults =
        vec![FieldFault { name: "guide_wrong".into(), label: f.label("name"), words: w.styleguide_fault() }];
    let page = Styleguide {
        greeting: visit.say(s::HomeGreeting { name: w.styleguide_name() }),
        lines: lines(&visit),
        stars: stars(&visit),
        year: year(&visit).ok_or(ApiError::NoSuchPath)?,
        goods: goods(&visit),
        figures: figures(&visit),
        tasks: tasks(&visit),
        bars: bars(&visit),
        picture: crate::portal::shops::code::picture("https://example.invalid/r/0")?,
        step: visit.say(s::StyleguideButton { points: "120" }),
        f,
    };
    visit.page(&page)
}

fn lines(visit: &Visit) -> Vec<Line> {
    let w = visit.words();
    let line = |entry, what: String, is_in: bool, amount: &str, balance: &str| Line {
        entry,
        what,
        detail: w.styleguide_detail(),
        amount: amount.into(),
        sign_words: if is_in { w.passbook_in() } else { w.passbook_out() },
        is_in,
        balance: balance.into(),
        is_award: is_in,
        link: Some("/styleguide".into()),
    };
    vec![
        line(2, w.styleguide_service(), true, "+4", "1,286"),
        line(1, w.styleguide_goods(), false, "−120", "1,282"),
    ]
}

fn stars(visit: &Visit) -> Stars {
    let w = visit.words();
    Stars {
        title: w.styleguide_star(),
        row: vec![true, false, false, false, false],
        row_words: visit.say(s::StarsOfAll { stars: 1, all: 5 }),
        share: 88,
        served: visit.say(s::ServedSoFar { length: visit.length(264 * 60) }),
        next: Some(visit.say(s::NextStarAt { length: visit.length(300 * 60) })),
        sentence: visit
            .say(s::StarMissing { length: visit.length(36 * 60), title: w.styleguide_next_star() }),
    }
}

fn year(visit: &Visit) -> Option<Year> {
    let (curve, balances) = (curve(&BALANCES)?, BALANCES.map(crate::domain::figures::count));
    let month = |place: usize| visit.say(s::MonthName { month: format!("m{}", place % 12 + 1) });
    Some(Year {
        sentence: visit.say(s::YearMore { from: "820", to: "1,286", by: "466" }),
        grid: curve.grid.iter().map(|figure| crate::domain::figures::count(*figure)).collect(),
        curve,
        months: balances.into_iter().enumerate().map(|(place, balance)| (month(place), balance)).collect(),
    })
}

fn goods(visit: &Visit) -> Vec<Goods> {
    let w = visit.words();
    let one = |name: String, price: &str, is_sold_out| Goods {
        id: Id::SYSTEM,
        name,
        price: price.into(),
        stock: Some("12".into()),
        is_sold_out,
        is_found: true,
        limit: None,
        photo: None,
    };
    vec![one(w.styleguide_salt(), "4", false), one(w.styleguide_soap(), "20", true)]
}

fn figures(visit: &Visit) -> Vec<Figure> {
    let w = visit.words();
    let before = Some(visit.say(s::OfficeMonthBefore { points: "11,920" }));
    let (label, unit) = (w.office_month_issued(), w.points_unit());
    vec![Figure { label, figure: "12,480".into(), unit, before, link: None }]
}

fn tasks(visit: &Visit) -> Vec<Task> {
    let w = visit.words();
    let task = |icon, what, is_wrong| Task {
        icon,
        what,
        link: "/styleguide".into(),
        words: w.office_go(),
        is_wrong,
    };
    vec![
        task("warning-circle", w.say(s::OfficeTaskDisputed { number: "1" }), true),
        task("scroll", w.say(s::OfficeTaskConfirmed { number: "3" }), false),
    ]
}

fn bars(visit: &Visit) -> Vec<Bar> {
    let bar = |(place, (issued, redeemed)): (usize, (i64, i64))| Bar {
        x_in: place.saturating_mul(20).saturating_add(2),
        x_out: place.saturating_mul(20).saturating_add(10),
        y_in: issued.saturating_neg().saturating_add(100),
        y_out: redeemed.saturating_neg().saturating_add(100),
        height_in: issued,
        height_out: redeemed,
        short: place.saturating_add(1).to_string(),
        month: visit.say(s::MonthName { month: format!("m{}", place.saturating_add(1)) }),
        issued: issued.to_string(),
        redeemed: redeemed.to_string(),
    };
    MONTHS.into_iter().enumerate().map(bar).collect()
}
