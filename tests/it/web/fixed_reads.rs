//! A list takes a fixed number of SQL statements a page, whatever the number of rows: every list of the interface is
//! requested with a page of five rows and with one of fifty. The lists are taken from the OpenAPI document.

use crate::support::asking::{Furnished, HOOK};
use crate::support::document::{Operation, operations};
use crate::support::service::bring_along;
use crate::support::town::Town;
use crate::support::web::{Ask, BANK};
use jianxian::api::web::document;
use jianxian::auth::permissions::{Role, rights};
use jianxian::domain::id::Id;
use serde_json::{Value, json};
use std::collections::BTreeMap;

const MANY: usize = 51;

/// Lists that are shorter here, and why.
const SHORTER: &[(&str, &str)] = &[
    ("list_household_awards", "the town has one household"),
    ("list_goods_moved", "a row for each kind of goods of one shop"),
    ("list_corrections", "people ask for their own file, one thing at a time"),
];

/// Callers for the lists; the first one with the right is used.
const LOOKERS: &[(Role, &str)] = &[
    (Role::Staff, "staff"),
    (Role::Administrator, "administrator"),
    (Role::LedgerOperator, "ledger_operator"),
    (Role::Volunteer, "volunteer"),
    (Role::Auditor, "auditor"),
];

fn looker(operation: &Operation) -> Option<&'static str> {
    let needed = document::rights(&operation.members);
    if operation.path.starts_with("/v1/public") {
        return None;
    }
    let may = |role: Role| needed.is_empty() || needed.iter().any(|right| rights(role).contains(right));
    LOOKERS.iter().find(|(role, _)| may(*role)).map(|(_, login)| *login)
}

fn is_paged(operation: &Operation) -> bool {
    operation.members["parameters"].as_array().into_iter().flatten().any(|given| given["name"] == "cursor")
}

/// How many rows a list answers with, and how many statements that took.
fn counted(there: &Furnished, operation: &Operation, query: &str) -> (usize, u64) {
    let path = format!("{}?{query}", there.path(operation));
    let send = || match looker(operation) {
        Some(who) => there.town.as_role(who).get(&path),
        None => there.town.web.send(&Ask::get(&path).role(None)),
    };
    // Once before, to fill the caches of the caller and of the bank.
    send().ok(200);
    let before = there.town.web.store.statements();
    let rows = send().ok(200)["items"].as_array().unwrap().len();
    (rows, there.town.web.store.statements() - before)
}

fn award(town: &Town, member: &str, quantity: &str) -> i64 {
    let give = json!({ "member": member, "scheme": town.id("scheme"), "item": "goods-donation",
        "quantity": quantity });
    town.as_role("staff").post("/v1/awards", give).ok(201)["entry"].as_i64().unwrap()
}

/// One more organisation, member and activity.
fn announce(town: &Town, n: usize) {
    let org = json!({ "parent": town.id("community"), "kind": "compound", "code": format!("c{n}"),
        "name": "示例新小区" });
    town.make("more/org", "administrator", "/v1/orgs", org);
    // No two of one name.
    let name = format!("钱{}例", char::from_u32(0x4e00 + u32::try_from(n).unwrap()).unwrap());
    let member = json!({ "name": name, "org": town.id("community") });
    town.make(&format!("member/{n}"), "staff", "/v1/members", member);
    let activity = json!({ "org": town.id("community"), "title": "清扫楼道", "content": "带手套",
        "place": "1 号楼", "scheme": town.id("scheme"), "seats": 1, "starts_at": "2026-04-03T09:00:00+08:00",
        "ends_at": "2026-04-03T11:00:00+08:00" });
    let activity = town.make(&format!("activity/{n}"), "staff", "/v1/activities", activity);
    let staff = town.as_role("staff");
    staff.post(&format!("/v1/activities/{activity}/publish"), json!({})).ok(204);
    // The first has the seat, the others wait.
    let ask = json!({ "member": town.id(&format!("member/{n}")) });
    staff.post(&format!("/v1/activities/{}/sign-ups", town.id("activity/0")), ask).ok(201);
    let hook = json!({ "code": format!("h{n}"), "name": "短信", "url": HOOK, "topics": ["stars"] });
    let hook = town.make("more/hook", "administrator", "/v1/webhooks", hook);
    town.as_role("administrator").post(&format!("/v1/webhooks/{hook}/try"), json!({})).ok(201);
    town.as_role("staff")
        .post("/v1/feedback", json!({ "kind": "proposal", "words": "多开一间活动室" }))
        .ok(201);
    let shop = json!({ "name": "示例修鞋铺", "model": "donated_goods", "address": "示例路 8 号", "goods": "修鞋",
        "owner_member": town.id(&format!("member/{n}")) });
    town.as_role("staff").post("/v1/shop-applications", shop).ok(201);
    // A role that is granted again is told again.
    town.grant("staff", "reviewer", "sibling");
}

/// One more of everything that is about a member.
fn one_more(town: &Town, n: usize) {
    let staff = town.as_role("staff");
    let (member, activity) = (town.id(&format!("member/{n}")), town.id(&format!("activity/{n}")));
    let record = json!({ "member": member, "activity": activity, "evidence": "paper",
        "started_at": "2026-04-03T09:00:00+08:00", "ended_at": "2026-04-03T10:00:00+08:00" });
    let record = town.make("more/record", "staff", "/v1/service-records", record);
    town.as_role("team_leader").post(&format!("/v1/service-records/{record}/approve"), json!({})).ok(200);
    award(town, &member, "200");
    bring_along(town, &format!("member/{n}"), 60, None);
    staff.post("/v1/certificates", json!({ "member": member })).ok(201);
    let another = json!({ "member": town.id("lin"), "remark": format!("第 {n} 份") });
    staff.post("/v1/certificates", another).ok(201);
    let body = json!({ "member": member, "scheme": town.id("scheme"), "item": "bravery",
        "decided_points": "50", "reason": "示例事由" });
    staff.post("/v1/awards", body).ok(202);
    let body = json!({ "merchant": town.id("shop"), "on_behalf_of": member,
        "lines": [{ "offer": town.id("haircut"), "quantity": 1 }] });
    staff.post("/v1/redemptions", body).ok(201);
    staff.post("/v1/erasures", json!({ "member": member, "paper": "2026-1" })).ok(202);
    staff.post("/v1/moves", json!({ "member": member, "org_code": "street" })).ok(202);
    let user = json!({ "login": format!("more_{n}"), "name": "示例丙", "org": town.id("community") });
    town.make("more/user", "administrator", "/v1/users", user);
    let link = json!({ "login": format!("more_{n}") });
    staff.post(&format!("/v1/members/{member}/users"), link).ok(202);
    town.as_role("volunteer").post("/v1/donations", json!({ "points": "0.01" })).ok(201);
    let lines = json!([{ "offer": town.id("rice"), "pieces": 1 }]);
    let sheet = json!({ "kind": "goods_in", "lines": lines });
    let sheets = format!("/v1/merchants/{}/goods-sheets", town.id("shop"));
    town.as_role("merchant_owner").post(&sheets, sheet).ok(201);
    let days = json!(["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]);
    let wishes = json!({ "skills": [], "weekdays": days, "kinds": [], "places": [] });
    staff.put(&format!("/v1/members/{member}/wishes"), 0, wishes).ok(200);
    let lin = staff.get(&format!("/v1/members/{}", town.id("lin"))).ok(200)["number"].clone();
    let proxy = json!({ "number": lin, "name": "林示例", "points_a_day": "20" });
    let proxy = town.make("more/proxy", "staff", &format!("/v1/members/{member}/proxies"), proxy);
    town.as_role("volunteer").post(&format!("/v1/proxies/{proxy}/end"), json!({})).ok(204);
}

/// Debts of lin: each award is taken back after its points are spent.
fn debts(there: &Furnished) {
    let town = &there.town;
    let awards: Vec<i64> = (0..MANY).map(|_| award(town, &town.id("lin"), "10")).collect();
    let balance = town.balance("lin", "POINT");
    let spend = json!({ "debit_account": there.purse(), "credit_account": there.issuing(),
        "amount": balance, "up_to": true });
    town.as_role("ledger_operator").post("/v1/ledger/entries", spend).ok(201);
    for award in awards {
        let back = json!({ "reason": "示例：登记有误", "up_to": true });
        town.as_role("staff").post(&format!("/v1/awards/{award}/reverse"), back).ok(201);
    }
}

/// Statements of a closed shop: one for each refund.
fn statements(town: &Town) {
    let shop = json!({ "name": "示例茶馆", "org": town.id("community"), "owner_member": town.id("keeper"),
        "model": "donated_goods" });
    let shop = town.make("tea_house", "administrator", "/v1/merchants", shop);
    town.open_user("tea_owner", json!({ "merchant": shop }), "merchant_owner", "community");
    let tea = json!({ "name": "示例茶", "unit_points": "0.50", "stocked": false });
    let tea = town.make("tea", "tea_owner", &format!("/v1/merchants/{shop}/offers"), tea);
    award(town, &town.id("lin"), "300");
    let lines = |pieces: usize| json!([{ "offer": tea, "quantity": pieces }]);
    let body = json!({ "merchant": shop, "on_behalf_of": town.id("lin"), "lines": lines(MANY + 1) });
    let staff = town.as_role("staff");
    let id = staff.post("/v1/redemptions", body).ok(201)["redemption"]["id"].as_str().unwrap().to_owned();
    staff.post(&format!("/v1/redemptions/{id}/capture"), json!({})).ok(200);
    let close = json!({ "state": "closed" });
    town.as_role("administrator").post(&format!("/v1/merchants/{shop}/state"), close).ok(204);
    for n in 0..MANY {
        // A statement ends at the moment before it.
        town.at(&format!("2026-04-03T13:{n:02}"));
        staff.post(&format!("/v1/redemptions/{id}/refund"), json!({ "lines": lines(1) })).ok(201);
        town.at(&format!("2026-04-03T13:{:02}", n + 1));
        let issue = json!({ "merchant": shop, "month": "2026-04" });
        staff.post("/v1/settlements", issue).ok(201);
    }
}

fn furnished() -> Furnished {
    let there = Furnished::new();
    let town = &there.town;
    (0..MANY).for_each(|n| announce(town, n));
    town.at("2026-04-03T12:00");
    (0..MANY).for_each(|n| one_more(town, n));
    statements(town);
    let pad = json!({ "merchant": town.id("shop"), "count": MANY });
    town.as_role("staff").post("/v1/slips", pad).ok(201);
    for _ in 0..MANY {
        let hold = json!({ "debit_account": there.purse(), "credit_account": there.issuing(),
            "amount": "0.01" });
        town.as_role("ledger_operator").post("/v1/ledger/holds", hold).ok(201);
        town.as_role("auditor").get(&format!("/v1/members/{}", town.id("lin"))).ok(200);
    }
    debts(&there);
    there
}

#[test]
fn a_page_of_every_list_takes_as_many_statements_for_five_rows_as_for_fifty() {
    let there = furnished();
    let last = there.town.head().0;
    let mut faults: BTreeMap<String, String> = BTreeMap::new();
    for operation in operations().iter().filter(|operation| is_paged(operation)) {
        let days = "from=2026-03-01&until=2026-12-31";
        let queries = match operation.id.as_str() {
            "list_ledger_accounts" => vec![String::new(), format!("at={last}")],
            "list_ledger_entries" => {
                vec![String::new(), days.into(), format!("account={}", there.purse()), "kind=award".into()]
            }
            _ => vec![String::new()],
        };
        for query in queries {
            let (few, of_few) = counted(&there, operation, &format!("{query}&limit=5"));
            let (many, of_many) = counted(&there, operation, &format!("{query}&limit=50"));
            let is_short = (few, many) != (5, 50) && !SHORTER.iter().any(|(id, _)| *id == operation.id);
            if is_short || of_few != of_many {
                let counts = format!("{few} rows: {of_few} statements; {many} rows: {of_many}");
                faults.insert(format!("{} {query}", operation.id), counts);
            }
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
    there.town.verify_and_stop();
}

#[test]
fn lists_in_one_piece_take_no_more_statements_when_there_are_more_rows() {
    let there = Furnished::new();
    let town = &there.town;
    let lists = ["list_merchants", "list_offers", "list_schemes"];
    let look = |id: &str| {
        let operation = operations().into_iter().find(|operation| operation.id == id).unwrap();
        counted(&there, &operation, "")
    };
    let before = lists.map(look);
    let scheme = include_str!("../../../schemes/jianxian.toml");
    for n in 0..9 {
        let shop = json!({ "name": "示例店", "org": town.id("community"), "owner_member": town.id("keeper"),
            "model": "donated_goods" });
        town.make("more/shop", "administrator", "/v1/merchants", shop);
        let offer = json!({ "name": "示例盐", "unit_points": "2", "stocked": true });
        let offers = format!("/v1/merchants/{}/offers", town.id("shop"));
        let offer = town.make("more/offer", "merchant_owner", &offers, offer);
        let stock = json!({ "pieces": 3 });
        town.as_role("merchant_owner").post(&format!("/v1/offers/{offer}/stock"), stock).ok(201);
        let body = scheme.replacen("\"jianxian\"", &format!("\"more-{n}\""), 1);
        town.as_role("administrator").post("/v1/schemes", json!({ "body": body })).ok(201);
    }
    let after = lists.map(look);
    for (list, ((few, of_few), (many, of_many))) in lists.iter().zip(before.into_iter().zip(after)) {
        assert!(many >= few + 9, "{list}: {few}, then {many} rows");
        assert_eq!(of_few, of_many, "{list}: {few} and {many} rows");
    }
}

#[test]
fn refused_rows_of_a_bulk_take_no_statements_of_their_own() {
    let there = Furnished::new();
    let town = &there.town;
    let bulk = |rows: usize| {
        let to_come = json!({ "member": town.id("lin"), "scheme": town.id("scheme"), "item": "goods-donation",
            "quantity": "1", "day": "2027-01-01" });
        let items: Vec<Value> = vec![to_come; rows];
        let before = town.web.store.statements();
        let answer =
            town.as_role("staff").post("/v1/awards/batch", json!({ "mode": "each", "items": items }));
        let refused = answer.ok(200)["refused"].as_u64().unwrap();
        (refused, town.web.store.statements() - before)
    };
    bulk(1);
    let (few, of_few) = bulk(5);
    let (many, of_many) = bulk(50);
    assert_eq!((few, many), (5, 50));
    assert_eq!(of_few, of_many);
}

#[test]
fn more_keys_than_a_statement_can_bind_bring_each_row_once_also_where_a_key_is_named_twice() {
    let there = Furnished::new();
    let town = &there.town;
    let lin: Id = town.id("lin").parse().unwrap();
    let reverse = format!("/v1/awards/{}/reverse", award(town, &town.id("lin"), "10"));
    town.as_role("staff").post(&reverse, json!({ "reason": "示例：登记有误" })).ok(201);
    let last = town.head().0;
    let read = town.web.store.read(BANK, move |tables| {
        let others = (0..70_000).map(|n| lin.derive(&format!("nobody/{n}")));
        let members = tables.members_by_id([lin, lin].into_iter().chain(others).chain([lin]))?;
        let numbers: Vec<i64> = (1..=70_000).chain(1..=last).collect();
        let (entries, pasts) = (tables.entries(&numbers)?, tables.pasts(&numbers)?);
        let alone = (1..=last).map(|n| tables.past(n)).collect::<Result<Vec<_>, _>>()?;
        Ok((members, entries, pasts, alone, tables.entries(&[])?))
    });
    let (members, entries, pasts, alone, none) = town.runtime.block_on(read).unwrap();
    assert_eq!(members.iter().map(|row| row.id).collect::<Vec<_>>(), [lin]);
    assert_eq!(entries.iter().map(|entry| entry.number).collect::<Vec<_>>(), (1..=last).collect::<Vec<_>>());
    assert!(entries.iter().all(|entry| pasts[&entry.number].entry == *entry));
    assert_eq!(pasts.into_values().map(Some).collect::<Vec<_>>(), alone);
    assert!(none.is_empty());
}
