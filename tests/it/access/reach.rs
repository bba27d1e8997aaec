//! Which users an administrator and a shop's owner reach: both the organisation of the role and the user's home
//! count.

use crate::support::town::Town;
use serde_json::{Value, json};

/// A town in which both communities have an administrator of their own.
fn two_communities() -> Town {
    let town = Town::new();
    town.open_user("here", json!({}), "administrator", "community");
    town.open_user("there", json!({}), "administrator", "sibling");
    town
}

fn open(town: &Town, who: &str, login: &str, more: Value) -> String {
    let mut body = json!({ "login": login, "name": "示例丁", "password": "three ferries at noon" });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    town.make(&format!("user/{login}"), who, "/v1/users", body)
}

fn logins(town: &Town, who: &str) -> Vec<String> {
    let rows = town.as_role(who).get("/v1/users?limit=200").ok(200);
    let rows = rows["items"].as_array().unwrap().clone();
    rows.iter().map(|row| row["login"].as_str().unwrap().to_owned()).collect()
}

fn roles_of(town: &Town, who: &str, user: &str) -> Vec<String> {
    let row = town.as_role(who).get(&format!("/v1/users/{}", town.id(user))).ok(200);
    let held = row["roles"].as_array().unwrap().iter();
    let mut roles: Vec<String> = held.map(|held| held["role"].as_str().unwrap().to_owned()).collect();
    roles.sort();
    roles
}

/// Everything that one may do to a user, with the status of each.
fn acts(town: &Town, who: &str, user: &str) -> Vec<u16> {
    let (caller, id) = (town.as_role(who), town.id(user));
    let path = |rest: &str| format!("/v1/users/{id}{rest}");
    let password = json!({ "password": "four herons by the lake" });
    vec![
        caller.get(&path("")).status,
        caller.post(&path("/password"), password).status,
        caller.delete(&path("/sessions")).status,
        caller.post(&path("/suspend"), json!({})).status,
        caller.post(&path("/resume"), json!({})).status,
    ]
}

const ABSENT: [u16; 5] = [404; 5];
const DONE: [u16; 5] = [200, 204, 204, 204, 204];

fn grant(town: &Town, who: &str, user: &str, role: &str, org: &str) -> crate::support::web::Answer {
    let body = json!({ "user": town.id(user), "role": role, "org": town.id(org) });
    town.as_role(who).post("/v1/roles", body)
}

#[test]
fn nobody_takes_a_user_from_the_neighbours_by_a_role_of_their_own() {
    let town = two_communities();
    // Created next door, with the home there, without a role, and with an expired one.
    open(&town, "there", "resident", json!({ "member": town.id("sun") }));
    open(&town, "there", "helper", json!({}));
    let body = json!({ "user": town.id("user/helper"), "role": "staff", "org": town.id("sibling"),
        "until": "2026-03-02T09:00:00+08:00" });
    town.as_role("there").post("/v1/roles", body).ok(201);
    town.at("2026-03-02T10:00");
    for user in ["user/resident", "user/helper"] {
        for (role, org) in [("volunteer", "community"), ("staff", "community"), ("staff", "sibling")] {
            let answer = grant(&town, "here", user, role, org);
            assert_eq!((answer.status, answer.code().as_str()), (404, "not_found"), "{user} {role} {org}");
        }
        assert_eq!(acts(&town, "here", user), ABSENT, "{user}");
        assert_eq!(acts(&town, "there", user), DONE, "{user}");
        let home = json!({ "org": town.id("community") });
        let path = format!("/v1/users/{}/home", town.id(user));
        for who in ["here", "there"] {
            town.refused(|t| t.as_role(who).post(&path, home.clone()), 404, "not_found");
        }
    }
    // Also while they are suspended.
    town.as_role("there").post(&format!("/v1/users/{}/suspend", town.id("user/helper")), json!({})).ok(204);
    assert_eq!(acts(&town, "here", "user/helper"), ABSENT);
    assert!(!logins(&town, "here").contains(&"helper".to_owned()));
    // An administrator above both may move the user: then the neighbours no longer reach them.
    let home = json!({ "org": town.id("community") });
    town.as_role("street").post(&format!("/v1/users/{}/home", town.id("user/helper")), home).ok(204);
    assert_eq!(acts(&town, "here", "user/helper")[..3], DONE[..3]);
    assert_eq!(acts(&town, "there", "user/helper"), ABSENT);
    town.verify_and_stop();
}

#[test]
fn a_role_granted_next_door_does_not_take_a_user_from_home() {
    let town = two_communities();
    open(&town, "here", "worker", json!({}));
    grant(&town, "here", "user/worker", "staff", "community").ok(201);
    // Only an administrator who reaches both may do it.
    assert_eq!(grant(&town, "here", "user/worker", "staff", "sibling").status, 404);
    assert_eq!(grant(&town, "there", "user/worker", "staff", "sibling").status, 404);
    let made = grant(&town, "street", "user/worker", "team_leader", "sibling").ok(201);
    let role = format!("/v1/roles/{}", made["id"].as_str().unwrap());
    assert_eq!(acts(&town, "here", "user/worker"), DONE);
    assert_eq!(acts(&town, "there", "user/worker"), ABSENT);
    // Roles held elsewhere are not disclosed at home.
    assert_eq!(roles_of(&town, "here", "user/worker"), ["staff"]);
    assert_eq!(roles_of(&town, "street", "user/worker"), ["staff", "team_leader"]);
    for who in ["here", "there"] {
        town.refused(|t| t.as_role(who).delete(&role), 404, "not_found");
    }
    town.as_role("street").delete(&role).ok(204);
    // Roles end, the home stays.
    let own = town.as_role("here").get(&format!("/v1/users/{}", town.id("user/worker"))).ok(200);
    let id = own["roles"][0]["id"].as_str().unwrap().to_owned();
    town.as_role("here").delete(&format!("/v1/roles/{id}")).ok(204);
    assert_eq!(acts(&town, "here", "user/worker"), DONE);
    assert_eq!(acts(&town, "there", "user/worker"), ABSENT);
    // A role above the home: only administrators above may change the user, and the role is not disclosed.
    grant(&town, "administrator", "user/worker", "auditor", "district").ok(201);
    assert_eq!(acts(&town, "here", "user/worker"), [200, 403, 403, 403, 403]);
    let answer = grant(&town, "here", "user/worker", "reviewer", "community");
    assert_eq!((answer.status, answer.code().as_str()), (403, "needs_superior"));
    assert!(!answer.text.contains("auditor") && !answer.text.contains("审计"), "{answer:?}");
    let answer = grant(&town, "administrator", "user/worker", "reviewer", "community");
    assert_eq!((answer.status, answer.code().as_str()), (409, "roles_exclude"));
    town.verify_and_stop();
}

#[test]
fn a_home_moves_with_its_organisation_and_is_named_where_there_are_several() {
    let town = two_communities();
    open(&town, "here", "worker", json!({}));
    let other = json!({ "parent": town.id("district"), "kind": "street", "code": "S2", "name": "另一街道" });
    town.make("street_two", "administrator", "/v1/orgs", other);
    let path = format!("/v1/orgs/{}/move", town.id("community"));
    town.as_role("administrator").post(&path, json!({ "parent": town.id("street_two") })).ok(204);
    assert_eq!(acts(&town, "here", "user/worker"), DONE);
    assert_eq!(acts(&town, "street", "user/worker"), ABSENT);
    // An administrator of two streets must name one; with one below the other it is the upper.
    grant(&town, "administrator", "user/street", "administrator", "sibling").ok(201);
    let user = |login: &str, more: Value| {
        let mut body = json!({ "login": login, "name": "示例丁" });
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    };
    town.as_role("street").post("/v1/users", user("one", json!({}))).ok(201);
    grant(&town, "administrator", "user/street", "administrator", "street_two").ok(201);
    let sentence =
        town.refused(|t| t.as_role("street").post("/v1/users", user("two", json!({}))), 422, "home_missing");
    assert!(sentence.contains("组织"), "{sentence}");
    let at = |org: &str| user("two", json!({ "org": town.id(org) }));
    town.refused(|t| t.as_role("street").post("/v1/users", at("district")), 404, "not_found");
    town.as_role("street").post("/v1/users", at("street_two")).ok(201);
    town.verify_and_stop();
}

/// A second shop next door, with an owner.
fn second_shop(town: &Town) {
    let shop =
        json!({ "name": "邻近超市", "org": town.id("sibling"), "model": "community_fund", "rate_fen": "50" });
    town.make("other_shop", "administrator", "/v1/merchants", shop);
    town.open_user("other_owner", json!({ "merchant": town.id("other_shop") }), "merchant_owner", "sibling");
}

fn whom_an_administrator_has_suspended_the_owner_does_not_let_in_again(town: &Town) {
    let owner = "merchant_owner";
    let state = |who: &str, verb: &str| {
        town.as_role(who).post(&format!("/v1/users/{}/{verb}", town.id("user/till")), json!({}))
    };
    town.at("2026-03-02T08:05");
    state("here", "suspend").ok(204);
    town.refused(|_| state(owner, "resume"), 403, "needs_superior");
    state("here", "resume").ok(204);
    town.at("2026-03-02T08:06");
    state(owner, "suspend").ok(204);
    state(owner, "resume").ok(204);
}

fn the_owner_reaches_nobody_of_other_people(town: &Town) {
    let owner = "merchant_owner";
    // Neither clerks of another shop, nor another owner, nor a clerk of a foreign shop.
    town.open_user("second_owner", json!({ "merchant": town.id("shop") }), "merchant_owner", "community");
    for (who, user) in [
        ("other_owner", "user/till"),
        (owner, "user/other_owner"),
        (owner, "user/second_owner"),
        (owner, "user/staff"),
    ] {
        assert_eq!(acts(town, who, user), ABSENT, "{who} {user}");
    }
    let outside = json!({ "login": "stray", "name": "示例戊", "merchant": town.id("other_shop") });
    town.refused(|t| t.as_role(owner).post("/v1/users", outside), 404, "not_found");
    let elsewhere = json!({ "login": "stray", "name": "示例戊", "merchant": town.id("shop"), "org": town.id("district") });
    town.refused(|t| t.as_role(owner).post("/v1/users", elsewhere), 404, "not_found");
}

#[test]
fn an_owner_looks_after_the_clerks_of_the_own_shop_and_nobody_else() {
    let town = two_communities();
    second_shop(&town);
    let owner = "merchant_owner";
    open(&town, owner, "till", json!({ "merchant": town.id("shop") }));
    assert_eq!(grant(&town, owner, "user/till", "merchant_clerk", "district").status, 404);
    assert_eq!(grant(&town, owner, "user/till", "merchant_clerk", "street").status, 404);
    assert_eq!(grant(&town, owner, "user/till", "merchant_owner", "community").status, 404);
    assert_eq!(grant(&town, owner, "user/till", "staff", "community").status, 404);
    grant(&town, owner, "user/till", "merchant_clerk", "community").ok(201);
    let row = town.as_role(owner).get(&format!("/v1/users/{}", town.id("user/till"))).ok(200);
    assert_eq!(row["org"], town.id("community"));
    assert_eq!(logins(&town, owner), ["merchant_clerk", "till"]);
    assert_eq!(acts(&town, "merchant_clerk", "user/till"), [403; 5]);
    assert_eq!(acts(&town, owner, "user/till"), DONE);
    assert_eq!(acts(&town, owner, "user/merchant_clerk"), DONE);
    assert_eq!(acts(&town, "here", "user/till"), DONE, "the community's administrator, too");
    whom_an_administrator_has_suspended_the_owner_does_not_let_in_again(&town);
    the_owner_reaches_nobody_of_other_people(&town);
    // A shop may not change a clerk who is also staff; the till it may.
    let held = grant(&town, "here", "user/till", "staff", "community").ok(201);
    assert_eq!(acts(&town, owner, "user/till"), ABSENT);
    let list = town.as_role(owner).get("/v1/users").ok(200);
    assert!(!list.to_string().contains("\"staff\""), "{list}");
    town.as_role("here").delete(&format!("/v1/roles/{}", held["id"].as_str().unwrap())).ok(204);
    assert_eq!(acts(&town, owner, "user/till"), DONE);
    let clerk = row["roles"][0]["id"].as_str().unwrap();
    town.refused(|t| t.as_role("other_owner").delete(&format!("/v1/roles/{clerk}")), 404, "not_found");
    town.as_role(owner).delete(&format!("/v1/roles/{clerk}")).ok(204);
    town.verify_and_stop();
}

#[test]
fn a_clerk_whom_the_owner_names_as_a_volunteer_does_not_redeem_in_the_own_shop() {
    let town = Town::new();
    second_shop(&town);
    let honour = json!({ "member": town.id("lin"), "scheme": town.id("scheme"), "item": "honour-street" });
    town.as_role("staff").post("/v1/awards", honour).ok(201);
    let redeem = || {
        let body = json!({ "merchant": town.id("shop"), "on_behalf_of": town.id("lin"),
            "lines": [{ "offer": town.id("rice"), "quantity": 1 }] });
        town.as_role("staff").post("/v1/redemptions", body)
    };
    let held = redeem().ok(201)["redemption"]["id"].clone();
    let cancel = format!("/v1/redemptions/{}/cancel", held.as_str().unwrap());
    town.as_role("staff").post(&cancel, json!({})).ok(200);
    open(&town, "merchant_owner", "till", json!({ "merchant": town.id("shop") }));
    let path = format!("/v1/users/{}/member", town.id("user/till"));
    let lin = town.as_role("staff").get(&format!("/v1/members/{}", town.id("lin"))).ok(200);
    let number = json!({ "member_number": lin["number"] });
    town.refused(|t| t.as_role("other_owner").post(&path, number.clone()), 404, "not_found");
    let nobody = json!({ "member_number": "000000000" });
    town.refused(|t| t.as_role("merchant_owner").post(&path, nobody), 404, "not_found");
    let household = json!({ "member": town.id("household") });
    town.refused(|t| t.as_role("merchant_owner").post(&path, household), 409, "wrong_state");
    town.as_role("merchant_owner").post(&path, number).ok(204);
    town.refused(|_| redeem(), 403, "own_shop");
    // Once and for all: a user cannot become another person.
    let wang = json!({ "member": town.id("wang") });
    town.refused(|t| t.as_role("merchant_owner").post(&path, wang), 409, "fixed");
    // The same when the login is created.
    let made = json!({ "merchant": town.id("shop"), "member": town.id("zhao") });
    open(&town, "merchant_owner", "till_two", made);
    let row = town.as_role("merchant_owner").get(&format!("/v1/users/{}", town.id("user/till_two"))).ok(200);
    assert_eq!(row["member"], town.id("zhao"));
    town.verify_and_stop();
}

#[test]
fn a_role_in_a_shop_reaches_the_shop_wherever_it_is_held() {
    let town = Town::new();
    second_shop(&town);
    grant(&town, "administrator", "user/other_owner", "merchant_owner", "district").ok(201);
    let honour = json!({ "member": town.id("lin"), "scheme": town.id("scheme"), "item": "honour-street" });
    town.as_role("staff").post("/v1/awards", honour).ok(201);
    let body = json!({ "merchant": town.id("shop"), "on_behalf_of": town.id("lin"),
        "lines": [{ "offer": town.id("rice"), "quantity": 1 }] });
    let held = town.as_role("staff").post("/v1/redemptions", body).ok(201)["redemption"]["id"].clone();
    let path = format!("/v1/redemptions/{}", held.as_str().unwrap());
    town.as_role("merchant_owner").get(&path).ok(200);
    town.refused(|t| t.as_role("other_owner").get(&path), 404, "not_found");
    let offers = format!("/v1/merchants/{}/offers", town.id("shop"));
    let offer = json!({ "name": "示例面粉", "unit_points": "5", "stocked": false });
    town.refused(|t| t.as_role("other_owner").post(&offers, offer), 404, "not_found");
    town.verify_and_stop();
}

#[test]
fn a_refused_caller_is_told_every_role_that_would_do() {
    let town = Town::new();
    let refused_get =
        |who: &str, path: &str| town.as_role(who).post(path, json!({ "login": "x1", "name": "示例己" }));
    let answer = refused_get("volunteer", "/v1/users");
    assert_eq!((answer.status, answer.code().as_str()), (403, "role_missing"));
    let body = answer.json();
    assert_eq!(body["roles"], json!(["merchant_owner", "administrator"]));
    let detail = body["detail"].as_str().unwrap();
    assert!(detail.contains("“店主”或“管理员”"), "{detail}");
    // One role gives the right anywhere, the other one only at the root: the answer says so for each.
    let verify = town.as_role("street").post("/v1/ledger/verify", json!({}));
    let detail = verify.json()["detail"].as_str().unwrap().to_owned();
    assert!(detail.contains("“管理员”或“审计员”角色（须授予在最上级组织）"), "{detail}");
    town.verify_and_stop();
}

/// The result of a query on a bank of release 0.1 after its upgrade.
fn upgraded(query: &str) -> Vec<String> {
    let database = crate::support::database::TestDatabase::sqlite();
    let released = crate::support::source::root().join("tests/golden/0.1/jianxian.db");
    std::fs::copy(released, database.file()).unwrap();
    let options = jianxian::store::Options::default();
    jianxian::store::Store::open(database.url(), &options, jianxian::clock::Clock::System)
        .unwrap()
        .stop()
        .unwrap();
    database.raw().cells(query).into_iter().flatten().collect()
}

#[test]
fn users_of_a_released_bank_are_at_home_where_their_first_role_was_granted() {
    let homes = "SELECT users.login || ' ' || orgs.code AS value FROM users \
        LEFT JOIN orgs ON orgs.id = users.home_org_id ORDER BY users.login";
    let homes = upgraded(homes);
    for home in [
        "administrator D1",
        "auditor D1",
        "street street",
        "staff community",
        "staff_sibling sibling",
        "volunteer community",
        "merchant_owner community",
        "merchant_clerk community",
    ] {
        assert!(homes.contains(&home.to_owned()), "{home}: {homes:?}");
    }
    let users = upgraded("SELECT CAST(count(*) AS TEXT) AS value FROM users");
    assert_eq!(users, [homes.len().to_string()], "everybody has a home");
    let housed = "SELECT CAST(count(*) AS TEXT) AS value FROM members WHERE household_id IS NOT NULL";
    let stays = "SELECT CAST(count(*) AS TEXT) AS value FROM household_stays WHERE left_at IS NULL";
    assert_eq!(upgraded(housed), upgraded(stays));
}
