//! Settings: defaults, then a file, then the environment (`JIANXIAN_…`), then flags; the last one wins. The source of
//! each value is kept.

use crate::domain::access::network::{Network, NetworkFault};
use crate::domain::language::Language;
use figment::Figment;
use figment::providers::{Format, Serialized, Toml};
use figment::value::Value;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Declares the sections with their settings: `name: type = default, least..=most` for numbers.
macro_rules! settings {
    ($($(#[doc = $about:literal])+ $section:ident: $name:ident {
        $($(#[doc = $doc:literal])+ $key:ident: $type:ty = $default:expr $(, $least:literal ..= $most:literal)?;)+
    })+) => {
        $(
            $(#[doc = $about])+
            #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
            #[serde(deny_unknown_fields)]
            pub struct $name { $($(#[doc = $doc])+ pub $key: $type),+ }

            impl Default for $name {
                fn default() -> Self {
                    $name { $($key: $default),+ }
                }
            }
        )+

        /// Every setting of the program.
        #[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct Config { $($(#[doc = $about])+ pub $section: $name),+ }

        /// Each key with its meaning, in the order of the file.
        pub const SETTINGS: &[(&str, &str)] =
            &[$($((concat!(stringify!($section), ".", stringify!($key)), concat!($($doc),+))),+),+];

        impl Config {
            /// The first number outside its bounds.
            fn out_of_bounds(&self) -> Option<(&'static str, i64, i64)> {
                $($($(
                    let value = i64::try_from(self.$section.$key).unwrap_or(i64::MAX);
                    if !($least..=$most).contains(&value) {
                        return Some((concat!(stringify!($section), ".", stringify!($key)), $least, $most));
                    }
                )?)+)+
                None
            }
        }
    };
}

settings! {
    /// Where things are kept.
    store: StoreConfig {
        /// 数据目录 · the data folder
        data: PathBuf = PathBuf::from("data");
        /// 数据库地址，空为 sqlite:数据目录/jianxian.db · the database, empty: sqlite:DATA/jianxian.db
        database: String = String::new();
        /// 附件放在哪个对象存储，空为数据库旁的文件夹 · the object store of attachments, s3://KEY:SECRET@HOST/BUCKET, empty: a folder beside the database
        attachments: String = String::new();
        /// 等待写入的请求上限 · how many requests may wait for the writer
        queue: usize = 10_000, 1..=1_000_000;
        /// 只读副本的地址，空为不用 · a replica to read from, empty: none
        read_database: String = String::new();
        /// 读连接数，0 为按处理器数 · connections for reading, 0: by the number of processors
        readers: u32 = 0, 0..=256;
        /// 慢语句记入日志的毫秒数，0 为不记 · milliseconds from which a statement is logged as slow, 0: none
        slow_milliseconds: u64 = 500, 0..=3_600_000;
        /// 每次提交前等待的毫秒数，只为测量 · waits so long before each commit: for measuring only
        commit_delay_milliseconds: u64 = 0, 0..=1_000;
    }
    /// The web server.
    http: HttpConfig {
        /// 监听地址 · the address to listen on
        host: String = "127.0.0.1".to_owned();
        /// 监听端口，0 为任选 · the port, 0: any free one
        port: u16 = 8080;
        /// 工作线程，0 为处理器数 · worker threads, 0: one per processor
        workers: usize = 0, 0..=256;
        /// 同时连接上限 · open connections at a time
        connections: usize = 4096, 1..=1_000_000;
        /// 请求体上限（字节） · a request's body at most
        body_limit_bytes: usize = 262_144, 1024..=16_777_216;
        /// 批量请求体上限（字节） · a bulk request's body at most
        bulk_limit_bytes: usize = 8_388_608, 1024..=268_435_456;
        /// 请求头须在几秒内到齐 · the head of a request must arrive within
        head_timeout_seconds: u64 = 10, 1..=600;
        /// 请求体须在几秒内到齐 · the body must arrive within
        body_timeout_seconds: u64 = 20, 1..=600;
        /// 空闲连接保持几秒 · an idle connection is kept for
        keep_alive_seconds: u64 = 30, 1..=3600;
        /// 停止时最多等几秒 · a stop waits for running requests at most
        stop_seconds: u64 = 20, 1..=600;
        /// 可信代理的地址或网段 · proxies whose X-Forwarded-For counts
        proxies: Vec<String> = Vec::new();
        /// 谁可以读 /metrics · who may read /metrics
        metrics_readers: Vec<String> = vec!["127.0.0.0/8".to_owned(), "::1".to_owned()];
    }
    /// How often a caller may come, and how much is redeemed without a phone; 0 is without limit.
    limits: LimitsConfig {
        /// 每个地址每秒请求数 · requests a second from one address
        address_per_second: u32 = 500, 0..=1_000_000;
        /// 每个地址一时最多 · at once from one address
        address_burst: u32 = 2_000, 1..=1_000_000;
        /// 每个账号每秒请求数 · requests a second of one user
        account_per_second: u32 = 300, 0..=1_000_000;
        /// 每个账号一时最多 · at once of one user
        account_burst: u32 = 1_500, 1..=1_000_000;
        /// 每个地址每分钟登录次数 · sign-ins a minute from one address
        sign_in_per_minute: u32 = 60, 0..=1_000_000;
        /// 每位储户每分钟兑换次数 · redemptions a minute of one member
        member_redemptions_per_minute: i64 = 10, 0..=1_000_000;
        /// 每个商家每分钟兑换次数 · redemptions a minute at one shop
        shop_redemptions_per_minute: i64 = 120, 0..=1_000_000;
        /// 凭存折卡每次最多兑换的分 · points at most in one redemption with a card
        card_points_a_visit: i64 = 50, 0..=1_000_000;
        /// 凭存折卡每人每天最多兑换的分，也是区里每天为一人垫付的上限 · points a day with a card, and of one person on slips that the district covers
        card_points_a_day: i64 = 100, 0..=1_000_000;
        /// 一张登记单最多的分 · points at most on one paper slip
        slip_points: i64 = 50, 0..=1_000_000;
    }
    /// Sign-in.
    sign_in: SignInConfig {
        /// 口令规则 default 或 mlps（等保） · rules for passwords: default or mlps
        policy: PolicyName = PolicyName::Default;
        /// 登录凭证有效秒数 · an access token lasts
        access_seconds: i64 = 900, 1..=86_400;
        /// 换新凭证有效秒数 · a refresh token lasts
        refresh_seconds: i64 = 1_209_600, 1..=31_536_000;
        /// 口令计算线程 · threads that compute passwords
        password_threads: usize = 2, 1..=64;
        /// 等待口令计算的请求上限 · how many may wait for them
        password_queue: usize = 64, 1..=10_000;
        /// 口令计算所用内存（KiB） · memory for one password (Argon2id)
        argon2_memory_kib: u32 = 19_456, 8..=1_048_576;
        /// 口令计算遍数 · passes over that memory
        argon2_passes: u32 = 2, 1..=16;
        /// 同一账号失败几次后暂停登录 · failed tries of one login before it must wait
        login_failures: i64 = 10, 1..=1_000;
        /// 同一地址失败几次后暂停登录 · failed tries from one address before it must wait
        address_failures: i64 = 100, 1..=100_000;
        /// 失败次数在多少秒内累计，暂停也是这么久 · tries are counted within, and the wait lasts, so many seconds
        lock_seconds: i64 = 900, 1..=86_400;
        /// 等保规则下口令几天须更换 · days after which the mlps rules want a new password
        password_days: i64 = 90, 1..=3_650;
    }
    /// Time limits of the work itself.
    times: TimesConfig {
        /// 兑换码有效秒数 · a member's code is good for
        code_seconds: i64 = 60, 1..=86_400;
        /// 认领后须在几秒内完成 · after the claim, the shop finishes within
        claim_seconds: i64 = 180, 1..=86_400;
        /// 预留默认秒数 · a hold for goods lasts
        hold_seconds: i64 = 604_800, 1..=31_536_000;
        /// 可自行撤销的秒数 · own entries can be undone for
        undo_seconds: i64 = 600, 0..=86_400;
        /// 定时任务间隔秒数 · jobs that the clock starts look for work every
        jobs_seconds: u64 = 5, 1..=3600;
        /// 幂等键下的回答保存天数，之后只记得它已用过 · days for which answers are kept under their keys
        answer_days: i64 = 90, 1..=36_500;
    }
    /// How messages leave the bank, besides the inbox in the portal.
    senders: SendersConfig {
        /// 每条消息另写一行到这个文件，空为不写 · a file that gets a line for each message, empty: none
        file: String = String::new();
        /// 邮件服务器 smtps://用户:口令@主机，空为不发邮件 · the mail server, smtps://user:password@host, empty: no mails
        smtp: String = String::new();
        /// 发件人 · the sender of mails
        mail_from: String = String::new();
        /// 网页的地址，写在发出的消息里 · where the portal is, for links in what is sent
        portal: String = String::new();
        /// 公网以外，消息接口还可以在哪些网段 · networks that hooks may be in, besides public addresses
        inside: Vec<String> = Vec::new();
    }
    /// The log.
    log: LogConfig {
        /// 日志级别 error, warn, info, debug · how much is logged
        level: String = "info".to_owned();
        /// 日志格式 json 或 text · its form
        format: LogFormat = LogFormat::Json;
    }
}

/// The settings that are lists of addresses and networks.
const NETWORK_LISTS: [&str; 3] = ["http.proxies", "http.metrics_readers", "senders.inside"];

/// Rules for passwords and administration.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PolicyName {
    /// NIST 800-63B.
    #[default]
    Default,
    /// 等保 (MLPS).
    Mlps,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    #[default]
    Json,
    Text,
}

impl Config {
    /// The address of the database: as set, or the default file in the data folder.
    pub fn database_url(&self) -> String {
        match self.store.database.as_str() {
            "" => format!("sqlite:{}", self.store.data.join("jianxian.db").display()),
            url => url.to_owned(),
        }
    }

    /// The first text in a list of addresses that is not one.
    fn no_network(&self) -> Option<(&'static str, &str, NetworkFault)> {
        let lists = [self.http.proxies.as_slice(), &self.http.metrics_readers, &self.senders.inside];
        let texts =
            NETWORK_LISTS.iter().zip(lists).flat_map(|(key, list)| list.iter().map(|text| (*key, text)));
        texts.filter_map(|(key, text)| Some((key, text.as_str(), Network::parse(text).err()?))).next()
    }

    /// Connections for reading: as set, or four for each processor.
    pub fn readers(&self) -> u32 {
        let processors = || std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
        match self.store.readers {
            0 => u32::try_from(processors().saturating_mul(4)).unwrap_or(64).clamp(4, 64),
            set => set,
        }
    }
}

/// Why the settings cannot be used, and where the fault is.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{english}")]
pub struct ConfigError {
    pub chinese: String,
    pub english: String,
}

/// Settings together with their sources.
#[derive(Debug)]
pub struct Settings {
    pub config: Config,
    figment: Figment,
    /// The variable or flag that set a key.
    given: BTreeMap<String, String>,
}

/// One line of `jianxian config`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SettingRow {
    pub key: &'static str,
    pub value: String,
    /// `default`, a file, `JIANXIAN_…`, or `--flag`.
    pub from: String,
    pub about: &'static str,
}

impl SettingRow {
    /// The meaning in one language; both stand in it, parted by a dot.
    pub fn about_in(&self, language: Language) -> &'static str {
        let (chinese, english) = self.about.split_once(" · ").unwrap_or((self.about, self.about));
        language.pick(chinese, english)
    }
}

/// The typed value of a text from the environment or a flag; a text setting takes it as it is, and a list of
/// addresses may be separated by commas.
fn value_of(key: &str, text: &str) -> Value {
    if text_settings().contains(&key) {
        return Value::from(text);
    }
    if NETWORK_LISTS.contains(&key) && !text.trim_start().starts_with('[') {
        let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
        return Value::from(parts.map(Value::from).collect::<Vec<_>>());
    }
    text.parse().unwrap_or_else(|never| match never {})
}

fn text_settings() -> [&'static str; 10] {
    [
        "store.data",
        "store.database",
        "store.attachments",
        "store.read_database",
        "http.host",
        "log.level",
        "senders.file",
        "senders.smtp",
        "senders.mail_from",
        "senders.portal",
    ]
}

/// The name of a key in the environment: `http.port` is `JIANXIAN_HTTP_PORT`; the place has short names.
pub fn environment_name(key: &str) -> String {
    let key = key.strip_prefix("store.d").map_or(key, |_| key.trim_start_matches("store."));
    format!("JIANXIAN_{}", key.replace('.', "_").to_uppercase())
}

impl Settings {
    /// Loads the settings. `file` must exist if it is given; `environment` looks a variable up; `flags` are pairs of
    /// key and text. Variables that name no setting are ignored (clusters set their own, such as `JIANXIAN_PORT`).
    pub fn load(
        file: Option<&Path>,
        environment: impl Fn(&str) -> Option<String>,
        flags: &[(&str, String)],
    ) -> Result<Self, ConfigError> {
        let mut figment = Figment::from(Serialized::defaults(Config::default()));
        if let Some(path) = file {
            if !path.is_file() {
                return Err(ConfigError {
                    chinese: format!("找不到设置文件 {}。请核对路径。", path.display()),
                    english: format!("the settings file {} does not exist. Check the path.", path.display()),
                });
            }
            figment = figment.merge(Toml::file_exact(path));
        }
        let mut given = BTreeMap::new();
        for (key, _) in SETTINGS {
            let name = environment_name(key);
            if let Some(text) = environment(&name) {
                figment = figment.merge((*key, value_of(key, &text)));
                given.insert((*key).to_owned(), name);
            }
        }
        for (key, text) in flags {
            let name = format!("--{}", key.rsplit('.').next().unwrap_or(key).replace('_', "-"));
            figment = figment.merge((*key, value_of(key, text)));
            given.insert((*key).to_owned(), name);
        }
        let config: Config = figment.extract().map_err(|error| unusable(&error, &given))?;
        if let Some((key, least, most)) = config.out_of_bounds() {
            return Err(ConfigError {
                chinese: format!("设置 {key} 须在 {least} 至 {most} 之间。请更正。"),
                english: format!("the setting {key} must be from {least} to {most}. Correct it."),
            });
        }
        if let Some((key, text, fault)) = config.no_network() {
            return Err(ConfigError {
                chinese: format!(
                    "设置 {key} 里的“{text}”不能用：{}。请写成 10.0.0.1、10.0.0.0/8 或 2001:db8::/32 的样子。",
                    fault.chinese()
                ),
                english: format!(
                    "the setting {key} has \"{text}\" in it: {fault}. Write it like 10.0.0.1, 10.0.0.0/8 or \
                     2001:db8::/32."
                ),
            });
        }
        Ok(Settings { config, figment, given })
    }

    /// Every setting with its value and its source.
    pub fn rows(&self) -> Vec<SettingRow> {
        SETTINGS
            .iter()
            .map(|(key, about)| SettingRow {
                key,
                value: self
                    .figment
                    .find_value(key)
                    .map(|value| without_password(shown(&value)))
                    .unwrap_or_default(),
                from: self.from(key),
                about: about.trim(),
            })
            .collect()
    }

    fn from(&self, key: &str) -> String {
        if let Some(name) = self.given.get(key) {
            return name.clone();
        }
        let metadata = self.figment.find_metadata(key);
        let file = metadata.and_then(|metadata| metadata.source.as_ref()?.file_path());
        file.map_or_else(|| "default".to_owned(), |path| path.display().to_string())
    }
}

/// Hides the password of a database's address: `scheme://user:…@host`, and parameters that may contain one.
fn without_password(value: String) -> String {
    let from = value.rfind('@').unwrap_or(0);
    let rest = value.get(from..).unwrap_or_default();
    if let Some((before, parameters)) = rest.split_once('?').filter(|_| value.contains("://")) {
        let hide = |pair: &str| match pair.split_once('=') {
            Some((name, _)) if name.contains("password") => format!("{name}=***"),
            _ => pair.to_owned(),
        };
        let parameters: Vec<String> = parameters.split('&').map(hide).collect();
        let start = value.get(..from).unwrap_or_default();
        return without_user_password(format!("{start}{before}?{}", parameters.join("&")));
    }
    without_user_password(value)
}

fn without_user_password(value: String) -> String {
    let hidden = value.split_once("://").and_then(|(scheme, rest)| {
        let (user, host) = rest.rsplit_once('@')?;
        let (user, _) = user.split_once(':')?;
        Some(format!("{scheme}://{user}:***@{host}"))
    });
    hidden.unwrap_or(value)
}

fn shown(value: &Value) -> String {
    match value {
        Value::String(_, text) => text.clone(),
        other => serde_json::to_string(other).unwrap_or_default(),
    }
}

fn unusable(error: &figment::Error, given: &BTreeMap<String, String>) -> ConfigError {
    let key = error.path.join(".");
    let file = error.metadata.as_ref().and_then(|metadata| Some(metadata.source.as_ref()?.to_string()));
    let from = given.get(&key).cloned().or(file).unwrap_or_else(|| "?".to_owned());
    let key = if key.is_empty() { "?" } else { &key };
    ConfigError {
        chinese: format!("设置读不懂：{key}（来自 {from}）：{}。请用 jianxian config 核对。", error.kind),
        english: format!(
            "cannot read the setting {key} (from {from}): {}. Check it with jianxian config.",
            error.kind
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(
        file: Option<&str>,
        environment: &[(&str, &str)],
        flags: &[(&str, &str)],
    ) -> Result<Settings, ConfigError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("jianxian.toml");
        if let Some(text) = file {
            std::fs::write(&path, text).unwrap();
        }
        let look = |name: &str| {
            environment.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
        };
        let flags: Vec<_> = flags.iter().map(|(key, value)| (*key, (*value).to_owned())).collect();
        Settings::load(file.map(|_| path.as_path()), look, &flags)
    }

    #[test]
    fn the_last_one_wins_and_each_value_knows_its_source() {
        let settings = load(
            Some(
                "[http]\nport = 1\nhost = \"0.0.0.0\"\nbody_limit_bytes = 2048\n[times]\ncode_seconds = 2\n",
            ),
            &[
                ("JIANXIAN_HTTP_PORT", "2"),
                ("JIANXIAN_DATABASE", "12"),
                ("JIANXIAN_PORT", "tcp://10.0.0.1:80"),
            ],
            &[("http.port", "3")],
        )
        .unwrap();
        assert_eq!(settings.config.http.port, 3);
        assert_eq!((settings.config.times.code_seconds, settings.config.http.body_limit_bytes), (2, 2048));
        assert_eq!(settings.config.database_url(), "12");
        let rows = settings.rows();
        let from = |key: &str| rows.iter().find(|row| row.key == key).unwrap().from.clone();
        assert_eq!(from("http.port"), "--port");
        assert_eq!(from("store.database"), "JIANXIAN_DATABASE");
        assert!(from("http.host").ends_with("jianxian.toml"), "{}", from("http.host"));
        assert_eq!(from("http.workers"), "default");
        assert_eq!(rows.len(), SETTINGS.len());
    }

    #[test]
    fn the_password_of_a_database_is_not_listed() {
        let url = "postgres://bank:p@ss:word@db.example:5432/jianxian";
        let settings = load(None, &[("JIANXIAN_DATABASE", url)], &[]).unwrap();
        assert_eq!(settings.config.database_url(), url);
        let rows = settings.rows();
        let row = rows.iter().find(|row| row.key == "store.database").unwrap();
        assert_eq!(row.value, "postgres://bank:***@db.example:5432/jianxian");
    }

    #[test]
    fn a_mistake_is_told_with_its_key_and_place() {
        let typo = load(Some("[http]\nprot = 1\n"), &[], &[]).unwrap_err();
        assert!(typo.english.contains("prot") && typo.english.contains("jianxian.toml"), "{typo}");
        let kind = load(None, &[("JIANXIAN_HTTP_PORT", "many")], &[]).unwrap_err();
        assert!(kind.english.contains("http.port") && kind.english.contains("JIANXIAN_HTTP_PORT"), "{kind}");
        let bounds = load(None, &[], &[("times.code_seconds", "0")]).unwrap_err();
        assert_eq!(bounds.chinese, "设置 times.code_seconds 须在 1 至 86400 之间。请更正。");
        let absent = Settings::load(Some(Path::new("/nowhere.toml")), |_| None, &[]).unwrap_err();
        assert!(absent.english.contains("/nowhere.toml"));
    }

    #[test]
    fn addresses_are_checked_when_the_settings_are_read() {
        let typo = load(Some("[http]\nproxies = [\"10.0.0.1\", \"10.0.0.0/33\"]\n"), &[], &[]).unwrap_err();
        assert_eq!(
            typo.chinese,
            "设置 http.proxies 里的“10.0.0.0/33”不能用：斜杠后面的位数应为 0 至 32。请写成 10.0.0.1、10.0.0.0/8 或 2001:db8::/32 的样子。"
        );
        let name = load(None, &[("JIANXIAN_HTTP_METRICS_READERS", "localhost")], &[]).unwrap_err();
        assert!(
            name.english.contains("http.metrics_readers") && name.english.contains("\"localhost\""),
            "{name}"
        );
        let proxies = |text| load(None, &[("JIANXIAN_HTTP_PROXIES", text)], &[]).unwrap().config.http.proxies;
        for text in ["10.0.0.1, ::ffff:10.0.0.2", "[\"10.0.0.1\", \"::ffff:10.0.0.2\"]"] {
            assert_eq!(proxies(text), ["10.0.0.1", "::ffff:10.0.0.2"], "{text}");
        }
        assert_eq!(proxies(""), Vec::<String>::new());
    }

    #[test]
    fn the_defaults_are_usable() {
        let settings = load(None, &[], &[]).unwrap();
        assert_eq!(settings.config, Config::default());
        assert_eq!(settings.config.database_url(), "sqlite:data/jianxian.db");
    }
}
