//! An empty bank is opened on pages alone: from the printed link to the first award. Its steps can be left and taken up
//! again, and what they need is explained on them.

use crate::support::browser::{Browser, Page};
use crate::support::town::{MORNING, PASSWORD, Town, moment};
use crate::support::web::{BANK, Web};

/// A bank without users, and the token of the link that its server prints.
fn empty() -> (Web, String) {
    let web = Web::start_with(Town::config(), |state| state);
    web.clock.set(moment(MORNING));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let token = runtime.block_on(web.services.first_token(BANK)).unwrap().unwrap();
    (web, token)
}

/// A browser that has taken the first step.
fn founded(web: &Web, token: &str) -> (Browser, Page) {
    let browser = Browser::new(web.address());
    let page = browser.get(&format!("/setup?token={token}")).is(200).says("aria-current=\"step\"");
    let fields = [
        ("token", token),
        ("bank_name", "示例积分银行"),
        ("org_kind", "street"),
        ("org_code", "S01"),
        ("org_name", "示例街道"),
        ("login", "head"),
        ("name", "示例甲"),
        ("password", PASSWORD),
    ];
    let page = browser.post(&page, "/setup", &fields).is(200);
    assert_eq!(page.path, "/setup/community");
    (browser, page.says("示例积分银行"))
}

const REVIEWER: [(&str, &str); 3] =
    [("reviewer_name", "示例乙"), ("reviewer_login", "second"), ("reviewer_password", PASSWORD)];

/// The second step, with the administrator as the one who awards.
fn peopled(browser: &Browser, page: &Page) -> Page {
    let mut fields = vec![
        ("org_kind", "community"),
        ("org_code", "S01-1"),
        ("org_name", "示例社区"),
        ("staff_is", "self"),
    ];
    fields.extend(REVIEWER);
    let page = browser.post(page, "/setup/community", &fields).is(200);
    assert_eq!(page.path, "/setup/scheme");
    page
}

/// The third step: a sample is read, taken, and approved by the second person on the same page.
fn schemed(browser: &Browser) -> Page {
    let page = browser.get("/setup/scheme?sample=jianxian").is(200);
    let page = page.says("建议被采纳：每条 3 分").says("一次超过 100 分，要第二个人同意");
    let page = browser.post(&page, "/setup/scheme", &[("act", "take"), ("sample", "jianxian")]).is(200);
    let draft = page.hidden("draft");
    let approve = |login: &str, password: &str| {
        let fields =
            [("act", "approve"), ("draft", draft.as_str()), ("login", login), ("password", password)];
        browser.post(&page, "/setup/scheme", &fields)
    };
    assert!(approve("second", "not this password").status >= 400);
    assert!(approve("head", PASSWORD).status >= 400, "the proposer is no second person");
    let page = approve("second", PASSWORD).is(200);
    assert_eq!(page.path, "/setup/people");
    page
}

const SHEET: &str = "姓名,手机号\n示例丙,13800000001\n示例丁,1380\n";

#[test]
fn an_empty_bank_comes_to_its_first_award_on_pages_alone() {
    let (web, token) = empty();
    let (browser, page) = founded(&web, &token);
    peopled(&browser, &page);
    let page = schemed(&browser);
    let page = browser.post(&page, "/setup/people", &[("sheet", SHEET), ("org", &page.hidden("org"))]);
    let page = page.is(200).says("有 1 行要改").says("第 3 行 B 列「手机号」");
    let org = page.hidden("org");
    let mended = [("sheet", SHEET), ("org", org.as_str()), ("cell.2.1", "13800000002")];
    let page = browser.post(&page, "/setup/people", &mended).is(200).says("给 2 人开户");
    let (sheet, seen) = ("姓名,手机号\n示例丙,13800000001\n示例丁,13800000002\n", page.hidden("seen"));
    let taken = [("sheet", sheet), ("org", org.as_str()), ("seen", seen.as_str()), ("step", "take")];
    browser.post(&page, "/setup/people", &taken).is(200).says("2 人都有存折了");
    browser.get("/setup/done").is(200).says("可以发积分了").says("去发第一笔积分");
    let page = browser.get("/staff/awards").is(200);
    let item = page.html.split("value=\"").find(|part| part.contains("/suggestion\"")).unwrap();
    let item = item.split('"').next().unwrap().to_owned();
    let list = [("scheme_item", item.as_str()), ("paste", "示例丙\t13800000001\n示例丁\t13800000002")];
    let page = browser.post(&page, "/staff/awards", &list).is(200).says("确认发给 2 人");
    let (good, seen) = (page.hidden("good"), page.hidden("seen"));
    let award = [("good", good.as_str()), ("seen", seen.as_str()), ("step", "award")];
    let page = browser.post(&page, "/staff/awards", &[list.as_slice(), &award].concat()).is(200);
    assert!(page.path.starts_with("/staff/awards/list?given=2"), "{}", page.path);
}

#[test]
fn the_steps_can_be_left_and_taken_up_again() {
    let (web, token) = empty();
    let (browser, page) = founded(&web, &token);
    let half =
        [("org_kind", "community"), ("org_code", "S01-1"), ("org_name", "示例社区"), ("staff_is", "self")];
    browser.post(&page, "/setup/community", &half).is(422).says("复核员的登录名").says("value=\"示例社区\"");
    browser.get("/admin").is(200).says("还差几步");
    let page = browser.get("/setup").is(200);
    assert_eq!(page.path, "/setup/community");
    peopled(&browser, &page);
    browser.get("/setup/community").is(200).says("示例乙（登录名 second）");
    assert_eq!(browser.get("/setup").path, "/setup/scheme");
    browser.get("/setup/done").is(200).says("还差几步").says("还没办");
    let second = Browser::new(web.address());
    second.get(&format!("/setup?token={token}")).is(200).says("已经开设");
    let page = second.get("/login");
    second.post(&page, "/login", &[("login", "second"), ("password", PASSWORD)]).is(200);
    let draft = browser.get("/setup/scheme?sample=items-half-points");
    browser.post(&draft, "/setup/scheme", &[("act", "take"), ("sample", "items-half-points")]).is(200);
    let page = second.get("/setup/scheme").is(200).says("同意以后，这份办法就生效");
    let draft = page.hidden("draft");
    let fields = [("act", "approve"), ("by", "caller"), ("draft", draft.as_str())];
    second.post(&page, "/setup/scheme", &fields);
    browser.get("/setup/scheme").is(200).says("积分办法已经生效");
}

#[test]
fn another_member_of_staff_signs_in_for_what_an_administrator_may_not() {
    let (web, token) = empty();
    let (browser, page) = founded(&web, &token);
    let mut fields = vec![("org_kind", "community"), ("org_code", "S01-1"), ("org_name", "示例社区")];
    fields.extend([("staff_is", "other"), ("staff_name", "示例己"), ("staff_login", "desk")]);
    fields.push(("staff_password", PASSWORD));
    fields.extend(REVIEWER);
    browser.post(&page, "/setup/community", &fields).is(200);
    schemed(&browser).says("要由社区工作人员来办").says("示例己（登录名 desk）");
    let page = browser.get("/login?next=/setup/people");
    let sign_in = [("login", "desk"), ("password", PASSWORD), ("next", "/setup/people")];
    let page = browser.post(&page, "/login", &sign_in).is(200);
    assert_eq!(page.path, "/setup/people");
    browser.get("/staff/people/import").is(200).says("核对名册");
    browser.get("/admin/settings").is(403);
}
