//! The figures of a period against a recount from the lists, the past as it was known, who may see them, and what is
//! not shown.

use crate::support::browser::Browser;
use crate::support::recount::{Lists, told};
use crate::support::service::{act, activity, approved, because, record};
use crate::support::shops::{captured, donate};
use crate::support::town::{Town, with};
use crate::support::web::Ask;
use serde_json::{Value, json};

/// Numbers that look like chance, the same in every run.
struct Chance(u64);

impl Chance {
    fn below(&mut self, most: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % most
    }
}

const DAYS: [&str; 6] = ["03-02", "03-13", "03-24", "04-07", "04-21", "05-06"];

fn stats(town: &Town, who: &str, query: &str) -> Value {
    town.as_role(who).get(&format!("/v1/stats{query}")).ok(200)
}

/// A morning on which some people serve at two places; their records become final later.
fn morning(town: &Town, day: &str, chance: &mut Chance) {
    town.at(&format!("2026-{day}T08:00"));
    let (from, to) = (format!("2026-{day}T09:00"), format!("2026-{day}T11:00"));
    for (place, staff) in [("community", "staff"), ("sibling", "staff_sibling")] {
        let name = format!("{place}/{day}");
        let id = town.make(&name, staff, "/v1/activities", activity(town, place, &from, &to));
        town.as_role(staff).post(&format!("/v1/activities/{id}/publish"), json!({})).ok(204);
    }
    town.at(&format!("2026-{day}T12:00"));
    for (member, place, staff) in [
        ("lin", "community", "staff"),
        ("wang", "community", "staff"),
        ("zhao", "community", "staff"),
        ("sun", "sibling", "staff_sibling"),
    ] {
        if chance.below(4) == 0 {
            continue;
        }
        let name = format!("{member}/{day}");
        // Sometimes in two parts, which are one participation.
        let parts = match chance.below(3) {
            0 => vec![("09:00", "10:00"), ("10:00", "11:00")],
            _ => vec![("09:00", "11:00")],
        };
        for (number, (from, to)) in parts.into_iter().enumerate() {
            let (from, to) = (format!("2026-{day}T{from}"), format!("2026-{day}T{to}"));
            let body = record(town, &format!("{place}/{day}"), member, &from, &to);
            let body = with(body, json!({ "served": chance.below(9) }));
            let name = format!("{name}/{number}");
            town.make(&name, staff, "/v1/service-records", body);
            act(town, "reviewer_district", &name, "approve", json!({})).ok(200);
        }
    }
}

/// Points are given and spent, some of it is taken back.
fn market(town: &Town, chance: &mut Chance) {
    donate(town, "lin", 10);
    let gift = json!({ "member": town.id("sun"), "scheme": town.id("scheme"), "item": "goods-donation",
        "quantity": (10 + chance.below(50)).to_string() });
    town.as_role("staff_sibling").post("/v1/awards", gift).ok(201);
    for _ in 0..chance.below(3) {
        let id = captured(town, &[("rice", 1)]);
        if chance.below(2) == 0 {
            let path = format!("/v1/redemptions/{id}/refund");
            town.as_role("merchant_clerk").post(&path, json!({})).ok(201);
        }
    }
}

fn live(town: &Town, chance: &mut Chance) {
    for day in DAYS {
        morning(town, day, chance);
        market(town, chance);
        let late = format!("2026-{day}T23:59");
        town.at(&late);
        town.finalise();
    }
    town.at("2026-05-20T09:00");
    assert!(town.finalise() > 0);
}

/// The ids of the town's organisations below one of them, itself included.
fn below(town: &Town, org: &str) -> Vec<String> {
    let names: &[&str] = match org {
        "district" => return Vec::new(),
        "street" => &["street", "community", "sibling", "compound"],
        "community" => &["community", "compound"],
        _ => &["sibling"],
    };
    names.iter().map(|name| town.id(name)).collect()
}

fn agrees(town: &Town, lists: &Lists, org: &str, (from, until): (&str, &str)) {
    let query = format!("?org={}&from={from}&until={until}", town.id(org));
    let told_whole = told(&stats(town, "auditor", &query)["whole"]);
    assert_eq!(told_whole, lists.figures(&below(town, org), from, until), "{org} {from} {until}");
    let months = stats(town, "auditor", &format!("{query}&by=month"));
    assert_eq!(told(&months["whole"]), told_whole);
    for month in months["parts"].as_array().unwrap() {
        let (from, until) = (month["first_day"].as_str().unwrap(), month["last_day"].as_str().unwrap());
        let mut counted = lists.figures(&below(town, org), from, until);
        if until < "2026-03-02" {
            // The lists do not say since when a file or shop is there.
            let kinds = ["shops", "party_members", "other_residents", "households"];
            kinds.iter().for_each(|kind| counted[*kind] = json!(0));
        }
        assert_eq!(told(month), counted, "{org} {month}");
    }
}

#[test]
fn the_figures_of_a_random_life_are_those_of_a_recount() {
    for seed in 1..=3 {
        let (town, mut chance) = (Town::new(), Chance(seed));
        live(&town, &mut chance);
        let get = |path: &str| town.as_role("auditor").get(path).ok(200);
        let lists = Lists::read(&get);
        for org in ["district", "street", "community", "sibling"] {
            for days in [
                ("2026-01-01", "2026-05-20"),
                ("2026-03-02", "2026-03-02"),
                ("2026-03-03", "2026-04-07"),
                ("2026-05-20", "2026-05-20"),
            ] {
                agrees(&town, &lists, org, days);
            }
        }
        town.verify_and_stop();
    }
}

#[test]
fn what_lies_below_adds_up_to_the_whole() {
    let (town, mut chance) = (Town::new(), Chance(7));
    live(&town, &mut chance);
    let get = |path: &str| town.as_role("auditor").get(path).ok(200);
    let lists = Lists::read(&get);
    let street = stats(&town, "auditor", &format!("?org={}&by=org", town.id("street")));
    let parts = street["parts"].as_array().unwrap();
    assert_eq!(parts.len(), 3, "itself, the community, the sibling");
    for orgs in [vec![town.id("street")], below(&town, "community"), below(&town, "sibling")] {
        let part = parts.iter().find(|part| part["org"] == json!(orgs[0])).unwrap();
        assert_eq!(told(part), lists.figures(&orgs, "2026-01-01", "2026-05-20"));
    }
    // The same from the postings as from the totals of the days.
    let whole = stats(&town, "auditor", "?by=org");
    assert_eq!(told(&whole["parts"][1]), told(&street["whole"]), "everything lies below the street");
    town.verify_and_stop();
}

#[test]
fn a_correction_changes_the_month_that_it_corrects_from_its_own_day_on() {
    let town = Town::new();
    town.make(
        "sweeping",
        "staff",
        "/v1/activities",
        activity(&town, "community", "2026-03-02T09:00", "2026-03-02T11:00"),
    );
    let path = format!("/v1/activities/{}/publish", town.id("sweeping"));
    town.as_role("staff").post(&path, json!({})).ok(204);
    town.at("2026-03-02T12:00");
    approved(&town, "wrong", record(&town, "sweeping", "lin", "2026-03-02T09:00", "2026-03-02T11:00"));
    town.at("2026-03-10T09:00");
    let of = |as_of: &str| {
        let row = stats(&town, "staff", &format!("?from=2026-03-01&until=2026-03-31&as_of={as_of}"));
        let row = &row["whole"];
        (row["last_day"].clone(), row["participations"].clone(), row["issued"].clone())
    };
    assert_eq!(of("2026-03-10"), (json!("2026-03-10"), json!(0), json!("0.00")), "not final yet");
    assert_eq!(town.finalise(), 1);
    assert_eq!(of("2026-03-10").1, json!(1));
    town.at("2026-04-20T09:00");
    act(&town, "reviewer_two", "wrong", "reverse", because()).ok(201);
    assert_eq!(of("2026-04-20"), (json!("2026-03-31"), json!(0), json!("0.00")));
    assert_eq!(of("2026-04-19"), (json!("2026-03-31"), json!(1), json!("4.00")), "as it was known then");
    assert_eq!(of("2026-03-09").1, json!(0));
    town.verify_and_stop();
}

#[test]
fn figures_are_for_those_who_look_after_a_place() {
    let town = Town::new();
    for who in
        ["volunteer", "proxy", "merchant_owner", "merchant_clerk", "team_leader", "branch", "ledger_operator"]
    {
        town.refused(|t| t.as_role(who).get("/v1/stats"), 403, "role_missing");
    }
    let sibling = format!("/v1/stats?org={}", town.id("sibling"));
    town.refused(|t| t.as_role("staff").get(&sibling), 404, "not_found");
    for (who, residents) in
        [("staff", 4), ("staff_sibling", 1), ("street", 5), ("administrator", 5), ("auditor", 5)]
    {
        let told = stats(&town, who, "");
        assert_eq!(told["whole"]["other_residents"], json!(residents), "{who}: {told}");
        let is_of_bank = ["administrator", "auditor"].contains(&who);
        assert_eq!(told["cover"].is_object(), is_of_bank, "{who}");
    }
    town.verify_and_stop();
}

#[test]
fn a_period_that_makes_no_sense_is_refused_with_the_next_step() {
    let town = Town::new();
    for (query, status, code) in [
        ("from=2026-03-03", 422, "day_in_future"),
        ("as_of=2026-03-03", 422, "day_in_future"),
        ("from=2026-03-01&as_of=2026-02-01", 422, "day_in_future"),
        ("from=2020-01-01", 422, "figures_too_long"),
        ("from=2026-02-02&until=2026-02-01", 400, "field_days_reversed"),
        ("from=2026-02-30", 400, "field_not_a_day"),
        ("by=week", 400, "field_not_one_of"),
        ("to=2026-02-02", 400, "field_unknown"),
    ] {
        let said = town.refused(|t| t.as_role("staff").get(&format!("/v1/stats?{query}")), status, code);
        assert!(said.ends_with('。'), "{said}");
    }
    town.verify_and_stop();
}

/// Members of some age and trade, each with one final record.
fn serve(town: &Town, people: &[(i64, bool, &str)]) {
    town.make(
        "big",
        "staff",
        "/v1/activities",
        activity(town, "community", "2026-03-02T09:00", "2026-03-02T11:00"),
    );
    town.as_role("staff").post(&format!("/v1/activities/{}/publish", town.id("big")), json!({})).ok(204);
    town.at("2026-03-02T12:00");
    for (number, (born, party, trade)) in people.iter().enumerate() {
        let name = format!("person/{number}");
        let body = json!({ "name": format!("示{}", ["例甲", "例乙", "例丙", "例丁"][number % 4]), "org": town.id("community"),
            "birth_year": born, "party_member": party, "trade": trade });
        town.make(&name, "staff", "/v1/members", with(body, json!({ "confirmed_new": true })));
        let body = record(town, "big", &name, "2026-03-02T09:00", "2026-03-02T11:00");
        approved(town, &format!("record/{number}"), body);
    }
    town.at("2026-03-12T12:00");
    assert_eq!(town.finalise(), people.len());
}

#[test]
fn few_people_are_not_shown_alone() {
    let town = Town::new();
    let old = (1950, true, "木工");
    let young = (2000, false, "电工");
    serve(&town, &[old, old, old, old, old, old, young, young, (1980, false, "电工")]);
    let told = stats(&town, "staff", "?by=month");
    let active = &told["active"];
    assert_eq!(active["people"], json!(9));
    assert_eq!(active["groups"], json!([]), "the three would be the rest of the nine");
    assert_eq!(active["others"], json!(9));
    assert_eq!(told["parts"][2]["active_people"], json!(9));
    assert_eq!(
        stats(&town, "staff_sibling", "")["active"],
        json!({ "people": 0, "groups": [], "others": 0 })
    );
    town.verify_and_stop();
}

#[test]
fn figures_are_told_as_csv_as_a_workbook_and_on_a_page() {
    let (town, mut chance) = (Town::new(), Chance(5));
    live(&town, &mut chance);
    let bearer = crate::support::town::bearer(&town, "auditor");
    let file = |query: &str, accept: &str| {
        let ask = Ask::get(format!("/v1/stats?{query}")).role(None).header("Authorization", &bearer);
        town.web.send(&ask.header("Accept", accept).header("Accept-Language", "en"))
    };
    let csv = file("by=month", "text/csv").text;
    let lines: Vec<&str> = csv.lines().collect();
    assert_eq!(lines.len(), 6, "{csv}");
    assert!(
        lines[0].starts_with("\u{feff}first day,last day") && lines[3].starts_with("2026-03-01,2026-03-31")
    );
    assert!(file("by=people", "text/csv").text.starts_with("\u{feff}ages,party member,trade,people"));
    let page = Browser::signed_in(&town, "street").get("/staff/figures?from=2026-03-01&until=2026-03-31");
    let march = stats(&town, "street", "?from=2026-03-01&until=2026-03-31");
    for count in ["served", "participations", "activities", "redemptions"] {
        assert!(page.has(&format!("<b class=\"n\">{}</b>", march["whole"][count])), "{count}");
    }
    assert!(page.has("五个数各数各的") && page.has("邻近社区"));
    town.verify_and_stop();
}
