//! A month of a community's life: thirty days, every role, the clock moved by hand. It ends with a settled shop, a clean
//! ledger, and figures that a recount from the lists confirms.

use crate::support::recount::{Lists, hundredths, told};
use crate::support::service::{act, activity, publish, published, record, sign};
use crate::support::shops::{captured, card, cart, donate, set_pin, slips};
use crate::support::town::{Town, with};
use crate::support::web::BANK;
use serde_json::{Value, json};

const PIN: &str = "385207";

/// The town with what the month needs, and where it stands.
struct Month {
    town: Town,
    card: String,
    pad: Vec<String>,
    /// Activities that were held, and that were called off.
    held: usize,
    called_off: usize,
}

impl Month {
    fn begin() -> Self {
        let town = Town::new();
        donate(&town, "lin", 50);
        set_pin(&town, "lin", PIN);
        let (card, pad) = (card(&town, "lin"), slips(&town, "shop", 10));
        Month { town, card, pad, held: 0, called_off: 0 }
    }

    fn at(&self, day: u32, clock: &str) {
        self.town.at(&format!("2026-03-{day:02}T{clock}"));
    }

    /// People sign up; it rains every seventh day; else they serve, and a second person approves.
    fn service(&mut self, day: u32) {
        let (town, name) = (&self.town, format!("day/{day}"));
        let (from, to) = (format!("2026-03-{day:02}T09:00"), format!("2026-03-{day:02}T11:00"));
        self.at(day, "08:00");
        published(town, &name, with(activity(town, "community", &from, &to), json!({ "seats": 2 })));
        sign(town, "volunteer", &name, "sign-ups", json!({})).ok(201);
        for (member, state) in [("wang", "seated"), ("zhao", "waiting")] {
            let body = json!({ "member": town.id(member) });
            assert_eq!(sign(town, "staff", &name, "sign-ups", body).ok(201)["state"], state, "{day}");
        }
        if day.is_multiple_of(7) {
            sign(town, "staff", &name, "cancel", json!({ "reason": "下雨" })).ok(204);
            self.called_off += 1;
            return;
        }
        self.at(day, "09:00");
        let code = || {
            let path = format!("/v1/activities/{}/check-in-code", town.id(&name));
            town.as_role("team_leader").get(&path).ok(200)["code"].clone()
        };
        sign(town, "volunteer", &name, "check-in", json!({ "code": code() })).ok(201);
        self.at(day, "10:30");
        let out = sign(town, "volunteer", &name, "check-in", json!({ "code": code() })).ok(201);
        town.keep(&format!("lin/{day}"), &out["record"]);
        self.at(day, "12:00");
        let of_wang = with(record(town, &name, "wang", &from, &to), json!({ "served": day % 4 }));
        town.make(&format!("wang/{day}"), "staff", "/v1/service-records", of_wang);
        for record in [format!("lin/{day}"), format!("wang/{day}")] {
            act(town, "reviewer", &record, "approve", json!({})).ok(200);
        }
        self.held += 1;
    }

    /// Goods for points: with a code, with a card and its PIN, on a slip; some are brought back.
    fn shop(&self, day: u32) {
        let town = &self.town;
        self.at(day, "15:00");
        match day % 5 {
            0 => self.pay_by_card(),
            1 if day > 10 => {
                let slip = &self.pad[usize::try_from(day / 5).unwrap()];
                let body = json!({ "slip": slip, "card": self.card, "day": format!("2026-03-{day:02}"),
                    "lines": cart(town, &[("haircut", 1)]) });
                town.as_role("merchant_clerk").post("/v1/slips/enter", body).ok(201);
            }
            2 => {
                let id = captured(town, &[("rice", 1)]);
                let path = format!("/v1/redemptions/{id}/refund");
                town.as_role("merchant_clerk").post(&path, json!({})).ok(201);
            }
            3 => drop(captured(town, &[("rice", 1)])),
            _ => {
                donate(town, "lin", 8);
                let stock = format!("/v1/offers/{}/stock", town.id("rice"));
                town.as_role("merchant_owner").post(&stock, json!({ "pieces": 2 })).ok(201);
            }
        }
    }

    fn pay_by_card(&self) {
        let clerk = self.town.as_role("merchant_clerk");
        let claimed = clerk.post("/v1/cards/claim", json!({ "card": self.card })).ok(200);
        let cart = cart(&self.town, &[("rice", 1)]);
        let body = json!({ "code": claimed["code"], "pin": PIN, "lines": cart });
        let held = clerk.post("/v1/redemptions", body).ok(201);
        let path = format!("/v1/redemptions/{}/capture", held["redemption"]["id"].as_str().unwrap());
        clerk.post(&path, json!({})).ok(200);
    }

    /// A complaint is given on one day and answered on the next.
    fn complaint(&self, day: u32) {
        let words = json!({ "kind": "complaint", "words": "活动室没有开门" });
        if day % 10 == 3 {
            self.town.make("complaint", "volunteer", "/v1/feedback", words);
        }
        if day % 10 == 4 {
            let path = format!("/v1/feedback/{}/answer", self.town.id("complaint"));
            self.town.as_role("staff").post(&path, json!({ "answer": "已安排值班" })).ok(204);
        }
    }

    /// What the server does by itself.
    fn night(&self, day: u32) {
        self.at(day, "23:30");
        self.town.finalise();
        self.town.runtime.block_on(self.town.web.services.tell_what_is_new(BANK)).unwrap();
    }

    fn live(&mut self) {
        for day in 2..=31 {
            self.service(day);
            self.shop(day);
            self.complaint(day);
            self.night(day);
        }
        self.town.at("2026-04-10T09:00");
        self.town.finalise();
    }

    /// The statement of March, through four hands; returns its points.
    fn settle(&self) -> i64 {
        let town = &self.town;
        let ask = json!({ "merchant": town.id("shop"), "month": "2026-03" });
        let issued = town.as_role("staff").post("/v1/settlements", ask).ok(201)["statement"].clone();
        let path = |step: &str| format!("/v1/settlements/{}/{step}", issued["id"].as_str().unwrap());
        let paid = json!({ "invoice_number": "示例发票 7", "payment_proof": "示例流水 7" });
        for (who, step, body) in [
            ("merchant_owner", "confirm", json!({})),
            ("reviewer", "approve", json!({})),
            ("administrator", "pay", paid),
        ] {
            let answer = town.as_role(who).post(&path(step), body);
            assert!([200, 201, 204].contains(&answer.status), "{step}: {answer:?}");
        }
        let lines = issued["lines"].as_array().unwrap();
        let sum: i64 = lines.iter().map(|line| hundredths(&line["points"])).sum();
        assert_eq!(sum, hundredths(&issued["net_points"]), "the lines add up");
        sum
    }
}

/// March as the district sees it, against the lists.
fn figures(month: &Month) -> Value {
    let town = &month.town;
    let get = |path: &str| town.as_role("auditor").get(path).ok(200);
    let march = get("/v1/stats?from=2026-03-01&until=2026-03-31&by=org");
    let lists = Lists::read(&get);
    assert_eq!(told(&march["whole"]), lists.figures(&[], "2026-03-01", "2026-03-31"));
    for name in ["served", "participations", "activities", "redemptions", "service_minutes"] {
        let parts = march["parts"].as_array().unwrap().iter().map(|part| part[name].as_i64().unwrap());
        assert_eq!(parts.sum::<i64>(), march["whole"][name].as_i64().unwrap(), "{name} adds up");
    }
    march["whole"].clone()
}

#[test]
fn a_month_of_a_community_ends_with_figures_that_a_recount_confirms() {
    let mut month = Month::begin();
    publish(&month.town, "before", "2026-03-02T13:00", "2026-03-02T14:00");
    month.live();
    let (town, settled) = (&month.town, month.settle());
    let march = figures(&month);
    assert_eq!((month.held, month.called_off), (26, 4));
    assert_eq!(march["activities"], json!(26), "what was called off is none");
    assert_eq!(march["participations"], json!(52));
    assert_eq!(march["service_minutes"], json!(26 * (90 + 120)));
    assert_eq!(hundredths(&march["redeemed"]), settled, "the only shop is owed what was spent");
    let certified =
        town.as_role("volunteer").post("/v1/certificates", json!({ "member": town.id("lin") })).ok(201);
    assert_eq!(certified["service_minutes"], json!(26 * 90), "{certified}");
    let told = town.as_role("volunteer").get("/v1/messages?limit=200").ok(200).to_string();
    for kind in ["points_in", "redeemed", "refunded", "activity_cancelled"] {
        assert!(told.contains(kind), "{kind}");
    }
    let late = town.as_role("staff").get("/v1/feedback?late=true").ok(200);
    assert_eq!(late["items"], json!([]));
    month.town.verify_and_stop();
}
