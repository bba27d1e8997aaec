//! Reads of the ledger: accounts now and as of any moment in either time, entries, lots, holds.

use super::entry_keys;
use crate::domain::document::{Document, DocumentKind};
use crate::domain::id::{BankId, Id};
use crate::domain::ledger::account::{
    Account, AccountTerms, CounterId, Hold, HoldLeg, HoldState, Lot, LotId, Purpose,
};
use crate::domain::ledger::asset::Asset;
use crate::domain::ledger::entry::Entry;
use crate::domain::ledger::entry::EntryKind;
use crate::domain::time::{Days, Moment};
use crate::ledger::{Answer, Decision, Head, Past, Request, StoredAnswer, repeat};
use crate::store::Tables;
use crate::store::connection::AnyConnection;
use crate::store::connection::by_key::Lookup;
use crate::store::error::Error;
use crate::store::schema::*;
use crate::store::writer::load;
use crate::store::writer::load::whole::{self, LotsOfEntries, PendingLegs};
use crate::store::writer::rows::*;
use crate::store::writer::statement::{OpenLot, PendingHold};
use diesel::prelude::*;
use std::collections::{BTreeMap, BTreeSet, HashMap};

pub(in crate::store) fn answer(
    conn: &mut AnyConnection,
    bank: BankId,
    user: Id,
    key: &str,
) -> Result<Option<StoredAnswer>, Error> {
    let row =
        answers::table.find((bank, key, user)).select(AnswerRow::as_select()).get_result(conn).optional()?;
    match row {
        Some(row) => Ok(Some(load::stored_answer(row))),
        None => entry_keys::spent_key(conn, bank, user, key),
    }
}

/// The hash of a bank's first entry, if it has one: it identifies the chain.
pub(in crate::store) fn first_hash(conn: &mut AnyConnection, bank: BankId) -> Result<Option<Vec<u8>>, Error> {
    Ok(entries::table.find((bank, 1_i64)).select(entries::hash).get_result(conn).optional()?)
}

/// An account as it can be used now: what is past its expiry counts as gone, swept or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    pub account: Account,
    pub balance: i64,
    /// Debits pending in holds that have not expired.
    pub debits_pending: i64,
    pub credits_pending: i64,
    /// What may be spent down to the minimum balance; `None` without one.
    pub available: Option<i64>,
    /// Expired lots that are not swept yet.
    pub expired: i64,
}

/// An asset with its debits and credits posted, debits and credits pending.
pub type AssetSums = (String, i64, i64, i64, i64);

/// The digests of a request's fields, by name.
type Fields = BTreeMap<String, String>;

impl Tables<'_> {
    /// The stored answer of a request's key, if there is one.
    pub fn answered(&mut self, request: &Request) -> Result<Option<StoredAnswer>, Error> {
        answer(self.conn, self.bank, request.user, &request.key)
    }

    /// The rows of a bulk request that have answers, by the separator between its key and their indices: key, and
    /// digests of the request. Rows of one request have the same digests, so one row of each kind is returned.
    pub fn rows_under_key(&mut self, request: &Request, mark: &str) -> Result<Vec<(String, Fields)>, Error> {
        let first = format!("{}{mark}", request.key);
        // The last character of a mark is `#`, which `$` follows.
        let beyond = format!("{}$", first.strip_suffix('#').unwrap_or(&first));
        let rows: Vec<(String, String)> = answers::table
            .filter(answers::bank_id.eq(self.bank).and(answers::user_id.eq(request.user)))
            .filter(answers::idempotency_key.ge(&first).and(answers::idempotency_key.lt(beyond)))
            .order(answers::idempotency_key)
            .select((answers::idempotency_key, answers::fields))
            .load(self.conn)?;
        let (mut found, mut same) = (Vec::new(), String::new());
        for (key, fields) in rows {
            let of_row = key.strip_prefix(&first).is_some_and(|row| row.bytes().all(|b| b.is_ascii_digit()));
            if of_row && fields != same {
                found.push((key, json("answer fields", &fields)?));
                same = fields;
            }
        }
        Ok(found)
    }

    /// The stored answer of this key, if there is one; an error if it is a refusal, or belongs to another request.
    pub fn repeated_answer(&mut self, request: &Request) -> Result<Option<Answer>, Error> {
        let Some(stored) = self.answered(request)? else { return Ok(None) };
        match repeat(&stored, request) {
            Decision { answer: Answer::Refused(refusal), hit: true } => Err(Error::RefusedBefore(refusal)),
            Decision { answer: Answer::Refused(refusal), .. } => Err(refusal.into()),
            Decision { answer: Answer::Unreadable, .. } => Err(Error::unreadable()),
            Decision { answer, .. } => Ok(Some(answer)),
        }
    }

    /// The stored answer of the same request; `None` for that of another request under this key.
    pub fn same_before(&mut self, request: &Request) -> Result<Option<Answer>, Error> {
        let repeated = self.answered(request)?.map(|stored| repeat(&stored, request));
        Ok(repeated.filter(|decision| decision.hit).map(|decision| decision.answer))
    }

    /// Stores the answer of an ordinary write under its key.
    pub fn keep_answer(&mut self, request: &Request, answer: &Answer) -> Result<(), Error> {
        let row = AnswerRow {
            bank_id: self.bank,
            idempotency_key: request.key.clone(),
            user_id: request.user,
            fields: json_text(&request.fields),
            answer: json_text(answer),
            entry_number: None,
            recorded_at: self.now,
        };
        diesel::insert_into(answers::table).values(row).execute(self.conn)?;
        Ok(())
    }

    pub fn head(&mut self) -> Result<Head, Error> {
        load::head(self.conn, self.bank)
    }

    pub fn account(&mut self, id: Id) -> Result<Option<Account>, Error> {
        let row = accounts::table
            .find((self.bank, id))
            .select(AccountRow::as_select())
            .get_result(self.conn)
            .optional()?;
        row.map(|row| row.account()).transpose()
    }

    /// Accounts of one owner, whatever the asset.
    pub fn accounts_of(&mut self, owner: Id) -> Result<Vec<Account>, Error> {
        let rows = accounts::table
            .filter(accounts::bank_id.eq(self.bank).and(accounts::owner_id.eq(owner)))
            .order(accounts::id)
            .select(AccountRow::as_select())
            .load(self.conn)?;
        rows.iter().map(AccountRow::account).collect()
    }

    /// The balance of an owner's main account in an asset; 0 if it was never opened.
    pub fn balance_of(&mut self, owner: Id, asset: Asset) -> Result<i64, Error> {
        let id = AccountTerms::id_of(owner, asset, Purpose::Main);
        Ok(self.account(id)?.map_or(0, |account| account.balance()))
    }

    /// Accounts in the order of their ids, after `after`; with `at`, those that existed after that entry.
    pub fn accounts_page(
        &mut self,
        asset: Option<Asset>,
        at: Option<i64>,
        after: Option<Id>,
        limit: i64,
    ) -> Result<Vec<Account>, Error> {
        let mut query = accounts::table.filter(accounts::bank_id.eq(self.bank)).into_boxed();
        if let Some(asset) = asset {
            query = query.filter(accounts::asset.eq(asset.to_string()));
        }
        if let Some(after) = after {
            query = query.filter(accounts::id.gt(after));
        }
        if let Some(at) = at {
            query = query.filter(accounts::opened_entry.le(at));
        }
        let rows = query.order(accounts::id).limit(limit).select(AccountRow::as_select()).load(self.conn)?;
        rows.iter().map(AccountRow::account).collect()
    }

    /// The account as it can be used now.
    pub fn standing(&mut self, id: Id) -> Result<Option<Standing>, Error> {
        Ok(self.standings(&[id])?.remove(&id))
    }

    /// Accounts as they can be used now, in a fixed number of statements.
    pub fn standings(&mut self, ids: &[Id]) -> Result<HashMap<Id, Standing>, Error> {
        let (accounts, now) = (self.accounts(ids.iter().copied())?, self.now);
        let reserved = accounts.values().filter(|row| row.debits_pending > 0 || row.credits_pending > 0);
        let mut due = self.pending_holds(&reserved.map(|row| row.terms.id).collect::<Vec<_>>())?;
        due.retain(|hold| hold.is_due(now));
        let lots = self.earmarked_lots(&due)?;
        // Reads only due lots: the cost of a balance does not depend on the number of open lots.
        let in_lots = accounts.values().filter(|row| row.terms.lots).map(|row| row.terms.id);
        let past = load::due_lots(self.conn, self.bank, &in_lots.collect::<Vec<_>>(), now)?;
        let past: Vec<Lot> = past.into_iter().map(LotRow::lot).collect();
        let mut standings = HashMap::with_capacity(accounts.len());
        for (id, account) in accounts {
            let (mut due_debits, mut due_credits, mut expired) = (0_i64, 0_i64, 0_i64);
            for (hold, leg) in due.iter().flat_map(|hold| hold.legs.iter().map(move |leg| (hold, leg))) {
                if leg.debit == id {
                    due_debits = due_debits.saturating_add(leg.left());
                    let goods = matches!(account.terms.asset, Asset::Stock(_));
                    let back_at = hold.expires_at.filter(|_| !goods);
                    expired = expired.saturating_add(self.expired_earmarks(&lots, leg, back_at));
                }
                if leg.credit == id {
                    due_credits = due_credits.saturating_add(leg.left());
                }
            }
            for lot in past.iter().filter(|lot| lot.account == id) {
                expired = expired.saturating_add(lot.free());
            }
            let debits_pending = account.debits_pending.saturating_sub(due_debits);
            let available = account.terms.floor.map(|floor| {
                account.balance().saturating_sub(debits_pending).saturating_sub(expired).saturating_sub(floor)
            });
            let credits_pending = account.credits_pending.saturating_sub(due_credits);
            let balance = account.balance();
            let standing = Standing { balance, debits_pending, credits_pending, available, expired, account };
            standings.insert(id, standing);
        }
        Ok(standings)
    }

    /// The lots of which these holds earmark something.
    fn earmarked_lots(&mut self, holds: &[Hold]) -> Result<HashMap<LotId, Lot>, Error> {
        let legs = holds.iter().flat_map(|hold| &hold.legs);
        let entries = legs.flat_map(|leg| &leg.earmarks).map(|earmark| earmark.lot.entry);
        let entries: BTreeSet<i64> = entries.collect();
        if entries.is_empty() {
            return Ok(HashMap::new());
        }
        let rows = LotsOfEntries::of(self.conn, self.bank, entries)?;
        Ok(rows.into_iter().map(LotRow::lot).map(|lot| (lot.id, lot)).collect())
    }

    /// What an expired hold gives back to lots that have expired meanwhile; `back_at` is absent for goods, which come back
    /// into their batch.
    fn expired_earmarks(&self, lots: &HashMap<LotId, Lot>, leg: &HoldLeg, back_at: Option<Moment>) -> i64 {
        let (zone, now) = (self.zone, self.now);
        // If it is expired by then, it comes back until the end of that day.
        let kept = |lot: &Lot| back_at.is_some_and(|at| lot.is_due(at) && at.day(zone).end(zone) > now);
        let gone = leg
            .earmarks
            .iter()
            .filter(|earmark| lots.get(&earmark.lot).is_some_and(|lot| lot.is_due(now) && !kept(lot)));
        gone.fold(0_i64, |sum, earmark| sum.saturating_add(earmark.amount))
    }

    /// Opening figures that took effect in a period, as known at an entry: history without known dates. Excludes what
    /// was taken back of them.
    pub fn brought_along(
        &mut self,
        account: Id,
        (from, until): (Moment, Moment),
        known: Option<i64>,
    ) -> Result<i64, Error> {
        let file = self.accounts_as_one(account, known)?;
        let joined = postings::table.inner_join(
            entries::table
                .on(postings::bank_id.eq(entries::bank_id).and(postings::entry_number.eq(entries::number))),
        );
        let in_time = entries::effective_at
            .gt(from)
            .and(entries::effective_at.le(until))
            .and(postings::entry_number.le(known.unwrap_or(i64::MAX)));
        let rows = joined
            .filter(postings::bank_id.eq(self.bank).and(postings::credit_account_id.eq_any(&file)))
            .filter(entries::kind.eq(EntryKind::Opening.as_str()))
            .filter(in_time)
            .select((postings::entry_number, postings::amount))
            .load::<(i64, i64)>(self.conn)?;
        let openings: Vec<i64> = rows.iter().map(|(number, _)| *number).collect();
        let taken_back = joined
            .filter(entries::bank_id.eq(self.bank).and(entries::reverses.eq_any(openings)))
            .filter(postings::debit_account_id.eq_any(&file))
            .filter(in_time)
            .select(postings::amount)
            .load::<i64>(self.conn)?;
        let brought = rows.iter().fold(0_i64, |sum, (_, amount)| sum.saturating_add(*amount));
        Ok(taken_back.iter().fold(brought, |sum, amount| sum.saturating_sub(*amount)))
    }

    /// Open lots of an account, in spending order.
    pub fn open_lots(&mut self, account: Id) -> Result<Vec<Lot>, Error> {
        let rows = load::open_lots(self.conn, self.bank, account)?;
        let mut lots: Vec<Lot> = rows.into_iter().map(LotRow::lot).collect();
        lots.sort_by_key(Lot::spending_order);
        Ok(lots)
    }

    pub fn hold(&mut self, id: Id) -> Result<Option<Hold>, Error> {
        load::hold(self.conn, self.bank, id)
    }

    /// Holds that still reserve something of these accounts, expired or not.
    pub fn pending_holds(&mut self, accounts: &[Id]) -> Result<Vec<Hold>, Error> {
        if accounts.is_empty() {
            return Ok(Vec::new());
        }
        let legs = PendingLegs::of(self.conn, self.bank, accounts.iter().copied())?;
        let ids: BTreeSet<Id> = legs.into_iter().map(|leg| leg.id).collect();
        Ok(whole::holds(self.conn, self.bank, ids)?.into_values().collect())
    }

    /// Ids of holds in order, of one account, in one state, or opened on some days; a due hold counts as expired.
    pub fn hold_ids(
        &mut self,
        account: Option<Id>,
        state: Option<HoldState>,
        days: Days,
        after: Option<Id>,
        limit: i64,
    ) -> Result<Vec<Id>, Error> {
        let now = self.now;
        let mut query = holds::table.filter(holds::bank_id.eq(self.bank)).into_boxed();
        if let Some(account) = account {
            // Includes holds of duplicates.
            let file = self.accounts_as_one(account, None)?;
            let debits = holds::debit_account_id.eq_any(file.clone());
            query = query.filter(debits.or(holds::credit_account_id.eq_any(file)));
        }
        let pending = || holds::state.eq(HoldState::Pending.as_str());
        match state {
            None => {}
            Some(HoldState::Pending) => {
                query =
                    query
                        .filter(pending().and(
                            holds::expires_at.is_null().or(holds::expires_at.gt(now).assume_not_null()),
                        ));
            }
            Some(HoldState::Expired) => {
                let expired = holds::state.eq(HoldState::Expired.as_str());
                query = query.filter(expired.or(pending().and(holds::expires_at.le(now).assume_not_null())));
            }
            Some(other) => query = query.filter(holds::state.eq(other.as_str())),
        }
        let (first, last) = self.entries_of(days)?;
        if !days.are_all() {
            query = query.filter(holds::opened_entry.between(first, last));
            let (least, most) = crate::store::readers::on_days::ids_of(days, self.zone);
            query = query.filter(holds::id.ge(least.unwrap_or_default()));
            query = query.filter(holds::id.lt(most.unwrap_or(Id::LAST)));
        }
        if let Some(after) = after {
            query = query.filter(holds::id.gt(after));
        }
        Ok(query.order(holds::id).select(holds::id).distinct().limit(limit).load(self.conn)?)
    }

    pub fn entry(&mut self, number: i64) -> Result<Option<Entry>, Error> {
        load::entry(self.conn, self.bank, number)
    }

    /// An entry with what has been taken back of it so far.
    pub fn past(&mut self, number: i64) -> Result<Option<Past>, Error> {
        load::past(self.conn, self.bank, number)
    }

    pub fn note(&mut self, number: i64) -> Result<Option<String>, Error> {
        Ok(notes::table.find((self.bank, number)).select(notes::body).get_result(self.conn).optional()?)
    }

    pub fn document(&mut self, kind: DocumentKind, id: Id) -> Result<Option<Document>, Error> {
        crate::store::writer::document_rows::load(self.conn, self.bank, kind, id)
    }

    /// The last entry recorded up to a moment (0: none).
    pub fn entry_known_at(&mut self, known_at: Moment) -> Result<i64, Error> {
        // Numbers rise with recorded_at: binary search for the last one.
        let (mut low, mut high) = (0_i64, self.head()?.number);
        while low < high {
            let middle = low.saturating_add(high).saturating_add(1).div_euclid(2);
            let at: Moment = entries::table
                .find((self.bank, middle))
                .select(entries::recorded_at)
                .get_result(self.conn)?;
            if at <= known_at {
                low = middle;
            } else {
                high = middle.saturating_sub(1);
            }
        }
        Ok(low)
    }

    /// Sums of the accounts per asset: debits and credits posted, debits and credits pending (I1).
    pub fn trial_balance(&mut self) -> Result<Vec<AssetSums>, Error> {
        use std::collections::BTreeMap;
        let rows = accounts::table
            .filter(accounts::bank_id.eq(self.bank))
            .select((
                accounts::asset,
                accounts::debits_posted,
                accounts::credits_posted,
                accounts::debits_pending,
                accounts::credits_pending,
            ))
            .load::<(String, i64, i64, i64, i64)>(self.conn)?;
        let mut sums: BTreeMap<String, [i64; 4]> = BTreeMap::new();
        for (asset, a, b, c, d) in rows {
            let sum = sums.entry(asset).or_default();
            for (slot, value) in sum.iter_mut().zip([a, b, c, d]) {
                *slot = slot.saturating_add(value);
            }
        }
        Ok(sums.into_iter().map(|(asset, [a, b, c, d])| (asset, a, b, c, d)).collect())
    }

    pub fn counter_used(&mut self, key: &str, window: &str) -> Result<i64, Error> {
        let used = counters::table.find((self.bank, key, window)).select(counters::used);
        Ok(used.get_result(self.conn).optional()?.unwrap_or(0))
    }

    /// The greatest worth of the deeds that stand in a counter of the highest; 0: none.
    pub fn highest_of(&mut self, counter: &CounterId) -> Result<i64, Error> {
        let live = load::highest_rows(self.conn, self.bank, counter)?;
        Ok(live.into_iter().rev().find(|(_, deeds)| *deeds > 0).map_or(0, |(worth, _)| worth))
    }

    /// Accounts with something due now: expired holds or lots.
    pub fn due_accounts(&mut self, limit: i64) -> Result<Vec<Id>, Error> {
        let mut due: Vec<Id> = holds::table
            .filter(holds::bank_id.eq(self.bank).and(PendingHold))
            .filter(holds::expires_at.le(self.now))
            .select(holds::debit_account_id)
            .limit(limit)
            .load(self.conn)?;
        due.extend(
            lots::table
                .filter(lots::bank_id.eq(self.bank).and(OpenLot).and(lots::remaining.gt(lots::earmarked)))
                .filter(lots::expires_at.le(self.now))
                .select(lots::account_id)
                .limit(limit)
                .load::<Id>(self.conn)?,
        );
        due.sort_unstable();
        due.dedup();
        Ok(due)
    }
}
