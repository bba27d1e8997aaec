//! Documents, whole.

use crate::domain::document::{Document, DocumentKind};
use crate::domain::id::Id;
use crate::ledger::Book;
use crate::store::document_rows::*;
use crate::store::error::Error;
use crate::store::schema::*;
use diesel::pg::PgConnection;
use diesel::prelude::*;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Loads documents of any kind; what is not there is remembered as absent.
pub fn load(
    conn: &mut PgConnection,
    book: &mut Book,
    wanted: BTreeSet<(DocumentKind, Id)>,
) -> Result<(), Error> {
    let mut by_kind: BTreeMap<DocumentKind, Vec<Id>> = BTreeMap::new();
    wanted.into_iter().for_each(|(kind, id)| by_kind.entry(kind).or_default().push(id));
    for (kind, ids) in by_kind {
        match kind {
            DocumentKind::ServiceRecord => service_records(conn, book, &ids)?,
            DocumentKind::Redemption => redemptions(conn, book, &ids)?,
            DocumentKind::Statement => statements(conn, book, &ids)?,
            DocumentKind::StarGrant => star_grants(conn, book, &ids)?,
        }
        ids.into_iter().for_each(|id| book.documents.load((kind, id), None));
    }
    Ok(())
}

fn keep(book: &mut Book, document: Document) {
    book.documents.load((document.kind(), document.id()), Some(document));
}

fn service_records(conn: &mut PgConnection, book: &mut Book, ids: &[Id]) -> Result<(), Error> {
    let named = service_records::bank_id.eq(book.bank).and(service_records::id.eq_any(ids));
    for row in service_records::table.filter(named).select(ServiceRecordRow::as_select()).load(conn)? {
        keep(book, Document::ServiceRecord(row.record()?));
    }
    Ok(())
}

fn star_grants(conn: &mut PgConnection, book: &mut Book, ids: &[Id]) -> Result<(), Error> {
    let named = star_grants::bank_id.eq(book.bank).and(star_grants::id.eq_any(ids));
    for row in star_grants::table.filter(named).select(StarGrantRow::as_select()).load(conn)? {
        keep(book, Document::StarGrant(row.grant()?));
    }
    Ok(())
}

fn redemptions(conn: &mut PgConnection, book: &mut Book, ids: &[Id]) -> Result<(), Error> {
    let named = redemptions::bank_id.eq(book.bank).and(redemptions::id.eq_any(ids));
    let rows = redemptions::table.filter(named).select(RedemptionRow::as_select()).load(conn)?;
    let theirs = redemption_lines::bank_id.eq(book.bank).and(redemption_lines::redemption_id.eq_any(ids));
    let mut lines: HashMap<Id, Vec<RedemptionLineRow>> = HashMap::new();
    for line in redemption_lines::table
        .filter(theirs)
        .order((redemption_lines::redemption_id, redemption_lines::line))
        .select(RedemptionLineRow::as_select())
        .load(conn)?
    {
        lines.entry(line.redemption_id).or_default().push(line);
    }
    for row in rows {
        let lines = lines.remove(&row.id).unwrap_or_default();
        keep(book, Document::Redemption(row.redemption(lines)?));
    }
    Ok(())
}

fn statements(conn: &mut PgConnection, book: &mut Book, ids: &[Id]) -> Result<(), Error> {
    let named = statements::bank_id.eq(book.bank).and(statements::id.eq_any(ids));
    let rows = statements::table.filter(named).select(StatementRow::as_select()).load(conn)?;
    let theirs = statement_lines::bank_id.eq(book.bank).and(statement_lines::statement_id.eq_any(ids));
    let mut lines: HashMap<Id, Vec<StatementLineRow>> = HashMap::new();
    for line in statement_lines::table
        .filter(theirs)
        .order((statement_lines::statement_id, statement_lines::line))
        .select(StatementLineRow::as_select())
        .load(conn)?
    {
        lines.entry(line.statement_id).or_default().push(line);
    }
    for row in rows {
        let lines = lines.remove(&row.id).unwrap_or_default();
        keep(book, Document::Statement(row.statement(lines)?));
    }
    Ok(())
}
