//! The ids of the secret keys with which the banks were made.

use super::connection::AnyConnection;
use super::schema::{bank_keys, banks};
use super::{Error, Store};
use crate::domain::id::BankId;
use diesel::prelude::*;

/// The ids of all keys that any bank behind a connection was made with.
pub(super) fn noted(conn: &mut AnyConnection) -> Result<Vec<String>, Error> {
    let ids = bank_keys::table.select(bank_keys::key_id).distinct().order(bank_keys::key_id);
    Ok(ids.load(conn)?)
}

impl Store {
    /// The ids of all keys that any bank of this database was made with, in order.
    pub async fn key_ids(&self) -> Result<Vec<String>, Error> {
        self.read_raw(|reader, _| reader.look(noted)).await
    }

    /// Notes for every bank which keys it is made with; what is noted already stays.
    pub async fn note_keys(&self, key_ids: Vec<String>) -> Result<(), Error> {
        for bank in self.banks().await? {
            let key_ids = key_ids.clone();
            self.write(bank.id, move |tables| {
                // Another server may have made keys of its own in the same moment: the first to be noted count.
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
