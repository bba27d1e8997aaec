//! ZIP archives, written from front to back as their parts come: what was handed out is not kept. Each part is deflated.

use flate2::write::DeflateEncoder;
use flate2::{Compression, Crc};
use std::io::{self, Write};

/// 1 January 1980, the first day of the format: an archive has no time of its own.
const DOS_DAY: u16 = 0x0021;
/// Sizes follow the data; names are UTF-8.
const FLAGS: u16 = 0x0808;
const DEFLATED: u16 = 8;

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

/// An archive in the making.
#[derive(Default)]
pub struct Archive {
    parts: Vec<Part>,
    open: Option<Open>,
    /// What was written and not handed out yet.
    out: Vec<u8>,
    handed_out: u64,
}

impl Archive {
    /// Ends the part before, if there is one, and begins the next.
    pub fn begin(&mut self, name: &str) -> io::Result<()> {
        self.end()?;
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
        Ok(())
    }

    /// Adds to the part that was begun.
    pub fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        let Some(open) = &mut self.open else { return Err(io::Error::other("no part is open")) };
        open.crc.update(bytes);
        open.deflater.write_all(bytes)?;
        let deflated = std::mem::take(open.deflater.get_mut());
        open.deflated = open.deflated.saturating_add(length(&deflated));
        self.out.extend(deflated);
        Ok(())
    }

    /// What was written since it was asked for last.
    pub fn taken(&mut self) -> Vec<u8> {
        let taken = std::mem::take(&mut self.out);
        self.handed_out = self.handed_out.saturating_add(length(&taken));
        taken
    }

    /// Ends the last part and the archive.
    pub fn finish(&mut self) -> io::Result<()> {
        self.end()?;
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
    u32::try_from(size).map_err(|_| io::Error::other("an archive is too large"))
}

#[cfg(test)]
pub mod tests {
    use flate2::Crc;
    use flate2::read::DeflateDecoder;
    use std::io::Read;

    fn number(bytes: &[u8], at: usize, size: usize) -> usize {
        bytes[at..at + size].iter().rev().fold(0, |sum, byte| sum << 8 | usize::from(*byte))
    }

    /// The parts of an archive, as its directory names them.
    pub fn parts(bytes: &[u8]) -> Vec<(String, String)> {
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
    fn parts_are_written_as_they_come_and_the_directory_names_them() {
        let mut archive = super::Archive::default();
        let mut bytes = Vec::new();
        archive.begin("甲.txt").unwrap();
        for _ in 0..1_000 {
            archive.write("一行\r\n".as_bytes()).unwrap();
            bytes.extend(archive.taken());
        }
        archive.begin("b.json").unwrap();
        archive.write(b"{}").unwrap();
        archive.finish().unwrap();
        bytes.extend(archive.taken());
        let parts = parts(&bytes);
        assert_eq!(parts[0], ("甲.txt".to_owned(), "一行\r\n".repeat(1_000)));
        assert_eq!(parts[1], ("b.json".to_owned(), "{}".to_owned()));
        assert!(archive.write(b"x").is_err(), "nothing is open");
    }
}
