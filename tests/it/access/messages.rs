//! Messages: points in and out, steps of others, seats, expiry; each once, to who it is about, read or not.

use crate::support::browser::Browser;
use crate::support::service::{FROM, TO, act, activity, because, publish, published, record, sign, submit};
use crate::support::town::{Town, with};
use crate::support::web::BANK;
use serde_json::{Value, json};

/// Tells everybody what is new, as the job does; returns the number of messages.
fn tell(town: &Town) -> usize {
    town.runtime.block_on(town.web.services.tell_what_is_new(BANK)).unwrap()
}

fn messages(town: &Town, who: &str, query: &str) -> Vec<Value> {
    town.as_role(who).get(&format!("/v1/messages{query}")).ok(200)["items"].as_array().unwrap().clone()
}

/// Kinds, newest first.
fn kinds(town: &Town, who: &str) -> Vec<String> {
    messages(town, who, "").iter().map(|one| one["kind"].as_str().unwrap().to_owned()).collect()
}

fn award(town: &Town, member: &str) -> Value {
    let body = json!({ "member": town.id(member), "scheme": town.id("scheme"), "item": "goods-donation",
        "quantity": "60" });
    town.as_role("staff").post("/v1/awards", body).ok(201)
}

#[test]
fn an_entry_is_told_once_and_read_by_who_it_is_about() {
    let town = Town::new();
    assert_eq!(tell(&town), 0, "a bank that is new to this begins with the next entry");
    let entry = award(&town, "lin")["entry"].clone();
    assert_eq!((tell(&town), tell(&town)), (1, 0));
    let told = messages(&town, "volunteer", "?unread=true");
    assert_eq!(told.len(), 1, "{told:?}");
    let one = &told[0];
    assert_eq!((&one["kind"], &one["title"]), (&json!("points_in"), &json!("您存入了 6 分")));
    assert_eq!(one["words"], "捐赠物资");
    assert_eq!(one["page"], format!("/me/entries/{entry}"));
    assert_eq!(one.get("read_at"), None);
    assert_eq!(kinds(&town, "staff"), Vec::<String>::new());
    town.at("2026-03-02T09:00");
    award(&town, "lin");
    assert_eq!(tell(&town), 1);
    let read = json!({ "until": one["id"] });
    town.as_role("staff").post("/v1/messages/read", read.clone()).ok(204);
    assert_eq!(messages(&town, "volunteer", "?unread=true").len(), 2, "nobody reads for another");
    town.as_role("volunteer").post("/v1/messages/read", read).ok(204);
    assert_eq!(messages(&town, "volunteer", "?unread=true").len(), 1, "the newer one is still unread");
    assert_eq!(messages(&town, "volunteer", "").len(), 2);
    town.verify_and_stop();
}

#[test]
fn what_is_taken_back_and_who_looked_is_told() {
    let town = Town::new();
    tell(&town);
    let reveal = format!("/v1/members/{}/reveal", town.id("lin"));
    let ask = json!({ "what": "phone", "reason": "本人来电核对" });
    town.as_role("staff").post(&reveal, ask).ok(200);
    town.at("2026-03-02T08:10");
    let entry = award(&town, "lin")["entry"].clone();
    let reason = json!({ "reason": "录错了人" });
    town.as_role("staff").post(&format!("/v1/awards/{entry}/reverse"), reason).ok(201);
    assert_eq!(tell(&town), 2);
    let mut told = kinds(&town, "volunteer");
    told.sort();
    assert_eq!(told, ["file_looked_at", "points_in", "points_taken_back"]);
    let looked = &messages(&town, "volunteer", "")[2];
    assert_eq!((&looked["title"], &looked["page"]), (&json!("有人看了您的电话"), &json!("/me/access")));
    town.verify_and_stop();
}

#[test]
fn two_servers_tell_each_entry_once() {
    let town = Town::new();
    tell(&town);
    for _ in 0..5 {
        award(&town, "wang");
        award(&town, "lin");
    }
    let told: usize = std::thread::scope(|scope| {
        let each = || {
            let services = town.web.services.clone();
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(services.tell_what_is_new(BANK)).unwrap()
        };
        let runs: Vec<_> = (0..4).map(|_| scope.spawn(each)).collect();
        runs.into_iter().map(|run| run.join().unwrap()).sum()
    });
    assert_eq!(told, 10);
    assert_eq!(messages(&town, "volunteer", "").len(), 5);
    town.verify_and_stop();
}

#[test]
fn a_step_of_another_is_told_to_member_and_enterer() {
    let town = Town::new();
    publish(&town, "sweeping", FROM, TO);
    town.at("2026-03-02T12:00");
    let body = record(&town, "sweeping", "lin", FROM, TO);
    town.make("entered", "staff", "/v1/service-records", body);
    act(&town, "reviewer", "entered", "return", because()).ok(200);
    let [member, enterer] = ["volunteer", "staff"].map(|who| messages(&town, who, "").remove(0));
    assert_eq!(member["title"], "记录被退回，请改好再交");
    assert_eq!(member["words"], "清扫楼道");
    assert_eq!(member["page"], format!("/me/hours/{}", town.id("entered")));
    assert_eq!(enterer["page"], format!("/staff/records/{}", town.id("entered")));
    assert_eq!(kinds(&town, "reviewer"), Vec::<String>::new(), "not who has done it");
    town.at("2026-03-02T13:00");
    let again = json!({ "service_minutes": 90 });
    town.as_role("staff").post(&format!("/v1/service-records/{}/resubmit", town.id("entered")), again);
    act(&town, "reviewer", "entered", "approve", json!({})).ok(200);
    assert_eq!(messages(&town, "volunteer", "")[0]["title"], "您的记录开始公示");
    town.verify_and_stop();
}

#[test]
fn ones_own_record_is_told_once() {
    let town = Town::new();
    publish(&town, "sweeping", FROM, TO);
    town.at("2026-03-02T12:00");
    let own = with(record(&town, "sweeping", "lin", FROM, TO), json!({ "evidence": "self_report" }));
    let made = submit(&town, "volunteer", with(own, json!({ "content": "扫了三层楼" }))).ok(201);
    town.keep("own", &made["id"]);
    act(&town, "reviewer", "own", "reject", because()).ok(200);
    assert_eq!(kinds(&town, "volunteer"), ["stepped"]);
    town.verify_and_stop();
}

#[test]
fn a_free_seat_and_a_cancelled_activity_are_told() {
    let town = Town::new();
    published(&town, "sweeping", with(activity(&town, "community", FROM, TO), json!({ "seats": 1 })));
    let wang = json!({ "member": town.id("wang") });
    let seated = sign(&town, "staff", "sweeping", "sign-ups", wang).ok(201);
    sign(&town, "volunteer", "sweeping", "sign-ups", json!({})).ok(201);
    let withdraw = format!("/v1/sign-ups/{}/withdraw", seated["id"].as_str().unwrap());
    town.as_role("staff").post(&withdraw, json!({})).ok(204);
    let seat = messages(&town, "volunteer", "").remove(0);
    assert_eq!((&seat["kind"], &seat["words"]), (&json!("seat_free"), &json!("清扫楼道，3月2日 09:00")));
    town.at("2026-03-02T08:30");
    sign(&town, "staff", "sweeping", "cancel", json!({ "reason": "下雨" })).ok(204);
    assert_eq!(kinds(&town, "volunteer"), ["activity_cancelled", "seat_free"]);
    assert_eq!(messages(&town, "volunteer", "")[0]["words"], "清扫楼道，3月2日 09:00。下雨");
    // What is gone can still be looked at.
    let page = messages(&town, "volunteer", "")[0]["page"].as_str().unwrap().to_owned();
    Browser::signed_in(&town, "volunteer").get(&page).is(200).says("活动取消了");
    town.verify_and_stop();
}

#[test]
fn a_new_role_is_told_to_its_user() {
    let town = Town::new();
    assert_eq!(kinds(&town, "staff"), Vec::<String>::new(), "the first role comes with the log-in");
    let role = town.grant("staff", "reviewer", "sibling");
    town.at("2026-03-02T09:00");
    town.as_role("administrator").delete(&format!("/v1/roles/{role}")).ok(204);
    let told = messages(&town, "staff", "");
    let titles: Vec<&str> = told.iter().map(|one| one["title"].as_str().unwrap()).collect();
    assert_eq!(titles, ["您不再是：邻近社区，复核员", "您有了新的职责：邻近社区，复核员"]);
    town.verify_and_stop();
}

#[test]
fn points_that_expire_are_told_a_month_and_a_week_before_once_each() {
    let town = Town::new();
    tell(&town);
    award(&town, "lin");
    assert_eq!(tell(&town), 1);
    // The points of 2026 can be used until the end of 2027.
    for (day, told) in
        [("2027-12-01", 1), ("2027-12-01", 0), ("2027-12-02", 0), ("2027-12-24", 1), ("2027-12-25", 0)]
    {
        town.at(&format!("{day}T08:00"));
        assert_eq!(tell(&town), told, "{day}");
    }
    let told = messages(&town, "volunteer", "");
    assert_eq!(told[0]["title"], "6 分快到期了");
    assert_eq!(told[0]["words"], "12月31日前用掉，到爱心商家都能用。");
    assert_eq!(kinds(&town, "volunteer"), ["points_expire", "points_expire", "points_in"]);
    town.verify_and_stop();
}

#[test]
fn a_server_that_was_off_makes_up_for_reminders() {
    let town = Town::new();
    tell(&town);
    award(&town, "lin");
    town.at("2027-11-20T08:00");
    assert_eq!(tell(&town), 1, "the award");
    town.at("2027-12-20T08:00");
    assert_eq!(tell(&town), 1, "the reminder of the first of December");
    town.verify_and_stop();
}

#[test]
fn messages_of_a_duplicate_are_read_by_who_stays() {
    let town = Town::new();
    tell(&town);
    award(&town, "wang");
    tell(&town);
    let merge = json!({ "into": town.id("lin"), "reason": "重复开户" });
    town.as_role("staff").post(&format!("/v1/members/{}/merge", town.id("wang")), merge).ok(201);
    assert_eq!(tell(&town), 0, "what a merge moves is no news");
    assert_eq!(kinds(&town, "volunteer"), ["points_in"]);
    town.verify_and_stop();
}
