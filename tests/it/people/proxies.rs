//! Proxies over HTTP: named, acting within their limits and nothing beyond, ended at once; both are told.

use crate::support::asking::Furnished;
use crate::support::browser::Browser;
use crate::support::document::operations;
use crate::support::service::{FROM, TO, activity, published, sign};
use crate::support::shops::{cart, donate};
use crate::support::town::{Town, bearer, with};
use crate::support::web::{Answer, Ask, at_once};
use jianxian::api::web::document;
use jianxian::auth::permissions::Permission;
use serde_json::{Value, json};

/// A town in which 赵 (log-in `helper`) may act for 王, who has a log-in of her own and some points.
fn town(points: i64) -> Town {
    let town = Town::new();
    town.open_user("wang", json!({ "member": town.id("wang") }), "volunteer", "compound");
    town.open_user("helper", json!({ "member": town.id("zhao") }), "proxy", "compound");
    donate(&town, "wang", points);
    tick(&town);
    town
}

fn number(town: &Town, member: &str) -> Value {
    let path = format!("/v1/members/{}", town.id(member));
    ["staff", "staff_sibling"]
        .iter()
        .map(|who| town.as_role(who).get(&path))
        .find(|answer| answer.status == 200)
        .unwrap()
        .ok(200)["number"]
        .clone()
}

/// The form that names a member as proxy.
fn form(town: &Town, proxy: &str, name: &str, more: Value) -> Value {
    with(json!({ "number": number(town, proxy), "name": name, "points_a_day": "50" }), more)
}

fn name(town: &Town, who: &str, member: &str, body: Value) -> Answer {
    town.as_role(who).post(&format!("/v1/members/{}/proxies", town.id(member)), body)
}

/// 王 names 赵.
fn named(town: &Town, more: Value) -> String {
    let made = name(town, "wang", "wang", form(town, "zhao", "赵示例", more)).ok(201);
    town.keep("proxy", &made["id"])
}

fn show(town: &Town, who: &str, member: &str) -> Answer {
    town.as_role(who).post(&format!("/v1/members/{}/codes", town.id(member)), json!({}))
}

/// A code of the helper for 王 that the clerk has claimed.
fn claimed(town: &Town) -> String {
    let link = show(town, "helper", "wang").ok(201)["link"].clone();
    let claimed = town.as_role("merchant_clerk").post("/v1/codes/claim", json!({ "code": link })).ok(200);
    claimed["code"].as_str().unwrap().to_owned()
}

fn redeem(town: &Town, code: &str, lines: &[(&str, i64)]) -> Answer {
    let body = json!({ "code": code, "lines": cart(town, lines) });
    town.as_role("merchant_clerk").post("/v1/redemptions", body)
}

/// The titles of the messages of a user, newest first.
fn told(town: &Town, who: &str) -> Vec<String> {
    let all = town.as_role(who).get("/v1/messages").ok(200);
    let title = |one: &Value| one["title"].as_str().unwrap().to_owned();
    all["items"].as_array().unwrap().iter().map(title).collect()
}

fn tick(town: &Town) {
    town.web.clock.advance_seconds(1);
}

#[test]
fn a_proxy_signs_up_shows_the_code_and_reads_the_passbook_and_both_are_told() {
    let town = town(60);
    let path = |rest: &str| format!("/v1/members/{}/{rest}", town.id("wang"));
    for rest in ["passbook", "accounts", "lots"] {
        town.refused(|t| t.as_role("helper").get(&path(rest)), 404, "not_found");
    }
    town.refused(|t| show(t, "helper", "wang"), 404, "not_found");
    named(&town, json!({}));
    tick(&town);
    for rest in ["passbook", "accounts", "lots", "passbook"] {
        town.as_role("helper").get(&path(rest)).ok(200);
    }
    let score = town.as_role("helper").get(&path("passbook?asset=SCORE"));
    assert_eq!(score.status, 404, "scores stay inside a branch");
    published(&town, "sweeping", activity(&town, "community", FROM, TO));
    tick(&town);
    let seat = sign(&town, "helper", "sweeping", "sign-ups", json!({ "member": town.id("wang") })).ok(201);
    let list = town.as_role("helper").get(&format!("/v1/sign-ups?member={}", town.id("wang"))).ok(200);
    assert_eq!(list["items"][0]["id"], seat["id"]);
    tick(&town);
    let withdraw = format!("/v1/sign-ups/{}/withdraw", seat["id"].as_str().unwrap());
    town.as_role("helper").post(&withdraw, json!({})).ok(204);
    tick(&town);
    claimed(&town);
    let of_wang =
        ["赵示例替您出示了兑换码", "赵示例替您退出了报名", "赵示例替您报了名", "赵示例今天看了您的存折"];
    assert_eq!(told(&town, "wang")[..4], of_wang, "one look a day");
    let of_helper =
        ["您替王示例出示了兑换码", "您替王示例退出了报名", "您替王示例报了名", "您今天看了王示例的存折"];
    assert_eq!(told(&town, "helper")[..4], of_helper);
    let log = town.as_role("wang").get(&path("access-log")).ok(200);
    let actions: Vec<&str> =
        log["items"].as_array().unwrap().iter().map(|line| line["action"].as_str().unwrap()).collect();
    let noted = ["proxy_showed_code", "proxy_gave_back", "proxy_signed_up", "proxy_looked", "name_proxy"];
    assert_eq!(actions[..5], noted);
    town.verify_and_stop();
}

#[test]
fn a_redemption_names_the_proxy_and_counts_against_the_day_and_the_sum() {
    let town = town(200);
    let id = named(&town, json!({ "points_in_all": "65" }));
    tell(&town);
    let held = redeem(&town, &claimed(&town), &[("haircut", 4)]).ok(201);
    let held = held["redemption"]["id"].as_str().unwrap().to_owned();
    let clerk = town.as_role("merchant_clerk");
    clerk.post(&format!("/v1/redemptions/{held}/capture"), json!({})).ok(200);
    let seen = town.as_role("staff").get(&format!("/v1/redemptions/{held}")).ok(200);
    assert_eq!(seen["proxy"], json!(id));
    let text = town.refused(|t| redeem(t, &claimed(t), &[("haircut", 2)]), 422, "proxy_day_limit");
    assert!(text.contains("50 分") && text.contains("10 分") && text.contains("本人"), "{text}");
    // What comes back does not count.
    clerk
        .post(&format!("/v1/redemptions/{held}/refund"), json!({ "lines": cart(&town, &[("haircut", 1)]) }))
        .ok(201);
    redeem(&town, &claimed(&town), &[("haircut", 2)]).ok(201);
    town.at("2026-03-03T09:00");
    let text = town.refused(|t| redeem(t, &claimed(t), &[("haircut", 2)]), 422, "proxy_sum_limit");
    assert!(text.contains("65 分") && text.contains("15 分"), "{text}");
    redeem(&town, &claimed(&town), &[("haircut", 1)]).ok(201);
    // A code of her own has no such limit.
    let own = town.as_role("wang").post("/v1/codes", json!({})).ok(201)["link"].clone();
    let own = clerk.post("/v1/codes/claim", json!({ "code": own })).ok(200)["code"].clone();
    redeem(&town, own.as_str().unwrap(), &[("haircut", 6)]).ok(201);
    tell(&town);
    let told_of =
        |who: &str| told(&town, who).into_iter().filter(|title| title.contains("40 分")).collect::<Vec<_>>();
    assert_eq!(told_of("wang"), ["赵示例用您的积分兑换了 40 分"], "one message, and it says who");
    assert_eq!(told_of("helper"), ["您替王示例兑换了 40 分"]);
    town.verify_and_stop();
}

/// Runs the job that sends the messages about entries.
fn tell(town: &Town) {
    let run = town.web.services.tell_what_is_new(crate::support::web::BANK);
    town.runtime.block_on(run).unwrap();
}

#[test]
fn naming_the_same_proxy_anew_does_not_begin_the_day_anew() {
    let town = town(120);
    let id = named(&town, json!({}));
    redeem(&town, &claimed(&town), &[("haircut", 5)]).ok(201);
    town.as_role("wang").post(&format!("/v1/proxies/{id}/end"), json!({})).ok(204);
    named(&town, json!({}));
    town.refused(|t| redeem(t, &claimed(t), &[("rice", 1)]), 422, "proxy_day_limit");
    town.verify_and_stop();
}

#[test]
fn redemptions_at_the_same_time_never_pass_the_limit_of_the_day() {
    let town = town(300);
    // One code at a time is good, so that each code is claimed while the hold before it is still on its way.
    named(&town, json!({ "points_in_all": "70" }));
    let clerk = bearer(&town, "merchant_clerk");
    let mut good = 0;
    for round in 0..4 {
        let code = claimed(&town);
        let body = json!({ "code": code, "lines": cart(&town, &[("haircut", 2)]) });
        let ask = |n: usize| {
            let ask = Ask::post("/v1/redemptions", body.clone()).role(None).key(format!("p{round}-{n}"));
            ask.header("Authorization", &clerk)
        };
        let answers = at_once(town.web.address(), (0..4).map(ask).collect());
        good += answers.iter().filter(|answer| answer.status == 201).count();
        let known = ["code_used", "proxy_day_limit", "proxy_sum_limit", "changed_meanwhile"];
        let fits = |answer: &Answer| answer.status == 201 || known.contains(&answer.code().as_str());
        assert!(answers.iter().all(fits), "{answers:?}");
        town.web.clock.advance_seconds(70);
    }
    assert_eq!(good, 2, "two of 20 points are within 50 a day");
    town.verify_and_stop();
}

#[test]
fn either_ends_it_at_once_and_staff_by_phone() {
    let town = town(60);
    let end = |who: &str, step: &str, body: Value| {
        let path = format!("/v1/proxies/{}/{step}", town.id("proxy"));
        town.as_role(who).post(&path, body)
    };
    named(&town, json!({}));
    let code = claimed(&town);
    town.refused(|_| end("volunteer", "end", json!({})), 404, "not_found");
    end("wang", "end", json!({})).ok(204);
    town.refused(|t| redeem(t, &code, &[("rice", 1)]), 422, "code_unknown");
    town.refused(|t| show(t, "helper", "wang"), 404, "not_found");
    town.refused(|_| end("helper", "end", json!({})), 409, "wrong_state");
    named(&town, json!({}));
    end("helper", "end", json!({})).ok(204);
    named(&town, json!({}));
    town.refused(|_| end("staff", "end-by-phone", json!({})), 400, "field_missing");
    let why = json!({ "reason": "本人来电，报了存折号" });
    town.refused(|_| end("staff_sibling", "end-by-phone", why.clone()), 404, "not_found");
    town.refused(|_| end("helper", "end-by-phone", why.clone()), 403, "role_missing");
    tick(&town);
    end("staff", "end-by-phone", why).ok(204);
    town.refused(|t| show(t, "helper", "wang"), 404, "not_found");
    assert_eq!(told(&town, "wang")[0], "赵示例不再替您代办了");
    assert_eq!(told(&town, "helper")[0], "您不再替王示例代办了");
    let list = town.as_role("wang").get("/v1/proxies").ok(200);
    let states: Vec<&Value> = list["items"].as_array().unwrap().iter().map(|one| &one["state"]).collect();
    assert_eq!(states, ["ended", "ended", "ended"]);
    town.verify_and_stop();
}

#[test]
fn whom_one_may_name() {
    let town = town(0);
    let own = |body: Value| name(&town, "wang", "wang", body);
    let zhao = form(&town, "zhao", "赵示例", json!({}));
    town.refused(|_| own(form(&town, "wang", "王示例", json!({}))), 422, "proxy_is_oneself");
    town.refused(|_| own(form(&town, "zhao", "钱示例", json!({}))), 422, "proxy_unknown");
    town.refused(|_| own(form(&town, "keeper", "店示例", json!({}))), 422, "proxy_without_log_in");
    let days = |more: Value| own(with(zhao.clone(), more));
    town.refused(|_| days(json!({ "until": "2026-03-01" })), 422, "proxy_days");
    town.refused(|_| days(json!({ "until": "2027-03-04" })), 422, "proxy_days");
    town.refused(|_| days(json!({ "starts_on": "2026-03-01" })), 422, "proxy_days");
    town.refused(|_| days(json!({ "guardianship": "户口簿" })), 422, "no_guardian_needed");
    town.refused(|_| days(json!({ "points_a_day": "0" })), 400, "field_not_positive");
    town.refused(|t| name(t, "volunteer", "wang", zhao.clone()), 404, "not_found");
    town.refused(|t| name(t, "staff_sibling", "wang", zhao.clone()), 404, "not_found");
    own(zhao.clone()).ok(201);
    town.refused(|_| own(zhao.clone()), 409, "proxy_named_before");
    let freeze = format!("/v1/members/{}/freeze", town.id("lin"));
    town.as_role("street").post(&freeze, json!({ "reason": "示例事由" })).ok(204);
    town.refused(|_| own(form(&town, "lin", "林示例", json!({}))), 409, "wrong_state");
    town.verify_and_stop();
}

#[test]
fn a_frozen_proxy_and_one_whose_days_are_over_act_no_more() {
    let town = town(60);
    named(&town, json!({ "starts_on": "2026-03-03", "until": "2026-03-04" }));
    town.refused(|t| show(t, "helper", "wang"), 404, "not_found");
    town.at("2026-03-03T08:00");
    let code = claimed(&town);
    let step = |step: &str| {
        let path = format!("/v1/members/{}/{step}", town.id("zhao"));
        town.as_role("street").post(&path, json!({ "reason": "示例事由" })).ok(204);
    };
    step("freeze");
    town.refused(|t| redeem(t, &code, &[("rice", 1)]), 422, "code_unknown");
    town.refused(|t| show(t, "helper", "wang"), 404, "not_found");
    step("unfreeze");
    redeem(&town, &code, &[("rice", 1)]).ok(201);
    town.at("2026-03-05T00:00");
    town.refused(|t| show(t, "helper", "wang"), 404, "not_found");
    let one = town.as_role("helper").get(&format!("/v1/proxies/{}", town.id("proxy"))).ok(200);
    assert_eq!((&one["state"], &one["until"]), (&json!("expired"), &json!("2026-03-04")));
    named(&town, json!({}));
    show(&town, "helper", "wang").ok(201);
    town.verify_and_stop();
}

#[test]
fn a_person_has_three_proxies_and_a_proxy_acts_for_five() {
    let town = Town::new();
    let member = |n: usize| {
        let body = json!({ "name": "周示例", "org": town.id("community"), "birth_year": 1950 + n,
            "confirmed_new": true });
        town.make(&format!("zhou{n}"), "staff", "/v1/members", body);
        town.open_user(
            &format!("zhou{n}"),
            json!({ "member": town.id(&format!("zhou{n}")) }),
            "volunteer",
            "community",
        );
    };
    (0..6).for_each(member);
    let by_staff = |person: usize, proxy: usize| {
        let body = form(&town, &format!("zhou{proxy}"), "周示例", json!({}));
        name(&town, "staff", &format!("zhou{person}"), body)
    };
    (1..4).for_each(|proxy| drop(by_staff(0, proxy).ok(201)));
    let text = town.refused(|_| by_staff(0, 4), 409, "proxies_enough");
    assert!(text.contains("3 位"), "{text}");
    (1..5).for_each(|person| drop(by_staff(person, 5).ok(201)));
    let lin = |who: &str| {
        let body = form(&town, "zhou5", "周示例", json!({}));
        name(&town, "staff", who, body)
    };
    lin("lin").ok(201);
    let text = town.refused(|_| lin("wang"), 409, "proxy_for_enough");
    assert!(text.contains("5 个人"), "{text}");
    town.verify_and_stop();
}

#[test]
fn a_minors_guardian_is_recorded_by_staff_until_the_day_of_age() {
    let town = town(0);
    let child = json!({ "name": "小示例", "org": town.id("compound"), "birth_year": 2010 });
    town.make("child", "staff", "/v1/members", child);
    town.open_user("child", json!({ "member": town.id("child") }), "volunteer", "compound");
    let zhao = |more: Value| form(&town, "zhao", "赵示例", more);
    let proof = json!({ "guardianship": "户口簿，母亲" });
    let text = town.refused(|t| name(t, "child", "child", zhao(json!({}))), 422, "guardian_needed");
    assert!(text.contains("柜台"), "{text}");
    town.refused(|t| name(t, "child", "child", zhao(proof.clone())), 422, "guardian_needed");
    town.refused(|t| name(t, "staff", "child", zhao(json!({}))), 422, "guardian_needed");
    let child_as_proxy = form(&town, "child", "小示例", json!({}));
    town.refused(|t| name(t, "wang", "wang", child_as_proxy), 422, "proxy_too_young");
    let made = name(&town, "staff", "child", zhao(proof)).ok(201);
    let id = town.keep("proxy", &made["id"]);
    let one = town.as_role("helper").get(&format!("/v1/proxies/{id}")).ok(200);
    assert_eq!((&one["kind"], &one["until"]), (&json!("guardian"), &json!("2027-12-31")));
    show(&town, "helper", "child").ok(201);
    let end = format!("/v1/proxies/{id}/end");
    town.refused(|t| t.as_role("child").post(&end, json!({})), 404, "not_found");
    town.as_role("helper").post(&end, json!({})).ok(204);
    town.verify_and_stop();
}

#[test]
fn a_shops_own_people_do_not_carry_points_to_it() {
    let town = town(60);
    town.open_user("keeper", json!({ "member": town.id("keeper") }), "volunteer", "community");
    name(&town, "wang", "wang", form(&town, "keeper", "店示例", json!({}))).ok(201);
    let link = show(&town, "keeper", "wang").ok(201)["link"].clone();
    let claimed = town.as_role("merchant_clerk").post("/v1/codes/claim", json!({ "code": link })).ok(200);
    let code = claimed["code"].as_str().unwrap();
    town.refused(|t| redeem(t, code, &[("rice", 1)]), 403, "own_shop");
    town.verify_and_stop();
}

#[test]
fn staff_name_neither_themselves_nor_for_themselves() {
    let town = town(0);
    let body = json!({ "name": "吴示例", "org": town.id("community") });
    town.make("wu", "staff", "/v1/members", body);
    town.open_user("staff_wu", json!({ "member": town.id("wu") }), "staff", "community");
    town.refused(|t| name(t, "staff_wu", "lin", form(t, "wu", "吴示例", json!({}))), 403, "for_oneself");
    name(&town, "staff", "lin", form(&town, "wu", "吴示例", json!({}))).ok(201);
    town.verify_and_stop();
}

/// What a proxy may do with what belongs to the person; everything else is as if the person were not there. Objections to
/// a public notice are open to every resident.
const MAY: &[&str] = &[
    "read_passbook",
    "list_balances",
    "list_lots",
    "explain_award",
    "show_code_as_proxy",
    "withdraw_sign_up",
];

#[test]
fn nothing_else_of_the_person_is_open_to_a_proxy() {
    let there = Furnished::new();
    let town = &there.town;
    // The helper acts for 林, of whom there is something of every kind.
    town.open_user("helper", json!({ "member": town.id("zhao") }), "volunteer", "compound");
    name(town, "volunteer", "lin", form(town, "zhao", "赵示例", json!({}))).ok(201);
    let of_lin = [
        "/v1/members",
        "/v1/certificates",
        "/v1/cards",
        "/v1/service-records",
        "/v1/redemptions",
        "/v1/awards",
        "/v1/sign-ups",
    ];
    let mut seen = Vec::new();
    for operation in &operations() {
        let named =
            of_lin.iter().any(|start| operation.path.starts_with(start)) && operation.path.contains('{');
        let open = document::rights(&operation.members)
            .iter()
            .any(|right| matches!(right, Permission::ReadOffers | Permission::RaiseObjections));
        if !named || open {
            continue;
        }
        let answer = there.send_as("helper", &there.ask(operation, &format!("proxy-{}", operation.id)));
        let may = MAY.contains(&operation.id.as_str());
        if may == [403, 404].contains(&answer.status) {
            seen.push(format!("{}: {} {}", operation.id, answer.status, answer.text));
        }
    }
    assert_eq!(seen.join("\n"), "");
    there.town.verify_and_stop();
}

/// 王 names 赵 on a page, after two mistakes.
fn named_on_the_page(town: &Town) {
    let wang = Browser::signed_in(town, "wang");
    let page = wang.get("/me/proxies").is(200).says("还没有代办人").says("代办人要有登录名");
    let (number, until) = (number(town, "zhao"), ("until", "2026-05-31"));
    let number = number.as_str().unwrap();
    let filled = |name: &'static str| {
        [("step", "name_proxy"), ("name", name), ("number", number), until, ("points_a_day", "50")]
    };
    wang.post(&page, "/me/proxies", &filled("")).is(422);
    let wrong = wang.post(&page, "/me/proxies", &filled("钱示例")).is(422).says("id=\"name-fault\"");
    assert!(wrong.has("value=\"钱示例\"") && wrong.has(number), "what was typed stays: {}", wrong.html);
    let page = wang.get("/me/proxies").is(200);
    wang.post(&page, "/me/proxies", &filled("赵示例")).is(200).says("赵示例").says("每天最多 50 分");
}

#[test]
fn on_pages_a_proxy_is_named_acts_and_is_ended() {
    let town = town(60);
    named_on_the_page(&town);
    let helper = Browser::signed_in(&town, "helper");
    let page = helper.get("/me/proxies").is(200).says("我替谁代办").says("王示例");
    let id = town.as_role("helper").get("/v1/proxies").ok(200)["items"][0]["id"].as_str().unwrap().to_owned();
    let acting = format!("/me/proxies/{id}");
    assert!(page.has(&acting));
    let one = helper.get(&acting).is(200).says("替王示例代办").says("60").says("王示例的存折");
    assert!(!one.has("我的存折"), "{}", one.html);
    helper.post(&one, &format!("{acting}/code"), &[]).is(200).says("替王示例代办");
    published(&town, "sweeping", activity(&town, "community", FROM, TO));
    let event = format!("/events/{}", town.id("sweeping"));
    let page = helper.get(&event).is(200).says("替王示例报名");
    let wang_id = town.id("wang");
    let page = helper.post(&page, &event, &[("step", "sign_up"), ("for", &wang_id)]).is(200).says("已报名");
    helper.post(&page, &event, &[("step", "withdraw_sign_up"), ("for", &wang_id)]).is(200).says("替他报名");
    let desk = format!("/staff/people/{wang_id}/proxies");
    let staff = Browser::signed_in(&town, "staff");
    let page = staff.get(&desk).is(200).says("赵示例");
    let end = [("step", "end_proxy_by_phone"), ("proxy", id.as_str()), ("reason", "")];
    staff.post(&page, &desk, &end).is(422);
    staff.post(&page, &desk, &[end[0], end[1], ("reason", "本人来电")]).is(200).says("代办已结束");
    helper.get(&acting).is(404);
    town.verify_and_stop();
}

#[test]
fn another_code_that_a_proxy_asks_for_is_the_persons_too() {
    let town = town(0);
    let code = format!("/me/proxies/{}/code", named(&town, json!({})));
    let helper = Browser::signed_in(&town, "helper");
    let page = helper.get(code.trim_end_matches("/code")).is(200);
    let shown = helper.post(&page, &code, &[]).is(200).says("替王示例代办");
    assert!(shown.has(&format!("action=\"{code}\"")) && !shown.has("action=\"/me/code\""));
    helper.post(&shown, &code, &[]).is(200).says("替王示例代办");
    town.verify_and_stop();
}

#[test]
fn a_proxy_reads_why_an_entry_has_its_points_as_the_person_does() {
    let town = town(0);
    let body = json!({ "member": town.id("wang"), "scheme": town.id("scheme"), "item": "suggestion" });
    let entry = town.as_role("staff").post("/v1/awards", body).ok(201)["entry"].clone();
    let why = format!("/v1/awards/{entry}/explain");
    town.refused(|t| t.as_role("helper").get(&why), 404, "not_found");
    let id = named(&town, json!({}));
    let own = town.as_role("wang").get(&why).ok(200);
    assert_eq!(town.as_role("helper").get(&why).ok(200), own);
    let helper = Browser::signed_in(&town, "helper");
    let link = format!("/me/proxies/{id}/entries/{entry}");
    assert!(helper.get(&format!("/me/proxies/{id}")).is(200).has(&link));
    let first = own["sentences"][0].as_str().unwrap();
    helper.get(&link).is(200).says(first).says("王示例");
    town.as_role("wang").post(&format!("/v1/proxies/{id}/end"), json!({})).ok(204);
    town.refused(|t| t.as_role("helper").get(&why), 404, "not_found");
    helper.get(&link).is(404);
    town.verify_and_stop();
}

#[test]
fn a_clerk_sees_that_a_proxy_shows_the_code_and_not_who() {
    let town = town(60);
    named(&town, json!({}));
    let clerk = Browser::signed_in(&town, "merchant_clerk");
    let claim = |link: &Value| {
        let till = clerk.get("/shop").is(200);
        clerk.post(&till, "/shop", &[("code", link.as_str().unwrap())]).is(200)
    };
    let goods = claim(&show(&town, "helper", "wang").ok(201)["link"]).says("由代办人出示");
    let check = clerk.get(&format!("{}/check?one={}", goods.path, town.id("rice"))).is(200);
    let check = check.says("由代办人出示").says("王**");
    assert!(!check.has("赵") && !check.has("王示例"), "{}", check.html);
    let own = town.as_role("wang").post("/v1/codes", json!({})).ok(201)["link"].clone();
    assert!(!claim(&own).has("由代办人出示"));
    town.verify_and_stop();
}
