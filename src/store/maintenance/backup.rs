//! Backups: a consistent copy while the bank is in use, with a checksum beside it; and restoring them.

use super::attachments::{FilesFound, carry};
use super::audit::{Audit, BankHead, audit_of, heads_of};
use super::keys;
use crate::store::access::sessions;
use crate::store::connection::sqlite::{connect, copy_into};
use crate::store::connection::{AnyConnection, Database, OpenError, Upgrade, Use};
use crate::store::error::Error;
use crate::store::files::{Files, Folder};
use diesel::connection::SimpleConnection;
use sha2::{Digest, Sha256};
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// Why a backup or a restoration failed. Nothing was replaced.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    #[error("{0}")]
    Open(#[from] OpenError),
    #[error("{0}: {1}")]
    File(PathBuf, io::Error),
    /// The copy failed inside the database.
    #[error("{0}")]
    Copy(#[from] Error),
    #[error("{0} exists")]
    Exists(PathBuf),
    /// A server or another program has the database open.
    #[error("{0} is in use")]
    InUse(PathBuf),
    #[error("{0}: the checksum file is missing")]
    NoChecksum(PathBuf),
    #[error("{0}: the checksum does not agree")]
    WrongChecksum(PathBuf),
    /// The folder has another secret key than the one (by its id) that the copy's banks were made with.
    #[error("{0} was made with the secret key {1}")]
    OtherKey(PathBuf, String),
    #[error("the books of {0} do not agree")]
    Fault(PathBuf, Box<Audit>),
}

#[derive(Clone, Debug, serde::Serialize)]
pub struct Backup {
    pub file: PathBuf,
    pub bytes: u64,
    /// SHA-256 in hex, also in the file `….sha256` beside it.
    pub checksum: String,
    /// The heads of the banks in the copy.
    pub heads: Vec<BankHead>,
    /// The files of attachments, in the folder `….attachments` beside it.
    pub attachments: FilesFound,
}

#[derive(Clone, Debug, serde::Serialize)]
pub struct Restored {
    pub file: PathBuf,
    /// The new name of the previous database.
    pub kept_as: Option<PathBuf>,
    pub heads: Vec<BankHead>,
    /// Ids of the secret keys that its banks were made with.
    pub key_ids: Vec<String>,
    /// The files of attachments that came with it.
    pub attachments: FilesFound,
}

/// Copies the database behind a URL to a new file, and the files of its attachments to a folder beside that. The copy
/// includes everything acknowledged before the call.
pub fn backup(url: &str, files: &Files, to: &Path) -> Result<Backup, BackupError> {
    if to.exists() {
        return Err(BackupError::Exists(to.to_path_buf()));
    }
    let database = Database::parse(url)?;
    let file = database.file()?.to_path_buf();
    database.prepare(Upgrade::No, Use::Read)?;
    let part = beside(to, ".part");
    remove_if_there(&part)?;
    let mut conn = connect(&file, Use::Read)?;
    copy_into(&mut conn, &part)?;
    let heads = heads_of(&mut AnyConnection::Sqlite(connect(&part, Use::Read)?))?;
    let (bytes, checksum) = checksum(&part)?;
    let name = to.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    write_durably(&beside(to, ".sha256"), &format!("{checksum}  {name}\n"))?;
    sync(&part)?;
    let attachments = carry(&Database::Sqlite(part.clone()), files, &Folder::beside(to).into())?;
    rename(&part, to)?;
    Ok(Backup { file: to.to_path_buf(), bytes, checksum, heads, attachments })
}

/// Replaces the database behind a URL by a backup. The backup is first checked against its checksum and verified; the
/// previous database is renamed to `….replaced-<mark>`, if `replace` allows it. `held_keys`: the ids of the available
/// keys, if there are any; the copy may need no other. Into an object store the files of attachments are put beside
/// those that are there.
pub fn restore(
    from: &Path,
    (url, files): (&str, &Files),
    replace: bool,
    mark: &str,
    held_keys: Option<&[String]>,
) -> Result<Restored, BackupError> {
    let file = Database::parse(url)?.file()?.to_path_buf();
    if file.exists() {
        if !replace {
            return Err(BackupError::Exists(file));
        }
        must_be_alone(&file)?;
    }
    check_checksum(from)?;
    let part = beside(&file, ".part");
    remove_if_there(&part)?;
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder).map_err(|error| BackupError::File(folder.to_path_buf(), error))?;
    }
    fs::copy(from, &part).map_err(|error| BackupError::File(from.to_path_buf(), error))?;
    let audit = audit_of(&Database::Sqlite(part.clone()), Upgrade::Yes)?;
    if audit.first_finding().is_some() {
        remove_if_there(&part)?;
        return Err(BackupError::Fault(from.to_path_buf(), Box::new(audit)));
    }
    let heads = heads_of(&mut AnyConnection::Sqlite(connect(&part, Use::Read)?))?;
    let key_ids = end_sessions(&part)?;
    if let Some(other) = held_keys.and_then(|held| key_ids.iter().find(|id| !held.contains(id))) {
        remove_if_there(&part)?;
        return Err(BackupError::OtherKey(from.to_path_buf(), other.clone()));
    }
    let part_files = Folder::beside(&part);
    let to_files = match files {
        Files::Folder(_) => &part_files.clone().into(),
        Files::S3(_) => files,
    };
    let attachments = carry(&Database::Sqlite(part.clone()), &Folder::beside(from).into(), to_files)?;
    let kept_as = file.exists().then(|| beside(&file, &format!(".replaced-{mark}")));
    if let Some(kept) = &kept_as {
        for ending in ["-wal", "-shm", ""] {
            let side = beside(&file, ending);
            if side.exists() {
                rename(&side, &beside(kept, ending))?;
            }
        }
    }
    if let Files::Folder(folder) = files {
        if let Some(kept) = kept_as.as_ref().filter(|_| folder.path().exists()) {
            rename(folder.path(), Folder::beside(kept).path())?;
        }
        if part_files.path().exists() {
            rename(part_files.path(), folder.path())?;
        }
    }
    sync(&part)?;
    rename(&part, &file)?;
    Ok(Restored { file, kept_as, heads, key_ids, attachments })
}

/// Deletes the sessions of a restored copy: one that ended after the backup must not revive. Returns the ids of the
/// keys that the copy was made with.
fn end_sessions(part: &Path) -> Result<Vec<String>, BackupError> {
    let mut conn = AnyConnection::Sqlite(connect(part, Use::Write { durable: true })?);
    let key_ids = keys::noted(&mut conn)?;
    sessions::forget_all(&mut conn)?;
    crate::store::connection::close(&mut conn, true)?;
    Ok(key_ids)
}

/// Refuses while another program has the database open. A file that is not a database is not in use.
fn must_be_alone(file: &Path) -> Result<(), BackupError> {
    let mut conn = match connect(file, Use::Write { durable: true }) {
        Ok(conn) => conn,
        Err(OpenError::Unusable(_, text)) if text.contains("locked") => {
            return Err(BackupError::InUse(file.to_path_buf()));
        }
        Err(_) => return Ok(()),
    };
    let alone = conn.batch_execute(
        "PRAGMA busy_timeout = 500; PRAGMA wal_checkpoint(TRUNCATE); PRAGMA journal_mode = DELETE;",
    );
    match alone {
        Err(error) if error.to_string().contains("locked") => Err(BackupError::InUse(file.to_path_buf())),
        _ => Ok(()),
    }
}

fn check_checksum(from: &Path) -> Result<(), BackupError> {
    let side = beside(from, ".sha256");
    let said = match fs::read_to_string(&side) {
        Ok(said) => said,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(BackupError::NoChecksum(from.to_path_buf()));
        }
        Err(error) => return Err(BackupError::File(side, error)),
    };
    let (_, found) = checksum(from)?;
    let agrees = said.split_whitespace().next().is_some_and(|said| said.eq_ignore_ascii_case(&found));
    if agrees { Ok(()) } else { Err(BackupError::WrongChecksum(from.to_path_buf())) }
}

fn checksum(path: &Path) -> Result<(u64, String), BackupError> {
    let failed = |error| BackupError::File(path.to_path_buf(), error);
    let mut file = File::open(path).map_err(failed)?;
    let (mut hash, mut buffer, mut bytes) = (Sha256::new(), vec![0_u8; 1 << 16], 0_u64);
    loop {
        let read = file.read(&mut buffer).map_err(failed)?;
        let Some(chunk) = buffer.get(..read).filter(|chunk| !chunk.is_empty()) else { break };
        hash.update(chunk);
        bytes = bytes.saturating_add(u64::try_from(read).unwrap_or(0));
    }
    Ok((bytes, hex::encode(hash.finalize())))
}

/// The path with a suffix.
fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut text = path.as_os_str().to_owned();
    text.push(ending);
    PathBuf::from(text)
}

fn remove_if_there(path: &Path) -> Result<(), BackupError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(BackupError::File(path.to_path_buf(), error))
        }
        _ => Ok(()),
    }
}

fn write_durably(path: &Path, text: &str) -> Result<(), BackupError> {
    fs::write(path, text).map_err(|error| BackupError::File(path.to_path_buf(), error))?;
    sync(path)
}

fn sync(path: &Path) -> Result<(), BackupError> {
    let synced = File::open(path).and_then(|file| file.sync_all());
    synced.map_err(|error| BackupError::File(path.to_path_buf(), error))
}

/// Renames, and makes the new name durable.
fn rename(from: &Path, to: &Path) -> Result<(), BackupError> {
    fs::rename(from, to).map_err(|error| BackupError::File(to.to_path_buf(), error))?;
    match to.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        Some(folder) => sync(folder),
        None => sync(Path::new(".")),
    }
}
