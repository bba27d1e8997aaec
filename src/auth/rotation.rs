//! Key rotation. Three steps; the program may be interrupted after each, and the next run continues from there:
//!
//! 1. the file gains the new key as `next`: it opens and verifies, nothing is made with it yet;
//! 2. one transaction seals again what is sealed, hashes again what is looked up by keyed hash, and stores the id of
//!    the new key instead of the old one: from this commit on the new key is the current one, whatever the file says;
//! 3. in the file the new key becomes `key` and the old one `retired`: it verifies the tokens that it has signed.

use super::secrets::{Duty, FILE, MasterKey, Sealed, Searched, SecretError, Secrets, create_new, random};
use crate::domain::id::{BankId, Id};
use crate::domain::time::Moment;
use crate::store::Database;
use crate::store::maintenance::keys::{Alone, Renewed, RotationError};
use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

#[derive(Clone, Debug, serde::Serialize)]
pub struct Rotated {
    /// The current key.
    pub key: String,
    pub retired: Vec<String>,
    /// Texts that were sealed again.
    pub sealed: u64,
}

/// Where tests interrupt a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Until {
    NextKey,
    Commit,
    End,
}

/// Why a rotation failed.
#[derive(Debug, thiserror::Error)]
pub enum RotateError {
    #[error("{0}")]
    Secret(#[from] SecretError),
    #[error("{0}")]
    Store(#[from] RotationError),
}

impl Secrets {
    /// The keys by the ids in the database: a rotation that was interrupted after its commit counts as done.
    pub fn as_noted(mut self, noted: &[String]) -> Result<Self, SecretError> {
        let next = self.keys.iter().find(|key| key.duty == Duty::Next).map(MasterKey::name);
        if next.is_some_and(|next| noted.contains(&next)) {
            self.promote();
        }
        let current = self.key_ids();
        match noted.iter().find(|id| !current.contains(id)) {
            Some(retired) => Err(SecretError::Retired(retired.clone())),
            None => Ok(self),
        }
    }

    /// The next key replaces the current ones.
    fn promote(&mut self) {
        self.digests = Some(self.digest_key());
        for key in &mut self.keys {
            key.duty = if key.duty == Duty::Next { Duty::Current } else { Duty::Retired };
        }
    }

    /// Replaces the file by these keys.
    fn write(&self, path: &Path) -> Result<(), SecretError> {
        let failed = |error| SecretError::File(path.to_path_buf(), error);
        let mut text =
            "# Keys of this jianxian server. Keep a copy in a safe place, apart from the backups.\n"
                .to_owned();
        text.extend(self.digests.map(|key| format!("digests {}\n", hex::encode(key))));
        text.extend(self.keys.iter().map(MasterKey::line));
        let mut beside = path.as_os_str().to_owned();
        beside.push(format!(".{}", hex::encode(random::<8>()?)));
        let beside = PathBuf::from(beside);
        let written = create_new(&beside).and_then(|mut file| {
            file.write_all(text.as_bytes())?;
            file.sync_all()
        });
        written.and_then(|()| std::fs::rename(&beside, path)).map_err(failed)?;
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
        File::open(folder).and_then(|folder| folder.sync_all()).map_err(failed)
    }

    /// Seals a text with the newest key, and hashes the searched part of it.
    fn renew(
        &self,
        sealed: &str,
        searched: &[&'static str],
        bank: BankId,
        row: Id,
        blob: &[u8],
    ) -> Result<Renewed, SecretError> {
        let kind = Sealed::parse(sealed).ok_or(SecretError::Broken)?;
        let text = self.unseal(kind, bank, row, blob)?;
        let hashes = searched.iter().map(|name| {
            let kind = Searched::parse(name).ok_or(SecretError::Broken)?;
            Ok((*name, self.search_hash(kind, bank, kind.part(&text)).to_vec()))
        });
        Ok(Renewed {
            sealed: self.seal(kind, bank, row, &text)?,
            hashes: hashes.collect::<Result<_, SecretError>>()?,
        })
    }
}

/// Replaces the key of every bank of the database, or continues an interrupted run. No other program may have the
/// database open. A database restored from before a rotation is brought up to the present key.
pub fn rotate(database: &Database, folder: &Path, now: Moment, until: Until) -> Result<Rotated, RotateError> {
    let path = folder.join(FILE);
    let mut secrets = Secrets::open(&path)?;
    let mut alone = Alone::with(database)?;
    let noted = alone.noted()?;
    let held = secrets.held_ids();
    if let Some(other) = noted.iter().find(|id| !held.contains(id)) {
        return Err(SecretError::OtherKey(other.clone()).into());
    }
    let next = secrets.keys.iter().find(|key| key.duty == Duty::Next).map(MasterKey::name);
    let committed = next.as_ref().is_some_and(|next| noted.contains(next));
    let current = secrets.key_ids();
    let outdated = current.len() == 1 && !noted.is_empty() && !noted.iter().any(|id| current.contains(id));
    if next.is_none() && !outdated {
        let mut begun = MasterKey::random()?;
        begun.duty = Duty::Next;
        secrets.keys.push(begun);
        secrets.write(&path)?;
    }
    if until == Until::NextKey {
        return Err(SecretError::Broken.into());
    }
    // A copy from before the last rotation, with another one begun: it goes straight to the key that was begun.
    let mut renewed = secrets.clone();
    if secrets.keys.iter().any(|key| key.duty == Duty::Next) {
        renewed.promote();
    }
    let mut sealed = 0;
    if !committed {
        let key = renewed.key_ids().pop().unwrap_or_default();
        sealed = alone.renew(now, &key, &|sealed, searched, bank, row, blob| {
            renewed.renew(sealed, searched, bank, row, blob).map_err(|error| error.to_string())
        })?;
    }
    drop(alone);
    if until == Until::Commit {
        return Err(SecretError::Broken.into());
    }
    renewed.write(&path)?;
    let key = renewed.key_ids().pop().unwrap_or_default();
    let retired = renewed.held_ids().into_iter().filter(|id| *id != key).collect();
    Ok(Rotated { key, retired, sealed })
}
