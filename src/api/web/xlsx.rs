//! Workbooks (XLSX), written from front to back as their rows come: what was handed out is not kept. Cells are numbers
//! or texts, never formulas. A workbook is a ZIP archive of XML parts, each deflated.

use flate2::write::DeflateEncoder;
use flate2::{Compression, Crc};
use std::io::{self, Write};

/// The media type.
pub const MEDIA_TYPE: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
/// Rows of a sheet, and characters of a cell, that spreadsheet programs read.
const MOST_ROWS: u64 = 1_048_576;
const MOST_CHARACTERS: usize = 32_767;
/// 1 January 1980, the first day of the format: a workbook has no time of its own.
const DOS_DAY: u16 = 0x0021;
/// Sizes follow the data; names are UTF-8.
const FLAGS: u16 = 0x0808;
const DEFLATED: u16 = 8;

/// A cell.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    Empty,
    Text(String),
    /// As it is written: digits, with a sign and decimals.
    Number(String),
}

/// A part of the archive that was written.
struct Part {
    name: String,
    crc: u32,
    deflated: u64,
    size: u64,
    at: u64,
}

/// The part that is being written.
struct Open {
    name: String,
    at: u64,
    crc: Crc,
    deflater: DeflateEncoder<Vec<u8>>,
    deflated: u64,
}

/// A workbook in the making.
pub struct Workbook {
    sheets: Vec<String>,
    /// The number of the sheet that is open, from 1.
    sheet: usize,
    rows: u64,
    parts: Vec<Part>,
    open: Option<Open>,
    /// What was written and not handed out yet.
    out: Vec<u8>,
    handed_out: u64,
}

impl Workbook {
    /// A workbook with these sheets, in order.
    pub fn new(sheets: &[&str]) -> io::Result<Self> {
        let mut book = Workbook {
            sheets: sheets.iter().map(|name| (*name).to_owned()).collect(),
            sheet: 0,
            rows: 0,
            parts: Vec::new(),
            open: None,
            out: Vec::new(),
            handed_out: 0,
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
        let taken = std::mem::take(&mut self.out);
        self.handed_out = self.handed_out.saturating_add(length(&taken));
        taken
    }

    /// Ends the last sheet and the archive. Sheets that were not begun are empty.
    pub fn finish(&mut self) -> io::Result<()> {
        while self.sheet < self.sheets.len() {
            self.next_sheet()?;
        }
        self.end_sheet()?;
        let begins = self.at();
        let parts = std::mem::take(&mut self.parts);
        for part in &parts {
            self.directory_entry(part)?;
        }
        let size = narrow(self.at().saturating_sub(begins))?;
        let count = u16::try_from(parts.len()).map_err(io::Error::other)?;
        self.out.extend(0x0605_4b50_u32.to_le_bytes());
        self.out.extend([0; 4]);
        self.out.extend(count.to_le_bytes());
        self.out.extend(count.to_le_bytes());
        self.out.extend(size.to_le_bytes());
        self.out.extend(narrow(begins)?.to_le_bytes());
        self.out.extend([0; 2]);
        Ok(())
    }

    fn directory_entry(&mut self, part: &Part) -> io::Result<()> {
        self.out.extend(0x0201_4b50_u32.to_le_bytes());
        for number in [20, 20, FLAGS, DEFLATED, 0, DOS_DAY] {
            self.out.extend(number.to_le_bytes());
        }
        self.out.extend(part.crc.to_le_bytes());
        self.out.extend(narrow(part.deflated)?.to_le_bytes());
        self.out.extend(narrow(part.size)?.to_le_bytes());
        self.out.extend(u16::try_from(part.name.len()).map_err(io::Error::other)?.to_le_bytes());
        self.out.extend([0; 12]);
        self.out.extend(narrow(part.at)?.to_le_bytes());
        self.out.extend(part.name.as_bytes());
        Ok(())
    }

    fn at(&self) -> u64 {
        self.handed_out.saturating_add(length(&self.out))
    }

    fn end_sheet(&mut self) -> io::Result<()> {
        if self.open.is_some() {
            self.write("</sheetData></worksheet>")?;
            self.end()?;
        }
        Ok(())
    }

    fn part(&mut self, name: &str, body: &str) -> io::Result<()> {
        self.begin(name)?;
        self.write(body)?;
        self.end()
    }

    fn begin(&mut self, name: &str) -> io::Result<()> {
        let at = self.at();
        self.out.extend(0x0403_4b50_u32.to_le_bytes());
        for number in [20, FLAGS, DEFLATED, 0, DOS_DAY] {
            self.out.extend(number.to_le_bytes());
        }
        self.out.extend([0; 12]);
        self.out.extend(u16::try_from(name.len()).map_err(io::Error::other)?.to_le_bytes());
        self.out.extend([0; 2]);
        self.out.extend(name.as_bytes());
        let deflater = DeflateEncoder::new(Vec::new(), Compression::fast());
        self.open = Some(Open { name: name.to_owned(), at, crc: Crc::new(), deflater, deflated: 0 });
        self.write("<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n")
    }

    fn write(&mut self, text: &str) -> io::Result<()> {
        let Some(open) = &mut self.open else { return Err(io::Error::other("no part is open")) };
        open.crc.update(text.as_bytes());
        open.deflater.write_all(text.as_bytes())?;
        let deflated = std::mem::take(open.deflater.get_mut());
        open.deflated = open.deflated.saturating_add(length(&deflated));
        self.out.extend(deflated);
        Ok(())
    }

    fn end(&mut self) -> io::Result<()> {
        let Some(open) = self.open.take() else { return Ok(()) };
        let Open { name, at, crc, deflater, mut deflated } = open;
        let rest = deflater.finish()?;
        deflated = deflated.saturating_add(length(&rest));
        self.out.extend(rest);
        let (crc, size) = (crc.sum(), u64::from(crc.amount()));
        self.out.extend(0x0807_4b50_u32.to_le_bytes());
        self.out.extend(crc.to_le_bytes());
        self.out.extend(narrow(deflated)?.to_le_bytes());
        self.out.extend(narrow(size)?.to_le_bytes());
        self.parts.push(Part { name, crc, deflated, size, at });
        Ok(())
    }
}

fn length(bytes: &[u8]) -> u64 {
    u64::try_from(bytes.len()).unwrap_or(u64::MAX)
}

/// Sizes of the format have 32 bits.
fn narrow(size: u64) -> io::Result<u32> {
    u32::try_from(size).map_err(|_| io::Error::other("a workbook is too large"))
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
    use flate2::read::DeflateDecoder;
    use std::io::Read;

    fn number(bytes: &[u8], at: usize, size: usize) -> usize {
        bytes[at..at + size].iter().rev().fold(0, |sum, byte| sum << 8 | usize::from(*byte))
    }

    /// The parts of an archive, as its directory names them.
    fn parts(bytes: &[u8]) -> Vec<(String, String)> {
        let end = bytes.len() - 22;
        assert_eq!(number(bytes, end, 4), 0x0605_4b50);
        let (count, mut at) = (number(bytes, end + 10, 2), number(bytes, end + 16, 4));
        let mut found = Vec::new();
        for _ in 0..count {
            let (crc, deflated, size) =
                (number(bytes, at + 16, 4), number(bytes, at + 20, 4), number(bytes, at + 24, 4));
            let (name, local) = (number(bytes, at + 28, 2), number(bytes, at + 42, 4));
            let title = String::from_utf8(bytes[at + 46..at + 46 + name].to_vec()).unwrap();
            let data = local + 30 + number(bytes, local + 26, 2);
            let mut text = Vec::new();
            DeflateDecoder::new(&bytes[data..data + deflated]).read_to_end(&mut text).unwrap();
            let mut sum = Crc::new();
            sum.update(&text);
            assert_eq!((text.len(), usize::try_from(sum.sum()).unwrap()), (size, crc), "{title}");
            found.push((title, String::from_utf8(text).unwrap()));
            at += 46 + name;
        }
        found
    }

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
