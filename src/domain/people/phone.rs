//! Phone numbers: mobile and fixed-line numbers of the mainland, numbers of Hong Kong, Macao and Taiwan.

use crate::domain::writing::{half_width, is_unseen};
use crate::texts::{Text, sentences as s};

/// A phone number in its one stored form: `13800001234`, `0379-64900001`, `+85251230001`.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Phone {
    line: Line,
    text: String,
}

/// The kind of a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Line {
    /// Mainland: 11 digits, the first 1, the second 3 to 9.
    Mobile,
    /// Mainland: area code and 7 or 8 digits.
    Fixed,
    HongKong,
    Macao,
    Taiwan,
}

/// What is wrong with a number. It never repeats the number itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PhoneFault {
    NotADigit { position: usize },
    Length { length: usize },
    NotMobile,
    NotFixed,
    NoAreaCode,
    NotOfHongKong,
    NotOfMacao,
    NotOfTaiwan,
    OtherCountry,
}

impl PhoneFault {
    /// What is wrong, as a part of a sentence.
    pub fn text(self) -> Text {
        match self {
            Self::NotADigit { position } => s::PhoneNotADigit { position }.into(),
            Self::Length { length } => s::PhoneLength { length }.into(),
            Self::NotMobile => s::PhoneNotMobile.into(),
            Self::NotFixed => s::PhoneNotFixed.into(),
            Self::NoAreaCode => s::PhoneNoAreaCode.into(),
            Self::NotOfHongKong => s::PhoneNotOfHongKong.into(),
            Self::NotOfMacao => s::PhoneNotOfMacao.into(),
            Self::NotOfTaiwan => s::PhoneNotOfTaiwan.into(),
            Self::OtherCountry => s::PhoneOtherCountry.into(),
        }
    }
}

/// The digits of a number, and whether it has a country code.
struct Written {
    digits: String,
    abroad: bool,
}

impl Written {
    /// Full-width signs count as ASCII; blanks, hyphens, brackets and invisible characters are dropped.
    fn of(text: &str) -> Result<Self, PhoneFault> {
        let mut written = Written { digits: String::with_capacity(16), abroad: false };
        for (position, c) in (1_usize..).zip(text.chars()) {
            match half_width(c) {
                ' ' | '-' | '(' | ')' => {}
                '+' if written.digits.is_empty() && !written.abroad => written.abroad = true,
                c if c.is_ascii_digit() => written.digits.push(c),
                _ if is_unseen(c) => {}
                _ => return Err(PhoneFault::NotADigit { position }),
            }
        }
        if let Some(rest) = written.digits.strip_prefix("00").filter(|_| !written.abroad) {
            written = Written { digits: rest.to_owned(), abroad: true };
        }
        Ok(written)
    }
}

impl Phone {
    /// Parses a number as people write it: `138 0000 1234`, `+86 138-0000-1234`, `１３８…`, `(0379) 6490 0001`, `+852
    /// 5123 0001`.
    pub fn parse(text: &str) -> Result<Self, PhoneFault> {
        let Written { digits, abroad } = Written::of(text)?;
        let length = digits.len();
        for (code, line) in [("852", Line::HongKong), ("853", Line::Macao), ("886", Line::Taiwan)] {
            let whole = abroad || length == 11 || (length == 12 && line == Line::Taiwan);
            if let Some(rest) = digits.strip_prefix(code).filter(|_| whole) {
                return Self::outside(line, rest);
            }
        }
        match digits.strip_prefix("86").filter(|_| abroad || length == 13) {
            Some(national) => Self::mainland(national, true),
            None if abroad => Err(PhoneFault::OtherCountry),
            None => Self::mainland(&digits, false),
        }
    }

    /// `national`: after +86 the 0 of an area code is optional.
    fn mainland(digits: &str, national: bool) -> Result<Self, PhoneFault> {
        let length = digits.len();
        let mut first = digits.bytes();
        match (first.next(), first.next()) {
            (Some(b'1'), Some(b'3'..=b'9')) if length == 11 => {
                Ok(Phone { line: Line::Mobile, text: digits.to_owned() })
            }
            (Some(b'0'), _) => Self::fixed(digits),
            (Some(b'1'), Some(b'0')) if national && length == 10 => Self::fixed(&format!("0{digits}")),
            (Some(b'2'..=b'9'), _) if national => Self::fixed(&format!("0{digits}")),
            (Some(b'2'..=b'9'), _) if matches!(length, 7 | 8) => Err(PhoneFault::NoAreaCode),
            _ if matches!(length, 11 | 12) && !matches!(digits.as_bytes().get(1), Some(b'3'..=b'9')) => {
                Err(PhoneFault::NotMobile)
            }
            (Some(b'2'..=b'9'), _) if length == 11 => Err(PhoneFault::NotMobile),
            _ => Err(PhoneFault::Length { length }),
        }
    }

    fn fixed(digits: &str) -> Result<Self, PhoneFault> {
        let short = digits.starts_with("010") || digits.starts_with("02");
        let (area, number) =
            digits.split_at_checked(if short { 3 } else { 4 }).ok_or(PhoneFault::NotFixed)?;
        let known = short || matches!(area.as_bytes().get(1), Some(b'3'..=b'9'));
        let right = matches!(number.len(), 7 | 8) && matches!(number.as_bytes().first(), Some(b'2'..=b'9'));
        match known && right {
            true => Ok(Phone { line: Line::Fixed, text: format!("{area}-{number}") }),
            false => Err(PhoneFault::NotFixed),
        }
    }

    fn outside(line: Line, digits: &str) -> Result<Self, PhoneFault> {
        let digits = digits.strip_prefix('0').filter(|_| line == Line::Taiwan).unwrap_or(digits);
        let (first, length) = (digits.bytes().next().unwrap_or(0), digits.len());
        let (code, right, fault) = match line {
            Line::HongKong => ("852", length == 8 && matches!(first, b'2'..=b'9'), PhoneFault::NotOfHongKong),
            Line::Macao => {
                ("853", length == 8 && matches!(first, b'2' | b'6' | b'8'), PhoneFault::NotOfMacao)
            }
            _ => {
                let mobile = first == b'9' && length == 9;
                let fixed = matches!(first, b'2'..=b'8') && matches!(length, 8 | 9);
                ("886", mobile || fixed, PhoneFault::NotOfTaiwan)
            }
        };
        if right { Ok(Phone { line, text: format!("+{code}{digits}") }) } else { Err(fault) }
    }

    pub fn line(&self) -> Line {
        self.line
    }

    /// The whole number in its stored form: personal data, to be encrypted at rest and masked in answers.
    pub fn reveal(&self) -> &str {
        &self.text
    }

    /// The last four digits, by which the counter finds people.
    pub fn tail(&self) -> &str {
        let start = self.text.len().saturating_sub(4);
        self.text.get(start..).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::texts::Language;

    #[test]
    fn the_usual_ways_of_writing_a_number_mean_the_same() {
        for text in [
            "13800001234",
            " 138 0000 1234 ",
            "138-0000-1234",
            "+8613800001234",
            "+86 138 0000 1234",
            "0086-13800001234",
            "8613800001234",
            "１３８００００１２３４",
            "＋８６　１３８－００００－１２３４",
            "\u{202d}138\u{200b}00001234\u{202c}",
            "138–0000–1234",
        ] {
            let phone = Phone::parse(text).unwrap();
            assert_eq!((phone.reveal(), phone.tail()), ("13800001234", "1234"), "{text}");
            assert_eq!(phone.line(), Line::Mobile);
        }
        for text in ["16600001234", "17000001234", "19900001234"] {
            assert!(Phone::parse(text).is_ok(), "{text}");
        }
    }

    #[test]
    fn fixed_lines_and_numbers_of_hong_kong_macao_and_taiwan_are_kept_as_such() {
        for (text, kept, line) in [
            ("0379-64900001", "0379-64900001", Line::Fixed),
            ("（0379）6490 0001", "0379-64900001", Line::Fixed),
            ("037964900001", "0379-64900001", Line::Fixed),
            ("+86 379 6490 0001", "0379-64900001", Line::Fixed),
            ("+86 0379 6490 0001", "0379-64900001", Line::Fixed),
            ("0398-2190001", "0398-2190001", Line::Fixed),
            ("010-65200001", "010-65200001", Line::Fixed),
            ("+86 10 65200001", "010-65200001", Line::Fixed),
            ("021 62200001", "021-62200001", Line::Fixed),
            ("+852 5123 0001", "+85251230001", Line::HongKong),
            ("00852-5123-0001", "+85251230001", Line::HongKong),
            ("852 51230001", "+85251230001", Line::HongKong),
            ("+853 6612 0001", "+85366120001", Line::Macao),
            ("＋８５３　６６１２　０００１", "+85366120001", Line::Macao),
            ("+886 912 340 001", "+886912340001", Line::Taiwan),
            ("+886 0912-340-001", "+886912340001", Line::Taiwan),
            ("+886 2 2340 0001", "+886223400001", Line::Taiwan),
        ] {
            let phone = Phone::parse(text).unwrap_or_else(|fault| panic!("{text}: {fault:?}"));
            assert_eq!((phone.reveal(), phone.line(), phone.tail()), (kept, line, "0001"), "{text}");
            assert_eq!(Phone::parse(kept).as_ref(), Ok(&phone), "what is stored reads back");
        }
    }

    #[test]
    fn anything_else_is_refused_with_its_reason() {
        for (text, fault) in [
            ("1380000123", PhoneFault::Length { length: 10 }),
            ("138000012345", PhoneFault::Length { length: 12 }),
            ("", PhoneFault::Length { length: 0 }),
            ("+", PhoneFault::OtherCountry),
            ("12800001234", PhoneFault::NotMobile),
            ("0379-1234567", PhoneFault::NotFixed),
            ("0379-649000", PhoneFault::NotFixed),
            ("0379-649000011", PhoneFault::NotFixed),
            ("0179-64900001", PhoneFault::NotFixed),
            ("64900001", PhoneFault::NoAreaCode),
            ("6490000", PhoneFault::NoAreaCode),
            ("+852 1123 0001", PhoneFault::NotOfHongKong),
            ("+852 5123 000", PhoneFault::NotOfHongKong),
            ("+853 9123 0001", PhoneFault::NotOfMacao),
            ("+886 912 340 0011", PhoneFault::NotOfTaiwan),
            ("+1 212 555 0001", PhoneFault::OtherCountry),
            ("1380000x234", PhoneFault::NotADigit { position: 8 }),
            ("138+0000123", PhoneFault::NotADigit { position: 4 }),
            ("+86138x0001234", PhoneFault::NotADigit { position: 7 }),
        ] {
            assert_eq!(Phone::parse(text), Err(fault), "{text}");
        }
        assert!(PhoneFault::NotFixed.text().say(Language::Chinese).contains("固定电话"));
    }

    #[test]
    fn a_log_line_does_not_show_the_number() {
        assert_eq!(format!("{:?}", Phone::parse("13800001234").unwrap()), "Phone(138****1234)");
        assert_eq!(format!("{:?}", Phone::parse("0379-64900001").unwrap()), "Phone(0379-****0001)");
    }
}
