//! What belongs to a person: a copy of the own data, consents, corrections, and erasure, after which no trace is left and
//! the ledger verifies.

use crate::support::asking::Furnished;
use crate::support::browser::Browser;
use crate::support::service::bring_along;
use crate::support::shops::donate;
use crate::support::town::{PASSWORD, Town};
use crate::support::web::{Answer, Ask, BANK};
use crate::support::zip::parts;
use jianxian::api::people::own_copy::declared;
use jianxian::domain::id::Id;
use jianxian::services::people::privacy::{Copied, Erased, STORED, TABLES};
use jianxian::store::people::members::AccessRow;
use jianxian::store::schema::all_tables;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// A person who is to leave no trace: nothing of them stands anywhere else.
const NAME: &str = "欧阳寻踪";
const LOGIN: &str = "ouyang.trace";
const PHONE: &str = "13987650123";
const TRADE: &str = "补伞匠人";
const WORDS: [&str; 4] = ["楼梯口第七级松了", "帮她抬过柜子", "纸质表第九十七号", "查访缘由甲乙丙"];

fn copy_of(answer: &Answer) -> BTreeMap<String, String> {
    assert_eq!(answer.status, 200, "{}", answer.head);
    parts(&answer.bytes).into_iter().collect()
}

fn whole(parts: &BTreeMap<String, String>) -> Value {
    serde_json::from_str(&parts["data.json"]).unwrap()
}

fn status(town: &Town, who: &str, path: &str, body: Value) -> (u16, String) {
    let answer = town.as_role(who).post(path, body);
    (answer.status, answer.code())
}

#[test]
fn a_copy_has_everything_about_the_caller_and_no_secret() {
    let there = Furnished::new();
    let answer = there.town.as_role("volunteer").get("/v1/me/data");
    assert_eq!(answer.header("content-type").as_deref(), Some("application/zip"));
    let (parts, names) = (copy_of(&answer), declared());
    let data = whole(&parts);
    for (name, columns) in &names {
        assert!(data[name].is_array(), "{name} is missing");
        let heading = parts[&format!("{name}.csv")].lines().next().unwrap().to_owned();
        assert_eq!(heading.split(',').count(), columns.len(), "{name}: {heading}");
    }
    assert_eq!(data.as_object().unwrap().len(), names.len());
    assert_eq!(
        (&data["file"][0]["phone"], &data["file"][0]["name"]),
        (&json!("13800000001"), &json!("林示例"))
    );
    for filled in [
        "users",
        "sessions",
        "consents",
        "passbook",
        "service_records",
        "sign_ups",
        "redemptions",
        "certificates",
    ] {
        assert!(!data[filled].as_array().unwrap().is_empty(), "{filled} is empty");
    }
    let noted = data["access_log"].as_array().unwrap().iter().any(|one| one["action"] == "copy_own_data");
    assert!(noted, "each copy is noted");
    for secret in ["hash", "sealed", "王示例", "赵示例"] {
        assert!(!parts["data.json"].contains(secret), "{secret}");
    }
    let refused = there.town.as_role("staff").get("/v1/me/data");
    assert_eq!((refused.status, refused.code().as_str()), (403, "role_missing"));
    there.town.verify_and_stop();
}

#[test]
fn a_copy_is_read_part_by_part_and_misses_no_line() {
    const LINES: usize = 1_234;
    let town = Town::new();
    let member: Id = town.id("lin").parse().unwrap();
    let written = town.web.store.write(BANK, move |tables| {
        for number in 0..LINES {
            let (bank_id, recorded_at) = (tables.bank, tables.now);
            tables.log_access(&AccessRow {
                bank_id,
                id: Id(uuid::Uuid::from_u128(1 + u128::try_from(number).unwrap())),
                recorded_at,
                actor_id: Id::SYSTEM,
                action: "sample".into(),
                subject_kind: "member".into(),
                subject_id: Some(member),
                reason: Some(format!("=line {number}")),
            })?;
        }
        Ok(())
    });
    town.runtime.block_on(written).unwrap();
    let parts = copy_of(&town.as_role("volunteer").get("/v1/me/data"));
    let lines = whole(&parts)["access_log"].as_array().unwrap().len();
    assert!(lines > LINES, "{lines}");
    let mut reader =
        csv::Reader::from_reader(parts["access_log.csv"].trim_start_matches('\u{feff}').as_bytes());
    let reasons: std::collections::BTreeSet<String> = reader
        .records()
        .map(|row| row.unwrap()[5].to_owned())
        .filter(|reason| reason.contains("line"))
        .collect();
    assert_eq!(reasons.len(), LINES, "each once");
    assert!(reasons.contains("'=line 7"), "no cell is a formula");
    town.verify_and_stop();
}

#[test]
fn every_table_says_what_the_copy_has_of_it_and_what_an_erasure_does() {
    let tables: BTreeMap<&str, Vec<&str>> = all_tables()
        .map(|table| (table.name, table.columns.iter().map(|column| column.name).collect()))
        .collect();
    let listed: Vec<&str> = TABLES.iter().map(|one| one.table).collect();
    let mut once = listed.clone();
    once.sort_unstable();
    assert_eq!(once, tables.keys().copied().collect::<Vec<_>>(), "every table once");
    let kinds: Vec<&str> = declared().into_iter().map(|(name, _)| name).collect();
    for one in TABLES {
        if let Copied::In(kind) = one.copied {
            assert!(kinds.contains(&kind), "{}: the copy has no {kind}", one.table);
        }
        if let Erased::Emptied(columns) = one.erased {
            let unknown: Vec<_> = columns.iter().filter(|name| !tables[one.table].contains(name)).collect();
            assert!(unknown.is_empty() && !columns.is_empty(), "{}: {unknown:?}", one.table);
        }
    }
    for stored in STORED {
        let mut said: Vec<&str> = stored.columns.iter().chain(stored.withheld).copied().collect();
        let mut there = tables[stored.table].clone();
        there.retain(|name| *name != "bank_id");
        said.sort_unstable();
        there.sort_unstable();
        assert_eq!(said, there, "{}", stored.table);
    }
}

#[test]
fn a_consent_is_to_one_version_of_one_text() {
    let town = Town::new();
    let give = |purpose: &str, version: i64| {
        status(&town, "volunteer", "/v1/me/consents", json!({ "purpose": purpose, "text_version": version }))
    };
    assert_eq!(give("location", 2), (409, "consent_text_changed".into()));
    assert_eq!(give("under_14", 1), (403, "consent_on_paper".into()));
    assert_eq!(give("location", 1).0, 201);
    assert_eq!(give("location", 1).0, 201, "the one that holds");
    let own = town.as_role("volunteer").get("/v1/me/consents").ok(200);
    let of = |purpose: &str| {
        own["items"].as_array().unwrap().iter().find(|one| one["purpose"] == purpose).cloned()
    };
    let location = of("location").unwrap();
    assert_eq!((&location["given"], location["history"].as_array().unwrap().len()), (&json!(true), 1));
    assert!(location["text"].as_str().unwrap().contains("不记行踪"));
    let id = location["history"][0]["id"].as_str().unwrap().to_owned();
    let withdraw = format!("/v1/consents/{id}/withdraw");
    for (who, expected) in [("staff_sibling", 404), ("auditor", 403), ("volunteer", 204), ("volunteer", 409)]
    {
        assert_eq!(status(&town, who, &withdraw, json!({})).0, expected, "{who}");
    }
    let path = format!("/v1/members/{}/consents", town.id("lin"));
    let form = json!({ "purpose": "under_14", "text_version": 1, "paper": "2026-7" });
    assert_eq!(status(&town, "staff_sibling", &path, form.clone()).0, 404);
    assert_eq!(status(&town, "staff", &path, form).0, 201);
    let seen = town.as_role("staff").get(&path).ok(200);
    let guardian = seen["items"].as_array().unwrap().iter().find(|one| one["purpose"] == "under_14").unwrap();
    assert_eq!(guardian["history"][0]["paper"], "2026-7");
    town.verify_and_stop();
}

fn consent(town: &Town, purpose: &str) -> String {
    let body = json!({ "purpose": purpose, "text_version": 1 });
    town.make(purpose, "volunteer", "/v1/me/consents", body)
}

#[test]
fn what_was_stored_by_consent_is_cleared_when_it_is_withdrawn() {
    let town = Town::new();
    let path = format!("/v1/members/{}", town.id("lin"));
    let set = |version: i64| town.as_role("staff").patch(&path, version, json!({ "party_member": true }));
    let version = town.as_role("staff").get(&path).ok(200)["version"].as_i64().unwrap();
    set(version).ok(200);
    let given = consent(&town, "party_membership");
    assert_eq!(status(&town, "volunteer", &format!("/v1/consents/{given}/withdraw"), json!({})).0, 204);
    let file = town.as_role("staff").get(&path).ok(200);
    assert_eq!(file["party_member"], false, "cleared at once");
    let refused = set(file["version"].as_i64().unwrap());
    assert_eq!((refused.status, refused.code().as_str()), (409, "consent_withdrawn"));
    assert!(refused.json()["detail"].as_str().unwrap().contains("政治面貌"));
    consent(&town, "party_membership");
    set(file["version"].as_i64().unwrap()).ok(200);
    town.verify_and_stop();
}

#[test]
fn a_public_notice_has_no_name_without_the_consent_to_it() {
    let there = Furnished::new();
    let town = &there.town;
    let path = format!("/v1/service-records/{}/approve", town.id("record"));
    town.as_role("reviewer").post(&path, json!({})).ok(200);
    let notice =
        || town.web.send(&Ask::get("/v1/public/t/service-notices").role(None)).ok(200)["items"][0].clone();
    assert_eq!(notice()["name"], "林**");
    let given = consent(town, "publication");
    assert_eq!(notice()["name"], "林**");
    assert_eq!(status(town, "volunteer", &format!("/v1/consents/{given}/withdraw"), json!({})).0, 204);
    let hidden = notice();
    assert_eq!(hidden["name"], "***");
    assert!(hidden["number"].as_str().is_some_and(|number| !number.is_empty()), "the number stays");
    there.town.verify_and_stop();
}

#[test]
fn staff_decide_on_a_correction_that_the_person_asks_for() {
    let town = Town::new();
    let ask = |body: Value| status(&town, "volunteer", "/v1/corrections", body);
    assert_eq!(ask(json!({ "reason": "登记时写错" })).0, 400);
    assert_eq!(ask(json!({ "name": "林示范", "trade": "木工", "reason": "登记时写错" })).0, 400);
    let body = json!({ "name": "林示范", "reason": "登记时写错" });
    let asked = town.as_role("volunteer").post("/v1/corrections", body.clone()).ok(202);
    let id = asked["proposal"].as_str().unwrap().to_owned();
    assert_eq!(ask(body), (409, "wrong_state".into()), "one at a time");
    let step = |who: &str, step: &str, body: Value| {
        status(&town, who, &format!("/v1/corrections/{id}/{step}"), body)
    };
    assert_eq!(step("volunteer", "accept", json!({})).0, 403);
    assert_eq!(step("staff_sibling", "accept", json!({})).0, 404);
    assert_eq!(step("staff", "refuse", json!({ "reason": "请带身份证来" })).0, 204);
    let refused = town.as_role("volunteer").get("/v1/corrections?state=rejected").ok(200);
    assert_eq!(refused["items"][0]["reply"], "请带身份证来");
    let told = town.as_role("volunteer").get("/v1/messages").ok(200);
    assert_eq!(told["items"][0]["title"], "您的更正申请没有同意");
    town.at("2026-03-02T09:00");
    let body = json!({ "trade": "木工", "reason": "登记时漏写" });
    let again = town.as_role("volunteer").post("/v1/corrections", body).ok(202);
    let accept = format!("/v1/corrections/{}/accept", again["proposal"].as_str().unwrap());
    assert_eq!(status(&town, "staff", &accept, json!({})).0, 204);
    let file = town.as_role("staff").get(&format!("/v1/members/{}", town.id("lin"))).ok(200);
    assert_eq!((&file["trade"], &file["name"]), (&json!("木工"), &json!("林示例")));
    town.verify_and_stop();
}

/// The person who is to leave no trace, with something in every table that they can fill by themselves.
fn settled() -> Town {
    let town = Town::new();
    let body = json!({ "name": NAME, "org": town.id("community"), "phone": PHONE, "trade": TRADE, "gender": "female",
        "birth_year": 1950 });
    town.make("ouyang", "staff", "/v1/members", body);
    town.open_user(LOGIN, json!({ "member": town.id("ouyang"), "name": NAME }), "volunteer", "community");
    donate(&town, "ouyang", 20);
    let award = json!({ "member": town.id("ouyang"), "scheme": town.id("scheme"), "item": "suggestion", "note": WORDS[1] });
    town.as_role("staff").post("/v1/awards", award).ok(201);
    let words = json!({ "kind": "complaint", "words": WORDS[0] });
    town.make("complaint", LOGIN, "/v1/feedback", words);
    let consents = format!("/v1/members/{}/consents", town.id("ouyang"));
    let form = json!({ "purpose": "publication", "text_version": 1, "paper": WORDS[2] });
    town.make("form", "staff", &consents, form);
    let reveal = format!("/v1/members/{}/reveal", town.id("ouyang"));
    town.as_role("staff").post(&reveal, json!({ "what": "phone", "reason": WORDS[3] })).ok(200);
    town.as_role("auditor").get(&format!("/v1/members?name={}", urlencoded(NAME))).ok(200);
    bring_along(&town, "ouyang", 600, None);
    town.make(
        "paper",
        "staff",
        "/v1/certificates",
        json!({ "member": town.id("ouyang"), "remark": WORDS[0] }),
    );
    town
}

fn urlencoded(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

fn asked(town: &Town, who: &str, body: Value) -> String {
    let asked = town.as_role(who).post("/v1/erasures", body).ok(202);
    asked["proposal"].as_str().unwrap().to_owned()
}

/// The sentence of a refusal to carry an erasure out.
fn hindered(town: &Town, id: &str) -> String {
    let path = format!("/v1/erasures/{id}/carry-out");
    town.refused(|town| town.as_role("administrator").post(&path, json!({})), 409, "erasure_hindered")
}

#[test]
fn what_stands_in_the_way_of_an_erasure_is_said_with_the_next_step() {
    let there = Furnished::new();
    let town = &there.town;
    let own = town.as_role("volunteer").get("/v1/me/erasure").ok(200);
    let why: Vec<&str> =
        own["hindrances"].as_array().unwrap().iter().map(|one| one["why"].as_str().unwrap()).collect();
    assert_eq!(why, ["points", "redemptions", "records", "sign_ups", "proposals"]);
    let sentences = own["hindrances"].to_string();
    assert!(sentences.contains("请先兑换完") && sentences.contains("请先退出报名"), "{sentences}");
    let id = town.id("erasure");
    assert!(hindered(town, &id).contains("冷静期"));
    let volunteer = json!({});
    assert_eq!(status(town, "volunteer", "/v1/erasures", volunteer), (409, "wrong_state".into()));
    let carry_out = format!("/v1/erasures/{id}/carry-out");
    for (who, expected) in [("staff", 403), ("reviewer", 403), ("volunteer", 403)] {
        assert_eq!(status(town, who, &carry_out, json!({})).0, expected, "{who}");
    }
    town.at("2026-04-20T12:00");
    assert!(hindered(town, &id).contains("分没有用"));
    let step = format!("/v1/erasures/{id}/withdraw");
    assert_eq!(
        status(town, "volunteer", &step, json!({})).0,
        204,
        "the person takes back what staff wrote down"
    );
    there.town.verify_and_stop();
}

#[test]
fn roles_shops_and_households_are_settled_before_an_erasure() {
    let town = Town::new();
    let paper =
        |member: &str| json!({ "member": town.id(member), "paper": "2026-3", "gives_up_points": true });
    let home = json!({ "name": "周示例家", "org": town.id("community") });
    let home = town.make("home", "staff", "/v1/households", home);
    for (name, title) in [("zhou", "周示例"), ("qi", "戚示例")] {
        let body = json!({ "name": title, "org": town.id("community"), "household": home });
        town.make(name, "staff", "/v1/members", body);
    }
    let requests: Vec<String> = ["keeper", "zhou", "lin"].map(|who| asked(&town, "staff", paper(who))).into();
    town.grant("volunteer", "team_leader", "community");
    town.at("2026-03-18T09:00");
    assert!(hindered(&town, &requests[0]).contains("开着的商家"));
    assert!(hindered(&town, &requests[1]).contains("周示例家"));
    assert!(hindered(&town, &requests[2]).contains("撤销这些角色"));
    let of = |who: &str| town.as_role("staff").get(&format!("/v1/members/{}", town.id(who))).ok(200);
    let leave = json!({ "leave_household": true });
    let version = of("qi")["version"].as_i64().unwrap();
    town.as_role("staff").patch(&format!("/v1/members/{}", town.id("qi")), version, leave).ok(200);
    let path = format!("/v1/erasures/{}/carry-out", requests[1]);
    assert_eq!(status(&town, "administrator", &path, json!({})).0, 204);
    assert_eq!(
        (&of("zhou")["name"], &of("home")["name"]),
        (&json!("已注销"), &json!("已注销")),
        "both bore it"
    );
    assert_eq!(of("zhou")["state"], "erased");
    town.verify_and_stop();
}

#[test]
fn an_erased_person_leaves_no_trace_and_the_ledger_verifies() {
    let town = settled();
    let (old, number) = (town.token(LOGIN), {
        let file = town.as_role("staff").get(&format!("/v1/members/{}", town.id("ouyang"))).ok(200);
        file["number"].as_str().unwrap().to_owned()
    });
    let spend = json!({ "merchant": town.id("shop"), "on_behalf_of": town.id("ouyang"),
        "lines": [{ "offer": town.id("rice"), "quantity": 4 }] });
    let held = town.as_role("staff").post("/v1/redemptions", spend).ok(201);
    let capture = format!("/v1/redemptions/{}/capture", held["redemption"]["id"].as_str().unwrap());
    town.as_role("staff").post(&capture, json!({})).ok(200);
    let id = asked(&town, LOGIN, json!({ "gives_up_points": true }));
    town.at("2026-03-18T09:00");
    let before = town.head();
    let carry_out = format!("/v1/erasures/{id}/carry-out");
    assert_eq!(status(&town, "administrator", &carry_out, json!({})).0, 204);
    assert!(town.head().0 <= before.0 + 1, "one entry at most: the points that were given up");
    assert_eq!(town.balance("ouyang", "POINT"), "0.00");
    assert_eq!(status(&town, "administrator", &carry_out, json!({})).0, 409);
    let bearer = format!("Bearer {old}");
    let me = town.web.send(&Ask::get("/v1/me").role(None).header("Authorization", &bearer));
    assert_eq!(me.status, 401);
    let sign_in = json!({ "login": LOGIN, "password": PASSWORD });
    assert_eq!(town.web.send(&Ask::post("/v1/auth/token", sign_in).role(None)).status, 401);
    let same = json!({ "name": NAME, "org": town.id("community"), "number": number });
    let taken = town.as_role("staff").post("/v1/members", same);
    assert_eq!((taken.status, taken.code().as_str()), (409, "taken"), "the number is never reused");
    town.asked.borrow_mut().clear();
    no_trace(town);
}

/// Nothing of the person is in the file of the database, which verifies.
fn no_trace(town: Town) {
    let database = town.verify_and_stop();
    let Some(path) = database.url().strip_prefix("sqlite:") else { return };
    let bytes = std::fs::read(path).unwrap();
    let mut left = Vec::new();
    for word in [NAME, LOGIN, PHONE, TRADE].into_iter().chain(WORDS) {
        if bytes.windows(word.len()).any(|part| part == word.as_bytes()) {
            left.push(word);
        }
    }
    assert_eq!(left, Vec::<&str>::new());
}

#[test]
fn an_erasure_without_points_adds_no_entry_and_an_erased_log_in_stays_closed() {
    let town = Town::new();
    let body = json!({ "name": NAME, "org": town.id("community") });
    town.make("ouyang", "staff", "/v1/members", body);
    town.open_user(LOGIN, json!({ "member": town.id("ouyang"), "name": NAME }), "volunteer", "community");
    let id = asked(&town, "staff", json!({ "member": town.id("ouyang"), "paper": "2026-5" }));
    town.at("2026-03-18T09:00");
    let before = town.head();
    let carry_out = format!("/v1/erasures/{id}/carry-out");
    assert_eq!(status(&town, "administrator", &carry_out, json!({})).0, 204);
    assert_eq!(town.head(), before, "the head is the same");
    let user = town.id(&format!("user/{LOGIN}"));
    let password = json!({ "password": "four ferries at noon" });
    assert_eq!(status(&town, "administrator", &format!("/v1/users/{user}/password"), password).0, 409);
    assert_eq!(status(&town, "administrator", &format!("/v1/users/{user}/resume"), json!({})).0, 409);
    let award = json!({ "member": town.id("ouyang"), "scheme": town.id("scheme"), "item": "suggestion" });
    assert_eq!(status(&town, "staff", "/v1/awards", award), (409, "wrong_state".into()));
    let trace = town.as_role("auditor").get(&format!("/v1/audit/access-log?subject={id}")).ok(200);
    assert_eq!(trace["items"][0]["action"], "erase_member");
    town.verify_and_stop();
}

#[test]
fn on_pages_the_copy_is_a_download_and_requests_are_taken_back() {
    let town = Town::new();
    let lin = Browser::signed_in(&town, "volunteer");
    let page = lin.get("/me/data").is(200).says("下载全部资料").says("冷静期");
    let copy = lin.post(&page, "/me/data", &[("act", "copy")]).is(200);
    assert!(copy_of(&copy.answer).contains_key("data.json"));
    let page = lin.get("/me/data").is(200);
    lin.post(&page, "/me/data", &[("act", "correct"), ("corrected", "name"), ("reason", "")]).is(422);
    let form = [("act", "correct"), ("corrected", "party"), ("reason", "登记时漏了")];
    lin.post(&page, "/me/data", &form).is(200).says("更正申请交上去了").says("党员：是");
    let page = lin.get("/me/data").is(200);
    let erase = lin.post(&page, "/me/data", &[("act", "erase")]).is(200).says("注销申请交上去了");
    let staff = Browser::signed_in(&town, "staff");
    let list = staff.get("/staff/requests").is(200).says("党员：是").says("申请注销").says("同意更正");
    let request =
        list.html.split("name=\"request\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let refuse = [("request", request.as_str()), ("step", "refuse_correction"), ("reason", "")];
    staff.post(&list, "/staff/requests", &refuse).is(422);
    let accept = [("request", request.as_str()), ("step", "accept_correction")];
    staff.post(&list, "/staff/requests", &accept).is(200).says("已更正");
    let mine =
        erase.html.split("name=\"request\" value=\"").last().unwrap().split('"').next().unwrap().to_owned();
    let back = [("request", mine.as_str()), ("step", "withdraw_erasure")];
    lin.post(&erase, "/me/data", &back).is(200).says("申请撤回了");
    town.verify_and_stop();
}

#[test]
fn on_pages_consents_are_given_and_taken_back() {
    let town = Town::new();
    let lin = Browser::signed_in(&town, "volunteer");
    let page = lin.get("/me/consents").is(200).says("不记行踪").says("监护人");
    let given = lin.post(&page, "/me/consents", &[("purpose", "location"), ("version", "1")]);
    let given = given.is(200).says("已记下您的同意");
    let id =
        given.html.split("name=\"consent\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let back = [("consent", id.as_str()), ("step", "withdraw_consent")];
    lin.post(&given, "/me/consents", &back).is(200).says("马上起作用");
    let staff = Browser::signed_in(&town, "staff");
    let path = format!("/staff/people/{}/consents", town.id("lin"));
    let page = staff.get(&path).is(200).says("录入纸质同意书");
    staff.post(&page, &path, &[("purpose", "under_14"), ("paper", "")]).is(422);
    staff.post(&page, &path, &[("purpose", "under_14"), ("paper", "2026-8")]).is(200).says("2026-8");
    let page = staff.get(&path).is(200);
    let erase = [("act", "erase"), ("paper", "2026-9"), ("gives_up_points", "1")];
    staff.post(&page, &path, &erase).is(200).says("等管理员办理").says("2026-9");
    town.verify_and_stop();
}

#[test]
fn gender_and_year_of_birth_are_corrected_on_request_unless_a_document_says_the_year() {
    let town = Town::new();
    let ask = |body: Value| town.as_role("volunteer").post("/v1/corrections", body);
    let accept = |asked: Value| {
        let path = format!("/v1/corrections/{}/accept", asked["proposal"].as_str().unwrap());
        town.as_role("staff").post(&path, json!({})).ok(204);
    };
    accept(ask(json!({ "gender": "female", "reason": "登记时选错" })).ok(202));
    accept(ask(json!({ "birth_year": 1951, "reason": "登记时写错" })).ok(202));
    let path = format!("/v1/members/{}", town.id("lin"));
    let file = town.as_role("staff").get(&path).ok(200);
    assert_eq!((&file["gender"], &file["birth_year"]), (&json!("female"), &json!(1951)));
    assert_eq!(ask(json!({ "gender": "male", "birth_year": 1952, "reason": "两样" })).status, 400);
    // With a document, its date of birth holds.
    let document = json!({ "id_number": "110101199003070011" });
    town.as_role("staff").patch(&path, file["version"].as_i64().unwrap(), document).ok(200);
    let late = json!({ "birth_year": 1952, "reason": "登记时写错" });
    town.refused(|t| t.as_role("volunteer").post("/v1/corrections", late), 409, "birth_year_of_document");
    let browser = Browser::signed_in(&town, "volunteer");
    let page = browser.get("/me/data").is(200).says("性别：女");
    let form = [("act", "correct"), ("corrected", "male"), ("reason", "登记时选错")];
    browser.post(&page, "/me/data", &form).is(200).says("性别：男");
    Browser::signed_in(&town, "staff").get("/staff/requests").is(200).says("性别：男");
    town.verify_and_stop();
}
