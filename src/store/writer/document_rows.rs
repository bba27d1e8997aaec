//! Reads and writes documents in their tables.

use super::load::whole::grouped;
use super::rows::damaged;
use crate::domain::document::{Document, DocumentKind};
use crate::domain::id::{BankId, Id};
use crate::domain::settlement::statement::{Statement, StatementLine};
use crate::domain::shops::redemption::{Redemption, RedemptionLine};
use crate::store::connection::AnyConnection;
use crate::store::connection::by_key::{Lookup, lookups};
use crate::store::connection::dialect::replace;
use crate::store::error::Error;
use crate::store::schema::*;
pub use crate::store::schema::{
    GiftRow, RedemptionLineRow, RedemptionRow, ServiceRecordRow, StarGrantRow, StatementLineRow, StatementRow,
};
use crate::store::types::Uid;
use diesel::prelude::*;

/// Lines are numbered 0, 1, 2 …: a gap means that another program changed the database.
fn numbered(what: &str, numbers: impl Iterator<Item = i64>) -> Result<(), Error> {
    match (0_i64..).zip(numbers).find(|(place, number)| place != number) {
        Some((_, number)) => Err(damaged(what, number)),
        None => Ok(()),
    }
}

impl RedemptionRow {
    pub fn rows_of(bank: BankId, r: &Redemption) -> (Self, Vec<RedemptionLineRow>) {
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
        (RedemptionRow::of(bank, r), lines.collect())
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
        self.document(lines.collect())
    }
}

impl StatementRow {
    pub fn rows_of(bank: BankId, s: &Statement) -> (Self, Vec<StatementLineRow>) {
        let lines = (0_i64..).zip(&s.lines).map(|(line, l)| StatementLineRow {
            bank_id: bank,
            statement_id: s.id,
            line,
            entry_number: l.entry_number,
            redemption_id: l.redemption_id,
            points: l.points,
            payable_fen: l.payable_fen,
            disputed: l.disputed,
            rate_fen: l.rate_fen.clone(),
        });
        (StatementRow::of(bank, s), lines.collect())
    }

    pub fn statement(self, lines: Vec<StatementLineRow>) -> Result<Statement, Error> {
        numbered("line of a statement", lines.iter().map(|line| line.line))?;
        let lines = lines.into_iter().map(|l| StatementLine {
            entry_number: l.entry_number,
            redemption_id: l.redemption_id,
            points: l.points,
            payable_fen: l.payable_fen,
            disputed: l.disputed,
            rate_fen: l.rate_fen,
        });
        self.document(lines.collect())
    }
}

lookups! {
    Records: ServiceRecordRow in service_records by id as Uid = Id;
    Grants: StarGrantRow in star_grants by id as Uid = Id;
    Gifts: GiftRow in gifts by id as Uid = Id;
    Redemptions: RedemptionRow in redemptions by id as Uid = Id;
    RedemptionLines: RedemptionLineRow in redemption_lines by redemption_id as Uid = Id;
    Statements: StatementRow in statements by id as Uid = Id;
    StatementLines: StatementLineRow in statement_lines by statement_id as Uid = Id;
}

/// The document of this kind and id, with its lines.
pub fn load(
    conn: &mut AnyConnection,
    bank: BankId,
    kind: DocumentKind,
    id: Id,
) -> Result<Option<Document>, Error> {
    Ok(documents(conn, bank, kind, [id])?.pop())
}

/// Those of these documents that exist, with their lines, in no order.
pub fn documents(
    conn: &mut AnyConnection,
    bank: BankId,
    kind: DocumentKind,
    ids: impl IntoIterator<Item = Id>,
) -> Result<Vec<Document>, Error> {
    match kind {
        DocumentKind::ServiceRecord => {
            let rows = Records::of(conn, bank, ids)?.into_iter();
            rows.map(|row| Ok(Document::ServiceRecord(row.document()?))).collect()
        }
        DocumentKind::StarGrant => {
            let rows = Grants::of(conn, bank, ids)?.into_iter();
            rows.map(|row| Ok(Document::StarGrant(row.document()?))).collect()
        }
        DocumentKind::Gift => {
            let rows = Gifts::of(conn, bank, ids)?.into_iter();
            rows.map(|row| Ok(Document::Gift(row.document()?))).collect()
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

/// Inserts or replaces the document.
pub fn save(conn: &mut AnyConnection, bank: BankId, document: &Document) -> Result<(), Error> {
    match document {
        Document::ServiceRecord(record) => {
            let row = ServiceRecordRow::of(bank, record);
            replace!(conn, service_records(bank_id, id), &row)?;
        }
        Document::Redemption(redemption) => {
            let (row, lines) = RedemptionRow::rows_of(bank, redemption);
            replace!(conn, redemptions(bank_id, id), &row)?;
            for line in lines {
                replace!(conn, redemption_lines(bank_id, redemption_id, line), &line)?;
            }
        }
        Document::Statement(statement) => {
            let (row, lines) = StatementRow::rows_of(bank, statement);
            let fresh = statement.version == 1;
            replace!(conn, statements(bank_id, id), &row)?;
            for line in lines {
                if fresh {
                    // Not "replace": a line that is already in another statement must fail, not move.
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
        Document::Gift(gift) => {
            let row = GiftRow::of(bank, gift);
            replace!(conn, gifts(bank_id, id), &row)?;
        }
    }
    Ok(())
}
