//! A minimal HTTP/1.1 client: one keep-alive connection to a server on this machine, one request at a time.

use std::io;
use std::net::SocketAddr;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Far above any answer of the bench; bounds the memory if a server misbehaves.
const LONGEST_ANSWER_BYTES: usize = 64 << 20;

pub struct Connection {
    stream: TcpStream,
    received: Vec<u8>,
    body_at: usize,
}

/// Positions of the parts of a complete answer in the received bytes.
#[derive(Debug, PartialEq, Eq)]
struct Layout {
    status: u16,
    body_at: usize,
    end: usize,
}

impl Connection {
    /// Connects to a local server; any other address is refused, so that no bench loads a foreign server.
    pub async fn open(address: SocketAddr) -> io::Result<Self> {
        if !address.ip().is_loopback() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "the bench speaks to this machine only"));
        }
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, received: Vec::with_capacity(4096), body_at: 0 })
    }

    /// Sends one request, reads the whole answer and returns its status.
    pub async fn exchange(&mut self, request: &[u8]) -> io::Result<u16> {
        self.received.clear();
        self.stream.write_all(request).await?;
        loop {
            if self.stream.read_buf(&mut self.received).await? == 0 {
                return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the server hung up"));
            }
            if let Some(layout) = layout_of(&self.received)? {
                self.body_at = layout.body_at;
                return Ok(layout.status);
            }
        }
    }

    /// The body of the last answer.
    pub fn body(&self) -> &[u8] {
        self.received.get(self.body_at..).unwrap_or_default()
    }
}

/// Finds the parts of the answer, or `None` while bytes are missing.
fn layout_of(received: &[u8]) -> io::Result<Option<Layout>> {
    let bad = |what: &str| io::Error::new(io::ErrorKind::InvalidData, what.to_owned());
    let Some(head_end) = received.windows(4).position(|four| four == b"\r\n\r\n") else {
        return if received.len() > 65_536 { Err(bad("an endless head")) } else { Ok(None) };
    };
    let head = received.get(..head_end).unwrap_or_default();
    let head = std::str::from_utf8(head).map_err(|_| bad("a head that is not text"))?;
    let mut lines = head.split("\r\n");
    let status = lines.next().and_then(|line| line.split(' ').nth(1)).and_then(|code| code.parse().ok());
    let status = status.ok_or_else(|| bad("no status"))?;
    let mut body_bytes = (status == 204 || status == 304).then_some(0);
    for line in lines {
        let (name, value) = line.split_once(':').ok_or_else(|| bad("a header without a colon"))?;
        if name.eq_ignore_ascii_case("content-length") {
            body_bytes = Some(value.trim().parse().map_err(|_| bad("a length that is no number"))?);
        }
    }
    let body_bytes: usize = body_bytes.ok_or_else(|| bad("an answer without a length"))?;
    if body_bytes > LONGEST_ANSWER_BYTES {
        return Err(bad("an answer past all measure"));
    }
    let body_at = head_end + 4;
    let end = body_at + body_bytes;
    Ok((received.len() >= end).then_some(Layout { status, body_at, end }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_read_once_all_of_it_is_there() {
        let whole = b"HTTP/1.1 201 Created\r\nContent-Length: 5\r\n\r\nhello";
        assert_eq!(layout_of(whole).unwrap(), Some(Layout { status: 201, body_at: 43, end: 48 }));
        for end in 0..whole.len() {
            assert_eq!(layout_of(&whole[..end]).unwrap(), None, "{end}");
        }
        let empty = b"HTTP/1.1 204 No Content\r\n\r\n";
        assert_eq!(layout_of(empty).unwrap().map(|l| (l.status, l.end)), Some((204, empty.len())));
    }

    #[test]
    fn what_is_no_answer_is_an_error() {
        for text in [
            "HTTP/1.1 200 OK\r\n\r\n",
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            "HTTP/1.1 abc\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: ten\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n",
        ] {
            assert!(layout_of(text.as_bytes()).is_err(), "{text:?}");
        }
    }

    #[tokio::test]
    async fn only_this_machine_is_spoken_to() {
        let elsewhere = "192.0.2.1:80".parse().unwrap();
        let refused = Connection::open(elsewhere).await.err().map(|e| e.kind());
        assert_eq!(refused, Some(io::ErrorKind::InvalidInput));
    }
}
