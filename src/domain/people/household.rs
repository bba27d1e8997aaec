//! Who lived together, and when: whose interest it may be.

use crate::domain::id::Id;
use crate::domain::time::Moment;

/// So long before a deed a common household still counts.
pub const INTEREST_DAYS: i64 = 90;

/// Somebody's time in a household; without an end they live there now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stay {
    pub household: Id,
    pub joined_at: Moment,
    pub left_at: Option<Moment>,
}

/// The time over which interest in a deed is judged: the 90 days before it, and until it is final.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    pub from: Moment,
    pub until: Moment,
}

impl Span {
    /// Of a deed that began then, and is judged or becomes final now.
    pub fn of(deed: Moment, now: Moment) -> Self {
        let from = deed.min(now).plus_seconds(INTEREST_DAYS.saturating_mul(-86_400));
        Span { from, until: now }
    }
}

/// The part of the span that two stays share. Both ends count: who moves out and who moves in at one moment have met.
fn shared(a: &Stay, b: &Stay, span: Span) -> bool {
    let from = a.joined_at.max(b.joined_at).max(span.from);
    let until = [a.left_at, b.left_at].into_iter().flatten().fold(span.until, Moment::min);
    a.household == b.household && from <= until
}

/// Whether two people lived in one household at some time in the span.
pub fn lived_together(one: &[Stay], other: &[Stay], span: Span) -> bool {
    one.iter().any(|a| other.iter().any(|b| shared(a, b, span)))
}

/// Whether somebody lived in the household at some time in the span.
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
    fn interest_lasts_ninety_days_after_a_household_was_left_and_begins_when_one_is_joined() {
        let stays = [stay(0, None)];
        let left = |day: i64| [stay(0, Some(day))];
        for (other, deed, now, close) in [
            // Left 90 days before: still; a day longer: no more.
            (left(10), 100, 100, true),
            (left(9), 100, 100, false),
            // Never there at the same time.
            ([stay(0, Some(0))], 300, 300, false),
            // Joined between the deed and the day on which it is final.
            ([stay(150, None)], 100, 149, false),
            ([stay(150, None)], 100, 150, true),
            // A deed of long ago is judged from its own day on.
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
