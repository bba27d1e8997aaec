//! The cells of a sheet, to be shown and put right one by one.

use super::fault::Trouble;
use super::heading::Column;
use super::members::separator;
use super::text::decode;

/// The cells of a sheet, row by row.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cells(pub Vec<Vec<String>>);

impl Cells {
    /// Reads the cells of a file. Empty rows are left out.
    pub fn read(bytes: &[u8]) -> Result<Self, Trouble> {
        let (_, text) = decode(bytes)?;
        let text = text.replace("\r\n", "\n").replace('\r', "\n");
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(separator(&text))
            .from_reader(text.as_bytes());
        let mut rows = Vec::new();
        for record in reader.records() {
            let record = record
                .map_err(|e| Trouble::NotATable { line: e.position().map_or(1, csv::Position::line) })?;
            // One line for each row, so that the rows of the text are counted like those of the table.
            let cells: Vec<String> =
                record.iter().map(|cell| cell.replace('\n', " ").trim().to_owned()).collect();
            if cells.iter().any(|cell| !cell.is_empty()) {
                rows.push(cells);
            }
        }
        Ok(Cells(rows))
    }

    /// The row of headings, counted from 0: the first that names a column of names.
    pub fn headings(&self) -> Option<usize> {
        let has_name = |row: &Vec<String>| row.iter().any(|cell| Column::of(cell) == Some(Column::Name));
        self.0.iter().position(has_name)
    }

    /// Changes a cell that is there, or appends it to its row.
    pub fn set(&mut self, row: usize, column: usize, text: &str) {
        let width = self.headings().and_then(|row| self.0.get(row)).map_or(0, Vec::len);
        let Some(cells) = self.0.get_mut(row) else { return };
        if cells.len() <= column && column < width {
            cells.resize(column.saturating_add(1), String::new());
        }
        if let Some(cell) = cells.get_mut(column) {
            text.trim().clone_into(cell);
        }
    }

    /// The sheet as a file again, separated by commas.
    pub fn written(&self) -> String {
        let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
        for row in &self.0 {
            // A text in memory can always be written.
            let _ = writer.write_record(row);
        }
        writer.into_inner().ok().and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_read_changed_and_written() {
        let mut cells =
            Cells::read("名册\n\n姓名\t手机号\n示例甲\t\"138\n0000\"\n示例乙\n".as_bytes()).unwrap();
        assert_eq!((cells.headings(), cells.0.len()), (Some(1), 4));
        cells.set(2, 1, "13800000001 ");
        cells.set(3, 1, "13800000002");
        cells.set(3, 2, "beyond");
        cells.set(9, 0, "nowhere");
        assert_eq!(cells.written(), "名册\n姓名,手机号\n示例甲,13800000001\n示例乙,13800000002\n");
        assert_eq!(Cells::read(cells.written().as_bytes()), Ok(cells));
    }
}
