//! An object store with the interface of S3: the files have the same names in its bucket as in the folder, so that any
//! tool that copies a folder into a bucket moves them. Requests are signed as Signature Version 4 in the query.

use super::{changed, digest, is_digest, unchanged};
use crate::domain::id::BankId;
use crate::domain::time::Moment;
use crate::outgoing;
use percent_encoding::percent_decode_str;
use rusty_s3::actions::ListObjectsV2;
use rusty_s3::{Bucket, Credentials, S3Action, UrlStyle};
use std::fmt;
use std::io;
use std::time::Duration;
use ureq::http::Response;
use ureq::{Agent, Body};
use url::Url;

/// A signed address is good for this long: longer than a request may take, and clocks may differ a little.
const SIGNED_FOR: Duration = Duration::from_secs(300);
/// A request takes at most this long, its answer included.
const PATIENCE: Duration = Duration::from_secs(20);
const CONNECT_PATIENCE: Duration = Duration::from_secs(5);
/// The pause before a request is made once more.
const PAUSE: Duration = Duration::from_millis(300);
/// The longest file that is read: several times what is taken as an attachment.
const MOST_BYTES: u64 = 32 << 20;
/// The longest page of a list.
const MOST_LISTED: u64 = 8 << 20;

/// A bucket, and the prefix of the files in it.
#[derive(Clone)]
pub struct S3 {
    bucket: Bucket,
    credentials: Credentials,
    /// Empty, or with a slash at its end.
    prefix: String,
    agent: Agent,
}

/// Why an address names no object store.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressFault {
    /// It does not begin with `s3://`, has no host, or cannot be read.
    #[error("it cannot be read as s3://KEY:SECRET@HOST/BUCKET")]
    Form,
    #[error("it has no KEY:SECRET@ before the host")]
    NoKey,
    #[error("it names no bucket after the host, or one that cannot be")]
    NoBucket,
    /// A parameter that is not `region`, `style` or `tls`, or a value that it cannot have.
    #[error("after ? there may be region=…, style=path or style=virtual, tls=on or tls=off")]
    Parameter,
}

/// What a request is for.
#[derive(Clone, Copy)]
enum Ask<'c> {
    Get,
    Head,
    Delete,
    Put(&'c [u8]),
}

impl S3 {
    /// Reads `s3://KEY:SECRET@HOST[:PORT]/BUCKET[/PREFIX][?region=…&style=path|virtual&tls=on|off]`; what is not a letter
    /// or a digit in KEY and SECRET is percent-encoded.
    ///
    /// `style`: whether the bucket is named in the path (default), or before the host, as most public clouds want it.
    pub fn parse(address: &str) -> Result<Self, AddressFault> {
        let url = Url::parse(address).map_err(|_| AddressFault::Form)?;
        let host = url.host_str().filter(|host| url.scheme() == "s3" && !host.is_empty());
        let host = host.ok_or(AddressFault::Form)?;
        let text = |part: &str| percent_decode_str(part).decode_utf8().map(|text| text.into_owned());
        let key = text(url.username()).map_err(|_| AddressFault::NoKey)?;
        let secret = text(url.password().unwrap_or_default()).map_err(|_| AddressFault::NoKey)?;
        if key.is_empty() || secret.is_empty() {
            return Err(AddressFault::NoKey);
        }
        let path = text(url.path()).map_err(|_| AddressFault::NoBucket)?;
        let path = path.trim_matches('/');
        let (name, prefix) = path.split_once('/').unwrap_or((path, ""));
        if name.is_empty() || !name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._".contains(&b)) {
            return Err(AddressFault::NoBucket);
        }
        let (mut region, mut style, mut scheme) = ("us-east-1".to_owned(), UrlStyle::Path, "https");
        for (parameter, value) in url.query_pairs() {
            match (parameter.as_ref(), value.as_ref()) {
                ("region", value) if !value.is_empty() => region = value.to_owned(),
                ("style", "path") => style = UrlStyle::Path,
                ("style", "virtual") => style = UrlStyle::VirtualHost,
                ("tls", "on") => scheme = "https",
                ("tls", "off") => scheme = "http",
                _ => return Err(AddressFault::Parameter),
            }
        }
        let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
        let endpoint = Url::parse(&format!("{scheme}://{host}{port}")).map_err(|_| AddressFault::Form)?;
        let bucket = Bucket::new(endpoint, style, name.to_owned(), region);
        let prefix = prefix.trim_matches('/');
        let prefix = if prefix.is_empty() { String::new() } else { format!("{prefix}/") };
        let config = outgoing::agent(PATIENCE, Some(CONNECT_PATIENCE));
        Ok(S3 {
            bucket: bucket.map_err(|_| AddressFault::NoBucket)?,
            credentials: Credentials::new(key, secret),
            prefix,
            agent: Agent::new_with_config(config),
        })
    }

    /// The key of a bank's files, or of one.
    fn key(&self, bank: BankId, name: &str) -> String {
        match name.get(..2) {
            Some(first) => format!("{}{}/{first}/{name}", self.prefix, bank.0),
            None => format!("{}{}/", self.prefix, bank.0),
        }
    }

    /// Makes a request; makes it once more if the connection broke or the store is busy for the moment.
    fn ask(&self, ask: Ask<'_>, url: &Url) -> io::Result<Response<Body>> {
        let once = || {
            let url = url.as_str();
            match ask {
                Ask::Get => self.agent.get(url).call(),
                Ask::Head => self.agent.head(url).call(),
                Ask::Delete => self.agent.delete(url).call(),
                Ask::Put(content) => self.agent.put(url).send(content),
            }
        };
        match once() {
            Ok(answer) if !matches!(answer.status().as_u16(), 500..=504) => Ok(answer),
            // No retry after a timeout: a second one would double the response time of the request.
            Err(ureq::Error::Timeout(_)) => Err(unreachable("no answer in time")),
            Ok(_) | Err(_) => {
                std::thread::sleep(PAUSE);
                once().map_err(|error| unreachable(&error.to_string()))
            }
        }
    }

    pub fn put(&self, bank: BankId, content: &[u8]) -> io::Result<String> {
        let name = digest(content);
        let url = self.bucket.put_object(Some(&self.credentials), &self.key(bank, &name)).sign(SIGNED_FOR);
        match found(self.ask(Ask::Put(content), &url)?)? {
            Some(_) => Ok(name),
            None => Err(unreachable("it answers 404 to a new file")),
        }
    }

    pub fn get(&self, bank: BankId, name: &str) -> io::Result<Option<Vec<u8>>> {
        let url = self.bucket.get_object(Some(&self.credentials), &self.key(bank, name)).sign(SIGNED_FOR);
        let Some(mut answer) = found(self.ask(Ask::Get, &url)?)? else { return Ok(None) };
        match answer.body_mut().with_config().limit(MOST_BYTES).read_to_vec() {
            Ok(content) => unchanged(content, name).map(Some),
            Err(ureq::Error::BodyExceedsLimit(_)) => Err(changed(name)),
            Err(error) => Err(unreachable(&error.to_string())),
        }
    }

    pub fn has(&self, bank: BankId, name: &str) -> io::Result<bool> {
        let url = self.bucket.head_object(Some(&self.credentials), &self.key(bank, name)).sign(SIGNED_FOR);
        Ok(found(self.ask(Ask::Head, &url)?)?.is_some())
    }

    pub fn remove(&self, bank: BankId, name: &str) -> io::Result<()> {
        let url = self.bucket.delete_object(Some(&self.credentials), &self.key(bank, name)).sign(SIGNED_FOR);
        found(self.ask(Ask::Delete, &url)?).map(|_| ())
    }

    pub fn written_before(&self, bank: BankId, before: Moment) -> io::Result<Vec<String>> {
        let (prefix, mut names) = (self.key(bank, ""), Vec::new());
        let mut after: Option<String> = None;
        loop {
            let mut list = self.bucket.list_objects_v2(Some(&self.credentials));
            list.with_prefix(prefix.as_str());
            if let Some(after) = after.take() {
                list.with_continuation_token(after);
            }
            let answer = found(self.ask(Ask::Get, &list.sign(SIGNED_FOR))?)?;
            let Some(mut answer) = answer else { return Ok(names) };
            let page = answer.body_mut().with_config().limit(MOST_LISTED).read_to_string();
            let page = page.map_err(|error| unreachable(&error.to_string()))?;
            let page = ListObjectsV2::parse_response(&page)
                .map_err(|error| unreachable(&format!("its list cannot be read: {error}")))?;
            for object in page.contents {
                let name = object.key.rsplit('/').next().unwrap_or_default();
                let written = object.last_modified.as_deref().and_then(Moment::parse);
                if is_digest(name) && written.is_some_and(|written| written < before) {
                    names.push(name.to_owned());
                }
            }
            after = page.next_continuation_token;
            if after.is_none() {
                return Ok(names);
            }
        }
    }
}

/// An answer of success; `None`: there is no such file.
///
/// # Errors Any other answer, with the store's own code, such as `AccessDenied`.
fn found(mut answer: Response<Body>) -> io::Result<Option<Response<Body>>> {
    let status = answer.status();
    if status.is_success() {
        return Ok(Some(answer));
    }
    let text = answer.body_mut().with_config().limit(MOST_LISTED).read_to_string().unwrap_or_default();
    let code = text.split_once("<Code>").and_then(|(_, rest)| rest.split_once("</Code>"));
    let code = code.map(|(code, _)| code).unwrap_or_default();
    let code: String = code.chars().filter(char::is_ascii_alphanumeric).take(64).collect();
    if status == 404 && code != "NoSuchBucket" {
        return Ok(None);
    }
    Err(unreachable(format!("it answers {} {code}", status.as_u16()).trim_end()))
}

/// The error of an unreachable object store: see [`super::is_unreachable`].
fn unreachable(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::NotConnected, what)
}

impl fmt::Display for S3 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.bucket.base_url(), self.prefix)
    }
}

impl fmt::Debug for S3 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "S3({self})")
    }
}
