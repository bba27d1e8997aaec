//! Schemes on their pages: in sentences, two versions compared, drafts tried; and the settings in force.

use crate::support::browser::Browser;
use crate::support::town::Town;
use crate::support::web::Web;
use jianxian::config::Settings;

/// The address of a draft of a later version in which a suggestion is worth five points.
fn drafted(town: &Town, browser: &Browser) -> String {
    let text = include_str!("../../../schemes/jianxian.toml");
    let text = text.replace("version = \"2025.1\"", "version = \"2027.1\"");
    let text = text.replace("valid_from = 2025-01-01", "valid_from = 2027-01-01");
    let text = text.replace("points = 3\nunit = \"条\"", "points = 5\nunit = \"条\"");
    let page = browser.get(&format!("/admin/schemes/new?from={}", town.id("scheme_version")));
    let page = browser.post(&page, "/admin/schemes/new", &[("body", &text)]).is(200);
    page.path
}

#[test]
fn a_version_stands_beside_its_sentences_with_their_lines() {
    let town = Town::new();
    let browser = Browser::signed_in(&town, "administrator");
    let page = browser.get(&format!("/admin/schemes/{}", town.id("scheme_version"))).is(200);
    let page = page.says("建议被采纳：每条 3 分，每人每月最多 4 次。").says("每小时 2 分");
    let line = include_str!("../../../schemes/jianxian.toml").lines().position(|line| line == "points = 3");
    assert!(line.is_some() && page.has("href=\"#line-124\"") && page.has("id=\"line-124\""));
}

#[test]
fn two_versions_are_compared_by_line_and_by_rule() {
    let town = Town::new();
    let browser = Browser::signed_in(&town, "administrator");
    let draft = drafted(&town, &browser);
    let page = browser.get(&format!("{draft}/compare?with={}", town.id("scheme_version"))).is(200);
    let page = page.says("建议被采纳：每条 5 分").says("建议被采纳：每条 3 分").says("points = 5");
    assert!(!page.has("care-elderly-home"), "lines that are the same are left out");
    browser.get(&format!("{draft}/compare?with={}", town.id("lin"))).is(404);
}

#[test]
fn a_draft_is_tried_by_those_who_see_it() {
    let town = Town::new();
    let browser = Browser::signed_in(&town, "administrator");
    let draft = drafted(&town, &browser);
    let id = draft.rsplit('/').next().unwrap();
    let path = format!("/admin/schemes/try?scheme={}&version={id}", town.id("scheme"));
    browser.get(&path).is(200).says("value=\"2027-01-01\"").says("这是草稿");
    browser.get(&format!("{path}&item=suggestion&day=2027-01-02")).is(200).says("<b class=\"big n\">5</b>");
    browser.get(&format!("{path}&item=suggestion&day=2026-03-02")).is(422).says("class=\"fault\"");
    let published = format!("/admin/schemes/try?scheme={}&item=suggestion", town.id("scheme"));
    browser.get(&published).is(200).says("<b class=\"big n\">3</b>");
    let deed = serde_json::json!({ "version": id, "item": "suggestion", "day": "2027-01-02" });
    let explain = format!("/v1/schemes/{}/explain", town.id("scheme"));
    assert_eq!(town.as_role("staff").post(&explain, deed.clone()).ok(200)["points"], "5.00");
    assert_eq!(town.as_role("volunteer").post(&explain, deed).status, 404);
}

#[test]
fn the_settings_in_force_are_shown_with_their_source_and_without_passwords() {
    let variables = |name: &str| match name {
        "JIANXIAN_DATABASE" => Some("postgres://bank:secret@db.example/jianxian".to_owned()),
        _ => None,
    };
    let rows = Settings::load(None, variables, &[]).unwrap().rows();
    let town = Town::found_in(Web::start_with(Town::config(), |mut state| {
        state.settings = rows;
        state
    }));
    let browser = Browser::signed_in(&town, "administrator");
    let page = browser.get("/admin/settings").is(200);
    assert!(page.has("JIANXIAN_DATABASE") && page.has("bank:***@") && !page.has("secret"));
    let page = browser.post(&page, "/admin/settings", &[("bank_name", "新名称")]).is(200);
    page.says("名称已改好").says("新名称");
    let settings = town.as_role("administrator").get("/v1/settings").ok(200);
    assert_eq!(settings["items"][0]["key"], "store.data");
    assert_eq!(town.as_role("street").get("/v1/settings").status, 403, "only at the root");
}

#[test]
fn a_limit_of_the_organisation_is_a_bar_beside_the_sum_of_the_list() {
    let town = Town::new();
    let cap = "[[caps]]\ncode = \"office\"\nname = \"每月额度\"\npoints = 10\nover = \"month\"\nof = \"organisation\"\non = \"items\"\n";
    let body = format!(
        "code = \"office\"\nversion = \"1\"\nname = \"额度办法\"\nvalid_from = 2026-01-01\n[[items]]\ncode = \"help\"\nname = \"帮忙\"\npoints = 4\n{cap}"
    );
    let draft = town.make("office", "administrator", "/v1/schemes", serde_json::json!({ "body": body }));
    town.as_role("reviewer_district")
        .post(&format!("/v1/schemes/versions/{draft}/approve"), serde_json::json!({}))
        .ok(204);
    let browser = Browser::signed_in(&town, "staff");
    let page = browser.get("/staff/awards").is(200);
    let item = page.html.split("value=\"").find(|part| part.contains("/help\"")).unwrap();
    let item = item.split('"').next().unwrap().to_owned();
    let list = [("scheme_item", item.as_str()), ("paste", "林示例\t13800000001")];
    let page = browser.post(&page, "/staff/awards", &list).is(200).says("示例社区的每月额度：10 分");
    let page = page.says("发放后剩 <b class=\"n\">6</b>");
    let (good, seen) = (page.hidden("good"), page.hidden("seen"));
    let award = [("good", good.as_str()), ("seen", seen.as_str()), ("step", "award")];
    browser.post(&page, "/staff/awards", &[list.as_slice(), &award].concat()).is(200);
    let page = browser.get("/staff/awards");
    let page = browser.post(&page, "/staff/awards", &list).is(200);
    page.says("已用 <b class=\"n\">4</b>").says("发放后剩 <b class=\"n\">2</b>");
}
