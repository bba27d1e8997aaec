//! `demo`: a sample bank with a year of data, made through the same use cases as the interface's, and served at once.

use super::configured::Configured;
use super::ending::{Ending, Failure};
use super::head::lines as head_lines;
use super::output::{Output, table};
use super::place::{Place, block_on, closing};
use super::serve::{options, run as serve, services as services_of};
use crate::clock::Clock;
use crate::config::Config;
use crate::domain::id::BankId;
use crate::domain::time::Day;
use crate::ids::Ids;
use crate::services::Services;
use crate::services::demo::setup::{LogIn, PASSWORD, log_ins};
use crate::services::demo::{NOTICE, Plan, ZONE, perform};
use crate::store::banks::Bank;
use crate::store::banks::discard_samples;
use crate::store::files::{Files, Folder};
use crate::store::maintenance::attachments::carry;
use crate::store::maintenance::audit::heads;
use crate::store::maintenance::copy::copy;
use crate::store::{Database, OpenError, Options, Store, Upgrade};
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

/// The sample banks: short name, name, what it shows.
const BANKS: [(&str, &str, &str); 1] = [(
    "jianxian",
    "涧贤银行",
    "区 → 街道 → 社区 → 小区，四类社区，爱心商家，十二个月的服务与兑换 · a district with twelve months of service and redeeming",
)];

/// 演示银行：生成一年的示例数据并开始服务 · a sample bank with a year of made-up life, served at once
#[derive(Debug, Args)]
pub struct Demo {
    #[command(flatten)]
    pub configured: Configured,
    /// 监听端口，0 为任选 · port, 0: any free one
    #[arg(long)]
    pub port: Option<u16>,
    /// 演示银行的短名 · which sample bank
    #[arg(long, default_value = "jianxian")]
    pub bank: String,
    /// 列出演示银行 · list the sample banks
    #[arg(long)]
    pub list: bool,
    /// 同一种子得到同一账本 · the same seed makes the same ledger
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// 示例数据的最后一天，默认昨天 · last day of the sample year, yesterday unless given
    #[arg(long, value_parser = day)]
    pub until: Option<Day>,
    /// 丢弃已有的演示银行，重新生成 · throw an existing sample bank away and make it anew
    #[arg(long)]
    pub fresh: bool,
}

fn day(text: &str) -> Result<Day, String> {
    Day::parse(text).ok_or_else(|| "请写成 YYYY-MM-DD · write YYYY-MM-DD".to_owned())
}

impl Demo {
    pub fn run(self, output: &Output) -> Result<Ending, Failure> {
        if self.list {
            return Ok(list(output));
        }
        if !BANKS.iter().any(|(slug, ..)| *slug == self.bank) {
            return Err(Failure::new(
                Ending::Usage,
                format!("没有名为 {} 的演示银行。用 jianxian demo --list 看有哪些。", self.bank),
                format!("there is no sample bank {}. See jianxian demo --list.", self.bank),
            ));
        }
        let flags: Vec<_> = self.port.map(|port| ("http.port", port.to_string())).into_iter().collect();
        let settings = self.configured.load(&flags)?;
        let config = settings.config.clone();
        let place = Place::of(&config);
        std::fs::create_dir_all(&place.data).map_err(|e| Failure::file(&place.data, &e))?;
        let database = Database::parse(&place.url())?;
        database.make_folder()?;
        let made = holds_a_sample(&place, &config)?;
        if !made || self.fresh {
            self.make(output, &place, &config, &database)?;
        } else {
            output.remark(
                "打开已有的演示银行（--fresh 可重新生成）。",
                "opening the sample bank that is there (--fresh makes it anew).",
            );
        }
        let heads = heads(&place.url())?.banks;
        output.print(&heads, || head_lines(&heads));
        closing(Store::open(&place.url(), &options(&config), Clock::System)?, |store| {
            let services = services_of(store, &place, &config, Ids::System)?;
            let logins = banner(output, &services, BankId(1))?;
            serve(output, services, &settings, &[logins])
        })
    }

    /// Builds the bank in a temporary file, which replaces the target, or is copied there, once it is complete.
    fn make(
        &self,
        output: &Output,
        place: &Place,
        config: &Config,
        database: &Database,
    ) -> Result<(), Failure> {
        let started = Instant::now();
        let until = self.until.unwrap_or_else(|| Plan::last_day(Clock::System.now().day(ZONE)));
        let plan = Plan::new(self.seed, until)?;
        let in_folder = place.data.join("demo.db");
        let building = beside(database.file().unwrap_or(&in_folder), "building");
        remove(&building)?;
        let folder = Folder::beside(&building);
        remove_folder(&folder)?;
        let clock = Clock::manual(until.plus(-365).start(ZONE));
        let options = Options { readers: config.readers(), durable: false, ..Options::default() };
        let url = format!("sqlite:{}", building.display());
        let store = Store::open(&url, &options, clock.clone())?;
        let (slug, name, _) = BANKS[0];
        let bank = Bank {
            id: BankId(1),
            slug: slug.into(),
            name: name.into(),
            zone: ZONE.to_string(),
            sample: true,
        };
        store.create_bank(&bank)?;
        let mut services = services_of(&store, place, config, Ids::seeded(self.seed))?;
        let files = Files::from(folder.clone());
        services.files = Arc::new(files.clone());
        output.remark(
            &format!("正在生成演示银行“{name}”：{} 个户头，{} 条服务记录……", plan.holders(), plan.records()),
            &format!(
                "making the sample bank {name}: {} holders, {} service records ...",
                plan.holders(),
                plan.records()
            ),
        );
        let bar = ProgressBar::new(0).with_style(
            ProgressStyle::with_template("{bar:40} {percent}%")
                .unwrap_or_else(|_| ProgressStyle::default_bar()),
        );
        let shown = |done: usize, all: usize| {
            bar.set_length(u64::try_from(all).unwrap_or(0));
            bar.set_position(u64::try_from(done).unwrap_or(0));
        };
        let tally = block_on(perform(&services, &clock, bank.id, &plan, &shown))?;
        bar.finish_and_clear();
        let stopped = store.stop();
        drop((services, store));
        let tally = tally?;
        stopped?;
        // The attachments are copied before the database that names them is put in place, so an interruption loses none.
        // File names are digests of the contents and cannot collide; the job for orphaned files removes those of an
        // earlier sample bank.
        carry(&Database::Sqlite(building.clone()), &files, &place.files()?)?;
        remove_folder(&folder)?;
        match database.file() {
            Ok(file) => publish(&building, file)?,
            Err(_) => {
                discard_samples(database)?;
                copy(&url, &place.url(), true, &mut |_| ControlFlow::Continue(()))?;
                remove(&building)?;
            }
        }
        let counted: Vec<String> = tally.iter().map(|(what, count)| format!("{what} {count}")).collect();
        let (counted, seconds) = (counted.join(", "), started.elapsed().as_secs_f32());
        output.remark(
            &format!("生成完毕，用时 {seconds:.1} 秒（{counted}）。"),
            &format!("made in {seconds:.1} s ({counted})."),
        );
        Ok(())
    }
}

fn list(output: &Output) -> Ending {
    output.print(&BANKS, || {
        let rows =
            BANKS.iter().map(|(slug, name, about)| vec![(*slug).into(), (*name).into(), (*about).into()]);
        table(&output.language.pick(["短名", "名称", "说明"], ["name", "title", "about"]), rows.collect())
    });
    Ending::Done
}

/// Whether the place has a sample bank. A bank with people's real points is refused: it is never opened as a sample,
/// and never discarded.
fn holds_a_sample(place: &Place, config: &Config) -> Result<bool, Failure> {
    let options = Options { upgrade: Upgrade::No, ..options(config) };
    let store = match Store::open(&place.url(), &options, Clock::System) {
        Err(OpenError::Missing(_) | OpenError::Unfinished(_)) => return Ok(false),
        opened => opened?,
    };
    let name = store.database().clone();
    let banks = closing(store, |store| Ok(block_on(store.banks())??))?;
    if banks.iter().all(|bank| bank.sample) {
        return Ok(!banks.is_empty());
    }
    Err(Failure::new(
        Ending::Refused,
        format!("{name} 里是真实的银行，不是演示数据，没有动它。请用 --data 或 --database 指定另一处。"),
        format!(
            "{name} holds a real bank, no sample, and was left alone. Name another place with --data or --database."
        ),
    ))
}

fn beside(file: &Path, ending: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".");
    name.push(ending);
    name.into()
}

/// Removes a database with its log, if it exists.
fn remove(file: &Path) -> Result<(), Failure> {
    for ending in ["", "-wal", "-shm"] {
        let mut name = file.as_os_str().to_owned();
        name.push(ending);
        match std::fs::remove_file(&name) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(Failure::file(Path::new(&name), &error));
            }
            _ => {}
        }
    }
    Ok(())
}

/// Removes the attachments of an unfinished bank.
fn remove_folder(folder: &Folder) -> Result<(), Failure> {
    match std::fs::remove_dir_all(folder.path()) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(Failure::file(folder.path(), &error))
        }
        _ => Ok(()),
    }
}

/// Moves the finished file into place, durably.
fn publish(building: &Path, file: &Path) -> Result<(), Failure> {
    let failed = |error: std::io::Error| Failure::file(building, &error);
    std::fs::File::open(building).and_then(|opened| opened.sync_all()).map_err(failed)?;
    remove(file)?;
    std::fs::rename(building, file).map_err(failed)?;
    remove(building)
}

/// The banner: the logins of the sample bank and their password.
fn banner(output: &Output, services: &Services, bank: BankId) -> Result<String, Failure> {
    let rows = block_on(log_ins(services, bank))??;
    let rows = rows.into_iter().map(|LogIn { role, login, name }| vec![role, login, name]);
    let headings = output.language.pick(["角色", "登录名", "姓名"], ["role", "login", "name"]);
    let logins = table(&headings, rows.collect());
    Ok(output.language.pick(
        format!("{logins}\n{NOTICE}。以上登录名的口令都是：{PASSWORD}"),
        format!("{logins}\nSample data, all made up ({NOTICE}). The password of each login: {PASSWORD}"),
    ))
}
