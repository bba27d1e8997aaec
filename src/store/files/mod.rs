//! The files of attachments, named by the digest of their content: in a folder beside the database, or in an object
//! store with the interface of S3. A file is there before the row that names it is committed, and is removed after that
//! row; what has a name is whole and never changed.

mod folder;
mod s3;

pub use folder::Folder;
pub use s3::{AddressFault, S3};

use super::connection::Database;
use crate::domain::id::BankId;
use crate::domain::time::Moment;
use sha2::{Digest, Sha256};
use std::fmt;
use std::io;
use std::path::Path;

/// Where the files of attachments are kept.
#[derive(Clone, Debug)]
pub enum Files {
    Folder(Folder),
    S3(Box<S3>),
}

/// The digest of a content, as the name of its file.
pub fn digest(content: &[u8]) -> String {
    hex::encode(Sha256::digest(content))
}

/// Whether a file is named as a digest is.
fn is_digest(name: &str) -> bool {
    name.len() == 64 && name.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
}

/// A content that is what its name says.
fn unchanged(content: Vec<u8>, name: &str) -> io::Result<Vec<u8>> {
    if digest(&content) == name {
        return Ok(content);
    }
    Err(changed(name))
}

fn changed(name: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("the file {name} was changed"))
}

impl Files {
    /// The place of a database's files: the object store of an address, or without one a folder.
    pub fn of(database: &Database, data: &Path, address: Option<&str>) -> Result<Self, AddressFault> {
        match address.filter(|address| !address.is_empty()) {
            Some(address) => Ok(Files::S3(Box::new(S3::parse(address)?))),
            None => Ok(Files::in_folder(database, data)),
        }
    }

    /// The folder of a database: beside an SQLite file, and of a server in the data folder.
    pub fn in_folder(database: &Database, data: &Path) -> Self {
        Files::Folder(match database.file() {
            Ok(file) => Folder::beside(file),
            Err(_) => Folder::new(data.join("attachments")),
        })
    }

    /// Whether asking for a file takes no more than a look at a disk, so that it may be done while others wait.
    pub fn are_at_hand(&self) -> bool {
        matches!(self, Files::Folder(_))
    }

    /// Keeps a content; returns its digest. A file that is there already is written anew: its age counts from now on.
    /// `mark` is of this call alone.
    ///
    /// # Errors The disk is full, the folder cannot be written, or the object store does not take it. Nothing is left
    /// behind under the digest.
    pub fn put(&self, bank: BankId, content: &[u8], mark: &str) -> io::Result<String> {
        match self {
            Files::Folder(folder) => folder.put(bank, content, mark),
            Files::S3(store) => store.put(bank, content),
        }
    }

    /// The content of a file; `None`: there is no such file.
    ///
    /// # Errors It is no longer what its name says (`InvalidData`), cannot be read, or the object store does not
    /// answer ([`is_unreachable`]).
    pub fn get(&self, bank: BankId, name: &str) -> io::Result<Option<Vec<u8>>> {
        match self {
            Files::Folder(folder) => folder.get(bank, name),
            Files::S3(store) => store.get(bank, name),
        }
    }

    /// Whether there is such a file.
    ///
    /// # Errors The object store does not answer.
    pub fn has(&self, bank: BankId, name: &str) -> io::Result<bool> {
        match self {
            Files::Folder(folder) => Ok(folder.has(bank, name)),
            Files::S3(store) => store.has(bank, name),
        }
    }

    /// Removes a file, if there is one.
    pub fn remove(&self, bank: BankId, name: &str) -> io::Result<()> {
        match self {
            Files::Folder(folder) => folder.remove(bank, name),
            Files::S3(store) => store.remove(bank, name),
        }
    }

    /// The digests of a bank's files that were written before a moment. In a folder, what was left by a write that was
    /// broken off is removed.
    pub fn written_before(&self, bank: BankId, before: Moment) -> io::Result<Vec<String>> {
        match self {
            Files::Folder(folder) => folder.written_before(bank, before),
            Files::S3(store) => store.written_before(bank, before),
        }
    }
}

impl From<Folder> for Files {
    fn from(folder: Folder) -> Self {
        Files::Folder(folder)
    }
}

impl fmt::Display for Files {
    /// The folder, or the address without its secret.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Files::Folder(folder) => folder.path().display().fmt(f),
            Files::S3(store) => store.fmt(f),
        }
    }
}

/// Whether the object store could not be reached or refused the request, so that it is unknown whether the file is there.
pub fn is_unreachable(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::NotConnected
}
