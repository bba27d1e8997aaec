//! Who lived together, and when: the basis of conflicts of interest.

use crate::domain::id::Id;
use crate::domain::time::Moment;

/// What may follow the name of the head in the name of a household: 王示兰家, 王示兰户.
const ENDINGS: [char; 2] = ['家', '户'];

/// Whether a household bears the name of this person.
pub fn is_head(household: &str, person: &str) -> bool {
    household == person || household.strip_suffix(ENDINGS) == Some(person)
}

/// The name of a household under another head: its ending stays, if it bore the name of the one before.
pub fn named_after(household: &str, before: Option<&str>, head: &str) -> String {
    let ending = before.and_then(|before| household.strip_prefix(before)).unwrap_or_default();
    format!("{head}{ending}")
}

/// How long a common household counts after it ended.
pub const INTEREST_DAYS: i64 = 90;

/// A person's stay in a household; without an end they live there now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stay {
    pub household: Id,
    pub joined_at: Moment,
    pub left_at: Option<Moment>,
}

/// The time in which a common household is a conflict of interest: from 90 days before the deed until it is final.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    pub from: Moment,
    pub until: Moment,
}

impl Span {
    /// For a deed that began then and is decided or becomes final now.
    pub fn of(deed: Moment, now: Moment) -> Self {
        let from = deed.min(now).plus_seconds(INTEREST_DAYS.saturating_mul(-86_400));
        Span { from, until: now }
    }
}

/// Whether two stays overlap within the span. Both ends count: people who move out and in at one moment have met.
fn shared(a: &Stay, b: &Stay, span: Span) -> bool {
    let from = a.joined_at.max(b.joined_at).max(span.from);
    let until = [a.left_at, b.left_at].into_iter().flatten().fold(span.until, Moment::min);
    a.household == b.household && from <= until
}

/// Whether two people lived in one household at some time in the span.
pub fn lived_together(one: &[Stay], other: &[Stay], span: Span) -> bool {
    one.iter().any(|a| other.iter().any(|b| shared(a, b, span)))
}

/// Whether a person lived in the household at some time in the span.
pub fn lived_in(stays: &[Stay], household: Id, span: Span) -> bool {
    stays.iter().any(|stay| stay.household == household && shared(stay, stay, span))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(n: i64) -> Moment {
        Moment::from_micros(0).plus_seconds(n * 86_400)
    }

    fn stay(joined: i64, left: Option<i64>) -> Stay {
        Stay { household: Id::SYSTEM, joined_at: day(joined), left_at: left.map(day) }
    }

    #[test]
    fn households_bear_the_names_of_their_heads() {
        for (household, person, is) in [
            ("王示兰", "王示兰", true),
            ("王示兰家", "王示兰", true),
            ("王示兰家", "王示", false),
            ("示例户", "王示兰", false),
        ] {
            assert_eq!(is_head(household, person), is, "{household} {person}");
        }
        assert_eq!(named_after("王示兰家", Some("王示兰"), "赵示例"), "赵示例家");
        assert_eq!(named_after("示例户", None, "赵示例"), "赵示例");
    }

    #[test]
    fn interest_lasts_ninety_days_after_a_household_was_left_and_begins_when_one_is_joined() {
        let stays = [stay(0, None)];
        let left = |day: i64| [stay(0, Some(day))];
        for (other, deed, now, close) in [
            // Left 90 days before: still counts; a day longer: no more.
            (left(10), 100, 100, true),
            (left(9), 100, 100, false),
            // Never there at the same time.
            ([stay(0, Some(0))], 300, 300, false),
            // Joined between the deed and the day on which it is final.
            ([stay(150, None)], 100, 149, false),
            ([stay(150, None)], 100, 150, true),
            // For a deed of long ago the span begins before its own day.
            (left(20), 100, 400, true),
        ] {
            assert_eq!(
                lived_together(&stays, &other, Span::of(day(deed), day(now))),
                close,
                "{other:?} {deed}"
            );
            assert_eq!(
                lived_in(&other, Id::SYSTEM, Span::of(day(deed), day(now))),
                close,
                "{other:?} {deed}"
            );
        }
        let ever = Span { from: Moment::from_micros(i64::MIN), until: Moment::from_micros(i64::MAX) };
        assert!(lived_together(&stays, &left(3), ever));
        let elsewhere = [Stay { household: Id::SYSTEM.derive("other"), ..stay(0, None) }];
        assert!(!lived_together(&stays, &elsewhere, ever));
    }
}
