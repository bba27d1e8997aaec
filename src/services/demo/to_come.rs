//! What is still to come when the sample year ends: activities with seats, people who have signed up, and a waiting list.

use super::ZONE;
use super::orgs::{OrgLevel, upward};
use super::people::Workplace;
use super::setup::missing;
use super::simulation::Simulation;
use crate::auth::permissions::Role;
use crate::domain::id::Id;
use crate::domain::life_cycles::{ANSWER_FEEDBACK, PUBLISH_ACTIVITY, STOP_WEBHOOK};
use crate::domain::message::Topic;
use crate::domain::people::feedback::FeedbackKind;
use crate::domain::refusal::Refusal;
use crate::domain::service::wishes::{AskedSkill, Weekday, Wishes};
use crate::domain::settlement::payable::RateFen;
use crate::domain::settlement::statement::SettlementModel;
use crate::services::inbox::hooks::WebhookAsk;
use crate::services::inbox::outbox::WebhookRow;
use crate::services::people::feedback::{FeedbackAsk, FeedbackRow};
use crate::services::service::activities::sign_ups::SignUpAsk;
use crate::services::service::activities::{ActivityChange, ActivityRow};
use crate::services::shops::applications::ShopApplicationAsk;
use crate::services::shops::merchants::{MerchantChange, RateChange};
use crate::services::step::Params;
use crate::services::{Call, Error};

/// Activities: in how many days, with how many seats, and how many people have signed up.
const TO_COME: [(i32, i64, usize); 3] = [(3, 12, 12), (9, 6, 9), (16, 20, 4)];

/// The list of skills of the sample bank.
const SKILLS: [&str; 6] = ["急救", "手语", "理发", "家电维修", "电脑和手机", "摄影"];

impl Simulation<'_> {
    /// Announces the next activities in the community of the plain logins, and signs people up: all but the person
    /// whom a visitor plays.
    pub async fn look_ahead(&self, visitor: usize) -> Result<(), Error> {
        let community = Workplace::of(&self.plan.orgs, &self.plan.shops).community;
        let staff = self.setup.post(self.plan, Role::Staff, community)?;
        let held = self.plan.activities.iter().enumerate().rev();
        let held: Vec<usize> =
            held.filter(|(_, one)| one.org == community && !one.standing).map(|(place, _)| place).collect();
        let neighbours: Vec<Id> = self.neighbours(community, visitor)?;
        let skills = self.say_wishes(&staff, &neighbours).await?;
        for ((days, seats, people), place) in TO_COME.into_iter().zip(held) {
            let planned = self.plan.activities.get(place);
            let (Some(planned), Some(held)) = (planned, self.activities.get(&place)) else { continue };
            let hour = planned.starts_at.seconds_since(planned.starts_at.day(ZONE).start(ZONE));
            let starts_at = self.services.now().day(ZONE).plus(days).start(ZONE).plus_seconds(hour);
            let id = self.services.copy_activity(&staff, *held, starts_at).await?;
            let skills = skills.iter().take(1).map(|skill| AskedSkill { skill: *skill, required: false });
            let change = ActivityChange {
                seats: Some(seats),
                skills: Some(skills.collect()),
                ..ActivityChange::default()
            };
            self.services.change_activity(&staff, id, 1, change).await?;
            self.services.step::<ActivityRow>(&staff, &PUBLISH_ACTIVITY, id, Params::new()).await?;
            for member in neighbours.iter().take(people) {
                let ask = SignUpAsk { member: Some(*member), agrees_to_risk: true };
                match self.services.sign_up(&staff, id, ask).await {
                    Ok(_) | Err(Error::Refused(Refusal::SignedUpElsewhere { .. })) => {}
                    Err(error) => return Err(error),
                }
            }
        }
        Ok(())
    }

    /// The bank's list of skills, and what some of the neighbours say of themselves. Returns the skills.
    async fn say_wishes(&self, staff: &Call, neighbours: &[Id]) -> Result<Vec<Id>, Error> {
        let call = Call::of(self.setup.administrator.clone());
        let mut skills = Vec::new();
        for name in SKILLS {
            skills.push(self.services.open_skill(&call, name.to_owned()).await?);
        }
        let days = Weekday::ALL.iter().rev().cycle();
        for ((member, skill), day) in
            neighbours.iter().step_by(2).zip(skills.iter().cycle()).zip(days).take(12)
        {
            let wishes = Wishes { skills: vec![*skill], weekdays: vec![*day], ..Wishes::default() };
            self.services.set_wishes(staff, *member, 0, wishes).await?;
        }
        Ok(skills)
    }

    /// A proposal that was answered, and a complaint that waits.
    pub async fn take_feedback(&self) -> Result<(), Error> {
        let community = Workplace::of(&self.plan.orgs, &self.plan.shops).community;
        let leader = self.setup.post(self.plan, Role::TeamLeader, community)?;
        let staff = self.setup.post(self.plan, Role::Staff, community)?;
        let say = |kind, words: &str| FeedbackAsk { kind, words: words.to_owned(), member: None };
        let proposal =
            say(FeedbackKind::Proposal, "活动室的椅子太高，老人坐着脚够不到地，能不能换几把矮的。");
        let answered = self.services.give_feedback(&leader, proposal).await?;
        let answer = [("answer".to_owned(), "已经订了六把矮椅子，下周送到活动室。".into())];
        let (step, answer) = (&ANSWER_FEEDBACK, answer.into_iter().collect());
        self.services.step::<FeedbackRow>(&staff, step, answered, answer).await?;
        let complaint = say(FeedbackKind::Complaint, "上周六的便民服务贴了通知，到了现场没有人。");
        self.services.give_feedback(&leader, complaint).await?;
        Ok(())
    }

    /// An application for a shop that waits, and a new rate of a shop in some weeks.
    pub async fn apply_for_a_shop(&self, visitor: usize) -> Result<(), Error> {
        let community = Workplace::of(&self.plan.orgs, &self.plan.shops).community;
        let staff = self.setup.post(self.plan, Role::Staff, community)?;
        let owner = self.neighbours(community, visitor)?.into_iter().nth(1);
        let ask = ShopApplicationAsk {
            name: "南院修鞋铺（演示）".into(),
            org: None,
            owner_member: Some(owner.ok_or_else(|| missing("neighbour"))?),
            model: SettlementModel::CommunityFund,
            address: "示例路 8 号".into(),
            credit_code: None,
            goods: "修鞋、配钥匙、换拉链。每天 9:00–17:00，周一休息。".into(),
        };
        self.services.apply_for_shop(&staff, ask).await?;
        let call = Call::of(self.setup.administrator.clone());
        let shops = self.services.merchants(&call).await?;
        let paid = shops.into_iter().find(|shop| shop.rate > RateFen::ZERO).ok_or_else(|| missing("shop"))?;
        let today = self.services.now().day(ZONE);
        let rate = RateFen::parse("60").ok().map(|rate| RateChange { rate, first_day: Some(today.plus(45)) });
        let change = MerchantChange { rate, ..MerchantChange::default() };
        self.services.change_merchant(&call, paid.merchant.id, paid.merchant.version, change).await?;
        Ok(())
    }

    /// A hook for text messages, stopped: nothing of the sample bank is sent anywhere.
    pub async fn register_gateway(&self) -> Result<(), Error> {
        let call = Call::of(self.setup.administrator.clone());
        let hook = WebhookAsk {
            code: "sms".into(),
            name: "短信".into(),
            url: "https://sms.example.com/messages".into(),
            topics: vec![Topic::Points, Topic::Expiry, Topic::Safety],
        };
        let made = self.services.write_webhook(&call, hook).await?;
        self.services.step::<WebhookRow>(&call, &STOP_WEBHOOK, made.id, Params::new()).await?;
        Ok(())
    }

    fn neighbours(&self, community: usize, visitor: usize) -> Result<Vec<Id>, Error> {
        let mut members = Vec::new();
        for (place, person) in self.plan.persons.iter().enumerate() {
            if place != visitor && upward(&self.plan.orgs, person.org, OrgLevel::Community) == Some(community)
            {
                members.push(self.setup.person(place)?.member);
            }
        }
        Ok(members)
    }
}
