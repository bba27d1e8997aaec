//! Reads the project's own sources: files, and their code without comments and literals.

use std::fmt;
use std::fs;
use std::path::Path;

pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every file under `folder` (relative to the project) that ends in `.extension`, in order.
pub fn files(folder: &str, extension: &str) -> Vec<SourceFile> {
    let mut found = Vec::new();
    let mut waiting = vec![root().join(folder)];
    while let Some(folder) = waiting.pop() {
        for entry in fs::read_dir(&folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display())) {
            let path = entry.unwrap().path();
            if path.is_dir() {
                waiting.push(path);
            } else if path.extension().is_some_and(|found| found == extension) {
                found.push(SourceFile::read(&path));
            }
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    found
}

/// One file, by its path in the project.
pub fn file(path: &str) -> SourceFile {
    SourceFile::read(&root().join(path))
}

pub struct SourceFile {
    /// Relative to the project, with `/`.
    pub path: String,
    pub text: String,
}

impl SourceFile {
    fn read(path: &Path) -> Self {
        let text = fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        let inside = path.strip_prefix(root()).unwrap();
        let parts: Vec<_> = inside.iter().map(|part| part.to_string_lossy()).collect();
        Self { path: parts.join("/"), text }
    }

    /// The words and signs of the code, each with its line: no comments, no literals.
    pub fn tokens(&self) -> Vec<Token> {
        tokens(&code_only(&self.text))
    }

    pub fn fault(&self, line: usize, what: impl fmt::Display) -> String {
        format!("{}:{line}: {what}", self.path)
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    pub line: usize,
    pub text: String,
}

impl Token {
    pub fn is_word(&self) -> bool {
        self.text.starts_with(|c: char| c.is_alphabetic() || c == '_')
    }
}

/// Splits code into words (`crate`, `fn`, names), `::`, and single signs.
pub fn tokens(code: &str) -> Vec<Token> {
    let mut found = Vec::new();
    for (index, text) in code.lines().enumerate() {
        let line = index + 1;
        let mut rest = text.trim_start();
        while let Some(first) = rest.chars().next() {
            let length = if first.is_alphanumeric() || first == '_' {
                rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len())
            } else if rest.starts_with("::") {
                2
            } else {
                first.len_utf8()
            };
            let (token, after) = rest.split_at(length);
            found.push(Token { line, text: token.to_owned() });
            rest = after.trim_start();
        }
    }
    found
}

/// The text with comments and the inside of literals blanked; positions of lines stay.
pub fn code_only(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while at < chars.len() {
        let end = match (chars[at], chars.get(at + 1)) {
            ('/', Some('/')) => until(&chars, at, |c, _| c == '\n'),
            ('/', Some('*')) => block_comment_end(&chars, at),
            ('"', _) => string_end(&chars, at),
            ('r', Some('"' | '#')) if !follows_word(&chars, at) => raw_string_end(&chars, at),
            ('\'', _) => char_end(&chars, at),
            _ => at,
        };
        if end == at {
            out.push(chars[at]);
            at += 1;
        } else {
            out.extend(chars[at..end].iter().map(|&c| if c == '\n' { '\n' } else { ' ' }));
            at = end;
        }
    }
    out
}

fn follows_word(chars: &[char], at: usize) -> bool {
    at > 0 && (chars[at - 1].is_alphanumeric() && chars[at - 1] != 'b' || chars[at - 1] == '_')
}

fn until(chars: &[char], from: usize, stop: impl Fn(char, usize) -> bool) -> usize {
    (from..chars.len()).find(|&i| stop(chars[i], i)).unwrap_or(chars.len())
}

fn block_comment_end(chars: &[char], from: usize) -> usize {
    let (mut depth, mut at) = (0, from);
    while at + 1 < chars.len() {
        match (chars[at], chars[at + 1]) {
            ('/', '*') => (depth, at) = (depth + 1, at + 2),
            ('*', '/') => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            return at;
        }
    }
    chars.len()
}

fn string_end(chars: &[char], from: usize) -> usize {
    let mut at = from + 1;
    while at < chars.len() && chars[at] != '"' {
        at += if chars[at] == '\\' { 2 } else { 1 };
    }
    (at + 1).min(chars.len())
}

fn raw_string_end(chars: &[char], from: usize) -> usize {
    let hashes = chars[from + 1..].iter().take_while(|&&c| c == '#').count();
    let open = from + 1 + hashes;
    if chars.get(open) != Some(&'"') {
        return from; // a raw identifier
    }
    let closes = |i: usize| chars[i] == '"' && (1..=hashes).all(|n| chars.get(i + n) == Some(&'#'));
    let close = (open + 1..chars.len()).find(|&i| closes(i)).unwrap_or(chars.len());
    (close + 1 + hashes).min(chars.len())
}

/// The end of a character literal, or `from` itself where the quote begins a lifetime.
fn char_end(chars: &[char], from: usize) -> usize {
    match (chars.get(from + 1), chars.get(from + 2)) {
        (Some('\\'), _) => until(chars, from + 3, |c, _| c == '\'') + 1,
        (Some(_), Some('\'')) => from + 3,
        _ => from,
    }
}

#[test]
fn comments_and_literals_are_blanked_and_lines_stay() {
    let text = "let a = \"crate::store \\\" // no\"; // diesel\n/* actix\n /* deep */ web */ let b: &'a str = r#\"x\"y\"#;\nlet c = '\"'; let d = '\\n';";
    let code = code_only(text);
    assert_eq!(code.lines().count(), text.lines().count());
    let words: Vec<_> = tokens(&code).into_iter().filter(Token::is_word).map(|t| (t.line, t.text)).collect();
    let expected = [
        (1, "let"),
        (1, "a"),
        (2 + 1, "let"),
        (3, "b"),
        (3, "a"),
        (3, "str"),
        (4, "let"),
        (4, "c"),
        (4, "let"),
        (4, "d"),
    ];
    assert_eq!(words, expected.map(|(line, word)| (line, word.to_owned())));
}
