//! A small made-up town behind a real server: a tree of organisations, one user for each role, a published scheme,
//! members, a household, a shop with offers. Everything is created over HTTP; tokens come from real sign-ins.
//!
//! `town.as_role("staff").post("/v1/…", json!({…}))` sends as that user, with a new idempotency key each time.

use crate::support::database::TestDatabase;
use crate::support::web::{Answer, Ask, BANK, Web};
use jianxian::config::Config;
use jianxian::domain::time::Moment;
use jianxian::store::files::Files;
use serde_json::{Value, json};
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::path::PathBuf;

pub const PASSWORD: &str = "three ferries at noon";
/// A Monday morning.
pub const MORNING: &str = "2026-03-02T08:00:00+08:00";
/// Sessions are refreshed before their tokens expire.
const RENEW_SECONDS: i64 = 80_000;

/// Users by name: login, role and where it is held. Those with an organisation in the name are second persons.
const USERS: &[(&str, &str, &str)] = &[
    ("proxy", "proxy", "community"),
    ("team_leader", "team_leader", "community"),
    ("staff", "staff", "community"),
    ("staff_two", "staff", "community"),
    ("staff_sibling", "staff", "sibling"),
    ("branch", "branch", "community"),
    ("reviewer", "reviewer", "community"),
    ("reviewer_two", "reviewer", "community"),
    ("reviewer_district", "reviewer", "district"),
    ("street", "administrator", "street"),
    ("auditor", "auditor", "district"),
    ("ledger_operator", "ledger_operator", "district"),
];

pub struct Town {
    pub web: Web,
    ids: RefCell<HashMap<String, String>>,
    /// Token and the moment of its sign-in, by user.
    tokens: RefCell<HashMap<String, (String, Moment)>>,
    keys: Cell<u64>,
    /// Every POST so far: user, key, path, body, and answer.
    pub asked: RefCell<Vec<Value>>,
    pub runtime: tokio::runtime::Runtime,
}

/// Sends requests as one user.
pub struct Client<'t> {
    town: &'t Town,
    who: String,
}

pub fn moment(text: &str) -> Moment {
    Moment::parse(text).unwrap_or_else(|| panic!("a moment: {text}"))
}

impl Town {
    /// The whole town, on a Monday morning.
    pub fn new() -> Self {
        Town::found_in(Web::start_with(Town::config(), |state| state))
    }

    /// Long sessions and no rate limits on sign-in.
    pub fn config() -> Config {
        let mut config = Config::default();
        config.sign_in.access_seconds = 86_400;
        config.limits.sign_in_per_minute = 0;
        config.senders.inside = vec!["127.0.0.0/8".into()];
        config
    }

    /// The folder of attachments.
    pub fn files_folder(&self) -> PathBuf {
        match &*self.web.services.files {
            Files::Folder(folder) => folder.path().to_owned(),
            Files::S3(store) => panic!("{store} is no folder"),
        }
    }

    /// An existing town: its server, and the ids of its people and things by name.
    pub fn of(web: Web, ids: HashMap<String, String>) -> Self {
        Town {
            web,
            ids: RefCell::new(ids),
            tokens: RefCell::default(),
            keys: Cell::new(0),
            asked: RefCell::default(),
            runtime: tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap(),
        }
    }

    /// The whole town, in an empty bank.
    pub fn found_in(web: Web) -> Self {
        web.clock.set(moment(MORNING));
        let town = Town::of(web, HashMap::new());
        town.found();
        town.open_orgs();
        for (login, role, org) in USERS {
            town.open_user(login, json!({}), role, org);
        }
        town.publish_scheme();
        town.open_members();
        town.open_shop();
        town
    }

    fn found(&self) {
        let token = self.runtime.block_on(self.web.services.first_token(BANK)).unwrap().unwrap();
        let body = json!({ "token": token, "org_kind": "district", "org_code": "D1", "org_name": "示例区",
            "login": "administrator", "name": "示例甲", "password": PASSWORD });
        let answer = self.web.send(&Ask::post("/v1/auth/first-administrator", body).role(None));
        assert_eq!(answer.status, 200, "{answer:?}");
        let me = self.as_role("administrator").get("/v1/me").ok(200);
        self.keep("district", &me["roles"][0]["org"]);
    }

    fn open_orgs(&self) {
        for (name, kind, parent, title) in [
            ("street", "street", "district", "示例街道"),
            ("community", "community", "street", "示例社区"),
            ("sibling", "community", "street", "邻近社区"),
            ("compound", "compound", "community", "示例小区"),
        ] {
            let body = json!({ "parent": self.id(parent), "kind": kind, "code": name, "name": title });
            self.make(name, "administrator", "/v1/orgs", body);
        }
    }

    /// A user with the usual password and one role; `more` says which member or shop they belong to.
    pub fn open_user(&self, login: &str, more: Value, role: &str, org: &str) {
        let mut body = json!({ "login": login, "name": "示例乙", "password": PASSWORD });
        body["org"] = json!(self.id(org));
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self.make(&format!("user/{login}"), "administrator", "/v1/users", body);
        self.grant(login, role, org);
    }

    /// Gives a user one more role.
    pub fn grant(&self, login: &str, role: &str, org: &str) -> String {
        let body = json!({ "user": self.id(&format!("user/{login}")), "role": role, "org": self.id(org) });
        self.make(&format!("role/{login}/{role}"), "administrator", "/v1/roles", body)
    }

    fn publish_scheme(&self) {
        let body = json!({ "body": include_str!("../../../schemes/jianxian.toml") });
        let version = self.make("scheme_version", "administrator", "/v1/schemes", body);
        let path = format!("/v1/schemes/versions/{version}/approve");
        self.as_role("reviewer_district").post(&path, json!({})).ok(204);
        let schemes = self.as_role("staff").get("/v1/schemes").ok(200);
        self.keep("scheme", &schemes["items"][0]["id"]);
    }

    fn open_members(&self) {
        let household = json!({ "name": "示例户", "org": self.id("compound") });
        self.make("household", "staff", "/v1/households", household);
        for (name, title, org, more) in [
            ("lin", "林示例", "community", json!({ "phone": "13800000001" })),
            ("wang", "王示例", "compound", json!({ "household": self.id("household") })),
            ("zhao", "赵示例", "compound", json!({ "household": self.id("household") })),
            ("keeper", "店示例", "community", json!({})),
        ] {
            let mut body = json!({ "name": title, "org": self.id(org) });
            body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            self.make(name, "staff", "/v1/members", body);
        }
        self.open_user("volunteer", json!({ "member": self.id("lin") }), "volunteer", "community");
        let sibling = json!({ "name": "孙示例", "org": self.id("sibling") });
        self.make("sun", "staff_sibling", "/v1/members", sibling);
    }

    fn open_shop(&self) {
        let shop = json!({ "name": "示例超市", "org": self.id("community"), "owner_member": self.id("keeper"),
            "model": "community_fund", "rate_fen": "50" });
        self.make("shop", "administrator", "/v1/merchants", shop);
        for role in ["merchant_owner", "merchant_clerk"] {
            self.open_user(role, json!({ "merchant": self.id("shop") }), role, "community");
        }
        let offers = format!("/v1/merchants/{}/offers", self.id("shop"));
        let rice = json!({ "name": "示例大米", "unit_points": "5", "stocked": true });
        let rice = self.make("rice", "merchant_owner", &offers, rice);
        let haircut = json!({ "name": "示例理发", "unit_points": "10", "stocked": false });
        self.make("haircut", "merchant_owner", &offers, haircut);
        let stock = json!({ "pieces": 20 });
        self.as_role("merchant_owner").post(&format!("/v1/offers/{rice}/stock"), stock).ok(201);
    }

    pub fn keep(&self, name: &str, id: &Value) -> String {
        let id = id.as_str().unwrap_or_else(|| panic!("{name}: {id}")).to_owned();
        self.ids.borrow_mut().insert(name.to_owned(), id.clone());
        id
    }

    /// Creates something and keeps its id under a name.
    pub fn make(&self, name: &str, who: &str, path: &str, body: Value) -> String {
        let made = self.as_role(who).post(path, body).ok(201);
        self.keep(name, &made["id"])
    }

    /// Every id with its name here.
    pub fn ids(&self) -> HashMap<String, String> {
        self.ids.borrow().clone()
    }

    /// The id of an organisation, member, user (`user/<login>`), role (`role/<login>/<role>`) or thing by its name
    /// here.
    pub fn id(&self, name: &str) -> String {
        let ids = self.ids.borrow();
        ids.get(name).unwrap_or_else(|| panic!("nothing is called {name}")).clone()
    }

    /// An idempotency key that was not used.
    pub fn next_key(&self) -> String {
        self.keys.set(self.keys.get() + 1);
        format!("key-{}", self.keys.get())
    }

    /// The user of a role, or another user by login.
    pub fn as_role(&self, who: &str) -> Client<'_> {
        Client { town: self, who: who.to_owned() }
    }

    /// The rights of a user, by their names.
    pub fn rights(&self, who: &str) -> std::collections::BTreeSet<String> {
        let me = self.as_role(who).get("/v1/me").ok(200);
        me["rights"].as_array().unwrap().iter().map(|right| right.as_str().unwrap().to_owned()).collect()
    }

    pub fn token(&self, who: &str) -> String {
        let now = self.web.clock.now();
        if let Some((token, since)) = self.tokens.borrow().get(who)
            && now.seconds_since(*since) < RENEW_SECONDS
        {
            return token.clone();
        }
        let body = json!({ "login": who, "password": PASSWORD });
        let answer = self.web.send(&Ask::post("/v1/auth/token", body).role(None)).ok(200);
        let token = answer["access_token"].as_str().unwrap().to_owned();
        self.tokens.borrow_mut().insert(who.to_owned(), (token.clone(), now));
        token
    }

    /// Moves the clock to a time of the bank's calendar, `2026-03-02T09:00`.
    pub fn at(&self, text: &str) {
        self.web.clock.set(moment(&format!("{text}:00+08:00")));
    }

    /// Runs the periodic job that makes records final; returns their number.
    pub fn finalise(&self) -> usize {
        self.runtime.block_on(self.web.services.finalise_due(BANK)).unwrap()
    }

    /// Number of the last entry and its hash.
    pub fn head(&self) -> (i64, [u8; 32]) {
        let read = self.web.store.read(BANK, |tables| tables.head());
        let head = self.runtime.block_on(read).unwrap();
        (head.number, head.hash)
    }

    /// Freezes or opens the account of a member's points by itself, without the use case that does it together with
    /// the row.
    pub fn set_purse(&self, member: &str, status: &str) {
        use jianxian::domain::id::Id;
        use jianxian::domain::ledger::account::AccountStatus;
        use jianxian::domain::ledger::asset::Asset;
        use jianxian::domain::ledger::entry::EntryKind;
        use jianxian::ledger::{Answer, Command, Op};
        use jianxian::services::points::awards::purse;
        let account = purse(self.id(member).parse().unwrap(), false, Asset::Point).id;
        let status = if status == "open" { AccountStatus::Open } else { AccountStatus::Frozen };
        let command = Command::new(Id::SYSTEM, EntryKind::Status, Op::Status { account, status });
        let decision = self.runtime.block_on(self.web.store.submit(BANK, command)).unwrap();
        assert!(matches!(decision.answer, Answer::Accepted(_)), "{decision:?}");
    }

    /// A member's balance in hundredths of points (`POINT`, `LIFETIME`) or in minutes (`MINUTE`).
    pub fn balance(&self, member: &str, asset: &str) -> String {
        let path = format!("/v1/members/{}/accounts", self.id(member));
        let rows = self.as_role("auditor").get(&path).ok(200);
        let row = rows["items"].as_array().unwrap().iter().find(|row| row["asset"] == asset).cloned();
        row.map_or("0".to_owned(), |row| row["balance"].as_str().unwrap().to_owned())
    }

    /// Asserts that the request is refused with this status and code, and that the ledger's head does not change.
    /// Returns the sentence.
    pub fn refused(&self, send: impl FnOnce(&Self) -> Answer, status: u16, code: &str) -> String {
        let before = self.head();
        let answer = send(self);
        assert_eq!((answer.status, answer.code().as_str()), (status, code), "{answer:?}");
        assert_eq!(self.head(), before, "a refusal moved the ledger");
        answer.json()["detail"].as_str().unwrap().to_owned()
    }

    /// Verifies without a finding, and stops the server. Returns the database.
    pub fn verify_and_stop(self) -> TestDatabase {
        self.web.verify_and_stop()
    }
}

impl Client<'_> {
    fn send(&self, ask: Ask) -> Answer {
        let bearer = format!("Bearer {}", self.town.token(&self.who));
        self.town.web.send(&ask.role(None).header("Authorization", &bearer))
    }

    fn key(&self) -> String {
        self.town.next_key()
    }

    pub fn get(&self, path: &str) -> Answer {
        self.send(Ask::get(path))
    }

    pub fn post(&self, path: &str, body: Value) -> Answer {
        self.post_with(&self.key(), path, body)
    }

    /// A POST with a given key.
    pub fn post_with(&self, key: &str, path: &str, body: Value) -> Answer {
        let answer = self.send(Ask::post(path, body.clone()).key(key));
        self.town.asked.borrow_mut().push(json!({ "who": self.who, "key": key, "path": path, "body": body,
            "status": answer.status, "answer": answer.json() }));
        answer
    }

    /// A PATCH over the version that was read.
    pub fn patch(&self, path: &str, version: i64, body: Value) -> Answer {
        let ask = Ask { method: "PATCH", ..Ask::post(path, body) };
        self.send(ask.key(self.key()).header("If-Match", &format!("\"{version}\"")))
    }

    /// A PUT over the version that was read.
    pub fn put(&self, path: &str, version: i64, body: Value) -> Answer {
        let ask = Ask { method: "PUT", ..Ask::post(path, body) };
        self.send(ask.key(self.key()).header("If-Match", &format!("\"{version}\"")))
    }

    pub fn delete(&self, path: &str) -> Answer {
        self.send(Ask { method: "DELETE", ..Ask::get(path) }.key(self.key()))
    }
}

impl Answer {
    /// Asserts the status and returns the body.
    pub fn ok(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{self:?}");
        self.json()
    }
}

/// A body with added or replaced members.
pub fn with(mut body: Value, more: Value) -> Value {
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    body
}

/// A bearer token for concurrent requests.
pub fn bearer(town: &Town, login: &str) -> String {
    let body = json!({ "login": login, "password": PASSWORD });
    let answer = town.web.send(&Ask::post("/v1/auth/token", body).role(None)).ok(200);
    format!("Bearer {}", answer["access_token"].as_str().unwrap())
}
