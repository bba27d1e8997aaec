//! The sign-in sheet of an activity on paper, A4: with names that are known before, and lines for others. Its columns are
//! those of the page on which it is typed in.

use super::by_name::{pasted, people};
use crate::domain::id::Id;
use crate::domain::time::Moment;
use crate::portal::frame::around::Frame;
use crate::portal::frame::fault::Answer;
use crate::portal::frame::visit::Visit;
use crate::services::service::lists::Named;
use askama::Template;
use std::collections::HashSet;

/// The rows of a sheet, and how many of them stay empty at least for those who come without having said so.
const OF_SHEET: usize = 20;
const EMPTY: usize = 4;

/// A row: its number, the name and the passbook number, where they are known.
#[derive(Clone, Default)]
struct Row {
    number: usize,
    name: String,
    passbook: String,
}

#[derive(Template)]
#[template(path = "print_signs.html")]
struct SignsPage {
    f: Frame,
    id: Id,
    title: String,
    when: String,
    place: String,
    org: String,
    sheets: Vec<Vec<Row>>,
}

/// Day and times with the year: paper is kept.
fn when(visit: &Visit, from: Moment, until: Moment) -> String {
    let days = visit.days();
    let (first, last) = (from.day(days.zone), until.day(days.zone));
    match first == last {
        true => format!("{first} {}–{}", days.clock(from), days.clock(until)),
        false => format!("{first} {} – {last} {}", days.clock(from), days.clock(until)),
    }
}

/// Rows of whole sheets.
fn sheets(mut rows: Vec<Row>) -> Vec<Vec<Row>> {
    let least = rows.len().saturating_add(EMPTY);
    rows.resize(least.div_ceil(OF_SHEET).saturating_mul(OF_SHEET), Row::default());
    for (number, row) in (1..).zip(rows.iter_mut()) {
        row.number = number;
    }
    rows.chunks(OF_SHEET).map(<[Row]>::to_vec).collect()
}

/// Shows the sheet with the names that were written into the form; without a form, with those who have signed in or signed up. The
/// form only shows: names do not belong into an address.
pub async fn show(visit: Visit) -> Answer {
    let (id, call) = (visit.path::<Id>("id")?, visit.reading()?);
    let (activity, present) = visit.services().present(&call, id).await?;
    let names = pasted(visit.form.typed("names").unwrap_or_default());
    let mut rows = Vec::with_capacity(names.len());
    for name in names {
        // Who is not found, or not alone, stands on the sheet as written.
        rows.push(match people(&visit, &call, &name).await?.as_slice() {
            [one] => Row { number: 0, name: one.name.clone(), passbook: one.number.clone() },
            _ => Row { name, ..Row::default() },
        });
    }
    if rows.is_empty() {
        let expected = visit.services().expected(&call, id).await?;
        let seated = expected.into_iter().filter(|one| one.sign_up.state == "seated").map(|one| one.person);
        let row = |person: Named| Row { number: 0, name: person.name, passbook: person.number };
        rows = present.into_iter().map(|one| one.person).chain(seated).map(row).collect();
        let mut seen = HashSet::new();
        rows.retain(|row| seen.insert(row.passbook.clone()));
    }
    let orgs = crate::portal::people::org_names(&visit).await?;
    let f = visit.frame(format!("{} · {}", visit.words().print_signs(), activity.title)).await?;
    let page = SignsPage {
        f,
        id,
        when: when(&visit, activity.starts_at, activity.ends_at),
        org: orgs.get(&activity.org_id).cloned().unwrap_or_default(),
        title: activity.title,
        place: activity.place,
        sheets: sheets(rows),
    };
    visit.page(&page)
}
