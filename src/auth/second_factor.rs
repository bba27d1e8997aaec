//! Second factors: one-time passwords of an authenticator app (TOTP, RFC 6238: SHA-1, six digits, 30 seconds), and
//! recovery codes for when the app is lost.

use super::secrets::{SecretError, random};
use crate::domain::time::Moment;
use totp_rs::{Builder, Totp};

/// The length of a step.
const STEP_SECONDS: i64 = 30;
/// Steps before and after the present one that are accepted: clocks differ.
const SKEW: i64 = 1;
/// Recovery codes that are handed out at a time.
pub const RECOVERY_CODES: usize = 10;
/// The letters of recovery codes: none that are taken for another.
const LETTERS: &[u8; 31] = b"abcdefghjkmnpqrstuvwxyz23456789";
/// Letters of a recovery code, without its hyphen: 49 bits.
const LENGTH: usize = 10;

/// The secret of an authenticator app.
#[derive(Clone)]
pub struct FactorSecret(Vec<u8>);

impl std::fmt::Debug for FactorSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("FactorSecret")
    }
}

impl FactorSecret {
    /// A new one of 160 bits, as RFC 4226 recommends.
    pub fn new() -> Result<Self, SecretError> {
        Ok(FactorSecret(random::<20>()?.to_vec()))
    }

    /// Reads a secret from its stored form.
    pub fn read(hex: &str) -> Option<Self> {
        hex::decode(hex).ok().map(FactorSecret)
    }

    pub fn stored(&self) -> String {
        hex::encode(&self.0)
    }

    /// For typing into an app.
    pub fn base32(&self) -> String {
        let mut text = String::new();
        let (mut bits, mut kept) = (0_u32, 0_u32);
        for byte in &self.0 {
            bits = (bits << 8) | u32::from(*byte);
            kept = kept.saturating_add(8);
            while kept >= 5 {
                kept = kept.saturating_sub(5);
                let index = usize::try_from((bits >> kept) & 31).unwrap_or(0);
                text.push(char::from(*b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".get(index).unwrap_or(&b'A')));
            }
            bits &= (1 << kept) - 1;
        }
        text
    }

    /// The address behind the QR picture that an app scans.
    pub fn address(&self, issuer: &str, login: &str) -> String {
        let encode = |text: &str| {
            form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20")
        };
        let (issuer, login) = (encode(issuer), encode(login));
        format!("otpauth://totp/{issuer}:{login}?secret={}&issuer={issuer}", self.base32())
    }

    fn totp(&self) -> Option<Totp> {
        Builder::new().with_secret(self.0.clone()).build().ok()
    }

    /// The step of these digits, if they are right now and their step is after `last`: each is good once.
    pub fn step(&self, digits: &str, now: Moment, last: i64) -> Option<i64> {
        let totp = self.totp()?;
        let present = now.micros().div_euclid(1_000_000).div_euclid(STEP_SECONDS);
        let steps = present.saturating_sub(SKEW)..=present.saturating_add(SKEW);
        steps.filter(|step| *step > last).find(|step| {
            let time = u64::try_from(step.saturating_mul(STEP_SECONDS)).unwrap_or(0);
            totp.generate(time).to_string() == digits
        })
    }
}

/// A new recovery code: `abcde-fgh23`.
pub fn recovery_code() -> Result<String, SecretError> {
    let mut text = String::with_capacity(LENGTH.saturating_add(1));
    while text.len() < LENGTH {
        for byte in random::<16>()? {
            // Bytes above the last whole multiple are drawn again: all letters are as likely.
            let letters = LETTERS.len();
            if usize::from(byte) < letters.saturating_mul(8) && text.len() < LENGTH {
                let index = usize::from(byte).checked_rem(letters).unwrap_or(0);
                text.push(char::from(*LETTERS.get(index).unwrap_or(&b'a')));
            }
        }
    }
    text.insert(LENGTH / 2, '-');
    Ok(text)
}

/// A recovery code as it was typed, in its one form.
pub fn plain_recovery(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace() && *c != '-').map(|c| c.to_ascii_lowercase()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B, cut to six digits.
    #[test]
    fn the_digits_are_those_of_the_standard_and_good_once() {
        let secret = FactorSecret(b"12345678901234567890".to_vec());
        for (seconds, digits) in [(59, "287082"), (1_111_111_109, "081804"), (2_000_000_000, "279037")] {
            let now = Moment::from_micros(seconds * 1_000_000);
            let step = secret.step(digits, now, 0).unwrap();
            assert_eq!(step, seconds / 30);
            assert_eq!(secret.step(digits, now, step), None, "used before");
            let later = Moment::from_micros((seconds + 30) * 1_000_000);
            assert_eq!(secret.step(digits, later, 0), Some(step), "a clock that is slow");
            let late = Moment::from_micros((seconds + 60) * 1_000_000);
            assert_eq!(secret.step(digits, late, 0), None);
        }
        assert_eq!(secret.base32(), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        let address = secret.address("涧贤 银行", "admin");
        assert!(
            address.starts_with("otpauth://totp/%E6%B6%A7%E8%B4%A4%20%E9%93%B6%E8%A1%8C:admin?secret=GEZD")
        );
    }

    #[test]
    fn recovery_codes_are_read_however_they_are_typed() {
        let code = recovery_code().unwrap();
        assert!(code.len() == 11 && code.chars().nth(5) == Some('-'), "{code}");
        assert_eq!(
            plain_recovery(&format!(" {} ", code.to_uppercase().replace('-', " "))),
            code.replace('-', "")
        );
    }
}
