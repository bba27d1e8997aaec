//! `serve`: opens or creates the database, and serves until it is stopped.

use super::configured::Configured;
use super::ending::{Ending, Failure};
use super::log;
use super::output::Output;
use super::place::{Place, block_on, closing};
use crate::api::web::edge::State;
use crate::auth::Authority;
use crate::auth::authority::secrets_of;
use crate::clock::Clock;
use crate::config::{Config, Settings};
use crate::domain::id::BankId;
use crate::ids::Ids;
use crate::jobs::Jobs;
use crate::jobs::sending::Sending;
use crate::portal;
use crate::senders::Senders;
use crate::services::{Error, Services};
use crate::store::banks::Bank;
use crate::store::{Database, Options, Store, Upgrade};
use clap::Args;
use std::sync::Arc;
use std::time::Duration;

/// 提供服务；没有数据库就新建一个空的银行 · serve; an empty bank is made where there is none
#[derive(Debug, Args)]
pub struct Serve {
    #[command(flatten)]
    pub configured: Configured,
    /// 监听地址 · address to listen on
    #[arg(long)]
    pub host: Option<String>,
    /// 监听端口，0 为任选 · port, 0: any free one
    #[arg(long)]
    pub port: Option<u16>,
    /// 日志文件（-wal）丢失时仍然启动：只存在日志里的几笔不再找得回来 · start although the log is missing: what stood only there is lost
    #[arg(long)]
    pub without_log: bool,
    /// 新银行的名称 · name of a new bank
    #[arg(long, default_value = "积分银行")]
    pub name: String,
    /// 新银行的时区 · time zone of a new bank
    #[arg(long, default_value = "Asia/Shanghai")]
    pub zone: String,
}

impl Serve {
    pub fn run(self, output: &Output) -> Result<Ending, Failure> {
        let mut flags = Vec::new();
        flags.extend(self.host.clone().map(|host| ("http.host", host)));
        flags.extend(self.port.map(|port| ("http.port", port.to_string())));
        let settings = self.configured.load(&flags)?;
        let config = settings.config.clone();
        let place = Place::of(&config);
        std::fs::create_dir_all(&place.data).map_err(|e| Failure::file(&place.data, &e))?;
        let options = Options { without_log: self.without_log, ..options(&config) };
        closing(Store::open(&place.url(), &options, Clock::System)?, |store| {
            if block_on(store.banks())?.map_err(Failure::from)?.is_empty() {
                let (name, zone) = (self.name, self.zone);
                let bank = Bank { id: BankId(1), slug: "main".into(), name, zone, sample: false };
                let made = store.create_bank(&bank);
                // Another server may have created it concurrently.
                if block_on(store.banks())?.map_err(Failure::from)?.is_empty() {
                    made?;
                }
            }
            let services = services(store, &place, &config, Ids::System)?;
            let lines = block_on(first_lines(&services, output))?.map_err(Failure::from)?;
            run(output, services, &settings, &lines)
        })
    }
}

/// How the first administrator of each empty bank signs in. `{address}` is replaced by the server's address.
async fn first_lines(services: &Services, output: &Output) -> Result<Vec<String>, Error> {
    let mut lines = Vec::new();
    for bank in services.store.banks().await? {
        let Some(token) = services.first_token(bank.id).await? else { continue };
        let name = output.language.pick("示例街道", "Sample Street");
        let body = serde_json::json!({ "bank": bank.slug, "token": token, "org_kind": "street", "org_code": "S01",
            "org_name": name, "login": "admin", "name": name, "password": output.language.pick("请改成不少于十五个字的口令", "at least 15!") });
        lines.push(output.language.pick(
            format!(
                "“{}”还没有用户。请在浏览器里打开下面的地址，设首位管理员（只能用一次，重启后更换）：\nhttp://{{address}}/setup?token={token}\n\
                 或用程序：把引号里的内容改成自己的。", bank.name),
            format!(
                "\"{}\" has no users yet. Open this address in a browser and make the first administrator (it works once, and \
                 changes with every start):\nhttp://{{address}}/setup?token={token}\nOr by program: change what stands in quotes.", bank.name),
        ));
        lines.push(format!(
            "curl -X POST http://{{address}}/v1/auth/first-administrator -H 'Content-Type: application/json' -d '{body}'"
        ));
    }
    Ok(lines)
}

/// The options of a server's store.
pub fn options(config: &Config) -> Options {
    let replica = config.store.read_database.as_str();
    Options {
        upgrade: Upgrade::Yes,
        readers: config.readers(),
        read_database: (!replica.is_empty()).then(|| replica.to_owned()),
        queue: config.store.queue,
        slow_milliseconds: config.store.slow_milliseconds,
        commit_delay: Duration::from_millis(config.store.commit_delay_milliseconds),
        serves: true,
        ..Options::default()
    }
}

/// The message when the program ends before all of its log is in the database file.
fn log_is_needed(database: &Database, error: &Error) -> Failure {
    let Ok(file) = database.file() else {
        return Failure::machine("stop", error);
    };
    let file = file.display();
    Failure::new(
        Ending::Refused,
        format!(
            "已停止，但日志没能全部写回数据库文件，可能有别的程序还在读它。请让 {file} 和 {file}-wal 放在一起，不要只复制其中一个；\
             等那个程序结束后，再启动、停止一次即可。"
        ),
        format!(
            "stopped, but the log could not be written back into the database file wholly ({error}). Keep {file} and \
             {file}-wal together, and copy neither alone; once the other program has ended, start and stop again."
        ),
    )
}

/// The use cases over an open store, with the keys of its folder.
pub fn services(store: &Store, place: &Place, config: &Config, ids: Ids) -> Result<Services, Failure> {
    let secrets = block_on(secrets_of(store, &place.data))?
        .map_err(|error| Failure::new(Ending::Refused, error.chinese(), error.to_string()))?;
    let authority = Authority::new(secrets, &config.sign_in)
        .map_err(|error| Failure::new(Ending::Refused, error.chinese(), error.to_string()))?;
    let senders = Senders::new(&config.senders).map_err(|key| {
        Failure::new(
            Ending::Refused,
            format!("设置 {key} 不能用。邮件服务器写成 smtps://用户:口令@主机，发件人写成一个邮箱地址。"),
            format!(
                "the setting {key} cannot be used: write the mail server like smtps://user:password@host, and the sender \
                 as a mail address"
            ),
        )
    })?;
    let mut services = Services::new(store.clone(), ids, authority);
    services.senders = Arc::new(senders);
    services.files = Arc::new(place.files()?);
    Ok(services)
}

/// Serves until a signal, then finishes what is queued. `lines` are printed once the server listens, with its address
/// for `{address}`.
pub fn run(
    output: &Output,
    services: Services,
    settings: &Settings,
    lines: &[String],
) -> Result<Ending, Failure> {
    let config = settings.config.clone();
    log::start(&config);
    let metrics = metrics_exporter_prometheus::PrometheusBuilder::new().install_recorder().ok();
    let store = services.store.clone();
    let jobs = Jobs::start(services.clone(), config.times.jobs_seconds, config.times.answer_days);
    let sending = Sending::start(services.clone(), config.times.jobs_seconds);
    let mut state = State::new(services, config, metrics);
    state.settings = settings.rows();
    let mut running = portal::start(state, true).map_err(|error| Failure::machine("listen", error))?;
    let address = running.address;
    for line in lines.iter().map(|line| line.replace("{address}", &address.to_string())) {
        output.remark(&line, &line);
    }
    output.remark(
        &format!("已开始服务：http://{address}（接口说明 /docs，按 Ctrl+C 停止）"),
        &format!("serving on http://{address} (interface: /docs, Ctrl+C stops)"),
    );
    running.wait();
    jobs.stop();
    sending.stop();
    let stopped = store.stop();
    log::write_out();
    stopped.map_err(|error| log_is_needed(store.database(), &error))?;
    output.remark("已停止，排队的请求都已写完。", "stopped; everything that was queued is written.");
    Ok(Ending::Done)
}
