//! The journal for auditors: every entry, with filters in the address, and the same rows as a sheet.

use crate::api::web::edge::zone;
use crate::api::web::part::Part;
use crate::api::web::problem::ApiError;
use crate::api::web::receipt::EntryView;
use crate::api::web::sheet::{self, Manner, Row, SheetForm};
use crate::domain::figures::{count, points};
use crate::domain::ledger::asset::Asset;
use crate::domain::ledger::entry::{Entry, EntryKind};
use crate::domain::time::{Day, Days};
use crate::portal::frame::around::Frame;
use crate::portal::frame::fault::{Answer, Fault};
use crate::portal::frame::visit::Visit;
use crate::services::Services;
use crate::services::ledger::raw::EntryFilter;
use crate::services::ledger::trail::{EntryLine, Named};
use crate::texts::{Text, sentences as s};
use askama::Template;

/// How many entries a page lists.
const LINES: i64 = 50;

/// An entry in the list.
pub struct Line {
    pub number: i64,
    pub path: String,
    pub kind: String,
    pub when: String,
    /// The day on which it took effect, if that is another.
    pub effective: Option<String>,
    pub actor: String,
    pub moved: Vec<String>,
}

/// The word of a kind.
pub fn kind_words(visit: &Visit, kind: EntryKind) -> String {
    visit.say(Text::from(s::OfficeEntryKind { kind: kind.as_str() }))
}

/// An amount without its unit.
pub fn figure(asset: Asset, minor: i64) -> String {
    if asset.decimals() == 0 { count(minor) } else { points(minor) }
}

/// An amount with its unit.
pub fn amount_words(visit: &Visit, asset: Asset, minor: i64) -> String {
    visit.say(Text::from(s::Amount { figure: figure(asset, minor), asset: asset.to_string() }))
}

/// Who made an entry.
pub fn actor_words(visit: &Visit, actor: &Option<String>) -> String {
    actor.clone().unwrap_or_else(|| visit.words().office_program())
}

fn line(visit: &Visit, line: &EntryLine) -> Line {
    let (entry, days) = (&line.entry, visit.days());
    let other_day = entry.effective_at.day(days.zone) != entry.recorded_at.day(days.zone);
    Line {
        number: entry.number,
        path: format!("/audit/entries/{}", entry.number),
        kind: kind_words(visit, entry.kind),
        when: days.moment(entry.recorded_at),
        effective: other_day.then(|| days.of(entry.effective_at)),
        actor: actor_words(visit, &line.actor),
        // Lifetime points go along with points: the list shows them once.
        moved: line
            .moved
            .iter()
            .filter(|(asset, _)| *asset != Asset::Lifetime || line.moved.len() == 1)
            .map(|(asset, minor)| amount_words(visit, *asset, *minor))
            .collect(),
    }
}

/// The filters of the address, and the address of the same list without its position.
struct Asked {
    filter: EntryFilter,
    days: Days,
    /// The filters as a query, with `&` at the end.
    kept: String,
    /// What was looked for and is not there.
    unknown: Option<String>,
    /// The entry that was looked for.
    entry: Option<i64>,
}

async fn asked(visit: &Visit) -> Result<Asked, Fault> {
    let (services, call) = (visit.services(), visit.reading()?);
    let day = |name: &str| visit.query(name).and_then(|text| Day::parse(&text));
    let days = Days { from: day("from"), until: day("until") };
    let mut filter = EntryFilter { days, ..EntryFilter::default() };
    let (mut unknown, mut entry) = (None, None);
    if let Some(text) = visit.query("find") {
        match services.named(&call, &text, days.from).await? {
            Some(Named::Entry(number)) => entry = Some(number),
            Some(Named::Member(member)) => filter.accounts = Services::purses_of(member),
            None => unknown = Some(text),
        }
    }
    if let Some(login) = visit.query("actor") {
        match services.user_named(&call, &login).await? {
            Some(user) => filter.actor = Some(user),
            None => unknown = Some(login),
        }
    }
    let kind = visit.query("kind").and_then(|kind| EntryKind::parse(&kind));
    filter.kinds = Vec::from_iter(kind.map(EntryKind::as_str));
    let mut kept = form_urlencoded::Serializer::new(String::new());
    for name in ["find", "kind", "actor", "from", "until"] {
        if let Some(value) = visit.query(name) {
            kept.append_pair(name, &value);
        }
    }
    let kept = kept.finish();
    let kept = if kept.is_empty() { kept } else { format!("{kept}&") };
    Ok(Asked { filter, days, kept, unknown, entry })
}

/// The filter from a position on.
fn placed(filter: &EntryFilter, part: &Part) -> Result<EntryFilter, ApiError> {
    let mut filter = filter.clone();
    match filter.by_effect() {
        true => (filter.effective_before, filter.before) = part.after_in_time()?,
        false => filter.before = part.after_as()?,
    }
    Ok(filter)
}

/// The position of an entry.
fn place(filter: &EntryFilter, part: &Part, entry: &Entry) -> String {
    match filter.by_effect() {
        true => part.place(entry.effective_at, entry.number),
        false => entry.number.to_string(),
    }
}

#[derive(Template)]
#[template(path = "journal.html")]
struct JournalPage {
    f: Frame,
    lines: Vec<Line>,
    find: String,
    actor: String,
    from: String,
    until: String,
    kind: String,
    kinds: Vec<(String, String)>,
    unknown: Option<String>,
    sheet: String,
    next: Option<String>,
}

/// The list; with `format=csv` all of it as a sheet; a number that was typed leads to its entry.
pub async fn list(visit: Visit) -> Answer {
    let asked = asked(&visit).await?;
    if let Some(number) = asked.entry {
        return visit.to(&format!("/audit/entries/{number}"));
    }
    if visit.query("format").as_deref() == Some("csv") && asked.unknown.is_none() {
        return as_sheet(&visit, asked).await;
    }
    let part = Part { days: asked.days, limit: LINES, after: visit.query("after") };
    let filter = placed(&asked.filter, &part)?;
    let found = match asked.unknown {
        Some(_) => Vec::new(),
        None => visit.services().entry_lines(&visit.reading()?, filter, LINES).await?,
    };
    let is_full = i64::try_from(found.len()).is_ok_and(|length| length == LINES);
    let next = found.last().filter(|_| is_full).map(|last| {
        format!("/audit/ledger?{}after={}", asked.kept, place(&asked.filter, &part, &last.entry))
    });
    let kinds = EntryKind::ALL.iter().map(|kind| (kind.as_str().to_owned(), kind_words(&visit, *kind)));
    let typed = |name: &str| visit.query(name).unwrap_or_default();
    let page = JournalPage {
        f: visit.frame(visit.words().office_ledger_title()).await?,
        lines: found.iter().map(|one| line(&visit, one)).collect(),
        find: typed("find"),
        actor: typed("actor"),
        from: typed("from"),
        until: typed("until"),
        kind: typed("kind"),
        kinds: kinds.collect(),
        sheet: format!("/audit/ledger?{}format=csv", asked.kept),
        unknown: asked.unknown,
        next,
    };
    visit.page(&page)
}

async fn as_sheet(visit: &Visit, asked: Asked) -> Answer {
    let (services, actor) = (visit.services().clone(), visit.actor()?.clone());
    let read = async move |part: Part| {
        let filter = placed(&asked.filter, &part)?;
        let entries = services.entries(&actor, filter, part.limit).await?;
        let rows = entries.iter().map(|entry| (place(&asked.filter, &part, entry), EntryView::of(entry)));
        Ok(rows.collect())
    };
    let part = Part { days: asked.days, limit: EntryView::AT_ONCE, after: None };
    let manner = Manner { form: SheetForm::Csv, language: visit.language, zone: zone(&visit.request) };
    Ok(sheet::respond(part, manner, "/audit/entries", read).await?)
}
