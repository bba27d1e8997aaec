//! Accounts, lots, holds and counters: the running state of the ledger.

use super::asset::Asset;
use crate::domain::id::Id;
use crate::domain::time::Moment;
use crate::text_enum;
use serde::{Deserialize, Serialize};

text_enum! {
    /// The kind of an account's owner.
    OwnerKind {
        Bank = "bank", Person = "person", Household = "household", Branch = "branch", Unit = "unit",
        Team = "team", Merchant = "merchant", Organisation = "organisation", Offer = "offer",
    }
}

text_enum! {
    /// The purpose of an account; with owner and asset it determines the account's id.
    Purpose {
        /// The owner's own purse.
        Main = "main",
        /// The source of points, minutes and scores (no minimum balance).
        Issuing = "issuing",
        /// The source of imported opening balances (no minimum balance).
        Opening = "opening",
        /// Receives expired points, and goods past their best-before date until they are written off.
        Expired = "expired",
        /// Receives points that a rule resets (本期积分清零).
        Forfeited = "forfeited",
        /// Points of a merchant that are in a statement.
        Settled = "settled",
        /// 现金 · money that people have paid beside the points in a shop that keeps it for the community (no minimum
        /// balance: a refund may come after the money was handed in).
        Till = "till",
        /// Money that pays merchants (no minimum balance: its coverage is reported, not enforced here).
        Fund = "fund",
        /// Goods on the shelf.
        Stock = "stock",
        /// The source of goods, and of the money that people pay beside the points (no minimum balance).
        Supply = "supply",
        /// Goods handed to people; money of a till that was handed in.
        HandedOut = "handed_out",
        /// Goods that were written off; money that a count of a till found missing or too much (no minimum balance).
        WrittenOff = "written_off",
        /// The source of what the district covers of a paper slip above the balance (no minimum balance).
        Covering = "covering",
        /// What a person or household owes (待追回): the balance is the negative debt, never above zero. Its lots are
        /// the debts, one for each reversal that came too late.
        Owed = "owed",
        /// 互助积分池 · points given to an organisation for those in need. They keep their lots.
        Pool = "pool",
    }
}

text_enum! {
    AccountStatus { Open = "open", Frozen = "frozen", Closed = "closed" }
}

fn is_holder(kind: OwnerKind) -> bool {
    !matches!(kind, OwnerKind::Bank | OwnerKind::Merchant | OwnerKind::Offer)
}

/// The terms of an account. Its id derives from owner, asset and purpose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountTerms {
    pub id: Id,
    pub owner_kind: OwnerKind,
    pub owner: Id,
    pub asset: Asset,
    pub purpose: Purpose,
    /// The minimum balance (smallest unit); `None`: no minimum.
    pub floor: Option<i64>,
    pub ceiling: Option<i64>,
    /// Whether the balance is kept in lots, each with its own expiry.
    pub lots: bool,
}

impl AccountTerms {
    pub fn id_of(owner: Id, asset: Asset, purpose: Purpose) -> Id {
        owner.derive(&format!("{asset}/{purpose}"))
    }

    /// The usual terms: minimum balance 0 for the accounts of people, shops and shelves, none for the bank's own
    /// accounts and for a merchant's takings (a refund after settlement is negative until the next statement); lots
    /// for the points of persons, households and pools, and for debts.
    pub fn usual(owner_kind: OwnerKind, owner: Id, asset: Asset, purpose: Purpose) -> Self {
        let owed = purpose == Purpose::Owed;
        let floor = (!owed && (is_holder(owner_kind) || purpose == Purpose::Stock)).then_some(0);
        let person = matches!(owner_kind, OwnerKind::Person | OwnerKind::Household);
        let lots = owed || (asset == Asset::Point && (person || purpose == Purpose::Pool));
        AccountTerms {
            id: Self::id_of(owner, asset, purpose),
            owner_kind,
            owner,
            asset,
            purpose,
            floor,
            ceiling: owed.then_some(0),
            lots,
        }
    }

    /// Whether a shortfall of this account can be owed: a purse of a person or household, not of the bank, a shop or
    /// an offer.
    pub fn is_purse(&self) -> bool {
        self.purpose == Purpose::Main && self.floor.is_some() && is_holder(self.owner_kind)
    }

    /// The account of what the owner of this purse owes.
    pub fn owed(&self) -> Self {
        Self::usual(self.owner_kind, self.owner, self.asset, Purpose::Owed)
    }

    /// The id of the purse of this debt account's owner.
    pub fn purse_id(&self) -> Id {
        Self::id_of(self.owner, self.asset, Purpose::Main)
    }

    /// The sum of the open lots for a balance: for debts its negative.
    pub fn sum_of_lots(&self, balance: i64) -> i64 {
        if self.purpose == Purpose::Owed { balance.saturating_neg() } else { balance }
    }

    /// The bank's own account of `asset` for `purpose`.
    pub fn of_bank(bank: crate::domain::id::BankId, asset: Asset, purpose: Purpose) -> Self {
        Self::usual(OwnerKind::Bank, bank.owner(), asset, purpose)
    }
}

/// An account and its four sums, in the asset's smallest unit. The posted sums only grow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    pub terms: AccountTerms,
    pub status: AccountStatus,
    pub debits_posted: i64,
    pub credits_posted: i64,
    /// Sum of open holds that would debit this account.
    pub debits_pending: i64,
    pub credits_pending: i64,
    pub opened_entry: i64,
    /// Set when the owner was merged as a duplicate: this account is from then on an alias of the other one.
    pub merged: Option<MergedInto>,
}

/// The account into which a duplicate's account was merged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MergedInto {
    pub account: Id,
    /// The entry that merged them.
    pub entry: i64,
}

impl Account {
    pub fn opened(terms: AccountTerms, opened_entry: i64) -> Self {
        Account {
            terms,
            status: AccountStatus::Open,
            debits_posted: 0,
            credits_posted: 0,
            debits_pending: 0,
            credits_pending: 0,
            opened_entry,
            merged: None,
        }
    }

    pub fn balance(&self) -> i64 {
        self.credits_posted.saturating_sub(self.debits_posted)
    }

    /// What may still be debited: down to the minimum balance, pending debits counted. `i64::MAX` without one. Still
    /// counts lots that expired but have not been swept; `decide` sweeps them first.
    pub fn available(&self) -> i64 {
        match self.terms.floor {
            None => i64::MAX,
            Some(floor) => self.balance().saturating_sub(self.debits_pending).saturating_sub(floor),
        }
    }

    /// What may still be credited: up to the maximum balance, pending credits counted.
    pub fn room(&self) -> i64 {
        match self.terms.ceiling {
            None => i64::MAX,
            Some(ceiling) => ceiling.saturating_sub(self.balance()).saturating_sub(self.credits_pending),
        }
    }
}

/// A lot's id: the entry that opened it and the ordinal of the effect that did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct LotId {
    pub entry: i64,
    pub ordinal: i32,
}

/// One parcel of points with its own expiry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lot {
    pub id: LotId,
    pub account: Id,
    pub amount: i64,
    pub remaining: i64,
    /// Part of `remaining` that open holds have reserved.
    pub earmarked: i64,
    pub expires_at: Option<Moment>,
    /// Whether it came by a gift: it was not earned by the owner.
    pub given: bool,
}

impl Lot {
    /// Neither spent nor reserved.
    pub fn free(&self) -> i64 {
        self.remaining.saturating_sub(self.earmarked)
    }

    pub fn is_due(&self, now: Moment) -> bool {
        self.expires_at.is_some_and(|at| at <= now)
    }

    /// Spending order: earliest expiry first, then oldest; never-expiring last.
    pub fn spending_order(&self) -> (Moment, LotId) {
        (self.expires_at.unwrap_or(Moment::from_micros(i64::MAX)), self.id)
    }
}

text_enum! {
    HoldState { Pending = "pending", Captured = "captured", Voided = "voided", Expired = "expired" }
}

/// Part of a lot that a hold has reserved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Earmark {
    pub lot: LotId,
    pub amount: i64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HoldLeg {
    pub debit: Id,
    pub credit: Id,
    pub amount: i64,
    pub captured: i64,
    pub released: i64,
    /// What is still reserved of each lot, in spending order.
    pub earmarks: Vec<Earmark>,
}

impl HoldLeg {
    /// amount = captured + released + left (I5).
    pub fn left(&self) -> i64 {
        self.amount.saturating_sub(self.captured).saturating_sub(self.released)
    }
}

/// A reservation on one or more accounts, captured and voided as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hold {
    pub id: Id,
    pub state: HoldState,
    pub expires_at: Option<Moment>,
    pub opened_entry: i64,
    pub legs: Vec<HoldLeg>,
    pub counters: Vec<CounterUse>,
}

impl Hold {
    pub fn is_due(&self, now: Moment) -> bool {
        self.state == HoldState::Pending && self.expires_at.is_some_and(|at| at <= now)
    }
}

/// A counter's identity: a named running sum in one window (a day, a month, `all`).
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct CounterId {
    pub key: String,
    pub window: String,
}

impl CounterId {
    /// The window of a sum that never begins anew.
    pub const EVER: &'static str = "all";

    /// The row of a counter of the highest that counts the deeds of one worth, in millionths of a point.
    pub fn of_worth(&self, worth: i64) -> Self {
        CounterId { key: format!("{}/{worth}", self.key), window: self.window.clone() }
    }
}

text_enum! {
    /// What a counter counts of a command.
    Measure {
        /// The amount granted (cut down when `partial`).
        Amount = "amount",
        /// A fixed number, given back only when the whole command is undone.
        Fixed = "fixed",
        /// A fixed number that is never given back: how often something has happened.
        Tally = "tally",
    }
}

/// How much one entry or hold took from a counter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CounterUse {
    pub key: String,
    pub window: String,
    pub amount: i64,
    pub measure: Measure,
}

impl CounterUse {
    pub fn id(&self) -> CounterId {
        CounterId { key: self.key.clone(), window: self.window.clone() }
    }
}
