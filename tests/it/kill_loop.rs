//! The program is killed in the middle of its work, again and again: what was acknowledged is there, once; what was not
//! is told by repeating the request with its key. `JIANXIAN_KILLS` says how often (3 if it is not set).

use crate::cli::jianxian;
use crate::database::TestDatabase;
use crate::served::Served;
use crate::web::{Answer, Ask, send, try_send};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

const PASSWORD: &str = "three ferries at noon";
const CALLERS: u64 = 8;
const PURSES: usize = 6;
/// One caller sends no more than this in a round.
const MOST_ASKS: usize = 400;

/// One request, and what came of it. `None`: the server died first.
#[derive(Debug)]
struct Sent {
    key: String,
    path: String,
    body: Value,
    answer: Option<Answer>,
}

impl Sent {
    fn send(&self, address: SocketAddr, token: &str) -> std::io::Result<Answer> {
        let ask = Ask::post(self.path.clone(), self.body.clone()).role(None).key(self.key.clone());
        try_send(address, &ask.header("Authorization", &format!("Bearer {token}")))
    }
}

/// Accounts by name: `issuing`, `shop`, `purse0` …
type Accounts = BTreeMap<String, String>;

fn sign_in(address: SocketAddr, login: &str) -> String {
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

/// An empty bank with an operator, an issuing account, a shop and some purses.
fn set_up(served: &Served) -> Accounts {
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
    names.map(open).collect()
}

/// What one caller sends until the server is gone: awards to purses, payments, holds with their captures.
fn call(address: SocketAddr, token: &str, accounts: &Accounts, seed: u64) -> Vec<Sent> {
    let (mut rng, mut sent) = (StdRng::seed_from_u64(seed), Vec::new());
    let mut held: Option<String> = None;
    for turn in 0..MOST_ASKS {
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
            return sent;
        };
        assert!(answer.status < 500 || answer.status == 503, "{answer:?}");
        held = answer.json()["hold"]["id"]
            .as_str()
            .filter(|_| one.path.ends_with("/holds") && answer.status == 201)
            .map(str::to_owned);
        sent.push(one);
    }
    sent
}

/// The part of an answer that a repeat must give again.
fn figures(answer: &Answer) -> Value {
    let mut body = answer.json();
    if let Some(members) = body.as_object_mut() {
        members.remove("request_id");
    }
    body
}

/// Every request of the round again, with its key. Returns how many had not been answered.
fn repeat(address: SocketAddr, token: &str, sent: &mut [Sent]) -> usize {
    let mut unanswered = 0;
    for one in sent {
        let again = one.send(address, token).unwrap();
        match &one.answer {
            Some(first) if first.status == 503 => one.answer = Some(again),
            Some(first) => {
                assert_eq!((first.status, figures(first)), (again.status, figures(&again)), "{one:?}");
                assert!(again.hit(), "acknowledged, and forgotten: {one:?}");
            }
            None => {
                unanswered += 1;
                one.answer = Some(again);
            }
        }
    }
    unanswered
}

/// Adds what the accepted requests have moved.
fn tally(sent: &[Sent], accounts: &Accounts, balances: &mut BTreeMap<String, i64>) {
    for one in sent {
        let answer = one.answer.as_ref().unwrap();
        if !(200..300).contains(&answer.status) {
            continue;
        }
        for posting in answer.json()["postings"].as_array().unwrap() {
            let amount = hundredths(&posting["amount"]);
            for (side, sign) in [("debit_account", -1), ("credit_account", 1)] {
                *balances.entry(posting[side].as_str().unwrap().to_owned()).or_default() += sign * amount;
            }
        }
    }
    assert!(balances.keys().all(|id| accounts.values().any(|known| known == id)));
}

fn hundredths(text: &Value) -> i64 {
    text.as_str().unwrap().replace('.', "").parse().unwrap()
}

fn check_balances(address: SocketAddr, token: &str, accounts: &Accounts, expected: &BTreeMap<String, i64>) {
    for (name, id) in accounts {
        let ask = Ask::get(format!("/v1/ledger/accounts/{id}")).role(None);
        let answer = send(address, &ask.header("Authorization", &format!("Bearer {token}")));
        let balance = hundredths(&answer.json()["balance"]);
        assert_eq!(balance, expected.get(id).copied().unwrap_or(0), "{name}");
    }
}

fn start(database: &TestDatabase) -> (Served, Duration) {
    let from = Instant::now();
    let unlimited = [
        ("JIANXIAN_LIMITS_ACCOUNT_PER_SECOND", "0"),
        ("JIANXIAN_LIMITS_ADDRESS_PER_SECOND", "0"),
        ("JIANXIAN_LIMITS_SIGN_IN_PER_MINUTE", "0"),
        ("JIANXIAN_LOG_LEVEL", "error"),
    ];
    let served = Served::run(&["serve"], database, &unlimited);
    (served, from.elapsed())
}

#[test]
fn nothing_acknowledged_is_lost_or_doubled_when_the_program_is_killed() {
    let kills: u64 = std::env::var("JIANXIAN_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(3);
    let database = TestDatabase::new();
    let (mut served, _) = start(&database);
    let accounts = set_up(&served);
    let mut rng = StdRng::seed_from_u64(kills);
    let (mut balances, mut slowest) = (BTreeMap::new(), Duration::ZERO);
    let (mut acknowledged, mut unanswered) = (0, 0);
    for round in 0..kills {
        let (address, token) = (served.address, sign_in(served.address, "operator"));
        let callers: Vec<_> = (0..CALLERS)
            .map(|caller| {
                let (token, accounts) = (token.clone(), accounts.clone());
                std::thread::spawn(move || call(address, &token, &accounts, round * CALLERS + caller))
            })
            .collect();
        std::thread::sleep(Duration::from_millis(rng.random_range(40..400)));
        served.kill();
        let mut sent: Vec<Sent> = callers.into_iter().flat_map(|caller| caller.join().unwrap()).collect();
        acknowledged += sent.iter().filter(|one| one.answer.is_some()).count();

        let (again, ready) = start(&database);
        (served, slowest) = (again, slowest.max(ready));
        let token = sign_in(served.address, "operator");
        unanswered += repeat(served.address, &token, &mut sent);
        tally(&sent, &accounts, &mut balances);
        check_balances(served.address, &token, &accounts, &balances);
    }
    served.stop();
    let (code, said, complaint) = jianxian(&[&["verify"], &database.place()[..]].concat());
    assert_eq!(code, 0, "{said}{complaint}");
    assert!(acknowledged > 0, "the server was killed before it had done anything");
    println!(
        "{kills} kills: {acknowledged} acknowledged, {unanswered} unanswered and settled by their keys, \
         ready again in at most {slowest:.1?}"
    );
}
