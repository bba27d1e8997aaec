//! Hooks: an HTTP request for each message, to a gateway for text messages or official accounts, signed after
//! [Standard Webhooks](https://www.standardwebhooks.com/). Addresses are checked when a hook is registered, when its
//! name is resolved for a connection, and at each redirect.

use super::{Address, Failure, Letter, PATIENCE, Sender, Why};
use crate::domain::access::reach::{Reach, UrlFault};
use crate::domain::id::Id;
use crate::domain::time::Moment;
use crate::outgoing;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::json;
use sha2::Sha256;
use std::net::ToSocketAddrs;
use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::{DefaultConnector, NextTimeout};
use url::Url;

/// How often a request is redirected at most.
const REDIRECTS: usize = 3;

/// The prefix of a secret in text form.
const SECRET: &str = "whsec_";

/// A secret as the operator of the other side needs it.
pub fn secret_text(secret: &[u8]) -> String {
    format!("{SECRET}{}", STANDARD.encode(secret))
}

/// Resolves names to allowed addresses only: a connection is made to the address that was checked.
#[derive(Debug)]
struct Allowed {
    reach: Reach,
    names: DefaultResolver,
}

impl Resolver for Allowed {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, ureq::Error> {
        let with_tls = uri.scheme_str() == Some("https");
        let found = self.names.resolve(uri, config, timeout)?;
        let mut allowed = self.empty();
        for address in found.iter().filter(|address| self.reach.allows(address.ip(), with_tls)) {
            allowed.push(*address);
        }
        // Addresses were found, and all are inside.
        if allowed.is_empty() { Err(ureq::Error::BadUri("not allowed".into())) } else { Ok(allowed) }
    }
}

#[derive(Debug)]
pub struct Hooks {
    reach: Reach,
    agent: ureq::Agent,
    portal: String,
}

impl Hooks {
    pub fn new(reach: Reach, portal: String) -> Self {
        let config = outgoing::agent(PATIENCE, None);
        let names = Allowed { reach: reach.clone(), names: DefaultResolver::default() };
        Hooks { agent: ureq::Agent::with_parts(config, DefaultConnector::default(), names), reach, portal }
    }

    /// Checks an address, and those that its name has now.
    pub fn check(&self, text: &str) -> Result<(), UrlFault> {
        let url = self.reach.url(text)?;
        let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
        let port = url.port_or_known_default().unwrap_or(443);
        let found = (host, port).to_socket_addrs().map_err(|_| UrlFault::Unknown)?;
        let with_tls = url.scheme() == "https";
        let all: Vec<bool> = found.map(|address| self.reach.allows(address.ip(), with_tls)).collect();
        match (all.is_empty(), all.iter().all(|allowed| *allowed)) {
            (true, _) => Err(UrlFault::Unknown),
            (false, false) => Err(UrlFault::Inside),
            (false, true) => Ok(()),
        }
    }

    fn post(&self, url: Url, letter: &Letter, secret: &[u8], body: &str) -> Result<(), Failure> {
        let mut url = url;
        let signature = signature(secret, letter.id, letter.now, body);
        for _ in 0..=REDIRECTS {
            self.reach.check(&url).map_err(|_| Failure::of(Why::NotAllowed))?;
            let request = self
                .agent
                .post(url.as_str())
                .header("content-type", "application/json")
                .header("webhook-id", letter.id.to_string())
                .header("webhook-timestamp", seconds(letter.now).to_string())
                .header("webhook-signature", format!("v1,{signature}"));
            let answer = request.send(body).map_err(|error| failure(&error))?;
            let status = answer.status();
            if status.is_success() {
                return Ok(());
            }
            if !matches!(status.as_u16(), 307 | 308) {
                let answer = Some(i64::from(status.as_u16()));
                return Err(Failure { why: Why::Refused, answer, is_final: false });
            }
            let next = answer.headers().get("location").and_then(|value| value.to_str().ok());
            url = next.and_then(|next| url.join(next).ok()).ok_or(Failure::of(Why::Redirected))?;
        }
        Err(Failure::of(Why::Redirected))
    }
}

fn seconds(now: Moment) -> i64 {
    now.micros().div_euclid(1_000_000)
}

/// The signature of Standard Webhooks, version 1: HMAC-SHA256 over `id.timestamp.body`, as base64.
fn signature(secret: &[u8], id: Id, now: Moment, body: &str) -> String {
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret) else { return String::new() };
    mac.update(format!("{id}.{}.{body}", seconds(now)).as_bytes());
    STANDARD.encode(mac.finalize().into_bytes())
}

fn failure(error: &ureq::Error) -> Failure {
    Failure::of(match error {
        ureq::Error::Timeout(_) => Why::TimedOut,
        ureq::Error::BadUri(_) => Why::NotAllowed,
        ureq::Error::Io(error) if error.kind() == std::io::ErrorKind::TimedOut => Why::TimedOut,
        _ => Why::Unreachable,
    })
}

impl Sender for Hooks {
    fn send(&self, letter: &Letter) -> Result<(), Failure> {
        let Address::Hook { url, secret, phone } = &letter.to else {
            return Err(Failure::for_good(Why::Address));
        };
        let page = letter.page.as_ref().filter(|_| !self.portal.is_empty());
        let body = json!({
            "type": "message",
            "timestamp": letter.made_at,
            "data": {
                "message": letter.message, "bank": letter.bank, "bank_name": letter.bank_name, "kind": letter.kind,
                "topic": letter.topic, "member_number": letter.number, "phone": phone, "title": letter.title,
                "words": letter.body, "page": page.map(|page| format!("{}{page}", self.portal)),
                "language": letter.language,
            },
        });
        let url = self.reach.url(url).map_err(|_| Failure::of(Why::NotAllowed))?;
        self.post(url, letter, secret, &body.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the specification's reference libraries.
    #[test]
    fn the_signature_is_that_of_the_standard() {
        let secret = STANDARD.decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        let mut mac = Hmac::<Sha256>::new_from_slice(&secret).unwrap();
        mac.update(b"msg_p5jXN8AQM9LWM0D4loKWxJek.1614265330.{\"test\": 2432232314}");
        let expected = "g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
        assert_eq!(STANDARD.encode(mac.finalize().into_bytes()), expected);
        let (id, now) = (Id::SYSTEM, Moment::from_micros(1_614_265_330_999_999));
        let by_hand = {
            let mut mac = Hmac::<Sha256>::new_from_slice(&secret).unwrap();
            mac.update(format!("{id}.1614265330.{{}}").as_bytes());
            STANDARD.encode(mac.finalize().into_bytes())
        };
        assert_eq!(signature(&secret, id, now, "{}"), by_hand);
    }

    #[test]
    fn a_name_that_leads_inside_is_refused() {
        let hooks = Hooks::new(Reach::default(), String::new());
        assert_eq!(hooks.check("https://localhost/in"), Err(UrlFault::Inside));
        assert_eq!(hooks.check("https://name.invalid/in"), Err(UrlFault::Unknown));
    }
}
