//! Messages leave the bank by hooks, mail and a file: signed, each once, tried again with growing pauses, by choice.

use crate::support::gateway::{Gateway, MailServer};
use crate::support::town::{Town, with};
use crate::support::web::{Answer, Ask, BANK, Web};
use serde_json::{Value, json};

trait Refused {
    /// Asserts status and code of a refusal; returns its body.
    fn refused(&self, status: u16, code: &str) -> Value;
}

impl Refused for Answer {
    fn refused(&self, status: u16, code: &str) -> Value {
        assert_eq!((self.status, self.code().as_str()), (status, code), "{self:?}");
        self.json()
    }
}

/// A town whose hooks may be on this machine.
fn town_with(change: impl FnOnce(&mut jianxian::config::Config)) -> Town {
    let mut config = Town::config();
    config.senders.inside = vec!["127.0.0.1".into()];
    change(&mut config);
    let town = Town::found_in(Web::start_with(config, |state| state));
    tell(&town);
    town
}

fn town() -> Town {
    town_with(|_| {})
}

fn tell(town: &Town) {
    town.runtime.block_on(town.web.services.tell_what_is_new(BANK)).unwrap();
}

/// Sends what is due; the numbers of letters that were accepted, and that were not.
fn send(town: &Town, channel: &str) -> (usize, usize) {
    let sent = town.runtime.block_on(town.web.services.send_due(BANK, channel)).unwrap();
    (sent.accepted, sent.failed)
}

fn hook_body(gateway: &Gateway) -> Value {
    json!({ "code": "sms", "name": "短信", "url": gateway.url("/in"), "topics": ["points", "safety"] })
}

/// Registers the gateway; returns the id of the hook and its secret.
fn register(town: &Town, gateway: &Gateway) -> (String, String) {
    let made = town.as_role("administrator").post("/v1/webhooks", hook_body(gateway)).ok(201);
    let text = |name: &str| made[name].as_str().unwrap().to_owned();
    (text("id"), text("secret"))
}

/// Gives Lin points, and has the message made.
fn award(town: &Town) {
    let body = json!({ "member": town.id("lin"), "scheme": town.id("scheme"), "item": "goods-donation",
        "quantity": "60" });
    town.as_role("staff").post("/v1/awards", body).ok(201);
    tell(town);
}

fn deliveries(town: &Town, query: &str) -> Vec<Value> {
    let path = format!("/v1/deliveries{query}");
    town.as_role("administrator").get(&path).ok(200)["items"].as_array().unwrap().clone()
}

fn states(town: &Town) -> Vec<String> {
    deliveries(town, "").iter().map(|one| one["state"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_message_is_sent_by_a_hook_signed_and_once() {
    let (town, gateway) = (town(), Gateway::start());
    let (_, secret) = register(&town, &gateway);
    assert!(secret.starts_with("whsec_"), "{secret}");
    award(&town);
    assert_eq!(send(&town, "sms"), (1, 0));
    assert_eq!(send(&town, "sms"), (0, 0), "it was sent");
    let taken = gateway.taken();
    assert_eq!(taken.len(), 1);
    let (one, body) = (&taken[0], taken[0].json());
    assert!(one.is_signed(&secret) && !one.is_signed("whsec_AAAA"));
    assert_eq!(one.headers["content-type"], "application/json");
    assert_eq!((&body["type"], &body["data"]["title"]), (&json!("message"), &json!("您存入了 6 分")));
    assert_eq!(body["data"]["phone"], "13800000001");
    let listed = deliveries(&town, "?channel=sms");
    assert_eq!(
        (listed.len(), &listed[0]["state"], &listed[0]["kind"]),
        (1, &json!("sent"), &json!("points_in"))
    );
    assert_eq!(listed[0]["id"], one.id());
    assert!(!town.as_role("administrator").get("/v1/webhooks").text.contains("whsec_"), "shown once");
    town.verify_and_stop();
}

#[test]
fn a_hook_is_registered_by_who_manages_the_bank_at_an_allowed_address() {
    let (town, gateway) = (town(), Gateway::start());
    for who in ["staff", "auditor", "volunteer", "merchant_owner"] {
        town.as_role(who).post("/v1/webhooks", hook_body(&gateway)).refused(403, "role_missing");
    }
    let administrator = town.as_role("administrator");
    for url in [
        "https://10.0.0.1/in",
        "https://[::1]/in",
        "http://8.8.8.8/in",
        "https://169.254.169.254/latest",
        "https://2130706434/",
        "https://name.invalid/in",
        "https://a:b@8.8.8.8/",
    ] {
        let answer = administrator.post("/v1/webhooks", with(hook_body(&gateway), json!({ "url": url })));
        let problem = answer.refused(422, "webhook_address");
        assert_eq!(problem["field"], "url", "{url}");
    }
    for (field, value) in [
        ("url", json!("ftp://8.8.8.8/")),
        ("code", json!("S M S")),
        ("topics", json!([])),
        ("topics", json!(["money"])),
    ] {
        let answer = administrator.post("/v1/webhooks", with(hook_body(&gateway), json!({ field: value })));
        assert_eq!(answer.status, 400, "{field}: {answer:?}");
    }
    register(&town, &gateway);
    administrator.post("/v1/webhooks", hook_body(&gateway)).refused(409, "taken");
    for code in ["mail", "file"] {
        let body = with(hook_body(&gateway), json!({ "code": code }));
        administrator.post("/v1/webhooks", body).refused(409, "taken");
    }
    town.verify_and_stop();
}

#[test]
fn what_fails_is_tried_again_with_growing_pauses_and_then_waits_for_a_person() {
    let (town, gateway) = (town(), Gateway::start());
    register(&town, &gateway);
    gateway.always("503 Busy");
    award(&town);
    let mut pauses = Vec::new();
    for round in 1..=9 {
        assert_eq!(send(&town, "sms"), (0, 1), "round {round}");
        assert_eq!(send(&town, "sms"), (0, 0), "not again before its time");
        let one = deliveries(&town, "").remove(0);
        assert_eq!(
            (&one["attempts"], &one["failure"], &one["answer"]),
            (&json!(round), &json!("refused"), &json!(503))
        );
        if one["state"] == "dead" {
            assert_eq!(round, 9);
            break;
        }
        let due = one["due_at"].as_str().unwrap();
        let from = town.web.clock.now();
        town.web.clock.set(crate::support::town::moment(due));
        pauses.push(town.web.clock.now().micros() - from.micros());
    }
    assert!(pauses.len() == 8 && pauses.windows(2).all(|pair| pair[0] < pair[1]), "{pauses:?}");
    let id = deliveries(&town, "?state=dead")[0]["id"].as_str().unwrap().to_owned();
    let again = format!("/v1/deliveries/{id}/send-again");
    town.as_role("street").post(&again, json!({})).refused(403, "role_missing");
    gateway.always("200 OK");
    town.as_role("administrator").post(&again, json!({})).ok(204);
    assert_eq!(send(&town, "sms"), (1, 0));
    let ids: Vec<String> = gateway.taken().iter().map(|one| one.id().to_owned()).collect();
    assert!(ids.len() == 10 && ids.iter().all(|one| *one == id), "the same id in every attempt: {ids:?}");
    town.as_role("administrator").post(&again, json!({})).refused(409, "wrong_state");
    town.verify_and_stop();
}

#[test]
fn redirects_are_followed_to_allowed_addresses_only() {
    let (town, gateway) = (town(), Gateway::start());
    register(&town, &gateway);
    gateway.answers(|taken| match taken.path.as_str() {
        "/in" => Some("307 Elsewhere\r\nlocation: /moved".into()),
        _ => Some("200 OK".into()),
    });
    award(&town);
    assert_eq!(send(&town, "sms"), (1, 0));
    let paths: Vec<String> = gateway.taken().iter().map(|one| one.path.clone()).collect();
    assert_eq!(paths, ["/in", "/moved"]);
    for (location, failure) in [
        ("http://127.0.0.2/in", "not_allowed"),
        ("https://10.0.0.1/in", "not_allowed"),
        ("file:///etc/passwd", "not_allowed"),
        ("/in", "redirected"),
    ] {
        let line = format!("308 Elsewhere\r\nlocation: {location}");
        gateway.answers(move |_| Some(line.clone()));
        award(&town);
        assert_eq!(send(&town, "sms"), (0, 1));
        assert_eq!(deliveries(&town, "?state=due")[0]["failure"], failure, "{location}");
        let id = deliveries(&town, "?state=due")[0]["id"].as_str().unwrap().to_owned();
        let drop = format!("/v1/deliveries/{id}/drop");
        town.as_role("administrator").post(&drop, json!({})).ok(204);
    }
    gateway.always("302 Found\r\nlocation: /moved");
    award(&town);
    assert_eq!(send(&town, "sms"), (0, 1), "a redirect that would drop the body is none");
    town.verify_and_stop();
}

#[test]
fn a_delivery_whose_server_ended_is_not_sent_again_by_itself() {
    let (town, gateway) = (town(), Gateway::start());
    register(&town, &gateway);
    award(&town);
    let services = &town.web.services;
    // What a server writes before it sends, and then is gone.
    let begun = town.runtime.block_on(services.store.write(BANK, |tables| {
        let mut row = tables.due_deliveries("sms", 1)?.remove(0);
        (row.state, row.attempts) = ("sending".into(), 1);
        row.leased_until = Some(tables.now.plus_seconds(180));
        row.version += 1;
        tables.update(&row)
    }));
    begun.unwrap();
    let note = || town.runtime.block_on(services.note_interrupted_deliveries(BANK)).unwrap();
    assert_eq!((send(&town, "sms"), note()), ((0, 0), 0), "another server may be sending it");
    town.at("2026-03-02T08:04");
    assert_eq!((note(), note()), (1, 0));
    assert_eq!(send(&town, "sms"), (0, 0));
    assert_eq!(states(&town), ["unknown"]);
    let id = deliveries(&town, "")[0]["id"].as_str().unwrap().to_owned();
    town.as_role("administrator").post(&format!("/v1/deliveries/{id}/send-again"), json!({})).ok(204);
    assert_eq!(send(&town, "sms"), (1, 0));
    assert_eq!(gateway.taken().len(), 1);
    town.verify_and_stop();
}

#[test]
fn a_stopped_hook_gets_nothing_and_what_waited_is_dropped() {
    let (town, gateway) = (town(), Gateway::start());
    let (hook, _) = register(&town, &gateway);
    gateway.always("500 Broken");
    award(&town);
    assert_eq!(send(&town, "sms"), (0, 1));
    let step =
        |step: &str| town.as_role("administrator").post(&format!("/v1/webhooks/{hook}/{step}"), json!({}));
    step("stop").ok(204);
    step("stop").refused(409, "wrong_state");
    step("try").refused(409, "wrong_state");
    award(&town);
    assert_eq!(states(&town), ["dropped"], "no new ones either");
    step("resume").ok(204);
    gateway.always("200 OK");
    let tried = step("try").ok(201);
    assert_eq!(send(&town, "sms"), (1, 0));
    let last = gateway.taken().pop().unwrap();
    assert_eq!((json!(last.id()), &last.json()["data"]["kind"]), (tried["id"].clone(), &json!("trial")));
    town.verify_and_stop();
}

#[test]
fn each_person_chooses_by_topic_and_channel() {
    let (town, gateway) = (town(), Gateway::start());
    register(&town, &gateway);
    let volunteer = town.as_role("volunteer");
    let choices = volunteer.get("/v1/messages/choices").ok(200);
    assert_eq!(
        choices["channels"],
        json!([{ "channel": "sms", "name": "短信", "topics": ["points", "safety"] }])
    );
    assert_eq!((&choices["has_phone"], &choices["declined"]), (&json!(true), &json!([])));
    let put = |body: Value| volunteer.put("/v1/messages/choices", 1, body);
    let body = json!({ "language": "en", "declined": [{ "channel": "sms", "topic": "points" }] });
    put(body.clone()).ok(204);
    award(&town);
    assert_eq!(send(&town, "sms"), (0, 0));
    let reveal = format!("/v1/members/{}/reveal", town.id("lin"));
    town.as_role("staff").post(&reveal, json!({ "what": "phone", "reason": "本人来电核对" })).ok(200);
    assert_eq!(send(&town, "sms"), (1, 0), "safety was not declined");
    assert_eq!(gateway.taken()[0].json()["data"]["title"], "Your phone number was looked at");
    for bad in [
        json!({ "declined": [{ "channel": "fax", "topic": "points" }] }),
        json!({ "mail": "x" }),
        json!({ "declined": [{ "channel": "sms", "topic": "all" }] }),
    ] {
        let answer = put(with(body.clone(), bad));
        assert!([400, 422].contains(&answer.status), "{answer:?}");
    }
    put(with(body.clone(), json!({ "declined": [] }))).ok(204);
    award(&town);
    assert_eq!(send(&town, "sms"), (1, 0));
    town.verify_and_stop();
}

/// The digits in the subject of a mail.
fn digits(mail: &str) -> String {
    let subject = mail.lines().find_map(|line| line.strip_prefix("Subject: ")).unwrap();
    subject.chars().take_while(char::is_ascii_digit).collect()
}

#[test]
fn a_code_for_a_mail_address_is_good_for_a_while_and_not_guessed() {
    let server = MailServer::start();
    let town = town_with(|config| {
        config.senders.smtp = format!("smtp://{}", server.address);
        config.senders.mail_from = "bank@example.com".into();
    });
    let confirm =
        |code: &str| town.as_role("volunteer").post("/v1/messages/mail/confirm", json!({ "code": code }));
    town.refused(|_| confirm("000000"), 404, "not_found");
    let body = json!({ "mail": "lin@example.com", "language": "en", "declined": [] });
    town.as_role("volunteer").put("/v1/messages/choices", 1, body).ok(204);
    assert_eq!(send(&town, "mail"), (1, 0));
    town.web.clock.advance_seconds(1_801);
    town.refused(|_| confirm(&digits(&server.mails()[0])), 422, "mail_code_wrong");
    town.as_role("volunteer").post("/v1/messages/mail/code", json!({})).ok(204);
    assert_eq!(send(&town, "mail"), (1, 0));
    for _ in 0..4 {
        town.refused(|_| confirm("000000"), 422, "mail_code_wrong");
    }
    town.refused(|_| confirm(&digits(&server.mails()[1])), 429, "too_many_tries");
    town.web.clock.advance_seconds(3_601);
    town.as_role("volunteer").post("/v1/messages/mail/code", json!({})).ok(204);
    assert_eq!(send(&town, "mail"), (1, 0));
    confirm(&digits(&server.mails()[2])).ok(204);
    town.refused(|t| t.as_role("volunteer").post("/v1/messages/mail/code", json!({})), 404, "not_found");
    town.verify_and_stop();
}

#[test]
fn mails_go_to_the_address_that_its_owner_gave() {
    let server = MailServer::start();
    let town = town_with(|config| {
        config.senders.smtp = format!("smtp://{}", server.address);
        config.senders.mail_from = "bank@example.com".into();
        config.senders.portal = "https://bank.example.com/".into();
    });
    award(&town);
    assert_eq!(send(&town, "mail"), (0, 0), "no address yet");
    let put = |mail: &str| {
        let body = json!({ "mail": mail, "language": "en", "declined": [] });
        town.as_role("volunteer").put("/v1/messages/choices", 1, body).ok(204);
    };
    put("lin@example.com");
    let choices = || town.as_role("volunteer").get("/v1/messages/choices").ok(200);
    assert_eq!(
        (&choices()["mail"], &choices()["mail_confirmed"]),
        (&json!("lin@example.com"), &json!(false))
    );
    award(&town);
    assert_eq!(send(&town, "mail"), (1, 0), "the code alone");
    let confirm =
        |code: &str| town.as_role("volunteer").post("/v1/messages/mail/confirm", json!({ "code": code }));
    town.refused(|_| confirm("000000"), 422, "mail_code_wrong");
    confirm(&digits(&server.mails()[0])).ok(204);
    assert_eq!(choices()["mail_confirmed"], true);
    put("lin@example.com");
    assert_eq!(choices()["mail_confirmed"], true, "the same address stays confirmed");
    award(&town);
    assert_eq!(send(&town, "mail"), (1, 0));
    let mails = server.mails();
    assert!(mails.len() == 2 && mails[1].contains("To: lin@example.com"), "{mails:?}");
    let listed = deliveries(&town, "?channel=mail");
    let ids = listed.iter().map(|one| one["id"].as_str().unwrap());
    let named = ids.filter(|id| mails[1].contains(&format!("Message-ID: <{id}@example.com>")));
    assert_eq!(named.count(), 1, "{mails:?}");
    town.verify_and_stop();
}

#[test]
fn an_address_that_the_mail_server_refuses_is_not_tried_again() {
    let server = MailServer::start();
    let town = town_with(|config| {
        config.senders.smtp = format!("smtp://{}", server.address);
        config.senders.mail_from = "bank@example.com".into();
    });
    let body = json!({ "mail": "unknown@example.com", "language": "en", "declined": [] });
    town.as_role("volunteer").put("/v1/messages/choices", 1, body).ok(204);
    award(&town);
    assert_eq!(send(&town, "mail"), (0, 1), "the code alone");
    let dead = &deliveries(&town, "?state=dead")[0];
    assert_eq!((&dead["failure"], &dead["answer"]), (&json!("refused"), &json!(550)), "no second attempt");
    let stored =
        town.runtime.block_on(town.web.store.read(BANK, |tables| Ok(tables.open_deliveries()?.len())));
    assert_eq!(stored.unwrap(), 1);
    town.verify_and_stop();
}

#[test]
fn a_line_for_each_message_is_written_to_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("messages.jsonl");
    let town = town_with(|config| config.senders.file = path.display().to_string());
    award(&town);
    award(&town);
    let (sent, failed) = send(&town, "file");
    assert_eq!(failed, 0);
    let text = std::fs::read_to_string(&path).unwrap();
    let lines: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), sent, "also those of the town's founding");
    let of_points: Vec<&Value> = lines.iter().filter(|line| line["kind"] == "points_in").collect();
    assert!(
        of_points.len() == 2 && of_points.iter().all(|line| line["title"] == "您存入了 6 分"),
        "{lines:?}"
    );
    assert!(!text.contains("13800000001"), "no phone number in a file");
    town.verify_and_stop();
}

#[test]
fn a_gateway_that_is_down_is_not_asked_for_each_letter() {
    let town = town();
    // A port on which nothing listens.
    let address = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let body =
        json!({ "code": "sms", "name": "短信", "url": format!("http://{address}/"), "topics": ["points"] });
    let hook = town.as_role("administrator").post("/v1/webhooks", body).ok(201)["id"].clone();
    let path = format!("/v1/webhooks/{}/try", hook.as_str().unwrap());
    for _ in 0..40 {
        town.as_role("administrator").post(&path, json!({})).ok(201);
    }
    assert_eq!(send(&town, "sms"), (0, 16), "one group");
    assert_eq!(deliveries(&town, "?state=due&limit=200").len(), 40);
    town.verify_and_stop();
}

#[test]
fn sign_in_on_another_device_is_told() {
    let town = town();
    let body = json!({ "login": "staff", "password": crate::support::town::PASSWORD });
    let sign_in = |body: &Value| town.web.send(&Ask::post("/v1/auth/token", body.clone()).role(None));
    let kinds = || {
        let all = town.as_role("staff").get("/v1/messages").ok(200);
        all["items"].as_array().unwrap().iter().filter(|one| one["kind"] == "new_device").count()
    };
    let before = kinds();
    let answer = sign_in(&body);
    assert_eq!((answer.status, kinds()), (200, before + 1));
    let device = answer.json()["device"].clone();
    assert_eq!(
        (sign_in(&with(body.clone(), json!({ "device": device }))).status, kinds()),
        (200, before + 1)
    );
    assert_eq!((sign_in(&body).status, kinds()), (200, before + 1), "one an hour");
    town.at("2026-03-02T10:00");
    assert_eq!((sign_in(&body).status, kinds()), (200, before + 2));
    town.verify_and_stop();
}

#[test]
fn a_mail_server_that_says_nothing_does_not_hold_the_bank_up() {
    let silent = MailServer::silent();
    let town = town_with(|config| {
        config.senders.smtp = format!("smtp://{silent}");
        config.senders.mail_from = "bank@example.com".into();
    });
    let body = json!({ "mail": "lin@example.com", "language": "zh-CN", "declined": [] });
    town.as_role("volunteer").put("/v1/messages/choices", 1, body).ok(204);
    award(&town);
    let (from, services) = (std::time::Instant::now(), town.web.services.clone());
    let sending = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(services.send_due(BANK, "mail")).unwrap()
    });
    award(&town);
    assert!(!sending.is_finished(), "it still waits");
    assert_eq!((sending.join().unwrap().failed, from.elapsed().as_secs() < 60), (1, true));
    let all = deliveries(&town, "?channel=mail");
    let failures: Vec<&Value> = all.iter().filter_map(|one| one.get("failure")).collect();
    assert_eq!(failures, [&json!("timed_out")]);
    town.verify_and_stop();
}
