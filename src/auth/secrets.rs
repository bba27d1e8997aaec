//! The keys of this server: a file beside the database, never in it and never in a backup. From each master key one
//! key per purpose is derived (HMAC-SHA256 of the purpose's name), so that none serves two purposes.

use crate::domain::id::{BankId, Id};
use crate::store::Error;
use crate::text_enum;
use aes_gcm::aead::{Aead, KeyInit, Payload};
use aes_gcm::{Aes256Gcm, Nonce};
use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};
use std::fmt;
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// The file in the data folder.
pub const FILE: &str = "secret.key";
/// First byte of everything sealed: AES-256-GCM with a random 96-bit nonce.
const AES_256_GCM: u8 = 1;
const HEADER: usize = 1 + 4;
const NONCE: usize = 12;

type KeyId = [u8; 4];

text_enum! {
    /// Kinds of sealed texts; the columns are listed in `store/maintenance/keys.rs`. The name is part of the key and
    /// of the seal: a phone cannot be opened as an ID number.
    Sealed {
        Phone = "phone", IdNumber = "id_number", Mail = "mail",
        /// What a hook's requests are signed with.
        HookSecret = "hook_secret",
        SecondFactor = "second_factor",
        /// The code by which a certificate is checked.
        CertificateCode = "certificate_code",
        /// The answer stored with an idempotency key. It is not sealed again with a new key: it is pruned by age, and
        /// the retired key opens it until then.
        Answer = "answer",
    }
}

text_enum! {
    /// Kinds of texts that are looked up by keyed hash.
    Searched {
        Phone = "phone",
        /// The last four digits.
        PhoneTail = "phone_tail",
        IdNumber = "id_number",
        /// Digits that a member shows.
        RedemptionCode = "redemption_code",
        /// The digits of a one-time code for sign-in.
        SignInCode = "sign_in_code",
        /// The subject of sign-in limits (login names and addresses).
        Attempt = "attempt",
    }
}

/// Why keys or sealed texts cannot be used. Never shows either.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    #[error("cannot read or write the secret key {0}: {1}")]
    File(PathBuf, io::Error),
    #[error("the secret key {0} can be read by others: run chmod 600 on it")]
    OpenToOthers(PathBuf),
    #[error("the secret key {0} is damaged at line {1}: restore it from where you keep it")]
    Damaged(PathBuf, usize),
    #[error(
        "the secret key {0} is missing, and the bank was made with it (key {1}): put it back from where you keep it; \
         without it phones and ID numbers cannot be read"
    )]
    Missing(PathBuf, String),
    #[error("made with the secret key {0}, which is not in {FILE}: put that key back from where you keep it")]
    OtherKey(String),
    /// A copy from before a rotation: its key is available, but keyed hashes no longer match.
    #[error(
        "made with the secret key {0}, which was retired since: run jianxian key rotate to bring it up to the present key"
    )]
    Retired(String),
    #[error("cannot note the secret key in the database: {0}")]
    Note(String),
    #[error("a sealed text is damaged or stands in the wrong row")]
    Broken,
    #[error("passwords cannot be computed: {0}")]
    Passwords(String),
    #[error("the operating system gives no random bytes")]
    NoChance,
}

impl From<SecretError> for Error {
    fn from(error: SecretError) -> Self {
        Error::Fault(error.to_string())
    }
}

impl SecretError {
    /// The same in Chinese, with the next step.
    pub fn chinese(&self) -> String {
        match self {
            SecretError::File(path, error) => {
                format!("无法读写密钥文件 {}：{error}。请检查路径和权限。", path.display())
            }
            SecretError::OpenToOthers(path) => {
                format!("密钥文件 {} 能被其他用户读取。请执行 chmod 600。", path.display())
            }
            SecretError::Damaged(path, line) => {
                format!("密钥文件 {} 第 {line} 行已损坏。请从保管处恢复。", path.display())
            }
            SecretError::Missing(path, id) => {
                format!(
                    "缺少密钥文件 {}，而这个数据库是用密钥 {id} 建立的。请从保管处放回；没有它，手机号和身份证号都无法读取。",
                    path.display()
                )
            }
            SecretError::OtherKey(id) => {
                format!("内容由密钥 {id} 加密，而 {FILE} 里没有它。请从保管处恢复那把密钥。")
            }
            SecretError::Retired(id) => {
                format!(
                    "内容用密钥 {id} 加密，而这把密钥后来已更换。请先运行 jianxian key rotate，换到现在的密钥。"
                )
            }
            SecretError::Note(why) => format!("无法在数据库里登记密钥：{why}。请检查数据库。"),
            SecretError::Broken => "加密内容已损坏，或不属于这一行。请运行 jianxian verify。".to_owned(),
            SecretError::Passwords(why) => format!("无法计算口令：{why}。请检查 sign_in 设置和内存。"),
            SecretError::NoChance => "操作系统没有给出随机数。请检查系统。".to_owned(),
        }
    }
}

text_enum! {
    /// The duty of a key in the file; the first word of its line.
    Duty {
        /// Signs, seals and hashes; verifies and opens.
        Current = "key",
        /// Made for a running rotation: verifies and opens.
        Next = "next",
        /// Replaced: verifies and opens what was made with it.
        Retired = "retired",
    }
}

#[derive(Clone)]
pub(super) struct MasterKey {
    pub duty: Duty,
    id: KeyId,
    bytes: [u8; 32],
}

/// The master keys, oldest first. Of the current ones the newest signs and seals and the oldest makes the search
/// hashes (there is one, unless a line was added by hand); all of them verify and open.
#[derive(Clone)]
pub struct Secrets {
    pub(super) keys: Vec<MasterKey>,
    /// The key of request digests, once the key that it was derived from has been replaced: earlier requests must
    /// still be recognised.
    pub(super) digests: Option<[u8; 32]>,
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secrets({})", self.key_ids().join(", "))
    }
}

impl Secrets {
    /// Reads `FOLDER/secret.key`, or creates it (mode 0600, on disk before it is used).
    pub fn open_or_create(folder: &Path) -> Result<Self, SecretError> {
        let path = folder.join(FILE);
        if path.exists() {
            return Self::open(&path);
        }
        let failed = |error| SecretError::File(path.clone(), error);
        // Written to a temporary file and linked into place: another server that starts concurrently finds nothing,
        // or all of it, and the first one's key is kept.
        let beside = folder.join(format!("{FILE}.{}", hex::encode(random::<8>()?)));
        let line = Self::new_line()?;
        let about = "# Keys of this jianxian server. Keep a copy in a safe place, apart from the backups.\n";
        let linked = create_new(&beside)
            .and_then(|mut file| {
                file.write_all(format!("{about}{line}").as_bytes())?;
                file.sync_all()
            })
            .and_then(|()| match std::fs::hard_link(&beside, &path) {
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
                linked => linked,
            });
        let removed = std::fs::remove_file(&beside);
        linked.and(removed).and_then(|()| File::open(folder)?.sync_all()).map_err(failed)?;
        Self::open(&path)
    }

    /// Parses an existing file: one line `key <id, 8 hex digits> <key, 64 hex digits>` for each key, oldest first.
    pub fn open(path: &Path) -> Result<Self, SecretError> {
        refuse_open_to_others(path)?;
        let text = std::fs::read_to_string(path).map_err(|error| SecretError::File(path.into(), error))?;
        let (mut keys, mut digests) = (Vec::new(), None);
        let lines = (1_usize..).zip(text.lines().map(str::trim));
        for (number, line) in lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#')) {
            if let Some(kept) = digest_line(line) {
                digests = Some(kept);
                continue;
            }
            let key = MasterKey::parse(line).ok_or_else(|| SecretError::Damaged(path.into(), number))?;
            keys.push(key);
        }
        if !keys.iter().any(|key| key.duty == Duty::Current) {
            return Err(SecretError::Damaged(path.into(), 1));
        }
        Ok(Secrets { keys, digests })
    }

    /// A line for the file that adds a new key, which from then on seals and signs.
    pub fn new_line() -> Result<String, SecretError> {
        let key = MasterKey::random()?;
        Ok(format!("key {} {}\n", hex::encode(key.id), hex::encode(key.bytes)))
    }

    /// Ephemeral keys, of this process only: for tests.
    pub fn ephemeral() -> Result<Self, SecretError> {
        Ok(Secrets { keys: vec![MasterKey::random()?], digests: None })
    }

    /// The ids of the current keys, oldest first.
    pub fn key_ids(&self) -> Vec<String> {
        self.current().map(MasterKey::name).collect()
    }

    /// The ids of all available keys.
    pub fn held_ids(&self) -> Vec<String> {
        self.keys.iter().map(MasterKey::name).collect()
    }

    pub(super) fn current(&self) -> impl DoubleEndedIterator<Item = &MasterKey> {
        self.keys.iter().filter(|key| key.duty == Duty::Current)
    }

    /// The newest key derived for `purpose`, with its id.
    pub fn newest(&self, purpose: &str) -> Option<(String, [u8; 32])> {
        self.current().next_back().map(|key| (key.name(), key.derive(purpose)))
    }

    /// The key of request digests. It stays the same over all rotations, so that a repeated request is recognised.
    pub fn digest_key(&self) -> [u8; 32] {
        let oldest = || self.keys.first().map(|key| key.derive("request-digest"));
        self.digests.or_else(oldest).unwrap_or_default()
    }

    /// The MAC of `message` by the newest key.
    pub fn mark(&self, purpose: &str, message: &[u8]) -> Option<[u8; 16]> {
        self.current().next_back().map(|key| key.mark(purpose, message))
    }

    /// For each master key its id and the key derived for `purpose`, oldest first.
    pub fn derived(&self, purpose: &str) -> Vec<(String, [u8; 32])> {
        self.keys.iter().map(|key| (hex::encode(key.id), key.derive(purpose))).collect()
    }

    /// For each master key the MAC (16 bytes) of `message`, to recognise what was made here, oldest first.
    pub fn marks(&self, purpose: &str, message: &[u8]) -> Vec<[u8; 16]> {
        self.keys.iter().map(|key| key.mark(purpose, message)).collect()
    }

    /// Seals a text for one row of one bank: it opens nowhere else.
    pub fn seal(&self, kind: Sealed, bank: BankId, row: Id, text: &str) -> Result<Vec<u8>, SecretError> {
        let key = self.current().next_back().ok_or(SecretError::Broken)?;
        let nonce: [u8; NONCE] = random()?;
        let (cipher, bound) = (key.cipher(kind, bank)?, bound_to(kind, bank, row));
        let payload = Payload { msg: text.as_bytes(), aad: &bound };
        let sealed = cipher.encrypt(&Nonce::from(nonce), payload).map_err(|_| SecretError::Broken)?;
        let mut blob = Vec::with_capacity(HEADER.saturating_add(NONCE).saturating_add(sealed.len()));
        blob.push(AES_256_GCM);
        blob.extend_from_slice(&key.id);
        blob.extend_from_slice(&nonce);
        blob.extend_from_slice(&sealed);
        Ok(blob)
    }

    /// Opens what [`Secrets::seal`] sealed for the same row.
    pub fn unseal(&self, kind: Sealed, bank: BankId, row: Id, blob: &[u8]) -> Result<String, SecretError> {
        let (header, rest) = blob.split_at_checked(HEADER).ok_or(SecretError::Broken)?;
        let (algorithm, id) = header.split_first().ok_or(SecretError::Broken)?;
        if *algorithm != AES_256_GCM {
            return Err(SecretError::Broken);
        }
        let key = self
            .keys
            .iter()
            .find(|key| key.id == id)
            .ok_or_else(|| SecretError::OtherKey(hex::encode(id)))?;
        let (nonce, sealed) = rest.split_first_chunk::<NONCE>().ok_or(SecretError::Broken)?;
        let bound = bound_to(kind, bank, row);
        let payload = Payload { msg: sealed, aad: &bound };
        let opened = key.cipher(kind, bank)?.decrypt(&Nonce::from(*nonce), payload);
        String::from_utf8(opened.map_err(|_| SecretError::Broken)?).map_err(|_| SecretError::Broken)
    }

    /// The keyed hash by which a text is looked up in one bank.
    pub fn search_hash(&self, kind: Searched, bank: BankId, text: &str) -> [u8; 32] {
        let Some(oldest) = self.current().next() else { return [0; 32] };
        let key = oldest.derive(&format!("search/{kind}/{}", bank.0));
        mac(&key, text.as_bytes())
    }
}

impl Searched {
    /// The part of a sealed text that is hashed for the search.
    pub fn part(self, text: &str) -> &str {
        match self {
            Searched::PhoneTail => {
                text.char_indices().nth_back(3).and_then(|(at, _)| text.get(at..)).unwrap_or(text)
            }
            _ => text,
        }
    }
}

impl MasterKey {
    pub(super) fn random() -> Result<Self, SecretError> {
        Ok(MasterKey::of(random()?))
    }

    /// The id derives from the key, so that a mistyped key is detected; it discloses nothing about the key.
    fn of(bytes: [u8; 32]) -> Self {
        let [a, b, c, d, ..] = mac(&bytes, b"jianxian/1/id");
        MasterKey { duty: Duty::Current, id: [a, b, c, d], bytes }
    }

    /// The id as it is written.
    pub(super) fn name(&self) -> String {
        hex::encode(self.id)
    }

    pub(super) fn line(&self) -> String {
        format!("{} {} {}\n", self.duty, self.name(), hex::encode(self.bytes))
    }

    fn mark(&self, purpose: &str, message: &[u8]) -> [u8; 16] {
        let whole = mac(&self.derive(purpose), message);
        whole.first_chunk::<16>().copied().unwrap_or_default()
    }

    fn parse(line: &str) -> Option<Self> {
        let mut words = line.split_whitespace();
        let (duty, id, bytes) = (Duty::parse(words.next()?)?, words.next()?, words.next()?);
        if words.next().is_some() {
            return None;
        }
        let (mut read, mut named) = ([0; 32], [0; 4]);
        hex::decode_to_slice(id, &mut named).ok()?;
        hex::decode_to_slice(bytes, &mut read).ok()?;
        Some(MasterKey { duty, ..MasterKey::of(read) }).filter(|key| key.id == named)
    }

    fn derive(&self, purpose: &str) -> [u8; 32] {
        mac(&self.bytes, format!("jianxian/1/{purpose}").as_bytes())
    }

    fn cipher(&self, kind: Sealed, bank: BankId) -> Result<Aes256Gcm, SecretError> {
        let key = self.derive(&format!("seal/{kind}/{}", bank.0));
        Aes256Gcm::new_from_slice(&key).map_err(|_| SecretError::Broken)
    }
}

/// The line with the key of digests: `digests <key, 64 hex digits>`.
fn digest_line(line: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    hex::decode_to_slice(line.strip_prefix("digests ")?.trim(), &mut bytes).ok()?;
    Some(bytes)
}

/// The associated data of a seal.
fn bound_to(kind: Sealed, bank: BankId, row: Id) -> Vec<u8> {
    format!("{kind}/{}/{row}", bank.0).into_bytes()
}

fn mac(key: &[u8; 32], message: &[u8]) -> [u8; 32] {
    // HMAC-SHA256 accepts keys of any length.
    let Ok(mut mac) = <Hmac<Sha256> as KeyInit>::new_from_slice(key) else { return [0; 32] };
    mac.update(message);
    mac.finalize().into_bytes().into()
}

/// Random bytes of the operating system, for keys, tokens and codes.
pub fn random<const N: usize>() -> Result<[u8; N], SecretError> {
    let mut bytes = [0_u8; N];
    getrandom::fill(&mut bytes).map_err(|_| SecretError::NoChance)?;
    Ok(bytes)
}

/// SHA-256 of a random token: enough to recognise it, useless to a reader of the database.
pub fn token_hash(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}

#[cfg(unix)]
pub(super) fn create_new(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)
}

#[cfg(not(unix))]
pub(super) fn create_new(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).open(path)
}

#[cfg(unix)]
fn refuse_open_to_others(path: &Path) -> Result<(), SecretError> {
    use std::os::unix::fs::PermissionsExt;
    let mode =
        std::fs::metadata(path).map_err(|error| SecretError::File(path.into(), error))?.permissions().mode();
    if mode & 0o077 == 0 { Ok(()) } else { Err(SecretError::OpenToOthers(path.into())) }
}

#[cfg(not(unix))]
fn refuse_open_to_others(_path: &Path) -> Result<(), SecretError> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const BANK: BankId = BankId(1);

    fn row(n: u128) -> Id {
        Id(uuid::Uuid::from_u128(n))
    }

    #[test]
    fn keys_are_made_once_and_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let made = Secrets::open_or_create(folder.path()).unwrap();
        let read = Secrets::open_or_create(folder.path()).unwrap();
        assert_eq!(made.derived("x"), read.derived("x"));
        assert_ne!(made.derived("x"), made.derived("y"));
        assert_eq!(format!("{made:?}"), format!("Secrets({})", made.key_ids()[0]));
        let sealed = made.seal(Sealed::Phone, BANK, row(1), "13800001234").unwrap();
        assert_eq!(read.unseal(Sealed::Phone, BANK, row(1), &sealed).unwrap(), "13800001234");
    }

    #[cfg(unix)]
    #[test]
    fn a_key_file_that_others_can_read_is_refused() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let made = Secrets::open_or_create(folder.path()).unwrap();
        let path = folder.path().join(FILE);
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
        let refused = Secrets::open_or_create(folder.path()).unwrap_err();
        assert!(matches!(refused, SecretError::OpenToOthers(_)) && refused.chinese().contains("chmod 600"));
        assert_eq!(made.key_ids().len(), 1);
    }

    #[test]
    fn a_damaged_key_file_is_refused_with_its_line() {
        let folder = tempfile::tempdir().unwrap();
        Secrets::open_or_create(folder.path()).unwrap();
        let path = folder.path().join(FILE);
        let mistyped = format!("key 0a0b0c0d {}\n", "42".repeat(32));
        let faults = [
            ("", 1),
            ("# only a remark\n", 1),
            ("\nkey 12 34\n", 2),
            ("key zz\n", 1),
            (mistyped.as_str(), 1),
        ];
        for (text, line) in faults {
            std::fs::write(&path, text).unwrap();
            let refused = Secrets::open_or_create(folder.path()).unwrap_err();
            assert!(matches!(refused, SecretError::Damaged(_, at) if at == line), "{text:?}: {refused}");
        }
    }

    #[test]
    fn a_sealed_text_opens_in_its_own_row_only() {
        let secrets = Secrets::ephemeral().unwrap();
        let sealed = secrets.seal(Sealed::Phone, BANK, row(1), "13800001234").unwrap();
        assert!(!sealed.windows(5).any(|part| part == b"13800"));
        let again = secrets.seal(Sealed::Phone, BANK, row(1), "13800001234").unwrap();
        assert_ne!(sealed, again, "the nonce is new each time");
        let refused = |kind, bank, row, blob: &[u8]| secrets.unseal(kind, bank, row, blob).is_err();
        assert!(refused(Sealed::Phone, BANK, row(2), &sealed));
        assert!(refused(Sealed::Phone, BankId(2), row(1), &sealed));
        assert!(refused(Sealed::IdNumber, BANK, row(1), &sealed));
        for at in 0..sealed.len() {
            let mut damaged = sealed.clone();
            damaged[at] ^= 1;
            assert!(refused(Sealed::Phone, BANK, row(1), &damaged), "byte {at}");
        }
        for length in 0..sealed.len() {
            assert!(refused(Sealed::Phone, BANK, row(1), &sealed[..length]), "cut to {length}");
        }
        let other = Secrets::ephemeral().unwrap().unseal(Sealed::Phone, BANK, row(1), &sealed).unwrap_err();
        assert!(matches!(other, SecretError::OtherKey(_)), "{other}");
    }

    #[test]
    fn a_new_key_seals_and_the_old_ones_still_open_and_find() {
        let folder = tempfile::tempdir().unwrap();
        let old = Secrets::open_or_create(folder.path()).unwrap();
        let sealed = old.seal(Sealed::IdNumber, BANK, row(1), "110101199003070011").unwrap();
        let path = folder.path().join(FILE);
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, text + &Secrets::new_line().unwrap()).unwrap();
        let new = Secrets::open_or_create(folder.path()).unwrap();
        assert_eq!((new.key_ids().len(), &new.key_ids()[0]), (2, &old.key_ids()[0]));
        assert_eq!(new.unseal(Sealed::IdNumber, BANK, row(1), &sealed).unwrap(), "110101199003070011");
        let newly = new.seal(Sealed::Phone, BANK, row(1), "x").unwrap();
        assert_eq!(hex::encode(&newly[1..5]), new.key_ids()[1]);
        let hash = |secrets: &Secrets| secrets.search_hash(Searched::IdNumber, BANK, "110101199003070011");
        assert_eq!(hash(&old), hash(&new));
    }

    #[test]
    fn a_search_hash_belongs_to_its_bank_and_kind() {
        let secrets = Secrets::ephemeral().unwrap();
        let hash = |kind, bank| secrets.search_hash(kind, bank, "1234");
        assert_eq!(hash(Searched::PhoneTail, BANK), hash(Searched::PhoneTail, BANK));
        assert_ne!(hash(Searched::PhoneTail, BANK), hash(Searched::Phone, BANK));
        assert_ne!(hash(Searched::PhoneTail, BANK), hash(Searched::PhoneTail, BankId(2)));
        assert_ne!(
            hash(Searched::PhoneTail, BANK),
            Secrets::ephemeral().unwrap().search_hash(Searched::PhoneTail, BANK, "1234")
        );
    }
}
