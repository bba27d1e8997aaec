//! The organisation tree of the sample bank: district, streets, communities, compounds.

/// Where in the tree an organisation stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum OrgLevel {
    District,
    Street,
    Community,
    Compound,
}

impl OrgLevel {
    /// As the tree calls it.
    pub fn title(self) -> &'static str {
        match self {
            OrgLevel::District => "区",
            OrgLevel::Street => "街道",
            OrgLevel::Community => "社区",
            OrgLevel::Compound => "小区",
        }
    }
}

/// The four kinds of community of the district.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CommunityKind {
    /// 老旧
    Old,
    /// 商品房
    Commercial,
    /// 单位型
    WorkUnit,
    /// 村改居
    FormerVillage,
}

/// How many communities of each kind there are: 16 old, 12 commercial, 27 of work units, 17 former villages.
const KINDS: [(CommunityKind, u32); 4] = [
    (CommunityKind::Old, 16),
    (CommunityKind::Commercial, 12),
    (CommunityKind::WorkUnit, 27),
    (CommunityKind::FormerVillage, 17),
];

/// Streets of flowers and trees: none of the district is called so.
const STREETS: [&str; 8] = ["牡丹", "梧桐", "银杏", "海棠", "石榴", "月季", "玉兰", "紫藤"];
const ORDINALS: [&str; 9] = ["一", "二", "三", "四", "五", "六", "七", "八", "九"];

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrgPlan {
    pub code: String,
    pub name: String,
    pub level: OrgLevel,
    /// Place of the parent in the list; `None`: the root.
    pub parent: Option<usize>,
    /// The kind of the community, also on its compounds.
    pub community: Option<CommunityKind>,
}

/// The whole tree, parents before children.
pub fn tree() -> Vec<OrgPlan> {
    let mut orgs = vec![OrgPlan {
        code: "jx".into(),
        name: "涧西区（演示）".into(),
        level: OrgLevel::District,
        parent: None,
        community: None,
    }];
    let kinds: Vec<_> = KINDS
        .iter()
        .flat_map(|(kind, count)| std::iter::repeat_n(*kind, usize::try_from(*count).unwrap_or(0)))
        .collect();
    // Dealt out like cards, so that every street has some of each kind.
    for (number, street) in (1..).zip(STREETS) {
        let at = orgs.len();
        let code = format!("jx-{number:02}");
        orgs.push(OrgPlan {
            code: code.clone(),
            name: format!("{street}街道"),
            level: OrgLevel::Street,
            parent: Some(0),
            community: None,
        });
        let dealt = kinds.iter().skip(number - 1).step_by(STREETS.len());
        for (place, (ordinal, kind)) in (1..).zip(ORDINALS.iter().zip(dealt)) {
            add_community(&mut orgs, at, &format!("{code}-{place:02}"), &format!("{street}{ordinal}"), *kind);
        }
    }
    orgs
}

fn add_community(orgs: &mut Vec<OrgPlan>, street: usize, code: &str, name: &str, kind: CommunityKind) {
    let at = orgs.len();
    orgs.push(OrgPlan {
        code: code.to_owned(),
        name: format!("{name}社区"),
        level: OrgLevel::Community,
        parent: Some(street),
        community: Some(kind),
    });
    let compounds = match kind {
        CommunityKind::Old => ["1号街坊", "2号街坊"],
        CommunityKind::Commercial => ["东苑", "西苑"],
        CommunityKind::WorkUnit => ["家属院北区", "家属院南区"],
        CommunityKind::FormerVillage => ["新村一区", "新村二区"],
    };
    for (number, compound) in (1..).zip(compounds) {
        orgs.push(OrgPlan {
            code: format!("{code}-{number}"),
            name: format!("{name}{compound}"),
            level: OrgLevel::Compound,
            parent: Some(at),
            community: Some(kind),
        });
    }
}

/// Places of the organisations of one level.
pub fn of_level(orgs: &[OrgPlan], level: OrgLevel) -> Vec<usize> {
    orgs.iter().enumerate().filter(|(_, org)| org.level == level).map(|(place, _)| place).collect()
}

/// The organisation itself, or the nearest above it, that stands on `level`.
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
        let orgs = tree();
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
