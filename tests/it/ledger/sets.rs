//! Batches on PostgreSQL, which loads and saves sets of rows: the same rows as one by one on SQLite, as many
//! statements for a thousand commands as for ten, and nothing is committed of a batch with a missing row.

use crate::support::cluster::Cluster;
use crate::support::database::TestDatabase;
use crate::support::desk::*;
use crate::support::model::{account, batches, play, step};
use jianxian::clock::Clock;
use jianxian::domain::document::Document;
use jianxian::domain::id::Id;
use jianxian::domain::ledger::asset::Asset;
use jianxian::domain::ledger::entry::EntryKind;
use jianxian::domain::refusal::Refusal;
use jianxian::domain::service::record::{Evidence, RecordState, ServiceRecord};
use jianxian::domain::settlement::statement::{SettlementModel, Statement, StatementLine, StatementState};
use jianxian::domain::shops::redemption::{Redemption, RedemptionLine, RedemptionState};
use jianxian::domain::stars::grant::{StarGrant, StarGrantState};
use jianxian::domain::time::Day;
use jianxian::ledger::command::{Note, WatchKind};
use jianxian::ledger::{Answer, Command, CounterTake, Decision, Op, Take};
use jianxian::store::{Error, Options, Store, banks::Bank};
use proptest::prelude::*;

/// Submits a batch; an error of one is that of all.
async fn submit(store: &Store, commands: Vec<Command>, whole: bool) -> Result<Vec<Decision>, Error> {
    store.submit_rows(BANK, commands, whole).await?.into_iter().collect()
}

fn open(url: &str) -> Store {
    let options = Options { durable: false, ..Options::default() };
    let store = Store::open(url, &options, Clock::manual(START)).unwrap();
    let bank =
        Bank { id: BANK, slug: "t".into(), name: "试".into(), zone: "Asia/Shanghai".into(), sample: true };
    store.create_bank(&bank).unwrap();
    store
}

fn id(what: &str, n: i64) -> Id {
    Id::SYSTEM.derive(&format!("{what} {n}"))
}

fn keyed(what: &str, n: i64, command: Command) -> Command {
    command.by_request(request(&format!("{what}-{n}"), &[("n", n.to_string())]))
}

// ---- documents of every kind, with and without what may be absent

fn record(n: i64) -> ServiceRecord {
    let odd = n % 2 == 1;
    ServiceRecord {
        id: id("record", n),
        version: 1,
        state: RecordState::Final,
        member_id: id("member", n),
        activity_id: id("activity", n % 3),
        org_id: id("org", 0),
        evidence: Evidence::Scan,
        started_at: START.plus_seconds(-7_200),
        ended_at: START.plus_seconds(-n),
        service_minutes: 90,
        served: 3,
        submitted_by: Id::SYSTEM,
        submitted_at: START,
        guarantor_id: odd.then(|| id("guarantor", n)),
        approved_by: Some(id("approver", n)),
        approved_at: odd.then_some(START),
        second_approved_by: None,
        notice_until: odd.then(|| START.day(chrono_tz::Asia::Shanghai)),
        scheme_id: Some(id("scheme", 0)),
        scheme_version: odd.then_some(2),
        points_desired: Some(10_000),
        points_granted: None,
        award_entry: None,
        reversal_entry: None,
        replaces_id: odd.then(|| id("replaced", n)),
    }
}

fn redemption(n: i64) -> Redemption {
    let line = |place: i64| RedemptionLine {
        offer_id: id("offer", place),
        offer_version: 1,
        quantity: 1 + place,
        unit_points: 10,
        unit_cash_fen: place,
        stocked: place == 0,
        captured_quantity: 0,
        refunded_quantity: 0,
    };
    Redemption {
        id: id("redemption", n),
        version: 1,
        state: RedemptionState::Held,
        member_id: id("member", n),
        merchant_id: id("shop", n % 5),
        hold_id: id("hold", n),
        code_id: (n % 2 == 1).then(|| id("code", n)),
        on_behalf: n % 2 == 0,
        made_by: Id::SYSTEM,
        made_at: START,
        captured_at: None,
        lines: (0..1 + n % 3).map(line).collect(),
        points_held: 30,
        points_captured: 0,
        points_refunded: 0,
        cash_fen: 0,
        hold_entry: None,
        capture_entry: None,
        last_refund_entry: None,
        card_edition: None,
        slip_number: None,
        proxy_id: None,
        points_covered: None,
    }
}

/// Its lines name entries that no other statement names.
fn statement(n: i64) -> Statement {
    let line = |place: i64| StatementLine {
        entry_number: 1_000_000 + 10 * n + place,
        redemption_id: id("redemption", n),
        points: 30,
        payable_fen: 3,
        disputed: false,
        // A line of another rate than that of its statement, and one of the same.
        rate_fen: (place > 0).then(|| "0.2".into()),
    };
    Statement {
        id: id("statement", n),
        version: 1,
        state: StatementState::Issued,
        merchant_id: id("shop", n),
        period: "2026-10".into(),
        model: SettlementModel::CommunityFund,
        rate_fen: "0.1".into(),
        net_points: 60,
        payable_fen: 6,
        lines: (0..2).map(line).collect(),
        lines_hash: "00".into(),
        issued_by: Id::SYSTEM,
        issued_at: START,
        confirmed_by: None,
        approved_by: None,
        paid_by: None,
        invoice_number: None,
        payment_proof: None,
        issue_entry: None,
        paid_entry: None,
    }
}

fn grant(n: i64) -> StarGrant {
    StarGrant {
        id: id("grant", n),
        version: 1,
        state: StarGrantState::Granted,
        member_id: id("member", n),
        stars: 1 + n % 5,
        scheme_id: id("scheme", 0),
        scheme_version: 1,
        as_of: Day::from_number(20_500),
        known_entry: n,
        service_minutes: 6_000,
        lifetime_points: 1_200,
        granted_by: Id::SYSTEM,
        granted_at: START,
        entry_number: None,
    }
}

fn bare(kind: EntryKind, document: Document) -> Command {
    let op = Op::Post { legs: vec![], partial: false, up_to: false };
    Command::new(Id::SYSTEM, kind, op).document(document)
}

/// Every kind of row, new: each of `numbers` awards, reserves, settles and grants.
fn first(numbers: &[i64]) -> Vec<Command> {
    let mut commands = Vec::new();
    for n in numbers.iter().copied() {
        let person = volunteer(&format!("member {n}"));
        let mut award = issue(&person, 100, (n % 2 == 1).then(|| START.plus_seconds(86_400)));
        award.note = Some(Note { salt: [7; 16], text: format!("记 {n}") });
        let take = CounterTake {
            key: format!("cap/{}", n % 7),
            window: "2026-11".into(),
            take: Take::Granted,
            limit: 1_000_000,
            asset: Asset::Point,
        };
        let award = award.counter(take).source(format!("record/{n}"));
        commands.push(keyed("award", n, award.document(Document::ServiceRecord(record(n)))));
        let reserve = hold(id("hold", n), &person, &merchant(&format!("shop {}", n % 5)), 30, Some(600));
        commands.push(keyed("hold", n, reserve.document(Document::Redemption(redemption(n)))));
        commands.push(keyed("issue", n, bare(EntryKind::Settlement, Document::Statement(statement(n)))));
        commands.push(keyed("star", n, bare(EntryKind::Star, Document::StarGrant(grant(n)))));
        // Refused: an answer without an entry.
        commands.push(keyed("poor", n, pay(&person, &merchant("shop 0"), 1_000_000)));
    }
    commands
}

/// Every kind of row, changed. `awards` are the entries that `first` made of these numbers.
fn second(numbers: &[i64], awards: &[i64]) -> Vec<Command> {
    let mut commands = Vec::new();
    for (n, award) in numbers.iter().copied().zip(awards.iter().copied()) {
        let mut taken = redemption(n);
        (taken.version, taken.state, taken.points_captured) = (2, RedemptionState::Captured, 30);
        taken.captured_at = Some(START);
        taken.lines.iter_mut().for_each(|line| line.captured_quantity = line.quantity);
        let mut take = capture(id("hold", n), None).document(Document::Redemption(taken));
        take.kind = EntryKind::Redemption;
        commands.push(keyed("capture", n, take));
        let mut disputed = statement(n);
        (disputed.version, disputed.state, disputed.issue_entry) = (2, StatementState::Disputed, Some(1));
        disputed.lines[1].disputed = true;
        commands.push(keyed("dispute", n, bare(EntryKind::Settlement, Document::Statement(disputed))));
        let mut entered = grant(n);
        (entered.version, entered.entry_number) = (2, Some(1));
        commands.push(keyed("enter", n, bare(EntryKind::Star, Document::StarGrant(entered))));
        let mut corrected = record(n);
        (corrected.version, corrected.state, corrected.award_entry) = (2, RecordState::Reversed, Some(award));
        let amounts = Some([(0, 20)].into());
        let op = Op::Reverse { entry: award, amounts, up_to: false, of_document: true };
        let reversal = Command::new(Id::SYSTEM, EntryKind::Reversal, op);
        commands.push(keyed("reverse", n, reversal.document(Document::ServiceRecord(corrected))));
    }
    commands
}

/// The entry of each accepted command; those of the key `poor` are refused, all others are not.
fn numbers_of(commands: &[Command], decisions: &[Decision]) -> Vec<i64> {
    let mut numbers = Vec::new();
    for (command, decision) in commands.iter().zip(decisions) {
        let poor = command.request.as_ref().is_some_and(|request| request.key.starts_with("poor"));
        match &decision.answer {
            Answer::Accepted(receipt) if !poor => numbers.push(receipt.number),
            Answer::Refused(Refusal::InsufficientBalance { .. }) if poor => {}
            other => panic!("{:?}: {other:?}", command.request),
        }
    }
    numbers
}

fn answers(decisions: &[Decision]) -> Vec<String> {
    decisions.iter().map(|decision| format!("{decision:?}")).collect()
}

/// All rows of all tables, as text that is the same for both databases.
fn rows(kept: &TestDatabase, like: &TestDatabase) -> Vec<String> {
    let columns = "SELECT table_name || ' ' || column_name || ' ' || udt_name AS value
        FROM information_schema.columns
        WHERE table_schema = current_schema() AND table_name NOT LIKE '\\_\\_%'
        ORDER BY table_name, ordinal_position";
    let columns: Vec<String> = like.raw().cells(columns).into_iter().flatten().collect();
    let columns: Vec<Vec<&str>> = columns.iter().map(|line| line.split(' ').collect()).collect();
    let server = !kept.url().starts_with("sqlite:");
    let mut all = Vec::new();
    for table in columns.chunk_by(|a, b| a[0] == b[0]) {
        let texts = table.iter().map(|column| match (column[1], column[2], server) {
            // hex(NULL) is an empty text there.
            (name, "uuid" | "bytea", false) => format!("CASE WHEN {name} IS NOT NULL THEN hex({name}) END"),
            (name, _, false) => format!("CAST({name} AS TEXT)"),
            (name, "uuid", true) => format!("upper(replace({name}::text, '-', ''))"),
            (name, "bytea", true) => format!("upper(encode({name}, 'hex'))"),
            (name, "timestamptz", true) => format!("(extract(epoch FROM {name}) * 1000000)::bigint::text"),
            (name, "date", true) => format!("({name} - date '1970-01-01')::text"),
            (name, "bool", true) => format!("{name}::int::text"),
            (name, _, true) => format!("{name}::text"),
        });
        let texts: Vec<String> = texts.map(|text| format!("coalesce({text}, 'none')")).collect();
        let name = table[0][0];
        let query = format!("SELECT '{name} ' || {} AS value FROM {name}", texts.join(" || '|' || "));
        all.extend(kept.raw().cells(&query).into_iter().flatten());
    }
    all.sort_unstable();
    all
}

/// Rows that only one of them has.
fn difference(server: &TestDatabase, file: &TestDatabase) -> Vec<String> {
    let (one, other) = (rows(server, server), rows(file, server));
    let only = |some: &[String], all: &[String], whose: &str| -> Vec<String> {
        let rest = some.iter().filter(|row| all.binary_search(row).is_err());
        rest.map(|row| format!("{whose}: {row}")).collect()
    };
    let mut rest = only(&one, &other, "PostgreSQL");
    rest.extend(only(&other, &one, "SQLite"));
    rest.extend((one.len() != other.len()).then(|| format!("{} and {} rows", one.len(), other.len())));
    rest
}

const WRITTEN: &[&str] = &[
    "accounts ",
    "answers ",
    "counters ",
    "day_totals ",
    "entries ",
    "heads ",
    "holds ",
    "lots ",
    "notes ",
    "postings ",
    "redemption_lines ",
    "redemptions ",
    "service_records ",
    "star_grants ",
    "statement_lines ",
    "statements ",
];

#[tokio::test]
async fn documents_holds_counters_and_notes_are_the_same_rows_on_both_databases() {
    let (server, file) = (TestDatabase::new(), TestDatabase::sqlite());
    let (set_based, one_by_one) = (open(server.url()), open(file.url()));
    let mut start = 0;
    for size in [1, 3, 40] {
        let numbers: Vec<i64> = (start..start + size).collect();
        start += size;
        let mut awards = Vec::new();
        for step in 0..2 {
            let commands = if step == 0 { first(&numbers) } else { second(&numbers, &awards) };
            let one = submit(&set_based, commands.clone(), false).await.unwrap();
            let other = submit(&one_by_one, commands.clone(), false).await.unwrap();
            assert_eq!(answers(&one), answers(&other));
            awards = numbers_of(&commands, &one).into_iter().step_by(4).collect();
            // A repeat returns what is stored.
            let again = submit(&set_based, commands, false).await.unwrap();
            assert!(again.iter().all(|decision| decision.hit));
            let answers = |all: &[Decision]| all.iter().map(|d| d.answer.clone()).collect::<Vec<_>>();
            assert_eq!(answers(&again), answers(&one));
            assert_eq!(difference(&server, &file), Vec::<String>::new());
        }
    }
    let all = rows(&server, &server);
    for table in WRITTEN {
        assert!(all.iter().any(|row| row.starts_with(table)), "no row of {table}");
    }
    let one = set_based.read(BANK, |tables| Ok(tables.head()?.hash)).await.unwrap();
    let other = one_by_one.read(BANK, |tables| Ok(tables.head()?.hash)).await.unwrap();
    assert_eq!(one, other);
    set_based.stop().unwrap();
    one_by_one.stop().unwrap();
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, ..ProptestConfig::default() })]

    /// Expiring lots, holds, caps, reversals of reversals: whatever the stream and the size of its batches.
    #[test]
    fn any_stream_makes_the_same_rows_on_both_databases(
        steps in prop::collection::vec(step(), 20..160), size in 1..60_usize,
    ) {
        let (sent, desk) = play(&steps)?;
        let (server, file) = (TestDatabase::new(), TestDatabase::sqlite());
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        for database in [&server, &file] {
            let store = open(database.url());
            runtime.block_on(async {
                let opened = (0..4)
                    .map(|i| Command::new(Id::SYSTEM, EntryKind::AccountOpened, Op::Open).open([account(i)]));
                submit(&store, opened.collect(), false).await.unwrap();
                for group in sent.chunk_by(|a, b| a.0 == b.0) {
                    store.clock().set(START.plus_seconds(group[0].0));
                    for batch in batches(group, size) {
                        let commands = batch.iter().map(|(_, command)| command.clone()).collect();
                        submit(&store, commands, false).await.unwrap();
                    }
                }
            });
            store.stop().unwrap();
        }
        let stored = rows(&server, &server);
        let hash = hex::encode_upper(desk.book.head.hash);
        prop_assert!(stored.iter().any(|row| row.starts_with("heads ") && row.contains(&hash)));
        prop_assert_eq!(difference(&server, &file), Vec::<String>::new());
    }
}

#[tokio::test]
async fn a_row_read_before_the_batch_is_watched_among_many() {
    let database = TestDatabase::new();
    let store = open(database.url());
    let org = id("org", 1);
    database.run_sql(&format!(
        "INSERT INTO orgs (bank_id, id, kind, code, name, path, state, created_at, version)
         VALUES (1, '{org}', 'unit', '1', '试', '/1', 'active', now(), 4)"
    ));
    let watch = |n: i64, what: Id, version: i64| {
        issue(&volunteer("a"), 10 + n, None).watch(WatchKind::Org, what, version)
    };
    let commands = vec![watch(0, org, 4), watch(1, org, 3), watch(2, id("org", 2), 4)];
    let decisions = submit(&store, commands, false).await.unwrap();
    assert!(matches!(decisions[0].answer, Answer::Accepted(_)), "{decisions:?}");
    for decision in &decisions[1..] {
        let changed =
            matches!(&decision.answer, Answer::Refused(Refusal::ChangedMeanwhile { what }) if what == "org");
        assert!(changed, "{decision:?}");
    }
    store.stop().unwrap();
}

/// The database's row counts are checked: a row that is not changed fails the batch.
#[tokio::test]
async fn a_batch_of_which_a_row_was_not_found_is_not_kept() {
    let database = TestDatabase::new();
    let store = open(database.url());
    let numbers: Vec<i64> = (0..4).collect();
    let commands = first(&numbers);
    let decisions = submit(&store, commands.clone(), false).await.unwrap();
    let awards: Vec<i64> = numbers_of(&commands, &decisions).into_iter().step_by(4).collect();
    database.run_sql("CREATE FUNCTION kept() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'");
    let before = rows(&database, &database);
    let tables = ["accounts", "lots", "holds", "heads", "statement_lines"];
    for table in tables {
        database.run_sql(&format!(
            "CREATE TRIGGER kept BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION kept()"
        ));
        let failed = submit(&store, second(&numbers, &awards), true).await;
        assert!(matches!(failed, Err(Error::Fault(_))), "{table}: {failed:?}");
        database.run_sql(&format!("DROP TRIGGER kept ON {table}"));
        assert_eq!(rows(&database, &database), before, "{table}");
    }
    let commands = second(&numbers, &awards);
    let decisions = submit(&store, commands.clone(), true).await.unwrap();
    assert_eq!(numbers_of(&commands, &decisions).len(), commands.len());
    store.stop().unwrap();
}

/// An entry is settled once: a line of one statement cannot become a line of another.
#[tokio::test]
async fn a_line_that_stands_in_one_statement_is_not_moved_to_another() {
    for database in [TestDatabase::new(), TestDatabase::sqlite()] {
        let store = open(database.url());
        let issue =
            |n, lines| bare(EntryKind::Settlement, Document::Statement(Statement { lines, ..statement(n) }));
        let shared = statement(1).lines;
        let made = store.submit(BANK, issue(1, shared.clone())).await.unwrap();
        assert!(matches!(made.answer, Answer::Accepted(_)), "{made:?}");
        let with_both = [statement(2).lines, shared].concat();
        let refused = store.submit(BANK, issue(2, with_both)).await;
        assert!(matches!(refused, Err(Error::Fault(_))), "{refused:?}");
        let count = "SELECT CAST(count(*) AS TEXT) AS value FROM";
        assert_eq!(database.raw().cells(&format!("{count} statements")), [Some("1".to_owned())]);
        assert_eq!(database.raw().cells(&format!("{count} statement_lines")), [Some("2".to_owned())]);
        store.stop().unwrap();
    }
}

#[tokio::test]
async fn a_thousand_commands_take_as_many_statements_as_ten() {
    let cluster = Cluster::start();
    cluster.set("shared_preload_libraries = 'pg_stat_statements'\n");
    cluster.crash();
    cluster.start_again();
    cluster.run_sql("CREATE EXTENSION pg_stat_statements");
    let (_, url) = cluster.new_schema();
    let store = open(&url);
    let mut counts = Vec::new();
    for numbers in [0..1, 1..11, 11..1_011] {
        let numbers: Vec<i64> = numbers.collect();
        let mut of_size = Vec::new();
        let mut awards = Vec::new();
        for step in 0..2 {
            let commands = if step == 0 { first(&numbers) } else { second(&numbers, &awards) };
            cluster.run_sql("SELECT pg_stat_statements_reset()");
            let decisions = submit(&store, commands.clone(), false).await.unwrap();
            of_size.push(statements(&cluster));
            awards = numbers_of(&commands, &decisions).into_iter().step_by(4).collect();
        }
        counts.push(of_size);
    }
    assert_eq!(counts[1], counts[2]);
    assert!(counts[2].iter().all(|count| (5..=30).contains(count)), "{counts:?}");
    // Awards and payments are nearly all that a bank does: beside BEGIN, the head and COMMIT they need few
    // statements.
    let simple = |n: i64| keyed("pay", n, pay(&merchant("shop 0"), &merchant("shop 1"), 1));
    cluster.run_sql("SELECT pg_stat_statements_reset()");
    let done = store.submit(BANK, simple(0)).await.unwrap();
    assert!(matches!(done.answer, Answer::Accepted(_)), "{done:?}");
    assert_eq!(statements(&cluster), 3, "the head, what is needed, what has changed");
    store.stop().unwrap();
}

/// The statements that the server has run on the ledger's rows, without settings and maintenance.
fn statements(cluster: &Cluster) -> i64 {
    #[derive(diesel::QueryableByName)]
    struct Count {
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        n: i64,
    }
    let query = "SELECT coalesce(sum(calls), 0)::bigint AS n FROM pg_stat_statements
        WHERE query ~ '(accounts|entries|heads|answers|lots|holds|counters|redemption|statement_|star_|service_)'
            AND query ~* '^\\s*(SELECT|INSERT|UPDATE|DELETE|WITH)' AND query !~ 'pg_stat'";
    let query = diesel::sql_query(query);
    diesel::RunQueryDsl::get_result::<Count>(query, &mut cluster.connect()).unwrap().n
}
