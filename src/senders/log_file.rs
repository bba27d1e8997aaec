//! A file with one JSON line for each message: for trying it, and for programs that follow a file.

use super::{Failure, Letter, Sender, Why};
use serde_json::json;
use std::fs::OpenOptions;
use std::io::Write;
use std::path::PathBuf;
use std::sync::Mutex;

#[derive(Debug)]
pub struct LogFile {
    path: PathBuf,
    /// One line after the other.
    turn: Mutex<()>,
}

impl LogFile {
    pub fn new(path: PathBuf) -> Self {
        LogFile { path, turn: Mutex::new(()) }
    }
}

impl Sender for LogFile {
    fn send(&self, letter: &Letter) -> Result<(), Failure> {
        let line = json!({
            "id": letter.id, "message": letter.message, "bank": letter.bank, "member": letter.number,
            "kind": letter.kind, "topic": letter.topic, "title": letter.title, "words": letter.body,
            "page": letter.page, "made_at": letter.made_at,
        });
        let turn = self.turn.lock();
        let opened = OpenOptions::new().append(true).create(true).open(&self.path);
        let written = opened.and_then(|mut file| file.write_all(format!("{line}\n").as_bytes()));
        drop(turn);
        written.map_err(|error| {
            tracing::warn!(%error, path = %self.path.display(), "a message could not be written to the file");
            Failure::of(Why::Unreachable)
        })
    }
}
