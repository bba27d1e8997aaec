//! Every page for every user, and what is true of all of them.

use crate::support::asking::Furnished;
use crate::support::browser::{Browser, Page};
use crate::support::shops::{card, set_pin};
use jianxian::domain::life_cycles::ALL;
use jianxian::portal::PAGES;
use jianxian::portal::frame::page::{ByCard, Who};
use jianxian::texts::{Language, Text, sentences as s};
use std::collections::BTreeSet;

/// Users of the town with the pages' roles.
const USERS: &[&str] = &[
    "volunteer",
    "proxy",
    "team_leader",
    "staff",
    "branch",
    "reviewer",
    "street",
    "administrator",
    "auditor",
    "merchant_owner",
    "merchant_clerk",
    "ledger_operator",
];

/// A page's path with ids of the town. A new page with a parameter gets a line here.
fn path(town: &Furnished, pattern: &str) -> String {
    let id = |name: &str| town.town.id(name);
    match pattern {
        "/size/{value}" => "/size/large".into(),
        "/language/{value}" => "/language/zh-CN".into(),
        "/me/entries/{entry}" => format!("/me/entries/{}", town.award_entry()),
        "/shops/{id}" => format!("/shops/{}", id("shop")),
        "/shop/receipts/{id}" | "/shop/receipts/{id}/print" => pattern.replace("{id}", &id("redemption")),
        "/r/{code}" => format!("/r/{}", "0".repeat(32)),
        "/me/code/{id}/state" | "/shop/redeem/{code}" | "/shop/redeem/{code}/check" => {
            pattern.replace("{id}", &id("record")).replace("{code}", &id("record"))
        }
        "/shop/goods/sheets/{id}" | "/staff/goods/{id}" => pattern.replace("{id}", &id("goods_sheet")),
        "/staff/goods/of/{id}" => format!("/staff/goods/of/{}", id("shop")),
        "/shop/goods/{id}" => format!("/shop/goods/{}", id("rice")),
        "/shop/statements/{id}"
        | "/shop/statements/{id}/print"
        | "/staff/statements/{id}"
        | "/staff/statements/{id}/print" => pattern.replace("{id}", &id("statement")),
        "/shop/clerks/{id}" => format!("/shop/clerks/{}", id("user/merchant_clerk")),
        "/admin/schemes/{id}" | "/admin/schemes/{id}/compare" => {
            pattern.replace("{id}", &id("scheme_version"))
        }
        "/admin/shops/{id}" => format!("/admin/shops/{}", id("shop")),
        "/admin/orgs/{id}" => format!("/admin/orgs/{}", id("compound")),
        "/admin/users/{id}" => format!("/admin/users/{}", id("user/staff_two")),
        "/audit/entries/{number}" => format!("/audit/entries/{}", town.award_entry()),
        "/events/{id}"
        | "/events/{id}/check-in"
        | "/staff/activities/{id}/code"
        | "/staff/activities/{id}/poster"
        | "/staff/activities/{id}"
        | "/staff/activities/{id}/attendance"
        | "/staff/activities/{id}/sign-ups"
        | "/staff/activities/{id}/people"
        | "/staff/activities/{id}/sheet" => pattern.replace("{id}", &id("activity")),
        "/me/hours/{id}" | "/staff/records/{id}" => pattern.replace("{id}", &id("record")),
        "/staff/people/{id}"
        | "/staff/people/{id}/card"
        | "/staff/people/{id}/proxies"
        | "/staff/people/{id}/edit"
        | "/staff/people/{id}/merge"
        | "/staff/people/{id}/move"
        | "/staff/people/{id}/certificates"
        | "/staff/people/{id}/consents"
        | "/staff/people/{id}/wishes"
        | "/staff/people/{id}/print" => pattern.replace("{id}", &id("lin")),
        "/me/certificates/{id}" | "/staff/certificates/{id}" => pattern.replace("{id}", &id("certificate")),
        "/attachments/{thing}/{id}" => format!("/attachments/offer/{}", id("rice")),
        "/feedback/{id}" | "/staff/feedback/{id}" => pattern.replace("{id}", &id("feedback")),
        "/me/shop-applications/{id}" | "/admin/shops/applications/{id}" => {
            pattern.replace("{id}", &id("shop_application"))
        }
        "/me/gifts/{id}" | "/staff/gifts/{id}" => pattern.replace("{id}", &id("gift")),
        "/me/proxies/{id}" | "/me/proxies/{id}/code" => pattern.replace("{id}", &id("proxy")),
        "/me/proxies/{id}/entries/{entry}" => {
            format!("/me/proxies/{}/entries/{}", id("proxy"), town.award_entry())
        }
        "/certificates/{bank}" => "/certificates/t".into(),
        "/staff/households/{id}" => format!("/staff/households/{}", id("household")),
        "/staff/awards/{entry}" => format!("/staff/awards/{}", town.award_entry()),
        "/staff/slips/{shop}" => format!("/staff/slips/{}", id("shop")),
        "/staff/counter/receipts/{redemption}" | "/staff/counter/receipts/{redemption}/print" => {
            pattern.replace("{redemption}", &id("redemption"))
        }
        "/staff/counter/{id}" | "/staff/counter/{id}/{shop}" | "/staff/counter/{id}/{shop}/check" => {
            pattern.replace("{id}", &id("lin")).replace("{shop}", &id("shop"))
        }
        plain if !plain.contains('{') => plain.into(),
        other => panic!("which {other}?"),
    }
}

fn has_the_headers_of_a_page(page: &Page, of: &str) {
    let header = |name: &str| page.answer.header(name).unwrap_or_else(|| panic!("{of}: no {name}"));
    assert_eq!(header("cache-control"), "no-store", "{of}");
    assert_eq!(header("referrer-policy"), "no-referrer", "{of}");
    assert_eq!(header("x-content-type-options"), "nosniff", "{of}");
    let policy = header("content-security-policy");
    assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe"), "{of}: {policy}");
    for cookie in page.answer.headers("set-cookie") {
        assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{of}: {cookie}");
    }
}

fn is_well_formed(page: &Page, of: &str) {
    if !page.answer.header("content-type").unwrap_or_default().starts_with("text/html") {
        return;
    }
    assert_eq!(page.html.matches("<h1").count(), 1, "{of} has one heading\n{}", page.html);
    assert!(page.html.contains("<main id=\"main\"") && page.html.contains("lang=\""), "{of}");
    for forbidden in [" style=", "onclick=", "<script>", "javascript:"] {
        assert!(!page.html.contains(forbidden), "{of}: {forbidden}");
    }
}

#[test]
fn every_page_opens_for_those_who_may_and_says_so_to_all_others() {
    let town = Furnished::new();
    for who in USERS {
        let browser = Browser::signed_in(&town.town, who);
        let rights = town.town.rights(who);
        for page in PAGES {
            let path = path(&town, page.path);
            let of = format!("{who} at {path}");
            let answer = browser.once("GET", &path, None);
            let seen = Page { status: answer.status, path, html: answer.text.clone(), answer };
            has_the_headers_of_a_page(&seen, &of);
            is_well_formed(&seen, &of);
            let may = match page.who {
                Who::Anyone | Who::SignedIn => true,
                Who::May(needed) => needed.iter().any(|right| rights.contains(right.as_str())),
            };
            match may {
                false => assert_eq!(seen.status, 403, "{of}"),
                // What the town has not, or what is not theirs, is not found.
                true => assert!(
                    matches!(seen.status, 200 | 303 | 404 | 409 | 422),
                    "{of}: {}\n{}",
                    seen.status,
                    seen.html
                ),
            }
        }
    }
}

#[test]
fn without_a_session_pages_lead_to_sign_in_and_back() {
    let town = Furnished::new();
    let browser = Browser::new(town.town.web.address());
    for page in PAGES.iter().filter(|page| !matches!(page.who, Who::Anyone)) {
        let path = path(&town, page.path);
        let answer = browser.once("GET", &path, None);
        let next: String = form_urlencoded::byte_serialize(path.as_bytes()).collect();
        assert_eq!((answer.status, answer.header("location")), (303, Some(format!("/login?next={next}"))));
    }
}

/// Said where a card and its PIN are too weak a proof.
const TOO_WEAK: &str = "用卡登录不能办这件事";

#[test]
fn a_session_of_a_card_opens_the_pages_and_forms_that_the_table_says() {
    let town = Furnished::new();
    set_pin(&town.town, "lin", "385207");
    let browser = Browser::new(town.town.web.address());
    let form = [("card", card(&town.town, "lin")), ("pin", "385207".to_owned())];
    let form = form.each_ref().map(|(name, value)| (*name, value.as_str()));
    browser.post(&browser.get("/login"), "/login", &form).is(200);
    let rights = town.town.rights("volunteer");
    for page in PAGES {
        let (of_card, may) = match page.who {
            Who::Anyone => (ByCard::Open, true),
            Who::SignedIn => (page.by_card, true),
            Who::May(needed) => (page.by_card, needed.iter().any(|right| rights.contains(right.as_str()))),
        };
        // Signing out ends the session.
        if !may || page.path == "/logout" {
            continue;
        }
        let path = path(&town, page.path);
        let shown = browser.once("GET", &path, None);
        let refused = shown.status == 403 && shown.text.contains(TOO_WEAK);
        assert_eq!(refused, of_card == ByCard::Closed, "{path}: {}", shown.text);
        assert!(!refused || shown.text.contains("/login?next="), "{path}: the next step");
        if page.take.is_some() && !matches!(page.who, Who::Anyone) {
            let sent = browser.once("POST", &path, Some(String::new()));
            let refused = sent.status == 403 && sent.text.contains(TOO_WEAK);
            assert_eq!(refused, of_card != ByCard::Open, "{path}: {}", sent.text);
        }
    }
    let weak = ["/account/second-factor", "/account/password", "/account/messages", "/me/data"];
    let closed = |path: &&str| PAGES.iter().any(|page| page.path == *path && page.by_card == ByCard::Closed);
    assert!(weak.iter().all(closed));
}

#[test]
fn every_link_of_every_page_leads_to_a_page() {
    let town = Furnished::new();
    for who in USERS {
        let browser = Browser::signed_in(&town.town, who);
        let mut seen = BTreeSet::new();
        for page in PAGES {
            let found = browser.get(&path(&town, page.path));
            for link in found.links() {
                let path = link.split('#').next().unwrap().to_owned();
                let preference = path.starts_with("/size/") || path.starts_with("/language/");
                if !path.starts_with('/')
                    || path.starts_with("/static/")
                    || preference
                    || !seen.insert(path.clone())
                {
                    continue;
                }
                let led = browser.get(&path);
                assert!(
                    matches!(led.status, 200 | 409),
                    "{who}: {} leads to {path}: {}",
                    found.path,
                    led.status
                );
            }
        }
    }
}

#[test]
fn what_no_page_answers_is_a_page_for_people_and_a_problem_for_programs() {
    let town = Furnished::new();
    let browser = Browser::new(town.town.web.address());
    let page = browser.get("/nothing/here").is(404);
    is_well_formed(&page, "not found");
    let program = town.town.as_role("staff").get("/nothing/here");
    assert_eq!((program.status, program.code().as_str()), (404, "no_such_path"));
}

#[test]
fn steps_and_states_of_every_life_cycle_have_words() {
    for language in [Language::Chinese, Language::English] {
        let last = Text::from(s::StepWords { step: "pay_statement" }).say(language);
        for step in ALL.iter().flat_map(|cycle| cycle.steps) {
            let words = Text::from(s::StepWords { step: step.name }).say(language);
            assert!(step.name == "pay_statement" || words != last, "{} has no words", step.name);
        }
    }
}

#[test]
fn every_field_of_a_template_has_a_label() {
    let field = regex::Regex::new(r#"p::(?:field|password|area|choice)\(f, "([a-z_]+)""#).unwrap();
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/portal/templates");
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        for found in field.captures_iter(&text) {
            let label = jianxian::texts::attribute("label", &found[1], Language::Chinese);
            assert!(label.is_some(), "{}: no label for {}", path.display(), &found[1]);
        }
    }
}
