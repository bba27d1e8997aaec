//! Sheets of members on the page of community staff.

use crate::support::browser::Browser;
use crate::support::town::Town;

/// A file of a form with its token, as a browser sends it.
fn upload(browser: &Browser, sheet: &[u8]) -> String {
    let page = browser.get("/staff/people/import").is(200);
    let mut body = Vec::new();
    for (name, value) in [("csrf", page.hidden("csrf")), ("key", page.hidden("key"))] {
        body.extend(
            format!("--x\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n").bytes(),
        );
    }
    let head = "--x\r\nContent-Disposition: form-data; name=\"sheet_file\"; filename=\"a.csv\"\r\n\r\n";
    body.extend([head.as_bytes(), sheet, b"\r\n--x--\r\n"].concat());
    let answer = browser.once("POST", "/staff/people/import", Some(String::from_utf8(body).unwrap()));
    answer.text
}

fn uploader(town: &Town, who: &str) -> Browser {
    Browser::signed_in(town, who).header("Content-Type", "multipart/form-data; boundary=x")
}

#[test]
fn a_file_is_checked_and_its_faults_stand_at_their_rows() {
    let town = Town::new();
    let staff = uploader(&town, "staff");
    let found = upload(&staff, "姓名,手机号,积分\n钱示例,13800000009,5\n".as_bytes());
    assert!(found.contains("期初积分和时长要由账务操作员导入"), "{found}");
    let found = upload(&staff, "PK\u{3}\u{4}rest".as_bytes());
    assert!(found.contains("这是 Excel 工作簿"), "{found}");
    let found = upload(&staff, "姓名,社区\n钱示例,community\n孙示例,sibling\n".as_bytes());
    assert!(found.contains("没有这个组织") && found.contains("第 3 行"), "{found}");
}

#[test]
fn files_of_other_communities_are_known_without_their_numbers() {
    let town = Town::new();
    let sheet = "姓名,手机号,社区\n林示例,13800000001,";
    let own = upload(&uploader(&town, "staff"), format!("{sheet}community\n").as_bytes());
    assert!(own.contains("姓名和手机都与储户"), "{own}");
    let foreign = upload(&uploader(&town, "staff_sibling"), format!("{sheet}sibling\n").as_bytes());
    assert!(foreign.contains("在别的社区已有存折") && !foreign.contains("都与储户"), "{foreign}");
}

#[test]
fn a_form_in_parts_is_protected_like_any_other() {
    let town = Town::new();
    let staff = uploader(&town, "staff");
    let whole = |parts: &str| staff.once("POST", "/staff/people/import", Some(parts.to_owned())).status;
    assert_eq!(whole("--x\r\nContent-Disposition: form-data; name=\"sheet\"\r\n\r\na\r\n--x--\r\n"), 403);
    assert_eq!(whole("--x\r\nbroken"), 400);
}
