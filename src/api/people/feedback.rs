//! `/v1/feedback`: complaints and proposals.

use crate::api::people::users::{MadeView, made};
use crate::api::web::edge::Shared;
use crate::api::web::extract::{Ask, May, Or, PathOf, right};
use crate::api::web::fields::Note;
use crate::api::web::page::{Listed, OfDays, Page, Paging};
use crate::api::web::part::Part;
use crate::api::web::problem::ApiError;
use crate::api::web::sheet::Row;
use crate::api::web::steps::{self, Shown};
use crate::domain::id::Id;
use crate::domain::life_cycle::Step;
use crate::domain::life_cycles::{ANSWER_FEEDBACK, DISPUTE_ANSWER};
use crate::domain::people::feedback::FeedbackKind;
use crate::domain::time::{Day, Moment};
use crate::services::people::feedback::{FeedbackAsk, FeedbackFilter, FeedbackRow, FeedbackStanding};
use crate::services::step::Params;
use crate::text_enum;
use actix_web::{HttpRequest, HttpResponse, get, post};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FeedbackBody {
    kind: FeedbackKind,
    words: Note,
    /// By staff for a member who has no log-in; left out: for oneself.
    member: Option<Id>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AnswerBody {
    answer: Note,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AnswerDisputeBody {
    /// Why the answer does not do.
    objection: Note,
}

text_enum! {
    FeedbackState {
        Open = "open",
        Answered = "answered",
        Disputed = "disputed",
        Closed = "closed",
        Withdrawn = "withdrawn",
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct FeedbackQuery {
    #[param(inline)]
    state: Option<FeedbackState>,
    /// Only those that wait for an answer after its day.
    #[serde(default)]
    late: bool,
    /// Only the caller's own.
    #[serde(default)]
    own: bool,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct FeedbackView {
    id: Id,
    /// For the telephone: `2026-000017`.
    number: String,
    /// `complaint` or `proposal`.
    kind: String,
    org: Id,
    org_name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    member: Option<Id>,
    words: String,
    /// `open`, `answered`, `disputed`, `closed`, `withdrawn`.
    state: String,
    given_at: Moment,
    /// By when it is answered.
    due_on: Day,
    /// That day has passed without an answer.
    late: bool,
    /// The answer, or the one before if it is disputed.
    #[serde(skip_serializing_if = "Option::is_none")]
    reply: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    answered_at: Option<Moment>,
    /// Why the answer does not do.
    #[serde(skip_serializing_if = "Option::is_none")]
    objection: Option<String>,
}

impl Row for FeedbackView {
    const TITLE: (&'static str, &'static str) = ("投诉建议", "feedback");
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "number",
        "kind",
        "org",
        "org_name",
        "member",
        "words",
        "state",
        "given_at",
        "due_on",
        "late",
        "reply",
        "answered_at",
        "objection",
    ];
}

pub(in crate::api) fn view(standing: FeedbackStanding) -> FeedbackView {
    let FeedbackStanding { row, org, is_late } = standing;
    FeedbackView {
        id: row.id,
        number: row.number,
        kind: row.kind,
        org: row.org_id,
        org_name: org,
        member: row.member_id,
        words: row.words,
        state: row.state,
        given_at: row.made_at,
        due_on: row.due_on,
        late: is_late,
        reply: row.answer,
        answered_at: row.answered_at,
        objection: row.objection,
    }
}

/// 提投诉建议 · complains or proposes. It is answered within 15 days.
#[utoipa::path(tag = "people", security(("bearer" = ["give_feedback"])), request_body = FeedbackBody,
    responses((status = 201, body = MadeView)))]
#[post("/v1/feedback")]
pub async fn give_feedback(
    state: Shared,
    may: May<right::GiveFeedback>,
    ask: Ask<FeedbackBody>,
) -> Result<HttpResponse, ApiError> {
    let (call, body) = (ask.keyed.call(&may.actor), ask.body);
    let given = FeedbackAsk { kind: body.kind, words: body.words.into(), member: body.member };
    Ok(made(state.services.give_feedback(&call, given).await?))
}

/// 投诉建议 · complaints and proposals, newest first: all within reach, or the caller's own.
#[utoipa::path(tag = "people", security(("bearer" = ["read_feedback"]), ("bearer" = ["give_feedback"])),
    params(FeedbackQuery, OfDays, Paging), responses((status = 200, body = Page<FeedbackView>)))]
#[get("/v1/feedback")]
pub async fn list_feedback(
    state: Shared,
    may: May<Or<right::ReadFeedback, right::GiveFeedback>>,
    list: Listed<FeedbackQuery>,
) -> Result<HttpResponse, ApiError> {
    let Listed { query, list } = list;
    let today = state.services.now().day(state.zone_of(may.actor.bank).await);
    let read = async move |part: Part| {
        let filter = FeedbackFilter {
            state: query.state.map(|state| state.as_str().to_owned()),
            waiting: query.late,
            due_before: query.late.then_some(today),
            days: part.days,
            before: part.after_as()?,
            ..FeedbackFilter::default()
        };
        let rows = state.services.feedback(&may.call(), filter, query.own, part.limit).await?;
        Ok(rows.into_iter().map(|one| (one.row.id.to_string(), view(one))).collect())
    };
    list.respond(read).await
}

/// 一件投诉建议 · one of the caller's own, or one within reach.
#[utoipa::path(tag = "people", security(("bearer" = ["read_feedback"]), ("bearer" = ["give_feedback"])),
    params(("id" = Id, Path)), responses((status = 200, body = FeedbackView)))]
#[get("/v1/feedback/{id}")]
pub async fn read_feedback(
    state: Shared,
    may: May<Or<right::ReadFeedback, right::GiveFeedback>>,
    path: PathOf<Id>,
) -> Result<HttpResponse, ApiError> {
    Ok(HttpResponse::Ok().json(view(state.services.one_feedback(&may.call(), path.0).await?)))
}

fn said(name: &str, words: Note) -> Params {
    [(name.to_owned(), String::from(words).into())].into_iter().collect()
}

/// 答复投诉建议 · answers a complaint or a proposal. A disputed answer is answered by another person.
#[utoipa::path(tag = "people", security(("bearer" = ["answer_feedback"])), request_body = AnswerBody,
    params(("id" = Id, Path)), responses((status = 204)))]
#[post("/v1/feedback/{id}/answer")]
pub async fn answer_feedback(
    state: Shared,
    request: HttpRequest,
    may: May<right::AnswerFeedback>,
    path: PathOf<Id>,
    ask: Ask<AnswerBody>,
) -> Result<HttpResponse, ApiError> {
    let step: (&'static Step, Id, Params) = (&ANSWER_FEEDBACK, path.0, said("answer", ask.body.answer));
    steps::respond::<FeedbackRow>(&state, &request, &may.actor, &ask.keyed, step).await
}

/// 对答复不满意 · says why the answer does not do: another person answers.
#[utoipa::path(tag = "people", security(("bearer" = ["give_feedback"])), request_body = AnswerDisputeBody,
    params(("id" = Id, Path)), responses((status = 204)))]
#[post("/v1/feedback/{id}/dispute")]
pub async fn dispute_answer(
    state: Shared,
    request: HttpRequest,
    may: May<right::GiveFeedback>,
    path: PathOf<Id>,
    ask: Ask<AnswerDisputeBody>,
) -> Result<HttpResponse, ApiError> {
    let step: (&'static Step, Id, Params) = (&DISPUTE_ANSWER, path.0, said("objection", ask.body.objection));
    steps::respond::<FeedbackRow>(&state, &request, &may.actor, &ask.keyed, step).await
}

impl Shown for FeedbackRow {}
