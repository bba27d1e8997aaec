//! What the sample bank has on paper: the card and PIN of the person whom a visitor plays, a pad of slips for the shop of
//! the plain logins, and some slips of the last day, one of them above the balance.

use super::orgs::{OrgLevel, upward};
use super::people::Workplace;
use super::simulation::Simulation;
use super::{ZONE, simulation};
use crate::auth::passwords::Password;
use crate::auth::permissions::Role;
use crate::domain::id::Id;
use crate::domain::life_cycles::CAPTURE_REDEMPTION;
use crate::domain::shops::redemption::Redemption;
use crate::services::shops::redemptions::RedeemAsk;
use crate::services::shops::slips::SlipAsk;
use crate::services::step::Params;
use crate::services::{Call, Error};

/// The PIN of the visitor's card, which the pages of the sample bank show.
pub const PIN: &str = "385207";
/// Slips of the pad, and how many of them were entered.
const PAD: (i64, usize) = (20, 3);
const CLAIM_SECONDS: i64 = 180;

impl Simulation<'_> {
    /// Cards and slips at the shop of the plain logins.
    pub async fn on_paper(&self, visitor: usize) -> Result<(), Error> {
        let place = Workplace::of(&self.plan.orgs, &self.plan.shops);
        let staff = self.setup.post(self.plan, Role::Staff, place.community)?;
        let shop = self.setup.shop(place.shop)?;
        let clerk = Call::of(shop.clerk.clone());
        let member = self.setup.person(visitor)?.member;
        self.services.set_card_pin(&staff, member, Password::new(PIN)).await?;
        let Some(offer) = self.cheapest(&clerk, shop.merchant).await? else { return Ok(()) };
        let card = self.services.print_cards(&staff, vec![member]).await?.pop();
        let card = card.map(|card| card.text).unwrap_or_default();
        let claimed = self.services.claim_card(&clerk, card, None, CLAIM_SECONDS).await?;
        let ask = RedeemAsk {
            code: Some(claimed.code),
            pin: Some(Password::new(PIN)),
            lines: vec![(offer, 1)],
            hold_seconds: CLAIM_SECONDS,
            ..RedeemAsk::default()
        };
        let held = self.services.redeem(&clerk, ask).await?;
        if let Some(id) = simulation::document_of(&held) {
            self.services.step::<Redemption>(&clerk, &CAPTURE_REDEMPTION, id, Params::new()).await?;
        }
        self.slips(&staff, (shop.merchant, offer), (visitor, place.community)).await
    }

    /// An offer for points alone, of which there is some left.
    async fn cheapest(&self, clerk: &Call, merchant: Id) -> Result<Option<Id>, Error> {
        let offers = self.services.offers(clerk, merchant).await?;
        let good = offers.into_iter().filter(|one| {
            let offer = &one.offer;
            offer.state == "on" && offer.required_minutes == 0 && one.stock.is_none_or(|left| left > PAD.0)
        });
        Ok(good.min_by_key(|one| (one.offer.unit_points, one.offer.id)).map(|one| one.offer.id))
    }

    /// A pad of slips, the first of them entered for neighbours: also for one whose points do not suffice.
    async fn slips(
        &self,
        staff: &Call,
        (merchant, offer): (Id, Id),
        (visitor, community): (usize, usize),
    ) -> Result<(), Error> {
        let numbers = self.services.print_slips(staff, merchant, PAD.0).await?;
        let pad = self.services.slips_to_print(staff, numbers).await?;
        let day = self.services.now().day(ZONE);
        let near = |org: usize| upward(&self.plan.orgs, org, OrgLevel::Community) == Some(community);
        let people = self.plan.persons.iter().enumerate().filter(|(at, one)| *at != visitor && near(one.org));
        let people: Vec<usize> = people.map(|(at, _)| at).collect();
        let mut pad = pad.into_iter().map(|(slip, _)| slip.text).take(PAD.1).peekable();
        for person in people {
            let Some(slip) = pad.peek().cloned() else { return Ok(()) };
            let member = Some(self.setup.person(person)?.member);
            let ask = SlipAsk { slip, card: None, member, day, lines: vec![(offer, 1)] };
            match self.services.enter_slip(staff, ask).await {
                Ok(_) => drop(pad.next()),
                // The shop's own people, or a limit of the offer: the next person.
                Err(Error::Refused(_)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}
