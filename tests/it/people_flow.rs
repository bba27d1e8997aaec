//! Organisations, persons, households and users over HTTP.

use crate::town::Town;

#[test]
fn the_town_is_made_over_http() {
    let town = Town::new();
    let orgs = town.as_role("staff").get("/v1/orgs").ok(200);
    let names: Vec<&str> =
        orgs["items"].as_array().unwrap().iter().filter_map(|o| o["name"].as_str()).collect();
    assert_eq!(names, ["示例社区", "示例小区"]);
    assert_eq!(town.balance("lin", "POINT"), "0");
    town.verify_and_stop();
}
