//! Mails by SMTP.

use super::{Address, Failure, Letter, PATIENCE, Sender, Why};
use lettre::message::header::ContentType;
use lettre::message::{Mailbox, Message};
use lettre::transport::smtp::Error as SmtpError;
use lettre::{SmtpTransport, Transport};
use std::fmt;
use std::io::ErrorKind;

/// One mail server.
pub struct Mail {
    transport: SmtpTransport,
    from: Mailbox,
    portal: String,
}

impl fmt::Debug for Mail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Mail({})", self.from.email)
    }
}

impl Mail {
    pub fn new(url: &str, from: &str, portal: String) -> Result<Self, &'static str> {
        // The error would show the password.
        let builder = SmtpTransport::from_url(url).map_err(|_| "senders.smtp")?;
        let from = from.parse().map_err(|_| "senders.mail_from")?;
        Ok(Mail { transport: builder.timeout(Some(PATIENCE)).build(), from, portal })
    }

    fn mail(&self, letter: &Letter, to: &str) -> Option<Message> {
        let to: Mailbox = to.parse().ok()?;
        let mut text = format!("{}\n", letter.title);
        for line in letter.body.iter() {
            text.push_str(&format!("\n{line}\n"));
        }
        if let (Some(page), false) = (&letter.page, self.portal.is_empty()) {
            text.push_str(&format!("\n{}{page}\n", self.portal));
        }
        text.push_str(&format!("\n-- \n{}\n", letter.bank_name));
        let built = Message::builder()
            .from(self.from.clone())
            .to(to)
            .subject(&letter.title)
            // The same in every attempt, so that a mail server may recognise a second one.
            .message_id(Some(format!("<{}@{}>", letter.id, self.from.email.domain())))
            .header(ContentType::TEXT_PLAIN)
            .header(ContentLanguage(letter.language.code()))
            .body(text);
        built.ok()
    }
}

/// The header `Content-Language`.
#[derive(Clone, Copy)]
struct ContentLanguage(&'static str);

impl lettre::message::header::Header for ContentLanguage {
    fn name() -> lettre::message::header::HeaderName {
        lettre::message::header::HeaderName::new_from_ascii_str("Content-Language")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Err("only written".into())
    }

    fn display(&self) -> lettre::message::header::HeaderValue {
        lettre::message::header::HeaderValue::new(Self::name(), self.0.to_owned())
    }
}

/// Whether an answer did not come in time: a blocked read ends with `WouldBlock` on Linux.
fn is_late(error: &SmtpError) -> bool {
    let mut source = std::error::Error::source(error);
    while let Some(inner) = source {
        if let Some(error) = inner.downcast_ref::<std::io::Error>() {
            return matches!(error.kind(), ErrorKind::TimedOut | ErrorKind::WouldBlock);
        }
        source = inner.source();
    }
    false
}

fn failure(error: &SmtpError) -> Failure {
    let answer = error.status().map(|code| i64::from(u16::from(code)));
    let why = match answer {
        Some(_) => Why::Refused,
        None if is_late(error) => Why::TimedOut,
        None => Why::Unreachable,
    };
    Failure { why, answer, is_final: error.is_permanent() }
}

impl Sender for Mail {
    fn send(&self, letter: &Letter) -> Result<(), Failure> {
        let Address::Mail(to) = &letter.to else { return Err(Failure::for_good(Why::Address)) };
        let mail = self.mail(letter, to).ok_or(Failure::for_good(Why::Address))?;
        self.transport.send(&mail).map(|_| ()).map_err(|error| failure(&error))
    }
}
