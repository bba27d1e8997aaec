//! Resident identity numbers (GB 11643): 17 digits and a check character.

use crate::domain::time::Day;
use crate::texts::{Text, sentences as s};
use std::fmt;

/// Weights of the first 17 digits (GB 11643, ISO 7064 MOD 11-2).
const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
/// The check character for each remainder of the weighted sum by 11.
const CHECKS: [char; 11] = ['1', '0', 'X', '9', '8', '7', '6', '5', '4', '3', '2'];

/// A resident identity number with valid form, birth date and check character. That does not show whether the area or
/// the person exists.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct IdNumber(String);

/// What is wrong with an identity number. It never repeats the number itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdNumberFault {
    Length { length: usize },
    OldForm,
    NotADigit { position: usize },
    BirthDate,
    CheckCharacter,
}

impl IdNumberFault {
    /// What is wrong, as a part of a sentence.
    pub fn text(self) -> Text {
        match self {
            Self::Length { length } => s::IdNumberLength { length }.into(),
            Self::OldForm => s::IdNumberOldForm.into(),
            Self::NotADigit { position } => s::IdNumberNotADigit { position }.into(),
            Self::BirthDate => s::IdNumberBirthDate.into(),
            Self::CheckCharacter => s::IdNumberCheckCharacter.into(),
        }
    }
}

impl IdNumber {
    /// Parses 18 characters; `x` is taken as `X`, spaces around are dropped.
    pub fn parse(text: &str) -> Result<Self, IdNumberFault> {
        let number = text.trim().to_uppercase();
        let length = number.chars().count();
        if length == 15 && number.bytes().all(|b| b.is_ascii_digit()) {
            return Err(IdNumberFault::OldForm);
        }
        if length != 18 {
            return Err(IdNumberFault::Length { length });
        }
        let mut sum: u32 = 0;
        for (position, (c, weight)) in (1_usize..).zip(number.chars().zip(WEIGHTS)) {
            let digit =
                c.to_digit(10).filter(|_| c.is_ascii()).ok_or(IdNumberFault::NotADigit { position })?;
            sum = sum.saturating_add(digit.saturating_mul(weight));
        }
        let last = number.chars().next_back().unwrap_or(' ');
        if !last.is_ascii_digit() && last != 'X' {
            return Err(IdNumberFault::NotADigit { position: 18 });
        }
        birth_date(&number).ok_or(IdNumberFault::BirthDate)?;
        let remainder = usize::try_from(sum.checked_rem(11).unwrap_or(0)).unwrap_or(0);
        if CHECKS.get(remainder) != Some(&last) {
            return Err(IdNumberFault::CheckCharacter);
        }
        Ok(IdNumber(number))
    }

    /// All 18 characters: personal data, to be encrypted at rest and never shown whole.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// The day of birth.
    pub fn birth_date(&self) -> Day {
        birth_date(&self.0).unwrap_or(Day::from_number(0))
    }
}

fn birth_date(number: &str) -> Option<Day> {
    let (year, month, day) = (number.get(6..10)?, number.get(10..12)?, number.get(12..14)?);
    // A year of birth before 1800 is a typing error.
    Day::parse(&format!("{year}-{month}-{day}")).filter(|d| d.year() >= 1800)
}

/// Masked, so that no log shows the number.
impl fmt::Debug for IdNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IdNumber(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::texts::Language;

    /// Every vector of the published list of samples (all synthetic or printed in the standard).
    #[test]
    fn the_published_samples_are_judged_as_printed() {
        let judged = |text: &str| IdNumber::parse(text).map(|n| n.reveal().to_owned());
        assert_eq!(judged("11010519491231002X"), Ok("11010519491231002X".into()));
        assert_eq!(judged("11010519491231002x"), Ok("11010519491231002X".into()));
        assert_eq!(judged("110101202311012176"), Ok("110101202311012176".into()));
        assert_eq!(judged("110101202311012171"), Err(IdNumberFault::CheckCharacter));
        assert_eq!(judged("110105194912310021"), Err(IdNumberFault::CheckCharacter));
        assert_eq!(judged("110105491231002"), Err(IdNumberFault::OldForm));
        assert_eq!(judged("999999195503120014"), Ok("999999195503120014".into()));
        assert_eq!(judged("999999198802290121"), Ok("999999198802290121".into()));
        assert_eq!(judged("999999201506010230"), Ok("999999201506010230".into()));
        assert_eq!(judged("999999198902290129"), Err(IdNumberFault::BirthDate));
    }

    #[test]
    fn other_faults_say_where() {
        assert_eq!(IdNumber::parse(""), Err(IdNumberFault::Length { length: 0 }));
        assert_eq!(IdNumber::parse("1101051949123100"), Err(IdNumberFault::Length { length: 16 }));
        assert_eq!(IdNumber::parse("11010519491231002XX"), Err(IdNumberFault::Length { length: 19 }));
        assert_eq!(IdNumber::parse("1101051949123100２X"), Err(IdNumberFault::NotADigit { position: 17 }));
        assert_eq!(IdNumber::parse("X1010519491231002X"), Err(IdNumberFault::NotADigit { position: 1 }));
        assert_eq!(IdNumber::parse("11010519491231002Y"), Err(IdNumberFault::NotADigit { position: 18 }));
        assert_eq!(IdNumber::parse(" 11010519491331002X "), Err(IdNumberFault::BirthDate));
        assert!(IdNumberFault::OldForm.text().say(Language::Chinese).contains("18 位"));
    }

    #[test]
    fn any_single_mistyped_digit_is_found() {
        let right = "999999195503120014";
        for position in 0..18 {
            for digit in "0123456789".chars().filter(|d| right.chars().nth(position) != Some(*d)) {
                let wrong: String =
                    right.chars().enumerate().map(|(i, c)| if i == position { digit } else { c }).collect();
                assert!(IdNumber::parse(&wrong).is_err(), "{wrong}");
            }
        }
    }

    #[test]
    fn the_birth_date_is_known_and_the_number_is_not_printed() {
        let number = IdNumber::parse("999999198802290121").unwrap();
        assert_eq!(number.birth_date().to_string(), "1988-02-29");
        assert_eq!(format!("{number:?}"), "IdNumber(…)");
    }
}
