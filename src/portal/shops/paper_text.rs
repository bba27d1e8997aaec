//! What is read or typed from paper: the text of a card or a slip, as people and input methods write it.

use crate::portal::frame::form::plain_digits;

/// Dashes, letters and digits as they are printed.
fn plain(text: &str) -> String {
    let text = plain_digits(text.trim());
    let dash = |c: char| if matches!(c, '－' | '—' | '–' | '‐' | '−' | '_') { '-' } else { c };
    let letter = |c: char| match u32::from(c) {
        code @ 0xff21..=0xff3a => char::from_u32(code.saturating_sub(0xfee0)).unwrap_or(c),
        code @ 0xff41..=0xff5a => char::from_u32(code.saturating_sub(0xfee0)).unwrap_or(c),
        _ => c,
    };
    text.chars().map(|c| letter(dash(c))).collect()
}

/// The parts of a text with dashes between them; the letters at its end are capitals.
fn parts(text: &str) -> Option<(String, String)> {
    let text = plain(text);
    let (front, letters) = text.rsplit_once('-')?;
    let letters: String = letters.chars().filter(|c| !c.is_whitespace()).collect();
    let are_letters = !letters.is_empty() && letters.chars().all(|c| c.is_ascii_alphabetic());
    are_letters.then(|| (front.trim().to_owned(), letters.to_ascii_uppercase()))
}

/// The text of a card, if this looks like one: a number, an edition, and letters.
pub fn card_in(text: &str) -> Option<String> {
    let (front, letters) = parts(text)?;
    let (number, edition) = front.rsplit_once('-')?;
    Some(format!("{}-{}-{letters}", number.trim(), edition.trim()))
}

/// The text of a slip; what does not look like one stays as it is.
pub fn slip_in(text: &str) -> String {
    parts(text).map_or_else(|| plain(text), |(number, letters)| format!("{number}-{letters}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cards_and_slips_are_read_as_people_type_them() {
        for text in ["000000017-1-KQXMTA", " ０００００００１７－１－kqxmta ", "000000017 - 1 - kqx mta"]
        {
            assert_eq!(card_in(text).as_deref(), Some("000000017-1-KQXMTA"), "{text}");
        }
        for text in ["20481024", "2048 1024", "https://x/r/00ff", "2048-1024", ""] {
            assert_eq!(card_in(text), None, "{text}");
        }
        assert_eq!(slip_in("42－kqxm"), "42-KQXM");
        assert_eq!(slip_in("42"), "42");
    }
}
