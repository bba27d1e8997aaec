//! Documents, whole.

use super::by_key::{by_key, found};
use crate::domain::document::{Document, DocumentKind};
use crate::domain::id::{BankId, Id};
use crate::ledger::Book;
use crate::store::error::Error;
use crate::store::types::Uid;
use crate::store::writer::document_rows::*;
use diesel::pg::PgConnection;
use std::collections::{BTreeMap, BTreeSet, HashMap};

by_key! {
    ServiceRecordRow in service_records by Uid: "id = k.key";
    StarGrantRow in star_grants by Uid: "id = k.key";
    RedemptionRow in redemptions by Uid: "id = k.key";
    RedemptionLineRow in redemption_lines by Uid: "redemption_id = k.key";
    StatementRow in statements by Uid: "id = k.key";
    StatementLineRow in statement_lines by Uid: "statement_id = k.key";
}

/// Loads documents of any kind; what is not there is remembered as absent.
pub fn load(
    conn: &mut PgConnection,
    book: &mut Book,
    wanted: BTreeSet<(DocumentKind, Id)>,
) -> Result<(), Error> {
    let mut by_kind: BTreeMap<DocumentKind, Vec<Id>> = BTreeMap::new();
    wanted.into_iter().for_each(|(kind, id)| by_kind.entry(kind).or_default().push(id));
    for (kind, ids) in by_kind {
        for document in documents(conn, book.bank, kind, &ids)? {
            book.documents.load((document.kind(), document.id()), Some(document));
        }
        ids.into_iter().for_each(|id| book.documents.load((kind, id), None));
    }
    Ok(())
}

/// Those of these documents that are there.
fn documents(
    conn: &mut PgConnection,
    bank: BankId,
    kind: DocumentKind,
    ids: &[Id],
) -> Result<Vec<Document>, Error> {
    let ids = || ids.iter().copied();
    match kind {
        DocumentKind::ServiceRecord => {
            let rows: Vec<ServiceRecordRow> = found(conn, bank, ids())?;
            rows.into_iter().map(|row| Ok(Document::ServiceRecord(row.record()?))).collect()
        }
        DocumentKind::StarGrant => {
            let rows: Vec<StarGrantRow> = found(conn, bank, ids())?;
            rows.into_iter().map(|row| Ok(Document::StarGrant(row.grant()?))).collect()
        }
        DocumentKind::Redemption => {
            let rows: Vec<RedemptionRow> = found(conn, bank, ids())?;
            let lines: Vec<RedemptionLineRow> = found(conn, bank, ids())?;
            let mut lines = by_document(lines, |line| (line.redemption_id, line.line));
            let mut whole = |row: RedemptionRow| {
                let lines = lines.remove(&row.id).unwrap_or_default();
                Ok(Document::Redemption(row.redemption(lines)?))
            };
            rows.into_iter().map(&mut whole).collect()
        }
        DocumentKind::Statement => {
            let rows: Vec<StatementRow> = found(conn, bank, ids())?;
            let lines: Vec<StatementLineRow> = found(conn, bank, ids())?;
            let mut lines = by_document(lines, |line| (line.statement_id, line.line));
            let mut whole = |row: StatementRow| {
                let lines = lines.remove(&row.id).unwrap_or_default();
                Ok(Document::Statement(row.statement(lines)?))
            };
            rows.into_iter().map(&mut whole).collect()
        }
    }
}

/// The lines of each document, in their order; `place` tells the document and the line.
fn by_document<Line>(mut lines: Vec<Line>, place: impl Fn(&Line) -> (Id, i64)) -> HashMap<Id, Vec<Line>> {
    lines.sort_unstable_by_key(&place);
    let mut of: HashMap<Id, Vec<Line>> = HashMap::new();
    lines.into_iter().for_each(|line| of.entry(place(&line).0).or_default().push(line));
    of
}
