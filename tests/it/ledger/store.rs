//! The ledger through the store: batches, keys, holds, verification, tampering.

use crate::support::database::TestDatabase;
use jianxian::clock::Clock;
use jianxian::domain::id::{BankId, Id};
use jianxian::domain::ledger::account::{AccountTerms, OwnerKind, Purpose};
use jianxian::domain::ledger::asset::Asset;
use jianxian::domain::ledger::entry::EntryKind;
use jianxian::domain::refusal::Refusal;
use jianxian::domain::time::Moment;
use jianxian::ledger::{Answer, Command, Decision, Leg, Op, Repeated, Request};
use jianxian::store::people::members::AccessRow;
use jianxian::store::readers::lists::AccessFilter;
use jianxian::store::{Error, Options, Store, Tables, banks::Bank};
use std::sync::Mutex;
use std::sync::mpsc::{Sender, channel};
use std::time::Duration;
use tokio::task::JoinHandle;

const BANK: BankId = BankId(1);

fn request(key: &str, amount: i64) -> Option<Request> {
    let fields = [("amount".to_owned(), amount.to_string())].into();
    Some(Request { user: Id::SYSTEM, key: key.into(), fields, repeated: Repeated::default() })
}

fn open(database: &TestDatabase) -> Store {
    Store::open(
        database.url(),
        &Options::default(),
        Clock::manual(Moment::from_micros(1_780_000_000_000_000)),
    )
    .unwrap()
}

/// A store with a new bank.
fn open_new(database: &TestDatabase) -> Store {
    let store = open(database);
    let bank =
        Bank { id: BANK, slug: "t".into(), name: "试".into(), zone: "Asia/Shanghai".into(), sample: true };
    store.create_bank(&bank).unwrap();
    store
}

#[tokio::test]
async fn a_transfer_is_posted_once_and_verified() {
    let database = TestDatabase::new();
    let store = open_new(&database);
    let from = AccountTerms::of_bank(BANK, Asset::Point, Purpose::Issuing);
    let to = AccountTerms::usual(OwnerKind::Person, Id::SYSTEM.derive("a"), Asset::Point, Purpose::Main);
    let legs = vec![Leg::plain(from.id, to.id, 500)];
    let command =
        Command::new(Id::SYSTEM, EntryKind::Transfer, Op::Post { legs, partial: false, up_to: false })
            .open([from.clone(), to.clone()])
            .by_request(request("k1", 500));
    let first = store.submit(BANK, command.clone()).await.unwrap();
    let Answer::Accepted(receipt) = &first.answer else { panic!("{first:?}") };
    assert_eq!(receipt.number, 1);
    let second = store.submit(BANK, command).await.unwrap();
    assert!(second.hit);
    assert_eq!(second.answer, first.answer);
    let hold = Id::SYSTEM.derive("hold");
    let legs = vec![Leg::plain(to.id, from.id, 300)];
    let command =
        Command::new(Id::SYSTEM, EntryKind::Hold, Op::Hold { hold, legs, expires_in_seconds: Some(60) });
    store.submit(BANK, command).await.unwrap();
    store.clock().advance_seconds(61);
    let standing = store.read(BANK, move |tables| tables.standing(to.id)).await.unwrap().unwrap();
    assert_eq!((standing.debits_pending, standing.available), (0, Some(500)));
    let command =
        Command::new(Id::SYSTEM, EntryKind::Capture, Op::Capture { hold, amounts: None, keep_open: false });
    let late = store.submit(BANK, command).await.unwrap();
    assert!(
        matches!(late.answer, Answer::Refused(jianxian::domain::refusal::Refusal::HoldExpired)),
        "{late:?}"
    );
    let verified = store.verify(BANK).await.unwrap();
    assert_eq!(verified.finding, None);
    assert_eq!(verified.entries, 3);
    store.stop().unwrap();
    drop(store);
    let again = open(&database);
    assert_eq!(again.verify(BANK).await.unwrap().hash, verified.hash);
}

/// A store whose writer is blocked by a write until the sender is used; and the task of that write.
async fn held_up(database: &TestDatabase) -> (Store, Sender<()>, JoinHandle<Result<(), Error>>) {
    let store = open_new(database);
    let (release, gate) = channel::<()>();
    let (entered, at_work) = channel::<()>();
    let (writer, both) = (store.clone(), Mutex::new((entered, gate)));
    let held = tokio::spawn(async move {
        let wait = move |_: &mut Tables<'_>| {
            let both = both.lock().unwrap();
            both.0.send(()).unwrap();
            both.1.recv().unwrap();
            Ok(())
        };
        writer.write(BANK, wait).await
    });
    tokio::task::spawn_blocking(move || at_work.recv().unwrap()).await.unwrap();
    (store, release, held)
}

/// An ordinary write that writes a line of the access log, and then ends in a given way.
fn noted(store: &Store, n: i64, end: fn(i64) -> Result<(), Error>) -> JoinHandle<Result<(), Error>> {
    let store = store.clone();
    tokio::spawn(async move {
        let write = move |tables: &mut Tables<'_>| {
            tables.log_access(&AccessRow {
                bank_id: BANK,
                id: Id::SYSTEM.derive(&format!("line {n}")),
                recorded_at: tables.now,
                actor_id: Id::SYSTEM,
                action: "read".into(),
                subject_kind: "member".into(),
                subject_id: None,
                reason: None,
            })?;
            end(n)
        };
        store.write(BANK, write).await
    })
}

fn paid(store: &Store, n: i64) -> JoinHandle<Result<Decision, Error>> {
    let from = AccountTerms::of_bank(BANK, Asset::Point, Purpose::Issuing);
    let owner = Id::SYSTEM.derive(&format!("person {n}"));
    let to = AccountTerms::usual(OwnerKind::Person, owner, Asset::Point, Purpose::Main);
    let op = Op::Post { legs: vec![Leg::plain(from.id, to.id, 5)], partial: false, up_to: false };
    let command = Command::new(Id::SYSTEM, EntryKind::Transfer, op).open([from, to]);
    let store = store.clone();
    tokio::spawn(async move { store.submit(BANK, command).await })
}

async fn waits(store: &Store, many: usize) {
    while store.waiting() < many {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

/// 24 transfers between 24 ordinary writes, in whatever order.
#[tokio::test]
async fn transfers_and_ordinary_writes_that_wait_together_share_one_commit() {
    let database = TestDatabase::new();
    let (store, release, held) = held_up(&database).await;
    let before = store.commits();
    let (mut transfers, mut writes) = (Vec::new(), Vec::new());
    for n in 0..24 {
        transfers.push(paid(&store, n));
        writes.push(noted(&store, n, |_| Ok(())));
        waits(&store, transfers.len() + writes.len()).await;
    }
    release.send(()).unwrap();
    held.await.unwrap().unwrap();
    for transfer in transfers {
        assert!(matches!(transfer.await.unwrap().unwrap().answer, Answer::Accepted(_)));
    }
    for write in writes {
        write.await.unwrap().unwrap();
    }
    assert_eq!(store.commits() - before, 2, "the write that held them up, and one for all others");
    let lines = store.read(BANK, |tables| tables.access_page(&AccessFilter::default(), 100)).await.unwrap();
    let verified = store.verify(BANK).await.unwrap();
    assert_eq!((lines.len(), verified.entries, verified.finding), (24, 24, None));
    store.stop().unwrap();
}

/// A refusal rolls back its own rows; a panic or a damaged row fails alone. The others get their answers either way.
#[tokio::test]
async fn one_of_a_batch_that_is_refused_or_breaks_harms_no_other() {
    let database = TestDatabase::new();
    let (store, release, held) = held_up(&database).await;
    let end = |n: i64| match n {
        3 => Err(Refusal::EntryNotFound.into()),
        5 => panic!("on purpose"),
        6 => Err(Error::Closed("damaged: a row that no version wrote".into())),
        _ => Ok(()),
    };
    let (mut transfers, mut writes) = (Vec::new(), Vec::new());
    for n in 0..8 {
        writes.push(noted(&store, n, end));
        transfers.push(paid(&store, n));
        waits(&store, transfers.len() + writes.len()).await;
    }
    release.send(()).unwrap();
    held.await.unwrap().unwrap();
    for transfer in transfers {
        assert!(matches!(transfer.await.unwrap().unwrap().answer, Answer::Accepted(_)));
    }
    for (n, write) in (0..).zip(writes) {
        match (n, write.await.unwrap()) {
            (3, Err(Error::Refused(Refusal::EntryNotFound)))
            | (5, Err(Error::Fault(_)))
            | (6, Err(Error::Closed(_))) => {}
            (n, answer) => assert!(![3, 5, 6].contains(&n) && answer.is_ok(), "{n}: {answer:?}"),
        }
    }
    let lines = store.read(BANK, |tables| tables.access_page(&AccessFilter::default(), 100)).await.unwrap();
    let verified = store.verify(BANK).await.unwrap();
    assert_eq!((lines.len(), verified.entries, verified.finding), (5, 8, None));
    store.stop().unwrap();
}

/// Entries of several days, some back-dated: the balance at any moment equals a plain sum over the entries.
#[tokio::test]
async fn a_balance_as_of_any_moment_is_the_sum_of_what_had_taken_effect() {
    const DAY: i64 = 86_400;
    let database = TestDatabase::new();
    let store = open(&database);
    let bank =
        Bank { id: BANK, slug: "t".into(), name: "试".into(), zone: "Asia/Shanghai".into(), sample: true };
    store.create_bank(&bank).unwrap();
    let from = AccountTerms::of_bank(BANK, Asset::Minute, Purpose::Issuing);
    let to = AccountTerms::usual(OwnerKind::Person, Id::SYSTEM.derive("a"), Asset::Minute, Purpose::Main);
    let start = store.clock().now();
    let mut posted = Vec::new();
    // Recorded time, and how far it is back-dated, in seconds from the start; amount.
    let moves =
        [(0, 0, 1), (3_600, 0, 2), (DAY, 0, 4), (DAY + 60, DAY, 8), (3 * DAY, 3 * DAY, 16), (3 * DAY, 7, 32)];
    for (recorded, back, amount) in moves {
        store.clock().set(start.plus_seconds(recorded));
        let effective = start.plus_seconds(recorded - back);
        let legs = vec![Leg::plain(from.id, to.id, amount)];
        let mut command =
            Command::new(Id::SYSTEM, EntryKind::Transfer, Op::Post { legs, partial: false, up_to: false })
                .open([from.clone(), to.clone()]);
        command.effective_at = Some(effective);
        let done = store.submit(BANK, command).await.unwrap();
        let Answer::Accepted(receipt) = done.answer else { panic!("{done:?}") };
        posted.push((receipt.number, effective, amount));
    }
    store.clock().set(start.plus_seconds(4 * DAY));
    let zone = chrono_tz::Asia::Shanghai;
    let ends = (-1..5).map(|n| Moment::from_micros(start.day(zone).plus(n).end(zone).micros() - 1));
    let between = posted.iter().flat_map(|(_, at, _)| [*at, Moment::from_micros(at.micros() - 1)]);
    for as_of in ends.chain(between) {
        for known in [None, Some(0), Some(3), Some(6)] {
            let counts =
                |(number, at, _): &&(i64, Moment, i64)| *at <= as_of && known.is_none_or(|k| *number <= k);
            let sum: i64 = posted.iter().filter(counts).map(|(_, _, amount)| amount).sum();
            let read = store.read(BANK, move |tables| tables.balance_as_of(to.id, as_of, known)).await;
            assert_eq!(read.unwrap(), sum, "as of {as_of}, known {known:?}");
        }
    }
}
