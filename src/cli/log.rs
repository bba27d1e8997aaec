//! The log on standard error. Lines are collected and written together: a request does not wait for the reader of the
//! log. Warnings and errors are written at once.

use crate::config::{Config, LogFormat};
use std::io::{self, Write};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tracing::{Level, Metadata};
use tracing_subscriber::fmt::MakeWriter;

/// Lines are written after so long at the latest.
const AT_MOST: Duration = Duration::from_millis(100);
/// More than this is not collected: the caller writes it out, and so slows down.
const MOST_BYTES: usize = 1 << 20;

/// Lines that are not written yet.
#[derive(Debug, Default)]
struct Lines {
    text: Mutex<Vec<u8>>,
    some: Condvar,
}

static LINES: Lines = Lines { text: Mutex::new(Vec::new()), some: Condvar::new() };

impl Lines {
    fn lock(&self) -> MutexGuard<'_, Vec<u8>> {
        self.text.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes everything collected so far, in its order.
    fn write_out(&self, to: &mut impl Write) {
        let mut text = self.lock();
        // Where nobody takes the log it is let go: the server goes on.
        let _gone = to.write_all(&text);
        text.clear();
    }

    fn add(&self, line: &[u8], at_once: bool, to: &mut impl Write) {
        let mut text = self.lock();
        text.extend_from_slice(line);
        let full = text.len() >= MOST_BYTES;
        drop(text);
        if at_once || full { self.write_out(to) } else { self.some.notify_one() }
    }
}

/// Takes the lines of one event.
#[derive(Clone, Copy, Debug)]
struct Line {
    at_once: bool,
}

impl Write for Line {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        LINES.add(line, self.at_once, &mut io::stderr().lock());
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

struct Collected;

impl MakeWriter<'_> for Collected {
    type Writer = Line;

    fn make_writer(&self) -> Line {
        Line { at_once: true }
    }

    fn make_writer_for(&self, about: &Metadata<'_>) -> Line {
        Line { at_once: *about.level() <= Level::WARN }
    }
}

/// Starts the log as configured. A second start in one process keeps the first log.
pub fn start(config: &Config) {
    let filter = tracing_subscriber::EnvFilter::new(&config.log.level);
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(Collected);
    let started = match config.log.format {
        LogFormat::Json => builder.json().try_init(),
        LogFormat::Text => builder.try_init(),
    };
    if started.is_ok() {
        std::thread::spawn(|| {
            loop {
                let text = LINES.lock();
                let waited = LINES.some.wait_while(text, |text| text.is_empty());
                drop(waited);
                std::thread::sleep(AT_MOST);
                LINES.write_out(&mut io::stderr().lock());
            }
        });
    }
}

/// Writes what is still collected: to be called before the program ends.
pub fn write_out() {
    LINES.write_out(&mut io::stderr().lock());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_keep_their_order_and_warnings_do_not_wait() {
        let (lines, mut written) = (Lines::default(), Vec::new());
        lines.add(b"one\n", false, &mut written);
        lines.add(b"two\n", false, &mut written);
        assert_eq!(written, b"");
        lines.add(b"trouble\n", true, &mut written);
        assert_eq!(written, b"one\ntwo\ntrouble\n");
        lines.add(&vec![b'x'; MOST_BYTES], false, &mut written);
        assert_eq!(written.len(), 16 + MOST_BYTES, "what cannot be collected is written");
        lines.write_out(&mut written);
        assert_eq!(written.len(), 16 + MOST_BYTES, "nothing is written twice");
    }
}
