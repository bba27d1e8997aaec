//! What is read from paper at the till: one field takes the code of a phone and the text of a card.

use crate::domain::shops::paper::as_printed;

/// Whether this is meant as the text of a card: unlike digits for typing and links it ends in a letter.
pub fn is_of_card(text: &str) -> bool {
    let text = as_printed(text);
    !text.contains('/') && text.ends_with(|c: char| c.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cards_are_told_from_codes() {
        for text in ["000000017-1-KQXMTA", " 0000000171kqxmta ", "000000017-1-KQ", "１７－１－ＫＱＸＭＴＡ"]
        {
            assert!(is_of_card(text), "{text}");
        }
        for text in ["20481024", "2048 1024", "https://x/r/00ff", "2048-1024", "000000017", ""] {
            assert!(!is_of_card(text), "{text}");
        }
    }
}
