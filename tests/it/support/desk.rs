//! A desk without a database: answers a Book's needs from the Book itself, so that `decide` runs alone.

use jianxian::domain::id::{BankId, Id};
use jianxian::domain::ledger::account::{AccountTerms, HoldState, OwnerKind, Purpose};
use jianxian::domain::ledger::asset::Asset;
use jianxian::domain::ledger::entry::EntryKind;
use jianxian::domain::ledger::receipt::Receipt;
use jianxian::domain::refusal::Refusal;
use jianxian::domain::time::Moment;
use jianxian::ledger::{
    Answer, Book, Command, Decision, Head, Leg, Needs, Op, Past, Repeated, Request, Reversed, chain, decide,
    needs,
};

pub const BANK: BankId = BankId(1);
pub const START: Moment = Moment::from_micros(1_772_000_000_000_000);

pub struct Desk {
    pub book: Book,
}

impl Desk {
    pub fn new() -> Self {
        let head = Head {
            number: 0,
            hash: chain::genesis(BANK),
            recorded_at: START,
            closed_until: None,
            year_closed_until: None,
        };
        Desk { book: Book::new(BANK, chrono_tz::Asia::Shanghai, head, START) }
    }

    pub fn later(&mut self, seconds: i64) {
        self.book.now = self.book.now.plus_seconds(seconds);
        // What is due is looked up again at the new moment.
        self.book.due_lots_of = Default::default();
        self.book.due_holds_of = Default::default();
    }

    /// Everything is in the Book already: what it lacks is absent.
    fn supply(&mut self, missing: Needs) {
        let book = &mut self.book;
        missing.answers.into_iter().for_each(|key| book.answers.load(key, None));
        missing.accounts.into_iter().for_each(|key| book.accounts.load(key, None));
        missing.holds.into_iter().for_each(|key| book.holds.load(key, None));
        missing.open_lots.into_iter().for_each(|key| book.lots_of.load(key, Some(vec![])));
        missing.due_lots.into_iter().for_each(|key| book.due_lots_of.load(key, Some(vec![])));
        missing.lots.into_iter().for_each(|key| book.lots.load(key, None));
        missing.counters.into_iter().for_each(|key| book.counters.load(key, None));
        missing.highest.into_iter().for_each(|key| book.highest.load(key, None));
        missing.documents.into_iter().for_each(|key| book.documents.load(key, None));
        missing.watches.into_iter().for_each(|key| book.versions.load(key, None));
        for account in missing.due_holds {
            let now = book.now;
            let due = book.holds.iter().filter(|(_, hold)| {
                hold.is_due(now) && hold.legs.iter().any(|l| l.debit == account || l.credit == account)
            });
            let mut due: Vec<Id> = due.map(|(id, _)| *id).collect();
            due.sort();
            book.due_holds_of.load(account, Some(due));
        }
        for account in missing.pending_holds {
            let pending = book.holds.iter().filter(|(_, hold)| {
                let open = hold.state == HoldState::Pending;
                open && hold.legs.iter().any(|l| l.debit == account || l.credit == account)
            });
            let mut pending: Vec<Id> = pending.map(|(id, _)| *id).collect();
            pending.sort();
            book.pending_holds_of.load(account, Some(pending));
        }
        for number in missing.entries {
            let whole: Vec<_> = book.entries.iter().map(|(entry, _)| entry).collect();
            let past = whole.iter().find(|e| e.number == number).map(|entry| {
                let mut reversed = Reversed::default();
                for other in whole.iter().filter(|e| e.reverses == Some(number)) {
                    reversed.add(&other.postings, &other.effects);
                }
                Past { entry: (*entry).clone(), reversed }
            });
            book.past.load(number, past);
        }
    }

    pub fn decide(&mut self, command: &Command) -> Decision {
        for _ in 0..6 {
            let mut missing = Needs::default();
            needs(&self.book, command, &mut missing);
            if missing.is_empty() {
                return decide(&mut self.book, command);
            }
            self.supply(missing);
        }
        panic!("needs do not end: {command:?}");
    }

    pub fn accept(&mut self, command: &Command) -> Receipt {
        match self.decide(command).answer {
            Answer::Accepted(receipt) => *receipt,
            other => panic!("{other:?}"),
        }
    }

    pub fn refuse(&mut self, command: &Command) -> Refusal {
        let (head, before) = (self.book.head.clone(), self.balances());
        match self.decide(command).answer {
            Answer::Refused(refusal) => {
                // I12: except for what was due anyway, a refusal moves nothing.
                if self.book.head == head {
                    assert_eq!(self.balances(), before);
                }
                refusal
            }
            other => panic!("{other:?}"),
        }
    }

    pub fn balances(&self) -> Vec<(Id, i64, i64, i64)> {
        let rows = self.book.accounts.iter();
        let mut all: Vec<_> =
            rows.map(|(id, a)| (*id, a.balance(), a.debits_pending, a.credits_pending)).collect();
        all.sort();
        all
    }

    pub fn balance(&self, terms: &AccountTerms) -> i64 {
        self.book.accounts.get(&terms.id).map_or(0, |a| a.balance())
    }

    pub fn pending(&self, terms: &AccountTerms) -> i64 {
        self.book.accounts.get(&terms.id).map_or(0, |a| a.debits_pending)
    }
}

/// A volunteer's points: minimum balance 0, lots.
pub fn volunteer(name: &str) -> AccountTerms {
    AccountTerms::usual(OwnerKind::Person, Id::SYSTEM.derive(name), Asset::Point, Purpose::Main)
}

/// A shop's points, with a minimum balance as any other holder.
pub fn merchant(name: &str) -> AccountTerms {
    let owner = Id::SYSTEM.derive(name);
    AccountTerms {
        floor: Some(0),
        ..AccountTerms::usual(OwnerKind::Merchant, owner, Asset::Point, Purpose::Main)
    }
}

pub fn issuing() -> AccountTerms {
    AccountTerms::of_bank(BANK, Asset::Point, Purpose::Issuing)
}

pub fn request(key: &str, fields: &[(&str, String)]) -> Option<Request> {
    let fields = fields.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    Some(Request { user: Id::SYSTEM, key: key.to_owned(), fields, repeated: Repeated::default() })
}

pub fn post(legs: Vec<Leg>) -> Command {
    Command::new(Id::SYSTEM, EntryKind::Transfer, Op::Post { legs, partial: false, up_to: false })
}

/// Pays `amount` from one account to another, opening both if needed.
pub fn pay(from: &AccountTerms, to: &AccountTerms, amount: i64) -> Command {
    post(vec![Leg::plain(from.id, to.id, amount)]).open([from.clone(), to.clone()])
}

/// Issues points with an expiry.
pub fn issue(to: &AccountTerms, amount: i64, expires_at: Option<Moment>) -> Command {
    let from = issuing();
    let leg = Leg { capped: true, expires_at, ..Leg::plain(from.id, to.id, amount) };
    let mut command = post(vec![leg]).open([from, to.clone()]);
    command.kind = EntryKind::Award;
    command
}

pub fn hold(id: Id, from: &AccountTerms, to: &AccountTerms, amount: i64, seconds: Option<i64>) -> Command {
    let legs = vec![Leg::plain(from.id, to.id, amount)];
    let op = Op::Hold { hold: id, legs, expires_in_seconds: seconds };
    Command::new(Id::SYSTEM, EntryKind::Hold, op).open([from.clone(), to.clone()])
}

pub fn capture(id: Id, amount: Option<i64>) -> Command {
    let op = Op::Capture { hold: id, amounts: amount.map(|a| vec![a]), keep_open: false };
    Command::new(Id::SYSTEM, EntryKind::Capture, op)
}

pub fn void(id: Id) -> Command {
    Command::new(Id::SYSTEM, EntryKind::Void, Op::Void { hold: id })
}

pub fn reverse(entry: i64, amount: Option<i64>, up_to: bool) -> Command {
    let amounts = amount.map(|a| [(0, a)].into());
    let op = Op::Reverse { entry, amounts, up_to, of_document: false };
    Command::new(Id::SYSTEM, EntryKind::Reversal, op)
}
