//! The log on standard error. Lines are buffered, and one thread writes them: no request ever waits for the reader of
//! the log. If the reader stops, lines beyond the buffer are dropped and counted.

use crate::config::{Config, LogFormat};
use std::io::{self, Write};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tracing::{Level, Metadata};
use tracing_subscriber::fmt::MakeWriter;

/// The maximum delay of a line; warnings and errors are written at once.
const AT_MOST: Duration = Duration::from_millis(100);
/// The size of the buffer.
const MOST_BYTES: usize = 1 << 20;
/// How long the end of the program waits for the log.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// Lines that are not written yet.
#[derive(Debug, Default)]
struct Collected {
    text: Vec<u8>,
    urgent: bool,
    /// Dropped lines.
    lost: u64,
    /// The thread is writing what it took from the buffer.
    writing: bool,
}

#[derive(Debug, Default)]
struct Lines {
    collected: Mutex<Collected>,
    changed: Condvar,
}

static LINES: Lines = Lines {
    collected: Mutex::new(Collected { text: Vec::new(), urgent: false, lost: 0, writing: false }),
    changed: Condvar::new(),
};

impl Lines {
    fn lock(&self) -> MutexGuard<'_, Collected> {
        self.collected.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn add(&self, line: &[u8], urgent: bool) {
        let mut collected = self.lock();
        if collected.text.len().saturating_add(line.len()) > MOST_BYTES {
            collected.lost = collected.lost.saturating_add(1);
            return;
        }
        collected.text.extend_from_slice(line);
        collected.urgent |= urgent;
        self.changed.notify_all();
    }

    /// Waits for lines, and a little longer for further ones unless one is urgent; takes them all.
    fn take(&self) -> Vec<u8> {
        let empty = |collected: &mut Collected| collected.text.is_empty();
        let some = self.changed.wait_while(self.lock(), empty).unwrap_or_else(PoisonError::into_inner);
        let calm = |collected: &mut Collected| !collected.urgent;
        let waited = self.changed.wait_timeout_while(some, AT_MOST, calm);
        let (mut collected, _) = waited.unwrap_or_else(PoisonError::into_inner);
        collected.urgent = false;
        collected.writing = true;
        let mut text = std::mem::take(&mut collected.text);
        if collected.lost > 0 {
            text.extend_from_slice(
                format!("{} lines of the log were lost: nobody read them\n", collected.lost).as_bytes(),
            );
            collected.lost = 0;
        }
        text
    }

    fn written(&self) {
        self.lock().writing = false;
        self.changed.notify_all();
    }

    /// Waits until everything is written, at most `patience`.
    fn settle(&self, patience: Duration) {
        let until = Instant::now() + patience;
        let mut collected = self.lock();
        collected.urgent = true;
        self.changed.notify_all();
        while collected.writing || !collected.text.is_empty() {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return;
            }
            let waited = self.changed.wait_timeout(collected, left).unwrap_or_else(PoisonError::into_inner);
            collected = waited.0;
        }
    }
}

/// Buffers the lines of one event.
#[derive(Clone, Copy, Debug)]
struct Line {
    urgent: bool,
}

impl Write for Line {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        LINES.add(line, self.urgent);
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

struct Writer;

impl MakeWriter<'_> for Writer {
    type Writer = Line;

    fn make_writer(&self) -> Line {
        Line { urgent: true }
    }

    fn make_writer_for(&self, about: &Metadata<'_>) -> Line {
        Line { urgent: *about.level() <= Level::WARN }
    }
}

/// Starts the log as configured. A second start in one process keeps the first log.
pub fn start(config: &Config) {
    // Input that is not HTTP is answered with 400: not an error of the server, although actix logs it as one.
    let level = format!("{},actix_http::h1=off", config.log.level);
    let filter = tracing_subscriber::EnvFilter::new(level);
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(Writer);
    let started = match config.log.format {
        LogFormat::Json => builder.json().try_init(),
        LogFormat::Text => builder.try_init(),
    };
    if started.is_ok() {
        std::thread::spawn(|| {
            loop {
                let text = LINES.take();
                // If standard error is closed, the log is dropped and the server continues.
                let _gone = io::stderr().lock().write_all(&text);
                LINES.written();
            }
        });
    }
}

/// Flushes the log; called before the program ends.
pub fn write_out() {
    LINES.settle(LAST_WORDS);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_keep_their_order_and_what_finds_no_room_is_counted() {
        let lines = Lines::default();
        lines.add(b"one\n", false);
        lines.add(b"trouble\n", true);
        assert_eq!(lines.take(), b"one\ntrouble\n");
        lines.add(&vec![b'x'; MOST_BYTES], false);
        lines.add(b"late\n", true);
        let text = lines.take();
        assert_eq!(text.len(), MOST_BYTES + "1 lines of the log were lost: nobody read them\n".len());
    }

    #[test]
    fn the_end_waits_for_the_log_but_not_for_ever() {
        let lines = Lines::default();
        let begun = Instant::now();
        lines.settle(Duration::from_secs(60));
        assert!(begun.elapsed() < Duration::from_secs(30), "there was nothing to wait for");
        lines.add(b"one\n", false);
        lines.settle(Duration::from_millis(20));
        std::thread::scope(|scope| {
            scope.spawn(|| {
                assert_eq!(lines.take(), b"one\n");
                lines.written();
            });
            lines.settle(Duration::from_secs(60));
        });
        assert!(begun.elapsed() < Duration::from_secs(30), "what was written is not waited for");
    }
}
