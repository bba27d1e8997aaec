//! One parser for names, phones and documents, for the interface, for sheets and for searches.

use crate::support::town::Town;
use crate::support::town::with;
use crate::support::web::Answer;
use serde_json::{Value, json};

fn open(town: &Town, who: &str, more: Value) -> Answer {
    let org = town.id(if who == "staff_sibling" { "sibling" } else { "community" });
    let mut body = json!({ "name": "周示例", "org": org });
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    town.as_role(who).post("/v1/members", body)
}

fn find(town: &Town, body: Value) -> Vec<String> {
    let found = town.as_role("staff").post("/v1/members/find", body).ok(200);
    found["items"].as_array().unwrap().iter().map(|row| row["name"].as_str().unwrap().to_owned()).collect()
}

fn by_name(town: &Town, start: &str) -> Vec<String> {
    let query: String = start.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let found = town.as_role("staff").get(&format!("/v1/members?name={query}")).ok(200);
    found["items"].as_array().unwrap().iter().map(|row| row["name"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn a_name_with_a_blank_and_one_without_are_one_person_with_one_phone() {
    let town = Town::new();
    let first = open(
        &town,
        "staff",
        json!({ "name": " 张　示例 ", "phone": "１３９　０００１ー０００１".replace('ー', "－") }),
    );
    let first = first.ok(201);
    assert_eq!((&first["name"], &first["phone"]), (&json!("张示例"), &json!("139****0001")));
    for (name, phone) in
        [("张示例", "+86 139 0001 0001"), ("张 示例", "13900010001"), ("张\u{a0}示例", "0086-139-0001-0001")]
    {
        let again = json!({ "name": name, "phone": phone });
        let sentence = town.refused(|t| open(t, "staff", again), 409, "member_known");
        assert!(sentence.contains("姓名和手机号相同"), "{sentence}");
    }
    open(&town, "staff", json!({ "name": "阿依古丽・示例", "phone": "13900010002" })).ok(201);
    let same = json!({ "name": "阿依古丽 • 示例", "phone": "13900010002" });
    town.refused(|t| open(t, "staff", same), 409, "member_known");
    open(&town, "staff", json!({ "name": "Anna  Example", "phone": "13900010003" })).ok(201);
    // Searches use the same parser.
    for start in ["张示", "张　示", "张示例", " 张 "] {
        assert_eq!(by_name(&town, start), ["张示例"], "{start:?}");
    }
    for start in ["阿依古丽‧", "阿依古丽·示例", "阿依古丽 ・ 示"] {
        assert_eq!(by_name(&town, start), ["阿依古丽·示例"], "{start:?}");
    }
    for start in ["anna ex", "ＡＮＮＡ", "Anna   Example"] {
        assert_eq!(by_name(&town, start), ["Anna Example"], "{start:?}");
    }
    town.verify_and_stop();
}

#[test]
fn a_changed_name_is_found_by_its_new_form_only() {
    let town = Town::new();
    let first = open(&town, "staff", json!({ "name": " 张　示例 ", "phone": "13900010001" })).ok(201);
    let member = town.as_role("staff").get(&format!("/v1/members/{}", first["id"].as_str().unwrap())).ok(200);
    let path = format!("/v1/members/{}", first["id"].as_str().unwrap());
    let changed = town.as_role("staff").patch(
        &path,
        member["version"].as_i64().unwrap(),
        json!({ "name": "章　示例" }),
    );
    assert_eq!(changed.ok(200)["name"], "章示例");
    assert_eq!((by_name(&town, "张"), by_name(&town, "章示")), (vec![], vec!["章示例".to_owned()]));
    town.verify_and_stop();
}

#[test]
fn what_nobody_sees_is_refused_in_every_text_with_its_place() {
    let town = Town::new();
    for sign in [
        '\u{200b}', '\u{200f}', '\u{202a}', '\u{202e}', '\u{2066}', '\u{2069}', '\u{feff}', '\u{3164}',
        '\u{2800}',
    ] {
        let name = json!({ "name": format!("张{sign}示例") });
        let sentence = town.refused(|t| open(t, "staff", name), 400, "field_control_character");
        let code = format!("第 2 个字符（U+{:04X}）看不见", u32::from(sign));
        assert!(sentence.contains(&code) && sentence.contains("重新输入"), "{sentence}");
        let trade = json!({ "trade": format!("修{sign}伞") });
        town.refused(|t| open(t, "staff", trade), 400, "field_control_character");
        let reason = json!({ "reason": format!("本人{sign}申请") });
        let path = format!("/v1/members/{}/freeze", town.id("lin"));
        town.refused(|t| t.as_role("street").post(&path, reason), 400, "field_control_character");
        let start: String = format!("张{sign}").bytes().map(|byte| format!("%{byte:02X}")).collect();
        assert_eq!(town.as_role("staff").get(&format!("/v1/members?name={start}")).status, 400);
        let title = json!({ "kind": "community", "code": "x", "name": format!("示{sign}例"), "parent": town.id("street") });
        let answer = town.as_role("administrator").post("/v1/orgs", title);
        assert_eq!((answer.status, answer.code()), (400, "field_control_character".into()));
    }
    // Around a number they are what a telephone adds to a copy: they are dropped.
    let copied =
        json!({ "phone": "\u{202d}139 0001 0001\u{202c}", "id_number": "\u{200b}110101199003070011" });
    let made = open(&town, "staff", copied).ok(201);
    assert_eq!((&made["phone"], &made["id_number"]), (&json!("139****0001"), &json!("1101**********0011")));
    assert_eq!(find(&town, json!({ "phone": "13900010001" })), ["周示例"]);
}

#[test]
fn phones_of_hong_kong_macao_and_taiwan_and_fixed_lines_are_kept_as_such() {
    let town = Town::new();
    for (n, (written, masked, other, whole)) in [
        ("0379-64900011", "0379-****0011", "（0379）6490 0011", "0379-64900011"),
        ("+852 5123 0012", "+852****0012", "００８５２－５１２３００１２", "+85251230012"),
        ("+853 6612 0013", "+853****0013", "85366120013", "+85366120013"),
        ("+886 0912 340 014", "+886****0014", "+886912340014", "+886912340014"),
    ]
    .into_iter()
    .enumerate()
    {
        let name = format!("示例{}", ["子", "丑", "寅", "卯"][n]);
        let made = open(&town, "staff", json!({ "name": name, "phone": written })).ok(201);
        assert_eq!(made["phone"], masked);
        assert_eq!(find(&town, json!({ "phone": other })), std::slice::from_ref(&name));
        let tail = &whole[whole.len() - 4..];
        let found = town.as_role("staff").get(&format!("/v1/members?phone_tail={tail}")).ok(200);
        assert_eq!(found["items"][0]["name"], json!(name));
        let path = format!("/v1/members/{}/reveal", made["id"].as_str().unwrap());
        let ask = json!({ "what": "phone", "reason": "电话通知领奖" });
        assert_eq!(town.as_role("staff").post(&path, ask).ok(200)["value"], whole);
        let again = json!({ "name": name, "phone": other });
        town.refused(|t| open(t, "staff", again), 409, "member_known");
    }
    town.verify_and_stop();
}

#[test]
fn a_phone_that_is_none_is_refused_with_what_it_lacks() {
    let town = Town::new();
    for (phone, reason) in [
        ("64900011", "缺少区号"),
        ("0379-6490001", ""),
        ("+1 212 555 0001", "只能登记大陆"),
        ("+852 1123 0001", "香港号码"),
        ("1390001000", "现为 10 位"),
    ] {
        let answer = open(&town, "staff", json!({ "name": "示例辰", "phone": phone }));
        if reason.is_empty() {
            answer.ok(201);
            continue;
        }
        assert_eq!((answer.status, answer.code()), (400, "field_wrong_form".into()), "{phone}");
        let body = answer.json()["detail"].as_str().unwrap().to_owned();
        assert!(body.contains(reason) && !body.contains(phone), "{body}");
    }
    town.verify_and_stop();
}

/// The given kind, a number as written; the resulting kind, the masked form, and the whole number.
const DOCUMENTS: &[(Option<&str>, &str, &str, &str, &str)] = &[
    (None, "11010119900307001１", "identity_card", "1101**********0011", "110101199003070011"),
    (None, "810000199408230021", "residence_permit", "8100**********0021", "810000199408230021"),
    (None, "911124198108030024", "foreign_permanent_residence", "9111**********0024", "911124198108030024"),
    (None, "can110081080301", "foreign_permanent_residence", "CAN1100******01", "CAN110081080301"),
    (None, "H12345678", "hk_macao_permit", "H****678", "H12345678"),
    (Some("taiwan_permit"), "12345678", "taiwan_permit", "1****78", "12345678"),
    (Some("passport"), "12345678", "passport", "1****78", "12345678"),
    (None, "E12345678", "passport", "E****678", "E12345678"),
    (Some("passport"), "H12345678", "passport", "H****678", "H12345678"),
];

#[test]
fn each_kind_of_document_is_checked_sealed_masked_and_found() {
    let town = Town::new();
    let name = |n: usize| format!("示例{}", ["甲", "乙", "丙", "丁", "戊", "己", "庚", "辛", "壬", "癸"][n]);
    for (n, (given, written, kind, masked, whole)) in DOCUMENTS.iter().copied().enumerate() {
        let mut body = json!({ "name": name(n), "id_number": written });
        if let Some(given) = given {
            body["id_kind"] = json!(given);
        }
        let made = open(&town, "staff", body).ok(201);
        assert_eq!((&made["id_kind"], &made["id_number"]), (&json!(kind), &json!(masked)), "{written}");
        let ask = json!({ "id_kind": kind, "id_number": whole });
        assert_eq!(find(&town, ask.clone()), [name(n)], "two kinds never meet");
        let path = format!("/v1/members/{}/reveal", made["id"].as_str().unwrap());
        let reveal = json!({ "what": "id_number", "reason": "核对证件" });
        assert_eq!(town.as_role("staff").post(&path, reveal).ok(200)["value"], whole);
        let mut again = ask;
        again["name"] = json!("另一示例");
        let sentence = town.refused(|t| open(t, "staff", again), 409, "member_known");
        assert!(sentence.contains("证件号码"), "{sentence}");
    }
    // A renewed permit belongs to the same person.
    assert_eq!(find(&town, json!({ "id_number": "H1234567802" })), [name(4)]);
    assert_eq!(find(&town, json!({ "id_number": "1234567801(B)" })), [name(5)]);
    town.verify_and_stop();
}

#[test]
fn a_document_that_is_none_is_refused_with_what_is_wrong() {
    let town = Town::new();
    for (kind, number, reason) in [
        (None, "110101900307001", "请填写现在身份证上的 18 位号码"),
        (None, "110101199003070012", "校验位不符"),
        (None, "12345678", "请写明证件种类"),
        (Some("identity_card"), "810000199408230021", "这是港澳台居民居住证的号码"),
        (Some("hk_macao_permit"), "H1234567", "H 或 M 加 8 位数字"),
        (Some("taiwan_permit"), "123456789", "8 位数字"),
        (Some("passport"), "ABCDEFG", "至少有一位数字"),
        (None, "CAN110081133301", "3 个字母加 12 位数字"),
    ] {
        let mut body = json!({ "name": "示例未", "id_number": number });
        if let Some(kind) = kind {
            body["id_kind"] = json!(kind);
        }
        let sentence = town.refused(|t| open(t, "staff", body), 400, "field_wrong_form");
        assert!(sentence.contains(reason) && !sentence.contains(number), "{sentence}");
    }
    town.verify_and_stop();
}

#[test]
fn a_second_person_of_the_same_name_without_phone_is_asked_about() {
    let town = Town::new();
    let first = open(&town, "staff", json!({ "name": "钱示例", "phone": "13900020001" })).ok(201);
    let id = first["id"].as_str().unwrap().to_owned();
    let asked = open(&town, "staff", json!({ "name": "钱　示例" }));
    assert_eq!((asked.status, asked.code()), (409, "same_name".into()));
    let answer = asked.json();
    assert!(answer["detail"].as_str().unwrap().starts_with("同名 · 是同一人吗？"), "{answer}");
    assert_eq!(answer["field"], "not_same_as");
    let candidate = &answer["candidates"][0];
    assert_eq!((&candidate["member"], &candidate["phone"]), (&json!(id), &json!("139****0001")));
    assert!(!answer.to_string().contains("13900020001"));
    // Checked, and another person.
    let second = open(&town, "staff", json!({ "name": "钱示例", "not_same_as": [id] })).ok(201);
    let other = second["id"].as_str().unwrap().to_owned();
    // A third is asked about both; confirming one of them does not suffice.
    let asked = open(&town, "staff", json!({ "name": "钱示例", "not_same_as": [id] })).json();
    let members: Vec<&Value> = asked["candidates"].as_array().unwrap().iter().map(|c| &c["member"]).collect();
    assert_eq!(members, [&json!(other)]);
    // A phone of their own distinguishes them from a person with one, not from a person without.
    let with_phone = json!({ "name": "钱示例", "phone": "13900020002" });
    let asked = open(&town, "staff", with_phone.clone()).json();
    assert_eq!(asked["candidates"].as_array().map(Vec::len), Some(1), "{asked}");
    let mut looked = with_phone;
    looked["confirmed_new"] = json!(true);
    open(&town, "staff", looked).ok(201);
    // There are no questions about people out of reach.
    open(&town, "staff_sibling", json!({ "name": "钱示例" })).ok(201);
    // Another year of birth is another person; a household is not a person.
    open(&town, "staff", json!({ "name": "李示例", "birth_year": 1950 })).ok(201);
    open(&town, "staff", json!({ "name": "李示例", "birth_year": 1980 })).ok(201);
    town.refused(|t| open(t, "staff", json!({ "name": "李示例" })), 409, "same_name");
    let household = json!({ "name": "李示例", "org": town.id("community") });
    town.as_role("staff").post("/v1/households", household).ok(201);
    town.verify_and_stop();
}

#[test]
fn a_changed_name_or_phone_is_asked_about_as_a_new_file_is() {
    let town = Town::new();
    let id = |answer: Value| answer["id"].as_str().unwrap().to_owned();
    let first = id(open(&town, "staff", json!({ "name": "钱示例", "phone": "13900020001" })).ok(201));
    let second = id(open(&town, "staff", json!({ "name": "孙示例" })).ok(201));
    let change = |version: i64, body: Value| {
        let path = format!("/v1/members/{second}");
        move |t: &Town| t.as_role("staff").patch(&path, version, body)
    };
    let asked = change(1, json!({ "name": "钱 示例" }))(&town);
    assert_eq!((asked.status, asked.code()), (409, "same_name".into()));
    assert_eq!(asked.json()["candidates"][0]["member"], json!(first));
    let both = json!({ "name": "钱示例", "phone": "139-0002-0001" });
    town.refused(change(1, both.clone()), 409, "member_known");
    // Another spelling of the own name, and the own phone again, do not match others.
    change(1, json!({ "name": "孙　示例", "phone": "13900020003" }))(&town).ok(200);
    change(2, json!({ "name": "孙示例", "phone": "13900020003" }))(&town).ok(200);
    let looked = with(json!({ "name": "钱示例" }), json!({ "not_same_as": [first] }));
    change(3, looked)(&town).ok(200);
    // A phone that gives the two one name and one phone.
    town.refused(change(4, json!({ "phone": "13900020001" })), 409, "member_known");
    change(4, json!({ "phone": "13900020001", "confirmed_new": true }))(&town).ok(200);
    // Unrelated changes raise no question.
    change(5, json!({ "trade": "理发" }))(&town).ok(200);
    town.verify_and_stop();
}

#[test]
fn an_award_by_a_scheme_that_does_not_hold_says_when_it_does() {
    let town = Town::new();
    let award = |day: &str, scheme: String| {
        let body = json!({ "member": town.id("lin"), "scheme": scheme, "item": "goods-donation", "quantity": "1", "day": day });
        move |t: &Town| t.as_role("staff").post("/v1/awards", body)
    };
    let sentence = town.refused(award("2019-05-01", town.id("scheme")), 422, "scheme_not_in_force");
    assert!(
        sentence.contains("当天不生效") && sentence.contains("2019-05-01") && sentence.contains("生效"),
        "{sentence}"
    );
    // A draft that was not approved is valid on no day.
    let draft = "code = \"draft\"\nversion = \"1\"\nname = \"示例草案\"\nvalid_from = 2026-01-01\n[hours]\npoints_per_hour = 1\n";
    town.as_role("administrator").post("/v1/schemes", json!({ "body": draft })).ok(201);
    let all = town.as_role("administrator").get("/v1/schemes").ok(200);
    let rows = all["items"].as_array().unwrap();
    let id = rows.iter().find(|row| row["code"] == "draft").unwrap()["id"].as_str().unwrap().to_owned();
    let today = "2026-03-01";
    let sentence = town.refused(award(today, id), 422, "scheme_not_in_force");
    assert!(sentence.contains("示例草案") && sentence.contains("还没有已批准的版本"), "{sentence}");
    town.refused(award(today, town.id("community")), 404, "not_found");
}

#[test]
fn rows_of_a_refused_batch_name_the_row_that_was_refused() {
    let town = Town::new();
    let row = |member: &str, item: &str| json!({ "member": town.id(member), "scheme": town.id("scheme"), "item": item });
    let items = json!([row("lin", "suggestion"), row("lin", "no-such-item"), row("keeper", "suggestion")]);
    let path = "/v1/awards/batch";
    let answer = town.as_role("staff").post(path, json!({ "mode": "all_or_nothing", "items": items }));
    assert_eq!(answer.status, 422, "{answer:?}");
    let rows = answer.json()["items"].clone();
    for index in [0, 2] {
        assert_eq!(
            (&rows[index]["code"], &rows[index]["row"]),
            (&json!("other_refused"), &json!(1)),
            "{rows}"
        );
        let found = rows[index]["detail"].as_str().unwrap();
        assert!(found.contains("第 1 条（从 0 数起）被拒绝"), "{found}");
    }
    assert_eq!(rows[1]["code"], "not_in_scheme");
}

#[test]
fn a_broken_scheme_is_answered_within_bounds() {
    let town = Town::new();
    let mut text = String::new();
    for n in 0..1_000 {
        text.push_str(&format!("unknown_{n} = 1\n"));
    }
    let answer = town.as_role("administrator").post("/v1/schemes", json!({ "body": text }));
    assert_eq!((answer.status, answer.code()), (422, "scheme_faults".into()));
    let size = answer.json().to_string().len();
    assert!(size < 64 * 1024, "{size} bytes for {} bytes", text.len());
    assert_eq!(answer.json()["faults"].as_array().map(Vec::len), Some(51));
}
