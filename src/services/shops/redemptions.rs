//! Redemptions: points held for goods, captured, cancelled, refunded.

use super::accounts::{covering, till_accounts};
pub use super::carts::RedeemAsk;
use super::carts::{limit_key, parties, redeem_command, sums};
use super::merchants::works_at;
use super::paper_limits;
use super::wording::in_words;
use crate::auth::permissions::Permission;
use crate::domain::document::Document;
use crate::domain::id::Id;
use crate::domain::ledger::account::{Hold, HoldState};
use crate::domain::ledger::asset::Asset;
use crate::domain::ledger::entry::EntryKind;
use crate::domain::life_cycle::LifeCycle;
use crate::domain::life_cycles::{CAPTURE_REDEMPTION, REDEMPTION, REFUND_REDEMPTION};
use crate::domain::refusal::Refusal;
use crate::domain::shops::redemption::{Redemption, RedemptionLine, RedemptionState};
use crate::domain::time::Moment;
use crate::ledger::command::WatchKind;
use crate::ledger::{Command, CounterTake, Op, Take};
use crate::services::service::records::file_of;
use crate::services::step::{self, HasLifeCycle, Place, StepContext};
use crate::services::{Call, Done, Error, Services};
use crate::store::Tables;
pub use crate::store::readers::lists::DocumentFilter;
use std::collections::BTreeMap;
use std::future::Future;

/// Pieces by offer; an offer that is not listed has none.
pub type Pieces = Vec<(Id, i64)>;

/// Who serves a redemption.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Counter {
    Clerk,
    Owner,
    /// Community staff who redeem on behalf (代办) of members within their reach.
    Community,
}

impl HasLifeCycle for Redemption {
    const CYCLE: &'static LifeCycle = &REDEMPTION;
    const IS_DOCUMENT: bool = true;
    const STATE_IS_CHECKED_BY_EFFECT: bool = true;

    fn find(tables: &mut Tables<'_>, id: Id) -> Result<Option<Self>, Error> {
        tables.redemption(id)
    }

    fn save(&self, _: &mut Tables<'_>) -> Result<(), Error> {
        Err(Error::Fault("a redemption goes with its entry only".into()))
    }

    fn state(&self) -> &str {
        self.state.as_str()
    }

    fn place(&self, tables: &mut Tables<'_>) -> Result<Place, Error> {
        let member = tables.member_that_stays(self.member_id)?;
        Ok(Place { path: tables.org_path(member.org_id)?, member: Some(member), shop: None })
    }

    fn is_reached(&self, context: &mut StepContext<'_, '_>) -> Result<bool, Error> {
        Ok(counter(context.call, self, &context.place.path).is_some())
    }

    fn in_words(_: &Services, call: &Call, error: Error) -> impl Future<Output = Error> + Send {
        let error = in_words(error, call.actor.merchant.is_some());
        async { error }
    }

    fn effect(&mut self, context: &mut StepContext<'_, '_>) -> Result<Option<Command>, Error> {
        match context.step {
            step if step.is(&CAPTURE_REDEMPTION) => capture(self, context),
            step if step.is(&REFUND_REDEMPTION) => refund(self, context),
            _ => {
                let op = Op::Void { hold: self.hold_id };
                Ok(command(context.call, EntryKind::Void, op, self))
            }
        }
        .map(Some)
    }
}

impl Services {
    /// Holds points and pieces for a cart.
    pub async fn redeem(&self, call: &Call, ask: RedeemAsk) -> Result<Done, Error> {
        if ask.pin.is_some() {
            // On a repeat the claim is no longer good.
            if let Some(done) = self.repeated(call).await? {
                return Ok(done);
            }
            let checked = self.check_pin(call, &ask).await;
            checked.map_err(|error| in_words(error, call.actor.merchant.is_some()))?;
        }
        let ids = (self.next_id(), self.next_id());
        let (services, caller) = (self.clone(), call.clone());
        let found = self.post_from(call, move |tables| {
            let parties = parties(tables, &caller, &ask)?;
            if ask.pin.is_none() && parties.code.as_ref().is_some_and(|row| row.card_edition.is_some()) {
                return Err(Refusal::PinMissing.into());
            }
            let code = parties.code.as_ref().map(|row| row.id);
            let who = (parties.member.id, parties.merchant.id, code);
            let by = caller.request.as_ref().filter(|_| !caller.dry_run);
            let key = by.map(|request| (request.user, request.key.clone()));
            services.rate_limiter.count(services.rate_limits, tables.bank, who, key, tables.now)?;
            redeem_command(tables, &caller, &ask, parties, ids, services.paper_limits)
        });
        found.await.map_err(|error| in_words(error, call.actor.merchant.is_some()))
    }

    /// Redemptions, newest first, each with whether its hold has expired: of the own shop, within reach, or one's
    /// own.
    pub async fn redemptions(
        &self,
        call: &Call,
        mut filter: DocumentFilter,
        limit: i64,
    ) -> Result<Vec<(Redemption, bool)>, Error> {
        let caller = call.clone();
        let found = self.store.read(call.actor.bank, move |tables| {
            filter.member = filter.member.map(|member| file_of(tables, member)).transpose()?;
            let Some(filter) = within(&caller, filter)? else { return Ok(Vec::new()) };
            let rows = tables.redemptions_page(&filter, limit)?;
            let open = rows.iter().filter(|row| row.state == RedemptionState::Held);
            let holds = tables.holds(&open.map(|row| row.hold_id).collect::<Vec<_>>())?;
            let now = tables.now;
            let seen = rows.into_iter().map(|row| {
                let expired = holds.get(&row.hold_id).is_some_and(|hold| is_run_out(hold, now));
                (row, expired)
            });
            Ok(seen.collect())
        });
        found.await
    }

    /// A redemption of the own shop, within reach, or one's own; and whether its hold has expired.
    pub async fn redemption(&self, call: &Call, id: Id) -> Result<(Redemption, bool), Error> {
        let caller = call.clone();
        self.store
            .read(call.actor.bank, move |tables| {
                let redemption = readable(tables, &caller, id)?;
                let expired = has_run_out(tables, redemption.hold_id)?;
                Ok((redemption, expired))
            })
            .await
    }
}

/// Restricts a list to the caller's reach: the own shop, subtrees, or one's own redemptions. `None`: the filter asks
/// for something out of reach.
fn within(call: &Call, mut filter: DocumentFilter) -> Result<Option<DocumentFilter>, Error> {
    let beyond = !call.actor.paths(Permission::ReadRedemptions).is_empty();
    if let Some(shop) = works_at(call).filter(|shop| !beyond || filter.merchant == Some(*shop)) {
        let fits = filter.merchant.is_none_or(|wanted| wanted == shop);
        filter.merchant = Some(shop);
        return Ok(fits.then_some(filter));
    }
    let cut = call.cut(Permission::ReadRedemptions, filter.member)?;
    Ok(cut.map(|cut| DocumentFilter { paths: cut.paths, member: cut.member, ..filter }))
}

fn has_run_out(tables: &mut Tables<'_>, hold: Id) -> Result<bool, Error> {
    let (hold, now) = (tables.hold(hold)?, tables.now);
    Ok(hold.is_some_and(|hold| is_run_out(&hold, now)))
}

fn is_run_out(hold: &Hold, now: Moment) -> bool {
    hold.is_due(now) || hold.state == HoldState::Expired
}

/// The redemption, if the caller may see it.
pub(in crate::services) fn readable(
    tables: &mut Tables<'_>,
    call: &Call,
    id: Id,
) -> Result<Redemption, Error> {
    let redemption = tables.redemption(id)?.ok_or(Refusal::absent("redemption"))?;
    let member = tables.member_that_stays(redemption.member_id)?;
    let own = works_at(call) == Some(redemption.merchant_id) || call.actor.member == Some(member.id);
    if !own {
        let path = tables.org_path(member.org_id)?;
        call.must_reach(Permission::ReadRedemptions, &path, Refusal::absent("redemption"))?;
    }
    Ok(redemption)
}

/// The counter at which the caller serves a redemption: a shop's staff for their shop, community staff for members
/// below this path; `None` if neither applies.
fn counter(call: &Call, redemption: &Redemption, path: &str) -> Option<Counter> {
    match works_at(call) {
        Some(own) if own != redemption.merchant_id => None,
        Some(_) if call.actor.may(Permission::WriteOffers) => Some(Counter::Owner),
        Some(_) => Some(Counter::Clerk),
        None => call.actor.reaches(Permission::RedeemOnBehalf, path).then_some(Counter::Community),
    }
}

fn command(call: &Call, kind: EntryKind, op: Op, redemption: &Redemption) -> Command {
    Command::new(call.actor.user, kind, op)
        .source(format!("redemption/{}", redemption.id))
        .document(Document::Redemption(redemption.clone()))
}

/// Pieces of each line, in the order of the lines; without a list, what `rest` says.
fn pieces_of(
    lines: &[RedemptionLine],
    pieces: Option<&Pieces>,
    rest: impl Fn(&RedemptionLine) -> i64,
) -> Result<Vec<i64>, Refusal> {
    let Some(pieces) = pieces else { return Ok(lines.iter().map(&rest).collect()) };
    if pieces.iter().any(|(offer, _)| lines.iter().all(|line| line.offer_id != *offer)) {
        return Err(Refusal::absent("offer"));
    }
    let mut asked = Vec::with_capacity(lines.len());
    for line in lines {
        let of_line =
            pieces.iter().find(|(offer, _)| *offer == line.offer_id).map_or(0, |(_, pieces)| *pieces);
        let left = rest(line);
        if of_line < 0 || of_line > left {
            return Err(Refusal::QuantityExceeds { left });
        }
        asked.push(of_line);
    }
    Ok(asked)
}

/// Captures everything held, or fewer pieces of some lines. No pieces at all void the hold.
fn capture(redemption: &mut Redemption, context: &mut StepContext<'_, '_>) -> Result<Command, Error> {
    if counter(context.call, redemption, &context.place.path) == Some(Counter::Community)
        && !redemption.on_behalf
        && redemption.slip_number.is_none()
    {
        return Err(Refusal::ShopHandsOver.into());
    }
    let member = context.place.member.clone().ok_or(Refusal::absent("member"))?;
    if member.state != "active" {
        return Err(step::wrong_state(&member).into());
    }
    let asked: Option<Pieces> = context.param("pieces")?;
    let pieces = pieces_of(&redemption.lines, asked.as_ref(), |line| line.quantity)?;
    let mut amounts = vec![0];
    let mut untaken = Vec::with_capacity(pieces.len());
    for (line, pieces) in redemption.lines.iter_mut().zip(&pieces) {
        line.captured_quantity = *pieces;
        untaken.push((line.offer_id, line.quantity.saturating_sub(*pieces)));
        if line.stocked {
            amounts.push(*pieces);
        }
    }
    let (points, cash_fen) = sums(&redemption.lines, |line| line.captured_quantity)?;
    // A slip is handed over whole, by the one who enters it.
    let covered = redemption.points_covered.filter(|covered| *covered < points);
    if let Some(first) = amounts.first_mut() {
        *first = points.saturating_sub(covered.unwrap_or(0));
    }
    amounts.extend(has_money_leg(context.tables, redemption)?.then_some(cash_fen));
    amounts.extend(covered);
    redemption.points_captured = points;
    redemption.cash_fen = cash_fen;
    let op = Op::Capture { hold: redemption.hold_id, amounts: Some(amounts), keep_open: false };
    // A hold of which nothing is captured gives back its limits by itself.
    let (kind, given) = if points == 0 {
        redemption.state = RedemptionState::Cancelled;
        (EntryKind::Void, Vec::new())
    } else {
        redemption.captured_at = Some(context.tables.now);
        let free = redemption.points_held.saturating_sub(points);
        (EntryKind::Redemption, limits_given_back(context.tables, redemption, &untaken, (free, 0))?)
    };
    let command = command(context.call, kind, op, redemption);
    let mut command = command.watch(WatchKind::Member, member.id, member.version);
    command.counters = given;
    Ok(command)
}

/// Pieces that were not taken, or came back, do not count against the member's limits in the window of the hold; nor do
/// their points against those of the card, and what the district covered of them against that.
fn limits_given_back(
    tables: &mut Tables<'_>,
    redemption: &Redemption,
    pieces: &[(Id, i64)],
    points: (i64, i64),
) -> Result<Vec<CounterTake>, Error> {
    if pieces.iter().all(|(_, pieces)| *pieces == 0) {
        return Ok(Vec::new());
    }
    let counted = tables.hold(redemption.hold_id)?.map(|hold| hold.counters).unwrap_or_default();
    let of_paper = counted.iter().filter_map(|counter| {
        let points = paper_limits::given_back(&counter.key, points).filter(|points| *points > 0)?;
        Some(CounterTake {
            key: counter.key.clone(),
            window: counter.window.clone(),
            take: Take::Fixed(points.saturating_neg()),
            limit: counter.amount,
            asset: Asset::Point,
        })
    });
    let given = pieces.iter().filter(|(_, pieces)| *pieces > 0).filter_map(|(offer, pieces)| {
        let key = limit_key(*offer, redemption.member_id);
        let counter = counted.iter().find(|counter| counter.key == key)?;
        Some(CounterTake {
            key,
            window: counter.window.clone(),
            take: Take::Fixed(pieces.saturating_neg()),
            limit: counter.amount,
            asset: Asset::Stock(*offer),
        })
    });
    Ok(of_paper.chain(given).collect())
}

/// Whether money for the shop's till was held with the goods, in a leg behind theirs.
fn has_money_leg(tables: &mut Tables<'_>, redemption: &Redemption) -> Result<bool, Error> {
    if redemption.lines.iter().all(|line| line.unit_cash_fen == 0) {
        return Ok(false);
    }
    let [till, ..] = till_accounts(redemption.merchant_id);
    Ok(tables.hold(redemption.hold_id)?.is_some_and(|hold| hold.legs.iter().any(|leg| leg.credit == till.id)))
}

/// The leg of a slip that the district covers: all legs of a slip were posted in the order of the hold.
fn covering_leg(tables: &mut Tables<'_>, redemption: &Redemption) -> Result<Option<i32>, Error> {
    let covering = covering(tables.bank).id;
    let legs = tables.hold(redemption.hold_id)?.map(|hold| hold.legs).unwrap_or_default();
    Ok((0_i32..).zip(&legs).find(|(_, leg)| leg.debit == covering).map(|(place, _)| place))
}

/// Refunds pieces per line with their points, and puts them back on the shelf unless the goods did not come back. A
/// clerk may within the undo time; later the owner or the community does it.
fn refund(redemption: &mut Redemption, context: &mut StepContext<'_, '_>) -> Result<Command, Error> {
    let (Some(entry), Some(captured_at)) = (redemption.capture_entry, redemption.captured_at) else {
        let state = context.member("state")?;
        return Err(Refusal::WrongState { what: "redemption".into(), state }.into());
    };
    let undo_seconds = context.services.undo_seconds;
    let counter = counter(context.call, redemption, &context.place.path);
    if counter == Some(Counter::Clerk) && context.tables.now.seconds_since(captured_at) > undo_seconds {
        return Err(Refusal::UndoTooLate { seconds: undo_seconds }.into());
    }
    let left = |line: &RedemptionLine| line.captured_quantity.saturating_sub(line.refunded_quantity);
    let asked: Option<Pieces> = context.param("pieces")?;
    let pieces = pieces_of(&redemption.lines, asked.as_ref(), left)?;
    if pieces.iter().all(|pieces| *pieces == 0) {
        return Err(Refusal::QuantityExceeds { left: 0 }.into());
    }
    let (before, fen_before) = sums(&redemption.lines, |line| line.refunded_quantity)?;
    let goods_back = context.param::<Option<bool>>("goods_back")?.unwrap_or(true);
    // The legs of the capture: points, then each line with pieces handed out, then the money for the till. A leg of goods
    // that did not come back stays as it is.
    let (mut amounts, mut leg) = (BTreeMap::new(), 0_i32);
    for (line, pieces) in redemption.lines.iter_mut().zip(&pieces) {
        if line.stocked && line.captured_quantity > 0 {
            leg = leg.saturating_add(1);
            if *pieces > 0 && goods_back {
                amounts.insert(leg, *pieces);
            }
        }
        line.refunded_quantity = line.refunded_quantity.saturating_add(*pieces);
    }
    let (refunded, fen_refunded) = sums(&redemption.lines, |line| line.refunded_quantity)?;
    let (back, fen_back) = (refunded.saturating_sub(before), fen_refunded.saturating_sub(fen_before));
    if fen_back > 0 && has_money_leg(context.tables, redemption)? {
        amounts.insert(leg.saturating_add(1), fen_back);
    }
    // The district gets back first what it covers.
    let of_district = redemption.points_covered.unwrap_or(0).min(back);
    if let Some(covered) = redemption.points_covered {
        redemption.points_covered = Some(covered.saturating_sub(of_district));
    }
    let leg = if of_district > 0 { covering_leg(context.tables, redemption)? } else { None };
    let apart = leg.filter(|leg| *leg > 0).map(|leg| (leg, of_district));
    let of_purse = back.saturating_sub(apart.map_or(0, |(_, points)| points));
    amounts.extend([(0, of_purse)].into_iter().chain(apart).filter(|(_, points)| *points > 0));
    redemption.points_refunded = refunded;
    (_, redemption.cash_fen) = sums(&redemption.lines, left)?;
    let whole = redemption.points_refunded == redemption.points_captured;
    redemption.state = if whole { RedemptionState::Refunded } else { RedemptionState::PartRefunded };
    let pieces_back: Vec<(Id, i64)> =
        redemption.lines.iter().map(|line| line.offer_id).zip(pieces.iter().copied()).collect();
    let counters = limits_given_back(context.tables, redemption, &pieces_back, (back, of_district))?;
    let op = Op::Reverse { entry, amounts: Some(amounts), up_to: false, of_document: true };
    let mut command = Command { counters, ..command(context.call, EntryKind::Refund, op, redemption) };
    if !goods_back {
        command.metadata.insert("goods_back".into(), "false".into());
    }
    Ok(command)
}
