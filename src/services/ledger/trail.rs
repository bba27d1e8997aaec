//! The journal as an auditor reads it: entries with the names of what they touch, and what stands behind one of them
//! from the service to the payment. Every read takes a fixed number of statements.

use crate::auth::permissions::Permission;
use crate::domain::document::{Document, DocumentKind};
use crate::domain::id::Id;
use crate::domain::ledger::account::{Account, AccountTerms, OwnerKind, Purpose};
use crate::domain::ledger::asset::Asset;
use crate::domain::ledger::entry::{Effect, Entry, EntryKind};
use crate::domain::refusal::Refusal;
use crate::domain::service::record::{Evidence, ServiceRecord};
use crate::domain::settlement::statement::Statement;
use crate::domain::shops::redemption::Redemption;
use crate::domain::time::{Day, Days, Moment};
use crate::services::{Call, Error, Services};
use crate::store::Tables;
use crate::store::ledger::journal::EntryFilter;
use chrono_tz::Tz;
use std::collections::{BTreeSet, HashMap};

/// The most entries of one cause that a trail shows.
const OF_CAUSE: i64 = 50;
/// The most awards whose points one redemption consumed that a trail shows.
const EARNED: usize = 20;
/// How many days back a receipt is looked for without a day.
const RECENT_DAYS: i32 = 31;
/// The most redemptions among which a receipt is looked for.
const RECEIPTS: i64 = 50_000;

/// An entry in a list.
#[derive(Clone, Debug)]
pub struct EntryLine {
    pub entry: Entry,
    /// `None`: the program itself.
    pub actor: Option<String>,
    /// What it moved, by asset.
    pub moved: Vec<(Asset, i64)>,
}

/// An account with whose it is.
#[derive(Clone, Debug)]
pub struct AccountSeen {
    pub id: Id,
    pub owner_kind: OwnerKind,
    pub owner: Id,
    pub purpose: Purpose,
    /// The shop, the goods, the organisation; of a passbook its number, with the name for those who may see it.
    pub name: Option<String>,
}

/// A posting with both accounts.
#[derive(Clone, Debug)]
pub struct LegSeen {
    pub debit: AccountSeen,
    pub credit: AccountSeen,
    pub asset: Asset,
    pub amount: i64,
    pub debit_balance: i64,
    pub credit_balance: i64,
}

/// Something that happened on the way from a service to a payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    Published {
        activity: Id,
        title: String,
    },
    Served {
        record: Id,
        title: String,
        minutes: i64,
        evidence: Evidence,
        until: Moment,
    },
    Submitted {
        record: Id,
    },
    Approved {
        record: Id,
    },
    /// The last day of the public notice.
    NoticeEnded {
        day: Day,
    },
    Posted {
        number: i64,
        kind: EntryKind,
        /// What it moved, by asset.
        moved: Vec<(Asset, i64)>,
    },
    Redeemed {
        redemption: Id,
        goods: String,
        shop: String,
        on_behalf: bool,
        points: i64,
    },
    /// Listed in a statement, as the line with this number from 1.
    Settled {
        statement: Id,
        period: String,
        line: i64,
        payable_fen: i64,
    },
    Paid {
        statement: Id,
        number: i64,
        payable_fen: i64,
        invoice: Option<String>,
    },
}

/// An event with its time and who did it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Happened {
    pub at: Moment,
    pub by: Option<String>,
    pub event: Event,
}

/// An entry with everything behind it.
#[derive(Clone, Debug)]
pub struct Trail {
    pub line: EntryLine,
    /// The free text that belongs to it, if it was not erased.
    pub note: Option<String>,
    pub legs: Vec<LegSeen>,
    /// In the order of time.
    pub events: Vec<Happened>,
    /// The statement behind it.
    pub statement: Option<Id>,
}

/// What a text that was typed names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Named {
    Entry(i64),
    /// A passbook.
    Member(Id),
}

impl Services {
    /// Entries that match, newest first, with the names of those who made them.
    pub async fn entry_lines(
        &self,
        call: &Call,
        filter: EntryFilter,
        limit: i64,
    ) -> Result<Vec<EntryLine>, Error> {
        let caller = call.clone();
        let found = self.store.read(call.actor.bank, move |tables| {
            must_read(&caller)?;
            let numbers = tables.entry_numbers(&filter, limit)?;
            let entries = tables.entries(&numbers)?;
            let accounts = accounts_of(tables, &entries)?;
            let users = tables.users(entries.iter().map(|entry| entry.actor))?;
            let line = |entry: Entry| {
                let actor = users.get(&entry.actor).map(|user| user.name.clone());
                EntryLine { moved: moved(&entry, &accounts), actor, entry }
            };
            Ok(entries.into_iter().map(line).collect())
        });
        found.await
    }

    /// The user with this login, to look for their entries; `None`: there is none.
    pub async fn user_named(&self, call: &Call, login: &str) -> Result<Option<Id>, Error> {
        let (caller, login) = (call.clone(), login.to_owned());
        let found = self.store.read(call.actor.bank, move |tables| {
            must_read(&caller)?;
            Ok(tables.user_by_login(&login)?.map(|user| user.id))
        });
        found.await
    }

    /// The accounts of a passbook: points, lifetime points and minutes.
    pub fn purses_of(member: Id) -> Vec<Id> {
        super::passbook::ASSETS.map(|asset| AccountTerms::id_of(member, asset, Purpose::Main)).into()
    }

    /// What a text names: the number of an entry, of a passbook or of a receipt, or the id of a record, a redemption
    /// or a statement. A receipt's number is the end of its id, so it is looked for among those of a day, or of the
    /// last month.
    pub async fn named(&self, call: &Call, text: &str, day: Option<Day>) -> Result<Option<Named>, Error> {
        let (caller, text) = (call.clone(), text.trim().to_owned());
        let found = self.store.read(call.actor.bank, move |tables| {
            must_read(&caller)?;
            if let Ok(id) = text.to_lowercase().parse::<Id>() {
                return entry_about(tables, id);
            }
            if let Some((_, member, _)) = tables.members_numbered(std::slice::from_ref(&text))?.first() {
                return Ok(Some(Named::Member(*member)));
            }
            let digits = text.replace([',', '，'], "");
            if let Ok(number) = digits.parse::<i64>()
                && tables.entry(number)?.is_some()
            {
                return Ok(Some(Named::Entry(number)));
            }
            let tail = text.to_lowercase();
            if tail.len() != 12 || !tail.bytes().all(|byte| byte.is_ascii_hexdigit()) {
                return Ok(None);
            }
            let today = tables.today();
            let from = day.unwrap_or_else(|| today.plus(RECENT_DAYS.saturating_neg()));
            let days = Days { from: Some(from), until: Some(day.unwrap_or(today)) };
            let ids = tables.redemptions_made_on(days, RECEIPTS)?;
            match ids.into_iter().find(|id| id.to_string().ends_with(&tail)) {
                Some(id) => entry_about(tables, id),
                None => Ok(None),
            }
        });
        found.await
    }

    /// An entry with its trail.
    pub async fn trail(&self, call: &Call, number: i64) -> Result<Trail, Error> {
        let caller = call.clone();
        let found = self.store.read(call.actor.bank, move |tables| {
            must_read(&caller)?;
            let entry = tables.entry(number)?.ok_or(Refusal::EntryNotFound)?;
            trail_of(tables, &caller, entry)
        });
        found.await
    }
}

fn must_read(call: &Call) -> Result<(), Error> {
    match call.actor.may(Permission::ReadLedger) {
        true => Ok(()),
        false => Err(Refusal::EntryNotFound.into()),
    }
}

/// The last entry that a record, a redemption or a statement caused.
fn entry_about(tables: &mut Tables<'_>, id: Id) -> Result<Option<Named>, Error> {
    for kind in ["redemption", "service_record", "statement", "star_grant", "offer", "member"] {
        let filter = EntryFilter { source: Some(format!("{kind}/{id}")), ..EntryFilter::default() };
        if let Some(number) = tables.entry_numbers(&filter, 1)?.first() {
            return Ok(Some(Named::Entry(*number)));
        }
    }
    Ok(None)
}

fn accounts_of(tables: &mut Tables<'_>, entries: &[Entry]) -> Result<HashMap<Id, Account>, Error> {
    let postings = entries.iter().flat_map(|entry| &entry.postings);
    let ids: BTreeSet<Id> = postings.flat_map(|posting| [posting.debit, posting.credit]).collect();
    tables.accounts(ids)
}

fn asset_of(accounts: &HashMap<Id, Account>, account: Id) -> Asset {
    accounts.get(&account).map_or(Asset::Point, |account| account.terms.asset)
}

/// What an entry moved, by asset, in the order of its postings.
fn moved(entry: &Entry, accounts: &HashMap<Id, Account>) -> Vec<(Asset, i64)> {
    let mut sums: Vec<(Asset, i64)> = Vec::new();
    for posting in &entry.postings {
        let asset = asset_of(accounts, posting.debit);
        match sums.iter_mut().find(|(known, _)| *known == asset) {
            Some((_, sum)) => *sum = sum.saturating_add(posting.amount),
            None => sums.push((asset, posting.amount)),
        }
    }
    sums
}

/// Everything that a trail needs to know of ids.
struct Names {
    users: HashMap<Id, String>,
    accounts: HashMap<Id, Account>,
    owners: HashMap<Id, String>,
}

fn owners_of(
    tables: &mut Tables<'_>,
    call: &Call,
    accounts: &HashMap<Id, Account>,
) -> Result<HashMap<Id, String>, Error> {
    let of_kind = |kinds: &[OwnerKind]| {
        let owned = accounts.values().filter(|account| kinds.contains(&account.terms.owner_kind));
        owned.map(|account| account.terms.owner).collect::<BTreeSet<Id>>()
    };
    let shows_names = call.actor.may(Permission::ReadMembers);
    let mut names = HashMap::new();
    for member in tables.members_by_id(of_kind(&[OwnerKind::Person, OwnerKind::Household]))? {
        let name = if shows_names { format!("{} {}", member.number, member.name) } else { member.number };
        names.insert(member.id, name);
    }
    let offers: Vec<Id> = of_kind(&[OwnerKind::Offer]).into_iter().collect();
    names.extend(tables.offers_by_id(&offers)?.into_iter().map(|offer| (offer.id, offer.name)));
    let shops = tables.merchants_of(of_kind(&[OwnerKind::Merchant]))?;
    names.extend(shops.into_values().map(|shop| (shop.id, shop.name)));
    Ok(names)
}

fn named_in(source: Option<&str>, kind: &str) -> Option<Id> {
    source?.strip_prefix(kind)?.strip_prefix('/')?.parse().ok()
}

fn trail_of(tables: &mut Tables<'_>, call: &Call, entry: Entry) -> Result<Trail, Error> {
    let source = entry.source.clone();
    // The entries of the same cause, and for a redemption the awards whose points it consumed.
    let mut entries = same_cause(tables, source.as_deref())?;
    if !entries.iter().any(|one| one.number == entry.number) {
        entries.push(entry.clone());
    }
    let redemption = match named_in(source.as_deref(), "redemption") {
        Some(id) => tables.redemption(id)?,
        None => None,
    };
    let earned = match &redemption {
        Some(_) => earned_by(tables, &entries)?,
        None => Vec::new(),
    };
    let mut records: Vec<Id> =
        earned.iter().filter_map(|one| named_in(one.source.as_deref(), "service_record")).collect();
    records.extend(named_in(source.as_deref(), "service_record"));
    entries.extend(earned);
    let statement = statement_of(tables, source.as_deref(), redemption.as_ref())?;
    if let Some((statement, _)) = &statement
        && redemption.is_some()
        && let Some(paid) = statement.paid_entry
    {
        entries.extend(tables.entry(paid)?);
    }
    let accounts = accounts_of(tables, &entries)?;
    let owners = owners_of(tables, call, &accounts)?;
    let records = records_of(tables, records)?;
    let actors = entries.iter().map(|one| one.actor).chain(redemption.iter().map(|one| one.made_by));
    let actors = actors.chain(statement.iter().map(|(statement, _)| statement.issued_by));
    let of_records = records.iter().flat_map(|(record, ..)| [Some(record.submitted_by), record.approved_by]);
    let users: BTreeSet<Id> = actors.chain(of_records.flatten()).collect();
    let users = tables.users(users)?.into_iter().map(|(id, user)| (id, user.name)).collect();
    let names = Names { users, accounts, owners };
    entries.sort_by_key(|one| one.number);
    let mut events = Vec::new();
    // What happened at the same moment stays in this order.
    if let Some(redemption) = &redemption {
        of_redemption(tables, &names, redemption, &mut events)?;
    }
    for (record, title, published) in &records {
        of_record(&names, record, title, (*published, tables.zone), &mut events);
    }
    for one in &entries {
        let paid = statement.as_ref().is_some_and(|(statement, _)| statement.paid_entry == Some(one.number));
        if paid && redemption.is_some() {
            continue;
        }
        events.push(Happened {
            at: one.recorded_at,
            by: names.users.get(&one.actor).cloned(),
            event: Event::Posted { number: one.number, kind: one.kind, moved: moved(one, &names.accounts) },
        });
    }
    if let (Some(_), Some((statement, line))) = (&redemption, &statement) {
        of_statement(&names, &entries, statement, *line, &mut events);
    }
    events.sort_by_key(|happened| happened.at);
    let statement = statement.map(|(statement, _)| statement.id);
    let legs = entry.postings.iter().map(|posting| LegSeen {
        debit: account_seen(&names, posting.debit),
        credit: account_seen(&names, posting.credit),
        asset: asset_of(&names.accounts, posting.debit),
        amount: posting.amount,
        debit_balance: posting.debit_balance,
        credit_balance: posting.credit_balance,
    });
    let legs = legs.collect();
    let note = tables.note(entry.number)?;
    let actor = names.users.get(&entry.actor).cloned();
    let line = EntryLine { moved: moved(&entry, &names.accounts), actor, entry };
    Ok(Trail { line, note, legs, events, statement })
}

fn same_cause(tables: &mut Tables<'_>, source: Option<&str>) -> Result<Vec<Entry>, Error> {
    let Some(source) = source else { return Ok(Vec::new()) };
    let filter = EntryFilter { source: Some(source.to_owned()), ..EntryFilter::default() };
    let numbers = tables.entry_numbers(&filter, OF_CAUSE)?;
    tables.entries(&numbers)
}

/// The entries that opened the lots which these entries consumed.
fn earned_by(tables: &mut Tables<'_>, entries: &[Entry]) -> Result<Vec<Entry>, Error> {
    let effects = entries.iter().filter(|entry| entry.kind == EntryKind::Redemption);
    let consumed = effects.flat_map(|entry| &entry.effects).filter_map(|effect| match effect {
        Effect::LotConsumed { lot, .. } => Some(lot.entry),
        _ => None,
    });
    let numbers: BTreeSet<i64> = consumed.collect();
    let numbers: Vec<i64> = numbers.into_iter().rev().take(EARNED).collect();
    tables.entries(&numbers)
}

/// The statement that an entry is about, or in which a redemption is listed, with the line from 0.
fn statement_of(
    tables: &mut Tables<'_>,
    source: Option<&str>,
    redemption: Option<&Redemption>,
) -> Result<Option<(Statement, i64)>, Error> {
    if let Some(id) = named_in(source, "statement") {
        return Ok(tables.statement(id)?.map(|statement| (statement, 0)));
    }
    let Some(capture) = redemption.and_then(|redemption| redemption.capture_entry) else { return Ok(None) };
    match tables.statement_of_entry(capture)? {
        Some((id, line)) => Ok(tables.statement(id)?.map(|statement| (statement, line))),
        None => Ok(None),
    }
}

/// Records with the title and the publication of their activities.
fn records_of(
    tables: &mut Tables<'_>,
    ids: Vec<Id>,
) -> Result<Vec<(ServiceRecord, String, Option<Moment>)>, Error> {
    let found = tables.documents(DocumentKind::ServiceRecord, ids)?;
    let mut records: Vec<ServiceRecord> = Vec::new();
    for document in found.into_values() {
        if let Document::ServiceRecord(record) = document {
            records.push(record);
        }
    }
    let activities = tables.activities(records.iter().map(|record| record.activity_id))?;
    let with_title = records.into_iter().map(|record| {
        let activity = activities.get(&record.activity_id);
        let title = activity.map(|activity| activity.title.clone()).unwrap_or_default();
        (record, title, activity.and_then(|activity| activity.published_at))
    });
    Ok(with_title.collect())
}

fn of_record(
    names: &Names,
    record: &ServiceRecord,
    title: &str,
    (published, zone): (Option<Moment>, Tz),
    events: &mut Vec<Happened>,
) {
    if let Some(at) = published {
        let event = Event::Published { activity: record.activity_id, title: title.to_owned() };
        events.push(Happened { at, by: None, event });
    }
    let served = Event::Served {
        record: record.id,
        title: title.to_owned(),
        minutes: record.service_minutes,
        evidence: record.evidence,
        until: record.ended_at,
    };
    events.push(Happened { at: record.started_at, by: None, event: served });
    events.push(Happened {
        at: record.submitted_at,
        by: names.users.get(&record.submitted_by).cloned(),
        event: Event::Submitted { record: record.id },
    });
    if let Some(at) = record.approved_at {
        let by = record.approved_by.and_then(|by| names.users.get(&by).cloned());
        events.push(Happened { at, by, event: Event::Approved { record: record.id } });
        if let Some(day) = record.notice_until {
            events.push(Happened { at: day.last_moment(zone), by: None, event: Event::NoticeEnded { day } });
        }
    }
}

fn of_redemption(
    tables: &mut Tables<'_>,
    names: &Names,
    redemption: &Redemption,
    events: &mut Vec<Happened>,
) -> Result<(), Error> {
    let offers: Vec<Id> = redemption.lines.iter().map(|line| line.offer_id).collect();
    let offers: HashMap<Id, String> =
        tables.offers_by_id(&offers)?.into_iter().map(|offer| (offer.id, offer.name)).collect();
    let goods = redemption.lines.iter().filter_map(|line| {
        let name = offers.get(&line.offer_id)?;
        Some(if line.quantity > 1 { format!("{name} × {}", line.quantity) } else { name.clone() })
    });
    let shop = tables.merchant(redemption.merchant_id)?.map(|shop| shop.name).unwrap_or_default();
    let event = Event::Redeemed {
        redemption: redemption.id,
        goods: goods.collect::<Vec<_>>().join("、"),
        shop,
        on_behalf: redemption.on_behalf,
        points: if redemption.captured_at.is_some() {
            redemption.points_captured
        } else {
            redemption.points_held
        },
    };
    let by = names.users.get(&redemption.made_by).cloned();
    events.push(Happened { at: redemption.made_at, by, event });
    Ok(())
}

fn of_statement(
    names: &Names,
    entries: &[Entry],
    statement: &Statement,
    line: i64,
    events: &mut Vec<Happened>,
) {
    let place = usize::try_from(line).unwrap_or(usize::MAX);
    let payable_fen = statement.lines.get(place).map_or(0, |line| line.payable_fen);
    events.push(Happened {
        at: statement.issued_at,
        by: names.users.get(&statement.issued_by).cloned(),
        event: Event::Settled {
            statement: statement.id,
            period: statement.period.clone(),
            line: line.saturating_add(1),
            payable_fen,
        },
    });
    let paid = statement.paid_entry.and_then(|number| entries.iter().find(|entry| entry.number == number));
    if let Some(entry) = paid {
        events.push(Happened {
            at: entry.recorded_at,
            by: names.users.get(&entry.actor).cloned(),
            event: Event::Paid {
                statement: statement.id,
                number: entry.number,
                payable_fen,
                invoice: statement.invoice_number.clone(),
            },
        });
    }
}

fn account_seen(names: &Names, id: Id) -> AccountSeen {
    match names.accounts.get(&id) {
        Some(account) => AccountSeen {
            id,
            owner_kind: account.terms.owner_kind,
            owner: account.terms.owner,
            purpose: account.terms.purpose,
            name: names.owners.get(&account.terms.owner).cloned(),
        },
        None => AccountSeen {
            id,
            owner_kind: OwnerKind::Bank,
            owner: Id::SYSTEM,
            purpose: Purpose::Main,
            name: None,
        },
    }
}
