//! Senders: how messages leave the bank. A sender is given one letter at a time and says whether it was accepted. The
//! inbox in the portal needs none: every message is there.

mod hook;
mod log_file;
mod mail;

use crate::config::SendersConfig;
use crate::domain::access::network::Network;
use crate::domain::access::reach::{Reach, UrlFault};
use crate::domain::id::Id;
use crate::domain::language::Language;
use crate::domain::time::Moment;
use crate::text_enum;
use hook::Hooks;
pub use hook::secret_text;
use log_file::LogFile;
use mail::Mail;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

/// One attempt with one server lasts so long at most.
pub const PATIENCE: Duration = Duration::from_secs(10);

/// The channels of the server itself; those of a bank are its hooks.
pub const FILE: &str = "file";
pub const MAIL: &str = "mail";

/// A message as it leaves the bank.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// Its delivery: the same in every attempt.
    pub id: Id,
    pub message: Id,
    /// The slug and the name of the bank.
    pub bank: String,
    pub bank_name: String,
    pub kind: &'static str,
    pub topic: &'static str,
    pub title: String,
    pub body: Option<String>,
    /// The path of the page with the details.
    pub page: Option<String>,
    pub language: Language,
    pub made_at: Moment,
    /// The present moment.
    pub now: Moment,
    /// The number of the recipient's passbook.
    pub number: Option<String>,
    pub to: Address,
}

/// Where a letter goes.
#[derive(Clone, PartialEq, Eq)]
pub enum Address {
    File,
    Mail(String),
    Hook {
        url: String,
        /// Signs the letter.
        secret: Vec<u8>,
        phone: Option<String>,
    },
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Address::File => "File",
            Address::Mail(_) => "Mail(…)",
            Address::Hook { .. } => "Hook(…)",
        })
    }
}

text_enum! {
    /// Why a letter was not accepted.
    Why {
        /// No answer in time.
        TimedOut = "timed_out",
        /// No connection.
        Unreachable = "unreachable",
        /// The address, or that of a redirect, is not allowed.
        NotAllowed = "not_allowed",
        /// Redirected too often, or to nowhere.
        Redirected = "redirected",
        /// The other side answered that it does not take it.
        Refused = "refused",
        /// The address of the recipient cannot be used.
        Address = "address",
        /// This server has no sender for the channel.
        NoSender = "no_sender",
        /// What it says is good no longer.
        TooLate = "too_late",
    }
}

/// A letter that was not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    pub why: Why,
    /// The number of the answer (HTTP or SMTP).
    pub answer: Option<i64>,
    /// Another attempt would end in the same way.
    pub is_final: bool,
}

impl Failure {
    pub const fn of(why: Why) -> Self {
        Failure { why, answer: None, is_final: false }
    }

    pub const fn for_good(why: Why) -> Self {
        Failure { why, answer: None, is_final: true }
    }
}

/// A way out of the bank.
pub trait Sender: fmt::Debug + Send + Sync {
    /// Sends a letter; returns once the other side has accepted it. May take several times [`PATIENCE`].
    fn send(&self, letter: &Letter) -> Result<(), Failure>;
}

/// Every sender of this server.
#[derive(Debug)]
pub struct Senders {
    file: Option<LogFile>,
    mail: Option<Mail>,
    hooks: Hooks,
}

impl Default for Senders {
    fn default() -> Self {
        Senders { file: None, mail: None, hooks: Hooks::new(Reach::default(), String::new()) }
    }
}

impl Senders {
    /// The senders of the settings. Fails with the key of a setting that cannot be used.
    pub fn new(config: &SendersConfig) -> Result<Self, &'static str> {
        let portal = config.portal.trim_end_matches('/').to_owned();
        let mail = match config.smtp.as_str() {
            "" => None,
            url => Some(Mail::new(url, &config.mail_from, portal.clone())?),
        };
        let inside = config.inside.iter().map(|text| Network::parse(text));
        let inside = inside.collect::<Result<Vec<_>, _>>().map_err(|_| "senders.inside")?;
        let file = (!config.file.is_empty()).then(|| LogFile::new(PathBuf::from(&config.file)));
        Ok(Senders { file, mail, hooks: Hooks::new(Reach { inside }, portal) })
    }

    /// The channels of this server, besides the hooks of its banks.
    pub fn channels(&self) -> Vec<&'static str> {
        let file = self.file.as_ref().map(|_| FILE);
        let mail = self.mail.as_ref().map(|_| MAIL);
        file.into_iter().chain(mail).collect()
    }

    pub fn has_mail(&self) -> bool {
        self.mail.is_some()
    }

    /// Checks the address of a hook; looks its name up.
    pub fn check_hook(&self, url: &str) -> Result<(), UrlFault> {
        self.hooks.check(url)
    }

    pub fn send(&self, letter: &Letter) -> Result<(), Failure> {
        let sent = match letter.to {
            Address::File => self.file.as_ref().map(|sender| sender.send(letter)),
            Address::Mail(_) => self.mail.as_ref().map(|sender| sender.send(letter)),
            Address::Hook { .. } => Some(self.hooks.send(letter)),
        };
        sent.unwrap_or(Err(Failure::of(Why::NoSender)))
    }
}
