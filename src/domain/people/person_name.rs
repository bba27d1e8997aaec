//! A person's name, in its stored form and as a comparison key. The interface, sheets and searches all parse names
//! here.

use crate::domain::writing::{first_unseen, half_width, is_han};
use crate::texts::{Text, sentences as s};
use unicode_normalization::UnicodeNormalization;

/// The longest name, in characters.
pub const MOST: usize = 64;

/// The dots that join the parts of a name; they look alike.
const DOTS: &[char] = &[
    '\u{00b7}', '\u{0387}', '\u{16eb}', '\u{2022}', '\u{2027}', '\u{2219}', '\u{22c5}', '\u{2e31}',
    '\u{30fb}', '\u{a78f}', '\u{ff65}',
];
const DOT: char = '\u{00b7}';

/// What is wrong with a name. It never repeats the name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameFault {
    Empty,
    TooLong,
    Unseen { position: usize, code: u32 },
    Garbled,
    NoLetter,
}

impl NameFault {
    /// What is wrong, as a part of a sentence.
    pub fn text(self) -> Text {
        match self {
            Self::Empty => s::NameEmpty.into(),
            Self::TooLong => s::NameTooLong { most: MOST }.into(),
            Self::Unseen { position, code } => s::NameUnseen { position, code: format!("{code:04X}") }.into(),
            Self::Garbled => s::NameGarbled.into(),
            Self::NoLetter => s::NameNoLetter.into(),
        }
    }
}

/// Normalises a name as people write it: NFC, no blanks at the ends, all forms of `·` as one, several blanks as one.
/// Blanks between Chinese characters and around `·` are dropped.
pub fn read(text: &str) -> Result<String, NameFault> {
    if let Some((position, c)) = first_unseen(text) {
        return Err(NameFault::Unseen { position, code: u32::from(c) });
    }
    let text = text.trim();
    if text.is_empty() {
        return Err(NameFault::Empty);
    }
    if text.chars().count() > MOST {
        return Err(NameFault::TooLong);
    }
    if text.contains('\u{fffd}') {
        return Err(NameFault::Garbled);
    }
    if !text.chars().any(char::is_alphabetic) {
        return Err(NameFault::NoLetter);
    }
    Ok(folded(text))
}

/// The comparison key of a name or of its beginning: normalised like [`read`], full-width letters as ASCII, upper
/// case as lower case. Never fails: what [`read`] would refuse is kept as it is.
pub fn key(name: &str) -> String {
    let seen: String =
        name.chars().filter(|c| !c.is_control() && !crate::domain::writing::is_unseen(*c)).collect();
    let plain: String = seen.trim().nfkc().collect::<String>().to_lowercase();
    folded(&plain)
}

fn folded(text: &str) -> String {
    let composed: Vec<char> = text.nfc().collect();
    let mut name = String::with_capacity(text.len());
    let mut blank = false;
    for (at, c) in composed.iter().copied().enumerate() {
        if c.is_whitespace() {
            blank = true;
            continue;
        }
        let before = name.chars().next_back();
        let next = at.checked_add(1).and_then(|next| composed.get(next)).copied();
        // Many systems join names of several parts by a full stop.
        let stop = half_width(c) == '.' && before.is_some_and(is_han) && next.is_some_and(is_han);
        let c = if stop || DOTS.contains(&c) { DOT } else { c };
        let joined = before.is_none_or(|before| before == DOT || (is_han(before) && is_han(c))) || c == DOT;
        if blank && !joined {
            name.push(' ');
        }
        name.push(c);
        blank = false;
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::texts::Language;

    #[test]
    fn a_name_is_one_name_however_it_is_written() {
        for (written, kept) in [
            ("张三", "张三"),
            (" 张　三 ", "张三"),
            ("张 \u{a0} 三", "张三"),
            ("\u{3000}张三", "张三"),
            ("阿依古丽•示例", "阿依古丽·示例"),
            ("阿依古丽‧示例", "阿依古丽·示例"),
            ("阿依古丽・示例", "阿依古丽·示例"),
            ("阿依古丽 · 示例", "阿依古丽·示例"),
            ("阿依古丽．示例", "阿依古丽·示例"),
            ("阿依古丽.示例", "阿依古丽·示例"),
            ("Anna   Example", "Anna Example"),
            ("J. R. Example", "J. R. Example"),
            ("张三 Example", "张三 Example"),
            ("Zoe\u{308} Example", "Zo\u{eb} Example"),
            ("𠮷　小明", "𠮷小明"),
            ("1号楼 张家", "1号楼张家"),
        ] {
            assert_eq!(read(written).as_deref(), Ok(kept), "{written:?}");
            assert_eq!(read(kept).as_deref(), Ok(kept), "{kept:?}");
        }
    }

    #[test]
    fn names_are_compared_without_regard_to_blanks_dots_widths_and_capitals() {
        for (one, other) in [
            ("张　三", "张三"),
            ("Ａｎｎａ Example", "anna example"),
            ("阿依古丽•示例", "阿依古丽·示例"),
            ("张\u{200b}三", "张三"),
        ] {
            assert_eq!(key(one), key(other), "{one:?}");
        }
        assert_ne!(key("张三"), key("张三丰"));
        assert_ne!(key("Ann Example"), key("Anne Xample"));
        assert!(key("张三丰").starts_with(&key("张　三")));
        assert_eq!(key(" \u{200b} "), "");
    }

    #[test]
    fn what_nobody_sees_is_refused_with_its_place() {
        for c in [
            '\u{200b}', '\u{200f}', '\u{202e}', '\u{2066}', '\u{feff}', '\u{3164}', '\u{2800}', '\u{0}', '\n',
        ] {
            let refused = read(&format!("张{c}三"));
            assert_eq!(refused, Err(NameFault::Unseen { position: 2, code: u32::from(c) }), "{c:?}");
        }
        assert_eq!(read(""), Err(NameFault::Empty));
        assert_eq!(read(" 　 "), Err(NameFault::Empty));
        assert_eq!(read("138"), Err(NameFault::NoLetter));
        assert_eq!(read("张\u{fffd}"), Err(NameFault::Garbled));
        assert_eq!(read(&"名".repeat(65)), Err(NameFault::TooLong));
        let sentence = NameFault::Unseen { position: 2, code: 0x200b }.text().say(Language::Chinese);
        assert_eq!(sentence, "姓名第 2 个字符看不见（U+200B），请整个删去后重新输入");
    }
}
