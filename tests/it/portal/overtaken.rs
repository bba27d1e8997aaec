//! Two people change the same thing: the second sees what the first has written beside their own, and overwrites only
//! knowingly.

use super::pages::path;
use crate::support::asking::Furnished;
use crate::support::browser::{Browser, Page};
use crate::support::town::Town;
use jianxian::portal::PAGES;
use serde_json::json;
use std::collections::BTreeMap;

/// Sends a form with the version that its page carries.
fn change(browser: &Browser, page: &Page, path: &str, fields: &[(&str, &str)]) -> Page {
    let version = page.hidden("version");
    let mut all = vec![("version", version.as_str())];
    all.extend(fields);
    browser.post(page, path, &all)
}

#[test]
fn a_file_that_was_changed_meanwhile_shows_both() {
    let town = Town::new();
    let (first, second) = (Browser::signed_in(&town, "staff"), Browser::signed_in(&town, "staff_two"));
    let path = format!("/staff/people/{}/edit", town.id("lin"));
    let org = town.id("community");
    let form = |name, trade| [("name", name), ("org", org.as_str()), ("trade", trade), ("party_member", "1")];
    let (one, two) = (first.get(&path), second.get(&path));
    change(&first, &one, &path, &form("林示例", "木工")).is(200);
    let shown = change(&second, &two, &path, &form("林示改", "理发")).is(412);
    let shown = shown.says("有人刚改过").says("现在是：木工").says("现在是：林示例").says("value=\"理发\"");
    // What is the same in both is not marked.
    assert!(!shown.has("现在是：已勾选"), "{}", shown.html);
    assert_ne!(shown.hidden("version"), two.hidden("version"));
    change(&second, &shown, &path, &form("林示改", "理发")).is(200).says("林示改").says("理发");
}

#[test]
fn a_form_that_was_wrong_once_keeps_the_version_that_it_was_filled_from() {
    let town = Town::new();
    let (first, second) = (Browser::signed_in(&town, "staff"), Browser::signed_in(&town, "staff_two"));
    let path = format!("/staff/people/{}/edit", town.id("lin"));
    let org = town.id("community");
    let form = |name, trade| [("name", name), ("org", org.as_str()), ("trade", trade)];
    let (one, two) = (first.get(&path), second.get(&path));
    change(&first, &one, &path, &form("林示例", "木工")).is(200);
    let wrong = change(&second, &two, &path, &form("", "理发")).is(422);
    assert_eq!(wrong.hidden("version"), two.hidden("version"));
    change(&second, &wrong, &path, &form("林示例", "理发")).is(412).says("现在是：木工");
}

#[test]
fn a_price_that_was_changed_meanwhile_shows_both() {
    let town = Town::new();
    let owner = Browser::signed_in(&town, "merchant_owner");
    let path = format!("/shop/goods/{}", town.id("rice"));
    let page = owner.get(&path);
    let price = |points| [("act", "price"), ("unit_points", points)];
    change(&owner, &page, &path, &price("6")).is(200);
    let shown = change(&owner, &page, &path, &price("7")).is(412).says("现在是：6").says("value=\"7\"");
    change(&owner, &shown, &path, &price("7")).is(200).says("7 分");
}

#[test]
fn a_draft_that_was_changed_meanwhile_shows_both() {
    let town = Town::new();
    let body = json!({ "org": town.id("community"), "title": "清扫楼道", "content": "带手套", "place": "1 号楼",
        "scheme": town.id("scheme"), "starts_at": "2026-03-03T09:00:00+08:00", "ends_at": "2026-03-03T11:00:00+08:00" });
    let id = town.make("draft", "staff", "/v1/activities", body);
    let staff = Browser::signed_in(&town, "staff");
    let path = format!("/staff/activities/{id}");
    let page = staff.get(&path);
    let form = |content, starts_at| {
        [
            ("step", "change"),
            ("title", "清扫楼道"),
            ("content", content),
            ("place", "1 号楼"),
            ("starts_at", starts_at),
            ("ends_at", "2026-03-03T11:00"),
        ]
    };
    change(&staff, &page, &path, &form("带手套\r\n和帽子", "2026-03-03T08:30")).is(200);
    let shown = change(&staff, &page, &path, &form("带扫把", "2026-03-03T09:00")).is(412);
    let shown =
        shown.says("现在是：带手套\n和帽子").says("现在是：2026-03-03 08:30").says("带扫把</textarea>");
    change(&staff, &shown, &path, &form("带扫把", "2026-03-03T09:00")).is(200).says("带扫把");
}

#[test]
fn a_home_and_a_place_in_the_tree_are_not_overwritten_unseen() {
    let town = Town::new();
    let administrator = Browser::signed_in(&town, "administrator");
    let (sibling, compound, community) = (town.id("sibling"), town.id("compound"), town.id("community"));
    let path = format!("/admin/users/{}", town.id("user/staff_two"));
    let page = administrator.get(&path);
    change(&administrator, &page, &path, &[("act", "home"), ("home", &sibling)]).is(200);
    let shown = change(&administrator, &page, &path, &[("act", "home"), ("home", &compound)]).is(412);
    let shown = shown.says("现在是：邻近社区");
    change(&administrator, &shown, &path, &[("act", "home"), ("home", &compound)]).is(200);
    let path = format!("/admin/orgs/{compound}");
    let page = administrator.get(&path);
    change(&administrator, &page, &path, &[("act", "move"), ("parent", &sibling)]).is(200);
    let street = town.id("street");
    let shown = change(&administrator, &page, &path, &[("act", "move"), ("parent", &street)]).is(412);
    change(
        &administrator,
        &shown.says("现在是：邻近社区"),
        &path,
        &[("act", "move"), ("parent", &community)],
    )
    .is(200);
}

#[test]
fn a_calendar_that_was_put_meanwhile_is_not_overwritten_unseen() {
    let town = Town::new();
    let administrator = Browser::signed_in(&town, "administrator");
    let page = administrator.get("/admin/calendars");
    let text = |day: &str| format!("date\tkind\tname\n{day}\toff\t示例假日\n");
    let put = |page: &Page, text: &str| {
        let name = "version.2031";
        let seen = if page.has(name) { page.hidden(name) } else { String::new() };
        administrator.post(page, "/admin/calendars", &[(name, &seen), ("calendar", text)])
    };
    put(&page, &text("2031-10-01")).is(200);
    let shown = put(&page, &text("2031-10-02")).is(412).says("见下面各年的安排").says("10月1日");
    put(&shown, &text("2031-10-02")).is(200).says("10月2日");
}

/// Pages whose forms change something that other people change too, with a user who may.
const VERSIONED: &[(&str, &str, &str)] = &[
    ("/admin/calendars", "administrator", "name=\"version.2026\""),
    ("/admin/orgs/{id}", "administrator", "name=\"version\""),
    ("/admin/users/{id}", "administrator", "name=\"version\""),
    ("/shop/goods/{id}", "merchant_owner", "name=\"version\""),
    ("/staff/activities/{id}", "staff", "name=\"version\""),
    ("/staff/people/{id}/edit", "staff", "name=\"version\""),
];

/// Pages with a form that overwrites nothing of another person.
const OTHERS: &[(&str, &[&str])] = &[
    (
        "it is about the caller's own session, settings or code",
        &["/try", "/login", "/logout", "/account/password", "/me/code"],
    ),
    (
        "it makes something new",
        &[
            "/setup",
            "/me/hours/new",
            "/shop/goods/new",
            "/shop/clerks",
            "/admin/schemes/new",
            "/admin/shops/new",
            "/admin/users/new",
            "/staff/activities/new",
            "/staff/people/new",
            "/staff/people/{id}/move",
            "/staff/moves/new",
            "/staff/statements",
            "/staff/sheet",
            "/staff/awards",
        ],
    ),
    (
        "it only looks something up",
        &["/staff/people", "/staff/counter", "/staff/activities/{id}/sheet", "/audit/checks"],
    ),
    (
        "it is a step of a life cycle, which is refused in another state",
        &[
            "/me/hours/{id}",
            "/staff/records",
            "/staff/records/{id}",
            "/shop",
            "/shop/redeem/{code}/check",
            "/shop/receipts/{id}",
            "/shop/statements/{id}",
            "/staff/statements/{id}",
            "/admin/schemes/{id}",
            "/admin/shops/{id}",
            "/staff/people/{id}",
            "/staff/people/{id}/merge",
            "/staff/moves",
            "/staff/proposals",
            "/staff/awards/{entry}",
            "/staff/counter/receipts/{redemption}",
            "/staff/counter/{id}/{shop}/check",
        ],
    ),
    ("it adds to a list, where nothing is overwritten", &["/staff/activities/{id}/attendance"]),
    ("an owner sets no home, and a clerk is linked once", &["/shop/clerks/{id}"]),
];

#[test]
fn every_form_carries_the_version_of_what_it_changes_or_overwrites_nothing() {
    let town = Furnished::new();
    let draft = json!({ "org": town.town.id("community"), "title": "草稿", "content": "带手套", "place": "1 号楼",
        "scheme": town.town.id("scheme"), "starts_at": "2026-05-03T09:00:00+08:00", "ends_at": "2026-05-03T11:00:00+08:00" });
    let draft = town.town.make("draft", "staff", "/v1/activities", draft);
    let versioned: BTreeMap<&str, (&str, &str)> =
        VERSIONED.iter().map(|(page, who, field)| (*page, (*who, *field))).collect();
    for page in PAGES.iter().filter(|page| page.take.is_some()) {
        let has_reason = OTHERS.iter().any(|(_, pages)| pages.contains(&page.path));
        let Some((who, field)) = versioned.get(page.path) else {
            assert!(has_reason, "{}: does its form carry a version?", page.path);
            continue;
        };
        assert!(!has_reason, "{} stands in both lists", page.path);
        let path = match page.path {
            "/staff/activities/{id}" => format!("/staff/activities/{draft}"),
            other => path(&town, other),
        };
        Browser::signed_in(&town.town, who).get(&path).is(200).says(field);
    }
}
