//! Steps about schemes.

use crate::support::town::Town;
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
