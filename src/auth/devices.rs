//! Device tokens: a sign-in returns one, and the device sends it with the next sign-in. It gives no access; it only
//! keeps the failures of strangers from blocking the owner of a login.

use super::secrets::{SecretError, Secrets};
use crate::domain::id::{BankId, Id};
use crate::domain::time::Moment;

/// Validity of a device token.
pub const KEPT_SECONDS: i64 = 180 * 86_400;
const SECOND: i64 = 1_000_000;
/// Bank, user, device, second of its making; and the length of the signature behind them.
const SAID: usize = 8 + 16 + 16 + 8;
const MARK: usize = 16;

/// A device on which a user has signed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Device {
    pub user: Id,
    pub id: Id,
}

impl Device {
    /// The text of the token: 128 hex digits.
    pub fn text(self, secrets: &Secrets, bank: BankId, now: Moment) -> Result<String, SecretError> {
        let mut bytes = bank.0.to_be_bytes().to_vec();
        bytes.extend_from_slice(self.user.bytes());
        bytes.extend_from_slice(self.id.bytes());
        bytes.extend_from_slice(&now.micros().div_euclid(SECOND).to_be_bytes());
        let mark = secrets.mark("device", &bytes).ok_or(SecretError::Broken)?;
        bytes.extend_from_slice(&mark);
        Ok(hex::encode(bytes))
    }

    /// Parses a device token; `None` if it was not made here, for another bank, or too long ago.
    pub fn read(secrets: &Secrets, bank: BankId, now: Moment, text: &str) -> Option<Self> {
        let mut bytes = [0_u8; SAID + MARK];
        hex::decode_to_slice(text, &mut bytes).ok()?;
        let (said, mark) = bytes.split_first_chunk::<SAID>()?;
        if !secrets.marks("device", said).iter().any(|known| known == mark) {
            return None;
        }
        let (of_bank, rest) = said.split_first_chunk::<8>()?;
        let (user, rest) = rest.split_first_chunk::<16>()?;
        let (id, rest) = rest.split_first_chunk::<16>()?;
        let made = i64::from_be_bytes(*rest.first_chunk::<8>()?);
        let age = now.micros().div_euclid(SECOND).saturating_sub(made);
        let known = BankId(i64::from_be_bytes(*of_bank)) == bank && age < KEPT_SECONDS;
        let id_of = |bytes: &[u8; 16]| Id(uuid::Uuid::from_bytes(*bytes));
        known.then(|| Device { user: id_of(user), id: id_of(id) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Moment = Moment::from_micros(1_780_000_000_000_000);

    #[test]
    fn a_mark_made_here_names_its_device_for_half_a_year_and_no_other_is_read() {
        let secrets = Secrets::ephemeral().unwrap();
        let id = |n| Id(uuid::Uuid::from_u128(n));
        let device = Device { user: id(1), id: id(2) };
        let text = device.text(&secrets, BankId(7), NOW).unwrap();
        assert_eq!(text.len(), 128);
        let read = |bank, now, text: &str| Device::read(&secrets, bank, now, text);
        assert_eq!(read(BankId(7), NOW, &text), Some(device));
        assert_eq!(read(BankId(7), NOW.plus_seconds(KEPT_SECONDS - 1), &text), Some(device));
        assert_eq!(read(BankId(7), NOW.plus_seconds(KEPT_SECONDS), &text), None);
        assert_eq!(read(BankId(8), NOW, &text), None);
        assert_eq!(Device::read(&Secrets::ephemeral().unwrap(), BankId(7), NOW, &text), None);
        for at in 0..text.len() {
            let mut bytes = text.clone().into_bytes();
            bytes[at] = if bytes[at] == b'0' { b'1' } else { b'0' };
            assert_eq!(read(BankId(7), NOW, &String::from_utf8(bytes).unwrap()), None, "digit {at}");
        }
        for text in ["", "x", &text[..126], &"字".repeat(128)] {
            assert_eq!(read(BankId(7), NOW, text), None, "{text:.9}");
        }
    }
}
