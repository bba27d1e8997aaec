//! Keeps the structure of the tests: the rooms of the program, what a test may use from elsewhere, and its length.

use crate::support::source::{self, SourceFile, Token};
use std::collections::BTreeSet;

/// The rooms beside those of the interface.
const MORE_ROOMS: &[&str] = &["portal", "bench", "cli", "sources", "store", "support"];

/// What a test may use: the shared helpers, and the bench, which is tested here like the program.
const MAY_SEE: &[&str] = &["support", "goals"];

/// The folders between `tests/it/` and the module of a file: `["points"]` of `points/award_flow.rs`.
fn rooms(file: &SourceFile) -> Vec<&str> {
    let inside = file.path.strip_prefix("tests/it/").expect("a file of the integration tests");
    let mut parts: Vec<&str> = inside.split('/').collect();
    if parts.pop() == Some("mod.rs") {
        parts.pop();
    }
    parts
}

fn text_at(tokens: &[Token], at: usize) -> &str {
    tokens.get(at).map_or("", |token| &token.text)
}

/// How many modules a path may climb without leaving the file (its folder, if it is a part of one) and its parts.
fn may_climb(file: &SourceFile, tokens: &[Token]) -> usize {
    let has_inner =
        (0..tokens.len()).any(|at| text_at(tokens, at) == "mod" && text_at(tokens, at + 2) == "{");
    rooms(file).len().saturating_sub(1) + usize::from(has_inner)
}

/// Places where a test uses something from another test's file.
fn borrowing_faults(file: &SourceFile) -> Vec<String> {
    let rooms = rooms(file);
    if rooms.first().is_none_or(|room| *room == "support") {
        return Vec::new();
    }
    let tokens = file.tokens();
    let most = may_climb(file, &tokens);
    let mut faults = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        let follows_path = at > 0 && text_at(&tokens, at - 1) == "::";
        let named = match token.text.as_str() {
            "crate" if text_at(&tokens, at + 1) == "::" => text_at(&tokens, at + 2),
            _ => "support",
        };
        if !MAY_SEE.contains(&named) {
            faults.push(file.fault(token.line, format!("a test may not look into `{named}`: see support/")));
        }
        let supers = tokens[at..].iter().step_by(2).take_while(|token| token.text == "super").count();
        if supers > most && !follows_path {
            faults.push(file.fault(token.line, "a test may not climb out of its own file: see support/"));
        }
    }
    faults
}

fn sample(path: &str, text: &str) -> SourceFile {
    SourceFile { path: path.to_owned(), text: text.to_owned() }
}

#[test]
fn a_test_takes_from_what_all_share_and_from_its_own_file_only() {
    let borrowing = sample(
        "tests/it/points/award_flow.rs",
        "use crate::support::town::Town;\nuse crate::shops::redemption_flow::town;\nuse super::interest::give;\n\
         fn f() { crate::{people::users, web}; }",
    );
    let lines: Vec<String> = borrowing_faults(&borrowing);
    assert_eq!(lines.len(), 3, "{lines:?}");
    assert!([2, 3, 4].iter().zip(&lines).all(|(line, fault)| fault.contains(&format!("flow.rs:{line}: "))));
    let inner = "mod postgres { use super::*; }";
    assert_eq!(borrowing_faults(&sample("tests/it/bench/whole.rs", inner)), Vec::<String>::new());
    let climbing = "mod postgres { use super::super::generator::open; }";
    assert_eq!(borrowing_faults(&sample("tests/it/bench/whole.rs", climbing)).len(), 1);
    let part = sample("tests/it/store/golden/make.rs", "use super::LEFT; use super::super::copy::bank;");
    assert_eq!(borrowing_faults(&part).len(), 1);
    let found: Vec<String> = source::files("tests/it", "rs").iter().flat_map(borrowing_faults).collect();
    assert_eq!(found.join("\n"), "");
}

#[test]
fn the_tests_have_the_rooms_of_the_interface() {
    let folders = |folder: &str| -> BTreeSet<String> {
        let entries = std::fs::read_dir(source::root().join(folder)).unwrap().map(Result::unwrap);
        let folders = entries.filter(|entry| entry.path().is_dir());
        folders.map(|entry| entry.file_name().into_string().unwrap()).collect()
    };
    let more = MORE_ROOMS.iter().map(|room| (*room).to_owned());
    assert_eq!(folders("tests/it"), folders("src/api").into_iter().chain(more).collect());
    let files = source::files("tests/it", "rs");
    let loose: Vec<&str> =
        files.iter().filter(|file| rooms(file).is_empty()).map(|file| &*file.path).collect();
    let of_rooms = folders("tests/it").len();
    assert_eq!(loose.len(), 1 + of_rooms, "beside the rooms stands main.rs alone: {loose:?}");
}

/// Maximum number of lines of a test, from `fn` to its closing brace. A longer one needs helpers, or is several
/// tests.
const TEST_LINES: usize = 40;

/// The indentation of a line on which a function begins.
fn begun(line: &str) -> Option<&str> {
    let code = line.trim_start();
    code.trim_start_matches("async ").starts_with("fn ").then(|| &line[..line.len() - code.len()])
}

/// Tests that are too long. In formatted code a function closes at the indentation of its start.
fn long_tests(file: &SourceFile) -> Vec<String> {
    let lines: Vec<&str> = file.text.lines().collect();
    let mut faults = Vec::new();
    for (at, _) in lines.iter().enumerate().filter(|(_, line)| line.trim_end().ends_with("test]")) {
        let Some((from, indent)) = (at..lines.len()).find_map(|at| Some((at, begun(lines[at])?))) else {
            continue;
        };
        let close = format!("{indent}}}");
        let Some(until) = (from..lines.len()).find(|at| lines[*at] == close) else { continue };
        let length = until + 1 - from;
        if length > TEST_LINES {
            faults.push(
                file.fault(from + 1, format!("a test of {length} lines: split it into steps or tests")),
            );
        }
    }
    faults
}

#[test]
fn no_test_is_longer_than_a_page() {
    let test = |attribute: &str, lines: usize| {
        let text = format!("{attribute}\nfn f() {{\n{}}}\n", "    g();\n".repeat(lines - 2));
        long_tests(&sample("tests/it/points/a.rs", &text))
    };
    assert_eq!(test("#[test]", TEST_LINES), Vec::<String>::new());
    assert_eq!(test("#[test]", TEST_LINES + 1).len(), 1);
    assert_eq!(test("#[tokio::test]\n#[cfg(unix)]", TEST_LINES + 1).len(), 1);
    assert_eq!(test("/// A step.", 3 * TEST_LINES), Vec::<String>::new());
    let inner = format!(
        "proptest! {{\n    #[test]\n    fn f() {{\n{}    }}\n}}",
        "        g();\n".repeat(TEST_LINES)
    );
    assert_eq!(long_tests(&sample("tests/it/points/a.rs", &inner)).len(), 1);
    let found: Vec<String> = source::files("tests/it", "rs").iter().flat_map(long_tests).collect();
    assert_eq!(found.join("\n"), "");
}
