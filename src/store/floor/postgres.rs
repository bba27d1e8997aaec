//! Plain transfers on PostgreSQL, from a pool: one transaction a request, or one function call.

use super::{FloorError, Plain, PlainAnswer, PlainTransfer, Way, floor_accounts, floor_entries, floor_keys};
use crate::domain::id::Id;
use crate::domain::time::Moment;
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::r2d2::{ConnectionManager, Pool};
use diesel::result::{DatabaseErrorKind, Error};
use diesel::sql_types::{BigInt, Binary, Text};
use std::time::{Duration, Instant};

diesel::table! {
    floor_syncs (number) {
        number -> BigInt,
        at -> BigInt,
    }
}

const SCHEMA: &str = "
    CREATE TABLE floor_accounts (id BYTEA PRIMARY KEY, debits BIGINT NOT NULL, credits BIGINT NOT NULL,
        floor BIGINT NOT NULL);
    CREATE TABLE floor_entries (number BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, debit_account BYTEA NOT NULL,
        credit_account BYTEA NOT NULL, amount BIGINT NOT NULL, recorded_at BIGINT NOT NULL);
    CREATE TABLE floor_keys (key TEXT PRIMARY KEY, entry BIGINT NOT NULL);
    CREATE FUNCTION floor_transfer(the_key TEXT, debit BYTEA, credit BYTEA, points BIGINT, moment BIGINT) RETURNS BIGINT
    LANGUAGE plpgsql AS $$
    DECLARE locked BIGINT; known BIGINT; made BIGINT;
    BEGIN
        PERFORM 1 FROM floor_accounts WHERE id IN (debit, credit) ORDER BY id FOR UPDATE;
        GET DIAGNOSTICS locked = ROW_COUNT;
        SELECT entry INTO known FROM floor_keys WHERE key = the_key;
        IF FOUND THEN RETURN -known; END IF;
        IF locked < 2 THEN RETURN NULL; END IF;
        UPDATE floor_accounts SET debits = debits + points WHERE id = debit AND credits - debits - points >= floor;
        IF NOT FOUND THEN RETURN 0; END IF;
        UPDATE floor_accounts SET credits = credits + points WHERE id = credit;
        INSERT INTO floor_entries (debit_account, credit_account, amount, recorded_at)
            VALUES (debit, credit, points, moment) RETURNING number INTO made;
        INSERT INTO floor_keys VALUES (the_key, made);
        RETURN made;
    END $$;";

#[diesel::declare_sql_function]
extern "SQL" {
    /// The entry made; less than 0: the entry that the key made before; 0: not covered; null: no such account.
    fn floor_transfer(
        the_key: Text,
        debit: Binary,
        credit: Binary,
        points: BigInt,
        moment: BigInt,
    ) -> Nullable<BigInt>;
}

/// A pool of connections to tables of its own in PostgreSQL.
#[derive(Clone)]
pub struct PlainPostgres {
    pool: Pool<ConnectionManager<PgConnection>>,
    way: Way,
}

impl PlainPostgres {
    /// Makes the tables where `url` leads to, with a pool of `connections`.
    pub fn create(url: &str, connections: u32, way: Way) -> Result<Self, FloorError> {
        let pool = Pool::builder()
            .max_size(connections)
            .min_idle(Some(1))
            .connection_timeout(Duration::from_secs(60))
            // A pool asks "SELECT 1" at every checkout unless told not to: that would be a second round trip.
            .test_on_check_out(way == Way::Transaction)
            .build(ConnectionManager::<PgConnection>::new(url))?;
        pool.get()?.batch_execute(SCHEMA)?;
        Ok(Self { pool, way })
    }
}

impl Plain for PlainPostgres {
    fn open_accounts(&self, accounts: &[Id], floor: i64) -> Result<(), FloorError> {
        let mut conn = self.pool.get()?;
        for some in accounts.chunks(1_000) {
            let rows: Vec<_> = some
                .iter()
                .map(|id| {
                    (
                        floor_accounts::id.eq(id.bytes().as_slice()),
                        floor_accounts::debits.eq(0),
                        floor_accounts::credits.eq(0),
                        floor_accounts::floor.eq(floor),
                    )
                })
                .collect();
            diesel::insert_into(floor_accounts::table).values(rows).execute(&mut conn)?;
        }
        Ok(())
    }

    fn transfer(&self, transfer: &PlainTransfer, now: Moment) -> Result<PlainAnswer, FloorError> {
        let mut conn = self.pool.get()?;
        let posted = match self.way {
            Way::Transaction => conn.transaction(|conn| post(conn, transfer, now)),
            Way::Function => call(&mut conn, transfer, now),
        };
        match posted {
            // The key was used in this very moment, between other accounts.
            Err(Error::DatabaseError(DatabaseErrorKind::UniqueViolation, _)) => {
                let number =
                    floor_keys::table.find(&transfer.key).select(floor_keys::entry).get_result(&mut conn)?;
                Ok(PlainAnswer::Repeated { number })
            }
            answer => Ok(answer?),
        }
    }

    fn totals(&self) -> Result<(i64, i64, i64), FloorError> {
        let mut conn = self.pool.get()?;
        totals!(&mut conn)
    }
}

fn post(conn: &mut PgConnection, transfer: &PlainTransfer, now: Moment) -> QueryResult<PlainAnswer> {
    let (debit, credit) =
        (transfer.debit_account.bytes().as_slice(), transfer.credit_account.bytes().as_slice());
    // Both rows in one order: two transfers the other way round would wait for each other for ever.
    let locked: Vec<(Vec<u8>, i64, i64, i64)> = floor_accounts::table
        .filter(floor_accounts::id.eq(debit).or(floor_accounts::id.eq(credit)))
        .order(floor_accounts::id)
        .for_update()
        .load(conn)?;
    let known =
        floor_keys::table.find(&transfer.key).select(floor_keys::entry).get_result(conn).optional()?;
    if let Some(number) = known {
        return Ok(PlainAnswer::Repeated { number });
    }
    let held = locked.iter().find(|(id, ..)| id == debit).filter(|_| locked.len() == 2);
    let Some((_, debits, credits, floor)) = held else { return Ok(PlainAnswer::UnknownAccount) };
    if credits - debits - transfer.amount < *floor {
        return Ok(PlainAnswer::Insufficient);
    }
    diesel::update(floor_accounts::table.find(debit))
        .set(floor_accounts::debits.eq(floor_accounts::debits + transfer.amount))
        .execute(conn)?;
    diesel::update(floor_accounts::table.find(credit))
        .set(floor_accounts::credits.eq(floor_accounts::credits + transfer.amount))
        .execute(conn)?;
    let number: i64 = diesel::insert_into(floor_entries::table)
        .values((
            floor_entries::debit_account.eq(debit),
            floor_entries::credit_account.eq(credit),
            floor_entries::amount.eq(transfer.amount),
            floor_entries::recorded_at.eq(now.micros()),
        ))
        .returning(floor_entries::number)
        .get_result(conn)?;
    diesel::insert_into(floor_keys::table)
        .values((floor_keys::key.eq(&transfer.key), floor_keys::entry.eq(number)))
        .execute(conn)?;
    Ok(PlainAnswer::Posted { number })
}

fn call(conn: &mut PgConnection, transfer: &PlainTransfer, now: Moment) -> QueryResult<PlainAnswer> {
    let (debit, credit) =
        (transfer.debit_account.bytes().as_slice(), transfer.credit_account.bytes().as_slice());
    let asked = floor_transfer(&transfer.key, debit, credit, transfer.amount, now.micros());
    Ok(match diesel::select(asked).get_result::<Option<i64>>(conn)? {
        None => PlainAnswer::UnknownAccount,
        Some(0) => PlainAnswer::Insufficient,
        Some(number) if number < 0 => PlainAnswer::Repeated { number: -number },
        Some(number) => PlainAnswer::Posted { number },
    })
}

#[derive(QueryableByName)]
struct Said {
    #[diesel(sql_type = Text)]
    text: String,
}

/// The version of the server that `url` leads to, and the settings that its speed rests on.
pub fn described(url: &str) -> Result<String, FloorError> {
    let mut conn = PgConnection::establish(url)?;
    let said: Said = diesel::sql_query(
        "SELECT 'PostgreSQL ' || current_setting('server_version') || ': ' || string_agg(name || ' ' || \
         current_setting(name), ', ' ORDER BY name) AS text FROM pg_settings WHERE name IN ('fsync', \
         'full_page_writes', 'synchronous_commit', 'wal_sync_method', 'shared_buffers', 'max_wal_size', \
         'checkpoint_timeout', 'wal_compression')",
    )
    .get_result(&mut conn)?;
    Ok(said.text)
}

/// How long each of many commits of one row takes where `url` leads to, one after the other, for `duration`: how fast
/// the server's disk makes things durable, with one round trip.
pub fn sync_times(url: &str, duration: Duration) -> Result<Vec<Duration>, FloorError> {
    let mut conn = PgConnection::establish(url)?;
    conn.batch_execute("CREATE TABLE floor_syncs (number BIGINT PRIMARY KEY, at BIGINT NOT NULL)")?;
    let (started, mut times) = (Instant::now(), Vec::new());
    for number in 0_i64.. {
        let from = Instant::now();
        if from.duration_since(started) >= duration {
            break;
        }
        let row = (floor_syncs::number.eq(number), floor_syncs::at.eq(number));
        diesel::insert_into(floor_syncs::table).values(row).execute(&mut conn)?;
        times.push(from.elapsed());
    }
    Ok(times)
}
