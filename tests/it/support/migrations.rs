//! The scripts that make the tables.

use crate::support::source;
use std::fs;

/// The numbered folders of one set, in order, with their `up.sql`.
pub fn migrations(set: &str) -> Vec<(String, String)> {
    let folder = source::root().join("migrations").join(set);
    let entries = fs::read_dir(&folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    let mut found: Vec<_> = entries
        .map(|entry| {
            let path = entry.unwrap().path();
            let read = |file: &str| {
                fs::read_to_string(path.join(file))
                    .unwrap_or_else(|e| panic!("{}/{file}: {e}", path.display()))
            };
            (path.file_name().unwrap().to_string_lossy().into_owned(), read("up.sql"))
        })
        .collect();
    found.sort();
    found
}
