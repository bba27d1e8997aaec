//! A separate server process with its first administrator, and users who sign in there.

use crate::support::served::Served;
use crate::support::web::{Answer, Ask, send};
use serde_json::{Value, json};
use std::net::SocketAddr;

const PASSWORD: &str = "three ferries at noon";

/// A server with its first administrator; the administrator's token.
pub fn founded(served: &Served) -> String {
    let mut body = served.printed_body().unwrap();
    body["password"] = json!(PASSWORD);
    let first = send(served.address, &Ask::post("/v1/auth/first-administrator", body).role(None));
    assert_eq!(first.status, 200, "{first:?}");
    first.json()["access_token"].as_str().unwrap().to_owned()
}

/// A user with a role at the root; their token.
pub fn user(address: SocketAddr, admin: &str, role: &str) -> String {
    let root = get(address, admin, "/v1/me").json()["roles"][0]["org"].clone();
    let login = role.replace('_', ".");
    let body = json!({ "login": login, "name": "示例乙", "password": PASSWORD });
    let made = post(address, admin, "/v1/users", body, &format!("user-{role}"));
    let grant = json!({ "user": made.json()["id"], "role": role, "org": root });
    assert_eq!(post(address, admin, "/v1/roles", grant, &format!("role-{role}")).status, 201);
    let ask = json!({ "login": login, "password": PASSWORD });
    let signed_in = send(address, &Ask::post("/v1/auth/token", ask).role(None));
    signed_in.json()["access_token"].as_str().unwrap().to_owned()
}

pub fn post(address: SocketAddr, token: &str, path: &str, body: Value, key: &str) -> Answer {
    let ask = Ask::post(path, body).role(None).key(key);
    send(address, &ask.header("Authorization", &format!("Bearer {token}")))
}

pub fn get(address: SocketAddr, token: &str, path: &str) -> Answer {
    send(address, &Ask::get(path).role(None).header("Authorization", &format!("Bearer {token}")))
}
