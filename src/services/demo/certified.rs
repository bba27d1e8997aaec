//! What people of the sample bank have had certified: by staff at the counter, for the person whom a visitor plays.

use super::orgs::{OrgLevel, upward};
use super::simulation::Simulation;
use crate::auth::permissions::Role;
use crate::services::Error;
use crate::services::service::certificates::CertificateAsk;

impl Simulation<'_> {
    /// Staff of the visitor's community issue a certificate of all that was served, and one for this year.
    pub async fn certify(&self, visitor: usize) -> Result<(), Error> {
        let person = self.plan.persons.get(visitor);
        let community =
            person.and_then(|person| upward(&self.plan.orgs, person.org, OrgLevel::Community)).unwrap_or(0);
        let staff = self.setup.post(self.plan, Role::Staff, community)?;
        let member = Some(self.setup.person(visitor)?.member);
        let today = self.services.now().day(super::ZONE);
        let month_ago = Some(today.plus(-30));
        let whole = CertificateAsk { member, until: month_ago, ..CertificateAsk::default() };
        let remark = Some("用于申请社区表彰".to_owned());
        for ask in [whole, CertificateAsk { member, remark, ..CertificateAsk::default() }] {
            self.services.issue_certificate(&staff, ask).await?;
        }
        Ok(())
    }
}
