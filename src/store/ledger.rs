//! Reads of the ledger: accounts as they stand, as of any moment in either time, entries, lots, holds.

use super::connection::AnyConnection;
use super::error::Error;
use super::rows::*;
use super::schema::*;
use super::statement::{OpenLot, PendingHold};
use super::{Tables, load};
use crate::domain::account::{Account, AccountTerms, Hold, HoldState, Lot, Purpose};
use crate::domain::asset::Asset;
use crate::domain::document::{Document, DocumentKind};
use crate::domain::entry::Entry;
use crate::domain::id::{BankId, Id};
use crate::domain::refusal::Refusal;
use crate::domain::time::Moment;
use crate::ledger::{Answer, Head, Past, Request, StoredAnswer, repeat};
use diesel::prelude::*;
use std::collections::HashMap;

pub(super) fn answer(
    conn: &mut AnyConnection,
    bank: BankId,
    user: Id,
    key: &str,
) -> Result<Option<StoredAnswer>, Error> {
    let row =
        answers::table.find((bank, key, user)).select(AnswerRow::as_select()).get_result(conn).optional()?;
    row.map(load::stored_answer).transpose()
}

/// The hash of a bank's first entry, if it has one: what tells its chain from all others.
pub(super) fn first_hash(conn: &mut AnyConnection, bank: BankId) -> Result<Option<Vec<u8>>, Error> {
    Ok(entries::table.find((bank, 1_i64)).select(entries::hash).get_result(conn).optional()?)
}

/// An account as it can be used at this moment: what is past its expiry counts as gone, swept or not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    pub account: Account,
    pub balance: i64,
    /// Debits pending in holds that have not run out.
    pub debits_pending: i64,
    pub credits_pending: i64,
    /// What may be spent down to the floor; none without a floor.
    pub available: Option<i64>,
    /// Lots that ran out and are not swept yet.
    pub expired: i64,
}

/// A posting as it appears in one account's passbook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PassbookLine {
    pub entry: i64,
    pub leg: i64,
    pub kind: String,
    pub effective_at: Moment,
    pub recorded_at: Moment,
    pub source: Option<String>,
    /// Positive: in; negative: out.
    pub amount: i64,
    pub balance: i64,
    pub other_account: Id,
}

/// An asset with its debits and credits posted, debits and credits pending.
pub type AssetSums = (String, i64, i64, i64, i64);

/// Which entries to list. Newest first, below `before`.
#[derive(Clone, Debug, Default)]
pub struct EntryFilter {
    pub before: Option<i64>,
    pub key: Option<String>,
    pub source: Option<String>,
    pub actor: Option<Id>,
    pub account: Option<Id>,
    pub kind: Option<String>,
}

/// Kind, effective and recorded time, and source of an entry.
type EntryHead = (String, Moment, Moment, Option<String>);

fn passbook_line(
    account: Id,
    row: PostingRow,
    heads: &HashMap<i64, EntryHead>,
) -> Result<PassbookLine, Error> {
    let head = heads.get(&row.entry_number).cloned();
    let (kind, effective_at, recorded_at, source) = head.ok_or_else(|| damaged("entry", row.entry_number))?;
    let out = row.debit_account_id == account;
    Ok(PassbookLine {
        entry: row.entry_number,
        leg: row.leg,
        kind,
        effective_at,
        recorded_at,
        source,
        amount: if out { row.amount.saturating_neg() } else { row.amount },
        balance: if out { row.debit_balance } else { row.credit_balance },
        other_account: if out { row.credit_account_id } else { row.debit_account_id },
    })
}

impl Tables<'_> {
    /// The stored answer of a request's key, if it was used.
    pub fn answered(&mut self, request: &Request) -> Result<Option<StoredAnswer>, Error> {
        answer(self.conn, self.bank, request.user, &request.key)
    }

    /// An answer stored for a row of a bulk request under the same key that asked for something else. Rows stand under
    /// `key#0`, `key#1`, …; not every row leaves an answer, so all of them are looked at.
    pub fn bulk_answered_otherwise(&mut self, request: &Request) -> Result<Option<StoredAnswer>, Error> {
        let (first, beyond) = (format!("{}#", request.key), format!("{}$", request.key));
        let rows: Vec<(String, String)> = answers::table
            .filter(answers::bank_id.eq(self.bank).and(answers::user_id.eq(request.user)))
            .filter(answers::idempotency_key.ge(&first).and(answers::idempotency_key.lt(beyond)))
            .order(answers::idempotency_key)
            .select((answers::idempotency_key, answers::fields))
            .load(self.conn)?;
        let mut same = String::new();
        for (key, fields) in rows {
            let of_row = key.strip_prefix(&first).is_some_and(|row| row.bytes().all(|b| b.is_ascii_digit()));
            // The rows of one request have the same digests.
            if !of_row || fields == same {
                continue;
            }
            let asked: std::collections::BTreeMap<String, String> = json("answer fields", &fields)?;
            if asked != request.fields {
                return answer(self.conn, self.bank, request.user, &key);
            }
            same = fields;
        }
        Ok(None)
    }

    /// What an ordinary write answered under this key before, if it was used; refused if for another request.
    pub(super) fn repeated<T: serde::de::DeserializeOwned>(
        &mut self,
        request: &Request,
    ) -> Result<Option<T>, Error> {
        let Some(stored) = answer(self.conn, self.bank, request.user, &request.key)? else { return Ok(None) };
        match repeat(&stored, request).answer {
            Answer::Ordinary(value) => {
                Ok(Some(serde_json::from_value(value).map_err(|error| damaged("answer", error))?))
            }
            Answer::Refused(refusal) => Err(refusal.into()),
            Answer::Accepted(_) => Err(Refusal::IdempotencyKeyReused { field: "operation".into() }.into()),
        }
    }

    /// Keeps what an ordinary write answers under its key.
    pub(super) fn keep_answer<T: serde::Serialize>(
        &mut self,
        request: &Request,
        value: &T,
    ) -> Result<(), Error> {
        let value = serde_json::to_value(value).map_err(|error| Error::Fault(error.to_string()))?;
        let row = AnswerRow {
            bank_id: self.bank,
            idempotency_key: request.key.clone(),
            user_id: request.user,
            fields: json_text(&request.fields),
            answer: json_text(&Answer::Ordinary(value)),
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

    /// Accounts in the order of their ids, after `after`; with `at`, those that were there after that entry.
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
        let Some(account) = self.account(id)? else { return Ok(None) };
        let now = self.now;
        let mut due_debits = 0_i64;
        let mut due_credits = 0_i64;
        let mut returned = 0_i64;
        if account.debits_pending > 0 || account.credits_pending > 0 {
            for hold in self.pending_holds(id)? {
                if !hold.is_due(now) {
                    continue;
                }
                for leg in &hold.legs {
                    if leg.debit == id {
                        due_debits = due_debits.saturating_add(leg.left());
                        returned = returned.saturating_add(self.expired_earmarks(leg)?);
                    }
                    if leg.credit == id {
                        due_credits = due_credits.saturating_add(leg.left());
                    }
                }
            }
        }
        let mut expired = returned;
        if account.terms.lots {
            // Only these are asked for: a balance costs the same however many lots are open.
            for row in load::due_lots(self.conn, self.bank, id, now)? {
                expired = expired.saturating_add(row.lot().free());
            }
        }
        let debits_pending = account.debits_pending.saturating_sub(due_debits);
        let available = account.terms.floor.map(|floor| {
            account.balance().saturating_sub(debits_pending).saturating_sub(expired).saturating_sub(floor)
        });
        Ok(Some(Standing {
            balance: account.balance(),
            debits_pending,
            credits_pending: account.credits_pending.saturating_sub(due_credits),
            available,
            expired,
            account,
        }))
    }

    /// What a run-out hold gives back to lots that have themselves run out meanwhile.
    fn expired_earmarks(&mut self, leg: &crate::domain::account::HoldLeg) -> Result<i64, Error> {
        let mut gone = 0_i64;
        for earmark in &leg.earmarks {
            let at = (self.bank, earmark.lot.entry, i64::from(earmark.lot.ordinal));
            let lot = lots::table.find(at).select(LotRow::as_select()).get_result(self.conn).optional()?;
            if lot.is_some_and(|row| row.lot().is_due(self.now)) {
                gone = gone.saturating_add(earmark.amount);
            }
        }
        Ok(gone)
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

    /// Holds that still reserve something of an account, run out or not.
    pub fn pending_holds(&mut self, account: Id) -> Result<Vec<Hold>, Error> {
        let pending = holds::bank_id.eq(self.bank).and(PendingHold);
        let mut ids: Vec<Id> = holds::table
            .filter(pending.and(holds::debit_account_id.eq(account)))
            .select(holds::id)
            .load(self.conn)?;
        ids.extend(
            holds::table
                .filter(pending.and(holds::credit_account_id.eq(account)))
                .select(holds::id)
                .load::<Id>(self.conn)?,
        );
        ids.sort_unstable();
        ids.dedup();
        let mut found = Vec::with_capacity(ids.len());
        for id in ids {
            found.extend(self.hold(id)?);
        }
        Ok(found)
    }

    /// Ids of holds in order, of one account, or in one state: one that is due counts as expired.
    pub fn hold_ids(
        &mut self,
        account: Option<Id>,
        state: Option<HoldState>,
        after: Option<Id>,
        limit: i64,
    ) -> Result<Vec<Id>, Error> {
        let now = self.now;
        let mut query = holds::table.filter(holds::bank_id.eq(self.bank)).into_boxed();
        if let Some(account) = account {
            query =
                query.filter(holds::debit_account_id.eq(account).or(holds::credit_account_id.eq(account)));
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
        super::document_rows::load(self.conn, self.bank, kind, id)
    }

    /// Numbers of the entries that match, newest first.
    pub fn entry_numbers(&mut self, filter: &EntryFilter, limit: i64) -> Result<Vec<i64>, Error> {
        let before = filter.before.unwrap_or(i64::MAX);
        if let Some(key) = &filter.key {
            let found: Vec<Option<i64>> = answers::table
                .filter(answers::bank_id.eq(self.bank).and(answers::idempotency_key.eq(key)))
                .select(answers::entry_number)
                .load(self.conn)?;
            let mut numbers: Vec<i64> = found.into_iter().flatten().filter(|n| *n < before).collect();
            numbers.sort_unstable_by(|a, b| b.cmp(a));
            return Ok(numbers);
        }
        if let Some(account) = filter.account {
            let lines = self.passbook(account, Some((before, 0)), limit)?;
            let mut numbers: Vec<i64> = lines.into_iter().map(|line| line.entry).collect();
            numbers.dedup();
            return Ok(numbers);
        }
        let mut query = entries::table
            .filter(entries::bank_id.eq(self.bank).and(entries::number.lt(before)))
            .select(entries::number)
            .into_boxed();
        if let Some(source) = &filter.source {
            query = query.filter(entries::source.eq(source));
        }
        if let Some(actor) = filter.actor {
            query = query.filter(entries::actor_id.eq(actor));
        }
        if let Some(kind) = &filter.kind {
            query = query.filter(entries::kind.eq(kind));
        }
        Ok(query.order(entries::number.desc()).limit(limit).load(self.conn)?)
    }

    /// Lines of one account, newest first, before an entry and leg. Costs the page, not the history.
    pub fn passbook(
        &mut self,
        account: Id,
        before: Option<(i64, i64)>,
        limit: i64,
    ) -> Result<Vec<PassbookLine>, Error> {
        let (entry, leg) = before.unwrap_or((i64::MAX, 0));
        let of_bank = postings::bank_id
            .eq(self.bank)
            .and(postings::entry_number.le(entry))
            .and(postings::entry_number.lt(entry).or(postings::leg.lt(leg)));
        let debits = postings::table
            .filter(of_bank.and(postings::debit_account_id.eq(account)))
            .order((postings::entry_number.desc(), postings::leg.desc()))
            .limit(limit)
            .select(PostingRow::as_select())
            .load(self.conn)?;
        let credits = postings::table
            .filter(of_bank.and(postings::credit_account_id.eq(account)))
            .order((postings::entry_number.desc(), postings::leg.desc()))
            .limit(limit)
            .select(PostingRow::as_select())
            .load(self.conn)?;
        let mut rows: Vec<PostingRow> = debits.into_iter().chain(credits).collect();
        rows.sort_by_key(|row| std::cmp::Reverse((row.entry_number, row.leg)));
        rows.truncate(usize::try_from(limit).unwrap_or(0));
        let heads = self.heads_of_entries(&rows)?;
        let lines = rows.into_iter().map(|row| passbook_line(account, row, &heads));
        lines.collect()
    }

    /// Kind, both times and source of the entries of these postings, by number.
    fn heads_of_entries(&mut self, rows: &[PostingRow]) -> Result<HashMap<i64, EntryHead>, Error> {
        let mut numbers: Vec<i64> = rows.iter().map(|row| row.entry_number).collect();
        numbers.dedup();
        let found = entries::table
            .filter(entries::bank_id.eq(self.bank).and(entries::number.eq_any(numbers)))
            .select((
                entries::number,
                (entries::kind, entries::effective_at, entries::recorded_at, entries::source),
            ))
            .load::<(i64, EntryHead)>(self.conn)?;
        Ok(found.into_iter().collect())
    }

    /// The last entry recorded up to a moment (0: none).
    pub fn entry_known_at(&mut self, known_at: Moment) -> Result<i64, Error> {
        // Numbers rise with recorded_at: search for the last one by halves.
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

    /// The balance of an account as of a moment of effective time (included), as known after entry `known`.
    /// It may lie below the floor: corrections reach back, floors are checked in recorded order.
    pub fn balance_as_of(&mut self, account: Id, as_of: Moment, known: Option<i64>) -> Result<i64, Error> {
        let day = as_of.day(self.zone);
        // At the end of a day its total says everything; earlier, what had moved on that day is added up.
        let day_is_over = as_of.micros() == day.end(self.zone).micros().saturating_sub(1);
        let before = if day_is_over { day.plus(1) } else { day };
        let whole_days = day_totals::table
            .filter(day_totals::bank_id.eq(self.bank).and(day_totals::account_id.eq(account)))
            .filter(day_totals::day.lt(before))
            .select((day_totals::debits, day_totals::credits))
            .load::<(i64, i64)>(self.conn)?;
        let mut balance = whole_days
            .iter()
            .fold(0_i64, |sum, (debits, credits)| sum.saturating_sub(*debits).saturating_add(*credits));
        if !day_is_over {
            let from = day.start(self.zone);
            // No entry takes effect after it was recorded: those of this day were not recorded before it.
            let older = self.entry_known_at(Moment::from_micros(from.micros().saturating_sub(1)))?;
            balance = balance.saturating_add(self.moved_between(account, from, as_of, Some(older))?);
        }
        if let Some(known) = known {
            // What was recorded later was not known then.
            balance = balance.saturating_sub(self.moved_between(
                account,
                Moment::from_micros(i64::MIN),
                as_of,
                Some(known),
            )?);
        }
        Ok(balance)
    }

    /// Credits less debits of an account that took effect in `from..=until`, of entries after `above` only.
    fn moved_between(
        &mut self,
        account: Id,
        from: Moment,
        until: Moment,
        above: Option<i64>,
    ) -> Result<i64, Error> {
        let joined = postings::table.inner_join(
            entries::table
                .on(entries::bank_id.eq(postings::bank_id).and(entries::number.eq(postings::entry_number))),
        );
        let span = entries::effective_at.ge(from).and(entries::effective_at.le(until));
        let rows =
            postings::bank_id.eq(self.bank).and(postings::entry_number.gt(above.unwrap_or(0))).and(span);
        let add = |rows: Vec<i64>| rows.into_iter().fold(0_i64, i64::saturating_add);
        let debits = joined
            .filter(rows.and(postings::debit_account_id.eq(account)))
            .select(postings::amount)
            .load::<i64>(self.conn)?;
        let credits = joined
            .filter(rows.and(postings::credit_account_id.eq(account)))
            .select(postings::amount)
            .load::<i64>(self.conn)?;
        Ok(add(credits).saturating_sub(add(debits)))
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

    /// What a counter has used in a window.
    pub fn counter_used(&mut self, key: &str, window: &str) -> Result<i64, Error> {
        let used = counters::table.find((self.bank, key, window)).select(counters::used);
        Ok(used.get_result(self.conn).optional()?.unwrap_or(0))
    }

    /// Accounts with something due at this moment: holds that ran out, lots that expired.
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

    /// Points outstanding, for figures: the sum over accounts with lots.
    pub fn outstanding(&mut self, asset: Asset) -> Result<i64, Error> {
        let held = accounts::bank_id.eq(self.bank).and(accounts::asset.eq(asset.to_string()));
        let people =
            held.and(accounts::purpose.eq(Purpose::Main.as_str())).and(accounts::owner_kind.ne("merchant"));
        let sums = accounts::table.filter(people).select((accounts::credits_posted, accounts::debits_posted));
        let rows = sums.load::<(i64, i64)>(self.conn)?;
        Ok(rows
            .iter()
            .fold(0_i64, |total, (credits, debits)| total.saturating_add(credits.saturating_sub(*debits))))
    }
}
