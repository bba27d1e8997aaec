//! Nothing is unused: packages, settings, and measuring code.

use crate::support::source::{self, Token};
use jianxian::config::Settings;
use std::collections::HashSet;

/// No source names these: they bring the C libraries that diesel links.
const LINKED_BY_DIESEL: &[&str] = &["libsqlite3-sys", "openssl-sys", "pq-sys"];

/// The packages of a section of Cargo.toml that none of these words names.
fn unnamed(manifest: &toml::Table, section: &str, words: &HashSet<String>) -> Vec<String> {
    let packages = manifest[section].as_table().unwrap().keys();
    packages.filter(|package| !words.contains(&package.replace('-', "_"))).cloned().collect()
}

/// Every word of the code below these folders, except one file.
fn words_but(folders: &[&str], left_out: &str) -> HashSet<String> {
    let files = folders.iter().flat_map(|folder| source::files(folder, "rs"));
    let files = files.filter(|file| file.path != left_out);
    files.flat_map(|file| file.tokens()).filter(Token::is_word).map(|token| token.text).collect()
}

fn words(folders: &[&str]) -> HashSet<String> {
    words_but(folders, "")
}

#[test]
fn a_dependency_that_no_source_names_is_not_there() {
    let sample = "[dependencies]\nactix-web = \"1\"\nunused = \"1\"".parse::<toml::Table>().unwrap();
    let named = HashSet::from(["actix_web".to_owned()]);
    assert_eq!(unnamed(&sample, "dependencies", &named), ["unused"]);

    let manifest = std::fs::read_to_string(source::root().join("Cargo.toml")).unwrap();
    let manifest: toml::Table = manifest.parse().unwrap();
    assert_eq!(unnamed(&manifest, "dependencies", &words(&["src"])), LINKED_BY_DIESEL);
    let text = std::fs::read_to_string(source::root().join("build.rs")).unwrap();
    let build = source::SourceFile { path: "build.rs".to_owned(), text };
    let build: HashSet<String> = build.tokens().into_iter().map(|token| token.text).collect();
    assert_eq!(unnamed(&manifest, "build-dependencies", &build), Vec::<String>::new());
    // Tests include the build script as well.
    let tests = &words(&["tests", "benches"]) | &build;
    assert_eq!(unnamed(&manifest, "dev-dependencies", &tests), Vec::<String>::new());
}

#[test]
fn a_setting_that_no_code_reads_is_not_there() {
    let words = words_but(&["src"], "src/config.rs");
    let settings = Settings::load(None, |_| None, &[]).unwrap().rows();
    let names = settings.iter().map(|row| row.key.rsplit('.').next().unwrap());
    // The configuration derives these: an address, a number of connections, a list of networks.
    let made_there = ["data", "database", "readers"];
    let unread: Vec<_> = names.filter(|name| !made_there.contains(name) && !words.contains(*name)).collect();
    assert_eq!(unread, Vec::<&str>::new());
}

#[test]
fn the_program_holds_nothing_that_only_measures() {
    let measuring = |path: &str| ["bench", "baseline", "histogram"].iter().any(|word| path.contains(word));
    let found: Vec<_> =
        source::files("src", "rs").into_iter().map(|file| file.path).filter(|path| measuring(path)).collect();
    assert_eq!(found, Vec::<String>::new());
    assert_eq!(crate::support::cli::jianxian(&["bench"]).0, 2);
}
