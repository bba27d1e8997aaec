//! Workbooks (XLSX) that are sent in, and those that come back.

use flate2::read::DeflateDecoder;
use jianxian::api::web::xlsx::{Cell, Workbook};
use std::io::Read;

/// A workbook with these cells.
pub fn template(cells: &[&str]) -> Vec<u8> {
    let mut book = Workbook::new(&["月报"]).unwrap();
    book.next_sheet().unwrap();
    book.row(&cells.iter().map(|text| Cell::Text((*text).to_owned())).collect::<Vec<_>>()).unwrap();
    book.finish().unwrap();
    book.taken()
}

/// The text of the first sheet: the part before which its name stands.
pub fn sheet(book: &[u8]) -> String {
    let name = b"xl/worksheets/sheet1.xml";
    let at = book.windows(name.len()).position(|part| part == name).unwrap() + name.len();
    let mut text = String::new();
    DeflateDecoder::new(&book[at..]).read_to_string(&mut text).unwrap();
    text
}
