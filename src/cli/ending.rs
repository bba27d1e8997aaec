//! Exit codes of the verbs, on which scripts may rely.

use crate::texts::{Language, Text};
use std::fmt;
use std::process::ExitCode;

/// The list in `--help`.
pub const EXIT_CODES: &str = "\
退出码 · exit codes:
  0  完成 · done
  1  被拒绝或未完成 · refused or failed, nothing half done
  2  命令行写错 · the command line is wrong
  3  核对发现不符 · verification found a fault
  4  数据库损坏或不是本程序的 · the database is damaged, foreign or newer than this program";

/// The meaning of the exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// 0: done.
    Done,
    /// 1: refused or failed; nothing is half done.
    Refused,
    /// 2: the command line is wrong.
    Usage,
    /// 3: verification found a fault.
    FaultFound,
    /// 4: the database is damaged, foreign, or newer than this program.
    UnusableDatabase,
}

impl From<Ending> for ExitCode {
    fn from(ending: Ending) -> Self {
        ExitCode::from(match ending {
            Ending::Done => 0,
            Ending::Refused => 1,
            Ending::Usage => 2,
            Ending::FaultFound => 3,
            Ending::UnusableDatabase => 4,
        })
    }
}

/// Why a verb failed: a sentence with the next step, in both languages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    pub ending: Ending,
    pub chinese: String,
    pub english: String,
}

impl Failure {
    pub fn new(ending: Ending, chinese: impl Into<String>, english: impl Into<String>) -> Self {
        Self { ending, chinese: chinese.into(), english: english.into() }
    }

    pub fn of_text(ending: Ending, text: &Text) -> Self {
        Self::new(ending, text.say(Language::Chinese), text.say(Language::English))
    }

    /// A file or folder that could not be read or written.
    pub fn file(path: &std::path::Path, error: &std::io::Error) -> Self {
        let path = path.display();
        Self::new(
            Ending::Refused,
            format!("无法读写 {path}：{error}。请检查路径、权限和磁盘空间。"),
            format!(
                "cannot read or write {path}: {error}. Check the path, its permissions and the disk space."
            ),
        )
    }

    /// A failure of the machine (network, threads) while doing `what`.
    pub fn machine(what: &str, error: impl fmt::Display) -> Self {
        Self::new(Ending::Refused, format!("{what}：{error}"), format!("{what}: {error}"))
    }
}
