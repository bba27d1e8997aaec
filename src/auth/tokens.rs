//! Tokens: short-lived signed access tokens, and refresh tokens that are used once.

use super::secrets::{SecretError, Secrets, random, token_hash};
use crate::domain::id::{BankId, Id};
use crate::domain::time::Moment;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

const ISSUER: &str = "jianxian";
const AUDIENCE: &str = "jianxian-api";
/// RFC 9068: an access token, and nothing else that may be signed with the same key.
const KIND: &str = "at+jwt";
const SECOND: i64 = 1_000_000;
/// The tolerated difference between the clocks of two servers: a new token of one must be valid at the other.
const LEEWAY_SECONDS: i64 = 60;
/// Maximum number of cached tokens; beyond it the cache is cleared.
const REMEMBERED: usize = 5_000;

/// What is wrong with a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenFault {
    Missing,
    /// Forged, damaged, of another kind or for another server.
    Invalid,
    Expired,
    /// Logged out, revoked, or replaced.
    SessionEnded,
}

/// The claims of a token. Roles are not included: they are looked up, so that a change works at once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    iss: String,
    aud: String,
    /// The user.
    pub sub: Id,
    /// This token's own id.
    pub jti: Id,
    pub bank: BankId,
    /// The session; it can be ended.
    pub sid: Id,
    iat: i64,
    nbf: i64,
    exp: i64,
}

/// Signs and checks access tokens.
pub struct Tokens {
    signing: EncodingKey,
    signing_id: String,
    checking: Vec<(String, DecodingKey)>,
    validation: Validation,
    access_seconds: i64,
    /// Tokens with a valid signature, and their claims. Their time is checked each time.
    signed: RwLock<HashMap<String, Claims>>,
}

impl std::fmt::Debug for Tokens {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Tokens({})", self.signing_id)
    }
}

impl Tokens {
    /// `access_seconds`: the lifetime of a token.
    pub fn new(secrets: &Secrets, access_seconds: i64) -> Result<Self, SecretError> {
        super::hs256::install();
        let keys = secrets.derived("access_token");
        let (signing_id, newest) = secrets.newest("access_token").ok_or(SecretError::Broken)?;
        let mut validation = Validation::new(Algorithm::HS256);
        validation.set_required_spec_claims(&["exp", "nbf", "aud", "iss", "sub"]);
        validation.set_issuer(&[ISSUER]);
        validation.set_audience(&[AUDIENCE]);
        // Checked below against the bank's own clock.
        validation.validate_exp = false;
        Ok(Tokens {
            signing: EncodingKey::from_secret(&newest),
            signing_id,
            checking: keys.iter().map(|(id, key)| (id.clone(), DecodingKey::from_secret(key))).collect(),
            validation,
            access_seconds,
            signed: RwLock::default(),
        })
    }

    /// A token valid from `now` on, and its lifetime in seconds.
    pub fn issue(
        &self,
        now: Moment,
        bank: BankId,
        user: Id,
        session: Id,
        token: Id,
    ) -> Result<(String, i64), SecretError> {
        let from = now.micros().div_euclid(SECOND);
        let claims = Claims {
            iss: ISSUER.to_owned(),
            aud: AUDIENCE.to_owned(),
            sub: user,
            jti: token,
            bank,
            sid: session,
            iat: from,
            nbf: from,
            exp: from.saturating_add(self.access_seconds),
        };
        let mut header = Header::new(Algorithm::HS256);
        header.typ = Some(KIND.to_owned());
        header.kid = Some(self.signing_id.clone());
        let text = jsonwebtoken::encode(&header, &claims, &self.signing).map_err(|_| SecretError::Broken)?;
        Ok((text, self.access_seconds))
    }

    /// The claims of a token that was signed here, for this server, and is valid at `now`.
    pub fn check(&self, now: Moment, text: &str) -> Result<Claims, TokenFault> {
        let known = self.signed.read().unwrap_or_else(PoisonError::into_inner).get(text).cloned();
        if let Some(claims) = known {
            return in_time(claims, now);
        }
        let claims = in_time(self.signed_claims(text)?, now)?;
        let mut signed = self.signed.write().unwrap_or_else(PoisonError::into_inner);
        if signed.len() >= REMEMBERED {
            signed.clear();
        }
        signed.insert(text.to_owned(), claims.clone());
        Ok(claims)
    }

    /// The claims of a token that was signed here, for this server, whatever its time.
    fn signed_claims(&self, text: &str) -> Result<Claims, TokenFault> {
        let header = jsonwebtoken::decode_header(text).map_err(|_| TokenFault::Invalid)?;
        if header.typ.as_deref() != Some(KIND) || header.crit.is_some() {
            return Err(TokenFault::Invalid);
        }
        let named = header.kid.ok_or(TokenFault::Invalid)?;
        let (_, key) = self.checking.iter().find(|(id, _)| *id == named).ok_or(TokenFault::Invalid)?;
        let token = jsonwebtoken::decode::<Claims>(text, key, &self.validation);
        Ok(token.map_err(|_| TokenFault::Invalid)?.claims)
    }
}

fn in_time(claims: Claims, now: Moment) -> Result<Claims, TokenFault> {
    let at = now.micros().div_euclid(SECOND);
    let latest = at.saturating_add(LEEWAY_SECONDS);
    if claims.nbf > latest || claims.iat > latest || claims.exp <= claims.nbf {
        return Err(TokenFault::Invalid);
    }
    if claims.exp <= at { Err(TokenFault::Expired) } else { Ok(claims) }
}

/// A refresh token names its session and has 256 random bits; only its hash is stored. A MAC shows that it was made
/// here, so that any older token of a session is recognised when it is used again.
#[derive(Clone)]
pub struct RefreshToken {
    /// The text for the caller: 144 hex digits.
    pub text: String,
    /// The hash in the session.
    pub hash: [u8; 32],
}

impl std::fmt::Debug for RefreshToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RefreshToken")
    }
}

/// The contents of a refresh token that was made here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadRefresh {
    pub bank: BankId,
    pub session: Id,
    pub hash: [u8; 32],
}

/// Bank, session, random bits, MAC.
const REFRESH: usize = 8 + 16 + 32;
const MARK: usize = 16;

impl RefreshToken {
    pub fn new(secrets: &Secrets, bank: BankId, session: Id) -> Result<Self, SecretError> {
        let mut bytes = bank.0.to_be_bytes().to_vec();
        bytes.extend_from_slice(session.bytes());
        bytes.extend_from_slice(&random::<32>()?);
        let mark = secrets.mark("refresh_token", &bytes).ok_or(SecretError::Broken)?;
        bytes.extend_from_slice(&mark);
        let text = hex::encode(bytes);
        Ok(RefreshToken { hash: token_hash(&text), text })
    }

    /// Parses a token; `None` if it was not made here.
    pub fn read(secrets: &Secrets, text: &str) -> Option<ReadRefresh> {
        let mut bytes = [0_u8; REFRESH + MARK];
        hex::decode_to_slice(text, &mut bytes).ok()?;
        // One text for one token: upper-case hex digits are refused.
        if text.bytes().any(|digit| digit.is_ascii_uppercase()) {
            return None;
        }
        let (said, mark) = bytes.split_first_chunk::<REFRESH>()?;
        if !secrets.marks("refresh_token", said).iter().any(|known| known == mark) {
            return None;
        }
        let (bank, rest) = said.split_first_chunk::<8>()?;
        let (session, _) = rest.split_first_chunk::<16>()?;
        Some(ReadRefresh {
            bank: BankId(i64::from_be_bytes(*bank)),
            session: Id(uuid::Uuid::from_bytes(*session)),
            hash: token_hash(text),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use hmac::{Hmac, KeyInit, Mac};
    use jsonwebtoken::Header;
    use serde_json::{Value, json};
    use sha2::{Sha256, Sha384, Sha512};

    const NOW: Moment = Moment::from_micros(1_780_000_000_000_000);

    fn id(n: u128) -> Id {
        Id(uuid::Uuid::from_u128(n))
    }

    fn tokens(secrets: &Secrets) -> Tokens {
        Tokens::new(secrets, 600).unwrap()
    }

    /// A token signed with the right key, with the header and claims changed.
    fn crafted(secrets: &Secrets, change: impl FnOnce(&mut Header, &mut Value)) -> String {
        let (kid, key) = secrets.derived("access_token").pop().unwrap();
        let mut header = Header::new(Algorithm::HS256);
        header.typ = Some(KIND.into());
        header.kid = Some(kid);
        let mut claims = json!({"iss": ISSUER, "aud": AUDIENCE, "sub": id(1), "jti": id(2), "bank": 1, "sid": id(3),
            "iat": 1_780_000_000, "nbf": 1_780_000_000, "exp": 1_780_000_600});
        change(&mut header, &mut claims);
        let part = |json: String| URL_SAFE_NO_PAD.encode(json);
        let (header_text, claims) = (serde_json::to_string(&header).unwrap(), claims.to_string());
        let signed = format!("{}.{}", part(header_text), part(claims));
        let mac = match header.alg {
            Algorithm::HS384 => mac::<Hmac<Sha384>>(&key, &signed),
            Algorithm::HS512 => mac::<Hmac<Sha512>>(&key, &signed),
            _ => mac::<Hmac<Sha256>>(&key, &signed),
        };
        format!("{signed}.{mac}")
    }

    fn mac<M: Mac + KeyInit>(key: &[u8], text: &str) -> String {
        let mac = <M as KeyInit>::new_from_slice(key).unwrap().chain_update(text).finalize();
        URL_SAFE_NO_PAD.encode(mac.into_bytes())
    }

    #[test]
    fn a_token_is_good_for_its_time_and_not_a_second_longer() {
        let secrets = Secrets::ephemeral().unwrap();
        let tokens = tokens(&secrets);
        let (text, lasts) = tokens.issue(NOW, BankId(1), id(1), id(3), id(2)).unwrap();
        assert_eq!(lasts, 600);
        let claims = tokens.check(NOW, &text).unwrap();
        assert_eq!((claims.bank, claims.sub, claims.sid, claims.jti), (BankId(1), id(1), id(3), id(2)));
        assert!(tokens.check(NOW.plus_seconds(599), &text).is_ok());
        assert_eq!(tokens.check(NOW.plus_seconds(600), &text), Err(TokenFault::Expired));
        assert!(tokens.check(NOW, &crafted(&secrets, |_, _| {})).is_ok());
    }

    #[test]
    fn a_token_from_a_clock_that_runs_ahead_is_good_for_up_to_a_minute_of_difference() {
        let secrets = Secrets::ephemeral().unwrap();
        let tokens = tokens(&secrets);
        let (text, _) = tokens.issue(NOW, BankId(1), id(1), id(3), id(2)).unwrap();
        assert!(tokens.check(NOW.plus_seconds(-60), &text).is_ok());
        // Also when its signature is cached.
        assert_eq!(tokens.check(NOW.plus_seconds(-61), &text), Err(TokenFault::Invalid));
        assert!(tokens.check(NOW.plus_seconds(599), &text).is_ok());
        assert_eq!(
            tokens.check(NOW.plus_seconds(600), &text),
            Err(TokenFault::Expired),
            "its end has no leeway"
        );
    }

    #[test]
    fn forged_and_foreign_tokens_are_dead() {
        let secrets = Secrets::ephemeral().unwrap();
        let tokens = tokens(&secrets);
        let good = crafted(&secrets, |_, _| {});
        let other = crafted(&Secrets::ephemeral().unwrap(), |_, _| {});
        assert_eq!(tokens.check(NOW, &other), Err(TokenFault::Invalid), "another server's key");
        let parts: Vec<&str> = good.split('.').collect();
        // {"alg":"none","typ":"at+jwt"} and {"alg":"HS256"} …
        let none = "eyJhbGciOiJub25lIiwidHlwIjoiYXQrand0In0";
        for text in [
            String::new(),
            "..".into(),
            format!("{none}.{}.", parts[1]),
            format!("{none}.{}.{}", parts[1], parts[2]),
            format!("{}.{}.", parts[0], parts[1]),
            format!("{}.{}", parts[0], parts[1]),
            format!("{good}.x"),
            format!("{good}="),
            good.replacen('e', "f", 1),
            "a".repeat(100_000),
        ] {
            assert_eq!(tokens.check(NOW, &text), Err(TokenFault::Invalid), "{:.60}", text);
        }
        for at in 0..good.len() {
            let mut bytes = good.clone().into_bytes();
            bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
            let text = String::from_utf8(bytes).unwrap();
            // The last character of base64 may carry bits that no decoder reads; such a text must be refused too.
            assert!(tokens.check(NOW, &text).is_err(), "character {at} changed");
        }
    }

    #[test]
    fn the_header_cannot_talk_the_check_into_another_algorithm_or_key() {
        let secrets = Secrets::ephemeral().unwrap();
        let tokens = tokens(&secrets);
        type Change = fn(&mut Header, &mut Value);
        let headers: [(&str, Change); 7] = [
            ("HS384", |h, _| h.alg = Algorithm::HS384),
            ("HS512", |h, _| h.alg = Algorithm::HS512),
            ("no kid", |h, _| h.kid = None),
            ("another kid", |h, _| h.kid = Some("00000000".into())),
            ("a path as kid", |h, _| h.kid = Some("../../dev/null".into())),
            ("another kind", |h, _| h.typ = Some("JWT".into())),
            ("no kind", |h, _| h.typ = None),
        ];
        for (name, change) in headers {
            assert_eq!(tokens.check(NOW, &crafted(&secrets, change)), Err(TokenFault::Invalid), "{name}");
        }
        let with_crit = crafted(&secrets, |h, _| h.crit = Some(vec!["x".into()]));
        assert_eq!(tokens.check(NOW, &with_crit), Err(TokenFault::Invalid));
    }

    #[test]
    fn a_mark_of_ours_under_the_name_of_another_algorithm_is_dead() {
        let secrets = Secrets::ephemeral().unwrap();
        let (tokens, (kid, key)) = (tokens(&secrets), secrets.derived("access_token").pop().unwrap());
        let good = crafted(&secrets, |_, _| {});
        let payload = good.split('.').nth(1).unwrap();
        let signed = |algorithm: &str| {
            let (key, header) =
                (EncodingKey::from_secret(&key), json!({"alg": algorithm, "typ": KIND, "kid": kid}));
            // The library writes no such header, but it writes anything as claims.
            let carrier = jsonwebtoken::encode(&Header::new(Algorithm::HS256), &header, &key).unwrap();
            let signed = format!("{}.{payload}", carrier.split('.').nth(1).unwrap());
            let mark = jsonwebtoken::crypto::sign(signed.as_bytes(), &key, Algorithm::HS256).unwrap();
            format!("{signed}.{mark}")
        };
        assert!(tokens.check(NOW, &signed("HS256")).is_ok(), "the test signs as the server does");
        for algorithm in ["RS256", "PS256", "ES256", "EdDSA", "HS384", "none", "hs256", ""] {
            assert_eq!(tokens.check(NOW, &signed(algorithm)), Err(TokenFault::Invalid), "{algorithm}");
        }
    }

    #[test]
    fn every_claim_is_required_in_its_type_and_value() {
        let secrets = Secrets::ephemeral().unwrap();
        let tokens = tokens(&secrets);
        for claim in ["iss", "aud", "sub", "jti", "bank", "sid", "nbf", "exp"] {
            let without = crafted(&secrets, |_, claims| {
                claims.as_object_mut().unwrap().remove(claim);
            });
            assert_eq!(tokens.check(NOW, &without), Err(TokenFault::Invalid), "without {claim}");
        }
        let wrong = [
            ("iss", json!("elsewhere")),
            ("aud", json!("elsewhere")),
            ("aud", json!([])),
            ("sub", json!("1")),
            ("jti", json!(7)),
            ("bank", json!("1")),
            ("exp", json!("1780000600")),
            ("exp", json!(1.78e9)),
            ("exp", json!(-1)),
            ("exp", json!(null)),
            ("exp", json!(u64::MAX)),
            ("exp", json!(1_780_000_000)),
            ("nbf", json!(1_780_000_061)),
            ("iat", json!(1_780_000_061)),
            ("nbf", json!("0")),
        ];
        for (claim, value) in wrong {
            let text = crafted(&secrets, |_, claims| claims[claim] = value.clone());
            assert!(tokens.check(NOW, &text).is_err(), "{claim} = {value}");
        }
    }

    #[test]
    fn tokens_of_an_older_key_stay_good_while_the_key_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let old = Secrets::open_or_create(folder.path()).unwrap();
        let (text, _) = tokens(&old).issue(NOW, BankId(1), id(1), id(3), id(2)).unwrap();
        let path = folder.path().join(crate::auth::secrets::FILE);
        let file = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, file + &Secrets::new_line().unwrap()).unwrap();
        let new = tokens(&Secrets::open(&path).unwrap());
        assert!(new.check(NOW, &text).is_ok());
        let (newer, _) = new.issue(NOW, BankId(1), id(1), id(3), id(2)).unwrap();
        assert!(tokens(&old).check(NOW, &newer).is_err());
    }

    #[test]
    fn a_refresh_token_made_here_names_its_session_and_no_other_is_read() {
        let secrets = Secrets::ephemeral().unwrap();
        let made = || RefreshToken::new(&secrets, BankId(7), id(3)).unwrap();
        let (first, second) = (made(), made());
        assert_eq!(first.text.len(), 144);
        assert_ne!(first.text, second.text);
        let read = RefreshToken::read(&secrets, &first.text).unwrap();
        assert_eq!((read.bank, read.session, read.hash), (BankId(7), id(3), first.hash));
        assert_eq!(RefreshToken::read(&Secrets::ephemeral().unwrap(), &first.text), None);
        for text in [
            "",
            &first.text[..142],
            &first.text.to_uppercase(),
            &format!("{}00", first.text),
            &"0".repeat(144),
            &"字".repeat(144),
        ] {
            assert_eq!(RefreshToken::read(&secrets, text), None, "{text:.20}");
        }
        for at in 0..first.text.len() {
            let mut bytes = first.text.clone().into_bytes();
            bytes[at] = if bytes[at] == b'0' { b'1' } else { b'0' };
            let text = String::from_utf8(bytes).unwrap();
            assert_eq!(RefreshToken::read(&secrets, &text), None, "digit {at} changed");
        }
        assert!(!format!("{first:?}").contains(&first.text));
    }
}
