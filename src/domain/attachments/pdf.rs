//! PDF: taken as it is, and refused where it could do more than show pages. Names are looked for in the file and in
//! everything that it has packed; what cannot be looked into is refused. This keeps ordinary scans and prints in and
//! known tricks out; it is no proof, so that a PDF is only ever handed out as a download, with a sandbox around it.

use super::Unfit;
use flate2::{Decompress, FlushDecompress, Status};

/// The first bytes. A file that begins otherwise is no PDF here, although some programs look further.
pub const MAGIC: &[u8] = b"%PDF-";
const END: &[u8] = b"%%EOF";
/// The most bytes that all packed parts of a file may come to.
const MOST_UNPACKED: usize = if cfg!(test) { 8 << 20 } else { 256 << 20 };
/// What is unpacked at once, in bytes.
const AT_ONCE: usize = 64 << 10;

/// Names that begin an action, embed something, or hide what is in the file.
const NAMES: &[&[u8]] = &[
    b"JavaScript",
    b"JS",
    b"Launch",
    b"EmbeddedFile",
    b"EmbeddedFiles",
    b"Filespec",
    b"RichMedia",
    b"RichMediaContent",
    b"Movie",
    b"Sound",
    b"Rendition",
    b"SubmitForm",
    b"ImportData",
    b"ResetForm",
    b"GoToE",
    b"GoToR",
    b"XFA",
    b"Encrypt",
    b"Crypt",
    // Packings that scans have no need of; an object in them would not be seen.
    b"LZWDecode",
    b"ASCII85Decode",
    b"ASCIIHexDecode",
    b"RunLengthDecode",
];
/// Names up to this length occur by chance in pictures: they count outside packed parts only.
const SHORT: usize = 5;

/// Checks a PDF.
///
/// # Errors It is cut short, another file is appended to it, it unpacks to too much, or it could act.
pub fn check(file: &[u8]) -> Result<(), Unfit> {
    let end = file.windows(END.len()).rposition(|part| part == END).ok_or(Unfit::Damaged)?;
    let rest = file.get(end.saturating_add(END.len())..).unwrap_or_default();
    let has_version = file.get(MAGIC.len()).is_some_and(u8::is_ascii_digit);
    if !has_version || !file.windows(9).any(|part| part == b"startxref") {
        return Err(Unfit::Damaged);
    }
    if !rest.iter().all(u8::is_ascii_whitespace) || is_archive(file) {
        return Err(Unfit::Active);
    }
    let mut plain = Vec::with_capacity(file.len());
    let (mut rest, mut unpacked) = (file, 0_usize);
    while let Some(begin) = find(rest, b"stream") {
        let (before, after) = rest.split_at(begin.saturating_add(6).min(rest.len()));
        plain.extend_from_slice(before);
        let after = after.strip_prefix(b"\r\n").or(after.strip_prefix(b"\n")).unwrap_or(after);
        let length = find(after, b"endstream").unwrap_or(after.len());
        let (packed, following) = after.split_at(length);
        look_into(packed, &mut unpacked)?;
        if has_name(packed, SHORT) {
            return Err(Unfit::Active);
        }
        rest = following.strip_prefix(b"endstream").unwrap_or(following);
    }
    plain.extend_from_slice(rest);
    if has_name(&plain, 0) { Err(Unfit::Active) } else { Ok(()) }
}

/// Whether the file is a ZIP archive as well: its directory ends where the file ends.
fn is_archive(file: &[u8]) -> bool {
    let tail = file.get(file.len().saturating_sub((64 << 10) + 22)..).unwrap_or_default();
    tail.windows(22).enumerate().any(|(at, part)| {
        let comment = part.get(20..22).and_then(|bytes| bytes.try_into().ok()).map_or(0, u16::from_le_bytes);
        part.starts_with(b"PK\x05\x06")
            && at.saturating_add(22).saturating_add(usize::from(comment)) == tail.len()
    })
}

fn find(text: &[u8], part: &[u8]) -> Option<usize> {
    text.windows(part.len()).position(|window| window == part)
}

/// Unpacks what is deflated, piece by piece, and looks for names in it. What is not deflated is left to the caller.
fn look_into(packed: &[u8], unpacked: &mut usize) -> Result<(), Unfit> {
    let mut inflater = Decompress::new(true);
    // The end of the piece before stays in front, so that no name is cut in two.
    let (mut window, mut rest) = (Vec::<u8>::with_capacity(AT_ONCE.saturating_mul(2)), packed);
    loop {
        let kept = window.len().saturating_sub(128);
        window.drain(..kept);
        let (read, written) = (inflater.total_in(), inflater.total_out());
        window.reserve(AT_ONCE);
        let status = inflater.decompress_vec(rest, &mut window, FlushDecompress::None);
        let moved = |now: u64, before: u64| usize::try_from(now.saturating_sub(before)).unwrap_or(0);
        let (read, written) = (moved(inflater.total_in(), read), moved(inflater.total_out(), written));
        rest = rest.get(read..).unwrap_or_default();
        *unpacked = unpacked.saturating_add(written);
        if *unpacked > MOST_UNPACKED {
            return Err(Unfit::Expands);
        }
        if has_name(&window, SHORT) {
            return Err(Unfit::Active);
        }
        match status {
            Ok(Status::Ok) if read > 0 || written > 0 => {}
            _ => return Ok(()),
        }
    }
}

/// Whether one of the names, longer than `but` characters, is in a text. A name may have any of its characters written
/// as `#` and two digits.
fn has_name(text: &[u8], but: usize) -> bool {
    let mut rest = text;
    while let Some(at) = rest.iter().position(|byte| *byte == b'/') {
        rest = rest.get(at.saturating_add(1)..).unwrap_or_default();
        let name = name_at(rest);
        if NAMES.iter().any(|known| known.len() > but && *known == name.as_slice()) {
            return true;
        }
    }
    false
}

/// The name at the beginning of a text, without its slash; longer ones than any known are cut.
fn name_at(text: &[u8]) -> Vec<u8> {
    let (mut name, mut at) = (Vec::new(), 0_usize);
    while let Some(byte) = text.get(at).copied().filter(|_| name.len() < 24) {
        let hex = text.get(at.saturating_add(1)..at.saturating_add(3)).filter(|_| byte == b'#');
        let escaped = hex.and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok());
        match escaped {
            Some(byte) => {
                name.push(byte);
                at = at.saturating_add(3);
            }
            None if byte.is_ascii_alphanumeric() || b"#_-.+".contains(&byte) => {
                name.push(byte);
                at = at.saturating_add(1);
            }
            None => break,
        }
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::Compression;
    use flate2::write::ZlibEncoder;
    use std::io::Write;

    fn document(inside: &str) -> Vec<u8> {
        format!("%PDF-1.7\n1 0 obj\n<< /Type /Catalog {inside} >>\nendobj\nstartxref\n9\n%%EOF\n")
            .into_bytes()
    }

    fn packed(text: &[u8]) -> Vec<u8> {
        let mut zip = ZlibEncoder::new(Vec::new(), Compression::best());
        zip.write_all(text).unwrap();
        zip.finish().unwrap()
    }

    fn with_stream(bytes: &[u8]) -> Vec<u8> {
        let mut file = b"%PDF-1.7\n1 0 obj\n<< /Type /ObjStm /Filter /FlateDecode >>\nstream\r\n".to_vec();
        file.extend_from_slice(bytes);
        file.extend_from_slice(b"\nendstream\nendobj\nstartxref\n9\n%%EOF\n");
        file
    }

    #[test]
    fn a_scan_is_taken() {
        assert_eq!(check(&document("/Pages 2 0 R /OpenAction [3 0 R /Fit]")), Ok(()));
        assert_eq!(check(&with_stream(&packed(b"<< /Type /Page /JSX 1 >>"))), Ok(()));
    }

    #[test]
    fn what_could_act_is_not_taken() {
        for inside in [
            "/OpenAction << /S /JavaScript /JS (app.alert(1)) >>",
            "/OpenAction << /S /J#61vaScript >>",
            "/AA << /O << /S /Launch /F (cmd.exe) >> >>",
            "/Names << /EmbeddedFiles 4 0 R >>",
            "/AcroForm << /XFA 5 0 R >>",
            "/Encrypt 6 0 R",
            "/Filter [/ASCIIHexDecode /FlateDecode]",
        ] {
            assert_eq!(check(&document(inside)), Err(Unfit::Active), "{inside}");
        }
        let hidden = packed(format!("{}<< /S /Java#53cript >>", " ".repeat(200_000)).as_bytes());
        assert_eq!(check(&with_stream(&hidden)), Err(Unfit::Active));
        assert_eq!(check(&with_stream(&packed(b"<< /JS (x) >>"))), Ok(()), "of two letters, by chance");
    }

    #[test]
    fn what_is_cut_short_or_something_else_as_well_is_not_taken() {
        let whole = document("");
        assert_eq!(check(whole.get(..whole.len() - 8).unwrap()), Err(Unfit::Damaged));
        let mut two = whole.clone();
        two.extend_from_slice(b"<script>alert(1)</script>");
        assert_eq!(check(&two), Err(Unfit::Active));
        let mut archive = document("");
        archive.extend_from_slice(b"PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x06\0%%EOF\n");
        assert_eq!(check(&archive), Err(Unfit::Active));
    }

    #[test]
    fn what_unpacks_to_too_much_is_not_taken() {
        let bomb = packed(&vec![b' '; MOST_UNPACKED + 1]);
        assert!(bomb.len() < super::super::MOST_BYTES);
        assert_eq!(check(&with_stream(&bomb)), Err(Unfit::Expands));
    }
}
