//! The database of a test. Built without the feature `postgres` it is an SQLite file in a folder; with it, a schema
//! of its own in a PostgreSQL cluster that the tests have started.

use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::{Nullable, Text};
use diesel::sqlite::{Sqlite, SqliteConnection};
use std::path::{Path, PathBuf};

#[cfg(feature = "postgres")]
use crate::support::cluster::Cluster;
#[cfg(feature = "postgres")]
use diesel::pg::{Pg, PgConnection};
#[cfg(not(feature = "postgres"))]
use diesel::sqlite::Sqlite as Pg;

/// A folder for keys and other files, and an empty database of this test alone. Both are removed on drop.
pub struct TestDatabase {
    folder: tempfile::TempDir,
    url: String,
    #[cfg(feature = "postgres")]
    schema: Option<String>,
}

#[cfg(feature = "postgres")]
thread_local! {
    static ELSEWHERE: std::cell::Cell<Option<String>> = const { std::cell::Cell::new(None) };
}

/// Makes the next test database of this thread the one at a URL.
#[cfg(feature = "postgres")]
pub fn during<T>(url: String, make: impl FnOnce() -> T) -> T {
    ELSEWHERE.set(Some(url));
    make()
}

impl TestDatabase {
    /// A database of the kind of this build.
    #[cfg(not(feature = "postgres"))]
    pub fn new() -> Self {
        TestDatabase::sqlite()
    }

    /// The same; only a server's tables can be created in several ways.
    #[cfg(not(feature = "postgres"))]
    pub fn empty() -> Self {
        TestDatabase::sqlite()
    }

    /// A database of the kind of this build.
    #[cfg(feature = "postgres")]
    pub fn new() -> Self {
        if let Some(url) = ELSEWHERE.take() {
            return TestDatabase::at(url);
        }
        let cluster = Cluster::shared();
        let (schema, url) = match std::env::var_os("JIANXIAN_PARTITIONED") {
            Some(_) => crate::support::partitioned::new_schema(cluster),
            None => cluster.new_schema(),
        };
        TestDatabase { folder: tempfile::tempdir().unwrap(), url, schema: Some(schema) }
    }

    /// An empty database, however the others of this run create their tables.
    #[cfg(feature = "postgres")]
    pub fn empty() -> Self {
        let (schema, url) = Cluster::shared().new_schema();
        TestDatabase { folder: tempfile::tempdir().unwrap(), url, schema: Some(schema) }
    }

    /// A database at a URL of the test's own.
    #[cfg(feature = "postgres")]
    pub fn at(url: String) -> Self {
        TestDatabase { folder: tempfile::tempdir().unwrap(), url, schema: None }
    }

    /// An SQLite file in any build: for tests about files.
    pub fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", folder.path().join("jianxian.db").display());
        TestDatabase {
            folder,
            url,
            #[cfg(feature = "postgres")]
            schema: None,
        }
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub fn url(&self) -> &str {
        &self.url
    }

    /// The SQLite file.
    pub fn file(&self) -> PathBuf {
        let path = self
            .url
            .strip_prefix("sqlite:")
            .expect("a test about SQLite files asks for TestDatabase::sqlite");
        PathBuf::from(path)
    }

    /// What is stored, byte for byte, to see that it was not touched: of an SQLite file all but its header, which
    /// notes that it was opened and closed again.
    pub fn content(&self) -> Vec<u8> {
        #[cfg(feature = "postgres")]
        if let Some(schema) = &self.schema {
            return Cluster::shared().dump(schema).into_bytes();
        }
        std::fs::read(self.file()).unwrap().split_off(100)
    }

    /// Where one of the texts is in plain text: files of the folder, an SQLite database and its log among them, or
    /// rows of the PostgreSQL schema.
    pub fn places_with(&self, texts: &[&str]) -> Vec<String> {
        let files = std::fs::read_dir(self.folder()).unwrap().map(|entry| entry.unwrap().path());
        let files = files
            .filter(|path| path.is_file())
            .map(|path| (path.display().to_string(), std::fs::read(&path).unwrap()));
        let mut places: Vec<_> = files.collect();
        if !self.url.starts_with("sqlite:") {
            places.push((self.url.clone(), self.content()));
        }
        let mut found = Vec::new();
        for (place, bytes) in places {
            for text in texts {
                // A dump shows bytes as hex digits.
                for spelling in [text.as_bytes(), hex::encode(text).as_bytes()] {
                    if bytes.windows(spelling.len()).any(|window| window == spelling) {
                        found.push(format!("{place} holds {text}"));
                    }
                }
            }
        }
        found
    }

    /// The flags that name this place on the command line. An SQLite file is at its default place.
    pub fn place(&self) -> Vec<&str> {
        let folder = ["--data", self.folder.path().to_str().unwrap()];
        if self.url.starts_with("sqlite:") {
            return folder.to_vec();
        }
        [folder, ["--database", &self.url]].concat()
    }

    /// A connection outside the program.
    pub fn raw(&self) -> Raw {
        #[cfg(feature = "postgres")]
        if self.url.starts_with("postgres:") {
            let mut conn = PgConnection::establish(&self.url).unwrap();
            conn.batch_execute("SET timezone = 'UTC'; SET datestyle = 'ISO'").unwrap();
            return Raw::Postgres(conn);
        }
        Raw::sqlite(&self.file())
    }

    /// Runs statements outside the program.
    pub fn run_sql(&self, sql: &str) {
        self.raw().run(sql);
    }

    /// The database refuses every entry of this source, until [`TestDatabase::accept_source`]: a fault of one command
    /// that appears only when it is saved.
    pub fn refuse_source(&self, source: &str) {
        match self.raw() {
            Raw::Sqlite(mut conn) => conn.batch_execute(&format!(
                "CREATE TRIGGER broken BEFORE INSERT ON entries WHEN NEW.source = '{source}' \
                 BEGIN SELECT RAISE(ABORT, 'broken for the test'); END;"
            )),
            #[cfg(feature = "postgres")]
            Raw::Postgres(mut conn) => conn.batch_execute(&format!(
                "ALTER TABLE entries ADD CONSTRAINT broken CHECK (source <> '{source}') NOT VALID"
            )),
        }
        .unwrap();
    }

    pub fn accept_source(&self) {
        match self.raw() {
            Raw::Sqlite(mut conn) => conn.batch_execute("DROP TRIGGER broken"),
            #[cfg(feature = "postgres")]
            Raw::Postgres(mut conn) => conn.batch_execute("ALTER TABLE entries DROP CONSTRAINT broken"),
        }
        .unwrap();
    }
}

#[cfg(feature = "postgres")]
impl Drop for TestDatabase {
    fn drop(&mut self) {
        // The schemas of a whole run would fill the memory. One that a failed test still holds is removed with the
        // cluster.
        if let Some(schema) = &self.schema {
            let parts = crate::support::partitioned::parts_of(schema);
            let drop = format!(
                "SET lock_timeout = '2s'; DROP SCHEMA {schema} CASCADE; DROP SCHEMA IF EXISTS {parts} CASCADE"
            );
            let _dropped = Cluster::shared().connect().batch_execute(&drop);
        }
    }
}

/// A connection that takes statements as text.
pub enum Raw {
    Sqlite(SqliteConnection),
    #[cfg(feature = "postgres")]
    Postgres(PgConnection),
}

#[derive(QueryableByName, Debug)]
struct Cell {
    #[diesel(sql_type = Nullable<Text>)]
    value: Option<String>,
}

impl Raw {
    pub fn sqlite(file: &Path) -> Self {
        let mut conn = SqliteConnection::establish(&file.display().to_string()).unwrap();
        conn.batch_execute("PRAGMA busy_timeout = 10000;").unwrap();
        Raw::Sqlite(conn)
    }

    pub fn try_run(&mut self, sql: &str) -> QueryResult<()> {
        match self {
            Raw::Sqlite(conn) => conn.batch_execute(sql),
            #[cfg(feature = "postgres")]
            Raw::Postgres(conn) => conn.batch_execute(sql),
        }
    }

    pub fn run(&mut self, sql: &str) {
        self.try_run(sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
    }

    /// The rows of a query.
    pub fn try_load<T>(&mut self, sql: &str) -> QueryResult<Vec<T>>
    where
        T: QueryableByName<Sqlite> + QueryableByName<Pg> + 'static,
    {
        let query = diesel::sql_query(sql);
        match self {
            Raw::Sqlite(conn) => query.load(conn),
            #[cfg(feature = "postgres")]
            Raw::Postgres(conn) => query.load(conn),
        }
    }

    /// The column `value` of a query, as text.
    pub fn try_cells(&mut self, sql: &str) -> QueryResult<Vec<Option<String>>> {
        let rows: Vec<Cell> = self.try_load(sql)?;
        Ok(rows.into_iter().map(|cell| cell.value).collect())
    }

    pub fn cells(&mut self, sql: &str) -> Vec<Option<String>> {
        self.try_cells(sql).unwrap_or_else(|error| panic!("{sql}: {error}"))
    }
}
