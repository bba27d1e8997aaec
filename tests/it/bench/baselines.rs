//! The baselines of the benchmark keep the same guarantees as the bank, on each database.

use crate::goals::baseline::{Outcome, Plain, PlainSqlite, Transfer};
use jianxian::domain::id::Id;
use jianxian::domain::time::Moment;
use std::sync::Arc;

fn keeps_the_promises(plain: &Arc<dyn Plain>) {
    let (purse, shop) = (Id::SYSTEM.derive("purse"), Id::SYSTEM.derive("shop"));
    plain.open_accounts(&[purse], -30).unwrap();
    plain.open_accounts(&[shop], 0).unwrap();
    let now = Moment::from_micros(1);
    let pay = |key: &str, amount, credit_account| {
        let transfer = Transfer { key: key.into(), debit_account: purse, credit_account, amount };
        plain.transfer(&transfer, now).unwrap()
    };
    let Outcome::Posted { number } = pay("a", 20, shop) else { panic!("refused") };
    assert_eq!(pay("a", 20, shop), Outcome::Repeated { number });
    assert_eq!(pay("b", 11, shop), Outcome::Insufficient);
    assert_eq!(pay("c", 1, Id::SYSTEM), Outcome::UnknownAccount);
    assert_eq!(plain.totals().unwrap(), (20, 20, 1));
    let at_once = |keys: [String; 8]| -> Vec<Outcome> {
        let threads = keys.map(|key| {
            let plain = plain.clone();
            let transfer = Transfer { key, debit_account: purse, credit_account: shop, amount: 2 };
            std::thread::spawn(move || plain.transfer(&transfer, now).unwrap())
        });
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    };
    let answers = at_once(std::array::from_fn(|_| "same".to_owned()));
    assert_eq!(answers.iter().filter(|a| matches!(a, Outcome::Posted { .. })).count(), 1, "{answers:?}");
    assert_eq!(answers.iter().filter(|a| matches!(a, Outcome::Repeated { .. })).count(), 7, "{answers:?}");
    assert_eq!(plain.totals().unwrap(), (22, 22, 2));
    let answers = at_once(std::array::from_fn(|n| format!("t{n}")));
    assert_eq!(answers.iter().filter(|a| **a == Outcome::Insufficient).count(), 4, "{answers:?}");
    assert_eq!(plain.totals().unwrap(), (30, 30, 6));
}

/// Opposite concurrent transfers do not deadlock, and nothing is lost.
fn does_not_wait_for_itself(plain: &Arc<dyn Plain>) {
    let pair = [Id::SYSTEM.derive("left"), Id::SYSTEM.derive("right")];
    plain.open_accounts(&pair, -1_000_000).unwrap();
    let before = plain.totals().unwrap();
    let threads = [0, 1].map(|first| {
        let plain = plain.clone();
        std::thread::spawn(move || {
            for n in 0..100 {
                let transfer = Transfer {
                    key: format!("both-{first}-{n}"),
                    debit_account: pair[first],
                    credit_account: pair[1 - first],
                    amount: 1,
                };
                let answer = plain.transfer(&transfer, Moment::from_micros(n)).unwrap();
                assert!(matches!(answer, Outcome::Posted { .. }), "{answer:?}");
            }
        })
    });
    threads.into_iter().for_each(|thread| thread.join().unwrap());
    let after = plain.totals().unwrap();
    assert_eq!((after.0 - before.0, after.1 - before.1, after.2 - before.2), (200, 200, 200));
}

#[test]
fn one_transaction_a_request_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let plain: Arc<dyn Plain> = Arc::new(PlainSqlite::create(&folder.path().join("plain.db"), 4).unwrap());
    keeps_the_promises(&plain);
    does_not_wait_for_itself(&plain);
}

#[cfg(feature = "postgres")]
mod postgres {
    use super::*;
    use crate::goals::baseline::{DatabaseError, FreshSchema, PlainPostgres, Way, sync_times};
    use crate::support::cluster::Cluster;
    use diesel::prelude::*;
    use std::time::Duration;

    fn server() -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", Cluster::shared().port())
    }

    #[test]
    fn one_transaction_a_request_and_one_function_call_on_postgresql() {
        for (way, name) in
            [(Way::Transaction, "baseline_by_transaction"), (Way::Function, "baseline_by_function")]
        {
            let schema = FreshSchema::make(&server(), name).unwrap();
            let plain: Arc<dyn Plain> = Arc::new(PlainPostgres::create(&schema.url(), 4, way).unwrap());
            keeps_the_promises(&plain);
            does_not_wait_for_itself(&plain);
        }
    }

    #[test]
    fn a_key_used_by_others_in_the_same_moment_makes_one_transfer() {
        for (way, name) in [(Way::Transaction, "baseline_keys_a"), (Way::Function, "baseline_keys_b")] {
            let schema = FreshSchema::make(&server(), name).unwrap();
            let plain: Arc<dyn Plain> = Arc::new(PlainPostgres::create(&schema.url(), 8, way).unwrap());
            let accounts: Vec<Id> = (0..16).map(|n| Id::SYSTEM.derive(&format!("{n}"))).collect();
            plain.open_accounts(&accounts, -1_000).unwrap();
            for round in 0..20 {
                let pairs = accounts.chunks(2).map(|pair| {
                    let plain = plain.clone();
                    let (debit_account, credit_account) = (pair[0], pair[1]);
                    let transfer =
                        Transfer { key: format!("k{round}"), debit_account, credit_account, amount: 1 };
                    std::thread::spawn(move || plain.transfer(&transfer, Moment::from_micros(1)).unwrap())
                });
                let threads: Vec<_> = pairs.collect();
                let answers: Vec<_> = threads.into_iter().map(|thread| thread.join().unwrap()).collect();
                let posted = answers.iter().filter(|a| matches!(a, Outcome::Posted { .. })).count();
                assert_eq!(posted, 1, "{answers:?}");
            }
            assert_eq!(plain.totals().unwrap(), (20, 20, 20));
        }
    }

    #[test]
    fn a_schema_of_one_s_own_is_new_and_goes_with_its_owner() {
        let schemas = || {
            let mut conn = PgConnection::establish(&server()).unwrap();
            let named = diesel::dsl::sql::<diesel::sql_types::BigInt>(
                "SELECT count(*) FROM pg_namespace WHERE nspname = 'bench_own'",
            );
            named.get_result::<i64>(&mut conn).unwrap()
        };
        let schema = FreshSchema::make(&server(), "bench_own").unwrap();
        assert!(!sync_times(&schema.url(), Duration::from_millis(20)).unwrap().is_empty());
        assert!(
            matches!(FreshSchema::make(&server(), "bench_own"), Err(DatabaseError::Taken(name)) if name == "bench_own")
        );
        assert_eq!(schemas(), 1, "what was there already is left alone");
        drop(schema);
        assert_eq!(schemas(), 0);
        let nobody = "postgres://postgres@127.0.0.1:1/postgres";
        assert!(matches!(FreshSchema::make(nobody, "bench_own"), Err(DatabaseError::Connection(_))));
    }
}
