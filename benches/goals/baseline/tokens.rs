//! A token and its check, at the usual cost of signed tokens.

use jianxian::domain::id::Id;
use jianxian::domain::time::Moment;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use serde::{Deserialize, Serialize};

const ISSUER: &str = "jianxian-bench";

#[derive(Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: String,
    jti: String,
    nbf: i64,
    exp: i64,
}

/// Signs and checks tokens with one HS256 key.
pub struct BaselineTokens {
    signing: EncodingKey,
    checking: DecodingKey,
    validation: Validation,
}

impl BaselineTokens {
    pub fn new(secret: &[u8]) -> Self {
        jianxian::auth::hs256::install();
        let mut validation = Validation::new(Algorithm::HS256);
        validation.set_required_spec_claims(&["exp", "nbf", "aud", "iss", "sub"]);
        validation.set_issuer(&[ISSUER]);
        validation.set_audience(&[ISSUER]);
        validation.validate_nbf = true;
        Self {
            signing: EncodingKey::from_secret(secret),
            checking: DecodingKey::from_secret(secret),
            validation,
        }
    }

    /// A token valid from `now` on for `lasting_seconds`; `None` if it cannot be signed.
    pub fn issue(&self, now: Moment, lasting_seconds: i64) -> Option<String> {
        let from = now.micros().div_euclid(1_000_000);
        let claims = Claims {
            iss: ISSUER.to_owned(),
            aud: ISSUER.to_owned(),
            sub: Id::SYSTEM.to_string(),
            jti: Id::SYSTEM.to_string(),
            nbf: from,
            exp: from.saturating_add(lasting_seconds),
        };
        jsonwebtoken::encode(&Header::new(Algorithm::HS256), &claims, &self.signing).ok()
    }

    pub fn check(&self, token: &str) -> bool {
        jsonwebtoken::decode::<Claims>(token, &self.checking, &self.validation).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jianxian::clock::Clock;

    #[test]
    fn only_a_token_of_this_key_and_time_is_good() {
        let (tokens, others) = (BaselineTokens::new(b"one secret"), BaselineTokens::new(b"another"));
        let now = Clock::default().now();
        let token = tokens.issue(now, 600).unwrap();
        assert!(tokens.check(&token));
        assert!(!others.check(&token));
        assert!(!tokens.check(&token[1..]));
        assert!(!tokens.check(&tokens.issue(now.plus_seconds(-7200), 600).unwrap()));
        assert!(!tokens.check(&tokens.issue(now.plus_seconds(7200), 600).unwrap()));
    }
}
