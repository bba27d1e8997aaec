//! A statement as people read it, and the trail of an entry from the goods to the payment.

use crate::support::shops::{captured, donate};
use crate::support::town::Town;
use crate::support::web::BANK;
use jianxian::auth::permissions::{Actor, Grant, Role};
use jianxian::domain::id::Id;
use jianxian::domain::ledger::entry::EntryKind;
use jianxian::domain::life_cycles::DISPUTE_STATEMENT;
use jianxian::domain::refusal::Refusal;
use jianxian::domain::settlement::statement::Statement;
use jianxian::services::ledger::trail::{Event, Named};
use jianxian::services::step::because;
use jianxian::services::{Call, Error};
use serde_json::{Value, json};

/// A call by a role above the root, or in the shop.
fn call(town: &Town, role: Role) -> Call {
    let shop = town.id("shop").parse().unwrap();
    let grants = vec![Grant { role, org: Id::SYSTEM, org_path: "/".into() }];
    let merchant = role.is_of_shop().then_some(shop);
    let user = Id::SYSTEM.derive(role.as_str());
    Call::of(Actor {
        bank: BANK,
        user,
        session: Id::SYSTEM,
        member: None,
        merchant,
        card_edition: None,
        grants,
    })
}

/// A shop's month with one redemption, and its statement.
fn month() -> (Town, String, Value) {
    let town = Town::new();
    donate(&town, "lin", 100);
    let redemption = captured(&town, &[("rice", 4), ("haircut", 1)]);
    town.at("2026-04-01T00:00");
    let body = json!({ "merchant": town.id("shop"), "month": "2026-03" });
    let statement = town.as_role("staff").post("/v1/settlements", body).ok(201)["statement"].clone();
    (town, redemption, statement)
}

fn id(statement: &Value) -> Id {
    statement["id"].as_str().unwrap().parse().unwrap()
}

#[test]
fn a_statement_names_its_goods_and_keeps_why_it_was_disputed() {
    let (town, _, statement) = month();
    let services = &town.web.services;
    let mut why = because(Some("第 1 笔当天退过货".into()));
    why.insert("lines".into(), json!([0]));
    let owner = call(&town, Role::MerchantOwner);
    let disputed = services.step::<Statement>(&owner, &DISPUTE_STATEMENT, id(&statement), why);
    town.runtime.block_on(disputed).unwrap();
    let seen = town.runtime.block_on(services.statement_seen(&owner, id(&statement))).unwrap();
    assert_eq!(seen.lines.len(), seen.statement.lines.len());
    assert!(seen.lines.iter().all(|line| line.at.is_some() && !line.goods.is_empty()), "{:?}", seen.lines);
    let steps: Vec<_> = seen.steps.iter().map(|one| (one.state.as_str(), one.reason.as_deref())).collect();
    assert_eq!(steps, [("issued", None), ("disputed", Some("第 1 笔当天退过货"))]);
    // A clerk sees no statements, and nobody sees those of a shop out of reach.
    let clerk = call(&town, Role::MerchantClerk);
    let refused = town.runtime.block_on(services.statement_seen(&clerk, id(&statement)));
    assert!(matches!(refused, Err(Error::Refused(Refusal::NotFound { .. }))), "{refused:?}");
    town.verify_and_stop();
}

#[test]
fn a_receipt_leads_from_the_goods_to_the_payment() {
    let (town, first, statement) = month();
    let paid = json!({ "invoice_number": "示例发票 7", "payment_proof": "示例流水 7" });
    for (who, what, body) in [
        ("merchant_owner", "confirm", json!({})),
        ("reviewer", "approve", json!({})),
        ("administrator", "pay", paid),
    ] {
        let path = format!("/v1/settlements/{}/{what}", id(&statement));
        town.as_role(who).post(&path, body).ok(200);
    }
    let (services, auditor) = (&town.web.services, call(&town, Role::Auditor));
    let named = |text: &str| town.runtime.block_on(services.named(&auditor, text, None)).unwrap();
    let receipt = first.rsplit('-').next().unwrap().to_uppercase();
    let found = named(&receipt);
    assert_eq!(found, named(&first), "the number on the receipt is the end of the id");
    let Some(Named::Entry(number)) = found else { panic!("{found:?}") };
    assert_eq!((named("5"), named("999999"), named("示例")), (Some(Named::Entry(5)), None, None));
    let trail = town.runtime.block_on(services.trail(&auditor, number)).unwrap();
    let events: Vec<&Event> = trail.events.iter().map(|one| &one.event).collect();
    let award = |one: &&Event| matches!(one, Event::Posted { kind: EntryKind::Award, .. });
    assert!(events.iter().any(award), "the award whose points were used: {events:?}");
    assert!(events.iter().any(|one| matches!(one, Event::Redeemed { on_behalf: false, .. })), "{events:?}");
    let settled =
        Event::Settled { statement: id(&statement), period: "2026-03".into(), line: 1, payable_fen: 1_500 };
    assert!(events.contains(&&settled), "{events:?}");
    assert!(matches!(events.last(), Some(Event::Paid { payable_fen: 1_500, .. })), "{events:?}");
    assert!(trail.legs.iter().all(|leg| leg.debit.name.is_some() && leg.credit.name.is_some()), "{trail:?}");
    // Only those who may read the ledger find anything.
    let staff = call(&town, Role::Staff);
    let refused = town.runtime.block_on(services.trail(&staff, number));
    assert!(matches!(refused, Err(Error::Refused(Refusal::EntryNotFound))), "{refused:?}");
    town.verify_and_stop();
}
