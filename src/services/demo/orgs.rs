//! The organisation tree of the sample bank: district, streets, communities, compounds.

use super::sample_bank::{Communities, CommunityKind, SampleBank};

/// The level of an organisation in the tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum OrgLevel {
    District,
    Street,
    Community,
    Compound,
}

impl OrgLevel {
    /// The level's name in the tree.
    pub fn title(self) -> &'static str {
        match self {
            OrgLevel::District => "区",
            OrgLevel::Street => "街道",
            OrgLevel::Community => "社区",
            OrgLevel::Compound => "小区",
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrgPlan {
    pub code: String,
    pub name: String,
    pub level: OrgLevel,
    /// Index of the parent; `None`: the root.
    pub parent: Option<usize>,
    /// The kind of the community, also on its compounds.
    pub community: Option<CommunityKind>,
    /// The district and the communities have a counter: its telephone and hours.
    pub counter: Option<(String, &'static str)>,
}

/// The whole tree, parents before children.
pub fn tree(bank: &'static SampleBank) -> Vec<OrgPlan> {
    let district = &bank.district;
    let mut orgs = vec![OrgPlan {
        code: district.code.clone(),
        name: district.name.clone(),
        level: OrgLevel::District,
        parent: None,
        community: None,
        counter: Some((district.telephone.clone(), district.opening_hours.as_str())),
    }];
    let kinds = bank.communities.iter().flat_map(|kind| std::iter::repeat_n(kind, kind.count));
    let kinds: Vec<&Communities> = kinds.collect();
    // Distributed so that every street has some of each kind.
    for (number, street) in (1..).zip(&district.streets) {
        let at = orgs.len();
        let code = format!("{}-{number:02}", district.code);
        orgs.push(OrgPlan {
            code: code.clone(),
            name: format!("{street}街道"),
            level: OrgLevel::Street,
            parent: Some(0),
            community: None,
            counter: None,
        });
        let dealt = kinds.iter().skip(number - 1).step_by(district.streets.len());
        for (place, (ordinal, kind)) in (1..).zip(district.ordinals.iter().zip(dealt)) {
            let (code, name) = (format!("{code}-{place:02}"), format!("{street}{ordinal}"));
            let telephone = made_up(&district.telephone, number * 100 + place);
            add_community(&mut orgs, at, (&code, &name), kind, (telephone, &district.community_hours));
        }
    }
    orgs
}

/// Another number of the same made-up exchange.
fn made_up(telephone: &str, number: usize) -> String {
    let exchange = telephone.get(..telephone.len().saturating_sub(4)).unwrap_or_default();
    format!("{exchange}{number:04}")
}

fn add_community(
    orgs: &mut Vec<OrgPlan>,
    street: usize,
    (code, name): (&str, &str),
    kind: &Communities,
    counter: (String, &'static str),
) {
    let at = orgs.len();
    orgs.push(OrgPlan {
        code: code.to_owned(),
        name: format!("{name}社区"),
        level: OrgLevel::Community,
        parent: Some(street),
        community: Some(kind.kind),
        counter: Some(counter),
    });
    for (number, compound) in (1..).zip(&kind.compounds) {
        orgs.push(OrgPlan {
            code: format!("{code}-{number}"),
            name: format!("{name}{compound}"),
            level: OrgLevel::Compound,
            parent: Some(at),
            community: Some(kind.kind),
            counter: None,
        });
    }
}

/// Indices of the organisations of one level.
pub fn of_level(orgs: &[OrgPlan], level: OrgLevel) -> Vec<usize> {
    orgs.iter().enumerate().filter(|(_, org)| org.level == level).map(|(place, _)| place).collect()
}

/// The organisation itself, or the nearest above it, that is on `level`.
pub fn upward(orgs: &[OrgPlan], from: usize, level: OrgLevel) -> Option<usize> {
    let mut at = Some(from);
    while let Some(place) = at {
        let org = orgs.get(place)?;
        if org.level == level {
            return Some(place);
        }
        at = org.parent;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tree_has_four_levels_and_every_street_some_of_each_kind() {
        let orgs = tree(SampleBank::jianxian().unwrap());
        let counts = [OrgLevel::District, OrgLevel::Street, OrgLevel::Community, OrgLevel::Compound]
            .map(|level| of_level(&orgs, level).len());
        assert_eq!(counts, [1, 8, 72, 144]);
        for street in of_level(&orgs, OrgLevel::Street) {
            let mut kinds: Vec<_> = orgs
                .iter()
                .filter(|org| org.parent == Some(street))
                .filter_map(|org| org.community)
                .collect();
            kinds.sort();
            kinds.dedup();
            assert_eq!(kinds.len(), 4);
        }
        for (place, org) in orgs.iter().enumerate() {
            assert!(org.parent.is_none_or(|parent| parent < place));
            assert_eq!(org.parent.is_none(), place == 0);
        }
        let compound = of_level(&orgs, OrgLevel::Compound)[10];
        let community = upward(&orgs, compound, OrgLevel::Community).unwrap();
        assert!(orgs[compound].code.starts_with(&orgs[community].code));
        assert_eq!(upward(&orgs, community, OrgLevel::Compound), None);
    }
}
