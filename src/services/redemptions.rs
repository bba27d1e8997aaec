//! Points for goods: a code is shown and claimed, points and pieces are held, captured, cancelled, given back.

use super::awards::purse;
use super::shops::stock_accounts;
use super::{Call, Done, Error, Services};
use crate::auth::permissions::Permission;
use crate::auth::secrets::{random, token_hash};
use crate::domain::account::{AccountTerms, HoldState, OwnerKind, Purpose};
use crate::domain::asset::Asset;
use crate::domain::document::Document;
use crate::domain::entry::EntryKind;
use crate::domain::id::Id;
use crate::domain::mask;
use crate::domain::redemption::{Redemption, RedemptionLine, RedemptionState};
use crate::domain::refusal::Refusal;
use crate::domain::time::Moment;
use crate::ledger::command::WatchKind;
use crate::ledger::{Command, CounterTake, Leg, Op, Take};
use crate::store::Tables;
use crate::store::attempts::TryLimit;
pub use crate::store::lists::DocumentFilter;
use crate::store::people::MemberRow;
pub use crate::store::redemptions::CodeRow;
use crate::store::shops::{MerchantRow, OfferRow};
use std::collections::BTreeMap;

/// A code as it is shown once: nothing of it can be read back.
#[derive(Clone, Debug)]
pub struct ShownCode {
    pub id: Id,
    /// 128 bits as 32 hex digits, for the link behind the QR picture.
    pub secret: String,
    /// Eight digits for typing.
    pub digits: String,
    pub expires_at: Moment,
}

/// What a shop is told about a claimed code: never the balance.
#[derive(Clone, Debug)]
pub struct Claimed {
    pub code: Id,
    pub surname: String,
    /// Whether the points asked about are there.
    pub enough: Option<bool>,
    pub claim_until: Moment,
}

/// Who pays, at which shop, for what.
#[derive(Clone, Debug)]
pub struct RedeemAsk {
    /// A claimed code, or a member at the community counter (代办).
    pub code: Option<Id>,
    pub on_behalf_of: Option<Id>,
    /// The shop, at the counter; with a code it is the one that claimed it.
    pub merchant: Option<Id>,
    /// Offer and pieces.
    pub lines: Vec<(Id, i64)>,
    pub hold_seconds: i64,
}

fn absent(what: &str) -> Refusal {
    Refusal::NotFound { what: what.into() }
}

/// A shop's takings: no floor, because a refund after settlement shows as a negative until the next statement.
pub fn takings(merchant: Id) -> AccountTerms {
    AccountTerms::usual(OwnerKind::Merchant, merchant, Asset::Point, Purpose::Main)
}

impl Services {
    /// A new code for the caller's own member. The one before is worth nothing any more.
    pub async fn show_code(&self, call: &Call, seconds: i64) -> Result<ShownCode, Error> {
        let member = call.actor.member.ok_or(absent("member"))?;
        let secret = hex::encode(random::<16>()?);
        let number = u64::from_be_bytes(random::<8>()?) % 100_000_000;
        let digits = format!("{number:08}");
        let (bank, id) = (call.actor.bank, self.next_id());
        let (secret_hash, digits_hash) = (token_hash(&secret).to_vec(), token_hash(&digits).to_vec());
        let made = self.store.write(bank, move |tables| {
            let row = tables.member(member)?.filter(|row| row.state == "active").ok_or(absent("member"))?;
            let expires_at = tables.now.plus_seconds(seconds);
            tables.replace_code(&CodeRow {
                bank_id: bank,
                id,
                member_id: row.id,
                secret_hash: secret_hash.clone(),
                digits_hash: digits_hash.clone(),
                state: "live".into(),
                created_at: tables.now,
                expires_at,
                claimed_by: None,
                claimed_merchant_id: None,
                claimed_at: None,
                claim_until: None,
                version: 1,
            })?;
            Ok(expires_at)
        });
        Ok(ShownCode { id, secret, digits, expires_at: made.await? })
    }

    /// A shop claims a code by its link text or its digits. Wrong digits count against the shop.
    pub async fn claim_code(
        &self,
        call: &Call,
        text: String,
        points: Option<i64>,
        claim_seconds: i64,
    ) -> Result<Claimed, Error> {
        let merchant = call.actor.merchant.ok_or(absent("merchant"))?;
        let (bank, user) = (call.actor.bank, call.actor.user);
        let digits = text.len() == 8;
        let hash = token_hash(&text);
        let claimed = self.store.write(bank, move |tables| {
            if digits && let Some(wait_seconds) = tables.take_try(&[digit_tries(merchant)])? {
                return Ok(Err(Refusal::TooManyTries { wait_seconds }));
            }
            let Some(mut row) = tables.code_by_hash(&hash, digits)? else {
                return Ok(Err(Refusal::CodeUnknown));
            };
            if row.state != "live" {
                return Ok(Err(if row.state == "replaced" {
                    Refusal::CodeUnknown
                } else {
                    Refusal::CodeUsed
                }));
            }
            if row.expires_at <= tables.now {
                return Ok(Err(Refusal::CodeExpired));
            }
            let claim_until = tables.now.plus_seconds(claim_seconds);
            row.state = "claimed".into();
            row.claimed_by = Some(user);
            row.claimed_merchant_id = Some(merchant);
            row.claimed_at = Some(tables.now);
            row.claim_until = Some(claim_until);
            row.version += 1;
            tables.update_code(&row)?;
            tables.forget_tries(&digit_tries(merchant).subject)?;
            let member = tables.member(row.member_id)?.ok_or(absent("member"))?;
            let standing = tables.standing(purse(member.id, member.kind == "household", Asset::Point).id)?;
            let available = standing.and_then(|s| s.available).unwrap_or(0);
            Ok(Ok(Claimed {
                code: row.id,
                surname: mask::surname(&member.name).to_owned(),
                enough: points.map(|points| available >= points),
                claim_until,
            }))
        });
        claimed.await?.map_err(Error::from)
    }

    /// Holds points and pieces for a cart.
    pub async fn redeem(&self, call: &Call, ask: RedeemAsk) -> Result<Done, Error> {
        let (id, hold_id) = (self.next_id(), self.next_id());
        self.once(call, || async move {
            let caller = call.clone();
            let command = self
                .store
                .read(call.actor.bank, move |tables| redeem_command(tables, &caller, &ask, id, hold_id))
                .await?;
            named_stock(self.post(call, command).await)
        })
        .await
    }

    /// Hands the goods over: everything held, or fewer pieces of some lines.
    pub async fn capture_redemption(
        &self,
        call: &Call,
        id: Id,
        quantities: Option<Vec<i64>>,
    ) -> Result<Done, Error> {
        self.once(call, || async move {
            let caller = call.clone();
            let command = self.store.read(call.actor.bank, move |tables| {
                let mut redemption = reachable(tables, &caller, id)?;
                let quantities =
                    quantities.unwrap_or_else(|| redemption.lines.iter().map(|line| line.quantity).collect());
                if quantities.len() != redemption.lines.len() {
                    return Err(Refusal::LegsMismatch {
                        legs: u32::try_from(redemption.lines.len()).unwrap_or(u32::MAX),
                    }
                    .into());
                }
                let mut amounts = vec![0];
                let mut points = 0_i64;
                for (line, pieces) in redemption.lines.iter_mut().zip(&quantities) {
                    if *pieces < 0 || *pieces > line.quantity {
                        return Err(Refusal::QuantityExceeds { left: line.quantity }.into());
                    }
                    line.captured_quantity = *pieces;
                    points += line.unit_points * pieces;
                    if line.stocked {
                        amounts.push(*pieces);
                    }
                }
                if let Some(first) = amounts.first_mut() {
                    *first = points;
                }
                redemption.state = RedemptionState::Captured;
                redemption.points_captured = points;
                redemption.captured_at = Some(tables.now);
                redemption.cash_fen =
                    redemption.lines.iter().map(|l| l.unit_cash_fen * l.captured_quantity).sum();
                redemption.version += 1;
                let op = Op::Capture { hold: redemption.hold_id, amounts: Some(amounts), keep_open: false };
                Ok(Command::new(caller.actor.user, EntryKind::Redemption, op)
                    .source(format!("redemption/{id}"))
                    .document(Document::Redemption(redemption)))
            });
            self.post(call, command.await?).await
        })
        .await
    }

    /// Gives the hold up before anything was handed over.
    pub async fn cancel_redemption(&self, call: &Call, id: Id) -> Result<Done, Error> {
        self.once(call, || async move {
            let caller = call.clone();
            let command = self.store.read(call.actor.bank, move |tables| {
                let mut redemption = reachable(tables, &caller, id)?;
                redemption.state = RedemptionState::Cancelled;
                redemption.version += 1;
                let op = Op::Void { hold: redemption.hold_id };
                Ok(Command::new(caller.actor.user, EntryKind::Void, op)
                    .source(format!("redemption/{id}"))
                    .document(Document::Redemption(redemption)))
            });
            self.post(call, command.await?).await
        })
        .await
    }

    /// Takes goods back: pieces per line, with their points and stock. A clerk may within `undo_seconds`; later the
    /// owner or the community does it.
    pub async fn refund_redemption(
        &self,
        call: &Call,
        id: Id,
        quantities: Option<Vec<i64>>,
        undo_seconds: i64,
    ) -> Result<Done, Error> {
        self.once(call, || async move {
            let caller = call.clone();
            let command = self.store.read(call.actor.bank, move |tables| {
                refund_command(tables, &caller, id, quantities.clone(), undo_seconds)
            });
            self.post(call, command.await?).await
        })
        .await
    }

    /// Redemptions, newest first, each with whether its hold has run out: of the own shop, within reach, or one's own.
    pub async fn redemptions(
        &self,
        call: &Call,
        mut filter: DocumentFilter,
        limit: i64,
    ) -> Result<Vec<(Redemption, bool)>, Error> {
        filter.paths = call.actor.paths(Permission::ReadRedemptions);
        if let Some(own) = call.actor.merchant {
            (filter.merchant, filter.paths) = (Some(own), Vec::new());
        } else if filter.paths.is_empty() {
            filter.member = Some(call.actor.member.ok_or(absent("member"))?);
        }
        let told = self.store.read(call.actor.bank, move |tables| {
            let rows = tables.redemptions_page(&filter, limit)?;
            let mut seen = Vec::with_capacity(rows.len());
            for row in rows {
                let open = row.state == RedemptionState::Held;
                let expired = open && has_run_out(tables, row.hold_id)?;
                seen.push((row, expired));
            }
            Ok(seen)
        });
        told.await
    }

    /// A redemption within reach, and whether its hold has run out.
    pub async fn redemption(&self, call: &Call, id: Id) -> Result<(Redemption, bool), Error> {
        let caller = call.clone();
        self.store
            .read(call.actor.bank, move |tables| {
                let redemption = reachable(tables, &caller, id)?;
                let expired = has_run_out(tables, redemption.hold_id)?;
                Ok((redemption, expired))
            })
            .await
    }
}

fn has_run_out(tables: &mut Tables<'_>, hold: Id) -> Result<bool, Error> {
    let (hold, now) = (tables.hold(hold)?, tables.now);
    Ok(hold.is_some_and(|hold| hold.is_due(now) || hold.state == HoldState::Expired))
}

/// Eight digits are few: a shop has five wrong tries a minute.
fn digit_tries(merchant: Id) -> TryLimit {
    TryLimit { subject: format!("code/{merchant}"), failures: 5, window_seconds: 60 }
}

/// Everything a hold rests on, read at once.
fn redeem_command(
    tables: &mut Tables<'_>,
    call: &Call,
    ask: &RedeemAsk,
    id: Id,
    hold_id: Id,
) -> Result<Command, Error> {
    let (member, merchant, code) = parties(tables, call, ask)?;
    if merchant.state != "open" {
        return Err(Refusal::ShopPaused.into());
    }
    check_own_shop(call, &member, &merchant)?;
    let minutes = tables.balance_of(member.id, Asset::Minute)?;
    let household = member.kind == "household";
    let (from, to) = (purse(member.id, household, Asset::Point), takings(merchant.id));
    let (mut lines, mut legs, mut open) = (Vec::new(), Vec::new(), vec![from.clone(), to.clone()]);
    let mut command = Command::new(call.actor.user, EntryKind::Hold, Op::Open)
        .watch(WatchKind::Member, member.id, member.version)
        .watch(WatchKind::Merchant, merchant.id, merchant.version);
    for (offer_id, quantity) in &ask.lines {
        let offer =
            tables.offer(*offer_id)?.filter(|row| row.merchant_id == merchant.id).ok_or(absent("offer"))?;
        check_offer(&offer, minutes)?;
        if let Some(limit) = offer.member_limit {
            command.counters.push(member_limit(tables, &offer, member.id, *quantity, limit));
        }
        if offer.stocked {
            let [shelf, supply, handed_out] = stock_accounts(offer.id);
            legs.push(Leg::plain(shelf.id, handed_out.id, *quantity));
            open.extend([shelf, supply, handed_out]);
        }
        command = command.watch(WatchKind::Offer, offer.id, offer.version);
        lines.push(line_of(&offer, *quantity));
    }
    let points: i64 = lines.iter().map(|line| line.unit_points.saturating_mul(line.quantity)).sum();
    legs.insert(0, Leg::plain(from.id, to.id, points));
    let redemption = Redemption {
        id,
        version: 1,
        state: RedemptionState::Held,
        member_id: member.id,
        merchant_id: merchant.id,
        hold_id,
        code_id: code.as_ref().map(|row| row.id),
        on_behalf: ask.on_behalf_of.is_some(),
        made_by: call.actor.user,
        made_at: tables.now,
        captured_at: None,
        points_held: points,
        points_captured: 0,
        points_refunded: 0,
        cash_fen: 0,
        lines,
        hold_entry: None,
        capture_entry: None,
        last_refund_entry: None,
    };
    if let Some(code) = code {
        // One code, one redemption: whatever is done with it later.
        command.counters.push(CounterTake::once(format!("code/{}", code.id)));
    }
    command.op = Op::Hold { hold: hold_id, legs, expires_in_seconds: Some(ask.hold_seconds) };
    Ok(command.open(open).source(format!("redemption/{id}")).document(Document::Redemption(redemption)))
}

fn line_of(offer: &OfferRow, quantity: i64) -> RedemptionLine {
    RedemptionLine {
        offer_id: offer.id,
        offer_version: offer.version,
        quantity,
        unit_points: offer.unit_points,
        unit_cash_fen: offer.unit_cash_fen,
        stocked: offer.stocked,
        captured_quantity: 0,
        refunded_quantity: 0,
    }
}

fn check_offer(offer: &OfferRow, minutes: i64) -> Result<(), Refusal> {
    if offer.state != "on" {
        return Err(Refusal::OfferOff { offer: offer.id });
    }
    if minutes < offer.required_minutes {
        return Err(Refusal::MinutesMissing { required: offer.required_minutes, served: minutes });
    }
    Ok(())
}

/// At most so many pieces a member and window.
fn member_limit(tables: &Tables<'_>, offer: &OfferRow, member: Id, quantity: i64, limit: i64) -> CounterTake {
    let day = tables.today().to_string();
    let window = match offer.limit_window.as_deref() {
        Some("day") => day,
        Some("month") => day.get(..7).unwrap_or_default().to_owned(),
        Some("year") => day.get(..4).unwrap_or_default().to_owned(),
        _ => "all".to_owned(),
    };
    CounterTake {
        key: format!("offer/{}/{member}", offer.id),
        window,
        take: Take::Fixed(quantity),
        limit,
        asset: Asset::Stock(offer.id),
    }
}

/// Member, shop, and the code that was claimed.
fn parties(
    tables: &mut Tables<'_>,
    call: &Call,
    ask: &RedeemAsk,
) -> Result<(MemberRow, MerchantRow, Option<CodeRow>), Error> {
    let (member, merchant, code) = match (ask.code, ask.on_behalf_of) {
        (Some(code), _) => {
            let own = call.actor.merchant.ok_or(absent("merchant"))?;
            let code = tables.code(code)?.filter(|row| row.claimed_merchant_id == Some(own));
            let code = code.ok_or(Refusal::CodeUnknown)?;
            if code.claim_until.is_none_or(|until| until <= tables.now) {
                return Err(Refusal::CodeExpired.into());
            }
            let member = tables.member(code.member_id)?.ok_or(absent("member"))?;
            (member, tables.merchant(own)?.ok_or(absent("merchant"))?, Some(code))
        }
        (None, Some(member)) => {
            let (member, path) = tables.member_at(member)?;
            call.must_reach(Permission::RedeemOnBehalf, &path, absent("member"))?;
            let merchant = ask.merchant.ok_or(absent("merchant"))?;
            (member, tables.merchant(merchant)?.ok_or(absent("merchant"))?, None)
        }
        (None, None) => return Err(Refusal::CodeUnknown.into()),
    };
    if member.state != "active" {
        return Err(Refusal::WrongState { what: "member".into(), state: member.state }.into());
    }
    Ok((member, merchant, code))
}

/// No redemption between a shop and its own owner or staff, nor by staff for themselves.
fn check_own_shop(call: &Call, member: &MemberRow, merchant: &MerchantRow) -> Result<(), Refusal> {
    if merchant.owner_member_id == Some(member.id) || call.actor.member == Some(member.id) {
        return Err(Refusal::OwnShop);
    }
    Ok(())
}

/// The redemption, if the caller's shop or reach covers it; the member sees their own.
fn reachable(tables: &mut Tables<'_>, call: &Call, id: Id) -> Result<Redemption, Error> {
    let redemption = tables.redemption(id)?.ok_or(absent("redemption"))?;
    if call.actor.merchant == Some(redemption.merchant_id) || call.actor.member == Some(redemption.member_id)
    {
        return Ok(redemption);
    }
    let (_, path) = tables.member_at(redemption.member_id)?;
    let may = [Permission::RedeemOnBehalf, Permission::ReadRedemptions];
    match may.into_iter().any(|right| call.actor.reaches(right, &path)) {
        true => Ok(redemption),
        false => Err(absent("redemption").into()),
    }
}

fn refund_command(
    tables: &mut Tables<'_>,
    call: &Call,
    id: Id,
    quantities: Option<Vec<i64>>,
    undo_seconds: i64,
) -> Result<Command, Error> {
    let mut redemption = reachable(tables, call, id)?;
    let (Some(entry), Some(captured_at)) = (redemption.capture_entry, redemption.captured_at) else {
        let state = redemption.state.to_string();
        return Err(Refusal::WrongState { what: "redemption".into(), state }.into());
    };
    let late = tables.now.seconds_since(captured_at) > undo_seconds;
    let may_later = call.actor.may(Permission::ReadRedemptions) || call.actor.may(Permission::RedeemOnBehalf);
    if late && !may_later {
        return Err(Refusal::UndoTooLate { seconds: undo_seconds }.into());
    }
    let left = |line: &RedemptionLine| line.captured_quantity - line.refunded_quantity;
    let quantities = quantities.unwrap_or_else(|| redemption.lines.iter().map(left).collect());
    if quantities.len() != redemption.lines.len() {
        let legs = u32::try_from(redemption.lines.len()).unwrap_or(u32::MAX);
        return Err(Refusal::LegsMismatch { legs }.into());
    }
    let (mut amounts, mut points, mut leg) = (BTreeMap::new(), 0_i64, 0_i32);
    for (line, pieces) in redemption.lines.iter_mut().zip(&quantities) {
        let left = line.captured_quantity - line.refunded_quantity;
        if *pieces < 0 || *pieces > left {
            return Err(Refusal::QuantityExceeds { left }.into());
        }
        points += line.unit_points * pieces;
        if line.stocked && line.captured_quantity > 0 {
            leg += 1;
            if *pieces > 0 {
                amounts.insert(leg, *pieces);
            }
        }
        line.refunded_quantity += pieces;
    }
    if points == 0 {
        return Err(Refusal::QuantityExceeds { left: redemption.lines.iter().map(left).sum() }.into());
    }
    amounts.insert(0, points);
    redemption.points_refunded += points;
    redemption.cash_fen =
        redemption.lines.iter().map(|l| l.unit_cash_fen * (l.captured_quantity - l.refunded_quantity)).sum();
    let whole = redemption.points_refunded == redemption.points_captured;
    redemption.state = if whole { RedemptionState::Refunded } else { RedemptionState::PartRefunded };
    redemption.version += 1;
    let op = Op::Reverse { entry, amounts: Some(amounts), up_to: false, of_document: true };
    Ok(Command::new(call.actor.user, EntryKind::Refund, op)
        .source(format!("redemption/{id}"))
        .document(Document::Redemption(redemption)))
}

/// A shelf that is empty is told as such, not as a low balance.
fn named_stock(done: Result<Done, Error>) -> Result<Done, Error> {
    let rename = |refusal: Refusal| match refusal {
        Refusal::InsufficientBalance { asset: Asset::Stock(offer), available, .. } => {
            Refusal::OutOfStock { offer, left: available }
        }
        other => other,
    };
    match done {
        Err(Error::Refused(refusal)) => Err(Error::Refused(rename(refusal))),
        Err(Error::RefusedBefore(refusal)) => Err(Error::RefusedBefore(rename(refusal))),
        other => other,
    }
}
