//! One key, one effect, for every write of the interface.

use crate::support::asking::Furnished;
use crate::support::database::TestDatabase;
use crate::support::document::Operation;
use crate::support::document::operations;
use crate::support::town::Town;
use crate::support::web::{Answer, Ask, BANK, Web};
use jianxian::api::web::document;
use jianxian::auth::permissions::rights;
use jianxian::clock::Clock;
use jianxian::domain::id::Id;
use jianxian::domain::refusal::Refusal;
use jianxian::store::{Options, Store};
use serde_json::{Value, json};

const PASSWORD: &str = "three ferries at noon";

const LOGINS: &[(&str, &str)] = &[
    ("staff", "staff"),
    ("reviewer", "reviewer"),
    ("reviewer", "reviewer_district"),
    ("reviewer", "reviewer_two"),
    ("merchant_owner", "merchant_owner"),
    ("merchant_clerk", "merchant_clerk"),
    ("volunteer", "volunteer"),
    ("team_leader", "team_leader"),
    ("administrator", "administrator"),
    ("auditor", "auditor"),
    ("ledger_operator", "ledger_operator"),
];

/// Writes that begin or end sessions: they have a test of their own.
const OF_SESSIONS: &[&str] = &["sign_in", "refresh_session", "found_bank", "sign_out"];

/// The request of the first caller for whom it succeeds.
fn first_done(there: &Furnished, operation: &Operation) -> Option<(Ask, &'static str, Answer)> {
    let needed = document::rights(&operation.members);
    LOGINS.iter().find_map(|(role, login)| {
        let role = jianxian::auth::permissions::Role::parse(role).unwrap();
        if !needed.is_empty() && !needed.iter().any(|right| rights(role).contains(right)) {
            return None;
        }
        let ask = there.ask(operation, &format!("once-{}-{login}", operation.id));
        let answer = there.send_as(login, &ask);
        (answer.status < 300).then_some((ask, *login, answer))
    })
}

#[test]
fn every_write_is_done_once_under_its_key() {
    let there = Furnished::new();
    let (mut faults, mut tried, mut refused) = (Vec::new(), 0, Vec::new());
    for operation in operations().iter().filter(|one| one.method != "GET") {
        let parameters = operation.members["parameters"].to_string();
        assert!(parameters.contains("Idempotency-Key"), "{} takes no key", operation.id);
        if OF_SESSIONS.contains(&operation.id.as_str()) {
            continue;
        }
        let Some((ask, login, first)) = first_done(&there, operation) else {
            refused.push(operation.id.clone());
            continue;
        };
        tried += 1;
        let again = there.send_as(login, &ask);
        if (again.status, &again.text, again.hit()) != (first.status, &first.text, true) || first.hit() {
            faults.push(format!("{}: {first:?} and then {again:?}", operation.id));
        }
        let Some(body) = &ask.body else { continue };
        let mut other: Value = serde_json::from_str(body).unwrap();
        let members = other.as_object_mut().unwrap();
        let Some((name, value)) = members.iter_mut().find(|(_, value)| value.is_string()) else { continue };
        let name = name.clone();
        let changed = value.as_str().unwrap().to_owned();
        *value = json!(match changed.len() {
            36 => there.town.id("keeper"),
            _ => format!("{changed}1"),
        });
        let answer = there.send_as(login, &Ask { body: Some(other.to_string()), ..ask });
        let code = answer.code();
        if !(answer.status == 422 && code == "idempotency_key_reused" || answer.status == 400) {
            faults.push(format!("{} with another {name}: {answer:?}", operation.id));
        }
    }
    assert_eq!(faults.join("\n"), "");
    assert!(tried > 30, "{tried}; refused: {refused:?}");
    there.town.verify_and_stop();
}

#[test]
fn a_claim_whose_answer_was_lost_is_answered_again_and_nothing_secret_stands_in_the_clear() {
    let town = Town::new();
    let volunteer = town.as_role("volunteer");
    let shown = volunteer.post_with("show", "/v1/codes", json!({})).ok(201);
    let again = volunteer.post_with("show", "/v1/codes", json!({}));
    assert!(again.hit(), "{again:?}");
    assert_eq!(again.ok(201), shown);
    let clerk = town.as_role("merchant_clerk");
    let claim = json!({ "code": shown["digits"] });
    let first = clerk.post_with("claim", "/v1/codes/claim", claim.clone()).ok(200);
    let second = clerk.post_with("claim", "/v1/codes/claim", claim.clone());
    assert!(second.hit(), "{second:?}");
    assert_eq!(second.ok(200), first);
    // The shop enters its own claimed code again: refused, but not counted as a wrong code.
    for n in 0..8 {
        let used = clerk.post_with(&format!("used-{n}"), "/v1/codes/claim", claim.clone());
        assert_eq!((used.status, used.code().as_str()), (409, "code_used"), "{used:?}");
    }
    let staff = town.as_role("staff");
    let reveal = format!("/v1/members/{}/reveal", town.id("lin"));
    let ask = json!({ "what": "phone", "reason": "本人来电核对" });
    let answer = staff.post_with("reveal", &reveal, ask.clone()).ok(200);
    assert_eq!(staff.post_with("reveal", &reveal, ask).ok(200), answer);
    let secrets: Vec<String> = [&shown["link"], &shown["digits"], &answer["value"]]
        .iter()
        .map(|value| value.as_str().unwrap().to_owned())
        .collect();
    let texts: Vec<&str> = secrets.iter().map(String::as_str).collect();
    assert_eq!(town.web.database.places_with(&texts), Vec::<String>::new());
    town.verify_and_stop();
}

#[test]
fn a_password_is_changed_once_under_its_key() {
    let town = Town::new();
    let ask = json!({ "old_password": "three ferries at noon", "new_password": "four ferries at night" });
    let staff = town.as_role("staff");
    assert_eq!(staff.post_with("password", "/v1/auth/password", ask.clone()).status, 204);
    let again = staff.post_with("password", "/v1/auth/password", ask.clone());
    assert!(again.status == 204 && again.hit(), "{again:?}");
    assert_ne!(staff.post_with("other", "/v1/auth/password", ask).status, 204);
    town.verify_and_stop();
}

/// A request without authentication.
fn anonymous(town: &Town, key: &str, path: &str, body: &Value) -> Answer {
    town.web.send(&Ask::post(path, body.clone()).key(key).role(None))
}

/// A repeat gets the same answer, marked as a repeat.
fn must_repeat(first: &Answer, again: &Answer) {
    assert!(!first.hit() && again.hit(), "{first:?} and then {again:?}");
    assert_eq!((again.status, &again.text), (first.status, &first.text));
}

#[test]
fn tokens_are_told_again_to_the_very_same_request_only() {
    let town = Town::new();
    let count = |what: &str| {
        let sql = format!("SELECT CAST(count(*) AS TEXT) AS value FROM {what}");
        town.web.database.raw().cells(&sql)[0].clone()
    };
    let ask = json!({ "login": "staff", "password": PASSWORD });
    let send = |key: &str, body: &Value| anonymous(&town, key, "/v1/auth/token", body);
    let first = send("in", &ask);
    assert_eq!(first.status, 200, "{first:?}");
    let (sessions, failures) = (count("sessions"), count("attempts"));
    must_repeat(&first, &send("in", &ask));
    assert_eq!((count("sessions"), count("attempts")), (sessions, failures));
    // The key alone gives nothing, and the wrong password counts as ever.
    let wrong = send("in", &json!({ "login": "staff", "password": "six ferries at dawn" }));
    assert_eq!((wrong.status, wrong.code().as_str()), (401, "sign_in_failed"), "{wrong:?}");
    // An authenticated user learns that the key belongs to another request.
    let other = send("in", &json!({ "login": "staff", "password": PASSWORD, "bank": "t" }));
    assert_eq!((other.status, other.code().as_str()), (422, "idempotency_key_reused"), "{other:?}");
    // The same key is another one for another user.
    let reviewer = send("in", &json!({ "login": "reviewer", "password": PASSWORD }));
    assert!(reviewer.status == 200 && !reviewer.hit(), "{reviewer:?}");
    // A changed password: a repeat with the old one gets the same answer, too.
    let changing =
        json!({ "login": "auditor", "password": PASSWORD, "new_password": "five ferries at dusk" });
    let changed = send("new", &changing);
    assert_eq!(changed.status, 200, "{changed:?}");
    must_repeat(&changed, &send("new", &changing));
    assert_eq!(send("newer", &changing).status, 401);
    let found = [&first, &changed].map(Answer::json);
    let secrets: Vec<&str> = found
        .iter()
        .flat_map(|found| [&found["access_token"], &found["refresh_token"], &found["device"]])
        .map(|value| value.as_str().unwrap())
        .collect();
    assert_eq!(town.web.database.places_with(&secrets), Vec::<String>::new());
    town.verify_and_stop();
}

#[test]
fn a_refresh_is_told_again_under_its_key_for_as_long_as_without_one() {
    let town = Town::new();
    let signed_in =
        anonymous(&town, "in", "/v1/auth/token", &json!({ "login": "staff", "password": PASSWORD }));
    let ask = json!({ "refresh_token": signed_in.json()["refresh_token"] });
    let send = |key: &str, body: &Value| anonymous(&town, key, "/v1/auth/refresh", body);
    let first = send("next", &ask);
    assert_eq!(first.status, 200, "{first:?}");
    // However often within the half minute: the tokens in the answer are current.
    for _ in 0..3 {
        must_repeat(&first, &send("next", &ask));
    }
    let next = json!({ "refresh_token": first.json()["refresh_token"] });
    let reused = send("next", &next);
    assert_eq!((reused.status, reused.code().as_str()), (422, "idempotency_key_reused"), "{reused:?}");
    let second = send("second", &next);
    assert_eq!(second.status, 200, "{second:?}");
    // Half a minute later a copy of the request counts as a copied token.
    town.web.clock.advance_seconds(31);
    let late = send("second", &next);
    assert_eq!((late.status, late.code().as_str()), (401, "refresh_token_invalid"), "{late:?}");
    let ended = send("third", &json!({ "refresh_token": second.json()["refresh_token"] }));
    assert_eq!(ended.status, 401, "the session has ended: {ended:?}");
    town.verify_and_stop();
}

#[test]
fn signing_out_and_founding_a_bank_are_told_again_under_their_keys() {
    let web = Web::start_with(Town::config(), |state| state);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let token = runtime.block_on(web.services.first_token(BANK)).unwrap().unwrap();
    let body = json!({ "token": token, "org_kind": "street", "org_code": "S01", "org_name": "示例街道",
        "login": "admin.demo", "name": "示例甲", "password": PASSWORD });
    let found = |body: &Value| {
        web.send(&Ask::post("/v1/auth/first-administrator", body.clone()).key("found").role(None))
    };
    let founded = found(&body);
    assert_eq!(founded.status, 200, "{founded:?}");
    must_repeat(&founded, &found(&body));
    // Also once the token is void; for another request, the bank has its users.
    let mut other = body.clone();
    other["password"] = json!("six ferries at dawn");
    let other = found(&other);
    assert_eq!((other.status, other.code().as_str()), (409, "bank_has_users"), "{other:?}");
    let bearer = format!("Bearer {}", founded.json()["access_token"].as_str().unwrap());
    let sign_out = |key: Option<&str>| {
        let ask = Ask { body: None, ..Ask::post("/v1/auth/logout", json!({})) }.role(None);
        let ask = ask.header("Authorization", &bearer);
        web.send(&key.map_or(ask.clone(), |key| ask.key(key)))
    };
    let out = sign_out(Some("out"));
    assert_eq!(out.status, 204, "{out:?}");
    must_repeat(&out, &sign_out(Some("out")));
    for key in [Some("another"), None] {
        let ended = sign_out(key);
        assert_eq!((ended.status, ended.code().as_str()), (401, "session_ended"), "{ended:?}");
    }
    let me = web.send(&Ask::get("/v1/me").role(None).header("Authorization", &bearer));
    assert_eq!(me.status, 401, "the key opens nothing else: {me:?}");
    web.verify_and_stop();
}

#[test]
fn nobody_can_write_the_key_of_a_row_of_a_bulk() {
    let town = Town::new();
    let award =
        |name: &str| json!({ "member": town.id(name), "scheme": town.id("scheme"), "item": "honour-street" });
    let staff = town.as_role("staff");
    staff.post_with("abc#0", "/v1/awards", award("lin")).ok(201);
    let sheet = json!({ "mode": "each", "items": [award("wang"), award("zhao")] });
    let done = staff.post_with("abc", "/v1/awards/batch", sheet.clone()).ok(200);
    assert_eq!(done["accepted"], json!(2), "{done}");
    let again = staff.post_with("abc", "/v1/awards/batch", sheet);
    assert_eq!(again.ok(200)["items"][0]["entry"], done["items"][0]["entry"]);
    let blank = Ask::post("/v1/awards", award("keeper")).key("abc #0");
    let blank =
        town.web.send(&blank.role(None).header("Authorization", &format!("Bearer {}", town.token("staff"))));
    assert_eq!((blank.status, blank.json()["field"].clone()), (400, json!("Idempotency-Key")), "{blank:?}");
    town.verify_and_stop();
}

fn honour(town: &Town, member: &str) -> Value {
    json!({ "member": town.id(member), "scheme": town.id("scheme"), "item": "honour-street" })
}

#[test]
fn a_key_whose_answer_was_removed_never_posts_again() {
    let town = Town::new();
    let body = honour(&town, "lin");
    let staff = town.as_role("staff");
    let entry = staff.post_with("long-ago", "/v1/awards", body.clone()).ok(201);
    let code = town.as_role("volunteer").post("/v1/codes", json!({})).ok(201);
    assert!(code["digits"].is_string());
    town.at("2026-07-01T09:00");
    let removed = town.runtime.block_on(town.web.services.prune(BANK, 90)).unwrap();
    assert!(removed > 2, "{removed}");
    assert_eq!(town.runtime.block_on(town.web.services.prune(BANK, 90)).unwrap(), 0);
    let before = town.head();
    for body in [body.clone(), honour(&town, "wang")] {
        let answer = staff.post_with("long-ago", "/v1/awards", body);
        assert_eq!((answer.status, answer.code().as_str()), (409, "key_spent"), "{answer:?}");
        assert_eq!(answer.json()["entry"], entry["entry"]);
    }
    assert_eq!(town.head(), before);
    // Pruned answers do not count as missing; the answer of a later entry does.
    let later = staff.post_with("later", "/v1/awards", honour(&town, "wang")).ok(201);
    let later = later["entry"].as_i64().unwrap();
    // The key is that user's: for another user it is a new one, and another rule refuses.
    let other = town.as_role("staff_two").post_with("long-ago", "/v1/awards", body);
    assert_ne!(other.code(), "key_spent", "{other:?}");
    let database = town.verify_and_stop();
    let finding = |sql: &str| {
        database.raw().run(sql);
        let audit = jianxian::store::maintenance::audit::audit(database.url()).unwrap();
        audit.first_finding().map(|finding| finding.place.clone())
    };
    let removed = format!("DELETE FROM answers WHERE entry_number = {later}");
    assert_eq!(finding(&removed), Some(format!("answers of entry {later}")));
}

fn stays_spent_in_a_copy_and_under_a_new_key(database: &TestDatabase, user: Id, spent: [(&str, &Value); 2]) {
    // The key is changed while no other program has the database open.
    let copy = TestDatabase::sqlite();
    jianxian::store::maintenance::copy::copy(database.url(), copy.url(), false, &mut |_| {
        std::ops::ControlFlow::Continue(())
    })
    .unwrap();
    let keys = copy.folder().join("keys");
    std::fs::create_dir(&keys).unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    for turned in [false, true] {
        if turned {
            use jianxian::auth::{rotation, secrets::Secrets};
            // The key with which the town has sealed its phones is in no file.
            copy.raw().run("UPDATE members SET phone_sealed = NULL, id_number_sealed = NULL");
            copy.raw().run("DELETE FROM bank_keys");
            Secrets::open_or_create(&keys).unwrap();
            let opened = jianxian::store::Database::parse(copy.url()).unwrap();
            let at = Clock::System.now();
            let turned = rotation::rotate(&opened, &keys, at, rotation::Until::End);
            assert!(turned.is_ok(), "{turned:?}");
        }
        let store = Store::open(copy.url(), &Options::default(), Clock::System).unwrap();
        for (key, entry) in spent {
            let found = store.answer(BANK, user, key.to_owned());
            let found = runtime.block_on(found).unwrap().unwrap();
            let entry = entry.as_i64().unwrap();
            assert_eq!(found.answer, jianxian::ledger::Answer::Refused(Refusal::KeySpent { entry }), "{key}");
        }
        store.stop().unwrap();
    }
}

#[test]
fn a_spent_key_stays_spent_of_bulks_too_after_a_merge_in_a_copy_and_under_a_new_secret_key() {
    let town = Town::new();
    let staff = town.as_role("staff");
    let twin = json!({ "name": "林示例", "org": town.id("community"), "confirmed_new": true });
    town.make("twin", "staff", "/v1/members", twin);
    let lone = staff.post_with("lone", "/v1/awards", honour(&town, "twin")).ok(201)["entry"].clone();
    let sheet = |names: &[&str]| {
        let items: Vec<Value> = names.iter().map(|name| honour(&town, name)).collect();
        json!({ "mode": "each", "items": items })
    };
    // The first row is refused: only the second has made an entry.
    let reply = staff.post_with("sheet", "/v1/awards/batch", sheet(&["scheme", "wang"])).ok(200);
    let row = reply["items"][1]["entry"].clone();
    assert_eq!((reply["accepted"].clone(), row.is_i64()), (json!(1), true), "{reply}");
    town.at("2026-07-01T09:00");
    town.runtime.block_on(town.web.services.prune(BANK, 90)).unwrap();
    let merge = json!({ "into": town.id("lin"), "reason": "一人两份档案" });
    town.as_role("staff").post(&format!("/v1/members/{}/merge", town.id("twin")), merge).ok(201);
    let spent = |answer: Answer, entry: &Value| {
        assert_eq!((answer.status, answer.code().as_str()), (409, "key_spent"), "{answer:?}");
        assert_eq!(&answer.json()["entry"], entry);
    };
    let before = town.head();
    spent(staff.post_with("lone", "/v1/awards", honour(&town, "twin")), &lone);
    // Whatever rows come under it now: as many, fewer, more.
    for names in [&["scheme", "wang"][..], &["zhao"], &["zhao", "keeper", "wang"]] {
        spent(staff.post_with("sheet", "/v1/awards/batch", sheet(names)), &row);
    }
    assert_eq!(town.head(), before);
    let user = Id(uuid::Uuid::parse_str(&town.id("user/staff")).unwrap());
    let database = town.verify_and_stop();
    stays_spent_in_a_copy_and_under_a_new_key(&database, user, [("lone", &lone), ("sheet #1", &row)]);
}

#[test]
fn an_answer_that_cannot_be_read_fails_alone() {
    let town = Town::new();
    let award = |key: &str, item: &str| {
        let member = if key == "another" { "wang" } else { "lin" };
        let body = json!({ "member": town.id(member), "scheme": town.id("scheme"), "item": item });
        town.as_role("staff").post_with(key, "/v1/awards", body)
    };
    award("damaged", "honour-street").ok(201);
    let sound = award("sound", "honour-district").ok(201);
    town.web
        .database
        .run_sql("UPDATE answers SET answer = '{\"of_tomorrow\":1}' WHERE idempotency_key = 'damaged'");
    let head = town.head();
    let asked = [("damaged", "honour-street"), ("sound", "honour-district"), ("damaged", "honour-street")];
    let answers = asked.map(|(key, item)| award(key, item));
    assert_eq!(answers.each_ref().map(|answer| answer.status), [500, 201, 500]);
    assert_eq!((answers[0].code().as_str(), answers[1].json()), ("internal", sound));
    assert_eq!(town.head(), head);
    // The bank stays open: another key makes its entry.
    award("another", "honour-street").ok(201);
}
