//! Settlement with merchants: a monthly statement, each line once, confirmed, approved and paid by different people.

use super::unsettled::unsettled;
use crate::auth::permissions::Permission;
use crate::domain::document::Document;
use crate::domain::id::Id;
use crate::domain::ledger::account::{AccountTerms, OwnerKind, Purpose};
use crate::domain::ledger::asset::Asset;
use crate::domain::ledger::entry::EntryKind;
use crate::domain::life_cycle::LifeCycle;
use crate::domain::life_cycles::{CONFIRM_STATEMENT, DISPUTE_STATEMENT, PAY_STATEMENT, STATEMENT};
use crate::domain::refusal::Refusal;
use crate::domain::settlement::payable::{RateFen, payable};
use crate::domain::settlement::statement::{SettlementModel, Statement, StatementLine, StatementState};
use crate::domain::time::{Day, Moment};
use crate::ledger::command::WatchKind;
use crate::ledger::{Command, CounterTake, Leg, Op};
use crate::services::access::interest::not_ones_own_shop;
use crate::services::shops::accounts::takings;
use crate::services::shops::merchants::{rates_of, works_at};
use crate::services::step::{HasLifeCycle, Place, StepContext};
use crate::services::{Call, Done, Error, Services};
use crate::store::Tables;
use crate::store::readers::lists::DocumentFilter;
use crate::store::shops::merchants::MerchantRow;
use sha2::{Digest, Sha256};

fn absent() -> Refusal {
    Refusal::NotFound { what: "statement".into() }
}

/// The first moment after a month `YYYY-MM` in a time zone.
fn end_of_month(period: &str, zone: chrono_tz::Tz) -> Option<Moment> {
    let (year, month) = period.split_once('-')?;
    let (year, month): (i32, u32) = (year.parse().ok()?, month.parse().ok()?);
    let (year, month) = if month == 12 { (year.checked_add(1)?, 1) } else { (year, month.checked_add(1)?) };
    Day::parse(&format!("{year:04}-{month:02}-01")).map(|day| day.start(zone))
}

impl Services {
    /// Issues a merchant's statement of a past month: every capture and refund up to its end that is in no statement
    /// yet. The month is closed for back-dated entries in the whole bank: this does not change other shops'
    /// statements, because redemptions are never back-dated. A closed shop is settled up to now, without waiting for
    /// the month's end; its month stays open for all others.
    pub async fn issue_statement(&self, call: &Call, merchant: Id, period: String) -> Result<Done, Error> {
        let id = self.next_id();
        let caller = call.clone();
        self.post_from(call, move |tables| issue_command(tables, &caller, id, merchant, &period)).await
    }

    /// Statements with their lines, newest first: within reach, or of the own shop.
    pub async fn statements(
        &self,
        call: &Call,
        mut filter: DocumentFilter,
        limit: i64,
    ) -> Result<Vec<Statement>, Error> {
        filter.paths = call.actor.paths(Permission::ReadStatements);
        let shop = works_at(call).filter(|_| call.may_in_shop(Permission::ReadStatements));
        if let Some(shop) = shop.filter(|shop| filter.paths.is_empty() || filter.merchant == Some(*shop)) {
            if filter.merchant.is_some_and(|wanted| wanted != shop) {
                return Ok(Vec::new());
            }
            (filter.merchant, filter.paths) = (Some(shop), Vec::new());
        } else if filter.paths.is_empty() {
            return Ok(Vec::new());
        }
        self.store.read(call.actor.bank, move |tables| tables.statements_page(&filter, limit)).await
    }

    pub async fn statement(&self, call: &Call, id: Id) -> Result<Statement, Error> {
        let caller = call.clone();
        self.store
            .read(call.actor.bank, move |tables| {
                let statement = tables.statement(id)?.ok_or_else(absent)?;
                let (merchant, path) = tables.merchant_at(statement.merchant_id)?;
                caller.must_work_for(Permission::ReadStatements, &merchant, &path)?;
                Ok(statement)
            })
            .await
    }
}

fn issue_command(
    tables: &mut Tables<'_>,
    call: &Call,
    id: Id,
    merchant_id: Id,
    period: &str,
) -> Result<Command, Error> {
    let (merchant, path) = tables.merchant_at(merchant_id)?;
    call.must_reach(Permission::PrepareStatements, &path, Refusal::NotFound { what: "merchant".into() })?;
    not_ones_own_shop(tables, call, &merchant)?;
    let (end, close_period) = span(tables, &merchant, period)?;
    let account = takings(merchant_id);
    let taken = unsettled(tables, &merchant, end)?;
    if taken.is_empty() {
        return Err(Refusal::NothingToSettle.into());
    }
    let model = SettlementModel::parse(&merchant.model).unwrap_or(SettlementModel::DonatedGoods);
    let rated: Vec<(i64, RateFen)> = taken.iter().map(|line| (line.points, line.rate)).collect();
    let sums = payable(model, &rated)?;
    let rate = rates_of(&merchant)?.on(Moment::from_micros(end.micros().saturating_sub(1)).day(tables.zone));
    let lines = taken.iter().zip(&sums.line_fen).map(|(line, fen)| StatementLine {
        entry_number: line.entry,
        redemption_id: line.redemption,
        points: line.points,
        payable_fen: *fen,
        disputed: false,
        rate_fen: (line.rate != rate).then(|| line.rate.to_string()),
    });
    let lines: Vec<StatementLine> = lines.collect();
    let before = tables.periods_of(merchant_id)?;
    let statement = Statement {
        id,
        version: 1,
        state: StatementState::Issued,
        merchant_id,
        period: named_period(period, &before),
        model,
        rate_fen: rate.to_string(),
        net_points: sums.net_points_minor,
        payable_fen: sums.payable_fen,
        lines_hash: hash_of(&lines),
        lines,
        issued_by: call.actor.user,
        issued_at: tables.now,
        confirmed_by: None,
        approved_by: None,
        paid_by: None,
        invoice_number: None,
        payment_proof: None,
        issue_entry: None,
        paid_entry: None,
    };
    let settled = AccountTerms::usual(OwnerKind::Merchant, merchant_id, Asset::Point, Purpose::Settled);
    let net = sums.net_points_minor;
    let (debit, credit) = if net < 0 { (settled.id, account.id) } else { (account.id, settled.id) };
    let legs = if net == 0 { vec![] } else { vec![Leg::plain(debit, credit, net.saturating_abs())] };
    let op = Op::Post { legs, partial: false, up_to: false };
    let mut command = Command::new(call.actor.user, EntryKind::Settlement, op)
        .open([account, settled])
        .source(format!("statement/{id}"))
        .watch(WatchKind::Merchant, merchant.id, merchant.version)
        // One statement at a time: two concurrent ones would claim the same lines.
        .counter(CounterTake::once(format!("statement/{merchant_id}/{}", before.len())))
        .document(Document::Statement(statement));
    command.close_period = close_period;
    Ok(command)
}

/// The end of a statement of a month, and whether it closes the month.
fn span(
    tables: &Tables<'_>,
    merchant: &MerchantRow,
    period: &str,
) -> Result<(Moment, Option<Moment>), Refusal> {
    let end = end_of_month(period, tables.zone).ok_or_else(absent)?;
    if end <= tables.now {
        return Ok((end, Some(end)));
    }
    let running = tables.today().to_string().get(..7) == Some(period);
    match running && merchant.state == "closed" {
        true => Ok((tables.now, None)),
        false => Err(Refusal::PeriodNotOver { over_at: end }),
    }
}

/// `2026-10`, then `2026-10/2` … when a month has more than one.
fn named_period(period: &str, before: &[String]) -> String {
    let same = before.iter().filter(|p| p.split('/').next() == Some(period)).count();
    if same == 0 { period.to_owned() } else { format!("{period}/{}", same.saturating_add(1)) }
}

fn hash_of(lines: &[StatementLine]) -> String {
    let mut hasher = Sha256::new();
    for line in lines {
        let rate = line.rate_fen.as_ref().map(|rate| format!(" {rate}")).unwrap_or_default();
        hasher.update(format!(
            "{} {} {} {}{rate}\n",
            line.entry_number, line.redemption_id, line.points, line.payable_fen
        ));
    }
    hex::encode(hasher.finalize())
}

impl HasLifeCycle for Statement {
    const CYCLE: &'static LifeCycle = &STATEMENT;
    const IS_DOCUMENT: bool = true;

    fn find(tables: &mut Tables<'_>, id: Id) -> Result<Option<Self>, Error> {
        tables.statement(id)
    }

    fn save(&self, _: &mut Tables<'_>) -> Result<(), Error> {
        Err(Error::Fault("a statement goes with its entry only".into()))
    }

    fn state(&self) -> &str {
        self.state.as_str()
    }

    fn place(&self, tables: &mut Tables<'_>) -> Result<Place, Error> {
        let (merchant, path) = tables.merchant_at(self.merchant_id)?;
        Ok(Place { path, shop: Some(merchant), member: None })
    }

    fn effect(&mut self, context: &mut StepContext<'_, '_>) -> Result<Option<Command>, Error> {
        let (mut legs, mut open, mut kind) = (Vec::new(), Vec::new(), EntryKind::Settlement);
        match context.step {
            // With all lines, also those disputed before.
            step if step.is(&CONFIRM_STATEMENT) => {
                self.lines.iter_mut().for_each(|line| line.disputed = false);
            }
            // Another dispute lists the lines that remain disputed. A statement never changes: an error is corrected
            // at its redemption, appears as a line of the next statement, and this one is confirmed.
            step if step.is(&DISPUTE_STATEMENT) => dispute(self, context)?,
            step if step.is(&PAY_STATEMENT) => {
                kind = EntryKind::Payment;
                (legs, open) = payment(self, context);
            }
            _ => {}
        }
        let op = Op::Post { legs, partial: false, up_to: false };
        let mut command = Command::new(context.call.actor.user, kind, op)
            .open(open)
            .source(format!("statement/{}", self.id))
            .document(Document::Statement(self.clone()));
        // Why the shop disputes it, if it says so, and what the community answers.
        let reason = Some(context.reason()).filter(|reason| !reason.is_empty());
        command.note = context.services.note(reason);
        Ok(Some(command))
    }
}

/// Marks the lines that the request lists, from 0.
fn dispute(statement: &mut Statement, context: &StepContext<'_, '_>) -> Result<(), Error> {
    let lines: Vec<i64> = context.param("lines")?;
    if lines.iter().any(|number| usize::try_from(*number).is_ok_and(|n| n >= statement.lines.len())) {
        return Err(Refusal::NotFound { what: "statement_line".into() }.into());
    }
    for (number, line) in (0_i64..).zip(statement.lines.iter_mut()) {
        line.disputed = lines.contains(&number);
    }
    Ok(())
}

/// The legs of a payment and their accounts: from the fund to the shop's till, or back.
fn payment(statement: &Statement, context: &StepContext<'_, '_>) -> (Vec<Leg>, Vec<AccountTerms>) {
    let fund = AccountTerms::of_bank(context.call.actor.bank, Asset::Cny, Purpose::Fund);
    let merchant = statement.merchant_id;
    let till = AccountTerms::usual(OwnerKind::Merchant, merchant, Asset::Cny, Purpose::Main);
    let fen = statement.payable_fen;
    if fen == 0 {
        return (Vec::new(), Vec::new());
    }
    let (debit, credit) = if fen < 0 { (till.id, fund.id) } else { (fund.id, till.id) };
    (vec![Leg::plain(debit, credit, fen.saturating_abs())], vec![fund, till])
}
