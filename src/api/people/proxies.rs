//! `/v1/proxies`: who acts for whom.

use crate::api::ledger::passbook::points;
use crate::api::people::users::{MadeView, made};
use crate::api::web::edge::Shared;
use crate::api::web::extract::{AnyOf, Ask, May, Or, PathOf, right};
use crate::api::web::fields::{Note, PersonName, PointsText, SearchText};
use crate::api::web::page::{Listed, OfDays, Page, Paging};
use crate::api::web::part::Part;
use crate::api::web::problem::ApiError;
use crate::api::web::sheet::Row;
use crate::api::web::steps::Shown;
use crate::domain::id::Id;
use crate::domain::time::{Day, Moment};
use crate::services::people::proxies::{ProxyAsk, ProxyFilter, ProxyRow, ProxyStanding};
use actix_web::{HttpResponse, get, post};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProxyBody {
    /// The passbook number of the proxy, who has a log-in.
    number: SearchText,
    /// The name of the proxy: both must agree.
    name: PersonName,
    /// Left out: today.
    starts_on: Option<Day>,
    /// The last day, at most a year ahead. Left out: as long as possible; of a guardian until the minor is of age.
    until: Option<Day>,
    /// How many points at most are redeemed through the proxy on a day.
    points_a_day: PointsText,
    /// How many in all. Left out: no such limit.
    points_in_all: Option<PointsText>,
    /// 监护证明 · of the guardian of a minor, by staff: what proves it.
    guardianship: Option<Note>,
}

#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ProxyState {
    Active,
    Ended,
}

impl ProxyState {
    const fn as_str(self) -> &'static str {
        match self {
            ProxyState::Active => "active",
            ProxyState::Ended => "ended",
        }
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ProxiesQuery {
    #[param(inline)]
    state: Option<ProxyState>,
    /// The person for whom they act.
    member: Option<Id>,
    /// Only those of the caller: named, or acting.
    #[serde(default)]
    own: bool,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ProxyView {
    id: Id,
    /// For whom.
    member: Id,
    member_name: String,
    /// Who acts.
    proxy: Id,
    proxy_name: String,
    proxy_number: String,
    /// `named`, or the `guardian` of a minor.
    kind: String,
    starts_on: Day,
    /// The last day.
    until: Day,
    points_a_day: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    points_in_all: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    guardianship: Option<String>,
    /// `active`, `ended`, or `expired`: the last day has passed.
    state: String,
    named_at: Moment,
    #[serde(skip_serializing_if = "Option::is_none")]
    proxy_ended_at: Option<Moment>,
}

impl Row for ProxyView {
    const TITLE: (&'static str, &'static str) = ("代办人", "proxies");
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "member",
        "member_name",
        "proxy",
        "proxy_name",
        "proxy_number",
        "kind",
        "starts_on",
        "until",
        "points_a_day",
        "points_in_all",
        "guardianship",
        "state",
        "named_at",
        "proxy_ended_at",
    ];
}

fn view(standing: ProxyStanding) -> ProxyView {
    let ProxyStanding { row, member, proxy, has_lapsed } = standing;
    let (proxy_name, proxy_number) = proxy.map(|proxy| (proxy.name, proxy.number)).unwrap_or_default();
    ProxyView {
        id: row.id,
        member: row.member_id,
        member_name: member.map(|member| member.name).unwrap_or_default(),
        proxy: row.proxy_id,
        proxy_name,
        proxy_number,
        kind: row.kind,
        starts_on: row.starts_on,
        until: row.until,
        points_a_day: points(row.points_a_day),
        points_in_all: row.points_in_all.map(points),
        guardianship: row.guardianship,
        state: if has_lapsed { "expired".into() } else { row.state },
        named_at: row.made_at,
        proxy_ended_at: row.ended_at,
    }
}

/// 指定代办人 · names a proxy: by the person, or by staff with the person at the counter; a guardian by staff.
#[utoipa::path(tag = "people", security(("bearer" = ["write_members"]), ("bearer" = ["read_own"])),
    request_body = ProxyBody, params(("id" = Id, Path)), responses((status = 201, body = MadeView)))]
#[post("/v1/members/{id}/proxies")]
pub async fn name_proxy(
    state: Shared,
    may: May<Or<right::WriteMembers, right::ReadOwn>>,
    path: PathOf<Id>,
    ask: Ask<ProxyBody>,
) -> Result<HttpResponse, ApiError> {
    let (call, body) = (ask.keyed.call(&may.actor), ask.body);
    let ask = ProxyAsk {
        member: path.0,
        number: body.number.into(),
        name: body.name.into(),
        from: body.starts_on,
        until: body.until,
        points_a_day: body.points_a_day.minor(),
        points_in_all: body.points_in_all.map(PointsText::minor),
        guardianship: body.guardianship.map(String::from),
    };
    Ok(made(state.services.name_proxy(&call, ask).await?))
}

type Readers = AnyOf<right::ReadMembers, right::ReadOwn, right::ActForMembers>;

/// 代办人 · proxies, newest first: all within reach, those of a member, or the caller's own on either side.
#[utoipa::path(tag = "people",
    security(("bearer" = ["read_members"]), ("bearer" = ["read_own"]), ("bearer" = ["act_for_members"])),
    params(ProxiesQuery, OfDays, Paging), responses((status = 200, body = Page<ProxyView>)))]
#[get("/v1/proxies")]
pub async fn list_proxies(
    state: Shared,
    may: May<Readers>,
    list: Listed<ProxiesQuery>,
) -> Result<HttpResponse, ApiError> {
    let Listed { query, list } = list;
    let read = async move |part: Part| {
        let filter = ProxyFilter {
            state: query.state.map(|state| state.as_str().to_owned()),
            days: part.days,
            before: part.after_as()?,
            ..ProxyFilter::default()
        };
        let of = (query.member, query.own);
        let rows = state.services.proxies(&may.call(), filter, of, part.limit).await?;
        Ok(rows.into_iter().map(|one| (one.row.id.to_string(), view(one))).collect())
    };
    list.respond(read).await
}

/// 一位代办人 · one that names the caller on either side, or one within reach.
#[utoipa::path(tag = "people",
    security(("bearer" = ["read_members"]), ("bearer" = ["read_own"]), ("bearer" = ["act_for_members"])),
    params(("id" = Id, Path)), responses((status = 200, body = ProxyView)))]
#[get("/v1/proxies/{id}")]
pub async fn read_proxy(
    state: Shared,
    may: May<Readers>,
    path: PathOf<Id>,
) -> Result<HttpResponse, ApiError> {
    Ok(HttpResponse::Ok().json(view(state.services.one_proxy(&may.call(), path.0).await?)))
}

impl Shown for ProxyRow {}
