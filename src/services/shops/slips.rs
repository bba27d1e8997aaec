//! Numbered paper slips (登记单): printed for a shop without a network, signed by the person, entered on the same day.
//! Each number counts once. The shop is paid whole; what the balance lacks the district covers, and auditors see it.

use super::accounts::covering;
use super::carts::{Parties, RedeemAsk, redeem_command};
use super::codes::{available_points, digit_tries};
use super::merchants::works_at;
use super::wording::in_words;
use crate::auth::permissions::Permission;
use crate::domain::document::Document;
use crate::domain::id::{BankId, Id};
use crate::domain::life_cycles::CAPTURE_REDEMPTION;
use crate::domain::refusal::Refusal;
use crate::domain::shops::paper::{SLIP_LETTERS, SlipText, letters};
use crate::domain::shops::redemption::Redemption;
use crate::domain::time::Day;
use crate::ledger::{Command, Leg, Op};
use crate::services::access::interest::{not_for_oneself, not_of_the_shop};
use crate::services::step::Params;
use crate::services::{Call, Done, Error, Services};
use crate::store::Tables;
use crate::store::people::members::MemberRow;
use crate::store::shops::merchants::MerchantRow;
pub use crate::store::shops::slips::{SlipFilter, SlipRow};

/// The hold of a slip ends within its own write.
const HOLD_SECONDS: i64 = 60;

/// What stands on a slip.
#[derive(Clone, Debug)]
pub struct SlipAsk {
    /// Number and letters.
    pub slip: String,
    /// The text of the person's card, or, by staff, the member.
    pub card: Option<String>,
    pub member: Option<Id>,
    /// The day on which it was written.
    pub day: Day,
    /// Offer and pieces.
    pub lines: Vec<(Id, i64)>,
}

/// A slip with its text.
#[derive(Clone, Debug)]
pub struct SlipStanding {
    pub row: SlipRow,
    pub text: String,
}

/// Everyone whom a slip is about.
struct Written {
    slip: SlipRow,
    merchant: MerchantRow,
    member: MemberRow,
}

impl Services {
    /// The check letters of a slip under each of the master keys; those of the newest are last.
    fn slip_letters(&self, bank: BankId, number: i64, merchant: Id) -> Vec<String> {
        let marks =
            self.authority.secrets.marks("slip", format!("{}/{number}/{merchant}", bank.0).as_bytes());
        marks.into_iter().map(|mark| letters(mark, SLIP_LETTERS)).collect()
    }

    fn with_text(&self, row: SlipRow) -> SlipStanding {
        let letters = self.slip_letters(row.bank_id, row.number, row.merchant_id).pop().unwrap_or_default();
        SlipStanding { text: SlipText { number: row.number, letters }.to_string(), row }
    }

    /// New slips for a shop, with the next numbers of the bank: the first and the last.
    pub async fn print_slips(&self, call: &Call, merchant: Id, count: i64) -> Result<(i64, i64), Error> {
        let (services, caller) = (self.clone(), call.clone());
        let made = self.write(call, move |tables| {
            let (shop, path) = tables.merchant_at(merchant)?;
            caller.must_reach(Permission::RedeemOnBehalf, &path, Refusal::absent("merchant"))?;
            if shop.state != "open" {
                return Err(Refusal::ShopPaused.into());
            }
            let before = tables.last_slip()?;
            let last = before.saturating_add(count);
            for number in before.saturating_add(1)..=last {
                tables.insert(&SlipRow {
                    bank_id: tables.bank,
                    id: services.next_id(),
                    number,
                    merchant_id: shop.id,
                    printed_by: caller.actor.user,
                    printed_at: tables.now,
                    redemption_id: None,
                    entered_by: None,
                    entered_at: None,
                    version: 1,
                })?;
            }
            Ok((before.saturating_add(1), last))
        });
        Ok(made.await?.0)
    }

    /// Slips with these numbers, of shops within reach, to be printed.
    pub async fn slips_to_print(
        &self,
        call: &Call,
        (first, last): (i64, i64),
    ) -> Result<Vec<(SlipStanding, MerchantRow)>, Error> {
        let (services, caller) = (self.clone(), call.clone());
        let found = self.store.read(call.actor.bank, move |tables| {
            let mut slips = Vec::new();
            let mut shops: Vec<(MerchantRow, bool)> = Vec::new();
            for row in tables.slips_between(first, last)? {
                if shops.iter().all(|(shop, _)| shop.id != row.merchant_id) {
                    let (shop, path) = tables.merchant_at(row.merchant_id)?;
                    let is_near = caller.actor.reaches(Permission::RedeemOnBehalf, &path);
                    shops.push((shop, is_near));
                }
                let shop = shops.iter().find(|(shop, is_near)| *is_near && shop.id == row.merchant_id);
                if let Some((shop, _)) = shop {
                    slips.push((services.with_text(row), shop.clone()));
                }
            }
            Ok(slips)
        });
        found.await
    }

    /// Slips, the highest number first: of the own shop, or of shops within reach.
    pub async fn slips(
        &self,
        call: &Call,
        mut filter: SlipFilter,
        limit: i64,
    ) -> Result<Vec<SlipRow>, Error> {
        filter.paths = call.actor.paths(Permission::ReadRedemptions);
        if let Some(own) = works_at(call).filter(|_| filter.paths.is_empty()) {
            if filter.merchant.is_some_and(|wanted| wanted != own) {
                return Ok(Vec::new());
            }
            filter.merchant = Some(own);
        } else if filter.paths.is_empty() {
            return Ok(Vec::new());
        }
        self.store.read(call.actor.bank, move |tables| tables.slips_page(&filter, limit)).await
    }

    /// Enters a slip: points and goods are held and handed over in one commit, with the slip.
    pub async fn enter_slip(&self, call: &Call, ask: SlipAsk) -> Result<Done, Error> {
        if let Some(done) = self.repeated(call).await? {
            return Ok(done);
        }
        let entered = match self.check_paper(call, &ask).await {
            Ok(()) => self.post_slip(call, ask).await,
            Err(error) => Err(error),
        };
        entered.map_err(|error| in_words(error, call.actor.merchant.is_some()))
    }

    /// Letters that are wrong count against the shop, also in a dry run.
    async fn check_paper(&self, call: &Call, ask: &SlipAsk) -> Result<(), Error> {
        let (services, ask, own) = (self.clone(), ask.clone(), works_at(call));
        let checked = self.store.write(call.actor.bank, move |tables| {
            let tries = own.map(digit_tries);
            if let Some(tries) = &tries
                && let Some(wait_seconds) = tables.take_try(std::slice::from_ref(tries))?
            {
                return Ok(Some(Refusal::TooManyWrongCodes { wait_seconds }));
            }
            let card = ask.card.as_ref().map(|card| services.presented(tables, card)).transpose();
            let refused = match (services.slip_of(tables, &ask.slip), card) {
                (Err(Error::Refused(refusal)), _) => Some(refusal),
                (_, Err(Error::Refused(refusal))) => Some(refusal),
                (Err(error), _) | (_, Err(error)) => return Err(error),
                _ => None,
            };
            let guessed = matches!(refused, Some(Refusal::SlipUnknown | Refusal::CardUnknown));
            if let Some(tries) = tries.filter(|_| !guessed) {
                tables.give_try_back(&tries.subject)?;
            }
            Ok(refused)
        });
        match checked.await? {
            Some(refusal) => Err(refusal.into()),
            None => Ok(()),
        }
    }

    /// The slip with this number and these letters.
    fn slip_of(&self, tables: &mut Tables<'_>, text: &str) -> Result<SlipRow, Error> {
        let read = SlipText::parse(text).ok_or(Refusal::SlipUnknown)?;
        let slip = tables.slip(read.number)?.ok_or(Refusal::SlipUnknown)?;
        match self.slip_letters(slip.bank_id, slip.number, slip.merchant_id).contains(&read.letters) {
            true => Ok(slip),
            false => Err(Refusal::SlipUnknown.into()),
        }
    }

    /// Slip, shop and person, if the caller may enter this slip today.
    fn written(&self, tables: &mut Tables<'_>, call: &Call, ask: &SlipAsk) -> Result<Written, Error> {
        let slip = self.slip_of(tables, &ask.slip)?;
        let (merchant, path) = tables.merchant_at(slip.merchant_id)?;
        match works_at(call) {
            Some(own) if own == merchant.id => {}
            Some(_) => return Err(Refusal::SlipOfAnotherShop.into()),
            None => call.must_reach(Permission::RedeemOnBehalf, &path, Refusal::SlipUnknown)?,
        }
        if let Some(since) = slip.entered_at {
            return Err(Refusal::SlipUsed { number: format!("{:06}", slip.number), since }.into());
        }
        let today = tables.today();
        if ask.day > today {
            return Err(Refusal::DayInFuture { field: "day".into(), today }.into());
        }
        if ask.day < today {
            return Err(Refusal::SlipLate { day: ask.day, today }.into());
        }
        let member = match (&ask.card, ask.member) {
            (Some(card), _) => self.presented(tables, card)?.member,
            (None, Some(member)) if works_at(call).is_none() => {
                let (member, path) = tables.file_at(member)?;
                call.must_reach(Permission::RedeemOnBehalf, &path, Refusal::absent("member"))?;
                member
            }
            _ => return Err(Refusal::CardUnknown.into()),
        };
        if member.state != "active" {
            return Err(Refusal::WrongState { what: "member".into(), state: member.state }.into());
        }
        if merchant.state != "open" {
            return Err(Refusal::ShopPaused.into());
        }
        not_of_the_shop(tables, &member, &merchant)?;
        not_for_oneself(tables, call, &member)?;
        Ok(Written { slip, merchant, member })
    }

    /// In the writer's own transaction: what is available cannot change before it is taken.
    async fn post_slip(&self, call: &Call, ask: SlipAsk) -> Result<Done, Error> {
        let (services, caller, ids) = (self.clone(), call.clone(), (self.next_id(), self.next_id()));
        let posted = self.write_posting(call, move |tables| {
            let Written { mut slip, merchant, member } = services.written(tables, &caller, &ask)?;
            let (lines, hold_seconds) = (ask.lines.clone(), HOLD_SECONDS);
            let cart = RedeemAsk { lines, hold_seconds, ..RedeemAsk::default() };
            let available = available_points(tables, member.id, member.kind == "household")?;
            let parties = Parties { member: member.clone(), merchant, code: None, proxy: None };
            let hold = redeem_command(tables, &caller, &cart, parties, ids, services.paper_limits)?;
            let hold = services.on_slip(tables, hold, &slip, (member.id, available))?;
            // The hold belongs to this write alone: the key is that of the redemption.
            let unkeyed = Call { request: None, ..caller.clone() };
            services.decide(tables, &unkeyed, hold)??;
            let step = (&CAPTURE_REDEMPTION, ids.0);
            let (_, capture) =
                services.prepare::<Redemption>(tables, &caller, step.0, step.1, &Params::new())?;
            let capture = capture.ok_or_else(|| Error::Fault("a slip posts nothing".into()))?;
            let done = services.decide(tables, &caller, capture)??;
            slip.redemption_id = Some(ids.0);
            slip.entered_by = Some(caller.actor.user);
            slip.entered_at = Some(tables.now);
            slip.version = slip.version.saturating_add(1);
            tables.update(&slip)?;
            Ok(Ok(done))
        });
        posted.await
    }

    /// The hold of a slip: from the purse what is there, the rest from the account of what the district covers.
    fn on_slip(
        &self,
        tables: &Tables<'_>,
        mut command: Command,
        slip: &SlipRow,
        (member, available): (Id, i64),
    ) -> Result<Command, Error> {
        let source = covering(tables.bank);
        let Op::Hold { legs, .. } = &mut command.op else {
            return Err(Error::Fault("a slip holds nothing".into()));
        };
        let (points, takings) = legs.first().map_or((0, source.id), |leg| (leg.amount, leg.credit));
        let paid = available.clamp(0, points);
        let covered = points.saturating_sub(paid);
        if covered > 0 {
            match legs.first_mut() {
                Some(first) if paid > 0 => {
                    first.amount = paid;
                    legs.push(Leg::plain(source.id, takings, covered));
                }
                Some(first) => first.debit = source.id,
                None => {}
            }
        }
        for document in &mut command.documents {
            if let Document::Redemption(redemption) = document {
                redemption.slip_number = Some(slip.number);
                redemption.points_covered = (covered > 0).then_some(covered);
            }
        }
        let counter = self.paper_limits.of_slip(tables.today(), member, (points, covered))?;
        command.counters.extend(counter);
        Ok(if covered > 0 { command.open([source]) } else { command })
    }
}
