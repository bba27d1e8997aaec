//! Who acts for whom in the sample bank: the person whom a visitor plays for an old neighbour with a paper card, and
//! another neighbour for the visitor, with the log-in `proxy`.

use super::on_paper::PIN;
use super::orgs::{OrgLevel, upward};
use super::simulation::Simulation;
use crate::auth::passwords::Password;
use crate::auth::permissions::Role;
use crate::domain::id::Id;
use crate::domain::refusal::Refusal;
use crate::services::people::proxies::ProxyAsk;
use crate::services::{Call, Error};

/// Points that a proxy may redeem on a day, in hundredths.
const A_DAY: i64 = 50 * 100;
/// Seconds for which a code is shown.
const SHOWN_SECONDS: i64 = 60;

impl Simulation<'_> {
    /// Names the proxies; returns the neighbour who acts for the visitor.
    pub async fn name_proxies(&self, visitor: usize) -> Result<Option<usize>, Error> {
        let community = self.community_of(visitor);
        let staff = self.setup.post(self.plan, Role::Staff, community)?;
        let near = |org: usize| upward(&self.plan.orgs, org, OrgLevel::Community) == Some(community);
        let people = self.plan.persons.iter().enumerate().filter(|(at, one)| *at != visitor && near(one.org));
        let mut neighbours: Vec<usize> = people.map(|(at, _)| at).collect();
        neighbours.sort_by_key(|at| self.plan.persons.get(*at).map(|person| person.birth_year));
        for elder in neighbours.iter().copied() {
            let member = self.setup.person(elder)?.member;
            match self.services.name_proxy(&staff, self.proxy_ask(member, visitor)?).await {
                Ok(_) => {}
                // A frozen passbook: the next one.
                Err(Error::Refused(Refusal::WrongState { .. })) => continue,
                Err(error) => return Err(error),
            }
            self.services.set_card_pin(&staff, member, Password::new(PIN)).await?;
            let acting = Call::of(self.setup.person(visitor)?.actor.clone());
            self.services.balances(&acting, member, Default::default()).await?;
            self.services.show_code_as_proxy(&acting, member, SHOWN_SECONDS).await?;
            break;
        }
        let own = Call::of(self.setup.person(visitor)?.actor.clone());
        let member = self.setup.person(visitor)?.member;
        // The eldest is cared for; those in the middle of life act.
        for helper in neighbours.iter().copied().skip(neighbours.len().div_euclid(2)) {
            match self.services.name_proxy(&own, self.proxy_ask(member, helper)?).await {
                Ok(_) => return Ok(Some(helper)),
                Err(Error::Refused(Refusal::WrongState { .. } | Refusal::ProxyTooYoung)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(None)
    }

    fn community_of(&self, person: usize) -> usize {
        let org = self.plan.persons.get(person).map(|person| person.org);
        org.and_then(|org| upward(&self.plan.orgs, org, OrgLevel::Community)).unwrap_or(0)
    }

    fn proxy_ask(&self, member: Id, proxy: usize) -> Result<ProxyAsk, Error> {
        let person = self.plan.persons.get(proxy).ok_or_else(|| Error::Fault("no such person".into()))?;
        Ok(ProxyAsk {
            member,
            number: person.number.clone(),
            name: person.name.clone(),
            from: None,
            until: None,
            points_a_day: A_DAY,
            points_in_all: None,
            guardianship: None,
        })
    }
}
