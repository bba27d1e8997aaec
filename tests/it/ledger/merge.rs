//! After a merge the ledger is as if there had been one file from the beginning: a random stream that is split over
//! two files and merged at some point equals the same stream on one file. What one file would have refused, or paid
//! with other lots, has no counterpart: such a step is left out of both worlds while there are still two files.

use crate::support::database::TestDatabase;
use crate::support::desk::*;
use jianxian::clock::Clock;
use jianxian::domain::id::Id;
use jianxian::domain::ledger::account::{AccountTerms, CounterId, OwnerKind, Purpose};
use jianxian::domain::ledger::asset::Asset;
use jianxian::domain::ledger::entry::{Entry, EntryKind};
use jianxian::domain::refusal::{NotReversible, Refusal};
use jianxian::domain::time::{Day, Moment};
use jianxian::ledger::{Answer, Command, CounterTake, Leg, Op, Take};
use jianxian::store::{Options, Store, banks::Bank};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

const DAY: i64 = 86_400;
const ASSETS: [Asset; 3] = [Asset::Minute, Asset::Lifetime, Asset::Point];

#[derive(Clone, Debug)]
enum Step {
    /// Service some days ago: minutes, and points under a cap a day.
    Serve {
        who: bool,
        minutes: i64,
        points: i64,
        ago: i64,
        lasts: Option<i64>,
    },
    /// Pieces of an offer with a limit of seven each.
    Hold {
        who: bool,
        pieces: i64,
        lasts: Option<i64>,
    },
    Capture {
        hold: usize,
        pieces: Option<i64>,
    },
    Void {
        hold: usize,
    },
    Pay {
        who: bool,
        points: i64,
    },
    Reverse {
        entry: usize,
        part: Option<i64>,
        up_to: bool,
    },
    Star {
        who: bool,
        star: i64,
    },
    Wait {
        hours: i64,
    },
}

fn step() -> impl Strategy<Value = Step> {
    let lasts = || prop_oneof![2 => Just(None), 1 => (1..12_i64).prop_map(Some)];
    prop_oneof![
        6 => (any::<bool>(), 1..120_i64, 1..15_i64, 0..5_i64, lasts())
            .prop_map(|(who, minutes, points, ago, lasts)| Step::Serve { who, minutes, points, ago, lasts }),
        3 => (any::<bool>(), 1..4_i64, prop::option::of(1..4_i64))
            .prop_map(|(who, pieces, lasts)| Step::Hold { who, pieces, lasts }),
        2 => (0..12_usize, prop::option::of(0..4_i64)).prop_map(|(hold, pieces)| Step::Capture { hold, pieces }),
        1 => (0..12_usize).prop_map(|hold| Step::Void { hold }),
        2 => (any::<bool>(), 1..20_i64).prop_map(|(who, points)| Step::Pay { who, points }),
        4 => (0..60_usize, prop::option::of(1..12_i64), any::<bool>())
            .prop_map(|(entry, part, up_to)| Step::Reverse { entry, part, up_to }),
        1 => (any::<bool>(), 1..3_i64).prop_map(|(who, star)| Step::Star { who, star }),
        3 => (1..60_i64).prop_map(|hours| Step::Wait { hours }),
    ]
}

fn owner(duplicate: bool) -> Id {
    Id::SYSTEM.derive(if duplicate { "duplicate" } else { "stays" })
}

fn of(owner: Id, asset: Asset) -> AccountTerms {
    AccountTerms::usual(OwnerKind::Person, owner, asset, Purpose::Main)
}

fn hold_id(index: usize) -> Id {
    Id::SYSTEM.derive(&format!("hold {index}"))
}

/// One world: a desk, and its files.
struct World {
    desk: Desk,
    /// The duplicate has a file of its own, or had one.
    two: bool,
    merged: bool,
    /// Numbers of the entries that can be reversed, in the order of the steps that made them.
    entries: Vec<i64>,
    sent: Vec<(i64, Command)>,
}

impl World {
    fn new(two: bool) -> Self {
        let mut desk = Desk::new();
        let bank = ASSETS.map(|asset| AccountTerms::of_bank(BANK, asset, Purpose::Issuing));
        let shop =
            AccountTerms::usual(OwnerKind::Merchant, Id::SYSTEM.derive("shop"), Asset::Point, Purpose::Main);
        let owners = if two { vec![owner(false), owner(true)] } else { vec![owner(false)] };
        let purses = owners.iter().flat_map(|owner| ASSETS.map(|asset| of(*owner, asset)));
        let open = Command::new(Id::SYSTEM, EntryKind::AccountOpened, Op::Open)
            .open(bank.into_iter().chain([shop]).chain(purses));
        desk.accept(&open);
        World { desk, two, merged: false, entries: vec![], sent: vec![(0, open)] }
    }

    /// The accounts that a step names: after a merge still the old ones, which the ledger resolves.
    fn purse(&self, who: bool, asset: Asset) -> AccountTerms {
        of(owner(who && self.two), asset)
    }

    /// The id under which it counts: that of the file that stays, once there is one.
    fn counts_for(&self, who: bool) -> Id {
        owner(who && self.two && !self.merged)
    }

    fn with_duplicates(&self, mut command: Command) -> Command {
        if self.merged {
            command.duplicates = vec![(owner(true), owner(false))];
        }
        command
    }

    fn command(&self, step: &Step, holds: usize, entry: Option<usize>) -> Command {
        let shop =
            AccountTerms::usual(OwnerKind::Merchant, Id::SYSTEM.derive("shop"), Asset::Point, Purpose::Main);
        let now = self.desk.book.now;
        let command = match step {
            Step::Serve { who, minutes, points, ago, lasts } => {
                let at = now.plus_seconds(-ago * DAY);
                let leg = |asset: Asset, amount: i64, capped: bool| {
                    let from = AccountTerms::of_bank(BANK, asset, Purpose::Issuing);
                    Leg { capped, ..Leg::plain(from.id, self.purse(*who, asset).id, amount) }
                };
                let expires_at = lasts.map(|days| now.plus_seconds(days * DAY));
                let legs = vec![
                    leg(Asset::Minute, *minutes, false),
                    leg(Asset::Lifetime, *points, true),
                    Leg { expires_at, ..leg(Asset::Point, *points, true) },
                ];
                let op = Op::Post { legs, partial: true, up_to: false };
                let mut command = Command::new(Id::SYSTEM, EntryKind::Award, op).counter(CounterTake {
                    key: format!("cap/t/day/{}", self.counts_for(*who)),
                    window: at.day(self.desk.book.zone).to_string(),
                    take: Take::Granted,
                    limit: 20,
                    asset: Asset::Point,
                });
                command.effective_at = Some(at);
                command
            }
            Step::Hold { who, pieces, lasts } => {
                let purse = self.purse(*who, Asset::Point);
                let op = Op::Hold {
                    hold: hold_id(holds),
                    legs: vec![Leg::plain(purse.id, shop.id, pieces * 3)],
                    expires_in_seconds: lasts.map(|days| days * DAY),
                };
                Command::new(Id::SYSTEM, EntryKind::Hold, op).counter(CounterTake {
                    key: format!("offer/rice/{}", self.counts_for(*who)),
                    window: "all".into(),
                    take: Take::Fixed(*pieces),
                    limit: 7,
                    asset: Asset::Point,
                })
            }
            Step::Capture { hold, pieces } => capture(hold_id(*hold), pieces.map(|pieces| pieces * 3)),
            Step::Void { hold } => void(hold_id(*hold)),
            Step::Pay { who, points } => {
                let legs = vec![Leg::plain(self.purse(*who, Asset::Point).id, shop.id, *points)];
                post(legs)
            }
            Step::Reverse { part, up_to, .. } => {
                let number = self.entries[entry.unwrap()];
                let past = self.desk.book.entries.iter().find(|(entry, _)| entry.number == number).unwrap();
                let at = past.0.effective_at;
                let last = i32::try_from(past.0.postings.len().saturating_sub(1)).unwrap();
                let amounts = part.map(|part| (0..=last).map(|leg| (leg, part)).collect());
                let op = Op::Reverse { entry: number, amounts, up_to: *up_to, of_document: false };
                let mut command = Command::new(Id::SYSTEM, EntryKind::Reversal, op);
                // A correction takes effect when the original did; what was paid comes back now.
                command.effective_at = (past.0.kind == EntryKind::Award).then_some(at);
                command
            }
            Step::Star { who, star } => {
                let op = Op::Post { legs: vec![], partial: false, up_to: false };
                let key = format!("star/s/{}/{star}", self.counts_for(*who));
                Command::new(Id::SYSTEM, EntryKind::Star, op).counter(CounterTake::once(key))
            }
            Step::Wait { .. } => {
                let accounts = [false, true].map(|who| self.purse(who, Asset::Point).id).to_vec();
                Command::new(Id::SYSTEM, EntryKind::HoldExpired, Op::Sweep { accounts })
            }
        };
        self.with_duplicates(command)
    }

    fn decide(&mut self, second: i64, command: Command) -> Answer {
        let answer = self.desk.decide(&command).answer;
        self.sent.push((second, command));
        answer
    }

    /// All accounts of the duplicate.
    fn merge(&mut self, second: i64) {
        let (mut pairs, mut open) = (vec![], vec![]);
        for (id, account) in self.desk.book.accounts.iter().filter(|(_, row)| row.terms.owner == owner(true))
        {
            let to = AccountTerms::id_of(owner(false), account.terms.asset, account.terms.purpose);
            pairs.push((*id, to));
            open.push(AccountTerms { id: to, owner: owner(false), ..account.terms.clone() });
        }
        pairs.sort();
        open.sort_by_key(|terms| terms.id);
        let command = Command::new(Id::SYSTEM, EntryKind::Merge, Op::Merge { pairs }).open(open);
        let answer = self.decide(second, command);
        assert!(matches!(answer, Answer::Accepted(_)), "{answer:?}");
        self.merged = true;
    }

    fn file(&self, asset: Asset) -> Vec<Id> {
        let owners = if self.two { vec![owner(false), owner(true)] } else { vec![owner(false)] };
        owners.into_iter().map(|owner| of(owner, asset).id).collect()
    }

    /// The complete state of the person, whatever the number of files.
    fn state(&self) -> State {
        let book = &self.desk.book;
        let (mut sums, mut lots) = (BTreeMap::new(), vec![]);
        for (id, account) in book.accounts.iter().filter(|(_, row)| is_own(row.terms.owner)) {
            let of = (account.terms.asset.to_string(), account.terms.purpose.to_string());
            let sum: &mut (i64, i64) = sums.entry(of.clone()).or_default();
            *sum = (sum.0 + account.balance(), sum.1 + account.debits_pending);
            lots.extend(
                book.lots.iter().filter(|(_, lot)| lot.account == *id).map(|(_, lot)| (of.clone(), lot)),
            );
        }
        sums.retain(|_, sum| *sum != (0, 0));
        // Also used-up lots, in the order in which they were opened: something may come back into them.
        lots.sort_by_key(|(_, lot)| lot.id);
        let mut counters: BTreeMap<(String, String), i64> = BTreeMap::new();
        for (CounterId { key, window }, used) in book.counters.iter() {
            let key = key.replace(&owner(true).to_string(), &owner(false).to_string());
            *counters.entry((key, window.clone())).or_default() += used;
        }
        counters.retain(|_, used| *used != 0);
        let lots = lots.into_iter().map(|(of, lot)| (of, lot.expires_at, lot.remaining, lot.earmarked));
        State { sums, lots: lots.collect(), counters }
    }

    /// The balance at the end of every day on which anything moved.
    fn days(&self, days: &BTreeSet<Day>) -> Vec<[i64; 3]> {
        let mut found = vec![];
        for day in days {
            found.push(ASSETS.map(|asset| {
                let file = self.file(asset);
                let rows = self.desk.book.day_totals.iter();
                let until = rows.filter(|((account, at), _)| file.contains(account) && at <= day);
                until.map(|(_, total)| total.credits - total.debits).sum::<i64>()
            }));
        }
        found
    }

    fn all_days(&self) -> BTreeSet<Day> {
        self.desk.book.day_totals.iter().map(|((_, day), _)| *day).collect()
    }

    /// The passbook of points: kind, effective time, amount.
    fn history(&self, asset: Asset) -> Vec<(EntryKind, Moment, i64)> {
        let file = self.file(asset);
        let mut lines = vec![];
        for (Entry { kind, effective_at, postings, .. }, _) in &self.desk.book.entries {
            for posting in postings {
                let (out, into) = (file.contains(&posting.debit), file.contains(&posting.credit));
                if out == into {
                    continue;
                }
                let amount = if out { -posting.amount } else { posting.amount };
                match lines.last_mut() {
                    // Two lots that expire at one moment in two files are two lines.
                    Some((EntryKind::LotExpired, at, sum))
                        if *kind == EntryKind::LotExpired && at == effective_at =>
                    {
                        *sum += amount;
                    }
                    _ => lines.push((*kind, *effective_at, amount)),
                }
            }
        }
        lines
    }
}

fn is_own(id: Id) -> bool {
    id == owner(true) || id == owner(false)
}

/// Asset and purpose of an account.
type Kind = (String, String);

#[derive(Clone, Debug, PartialEq, Eq)]
struct State {
    /// Balance and what is pending, of purses and of what is owed.
    sums: BTreeMap<Kind, (i64, i64)>,
    lots: Vec<(Kind, Option<Moment>, i64, i64)>,
    counters: BTreeMap<(String, String), i64>,
}

/// An answer without numbers, accounts or counters, which differ between the worlds.
fn figures_of(answer: &Answer) -> String {
    match answer {
        Answer::Accepted(receipt) => {
            let amounts: Vec<_> = receipt.postings.iter().map(|leg| (leg.asset, leg.amount)).collect();
            let grant = receipt.grant.as_ref().map(|grant| (grant.desired, grant.granted, grant.caps.len()));
            format!("{amounts:?} {grant:?}")
        }
        Answer::Refused(refusal) => match refusal {
            Refusal::CapReached { limit, used, left, .. } => format!("cap {limit} {used} {left}"),
            Refusal::AlreadyDone { .. } => "done already".into(),
            Refusal::InsufficientBalance { available, missing, .. } => format!("short {available} {missing}"),
            other => format!("{other:?}"),
        },
        Answer::Ordinary(_) | Answer::Sealed(_) | Answer::Unreadable => "ordinary".into(),
    }
}

/// Plays a stream in both worlds; `merge_at`: the step before which the two files are merged.
fn play(steps: &[Step], merge_at: usize) -> Result<(World, World), TestCaseError> {
    let (mut one, mut two) = (World::new(false), World::new(true));
    let (mut second, mut holds) = (0_i64, 0_usize);
    for (index, step) in steps.iter().enumerate() {
        if index == merge_at {
            two.merge(second);
            prop_assert_eq!(two.state(), one.state(), "right after the merge");
        }
        if let Step::Wait { hours } = step {
            second += hours * 3_600;
            one.desk.later(hours * 3_600);
            two.desk.later(hours * 3_600);
        }
        let target = match step {
            Step::Reverse { .. } if one.entries.is_empty() => continue,
            Step::Reverse { entry, .. } => Some(entry % one.entries.len()),
            _ => None,
        };
        let (first, other) = (one.command(step, holds, target), two.command(step, holds, target));
        let marks = (one.desk.book.mark(), two.desk.book.mark());
        let sent = (one.sent.len(), two.sent.len());
        let answers = (one.decide(second, first), two.decide(second, other));
        let same = figures_of(&answers.0) == figures_of(&answers.1) && one.state() == two.state();
        if index >= merge_at {
            prop_assert_eq!(figures_of(&answers.1), figures_of(&answers.0), "{:?}", step);
            prop_assert_eq!(two.state(), one.state(), "after {:?}", step);
        } else if !same {
            // One file would have refused it, or paid it with the points of the other file.
            one.desk.book.roll_back(marks.0);
            two.desk.book.roll_back(marks.1);
            one.sent.truncate(sent.0);
            two.sent.truncate(sent.1);
            if let Step::Wait { hours } = step {
                second -= hours * 3_600;
                one.desk.later(-hours * 3_600);
                two.desk.later(-hours * 3_600);
            }
            continue;
        }
        if let (Answer::Accepted(first), Answer::Accepted(other)) = &answers {
            if matches!(step, Step::Hold { .. }) {
                holds += 1;
            }
            if !matches!(
                step,
                Step::Star { .. } | Step::Hold { .. } | Step::Void { .. } | Step::Reverse { .. }
            ) {
                one.entries.push(first.number);
                two.entries.push(other.number);
            }
        }
    }
    if merge_at >= steps.len() {
        two.merge(second);
    }
    let days: BTreeSet<Day> = one.all_days().union(&two.all_days()).copied().collect();
    prop_assert_eq!(two.days(&days), one.days(&days), "as of every day");
    for asset in ASSETS {
        prop_assert_eq!(two.history(asset), one.history(asset), "history of {}", asset);
        let left = two.desk.book.accounts.get(&of(owner(true), asset).id).unwrap();
        prop_assert_eq!((left.balance(), left.debits_pending), (0, 0));
    }
    Ok((one, two))
}

/// As many as `PROPTEST_CASES` says, else few.
fn cases(usual: u32) -> ProptestConfig {
    let asked = std::env::var("PROPTEST_CASES").ok().and_then(|text| text.parse().ok());
    ProptestConfig { cases: asked.unwrap_or(usual), ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(cases(200))]

    #[test]
    fn a_stream_over_two_files_that_are_merged_is_the_stream_on_one_file(
        steps in prop::collection::vec(step(), 1..80), merge_at in 0..80_usize,
    ) {
        play(&steps, merge_at)?;
    }
}

/// Balances as of every day and the history are those of one file, under either id.
async fn reads_as_one(store: &Store, one: &World, asset: Asset, days: &BTreeSet<Day>) {
    let expected = one.days(days);
    let index = ASSETS.iter().position(|other| *other == asset).unwrap();
    for account in [owner(true), owner(false)].map(|owner| of(owner, asset).id) {
        for (day, expected) in days.iter().zip(&expected) {
            let end = Moment::from_micros(day.end(chrono_tz::Asia::Shanghai).micros() - 1);
            let read = store.read(BANK, move |t| t.balance_as_of(account, end, None)).await.unwrap();
            assert_eq!(read, expected[index], "{asset} as of {day}");
        }
        let lines = store.read(BANK, move |t| {
            let account = t.account_that_stays(account, None)?;
            t.history(account, None, 1_000)
        });
        let lines = lines.await.unwrap();
        let sums = |lines: &[(Moment, i64)]| {
            let mut sums: BTreeMap<Moment, i64> = BTreeMap::new();
            lines.iter().for_each(|(at, n)| *sums.entry(*at).or_default() += n);
            sums
        };
        let found: Vec<_> = lines.iter().map(|l| (l.effective_at, l.amount)).collect();
        let history: Vec<_> = one.history(asset).iter().map(|(_, at, n)| (*at, *n)).collect();
        assert_eq!(sums(&found), sums(&history));
        let mut balance = 0;
        for line in lines.iter().rev() {
            balance += line.amount;
            assert_eq!(line.balance, balance, "the balance after each line");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, ..ProptestConfig::default() })]

    /// Through the database: the same chain, nothing for `verify` to find, and every read of either file returns what
    /// one file would, as of every day.
    #[test]
    fn a_merged_file_reads_from_the_database_as_one_file(
        steps in prop::collection::vec(step(), 10..60), merge_at in 0..60_usize,
    ) {
        let (one, two) = play(&steps, merge_at)?;
        let database = TestDatabase::new();
        let clock = Clock::manual(START);
        let options = Options { durable: false, ..Options::default() };
        let store = Store::open(database.url(), &options, clock.clone()).unwrap();
        let bank = Bank { id: BANK, slug: "t".into(), name: "试".into(), zone: "Asia/Shanghai".into(), sample: true };
        store.create_bank(&bank).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            for (second, command) in &two.sent {
                clock.set(START.plus_seconds(*second));
                store.submit(BANK, command.clone()).await.unwrap();
            }
            let verified = store.verify(BANK).await.unwrap();
            assert_eq!(verified.finding, None);
            assert_eq!(verified.hash, hex::encode(two.desk.book.head.hash));
            let days: BTreeSet<Day> = one.all_days().union(&two.all_days()).copied().collect();
            for asset in ASSETS {
                reads_as_one(&store, &one, asset, &days).await;
            }
        });
        store.stop().unwrap();
    }
}

fn merge_of(from: &AccountTerms, to: &AccountTerms) -> Command {
    let op = Op::Merge { pairs: vec![(from.id, to.id)] };
    Command::new(Id::SYSTEM, EntryKind::Merge, op).open([to.clone()])
}

#[test]
fn a_chain_of_merges_leads_to_the_file_that_stays() {
    let mut desk = Desk::new();
    let [a, b, c] = ["a", "b", "c"].map(volunteer);
    let award = desk.accept(&issue(&a, 10, None)).number;
    desk.accept(&issue(&b, 5, None));
    desk.accept(&merge_of(&a, &b));
    desk.accept(&merge_of(&b, &c));
    assert_eq!((desk.balance(&a), desk.balance(&b), desk.balance(&c)), (0, 0, 15));
    // The first id resolves to the last one.
    desk.accept(&pay(&a, &merchant("shop"), 4));
    desk.accept(&reverse(award, Some(3), false));
    assert_eq!(desk.balance(&c), 8);
    // A merged account cannot be merged again.
    assert!(matches!(desk.refuse(&merge_of(&a, &c)), Refusal::SameAccount { .. }));
    assert!(matches!(desk.refuse(&merge_of(&c, &a)), Refusal::SameAccount { .. }));
}

#[test]
fn a_merge_is_never_reversed_and_what_went_between_the_two_files_moves_nothing_any_more() {
    let mut desk = Desk::new();
    let [a, b] = ["a", "b"].map(volunteer);
    desk.accept(&issue(&a, 10, None));
    let gift = desk.accept(&pay(&a, &b, 4)).number;
    let merge = desk.accept(&merge_of(&a, &b)).number;
    let refusal = desk.refuse(&reverse(merge, None, false));
    assert_eq!(refusal, Refusal::EntryNotReversible { reason: NotReversible::IsMerge });
    assert!(matches!(desk.refuse(&reverse(gift, None, false)), Refusal::SameAccount { .. }));
    assert_eq!(desk.balance(&b), 10);
}

#[test]
fn a_hold_between_the_two_files_is_given_up_before_they_become_one() {
    let mut desk = Desk::new();
    let [a, b] = ["a", "b"].map(volunteer);
    desk.accept(&issue(&a, 10, None));
    let between = Id::SYSTEM.derive("between");
    desk.accept(&hold(between, &a, &b, 4, None));
    assert!(matches!(desk.refuse(&merge_of(&a, &b)), Refusal::WrongState { .. }));
    desk.accept(&void(between));
    desk.accept(&merge_of(&a, &b));
    assert_eq!((desk.balance(&b), desk.pending(&b)), (10, 0));
}
