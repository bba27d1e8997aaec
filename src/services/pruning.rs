//! Removes the texts of old idempotency records, and codes that have expired.

use super::{Error, Services};
use crate::domain::id::BankId;
use crate::store::ledger::entry_keys::STEP;

const DAY_SECONDS: i64 = 86_400;
/// Codes are kept for questions about redemptions of the day.
const CODE_SECONDS: i64 = 2 * DAY_SECONDS;

impl Services {
    /// Removes idempotency records older than `days`, and expired codes; returns the number of rows. A key that made
    /// an entry stays known by its digest: it is answered `key_spent` and never posts again.
    pub async fn prune(&self, bank: BankId, days: i64) -> Result<usize, Error> {
        let mut removed = 0_usize;
        loop {
            let step = self.store.write(bank, move |tables| {
                let answers = tables.forget_answers(
                    tables.now.plus_seconds(days.saturating_mul(DAY_SECONDS).saturating_neg()),
                )?;
                Ok((answers, tables.forget_codes(tables.now.plus_seconds(-CODE_SECONDS))?))
            });
            let (answers, codes) = step.await?;
            removed = removed.saturating_add(answers).saturating_add(codes);
            if answers < STEP && codes < STEP {
                return Ok(removed);
            }
        }
    }
}
