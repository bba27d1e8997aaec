//! The ledger through the store: batches, keys, holds, verification, tampering.

use crate::database::TestDatabase;
use jianxian::clock::Clock;
use jianxian::domain::account::{AccountTerms, OwnerKind, Purpose};
use jianxian::domain::asset::Asset;
use jianxian::domain::entry::EntryKind;
use jianxian::domain::id::{BankId, Id};
use jianxian::domain::time::Moment;
use jianxian::ledger::{Answer, Command, Leg, Op, Repeated, Request};
use jianxian::store::{Options, Store, banks::Bank};

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

#[tokio::test]
async fn a_transfer_is_posted_once_and_verified() {
    let database = TestDatabase::new();
    let store = open(&database);
    let bank =
        Bank { id: BANK, slug: "t".into(), name: "试".into(), zone: "Asia/Shanghai".into(), sample: true };
    store.create_bank(&bank).unwrap();
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

/// Entries of several days, some dated back: the balance at any moment is what a plain sum over the entries says.
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
    // When it is recorded and how far back it takes effect, in seconds from the start; how much.
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
