//! A merchant's statement of one period: immutable lines, a hash, and the steps to payment.

use crate::domain::id::Id;
use crate::domain::time::Moment;
use crate::text_enum;
use serde::{Deserialize, Serialize};

text_enum! {
    StatementState {
        Issued = "issued",
        Disputed = "disputed",
        Answered = "answered",
        Confirmed = "confirmed",
        Approved = "approved",
        Paid = "paid",
    }
}

text_enum! {
    /// Who pays the shop (settlement_models.tsv).
    SettlementModel {
        /// A community fund pays a rate for each point.
        CommunityFund = "community_fund",
        /// The goods were given: nothing is claimed, the lines are shown.
        DonatedGoods = "donated_goods",
    }
}

/// One capture or refund; a refund is negative. Points in hundredths.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatementLine {
    pub entry_number: i64,
    pub redemption_id: Id,
    pub points: i64,
    pub payable_fen: i64,
    /// Whether the merchant disputes this line.
    pub disputed: bool,
    /// Fen for one point, if it is another than that of the statement: that of the day of the redemption.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rate_fen: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statement {
    pub id: Id,
    pub version: i64,
    pub state: StatementState,
    pub merchant_id: Id,
    /// `2026-10`; further statements of the same month are `2026-10/2` …
    pub period: String,
    pub model: SettlementModel,
    /// Fen for one point on the last day of the period, as decimal text.
    pub rate_fen: String,
    pub net_points: i64,
    pub payable_fen: i64,
    pub lines: Vec<StatementLine>,
    /// SHA-256 over the lines as issued, in hex.
    pub lines_hash: String,
    pub issued_by: Id,
    pub issued_at: Moment,
    pub confirmed_by: Option<Id>,
    pub approved_by: Option<Id>,
    pub paid_by: Option<Id>,
    pub invoice_number: Option<String>,
    pub payment_proof: Option<String>,
    pub issue_entry: Option<i64>,
    pub paid_entry: Option<i64>,
}
