//! What a hold for goods depends on: payer, shop, offers, prices, limits.

use super::accounts::{keeps_till, stock_accounts, takings, till_accounts};
use super::codes::CodeRow;
use super::merchants::{MerchantRow, OfferRow};
use super::paper_limits::{PaperLimits, of_proxy};
use crate::auth::passwords::Password;
use crate::auth::permissions::Permission;
use crate::domain::document::Document;
use crate::domain::id::Id;
use crate::domain::ledger::account::CounterId;
use crate::domain::ledger::asset::Asset;
use crate::domain::ledger::entry::EntryKind;
use crate::domain::refusal::Refusal;
use crate::domain::shops::redemption::{Redemption, RedemptionLine, RedemptionState};
use crate::ledger::command::WatchKind;
use crate::ledger::{Command, CounterTake, Leg, Op, Take};
use crate::services::access::interest::{not_for_oneself, not_of_the_shop};
use crate::services::people::proxies::{ProxyRow, holding_proxy};
use crate::services::points::awards::purse;
use crate::services::{Call, Error};
use crate::store::Tables;
use crate::store::people::members::MemberRow;

/// Payer, shop, the claimed code, and the proxy who showed it.
pub(in crate::services) struct Parties {
    pub member: MemberRow,
    pub merchant: MerchantRow,
    pub code: Option<CodeRow>,
    pub proxy: Option<ProxyRow>,
}

/// Member, shop, and the claimed code.
pub(in crate::services) fn parties(
    tables: &mut Tables<'_>,
    call: &Call,
    ask: &RedeemAsk,
) -> Result<Parties, Error> {
    let (member, merchant, code) = match (ask.code, ask.on_behalf_of) {
        (Some(code), _) => {
            let own = call.actor.merchant.filter(|_| call.actor.may(Permission::ClaimCodes));
            let own = own.ok_or(Refusal::absent("merchant"))?;
            let code = tables.code(code)?.filter(|row| row.claimed_merchant_id == Some(own));
            let code = code.filter(|row| row.state == "claimed").ok_or(Refusal::CodeUnknown)?;
            if code.claim_until.is_none_or(|until| until <= tables.now) {
                return Err(Refusal::CodeExpired.into());
            }
            // A cancelled redemption uses the code up, too: the member agreed to one redemption only.
            if tables.redemption_of_code(code.member_id, code.id)?.is_some() {
                return Err(Refusal::CodeUsed.into());
            }
            let member = tables.member_that_stays(code.member_id)?;
            (member, tables.merchant(own)?.ok_or(Refusal::absent("merchant"))?, Some(code))
        }
        (None, Some(member)) => {
            let (member, path) = tables.file_at(member)?;
            call.must_reach(Permission::RedeemOnBehalf, &path, Refusal::absent("member"))?;
            let merchant = ask.merchant.ok_or(Refusal::absent("merchant"))?;
            (member, tables.merchant(merchant)?.ok_or(Refusal::absent("merchant"))?, None)
        }
        (None, None) => return Err(Refusal::CodeUnknown.into()),
    };
    if member.state != "active" {
        return Err(Refusal::WrongState { what: "member".into(), state: member.state }.into());
    }
    if merchant.state != "open" {
        return Err(Refusal::ShopPaused.into());
    }
    not_of_the_shop(tables, &member, &merchant)?;
    not_for_oneself(tables, call, &member)?;
    let proxy = match code.as_ref().and_then(|code| code.proxy_id) {
        Some(id) => {
            let (proxy, person) = holding_proxy(tables, id)?.ok_or(Refusal::CodeUnknown)?;
            // Nor does a shop's own people, or the clerk, carry the points of those for whom they act to themselves.
            not_of_the_shop(tables, &person, &merchant)?;
            not_for_oneself(tables, call, &person)?;
            Some(proxy)
        }
        None => None,
    };
    Ok(Parties { member, merchant, code, proxy })
}

/// The command of a hold, with everything it depends on read from one snapshot.
pub(in crate::services) fn redeem_command(
    tables: &mut Tables<'_>,
    call: &Call,
    ask: &RedeemAsk,
    Parties { member, merchant, code, proxy }: Parties,
    (id, hold_id): (Id, Id),
    limits: PaperLimits,
) -> Result<Command, Error> {
    let offers = tables.offers_by_id(&ask.lines.iter().map(|(offer, _)| *offer).collect::<Vec<_>>())?;
    let minutes = match offers.iter().any(|offer| offer.required_minutes > 0) {
        true => tables.balance_of(member.id, Asset::Minute)?,
        false => 0,
    };
    let (from, to) = (purse(member.id, member.kind == "household", Asset::Point), takings(merchant.id));
    let (mut lines, mut legs, mut open) = (Vec::new(), Vec::new(), vec![from.clone(), to.clone()]);
    let mut command = Command::new(call.actor.user, EntryKind::Hold, Op::Open)
        .watch(WatchKind::Member, member.id, member.version)
        .watch(WatchKind::Merchant, merchant.id, merchant.version);
    command.duplicates = tables.duplicates_of(&[member.id])?;
    for (offer_id, quantity) in &ask.lines {
        let known = offers.iter().find(|row| row.id == *offer_id);
        let offer = known.filter(|row| row.merchant_id == merchant.id).ok_or(Refusal::absent("offer"))?;
        check_offer(offer, minutes)?;
        if let Some(limit) = offer.member_limit {
            command.counters.push(member_limit(tables, offer, member.id, *quantity, limit));
        }
        if offer.stocked {
            let [shelf, supply, handed_out] = stock_accounts(offer.id);
            legs.push(Leg::plain(shelf.id, handed_out.id, *quantity));
            open.extend([shelf, supply, handed_out]);
        }
        command = command.watch(WatchKind::Offer, offer.id, offer.version);
        lines.push(line_of(offer, *quantity));
    }
    let (points, fen) = sums(&lines, |line| line.quantity)?;
    legs.insert(0, Leg::plain(from.id, to.id, points));
    if fen > 0 && keeps_till(&merchant) {
        let [till, paid, ..] = till_accounts(merchant.id);
        legs.push(Leg::plain(paid.id, till.id, fen));
        open.extend([till, paid]);
    }
    let card_edition = code.as_ref().and_then(|code| code.card_edition);
    if card_edition.is_some() {
        command.counters.extend(limits.of_card(tables.today(), member.id, points)?);
    }
    if let Some(proxy) = &proxy {
        command.counters.extend(of_proxy(proxy, tables.today(), member.id, points));
    }
    if let Some(code) = &code {
        // One code, one redemption, whatever happens to it later. Showing a new code invalidates it.
        command = command
            .watch(WatchKind::Code, code.id, code.version)
            .counter(CounterTake::once(format!("code/{}", code.id)));
    }
    let redemption = Redemption {
        id,
        version: 1,
        state: RedemptionState::Held,
        member_id: member.id,
        merchant_id: merchant.id,
        hold_id,
        code_id: code.map(|row| row.id),
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
        card_edition,
        slip_number: None,
        points_covered: None,
        proxy_id: proxy.map(|proxy| proxy.id),
    };
    command.op = Op::Hold { hold: hold_id, legs, expires_in_seconds: Some(ask.hold_seconds) };
    Ok(command.open(open).source(format!("redemption/{id}")).document(Document::Redemption(redemption)))
}

/// Refuses what the counters of a command leave no room for, as the ledger does when it decides.
pub(super) fn must_leave_room(tables: &mut Tables<'_>, command: &Command) -> Result<(), Error> {
    for take in &command.counters {
        let Take::Fixed(wanted) = take.take else { continue };
        let used = tables.counter_used_as_one(take.id(), &command.duplicates)?;
        let (counter, limit) = (take.key.clone(), take.limit);
        let left = limit.saturating_sub(used).max(0);
        if wanted > left {
            return Err(match limit {
                1 => Refusal::AlreadyDone { counter }.into(),
                _ => Refusal::CapReached { counter, limit, used, left, asset: take.asset }.into(),
            });
        }
    }
    Ok(())
}

/// Points and fen of the pieces of each line.
pub(in crate::services) fn sums(
    lines: &[RedemptionLine],
    pieces: impl Fn(&RedemptionLine) -> i64,
) -> Result<(i64, i64), Refusal> {
    let (mut points, mut fen) = (0_i64, 0_i64);
    for line in lines {
        let add = |sum: i64, unit: i64| {
            unit.checked_mul(pieces(line))
                .and_then(|more| sum.checked_add(more))
                .ok_or(Refusal::PointsOutOfRange)
        };
        (points, fen) = (add(points, line.unit_points)?, add(fen, line.unit_cash_fen)?);
    }
    Ok((points, fen))
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

/// The limit of pieces per member and time window.
fn member_limit(tables: &Tables<'_>, offer: &OfferRow, member: Id, quantity: i64, limit: i64) -> CounterTake {
    CounterTake {
        key: limit_key(offer.id, member),
        window: window_of(&tables.today().to_string(), offer.limit_window.as_deref()),
        take: Take::Fixed(quantity),
        limit,
        asset: Asset::Stock(offer.id),
    }
}

/// The counter of a member's pieces of an offer.
pub(in crate::services) fn limit_key(offer: Id, member: Id) -> String {
    format!("offer/{offer}/{member}")
}

/// The window of a day `2026-10-31`: `2026-10-31`, `2026-10`, `2026-Q4`, `2026` or `all`.
fn window_of(day: &str, window: Option<&str>) -> String {
    let year = day.get(..4).unwrap_or_default();
    match window {
        Some("day") => day.to_owned(),
        Some("month") => day.get(..7).unwrap_or_default().to_owned(),
        Some("quarter") => {
            let quarter = match day.get(5..7).unwrap_or_default() {
                "01" | "02" | "03" => 1,
                "04" | "05" | "06" => 2,
                "07" | "08" | "09" => 3,
                _ => 4,
            };
            format!("{year}-Q{quarter}")
        }
        Some("year") => year.to_owned(),
        _ => CounterId::EVER.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_follow_the_calendar() {
        let of = |day: &str, window: &str| window_of(day, Some(window));
        assert_eq!(of("2026-03-31", "day"), "2026-03-31");
        assert_eq!(of("2026-03-31", "month"), "2026-03");
        assert_eq!(of("2026-03-31", "year"), "2026");
        assert_eq!(of("2026-03-31", "all"), "all");
        for (day, quarter) in [
            ("2026-01-01", "2026-Q1"),
            ("2026-03-31", "2026-Q1"),
            ("2026-04-01", "2026-Q2"),
            ("2026-09-30", "2026-Q3"),
            ("2026-10-01", "2026-Q4"),
            ("2026-12-31", "2026-Q4"),
        ] {
            assert_eq!(of(day, "quarter"), quarter, "{day}");
        }
    }

    #[test]
    fn sums_beyond_the_range_are_refused() {
        let line = |unit_points: i64, unit_cash_fen: i64| RedemptionLine {
            offer_id: Id::SYSTEM,
            offer_version: 1,
            quantity: 100_000,
            unit_points,
            unit_cash_fen,
            stocked: false,
            captured_quantity: 0,
            refunded_quantity: 0,
        };
        let whole = |lines: &[RedemptionLine]| sums(lines, |line| line.quantity);
        assert_eq!(whole(&[line(500, 20), line(100, 0)]), Ok((60_000_000, 2_000_000)));
        assert_eq!(whole(&[line(i64::MAX / 2, 0)]), Err(Refusal::PointsOutOfRange));
        assert_eq!(whole(&[line(0, i64::MAX / 2)]), Err(Refusal::PointsOutOfRange));
        let near = line(i64::MAX / 100_000, 0);
        assert_eq!(whole(&[near.clone(), near]), Err(Refusal::PointsOutOfRange));
    }
}

/// A cart: payer, shop, offers.
#[derive(Clone, Debug, Default)]
pub struct RedeemAsk {
    /// A claimed code, or a member at the community counter (代办).
    pub code: Option<Id>,
    pub on_behalf_of: Option<Id>,
    /// The shop, at the counter; with a code it is the one that claimed it.
    pub merchant: Option<Id>,
    /// Of a card, as its holder typed it.
    pub pin: Option<Password>,
    /// Offer and pieces.
    pub lines: Vec<(Id, i64)>,
    pub hold_seconds: i64,
}
