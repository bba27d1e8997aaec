//! The report of a month over the interface: a template comes back with the figures in it.

use crate::support::shops::donate;
use crate::support::town::Town;
use crate::support::upload::send_form;
use crate::support::web::Answer;
use crate::support::workbook::{sheet, template};

fn fill(town: &Town, who: &str, fields: &[(&str, &str)], file: &[u8]) -> Answer {
    let (address, token) = (town.web.address(), town.token(who));
    send_form(address, &token, &town.next_key(), "/v1/stats/report", fields, ("a.xlsx", file))
}

#[test]
fn a_template_comes_back_with_the_figures_of_the_period() {
    let town = Town::new();
    donate(&town, "lin", 10);
    town.at("2026-04-02T09:00");
    let community = town.id("community");
    let march = [("from", "2026-03-01"), ("until", "2026-03-31"), ("org", community.as_str())];
    let file = template(&[
        "{{org_name}} {{年}}年{{month}}月",
        "存入 {{存入}} 分",
        "{{today}}",
        "签字：　　　盖章：",
    ]);
    let answer = fill(&town, "staff", &march, &file);
    assert_eq!(answer.status, 200, "{}", answer.text);
    let named = answer.header("content-disposition").unwrap();
    assert!(named.contains("report_2026-03-01_2026-03-31.xlsx"), "{named}");
    let sheet = sheet(&answer.bytes);
    for text in ["示例社区 2026年3月<", "存入 10.00 分<", "2026-04-02<", "签字：　　　盖章：<"]
    {
        assert!(sheet.contains(text), "{sheet}");
    }
    let year = fill(&town, "staff", &[], &file);
    assert!(year.header("content-disposition").unwrap().contains("report_2026-01-01_2026-04-02"));
    town.verify_and_stop();
}

#[test]
fn what_cannot_be_filled_in_names_its_fault() {
    let town = Town::new();
    let file = template(&["{{served}}"]);
    let refused = |fields: &[(&str, &str)], file: &[u8]| {
        let answer = fill(&town, "staff", fields, file);
        (answer.status, answer.code(), answer.json()["field"].as_str().unwrap_or_default().to_owned())
    };
    let fault = |status: u16, code: &str, field: &str| (status, code.to_owned(), field.to_owned());
    assert_eq!(refused(&[], b"hello"), fault(400, "field_not_a_workbook", "file"));
    assert_eq!(refused(&[], &template(&["none"])), fault(400, "field_no_placeholder", "file"));
    assert_eq!(refused(&[], &template(&["{{how_many}}"])), fault(400, "field_unknown_placeholder", "file"));
    let reversed = [("from", "2026-02-02"), ("until", "2026-02-01")];
    assert_eq!(refused(&reversed, &file), fault(400, "field_days_reversed", "from"));
    assert_eq!(refused(&[("from", "2026-02-30")], &file), fault(400, "field_not_a_day", "from"));
    assert_eq!(refused(&[("from", "2026-03-03")], &file), fault(422, "day_in_future", "from"));
    assert_eq!(refused(&[("colour", "red")], &file), fault(400, "field_unknown", "colour"));
    let sibling = town.id("sibling");
    assert_eq!(refused(&[("org", &sibling)], &file).0, 404);
    for who in ["volunteer", "merchant_clerk"] {
        assert_eq!(fill(&town, who, &[], &file).status, 403, "{who}");
    }
    town.verify_and_stop();
}
