use super::sentences as s;
use super::*;

#[test]
fn a_text_is_said_in_either_language_with_its_arguments_and_no_hidden_marks() {
    let text = Text::from(s::SeatsFull { seats: 1234 });
    assert_eq!(
        text.say(Language::Chinese),
        "名额已满：这项活动只有 1234 个名额。请另选一项，或由负责人增加名额后重新发布。"
    );
    assert_eq!(
        text.say(Language::English),
        "No seats left: the activity has 1234. Choose another, or publish it anew with more seats."
    );
}

#[test]
fn an_argument_may_be_a_text_a_list_or_different_in_each_language() {
    let kinds = [Each::of("护照", "passport"), Each::of("其他", "other")];
    let text = Text::from(s::ImportInRow {
        row: 7,
        what: Text::from(s::ImportNotAnIdKind { kinds: List::of(kinds) }),
    });
    assert_eq!(text.say(Language::Chinese), "第 7 行：不认识的证件种类，请填写其中之一：护照、其他。");
    assert_eq!(text.say(Language::English), "row 7: not a kind of document: write one of passport, other.");
}

#[test]
fn what_a_caller_wrote_is_repeated_as_it_stands() {
    let text = Text::from(s::SchemeFileDuplicate { code: "{ $code } { thing }" });
    assert_eq!(text.say(Language::English), "the code `{ $code } { thing }` is used twice");
}

#[test]
fn a_column_is_called_what_people_call_it() {
    assert_eq!(column("birth_year", Language::Chinese).as_deref(), Some("出生年份"));
    assert_eq!(column("birth_year", Language::English).as_deref(), Some("year of birth"));
    assert_eq!(column("unheard", Language::English), None);
}
