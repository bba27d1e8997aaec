//! The pinyin initials of a name, by which a desk finds it with a few keys: `lsy` finds 李示英. Surnames are read as
//! surnames (单 is Shan, 曾 is Zeng); other characters by their usual reading.

use super::person_name;
use crate::domain::writing::is_han;
use pinyin::ToPinyin;

/// Surnames whose first letter differs from that of the character's usual reading; compound ones first.
const SURNAMES: &[(&str, &str)] = &[
    ("万俟", "mq"),
    ("尉迟", "yc"),
    ("澹台", "tt"),
    ("单", "s"),
    ("解", "x"),
    ("仇", "q"),
    ("区", "o"),
    ("曾", "z"),
    ("查", "z"),
    ("翟", "z"),
    ("折", "s"),
    ("秘", "b"),
    ("繁", "p"),
    ("乐", "y"),
    ("覃", "q"),
    ("召", "s"),
    ("种", "c"),
    ("句", "g"),
    ("祭", "z"),
    ("便", "p"),
    ("郇", "x"),
    ("佴", "n"),
];

/// Fewer letters than this fit a tenth of all names, which helps no search.
pub const LEAST: usize = 2;

/// What stands for a name without any initial.
const NONE: &str = "?";

/// The initials of a name or of its beginning: one letter for each Chinese character, one for each word of others.
pub fn of(name: &str) -> String {
    let key = person_name::key(name);
    let surname = SURNAMES.iter().find_map(|(surname, read)| Some((key.strip_prefix(surname)?, *read)));
    let (rest, mut initials) =
        surname.map_or((key.as_str(), String::new()), |(rest, read)| (rest, read.into()));
    let mut in_word = false;
    for c in rest.chars() {
        let is_letter = c.is_ascii_alphanumeric();
        match c.to_pinyin().and_then(|read| read.plain().chars().next()) {
            Some(first) => initials.push(first),
            None if is_letter && !in_word => initials.push(c),
            None => {}
        }
        in_word = is_letter;
    }
    initials
}

/// The initials as they are stored: never empty, which stands for "still to be filled".
pub fn stored(name: &str) -> String {
    Some(of(name)).filter(|initials| !initials.is_empty()).unwrap_or_else(|| NONE.to_owned())
}

/// What a text of initials asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Typed {
    /// The beginning of the name in characters, as its comparison key.
    pub start: Option<String>,
    pub initials: String,
}

/// Reads a text as initials: letters only (`lsy`), or characters and then letters (`李s`).
pub fn read(text: &str) -> Option<Typed> {
    let key: String = person_name::key(text).chars().filter(|c| *c != ' ').collect();
    let letters = key.trim_start_matches(is_han);
    if letters.is_empty() || !letters.bytes().all(|byte| byte.is_ascii_lowercase()) {
        return None;
    }
    let start = key.strip_suffix(letters).unwrap_or_default();
    let initials = format!("{}{letters}", of(start));
    if initials.len() < LEAST {
        return None;
    }
    Some(Typed { start: (!start.is_empty()).then(|| start.to_owned()), initials })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_the_initials_by_which_they_are_called() {
        for (name, initials) in [
            ("李示英", "lsy"),
            ("欧阳示例", "oysl"),
            ("吕　示", "ls"),
            ("单示兰", "ssl"),
            ("解示", "xs"),
            ("仇示", "qs"),
            ("区示", "os"),
            ("曾示", "zs"),
            ("万示", "ws"),
            ("万俟示", "mqs"),
            ("示单", "sd"),
            ("阿依古丽·示例", "ayglsl"),
            ("Anna Example", "ae"),
            ("1号楼张家", "1hlzj"),
            ("·", ""),
        ] {
            assert_eq!(of(name), initials, "{name}");
        }
        assert_eq!(stored("·"), "?");
    }

    #[test]
    fn letters_are_read_as_initials_also_after_characters() {
        let typed = |start: Option<&str>, initials: &str| {
            Some(Typed { start: start.map(str::to_owned), initials: initials.into() })
        };
        assert_eq!(read("LSY"), typed(None, "lsy"));
        assert_eq!(read("ｌ s y"), typed(None, "lsy"));
        assert_eq!(read("李s"), typed(Some("李"), "ls"));
        assert_eq!(read("曾 s"), typed(Some("曾"), "zs"));
        for other in ["", "李示", "s李", "l", "1384", "a1", "l-y"] {
            assert_eq!(read(other), None, "{other}");
        }
    }
}
