//! Two people change the same thing: the second sees what the first has written beside their own, and overwrites only
//! knowingly.

use crate::support::browser::{Browser, Page};
use crate::support::town::Town;
use jianxian::portal::PAGES;
use serde_json::json;

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
    let (one, two) = (owner.get(&path), owner.get(&path));
    let price = |points| [("act", "price"), ("unit_points", points)];
    change(&owner, &one, &path, &price("6")).is(200);
    let shown = change(&owner, &two, &path, &price("7")).is(412).says("现在是：6").says("value=\"7\"");
    change(&owner, &shown, &path, &price("7")).is(200).says("7 分");
}

/// A draft of an activity, named so in the town.
fn draft(town: &Town) -> String {
    let body = json!({ "org": town.id("community"), "title": "清扫楼道", "content": "带手套", "place": "1 号楼",
        "scheme": town.id("scheme"), "starts_at": "2026-03-03T09:00:00+08:00",
        "ends_at": "2026-03-03T11:00:00+08:00" });
    town.make("draft", "staff", "/v1/activities", body)
}

#[test]
fn a_draft_that_was_changed_meanwhile_shows_both() {
    let town = Town::new();
    let id = draft(&town);
    let staff = Browser::signed_in(&town, "staff");
    let path = format!("/staff/activities/{id}");
    let (one, two) = (staff.get(&path), staff.get(&path));
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
    change(&staff, &one, &path, &form("带手套\r\n和帽子", "2026-03-03T08:30")).is(200);
    let shown = change(&staff, &two, &path, &form("带扫把", "2026-03-03T09:00")).is(412);
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
    let (one, two) = (administrator.get(&path), administrator.get(&path));
    change(&administrator, &one, &path, &[("act", "home"), ("home", &sibling)]).is(200);
    let shown = change(&administrator, &two, &path, &[("act", "home"), ("home", &compound)]).is(412);
    let shown = shown.says("现在是：邻近社区");
    change(&administrator, &shown, &path, &[("act", "home"), ("home", &compound)]).is(200);
    let path = format!("/admin/orgs/{compound}");
    let (one, two) = (administrator.get(&path), administrator.get(&path));
    change(&administrator, &one, &path, &[("act", "move"), ("parent", &sibling)]).is(200);
    let street = town.id("street");
    let shown = change(&administrator, &two, &path, &[("act", "move"), ("parent", &street)]).is(412);
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
    let (one, two) = (administrator.get("/admin/calendars"), administrator.get("/admin/calendars"));
    let text = |day: &str| {
        let days = ["2031-01-01", "2031-10-01", day].map(|day| format!("{day}\toff\t示例假日\n"));
        format!("date\tkind\tname\n{}", days.concat())
    };
    let put = |page: &Page, text: &str| {
        let name = "version.2031";
        let seen = if page.has(name) { page.hidden(name) } else { String::new() };
        administrator.post(page, "/admin/calendars", &[(name, &seen), ("calendar", text)])
    };
    put(&one, &text("2031-05-01")).is(200);
    let shown = put(&two, &text("2031-05-02")).is(412).says("见下面各年的安排").says("5月1日");
    put(&shown, &text("2031-05-02")).is(200).says("5月2日");
}

/// Pages whose forms change something that other people change too: a user who may, the id of such a thing by its name
/// in the town, and the field that carries its version.
const VERSIONED: &[(&str, &str, &str, &str)] = &[
    ("/admin/calendars", "administrator", "", "name=\"version.2026\""),
    ("/admin/gifts", "administrator", "", "name=\"version\""),
    ("/admin/orgs/{id}", "administrator", "compound", "name=\"version\""),
    ("/admin/users/{id}", "administrator", "user/staff_two", "name=\"version\""),
    ("/shop/goods/{id}", "merchant_owner", "rice", "name=\"version\""),
    ("/me/wishes", "volunteer", "", "name=\"version\""),
    ("/staff/people/{id}/wishes", "staff", "lin", "name=\"version\""),
    ("/admin/shops/{id}", "administrator", "shop", "name=\"version\""),
    ("/staff/activities/{id}", "staff", "draft", "name=\"version\""),
    ("/staff/people/{id}/edit", "staff", "lin", "name=\"version\""),
];

/// Pages with a form that overwrites nothing of another person.
const OTHERS: &[(&str, &[&str])] = &[
    (
        "it is about the caller's own session, settings or code",
        &[
            "/try",
            "/story",
            "/login",
            "/logout",
            "/account/password",
            "/messages",
            "/login/code",
            "/account/sessions",
            "/account/second-factor",
            "/account/messages",
            "/me/code",
            "/me/proxies/{id}/code",
            "/me/card",
            "/me/data",
            "/me/consents",
        ],
    ),
    (
        "it makes something new",
        &[
            "/setup",
            "/admin/senders",
            "/feedback",
            "/attachments/{thing}/{id}",
            "/setup/community",
            "/setup/scheme",
            "/setup/people",
            "/staff/people/import",
            "/me/hours/new",
            "/events/{id}/check-in",
            "/shop/slips",
            "/staff/slips/{shop}",
            "/staff/print/slips",
            "/shop/goods/new",
            "/shop/goods/sheets/new",
            "/shop/clerks",
            "/admin/schemes/new",
            "/admin/shops/new",
            "/admin/shops/applications",
            "/me/shop-applications",
            "/admin/users/new",
            "/staff/activities/new",
            "/staff/people/new",
            "/staff/people/{id}/move",
            "/staff/moves/new",
            "/staff/statements",
            "/staff/sheet",
            "/staff/awards",
            "/staff/gifts",
            "/me/gifts/check",
        ],
    ),
    (
        "it only looks something up",
        &[
            "/staff/people",
            "/staff/households",
            "/staff/counter",
            "/staff/activities/{id}/sheet",
            "/audit/checks",
        ],
    ),
    (
        "it is a step of a life cycle, which is refused in another state",
        &[
            "/feedback/{id}",
            "/admin/shops/applications/{id}",
            "/me/shop-applications/{id}",
            "/me/proxies",
            "/me/gifts/{id}",
            "/staff/gifts/{id}",
            "/staff/people/{id}/proxies",
            "/staff/feedback/{id}",
            "/me/hours/{id}",
            "/staff/records",
            "/staff/records/{id}",
            "/shop",
            "/shop/redeem/{code}/check",
            "/shop/receipts/{id}",
            "/shop/statements/{id}",
            "/staff/statements/{id}",
            "/admin/schemes/{id}",
            "/shop/goods/sheets/{id}",
            "/staff/goods/{id}",
            "/staff/people/{id}",
            "/staff/people/{id}/merge",
            "/me/certificates/{id}",
            "/staff/certificates/{id}",
            "/staff/moves",
            "/staff/links",
            "/staff/requests",
            "/staff/proposals",
            "/staff/awards/{entry}",
            "/staff/counter/receipts/{redemption}",
            "/staff/counter/{id}/{shop}/check",
        ],
    ),
    (
        "it adds to a list, where nothing is overwritten",
        &[
            "/staff/activities/{id}/attendance",
            "/staff/activities/{id}/sign-ups",
            "/staff/activities/{id}/people",
            "/admin/skills",
            "/events/{id}",
            "/me/certificates",
            "/staff/export",
            "/staff/people/{id}/certificates",
            "/staff/people/{id}/consents",
        ],
    ),
    ("a workbook is filled and handed back, and nothing is stored", &["/staff/figures/report"]),
    ("a household is joined or left by one person at a time", &["/staff/households/{id}"]),
    ("a PIN that is set anew replaces any before it, as its holder wishes", &["/staff/people/{id}/card"]),
    ("the bank has one name, which stands in the field", &["/admin/settings"]),
    ("an owner sets no home, and a clerk is linked once", &["/shop/clerks/{id}"]),
];

#[test]
fn every_form_carries_the_version_of_what_it_changes_or_overwrites_nothing() {
    let town = Town::new();
    draft(&town);
    for page in PAGES.iter().filter(|page| page.take.is_some()) {
        let has_reason = OTHERS.iter().any(|(_, pages)| pages.contains(&page.path));
        let Some((path, who, thing, field)) = VERSIONED.iter().find(|one| one.0 == page.path) else {
            assert!(has_reason, "{}: does its form carry a version?", page.path);
            continue;
        };
        assert!(!has_reason, "{path} stands in both lists");
        let path = if thing.is_empty() { (*path).to_owned() } else { path.replace("{id}", &town.id(thing)) };
        Browser::signed_in(&town, who).get(&path).is(200).says(field);
    }
}
