//! Gifts in the sample bank: its rules, a neighbour who gives to the visitor and to the pool, and points out of it.

use super::orgs::{OrgLevel, upward};
use super::simulation::Simulation;
use crate::auth::permissions::Role;
use crate::domain::id::Id;
use crate::domain::life_cycles::APPROVE_PROPOSAL;
use crate::domain::points::gift::GiftRules;
use crate::domain::refusal::Refusal;
use crate::services::points::gifts::{GiftAsk, GiftTo};
use crate::services::points::pools::ReliefAsk;
use crate::services::points::proposals::ProposalRow;
use crate::services::step::Params;
use crate::services::{Call, Error};

/// Hundredths of a point.
const POINT: i64 = 100;

impl Simulation<'_> {
    /// Opens gifts, and makes some near the person whom a visitor plays.
    pub async fn give(&self, visitor: usize) -> Result<(), Error> {
        let administrator = Call::of(self.setup.administrator.clone());
        let (_, version) = self.services.gift_rules(&administrator).await?;
        let rules = GiftRules {
            family: true,
            neighbour: true,
            donation: true,
            points_a_day: 20 * POINT,
            points_a_person: 30 * POINT,
        };
        self.services.set_gift_rules(&administrator, rules, version).await?;
        let org = |at: usize| self.plan.persons.get(at).map(|person| person.org);
        let near: Vec<usize> =
            (0..self.plan.persons.len()).filter(|at| *at != visitor && org(*at) == org(visitor)).collect();
        let to = self.plan.persons.get(visitor).map(|person| person.number.clone()).unwrap_or_default();
        let mut gifts = [(GiftTo::Person(to), 3 * POINT), (GiftTo::Pool, 10 * POINT)].into_iter();
        let Some(mut next) = gifts.next() else { return Ok(()) };
        for giver in near.iter().copied() {
            let call = Call::of(self.setup.person(giver)?.actor.clone());
            match self.services.give(&call, GiftAsk { to: next.0.clone(), points: next.1 }).await {
                Ok(_) => match gifts.next() {
                    Some(more) => next = more,
                    None => return self.relieve(visitor, &near).await,
                },
                // Frozen, a child, or without points: the next one.
                Err(Error::Refused(_)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Staff propose points out of the pool for a neighbour, and a second person agrees.
    async fn relieve(&self, visitor: usize, near: &[usize]) -> Result<(), Error> {
        let org = self.plan.persons.get(visitor).map_or(0, |person| person.org);
        let community = upward(&self.plan.orgs, org, OrgLevel::Community).unwrap_or(org);
        let staff = self.setup.post(self.plan, Role::Staff, community)?;
        let reviewer = self.setup.post(self.plan, Role::Reviewer, community)?;
        for member in near.iter().rev().copied() {
            let member: Id = self.setup.person(member)?.member;
            let ask = ReliefAsk { member, points: 5 * POINT, reason: "独居，腿脚不便".into() };
            let proposal = match self.services.propose_relief(&staff, ask).await {
                Ok((proposal, _)) => proposal,
                Err(Error::Refused(Refusal::WrongState { .. } | Refusal::ForOneself)) => continue,
                Err(error) => return Err(error),
            };
            let step =
                self.services.step::<ProposalRow>(&reviewer, &APPROVE_PROPOSAL, proposal, Params::new());
            step.await?;
            break;
        }
        Ok(())
    }
}
