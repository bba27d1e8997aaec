//! Lists: complete while rows are added, changed and moved; filtered by days; whole as CSV, in constant memory. The
//! lists are taken from the OpenAPI document: a new one must meet the same requirements.

use crate::support::asking::Furnished;
use crate::support::database::TestDatabase;
use crate::support::document::{Operation, operations, parsed};
#[cfg(target_os = "linux")]
use crate::support::founded::{founded, user};
use crate::support::served::Served;
use crate::support::web::{Answer, Ask, send};
use jianxian::api::web::document;
use jianxian::auth::permissions::{Role, rights};
use serde_json::{Value, json};
use std::cell::Cell;
use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;

/// Answers with rows that are not lists to search: what they lack, and why.
const EXCEPTIONS: &[(&str, &str, &str)] = &[
    ("list_attachments", "days, csv", "those of one thing: twenty at most, in one piece"),
    ("list_activities_to_come", "days, csv", "what is on and to come at this moment, in one piece"),
    ("list_balances", "days, csv", "the balances of one person at one moment, which `as_of` names"),
    ("list_batches", "days, csv", "what is on the shelves of a shop now, in one piece"),
    ("list_calendars", "days, csv", "the years of the calendar: a few, each a whole year"),
    ("list_consents", "days, csv", "the purposes, of one person, in one piece"),
    ("list_ledger_accounts", "days", "balances of one moment, which `at` names"),
    ("list_lots", "days, csv", "what one person has now, in one piece"),
    ("list_merchants", "days, csv", "the shops that are there now, in one piece"),
    ("list_offers", "days, csv", "what a shop offers now, in one piece"),
    ("list_own_consents", "days, csv", "the purposes, of one person, in one piece"),
    ("list_own_sessions", "days, csv", "the devices of one user: a few, in one piece"),
    ("list_pools", "days, csv", "the pools that are there now, in one piece"),
    ("list_schemes", "days, csv", "the schemes with their versions: a few, in one piece"),
    ("list_settings", "days, csv", "the settings of the server: a few, in one piece"),
    ("list_skills", "days, csv", "the skills of the bank: a few, in one piece"),
    ("list_suitable", "days", "whom an activity suits at this moment"),
    ("read_stars", "days, csv", "the stars of one person at one moment, which `as_of` names"),
    ("read_trial_balance", "days, csv", "one line for each asset, of this moment"),
];

/// Callers for the lists; the first one with the right is used.
const LOOKERS: &[(Role, &str)] = &[
    (Role::Staff, "staff"),
    (Role::Administrator, "administrator"),
    (Role::LedgerOperator, "ledger_operator"),
    (Role::Volunteer, "volunteer"),
    (Role::Auditor, "auditor"),
];

fn resolved<'d>(document: &'d Value, schema: &'d Value) -> &'d Value {
    match schema["$ref"].as_str() {
        Some(path) => resolved(document, document.pointer(path.trim_start_matches('#')).unwrap()),
        None => schema,
    }
}

/// The schema of the rows with which an operation answers, if it does.
fn rows_of<'d>(document: &'d Value, operation: &'d Operation) -> Option<&'d Value> {
    let whole =
        resolved(document, &operation.members["responses"]["200"]["content"]["application/json"]["schema"]);
    let rows = &whole["properties"]["items"]["items"];
    (operation.method == "GET" && !rows.is_null()).then(|| resolved(document, rows))
}

fn has_parameter(operation: &Operation, name: &str) -> bool {
    operation.members["parameters"]
        .as_array()
        .into_iter()
        .flatten()
        .any(|parameter| parameter["name"] == name)
}

/// The lists that have pages.
fn paged() -> Vec<Operation> {
    let mut all = operations();
    // Sums of some days for each kind of goods of a shop: rows without days and ids of their own.
    all.retain(|operation| has_parameter(operation, "cursor") && operation.id != "list_goods_moved");
    all
}

#[test]
fn every_list_takes_days_and_csv_or_says_why_not() {
    let (document, mut faults, mut lists) = (parsed(), Vec::new(), BTreeSet::new());
    for operation in operations().iter().filter(|operation| rows_of(&document, operation).is_some()) {
        lists.insert(operation.id.clone());
        let excepted = EXCEPTIONS.iter().find(|(id, ..)| *id == operation.id).map_or("", |(_, what, _)| what);
        let days = has_parameter(operation, "from") && has_parameter(operation, "until");
        let csv = operation.members["responses"]["200"]["content"]["text/csv"].is_object();
        for (name, has) in [("days", days), ("csv", csv)] {
            if has == excepted.contains(name) {
                faults.push(format!("{}: {name} {has}", operation.id));
            }
        }
        if csv && !has_parameter(operation, "cursor") {
            faults.push(format!("{}: no pages", operation.id));
        }
    }
    assert_eq!(faults.join("\n"), "");
    assert!(EXCEPTIONS.iter().all(|(id, _, why)| lists.contains(*id) && !why.is_empty()));
    assert!(lists.len() - EXCEPTIONS.len() >= 15, "{lists:?}");
}

/// A furnished town whose lists are read.
struct Looked {
    there: Furnished,
    made: Cell<u32>,
}

impl Looked {
    fn new() -> Self {
        Looked { there: Furnished::new(), made: Cell::new(0) }
    }

    fn looker(operation: &Operation) -> Option<&'static str> {
        let needed = document::rights(&operation.members);
        let is_own = needed.is_empty() && !operation.path.starts_with("/v1/public");
        let may = |role: Role| is_own || needed.iter().any(|right| rights(role).contains(right));
        let may = LOOKERS.iter().find(|(role, _)| may(*role));
        may.map(|(_, login)| *login)
    }

    fn ask(&self, operation: &Operation, query: &str) -> Ask {
        // In all states: an open proposal is approved meanwhile.
        Ask::get(format!("{}?{query}", self.there.path(operation))).role(None)
    }

    fn send(&self, operation: &Operation, ask: &Ask) -> Answer {
        match Looked::looker(operation) {
            Some(login) => self.there.send_as(login, ask),
            None => self.there.town.web.send(ask),
        }
    }

    /// All rows, a page at a time, with a change after each page.
    fn pages(
        &self,
        operation: &Operation,
        query: &str,
        limit: usize,
        mut between: impl FnMut(),
    ) -> Vec<Value> {
        let (mut rows, mut next) = (Vec::new(), format!("{query}&limit={limit}"));
        loop {
            let page = self.send(operation, &self.ask(operation, next.trim_start_matches('&'))).ok(200);
            rows.extend(page["items"].as_array().unwrap().clone());
            let Some(cursor) = page["next"].as_str() else { return rows };
            next = format!("limit={limit}&cursor={cursor}");
            between();
        }
    }

    fn csv(&self, operation: &Operation, query: &str, language: &str) -> Vec<Vec<String>> {
        let ask = self.ask(operation, query).header("Accept", "text/csv").header("Accept-Language", language);
        let answer = self.send(operation, &ask);
        assert_eq!(answer.status, 200, "{} {query}: {answer:?}", operation.id);
        let kind = answer.header("content-type").unwrap();
        assert!(kind.starts_with("text/csv; charset=utf-8"), "{kind}");
        let name = answer.header("content-disposition").unwrap();
        assert!(name.contains(".csv\"; filename*=UTF-8''"), "{name}");
        let text = answer.text.strip_prefix('\u{feff}').expect("the mark of UTF-8");
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_bytes());
        reader.records().map(|line| line.unwrap().iter().map(str::to_owned).collect()).collect()
    }
}

/// What identifies a row, whatever is changed of it.
fn known(row: &Value) -> String {
    let id = ["id", "service_record", "number"].iter().find_map(|name| row.get(*name));
    id.map_or_else(|| format!("{}/{}", row["entry"], row["amount"]), Value::to_string)
}

/// Whether reading adds to the list itself: an auditor's read is logged.
fn grows_by_looking(operation: &Operation) -> bool {
    operation.id == "list_access"
}

#[test]
fn csv_tells_the_rows_of_all_pages_with_headings_in_the_callers_language() {
    let (looked, document) = (Looked::new(), parsed());
    let mut found = 0;
    for operation in &paged() {
        let id = &operation.id;
        let rows = looked.pages(operation, "", 2, || ());
        let lines = looked.csv(operation, "limit=1", "zh-CN");
        let (head, lines) = lines.split_first().unwrap();
        let shown: Vec<&str> = lines.iter().map(|line| line[0].as_str()).collect();
        let columns = rows_of(&document, operation).unwrap()["properties"].as_object().unwrap();
        let nested = ["attendances", "skills", "spot"];
        let columns: Vec<_> = columns.keys().filter(|name| !nested.contains(&name.as_str())).collect();
        assert_eq!(head.len(), columns.len(), "{id}: {head:?} of {columns:?}");
        for heading in head {
            assert!(!heading.bytes().any(|b| b.is_ascii_alphabetic()), "{id}: {heading}");
        }
        let english = looked.csv(operation, "", "en").remove(0);
        assert!(
            english.iter().all(|heading| heading.is_ascii() && !heading.contains('_')),
            "{id}: {english:?}"
        );
        assert_eq!(english.iter().collect::<BTreeSet<_>>().len(), english.len(), "{id}: {english:?}");
        let number = if id == "list_suitable" { "member" } else { "number" };
        let first =
            |row: &Value| match ["id", "service_record", number, "entry"].iter().find_map(|n| row.get(*n)) {
                Some(Value::String(text)) => text.clone(),
                value => value.unwrap().to_string(),
            };
        let wanted: Vec<String> = rows.iter().map(first).collect();
        let wanted: Vec<&str> = wanted.iter().map(String::as_str).collect();
        let mut known: Vec<&str> = shown.clone();
        // Lines added by reading came meanwhile.
        known.retain(|row| !grows_by_looking(operation) || wanted.contains(row));
        assert_eq!(known, wanted, "{id}");
        found += rows.len();
    }
    assert!(found > 60, "{found} rows");
    looked.there.town.verify_and_stop();
}

#[test]
fn a_list_is_cut_to_whole_days_of_the_banks_calendar() {
    let looked = Looked::new();
    for operation in paged().iter().filter(|operation| has_parameter(operation, "from")) {
        let id = &operation.id;
        let all: BTreeSet<String> = looked.pages(operation, "", 200, || ()).iter().map(known).collect();
        let of = |query: &str| looked.pages(operation, query, 1, || ()).iter().map(known).collect::<Vec<_>>();
        let whole = of("from=2026-03-02&until=2026-04-30");
        assert_eq!(whole.iter().collect::<BTreeSet<_>>().len(), whole.len(), "{id}: a row twice");
        assert!(all.iter().all(|row| whole.contains(row)), "{id}: {all:?} in {whole:?}");
        assert_eq!((of("until=2026-03-01"), of("from=2026-05-01")), (vec![], vec![]), "{id}");
        // Each row is on one day only.
        let (early, late) = (of("until=2026-03-02"), of("from=2026-03-03"));
        assert!(all.iter().all(|row| early.contains(row) != late.contains(row)), "{id}: {early:?} {late:?}");
        let lines = looked.csv(operation, "until=2026-03-02", "zh");
        assert_eq!(lines.len() - 1, early.len(), "{id}");
        for (query, code, field) in [
            ("from=2026-02-30", "field_not_a_day", "from"),
            ("until=yesterday", "field_not_a_day", "until"),
            ("from=2026-03-02&from=2026-03-02", "field_duplicate", "from"),
            ("from=2026-03-03&until=2026-03-02", "field_days_reversed", "from"),
        ] {
            for accept in ["application/json", "text/csv"] {
                let answer = looked.send(operation, &looked.ask(operation, query).header("Accept", accept));
                assert_eq!((answer.status, answer.code().as_str()), (400, code), "{id} {query}: {answer:?}");
                assert_eq!(answer.json()["field"], json!(field));
            }
        }
    }
    let records = operations().into_iter().find(|operation| operation.id == "list_records").unwrap();
    let reversed = looked.send(&records, &looked.ask(&records, "from=2026-03-03&until=2026-03-02"));
    let sentence = "日期颠倒：查询参数“from”（2026-03-03）晚于截止日（2026-03-02）。请改正其中一个。";
    assert_eq!(reversed.json()["title"].as_str().unwrap().to_owned() + "：", "日期颠倒：");
    assert!(sentence.ends_with(reversed.json()["detail"].as_str().unwrap()), "{reversed:?}");
    looked.there.town.verify_and_stop();
}

/// Adds, changes and moves something of every kind.
fn stir(looked: &Looked) {
    let (town, n) = (&looked.there.town, looked.made.get() + 1);
    looked.made.set(n);
    let staff = || town.as_role("staff");
    let administrator = || town.as_role("administrator");
    let fits = |answer: Answer| {
        assert!((200..300).contains(&answer.status), "{answer:?}");
        answer.json()
    };
    let open = |name: String| {
        let body = json!({ "name": name, "org": town.id("community"), "confirmed_new": true });
        fits(staff().post("/v1/members", body))["id"].as_str().unwrap().to_owned()
    };
    // A member who moves, and a duplicate that is merged.
    let (one, other) = (open(format!("甲示例{n}")), open(format!("乙示例{n}")));
    let home = json!({ "org": town.id(if n % 2 == 0 { "community" } else { "compound" }) });
    for member in [town.id("qian"), town.id("lin"), one.clone()] {
        let version = staff().get(&format!("/v1/members/{member}")).ok(200)["version"].as_i64().unwrap();
        fits(staff().patch(&format!("/v1/members/{member}"), version, home.clone()));
    }
    let merge = json!({ "into": town.id("lin"), "reason": "同一人" });
    fits(staff().post(&format!("/v1/members/{other}/merge"), merge));
    // An organisation that moves below a newer one and back.
    let org = json!({ "parent": town.id("district"), "kind": "street", "code": format!("street-{n}"), "name": "示例新街" });
    let org = fits(administrator().post("/v1/orgs", org))["id"].clone();
    let parent = if n % 2 == 0 { json!(town.id("street")) } else { org };
    fits(administrator().post(&format!("/v1/orgs/{}/move", town.id("sibling")), json!({ "parent": parent })));
    let user = json!({ "login": format!("example-{n}"), "name": "示例丁", "org": town.id("community") });
    fits(administrator().post("/v1/users", user));
    // A draft whose time changes, a record that is approved.
    let activity = json!({ "org": town.id("community"), "title": "清扫楼道", "content": "带手套", "place": "1 号楼",
        "scheme": town.id("scheme"), "starts_at": "2026-04-20T09:00:00+08:00", "ends_at": "2026-04-20T11:00:00+08:00" });
    let activity = fits(staff().post("/v1/activities", activity))["id"].as_str().unwrap().to_owned();
    let later = json!({ "starts_at": "2026-04-20T10:00:00+08:00" });
    fits(staff().patch(&format!("/v1/activities/{activity}"), 1, later));
    let record = json!({ "member": one, "activity": town.id("activity"), "evidence": "backfill",
        "guarantor": town.id("user/team_leader"),
        "started_at": "2026-03-02T09:00:00+08:00", "ended_at": "2026-03-02T10:00:00+08:00" });
    let record = fits(staff().post("/v1/service-records", record))["id"].as_str().unwrap().to_owned();
    fits(town.as_role("reviewer").post(&format!("/v1/service-records/{record}/approve"), json!({})));
    // Awards, a proposal that is decided, a redemption that is cancelled, a hold that is voided.
    let award = json!({ "member": one, "scheme": town.id("scheme"), "item": "honour-street" });
    fits(staff().post("/v1/awards", award));
    let propose = json!({ "member": one, "scheme": town.id("scheme"), "item": "bravery", "decided_points": "50",
        "reason": "示例事由" });
    fits(staff().post("/v1/awards", propose));
    let redeem = json!({ "merchant": town.id("shop"), "on_behalf_of": one,
        "lines": [{ "offer": town.id("haircut"), "quantity": 1 }] });
    let held = fits(staff().post("/v1/redemptions", redeem))["redemption"]["id"].as_str().unwrap().to_owned();
    fits(staff().post(&format!("/v1/redemptions/{held}/cancel"), json!({})));
    let hold = json!({ "debit_account": looked.there.issuing(), "credit_account": looked.there.purse(), "amount": "1" });
    let hold = fits(town.as_role("ledger_operator").post("/v1/ledger/holds", hold))["hold"]["id"].clone();
    fits(
        town.as_role("ledger_operator")
            .post(&format!("/v1/ledger/holds/{}/void", hold.as_str().unwrap()), json!({})),
    );
    let moving = json!({ "member": one, "org_code": "sibling" });
    fits(staff().post("/v1/moves", moving));
}

#[test]
fn a_list_stays_complete_while_rows_are_added_changed_and_moved() {
    let looked = Looked::new();
    for query in ["", "from=2026-01-01&until=2026-12-31"] {
        let lists =
            paged().into_iter().filter(|operation| query.is_empty() || has_parameter(operation, "from"));
        for operation in lists {
            let id = &operation.id;
            let before: Vec<String> = looked.pages(&operation, query, 200, || ()).iter().map(known).collect();
            let times = Cell::new(0);
            let seen = looked.pages(&operation, query, before.len().div_ceil(4).max(1), || {
                if times.replace(times.get() + 1) < 2 {
                    stir(&looked);
                }
            });
            let seen: Vec<String> = seen.iter().map(known).collect();
            let after: Vec<String> = looked.pages(&operation, query, 200, || ()).iter().map(known).collect();
            assert_eq!(seen.iter().collect::<BTreeSet<_>>().len(), seen.len(), "{id} {query}: a row twice");
            let left_out: Vec<_> =
                before.iter().filter(|row| after.contains(row) && !seen.contains(row)).collect();
            assert_eq!(left_out, Vec::<&String>::new(), "{id} {query}");
        }
    }
    assert!(looked.made.get() > 30, "{} changes", looked.made.get());
    looked.there.town.verify_and_stop();
}

#[test]
fn filters_of_the_journal_hold_together() {
    let looked = Looked::new();
    let entries = operations().into_iter().find(|operation| operation.id == "list_ledger_entries").unwrap();
    let of = |query: &str| looked.pages(&entries, query, 3, || ());
    let purse = format!("account={}", looked.there.purse());
    let awards = of(&format!("{purse}&kind=award"));
    assert!(!awards.is_empty() && awards.len() < of(&purse).len());
    assert!(awards.iter().all(|entry| entry["kind"] == "award"), "{awards:?}");
    assert_eq!(of(&format!("{purse}&kind=award&from=2026-03-02&until=2026-03-02")), awards);
    assert!(of(&format!("{purse}&kind=award&from=2026-03-03")).is_empty());
    let asked = looked.there.town.asked.borrow();
    let award = asked.iter().find(|ask| ask["path"] == "/v1/awards" && ask["status"] == 201).unwrap();
    let key = format!("key={}", award["key"].as_str().unwrap());
    drop(asked);
    let under = of(&key);
    assert!(!under.is_empty());
    assert_eq!(of(&format!("{key}&kind=award&{purse}")), under);
    assert!(of(&format!("{key}&kind=redemption")).is_empty());
    assert!(of(&format!("{key}&until=2026-03-01")).is_empty());
    looked.there.town.verify_and_stop();
}

/// Kibibytes of a process, by their name in its status.
#[cfg(target_os = "linux")]
fn kib(process: u32, name: &str) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap();
    line.trim_matches([':', ' ', '\t']).trim_end_matches(" kB").trim().parse().unwrap()
}

/// All entries as CSV; returns the number of rows and bytes.
#[cfg(target_os = "linux")]
fn download(address: std::net::SocketAddr, bearer: &str) -> (usize, usize) {
    let head = format!(
        "GET /v1/ledger/entries?from=2020-01-01 HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAccept: text/csv\r\n\
         Authorization: {bearer}\r\n\r\n"
    );
    let mut stream = TcpStream::connect(address).unwrap();
    stream.write_all(head.as_bytes()).unwrap();
    let (mut rows, mut bytes, mut line) = (0, 0, Vec::new());
    let mut reader = BufReader::new(stream);
    while reader.read_until(b'\n', &mut line).unwrap() > 0 {
        rows += usize::from(line.windows(10).any(|part| part == b",transfer,"));
        bytes += line.len();
        line.clear();
    }
    (rows, bytes)
}

#[cfg(target_os = "linux")]
#[test]
fn a_long_list_is_told_in_flat_memory() {
    const ENTRIES: usize = 10_000;
    let database = TestDatabase::new();
    let served = Served::run(&["serve"], &database, &[("JIANXIAN_STORE_READERS", "1")]);
    let admin = founded(&served);
    let bearer = format!("Bearer {}", user(served.address, &admin, "ledger_operator"));
    let post = |path: &str, body: Value, key: &str| {
        let answer =
            send(served.address, &Ask::post(path, body).role(None).key(key).header("Authorization", &bearer));
        assert!((200..300).contains(&answer.status), "{answer:?}");
        answer.json()
    };
    let account = |kind: &str, purpose: &str| {
        let owner = jianxian::domain::id::Id::SYSTEM.derive(kind).to_string();
        let body = json!({ "owner_kind": kind, "owner": owner, "asset": "POINT", "purpose": purpose });
        post("/v1/ledger/accounts", body, &format!("account-{kind}"))["account"].clone()
    };
    let (from, to) = (account("bank", "issuing"), account("person", "main"));
    for batch in 0..ENTRIES / 5_000 {
        let leg = json!({ "debit_account": from, "credit_account": to, "amount": "1" });
        let body = json!({ "mode": "each", "items": vec![leg; 5_000] });
        post("/v1/ledger/entries/batch", body, &format!("batch-{batch}"));
    }
    let download = || {
        let (rows, bytes) = download(served.address, &bearer);
        assert_eq!(rows, ENTRIES);
        bytes
    };
    // A connection caches some pages: the third time the cache is warm.
    download();
    download();
    let process = served.process_id();
    let before = kib(process, "VmRSS");
    // Resets the peak memory.
    std::fs::write(format!("/proc/{process}/clear_refs"), "5").unwrap();
    let bytes = download();
    let grown = kib(process, "VmHWM").saturating_sub(before);
    assert!(grown < 4_096 && bytes > 5_000_000, "{grown} KiB more for {bytes} bytes");
    served.stop();
}
