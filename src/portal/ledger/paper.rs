//! The passbook on paper, A5: sheets of numbered lines, from the first one on, or only those after the last printed one
//! (补登), which then stand below it on the same sheet.

use super::passbook::{Line, line};
use crate::domain::figures::count;
use crate::domain::id::Id;
use crate::portal::frame::around::Frame;
use crate::portal::frame::fault::{Answer, Fault};
use crate::portal::frame::form::plain_digits;
use crate::portal::frame::visit::Visit;
use crate::portal::people::org_names;
use crate::services::ledger::paper::PassbookPart;
use crate::texts::sentences as s;
use askama::Template;

/// The lines of a sheet. The style sheet gives each the same height, so that a sheet can be printed on twice.
const OF_SHEET: i64 = 16;
/// The most sheets that are printed at once.
const SHEETS: i64 = 20;

/// A line in print.
struct Printed {
    number: i64,
    day: String,
    line: Line,
}

/// A sheet.
struct Sheet {
    number: i64,
    /// Lines that are on the paper already: their place stays empty.
    printed: i64,
    lines: Vec<Printed>,
    /// Places below the last line.
    free: i64,
}

#[derive(Template)]
#[template(path = "print_passbook.html")]
struct PaperPage {
    f: Frame,
    heading: String,
    /// Where the page leads back to.
    back: String,
    path: String,
    holder: String,
    number: String,
    place: String,
    after: String,
    sheets: Vec<Sheet>,
    /// What is printed, or why nothing is.
    said: String,
    /// The number of the last line, where there are more than can be printed at once.
    goes_on: Option<i64>,
    /// The first sheet lies in the printer with lines on it.
    is_continued: bool,
}

/// The sheets of these lines, of which the first has the number `after + 1`.
fn sheets(lines: Vec<Printed>, after: i64) -> Vec<Sheet> {
    let mut sheets: Vec<Sheet> = Vec::new();
    let mut at = after;
    for line in lines {
        let place = at.rem_euclid(OF_SHEET);
        if place == 0 || sheets.is_empty() {
            let number = at.div_euclid(OF_SHEET).saturating_add(1);
            sheets.push(Sheet { number, printed: place, lines: Vec::new(), free: 0 });
        }
        if let Some(sheet) = sheets.last_mut() {
            sheet.lines.push(line);
            sheet.free = OF_SHEET.saturating_sub(place).saturating_sub(1);
        }
        at = at.saturating_add(1);
    }
    sheets
}

/// The number that was typed from the paper: 0 where the passbook is printed from its beginning.
fn after(visit: &Visit) -> i64 {
    let typed = visit.query("after").map(|text| plain_digits(&text)).unwrap_or_default();
    typed.trim().parse::<i64>().unwrap_or_default().max(0)
}

/// What the page says about the lines.
fn said(visit: &Visit, part: &PassbookPart, after: i64) -> String {
    let total = count(part.total);
    let (first, last) = (after.saturating_add(1), after.saturating_add(length(part)));
    match (part.total, last > after) {
        (0, _) => visit.words().print_none(),
        (_, false) if after > part.total => visit.say(s::PrintTooFar { total }),
        (_, false) => visit.say(s::PrintNothingNew { total }),
        (_, true) => visit.say(s::PrintLines { first: count(first), last: count(last), total }),
    }
}

fn length(part: &PassbookPart) -> i64 {
    i64::try_from(part.lines.len()).unwrap_or(i64::MAX)
}

async fn paper(visit: Visit, part: PassbookPart, place: String, (back, path): (String, String)) -> Answer {
    let after = after(&visit);
    let last = after.saturating_add(length(&part));
    let said = said(&visit, &part, after);
    let printed = |(place, pair): (i64, &_)| -> Printed {
        let (row, _): &(crate::services::ledger::passbook::PassbookLine, _) = pair;
        let day = row.effective_at.day(visit.zone()).to_string();
        Printed { number: after.saturating_add(place), day, line: line(&visit, pair) }
    };
    let lines: Vec<Printed> = (1..).zip(&part.lines).map(printed).collect();
    let heading = visit.words().print_passbook();
    let f = visit.frame(format!("{heading} · {}", part.member.name)).await?;
    let page = PaperPage {
        f,
        heading,
        back,
        path,
        holder: part.member.name,
        number: part.member.number,
        place,
        after: if after > 0 { after.to_string() } else { String::new() },
        is_continued: !lines.is_empty() && after.rem_euclid(OF_SHEET) > 0,
        goes_on: (last < part.total && !lines.is_empty()).then_some(last),
        sheets: sheets(lines, after),
        said,
    };
    visit.page(&page)
}

async fn part(visit: &Visit, member: Id) -> Result<PassbookPart, Fault> {
    let after = after(visit);
    // The last sheet is a whole one.
    let limit = OF_SHEET.saturating_mul(SHEETS).saturating_sub(after.rem_euclid(OF_SHEET));
    Ok(visit.services().passbook_to_print(&visit.reading()?, member, after, limit).await?)
}

/// The caller's own.
pub async fn own(visit: Visit) -> Answer {
    let part = part(&visit, visit.member()?).await?;
    let me = visit.services().me(visit.actor()?).await?;
    let place = me.org_names.get(&part.member.org_id).cloned().unwrap_or_default();
    paper(visit, part, place, ("/me/passbook".into(), "/me/passbook/print".into())).await
}

/// A member's, at the desk.
pub async fn of_member(visit: Visit) -> Answer {
    let id = visit.path::<Id>("id")?;
    let part = part(&visit, id).await?;
    let place = org_names(&visit).await?.get(&part.member.org_id).cloned().unwrap_or_default();
    let back = format!("/staff/people/{id}");
    let path = format!("{back}/print");
    paper(visit, part, place, (back, path)).await
}
