//! Faults of one command, one write or one record: it fails alone, and the others of its batch get their answers.

use crate::support::database::TestDatabase;
use crate::support::service::{FROM, TO, approved, record, standing};
use crate::support::town::Town;
use jianxian::clock::Clock;
use jianxian::domain::id::{BankId, Id};
use jianxian::domain::ledger::account::{AccountTerms, OwnerKind, Purpose};
use jianxian::domain::ledger::asset::Asset;
use jianxian::domain::ledger::entry::EntryKind;
use jianxian::domain::time::Moment;
use jianxian::ledger::{Answer, Command, Decision, Leg, Op};
use jianxian::store::{Error, Options, Store, banks::Bank};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Sender;
use std::sync::mpsc::channel;
use tokio::task::JoinHandle;

const BANK: BankId = BankId(1);

fn open(database: &TestDatabase) -> Store {
    let options = Options { durable: false, ..Options::default() };
    let store =
        Store::open(database.url(), &options, Clock::manual(Moment::from_micros(1_780_000_000_000_000)));
    let store = store.unwrap();
    let bank =
        Bank { id: BANK, slug: "t".into(), name: "试".into(), zone: "Asia/Shanghai".into(), sample: true };
    store.create_bank(&bank).unwrap();
    store
}

fn purse(name: &str) -> AccountTerms {
    AccountTerms {
        floor: Some(0),
        ..AccountTerms::usual(OwnerKind::Merchant, Id::SYSTEM.derive(name), Asset::Point, Purpose::Main)
    }
}

fn pay(from: &AccountTerms, to: &AccountTerms, amount: i64) -> Command {
    let legs = vec![Leg::plain(from.id, to.id, amount)];
    Command::new(Id::SYSTEM, EntryKind::Transfer, Op::Post { legs, partial: false, up_to: false })
        .open([from.clone(), to.clone()])
}

fn is_made(row: &Result<Decision, Error>) -> bool {
    matches!(row, Ok(Decision { answer: Answer::Accepted(_), .. }))
}

#[tokio::test]
async fn a_faulty_row_of_a_bulk_fails_alone_unless_the_bulk_is_whole() {
    let database = TestDatabase::new();
    let store = open(&database);
    database.refuse_source("row/1");
    let issuing = AccountTerms::of_bank(BANK, Asset::Point, Purpose::Issuing);
    let rows = || -> Vec<Command> {
        (0..3).map(|n| pay(&issuing, &purse("a"), 5).source(format!("row/{n}"))).collect()
    };
    let whole = store.submit_rows(BANK, rows(), true).await;
    assert!(matches!(whole, Err(Error::Fault(_))), "{whole:?}");
    assert_eq!(store.read(BANK, |tables| tables.head()).await.unwrap().number, 0);
    let each = store.submit_rows(BANK, rows(), false).await.unwrap();
    assert_eq!(each.iter().map(is_made).collect::<Vec<_>>(), [true, false, true], "{each:?}");
    assert!(matches!(each[1], Err(Error::Fault(_))), "{each:?}");
    let verified = store.verify(BANK).await.unwrap();
    assert_eq!((verified.finding, verified.entries), (None, 2));
    store.stop().unwrap();
}

/// Keeps the writer busy until the sender is used, so that further jobs wait together.
async fn keep_busy(store: &Store) -> (Sender<()>, JoinHandle<Result<(), Error>>) {
    let (free, freed) = channel::<()>();
    let (began, begins) = channel::<()>();
    let freed = Mutex::new(freed);
    let store = store.clone();
    let busy = tokio::spawn(async move {
        let run = move |_: &mut jianxian::store::Tables<'_>| {
            let _ = began.send(());
            let _ = freed.lock().unwrap().recv();
            Ok(())
        };
        store.write(BANK, run).await
    });
    while begins.try_recv().is_err() {
        tokio::task::yield_now().await;
    }
    (free, busy)
}

#[tokio::test]
async fn a_write_that_panics_fails_alone() {
    let database = TestDatabase::new();
    let store = open(&database);
    let (free, busy) = keep_busy(&store).await;
    let mut writes = Vec::new();
    for n in 0..5 {
        let waiting = store.waiting();
        let there = store.clone();
        writes.push(tokio::spawn(async move {
            let run = move |_: &mut jianxian::store::Tables<'_>| match n {
                2 => panic!("a fault of ours"),
                n => Ok(n),
            };
            there.write(BANK, run).await
        }));
        while store.waiting() == waiting {
            tokio::task::yield_now().await;
        }
    }
    free.send(()).unwrap();
    busy.await.unwrap().unwrap();
    for (n, write) in writes.into_iter().enumerate() {
        match write.await.unwrap() {
            Ok(value) => assert!(value == n && n != 2, "{n}: {value}"),
            Err(Error::Fault(_)) => assert_eq!(n, 2),
            other => panic!("{n}: {other:?}"),
        }
    }
    store.stop().unwrap();
}

#[test]
fn a_record_that_cannot_be_saved_does_not_hold_up_the_others() {
    let town = Town::new();
    standing(&town, "post");
    town.at("2026-03-02T12:00");
    for name in ["lin", "wang"] {
        approved(&town, &format!("{name}'s"), record(&town, "post", name, FROM, TO));
    }
    town.at("2026-03-06T00:00");
    town.web.database.refuse_source(&format!("service_record/{}", town.id("lin's")));
    assert_eq!(town.finalise(), 1);
    assert_eq!((town.balance("lin", "MINUTE"), town.balance("wang", "MINUTE")), ("0".into(), "120".into()));
    // Alone in its batch it blocks nothing either, and it is retried once the cause is gone.
    assert_eq!(town.finalise(), 0);
    town.web.database.accept_source();
    assert_eq!((town.finalise(), town.balance("lin", "MINUTE")), (1, "120".into()));
    town.verify_and_stop();
}

/// All points are in one of two purses, and move between them. A read of both in one snapshot finds them once.
#[tokio::test]
async fn a_rehearsal_sees_one_snapshot() {
    const ROUNDS: usize = 20;
    let database = TestDatabase::new();
    let store = open(&database);
    // Accounts are read in the order of their ids: the two purses first and last, many others between them.
    let mut purses: Vec<AccountTerms> = (0..400).map(|n| purse(&n.to_string())).collect();
    purses.sort_by_key(|terms| terms.id);
    let (first, last) = (purses[0].clone(), purses[purses.len() - 1].clone());
    let issuing = AccountTerms::of_bank(BANK, Asset::Point, Purpose::Issuing);
    store.submit(BANK, pay(&issuing, &first, 100)).await.unwrap();
    store.submit(BANK, pay(&issuing, &last, 1)).await.unwrap();
    let enough = std::sync::Arc::new(AtomicBool::new(false));
    let wandering = {
        let (store, enough, first, last) = (store.clone(), enough.clone(), first.clone(), last.clone());
        tokio::spawn(async move {
            let mut moves = 0_usize;
            while !enough.load(Ordering::SeqCst) {
                let (from, to) = if moves.is_multiple_of(2) { (&first, &last) } else { (&last, &first) };
                assert!(is_made(&store.submit(BANK, pay(from, to, 100)).await));
                moves += 1;
            }
            moves
        })
    };
    let mut found = Vec::new();
    for _ in 0..ROUNDS {
        let asked = purses.iter().map(|terms| pay(terms, &issuing, 100)).collect();
        let decisions = store.rehearse(BANK, asked).await.unwrap();
        found.push(decisions.into_iter().filter(|d| matches!(d.answer, Answer::Accepted(_))).count());
    }
    enough.store(true, Ordering::SeqCst);
    assert!(wandering.await.unwrap() > ROUNDS, "the points hardly moved");
    assert_eq!(found, [1; ROUNDS]);
    store.stop().unwrap();
}
