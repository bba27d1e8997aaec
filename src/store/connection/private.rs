//! Restricts the database's files to their owner: they contain personal data.

use std::fs::OpenOptions;
use std::io;
use std::path::{Path, PathBuf};

/// Creates the file (mode 0600) if it does not exist, else removes the rights of group and others, also on its side
/// files. SQLite gives its side files the mode of the database.
#[cfg(unix)]
pub fn keep_private(file: &Path) -> io::Result<()> {
    use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
    let made = OpenOptions::new().write(true).create_new(true).mode(0o600).open(file);
    match made {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
        _ => {}
    }
    for path in ["", "-wal", "-shm", "-journal"].map(|ending| with_ending(file, ending)) {
        let Ok(metadata) = std::fs::metadata(&path) else { continue };
        let mode = metadata.permissions().mode() & 0o777;
        if metadata.is_file() && mode & 0o077 != 0 {
            let tightened = std::fs::set_permissions(&path, PermissionsExt::from_mode(mode & 0o700));
            if let Err(error) = tightened {
                // The file belongs to another user, who has to change its mode.
                tracing::warn!(%error, file = %path.display(), "the file can be read by others: run chmod 600 on it");
            }
        }
    }
    Ok(())
}

#[cfg(not(unix))]
pub fn keep_private(file: &Path) -> io::Result<()> {
    OpenOptions::new().append(true).create(true).open(file).map(drop)
}

fn with_ending(file: &Path, ending: &str) -> PathBuf {
    let mut path = file.as_os_str().to_owned();
    path.push(ending);
    path.into()
}
