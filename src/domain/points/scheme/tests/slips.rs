//! Syntax errors in a scheme file: each in our own words, with its place.

use super::*;
use crate::domain::language::Language;

const HOURS: &str = "[hours]\npoints_per_hour = 1\n";

fn sentences_of(text: &str, language: Language) -> Vec<String> {
    let faults = Scheme::parse(text).expect_err("the file has faults");
    faults.iter().map(|fault| fault.sentence(language)).collect()
}

/// A line after the head of a scheme; the first sentence about it.
fn first(line: &str) -> String {
    sentences_of(&with(&format!("{line}\n{HOURS}")), Language::Chinese).remove(0)
}

#[test]
fn each_slip_of_the_pen_is_told_in_chinese_with_what_to_write() {
    for (line, sentence) in [
        ("least_award = １０", "第 5 行第 15 列：数字要用半角，请写成 10"),
        ("least_award = 10分", "第 5 行第 15 列：数字后面不写单位：请写成 10，去掉「分」"),
        ("least_award = 10 分", "第 5 行第 18 列：数字后面不写单位：请写成 10，去掉「分」"),
        ("least_award = 10%", "第 5 行第 15 列：数字后面不写单位：请写成 10，去掉「%」"),
        ("least_award = １０％", "第 5 行第 15 列：数字后面不写单位：请写成 10，去掉「%」"),
        ("least_award = 1,000", "第 5 行第 15 列：数字里不写逗号，请写成 1000 这样"),
        ("least_award = 010", "第 5 行第 15 列：数字不能以 0 开头，请写成 10"),
        ("least_award =", "第 5 行第 14 列：「=」后面没有内容，请填写"),
        ("least_award = # 十分", "第 5 行第 15 列：「=」后面没有内容，请填写"),
        ("= 10", "第 5 行第 1 列：「=」前面没有键，请填写"),
        ("least_award 10", "第 5 行第 1 列：键和内容之间要用半角的 ="),
        ("least_award: 10", "第 5 行第 12 列：键和内容之间要用半角的 ="),
        ("least_award ＝ 10", "第 5 行第 13 列：「＝」是全角符号，请写成半角的 ="),
        ("least_award = 10 每次", "第 5 行第 18 列：数字后面不写单位：请写成 10，去掉「每次」"),
        ("least_award = 10;", "第 5 行第 15 列：数字后面不写单位：请写成 10，去掉「;」"),
        ("least_award = 10 // 每次", "第 5 行第 18 列：数字后面不写单位：请写成 10，去掉「// 每次」"),
        ("// 每次", "第 5 行第 1 列：注释请以 # 开头"),
        ("＃ 每次", "第 5 行第 1 列：注释请以 # 开头"),
        ("classes = [“低保户”]", "第 5 行第 12 列：「“」不是半角引号：文字请用 \"…\" 括起来"),
        ("purse = “POINT”", "第 5 行第 9 列：「“」不是半角引号：文字请用 \"…\" 括起来"),
        ("purse = \"POINT”", "第 5 行第 15 列：「”」不是半角引号：文字请用 \"…\" 括起来"),
        ("purse = 「POINT」", "第 5 行第 9 列：「「」不是半角引号：文字请用 \"…\" 括起来"),
        ("purse = POINT", "第 5 行第 9 列：文字要加半角引号：请写成 \"POINT\""),
        ("purse = \"POINT", "第 5 行第 9 列：文字缺少引号：开头和结尾都要有 \""),
        ("purse = \"POINT\" 积分", "第 5 行第 17 列：内容后面多了「积分」：请删去，说明请写在 # 后面"),
        ("purse = \"a\\c\"", "第 5 行第 11 列：文字里的反斜杠要写两个：\\\\"),
        ("classes = [\"低保户\"，\"农户\"]", "第 5 行第 17 列：「，」是全角符号，请写成半角的 ,"),
        ("classes = [\"低保户\" \"农户\"]", "第 5 行第 18 列：各项之间要用半角逗号隔开"),
        ("lifetime = 是", "第 5 行第 12 列：「是」请写成 true"),
        ("lifetime = False", "第 5 行第 12 列：「False」请写成 false"),
        ("valid_until = 2026/12/31", "第 5 行第 15 列：日期请写成 2026-01-01 这样"),
        ("valid_until = 2026年12月31日", "第 5 行第 15 列：日期请写成 2026-01-01 这样"),
        ("valid_until = 2026-6-1", "第 5 行第 15 列：日期请写成 2026-01-01 这样"),
        ("名称 = \"试行\"", "第 5 行第 1 列：「名称」不能作键，请写成 name"),
        ("口径 = \"试行\"", "第 5 行第 1 列：「口径」不能作键：键只能用小写字母和下划线"),
        ("name = \"另一个\"", "第 5 行第 1 列：键「name」写了两次，请只保留一个"),
        ("［hours］", "第 5 行第 1 列：「［」是全角符号，请写成半角的 ["),
        ("【hours】", "第 5 行第 1 列：「【」是全角符号，请写成半角的 ["),
        ("[[items]", "第 5 行第 1 列：方括号没有成对：请写成 [hours] 或 [[items]] 这样，单独一行"),
        (
            "valid_form = 2026-01-01",
            "第 5 行第 1 列（valid_form）：不认识的键「valid_form」，是不是「valid_from」？",
        ),
        (
            "points_per_hour = 2",
            "第 5 行第 1 列（points_per_hour）：「points_per_hour」不属于这里，请移到 [hours] 下面或 [[hours.levels]] 下面或 [[hours.categories]] 下面",
        ),
        ("once_per = \"day\"", "第 5 行第 1 列（once_per）：「once_per」不属于这里，请移到 [[items]] 下面"),
        ("items = 3", "第 5 行第 9 列（items）：此处应为列表，现为整数"),
    ] {
        assert_eq!(first(line), sentence, "{line}");
    }
}

#[test]
fn a_list_of_tables_is_written_with_two_brackets() {
    let one = with("[items]\ncode = \"a\"\nname = \"甲\"\npoints = 1\n");
    assert_eq!(sentences_of(&one, Language::Chinese), ["第 5 行第 1 列（items）：items 应写成 [[items]]"]);
    let two = format!("{one}[items]\ncode = \"b\"\n");
    assert_eq!(
        sentences_of(&two, Language::Chinese)[0],
        "第 9 行第 2 列：items 应写成 [[items]]，每一项都要这样写"
    );
    let hours = with("[[hours]]\npoints_per_hour = 1\n");
    assert_eq!(
        sentences_of(&hours, Language::Chinese),
        ["第 5 行第 1 列（hours）：hours 只能有一个，应写成 [hours]"]
    );
    let twice = with("[hours]\npoints_per_hour = 1\n[hours]\nrounding = \"actual\"\n");
    assert_eq!(
        sentences_of(&twice, Language::Chinese)[0],
        "第 7 行第 2 列：[hours] 出现了两次，请合并到一处"
    );
}

#[test]
fn a_key_in_the_wrong_table_says_where_it_belongs() {
    let text = with("[hours]\npoints_per_hour = 1\nfour_eyes_above = 100\nstar = 1\n");
    assert_eq!(
        sentences_of(&text, Language::Chinese),
        [
            "第 7 行第 1 列（hours.four_eyes_above）：「four_eyes_above」不属于这里，请移到文件开头（第一个方括号之前）",
            "第 8 行第 1 列（hours.star）：「star」不属于这里，请移到 [[stars.steps]] 下面",
        ]
    );
    let english = sentences_of(&text, Language::English);
    assert!(english[0].ends_with("move it to the beginning of the file, before the first ["), "{english:?}");
}

/// English words of a sentence, except keys and words of the file and its own texts.
fn foreign(sentence: &str, text: &str) -> Vec<String> {
    let words = sentence.split(|c: char| !c.is_ascii_alphabetic() && c != '_');
    let known = |word: &str| {
        text.contains(word)
            || ["hours", "items", "true", "false", "name"].contains(&word)
            || crate::domain::points::scheme::keys::meant(word).is_some()
    };
    words.filter(|word| word.len() > 1 && !known(word)).map(str::to_owned).collect()
}

/// Every line of a valid file, corrupted in many ways: a fault at its line or later, or none; never a message of the
/// TOML parser.
#[test]
fn however_a_file_is_spoiled_the_chinese_sentences_hold_no_english() {
    let sound = sample("jianxian").unwrap();
    let lines: Vec<&str> = sound.lines().collect();
    let spoils: [fn(&str) -> String; 12] = [
        |line| line.replace('"', "“"),
        |line| line.replacen('"', "", 1),
        |line| line.replace('=', ""),
        |line| line.replace('=', "=="),
        |line| line.replace(']', ""),
        |line| line.replace('[', ""),
        |line| line.replace('{', "[").replace('}', "]"),
        |line| line.replace(',', " "),
        |line| line.replace(',', "，"),
        |line| format!("{line} 多余"),
        |line| line.replacen(|c: char| c.is_ascii_digit(), "１", 1),
        |line| line.chars().rev().collect(),
    ];
    for at in 0..lines.len() {
        for (way, spoil) in spoils.iter().enumerate() {
            let mut spoiled: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
            spoiled[at] = spoil(lines[at]);
            let text = spoiled.join("\n");
            let Err(faults) = Scheme::parse(&text) else { continue };
            for fault in &faults {
                let sentence = fault.sentence(Language::Chinese);
                assert_eq!(
                    foreign(&sentence, &text),
                    Vec::<String>::new(),
                    "way {way}, {}: {sentence}",
                    spoiled[at]
                );
                assert!(sentence.chars().count() < 400, "{sentence}");
            }
        }
    }
}

#[test]
fn at_most_fifty_faults_are_told_and_the_others_counted() {
    let mut text = String::new();
    for n in 0..15_000 / 15 {
        text.push_str(&format!("unknown_{n:03} = 1\n"));
    }
    let faults = Scheme::parse(&text).unwrap_err();
    assert_eq!(faults.len(), 51);
    let last = faults[50].sentence(Language::Chinese);
    assert!(last.contains("还有 955 处错误"), "{last}");
    let long = format!("{} = 1\n", "k".repeat(15_000));
    for text in [
        &text,
        &long,
        &"“\n".repeat(5_000),
        &"[".repeat(15_000),
        &"a = [\n".repeat(2_500),
        &"x=\n".repeat(5_000),
    ] {
        let faults = Scheme::parse(text).unwrap_err();
        let size: usize = [Language::Chinese, Language::English]
            .iter()
            .flat_map(|language| faults.iter().map(move |fault| fault.sentence(*language).len()))
            .sum();
        assert!(faults.len() <= 51 && size < 60_000, "{} faults, {size} bytes", faults.len());
    }
}

#[test]
fn no_text_of_a_scheme_has_a_character_that_nobody_sees() {
    for sign in ['\u{200b}', '\u{202e}', '\u{3164}'] {
        let text = with(HOURS).replace("试行办法", &format!("试行{sign}办法"));
        let sentences = sentences_of(&text, Language::Chinese);
        assert_eq!(sentences.len(), 1, "{sentences:?}");
        assert!(sentences[0].contains("（name）"), "{sentences:?}");
    }
}
