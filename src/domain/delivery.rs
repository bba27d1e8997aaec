//! Deliveries (投递) of messages by channels that leave the bank: their states and the pauses between attempts.

use super::id::Id;
use super::time::Moment;

/// It waits for its next attempt.
pub const DUE: &str = "due";
/// A server is sending it.
pub const SENDING: &str = "sending";
/// The other side has accepted it.
pub const SENT: &str = "sent";
/// Every attempt failed.
pub const DEAD: &str = "dead";
/// The server ended while it was sending: it may have been accepted, and is not sent again by itself.
pub const UNKNOWN: &str = "unknown";
/// It is not sent any more.
pub const DROPPED: &str = "dropped";

/// The seconds after each failed attempt; after the last one it is dead. Two days in all.
const PAUSES: [i64; 8] = [10, 60, 300, 1_800, 7_200, 21_600, 43_200, 86_400];

/// When the next attempt is made after this many have failed; `None`: no more. Up to a tenth is added by the id, so that
/// what failed together does not come again all at once.
pub fn next_attempt(failed: i64, now: Moment, id: Id) -> Option<Moment> {
    let index = usize::try_from(failed).ok()?.checked_sub(1)?;
    let pause = *PAUSES.get(index)?;
    let part = i64::from(id.0.as_bytes().last().copied().unwrap_or(0));
    let more = pause.saturating_mul(part).checked_div(2_560).unwrap_or(0);
    Some(now.plus_seconds(pause.saturating_add(more)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pauses_grow_and_end() {
        let now = Moment::from_micros(0);
        assert_eq!(next_attempt(0, now, Id::SYSTEM), None);
        let waits: Vec<i64> = (1..=8)
            .map(|failed| next_attempt(failed, now, Id::SYSTEM).unwrap().micros() / 1_000_000)
            .collect();
        assert!(waits.windows(2).all(|pair| pair[1] > pair[0]), "{waits:?}");
        assert!(waits.iter().zip(PAUSES).all(|(wait, pause)| (pause..=pause + pause / 10).contains(wait)));
        assert_eq!(next_attempt(9, now, Id::SYSTEM), None);
    }
}
