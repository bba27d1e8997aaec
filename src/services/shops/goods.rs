//! Goods on the shelf of a shop: what comes in, with donor and best-before date; stocktakes; what is past its date and is
//! written off. A batch is a lot of the shelf's account: the ledger hands out first what runs out first, gives back into
//! the batch that pieces came from, and sets aside what is past its date. In a shop with a supervisor (监督员) a second
//! person books larger deliveries, differences and write-offs. What is done with the money in the till stands on sheets,
//! too (`till.rs`).

use super::accounts::{past_date, stock_accounts, written_off};
use super::merchants::{OfferRow, works_at};
use super::wording::in_words;
use crate::auth::permissions::Permission;
use crate::domain::id::Id;
use crate::domain::ledger::account::AccountTerms;
use crate::domain::ledger::entry::EntryKind;
use crate::domain::life_cycle::LifeCycle;
use crate::domain::life_cycles::{APPROVE_GOODS, GOODS_SHEET, REJECT_GOODS};
use crate::domain::refusal::{Refusal, WrongLine};
use crate::domain::shops::goods::{GoodsKind, needs_second};
use crate::domain::time::Day;
use crate::ledger::{Answer, Command, Leg, Op};
use crate::services::call::{done, read_plain, to_plain};
use crate::services::step::{HasLifeCycle, Place, StepContext};
use crate::services::{Call, Done, Error, Services};
use crate::store::Tables;
pub use crate::store::shops::goods::{GoodsLineRow, GoodsSheetRow, SheetFilter};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::future::Future;

/// Goods of a line: something on offer, or a name; if it is new and has a price it becomes an offer, which is on once it is
/// booked.
#[derive(Clone, Debug)]
pub enum Goods {
    Offer(Id),
    Named { name: String, unit_points: Option<i64> },
}

#[derive(Clone, Debug)]
pub struct GoodsLine {
    /// Where it stands, from 1.
    pub row: u32,
    pub goods: Goods,
    /// Less than 0 only at a stocktake.
    pub pieces: i64,
    pub best_before: Option<Day>,
    pub unit_value_fen: Option<i64>,
}

#[derive(Clone, Debug)]
pub struct SheetAsk {
    pub merchant: Id,
    pub kind: GoodsKind,
    pub donor: Option<String>,
    /// The day on which the goods came or were counted; `None`: today.
    pub on: Option<Day>,
    pub reason: Option<String>,
    /// Of goods.
    pub lines: Vec<GoodsLine>,
    /// Lines that could not be read: refused together with whatever else is wrong.
    pub unread: Vec<WrongLine>,
    /// The money that was counted or is handed in, in fen.
    pub money_fen: Option<i64>,
}

/// The outcome of a sheet.
#[derive(Clone, Debug)]
pub enum Sheeted {
    Booked(Box<Done>),
    /// It waits for a second person under this id; `hit`: this is the stored answer of the same key.
    Waiting {
        sheet: Id,
        hit: bool,
    },
}

/// A sheet with the names that belong to it.
#[derive(Clone, Debug)]
pub struct SheetStanding {
    pub row: GoodsSheetRow,
    pub shop: String,
    /// Each line with the name of the goods.
    pub lines: Vec<(GoodsLineRow, String)>,
    pub made_by: Option<String>,
    pub decided_by: Option<String>,
    /// Why it was rejected; of one sheet that is looked at by itself.
    pub rejected_because: Option<String>,
}

/// A batch on the shelf.
#[derive(Clone, Debug)]
pub struct Batch {
    pub offer: Id,
    pub name: String,
    /// The entry that brought it.
    pub entry: i64,
    /// Pieces on the shelf, those on hold included.
    pub left: i64,
    /// Pieces that came in.
    pub came: i64,
    /// The last day.
    pub best_before: Option<Day>,
    pub is_past: bool,
    pub donor: Option<String>,
    pub came_on: Option<Day>,
}

/// Pieces of an offer that are past their best-before date and wait to be written off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Past {
    pub offer: Id,
    pub name: String,
    pub pieces: i64,
}

type Opened = Result<Sheeted, Refusal>;

fn keep(opened: &Opened) -> Result<Option<Answer>, Error> {
    match opened {
        Ok(Sheeted::Waiting { sheet, .. }) => to_plain(sheet),
        _ => Ok(None),
    }
}

fn restore(answer: Answer) -> Result<Opened, Error> {
    match answer {
        Answer::Ordinary(_) => Ok(Ok(Sheeted::Waiting { sheet: read_plain(answer)?, hit: true })),
        answer => {
            let decision = crate::ledger::Decision { answer, hit: true };
            Ok(done(decision).map(|done| Ok(Sheeted::Booked(Box::new(done))))?)
        }
    }
}

impl Services {
    /// Writes a sheet: booked at once, or waiting for a second person.
    pub async fn open_goods_sheet(&self, call: &Call, ask: SheetAsk) -> Result<Sheeted, Error> {
        let (services, caller, id) = (self.clone(), call.clone(), self.next_id());
        let opened = self.write_as(call, (keep, restore), move |tables| {
            let (merchant, path) = tables.merchant_at(ask.merchant)?;
            caller.must_work_for(Permission::WriteOffers, &merchant, &path)?;
            let (mut row, lines, new) = services.read_sheet(tables, &caller, id, (&merchant, &ask))?;
            let mut opened = Sheeted::Waiting { sheet: id, hit: false };
            if !needs_second(merchant.two_above_fen, ask.kind, row.difference_fen.unwrap_or(row.value_fen)) {
                sweep(&services, tables, &caller, &lines)?;
                let command = services.booking(tables, &caller, &row, &lines)?;
                match services.decide(tables, &caller, command)? {
                    Ok(done) => {
                        row.state = "booked".into();
                        row.entry_number = Some(done.receipt.number);
                        opened = Sheeted::Booked(Box::new(done));
                    }
                    Err(refusal) => return Ok(Err(refusal)),
                }
            }
            for offer in &new {
                tables.insert(offer)?;
            }
            tables.insert(&row)?;
            for line in &lines {
                tables.insert(line)?;
            }
            if let Some(entry) = row.entry_number {
                put_on_offer(tables, &lines, entry)?;
            }
            Ok(Ok(opened))
        });
        let worded = |error| in_words(error, false);
        opened.await.map_err(worded)?.0.map_err(|refusal| worded(refusal.into()))
    }

    /// The command that books a sheet.
    fn booking(
        &self,
        tables: &mut Tables<'_>,
        call: &Call,
        sheet: &GoodsSheetRow,
        lines: &[GoodsLineRow],
    ) -> Result<Command, Error> {
        let kind = GoodsKind::parse(&sheet.kind).unwrap_or(GoodsKind::Stocktake);
        if kind.is_of_money() {
            return self.money_booking(tables, call, sheet, kind);
        }
        let (mut legs, mut open, mut gone) = (Vec::new(), Vec::<AccountTerms>::new(), BTreeMap::new());
        for (row, line) in (1_u32..).zip(lines) {
            let [shelf, supply, handed_out] = stock_accounts(line.offer_id);
            let pieces = line.pieces.saturating_abs();
            if kind == GoodsKind::WriteOff {
                let (from, to) = (past_date(tables.bank, line.offer_id), written_off(line.offer_id));
                let gone: &mut i64 = gone.entry(from.id).or_default();
                *gone = gone.saturating_add(pieces);
                let past = tables.account(from.id)?.map_or(0, |account| account.balance());
                if *gone > past {
                    return Err(Refusal::GoodsNotPast { row, past }.into());
                }
                legs.push(Leg::plain(from.id, to.id, pieces));
                open.extend([from, to]);
                continue;
            }
            let expires_at = line.best_before.map(|day| day.end(tables.zone));
            let leg = match line.pieces < 0 {
                true => Leg::plain(shelf.id, supply.id, pieces),
                false => Leg { expires_at, ..Leg::plain(supply.id, shelf.id, pieces) },
            };
            legs.push(leg);
            open.extend([shelf, supply, handed_out]);
        }
        Ok(self.sheet_command(call, sheet, kind, (legs, open)))
    }

    /// The command that posts these legs for a sheet, with who made it and why.
    pub(super) fn sheet_command(
        &self,
        call: &Call,
        sheet: &GoodsSheetRow,
        kind: GoodsKind,
        (legs, open): (Vec<Leg>, Vec<AccountTerms>),
    ) -> Command {
        let kind = match kind {
            GoodsKind::In => EntryKind::GoodsIn,
            GoodsKind::Stocktake => EntryKind::Stocktake,
            GoodsKind::WriteOff => EntryKind::WriteOff,
            GoodsKind::TillCount => EntryKind::TillCount,
            GoodsKind::HandIn => EntryKind::HandIn,
        };
        let op = Op::Post { legs, partial: false, up_to: false };
        let mut command =
            Command::new(call.actor.user, kind, op).open(open).source(format!("goods_sheet/{}", sheet.id));
        command.metadata.insert("made_by".into(), sheet.made_by.to_string());
        command.note = self.note(sheet.reason.clone());
        command
    }

    /// Sheets of the own shop, or of shops within reach, newest first.
    pub async fn goods_sheets(
        &self,
        call: &Call,
        mut filter: SheetFilter,
        limit: i64,
    ) -> Result<Vec<SheetStanding>, Error> {
        filter.paths = call.actor.paths(Permission::ReadMerchants);
        let shop = works_at(call).filter(|_| call.may_in_shop(Permission::WriteOffers));
        if let Some(shop) = shop.filter(|shop| filter.paths.is_empty() || filter.merchant == Some(*shop)) {
            if filter.merchant.is_some_and(|wanted| wanted != shop) {
                return Ok(Vec::new());
            }
            (filter.merchant, filter.paths) = (Some(shop), Vec::new());
        } else if filter.paths.is_empty() {
            return Ok(Vec::new());
        }
        let found = self.store.read(call.actor.bank, move |tables| {
            let rows = tables.goods_sheets_page(&filter, limit)?;
            with_names(tables, rows)
        });
        found.await
    }

    /// One sheet of the own shop, or of a shop within reach.
    pub async fn goods_sheet(&self, call: &Call, id: Id) -> Result<SheetStanding, Error> {
        let caller = call.clone();
        let found = self.store.read(call.actor.bank, move |tables| {
            let absent = || Refusal::absent("goods_sheet");
            let row: GoodsSheetRow = tables.find(id)?.ok_or_else(absent)?;
            let (merchant, path) = tables.merchant_at(row.merchant_id)?;
            let own = works_at(&caller) == Some(merchant.id) && caller.may_in_shop(Permission::WriteOffers);
            if !own {
                caller.must_reach(Permission::ReadMerchants, &path, absent())?;
            }
            let rejected = tables.last_to(REJECT_GOODS.name, row.id)?;
            let standing = with_names(tables, vec![row])?.pop().ok_or_else(absent)?;
            Ok(SheetStanding { rejected_because: rejected.and_then(|(_, reason)| reason), ..standing })
        });
        found.await
    }

    /// The batches on the shelves of a shop: of each kind of goods, what is handed out first in front.
    pub async fn batches(&self, call: &Call, merchant: Id) -> Result<Vec<Batch>, Error> {
        let caller = call.clone();
        let found = self.store.read(call.actor.bank, move |tables| {
            let offers = shelves_of(tables, &caller, merchant)?;
            let ids: Vec<Id> = offers.iter().map(|(shelf, _)| *shelf).collect();
            let lots = tables.lots_on(&ids)?;
            let mut entries: Vec<i64> = lots.iter().map(|lot| lot.id.entry).collect();
            entries.sort_unstable();
            entries.dedup();
            let sheets = tables.goods_sheets_of(&entries)?;
            let (now, zone) = (tables.now, tables.zone);
            let mut batches = Vec::with_capacity(lots.len());
            for (shelf, offer) in &offers {
                for lot in lots.iter().filter(|lot| lot.account == *shelf) {
                    let sheet = sheets.iter().find(|sheet| sheet.entry_number == Some(lot.id.entry));
                    batches.push(Batch {
                        offer: offer.id,
                        name: offer.name.clone(),
                        entry: lot.id.entry,
                        left: lot.remaining,
                        came: lot.amount,
                        best_before: lot.expires_at.map(|at| at.day(zone).plus(-1)),
                        is_past: lot.is_due(now),
                        donor: sheet.and_then(|sheet| sheet.donor.clone()),
                        came_on: sheet.map(|sheet| sheet.on_day),
                    });
                }
            }
            Ok(batches)
        });
        found.await
    }

    /// What is past its best-before date in a shop, and not written off yet.
    pub async fn past_goods(&self, call: &Call, merchant: Id) -> Result<Vec<Past>, Error> {
        let caller = call.clone();
        let found = self.store.read(call.actor.bank, move |tables| {
            let (bank, offers) = (tables.bank, shelves_of(tables, &caller, merchant)?);
            let accounts = offers.iter().flat_map(|(shelf, offer)| [*shelf, past_date(bank, offer.id).id]);
            let standings = tables.standings(&accounts.collect::<Vec<_>>())?;
            let past = offers.into_iter().map(|(shelf, offer)| {
                let aside = standings.get(&past_date(bank, offer.id).id).map_or(0, |one| one.balance);
                let due = standings.get(&shelf).map_or(0, |one| one.expired);
                Past { offer: offer.id, name: offer.name, pieces: aside.saturating_add(due) }
            });
            Ok(past.filter(|past| past.pieces > 0).collect())
        });
        found.await
    }
}

/// The row of a new sheet, in state `unchecked`.
pub(super) fn sheet_row(
    tables: &Tables<'_>,
    call: &Call,
    (id, on_day): (Id, Day),
    ask: &SheetAsk,
    value_fen: i64,
) -> GoodsSheetRow {
    GoodsSheetRow {
        bank_id: tables.bank,
        id,
        merchant_id: ask.merchant,
        kind: ask.kind.to_string(),
        donor: ask.donor.clone(),
        on_day,
        reason: ask.reason.clone(),
        value_fen,
        state: "unchecked".into(),
        made_by: call.actor.user,
        made_at: tables.now,
        decided_by: None,
        decided_at: None,
        entry_number: None,
        version: 1,
        difference_fen: None,
    }
}

fn shelf_of(offer: Id) -> Id {
    let [shelf, ..] = stock_accounts(offer);
    shelf.id
}

/// The stocked offers of a shop that the caller looks after, each with its shelf.
pub(super) fn shelves_of(
    tables: &mut Tables<'_>,
    call: &Call,
    merchant: Id,
) -> Result<Vec<(Id, OfferRow)>, Error> {
    let (row, path) = tables.merchant_at(merchant)?;
    let own = works_at(call) == Some(row.id) && call.may_in_shop(Permission::WriteOffers);
    if !own {
        call.must_reach(Permission::ReadMerchants, &path, Refusal::absent("merchant"))?;
    }
    let stocked = tables.offers_of(merchant)?.into_iter().filter(|offer| offer.stocked);
    Ok(stocked.map(|offer| (shelf_of(offer.id), offer)).collect())
}

/// Sets aside what is past its date on the shelves of a sheet: a write-off takes it from there.
fn sweep(
    services: &Services,
    tables: &mut Tables<'_>,
    call: &Call,
    lines: &[GoodsLineRow],
) -> Result<(), Error> {
    let accounts = lines.iter().map(|line| shelf_of(line.offer_id)).collect();
    let command = Command::new(call.actor.user, EntryKind::LotExpired, Op::Sweep { accounts });
    // It has no entry of its own, and no key.
    let unkeyed = Call { request: None, ..call.clone() };
    services.decide(tables, &unkeyed, command).map(drop)
}

/// Puts on offer what this entry has booked for the first time. Whatever came in before, and was taken off, stays off.
fn put_on_offer(tables: &mut Tables<'_>, lines: &[GoodsLineRow], entry: i64) -> Result<(), Error> {
    let offers: BTreeSet<Id> = lines.iter().map(|line| line.offer_id).collect();
    let shelves = tables.accounts(offers.iter().copied().map(shelf_of))?;
    for offer in tables.offers_by_id(&offers.into_iter().collect::<Vec<_>>())? {
        let is_first = shelves.get(&shelf_of(offer.id)).is_some_and(|shelf| shelf.opened_entry == entry);
        if is_first && offer.state == "off" {
            let version = offer.version.saturating_add(1);
            tables.update(&OfferRow { state: "on".into(), version, ..offer })?;
        }
    }
    Ok(())
}

fn with_names(tables: &mut Tables<'_>, rows: Vec<GoodsSheetRow>) -> Result<Vec<SheetStanding>, Error> {
    let lines = tables.goods_lines_of(&rows.iter().map(|row| row.id).collect::<Vec<_>>())?;
    let mut offers: Vec<Id> = lines.iter().map(|line| line.offer_id).collect();
    offers.sort_unstable();
    offers.dedup();
    let names: HashMap<Id, String> =
        tables.offers_by_id(&offers)?.into_iter().map(|offer| (offer.id, offer.name)).collect();
    let shops = tables.merchants_of(rows.iter().map(|row| row.merchant_id))?;
    let users = tables.users(rows.iter().flat_map(|row| [Some(row.made_by), row.decided_by]).flatten())?;
    let name = |user: Option<Id>| users.get(&user?).map(|user| user.name.clone());
    let mut by_sheet: HashMap<Id, Vec<(GoodsLineRow, String)>> = HashMap::new();
    for line in lines {
        let name = names.get(&line.offer_id).cloned().unwrap_or_default();
        by_sheet.entry(line.sheet_id).or_default().push((line, name));
    }
    let standing = |row: GoodsSheetRow| SheetStanding {
        shop: shops.get(&row.merchant_id).map(|shop| shop.name.clone()).unwrap_or_default(),
        lines: by_sheet.remove(&row.id).unwrap_or_default(),
        made_by: name(Some(row.made_by)),
        decided_by: name(row.decided_by),
        rejected_because: None,
        row,
    };
    Ok(rows.into_iter().map(standing).collect())
}

impl HasLifeCycle for GoodsSheetRow {
    const CYCLE: &'static LifeCycle = &GOODS_SHEET;

    fn find(tables: &mut Tables<'_>, id: Id) -> Result<Option<Self>, Error> {
        tables.find(id)
    }

    fn state(&self) -> &str {
        &self.state
    }

    fn save(&self, tables: &mut Tables<'_>) -> Result<(), Error> {
        tables.update(self)?;
        match self.entry_number {
            Some(entry) => {
                let lines = tables.goods_lines_of(&[self.id])?;
                put_on_offer(tables, &lines, entry)
            }
            None => Ok(()),
        }
    }

    fn place(&self, tables: &mut Tables<'_>) -> Result<Place, Error> {
        let (merchant, path) = tables.merchant_at(self.merchant_id)?;
        Ok(Place { path, shop: Some(merchant), member: None })
    }

    fn in_words(_: &Services, _: &Call, error: Error) -> impl Future<Output = Error> + Send {
        let error = in_words(error, false);
        async { error }
    }

    fn effect(&mut self, context: &mut StepContext<'_, '_>) -> Result<Option<Command>, Error> {
        if !context.is(&APPROVE_GOODS) {
            return Ok(None);
        }
        let lines = context.tables.goods_lines_of(&[self.id])?;
        sweep(context.services, context.tables, context.call, &lines)?;
        context.services.booking(context.tables, context.call, self, &lines).map(Some)
    }
}
