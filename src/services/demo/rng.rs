//! A reproducible random generator: the same seed gives the same numbers on every machine.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

pub struct Rng(ChaCha8Rng);

impl Rng {
    pub fn new(seed: u64) -> Self {
        Self(ChaCha8Rng::seed_from_u64(seed))
    }

    /// A number from `least` to `most`, both included; `least` if the range is empty.
    pub fn from_to(&mut self, least: i64, most: i64) -> i64 {
        self.0.random_range(least..=most.max(least))
    }

    /// An index into a list of `count`; 0 for an empty one.
    pub fn place(&mut self, count: usize) -> usize {
        let last = i64::try_from(count).unwrap_or(i64::MAX) - 1;
        usize::try_from(self.from_to(0, last)).unwrap_or(0)
    }

    /// `true` with a probability of `percent`.
    pub fn chance(&mut self, percent: i64) -> bool {
        self.from_to(1, 100) <= percent
    }

    /// A random element; the default for an empty list.
    pub fn pick<T: Copy + Default>(&mut self, from: &[T]) -> T {
        let place = self.place(from.len());
        from.get(place).copied().unwrap_or_default()
    }

    /// A random index, with these weights.
    pub fn weighted(&mut self, weights: impl Iterator<Item = i64> + Clone) -> usize {
        let mut left = self.from_to(1, weights.clone().sum());
        for (place, weight) in weights.enumerate() {
            left -= weight;
            if left <= 0 {
                return place;
            }
        }
        0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn throws_stay_within_their_bounds_and_repeat() {
        let throws = |seed| {
            let mut rng = Rng::new(seed);
            (0..1000).map(|_| rng.from_to(-3, 3)).collect::<Vec<_>>()
        };
        assert_eq!(throws(1), throws(1));
        assert_ne!(throws(1), throws(2));
        assert_eq!((throws(1).iter().min(), throws(1).iter().max()), (Some(&-3), Some(&3)));
        let mut rng = Rng::new(3);
        assert_eq!((rng.place(0), rng.pick::<u8>(&[])), (0, 0));
        assert_eq!(rng.from_to(5, 4), 5);
        assert!((0..100).all(|_| rng.weighted([0, 5, 0].into_iter()) == 1));
        let kept = (0..1000).filter(|_| rng.chance(30)).count();
        assert!((230..370).contains(&kept), "{kept}");
    }
}
