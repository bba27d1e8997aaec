//! `/v1/settlements`: a merchant's monthly statement, from issue to payment.

use crate::api::web::edge::Shared;
use crate::api::web::extract::{Ask, May, PathOf, right};
use crate::api::web::fields::{LineNumber, ListOf, Month, PaperNumber, Reason};
use crate::api::web::page::{Listed, OfDays, Page, Paging};
use crate::api::web::part::Part;
use crate::api::web::problem::ApiError;
use crate::api::web::receipt::Answered;
use crate::api::web::sheet::Row;
use crate::api::web::steps::{self, Schemas, Shown, add_schema};
use crate::auth::permissions::Actor;
use crate::domain::amount;
use crate::domain::document::Document;
use crate::domain::id::Id;
use crate::domain::life_cycles::{DISPUTE_STATEMENT, PAY_STATEMENT};
use crate::domain::settlement::statement::{SettlementModel, Statement, StatementState};
use crate::domain::time::Moment;
use crate::services::service::records::DocumentFilter;
use crate::services::step::because;
use actix_web::HttpRequest;
use actix_web::{HttpResponse, get, post};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct IssueBody {
    merchant: Id,
    month: Month,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DisputeBody {
    /// Which lines, from 0.
    #[schema(value_type = Vec<LineNumber>, min_items = 1, max_items = 10000)]
    lines: ListOf<LineNumber, 1, 10_000>,
    /// What is wrong with them.
    reason: Option<Reason>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PayBody {
    invoice_number: PaperNumber,
    payment_proof: PaperNumber,
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct StatementsQuery {
    state: Option<StatementState>,
    merchant: Option<Id>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct StatementView {
    id: Id,
    merchant: Id,
    /// `2026-10`, or `2026-10/2` for a second one of the month.
    period: String,
    model: SettlementModel,
    /// Fen for one point on the last day of the period.
    rate_fen: String,
    state: StatementState,
    net_points: String,
    /// Yuan.
    payable: String,
    /// SHA-256 over the lines as they were issued.
    lines_hash: String,
    lines: Vec<StatementLineView>,
    issued_by: Id,
    issued_at: Moment,
    #[serde(skip_serializing_if = "Option::is_none")]
    confirmed_by: Option<Id>,
    #[serde(skip_serializing_if = "Option::is_none")]
    approved_by: Option<Id>,
    #[serde(skip_serializing_if = "Option::is_none")]
    paid_by: Option<Id>,
    #[serde(skip_serializing_if = "Option::is_none")]
    invoice_number: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    payment_proof: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    issue_entry: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    paid_entry: Option<i64>,
    version: i64,
}

/// One redemption or refund; a refund is below zero.
#[derive(Debug, Serialize, ToSchema)]
pub struct StatementLineView {
    entry: i64,
    redemption: Id,
    points: String,
    payable: String,
    disputed: bool,
    /// Fen for one point, if it is another than that of the statement: that of the day of the redemption.
    #[serde(skip_serializing_if = "Option::is_none")]
    rate_fen: Option<String>,
}

/// The receipt of a step, with the statement after it.
#[derive(Debug, Serialize, ToSchema)]
pub struct StatementReceiptView {
    #[serde(flatten)]
    receipt: crate::api::web::receipt::ReceiptView,
    statement: StatementView,
}

impl Row for StatementView {
    const TITLE: (&'static str, &'static str) = ("结算单", "statements");
    const AT_ONCE: i64 = 20;
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "merchant",
        "period",
        "model",
        "rate_fen",
        "state",
        "net_points",
        "payable",
        "lines_hash",
        "lines",
        "issued_by",
        "issued_at",
        "confirmed_by",
        "approved_by",
        "paid_by",
        "invoice_number",
        "payment_proof",
        "issue_entry",
        "paid_entry",
        "version",
    ];
}

fn view(statement: Statement) -> StatementView {
    let hundredths = |minor| amount::format(minor, 2);
    let lines = statement.lines.iter().map(|line| StatementLineView {
        entry: line.entry_number,
        redemption: line.redemption_id,
        points: hundredths(line.points),
        payable: hundredths(line.payable_fen),
        disputed: line.disputed,
        rate_fen: line.rate_fen.clone(),
    });
    StatementView {
        id: statement.id,
        merchant: statement.merchant_id,
        model: statement.model,
        state: statement.state,
        net_points: hundredths(statement.net_points),
        payable: hundredths(statement.payable_fen),
        lines: lines.collect(),
        period: statement.period,
        rate_fen: statement.rate_fen,
        lines_hash: statement.lines_hash,
        issued_by: statement.issued_by,
        issued_at: statement.issued_at,
        confirmed_by: statement.confirmed_by,
        approved_by: statement.approved_by,
        paid_by: statement.paid_by,
        invoice_number: statement.invoice_number,
        payment_proof: statement.payment_proof,
        issue_entry: statement.issue_entry,
        paid_entry: statement.paid_entry,
        version: statement.version,
    }
}

/// The receipt together with the statement after the step.
fn answer(answered: Answered) -> Result<HttpResponse, ApiError> {
    let found = answered.documents().iter().find_map(|document| match document {
        Document::Statement(statement) => Some(statement.clone()),
        _ => None,
    });
    let Some(statement) = found else { return answered.respond() };
    let shown =
        serde_json::to_value(view(statement)).map_err(|error| ApiError::Internal(error.to_string()))?;
    answered.with("statement", shown).respond()
}

/// 出结算单 · issues a shop's statement of a month that is over: every redemption and refund that is in none yet.
#[utoipa::path(tag = "settlement", security(("bearer" = ["prepare_statements"])), request_body = IssueBody,
    responses((status = 201, body = StatementReceiptView)))]
#[post("/v1/settlements")]
pub async fn issue_statement(
    state: Shared,
    may: May<right::PrepareStatements>,
    ask: Ask<IssueBody>,
) -> Result<HttpResponse, ApiError> {
    let call = ask.keyed.money_call(&may.actor)?;
    let IssueBody { merchant, month } = ask.body;
    answer(Answered::created(state.services.issue_statement(&call, merchant, month.into()).await?))
}

/// 结算单 · statements, newest first, of the days on which they were issued: within reach, or of the own shop.
#[utoipa::path(tag = "settlement", security(("bearer" = ["read_statements"])), params(StatementsQuery, OfDays, Paging),
    responses((status = 200, body = Page<StatementView>)))]
#[get("/v1/settlements")]
pub async fn list_statements(
    state: Shared,
    may: May<right::ReadStatements>,
    list: Listed<StatementsQuery>,
) -> Result<HttpResponse, ApiError> {
    let Listed { query, list } = list;
    let read = async move |part: Part| {
        let filter = DocumentFilter {
            state: query.state.map(|state| state.to_string()),
            merchant: query.merchant,
            days: part.days,
            before: part.after_as()?,
            ..DocumentFilter::default()
        };
        let rows = state.services.statements(&may.call(), filter, part.limit).await?;
        Ok(rows.into_iter().map(|row| (row.id.to_string(), view(row))).collect())
    };
    list.respond(read).await
}

/// 一张结算单 · one statement with its lines.
#[utoipa::path(tag = "settlement", security(("bearer" = ["read_statements"])), params(("id" = Id, Path)),
    responses((status = 200, body = StatementView)))]
#[get("/v1/settlements/{id}")]
pub async fn read_statement(
    state: Shared,
    may: May<right::ReadStatements>,
    path: PathOf<Id>,
) -> Result<HttpResponse, ApiError> {
    Ok(HttpResponse::Ok().json(view(state.services.statement(&may.call(), path.0).await?)))
}

/// 商家有异议 · the shop disputes lines; nothing is paid until it confirms.
#[utoipa::path(tag = "settlement", security(("bearer" = ["confirm_statements"])), request_body = DisputeBody,
    params(("id" = Id, Path)), responses((status = 200, body = StatementReceiptView)))]
#[post("/v1/settlements/{id}/dispute")]
pub async fn dispute_statement(
    state: Shared,
    request: HttpRequest,
    may: May<right::ConfirmStatements>,
    path: PathOf<Id>,
    ask: Ask<DisputeBody>,
) -> Result<HttpResponse, ApiError> {
    let DisputeBody { lines, reason } = ask.body;
    let lines = lines.0.into_iter().map(LineNumber::get).collect::<Vec<_>>();
    let mut params = because(reason.map(String::from));
    params.insert("lines".to_owned(), lines.into());
    let step = (&DISPUTE_STATEMENT, path.0, params);
    steps::respond::<Statement>(&state, &request, &may.actor, &ask.keyed, step).await
}

/// 已付款 · finance has paid, with the numbers of invoice and payment.
#[utoipa::path(tag = "settlement", security(("bearer" = ["pay_statements"])), request_body = PayBody,
    params(("id" = Id, Path)), responses((status = 200, body = StatementReceiptView)))]
#[post("/v1/settlements/{id}/pay")]
pub async fn pay_statement(
    state: Shared,
    request: HttpRequest,
    may: May<right::PayStatements>,
    path: PathOf<Id>,
    ask: Ask<PayBody>,
) -> Result<HttpResponse, ApiError> {
    let PayBody { invoice_number, payment_proof } = ask.body;
    let params = [("invoice_number", String::from(invoice_number)), ("payment_proof", payment_proof.into())];
    let params = params.into_iter().map(|(member, text)| (member.to_owned(), text.into())).collect();
    let step = (&PAY_STATEMENT, path.0, params);
    steps::respond::<Statement>(&state, &request, &may.actor, &ask.keyed, step).await
}

impl Shown for Statement {
    const SCHEMAS: (&'static str, &'static str) = ("", "StatementReceiptView");

    fn schemas(schemas: &mut Schemas) {
        add_schema::<StatementReceiptView>(schemas);
    }

    fn receipt(_: &Actor, answered: Answered) -> Result<HttpResponse, ApiError> {
        answer(answered)
    }
}
