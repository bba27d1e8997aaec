//! Merchants, offers and stock.

use super::accounts::stock_accounts;
use super::wording::in_words;
use crate::auth::permissions::{Permission, Role, rights};
use crate::domain::id::Id;
use crate::domain::ledger::entry::EntryKind;
use crate::domain::life_cycle::{LifeCycle, Step};
use crate::domain::life_cycles::MERCHANT;
use crate::domain::refusal::Refusal;
use crate::domain::settlement::payable::RateFen;
use crate::domain::settlement::rates::Rates;
use crate::domain::settlement::statement::SettlementModel;
use crate::domain::time::Day;
use crate::ledger::{Command, Leg, Op};
use crate::services::access::interest::not_ones_own_shop;
use crate::services::step::{HasLifeCycle, Place, versioned_row};
use crate::services::{Call, Done, Error, Services};
use crate::store::Tables;
use crate::store::people::members::MemberRow;
pub use crate::store::shops::merchants::{MerchantRow, OfferRow};

#[derive(Clone, Debug)]
pub struct MerchantAsk {
    pub name: String,
    pub org: Id,
    pub owner_member: Option<Id>,
    pub model: SettlementModel,
    /// Fen for one point; `None` where goods are given.
    pub rate: Option<RateFen>,
    /// Goods in above this value need a second person, stocktakes and write-offs always do; `None`: one person does.
    pub two_above_fen: Option<i64>,
}

/// What changes of a shop; `None` stays.
#[derive(Clone, Debug, Default)]
pub struct MerchantChange {
    pub name: Option<String>,
    pub owner_member: Option<Id>,
    pub rate: Option<RateChange>,
    /// `Some(None)`: one person does.
    pub two_above_fen: Option<Option<i64>>,
}

/// A new rate: what is redeemed from its first day on is paid by it.
#[derive(Clone, Copy, Debug)]
pub struct RateChange {
    pub rate: RateFen,
    /// Tomorrow at the earliest; `None`: tomorrow.
    pub first_day: Option<Day>,
}

#[derive(Clone, Debug)]
pub struct OfferAsk {
    pub merchant: Id,
    pub name: String,
    pub unit_points: i64,
    pub unit_cash_fen: i64,
    /// Goods have stock; services have none.
    pub stocked: bool,
    pub member_limit: Option<i64>,
    pub limit_window: Option<String>,
    pub required_minutes: i64,
}

/// An offer with its stock.
#[derive(Clone, Debug)]
pub struct OfferStanding {
    pub offer: OfferRow,
    /// Pieces that can be taken now; `None` for services.
    pub stock: Option<i64>,
}

/// A shop as the caller may see it.
#[derive(Clone, Debug)]
pub struct MerchantSeen {
    pub merchant: MerchantRow,
    /// What is paid for one point today, in fen.
    pub rate: RateFen,
    /// The next rate that is agreed on, and its first day.
    pub next_rate: Option<(Day, RateFen)>,
    /// Whether the caller may see the terms of settlement: the value of a point in money does not concern volunteers.
    pub settled: bool,
}

/// The state of a shop that no longer takes part.
const CLOSED: &str = "closed";

impl Call {
    /// A shop's own staff; others need the right and the reach.
    pub fn must_work_for(
        &self,
        permission: Permission,
        merchant: &MerchantRow,
        path: &str,
    ) -> Result<(), Error> {
        // A role in a shop gives rights in that shop; other shops are reached through their organisation.
        match works_at(self) == Some(merchant.id) && self.may_in_shop(permission) {
            true => Ok(()),
            false => self.must_reach(permission, path, Refusal::absent("merchant")),
        }
    }

    /// Whether a shop is the caller's own or within the caller's organisation: such callers see what is not
    /// published.
    pub(in crate::services) fn looks_after(&self, merchant: &MerchantRow, path: &str) -> bool {
        works_at(self) == Some(merchant.id) || self.actor.reaches(Permission::ReadMerchants, path)
    }

    /// Whether the right comes from a role in the shop, not from one held elsewhere.
    pub(in crate::services) fn may_in_shop(&self, permission: Permission) -> bool {
        let in_shop = |role| matches!(role, Role::MerchantClerk | Role::MerchantOwner);
        self.actor.grants.iter().any(|grant| in_shop(grant.role) && rights(grant.role).contains(&permission))
    }
}

impl Services {
    pub async fn open_merchant(&self, call: &Call, ask: MerchantAsk) -> Result<Id, Error> {
        let (bank, id, actor) = (call.actor.bank, self.next_id(), call.clone());
        let made = self.write(call, move |tables| {
            let path = tables.org_path(ask.org)?;
            actor.must_reach(Permission::WriteMerchants, &path, Refusal::absent("org"))?;
            if let Some(member) = ask.owner_member {
                owner(tables, member)?;
            }
            tables.insert(&MerchantRow {
                bank_id: bank,
                id,
                name: ask.name.clone(),
                org_id: ask.org,
                owner_member_id: ask.owner_member,
                model: ask.model.to_string(),
                rate_fen: first_rate(ask.model, ask.rate)?.to_string(),
                state: "open".into(),
                created_at: tables.now,
                version: 1,
                two_above_fen: ask.two_above_fen,
                later_rates: None,
            })?;
            Ok(id)
        });
        Ok(made.await?.0)
    }

    /// Changes the name, the owner or the rate of a shop, and from which value on its goods need a second person, over the
    /// version that was read. What is left out stays. Statements and receipts of before keep what they say.
    pub async fn change_merchant(
        &self,
        call: &Call,
        id: Id,
        version: i64,
        change: MerchantChange,
    ) -> Result<i64, Error> {
        let (actor, log, rate_log) = (call.clone(), self.next_id(), self.next_id());
        let changed = self.write(call, move |tables| {
            let (mut row, path) = tables.merchant_at(id)?;
            actor.must_reach(Permission::WriteMerchants, &path, Refusal::absent("merchant"))?;
            if row.version != version {
                return Err(Refusal::VersionStale { what: "merchant".into(), version: row.version }.into());
            }
            if let Some(member) = change.owner_member {
                row.owner_member_id = Some(owner(tables, member)?.id);
            }
            if let Some(name) = &change.name {
                row.name.clone_from(name);
            }
            if let Some(new) = change.rate {
                // It is paid for with the fund's money: not by those who get it, and logged.
                not_ones_own_shop(tables, &actor, &row)?;
                let said = set_rate(tables, &mut row, new)?;
                tables.log_act(
                    rate_log,
                    actor.actor.user,
                    "change_rate",
                    ("merchant", Some(id)),
                    Some(said),
                )?;
            }
            if let Some(two_above_fen) = change.two_above_fen.filter(|sum| *sum != row.two_above_fen) {
                // Weakens or ends the approval by a second person: not by the shop's own people, and logged.
                not_ones_own_shop(tables, &actor, &row)?;
                row.two_above_fen = two_above_fen;
                tables.log_act(log, actor.actor.user, "change_supervision", ("merchant", Some(id)), None)?;
            }
            row.version = row.version.saturating_add(1);
            tables.update(&row)?;
            Ok(row.version)
        });
        Ok(changed.await?.0)
    }

    /// Every shop that is not closed, for all authenticated users; closed ones and the terms of settlement only for
    /// the shop's own staff and those responsible for it.
    pub async fn merchants(&self, call: &Call) -> Result<Vec<MerchantSeen>, Error> {
        let actor = call.clone();
        self.store
            .read(call.actor.bank, move |tables| {
                let (mut seen, merchants, today) = (Vec::new(), tables.merchants()?, tables.today());
                let orgs = tables.orgs(merchants.iter().map(|merchant| merchant.org_id))?;
                for merchant in merchants {
                    let path = orgs.get(&merchant.org_id).map_or("", |org| org.path.as_str());
                    let settled = actor.must_work_for(Permission::ReadStatements, &merchant, path).is_ok();
                    if actor.looks_after(&merchant, path) || merchant.state != CLOSED {
                        let rates = rates_of(&merchant)?;
                        let (rate, next_rate) = (rates.on(today), rates.next_after(today));
                        seen.push(MerchantSeen { merchant, rate, next_rate, settled });
                    }
                }
                Ok(seen)
            })
            .await
    }

    pub async fn open_offer(&self, call: &Call, ask: OfferAsk) -> Result<Id, Error> {
        let (bank, id, actor) = (call.actor.bank, self.next_id(), call.clone());
        let made = self.write(call, move |tables| {
            let (merchant, path) = tables.merchant_at(ask.merchant)?;
            actor.must_work_for(Permission::WriteOffers, &merchant, &path)?;
            tables.insert(&OfferRow {
                bank_id: bank,
                id,
                merchant_id: ask.merchant,
                name: ask.name.clone(),
                kind: if ask.stocked { "goods" } else { "service" }.into(),
                unit_points: ask.unit_points,
                unit_cash_fen: ask.unit_cash_fen,
                stocked: ask.stocked,
                member_limit: ask.member_limit,
                limit_window: ask.limit_window.clone(),
                required_minutes: ask.required_minutes,
                state: "on".into(),
                created_at: tables.now,
                version: 1,
            })?;
            Ok(id)
        });
        Ok(made.await?.0)
    }

    /// Changes the price of an offer, or withdraws it: a new version; earlier agreements keep their price.
    pub async fn change_offer(
        &self,
        call: &Call,
        id: Id,
        version: i64,
        unit_points: Option<i64>,
        step: Option<&'static Step>,
    ) -> Result<i64, Error> {
        let actor = call.clone();
        let changed = self.write(call, move |tables| {
            let mut row = tables.offer(id)?.ok_or(Refusal::absent("offer"))?;
            let (merchant, path) = tables.merchant_at(row.merchant_id)?;
            actor.must_work_for(Permission::WriteOffers, &merchant, &path)?;
            if row.version != version {
                return Err(Refusal::VersionStale { what: "offer".into(), version: row.version }.into());
            }
            row.unit_points = unit_points.unwrap_or(row.unit_points);
            if let Some(step) = step {
                row.state = step.to.into();
            }
            row.version = row.version.saturating_add(1);
            tables.update(&row)?;
            Ok(row.version)
        });
        Ok(changed.await?.0)
    }

    pub async fn offers(&self, call: &Call, merchant: Id) -> Result<Vec<OfferStanding>, Error> {
        let actor = call.clone();
        self.store
            .read(call.actor.bank, move |tables| {
                let (row, path) = tables.merchant_at(merchant)?;
                // Current offers are public; withdrawn ones are seen by those responsible for the shop.
                let looks_after = actor.looks_after(&row, &path);
                if !looks_after && row.state == CLOSED {
                    return Err(Refusal::absent("merchant").into());
                }
                let mut offers = tables.offers_of(merchant)?;
                offers.retain(|offer| looks_after || offer.state == "on");
                let shelf = |offer: &OfferRow| {
                    let [shelf, ..] = stock_accounts(offer.id);
                    shelf.id
                };
                let standings = tables.standings(&offers.iter().map(shelf).collect::<Vec<_>>())?;
                let seen = offers.into_iter().map(|offer| {
                    let available = standings.get(&shelf(&offer)).and_then(|standing| standing.available);
                    let stock = offer.stocked.then(|| available.unwrap_or(0));
                    OfferStanding { offer, stock }
                });
                Ok(seen.collect())
            })
            .await
    }

    /// Restocks (`pieces` > 0), or corrects the stock in either direction after a stocktake, with a reason.
    pub async fn move_stock(
        &self,
        call: &Call,
        offer: Id,
        pieces: i64,
        stocktake: bool,
        reason: Option<String>,
    ) -> Result<Done, Error> {
        let (caller, note) = (call.clone(), self.note(reason));
        let build = move |tables: &mut Tables<'_>| {
            let row = tables.offer(offer)?.filter(|row| row.stocked).ok_or(Refusal::absent("offer"))?;
            let (merchant, path) = tables.merchant_at(row.merchant_id)?;
            caller.must_work_for(Permission::WriteOffers, &merchant, &path)?;
            if merchant.two_above_fen.is_some() {
                return Err(Refusal::GoodsSheetNeeded.into());
            }
            let [shelf, supply, handed_out] = stock_accounts(offer);
            let on_shelf = tables.account(shelf.id)?.map_or(0, |account| account.balance());
            let leg = if pieces < 0 {
                Leg::plain(shelf.id, supply.id, pieces.saturating_neg())
            } else {
                Leg::plain(supply.id, shelf.id, pieces)
            };
            let kind = if stocktake { EntryKind::Stocktake } else { EntryKind::GoodsIn };
            // A stocktake may go below what is on hold: the holds stay until they are captured or voided.
            let up_to = stocktake && pieces < 0 && pieces.saturating_neg() <= on_shelf;
            let op = Op::Post { legs: vec![leg], partial: false, up_to };
            let mut command = Command::new(caller.actor.user, kind, op)
                .open([shelf, supply, handed_out])
                .source(format!("offer/{offer}"));
            command.note = note;
            Ok(command)
        };
        self.post_from(call, build).await.map_err(|error| in_words(error, false))
    }
}

/// The rates of a shop by day.
pub(in crate::services) fn rates_of(shop: &MerchantRow) -> Result<Rates, Error> {
    let rates = Rates::parse(&shop.rate_fen, shop.later_rates.as_deref());
    rates.map_err(|fault| Error::Fault(format!("rates of merchant {}: {fault}", shop.id)))
}

/// The rate with which a shop begins: needed where a fund pays, and none where goods are given.
pub(super) fn first_rate(model: SettlementModel, rate: Option<RateFen>) -> Result<RateFen, Refusal> {
    match (model, rate) {
        (SettlementModel::CommunityFund, Some(rate)) => Ok(rate),
        (SettlementModel::CommunityFund, None) => Err(Refusal::RateMissing),
        (SettlementModel::DonatedGoods, None) => Ok(RateFen::ZERO),
        (SettlementModel::DonatedGoods, Some(_)) => Err(Refusal::RateOfGivenGoods),
    }
}

/// The person who owns a shop.
pub(super) fn owner(tables: &mut Tables<'_>, member: Id) -> Result<MemberRow, Error> {
    Ok(tables.member(member)?.filter(|row| row.kind == "person").ok_or(Refusal::absent("member"))?)
}

/// Sets a rate from a day on; returns both in words of the access log. What was taken before keeps its worth.
fn set_rate(tables: &Tables<'_>, row: &mut MerchantRow, new: RateChange) -> Result<String, Error> {
    let model = SettlementModel::parse(&row.model).unwrap_or(SettlementModel::DonatedGoods);
    let (rate, earliest) = (first_rate(model, Some(new.rate))?, tables.today().plus(1));
    let first_day = new.first_day.unwrap_or(earliest);
    if first_day < earliest {
        return Err(Refusal::RateDayTooEarly { earliest }.into());
    }
    let mut rates = rates_of(row)?;
    rates.set_from(first_day, rate);
    row.later_rates = rates.later_text();
    Ok(format!("{first_day} {rate}"))
}

/// The caller's present shop: a former clerk keeps the row, not the right.
pub(in crate::services) fn works_at(call: &Call) -> Option<Id> {
    let works = call.actor.may(Permission::ClaimCodes) || call.actor.may(Permission::WriteOffers);
    call.actor.merchant.filter(|_| works)
}

impl HasLifeCycle for MerchantRow {
    const CYCLE: &'static LifeCycle = &MERCHANT;

    versioned_row!();

    fn place(&self, tables: &mut Tables<'_>) -> Result<Place, Error> {
        Ok(Place { path: tables.org_path(self.org_id)?, shop: Some(self.clone()), member: None })
    }
}
