//! The program, called as people and scripts call it.

use assert_cmd::Command;
use serde_json::{Value, json};

pub fn jianxian(arguments: &[&str]) -> (i32, String, String) {
    let output = Command::cargo_bin("jianxian").unwrap().args(arguments).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
    (output.status.code().expect("an exit code"), text(output.stdout), text(output.stderr))
}

/// The same with its JSON in English: the exit code, and the document or the complaint.
pub fn jianxian_json(arguments: &[&str]) -> (i32, Value) {
    let (code, printed, complaint) = jianxian(&[arguments, &["--lang", "en", "--json"]].concat());
    (code, serde_json::from_str(&printed).unwrap_or_else(|_| json!(complaint)))
}
