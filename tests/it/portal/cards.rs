//! Cards and slips on pages: at the desk, at the till, in print, and the own card.

use crate::support::browser::Browser;
use crate::support::shops::{card, donate, set_pin, slips};
use crate::support::town::{PASSWORD, Town};

const PIN: &str = "385207";

fn town(points: i64) -> Town {
    let town = Town::new();
    donate(&town, "lin", points);
    town
}

#[test]
fn staff_set_a_pin_print_the_card_and_report_it_lost() {
    let town = town(50);
    let staff = Browser::signed_in(&town, "staff");
    let path = format!("/staff/people/{}/card", town.id("lin"));
    staff.get(&format!("/staff/people/{}", town.id("lin"))).is(200).says(&path);
    let page = staff.get(&path).is(200).says("还没有设");
    let pin = |one: &'static str, two: &'static str| [("step", "pin"), ("pin", one), ("pin_again", two)];
    let wrong = staff.post(&page, &path, &pin(PIN, "385208")).is(422).says("相同");
    assert!(!wrong.has("385207"), "a PIN is never shown again");
    staff.post(&page, &path, &pin("123456", "123456")).is(422).says("密码太容易猜到");
    staff.post(&page, &path, &pin("", "")).is(422);
    let page = staff.post(&page, &path, &pin(PIN, PIN)).is(200).says("六位密码设好了");
    assert!(!page.has("还没有设"), "{}", page.html);
    assert!(!staff.get(&path).has("六位密码设好了"), "said once");
    let print = staff.get(&format!("/staff/print/cards?member={}&paper=a6", town.id("lin"))).is(200);
    let first = card(&town, "lin");
    print.says("林示例").says(&first).says("<svg");
    let lost = staff.post(&page, &path, &[("step", "lost")]).is(200).says("上次挂失").says("已挂失：");
    assert!(lost.has("<details class=\"ask\">"), "it is asked first");
    assert_ne!(card(&town, "lin"), first);
    assert!(!lost.has("还没有设"), "the PIN stays");
    // The holder sees who did what.
    let lin = Browser::signed_in(&town, "volunteer");
    lin.get("/me/access")
        .is(200)
        .says("挂失了您的存折卡")
        .says("打印了您的存折卡")
        .says("设了您存折卡的密码");
}

#[test]
fn many_cards_are_printed_four_a_page() {
    let town = town(0);
    let staff = Browser::signed_in(&town, "staff");
    staff.get("/staff/cards").is(200).says("林示例").says("王示例");
    let compound = staff.get(&format!("/staff/cards?org={}", town.id("compound"))).is(200).says("王示例");
    assert!(!compound.has("林示例"));
    let of = |name: &str| format!("member={}", town.id(name));
    let all = ["lin", "wang", "zhao", "keeper"].map(of).join("&");
    let page = staff.get(&format!("/staff/print/cards?{all}&paper=a4")).is(200).says("要打印 4 张");
    assert_eq!(
        (page.html.matches("class=\"quarters\"").count(), page.html.matches("paper-card").count()),
        (1, 4)
    );
    let page = staff.get(&format!("/staff/print/cards?{all}&paper=a6")).is(200);
    assert_eq!(page.html.matches("class=\"quarters\"").count(), 4);
    Browser::signed_in(&town, "staff_sibling").get(&format!("/staff/print/cards?{all}")).is(404);
    Browser::signed_in(&town, "reviewer").get("/staff/cards").is(403);
}

#[test]
fn at_the_till_the_holder_of_a_card_types_the_pin() {
    let town = town(80);
    set_pin(&town, "lin", PIN);
    let card = card(&town, "lin");
    let clerk = Browser::signed_in(&town, "merchant_clerk");
    let till = clerk.get("/shop").is(200);
    let wrong = clerk.post(&till, "/shop", &[("code", "000000017-1-AAAAAA")]).is(422).says("没有找到这张卡");
    assert!(wrong.has("id=\"code-fault\""), "{}", wrong.html);
    clerk.post(&till, "/shop", &[("code", "000000017-1-AAA")]).is(422);
    let goods = clerk.post(&till, "/shop", &[("code", &card.to_lowercase())]).is(200).says("示例大米");
    assert!(!goods.has("林示例"));
    let check = clerk.get(&format!("{}/check?one={}", goods.path, town.id("rice"))).is(200);
    let check = check.says("name=\"pin\"").says("确认兑换 5 分");
    clerk.post(&check, &check.path, &[("pin", "")]).is(422).says("请输入密码");
    let again = clerk.post(&check, &check.path, &[("pin", "604913")]).is(422).says("还可以试 4 次");
    assert!(!again.has("604913"));
    let done = clerk.post(&again, &again.path, &[("pin", "３８５２０７")]).is(200).says("兑换成功");
    done.says("存折卡和密码");
    // Above the limit of a visit.
    let goods = clerk.post(&clerk.get("/shop"), "/shop", &[("code", &card)]).is(200);
    let over = clerk.get(&format!("{}/check?pieces.{}=6", goods.path, town.id("haircut"))).is(422);
    let over = over.says("超过用卡每次的上限").says("社区柜台");
    assert!(!over.has("name=\"pin\""), "the PIN is not asked for: {}", over.html);
}

#[test]
fn a_card_is_typed_in_its_own_field_and_refused_beside_it() {
    let town = town(80);
    set_pin(&town, "lin", PIN);
    let card = card(&town, "lin");
    let clerk = Browser::signed_in(&town, "merchant_clerk");
    let till = clerk.get("/shop").is(200);
    for wrong in ["", "000000017", "000000017-1-AAAAAA"] {
        let page = clerk.post(&till, "/shop", &[("card", wrong)]).is(422);
        assert!(page.has("id=\"card-fault\"") && !page.has("id=\"code-fault\""), "{}", page.html);
        assert!(page.has(&format!("value=\"{wrong}\"")), "what was typed stays: {}", page.html);
    }
    let bare = card.replace('-', "").to_lowercase();
    for field in ["card", "code"] {
        let till = clerk.get("/shop").is(200);
        clerk.post(&till, "/shop", &[(field, &bare)]).is(200).says("示例大米");
    }
    let guest = Browser::new(town.web.address());
    let page = guest.get("/login?by=card").is(200);
    guest.post(&page, "/login", &[("card", "12"), ("pin", PIN)]).is(422).says("id=\"card-fault\"");
    guest.post(&page, "/login", &[("card", &bare), ("pin", PIN)]).is(200).says("/me/code");
}

#[test]
fn a_slip_is_entered_at_the_shop_and_at_the_desk() {
    let town = town(20);
    let (card, pad) = (card(&town, "lin"), slips(&town, "shop", 3));
    let clerk = Browser::signed_in(&town, "merchant_clerk");
    let page = clerk.get("/shop/slips").is(200).says("一张最多 50 分");
    let rice = format!("pieces.{}", town.id("rice"));
    let haircut = format!("pieces.{}", town.id("haircut"));
    let day = "2026-03-02";
    let none = clerk.post(&page, "/shop/slips", &[("slip", &pad[0]), ("card", &card), ("day", day)]).is(422);
    assert!(none.has(&format!("value=\"{}\"", pad[0])), "what was typed stays");
    clerk.post(&page, "/shop/slips", &[("slip", ""), ("card", ""), ("day", ""), (&rice, "1")]).is(422);
    let late = [("slip", pad[0].as_str()), ("card", &card), ("day", "2026-03-01"), (&rice, "1")];
    clerk.post(&page, "/shop/slips", &late).is(422).says("登记单要当天录");
    let typed = pad[0].to_lowercase();
    let good = [("slip", typed.as_str()), ("card", &card), ("day", day), (&rice, "2")];
    clerk.post(&page, "/shop/slips", &good).is(200).says("兑换成功").says("登记单 000001");
    let again = clerk.get("/shop/slips");
    clerk.post(&again, "/shop/slips", &good).is(409).says("已经录过");
    // At the desk with the passbook number, above the balance.
    let staff = Browser::signed_in(&town, "staff");
    let path = format!("/staff/slips/{}", town.id("shop"));
    staff.get("/staff/slips").is(200).says("000001").says(&path);
    let number = card.split('-').next().unwrap();
    let page = staff.get(&path).is(200);
    let over = [("slip", pad[1].as_str()), ("card", number), ("day", day), (&haircut, "3")];
    staff.post(&page, &path, &over).is(200).says("兑换成功").says("区里垫付");
    let listed = Browser::signed_in(&town, "auditor").get("/staff/slips?covered=yes").is(200).says("000002");
    let listed = listed.says("<b>20</b>").says("/audit/entries/").says("区里垫付");
    assert!(!listed.has("000001"));
    // The shop sees the points, not what was covered.
    let owner = Browser::signed_in(&town, "merchant_owner").get("/staff/slips").is(200).says("000002");
    assert!(!owner.has("<b>20</b>"));
}

#[test]
fn staff_print_pads_for_a_shop() {
    let town = town(0);
    let staff = Browser::signed_in(&town, "staff");
    let page = staff.get("/staff/print/slips").is(200).says("示例超市");
    let shop = town.id("shop");
    staff.post(&page, "/staff/print/slips", &[("shop", &shop), ("slips", "0")]).is(422);
    let made = staff.post(&page, "/staff/print/slips", &[("shop", &shop), ("slips", "6")]).is(200);
    let made = made.says("第 000001 号到第 000006 号").says("000006-");
    // The next ones are for the same shop, whatever comes first by name.
    assert!(made.has(&format!("value=\"{shop}\" selected")), "{}", made.html);
    assert_eq!(
        (made.html.matches("class=\"quarters\"").count(), made.html.matches("paper-slip").count()),
        (2, 6)
    );
    let other = Browser::signed_in(&town, "staff_sibling").get("/staff/print/slips?first=1&last=6").is(200);
    assert!(!other.has("000001-"));
}

#[test]
fn members_change_their_own_pin_with_their_password() {
    let town = town(0);
    let lin = Browser::signed_in(&town, "volunteer");
    lin.get("/account").is(200).says("/me/card");
    let page = lin.get("/me/card").is(200).says("请带身份证到社区柜台设密码");
    assert!(!page.has("name=\"pin\""));
    set_pin(&town, "lin", PIN);
    let page = lin.get("/me/card").is(200).says("name=\"pin\"");
    let change = |password: &'static str, pin: &'static str| {
        lin.post(&page, "/me/card", &[("password", password), ("pin", pin), ("pin_again", pin)])
    };
    assert_eq!(change("wrong", "604913").status, 401);
    change(PASSWORD, "604604").is(422).says("密码太容易猜到");
    change(PASSWORD, "604913").is(200).says("六位密码设好了");
}
