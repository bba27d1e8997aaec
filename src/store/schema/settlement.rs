//! Statements of shops.

use crate::domain::settlement::statement::{Statement, StatementLine};
use crate::store::stored::stored;

stored! {
    statements: StatementRow = Statement { lines: StatementLine } (id) [versioned] {
        id -> Uid,
        version -> BigInt,
        state -> Text,
        merchant_id -> Uid,
        period -> Text,
        model -> Text,
        rate_fen -> Text,
        net_points -> BigInt,
        payable_fen -> BigInt,
        lines_hash -> Text,
        issued_by -> Uid,
        issued_at -> Micros,
        confirmed_by -> Nullable<Uid>,
        approved_by -> Nullable<Uid>,
        paid_by -> Nullable<Uid>,
        invoice_number -> Nullable<Text>,
        payment_proof -> Nullable<Text>,
        issue_entry -> Nullable<BigInt>,
        paid_entry -> Nullable<BigInt>,
    }

    statement_lines: StatementLineRow (statement_id, line) {
        statement_id -> Uid,
        line -> BigInt,
        entry_number -> BigInt,
        redemption_id -> Uid,
        points -> BigInt,
        payable_fen -> BigInt,
        disputed -> Bool,
        rate_fen -> Nullable<Text>,
    }
}
