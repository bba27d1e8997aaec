//! Writes a generated ledger into PostgreSQL by COPY, in one transaction; the indexes are created afterwards.

use super::transfers::{Generated, Generator, KIND, METADATA, Sums};
use super::{SeedData, generated_ahead};
use crate::goals::baseline::DatabaseError;
use diesel::connection::SimpleConnection;
use diesel::pg::CopyFormat;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use jianxian::domain::id::Id;
use jianxian::domain::time::{Day, Moment};
use jianxian::store::schema::{accounts, entries, heads, postings};
use std::io::Write;

diesel::table! {
    /// What the entries add to the accounts' day totals, until it is merged.
    seed_days (account_id, day) {
        account_id -> Uuid,
        day -> Date,
        debits -> BigInt,
        credits -> BigInt,
    }
}

/// Days from 1970, our epoch, to 2000, PostgreSQL's.
const DAYS_TO_2000: i32 = 10_957;
const MICROS_TO_2000: i64 = 10_957 * 86_400 * 1_000_000;

/// Bytes per piece sent to the server.
const PIECE: usize = 65_536;

const MERGE_DAYS: &str = "
    INSERT INTO day_totals (bank_id, account_id, day, debits, credits)
        SELECT $1, account_id, day, debits, credits FROM seed_days ORDER BY account_id, day
        ON CONFLICT (bank_id, account_id, day) DO UPDATE
        SET debits = day_totals.debits + excluded.debits, credits = day_totals.credits + excluded.credits";
const MERGE_ACCOUNTS: &str = "
    UPDATE accounts SET debits_posted = debits_posted + added.debits, credits_posted = credits_posted + added.credits
        FROM (SELECT account_id, sum(debits)::bigint AS debits, sum(credits)::bigint AS credits
            FROM seed_days GROUP BY account_id) AS added
        WHERE accounts.bank_id = $1 AND accounts.id = added.account_id";

#[derive(QueryableByName)]
struct Index {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    definition: String,
}

/// Appends the entries to the bank in the schema behind `url`.
pub fn write(url: &str, seed: &SeedData) -> Result<(), DatabaseError> {
    let mut conn = PgConnection::establish(url)?;
    conn.transaction(|conn| write_all(conn, seed))?;
    // Updates the planner's statistics, and sets hint bits so that the first readers need not.
    conn.batch_execute("VACUUM (ANALYZE) entries, postings, day_totals, accounts")?;
    // Flushes now, not in the middle of the next measurement. Only some roles may do so; it is not an error without.
    if let Err(error) = conn.batch_execute("CHECKPOINT") {
        tracing::debug!("no checkpoint after the seed data: {error}");
    }
    Ok(())
}

fn write_all(conn: &mut PgConnection, seed: &SeedData) -> Result<(), DatabaseError> {
    let generator = Generator::new(seed, &sums!(conn, seed.bank));
    let generator = generator.ok_or(DatabaseError::Broken("an account is not there"))?;
    let indexes: Vec<Index> = diesel::sql_query(
        "SELECT indexrelid::regclass::text AS name, pg_get_indexdef(indexrelid) AS definition FROM pg_index \
         WHERE indrelid IN ('entries'::regclass, 'postings'::regclass, 'day_totals'::regclass) AND NOT indisprimary",
    )
    .load(conn)?;
    for index in &indexes {
        conn.batch_execute(&format!("DROP INDEX {}", index.name))?;
    }
    let generator = generated_ahead(generator, seed.entries, |chunk| copy(conn, seed, chunk))?;
    settle(conn, seed, &generator)?;
    conn.batch_execute("SET LOCAL maintenance_work_mem = '512MB'")?;
    for index in &indexes {
        conn.batch_execute(&index.definition)?;
    }
    Ok(())
}

/// Writes a chunk of entries and their postings.
fn copy(conn: &mut PgConnection, seed: &SeedData, chunk: &[Generated]) -> Result<(), DatabaseError> {
    let (mut rows, mut legs) = (Rows::new(), Rows::new());
    for made in chunk {
        rows.row(9);
        rows.number(seed.bank.0);
        rows.number(made.number);
        rows.field(KIND.as_str().as_bytes());
        rows.moment(made.effective_at);
        rows.moment(made.recorded_at);
        rows.field(seed.actor.bytes());
        rows.field(METADATA.as_bytes());
        rows.field(&made.hash);
        rows.field(b"");
        let posting = &made.posting;
        legs.row(8);
        legs.number(seed.bank.0);
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
        entries::answer_digest,
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

/// Writes the totals of the entries.
fn settle(conn: &mut PgConnection, seed: &SeedData, generator: &Generator) -> Result<(), DatabaseError> {
    conn.batch_execute(
        "CREATE TEMP TABLE seed_days (account_id UUID, day DATE, debits BIGINT, credits BIGINT) ON COMMIT DROP",
    )?;
    for some in generator.days().chunks(super::CHUNK) {
        let mut rows = Rows::new();
        for (account, day, sums) in some {
            rows.row(4);
            rows.field(account.bytes());
            rows.day(*day);
            rows.number(sums.debits);
            rows.number(sums.credits);
        }
        diesel::copy_from(seed_days::table)
            .from_raw_data(seed_days::table, |out| rows.write_to(out))
            .with_format(CopyFormat::Binary)
            .execute(conn)?;
    }
    for merge in [MERGE_DAYS, MERGE_ACCOUNTS] {
        diesel::sql_query(merge).bind::<BigInt, _>(seed.bank.0).execute(conn)?;
    }
    move_head!(conn, seed.bank, generator, seed.head.number)
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
        // No field is near the limit.
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

    fn write_to(&self, out: &mut dyn Write) -> Result<(), DatabaseError> {
        const END: [u8; 2] = (-1_i16).to_be_bytes();
        let mut pieces = self.0.chunks(PIECE).chain([END.as_slice()]);
        pieces.try_for_each(|piece| out.write_all(piece)).map_err(DatabaseError::from)
    }
}
