//! Batches of goods as lots of a shelf: handed out by date, given back into the batch, nothing past its date; and shelves
//! of older books, which begin to keep lots when they are next used.

use crate::support::desk::*;
use jianxian::domain::id::Id;
use jianxian::domain::ledger::account::{AccountTerms, OwnerKind, Purpose};
use jianxian::domain::ledger::asset::Asset;
use jianxian::domain::ledger::entry::{Effect, EntryKind};
use jianxian::domain::refusal::Refusal;
use jianxian::ledger::{Answer, Command, Leg, Op};
use proptest::prelude::*;

const DAY: i64 = 86_400;

fn offer() -> Id {
    Id::SYSTEM.derive("rice")
}

fn account(purpose: Purpose) -> AccountTerms {
    let terms = AccountTerms::usual(OwnerKind::Offer, offer(), Asset::Stock(offer()), purpose);
    AccountTerms { lots: purpose == Purpose::Stock, ..terms }
}

fn all() -> [AccountTerms; 3] {
    [Purpose::Stock, Purpose::Supply, Purpose::HandedOut].map(account)
}

fn past() -> AccountTerms {
    AccountTerms::of_bank(BANK, Asset::Stock(offer()), Purpose::Expired)
}

fn command(kind: EntryKind, op: Op) -> Command {
    Command::new(Id::SYSTEM, kind, op).open(all())
}

fn goods_in(desk: &Desk, pieces: i64, days: Option<i64>) -> Command {
    let [shelf, supply, _] = all();
    let expires_at = days.map(|days| desk.book.now.plus_seconds(days * DAY));
    let leg = Leg { expires_at, ..Leg::plain(supply.id, shelf.id, pieces) };
    command(EntryKind::GoodsIn, Op::Post { legs: vec![leg], partial: false, up_to: false })
}

fn hold(id: Id, pieces: i64, days: Option<i64>) -> Command {
    let [shelf, _, handed_out] = all();
    let legs = vec![Leg::plain(shelf.id, handed_out.id, pieces)];
    command(EntryKind::Hold, Op::Hold { hold: id, legs, expires_in_seconds: days.map(|days| days * DAY) })
}

fn capture(id: Id) -> Command {
    command(EntryKind::Redemption, Op::Capture { hold: id, amounts: None, keep_open: false })
}

/// What remains in the batches.
fn in_batches(desk: &Desk) -> i64 {
    let [shelf, ..] = all();
    desk.book.lots.iter().filter(|(_, lot)| lot.account == shelf.id).map(|(_, lot)| lot.remaining).sum()
}

#[test]
fn a_shelf_of_an_older_book_begins_to_keep_lots_and_its_holds_are_captured() {
    let mut desk = Desk::new();
    let [shelf, supply, handed_out] = all();
    let older = [AccountTerms { lots: false, ..shelf.clone() }, supply.clone(), handed_out.clone()];
    let without = |command: Command| Command { open: older.to_vec(), ..command };
    let before = goods_in(&desk, 10, None);
    desk.accept(&without(before));
    let (kept, late) = (Id::SYSTEM.derive("kept"), Id::SYSTEM.derive("late"));
    desk.accept(&without(hold(kept, 4, None)));
    let delivery = goods_in(&desk, 5, Some(3));
    desk.accept(&delivery);
    assert_eq!((desk.balance(&shelf), in_batches(&desk)), (15, 15));
    // The delivery runs out first, then what was there.
    desk.accept(&hold(late, 9, None));
    desk.accept(&capture(late));
    assert_eq!((desk.balance(&shelf), in_batches(&desk)), (6, 6));
    desk.accept(&capture(kept));
    assert_eq!((desk.balance(&shelf), in_batches(&desk), desk.balance(&handed_out)), (2, 2, 13));
    let begun = desk.book.entries.iter().flat_map(|(entry, _)| &entry.effects);
    assert_eq!(begun.filter(|effect| matches!(effect, Effect::LotsKept { .. })).count(), 1);
}

#[test]
fn pieces_past_their_date_are_neither_captured_nor_kept_for_the_day_when_they_come_back() {
    let mut desk = Desk::new();
    let [shelf, ..] = all();
    let delivery = goods_in(&desk, 3, Some(1));
    desk.accept(&delivery);
    let (kept, taken) = (Id::SYSTEM.derive("kept"), Id::SYSTEM.derive("taken"));
    desk.accept(&hold(kept, 1, Some(9)));
    desk.accept(&hold(taken, 1, Some(9)));
    let entry = desk.accept(&capture(taken)).number;
    desk.later(2 * DAY);
    assert_eq!(desk.refuse(&capture(kept)), Refusal::GoodsPastDate { offer: offer() });
    desk.accept(&command(EntryKind::Void, Op::Void { hold: kept }));
    let back = Op::Reverse { entry, amounts: None, up_to: false, of_document: false };
    desk.accept(&command(EntryKind::Refund, back));
    let sweep = Op::Sweep { accounts: vec![shelf.id] };
    desk.book.due_lots_of = Default::default();
    desk.refuse(&command(EntryKind::LotExpired, sweep));
    assert_eq!((desk.balance(&shelf), desk.balance(&past()), in_batches(&desk)), (0, 3, 0));
}

#[derive(Clone, Debug)]
enum Move {
    In(i64, Option<i64>),
    Hold(i64, Option<i64>),
    Capture(usize),
    Void(usize),
    GiveBack(usize),
    Wait(i64),
}

fn moves() -> impl Strategy<Value = Vec<Move>> {
    let days = || prop::option::of(1..9_i64);
    let one = prop_oneof![
        3 => (1..9_i64, days()).prop_map(|(pieces, days)| Move::In(pieces, days)),
        4 => (1..6_i64, days()).prop_map(|(pieces, days)| Move::Hold(pieces, days)),
        3 => (0..9_usize).prop_map(Move::Capture),
        1 => (0..9_usize).prop_map(Move::Void),
        2 => (0..9_usize).prop_map(Move::GiveBack),
        2 => (1..5_i64).prop_map(Move::Wait),
    ];
    prop::collection::vec(one, 1..40)
}

/// What a receipt has handed out was not past its date, and of no batch that runs out later than one left free.
fn was_fresh(desk: &Desk, number: i64) -> bool {
    let entry =
        desk.book.entries.iter().map(|(entry, _)| entry).find(|entry| entry.number == number).unwrap();
    entry.effects.iter().all(|effect| match effect {
        Effect::LotConsumed { lot, .. } => !desk.book.lots.get(lot).unwrap().is_due(desk.book.now),
        _ => true,
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, ..ProptestConfig::default() })]

    #[test]
    fn stock_is_the_sum_of_the_batches_and_nothing_past_its_date_is_handed_out(moves in moves()) {
        let (mut desk, mut holds, mut taken) = (Desk::new(), Vec::new(), Vec::new());
        let [shelf, ..] = all();
        for (n, one) in moves.into_iter().enumerate() {
            match one {
                Move::In(pieces, days) => {
                    let delivery = goods_in(&desk, pieces, days);
                    desk.accept(&delivery);
                }
                Move::Hold(pieces, days) => {
                    let id = Id::SYSTEM.derive(&format!("hold {n}"));
                    if let Answer::Accepted(_) = desk.decide(&hold(id, pieces, days)).answer {
                        holds.push(id);
                    }
                }
                Move::Capture(which) if which < holds.len() => {
                    let decision = desk.decide(&capture(holds[which]));
                    if let Answer::Accepted(receipt) = decision.answer {
                        prop_assert!(was_fresh(&desk, receipt.number));
                        taken.push(receipt.number);
                        holds.remove(which);
                    }
                }
                Move::Void(which) if which < holds.len() => {
                    desk.decide(&command(EntryKind::Void, Op::Void { hold: holds.remove(which) }));
                }
                Move::GiveBack(which) if which < taken.len() => {
                    let entry = taken.remove(which);
                    let back = Op::Reverse { entry, amounts: None, up_to: false, of_document: false };
                    desk.accept(&command(EntryKind::Refund, back));
                }
                Move::Wait(days) => desk.later(days * DAY),
                _ => {}
            }
            prop_assert_eq!(desk.balance(&shelf), in_batches(&desk));
            prop_assert!(desk.balance(&shelf) >= desk.pending(&shelf));
        }
    }
}
