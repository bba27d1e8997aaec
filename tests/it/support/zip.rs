//! Reads ZIP archives.

use flate2::Crc;
use flate2::read::DeflateDecoder;
use std::io::Read;

fn number(bytes: &[u8], at: usize, size: usize) -> usize {
    bytes[at..at + size].iter().rev().fold(0, |sum, byte| sum << 8 | usize::from(*byte))
}

/// The parts of an archive, as its directory names them; sizes and sums agree.
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
