//! `/v1/service-records`: submission, approval, public notice, objections, reversal.

use crate::api::people::users::{MadeView, made};
use crate::api::web::batch;
use crate::api::web::batch::{BatchView, Mode};
use crate::api::web::edge::{Shared, language};
use crate::api::web::extract::{Ask, May, Or, PathOf, right};
use crate::api::web::fields::{ListOf, Minutes, Note, Reason, Served, Slug};
use crate::api::web::page::{Listed, NoFilter, OfDays, Page, Paging};
use crate::api::web::part::Part;
use crate::api::web::problem::ApiError;
use crate::api::web::receipt::ReceiptView;
use crate::api::web::sheet::Row;
use crate::api::web::steps::{self, Schemas, Shown, add_schema};
use crate::domain::amount;
use crate::domain::id::Id;
use crate::domain::language::Language;
use crate::domain::life_cycles::{DISMISS_OBJECTION, RESUBMIT_RECORD, UPHOLD_OBJECTION};
use crate::domain::service::record::{Evidence, RecordState, ServiceRecord};
use crate::domain::time::{Day, Moment};
use crate::services::service::calendars::open_end_sentence;
use crate::services::service::records::{DocumentFilter, Notice, ObjectionRow, RecordAsk, RecordStanding};
use actix_web::{HttpRequest, HttpResponse, get, post};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordBody {
    member: Id,
    activity: Id,
    /// A volunteer's own report is always `self_report`.
    evidence: Evidence,
    started_at: Moment,
    ended_at: Moment,
    /// Time really given, without travel; left out, all of it.
    service_minutes: Option<Minutes>,
    /// 服务人次 · how many people were served.
    served: Option<Served>,
    /// Who vouches for a late entry (`backfill`).
    guarantor: Option<Id>,
    /// What was done, in words.
    content: Option<Note>,
    /// 更正 · the reversed record that this one replaces.
    replaces: Option<Id>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SheetBody {
    #[serde(default)]
    mode: Mode,
    #[schema(value_type = Vec<RecordBody>, min_items = 1, max_items = 10000)]
    items: ListOf<RecordBody, 1, 10_000>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MendBody {
    service_minutes: Minutes,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ObjectBody {
    reason: Reason,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DecisionBody {
    /// True: the record is rejected. False: its notice goes on.
    upheld: bool,
    decision: Reason,
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct RecordsQuery {
    state: Option<RecordState>,
    member: Option<Id>,
    activity: Option<Id>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct RecordView {
    id: Id,
    state: RecordState,
    member: Id,
    activity: Id,
    org: Id,
    evidence: Evidence,
    started_at: Moment,
    ended_at: Moment,
    service_minutes: i64,
    served: i64,
    submitted_by: Id,
    submitted_at: Moment,
    #[serde(skip_serializing_if = "Option::is_none")]
    approved_by: Option<Id>,
    #[serde(skip_serializing_if = "Option::is_none")]
    second_approved_by: Option<Id>,
    /// The last day of the public notice.
    #[serde(skip_serializing_if = "Option::is_none")]
    notice_until: Option<Day>,
    /// In public notice without a last day: why, in the language asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    notice_remark: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    points_desired: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    points_granted: Option<String>,
    /// The entry with minutes and points; `/v1/awards/{number}/explain` says why so many.
    #[serde(skip_serializing_if = "Option::is_none")]
    award_entry: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reversal_entry: Option<i64>,
    /// Who vouches for a late entry.
    #[serde(skip_serializing_if = "Option::is_none")]
    guarantor: Option<Id>,
    /// The reversed record that this one replaces.
    #[serde(skip_serializing_if = "Option::is_none")]
    replaces: Option<Id>,
    version: i64,
}

/// One record with what belongs to it; lists tell the record alone.
#[derive(Debug, Serialize, ToSchema)]
pub struct WholeRecordView {
    #[serde(flatten)]
    record: RecordView,
    #[serde(flatten)]
    more: RecordMoreView,
}

/// What belongs to one record.
#[derive(Debug, Serialize, ToSchema)]
pub struct RecordMoreView {
    activity_title: String,
    place: String,
    /// What was done, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    content: Option<String>,
    /// Why it was returned or rejected.
    #[serde(skip_serializing_if = "Option::is_none")]
    remark: Option<String>,
    /// The record that replaces this one.
    #[serde(skip_serializing_if = "Option::is_none")]
    replaced_by: Option<Id>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    objections: Vec<ObjectionView>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ObjectionView {
    id: Id,
    raised_at: Moment,
    reason: String,
    /// `open`, `upheld` or `dismissed`.
    state: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    decision: Option<String>,
}

/// One line of the public notice.
#[derive(Debug, Serialize, ToSchema)]
pub struct NoticeView {
    service_record: Id,
    /// The surname and two stars.
    name: String,
    /// The volunteer number.
    number: String,
    activity: String,
    org: String,
    started_at: Moment,
    service_minutes: i64,
    notice_until: Option<Day>,
    /// Without a last day: why, in the language asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    notice_remark: Option<&'static str>,
}

impl Row for RecordView {
    const TITLE: (&'static str, &'static str) = ("服务记录", "service records");
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "state",
        "member",
        "activity",
        "org",
        "evidence",
        "started_at",
        "ended_at",
        "service_minutes",
        "served",
        "submitted_by",
        "submitted_at",
        "approved_by",
        "second_approved_by",
        "notice_until",
        "notice_remark",
        "points_desired",
        "points_granted",
        "award_entry",
        "reversal_entry",
        "guarantor",
        "replaces",
        "version",
    ];
}

impl Row for NoticeView {
    const TITLE: (&'static str, &'static str) = ("公示", "public notice");
    const COLUMNS: &'static [&'static str] = &[
        "service_record",
        "name",
        "number",
        "activity",
        "org",
        "started_at",
        "service_minutes",
        "notice_until",
        "notice_remark",
    ];
}

/// Why a record in public notice has no last day.
fn notice_remark(record: &ServiceRecord, language: Language) -> Option<&'static str> {
    let open = record.state == RecordState::Notice && record.notice_until.is_none();
    open.then(|| open_end_sentence(language))
}

fn more(standing: RecordStanding, language: Language) -> WholeRecordView {
    let RecordStanding { record, title, place, text, objections, replaced_by } = standing;
    let (content, remark) = text.map(|text| (text.content, text.remark)).unwrap_or_default();
    let objections = objections.into_iter().map(|row: ObjectionRow| ObjectionView {
        id: row.id,
        raised_at: row.raised_at,
        reason: row.reason,
        state: row.state,
        decision: row.decision,
    });
    let more = RecordMoreView {
        activity_title: title,
        place,
        content: Some(content).filter(|content| !content.is_empty()),
        remark,
        replaced_by,
        objections: objections.collect(),
    };
    WholeRecordView { record: view(record, language), more }
}

pub(in crate::api) fn view(record: ServiceRecord, language: Language) -> RecordView {
    let points = |minor: Option<i64>| minor.map(|minor| amount::format(minor, 2));
    RecordView {
        id: record.id,
        state: record.state,
        member: record.member_id,
        activity: record.activity_id,
        org: record.org_id,
        evidence: record.evidence,
        started_at: record.started_at,
        ended_at: record.ended_at,
        service_minutes: record.service_minutes,
        served: record.served,
        submitted_by: record.submitted_by,
        submitted_at: record.submitted_at,
        approved_by: record.approved_by,
        second_approved_by: record.second_approved_by,
        notice_until: record.notice_until,
        notice_remark: notice_remark(&record, language),
        points_desired: points(record.points_desired),
        points_granted: points(record.points_granted),
        award_entry: record.award_entry,
        reversal_entry: record.reversal_entry,
        guarantor: record.guarantor_id,
        replaces: record.replaces_id,
        version: record.version,
    }
}

fn notice_view(notice: Notice, language: Language) -> NoticeView {
    NoticeView {
        service_record: notice.record.id,
        name: notice.name,
        number: notice.number,
        activity: notice.title,
        org: notice.org,
        started_at: notice.record.started_at,
        service_minutes: notice.record.service_minutes,
        notice_until: notice.record.notice_until,
        notice_remark: notice_remark(&notice.record, language),
    }
}

fn ask_of(body: RecordBody) -> RecordAsk {
    RecordAsk {
        member: body.member,
        activity: body.activity,
        evidence: body.evidence,
        started_at: body.started_at,
        ended_at: body.ended_at,
        service_minutes: body.service_minutes.map(Minutes::get),
        served: body.served.map_or(1, Served::get),
        guarantor: body.guarantor,
        content: body.content.map(String::from),
        replaces: body.replaces,
        by_code: false,
    }
}

/// 提交服务记录 · enters one record: by staff and team leaders, or a volunteer's own report.
#[utoipa::path(tag = "service", security(("bearer" = ["enter_records"]), ("bearer" = ["report_own_record"])),
    request_body = RecordBody, responses((status = 201, body = MadeView)))]
#[post("/v1/service-records")]
pub async fn submit_record(
    state: Shared,
    may: May<Or<right::EnterRecords, right::ReportOwnRecord>>,
    ask: Ask<RecordBody>,
) -> Result<HttpResponse, ApiError> {
    let call = ask.keyed.call(&may.actor);
    Ok(made(state.services.submit_record(&call, ask_of(ask.body)).await?))
}

/// 整张签到表 · enters a sheet of up to 10,000 records, with a result for each.
#[utoipa::path(tag = "service", security(("bearer" = ["enter_records"])), request_body = SheetBody,
    responses((status = 200, body = BatchView), (status = 422, body = BatchView)))]
#[post("/v1/service-records/batch")]
pub async fn submit_records(
    state: Shared,
    request: HttpRequest,
    may: May<right::EnterRecords>,
    ask: Ask<SheetBody>,
) -> Result<HttpResponse, ApiError> {
    let call = ask.keyed.call(&may.actor);
    let mode = ask.body.mode;
    let asks = ask.body.items.0.into_iter().map(ask_of).collect();
    let results = state.services.submit_records(&call, asks, mode == Mode::AllOrNothing).await?;
    batch::respond(results, mode, &request, |_| false, |id| Ok(serde_json::json!({ "id": id })))
}

/// 服务记录 · records, newest first, of the days on which the service began: within reach, or one's own.
#[utoipa::path(tag = "service", security(("bearer" = ["read_records"]), ("bearer" = ["read_own"])),
    params(RecordsQuery, OfDays, Paging), responses((status = 200, body = Page<RecordView>)))]
#[get("/v1/service-records")]
pub async fn list_records(
    state: Shared,
    request: HttpRequest,
    may: May<Or<right::ReadRecords, right::ReadOwn>>,
    list: Listed<RecordsQuery>,
) -> Result<HttpResponse, ApiError> {
    let (Listed { query, list }, language) = (list, language(&request));
    let read = async move |part: Part| {
        let filter = DocumentFilter {
            state: query.state.map(|state| state.to_string()),
            member: query.member,
            activity: query.activity,
            ..begun(&part)?
        };
        let rows = state.services.records(&may.call(), filter, part.limit).await?;
        Ok(rows.into_iter().map(|row| (place(&part, &row), view(row, language))).collect())
    };
    list.respond(read).await
}

/// Filtered by days, records are listed in the order in which the service began.
fn begun(part: &Part) -> Result<DocumentFilter, ApiError> {
    let (begun_before, before) = part.after_in_time()?;
    Ok(DocumentFilter { days: part.days, before, begun_before, ..DocumentFilter::default() })
}

fn place(part: &Part, record: &ServiceRecord) -> String {
    part.place(record.started_at, record.id)
}

/// 一条服务记录 · one record, with the objections against it.
#[utoipa::path(tag = "service", security(("bearer" = ["read_records"]), ("bearer" = ["read_own"])),
    params(("id" = Id, Path)), responses((status = 200, body = WholeRecordView)))]
#[get("/v1/service-records/{id}")]
pub async fn read_record(
    state: Shared,
    request: HttpRequest,
    may: May<Or<right::ReadRecords, right::ReadOwn>>,
    path: PathOf<Id>,
) -> Result<HttpResponse, ApiError> {
    Ok(HttpResponse::Ok().json(more(state.services.record(&may.call(), path.0).await?, language(&request))))
}

/// 更正后重交 · puts one's own returned record right before anybody has approved it.
#[utoipa::path(tag = "service", security(("bearer" = ["enter_records"]), ("bearer" = ["report_own_record"])),
    request_body = MendBody, params(("id" = Id, Path)), responses((status = 200, body = RecordView)))]
#[post("/v1/service-records/{id}/resubmit")]
pub async fn resubmit_record(
    state: Shared,
    request: HttpRequest,
    may: May<Or<right::EnterRecords, right::ReportOwnRecord>>,
    path: PathOf<Id>,
    ask: Ask<MendBody>,
) -> Result<HttpResponse, ApiError> {
    let minutes = ask.body.service_minutes.get().into();
    let params = [("service_minutes".to_owned(), minutes)].into_iter().collect();
    let step = (&RESUBMIT_RECORD, path.0, params);
    steps::respond::<ServiceRecord>(&state, &request, &may.actor, &ask.keyed, step).await
}

/// 提出异议 · objects to a record in public notice: it waits for a decision.
#[utoipa::path(tag = "service", security(("bearer" = ["raise_objections"])), request_body = ObjectBody,
    params(("id" = Id, Path)), responses((status = 201, body = MadeView)))]
#[post("/v1/service-records/{id}/objections")]
pub async fn object_to_record(
    state: Shared,
    may: May<right::RaiseObjections>,
    path: PathOf<Id>,
    ask: Ask<ObjectBody>,
) -> Result<HttpResponse, ApiError> {
    let call = ask.keyed.call(&may.actor);
    Ok(made(state.services.object(&call, path.0, ask.body.reason.into()).await?))
}

/// 申请更正 · asks for the correction of one's own final record, in words; it is decided like an objection.
#[utoipa::path(tag = "service", security(("bearer" = ["raise_objections"])), request_body = ObjectBody,
    params(("id" = Id, Path)), responses((status = 201, body = MadeView)))]
#[post("/v1/service-records/{id}/corrections")]
pub async fn ask_for_correction(
    state: Shared,
    may: May<right::RaiseObjections>,
    path: PathOf<Id>,
    ask: Ask<ObjectBody>,
) -> Result<HttpResponse, ApiError> {
    let call = ask.keyed.call(&may.actor);
    Ok(made(state.services.ask_for_correction(&call, path.0, ask.body.reason.into()).await?))
}

/// 裁定异议 · decides the open objection against a record.
#[utoipa::path(tag = "service", security(("bearer" = ["decide_objections"])), request_body = DecisionBody,
    params(("id" = Id, Path)), responses((status = 204)))]
#[post("/v1/service-records/{id}/objections/decide")]
pub async fn decide_objection(
    state: Shared,
    request: HttpRequest,
    may: May<right::DecideObjections>,
    path: PathOf<Id>,
    ask: Ask<DecisionBody>,
) -> Result<HttpResponse, ApiError> {
    let DecisionBody { upheld, decision } = ask.body;
    let step = if upheld { &UPHOLD_OBJECTION } else { &DISMISS_OBJECTION };
    let params = [("decision".to_owned(), String::from(decision).into())].into_iter().collect();
    let step = (step, path.0, params);
    steps::respond::<ObjectionRow>(&state, &request, &may.actor, &ask.keyed, step).await
}

/// 公示 · records in public notice, with masked names. For everyone, without signing in.
#[utoipa::path(tag = "public", security(()), params(("bank" = Slug, Path), OfDays, Paging),
    responses((status = 200, body = Page<NoticeView>)))]
#[get("/v1/public/{bank}/service-notices")]
pub async fn list_notices(
    state: Shared,
    request: HttpRequest,
    path: PathOf<Slug>,
    list: Listed<NoFilter>,
) -> Result<HttpResponse, ApiError> {
    let language = language(&request);
    let read = async move |part: Part| {
        let rows = state.services.public_notice(path.0.as_str(), begun(&part)?, part.limit).await?;
        Ok(rows.into_iter().map(|row| (place(&part, &row.record), notice_view(row, language))).collect())
    };
    list.list.respond(read).await
}

impl Shown for ServiceRecord {
    const SCHEMAS: (&'static str, &'static str) = ("RecordView", "ReceiptView");

    fn schemas(schemas: &mut Schemas) {
        add_schema::<RecordView>(schemas);
        add_schema::<ReceiptView>(schemas);
    }

    fn view(self, language: Language) -> Result<Value, ApiError> {
        serde_json::to_value(view(self, language)).map_err(|error| ApiError::Internal(error.to_string()))
    }
}

impl Shown for ObjectionRow {}
