//! An entry in the making: everything added to it is applied to the Book at once, and undone as a whole if the
//! command is refused.

use super::book::Book;
use super::chain;
use super::command::{Command, Note, Request};
use super::forms;
use crate::domain::id::Id;
use crate::domain::ledger::account::Hold;
use crate::domain::ledger::entry::{Asked, Effect, Entry, EntryKind, Posting};
use crate::domain::ledger::receipt::{Grant, HoldReceipt, HoldReceiptLeg, OwedReceipt, Receipt, ReceiptLeg};
use crate::domain::refusal::Refusal;
use crate::domain::time::{Day, Moment};

pub(super) struct Draft<'b> {
    pub book: &'b mut Book,
    number: i64,
    kind: EntryKind,
    effective_at: Moment,
    day: Day,
    pub postings: Vec<Posting>,
    pub effects: Vec<Effect>,
    pub grant: Option<Grant>,
    pub hold: Option<Id>,
    pub reverses: Option<i64>,
    /// What could not be taken from purses.
    pub owed: Vec<OwedReceipt>,
}

impl<'b> Draft<'b> {
    pub fn begin(book: &'b mut Book, kind: EntryKind, effective_at: Moment) -> Self {
        let number = book.head.number.saturating_add(1);
        let day = effective_at.day(book.zone);
        Draft {
            book,
            number,
            kind,
            effective_at,
            day,
            postings: Vec::new(),
            effects: Vec::new(),
            grant: None,
            hold: None,
            reverses: None,
            owed: Vec::new(),
        }
    }

    /// Whether points are given away: what they bring was not earned.
    pub fn is_gift(&self) -> bool {
        self.kind == EntryKind::Gift
    }

    /// A zeroing takes nothing that was given to the owner.
    pub fn spares_gifts(&self) -> bool {
        self.kind == EntryKind::Zeroing
    }

    pub fn leg(&self) -> i32 {
        i32::try_from(self.postings.len()).unwrap_or(i32::MAX)
    }

    /// Adds an effect and applies it to the Book.
    pub fn effect(&mut self, effect: Effect) -> Result<(), Refusal> {
        let ordinal = i32::try_from(self.effects.len()).unwrap_or(i32::MAX);
        let applied = self.book.apply_effect(self.number, ordinal, &effect);
        // Every effect is checked before it is made; one that does not fit is a fault of this program and must never
        // be posted: the writer rolls the batch back and the caller learns that nothing happened.
        assert!(applied.is_some(), "effect does not fit the book: {effect:?}");
        self.effects.push(effect);
        Ok(())
    }

    /// Adds a posting and applies it to the Book; the caller checks balances and moves lots.
    pub fn posting(
        &mut self,
        debit: Id,
        credit: Id,
        amount: i64,
        reverses_leg: Option<i32>,
    ) -> Result<(), Refusal> {
        let posting = u32::try_from(self.postings.len()).unwrap_or(u32::MAX);
        let (debit_balance, credit_balance) = self
            .book
            .apply_posting(debit, credit, amount, self.day)
            .ok_or(Refusal::AmountOverflow { posting })?;
        self.postings.push(Posting { debit, credit, amount, debit_balance, credit_balance, reverses_leg });
        Ok(())
    }

    /// Puts the documents into their new state; the entry stores the digest of each.
    fn documents(&mut self, command: &Command, receipt: &mut Receipt) -> Result<(), Refusal> {
        let granted = receipt.grant.as_ref().map(|grant| grant.granted);
        for document in &command.documents {
            let mut document = document.clone();
            document.complete(receipt.kind, receipt.number, granted);
            self.effect(Effect::Document {
                document: document.kind(),
                id: document.id(),
                version: document.version(),
                state: document.state().into(),
                digest: document.digest(),
            })?;
            self.book.documents.put((document.kind(), document.id()), document.clone());
            receipt.documents.push(document);
        }
        Ok(())
    }

    /// Completes the entry of a caller's command.
    pub fn finish(mut self, command: &Command) -> Result<Receipt, Refusal> {
        if let Some(until) = command.close_period {
            self.effect(Effect::PeriodClosed { until })?;
        }
        if let Some(until) = command.close_year {
            self.effect(Effect::YearClosed { until })?;
        }
        let mut receipt = self.receipt();
        self.documents(command, &mut receipt)?;
        let metadata = serde_json::to_string(&command.metadata).unwrap_or_else(|_| "{}".into());
        self.seal(command.actor, command.source.clone(), metadata, Some(command), receipt)
    }

    /// Completes an entry that follows from the one before it: the same actor and source.
    pub fn finish_behind(self, behind: &Entry) -> Result<Receipt, Refusal> {
        let receipt = self.receipt();
        let metadata = format!("{{\"behind\":\"{}\"}}", behind.number);
        self.seal(behind.actor, behind.source.clone(), metadata, None, receipt)
    }

    /// Completes an entry that the ledger makes by itself (a due hold or lot).
    pub fn finish_own(self) -> Result<Receipt, Refusal> {
        let receipt = self.receipt();
        self.seal(Id::SYSTEM, None, "{}".into(), None, receipt)
    }

    fn receipt(&self) -> Receipt {
        let hold = self.hold.and_then(|id| self.book.holds.get(&id)).map(|hold| self.hold_receipt(hold));
        Receipt {
            number: self.number,
            hash: String::new(),
            kind: self.kind,
            effective_at: self.effective_at,
            recorded_at: self.book.now,
            postings: self
                .postings
                .iter()
                .map(|p| ReceiptLeg {
                    debit: p.debit,
                    credit: p.credit,
                    asset: self.asset(&p.debit),
                    amount: p.amount,
                    debit_balance: p.debit_balance,
                    credit_balance: p.credit_balance,
                })
                .collect(),
            grant: self.grant.clone(),
            hold,
            documents: Vec::new(),
            owed: self.owed.clone(),
        }
    }

    fn asset(&self, account: &Id) -> crate::domain::ledger::asset::Asset {
        self.book.accounts.get(account).map_or(crate::domain::ledger::asset::Asset::Point, |a| a.terms.asset)
    }

    fn hold_receipt(&self, hold: &Hold) -> HoldReceipt {
        let legs = hold.legs.iter().map(|leg| HoldReceiptLeg {
            debit: leg.debit,
            credit: leg.credit,
            asset: self.asset(&leg.debit),
            amount: leg.amount,
            captured: leg.captured,
            released: leg.released,
        });
        HoldReceipt { id: hold.id, state: hold.state, expires_at: hold.expires_at, legs: legs.collect() }
    }

    fn seal(
        self,
        actor: Id,
        source: Option<String>,
        metadata: String,
        command: Option<&Command>,
        mut receipt: Receipt,
    ) -> Result<Receipt, Refusal> {
        let note: Option<Note> = command.and_then(|command| command.note.clone());
        let request: Option<&Request> = command.and_then(|command| command.request.as_ref());
        let mut entry = Entry {
            number: self.number,
            kind: self.kind,
            effective_at: self.effective_at,
            recorded_at: self.book.now,
            actor,
            source,
            metadata,
            note_digest: note.as_ref().map(|n| chain::note_digest(&n.salt, &n.text)),
            reverses: self.reverses,
            postings: self.postings,
            effects: self.effects,
            asked: request.map_or(Asked::WithoutKey, |request| Asked::ByKey {
                key: chain::key_digest(request.user, &request.key),
                answer: chain::answer_digest(&request.fields, &receipt),
            }),
            hash: [0; 32],
        };
        let effects = forms::write(&entry.effects);
        entry.hash = chain::hash(&self.book.head.hash, &entry, &effects);
        receipt.hash = hex::encode(entry.hash);
        self.book.head.number = entry.number;
        self.book.head.hash = entry.hash;
        self.book.head.recorded_at = self.book.now;
        if let Some(note) = note {
            self.book.notes.push((entry.number, note));
        }
        self.book.entries.push((entry, effects));
        Ok(receipt)
    }
}
