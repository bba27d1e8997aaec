//! Opening passbooks from a sheet: chosen as a file or pasted, checked row by row without anything being written, put
//! right in place, and taken with one button. What is taken is exactly what was checked.

use crate::api::web::faults::FieldFault;
use crate::auth::permissions::Permission;
use crate::domain::figures::count;
use crate::domain::id::Id;
use crate::domain::refusal::Refusal;
use crate::portal::access::setup::{Mark, marks, opening};
use crate::portal::frame::around::Frame;
use crate::portal::frame::fault::{Answer, Fault};
use crate::portal::frame::visit::Visit;
use crate::portal::people::offices::{OrgChoice, org_choices};
use crate::services::Call;
use crate::services::people::import::check::ImportAsk;
use crate::services::people::import::fault::{Fault as RowFault, Trouble};
use crate::services::people::import::heading::Column;
use crate::services::people::import::intake::{ImportCounts, Imported};
use crate::services::people::import::sheet::Cells;
use crate::texts::sentences as s;
use actix_web::http::StatusCode;
use askama::Template;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// The most people of one sheet here; larger ones are imported by the program itself.
const MOST: usize = 5_000;
/// How many rows with faults are shown at once.
const BAD_SHOWN: usize = 100;
/// How many rows without one are shown, to see that the columns are understood.
const GOOD_SHOWN: usize = 5;
/// Prefix of the fields of cells.
const CELL: &str = "cell.";

/// A cell of a row that is shown.
struct Cell {
    name: String,
    text: String,
    heading: String,
    is_wrong: bool,
}

/// A row that is shown.
struct Row {
    number: String,
    title: String,
    cells: Vec<Cell>,
    faults: Vec<String>,
}

/// What the check has found.
struct Checked {
    sheet: String,
    headings: Vec<String>,
    bad: Vec<Row>,
    good: Vec<Row>,
    /// What is wrong with the sheet as a whole.
    of_file: Vec<String>,
    ignored: Option<String>,
    counted: String,
    to_mend: Option<String>,
    more: Option<String>,
    button: Option<String>,
    seen: String,
    /// Some rows bear the name of a known person.
    asks_names: bool,
}

#[derive(Template)]
#[template(path = "people_import.html")]
struct ImportPage {
    f: Frame,
    path: &'static str,
    /// In the opening of a bank: its steps.
    marks: Option<Vec<Mark>>,
    /// Another log-in that may open passbooks, where the caller may not.
    asks_staff: bool,
    staff: Option<String>,
    orgs: Vec<OrgChoice>,
    org: String,
    paste: String,
    has_confirmed: bool,
    checked: Option<Checked>,
    /// Why the sheet could not be read at all.
    trouble: Option<String>,
    changed: bool,
    done: Option<String>,
    next: Option<&'static str>,
}

/// The path of this page: on its own, or as a step of the opening.
fn own_path(visit: &Visit) -> &'static str {
    if visit.request.path().starts_with("/setup") { "/setup/people" } else { "/staff/people/import" }
}

/// A sheet with the choices that stand beside it.
struct Sheet {
    cells: Cells,
    org: Option<Id>,
    org_code: Option<String>,
    confirmed_new: bool,
}

impl Sheet {
    /// What was checked, as a few signs.
    fn digest(&self) -> String {
        let org = self.org.map(|id| id.to_string()).unwrap_or_default();
        let whole = Sha256::new().chain_update(self.cells.written()).chain_update([0x1f]);
        let whole = whole.chain_update(org).chain_update([u8::from(self.confirmed_new)]).finalize();
        hex::encode(whole.get(..12).unwrap_or_default())
    }

    async fn import(&self, visit: &Visit, call: &Call) -> Result<Imported, Fault> {
        let ask = ImportAsk {
            bytes: self.cells.written().into_bytes(),
            org: self.org_code.clone(),
            // Opening figures are refused here anyway: not for want of a day.
            opening_day: Some(visit.days().today),
            scheme: None,
            confirmed_new: self.confirmed_new,
        };
        Ok(visit.services().import_members(call, ask, |_| {}).await?)
    }
}

/// What the page shows below its form.
enum Shown {
    Nothing,
    Trouble(String),
    /// `changed`: what was to be taken is no longer what was checked.
    Checked {
        checked: Box<Checked>,
        changed: bool,
    },
}

/// The sheet of the form: the file if one was chosen, else the text with the cells that were put right. A text that is
/// no sheet comes back as the reason.
async fn sheet(visit: &Visit) -> Result<Result<Sheet, String>, Fault> {
    let fields = visit.fields();
    let org = fields.maybe::<Id>("org");
    let file = visit.form.file("sheet_file");
    let typed = visit.form.typed("sheet").unwrap_or_default();
    let read = match file {
        Some(bytes) => ("sheet_file", Cells::read(bytes)),
        None => ("sheet", Cells::read(typed.as_bytes())),
    };
    let mut cells = match read {
        (name, Ok(cells)) if cells.0.is_empty() => fields.refuse(name, FieldFault::Missing),
        (name, Ok(cells)) if cells.0.len() > MOST => {
            fields.refuse(name, FieldFault::TooManyItems { most: MOST })
        }
        (_, Ok(cells)) => Ok(cells),
        (_, Err(trouble)) => return Ok(Err(RowFault::file(trouble).sentence(visit.language))),
    };
    if let (Ok(cells), None) = (&mut cells, file) {
        mend(visit, cells);
    }
    fields.checked()?;
    let (org, cells) = (org?, cells?);
    let org_code = match org {
        Some(id) => Some(code_of(visit, id).await?),
        None => None,
    };
    Ok(Ok(Sheet { cells, org, org_code, confirmed_new: fields.ticked("confirmed_new") }))
}

async fn code_of(visit: &Visit, id: Id) -> Result<String, Fault> {
    let orgs = visit.services().orgs(&visit.reading()?).await?;
    let found = orgs.into_iter().find(|org| org.id == id).ok_or(Refusal::absent("org"))?;
    Ok(found.code)
}

/// Puts the cells into the sheet that were changed in the table.
fn mend(visit: &Visit, cells: &mut Cells) {
    for (name, text) in visit.form.visible() {
        let place = name.strip_prefix(CELL).and_then(|rest| rest.split_once('.'));
        let Some((row, column)) = place else { continue };
        if let (Ok(row), Ok(column)) = (row.parse(), column.parse()) {
            cells.set(row, column, text);
        }
    }
}

/// The place of a column by its letters.
fn place_of(letters: &str) -> usize {
    let value = |sum: usize, letter: u8| {
        sum.saturating_mul(26).saturating_add(usize::from(letter.saturating_sub(b'A')).saturating_add(1))
    };
    letters.bytes().fold(0, value).saturating_sub(1)
}

fn row(visit: &Visit, sheet: &Sheet, at: usize, headings: &[String], faults: &[&RowFault]) -> Row {
    let own = sheet.cells.0.get(at).map(Vec::as_slice).unwrap_or_default();
    let wrong: Vec<usize> = faults
        .iter()
        .filter_map(|fault| fault.column.as_ref().map(|place| place_of(&place.letters)))
        .collect();
    let number = at.saturating_add(1);
    let cell = |(column, heading): (usize, &String)| Cell {
        name: format!("{CELL}{at}.{column}"),
        text: own.get(column).cloned().unwrap_or_default(),
        heading: heading.clone(),
        is_wrong: wrong.contains(&column),
    };
    Row {
        title: visit.say(s::ImportingRowOf { row: number }),
        number: number.to_string(),
        cells: headings.iter().enumerate().map(cell).collect(),
        faults: faults.iter().map(|fault| fault.sentence(visit.language)).collect(),
    }
}

fn number(value: usize) -> String {
    count(i64::try_from(value).unwrap_or(i64::MAX))
}

fn counted(visit: &Visit, counts: &ImportCounts) -> String {
    let (persons, households) = (number(counts.persons_opened), number(counts.households_opened));
    match counts.persons_before {
        0 => visit.say(s::ImportingCounted { persons, households }),
        before => visit.say(s::ImportingCountedAgain { persons, households, before: number(before) }),
    }
}

/// The page's view of a check.
fn seen(visit: &Visit, sheet: &Sheet, imported: &Imported) -> Checked {
    let Imported { sheet: found, counts } = imported;
    let top = sheet.cells.headings().unwrap_or_default();
    let headings = sheet.cells.0.get(top).cloned().unwrap_or_default();
    let mut by_row: BTreeMap<usize, Vec<&RowFault>> = BTreeMap::new();
    for fault in &found.faults {
        let row = fault.row.and_then(|row| usize::try_from(row).ok()).unwrap_or_default();
        by_row.entry(row).or_default().push(fault);
    }
    let of_file = by_row.remove(&0).unwrap_or_default();
    let bad: Vec<Row> = by_row
        .iter()
        .take(BAD_SHOWN)
        .map(|(place, faults)| row(visit, sheet, place.saturating_sub(1), &headings, faults))
        .collect();
    let rows = top.saturating_add(1)..sheet.cells.0.len();
    let fine = rows.filter(|at| !by_row.contains_key(&at.saturating_add(1)));
    let good: Vec<usize> = fine.collect();
    let shown = good.iter().take(GOOD_SHOWN).map(|at| row(visit, sheet, *at, &headings, &[]));
    let is_right = found.fault_count == 0;
    let ignored: Vec<&str> = found.ignored.iter().map(|place| place.heading.as_str()).collect();
    let left = good.len().saturating_sub(GOOD_SHOWN);
    Checked {
        headings: headings.clone(),
        good: shown.collect(),
        more: (left > 0).then(|| visit.say(s::ImportingMoreRows { rows: number(left) })),
        to_mend: (!by_row.is_empty()).then(|| visit.say(s::ImportingToMend { rows: number(by_row.len()) })),
        bad,
        of_file: of_file.iter().map(|fault| fault.sentence(visit.language)).collect(),
        ignored: (!ignored.is_empty()).then(|| {
            visit.say(s::ImportingIgnored { columns: ignored.join(visit.language.pick("、", ", ")) })
        }),
        counted: counted(visit, counts),
        button: is_right.then(|| visit.say(s::ImportingTake { persons: number(counts.persons_opened) })),
        asks_names: found.faults.iter().any(|fault| matches!(fault.trouble, Trouble::SameName { .. })),
        sheet: sheet.cells.written(),
        seen: sheet.digest(),
    }
}

/// The page.
async fn page(visit: &Visit, shown: Shown) -> Answer {
    let (checked, trouble, changed) = match shown {
        Shown::Nothing => (None, None, false),
        Shown::Trouble(words) => (None, Some(words), false),
        Shown::Checked { checked, changed } => (Some(*checked), None, changed),
    };
    let (path, w, actor) = (own_path(visit), visit.words(), visit.actor()?);
    let may = actor.may(Permission::WriteMembers);
    let in_setup = path.starts_with("/setup");
    let opening = if in_setup { opening(visit).await? } else { None };
    let orgs = if may { org_choices(visit, Permission::WriteMembers).await? } else { Vec::new() };
    let community = opening.as_ref().and_then(|found| found.community.as_ref()).map(|org| org.id);
    let usual = community.filter(|id| orgs.iter().any(|org| org.id == *id)).or(
        // Where the caller works, if that is one place.
        match actor.highest(Permission::WriteMembers).as_slice() {
            [one] => Some(*one),
            _ => None,
        },
    );
    let done = visit
        .query("done")
        .and_then(|text| text.parse::<i64>().ok())
        .map(|persons| visit.say(s::ImportingDone { persons: count(persons) }));
    let done = done.filter(|_| visit.fault.is_none() && checked.is_none() && trouble.is_none());
    let staff = opening.as_ref().and_then(|found| found.staff.as_ref());
    let page = ImportPage {
        f: visit.frame(w.importing_title()).await?,
        path,
        marks: in_setup.then(|| marks(visit, 4, opening.as_ref())),
        asks_staff: !may,
        staff: staff.map(|one| visit.say(s::OpeningPerson { name: &one.name, login: &one.login })),
        org: visit
            .form
            .typed("org")
            .map(str::to_owned)
            .or(usual.map(|id| id.to_string()))
            .unwrap_or_default(),
        orgs,
        paste: visit.form.typed("sheet").map(str::to_owned).unwrap_or_else(example),
        has_confirmed: visit.fields().ticked("confirmed_new"),
        checked,
        trouble,
        changed,
        next: (in_setup && (done.is_some() || !may)).then_some("/setup/done"),
        done,
    };
    visit.page(&page)
}

/// The headings with which a new sheet begins.
fn example() -> String {
    let columns = [Column::Name, Column::Phone, Column::IdNumber, Column::Org, Column::Household];
    columns.map(Column::title).join(",") + "\n"
}

pub async fn show(visit: Visit) -> Answer {
    page(&visit, Shown::Nothing).await
}

/// Checks the sheet, or takes what was checked.
pub async fn take(mut visit: Visit) -> Answer {
    let sheet = match sheet(&visit).await? {
        Ok(sheet) => sheet,
        Err(words) => {
            visit.status = StatusCode::UNPROCESSABLE_ENTITY;
            return page(&visit, Shown::Trouble(words)).await;
        }
    };
    let takes = visit.form.typed("step") == Some("take");
    let is_same = visit.form.typed("seen") == Some(sheet.digest().as_str());
    let call = visit.call()?;
    let dry_run = !(takes && is_same);
    let imported = sheet.import(&visit, &Call { dry_run, ..call }).await?;
    if !dry_run && imported.sheet.fault_count == 0 {
        let persons = imported.counts.persons_opened.saturating_add(imported.counts.persons_before);
        return visit.to(&format!("{}?done={persons}", own_path(&visit)));
    }
    // Changed after the check, or a passbook was opened at a counter meanwhile: nothing is taken unseen.
    let checked = Box::new(seen(&visit, &sheet, &imported));
    page(&visit, Shown::Checked { checked, changed: takes }).await
}
