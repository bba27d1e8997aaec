//! What protects forms: the token that ties a form to its session, and the key under which it acts once.

use super::cookies::{VISITOR, cookie};
use super::form::{KEY, TOKEN};
use super::visit::Visit;
use crate::api::web::extract::key_text;
use crate::api::web::problem::ApiError;
use crate::ledger::{Repeated, Request};
use crate::services::Call;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// What a token is computed over: the session, or before sign-in the browser.
fn mac(visit: &Visit) -> Option<Hmac<Sha256>> {
    let tie = match &visit.actor {
        Some(actor) => actor.session.to_string(),
        None => cookie(&visit.request, VISITOR).or_else(|| visit.new_visitor.clone())?,
    };
    let mut mac = Hmac::<Sha256>::new_from_slice(&visit.state.digest_key).ok()?;
    mac.update(b"form of the portal\0");
    mac.update(tie.as_bytes());
    Some(mac)
}

/// The token for the forms of a page.
pub fn token(visit: &Visit) -> String {
    mac(visit).map_or_else(String::new, |mac| hex::encode(mac.finalize().into_bytes()))
}

/// Whether the form was shown to this browser in this session.
pub fn is_ours(visit: &Visit) -> bool {
    let Some(shown) = visit.form.typed(TOKEN).and_then(|text| hex::decode(text).ok()) else { return false };
    mac(visit).is_some_and(|mac| mac.verify_slice(&shown).is_ok())
}

/// A digest of the path and of each field: a key may be used again only for the same.
fn digests(visit: &Visit) -> BTreeMap<String, String> {
    let digest = |text: &str| {
        let whole = Sha256::new().chain_update(visit.state.digest_key).chain_update(text.as_bytes());
        hex::encode(whole.finalize().get(..8).unwrap_or_default())
    };
    let mut all = BTreeMap::<&str, String>::new();
    for (name, value) in visit.form.fields().filter(|(name, _)| name != TOKEN && name != KEY) {
        let joined = all.entry(name).or_default();
        joined.push_str(value);
        joined.push('\u{1f}');
    }
    for (name, bytes) in visit.form.files() {
        all.entry(name).or_default().push_str(&hex::encode(Sha256::digest(bytes)));
    }
    let path = format!("{} {}", visit.request.method(), visit.request.path());
    let fields = all.iter().map(|(name, value)| ((*name).to_owned(), digest(value)));
    fields.chain([("operation".to_owned(), digest(&path))]).collect()
}

impl Visit {
    /// A write by the caller, under the key of the form.
    pub fn call(&self) -> Result<Call, ApiError> {
        let actor = self.actor()?.clone();
        let request = self.form.typed(KEY).map(|key| {
            let key = key_text(Some(key))?;
            Ok::<_, ApiError>(Request {
                user: actor.user,
                key: format!("form/{key}"),
                fields: digests(self),
                repeated: Repeated::default(),
            })
        });
        Ok(Call { actor, request: request.transpose()?, dry_run: false })
    }
}
