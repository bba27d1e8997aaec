//! What rests on entries: records, redemptions, statements and stars against the digests that entries keep of them.

use super::{Replay, Stop, found, unreadable};
use crate::domain::document::{Document, DocumentKind};
use crate::domain::id::{BankId, Id};
use crate::domain::ledger::account::{AccountTerms, Purpose};
use crate::domain::ledger::asset::Asset;
use crate::domain::settlement::payable::{RateFen, payable};
use crate::domain::settlement::statement::Statement;
use crate::store::connection::AnyConnection;
use crate::store::connection::dialect::keeps_truth_as_numbers;
use crate::store::schema::*;
use crate::store::writer::document_rows;
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::Bool;
use std::collections::HashSet;
use std::ops::Bound;

/// Documents compared in one snapshot.
const PAGE: usize = 2_000;

/// How far the comparison has come.
#[derive(Default)]
pub(super) struct Progress {
    last: Option<(DocumentKind, Id)>,
    /// Entries that stand in a statement.
    settled: HashSet<i64>,
}

impl Replay {
    /// The next records, redemptions, statements and stars are what their last entries say; none claims an entry that it
    /// has not. Returns whether there are more.
    pub(super) fn compare_documents(
        &self,
        conn: &mut AnyConnection,
        progress: &mut Progress,
    ) -> Result<bool, Stop> {
        let bank = self.book.bank;
        let after = progress.last.map_or(Bound::Unbounded, Bound::Excluded);
        let page = self.documents.range((after, Bound::Unbounded)).take(PAGE);
        let mut compared = 0;
        for ((kind, id), (entry, version, state, digest)) in page {
            let place = format!("{kind} {id}");
            let document = document_rows::load(conn, bank, *kind, *id)
                .map_err(|error| unreadable(place.clone(), error))?;
            let Some(document) = document else {
                return Err(found(
                    place,
                    (
                        format!("第 {entry} 笔记下了它，存储里却没有"),
                        format!("entry {entry} touched it, but it is not there"),
                    ),
                ));
            };
            if document.digest() != *digest || document.version() != *version || document.state() != state {
                return Err(found(
                    place,
                    (
                        format!("内容与第 {entry} 笔不符，那一笔之后它应是 {state}"),
                        format!("disagrees with entry {entry}, which left it {state}"),
                    ),
                ));
            }
            match &document {
                Document::Statement(statement) => {
                    check_statement(conn, bank, statement, &mut progress.settled)?;
                }
                Document::ServiceRecord(record) => self.check_day_of_record(conn, record)?,
                _ => {}
            }
            progress.last = Some((*kind, *id));
            compared += 1;
        }
        if compared == PAGE {
            return Ok(true);
        }
        self.compare_claims(conn)?;
        Ok(false)
    }

    /// No document claims to be posted without an entry.
    fn compare_claims(&self, conn: &mut AnyConnection) -> Result<(), Stop> {
        let bank = self.book.bank;
        check_truth_values(conn, bank)?;
        let claimed: Vec<(DocumentKind, Vec<Id>)> = vec![
            (
                DocumentKind::ServiceRecord,
                service_records::table
                    .filter(service_records::bank_id.eq(bank))
                    .filter(
                        service_records::award_entry
                            .is_not_null()
                            .or(service_records::state.eq_any(["final", "reversed"])),
                    )
                    .select(service_records::id)
                    .load(conn)?,
            ),
            (
                DocumentKind::Redemption,
                redemptions::table
                    .filter(redemptions::bank_id.eq(bank))
                    .select(redemptions::id)
                    .load(conn)?,
            ),
            (
                DocumentKind::Statement,
                statements::table.filter(statements::bank_id.eq(bank)).select(statements::id).load(conn)?,
            ),
            (
                DocumentKind::StarGrant,
                star_grants::table
                    .filter(star_grants::bank_id.eq(bank))
                    .select(star_grants::id)
                    .load(conn)?,
            ),
        ];
        for (kind, ids) in claimed {
            if let Some(id) = ids.into_iter().find(|id| !self.documents.contains_key(&(kind, *id))) {
                return Err(found(
                    format!("{kind} {id}"),
                    ("自称已入账，却没有哪一笔记过它", "claims to be posted, but no entry made it so"),
                ));
            }
        }
        Ok(())
    }
}

/// I8: each line is what its entry moved on the shop's takings, stands in one statement only, and the fen add up.
fn check_statement(
    conn: &mut AnyConnection,
    bank: BankId,
    statement: &Statement,
    settled: &mut HashSet<i64>,
) -> Result<(), Stop> {
    let place = || format!("statement {}", statement.id);
    let takings = AccountTerms::id_of(statement.merchant_id, Asset::Point, Purpose::Main);
    for line in &statement.lines {
        if !settled.insert(line.entry_number) {
            let fault = (
                format!("第 {} 笔还出现在另一张结算单上（I8）", line.entry_number),
                format!("entry {} stands in another statement too (I8)", line.entry_number),
            );
            return Err(found(place(), fault));
        }
        let legs = postings::table
            .filter(postings::bank_id.eq(bank).and(postings::entry_number.eq(line.entry_number)))
            .select((postings::debit_account_id, postings::credit_account_id, postings::amount))
            .load::<(Id, Id, i64)>(conn)?;
        let moved = legs.iter().fold(0_i64, |sum, (debit, credit, amount)| {
            let taken = if *credit == takings { *amount } else { 0 };
            let given = if *debit == takings { *amount } else { 0 };
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
    let points: Vec<i64> = statement.lines.iter().map(|line| line.points).collect();
    let fen: Vec<i64> = statement.lines.iter().map(|line| line.payable_fen).collect();
    let rate = RateFen::parse(&statement.rate_fen).ok();
    let sums = rate.and_then(|rate| payable(statement.model, rate, &points).ok());
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

/// Yes and no are 1 and 0: any other number would be read as yes.
fn check_truth_values(conn: &mut AnyConnection, bank: BankId) -> Result<(), Stop> {
    if !keeps_truth_as_numbers(conn) {
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
