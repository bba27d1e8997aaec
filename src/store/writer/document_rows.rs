//! Documents in their tables.

use super::load::whole::grouped;
use super::rows::{damaged, parsed};
use crate::domain::document::{Document, DocumentKind};
use crate::domain::id::{BankId, Id};
use crate::domain::service::record::{Evidence, RecordState, ServiceRecord};
use crate::domain::settlement::statement::{SettlementModel, Statement, StatementLine, StatementState};
use crate::domain::shops::redemption::{Redemption, RedemptionLine, RedemptionState};
use crate::domain::stars::grant::{StarGrant, StarGrantState};
use crate::store::connection::AnyConnection;
use crate::store::connection::by_key::{Lookup, lookups};
use crate::store::connection::dialect::replace;
use crate::store::error::Error;
use crate::store::schema::*;
pub use crate::store::schema::{
    RedemptionLineRow, RedemptionRow, ServiceRecordRow, StarGrantRow, StatementLineRow, StatementRow,
};
use crate::store::types::Uid;
use diesel::prelude::*;

impl ServiceRecordRow {
    pub fn of(bank: BankId, r: &ServiceRecord) -> Self {
        ServiceRecordRow {
            bank_id: bank,
            id: r.id,
            version: r.version,
            state: r.state.to_string(),
            member_id: r.member_id,
            activity_id: r.activity_id,
            org_id: r.org_id,
            evidence: r.evidence.to_string(),
            started_at: r.started_at,
            ended_at: r.ended_at,
            service_minutes: r.service_minutes,
            served: r.served,
            submitted_by: r.submitted_by,
            submitted_at: r.submitted_at,
            guarantor_id: r.guarantor_id,
            approved_by: r.approved_by,
            approved_at: r.approved_at,
            second_approved_by: r.second_approved_by,
            notice_until: r.notice_until,
            scheme_id: r.scheme_id,
            scheme_version: r.scheme_version,
            points_desired: r.points_desired,
            points_granted: r.points_granted,
            award_entry: r.award_entry,
            reversal_entry: r.reversal_entry,
            replaces_id: r.replaces_id,
        }
    }

    pub fn record(self) -> Result<ServiceRecord, Error> {
        Ok(ServiceRecord {
            id: self.id,
            version: self.version,
            state: parsed("record state", &self.state, RecordState::parse)?,
            member_id: self.member_id,
            activity_id: self.activity_id,
            org_id: self.org_id,
            evidence: parsed("evidence", &self.evidence, Evidence::parse)?,
            started_at: self.started_at,
            ended_at: self.ended_at,
            service_minutes: self.service_minutes,
            served: self.served,
            submitted_by: self.submitted_by,
            submitted_at: self.submitted_at,
            guarantor_id: self.guarantor_id,
            approved_by: self.approved_by,
            approved_at: self.approved_at,
            second_approved_by: self.second_approved_by,
            notice_until: self.notice_until,
            scheme_id: self.scheme_id,
            scheme_version: self.scheme_version,
            points_desired: self.points_desired,
            points_granted: self.points_granted,
            award_entry: self.award_entry,
            reversal_entry: self.reversal_entry,
            replaces_id: self.replaces_id,
        })
    }
}

/// Lines are numbered 0, 1, 2 …: a number out of order was changed by someone else.
fn numbered(what: &str, numbers: impl Iterator<Item = i64>) -> Result<(), Error> {
    match (0_i64..).zip(numbers).find(|(place, number)| place != number) {
        Some((_, number)) => Err(damaged(what, number)),
        None => Ok(()),
    }
}

impl RedemptionRow {
    pub fn of(bank: BankId, r: &Redemption) -> (Self, Vec<RedemptionLineRow>) {
        let row = RedemptionRow {
            bank_id: bank,
            id: r.id,
            version: r.version,
            state: r.state.to_string(),
            member_id: r.member_id,
            merchant_id: r.merchant_id,
            hold_id: r.hold_id,
            code_id: r.code_id,
            on_behalf: r.on_behalf,
            made_by: r.made_by,
            made_at: r.made_at,
            captured_at: r.captured_at,
            points_held: r.points_held,
            points_captured: r.points_captured,
            points_refunded: r.points_refunded,
            cash_fen: r.cash_fen,
            hold_entry: r.hold_entry,
            capture_entry: r.capture_entry,
            last_refund_entry: r.last_refund_entry,
        };
        let lines = (0_i64..).zip(&r.lines).map(|(line, l)| RedemptionLineRow {
            bank_id: bank,
            redemption_id: r.id,
            line,
            offer_id: l.offer_id,
            offer_version: l.offer_version,
            quantity: l.quantity,
            unit_points: l.unit_points,
            unit_cash_fen: l.unit_cash_fen,
            stocked: l.stocked,
            captured_quantity: l.captured_quantity,
            refunded_quantity: l.refunded_quantity,
        });
        (row, lines.collect())
    }

    pub fn redemption(self, lines: Vec<RedemptionLineRow>) -> Result<Redemption, Error> {
        numbered("line of a redemption", lines.iter().map(|line| line.line))?;
        let lines = lines.into_iter().map(|l| RedemptionLine {
            offer_id: l.offer_id,
            offer_version: l.offer_version,
            quantity: l.quantity,
            unit_points: l.unit_points,
            unit_cash_fen: l.unit_cash_fen,
            stocked: l.stocked,
            captured_quantity: l.captured_quantity,
            refunded_quantity: l.refunded_quantity,
        });
        Ok(Redemption {
            id: self.id,
            version: self.version,
            state: parsed("redemption state", &self.state, RedemptionState::parse)?,
            member_id: self.member_id,
            merchant_id: self.merchant_id,
            hold_id: self.hold_id,
            code_id: self.code_id,
            on_behalf: self.on_behalf,
            made_by: self.made_by,
            made_at: self.made_at,
            captured_at: self.captured_at,
            lines: lines.collect(),
            points_held: self.points_held,
            points_captured: self.points_captured,
            points_refunded: self.points_refunded,
            cash_fen: self.cash_fen,
            hold_entry: self.hold_entry,
            capture_entry: self.capture_entry,
            last_refund_entry: self.last_refund_entry,
        })
    }
}

impl StatementRow {
    pub fn of(bank: BankId, s: &Statement) -> (Self, Vec<StatementLineRow>) {
        let row = StatementRow {
            bank_id: bank,
            id: s.id,
            version: s.version,
            state: s.state.to_string(),
            merchant_id: s.merchant_id,
            period: s.period.clone(),
            model: s.model.to_string(),
            rate_fen: s.rate_fen.clone(),
            net_points: s.net_points,
            payable_fen: s.payable_fen,
            lines_hash: s.lines_hash.clone(),
            issued_by: s.issued_by,
            issued_at: s.issued_at,
            confirmed_by: s.confirmed_by,
            approved_by: s.approved_by,
            paid_by: s.paid_by,
            invoice_number: s.invoice_number.clone(),
            payment_proof: s.payment_proof.clone(),
            issue_entry: s.issue_entry,
            paid_entry: s.paid_entry,
        };
        let lines = (0_i64..).zip(&s.lines).map(|(line, l)| StatementLineRow {
            bank_id: bank,
            statement_id: s.id,
            line,
            entry_number: l.entry_number,
            redemption_id: l.redemption_id,
            points: l.points,
            payable_fen: l.payable_fen,
            disputed: l.disputed,
        });
        (row, lines.collect())
    }

    pub fn statement(self, lines: Vec<StatementLineRow>) -> Result<Statement, Error> {
        numbered("line of a statement", lines.iter().map(|line| line.line))?;
        let lines = lines.into_iter().map(|l| StatementLine {
            entry_number: l.entry_number,
            redemption_id: l.redemption_id,
            points: l.points,
            payable_fen: l.payable_fen,
            disputed: l.disputed,
        });
        Ok(Statement {
            id: self.id,
            version: self.version,
            state: parsed("statement state", &self.state, StatementState::parse)?,
            merchant_id: self.merchant_id,
            period: self.period,
            model: parsed("settlement model", &self.model, SettlementModel::parse)?,
            rate_fen: self.rate_fen,
            net_points: self.net_points,
            payable_fen: self.payable_fen,
            lines: lines.collect(),
            lines_hash: self.lines_hash,
            issued_by: self.issued_by,
            issued_at: self.issued_at,
            confirmed_by: self.confirmed_by,
            approved_by: self.approved_by,
            paid_by: self.paid_by,
            invoice_number: self.invoice_number,
            payment_proof: self.payment_proof,
            issue_entry: self.issue_entry,
            paid_entry: self.paid_entry,
        })
    }
}

impl StarGrantRow {
    pub fn of(bank: BankId, g: &StarGrant) -> Self {
        StarGrantRow {
            bank_id: bank,
            id: g.id,
            version: g.version,
            state: g.state.to_string(),
            member_id: g.member_id,
            stars: g.star,
            scheme_id: g.scheme_id,
            scheme_version: g.scheme_version,
            as_of: g.as_of,
            known_entry: g.known_entry,
            service_minutes: g.service_minutes,
            lifetime_points: g.lifetime_points,
            granted_by: g.granted_by,
            granted_at: g.granted_at,
            entry_number: g.entry_number,
        }
    }

    pub fn grant(self) -> Result<StarGrant, Error> {
        Ok(StarGrant {
            id: self.id,
            version: self.version,
            state: parsed("star grant state", &self.state, StarGrantState::parse)?,
            member_id: self.member_id,
            star: self.stars,
            scheme_id: self.scheme_id,
            scheme_version: self.scheme_version,
            as_of: self.as_of,
            known_entry: self.known_entry,
            service_minutes: self.service_minutes,
            lifetime_points: self.lifetime_points,
            granted_by: self.granted_by,
            granted_at: self.granted_at,
            entry_number: self.entry_number,
        })
    }
}

lookups! {
    Records: ServiceRecordRow in service_records by id as Uid = Id;
    Grants: StarGrantRow in star_grants by id as Uid = Id;
    Redemptions: RedemptionRow in redemptions by id as Uid = Id;
    RedemptionLines: RedemptionLineRow in redemption_lines by redemption_id as Uid = Id;
    Statements: StatementRow in statements by id as Uid = Id;
    StatementLines: StatementLineRow in statement_lines by statement_id as Uid = Id;
}

/// The document of this kind and id, whole.
pub fn load(
    conn: &mut AnyConnection,
    bank: BankId,
    kind: DocumentKind,
    id: Id,
) -> Result<Option<Document>, Error> {
    Ok(documents(conn, bank, kind, [id])?.pop())
}

/// Those of these documents that are there, whole, in no order.
pub fn documents(
    conn: &mut AnyConnection,
    bank: BankId,
    kind: DocumentKind,
    ids: impl IntoIterator<Item = Id>,
) -> Result<Vec<Document>, Error> {
    match kind {
        DocumentKind::ServiceRecord => {
            let rows = Records::of(conn, bank, ids)?.into_iter();
            rows.map(|row| Ok(Document::ServiceRecord(row.record()?))).collect()
        }
        DocumentKind::StarGrant => {
            let rows = Grants::of(conn, bank, ids)?.into_iter();
            rows.map(|row| Ok(Document::StarGrant(row.grant()?))).collect()
        }
        DocumentKind::Redemption => {
            let rows = Redemptions::of(conn, bank, ids)?;
            let whole = with_lines_of_redemptions(conn, bank, rows)?.into_iter();
            Ok(whole.map(Document::Redemption).collect())
        }
        DocumentKind::Statement => {
            let rows = Statements::of(conn, bank, ids)?;
            let whole = with_lines_of_statements(conn, bank, rows)?.into_iter();
            Ok(whole.map(Document::Statement).collect())
        }
    }
}

/// Redemptions with their lines, in the order of the rows.
pub fn with_lines_of_redemptions(
    conn: &mut AnyConnection,
    bank: BankId,
    rows: Vec<RedemptionRow>,
) -> Result<Vec<Redemption>, Error> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let lines = RedemptionLines::of(conn, bank, rows.iter().map(|row| row.id))?;
    let mut lines = grouped(lines, |line| (line.redemption_id, line.line));
    rows.into_iter()
        .map(|row| {
            let lines = lines.remove(&row.id).unwrap_or_default();
            row.redemption(lines)
        })
        .collect()
}

/// Statements with their lines, in the order of the rows.
pub fn with_lines_of_statements(
    conn: &mut AnyConnection,
    bank: BankId,
    rows: Vec<StatementRow>,
) -> Result<Vec<Statement>, Error> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let lines = StatementLines::of(conn, bank, rows.iter().map(|row| row.id))?;
    let mut lines = grouped(lines, |line| (line.statement_id, line.line));
    rows.into_iter()
        .map(|row| {
            let lines = lines.remove(&row.id).unwrap_or_default();
            row.statement(lines)
        })
        .collect()
}

/// Writes the document as it now stands, over what stood there.
pub fn save(conn: &mut AnyConnection, bank: BankId, document: &Document) -> Result<(), Error> {
    match document {
        Document::ServiceRecord(record) => {
            let row = ServiceRecordRow::of(bank, record);
            replace!(conn, service_records(bank_id, id), &row)?;
        }
        Document::Redemption(redemption) => {
            let (row, lines) = RedemptionRow::of(bank, redemption);
            replace!(conn, redemptions(bank_id, id), &row)?;
            for line in lines {
                replace!(conn, redemption_lines(bank_id, redemption_id, line), &line)?;
            }
        }
        Document::Statement(statement) => {
            let (row, lines) = StatementRow::of(bank, statement);
            let fresh = statement.version == 1;
            replace!(conn, statements(bank_id, id), &row)?;
            for line in lines {
                if fresh {
                    // Not "replace": a line that already stands in another statement must fail, not move.
                    diesel::insert_into(statement_lines::table).values(line).execute(conn)?;
                } else {
                    let at = statement_lines::table.find((bank, line.statement_id, line.line));
                    diesel::update(at).set(statement_lines::disputed.eq(line.disputed)).execute(conn)?;
                }
            }
        }
        Document::StarGrant(grant) => {
            let row = StarGrantRow::of(bank, grant);
            replace!(conn, star_grants(bank_id, id), &row)?;
        }
    }
    Ok(())
}
