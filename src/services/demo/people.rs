//! Residents of the sample bank's district, and its staff.

use super::names::Names;
use super::orgs::{OrgLevel, OrgPlan, of_level, upward};
use super::rng::Rng;
use super::sample_bank::{Post, SampleBank};
use super::shops::ShopPlan;
use crate::auth::permissions::Role;
use crate::domain::people::id_number::IdNumber;
use crate::domain::settlement::statement::SettlementModel;
use crate::domain::time::Day;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Gender {
    #[default]
    Female,
    Male,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonPlan {
    /// The volunteer number that public lists show.
    pub number: String,
    pub name: String,
    pub gender: Gender,
    pub birth_year: i32,
    pub party_member: bool,
    pub trade: Option<&'static str>,
    /// Index of the compound.
    pub org: usize,
    pub household: Option<usize>,
    /// From a range that is visibly made up: 199 0000 ….
    pub phone: String,
    /// With the area 999999, which does not exist.
    pub id_number: Option<String>,
    /// How often this person serves, relative to the others.
    pub zeal: i64,
    /// Opening balance from the paper passbook.
    pub opening: Option<OpeningPlan>,
}

/// The opening balance of a person, as of the day before the year begins. Points in hundredths.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpeningPlan {
    pub points: i64,
    pub lifetime_points: i64,
    pub service_minutes: i64,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HouseholdPlan {
    pub number: String,
    pub name: String,
    pub org: usize,
    pub persons: Vec<usize>,
    pub head: usize,
}

/// A staff member, who is not a member of the bank.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StaffPlan {
    pub login: String,
    pub name: String,
    pub role: Role,
    pub org: usize,
    /// The shop of a clerk or an owner.
    pub shop: Option<usize>,
}

/// Persons and households of all compounds.
pub fn residents(
    bank: &'static SampleBank,
    orgs: &[OrgPlan],
    first: Day,
    rng: &mut Rng,
) -> (Vec<PersonPlan>, Vec<HouseholdPlan>) {
    let (mut persons, mut households, mut names) = (Vec::new(), Vec::new(), Names::new(&bank.names));
    for org in of_level(orgs, OrgLevel::Compound) {
        let mut left = bank.district.residents_of_a_compound;
        while left > 0 {
            let size = [1, 2, 2, 3, 3, 4].map(|size: u32| size.min(left));
            let size = rng.pick(&size);
            left -= size;
            // Some people live alone, without a household in the books.
            if size == 1 && rng.chance(60) {
                let name = names.fresh(rng);
                persons.push(person(bank, (persons.len(), org, name), 0, first, rng));
            } else {
                add_household(bank, (&mut persons, &mut households, &mut names), (org, size, first), rng);
            }
        }
    }
    (persons, households)
}

fn add_household(
    bank: &'static SampleBank,
    (persons, households, names): (&mut Vec<PersonPlan>, &mut Vec<HouseholdPlan>, &mut Names),
    (org, size, first): (usize, u32, Day),
    rng: &mut Rng,
) {
    let (head, place) = (persons.len(), households.len());
    for nth in 0..size {
        let name = match persons.get(head).map(|head| head.name.clone()) {
            Some(of_head) if rng.chance(60) => names.related(&of_head, rng),
            _ => names.fresh(rng),
        };
        let mut person = person(bank, (persons.len(), org, name), nth, first, rng);
        person.household = Some(place);
        persons.push(person);
    }
    households.push(HouseholdPlan {
        number: format!("H{:04}", place + 1),
        name: format!("{}家", persons.get(head).map_or("", |head| &head.name)),
        org,
        persons: (head..persons.len()).collect(),
        head,
    });
}

/// `nth` of the household: the third and fourth may be children.
fn person(
    bank: &'static SampleBank,
    (place, org, name): (usize, usize, String),
    nth: u32,
    first: Day,
    rng: &mut Rng,
) -> PersonPlan {
    let age = match rng.from_to(1, 100) {
        // With only a year of birth, a person counts as under 14 until the end of the year of the 14th birthday.
        _ if nth >= 2 && rng.chance(50) => rng.from_to(15, 24),
        ..=20 => rng.from_to(19, 35),
        21..=55 => rng.from_to(36, 59),
        56..=90 => rng.from_to(60, 74),
        _ => rng.from_to(75, 88),
    };
    let birth_year = first.year() - i32::try_from(age).unwrap_or(40);
    let trades = match age {
        ..=22 => bank.trades.young.as_slice(),
        23..=59 => &bank.trades.working,
        60..=74 => &bank.trades.retired,
        _ => &[],
    };
    let trades: Vec<&str> = trades.iter().map(String::as_str).collect();
    // Children have a fixed trade, which needs no random number.
    let trade = if trades.len() > 1 { Some(rng.pick(&trades)) } else { trades.first().copied() };
    let zeal = match rng.from_to(1, 100) {
        ..=12 => rng.from_to(20, 40),
        13..=55 => rng.from_to(4, 9),
        _ => rng.from_to(0, 2),
    };
    PersonPlan {
        number: format!("JX{:06}", place + 1),
        name,
        gender: rng.pick(&[Gender::Female, Gender::Male]),
        birth_year,
        party_member: age >= 19 && rng.chance(28),
        trade,
        org,
        household: None,
        phone: format!("1990000{:04}", place),
        id_number: rng.chance(15).then(|| id_number(birth_year, place, rng)).flatten(),
        zeal,
        opening: opening(zeal, rng),
    }
}

/// An identity number of no one: the area does not exist, the check character is right.
fn id_number(birth_year: i32, place: usize, rng: &mut Rng) -> Option<String> {
    let (month, day) = (rng.from_to(1, 12), rng.from_to(1, 28));
    let body = format!("999999{birth_year}{month:02}{day:02}{:03}", place % 1000);
    let fits = "0123456789X".chars().map(|check| format!("{body}{check}"));
    fits.into_iter().find(|number| IdNumber::parse(number).is_ok())
}

/// Eager volunteers have served for years: some are close to a star, some far beyond.
fn opening(zeal: i64, rng: &mut Rng) -> Option<OpeningPlan> {
    let hours = match zeal {
        20.. => rng.pick(&[60, 95, 140, 260, 290, 420, 580, 650, 960, 1100, 1480, 1620]),
        4..=9 if rng.chance(60) => rng.from_to(8, 120),
        1..=3 if rng.chance(30) => rng.from_to(1, 20),
        _ => return None,
    };
    let lifetime_points = hours * 2 * 100;
    let points = lifetime_points.min(rng.from_to(10, 120) * 100);
    Some(OpeningPlan { points, lifetime_points, service_minutes: hours * 60 })
}

/// The staff at the district, at each street, in each community, in each shop. Those with a plain login work at one
/// place, so that they meet in a trial: the first shop that the fund pays, and its community and street.
pub fn staff(bank: &SampleBank, orgs: &[OrgPlan], shops: &[ShopPlan]) -> Vec<StaffPlan> {
    let home = Workplace::of(orgs, shops);
    let mut staff = Vec::new();
    for (place, org) in orgs.iter().enumerate() {
        let short = org.code.trim_start_matches("jx-").replace('-', "");
        let posts: &[Post] = match org.level {
            OrgLevel::District => &bank.posts.district,
            OrgLevel::Street => &bank.posts.street,
            OrgLevel::Community => &bank.posts.community,
            OrgLevel::Compound => &[],
        };
        // There is only one district, so its posts need no suffix.
        let district = org.level == OrgLevel::District;
        let plain = district || place == home.community || place == home.street;
        let of = if district { "" } else { org.name.as_str() };
        for Post { login, title, role } in posts {
            let login = if plain { login.clone() } else { format!("{login}{short}") };
            let name = format!("{of}{title}（演示）");
            staff.push(StaffPlan { login, name, role: *role, org: place, shop: None });
        }
    }
    for (place, shop) in shops.iter().enumerate() {
        let community = upward(orgs, shop.org, OrgLevel::Community).unwrap_or(0);
        for Post { login, title, role } in &bank.posts.shop {
            let login = if place == home.shop { login.clone() } else { format!("{login}{:02}", place + 1) };
            let name = format!("{}{title}", shop.name);
            staff.push(StaffPlan { login, name, role: *role, org: community, shop: Some(place) });
        }
    }
    staff
}

/// Where the plain logins work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Workplace {
    pub shop: usize,
    pub community: usize,
    pub street: usize,
}

impl Workplace {
    pub fn of(orgs: &[OrgPlan], shops: &[ShopPlan]) -> Self {
        let shop = shops.iter().position(|shop| shop.model == SettlementModel::CommunityFund).unwrap_or(0);
        let community = shops.get(shop).map_or(0, |shop| shop.org);
        Workplace { shop, community, street: upward(orgs, community, OrgLevel::Street).unwrap_or(0) }
    }
}
