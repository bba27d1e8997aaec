//! Opening SQLite: durability settings of every connection, migrations, and the checks at start.

use super::fills;
use super::log::{LOCK_WAIT_MILLISECONDS, note_at_work, read_only, roll_back};
use super::private::keep_private;
use super::query::{name, number};
use super::{OpenError, Upgrade, Use};
use crate::store::error::Error;
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::Text;
use diesel::sqlite::SqliteConnection;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};
use std::path::Path;

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../../migrations/sqlite");

/// `application_id` of our files ("jxbk").
const APPLICATION_ID: i64 = 0x6a78_626b;
/// `application_id` of an unfinished copy ("jxcp").
const COPY_ID: i64 = 0x6a78_6370;

/// Statistics for SQLite's planner, which it cannot have for an empty database: a bank has all rows of a table, and
/// every further column of a key narrows them to a few. Without them any index that begins with the bank seems as
/// good as another, and it scans the whole bank.
const PLANNING: &str = r#"
ANALYZE;
DELETE FROM sqlite_stat1;
INSERT INTO sqlite_stat1 (tbl, idx, stat)
SELECT t.name, CASE WHEN t.wr AND i.origin = 'pk' THEN t.name ELSE i.name END, '1000000' || (
    SELECT group_concat(CASE WHEN c.seqno = 0 THEN ' 1000000'
        WHEN i."unique" AND c.seqno = (SELECT max(seqno) FROM pragma_index_info(i.name)) THEN ' 1'
        ELSE ' ' || max(40 / c.seqno, 2) END, '') FROM pragma_index_info(i.name) AS c)
FROM pragma_table_list AS t JOIN pragma_index_list(t.name) AS i
WHERE t.schema = 'main' AND t.type = 'table' AND t.name NOT GLOB 'sqlite_*' AND t.name NOT GLOB '__*';
ANALYZE sqlite_schema;
"#;

#[derive(QueryableByName)]
struct Word {
    #[diesel(sql_type = Text)]
    t: String,
}

const ID: &str = "SELECT application_id AS n FROM pragma_application_id";
const TABLES: &str = "SELECT count(*) AS n FROM sqlite_schema";
const MIGRATED: &str = "SELECT count(*) AS n FROM sqlite_schema WHERE name = '__diesel_schema_migrations'";
const STATISTICS: &str = "SELECT count(*) AS n FROM sqlite_schema WHERE name = 'sqlite_stat1'";

/// The fingerprint on a file that is an unfinished copy.
pub fn unfinished(conn: &mut SqliteConnection) -> Result<Option<i32>, Error> {
    if number(conn, ID)? != COPY_ID {
        return Ok(None);
    }
    let note = number(conn, "SELECT user_version AS n FROM pragma_user_version")?;
    Ok(Some(i32::try_from(note).unwrap_or(0)))
}

/// Marks the file as an unfinished copy, with a fingerprint; or as a bank.
pub fn mark(conn: &mut SqliteConnection, unfinished: Option<i32>) -> Result<(), Error> {
    let (id, note) = unfinished.map_or((APPLICATION_ID, 0), |note| (COPY_ID, note));
    conn.batch_execute(&format!(
        "BEGIN IMMEDIATE; PRAGMA application_id = {id}; PRAGMA user_version = {note}; COMMIT;"
    ))?;
    Ok(())
}

/// A number that changes when another connection writes to the file.
pub fn data_version(conn: &mut SqliteConnection) -> Result<i64, Error> {
    Ok(number(conn, "SELECT data_version AS n FROM pragma_data_version")?)
}

/// Removes a database with its log. SQLite ignores a log without its file.
pub fn remove(file: &Path) -> Result<(), OpenError> {
    for ending in ["", "-wal", "-shm"] {
        let mut path = file.as_os_str().to_owned();
        path.push(ending);
        match std::fs::remove_file(&path) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(OpenError::Unusable(name(file), error.to_string()));
            }
            _ => {}
        }
    }
    Ok(())
}

/// Opens a connection, sets what durability depends on, and checks it.
pub fn connect(file: &Path, purpose: Use) -> Result<SqliteConnection, OpenError> {
    let unusable = |error: &dyn std::fmt::Display| sort_out(file, &error.to_string());
    keep_private(file).map_err(|e| unusable(&e))?;
    let address = match purpose {
        Use::Read => {
            roll_back(file);
            read_only(file)
        }
        Use::Write { .. } | Use::Fill => file.to_string_lossy().into_owned(),
    };
    let mut conn = SqliteConnection::establish(&address).map_err(|e| unusable(&e))?;
    set_up(&mut conn, purpose).map_err(|e| unusable(&e))?;
    let held =
        number(&mut conn, "SELECT synchronous AS n FROM pragma_synchronous").map_err(|e| unusable(&e))?;
    if purpose != (Use::Write { durable: false }) && held != 2 {
        return Err(OpenError::Unusable(name(file), "synchronous=FULL was not accepted".into()));
    }
    let mode =
        diesel::sql_query("SELECT journal_mode AS t FROM pragma_journal_mode").get_result::<Word>(&mut conn);
    // A closed file has no log; reading it needs none.
    if mode.map_err(|e| unusable(&e))?.t != "wal" && purpose != Use::Read {
        return Err(OpenError::Unusable(name(file), "write-ahead logging was not accepted".into()));
    }
    Ok(conn)
}

/// The settings of every connection.
pub fn set_up(conn: &mut SqliteConnection, purpose: Use) -> QueryResult<()> {
    let cache_kib = if purpose == Use::Read { 8 * 1024 } else { 64 * 1024 };
    let synchronous = if purpose == (Use::Write { durable: false }) { "OFF" } else { "FULL" };
    let mode = if purpose == Use::Read { "PRAGMA query_only = ON;" } else { "PRAGMA journal_mode = WAL;" };
    conn.batch_execute(&format!(
        "PRAGMA busy_timeout = {LOCK_WAIT_MILLISECONDS}; {mode} PRAGMA synchronous = {synchronous}; \
         PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON; PRAGMA cache_size = -{cache_kib}; \
         PRAGMA wal_autocheckpoint = 0; PRAGMA temp_store = MEMORY;"
    ))
}

/// Sets the page cache of the connection.
pub fn keep_pages(conn: &mut SqliteConnection, kib: u32) -> QueryResult<()> {
    conn.batch_execute(&format!("PRAGMA cache_size = -{kib};"))
}

/// Writes a consistent copy of the database to a file that must not exist yet.
pub fn copy_into(conn: &mut SqliteConnection, to: &Path) -> Result<(), Error> {
    // "query_only" would forbid VACUUM INTO, which writes to the other file only.
    conn.batch_execute("PRAGMA query_only = OFF;")?;
    // VACUUM INTO accepts an empty file and keeps its mode.
    keep_private(to).map_err(|error| Error::Fault(format!("{}: {error}", to.display())))?;
    diesel::sql_query("VACUUM INTO ?").bind::<Text, _>(to.to_string_lossy().into_owned()).execute(conn)?;
    Ok(())
}

fn sort_out(file: &Path, text: &str) -> OpenError {
    if text.contains("not a database") {
        OpenError::Foreign(name(file))
    } else if text.contains("malformed") {
        OpenError::Damaged(name(file), text.to_owned())
    } else {
        OpenError::Unusable(name(file), text.to_owned())
    }
}

/// Checks that the file is ours and readable, and migrates its schema.
pub fn prepare(file: &Path, upgrade: Upgrade, purpose: Use) -> Result<SqliteConnection, OpenError> {
    let fresh = !file.exists() || file.metadata().is_ok_and(|m| m.len() == 0);
    if fresh && upgrade == Upgrade::No {
        return Err(OpenError::Missing(name(file)));
    }
    if !fresh {
        check_header(file)?;
    }
    let mut conn = connect(file, purpose)?;
    let unusable = |error: &dyn std::fmt::Display| sort_out(file, &error.to_string());
    let id = number(&mut conn, ID).map_err(|e| unusable(&e))?;
    // A program that was killed while it created a database leaves a file without tables.
    let fresh = fresh || (id == 0 && number(&mut conn, TABLES).map_err(|e| unusable(&e))? == 0);
    match id {
        _ if fresh && upgrade == Upgrade::No => return Err(OpenError::Missing(name(file))),
        // Marked before it has tables: an interrupted creation then counts as an older schema.
        _ if fresh => {
            let mark = format!("PRAGMA application_id = {APPLICATION_ID};");
            conn.batch_execute(&mark).map_err(|e| unusable(&e))?;
        }
        APPLICATION_ID => {}
        COPY_ID if purpose == Use::Fill => {}
        COPY_ID => return Err(OpenError::Unfinished(name(file))),
        _ => return Err(OpenError::Foreign(name(file))),
    }
    // Killed before its first table. Diesel creates the table of migrations when it reads it, which a read-only
    // connection cannot do.
    if upgrade == Upgrade::No && number(&mut conn, MIGRATED).map_err(|e| unusable(&e))? == 0 {
        return Err(OpenError::Older(name(file)));
    }
    let known: Vec<String> =
        diesel::migration::MigrationSource::<diesel::sqlite::Sqlite>::migrations(&MIGRATIONS)
            .map_err(|e| unusable(&e))?
            .iter()
            .map(|m| m.name().version().to_string())
            .collect();
    if !fresh {
        let applied = conn.applied_migrations().map_err(|e| unusable(&e))?;
        if let Some(newer) = applied.iter().map(ToString::to_string).find(|v| !known.contains(v)) {
            return Err(OpenError::Newer(name(file), newer));
        }
    }
    let pending = conn.has_pending_migration(MIGRATIONS).map_err(|e| unusable(&e))?;
    if pending && upgrade == Upgrade::No {
        return Err(OpenError::Older(name(file)));
    }
    if pending {
        let keyed = conn.applied_migrations().map_err(|e| unusable(&e))?;
        let keyed = keyed.iter().any(|version| version.to_string() == super::KEYS);
        conn.run_pending_migrations(MIGRATIONS).map_err(|e| unusable(&e))?;
        if !keyed {
            conn.transaction(fills::fill_sqlite).map_err(|e| unusable(&e))?;
        }
    }
    if matches!(purpose, Use::Write { .. }) && id != COPY_ID {
        note_at_work(&mut conn).map_err(|e| unusable(&e))?;
    }
    // Written last: a crash before this point leaves only the statistics to redo.
    let has_statistics = number(&mut conn, STATISTICS).map_err(|e| unusable(&e))? > 0;
    if pending || (!has_statistics && upgrade == Upgrade::Yes) {
        conn.batch_execute(PLANNING).map_err(|e| unusable(&e))?;
    }
    Ok(conn)
}

/// The first bytes of every SQLite file; anything else is not opened at all, so that it stays untouched.
fn check_header(file: &Path) -> Result<(), OpenError> {
    use std::io::Read;
    let mut header = [0_u8; 16];
    let mut opened =
        std::fs::File::open(file).map_err(|error| OpenError::Unusable(name(file), error.to_string()))?;
    let read = opened.read(&mut header).map_err(|e| OpenError::Unusable(name(file), e.to_string()))?;
    if read < 16 || &header != b"SQLite format 3\0" {
        return Err(OpenError::Foreign(name(file)));
    }
    Ok(())
}

#[derive(QueryableByName)]
struct Rule {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Text)]
    sql: String,
    /// The columns of the key, as text with a blank between.
    #[diesel(sql_type = Text)]
    key: String,
}

/// The first row that violates a CHECK of its table, and the rule: SQLite's own check names the table only. Skips the
/// tables whose rows are compared with the entries.
pub fn row_that_breaks_a_rule(conn: &mut SqliteConnection) -> Result<Option<(String, String)>, Error> {
    let tables: Vec<Rule> = diesel::sql_query(
        "SELECT t.name AS name, t.sql AS sql, (SELECT group_concat('CASE typeof(' || c.name || ') WHEN ''blob'' THEN \
         lower(hex(' || c.name || ')) ELSE ' || c.name || ' END', ' || '' '' || ') \
         FROM pragma_table_info(t.name) AS c WHERE c.pk > 0) AS key \
         FROM sqlite_schema AS t WHERE t.type = 'table' AND t.sql LIKE '%CHECK%' AND t.name NOT IN \
         ('entries', 'postings', 'accounts', 'lots', 'holds', 'counters', 'day_totals') ORDER BY t.name",
    )
    .load(conn)?;
    for Rule { name, sql, key } in tables {
        for check in checks(&sql) {
            let query = format!("SELECT {key} AS t FROM {name} WHERE NOT ({check}) LIMIT 1");
            if let Some(row) = diesel::sql_query(query).get_result::<Word>(conn).optional()? {
                return Ok(Some((format!("{name} {}", row.t), check.to_owned())));
            }
        }
    }
    Ok(None)
}

/// The conditions of all CHECKs in a CREATE TABLE statement.
fn checks(sql: &str) -> Vec<&str> {
    let mut found = Vec::new();
    for (_, after) in sql.match_indices("CHECK (").filter_map(|(at, _)| sql.split_at_checked(at + 7)) {
        let mut depth = 1_i32;
        let end = after.find(|sign| {
            depth += match sign {
                '(' => 1,
                ')' => -1,
                _ => 0,
            };
            depth == 0
        });
        found.extend(end.and_then(|end| after.get(..end)));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(QueryableByName)]
    struct Index {
        #[diesel(sql_type = Text)]
        name: String,
        #[diesel(sql_type = Text)]
        tbl: String,
        #[diesel(sql_type = Text)]
        columns: String,
        #[diesel(sql_type = Text)]
        text: String,
    }

    #[derive(QueryableByName)]
    struct Step {
        #[diesel(sql_type = Text)]
        detail: String,
    }

    #[test]
    fn what_an_index_is_made_for_is_never_looked_for_in_the_whole_bank() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("bank.db");
        prepare(&file, Upgrade::Yes, Use::Write { durable: true }).unwrap();
        let mut conn = connect(&file, Use::Read).unwrap();
        let indexes = diesel::sql_query(
            "SELECT s.name, s.tbl_name AS tbl, s.sql AS text, (SELECT group_concat(c.name || ' = ?1', ' AND ') \
             FROM pragma_index_info(s.name) AS c) AS columns \
             FROM sqlite_schema AS s WHERE s.type = 'index' AND s.sql IS NOT NULL",
        );
        let indexes: Vec<Index> = indexes.load(&mut conn).unwrap();
        assert!(indexes.len() > 40, "{}", indexes.len());
        for Index { name, tbl, columns, text } in indexes {
            let partial = text.split_once(" WHERE ").map(|(_, condition)| format!(" AND {condition}"));
            let partial = partial.unwrap_or_default();
            let query = format!("EXPLAIN QUERY PLAN SELECT * FROM {tbl} WHERE {columns}{partial}");
            let steps: Vec<Step> =
                diesel::sql_query(&query).bind::<diesel::sql_types::BigInt, _>(1).load(&mut conn).unwrap();
            let whole = |step: &Step| step.detail.contains("SCAN") || step.detail.contains("(bank_id=?)");
            let plan: Vec<_> = steps.iter().map(|step| step.detail.as_str()).collect();
            assert!(!steps.iter().any(whole), "{name}: {query}: {plan:?}");
        }
    }
}
