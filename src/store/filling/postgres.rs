//! Writes a made ledger into PostgreSQL by COPY, in one transaction; the indexes are made afterwards.

use super::maker::{KIND, METADATA, Made, Maker, Sums};
use super::{Filling, made_ahead};
use crate::domain::id::Id;
use crate::domain::time::{Day, Moment};
use crate::ledger::Head;
use crate::store::error::Error;
use crate::store::rows::damaged;
use crate::store::schema::{entries, postings};
use chrono_tz::Tz;
use diesel::connection::SimpleConnection;
use diesel::pg::CopyFormat;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Binary, Nullable, Text};
use std::collections::HashMap;
use std::io::Write;

diesel::table! {
    /// What the entries add to the days of the accounts, until it is merged.
    filled_days (account_id, day) {
        account_id -> Uuid,
        day -> Date,
        debits -> BigInt,
        credits -> BigInt,
    }
}

/// Days and microseconds from 1970, where we begin to count, to 2000, where PostgreSQL does.
const DAYS_TO_2000: i32 = 10_957;
const MICROS_TO_2000: i64 = 10_957 * 86_400 * 1_000_000;

/// Handed to the server in pieces of so many bytes.
const PIECE: usize = 65_536;

const MERGE_DAYS: &str = "
    INSERT INTO day_totals (bank_id, account_id, day, debits, credits)
        SELECT $1, account_id, day, debits, credits FROM filled_days ORDER BY account_id, day
        ON CONFLICT (bank_id, account_id, day) DO UPDATE
        SET debits = day_totals.debits + excluded.debits, credits = day_totals.credits + excluded.credits";
const MERGE_ACCOUNTS: &str = "
    UPDATE accounts SET debits_posted = debits_posted + added.debits, credits_posted = credits_posted + added.credits
        FROM (SELECT account_id, sum(debits)::bigint AS debits, sum(credits)::bigint AS credits
            FROM filled_days GROUP BY account_id) AS added
        WHERE accounts.bank_id = $1 AND accounts.id = added.account_id";

#[derive(QueryableByName)]
struct Start {
    #[diesel(sql_type = Text)]
    zone: String,
    #[diesel(sql_type = BigInt)]
    number: i64,
    #[diesel(sql_type = Binary)]
    hash: Vec<u8>,
    #[diesel(sql_type = BigInt)]
    recorded_at: i64,
    #[diesel(sql_type = Nullable<BigInt>)]
    closed_until: Option<i64>,
}

#[derive(QueryableByName)]
struct SumsOf {
    #[diesel(sql_type = Binary)]
    id: Vec<u8>,
    #[diesel(sql_type = BigInt)]
    debits: i64,
    #[diesel(sql_type = BigInt)]
    credits: i64,
}

#[derive(QueryableByName)]
struct Index {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    definition: String,
}

/// Adds the entries to the bank in the schema that `url` leads to.
pub fn fill(url: &str, filling: &Filling) -> Result<(), Error> {
    let mut conn = PgConnection::establish(url).map_err(|error| Error::Closed(error.to_string()))?;
    conn.transaction(|conn| fill_in(conn, filling))?;
    // The planner learns what stands there now, and the first readers need not tidy up.
    conn.batch_execute("VACUUM (ANALYZE) entries, postings, day_totals, accounts")?;
    // What was written is not to be flushed in the middle of what is measured next. Only some may ask for that; it is
    // no fault not to be one of them.
    if let Err(error) = conn.batch_execute("CHECKPOINT") {
        tracing::debug!("no checkpoint after filling: {error}");
    }
    Ok(())
}

fn fill_in(conn: &mut PgConnection, filling: &Filling) -> Result<(), Error> {
    let indexes: Vec<Index> = diesel::sql_query(
        "SELECT indexrelid::regclass::text AS name, pg_get_indexdef(indexrelid) AS definition FROM pg_index \
         WHERE indrelid IN ('entries'::regclass, 'postings'::regclass, 'day_totals'::regclass) AND NOT indisprimary",
    )
    .load(conn)?;
    let (zone, head) = start(conn, filling)?;
    for index in &indexes {
        conn.batch_execute(&format!("DROP INDEX {}", index.name))?;
    }
    let sums = sums(conn, filling)?;
    let maker = Maker::new(filling, zone, head, sums);
    let maker = made_ahead(maker, filling.entries, |chunk| copy(conn, filling, chunk))?;
    settle(conn, filling, &maker)?;
    conn.batch_execute("SET LOCAL maintenance_work_mem = '512MB'")?;
    for index in &indexes {
        conn.batch_execute(&index.definition)?;
    }
    Ok(())
}

/// The bank's calendar and head; nobody moves it until the end.
fn start(conn: &mut PgConnection, filling: &Filling) -> Result<(Tz, Head), Error> {
    let row: Start = diesel::sql_query(
        "SELECT zone, number, hash, (extract(epoch FROM recorded_at) * 1000000)::bigint AS recorded_at, \
         (extract(epoch FROM closed_until) * 1000000)::bigint AS closed_until \
         FROM heads JOIN banks USING (bank_id) WHERE bank_id = $1 FOR UPDATE OF heads",
    )
    .bind::<BigInt, _>(filling.bank.0)
    .get_result(conn)?;
    let zone = row.zone.parse().map_err(|_| damaged("time zone", &row.zone))?;
    let head = Head {
        number: row.number,
        hash: row.hash.as_slice().try_into().map_err(|_| damaged("head hash", row.hash.len()))?,
        recorded_at: Moment::from_micros(row.recorded_at),
        closed_until: row.closed_until.map(Moment::from_micros),
    };
    Ok((zone, head))
}

fn sums(conn: &mut PgConnection, filling: &Filling) -> Result<Vec<(Id, Sums)>, Error> {
    let rows: Vec<SumsOf> = diesel::sql_query(
        "SELECT uuid_send(id) AS id, debits_posted AS debits, credits_posted AS credits FROM accounts WHERE bank_id = $1",
    )
    .bind::<BigInt, _>(filling.bank.0)
    .load(conn)?;
    let known: HashMap<Vec<u8>, Sums> =
        rows.into_iter().map(|row| (row.id, Sums { debits: row.debits, credits: row.credits })).collect();
    let all = std::iter::once(&filling.issuing).chain(filling.held.iter());
    all.map(|id| {
        let sums = known.get(id.bytes().as_slice()).copied();
        Ok((*id, sums.ok_or_else(|| Error::Fault(format!("account {id} is not there")))?))
    })
    .collect()
}

/// Writes a chunk of entries and their postings.
fn copy(conn: &mut PgConnection, filling: &Filling, chunk: &[Made]) -> Result<(), Error> {
    let (mut rows, mut legs) = (Rows::new(), Rows::new());
    for made in chunk {
        rows.row(8);
        rows.number(filling.bank.0);
        rows.number(made.number);
        rows.field(KIND.as_str().as_bytes());
        rows.moment(made.effective_at);
        rows.moment(made.recorded_at);
        rows.field(filling.actor.bytes());
        rows.field(METADATA.as_bytes());
        rows.field(&made.hash);
        let posting = &made.posting;
        legs.row(8);
        legs.number(filling.bank.0);
        legs.number(made.number);
        legs.number(0);
        legs.field(posting.debit.bytes());
        legs.field(posting.credit.bytes());
        legs.number(posting.amount);
        legs.number(posting.debit_balance);
        legs.number(posting.credit_balance);
    }
    let columns = (
        entries::bank_id,
        entries::number,
        entries::kind,
        entries::effective_at,
        entries::recorded_at,
        entries::actor_id,
        entries::metadata,
        entries::hash,
    );
    diesel::copy_from(entries::table)
        .from_raw_data(columns, |out| rows.write_to(out))
        .with_format(CopyFormat::Binary)
        .execute(conn)?;
    let columns = (
        postings::bank_id,
        postings::entry_number,
        postings::leg,
        postings::debit_account_id,
        postings::credit_account_id,
        postings::amount,
        postings::debit_balance,
        postings::credit_balance,
    );
    diesel::copy_from(postings::table)
        .from_raw_data(columns, |out| legs.write_to(out))
        .with_format(CopyFormat::Binary)
        .execute(conn)?;
    Ok(())
}

/// Writes what the entries add up to.
fn settle(conn: &mut PgConnection, filling: &Filling, maker: &Maker) -> Result<(), Error> {
    conn.batch_execute(
        "CREATE TEMP TABLE filled_days (account_id UUID, day DATE, debits BIGINT, credits BIGINT) ON COMMIT DROP",
    )?;
    for some in maker.days().chunks(super::CHUNK) {
        let mut rows = Rows::new();
        for (account, day, sums) in some {
            rows.row(4);
            rows.field(account.bytes());
            rows.day(*day);
            rows.number(sums.debits);
            rows.number(sums.credits);
        }
        diesel::copy_from(filled_days::table)
            .from_raw_data(filled_days::table, |out| rows.write_to(out))
            .with_format(CopyFormat::Binary)
            .execute(conn)?;
    }
    for merge in [MERGE_DAYS, MERGE_ACCOUNTS] {
        diesel::sql_query(merge).bind::<BigInt, _>(filling.bank.0).execute(conn)?;
    }
    let head = &maker.head;
    diesel::sql_query(
        "UPDATE heads SET number = $1, hash = $2, recorded_at = 'epoch'::timestamptz + $3 * interval '1 microsecond' \
         WHERE bank_id = $4",
    )
    .bind::<BigInt, _>(head.number)
    .bind::<Binary, _>(head.hash.as_slice())
    .bind::<BigInt, _>(head.recorded_at.micros())
    .bind::<BigInt, _>(filling.bank.0)
    .execute(conn)?;
    Ok(())
}

/// Rows in the binary format of COPY.
struct Rows(Vec<u8>);

impl Rows {
    fn new() -> Self {
        let mut bytes = b"PGCOPY\n\xff\r\n\0".to_vec();
        // Neither flags nor an extension of the header.
        bytes.extend_from_slice(&[0; 8]);
        Rows(bytes)
    }

    fn row(&mut self, fields: i16) {
        self.0.extend_from_slice(&fields.to_be_bytes());
    }

    fn field(&mut self, bytes: &[u8]) {
        // None of our fields comes near the limit.
        self.0.extend_from_slice(&i32::try_from(bytes.len()).unwrap_or(i32::MAX).to_be_bytes());
        self.0.extend_from_slice(bytes);
    }

    fn number(&mut self, number: i64) {
        self.field(&number.to_be_bytes());
    }

    fn moment(&mut self, moment: Moment) {
        self.number(moment.micros().saturating_sub(MICROS_TO_2000));
    }

    fn day(&mut self, day: Day) {
        self.field(&day.number().saturating_sub(DAYS_TO_2000).to_be_bytes());
    }

    fn write_to(&self, out: &mut dyn Write) -> Result<(), Error> {
        const END: [u8; 2] = (-1_i16).to_be_bytes();
        let mut pieces = self.0.chunks(PIECE).chain([END.as_slice()]);
        pieces.try_for_each(|piece| out.write_all(piece)).map_err(|error| Error::Fault(error.to_string()))
    }
}
