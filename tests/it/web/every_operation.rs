//! Every operation of the document, with every kind of caller who may not: unauthenticated, forged tokens, roles
//! without the right, roles that hold elsewhere. None of them moves the ledger.

use crate::support::asking::Furnished;
use crate::support::document::{Operation, operations};
use crate::support::web::{Answer, Ask};
use jianxian::api::web::document;
use jianxian::auth::permissions::{Permission, Reach, Role, reach, rights};
use serde_json::{Value, json};

/// The user for each role in the town; each role is held in the community or above.
const CALLERS: &[(Role, &str)] = &[
    (Role::Volunteer, "volunteer"),
    (Role::Proxy, "proxy"),
    (Role::MerchantClerk, "merchant_clerk"),
    (Role::MerchantOwner, "merchant_owner"),
    (Role::TeamLeader, "team_leader"),
    (Role::Staff, "staff"),
    (Role::Branch, "branch"),
    (Role::Reviewer, "reviewer"),
    (Role::Administrator, "administrator"),
    (Role::Auditor, "auditor"),
    (Role::LedgerOperator, "ledger_operator"),
];

/// Collects all faults, so that one run shows them.
struct Faults(Vec<String>);

impl Faults {
    fn expect(&mut self, operation: &Operation, who: &str, answer: &Answer, status: u16) {
        let is_problem = answer.header("content-type").as_deref() == Some("application/problem+json");
        if answer.status != status || !is_problem {
            self.0.push(format!(
                "{} {} ({}) as {who}: {} {}, not {status}",
                operation.method,
                operation.path,
                operation.id,
                answer.status,
                answer.text.chars().take(160).collect::<String>()
            ));
        }
    }

    /// The expected answer for a stranger whose right reaches `widest`.
    fn judge(
        &mut self,
        there: &Furnished,
        operation: &Operation,
        login: &str,
        widest: Reach,
        answer: &Answer,
    ) {
        let needed = document::rights(&operation.members);
        // The texts of a published scheme and the names of shops are for every reader.
        let common = needed.iter().any(|right| {
            matches!(right, Permission::ReadSchemes | Permission::ReadOffers | Permission::ReadActivities)
        });
        if ["claim_code", "claim_card", "enter_slip"].contains(&operation.id.as_str()) {
            // A code, a card and a slip belong to no organisation: an unknown one is refused as such. Five of them within
            // a minute would make the shop wait.
            self.expect(operation, login, answer, 422);
            there.town.web.clock.advance_seconds(70);
            return;
        }
        if ["sign_up", "check_in"].contains(&operation.id.as_str()) && login.starts_with("volunteer") {
            // What is published is open to residents of the whole bank: this one is over.
            self.expect(operation, login, answer, 422);
            return;
        }
        if operation.id == "give_feedback" {
            // It is one's own, and goes to the own community.
            assert_eq!(answer.status, 201, "{login}: {answer:?}");
            return;
        }
        if operation.id == "apply_for_shop" && login.starts_with("volunteer") {
            // For a shop of one's own, at home; three wait at a time.
            assert!([201, 409].contains(&answer.status), "{login}: {answer:?}");
            return;
        }
        let own = ["give_own_consent", "request_correction", "request_erasure"];
        if own.contains(&operation.id.as_str()) && login.starts_with("volunteer") {
            // About the caller's own file: done, done before, or without saying what is wrong.
            assert!([201, 202, 400, 409].contains(&answer.status), "{login}: {answer:?}");
            return;
        }
        if operation.id == "change_own_card_pin" {
            // The caller's own card, which has no PIN yet.
            self.expect(operation, login, answer, 409);
            return;
        }
        if ["donate_points", "export_service"].contains(&operation.id.as_str())
            || operation.id == "issue_certificate" && login.starts_with("volunteer")
        {
            // What is within the caller's own reach: no points, days to come, and nothing served.
            self.expect(operation, login, answer, 422);
            return;
        }
        if operation.id == "open_user" {
            // A user without a role is nowhere yet, and logins are unique in the bank; a shop's owner creates own
            // clerks only.
            let fits: &[u16] = if widest == Reach::OwnShop { &[404] } else { &[201, 409] };
            assert!(fits.contains(&answer.status), "{login}: {answer:?}");
            return;
        }
        if operation.path.ends_with("/batch") && widest != Reach::Bank {
            let body = answer.json()["items"][0]["code"].clone();
            if (answer.status, &body) != (422, &json!("not_found")) {
                self.0.push(format!("{} as {login}: {}", operation.id, answer.text));
            }
            return;
        }
        if widest == Reach::Bank {
            self.expect(operation, login, answer, 403);
        } else if names_nothing(there, operation) || common || operation.id == "find_member_by_number" {
            if !common && shows_the_community(there, &answer.json()) {
                self.0.push(format!("{} as {login} shows what is elsewhere: {}", operation.id, answer.text));
            }
        } else {
            self.expect(operation, login, answer, 404);
        }
    }

    fn none(self) {
        assert_eq!(self.0.join("\n"), "");
    }
}

fn gives(role: Role, operation: &Operation) -> bool {
    document::rights(&operation.members).iter().any(|right| rights(role).contains(right))
}

fn base64(text: &str) -> String {
    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut out = String::new();
    for part in text.as_bytes().chunks(3) {
        let bits =
            part.iter().fold(0_u32, |bits, byte| bits << 8 | u32::from(*byte)) << (8 * (3 - part.len()));
        for place in 0..=part.len() {
            let digit = bits >> (18 - 6 * place) & 63;
            out.push(char::from(DIGITS[usize::try_from(digit).unwrap()]));
        }
    }
    out
}

/// Tokens that must not be accepted, each with its name. `good` is an accepted one.
fn forged(good: &str, expired: &str, ended: &str, of_another: &str) -> Vec<(&'static str, String)> {
    let parts: Vec<&str> = good.split('.').collect();
    let [head, claims, mark] = parts.as_slice() else { panic!("a token has three parts") };
    let none = |name: &str| base64(&format!("{{\"alg\":\"{name}\",\"typ\":\"JWT\"}}"));
    let mut flipped = mark.to_string();
    flipped.replace_range(0..1, if flipped.starts_with('A') { "B" } else { "A" });
    vec![
        ("expired", expired.to_owned()),
        ("ended session", ended.to_owned()),
        ("another bank's key", of_another.to_owned()),
        ("no algorithm", format!("{}.{claims}.", none("none"))),
        ("no algorithm, with the mark", format!("{}.{claims}.{mark}", none("None"))),
        ("another algorithm", format!("{}.{claims}.{mark}", none("HS256"))),
        ("a changed mark", format!("{head}.{claims}.{flipped}")),
        ("no mark", format!("{head}.{claims}.")),
        ("two parts", format!("{head}.{claims}")),
        ("other claims", format!("{head}.{}.{mark}", base64("{\"sub\":\"admin\"}"))),
        ("no token at all", "x".into()),
        ("empty", String::new()),
    ]
}

#[test]
fn without_a_good_token_there_is_no_way_in() {
    let there = Furnished::new();
    let town = &there.town;
    let other = Furnished::new();
    // A session that was ended, and one whose token has expired.
    let ended = town.token("street");
    let bearer = format!("Bearer {ended}");
    let out = Ask { body: None, ..Ask::post("/v1/auth/logout", json!({})) };
    assert_eq!(town.web.send(&out.role(None).header("Authorization", &bearer)).status, 204);
    let expired = town.token("staff");
    town.at("2026-04-09T12:00");
    let good = town.token("staff");
    let tokens = forged(&good, &expired, &ended, &other.town.token("staff"));
    let before = town.head();
    let mut faults = Faults(Vec::new());
    let mut tried = 0;
    for operation in operations().iter().filter(|operation| !document::is_open(&operation.members)) {
        let ask = there.ask(operation, "without-a-token");
        faults.expect(operation, "nobody", &town.web.send(&ask), 401);
        let basic = town.web.send(&ask.clone().header("Authorization", "Basic c3RhZmY6eA=="));
        faults.expect(operation, "Basic", &basic, 401);
        for (name, token) in &tokens {
            let answer = town.web.send(&ask.clone().header("Authorization", &format!("Bearer {token}")));
            faults.expect(operation, name, &answer, 401);
            tried += 1;
        }
    }
    assert!(tried > 1_000, "{tried}");
    faults.none();
    assert_eq!(town.head(), before);
    assert_eq!(town.as_role("staff").get("/v1/me").status, 200, "the good one is good");
    there.town.verify_and_stop();
}

#[test]
fn a_role_without_the_right_is_told_so() {
    let there = Furnished::new();
    let before = there.town.head();
    let mut faults = Faults(Vec::new());
    for operation in &operations() {
        if document::rights(&operation.members).is_empty() {
            continue;
        }
        let ask = there.ask(operation, "without-the-right");
        for (role, login) in CALLERS.iter().filter(|(role, _)| !gives(*role, operation)) {
            let answer = there.send_as(login, &ask);
            faults.expect(operation, login, &answer, 403);
            let body = answer.json();
            let named = body["permission"].as_str().and_then(Permission::parse);
            let fits = named.is_some_and(|right| document::rights(&operation.members).contains(&right));
            if !fits || body["code"] != "role_missing" {
                faults.0.push(format!("{} as {role}: {body}", operation.id));
            }
        }
    }
    faults.none();
    assert_eq!(there.town.head(), before);
    there.town.verify_and_stop();
}

/// Users with the same roles elsewhere: in the community next door, and in the estate below.
fn strangers(there: &Furnished) -> Vec<(Role, String)> {
    let town = &there.town;
    let shop =
        json!({ "name": "邻近超市", "org": town.id("sibling"), "model": "community_fund", "rate_fen": "50" });
    town.make("other_shop", "administrator", "/v1/merchants", shop);
    let mut found = Vec::new();
    for (role, _) in CALLERS {
        for place in ["sibling", "compound"] {
            let of_shop = matches!(role, Role::MerchantClerk | Role::MerchantOwner);
            let more = match role {
                Role::Volunteer => json!({ "member": town.id("sun") }),
                _ if of_shop => json!({ "merchant": town.id("other_shop") }),
                _ => json!({}),
            };
            let login = format!("{role}.{place}");
            town.open_user(&login, more, role.as_str(), place);
            found.push((*role, login));
        }
    }
    found
}

/// Operations that name nothing of the community: their answers are restricted to the caller's reach, or are their
/// own.
fn names_nothing(there: &Furnished, operation: &Operation) -> bool {
    let ask = there.ask(operation, "");
    !operation.path.contains("{id}") && !operation.path.contains("{entry}") && ask.body.is_none()
}

/// Whether a list shows anything of the community.
fn shows_the_community(there: &Furnished, answer: &Value) -> bool {
    let text = answer.to_string();
    let things = ["lin", "activity", "record", "redemption", "statement", "proposal", "shop"];
    let users = ["user/staff", "user/reviewer", "user/merchant_owner"];
    things.iter().chain(&users).any(|name| text.contains(&there.town.id(name)))
}

#[test]
fn what_lies_elsewhere_is_as_if_it_were_not_there() {
    let there = Furnished::new();
    let strangers = strangers(&there);
    let before = there.town.head();
    let mut faults = Faults(Vec::new());
    for operation in &operations() {
        let needed = document::rights(&operation.members);
        for (role, login) in strangers.iter().filter(|(role, _)| gives(*role, operation)) {
            let given = needed.iter().filter(|right| rights(*role).contains(right));
            let widest = given.map(|right| reach(*role, *right)).max().unwrap();
            let key = format!("elsewhere-{login}-{}", operation.id);
            let answer = there.send_as(login, &there.ask(operation, &key));
            faults.judge(&there, operation, login, widest, &answer);
        }
    }
    faults.none();
    assert_eq!(there.town.head(), before);
    there.town.verify_and_stop();
}

#[test]
fn money_moves_need_a_key_and_nothing_else_takes_a_dry_run() {
    let there = Furnished::new();
    let before = there.town.head();
    let mut faults = Faults(Vec::new());
    for operation in operations().iter().filter(|operation| operation.method != "GET") {
        if document::rights(&operation.members).is_empty() {
            continue;
        }
        let caller = CALLERS.iter().find(|(role, _)| gives(*role, operation));
        let (_, login) = caller.unwrap_or_else(|| panic!("nobody may {}", operation.id));
        // For bank-wide things the role is held at the root.
        let login = if operation.id == "approve_scheme" { "reviewer_district" } else { login };
        let money = Furnished::is_money(operation);
        let mut ask = there.ask(operation, "unused");
        if money {
            let answer = there.send_as(login, &Ask { key: None, ..ask });
            faults.expect(operation, login, &answer, 400);
            if answer.code() != "idempotency_key_missing" {
                faults.0.push(format!("{}: {}", operation.id, answer.text));
            }
        } else {
            ask.path.push_str("?dry_run=true");
            let answer = there.send_as(login, &ask);
            faults.expect(operation, login, &answer, 400);
            if (answer.code().as_str(), &answer.json()["field"]) != ("field_unknown", &json!("dry_run")) {
                faults.0.push(format!("{}: {}", operation.id, answer.text));
            }
        }
    }
    faults.none();
    assert_eq!(there.town.head(), before);
    there.town.verify_and_stop();
}

#[test]
fn every_caller_of_the_table_is_in_it() {
    let named: Vec<Role> = CALLERS.iter().map(|(role, _)| *role).collect();
    assert_eq!(named, Role::ALL);
    assert_eq!(base64("{\"a\""), "eyJhIg");
}
