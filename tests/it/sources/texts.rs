//! The files of `texts/`: what `src/texts/build.rs` refuses, and how they are written.

#[path = "../../../src/texts/build.rs"]
#[expect(dead_code, reason = "only what compares the texts is called here")]
mod build_script;

use crate::support::source::{self, SourceFile};
use build_script::{TextFile, compared, type_name};
use std::collections::BTreeSet;

/// Latin words in Chinese texts: names of headers, members, formats and words that are typed as they are.
const TYPED: &str = "\
    Accept administrator ASCII auth Authorization bands bank Bearer Content counts CSV Ctrl date docs Encoding \
    ETag Excel false GBK group guarantor highest hours HTTP https Idempotency If items JPEG JSON KB Key kind \
    least lsl lsy Match MB most name needs_person new_password nth_from off org otherwise over P password PDF \
    PNG points refresh_token request_id RFC scheme sms start Tab tiers true Type URL UTF UUID UUIDv valid_from \
    WebP work xlsx";

fn faults(chinese: &str, english: &str) -> Vec<String> {
    let file = |text: &str| -> Vec<TextFile> { vec![("shops.ftl".to_owned(), text.to_owned())] };
    compared(&[("zh-CN", file(chinese)), ("en", file(english))]).1
}

#[test]
fn a_text_that_one_language_lacks_ends_the_build_with_file_and_key() {
    let (chinese, english) =
        ("off = 已下架。\nleft = 只剩 { $left } 件。\n", "off = Off.\nleft = { $left } left.\n");
    assert_eq!(faults(chinese, english), Vec::<String>::new());
    assert_eq!(
        faults(chinese, "off = Off.\n"),
        ["texts/en/shops.ftl: `left` is missing; texts/zh-CN has it"]
    );
    assert_eq!(
        faults("off = 已下架。\n", english),
        ["texts/zh-CN/shops.ftl: `left` is missing; texts/en has it"]
    );
}

#[test]
fn an_argument_that_one_language_does_not_use_ends_the_build() {
    assert_eq!(
        faults("left = 只剩 { $left } 件。\n", "left = None left.\n"),
        ["texts/en/shops.ftl: `left` does not use $left; texts/zh-CN does"]
    );
    let inside = "left = { rest }\nrest = { $what ->\n    [a] { $left }\n   *[b] -\n }\n";
    assert_eq!(
        faults(inside, "left = { rest }\nrest = { $what ->\n   *[b] -\n }\n"),
        [
            "texts/en/shops.ftl: `left` does not use $left; texts/zh-CN does",
            "texts/en/shops.ftl: `rest` does not use $left; texts/zh-CN does"
        ]
    );
}

#[test]
fn what_cannot_be_read_or_stands_twice_ends_the_build() {
    let broken = faults("off = 已下架 }\n", "off = Off.\n");
    assert!(broken[0].starts_with("texts/zh-CN/shops.ftl, about line 1: "), "{broken:?}");
    assert_eq!(
        faults("off = 甲\noff = 乙\n", "off = Off.\n"),
        ["texts/zh-CN/shops.ftl: `off` stands in shops.ftl already"]
    );
    assert_eq!(
        faults("off = { gone }\n", "off = Off.\n"),
        ["texts/zh-CN/shops.ftl: `off` refers to `gone`, which is no text"]
    );
    assert_eq!(
        faults("column =\n    .id = 编号\n", "column =\n    .number = number\n"),
        [
            "texts/en/shops.ftl: `column` has no .id; texts/zh-CN does",
            "texts/zh-CN/shops.ftl: `column` has no .number; texts/en does"
        ]
    );
}

fn files(language: &str) -> Vec<SourceFile> {
    source::files(&format!("texts/{language}"), "ftl")
}

#[test]
fn every_text_is_said_somewhere() {
    let named = |file: &SourceFile| (file.path.rsplit('/').next().unwrap().to_owned(), file.text.clone());
    let languages = ["zh-CN", "en"].map(|one| (one, files(one).iter().map(named).collect::<Vec<TextFile>>()));
    let (texts, faults) = compared(&languages);
    assert_eq!(faults, Vec::<String>::new());
    assert!(texts.len() > 300, "the scan found {} texts only", texts.len());
    let words: BTreeSet<String> =
        source::files("src", "rs").iter().flat_map(|file| file.tokens()).map(|token| token.text).collect();
    // Templates, and the pages' code, say texts without arguments by a method of that name.
    let templates: String =
        source::files("src/portal/templates", "html").iter().map(|file| file.text.as_str()).collect();
    let said = |key: &str| {
        words.contains(&type_name(key)) || words.contains(key) || templates.contains(&format!(".{key}()"))
    };
    let inside: BTreeSet<&String> = texts.values().flat_map(|text| &text.references).collect();
    let idle = texts.iter().filter(|(key, text)| text.is_sentence && !said(key) && !inside.contains(key));
    assert_eq!(idle.map(|(key, _)| key.as_str()).collect::<Vec<_>>(), Vec::<&str>::new());
}

/// The words of a file that people read: no keys, no placeholders.
fn read_by_people(text: &str) -> String {
    let placeholder = regex::Regex::new(r"\{[^{}]*?(->|\})|^\s*\*?\[\w+\]|^\s*\.?\w+ =").unwrap();
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    lines.map(|line| placeholder.replace_all(line, " ").into_owned() + "\n").collect()
}

#[test]
fn chinese_texts_have_no_english_words_and_no_text_has_hidden_signs() {
    let latin = regex::Regex::new("[A-Za-z][A-Za-z_]+").unwrap();
    for file in files("zh-CN") {
        let text = read_by_people(&file.text);
        let typed = |word: &str| TYPED.split_whitespace().any(|known| known == word);
        let foreign: Vec<_> = latin.find_iter(&text).filter(|word| !typed(word.as_str())).collect();
        assert!(foreign.is_empty(), "{}: {foreign:?}", file.path);
    }
    let hidden = |c: char| {
        c.is_control() && c != '\n'
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
    };
    for file in files("zh-CN").iter().chain(&files("en")) {
        assert_eq!(file.text.chars().find(|c| hidden(*c)), None, "{}", file.path);
        assert!(file.text.starts_with("### "), "{}: says first what stands in it", file.path);
    }
}
