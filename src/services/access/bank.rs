//! The bank itself: its name.

use crate::auth::permissions::Permission;
use crate::domain::refusal::Refusal;
use crate::services::{Bank, Call, Error, Services};

impl Services {
    /// Gives the bank another name, which every page and printout bears from then on. Noted in the access log.
    pub async fn rename_bank(&self, call: &Call, name: String) -> Result<Bank, Error> {
        let (caller, log) = (call.clone(), self.next_id());
        let renamed = self.write(call, move |tables| {
            if !caller.actor.may(Permission::ManageBank) {
                return Err(Refusal::absent("bank").into());
            }
            let before = tables.own_bank()?;
            if before.name == name {
                return Ok(before);
            }
            tables.rename_bank(&name)?;
            tables.log_act(log, caller.actor.user, "rename_bank", ("bank", None), Some(before.name))?;
            tables.own_bank()
        });
        Ok(renamed.await?.0)
    }
}
