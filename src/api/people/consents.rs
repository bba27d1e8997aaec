//! `/v1/me/consents` and `/v1/members/{id}/consents`: what a person has consented to, by purpose and version of the text.

use crate::api::people::users::{MadeView, made};
use crate::api::web::edge::{Shared, language};
use crate::api::web::extract::{Ask, May, PathOf, right};
use crate::api::web::fields::{PaperNumber, TextVersion};
use crate::api::web::problem::ApiError;
use crate::api::web::steps::Shown;
use crate::domain::id::Id;
use crate::domain::language::Language;
use crate::domain::people::consent::ConsentPurpose;
use crate::domain::time::Moment;
use crate::services::people::privacy::consents::{ConsentAsk, ConsentRow, ConsentStanding};
use crate::texts::{Text, sentences as s};
use actix_web::{HttpRequest, HttpResponse, get, post};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OwnConsentBody {
    purpose: ConsentPurpose,
    /// The version of the text that was read.
    text_version: TextVersion,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ConsentBody {
    purpose: ConsentPurpose,
    /// The version of the text on the form.
    text_version: TextVersion,
    /// Which signed form; of a person under 14 that of the guardian.
    paper: PaperNumber,
}

/// One consent.
#[derive(Debug, Serialize, ToSchema)]
pub struct ConsentView {
    id: Id,
    text_version: i64,
    /// `given`, `withdrawn`, or `replaced` by one to a later text.
    state: String,
    given_at: Moment,
    /// Entered by staff: which signed form.
    #[serde(skip_serializing_if = "Option::is_none")]
    paper: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    withdrawn_at: Option<Moment>,
}

/// One purpose: its text, and what was said to it.
#[derive(Debug, Serialize, ToSchema)]
pub struct PurposeView {
    #[schema(inline)]
    purpose: ConsentPurpose,
    /// In the language asked for.
    title: String,
    text: String,
    text_version: i64,
    /// A consent to this text holds.
    given: bool,
    /// Oldest first.
    history: Vec<ConsentView>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ConsentsView {
    items: Vec<PurposeView>,
}

fn consent_view(row: &ConsentRow) -> ConsentView {
    ConsentView {
        id: row.id,
        text_version: row.text_version,
        state: row.state.clone(),
        given_at: row.given_at,
        paper: row.paper.clone(),
        withdrawn_at: row.withdrawn_at,
    }
}

/// The text of a version of a purpose.
pub fn text_of(purpose: ConsentPurpose, version: i64) -> Text {
    s::ConsentText { text: format!("{purpose}_{version}") }.into()
}

fn purpose_view(one: &ConsentStanding, language: Language) -> PurposeView {
    let (purpose, text_version) = (one.purpose, one.purpose.text_version());
    PurposeView {
        purpose,
        title: Text::from(s::ConsentPurpose { purpose: purpose.as_str() }).say(language),
        text: text_of(purpose, text_version).say(language),
        text_version,
        given: one.given().is_some_and(|row| row.text_version == text_version),
        history: one.history.iter().map(consent_view).collect(),
    }
}

fn answer(rows: &[ConsentStanding], language: Language) -> HttpResponse {
    let items = rows.iter().map(|one| purpose_view(one, language)).collect();
    HttpResponse::Ok().json(ConsentsView { items })
}

/// 我的同意 · what the caller has consented to, by purpose, with the texts.
#[utoipa::path(tag = "people", security(("bearer" = ["read_own"])), responses((status = 200, body = ConsentsView)))]
#[get("/v1/me/consents")]
pub async fn list_own_consents(
    state: Shared,
    request: HttpRequest,
    may: May<right::ReadOwn>,
) -> Result<HttpResponse, ApiError> {
    Ok(answer(&state.services.consents(&may.call(), None).await?, language(&request)))
}

/// 同意 · consents to the present text of a purpose. The consent for a person under 14 is the guardian's, and entered by staff.
#[utoipa::path(tag = "people", security(("bearer" = ["read_own"])), request_body = OwnConsentBody,
    responses((status = 201, body = MadeView)))]
#[post("/v1/me/consents")]
pub async fn give_own_consent(
    state: Shared,
    may: May<right::ReadOwn>,
    ask: Ask<OwnConsentBody>,
) -> Result<HttpResponse, ApiError> {
    let OwnConsentBody { purpose, text_version } = ask.body;
    let wish = ConsentAsk { purpose, text_version: text_version.get(), on_paper: None };
    Ok(made(state.services.give_consent(&ask.keyed.call(&may.actor), wish).await?))
}

/// 一位储户的同意 · what a member has consented to.
#[utoipa::path(tag = "people", security(("bearer" = ["read_members"])), params(("id" = Id, Path)),
    responses((status = 200, body = ConsentsView)))]
#[get("/v1/members/{id}/consents")]
pub async fn list_consents(
    state: Shared,
    request: HttpRequest,
    may: May<right::ReadMembers>,
    path: PathOf<Id>,
) -> Result<HttpResponse, ApiError> {
    Ok(answer(&state.services.consents(&may.call(), Some(path.0)).await?, language(&request)))
}

/// 录入纸质同意书 · enters the consent on a signed form.
#[utoipa::path(tag = "people", security(("bearer" = ["write_members"])), request_body = ConsentBody,
    params(("id" = Id, Path)), responses((status = 201, body = MadeView)))]
#[post("/v1/members/{id}/consents")]
pub async fn enter_consent(
    state: Shared,
    may: May<right::WriteMembers>,
    path: PathOf<Id>,
    ask: Ask<ConsentBody>,
) -> Result<HttpResponse, ApiError> {
    let ConsentBody { purpose, text_version, paper } = ask.body;
    let on_paper = Some((path.0, String::from(paper)));
    let wish = ConsentAsk { purpose, text_version: text_version.get(), on_paper };
    Ok(made(state.services.give_consent(&ask.keyed.call(&may.actor), wish).await?))
}

impl Shown for ConsentRow {}
