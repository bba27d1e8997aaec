//! The figures of a bank counted once more, row by row, from its lists: by the definitions of docs/STATISTICS.md and by
//! nothing that the program counts.

use jianxian::domain::time::Moment;
use serde_json::{Value, json};
use std::collections::{HashMap, HashSet};

/// What is compared: the five counts, minutes, and points in hundredths.
pub const COUNTED: &[&str] = &[
    "shops",
    "party_members",
    "other_residents",
    "households",
    "served",
    "participations",
    "activities",
    "redemptions",
    "service_minutes",
];
pub const POINTS: &[&str] =
    &["issued", "brought_along", "redeemed", "expired", "forfeited", "exchanged", "pooled", "outstanding"];

/// All rows of the lists of a bank.
pub struct Lists {
    records: Vec<Value>,
    redemptions: Vec<Value>,
    members: Vec<Value>,
    merchants: Vec<Value>,
    entries: Vec<Value>,
    accounts: Vec<Value>,
}

/// The pages of a list, one after another.
fn pages(get: &dyn Fn(&str) -> Value, path: &str) -> Vec<Value> {
    let (mut rows, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = get(&format!("{path}?limit=200{cursor}"));
        rows.extend(page["items"].as_array().unwrap().iter().cloned());
        match page["next"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return rows,
        }
    }
}

impl Lists {
    /// As an auditor of the whole bank reads them.
    pub fn read(get: &dyn Fn(&str) -> Value) -> Self {
        let merchants = get("/v1/merchants");
        Lists {
            records: pages(get, "/v1/service-records"),
            redemptions: pages(get, "/v1/redemptions"),
            members: pages(get, "/v1/members"),
            merchants: merchants["items"].as_array().unwrap().clone(),
            entries: pages(get, "/v1/ledger/entries"),
            accounts: pages(get, "/v1/ledger/accounts"),
        }
    }

    /// The figures of these organisations (none: of all) from one day to another.
    pub fn figures(&self, orgs: &[String], from: &str, until: &str) -> Value {
        let is_here = |org: &Value| orgs.is_empty() || orgs.iter().any(|one| org == one.as_str());
        let is_then = |at: &Value| (from..=until).contains(&day(at).as_str());
        let mut told = json!({});
        self.count_accounts(&mut told, &is_here);
        self.count_service(&mut told, &|record| is_here(&record["org"]) && is_then(&record["started_at"]));
        let at: HashMap<&str, &Value> =
            self.members.iter().map(|member| (text(&member["id"]), &member["org"])).collect();
        let captured = |redemption: &&Value| {
            matches!(text(&redemption["state"]), "captured" | "part_refunded")
                && is_then(&redemption["captured_at"])
                && is_here(at[text(&redemption["member"])])
        };
        told["redemptions"] = json!(self.redemptions.iter().filter(captured).count());
        self.add_points(&mut told, &|owner| at.get(owner).is_some_and(|org| is_here(org)), (from, until));
        told
    }

    fn count_accounts(&self, told: &mut Value, is_here: &dyn Fn(&Value) -> bool) {
        let shops = self.merchants.iter().filter(|shop| shop["state"] != "closed" && is_here(&shop["org"]));
        told["shops"] = json!(shops.count());
        let files: Vec<&Value> = self
            .members
            .iter()
            .filter(|member| member["state"] != "merged" && is_here(&member["org"]))
            .collect();
        let count = |is: &dyn Fn(&Value) -> bool| files.iter().filter(|file| is(file)).count();
        told["households"] = json!(count(&|file| file["kind"] == "household"));
        told["party_members"] =
            json!(count(&|file| file["kind"] == "person" && file["party_member"] == true));
        told["other_residents"] =
            json!(count(&|file| file["kind"] == "person" && file["party_member"] == false));
    }

    fn count_service(&self, told: &mut Value, is_counted: &dyn Fn(&Value) -> bool) {
        let (mut people, mut activities) = (HashSet::new(), HashSet::new());
        let (mut served, mut minutes) = (0, 0);
        for record in self.records.iter().filter(|record| record["state"] == "final" && is_counted(record)) {
            let (day, activity) = (day(&record["started_at"]), text(&record["activity"]));
            people.insert((text(&record["member"]), activity, day.clone()));
            activities.insert((activity, day));
            served += record["served"].as_i64().unwrap();
            minutes += record["service_minutes"].as_i64().unwrap();
        }
        told["served"] = json!(served);
        told["participations"] = json!(people.len());
        told["activities"] = json!(activities.len());
        told["service_minutes"] = json!(minutes);
    }

    fn add_points(&self, told: &mut Value, is_here: &dyn Fn(&str) -> bool, (from, until): (&str, &str)) {
        let accounts: HashMap<&str, &Value> =
            self.accounts.iter().map(|account| (text(&account["id"]), account)).collect();
        let is_held = |account: &Value| {
            matches!(text(&account["owner_kind"]), "person" | "household") && is_here(text(&account["owner"]))
        };
        let mut sums: HashMap<&str, i64> = POINTS.iter().map(|name| (*name, 0)).collect();
        for entry in &self.entries {
            let day = day(&entry["effective_at"]);
            let of_points = entry["postings"]
                .as_array()
                .unwrap()
                .iter()
                .filter(|leg| accounts[text(&leg["debit_account"])]["asset"] == "POINT");
            for leg in of_points.filter(|_| day.as_str() <= until) {
                let (debit, credit) =
                    (accounts[text(&leg["debit_account"])], accounts[text(&leg["credit_account"])]);
                let amount: i64 = text(&leg["amount_minor"]).parse().unwrap();
                for (own, other, amount) in [(credit, debit, amount), (debit, credit, -amount)] {
                    if !is_held(own) {
                        continue;
                    }
                    *sums.get_mut("outstanding").unwrap() += amount;
                    let (name, sign) = match (text(&other["owner_kind"]), text(&other["purpose"])) {
                        ("bank", "issuing") => ("issued", 1),
                        ("bank", "opening") => ("brought_along", 1),
                        ("bank", "expired") => ("expired", -1),
                        ("bank", "forfeited") => ("forfeited", -1),
                        ("merchant", _) => ("redeemed", -1),
                        ("organisation", "pool") => ("pooled", -1),
                        _ => ("exchanged", 1),
                    };
                    if day.as_str() >= from {
                        *sums.get_mut(name).unwrap() += sign * amount;
                    }
                }
            }
        }
        sums.into_iter().for_each(|(name, sum)| told[name] = json!(sum));
    }
}

/// The same members of a row of `/v1/stats`.
pub fn told(row: &Value) -> Value {
    let mut told = json!({});
    COUNTED.iter().for_each(|name| told[*name] = row[*name].clone());
    POINTS.iter().for_each(|name| told[*name] = json!(hundredths(&row[*name])));
    told
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("a text: {value}"))
}

/// The day of a moment in the bank's time zone.
fn day(at: &Value) -> String {
    Moment::parse(text(at)).unwrap().day(chrono_tz::Asia::Shanghai).to_string()
}

/// `12.50` as 1250.
pub fn hundredths(amount: &Value) -> i64 {
    let (whole, decimals) = text(amount).split_once('.').unwrap();
    assert_eq!(decimals.len(), 2);
    format!("{whole}{decimals}").parse().unwrap()
}
