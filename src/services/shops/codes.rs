//! Codes: a member shows one, a shop claims it. Valid for a minute, used once, one at a time.

use crate::auth::secrets::{Searched, random, token_hash};
use crate::domain::id::{BankId, Id};
use crate::domain::ledger::asset::Asset;
use crate::domain::people::mask;
use crate::domain::people::proxy::ProxyAct;
use crate::domain::refusal::Refusal;
use crate::domain::shops::redemption::Redemption;
use crate::domain::time::Moment;
use crate::services::people::proxies::{ProxyRow, acts_for};
use crate::services::points::awards::purse;
use crate::services::{Call, Error, Services};
use crate::store::Tables;
use crate::store::access::attempts::TryLimit;
use crate::store::people::members::MemberRow;
pub use crate::store::shops::redemptions::CodeRow;
use serde::{Deserialize, Serialize};

/// A new code, shown once: it cannot be recovered from the database.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ShownCode {
    pub id: Id,
    /// 128 bits as 32 hex digits, for the link behind the QR picture.
    pub secret: String,
    /// Eight digits for typing.
    pub digits: String,
    pub expires_at: Moment,
}

/// What a shop learns about a claimed code: never the balance.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Claimed {
    pub code: Id,
    pub surname: String,
    /// Whether the balance covers the points asked about.
    pub enough: Option<bool>,
    pub claim_until: Moment,
    /// It was claimed with a card: the redemption needs its PIN.
    #[serde(default)]
    pub by_card: bool,
    /// A proxy has shown it; not who.
    #[serde(default)]
    pub by_proxy: bool,
}

/// Digits must be unique among live codes, so several candidates are drawn.
const DRAWN_DIGITS: usize = 8;

/// Eight digits are few: a shop has five failed attempts a minute, of codes, cards and slips together.
pub(super) fn digit_tries(merchant: Id) -> TryLimit {
    TryLimit { subject: format!("code/{merchant}"), failures: 5, window_seconds: 60, grows: false }
}

fn draw_digits() -> Result<String, Error> {
    let number = u64::from_be_bytes(random::<8>()?).checked_rem(100_000_000).unwrap_or(0);
    Ok(format!("{number:08}"))
}

impl Services {
    /// A new code for the caller's own member; made in a session that a card has opened, it is worth what the card is
    /// worth: the PIN is asked for at the shop, within the limits of cards. It invalidates the one before, claimed or not: the remedy when
    /// something goes wrong at a till.
    pub async fn show_code(&self, call: &Call, seconds: i64) -> Result<ShownCode, Error> {
        let member = call.actor.member.ok_or(Refusal::absent("member"))?;
        self.code_of(call, member, seconds).await
    }

    /// The same for a member for whom the caller acts. The code carries the proxy, and what is redeemed with it counts
    /// against the proxy's limits.
    pub async fn show_code_as_proxy(
        &self,
        call: &Call,
        member: Id,
        seconds: i64,
    ) -> Result<ShownCode, Error> {
        self.code_of(call, member, seconds).await
    }

    async fn code_of(&self, call: &Call, member: Id, seconds: i64) -> Result<ShownCode, Error> {
        let secret = hex::encode(random::<16>()?);
        let (bank, id, card_edition) = (call.actor.bank, self.next_id(), call.actor.card_edition);
        let drawn = (0..DRAWN_DIGITS).map(|_| {
            let digits = draw_digits()?;
            let hash = self.digits_hash(bank, &digits);
            Ok((digits, hash))
        });
        let drawn = drawn.collect::<Result<Vec<_>, Error>>()?;
        let secret_hash = token_hash(&secret).to_vec();
        let (services, caller) = (self.clone(), call.clone());
        let shown = self.write_sealed(call, move |tables| {
            let (row, proxy) = shows_for(tables, &caller, member)?;
            if row.state != "active" {
                return Err(Refusal::WrongState { what: "member".into(), state: row.state }.into());
            }
            let mut free = None;
            for (digits, hash) in &drawn {
                if free.is_none() && !tables.digits_are_shown(hash)? {
                    free = Some((digits.clone(), hash.clone()));
                }
            }
            let (digits, digits_hash) = free.ok_or(Error::Busy)?;
            let expires_at = tables.now.plus_seconds(seconds);
            tables.replace_code(&CodeRow {
                bank_id: bank,
                id,
                member_id: row.id,
                secret_hash: secret_hash.clone(),
                digits_hash,
                state: "live".into(),
                created_at: tables.now,
                expires_at,
                claimed_by: None,
                claimed_merchant_id: None,
                claimed_at: None,
                claim_until: None,
                version: 1,
                card_edition,
                proxy_id: proxy.as_ref().map(|proxy| proxy.id),
            })?;
            if let Some(proxy) = &proxy {
                services.note_proxy(tables, &caller, proxy, ProxyAct::ShowedCode, None)?;
            }
            Ok(Ok(ShownCode { id, secret: secret.clone(), digits, expires_at }))
        });
        shown.await
    }

    /// The keyed hash by which the digits of a code are looked up. A plain hash of eight digits could be reversed by
    /// a reader of the database.
    fn digits_hash(&self, bank: BankId, digits: &str) -> Vec<u8> {
        self.authority.secrets.search_hash(Searched::RedemptionCode, bank, digits).to_vec()
    }

    /// A shop claims a code by its link text or its digits, once. Wrong digits count against the shop; a right code
    /// subtracts only its own attempt, so that claiming an own code between guesses does not help.
    pub async fn claim_code(
        &self,
        call: &Call,
        text: String,
        points: Option<i64>,
        claim_seconds: i64,
    ) -> Result<Claimed, Error> {
        let merchant = call.actor.merchant.ok_or(Refusal::absent("merchant"))?;
        let (user, limits) = (call.actor.user, self.paper_limits);
        let digits = text.len() == 8;
        let hash = match digits {
            true => self.digits_hash(call.actor.bank, &text),
            false => token_hash(&text).to_vec(),
        };
        let claimed = self.write_sealed(call, move |tables| {
            let tries = digit_tries(merchant);
            if digits && let Some(wait_seconds) = tables.take_try(std::slice::from_ref(&tries))? {
                return Ok(Err(Refusal::TooManyWrongCodes { wait_seconds }));
            }
            // A refused claim commits: its attempt counts.
            let Some(mut row) = tables.code_by_hash(&hash, digits)? else {
                return Ok(Err(Refusal::CodeUnknown));
            };
            if let Err(refusal) = check_live(&row, tables.now) {
                // Not a guess: the shop enters again a code that it has claimed.
                if digits && row.claimed_merchant_id == Some(merchant) {
                    tables.give_try_back(&tries.subject)?;
                }
                return Ok(Err(refusal));
            }
            if digits {
                tables.give_try_back(&tries.subject)?;
            }
            let by_card = row.card_edition.is_some();
            let member = tables.member_that_stays(row.member_id)?;
            if member.state != "active" {
                return Ok(Err(Refusal::WrongState { what: "member".into(), state: member.state }));
            }
            let claim_until = tables.now.plus_seconds(claim_seconds);
            row.state = "claimed".into();
            row.claimed_by = Some(user);
            row.claimed_merchant_id = Some(merchant);
            row.claimed_at = Some(tables.now);
            row.claim_until = Some(claim_until);
            row.version = row.version.saturating_add(1);
            tables.update(&row)?;
            let available = available_points(tables, member.id, member.kind == "household")?;
            Ok(Ok(Claimed {
                code: row.id,
                surname: mask::surname(&member.name).to_owned(),
                enough: points
                    .filter(|points| !by_card || limits.may_ask(*points))
                    .map(|points| available >= points),
                claim_until,
                by_card,
                by_proxy: row.proxy_id.is_some(),
            }))
        });
        claimed.await
    }
}

/// What has become of a code.
#[derive(Clone, Debug)]
pub struct CodeStanding {
    /// `live`, `claimed` or `replaced`; a live one may have expired.
    pub state: String,
    pub expires_at: Moment,
    /// The shop that has claimed it.
    pub shop: Option<String>,
    /// What was redeemed with it.
    pub redemption: Option<Redemption>,
}

impl Services {
    /// What has become of a code that the caller has shown: their own, or as a proxy.
    pub async fn own_code(&self, call: &Call, code: Id) -> Result<CodeStanding, Error> {
        let (own, caller) = (call.actor.member.ok_or(Refusal::absent("member"))?, call.clone());
        let found = self.store.read(call.actor.bank, move |tables| {
            let row = tables.code(code)?.ok_or(Refusal::CodeUnknown)?;
            if row.member_id != own {
                let proxy = acts_for(tables, &caller, row.member_id)?;
                if proxy.is_none() || proxy.map(|proxy| proxy.id) != row.proxy_id {
                    return Err(Refusal::CodeUnknown.into());
                }
            }
            let shop = row.claimed_merchant_id.map(|id| tables.merchant(id)).transpose()?.flatten();
            let redemption = tables.redemption_of_code(row.member_id, code)?;
            let redemption = redemption.map(|id| tables.redemption(id)).transpose()?.flatten();
            let (state, expires_at) = (row.state, row.expires_at);
            Ok(CodeStanding { state, expires_at, shop: shop.map(|shop| shop.name), redemption })
        });
        found.await
    }

    /// A code that the caller's shop has claimed, and what was redeemed with it.
    pub async fn claimed_code(
        &self,
        call: &Call,
        code: Id,
        points: Option<i64>,
    ) -> Result<(Claimed, Option<Id>), Error> {
        let shop = call.actor.merchant.ok_or(Refusal::absent("merchant"))?;
        let limits = self.paper_limits;
        let found = self.store.read(call.actor.bank, move |tables| {
            let row = tables.code(code)?.filter(|row| row.claimed_merchant_id == Some(shop));
            let row = row.ok_or(Refusal::CodeUnknown)?;
            let member = tables.member_that_stays(row.member_id)?;
            let available = available_points(tables, member.id, member.kind == "household")?;
            let by_card = row.card_edition.is_some();
            let asked = points.filter(|points| !by_card || limits.may_ask(*points));
            let claimed = Claimed {
                code,
                surname: mask::surname(&member.name).to_owned(),
                enough: asked.map(|points| available >= points),
                claim_until: row.claim_until.unwrap_or(row.expires_at),
                by_card,
                by_proxy: row.proxy_id.is_some(),
            };
            Ok((claimed, tables.redemption_of_code(row.member_id, code)?))
        });
        found.await
    }
}

/// The member whose code is shown, and the proxy if the caller is one.
fn shows_for(
    tables: &mut Tables<'_>,
    call: &Call,
    member: Id,
) -> Result<(MemberRow, Option<ProxyRow>), Error> {
    if call.actor.member == Some(member) {
        return Ok((tables.member(member)?.ok_or(Refusal::absent("member"))?, None));
    }
    let (row, _) = tables.file_at(member)?;
    let proxy = acts_for(tables, call, row.id)?.ok_or(Refusal::absent("member"))?;
    Ok((row, Some(proxy)))
}

pub(super) fn available_points(tables: &mut Tables<'_>, member: Id, household: bool) -> Result<i64, Error> {
    let standing = tables.standing(purse(member, household, Asset::Point).id)?;
    Ok(standing.and_then(|standing| standing.available).unwrap_or(0))
}

/// A code that is neither replaced nor claimed nor expired.
fn check_live(row: &CodeRow, now: Moment) -> Result<(), Refusal> {
    match row.state.as_str() {
        "live" if row.expires_at <= now => Err(Refusal::CodeExpired),
        "live" => Ok(()),
        "replaced" => Err(Refusal::CodeUnknown),
        _ => Err(Refusal::CodeUsed),
    }
}
