//! Counters with curves in the ledger: whatever the order, what is granted is what the definition says, and a deed that
//! is taken back might never have been.

use crate::support::database::TestDatabase;
use crate::support::desk::{BANK, Desk, START, issuing, pay, reverse, volunteer};
use crate::support::model::batches;
use jianxian::clock::Clock;
use jianxian::domain::id::Id;
use jianxian::domain::ledger::account::{AccountTerms, CounterId};
use jianxian::domain::ledger::curve::{Climb, Counts, Curve, Level, MILLION, TopRounding};
use jianxian::domain::ledger::entry::EntryKind;
use jianxian::domain::refusal::{NotReversible, Refusal};
use jianxian::ledger::{Command, Leg, Op};
use jianxian::store::{Options, Store, banks::Bank};
use proptest::prelude::*;
use std::collections::BTreeMap;

/// A purse that may go below zero, so that what is granted is what the counters say.
fn purse() -> AccountTerms {
    AccountTerms { floor: None, lots: false, ..volunteer("lin") }
}

fn level(name: &str, window: &str, curve: Curve) -> Level {
    Level { counter: CounterId { key: format!("group/s/{name}/x"), window: window.into() }, rest: 0, curve }
}

fn way(by: i64, levels: Vec<Level>) -> Climb {
    Climb { by, levels, rounding: TopRounding { decimals: 2, floor: false } }
}

fn deed(to: &AccountTerms, climb: Climb) -> Command {
    let leg = Leg { capped: true, ..Leg::plain(issuing().id, to.id, 1) };
    let op = Op::Post { legs: vec![leg], partial: true, up_to: false };
    let mut command = Command::new(Id::SYSTEM, EntryKind::Award, op).open([issuing(), to.clone()]);
    command.climb = Some(climb);
    command
}

fn back(to: &AccountTerms, entry: i64, part: Option<i64>, climb: &Climb) -> Command {
    let legs = vec![Leg { capped: true, ..Leg::plain(issuing().id, to.id, 1) }];
    let op = Op::TakeBack { entry, part, legs, up_to: true, of_document: false };
    let mut command = Command::new(Id::SYSTEM, EntryKind::Reversal, op).open([issuing(), to.clone()]);
    command.climb = Some(Climb { by: 0, ..climb.clone() });
    command
}

fn capped(most: i64) -> Curve {
    Curve { most: Some(most * MILLION), ..Curve::plain(Counts::Points) }
}

/// At most 10 a day, above it at most 15 a year.
fn eight(day: &str) -> Climb {
    way(8 * MILLION, vec![level("day", day, capped(10)), level("year", "2026", capped(15))])
}

#[test]
fn taking_a_deed_back_takes_what_it_is_worth_by_then() {
    let (mut desk, lin) = (Desk::new(), volunteer("lin"));
    let (a, b, c) = (eight("05-03"), eight("05-03"), eight("05-04"));
    let entries = [&a, &b, &c].map(|way| desk.accept(&deed(&lin, way.clone())).number);
    assert_eq!(desk.balance(&lin), 1_500);
    let nothing = desk.accept(&back(&lin, entries[0], None, &a));
    assert_eq!((nothing.postings.len(), desk.balance(&lin)), (0, 1_500), "B and C alone reach 15");
    let more = desk.accept(&back(&lin, entries[2], None, &c));
    assert_eq!(
        more.postings.iter().map(|leg| leg.amount).collect::<Vec<_>>(),
        [500, 200],
        "7, of which C got 5"
    );
    assert_eq!(desk.balance(&lin), 800, "B alone");
    let again = desk.refuse(&back(&lin, entries[0], None, &a));
    assert!(matches!(again, Refusal::ReversalExceedsOriginal { left: 0, .. }), "{again:?}");
    let other = desk.refuse(&reverse(entries[1], None, false));
    assert_eq!(other, Refusal::EntryNotReversible { reason: NotReversible::OfGroups });
}

#[test]
fn the_highest_that_stands_counts() {
    let (mut desk, lin) = (Desk::new(), volunteer("lin"));
    let of =
        |points: i64| way(points * MILLION, vec![level("praise", "2026", Curve::plain(Counts::Highest))]);
    let low = desk.accept(&deed(&lin, of(20))).number;
    let high = desk.accept(&deed(&lin, of(30))).number;
    desk.accept(&deed(&lin, of(20)));
    assert_eq!(desk.balance(&lin), 3_000);
    desk.accept(&back(&lin, low, None, &of(20)));
    assert_eq!(desk.balance(&lin), 3_000, "30 stands");
    desk.accept(&back(&lin, high, None, &of(30)));
    assert_eq!(desk.balance(&lin), 2_000, "one of 20 stands");
}

#[test]
fn spent_points_are_owed_when_their_deed_is_taken_back() {
    let (mut desk, lin, shop) = (Desk::new(), volunteer("lin"), volunteer("shop"));
    let a = eight("05-03");
    let entry = desk.accept(&deed(&lin, a.clone())).number;
    desk.accept(&pay(&lin, &shop, 600));
    let taken = desk.accept(&back(&lin, entry, None, &a));
    assert_eq!((desk.balance(&lin), taken.owed[0].owed), (0, 600));
}

#[test]
fn a_part_of_a_deed_is_taken_back_in_its_own_points() {
    let (mut desk, lin) = (Desk::new(), volunteer("lin"));
    let a = eight("05-03");
    let entry = desk.accept(&deed(&lin, a.clone())).number;
    desk.accept(&back(&lin, entry, Some(3 * MILLION), &a));
    assert_eq!(desk.balance(&lin), 500);
    let more = desk.refuse(&back(&lin, entry, Some(6 * MILLION), &a));
    assert!(matches!(more, Refusal::ReversalExceedsOriginal { left: 500, .. }), "{more:?}");
    desk.accept(&back(&lin, entry, None, &a));
    assert_eq!(desk.balance(&lin), 0);
}

#[test]
fn a_deduction_takes_no_more_than_is_there() {
    let (mut desk, lin) = (Desk::new(), volunteer("lin"));
    let tiers = vec![(1, -2 * MILLION), (2, -9 * MILLION)];
    let late = way(1, vec![level("late", "2026", Curve { tiers, ..Curve::plain(Counts::Times) })]);
    desk.accept(&deed(&lin, eight("05-03")));
    desk.accept(&deed(&lin, late.clone()));
    assert_eq!(desk.balance(&lin), 600);
    let second = desk.accept(&deed(&lin, late.clone()));
    assert_eq!((desk.balance(&lin), second.grant.unwrap().granted), (0, -700));
}

#[test]
fn what_a_deduction_could_not_take_does_not_come_back() {
    let (mut desk, lin) = (Desk::new(), volunteer("lin"));
    let tiers = vec![(1, -7 * MILLION)];
    let late = way(1, vec![level("late", "2026", Curve { tiers, ..Curve::plain(Counts::Times) })]);
    let three = way(3 * MILLION, vec![level("day", "05-03", capped(10))]);
    let of_three = desk.accept(&deed(&lin, three.clone())).number;
    let entry = desk.accept(&deed(&lin, late.clone())).number;
    assert_eq!(desk.balance(&lin), 0, "three of seven were there");
    desk.accept(&back(&lin, entry, None, &late));
    assert_eq!(desk.balance(&lin), 300);
    let again = desk.accept(&deed(&lin, late.clone())).number;
    desk.accept(&back(&lin, of_three, None, &three));
    desk.accept(&back(&lin, again, None, &late));
    assert_eq!((desk.balance(&lin), desk.balance(&lin.owed())), (0, 0), "the debt is paid by what came back");
}

#[test]
fn more_than_a_deed_was_granted_is_owed_when_it_is_spent() {
    let (mut desk, lin, shop) = (Desk::new(), volunteer("lin"), volunteer("shop"));
    let (a, b, c) = (eight("05-03"), eight("05-03"), eight("05-04"));
    let [first, _, third] = [&a, &b, &c].map(|way| desk.accept(&deed(&lin, way.clone())).number);
    desk.accept(&back(&lin, first, None, &a));
    desk.accept(&pay(&lin, &shop, 1_400));
    let taken = desk.accept(&back(&lin, third, None, &c));
    let owed: i64 = taken.owed.iter().map(|one| one.owed).sum();
    assert_eq!(
        (desk.balance(&lin), owed, desk.balance(&lin.owed())),
        (0, 600, -600),
        "7 of which 1 is there"
    );
}

/// One of the deeds of a stream, or one that is taken back.
#[derive(Clone, Debug)]
enum Move {
    Do { by: i64, window: usize },
    Undo(prop::sample::Index),
}

fn any_move() -> impl Strategy<Value = Move> {
    prop_oneof![
        3 => (1_i64..40, 0..3_usize).prop_map(|(by, window)| Move::Do { by, window }),
        1 => any::<prop::sample::Index>().prop_map(Move::Undo),
    ]
}

/// The curves of a tree of one to three levels: what the lowest counts, and each level's numbers.
fn any_tree() -> impl Strategy<Value = Vec<Curve>> {
    let lowest = prop::sample::select(vec![Counts::Points, Counts::Times, Counts::Highest]);
    let numbers =
        (prop::option::of(0_i64..60), prop::option::of(-20_i64..=0), 1_u8..=100, 0_i64..30, -9_i64..9);
    (lowest, prop::collection::vec(numbers, 1..4)).prop_map(|(lowest, rows)| {
        let curve = |(at, (most, least, percent, from, bonus)): (usize, (_, _, u8, i64, i64))| {
            let counts = if at == 0 { lowest } else { Counts::Points };
            let unit = if counts == Counts::Times { 1 } else { MILLION };
            let in_points = |value: Option<i64>| value.map(|n| n * MILLION);
            let tiers = vec![((from + 1) * unit, bonus * MILLION)];
            Curve { tiers, most: in_points(most), least: in_points(least), percent, ..Curve::plain(counts) }
        };
        rows.into_iter().enumerate().map(curve).collect()
    })
}

/// The windows of the levels of one deed: the lowest begins anew most often.
fn levels_of(tree: &[Curve], window: usize) -> Vec<Level> {
    let window = |at: usize| if at == 0 { format!("w{window}") } else { "all".to_owned() };
    tree.iter().enumerate().map(|(at, curve)| level(&format!("g{at}"), &window(at), curve.clone())).collect()
}

fn by_of(tree: &[Curve], by: i64) -> i64 {
    if tree[0].counts == Counts::Times { by } else { by * MILLION / 4 }
}

/// What the definition says that the live deeds are worth together, in hundredths.
fn worth(tree: &[Curve], live: &[(i64, usize)]) -> i64 {
    let mut windows: BTreeMap<usize, Vec<i64>> = BTreeMap::new();
    live.iter().for_each(|(by, window)| windows.entry(*window).or_default().push(by_of(tree, *by)));
    let lowest = windows.values().map(|deeds| {
        let highest = tree[0].counts == Counts::Highest;
        let sum = if highest { deeds.iter().max().copied().unwrap_or(0) } else { deeds.iter().sum() };
        tree[0].at(sum).unwrap() - tree[0].at(0).unwrap()
    });
    let mut value: i64 = lowest.sum();
    let mut rest = 0;
    for curve in &tree[1..] {
        rest = curve.at(0).unwrap();
        value = curve.at(value).unwrap();
    }
    if tree.len() == 1 {
        value = round(value)
    } else {
        value = round(value) - round(rest)
    }
    value
}

/// To hundredths, half away from zero.
fn round(millionths: i64) -> i64 {
    (millionths.abs() + 5_000) / 10_000 * millionths.signum()
}

/// Plays a stream; answers the commands with the balance after each.
fn play(tree: &[Curve], moves: &[Move]) -> Result<(Vec<(i64, Command)>, Desk), TestCaseError> {
    let (mut desk, purse) = (Desk::new(), purse());
    let (mut live, mut sent): (Vec<(i64, usize, i64)>, _) = (Vec::new(), Vec::new());
    for step in moves {
        let command = match step {
            Move::Do { by, window } => deed(&purse, way(by_of(tree, *by), levels_of(tree, *window))),
            Move::Undo(_) if live.is_empty() => continue,
            Move::Undo(index) => {
                let (by, window, entry) = live.remove(index.index(live.len()));
                back(&purse, entry, None, &way(by_of(tree, by), levels_of(tree, window)))
            }
        };
        let made = desk.accept(&command);
        sent.push((0, command));
        if let Move::Do { by, window } = step {
            live.push((*by, *window, made.number));
        }
        let deeds: Vec<(i64, usize)> = live.iter().map(|(by, window, _)| (*by, *window)).collect();
        prop_assert_eq!(desk.balance(&purse), worth(tree, &deeds), "after {:?}", step);
    }
    Ok((sent, desk))
}

proptest! {
    #[test]
    fn every_order_gives_the_value_of_the_definition(
        tree in any_tree(),
        moves in prop::collection::vec(any_move(), 1..40),
    ) {
        // A tree of one level with several windows is one purse for each: their roundings add up only by themselves.
        let moves: Vec<Move> = moves
            .into_iter()
            .map(|step| match step {
                Move::Do { by, .. } if tree.len() == 1 => Move::Do { by, window: 0 },
                step => step,
            })
            .collect();
        play(&tree, &moves)?;
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, ..ProptestConfig::default() })]

    /// Through the database: the same chain, and nothing for `verify` to find.
    #[test]
    fn counters_of_groups_are_stored_as_they_move(
        tree in any_tree(),
        moves in prop::collection::vec(any_move(), 10..30),
        size in 1..6_usize,
    ) {
        let moves: Vec<Move> = moves
            .into_iter()
            .map(|step| if let Move::Do { by, .. } = step { Move::Do { by, window: 0 } } else { step })
            .collect();
        let (sent, desk) = play(&tree, &moves)?;
        let database = TestDatabase::new();
        let options = Options { durable: false, ..Options::default() };
        let store = Store::open(database.url(), &options, Clock::manual(START)).unwrap();
        let bank = Bank { id: BANK, slug: "t".into(), name: "试".into(), zone: "Asia/Shanghai".into(), sample: true };
        store.create_bank(&bank).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            for batch in batches(&sent, size) {
                let commands = batch.iter().map(|(_, command)| command.clone()).collect();
                store.submit_rows(BANK, commands, false).await.unwrap();
            }
            let verified = store.verify(BANK).await.unwrap();
            assert_eq!(verified.finding, None);
            assert_eq!(verified.hash, hex::encode(desk.book.head.hash));
        });
        store.stop().unwrap();
    }
}
