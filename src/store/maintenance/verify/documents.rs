//! Compares documents (records, redemptions, statements, stars) with their digests in the entries. They are read in
//! the order of their ids, kind by kind.

use super::compare::PAGE;
use super::kept::{Numbers, Prints};
use super::{Replay, Stop, Words, found, on_either, unreadable};
use crate::domain::document::{Document, DocumentKind};
use crate::domain::id::{BankId, Id};
use crate::domain::ledger::account::{AccountTerms, Purpose};
use crate::domain::ledger::asset::Asset;
use crate::domain::ledger::entry::Effect;
use crate::domain::settlement::payable::{RateFen, payable};
use crate::domain::settlement::statement::Statement;
use crate::domain::time::Day;
use crate::store::connection::AnyConnection;
use crate::store::connection::by_key::Lookup;
use crate::store::connection::dialect::stores_booleans_as_numbers;
use crate::store::error::Error;
use crate::store::schema::*;
use crate::store::writer::document_rows::{self, *};
use crate::store::writer::load;
use crate::store::writer::load::whole::{Postings, grouped};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Bool;

const KINDS: [DocumentKind; 5] = [
    DocumentKind::ServiceRecord,
    DocumentKind::Redemption,
    DocumentKind::Statement,
    DocumentKind::StarGrant,
    DocumentKind::Gift,
];

/// The last state of a document that an entry has touched.
pub(super) struct Last {
    entry: i64,
    version: i64,
    /// Digest of state and digest.
    print: u64,
    /// The day in its award's metadata.
    counts_on: Option<Day>,
    /// Found in its table, since the comparison began.
    seen: bool,
}

/// State and digest, under keys of this process.
fn print_of(state: &str, digest: &str) -> u64 {
    static PRINTS: std::sync::LazyLock<Prints> = std::sync::LazyLock::new(Prints::default);
    PRINTS.short(&(state, digest))
}

/// The progress of the comparison.
pub(super) struct Progress {
    /// The current kind, and its last id.
    kind: usize,
    after: Option<Id>,
    /// The last entry when the comparison began.
    until: i64,
    /// Entries that are in a statement.
    settled: Numbers,
}

impl Progress {
    pub fn new(until: i64) -> Self {
        Progress { kind: 0, after: None, until, settled: Numbers::default() }
    }
}

/// The rows of a table after one of them, in the order of their ids.
macro_rules! page_of {
    ($conn:expr, $bank:expr, $after:expr, $table:ident as $row:ident) => {
        on_either!(
            $conn,
            $table::table
                .filter($table::bank_id.eq($bank).and($table::id.gt($after.unwrap_or_default())))
                .order($table::id)
                .limit(PAGE)
                .select($row::as_select())
        )
    };
}

/// A document, or why it cannot be read.
type Read = (Id, Result<Document, Error>);

/// The next documents of a kind.
fn page(
    conn: &mut AnyConnection,
    bank: BankId,
    kind: DocumentKind,
    after: Option<Id>,
) -> Result<Vec<Read>, Error> {
    Ok(match kind {
        DocumentKind::ServiceRecord => {
            let rows: Vec<ServiceRecordRow> =
                page_of!(conn, bank, after, service_records as ServiceRecordRow)?;
            rows.into_iter().map(|row| (row.id, row.document().map(Document::ServiceRecord))).collect()
        }
        DocumentKind::StarGrant => {
            let rows: Vec<StarGrantRow> = page_of!(conn, bank, after, star_grants as StarGrantRow)?;
            rows.into_iter().map(|row| (row.id, row.document().map(Document::StarGrant))).collect()
        }
        DocumentKind::Gift => {
            let rows: Vec<GiftRow> = page_of!(conn, bank, after, gifts as GiftRow)?;
            rows.into_iter().map(|row| (row.id, row.document().map(Document::Gift))).collect()
        }
        DocumentKind::Redemption => {
            let rows: Vec<RedemptionRow> = page_of!(conn, bank, after, redemptions as RedemptionRow)?;
            let lines = RedemptionLines::of(conn, bank, rows.iter().map(|row| row.id))?;
            let mut lines = grouped(lines, |line| (line.redemption_id, line.line));
            let mut whole = |row: RedemptionRow| {
                let lines = lines.remove(&row.id).unwrap_or_default();
                (row.id, row.redemption(lines).map(Document::Redemption))
            };
            rows.into_iter().map(&mut whole).collect()
        }
        DocumentKind::Statement => {
            let rows: Vec<StatementRow> = page_of!(conn, bank, after, statements as StatementRow)?;
            let lines = StatementLines::of(conn, bank, rows.iter().map(|row| row.id))?;
            let mut lines = grouped(lines, |line| (line.statement_id, line.line));
            let mut whole = |row: StatementRow| {
                let lines = lines.remove(&row.id).unwrap_or_default();
                (row.id, row.statement(lines).map(Document::Statement))
            };
            rows.into_iter().map(&mut whole).collect()
        }
    })
}

impl Replay {
    /// Notes the state in which an entry leaves a document, and the day of its award.
    pub(super) fn note_document(
        &mut self,
        key: (DocumentKind, Id),
        entry: i64,
        (version, state, digest): (i64, &str, &str),
        counts_on: Option<Day>,
    ) {
        let print = print_of(state, digest);
        let last =
            self.documents.entry(key).or_insert(Last { entry, version, print, counts_on, seen: false });
        (last.entry, last.version, last.print) = (entry, version, print);
        last.counts_on = counts_on.or(last.counts_on);
    }

    /// Checks that the next records, redemptions, statements and stars are as their last entries say, and that none
    /// claims an entry that it does not have. Returns whether there are more.
    pub(super) fn compare_documents(
        &mut self,
        conn: &mut AnyConnection,
        progress: &mut Progress,
    ) -> Result<bool, Stop> {
        let bank = self.book.bank;
        let Some(kind) = KINDS.get(progress.kind).copied() else {
            check_booleans(conn, bank)?;
            return Ok(false);
        };
        let rows = match page(conn, bank, kind, progress.after) {
            Ok(rows) => rows,
            Err(error) => return Err(self.unreadable_one(conn, kind, error)),
        };
        progress.after = rows.last().map(|(id, _)| *id);
        let more = i64::try_from(rows.len()) == Ok(PAGE);
        for (id, document) in rows {
            self.compare_document(conn, (kind, id), document, &mut progress.settled)?;
        }
        if !more {
            self.find_missing_document(kind, progress.until)?;
            (progress.kind, progress.after) = (progress.kind.saturating_add(1), None);
        }
        Ok(true)
    }

    fn compare_document(
        &mut self,
        conn: &mut AnyConnection,
        (kind, id): (DocumentKind, Id),
        document: Result<Document, Error>,
        settled: &mut Numbers,
    ) -> Result<(), Stop> {
        let (bank, zone) = (self.book.bank, self.book.zone);
        let place = || format!("{kind} {id}");
        let document = document.map_err(|error| unreadable(place(), error))?;
        let Some(last) = self.documents.get_mut(&(kind, id)) else {
            return match claims_an_entry(&document) {
                true => Err(found(
                    place(),
                    ("自称已入账，却没有哪一笔记过它", "claims to be posted, but no entry made it so"),
                )),
                false => Ok(()),
            };
        };
        last.seen = true;
        let print = print_of(document.state(), &document.digest());
        if (print, document.version()) != (last.print, last.version) {
            let entry = last.entry;
            let state = state_left(conn, bank, entry, (kind, id))?;
            return Err(found(
                place(),
                (
                    format!("内容与第 {entry} 笔不符，那一笔之后它应是 {state}"),
                    format!("disagrees with entry {entry}, which left it {state}"),
                ),
            ));
        }
        match &document {
            Document::Statement(statement) => check_statement(conn, bank, statement, settled),
            Document::ServiceRecord(record) => {
                let named = last.counts_on.filter(|_| record.award_entry.is_some());
                match (named, record.award_entry) {
                    (Some(day), Some(number)) if day != record.started_at.day(zone) => {
                        Err(found(place(), on_another_day(number)))
                    }
                    _ => Ok(()),
                }
            }
            _ => Ok(()),
        }
    }

    /// Finds the document of a page that cannot be read.
    fn unreadable_one(&self, conn: &mut AnyConnection, kind: DocumentKind, error: Error) -> Stop {
        let mut known = Vec::from_iter(self.documents.iter().filter(|((of, _), _)| *of == kind));
        known.sort_unstable_by_key(|(key, _)| *key);
        for ((_, id), last) in known {
            match document_rows::load(conn, self.book.bank, kind, *id) {
                Ok(Some(_)) => {}
                Ok(None) => return is_missing(kind, *id, last.entry),
                Err(error) => return unreadable(format!("{kind} {id}"), error),
            }
        }
        unreadable(format!("{kind} ?"), error)
    }

    fn find_missing_document(&self, kind: DocumentKind, until: i64) -> Result<(), Stop> {
        let of_kind = self.documents.iter().filter(|((of, _), _)| *of == kind);
        let mut missing = of_kind.filter(|(_, last)| !last.seen && last.entry <= until);
        let Some(((_, id), last)) = missing.next() else { return Ok(()) };
        Err(is_missing(kind, *id, last.entry))
    }
}

fn is_missing(kind: DocumentKind, id: Id, entry: i64) -> Stop {
    found(
        format!("{kind} {id}"),
        (
            format!("第 {entry} 笔记下了它，存储里却没有"),
            format!("entry {entry} touched it, but it is not there"),
        ),
    )
}

fn on_another_day(number: i64) -> Words {
    Words::new(
        format!("它的发放（第 {number} 笔）没有计在开始的那一天"),
        format!("its award {number} counts on another day than the one on which it began"),
    )
}

/// Whether its row claims to be posted: a record may be waiting, all others are made by an entry.
fn claims_an_entry(document: &Document) -> bool {
    match document {
        Document::ServiceRecord(record) => {
            record.award_entry.is_some() || ["final", "reversed"].contains(&document.state())
        }
        _ => true,
    }
}

/// The word for the state in which an entry has left a document.
fn state_left(
    conn: &mut AnyConnection,
    bank: BankId,
    entry: i64,
    key: (DocumentKind, Id),
) -> Result<String, Error> {
    let effects = load::entry(conn, bank, entry)?.map(|entry| entry.effects).unwrap_or_default();
    let mut states = effects.into_iter().filter_map(|effect| match effect {
        Effect::Document { document, id, state, .. } if (document, id) == key => Some(state),
        _ => None,
    });
    Ok(states.next_back().unwrap_or_default())
}

/// I8: each line equals what its entry moved on the shop's takings, is in one statement only, and the fen add up.
fn check_statement(
    conn: &mut AnyConnection,
    bank: BankId,
    statement: &Statement,
    settled: &mut Numbers,
) -> Result<(), Stop> {
    let place = || format!("statement {}", statement.id);
    let takings = AccountTerms::id_of(statement.merchant_id, Asset::Point, Purpose::Main);
    let legs = Postings::of(conn, bank, statement.lines.iter().map(|line| line.entry_number))?;
    let legs = grouped(legs, |row| (row.entry_number, row.leg));
    for line in &statement.lines {
        if !settled.insert(line.entry_number) {
            let fault = (
                format!("第 {} 笔还出现在另一张结算单上（I8）", line.entry_number),
                format!("entry {} stands in another statement too (I8)", line.entry_number),
            );
            return Err(found(place(), fault));
        }
        let legs = legs.get(&line.entry_number).map_or(&[][..], Vec::as_slice);
        let moved = legs.iter().fold(0_i64, |sum, leg| {
            let taken = if leg.credit_account_id == takings { leg.amount } else { 0 };
            let given = if leg.debit_account_id == takings { leg.amount } else { 0 };
            sum.saturating_add(taken).saturating_sub(given)
        });
        if moved != line.points {
            let (entry, points) = (line.entry_number, line.points);
            let fault = (
                format!("第 {entry} 笔实际是 {moved}，明细写的是 {points}（I8）"),
                format!("entry {entry} moved {moved}, the line says {points} (I8)"),
            );
            return Err(found(place(), fault));
        }
    }
    let rated = statement.lines.iter().map(|line| {
        let rate = line.rate_fen.as_ref().unwrap_or(&statement.rate_fen);
        Some((line.points, RateFen::parse(rate).ok()?))
    });
    let rated: Option<Vec<(i64, RateFen)>> = rated.collect();
    let fen: Vec<i64> = statement.lines.iter().map(|line| line.payable_fen).collect();
    let sums = rated.and_then(|lines| payable(statement.model, &lines).ok());
    let agrees = sums.is_some_and(|sums| {
        (sums.net_points_minor, sums.payable_fen, sums.line_fen)
            == (statement.net_points, statement.payable_fen, fen)
    });
    match agrees {
        true => Ok(()),
        false => Err(found(
            place(),
            (
                "各行的积分和金额加起来与总数不符（I8）",
                "points and fen of its lines do not add up to it (I8)",
            ),
        )),
    }
}

/// Booleans are 1 and 0: any other number would be read as true.
fn check_booleans(conn: &mut AnyConnection, bank: BankId) -> Result<(), Stop> {
    if !stores_booleans_as_numbers(conn) {
        return Ok(());
    }
    let accounts = accounts::table
        .filter(accounts::bank_id.eq(bank).and(sql::<Bool>("lots NOT IN (0, 1)")))
        .select(accounts::id)
        .load::<Id>(conn)?;
    let redemptions = redemptions::table
        .filter(redemptions::bank_id.eq(bank).and(sql::<Bool>("on_behalf NOT IN (0, 1)")))
        .select(redemptions::id)
        .load::<Id>(conn)?;
    let lines = redemption_lines::table
        .filter(redemption_lines::bank_id.eq(bank).and(sql::<Bool>("stocked NOT IN (0, 1)")))
        .select(redemption_lines::redemption_id)
        .load::<Id>(conn)?;
    let disputed = statement_lines::table
        .filter(statement_lines::bank_id.eq(bank).and(sql::<Bool>("disputed NOT IN (0, 1)")))
        .select(statement_lines::statement_id)
        .load::<Id>(conn)?;
    let named =
        [("accounts", accounts), ("redemption", redemptions), ("redemption", lines), ("statement", disputed)];
    for (name, ids) in named {
        if let Some(id) = ids.first() {
            let fault = ("是或否的地方存了别的数", "holds a number where yes or no is kept");
            return Err(found(format!("{name} {id}"), fault));
        }
    }
    Ok(())
}
