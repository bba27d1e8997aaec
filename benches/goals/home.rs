//! The bench's places: a folder of its own, and on PostgreSQL schemas of its own. All of it is removed at the end,
//! also when the bench fails.

use super::baseline::{
    DatabaseError, FreshSchema, Plain, PlainPostgres, PlainSqlite, Way, described, sync_times,
};
use super::disk::SyncRate;
use super::histogram::Histogram;
use super::subject::Accounts;
use jianxian::cli::ending::{Ending, Failure};
use serde::Serialize;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// Pool of the one-transaction-a-request baseline.
const POOL: u32 = 16;
/// Low enough for any run: the check runs, and does not refuse.
const DEEP_MINIMUM: i64 = -1_000_000_000_000_000;

/// Which database is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Engine {
    Sqlite,
    Postgres,
}

/// The bench's own place.
pub struct Home {
    folder: PathBuf,
    server: Option<String>,
    /// Distinguishes the schemas of this run from those of others.
    run: String,
}

/// A new database for one bank or baseline, with a folder of its own.
pub struct Database {
    pub folder: PathBuf,
    pub url: String,
    schema: Option<FreshSchema>,
}

impl Home {
    /// A folder below `data`; with a PostgreSQL URL, databases are schemas there.
    pub fn make(data: &Path, database: Option<&str>) -> Result<Self, Failure> {
        // The URL is not printed: it may contain a password.
        if database.is_some_and(|url| !is_postgres(url)) {
            return Err(Failure::new(
                Ending::Usage,
                "--database 只能写 postgres://…，测量时在那里新建自己的模式。测 SQLite 请不写 --database，用 --data 指定磁盘。",
                "--database takes postgres://… only, where the bench makes schemas of its own. To measure SQLite leave \
                 --database out, and name the disk with --data.",
            ));
        }
        let run = uuid::Uuid::now_v7().simple().to_string();
        let folder = data.join(format!("bench-{run}"));
        std::fs::create_dir_all(&folder).map_err(|e| Failure::file(&folder, &e))?;
        let folder = std::path::absolute(&folder).map_err(|e| Failure::file(&folder, &e))?;
        Ok(Self { folder, server: database.map(str::to_owned), run })
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    pub fn engine(&self) -> Engine {
        if self.server.is_some() { Engine::Postgres } else { Engine::Sqlite }
    }

    /// A new, empty database; `name` in lower case.
    pub fn database(&self, name: &str) -> Result<Database, Failure> {
        let folder = self.folder.join(name);
        std::fs::create_dir_all(&folder).map_err(|e| Failure::file(&folder, &e))?;
        let schema = match &self.server {
            None => None,
            Some(server) => {
                let schema = format!("jianxian_bench_{}_{name}", self.run);
                Some(FreshSchema::make(server, &schema)?)
            }
        };
        let file = || format!("sqlite:{}", folder.join("jianxian.db").display());
        let url = schema.as_ref().map_or_else(file, FreshSchema::url);
        Ok(Database { folder, url, schema })
    }

    /// The server's version and the settings that determine its speed; `None` on SQLite.
    pub fn server_description(&self) -> Result<Option<String>, Failure> {
        Ok(self.server.as_deref().map(described).transpose()?)
    }

    /// The rate of sequential commits of one row; `None` on SQLite.
    pub fn server_sync_rate(&self, duration: Duration) -> Result<Option<SyncRate>, Failure> {
        if self.engine() == Engine::Sqlite {
            return Ok(None);
        }
        let times = sync_times(&self.database("syncs")?.url, duration)?;
        let mut histogram = Histogram::default();
        times.iter().for_each(|time| histogram.record(*time));
        Ok(Some(SyncRate::of(&histogram, times.iter().sum())))
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        // At worst it is left behind: its name says what it is.
        let _left = std::fs::remove_dir_all(&self.folder);
    }
}

impl Database {
    /// The baseline's tables in this database, with the accounts of a run.
    pub fn baseline(&self, accounts: &Accounts, way: Way) -> Result<Arc<dyn Plain>, Failure> {
        let plain: Arc<dyn Plain> = match &self.schema {
            None => Arc::new(PlainSqlite::create(&self.folder.join("plain.db"), POOL)?),
            Some(_) => Arc::new(PlainPostgres::create(&self.url, POOL, way)?),
        };
        plain.open_accounts(&[accounts.issuing], DEEP_MINIMUM)?;
        plain.open_accounts(&accounts.held, DEEP_MINIMUM)?;
        Ok(plain)
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        // One grown ledger is removed before the next: a disk may not hold both.
        let _left = std::fs::remove_dir_all(&self.folder);
    }
}

fn is_postgres(url: &str) -> bool {
    url.starts_with("postgres://") || url.starts_with("postgresql://")
}

impl From<DatabaseError> for Failure {
    fn from(why: DatabaseError) -> Self {
        match why {
            DatabaseError::Taken(name) => Failure::new(
                Ending::Refused,
                format!("数据库里已有模式 {name}，没有动它。请换一个数据库，或确认无用后删除它。"),
                format!(
                    "the database has a schema {name} already, which was left alone. Name another database, or drop it once \
                 you know that nobody needs it."
                ),
            ),
            DatabaseError::Unbuilt => Failure::new(
                Ending::Usage,
                "没有编入 PostgreSQL。请用 cargo bench --features postgres。",
                "built without PostgreSQL: cargo bench --features postgres.",
            ),
            why => Failure::new(
                Ending::Refused,
                format!(
                    "数据库不能用来测量：{why}。请检查 --database、数据库是否在运行，以及用户有没有 CREATE 权限。"
                ),
                format!(
                    "the database cannot be measured: {why}. Check --database, that the server runs, and that the user has \
                 the right CREATE there."
                ),
            ),
        }
    }
}
