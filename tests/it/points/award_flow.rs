//! Awards over HTTP: single, in bulk, with a second person, explained and taken back; and schemes.

use crate::support::points::{publish, sentences};
use crate::support::shops::captured;
use crate::support::town::Town;
use crate::support::town::bearer;
use crate::support::town::with;
use crate::support::web::at_once;
use crate::support::web::{Answer, Ask, BANK};
use crate::support::whole::whole;
use jianxian::domain::id::Id;
use jianxian::domain::ledger::account::{AccountTerms, OwnerKind, Purpose};
use jianxian::domain::ledger::asset::Asset;
use jianxian::domain::ledger::entry::EntryKind;
use jianxian::ledger::{Command, Leg, Op};
use jianxian::store::ledger::journal::EntryFilter;
use serde_json::{Value, json};

fn body(town: &Town, member: &str, item: &str) -> Value {
    json!({ "member": town.id(member), "scheme": town.id("scheme"), "item": item })
}

fn award(town: &Town, body: Value) -> Answer {
    town.as_role("staff").post("/v1/awards", body)
}

fn explains_the_monthly_cap(town: &Town, entry: i64) {
    assert_eq!(
        sentences(town, entry, "zh-CN"),
        [
            "依据《涧贤志愿服务积分办法（示例）》2025.1 版（2025-01-01 起执行，分值来源：示例），行为日期 2026-03-02。",
            "项目「捐赠物资」（goods-donation）。",
            "每满 10元 1 分，共 470元，计 47 个整份。",
            "按办法应得 47 分。",
            "触及「每月积分上限」：上限 300 分，此前已计 270 分，还可计 30 分。",
            "实发 30 分。",
        ]
    );
    assert_eq!(
        sentences(town, entry, "en")[3..],
        [
            "By the scheme this is worth 47 points.",
            "The cap “每月积分上限” applies: limit 300 points, counted before 270 points, left 30 points.",
            "Granted: 30 points.",
        ]
    );
}

#[test]
fn an_award_answers_what_was_posted_and_is_explained_step_by_step() {
    let town = Town::new();
    let donated = with(body(&town, "lin", "goods-donation"), json!({ "quantity": "120" }));
    let made = award(&town, donated).ok(201);
    insta::assert_snapshot!(whole(&town, &made), @r#"
    {
      "effective_at":"2026-03-02T00:00:00Z","entry":2,"grant":{"caps":[],"desired":"12.00","granted":"12.00"},
      "hash":"<hash>","kind":"award",
      "postings":[
        {
          "amount":"12.00","asset":"LIFETIME","credit_account":"<id>","credit_balance":"12.00",
          "debit_account":"<id>","debit_balance":"-12.00"
        },
        {
          "amount":"12.00","asset":"POINT","credit_account":"<id>","credit_balance":"12.00","debit_account":"<id>",
          "debit_balance":"-12.00"
        }
      ],
      "recorded_at":"2026-03-02T00:00:00Z"
    }
    "#);
    let explained = town.as_role("volunteer").get(&format!("/v1/awards/{}/explain", made["entry"])).ok(200);
    insta::assert_snapshot!(whole(&town, &explained), @r#"
    {
      "sentences":[
        "依据《涧贤志愿服务积分办法（示例）》2025.1 版（2025-01-01 起执行，分值来源：示例），行为日期 2026-03-02。",
        "项目「捐赠物资」（goods-donation）。",
        "每满 10元 1 分，共 120元，计 12 个整份。",
        "按办法应得 12 分。",
        "实发 12 分。"
      ]
    }
    "#);
    town.verify_and_stop();
}

#[test]
fn an_award_is_explained_in_both_languages_with_the_cap_that_bit() {
    let town = Town::new();
    // By several people: what one of them gives on a day counts together.
    for login in ["staff_three", "staff_four"] {
        town.open_user(login, json!({}), "staff", "community");
    }
    let by = |who: &str, quantity: &str| {
        let donated = with(body(&town, "lin", "goods-donation"), json!({ "quantity": quantity }));
        town.as_role(who).post("/v1/awards", donated)
    };
    let give = |quantity: &str| by("staff_four", quantity);
    for who in ["staff", "staff", "staff_two", "staff_two", "staff_three"] {
        by(who, "500").ok(201);
    }
    let honour = town.as_role("staff_three").post("/v1/awards", body(&town, "lin", "honour-street")).ok(201);
    assert_eq!(honour["grant"], json!({ "desired": "20.00", "granted": "20.00", "caps": [] }));
    // 270 of 300 this month.
    let last = give("470").ok(201);
    assert_eq!((&last["grant"]["desired"], &last["grant"]["granted"]), (&json!("47.00"), &json!("30.00")));
    assert_eq!(
        (town.balance("lin", "POINT"), town.balance("lin", "LIFETIME")),
        ("300.00".into(), "300.00".into())
    );
    let entry = last["entry"].as_i64().unwrap();
    explains_the_monthly_cap(&town, entry);
    // The member sees their own; others' are not found.
    let path = format!("/v1/awards/{entry}/explain");
    town.as_role("volunteer").get(&path).ok(200);
    assert_eq!(town.as_role("staff_sibling").get(&path).status, 404);
    // A full cap is named by the scheme's name, not by the ledger's key.
    let sentence = town.refused(|_| give("10"), 422, "cap_reached");
    assert!(sentence.contains("“每月积分上限”限 300 分，已用 300 分，还剩 0 分"), "{sentence}");
    town.verify_and_stop();
}

#[test]
fn how_often_is_told_in_times() {
    let town = Town::new();
    award(&town, body(&town, "lin", "first-registration")).ok(201);
    let once = |key: &str| {
        town.as_role("staff").post_with(key, "/v1/awards", body(&town, "lin", "first-registration"))
    };
    let sentence = town.refused(|_| once("again"), 422, "times_reached");
    assert!(sentence.contains("“首次注册志愿者”在规定期限内最多 1 次"), "{sentence}");
    let hit = once("again");
    assert!(hit.hit() && hit.code() == "times_reached", "{hit:?}");
    award(&town, with(body(&town, "lin", "suggestion"), json!({ "quantity": "3" }))).ok(201);
    let two = with(body(&town, "lin", "suggestion"), json!({ "quantity": "2" }));
    let sentence = town.refused(|t| award(t, two), 422, "times_reached");
    assert!(sentence.contains("最多 4 次"), "{sentence}");
    // One household a month: 王 and 赵 live together.
    award(&town, body(&town, "wang", "tidy-yard")).ok(201);
    town.refused(|t| award(t, body(t, "zhao", "tidy-yard")), 422, "times_reached");
    // One paper, one award.
    let paper = with(body(&town, "lin", "blood-donation"), json!({ "source": "paper-17" }));
    award(&town, paper.clone()).ok(201);
    town.refused(|t| award(t, paper), 409, "already_done");
    town.verify_and_stop();
}

#[test]
fn awards_are_refused_with_the_sentence_that_helps() {
    let town = Town::new();
    let lin = |more: Value| with(body(&town, "lin", "goods-donation"), more);
    for (ask, status, code) in [
        (body(&town, "lin", "no-such-item"), 422, "not_in_scheme"),
        (body(&town, "shop", "suggestion"), 404, "not_found"),
        (body(&town, "sun", "suggestion"), 404, "not_found"),
        (with(body(&town, "lin", "suggestion"), json!({ "scheme": town.id("shop") })), 404, "not_found"),
        (lin(json!({ "quantity": "0" })), 400, "field_wrong_form"),
        (with(body(&town, "lin", "suggestion"), json!({ "quantity": "1.5" })), 422, "quantity_refused"),
        (lin(json!({ "day": "2026-03-03" })), 422, "day_in_future"),
        (lin(json!({ "day": "2024-12-31" })), 422, "scheme_not_in_force"),
        (lin(json!({ "decided_points": "5", "reason": "示例" })), 422, "decision_not_allowed"),
        (body(&town, "lin", "bravery"), 422, "needs_person"),
        (with(body(&town, "lin", "bravery"), json!({ "decided_points": "50" })), 422, "deed_incomplete"),
        (
            with(body(&town, "lin", "bravery"), json!({ "decided_points": "201", "reason": "示例" })),
            422,
            "decision_out_of_bounds",
        ),
        (lin(json!({ "quantity": 1.5 })), 400, "field_floating_number"),
        (lin(json!({ "color": "red" })), 400, "field_unknown"),
    ] {
        let sentence = town.refused(|t| award(t, ask.clone()), status, code);
        assert!(!sentence.is_empty(), "{ask}");
    }
    let huge = lin(json!({ "quantity": "999999999999999999999999999" }));
    let answer = award(&town, huge);
    assert!((400..500).contains(&answer.status), "{answer:?}");
    town.verify_and_stop();
}

#[test]
fn awards_are_made_by_those_who_may_and_never_for_oneself() {
    let town = Town::new();
    for who in ["team_leader", "reviewer", "street", "auditor", "volunteer", "merchant_owner", "branch"] {
        town.refused(
            |t| t.as_role(who).post("/v1/awards", body(t, "lin", "suggestion")),
            403,
            "role_missing",
        );
    }
    // Neither to oneself nor to one's household.
    town.open_user("wang_staff", json!({ "member": town.id("wang") }), "staff", "community");
    for member in ["wang", "zhao", "household"] {
        town.refused(
            |t| t.as_role("wang_staff").post("/v1/awards", body(t, member, "suggestion")),
            403,
            "for_oneself",
        );
    }
    town.as_role("wang_staff").post("/v1/awards", body(&town, "lin", "suggestion")).ok(201);
    assert_eq!(town.balance("lin", "POINT"), "3.00");
    town.verify_and_stop();
}

#[test]
fn what_takes_points_away_stops_at_zero_and_leaves_the_lifetime() {
    let town = Town::new();
    award(&town, body(&town, "lin", "honour-community")).ok(201);
    captured(&town, &[("rice", 1)]);
    for _ in 0..6 {
        award(&town, body(&town, "lin", "no-show")).ok(201);
    }
    assert_eq!(
        (town.balance("lin", "POINT"), town.balance("lin", "LIFETIME")),
        ("0.00".into(), "10.00".into())
    );
    award(&town, body(&town, "lin", "honour-street")).ok(201);
    // Only the highest of the group counts: the street's 20 after the community's 10 add 10.
    assert_eq!(town.balance("lin", "POINT"), "10.00");
    let zeroing = with(body(&town, "lin", "false-record"), json!({ "note": "示例：核查结论" }));
    let proposal = award(&town, zeroing).ok(202)["proposal"].as_str().unwrap().to_owned();
    let path = format!("/v1/awards/proposals/{proposal}/approve");
    let done = town.as_role("reviewer").post(&path, json!({})).ok(201);
    assert_eq!((&done["kind"], town.balance("lin", "POINT")), (&json!("zeroing"), "0.00".into()));
    let said = sentences(&town, done["entry"].as_i64().unwrap(), "zh-CN");
    assert!(said.iter().any(|text| text.contains("本期积分清零")), "{said:?}");
    assert_eq!(town.balance("lin", "LIFETIME"), "20.00");
    town.verify_and_stop();
}

const BATCH: &str = "/v1/awards/batch";

/// Rows of which the first and the last can be accepted.
fn rows(town: &Town) -> Value {
    json!([
        body(town, "lin", "suggestion"),
        body(town, "sun", "suggestion"),
        with(body(town, "wang", "suggestion"), json!({ "quantity": "5" })),
        with(body(town, "lin", "bravery"), json!({ "decided_points": "50", "reason": "示例" })),
        body(town, "keeper", "suggestion"),
    ])
}

/// The results of [`rows`] sent one by one.
const OF_EACH: [&str; 5] = ["made", "not_found", "times_reached", "second_person_needed", "made"];

fn codes(answer: &Value) -> Vec<String> {
    let code = |row: &Value| row["code"].as_str().unwrap_or("made").to_owned();
    answer["items"].as_array().unwrap().iter().map(code).collect()
}

#[test]
fn a_batch_has_an_answer_for_each_row() {
    let town = Town::new();
    let staff = town.as_role("staff");
    let head = town.head();
    let whole = staff.post(BATCH, json!({ "items": rows(&town) }));
    assert_eq!(whole.status, 422, "{whole:?}");
    assert_eq!(
        codes(&whole.json()),
        ["other_refused", "not_found", "other_refused", "second_person_needed", "other_refused"]
    );
    assert_eq!(whole.json()["items"][1]["index"], 1);
    let rehearsed =
        staff.post(&format!("{BATCH}?dry_run=true"), json!({ "mode": "each", "items": rows(&town) })).ok(200);
    assert_eq!((codes(&rehearsed), town.head()), (OF_EACH.map(String::from).to_vec(), head));
    let done = staff.post_with("b1", BATCH, json!({ "mode": "each", "items": rows(&town) }));
    assert_eq!(codes(&done.ok(200)), OF_EACH);
    assert_eq!((&done.json()["accepted"], &done.json()["refused"]), (&json!(2), &json!(3)));
    assert_eq!(
        (town.balance("lin", "POINT"), town.balance("keeper", "POINT")),
        ("3.00".into(), "3.00".into())
    );
    town.verify_and_stop();
}

#[test]
fn a_row_that_the_ledger_refuses_holds_up_the_others_too() {
    let town = Town::new();
    let staff = town.as_role("staff");
    award(&town, body(&town, "lin", "suggestion")).ok(201);
    // A row that the ledger refuses blocks the others too: the cap of four a month.
    let five = json!([
        body(&town, "lin", "suggestion"),
        body(&town, "lin", "suggestion"),
        body(&town, "lin", "suggestion"),
        body(&town, "lin", "suggestion"),
        body(&town, "keeper", "suggestion")
    ]);
    let head = town.head();
    let whole = staff.post(BATCH, json!({ "mode": "all_or_nothing", "items": five }));
    assert_eq!((whole.status, town.head()), (422, head));
    assert_eq!(
        codes(&whole.json()),
        ["other_refused", "other_refused", "other_refused", "times_reached", "other_refused"]
    );
    town.verify_and_stop();
}

#[test]
fn a_batch_under_the_same_key_gives_the_same_rows() {
    let town = Town::new();
    let staff = town.as_role("staff");
    let done = staff.post_with("b1", BATCH, json!({ "mode": "each", "items": rows(&town) }));
    // The same key again returns the same rows, also for a member frozen meanwhile; with other rows it is refused.
    let freeze = format!("/v1/members/{}/freeze", town.id("lin"));
    town.as_role("street").post(&freeze, json!({ "reason": "示例核查" })).ok(204);
    let head = town.head();
    let again = staff.post_with("b1", BATCH, json!({ "mode": "each", "items": rows(&town) })).ok(200);
    assert_eq!(again["items"][0], done.json()["items"][0]);
    assert_eq!(again["items"][4], done.json()["items"][4]);
    let [fewer, more] = [0, 6].map(|count| {
        let mut other = rows(&town).as_array().unwrap().clone();
        other.truncate(count);
        other.resize(count.max(1), body(&town, "keeper", "suggestion"));
        json!({ "mode": "each", "items": other })
    });
    for other in [fewer, more] {
        let reused = staff.post_with("b1", BATCH, other);
        let body = (reused.status, reused.code(), reused.json()["field"].clone());
        assert_eq!(body, (422, "idempotency_key_reused".into(), json!("items")), "{reused:?}");
    }
    let whole = staff.post_with("b1", BATCH, json!({ "mode": "all_or_nothing", "items": rows(&town) }));
    assert_eq!((whole.status, whole.code()), (422, "idempotency_key_reused".into()));
    assert_eq!(town.head(), head, "nothing moved the ledger");
    town.verify_and_stop();
}

#[test]
fn a_batch_of_which_the_first_row_left_no_answer_keeps_its_key_all_the_same() {
    let town = Town::new();
    let staff = town.as_role("staff");
    let head = town.head();
    // The first row stored no answer under its key; another request is refused all the same.
    let stranger = with(body(&town, "keeper", "suggestion"), json!({ "member": town.id("community") }));
    let two = json!({ "mode": "each", "items": [stranger, body(&town, "keeper", "suggestion")] });
    assert_eq!(codes(&staff.post_with("b2", BATCH, two).ok(200)), ["not_found", "made"]);
    let moved = (town.head().0, town.balance("keeper", "POINT"));
    let one = json!({ "mode": "each", "items": [body(&town, "keeper", "suggestion")] });
    assert_eq!(staff.post_with("b2", BATCH, one).code(), "idempotency_key_reused");
    assert_eq!((town.head().0, town.balance("keeper", "POINT")), moved);
    for (items, code) in [(json!([]), "field_too_few_items"), (json!({}), "field_wrong_type")] {
        assert_eq!(staff.post(BATCH, json!({ "items": items })).code(), code);
    }
    assert_eq!(town.head().0, head.0 + 1, "only the one row moved the ledger");
    town.verify_and_stop();
}

#[test]
fn ten_thousand_rows_are_one_commit() {
    let town = Town::new();
    // This many for one member in one day exceed every sum but a very large one.
    let text = include_str!("../../../schemes/jianxian.toml");
    let text = text.replace("code = \"jianxian\"", "code = \"bulk\"");
    let scheme = publish(&town, "bulk", &text.replace("four_eyes_above = 100", "four_eyes_above = 1000000"));
    let row = |n: usize| json!({ "scheme": scheme, "source": format!("row-{n}") });
    let rows: Vec<Value> = (0..10_000).map(|n| with(body(&town, "lin", "no-show"), row(n))).collect();
    let path = "/v1/awards/batch";
    let before = town.head().0;
    let done = town.as_role("staff").post_with("bulk", path, json!({ "items": rows }));
    assert_eq!((done.status, &done.json()["accepted"]), (200, &json!(10_000)), "{:.300}", done.text);
    assert_eq!(town.head().0, before + 10_000);
    let again = town.as_role("staff").post_with("bulk", path, json!({ "items": rows }));
    assert_eq!((again.text == done.text, town.head().0), (true, before + 10_000));
    let mut more = rows.clone();
    more.push(body(&town, "lin", "no-show"));
    assert_eq!(town.as_role("staff").post(path, json!({ "items": more })).status, 400);
    town.verify_and_stop();
}

#[test]
fn an_award_made_once_is_told_again_whatever_happened_since() {
    let town = Town::new();
    let staff = town.as_role("staff");
    let made = staff.post_with("a1", "/v1/awards", body(&town, "lin", "honour-street")).ok(201);
    let bravery =
        with(body(&town, "lin", "bravery"), json!({ "decided_points": "50", "reason": "示例纪要" }));
    let proposed = staff.post_with("a2", "/v1/awards", bravery.clone()).ok(202);
    let freeze = format!("/v1/members/{}/freeze", town.id("lin"));
    town.as_role("street").post(&freeze, json!({ "reason": "示例核查" })).ok(204);
    let head = town.head();
    let again = staff.post_with("a1", "/v1/awards", body(&town, "lin", "honour-street"));
    assert!(again.hit() && again.ok(201) == made, "{again:?}");
    let again = staff.post_with("a2", "/v1/awards", bravery);
    assert!(again.hit() && again.ok(202) == proposed, "{again:?}");
    let other = staff.post_with("a2", "/v1/awards", body(&town, "lin", "honour-street"));
    assert_eq!((other.status, other.code()), (422, "idempotency_key_reused".into()));
    assert_eq!(town.head(), head);
    town.verify_and_stop();
}

#[test]
fn an_award_above_the_sum_of_one_person_answers_who_must_agree() {
    let town = Town::new();
    let asked = with(body(&town, "lin", "bravery"), json!({ "decided_points": "50", "reason": "示例" }));
    let waits = award(&town, asked).ok(202);
    insta::assert_snapshot!(whole(&town, &waits), @r#"{"proposal":"<id>"}"#);
    let listed = town.as_role("reviewer").get("/v1/awards/proposals").ok(200);
    insta::assert_snapshot!(whole(&town, &listed), @r#"
    {
      "items":[
        {
          "day":"2026-03-02","desired_points":"50.00","id":"<id>","item":"bravery","kind":"award","member":"<lin>",
          "proposed_at":"2026-03-02T00:00:00Z","proposed_by":"<user/staff>","quantity":"1","reason":"示例",
          "scheme":"<scheme>","scheme_version":1,"state":"open"
        }
      ]
    }
    "#);
    town.verify_and_stop();
}

/// The one open proposal.
fn propose(town: &Town) -> String {
    propose_points(town, "120")
}

fn propose_points(town: &Town, points: &str) -> String {
    let ask =
        with(body(town, "lin", "bravery"), json!({ "decided_points": points, "reason": "示例纪要第 3 号" }));
    award(town, ask).ok(202)["proposal"].as_str().unwrap().to_owned()
}

#[test]
fn a_second_person_agrees_to_what_the_first_one_saw() {
    let town = Town::new();
    let id = propose(&town);
    let path = |step: &str| format!("/v1/awards/proposals/{id}/{step}");
    let open = town.as_role("reviewer").get("/v1/awards/proposals").ok(200);
    let row = &open["items"][0];
    assert_eq!((&row["desired_points"], &row["reason"]), (&json!("120.00"), &json!("示例纪要第 3 号")));
    assert_eq!((&row["day"], &row["scheme_version"]), (&json!("2026-03-02"), &json!(1)));
    // Neither the proposer, nor the member, nor their household, nor another organisation, nor another role.
    town.grant("staff", "reviewer", "community");
    town.refused(|t| t.as_role("staff").post(&path("approve"), json!({})), 403, "same_person");
    town.refused(|t| t.as_role("staff").post(&path("reject"), json!({})), 403, "same_person");
    town.open_user("lin_reviewer", json!({ "member": town.id("lin") }), "reviewer", "community");
    town.refused(|t| t.as_role("lin_reviewer").post(&path("approve"), json!({})), 403, "for_oneself");
    town.open_user("far_reviewer", json!({}), "reviewer", "sibling");
    town.refused(|t| t.as_role("far_reviewer").post(&path("approve"), json!({})), 404, "not_found");
    town.refused(|t| t.as_role("staff_two").post(&path("approve"), json!({})), 403, "role_missing");
    // The next day another version becomes valid: exactly what was proposed is posted.
    let text = include_str!("../../../schemes/jianxian.toml")
        .replace("2025.1", "2026.1")
        .replace("valid_from = 2025-01-01", "valid_from = 2026-03-03")
        .replace("least = 10, most = 200", "least = 10, most = 100");
    publish(&town, "jianxian", &text);
    town.at("2026-03-03T08:00");
    let done = town.as_role("reviewer").post_with("yes", &path("approve"), json!({})).ok(201);
    assert_eq!(town.balance("lin", "POINT"), "120.00");
    let again = town.as_role("reviewer").post_with("yes", &path("approve"), json!({}));
    assert!(again.hit() && again.ok(201) == done, "{again:?}");
    for step in ["approve", "reject"] {
        let sentence =
            town.refused(|t| t.as_role("reviewer_two").post(&path(step), json!({})), 409, "wrong_state");
        assert!(sentence.contains("已批准"), "{sentence}");
    }
    let closed = town.as_role("reviewer").get("/v1/awards/proposals?state=approved").ok(200);
    assert_eq!(closed["items"][0]["entry"], done["entry"]);
    let said = sentences(&town, done["entry"].as_i64().unwrap(), "zh-CN");
    assert!(said[0].contains("2025.1 版") && said[0].contains("行为日期 2026-03-02"), "{said:?}");
    town.verify_and_stop();
}

#[test]
fn a_proposal_is_either_posted_or_rejected_never_both() {
    let town = Town::new();
    let reviewers = [bearer(&town, "reviewer"), bearer(&town, "reviewer_two"), bearer(&town, "street")];
    for round in 0..6 {
        // Six of them stay below the month's cap, however many are posted.
        let id = propose_points(&town, "50");
        let asks = (0..12)
            .map(|n| {
                let step = if n % 2 == 0 { "approve" } else { "reject" };
                let ask = Ask::post(format!("/v1/awards/proposals/{id}/{step}"), json!({}));
                ask.role(None).key(format!("{round}-{n}")).header("Authorization", &reviewers[n % 3])
            })
            .collect();
        let before = town.head().0;
        let answers = at_once(town.web.address(), asks);
        let posted = answers.iter().filter(|answer| answer.status == 201).count();
        let rejected = answers.iter().filter(|answer| answer.status == 204).count();
        assert_eq!(
            (posted + rejected, town.head().0 - before),
            (1, i64::try_from(posted).unwrap()),
            "{answers:?}"
        );
        for answer in answers.iter().filter(|answer| answer.status >= 300) {
            assert_eq!(answer.status, 409, "{answer:?}");
        }
        let state = if posted == 1 { "approved" } else { "rejected" };
        let list = town.as_role("reviewer").get(&format!("/v1/awards/proposals?state={state}")).ok(200);
        let listed = list["items"].as_array().unwrap().iter().any(|row| row["id"] == id);
        assert!(listed, "{id}: {list}");
    }
    town.verify_and_stop();
}

#[test]
fn a_proposal_that_an_older_release_posted_and_left_open_is_closed_by_its_entry() {
    let town = Town::new();
    let id = propose(&town);
    let path = format!("/v1/awards/proposals/{id}/approve");
    town.as_role("reviewer").post(&path, json!({})).ok(201);
    // As release 0.1 left it when it was stopped right after the posting.
    let database = &town.web.database;
    database.run_sql(
        "UPDATE proposals SET state = 'open', decided_by = NULL, decided_at = NULL, entry_number = NULL",
    );
    database.run_sql(match database.url().starts_with("postgres") {
        true => include_str!("../../../migrations/postgres/0013_posted_proposals/up.sql"),
        false => include_str!("../../../migrations/sqlite/0013_posted_proposals/up.sql"),
    });
    for step in ["approve", "reject"] {
        let path = format!("/v1/awards/proposals/{id}/{step}");
        town.refused(|t| t.as_role("reviewer_two").post(&path, json!({})), 409, "wrong_state");
    }
    let closed = town.as_role("reviewer").get("/v1/awards/proposals?state=approved").ok(200);
    assert_eq!((&closed["items"][0]["id"], closed["items"][0]["entry"].is_i64()), (&json!(id), true));
    assert_eq!(town.balance("lin", "POINT"), "120.00");
    town.verify_and_stop();
}

#[test]
fn an_award_is_taken_back_in_parts_and_later_by_another_person() {
    let town = Town::new();
    let made = award(&town, body(&town, "lin", "honour-district")).ok(201)["entry"].as_i64().unwrap();
    let path = format!("/v1/awards/{made}/reverse");
    let reverse = |who: &str, more: Value| {
        town.as_role(who).post(&path, with(json!({ "reason": "示例：登记有误" }), more))
    };
    reverse("staff", json!({ "points": "10" })).ok(201);
    assert_eq!(
        (town.balance("lin", "POINT"), town.balance("lin", "LIFETIME")),
        ("40.00".into(), "40.00".into())
    );
    town.refused(|_| reverse("staff", json!({ "points": "40.01" })), 422, "reversal_exceeds_original");
    for who in ["reviewer", "auditor", "street", "volunteer"] {
        town.refused(|_| reverse(who, json!({})), 403, "role_missing");
    }
    town.refused(|_| reverse("staff_sibling", json!({})), 404, "not_found");
    town.open_user("lin_staff", json!({ "member": town.id("lin") }), "staff", "community");
    town.refused(|_| reverse("lin_staff", json!({})), 403, "for_oneself");
    captured(&town, &[("rice", 7)]);
    // Ten minutes later another person must do it; 35 of the 40 are spent.
    town.at("2026-03-02T08:11");
    town.refused(|_| reverse("staff", json!({})), 403, "same_person");
    let answer = reverse("staff_two", json!({}));
    assert_eq!((answer.code(), &answer.json()["missing"]), ("insufficient_balance".into(), &json!("35.00")));
    let done = reverse("staff_two", json!({ "up_to": true })).ok(201);
    assert_eq!((&done["kind"], town.balance("lin", "POINT")), (&json!("reversal"), "0.00".into()));
    // What a record or a redemption depends on is corrected there.
    let entry = town.as_role("auditor").get(&format!("/v1/members/{}/passbook", town.id("lin"))).ok(200);
    let redemption =
        entry["items"].as_array().unwrap().iter().find(|row| row["kind"] == "redemption").unwrap();
    let path = format!("/v1/awards/{}/reverse", redemption["entry"]);
    town.refused(|t| t.as_role("staff_two").post(&path, json!({ "reason": "示例更正" })), 404, "not_found");
    town.verify_and_stop();
}

fn listed(town: &Town, who: &str, query: &str) -> Vec<Value> {
    let rows = town.as_role(who).get(&format!("/v1/awards?{query}")).ok(200)["items"].clone();
    serde_json::from_value(rows).unwrap()
}

#[test]
fn awards_are_looked_through_within_reach_with_what_was_taken_back_of_them() {
    let town = Town::new();
    let made = award(&town, body(&town, "lin", "honour-district")).ok(201)["entry"].as_i64().unwrap();
    let back = json!({ "points": "10", "reason": "示例：登记有误" });
    town.as_role("staff").post(&format!("/v1/awards/{made}/reverse"), back).ok(201);
    let before = json!({ "quantity": "200", "day": "2026-02-11" });
    let earlier = award(&town, with(body(&town, "wang", "goods-donation"), before)).ok(201);
    let earlier = earlier["entry"].as_i64().unwrap();
    let numbers = |who: &str, query: &str| -> Vec<i64> {
        listed(&town, who, query).iter().map(|row| row["entry"].as_i64().unwrap()).collect()
    };
    let first = listed(&town, "staff", "").pop().unwrap();
    let found = ["member", "scheme", "item", "asset", "points", "taken_back", "day", "actor"];
    let expected = json!([
        town.id("lin"),
        town.id("scheme"),
        "honour-district",
        "POINT",
        "50.00",
        "10.00",
        "2026-03-02",
        town.id("user/staff"),
    ]);
    assert_eq!(json!(found.map(|name| first[name].clone())), expected);
    // No reversal among them; filtered by days, those that take effect on them.
    assert_eq!(numbers("auditor", ""), [earlier, made]);
    assert_eq!(numbers("auditor", "from=2026-02-11&until=2026-02-11"), [earlier]);
    assert_eq!(numbers("staff", "from=2026-03-01"), [made]);
    // The caller's own awards, those of one member, and none outside the caller's reach.
    assert_eq!(numbers("volunteer", ""), [made]);
    let of = |name: &str| format!("member={}", town.id(name));
    assert_eq!(numbers("staff", &of("wang")), [earlier]);
    assert!(numbers("staff", &format!("{}&from=2026-03-01", of("wang"))).is_empty());
    assert!(numbers("volunteer", &of("wang")).is_empty());
    assert!(numbers("staff_sibling", "").is_empty());
    assert!(numbers("staff_sibling", &of("lin")).is_empty());
    assert_eq!(town.as_role("merchant_clerk").get("/v1/awards").status, 403);
    town.verify_and_stop();
}

/// An account whose entries have several lines each is read down to another entry than the member's other accounts.
#[test]
fn no_entry_is_lost_where_one_account_has_many_lines_and_another_has_few() {
    let town = Town::new();
    award(&town, body(&town, "lin", "suggestion")).ok(201);
    let lin: Id = town.id("lin").parse().unwrap();
    let [points, lifetime] = [Asset::Point, Asset::Lifetime]
        .map(|asset| AccountTerms::usual(OwnerKind::Person, lin, asset, Purpose::Main).id);
    let issuing = AccountTerms::of_bank(BANK, Asset::Point, Purpose::Issuing).id;
    let spent = (0..150).map(|_| {
        let legs = vec![Leg::plain(points, issuing, 1), Leg::plain(points, issuing, 1)];
        Command::new(Id::SYSTEM, EntryKind::Transfer, Op::Post { legs, partial: false, up_to: false })
    });
    let posted = town.web.store.submit_rows(BANK, spent.collect(), true);
    town.runtime.block_on(posted).unwrap();
    let filter = EntryFilter {
        accounts: vec![points, lifetime],
        kinds: vec![EntryKind::Transfer.as_str()],
        ..EntryFilter::default()
    };
    let read = town.web.store.read(BANK, move |tables| tables.entry_numbers(&filter, 200));
    assert_eq!(town.runtime.block_on(read).unwrap().len(), 150);
    town.verify_and_stop();
}

#[test]
fn a_scheme_is_drafted_with_its_faults_told() {
    let town = Town::new();
    let chief = town.as_role("administrator");
    let text = include_str!("../../../schemes/jianxian.toml");
    let wrong = text
        .replace("points_per_hour = 2\n", "points_per_hour = \"two\"\n")
        .replace("points = 5\n", "point = 5\n");
    let line_of = |needle: &str| wrong.lines().position(|line| line.starts_with(needle)).unwrap() + 1;
    let answer = chief.post("/v1/schemes", json!({ "body": wrong }));
    assert_eq!((answer.status, answer.code()), (422, "scheme_faults".into()));
    let body = answer.json();
    let faults = body["faults"].as_array().unwrap();
    let lines: Vec<_> = faults.iter().map(|fault| fault["line"].as_u64().unwrap()).collect();
    for needle in ["points_per_hour", "point = 5"] {
        assert!(lines.contains(&u64::try_from(line_of(needle)).unwrap()), "{needle}: {body}");
    }
    assert!(
        body["detail"].as_str().unwrap().contains(&format!("第 {} 行第 ", line_of("point = 5"))),
        "{body}"
    );
    assert!(faults.iter().all(|fault| fault["column"].as_u64().unwrap() > 0));
    town.verify_and_stop();
}

fn make_the_administrator_a_reviewer_too(town: &Town) {
    let me = town.as_role("administrator").get("/v1/users").ok(200);
    let users = me["items"].as_array().unwrap();
    let chief_id = users.iter().find(|user| user["login"] == "administrator").unwrap()["id"].clone();
    let role = json!({ "user": chief_id, "role": "reviewer", "org": town.id("district") });
    town.as_role("administrator").post("/v1/roles", role).ok(201);
}

#[test]
fn a_scheme_is_published_by_another_person() {
    let town = Town::new();
    let text = include_str!("../../../schemes/jianxian.toml");
    let next = |from: &str, version: &str| {
        text.replace("2025.1", version).replace("valid_from = 2025-01-01", &format!("valid_from = {from}"))
    };
    // Drafted by one administrator, approved by another, never by oneself.
    let draft =
        |name: &str, text: &str| town.make(name, "administrator", "/v1/schemes", json!({ "body": text }));
    let approve = |who: &str, id: &str| {
        town.as_role(who).post(&format!("/v1/schemes/versions/{id}/approve"), json!({}))
    };
    let id = draft("v2", &next("2026-03-03", "2026.1"));
    make_the_administrator_a_reviewer_too(&town);
    town.refused(|_| approve("administrator", &id), 403, "same_person");
    for (who, status) in [("reviewer", 403), ("staff", 403), ("street", 403), ("volunteer", 403)] {
        assert_eq!(approve(who, &id).status, status, "{who}");
    }
    // A draft is not public.
    let versions = |who: &str| {
        let schemes = town.as_role(who).get("/v1/schemes").ok(200);
        schemes["items"][0]["versions"].as_array().unwrap().len()
    };
    assert_eq!((versions("staff"), versions("volunteer")), (2, 1));
    let read = format!("/v1/schemes/versions/{id}");
    assert_eq!(
        (town.as_role("volunteer").get(&read).status, town.as_role("staff").get(&read).status),
        (404, 200)
    );
    approve("reviewer_district", &id).ok(204);
    town.refused(|_| approve("reviewer_district", &id), 409, "wrong_state");
    assert_eq!(town.as_role("volunteer").get(&read).status, 200);
    // No day is evaluated by two versions, and each has a name of its own.
    let early = draft("v3", &next("2026-03-02", "2026.2"));
    let sentence = town.refused(|_| approve("reviewer_district", &early), 422, "scheme_begins_too_early");
    assert!(sentence.contains("2026-03-03 或以后"), "{sentence}");
    let same = draft("v4", &next("2026-03-05", "2026.1"));
    town.refused(|_| approve("reviewer_district", &same), 409, "taken");
    town.verify_and_stop();
}

#[test]
fn of_overlapping_versions_the_one_that_began_last_holds() {
    let town = Town::new();
    let text = include_str!("../../../schemes/jianxian.toml");
    let version = |name: &str, from: &str, points: &str| {
        text.replace("2025.1", name).replace("valid_from = 2025-01-01", from).replace(
            "name = \"建议被采纳\"\nheading = \"参与治理\"\npoints = 3",
            &format!("name = \"建议被采纳\"\npoints = {points}"),
        )
    };
    // Published last, but it begins first and ends after a week.
    publish(&town, "jianxian", &version("b", "valid_from = 2026-03-10", "7"));
    publish(&town, "jianxian", &version("c", "valid_from = 2026-03-05\nvalid_until = 2026-03-11", "5"));
    let worth = |day: &str| {
        let path = format!("/v1/schemes/{}/explain", town.id("scheme"));
        let answer =
            town.as_role("volunteer").post(&path, json!({ "item": "suggestion", "day": day })).ok(200);
        (answer["version"].as_i64().unwrap(), answer["points"].as_str().unwrap().to_owned())
    };
    for (day, number, points) in [
        ("2026-03-04", 1, "3.00"),
        ("2026-03-05", 3, "5.00"),
        ("2026-03-09", 3, "5.00"),
        ("2026-03-10", 2, "7.00"),
        ("2026-03-11", 2, "7.00"),
        ("2030-01-01", 2, "7.00"),
    ] {
        assert_eq!(worth(day), (number, points.to_owned()), "{day}");
    }
    town.verify_and_stop();
}

#[test]
fn a_group_of_the_village_has_its_fairest_family_once_a_year() {
    let town = Town::new();
    let scheme =
        publish(&town, "items-village-store", include_str!("../../../schemes/items-village-store.toml"));
    let ask = |member: &str, item: &str, more: Value| {
        with(json!({ "member": town.id(member), "scheme": scheme, "item": item }), more)
    };
    award(&town, ask("household", "fairest-family", json!({}))).ok(201);
    assert_eq!(town.balance("household", "POINT"), "50.00");
    town.refused(|t| award(t, ask("wang", "fairest-family", json!({}))), 422, "times_reached");
    // Another organisation has one of its own.
    award(&town, ask("lin", "fairest-family", json!({}))).ok(201);
    town.refused(|t| award(t, ask("lin", "four-tidy", json!({}))), 422, "class_not_entitled");
    award(&town, ask("lin", "four-tidy", json!({ "classes": ["贫困户"] }))).ok(201);
    town.refused(|t| award(t, ask("lin", "model-nation", json!({}))), 422, "needs_person");
    town.verify_and_stop();
}

#[test]
fn points_run_out_when_the_scheme_says() {
    let town = Town::new();
    award(&town, body(&town, "lin", "honour-street")).ok(201);
    let lots = || town.as_role("volunteer").get(&format!("/v1/members/{}/lots", town.id("lin"))).ok(200);
    assert_eq!(lots()["items"][0]["expires_at"], "2027-12-31T16:00:00Z");
    town.at("2027-12-31T23:59");
    assert_eq!(town.balance("lin", "POINT"), "20.00");
    town.at("2028-01-01T00:00");
    assert_eq!(lots()["items"], json!([]));
    let balances = town.as_role("auditor").get(&format!("/v1/members/{}/accounts", town.id("lin"))).ok(200);
    let points = balances["items"].as_array().unwrap().iter().find(|row| row["asset"] == "POINT").unwrap();
    assert_eq!(points["available"], "0.00");
    assert_eq!(town.balance("lin", "LIFETIME"), "20.00");
    town.verify_and_stop();
}

#[test]
fn a_dry_run_of_an_award_that_needs_a_second_person_keeps_nothing() {
    let town = Town::new();
    let ask = with(body(&town, "lin", "bravery"), json!({ "decided_points": "120", "reason": "示例" }));
    let head = town.head();
    town.as_role("staff").post("/v1/awards?dry_run=true", ask).ok(202);
    assert_eq!(town.as_role("reviewer").get("/v1/awards/proposals").ok(200)["items"], json!([]));
    assert_eq!(town.head(), head);
    town.verify_and_stop();
}
