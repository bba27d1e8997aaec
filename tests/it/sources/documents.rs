//! Every path that the documents name exists.

use crate::support::source;
use std::path::Path;

/// The documents beside those of `docs/` and `schemes/`. The changelog names former paths.
const AT_THE_ROOT: &[&str] = &["README.md", "CONTRIBUTING.md", "SECURITY.md"];

/// Paths named in a document, with their lines: code spans and link targets under the project's folders. `{a,b}` is
/// expanded; `<`, `*` and `NNNN` are placeholders.
fn paths_named(text: &str) -> Vec<(usize, String)> {
    const FOLDERS: &[&str] =
        &["src/", "docs/", "tests/", "schemes/", "migrations/", "benches/", ".ci/", "pictures/"];
    let mut named = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let words = line.split(|c: char| c.is_whitespace() || "`()[]\"'|，。；：（）、".contains(c));
        for word in words.flat_map(spelled_out) {
            let word = word.trim_start_matches("./").trim_end_matches(['.', ',', ';', ':']);
            let path = word.split(['<', '*', '#', '…']).next().unwrap_or_default();
            let path = path.split("NNNN").next().unwrap_or_default();
            if FOLDERS.iter().any(|folder| path.starts_with(folder)) {
                named.push((index + 1, path.to_owned()));
            }
        }
    }
    named
}

fn spelled_out(word: &str) -> Vec<String> {
    let group = word.split_once('{').and_then(|(before, rest)| {
        let (inside, after) = rest.split_once('}')?;
        Some((before, inside, after))
    });
    match group {
        Some((before, inside, after)) => {
            inside.split(',').flat_map(|one| spelled_out(&format!("{before}{one}{after}"))).collect()
        }
        None => vec![word.to_owned()],
    }
}

fn missing_paths(document: &str, text: &str) -> Vec<String> {
    let absent = |path: &str| !source::root().join(Path::new(path.trim_end_matches('/'))).exists();
    let named = paths_named(text).into_iter();
    named
        .filter(|(_, path)| absent(path))
        .map(|(line, path)| format!("{document}:{line}: {path} does not exist"))
        .collect()
}

#[test]
fn every_path_that_the_documents_name_exists() {
    let sample = "see `src/domain/{amount,nowhere}.rs`,\n[x](docs/absent.md#part) and src/domain/<word>.rs.";
    assert_eq!(
        missing_paths("sample", sample),
        ["sample:1: src/domain/nowhere.rs does not exist", "sample:2: docs/absent.md does not exist"]
    );
    let of_folders = ["docs", "schemes"].iter().flat_map(|folder| source::files(folder, "md"));
    let documents: Vec<_> = AT_THE_ROOT.iter().map(|name| source::file(name)).chain(of_folders).collect();
    let missing = documents.iter().flat_map(|document| missing_paths(&document.path, &document.text));
    assert_eq!(missing.collect::<Vec<_>>().join("\n"), "");
}
