//! What protects forms: their token, their key, and what was typed.

use crate::support::browser::Browser;
use crate::support::town::{PASSWORD, Town};

#[test]
fn a_form_without_its_token_does_nothing_and_is_shown_again() {
    let town = Town::new();
    let browser = Browser::signed_in(&town, "volunteer");
    let other = Browser::signed_in(&town, "merchant_clerk");
    let foreign = other.get("/account").hidden("csrf");
    for token in ["", "00", foreign.as_str(), "not hex"] {
        browser.send("/logout", &[("csrf", token)]).is(403).says("请再点一次");
        browser.get("/me").is(200).says("余额");
    }
    browser.send("/logout", &[]).is(403);
}

#[test]
fn a_form_of_another_kind_is_refused() {
    let town = Town::new();
    let browser = Browser::signed_in(&town, "volunteer").header("Content-Type", "text/plain");
    assert_eq!(browser.once("POST", "/logout", Some("csrf=1".into())).status, 415);
}

#[test]
fn a_form_that_was_sent_after_the_session_ended_goes_on_after_sign_in() {
    let town = Town::new();
    let browser = Browser::signed_in(&town, "merchant_clerk");
    let page = browser.get("/shop");
    for name in ["jianxian_access", "jianxian_refresh"] {
        browser.forget(name);
    }
    let page = browser.post(&page, "/shop", &[("code", "1234 5678")]).is(401).says("请重新登录");
    let page = page.says("name=\"kept.code\" value=\"1234 5678\"");
    let kept_key = page.hidden("kept.key");
    let fields = [
        ("login", "merchant_clerk"),
        ("password", PASSWORD),
        ("next", "/shop"),
        ("kept.code", "1234 5678"),
        ("kept.key", kept_key.as_str()),
    ];
    let page = browser.post(&page, "/login", &fields).is(200).says("接着送出");
    assert_eq!(page.hidden("key"), kept_key);
    let again = [("csrf", page.hidden("csrf")), ("key", page.hidden("key")), ("code", page.hidden("code"))];
    let again: Vec<(&str, &str)> = again.iter().map(|(name, value)| (*name, value.as_str())).collect();
    browser.send("/shop", &again).is(422).says("没有找到这个码").says("value=\"1234 5678\"");
}

#[test]
fn names_with_markup_are_text_on_every_page_that_shows_them() {
    let town = Town::new();
    let hostile = "<b onclick='x'>\"&";
    let offers = format!("/v1/merchants/{}/offers", town.id("shop"));
    let body = serde_json::json!({ "name": hostile, "unit_points": "1", "stocked": false });
    town.make("hostile", "merchant_owner", &offers, body);
    let page = Browser::signed_in(&town, "volunteer").get(&format!("/shops/{}", town.id("shop"))).is(200);
    assert!(!page.has("<b onclick") && page.has("&#60;b onclick"), "{}", page.html);
}
