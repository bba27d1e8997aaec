//! `jianxian bench`: the goals, and the floors that they are ratios of, measured in one run on one machine.

mod bank;
mod client;
mod disk;
mod figures;
mod goals;
mod ground;
mod histogram;
mod load;
mod machine;
mod report;
mod served;
mod subject;

use super::ending::{Ending, Failure};
use super::output::Output;
use crate::clock::Clock;
use crate::store::floor::PlainTransfer;
use bank::ServedBank;
use clap::Args;
use figures::{Measuring, Scale, loaded};
use goals::{Figures, Findings, Run};
use ground::Ground;
use histogram::Histogram;
use load::Plan;
use report::Report;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};
use subject::{Accounts, Floor, Keys, Pattern, Subject};

/// 测量性能并与目标对照 · measure, and compare with the goals
#[derive(Debug, Args)]
pub struct Bench {
    /// 测量用的文件夹（在要测的磁盘上）· folder to measure in, on the disk that matters
    #[arg(long, default_value = "data")]
    data: PathBuf,
    /// 冒烟：很短，数字不可用 · a smoke run: short, its figures mean nothing
    #[arg(long)]
    quick: bool,
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

/// No point of the table sends more, however fast the server is.
const MOST_REQUESTS: u64 = 5_000_000;

impl Bench {
    pub fn run(&self, output: &Output) -> Result<Ending, Failure> {
        let folder = Workplace::make(&self.data)?;
        let machine = machine::Machine::of(&folder.0);
        if machine.disk_is_memory() {
            output.remark(
                "这个文件夹在内存里，提交不花时间：请用 --data 指到真正的磁盘。",
                "this folder is in memory, where commits are free: point --data at a real disk.",
            );
        }
        let sync = disk::sync_rate(&folder.0, self.point()).map_err(|e| Failure::file(&folder.0, &e))?;
        let accounts = Accounts::new(self.accounts());
        let bare_commit = bare_commit(&accounts, &folder.0, self.point())?;
        let mut figures = Figures { bare_commit_p50_micros: Some(bare_commit), ..Figures::default() };
        let runs = self.transfers(&folder.0, &accounts, &mut figures, output)?;
        let measuring = Measuring { scale: self.scale(), output };
        let ground = Ground::prepare(folder.0.join("bank"), self.accounts(), self.scale().members)?;
        let bank = ServedBank::start(ground)?;
        measuring.use_cases(&bank, &mut figures)?;
        measuring.growth(&bank, &folder.0, &mut figures)?;
        measuring.grown_book(bank, &mut figures)?;
        let report = Report::new(machine, sync, Findings { runs, figures }, self.quick);
        output.print(&report, || report.text(output.language));
        Ok(Ending::Done)
    }

    fn point(&self) -> Duration {
        if self.quick { Duration::from_millis(200) } else { Duration::from_secs(self.seconds) }
    }

    fn connections(&self) -> Vec<usize> {
        let most = if self.quick { 2 } else { usize::MAX };
        self.connections.iter().map(|n| usize::from(*n).max(1)).take(most).collect()
    }

    fn accounts(&self) -> u32 {
        if self.quick { self.accounts.min(100) } else { self.accounts }
    }

    fn rounds(&self) -> u32 {
        if self.quick { 1 } else { self.rounds }
    }

    fn scale(&self) -> Scale {
        let quick = |small: u32, whole: u32| if self.quick { small.min(whole) } else { whole };
        Scale {
            accounts: self.accounts(),
            members: self.accounts(),
            bulk_rows: quick(100, 10_000),
            history: quick(100, 10_000),
            small: i64::from(quick(1_000, 50_000)),
            grown: i64::from(quick(2_000, self.postings)),
            connections: self.connections().into_iter().max().unwrap_or(1),
            point: self.point(),
            rounds: self.rounds(),
        }
    }

    /// The floors and the bank side by side; afterwards each has done the work that it answered for.
    fn transfers(
        &self,
        folder: &Path,
        accounts: &Accounts,
        figures: &mut Figures,
        output: &Output,
    ) -> Result<Vec<Run>, Failure> {
        let ground = Ground::prepare(folder.join("transfers"), self.accounts(), 2)?;
        let subjects: Vec<Box<dyn Subject>> = vec![
            Box::new(Floor::http_alone(accounts)?),
            Box::new(Floor::plain_sqlite(accounts, folder)?),
            Box::new(ServedBank::start(ground)?),
        ];
        let runs = self.loads(&subjects, figures, output)?;
        for subject in subjects {
            subject.finish()?;
        }
        Ok(runs)
    }

    /// Every subject under every load. The subjects take turns within a round, so that a busy neighbour slows all.
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

/// Median time of one transfer in one transaction on plain SQLite, without HTTP, in microseconds.
fn bare_commit(accounts: &Accounts, folder: &Path, duration: Duration) -> Result<u64, Failure> {
    let plain = subject::plain_sqlite(accounts, &folder.join("bare.db"))?;
    let (clock, mut keys, mut histogram) = (Clock::default(), Keys::new(3), Histogram::default());
    let until = Instant::now() + duration;
    let mut held = accounts.held.iter().cycle();
    while let Some(credit) = held.next().filter(|_| Instant::now() < until) {
        let transfer = PlainTransfer {
            key: keys.fresh().to_string(),
            debit_account: accounts.issuing,
            credit_account: *credit,
            amount: 100,
        };
        let from = Instant::now();
        plain.transfer(&transfer, clock.now()).map_err(|e| Failure::machine("plain SQLite", e))?;
        histogram.record(from.elapsed());
    }
    Ok(load::micros(histogram.percentile(50)))
}

/// A folder of the bench's own, removed at the end.
struct Workplace(PathBuf);

impl Workplace {
    fn make(data: &Path) -> Result<Self, Failure> {
        let folder = data.join(format!("bench-{}", uuid::Uuid::now_v7().simple()));
        std::fs::create_dir_all(&folder).map_err(|e| Failure::file(&folder, &e))?;
        Ok(Self(std::path::absolute(&folder).map_err(|e| Failure::file(&folder, &e))?))
    }
}

impl Drop for Workplace {
    fn drop(&mut self) {
        // Left behind at worst: it is named so that a person knows what it is.
        let _left = std::fs::remove_dir_all(&self.0);
    }
}
