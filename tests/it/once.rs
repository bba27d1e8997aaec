//! One key, one effect, for every write of the interface.

use crate::asking::Furnished;
use crate::openapi::operations;
use crate::town::Town;
use crate::web::{Ask, BANK};
use jianxian::api::document;
use jianxian::auth::permissions::rights;
use serde_json::{Value, json};

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

/// Writes that end what they are asked with, or are asked by nobody who is known yet.
const WITHOUT: &[&str] = &["sign_in", "refresh_session", "found_bank", "sign_out"];

#[test]
fn every_write_is_done_once_under_its_key() {
    let there = Furnished::new();
    let (mut faults, mut tried, mut refused) = (Vec::new(), 0, Vec::new());
    for operation in
        operations().iter().filter(|one| one.method != "GET" && !WITHOUT.contains(&one.id.as_str()))
    {
        let needed = document::rights(&operation.members);
        let parameters = operation.members["parameters"].to_string();
        assert!(parameters.contains("Idempotency-Key"), "{} takes no key", operation.id);
        let mut done = None;
        for (role, login) in LOGINS {
            let role = jianxian::auth::permissions::Role::parse(role).unwrap();
            if !needed.is_empty() && !needed.iter().any(|right| rights(role).contains(right)) {
                continue;
            }
            let ask = there.ask(operation, &format!("once-{}-{login}", operation.id));
            let answer = there.send_as(login, &ask);
            if answer.status < 300 {
                done = Some((ask, login, answer));
                break;
            }
        }
        let Some((ask, login, first)) = done else {
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
    // The shop shows its own claimed code again: refused, but no wrong code.
    for n in 0..8 {
        let used = clerk.post_with(&format!("used-{n}"), "/v1/codes/claim", claim.clone());
        assert_eq!((used.status, used.code().as_str()), (409, "code_used"), "{used:?}");
    }
    let staff = town.as_role("staff");
    let reveal = format!("/v1/members/{}/reveal", town.id("lin"));
    let ask = json!({ "what": "phone", "reason": "本人来电核对" });
    let told = staff.post_with("reveal", &reveal, ask.clone()).ok(200);
    assert_eq!(staff.post_with("reveal", &reveal, ask).ok(200), told);
    let secrets: Vec<String> = [&shown["link"], &shown["digits"], &told["value"]]
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

#[test]
fn a_key_whose_answer_was_removed_never_posts_again() {
    let town = Town::new();
    let body = json!({ "member": town.id("lin"), "scheme": town.id("scheme"), "item": "honour-street" });
    let staff = town.as_role("staff");
    let entry = staff.post_with("long ago".replace(' ', "-").as_str(), "/v1/awards", body.clone()).ok(201);
    let code = town.as_role("volunteer").post("/v1/codes", json!({})).ok(201);
    assert!(code["digits"].is_string());
    town.at("2026-07-01T09:00");
    let removed = town.runtime.block_on(town.web.services.prune(BANK, 90)).unwrap();
    assert!(removed > 2, "{removed}");
    assert_eq!(town.runtime.block_on(town.web.services.prune(BANK, 90)).unwrap(), 0);
    let before = town.head();
    for body in [
        body.clone(),
        json!({ "member": town.id("wang"), "scheme": town.id("scheme"), "item": "honour-street" }),
    ] {
        let answer = staff.post_with("long-ago", "/v1/awards", body);
        assert_eq!((answer.status, answer.code().as_str()), (409, "key_spent"), "{answer:?}");
        assert_eq!(answer.json()["entry"], entry["entry"]);
    }
    assert_eq!(town.head(), before);
    // The key is that user's: to another it is a new one, and the rule that refuses is another.
    let other = town.as_role("staff_two").post_with("long-ago", "/v1/awards", body);
    assert_ne!(other.code(), "key_spent", "{other:?}");
    town.verify_and_stop();
}
