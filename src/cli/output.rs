//! The output of verbs: tables and sentences for people, one JSON document for programs.

use super::ending::Failure;
use crate::domain::language::Language;
use comfy_table::{Table, presets};
use serde::Serialize;
use std::io::{self, Write};

/// Language and form of the output.
#[derive(Clone, Copy, Debug)]
pub struct Output {
    pub language: Language,
    /// One JSON document on standard output and nothing else there.
    pub json: bool,
}

impl Output {
    /// Prints the document as JSON if requested, else the text for people.
    pub fn print<T: Serialize>(&self, document: &T, people: impl FnOnce() -> String) {
        let text = if self.json {
            serde_json::to_string_pretty(document).unwrap_or_else(|e| format!("{{\"error\":\"{e}\"}}"))
        } else {
            people()
        };
        // A closed pipe (`| head`) is not a failure.
        let _gone = writeln!(io::stdout().lock(), "{}", text.trim_end());
    }

    /// A line about progress: on standard error, so that it never mixes with a document.
    pub fn remark(&self, chinese: &str, english: &str) {
        let _gone = writeln!(io::stderr().lock(), "{}", self.language.pick(chinese, english));
    }

    /// Prints why the verb failed.
    pub fn complain(&self, failure: &Failure) {
        self.remark(&failure.chinese, &failure.english);
    }
}

/// A plain table that can be pasted into a document.
pub fn table(headings: &[&str], rows: Vec<Vec<String>>) -> String {
    let mut table = Table::new();
    table.load_style(presets::ASCII_MARKDOWN).set_header(headings);
    table.add_rows(rows);
    table.to_string()
}
