//! Names that no one has: a common surname, a character that says "sample", and one more.

use super::rng::Rng;
use super::sample_bank::NameParts;
use std::collections::BTreeSet;

/// Returns each name only once.
pub struct Names {
    parts: &'static NameParts,
    given: BTreeSet<String>,
}

impl Names {
    pub fn new(parts: &'static NameParts) -> Self {
        Names { parts, given: BTreeSet::new() }
    }

    pub fn fresh(&mut self, rng: &mut Rng) -> String {
        loop {
            let NameParts { surnames, marks, endings } = self.parts;
            let name: String =
                [surnames, marks, endings].into_iter().map(|from| character(from, rng)).collect();
            if self.given.insert(name.clone()) {
                return name;
            }
        }
    }

    /// A name with the surname of another, as is common in one household.
    pub fn related(&mut self, name: &str, rng: &mut Rng) -> String {
        let surname: String = name.chars().take(1).collect();
        for _ in 0..20 {
            let NameParts { marks, endings, .. } = self.parts;
            let given: String = [marks, endings].into_iter().map(|from| character(from, rng)).collect();
            let name = format!("{surname}{given}");
            if self.given.insert(name.clone()) {
                return name;
            }
        }
        self.fresh(rng)
    }
}

fn character(from: &str, rng: &mut Rng) -> char {
    let place = rng.place(from.chars().count());
    from.chars().nth(place).unwrap_or('例')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::services::demo::sample_bank::SampleBank;

    #[test]
    fn names_differ_and_relatives_share_the_surname() {
        let (mut names, mut rng) = (Names::new(&SampleBank::jianxian().unwrap().names), Rng::new(1));
        let first = names.fresh(&mut rng);
        let related = names.related(&first, &mut rng);
        assert_ne!(first, related);
        assert_eq!(first.chars().next(), related.chars().next());
        let more: BTreeSet<_> = (0..3000).map(|_| names.fresh(&mut rng)).collect();
        assert_eq!(more.len(), 3000);
    }
}
