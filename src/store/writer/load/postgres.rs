//! Loads a round of needs from PostgreSQL in a few statements, whatever the number of keys. Each key is looked up
//! separately inside them: the planner might turn a list of keys into a filter over all rows of the bank.

use super::stored_answer;
use crate::domain::document::DocumentKind;
use crate::domain::id::{BankId, Id};
use crate::domain::ledger::account::{CounterId, LotId};
use crate::domain::time::Moment;
use crate::ledger::command::WatchKind;
use crate::ledger::{Book, Needs};
use crate::store::error::Error;
use crate::store::types::Uid;
use crate::store::writer::rows::*;
use crate::store::writer::sets::{Column, row_set, set_statement};
use crate::store::writer::watch::watched;
use diesel::dsl::SqlTypeOf;
use diesel::pg::{Pg, PgConnection};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Nullable, Text};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// The SQL types of a row's columns.
type Columns<Row> = SqlTypeOf<<Row as Selectable<Pg>>::SelectExpression>;

/// The rest of a round: keys without answers, past entries and documents.
type Others = (Vec<(String, Id)>, BTreeSet<i64>, BTreeSet<(DocumentKind, Id)>);

/// Loads one round of needs; what does not exist is noted as absent. What is found by keys alone is left to the
/// caller.
pub fn fetch(conn: &mut PgConnection, book: &mut Book, missing: Needs) -> Result<Others, Error> {
    let unanswered = standing(conn, book, missing.answers, missing.accounts, missing.counters)?;
    holds(conn, book, missing.holds, missing.due_holds, missing.pending_holds)?;
    lots(conn, book, missing.open_lots, missing.due_lots, missing.lots)?;
    versions(conn, book, missing.watches)?;
    Ok((unanswered, missing.entries, missing.documents))
}

row_set! {
    Keys { key: &'a str => Text, user: Id => Uid }
}

row_set! {
    CounterIds { key: &'a str => Text, window: &'a str => Text }
}

set_statement! {
    /// What nearly every batch needs first, in one round trip: a row is an account, an answer or a counter.
    Standing<'a> -> (
        Nullable<Columns<AccountRow>>, Nullable<Columns<AnswerRow>>, Nullable<(Text, Text, BigInt)>
    ) {
        bank: BankId, ids: Column<Uid, Id>, keys: Keys<'a>, counters: CounterIds<'a>,
    }
    "SELECT a.id, a.owner_kind, a.owner_id, a.asset, a.purpose, a.floor, a.ceiling, a.lots, a.status,
        a.debits_posted, a.credits_posted, a.debits_pending, a.credits_pending, a.opened_entry,
        a.merged_into_id, a.merged_entry,
        NULL::bigint, NULL::text, NULL::uuid, NULL::text, NULL::text, NULL::bigint, NULL::timestamptz,
        NULL::text, NULL::text, NULL::bigint
    FROM unnest({ids}) AS i (id)
    CROSS JOIN LATERAL (SELECT * FROM accounts WHERE bank_id = {bank} AND id = i.id LIMIT 1) AS a
    UNION ALL
    SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
        k.bank_id, k.idempotency_key, k.user_id, k.fields, k.answer, k.entry_number, k.recorded_at,
        NULL, NULL, NULL
    FROM (SELECT {keys}) AS n
    CROSS JOIN LATERAL (
        SELECT * FROM answers
        WHERE bank_id = {bank} AND idempotency_key = n.key AND user_id = n.user LIMIT 1) AS k
    UNION ALL
    SELECT NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL,
        NULL, NULL, NULL, NULL, NULL, NULL, NULL,
        c.counter_key, c.counter_window, c.used
    FROM (SELECT {counters}) AS n
    CROSS JOIN LATERAL (
        SELECT * FROM counters
        WHERE bank_id = {bank} AND counter_key = n.key AND counter_window = n.window LIMIT 1) AS c"
}

type StandingRow = (Option<AccountRow>, Option<AnswerRow>, Option<(String, String, i64)>);

fn standing(
    conn: &mut PgConnection,
    book: &mut Book,
    wanted: BTreeSet<(String, Id)>,
    ids: BTreeSet<Id>,
    counted: BTreeSet<CounterId>,
) -> Result<Vec<(String, Id)>, Error> {
    if wanted.is_empty() && ids.is_empty() && counted.is_empty() {
        return Ok(Vec::new());
    }
    let (mut keys, mut counters) = (Keys::default(), CounterIds::default());
    for (key, user) in &wanted {
        keys.key.push(key);
        keys.user.push(*user);
    }
    for id in &counted {
        counters.key.push(&id.key);
        counters.window.push(&id.window);
    }
    let named: Column<Uid, Id> = ids.iter().copied().collect();
    let statement = Standing { bank: &book.bank, ids: &named, keys: &keys, counters: &counters };
    let rows: Vec<StandingRow> = statement.load(conn)?;
    for (account, answer, counter) in rows {
        if let Some(row) = account {
            book.accounts.load(row.id, Some(row.account()?));
        }
        if let Some(row) = answer {
            let key = (row.idempotency_key.clone(), row.user_id);
            book.answers.load(key, Some(stored_answer(row)));
        }
        if let Some((key, window, used)) = counter {
            book.counters.load(CounterId { key, window }, Some(used));
        }
    }
    ids.into_iter().for_each(|id| book.accounts.load(id, None));
    counted.into_iter().for_each(|id| book.counters.load(id, None));
    Ok(wanted.into_iter().filter(|key| !book.answers.knows(key)).collect())
}

set_statement! {
    /// All legs of these holds, and of the pending ones past their expiry with a leg on one of these accounts; for
    /// accounts that are to be merged, of all pending ones.
    HoldLegs<'a> -> Columns<HoldRow> {
        bank: BankId, ids: Column<Uid, Id>, accounts: Column<Uid, Id>, merged: Column<Uid, Id>, now: Moment,
    }
    "SELECT h.bank_id, h.id, h.leg, h.state, h.expires_at, h.opened_entry, h.debit_account_id, h.credit_account_id,
        h.amount, h.captured, h.released, h.earmarks, h.counters
    FROM (
        SELECT unnest({ids}) AS id
        UNION
        SELECT d.id FROM unnest({accounts}) AS a (id) CROSS JOIN LATERAL (
            SELECT id FROM holds
            WHERE bank_id = {bank} AND state = 'pending' AND debit_account_id = a.id AND expires_at <= {now}
            OFFSET 0) AS d
        UNION
        SELECT c.id FROM unnest({accounts}) AS a (id) CROSS JOIN LATERAL (
            SELECT id FROM holds
            WHERE bank_id = {bank} AND state = 'pending' AND credit_account_id = a.id AND expires_at <= {now}
            OFFSET 0) AS c
        UNION
        SELECT p.id FROM unnest({merged}) AS a (id) CROSS JOIN LATERAL (
            SELECT id FROM holds WHERE bank_id = {bank} AND state = 'pending' AND debit_account_id = a.id
            UNION ALL
            SELECT id FROM holds WHERE bank_id = {bank} AND state = 'pending' AND credit_account_id = a.id
            OFFSET 0) AS p
    ) AS n
    CROSS JOIN LATERAL (SELECT * FROM holds WHERE bank_id = {bank} AND id = n.id OFFSET 0) AS h
    ORDER BY h.id, h.leg"
}

/// Holds by their ids, and those that are due on some accounts.
fn holds(
    conn: &mut PgConnection,
    book: &mut Book,
    wanted: BTreeSet<Id>,
    due_on: BTreeSet<Id>,
    pending_on: BTreeSet<Id>,
) -> Result<(), Error> {
    if wanted.is_empty() && due_on.is_empty() && pending_on.is_empty() {
        return Ok(());
    }
    let mut pending: BTreeMap<Id, BTreeSet<Id>> =
        pending_on.iter().map(|id| (*id, BTreeSet::new())).collect();
    let mut due: BTreeMap<Id, BTreeSet<Id>> = due_on.iter().map(|id| (*id, BTreeSet::new())).collect();
    let (ids, accounts) = (wanted.iter().copied().collect(), due_on.into_iter().collect());
    let merged = pending_on.into_iter().collect();
    let statement =
        HoldLegs { bank: &book.bank, ids: &ids, accounts: &accounts, merged: &merged, now: &book.now };
    let legs = statement.load::<HoldRow>(conn)?;
    for leg in &legs {
        if leg.state == "pending" {
            for account in [leg.debit_account_id, leg.credit_account_id] {
                if let Some(holds) = pending.get_mut(&account) {
                    holds.insert(leg.id);
                }
            }
        }
        if leg.state == "pending" && leg.expires_at.is_some_and(|end| end <= book.now) {
            for account in [leg.debit_account_id, leg.credit_account_id] {
                if let Some(holds) = due.get_mut(&account) {
                    holds.insert(leg.id);
                }
            }
        }
    }
    for legs in legs.chunk_by(|a, b| a.id == b.id) {
        if let Some(hold) = HoldRow::hold(legs)? {
            book.holds.load(hold.id, Some(hold));
        }
    }
    wanted.into_iter().for_each(|id| book.holds.load(id, None));
    for (account, holds) in due {
        book.due_holds_of.load(account, Some(holds.into_iter().collect()));
    }
    for (account, holds) in pending {
        book.pending_holds_of.load(account, Some(holds.into_iter().collect()));
    }
    Ok(())
}

row_set! {
    LotIds { entry: i64 => BigInt, ordinal: i64 => BigInt }
}

set_statement! {
    /// Lots by their ids; those of some accounts with something remaining; of others, only those past their expiry.
    /// The first column: whether the lot was requested by its account.
    Lots<'a> -> (Bool, Columns<LotRow>) {
        bank: BankId, open: Column<Uid, Id>, due: Column<Uid, Id>, ids: LotIds<'a>, now: Moment,
    }
    "SELECT true, l.entry_number, l.ordinal, l.account_id, l.amount, l.remaining, l.earmarked, l.expires_at,
        l.given
    FROM unnest({open}) AS a (id) CROSS JOIN LATERAL (
        SELECT * FROM lots WHERE bank_id = {bank} AND account_id = a.id AND remaining > 0 OFFSET 0) AS l
    UNION ALL
    SELECT true, l.entry_number, l.ordinal, l.account_id, l.amount, l.remaining, l.earmarked, l.expires_at,
        l.given
    FROM unnest({due}) AS a (id) CROSS JOIN LATERAL (
        SELECT * FROM lots
        WHERE bank_id = {bank} AND account_id = a.id AND remaining > 0 AND expires_at <= {now} OFFSET 0) AS l
    UNION ALL
    SELECT false, l.entry_number, l.ordinal, l.account_id, l.amount, l.remaining, l.earmarked, l.expires_at,
        l.given
    FROM (SELECT {ids}) AS n
    CROSS JOIN LATERAL (
        SELECT * FROM lots
        WHERE bank_id = {bank} AND entry_number = n.entry AND ordinal = n.ordinal LIMIT 1) AS l"
}

fn lots(
    conn: &mut PgConnection,
    book: &mut Book,
    open_of: BTreeSet<Id>,
    due_of: BTreeSet<Id>,
    wanted: BTreeSet<LotId>,
) -> Result<(), Error> {
    if open_of.is_empty() && due_of.is_empty() && wanted.is_empty() {
        return Ok(());
    }
    let mut ids = LotIds::default();
    for id in &wanted {
        ids.entry.push(id.entry);
        ids.ordinal.push(i64::from(id.ordinal));
    }
    let (open, due) = (open_of.iter().copied().collect(), due_of.iter().copied().collect());
    let statement = Lots { bank: &book.bank, open: &open, due: &due, ids: &ids, now: &book.now };
    let mut of_account: HashMap<Id, Vec<LotId>> = HashMap::new();
    for (by_account, row) in statement.load::<(bool, LotRow)>(conn)? {
        if by_account {
            of_account.entry(row.account_id).or_default().push(row.lot_id());
        }
        book.lots.load(row.lot_id(), Some(row.lot()));
    }
    for account in open_of {
        book.lots_of.load(account, Some(of_account.remove(&account).unwrap_or_default()));
    }
    for account in due_of {
        book.due_lots_of.load(account, Some(of_account.remove(&account).unwrap_or_default()));
    }
    wanted.into_iter().for_each(|id| book.lots.load(id, None));
    Ok(())
}

macro_rules! versions_in {
    ($($table:ident),+) => {
        set_statement! {
            /// Versions of rows of all watched tables: table, id, version.
            Versions<'a> -> (Text, Uid, BigInt) { bank: BankId, $($table: Column<Uid, Id>),+ }
            concat!(
                $("SELECT '", stringify!($table), "', v.id, v.version FROM unnest({", stringify!($table),
                    "}) AS i (id) CROSS JOIN LATERAL (SELECT id, version FROM ", stringify!($table),
                    " WHERE bank_id = {bank} AND id = i.id LIMIT 1) AS v UNION ALL ",)+
                "SELECT NULL, NULL, NULL WHERE false"
            )
        }

        fn rows_by_table(
            conn: &mut PgConnection,
            bank: BankId,
            ids: &HashMap<&'static str, Column<Uid, Id>>,
        ) -> QueryResult<Vec<(String, Id, i64)>> {
            let none = Column::default();
            let of = |table| ids.get(table).unwrap_or(&none);
            Versions { bank: &bank, $($table: of(stringify!($table))),+ }.load(conn)
        }
    };
}

versions_in!(members, merchants, offers, scheme_versions, codes, orgs, proposals);

/// Versions of rows that a service has read.
fn versions(
    conn: &mut PgConnection,
    book: &mut Book,
    wanted: BTreeSet<(WatchKind, Id)>,
) -> Result<(), Error> {
    if wanted.is_empty() {
        return Ok(());
    }
    macro_rules! name {
        ($table:ident) => {
            stringify!($table)
        };
    }
    let mut ids: HashMap<&'static str, Column<Uid, Id>> = HashMap::new();
    let mut kinds: HashMap<&'static str, WatchKind> = HashMap::new();
    for (kind, id) in &wanted {
        let table = watched!(kind, name);
        ids.entry(table).or_default().push(*id);
        kinds.insert(table, *kind);
    }
    for (table, id, version) in rows_by_table(conn, book.bank, &ids)? {
        if let Some(kind) = kinds.get(table.as_str()) {
            book.versions.load((*kind, id), Some(version));
        }
    }
    wanted.into_iter().for_each(|key| book.versions.load(key, None));
    Ok(())
}
