//! Finds personal numbers (mobile numbers of the mainland, numbers of Hong Kong, Macao and Taiwan with their code,
//! resident identity numbers) in free text, which is stored unencrypted. Avoids amounts, days and numbers of invoices
//! as far as they can be distinguished.

use super::id_number::IdNumber;
use super::phone::Phone;
use crate::domain::writing::{half_width, is_unseen};
use crate::text_enum;

text_enum! {
    /// The kind of number that was found.
    PersonalNumber { Phone = "phone", IdNumber = "id_number" }
}

/// How people split a mobile number, by the digits of each group.
const PHONE_GROUPS: [&[usize]; 9] =
    [&[11], &[3, 4, 4], &[3, 8], &[7, 4], &[4, 3, 4], &[4, 4, 3], &[3, 3, 5], &[5, 6], &[6, 5]];
/// Two blanks, or a blank and a hyphen, may separate two groups.
const MOST_SEPARATORS: usize = 2;

/// The first personal number in a text.
pub fn find(text: &str) -> Option<PersonalNumber> {
    let seen = text.chars().filter(|c| !is_unseen(*c));
    let characters: Vec<char> = seen.map(|c| half_width(c).to_ascii_uppercase()).collect();
    (0..characters.len()).find_map(|start| {
        let (before, rest) = characters.split_at_checked(start)?;
        let begins = rest.first().is_some_and(char::is_ascii_digit);
        if !begins || before.last().is_some_and(char::is_ascii_digit) {
            return None;
        }
        if is_id_number(rest) {
            return Some(PersonalNumber::IdNumber);
        }
        (is_phone(before, rest) || is_phone_outside(before, rest)).then_some(PersonalNumber::Phone)
    })
}

fn is_separator(c: char) -> bool {
    matches!(c, ' ' | '-' | '_' | '·' | '/')
}

/// The leading digits, at most `most`, split into groups as they are written; and the rest.
fn groups(text: &[char], most: usize) -> Option<(Vec<usize>, Vec<char>, &[char])> {
    let (mut sizes, mut digits, mut rest) = (vec![0_usize], Vec::with_capacity(most), text);
    while digits.len() < most {
        let separators = rest.iter().take_while(|c| is_separator(**c)).count();
        if separators > MOST_SEPARATORS {
            return None;
        }
        let (_, behind) = rest.split_at_checked(separators)?;
        let (digit, behind) = behind.split_first()?;
        if !digit.is_ascii_digit() {
            return None;
        }
        if separators > 0 {
            sizes.push(0);
        }
        if let Some(size) = sizes.last_mut() {
            *size = size.saturating_add(1);
        }
        digits.push(*digit);
        rest = behind;
    }
    Some((sizes, digits, rest))
}

fn is_id_number(text: &[char]) -> bool {
    let Some((_, mut digits, rest)) = groups(text, 17) else { return false };
    let separators = rest.iter().take_while(|c| is_separator(**c)).count();
    let Some((last, behind)) = rest.get(separators..).and_then(<[char]>::split_first) else { return false };
    if separators > MOST_SEPARATORS || behind.first().is_some_and(char::is_ascii_alphanumeric) {
        return false;
    }
    digits.push(*last);
    IdNumber::parse(&digits.into_iter().collect::<String>()).is_ok()
}

fn is_phone(before: &[char], text: &[char]) -> bool {
    // The country code belongs to the number: skip it.
    let inland = ["0086", "86"].iter().find_map(|code| {
        let length = code.chars().count();
        let (front, rest) = text.split_at_checked(length)?;
        let separators = rest.iter().take_while(|c| is_separator(**c)).count();
        let named = front.iter().copied().eq(code.chars()) && separators <= MOST_SEPARATORS;
        rest.get(separators..).filter(|_| named)
    });
    [Some(text), inland].into_iter().flatten().any(|text| is_inland_phone(before, text))
}

/// A number with the code of Hong Kong, Macao or Taiwan, and a prefix that marks it: `+852 5123 0001`, `00853…`.
fn is_phone_outside(before: &[char], text: &[char]) -> bool {
    let signed = before.last() == Some(&'+');
    [11, 12, 13, 14, 15].into_iter().any(|length| {
        let Some((_, digits, rest)) = groups(text, length) else { return false };
        let digits: String = digits.into_iter().collect();
        let number = if signed { Some(digits.as_str()) } else { digits.strip_prefix("00") };
        let outside =
            number.filter(|number| ["852", "853", "886"].iter().any(|code| number.starts_with(code)));
        !rest.first().is_some_and(char::is_ascii_digit)
            && outside.is_some_and(|number| Phone::parse(&format!("+{number}")).is_ok())
    })
}

fn is_inland_phone(before: &[char], text: &[char]) -> bool {
    let Some((sizes, digits, rest)) = groups(text, 11) else { return false };
    if digits.first() != Some(&'1') || !matches!(digits.get(1), Some('3'..='9')) {
        return false;
    }
    let one_by_one = sizes.iter().all(|size| *size == 1);
    if !one_by_one && !PHONE_GROUPS.contains(&sizes.as_slice()) {
        return false;
    }
    // More digits, or a decimal fraction: an amount or a longer number.
    let mut following = rest.iter();
    match following.next() {
        Some(c) if c.is_ascii_digit() => return false,
        Some('.') if following.next().is_some_and(char::is_ascii_digit) => return false,
        _ => {}
    }
    // Not a phone: the end of a longer number with hyphens (20261031-13800001234), of a fraction, or of one word of
    // letters and digits (an id).
    let mut preceding = before.iter().rev();
    match preceding.next() {
        Some('-' | '.') if preceding.next().is_some_and(char::is_ascii_digit) => false,
        Some(c) if c.is_ascii_alphabetic() => {
            let word = before.iter().rev().take_while(|c| c.is_ascii_alphanumeric());
            word.clone().all(|c| c.is_ascii_alphabetic())
                && !rest.first().is_some_and(char::is_ascii_alphanumeric)
        }
        _ => !(sizes.len() == 1 && rest.first().is_some_and(char::is_ascii_alphabetic) && looks_hex(rest)),
    }
}

/// Whether a word of letters and digits continues after digits, as in an id.
fn looks_hex(rest: &[char]) -> bool {
    rest.iter().take_while(|c| c.is_ascii_alphanumeric()).any(char::is_ascii_digit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phone_is_found_however_it_is_written() {
        for text in [
            "13800001234",
            "电话13800001234",
            "请打 138 0000 1234。",
            "138-0000-1234",
            "138  0000  1234",
            "1380000 1234",
            "138 00001234",
            "1380 000 1234",
            "１３８００００１２３４",
            "１３８　００００　１２３４",
            "1 3 8 0 0 0 0 1 2 3 4",
            "1-3-8-0-0-0-0-1-2-3-4",
            "+86 13800001234",
            "+86-138-0000-1234",
            "008613800001234",
            "8613800001234",
            "tel:13800001234",
            "tel13800001234",
            "13800001234（家属）",
            "138\u{200b}0000\u{200b}1234",
            "第 3 项，19912345678，下午",
            "13800001234.",
            "13800001234、13900001234",
            "一行\n138 0000\t1234",
            "138\u{202d}00001234",
            "香港 +852 5123 0001",
            "＋８５３　６２３４　５６７８",
            "00886-912-345-678",
        ] {
            assert_eq!(find(text), Some(PersonalNumber::Phone), "{text}");
        }
    }

    #[test]
    fn an_identity_number_is_found_however_it_is_written() {
        for text in [
            "110101199003070011",
            "证件 11010519491231002X 核对过",
            "11010519491231002x",
            "１１０１０１１９９００３０７００１１",
            "110101 19900307 0011",
            "110101-1990-0307-0011",
            "身份证110101199003070011号",
        ] {
            assert_eq!(find(text), Some(PersonalNumber::IdNumber), "{text}");
        }
    }

    #[test]
    fn amounts_days_and_numbers_of_things_are_left_alone() {
        for text in [
            "",
            "带手套",
            "2026-10-31 08:00 至 2026-10-31 10:00",
            "2026年10月31日",
            "花费 150 2026-10-31",
            "1500 2026-10-1",
            "13800001234.50",
            "0.13800001234",
            "1286.50 分，还差 213.50 分",
            "发票 04100230011112345678",
            "发票 25412000000012345678",
            "发票号 12345678",
            "20261031-13800001234",
            "0379-65912345",
            "12345678901",
            "010-12345678",
            "6222 0213 8000 0123 456",
            "138000012345",
            "852 5123 0001",
            "+852 5123 00019",
            "1380000123",
            "110101199003070012",
            "110101199013070011",
            "0197f000-0000-7000-8000-13800001234a",
            "9f86d13800001234a081",
            "13 50 20 26 10 1",
            "2026 年 3 月 15 日 13 时 30 分，5 人，每人 20 分",
        ] {
            assert_eq!(find(text), None, "{text}");
        }
    }
}
