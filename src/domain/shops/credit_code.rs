//! 统一社会信用代码: the code on a business licence, 18 signs of which the last one checks the others (GB 32100-2015).

/// The signs in order of their values; I, O, S, V and Z are left out.
const SIGNS: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
/// The weights of the signs before the last one: the powers of 3, modulo 31.
const WEIGHTS: [usize; 17] = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];

/// Whether a text is a code whose check sign is right.
pub fn is_credit_code(text: &str) -> bool {
    let values: Option<Vec<usize>> = text.bytes().map(value).collect();
    let Some((check, others)) = values.as_deref().and_then(<[usize]>::split_last) else { return false };
    let weighted = others.iter().zip(WEIGHTS).map(|(value, weight)| value.saturating_mul(weight));
    let sum = weighted.fold(*check, usize::saturating_add);
    others.len() == WEIGHTS.len() && sum.is_multiple_of(SIGNS.len())
}

fn value(sign: u8) -> Option<usize> {
    SIGNS.iter().position(|one| *one == sign)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Made up, with check signs by the standard's formula; computed apart from this code.
    const RIGHT: [&str; 3] = ["92000000MA0E8AMP10", "91990000MAEXAMPL8Y", "930000000000000073"];

    #[test]
    fn the_last_sign_checks_the_others() {
        for right in RIGHT {
            assert!(is_credit_code(right), "{right}");
            for (place, sign) in right.char_indices() {
                let other = if sign == '7' { "8" } else { "7" };
                let mut wrong = right.to_owned();
                wrong.replace_range(place..=place, other);
                assert!(!is_credit_code(&wrong), "{wrong}");
            }
        }
    }

    #[test]
    fn what_is_no_code_is_none() {
        for text in [
            "",
            "1",
            "92000000ma0e8amp10",
            "０１２",
            "91310000MA1FL0000I",
            "913100000000000000000",
            " 9131",
            "志愿",
        ] {
            assert!(!is_credit_code(text), "{text}");
        }
    }
}
