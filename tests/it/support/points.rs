//! Steps about schemes.

use crate::support::town::{Town, bearer};
use crate::support::web::Ask;
use serde_json::json;

/// A scheme of this town, published.
pub fn publish(town: &Town, name: &str, text: &str) -> String {
    let version =
        town.make(&format!("{name}/version"), "administrator", "/v1/schemes", json!({ "body": text }));
    let path = format!("/v1/schemes/versions/{version}/approve");
    town.as_role("reviewer_district").post(&path, json!({})).ok(204);
    scheme_id(town, name)
}

pub fn scheme_id(town: &Town, code: &str) -> String {
    let schemes = town.as_role("staff").get("/v1/schemes").ok(200);
    let rows = schemes["items"].as_array().unwrap().clone();
    rows.iter().find(|row| row["code"] == code).unwrap()["id"].as_str().unwrap().to_owned()
}

/// Why an award is what it is, in sentences.
pub fn sentences(town: &Town, entry: i64, language: &str) -> Vec<String> {
    let token = bearer(town, "staff");
    let ask = Ask::get(format!("/v1/awards/{entry}/explain")).role(None).header("Authorization", &token);
    let answer = town.web.send(&ask.header("Accept-Language", language)).ok(200);
    answer["sentences"].as_array().unwrap().iter().map(|text| text.as_str().unwrap().to_owned()).collect()
}
