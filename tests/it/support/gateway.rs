//! The other side of senders: a gateway that takes messages by HTTP, and a mail server.

use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::Sha256;
use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// A request as the gateway got it.
#[derive(Clone, Debug)]
pub struct Taken {
    pub path: String,
    pub headers: HashMap<String, String>,
    pub text: String,
}

impl Taken {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap()
    }

    pub fn id(&self) -> &str {
        &self.headers["webhook-id"]
    }

    /// Whether the signature is that of this secret (`whsec_…`), after Standard Webhooks.
    pub fn is_signed(&self, secret: &str) -> bool {
        use base64::Engine;
        let base64 = base64::engine::general_purpose::STANDARD;
        let key = base64.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
        let mut mac = Hmac::<Sha256>::new_from_slice(&key).unwrap();
        mac.update(format!("{}.{}.{}", self.id(), self.headers["webhook-timestamp"], self.text).as_bytes());
        self.headers["webhook-signature"] == format!("v1,{}", base64.encode(mac.finalize().into_bytes()))
    }
}

/// What the gateway answers: a status with further header lines; `None` closes the connection without an answer.
pub type Reply = Option<String>;

/// What it answers to a request.
type Answers = Box<dyn Fn(&Taken) -> Reply + Send>;

/// A gateway on a free port; it ends with the program.
#[derive(Clone)]
pub struct Gateway {
    pub address: SocketAddr,
    taken: Arc<Mutex<Vec<Taken>>>,
    reply: Arc<Mutex<Answers>>,
}

impl Gateway {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let gateway = Gateway {
            address: listener.local_addr().unwrap(),
            taken: Arc::default(),
            reply: Arc::new(Mutex::new(Box::new(|_| Some("204 No Content".into())))),
        };
        let own = gateway.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let own = own.clone();
                std::thread::spawn(move || own.serve(stream));
            }
        });
        gateway
    }

    fn serve(&self, stream: TcpStream) {
        let mut reader = BufReader::new(stream);
        while let Some(taken) = request(&mut reader) {
            let reply = (self.reply.lock().unwrap())(&taken);
            self.taken.lock().unwrap().push(taken);
            let Some(reply) = reply else { return };
            let answer = format!("HTTP/1.1 {reply}\r\ncontent-length: 0\r\n\r\n");
            if reader.get_mut().write_all(answer.as_bytes()).is_err() {
                return;
            }
        }
    }

    pub fn answers(&self, reply: impl Fn(&Taken) -> Reply + Send + 'static) {
        *self.reply.lock().unwrap() = Box::new(reply);
    }

    pub fn always(&self, reply: &'static str) {
        self.answers(move |_| Some(reply.to_owned()));
    }

    pub fn taken(&self) -> Vec<Taken> {
        self.taken.lock().unwrap().clone()
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }
}

fn request(reader: &mut BufReader<TcpStream>) -> Option<Taken> {
    let mut line = String::new();
    reader.read_line(&mut line).ok().filter(|length| *length > 0)?;
    let path = line.split(' ').nth(1)?.to_owned();
    let mut headers = HashMap::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(": ") else { break };
        headers.insert(name.to_ascii_lowercase(), value.to_owned());
    }
    let length = headers.get("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some(Taken { path, headers, text: String::from_utf8(body).ok()? })
}

/// A mail server that takes every mail for addresses that do not begin with `unknown`.
#[derive(Clone)]
pub struct MailServer {
    pub address: SocketAddr,
    mails: Arc<Mutex<Vec<String>>>,
}

impl MailServer {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let server = MailServer { address: listener.local_addr().unwrap(), mails: Arc::default() };
        let own = server.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let own = own.clone();
                std::thread::spawn(move || own.serve(stream));
            }
        });
        server
    }

    /// A server that accepts connections and says nothing.
    pub fn silent() -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        std::thread::spawn(move || {
            let mut kept = Vec::new();
            kept.extend(listener.incoming().flatten());
        });
        address
    }

    fn serve(&self, stream: TcpStream) -> Option<()> {
        let mut reader = BufReader::new(stream);
        let say = |reader: &mut BufReader<TcpStream>, text: &str| {
            reader.get_mut().write_all(format!("{text}\r\n").as_bytes()).ok()
        };
        say(&mut reader, "220 mail.example.com")?;
        loop {
            let mut line = String::new();
            reader.read_line(&mut line).ok().filter(|length| *length > 0)?;
            let word = line.get(..4)?.to_ascii_uppercase();
            match word.as_str() {
                "RCPT" if line.contains("<unknown") => say(&mut reader, "550 no such mailbox")?,
                "DATA" => {
                    say(&mut reader, "354 go on")?;
                    let mut mail = String::new();
                    while !mail.ends_with("\r\n.\r\n") {
                        reader.read_line(&mut mail).ok().filter(|length| *length > 0)?;
                    }
                    self.mails.lock().unwrap().push(mail);
                    say(&mut reader, "250 taken")?;
                }
                "QUIT" => return say(&mut reader, "221 bye"),
                _ => say(&mut reader, "250 fine")?,
            }
        }
    }

    pub fn mails(&self) -> Vec<String> {
        self.mails.lock().unwrap().clone()
    }
}
