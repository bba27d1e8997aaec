//! Plain transfers on PostgreSQL, from a pool: one transaction a request, or one function call.

use super::{
    DatabaseError, Outcome, Plain, Transfer, Way, baseline_accounts, baseline_entries, baseline_keys,
};
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::r2d2::{ConnectionManager, Pool};
use diesel::result::{DatabaseErrorKind, Error};
use diesel::sql_types::{BigInt, Binary, Text};
use jianxian::domain::id::Id;
use jianxian::domain::time::Moment;
use std::time::{Duration, Instant};

diesel::table! {
    baseline_syncs (number) {
        number -> BigInt,
        at -> BigInt,
    }
}

const SCHEMA: &str = "
    CREATE TABLE baseline_accounts (id BYTEA PRIMARY KEY, debits BIGINT NOT NULL, credits BIGINT NOT NULL,
        minimum BIGINT NOT NULL);
    CREATE TABLE baseline_entries (number BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, debit_account BYTEA NOT NULL,
        credit_account BYTEA NOT NULL, amount BIGINT NOT NULL, recorded_at BIGINT NOT NULL);
    CREATE TABLE baseline_keys (key TEXT PRIMARY KEY, entry BIGINT NOT NULL);
    CREATE FUNCTION baseline_transfer(the_key TEXT, debit BYTEA, credit BYTEA, points BIGINT, moment BIGINT) RETURNS BIGINT
    LANGUAGE plpgsql AS $$
    DECLARE locked BIGINT; known BIGINT; made BIGINT;
    BEGIN
        PERFORM 1 FROM baseline_accounts WHERE id IN (debit, credit) ORDER BY id FOR UPDATE;
        GET DIAGNOSTICS locked = ROW_COUNT;
        SELECT entry INTO known FROM baseline_keys WHERE key = the_key;
        IF FOUND THEN RETURN -known; END IF;
        IF locked < 2 THEN RETURN NULL; END IF;
        UPDATE baseline_accounts SET debits = debits + points WHERE id = debit AND credits - debits - points >= minimum;
        IF NOT FOUND THEN RETURN 0; END IF;
        UPDATE baseline_accounts SET credits = credits + points WHERE id = credit;
        INSERT INTO baseline_entries (debit_account, credit_account, amount, recorded_at)
            VALUES (debit, credit, points, moment) RETURNING number INTO made;
        INSERT INTO baseline_keys VALUES (the_key, made);
        RETURN made;
    END $$;";

#[diesel::declare_sql_function]
extern "SQL" {
    /// The new entry; negative: the earlier entry of the key; 0: not covered; null: no such account.
    fn baseline_transfer(
        the_key: Text,
        debit: Binary,
        credit: Binary,
        points: BigInt,
        moment: BigInt,
    ) -> Nullable<BigInt>;
}

/// A connection pool on tables of its own in PostgreSQL.
#[derive(Clone)]
pub struct PlainPostgres {
    pool: Pool<ConnectionManager<PgConnection>>,
    way: Way,
}

impl PlainPostgres {
    /// Creates the tables behind `url`, with a pool of `connections`.
    pub fn create(url: &str, connections: u32, way: Way) -> Result<Self, DatabaseError> {
        let pool = Pool::builder()
            .max_size(connections)
            .min_idle(Some(1))
            .connection_timeout(Duration::from_secs(60))
            // By default a pool sends "SELECT 1" at every checkout: a second round trip.
            .test_on_check_out(way == Way::Transaction)
            .build(ConnectionManager::<PgConnection>::new(url))?;
        pool.get()?.batch_execute(SCHEMA)?;
        Ok(Self { pool, way })
    }
}

impl Plain for PlainPostgres {
    fn open_accounts(&self, accounts: &[Id], minimum: i64) -> Result<(), DatabaseError> {
        let mut conn = self.pool.get()?;
        for some in accounts.chunks(1_000) {
            let rows: Vec<_> = some
                .iter()
                .map(|id| {
                    (
                        baseline_accounts::id.eq(id.bytes().as_slice()),
                        baseline_accounts::debits.eq(0),
                        baseline_accounts::credits.eq(0),
                        baseline_accounts::minimum.eq(minimum),
                    )
                })
                .collect();
            diesel::insert_into(baseline_accounts::table).values(rows).execute(&mut conn)?;
        }
        Ok(())
    }

    fn transfer(&self, transfer: &Transfer, now: Moment) -> Result<Outcome, DatabaseError> {
        let mut conn = self.pool.get()?;
        let posted = match self.way {
            Way::Transaction => conn.transaction(|conn| post(conn, transfer, now)),
            Way::Function => call(&mut conn, transfer, now),
        };
        match posted {
            // The key was used concurrently, between other accounts.
            Err(Error::DatabaseError(DatabaseErrorKind::UniqueViolation, _)) => {
                let number = baseline_keys::table
                    .find(&transfer.key)
                    .select(baseline_keys::entry)
                    .get_result(&mut conn)?;
                Ok(Outcome::Repeated { number })
            }
            answer => Ok(answer?),
        }
    }

    fn totals(&self) -> Result<(i64, i64, i64), DatabaseError> {
        let mut conn = self.pool.get()?;
        totals!(&mut conn)
    }
}

fn post(conn: &mut PgConnection, transfer: &Transfer, now: Moment) -> QueryResult<Outcome> {
    let (debit, credit) =
        (transfer.debit_account.bytes().as_slice(), transfer.credit_account.bytes().as_slice());
    // Both rows in one order: two opposite transfers would deadlock.
    let locked: Vec<(Vec<u8>, i64, i64, i64)> = baseline_accounts::table
        .filter(baseline_accounts::id.eq(debit).or(baseline_accounts::id.eq(credit)))
        .order(baseline_accounts::id)
        .for_update()
        .load(conn)?;
    let known =
        baseline_keys::table.find(&transfer.key).select(baseline_keys::entry).get_result(conn).optional()?;
    if let Some(number) = known {
        return Ok(Outcome::Repeated { number });
    }
    let held = locked.iter().find(|(id, ..)| id == debit).filter(|_| locked.len() == 2);
    let Some((_, debits, credits, minimum)) = held else { return Ok(Outcome::UnknownAccount) };
    if credits - debits - transfer.amount < *minimum {
        return Ok(Outcome::Insufficient);
    }
    diesel::update(baseline_accounts::table.find(debit))
        .set(baseline_accounts::debits.eq(baseline_accounts::debits + transfer.amount))
        .execute(conn)?;
    diesel::update(baseline_accounts::table.find(credit))
        .set(baseline_accounts::credits.eq(baseline_accounts::credits + transfer.amount))
        .execute(conn)?;
    let number: i64 = diesel::insert_into(baseline_entries::table)
        .values((
            baseline_entries::debit_account.eq(debit),
            baseline_entries::credit_account.eq(credit),
            baseline_entries::amount.eq(transfer.amount),
            baseline_entries::recorded_at.eq(now.micros()),
        ))
        .returning(baseline_entries::number)
        .get_result(conn)?;
    diesel::insert_into(baseline_keys::table)
        .values((baseline_keys::key.eq(&transfer.key), baseline_keys::entry.eq(number)))
        .execute(conn)?;
    Ok(Outcome::Posted { number })
}

fn call(conn: &mut PgConnection, transfer: &Transfer, now: Moment) -> QueryResult<Outcome> {
    let (debit, credit) =
        (transfer.debit_account.bytes().as_slice(), transfer.credit_account.bytes().as_slice());
    let asked = baseline_transfer(&transfer.key, debit, credit, transfer.amount, now.micros());
    Ok(match diesel::select(asked).get_result::<Option<i64>>(conn)? {
        None => Outcome::UnknownAccount,
        Some(0) => Outcome::Insufficient,
        Some(number) if number < 0 => Outcome::Repeated { number: -number },
        Some(number) => Outcome::Posted { number },
    })
}

#[derive(QueryableByName)]
struct ServerSettings {
    #[diesel(sql_type = Text)]
    text: String,
}

/// The version of the server behind `url`, and the settings that determine its speed.
pub fn described(url: &str) -> Result<String, DatabaseError> {
    let mut conn = PgConnection::establish(url)?;
    let settings: ServerSettings = diesel::sql_query(
        "SELECT 'PostgreSQL ' || current_setting('server_version') || ': ' || string_agg(name || ' ' || \
         current_setting(name), ', ' ORDER BY name) AS text FROM pg_settings WHERE name IN ('fsync', \
         'full_page_writes', 'synchronous_commit', 'wal_sync_method', 'shared_buffers', 'max_wal_size', \
         'checkpoint_timeout', 'wal_compression')",
    )
    .get_result(&mut conn)?;
    Ok(settings.text)
}

/// The durations of commits of one row each behind `url`, in sequence, for `duration`: the speed of the server's
/// durable writes, with one round trip.
pub fn sync_times(url: &str, duration: Duration) -> Result<Vec<Duration>, DatabaseError> {
    let mut conn = PgConnection::establish(url)?;
    conn.batch_execute("CREATE TABLE baseline_syncs (number BIGINT PRIMARY KEY, at BIGINT NOT NULL)")?;
    let (started, mut times) = (Instant::now(), Vec::new());
    for number in 0_i64.. {
        let from = Instant::now();
        if from.duration_since(started) >= duration {
            break;
        }
        let row = (baseline_syncs::number.eq(number), baseline_syncs::at.eq(number));
        diesel::insert_into(baseline_syncs::table).values(row).execute(&mut conn)?;
        times.push(from.elapsed());
    }
    Ok(times)
}
