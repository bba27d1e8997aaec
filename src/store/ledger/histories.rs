//! The history of an account: its balance as of any moment, and its lines. For an owner with merged duplicates it is
//! the history of one file: the accounts of all of them are added up, and transfers between them are left out.

use crate::domain::id::BankId;
use crate::domain::id::Id;
use crate::domain::time::{Day, Days, Moment};
use crate::store::Tables;
use crate::store::connection::AnyConnection;
use crate::store::error::Error;
use crate::store::schema::*;
use crate::store::types::Uid;
use crate::store::writer::rows::*;
use diesel::prelude::*;
use std::collections::{BTreeMap, HashMap};

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

/// Kind, effective and recorded time, and source of an entry.
type EntryHead = (String, Moment, Moment, Option<String>);

/// Newest first.
fn place(row: &PostingRow) -> std::cmp::Reverse<(i64, i64)> {
    std::cmp::Reverse((row.entry_number, row.leg))
}

fn passbook_line(
    accounts: &[Id],
    row: PostingRow,
    heads: &HashMap<i64, EntryHead>,
) -> Result<PassbookLine, Error> {
    let head = heads.get(&row.entry_number).cloned();
    let (kind, effective_at, recorded_at, source) = head.ok_or_else(|| damaged("entry", row.entry_number))?;
    let out = accounts.contains(&row.debit_account_id);
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

#[cfg(feature = "postgres")]
crate::store::writer::sets::set_statement! {
    /// The last postings of accounts up to an entry: for each account one that debits it, and one that credits it.
    LastPostings<'a> -> diesel::dsl::SqlTypeOf<<PostingRow as Selectable<diesel::pg::Pg>>::SelectExpression> {
        bank: BankId, accounts: crate::store::writer::sets::Column<Uid, Id>, until: i64,
    }
    "SELECT l.entry_number, l.leg, l.debit_account_id, l.credit_account_id, l.amount, l.debit_balance,
        l.credit_balance, l.reverses_leg
    FROM unnest({accounts}) AS a (id) CROSS JOIN LATERAL (
        (SELECT * FROM postings
        WHERE bank_id = {bank} AND debit_account_id = a.id AND entry_number <= {until}
        ORDER BY entry_number DESC, leg DESC LIMIT 1)
        UNION ALL
        (SELECT * FROM postings
        WHERE bank_id = {bank} AND credit_account_id = a.id AND entry_number <= {until}
        ORDER BY entry_number DESC, leg DESC LIMIT 1)) AS l"
}

/// The same on either database, in one statement.
fn last_postings(
    conn: &mut AnyConnection,
    bank: BankId,
    accounts: &[Id],
    until: i64,
) -> Result<Vec<PostingRow>, Error> {
    match conn {
        AnyConnection::Sqlite(conn) => {
            let last = |side: &str| {
                format!(
                    "SELECT postings.* FROM a JOIN postings ON bank_id = {bank} AND (entry_number, leg) = (
                    SELECT entry_number, leg FROM postings
                    WHERE bank_id = {bank} AND {side} = a.id AND entry_number <= {until}
                    ORDER BY entry_number DESC, leg DESC LIMIT 1)",
                    bank = bank.0
                )
            };
            let ids = vec!["(?)"; accounts.len()].join(", ");
            let [debits, credits] = ["debit_account_id", "credit_account_id"].map(last);
            let text = format!("WITH a (id) AS (VALUES {ids}) {debits} UNION ALL {credits}");
            let query = diesel::sql_query(text).into_boxed();
            let query = accounts.iter().fold(query, |query, id| query.bind::<Uid, _>(*id));
            Ok(query.load(conn)?)
        }
        #[cfg(feature = "postgres")]
        AnyConnection::Postgres(conn) => {
            let accounts = accounts.iter().copied().collect();
            Ok(LastPostings { bank: &bank, accounts: &accounts, until: &until }.load(conn)?)
        }
    }
}

impl Tables<'_> {
    /// The balances of accounts right after an entry; only of those that had moved by then.
    pub fn balances_after(&mut self, accounts: &[Id], entry: i64) -> Result<HashMap<Id, i64>, Error> {
        if accounts.is_empty() {
            return Ok(HashMap::new());
        }
        let mut last: BTreeMap<Id, (i64, i64, i64)> = BTreeMap::new();
        for row in last_postings(self.conn, self.bank, accounts, entry)? {
            let sides =
                [(row.debit_account_id, row.debit_balance), (row.credit_account_id, row.credit_balance)];
            for (account, balance) in sides {
                let newest = last.entry(account).or_default();
                *newest = (*newest).max((row.entry_number, row.leg, balance));
            }
        }
        Ok(last.into_iter().map(|(account, (.., balance))| (account, balance)).collect())
    }

    /// The account that an id means: itself, or the one that stays after a merge; with `known`, as of that entry.
    pub fn account_that_stays(&mut self, account: Id, known: Option<i64>) -> Result<Id, Error> {
        let mut stays = account;
        while let Some(merged) = self.account(stays)?.and_then(|row| row.merged) {
            if known.is_some_and(|known| known < merged.entry) {
                break;
            }
            stays = merged.account;
        }
        Ok(stays)
    }

    /// The accounts of one file: an account, and those that were merged into it up to an entry.
    pub fn accounts_as_one(&mut self, account: Id, known: Option<i64>) -> Result<Vec<Id>, Error> {
        let mut all = vec![self.account_that_stays(account, known)?];
        let mut next = 0;
        while let Some(into) = all.get(next).copied() {
            let merged = accounts::table
                .filter(accounts::bank_id.eq(self.bank).and(accounts::merged_into_id.eq(into)))
                .filter(accounts::merged_entry.le(known.unwrap_or(i64::MAX)))
                .order(accounts::id)
                .select(accounts::id);
            all.extend(merged.load::<Id>(self.conn)?);
            next += 1;
        }
        Ok(all)
    }

    /// Lines of one account alone, newest first, before an entry and leg. Costs the page, not the history.
    pub fn passbook(
        &mut self,
        account: Id,
        before: Option<(i64, i64)>,
        limit: i64,
    ) -> Result<Vec<PassbookLine>, Error> {
        let rows = self.newest_postings(account, &[], before, limit)?;
        let heads = self.heads_of_entries(&rows)?;
        rows.into_iter().map(|row| passbook_line(&[account], row, &heads)).collect()
    }

    /// Lines of a file, newest first, before an entry and leg: those of all its accounts, with the balance that one
    /// account would have had.
    pub fn history(
        &mut self,
        account: Id,
        before: Option<(i64, i64)>,
        limit: i64,
    ) -> Result<Vec<PassbookLine>, Error> {
        let file = self.accounts_as_one(account, None)?;
        if let [alone] = file.as_slice() {
            return self.passbook(*alone, before, limit);
        }
        let (mut rows, mut balance) = (Vec::new(), 0_i64);
        for own in &file {
            rows.extend(self.newest_postings(*own, &file, before, limit)?);
            let last = self.newest_postings(*own, &[], before, 1)?;
            balance =
                balance.saturating_add(last.first().map_or(0, |row| match row.debit_account_id == *own {
                    true => row.debit_balance,
                    false => row.credit_balance,
                }));
        }
        rows.sort_by_key(place);
        rows.truncate(usize::try_from(limit).unwrap_or(0));
        let heads = self.heads_of_entries(&rows)?;
        let mut lines = Vec::with_capacity(rows.len());
        for row in rows {
            let mut line = passbook_line(&file, row, &heads)?;
            line.balance = balance;
            balance = balance.saturating_sub(line.amount);
            lines.push(line);
        }
        Ok(lines)
    }

    /// The number of lines of a file.
    pub fn history_length(&mut self, account: Id) -> Result<i64, Error> {
        let file = self.accounts_as_one(account, None)?;
        let of_bank = postings::bank_id.eq(self.bank);
        let out = postings::table
            .filter(of_bank.and(postings::debit_account_id.eq_any(&file)))
            .filter(postings::credit_account_id.ne_all(&file))
            .count()
            .get_result::<i64>(self.conn)?;
        let into = postings::table
            .filter(of_bank.and(postings::credit_account_id.eq_any(&file)))
            .filter(postings::debit_account_id.ne_all(&file))
            .count()
            .get_result::<i64>(self.conn)?;
        Ok(out.saturating_add(into))
    }

    /// The same, of the lines that took effect on some days.
    pub fn history_of_days(
        &mut self,
        account: Id,
        days: Days,
        before: Option<(i64, i64)>,
        limit: i64,
    ) -> Result<Vec<PassbookLine>, Error> {
        if days.are_all() {
            return self.history(account, before, limit);
        }
        let (first, _) = self.entries_of(Days { until: None, ..days })?;
        let most = usize::try_from(limit).unwrap_or(0);
        let (mut found, mut before, mut goes_on) = (Vec::new(), before, true);
        while goes_on && found.len() < most {
            let lines = self.history(account, before, limit)?;
            before = lines.last().map(|line| (line.entry, line.leg));
            goes_on = lines.last().is_some_and(|line| line.entry >= first);
            found.extend(lines.into_iter().filter(|line| days.cover(line.effective_at, self.zone)));
        }
        found.truncate(most);
        Ok(found)
    }

    /// Postings of an account, newest first, before an entry and leg; without those from or to one of `but`.
    fn newest_postings(
        &mut self,
        account: Id,
        but: &[Id],
        before: Option<(i64, i64)>,
        limit: i64,
    ) -> Result<Vec<PostingRow>, Error> {
        let (entry, leg) = before.unwrap_or((i64::MAX, 0));
        let of_bank = postings::bank_id
            .eq(self.bank)
            .and(postings::entry_number.le(entry))
            .and(postings::entry_number.lt(entry).or(postings::leg.lt(leg)));
        let newest = (postings::entry_number.desc(), postings::leg.desc());
        let debits = postings::table
            .filter(of_bank.and(postings::debit_account_id.eq(account)))
            .order(newest)
            .limit(limit)
            .select(PostingRow::as_select());
        let credits = postings::table
            .filter(of_bank.and(postings::credit_account_id.eq(account)))
            .order(newest)
            .limit(limit)
            .select(PostingRow::as_select());
        let mut rows: Vec<PostingRow> = match but.is_empty() {
            true => debits.load(self.conn)?.into_iter().chain(credits.load(self.conn)?).collect(),
            false => {
                let out = debits.filter(postings::credit_account_id.ne_all(but)).load(self.conn)?;
                let into = credits.filter(postings::debit_account_id.ne_all(but)).load(self.conn)?;
                out.into_iter().chain(into).collect()
            }
        };
        rows.sort_by_key(place);
        rows.truncate(usize::try_from(limit).unwrap_or(0));
        Ok(rows)
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

    /// The balance of a file as of a moment of effective time (included), as known after entry `known`: of the
    /// account and of those that had been merged into it by then. It may be below the minimum balance: corrections
    /// are back-dated, minimum balances are checked in recorded order.
    pub fn balance_as_of(&mut self, account: Id, as_of: Moment, known: Option<i64>) -> Result<i64, Error> {
        let mut balance = 0_i64;
        for own in self.accounts_as_one(account, known)? {
            balance = balance.saturating_add(self.own_balance_as_of(own, as_of, known)?);
        }
        Ok(balance)
    }

    /// The balance of a file at the end of each of these days, in as many statements for many days as for one.
    pub fn balances_at_ends(&mut self, account: Id, days: &[Day]) -> Result<Vec<i64>, Error> {
        let mut balances = vec![0_i64; days.len()];
        for own in self.accounts_as_one(account, None)? {
            let totals = day_totals::table
                .filter(day_totals::bank_id.eq(self.bank).and(day_totals::account_id.eq(own)))
                .select((day_totals::day, day_totals::debits, day_totals::credits))
                .load::<(Day, i64, i64)>(self.conn)?;
            for (balance, until) in balances.iter_mut().zip(days) {
                let by_then = totals.iter().filter(|(day, ..)| day <= until);
                *balance = by_then.fold(*balance, |sum, (_, debits, credits)| {
                    sum.saturating_sub(*debits).saturating_add(*credits)
                });
            }
        }
        Ok(balances)
    }

    /// The part of one account alone.
    fn own_balance_as_of(&mut self, account: Id, as_of: Moment, known: Option<i64>) -> Result<i64, Error> {
        let day = as_of.day(self.zone);
        // At the end of a day its total suffices; earlier, the postings of that day are added up.
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
            // Excludes what was recorded later.
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
}
