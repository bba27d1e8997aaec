//! Photos of goods of the sample bank, plain drawings, and a scanned sheet.

use super::simulation::Simulation;
use crate::domain::attachments::Thing;
use crate::domain::attachments::picture::sample;
use crate::services::attachments::AttachmentAsk;
use crate::services::{Call, Error};

/// How many goods of each shop have a photo.
const OF_EACH: usize = 3;

impl Simulation<'_> {
    /// The keepers of the shops have photographed some of their goods.
    pub async fn photograph_goods(&self) -> Result<(), Error> {
        for shop in &self.setup.shops {
            let owner = Call::of(shop.owner.clone());
            for (number, offer) in shop.offers.iter().take(OF_EACH).enumerate() {
                let file = sample(number).map_err(|unfit| Error::Fault(format!("{unfit:?}")))?;
                let name = format!("货品 {}.png", number.saturating_add(1));
                let ask = AttachmentAsk { thing: Thing::Offer, of: *offer, name, file };
                self.services.attach(&owner, ask).await?;
            }
        }
        Ok(())
    }
}
