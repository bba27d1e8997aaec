//! Pages of the desk of community staff, as a browser asks for them: the first page, finding people while typing, and
//! the check of a pasted list.

use super::bank::{BANK, ServedBank};
use super::load::Script;
use super::subject::post;
use jianxian::cli::ending::Failure;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::Value;
use std::fmt::Write as _;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

/// Hours of every pasted row.
const AMOUNT: &str = "1";

/// Appends a request for a page with a session's cookie.
fn ask(out: &mut Vec<u8>, path: &str, token: &str) {
    let request = format!(
        "GET {path} HTTP/1.1\r\nHost: localhost\r\nAccept: text/html\r\nCookie: jianxian_access={token}\r\n\r\n"
    );
    out.extend_from_slice(request.as_bytes());
}

fn encoded(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

impl ServedBank {
    /// The first page of volunteers, in turn.
    pub fn homes(&self) -> Script {
        let tokens: Vec<String> = self.ground.town.people.iter().map(|person| person.token.clone()).collect();
        let mut tokens = tokens.into_iter().cycle();
        Box::new(move |_, out| ask(out, "/me", &tokens.next().unwrap_or_default()))
    }

    /// The first page of staff: what there is to do today.
    pub fn desks(&self) -> Script {
        let token = self.ground.staff.clone();
        Box::new(move |_, out| ask(out, "/staff", &token))
    }

    /// People looked for by a part of their name, and by their number.
    pub fn finds(&self) -> Script {
        let token = self.ground.staff.clone();
        let (members, mut rng) = (self.ground.members.len(), ChaCha8Rng::seed_from_u64(21));
        let mut turn = 0_u32;
        Box::new(move |_, out| {
            turn = turn.wrapping_add(1);
            let one = rng.random_range(0..members.max(1));
            let text = match turn % 3 {
                0 => "测".to_owned(),
                1 => format!("测量{one}"),
                _ => format!("B{one:07}"),
            };
            ask(out, &format!("/staff/people?q={}", encoded(&text)), &token);
        })
    }

    /// How long the interface takes to answer staff who read a path.
    pub fn got(&self, path: &str) -> Result<Duration, Failure> {
        let token = &self.ground.staff;
        let request =
            format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\r\n");
        let started = Instant::now();
        let (status, answer) = self.exchange(request.as_bytes())?;
        match status {
            200 => Ok(started.elapsed()),
            _ => Err(Failure::machine(path, format!("{status}: {}", String::from_utf8_lossy(&answer)))),
        }
    }

    /// How long the own data of a member take: the whole file, which is streamed.
    pub fn own_copy(&self, token: &str) -> Result<Duration, Failure> {
        let failed = |error: std::io::Error| Failure::machine("/v1/me/data", error);
        let mut stream = TcpStream::connect(self.served.address).map_err(failed)?;
        let started = Instant::now();
        let request = format!(
            "GET /v1/me/data HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: Bearer {token}\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).map_err(failed)?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).map_err(failed)?;
        let took = started.elapsed();
        // The last chunk of a file that came whole.
        if answer.starts_with(b"HTTP/1.1 200") && answer.ends_with(b"0\r\n\r\n") {
            return Ok(took);
        }
        let head: String = String::from_utf8_lossy(&answer).chars().take(200).collect();
        Err(Failure::machine("/v1/me/data", head))
    }

    /// The page on which anybody checks a certificate: one of the first volunteer.
    pub fn certificate_checks(&self) -> Result<Script, Failure> {
        let path = "/v1/certificates";
        let person = self.ground.town.people.first().ok_or_else(|| Failure::machine(path, "nobody"))?;
        let mut request = Vec::new();
        post(&mut request, path, &person.token, uuid::Uuid::now_v7(), "{}");
        let (status, answer) = self.exchange(&request)?;
        let issued: Value = serde_json::from_slice(&answer).unwrap_or_default();
        let of = |name: &str| issued.get(name).and_then(Value::as_str).map(str::to_owned);
        let (Some(number), Some(code)) = (of("number"), of("check_code")) else {
            return Err(Failure::machine(path, format!("{status}: {issued}")));
        };
        let path = format!("/certificates/bench?certificate={}&check_code={code}", encoded(&number));
        Ok(Box::new(move |_, out| ask(out, &path, "")))
    }

    /// Pastes these many rows into the page for awards and has them checked; returns the time until the checked page
    /// has arrived.
    pub fn grid(&self, rows: u32, seed: u64) -> Result<Duration, Failure> {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let mut request = Vec::new();
        ask(&mut request, "/staff/awards", &self.ground.staff);
        let (_, page) = self.exchange(&request)?;
        let page = String::from_utf8_lossy(&page).into_owned();
        let hidden = |name: &str| {
            let (_, rest) = page.split_once("<main")?.1.split_once(&format!("name=\"{name}\" value=\""))?;
            rest.split('"').next().map(str::to_owned)
        };
        let absent = || Failure::machine(BANK, "the page for awards has no form");
        let (csrf, key) = (hidden("csrf").ok_or_else(absent)?, hidden("key").ok_or_else(absent)?);
        let mut paste = String::new();
        // One row a person: the same person twice is asked about.
        let members = self.ground.members.len().max(1);
        let first = rng.random_range(0..members);
        for at in (first..members).chain(0..first).take(usize::try_from(rows).unwrap_or(0)) {
            // Writing to a string cannot fail.
            let _written = writeln!(paste, "测量{at}\tB{at:07}\t{AMOUNT}");
        }
        let body = format!(
            "csrf={}&key={}&step=check&counts=quantity&day=&scheme_item={}&paste={}",
            encoded(&csrf),
            encoded(&key),
            encoded(&format!("{}/{}", self.ground.scheme, super::ground::ITEM)),
            encoded(&paste)
        );
        let mut request = format!(
            "POST /staff/awards HTTP/1.1\r\nHost: localhost\r\nAccept: text/html\r\n\
             Content-Type: application/x-www-form-urlencoded\r\nCookie: jianxian_access={}\r\n\
             Content-Length: {}\r\n\r\n",
            self.ground.staff,
            body.len()
        )
        .into_bytes();
        request.extend_from_slice(body.as_bytes());
        let started = Instant::now();
        let (status, answer) = self.exchange(&request)?;
        let took = started.elapsed();
        let checked = String::from_utf8_lossy(&answer).matches("class=\"fine\"").count();
        match status == 200 && u32::try_from(checked) == Ok(rows) {
            true => Ok(took),
            false => {
                Err(Failure::machine("/staff/awards", format!("{status}: {checked} of {rows} rows are fine")))
            }
        }
    }
}
