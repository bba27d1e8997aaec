//! The database of a verb, and the messages for one that cannot be used.

use super::ending::{Ending, Failure};
use crate::config::Settings;
use crate::store::files::{AddressFault, Files};
use crate::store::{Database, Error, OpenError, Store};
use clap::Args;
use std::path::{Path, PathBuf};

/// Data folder and database URL.
#[derive(Clone, Debug, Args)]
pub struct Place {
    /// 数据文件夹 · data folder
    #[arg(long, global = true, env = "JIANXIAN_DATA", default_value = "data")]
    pub data: PathBuf,
    /// 数据库地址（默认 sqlite:数据文件夹/jianxian.db）· database URL
    #[arg(long, global = true, env = "JIANXIAN_DATABASE", hide_env_values = true)]
    pub database: Option<String>,
    /// 附件的对象存储（默认在数据库旁的文件夹）· object store of the attachments, s3://KEY:SECRET@HOST/BUCKET
    #[arg(long, global = true, env = "JIANXIAN_STORE_ATTACHMENTS", hide_env_values = true)]
    pub attachments: Option<String>,
}

impl Place {
    /// The URL of the database.
    pub fn url(&self) -> String {
        let in_folder = || format!("sqlite:{}", self.data.join("jianxian.db").display());
        self.database.clone().unwrap_or_else(in_folder)
    }

    /// Where the files of attachments are.
    pub fn files(&self) -> Result<Files, Failure> {
        files(&Database::parse(&self.url())?, &self.data, self.attachments.as_deref())
    }
}

/// Where the files of a database are: at the address that is given, else where the settings file of the data folder says.
pub fn files(database: &Database, data: &Path, given: Option<&str>) -> Result<Files, Failure> {
    let file = data.join("jianxian.toml");
    let set = match given {
        None if file.is_file() => {
            Settings::load(Some(&file), |_| None, &[])
                .map_err(|error| Failure::new(Ending::Usage, error.chinese, error.english))?
                .config
                .store
                .attachments
        }
        _ => String::new(),
    };
    Ok(Files::of(database, data, Some(given.unwrap_or(&set)))?)
}

/// Runs a verb on an open store and closes it, whatever the result: otherwise the file would stay marked as open,
/// although nothing is missing.
pub fn closing<T>(store: Store, work: impl FnOnce(&Store) -> Result<T, Failure>) -> Result<T, Failure> {
    let done = work(&store);
    let stopped = store.stop();
    let done = done?;
    stopped?;
    Ok(done)
}

/// Runs asynchronous work to its end, on a small runtime of its own.
pub fn block_on<T>(work: impl Future<Output = T>) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    Ok(runtime.map_err(|error| Failure::machine("runtime", error))?.block_on(work))
}

impl From<Error> for Failure {
    /// A refusal in its own words; or an error below a verb.
    fn from(error: Error) -> Self {
        if let Error::Refused(refusal) | Error::RefusedBefore(refusal) = &error {
            return Failure::of_text(Ending::Refused, &crate::api::web::error::problem_text(refusal).text);
        }
        let ending = if matches!(error, Error::Closed(_) | Error::Unavailable(_)) {
            Ending::UnusableDatabase
        } else {
            Ending::Refused
        };
        Failure::new(ending, format!("未完成：{error}"), format!("not done: {error}"))
    }
}

impl From<AddressFault> for Failure {
    fn from(fault: AddressFault) -> Self {
        let what = match fault {
            AddressFault::Form => "读不成 s3://访问密钥:密码@主机/存储桶 的样子",
            AddressFault::NoKey => "主机前没有“访问密钥:密码@”",
            AddressFault::NoBucket => "主机后没有存储桶的名称，或这样的名称不能用",
            AddressFault::Parameter => {
                "问号后只能有 region=…、style=path 或 style=virtual、tls=on 或 tls=off"
            }
        };
        Failure::new(
            Ending::Usage,
            format!(
                "设置 store.attachments 不能用：{what}。请写成 s3://访问密钥:密码@主机/存储桶 的样子；访问密钥和密码里的 / + @ : % 等写成 %2F %2B %40 %3A %25。"
            ),
            format!(
                "the setting store.attachments cannot be used: {fault}. Write it like s3://KEY:SECRET@HOST/BUCKET, with \
                 / + @ : % in KEY and SECRET as %2F %2B %40 %3A %25."
            ),
        )
    }
}

impl From<OpenError> for Failure {
    fn from(error: OpenError) -> Self {
        match error {
            OpenError::Foreign(file) => Failure::new(
                Ending::UnusableDatabase,
                format!(
                    "{} 不是涧贤的数据库，没有动它。请用 --database 指定正确的文件，或移走这个文件。",
                    file
                ),
                format!(
                    "{} is not a jianxian database and was left alone. Name the right file with --database, or \
                     move this one away.",
                    file
                ),
            ),
            OpenError::Damaged(file, what) => Failure::new(
                Ending::UnusableDatabase,
                format!(
                    "{} 已损坏（{what}）。请停止服务，保留这个文件，用 jianxian restore 恢复最近的备份。",
                    file
                ),
                format!(
                    "{} is damaged ({what}). Stop the server, keep this file, and bring back the last backup with \
                     jianxian restore.",
                    file
                ),
            ),
            OpenError::Newer(file, version) => Failure::new(
                Ending::UnusableDatabase,
                format!("{} 由更新的版本创建（迁移 {version}）。请安装那个版本，或恢复更早的备份。", file),
                format!(
                    "{} was made by a newer version (migration {version}). Install that version, or restore an \
                     older backup.",
                    file
                ),
            ),
            OpenError::Older(file) => Failure::new(
                Ending::UnusableDatabase,
                format!("{} 由较旧的版本创建。请先备份，再运行 jianxian migrate。", file),
                format!("{} was made by an older version. Back it up, then run jianxian migrate.", file),
            ),
            OpenError::Missing(file) => Failure::new(
                Ending::Refused,
                format!(
                    "没有数据库 {}。请检查 --data 或 --database，或用 jianxian serve、jianxian demo 新建。",
                    file
                ),
                format!(
                    "there is no database {}. Check --data or --database, or make one with jianxian serve or \
                     jianxian demo.",
                    file
                ),
            ),
            OpenError::Unusable(file, what) => Failure::new(
                Ending::Refused,
                format!("无法打开 {}：{what}。请检查文件夹、权限和磁盘空间。", file),
                format!(
                    "cannot open {}: {what}. Check the folder, its permissions and the disk space.",
                    file
                ),
            ),
            OpenError::Files(place, what) => Failure::new(
                Ending::Refused,
                format!(
                    "附件的存放处 {place} 用不了：{what}。存在文件夹里的，请检查权限和磁盘空间；存在对象存储里的，请检查地址、密钥、\
                     存储桶和网络。"
                ),
                format!(
                    "the place of attachments {place} cannot be used: {what}. Of a folder check the permissions and the disk \
                     space, of an object store the address, the key, the bucket and the network."
                ),
            ),
            OpenError::NoServer(server, what) => Failure::new(
                Ending::Refused,
                format!("连接不上 {server}（{what}）。请检查服务器是否在运行，地址、用户名和口令是否正确。"),
                format!(
                    "cannot connect to {server}: {what}. Check that the server runs, its address, the name and the \
                     password."
                ),
            ),
            OpenError::NotReady(server, what) => Failure::new(
                Ending::Refused,
                format!("{server} 正在启动、恢复或停止（{what}）。请稍等片刻再试。"),
                format!("{server} is starting, recovering or stopping: {what}. Wait a moment and try again."),
            ),
            OpenError::Unsafe(server, what) => Failure::new(
                Ending::UnusableDatabase,
                format!(
                    "{server}：服务器的设置不能保证账不丢（{what}）。请改好服务器的设置（postgresql.conf）再启动。"
                ),
                format!(
                    "{server}: the settings of the server do not keep a bank safe ({what}). Correct them in \
                     postgresql.conf and start again."
                ),
            ),
            OpenError::NotBuiltIn(url) => Failure::new(
                Ending::Usage,
                format!(
                    "本程序未包含 PostgreSQL，不能使用 {url}。请用 cargo build --release --features postgres 重新构建。"
                ),
                format!(
                    "this program was built without PostgreSQL and cannot use {url}. Build it with \
                     cargo build --release --features postgres."
                ),
            ),
            OpenError::Unfinished(target) => Failure::new(
                Ending::UnusableDatabase,
                format!(
                    "{target} 是一份还没有搬完的副本，不能当银行使用。请再运行一次同样的 jianxian copy 把它搬完；\
                     原库已有变动时加 --fresh 重新开始。"
                ),
                format!(
                    "{target} is a copy that is not finished, and no bank yet. Run the same jianxian copy again to \
                     finish it, or with --fresh to start over where the source has changed."
                ),
            ),
            OpenError::NoReplica(server) => Failure::new(
                Ending::UnusableDatabase,
                format!(
                    "store.read_database 所指的 {server} 不是本库的副本：它的账从第一笔起就不同。请改成跟随本库的服务器，或删去这项设置。"
                ),
                format!(
                    "{server}, named by store.read_database, does not follow this database: its chain differs from the \
                     first entry on. Name a server that follows this one, or leave the setting out."
                ),
            ),
            OpenError::LogMissing(file) => Failure::new(
                Ending::UnusableDatabase,
                format!(
                    "{file} 没有正常关闭，而它的日志文件（同名加 -wal）不在旁边：最后的几笔可能缺失。请把日志文件放回，或恢复备份；\
                     确实找不回来时，用 jianxian serve --without-log 启动。"
                ),
                format!(
                    "{file} was left open and its log (the same name with -wal) is not beside it: its last entries may \
                     be missing. Put the log back, or restore a backup; if it is lost for good, start with \
                     jianxian serve --without-log."
                ),
            ),
            OpenError::NotAFile(server) => Failure::new(
                Ending::Usage,
                format!(
                    "{server} 是数据库服务器，这条命令只用于 SQLite 文件。备份服务器请用 pg_basebackup，见 docs/OPERATIONS.md。"
                ),
                format!(
                    "{server} is a database server, and this command works on an SQLite file only. Back up a server \
                     with pg_basebackup; see docs/OPERATIONS.md."
                ),
            ),
            OpenError::Url(url) => Failure::new(
                Ending::Usage,
                format!(
                    "数据库地址 {url:?} 无法识别。请写成 sqlite:文件 或 postgres://用户@主机/库名 的样子。"
                ),
                format!(
                    "{url:?} is not a database URL. Write it like sqlite:FILE or postgres://USER@HOST/DATABASE."
                ),
            ),
        }
    }
}
