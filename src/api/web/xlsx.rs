//! Workbooks (XLSX), written from front to back as their rows come: what was handed out is not kept. Cells are numbers
//! or texts, never formulas. A workbook is a ZIP archive of XML parts, each deflated.

use super::zip::Archive;
use std::io;

/// The media type.
pub const MEDIA_TYPE: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
/// Rows of a sheet, and characters of a cell, that spreadsheet programs read.
const MOST_ROWS: u64 = 1_048_576;
const MOST_CHARACTERS: usize = 32_767;

/// A cell.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    Empty,
    Text(String),
    /// As it is written: digits, with a sign and decimals.
    Number(String),
}

/// A workbook in the making.
pub struct Workbook {
    sheets: Vec<String>,
    /// The number of the sheet that is open, from 1.
    sheet: usize,
    rows: u64,
    archive: Archive,
}

impl Workbook {
    /// A workbook with these sheets, in order.
    pub fn new(sheets: &[&str]) -> io::Result<Self> {
        let mut book = Workbook {
            sheets: sheets.iter().map(|name| (*name).to_owned()).collect(),
            sheet: 0,
            rows: 0,
            archive: Archive::default(),
        };
        let (mut types, mut listed, mut relations) = (String::new(), String::new(), String::new());
        for (number, name) in (1..).zip(sheets) {
            let name = escaped(name);
            types.push_str(&format!(
                "<Override PartName=\"/xl/worksheets/sheet{number}.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml\"/>"
            ));
            listed.push_str(&format!("<sheet name=\"{name}\" sheetId=\"{number}\" r:id=\"rId{number}\"/>"));
            relations.push_str(&format!(
                "<Relationship Id=\"rId{number}\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet\" Target=\"worksheets/sheet{number}.xml\"/>"
            ));
        }
        book.part("[Content_Types].xml", &format!("<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/><Default Extension=\"xml\" ContentType=\"application/xml\"/><Override PartName=\"/xl/workbook.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml\"/>{types}</Types>"))?;
        book.part("_rels/.rels", "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"rId1\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>")?;
        book.part("xl/workbook.xml", &format!("<workbook xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\"><sheets>{listed}</sheets></workbook>"))?;
        book.part("xl/_rels/workbook.xml.rels", &format!("<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">{relations}</Relationships>"))?;
        Ok(book)
    }

    /// Ends the sheet before, if there is one, and begins the next.
    pub fn next_sheet(&mut self) -> io::Result<()> {
        self.end_sheet()?;
        self.sheet = self.sheet.saturating_add(1);
        self.rows = 0;
        self.begin(&format!("xl/worksheets/sheet{}.xml", self.sheet))?;
        self.write(
            "<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetData>",
        )
    }

    pub fn row(&mut self, cells: &[Cell]) -> io::Result<()> {
        self.rows = self.rows.saturating_add(1);
        if self.rows > MOST_ROWS {
            return Err(io::Error::other("a sheet has too many rows"));
        }
        let mut row = String::from("<row>");
        for cell in cells {
            match cell {
                Cell::Empty => row.push_str("<c/>"),
                Cell::Number(number) => {
                    row.push_str("<c><v>");
                    row.push_str(&escaped(number));
                    row.push_str("</v></c>");
                }
                Cell::Text(text) => {
                    row.push_str("<c t=\"inlineStr\"><is><t xml:space=\"preserve\">");
                    row.push_str(&escaped(text));
                    row.push_str("</t></is></c>");
                }
            }
        }
        row.push_str("</row>");
        self.write(&row)
    }

    /// What was written since it was asked for last.
    pub fn taken(&mut self) -> Vec<u8> {
        self.archive.taken()
    }

    /// Ends the last sheet and the archive. Sheets that were not begun are empty.
    pub fn finish(&mut self) -> io::Result<()> {
        while self.sheet < self.sheets.len() {
            self.next_sheet()?;
        }
        self.end_sheet()?;
        self.archive.finish()
    }

    fn end_sheet(&mut self) -> io::Result<()> {
        if self.sheet > 0 {
            self.write("</sheetData></worksheet>")?;
        }
        Ok(())
    }

    fn part(&mut self, name: &str, body: &str) -> io::Result<()> {
        self.begin(name)?;
        self.write(body)
    }

    fn begin(&mut self, name: &str) -> io::Result<()> {
        self.archive.begin(name)?;
        self.write("<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n")
    }

    fn write(&mut self, text: &str) -> io::Result<()> {
        self.archive.write(text.as_bytes())
    }
}

/// A text inside XML: without characters that XML does not have, and no longer than a cell may be.
pub(super) fn escaped(text: &str) -> String {
    let (mut out, mut units) = (String::with_capacity(text.len()), 0_usize);
    for c in text.chars() {
        units = units.saturating_add(c.len_utf16());
        if units > MOST_CHARACTERS {
            break;
        }
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\t' | '\n' | '\r' => out.push(c),
            c if c < ' ' || matches!(c, '\u{fffe}' | '\u{ffff}') => out.push(char::REPLACEMENT_CHARACTER),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::web::zip::tests::parts;

    #[test]
    fn a_workbook_has_its_sheets_and_no_formula() {
        let mut book = Workbook::new(&["甲 & 乙", "空"]).unwrap();
        let mut bytes = book.taken();
        book.next_sheet().unwrap();
        for text in ["=1+1", "<b>王</b>", "a\u{1}\tb"] {
            book.row(&[Cell::Text(text.to_owned()), Cell::Empty, Cell::Number("1.50".to_owned())]).unwrap();
            bytes.extend(book.taken());
        }
        book.finish().unwrap();
        bytes.extend(book.taken());
        let parts = parts(&bytes);
        let names: Vec<&str> = parts.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names[4..], ["xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml"]);
        assert!(
            parts[2].1.contains("<sheet name=\"甲 &amp; 乙\" sheetId=\"1\" r:id=\"rId1\"/>"),
            "{}",
            parts[2].1
        );
        let sheet = &parts[4].1;
        assert!(
            !sheet.contains("<f>") && sheet.contains("preserve\">=1+1</t>") && sheet.contains("<v>1.50</v>")
        );
        assert!(sheet.contains("&lt;b&gt;王&lt;/b&gt;") && sheet.contains("a\u{fffd}\tb"), "{sheet}");
        assert!(parts[5].1.ends_with("<sheetData></sheetData></worksheet>"));
    }

    #[test]
    fn a_long_text_ends_where_a_cell_does() {
        let text = "𠮷".repeat(20_000);
        assert_eq!(escaped(&text).encode_utf16().count(), 32_766);
    }
}
