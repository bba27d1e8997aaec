//! What is printed on a card and on a paper slip: the number, and letters by which a made-up one is recognised; how it
//! is read when people type it; and which PINs are too easy.

use std::fmt;

/// Letters that do not look like digits in print. One of them is guessed once in 24 tries.
const LETTERS: [char; 24] = [
    'A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'J', 'K', 'L', 'M', 'N', 'P', 'Q', 'R', 'S', 'T', 'U', 'V', 'W',
    'X', 'Y', 'Z',
];
/// The check letters of a card: 191 million possibilities.
pub const CARD_LETTERS: usize = 6;
/// Those of a slip, which must also have been printed for the shop that enters it.
pub const SLIP_LETTERS: usize = 4;
/// The longest number of a passbook.
const MOST_NUMBER: usize = 64;
/// The most digits of an edition.
const MOST_EDITION: usize = 4;
/// A PIN has six digits.
pub const PIN_DIGITS: usize = 6;

/// The first `count` letters of a keyed hash.
pub fn letters(mark: [u8; 16], count: usize) -> String {
    let mut number = u128::from_be_bytes(mark);
    let letter = |_| {
        let place = usize::try_from(number % 24).unwrap_or_default();
        number /= 24;
        LETTERS.get(place).copied().unwrap_or('A')
    };
    (0..count).map(letter).collect()
}

/// What was typed in the signs that are printed: dashes, digits and letters of input methods as plain ones.
pub fn as_printed(text: &str) -> String {
    let plain = |c: char| match c {
        '－' | '—' | '–' | '‐' | '−' | '_' => '-',
        '０'..='９' | 'Ａ'..='Ｚ' | 'ａ'..='ｚ' => {
            char::from_u32(u32::from(c).saturating_sub(0xfee0)).unwrap_or(c)
        }
        c => c,
    };
    text.trim().chars().map(plain).collect()
}

/// A text without its blanks.
fn without_blanks(text: &str) -> String {
    text.split_whitespace().collect()
}

/// A text without blanks and dashes, and before its last `count` signs, which are made capitals.
fn bare(text: &str, count: usize) -> Option<(String, String)> {
    let signs: String = text.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
    let (front, letters) = signs.split_at_checked(signs.len().checked_sub(count)?)?;
    Some((front.to_owned(), letters.to_ascii_uppercase()))
}

fn are_letters(text: &str, count: usize) -> bool {
    text.len() == count && text.chars().all(|c| LETTERS.contains(&c))
}

fn is_plain_number(text: &str, most: usize) -> bool {
    (1..=most).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit())
}

/// The text of a card: passbook number, edition, check letters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CardText {
    pub number: String,
    pub edition: i64,
    pub letters: String,
}

impl CardText {
    fn of(number: &str, edition: &str, letters: &str) -> Option<Self> {
        let fits = !number.is_empty()
            && number.chars().count() <= MOST_NUMBER
            && is_plain_number(edition, MOST_EDITION)
            && !edition.starts_with('0')
            && are_letters(letters, CARD_LETTERS);
        let edition = edition.parse().ok().filter(|_| fits)?;
        Some(CardText { number: number.to_owned(), edition, letters: letters.to_owned() })
    }

    /// What `000000017-1-KQXMTA` may mean, however it is typed: in small letters, full width, with blanks. The number of a
    /// passbook may have signs of its own, blanks too. Without dashes only a number of digits is read, and where the
    /// edition begins is not seen: the check letters tell which of several readings was printed.
    pub fn readings(text: &str) -> Vec<Self> {
        let text = as_printed(text);
        let dashed = text.rsplit_once('-').and_then(|(front, letters)| {
            let (number, edition) = front.rsplit_once('-')?;
            Some((number.trim(), without_blanks(edition), without_blanks(letters).to_ascii_uppercase()))
        });
        let mut readings = Vec::new();
        if let Some((number, edition, letters)) = dashed {
            let numbers = [number.to_owned(), without_blanks(number)];
            readings.extend(numbers.iter().filter_map(|number| CardText::of(number, &edition, &letters)));
            readings.dedup();
        } else if let Some((digits, letters)) = bare(&text, CARD_LETTERS) {
            readings.extend((1..=MOST_EDITION).filter_map(|length| {
                let (number, edition) = digits.split_at_checked(digits.len().checked_sub(length)?)?;
                CardText::of(number, edition, &letters).filter(|_| is_plain_number(number, MOST_NUMBER))
            }));
        }
        readings
    }
}

impl fmt::Display for CardText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}-{}", self.number, self.edition, self.letters)
    }
}

/// The text of a slip: its number, check letters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SlipText {
    pub number: i64,
    pub letters: String,
}

impl SlipText {
    /// `000042-KQXM`, however it is typed; noughts at the front may be left out.
    pub fn parse(text: &str) -> Option<Self> {
        let (number, letters) = bare(&as_printed(text), SLIP_LETTERS)?;
        let fits = is_plain_number(&number, 9) && are_letters(&letters, SLIP_LETTERS);
        let number = number.parse().ok().filter(|number| fits && *number > 0)?;
        Some(SlipText { number, letters })
    }
}

impl fmt::Display for SlipText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:06}-{}", self.number, self.letters)
    }
}

/// PINs that follow the keys of a number pad, or are words by their sound.
const TRIED_FIRST: [&str; 12] = [
    "147258", "258369", "369258", "147852", "741852", "159357", "159753", "357159", "520131", "521314",
    "131452", "168888",
];

/// Whether a PIN is among the first that others try: one digit or two, counting up or down, a half or a pair
/// repeated, keys in a line, or a part of what others may know of the person (`known`: phone, birth date, document,
/// passbook number).
pub fn is_easy_pin(pin: &str, known: &[String]) -> bool {
    let digits: Vec<u32> = pin.chars().filter_map(|c| c.to_digit(10)).collect();
    let different: std::collections::BTreeSet<&u32> = digits.iter().collect();
    let counts =
        |step: u32| digits.windows(2).all(|two| matches!(two, [a, b] if a.saturating_add(step) % 10 == *b));
    let (first, second) = digits.split_at(digits.len() / 2);
    let pairs = digits.chunks(2).all(|two| matches!(two, [a, b] if a == b));
    let of_person = known.iter().any(|text| {
        let plain: String = text.chars().filter(char::is_ascii_digit).collect();
        match plain.len() {
            // A year of birth alone.
            4 => pin.contains(&plain),
            _ => plain.contains(pin),
        }
    });
    different.len() <= 2
        || counts(1)
        || counts(9)
        || first == second
        || pairs
        || TRIED_FIRST.contains(&pin)
        || of_person
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cards_are_read_as_they_are_printed() {
        let card = CardText::readings("000000017-2-KQXMTA").pop().unwrap();
        assert_eq!((card.number.as_str(), card.edition, card.letters.as_str()), ("000000017", 2, "KQXMTA"));
        assert_eq!(card.to_string(), "000000017-2-KQXMTA");
        assert_eq!(CardText::readings("豫 A-32-10-KQXMTA")[0].number, "豫 A-32");
        for wrong in [
            "",
            "000000017",
            "000000017-2",
            "-2-KQXMTA",
            "1-0-KQXMTA",
            "1-02-KQXMTA",
            "1-2-KQXMT",
            "1-2-KQXMTI",
            "1-2-KQXMTAA",
            "1-99999-KQXMTA",
            "1--KQXMTA",
            "豫12KQXMTA",
            "KQXMTA",
            "20481024",
            "2048 1024",
            "https://x/r/00ff",
        ] {
            assert!(CardText::readings(wrong).is_empty(), "{wrong}");
        }
    }

    #[test]
    fn cards_are_read_as_people_type_them() {
        for typed in [
            " 000000017-1-kqxmta",
            "０００００００１７－１－ｋｑｘｍｔａ",
            "000000017 - 1 - kqx mta",
            "000 000 017-1-KQXMTA",
            "0000000171KQXMTA",
            "000000017 1 kqxmta",
            "0000000171-KQXMTA",
        ] {
            let readings = CardText::readings(typed);
            assert!(
                readings.iter().any(|card| card.to_string() == "000000017-1-KQXMTA"),
                "{typed}: {readings:?}"
            );
        }
        let editions: Vec<i64> =
            CardText::readings("00000001702KQXMTA").iter().map(|card| card.edition).collect();
        assert_eq!(editions, [2, 702, 1702], "an edition does not begin with a nought");
    }

    #[test]
    fn slips_are_read_as_people_type_them() {
        assert_eq!(SlipText::parse("000042-KQXM").unwrap().to_string(), "000042-KQXM");
        for typed in ["42-KQXM", "42－kqxm", "42 kqxm", "000042KQXM", "００００４２－ＫＱＸＭ"] {
            assert_eq!(SlipText::parse(typed), SlipText::parse("000042-KQXM"), "{typed}");
        }
        for wrong in ["", "42", "0-KQXM", "-KQXM", "42-KQX", "42-KQXO", "1234567890-KQXM", "4x-KQXM"] {
            assert_eq!(SlipText::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn letters_follow_the_hash_and_have_none_that_look_like_digits() {
        assert_eq!(letters([0; 16], 6), "AAAAAA");
        assert_ne!(letters([1; 16], 6), letters([2; 16], 6));
        assert!(are_letters(&letters([0xa7; 16], CARD_LETTERS), CARD_LETTERS));
    }

    #[test]
    fn a_pin_that_others_try_first_is_easy() {
        let known = ["13900001234".to_owned(), "11010119900307761X".to_owned(), "000000017".to_owned()];
        for easy in [
            "000000", "112211", "123456", "654321", "890123", "210987", "258258", "112233", "147258",
            "001234", "139000", "900307", "199003", "101199",
        ] {
            assert!(is_easy_pin(easy, &known), "{easy}");
        }
        assert!(is_easy_pin("719905", &["1990".to_owned()]));
        for good in ["385207", "719402", "604913"] {
            assert!(!is_easy_pin(good, &known), "{good}");
        }
    }
}
