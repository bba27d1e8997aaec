//! The program is killed while it sends messages: nothing is lost, and nothing is sent twice by itself.
//! `JIANXIAN_KILLS` is the number of rounds (default 3).

use crate::support::database::TestDatabase;
use crate::support::gateway::Gateway;
use crate::support::load::{count, sign_in};
use crate::support::served::Served;
use crate::support::web::{Ask, send};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

const LETTERS: usize = 120;

fn serve(database: &TestDatabase) -> Served {
    let settings = [
        ("JIANXIAN_SENDERS_INSIDE", "127.0.0.1"),
        ("JIANXIAN_TIMES_JOBS_SECONDS", "1"),
        ("JIANXIAN_LIMITS_ADDRESS_PER_SECOND", "0"),
        ("JIANXIAN_LIMITS_ACCOUNT_PER_SECOND", "0"),
        ("JIANXIAN_LOG_LEVEL", "error"),
    ];
    Served::run(&["serve"], database, &settings)
}

/// Sends as the administrator.
struct Desk<'s> {
    served: &'s Served,
    token: String,
}

impl<'s> Desk<'s> {
    fn at(served: &'s Served) -> Self {
        Desk { served, token: sign_in(served.address, "admin") }
    }

    fn ask(&self, ask: Ask) -> Value {
        let ask = ask.role(None).header("Authorization", &format!("Bearer {}", self.token));
        let answer = send(self.served.address, &ask);
        assert!(answer.status < 300, "{answer:?}");
        answer.json()
    }

    fn states(&self) -> BTreeMap<String, String> {
        let all = self.ask(Ask::get("/v1/deliveries?limit=200"));
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        all["items"].as_array().unwrap().iter().map(|one| (text(&one["id"]), text(&one["state"]))).collect()
    }
}

/// Waits until nothing is due any more, and returns the deliveries with their states.
fn settled(desk: &Desk<'_>) -> BTreeMap<String, String> {
    let from = Instant::now();
    loop {
        let states = desk.states();
        if states.values().all(|state| state != "due") {
            return states;
        }
        assert!(from.elapsed() < Duration::from_secs(60), "still due: {states:?}");
        std::thread::sleep(Duration::from_millis(200));
    }
}

#[test]
fn what_is_sent_while_the_program_is_killed_is_sent_once() {
    let (database, gateway) = (TestDatabase::new(), Gateway::start());
    gateway.answers(|_| {
        std::thread::sleep(Duration::from_millis(60));
        Some("200 OK".into())
    });
    let mut served = serve(&database);
    let mut body = served.printed_body().unwrap();
    body["password"] = json!("three ferries at noon");
    assert_eq!(send(served.address, &Ask::post("/v1/auth/first-administrator", body).role(None)).status, 200);
    let desk = Desk::at(&served);
    let hook = json!({ "code": "sms", "name": "短信", "url": gateway.url("/in"), "topics": ["safety"] });
    let hook = desk.ask(Ask::post("/v1/webhooks", hook))["id"].clone();
    let path = format!("/v1/webhooks/{}/try", hook.as_str().unwrap());
    let made: BTreeSet<String> = (0..LETTERS)
        .map(|_| desk.ask(Ask::post(path.clone(), json!({})))["id"].as_str().unwrap().to_owned())
        .collect();
    for round in 0..count("JIANXIAN_KILLS", 3) {
        std::thread::sleep(Duration::from_millis(1_050 + round * 37 % 400));
        served.kill();
        served = serve(&database);
    }
    let states = settled(&Desk::at(&served));
    served.stop();
    let mut times: BTreeMap<String, usize> = BTreeMap::new();
    for one in gateway.taken() {
        *times.entry(one.id().to_owned()).or_default() += 1;
    }
    assert!(times.values().all(|times| *times == 1), "sent twice: {times:?}");
    assert_eq!(states.keys().cloned().collect::<BTreeSet<_>>(), made, "none is lost");
    for (id, state) in &states {
        // What was under way at a kill keeps its lease for minutes; it may have been taken or not.
        let is_sent = state == "sent" && times.contains_key(id);
        assert!(is_sent || state == "sending" || state == "unknown", "{id}: {state}");
    }
}
