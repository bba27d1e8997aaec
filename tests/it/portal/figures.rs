//! The page of the figures, and the report of a month in a workbook that is chosen.

use crate::support::browser::{Browser, Page};
use crate::support::shops::donate;
use crate::support::town::Town;
use crate::support::workbook::{sheet, template};
use std::io::{Read, Write};
use std::net::TcpStream;

/// Sends a file with the form of the page, as a browser does: head and body of the answer.
fn send(town: &Town, browser: &Browser, page: &Page, file: &[u8]) -> (String, Vec<u8>) {
    let mut body = Vec::new();
    for (name, value) in [
        ("csrf", page.hidden("csrf")),
        ("key", page.hidden("key")),
        ("from", "2026-03-01".into()),
        ("until", "2026-03-31".into()),
        ("org", town.id("community")),
    ] {
        let head = format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        body.extend(head.bytes());
    }
    let head = "--x\r\nContent-Disposition: form-data; name=\"template_file\"; filename=\"a.xlsx\"\r\n\r\n";
    body.extend(head.bytes().chain(file.iter().copied()).chain("\r\n--x--\r\n".bytes()));
    let mut stream = TcpStream::connect(town.web.address()).unwrap();
    let cookies: Vec<String> =
        browser.all_cookies().iter().map(|(name, value)| format!("{name}={value}")).collect();
    let head = format!(
        "POST /staff/figures/report HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAccept: text/html\r\nCookie: {}\r\n\
         Accept-Language: zh-CN\r\nContent-Type: multipart/form-data; boundary=x\r\nContent-Length: {}\r\n\r\n",
        cookies.join("; "),
        body.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(&body).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    let at = answer.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
    let body = answer.split_off(at + 4);
    (String::from_utf8(answer).unwrap(), body)
}

#[test]
fn the_report_comes_in_the_layout_of_the_place() {
    let town = Town::new();
    donate(&town, "lin", 10);
    town.at("2026-04-02T09:00");
    let browser = Browser::signed_in(&town, "staff");
    let page = browser.get("/staff/figures/report").is(200).says("{{服务人次}}").says("2026-03-01");
    let cells =
        ["{{org_name}} {{年}}年{{月}}月", "存入 {{存入}} 分，兑换 {{redeemed}} 分", "签字：　　　盖章："];
    let (head, book) = send(&town, &browser, &page, &template(&cells));
    assert!(head.starts_with("HTTP/1.1 200") && head.contains("spreadsheetml"), "{head}");
    assert!(head.contains("report_2026-03-01_2026-03-31.xlsx"), "{head}");
    let sheet = sheet(&book);
    for text in ["示例社区 2026年3月<", "存入 10.00 分，兑换 0.00 分<", "签字：　　　盖章：<"]
    {
        assert!(sheet.contains(text), "{sheet}");
    }
    town.verify_and_stop();
}

#[test]
fn what_is_no_template_is_refused_with_the_next_step() {
    let town = Town::new();
    let browser = Browser::signed_in(&town, "staff");
    let page = browser.get("/staff/figures/report").is(200);
    for (file, said) in [
        (template(&["没有"]), "里面没有占位符：请照“月报”页上的表"),
        (template(&["{{多少人}}"]), "不认识占位符“多少人”：请照“月报”页上的表写"),
        (b"hello".to_vec(), "这不是 Excel 工作簿：请另存为 .xlsx"),
        (Vec::new(), "还没有选文件：请先选一个"),
    ] {
        let (head, body) = send(&town, &browser, &page, &file);
        let body = String::from_utf8_lossy(&body);
        assert!(head.starts_with("HTTP/1.1 422") && body.contains(said), "{head}\n{said}");
    }
    town.verify_and_stop();
}

#[test]
fn a_period_that_makes_no_sense_is_told_on_the_page() {
    let town = Town::new();
    let browser = Browser::signed_in(&town, "staff");
    for (query, said) in [
        ("from=2026-02-02&until=2026-02-01", "日期颠倒"),
        ("from=2026-02-30", "不是日期"),
        ("from=2026-03-03", "日期在将来"),
        ("from=2020-01-01", "时间太长"),
    ] {
        browser.get(&format!("/staff/figures?{query}")).is(422).says(said);
    }
    let elsewhere = format!("/staff/figures?org={}", town.id("sibling"));
    browser.get(&elsewhere).is(404);
    let file = browser.get("/staff/figures?from=2026-03-01&file=csv").is(200);
    assert!(file.html.starts_with("\u{feff}起始日期,截止日期"), "{}", file.html);
    town.verify_and_stop();
}
