//! What becomes of a gift: asked back by who gave it, returned or kept by who received it, reversed by staff. It is
//! returned whole or not at all.

use super::gifts::{is_reached, own_file, sides};
use crate::auth::permissions::Permission;
use crate::domain::document::Document;
use crate::domain::id::Id;
use crate::domain::ledger::asset::Asset;
use crate::domain::ledger::entry::EntryKind;
use crate::domain::life_cycle::LifeCycle;
use crate::domain::life_cycles::{ASK_GIFT_BACK, GIFT, KEEP_GIFT, REVERSE_GIFT};
use crate::domain::points::gift::{ASK_BACK_DAYS, Gift};
use crate::domain::refusal::Refusal;
use crate::ledger::{Command, Op};
use crate::services::access::interest::not_for_oneself_since;
use crate::services::step::{HasLifeCycle, Place, StepContext};
use crate::services::{Call, Error, Services};
use crate::store::Tables;
use std::future::Future;

impl HasLifeCycle for Gift {
    const CYCLE: &'static LifeCycle = &GIFT;
    const IS_DOCUMENT: bool = true;

    fn find(tables: &mut Tables<'_>, id: Id) -> Result<Option<Self>, Error> {
        tables.gift(id)
    }

    fn save(&self, _: &mut Tables<'_>) -> Result<(), Error> {
        Err(Error::Fault("a gift goes with its entry only".into()))
    }

    fn state(&self) -> &str {
        self.state.as_str()
    }

    fn place(&self, tables: &mut Tables<'_>) -> Result<Place, Error> {
        Ok(Place { path: tables.org_path(self.org_id)?, member: None, shop: None })
    }

    /// The giver asks, the receiver answers, staff of the giver's organisation reverse.
    fn is_reached(&self, context: &mut StepContext<'_, '_>) -> Result<bool, Error> {
        let (gave, got) = sides(context.tables, context.call, self)?;
        Ok(match context.step {
            step if step.is(&REVERSE_GIFT) => {
                is_reached(context.tables, context.call, self, Permission::MakeAwards)?
            }
            step if step.is(&ASK_GIFT_BACK) => gave && self.receiver_id.is_some(),
            _ => got && self.giver_id.is_some(),
        })
    }

    fn in_words(_: &Services, _: &Call, error: Error) -> impl Future<Output = Error> + Send {
        let reword = |refusal: Refusal| match refusal {
            Refusal::InsufficientBalance { available, .. } | Refusal::ReversalOnHold { available, .. } => {
                Refusal::GiftSpent { left: available, asset: Asset::Point }
            }
            other => other,
        };
        let error = match error {
            Error::Refused(refusal) => Error::Refused(reword(refusal)),
            Error::RefusedBefore(refusal) => Error::RefusedBefore(reword(refusal)),
            other => other,
        };
        async { error }
    }

    fn effect(&mut self, context: &mut StepContext<'_, '_>) -> Result<Option<Command>, Error> {
        let is_staff = context.is(&REVERSE_GIFT);
        if is_staff {
            for member in [self.giver_id, self.receiver_id].into_iter().flatten() {
                let member = context.tables.member_that_stays(member)?;
                not_for_oneself_since(context.tables, context.call, &member, self.given_at)?;
            }
        } else {
            own_file(context.tables, context.call)?;
        }
        let last = self.given_at.day(context.tables.zone).plus(ASK_BACK_DAYS);
        if context.is(&ASK_GIFT_BACK) && last < context.tables.today() {
            return Err(Refusal::GiftTooOld { days: ASK_BACK_DAYS.into() }.into());
        }
        let is_word = context.is(&ASK_GIFT_BACK) || context.is(&KEEP_GIFT);
        let (kind, op) = match self.entry_number {
            _ if is_word => (EntryKind::Gift, Op::Post { legs: Vec::new(), partial: false, up_to: false }),
            Some(entry) => {
                let op = Op::Reverse { entry, amounts: None, up_to: false, of_document: true };
                (EntryKind::Reversal, op)
            }
            None => return Err(Error::Fault(format!("gift {}: no entry", self.id))),
        };
        let mut command = Command::new(context.call.actor.user, kind, op).source(format!("gift/{}", self.id));
        command.note = context.services.note(is_staff.then(|| context.reason()));
        Ok(Some(command.document(Document::Gift(self.clone()))))
    }
}
