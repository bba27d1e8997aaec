//! Caps and "at most once".

use super::book::Book;
use super::command::{Command, CounterTake, Take};
use super::draft::Draft;
use crate::domain::ledger::account::CounterUse;
use crate::domain::ledger::entry::Effect;
use crate::domain::refusal::Refusal;

/// What the counters leave of a desired amount, and what each of them is to be charged.
pub(super) struct Fitted {
    pub granted: i64,
    /// Keys of the counters that cut the amount down.
    pub bitten: Vec<String>,
    pub uses: Vec<(CounterUse, i64)>,
}

/// The value of a counter, including its equivalents under the ids of duplicates.
fn used(book: &Book, command: &Command, take: &CounterTake) -> i64 {
    let counted = command.counted(take);
    counted.iter().fold(0_i64, |sum, id| sum.saturating_add(book.counters.get(id).copied().unwrap_or(0)))
}

/// Fits `desired` into the counters. Without `partial`, or when nothing is left, the first full counter refuses, with
/// its limit, what is used and what is left.
pub(super) fn fit(book: &Book, command: &Command, desired: i64, partial: bool) -> Result<Fitted, Refusal> {
    let takes = &command.counters;
    let mut granted = desired;
    let mut bitten = Vec::new();
    for take in takes {
        let used = used(book, command, take);
        let left = take.limit.saturating_sub(used).max(0);
        let wanted = match take.take {
            Take::Granted => desired,
            Take::Fixed(n) | Take::Tally(n) => n,
        };
        if wanted <= left {
            continue;
        }
        match take.take {
            Take::Fixed(_) if take.limit == 1 => {
                return Err(Refusal::AlreadyDone { counter: take.key.clone() });
            }
            Take::Granted if partial => {
                granted = granted.min(left);
                bitten.push(take.key.clone());
            }
            _ => return Err(reached(take, used, left)),
        }
    }
    if granted == 0 && desired > 0 {
        bitten.dedup();
    }
    let uses = takes
        .iter()
        .map(|take| {
            let amount = match take.take {
                Take::Granted => granted,
                Take::Fixed(n) | Take::Tally(n) => n,
            };
            let measure = take.take.measure();
            (CounterUse { key: take.key.clone(), window: take.window.clone(), amount, measure }, take.limit)
        })
        .filter(|(counter, _)| counter.amount != 0)
        .collect();
    Ok(Fitted { granted, bitten, uses })
}

impl Draft<'_> {
    /// Gives back counters as a capture or a reversal requests (fixed takes below zero): for pieces that were not
    /// taken, or came back. Never more than was used.
    pub(super) fn give_back(&mut self, takes: &[CounterTake]) -> Result<(), Refusal> {
        for take in takes {
            let Take::Fixed(n) = take.take else { continue };
            let used = self.book.counters.get(&take.id()).copied().unwrap_or(0);
            let amount = n.saturating_neg().min(used);
            if amount > 0 {
                let (key, window, measure) = (take.key.clone(), take.window.clone(), take.take.measure());
                self.effect(Effect::CounterGiven { counter: CounterUse { key, window, amount, measure } })?;
            }
        }
        Ok(())
    }
}

/// The refusal of the fullest counter, for a grant of which nothing is left.
pub(super) fn fullest(book: &Book, command: &Command) -> Option<Refusal> {
    command.counters.iter().filter(|t| t.take == Take::Granted).find_map(|take| {
        let used = used(book, command, take);
        let left = take.limit.saturating_sub(used).max(0);
        (left == 0).then(|| reached(take, used, left))
    })
}

fn reached(take: &CounterTake, used: i64, left: i64) -> Refusal {
    Refusal::CapReached { counter: take.key.clone(), limit: take.limit, used, left, asset: take.asset }
}
