//! An object store with the interface of S3, in memory: it checks every signature by the steps of Signature Version 4,
//! and hands out lists in short pages.

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

const BUCKET: &str = "photos";
/// A key and a secret with characters that addresses write as `%XX`.
const KEY: &str = "community/7";
const SECRET: &str = "a+b/c=d:e@f";
/// Objects of a page of a list.
const PAGE: usize = 2;

/// What happens at a request before it is done: its method and the key of its object. An answer takes the place of the
/// store's own.
type Before = Arc<dyn Fn(&str, &str) -> Option<(u16, &'static str)> + Send + Sync>;

/// The store on a free port; it ends with the program.
#[derive(Clone)]
pub struct ObjectStore {
    address: SocketAddr,
    objects: Arc<Mutex<BTreeMap<String, Vec<u8>>>>,
    before: Arc<Mutex<Before>>,
}

/// A request: its method, path, query and body.
struct Request {
    method: String,
    path: String,
    query: Vec<(String, String)>,
    body: Vec<u8>,
}

impl ObjectStore {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let store = ObjectStore {
            address: listener.local_addr().unwrap(),
            objects: Arc::default(),
            before: Arc::new(Mutex::new(Arc::new(|_, _| None))),
        };
        let own = store.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let own = own.clone();
                std::thread::spawn(move || own.serve(stream));
            }
        });
        store
    }

    /// The setting `store.attachments` for a folder in the bucket.
    pub fn setting(&self, folder: &str) -> String {
        let text = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
        let (key, secret) = (text(KEY), text(SECRET));
        format!("s3://{key}:{secret}@{}/{BUCKET}/{folder}?region=cn-test-1&tls=off", self.address)
    }

    /// The keys of all objects.
    pub fn keys(&self) -> Vec<String> {
        self.objects.lock().unwrap().keys().cloned().collect()
    }

    /// Changes the stored objects directly, without a request.
    pub fn change(&self, change: impl FnOnce(&mut BTreeMap<String, Vec<u8>>)) {
        change(&mut self.objects.lock().unwrap());
    }

    pub fn before(&self, before: impl Fn(&str, &str) -> Option<(u16, &'static str)> + Send + Sync + 'static) {
        *self.before.lock().unwrap() = Arc::new(before);
    }

    /// Answers every request with this status and code.
    pub fn always(&self, status: u16, code: &'static str) {
        self.before(move |_, _| Some((status, code)));
    }

    fn serve(&self, stream: TcpStream) {
        let mut reader = BufReader::new(stream);
        while let Some(request) = request(&mut reader) {
            let (status, body) = self.answer(&request);
            let head = format!("HTTP/1.1 {status} -\r\ncontent-length: {}\r\n\r\n", body.len());
            let body = if request.method == "HEAD" { Vec::new() } else { body };
            if reader.get_mut().write_all(&[head.into_bytes(), body].concat()).is_err() {
                return;
            }
        }
    }

    fn answer(&self, request: &Request) -> (u16, Vec<u8>) {
        let error =
            |status: u16, code: &str| (status, format!("<Error><Code>{code}</Code></Error>").into_bytes());
        if !is_signed(request, &self.address.to_string()) {
            return error(403, "SignatureDoesNotMatch");
        }
        let Some(key) = request.path.strip_prefix(&format!("/{BUCKET}/")) else {
            return error(404, "NoSuchBucket");
        };
        let before = Arc::clone(&self.before.lock().unwrap());
        if let Some((status, code)) = before(&request.method, key) {
            return error(status, code);
        }
        let mut objects = self.objects.lock().unwrap();
        match request.method.as_str() {
            "PUT" => {
                objects.insert(key.to_owned(), request.body.clone());
                (200, Vec::new())
            }
            "DELETE" => {
                objects.remove(key);
                (204, Vec::new())
            }
            _ if key.is_empty() => (200, list(&objects, request).into_bytes()),
            _ => match objects.get(key) {
                Some(content) => (200, content.clone()),
                None => error(404, "NoSuchKey"),
            },
        }
    }
}

/// A page of the list of objects; the token is the last key of the page before.
fn list(objects: &BTreeMap<String, Vec<u8>>, request: &Request) -> String {
    let of = |name: &str| request.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    let (prefix, after) = (of("prefix").unwrap_or_default(), of("continuation-token").unwrap_or_default());
    let mut keys = objects.keys().filter(|key| key.starts_with(prefix) && key.as_str() > after);
    let page: Vec<&String> = keys.by_ref().take(PAGE).collect();
    let rows: String = page
        .iter()
        .map(|key| {
            let key: String = form_urlencoded::byte_serialize(key.as_bytes()).collect();
            format!(
                "<Contents><Key>{key}</Key><LastModified>2026-03-02T01:00:00.000Z</LastModified>\
                 <ETag>&quot;e&quot;</ETag><Size>1</Size><StorageClass>STANDARD</StorageClass></Contents>"
            )
        })
        .collect();
    let more = keys.next().and(page.last());
    let token = more.map(|key| format!("<NextContinuationToken>{key}</NextContinuationToken>"));
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">\
         <EncodingType>url</EncodingType><IsTruncated>{}</IsTruncated>{rows}{}</ListBucketResult>",
        more.is_some(),
        token.unwrap_or_default()
    )
}

fn request(reader: &mut BufReader<TcpStream>) -> Option<Request> {
    let mut line = String::new();
    reader.read_line(&mut line).ok().filter(|length| *length > 0)?;
    let mut words = line.split(' ');
    let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(": ") else { break };
        if name.eq_ignore_ascii_case("content-length") {
            length = value.parse().ok()?;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let (path, query) = target.split_once('?').unwrap_or((&target, ""));
    let query = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    Some(Request { method, path: path.to_owned(), query, body })
}

fn hmac(key: &[u8], text: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

/// Whether a request carries the signature of [`KEY`] in its query, by the steps of
/// <https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html>.
fn is_signed(request: &Request, host: &str) -> bool {
    // All but letters, digits and `-._~` as `%XX`: a space is no plus, a star no star.
    let text = |text: &str| {
        let text: String = form_urlencoded::byte_serialize(text.as_bytes()).collect();
        text.replace('+', "%20").replace('*', "%2A").replace("%7E", "~")
    };
    let of = |name: &str| request.query.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str());
    let (Some(credential), Some(date), Some(signature)) =
        (of("X-Amz-Credential"), of("X-Amz-Date"), of("X-Amz-Signature"))
    else {
        return false;
    };
    let Some(scope) = credential.strip_prefix(&format!("{KEY}/")) else { return false };
    let mut query: Vec<String> = request
        .query
        .iter()
        .filter(|(key, _)| key != "X-Amz-Signature")
        .map(|(key, value)| format!("{}={}", text(key), text(value)))
        .collect();
    query.sort();
    let canonical = format!(
        "{}\n{}\n{}\nhost:{host}\n\nhost\nUNSIGNED-PAYLOAD",
        request.method,
        request.path,
        query.join("&")
    );
    let hash = hex::encode(Sha256::digest(canonical.as_bytes()));
    let to_sign = format!("AWS4-HMAC-SHA256\n{date}\n{scope}\n{hash}");
    let mut key = format!("AWS4{SECRET}").into_bytes();
    for part in scope.split('/') {
        key = hmac(&key, part);
    }
    hex::encode(hmac(&key, &to_sign)) == signature
}
