//! The program, called as people and scripts call it.

use assert_cmd::Command;

pub fn jianxian(arguments: &[&str]) -> (i32, String, String) {
    let output = Command::cargo_bin("jianxian").unwrap().args(arguments).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
    (output.status.code().expect("an exit code"), text(output.stdout), text(output.stderr))
}
