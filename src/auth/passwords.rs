//! Passwords: Argon2id in a small thread pool of its own, so that a flood of sign-ins cannot exhaust memory or
//! threads; and the rules for new ones.

use super::secrets::{SecretError, random};
use crate::config::{PolicyName, SignInConfig};
use crate::domain::refusal::Refusal;
use crate::domain::time::Moment;
use crate::store::Error;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::oneshot;

/// Minimum length of a password without a second factor (NIST SP 800-63B).
const LEAST: usize = 15;
/// Minimum length under the 等保 rules, with three of four kinds of character.
const LEAST_MLPS: usize = 10;
const KINDS_MLPS: usize = 3;
/// Fewer different characters than this are a pattern, not a password.
const LEAST_DIFFERENT: usize = 6;
const DAY_SECONDS: i64 = 86_400;

/// Words that attackers try first; also when they are repeated or have digits around them.
const TRIED_FIRST: &[&str] = &[
    "password",
    "passwort",
    "qwerty",
    "qwertyuiop",
    "asdfgh",
    "asdfghjkl",
    "zxcvbnm",
    "letmein",
    "welcome",
    "admin",
    "administrator",
    "root",
    "test",
    "guest",
    "login",
    "iloveyou",
    "monkey",
    "dragon",
    "football",
    "sunshine",
    "princess",
    "secret",
    "changeme",
    "default",
    "abc",
    "abcdefgh",
    "woaini",
    "wo ai ni",
    "nihao",
    "mima",
    "zhongguo",
    "beijing",
    "luoyang",
    "jianxi",
    "jianxian",
    "zhiyuanzhe",
    "volunteer",
    "jifen",
    "community",
    "shequ",
];
/// Keyboard rows and counting.
const SLIDES: &[&str] = &[
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiopasdfghjklzxcvbnm",
    "01234567890123456789",
    "1qaz2wsx3edc4rfv5tgb6yhn",
];

/// A password as it was typed. Never printed.
#[derive(Clone)]
pub struct Password(String);

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password")
    }
}

impl Password {
    pub fn new(text: impl Into<String>) -> Self {
        Password(text.into())
    }

    /// A random password that follows every rule: 20 letters and digits (116 bits) in groups of five.
    pub fn generated() -> Result<Self, SecretError> {
        // Without letters that look alike in print.
        const LETTERS: &[u8; 56] = b"ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789";
        loop {
            let bytes = random::<64>()?;
            // 224 is the largest multiple of 56 in a byte: larger values would favour the first letters.
            let fair = bytes.iter().filter(|byte| **byte < 224);
            let letters: Vec<char> =
                fair.filter_map(|byte| LETTERS.get(usize::from(byte % 56)).map(|c| char::from(*c))).collect();
            let groups: Vec<String> =
                letters.chunks_exact(5).take(4).map(|group| group.iter().collect()).collect();
            let text = groups.join("-");
            if groups.len() == 4 && kinds(&text) == 4 && !is_tried_first(&text, "") {
                return Ok(Password(text));
            }
        }
    }

    /// The text, to show it once or to hash it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

/// The rules for new passwords.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PasswordRules {
    policy: PolicyName,
    change_days: i64,
}

impl PasswordRules {
    pub fn new(config: &SignInConfig) -> Self {
        PasswordRules { policy: config.policy, change_days: config.password_days }
    }

    /// Refuses a password that is too short, too plain, or easy to guess.
    pub fn check(&self, password: &Password, login: &str) -> Result<(), Refusal> {
        let text = password.expose();
        let least = match self.policy {
            PolicyName::Default => LEAST,
            PolicyName::Mlps => LEAST_MLPS,
        };
        if text.chars().count() < least {
            return Err(Refusal::PasswordTooShort { least: u32::try_from(least).unwrap_or(u32::MAX) });
        }
        if self.policy == PolicyName::Mlps && kinds(text) < KINDS_MLPS {
            return Err(Refusal::PasswordTooPlain);
        }
        if is_tried_first(text, login) { Err(Refusal::PasswordGuessable) } else { Ok(()) }
    }

    /// The maximum age in days (等保 only), if the password is older.
    pub fn due(&self, changed_at: Option<Moment>, now: Moment) -> Option<i64> {
        if self.policy == PolicyName::Default {
            return None;
        }
        let age_seconds = now.seconds_since(changed_at.unwrap_or_default());
        (age_seconds >= self.change_days.saturating_mul(DAY_SECONDS)).then_some(self.change_days)
    }
}

/// How many of the four kinds occur: upper case, lower case, digits, others.
fn kinds(text: &str) -> usize {
    let has = |kind: fn(char) -> bool| usize::from(text.chars().any(kind));
    let upper = has(|c| c.is_ascii_uppercase());
    let lower = has(|c| c.is_ascii_lowercase());
    upper
        .saturating_add(lower)
        .saturating_add(has(|c| c.is_ascii_digit()))
        .saturating_add(has(|c| !c.is_ascii_alphanumeric()))
}

/// Whether a password is a pattern: few different characters, digits only, a keyboard row, or a common word (or the
/// login) with nothing else but digits and signs.
fn is_tried_first(text: &str, login: &str) -> bool {
    let lower = text.to_lowercase();
    let different: std::collections::BTreeSet<char> = lower.chars().collect();
    if different.len() < LEAST_DIFFERENT || lower.chars().all(|c| c.is_ascii_digit()) {
        return true;
    }
    let slides = SLIDES.iter().flat_map(|slide| [(*slide).to_owned(), slide.chars().rev().collect()]);
    let twice: Vec<String> = slides.map(|slide| slide.repeat(2)).collect();
    if twice.iter().any(|slide| slide.contains(&lower)) {
        return true;
    }
    // Words are removed, the longest first; letters must remain.
    let mut words: Vec<String> = TRIED_FIRST.iter().map(|word| (*word).to_owned()).collect();
    if login.chars().count() >= 3 {
        words.push(login.to_lowercase());
    }
    words.sort_by_key(|word| std::cmp::Reverse(word.len()));
    let mut rest = lower;
    for word in &words {
        rest = rest.replace(word.as_str(), "");
    }
    rest.chars().filter(|c| c.is_alphabetic()).count() < 4
}

type Job = Box<dyn FnOnce() + Send>;

/// The pool: a few threads, and a bounded queue.
pub struct Passwords {
    queue: SyncSender<Job>,
    params: Params,
    /// A hash without a password: checked for unknown logins, so that they take as long as known ones.
    dummy_hash: String,
    pub rules: PasswordRules,
}

impl fmt::Debug for Passwords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Passwords").field("rules", &self.rules).finish_non_exhaustive()
    }
}

impl Passwords {
    pub fn new(config: &SignInConfig) -> Result<Self, SecretError> {
        let params = Params::new(config.argon2_memory_kib, config.argon2_passes, 1, None)
            .map_err(|error| SecretError::Passwords(error.to_string()))?;
        let dummy_hash = hashed(&params, &hex::encode(random::<32>()?))?;
        let (queue, jobs) = sync_channel::<Job>(config.password_queue);
        let jobs = Arc::new(Mutex::new(jobs));
        for number in 0..config.password_threads {
            let jobs = Arc::clone(&jobs);
            std::thread::Builder::new()
                .name(format!("password-{number}"))
                .spawn(move || work(&jobs))
                .map_err(|error| SecretError::Passwords(error.to_string()))?;
        }
        Ok(Passwords { queue, params, dummy_hash, rules: PasswordRules::new(config) })
    }

    /// The PHC string of a password.
    pub async fn hash(&self, password: Password) -> Result<String, Error> {
        let params = self.params.clone();
        let hashed = self.run(move || hashed(&params, password.expose())).await?;
        hashed.map_err(|error| Error::Fault(error.to_string()))
    }

    /// Whether a password matches the stored hash. Without one the same work is done, and the result is `false`.
    pub async fn verify(&self, password: Password, kept: Option<String>) -> Result<bool, Error> {
        let known = kept.is_some();
        let against = kept.unwrap_or_else(|| self.dummy_hash.clone());
        let right = self.run(move || verified(password.expose(), &against)).await?;
        Ok(right && known)
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, Error> {
        let (reply, answer) = oneshot::channel();
        let job: Job = Box::new(move || {
            // Skips jobs whose caller has disconnected.
            if !reply.is_closed() {
                let _gone = reply.send(work());
            }
        });
        self.queue.try_send(job).map_err(|error| match error {
            TrySendError::Full(_) => Error::Busy,
            TrySendError::Disconnected(_) => Error::Fault("the password threads have ended".into()),
        })?;
        answer.await.map_err(|_| Error::Fault("a password was not computed".into()))
    }
}

fn work(jobs: &Mutex<Receiver<Job>>) {
    loop {
        // The lock is held while waiting for a job, not while doing it.
        let job = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(job) = job else { return };
        if catch_unwind(AssertUnwindSafe(job)).is_err() {
            tracing::error!("computing a password panicked");
        }
    }
}

fn hashed(params: &Params, password: &str) -> Result<String, SecretError> {
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params.clone());
    let salt = random::<16>()?;
    let hash = argon2.hash_password_with_salt(password.as_bytes(), &salt);
    hash.map(|hash| hash.to_string()).map_err(|error| SecretError::Passwords(error.to_string()))
}

fn verified(password: &str, kept: &str) -> bool {
    let Ok(kept) = PasswordHash::new(kept) else { return false };
    Argon2::default().verify_password(password.as_bytes(), &kept).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config() -> SignInConfig {
        SignInConfig { argon2_memory_kib: 64, argon2_passes: 1, ..SignInConfig::default() }
    }

    fn rules(policy: PolicyName) -> PasswordRules {
        PasswordRules::new(&SignInConfig { policy, ..config() })
    }

    fn check(policy: PolicyName, text: &str) -> Result<(), Refusal> {
        rules(policy).check(&Password::new(text), "wang.ceshi")
    }

    #[tokio::test]
    async fn only_the_right_password_is_right() {
        let passwords = Passwords::new(&config()).unwrap();
        let right = Password::new("河边 三棵柳树 and a ferry");
        let kept = passwords.hash(right.clone()).await.unwrap();
        assert!(kept.starts_with("$argon2id$v=19$m=64,t=1,p=1$"), "{kept}");
        assert_ne!(kept, passwords.hash(right.clone()).await.unwrap(), "the salt is new each time");
        assert!(passwords.verify(right.clone(), Some(kept.clone())).await.unwrap());
        for wrong in ["", "河边 三棵柳树 and a Ferry", "河边 三棵柳树 and a ferry "] {
            assert!(!passwords.verify(Password::new(wrong), Some(kept.clone())).await.unwrap());
        }
        assert!(!passwords.verify(right.clone(), None).await.unwrap());
        assert!(!passwords.verify(right.clone(), Some("plain".into())).await.unwrap());
        // The stored hash has its own parameters, so that a changed setting locks no user out.
        let other = Passwords::new(&SignInConfig { argon2_memory_kib: 128, ..config() }).unwrap();
        assert!(other.verify(right, Some(kept)).await.unwrap());
    }

    #[tokio::test]
    async fn the_usual_cost_is_the_one_promised() {
        let passwords = Passwords::new(&SignInConfig::default()).unwrap();
        assert!(
            passwords.dummy_hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
            "{}",
            passwords.dummy_hash
        );
    }

    #[tokio::test]
    async fn what_does_not_fit_into_the_queue_is_refused_at_once() {
        let small = SignInConfig { password_threads: 1, password_queue: 1, ..config() };
        let passwords = Passwords::new(&small).unwrap();
        let (started, begun) = std::sync::mpsc::channel();
        let (release, held) = std::sync::mpsc::channel::<()>();
        let mut first = Box::pin(passwords.run(move || {
            started.send(()).unwrap();
            held.recv().unwrap();
        }));
        assert!(futures_util::poll!(&mut first).is_pending());
        begun.recv().unwrap();
        let mut second = Box::pin(passwords.hash(Password::new("x")));
        assert!(futures_util::poll!(&mut second).is_pending());
        assert!(matches!(passwords.hash(Password::new("x")).await, Err(Error::Busy)));
        release.send(()).unwrap();
        first.await.unwrap();
        assert!(second.await.is_ok());
    }

    #[test]
    fn new_passwords_are_long_and_not_among_the_first_tried() {
        let default = |text| check(PolicyName::Default, text);
        assert_eq!(default("fourteen chars"), Err(Refusal::PasswordTooShort { least: 15 }));
        assert_eq!(default("一二三四五六七八九十甲乙丙丁"), Err(Refusal::PasswordTooShort { least: 15 }));
        for good in ["three ferries at noon", "一二三四五六七八九十甲乙丙丁戊", "k7#mQ-vv2p-Lx9e-T4"]
        {
            assert_eq!(default(good), Ok(()), "{good}");
        }
        for common in [
            "aaaaaaaaaaaaaaaa",
            "abababababababab",
            "139000012345678901",
            "passwordpassword",
            "Password123456789!",
            "qwertyuiopasdfghjkl",
            "lkjhgfdsapoiuytrewq",
            "abcdefghijklmnop",
            "wang.ceshi12345678",
            "Wang.Ceshi.Wang.Ceshi",
            "jianxian-admin-2026",
            "woaini5201314woaini",
        ] {
            assert_eq!(default(common), Err(Refusal::PasswordGuessable), "{common}");
        }
    }

    #[test]
    fn the_mlps_rules_want_three_kinds_of_character_and_a_change_in_time() {
        let mlps = |text| check(PolicyName::Mlps, text);
        assert_eq!(mlps("Short-1"), Err(Refusal::PasswordTooShort { least: 10 }));
        assert_eq!(mlps("three ferries"), Err(Refusal::PasswordTooPlain));
        assert_eq!(mlps("Three ferries"), Ok(()));
        assert_eq!(mlps("Admin12345!"), Err(Refusal::PasswordGuessable));
        let now = Moment::from_micros(1_780_000_000_000_000);
        let due = |policy, days: i64| rules(policy).due(Some(now.plus_seconds(-days * DAY_SECONDS)), now);
        assert_eq!(due(PolicyName::Mlps, 89), None);
        assert_eq!(due(PolicyName::Mlps, 90), Some(90));
        assert_eq!(due(PolicyName::Default, 9_000), None);
    }

    #[test]
    fn generated_passwords_follow_every_rule_and_differ() {
        let made: std::collections::BTreeSet<String> =
            (0..200).map(|_| Password::generated().unwrap().expose().to_owned()).collect();
        assert_eq!(made.len(), 200);
        for text in &made {
            assert_eq!(text.len(), 23);
            assert_eq!(check(PolicyName::Default, text), Ok(()), "{text}");
            assert_eq!(check(PolicyName::Mlps, text), Ok(()), "{text}");
        }
    }

    #[test]
    fn a_password_is_never_printed() {
        assert_eq!(format!("{:?}", Password::new("three ferries at noon")), "Password");
    }
}
