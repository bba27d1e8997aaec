//! `/v1/orgs`: the tree of organisations.

use crate::api::web::edge::Shared;
use crate::api::web::extract::{Ask, Keyed, May, PathOf, Seen, right};
use crate::api::web::fields::{Code, PersonName, Telephone, Title, or_none};
use crate::api::web::page::{Listed, NoFilter, OfDays, Page, Paging};
use crate::api::web::part::Part;
use crate::api::web::problem::ApiError;
use crate::api::web::sheet::Row;
use crate::domain::id::Id;
use crate::services::people::counter::OrgRow;
use crate::services::people::orgs::{OrgAsk, OrgChange};
use actix_web::http::header;
use actix_web::{HttpResponse, get, patch, post};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OrgBody {
    parent: Id,
    /// 区、街道、社区、小区 · district, street, community, estate: the bank's own words.
    kind: Code,
    /// Unique within the bank.
    code: Code,
    name: Title,
    /// 电话 · for help; without one, people are given that of the next organisation above.
    telephone: Option<Telephone>,
    /// 柜台时间 · when its counter is open, in a few words.
    opening_hours: Option<Title>,
    /// 负责人 · the person responsible, named on certificates.
    responsible: Option<PersonName>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OrgChangeBody {
    name: Option<Title>,
    telephone: Option<Telephone>,
    /// Removes the telephone.
    #[serde(default)]
    no_telephone: bool,
    opening_hours: Option<Title>,
    /// Removes the hours.
    #[serde(default)]
    no_opening_hours: bool,
    responsible: Option<PersonName>,
    /// Removes the person responsible.
    #[serde(default)]
    no_responsible: bool,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MoveBody {
    parent: Id,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct OrgView {
    id: Id,
    #[serde(skip_serializing_if = "Option::is_none")]
    parent: Option<Id>,
    kind: String,
    code: String,
    name: String,
    /// Its depth below the root, which is 0.
    depth: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    telephone: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    opening_hours: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    responsible: Option<String>,
    /// `open` or `closed`.
    state: String,
    version: i64,
}

impl Row for OrgView {
    const TITLE: (&'static str, &'static str) = ("组织", "organisations");
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "parent",
        "kind",
        "code",
        "name",
        "depth",
        "telephone",
        "opening_hours",
        "responsible",
        "state",
        "version",
    ];
}

fn view(row: OrgRow) -> OrgView {
    OrgView {
        id: row.id,
        parent: row.parent_id,
        kind: row.kind,
        code: row.code,
        name: row.name,
        depth: row.path.matches('/').count().saturating_sub(2),
        telephone: row.telephone,
        opening_hours: row.opening_hours,
        responsible: row.responsible,
        state: row.state,
        version: row.version,
    }
}

/// 组织树 · organisations within reach, in the order in which they were opened; `parent` and `depth` make the tree.
#[utoipa::path(tag = "organisation", security(("bearer" = ["read_orgs"])), params(OfDays, Paging),
    responses((status = 200, body = Page<OrgView>)))]
#[get("/v1/orgs")]
pub async fn list_orgs(
    state: Shared,
    may: May<right::ReadOrgs>,
    list: Listed<NoFilter>,
) -> Result<HttpResponse, ApiError> {
    let read = async move |part: Part| {
        let rows = state.services.orgs_page(&may.call(), part.days, part.after_as()?, part.limit).await?;
        Ok(rows.into_iter().map(|row| (row.id.to_string(), view(row))).collect())
    };
    list.list.respond(read).await
}

/// 新设组织 · opens an organisation below another.
#[utoipa::path(tag = "organisation", security(("bearer" = ["write_orgs"])), request_body = OrgBody,
    responses((status = 201, body = OrgView)))]
#[post("/v1/orgs")]
pub async fn open_org(
    state: Shared,
    may: May<right::WriteOrgs>,
    ask: Ask<OrgBody>,
) -> Result<HttpResponse, ApiError> {
    let OrgBody { parent, kind, code, name, telephone, opening_hours, responsible } = ask.body;
    let org = OrgAsk {
        parent,
        kind: kind.into(),
        code: code.into(),
        name: name.into(),
        telephone: telephone.map(String::from),
        opening_hours: opening_hours.map(String::from),
        responsible: responsible.map(String::from),
    };
    let row = state.services.open_org(&ask.keyed.call(&may.actor), org).await?;
    Ok(HttpResponse::Created().json(view(row)))
}

/// 修改 · changes an organisation's name, telephone, counter hours and person responsible over the version that was read (`If-Match`).
#[utoipa::path(tag = "organisation", security(("bearer" = ["write_orgs"])), request_body = OrgChangeBody,
    params(("id" = Id, Path)), responses((status = 200, body = OrgView)))]
#[patch("/v1/orgs/{id}")]
pub async fn change_org(
    state: Shared,
    may: May<right::WriteOrgs>,
    path: PathOf<Id>,
    seen: Seen,
    ask: Ask<OrgChangeBody>,
) -> Result<HttpResponse, ApiError> {
    let body = ask.body;
    let change = OrgChange {
        name: body.name.map(String::from),
        telephone: or_none(body.no_telephone, body.telephone.map(String::from)),
        opening_hours: or_none(body.no_opening_hours, body.opening_hours.map(String::from)),
        responsible: or_none(body.no_responsible, body.responsible.map(String::from)),
    };
    let row = state.services.change_org(&ask.keyed.call(&may.actor), path.0, seen.0, change).await?;
    let version = (header::ETAG, format!("\"{}\"", row.version));
    Ok(HttpResponse::Ok().insert_header(version).json(view(row)))
}

/// 调整上级 · moves an organisation, with everything below it, under another.
#[utoipa::path(tag = "organisation", security(("bearer" = ["write_orgs"])), request_body = MoveBody,
    params(("id" = Id, Path)), responses((status = 204)))]
#[post("/v1/orgs/{id}/move")]
pub async fn move_org(
    state: Shared,
    may: May<right::WriteOrgs>,
    path: PathOf<Id>,
    ask: Ask<MoveBody>,
) -> Result<HttpResponse, ApiError> {
    state.services.move_org(&ask.keyed.call(&may.actor), path.0, ask.body.parent, None).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// 撤销组织 · closes an organisation that is not in use. Its past stays.
#[utoipa::path(tag = "organisation", security(("bearer" = ["write_orgs"])), params(("id" = Id, Path)),
    responses((status = 204)))]
#[post("/v1/orgs/{id}/close")]
pub async fn close_org(
    state: Shared,
    may: May<right::WriteOrgs>,
    path: PathOf<Id>,
    keyed: Keyed,
) -> Result<HttpResponse, ApiError> {
    state.services.close_org(&keyed.call(&may.actor), path.0).await?;
    Ok(HttpResponse::NoContent().finish())
}
