//! The program as a separate process: `serve` or `demo` on a database, stopped or killed.

use crate::support::database::TestDatabase;
use serde_json::Value;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};

/// A server process and its output so far.
pub struct Served {
    child: Child,
    pub address: SocketAddr,
    pub said: Vec<String>,
    /// Its later output, which is always read.
    lines: Receiver<String>,
}

impl Served {
    pub fn start(database: &TestDatabase) -> Self {
        Served::run(&["serve"], database, &[])
    }

    /// Starts a verb that serves, on any free port, with settings from the environment.
    pub fn run(verb: &[&str], database: &TestDatabase, environment: &[(&str, &str)]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_jianxian"));
        command.args(["--lang", "en"]).args(verb).args(["--port", "0"]).args(database.place());
        Served::by(command.envs(environment.iter().copied()))
    }

    /// Serves with a limit on file sizes: writing more fails, as on a full disk.
    pub fn start_within(database: &TestDatabase, kib: u64) -> Self {
        // The limit's signal is ignored, so that the write returns an error instead of ending the program.
        let script = format!("trap '' XFSZ; ulimit -f {kib}; exec \"$0\" --lang en serve --port 0 \"$@\"");
        let mut command = Command::new("bash");
        Served::by(command.args(["-c", &script, env!("CARGO_BIN_EXE_jianxian")]).args(database.place()))
    }

    /// Starts by a given command, which serves in English.
    #[expect(clippy::zombie_processes, reason = "without an address it has ended, and the test fails")]
    pub fn by(command: &mut Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let (sender, lines) = channel();
        let log = BufReader::new(child.stderr.take().unwrap()).lines().map_while(Result::ok);
        std::thread::spawn(move || log.into_iter().all(|line| sender.send(line).is_ok()));
        let mut said = Vec::new();
        loop {
            let line = lines.recv().unwrap_or_else(|_| panic!("it ended: {said:?}"));
            let address = line.strip_prefix("serving on http://").and_then(|rest| rest.split(' ').next());
            let address = address.map(|text| text.parse().unwrap());
            said.push(line);
            if let Some(address) = address {
                return Served { child, address, said, lines };
            }
        }
    }

    /// The first line of its standard output: the head of a sample bank.
    pub fn printed_head(&mut self) -> String {
        let mut line = String::new();
        BufReader::new(self.child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }

    /// The body of the printed curl command.
    pub fn printed_body(&self) -> Option<Value> {
        let curl = self.said.iter().find(|line| line.starts_with("curl "))?;
        assert!(curl.contains(&format!("http://{}/v1/auth/first-administrator", self.address)), "{curl}");
        let (_, body) = curl.split_once("-d '")?;
        Some(serde_json::from_str(body.trim_end_matches('\'')).unwrap())
    }

    /// The id of its process.
    pub fn process_id(&self) -> u32 {
        self.child.id()
    }

    /// Stops it; returns its last line.
    pub fn stop(self) -> String {
        self.stop_and_read_log().pop().unwrap_or_default()
    }

    /// Stops it; returns its whole log.
    pub fn stop_and_read_log(self) -> Vec<String> {
        let (code, said) = self.stop_with();
        assert_eq!(code, 0, "{said:?}");
        said
    }

    /// Stops it; returns its exit code and its whole log.
    pub fn stop_with(mut self) -> (i32, Vec<String>) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        let mut said = std::mem::take(&mut self.said);
        said.extend(self.lines.iter());
        (self.child.wait().unwrap().code().unwrap_or(-1), said)
    }
}

impl Served {
    /// Kills it in the middle of its work.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        // A failed test leaves no server behind.
        let _ended = self.child.kill();
        let _status = self.child.wait();
    }
}
