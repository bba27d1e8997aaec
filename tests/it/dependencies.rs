//! What is built in is used: a dependency that no source names comes out again.

use crate::source::{self, Token};
use std::collections::HashSet;

/// No source names these: they bring the C libraries that diesel links.
const LINKED_BY_DIESEL: &[&str] = &["libsqlite3-sys", "openssl-sys", "pq-sys"];

/// The packages of a section of Cargo.toml that none of these words names.
fn unnamed(manifest: &toml::Table, section: &str, words: &HashSet<String>) -> Vec<String> {
    let packages = manifest[section].as_table().unwrap().keys();
    packages.filter(|package| !words.contains(&package.replace('-', "_"))).cloned().collect()
}

/// Every word of the code below these folders.
fn words(folders: &[&str]) -> HashSet<String> {
    let files = folders.iter().flat_map(|folder| source::files(folder, "rs"));
    files.flat_map(|file| file.tokens()).filter(Token::is_word).map(|token| token.text).collect()
}

#[test]
fn a_dependency_that_no_source_names_is_not_there() {
    let sample = "[dependencies]\nactix-web = \"1\"\nunused = \"1\"".parse::<toml::Table>().unwrap();
    let named = HashSet::from(["actix_web".to_owned()]);
    assert_eq!(unnamed(&sample, "dependencies", &named), ["unused"]);

    let manifest = std::fs::read_to_string(source::root().join("Cargo.toml")).unwrap();
    let manifest: toml::Table = manifest.parse().unwrap();
    assert_eq!(unnamed(&manifest, "dependencies", &words(&["src"])), LINKED_BY_DIESEL);
    let tests = words(&["tests", "benches"]);
    assert_eq!(unnamed(&manifest, "dev-dependencies", &tests), Vec::<String>::new());
}
