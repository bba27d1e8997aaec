//! `jianxian copy`: copies everything from one database to another.

use super::backup::{ending_of, files_found};
use super::ending::{Ending, Failure};
use super::head::lines;
use super::output::Output;
use super::place::files;
use crate::auth::secrets;
use crate::store::Database;
use crate::store::Error;
use crate::store::maintenance::attachments::{FilesFound, carry};
use crate::store::maintenance::copy::{Copied, CopyError, Progress, Side, Step, Unfit, copy};
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::time::Instant;

/// 把整个数据库搬到另一个（SQLite 与 PostgreSQL 之间亦可），逐行比对并核对全部账目；中断后再运行即可续搬 · copy the whole
/// database to another one, SQLite or PostgreSQL; every row is compared and every bank verified; run again, it goes on
#[derive(Debug, Args)]
pub struct Copy {
    /// 原库（先停止服务）· the database to copy; nobody may serve it meanwhile
    #[arg(long, value_name = "URL")]
    from: String,
    /// 新库（空的，或上次没有搬完的）· an empty database, or the copy that is not finished
    #[arg(long, value_name = "URL")]
    to: String,
    /// 清空没有搬完的副本，从头开始 · empty an unfinished copy and start over; a bank is never emptied
    #[arg(long)]
    fresh: bool,
    /// 数据文件夹（服务器数据库的附件在里面）· data folder, where the attachments of a database on a server are
    #[arg(long, env = "JIANXIAN_DATA", default_value = "data")]
    data: PathBuf,
    /// 附件的对象存储，两库共用（默认在各自的文件夹）· object store of the attachments of both
    #[arg(long, env = "JIANXIAN_STORE_ATTACHMENTS", hide_env_values = true)]
    attachments: Option<String>,
}

/// The JSON output.
#[derive(serde::Serialize)]
struct Timed<'c> {
    #[serde(flatten)]
    copied: &'c Copied,
    attachments: &'c FilesFound,
    seconds: f64,
}

impl Copy {
    pub fn run(&self, output: &Output) -> Result<Ending, Failure> {
        let started = Instant::now();
        let (from, to) = (Database::parse(&self.from)?, Database::parse(&self.to)?);
        let [from_files, to_files] =
            [&from, &to].map(|database| files(database, &self.data, self.attachments.as_deref()));
        let (from_files, to_files) = (from_files?, to_files?);
        let bar = ProgressBar::new(0).with_style(
            ProgressStyle::with_template("{bar:40} {percent}% {msg}")
                .unwrap_or_else(|_| ProgressStyle::default_bar()),
        );
        let mut shown = |progress: Progress| {
            bar.set_length(progress.rows);
            bar.set_position(progress.done);
            bar.set_message(doing(progress, output));
            ControlFlow::Continue(())
        };
        let copied = copy(&self.from, &self.to, self.fresh, &mut shown);
        bar.finish_and_clear();
        let copied = copied?;
        let attachments = carry(&to, &from_files, &to_files)?;
        let seconds = started.elapsed().as_secs_f64();
        output.print(&Timed { copied: &copied, attachments: &attachments, seconds }, || {
            [summary(&copied, seconds, output), files_found(&attachments, output)].join("\n")
        });
        Ok(ending_of(&attachments))
    }
}

fn doing(progress: Progress, output: &Output) -> String {
    let step = match progress.step {
        Step::Copying => output.language.pick("复制", "copying"),
        Step::Comparing => output.language.pick("比对", "comparing"),
        Step::Verifying => output.language.pick("核对全部账目", "verifying every bank"),
    };
    format!("{step} {}", progress.table)
}

fn summary(copied: &Copied, seconds: f64, output: &Output) -> String {
    let Copied { from, to, entries, rows, put_in, .. } = copied;
    let ids = copied.key_ids.join(", ");
    let file = secrets::FILE;
    let mut said = vec![output.language.pick(
        format!(
            "已从 {from} 搬到 {to}：{entries} 笔分录，共 {rows} 行（本次写入 {put_in} 行），用时 {seconds:.1} 秒。逐行比对一致，\
             账目核对无误。"
        ),
        format!(
            "copied from {from} to {to}: {entries} entries, {rows} rows in all ({put_in} put in by this run), in \
             {seconds:.1} s. Every row was compared, and every bank verified."
        ),
    )];
    if !copied.key_ids.is_empty() {
        said.push(output.language.pick(
            format!(
                "密钥 {ids} 不在数据库里：请把原来数据文件夹里的 {file} 一起带走，没有它读不出电话和证件号。"
            ),
            format!(
                "The key {ids} stands in no database: take {file} along from the old data folder. Without it no phone \
                 and no ID number can be read."
            ),
        ));
    }
    said.push(output.language.pick(
        "请用 --database 指定新库启动；原库未被改动，今后不要再用它启动服务。".to_owned(),
        "Serve the new one with --database. The old one is as it was: do not serve it any more.".to_owned(),
    ));
    said.push(lines(&copied.heads));
    said.join("\n")
}

impl From<CopyError> for Failure {
    fn from(error: CopyError) -> Self {
        let refused = |chinese: String, english: String| Failure::new(Ending::Refused, chinese, english);
        match error {
            CopyError::Open(error) => error.into(),
            CopyError::Same(name) => Failure::new(
                Ending::Usage,
                format!("--from 和 --to 都是 {name}。请把 --to 写成另一个数据库。"),
                format!("--from and --to are both {name}. Name another database with --to."),
            ),
            CopyError::NoBank(name) => refused(
                format!("{name} 里没有银行，无可搬运。请检查 --from。"),
                format!("{name} holds no bank: there is nothing to copy. Check --from."),
            ),
            CopyError::HoldsBank(name) => refused(
                format!("{name} 里已有银行，没有动它。请把 --to 写成一个空的数据库。"),
                format!("{name} holds a bank already and was left alone. Name an empty database with --to."),
            ),
            CopyError::Moved { from, to } => refused(
                format!(
                    "{from} 在搬运开始后有了变动，{to} 里的副本不再可靠，没有启用。请先停止原库的服务，再加 --fresh 从头开始。"
                ),
                format!(
                    "{from} was changed after the copy was begun; what {to} holds is out of date and was not put to \
                     use. Stop serving the source, then start over with --fresh."
                ),
            ),
            CopyError::Differs { table, key, to } => refused(
                format!(
                    "{to} 与原库不一致：表 {table}，{key}。原库在两次运行之间有变动，或副本被人改过。请停止原库的服务，再加 \
                     --fresh 从头开始。"
                ),
                format!(
                    "{to} does not agree with its source: table {table}, {key}. The source was changed between two \
                     runs, or the copy was. Stop serving the source, then start over with --fresh."
                ),
            ),
            CopyError::Unfit { table, key, column, unfit } => unfit_sentence(table, &key, column, unfit),
            CopyError::Fault(finding) => Failure::new(
                Ending::FaultFound,
                format!(
                    "副本与原库一致，但账目不符（{}：{}），没有启用。请用 jianxian verify 核对原库，并与最近的备份比较。",
                    finding.place, finding.fault_zh
                ),
                format!(
                    "the copy agrees with its source, but the books do not agree ({}: {}); it was not put to use. Run \
                     jianxian verify on the source, and compare it with the last backup.",
                    finding.place, finding.fault
                ),
            ),
            CopyError::Failed { side, name, table, error } => failed(side, &name, table, &error),
            CopyError::Stopped => refused(
                "搬运已停下。再运行同样的命令，会接着搬。".to_owned(),
                "the copy was stopped. Run the same command again: it goes on from there.".to_owned(),
            ),
        }
    }
}

fn failed(side: Side, name: &str, table: &str, error: &Error) -> Failure {
    let place = if table.is_empty() { name.to_owned() } else { format!("{name}, {table}") };
    let (chinese, english) = match side {
        Side::Source => (
            format!("读不出 {place}：{error}。原库未被改动。排除原因后"),
            format!("cannot read {place}: {error}. It is as it was. Once the cause is gone"),
        ),
        Side::Target => (
            format!("写不进 {place}：{error}。请检查磁盘空间和权限，然后"),
            format!("cannot write {place}: {error}. Check its disk space and rights, then"),
        ),
    };
    Failure::new(
        Ending::Refused,
        format!("{chinese}再运行同样的命令，会接着搬。"),
        format!("{english} run the same command again: it goes on from there."),
    )
}

fn unfit_sentence(table: &str, key: &str, column: &str, unfit: Unfit) -> Failure {
    let (chinese, english) = match unfit {
        Unfit::Nul => (
            "的文字里有 NUL 字符，PostgreSQL 存不下",
            "holds a NUL character, which PostgreSQL does not take",
        ),
        Unfit::NotText => ("不是 UTF-8 文字", "is no UTF-8 text"),
        Unfit::OutOfRange => {
            ("的时间超出新库能存的范围", "is a time beyond what the other database can hold")
        }
        Unfit::OtherKind => ("的值与该列的类型不符", "is not of the column's kind"),
    };
    Failure::new(
        Ending::Refused,
        format!(
            "不能搬运：表 {table}，{key}，列 {column} {chinese}。请先在原库改正这一行，再加 --fresh 从头开始。"
        ),
        format!(
            "cannot be copied: table {table}, {key}: the column {column} {english}. Correct this row in the source, \
             then start over with --fresh."
        ),
    )
}
