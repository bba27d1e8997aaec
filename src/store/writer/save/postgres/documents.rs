//! Inserts or replaces documents with their lines.

use crate::domain::document::Document;
use crate::domain::id::{BankId, Id};
use crate::domain::time::{Day, Moment};
use crate::ledger::Book;
use crate::store::error::Error;
use crate::store::types::{DayNumber, Micros, Uid};
use crate::store::writer::document_rows::*;
use crate::store::writer::sets::{row_set, set_statement};
use diesel::pg::PgConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Nullable, Text, Untyped};

/// Declares the columns of a table of documents (all but the bank), those of its key first, and the statement that
/// writes whole rows of it.
macro_rules! documents {
    ($set:ident, $upsert:ident: $row:ident in $table:ident
        ($key:ident : $key_rust:ty => $key_sql:ty $(, $more:ident : $more_rust:ty => $more_sql:ty)*)
        { $first:ident : $first_rust:ty => $first_sql:ty, $($field:ident : $rust:ty => $sql:ty),* $(,)? }
    ) => {
        row_set! {
            $set {
                $key: &'a $key_rust => $key_sql, $($more: &'a $more_rust => $more_sql,)*
                $first: &'a $first_rust => $first_sql, $($field: &'a $rust => $sql,)*
            }
        }
        impl<'a> $set<'a> {
            fn of(rows: &'a [$row]) -> Self {
                let mut set = Self::default();
                for row in rows {
                    set.$key.push(&row.$key);
                    $(set.$more.push(&row.$more);)*
                    set.$first.push(&row.$first);
                    $(set.$field.push(&row.$field);)*
                }
                set
            }
        }
        set_statement! {
            $upsert<'a> -> Untyped { bank: BankId, rows: $set<'a> }
            concat!(
                "INSERT INTO ", stringify!($table), " (bank_id, ", stringify!($key),
                $(", ", stringify!($more),)* ", ", stringify!($first), $(", ", stringify!($field),)*
                ") SELECT {bank}, {rows} ON CONFLICT (bank_id, ", stringify!($key),
                $(", ", stringify!($more),)* ") DO UPDATE SET ",
                stringify!($first), " = excluded.", stringify!($first),
                $(", ", stringify!($field), " = excluded.", stringify!($field),)*
            )
        }
    };
}

documents! {
    ServiceRecords, UpsertServiceRecords: ServiceRecordRow in service_records (id: Id => Uid) {
        version: i64 => BigInt, state: String => Text, member_id: Id => Uid, activity_id: Id => Uid,
        org_id: Id => Uid, evidence: String => Text, started_at: Moment => Micros, ended_at: Moment => Micros,
        service_minutes: i64 => BigInt, served: i64 => BigInt, submitted_by: Id => Uid,
        submitted_at: Moment => Micros, guarantor_id: Option<Id> => Nullable<Uid>,
        approved_by: Option<Id> => Nullable<Uid>, approved_at: Option<Moment> => Nullable<Micros>,
        second_approved_by: Option<Id> => Nullable<Uid>, notice_until: Option<Day> => Nullable<DayNumber>,
        scheme_id: Option<Id> => Nullable<Uid>, scheme_version: Option<i64> => Nullable<BigInt>,
        points_desired: Option<i64> => Nullable<BigInt>, points_granted: Option<i64> => Nullable<BigInt>,
        award_entry: Option<i64> => Nullable<BigInt>, reversal_entry: Option<i64> => Nullable<BigInt>,
        replaces_id: Option<Id> => Nullable<Uid>,
    }
}

documents! {
    Redemptions, UpsertRedemptions: RedemptionRow in redemptions (id: Id => Uid) {
        version: i64 => BigInt, state: String => Text, member_id: Id => Uid, merchant_id: Id => Uid,
        hold_id: Id => Uid, code_id: Option<Id> => Nullable<Uid>, on_behalf: bool => Bool, made_by: Id => Uid,
        made_at: Moment => Micros, captured_at: Option<Moment> => Nullable<Micros>, points_held: i64 => BigInt,
        points_captured: i64 => BigInt, points_refunded: i64 => BigInt, cash_fen: i64 => BigInt,
        hold_entry: Option<i64> => Nullable<BigInt>, capture_entry: Option<i64> => Nullable<BigInt>,
        last_refund_entry: Option<i64> => Nullable<BigInt>, card_edition: Option<i64> => Nullable<BigInt>,
        slip_number: Option<i64> => Nullable<BigInt>, points_covered: Option<i64> => Nullable<BigInt>,
        proxy_id: Option<Id> => Nullable<Uid>,
    }
}

documents! {
    RedemptionLines, UpsertRedemptionLines: RedemptionLineRow in redemption_lines
        (redemption_id: Id => Uid, line: i64 => BigInt) {
        offer_id: Id => Uid, offer_version: i64 => BigInt, quantity: i64 => BigInt, unit_points: i64 => BigInt,
        unit_cash_fen: i64 => BigInt, stocked: bool => Bool, captured_quantity: i64 => BigInt,
        refunded_quantity: i64 => BigInt,
    }
}

documents! {
    Statements, UpsertStatements: StatementRow in statements (id: Id => Uid) {
        version: i64 => BigInt, state: String => Text, merchant_id: Id => Uid, period: String => Text,
        model: String => Text, rate_fen: String => Text, net_points: i64 => BigInt, payable_fen: i64 => BigInt,
        lines_hash: String => Text, issued_by: Id => Uid, issued_at: Moment => Micros,
        confirmed_by: Option<Id> => Nullable<Uid>, approved_by: Option<Id> => Nullable<Uid>,
        paid_by: Option<Id> => Nullable<Uid>, invoice_number: Option<String> => Nullable<Text>,
        payment_proof: Option<String> => Nullable<Text>, issue_entry: Option<i64> => Nullable<BigInt>,
        paid_entry: Option<i64> => Nullable<BigInt>,
    }
}

documents! {
    StarGrants, UpsertStarGrants: StarGrantRow in star_grants (id: Id => Uid) {
        version: i64 => BigInt, state: String => Text, member_id: Id => Uid, stars: i64 => BigInt,
        scheme_id: Id => Uid, scheme_version: i64 => BigInt, as_of: Day => DayNumber,
        known_entry: i64 => BigInt, service_minutes: i64 => BigInt, lifetime_points: i64 => BigInt,
        granted_by: Id => Uid, granted_at: Moment => Micros, entry_number: Option<i64> => Nullable<BigInt>,
    }
}

documents! {
    Gifts, UpsertGifts: GiftRow in gifts (id: Id => Uid) {
        version: i64 => BigInt, state: String => Text, form: String => Text,
        giver_id: Option<Id> => Nullable<Uid>, receiver_id: Option<Id> => Nullable<Uid>, org_id: Id => Uid,
        points: i64 => BigInt, given_by: Id => Uid, given_at: Moment => Micros,
        asked_back_at: Option<Moment> => Nullable<Micros>, ended_by: Option<Id> => Nullable<Uid>,
        ended_at: Option<Moment> => Nullable<Micros>, entry_number: Option<i64> => Nullable<BigInt>,
        return_entry: Option<i64> => Nullable<BigInt>,
    }
}

row_set! {
    /// Lines of a new statement.
    FreshLines {
        statement: Id => Uid, line: i64 => BigInt, entry: i64 => BigInt, redemption: Id => Uid,
        points: i64 => BigInt, payable_fen: i64 => BigInt, disputed: bool => Bool, rate_fen: Option<String> => Nullable<Text>,
    }
}

set_statement! {
    /// Nothing is replaced: a line that is already in another statement must fail, not move.
    InsertStatementLines<'a> -> Untyped { bank: BankId, rows: FreshLines<'a> }
    "INSERT INTO statement_lines (bank_id, statement_id, line, entry_number, redemption_id, points, payable_fen,
        disputed, rate_fen)
    SELECT {bank}, {rows}"
}

row_set! {
    KnownLines { statement: Id => Uid, line: i64 => BigInt, disputed: bool => Bool }
}

set_statement! {
    UpdateStatementLines<'a> -> Untyped { bank: BankId, rows: KnownLines<'a> }
    "UPDATE statement_lines AS l SET disputed = n.disputed
    FROM (SELECT {rows}) AS n
    WHERE l.bank_id = {bank} AND l.statement_id = n.statement AND l.line = n.line"
}

/// Writes all documents of the Book that changed; returns how many.
pub fn save(conn: &mut PgConnection, book: &Book) -> Result<usize, Error> {
    let (mut records, mut grants, mut gifts) = (Vec::new(), Vec::new(), Vec::new());
    let (mut redemptions, mut redemption_lines) = (Vec::new(), Vec::new());
    let (mut statements, mut fresh, mut known) = (Vec::new(), FreshLines::default(), KnownLines::default());
    let (mut rows, bank) = (0, &book.bank);
    for (_, document) in book.documents.changed() {
        rows += 1;
        match document {
            Document::ServiceRecord(record) => records.push(ServiceRecordRow::of(*bank, record)),
            Document::StarGrant(grant) => grants.push(StarGrantRow::of(*bank, grant)),
            Document::Gift(gift) => gifts.push(GiftRow::of(*bank, gift)),
            Document::Redemption(redemption) => {
                let (row, lines) = RedemptionRow::rows_of(*bank, redemption);
                redemptions.push(row);
                redemption_lines.extend(lines);
            }
            Document::Statement(statement) => {
                let (row, lines) = StatementRow::rows_of(*bank, statement);
                statements.push(row);
                let is_new = statement.version == 1;
                lines.into_iter().for_each(|line| if is_new { fresh.add(&line) } else { known.add(&line) });
            }
        }
    }
    macro_rules! upsert {
        ($set:ident, $upsert:ident, $rows:ident) => {
            if !$rows.is_empty() {
                $upsert { bank, rows: &$set::of(&$rows) }.execute(conn)?;
            }
        };
    }
    upsert!(ServiceRecords, UpsertServiceRecords, records);
    upsert!(StarGrants, UpsertStarGrants, grants);
    upsert!(Gifts, UpsertGifts, gifts);
    upsert!(Redemptions, UpsertRedemptions, redemptions);
    upsert!(RedemptionLines, UpsertRedemptionLines, redemption_lines);
    upsert!(Statements, UpsertStatements, statements);
    if !fresh.is_empty() {
        InsertStatementLines { bank, rows: &fresh }.execute(conn)?;
    }
    if !known.is_empty() {
        let found = UpdateStatementLines { bank, rows: &known }.execute(conn)?;
        super::all_written("lines of statements", found, known.len())?;
    }
    Ok(rows)
}

impl FreshLines<'_> {
    fn add(&mut self, row: &StatementLineRow) {
        self.statement.push(row.statement_id);
        self.line.push(row.line);
        self.entry.push(row.entry_number);
        self.redemption.push(row.redemption_id);
        self.points.push(row.points);
        self.payable_fen.push(row.payable_fen);
        self.disputed.push(row.disputed);
        self.rate_fen.push(row.rate_fen.clone());
    }
}

impl KnownLines<'_> {
    fn add(&mut self, row: &StatementLineRow) {
        self.statement.push(row.statement_id);
        self.line.push(row.line);
        self.disputed.push(row.disputed);
    }
}
