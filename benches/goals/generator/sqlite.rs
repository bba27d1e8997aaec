//! Writes a generated ledger into a SQLite file: rows in the order of their keys, the other indexes created
//! afterwards.

use super::transfers::{Generated, Generator, KIND, METADATA, Sums};
use super::{SeedData, generated_ahead};
use crate::goals::baseline::DatabaseError;
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::Text;
use diesel::sqlite::SqliteConnection;
use jianxian::domain::id::Id;
use jianxian::store::schema::{accounts, day_totals, entries, heads, postings};
use std::path::Path;
use std::time::Duration;

/// Every page is written only once; a failure leaves nothing usable.
const FAST: &str = "PRAGMA journal_mode = DELETE; PRAGMA journal_mode = OFF; PRAGMA locking_mode = EXCLUSIVE;
    PRAGMA synchronous = OFF; PRAGMA cache_size = -262144; PRAGMA temp_store = FILE; PRAGMA threads = 2;";
const USUAL: &str = "PRAGMA locking_mode = NORMAL; PRAGMA journal_mode = DELETE;";

/// Dropping an index drops its planner statistics.
const KEEP_PLANNING: &str = "CREATE TEMP TABLE planning AS SELECT * FROM sqlite_stat1;";
const RESTORE_STATISTICS: &str = "DELETE FROM sqlite_stat1; INSERT INTO sqlite_stat1 SELECT * FROM planning; DROP TABLE planning; ANALYZE sqlite_schema;";

#[derive(QueryableByName)]
struct Index {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    definition: String,
}

/// Appends the entries to the bank in `file`, which no other connection has open.
pub fn write(file: &Path, seed: &SeedData) -> Result<(), DatabaseError> {
    let mut conn = SqliteConnection::establish(&file.to_string_lossy())?;
    alone(&mut conn)?;
    let generator = Generator::new(seed, &sums!(&mut conn, seed.bank));
    let generator = generator.ok_or(DatabaseError::Broken("an account is not there"))?;
    conn.batch_execute(KEEP_PLANNING)?;
    let indexes: Vec<Index> = diesel::sql_query(
        "SELECT name, sql AS definition FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL \
         AND tbl_name IN ('entries', 'postings', 'day_totals')",
    )
    .load(&mut conn)?;
    for index in &indexes {
        conn.batch_execute(&format!("DROP INDEX \"{}\"", index.name))?;
    }
    let generator = generated_ahead(generator, seed.entries, |chunk| {
        conn.transaction(|conn| chunk.iter().try_for_each(|made| insert(conn, seed, made)))
    })?;
    conn.transaction(|conn| settle(conn, seed, &generator))?;
    for index in &indexes {
        conn.batch_execute(&index.definition)?;
    }
    conn.batch_execute(RESTORE_STATISTICS)?;
    conn.batch_execute(USUAL)?;
    drop(conn);
    std::fs::File::open(file)?.sync_all()?;
    Ok(())
}

/// Locks the file exclusively. Readers of a store that has ended may still be closing it.
fn alone(conn: &mut SqliteConnection) -> Result<(), DatabaseError> {
    let mut patience = 200;
    loop {
        match conn.batch_execute(FAST) {
            Err(error) if patience > 0 && error.to_string().contains("locked") => {
                patience -= 1;
                std::thread::sleep(Duration::from_millis(25));
            }
            taken => return Ok(taken?),
        }
    }
}

fn insert(conn: &mut SqliteConnection, seed: &SeedData, made: &Generated) -> Result<(), DatabaseError> {
    let entry = (
        entries::bank_id.eq(seed.bank),
        entries::number.eq(made.number),
        entries::kind.eq(KIND.as_str()),
        entries::effective_at.eq(made.effective_at),
        entries::recorded_at.eq(made.recorded_at),
        entries::actor_id.eq(seed.actor),
        entries::metadata.eq(METADATA),
        entries::hash.eq(made.hash.as_slice()),
        entries::answer_digest.eq(Some(b"".as_slice())),
    );
    diesel::insert_into(entries::table).values(entry).execute(conn)?;
    let posting = &made.posting;
    let leg = (
        postings::bank_id.eq(seed.bank),
        postings::entry_number.eq(made.number),
        postings::leg.eq(0),
        postings::debit_account_id.eq(posting.debit),
        postings::credit_account_id.eq(posting.credit),
        postings::amount.eq(posting.amount),
        postings::debit_balance.eq(posting.debit_balance),
        postings::credit_balance.eq(posting.credit_balance),
    );
    diesel::insert_into(postings::table).values(leg).execute(conn)?;
    Ok(())
}

/// Writes the totals of the entries.
fn settle(conn: &mut SqliteConnection, seed: &SeedData, generator: &Generator) -> Result<(), DatabaseError> {
    let bank = seed.bank;
    for (id, sums) in generator.accounts() {
        diesel::update(accounts::table.find((bank, id)))
            .set((accounts::debits_posted.eq(sums.debits), accounts::credits_posted.eq(sums.credits)))
            .execute(conn)?;
    }
    for (id, day, sums) in generator.days() {
        let row = (
            day_totals::bank_id.eq(bank),
            day_totals::account_id.eq(id),
            day_totals::day.eq(day),
            day_totals::debits.eq(sums.debits),
            day_totals::credits.eq(sums.credits),
        );
        diesel::insert_into(day_totals::table)
            .values(row)
            .on_conflict((day_totals::bank_id, day_totals::account_id, day_totals::day))
            .do_update()
            .set((
                day_totals::debits.eq(day_totals::debits + sums.debits),
                day_totals::credits.eq(day_totals::credits + sums.credits),
            ))
            .execute(conn)?;
    }
    move_head!(conn, bank, generator, seed.head.number)
}
