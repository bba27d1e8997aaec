//! `/v1/members` and `/v1/households`: open, find, change, freeze, merge.

use crate::api::web::edge::Shared;
use crate::api::web::extract::{Ask, May, Or, PathOf, Seen, right};
use crate::api::web::faults::{FieldError, FieldFault, Place};
use crate::api::web::fields::{
    IdKindWord, IdNumberText, Initials, ListOf, NameStart, PersonName, PhoneTail, PhoneText, Reason,
    SearchText, Year, id_document,
};
use crate::api::web::page::{Listed, OfDays, Page, Paging};
use crate::api::web::part::Part;
use crate::api::web::problem::ApiError;
use crate::api::web::receipt::{Answered, ReceiptView};
use crate::api::web::sheet::Row;
use crate::api::web::steps::Shown;
use crate::auth::secrets::Sealed;
use crate::domain::id::Id;
use crate::services::people::counter::{MemberAsk, MemberPlace, MemberRow, MemberSearch};
use crate::services::people::members::{Masked, MemberChange};
use crate::services::{Error, Services};
use actix_web::http::header;
use actix_web::{HttpResponse, get, patch, post};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Maximum number of members found by one phone or ID number.
const FOUND: i64 = 200;

#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Gender {
    Female,
    Male,
}

impl Gender {
    /// As it is stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Gender::Female => "female",
            Gender::Male => "male",
        }
    }
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MemberBody {
    name: PersonName,
    org: Id,
    /// The volunteer number that the person has already; left out, the next one.
    number: Option<SearchText>,
    /// The household in which they live.
    household: Option<Id>,
    gender: Option<Gender>,
    birth_year: Option<Year>,
    #[serde(default)]
    party_member: bool,
    /// 手艺 · what the person can do for others.
    trade: Option<SearchText>,
    phone: Option<PhoneText>,
    id_number: Option<IdNumberText>,
    /// The kind of the document, where the number does not tell it (台胞证 with 8 digits, foreign passports).
    id_kind: Option<IdKindWord>,
    /// 确认新开 · staff have checked: no member of the same name, with the same phone or without one, is this person.
    #[serde(default)]
    confirmed_new: bool,
    /// 不是这些人 · staff have checked: none of these members of the same name is this person.
    #[serde(default)]
    #[schema(value_type = Vec<Id>, min_items = 1, max_items = 100)]
    not_same_as: Option<ListOf<Id, 1, 100>>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HouseholdBody {
    name: PersonName,
    org: Id,
    number: Option<SearchText>,
    phone: Option<PhoneText>,
    /// 确认新开 · staff have checked: it is not the household with the same name and phone.
    #[serde(default)]
    confirmed_new: bool,
}

/// A whole phone or ID number to look for; one of them.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SecretBody {
    phone: Option<PhoneText>,
    id_number: Option<IdNumberText>,
    /// The kind of the document, where the number does not tell it.
    id_kind: Option<IdKindWord>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeBody {
    name: Option<PersonName>,
    org: Option<Id>,
    phone: Option<PhoneText>,
    /// Only if there is none yet.
    id_number: Option<IdNumberText>,
    /// The kind of the document, where the number does not tell it.
    id_kind: Option<IdKindWord>,
    trade: Option<SearchText>,
    party_member: Option<bool>,
    household: Option<Id>,
    /// Leaves the household.
    #[serde(default)]
    leave_household: bool,
    /// 确认不是同一人 · the caller has checked all members of the same name: none of them is this person.
    #[serde(default)]
    confirmed_new: bool,
    /// 不是这些人 · the caller has checked: none of these members of the same name is this person.
    #[serde(default)]
    #[schema(value_type = Vec<Id>, min_items = 1, max_items = 100)]
    not_same_as: Option<ListOf<Id, 1, 100>>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MergeBody {
    /// The file that stays.
    into: Id,
    reason: Reason,
}

#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Secret {
    Phone,
    IdNumber,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RevealBody {
    what: Secret,
    /// Written to the access log before anything is shown.
    reason: Reason,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct RevealView {
    /// Absent if there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<String>,
}

/// A person or a household. Phone and ID number are masked.
#[derive(Debug, Serialize, ToSchema)]
pub struct MemberView {
    id: Id,
    /// `person` or `household`.
    kind: String,
    number: String,
    name: String,
    org: Id,
    #[serde(skip_serializing_if = "Option::is_none")]
    household: Option<Id>,
    #[serde(skip_serializing_if = "Option::is_none")]
    gender: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    birth_year: Option<i64>,
    party_member: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    trade: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    phone: Option<String>,
    /// The kind of the document: `identity_card`, `residence_permit`, `foreign_permanent_residence`, `hk_macao_permit`,
    /// `taiwan_permit` or `passport`.
    #[serde(skip_serializing_if = "Option::is_none")]
    id_kind: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    id_number: Option<String>,
    /// `active`, `frozen` or `merged`.
    state: String,
    /// The file that stays, where it was asked for under the id of a duplicate that was merged into it.
    #[serde(skip_serializing_if = "Option::is_none")]
    merged_into: Option<Id>,
    version: i64,
}

impl Row for MemberView {
    const TITLE: (&'static str, &'static str) = ("储户", "members");
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "kind",
        "number",
        "name",
        "org",
        "household",
        "gender",
        "birth_year",
        "party_member",
        "trade",
        "phone",
        "id_kind",
        "id_number",
        "state",
        "merged_into",
        "version",
    ];
}

fn view(row: MemberRow, masked: Masked) -> MemberView {
    MemberView {
        id: row.id,
        kind: row.kind,
        number: row.number,
        name: row.name,
        org: row.org_id,
        household: row.household_id,
        gender: row.gender,
        birth_year: row.birth_year,
        party_member: row.party_member,
        trade: row.trade,
        phone: masked.phone,
        id_kind: masked.id_kind,
        id_number: masked.id_number,
        state: row.state,
        merged_into: row.merged_into_id,
        version: row.version,
    }
}

/// One row, with its version as the ETag.
fn answer(
    services: &Services,
    mut status: actix_web::HttpResponseBuilder,
    row: MemberRow,
) -> Result<HttpResponse, ApiError> {
    let masked = services.masked(row.bank_id, &row)?;
    Ok(status.insert_header((header::ETAG, format!("\"{}\"", row.version))).json(view(row, masked)))
}

/// 开户 · opens a person at the counter.
#[utoipa::path(tag = "people", security(("bearer" = ["write_members"])), request_body = MemberBody,
    responses((status = 201, body = MemberView)))]
#[post("/v1/members")]
pub async fn open_member(
    state: Shared,
    may: May<right::WriteMembers>,
    ask: Ask<MemberBody>,
) -> Result<HttpResponse, ApiError> {
    let body = ask.body;
    let id_number = id_document(body.id_kind, body.id_number.as_ref())?;
    let member = MemberAsk {
        household: false,
        name: body.name.into(),
        number: body.number.map(String::from),
        org: body.org,
        household_id: body.household,
        gender: body.gender.map(|gender| gender.as_str().to_owned()),
        birth_year: body.birth_year.map(Year::get),
        party_member: body.party_member,
        trade: body.trade.map(String::from),
        phone: body.phone.map(|phone| phone.0),
        id_number,
        confirmed_new: body.confirmed_new,
        not_same_as: body.not_same_as.map(|ids| ids.0).unwrap_or_default(),
    };
    let row = state.services.open_member(&ask.keyed.call(&may.actor), member).await?;
    answer(&state.services, HttpResponse::Created(), row)
}

/// 开家庭户 · opens a household.
#[utoipa::path(tag = "people", security(("bearer" = ["write_members"])), request_body = HouseholdBody,
    responses((status = 201, body = MemberView)))]
#[post("/v1/households")]
pub async fn open_household(
    state: Shared,
    may: May<right::WriteMembers>,
    ask: Ask<HouseholdBody>,
) -> Result<HttpResponse, ApiError> {
    let body = ask.body;
    let household = MemberAsk {
        household: true,
        name: body.name.into(),
        number: body.number.map(String::from),
        org: body.org,
        phone: body.phone.map(|phone| phone.0),
        confirmed_new: body.confirmed_new,
        ..MemberAsk::default()
    };
    let row = state.services.open_member(&ask.keyed.call(&may.actor), household).await?;
    answer(&state.services, HttpResponse::Created(), row)
}

#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MemberKind {
    Person,
    Household,
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct FindQuery {
    /// The start of the name, read as names are: blanks, spellings of `·`, widths and capitals make no difference.
    name: Option<NameStart>,
    /// 拼音首字母 · the beginning of the pinyin initials of the name, as `lsy`.
    initials: Option<Initials>,
    /// The whole volunteer number.
    number: Option<SearchText>,
    /// The last four digits of the phone number.
    phone_tail: Option<PhoneTail>,
    #[param(inline)]
    kind: Option<MemberKind>,
    /// Who lives in this household.
    household: Option<Id>,
}

/// 查找 · members within reach, by number, found by name, initials, number or the last four digits of the phone; of some days: in the
/// order in which their files were opened.
#[utoipa::path(tag = "people", security(("bearer" = ["read_members"])), params(FindQuery, OfDays, Paging),
    responses((status = 200, body = Page<MemberView>)))]
#[get("/v1/members")]
pub async fn find_members(
    state: Shared,
    may: May<right::ReadMembers>,
    list: Listed<FindQuery>,
) -> Result<HttpResponse, ApiError> {
    let Listed { query, list } = list;
    let search = MemberSearch {
        days: list.days,
        name: query.name.as_ref().map(|start| start.0.clone()),
        initials: query.initials.as_ref().map(|text| text.as_str().to_owned()),
        number: query.number.as_ref().map(|text| text.as_str().to_owned()),
        kind: query.kind.map(|kind| match kind {
            MemberKind::Person => "person".to_owned(),
            MemberKind::Household => "household".to_owned(),
        }),
        household: query.household,
        ..MemberSearch::default()
    };
    let phone_tail = query.phone_tail.as_ref().map(|text| text.as_str().to_owned());
    let read = async move |part: Part| {
        let search = MemberSearch { after: place(&part)?, ..search.clone() };
        let rows = state.services.find_members(&may.call(), search, phone_tail.clone(), part.limit).await?;
        let mut seen = Vec::with_capacity(rows.len());
        for row in rows {
            let place =
                if part.days.are_all() { row.number.clone() } else { part.place(row.created_at, row.id) };
            let masked = state.services.masked(row.bank_id, &row)?;
            seen.push((place, view(row, masked)));
        }
        Ok(seen)
    };
    list.respond(read).await
}

/// Parses a cursor: a volunteer number, or a position in the order of opening.
fn place(part: &Part) -> Result<Option<MemberPlace>, ApiError> {
    if part.days.are_all() {
        return Ok(part.after.clone().map(MemberPlace::Number));
    }
    let (at, id) = part.after_in_time()?;
    Ok(at.zip(id).map(|(at, id)| MemberPlace::Opened(at, id)))
}

/// 按号码查找 · members within reach with a whole phone or ID number, which is in the body and so in no log.
#[utoipa::path(tag = "people", security(("bearer" = ["read_members"])), request_body = SecretBody,
    responses((status = 200, body = Page<MemberView>)))]
#[post("/v1/members/find")]
pub async fn find_member_by_number(
    state: Shared,
    may: May<right::ReadMembers>,
    ask: Ask<SecretBody>,
) -> Result<HttpResponse, ApiError> {
    let SecretBody { phone, id_number, id_kind } = ask.body;
    if phone.is_some() == id_number.is_some() {
        return Err(FieldError::new(Place::Body, "phone", FieldFault::Refused).into());
    }
    let (phone, id_number) = (phone.map(|phone| phone.0), id_document(id_kind, id_number.as_ref())?);
    let call = ask.keyed.call(&may.actor);
    let look = async {
        let rows = state.services.find_by_secret(&may.call(), phone, id_number, FOUND).await?;
        let mut items = Vec::with_capacity(rows.len());
        for row in rows {
            let masked = state.services.masked(row.bank_id, &row)?;
            items.push(view(row, masked));
        }
        serde_json::to_value(Page { items, next: None }).map_err(|error| Error::Fault(error.to_string()))
    };
    Ok(HttpResponse::Ok().json(state.services.look_up_once(&call, look).await?))
}

/// 一位储户 · one member, or oneself.
#[utoipa::path(tag = "people", security(("bearer" = ["read_members"]), ("bearer" = ["read_own"])),
    params(("id" = Id, Path)), responses((status = 200, body = MemberView)))]
#[get("/v1/members/{id}")]
pub async fn read_member(
    state: Shared,
    may: May<Or<right::ReadMembers, right::ReadOwn>>,
    path: PathOf<Id>,
) -> Result<HttpResponse, ApiError> {
    let mut row = state.services.member(&may.call(), path.0).await?;
    // Asked for by the id of a duplicate: the answer is the file that stays.
    row.merged_into_id = row.merged_into_id.or((row.id != path.0).then_some(row.id));
    answer(&state.services, HttpResponse::Ok(), row)
}

/// 修改 · changes a member's row over the version that was read (`If-Match`).
#[utoipa::path(tag = "people", security(("bearer" = ["write_members"])), request_body = ChangeBody,
    params(("id" = Id, Path)), responses((status = 200, body = MemberView)))]
#[patch("/v1/members/{id}")]
pub async fn change_member(
    state: Shared,
    may: May<right::WriteMembers>,
    path: PathOf<Id>,
    seen: Seen,
    ask: Ask<ChangeBody>,
) -> Result<HttpResponse, ApiError> {
    let body = ask.body;
    let id_number = id_document(body.id_kind, body.id_number.as_ref())?;
    let change = MemberChange {
        name: body.name.map(String::from),
        org: body.org,
        phone: body.phone.map(|phone| phone.0),
        id_number,
        trade: body.trade.map(String::from),
        party_member: body.party_member,
        household: if body.leave_household { Some(None) } else { body.household.map(Some) },
        confirmed_new: body.confirmed_new,
        not_same_as: body.not_same_as.map(|ids| ids.0).unwrap_or_default(),
    };
    let row = state.services.change_member(&ask.keyed.call(&may.actor), path.0, seen.0, change).await?;
    answer(&state.services, HttpResponse::Ok(), row)
}

/// 合并重复 · makes two files one, as if there had been one from the beginning: the id of the duplicate becomes another name
/// of the file that stays.
#[utoipa::path(tag = "people", security(("bearer" = ["freeze_members"])), request_body = MergeBody,
    params(("id" = Id, Path)), responses((status = 201, body = ReceiptView)))]
#[post("/v1/members/{id}/merge")]
pub async fn merge_member(
    state: Shared,
    may: May<right::FreezeMembers>,
    path: PathOf<Id>,
    ask: Ask<MergeBody>,
) -> Result<HttpResponse, ApiError> {
    let call = ask.keyed.money_call(&may.actor)?;
    let MergeBody { into, reason } = ask.body;
    Answered::created(state.services.merge_members(&call, path.0, into, reason.into()).await?).respond()
}

/// 查看原文 · shows a phone or an ID number in full. Who asked, when and why is recorded before it is answered.
#[utoipa::path(tag = "people", security(("bearer" = ["reveal_members"])), request_body = RevealBody,
    params(("id" = Id, Path)), responses((status = 200, body = RevealView)))]
#[post("/v1/members/{id}/reveal")]
pub async fn reveal_member(
    state: Shared,
    may: May<right::RevealMembers>,
    path: PathOf<Id>,
    ask: Ask<RevealBody>,
) -> Result<HttpResponse, ApiError> {
    let sealed = match ask.body.what {
        Secret::Phone => Sealed::Phone,
        Secret::IdNumber => Sealed::IdNumber,
    };
    let call = ask.keyed.call(&may.actor);
    let value = state.services.reveal(&call, path.0, sealed, ask.body.reason.into()).await?;
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(RevealView { value }))
}

impl Shown for MemberRow {}
