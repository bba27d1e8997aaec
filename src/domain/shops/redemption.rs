//! A redemption: points held for goods, captured, cancelled, refunded.

use crate::domain::id::Id;
use crate::domain::ledger::entry_kind::EntryKind;
use crate::domain::time::Moment;
use crate::text_enum;
use serde::{Deserialize, Serialize};

text_enum! {
    RedemptionState {
        /// Points and stock are reserved. Shown as `expired` once the hold has expired.
        Held = "held",
        Captured = "captured",
        /// Voided before it was captured: everything was released.
        Cancelled = "cancelled",
        PartRefunded = "part_refunded",
        Refunded = "refunded",
    }
}

text_enum! {
    /// How the person was present.
    Presence {
        /// Showed a code on the own phone.
        Code = "code",
        /// With the card and its PIN.
        Card = "card",
        /// At the community counter.
        Counter = "counter",
        /// Signed a numbered paper slip.
        Slip = "slip",
    }
}

/// One offer of a redemption.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RedemptionLine {
    pub offer_id: Id,
    /// Version of the offer with this price.
    pub offer_version: i64,
    pub quantity: i64,
    /// Points for one piece, in hundredths.
    pub unit_points: i64,
    /// Money for one piece, in fen, taken by the shop beside the points.
    pub unit_cash_fen: i64,
    /// Whether stock is kept of it (services may have none).
    pub stocked: bool,
    pub captured_quantity: i64,
    pub refunded_quantity: i64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Redemption {
    pub id: Id,
    pub version: i64,
    pub state: RedemptionState,
    pub member_id: Id,
    pub merchant_id: Id,
    pub hold_id: Id,
    /// The claimed code; `None` at the community counter (代办).
    pub code_id: Option<Id>,
    pub on_behalf: bool,
    pub made_by: Id,
    pub made_at: Moment,
    pub captured_at: Option<Moment>,
    pub lines: Vec<RedemptionLine>,
    pub points_held: i64,
    pub points_captured: i64,
    pub points_refunded: i64,
    pub cash_fen: i64,
    pub hold_entry: Option<i64>,
    pub capture_entry: Option<i64>,
    pub last_refund_entry: Option<i64>,
    /// The edition of the card with which it was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub card_edition: Option<i64>,
    /// The paper slip from which it was entered later.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slip_number: Option<i64>,
    /// Of a slip above the balance: the part of the points that the district still covers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub points_covered: Option<i64>,
    /// The proxy (代办人) with whose code it was made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proxy_id: Option<Id>,
}

impl Redemption {
    pub fn presence(&self) -> Presence {
        match self {
            Redemption { slip_number: Some(_), .. } => Presence::Slip,
            Redemption { card_edition: Some(_), .. } => Presence::Card,
            Redemption { on_behalf: true, .. } => Presence::Counter,
            _ => Presence::Code,
        }
    }

    /// Fills in the number of the entry that made this change.
    pub fn complete(&mut self, kind: EntryKind, number: i64) {
        match kind {
            EntryKind::Hold => self.hold_entry = Some(number),
            EntryKind::Redemption => self.capture_entry = Some(number),
            EntryKind::Refund => self.last_refund_entry = Some(number),
            _ => {}
        }
    }
}
