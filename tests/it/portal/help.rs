//! The foot of every page: whom to call, where to complain, what is kept about people.

use crate::support::browser::Browser;
use crate::support::town::Town;
use serde_json::json;

const OF_DISTRICT: &str = "href=\"tel:037900000000\"";
const OF_COMMUNITY: &str = "href=\"tel:037900000001\"";

/// A town whose district and community have telephones.
fn town() -> Town {
    let town = Town::new();
    for (org, telephone) in [("district", "0379-0000 0000"), ("community", "0379-0000 0001")] {
        let path = format!("/v1/orgs/{}", town.id(org));
        let body = json!({ "telephone": telephone, "opening_hours": "周一至周五" });
        let changed = town.as_role("administrator").patch(&path, 1, body).ok(200);
        assert_eq!((&changed["telephone"], &changed["version"]), (&json!(telephone), &json!(2)));
    }
    town
}

#[test]
fn each_person_is_shown_the_telephone_of_the_nearest_organisation_that_has_one() {
    let town = town();
    let sibling = Browser::signed_in(&town, "staff_sibling");
    for (browser, path, telephone) in [
        (Browser::new(town.web.address()), "/login", OF_DISTRICT),
        (Browser::signed_in(&town, "volunteer"), "/me", OF_COMMUNITY),
        (Browser::signed_in(&town, "merchant_clerk"), "/shop", OF_COMMUNITY),
        (Browser::signed_in(&town, "auditor"), "/audit/ledger", OF_DISTRICT),
    ] {
        let foot = browser.get(path).is(200).html.split_once("<footer").unwrap().1.to_owned();
        assert!(foot.contains(telephone), "{path}: {foot}");
        assert!(foot.contains("href=\"/feedback\"") && foot.contains("href=\"/privacy\""), "{path}: {foot}");
    }
    sibling.get("/staff").is(200).says(OF_DISTRICT);
    let me = town.as_role("volunteer").get("/v1/me").ok(200);
    let expected =
        json!({ "name": "示例社区", "telephone": "0379-0000 0001", "opening_hours": "周一至周五" });
    assert_eq!(me["help"], expected);
}

#[test]
fn an_administrator_changes_telephone_and_hours_and_a_wrong_number_is_refused_at_its_field() {
    let town = Town::new();
    let browser = Browser::signed_in(&town, "administrator");
    let path = format!("/admin/orgs/{}", town.id("community"));
    let page = browser.get(&path).is(200).says("name=\"org_name\" value=\"示例社区\"");
    let typed = |telephone: &'static str| {
        [("act", "change"), ("version", "1"), ("org_name", "示例社区"), ("telephone", telephone)]
    };
    let refused = browser.post(&page, &path, &typed("请打电话")).is(422).says("应为数字");
    let saved = browser.post(&refused, &path, &typed("0379-0000 0001")).is(200).says("已改好");
    let stale = browser.post(&saved, &path, &typed("0379-0000 0002")).is(412);
    assert!(stale.has("0379-0000 0002"), "what was typed is kept\n{}", stale.html);
    let removed = json!({ "no_telephone": true });
    let path = format!("/v1/orgs/{}", town.id("community"));
    let changed = town.as_role("administrator").patch(&path, 2, removed.clone()).ok(200);
    assert_eq!((changed.get("telephone"), &changed["name"]), (None, &json!("示例社区")));
    let other = town.as_role("staff").patch(&path, 3, removed);
    assert_eq!(other.status, 403);
}

#[test]
fn help_complaints_and_privacy_are_explained_also_without_sign_in() {
    let town = town();
    let stranger = Browser::new(town.web.address());
    stranger.get("/help").is(200).says("周一至周五").says("忘了口令");
    stranger.get("/feedback").is(200).says("不影响您的积分").says(OF_DISTRICT);
    stranger.get("/privacy").is(200).says("王**").says("留多久");
    let volunteer = Browser::signed_in(&town, "volunteer");
    let feedback = volunteer.get("/feedback").is(200).says(OF_COMMUNITY).says(OF_DISTRICT);
    assert!(feedback.has("href=\"/me/hours\"") && feedback.has("示例区"), "{}", feedback.html);
    volunteer.get("/privacy").is(200).says("href=\"/me/access\"");
}

#[test]
fn a_page_that_fails_says_whom_to_call_as_it_was_last_known() {
    let town = town();
    let browser = Browser::signed_in(&town, "team_leader");
    browser.get("/staff/records").is(200).says(OF_COMMUNITY);
    town.web.database.run_sql("ALTER TABLE users RENAME TO users_elsewhere");
    let page = browser.get("/staff/records").is(500).says("出了点问题").says("或打电话问");
    let main = page.html.split_once("<main").unwrap().1;
    assert!(main.contains(OF_COMMUNITY) && !main.contains("request_id"), "{main}");
    town.web.database.run_sql("ALTER TABLE users_elsewhere RENAME TO users");
}
