//! A ledger made for the benchmark is one that the bank itself would have left: it verifies, and goes on.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use jianxian::clock::Clock;
use jianxian::domain::account::{AccountTerms, OwnerKind, Purpose};
use jianxian::domain::asset::Asset;
use jianxian::domain::entry::EntryKind;
use jianxian::domain::id::{BankId, Id};
use jianxian::domain::time::Moment;
use jianxian::ledger::{Answer, Command, Leg, Op};
use jianxian::store::banks::Bank;
use jianxian::store::filling::{Filling, fill};
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
    store.submit_all(BANK, opened.collect(), true).await.unwrap();
    transfer(&store, ids[0], ids[1]).await;
    store.stop();
    drop(store);
    let filling = Filling {
        bank: BANK,
        actor: Id::SYSTEM,
        issuing: ids[0],
        held: ids[1..].into(),
        entries: 60_001,
        seed: 1,
    };
    fill(url, &filling).unwrap();
    let store = open(url);
    let verified = store.verify(BANK).await.unwrap();
    assert_eq!(verified.finding, None);
    assert_eq!((verified.entries, verified.postings), (5 + 60_001, 1 + 60_001));
    transfer(&store, ids[0], ids[1]).await;
    transfer(&store, ids[1], ids[2]).await;
    let verified = store.verify(BANK).await.unwrap();
    assert_eq!((verified.finding, verified.entries), (None, 5 + 60_001 + 2));
    store.stop();
}

#[tokio::test]
async fn a_made_ledger_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("bank.db");
    let schema = || {
        let mut conn = diesel::sqlite::SqliteConnection::establish(file.to_str().unwrap()).unwrap();
        // The readers of a store that has ended may be about to close it still.
        conn.batch_execute("PRAGMA busy_timeout = 10000").unwrap();
        let rows: Vec<String> = diesel::dsl::sql::<diesel::sql_types::Text>(
            "SELECT name || coalesce(sql, '') || coalesce((SELECT stat FROM sqlite_stat1 WHERE idx = name), '') \
             FROM sqlite_schema ORDER BY name",
        )
        .load(&mut conn)
        .unwrap();
        rows
    };
    let url = format!("sqlite:{}", file.display());
    open(&url).stop();
    let before = schema();
    goes_on_where_it_was(&url).await;
    assert_eq!(schema(), before, "every index is made again, with what the planner was told of it");
}
