//! Accepts request lines with raw UTF-8, as old tools send them: `GET /v1/members?name=张三`. The HTTP parser takes
//! ASCII only, so such characters are percent-encoded before it, in the request line and nowhere else. Bytes that are
//! not UTF-8 are left for the parser to refuse.
//!
//! The start of a request line is known only at the start of a connection, after a head without a body, and after a
//! body with a plain `Content-Length`. After anything else the rest of the connection passes unread.

use actix_web::rt::net::TcpStream;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Longer header lines are not examined.
const LONGEST_LINE: usize = 256;

/// The state of the scanner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// Before or in a request line.
    Line { begun: bool },
    /// In a header line.
    Header,
    /// In a body of which this number of bytes is still to come.
    Body(u64),
    /// Position unknown: nothing is examined any more.
    Unknown,
}

/// Rewrites the bytes of a connection for the HTTP parser.
#[derive(Debug)]
struct Rewriter {
    place: Place,
    /// The bytes so far of a multi-byte character.
    character: Vec<u8>,
    /// The header line so far.
    line: Vec<u8>,
    length: Option<u64>,
}

impl Rewriter {
    fn new() -> Self {
        Rewriter {
            place: Place::Line { begun: false },
            character: Vec::new(),
            line: Vec::new(),
            length: None,
        }
    }

    /// Appends the rewritten bytes to `out`.
    fn rewrite(&mut self, mut bytes: &[u8], out: &mut Vec<u8>) {
        while let Some((&byte, rest)) = bytes.split_first() {
            match self.place {
                Place::Line { begun } => {
                    self.line_byte(byte, begun, out);
                    bytes = rest;
                }
                Place::Header => {
                    out.push(byte);
                    self.header_byte(byte);
                    bytes = rest;
                }
                Place::Body(left) => {
                    let here = usize::try_from(left).unwrap_or(usize::MAX).min(bytes.len());
                    let (body, rest) = bytes.split_at(here);
                    out.extend_from_slice(body);
                    bytes = rest;
                    let left = left.saturating_sub(u64::try_from(here).unwrap_or(u64::MAX));
                    self.place = if left == 0 { Place::Line { begun: false } } else { Place::Body(left) };
                }
                Place::Unknown => {
                    out.extend_from_slice(bytes);
                    return;
                }
            }
        }
    }

    fn line_byte(&mut self, byte: u8, begun: bool, out: &mut Vec<u8>) {
        if byte >= 0x80 {
            self.character.push(byte);
            match std::str::from_utf8(&self.character) {
                Ok(_) => {
                    for byte in self.character.drain(..) {
                        out.extend_from_slice(format!("%{byte:02X}").as_bytes());
                    }
                }
                // The next bytes may complete the character.
                Err(error) if error.error_len().is_none() => {}
                Err(_) => out.append(&mut self.character),
            }
            return;
        }
        out.append(&mut self.character);
        out.push(byte);
        let empty = !begun && matches!(byte, b'\r' | b'\n');
        self.place = match byte {
            // Empty lines before a request are skipped.
            _ if empty => Place::Line { begun: false },
            // CONNECT: the bytes after it are not a request.
            b'C' if !begun => Place::Unknown,
            b'\n' => Place::Header,
            _ => Place::Line { begun: true },
        };
    }

    fn header_byte(&mut self, byte: u8) {
        if byte != b'\n' {
            // One byte more than the limit shows that the line is too long.
            if self.line.len() <= LONGEST_LINE {
                self.line.push(byte);
            }
            return;
        }
        let line = std::mem::take(&mut self.line);
        let text = line.strip_suffix(b"\r").unwrap_or(&line).to_ascii_lowercase();
        if text.is_empty() {
            self.place =
                self.length.take().filter(|left| *left > 0).map_or(Place::Line { begun: false }, Place::Body);
            return;
        }
        let name = text.split(|byte| *byte == b':').next().unwrap_or_default();
        let has = |word: &[u8]| name.windows(word.len()).any(|part| part == word);
        if has(b"transfer-encoding") || name.trim_ascii() == b"upgrade" {
            self.place = Place::Unknown;
        } else if has(b"content-length") {
            self.place = match (plain_length(&text), self.length) {
                (Some(length), None) => {
                    self.length = Some(length);
                    Place::Header
                }
                _ => Place::Unknown,
            };
        }
    }
}

/// The value of a plain `Content-Length` header: up to 15 digits, nothing else.
fn plain_length(line: &[u8]) -> Option<u64> {
    let value = line.strip_prefix(b"content-length:")?.trim_ascii();
    let digits =
        line.len() < LONGEST_LINE && (1..=15).contains(&value.len()) && value.iter().all(u8::is_ascii_digit);
    digits.then(|| std::str::from_utf8(value).ok()?.parse().ok()).flatten()
}

/// A connection whose request lines are rewritten to ASCII.
#[derive(Debug)]
pub struct Asciified {
    stream: TcpStream,
    rewriter: Rewriter,
    /// Rewritten bytes that the parser has not taken yet.
    read: Vec<u8>,
    taken: usize,
}

impl Asciified {
    pub fn new(stream: TcpStream) -> Self {
        Asciified { stream, rewriter: Rewriter::new(), read: Vec::new(), taken: 0 }
    }
}

impl AsyncRead for Asciified {
    fn poll_read(self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        loop {
            let waiting = this.read.get(this.taken..).unwrap_or_default();
            if !waiting.is_empty() {
                let (now, _) = waiting.split_at(waiting.len().min(buf.remaining()));
                buf.put_slice(now);
                this.taken = this.taken.saturating_add(now.len());
                return Poll::Ready(Ok(()));
            }
            this.taken = 0;
            this.read.clear();
            if this.rewriter.place == Place::Unknown {
                return Pin::new(&mut this.stream).poll_read(cx, buf);
            }
            let mut bytes = [0; 4_096];
            let mut part = ReadBuf::new(&mut bytes);
            ready!(Pin::new(&mut this.stream).poll_read(cx, &mut part))?;
            if part.filled().is_empty() {
                // End of stream, perhaps in the middle of a character.
                this.read.append(&mut this.rewriter.character);
                if this.read.is_empty() {
                    return Poll::Ready(Ok(()));
                }
            }
            this.rewriter.rewrite(part.filled(), &mut this.read);
        }
    }
}

impl AsyncWrite for Asciified {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }
    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }
    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(cx, bufs)
    }
    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The rewritten bytes, fed whole and byte by byte.
    fn rewritten(text: &[u8]) -> Vec<u8> {
        let (mut whole, mut single) = (Vec::new(), Vec::new());
        Rewriter::new().rewrite(text, &mut whole);
        let mut rewriter = Rewriter::new();
        text.chunks(1).for_each(|byte| rewriter.rewrite(byte, &mut single));
        assert_eq!(whole, single, "{}", String::from_utf8_lossy(text));
        whole
    }

    #[test]
    fn characters_in_request_lines_are_encoded_and_nothing_else_is_touched() {
        let line = "GET /v1/members?name=张三 HTTP/1.1\r\n";
        let plain = "GET /v1/members?name=%E5%BC%A0%E4%B8%89 HTTP/1.1\r\n";
        for (heads, kept) in [
            ("", true),
            ("\r\n\n", true),
            ("GET / HTTP/1.1\r\nHost: 张三\r\n\r\n", true),
            ("GET / HTTP/1.1\nHost: x\n\n", true),
            ("POST / HTTP/1.1\r\ncontent-LENGTH:  9 \r\n\r\n张三\r\n\r", true),
            ("POST / HTTP/1.1\r\nContent-Length: 0\r\n\r\n", true),
            ("POST / HTTP/1.1\r\nContent-Length: 3\r\nContent-Length: 3\r\n\r\nabc", false),
            ("POST / HTTP/1.1\r\nContent-Length : 3\r\n\r\nabc", false),
            ("POST / HTTP/1.1\r\nContent-Length: +3\r\n\r\nabc", false),
            ("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", false),
            ("GET / HTTP/1.1\r\nUpgrade: x\r\n\r\n", false),
            ("CONNECT / HTTP/1.1\r\n\r\n", false),
        ] {
            let encoded = rewritten(format!("{heads}{line}").as_bytes());
            let wanted = format!("{heads}{}", if kept { plain } else { line });
            assert_eq!(String::from_utf8(encoded).unwrap(), wanted);
        }
        let long = format!("POST / HTTP/1.1\r\nContent-Length: {}3\r\n\r\nabc{line}", " ".repeat(300));
        assert_eq!(rewritten(long.as_bytes()), long.as_bytes());
    }

    #[test]
    fn what_is_no_utf_8_stays_as_it_is() {
        for line in [
            &b"GET /?a=\xff HTTP/1.1\r\n\r\n"[..],
            b"GET /?a=\xe5\xbc HTTP/1.1\r\n",
            b"GET /?a=\xed\xa0\x80 x\n",
        ] {
            assert_eq!(rewritten(line), line);
        }
        assert_eq!(rewritten("GET /?a=é".as_bytes()), b"GET /?a=%C3%A9");
    }
}
