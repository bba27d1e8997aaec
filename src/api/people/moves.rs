//! `/v1/moves` and `/v1/user-links`: requests about one member that need two people: a move to another organisation,
//! and linking an existing user to a member.

use crate::api::points::awards::{ProposalState, ProposedView};
use crate::api::web::edge::Shared;
use crate::api::web::extract::{Ask, May, Or, PathOf, right};
use crate::api::web::faults::{FieldError, FieldFault, Place};
use crate::api::web::fields::{
    Code, IdKindWord, IdNumberText, LoginName, PersonName, PhoneText, SearchText, id_document,
};
use crate::api::web::page::{Listed, OfDays, Page, Paging};
use crate::api::web::part::Part;
use crate::api::web::problem::ApiError;
use crate::api::web::sheet::Row;
use crate::api::web::steps::Shown;
use crate::domain::id::Id;
use crate::domain::time::Moment;
use crate::services::access::links::LinkProposal;
use crate::services::access::links::LinkStanding;
use crate::services::people::moves::MoveProposal;
use crate::services::people::moves::{Destination, MoveStanding, Mover};
use actix_web::{HttpResponse, get, post};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Who moves (by id, by ID number, or by name with volunteer number or phone), and to where (by id or by code).
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MemberMoveBody {
    member: Option<Id>,
    id_number: Option<IdNumberText>,
    /// The kind of the document, where the number does not tell it.
    id_kind: Option<IdKindWord>,
    name: Option<PersonName>,
    number: Option<SearchText>,
    phone: Option<PhoneText>,
    /// The new organisation.
    org: Option<Id>,
    /// The same by its code.
    org_code: Option<Code>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LinkBody {
    login: LoginName,
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct DecisionQuery {
    #[serde(default)]
    #[param(inline)]
    state: ProposalState,
}

/// A move; the member is shown to callers who reach them.
#[derive(Debug, Serialize, ToSchema)]
pub struct MemberMoveView {
    id: Id,
    /// `open`, `approved` or `rejected`.
    state: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    member: Option<Id>,
    #[serde(skip_serializing_if = "Option::is_none")]
    number: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    from: Option<Id>,
    to: Id,
    proposed_by: Id,
    proposed_at: Moment,
    #[serde(skip_serializing_if = "Option::is_none")]
    decided_by: Option<Id>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct LinkView {
    id: Id,
    /// `open`, `approved` or `rejected`.
    state: String,
    member: Id,
    number: String,
    name: String,
    user: Id,
    login: String,
    proposed_by: Id,
    proposed_at: Moment,
    #[serde(skip_serializing_if = "Option::is_none")]
    decided_by: Option<Id>,
}

impl Row for MemberMoveView {
    const TITLE: (&'static str, &'static str) = ("迁移申请", "moves");
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "state",
        "member",
        "number",
        "name",
        "from",
        "to",
        "proposed_by",
        "proposed_at",
        "decided_by",
    ];
}

impl Row for LinkView {
    const TITLE: (&'static str, &'static str) = ("登录关联", "links of log-ins");
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "state",
        "member",
        "number",
        "name",
        "user",
        "login",
        "proposed_by",
        "proposed_at",
        "decided_by",
    ];
}

fn move_view(standing: MoveStanding) -> MemberMoveView {
    let MoveStanding { row, asked, member } = standing;
    MemberMoveView {
        id: row.id,
        state: row.state,
        from: member.as_ref().map(|_| asked.from),
        member: member.as_ref().map(|member| member.id),
        number: member.as_ref().map(|member| member.number.clone()),
        name: member.map(|member| member.name),
        to: asked.to,
        proposed_by: row.proposed_by,
        proposed_at: row.proposed_at,
        decided_by: row.decided_by,
    }
}

fn link_view(standing: LinkStanding) -> LinkView {
    let LinkStanding { row, member, user } = standing;
    LinkView {
        id: row.id,
        state: row.state,
        member: member.id,
        number: member.number,
        name: member.name,
        user: user.id,
        login: user.login,
        proposed_by: row.proposed_by,
        proposed_at: row.proposed_at,
        decided_by: row.decided_by,
    }
}

fn state_of(state: ProposalState) -> &'static str {
    match state {
        ProposalState::Open => "open",
        ProposalState::Approved => "approved",
        ProposalState::Rejected => "rejected",
    }
}

fn refused(field: &str) -> ApiError {
    FieldError::new(Place::Body, field, FieldFault::Refused).into()
}

fn missing(field: &str) -> ApiError {
    FieldError::new(Place::Body, field, FieldFault::Missing).into()
}

/// The one way in which the request names the member.
fn mover(body: &mut MemberMoveBody) -> Result<Mover, ApiError> {
    let ways = [
        ("member", body.member.is_some()),
        ("id_number", body.id_number.is_some()),
        ("number", body.number.is_some()),
        ("phone", body.phone.is_some()),
    ];
    let mut given = ways.iter().filter(|(_, given)| *given);
    given.next().ok_or_else(|| missing("member"))?;
    if let Some((second, _)) = given.next() {
        return Err(refused(second));
    }
    if let Some(member) = body.member {
        return Ok(Mover::Member(member));
    }
    if let Some(document) = id_document(body.id_kind, body.id_number.as_ref())? {
        return Ok(Mover::IdNumber(document));
    }
    let name = body.name.take().map(String::from).ok_or_else(|| missing("name"))?;
    match (body.number.take(), body.phone.take()) {
        (Some(number), _) => Ok(Mover::Number { number: number.into(), name }),
        (None, Some(phone)) => Ok(Mover::Phone { phone: phone.0, name }),
        (None, None) => Err(missing("member")),
    }
}

fn proposed((proposal, hit): (Id, bool)) -> HttpResponse {
    let mut answer = HttpResponse::Accepted();
    if hit {
        answer.insert_header(("Idempotency-Hit", "true"));
    }
    answer.json(ProposedView::of(proposal))
}

/// 迁移申请 · asks for a member to be moved to another community: by staff of the new one or of the old one. The other
/// side agrees, or a user who reaches both.
#[utoipa::path(tag = "people", security(("bearer" = ["move_members"])), request_body = MemberMoveBody,
    responses((status = 202, body = ProposedView)))]
#[post("/v1/moves")]
pub async fn request_move(
    state: Shared,
    may: May<right::MoveMembers>,
    ask: Ask<MemberMoveBody>,
) -> Result<HttpResponse, ApiError> {
    let mut body = ask.body;
    let mover = mover(&mut body)?;
    let destination = match (body.org, body.org_code) {
        (Some(org), None) => Destination::Org(org),
        (None, Some(code)) => Destination::Code(code.into()),
        (None, None) => return Err(missing("org")),
        (Some(_), Some(_)) => return Err(refused("org_code")),
    };
    Ok(proposed(state.services.request_move(&ask.keyed.call(&may.actor), mover, destination).await?))
}

/// 迁移申请一览 · moves that the caller asked for, or may agree to.
#[utoipa::path(tag = "people", security(("bearer" = ["move_members"])), params(DecisionQuery, OfDays, Paging),
    responses((status = 200, body = Page<MemberMoveView>)))]
#[get("/v1/moves")]
pub async fn list_moves(
    state: Shared,
    may: May<right::MoveMembers>,
    list: Listed<DecisionQuery>,
) -> Result<HttpResponse, ApiError> {
    let wanted = state_of(list.query.state);
    let read = async move |part: Part| {
        let before = part.after_as()?;
        let rows = state.services.moves(&may.call(), wanted, part.days, before, part.limit).await?;
        Ok(rows.into_iter().map(|row| (row.row.id.to_string(), move_view(row))).collect())
    };
    list.list.respond(read).await
}

/// 关联登录 · asks for an existing log-in to be linked to this member; an administrator agrees as the second person.
#[utoipa::path(tag = "people", security(("bearer" = ["write_members"])), request_body = LinkBody,
    params(("id" = Id, Path)), responses((status = 202, body = ProposedView)))]
#[post("/v1/members/{id}/users")]
pub async fn request_link(
    state: Shared,
    may: May<right::WriteMembers>,
    path: PathOf<Id>,
    ask: Ask<LinkBody>,
) -> Result<HttpResponse, ApiError> {
    let login = ask.body.login.into();
    Ok(proposed(state.services.request_link(&ask.keyed.call(&may.actor), path.0, login).await?))
}

/// 登录关联一览 · log-ins that are to be linked to a member, or were.
#[utoipa::path(tag = "people", security(("bearer" = ["write_users"]), ("bearer" = ["write_members"])),
    params(DecisionQuery, OfDays, Paging), responses((status = 200, body = Page<LinkView>)))]
#[get("/v1/user-links")]
pub async fn list_links(
    state: Shared,
    may: May<Or<right::WriteUsers, right::WriteMembers>>,
    list: Listed<DecisionQuery>,
) -> Result<HttpResponse, ApiError> {
    let wanted = state_of(list.query.state);
    let read = async move |part: Part| {
        let before = part.after_as()?;
        let rows = state.services.links(&may.call(), wanted, part.days, before, part.limit).await?;
        Ok(rows.into_iter().map(|row| (row.row.id.to_string(), link_view(row))).collect())
    };
    list.list.respond(read).await
}

impl Shown for MoveProposal {}

impl Shown for LinkProposal {}
