//! Where the parts of a scheme stand in its file: first and last line.

use std::ops::RangeInclusive;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Lines of a file, from 1.
pub type Lines = RangeInclusive<usize>;

/// A file in which parts are looked up.
pub(super) struct Places<'t> {
    text: &'t str,
    table: Option<DeTable<'t>>,
}

/// A list of tables within the file.
type Rows<'p, 't> = &'p [Spanned<DeValue<'t>>];

impl<'t> Places<'t> {
    pub fn of(text: &'t str) -> Self {
        Places { text, table: DeTable::parse(text).ok().map(Spanned::into_inner) }
    }

    /// The lines of those keys of the head that the file has.
    pub fn keys(&self, keys: &[&str]) -> Option<Lines> {
        self.within(self.table.as_ref()?, keys)
    }

    /// The same of a table of the head.
    pub fn keys_of(&self, table: &str, keys: &[&str]) -> Option<Lines> {
        self.within(self.table.as_ref()?.get(table)?.get_ref().as_table()?, keys)
    }

    /// The lines of a row of a list of the head.
    pub fn row(&self, list: &str, row: usize) -> Option<Lines> {
        let rows = self.table.as_ref()?.get(list)?.get_ref().as_array()?;
        self.whole(rows.get(row)?)
    }

    /// The lines of a row of a list that stands in a table of the head.
    pub fn row_of(&self, table: &str, list: &str, row: usize) -> Option<Lines> {
        let table = self.table.as_ref()?.get(table)?.get_ref().as_table()?;
        self.whole(table.get(list)?.get_ref().as_array()?.get(row)?)
    }

    /// The lines of the row with this code in a tree of rows, without those of its children.
    pub fn coded(&self, table: &str, list: &str, code: &str) -> Option<Lines> {
        let table = self.table.as_ref()?.get(table)?.get_ref().as_table()?;
        self.coded_in(table.get(list)?.get_ref().as_array()?, code)
    }

    fn coded_in(&self, rows: Rows<'_, 't>, code: &str) -> Option<Lines> {
        for row in rows {
            let table = row.get_ref().as_table()?;
            if table.get("code").and_then(|value| value.get_ref().as_str()) == Some(code) {
                let keys: Vec<&str> = table.iter().map(|(key, _)| key.get_ref().as_ref()).collect();
                let own: Vec<&str> = keys.into_iter().filter(|key| *key != "children").collect();
                return self.within(table, &own);
            }
            let below = table.get("children").and_then(|value| value.get_ref().as_array());
            if let Some(found) = below.and_then(|below| self.coded_in(below, code)) {
                return Some(found);
            }
        }
        None
    }

    fn within(&self, table: &DeTable<'t>, keys: &[&str]) -> Option<Lines> {
        let found = table.iter().filter(|(key, _)| keys.contains(&key.get_ref().as_ref()));
        let spans = found.map(|(key, value)| (key.span().start, end(value)));
        let (first, last) = spans.reduce(|one, other| (one.0.min(other.0), one.1.max(other.1)))?;
        Some(self.line(first)..=self.line(last))
    }

    fn whole(&self, value: &Spanned<DeValue<'t>>) -> Option<Lines> {
        Some(self.line(value.span().start)..=self.line(end(value)))
    }

    fn line(&self, at: usize) -> usize {
        self.text.get(..at).unwrap_or(self.text).matches('\n').count().saturating_add(1)
    }
}

/// The last byte of a value: that of a `[[table]]` is the last of its values.
fn end(value: &Spanned<DeValue<'_>>) -> usize {
    let own = value.span().end.saturating_sub(1);
    let inside = match value.get_ref() {
        DeValue::Table(table) => table.iter().map(|(_, value)| end(value)).max(),
        DeValue::Array(values) => values.iter().map(end).max(),
        _ => None,
    };
    inside.map_or(own, |inside| inside.max(own))
}
