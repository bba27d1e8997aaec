//! Compares the ledger's tables with the replayed entries, row by row in the order of their keys.

use super::kept::Sum;
use super::{GONE, Replay, Stop, found, missing, on_either, unreadable, words};
use crate::domain::id::Id;
use crate::domain::ledger::account::{CounterId, LotId};
use crate::domain::time::Day;
use crate::store::connection::AnyConnection;
use crate::store::schema::*;
use crate::store::writer::load;
use crate::store::writer::rows::*;
use diesel::prelude::*;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Rows that are read at a time.
pub(super) const PAGE: i64 = 1_000;

/// Walks through rows a page at a time: `load` returns those after the last one of the page before.
pub(super) fn each_page<Row, K>(
    mut after: K,
    mut load: impl FnMut(&K) -> QueryResult<Vec<Row>>,
    key: impl Fn(&Row) -> K,
    mut look: impl FnMut(Vec<Row>) -> Result<(), Stop>,
) -> Result<(), Stop> {
    loop {
        let rows = load(&after)?;
        let more = i64::try_from(rows.len()) == Ok(PAGE);
        if let Some(last) = rows.last() {
            after = key(last);
        }
        look(rows)?;
        if !more {
            return Ok(());
        }
    }
}

impl Replay {
    /// Finds rows above a gap or beyond the end, which the walk does not reach.
    pub(super) fn compare_counts(&mut self, conn: &mut AnyConnection) -> Result<(), Stop> {
        self.check_paid()?;
        let count = |n: i64, name: &str, replayed: i64| match n == replayed {
            true => Ok(()),
            false => Err(found(
                name,
                (
                    format!("存有 {n} 行，链上只有 {replayed} 行"),
                    format!("{n} rows are stored, {replayed} belong to the chain"),
                ),
            )),
        };
        let (bank, head) = (self.book.bank, self.book.head.number);
        let n: i64 = entries::table.filter(entries::bank_id.eq(bank)).count().get_result(conn)?;
        if n != head {
            return Err(missing(head.saturating_add(1)));
        }
        let n: i64 = postings::table.filter(postings::bank_id.eq(bank)).count().get_result(conn)?;
        count(n, "postings", self.postings)?;
        // Texts of entries were compared with them.
        let elsewhere = notes::entry_number.lt(1).or(notes::entry_number.gt(head));
        let surplus = notes::table.filter(notes::bank_id.eq(bank).and(elsewhere));
        match surplus.select(notes::entry_number).first::<i64>(conn).optional()? {
            Some(number) => {
                Err(found(format!("notes {number}"), ("没有哪一笔有这段附言", "no entry has this text")))
            }
            None => Ok(()),
        }
    }

    pub(super) fn compare_head(&mut self, conn: &mut AnyConnection) -> Result<(), Stop> {
        let head = load::head(conn, self.book.bank).map_err(|error| unreadable("heads", error))?;
        if head.number == 0 {
            // No entry says when an empty chain was begun.
            self.book.head.recorded_at = head.recorded_at;
        }
        match head == self.book.head {
            true => Ok(()),
            false => Err(found(
                "heads",
                words::differences(&words::of_head(&head), &words::of_head(&self.book.head)),
            )),
        }
    }

    pub(super) fn compare_accounts(&mut self, conn: &mut AnyConnection) -> Result<(), Stop> {
        let (bank, mut stored) = (self.book.bank, 0_usize);
        let page = |conn: &mut AnyConnection, after: &Option<Id>| {
            let mut rows = accounts::table.filter(accounts::bank_id.eq(bank)).into_boxed();
            if let Some(after) = after {
                rows = rows.filter(accounts::id.gt(*after));
            }
            rows.order(accounts::id).limit(PAGE).select(AccountRow::as_select()).load(conn)
        };
        let look = |rows: Vec<AccountRow>| {
            stored = stored.saturating_add(rows.len());
            for row in rows {
                let place = || format!("accounts {}", row.id);
                match self.book.accounts.get(&row.id).map(AccountRow::of) {
                    // Compared as rows: a different text may be read as the same word.
                    Some(replayed) if replayed == row => {}
                    Some(replayed) => return Err(found(place(), words::differences(&row, &replayed))),
                    None => {
                        return Err(found(
                            place(),
                            ("没有哪一笔开过这个账户", "no entry opened this account"),
                        ));
                    }
                }
            }
            Ok(())
        };
        each_page(None, |after| page(conn, after), |row| Some(row.id), look)?;
        if stored != self.book.accounts.iter().count() {
            let ids: Vec<Id> =
                accounts::table.filter(accounts::bank_id.eq(bank)).select(accounts::id).load(conn)?;
            let stored: BTreeSet<Id> = ids.into_iter().collect();
            if let Some((id, _)) = self.book.accounts.iter().find(|(id, _)| !stored.contains(*id)) {
                return Err(found(format!("accounts {id}"), GONE));
            }
        }
        self.check_sums_of_assets()
    }

    /// I1: debits equal credits, for each asset.
    fn check_sums_of_assets(&self) -> Result<(), Stop> {
        let mut sums: BTreeMap<String, [i64; 4]> = BTreeMap::new();
        for (_, account) in self.book.accounts.iter() {
            let sum = sums.entry(account.terms.asset.to_string()).or_default();
            let values = [
                account.debits_posted,
                account.credits_posted,
                account.debits_pending,
                account.credits_pending,
            ];
            for (slot, value) in sum.iter_mut().zip(values) {
                *slot = slot.saturating_add(value);
            }
        }
        for (asset, [debits, credits, debits_pending, credits_pending]) in sums {
            if debits != credits || debits_pending != credits_pending {
                let fault = ("借方与贷方不等（I1）", "debits and credits differ (I1)");
                return Err(found(format!("accounts of {asset}"), fault));
            }
        }
        Ok(())
    }

    pub(super) fn compare_lots(&mut self, conn: &mut AnyConnection) -> Result<(), Stop> {
        let (bank, mut stored) = (self.book.bank, 0_usize);
        let mut sums: HashMap<Id, i64> = HashMap::new();
        let page = |conn: &mut AnyConnection, (entry, ordinal): &(i64, i64)| {
            let beyond = lots::entry_number.gt(*entry).or(lots::ordinal.gt(*ordinal));
            on_either!(
                conn,
                lots::table
                    .filter(lots::bank_id.eq(bank).and(lots::entry_number.ge(*entry)).and(beyond))
                    .order((lots::entry_number, lots::ordinal))
                    .limit(PAGE)
                    .select(LotRow::as_select())
            )
        };
        let look = |rows: Vec<LotRow>| {
            stored = stored.saturating_add(rows.len());
            for row in rows {
                let place = format!("lots {}/{}", row.entry_number, row.ordinal);
                let lot = row.lot();
                if lot.remaining != 0 {
                    let sum = sums.entry(lot.account).or_default();
                    *sum = sum.saturating_add(lot.remaining);
                }
                let used_up = self.kept.as_ref().and_then(|kept| kept.lots.get(&lot.id));
                match used_up.as_ref().or_else(|| self.book.lots.get(&lot.id)) {
                    Some(replayed) if *replayed == lot => {}
                    Some(replayed) => {
                        let [stored, replayed] = [&lot, replayed].map(words::of_lot);
                        return Err(found(place, words::differences(&stored, &replayed)));
                    }
                    None => return Err(found(place, ("没有哪一笔开过这个批次", "no entry opened this lot"))),
                }
            }
            Ok(())
        };
        each_page(
            (i64::MIN, i64::MIN),
            |after| page(conn, after),
            |row| (row.entry_number, row.ordinal),
            look,
        )?;
        self.find_missing_lot(conn, stored)?;
        for (id, account) in self.book.accounts.iter().filter(|(_, account)| account.terms.lots) {
            if sums.get(id).copied().unwrap_or(0) != account.terms.sum_of_lots(account.balance()) {
                let fault = ("未用批次之和不等于余额（I4）", "open lots do not add up to the balance (I4)");
                return Err(found(format!("accounts {id}"), fault));
            }
        }
        Ok(())
    }

    fn find_missing_lot(&self, conn: &mut AnyConnection, stored: usize) -> Result<(), Stop> {
        let used_up = self.kept.as_ref().map_or(0, |kept| kept.lots.len());
        if stored == self.book.lots.iter().count().saturating_add(used_up) {
            return Ok(());
        }
        let rows: Vec<(i64, i64)> = lots::table
            .filter(lots::bank_id.eq(self.book.bank))
            .select((lots::entry_number, lots::ordinal))
            .load(conn)?;
        let stored: BTreeSet<(i64, i64)> = rows.into_iter().collect();
        let place = |id: &LotId| (id.entry, i64::from(id.ordinal));
        let used_up = self.kept.iter().flat_map(|kept| kept.lots.ids());
        let mut known = used_up.chain(self.book.lots.iter().map(|(id, _)| id)).map(place);
        match known.find(|place| !stored.contains(place)) {
            Some((entry, ordinal)) => Err(found(format!("lots {entry}/{ordinal}"), GONE)),
            None => Ok(()),
        }
    }

    pub(super) fn compare_holds(&mut self, conn: &mut AnyConnection) -> Result<(), Stop> {
        let (bank, mut ended, mut pending) = (self.book.bank, Sum::default(), 0_usize);
        let page = |conn: &mut AnyConnection, after: &Option<(Id, i64)>| {
            let mut rows = holds::table.filter(holds::bank_id.eq(bank)).into_boxed();
            if let Some((id, leg)) = after {
                let beyond = holds::id.gt(*id).or(holds::leg.gt(*leg));
                rows = rows.filter(holds::id.ge(*id)).filter(beyond);
            }
            rows.order((holds::id, holds::leg)).limit(PAGE).select(HoldRow::as_select()).load(conn)
        };
        let mut compare = |legs: &[HoldRow]| {
            let Some(first) = legs.first() else { return Ok(()) };
            let place = || format!("holds {}", first.id);
            match (self.book.holds.get(&first.id), &self.kept) {
                // Compared as rows, so that every column of every leg counts, also those that a leg repeats.
                (Some(hold), _) => {
                    pending = pending.saturating_add(1);
                    let expected = HoldRow::of(bank, hold);
                    match *legs == *expected {
                        true => Ok(()),
                        false => Err(found(place(), words::differences(&legs, &expected))),
                    }
                }
                (None, Some(kept)) => {
                    ended.add(kept.print_of_hold(legs));
                    Ok(())
                }
                (None, None) => Err(found(place(), ("没有哪一笔做过这个预留", "no entry made this hold"))),
            }
        };
        // The legs of the last hold of a page may continue in the next one.
        let mut open: Vec<HoldRow> = Vec::new();
        let look = |rows: Vec<HoldRow>| {
            for row in rows {
                if open.last().is_some_and(|last| last.id != row.id) {
                    compare(&std::mem::take(&mut open))?;
                }
                open.push(row);
            }
            Ok(())
        };
        each_page(None, |after| page(conn, after), |row| Some((row.id, row.leg)), look)?;
        compare(&open)?;
        if self.kept.as_ref().is_some_and(|kept| kept.holds != ended) {
            return Err(Stop::Unclear);
        }
        if pending == self.book.holds.iter().count() {
            return Ok(());
        }
        let ids: Vec<Id> = holds::table.filter(holds::bank_id.eq(bank)).select(holds::id).load(conn)?;
        let stored: BTreeSet<Id> = ids.into_iter().collect();
        match self.book.holds.iter().find(|(id, _)| !stored.contains(*id)) {
            None => Ok(()),
            Some((id, _)) => Err(found(format!("holds {id}"), GONE)),
        }
    }

    pub(super) fn compare_counters(&mut self, conn: &mut AnyConnection) -> Result<(), Stop> {
        let (bank, mut stored) = (self.book.bank, 0_usize);
        let page = |conn: &mut AnyConnection, (key, window): &(String, String)| {
            let same_key = counters::counter_key.eq(key).and(counters::counter_window.gt(window));
            let rows = counters::table
                .filter(counters::bank_id.eq(bank).and(counters::counter_key.ge(key)))
                .filter(counters::counter_key.gt(key).or(same_key))
                .order((counters::counter_key, counters::counter_window))
                .limit(PAGE)
                .select((counters::counter_key, counters::counter_window, counters::used));
            on_either!(conn, rows)
        };
        let look = |rows: Vec<(String, String, i64)>| {
            stored = stored.saturating_add(rows.len());
            for (key, window, used) in rows {
                let id = CounterId { key, window };
                let replayed = match &self.kept {
                    Some(kept) => kept.counters.get(&kept.counter(&id.key, &id.window)).copied(),
                    None => self.book.counters.get(&id).copied(),
                };
                if replayed != Some(used) {
                    let place = format!("counters {} {}", id.key, id.window);
                    return Err(found(place, words::numbers(&[used], replayed.map(|used| vec![used]), "I9")));
                }
            }
            Ok(())
        };
        let first = (String::new(), String::new());
        each_page(first, |after| page(conn, after), |row| (row.0.clone(), row.1.clone()), look)?;
        let known = match &self.kept {
            Some(kept) => kept.counters.len(),
            None => self.book.counters.iter().count(),
        };
        if stored == known {
            return Ok(());
        }
        let of_bank = counters::table.filter(counters::bank_id.eq(bank));
        let rows: Vec<(String, String)> =
            of_bank.select((counters::counter_key, counters::counter_window)).load(conn)?;
        let stored: BTreeSet<(String, String)> = rows.into_iter().collect();
        let is_gone = |id: &CounterId| !stored.contains(&(id.key.clone(), id.window.clone()));
        match self.book.counters.iter().find(|(id, _)| is_gone(id)) {
            Some((id, _)) => Err(found(format!("counters {} {}", id.key, id.window), GONE)),
            None => Err(Stop::Unclear),
        }
    }

    pub(super) fn compare_days(&mut self, conn: &mut AnyConnection) -> Result<(), Stop> {
        let (bank, mut stored, mut days) = (self.book.bank, 0_usize, Sum::default());
        let page = |conn: &mut AnyConnection, after: &Option<(Id, Day)>| {
            let mut rows = day_totals::table.filter(day_totals::bank_id.eq(bank)).into_boxed();
            if let Some((account, day)) = after {
                let beyond = day_totals::account_id.gt(*account).or(day_totals::day.gt(*day));
                rows = rows.filter(day_totals::account_id.ge(*account)).filter(beyond);
            }
            rows.order((day_totals::account_id, day_totals::day))
                .limit(PAGE)
                .select((day_totals::account_id, day_totals::day, day_totals::debits, day_totals::credits))
                .load::<(Id, Day, i64, i64)>(conn)
        };
        let look = |rows: Vec<(Id, Day, i64, i64)>| {
            stored = stored.saturating_add(rows.len());
            for (account, day, debits, credits) in rows {
                if let Some(kept) = &self.kept {
                    // A row of zeros would not change the sum.
                    if debits < 0 || credits < 0 || (debits, credits) == (0, 0) {
                        return Err(Stop::Unclear);
                    }
                    days.add_number(kept.prints.of(&(account, day, false)), debits);
                    days.add_number(kept.prints.of(&(account, day, true)), credits);
                    continue;
                }
                let replayed = self.book.day_totals.get(&(account, day));
                let replayed = replayed.map(|total| vec![total.debits, total.credits]);
                if replayed.as_deref() != Some(&[debits, credits]) {
                    let place = format!("day_totals {account} {day}");
                    return Err(found(place, words::numbers(&[debits, credits], replayed, "I2")));
                }
            }
            Ok(())
        };
        each_page(None, |after| page(conn, after), |row| Some((row.0, row.1)), look)?;
        match &self.kept {
            Some(kept) if kept.days == days => return Ok(()),
            Some(_) => return Err(Stop::Unclear),
            None if stored == self.book.day_totals.iter().count() => return Ok(()),
            None => {}
        }
        let rows: Vec<(Id, Day)> = day_totals::table
            .filter(day_totals::bank_id.eq(bank))
            .select((day_totals::account_id, day_totals::day))
            .load(conn)?;
        let stored: BTreeSet<(Id, Day)> = rows.into_iter().collect();
        match self.book.day_totals.iter().find(|(id, _)| !stored.contains(*id)) {
            None => Ok(()),
            Some(((account, day), _)) => Err(found(format!("day_totals {account} {day}"), GONE)),
        }
    }
}
