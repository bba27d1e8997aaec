//! Stars of any day, over HTTP: by hours, by points and by the year, as known now or then, and granted ones.

use crate::support::shops::{captured, donate};
use crate::support::stars::Minutes;
use crate::support::town::Town;
use crate::support::whole::whole;
use serde_json::{Value, json};

fn star(town: &Town, query: &str) -> Value {
    let stars =
        town.as_role("volunteer").get(&format!("/v1/members/{}/stars{query}", town.id("lin"))).ok(200);
    let rows = stars["items"].as_array().unwrap().clone();
    rows.into_iter().find(|row| row["scheme"] == town.id("scheme")).unwrap()
}

#[test]
fn a_granted_star_and_the_stars_of_a_member_are_told_whole() {
    let town = Town::new();
    let minutes = Minutes::new(&town);
    minutes.post("6000", "2026-01-10T12:00").ok(201);
    let path = format!("/v1/members/{}/stars", town.id("lin"));
    let granted =
        town.as_role("street").post(&path, json!({ "scheme": town.id("scheme"), "star": 1 })).ok(201);
    insta::assert_snapshot!(whole(&town, &granted), @r#"
    {
      "effective_at":"2026-03-02T00:00:00Z","entry":5,"hash":"<hash>","kind":"star","postings":[],
      "recorded_at":"2026-03-02T00:00:00Z"
    }
    "#);
    let stars = town.as_role("volunteer").get(&path).ok(200);
    insta::assert_snapshot!(whole(&town, &stars), @r#"
    {
      "items":[
        {
          "granted":[
            {
              "as_of":"2026-03-02","entry":5,"granted_at":"2026-03-02T00:00:00Z","lifetime_points":"0.00",
              "service_minutes":6000,"star":1
            }
          ],
          "lifetime_points":"0.00","next":{"minutes_missing":12000,"points_missing":"0.00","star":2},
          "scheme":"<scheme>","scheme_name":"涧贤志愿服务积分办法（示例）","scheme_version":1,
          "sentence":"一星级志愿者 · 已服务 100 小时 · 满 300 小时可申报二星级","service_minutes":6000,"star":1
        }
      ]
    }
    "#);
    town.verify_and_stop();
}

#[test]
fn the_star_of_any_past_day_as_known_now_or_then() {
    let town = Town::new();
    let minutes = Minutes::new(&town);
    minutes.post("6000", "2026-01-10T12:00").ok(201);
    town.at("2026-03-05T08:00");
    minutes.post("9840", "2026-03-01T12:00").ok(201);
    let now = star(&town, "");
    assert_eq!(now["sentence"], "一星级志愿者 · 已服务 264 小时 · 满 300 小时可申报二星级");
    assert_eq!((&now["star"], &now["next"]["minutes_missing"]), (&json!(1), &json!(2160)));
    // At the end of a day, not before.
    assert_eq!(star(&town, "?as_of=2026-01-09")["star"], 0);
    assert_eq!(star(&town, "?as_of=2026-01-10")["service_minutes"], 6000);
    assert_eq!(star(&town, "?as_of=2026-02-28")["service_minutes"], 6000);
    assert_eq!(star(&town, "?as_of=2026-03-01")["service_minutes"], 15840);
    // As known before the second entry was written.
    let then = star(&town, "?as_of=2026-03-02&known_at=2026-03-04T00:00:00Z");
    assert_eq!((&then["service_minutes"], &then["star"]), (&json!(6000), &json!(1)));
    let balances = |query: &str| {
        let path = format!("/v1/members/{}/accounts{query}", town.id("lin"));
        let rows = town.as_role("volunteer").get(&path).ok(200);
        let row = rows["items"].as_array().unwrap().iter().find(|row| row["asset"] == "MINUTE").cloned();
        row.unwrap()["balance"].clone()
    };
    assert_eq!(balances(""), "15840");
    assert_eq!(balances("?as_of=2026-02-01T00:00:00Z"), "6000");
    assert_eq!(balances("?as_of=2026-03-02T00:00:00Z&known_at=2026-03-04T00:00:00Z"), "6000");
    for query in ["?as_of=2026-02-30", "?as_of=tomorrow", "?known_at=2026-03-04", "?colour=red"] {
        let path = format!("/v1/members/{}/stars{query}", town.id("lin"));
        assert_eq!(town.as_role("volunteer").get(&path).status, 400, "{query}");
    }
    town.verify_and_stop();
}

#[test]
fn a_granted_star_is_a_record_that_stays() {
    let town = Town::new();
    let minutes = Minutes::new(&town);
    minutes.post("6000", "2026-01-10T12:00").ok(201);
    let path = format!("/v1/members/{}/stars", town.id("lin"));
    let grant = |who: &str, star: i64, day: Option<&str>| {
        let mut body = json!({ "scheme": town.id("scheme"), "star": star });
        if let Some(day) = day {
            body["as_of"] = json!(day);
        }
        town.as_role(who).post(&path, body)
    };
    for who in ["staff", "reviewer", "auditor", "volunteer", "merchant_owner"] {
        town.refused(|_| grant(who, 1, None), 403, "role_missing");
    }
    let sentence = town.refused(|_| grant("street", 2, None), 422, "star_not_reached");
    assert!(sentence.contains("还差 12000 分钟"), "{sentence}");
    town.refused(|_| grant("street", 1, Some("2026-01-09")), 422, "star_not_reached");
    town.refused(|_| grant("street", 1, Some("2026-03-03")), 422, "day_in_future");
    town.refused(|_| grant("street", 6, None), 404, "not_found");
    town.open_user("lin_street", json!({ "member": town.id("lin") }), "administrator", "street");
    town.refused(|_| grant("lin_street", 1, None), 403, "for_oneself");
    let done = grant("street", 1, Some("2026-01-10")).ok(201);
    town.refused(|_| grant("administrator", 1, None), 409, "already_done");
    // Taking the hours back changes what is computed, not what was granted.
    let reverse = json!({ "amount": "5999" });
    let entries = town.as_role("ledger_operator").get("/v1/ledger/entries?limit=200").ok(200);
    let rows = entries["items"].as_array().unwrap();
    let number =
        rows.iter().find(|row| row["postings"][0]["amount_minor"] == "6000").unwrap()["number"].clone();
    town.as_role("ledger_operator").post(&format!("/v1/ledger/entries/{number}/reverse"), reverse).ok(201);
    let row = star(&town, "");
    assert_eq!((&row["star"], &row["granted"][0]["star"]), (&json!(0), &json!(1)));
    assert_eq!(
        (&row["granted"][0]["service_minutes"], &row["granted"][0]["entry"]),
        (&json!(6000), &done["entry"])
    );
    town.verify_and_stop();
}

#[test]
fn stars_by_points_and_by_the_calendar_year() {
    let town = Town::new();
    let text = "code = \"year-stars\"\nversion = \"1\"\nname = \"示例年度星级\"\nvalid_from = 2025-01-01\n\
                [stars]\nwindow = \"calendar_year\"\napplied_for = false\n\
                [[stars.steps]]\nstar = 1\nhours = 10\npoints = 20\n[[stars.steps]]\nstar = 2\nhours = 20\npoints = 40\n";
    let version = town.make("year-stars", "administrator", "/v1/schemes", json!({ "body": text }));
    town.as_role("reviewer_district")
        .post(&format!("/v1/schemes/versions/{version}/approve"), json!({}))
        .ok(204);
    let year = |query: &str| {
        let stars =
            town.as_role("volunteer").get(&format!("/v1/members/{}/stars{query}", town.id("lin"))).ok(200);
        let rows = stars["items"].as_array().unwrap().clone();
        let row = rows.into_iter().find(|row| row["scheme_name"] == "示例年度星级").unwrap();
        (row["star"].as_i64().unwrap(), row["sentence"].as_str().unwrap().to_owned())
    };
    let minutes = Minutes::new(&town);
    minutes.post("6000", "2025-12-31T23:59").ok(201);
    minutes.post("660", "2026-01-01T00:00").ok(201);
    donate(&town, "lin", 15);
    assert_eq!(year(""), (0, "暂无星级 · 已服务 11 小时 · 累计 15 分 · 满 10 小时且 20 分可评一星级".into()));
    donate(&town, "lin", 10);
    assert_eq!(year("").0, 1);
    // The year before has its own sums: 100 hours, and no points.
    assert_eq!(
        year("?as_of=2025-12-31"),
        (0, "暂无星级 · 已服务 100 小时 · 累计 0 分 · 满 10 小时且 20 分可评一星级".into())
    );
    // Spending does not affect stars; a new year starts at zero.
    captured(&town, &[("rice", 5)]);
    assert_eq!(year("").0, 1);
    town.at("2027-01-01T00:00");
    assert_eq!(year(""), (0, "暂无星级 · 已服务 0 小时 · 累计 0 分 · 满 10 小时且 20 分可评一星级".into()));
    town.verify_and_stop();
}
