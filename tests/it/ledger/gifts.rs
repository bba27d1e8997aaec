//! Gifts in the ledger: lots go along with their expiry, what was given is not zeroed, who owes gives nothing. First
//! the rules one by one, then random streams against a model of lots.

use crate::support::desk::*;
use jianxian::domain::id::Id;
use jianxian::domain::ledger::account::{AccountTerms, CounterId, OwnerKind, Purpose};
use jianxian::domain::ledger::asset::Asset;
use jianxian::domain::ledger::entry::EntryKind;
use jianxian::domain::refusal::Refusal;
use jianxian::domain::time::Moment;
use jianxian::ledger::{Command, CounterTake, Leg, Op, Take};
use proptest::prelude::*;
use std::collections::BTreeMap;

const DAY: i64 = 86_400;

fn pool() -> AccountTerms {
    AccountTerms::usual(OwnerKind::Organisation, Id::SYSTEM.derive("org"), Asset::Point, Purpose::Pool)
}

fn shop() -> AccountTerms {
    AccountTerms::usual(OwnerKind::Merchant, Id::SYSTEM.derive("shop"), Asset::Point, Purpose::Main)
}

fn give(from: &AccountTerms, to: &AccountTerms, points: i64) -> Command {
    let legs = vec![Leg::plain(from.id, to.id, points)];
    let op = Op::Post { legs, partial: false, up_to: false };
    Command::new(Id::SYSTEM, EntryKind::Gift, op).open([from.clone(), to.clone()])
}

fn zeroing(who: &AccountTerms) -> Command {
    let forfeited = AccountTerms::of_bank(BANK, Asset::Point, Purpose::Forfeited);
    let legs = vec![Leg::plain(who.id, forfeited.id, 1_000)];
    let op = Op::Post { legs, partial: false, up_to: true };
    Command::new(Id::SYSTEM, EntryKind::Zeroing, op).open([who.clone(), forfeited])
}

/// Remaining points by expiry.
type Lots = BTreeMap<Option<Moment>, i64>;

impl Desk {
    fn lots(&self, who: &AccountTerms) -> Lots {
        let mut lots = Lots::new();
        for lot in self.book.open_lots(&who.id) {
            *lots.entry(lot.expires_at).or_default() += lot.remaining;
        }
        lots
    }
}

#[test]
fn a_gift_takes_what_expires_first_and_keeps_its_expiry_through_a_pool_and_back() {
    let (mut desk, a, b) = (Desk::new(), volunteer("a"), volunteer("b"));
    let (soon, late) = (START.plus_seconds(5 * DAY), START.plus_seconds(9 * DAY));
    desk.accept(&issue(&a, 4, Some(late)));
    desk.accept(&issue(&a, 4, Some(soon)));
    let gift = desk.accept(&give(&a, &pool(), 5)).number;
    assert_eq!(desk.lots(&pool()), Lots::from([(Some(soon), 4), (Some(late), 1)]));
    desk.accept(&give(&pool(), &b, 5));
    assert_eq!(desk.lots(&b), Lots::from([(Some(soon), 4), (Some(late), 1)]));
    // Nothing is left in the pool to take the first gift back from.
    assert!(matches!(desk.refuse(&reverse(gift, None, false)), Refusal::InsufficientBalance { .. }));
    desk.later(6 * DAY);
    desk.refuse(&Command::new(Id::SYSTEM, EntryKind::LotExpired, Op::Sweep { accounts: vec![b.id] }));
    assert_eq!((desk.balance(&b), desk.balance(&a)), (1, 3));
}

#[test]
fn a_gift_that_is_returned_comes_back_into_its_lots() {
    let (mut desk, a, b) = (Desk::new(), volunteer("a"), volunteer("b"));
    let soon = START.plus_seconds(5 * DAY);
    desk.accept(&issue(&a, 4, Some(soon)));
    desk.accept(&issue(&b, 2, None));
    let gift = desk.accept(&give(&a, &b, 3)).number;
    desk.accept(&reverse(gift, None, false));
    assert_eq!(desk.lots(&a), Lots::from([(Some(soon), 4)]));
    assert_eq!(desk.lots(&b), Lots::from([(None, 2)]));
    assert!(desk.book.open_lots(&a.id).iter().all(|lot| !lot.given));
}

#[test]
fn a_zeroing_spares_what_was_given() {
    let (mut desk, a, b) = (Desk::new(), volunteer("a"), volunteer("b"));
    desk.accept(&issue(&a, 4, None));
    desk.accept(&issue(&b, 10, None));
    desk.accept(&give(&a, &b, 4));
    let taken = desk.accept(&zeroing(&b)).number;
    assert_eq!(desk.balance(&b), 4);
    assert!(desk.book.open_lots(&b.id).iter().all(|lot| lot.given));
    desk.accept(&reverse(taken, None, false));
    assert_eq!(desk.balance(&b), 14);
    // On hold is owed, but for what was given.
    desk.accept(&hold(Id::SYSTEM.derive("h"), &b, &shop(), 12, None));
    let left = desk.accept(&zeroing(&b));
    assert_eq!(left.owed.iter().map(|row| row.owed).sum::<i64>(), 10, "{left:?}");
}

#[test]
fn who_owes_gives_nothing() {
    let (mut desk, a, b) = (Desk::new(), volunteer("a"), volunteer("b"));
    let award = desk.accept(&issue(&a, 4, None)).number;
    desk.accept(&pay(&a, &shop(), 3));
    desk.accept(&reverse(award, None, true));
    desk.accept(&issue(&a, 9, None));
    assert_eq!(desk.refuse(&give(&a, &b, 1)), Refusal::GiverOwes { owed: 3, asset: Asset::Point });
}

#[test]
fn a_counter_that_has_moved_since_it_was_read_refuses_and_a_tally_never_goes_back() {
    let (mut desk, a, b, c) = (Desk::new(), volunteer("a"), volunteer("b"), volunteer("c"));
    desk.accept(&issue(&a, 9, None));
    let tally = CounterId { key: "tally".into(), window: "all".into() };
    let take = CounterTake {
        key: tally.key.clone(),
        window: tally.window.clone(),
        take: Take::Tally(1),
        limit: i64::MAX,
        asset: Asset::Point,
    };
    let seen = |value| Command { standing: vec![(tally.clone(), value)], ..give(&b, &c, 1) };
    let gift = desk.accept(&give(&a, &b, 5).counter(take)).number;
    assert!(matches!(desk.refuse(&seen(0)), Refusal::ChangedMeanwhile { .. }));
    desk.accept(&seen(1));
    desk.accept(&issue(&b, 1, None));
    desk.accept(&reverse(gift, None, false));
    desk.accept(&issue(&b, 1, None));
    assert!(matches!(desk.refuse(&seen(0)), Refusal::ChangedMeanwhile { .. }));
    desk.accept(&seen(1));
}

#[derive(Clone, Debug)]
enum Step {
    Award { who: usize, points: i64, days: Option<i64> },
    Give { from: usize, to: usize, points: i64 },
    Spend { who: usize, points: i64 },
    Return { gift: usize },
    Wait { days: i64 },
}

const PEOPLE: usize = 4;

fn person(who: usize) -> AccountTerms {
    volunteer(&format!("person {who}"))
}

fn step() -> impl Strategy<Value = Step> {
    let (who, points) = (0..PEOPLE, 1..9_i64);
    prop_oneof![
        3 => (who.clone(), points.clone(), prop::option::of(1..20_i64))
            .prop_map(|(who, points, days)| Step::Award { who, points, days }),
        5 => (who.clone(), who.clone(), points.clone())
            .prop_map(|(from, to, points)| Step::Give { from, to, points }),
        2 => (who, points).prop_map(|(who, points)| Step::Spend { who, points }),
        2 => (0..8_usize).prop_map(|gift| Step::Return { gift }),
        1 => (1..6_i64).prop_map(|days| Step::Wait { days }),
    ]
}

/// Takes what expires first; returns it.
fn take(lots: &mut Lots, points: i64) -> Lots {
    let (mut left, mut taken) = (points, Lots::new());
    let order: Vec<Option<Moment>> = {
        let mut keys: Vec<_> = lots.keys().copied().collect();
        keys.sort_by_key(|at| at.unwrap_or(Moment::from_micros(i64::MAX)));
        keys
    };
    for at in order {
        let there = lots.get_mut(&at).unwrap();
        let part = left.min(*there);
        if part > 0 {
            *there -= part;
            left -= part;
            taken.insert(at, part);
        }
    }
    lots.retain(|_, left| *left > 0);
    taken
}

fn add(lots: &mut Lots, more: &Lots) {
    more.iter().for_each(|(at, points)| *lots.entry(*at).or_default() += points);
}

#[derive(Default)]
struct World {
    people: [Lots; PEOPLE],
    /// Giver, receiver, what went, entry.
    gifts: Vec<(usize, usize, Lots, i64)>,
}

impl World {
    fn sum(&self, who: usize) -> i64 {
        self.people[who].values().sum()
    }

    fn play(&mut self, desk: &mut Desk, step: &Step) {
        match *step {
            Step::Award { who, points, days } => {
                let at = days.map(|days| desk.book.now.plus_seconds(days * DAY));
                desk.accept(&issue(&person(who), points, at));
                add(&mut self.people[who], &Lots::from([(at, points)]));
            }
            Step::Give { from, to, points } if from != to && points <= self.sum(from) => {
                let entry = desk.accept(&give(&person(from), &person(to), points)).number;
                let went = take(&mut self.people[from], points);
                add(&mut self.people[to], &went);
                self.gifts.push((from, to, went, entry));
            }
            Step::Spend { who, points } if points <= self.sum(who) => {
                desk.accept(&pay(&person(who), &shop(), points));
                take(&mut self.people[who], points);
            }
            Step::Return { gift } if !self.gifts.is_empty() => {
                let (from, to, went, entry) = self.gifts.swap_remove(gift % self.gifts.len());
                let points: i64 = went.values().sum();
                if points > self.sum(to) {
                    desk.refuse(&reverse(entry, None, false));
                    return;
                }
                desk.accept(&reverse(entry, None, false));
                let zone = desk.book.zone;
                let today = desk.book.now.day(zone).end(zone);
                for (at, part) in went {
                    let at = if at.is_some_and(|at| at <= desk.book.now) { Some(today) } else { at };
                    add(&mut self.people[from], &Lots::from([(at, part)]));
                }
                // Its own lots were taken first, then others.
                self.people[to] = desk.lots(&person(to));
            }
            Step::Wait { days } => {
                desk.later(days * DAY);
                let now = desk.book.now;
                for lots in &mut self.people {
                    lots.retain(|at, _| at.is_none_or(|at| at > now));
                }
            }
            _ => {}
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn giving_changes_the_expiry_of_no_point(steps in prop::collection::vec(step(), 1..50)) {
        let (mut desk, mut world) = (Desk::new(), World::default());
        let expired = AccountTerms::of_bank(BANK, Asset::Point, Purpose::Expired);
        for terms in (0..PEOPLE).map(person).chain([shop(), issuing(), expired]) {
            desk.accept(&Command::new(Id::SYSTEM, EntryKind::AccountOpened, Op::Open).open([terms]));
        }
        let accounts: Vec<Id> = (0..PEOPLE).map(|who| person(who).id).collect();
        for step in &steps {
            world.play(&mut desk, step);
            let sweep = Op::Sweep { accounts: accounts.clone() };
            desk.refuse(&Command::new(Id::SYSTEM, EntryKind::LotExpired, sweep));
            for who in 0..PEOPLE {
                let lots = desk.lots(&person(who));
                prop_assert_eq!(lots.values().sum::<i64>(), desk.balance(&person(who)), "{:?}", step);
                prop_assert_eq!(&lots, &world.people[who], "person {} after {:?}", who, step);
            }
        }
    }
}
