//! Steps about one person.

use crate::support::town::Town;
use crate::support::web::Answer;
use serde_json::{Value, json};

pub fn at_member(town: &Town, who: &str, member: &str, verb: &str, body: Value) -> Answer {
    town.as_role(who).post(&format!("/v1/members/{}/{verb}", town.id(member)), body)
}

pub fn because() -> Value {
    json!({ "reason": "本人申请" })
}

/// Points by an item of the scheme.
pub fn award(town: &Town, who: &str, member: &str) -> Answer {
    let body = json!({ "member": town.id(member), "scheme": town.id("scheme"), "item": "goods-donation", "quantity": "100" });
    town.as_role(who).post("/v1/awards", body)
}
