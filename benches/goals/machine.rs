//! The machine of the measurements: without it the figures mean nothing.

use serde::Serialize;
use std::fs;
use std::path::Path;

#[derive(Clone, Debug, Serialize)]
pub struct Machine {
    pub processor: String,
    pub cores: usize,
    pub memory_mebibytes: u64,
    pub kernel: String,
    /// Device and file system under the bench's folder.
    pub disk: String,
    /// The database server and its settings, if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub server: Option<String>,
}

impl Machine {
    /// Reads what the system reports; anything missing is "unknown".
    pub fn of(folder: &Path) -> Self {
        let read = |path: &str| fs::read_to_string(path).unwrap_or_default();
        let unknown = || "unknown".to_owned();
        Self {
            processor: field(&read("/proc/cpuinfo"), "model name").unwrap_or_else(unknown),
            cores: std::thread::available_parallelism().map_or(1, usize::from),
            memory_mebibytes: field(&read("/proc/meminfo"), "MemTotal")
                .map_or(0, |text| kibibytes(&text) / 1024),
            kernel: Some(read("/proc/sys/kernel/osrelease").trim().to_owned())
                .filter(|release| !release.is_empty())
                .unwrap_or_else(unknown),
            disk: disk(&read("/proc/mounts"), folder).unwrap_or_else(unknown),
            server: None,
        }
    }

    /// A file system in memory makes every commit free.
    pub fn disk_is_memory(&self) -> bool {
        self.disk.contains("tmpfs") || self.disk.contains("ramfs")
    }
}

fn field(text: &str, name: &str) -> Option<String> {
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    Some(line.trim_start().strip_prefix(':')?.trim().to_owned())
}

fn kibibytes(text: &str) -> u64 {
    text.split(' ').next().and_then(|number| number.parse().ok()).unwrap_or(0)
}

/// The mount with the longest path that contains the folder.
fn disk(mounts: &str, folder: &Path) -> Option<String> {
    let mount = mounts.lines().filter_map(|line| {
        let mut words = line.split(' ');
        let (device, at, kind) = (words.next()?, words.next()?, words.next()?);
        folder.starts_with(at).then(|| (at.len(), format!("{device} ({kind})")))
    });
    // Of two mounts on one path the later hides the earlier.
    mount.max_by_key(|(length, _)| *length).map(|(_, text)| text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_disk_is_the_mount_nearest_to_the_folder() {
        let mounts =
            "/dev/a / ext4 rw 0 0\ntmpfs /tmp tmpfs rw 0 0\n/dev/b /srv xfs rw 0 0\nover / overlay rw 0 0\n";
        let found = |folder: &str| disk(mounts, Path::new(folder));
        assert_eq!(found("/srv/bank").as_deref(), Some("/dev/b (xfs)"));
        assert_eq!(found("/home/x").as_deref(), Some("over (overlay)"));
        assert_eq!(found("/tmpfile").as_deref(), Some("over (overlay)"));
        assert_eq!(disk("", Path::new("/")), None);
    }

    #[test]
    fn this_machine_is_described() {
        let machine = Machine::of(Path::new("/"));
        assert!(machine.cores > 0 && !machine.kernel.is_empty(), "{machine:?}");
    }
}
