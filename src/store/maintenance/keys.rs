//! The secret keys of the banks: their ids, and sealing everything again with a new key.

use crate::domain::id::{BankId, Id};
use crate::domain::time::Moment;
use crate::ledger::Answer;
use crate::store::connection::AnyConnection;
use crate::store::connection::{Database, OpenError, Upgrade, Use};
use crate::store::schema::{
    answers, bank_keys, banks, certificates, members, message_choices, second_factors, webhooks,
};
use crate::store::writer::rows::{json, json_text};
use crate::store::{Error, Store};
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use std::collections::BTreeMap;

/// Rows that are sealed again at a time.
const PAGE: i64 = 500;

/// A text that was sealed anew, with its hashes by kind.
#[derive(Clone, Debug)]
pub struct Renewed {
    pub sealed: Vec<u8>,
    pub hashes: BTreeMap<&'static str, Vec<u8>>,
}

/// Seals one text anew: its kind, the kinds of its search hashes, its bank and row, and the sealed text.
pub type Renew<'r> = dyn Fn(&str, &[&'static str], BankId, Id, &[u8]) -> Result<Renewed, String> + 'r;

/// Why the keys of a database were not changed. Nothing in it was.
#[derive(Debug, thiserror::Error)]
pub enum RotationError {
    #[error("{0}")]
    Open(#[from] OpenError),
    /// A server or another program has the database open.
    #[error("{0} is in use")]
    InUse(String),
    #[error("{0}")]
    Store(#[from] Error),
    #[error("{0}")]
    Sealed(String),
}

impl From<diesel::result::Error> for RotationError {
    fn from(error: diesel::result::Error) -> Self {
        RotationError::Store(error.into())
    }
}

/// Declares the sealed columns and their search hashes: `table.column as kind { hash: kind, … }`. A column that is
/// missing here is not sealed again when the key changes; a test compares the list with the schema.
macro_rules! sealed_columns {
    ($($table:ident . $sealed:ident as $kind:literal { $($hash:ident: $searched:literal),* $(,)? })+) => {
        /// Table, sealed column, and its hashes.
        pub const SEALED: &[(&str, &str, &[&str])] =
            &[$((stringify!($table), stringify!($sealed), &[$(stringify!($hash)),*])),+];

        fn renew_all(conn: &mut AnyConnection, bank: BankId, renew: &Renew<'_>) -> Result<u64, RotationError> {
            let mut count: u64 = 0;
            $(
                let mut after = None;
                loop {
                    let rows = $table::table
                        .filter($table::bank_id.eq(bank).and($table::$sealed.is_not_null()))
                        .filter($table::id.gt(after.unwrap_or(Id(uuid::Uuid::nil()))))
                        .order($table::id)
                        .limit(PAGE)
                        .select(($table::id, $table::$sealed));
                    let rows: Vec<(Id, Option<Vec<u8>>)> = rows.load(conn)?;
                    let Some((last, _)) = rows.last() else { break };
                    after = Some(*last);
                    for (id, blob) in rows {
                        let blob = blob.unwrap_or_default();
                        let renewed = renew($kind, &[$($searched),*], bank, id, &blob).map_err(|why| {
                            RotationError::Sealed(format!("{} {id}: {why}", stringify!($table)))
                        })?;
                        diesel::update($table::table.find((bank, id)))
                            .set(($table::$sealed.eq(&renewed.sealed), $($table::$hash.eq(renewed.hashes.get($searched)),)*))
                            .execute(conn)?;
                        count = count.saturating_add(1);
                    }
                }
            )+
            Ok(count.saturating_add(renew_answers(conn, bank, renew)?))
        }
    };
}

/// A LIKE pattern for sealed answers.
const SEALED_ANSWER: &str = "{\"sealed\":%";

/// Seals the sealed stored answers (`Answer::Sealed`) with the new key.
fn renew_answers(conn: &mut AnyConnection, bank: BankId, renew: &Renew<'_>) -> Result<u64, RotationError> {
    let (mut count, mut last) = (0_u64, (String::new(), Id::SYSTEM));
    loop {
        let (key, user) = last.clone();
        let beyond = answers::idempotency_key
            .gt(key.clone())
            .or(answers::idempotency_key.eq(key).and(answers::user_id.gt(user)));
        let rows = answers::table
            .filter(answers::bank_id.eq(bank).and(beyond).and(answers::answer.like(SEALED_ANSWER)))
            .order((answers::idempotency_key, answers::user_id))
            .limit(PAGE)
            .select((answers::idempotency_key, answers::user_id, answers::answer));
        let rows: Vec<(String, Id, String)> = rows.load(conn)?;
        for (key, user, answer) in &rows {
            let Answer::Sealed(blob) = json("answer", answer)? else { continue };
            let renewed = hex::decode(blob).map_err(|error| error.to_string());
            let renewed = renewed.and_then(|blob| renew("answer", &[], bank, *user, &blob));
            let renewed =
                renewed.map_err(|why| RotationError::Sealed(format!("answers {user} {key}: {why}")))?;
            diesel::update(answers::table.find((bank, key, *user)))
                .set(answers::answer.eq(json_text(&Answer::Sealed(hex::encode(renewed.sealed)))))
                .execute(conn)?;
            count = count.saturating_add(1);
        }
        match rows.into_iter().next_back() {
            Some((key, user, _)) => last = (key, user),
            None => return Ok(count),
        }
    }
}

sealed_columns! {
    members.phone_sealed as "phone" { phone_hash: "phone", phone_tail_hash: "phone_tail" }
    members.id_number_sealed as "id_number" { id_number_hash: "id_number" }
    message_choices.mail_sealed as "mail" {}
    webhooks.secret_sealed as "hook_secret" {}
    second_factors.secret_sealed as "second_factor" {}
    certificates.code_sealed as "certificate_code" {}
}

/// A database locked for this program alone, in a transaction that ends with this value.
pub struct Alone {
    conn: AnyConnection,
}

impl Alone {
    /// Locks the database for this program alone, or reports that it is in use.
    pub fn with(database: &Database) -> Result<Self, RotationError> {
        let mut conn = database.prepare(Upgrade::No, Use::Write { durable: true })?;
        let taken = match &mut conn {
            // Every connection in WAL mode holds a shared lock on the file.
            AnyConnection::Sqlite(conn) => conn.batch_execute(
                "PRAGMA busy_timeout = 1000; PRAGMA locking_mode = EXCLUSIVE; BEGIN IMMEDIATE;",
            ),
            #[cfg(feature = "postgres")]
            AnyConnection::Postgres(conn) => take_server(conn),
        };
        match taken {
            Ok(()) => Ok(Alone { conn }),
            Err(error)
                if error.to_string().contains("locked") || error.to_string().contains("lock timeout") =>
            {
                Err(RotationError::InUse(database.to_string()))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// The ids of the keys that its banks were made with.
    pub fn noted(&mut self) -> Result<Vec<String>, RotationError> {
        Ok(noted(&mut self.conn)?)
    }

    /// Seals everything anew, stores the id of the one key for every bank, and commits; returns how much was sealed.
    pub fn renew(&mut self, now: Moment, key_id: &str, renew: &Renew<'_>) -> Result<u64, RotationError> {
        let all = crate::store::banks::all(&mut self.conn)?;
        let mut sealed: u64 = 0;
        for bank in all {
            sealed = sealed.saturating_add(renew_all(&mut self.conn, bank.id, renew)?);
            diesel::delete(bank_keys::table.filter(bank_keys::bank_id.eq(bank.id)))
                .execute(&mut self.conn)?;
            diesel::insert_into(bank_keys::table)
                .values((
                    bank_keys::bank_id.eq(bank.id),
                    bank_keys::key_id.eq(key_id),
                    bank_keys::noted_at.eq(now),
                ))
                .execute(&mut self.conn)?;
        }
        self.conn.batch_execute("COMMIT;")?;
        Ok(sealed)
    }
}

impl Drop for Alone {
    fn drop(&mut self) {
        // Rolls back what was not committed; the last connection of a file closes it.
        let _undone = self.conn.batch_execute("ROLLBACK;");
        if let Err(error) = crate::store::connection::close(&mut self.conn, true) {
            tracing::warn!(%error, "the database could not be closed in order");
        }
    }
}

/// A starting server reads the stored key ids first, and waits here; a running one has connections.
#[cfg(feature = "postgres")]
fn take_server(conn: &mut diesel::pg::PgConnection) -> QueryResult<()> {
    #[derive(QueryableByName)]
    struct Others {
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        n: i64,
    }
    conn.batch_execute("SET lock_timeout = '2s'; BEGIN; LOCK TABLE bank_keys IN ACCESS EXCLUSIVE MODE;")?;
    let others = diesel::sql_query(
        "SELECT count(*) AS n FROM pg_stat_activity WHERE datname = current_database() \
         AND backend_type = 'client backend' AND pid <> pg_backend_pid()",
    );
    match others.get_result::<Others>(conn)?.n {
        0 => Ok(()),
        _ => Err(diesel::result::Error::QueryBuilderError("the database is locked by others".into())),
    }
}

/// The ids of all keys that any bank behind a connection was made with.
pub(in crate::store) fn noted(conn: &mut AnyConnection) -> Result<Vec<String>, Error> {
    let ids = bank_keys::table.select(bank_keys::key_id).distinct().order(bank_keys::key_id);
    Ok(ids.load(conn)?)
}

impl Store {
    /// The ids of all keys that any bank of this database was made with, in order.
    pub async fn key_ids(&self) -> Result<Vec<String>, Error> {
        self.read_raw(|reader, _| reader.look(noted)).await
    }

    /// Stores for every bank which keys it is made with; existing ids stay.
    pub async fn note_keys(&self, key_ids: Vec<String>) -> Result<(), Error> {
        for bank in self.banks().await? {
            let key_ids = key_ids.clone();
            self.write(bank.id, move |tables| {
                // Another server may have created keys concurrently: the first ids stored win.
                let noted: Vec<String> = bank_keys::table
                    .filter(bank_keys::bank_id.eq(tables.bank))
                    .select(bank_keys::key_id)
                    .load(tables.conn)?;
                if noted.iter().any(|noted| !key_ids.contains(noted)) {
                    return Ok(());
                }
                for key_id in &key_ids {
                    let noted = bank_keys::table.find((tables.bank, key_id));
                    if diesel::select(diesel::dsl::exists(noted)).get_result(tables.conn)? {
                        continue;
                    }
                    diesel::insert_into(bank_keys::table)
                        .values((
                            bank_keys::bank_id.eq(tables.bank),
                            bank_keys::key_id.eq(key_id),
                            bank_keys::noted_at.eq(tables.now),
                        ))
                        .execute(tables.conn)?;
                }
                Ok(())
            })
            .await?;
        }
        Ok(())
    }

    /// Whether the database has this bank.
    pub async fn has_bank(&self, bank: BankId) -> Result<bool, Error> {
        self.read_raw(move |reader, _| {
            reader.look(|conn| {
                Ok(diesel::select(diesel::dsl::exists(banks::table.find(bank))).get_result(conn)?)
            })
        })
        .await
    }
}
