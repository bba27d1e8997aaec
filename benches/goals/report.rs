//! The bench's result as one document and as tables for people.

use super::disk::SyncRate;
use super::goal_table::{Findings, GoalRow, judged};
use super::machine::Machine;
use super::subject::Pattern;
use jianxian::cli::output::table;
use jianxian::domain::language::Language;
use serde::Serialize;

/// The results of one run, and the machine.
#[derive(Debug, Serialize)]
pub struct Report {
    pub version: &'static str,
    /// A smoke run: its figures mean nothing.
    pub quick: bool,
    pub debug_build: bool,
    pub machine: Machine,
    pub sync: Option<SyncRate>,
    /// One row after the other in the database server: a round trip and a sync each.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub server_sync: Option<SyncRate>,
    #[serde(flatten)]
    pub findings: Findings,
    pub goals: Vec<GoalRow>,
}

impl Report {
    /// `syncs`: of the bench's folder, and of the database server.
    pub fn new(machine: Machine, syncs: [Option<SyncRate>; 2], findings: Findings, quick: bool) -> Self {
        let [sync, server_sync] = syncs;
        let goals = judged(&findings);
        let debug_build = cfg!(debug_assertions);
        Self {
            version: env!("CARGO_PKG_VERSION"),
            quick,
            debug_build,
            machine,
            sync,
            server_sync,
            findings,
            goals,
        }
    }

    pub fn text(&self, language: Language) -> String {
        let mut parts =
            vec![self.machine_text(language), self.runs_text(language), self.goals_text(language)];
        if self.quick || self.debug_build {
            let warning = language.pick(
                "注意：冒烟运行或调试构建，数字不可用。",
                "Note: a smoke run or a debug build; these figures mean nothing.",
            );
            parts.insert(0, warning.to_owned());
        }
        parts.join("\n\n")
    }

    fn machine_text(&self, language: Language) -> String {
        let m = &self.machine;
        let bare = self.findings.figures.bare_commit_p50_micros.unwrap_or(0);
        let rate = |rate: &Option<SyncRate>| {
            let described = |r: &SyncRate| {
                format!("{:.0}/s, p50 {} µs, p99 {} µs", r.per_second, r.p50_micros, r.p99_micros)
            };
            rate.as_ref().map(described).unwrap_or_default()
        };
        let rows = [
            (language.pick("处理器", "processor"), format!("{}, {} cores", m.processor, m.cores)),
            (language.pick("内存", "memory"), format!("{} MiB", m.memory_mebibytes)),
            (language.pick("内核", "kernel"), m.kernel.clone()),
            (language.pick("磁盘", "disk"), m.disk.clone()),
            (language.pick("数据库", "database"), m.server.clone().unwrap_or_default()),
            (language.pick("落盘 (fsync)", "fsync of 4 KiB"), rate(&self.sync)),
            (language.pick("数据库落盘（提交一行）", "commit of one row"), rate(&self.server_sync)),
            (language.pick("单笔提交", "bare commit"), format!("p50 {bare} µs")),
        ];
        let present = rows.into_iter().filter(|(_, value)| !value.is_empty());
        let rows = present.map(|(what, value)| vec![what.to_owned(), value]).collect();
        table(&[language.pick("机器", "machine"), ""], rows)
    }

    fn runs_text(&self, language: Language) -> String {
        let headings = language.pick(
            [
                "对象",
                "账户",
                "连接",
                "每秒",
                "p50 µs",
                "p99 µs",
                "每笔服务器 CPU µs",
                "每批笔数 + 普通写入：载入 / 判定 / 写入 / 普通写入 / 提交 µs",
            ],
            [
                "subject",
                "accounts",
                "connections",
                "per second",
                "p50 µs",
                "p99 µs",
                "server CPU µs",
                "commands + ordinary writes a batch: load / decide / save / write / commit µs",
            ],
        );
        let rows = self.findings.runs.iter().map(|run| {
            let pattern = match run.pattern {
                Pattern::Hot => "HOT",
                Pattern::Uniform => "UNIFORM",
            };
            vec![
                run.subject.to_owned(),
                pattern.to_owned(),
                run.connections.to_string(),
                format!("{:.0}", run.measured.per_second),
                run.measured.p50_micros.to_string(),
                run.measured.p99_micros.to_string(),
                run.measured.server_micros.map(|micros| micros.to_string()).unwrap_or_default(),
                run.measured.batch.map(|batch| batch.to_string()).unwrap_or_default(),
            ]
        });
        table(&headings, rows.collect())
    }

    fn goals_text(&self, language: Language) -> String {
        let headings =
            language.pick(["目标", "要求", "实测", "达到"], ["what", "goal", "measured", "reached"]);
        let rows = self.goals.iter().map(|row| {
            let reached = match row.reached {
                Some(true) => language.pick("是", "yes"),
                Some(false) => language.pick("否", "no"),
                None => "–",
            };
            let not_measured = || language.pick("未测", "not measured").to_owned();
            vec![
                row.title(language).to_owned(),
                row.goal.to_owned(),
                row.measured.clone().unwrap_or_else(not_measured),
                reached.to_owned(),
            ]
        });
        table(&headings, rows.collect())
    }
}
