//! Twelve months of service: activities of every community, standing posts, and who did what.

use super::ZONE;
use super::dice::Dice;
use super::orgs::{OrgLevel, OrgPlan, of_level, upward};
use super::people::PersonPlan;
use crate::domain::service::record::Evidence;
use crate::domain::time::{Day, Moment};
use crate::text_enum;
use chrono::Datelike;
use std::collections::BTreeSet;

const HOUR: i64 = 3600;

/// An activity, or a standing post to which deeds attach over months.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActivityPlan {
    /// The community.
    pub org: usize,
    pub standing: bool,
    pub title: String,
    pub content: &'static str,
    pub place: String,
    /// Codes of the sample bank's scheme.
    pub category: &'static str,
    pub level: &'static str,
    pub published_at: Moment,
    pub starts_at: Moment,
    pub ends_at: Moment,
    /// By the moment at which they begin.
    pub deeds: Vec<DeedPlan>,
}

/// What one person did, and what became of the record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeedPlan {
    pub person: usize,
    pub starts_at: Moment,
    pub service_minutes: i64,
    /// People served by this person.
    pub served: i64,
    pub evidence: Evidence,
    pub submitted_at: Moment,
    /// When the second person decides.
    pub decided_at: Moment,
    pub course: Course,
}

text_enum! {
    /// What becomes of a record.
    Course {
        /// Approved, published, final.
        Usual = "usual",
        Rejected = "rejected",
        /// Sent back once, put right, approved.
        Returned = "returned",
        ObjectionUpheld = "objection_upheld",
        ObjectionDismissed = "objection_dismissed",
        /// Final, then found wrong: reversed and entered anew with fewer minutes.
        Corrected = "corrected",
        /// Final, then reversed for good.
        Reversed = "reversed",
        /// Undone by the one who typed it, within ten minutes.
        Withdrawn = "withdrawn",
    }
}

/// A kind of activity that communities hold.
struct Kind {
    title: &'static str,
    content: &'static str,
    category: &'static str,
    level: &'static str,
    hours: (i64, i64),
}

const fn kind(
    title: &'static str,
    content: &'static str,
    category: &'static str,
    level: &'static str,
    hours: (i64, i64),
) -> Kind {
    Kind { title, content, category, level, hours }
}

const KINDS: [Kind; 10] = [
    kind("楼院大扫除", "清理楼道杂物，擦洗扶手和宣传栏", "environment", "ordinary", (2, 3)),
    kind("清理小广告", "清除楼道和路灯杆上的小广告", "environment", "ordinary", (1, 2)),
    kind("夜间治安巡逻", "两人一组，沿小区主路巡查并登记", "patrol", "ordinary", (2, 2)),
    kind("文明交通劝导", "早高峰在路口劝导，协助老人过街", "patrol", "ordinary", (2, 3)),
    kind("助老上门照料", "为高龄独居老人打扫、做饭、陪聊", "care-elderly-home", "ordinary", (2, 4)),
    kind("老年人手机课堂", "教老人使用手机挂号、缴费、防骗", "care-elderly", "skilled", (2, 3)),
    kind("四点半课堂", "放学后看护儿童写作业、做手工", "care-children", "ordinary", (2, 3)),
    kind("义务理发修脚", "为行动不便的居民理发修脚", "care-disabled", "skilled", (2, 4)),
    kind("邻里矛盾调解", "听双方说，查情况，当面调解", "mediation", "skilled", (1, 3)),
    kind("社区文艺排练", "合唱、腰鼓、书法展示的组织和场务", "culture", "ordinary", (2, 3)),
];

/// What a month of the year adds.
fn seasonal(month: u32) -> Kind {
    match month {
        1 | 2 => kind("新春送温暖", "为困难家庭送年货、写春联", "care", "ordinary", (2, 4)),
        3 => kind("学雷锋便民服务", "磨刀、配钥匙、量血压、修小家电", "community", "skilled", (3, 4)),
        4 => kind("清明文明祭扫劝导", "引导鲜花祭扫，劝阻明火", "community", "ordinary", (2, 4)),
        5 => kind("防灾减灾演练", "组织疏散演练，检查灭火器", "community", "skilled", (2, 3)),
        6 => kind("高考护考", "考点周边劝导静音，备水备伞", "community", "ordinary", (3, 4)),
        7 | 8 => kind("防汛值守", "巡查低洼院落，清理排水口", "community", "hard", (3, 6)),
        9 => kind("开学护苗", "上学放学时段在校门口护送", "care-children", "ordinary", (1, 2)),
        10 => kind("重阳敬老", "为老人拍照、理发、包饺子", "care-elderly", "ordinary", (2, 4)),
        11 => kind("垃圾分类入户", "入户讲解分类，记录疑问", "environment", "ordinary", (2, 3)),
        _ => kind("扫雪除冰", "清扫坡道和公交站的积雪", "environment", "hard", (2, 4)),
    }
}

/// All that happens, by the moment at which it begins.
pub fn activities(
    orgs: &[OrgPlan],
    persons: &[PersonPlan],
    first: Day,
    until: Day,
    dice: &mut Dice,
) -> Vec<ActivityPlan> {
    let mut activities = Vec::new();
    for org in of_level(orgs, OrgLevel::Community) {
        let mut community = Community::new(org, orgs, persons);
        activities.push(community.standing_post(first, until, dice));
        let mut day = first.plus(i32::try_from(dice.from_to(3, 9)).unwrap_or(3));
        // The last days stay free, so that what was done is also written down.
        while day <= until.plus(-1) {
            activities.push(community.activity(day, until, dice));
            day = next_day(day, dice);
        }
    }
    activities.retain(|activity| !activity.deeds.is_empty());
    activities.sort_by_key(|activity| activity.starts_at);
    activities
}

/// About two activities a month, most of them at the weekend.
fn next_day(day: Day, dice: &mut Dice) -> Day {
    let next = day.plus(i32::try_from(dice.from_to(13, 25)).unwrap_or(14));
    let to_saturday = 5 - i32::try_from(next.date().weekday().num_days_from_monday()).unwrap_or(0);
    if dice.chance(60) { next.plus(to_saturday) } else { next }
}

/// One community while its year is planned.
struct Community<'a> {
    org: usize,
    name: &'a str,
    /// Its residents, with their zeal.
    residents: Vec<(usize, i64)>,
    /// Who is taken on which day already.
    taken: BTreeSet<(usize, Day)>,
}

impl<'a> Community<'a> {
    fn new(org: usize, orgs: &'a [OrgPlan], persons: &[PersonPlan]) -> Self {
        let here = |person: &PersonPlan| upward(orgs, person.org, OrgLevel::Community) == Some(org);
        let residents = persons.iter().enumerate().filter(|(_, person)| here(person) && person.zeal > 0);
        Self {
            org,
            name: orgs.get(org).map_or("", |org| &org.name),
            residents: residents.map(|(place, person)| (place, person.zeal)).collect(),
            taken: BTreeSet::new(),
        }
    }

    /// Somebody who is free on this day, the keen more often; `None` after some tries.
    fn volunteer(&mut self, day: Day, dice: &mut Dice) -> Option<usize> {
        for _ in 0..8 {
            let place = dice.weighted(self.residents.iter().map(|(_, zeal)| *zeal));
            let (person, _) = self.residents.get(place).copied()?;
            if self.taken.insert((person, day)) {
                return Some(person);
            }
        }
        None
    }

    fn activity(&mut self, day: Day, until: Day, dice: &mut Dice) -> ActivityPlan {
        let kind = if dice.chance(30) {
            seasonal(day.date().month())
        } else {
            let place = dice.place(KINDS.len());
            KINDS.into_iter().nth(place).unwrap_or_else(|| seasonal(day.date().month()))
        };
        let hours = dice.from_to(kind.hours.0, kind.hours.1);
        let starts_at = day.start(ZONE).plus_seconds(dice.from_to(7, 15) * HOUR);
        let ends_at = starts_at.plus_seconds(hours * HOUR);
        let evidence = dice.pick(&[
            Some(Evidence::Scan),
            Some(Evidence::Scan),
            Some(Evidence::Kiosk),
            Some(Evidence::Paper),
        ]);
        let evidence = evidence.unwrap_or(Evidence::Paper);
        let mut deeds = Vec::new();
        for _ in 0..dice.from_to(4, 9) {
            let Some(person) = self.volunteer(day, dice) else { continue };
            // Some come late or leave early, by the quarter of an hour.
            let missed_seconds = if dice.chance(25) { dice.from_to(1, 2) * HOUR / 4 } else { 0 };
            let minutes = (hours * HOUR - missed_seconds) / 60;
            let (evidence, starts_at) = if dice.chance(3) {
                (Evidence::Backfill, starts_at)
            } else {
                (evidence, starts_at.plus_seconds(missed_seconds))
            };
            deeds.push(deed(person, starts_at, minutes, evidence, until, dice));
        }
        ActivityPlan {
            org: self.org,
            standing: false,
            title: format!("{}{}", self.name, kind.title),
            content: kind.content,
            place: format!("{}党群服务中心", self.name),
            category: kind.category,
            level: kind.level,
            published_at: day
                .plus(-i32::try_from(dice.from_to(2, 3)).unwrap_or(2))
                .start(ZONE)
                .plus_seconds(9 * HOUR),
            starts_at,
            ends_at,
            deeds,
        }
    }

    /// Neighbourly watch, all the year: a deed every week or two, reported by the neighbours themselves.
    fn standing_post(&mut self, first: Day, until: Day, dice: &mut Dice) -> ActivityPlan {
        let mut deeds = Vec::new();
        let mut day = first.plus(2);
        while day < until {
            if let Some(person) = self.volunteer(day, dice) {
                let starts_at = day.start(ZONE).plus_seconds(dice.from_to(9, 17) * HOUR);
                let minutes = dice.from_to(1, 3) * 30;
                deeds.push(deed(person, starts_at, minutes, Evidence::SelfReport, until, dice));
            }
            day = day.plus(i32::try_from(dice.from_to(7, 14)).unwrap_or(7));
        }
        ActivityPlan {
            org: self.org,
            standing: true,
            title: format!("{}邻里守望岗", self.name),
            content: "看望独居邻居，代买代办，发现异常及时报告",
            place: self.name.to_owned(),
            category: "care-elderly",
            level: "ordinary",
            published_at: first.start(ZONE).plus_seconds(8 * HOUR),
            starts_at: first.plus(1).start(ZONE),
            ends_at: until.end(ZONE),
            deeds,
        }
    }
}

fn deed(
    person: usize,
    starts_at: Moment,
    minutes: i64,
    evidence: Evidence,
    until: Day,
    dice: &mut Dice,
) -> DeedPlan {
    let ends_at = starts_at.plus_seconds(minutes * 60);
    let (typed_after, decided_after) = match evidence {
        Evidence::Scan | Evidence::Kiosk => (dice.from_to(1, 3) * HOUR, dice.from_to(2, 30) * HOUR),
        Evidence::Paper | Evidence::SelfReport => (dice.from_to(2, 60) * HOUR, dice.from_to(4, 60) * HOUR),
        Evidence::Backfill => (dice.from_to(72, 160) * HOUR, dice.from_to(20, 90) * HOUR),
    };
    // The plan ends with its last day: what would be decided later is decided on its evening.
    let last = until.end(ZONE);
    let submitted_at = ends_at.plus_seconds(typed_after).min(last.plus_seconds(-3 * HOUR)).max(ends_at);
    let decided_at = submitted_at.plus_seconds(decided_after).min(last.plus_seconds(-HOUR / 2));
    let course = match dice.from_to(1, 1000) {
        ..=15 => Course::Rejected,
        16..=35 => Course::Returned,
        36..=40 => Course::ObjectionUpheld,
        41..=47 => Course::ObjectionDismissed,
        48..=54 => Course::Corrected,
        55..=58 => Course::Reversed,
        59..=66 => Course::Withdrawn,
        _ => Course::Usual,
    };
    DeedPlan {
        person,
        starts_at,
        service_minutes: minutes,
        served: dice.from_to(0, 6),
        evidence,
        submitted_at,
        decided_at,
        course,
    }
}
