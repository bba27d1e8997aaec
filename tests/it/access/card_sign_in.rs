//! Signing in with a card and its PIN: a volunteer's session, which pays as the card does.

use crate::support::asking::Furnished;
use crate::support::document::{Operation, operations};
use crate::support::shops::{card, cart, donate, set_pin};
use crate::support::town::Town;
use crate::support::web::{Answer, Ask};
use jianxian::api::web::document;
use serde_json::{Value, json};

const PIN: &str = "385207";

fn town() -> (Town, String) {
    let town = Town::new();
    donate(&town, "lin", 100);
    set_pin(&town, "lin", PIN);
    let card = card(&town, "lin");
    (town, card)
}

fn sign_in(town: &Town, body: Value) -> Answer {
    town.web.send(&Ask::post("/v1/auth/token", body).role(None))
}

fn with_card(town: &Town, card: &str, pin: &str) -> Answer {
    sign_in(town, json!({ "card": card, "pin": pin }))
}

fn refused(answer: &Answer, status: u16, code: &str) {
    assert_eq!((answer.status, answer.code().as_str()), (status, code), "{answer:?}");
}

/// Asks as the holder of a session that a card has opened.
fn ask(town: &Town, signed_in: &Value, ask: Ask) -> Answer {
    let bearer = format!("Bearer {}", signed_in["access_token"].as_str().unwrap());
    town.web.send(&ask.role(None).header("Authorization", &bearer))
}

#[test]
fn a_card_and_its_pin_open_the_session_of_a_volunteer() {
    let (town, card) = town();
    town.grant("volunteer", "staff", "community");
    let session = with_card(&town, &card, PIN).ok(200);
    let me = ask(&town, &session, Ask::get("/v1/me")).ok(200);
    let roles: Vec<&Value> = me["roles"].as_array().unwrap().iter().map(|held| &held["role"]).collect();
    assert_eq!(roles, ["volunteer"], "a card gives no right of staff: {me}");
    let path = format!("/v1/members/{}/passbook", town.id("lin"));
    assert!(ask(&town, &session, Ask::get(&path)).ok(200).to_string().contains("100.00"));
    assert_eq!(ask(&town, &session, Ask::get("/v1/members")).status, 403);
    let password = json!({ "login": "volunteer", "password": crate::support::town::PASSWORD });
    let by_password = sign_in(&town, password).ok(200);
    assert_eq!(ask(&town, &by_password, Ask::get("/v1/members")).status, 200);
    town.verify_and_stop();
}

#[test]
fn a_code_that_a_card_session_shows_pays_as_the_card_does() {
    let (town, card) = town();
    let session = with_card(&town, &card, PIN).ok(200);
    let shown = ask(&town, &session, Ask::post("/v1/codes", json!({})).key("show")).ok(201);
    let clerk = town.as_role("merchant_clerk");
    let claimed = clerk.post("/v1/codes/claim", json!({ "code": shown["digits"] })).ok(200);
    let asked = |lines: &[(&str, i64)], pin: Option<&str>| {
        clerk.post(
            "/v1/redemptions",
            json!({ "code": claimed["code"], "pin": pin, "lines": cart(&town, lines) }),
        )
    };
    town.refused(|_| asked(&[("rice", 1)], None), 422, "pin_missing");
    town.refused(|_| asked(&[("rice", 11)], Some(PIN)), 422, "card_visit_limit");
    let held = asked(&[("rice", 1)], Some(PIN)).ok(201);
    assert_eq!(held["redemption"]["presence"], "card");
    town.verify_and_stop();
}

#[test]
fn a_lost_card_ends_its_sessions_and_a_new_pin_does_too() {
    let (town, old) = town();
    let session = with_card(&town, &old, PIN).ok(200);
    let by_password = town.as_role("volunteer").get("/v1/me").ok(200);
    let path = format!("/v1/cards/{}/lost", town.id("lin"));
    town.as_role("staff").post(&path, json!({})).ok(200);
    assert_eq!(ask(&town, &session, Ask::get("/v1/me")).status, 401);
    assert_eq!(town.as_role("volunteer").get("/v1/me").ok(200), by_password, "that of the password goes on");
    refused(&with_card(&town, &old, PIN), 409, "card_replaced");
    let session = with_card(&town, &card(&town, "lin"), PIN).ok(200);
    set_pin(&town, "lin", "604913");
    assert_eq!(ask(&town, &session, Ask::get("/v1/me")).status, 401);
    town.verify_and_stop();
}

#[test]
fn wrong_pins_lock_the_card_and_made_up_cards_open_nothing() {
    let (town, card) = town();
    let made_up = card.replacen("-1-", "-2-", 1);
    refused(&with_card(&town, &made_up, PIN), 401, "sign_in_failed");
    for left in (1..5).rev() {
        let answer = with_card(&town, &card, "111119");
        refused(&answer, 422, "pin_wrong");
        assert!(answer.text.contains(&left.to_string()), "{answer:?}");
    }
    refused(&with_card(&town, &card, "111119"), 409, "card_locked");
    refused(&with_card(&town, &card, PIN), 409, "card_locked");
    let claim = town.as_role("merchant_clerk").post("/v1/cards/claim", json!({ "card": card }));
    refused(&claim, 409, "card_locked");
    town.verify_and_stop();
}

#[test]
fn a_card_without_pin_or_login_says_what_to_do() {
    let town = Town::new();
    let (lin, wang) = (card(&town, "lin"), card(&town, "wang"));
    refused(&with_card(&town, &lin, PIN), 409, "card_without_pin");
    set_pin(&town, "wang", PIN);
    let answer = with_card(&town, &wang, PIN);
    refused(&answer, 409, "card_without_login");
    assert!(answer.text.contains("社区柜台"), "{answer:?}");
    let body = json!({ "card": lin, "pin": PIN });
    for (more, left_out) in
        [("login", None), ("password", None), ("code", None), ("new_password", None), ("", Some("pin"))]
    {
        let mut body = body.clone();
        let fields = body.as_object_mut().unwrap();
        match left_out {
            Some(name) => drop(fields.remove(name)),
            None => drop(fields.insert(more.into(), json!("123456"))),
        }
        assert_eq!(sign_in(&town, body).status, 400, "{more} {left_out:?}");
    }
    town.verify_and_stop();
}

/// What asks for a password or a one-time code, whatever else changes: it opens other doors, or shows whole numbers.
const NEVER_BY_CARD: &[&str] = &[
    "begin_second_factor",
    "confirm_second_factor",
    "remove_second_factor",
    "change_password",
    "change_own_card_pin",
    "choose_messages",
    "take_own_copy",
    "name_proxy",
    "show_code_as_proxy",
    "give_own_consent",
    "withdraw_consent",
    "request_correction",
    "withdraw_correction",
    "request_erasure",
    "withdraw_erasure",
    "end_own_session",
    "end_other_sessions",
    "issue_certificate",
    "reissue_certificate",
];

fn is_taken_by_card(operation: &Operation) -> bool {
    operation.members.get(document::BY_CARD) == Some(&json!(true))
}

#[test]
fn a_card_opens_what_the_document_says_and_everything_else_asks_for_a_stronger_proof() {
    let there = Furnished::new();
    let town = &there.town;
    set_pin(town, "lin", PIN);
    let session = with_card(town, &card(town, "lin"), PIN).ok(200);
    let before = town.head();
    let mut all = operations();
    all.retain(|operation| !document::is_open(&operation.members));
    // Signing out comes last.
    all.sort_by_key(|operation| operation.id == "sign_out");
    let mut wrong = Vec::new();
    for operation in &all {
        let answer = ask(town, &session, there.ask(operation, &format!("by-card-{}", operation.id)));
        let refused = answer.status == 403 && answer.text.contains("\"stronger_proof_needed\"");
        if refused == is_taken_by_card(operation) {
            wrong.push(format!("{}: {} {}", operation.id, answer.status, answer.text));
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
    assert_eq!(town.head(), before);
    let taken: Vec<&str> =
        all.iter().filter(|one| is_taken_by_card(one)).map(|one| one.id.as_str()).collect();
    assert!(NEVER_BY_CARD.iter().all(|id| !taken.contains(id)), "{taken:?}");
    assert!(NEVER_BY_CARD.iter().all(|id| all.iter().any(|one| one.id == *id)), "a name has changed");
    assert_eq!(document::TAKEN_BY_CARD.len(), taken.len(), "a name has changed: {taken:?}");
    assert_eq!(town.as_role("volunteer").get("/v1/me/data").status, 200, "a password opens it");
}
