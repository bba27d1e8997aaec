//! Curves and climbs against the worked examples of the notation, and against their definition.

use super::*;
use proptest::prelude::*;
use std::collections::BTreeMap;

const HUNDREDTHS: TopRounding = TopRounding { decimals: 2, floor: false };

fn points(n: i64) -> i64 {
    n * MILLION
}

fn capped(most: i64) -> Curve {
    Curve { most: Some(points(most)), ..Curve::plain(Counts::Points) }
}

fn level(code: &str, window: &str, curve: Curve) -> Level {
    Level { counter: CounterId { key: code.to_owned(), window: window.to_owned() }, rest: 0, curve }
}

/// The counters of a test.
#[derive(Default)]
struct Sums(BTreeMap<CounterId, i64>);

impl Sums {
    /// Moves all counters; returns what is granted, in hundredths.
    fn climb(&mut self, climb: &Climb) -> i64 {
        let moves = climb.moves(|level, by| {
            let from = self.0.get(&level.counter).copied().unwrap_or(0);
            Some((from, from + by))
        });
        let moves = moves.unwrap();
        for (level, moved) in climb.levels.iter().zip(&moves) {
            self.0.insert(level.counter.clone(), moved.to);
        }
        climb.granted(&moves).unwrap()
    }
}

fn climb(by: i64, levels: Vec<Level>) -> Climb {
    Climb { by, levels, rounding: HUNDREDTHS }
}

/// At most 10 a day, above it at most 15 a year.
fn day_in_year(by: i64, day: &str) -> Climb {
    climb(points(by), vec![level("day", day, capped(10)), level("year", "2026", capped(15))])
}

#[test]
fn the_worked_example_of_the_notation() {
    let mut sums = Sums::default();
    let (a, b, c) = (day_in_year(8, "05-03"), day_in_year(8, "05-03"), day_in_year(8, "05-04"));
    assert_eq!([&a, &b, &c].map(|deed| sums.climb(deed)), [800, 200, 500]);
    let back = |deed: &Climb| Climb { by: -deed.by, ..deed.clone() };
    assert_eq!(sums.climb(&back(&a)), 0, "B and C alone reach 15");
    assert_eq!(sums.climb(&back(&c)), -700, "B alone is worth 8");
    assert_eq!(sums.climb(&back(&b)), -800);
    assert!(sums.0.values().all(|sum| *sum == 0));
}

#[test]
fn a_start_below_is_part_of_the_sum_above() {
    // Two groups that begin at 40 and 20, halved; above them 0 to 100.
    let half = |start| Curve { start: points(start), percent: 50, ..Curve::plain(Counts::Points) };
    let above = Curve { least: Some(0), most: Some(points(31)), ..Curve::plain(Counts::Points) };
    let rest = half(40).at(0).unwrap() + half(20).at(0).unwrap();
    let up = Level { rest, ..level("above", "all", above.clone()) };
    let mut sums = Sums::default();
    assert_eq!(
        sums.climb(&climb(points(4), vec![level("one", "all", half(40)), up])),
        100,
        "30 + 2, at most 31"
    );
}

#[test]
fn tiers_of_a_count_are_totals_not_steps() {
    let tiers = vec![(2, points(-1)), (4, points(-6))];
    let curve = Curve { tiers, ..Curve::plain(Counts::Times) };
    let values: Vec<i64> = (0..=5).map(|times| curve.at(times).unwrap() / MILLION).collect();
    assert_eq!(values, [0, 0, -1, -1, -6, -6]);
}

#[test]
fn a_base_with_a_floor_a_ceiling_and_a_part() {
    let curve = Curve {
        start: points(60),
        least: Some(0),
        most: Some(points(100)),
        percent: 50,
        ..Curve::plain(Counts::Points)
    };
    assert_eq!(curve.at(0), Some(points(30)));
    assert_eq!(curve.at(points(-70)), Some(0));
    assert_eq!(curve.at(points(55)), Some(points(50)));
}

#[test]
fn bands_price_each_hour_where_it_lies() {
    // The first 10 hours at 1 point, the next 10 at 0.5, none after.
    let bands = vec![(0, MILLION), (600, MILLION / 2), (1200, 0)];
    let curve = Curve { bands, ..Curve::plain(Counts::Hours) };
    for (minutes, value) in
        [(0, 0), (90, 1_500_000), (600, points(10)), (660, 10_500_000), (9000, points(15))]
    {
        assert_eq!(curve.at(minutes), Some(value), "{minutes} minutes");
    }
    // A third of an hour is rounded to a millionth.
    assert_eq!(curve.at(20), Some(333_333));
}

#[test]
fn small_deeds_never_make_more_than_their_sum() {
    let mut sums = Sums::default();
    let deed = climb(5_000, vec![level("all", "all", Curve::plain(Counts::Points))]);
    let granted: Vec<i64> = (0..4).map(|_| sums.climb(&deed)).collect();
    assert_eq!(granted, [1, 0, 1, 0], "0.005 four times is 0.02");
    let floor = Climb { rounding: TopRounding { decimals: 0, floor: true }, by: -1_500_000, ..deed };
    assert_eq!(sums.climb(&floor), -100, "towards zero: −1.48 is −1");
}

#[test]
fn sums_out_of_range_are_no_values() {
    let bands = vec![(0, i64::MAX)];
    assert_eq!(Curve { bands, ..Curve::plain(Counts::Times) }.at(2), None);
    assert_eq!(Curve { start: i64::MAX, ..Curve::plain(Counts::Points) }.at(1), None);
}

fn any_curve() -> impl Strategy<Value = Curve> {
    let bound = || proptest::option::of(-20_i64..40);
    let tiers = proptest::collection::btree_map(-5_i64..30, -9_i64..9, 0..3);
    (bound(), bound(), tiers, 1_u8..=100).prop_map(|(one, other, tiers, percent)| {
        let (least, most) = match (one, other) {
            (Some(one), Some(other)) => (Some(one.min(other)), Some(one.max(other))),
            bounds => bounds,
        };
        let in_points = |(from, value): (i64, i64)| (points(from), points(value));
        Curve {
            tiers: tiers.into_iter().map(in_points).collect(),
            least: least.map(points),
            most: most.map(points),
            percent,
            ..Curve::plain(Counts::Points)
        }
    })
}

proptest! {
    /// Whatever the curves, in whatever order: the grants add up to the definition's value, and a deed that is taken
    /// back leaves the books as if it had never been.
    #[test]
    fn the_order_of_deeds_does_not_matter(
        curves in proptest::collection::vec(any_curve(), 1..4),
        deeds in proptest::collection::vec(-30_i64..60, 1..8).prop_shuffle(),
        taken in any::<prop::sample::Index>(),
    ) {
        let levels: Vec<Level> =
            (0..).zip(curves).map(|(n, curve)| level(&format!("g{n}"), "all", curve)).collect();
        let run = |deeds: &[i64]| {
            let mut sums = Sums::default();
            let total: i64 = deeds.iter().map(|by| sums.climb(&climb(by * 250_000, levels.clone()))).sum();
            (total, sums.0.values().copied().filter(|sum| *sum != 0).collect::<Vec<_>>())
        };
        let mut other = deeds.clone();
        other.reverse();
        let (forward, backward) = (run(&deeds), run(&other));
        prop_assert_eq!(&forward, &backward);
        let taken = taken.index(deeds.len());
        let mut without = deeds.clone();
        let back = without.remove(taken);
        let mut with_return = deeds;
        with_return.push(-back);
        prop_assert_eq!(run(&with_return), run(&without));
    }
}
