//! The files of attachments, counted against the rows that name them: for `verify`, and carried along by `backup`,
//! `restore` and `copy`.

use crate::domain::id::BankId;
use crate::store::attachments::REMOVED;
use crate::store::connection::{AnyConnection, Database, OpenError, Upgrade, Use};
use crate::store::error::Error;
use crate::store::files::{Files, is_unreachable};
use crate::store::schema::attachments;
use diesel::prelude::*;
use std::collections::BTreeSet;

/// How many files the rows of a database name, and which of them are not there.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct FilesFound {
    pub files: u64,
    pub bytes: u64,
    /// Missing or changed, each as `bank/digest`.
    pub missing: Vec<String>,
}

/// The files that the rows of all banks name.
fn named(conn: &mut AnyConnection) -> Result<BTreeSet<(i64, String)>, Error> {
    let rows = attachments::table.filter(attachments::thing.ne(REMOVED)).select((
        attachments::bank_id,
        attachments::digest,
        attachments::small_digest,
    ));
    let mut names = BTreeSet::new();
    for (bank, digest, small) in rows.load::<(BankId, String, Option<String>)>(conn)? {
        names.extend(std::iter::once(digest).chain(small).map(|digest| (bank.0, digest)));
    }
    Ok(names)
}

fn names_of(database: &Database) -> Result<BTreeSet<(i64, String)>, OpenError> {
    let mut conn = database.prepare_as_it_is(Upgrade::No, Use::Read)?;
    named(&mut conn).map_err(|error| OpenError::Unusable(database.to_string(), error.to_string()))
}

/// Reads every file that the database behind a URL names.
///
/// # Errors The database cannot be read, or the object store of the files does not answer.
pub fn examine(url: &str, files: &Files) -> Result<FilesFound, OpenError> {
    let mut found = FilesFound::default();
    for (bank, digest) in names_of(&Database::parse(url)?)? {
        match content(files, bank, &digest)? {
            Some(content) => found.count(content.len()),
            None => found.missing.push(format!("{bank}/{digest}")),
        }
    }
    Ok(found)
}

/// Copies the files that a database names from one place to another, where they are not there already. Files that are
/// missing or changed are named, and do not stop it.
///
/// # Errors The other place cannot be written, or an object store does not answer.
pub fn carry(database: &Database, from: &Files, to: &Files) -> Result<FilesFound, OpenError> {
    let mut found = FilesFound::default();
    for (bank, digest) in names_of(database)? {
        if let Some(content) = content(to, bank, &digest)? {
            found.count(content.len());
            continue;
        }
        let Some(content) = content(from, bank, &digest)? else {
            found.missing.push(format!("{bank}/{digest}"));
            continue;
        };
        let put = to.put(BankId(bank), &content, &digest);
        put.map_err(|error| OpenError::Files(to.to_string(), error.to_string()))?;
        found.count(content.len());
    }
    Ok(found)
}

/// The content of a file; `None`: missing or changed.
fn content(files: &Files, bank: i64, digest: &str) -> Result<Option<Vec<u8>>, OpenError> {
    match files.get(BankId(bank), digest) {
        Ok(found) => Ok(found),
        Err(error) if is_unreachable(&error) => Err(OpenError::Files(files.to_string(), error.to_string())),
        Err(_) => Ok(None),
    }
}

impl FilesFound {
    fn count(&mut self, bytes: usize) {
        self.files = self.files.saturating_add(1);
        self.bytes = self.bytes.saturating_add(u64::try_from(bytes).unwrap_or(u64::MAX));
    }
}
