//! The bank as people run it: `jianxian serve` as a separate process, so that its memory and its start can be
//! measured.

use super::home::Database;
use jianxian::cli::ending::Failure;
use std::io::{BufRead, BufReader, Read};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, ChildStderr, Command, Stdio};
use std::time::{Duration, Instant};

/// The program that is shipped, built beside the bench.
const PROGRAM: &str = env!("CARGO_BIN_EXE_jianxian");

/// A server that is not ready after this time is broken.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running server, killed on drop.
pub struct Served {
    child: Child,
    pub address: SocketAddr,
    /// From the start of the program to the first "ready".
    pub ready_after: Duration,
}

impl Served {
    /// Starts the program on a database, with the settings file of its folder and without this environment.
    pub fn start(database: &Database) -> Result<Self, Failure> {
        Served::start_with(database, &[])
    }

    /// The same with more settings, as names and values of the environment.
    pub fn start_with(database: &Database, settings: &[(&str, &str)]) -> Result<Self, Failure> {
        let failed = |error: &dyn std::fmt::Display| Failure::machine("jianxian serve", error);
        let mut command = Command::new(PROGRAM);
        command.args(["--lang", "en", "serve", "--data"]).arg(&database.folder);
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("JIANXIAN_") {
                command.env_remove(name);
            }
        }
        // Not among the arguments: all users of the machine can read those, and the URL may contain a password.
        command.env("JIANXIAN_DATABASE", &database.url).envs(settings.iter().copied());
        let started = Instant::now();
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn();
        let mut child = child.map_err(|e| failed(&e))?;
        let said = child.stderr.take();
        let address = said.ok_or_else(|| failed(&"it has no standard error")).and_then(listening);
        let mut served = match address {
            Ok(address) => Served { child, address, ready_after: Duration::ZERO },
            Err(failure) => {
                let _ended = child.kill().and_then(|()| child.wait());
                return Err(failure);
            }
        };
        while !is_ready(served.address) {
            if started.elapsed() > PATIENCE {
                return Err(failed(&"it does not become ready"));
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        served.ready_after = started.elapsed();
        Ok(served)
    }

    /// Resident memory of the process, in MiB; `None` if the system does not report it.
    pub fn resident_mebibytes(&self) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
        let kibibytes: u64 = line.split_whitespace().next()?.parse().ok()?;
        Some(kibibytes.div_ceil(1024))
    }

    /// Processor time of the process so far, in ticks of 10 ms; `None` if the system does not report it.
    pub fn processor_ticks(&self) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id())).ok()?;
        // The name in parentheses may contain spaces; user and system time are the 12th and 13th word after it.
        let (_, words) = status.rsplit_once(')')?;
        let mut words = words.split_whitespace().skip(11);
        let (user, system): (u64, u64) = (words.next()?.parse().ok()?, words.next()?.parse().ok()?);
        Some(user + system)
    }

    /// Asks it to finish what is queued, and waits until it has.
    pub fn stop(mut self) -> Result<(), Failure> {
        let failed = |error: std::io::Error| Failure::machine("jianxian serve", error);
        let asked = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status();
        if !asked.is_ok_and(|status| status.success()) {
            self.child.kill().map_err(failed)?;
        }
        self.child.wait().map_err(failed)?;
        Ok(())
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // After `stop` the process has ended, and this returns an error.
        let _ended = self.child.kill().and_then(|()| self.child.wait());
    }
}

/// The address in the server's log; afterwards the log is read and dropped.
fn listening(said: ChildStderr) -> Result<SocketAddr, Failure> {
    let mut lines = BufReader::with_capacity(1 << 16, said);
    let mut log = String::new();
    loop {
        let mut line = String::new();
        let read = lines.read_line(&mut line).map_err(|e| Failure::machine("jianxian serve", e))?;
        if read == 0 {
            return Err(Failure::machine("jianxian serve", log.trim_end()));
        }
        let address = line.strip_prefix("serving on http://").and_then(|rest| rest.split(' ').next());
        if let Some(address) = address.and_then(|text| text.parse().ok()) {
            std::thread::spawn(move || let_go(lines));
            return Ok(address);
        }
        log.push_str(&line);
    }
}

/// Reads the log so that the server never waits for a reader.
fn let_go(mut lines: BufReader<ChildStderr>) {
    let mut some = vec![0; 1 << 16];
    while lines.read(&mut some).is_ok_and(|read| read > 0) {}
}

fn is_ready(address: SocketAddr) -> bool {
    use std::io::Write;
    let Ok(mut stream) = TcpStream::connect(address) else { return false };
    let asked = stream.write_all(b"GET /readyz HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n");
    let mut answer = [0; 12];
    asked.is_ok() && stream.read_exact(&mut answer).is_ok() && answer.ends_with(b"200")
}
