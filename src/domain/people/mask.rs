//! Masks names and numbers where the whole is not needed.
//!
//! Public lists show the surname and the volunteer number only; internal ones, phones without the middle and identity
//! numbers without the birth date.

use super::id_document::{IdDocument, IdKind};
use super::phone::{Line, Phone};
use std::fmt;

/// Surnames of two characters; all others are taken to have one.
const COMPOUND_SURNAMES: &[&str] = &[
    "欧阳", "上官", "司马", "诸葛", "东方", "皇甫", "尉迟", "公孙", "令狐", "慕容", "司徒", "司空", "夏侯",
    "端木", "轩辕", "长孙", "宇文", "独孤", "南宫", "西门", "东郭", "南门", "闻人", "公羊", "公冶", "澹台",
    "赫连", "钟离", "淳于", "单于", "申屠", "太叔", "仲孙", "拓跋", "呼延", "百里", "万俟", "鲜于", "闾丘",
    "亓官", "司寇", "子车", "颛孙", "巫马", "公西", "漆雕", "乐正", "壤驷", "公良", "夹谷", "宰父", "谷梁",
    "段干", "东门", "梁丘", "左丘", "濮阳", "第五",
];

/// The surname: two characters for a compound surname with a given name after it, else the first character.
pub fn surname(name: &str) -> &str {
    let name = name.trim();
    let compound =
        COMPOUND_SURNAMES.iter().find(|s| name.strip_prefix(**s).is_some_and(|rest| !rest.is_empty()));
    match compound {
        Some(surname) => surname,
        None => {
            let first = name.chars().next().map_or(0, char::len_utf8);
            name.get(..first).unwrap_or_default()
        }
    }
}

/// In place of a name that may not be public at all.
pub const HIDDEN: &str = "***";

/// `王小明` → `王**`. Always two asterisks: their number says nothing about the name.
pub fn name(name: &str) -> String {
    format!("{}**", surname(name))
}

/// `13800001234` → `138****1234`, `0379-64900001` → `0379-****0001`, `+85251230001` → `+852****0001`.
pub fn phone(phone: &Phone) -> String {
    let whole = phone.reveal();
    let front = match phone.line() {
        Line::Mobile => whole.get(..3).unwrap_or_default(),
        Line::Fixed => whole.split_inclusive('-').next().unwrap_or_default(),
        Line::HongKong | Line::Macao | Line::Taiwan => whole.get(..4).unwrap_or_default(),
    };
    format!("{front}****{}", phone.tail())
}

/// `11010519491231002X` → `1101**********002X`, never the birth date; `E12345678` → `E****678`.
pub fn id_document(document: &IdDocument) -> String {
    let whole = document.number();
    match document.kind() {
        IdKind::ForeignPermanentResidence if whole.len() == 15 => {
            format!("{}******{}", whole.get(..7).unwrap_or_default(), whole.get(13..).unwrap_or_default())
        }
        _ if whole.len() == 18 => {
            format!("{}**********{}", whole.get(..4).unwrap_or_default(), whole.get(14..).unwrap_or_default())
        }
        _ => {
            // At most a third at the end: short numbers are not shown nearly whole.
            let end = whole.len().saturating_sub((whole.len() / 3).min(3));
            format!("{}****{}", whole.get(..1).unwrap_or_default(), whole.get(end..).unwrap_or_default())
        }
    }
}

/// Masked, so that no log shows the number.
impl fmt::Debug for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Phone({})", phone(self))
    }
}

/// Masked, so that no log shows the number.
impl fmt::Debug for IdDocument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "IdDocument({}, {})", self.kind().as_str(), id_document(self))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_public_list_shows_the_surname_only() {
        for (whole, masked) in [
            ("王小明", "王**"),
            ("王明", "王**"),
            ("王", "王**"),
            ("欧阳小明", "欧阳**"),
            ("司马明", "司马**"),
            // A name of two characters always has a surname of one.
            ("东方", "东**"),
            (" 李小红 ", "李**"),
            ("阿依古丽·示例", "阿**"),
            ("Anna Example", "A**"),
            ("𠮷小明", "𠮷**"),
            ("", "**"),
        ] {
            assert_eq!(name(whole), masked, "{whole}");
        }
    }

    #[test]
    fn numbers_are_shown_without_what_tells_the_person() {
        assert_eq!(phone(&Phone::parse("13800005678").unwrap()), "138****5678");
        assert_eq!(phone(&Phone::parse("+86 379 64900001").unwrap()), "0379-****0001");
        assert_eq!(phone(&Phone::parse("+852 51230001").unwrap()), "+852****0001");
        assert_eq!(phone(&Phone::parse("+886 912340001").unwrap()), "+886****0001");
        for (kind, number, masked) in [
            (IdKind::IdentityCard, "110101202311012176", "1101**********2176"),
            (IdKind::ForeignPermanentResidence, "CAN110080030124", "CAN1100******24"),
            (IdKind::HongKongMacaoPermit, "H12345678", "H****678"),
            (IdKind::TaiwanPermit, "12345678", "1****78"),
            (IdKind::Passport, "E12345678", "E****678"),
            (IdKind::Passport, "X1234", "X****4"),
        ] {
            assert_eq!(id_document(&IdDocument::read(Some(kind), number).unwrap()), masked, "{number}");
        }
    }
}
