//! Callers that move points over HTTP, each request with its key; the results, and whether the bank agrees with them.

use crate::support::cli::jianxian;
use crate::support::database::TestDatabase;
use crate::support::served::Served;
use crate::support::web::{Answer, Ask, send, try_send};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

const PASSWORD: &str = "three ferries at noon";
const CALLERS: u64 = 8;
const PURSES: usize = 6;
/// How long a caller waits after a transient refusal, and how often.
pub const PAUSE: Duration = Duration::from_millis(50);
const PATIENCE: u32 = 400;

/// A number from the environment.
pub fn count(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

/// A server without rate limits.
pub fn serve(database: &TestDatabase) -> Served {
    let unlimited = [
        ("JIANXIAN_LIMITS_ACCOUNT_PER_SECOND", "0"),
        ("JIANXIAN_LIMITS_ADDRESS_PER_SECOND", "0"),
        ("JIANXIAN_LIMITS_SIGN_IN_PER_MINUTE", "0"),
        ("JIANXIAN_LOG_LEVEL", "error"),
    ];
    Served::run(&["serve"], database, &unlimited)
}

/// One request and its result. `None`: the server died first.
#[derive(Debug)]
pub struct Sent {
    key: String,
    path: String,
    body: Value,
    pub answer: Option<Answer>,
}

impl Sent {
    fn send(&self, address: SocketAddr, token: &str) -> std::io::Result<Answer> {
        let ask = Ask::post(self.path.clone(), self.body.clone()).role(None).key(self.key.clone());
        let answer = try_send(address, &ask.header("Authorization", &format!("Bearer {token}")))?;
        assert!(answer.status < 500 || answer.status == 503, "{answer:?}");
        assert!(answer.status != 503 || answer.header("Retry-After").is_some(), "{answer:?}");
        Ok(answer)
    }

    pub fn is_accepted(&self) -> bool {
        self.answer.as_ref().is_some_and(|answer| (200..300).contains(&answer.status))
    }
}

/// A bank with an operator of the raw ledger, some purses, a shop and an issuing account, and all requests so far.
pub struct Ground {
    pub address: SocketAddr,
    token: String,
    /// By name: `issuing`, `shop`, `purse0` …
    accounts: Arc<BTreeMap<String, String>>,
    /// What the accepted requests have moved.
    balances: BTreeMap<String, i64>,
    rounds: u64,
}

impl Ground {
    /// Sets up the empty bank of a server that was just started.
    pub fn of(served: &Served) -> Self {
        let (token, accounts) = set_up(served);
        let accounts = Arc::new(accounts);
        Ground { address: served.address, token, accounts, balances: BTreeMap::new(), rounds: 0 }
    }

    /// The same bank, behind a restarted server.
    pub fn moved_to(&mut self, served: &Served) {
        self.address = served.address;
        self.token = sign_in(served.address, "operator");
    }

    /// Concurrent callers; each sends at most `most` requests.
    pub fn callers(&mut self, most: usize) -> Callers {
        let stop = Arc::new(AtomicBool::new(false));
        let first = self.rounds * CALLERS;
        self.rounds += 1;
        let threads = (0..CALLERS).map(|caller| {
            let (token, accounts, stop) = (self.token.clone(), self.accounts.clone(), stop.clone());
            let address = self.address;
            std::thread::spawn(move || call(address, &token, &accounts, first + caller, most, &stop))
        });
        Callers { threads: threads.collect(), stop }
    }

    /// One award, with a key of its own.
    #[cfg(feature = "postgres")]
    pub fn award(&mut self) -> Sent {
        self.rounds += 1;
        let body = json!({ "debit_account": self.accounts["issuing"], "credit_account": self.accounts["purse0"],
            "amount": "0.01" });
        let (key, path) = (format!("single-{}", self.rounds), "/v1/ledger/entries".to_owned());
        let mut sent = Sent { key, path, body, answer: None };
        sent.answer = Some(sent.send(self.address, &self.token).unwrap());
        sent
    }

    /// One hold of a hundredth on the first purse, which expires by itself.
    #[cfg(feature = "postgres")]
    pub fn hold(&mut self, number: u32, seconds: u32) -> Sent {
        let body = json!({ "debit_account": self.accounts["purse0"], "credit_account": self.accounts["shop"],
            "amount": "0.01", "expires_in_seconds": seconds });
        let (key, path) = (format!("hold-{number}"), "/v1/ledger/holds".to_owned());
        let mut sent = Sent { key, path, body, answer: None };
        sent.answer = Some(sent.send(self.address, &self.token).unwrap());
        sent
    }

    /// The request for an account.
    pub fn ask(&self, name: &str) -> Ask {
        let ask = Ask::get(format!("/v1/ledger/accounts/{}", self.accounts[name])).role(None);
        ask.header("Authorization", &format!("Bearer {}", self.token))
    }

    /// Reads an account.
    pub fn read(&self, name: &str) -> Answer {
        let answer = send(self.address, &self.ask(name));
        assert!(answer.status == 200 || answer.status == 503, "{answer:?}");
        assert!(answer.status == 200 || answer.header("Retry-After").is_some(), "{answer:?}");
        answer
    }

    /// The answer to a repeat of the request with its key, retried until there is one.
    pub fn again(&self, one: &Sent) -> Answer {
        for _ in 0..PATIENCE {
            let again = one.send(self.address, &self.token).unwrap();
            if again.status != 503 {
                return again;
            }
            std::thread::sleep(PAUSE);
        }
        panic!("told to come back for ever: {one:?}")
    }

    /// Repeats every request with its key: what was acknowledged returns the same answer, the others get one now.
    /// Then all balances must be what the accepted ones have moved. Returns how many outcomes were unknown.
    pub fn settle(&mut self, sent: &mut [Sent]) -> usize {
        let mut open = 0;
        for one in sent.iter_mut() {
            let again = self.again(one);
            match &one.answer {
                Some(first) if first.status != 503 => {
                    assert_eq!((first.status, figures(first)), (again.status, figures(&again)), "{one:?}");
                    assert!(again.hit(), "acknowledged, and forgotten: {one:?}");
                }
                _ => {
                    open += 1;
                    one.answer = Some(again);
                }
            }
        }
        self.tally(sent);
        self.check_balances();
        open
    }

    fn tally(&mut self, sent: &[Sent]) {
        for one in sent.iter().filter(|one| one.is_accepted()) {
            for posting in one.answer.as_ref().unwrap().json()["postings"].as_array().unwrap() {
                let amount = hundredths(&posting["amount"]);
                for (side, sign) in [("debit_account", -1), ("credit_account", 1)] {
                    let account = posting[side].as_str().unwrap().to_owned();
                    *self.balances.entry(account).or_default() += sign * amount;
                }
            }
        }
        assert!(self.balances.keys().all(|id| self.accounts.values().any(|known| known == id)));
    }

    fn check_balances(&self) {
        for (name, id) in self.accounts.iter() {
            let balance = hundredths(&self.read(name).ok(200)["balance"]);
            assert_eq!(balance, self.balances.get(id).copied().unwrap_or(0), "{name}");
        }
    }
}

/// Running callers.
pub struct Callers {
    threads: Vec<JoinHandle<Vec<Sent>>>,
    stop: Arc<AtomicBool>,
}

impl Callers {
    /// Lets them finish their current request; returns all that they have sent.
    pub fn stop(self) -> Vec<Sent> {
        self.stop.store(true, Ordering::SeqCst);
        self.threads.into_iter().flat_map(|caller| caller.join().unwrap()).collect()
    }
}

/// Stops the server and verifies the whole bank.
pub fn stop_and_verify(served: Served, database: &TestDatabase) {
    served.stop();
    let (code, said, complaint) = jianxian(&[&["verify"], &database.place()[..]].concat());
    assert_eq!(code, 0, "{said}{complaint}");
}

pub fn sign_in(address: SocketAddr, login: &str) -> String {
    let body = json!({ "login": login, "password": PASSWORD });
    let answer = send(address, &Ask::post("/v1/auth/token", body).role(None));
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()["access_token"].as_str().unwrap().to_owned()
}

fn post(address: SocketAddr, token: &str, path: &str, body: Value) -> Value {
    let key = jianxian::domain::id::Id::SYSTEM.derive(&format!("{path}{body}")).to_string();
    let ask = Ask::post(path, body).role(None).key(key);
    let answer = send(address, &ask.header("Authorization", &format!("Bearer {token}")));
    assert!((200..300).contains(&answer.status), "{answer:?}");
    answer.json()
}

/// An operator's token, and the accounts by name.
fn set_up(served: &Served) -> (String, BTreeMap<String, String>) {
    let mut body = served.printed_body().unwrap();
    body["password"] = json!(PASSWORD);
    let first = Ask::post("/v1/auth/first-administrator", body).role(None);
    assert_eq!(send(served.address, &first).status, 200);
    let admin = sign_in(served.address, "admin");
    let me = Ask::get("/v1/me").role(None).header("Authorization", &format!("Bearer {admin}"));
    let root = send(served.address, &me).json()["roles"][0]["org"].clone();
    let user = json!({ "login": "operator", "name": "示例操作员", "password": PASSWORD });
    let user = post(served.address, &admin, "/v1/users", user)["id"].clone();
    let role = json!({ "user": user, "role": "ledger_operator", "org": root });
    post(served.address, &admin, "/v1/roles", role);
    let operator = sign_in(served.address, "operator");
    let names = ["issuing".to_owned(), "shop".to_owned()].into_iter();
    let names = names.chain((0..PURSES).map(|n| format!("purse{n}")));
    let open = |name: String| {
        let owner = jianxian::domain::id::Id::SYSTEM.derive(&name).to_string();
        let body = match name.as_str() {
            "issuing" => {
                json!({ "owner_kind": "bank", "owner": owner, "asset": "POINT", "purpose": "issuing" })
            }
            "shop" => json!({ "owner_kind": "merchant", "owner": owner, "asset": "POINT" }),
            _ => json!({ "owner_kind": "person", "owner": owner, "asset": "POINT" }),
        };
        let account = post(served.address, &operator, "/v1/ledger/accounts", body)["account"].clone();
        (name, account.as_str().unwrap().to_owned())
    };
    let accounts = names.map(open).collect();
    (operator, accounts)
}

/// The requests of one caller until it is stopped, or the server is gone: awards to purses, payments, holds with
/// their captures.
fn call(
    address: SocketAddr,
    token: &str,
    accounts: &BTreeMap<String, String>,
    seed: u64,
    most: usize,
    stop: &AtomicBool,
) -> Vec<Sent> {
    let (mut rng, mut sent) = (StdRng::seed_from_u64(seed), Vec::new());
    let mut held: Option<String> = None;
    for turn in 0..most {
        if stop.load(Ordering::SeqCst) {
            break;
        }
        let purse = &accounts[&format!("purse{}", rng.random_range(0..PURSES))];
        let amount = format!("{}.{:02}", rng.random_range(1..9), rng.random_range(0..100));
        let pay =
            |from: &str, to: &str| json!({ "debit_account": from, "credit_account": to, "amount": amount });
        let (path, body) = match (held.take(), rng.random_range(0..4)) {
            (Some(hold), _) => (format!("/v1/ledger/holds/{hold}/capture"), json!({ "amount": "0.50" })),
            (None, 0 | 1) => ("/v1/ledger/entries".to_owned(), pay(&accounts["issuing"], purse)),
            (None, 2) => ("/v1/ledger/entries".to_owned(), pay(purse, &accounts["shop"])),
            (None, _) => ("/v1/ledger/holds".to_owned(), pay(purse, &accounts["shop"])),
        };
        let mut one = Sent { key: format!("{seed}-{turn}"), path, body, answer: None };
        one.answer = one.send(address, token).ok();
        let Some(answer) = &one.answer else {
            sent.push(one);
            break;
        };
        held = answer.json()["hold"]["id"]
            .as_str()
            .filter(|_| one.path.ends_with("/holds") && answer.status == 201)
            .map(str::to_owned);
        if answer.status == 503 {
            std::thread::sleep(PAUSE);
        }
        sent.push(one);
    }
    sent
}

/// The part of an answer that a repeat must return again.
fn figures(answer: &Answer) -> Value {
    let mut body = answer.json();
    if let Some(members) = body.as_object_mut() {
        members.remove("request_id");
    }
    body
}

fn hundredths(text: &Value) -> i64 {
    text.as_str().unwrap().replace('.', "").parse().unwrap()
}
