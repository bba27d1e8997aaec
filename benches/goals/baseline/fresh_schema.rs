//! A schema of its own in a PostgreSQL database, dropped at the end.

use super::DatabaseError;
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use diesel::sql_types::Text;

/// A new, empty schema. Dropping this drops the schema with its contents.
#[derive(Debug)]
pub struct FreshSchema {
    server: String,
    name: String,
}

#[derive(QueryableByName)]
struct Known {
    #[diesel(sql_type = Text)]
    name: String,
}

impl FreshSchema {
    /// Creates the schema `name` (lower-case letters, digits and underscores) in the database behind `url`.
    pub fn make(url: &str, name: &str) -> Result<Self, DatabaseError> {
        let mut conn = PgConnection::establish(url)?;
        let known: Vec<Known> =
            diesel::sql_query("SELECT nspname AS name FROM pg_namespace WHERE nspname = $1")
                .bind::<Text, _>(name)
                .load(&mut conn)?;
        if let Some(known) = known.into_iter().next() {
            return Err(DatabaseError::Taken(known.name));
        }
        // No "IF NOT EXISTS": a schema that got this name meanwhile belongs to another program.
        conn.batch_execute(&format!("CREATE SCHEMA \"{name}\""))?;
        Ok(Self { server: url.to_owned(), name: name.to_owned() })
    }

    /// The URL with this schema as the search path.
    pub fn url(&self) -> String {
        within(&self.server, &self.name)
    }
}

impl Drop for FreshSchema {
    fn drop(&mut self) {
        // A transaction that holds a lock has a minute to end. At worst the schema is left behind: its name says what
        // it is.
        let drop = format!("SET lock_timeout = '60s'; DROP SCHEMA \"{}\" CASCADE", self.name);
        let dropped = PgConnection::establish(&self.server).map(|mut conn| conn.batch_execute(&drop));
        if !matches!(dropped, Ok(Ok(()))) {
            tracing::warn!(schema = self.name, "the schema could not be dropped: {dropped:?}");
        }
    }
}

/// `url` with its search path set to `schema`; other server options in it stay.
fn within(url: &str, schema: &str) -> String {
    let path = format!("-csearch_path%3D{schema}");
    let (head, query) = url.split_once('?').unwrap_or((url, ""));
    let mut parameters: Vec<String> =
        query.split('&').filter(|parameter| !parameter.is_empty()).map(str::to_owned).collect();
    match parameters.iter_mut().find(|parameter| parameter.starts_with("options=")) {
        // The last setting of a name wins.
        Some(options) => *options = format!("{options}%20{path}"),
        None => parameters.push(format!("options={path}")),
    }
    format!("{head}?{}", parameters.join("&"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_search_path_joins_what_the_url_says_already() {
        let path = "options=-csearch_path%3Ds";
        assert_eq!(within("postgres://h/d", "s"), format!("postgres://h/d?{path}"));
        assert_eq!(
            within("postgres://h/d?sslmode=require", "s"),
            format!("postgres://h/d?sslmode=require&{path}")
        );
        assert_eq!(
            within("postgres://h/d?options=-cwork_mem%3D1MB&a=b", "s"),
            "postgres://h/d?options=-cwork_mem%3D1MB%20-csearch_path%3Ds&a=b"
        );
    }
}
