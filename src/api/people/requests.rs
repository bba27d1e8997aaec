//! `/v1/corrections` and `/v1/erasures`: what people ask for about their own files.

use crate::api::people::members::Gender;
use crate::api::points::awards::ProposedView;
use crate::api::web::edge::{Shared, language};
use crate::api::web::extract::{Ask, May, Or, PathOf, right};
use crate::api::web::faults::{FieldError, FieldFault, Place};
use crate::api::web::fields::{PaperNumber, PersonName, Reason, SearchText, Year};
use crate::api::web::page::{Listed, OfDays, Page, Paging};
use crate::api::web::part::Part;
use crate::api::web::problem::ApiError;
use crate::api::web::sheet::Row;
use crate::api::web::steps::Shown;
use crate::domain::id::Id;
use crate::domain::language::Language;
use crate::domain::people::correction::CorrectedField;
use crate::domain::people::erasure::Hindrance;
use crate::domain::time::{Day, Moment};
use crate::services::people::privacy::correcting::{Correction, CorrectionRequest, CorrectionStanding};
use crate::services::people::privacy::erasing::{ErasureAsk, ErasureRequest, ErasureStanding, OwnErasure};
use crate::texts::{Text, sentences as s};
use actix_web::{HttpRequest, HttpResponse, get, post};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// What is wrong: one thing, and why.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CorrectionBody {
    name: Option<PersonName>,
    gender: Option<Gender>,
    birth_year: Option<Year>,
    trade: Option<SearchText>,
    party_member: Option<bool>,
    reason: Reason,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ErasureBody {
    /// By staff for a member, with the paper form; left out: for oneself.
    member: Option<Id>,
    /// Which signed form.
    paper: Option<PaperNumber>,
    /// The points that are left are forfeited.
    #[serde(default)]
    gives_up_points: bool,
}

#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CorrectionState {
    #[default]
    Open,
    Approved,
    Rejected,
    Withdrawn,
}

#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ErasureState {
    #[default]
    Open,
    Erased,
    Rejected,
    Withdrawn,
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct CorrectionsQuery {
    #[serde(default)]
    #[param(inline)]
    state: CorrectionState,
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ErasuresQuery {
    #[serde(default)]
    #[param(inline)]
    state: ErasureState,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct CorrectionView {
    id: Id,
    /// `open`, `approved`, `rejected`, `withdrawn`.
    state: String,
    member: Id,
    number: String,
    name: String,
    #[schema(inline)]
    field: CorrectedField,
    /// What it should say; of party membership `true` or `false`.
    value: String,
    reason: String,
    /// Why it was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    reply: Option<String>,
    proposed_at: Moment,
    #[serde(skip_serializing_if = "Option::is_none")]
    decided_by: Option<Id>,
}

/// What stands in the way of an erasure.
#[derive(Debug, Serialize, ToSchema)]
pub struct HindranceView {
    #[schema(inline)]
    why: Hindrance,
    /// What to do first, in the language asked for.
    sentence: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ErasureView {
    id: Id,
    /// `open`, `erased`, `rejected`, `withdrawn`.
    state: String,
    member: Id,
    number: String,
    name: String,
    gives_up_points: bool,
    /// The first day on which it may be carried out; until then it can be taken back.
    not_before: Day,
    /// Why it was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    reply: Option<String>,
    proposed_by: Id,
    proposed_at: Moment,
    #[serde(skip_serializing_if = "Option::is_none")]
    decided_by: Option<Id>,
}

/// One request with what stands in its way now.
#[derive(Debug, Serialize, ToSchema)]
pub struct WholeErasureView {
    #[serde(flatten)]
    request: ErasureView,
    #[serde(flatten)]
    more: HindrancesView,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct HindrancesView {
    hindrances: Vec<HindranceView>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct OwnErasureView {
    /// The last request.
    #[serde(skip_serializing_if = "Option::is_none")]
    request: Option<ErasureView>,
    /// What stands in the way now.
    hindrances: Vec<HindranceView>,
}

impl Row for CorrectionView {
    const TITLE: (&'static str, &'static str) = ("更正申请", "corrections");
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "state",
        "member",
        "number",
        "name",
        "field",
        "value",
        "reason",
        "reply",
        "proposed_at",
        "decided_by",
    ];
}

impl Row for ErasureView {
    const TITLE: (&'static str, &'static str) = ("注销申请", "erasures");
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "state",
        "member",
        "number",
        "name",
        "gives_up_points",
        "not_before",
        "reply",
        "proposed_by",
        "proposed_at",
        "decided_by",
    ];
}

fn correction_view(standing: CorrectionStanding) -> CorrectionView {
    let CorrectionStanding { row, asked, member } = standing;
    CorrectionView {
        id: row.id,
        state: row.state,
        member: member.id,
        number: member.number,
        name: member.name,
        field: asked.field,
        value: asked.value,
        reason: asked.why,
        reply: asked.answer,
        proposed_at: row.proposed_at,
        decided_by: row.decided_by,
    }
}

fn hindrance_views(found: Vec<(Hindrance, String)>, language: Language) -> Vec<HindranceView> {
    let view = |(why, figure): (Hindrance, String)| {
        let sentence = Text::from(s::ErasureHindered { figure, why: why.as_str() });
        HindranceView { why, sentence: sentence.say(language) }
    };
    found.into_iter().map(view).collect()
}

fn erasure_view(standing: ErasureStanding) -> ErasureView {
    let ErasureStanding { row, wanted, member, .. } = standing;
    ErasureView {
        id: row.id,
        state: row.state,
        member: member.id,
        number: member.number,
        name: member.name,
        gives_up_points: wanted.gives_up_points,
        not_before: wanted.not_before,
        reply: wanted.answer,
        proposed_by: row.proposed_by,
        proposed_at: row.proposed_at,
        decided_by: row.decided_by,
    }
}

fn proposed((proposal, hit): (Id, bool)) -> HttpResponse {
    let mut answer = HttpResponse::Accepted();
    if hit {
        answer.insert_header(("Idempotency-Hit", "true"));
    }
    answer.json(ProposedView::of(proposal))
}

fn missing(field: &str) -> ApiError {
    FieldError::new(Place::Body, field, FieldFault::Missing).into()
}

fn refused(field: &str) -> ApiError {
    FieldError::new(Place::Body, field, FieldFault::Refused).into()
}

/// The one thing that is wrong.
fn correction(body: CorrectionBody) -> Result<Correction, ApiError> {
    let CorrectionBody { name, gender, birth_year, trade, party_member, reason } = body;
    let gender = gender.map(|gender| gender.as_str().to_owned());
    let asked = [
        (CorrectedField::Name, name.map(String::from)),
        (CorrectedField::Gender, gender),
        (CorrectedField::BirthYear, birth_year.map(|year| year.get().to_string())),
        (CorrectedField::Trade, trade.map(String::from)),
        (CorrectedField::PartyMember, party_member.map(|is_one| is_one.to_string())),
    ];
    let mut asked = asked.into_iter().filter_map(|(field, value)| Some((field, value?)));
    let (field, value) = asked.next().ok_or_else(|| missing("name"))?;
    if let Some((other, _)) = asked.next() {
        return Err(refused(other.as_str()));
    }
    Ok(Correction { field, value, why: reason.into(), answer: None })
}

/// 申请更正 · asks for a correction of the own file: one thing at a time. Staff decide. Phone and identity document are
/// shown at the counter.
#[utoipa::path(tag = "people", security(("bearer" = ["read_own"])), request_body = CorrectionBody,
    responses((status = 202, body = ProposedView)))]
#[post("/v1/corrections")]
pub async fn request_correction(
    state: Shared,
    may: May<right::ReadOwn>,
    ask: Ask<CorrectionBody>,
) -> Result<HttpResponse, ApiError> {
    let wish = correction(ask.body)?;
    Ok(proposed(state.services.request_correction(&ask.keyed.call(&may.actor), wish).await?))
}

/// 更正申请一览 · requests for corrections in a state: of members whose files the caller may write, and the caller's own.
#[utoipa::path(tag = "people", security(("bearer" = ["write_members"]), ("bearer" = ["read_own"])),
    params(CorrectionsQuery, OfDays, Paging), responses((status = 200, body = Page<CorrectionView>)))]
#[get("/v1/corrections")]
pub async fn list_corrections(
    state: Shared,
    may: May<Or<right::WriteMembers, right::ReadOwn>>,
    list: Listed<CorrectionsQuery>,
) -> Result<HttpResponse, ApiError> {
    let wanted = match list.query.state {
        CorrectionState::Open => "open",
        CorrectionState::Approved => "approved",
        CorrectionState::Rejected => "rejected",
        CorrectionState::Withdrawn => "withdrawn",
    };
    let read = async move |part: Part| {
        let before = part.after_as()?;
        let rows =
            state.services.corrections(&may.call(), wanted.into(), part.days, before, part.limit).await?;
        Ok(rows.into_iter().map(|one| (one.row.id.to_string(), correction_view(one))).collect())
    };
    list.list.respond(read).await
}

/// 申请注销 · asks for a file to be erased: the caller's own, or by staff that of a member, from a signed form. It is carried
/// out by another person, not before the cooling-off is over.
#[utoipa::path(tag = "people", security(("bearer" = ["read_own"]), ("bearer" = ["write_members"])),
    request_body = ErasureBody, responses((status = 202, body = ProposedView)))]
#[post("/v1/erasures")]
pub async fn request_erasure(
    state: Shared,
    may: May<Or<right::ReadOwn, right::WriteMembers>>,
    ask: Ask<ErasureBody>,
) -> Result<HttpResponse, ApiError> {
    let ErasureBody { member, paper, gives_up_points } = ask.body;
    let on_paper = match (member, paper) {
        (Some(member), Some(paper)) => Some((member, String::from(paper))),
        (Some(_), None) => return Err(missing("paper")),
        (None, Some(_)) => return Err(missing("member")),
        (None, None) => None,
    };
    let wish = ErasureAsk { on_paper, gives_up_points };
    Ok(proposed(state.services.request_erasure(&ask.keyed.call(&may.actor), wish).await?))
}

/// 注销申请一览 · requests for erasure in a state within reach.
#[utoipa::path(tag = "people", security(("bearer" = ["erase_members"]), ("bearer" = ["write_members"])),
    params(ErasuresQuery, OfDays, Paging), responses((status = 200, body = Page<ErasureView>)))]
#[get("/v1/erasures")]
pub async fn list_erasures(
    state: Shared,
    may: May<Or<right::EraseMembers, right::WriteMembers>>,
    list: Listed<ErasuresQuery>,
) -> Result<HttpResponse, ApiError> {
    let wanted = match list.query.state {
        ErasureState::Open => "open",
        ErasureState::Erased => "erased",
        ErasureState::Rejected => "rejected",
        ErasureState::Withdrawn => "withdrawn",
    };
    let read = async move |part: Part| {
        let before = part.after_as()?;
        let rows = state.services.erasures(&may.call(), wanted.into(), part.days, before, part.limit).await?;
        Ok(rows.into_iter().map(|one| (one.row.id.to_string(), erasure_view(one))).collect())
    };
    list.list.respond(read).await
}

/// 一件注销申请 · one request for erasure, with what stands in its way now.
#[utoipa::path(tag = "people", security(("bearer" = ["erase_members"]), ("bearer" = ["write_members"])),
    params(("id" = Id, Path)), responses((status = 200, body = WholeErasureView)))]
#[get("/v1/erasures/{id}")]
pub async fn read_erasure(
    state: Shared,
    request: HttpRequest,
    may: May<Or<right::EraseMembers, right::WriteMembers>>,
    path: PathOf<Id>,
) -> Result<HttpResponse, ApiError> {
    let mut one = state.services.one_erasure(&may.call(), path.0).await?;
    let hindrances = hindrance_views(std::mem::take(&mut one.hindrances), language(&request));
    let more = HindrancesView { hindrances };
    Ok(HttpResponse::Ok().json(WholeErasureView { request: erasure_view(one), more }))
}

/// 我的注销申请 · the caller's last request for erasure, and what stands in the way of one now.
#[utoipa::path(tag = "people", security(("bearer" = ["read_own"])), responses((status = 200, body = OwnErasureView)))]
#[get("/v1/me/erasure")]
pub async fn read_own_erasure(
    state: Shared,
    request: HttpRequest,
    may: May<right::ReadOwn>,
) -> Result<HttpResponse, ApiError> {
    let language = language(&request);
    let OwnErasure { last, hindrances } = state.services.own_erasure(&may.call()).await?;
    Ok(HttpResponse::Ok().json(OwnErasureView {
        request: last.map(erasure_view),
        hindrances: hindrance_views(hindrances, language),
    }))
}

impl Shown for ErasureRequest {}

impl Shown for CorrectionRequest {}
