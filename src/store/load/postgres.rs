//! Loads a round of needs from PostgreSQL: a statement for each kind of row, whatever the number of keys.

mod documents;

use super::stored_answer;
use crate::domain::account::{CounterId, LotId};
use crate::domain::id::{BankId, Id};
use crate::domain::time::Moment;
use crate::ledger::command::WatchKind;
use crate::ledger::{Book, Needs, Past, Reversed};
use crate::store::error::Error;
use crate::store::rows::*;
use crate::store::schema::*;
use crate::store::sets::{Column, row_set, set_statement};
use crate::store::statement::OpenLot;
use crate::store::types::Uid;
use crate::store::watch::watched;
use diesel::dsl::SqlTypeOf;
use diesel::pg::{Pg, PgConnection};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Text};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// The SQL types of a row's columns.
type Columns<Row> = SqlTypeOf<<Row as Selectable<Pg>>::SelectExpression>;

/// Loads one round of needs; what is not there is remembered as absent.
pub fn fetch(conn: &mut PgConnection, book: &mut Book, missing: Needs) -> Result<(), Error> {
    answers_and_accounts(conn, book, missing.answers, missing.accounts)?;
    holds(conn, book, missing.holds)?;
    open_lots(conn, book, missing.open_lots)?;
    due_lots(conn, book, missing.due_lots)?;
    lots(conn, book, missing.lots)?;
    due_holds(conn, book, missing.due_holds)?;
    counters(conn, book, missing.counters)?;
    entries(conn, book, missing.entries)?;
    documents::load(conn, book, missing.documents)?;
    watches(conn, book, missing.watches)
}

row_set! {
    Keys { key: &'a str => Text, user: Id => Uid }
}

set_statement! {
    /// What nearly every batch needs first, in one round trip: a row is either an account or an answer. Each is looked
    /// up by its key, whatever the planner believes of the table: a LIMIT keeps it from reading all rows of the bank.
    AnswersAndAccounts<'a> -> (Nullable<Columns<AccountRow>>, Nullable<Columns<AnswerRow>>) {
        bank: BankId, ids: Column<Uid, Id>, keys: Keys<'a>,
    }
    "SELECT a.id, a.owner_kind, a.owner_id, a.asset, a.purpose, a.floor, a.ceiling, a.lots, a.status,
        a.debits_posted, a.credits_posted, a.debits_pending, a.credits_pending, a.opened_entry,
        NULL::bigint, NULL::text, NULL::uuid, NULL::text, NULL::text, NULL::bigint, NULL::timestamptz
    FROM unnest({ids}) AS i (id)
    CROSS JOIN LATERAL (SELECT * FROM accounts WHERE bank_id = {bank} AND id = i.id LIMIT 1) AS a
    UNION ALL
    SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
        k.bank_id, k.idempotency_key, k.user_id, k.fields, k.answer, k.entry_number, k.recorded_at
    FROM (SELECT {keys}) AS n
    CROSS JOIN LATERAL (
        SELECT * FROM answers
        WHERE bank_id = {bank} AND idempotency_key = n.key AND user_id = n.user LIMIT 1) AS k"
}

fn answers_and_accounts(
    conn: &mut PgConnection,
    book: &mut Book,
    wanted: BTreeSet<(String, Id)>,
    ids: BTreeSet<Id>,
) -> Result<(), Error> {
    if wanted.is_empty() && ids.is_empty() {
        return Ok(());
    }
    let mut keys = Keys::default();
    for (key, user) in &wanted {
        keys.key.push(key);
        keys.user.push(*user);
    }
    let named: Column<Uid, Id> = ids.iter().copied().collect();
    let statement = AnswersAndAccounts { bank: &book.bank, ids: &named, keys: &keys };
    let rows: Vec<(Option<AccountRow>, Option<AnswerRow>)> = statement.load(conn)?;
    for (account, answer) in rows {
        if let Some(row) = account {
            book.accounts.load(row.id, Some(row.account()?));
        }
        if let Some(row) = answer {
            let key = (row.idempotency_key.clone(), row.user_id);
            book.answers.load(key, Some(stored_answer(row)?));
        }
    }
    wanted.into_iter().for_each(|key| book.answers.load(key, None));
    ids.into_iter().for_each(|id| book.accounts.load(id, None));
    Ok(())
}

fn holds(conn: &mut PgConnection, book: &mut Book, wanted: BTreeSet<Id>) -> Result<(), Error> {
    if wanted.is_empty() {
        return Ok(());
    }
    let legs = holds::table
        .filter(holds::bank_id.eq(book.bank).and(holds::id.eq_any(&wanted)))
        .order((holds::id, holds::leg))
        .select(HoldRow::as_select())
        .load(conn)?;
    for legs in legs.chunk_by(|a, b| a.id == b.id) {
        load_hold(book, legs)?;
    }
    wanted.into_iter().for_each(|id| book.holds.load(id, None));
    Ok(())
}

fn load_hold(book: &mut Book, legs: &[HoldRow]) -> Result<(), Error> {
    if let Some(hold) = HoldRow::hold(legs)? {
        book.holds.load(hold.id, Some(hold));
    }
    Ok(())
}

/// Lots of these accounts that still hold something.
fn open_lots(conn: &mut PgConnection, book: &mut Book, wanted: BTreeSet<Id>) -> Result<(), Error> {
    if wanted.is_empty() {
        return Ok(());
    }
    let open = lots::bank_id.eq(book.bank).and(lots::account_id.eq_any(&wanted)).and(OpenLot);
    let rows = lots::table.filter(open).select(LotRow::as_select()).load(conn)?;
    for (account, found) in by_account(book, wanted, rows) {
        book.lots_of.load(account, Some(found));
    }
    Ok(())
}

/// Those of them that are past their expiry.
fn due_lots(conn: &mut PgConnection, book: &mut Book, wanted: BTreeSet<Id>) -> Result<(), Error> {
    if wanted.is_empty() {
        return Ok(());
    }
    let open = lots::bank_id.eq(book.bank).and(lots::account_id.eq_any(&wanted)).and(OpenLot);
    let due = open.and(lots::expires_at.le(book.now));
    let rows = lots::table.filter(due).select(LotRow::as_select()).load(conn)?;
    for (account, found) in by_account(book, wanted, rows) {
        book.due_lots_of.load(account, Some(found));
    }
    Ok(())
}

/// Puts the lots on their shelf; which of them each account has.
fn by_account(book: &mut Book, wanted: BTreeSet<Id>, rows: Vec<LotRow>) -> BTreeMap<Id, Vec<LotId>> {
    let mut found: BTreeMap<Id, Vec<LotId>> = wanted.into_iter().map(|id| (id, Vec::new())).collect();
    for row in rows {
        found.entry(row.account_id).or_default().push(row.lot_id());
        book.lots.load(row.lot_id(), Some(row.lot()));
    }
    found
}

row_set! {
    LotIds { entry: i64 => BigInt, ordinal: i64 => BigInt }
}

set_statement! {
    LotsById<'a> -> Columns<LotRow> { bank: BankId, ids: LotIds<'a> }
    "SELECT l.entry_number, l.ordinal, l.account_id, l.amount, l.remaining, l.earmarked, l.expires_at, l.budget,
        l.value_fen, l.value_left_fen
    FROM (SELECT {ids}) AS n
    CROSS JOIN LATERAL (
        SELECT * FROM lots
        WHERE bank_id = {bank} AND entry_number = n.entry AND ordinal = n.ordinal LIMIT 1) AS l"
}

fn lots(conn: &mut PgConnection, book: &mut Book, wanted: BTreeSet<LotId>) -> Result<(), Error> {
    if wanted.is_empty() {
        return Ok(());
    }
    let mut ids = LotIds::default();
    for id in &wanted {
        ids.entry.push(id.entry);
        ids.ordinal.push(i64::from(id.ordinal));
    }
    for row in (LotsById { bank: &book.bank, ids: &ids }).load::<LotRow>(conn)? {
        book.lots.load(row.lot_id(), Some(row.lot()));
    }
    wanted.into_iter().for_each(|id| book.lots.load(id, None));
    Ok(())
}

set_statement! {
    /// All legs of pending holds past their expiry of which a leg touches one of these accounts.
    DueHolds<'a> -> Columns<HoldRow> { bank: BankId, accounts: Column<Uid, Id>, now: Moment }
    "SELECT h.bank_id, h.id, h.leg, h.state, h.expires_at, h.opened_entry, h.debit_account_id, h.credit_account_id,
        h.amount, h.captured, h.released, h.earmarks, h.counters
    FROM holds AS h
    WHERE h.bank_id = {bank} AND h.id IN (
        SELECT d.id FROM holds AS d
        WHERE d.bank_id = {bank} AND d.state = 'pending' AND d.expires_at <= {now}
            AND d.debit_account_id = ANY ({accounts})
        UNION
        SELECT c.id FROM holds AS c
        WHERE c.bank_id = {bank} AND c.state = 'pending' AND c.expires_at <= {now}
            AND c.credit_account_id = ANY ({accounts}))
    ORDER BY h.id, h.leg"
}

fn due_holds(conn: &mut PgConnection, book: &mut Book, wanted: BTreeSet<Id>) -> Result<(), Error> {
    if wanted.is_empty() {
        return Ok(());
    }
    let mut found: BTreeMap<Id, BTreeSet<Id>> = wanted.iter().map(|id| (*id, BTreeSet::new())).collect();
    let accounts = wanted.into_iter().collect();
    let statement = DueHolds { bank: &book.bank, accounts: &accounts, now: &book.now };
    let legs = statement.load::<HoldRow>(conn)?;
    for leg in &legs {
        if leg.state == "pending" && leg.expires_at.is_some_and(|end| end <= book.now) {
            for account in [leg.debit_account_id, leg.credit_account_id] {
                if let Some(holds) = found.get_mut(&account) {
                    holds.insert(leg.id);
                }
            }
        }
    }
    for legs in legs.chunk_by(|a, b| a.id == b.id) {
        load_hold(book, legs)?;
    }
    for (account, holds) in found {
        book.due_holds_of.load(account, Some(holds.into_iter().collect()));
    }
    Ok(())
}

row_set! {
    CounterIds { key: &'a str => Text, window: &'a str => Text }
}

set_statement! {
    CountersById<'a> -> (Text, Text, BigInt) { bank: BankId, ids: CounterIds<'a> }
    "SELECT c.counter_key, c.counter_window, c.used
    FROM (SELECT {ids}) AS n
    CROSS JOIN LATERAL (
        SELECT * FROM counters
        WHERE bank_id = {bank} AND counter_key = n.key AND counter_window = n.window LIMIT 1) AS c"
}

fn counters(conn: &mut PgConnection, book: &mut Book, wanted: BTreeSet<CounterId>) -> Result<(), Error> {
    if wanted.is_empty() {
        return Ok(());
    }
    let mut ids = CounterIds::default();
    for id in &wanted {
        ids.key.push(&id.key);
        ids.window.push(&id.window);
    }
    let rows: Vec<(String, String, i64)> = CountersById { bank: &book.bank, ids: &ids }.load(conn)?;
    for (key, window, used) in rows {
        book.counters.load(CounterId { key, window }, Some(used));
    }
    wanted.into_iter().for_each(|id| book.counters.load(id, None));
    Ok(())
}

/// Entries with their postings and effects, and what has been taken back of them.
fn entries(conn: &mut PgConnection, book: &mut Book, wanted: BTreeSet<i64>) -> Result<(), Error> {
    if wanted.is_empty() {
        return Ok(());
    }
    let reversals = entries::reverses.eq_any(&wanted).assume_not_null();
    let rows = entries::table
        .filter(entries::bank_id.eq(book.bank).and(entries::number.eq_any(&wanted).or(reversals)))
        .order(entries::number)
        .select(EntryRow::as_select())
        .load(conn)?;
    let numbers: Vec<i64> = rows.iter().map(|row| row.number).collect();
    let mut postings: HashMap<i64, Vec<PostingRow>> = HashMap::new();
    for row in postings::table
        .filter(postings::bank_id.eq(book.bank).and(postings::entry_number.eq_any(&numbers)))
        .order((postings::entry_number, postings::leg))
        .select(PostingRow::as_select())
        .load(conn)?
    {
        postings.entry(row.entry_number).or_default().push(row);
    }
    let mut effects: HashMap<i64, Vec<EffectRow>> = HashMap::new();
    for row in effects::table
        .filter(effects::bank_id.eq(book.bank).and(effects::entry_number.eq_any(&numbers)))
        .order((effects::entry_number, effects::ordinal))
        .select(EffectRow::as_select())
        .load(conn)?
    {
        effects.entry(row.entry_number).or_default().push(row);
    }
    let mut past: BTreeMap<i64, Past> = BTreeMap::new();
    let mut taken_back = Vec::new();
    for row in rows {
        let number = row.number;
        let postings = postings.remove(&number).unwrap_or_default();
        let (entry, _) = row.entry(postings, effects.remove(&number).unwrap_or_default())?;
        if entry.reverses.is_some_and(|original| wanted.contains(&original)) {
            taken_back.push(entry.clone());
        }
        if wanted.contains(&number) {
            past.insert(number, Past { entry, reversed: Reversed::default() });
        }
    }
    for reversal in taken_back {
        if let Some(past) = reversal.reverses.and_then(|number| past.get_mut(&number)) {
            past.reversed.add(&reversal.postings, &reversal.effects);
        }
    }
    for number in wanted {
        book.past.load(number, past.remove(&number));
    }
    Ok(())
}

/// Versions of rows that a service has read.
fn watches(conn: &mut PgConnection, book: &mut Book, wanted: BTreeSet<(WatchKind, Id)>) -> Result<(), Error> {
    let mut by_kind: BTreeMap<WatchKind, Vec<Id>> = BTreeMap::new();
    wanted.into_iter().for_each(|(kind, id)| by_kind.entry(kind).or_default().push(id));
    for (kind, ids) in by_kind {
        macro_rules! of {
            ($table:ident) => {
                $table::table
                    .filter($table::bank_id.eq(book.bank).and($table::id.eq_any(&ids)))
                    .select(($table::id, $table::version))
                    .load::<(Id, i64)>(conn)?
            };
        }
        let rows = watched!(kind, of);
        for (id, version) in rows {
            book.versions.load((kind, id), Some(version));
        }
        ids.into_iter().for_each(|id| book.versions.load((kind, id), None));
    }
    Ok(())
}
