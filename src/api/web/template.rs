//! Workbooks (XLSX) that were made elsewhere, with placeholders such as `{{served}}` in their cells: everything stays as
//! it is but for the placeholders. A workbook is a ZIP archive of XML parts; parts without a placeholder are copied as
//! they were packed.

use super::faults::FieldFault::{
    self, NoPlaceholder, NotAWorkbook, UnknownPlaceholder, WorkbookTooLarge, WorkbookWithProgram,
};
use super::xlsx::escaped;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use flate2::{Compression, Crc};
use std::io::{Read, Write};

/// Limits of what is unpacked, of all parts together and of their number.
const MOST_BYTES: usize = 32 << 20;
const MOST_PARTS: usize = 1_000;
const STORED: usize = 0;
const DEFLATED: usize = 8;
/// Flags of a part.
const IS_ENCRYPTED: usize = 1;
const NAMES_ARE_UTF8: usize = 0x0800;
const END: usize = 0x0605_4b50;
const LISTED: usize = 0x0201_4b50;
const LOCAL: usize = 0x0403_4b50;
const END_LENGTH: usize = 22;

/// A part of the archive, as it is packed.
struct Part {
    name: String,
    method: usize,
    crc: usize,
    size: usize,
    packed: Vec<u8>,
}

/// The workbook with every placeholder replaced by its value.
pub fn filled(bytes: &[u8], value: &dyn Fn(&str) -> Option<String>) -> Result<Vec<u8>, FieldFault> {
    let mut parts = parts(bytes)?;
    let has = |name: &str| parts.iter().any(|part| part.name == name);
    if !has("[Content_Types].xml") || !has("xl/workbook.xml") {
        return Err(NotAWorkbook);
    }
    if parts.iter().any(|part| part.name.ends_with("vbaProject.bin")) {
        return Err(WorkbookWithProgram);
    }
    let (mut left, mut found) = (MOST_BYTES, 0_usize);
    for part in &mut parts {
        let has_cells = part.name == "xl/sharedStrings.xml"
            || (part.name.starts_with("xl/worksheets/") && part.name.ends_with(".xml"));
        if !has_cells {
            continue;
        }
        let text = unpacked(part, left)?;
        left = left.saturating_sub(text.len());
        let text = String::from_utf8(text).map_err(|_| NotAWorkbook)?;
        let (text, replaced) = replaced(&text, value)?;
        if replaced > 0 {
            found = found.saturating_add(replaced);
            pack(part, text.as_bytes())?;
        }
    }
    if found == 0 { Err(NoPlaceholder) } else { archive(&parts).ok_or(WorkbookTooLarge) }
}

/// A little-endian number.
fn number(bytes: &[u8], at: usize, size: usize) -> Result<usize, FieldFault> {
    let digits = bytes.get(at..at.saturating_add(size)).ok_or(NotAWorkbook)?;
    Ok(digits.iter().rev().fold(0, |sum, byte| (sum << 8) | usize::from(*byte)))
}

/// The parts that the archive's directory lists.
fn parts(bytes: &[u8]) -> Result<Vec<Part>, FieldFault> {
    let last = bytes.len().checked_sub(END_LENGTH).ok_or(NotAWorkbook)?;
    // A remark of up to 65,535 bytes may follow the end.
    let mut ends = (last.saturating_sub(65_535)..=last).rev();
    let end = ends.find(|at| number(bytes, *at, 4) == Ok(END)).ok_or(NotAWorkbook)?;
    let (count, mut at) =
        (number(bytes, end.saturating_add(10), 2)?, number(bytes, end.saturating_add(16), 4)?);
    if count > MOST_PARTS {
        return Err(WorkbookTooLarge);
    }
    let mut parts = Vec::with_capacity(count);
    for _ in 0..count {
        let field = |offset: usize, size| number(bytes, at.saturating_add(offset), size);
        let is_plain = field(0, 4)? == LISTED && field(8, 2)? & IS_ENCRYPTED == 0;
        let (method, name_length) = (field(10, 2)?, field(28, 2)?);
        if !is_plain || ![STORED, DEFLATED].contains(&method) {
            return Err(NotAWorkbook);
        }
        let name_at = at.saturating_add(46);
        let name = bytes.get(name_at..name_at.saturating_add(name_length)).ok_or(NotAWorkbook)?;
        let local = field(42, 4)?;
        if number(bytes, local, 4)? != LOCAL {
            return Err(NotAWorkbook);
        }
        let lengths = number(bytes, local.saturating_add(26), 2)?.saturating_add(number(
            bytes,
            local.saturating_add(28),
            2,
        )?);
        let data = local.saturating_add(30).saturating_add(lengths);
        let packed = bytes.get(data..data.saturating_add(field(20, 4)?)).ok_or(NotAWorkbook)?;
        parts.push(Part {
            name: String::from_utf8(name.to_vec()).map_err(|_| NotAWorkbook)?,
            method,
            crc: field(16, 4)?,
            size: field(24, 4)?,
            packed: packed.to_vec(),
        });
        let more = field(30, 2)?.saturating_add(field(32, 2)?);
        at = name_at.saturating_add(name_length).saturating_add(more);
    }
    Ok(parts)
}

/// The text of a part, compared with its sum.
fn unpacked(part: &Part, most: usize) -> Result<Vec<u8>, FieldFault> {
    let limit = u64::try_from(most).unwrap_or(u64::MAX).saturating_add(1);
    let mut text = Vec::new();
    let read = match part.method {
        STORED => part.packed.as_slice().take(limit).read_to_end(&mut text),
        _ => DeflateDecoder::new(part.packed.as_slice()).take(limit).read_to_end(&mut text),
    };
    read.map_err(|_| NotAWorkbook)?;
    if text.len() > most {
        return Err(WorkbookTooLarge);
    }
    match sum(&text) == part.crc && text.len() == part.size {
        true => Ok(text),
        false => Err(NotAWorkbook),
    }
}

fn sum(text: &[u8]) -> usize {
    let mut crc = Crc::new();
    crc.update(text);
    usize::try_from(crc.sum()).unwrap_or(usize::MAX)
}

fn pack(part: &mut Part, text: &[u8]) -> Result<(), FieldFault> {
    let mut deflater = DeflateEncoder::new(Vec::new(), Compression::fast());
    deflater.write_all(text).map_err(|_| WorkbookTooLarge)?;
    part.packed = deflater.finish().map_err(|_| WorkbookTooLarge)?;
    (part.method, part.crc, part.size) = (DEFLATED, sum(text), text.len());
    Ok(())
}

/// The XML with its placeholders replaced, and how many there were. One inside a formula, or with a format that begins in
/// its middle, is unknown: its replacement would be no text.
fn replaced(xml: &str, value: &dyn Fn(&str) -> Option<String>) -> Result<(String, usize), FieldFault> {
    let (mut out, mut rest, mut count) = (String::with_capacity(xml.len()), xml, 0_usize);
    while let Some((before, after)) = rest.split_once("{{") {
        let (name, behind) = after.split_once("}}").ok_or_else(|| unknown(after))?;
        let tag = before.rfind('<').and_then(|at| before.get(at..)).unwrap_or_default();
        let is_formula = tag.starts_with("<f>") || tag.starts_with("<f ");
        let said = value(name.trim()).filter(|_| !is_formula && !name.contains('<'));
        out.push_str(before);
        out.push_str(&escaped(&said.ok_or_else(|| unknown(name))?));
        (rest, count) = (behind, count.saturating_add(1));
    }
    out.push_str(rest);
    Ok((out, count))
}

/// The name as it is read, without the tags of its formats.
fn unknown(name: &str) -> FieldFault {
    let mut read = String::new();
    let mut is_tag = false;
    for sign in name.chars() {
        match sign {
            '<' => is_tag = true,
            '>' => is_tag = false,
            sign if !is_tag => read.push(sign),
            _ => {}
        }
    }
    UnknownPlaceholder { name: read.chars().take(40).collect() }
}

/// The parts as an archive; `None`: too long for one.
fn archive(parts: &[Part]) -> Option<Vec<u8>> {
    let (mut out, mut listed) = (Vec::new(), Vec::new());
    let put = |out: &mut Vec<u8>, number: usize, size: usize| {
        let bytes = u64::try_from(number).ok()?.to_le_bytes();
        out.extend(bytes.get(..size)?);
        bytes.get(size..)?.iter().all(|byte| *byte == 0).then_some(())
    };
    for part in parts {
        let at = out.len();
        // Version, flags, method, time, 1 January 1980, sum, lengths, as they stand before a part and in the directory.
        let mut head = Vec::new();
        for (number, size) in [
            (20, 2),
            (NAMES_ARE_UTF8, 2),
            (part.method, 2),
            (0, 2),
            (0x21, 2),
            (part.crc, 4),
            (part.packed.len(), 4),
            (part.size, 4),
            (part.name.len(), 2),
            (0, 2),
        ] {
            put(&mut head, number, size)?;
        }
        put(&mut out, LOCAL, 4)?;
        out.extend(&head);
        out.extend(part.name.as_bytes());
        out.extend(&part.packed);
        put(&mut listed, LISTED, 4)?;
        put(&mut listed, 20, 2)?;
        listed.extend(&head);
        listed.extend([0; 10]);
        put(&mut listed, at, 4)?;
        listed.extend(part.name.as_bytes());
    }
    let begins = out.len();
    out.extend(&listed);
    put(&mut out, END, 4)?;
    for (number, size) in [(0, 4), (parts.len(), 2), (parts.len(), 2), (listed.len(), 4), (begins, 4), (0, 2)]
    {
        put(&mut out, number, size)?;
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::super::xlsx::{Cell, Workbook};
    use super::*;

    fn workbook(cells: &[&str]) -> Vec<u8> {
        let mut book = Workbook::new(&["月报"]).unwrap();
        book.next_sheet().unwrap();
        let cells: Vec<Cell> = cells.iter().map(|text| Cell::Text((*text).to_owned())).collect();
        book.row(&cells).unwrap();
        book.finish().unwrap();
        book.taken()
    }

    fn value(name: &str) -> Option<String> {
        match name {
            "served" | "服务人次" => Some("5,312".into()),
            "org_name" => Some("<甲> & 乙".into()),
            _ => None,
        }
    }

    fn sheet(bytes: &[u8]) -> String {
        let parts = parts(bytes).unwrap();
        let part = parts.iter().find(|part| part.name.contains("worksheets")).unwrap();
        String::from_utf8(unpacked(part, MOST_BYTES).unwrap()).unwrap()
    }

    #[test]
    fn placeholders_are_replaced_and_everything_else_stays() {
        let template =
            workbook(&["本月服务 {{served}} 人次", "{{ 服务人次 }}", "{{org_name}}", "签字：　　盖章："]);
        let filled = filled(&template, &value).unwrap();
        let sheet = sheet(&filled);
        assert!(sheet.contains("本月服务 5,312 人次</t>") && sheet.contains(">5,312</t>"), "{sheet}");
        assert!(sheet.contains("&lt;甲&gt; &amp; 乙</t>") && sheet.contains("签字：　　盖章："), "{sheet}");
        let (before, after) = (parts(&template).unwrap(), parts(&filled).unwrap());
        let names = |parts: &[Part]| parts.iter().map(|part| part.name.clone()).collect::<Vec<_>>();
        assert_eq!(names(&before), names(&after));
        assert!(after.iter().all(|part| unpacked(part, MOST_BYTES).is_ok()));
    }

    #[test]
    fn what_is_no_template_is_refused_with_its_reason() {
        let refused = |bytes: &[u8]| filled(bytes, &value).unwrap_err();
        assert_eq!(refused(b"hello"), NotAWorkbook);
        assert_eq!(refused(&[0; 40]), NotAWorkbook);
        assert_eq!(refused(&workbook(&["没有"])), NoPlaceholder);
        let unknown = |name: &str| UnknownPlaceholder { name: name.into() };
        assert_eq!(refused(&workbook(&["{{served}}", "{{多少}}"])), unknown("多少"));
        assert!(matches!(refused(&workbook(&["{{served"])), UnknownPlaceholder { .. }));
        let mut cut = workbook(&["{{served}}"]);
        cut.truncate(cut.len() / 2);
        assert_eq!(refused(&cut), NotAWorkbook);
        let mut changed = parts(&workbook(&["{{served}}"])).unwrap();
        changed.iter_mut().for_each(|part| part.crc ^= 1);
        assert_eq!(refused(&archive(&changed).unwrap()), NotAWorkbook);
    }

    #[test]
    fn a_placeholder_in_pieces_or_in_a_formula_is_unknown() {
        let xml = |xml: &str| replaced(xml, &value);
        assert_eq!(xml("<t>{{served}}</t>").unwrap(), ("<t>5,312</t>".to_owned(), 1));
        assert_eq!(
            xml("<r><t>{{ser</t></r><r><t>ved}}</t></r>"),
            Err(UnknownPlaceholder { name: "served".into() })
        );
        assert_eq!(xml("<c><f>A1&amp;{{served}}</f></c>"), Err(UnknownPlaceholder { name: "served".into() }));
    }
}
