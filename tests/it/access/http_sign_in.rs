//! Sign-in over HTTP: status, headers and sentences; forged tokens; limits.

use crate::support::web::{Answer, Ask, BANK, Web, send};
use jianxian::config::Config;
use serde_json::{Value, json};

const PASSWORD: &str = "three ferries at noon";

fn anonymous(path: &str, body: Value) -> Ask {
    Ask::post(path, body).role(None)
}

fn with(token: &str, ask: Ask) -> Ask {
    ask.role(None).header("Authorization", &format!("Bearer {token}"))
}

fn text(answer: &Answer, name: &str) -> String {
    answer.json()[name].as_str().unwrap_or_else(|| panic!("{name} of {answer:?}")).to_owned()
}

fn sign_in(login: &str, password: &str) -> Ask {
    anonymous("/v1/auth/token", json!({ "login": login, "password": password }))
}

/// A bank with its first administrator; the answer that created it.
fn founded(config: Config) -> (Web, Answer) {
    let web = Web::start_with(config, |state| state);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let token = runtime.block_on(web.services.first_token(BANK)).unwrap().unwrap();
    let body = json!({ "token": token, "org_kind": "street", "org_code": "S01", "org_name": "示例街道",
        "login": "admin.demo", "name": "示例甲", "password": PASSWORD });
    let answer = web.send(&anonymous("/v1/auth/first-administrator", body.clone()));
    assert_eq!(answer.status, 200, "{answer:?}");
    let again = web.send(&anonymous("/v1/auth/first-administrator", body));
    assert_eq!((again.status, again.code()), (409, "bank_has_users".into()));
    (web, answer)
}

#[test]
fn from_the_first_administrator_to_the_last_logout() {
    let (web, first) = founded(Config::default());
    let me = web.send(&with(&text(&first, "access_token"), Ask::get("/v1/me")));
    assert_eq!(me.status, 200, "{me:?}");
    let expected =
        json!([{ "role": "administrator", "org": me.json()["roles"][0]["org"], "org_name": "示例街道" }]);
    assert_eq!((&me.json()["roles"], &me.json()["login"]), (&expected, &json!("admin.demo")));
    assert_eq!(me.json()["sample"], true);
    let rights = me.json()["rights"].as_array().unwrap().clone();
    assert!(rights.contains(&json!("write_users")) && !rights.contains(&json!("make_awards")), "{rights:?}");
    let second = web.send(&sign_in("admin.demo", PASSWORD));
    assert_eq!((second.status, second.header("Cache-Control")), (200, Some("no-store".into())));
    assert_eq!(second.json()["expires_in_seconds"], 900);
    let refresh = |answer: &Answer| {
        let body = json!({ "refresh_token": answer.json()["refresh_token"] });
        web.send(&anonymous("/v1/auth/refresh", body))
    };
    let third = refresh(&second);
    assert_eq!(third.status, 200, "{third:?}");
    let token = text(&third, "access_token");
    let out = web.send(&with(&token, Ask { body: None, ..Ask::post("/v1/auth/logout", json!({})) }));
    assert_eq!((out.status, out.text.as_str()), (204, ""));
    let after = web.send(&with(&token, Ask::get("/v1/me")));
    assert_eq!((after.status, after.code()), (401, "session_ended".into()));
    assert_eq!(after.header("WWW-Authenticate"), Some("Bearer".into()));
    let late = refresh(&third);
    assert_eq!((late.status, late.code()), (401, "refresh_token_invalid".into()));
    assert_eq!(web.send(&with(&text(&first, "access_token"), Ask::get("/v1/me"))).status, 200);
    web.verify_and_stop();
}

#[test]
fn unknown_and_wrong_have_one_answer() {
    let (web, _) = founded(Config::default());
    let plain = |ask: &Ask| {
        let answer = web.send(ask);
        let mut body = answer.json();
        body.as_object_mut().unwrap().remove("request_id");
        (answer.status, body)
    };
    let wrong = plain(&sign_in("admin.demo", "wrong"));
    assert_eq!((wrong.0, &wrong.1["code"]), (401, &json!("sign_in_failed")));
    assert_eq!(plain(&sign_in("nobody.here", PASSWORD)), wrong);
    let elsewhere = json!({ "bank": "elsewhere", "login": "admin.demo", "password": PASSWORD });
    assert_eq!(plain(&anonymous("/v1/auth/token", elsewhere)), wrong);
    let english = web.send(&sign_in("admin.demo", "wrong").header("Accept-Language", "en"));
    assert!(text(&english, "detail").starts_with("Sign-in failed: "), "{english:?}");
    web.verify_and_stop();
}

#[test]
fn after_too_many_failures_the_wait_is_told() {
    let mut config = Config::default();
    (config.sign_in.login_failures, config.sign_in.lock_seconds) = (2, 30);
    let (web, _) = founded(config);
    for _ in 0..2 {
        assert_eq!(web.send(&sign_in("admin.demo", "wrong")).status, 401);
    }
    let waits = web.send(&sign_in("admin.demo", PASSWORD));
    assert_eq!((waits.status, waits.code()), (429, "too_many_tries".into()));
    assert_eq!(waits.header("Retry-After"), Some("31".into()));
    web.clock.advance_seconds(30);
    assert_eq!(web.send(&sign_in("admin.demo", PASSWORD)).status, 200);
    web.verify_and_stop();
}

#[test]
fn tries_from_one_address_are_limited_by_the_minute() {
    let mut config = Config::default();
    config.limits.sign_in_per_minute = 3;
    let (web, _) = founded(config);
    let statuses: Vec<u16> = (0..3).map(|_| web.send(&sign_in("admin.demo", "wrong")).status).collect();
    assert!(statuses.contains(&429), "{statuses:?}");
    web.verify_and_stop();
}

#[test]
fn tokens_that_are_not_ours_are_dead() {
    let (web, first) = founded(Config::default());
    let good = text(&first, "access_token");
    let parts: Vec<&str> = good.split('.').collect();
    // {"alg":"none","typ":"at+jwt"}
    let none = format!("eyJhbGciOiJub25lIiwidHlwIjoiYXQrand0In0.{}.", parts[1]);
    let cut = good[..good.len() - 4].to_owned();
    let refresh = text(&first, "refresh_token");
    for forged in [none.as_str(), &cut, &refresh, "x", "a.b.c"] {
        let answer = web.send(&with(forged, Ask::get("/v1/me")));
        assert_eq!((answer.status, answer.code()), (401, "token_invalid".into()), "{forged:.20}");
    }
    let missing = web.send(&Ask::get("/v1/me").role(None));
    assert_eq!((missing.status, missing.code()), (401, "token_missing".into()));
    let basic = web.send(&Ask::get("/v1/me").role(None).header("Authorization", "Basic YTpi"));
    assert_eq!((basic.status, basic.code()), (401, "token_invalid".into()));
    web.clock.advance_seconds(900);
    let late = web.send(&with(&good, Ask::get("/v1/me")));
    assert_eq!((late.status, late.code()), (401, "token_expired".into()));
    web.verify_and_stop();
}

#[test]
fn what_cannot_be_a_sign_in_is_named() {
    let (web, first) = founded(Config::default());
    let token = text(&first, "access_token");
    let faults = [
        (anonymous("/v1/auth/token", json!({ "login": "admin.demo" })), 400, "password"),
        (anonymous("/v1/auth/token", json!({ "login": "A b", "password": "x" })), 400, "login"),
        (
            anonymous("/v1/auth/token", json!({ "login": "abc", "password": "x".repeat(129) })),
            400,
            "password",
        ),
        (anonymous("/v1/auth/token", json!({ "login": "abc", "password": "x\u{0}" })), 400, "password"),
        (anonymous("/v1/auth/token", json!({ "login": "abc", "password": "x", "otp": "1" })), 400, "otp"),
        (anonymous("/v1/auth/refresh", json!({ "refresh_token": "00" })), 400, "refresh_token"),
        (anonymous("/v1/auth/first-administrator", json!({ "token": "00" })), 400, "token"),
        (
            with(
                &token,
                Ask::post("/v1/auth/password", json!({ "old_password": PASSWORD, "new_password": "k7#mQ" })),
            ),
            422,
            "new_password",
        ),
    ];
    for (ask, status, field) in faults {
        let answer = web.send(&ask);
        assert_eq!((answer.status, text(&answer, "field")), (status, field.to_owned()), "{answer:?}");
        assert!(!answer.text.contains("k7#mQ") && !answer.text.contains(PASSWORD), "a password comes back");
    }
    let unsigned =
        Ask::post("/v1/auth/password", json!({ "old_password": "x", "new_password": "y" })).role(None);
    assert_eq!(send(web.address(), &unsigned).status, 401);
    web.verify_and_stop();
}
