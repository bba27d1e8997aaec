//! The day on which a deed takes effect: calendars that end, service over midnight and new year, settled months and
//! closed years.

use crate::support::service::*;
use crate::support::town::{Town, with};
use crate::support::web::BANK;
use crate::support::web::{Ask, send};
use jianxian::auth::permissions::{Actor, Grant, Role};
use jianxian::domain::id::Id;
use jianxian::domain::language::Language;
use jianxian::services::Call;
use jianxian::services::people::import::check::ImportAsk;
use jianxian::services::people::import::intake::ImportCounts;
use serde_json::{Value, json};

/// A standing post from December 2026 to the end of January.
fn winter(town: &Town) {
    town.at("2026-11-30T09:00");
    let body = activity(town, "community", "2026-12-01T00:00", "2027-01-31T23:00");
    published(town, "post", with(body, json!({ "standing": true })));
}

fn new_year() -> Value {
    json!({ "days": [
        { "date": "2027-10-01", "kind": "off", "name": "国庆节" },
        { "date": "2027-01-01", "kind": "off", "name": "元旦" },
    ] })
}

fn a_calendar_is_refused_from_others_and_with_a_fault(town: &Town, path: &str) {
    town.refused(|t| t.as_role("staff").put(path, 0, new_year()), 403, "role_missing");
    town.refused(|t| t.as_role("street").put(path, 0, new_year()), 403, "role_missing");
    town.refused(|t| t.as_role("administrator").put(path, 1, new_year()), 412, "version_stale");
    let half = json!({ "days": [{ "date": "2027-01-01", "kind": "off" }] });
    let sentence = town.refused(|t| t.as_role("administrator").put(path, 0, half), 422, "calendar_fault");
    assert!(sentence.contains("10 月 1 日"), "{sentence}");
}

#[test]
fn nobody_is_refused_for_want_of_next_years_calendar_and_the_end_follows_with_it() {
    let town = Town::new();
    winter(&town);
    town.at("2026-12-30T12:00");
    for name in ["lin", "wang"] {
        let body = record(&town, "post", name, "2026-12-30T09:00", "2026-12-30T11:00");
        town.make(&format!("{name}'s"), "staff", "/v1/service-records", body);
    }
    let seen = act(&town, "reviewer", "lin's", "approve", json!({})).ok(200);
    assert_eq!((&seen["state"], &seen["notice_until"]), (&json!("notice"), &Value::Null));
    assert_eq!(seen["notice_remark"], "公示截止日待放假安排发布后确定");
    act(&town, "reviewer", "wang's", "approve", json!({})).ok(200);
    let hangs =
        town.web.send(&crate::support::web::Ask::get("/v1/public/t/service-notices").role(None)).ok(200);
    assert_eq!(hangs["items"].as_array().unwrap().len(), 2);
    assert_eq!(hangs["items"][0]["notice_remark"], "公示截止日待放假安排发布后确定");
    // It waits: nothing is final; an objection is accepted, and afterwards the end is still open.
    town.at("2027-01-02T12:00");
    assert_eq!(town.finalise(), 0);
    act(&town, "volunteer", "wang's", "objections", json!({ "reason": "当天没有见到人" })).ok(201);
    let body = json!({ "upheld": false, "decision": "查过签到表，人在" });
    act(&town, "reviewer_two", "wang's", "objections/decide", body).ok(204);
    assert_eq!(state(&town, "wang's")["notice_until"], Value::Null);
    // Service in December may still be entered.
    let late = record(&town, "post", "zhao", "2026-12-31T09:00", "2026-12-31T11:00");
    submit(&town, "staff", late).ok(201);
    // Only the administrator imports a calendar, over the version that was read.
    let path = "/v1/calendars/2027";
    a_calendar_is_refused_from_others_and_with_a_fault(&town, path);
    let put = town.as_role("administrator").put(path, 0, new_year()).ok(200);
    assert_eq!((&put["version"], &put["days"][0]["date"]), (&json!(1), &json!("2027-01-01")));
    // Three working days after the 30th: the 31st, Monday the 4th, the 5th. Wang's was interrupted on the 2nd.
    assert_eq!(state(&town, "lin's")["notice_until"], "2027-01-05");
    assert_eq!(state(&town, "wang's")["notice_until"], "2027-01-05");
    town.at("2027-01-06T00:00");
    assert_eq!(town.finalise(), 2);
    assert_eq!(town.balance("lin", "MINUTE"), "120");
    town.verify_and_stop();
}

#[test]
fn every_change_of_a_calendar_is_kept_and_no_announced_end_comes_nearer() {
    let town = Town::new();
    standing(&town, "post");
    town.at("2026-03-02T12:00");
    approved(&town, "one", record(&town, "post", "lin", FROM, TO));
    assert_eq!(state(&town, "one")["notice_until"], "2026-03-05");
    let all = town.as_role("administrator").get("/v1/calendars").ok(200);
    let year = |all: &Value, year: i64| {
        all["items"].as_array().unwrap().iter().find(|row| row["year"] == year).unwrap().clone()
    };
    let (first, none) = (year(&all, 2026), json!([]));
    assert_eq!(
        (&first["version"], &first["earlier"], &first["changed_by"]),
        (&json!(1), &none, &Value::Null)
    );
    let day = |date: &str, kind: &str| json!({ "date": date, "kind": kind, "name": "示例" });
    let with_day = |day: Value| {
        let mut days = first["days"].as_array().unwrap().clone();
        days.push(day);
        json!({ "days": days })
    };
    // One more holiday: the notice is a day longer. One more working day: the announced day stays.
    town.as_role("administrator").put("/v1/calendars/2026", 1, with_day(day("2026-03-04", "off"))).ok(200);
    assert_eq!(state(&town, "one")["notice_until"], "2026-03-06");
    let put =
        town.as_role("administrator").put("/v1/calendars/2026", 2, json!({ "days": first["days"] })).ok(200);
    assert_eq!(put["version"], 3);
    assert_eq!(state(&town, "one")["notice_until"], "2026-03-06");
    let now = year(&town.as_role("auditor").get("/v1/calendars").ok(200), 2026);
    let versions: Vec<_> =
        now["earlier"].as_array().unwrap().iter().map(|row| row["version"].clone()).collect();
    assert_eq!((versions, &now["days"]), (vec![json!(1), json!(2)], &first["days"]));
    assert!(now["changed_by"].is_string() && now["changed_at"].is_string(), "{now}");
    town.verify_and_stop();
}

#[test]
fn from_november_on_the_administrators_start_page_says_that_the_calendar_is_missing() {
    let town = Town::new();
    let warnings = |who: &str| town.as_role(who).get("/v1/me").ok(200)["warnings"].clone();
    let look = || town.runtime.block_on(town.web.services.look_at_calendar(BANK)).unwrap().missed;
    town.at("2026-10-31T23:59");
    assert_eq!((warnings("administrator"), look()), (json!([]), vec![]));
    town.at("2026-11-01T00:00");
    let found = warnings("administrator");
    assert_eq!(
        (&found[0]["code"], &found[0]["year"], look()),
        (&json!("calendar_missing"), &json!(2027), vec![2027])
    );
    assert!(found[0]["sentence"].as_str().unwrap().contains("2027 年的放假安排"), "{found}");
    assert_eq!(warnings("staff"), json!([]));
    town.as_role("administrator").put("/v1/calendars/2027", 0, new_year()).ok(200);
    assert_eq!((warnings("administrator"), look()), (json!([]), vec![]));
    town.verify_and_stop();
}

/// Stars of one calendar year.
fn yearly_stars(town: &Town) {
    let text = "code = \"yearly\"\nversion = \"1\"\nname = \"示例年度星级\"\nvalid_from = 2024-01-01\n\
                [stars]\nwindow = \"calendar_year\"\n[[stars.steps]]\nstar = 1\nhours = 1\n";
    let version = town.make("yearly", "administrator", "/v1/schemes", json!({ "body": text }));
    let approve = format!("/v1/schemes/versions/{version}/approve");
    town.as_role("reviewer_district").post(&approve, json!({})).ok(204);
}

fn minutes_of_year(town: &Town, day: &str) -> Value {
    minutes_of(town, "lin", day)
}

fn minutes_of(town: &Town, member: &str, day: &str) -> Value {
    let path = format!("/v1/members/{}/stars?as_of={day}", town.id(member));
    let stars = town.as_role("staff").get(&path).ok(200);
    let rows = stars["items"].as_array().unwrap().clone();
    rows.iter().find(|row| row["scheme_name"] == "示例年度星级").unwrap()["service_minutes"].clone()
}

#[test]
fn service_counts_on_the_day_on_which_it_began() {
    let town = Town::new();
    yearly_stars(&town);
    winter(&town);
    town.as_role("administrator").put("/v1/calendars/2027", 0, new_year()).ok(200);
    town.at("2027-01-02T12:00");
    for (name, from, to) in [
        ("eve", "2026-12-31T22:00", "2027-01-01T00:00"),
        ("first", "2027-01-01T00:00", "2027-01-01T01:00"),
        ("night", "2026-12-30T22:00", "2026-12-31T02:00"),
    ] {
        approved(&town, name, record(&town, "post", "lin", from, to));
    }
    // The month is settled meanwhile: that closes redemptions only.
    town.at("2027-01-08T00:00");
    let close = |town: &Town| {
        use jianxian::domain::ledger::entry::EntryKind;
        use jianxian::ledger::{Command, Op};
        let op = Op::Post { legs: vec![], partial: false, up_to: false };
        let mut command = Command::new(jianxian::domain::id::Id::SYSTEM, EntryKind::Settlement, op);
        command.close_period = Some(crate::support::town::moment("2027-01-01T00:00:00+08:00"));
        town.runtime.block_on(town.web.store.submit(BANK, command)).unwrap();
    };
    close(&town);
    assert_eq!(town.finalise(), 3);
    assert_eq!(minutes_of_year(&town, "2026-12-31"), 360);
    assert_eq!(minutes_of_year(&town, "2027-01-07"), 60);
    let entry = state(&town, "eve")["award_entry"].clone();
    let entries = town.as_role("auditor").get("/v1/ledger/entries?limit=50").ok(200);
    let eve = entries["items"].as_array().unwrap().iter().find(|row| row["number"] == entry).unwrap().clone();
    assert_eq!(eve["effective_at"], "2026-12-31T14:00:00Z");
    town.verify_and_stop();
}

#[test]
fn an_award_counts_on_its_own_day() {
    let town = Town::new();
    town.at("2026-03-10T09:00");
    let body = json!({ "member": town.id("lin"), "scheme": town.id("scheme"), "item": "honour-community", "day": "2026-03-05" });
    let made = town.as_role("staff").post("/v1/awards", body.clone()).ok(201);
    assert_eq!(made["effective_at"], "2026-03-05T15:59:59.999999Z");
    let tomorrow = with(body, json!({ "day": "2026-03-11" }));
    let sentence = town.refused(|t| t.as_role("staff").post("/v1/awards", tomorrow), 422, "day_in_future");
    assert!(sentence.contains("2026-03-10"), "{sentence}");
    town.verify_and_stop();
}

#[test]
fn only_a_closed_year_stops_what_is_dated_back() {
    let town = Town::new();
    winter(&town);
    town.as_role("administrator").put("/v1/calendars/2027", 0, new_year()).ok(200);
    town.at("2026-12-31T20:00");
    let december = |from: &str, to: &str| {
        record(&town, "post", "lin", &format!("2026-12-31T{from}"), &format!("2026-12-31T{to}"))
    };
    town.make("one", "staff", "/v1/service-records", december("09:00", "11:00"));
    let close = |who: &'static str, year: i64| {
        let body = json!({ "year": year, "announcement": "示例公告栏，2027 年 1 月" });
        move |t: &Town| t.as_role(who).post("/v1/year-closings", body)
    };
    town.refused(close("administrator", 2026), 422, "period_not_over");
    town.at("2027-01-04T09:00");
    town.refused(close("staff", 2026), 403, "role_missing");
    town.refused(close("street", 2026), 403, "role_missing");
    let sentence = town.refused(close("administrator", 2026), 409, "year_unfinished");
    assert!(sentence.contains("1 条记录"), "{sentence}");
    act(&town, "reviewer", "one", "approve", json!({})).ok(200);
    town.at("2027-01-08T09:00");
    assert_eq!(town.finalise(), 1);
    let done = close("administrator", 2026)(&town).ok(201);
    assert_eq!(done["kind"], "year_closing");
    town.refused(close("administrator", 2026), 409, "already_done");
    assert_eq!(town.as_role("staff").get("/v1/me").ok(200)["closed_before"], "2027-01-01");
    town.refused(|t| submit(t, "staff", december("12:00", "13:00")), 409, "period_closed");
    let award = json!({ "member": town.id("lin"), "scheme": town.id("scheme"), "item": "honour-community", "day": "2026-12-31" });
    town.refused(|t| t.as_role("staff").post("/v1/awards", award), 409, "period_closed");
    // An error is corrected, and takes effect now.
    act(&town, "reviewer_two", "one", "reverse", because()).ok(201);
    let anew = with(december("09:00", "10:00"), json!({ "replaces": town.id("one") }));
    town.make("anew", "staff", "/v1/service-records", anew);
    act(&town, "reviewer", "anew", "approve", json!({})).ok(200);
    town.at("2027-01-14T09:00");
    assert_eq!(town.finalise(), 1);
    assert_eq!(town.balance("lin", "MINUTE"), "60");
    town.verify_and_stop();
}

/// Imports a sheet as an operator; counts, or the sentences of its faults.
fn import(town: &Town, text: &str) -> Result<ImportCounts, Vec<String>> {
    let roles = [Role::Staff, Role::LedgerOperator, Role::Administrator];
    let grants = roles.map(|role| Grant { role, org: Id::SYSTEM, org_path: "/".into() }).to_vec();
    let operator = Actor {
        bank: BANK,
        user: Id::SYSTEM,
        session: Id::SYSTEM,
        member: None,
        merchant: None,
        card_edition: None,
        grants,
    };
    let ask = ImportAsk {
        bytes: text.as_bytes().to_vec(),
        org: Some("community".into()),
        opening_day: None,
        scheme: None,
        confirmed_new: false,
    };
    let call = Call::of(operator);
    let done = town.runtime.block_on(town.web.services.import_members(&call, ask, |_| {})).unwrap();
    let faults: Vec<_> = done.sheet.faults.iter().map(|fault| fault.sentence(Language::Chinese)).collect();
    if faults.is_empty() { Ok(done.counts) } else { Err(faults) }
}

fn keep_member(town: &Town, number: &str) {
    let found = town.as_role("staff").get(&format!("/v1/members?number={number}")).ok(200);
    town.keep(number, &found["items"][0]["id"]);
}

#[test]
fn an_opening_counts_for_life_and_its_years_in_their_own_year() {
    let town = Town::new();
    yearly_stars(&town);
    town.at("2026-03-02T09:00");
    let sheet = "编号,姓名,服务时长（小时）,hours_2024,2025年服务时长（小时）,minutes_2026,截至日期\n\
        OLD1,示例旧甲,100,10,20,90,2026-01-31\n\
        OLD2,示例旧乙,,,3,,2025-06-30\n\
        OLD3,示例旧丙,50,,,,2026-01-31\n";
    let counts = import(&town, sheet).unwrap();
    assert_eq!((counts.openings_posted, counts.service_minutes), (6, 6_000 + 180 + 3_000));
    for number in ["OLD1", "OLD2", "OLD3"] {
        keep_member(&town, number);
    }
    let years = |member: &str| {
        ["2024-12-31", "2025-06-30", "2025-12-31", "2026-01-30", "2026-03-01"]
            .map(|day| minutes_of(&town, member, day).as_i64().unwrap())
    };
    assert_eq!(years("OLD1"), [600, 0, 1_200, 0, 90]);
    assert_eq!(years("OLD2"), [0, 180, 180, 0, 0]);
    assert_eq!(years("OLD3"), [0; 5]);
    assert_eq!(town.balance("OLD1", "MINUTE"), "6000");
    assert_eq!(town.balance("OLD3", "MINUTE"), "3000");
    // The same file again changes nothing.
    let again = import(&town, sheet).unwrap();
    assert_eq!((again.openings_posted, again.openings_before), (0, 6));
    // What a duplicate brought along without dates counts for no year of the file that stays either.
    let merge = json!({ "into": town.id("OLD1"), "reason": "示例：同一人" });
    town.as_role("staff").post(&format!("/v1/members/{}/merge", town.id("OLD3")), merge).ok(201);
    assert_eq!(years("OLD1"), [600, 0, 1_200, 0, 90]);
    assert_eq!(town.balance("OLD1", "MINUTE"), "9000");
    town.verify_and_stop();
}

#[test]
fn hours_of_a_closed_year_are_refused_with_their_cell() {
    let town = Town::new();
    town.at("2026-03-02T09:00");
    let close = json!({ "year": 2025, "announcement": "示例：2025 年关账" });
    town.as_role("administrator").post("/v1/year-closings", close).ok(201);
    let sheet = "姓名,服务时长（小时）,hours_2025,截至日期\n示例旧甲,100,20,2026-01-31\n";
    let faults = import(&town, sheet).unwrap_err();
    let found =
        "第 2 行 C 列「hours_2025」：2025 年已经关账，不能再记这一年的时长：请清空这一格，时长留在总时长里。";
    assert_eq!(faults, [found]);
    import(&town, &sheet.replace(",20,", ",,")).unwrap();
    town.verify_and_stop();
}

#[test]
fn verify_finds_an_award_that_counts_on_another_day_than_the_one_it_names() {
    use jianxian::domain::ledger::account::{AccountTerms, Purpose};
    use jianxian::domain::ledger::asset::Asset;
    use jianxian::domain::ledger::entry::EntryKind;
    use jianxian::ledger::{Command, Leg, Op};
    let town = Town::new();
    town.at("2026-03-02T12:00");
    let terms = [Purpose::Issuing, Purpose::Expired]
        .map(|purpose| AccountTerms::of_bank(BANK, Asset::Minute, purpose));
    let post = |named: &str, at: &str| {
        let legs = vec![Leg::plain(terms[0].id, terms[1].id, 60)];
        let op = Op::Post { legs, partial: false, up_to: false };
        let mut command = Command::new(Id::SYSTEM, EntryKind::Award, op).open(terms.clone());
        command.effective_at = Some(crate::support::town::moment(at));
        command.metadata = [("counts_on".to_owned(), named.to_owned())].into();
        town.runtime.block_on(town.web.store.submit(BANK, command)).unwrap();
        town.runtime.block_on(town.web.store.verify(BANK)).unwrap().finding
    };
    assert_eq!(post("2026-03-01", "2026-03-01T23:59:59+08:00"), None);
    // After midnight in the bank's time zone, before it in UTC.
    let finding = post("2026-03-01", "2026-03-02T00:00:00+08:00").unwrap();
    assert!(finding.fault_zh.contains("生效日不是开始的那一天 2026-03-01"), "{finding:?}");
    assert!(finding.fault.contains("another day than 2026-03-01"), "{finding:?}");
}

fn until_missing(address: std::net::SocketAddr, missing: usize) {
    for _ in 0..100 {
        let figures = send(address, &Ask::get("/metrics").role(None)).text;
        let mut lines = figures.lines().filter(|line| line.starts_with("jianxian_calendars_missing{"));
        if lines.any(|line| line.ends_with(&format!("}} {missing}"))) {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    panic!("the gauge does not become {missing}");
}

#[test]
fn figures_and_log_say_which_calendar_is_missing_until_the_verb_puts_it_in() {
    use crate::support::cli::jianxian;
    use crate::support::served::Served;
    use jianxian::clock::Clock;
    use jianxian::domain::calendar::Calendar;
    let database = crate::support::database::TestDatabase::new();
    crate::support::bank::set_up(&database);
    let served = Served::start(&database);
    let until = |missing: usize| until_missing(served.address, missing);
    let missed = Calendar::official().missed(Clock::System.now().day(chrono_tz::Asia::Shanghai));
    until(missed.len());
    assert_eq!(send(served.address, &Ask::get("/readyz").role(None)).status, 200);
    // A file in its own format, refused as a whole for one fault.
    let file = database.folder().join("放假.tsv");
    let path = file.to_str().unwrap();
    let years = if missed.is_empty() { vec![2199] } else { missed.clone() };
    let mut lines = vec!["date\tkind\tname\n".to_owned()];
    lines.extend(years.iter().map(|y| format!("{y}-01-01\toff\t元旦\n{y}-10-01\toff\t国庆节\n")));
    let import = || jianxian(&[&["import", "calendar", path], &database.place()[..], &["--json"]].concat());
    std::fs::write(&file, format!("{}{}-02-30\toff\t示例\n", lines.concat(), years[0])).unwrap();
    let (code, _, complaint) = import();
    assert!(code == 1 && complaint.contains("日历有误，没有导入"), "{complaint}");
    until(missed.len());
    std::fs::write(&file, lines.concat()).unwrap();
    for _ in 0..2 {
        let (code, printed, complaint) = import();
        assert_eq!(code, 0, "{complaint}");
        let done: Value = serde_json::from_str(&printed).unwrap();
        let put: Vec<_> =
            done.as_array().unwrap().iter().map(|row| (&row["year"], &row["version"])).collect();
        let expected: Vec<_> = years.iter().map(|year| (json!(year), json!(1))).collect();
        assert_eq!(put, expected.iter().map(|(year, version)| (year, version)).collect::<Vec<_>>());
    }
    until(0);
    let said = served.stop_and_read_log();
    let found = said.iter().filter(|line| line.contains("the holiday calendar is missing")).count();
    assert_eq!(found, usize::from(!missed.is_empty()), "{said:?}");
}
