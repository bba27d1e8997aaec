//! Mainland mobile numbers.

use std::fmt;

/// A mainland mobile number: 11 digits, the first 1, the second 3 to 9.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Phone(String);

/// What is wrong with a mobile number. It never repeats the number itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PhoneFault {
    #[error("character {position} is not a digit")]
    NotADigit { position: usize },
    #[error("a mobile number has 11 digits, this one has {length}")]
    Length { length: usize },
    #[error("a mainland mobile number begins with 13 to 19; a fixed line cannot be used here")]
    NotMobile,
}

impl PhoneFault {
    /// The same in Chinese.
    pub fn chinese(self) -> String {
        match self {
            Self::NotADigit { position } => format!("第 {position} 个字符不是数字"),
            Self::Length { length } => format!("手机号应为 11 位数字，现为 {length} 位"),
            Self::NotMobile => "大陆手机号以 13 至 19 开头；此处不能填固定电话".into(),
        }
    }
}

impl Phone {
    /// Parses a mobile number as people write it: spaces and hyphens between the digits and `+86` or `0086` in front
    /// are dropped.
    pub fn parse(text: &str) -> Result<Self, PhoneFault> {
        let written = text.trim();
        let national =
            written.strip_prefix("+86").or_else(|| written.strip_prefix("0086")).unwrap_or(written);
        let dropped = written.chars().count().saturating_sub(national.chars().count());
        let mut digits = String::with_capacity(11);
        for (position, c) in (dropped.saturating_add(1)..).zip(national.chars()) {
            match c {
                ' ' | '-' => {}
                c if c.is_ascii_digit() => digits.push(c),
                _ => return Err(PhoneFault::NotADigit { position }),
            }
        }
        let mobile = digits.starts_with('1') && matches!(digits.as_bytes().get(1), Some(b'3'..=b'9'));
        match digits.len() {
            11 if mobile => Ok(Phone(digits)),
            11 | 12 if !mobile => Err(PhoneFault::NotMobile),
            length => Err(PhoneFault::Length { length }),
        }
    }

    /// All 11 digits: personal data, to be encrypted at rest and masked in answers.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// The last four digits, by which the counter finds people.
    pub fn tail(&self) -> &str {
        self.0.get(7..).unwrap_or_default()
    }
}

/// Masked, so that no log shows the number.
impl fmt::Debug for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Phone({})", super::mask::phone(self))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_ways_of_writing_a_number_mean_the_same() {
        for text in [
            "13800001234",
            " 138 0000 1234 ",
            "138-0000-1234",
            "+8613800001234",
            "+86 138 0000 1234",
            "0086-13800001234",
        ] {
            let phone = Phone::parse(text).unwrap();
            assert_eq!((phone.reveal(), phone.tail()), ("13800001234", "1234"), "{text}");
        }
        for text in ["16600001234", "17000001234", "19900001234"] {
            assert!(Phone::parse(text).is_ok(), "{text}");
        }
    }

    #[test]
    fn anything_else_is_refused_with_its_reason() {
        assert_eq!(Phone::parse("1380000123"), Err(PhoneFault::Length { length: 10 }));
        assert_eq!(Phone::parse("138000012345"), Err(PhoneFault::Length { length: 12 }));
        assert_eq!(Phone::parse(""), Err(PhoneFault::Length { length: 0 }));
        assert_eq!(Phone::parse("12800001234"), Err(PhoneFault::NotMobile));
        assert_eq!(Phone::parse("0379-1234567"), Err(PhoneFault::NotMobile));
        assert_eq!(Phone::parse("0379-12345678"), Err(PhoneFault::NotMobile));
        assert_eq!(Phone::parse("1380000１234"), Err(PhoneFault::NotADigit { position: 8 }));
        assert_eq!(Phone::parse("+86138x0001234"), Err(PhoneFault::NotADigit { position: 7 }));
        assert!(PhoneFault::NotMobile.chinese().contains("固定电话"));
    }

    #[test]
    fn a_log_line_does_not_show_the_number() {
        assert_eq!(format!("{:?}", Phone::parse("13800001234").unwrap()), "Phone(138****1234)");
    }
}
