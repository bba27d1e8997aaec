//! Taking back is exact, in any order: what cannot be taken is owed, and what comes back pays it. First the rules one
//! by one, then random streams against a model without lots.

use crate::support::desk::*;
use jianxian::domain::id::Id;
use jianxian::domain::ledger::account::{AccountTerms, CounterId, LotId, OwnerKind, Purpose};
use jianxian::domain::ledger::asset::Asset;
use jianxian::domain::ledger::entry::EntryKind;
use jianxian::domain::ledger::receipt::Receipt;
use jianxian::domain::refusal::{NotReversible, Refusal};
use jianxian::ledger::{Command, CounterTake, Leg, Op, Reclaim, Take};
use proptest::prelude::*;

fn shop() -> AccountTerms {
    AccountTerms::usual(OwnerKind::Merchant, Id::SYSTEM.derive("shop"), Asset::Point, Purpose::Main)
}

fn forfeited() -> AccountTerms {
    AccountTerms::of_bank(BANK, Asset::Point, Purpose::Forfeited)
}

fn id(name: &str) -> Id {
    Id::SYSTEM.derive(name)
}

impl Desk {
    fn owed(&self, who: &AccountTerms) -> i64 {
        -self.balance(&who.owed())
    }

    /// Balance, and debt.
    fn stands(&self, who: &AccountTerms) -> (i64, i64) {
        (self.balance(who), self.owed(who))
    }

    fn last_kind(&self) -> EntryKind {
        self.book.entries.last().unwrap().0.kind
    }
}

/// What the answer says was left, is owed and was paid.
fn figures(receipt: &Receipt) -> Vec<(i64, i64, i64)> {
    receipt.owed.iter().map(|row| (row.left, row.owed, row.paid)).collect()
}

fn zeroing(who: &AccountTerms) -> Command {
    let legs = vec![Leg::plain(who.id, forfeited().id, 1_000)];
    let op = Op::Post { legs, partial: false, up_to: true };
    Command::new(Id::SYSTEM, EntryKind::Zeroing, op).open([who.clone(), forfeited()])
}

fn waive(who: &AccountTerms, debt: LotId, amount: i64) -> Command {
    Command::new(Id::SYSTEM, EntryKind::Waiver, Op::Waive { purse: who.id, debt, amount })
}

fn debts(desk: &Desk, who: &AccountTerms) -> Vec<(LotId, i64)> {
    desk.book.open_lots(&who.owed().id).into_iter().map(|lot| (lot.id, lot.remaining)).collect()
}

#[test]
fn what_is_held_when_its_award_is_taken_back_pays_the_debt_when_it_comes_back() {
    let (mut desk, v) = (Desk::new(), volunteer("v"));
    let award = desk.accept(&issue(&v, 4, None)).number;
    desk.accept(&hold(id("h"), &v, &shop(), 3, None));
    let short =
        Refusal::ReversalOnHold { account: v.id, available: 1, missing: 3, held: 3, asset: Asset::Point };
    assert_eq!(desk.refuse(&reverse(award, None, false)), short);
    let taken = desk.accept(&reverse(award, None, true));
    assert_eq!((figures(&taken), desk.stands(&v)), (vec![(3, 3, 0)], (3, 3)));
    // It is taken back as a whole: nothing of it is left to take.
    let again = Refusal::ReversalExceedsOriginal { posting: 0, left: 0, asset: Asset::Point };
    assert_eq!(desk.refuse(&reverse(award, None, true)), again);
    let back = desk.accept(&void(id("h")));
    assert_eq!((figures(&back), desk.stands(&v)), (vec![(0, 0, 3)], (0, 0)));
    assert_eq!(desk.last_kind(), EntryKind::Reclaim);
    // A payment cannot be taken back itself.
    let reclaim = desk.book.head.number;
    let owed = Refusal::EntryNotReversible { reason: NotReversible::IsOwed };
    assert_eq!(desk.refuse(&reverse(reclaim, None, true)), owed);
    assert_eq!(desk.refuse(&reverse(award, None, true)), again);
}

#[test]
fn what_is_handed_over_stays_owed_and_what_is_not_taken_pays() {
    let (mut desk, v) = (Desk::new(), volunteer("v"));
    let award = desk.accept(&issue(&v, 10, None)).number;
    desk.accept(&hold(id("h"), &v, &shop(), 9, None));
    desk.accept(&reverse(award, None, true));
    assert_eq!(desk.stands(&v), (9, 9));
    let taken = desk.accept(&capture(id("h"), Some(4)));
    assert_eq!((figures(&taken), desk.stands(&v)), (vec![(0, 0, 5)], (0, 4)));
    // A later refund pays the rest.
    let refund = desk.accept(&reverse(taken.number, Some(3), false));
    assert_eq!((figures(&refund), desk.stands(&v)), (vec![(0, 0, 3)], (0, 1)));
    desk.accept(&reverse(taken.number, None, false));
    assert_eq!(desk.stands(&v), (0, 0));
    assert_eq!(desk.balance(&shop()), 0);
}

#[test]
fn a_hold_that_runs_out_pays_also_when_its_lot_has_run_out_before() {
    let (mut desk, v) = (Desk::new(), volunteer("v"));
    let soon = desk.book.now.plus_seconds(10);
    let award = desk.accept(&issue(&v, 4, Some(soon))).number;
    desk.accept(&hold(id("h"), &v, &shop(), 3, Some(20)));
    desk.accept(&reverse(award, None, true));
    desk.later(30);
    desk.refuse(&Command::new(Id::SYSTEM, EntryKind::HoldExpired, Op::Sweep { accounts: vec![v.id] }));
    assert_eq!((desk.stands(&v), desk.last_kind()), ((0, 0), EntryKind::Reclaim));
}

#[test]
fn newly_earned_points_pay_only_where_the_scheme_says_so() {
    let (mut desk, v) = (Desk::new(), volunteer("v"));
    let award = desk.accept(&issue(&v, 4, None)).number;
    desk.accept(&pay(&v, &shop(), 3));
    desk.accept(&reverse(award, None, true));
    desk.accept(&issue(&v, 2, None));
    assert_eq!(desk.stands(&v), (2, 3));
    let mut next = issue(&v, 5, None);
    next.reclaim = Reclaim::Everything;
    assert_eq!(figures(&desk.accept(&next)), vec![(0, 0, 3)]);
    assert_eq!(desk.stands(&v), (4, 0));
}

#[test]
fn a_correction_pays_what_its_predecessors_left_owed_and_nothing_else() {
    let (mut desk, v) = (Desk::new(), volunteer("v"));
    // Another mistake: a debt with a reason of its own.
    let other = desk.accept(&issue(&v, 5, None)).number;
    desk.accept(&pay(&v, &shop(), 5));
    desk.accept(&reverse(other, None, true));
    let mut entry = desk.accept(&issue(&v, 4, None)).number;
    desk.accept(&pay(&v, &shop(), 3));
    let mut reversals = vec![];
    for _ in 0..3 {
        reversals.push(desk.accept(&reverse(entry, None, true)).number);
        assert_eq!(desk.stands(&v), (0, 8));
        let mut again = issue(&v, 4, None);
        again.reclaim = Reclaim::Of(reversals.clone());
        let receipt = desk.accept(&again);
        entry = receipt.number;
        assert_eq!((figures(&receipt), desk.stands(&v)), (vec![(0, 0, 3)], (1, 5)));
    }
}

#[test]
fn zeroing_says_what_is_on_hold_and_leaves_it_owed() {
    let (mut desk, v) = (Desk::new(), volunteer("v"));
    desk.accept(&issue(&v, 10, None));
    desk.accept(&hold(id("h"), &v, &shop(), 4, None));
    let zeroed = desk.accept(&zeroing(&v));
    assert_eq!((figures(&zeroed), desk.stands(&v)), (vec![(4, 4, 0)], (4, 4)));
    // A debt is not owed a second time.
    let again = desk.accept(&zeroing(&v));
    assert_eq!((figures(&again), desk.stands(&v)), (vec![(4, 0, 0)], (4, 4)));
    desk.accept(&void(id("h")));
    assert_eq!((desk.stands(&v), desk.balance(&forfeited())), ((0, 0), 10));
    // Taken back, it returns what it took, also what was paid later.
    desk.accept(&reverse(zeroed.number, None, false));
    assert_eq!((desk.stands(&v), desk.balance(&forfeited())), ((10, 0), 0));
}

#[test]
fn a_zeroing_that_is_taken_back_takes_its_debt_with_it() {
    let (mut desk, v) = (Desk::new(), volunteer("v"));
    desk.accept(&issue(&v, 10, None));
    desk.accept(&hold(id("h"), &v, &shop(), 4, None));
    let zeroed = desk.accept(&zeroing(&v)).number;
    desk.accept(&reverse(zeroed, None, false));
    assert_eq!((desk.stands(&v), desk.pending(&v)), ((10, 0), 4));
}

#[test]
fn what_is_owed_is_waived_debt_by_debt_and_moves_in_no_other_way() {
    let (mut desk, v) = (Desk::new(), volunteer("v"));
    let award = desk.accept(&issue(&v, 4, None)).number;
    desk.accept(&pay(&v, &shop(), 3));
    desk.accept(&reverse(award, None, true));
    let (debt, open) = debts(&desk, &v)[0];
    assert_eq!(open, 3);
    let more = Refusal::OwedLess { left: 3, asset: Asset::Point };
    assert_eq!(desk.refuse(&waive(&v, debt, 4)), more);
    desk.accept(&waive(&v, debt, 2));
    assert_eq!(desk.stands(&v), (0, 1));
    let none = Refusal::OwedLess { left: 0, asset: Asset::Point };
    assert_eq!(
        desk.refuse(&waive(&volunteer("w"), debt, 1)),
        Refusal::AccountNotFound { account: volunteer("w").id }
    );
    desk.accept(&issue(&volunteer("w"), 1, None));
    assert_eq!(desk.refuse(&waive(&volunteer("w"), debt, 1)), none);
    let reserved = Refusal::AccountReserved { account: v.owed().id };
    desk.accept(&issue(&v, 9, None));
    assert_eq!(desk.refuse(&pay(&v, &v.owed(), 1)), reserved);
    assert_eq!(desk.refuse(&pay(&v.owed(), &shop(), 1)), reserved);
    assert_eq!(desk.refuse(&hold(id("h"), &v, &v.owed(), 1, None)), reserved);
    desk.accept(&waive(&v, debt, 1));
    assert_eq!(desk.stands(&v), (9, 0));
}

// ---- the property: spendable − owed = what the final truth grants − spent − expired (+ waived), after every step

#[derive(Clone, Debug)]
enum Step {
    Enter {
        who: usize,
        points: i64,
    },
    /// Taken back, and entered anew with other points.
    Correct {
        deed: usize,
        points: i64,
    },
    Reverse {
        deed: usize,
    },
    Spend {
        who: usize,
        points: i64,
    },
    Refund {
        purchase: usize,
        points: i64,
    },
    Hold {
        who: usize,
        points: i64,
        lasts: bool,
    },
    Capture {
        hold: usize,
        points: i64,
    },
    Cancel {
        hold: usize,
    },
    /// Some days pass: holds and lots expire.
    Expire,
    Waive {
        who: usize,
        points: i64,
    },
}

const PEOPLE: usize = 2;
const CAP: i64 = 60;

fn step() -> impl Strategy<Value = Step> {
    let (who, which) = (0..PEOPLE, 0..100_usize);
    prop_oneof![
        4 => (who.clone(), 1..9_i64).prop_map(|(who, points)| Step::Enter { who, points }),
        4 => (which.clone(), 1..9_i64).prop_map(|(deed, points)| Step::Correct { deed, points }),
        2 => which.clone().prop_map(|deed| Step::Reverse { deed }),
        4 => (who.clone(), 1..9_i64).prop_map(|(who, points)| Step::Spend { who, points }),
        2 => (which.clone(), 1..9_i64).prop_map(|(purchase, points)| Step::Refund { purchase, points }),
        3 => (who.clone(), 1..9_i64, any::<bool>())
            .prop_map(|(who, points, lasts)| Step::Hold { who, points, lasts }),
        2 => (which.clone(), 0..9_i64).prop_map(|(hold, points)| Step::Capture { hold, points }),
        2 => which.prop_map(|hold| Step::Cancel { hold }),
        1 => Just(Step::Expire),
        1 => (who, 1..9_i64).prop_map(|(who, points)| Step::Waive { who, points }),
    ]
}

/// The expected state of one person. Debts are kept by the line of corrections from which they come.
#[derive(Clone, Debug, Default)]
struct Person {
    granted: i64,
    spent: i64,
    waived: i64,
    owed: Vec<(usize, i64)>,
}

impl Person {
    fn take_back(&mut self, line: usize, points: i64, free: i64) {
        self.granted -= points;
        self.owed.push((line, points - points.min(free)));
    }
    /// Pays the oldest first: of one line, or of all.
    fn pay(&mut self, line: Option<usize>, points: i64) {
        let mut left = points;
        for (_, open) in self.owed.iter_mut().filter(|(of, _)| line.is_none_or(|line| line == *of)) {
            let part = left.min(*open);
            *open -= part;
            left -= part;
        }
    }
    fn owes(&self) -> i64 {
        self.owed.iter().map(|(_, open)| open).sum()
    }
}

/// The latest of a line of corrections.
#[derive(Clone, Debug)]
struct Line {
    who: usize,
    points: i64,
    entry: i64,
    stands: bool,
    reversals: Vec<i64>,
}

/// (who, points left, entry or hold, has an end)
type Open = (usize, i64, i64, bool);

#[derive(Default)]
struct World {
    people: Vec<Person>,
    lines: Vec<Line>,
    purchases: Vec<Open>,
    holds: Vec<Open>,
    seasons: i64,
}

fn person(who: usize) -> AccountTerms {
    volunteer(&format!("person {who}"))
}

fn expired() -> AccountTerms {
    AccountTerms::of_bank(BANK, Asset::Point, Purpose::Expired)
}

impl World {
    fn new() -> Self {
        World { people: vec![Person::default(); PEOPLE], ..World::default() }
    }

    fn enter(&mut self, desk: &mut Desk, line: usize, who: usize, points: i64) -> bool {
        let ends = START.plus_seconds((self.seasons + 1) * 3 * 86_400);
        let mut command = issue(&person(who), points, Some(ends));
        command.reclaim = Reclaim::of(self.lines[line].reversals.clone(), false);
        let (key, window, take) = (format!("cap/{who}"), "all".into(), Take::Granted);
        command = command.counter(CounterTake { key, window, take, limit: CAP, asset: Asset::Point });
        let row = &mut self.lines[line];
        match desk.decide(&command).answer {
            jianxian::ledger::Answer::Accepted(receipt) => {
                (row.who, row.points, row.entry, row.stands) = (who, points, receipt.number, true);
                self.people[who].granted += points;
                self.people[who].pay(Some(line), points);
                true
            }
            _ => false,
        }
    }

    fn take_back(&mut self, desk: &mut Desk, line: usize) {
        let Line { who, points, entry, .. } = self.lines[line];
        let purse = person(who);
        let free = desk.balance(&purse) - desk.pending(&purse);
        self.lines[line].reversals.push(desk.accept(&reverse(entry, None, true)).number);
        self.lines[line].stands = false;
        self.people[who].take_back(line, points, free);
        // A repeat changes nothing.
        assert!(matches!(
            desk.refuse(&reverse(entry, None, true)),
            Refusal::ReversalExceedsOriginal { left: 0, .. }
        ));
    }

    fn play(&mut self, desk: &mut Desk, step: &Step) {
        let free = |desk: &Desk, who| desk.balance(&person(who)) - desk.pending(&person(who));
        match *step {
            Step::Enter { who, points } => {
                let (entry, stands, reversals) = (0, false, vec![]);
                self.lines.push(Line { who, points, entry, stands, reversals });
                if !self.enter(desk, self.lines.len() - 1, who, points) {
                    self.lines.pop();
                }
            }
            Step::Correct { deed, points } if !self.lines.is_empty() => {
                let line = deed % self.lines.len();
                if self.lines[line].stands {
                    self.take_back(desk, line);
                }
                let who = self.lines[line].who;
                self.enter(desk, line, who, points);
            }
            Step::Reverse { deed } if !self.lines.is_empty() => {
                let line = deed % self.lines.len();
                if self.lines[line].stands {
                    self.take_back(desk, line);
                }
            }
            Step::Spend { who, points } if points <= free(desk, who) => {
                let entry = desk.accept(&pay(&person(who), &shop(), points)).number;
                self.people[who].spent += points;
                self.purchases.push((who, points, entry, false));
            }
            Step::Refund { purchase, points } if !self.purchases.is_empty() => {
                let index = purchase % self.purchases.len();
                let (who, left, entry, _) = self.purchases[index];
                let points = points.min(left);
                if points > 0 {
                    desk.accept(&reverse(entry, Some(points), false));
                    self.purchases[index].1 -= points;
                    self.people[who].spent -= points;
                    self.people[who].pay(None, points);
                }
            }
            Step::Hold { who, points, lasts } if points <= free(desk, who) => {
                let number = i64::try_from(self.holds.len()).unwrap();
                let name = id(&format!("hold {number}"));
                desk.accept(&hold(name, &person(who), &shop(), points, lasts.then_some(2 * 86_400)));
                self.holds.push((who, points, number, lasts));
            }
            Step::Capture { hold, points } if !self.holds.is_empty() => {
                let index = hold % self.holds.len();
                let (who, left, number, _) = self.holds[index];
                if left > 0 {
                    let points = points.min(left);
                    let entry = desk.accept(&capture(id(&format!("hold {number}")), Some(points))).number;
                    self.holds[index].1 = 0;
                    self.people[who].spent += points;
                    self.purchases.push((who, points, entry, false));
                    self.people[who].pay(None, left - points);
                }
            }
            Step::Cancel { hold } if !self.holds.is_empty() => {
                let index = hold % self.holds.len();
                let (who, left, number, _) = self.holds[index];
                if left > 0 {
                    desk.accept(&void(id(&format!("hold {number}"))));
                    self.holds[index].1 = 0;
                    self.people[who].pay(None, left);
                }
            }
            Step::Expire => {
                self.seasons += 1;
                desk.later(3 * 86_400);
                let accounts = (0..PEOPLE).map(|who| person(who).id).collect();
                desk.refuse(&Command::new(Id::SYSTEM, EntryKind::HoldExpired, Op::Sweep { accounts }));
                for (who, left, _, _) in self.holds.iter_mut().filter(|hold| hold.3) {
                    self.people[*who].pay(None, std::mem::take(left));
                }
            }
            Step::Waive { who, points } => {
                let (terms, mut left) = (person(who), points);
                for (debt, open) in debts(desk, &terms) {
                    let part = open.min(left);
                    if part > 0 {
                        desk.accept(&waive(&terms, debt, part));
                        left -= part;
                    }
                }
                self.people[who].waived += points - left;
                self.people[who].pay(None, points - left);
            }
            _ => {}
        }
    }
}

/// The expired points of a person.
fn run_out(desk: &Desk, who: usize) -> i64 {
    let postings = desk.book.entries.iter().flat_map(|(entry, _)| &entry.postings);
    postings.filter(|p| p.debit == person(who).id && p.credit == expired().id).map(|p| p.amount).sum()
}

fn cases() -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(200)
}

proptest! {
    // 10,000 by hand: PROPTEST_CASES=10000 cargo test --test it ledger::owed
    #![proptest_config(ProptestConfig { cases: cases(), ..ProptestConfig::default() })]

    #[test]
    fn spendable_is_what_the_final_truth_grants_less_what_was_spent_and_what_ran_out(
        steps in prop::collection::vec(step(), 1..60),
    ) {
        let (mut desk, mut world) = (Desk::new(), World::new());
        for terms in (0..PEOPLE).map(person).chain([shop(), issuing(), expired()]) {
            desk.accept(&Command::new(Id::SYSTEM, EntryKind::AccountOpened, Op::Open).open([terms]));
        }
        for step in &steps {
            world.play(&mut desk, step);
            // What came back to an expired lot expires before the next step.
            let accounts = (0..PEOPLE).map(|who| person(who).id).collect();
            desk.refuse(&Command::new(Id::SYSTEM, EntryKind::HoldExpired, Op::Sweep { accounts }));
            for (who, truth) in world.people.iter().enumerate() {
                let (balance, owed) = desk.stands(&person(who));
                let spent = truth.spent + run_out(&desk, who) - truth.waived;
                prop_assert_eq!(balance - owed, truth.granted - spent, "person {} after {:?}", who, step);
                prop_assert_eq!(owed, truth.owes(), "owed by {} after {:?}", who, step);
                prop_assert!(balance >= desk.pending(&person(who)));
                let cap = CounterId { key: format!("cap/{who}"), window: "all".into() };
                let used = desk.book.counters.get(&cap).copied().unwrap_or(0);
                prop_assert_eq!(used, truth.granted, "the cap of {} after {:?}", who, step);
            }
        }
    }
}
