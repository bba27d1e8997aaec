//! Attachments from being sent to being removed: who sees them, and what is handed out.

use crate::support::browser::Browser;
use crate::support::service::{approved, publish, record};
use crate::support::shops::{captured, donate};
use crate::support::town::Town;
use crate::support::upload::{attached, body, listed, pdf, photo, png, read, upload, upload_under};
use crate::support::web::{Ask, send_bytes};
use serde_json::json;

#[test]
fn a_photo_is_kept_upright_and_without_its_metadata() {
    let town = Town::new();
    let rice = town.id("rice");
    let id = attached(&town, "merchant_owner", ("offer", &rice), &photo());
    let seen = town.as_role("volunteer").get(&format!("/v1/attachments/{id}")).ok(200);
    assert_eq!((&seen["width"], &seen["height"]), (&json!(30), &json!(40)), "turned");
    assert_eq!((&seen["media_type"], &seen["purpose"]), (&json!("image/jpeg"), &json!("goods")));
    let answer = read(&town, "volunteer", &format!("/v1/attachments/{id}/content"), &[]);
    assert_eq!(answer.status, 200);
    assert!(!answer.text.contains("GPS") && !answer.text.contains("Exif") && !answer.text.contains("script"));
    assert_eq!(answer.header("content-type").as_deref(), Some("image/jpeg"));
    assert_eq!(answer.header("x-content-type-options").as_deref(), Some("nosniff"));
    assert_eq!(answer.header("content-security-policy").as_deref(), Some("default-src 'none'; sandbox"));
    let tag = answer.header("etag").unwrap();
    assert_eq!(tag.trim_matches('"'), seen["digest"]);
    let again =
        read(&town, "volunteer", &format!("/v1/attachments/{id}/content"), &[("If-None-Match", &tag)]);
    assert_eq!((again.status, again.bytes.len()), (304, 0));
    let small = read(&town, "volunteer", &format!("/v1/attachments/{id}/small"), &[]);
    assert!(small.status == 200 && small.bytes.len() < 6_000, "{}", small.bytes.len());
    town.verify_and_stop();
}

#[test]
fn a_pdf_is_a_download_and_has_no_small_picture() {
    let town = Town::new();
    let activity = publish(&town, "activity", "2026-03-02T09:00", "2026-03-02T11:00");
    let answer = upload(&town, "team_leader", ("activity", &activity), "签到表 3 月.PDF", &pdf(""));
    let id = answer.json()["id"].as_str().unwrap().to_owned();
    let file = read(&town, "staff", &format!("/v1/attachments/{id}/content"), &[]);
    assert_eq!(file.bytes, pdf(""));
    let disposition = file.header("content-disposition").unwrap();
    assert!(disposition.starts_with("attachment; filename=\""), "{disposition}");
    assert!(disposition.ends_with("%E7%AD%BE%E5%88%B0%E8%A1%A8%203%20%E6%9C%88.pdf"), "{disposition}");
    let small = town.as_role("staff").get(&format!("/v1/attachments/{id}/small"));
    assert_eq!((small.status, small.code().as_str()), (404, "not_found"));
    let seen = town.as_role("staff").get(&format!("/v1/attachments/{id}")).ok(200);
    assert_eq!((&seen["title"], &seen["keep_until"]), (&json!("签到表 3 月"), &json!("2029-03-04")));
}

/// A refused request: as if there were nothing.
fn is_absent(town: &Town, who: &str, path: &str) {
    let answer = town.as_role(who).get(path);
    assert_eq!((answer.status, answer.code().as_str()), (404, "not_found"), "{path} {who}");
}

#[test]
fn whoever_sees_the_thing_sees_its_attachments_and_nobody_else() {
    let town = Town::new();
    let activity = publish(&town, "activity", "2026-03-02T09:00", "2026-03-02T11:00");
    town.at("2026-03-02T12:00");
    approved(&town, "record", record(&town, "activity", "lin", "2026-03-02T09:00", "2026-03-02T10:00"));
    donate(&town, "lin", 100);
    let redemption = captured(&town, &[("rice", 1)]);
    let complaint = json!({ "kind": "complaint", "words": "楼道的灯坏了" });
    let feedback = town.make("feedback", "volunteer", "/v1/feedback", complaint);
    let record = town.id("record");
    let things: [(&str, &str, &str, &[&str]); 4] = [
        ("activity", &activity, "staff", &["staff", "team_leader", "auditor"]),
        ("service_record", &record, "staff", &["staff", "volunteer", "reviewer", "auditor"]),
        ("redemption", &redemption, "merchant_clerk", &["merchant_clerk", "staff", "volunteer", "auditor"]),
        ("feedback", &feedback, "volunteer", &["volunteer", "staff", "administrator"]),
    ];
    for (thing, of, adds, see) in things {
        let id = attached(&town, adds, (thing, of), &png([1, 2, 3]));
        for who in see {
            assert_eq!(town.as_role(who).get(&format!("/v1/attachments/{id}")).status, 200, "{thing} {who}");
        }
        for who in ["proxy", "staff_sibling"] {
            is_absent(&town, who, &format!("/v1/attachments/{id}"));
            is_absent(&town, who, &format!("/v1/attachments/{id}/content"));
            is_absent(&town, who, &format!("/v1/attachments?thing={thing}&thing_id={of}"));
            let refused = upload(&town, who, (thing, of), "a.png", &png([3, 2, 1]));
            assert_eq!((refused.status, refused.code().as_str()), (404, "not_found"), "{thing}");
        }
    }
    // A sheet has the names of others.
    is_absent(&town, "volunteer", &format!("/v1/attachments?thing=activity&thing_id={activity}"));
    town.verify_and_stop();
}

#[test]
fn the_same_file_and_the_same_key_add_one_attachment() {
    let town = Town::new();
    let rice = town.id("rice");
    let offer = ("offer", rice.as_str());
    let first = attached(&town, "merchant_owner", offer, &png([1, 1, 1]));
    assert_eq!(attached(&town, "merchant_owner", offer, &png([1, 1, 1])), first);
    let once = upload_under(&town, "merchant_owner", "k1", offer, "a.png", &png([2, 2, 2]));
    let again = upload_under(&town, "merchant_owner", "k1", offer, "a.png", &png([2, 2, 2]));
    assert_eq!((once.status, once.json(), again.hit()), (201, again.json(), true));
    let other = upload_under(&town, "merchant_owner", "k1", offer, "a.png", &png([3, 3, 3]));
    assert_eq!((other.status, other.code().as_str()), (422, "idempotency_key_reused"));
    for colour in 2..20 {
        attached(&town, "merchant_owner", offer, &png([colour, 9, 9]));
    }
    let more = upload(&town, "merchant_owner", offer, "a.png", &png([99, 9, 9]));
    assert_eq!((more.status, more.code().as_str()), (409, "attachments_enough"));
    assert_eq!(listed(&town, "volunteer", offer).len(), 20);
}

#[test]
fn a_mistake_is_removed_on_the_same_day_and_a_proof_stays() {
    let town = Town::new();
    let activity = publish(&town, "activity", "2026-03-02T09:00", "2026-03-02T11:00");
    let thing = ("activity", activity.as_str());
    let remove = |who: &str, id: &str| {
        let answer = town.as_role(who).delete(&format!("/v1/attachments/{id}"));
        (answer.status, answer.code())
    };
    let (mistake, proof) =
        (attached(&town, "staff", thing, &png([1, 1, 1])), attached(&town, "staff", thing, &png([2, 2, 2])));
    assert_eq!(remove("staff_two", &mistake), (409, "attachment_stays".into()), "of another person");
    assert_eq!(remove("staff_sibling", &mistake).0, 404);
    assert_eq!(remove("staff", &mistake).0, 204);
    town.at("2026-03-03T08:00");
    assert_eq!(remove("staff", &proof), (409, "attachment_stays".into()));
    assert_eq!(remove("administrator", &proof).0, 204);
    assert!(listed(&town, "staff", thing).is_empty());
    let rice = town.id("rice");
    let photo = attached(&town, "merchant_owner", ("offer", &rice), &png([5, 5, 5]));
    town.at("2026-03-05T08:00");
    assert_eq!(remove("merchant_clerk", &photo).0, 409);
    assert_eq!(remove("merchant_owner", &photo).0, 204);
}

/// Sends a file with the form of a page.
fn send(town: &Town, who: &str, path: &str, name: &str, file: &[u8]) -> u16 {
    let browser = Browser::signed_in(town, who);
    let page = browser.get(path).is(200);
    let (csrf, key) = (page.hidden("csrf"), page.hidden("key"));
    let cookies = browser.all_cookies().into_iter().map(|(name, value)| format!("{name}={value}"));
    let cookies = cookies.collect::<Vec<_>>().join("; ");
    let ask = Ask { method: "POST", ..Ask::get(path) }.role(None).header("Cookie", &cookies);
    let ask = ask.header("Content-Type", "multipart/form-data; boundary=x");
    let whole = body(&[("csrf", &csrf), ("key", &key)], name, file);
    send_bytes(town.web.address(), &ask, &whole).status
}

#[test]
fn on_pages_a_photo_is_sent_without_scripts_and_shown_on_the_tile() {
    let town = Town::new();
    let rice = town.id("rice");
    let path = format!("/attachments/offer/{rice}");
    let owner = Browser::signed_in(&town, "merchant_owner");
    owner.get(&format!("/shop/goods/{rice}")).is(200).says(&path);
    owner.get(&path).is(200).says("还没有附件");
    assert_eq!(send(&town, "merchant_owner", &path, "<b onclick=x>米.png", &png([7, 7, 7])), 303);
    let page = owner.get(&path).is(200).says("&#60;b onclick=x&#62;米");
    assert!(!page.has("<b onclick"), "{}", page.html);
    assert_eq!(send(&town, "merchant_owner", &path, "a.png", b"no picture"), 422);
    let volunteer = Browser::signed_in(&town, "volunteer");
    let shop = volunteer.get(&format!("/shops/{}", town.id("shop"))).is(200);
    let id = listed(&town, "volunteer", ("offer", &rice))[0]["id"].as_str().unwrap().to_owned();
    let small = format!("/files/{id}/small");
    assert!(shop.has(&format!("src=\"{small}\"")) && shop.has("loading=\"lazy\""), "{}", shop.html);
    let file = volunteer.once("GET", &small, None);
    assert_eq!((file.status, file.header("content-type").as_deref()), (200, Some("image/jpeg")));
    assert_eq!(file.header("content-security-policy").as_deref(), Some("default-src 'none'; sandbox"));
    assert!(Browser::new(town.web.address()).once("GET", &small, None).status >= 400, "without signing in");
    volunteer.get(&path).is(200).says("照片");
}
