//! `serve`: opens or makes the database, and serves until it is told to stop.

use super::ending::{Ending, Failure};
use super::output::Output;
use super::place::{Place, block_on};
use crate::api::edge::State;
use crate::api::server;
use crate::auth::Authority;
use crate::auth::authority::secrets_of;
use crate::clock::Clock;
use crate::config::{Config, Settings};
use crate::domain::calendar::Calendar;
use crate::domain::id::BankId;
use crate::ids::Ids;
use crate::jobs::Jobs;
use crate::services::Services;
use crate::store::banks::Bank;
use crate::store::{Options, Store, Upgrade};
use clap::Args;
use std::path::PathBuf;
use std::sync::Arc;

/// 提供服务；没有数据库就新建一个空的银行 · serve; an empty bank is made where there is none
#[derive(Debug, Args)]
pub struct Serve {
    #[command(flatten)]
    pub place: Place,
    /// 设置文件 · settings file (default: jianxian.toml in the data folder, if there is one)
    #[arg(long)]
    pub config: Option<PathBuf>,
    /// 监听地址 · address to listen on
    #[arg(long)]
    pub host: Option<String>,
    /// 监听端口，0 为任选 · port, 0: any free one
    #[arg(long)]
    pub port: Option<u16>,
    /// 新银行的名称 · name of a new bank
    #[arg(long, default_value = "积分银行")]
    pub name: String,
    /// 新银行的时区 · time zone of a new bank
    #[arg(long, default_value = "Asia/Shanghai")]
    pub zone: String,
}

impl Serve {
    pub fn run(self, output: &Output) -> Result<Ending, Failure> {
        let settings = self.settings()?;
        std::fs::create_dir_all(&self.place.data).map_err(|e| Failure::file(&self.place.data, &e))?;
        let store = Store::open(&self.place.url(), &options(&settings.config), Clock::System)?;
        let services = services(&store, &self.place, &settings.config, Ids::System)?;
        if block_on(store.banks())?.map_err(Failure::from)?.is_empty() {
            let bank =
                Bank { id: BankId(1), slug: "main".into(), name: self.name, zone: self.zone, sample: false };
            store.create_bank(&bank)?;
        }
        let mut lines = Vec::new();
        for bank in block_on(store.banks())?? {
            if let Some(token) = block_on(services.first_token(bank.id))?? {
                lines.push(first_line(&settings.config, &token));
            }
        }
        run(output, services, settings.config, &lines)
    }

    /// Defaults, file, environment, flags.
    fn settings(&self) -> Result<Settings, Failure> {
        let in_folder = self.place.data.join("jianxian.toml");
        let file = self.config.clone().or_else(|| in_folder.is_file().then_some(in_folder));
        let mut flags = Vec::new();
        flags.extend(self.host.clone().map(|host| ("http.host", host)));
        flags.extend(self.port.map(|port| ("http.port", port.to_string())));
        Settings::load(file.as_deref(), |name| std::env::var(name).ok(), &flags)
            .map_err(|error| Failure::new(Ending::Usage, error.chinese, error.english))
    }
}

/// The command with which the first administrator of an empty bank comes in.
fn first_line(config: &Config, token: &str) -> String {
    let body = serde_json::json!({
        "token": token, "org_kind": "district", "org_code": "root", "org_name": "总部", "login": "admin",
        "name": "管理员", "password": "请改成不少于十五个字的口令",
    });
    format!(
        "这家银行还没有人。第一位管理员（口令请自定，一次有效）· first administrator, works once:\n\
         curl -s http://{}:{}/v1/auth/first-administrator -H 'Content-Type: application/json' -d '{body}'",
        config.http.host, config.http.port
    )
}

/// How the store is opened for a server.
pub fn options(config: &Config) -> Options {
    Options { upgrade: Upgrade::Yes, readers: config.store.readers, queue: config.store.queue, durable: true }
}

/// The use cases over an open store, with the keys of its folder.
pub fn services(store: &Store, place: &Place, config: &Config, ids: Ids) -> Result<Services, Failure> {
    let secrets = block_on(secrets_of(store, &place.data))?
        .map_err(|error| Failure::new(Ending::Refused, error.chinese(), error.to_string()))?;
    let authority = Authority::new(secrets, &config.sign_in)
        .map_err(|error| Failure::new(Ending::Refused, error.chinese(), error.to_string()))?;
    let calendar = Arc::new(Calendar::official().clone());
    Ok(Services { store: store.clone(), ids, calendar, authority: Arc::new(authority) })
}

/// Serves until a signal, then finishes what is queued. `lines` are printed once the server listens.
pub fn run(output: &Output, services: Services, config: Config, lines: &[String]) -> Result<Ending, Failure> {
    log_to_standard_error(&config);
    let metrics = metrics_exporter_prometheus::PrometheusBuilder::new().install_recorder().ok();
    let store = services.store.clone();
    let jobs = Jobs::start(services.clone(), config.times.jobs_seconds);
    let state = State::new(services, config, metrics);
    let mut running = server::start(state, true).map_err(|error| Failure::machine("listen", error))?;
    for line in lines {
        output.remark(line, line);
    }
    let address = running.address;
    output.remark(
        &format!("已开始服务：http://{address}（接口说明 /docs，按 Ctrl+C 停止）"),
        &format!("serving on http://{address} (interface: /docs, Ctrl+C stops)"),
    );
    running.wait();
    jobs.stop();
    store.stop();
    output.remark("已停止，排队的请求都已写完。", "stopped; everything that was queued is written.");
    Ok(Ending::Done)
}

fn log_to_standard_error(config: &Config) {
    let filter = tracing_subscriber::EnvFilter::new(&config.log.level);
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // A second start in one process keeps the first log.
    let _kept = match config.log.format {
        crate::config::LogFormat::Json => builder.json().try_init(),
        crate::config::LogFormat::Text => builder.try_init(),
    };
}
