//! The goals, and the baselines that they are ratios of, measured in one run on one machine.

mod bank;
pub mod baseline;
mod client;
mod desk;
mod disk;
mod figures;
pub mod generator;
mod goal_table;
mod ground;
mod histogram;
mod home;
mod load;
mod machine;
mod phases;
mod report;
mod served;
mod subject;
mod town;

use bank::ServedBank;
use baseline::{Transfer, Way};
use clap::Parser;
use figures::{Measuring, Scale, loaded};
use goal_table::{Figures, Findings, Run};
use ground::Ground;
use histogram::Histogram;
use home::{Engine, Home};
use jianxian::cli::ending::Failure;
use jianxian::cli::output::Output;
use jianxian::clock::Clock;
use jianxian::domain::language::Language;
use load::Plan;
use machine::Machine;
use report::Report;
use std::path::PathBuf;
use std::time::{Duration, Instant};
use subject::{Accounts, Baseline, Keys, Pattern, Subject};

/// 测量性能并与目标对照 · measure, and compare with the goals
#[derive(Debug, Parser)]
#[command(name = "cargo bench --", version)]
pub struct Bench {
    /// 语言 · language of sentences: zh, en
    #[arg(long, env = "JIANXIAN_LANG", value_parser = jianxian::cli::language, default_value = "zh")]
    pub lang: Language,
    /// 输出一份 JSON · print one JSON document instead of tables
    #[arg(long)]
    pub json: bool,
    /// 测量用的文件夹（在要测的磁盘上）· folder to measure in, on the disk that matters
    #[arg(long, default_value = "data")]
    data: PathBuf,
    /// 在这个 PostgreSQL 数据库里测量（新建自己的模式，用完删除）· measure in this PostgreSQL database, in schemas of its own
    #[arg(long)]
    database: Option<String>,
    /// 冒烟：很短，数字不可用 · a smoke run: short, its figures mean nothing
    #[arg(long)]
    quick: bool,
    /// Passed by `cargo bench`; without it, as under `cargo test`, a run is a smoke run.
    #[arg(long, hide = true)]
    bench: bool,
    /// 每点秒数 · seconds for each point of the table
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u64).range(1..=600))]
    seconds: u64,
    /// 轮数，取中位 · rounds, of which the median counts
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=99))]
    rounds: u32,
    /// 并发连接数 · numbers of connections
    #[arg(long, value_delimiter = ',', default_values_t = [1, 16, 128, 500])]
    connections: Vec<u16>,
    /// 账户数 · accounts that the transfers touch
    #[arg(long, default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(2..=1_000_000))]
    accounts: u32,
    /// 账本长到多少笔 · entries to which the book grows
    #[arg(long, default_value_t = 1_000_000, value_parser = clap::value_parser!(u32).range(1..=1_000_000_000))]
    postings: u32,
}

/// The maximum number of requests of one point of the table.
const MOST_REQUESTS: u64 = 5_000_000;

impl Bench {
    /// Measures everything; removes what it created.
    pub fn measure(&self) -> Result<Report, Failure> {
        let output = &Output { language: self.lang, json: self.json };
        let home = Home::make(&self.data, self.database.as_deref())?;
        let server = home.server_description()?;
        let machine = Machine { server, ..Machine::of(home.folder()) };
        if machine.disk_is_memory() {
            output.remark(
                "这个文件夹在内存里，提交不花时间：请用 --data 指到真正的磁盘。",
                "this folder is in memory, where commits are free: point --data at a real disk.",
            );
        }
        let sync =
            disk::sync_rate(home.folder(), self.point()).map_err(|e| Failure::file(home.folder(), &e))?;
        let server_sync = home.server_sync_rate(self.point())?;
        let accounts = Accounts::new(self.accounts());
        let bare_commit = bare_commit(&accounts, &home, self.point())?;
        let mut figures = Figures { bare_commit_p50_micros: Some(bare_commit), ..Figures::default() };
        let runs = self.transfers(&home, &accounts, &mut figures, output)?;
        let measuring = Measuring { scale: self.scale(), output };
        measuring.use_cases(&home, &mut figures)?;
        measuring.growth(&home, &mut figures)?;
        let findings = Findings { engine: home.engine(), runs, figures };
        Ok(Report::new(machine, [Some(sync), server_sync], findings, self.quick()))
    }

    fn quick(&self) -> bool {
        self.quick || !self.bench
    }

    fn point(&self) -> Duration {
        if self.quick() { Duration::from_millis(200) } else { Duration::from_secs(self.seconds) }
    }

    fn connections(&self) -> Vec<usize> {
        let most = if self.quick() { 2 } else { usize::MAX };
        self.connections.iter().map(|n| usize::from(*n).max(1)).take(most).collect()
    }

    fn accounts(&self) -> u32 {
        if self.quick() { self.accounts.min(100) } else { self.accounts }
    }

    fn rounds(&self) -> u32 {
        if self.quick() { 1 } else { self.rounds }
    }

    fn scale(&self) -> Scale {
        let quick = |small: u32, whole: u32| if self.quick() { small.min(whole) } else { whole };
        Scale {
            accounts: self.accounts(),
            members: self.accounts(),
            bulk_rows: quick(100, 10_000),
            grid_rows: quick(20, 500),
            history: quick(100, 10_000),
            small: u64::from(quick(1_000, 50_000)),
            grown: u64::from(quick(2_000, self.postings)),
            connections: self.connections().into_iter().max().unwrap_or(1),
            point: self.point(),
            rounds: self.rounds(),
        }
    }

    /// The baselines and the bank side by side; afterwards checks that each has done the work that it acknowledged.
    fn transfers(
        &self,
        home: &Home,
        accounts: &Accounts,
        figures: &mut Figures,
        output: &Output,
    ) -> Result<Vec<Run>, Failure> {
        let mut subjects: Vec<Box<dyn Subject>> = vec![
            Box::new(Baseline::http_alone(accounts)?),
            Box::new(Baseline::plain(accounts, home, Way::Transaction)?),
        ];
        if home.engine() == Engine::Postgres {
            subjects.push(Box::new(Baseline::plain(accounts, home, Way::Function)?));
        }
        let ground = Ground::prepare(home.database("transfers")?, self.accounts(), 2)?;
        subjects.push(Box::new(ServedBank::start(ground)?));
        let runs = self.loads(&subjects, figures, output)?;
        for subject in subjects {
            subject.finish()?;
        }
        Ok(runs)
    }

    /// Every subject under every load. The subjects take turns within a round, so that other load on the machine
    /// slows all.
    fn loads(
        &self,
        subjects: &[Box<dyn Subject>],
        figures: &mut Figures,
        output: &Output,
    ) -> Result<Vec<Run>, Failure> {
        let mut runs = Vec::new();
        for pattern in [Pattern::Hot, Pattern::Uniform] {
            for connections in self.connections() {
                let mut measured = vec![Vec::new(); subjects.len()];
                for _ in 0..self.rounds() {
                    for (subject, rounds) in subjects.iter().zip(&mut measured) {
                        rounds.push(self.one_load(subject.as_ref(), pattern, connections)?);
                        figures.resident_mebibytes =
                            figures.resident_mebibytes.max(subject.resident_mebibytes());
                    }
                }
                for (subject, mut rounds) in subjects.iter().zip(measured) {
                    rounds.sort_by(|a, b| a.per_second.total_cmp(&b.per_second));
                    let Some(measured) = rounds.get(rounds.len() / 2).cloned() else { continue };
                    let said =
                        format!("{} {pattern:?} {connections}: {:.0}/s", subject.name(), measured.per_second);
                    output.remark(&said, &said);
                    runs.push(Run { subject: subject.name(), pattern, connections, measured });
                }
            }
        }
        Ok(runs)
    }

    fn one_load(
        &self,
        subject: &dyn Subject,
        pattern: Pattern,
        connections: usize,
    ) -> Result<load::Measured, Failure> {
        let plan =
            Plan { connections, requests: MOST_REQUESTS, duration: self.point(), warm_up: self.point() / 5 };
        loaded(subject, plan, subject.transfers(pattern))
    }
}

/// Median time of one plain transfer in one transaction, without HTTP, in microseconds.
fn bare_commit(accounts: &Accounts, home: &Home, duration: Duration) -> Result<u64, Failure> {
    let database = home.database("bare")?;
    let plain = database.baseline(accounts, Way::Transaction)?;
    let (clock, mut keys, mut histogram) = (Clock::default(), Keys::new(3), Histogram::default());
    let until = Instant::now() + duration;
    let mut held = accounts.held.iter().cycle();
    while let Some(credit) = held.next().filter(|_| Instant::now() < until) {
        let transfer = Transfer {
            key: keys.fresh().to_string(),
            debit_account: accounts.issuing,
            credit_account: *credit,
            amount: 100,
        };
        let from = Instant::now();
        plain.transfer(&transfer, clock.now()).map_err(|e| Failure::machine("bare commit", e))?;
        histogram.record(from.elapsed());
    }
    Ok(load::micros(histogram.percentile(50)))
}
