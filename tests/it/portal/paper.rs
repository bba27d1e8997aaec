//! Prints: what stands on them, where a passbook goes on, and who is seen to have printed one.

use crate::support::asking::Furnished;
use crate::support::browser::{Browser, Page};
use crate::support::shops::donate;
use crate::support::town::Town;

/// A town whose volunteer has this many lines.
fn with_lines(lines: usize) -> Town {
    let town = Town::new();
    for _ in 0..lines {
        donate(&town, "lin", 1);
    }
    town
}

/// The numbers of the lines, and of places that stay empty.
fn lines(page: &Page) -> (Vec<String>, usize) {
    let numbers = page.html.split("<tr><td class=\"n\">").skip(1);
    let numbers = numbers.map(|rest| rest.split('<').next().unwrap().to_owned()).collect();
    (numbers, page.html.matches("class=\"blank\"").count())
}

#[test]
fn a_passbook_is_printed_in_numbered_lines_and_sheets() {
    let town = with_lines(18);
    let page = Browser::signed_in(&town, "volunteer").get("/me/passbook/print").is(200);
    let page = page.says("林示例").says("示例社区").says("不是货币").says("这次印第 1 到 18 行");
    let (numbers, free) = lines(&page);
    assert_eq!((numbers.first().unwrap().as_str(), numbers.last().unwrap().as_str(), free), ("1", "18", 14));
    assert_eq!(page.html.matches("class=\"paper").count(), 2);
    assert!(!page.has("paper again"));
}

#[test]
fn only_new_lines_are_printed_at_their_place_on_a_sheet() {
    let town = with_lines(18);
    let volunteer = Browser::signed_in(&town, "volunteer");
    // Five lines are on paper: five places stay empty above, and the heading is not printed again.
    let page = volunteer.get("/me/passbook/print?after=%EF%BC%95").is(200).says("这次印第 6 到 18 行");
    let (numbers, blank) = lines(&page);
    assert_eq!((numbers.len(), blank), (13, 5 + 14));
    assert_eq!(page.html.matches("paper again").count(), 1);
    assert!(page.has("放进打印机"));
    // A whole sheet is on paper: the next one has its heading.
    let page = volunteer.get("/me/passbook/print?after=16").is(200);
    assert_eq!(
        (lines(&page).0, page.html.matches("paper again").count()),
        (vec!["17".into(), "18".into()], 0)
    );
    for (after, says) in
        [("18", "没有新的行"), ("19", "一共只有 18 行"), ("-1", "第 1 到 18 行"), ("x", "第 1 到 18 行")]
    {
        volunteer.get(&format!("/me/passbook/print?after={after}")).is(200).says(says);
    }
}

#[test]
fn a_print_at_the_desk_is_a_look_at_the_file() {
    let town = with_lines(1);
    let path = format!("/staff/people/{}/print", town.id("lin"));
    Browser::signed_in(&town, "staff").get(&path).is(200).says("林示例").says("示例社区");
    Browser::signed_in(&town, "staff_sibling").get(&path).is(404);
    let volunteer = Browser::signed_in(&town, "volunteer");
    volunteer.get("/me/passbook/print").is(200);
    let log = volunteer.get("/me/access").is(200).says("打印了您的存折");
    assert_eq!(log.html.matches("打印了您的存折").count(), 1, "one's own print is no look");
}

#[test]
fn a_sign_in_sheet_has_the_names_that_were_written_and_blank_lines() {
    let town = Furnished::new();
    let staff = Browser::signed_in(&town.town, "staff");
    let path = format!("/staff/activities/{}/sheet", town.town.id("activity"));
    let page = staff.get(&path).is(200).says("清扫楼道").says("签名");
    assert_eq!(page.html.matches("<tr><td class=\"n\">").count(), 20);
    let page = staff.post(&page, &path, &[("names", "1. 林示例\r\n2. 新来的")]).is(200);
    let number = town.town.as_role("staff").get(&format!("/v1/members/{}", town.town.id("lin"))).ok(200);
    let number = number["number"].as_str().unwrap();
    page.says(&format!("<td>林示例</td><td>{number}</td>")).says("<td>新来的</td><td></td>");
}

#[test]
fn statements_and_receipts_have_sums_and_places_to_sign() {
    let town = Furnished::new();
    let statement = town.town.id("statement");
    for (who, base) in [("staff", "/staff/statements"), ("merchant_owner", "/shop/statements")] {
        let page = Browser::signed_in(&town.town, who).get(&format!("{base}/{statement}/print")).is(200);
        let page = page.says("示例超市").says("2026年3月").says("示例大米").says("合计 · 1 行");
        assert_eq!(page.html.matches("盖章：").count(), 2);
    }
    let receipt = town.town.id("redemption");
    let clerk = Browser::signed_in(&town.town, "merchant_clerk");
    let page =
        clerk.get(&format!("/shop/receipts/{receipt}/print")).is(200).says("示例大米").says("不是货币");
    assert!(!page.has("林示例"), "a shop sees no names");
    let staff = Browser::signed_in(&town.town, "staff");
    let page = staff.get(&format!("/staff/counter/receipts/{receipt}/print")).is(200);
    page.says("林示例").says("签名：");
}

#[test]
fn prints_work_without_scripts_and_carry_their_own_style_sheet() {
    let town = with_lines(1);
    let volunteer = Browser::signed_in(&town, "volunteer");
    let page = volunteer.get("/me/passbook/print").says("/static/print.css?v=").says("data-print hidden");
    assert!(page.has("没有按钮时"));
    assert!(!volunteer.get("/me/passbook").has("print.css"));
    assert_eq!(volunteer.once("GET", "/static/print.css", None).status, 200);
}
