//! Hours that count for stars.

use crate::support::town::Town;
use crate::support::web::Answer;
use serde_json::json;

/// Minutes posted for 林 by the operator of the raw ledger.
pub struct Minutes<'t> {
    town: &'t Town,
    from: String,
    to: String,
}

impl<'t> Minutes<'t> {
    pub fn new(town: &'t Town) -> Self {
        let open = |kind: &str, owner: &str, purpose: &str| {
            let body = json!({ "owner_kind": kind, "owner": owner, "asset": "MINUTE", "purpose": purpose });
            let opened = town.as_role("ledger_operator").post("/v1/ledger/accounts", body).ok(201);
            opened["account"].as_str().unwrap().to_owned()
        };
        let from = open("bank", "0197f000-0000-7000-8000-000000000001", "issuing");
        Minutes { town, from, to: open("person", &town.id("lin"), "main") }
    }

    pub fn post(&self, amount: &str, at: &str) -> Answer {
        let body = json!({ "debit_account": self.from, "credit_account": self.to, "amount": amount,
            "effective_at": format!("{at}:00+08:00") });
        self.town.as_role("ledger_operator").post("/v1/ledger/entries", body)
    }
}
