//! `/v1/certificates`: certificates of service (志愿服务记录证明), and checking one without signing in.

use crate::api::web::edge::{Shared, address};
use crate::api::web::extract::{Ask, Keyed, May, Or, PathOf, QueryOf, right};
use crate::api::web::fields::{CertificateCode, CertificateNumber, Note, Slug};
use crate::api::web::page::{List, Listed, NoFilter, OfDays, Page, Paging};
use crate::api::web::part::Part;
use crate::api::web::problem::ApiError;
use crate::api::web::sheet::Row;
use crate::api::web::steps::Shown;
use crate::domain::id::Id;
use crate::domain::time::Day;
use crate::services::Call;
use crate::services::service::certificates::{
    CertificateAsk, CertificateFilter, CertificateRow, CertificateStanding, Checked,
};
use crate::text_enum;
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, get, post};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CertificateBody {
    /// The person; left out: the caller themselves.
    member: Option<Id>,
    /// The first day; left out: from the beginning.
    from: Option<Day>,
    /// The last day; left out: today.
    until: Option<Day>,
    /// 其他事项 · other matters; only staff write them.
    remark: Option<Note>,
}

text_enum! {
    CertificateState {
        Valid = "valid",
        Revoked = "revoked",
        Replaced = "replaced",
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct CertificatesQuery {
    #[param(inline)]
    state: Option<CertificateState>,
    member: Option<Id>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct CheckQuery {
    check_code: CertificateCode,
}

/// Service of one title.
#[derive(Debug, Serialize, ToSchema)]
pub struct CertifiedServiceView {
    title: String,
    times: i64,
    minutes: i64,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct CertificateView {
    id: Id,
    number: String,
    /// `valid`, `revoked` or `replaced`.
    state: String,
    /// 记录已更正 · records that it counts were corrected, so it is no longer valid.
    corrected: bool,
    member: Id,
    name: String,
    /// The volunteer number.
    member_number: String,
    /// Left out: from the beginning.
    #[serde(skip_serializing_if = "Option::is_none")]
    first_day: Option<Day>,
    last_day: Day,
    service_minutes: i64,
    /// Final records that it counts.
    times: i64,
    /// By title, the longest first; what is not among the first ten is in the sums alone.
    services: Vec<CertifiedServiceView>,
    /// Minutes from an older book, part of `service_minutes`.
    brought_minutes: i64,
    issuer: String,
    /// 负责人.
    #[serde(skip_serializing_if = "Option::is_none")]
    responsible: Option<String>,
    /// 经办人 · left out: the member themselves.
    #[serde(skip_serializing_if = "Option::is_none")]
    handler: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    telephone: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    remark: Option<String>,
    issued_on: Day,
    #[serde(skip_serializing_if = "Option::is_none")]
    revoked_on: Option<Day>,
    /// Why it was revoked.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// The number of the certificate that it replaces.
    #[serde(skip_serializing_if = "Option::is_none")]
    old_number: Option<String>,
    /// The number of the certificate that replaces it.
    #[serde(skip_serializing_if = "Option::is_none")]
    new_number: Option<String>,
}

/// One certificate with its code, which lists do not have.
#[derive(Debug, Serialize, ToSchema)]
pub struct WholeCertificateView {
    #[serde(flatten)]
    certificate: CertificateView,
    #[serde(flatten)]
    code: CertificateCodeView,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct CertificateCodeView {
    /// 核验码 · by which others check it; for the member, and for staff who issue certificates.
    #[serde(skip_serializing_if = "Option::is_none")]
    check_code: Option<String>,
}

impl Row for CertificateView {
    const TITLE: (&'static str, &'static str) = ("服务记录证明", "certificates");
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "number",
        "state",
        "corrected",
        "member",
        "name",
        "member_number",
        "first_day",
        "last_day",
        "service_minutes",
        "times",
        "services",
        "brought_minutes",
        "issuer",
        "responsible",
        "handler",
        "telephone",
        "remark",
        "issued_on",
        "revoked_on",
        "reason",
        "old_number",
        "new_number",
    ];
}

pub(in crate::api) fn view(standing: CertificateStanding) -> CertificateView {
    let CertificateStanding { row, certified, .. } = standing;
    let services = certified.services.into_iter();
    CertificateView {
        id: row.id,
        number: row.number,
        state: standing.state,
        corrected: standing.is_corrected,
        member: row.member_id,
        name: certified.name,
        member_number: certified.member_number,
        first_day: row.first_day,
        last_day: row.last_day,
        service_minutes: row.minutes,
        times: certified.times,
        services: services
            .map(|one| CertifiedServiceView { title: one.title, times: one.times, minutes: one.minutes })
            .collect(),
        brought_minutes: certified.brought_minutes,
        issuer: certified.issuer.name,
        responsible: certified.issuer.responsible,
        handler: certified.issuer.handler,
        telephone: certified.issuer.contact,
        remark: certified.remark,
        issued_on: standing.issued_on,
        revoked_on: standing.revoked_on,
        reason: row.reason,
        old_number: standing.replaces,
        new_number: standing.replaced_by,
    }
}

fn whole(mut standing: CertificateStanding) -> WholeCertificateView {
    let code = CertificateCodeView { check_code: standing.code.take() };
    WholeCertificateView { certificate: view(standing), code }
}

/// What everyone may know who has the number and the code.
#[derive(Debug, Serialize, ToSchema)]
pub struct CheckedView {
    number: String,
    /// `valid`, `revoked` or `replaced`.
    state: String,
    /// 记录已更正 · records that it counts were corrected, so it is no longer valid.
    corrected: bool,
    /// The surname and two asterisks.
    name: String,
    service_minutes: i64,
    /// Left out: from the beginning.
    #[serde(skip_serializing_if = "Option::is_none")]
    first_day: Option<Day>,
    last_day: Day,
    issuer: String,
    issued_on: Day,
    #[serde(skip_serializing_if = "Option::is_none")]
    revoked_on: Option<Day>,
    /// The number of the certificate that replaces it.
    #[serde(skip_serializing_if = "Option::is_none")]
    new_number: Option<String>,
}

fn checked(one: Checked) -> CheckedView {
    CheckedView {
        number: one.number,
        state: one.state,
        corrected: one.is_corrected,
        name: one.name,
        service_minutes: one.minutes,
        first_day: one.first_day,
        last_day: one.last_day,
        issuer: one.issuer,
        issued_on: one.issued_on,
        revoked_on: one.revoked_on,
        new_number: one.replaced_by,
    }
}

/// The answer of an operation that issues.
async fn issued(state: &Shared, call: &Call, id: Id) -> Result<HttpResponse, ApiError> {
    let made = state.services.certificate(call, id).await?;
    Ok(HttpResponse::Created().json(whole(made)))
}

/// 开具证明 · issues a certificate of service for the caller, or by staff for a member. A valid one that says the same is the
/// answer instead of a second one.
#[utoipa::path(tag = "service", security(("bearer" = ["issue_certificates"]), ("bearer" = ["read_own"])),
    request_body = CertificateBody, responses((status = 201, body = WholeCertificateView)))]
#[post("/v1/certificates")]
pub async fn issue_certificate(
    state: Shared,
    may: May<Or<right::IssueCertificates, right::ReadOwn>>,
    ask: Ask<CertificateBody>,
) -> Result<HttpResponse, ApiError> {
    let CertificateBody { member, from, until, remark } = ask.body;
    let wish = CertificateAsk { member, from, until, remark: remark.map(String::from) };
    let id = state.services.issue_certificate(&ask.keyed.call(&may.actor), wish).await?;
    issued(&state, &may.call(), id).await
}

/// 换发证明 · replaces a certificate by a new one for the same days, with what holds now; the new one names the old.
#[utoipa::path(tag = "service", security(("bearer" = ["issue_certificates"]), ("bearer" = ["read_own"])),
    params(("id" = Id, Path)), responses((status = 201, body = WholeCertificateView)))]
#[post("/v1/certificates/{id}/reissue")]
pub async fn reissue_certificate(
    state: Shared,
    may: May<Or<right::IssueCertificates, right::ReadOwn>>,
    path: PathOf<Id>,
    keyed: Keyed,
) -> Result<HttpResponse, ApiError> {
    let id = state.services.reissue_certificate(&keyed.call(&may.actor), path.0).await?;
    issued(&state, &may.call(), id).await
}

/// 证明 · certificates, newest first: of members within reach, or one's own.
#[utoipa::path(tag = "service", security(("bearer" = ["read_members"]), ("bearer" = ["read_own"])),
    params(CertificatesQuery, OfDays, Paging), responses((status = 200, body = Page<CertificateView>)))]
#[get("/v1/certificates")]
pub async fn list_certificates(
    state: Shared,
    may: May<Or<right::ReadMembers, right::ReadOwn>>,
    list: Listed<CertificatesQuery>,
) -> Result<HttpResponse, ApiError> {
    let Listed { query, list } = list;
    respond(state, may.call(), list, query).await
}

/// 一位储户的证明 · the certificates of one member, newest first.
#[utoipa::path(tag = "service", security(("bearer" = ["read_members"]), ("bearer" = ["read_own"])),
    params(("id" = Id, Path), OfDays, Paging), responses((status = 200, body = Page<CertificateView>)))]
#[get("/v1/members/{id}/certificates")]
pub async fn list_member_certificates(
    state: Shared,
    may: May<Or<right::ReadMembers, right::ReadOwn>>,
    path: PathOf<Id>,
    list: Listed<NoFilter>,
) -> Result<HttpResponse, ApiError> {
    // Out of reach is not an empty list.
    state.services.member(&may.call(), path.0).await?;
    let query = CertificatesQuery { state: None, member: Some(path.0) };
    respond(state, may.call(), list.list, query).await
}

async fn respond(
    state: Shared,
    call: Call,
    list: List,
    query: CertificatesQuery,
) -> Result<HttpResponse, ApiError> {
    let read = async move |part: Part| {
        let filter = CertificateFilter {
            state: query.state.map(|state| state.as_str().to_owned()),
            member: query.member,
            days: part.days,
            before: part.after_as()?,
            ..CertificateFilter::default()
        };
        let rows = state.services.certificates(&call, filter, part.limit).await?;
        Ok(rows.into_iter().map(|one| (one.row.id.to_string(), view(one))).collect())
    };
    list.respond(read).await
}

/// 一份证明 · one certificate as it stands now.
#[utoipa::path(tag = "service", security(("bearer" = ["read_members"]), ("bearer" = ["read_own"])),
    params(("id" = Id, Path)), responses((status = 200, body = WholeCertificateView)))]
#[get("/v1/certificates/{id}")]
pub async fn read_certificate(
    state: Shared,
    may: May<Or<right::ReadMembers, right::ReadOwn>>,
    path: PathOf<Id>,
) -> Result<HttpResponse, ApiError> {
    let found = state.services.certificate(&may.call(), path.0).await?;
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(whole(found)))
}

/// 核验证明 · checks a certificate by its number and code. For everyone, without signing in. An unknown number and a wrong
/// code are answered alike, and limited by address.
#[utoipa::path(tag = "public", security(()),
    params(("bank" = Slug, Path), ("number" = CertificateNumber, Path), CheckQuery),
    responses((status = 200, body = CheckedView)))]
#[get("/v1/public/{bank}/certificates/{number}")]
pub async fn check_certificate(
    state: Shared,
    request: HttpRequest,
    path: PathOf<(Slug, CertificateNumber)>,
    query: QueryOf<CheckQuery>,
) -> Result<HttpResponse, ApiError> {
    let (bank, number) = path.0;
    let bank = state.services.bank_of_slug(bank.as_str()).await?;
    let (number, code) = (number.into(), query.0.check_code.into());
    let found = state.services.check_certificate(bank.id, number, code, address(&request)).await?;
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(checked(found)))
}

impl Shown for CertificateRow {}
