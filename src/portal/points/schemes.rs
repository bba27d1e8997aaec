//! Schemes: the list, a version with its text and its sentences, and a new draft with its faults at their lines.

use crate::api::web::faults::FieldFault;
use crate::api::web::fields::SchemeText;
use crate::api::web::problem::ApiError;
use crate::auth::permissions::Permission;
use crate::domain::id::Id;
use crate::domain::life_cycles::SCHEME_VERSION;
use crate::domain::points::scheme::{Lines, Scheme, Sentence, read_aloud};
use crate::domain::refusal::{FaultText, Refusal};
use crate::portal::frame::around::Frame;
use crate::portal::frame::fault::{Answer, Fault};
use crate::portal::frame::visit::Visit;
use crate::services::points::schemes::{SchemeRow, SchemeVersionRow};
use crate::services::step::Params;
use crate::texts::{Text, sentences as s};
use askama::Template;

/// A version in the list.
struct Version {
    path: String,
    number: i64,
    valid: String,
    state: String,
    is_draft: bool,
}

/// A scheme with its versions, newest first.
struct Line {
    title: String,
    code: String,
    try_path: String,
    versions: Vec<Version>,
}

#[derive(Template)]
#[template(path = "schemes.html")]
struct ListPage {
    f: Frame,
    schemes: Vec<Line>,
    may_draft: bool,
}

fn valid(visit: &Visit, version: &SchemeVersionRow) -> String {
    let days = visit.days();
    let from = days.day(version.valid_from);
    match version.valid_until {
        Some(until) => visit.say(s::OfficeValidFromUntil { from, until: days.day(until) }),
        None => visit.say(s::OfficeValidFrom { from }),
    }
}

fn version(visit: &Visit, row: &SchemeVersionRow) -> Version {
    Version {
        path: format!("/admin/schemes/{}", row.id),
        number: row.number,
        valid: valid(visit, row),
        state: visit.say(Text::from(s::State { state: row.state.clone() })),
        is_draft: row.state == "draft",
    }
}

/// All schemes.
pub async fn list(visit: Visit) -> Answer {
    let found = visit.services().schemes(&visit.reading()?).await?;
    let line = |(row, versions): (SchemeRow, Vec<SchemeVersionRow>)| Line {
        try_path: format!("/admin/schemes/try?scheme={}", row.id),
        title: row.title,
        code: row.code,
        versions: versions.iter().rev().map(|one| version(&visit, one)).collect(),
    };
    let schemes = found.into_iter().map(line).collect();
    let may_draft = visit.actor()?.may(Permission::WriteSchemes);
    let f = visit.frame(visit.words().office_schemes_title()).await?;
    visit.page(&ListPage { f, schemes, may_draft })
}

/// A line of a text, with what is wrong in it.
struct TextLine {
    number: usize,
    text: String,
    faults: Vec<String>,
    /// The line before it is left out.
    is_gap: bool,
}

/// A text as numbered lines.
fn numbered(visit: &Visit, text: &str, faults: &[FaultText]) -> Vec<TextLine> {
    let said = |fault: &FaultText| visit.language.pick(fault.chinese.clone(), fault.english.clone());
    let line = |(place, text): (usize, &str)| {
        let number = place.saturating_add(1);
        let here = faults.iter().filter(|fault| fault.line == number);
        TextLine { number, text: text.to_owned(), faults: here.map(said).collect(), is_gap: false }
    };
    text.lines().enumerate().map(line).collect()
}

/// A rule in words, with its lines in the text.
pub struct Read {
    /// `3` or `3–5`.
    pub lines: Option<String>,
    /// The first of them.
    pub line: usize,
    pub text: String,
}

/// The rules of a scheme as sentences.
pub fn read(visit: &Visit, scheme: &Scheme, body: &str) -> Vec<Read> {
    let said = |sentence: Sentence| {
        let (first, last) = sentence.lines.map_or((0, 0), Lines::into_inner);
        let lines = match (first, last) {
            (0, _) => None,
            (first, last) if first == last => Some(first.to_string()),
            (first, last) => Some(format!("{first}–{last}")),
        };
        Read { lines, line: first, text: sentence.text }
    };
    read_aloud(scheme, body, visit.language).into_iter().map(said).collect()
}

#[derive(Template)]
#[template(path = "scheme_one.html")]
struct OnePage {
    f: Frame,
    path: String,
    title: String,
    number: i64,
    state: String,
    is_draft: bool,
    valid: String,
    lines: Vec<TextLine>,
    sentences: Vec<Read>,
    /// The other versions, each with the address of a comparison.
    others: Vec<(String, String)>,
    steps: Vec<(&'static str, String)>,
    /// The address of a draft that begins with this text.
    draft: Option<String>,
    try_path: String,
}

/// One version with its text.
pub async fn one(visit: Visit) -> Answer {
    let (id, call, services) = (visit.path::<Id>("id")?, visit.reading()?, visit.services());
    let row = services.scheme_version(&call, id).await?;
    let (_, open) = services.open_steps::<SchemeVersionRow>(&call, id).await?;
    let all = services.schemes(&call).await?;
    let of = all.into_iter().find(|(scheme, _)| scheme.id == row.scheme_id);
    let (title, versions) = of.map(|(scheme, versions)| (scheme.title, versions)).unwrap_or_default();
    let others = versions.iter().rev().filter(|other| other.id != id);
    let others = others.map(|other| {
        let path = format!("/admin/schemes/{id}/compare?with={}", other.id);
        (path, visit.say(s::SchemesCompareWith { number: other.number }))
    });
    let sentences = row.scheme().map(|scheme| read(&visit, &scheme, &row.body));
    let heading = visit.say(s::OfficeVersionOf { title: title.clone(), number: row.number });
    let page = OnePage {
        f: visit.frame(heading).await?,
        path: format!("/admin/schemes/{id}"),
        title,
        number: row.number,
        state: visit.say(Text::from(s::State { state: row.state.clone() })),
        is_draft: row.state == "draft",
        valid: valid(&visit, &row),
        lines: numbered(&visit, &row.body, &[]),
        sentences: sentences.unwrap_or_default(),
        others: others.collect(),
        steps: open
            .iter()
            .map(|step| (step.name, visit.say(Text::from(s::StepWords { step: step.name }))))
            .collect(),
        draft: call.actor.may(Permission::WriteSchemes).then(|| format!("/admin/schemes/new?from={id}")),
        try_path: format!("/admin/schemes/try?scheme={}&version={id}", row.scheme_id),
    };
    visit.page(&page)
}

/// Approves a draft.
pub async fn step(visit: Visit) -> Answer {
    let id = visit.path::<Id>("id")?;
    let step = visit.chosen_step(&SCHEME_VERSION)?;
    visit.services().step::<SchemeVersionRow>(&visit.call()?, step, id, Params::new()).await?;
    visit.to(&format!("/admin/schemes/{id}"))
}

/// How many lines before and after a fault are shown with it.
const AROUND: usize = 2;

#[derive(Template)]
#[template(path = "scheme_new.html")]
struct NewPage {
    f: Frame,
    text: String,
    /// The lines with faults and those around them; empty: it was not sent, or is right.
    lines: Vec<TextLine>,
    faults: Vec<(usize, String)>,
}

/// The line ends of browsers as plain ones: the numbers of lines stay, and so does the text.
fn plain_lines(text: &str) -> String {
    text.replace("\r\n", "\n")
}

/// The form for a draft; `from` names the version whose text it begins with.
pub async fn new(visit: Visit) -> Answer {
    let typed = visit.form.typed("body").map(plain_lines);
    let text = match (typed, visit.query("from").and_then(|text| text.parse::<Id>().ok())) {
        (Some(typed), _) => typed,
        (None, Some(id)) => visit.services().scheme_version(&visit.reading()?, id).await?.body,
        (None, None) => String::new(),
    };
    let faults = match &visit.fault {
        Some(Fault::Api(ApiError::Refused { refusal: Refusal::SchemeFaults { faults }, .. })) => {
            faults.clone()
        }
        _ => Vec::new(),
    };
    let near = |line: &TextLine| faults.iter().any(|fault| fault.line.abs_diff(line.number) <= AROUND);
    let mut lines: Vec<TextLine> = numbered(&visit, &text, &faults).into_iter().filter(near).collect();
    let mut last = 0_usize;
    for line in &mut lines {
        line.is_gap = last > 0 && line.number > last.saturating_add(1);
        last = line.number;
    }
    let said =
        |fault: &FaultText| (fault.line, visit.language.pick(fault.chinese.clone(), fault.english.clone()));
    let faults: Vec<(usize, String)> = faults.iter().map(said).collect();
    let mut f = visit.frame(visit.words().office_scheme_new()).await?;
    if !faults.is_empty() {
        // Each fault stands at its line: not once more in one sentence.
        f.faults.clear();
        f.alert = f.alert.map(|(title, _)| (title, visit.words().office_faults_hint()));
    }
    visit.page(&NewPage { f, text, lines, faults })
}

/// Drafts a version.
pub async fn draft(visit: Visit) -> Answer {
    let fields = visit.fields();
    let typed = plain_lines(visit.form.typed("body").unwrap_or_default());
    let body = match typed.as_str() {
        "" => fields.refuse("body", FieldFault::Missing),
        text => SchemeText::parse(text).or_else(|fault| fields.refuse("body", fault)),
    };
    fields.checked()?;
    let row = visit.services().draft_scheme(&visit.call()?, body?.into()).await?;
    visit.to(&format!("/admin/schemes/{}", row.id))
}
