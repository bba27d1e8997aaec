//! A generated ledger of the benchmark is like one that the bank wrote: it verifies, and can be continued.

use crate::goals::generator::{self, SeedData};
use crate::support::database::TestDatabase;
use jianxian::clock::Clock;
use jianxian::domain::id::{BankId, Id};
use jianxian::domain::ledger::account::{AccountTerms, OwnerKind, Purpose};
use jianxian::domain::ledger::asset::Asset;
use jianxian::domain::ledger::entry::EntryKind;
use jianxian::domain::time::Moment;
use jianxian::ledger::{Answer, Command, Leg, Op};
use jianxian::store::banks::Bank;
use jianxian::store::{Options, Store};

const BANK: BankId = BankId(1);

fn terms(name: &str) -> AccountTerms {
    let owner = Id::SYSTEM.derive(name);
    let terms = AccountTerms::usual(OwnerKind::Organisation, owner, Asset::Point, Purpose::Main);
    AccountTerms { floor: Some(-1_000_000_000), ..terms }
}

fn open(url: &str) -> Store {
    let clock = Clock::manual(Moment::from_micros(1_780_000_000_000_000));
    Store::open(url, &Options::default(), clock).unwrap()
}

async fn transfer(store: &Store, debit: Id, credit: Id) {
    let op = Op::Post { legs: vec![Leg::plain(debit, credit, 100)], partial: false, up_to: false };
    let decision = store.submit(BANK, Command::new(Id::SYSTEM, EntryKind::Transfer, op)).await.unwrap();
    assert!(matches!(decision.answer, Answer::Accepted(_)), "{decision:?}");
}

async fn goes_on_where_it_was(url: &str) {
    let store = open(url);
    let bank =
        Bank { id: BANK, slug: "t".into(), name: "试".into(), zone: "Asia/Shanghai".into(), sample: true };
    store.create_bank(&bank).unwrap();
    let all: Vec<AccountTerms> = ["issuing", "a", "b", "c"].map(terms).to_vec();
    let ids: Vec<Id> = all.iter().map(|terms| terms.id).collect();
    let opened =
        all.into_iter().map(|t| Command::new(Id::SYSTEM, EntryKind::AccountOpened, Op::Open).open([t]));
    store.submit_rows(BANK, opened.collect(), true).await.unwrap();
    transfer(&store, ids[0], ids[1]).await;
    let head = store.read(BANK, |tables| tables.head()).await.unwrap();
    store.stop().unwrap();
    drop(store);
    let seed = SeedData {
        bank: BANK,
        zone: chrono_tz::Asia::Shanghai,
        head,
        actor: Id::SYSTEM,
        issuing: ids[0],
        held: ids[1..].into(),
        entries: 60_001,
        random: 1,
    };
    generator::write(url, &seed).unwrap();
    let store = open(url);
    let verified = store.verify(BANK).await.unwrap();
    assert_eq!(verified.finding, None);
    assert_eq!((verified.entries, verified.postings), (5 + 60_001, 1 + 60_001));
    transfer(&store, ids[0], ids[1]).await;
    transfer(&store, ids[1], ids[2]).await;
    let verified = store.verify(BANK).await.unwrap();
    assert_eq!((verified.finding, verified.entries), (None, 5 + 60_001 + 2));
    store.stop().unwrap();
}

/// Indexes, and SQLite's planner statistics about them.
fn indexes(database: &TestDatabase) -> Vec<Option<String>> {
    database.raw().cells(match database.url().starts_with("sqlite:") {
        true => {
            "SELECT name || coalesce(sql, '') || coalesce((SELECT stat FROM sqlite_stat1 WHERE idx = name), '') \
             AS value FROM sqlite_schema ORDER BY name"
        }
        false => "SELECT indexdef AS value FROM pg_indexes WHERE schemaname = current_schema() ORDER BY indexname",
    })
}

async fn made_on(database: TestDatabase) {
    open(database.url()).stop().unwrap();
    let before = indexes(&database);
    assert!(before.len() > 40, "{before:?}");
    goes_on_where_it_was(database.url()).await;
    assert_eq!(indexes(&database), before, "every index is made again");
}

#[tokio::test]
async fn a_made_ledger_verifies_and_goes_on() {
    // The benchmark writes into schemas of its own only.
    made_on(TestDatabase::empty()).await;
}

#[cfg(feature = "postgres")]
#[tokio::test]
async fn a_made_ledger_verifies_and_goes_on_in_a_file() {
    made_on(TestDatabase::sqlite()).await;
}
