//! Schemes: the list, a version with its text, a new draft with its faults at their lines, and trying one out.

use crate::api::web::faults::FieldFault;
use crate::api::web::fields::{Code, Minutes, PointsText, QuantityText, Reason, SchemeText};
use crate::api::web::problem::ApiError;
use crate::auth::permissions::Permission;
use crate::domain::id::Id;
use crate::domain::life_cycles::SCHEME_VERSION;
use crate::domain::points::scheme::{Decided, Deed, Scheme, Work};
use crate::domain::refusal::{FaultText, Refusal};
use crate::domain::service::record::Evidence;
use crate::domain::time::Day;
use crate::portal::frame::around::Frame;
use crate::portal::frame::fault::{Answer, Fault};
use crate::portal::frame::figures::points;
use crate::portal::frame::form::{Fields, Form};
use crate::portal::frame::visit::Visit;
use crate::services::points::schemes::{SchemeRow, SchemeVersionRow, Trial};
use crate::services::step::Params;
use crate::texts::{Text, sentences as s, word};
use askama::Template;
use rust_decimal::Decimal;

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
    let title =
        all.into_iter().find(|(scheme, _)| scheme.id == row.scheme_id).map(|(scheme, _)| scheme.title);
    let title = title.unwrap_or_default();
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
        steps: open
            .iter()
            .map(|step| (step.name, visit.say(Text::from(s::StepWords { step: step.name }))))
            .collect(),
        draft: call.actor.may(Permission::WriteSchemes).then(|| format!("/admin/schemes/new?from={id}")),
        try_path: format!("/admin/schemes/try?scheme={}", row.scheme_id),
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

/// A choice of a select: code and name.
type Choice = (String, String);

/// What the own example gives.
struct Tried {
    points: String,
    minutes: String,
    second_person: bool,
    version: i64,
    sentences: Vec<String>,
}

#[derive(Template)]
#[template(path = "scheme_try.html")]
struct TryPage {
    f: Frame,
    scheme: Id,
    title: String,
    today: String,
    categories: Vec<Choice>,
    levels: Vec<Choice>,
    items: Vec<Choice>,
    evidences: Vec<Choice>,
    result: Option<Tried>,
}

/// A deed as it stands in the address.
fn deed(fields: &Fields<'_>, today: Day, zone: chrono_tz::Tz) -> Result<Deed, Fault> {
    let day = fields.maybe::<Day>("day");
    let minutes = fields.maybe::<Minutes>("minutes");
    let (category, level) = (fields.maybe::<Code>("category"), fields.maybe::<Code>("level"));
    let evidence = fields.maybe::<Evidence>("evidence");
    let (item, quantity) = (fields.maybe::<Code>("item"), fields.maybe::<QuantityText>("quantity"));
    let decided = fields.maybe::<PointsText>("decided_points");
    let reason = fields.maybe::<Reason>("reason");
    fields.checked()?;
    let day = day?.unwrap_or(today);
    let mut deed = match item? {
        Some(item) => {
            let quantity = quantity?.and_then(|text| text.as_str().parse().ok()).unwrap_or(Decimal::ONE);
            Deed::of_item(day, zone, Id::SYSTEM, item.as_str(), quantity)
        }
        None => {
            let evidence = evidence?.unwrap_or(Evidence::Scan);
            Deed::of_service(day, zone, Id::SYSTEM, minutes?.map_or(0, Minutes::get), evidence)
        }
    };
    if let Work::Service { category: of, level: at, .. } = &mut deed.work {
        *of = category?.map(String::from);
        *at = level?.map(String::from);
    }
    let reason = reason?.map(String::from).unwrap_or_default();
    deed.decided = decided?.map(|points| Decided { points_minor: points.minor(), reason });
    Ok(deed)
}

fn result(visit: &Visit, trial: Trial) -> Tried {
    Tried {
        points: points(trial.evaluation.points_minor),
        minutes: visit.length(trial.evaluation.minutes),
        second_person: trial.evaluation.four_eyes,
        version: trial.version,
        sentences: trial.sentences,
    }
}

/// Tries a scheme out with one's own example. Nothing is kept, so the example stands in the address.
pub async fn try_out(mut visit: Visit) -> Answer {
    let scheme: Id = visit.query("scheme").and_then(|text| text.parse().ok()).ok_or(ApiError::NoSuchPath)?;
    let call = visit.reading()?;
    let all = visit.services().schemes(&call).await?;
    let (row, versions) =
        all.into_iter().find(|(row, _)| row.id == scheme).ok_or(Refusal::absent("scheme"))?;
    // What can be chosen is that of the last published text.
    let last = versions.iter().rev().find(|version| version.state == "published");
    let parsed = last.and_then(|version| Scheme::parse(&version.body).ok());
    let hours = parsed.as_ref().and_then(|parsed| parsed.hours.as_ref());
    let categories =
        hours.map(|hours| hours.categories.iter().map(|one| (one.code.clone(), one.name.clone())));
    let levels = hours.map(|hours| hours.levels.iter().map(|one| (one.code.clone(), one.name.clone())));
    let (categories, levels): (Vec<Choice>, Vec<Choice>) =
        (categories.into_iter().flatten().collect(), levels.into_iter().flatten().collect());
    let items = parsed.iter().flat_map(|parsed| &parsed.items);
    let items: Vec<Choice> = items.map(|item| (item.code.clone(), item.name.clone())).collect();
    let pairs = form_urlencoded::parse(visit.request.query_string().as_bytes());
    visit.form = Form::new(pairs.into_owned().collect());
    let mut shown = None;
    if visit.query("minutes").is_some() || visit.query("item").is_some() {
        let deed = deed(&visit.fields(), visit.days().today, visit.zone());
        let tried = match deed {
            Ok(deed) => {
                let language = visit.language;
                let trial = visit.services().try_scheme(&call, scheme, move |_, _| deed, language).await;
                trial.map_err(Fault::from)
            }
            Err(fault) => Err(fault),
        };
        match tried {
            Ok(trial) => shown = Some(result(&visit, trial)),
            Err(fault) => visit.refuse(fault),
        }
    }
    let evidences = Evidence::ALL
        .iter()
        .map(|one| (word(one), visit.say(Text::from(s::OfficeEvidence { evidence: word(one) }))));
    let page = TryPage {
        f: visit.frame(visit.say(s::OfficeTryOf { title: row.title.clone() })).await?,
        scheme,
        title: row.title,
        today: visit.days().today.to_string(),
        categories,
        levels,
        items,
        evidences: evidences.collect(),
        result: shown,
    };
    visit.page(&page)
}
