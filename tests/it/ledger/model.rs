//! The ledger against an independent small model: long random command streams, the same answer and the same balances
//! after each step; then the same stream through the database in batches of any size, the same chain.

use crate::support::database::TestDatabase;
use crate::support::desk::{BANK, START};
use crate::support::model::{account, batches, play, step};
use jianxian::clock::Clock;
use jianxian::domain::id::Id;
use jianxian::ledger::{Command, Op};
use jianxian::store::{Options, Store, banks::Bank};
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn every_stream_is_answered_as_the_model_answers_it(steps in prop::collection::vec(step(), 1..120)) {
        play(&steps)?;
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, ..ProptestConfig::default() })]

    /// Batches of one or of many, in memory or through the database: the same chain, and nothing for `verify` to
    /// find.
    #[test]
    fn batches_of_any_size_make_the_same_chain(steps in prop::collection::vec(step(), 20..160), size in 1..40_usize) {
        let (sent, desk) = play(&steps)?;
        let database = TestDatabase::new();
        let clock = Clock::manual(START);
        let options = Options { durable: false, ..Options::default() };
        let store = Store::open(database.url(), &options, clock.clone()).unwrap();
        let bank = Bank { id: BANK, slug: "t".into(), name: "试".into(), zone: "Asia/Shanghai".into(), sample: true };
        store.create_bank(&bank).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let open = (0..4).map(|i| Command::new(Id::SYSTEM, jianxian::domain::ledger::entry::EntryKind::AccountOpened, Op::Open).open([account(i)]));
            store.submit_rows(BANK, open.collect(), false).await.unwrap();
            for group in sent.chunk_by(|a, b| a.0 == b.0) {
                clock.set(START.plus_seconds(group[0].0));
                for batch in batches(group, size) {
                    let commands = batch.iter().map(|(_, command)| command.clone()).collect();
                    store.submit_rows(BANK, commands, false).await.unwrap();
                }
            }
            let verified = store.verify(BANK).await.unwrap();
            assert_eq!(verified.finding, None);
            assert_eq!(verified.hash, hex::encode(desk.book.head.hash));
        });
        store.stop().unwrap();
    }
}
