//! The measured subjects: the baselines and the bank, which answer transfers over HTTP.

use super::baseline::{BaselineServer, BaselineTokens, BaselineWork, Outcome, Plain, Post, Transfer, Way};
use super::home::{Database, Engine, Home};
use super::load::Script;
use super::phases::Sums;
use jianxian::cli::ending::Failure;
use jianxian::clock::Clock;
use jianxian::domain::id::Id;
use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::Serialize;
use std::net::SocketAddr;
use std::sync::Arc;
use uuid::{Builder, Uuid};

const TOKEN_SECONDS: i64 = 24 * 3600;

/// Which accounts the transfers touch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Pattern {
    /// One issuing account is debited by every transfer, as by awards.
    Hot,
    /// Random pairs.
    Uniform,
}

/// A server that takes transfers of one point: a baseline, or the bank itself.
pub trait Subject {
    /// Its name in tables and documents; it never changes.
    fn name(&self) -> &'static str;
    fn address(&self) -> SocketAddr;
    /// Endless transfers, each under a fresh key.
    fn transfers(&self, pattern: Pattern) -> Script;
    /// Processor time used so far, of a subject that is a separate process.
    fn processor_ticks(&self) -> Option<u64> {
        None
    }
    /// The sums of its batches so far, of a subject that reports them.
    fn batches(&self) -> Option<Sums> {
        None
    }
    /// Memory of a subject that is a separate process.
    fn resident_mebibytes(&self) -> Option<u64> {
        None
    }
    /// Checks that the subject has done the work that it acknowledged, and ends it.
    fn finish(self: Box<Self>) -> Result<(), Failure>;
}

/// The accounts of a run: one that issues, and many that people hold.
#[derive(Clone)]
pub struct Accounts {
    pub issuing: Id,
    pub held: Arc<[Id]>,
}

impl Accounts {
    pub fn new(count: u32) -> Self {
        let held = (0..count).map(|n| Id::SYSTEM.derive(&format!("bench/held/{n}"))).collect();
        Self { issuing: Id::SYSTEM.derive("bench/issuing"), held }
    }

    /// The account to debit and the one to credit, never the same.
    pub fn pick(&self, pattern: Pattern, rng: &mut ChaCha8Rng) -> (Id, Id) {
        let any = |rng: &mut ChaCha8Rng| rng.random_range(0..self.held.len().max(2));
        let held = |index: usize| self.held.get(index).copied().unwrap_or(self.issuing);
        let credit = any(rng);
        match pattern {
            Pattern::Hot => (self.issuing, held(credit)),
            Pattern::Uniform => {
                let debit = any(rng);
                let debit = if debit == credit { (debit + 1) % self.held.len().max(2) } else { debit };
                (held(debit), held(credit))
            }
        }
    }
}

/// The order of keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Version 7, with a counter after the millisecond.
    Ordered,
    /// Version 4.
    Random,
}

/// Keys without a system call each.
pub struct Keys {
    order: Order,
    clock: Clock,
    made: u32,
    rng: ChaCha8Rng,
}

impl Keys {
    pub fn new(seed: u64) -> Self {
        Self::of(Order::Ordered, seed)
    }

    /// Random keys are seeded with the time, so that no two runs have one in common.
    pub fn of(order: Order, seed: u64) -> Self {
        let clock = Clock::default();
        let moment = u64::try_from(clock.now().micros()).unwrap_or(0);
        let seed = if order == Order::Random { seed ^ moment } else { seed };
        Self { order, clock, made: 0, rng: ChaCha8Rng::seed_from_u64(seed) }
    }

    pub fn fresh(&mut self) -> Uuid {
        if self.order == Order::Random {
            return Builder::from_random_bytes(self.rng.random()).into_uuid();
        }
        let millis = u64::try_from(self.clock.now().micros() / 1000).unwrap_or(0);
        self.made = self.made.wrapping_add(1);
        let [a, b, c, d] = self.made.to_be_bytes();
        let [e, f, g, _] = self.rng.next_u32().to_be_bytes();
        // The first three bytes share their place with the version and the variant.
        Builder::from_unix_timestamp_millis(millis, &[0, 0, 0, a, b, c, d, e, f, g]).into_uuid()
    }
}

/// Writes transfers of one point to `path` in the form of the baselines' route.
pub struct TransferScript {
    pub path: &'static str,
    pub token: String,
    pub accounts: Accounts,
    pub pattern: Pattern,
    pub keys: Keys,
    pub rng: ChaCha8Rng,
}

impl TransferScript {
    pub fn script(mut self) -> Script {
        Box::new(move |_, out| self.write(out))
    }

    fn write(&mut self, out: &mut Vec<u8>) {
        let (debit, credit) = self.accounts.pick(self.pattern, &mut self.rng);
        let body = format!(r#"{{"debit_account":"{debit}","credit_account":"{credit}","amount":"1.00"}}"#);
        post(out, self.path, &self.token, self.keys.fresh(), &body);
    }
}

/// Appends a POST request under a key.
pub fn post(out: &mut Vec<u8>, path: &str, token: &str, key: Uuid, body: &str) {
    let bytes = body.len();
    let request = format!(
        "POST {path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: application/json\r\n\
         authorization: Bearer {token}\r\nidempotency-key: {key}\r\ncontent-length: {bytes}\r\n\r\n{body}",
    );
    out.extend_from_slice(request.as_bytes());
}

/// Appends a GET request.
pub fn get(out: &mut Vec<u8>, path: &str, token: &str) {
    let request = format!("GET {path} HTTP/1.1\r\nhost: 127.0.0.1\r\nauthorization: Bearer {token}\r\n\r\n");
    out.extend_from_slice(request.as_bytes());
}

/// A baseline: the same small server, without work or with plain transfers.
pub struct Baseline {
    name: &'static str,
    server: BaselineServer,
    token: String,
    accounts: Accounts,
    plain: Option<(Arc<dyn Plain>, Database)>,
}

pub const HTTP_ALONE: &str = "http_alone";

/// The baseline's name among the subjects.
pub const fn baseline_name(engine: Engine, way: Way) -> &'static str {
    match (engine, way) {
        (Engine::Sqlite, _) => "plain_sqlite",
        (Engine::Postgres, Way::Transaction) => "plain_postgres",
        (Engine::Postgres, Way::Function) => "postgres_function",
    }
}

impl Baseline {
    /// HTTP and the token check, no database.
    pub fn http_alone(accounts: &Accounts) -> Result<Self, Failure> {
        Self::start(HTTP_ALONE, accounts, None)
    }

    /// Plain transfers in a database of their own.
    pub fn plain(accounts: &Accounts, home: &Home, way: Way) -> Result<Self, Failure> {
        let name = baseline_name(home.engine(), way);
        let database = home.database(name)?;
        let plain = database.baseline(accounts, way)?;
        Self::start(name, accounts, Some((plain, database)))
    }

    fn start(
        name: &'static str,
        accounts: &Accounts,
        plain: Option<(Arc<dyn Plain>, Database)>,
    ) -> Result<Self, Failure> {
        let secret = Uuid::now_v7();
        let tokens = BaselineTokens::new(secret.as_bytes());
        let token = tokens.issue(Clock::default().now(), TOKEN_SECONDS);
        let token = token.ok_or_else(|| Failure::machine("token", "cannot be signed"))?;
        let post = plain.as_ref().map(|(plain, _)| -> Arc<Post> {
            let (plain, clock) = (plain.clone(), Clock::default());
            Arc::new(move |transfer| posted(plain.as_ref(), &transfer, &clock))
        });
        let work = BaselineWork { token_check: Arc::new(move |token| tokens.check(token)), post };
        let server = BaselineServer::start(work).map_err(|e| Failure::machine(name, e))?;
        Ok(Self { name, server, token, accounts: accounts.clone(), plain })
    }
}

fn posted(plain: &dyn Plain, transfer: &Transfer, clock: &Clock) -> Result<i64, String> {
    match plain.transfer(transfer, clock.now()) {
        Ok(Outcome::Posted { number } | Outcome::Repeated { number }) => Ok(number),
        Ok(refused) => Err(format!("{refused:?}")),
        Err(error) => Err(error.to_string()),
    }
}

impl Subject for Baseline {
    fn name(&self) -> &'static str {
        self.name
    }

    fn address(&self) -> SocketAddr {
        self.server.address
    }

    fn transfers(&self, pattern: Pattern) -> Script {
        let transfers = TransferScript {
            path: "/transfers",
            token: self.token.clone(),
            accounts: self.accounts.clone(),
            pattern,
            keys: Keys::new(1),
            rng: ChaCha8Rng::seed_from_u64(2),
        };
        transfers.script()
    }

    fn finish(self: Box<Self>) -> Result<(), Failure> {
        self.server.stop().map_err(|e| Failure::machine(self.name, e))?;
        let Some((plain, _database)) = self.plain else { return Ok(()) };
        let (debits, credits, entries) = plain.totals().map_err(|e| Failure::machine(self.name, e))?;
        if debits != credits || debits != entries * 100 {
            let what = format!("{debits} debited, {credits} credited, {entries} entries");
            return Err(Failure::machine("the baseline lost its balance", what));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::goals::load::{Plan, Turn, run};
    use std::time::Duration;

    const PLAN: Plan =
        Plan { connections: 4, requests: 200, duration: Duration::from_secs(60), warm_up: Duration::ZERO };

    #[test]
    fn keys_are_version_seven_and_ordered() {
        let mut keys = Keys::new(7);
        let made: Vec<_> = (0..10_000).map(|_| keys.fresh()).collect();
        assert!(made.is_sorted() && made.iter().all(|key| key.get_version_num() == 7));
        let mut keys = Keys::of(Order::Random, 7);
        let made: Vec<_> = (0..100).map(|_| keys.fresh()).collect();
        assert!(!made.is_sorted() && made.iter().all(|key| key.get_version_num() == 4));
    }

    #[test]
    fn a_pair_is_never_one_account_with_itself() {
        let (accounts, mut rng) = (Accounts::new(3), ChaCha8Rng::seed_from_u64(1));
        for pattern in [Pattern::Hot, Pattern::Uniform] {
            for _ in 0..1000 {
                let (debit, credit) = accounts.pick(pattern, &mut rng);
                assert_ne!(debit, credit);
                assert_eq!(debit == accounts.issuing, pattern == Pattern::Hot);
            }
        }
    }

    #[test]
    fn every_transfer_that_a_baseline_answers_is_in_its_book() {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::make(folder.path(), None).unwrap();
        let accounts = Accounts::new(10);
        let baseline = Baseline::plain(&accounts, &home, Way::Transaction).unwrap();
        let plain = baseline.plain.as_ref().unwrap().0.clone();
        for pattern in [Pattern::Hot, Pattern::Uniform] {
            let measured = run(baseline.address(), PLAN, baseline.transfers(pattern)).unwrap();
            assert!(measured.all_succeeded() && measured.requests >= 200, "{measured:?}");
        }
        Box::new(baseline).finish().unwrap();
        assert!(plain.totals().unwrap().2 >= 400);
    }

    #[test]
    fn a_stranger_is_refused_before_any_work() {
        let baseline = Baseline::http_alone(&Accounts::new(2)).unwrap();
        let stranger = |_: Turn<'_>, out: &mut Vec<u8>| {
            out.extend_from_slice(
                b"POST /transfers HTTP/1.1\r\nhost: x\r\nauthorization: Bearer x\r\n\
                content-type: application/json\r\ncontent-length: 2\r\n\r\n{}",
            );
        };
        let body_first = run(baseline.address(), PLAN, Box::new(stranger)).unwrap();
        assert_eq!(body_first.statuses.keys().collect::<Vec<_>>(), [&400]);
        let forged = TransferScript {
            path: "/transfers",
            token: "forged".into(),
            accounts: Accounts::new(2),
            pattern: Pattern::Hot,
            keys: Keys::new(1),
            rng: ChaCha8Rng::seed_from_u64(1),
        };
        let refused = run(baseline.address(), PLAN, forged.script()).unwrap();
        assert_eq!(refused.statuses.keys().collect::<Vec<_>>(), [&401]);
        Box::new(baseline).finish().unwrap();
    }
}
