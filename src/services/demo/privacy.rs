//! What people of the sample bank have asked about their own data: consents, a correction that waits, and a person who has
//! left and was erased.

use super::orgs::{OrgLevel, upward};
use super::people::Workplace;
use super::simulation::Simulation;
use crate::auth::permissions::Role;
use crate::domain::id::Id;
use crate::domain::life_cycles::{ERASE_MEMBER, WITHDRAW_CONSENT};
use crate::domain::people::consent::ConsentPurpose;
use crate::domain::people::correction::CorrectedField;
use crate::domain::people::erasure::COOLING_DAYS;
use crate::domain::time::Day;
use crate::services::people::counter::MemberAsk;
use crate::services::people::privacy::consents::{ConsentAsk, ConsentRow};
use crate::services::people::privacy::correcting::Correction;
use crate::services::people::privacy::erasing::{ErasureAsk, ErasureRequest};
use crate::services::step::Params;
use crate::services::{Call, Error};

/// The person who leaves.
const LEAVES: &str = "钱示例";

impl Simulation<'_> {
    /// A person who moves to another city asks on paper for the file to be erased, so that the cooling-off ends with the
    /// sample year.
    pub async fn leave_on(&mut self, day: Day) -> Result<(), Error> {
        if day != self.plan.until.plus(-COOLING_DAYS) {
            return Ok(());
        }
        let community = Workplace::of(&self.plan.orgs, &self.plan.shops).community;
        let staff = self.setup.post(self.plan, Role::Staff, community)?;
        let org = self.setup.org(community)?.id;
        let ask = MemberAsk { name: LEAVES.into(), org, confirmed_new: true, ..MemberAsk::default() };
        let member = self.services.open_member(&staff, ask).await?.id;
        let on_paper = Some((member, "2026年第3号".to_owned()));
        let ask = ErasureAsk { on_paper, gives_up_points: false };
        self.leaving = Some(self.services.request_erasure(&staff, ask).await?.0);
        Ok(())
    }

    /// The erasure is carried out; a visitor has consented, and a neighbour asks for a correction.
    pub async fn privacy(&self, visitor: usize) -> Result<(), Error> {
        if let Some(request) = self.leaving {
            let administrator = Call::of(self.setup.administrator.clone());
            self.services
                .step::<ErasureRequest>(&administrator, &ERASE_MEMBER, request, Params::new())
                .await?;
        }
        let own = Call::of(self.setup.person(visitor)?.actor.clone());
        let mut given: Option<Id> = None;
        for purpose in [ConsentPurpose::Publication, ConsentPurpose::Location] {
            let ask = ConsentAsk { purpose, on_paper: None, text_version: purpose.text_version() };
            given = Some(self.services.give_consent(&own, ask).await?);
        }
        if let Some(id) = given {
            self.services.step::<ConsentRow>(&own, &WITHDRAW_CONSENT, id, Params::new()).await?;
        }
        let community = Workplace::of(&self.plan.orgs, &self.plan.shops).community;
        let lives = |org| upward(&self.plan.orgs, org, OrgLevel::Community) == Some(community);
        let mut others = self.plan.persons.iter().enumerate().filter(|(place, _)| *place != visitor);
        if let Some((place, _)) = others.find(|(_, person)| lives(person.org)) {
            let neighbour = Call::of(self.setup.person(place)?.actor.clone());
            let (value, why) = ("修伞".to_owned(), "登记时没有写手艺。".to_owned());
            let wish = Correction { field: CorrectedField::Trade, value, why, answer: None };
            self.services.request_correction(&neighbour, wish).await?;
        }
        Ok(())
    }
}
