//! `jianxian backup` and `jianxian restore`: a checked copy of the whole database, and restoring it.

use super::ending::{Ending, Failure};
use super::head::lines;
use super::output::Output;
use super::place::Place;
use crate::auth::secrets::{self, Secrets};
use crate::clock::Clock;
use crate::domain::language::Language;
use crate::store::maintenance::attachments::FilesFound;
use crate::store::maintenance::backup::{BackupError, backup, restore};
use clap::Args;
use std::path::PathBuf;

/// 在线备份到一个新文件，旁边留校验和 · copy the database to a new file, while the bank is at work
#[derive(Debug, Args)]
pub struct Backup {
    /// 备份文件 · the file to make
    file: PathBuf,
    #[command(flatten)]
    place: Place,
}

impl Backup {
    pub fn run(&self, output: &Output) -> Result<Ending, Failure> {
        let made = backup(&self.place.url(), &self.place.files()?, &self.file)?;
        output.print(&made, || {
            let (file, bytes) = (made.file.display(), made.bytes);
            let said = output.language.pick(
                format!("已备份到 {file}（{bytes} 字节），校验和在 {file}.sha256。密钥文件 secret.key 不在备份里，请另行保管。"),
                format!(
                    "backed up to {file} ({bytes} bytes), checksum in {file}.sha256. The key file secret.key is not \
                     in it: keep that elsewhere."
                ),
            );
            [said, lines(&made.heads), files_found(&made.attachments, output)].join("\n")
        });
        Ok(ending_of(&made.attachments))
    }
}

/// 用备份恢复数据库（先校验、再逐笔核对）· put a backup in the database's place, once it has been checked
#[derive(Debug, Args)]
pub struct Restore {
    /// 备份文件 · the backup
    file: PathBuf,
    /// 已有数据库时也恢复，原库改名保留 · also where a database is; that one is kept under another name
    #[arg(long)]
    replace: bool,
    #[command(flatten)]
    place: Place,
}

impl Restore {
    pub fn run(&self, output: &Output) -> Result<Ending, Failure> {
        let mark = Clock::default().now().to_utc().format("%Y%m%dT%H%M%SZ").to_string();
        let held = held_keys(&self.place)?;
        let restored = restore(
            &self.file,
            (&self.place.url(), &self.place.files()?),
            self.replace,
            &mark,
            held.as_deref(),
        )?;
        if let (None, Some(id)) = (held, restored.key_ids.first()) {
            output.remark(
                &format!(
                    "还缺密钥 {id}：启动前请把 secret.key 放回数据文件夹 {}。",
                    self.place.data.display()
                ),
                &format!(
                    "the key {id} is still missing: put secret.key back into {} before serving.",
                    self.place.data.display()
                ),
            );
        }
        output.print(&restored, || {
            let file = restored.file.display();
            let mut said = vec![output.language.pick(
                format!("已恢复到 {file}，逐笔核对无误。"),
                format!("restored to {file}; every entry was checked."),
            )];
            said.extend(restored.kept_as.as_ref().map(|kept| {
                output.language.pick(
                    format!("原来的数据库保留为 {}。", kept.display()),
                    format!("the database that stood there is kept as {}.", kept.display()),
                )
            }));
            said.push(lines(&restored.heads));
            said.push(files_found(&restored.attachments, output));
            said.join("\n")
        });
        Ok(ending_of(&restored.attachments))
    }
}

/// A copy of which files are missing is made, and has a fault.
pub fn ending_of(found: &FilesFound) -> Ending {
    if found.missing.is_empty() { Ending::Done } else { Ending::FaultFound }
}

/// How many files of attachments there are, and which are missing.
pub fn files_found(found: &FilesFound, output: &Output) -> String {
    let FilesFound { files, bytes, missing } = found;
    let said = output.language.pick(
        format!("附件文件 {files} 个（{bytes} 字节）。"),
        format!("{files} files of attachments ({bytes} bytes)."),
    );
    if missing.is_empty() {
        return said;
    }
    let (number, names) = (missing.len(), missing.iter().take(10).cloned().collect::<Vec<_>>().join(", "));
    let lost = output.language.pick(
        format!("缺少或已改变的附件文件 {number} 个：{names}。请从别的备份的附件文件夹里找回；附件在对象存储里的，请核对 store.attachments。"),
        format!(
            "{number} files of attachments are missing or changed: {names}. Look for them in the folder of attachments of \
             another backup; if they are in an object store, check store.attachments."
        ),
    );
    format!("{said}\n{lost}")
}

/// The ids of the keys in the data folder, if it has any.
fn held_keys(place: &Place) -> Result<Option<Vec<String>>, Failure> {
    let path = place.data.join(secrets::FILE);
    if !path.exists() {
        return Ok(None);
    }
    let held = Secrets::open(&path);
    let held = held.map_err(|error| Failure::new(Ending::Refused, error.chinese(), error.to_string()))?;
    Ok(Some(held.held_ids()))
}

impl From<BackupError> for Failure {
    fn from(error: BackupError) -> Self {
        let refused = |chinese: String, english: String| Failure::new(Ending::Refused, chinese, english);
        match error {
            BackupError::Open(error) => error.into(),
            BackupError::File(path, error) => Failure::file(&path, &error),
            BackupError::Copy(error) => refused(
                format!("数据库没能完成复制：{error}。请检查磁盘空间后重试。"),
                format!("the database could not make the copy: {error}. Check the disk space and try again."),
            ),
            BackupError::Exists(file) => refused(
                format!("{} 已存在，没有覆盖。请换一个文件名；恢复时可加 --replace。", file.display()),
                format!(
                    "{} exists and was not overwritten. Choose another name; when restoring, --replace keeps it \
                     under another name.",
                    file.display()
                ),
            ),
            BackupError::InUse(file) => refused(
                format!("{} 正在使用。请先停止 jianxian serve，再恢复。", file.display()),
                format!("{} is in use. Stop jianxian serve first, then restore.", file.display()),
            ),
            BackupError::OtherKey(file, id) => refused(
                format!(
                    "{} 是用密钥 {id} 建立的，而数据文件夹里的 secret.key 没有它，没有恢复。请先放回那把密钥，或恢复到空文件夹。",
                    file.display()
                ),
                format!(
                    "{} was made with the key {id}, which secret.key in the data folder does not hold; nothing was \
                     restored. Put that key back first, or restore into an empty folder.",
                    file.display()
                ),
            ),
            BackupError::NoChecksum(file) => refused(
                format!("缺少校验和文件 {}.sha256。请把它和备份放在一起。", file.display()),
                format!("the checksum {}.sha256 is missing. Put it beside the backup.", file.display()),
            ),
            BackupError::WrongChecksum(file) => Failure::new(
                Ending::FaultFound,
                format!("{} 与校验和不符，文件已改变。请用另一份备份。", file.display()),
                format!(
                    "{} does not agree with its checksum: it has changed. Use another backup.",
                    file.display()
                ),
            ),
            BackupError::Fault(file, audit) => {
                let what = |language| {
                    let found = audit.first_finding();
                    found.map(|f| format!("{}: {}", f.place, f.text(language))).unwrap_or_default()
                };
                let (chinese, what) = (what(Language::Chinese), what(Language::English));
                Failure::new(
                    Ending::FaultFound,
                    format!("{} 的账目不符（{chinese}），没有恢复。请用另一份备份。", file.display()),
                    format!(
                        "the books of {} do not agree ({what}); nothing was restored. Use another backup.",
                        file.display()
                    ),
                )
            }
        }
    }
}
