//! Every life cycle against its table: words for all of it, each step once, and none from a state that the table does
//! not name. `every_operation` tests who may not take a step at all.

use crate::support::asking::Furnished;
use crate::support::town::Town;
use crate::support::web::Answer;
use jianxian::domain::life_cycle::{Asks, Interest, LifeCycle, Step};
use jianxian::domain::life_cycles::{self as l, ALL};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// A path through a cycle: the steps in order, and who takes each.
struct Walk {
    cycle: &'static LifeCycle,
    steps: &'static [(&'static Step, &'static str)],
}

const WALKS: &[Walk] = &[
    Walk { cycle: &l::MEMBER, steps: &[(&l::FREEZE_MEMBER, "street"), (&l::UNFREEZE_MEMBER, "street")] },
    Walk {
        cycle: &l::USER,
        steps: &[(&l::SUSPEND_USER, "administrator"), (&l::RESUME_USER, "administrator")],
    },
    Walk { cycle: &l::MOVE, steps: &[(&l::APPROVE_MOVE, "street")] },
    Walk { cycle: &l::MOVE, steps: &[(&l::REJECT_MOVE, "street")] },
    Walk { cycle: &l::LINK, steps: &[(&l::APPROVE_LINK, "administrator")] },
    Walk { cycle: &l::LINK, steps: &[(&l::REJECT_LINK, "administrator")] },
    Walk { cycle: &l::ACTIVITY, steps: &[(&l::PUBLISH_ACTIVITY, "staff"), (&l::CANCEL_ACTIVITY, "staff")] },
    Walk { cycle: &l::SIGN_UP, steps: &[(&l::WITHDRAW_SIGN_UP, "staff")] },
    Walk {
        cycle: &l::SKILL,
        steps: &[(&l::RETIRE_SKILL, "administrator"), (&l::RESTORE_SKILL, "administrator")],
    },
    Walk {
        cycle: &l::SERVICE_RECORD,
        steps: &[(&l::RETURN_RECORD, "reviewer"), (&l::WITHDRAW_RECORD, "staff")],
    },
    Walk { cycle: &l::SERVICE_RECORD, steps: &[(&l::REJECT_RECORD, "reviewer")] },
    Walk { cycle: &l::SERVICE_RECORD, steps: &[(&l::APPROVE_RECORD, "reviewer_two")] },
    Walk { cycle: &l::CERTIFICATE, steps: &[(&l::REVOKE_CERTIFICATE, "street")] },
    Walk { cycle: &l::PROPOSAL, steps: &[(&l::APPROVE_PROPOSAL, "reviewer")] },
    Walk { cycle: &l::PROPOSAL, steps: &[(&l::REJECT_PROPOSAL, "reviewer")] },
    Walk {
        cycle: &l::GIFT,
        steps: &[(&l::ASK_GIFT_BACK, "volunteer"), (&l::KEEP_GIFT, "neighbour"), (&l::REVERSE_GIFT, "staff")],
    },
    Walk { cycle: &l::GIFT, steps: &[(&l::RETURN_GIFT, "neighbour")] },
    Walk { cycle: &l::REDEMPTION, steps: &[(&l::CANCEL_REDEMPTION, "staff")] },
    Walk {
        cycle: &l::WEBHOOK,
        steps: &[(&l::STOP_WEBHOOK, "administrator"), (&l::RESUME_WEBHOOK, "administrator")],
    },
    Walk { cycle: &l::FEEDBACK, steps: &[(&l::WITHDRAW_FEEDBACK, "staff_two")] },
    Walk { cycle: &l::SHOP_APPLICATION, steps: &[(&l::DECLINE_SHOP, "administrator")] },
    Walk { cycle: &l::SHOP_APPLICATION, steps: &[(&l::WITHDRAW_SHOP, "staff_two")] },
    Walk { cycle: &l::GOODS_SHEET, steps: &[(&l::APPROVE_GOODS, "reviewer")] },
    Walk { cycle: &l::GOODS_SHEET, steps: &[(&l::REJECT_GOODS, "reviewer")] },
    Walk { cycle: &l::GOODS_SHEET, steps: &[(&l::WITHDRAW_GOODS, "store_keeper")] },
    Walk { cycle: &l::PROXY, steps: &[(&l::END_PROXY, "volunteer")] },
    Walk { cycle: &l::PROXY, steps: &[(&l::END_PROXY_BY_PHONE, "staff")] },
    Walk { cycle: &l::CONSENT, steps: &[(&l::WITHDRAW_CONSENT, "staff")] },
    Walk { cycle: &l::ERASURE, steps: &[(&l::REFUSE_ERASURE, "administrator")] },
    Walk { cycle: &l::ERASURE, steps: &[(&l::WITHDRAW_ERASURE, "staff")] },
    Walk { cycle: &l::CORRECTION, steps: &[(&l::ACCEPT_CORRECTION, "staff")] },
    Walk { cycle: &l::CORRECTION, steps: &[(&l::REFUSE_CORRECTION, "staff")] },
    Walk { cycle: &l::CORRECTION, steps: &[(&l::WITHDRAW_CORRECTION, "volunteer")] },
    Walk { cycle: &l::DELIVERY, steps: &[(&l::DROP_DELIVERY, "administrator")] },
    Walk {
        cycle: &l::STATEMENT,
        steps: &[(&l::CONFIRM_STATEMENT, "merchant_owner"), (&l::APPROVE_STATEMENT, "reviewer")],
    },
];

/// The name under which the town keeps a thing of a kind.
fn kept(cycle: &LifeCycle) -> &'static str {
    match cycle.thing {
        "member" => "lin",
        "user" => "user/staff_two",
        "service_record" => "record",
        other => other,
    }
}

fn take(town: &Town, cycle: &LifeCycle, step: &Step, who: &str, key: &str) -> Answer {
    let path = cycle.path.replace("{id}", &town.id(kept(cycle)));
    let body = match step.asks {
        Asks::Reason => json!({ "reason": "示例事由" }),
        _ => json!({}),
    };
    town.as_role(who).post_with(key, &format!("{path}/{}", step.route.unwrap()), body)
}

fn code(answer: &Answer) -> Value {
    serde_json::from_str::<Value>(&answer.text).unwrap()["code"].clone()
}

/// Every step that a state does not allow is refused with the words of the state.
fn all_others_are_refused(town: &Town, walk: &Walk, state: &str, takers: &[(&Step, &'static str)]) {
    for (step, who) in takers.iter().filter(|(step, _)| !step.from.contains(&state)) {
        let answer = take(town, walk.cycle, step, who, &format!("wrong-{}-{state}", step.name));
        // For a held redemption the hold's state is reported.
        let said = if walk.cycle.thing == "redemption" { "hold_voided" } else { "wrong_state" };
        assert_eq!((answer.status, code(&answer)), (409, json!(said)), "{} in {state}", step.name);
    }
}

/// Who takes which step of a cycle, in any of its walks.
fn takers(cycle: &LifeCycle) -> Vec<(&'static Step, &'static str)> {
    let walks = WALKS.iter().filter(|walk| walk.cycle.thing == cycle.thing);
    walks.flat_map(|walk| walk.steps.iter().copied()).collect()
}

/// A town in which the thing of a walk is in its first state.
fn at_the_start(walk: &Walk) -> Furnished {
    let there = Furnished::new();
    let town = &there.town;
    if walk.cycle.thing == "activity" {
        let body = json!({ "org": town.id("community"), "title": "清扫楼道", "content": "带手套", "place": "1 号楼",
            "scheme": town.id("scheme"), "starts_at": "2026-05-02T09:00:00+08:00",
            "ends_at": "2026-05-02T11:00:00+08:00" });
        town.make("activity", "staff", "/v1/activities", body);
    }
    if walk.cycle.thing == "redemption" {
        let body = json!({ "merchant": town.id("shop"), "on_behalf_of": town.id("lin"),
            "lines": [{ "offer": town.id("rice"), "quantity": 1 }] });
        let held = town.as_role("staff").post("/v1/redemptions", body).ok(201);
        town.keep("redemption", &held["redemption"]["id"]);
    }
    there
}

/// Opens a user with the role of this one, who acts for the member that a thing is about.
fn acting_for_its_member(town: &Town, cycle: &LifeCycle, who: &str) -> String {
    let login = format!("proxy.{who}");
    if town.ids().contains_key(&login) {
        return login;
    }
    let (role, org) = match who {
        "administrator" => ("administrator", "district"),
        "street" => ("administrator", "street"),
        "reviewer" | "reviewer_two" => ("reviewer", "community"),
        _ => ("staff", "community"),
    };
    let body = json!({ "name": "周示例", "org": town.id("community"), "confirmed_new": true });
    let proxy = town.make(&login, "staff", "/v1/members", body);
    town.open_user(&login, json!({ "member": proxy }), role, org);
    let number = town.as_role("staff").get(&format!("/v1/members/{proxy}")).ok(200)["number"].clone();
    let member = if ["move", "link", "shop_application"].contains(&cycle.thing) { "qian" } else { "lin" };
    let ask = json!({ "number": number, "name": "周示例", "points_a_day": "50" });
    town.as_role("staff").post(&format!("/v1/members/{}/proxies", town.id(member)), ask).ok(201);
    login
}

#[test]
fn no_step_with_an_interest_is_taken_by_who_acts_for_the_member() {
    let mut tried = 0;
    for walk in WALKS {
        let judged = |step: &Step| matches!(step.interest, Interest::Member | Interest::MemberSince(_));
        if !walk.steps.iter().any(|(step, _)| judged(step)) {
            continue;
        }
        let there = at_the_start(walk);
        for (step, who) in walk.steps {
            if judged(step) {
                let proxy = acting_for_its_member(&there.town, walk.cycle, who);
                let key = format!("proxy-{}", step.name);
                let answer = take(&there.town, walk.cycle, step, &proxy, &key);
                assert_eq!((answer.status, code(&answer)), (403, json!("for_oneself")), "{}", step.name);
                tried += 1;
            }
            let done = take(&there.town, walk.cycle, step, who, step.name);
            assert!(done.status < 300, "{}: {} {}", step.name, done.status, done.text);
        }
    }
    assert!(tried >= 12, "{tried}");
}

#[test]
fn each_step_is_taken_once_and_from_its_states_only() {
    for walk in WALKS {
        let there = at_the_start(walk);
        let (town, takers) = (&there.town, takers(walk.cycle));
        let mut state = walk.cycle.states[0];
        for (step, who) in walk.steps {
            all_others_are_refused(town, walk, state, &takers);
            let done = take(town, walk.cycle, step, who, step.name);
            assert!(done.status < 300, "{}: {} {}", step.name, done.status, done.text);
            let again = take(town, walk.cycle, step, who, step.name);
            assert_eq!((again.status, &again.text), (done.status, &done.text), "{}", step.name);
            assert_eq!(again.header("idempotency-hit").as_deref(), Some("true"), "{}", step.name);
            state = step.to;
        }
        all_others_are_refused(town, walk, state, &takers);
    }
}

#[test]
fn every_step_with_a_route_is_walked() {
    let walked: BTreeSet<&str> =
        WALKS.iter().flat_map(|walk| walk.steps).map(|(step, _)| step.name).collect();
    let routed = ALL.iter().flat_map(|cycle| cycle.steps).filter(|step| step.route.is_some());
    // Taken in flows of their own: they need days to pass, a draft, an answer, or a gateway that refuses.
    let elsewhere = [
        "approve_scheme",
        "reverse_record",
        "send_again",
        "close_feedback",
        "erase_member",
        "answer_statement",
    ];
    let missing: Vec<_> = routed
        .map(|step| step.name)
        .filter(|name| !walked.contains(name) && !elsewhere.contains(name))
        .collect();
    assert_eq!(missing, Vec::<&str>::new());
}

#[test]
fn the_tables_are_whole() {
    let mut names = BTreeSet::new();
    for cycle in ALL {
        for step in cycle.steps {
            assert!(names.insert(step.name), "{} stands twice", step.name);
            for state in step.from.iter().chain([&step.to]) {
                assert!(cycle.states.contains(state), "{}: {state}", step.name);
            }
            assert!(!step.rights.is_empty() && step.about.contains(" · "), "{}", step.name);
        }
    }
}

#[test]
fn all_states_have_words_in_both_languages() {
    let texts = [include_str!("../../../texts/zh-CN/words.ftl"), include_str!("../../../texts/en/words.ftl")];
    let [chinese, _] = texts;
    for (cycle, text) in ALL.iter().flat_map(|cycle| texts.map(|text| (cycle, text))) {
        // An English word may be that of the interface.
        let worded = |term: &str, word: &str| {
            term.contains(&format!("[{word}]")) || (text != chinese && !word.contains('_'))
        };
        let of = |term: &str| {
            text.split_once(&format!("\n{term} = ")).unwrap().1.split_once("*[other]").unwrap().0
        };
        assert!(worded(of("thing"), cycle.thing), "{}", cycle.thing);
        for state in cycle.states {
            assert!(worded(of("state"), state), "{} {state}", cycle.thing);
        }
    }
}
