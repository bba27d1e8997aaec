//! Which characters a text may have, and how people write digits: one rule for names, numbers and free texts, in the
//! interface and in sheets.
//!
//! Invisible characters are refused in names and texts (two names that look alike are equal), and dropped from
//! numbers, whose stored form has digits and letters only: telephones put such characters around a number that is
//! copied.

/// Characters without width, those that change the direction of what follows, and blanks that programs do not treat
/// as blanks. Control characters (line feeds, tabs) are checked separately.
const UNSEEN: &[(char, char)] = &[
    ('\u{00ad}', '\u{00ad}'),
    ('\u{034f}', '\u{034f}'),
    ('\u{061c}', '\u{061c}'),
    ('\u{115f}', '\u{1160}'),
    ('\u{17b4}', '\u{17b5}'),
    ('\u{180b}', '\u{180f}'),
    ('\u{200b}', '\u{200f}'),
    ('\u{2028}', '\u{202e}'),
    ('\u{2060}', '\u{206f}'),
    ('\u{2800}', '\u{2800}'),
    ('\u{3164}', '\u{3164}'),
    ('\u{feff}', '\u{feff}'),
    ('\u{ffa0}', '\u{ffa0}'),
    ('\u{fff9}', '\u{fffb}'),
    ('\u{1d173}', '\u{1d17a}'),
    ('\u{e0000}', '\u{e0fff}'),
];

/// Whether a character is invisible. Control characters are not included.
pub fn is_unseen(c: char) -> bool {
    UNSEEN.iter().any(|(first, last)| (*first..=*last).contains(&c))
}

/// The same characters as a class of a regular expression, without its brackets.
pub fn unseen_class() -> String {
    let name = |c: char| match u32::from(c) {
        code @ ..=0xffff => format!("\\u{code:04x}"),
        // Their escapes differ between dialects: the character itself is understood by all.
        _ => c.to_string(),
    };
    UNSEEN.iter().map(|(first, last)| format!("{}-{}", name(*first), name(*last))).collect()
}

/// The first invisible character, control characters included, with its position from 1.
pub fn first_unseen(text: &str) -> Option<(usize, char)> {
    (1_usize..).zip(text.chars()).find(|(_, c)| c.is_control() || is_unseen(*c))
}

/// A full-width digit, letter or sign as its ASCII form (`１` → `1`, `＋` → `+`, U+3000 → blank), and every dash as a
/// hyphen; other characters as they are.
pub fn half_width(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => {
            let ascii = u32::from(c).checked_sub(0xfee0).and_then(char::from_u32);
            ascii.unwrap_or(c)
        }
        '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe63}' => '-',
        c if c.is_whitespace() => ' ',
        c => c,
    }
}

/// Whether a character is a Chinese one.
pub fn is_han(c: char) -> bool {
    matches!(c, '\u{3007}' | '\u{2e80}'..='\u{2fdf}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}'
        | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

/// The edit distance: the number of letters to add, drop, change or swap with their neighbour.
pub fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut before: Vec<usize> = Vec::new();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut next = vec![i.saturating_add(1)];
        for (j, y) in b.iter().enumerate() {
            let at = |row: &[usize], j: usize| row.get(j).copied().unwrap_or(usize::MAX);
            let mut least = at(&row, j).saturating_add(usize::from(x != y));
            least = least
                .min(at(&row, j.saturating_add(1)).saturating_add(1))
                .min(at(&next, j).saturating_add(1));
            let swapped = match (i.checked_sub(1), j.checked_sub(1)) {
                (Some(i), Some(j)) => a.get(i) == Some(y) && b.get(j) == Some(x),
                _ => false,
            };
            if let (true, Some(j)) = (swapped, j.checked_sub(1)) {
                least = least.min(at(&before, j).saturating_add(1));
            }
            next.push(least);
        }
        before = std::mem::replace(&mut row, next);
    }
    row.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zero_width_bidirectional_and_blank_look_alikes_are_unseen() {
        let ranges =
            [(0x200b, 0x200f), (0x202a, 0x202e), (0x2066, 0x2069), (0xfeff, 0xfeff), (0x3164, 0x3164)];
        for code in ranges.into_iter().flat_map(|(a, b)| a..=b).chain([0x2800, 0xad, 0x2060, 0xffa0, 0xe0041])
        {
            let c = char::from_u32(code).unwrap();
            assert!(is_unseen(c), "{code:x}");
            assert_eq!(first_unseen(&format!("一二{c}三")), Some((3, c)));
        }
        for c in " 　\u{a0}a张·-é\u{fe0f}\u{1f600}".chars() {
            assert!(!is_unseen(c), "{c:?}");
        }
        assert_eq!(first_unseen("一\n"), Some((2, '\n')));
    }

    #[test]
    fn full_width_signs_are_read_as_people_mean_them() {
        let read = |text: &str| text.chars().map(half_width).collect::<String>();
        assert_eq!(read("＋８６　１３８—００"), "+86 138-00");
        assert_eq!(read("张三"), "张三");
    }

    #[test]
    fn the_distance_of_two_words_counts_slips_of_the_pen() {
        for (a, b, n) in [
            ("item", "items", 1),
            ("itmes", "items", 1),
            ("", "abc", 3),
            ("same", "same", 0),
            ("valid_form", "valid_from", 1),
        ] {
            assert_eq!((distance(a, b), distance(b, a)), (n, n), "{a} {b}");
        }
    }
}
