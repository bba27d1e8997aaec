//! `/v1/schemes`: schemes in versions, each with its first day of validity; and trials.

use crate::api::web::edge::{Shared, language};
use crate::api::web::extract::{Ask, May, PathOf, right};
use crate::api::web::fields::{Code, Minutes, PointsText, QuantityText, Reason, SchemeText};
use crate::api::web::problem::ApiError;
use crate::api::web::steps::Shown;
use crate::domain::amount;
use crate::domain::id::Id;
use crate::domain::points::scheme::{Decided, Deed, Work};
use crate::domain::service::record::Evidence;
use crate::domain::time::{Day, Moment};
use crate::services::Error;
use crate::services::points::schemes::{SchemeRow, SchemeVersionRow, Trial};
use actix_web::{HttpRequest, HttpResponse, get, post};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SchemeBody {
    /// The whole scheme as TOML.
    body: SchemeText,
}

/// A deed to try out: minutes of service, or an item of the list.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TrialBody {
    /// A version to try by, published or a draft; left out, the one in force on the day.
    version: Option<Id>,
    /// The day of the deed; left out, today.
    day: Option<Day>,
    service_minutes: Option<Minutes>,
    category: Option<Code>,
    level: Option<Code>,
    evidence: Option<Evidence>,
    item: Option<Code>,
    quantity: Option<QuantityText>,
    /// 一事一议 · points that a person would decide.
    decided_points: Option<PointsText>,
    reason: Option<Reason>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct SchemeView {
    id: Id,
    code: String,
    title: String,
    versions: Vec<VersionView>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct VersionView {
    id: Id,
    number: i64,
    valid_from: Day,
    #[serde(skip_serializing_if = "Option::is_none")]
    valid_until: Option<Day>,
    /// `draft` or `published`.
    state: String,
    proposed_by: Id,
    proposed_at: Moment,
    #[serde(skip_serializing_if = "Option::is_none")]
    approved_by: Option<Id>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct SchemesView {
    items: Vec<SchemeView>,
}

/// A version with its text.
#[derive(Debug, Serialize, ToSchema)]
pub struct SchemeTextView {
    #[serde(flatten)]
    version: VersionView,
    body: String,
}

/// What the scheme would give, and why.
#[derive(Debug, Serialize, ToSchema)]
pub struct TrialView {
    version: i64,
    points: String,
    lifetime_points: String,
    service_minutes: i64,
    /// The award would wait for a second person.
    second_person: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<Moment>,
    /// In the language asked for.
    sentences: Vec<String>,
}

fn version_view(row: &SchemeVersionRow) -> VersionView {
    VersionView {
        id: row.id,
        number: row.number,
        valid_from: row.valid_from,
        valid_until: row.valid_until,
        state: row.state.clone(),
        proposed_by: row.proposed_by,
        proposed_at: row.proposed_at,
        approved_by: row.approved_by,
    }
}

fn view((row, versions): (SchemeRow, Vec<SchemeVersionRow>)) -> SchemeView {
    let versions = versions.iter().map(version_view).collect();
    SchemeView { id: row.id, code: row.code, title: row.title, versions }
}

/// 积分办法 · all schemes with their versions.
#[utoipa::path(tag = "schemes", security(("bearer" = ["read_schemes"])), responses((status = 200, body = SchemesView)))]
#[get("/v1/schemes")]
pub async fn list_schemes(state: Shared, may: May<right::ReadSchemes>) -> Result<HttpResponse, ApiError> {
    let rows = state.services.schemes(&may.call()).await?;
    Ok(HttpResponse::Ok().json(SchemesView { items: rows.into_iter().map(view).collect() }))
}

/// 起草办法 · drafts a version of a scheme; the first of its code opens the scheme. Faults have line and column.
#[utoipa::path(tag = "schemes", security(("bearer" = ["write_schemes"])), request_body = SchemeBody,
    responses((status = 201, body = VersionView)))]
#[post("/v1/schemes")]
pub async fn draft_scheme(
    state: Shared,
    may: May<right::WriteSchemes>,
    ask: Ask<SchemeBody>,
) -> Result<HttpResponse, ApiError> {
    let row = state.services.draft_scheme(&ask.keyed.call(&may.actor), ask.body.body.into()).await?;
    Ok(HttpResponse::Created().json(version_view(&row)))
}

/// 办法全文 · one version with its text.
#[utoipa::path(tag = "schemes", security(("bearer" = ["read_schemes"])), params(("id" = Id, Path)),
    responses((status = 200, body = SchemeTextView)))]
#[get("/v1/schemes/versions/{id}")]
pub async fn read_scheme_version(
    state: Shared,
    may: May<right::ReadSchemes>,
    path: PathOf<Id>,
) -> Result<HttpResponse, ApiError> {
    let row = state.services.scheme_version(&may.call(), path.0).await?;
    Ok(HttpResponse::Ok().json(SchemeTextView { version: version_view(&row), body: row.body }))
}

/// 试算 · what the scheme gives for a deed, and why; nothing is kept.
#[utoipa::path(tag = "schemes", security(("bearer" = ["read_schemes"])), request_body = TrialBody,
    params(("id" = Id, Path)), responses((status = 200, body = TrialView)))]
#[post("/v1/schemes/{id}/explain")]
pub async fn explain_scheme(
    state: Shared,
    request: HttpRequest,
    may: May<right::ReadSchemes>,
    path: PathOf<Id>,
    ask: Ask<TrialBody>,
) -> Result<HttpResponse, ApiError> {
    let (body, language) = (ask.body, language(&request));
    let version = body.version;
    let deed_of = move |day: Day, zone| {
        let day = body.day.unwrap_or(day);
        let mut deed = match (&body.item, &body.service_minutes) {
            (Some(item), _) => {
                let quantity = body.quantity.as_ref().and_then(|text| text.as_str().parse().ok());
                Deed::of_item(
                    day,
                    zone,
                    Id::SYSTEM,
                    item.as_str(),
                    quantity.unwrap_or(rust_decimal::Decimal::ONE),
                )
            }
            (None, minutes) => {
                let evidence = body.evidence.unwrap_or(Evidence::Scan);
                Deed::of_service(day, zone, Id::SYSTEM, minutes.map_or(0, Minutes::get), evidence)
            }
        };
        if let Work::Service { category, level, .. } = &mut deed.work {
            *category = body.category.as_ref().map(|code| code.as_str().to_owned());
            *level = body.level.as_ref().map(|code| code.as_str().to_owned());
        }
        let reason = body.reason.as_ref().map(|reason| reason.as_str().to_owned()).unwrap_or_default();
        deed.decided = body.decided_points.map(|points| Decided { points_minor: points.minor(), reason });
        deed
    };
    let call = ask.keyed.call(&may.actor);
    let look = async {
        let (services, call) = (&state.services, may.call());
        let trial = match version {
            Some(version) => services.try_version(&call, path.0, version, deed_of, language).await?,
            None => services.try_scheme(&call, path.0, deed_of, language).await?,
        };
        serde_json::to_value(trial_view(trial)).map_err(|error| Error::Fault(error.to_string()))
    };
    Ok(HttpResponse::Ok().json(state.services.look_up_once(&call, look).await?))
}

fn trial_view(trial: Trial) -> TrialView {
    let Trial { version, evaluation, sentences } = trial;
    TrialView {
        version,
        points: amount::format(evaluation.worth_at_rest(), 2),
        lifetime_points: amount::format(evaluation.lifetime_minor, 2),
        service_minutes: evaluation.minutes,
        second_person: evaluation.four_eyes,
        expires_at: evaluation.expires_at,
        sentences,
    }
}

impl Shown for SchemeVersionRow {}
