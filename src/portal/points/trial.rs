//! Trying a scheme out with one's own example: by the version in force, or by any other, drafts included.

use crate::api::web::fields::{Code, Minutes, PointsText, QuantityText, Reason};
use crate::api::web::problem::ApiError;
use crate::domain::figures::points;
use crate::domain::id::Id;
use crate::domain::points::scheme::{Decided, Deed, Work};
use crate::domain::refusal::Refusal;
use crate::domain::service::record::Evidence;
use crate::domain::time::Day;
use crate::portal::frame::around::Frame;
use crate::portal::frame::fault::{Answer, Fault};
use crate::portal::frame::form::{Fields, Form};
use crate::portal::frame::visit::Visit;
use crate::services::points::schemes::{SchemeVersionRow, Trial};
use crate::texts::{Text, sentences as s, word};
use askama::Template;
use rust_decimal::Decimal;

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

/// A version to try by.
struct Version {
    path: String,
    words: String,
    is_current: bool,
}

#[derive(Template)]
#[template(path = "scheme_try.html")]
struct TryPage {
    f: Frame,
    scheme: Id,
    title: String,
    versions: Vec<Version>,
    /// The version by which it is tried; `None`: the one in force on the day.
    version: Option<Id>,
    is_draft: bool,
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
        points: points(trial.evaluation.worth_at_rest()),
        minutes: visit.length(trial.evaluation.minutes),
        second_person: trial.evaluation.four_eyes,
        version: trial.version,
        sentences: trial.sentences,
    }
}

/// The versions to try by: first the one in force on the day of the example.
fn versions(visit: &Visit, scheme: Id, rows: &[SchemeVersionRow], chosen: Option<Id>) -> Vec<Version> {
    let in_force = Version {
        path: format!("/admin/schemes/try?scheme={scheme}"),
        words: visit.words().schemes_in_force(),
        is_current: chosen.is_none(),
    };
    let version = |row: &SchemeVersionRow| {
        let state = visit.say(Text::from(s::State { state: row.state.clone() }));
        Version {
            path: format!("/admin/schemes/try?scheme={scheme}&version={}", row.id),
            words: visit.say(s::SchemesVersionState { number: row.number, state }),
            is_current: chosen == Some(row.id),
        }
    };
    std::iter::once(in_force).chain(rows.iter().rev().map(version)).collect()
}

/// What the example gives, by the chosen version or by the one in force.
async fn tried(visit: &Visit, scheme: Id, chosen: Option<Id>, today: Day) -> Result<Trial, Fault> {
    let deed = deed(&visit.fields(), today, visit.zone())?;
    let (services, call, language) = (visit.services(), visit.reading()?, visit.language);
    Ok(match chosen {
        Some(version) => services.try_version(&call, scheme, version, move |_, _| deed, language).await?,
        None => services.try_scheme(&call, scheme, move |_, _| deed, language).await?,
    })
}

/// Tries a scheme out with one's own example. Nothing is kept, so the example stands in the address.
pub async fn try_out(mut visit: Visit) -> Answer {
    let scheme: Id = visit.query("scheme").and_then(|text| text.parse().ok()).ok_or(ApiError::NoSuchPath)?;
    let call = visit.reading()?;
    let all = visit.services().schemes(&call).await?;
    let (row, rows) = all.into_iter().find(|(row, _)| row.id == scheme).ok_or(Refusal::absent("scheme"))?;
    let chosen = visit.query("version").and_then(|text| text.parse::<Id>().ok());
    // What can be chosen is that of the version, or else of the last published text.
    let fits = |row: &&SchemeVersionRow| chosen.map_or(row.state == "published", |id| row.id == id);
    let last = rows.iter().rev().find(fits);
    let chosen = last.map(|row| row.id).filter(|_| chosen.is_some());
    // A version that has not begun is tried on its first day.
    let today = visit.days().today;
    let today = last.filter(|_| chosen.is_some()).map_or(today, |row| today.max(row.valid_from));
    let is_draft = last.is_some_and(|row| row.state == "draft");
    let parsed = last.and_then(|version| version.scheme().ok());
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
        match tried(&visit, scheme, chosen, today).await {
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
        versions: versions(&visit, scheme, &rows, chosen),
        version: chosen,
        is_draft,
        today: today.to_string(),
        categories,
        levels,
        items,
        evidences: evidences.collect(),
        result: shown,
    };
    visit.page(&page)
}
