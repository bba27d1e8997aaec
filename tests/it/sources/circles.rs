//! Files do not depend on each other in cycles: what two files share is in a third.

use crate::support::source::{self, SourceFile, Token};
use std::collections::{BTreeMap, BTreeSet};

type Module = Vec<String>;

/// `src/a/b.rs` → a, b; `src/a/mod.rs` → a. The files of `values` and `host` stand where other layers see them.
fn module(path: &str) -> Module {
    let path = path.replace("src/values/", "src/domain/").replace("src/host/", "src/");
    let path = path.as_str();
    let inside = path.trim_start_matches("src/").trim_end_matches(".rs");
    let mut module: Module = inside.split('/').map(str::to_owned).collect();
    if matches!(module.last().map(String::as_str), Some("mod" | "lib" | "main")) {
        module.pop();
    }
    module
}

/// The paths that a file names, from the root of the crate: in `use` trees and in code.
fn named(file: &SourceFile) -> Vec<Module> {
    let (own, mut tokens) = (module(&file.path), file.tokens());
    tokens.truncate(unit_tests(&tokens).unwrap_or(tokens.len()));
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let (mut base, mut next) = (own.clone(), at);
        let follows = |next: usize| tokens.get(next).is_some_and(|sign: &Token| sign.text == "::");
        match tokens[at].text.as_str() {
            "crate" if file.path.starts_with("src/values/") => base = vec!["domain".to_owned()],
            "crate" => base.clear(),
            "super" => {
                base.pop();
                while follows(next + 1) && tokens.get(next + 2).is_some_and(|word| word.text == "super") {
                    base.pop();
                    next += 2;
                }
            }
            _ => {
                at += 1;
                continue;
            }
        }
        if follows(next + 1) {
            at = tree(&tokens, next + 2, &base, &mut found);
        } else {
            at += 1;
        }
    }
    found
}

/// The start of the unit tests, which are last in a file and may see everything.
fn unit_tests(tokens: &[Token]) -> Option<usize> {
    let begin = ["cfg", "(", "test", ")", "]", "mod"];
    let begins = |at: usize| begin.iter().zip(&tokens[at..]).all(|(word, token)| *word == token.text);
    let opens = |at: usize| tokens.get(at + begin.len() + 1).is_some_and(|token| token.text == "{");
    (0..tokens.len()).find(|at| begins(*at) && opens(*at))
}

/// Parses one path, or a `{…}` group of them, after `base`; returns its end.
fn tree(tokens: &[Token], mut at: usize, base: &[String], found: &mut Vec<Module>) -> usize {
    let mut path = base.to_vec();
    loop {
        match tokens.get(at) {
            Some(open) if open.text == "{" => {
                at += 1;
                while tokens.get(at).is_some_and(|token| token.text != "}") {
                    at = tree(tokens, at, &path, found).max(at + 1);
                    if tokens.get(at).is_some_and(|token| token.text == ",") {
                        at += 1;
                    }
                }
                return at + 1;
            }
            Some(word) if word.is_word() => path.push(word.text.clone()),
            _ => {
                found.push(path);
                return at;
            }
        }
        at += 1;
        if tokens.get(at).is_none_or(|sign| sign.text != "::") {
            found.push(path);
            return at;
        }
        at += 1;
    }
}

/// Which file depends on which; a folder's `mod.rs` stands for the folder, and its files may name it.
fn dependencies(files: &[SourceFile]) -> BTreeMap<Module, BTreeSet<Module>> {
    let modules: BTreeSet<Module> = files.iter().map(|file| module(&file.path)).collect();
    let mut graph = BTreeMap::new();
    for file in files {
        let own = module(&file.path);
        let mut needs = BTreeSet::new();
        for path in named(file) {
            let known = (1..=path.len()).rev().map(|end| path[..end].to_vec()).find(|m| modules.contains(m));
            if let Some(other) = known.filter(|other| *other != own && !own.starts_with(other)) {
                needs.insert(other);
            }
        }
        graph.entry(own).or_insert_with(BTreeSet::new).extend(needs);
    }
    graph
}

/// Files that can reach themselves, in the order of their names.
fn in_circles(graph: &BTreeMap<Module, BTreeSet<Module>>) -> Vec<String> {
    let reaches_itself = |start: &Module| {
        let (mut waiting, mut seen) = (vec![start], BTreeSet::new());
        while let Some(module) = waiting.pop() {
            for next in graph.get(module).into_iter().flatten() {
                if next == start {
                    return true;
                }
                if seen.insert(next) {
                    waiting.push(next);
                }
            }
        }
        false
    };
    graph.keys().filter(|module| reaches_itself(module)).map(|module| module.join("::")).collect()
}

fn sample(path: &str, text: &str) -> SourceFile {
    SourceFile { path: path.to_owned(), text: text.to_owned() }
}

#[test]
fn no_file_depends_on_one_that_depends_on_it() {
    let round = [
        sample("src/a/mod.rs", "pub mod x; pub mod y; use crate::b::z;"),
        sample("src/a/x.rs", "use super::{y::{Y, Z}, Root};"),
        sample("src/a/y.rs", "fn f() { crate::b::z::g() }"),
        sample("src/b/z.rs", "use crate::a::x::X as Other;"),
        sample("src/b/alone.rs", "use super::z;\n#[cfg(test)]\nmod tests { use crate::b::tried::T; }"),
        sample("src/b/tried.rs", "use super::alone::A;"),
    ];
    assert_eq!(in_circles(&dependencies(&round)), ["a::x", "a::y", "b::z"]);
    let files = source::files("src", "rs");
    assert!(files.len() > 200, "the sources were not found");
    assert_eq!(in_circles(&dependencies(&files)), Vec::<String>::new());
}
