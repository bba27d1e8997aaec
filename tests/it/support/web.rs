//! A server on a free local port, and a plain client for it.

use crate::support::database::TestDatabase;
use jianxian::api::web::edge::{Authenticator, State};
use jianxian::api::web::problem::{ApiError, TokenFault};
use jianxian::api::web::server::Running;
use jianxian::auth::Authority;
use jianxian::auth::permissions::{Actor, Grant, Role};
use jianxian::auth::secrets::Secrets;
use jianxian::clock::Clock;
use jianxian::config::Config;
use jianxian::domain::id::{BankId, Id};
use jianxian::ids::Ids;
use jianxian::portal::start;
use jianxian::senders::Senders;
use jianxian::services::Services;
use jianxian::store::files::Files;
use jianxian::store::{Options, Store, banks::Bank};
use serde_json::Value;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;

pub const BANK: BankId = BankId(1);

/// Accepts the name of a role as a token.
struct RoleAuthenticator;

impl Authenticator for RoleAuthenticator {
    fn admit<'a>(
        &'a self,
        bearer: &'a str,
    ) -> std::pin::Pin<Box<dyn Future<Output = Result<Actor, ApiError>> + 'a>> {
        let role = Role::parse(bearer);
        Box::pin(async move {
            let role = role.ok_or(ApiError::Unauthenticated(TokenFault::Invalid))?;
            let grants = vec![Grant { role, org: Id::SYSTEM, org_path: "/".into() }];
            let user = Id::SYSTEM.derive(role.as_str());
            Ok(Actor {
                bank: BANK,
                user,
                session: Id::SYSTEM,
                member: None,
                merchant: None,
                card_edition: None,
                grants,
            })
        })
    }
}

pub struct Web {
    pub store: Store,
    pub services: Services,
    pub clock: Clock,
    serving: Serving,
    pub database: TestDatabase,
}

/// A server at work. It ends with the test, whether that verifies or not: the connections of servers that go on would add
/// up to all that the database has.
struct Serving {
    running: Running,
    store: Store,
    is_stopped: bool,
}

impl Serving {
    fn stop(&mut self) -> Result<(), jianxian::store::Error> {
        self.is_stopped = true;
        self.running.stop();
        self.store.stop()
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        if !self.is_stopped {
            let _ended = self.stop();
        }
    }
}

impl Web {
    /// Tokens are names of roles, so that each row of a table needs one line.
    pub fn start() -> Self {
        Web::start_with(Config::default(), |state| State {
            authenticator: Box::new(RoleAuthenticator),
            ..state
        })
    }

    /// `change` adjusts the server's state: without it tokens are those of the bank itself.
    pub fn start_with(config: Config, change: impl FnOnce(State) -> State) -> Self {
        let database = TestDatabase::new();
        let clock = Clock::manual(crate::support::desk::START);
        let store =
            Store::open(database.url(), &Options { serves: true, ..Options::default() }, clock.clone())
                .unwrap();
        let zone = "Asia/Shanghai".to_owned();
        let bank = Bank { id: BANK, slug: "t".into(), name: "试".into(), zone, sample: true };
        store.create_bank(&bank).unwrap();
        Web::serve(database, store, Secrets::ephemeral().unwrap(), config, change)
    }

    /// Serves the bank of a database, with the keys that it was made with.
    pub fn serve(
        database: TestDatabase,
        store: Store,
        secrets: Secrets,
        config: Config,
        change: impl FnOnce(State) -> State,
    ) -> Self {
        let clock = store.clock().clone();
        let mut config = config;
        (config.sign_in.argon2_memory_kib, config.sign_in.argon2_passes) = (8, 1);
        config.http.port = 0;
        config.http.workers = 2;
        config.limits.address_per_second = 0;
        config.limits.account_per_second = 0;
        let mut services =
            Services::new(store.clone(), Ids::System, Authority::new(secrets, &config.sign_in).unwrap());
        services.senders = Arc::new(Senders::new(&config.senders).unwrap());
        let address = Some(config.store.attachments.as_str());
        services.files = Arc::new(Files::of(store.database(), database.folder(), address).unwrap());
        let (services, state) = (services.clone(), change(State::new(services, config, None)));
        let running = start(state, false).unwrap();
        let serving = Serving { running, store: store.clone(), is_stopped: false };
        Web { store, services, clock, serving, database }
    }

    pub fn address(&self) -> SocketAddr {
        self.serving.running.address
    }

    pub fn send(&self, ask: &Ask) -> Answer {
        send(self.address(), ask)
    }

    /// Verifies without a finding, and stops the server. Returns the database.
    pub fn verify_and_stop(mut self) -> TestDatabase {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let verified = runtime.block_on(self.store.verify(BANK)).unwrap();
        assert_eq!(verified.finding, None);
        self.serving.stop().unwrap();
        self.database
    }
}

/// A request to send.
#[derive(Clone, Debug)]
pub struct Ask {
    pub method: &'static str,
    pub path: String,
    pub role: Option<&'static str>,
    pub key: Option<String>,
    pub body: Option<String>,
    pub headers: Vec<(String, String)>,
}

impl Ask {
    pub fn get(path: impl Into<String>) -> Self {
        let path = path.into();
        Ask { method: "GET", path, role: Some("ledger_operator"), key: None, body: None, headers: vec![] }
    }
    pub fn post(path: impl Into<String>, body: Value) -> Self {
        Ask { method: "POST", body: Some(body.to_string()), ..Ask::get(path) }
    }
    pub fn raw(path: impl Into<String>, body: &str) -> Self {
        Ask { method: "POST", body: Some(body.to_owned()), ..Ask::get(path) }
    }
    pub fn key(mut self, key: impl Into<String>) -> Self {
        self.key = Some(key.into());
        self
    }
    pub fn role(mut self, role: Option<&'static str>) -> Self {
        self.role = role;
        self
    }
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }
}

/// The answer.
#[derive(Clone)]
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub text: String,
    /// The body as it came: of what is no text.
    pub bytes: Vec<u8>,
}

impl std::fmt::Debug for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Answer { status, head, text, .. } = self;
        f.debug_struct("Answer").field("status", status).field("head", head).field("text", text).finish()
    }
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or(Value::Null)
    }
    pub fn code(&self) -> String {
        self.json()["code"].as_str().unwrap_or_default().to_owned()
    }
    pub fn hit(&self) -> bool {
        self.head.to_ascii_lowercase().contains("idempotency-hit: true")
    }
    /// All values of a header.
    pub fn headers(&self, name: &str) -> Vec<String> {
        let lines = self.head.lines().filter_map(|line| line.split_once(':'));
        lines.filter(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v.trim().to_owned()).collect()
    }
    pub fn header(&self, name: &str) -> Option<String> {
        let lines = self.head.lines().filter_map(|line| line.split_once(':'));
        lines.into_iter().find(|(n, _)| n.eq_ignore_ascii_case(name)).map(|(_, v)| v.trim().to_owned())
    }
}

/// One request on a connection of its own.
pub fn send(address: SocketAddr, ask: &Ask) -> Answer {
    try_send(address, ask).unwrap()
}

/// One request with a body that is no text.
pub fn send_bytes(address: SocketAddr, ask: &Ask, body: &[u8]) -> Answer {
    try_send_bytes(address, ask, Some(body)).unwrap()
}

/// The same, for a server that may die meanwhile: only a complete answer counts.
pub fn try_send(address: SocketAddr, ask: &Ask) -> std::io::Result<Answer> {
    try_send_bytes(address, ask, ask.body.as_deref().map(str::as_bytes))
}

fn try_send_bytes(address: SocketAddr, ask: &Ask, body: Option<&[u8]>) -> std::io::Result<Answer> {
    let mut head =
        format!("{} {} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n", ask.method, ask.path);
    if let Some(role) = ask.role {
        head.push_str(&format!("Authorization: Bearer {role}\r\n"));
    }
    if let Some(key) = &ask.key {
        head.push_str(&format!("Idempotency-Key: {key}\r\n"));
    }
    if let Some(body) = body {
        if !ask.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type")) {
            head.push_str("Content-Type: application/json\r\n");
        }
        head.push_str(&format!("Content-Length: {}\r\n", body.len()));
    }
    for (name, value) in &ask.headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str("\r\n");
    let mut stream = TcpStream::connect(address)?;
    stream.write_all(head.as_bytes())?;
    // A server that refuses early closes while the request is still being sent: its answer can be read nevertheless.
    let _ = stream.write_all(body.unwrap_or_default());
    let mut bytes = Vec::new();
    let _ = stream.read_to_end(&mut bytes);
    let end = bytes.windows(4).position(|part| part == b"\r\n\r\n").unwrap_or(bytes.len());
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let body = bytes.get(end + 4..).unwrap_or_default();
    let status = head.split(' ').nth(1).and_then(|code| code.parse().ok()).unwrap_or(0);
    let body = if head.to_ascii_lowercase().contains("transfer-encoding: chunked") {
        unchunk(body)
    } else {
        body.to_vec()
    };
    let answer = Answer { status, head, text: String::from_utf8_lossy(&body).into_owned(), bytes: body };
    let content_length = answer.header("content-length").and_then(|length| length.parse::<usize>().ok());
    if status == 0
        || content_length.is_some_and(|length| length != answer.bytes.len() && !answer.bytes.is_empty())
    {
        return Err(std::io::ErrorKind::UnexpectedEof.into());
    }
    crate::support::conforming::check(ask, &answer);
    Ok(answer)
}

fn unchunk(bytes: &[u8]) -> Vec<u8> {
    let (mut rest, mut whole) = (bytes, Vec::new());
    while let Some(end) = rest.windows(2).position(|part| part == b"\r\n") {
        let size = std::str::from_utf8(&rest[..end]).unwrap_or_default();
        let size = usize::from_str_radix(size.trim(), 16).unwrap_or(0);
        let after = &rest[end + 2..];
        if size == 0 || after.len() < size {
            break;
        }
        whole.extend_from_slice(&after[..size]);
        rest = after.get(size + 2..).unwrap_or_default();
    }
    whole
}

/// The answers of many concurrent requests.
pub fn at_once(address: SocketAddr, asks: Vec<Ask>) -> Vec<Answer> {
    std::thread::scope(|scope| {
        let sent: Vec<_> = asks.iter().map(|ask| scope.spawn(move || send(address, ask))).collect();
        sent.into_iter().map(|answer| answer.join().unwrap()).collect()
    })
}
