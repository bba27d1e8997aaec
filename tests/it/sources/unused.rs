//! Nothing is unused: packages, settings, and measuring code.

use crate::support::source::{self, Token};
use jianxian::config::Settings;
use std::collections::HashSet;

/// No source names these: they bring the C libraries that diesel links.
const LINKED_BY_DIESEL: &[&str] = &["libsqlite3-sys", "openssl-sys", "pq-sys"];

/// The packages of a section of Cargo.toml that none of these words names.
fn unnamed(manifest: &toml::Table, section: &str, words: &HashSet<String>) -> Vec<String> {
    let packages =
        manifest.get(section).and_then(toml::Value::as_table).into_iter().flat_map(|table| table.keys());
    packages.filter(|package| !words.contains(&package.replace('-', "_"))).cloned().collect()
}

fn manifest(path: &str) -> toml::Table {
    std::fs::read_to_string(source::root().join(path)).unwrap().parse().unwrap()
}

/// The packages that a manifest takes.
fn packages(manifest: &toml::Table) -> Vec<String> {
    let sections = ["dependencies", "build-dependencies", "dev-dependencies"];
    let tables = sections.iter().filter_map(|section| manifest.get(*section)?.as_table());
    tables.flat_map(|table| table.keys().cloned()).collect()
}

/// The folders of `src/` that are crates.
fn layers() -> Vec<String> {
    let root = manifest("Cargo.toml");
    let members = root["workspace"]["members"].as_array().unwrap().iter().filter_map(toml::Value::as_str);
    let layers: Vec<String> =
        members.filter_map(|path| path.strip_prefix("src/")).map(str::to_owned).collect();
    assert!(layers.len() > 5, "{layers:?}");
    layers
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

    for layer in layers() {
        let folder = format!("src/{layer}");
        let (used, all) = (words_but(&[&folder], &format!("{folder}/build.rs")), words(&[&folder]));
        let manifest = manifest(&format!("{folder}/Cargo.toml"));
        let mut unused = unnamed(&manifest, "dependencies", &used);
        unused.retain(|package| !LINKED_BY_DIESEL.contains(&package.as_str()));
        unused.extend(unnamed(&manifest, "build-dependencies", &all));
        unused.extend(unnamed(&manifest, "dev-dependencies", &used));
        assert_eq!(unused, Vec::<String>::new(), "{layer}");
    }
    let root = manifest("Cargo.toml");
    let used = words(&["src/cli", "src/jobs"]);
    let used = &used | &source::file("src/lib.rs").tokens().into_iter().map(|token| token.text).collect();
    assert_eq!(unnamed(&root, "dependencies", &used), Vec::<String>::new());
    // Tests include the build script of the texts as well.
    let tests = words(&["tests", "benches", "src/texts"]);
    assert_eq!(unnamed(&root, "dev-dependencies", &tests), Vec::<String>::new());
    let declared = root["workspace"]["dependencies"].as_table().unwrap().keys();
    let taken: HashSet<String> = layers()
        .iter()
        .map(|layer| format!("src/{layer}/Cargo.toml"))
        .chain(["Cargo.toml".to_owned()])
        .flat_map(|path| packages(&manifest(&path)))
        .collect();
    assert_eq!(
        declared.filter(|package| !taken.contains(*package)).collect::<Vec<_>>(),
        Vec::<&String>::new()
    );
}

#[test]
fn a_setting_that_no_code_reads_is_not_there() {
    let words = words_but(&["src"], "src/host/config.rs");
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
