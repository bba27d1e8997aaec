//! Keeps the architecture: who may name which library, and which words are not used. That layers look only downward is
//! kept by the compiler: each is a crate (`src/<layer>/Cargo.toml`).

use crate::support::source::{self, SourceFile, Token};
use regex::Regex;
use std::process::Command;

/// Libraries that only these layers may name.
const ONLY: &[(&str, &[&str])] = &[
    ("diesel", &["store", "values"]),
    ("diesel_migrations", &["store"]),
    ("libsqlite3_sys", &["store"]),
    ("actix_web", &["api", "portal"]),
    ("actix_http", &["api"]),
    ("actix_rt", &["api"]),
    ("utoipa_actix_web", &["api"]),
    ("utoipa_swagger_ui", &["api"]),
    ("askama", &["portal"]),
    ("qrcode", &["portal"]),
    ("argon2", &["auth"]),
    ("jsonwebtoken", &["auth"]),
    ("fluent_bundle", &["texts"]),
    ("lettre", &["senders"]),
    ("ureq", &["host", "senders", "store"]),
    ("rusty_s3", &["store"]),
    ("image", &["domain"]),
    ("utoipa", &["values", "api"]),
];

/// What a pure layer never names: I/O, randomness, and floats.
const IMPURE: &[&str] = &[
    "Instant",
    "SystemTime",
    "Utc::now",
    "Local::now",
    "Uuid::now_v7",
    "Uuid::new_v4",
    "std::fs",
    "std::env",
    "std::net",
    "std::process",
    "std::thread",
    "tokio",
    "rand",
    "getrandom",
    "tracing",
    "metrics",
    "f32",
    "f64",
    "println",
    "eprintln",
];

const PURE: &[&str] = &["values", "texts", "domain", "ledger"];

const WORDS_NOT_USED: &[&str] = &["util", "utils", "helper", "helpers", "common", "manager", "info"];
const VERBS_NOT_USED: &[&str] = &["process", "handle", "do"];
const MODULE_LINES: usize = 600;
const REFUSALS: &str = "src/domain/refusal.rs";

/// Where the clock may be read.
const CLOCK_READER: &str = "src/host/clock.rs";
const CLOCK_READS: &[&str] = &["Utc::now", "Local::now", "SystemTime::now"];

fn layer(file: &SourceFile) -> &str {
    let inside = file.path.strip_prefix("src/").expect("a source file");
    inside.split('/').next().expect("a file name").trim_end_matches(".rs")
}

/// Whether the tokens from `at` on are `path` (`Utc::now`).
fn spells(tokens: &[Token], at: usize, path: &[Token]) -> bool {
    tokens[at..].len() >= path.len() && path.iter().zip(&tokens[at..]).all(|(p, t)| p.text == t.text)
}

/// Every place that names one of `paths`, with the path.
fn places<'p>(tokens: &[Token], paths: &[&'p str]) -> Vec<(usize, &'p str)> {
    let mut found = Vec::new();
    for path in paths {
        let wanted = source::tokens(path);
        let at = (0..tokens.len()).filter(|&at| spells(tokens, at, &wanted));
        found.extend(at.map(|at| (tokens[at].line, *path)));
    }
    found
}

fn library_faults(file: &SourceFile) -> Vec<String> {
    let own = layer(file);
    let mut faults = Vec::new();
    for token in file.tokens() {
        if let Some((library, owners)) = ONLY.iter().find(|(library, _)| *library == token.text)
            && !owners.contains(&own)
        {
            let owners = owners.join("`, `");
            faults.push(file.fault(token.line, format!("only `{owners}` may name `{library}`")));
        }
    }
    faults
}

fn purity_faults(file: &SourceFile) -> Vec<String> {
    // A build script speaks to cargo.
    if !PURE.contains(&layer(file)) || file.path.ends_with("/build.rs") {
        return Vec::new();
    }
    let named = places(&file.tokens(), IMPURE);
    named
        .into_iter()
        .map(|(line, path)| file.fault(line, format!("a pure layer may not name `{path}`")))
        .collect()
}

fn clock_faults(file: &SourceFile) -> Vec<String> {
    if file.path == CLOCK_READER {
        return Vec::new();
    }
    let reads = places(&file.tokens(), CLOCK_READS);
    reads
        .into_iter()
        .map(|(line, path)| file.fault(line, format!("`{path}`: the time is an argument, read in clock.rs")))
        .collect()
}

/// `PageHelper` → page, helper; `do_award` → do, award.
fn segments(name: &str) -> Vec<String> {
    let mut segments = Vec::new();
    for part in name.split('_').filter(|part| !part.is_empty()) {
        let mut start = 0;
        let humps = part.char_indices().filter(|(i, c)| *i > 0 && c.is_uppercase()).map(|(i, _)| i);
        for hump in humps.chain([part.len()]) {
            segments.push(part[start..hump].to_lowercase());
            start = hump;
        }
    }
    segments
}

fn name_fault(name: &str) -> Option<String> {
    let segments = segments(name);
    if let Some(word) = segments.iter().find(|s| WORDS_NOT_USED.contains(&s.as_str())) {
        return Some(format!("`{name}`: `{word}` says nothing; name what it is"));
    }
    if segments.len() > 1 && VERBS_NOT_USED.contains(&segments[0].as_str()) {
        return Some(format!("`{name}`: `{}_` says nothing; name what is done", segments[0]));
    }
    let last_says_nothing = segments.last().is_some_and(|s| s == "data");
    last_says_nothing.then(|| format!("`{name}`: `data` says nothing; name what it holds"))
}

fn naming_faults(file: &SourceFile) -> Vec<String> {
    const DECLARES: &[&str] = &["fn", "struct", "enum", "trait", "mod", "type", "const", "static", "union"];
    let stem = file.path.rsplit('/').next().expect("a file name").trim_end_matches(".rs");
    let mut faults: Vec<_> = name_fault(stem).map(|what| file.fault(1, what)).into_iter().collect();
    for pair in file.tokens().windows(2) {
        if DECLARES.contains(&pair[0].text.as_str())
            && let Some(what) = name_fault(&pair[1].text)
        {
            faults.push(file.fault(pair[1].line, what));
        }
    }
    faults
}

/// Named-field structs of the API that are parsed from a request must refuse unknown members.
fn request_faults(file: &SourceFile) -> Vec<String> {
    if layer(file) != "api" {
        return Vec::new();
    }
    let (mut faults, mut reads, mut refuses, mut depth) = (Vec::new(), false, false, 0_u32);
    let tokens = file.tokens();
    for (at, token) in tokens.iter().enumerate() {
        match token.text.as_str() {
            "[" if depth > 0 || (at > 0 && tokens[at - 1].text == "#") => depth += 1,
            "]" if depth > 0 => depth -= 1,
            "Deserialize" if depth > 0 => reads = true,
            "deny_unknown_fields" | "transparent" if depth > 0 => refuses = true,
            "struct" if depth == 0 => {
                let body = tokens[at..].iter().find(|t| ["{", "(", ";"].contains(&t.text.as_str()));
                if reads && !refuses && body.is_some_and(|t| t.text == "{") {
                    let name = tokens.get(at + 1).map_or("", |t| &t.text);
                    faults.push(
                        file.fault(token.line, format!("`{name}` needs #[serde(deny_unknown_fields)]")),
                    );
                }
                (reads, refuses) = (false, false);
            }
            "enum" | "fn" | "impl" | "mod" | "use" | "const" | "static" | "type" if depth == 0 => {
                (reads, refuses) = (false, false);
            }
            _ => {}
        }
    }
    faults
}

/// The types that stand in the document of the interface. Of two with one name the later one takes the place of the
/// other without a word.
fn schema_names(file: &SourceFile) -> Vec<String> {
    let derived = Regex::new(
        r"(?s)#\[derive\([^)]*\bToSchema\b[^)]*\)\](?:\s*#\[[^\n]*\])*\s*pub(?:\([^)]*\))? (?:struct|enum) (\w+)",
    );
    let derived = derived.unwrap();
    let texts = Regex::new(r"text_enum! \{\s*(?:(?:///|#\[)[^\n]*\s*)*(\w+) \{").unwrap();
    let found = derived.captures_iter(&file.text).chain(texts.captures_iter(&file.text));
    found.map(|found| found[1].to_owned()).collect()
}

fn length_faults(file: &SourceFile) -> Vec<String> {
    let lines = file.text.lines().count();
    // The refusals are one list, which an exhaustive match reads: it grows with them and contains nothing else.
    let long = lines > MODULE_LINES && file.path != REFUSALS;
    long.then(|| file.fault(lines, format!("more than {MODULE_LINES} lines: a word is missing")))
        .into_iter()
        .collect()
}

fn source_faults(check: fn(&SourceFile) -> Vec<String>) -> String {
    let files = source::files("src", "rs");
    assert!(files.len() > 5, "the scan found {} files only", files.len());
    files.iter().flat_map(check).collect::<Vec<_>>().join("\n")
}

/// An invented file, to show that each check finds its fault.
fn sample(path: &str, text: &str) -> SourceFile {
    SourceFile { path: path.to_owned(), text: text.to_owned() }
}

#[test]
fn only_the_store_names_diesel_and_only_the_interfaces_name_actix() {
    let service =
        sample("src/services/a.rs", "// diesel\nuse diesel::prelude::*;\n#[actix_web::test] fn f() {}");
    assert_eq!(
        library_faults(&service),
        [
            "src/services/a.rs:2: only `store`, `values` may name `diesel`",
            "src/services/a.rs:3: only `api`, `portal` may name `actix_web`"
        ]
    );
    assert_eq!(source_faults(library_faults), "");
}

#[test]
fn the_pure_layers_see_no_world_no_chance_and_no_floats() {
    let impure = sample("src/ledger/a.rs", "fn f(x: f64) { Utc::now(); Uuid::now_v7(); \"std::fs\"; }");
    assert_eq!(purity_faults(&impure).len(), 3);
    assert_eq!(source_faults(purity_faults), "");
    for layer in PURE {
        let path = ["mod.rs", "lib.rs"].map(|file| source::root().join(format!("src/{layer}/{file}")));
        let path = path.into_iter().find(|path| path.exists()).expect("a layer has its file");
        let text = std::fs::read_to_string(&path).unwrap();
        for lint in ["clippy::float_arithmetic", "clippy::arithmetic_side_effects"] {
            assert!(text.contains(lint), "{}: deny {lint}", path.display());
        }
    }
}

#[test]
fn only_the_clock_asks_what_time_it_is() {
    let asking = sample("src/store/a.rs", "let t = chrono::Utc::now();\nlet s = SystemTime::now();");
    assert_eq!(clock_faults(&asking).len(), 2);
    assert_eq!(source_faults(clock_faults), "");
}

#[test]
fn names_say_what_a_thing_is() {
    let vague =
        sample("src/store/utils.rs", "struct BookManager; fn do_award() {} fn process_all() {} fn undo() {}");
    assert_eq!(naming_faults(&vague).len(), 4);
    let clear = sample(
        "src/store/writer/load.rs",
        "struct Metadata; fn redo_log() {} fn information() {} mod handle {}",
    );
    assert_eq!(naming_faults(&clear), Vec::<String>::new());
    assert_eq!(source_faults(naming_faults), "");
}

#[test]
fn every_request_refuses_members_that_it_does_not_know() {
    let text = "#[derive(Deserialize)]\nstruct Loose { a: u8 }\n#[derive(Debug, serde::Deserialize)]\n\
        #[serde(deny_unknown_fields)] pub struct Strict { a: [u8; 2] }\n#[derive(Deserialize)] struct Id(u8);\n\
        #[derive(Serialize)] struct Answer { a: u8 }";
    let faults = request_faults(&sample("src/api/a.rs", text));
    assert_eq!(faults, ["src/api/a.rs:2: `Loose` needs #[serde(deny_unknown_fields)]"]);
    assert_eq!(source_faults(request_faults), "");
}

#[test]
fn no_two_types_of_the_document_have_one_name() {
    let text = "#[derive(Serialize, ToSchema)]\n#[schema(as = X)]\npub struct One { a: u8 }\n#[derive(ToSchema)] pub enum Two {}\n\
        text_enum! {\n    /// Three.\n    Three { A = \"a\" }\n}";
    assert_eq!(schema_names(&sample("src/api/a.rs", text)), ["One", "Two", "Three"]);
    let mut names: Vec<String> = source::files("src/api", "rs").iter().flat_map(schema_names).collect();
    names.sort();
    assert!(names.len() > 100, "{names:?}");
    let twice: Vec<&[String]> = names.windows(2).filter(|pair| pair[0] == pair[1]).collect();
    assert_eq!(twice, Vec::<&[String]>::new());
}

#[test]
fn modules_stay_short() {
    assert_eq!(length_faults(&sample("src/a.rs", &"x\n".repeat(MODULE_LINES + 1))).len(), 1);
    assert_eq!(source_faults(length_faults), "");
}

#[test]
fn the_sources_are_formatted() {
    let cargo = |arguments: &[&str]| {
        Command::new(env!("CARGO")).args(arguments).current_dir(source::root()).output().expect("cargo runs")
    };
    if !cargo(&["fmt", "--version"]).status.success() {
        eprintln!(
            "rustfmt is not installed (rustup component add rustfmt): format not checked here, CI checks it"
        );
        return;
    }
    let check = cargo(&["fmt", "--all", "--check"]);
    assert!(check.status.success(), "run `cargo fmt`:\n{}", String::from_utf8_lossy(&check.stdout));
}
