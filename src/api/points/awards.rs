//! `/v1/awards`: awards by the items of a scheme, single and in bulk, explained, taken back; and proposals, which
//! wait for a second person.

use crate::api::web::batch;
use crate::api::web::batch::{BatchView, Mode};
use crate::api::web::edge::{Shared, language};
use crate::api::web::extract::{AnyOf, Ask, May, Or, PathOf, right};
use crate::api::web::fields::{Code, ListOf, Note, PointsText, QuantityText, Reason, ScoreText};
use crate::api::web::page::{Listed, OfDays, Page, Paging};
use crate::api::web::part::Part;
use crate::api::web::problem::ApiError;
use crate::api::web::receipt::{Answered, ReceiptView};
use crate::api::web::sheet::Row;
use crate::api::web::steps::Shown;
use crate::domain::amount;
use crate::domain::id::Id;
use crate::domain::time::{Day, Moment};
use crate::services::ledger::raw::EntryFilter;
use crate::services::points::award_list::AwardRow;
use crate::services::points::awards::AwardAsk;
use crate::services::points::owed::Waiver;
use crate::services::points::pools::Relief;
use crate::services::points::proposals::{Awarded, ProposalRow, Proposed};
use actix_web::{HttpRequest, HttpResponse, get, post};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AwardBody {
    member: Id,
    scheme: Id,
    /// The code of an item of the scheme.
    item: Code,
    quantity: Option<QuantityText>,
    /// The day on which it was done; left out, today.
    day: Option<Day>,
    /// Classes of the person or household that the item asks for.
    #[schema(value_type = Option<Vec<Code>>, max_items = 10)]
    classes: Option<ListOf<Code, 0, 10>>,
    /// 一事一议 · points that a person decided, with `reason`.
    decided_points: Option<ScoreText>,
    reason: Option<Reason>,
    /// What causes it (a paper's number, say): at most one award a source.
    source: Option<Code>,
    note: Option<Note>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AwardsBody {
    #[serde(default)]
    mode: Mode,
    #[schema(value_type = Vec<AwardBody>, min_items = 1, max_items = 10000)]
    items: ListOf<AwardBody, 1, 10_000>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReverseAwardBody {
    /// Left out: all that is left of it.
    points: Option<PointsText>,
    /// Where less is left on the passbook, take as much as possible: the rest stays owed.
    #[serde(default)]
    up_to: bool,
    reason: Reason,
}

/// Why this many, in the language asked for.
#[derive(Debug, Serialize, ToSchema)]
pub struct ExplanationView {
    sentences: Vec<String>,
}

#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ProposalState {
    #[default]
    Open,
    Approved,
    Rejected,
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct ProposalsQuery {
    #[serde(default)]
    #[param(inline)]
    state: ProposalState,
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct AwardsQuery {
    member: Option<Id>,
}

/// What an item of a scheme gave to a member, or took.
#[derive(Debug, Serialize, ToSchema)]
pub struct AwardView {
    /// By its number it is explained and taken back.
    entry: i64,
    /// `award` or `zeroing`.
    kind: String,
    member: Id,
    #[serde(skip_serializing_if = "Option::is_none")]
    scheme: Option<Id>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scheme_version: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    item: Option<String>,
    /// `POINT` or `SCORE`.
    asset: String,
    /// What the passbook gained; with a minus, what it lost.
    points: String,
    /// How much of it was taken back since.
    taken_back: String,
    /// The day on which the deed began.
    day: Day,
    effective_at: Moment,
    recorded_at: Moment,
    actor: Id,
    /// Who proposed it, where a second person had to agree.
    #[serde(skip_serializing_if = "Option::is_none")]
    proposed_by: Option<Id>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<String>,
}

impl Row for AwardView {
    const TITLE: (&'static str, &'static str) = ("授予", "awards");
    const AT_ONCE: i64 = 200;
    const COLUMNS: &'static [&'static str] = &[
        "entry",
        "kind",
        "member",
        "scheme",
        "scheme_version",
        "item",
        "asset",
        "points",
        "taken_back",
        "day",
        "effective_at",
        "recorded_at",
        "actor",
        "proposed_by",
        "source",
    ];
}

fn award_view(row: AwardRow) -> AwardView {
    let text = |minor| amount::format(minor, row.asset.decimals());
    AwardView {
        entry: row.entry,
        kind: row.kind.to_string(),
        member: row.member,
        scheme: row.scheme,
        scheme_version: row.scheme_version,
        item: row.item,
        asset: row.asset.to_string(),
        points: text(row.points),
        taken_back: text(row.taken_back),
        day: row.day,
        effective_at: row.effective_at,
        recorded_at: row.recorded_at,
        actor: row.actor,
        proposed_by: row.proposed_by,
        source: row.source,
    }
}

/// What the second person has to look at.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProposalView {
    id: Id,
    member: Id,
    /// `award`, or `waiver`: of what the member owes.
    kind: String,
    /// `open`, `approved` or `rejected`.
    state: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    scheme: Option<Id>,
    /// The version of the scheme by which it is valued.
    #[serde(skip_serializing_if = "Option::is_none")]
    scheme_version: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    item: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    quantity: Option<String>,
    /// The entry whose debt is to be waived.
    #[serde(skip_serializing_if = "Option::is_none")]
    owed_by_entry: Option<i64>,
    /// The day on which it was done.
    #[serde(skip_serializing_if = "Option::is_none")]
    day: Option<Day>,
    /// What the scheme gives before its caps, `0.00` where a balance is reset; of a waiver, what is waived.
    desired_points: String,
    /// Why a person decided so many points, or why it is waived.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<String>,
    proposed_by: Id,
    proposed_at: Moment,
    #[serde(skip_serializing_if = "Option::is_none")]
    decided_by: Option<Id>,
    /// The entry of the award, once it is approved.
    #[serde(skip_serializing_if = "Option::is_none")]
    entry: Option<i64>,
}

/// An award that waits for a second person.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProposedView {
    proposal: Id,
}

impl ProposedView {
    pub fn of(proposal: Id) -> Self {
        ProposedView { proposal }
    }
}

impl Row for ProposalView {
    const TITLE: (&'static str, &'static str) = ("待复核", "proposals");
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "member",
        "kind",
        "state",
        "scheme",
        "scheme_version",
        "item",
        "quantity",
        "owed_by_entry",
        "day",
        "desired_points",
        "reason",
        "note",
        "proposed_by",
        "proposed_at",
        "decided_by",
        "entry",
    ];
}

fn view(row: ProposalRow) -> Result<ProposalView, ApiError> {
    let mut view = ProposalView {
        id: row.id,
        member: row.subject_id,
        kind: row.kind.clone(),
        state: row.state.clone(),
        scheme: None,
        scheme_version: None,
        item: None,
        quantity: None,
        owed_by_entry: None,
        day: None,
        desired_points: String::new(),
        reason: None,
        note: None,
        proposed_by: row.proposed_by,
        proposed_at: row.proposed_at,
        decided_by: row.decided_by,
        entry: row.entry_number,
    };
    if row.kind == Waiver::KIND {
        let waiver = Waiver::of(&row)?;
        view.owed_by_entry = Some(waiver.debt.entry);
        view.desired_points = amount::format(waiver.amount, waiver.asset.decimals());
        view.reason = Some(waiver.reason);
        return Ok(view);
    }
    if row.kind == Relief::KIND {
        let relief = Relief::of(&row)?;
        view.desired_points = amount::format(relief.points, 2);
        view.reason = Some(relief.reason);
        return Ok(view);
    }
    let Proposed { ask, scheme_version, desired_minor } = Proposed::of(&row)?;
    view.scheme = Some(ask.scheme);
    view.scheme_version = Some(scheme_version);
    view.item = Some(ask.item);
    view.quantity = Some(ask.quantity.normalize().to_string());
    view.day = ask.day;
    view.desired_points = amount::format(desired_minor, 2);
    view.reason = ask.decided.map(|(_, reason)| reason);
    view.note = ask.note;
    Ok(view)
}

fn ask_of(body: AwardBody) -> AwardAsk {
    let quantity = body.quantity.and_then(|text| text.as_str().parse().ok());
    let reason = body.reason.map(String::from).unwrap_or_default();
    AwardAsk {
        member: body.member,
        scheme: body.scheme,
        item: body.item.into(),
        quantity: quantity.unwrap_or(Decimal::ONE),
        day: body.day,
        classes: body.classes.map_or_else(Vec::new, |list| list.0.into_iter().map(String::from).collect()),
        decided: body.decided_points.map(|points| (points.minor(), reason)),
        source: body.source.map(String::from),
        note: body.note.map(String::from),
    }
}

/// 授予积分 · gives points by an item of a scheme. Above the scheme's sum, or decided case by case, it waits for a
/// second person: 202 with the proposal's id.
#[utoipa::path(tag = "awards", security(("bearer" = ["make_awards"])), request_body = AwardBody,
    responses((status = 201, body = ReceiptView), (status = 202, body = ProposedView)))]
#[post("/v1/awards")]
pub async fn make_award(
    state: Shared,
    may: May<right::MakeAwards>,
    ask: Ask<AwardBody>,
) -> Result<HttpResponse, ApiError> {
    let call = ask.keyed.money_call(&may.actor)?;
    match state.services.award_or_propose(&call, ask_of(ask.body)).await? {
        Awarded::Done(done) => Answered::created(*done).respond(),
        Awarded::Proposed { proposal, hit } => {
            let mut answer = HttpResponse::Accepted();
            if hit {
                answer.insert_header(("Idempotency-Hit", "true"));
            }
            Ok(answer.json(ProposedView { proposal }))
        }
    }
}

/// 批量授予 · up to 10,000 awards in one commit, with a result for each.
#[utoipa::path(tag = "awards", security(("bearer" = ["make_awards"])), request_body = AwardsBody,
    responses((status = 200, body = BatchView), (status = 422, body = BatchView)))]
#[post("/v1/awards/batch")]
pub async fn make_awards(
    state: Shared,
    request: HttpRequest,
    may: May<right::MakeAwards>,
    ask: Ask<AwardsBody>,
) -> Result<HttpResponse, ApiError> {
    let call = ask.keyed.money_call(&may.actor)?;
    let mode = ask.body.mode;
    let asks = ask.body.items.0.into_iter().map(ask_of).collect();
    let results = state.services.award_all(&call, asks, mode == Mode::AllOrNothing).await?;
    batch::respond(results, mode, &request, |done| done.hit, |done| Ok(ReceiptView::of(&done.receipt)))
}

/// 撤销授予 · takes an award back: all, a part of its points, or as far as it goes. Who made it may within ten minutes;
/// later another person does it.
#[utoipa::path(tag = "awards", security(("bearer" = ["make_awards"])), request_body = ReverseAwardBody,
    params(("entry" = i64, Path, minimum = 1, maximum = 9007199254740991_i64)),
    responses((status = 201, body = ReceiptView)))]
#[post("/v1/awards/{entry}/reverse")]
pub async fn reverse_award(
    state: Shared,
    may: May<right::MakeAwards>,
    path: PathOf<i64>,
    ask: Ask<ReverseAwardBody>,
) -> Result<HttpResponse, ApiError> {
    let call = ask.keyed.money_call(&may.actor)?;
    let ReverseAwardBody { points, up_to, reason } = ask.body;
    let much = (points.map(|points| points.minor()), up_to);
    let undo = state.config.times.undo_seconds;
    Answered::created(state.services.reverse_award(&call, path.0, much, undo, reason.into()).await?).respond()
}

/// 为什么是这个分 · why an award is as large as it is: version, steps, what was desired and granted, the cap that applied.
#[utoipa::path(tag = "awards",
    security(("bearer" = ["read_awards"]), ("bearer" = ["read_own"]), ("bearer" = ["act_for_members"])),
    params(("entry" = i64, Path, minimum = 1, maximum = 9007199254740991_i64)),
    responses((status = 200, body = ExplanationView)))]
#[get("/v1/awards/{entry}/explain")]
pub async fn explain_award(
    state: Shared,
    request: HttpRequest,
    may: May<AnyOf<right::ReadAwards, right::ReadOwn, right::ActForMembers>>,
    path: PathOf<i64>,
) -> Result<HttpResponse, ApiError> {
    let sentences = state.services.explain_award(&may.call(), path.0, language(&request)).await?;
    Ok(HttpResponse::Ok().json(ExplanationView { sentences }))
}

/// 授予一览 · awards within reach, or one's own, newest first. Of some days in the order in which they took effect; of one
/// member always by their numbers.
#[utoipa::path(tag = "awards", security(("bearer" = ["read_awards"]), ("bearer" = ["read_own"])),
    params(AwardsQuery, OfDays, Paging), responses((status = 200, body = Page<AwardView>)))]
#[get("/v1/awards")]
pub async fn list_awards(
    state: Shared,
    may: May<Or<right::ReadAwards, right::ReadOwn>>,
    list: Listed<AwardsQuery>,
) -> Result<HttpResponse, ApiError> {
    let Listed { query: AwardsQuery { member }, list } = list;
    let read = async move |part: Part| {
        let (effective_before, before) = part.after_in_time()?;
        let filter = EntryFilter { before, effective_before, days: part.days, ..EntryFilter::default() };
        let rows = state.services.awards(&may.call(), member, filter, part.limit).await?;
        Ok(rows.into_iter().map(|row| (part.place(row.effective_at, row.entry), award_view(row))).collect())
    };
    list.respond(read).await
}

/// 待复核 · awards that wait for a second person, or did.
#[utoipa::path(tag = "awards", security(("bearer" = ["read_awards"])), params(ProposalsQuery, OfDays, Paging),
    responses((status = 200, body = Page<ProposalView>)))]
#[get("/v1/awards/proposals")]
pub async fn list_proposals(
    state: Shared,
    may: May<right::ReadAwards>,
    list: Listed<ProposalsQuery>,
) -> Result<HttpResponse, ApiError> {
    let Listed { query, list } = list;
    let wanted = match query.state {
        ProposalState::Open => "open",
        ProposalState::Approved => "approved",
        ProposalState::Rejected => "rejected",
    };
    let read = async move |part: Part| {
        let before = part.after_as()?;
        let rows = state.services.proposals(&may.call(), wanted, part.days, before, part.limit).await?;
        rows.into_iter().map(|row| Ok((row.id.to_string(), view(row)?))).collect()
    };
    list.respond(read).await
}

impl Shown for ProposalRow {}
