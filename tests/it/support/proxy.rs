//! A proxy in front of a PostgreSQL server that reads along, and cuts the connection at a COMMIT of a write on
//! request.

use crate::support::cluster::free_port;
use std::collections::HashMap;
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

/// Where the connection is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// The server never receives the COMMIT.
    Before,
    /// The server commits; its answer never arrives.
    After,
}

/// The proxy runs as long as the tests.
pub struct Proxy {
    pub port: u16,
    gate: Arc<Gate>,
}

struct Gate {
    server: u16,
    armed: Mutex<Option<Cut>>,
    cuts: AtomicUsize,
}

impl Proxy {
    pub fn start(server: u16) -> Self {
        let port = free_port();
        let listener = TcpListener::bind(("127.0.0.1", port)).unwrap();
        let gate = Arc::new(Gate { server, armed: Mutex::new(None), cuts: AtomicUsize::new(0) });
        let listening = Arc::clone(&gate);
        std::thread::spawn(move || {
            for client in listener.incoming().flatten() {
                // The server is down: the client gets a closed connection.
                let Ok(server) = TcpStream::connect(("127.0.0.1", listening.server)) else { continue };
                let gate = Arc::clone(&listening);
                std::thread::spawn(move || pass(client, server, &gate));
            }
        });
        Proxy { port, gate }
    }

    /// The next COMMIT of a write is cut.
    pub fn arm(&self, cut: Cut) {
        *self.gate.armed.lock().unwrap() = Some(cut);
    }

    /// Number of cuts so far.
    pub fn cuts(&self) -> usize {
        self.gate.cuts.load(Ordering::SeqCst)
    }
}

/// One session: the client's messages are parsed, the server's bytes are passed on as they come.
fn pass(client: TcpStream, server: TcpStream, gate: &Gate) -> Option<()> {
    // The messages are small: Nagle's algorithm would delay every one of them.
    client.set_nodelay(true).and(server.set_nodelay(true)).ok()?;
    let muted = Arc::new(AtomicBool::new(false));
    let (mut answers, mut to_client) = (server.try_clone().ok()?, client.try_clone().ok()?);
    let deaf = Arc::clone(&muted);
    std::thread::spawn(move || {
        let mut bytes = [0_u8; 16 * 1024];
        while let Ok(read @ 1..) = answers.read(&mut bytes) {
            // The server has committed and answers: now the connection is cut.
            if deaf.load(Ordering::SeqCst) || to_client.write_all(&bytes[..read]).is_err() {
                break;
            }
        }
        close(&[&answers, &to_client]);
    });
    let done = listen(&client, &server, gate, &muted);
    if !muted.load(Ordering::SeqCst) {
        close(&[&client, &server]);
    }
    done
}

fn close(streams: &[&TcpStream]) {
    for stream in streams {
        let _closed = stream.shutdown(Shutdown::Both);
    }
}

fn listen(mut client: &TcpStream, mut server: &TcpStream, gate: &Gate, muted: &AtomicBool) -> Option<()> {
    const ENCRYPTION_WANTED: [u32; 2] = [80_877_103, 80_877_104];
    loop {
        let opening = message(client, false)?;
        server.write_all(&opening).ok()?;
        let code = u32::from_be_bytes(opening.get(4..8)?.try_into().ok()?);
        if !ENCRYPTION_WANTED.contains(&code) {
            break;
        }
    }
    let mut session = Session::default();
    loop {
        let message = message(&mut client, true)?;
        if session.commits_a_write(&message)
            && let Some(cut) = gate.armed.lock().unwrap().take()
        {
            gate.cuts.fetch_add(1, Ordering::SeqCst);
            if cut == Cut::Before {
                return None;
            }
            muted.store(true, Ordering::SeqCst);
            return server.write_all(&message).ok();
        }
        server.write_all(&message).ok()?;
    }
}

/// A whole message: its kind, except for the first of a session, its length, and the rest.
fn message(mut client: impl Read, has_kind: bool) -> Option<Vec<u8>> {
    let mut head = vec![0_u8; if has_kind { 5 } else { 4 }];
    client.read_exact(&mut head).ok()?;
    let length = u32::from_be_bytes(head[head.len() - 4..].try_into().ok()?);
    let mut rest = vec![0_u8; usize::try_from(length.checked_sub(4)?).ok()?];
    client.read_exact(&mut rest).ok()?;
    head.extend(rest);
    Some(head)
}

/// The relevant state of a session.
#[derive(Default)]
struct Session {
    /// Its prepared statements, by name.
    statements: HashMap<String, String>,
    has_written: bool,
}

impl Session {
    fn commits_a_write(&mut self, message: &[u8]) -> bool {
        let parts: Vec<String> =
            message[5..].split(|byte| *byte == 0).map(|part| String::from_utf8_lossy(part).into()).collect();
        let statement = match message[0] {
            b'Q' => parts[0].clone(),
            b'P' => {
                self.statements.insert(parts[0].clone(), parts[1].clone());
                return false;
            }
            b'B' => self.statements.get(&parts[1]).cloned().unwrap_or_default(),
            _ => return false,
        };
        let statement = statement.to_uppercase();
        self.has_written |= ["INSERT", "UPDATE", "DELETE"].iter().any(|verb| statement.contains(verb));
        let ends = ["COMMIT", "ROLLBACK"].iter().any(|verb| statement.trim_start().starts_with(verb));
        let commits = self.has_written && statement.contains("COMMIT");
        if ends {
            self.has_written = false;
        }
        commits
    }
}
