//! The folder of attachments. A file is written under another name, made durable and then renamed, so that a name is
//! either absent or whole; it is never changed afterwards.

use super::{digest, is_digest, unchanged};
use crate::domain::id::BankId;
use crate::domain::time::Moment;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

/// Ending of the folder beside an SQLite file.
const ENDING: &str = ".attachments";
/// Prefix of files that are being written.
const PART: &str = "part-";

/// A folder of files, by bank and digest.
#[derive(Clone, Debug)]
pub struct Folder(PathBuf);

impl Folder {
    pub fn new(folder: PathBuf) -> Self {
        Folder(folder)
    }

    /// The folder beside a database file or a backup.
    pub fn beside(file: &Path) -> Self {
        let mut folder = file.as_os_str().to_owned();
        folder.push(ENDING);
        Folder(folder.into())
    }

    pub fn path(&self) -> &Path {
        &self.0
    }

    /// The folder of a file: a bank's, by the first two digits.
    fn folder_of(&self, bank: BankId, digest: &str) -> PathBuf {
        self.0.join(bank.0.to_string()).join(digest.get(..2).unwrap_or("00"))
    }

    fn place(&self, bank: BankId, digest: &str) -> PathBuf {
        self.folder_of(bank, digest).join(digest)
    }

    /// Keeps a content; returns its digest. A file that is there already is written anew: its age counts from now on.
    ///
    /// # Errors The disk is full, or the folder cannot be written. Nothing is left behind.
    pub fn put(&self, bank: BankId, content: &[u8], mark: &str) -> io::Result<String> {
        let digest = digest(content);
        let folder = self.folder_of(bank, &digest);
        make_folder(&folder)?;
        let part = folder.join(format!("{PART}{mark}"));
        let written = write_whole(&part, content).and_then(|()| fs::rename(&part, folder.join(&digest)));
        if let Err(error) = written {
            // What cannot be removed either is removed by the job that looks for such files.
            let _ = fs::remove_file(&part);
            return Err(error);
        }
        for folder in folder.ancestors().take(3) {
            File::open(folder)?.sync_all()?;
        }
        Ok(digest)
    }

    /// The content of a file; `None`: there is no such file.
    ///
    /// # Errors It cannot be read, or is no longer what its name says.
    pub fn get(&self, bank: BankId, name: &str) -> io::Result<Option<Vec<u8>>> {
        match fs::read(self.place(bank, name)) {
            Ok(content) => unchanged(content, name).map(Some),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    pub fn has(&self, bank: BankId, digest: &str) -> bool {
        self.place(bank, digest).is_file()
    }

    pub fn remove(&self, bank: BankId, digest: &str) -> io::Result<()> {
        match fs::remove_file(self.place(bank, digest)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    /// The digests of a bank's files that were written before a moment. What was left by a write that was broken off
    /// is removed.
    pub fn written_before(&self, bank: BankId, before: Moment) -> io::Result<Vec<String>> {
        let mut found = Vec::new();
        for folder in entries(&self.0.join(bank.0.to_string()))? {
            for path in entries(&folder)? {
                let written = fs::metadata(&path)?.modified()?.duration_since(UNIX_EPOCH);
                let written = written.ok().and_then(|age| i64::try_from(age.as_micros()).ok());
                if written.is_none_or(|micros| micros >= before.micros()) {
                    continue;
                }
                let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
                match is_digest(&name) {
                    true => found.push(name),
                    false if name.starts_with(PART) => fs::remove_file(&path)?,
                    false => {}
                }
            }
        }
        Ok(found)
    }
}

/// What is in a folder; nothing if there is no such folder.
fn entries(folder: &Path) -> io::Result<Vec<PathBuf>> {
    match fs::read_dir(folder) {
        Ok(entries) => entries.map(|entry| Ok(entry?.path())).collect(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

/// Makes a folder that only its owner opens.
fn make_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Writes a file that only its owner reads, and makes it durable.
fn write_whole(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(content)?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    const BANK: BankId = BankId(1);

    #[test]
    fn a_file_is_found_by_its_digest_and_only_while_it_is_what_that_says() {
        let folder = tempfile::tempdir().unwrap();
        let files = Folder::new(folder.path().join("files"));
        let name = files.put(BANK, b"sheet", "a").unwrap();
        assert_eq!(files.put(BANK, b"sheet", "b").unwrap(), name);
        assert_eq!(files.get(BANK, &name).unwrap().as_deref(), Some(&b"sheet"[..]));
        assert_eq!(files.get(BankId(2), &name).unwrap(), None);
        fs::write(files.place(BANK, &name), b"other").unwrap();
        assert_eq!(files.get(BANK, &name).unwrap_err().kind(), io::ErrorKind::InvalidData);
        files.remove(BANK, &name).unwrap();
        files.remove(BANK, &name).unwrap();
        assert!(!files.has(BANK, &name));
    }

    #[test]
    fn what_was_left_by_a_broken_write_goes_and_what_is_new_stays() {
        let folder = tempfile::tempdir().unwrap();
        let files = Folder::new(folder.path().into());
        let name = files.put(BANK, b"sheet", "a").unwrap();
        let left = files.folder_of(BANK, &name).join("part-x");
        fs::write(&left, b"she").unwrap();
        assert!(files.written_before(BANK, Moment::from_micros(0)).unwrap().is_empty());
        assert!(left.exists());
        assert_eq!(files.written_before(BANK, Moment::from_micros(i64::MAX)).unwrap(), [name]);
        assert!(!left.exists());
    }
}
