//! Requests generated from the OpenAPI document: for every operation a well-formed one that names existing things.

use crate::support::document::{Operation, parsed};
use crate::support::service::bring_along;
use crate::support::town::Town;
use crate::support::upload::{attached, png};
use crate::support::web::{Answer, Ask};
use jianxian::api::web::document::{OVER_A_VERSION, moves_value};
use serde_json::{Map, Value, json};

/// The address of a gateway that is never asked.
pub const HOOK: &str = "http://127.0.0.1:9/messages";

/// A town with something of every kind, all of it in one community.
pub struct Furnished {
    pub town: Town,
    document: Value,
    /// Numbers in paths.
    award_entry: String,
    purse: String,
    issuing: String,
    hold: String,
}

impl Furnished {
    pub fn new() -> Self {
        let town = Town::new();
        let activity = |from: &str, to: &str| {
            json!({ "org": town.id("community"), "title": "清扫楼道", "content": "带手套", "place": "1 号楼",
                "scheme": town.id("scheme"), "starts_at": from, "ends_at": to })
        };
        let body = activity("2026-03-02T09:00:00+08:00", "2026-03-02T11:00:00+08:00");
        let id = town.make("activity", "staff", "/v1/activities", body);
        town.as_role("staff").post(&format!("/v1/activities/{id}/publish"), json!({})).ok(204);
        let body = activity("2026-04-20T09:00:00+08:00", "2026-04-20T11:00:00+08:00");
        let outing = town.make("outing", "staff", "/v1/activities", body);
        town.as_role("staff").post(&format!("/v1/activities/{outing}/publish"), json!({})).ok(204);
        let ask = json!({ "member": town.id("lin") });
        town.make("sign_up", "staff", &format!("/v1/activities/{outing}/sign-ups"), ask);
        town.at("2026-03-02T12:00");
        let record = json!({ "member": town.id("lin"), "activity": id, "evidence": "paper",
            "started_at": "2026-03-02T09:00:00+08:00", "ended_at": "2026-03-02T10:00:00+08:00" });
        town.make("record", "staff", "/v1/service-records", record);
        bring_along(&town, "lin", 600, None);
        town.make("certificate", "staff", "/v1/certificates", json!({ "member": town.id("lin") }));
        let award = |item: &str, more: Value| {
            let mut body = json!({ "member": town.id("lin"), "scheme": town.id("scheme"), "item": item });
            body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            town.as_role("staff").post("/v1/awards", body)
        };
        let given = award("honour-street", json!({})).ok(201);
        let proposed = award("bravery", json!({ "decided_points": "50", "reason": "示例事由" })).ok(202);
        town.keep("proposal", &proposed["proposal"]);
        let moving = json!({ "name": "钱示例", "org": town.id("community") });
        let moving = town.make("qian", "staff", "/v1/members", moving);
        let ask = json!({ "member": moving, "org_code": "street" });
        town.keep("move", &town.as_role("staff").post("/v1/moves", ask).ok(202)["proposal"]);
        let link = json!({ "login": "team_leader" });
        let link = town.as_role("staff").post(&format!("/v1/members/{moving}/users"), link).ok(202);
        town.keep("link", &link["proposal"]);
        let redeem = |town: &Town| {
            let body = json!({ "merchant": town.id("shop"), "on_behalf_of": town.id("lin"),
                "lines": [{ "offer": town.id("rice"), "quantity": 1 }] });
            town.as_role("staff").post("/v1/redemptions", body).ok(201)["redemption"]["id"].clone()
        };
        let captured = redeem(&town);
        let capture = format!("/v1/redemptions/{}/capture", captured.as_str().unwrap());
        town.as_role("staff").post(&capture, json!({})).ok(200);
        town.keep("redemption", &redeem(&town));
        town.at("2026-04-02T09:00");
        let hook = json!({ "code": "sms", "name": "短信", "url": HOOK, "topics": ["safety"] });
        let hook = town.make("webhook", "administrator", "/v1/webhooks", hook);
        town.make("delivery", "administrator", &format!("/v1/webhooks/{hook}/try"), json!({}));
        let complaint = json!({ "kind": "complaint", "words": "楼道的灯坏了" });
        town.make("feedback", "staff_two", "/v1/feedback", complaint);
        let shop = json!({ "name": "示例修鞋铺", "model": "community_fund", "address": "示例路 8 号", "goods": "修鞋",
            "owner_member": town.id("qian"), "org": town.id("community") });
        town.make("shop_application", "staff_two", "/v1/shop-applications", shop);
        town.keep(
            "attachment",
            &json!(attached(&town, "merchant_owner", ("offer", &town.id("rice")), &png([9, 9, 9]))),
        );
        // 林 acts for a person without a log-in.
        let lin = town.as_role("staff").get(&format!("/v1/members/{}", town.id("lin"))).ok(200);
        let proxy = json!({ "number": lin["number"], "name": "林示例", "points_a_day": "20" });
        town.make("proxy", "staff", &format!("/v1/members/{moving}/proxies"), proxy);
        // 林 has given something to 王.
        let rules = json!({ "family": true, "neighbour": true, "donation": true, "points_a_day": "20",
            "points_a_person": "30" });
        let version = town.as_role("administrator").get("/v1/gift-rules").header("etag").unwrap();
        let version: i64 = version.trim_matches('"').parse().unwrap();
        town.as_role("administrator").put("/v1/gift-rules", version, rules).ok(200);
        town.open_user("neighbour", json!({ "member": town.id("wang") }), "volunteer", "compound");
        let wang = town.as_role("staff").get(&format!("/v1/members/{}", town.id("wang"))).ok(200);
        let gift = json!({ "number": wang["number"], "points": "1" });
        let gift = town.as_role("volunteer").post("/v1/gifts", gift).ok(201);
        town.keep("gift", &gift["gift"]["id"]);
        // A shop with a supervisor, and a delivery that waits for a second person.
        let store = json!({ "name": "示例爱心超市", "org": town.id("community"), "model": "donated_goods",
            "two_above": "1" });
        let store = town.make("store", "administrator", "/v1/merchants", store);
        town.open_user("store_keeper", json!({ "merchant": store }), "merchant_owner", "community");
        let lines = json!([{ "name": "示例食盐", "pieces": 9, "unit_value": "2.50", "unit_points": "3" }]);
        let sheet = json!({ "kind": "goods_in", "lines": lines });
        let sheet = town.as_role("store_keeper").post(&format!("/v1/merchants/{store}/goods-sheets"), sheet);
        town.keep("goods_sheet", &sheet.ok(202)["goods_sheet"]);
        let consent = json!({ "purpose": "location", "text_version": 1, "paper": "2026-12" });
        town.make("consent", "staff", &format!("/v1/members/{}/consents", town.id("lin")), consent);
        let skill = town.make("skill", "administrator", "/v1/skills", json!({ "name": "急救" }));
        let said = json!({ "skills": [skill], "weekdays": ["monday"], "kinds": [], "places": [] });
        town.as_role("staff").put(&format!("/v1/members/{}/wishes", town.id("lin")), 0, said).ok(200);
        let erasure = json!({ "member": town.id("lin"), "paper": "2026-13" });
        let asked = town.as_role("staff").post("/v1/erasures", erasure).ok(202);
        town.keep("erasure", &asked["proposal"]);
        let correction = json!({ "trade": "木工", "reason": "登记时漏写" });
        let asked = town.as_role("volunteer").post("/v1/corrections", correction).ok(202);
        town.keep("correction", &asked["proposal"]);
        let issue = json!({ "merchant": town.id("shop"), "month": "2026-03" });
        let issued = town.as_role("staff").post("/v1/settlements", issue).ok(201);
        town.keep("statement", &issued["statement"]["id"]);
        let leg = &given["postings"]
            .as_array()
            .unwrap()
            .iter()
            .find(|leg| leg["asset"] == "POINT")
            .unwrap()
            .clone();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let (purse, issuing) = (text(&leg["credit_account"]), text(&leg["debit_account"]));
        let hold = json!({ "debit_account": purse, "credit_account": issuing, "amount": "1" });
        let hold = town.as_role("ledger_operator").post("/v1/ledger/holds", hold).ok(201);
        let hold = text(&hold["hold"]["id"]);
        Furnished { document: parsed(), award_entry: given["entry"].to_string(), purse, issuing, hold, town }
    }

    /// The number of the entry of lin's award.
    pub fn award_entry(&self) -> &str {
        &self.award_entry
    }

    /// The issuing account of lin's points.
    pub fn issuing(&self) -> &str {
        &self.issuing
    }

    /// The account of lin's points.
    pub fn purse(&self) -> &str {
        &self.purse
    }

    /// A schema, followed through its references.
    pub fn schema<'s>(&'s self, schema: &'s Value) -> &'s Value {
        match schema["$ref"].as_str() {
            Some(path) => {
                let name = path.rsplit('/').next().unwrap();
                self.schema(&self.document["components"]["schemas"][name])
            }
            None => schema,
        }
    }

    /// The schema of a nullable member, without the null.
    pub fn present<'s>(&'s self, schema: &'s Value) -> &'s Value {
        let schema = self.schema(schema);
        match schema["oneOf"].as_array().or(schema["allOf"].as_array()) {
            Some(parts) => {
                let part = parts.iter().find(|part| part["type"] != "null").unwrap();
                self.present(part)
            }
            None => schema,
        }
    }

    /// The schema of an operation's body.
    pub fn body_schema<'s>(&'s self, operation: &'s Operation) -> Option<&'s Value> {
        let body = operation.members.get("requestBody")?;
        // A form with a file is tried in tests of its own.
        Some(self.schema(body["content"].get("application/json")?.get("schema")?))
    }

    /// A value that fits a schema. `name` is its member; optional members are included if `optional`.
    pub fn sample(&self, schema: &Value, name: &str, optional: bool) -> Value {
        let (outer, schema) = (schema, self.present(schema));
        let kind = match &schema["type"] {
            Value::Array(kinds) => kinds.iter().find(|kind| *kind != "null").unwrap().clone(),
            kind => kind.clone(),
        };
        match kind.as_str() {
            Some("object") => return self.sample_object(schema, optional),
            Some("array") => return json!([self.sample(&schema["items"], name, optional)]),
            Some("boolean") => return json!(false),
            _ => {}
        }
        if let Some(id) = self.id_for(name) {
            return json!(id);
        }
        if let Some(example) = self.example(outer) {
            return example;
        }
        if let Some(value) = schema["enum"].as_array().and_then(|all| all.first()) {
            return value.clone();
        }
        match kind.as_str() {
            Some("integer") => schema["minimum"].clone(),
            Some("string") => json!("three ferries at noon"),
            _ => panic!("{name}: {schema}"),
        }
    }

    /// The example of a schema, or of the form of it that is not null.
    fn example(&self, schema: &Value) -> Option<Value> {
        let schema = self.schema(schema);
        let own = schema["examples"].as_array().and_then(|all| all.first()).cloned();
        let parts = schema["oneOf"].as_array().into_iter().flatten();
        own.or_else(|| parts.filter(|part| part["type"] != "null").find_map(|part| self.example(part)))
    }

    fn sample_object(&self, schema: &Value, optional: bool) -> Value {
        let required: Vec<&str> =
            schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let mut made = Map::new();
        for (name, member) in schema["properties"].as_object().unwrap() {
            if optional || required.contains(&name.as_str()) {
                made.insert(name.clone(), self.sample(member, name, optional));
            }
        }
        Value::Object(made)
    }

    /// The thing that a member of this name refers to.
    fn id_for(&self, name: &str) -> Option<String> {
        let town = &self.town;
        Some(match name {
            "org" => town.id("community"),
            "parent" => town.id("street"),
            "member" | "members" | "on_behalf_of" | "owner_member" => town.id("lin"),
            "into" | "owner" => town.id("wang"),
            "household" => town.id("household"),
            "activity" => town.id("activity"),
            "merchant" => town.id("shop"),
            "offer" | "thing_id" => town.id("rice"),
            "thing" => "offer".into(),
            "scheme" => town.id("scheme"),
            "user" => town.id("user/staff_two"),
            "skill" | "skills" => town.id("skill"),
            "places" => town.id("community"),
            "kinds" => "care".into(),
            "debit_account" => self.issuing.clone(),
            "credit_account" | "account" => self.purse.clone(),
            "item" => "honour-community".into(),
            "guarantor" => town.id("user/team_leader"),
            "url" => HOOK.into(),
            "channel" => "sms".into(),
            "starts_at" => "2026-04-20T09:00:00+08:00".into(),
            "ends_at" => "2026-04-20T11:00:00+08:00".into(),
            "started_at" => "2026-03-02T09:00:00+08:00".into(),
            "ended_at" => "2026-03-02T10:00:00+08:00".into(),
            _ => return None,
        })
    }

    /// The path of an operation, with existing things.
    pub fn path(&self, operation: &Operation) -> String {
        let town = &self.town;
        let path = operation.path.as_str();
        let starts = [
            ("/v1/activities", town.id("activity")),
            ("/v1/awards/proposals", town.id("proposal")),
            ("/v1/awards", self.award_entry.clone()),
            ("/v1/attachments", town.id("attachment")),
            ("/v1/calendars", "2026".into()),
            ("/v1/deliveries", town.id("delivery")),
            ("/v1/feedback", town.id("feedback")),
            ("/v1/gifts", town.id("gift")),
            ("/v1/goods-sheets", town.id("goods_sheet")),
            ("/v1/proxies", town.id("proxy")),
            ("/v1/consents", town.id("consent")),
            ("/v1/erasures", town.id("erasure")),
            ("/v1/corrections", town.id("correction")),
            ("/v1/certificates", town.id("certificate")),
            ("/v1/cards", town.id("lin")),
            ("/v1/ledger/accounts", self.purse.clone()),
            ("/v1/ledger/entries", self.award_entry.clone()),
            ("/v1/ledger/holds", self.hold.clone()),
            ("/v1/me/sessions", jianxian::domain::id::Id::SYSTEM.to_string()),
            ("/v1/members", town.id("lin")),
            ("/v1/merchants", town.id("shop")),
            ("/v1/moves", town.id("move")),
            ("/v1/user-links", town.id("link")),
            ("/v1/offers", town.id("rice")),
            ("/v1/orgs", town.id("community")),
            ("/v1/public", "t".into()),
            ("/v1/redemptions", town.id("redemption")),
            ("/v1/roles", town.id("role/staff_two/staff")),
            ("/v1/schemes/versions", town.id("scheme_version")),
            ("/v1/schemes", town.id("scheme")),
            ("/v1/service-records", town.id("record")),
            ("/v1/sign-ups", town.id("sign_up")),
            ("/v1/shop-applications", town.id("shop_application")),
            ("/v1/skills", town.id("skill")),
            ("/v1/settlements", town.id("statement")),
            ("/v1/users", town.id("user/staff_two")),
            ("/v1/webhooks", town.id("webhook")),
        ];
        let Some((before, rest)) = path.split_once('{') else { return path.to_owned() };
        let (_, after) = rest.split_once('}').unwrap();
        let id = starts.iter().find(|(start, _)| path.starts_with(start));
        let (_, id) = id.unwrap_or_else(|| panic!("no sample for {path}"));
        format!("{before}{id}{after}").replace("{number}", "2026-0000001")
    }

    /// A request that is well formed.
    pub fn ask(&self, operation: &Operation, key: &str) -> Ask {
        let body = self.body_schema(operation).map(|schema| self.good_body(operation, schema));
        self.ask_with(operation, key, body.map(|body| body.to_string()))
    }

    /// A well-formed body: required members, and those of one of several forms of a request.
    pub fn good_body(&self, operation: &Operation, schema: &Value) -> Value {
        let mut body = self.sample(schema, "", false);
        let members = body.as_object_mut().unwrap();
        let more: &[&str] = match operation.id.as_str() {
            "open_merchant" | "approve_shop" => &["rate_fen"],
            "link_clerk" => &["member"],
            "request_move" => &["member", "org"],
            "find_member_by_number" => &["phone"],
            "redeem" => &["merchant", "on_behalf_of"],
            "enter_slip" => &["member"],
            "post_ledger_entry" => &["debit_account", "credit_account", "amount"],
            _ => &[],
        };
        if operation.id == "open_goods_sheet" {
            members.insert("lines".into(), json!([{ "offer": self.town.id("rice"), "pieces": 20 }]));
        }
        for name in more {
            members.insert((*name).to_owned(), self.sample(&schema["properties"][*name], name, false));
        }
        body
    }

    /// The same with another body.
    pub fn ask_with(&self, operation: &Operation, key: &str, body: Option<String>) -> Ask {
        let method: &'static str = match operation.method.as_str() {
            "GET" => "GET",
            "POST" => "POST",
            "PATCH" => "PATCH",
            "DELETE" => "DELETE",
            "PUT" => "PUT",
            other => panic!("{other}"),
        };
        let mut ask = Ask { method, body, ..Ask::get(self.path(operation)).role(None) };
        if method != "GET" {
            ask = ask.key(key);
        }
        if OVER_A_VERSION.contains(&operation.id.as_str()) {
            ask = ask.header("If-Match", "\"1\"");
        }
        ask
    }

    pub fn is_money(operation: &Operation) -> bool {
        moves_value(&operation.id)
    }

    /// Sends as a user of the town.
    pub fn send_as(&self, login: &str, ask: &Ask) -> Answer {
        let bearer = format!("Bearer {}", self.town.token(login));
        self.town.web.send(&ask.clone().header("Authorization", &bearer))
    }
}
