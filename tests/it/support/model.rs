//! The ledger against an independent small model: long random command streams, the same answer and the same balances
//! after each step; then the same stream through the database in batches of any size, the same chain.

use crate::support::desk::*;
use jianxian::domain::id::Id;
use jianxian::domain::ledger::account::AccountTerms;
use jianxian::domain::ledger::asset::Asset;
use jianxian::domain::refusal::Refusal;
use jianxian::ledger::{Answer, Command, CounterTake, Op, Take};
use proptest::prelude::*;
use std::collections::BTreeMap;

#[derive(Clone, Debug)]
pub enum Step {
    Issue { to: usize, amount: i64, lasts: Option<i64>, cap: Option<i64>, partial: bool },
    Pay { from: usize, to: usize, amount: i64 },
    Hold { from: usize, to: usize, amount: i64, lasts: Option<i64> },
    Capture { hold: usize, amount: Option<i64> },
    Void { hold: usize },
    Reverse { entry: usize, amount: Option<i64>, up_to: bool },
    Wait { seconds: i64 },
}

pub fn step() -> impl Strategy<Value = Step> {
    let lasts = || prop_oneof![2 => Just(None), 1 => (1..60_i64).prop_map(Some)];
    prop_oneof![
        4 => (0..3_usize, 1..50_i64, lasts(), prop::option::of(10..120_i64), any::<bool>())
            .prop_map(|(to, amount, lasts, cap, partial)| Step::Issue { to, amount, lasts, cap, partial }),
        4 => (0..4_usize, 0..4_usize, 1..40_i64).prop_map(|(from, to, amount)| Step::Pay { from, to, amount }),
        3 => (0..4_usize, 0..4_usize, 1..30_i64, lasts())
            .prop_map(|(from, to, amount, lasts)| Step::Hold { from, to, amount, lasts }),
        3 => (0..40_usize, prop::option::of(0..30_i64)).prop_map(|(hold, amount)| Step::Capture { hold, amount }),
        2 => (0..40_usize).prop_map(|hold| Step::Void { hold }),
        3 => (0..80_usize, prop::option::of(1..40_i64), any::<bool>())
            .prop_map(|(entry, amount, up_to)| Step::Reverse { entry, amount, up_to }),
        2 => (1..40_i64).prop_map(|seconds| Step::Wait { seconds }),
    ]
}

/// Accounts 0 to 2 are people (lots), 3 is a shop.
pub fn account(index: usize) -> AccountTerms {
    if index == 3 { merchant("shop") } else { volunteer(&format!("person {index}")) }
}

// ---- the model: parcels of points in lists, and nothing clever

#[derive(Clone, Debug)]
struct Parcel {
    left: i64,
    ends: Option<i64>,
    born: usize,
}

#[derive(Clone, Debug)]
struct ModelHold {
    from: usize,
    to: usize,
    amount: i64,
    /// Parcel (by birth) and amount, in order.
    reserved: Vec<(usize, i64)>,
    ends: Option<i64>,
    state: &'static str,
}

#[derive(Clone, Debug)]
struct Moved {
    from: Option<usize>,
    to: usize,
    amount: i64,
    undone: i64,
    /// Parcels that were spent, with amounts, and new parcels.
    spent: Vec<(usize, i64)>,
    born: Vec<usize>,
    counted: Option<i64>,
    reversal: bool,
}

#[derive(Clone, Debug, Default)]
struct Model {
    now: i64,
    balance: [i64; 4],
    pending: [i64; 4],
    owed: [i64; 4],
    parcels: BTreeMap<usize, (usize, Parcel)>,
    births: usize,
    holds: Vec<Option<ModelHold>>,
    moves: Vec<Option<Moved>>,
    counter: i64,
}

impl Model {
    fn people(&self, who: usize) -> bool {
        who < 3
    }
    fn reserved(&self, born: usize) -> i64 {
        let open = self.holds.iter().flatten().filter(|h| h.state == "pending");
        open.flat_map(|h| &h.reserved).filter(|(b, _)| *b == born).map(|(_, n)| n).sum()
    }
    fn order(&self, who: usize) -> Vec<usize> {
        let mut own: Vec<&Parcel> =
            self.parcels.values().filter(|(w, _)| *w == who).map(|(_, p)| p).collect();
        own.sort_by_key(|p| (p.ends.unwrap_or(i64::MAX), p.born));
        own.iter().map(|p| p.born).collect()
    }
    fn sweep(&mut self, who: &[usize]) {
        // In the ledger's order: by account, then by id.
        let mut who = who.to_vec();
        who.sort_by_key(|who| account(*who).id);
        let mut order: Vec<usize> = (0..self.holds.len()).collect();
        order.sort_by_key(|index| hold_id(*index));
        for who in &who {
            for index in &order {
                let Some(hold) = self.holds[*index].clone() else { continue };
                let touched = *who == hold.from || *who == hold.to;
                if touched && hold.state == "pending" && hold.ends.is_some_and(|e| e <= self.now) {
                    self.holds[*index].as_mut().unwrap().state = "expired";
                    self.pending[hold.from] -= hold.amount;
                    let parts = self.kept_for_the_day(hold.from, hold.reserved, hold.ends.unwrap());
                    self.came_back(hold.from, hold.amount, parts);
                }
            }
        }
        let who = &who[..];
        for who in who {
            for born in self.order(*who) {
                let gone = self.reserved(born);
                let (_, parcel) = self.parcels.get_mut(&born).unwrap();
                if parcel.ends.is_some_and(|e| e <= self.now) && parcel.left > gone {
                    self.balance[*who] -= parcel.left - gone;
                    parcel.left = gone;
                }
            }
        }
    }
    /// What was reserved of a parcel that had ended by then comes back as a parcel of the day.
    fn kept_for_the_day(&mut self, from: usize, reserved: Vec<(usize, i64)>, at: i64) -> Vec<(usize, i64)> {
        let mut parts = Vec::new();
        for (born, part) in reserved {
            let parcel = &mut self.parcels.get_mut(&born).unwrap().1;
            if part > 0 && parcel.ends.is_some_and(|e| e <= at) {
                parcel.left -= part;
                parts.push((self.birth(from, part, Some(i64::MAX - 1)), part));
            } else {
                parts.push((born, part));
            }
        }
        parts
    }
    /// What comes back pays debts: the parcel that ends first before the others.
    fn came_back(&mut self, who: usize, amount: i64, mut parts: Vec<(usize, i64)>) {
        let paid = amount.min(self.owed[who]);
        self.owed[who] -= paid;
        self.balance[who] -= paid;
        parts.sort_by_key(|(born, _)| (self.parcels[born].1.ends.unwrap_or(i64::MAX), *born));
        let mut left = paid;
        for (born, n) in parts {
            let part = n.min(left);
            self.parcels.get_mut(&born).unwrap().1.left -= part;
            left -= part;
        }
    }
    fn available(&self, who: usize) -> i64 {
        self.balance[who] - self.pending[who]
    }
    fn birth(&mut self, who: usize, amount: i64, ends: Option<i64>) -> usize {
        self.births += 1;
        self.parcels.insert(self.births, (who, Parcel { left: amount, ends, born: self.births }));
        self.births
    }
    /// Spends free parts; `first` before the others.
    fn spend(&mut self, who: usize, amount: i64, first: &[usize]) -> Vec<(usize, i64, Option<i64>)> {
        if !self.people(who) {
            return vec![];
        }
        let mut order = self.order(who);
        order.sort_by_key(|born| !first.contains(born));
        let (mut left, mut spent) = (amount, vec![]);
        for born in order {
            let free = self.parcels[&born].1.left - self.reserved(born);
            let part = free.min(left);
            if part > 0 {
                let parcel = &mut self.parcels.get_mut(&born).unwrap().1;
                parcel.left -= part;
                left -= part;
                spent.push((born, part, parcel.ends));
            }
        }
        assert_eq!(left, 0);
        spent
    }
    fn carry(
        &mut self,
        to: usize,
        amount: i64,
        spent: &[(usize, i64, Option<i64>)],
        ends: Option<i64>,
    ) -> Vec<usize> {
        if !self.people(to) {
            return vec![];
        }
        if spent.is_empty() {
            return vec![self.birth(to, amount, ends)];
        }
        spent.iter().map(|(_, part, ends)| self.birth(to, *part, *ends)).collect()
    }
    /// The answer as a word, and whether an entry was made.
    fn play(&mut self, step: &Step) -> (&'static str, Option<Moved>) {
        match step {
            Step::Wait { seconds } => {
                self.now += seconds;
                ("wait", None)
            }
            Step::Issue { to, amount, lasts, cap, partial } => {
                self.sweep(&[*to]);
                let mut granted = *amount;
                if let Some(cap) = cap {
                    let left = (cap - self.counter).max(0);
                    if *amount > left {
                        if !partial || left == 0 {
                            return ("cap_reached", None);
                        }
                        granted = left;
                    }
                    self.counter += granted;
                }
                self.balance[*to] += granted;
                let ends = lasts.map(|l| self.now + l);
                let born = self.carry(*to, granted, &[], ends);
                let counted = cap.map(|_| granted);
                let moved = Moved {
                    from: None,
                    to: *to,
                    amount: granted,
                    undone: 0,
                    spent: vec![],
                    born,
                    counted,
                    reversal: false,
                };
                ("ok", Some(moved))
            }
            Step::Pay { from, to, amount } => {
                if from == to {
                    return ("same_account", None);
                }
                self.sweep(&[*from, *to]);
                if *amount > self.available(*from) {
                    return ("insufficient_balance", None);
                }
                self.balance[*from] -= amount;
                self.balance[*to] += amount;
                let spent = self.spend(*from, *amount, &[]);
                let born = self.carry(*to, *amount, &spent, None);
                let spent = spent.into_iter().map(|(b, n, _)| (b, n)).collect();
                (
                    "ok",
                    Some(Moved {
                        from: Some(*from),
                        to: *to,
                        amount: *amount,
                        undone: 0,
                        spent,
                        born,
                        counted: None,
                        reversal: false,
                    }),
                )
            }
            Step::Hold { from, to, amount, lasts } => {
                if from == to {
                    self.holds.push(None);
                    return ("same_account", None);
                }
                self.sweep(&[*from, *to]);
                if *amount > self.available(*from) {
                    self.holds.push(None);
                    return ("insufficient_balance", None);
                }
                let (mut left, mut reserved) = (*amount, vec![]);
                if self.people(*from) {
                    for born in self.order(*from) {
                        let part = (self.parcels[&born].1.left - self.reserved(born)).min(left);
                        if part > 0 {
                            reserved.push((born, part));
                            left -= part;
                        }
                    }
                    assert_eq!(left, 0);
                }
                self.pending[*from] += amount;
                let ends = lasts.map(|l| self.now + l);
                self.holds.push(Some(ModelHold {
                    from: *from,
                    to: *to,
                    amount: *amount,
                    reserved,
                    ends,
                    state: "pending",
                }));
                ("ok", None)
            }
            Step::Capture { hold, amount } => {
                let Some(row) = self.holds.get(*hold).cloned().flatten() else {
                    return ("hold_not_found", None);
                };
                self.sweep(&[row.from, row.to]);
                let row = self.holds[*hold].clone().unwrap();
                let amount = amount.unwrap_or(row.amount);
                if amount > row.amount {
                    return ("capture_exceeds_hold", None);
                }
                if row.state != "pending" {
                    return (row.state, None);
                }
                self.holds[*hold].as_mut().unwrap().state = "captured";
                self.pending[row.from] -= row.amount;
                self.balance[row.from] -= amount;
                self.balance[row.to] += amount;
                let (mut left, mut spent, mut back) = (amount, vec![], vec![]);
                for (born, n) in &row.reserved {
                    let part = (*n).min(left);
                    back.push((*born, n - part));
                    if part > 0 {
                        let parcel = &mut self.parcels.get_mut(born).unwrap().1;
                        parcel.left -= part;
                        left -= part;
                        spent.push((*born, part, parcel.ends));
                    }
                }
                let born = if amount > 0 { self.carry(row.to, amount, &spent, None) } else { vec![] };
                let back = self.kept_for_the_day(row.from, back, self.now);
                self.came_back(row.from, row.amount - amount, back);
                let spent = spent.into_iter().map(|(b, n, _)| (b, n)).collect();
                (
                    "ok",
                    Some(Moved {
                        from: Some(row.from),
                        to: row.to,
                        amount,
                        undone: 0,
                        spent,
                        born,
                        counted: None,
                        reversal: false,
                    }),
                )
            }
            Step::Void { hold } => {
                let Some(row) = self.holds.get(*hold).cloned().flatten() else {
                    return ("hold_not_found", None);
                };
                self.sweep(&[row.from, row.to]);
                let state = self.holds[*hold].as_ref().unwrap().state;
                if state != "pending" {
                    return (state, None);
                }
                self.holds[*hold].as_mut().unwrap().state = "voided";
                self.pending[row.from] -= row.amount;
                let parts = self.kept_for_the_day(row.from, row.reserved, self.now);
                self.came_back(row.from, row.amount, parts);
                ("ok", None)
            }
            Step::Reverse { .. } => unreachable!("played with its entry"),
        }
    }
    fn reverse(&mut self, index: usize, amount: Option<i64>, up_to: bool) -> (&'static str, Option<Moved>) {
        let row = self.moves[index].clone().unwrap();
        if row.amount == 0 {
            return ("entry_not_reversible", None);
        }
        let mut touched = vec![row.to];
        touched.extend(row.from);
        self.sweep(&touched);
        if row.reversal {
            return ("entry_not_reversible", None);
        }
        let left = row.amount - row.undone;
        let mut amount = amount.unwrap_or(left);
        if amount > left || left == 0 {
            return ("reversal_exceeds_original", None);
        }
        let mut taken = amount;
        if up_to {
            taken = amount.min(self.available(row.to)).max(0);
            if self.people(row.to) {
                self.owed[row.to] += amount - taken;
            } else {
                amount = taken;
            }
        }
        if taken > self.available(row.to) {
            return ("insufficient_balance", None);
        }
        self.balance[row.to] -= taken;
        self.spend(row.to, taken, &row.born);
        if let Some(from) = row.from {
            self.balance[from] += amount;
            // Back into what was spent, the last spent first; past its end as a parcel of the day.
            let mut rest = amount;
            let (mut spent, mut back) = (row.spent.clone(), vec![]);
            for (born, n) in spent.iter_mut().rev() {
                let part = (*n).min(rest);
                if part > 0 {
                    let ends = self.parcels[born].1.ends;
                    if ends.is_some_and(|e| e <= self.now) {
                        back.push((self.birth(from, part, Some(i64::MAX - 1)), part));
                    } else {
                        self.parcels.get_mut(born).unwrap().1.left += part;
                        back.push((*born, part));
                    }
                    *n -= part;
                    rest -= part;
                }
            }
            self.moves[index].as_mut().unwrap().spent = spent;
            self.came_back(from, amount, back);
        }
        let row = self.moves[index].as_mut().unwrap();
        row.undone += amount;
        let (from, to) = (row.from, row.to);
        if let Some(counted) = row.counted.as_mut() {
            let back = amount.min(*counted);
            *counted -= back;
            self.counter -= back;
        }
        (
            "ok",
            Some(Moved {
                from,
                to,
                amount,
                undone: 0,
                spent: vec![],
                born: vec![],
                counted: None,
                reversal: true,
            }),
        )
    }
}

/// Groups of at most `size`. An entry cannot be reversed before its number is known, so a reversal comes first in its
/// batch.
pub fn batches(group: &[(i64, Command)], size: usize) -> Vec<&[(i64, Command)]> {
    let parts = group.chunk_by(|_, next| !matches!(next.1.op, Op::Reverse { .. } | Op::TakeBack { .. }));
    parts.flat_map(|part| part.chunks(size)).collect()
}

fn word(answer: &Answer) -> &'static str {
    match answer {
        Answer::Accepted(_) => "ok",
        Answer::Ordinary(_) | Answer::Sealed(_) | Answer::Unreadable => "ordinary",
        Answer::Refused(refusal) => match refusal {
            Refusal::CapReached { .. } => "cap_reached",
            Refusal::SameAccount { .. } => "same_account",
            Refusal::InsufficientBalance { .. } | Refusal::ReversalOnHold { .. } => "insufficient_balance",
            Refusal::HoldNotFound => "hold_not_found",
            Refusal::CaptureExceedsHold { .. } => "capture_exceeds_hold",
            Refusal::HoldAlreadyCaptured => "captured",
            Refusal::HoldVoided => "voided",
            Refusal::HoldExpired => "expired",
            Refusal::EntryNotReversible { .. } => "entry_not_reversible",
            Refusal::ReversalExceedsOriginal { .. } => "reversal_exceeds_original",
            other => panic!("unforeseen {other:?}"),
        },
    }
}

fn hold_id(index: usize) -> Id {
    Id::SYSTEM.derive(&format!("hold {index}"))
}

fn command_of(step: &Step, holds: usize, entry: i64) -> Option<Command> {
    Some(match step {
        Step::Wait { .. } => return None,
        Step::Issue { to, amount, lasts, cap, partial } => {
            let mut command = issue(&account(*to), *amount, None);
            let _ = lasts;
            if let (Some(limit), Op::Post { partial: flag, .. }) = (cap, &mut command.op) {
                *flag = *partial;
                let key = "cap/all".to_owned();
                let take = CounterTake {
                    key,
                    window: "all".into(),
                    take: Take::Granted,
                    limit: *limit,
                    asset: Asset::Point,
                };
                command = command.counter(take);
            }
            command
        }
        Step::Pay { from, to, amount } => pay(&account(*from), &account(*to), *amount),
        Step::Hold { from, to, amount, lasts } => {
            hold(hold_id(holds), &account(*from), &account(*to), *amount, *lasts)
        }
        Step::Capture { hold, amount } => capture(hold_id(*hold), *amount),
        Step::Void { hold } => void(hold_id(*hold)),
        Step::Reverse { amount, up_to, .. } => reverse(entry, *amount, *up_to),
    })
}

/// Plays the stream on the model and in `decide`; returns the commands with the second at which each was sent.
pub fn play(steps: &[Step]) -> Result<(Vec<(i64, Command)>, Desk), TestCaseError> {
    let (mut desk, mut model) = (Desk::new(), Model::default());
    for index in 0..4 {
        desk.accept(
            &Command::new(Id::SYSTEM, jianxian::domain::ledger::entry::EntryKind::AccountOpened, Op::Open)
                .open([account(index)]),
        );
    }
    let mut sent: Vec<(i64, Command)> = vec![];
    for step in steps {
        let mut target = 0;
        if let Step::Reverse { entry, .. } = step {
            let known: Vec<usize> =
                (0..model.moves.len()).filter(|index| model.moves[*index].is_some()).collect();
            if known.is_empty() {
                continue;
            }
            target = known[entry % known.len()];
        }
        let Some(mut command) = command_of(step, model.holds.len(), i64::try_from(target).unwrap()) else {
            model.play(step);
            if let Step::Wait { seconds } = step {
                desk.later(*seconds);
            }
            continue;
        };
        if let (Step::Issue { lasts: Some(seconds), .. }, Op::Post { legs, .. }) = (step, &mut command.op) {
            legs[0].expires_at = Some(desk.book.now.plus_seconds(*seconds));
        }
        let (expected, moved) = match step {
            Step::Reverse { amount, up_to, .. } => model.reverse(target, *amount, *up_to),
            _ => model.play(step),
        };
        let answer = desk.decide(&command).answer;
        prop_assert_eq!(word(&answer), expected, "{:?}\n{:?}", step, answer);
        let number = usize::try_from(desk.book.head.number).unwrap();
        model.moves.resize(number + 1, None);
        if let (Answer::Accepted(receipt), Some(moved)) = (&answer, moved) {
            model.moves[usize::try_from(receipt.number).unwrap()] = Some(moved);
        }
        for who in 0..4 {
            let terms = account(who);
            prop_assert_eq!(desk.balance(&terms), model.balance[who], "balance of {} after {:?}", who, step);
            let owed = -desk.balance(&terms.owed());
            prop_assert_eq!(owed, model.owed[who], "owed by {} after {:?}", who, step);
            prop_assert_eq!(desk.pending(&terms), model.pending[who], "pending of {} after {:?}", who, step);
        }
        sent.push((model.now, command));
    }
    Ok((sent, desk))
}
