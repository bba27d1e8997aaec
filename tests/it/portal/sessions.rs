//! Signing in and out in a browser.

use crate::support::browser::Browser;
use crate::support::town::{PASSWORD, Town};
use crate::support::web::Web;
use jianxian::config::Config;

#[test]
fn a_volunteer_signs_in_sees_the_passbook_and_signs_out() {
    let town = Town::new();
    let browser = Browser::signed_in(&town, "volunteer");
    let page = browser.get("/").is(200).says("林示例，您好").says("出示兑换码");
    assert_eq!(page.path, "/me");
    let page = browser.post(&page_with_form(&browser), "/logout", &[]);
    assert_eq!(page.path, "/");
    assert!(browser.cookie("jianxian_access").is_none());
    assert_eq!(browser.once("GET", "/me", None).status, 303);
}

fn page_with_form(browser: &Browser) -> crate::support::browser::Page {
    browser.get("/account").is(200)
}

#[test]
fn a_wrong_password_keeps_the_login_and_says_what_to_do() {
    let town = Town::new();
    let browser = Browser::new(town.web.address());
    let page = browser.get("/login");
    let page = browser.post(&page, "/login", &[("login", "volunteer"), ("password", "not this one")]);
    let page = page.is(401).says("role=\"alert\"").says("value=\"volunteer\"");
    assert!(!page.has("not this one"), "the password is not shown again");
    let page = browser.post(&page, "/login", &[("login", ""), ("password", "")]);
    page.is(422).says("aria-invalid=\"true\"").says("有错误");
}

#[test]
fn sign_in_leads_to_the_page_that_was_asked_for_and_never_elsewhere() {
    let town = Town::new();
    for (next, led) in [
        ("/me/passbook", "/me/passbook"),
        ("https://elsewhere.example/", "/me"),
        ("//elsewhere.example/", "/me"),
        ("/\\elsewhere.example", "/me"),
    ] {
        let browser = Browser::new(town.web.address());
        let page = browser.get("/login");
        let fields = [("login", "volunteer"), ("password", PASSWORD), ("next", next)];
        assert_eq!(browser.post(&page, "/login", &fields).path, led, "{next}");
    }
}

#[test]
fn a_session_is_renewed_while_the_browser_is_used() {
    let config = Config::default();
    let mut config = Config { sign_in: config.sign_in.clone(), ..config };
    config.limits.sign_in_per_minute = 0;
    let town = Town::found_in(Web::start_with(config, |state| state));
    let browser = Browser::signed_in(&town, "volunteer");
    let (access, refresh) = (browser.cookie("jianxian_access"), browser.cookie("jianxian_refresh"));
    town.web.clock.set(town.web.clock.now().plus_seconds(1_000));
    // Two pages at the same moment bring the same token.
    let other = Browser::new(town.web.address());
    for name in ["jianxian_access", "jianxian_refresh", "jianxian_known"] {
        other.set_cookie(name, &browser.cookie(name).unwrap());
    }
    browser.get("/me").is(200).says("余额");
    other.get("/me").is(200).says("余额");
    assert!(browser.cookie("jianxian_access") != access && browser.cookie("jianxian_refresh") != refresh);
    assert_eq!(browser.cookie("jianxian_refresh"), other.cookie("jianxian_refresh"));
    browser.get("/me/passbook").is(200);
}

#[test]
fn a_session_that_was_set_before_sign_in_is_not_taken_over() {
    let town = Town::new();
    let browser = Browser::new(town.web.address());
    browser.set_cookie("jianxian_access", "planted");
    browser.set_cookie("jianxian_visitor", "planted");
    let page = browser.get("/login");
    browser.post(&page, "/login", &[("login", "volunteer"), ("password", PASSWORD)]).is(200);
    assert_ne!(browser.cookie("jianxian_access").unwrap(), "planted");
    assert_ne!(browser.cookie("jianxian_visitor"), Some("planted".into()));
}

#[test]
fn behind_tls_cookies_are_tied_to_the_host() {
    let mut config = Town::config();
    config.http.proxies = vec!["127.0.0.1".into()];
    let town = Town::found_in(Web::start_with(config, |state| state));
    let browser = Browser::new(town.web.address()).header("X-Forwarded-Proto", "https");
    let page = browser.get("/login");
    browser.post(&page, "/login", &[("login", "volunteer"), ("password", PASSWORD)]).is(200);
    assert!(browser.cookie("__Host-jianxian_access").is_some());
    assert!(browser.cookie("jianxian_access").is_none());
}

#[test]
fn the_printed_link_makes_the_first_administrator_once() {
    let web = Web::start_with(Town::config(), |state| state);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let token = runtime.block_on(web.services.first_token(crate::support::web::BANK)).unwrap().unwrap();
    let browser = Browser::new(web.address());
    let page = browser.get(&format!("/setup?token={token}")).is(200);
    let fields = |name: &'static str, token: &str| {
        [
            ("token", token.to_owned()),
            ("bank_name", "示例银行".into()),
            ("org_kind", "street".into()),
            ("org_code", "S1".into()),
            ("org_name", "示例街道".into()),
            ("login", "first".into()),
            ("name", name.into()),
            ("password", PASSWORD.into()),
        ]
    };
    let send = |page: &crate::support::browser::Page, fields: &[(&str, String)]| {
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        browser.post(page, "/setup", &fields)
    };
    let page = send(&page, &fields("", &token)).is(422).says("value=\"示例街道\"");
    let page = send(&page, &fields("示例甲", &"0".repeat(64)));
    assert!(page.status >= 400, "{}", page.status);
    send(&page, &fields("示例甲", &token)).is(200).says("示例甲");
    let other = Browser::new(web.address());
    other.get(&format!("/setup?token={token}")).is(200).says("已经开设");
    let page = other.get("/login");
    let fields: Vec<(&str, String)> = fields("示例乙", &token).into();
    let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
    assert!(other.post(&page, "/setup", &fields).status >= 400);
}

#[test]
fn a_password_that_is_due_is_changed_at_sign_in_and_by_its_own_page() {
    let mut config = Town::config();
    config.sign_in.policy = jianxian::config::PolicyName::Default;
    let town = Town::found_in(Web::start_with(config, |state| state));
    let browser = Browser::signed_in(&town, "volunteer");
    let page = browser.get("/account/password").is(200);
    let wrong = [("old_password", "not this one at all"), ("new_password", "five herons by the lake")];
    let page = browser.post(&page, "/account/password", &wrong);
    assert!(page.status >= 400 && !page.has("five herons"), "{}", page.html);
    let right = [("old_password", PASSWORD), ("new_password", "five herons by the lake")];
    assert_eq!(browser.post(&page, "/account/password", &right).path, "/account");
    let other = Browser::new(town.web.address());
    let page = other.get("/login");
    let fields = [("login", "volunteer"), ("password", "five herons by the lake")];
    assert_eq!(other.post(&page, "/login", &fields).path, "/me");
}
