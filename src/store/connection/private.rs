//! Files of the database belong to their owner alone: people's data stand in them.

use std::fs::OpenOptions;
use std::io;
use std::path::{Path, PathBuf};

/// Makes the file (mode 0600) where there is none, and takes from everybody else what they may do with one that stands
/// there, and with its side files. SQLite gives its side files the mode of the database.
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
                // Whoever may read the file of another user still may: it is for the owner to close it.
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
