//! A copy of a bank that a test may change in any way, and new values for its cells. A file each has what differs
//! between the databases.

#[cfg(feature = "postgres")]
mod postgres;
#[cfg(not(feature = "postgres"))]
mod sqlite;

#[cfg(feature = "postgres")]
use postgres as kind;
#[cfg(not(feature = "postgres"))]
use sqlite as kind;

#[cfg(not(feature = "postgres"))]
use crate::support::database::Raw;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use jianxian::store::Finding;
use jianxian::store::maintenance::audit::audit;

#[cfg(not(feature = "postgres"))]
pub use kind::whole;
pub use kind::{Copy, keep};

#[derive(QueryableByName, Debug, Clone)]
pub struct Column {
    #[diesel(sql_type = Text)]
    pub name: String,
    #[diesel(sql_type = Text)]
    r#type: String,
    /// Its position in the primary key, from 1; 0: not part of it.
    #[diesel(sql_type = BigInt)]
    pub pk: i64,
    #[diesel(sql_type = BigInt)]
    pub notnull: i64,
}

/// The type of a column, as far as it limits new values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holds {
    Number,
    Text,
    Bytes,
    Uid,
    Moment,
    Day,
    Flag,
}

impl Column {
    pub fn holds(&self) -> Holds {
        match self.r#type.as_str() {
            "INTEGER" | "bigint" => Holds::Number,
            "TEXT" | "text" => Holds::Text,
            "BLOB" | "bytea" => Holds::Bytes,
            "uuid" => Holds::Uid,
            "timestamp with time zone" => Holds::Moment,
            "date" => Holds::Day,
            "boolean" => Holds::Flag,
            other => panic!("{}: what does {other} hold?", self.name),
        }
    }

    /// Another value than `old`, which is quoted; one that is not in the table, if the column is part of a key.
    fn changed(&self, old: &str) -> String {
        let name = &self.name;
        match (self.holds(), old) {
            (Holds::Number, "NULL") => "1".to_owned(),
            (Holds::Number, _) => format!("{name} + {}", if self.pk > 0 { 1000 } else { 1 }),
            (Holds::Text, "NULL") => "'x'".to_owned(),
            (Holds::Text, _) => format!("{name} || ' '"),
            (Holds::Bytes | Holds::Uid, "NULL") => kind::another_id(self.holds()),
            (Holds::Bytes | Holds::Uid, old) => flipped(old),
            (Holds::Moment, "NULL") => "'2026-03-02 00:00:00+00'".to_owned(),
            (Holds::Moment, _) => format!("{name} + interval '1 microsecond'"),
            (Holds::Day, "NULL") => "'2026-03-02'".to_owned(),
            (Holds::Day, _) => format!("{name} + {}", if self.pk > 0 { 1000 } else { 1 }),
            (Holds::Flag, _) => format!("NOT coalesce({name}, false)"),
        }
    }

    /// A new value for the last part of a key.
    pub fn doubled(&self) -> String {
        match self.holds() {
            Holds::Bytes | Holds::Uid => kind::another_id(self.holds()),
            Holds::Text => format!("{} || '0'", self.name),
            _ => self.changed(""),
        }
    }
}

/// `X'00…'`, `E'\\x00…'` or `'00…'` with its first digits changed.
fn flipped(quoted: &str) -> String {
    let (opening, rest) = quoted.split_at(quoted.find('\'').unwrap() + 1);
    let (escape, digits) = rest.split_at(rest.find('x').map_or(0, |at| at + 1));
    let first = u8::from_str_radix(&digits[..2], 16).unwrap() ^ 1;
    format!("{opening}{escape}{first:02X}{}", &digits[2..])
}

/// Rows that an entry has touched; the others of these tables do not affect the ledger yet.
pub fn posted(table: &str) -> &'static str {
    match table {
        "service_records" => "award_entry IS NOT NULL",
        // Refusals and ordinary writes have no entry.
        "answers" => "entry_number IS NOT NULL",
        _ => "TRUE",
    }
}

impl Copy {
    pub fn cells(&mut self, sql: &str) -> Vec<Option<String>> {
        self.raw().cells(sql)
    }

    pub fn columns(&mut self, table: &str) -> Vec<Column> {
        kind::columns(self.raw(), table)
    }

    /// The finding of `verify`, as text.
    pub fn verified(self) -> Option<String> {
        self.finding().map(|finding| format!("{}: {}", finding.place, finding.fault))
    }

    /// The first finding of `verify`.
    pub fn finding(mut self) -> Option<Finding> {
        let audit = match audit(&self.let_go()) {
            Ok(audit) => audit,
            Err(error) => panic!("verify gave up: {error}"),
        };
        audit.first_finding().cloned()
    }

    /// The condition that selects one row again, by its key.
    pub fn key_of(&mut self, table: &str, columns: &[Column], condition: &str) -> Option<String> {
        let keys: Vec<_> = columns.iter().filter(|column| column.pk > 0).collect();
        let part = |column: &&Column| format!("'{} = ' || {}", column.name, kind::quote(&column.name));
        let text = keys.iter().map(part).collect::<Vec<_>>().join(" || ' AND ' || ");
        let order = keys.iter().map(|column| column.name.as_str()).collect::<Vec<_>>().join(", ");
        let sql = format!(
            "SELECT {text} AS value FROM {table} WHERE {} AND {condition} ORDER BY {order} LIMIT 1",
            posted(table)
        );
        self.cells(&sql).into_iter().next().flatten()
    }

    /// New values of a cell, as SQL: a changed one, NULL, those at the ends of the range, and that of another row.
    pub fn new_values(&mut self, table: &str, column: &Column, key: &str) -> Vec<String> {
        let quoted = kind::quote(&column.name);
        let old =
            self.cells(&format!("SELECT {quoted} AS value FROM {table} WHERE {key}"))[0].clone().unwrap();
        let mut values = vec![column.changed(&old)];
        if old != "NULL" && column.notnull == 0 {
            values.push("NULL".to_owned());
        }
        if column.pk == 0 {
            values.extend(far_values(column.holds()).iter().map(|value| (*value).to_owned()));
            let others = format!(
                "SELECT {quoted} AS value FROM {table} WHERE {} IS NOT NULL AND {quoted} <> '{}' LIMIT 1",
                column.name,
                old.replace('\'', "''")
            );
            values.extend(self.cells(&others).into_iter().flatten());
        }
        values.retain(|value| *value != old);
        values
    }
}

fn far_values(holds: Holds) -> &'static [&'static str] {
    match holds {
        Holds::Number => &["-1", "9007199254740993"],
        Holds::Moment => {
            &["'1969-12-31 23:59:59.999999+00'", "'2255-06-05 23:47:34.740993+00'", "'infinity'"]
        }
        Holds::Day => &["'1969-12-31'", "'infinity'"],
        Holds::Text | Holds::Bytes | Holds::Uid | Holds::Flag => &[],
    }
}

/// The covered tables as text.
#[cfg(not(feature = "postgres"))]
pub fn content(raw: &mut Raw, tables: &[&str]) -> QueryResult<String> {
    let mut text = String::new();
    for table in tables {
        let columns = kind::try_columns(raw, table)?;
        let row: Vec<_> = columns.iter().map(|column| kind::quote(&column.name)).collect();
        let keys: Vec<_> = columns.iter().filter(|c| c.pk > 0).map(|c| c.name.as_str()).collect();
        let (row, keys) = (row.join(" || ' ' || "), keys.join(", "));
        let sql = format!("SELECT {row} AS value FROM {table} WHERE {} ORDER BY {keys}", posted(table));
        for cell in raw.try_cells(&sql)? {
            text.push_str(&cell.unwrap_or_default());
        }
    }
    Ok(text)
}
