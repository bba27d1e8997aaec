//! Decodes the bytes of a file: UTF-8 with or without a byte order mark, or GBK as older spreadsheets write it.

use super::fault::Trouble;
use serde::Serialize;

/// The largest sheet that is read.
pub const MOST_BYTES: usize = 32 << 20;

/// The encoding of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum TextEncoding {
    #[serde(rename = "UTF-8")]
    Utf8,
    #[serde(rename = "UTF-8 (BOM)")]
    Utf8WithMark,
    #[serde(rename = "GBK")]
    Gbk,
}

/// Decodes a sheet. Valid UTF-8 is UTF-8 (GBK text practically never is); anything else must be valid GBK.
pub fn decode(bytes: &[u8]) -> Result<(TextEncoding, String), Trouble> {
    if bytes.len() > MOST_BYTES {
        return Err(Trouble::TooLarge { limit_mebibytes: MOST_BYTES >> 20 });
    }
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(&[0xd0, 0xcf, 0x11, 0xe0]) {
        return Err(Trouble::Workbook);
    }
    let (encoding, text) = match bytes.strip_prefix(&[0xef, 0xbb, 0xbf]) {
        Some(rest) => {
            let text = std::str::from_utf8(rest).map_err(|_| Trouble::UnknownEncoding)?;
            (TextEncoding::Utf8WithMark, text.to_owned())
        }
        None => match std::str::from_utf8(bytes) {
            Ok(text) => (TextEncoding::Utf8, text.to_owned()),
            Err(_) => {
                let text = encoding_rs::GBK.decode_without_bom_handling_and_without_replacement(bytes);
                (TextEncoding::Gbk, text.ok_or(Trouble::UnknownEncoding)?.into_owned())
            }
        },
    };
    if text.contains('\0') {
        return Err(Trouble::UnknownEncoding);
    }
    Ok((encoding, text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_encoding_is_found_and_named() {
        let text = "姓名,手机\n示例一,13800000000\n";
        assert_eq!(decode(text.as_bytes()), Ok((TextEncoding::Utf8, text.into())));
        let marked = [b"\xef\xbb\xbf", text.as_bytes()].concat();
        assert_eq!(decode(&marked), Ok((TextEncoding::Utf8WithMark, text.into())));
        let (gbk, _, _) = encoding_rs::GBK.encode(text);
        assert_eq!(decode(&gbk), Ok((TextEncoding::Gbk, text.into())));
    }

    #[test]
    fn what_is_no_text_is_refused_by_what_it_is() {
        assert_eq!(decode(b"PK\x03\x04rest"), Err(Trouble::Workbook));
        assert_eq!(decode(&[0xd0, 0xcf, 0x11, 0xe0, 0xa1]), Err(Trouble::Workbook));
        assert_eq!(decode(&[0xff, 0xfe, 0x53, 0x00]), Err(Trouble::UnknownEncoding));
        assert_eq!(decode("名\0".as_bytes()), Err(Trouble::UnknownEncoding));
        assert_eq!(decode(&vec![b'a'; MOST_BYTES + 1]), Err(Trouble::TooLarge { limit_mebibytes: 32 }));
    }
}
