//! Steps of service: an activity is published, a record is entered, a second person decides.

use crate::support::town::{Town, with};
use crate::support::web::{Answer, BANK};
use jianxian::auth::permissions::{Actor, Grant, Role};
use jianxian::domain::id::Id;
use jianxian::domain::time::Day;
use jianxian::services::Call;
use jianxian::services::people::import::opening::OpeningBalance;
use serde_json::{Value, json};

/// Monday, 9 to 11.
pub const FROM: &str = "2026-03-02T09:00";
pub const TO: &str = "2026-03-02T11:00";

pub fn at(text: &str) -> String {
    format!("{text}:00+08:00")
}

/// The body of an activity, to be changed by a test.
pub fn activity(town: &Town, org: &str, from: &str, to: &str) -> Value {
    json!({ "org": town.id(org), "title": "清扫楼道", "content": "带手套", "place": "1 号楼", "scheme": town.id("scheme"),
        "starts_at": at(from), "ends_at": at(to) })
}

/// Drafted and published by staff.
pub fn published(town: &Town, name: &str, body: Value) -> String {
    let id = town.make(name, "staff", "/v1/activities", body);
    town.as_role("staff").post(&format!("/v1/activities/{id}/publish"), json!({})).ok(204);
    id
}

pub fn publish(town: &Town, name: &str, from: &str, to: &str) -> String {
    published(town, name, activity(town, "community", from, to))
}

/// A standing post of the community for a month.
pub fn standing(town: &Town, name: &str) -> String {
    let body = activity(town, "community", "2026-03-01T00:00", "2026-04-01T00:00");
    published(town, name, with(body, json!({ "standing": true, "title": "邻里守望岗" })))
}

pub fn record(town: &Town, activity: &str, member: &str, from: &str, to: &str) -> Value {
    json!({ "member": town.id(member), "activity": town.id(activity), "evidence": "paper", "started_at": at(from),
        "ended_at": at(to) })
}

pub fn submit(town: &Town, who: &str, body: Value) -> Answer {
    town.as_role(who).post("/v1/service-records", body)
}

pub fn act(town: &Town, who: &str, record: &str, verb: &str, body: Value) -> Answer {
    town.as_role(who).post(&format!("/v1/service-records/{}/{verb}", town.id(record)), body)
}

pub fn sign(town: &Town, who: &str, activity: &str, way: &str, body: Value) -> Answer {
    town.as_role(who).post(&format!("/v1/activities/{}/{way}", town.id(activity)), body)
}

pub fn state(town: &Town, record: &str) -> Value {
    town.as_role("auditor").get(&format!("/v1/service-records/{}", town.id(record))).ok(200)
}

/// Entered by staff, approved by the reviewer.
pub fn approved(town: &Town, name: &str, body: Value) {
    town.make(name, "staff", "/v1/service-records", body);
    act(town, "reviewer", name, "approve", json!({})).ok(200);
}

pub fn because() -> Value {
    json!({ "reason": "时长与签到表不符" })
}

/// Minutes that a member brought along from an older book: of a year, or without dates.
pub fn bring_along(town: &Town, member: &str, minutes: i64, year: Option<i32>) {
    let org: Id = town.id("district").parse().unwrap();
    let grant = Grant { role: Role::LedgerOperator, org, org_path: format!("/{org}/") };
    let actor = Actor {
        bank: BANK,
        user: Id::SYSTEM,
        session: Id::SYSTEM,
        member: None,
        merchant: None,
        card_edition: None,
        grants: vec![grant],
    };
    let opening = OpeningBalance {
        member: town.id(member).parse().unwrap(),
        points: 0,
        lifetime_points: 0,
        service_minutes: minutes,
        year,
        day: Day::parse(&year.map_or("2026-03-02".to_owned(), |year| format!("{year}-12-31"))).unwrap(),
        expires_at: None,
        source: format!("import/sample/{}", year.unwrap_or(0)),
    };
    town.runtime.block_on(town.web.services.open_balance(&Call::of(actor), opening)).unwrap();
}
