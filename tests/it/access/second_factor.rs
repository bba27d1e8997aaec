//! One-time codes, second factors, and the devices of users, over HTTP.

use crate::support::gateway::Gateway;
use crate::support::town::{PASSWORD, Town, with};
use crate::support::web::{Answer, Ask, BANK, Web};
use jianxian::config::PolicyName;
use serde_json::{Value, json};
use totp_rs::Builder;

/// Sends without a session.
fn anonymous(town: &Town, path: &str, body: Value) -> Answer {
    town.web.send(&Ask::post(path, body).role(None))
}

fn sign_in(town: &Town, body: Value) -> Answer {
    anonymous(town, "/v1/auth/token", body)
}

fn by_password(login: &str) -> Value {
    json!({ "login": login, "password": PASSWORD })
}

fn refused(answer: &Answer, status: u16, code: &str) {
    assert_eq!((answer.status, answer.code().as_str()), (status, code), "{answer:?}");
}

/// What an app with this secret shows now.
fn digits(town: &Town, base32: &str) -> String {
    let secret = base32_bytes(base32);
    let seconds = town.web.clock.now().micros() / 1_000_000;
    Builder::new().with_secret(secret).build().unwrap().generate(seconds.try_into().unwrap()).to_string()
}

fn base32_bytes(text: &str) -> Vec<u8> {
    let (mut bits, mut kept, mut bytes) = (0_u32, 0, Vec::new());
    for letter in text.chars() {
        bits = (bits << 5) | u32::try_from("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".find(letter).unwrap()).unwrap();
        kept += 5;
        if kept >= 8 {
            kept -= 8;
            bytes.push(u8::try_from((bits >> kept) & 255).unwrap());
        }
    }
    bytes
}

/// Sets a second factor up; returns its secret and the recovery codes.
fn set_up(town: &Town, who: &str) -> (String, Vec<String>) {
    let client = town.as_role(who);
    let secret =
        client.post("/v1/me/second-factor", json!({})).ok(201)["secret"].as_str().unwrap().to_owned();
    let shown = json!({ "second_factor": digits(town, &secret) });
    let answer = client.post("/v1/me/second-factor/confirm", shown).ok(200);
    let codes = answer["recovery_codes"].as_array().unwrap();
    (secret, codes.iter().map(|code| code.as_str().unwrap().to_owned()).collect())
}

#[test]
fn sign_in_asks_for_the_second_factor_and_takes_each_of_its_digits_once() {
    let town = Town::new();
    let (secret, codes) = set_up(&town, "street");
    assert_eq!(codes.len(), 10);
    let body = by_password("street");
    refused(&sign_in(&town, body.clone()), 401, "second_factor_needed");
    let shown = |text: &str| with(body.clone(), json!({ "second_factor": text }));
    refused(&sign_in(&town, shown(&digits(&town, &secret))), 401, "second_factor_wrong");
    town.at("2026-03-02T08:01");
    let now = digits(&town, &secret);
    assert_eq!(sign_in(&town, shown(&now)).status, 200);
    refused(&sign_in(&town, shown(&now)), 401, "second_factor_wrong");
    refused(&sign_in(&town, shown("000000")), 401, "second_factor_wrong");
    assert_eq!(sign_in(&town, shown(&codes[3].to_uppercase())).status, 200, "a recovery code");
    refused(&sign_in(&town, shown(&codes[3])), 401, "second_factor_wrong");
    let standing = town.as_role("street").get("/v1/me/second-factor").ok(200);
    assert_eq!(standing, json!({ "in_use": true, "recovery_left": 9, "required": false }));
    town.verify_and_stop();
}

#[test]
fn a_second_factor_begins_with_right_digits_and_ends_with_right_ones() {
    let town = Town::new();
    let client = town.as_role("staff");
    let confirm =
        |digits: &str| client.post("/v1/me/second-factor/confirm", json!({ "second_factor": digits }));
    refused(&confirm("123456"), 409, "wrong_state");
    client.post("/v1/me/second-factor", json!({})).ok(201);
    refused(&confirm("123456"), 401, "second_factor_wrong");
    assert_eq!(sign_in(&town, by_password("staff")).status, 200, "not asked for before it is confirmed");
    let (secret, codes) = set_up(&town, "staff");
    refused(&client.post("/v1/me/second-factor", json!({})), 409, "wrong_state");
    let remove = |text: &str| client.post("/v1/me/second-factor/remove", json!({ "second_factor": text }));
    refused(&remove("654321"), 401, "second_factor_wrong");
    let _unused = secret;
    remove(&codes[0]).ok(204);
    assert_eq!(sign_in(&town, by_password("staff")).status, 200);
    town.verify_and_stop();
}

#[test]
fn guesses_of_the_second_factor_count_as_failed_sign_ins() {
    let town = Town::new();
    set_up(&town, "reviewer");
    let body = with(by_password("reviewer"), json!({ "second_factor": "000000" }));
    let codes: Vec<String> = (0..12).map(|_| sign_in(&town, body.clone()).code()).collect();
    assert_eq!(codes[0], "second_factor_wrong");
    assert_eq!(codes.last().unwrap(), "too_many_tries", "{codes:?}");
    town.verify_and_stop();
}

#[test]
fn an_administrator_removes_the_factor_of_a_user_who_has_lost_it() {
    let town = Town::new();
    set_up(&town, "staff");
    let path = format!("/v1/users/{}/second-factor", town.id("user/staff"));
    refused(&town.as_role("reviewer").delete(&path), 403, "role_missing");
    let user = |town: &Town| {
        let path = format!("/v1/users/{}", town.id("user/staff"));
        town.as_role("administrator").get(&path).ok(200)["second_factor"].clone()
    };
    assert_eq!(user(&town), true);
    town.as_role("administrator").delete(&path).ok(204);
    assert_eq!(user(&town), false);
    refused(&town.as_role("administrator").delete(&path), 404, "not_found");
    let answer = sign_in(&town, by_password("staff"));
    assert_eq!(answer.status, 200);
    let own = format!("/v1/users/{}/second-factor", town.id("user/street"));
    set_up(&town, "street");
    refused(&town.as_role("street").delete(&own), 409, "own_account");
    town.verify_and_stop();
}

#[test]
fn under_strict_rules_the_rights_of_administrators_rest_without_a_second_factor() {
    let mut config = Town::config();
    config.sign_in.policy = PolicyName::Mlps;
    let town = Town::of(Web::start_with(config, |state| state), Default::default());
    let token = town.runtime.block_on(town.web.services.first_token(BANK)).unwrap().unwrap();
    let body = json!({ "token": token, "org_kind": "district", "org_code": "D1", "org_name": "示例区",
        "login": "administrator", "name": "示例甲", "password": "Three ferries at 12 noon" });
    let first = anonymous(&town, "/v1/auth/first-administrator", body).ok(200);
    let bearer = format!("Bearer {}", first["access_token"].as_str().unwrap());
    let ask = |ask: Ask| town.web.send(&ask.role(None).header("Authorization", &bearer));
    refused(&ask(Ask::get("/v1/users")), 403, "role_missing");
    assert_eq!(ask(Ask::get("/v1/me/second-factor")).ok(200)["required"], true);
    let secret = ask(Ask::post("/v1/me/second-factor", json!({})).key("a")).ok(201)["secret"].clone();
    let shown = json!({ "second_factor": digits(&town, secret.as_str().unwrap()) });
    ask(Ask::post("/v1/me/second-factor/confirm", shown).key("b")).ok(200);
    ask(Ask::get("/v1/users")).ok(200);
    town.verify_and_stop();
}

/// Registers a gateway for codes.
fn gateway(town: &Town) -> Gateway {
    let gateway = Gateway::start();
    let body = json!({ "code": "sms", "name": "短信", "url": gateway.url("/in"), "topics": ["safety"] });
    town.as_role("administrator").post("/v1/webhooks", body).ok(201);
    gateway
}

/// Asks for a code; returns the digits that arrive.
fn code(town: &Town, gateway: &Gateway, login: &str) -> Option<String> {
    anonymous(town, "/v1/auth/code", json!({ "login": login })).ok(204);
    let before = gateway.taken().len();
    town.runtime.block_on(town.web.services.send_due(BANK, "sms")).unwrap();
    let taken = gateway.taken();
    let title = taken.get(before)?.json()["data"]["title"].as_str().unwrap().to_owned();
    Some(title.chars().filter(char::is_ascii_digit).take(6).collect())
}

#[test]
fn a_one_time_code_signs_in_once_and_for_five_minutes() {
    let town = Town::new();
    let gateway = gateway(&town);
    let digits = code(&town, &gateway, "volunteer").unwrap();
    let body = |digits: &str| json!({ "login": "volunteer", "code": digits });
    let wrong = if digits == "123456" { "654321" } else { "123456" };
    refused(&sign_in(&town, body(wrong)), 401, "sign_in_failed");
    assert_eq!(sign_in(&town, body(&digits)).status, 200);
    refused(&sign_in(&town, body(&digits)), 401, "sign_in_failed");
    let digits = code(&town, &gateway, "volunteer").unwrap();
    town.at("2026-03-02T08:06");
    refused(&sign_in(&town, body(&digits)), 401, "sign_in_failed");
    let (first, second) = (code(&town, &gateway, "volunteer"), code(&town, &gateway, "volunteer"));
    assert_ne!(first, second);
    refused(&sign_in(&town, body(&first.unwrap())), 401, "sign_in_failed");
    assert_eq!(sign_in(&town, body(&second.unwrap())).status, 200, "the last one counts");
    let all = town.as_role("volunteer").get("/v1/messages").ok(200).to_string();
    assert!(all.contains("sign_in_code") && !all.contains("登录验证码 "), "no digits in the inbox: {all}");
    town.verify_and_stop();
}

#[test]
fn a_code_whose_five_minutes_are_over_is_not_sent_any_more() {
    let town = Town::new();
    let gateway = gateway(&town);
    gateway.always("503 Busy");
    assert!(code(&town, &gateway, "volunteer").is_some(), "the gateway was asked");
    gateway.always("200 OK");
    town.at("2026-03-02T08:06");
    let before = gateway.taken().len();
    town.runtime.block_on(town.web.services.send_due(BANK, "sms")).unwrap();
    assert_eq!(gateway.taken().len(), before, "the code is good no longer");
    let listed = town.as_role("administrator").get("/v1/deliveries?channel=sms").ok(200);
    let one = &listed["items"][0];
    assert_eq!((&one["state"], &one["failure"]), (&json!("dead"), &json!("too_late")));
    town.verify_and_stop();
}

#[test]
fn asking_for_codes_tells_nothing_and_is_limited() {
    let town = Town::new();
    let gateway = gateway(&town);
    assert_eq!(code(&town, &gateway, "nobody.there"), None);
    assert_eq!(code(&town, &gateway, "staff"), None, "no member, no phone");
    refused(&sign_in(&town, json!({ "login": "staff", "code": "123456" })), 401, "sign_in_failed");
    for _ in 0..5 {
        assert!(code(&town, &gateway, "volunteer").is_some());
    }
    refused(&anonymous(&town, "/v1/auth/code", json!({ "login": "volunteer" })), 429, "too_many_tries");
    for body in
        [json!({ "login": "volunteer" }), json!({ "login": "volunteer", "code": "123456", "password": "x" })]
    {
        assert_eq!(sign_in(&town, body).status, 400);
    }
    town.verify_and_stop();
}

#[test]
fn each_user_sees_their_devices_and_signs_them_out() {
    let town = Town::new();
    let ask = Ask::post("/v1/auth/token", by_password("staff")).role(None);
    let phone = ask.header("User-Agent", "Mozilla/5.0 (Linux; Android 14) Mobile MicroMessenger/8.0");
    let phone = town.web.send(&phone).ok(200);
    let client = town.as_role("staff");
    let sessions = || client.get("/v1/me/sessions").ok(200)["items"].as_array().unwrap().clone();
    let all = sessions();
    assert_eq!(all.len(), 2);
    let other = all.iter().find(|one| one["current"] == false).unwrap();
    assert_eq!((&other["client"], &other["id"]), (&json!("wechat"), &phone["session"]));
    let path = format!("/v1/me/sessions/{}", phone["session"].as_str().unwrap());
    refused(&town.as_role("reviewer").delete(&path), 404, "not_found");
    client.delete(&path).ok(204);
    refused(&client.delete(&path), 404, "not_found");
    let bearer = format!("Bearer {}", phone["access_token"].as_str().unwrap());
    let dead = town.web.send(&Ask::get("/v1/me").role(None).header("Authorization", &bearer));
    assert_eq!(dead.status, 401);
    for _ in 0..3 {
        sign_in(&town, by_password("staff")).ok(200);
    }
    client.post("/v1/me/sessions/end-others", json!({})).ok(204);
    assert_eq!(sessions().len(), 1);
    town.verify_and_stop();
}
