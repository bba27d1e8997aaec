//! The goals, each with the result of this run, or a note that it was not measured.

use super::bank::BANK;
use super::baseline::Way;
use super::home::Engine;
use super::load::Measured;
use super::subject::{Pattern, baseline_name};
use jianxian::domain::language::Language;
use serde::Serialize;

/// The median round of one subject under one load.
#[derive(Clone, Debug, Serialize)]
pub struct Run {
    pub subject: &'static str,
    pub pattern: Pattern,
    pub connections: usize,
    #[serde(flatten)]
    pub measured: Measured,
}

/// Figures of the bank beside the transfer runs; `None`: not measured in this run.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Figures {
    /// Median time of one plain transfer in one transaction, without HTTP.
    pub bare_commit_p50_micros: Option<u64>,
    /// Bare transfers measured together with the awards and redemptions.
    pub transfers_beside_per_second: Option<f64>,
    pub awards_per_second: Option<f64>,
    /// Requests a second of redemptions; each is two: the hold and its capture.
    pub redemption_steps_per_second: Option<f64>,
    /// Processor time of the server for one request of each.
    pub server_micros_of_transfer: Option<u64>,
    pub server_micros_of_award: Option<u64>,
    pub server_micros_of_redemption_step: Option<u64>,
    /// Requests a second of the mixed load of a day, at 64 connections; and with commits that take 4 ms longer.
    pub town_per_second: Option<f64>,
    pub town_p99_micros: Option<u64>,
    pub server_micros_of_town: Option<u64>,
    pub town_on_a_slow_disk_per_second: Option<f64>,
    pub bulk_transfers_per_second: Option<f64>,
    pub bulk_awards_per_second: Option<f64>,
    pub passbook_p99_micros: Option<u64>,
    /// The volunteer's first page in the portal.
    pub home_page_p99_micros: Option<u64>,
    /// The first page of staff in the portal, on the grown ledger.
    pub desk_page_p99_micros: Option<u64>,
    /// People found by a part of their name or by their number, in the portal.
    pub find_p99_micros: Option<u64>,
    /// The check of a pasted list of awards; the median of the rounds.
    pub grid_micros: Option<u64>,
    /// The figures of the whole bank for the last month, and for the last year, on the grown ledger.
    pub figures_of_a_month_micros: Option<u64>,
    pub figures_of_a_year_micros: Option<u64>,
    pub certificate_p99_micros: Option<u64>,
    pub own_copy_micros: Option<u64>,
    /// Sent by a channel while awards come under full load.
    pub messages_per_second: Option<f64>,
    /// p99 of awards without, and with messages that are sent.
    pub awards_beside_messages_p99_micros: Option<(u64, u64)>,
    pub star_of_a_member_micros: Option<u64>,
    /// For 210,000 members, at the rate measured on those of this run.
    pub stars_of_all_seconds: Option<f64>,
    pub verified_entries_per_second: Option<f64>,
    pub ready_after_millis: Option<u64>,
    pub resident_mebibytes: Option<u64>,
    /// Throughput on a grown ledger against a small one.
    pub growth_ratio: Option<f64>,
    /// Throughput with random keys against ordered ones, on the grown ledger.
    pub random_keys_ratio: Option<f64>,
    /// The rate at which the grown ledger was generated.
    pub made_entries_per_second: Option<f64>,
    /// Entries of the grown ledger.
    pub grown_entries: Option<i64>,
}

/// All results of a run of the bench.
#[derive(Clone, Debug, Serialize)]
pub struct Findings {
    pub engine: Engine,
    pub runs: Vec<Run>,
    pub figures: Figures,
}

impl Findings {
    fn run(&self, subject: &str, pattern: Pattern, connections: usize) -> Option<&Measured> {
        let same = |r: &&Run| r.subject == subject && r.pattern == pattern && r.connections == connections;
        self.runs.iter().find(same).map(|r| &r.measured)
    }

    /// The bank and the baseline under the same load.
    fn pair(&self, connections: usize) -> Option<(&Measured, &Measured)> {
        let of = |subject| self.run(subject, Pattern::Hot, connections);
        Some((of(BANK)?, of(baseline_name(self.engine, Way::Transaction))?))
    }

    /// How many times the one-transaction-a-request baseline the hot account must reach.
    fn times_the_baseline(&self) -> f64 {
        match self.engine {
            Engine::Sqlite => 15.0,
            Engine::Postgres => 20.0,
        }
    }

    /// The note on the baseline with one call, if there is one.
    fn one_call(&self, bank: &Measured, connections: usize) -> String {
        let baseline = self.run(baseline_name(self.engine, Way::Function), Pattern::Hot, connections);
        let baseline = baseline.filter(|_| self.engine == Engine::Postgres);
        baseline.map_or_else(String::new, |f| format!("; {:.1} × one call", bank.per_second / f.per_second))
    }

    fn most_connections(&self) -> usize {
        let of_the_bank = self.runs.iter().filter(|run| run.subject == BANK);
        of_the_bank.map(|run| run.connections).max().unwrap_or(0)
    }
}

/// The measured value of one goal, and whether it is reached.
struct Verdict {
    measured: String,
    /// `None` if there is no goal.
    reached: Option<bool>,
}

/// One row of the table of goals.
struct Goal {
    name: &'static str,
    chinese: &'static str,
    english: &'static str,
    goal: &'static str,
    judge: fn(&Findings) -> Option<Verdict>,
}

/// One row as printed.
#[derive(Clone, Debug, Serialize, PartialEq, Eq)]
pub struct GoalRow {
    pub name: &'static str,
    pub goal: &'static str,
    pub measured: Option<String>,
    pub reached: Option<bool>,
    #[serde(skip)]
    chinese: &'static str,
    #[serde(skip)]
    english: &'static str,
}

impl GoalRow {
    pub fn title(&self, language: Language) -> &'static str {
        language.pick(self.chinese, self.english)
    }
}

const GOALS: &[Goal] = &[
    Goal {
        name: "hot_500",
        chinese: "转账，热点账户，500 个连接",
        english: "transfers, HOT, 500 connections",
        goal: "≥ 15 × (PostgreSQL: 20 ×) one transaction a request, ≥ 15000/s",
        judge: |f| {
            let (bank, baseline) = f.pair(500)?;
            let ratio = bank.per_second / baseline.per_second;
            let measured = format!("{ratio:.1} ×, {:.0}/s{}", bank.per_second, f.one_call(bank, 500));
            let reached = ratio >= f.times_the_baseline() && bank.per_second >= 15_000.0;
            Some(Verdict { measured, reached: Some(reached) })
        },
    },
    Goal {
        name: "hot_16",
        chinese: "转账，热点账户，16 个连接",
        english: "transfers, HOT, 16 connections",
        goal: "≥ 3.5 × one transaction a request; p99 ≤ 3 × bare commit p50",
        judge: |f| {
            let (bank, baseline) = f.pair(16)?;
            let rates = bank.per_second / baseline.per_second;
            let waits = ratio(bank.p99_micros, f.figures.bare_commit_p50_micros?);
            let measured = format!("{rates:.1} ×; p99 {waits:.1} ×{}", f.one_call(bank, 16));
            Some(Verdict { measured, reached: Some(rates >= 3.5 && waits <= 3.0) })
        },
    },
    Goal {
        name: "lone",
        chinese: "单个请求",
        english: "a lone request",
        goal: "p50 ≤ 1.2 × one transaction",
        judge: |f| {
            let (bank, baseline) = f.pair(1)?;
            let waits = ratio(bank.p50_micros, baseline.p50_micros);
            Some(Verdict { measured: format!("{waits:.2} ×"), reached: Some(waits <= 1.2) })
        },
    },
    Goal {
        name: "hot_against_uniform",
        chinese: "热点账户与随机账户之比",
        english: "HOT against UNIFORM",
        goal: "≥ 0.9",
        judge: |f| {
            let of = |pattern| Some(f.run(BANK, pattern, f.most_connections())?.per_second);
            Some(at_least(of(Pattern::Hot)? / of(Pattern::Uniform)?, 0.9))
        },
    },
    Goal {
        name: "full_use_case",
        chinese: "完整发放、兑换（预留与交付各算一步），相对转账",
        english: "full award, and each step of a redemption (hold, capture), against the bare transfer",
        goal: "≥ 0.4 ×",
        judge: |f| {
            let bare = f.figures.transfers_beside_per_second?;
            let (awards, steps) = (f.figures.awards_per_second?, f.figures.redemption_steps_per_second?);
            let measured = format!("{:.2} ×; {:.2} × a step", awards / bare, steps / bare);
            Some(Verdict { measured, reached: Some(awards.min(steps) / bare >= 0.4) })
        },
    },
    Goal {
        name: "town",
        chinese: "镇上的一天，64 个连接，相对转账",
        english: "a day in town, 64 connections, against the bare transfer",
        goal: "≥ 0.3 ×, ≥ 6000/s; p99 ≤ 60 ms; ≤ 250 µs of processor time a request",
        judge: |f| {
            let (bare, town) = (f.figures.transfers_beside_per_second?, f.figures.town_per_second?);
            let p99 = at_most_millis(f.figures.town_p99_micros?, 60.0);
            let micros = f.figures.server_micros_of_town?;
            let measured = format!("{:.2} ×, {town:.0}/s; {}; {micros} µs", town / bare, p99.measured);
            let fast = town / bare >= 0.3 && town >= 6_000.0 && micros <= 250;
            Some(Verdict { measured, reached: p99.reached.map(|in_time| in_time && fast) })
        },
    },
    Goal {
        name: "town_on_a_slow_disk",
        chinese: "镇上的一天，每次落盘多 4 毫秒，相对不加时",
        english: "a day in town with 4 ms more for each sync, against the disk as it is",
        goal: "≥ 0.6 ×",
        judge: |f| {
            let (slow, town) = (f.figures.town_on_a_slow_disk_per_second?, f.figures.town_per_second?);
            Some(at_least(slow / town.max(f64::MIN_POSITIVE), 0.6))
        },
    },
    Goal {
        name: "bulk",
        chinese: "批量一万行，一次提交：转账；发放",
        english: "bulk of 10,000 in one commit: transfers; awards",
        goal: "≥ 30000/s; ≥ 12000/s",
        judge: |f| {
            let (transfers, awards) =
                (f.figures.bulk_transfers_per_second?, f.figures.bulk_awards_per_second?);
            let measured = format!("{transfers:.0}/s; {awards:.0}/s");
            Some(Verdict { measured, reached: Some(transfers >= 30_000.0 && awards >= 12_000.0) })
        },
    },
    Goal {
        name: "passbook",
        chinese: "存折页，一万条流水的储户，每秒 100 次",
        english: "passbook page of a member with 10,000 entries, 100 requests a second",
        goal: "p99 ≤ 5 ms",
        judge: |f| Some(at_most_millis(f.figures.passbook_p99_micros?, 5.0)),
    },
    Goal {
        name: "home",
        chinese: "储户首页（网页），每秒 100 次",
        english: "a volunteer's first page in the portal, 100 requests a second",
        goal: "p99 ≤ 5 ms",
        judge: |f| Some(at_most_millis(f.figures.home_page_p99_micros?, 5.0)),
    },
    Goal {
        name: "desk",
        chinese: "社区工作人员首页（网页），账本变大后",
        english: "the first page of staff in the portal, on the grown book",
        goal: "p99 ≤ 50 ms",
        judge: |f| Some(at_most_millis(f.figures.desk_page_p99_micros?, 50.0)),
    },
    Goal {
        name: "find",
        chinese: "边输边找人（网页）",
        english: "people found while typing, in the portal",
        goal: "p99 ≤ 50 ms",
        judge: |f| Some(at_most_millis(f.figures.find_p99_micros?, 50.0)),
    },
    Goal {
        name: "grid",
        chinese: "核对粘贴的 500 行名单（网页）",
        english: "a pasted list of 500 awards checked, in the portal",
        goal: "≤ 300 ms",
        judge: |f| Some(at_most_millis(f.figures.grid_micros?, 300.0)),
    },
    Goal {
        name: "figures",
        chinese: "全区的数字：一个月；一年",
        english: "the figures of the district: a month; a year",
        goal: "≤ 100 ms; ≤ 300 ms",
        judge: |f| {
            let month = at_most_millis(f.figures.figures_of_a_month_micros?, 100.0);
            let year = at_most_millis(f.figures.figures_of_a_year_micros?, 300.0);
            let measured = format!("{}; {}", month.measured, year.measured);
            Some(Verdict { measured, reached: Some(month.reached? && year.reached?) })
        },
    },
    Goal {
        name: "certificate",
        chinese: "核验证明的公开网页，每秒 100 次",
        english: "the public page that checks a certificate, 100 requests a second",
        goal: "p99 ≤ 50 ms",
        judge: |f| Some(at_most_millis(f.figures.certificate_p99_micros?, 50.0)),
    },
    Goal {
        name: "own_copy",
        chinese: "一万条流水的储户下载自己的全部资料",
        english: "the own data of a member with 10,000 entries",
        goal: "≤ 2 s",
        judge: |f| Some(at_most_millis(f.figures.own_copy_micros?, 2_000.0)),
    },
    Goal {
        name: "outbox",
        chinese: "发放满载时发出的消息；发放的 p99 相对不发消息",
        english: "messages sent under a full load of awards; their p99 against that without",
        goal: "≥ 200/s; ≤ 1.5 ×",
        judge: |f| {
            let (rate, (alone, beside)) =
                (f.figures.messages_per_second?, f.figures.awards_beside_messages_p99_micros?);
            let slower = ratio(beside, alone);
            let measured = format!("{rate:.0}/s; {slower:.2} ×");
            Some(Verdict { measured, reached: Some(rate >= 200.0 && slower <= 1.5) })
        },
    },
    Goal {
        name: "star",
        chinese: "任意一天的星级：一人；全行",
        english: "star as of any day: one member; the whole bank",
        goal: "≤ 10 ms; ≤ 60 s",
        judge: |f| {
            let one = at_most_millis(f.figures.star_of_a_member_micros?, 10.0);
            let all = f.figures.stars_of_all_seconds?;
            let measured = format!("{}; {all:.1} s", one.measured);
            Some(Verdict { measured, reached: one.reached.map(|one| one && all <= 60.0) })
        },
    },
    Goal {
        name: "verify",
        chinese: "核对账本",
        english: "verify",
        goal: "≥ 200000 entries/s",
        judge: |f| {
            let rate = f.figures.verified_entries_per_second?;
            Some(Verdict { measured: format!("{rate:.0}/s"), reached: Some(rate >= 200_000.0) })
        },
    },
    Goal {
        name: "start_up",
        chinese: "启动到就绪",
        english: "start-up to ready",
        goal: "≤ 2 s",
        judge: |f| {
            let millis = f.figures.ready_after_millis?;
            Some(Verdict { measured: format!("{millis} ms"), reached: Some(millis <= 2000) })
        },
    },
    Goal {
        name: "memory",
        chinese: "500 个连接时的常驻内存",
        english: "resident memory at 500 connections",
        goal: "≤ 150 MiB",
        judge: |f| {
            let resident = f.figures.resident_mebibytes?;
            Some(Verdict { measured: format!("{resident} MiB"), reached: Some(resident <= 150) })
        },
    },
    Goal {
        name: "growth",
        chinese: "账本变大后的吞吐之比",
        english: "throughput on a grown book against one of 50,000 entries",
        goal: "≥ 0.8 ×",
        judge: |f| {
            let (verdict, entries) = (at_least(f.figures.growth_ratio?, 0.8), f.figures.grown_entries?);
            Some(Verdict { measured: format!("{} ({entries} entries)", verdict.measured), ..verdict })
        },
    },
    Goal {
        name: "random_keys",
        chinese: "随机键与有序键的吞吐之比",
        english: "throughput with random keys against ordered ones",
        goal: "–",
        judge: |f| {
            let ratio = f.figures.random_keys_ratio?;
            Some(Verdict { measured: format!("{ratio:.2} ×"), reached: None })
        },
    },
];

fn at_least(ratio: f64, goal: f64) -> Verdict {
    Verdict { measured: format!("{ratio:.2} ×"), reached: Some(ratio >= goal) }
}

fn at_most_millis(micros: u64, goal: f64) -> Verdict {
    let millis = ratio(micros, 1000);
    Verdict { measured: format!("{millis:.2} ms"), reached: Some(millis <= goal) }
}

fn ratio(one: u64, other: u64) -> f64 {
    let float = |n: u64| f64::from(u32::try_from(n).unwrap_or(u32::MAX));
    float(one) / float(other.max(1))
}

/// The table of goals for this run.
pub fn judged(findings: &Findings) -> Vec<GoalRow> {
    let row = |goal: &Goal| {
        let verdict = (goal.judge)(findings);
        GoalRow {
            name: goal.name,
            goal: goal.goal,
            reached: verdict.as_ref().and_then(|verdict| verdict.reached),
            measured: verdict.map(|verdict| verdict.measured),
            chinese: goal.chinese,
            english: goal.english,
        }
    };
    GOALS.iter().map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(
        subject: &'static str,
        pattern: Pattern,
        connections: usize,
        rate: f64,
        p50: u64,
        p99: u64,
    ) -> Run {
        let measured = Measured { per_second: rate, p50_micros: p50, p99_micros: p99, ..Measured::default() };
        Run { subject, pattern, connections, measured }
    }

    fn row(findings: &Findings, name: &str) -> (Option<String>, Option<bool>) {
        let row = judged(findings).into_iter().find(|row| row.name == name).unwrap();
        (row.measured, row.reached)
    }

    #[test]
    fn nothing_measured_is_nothing_reached() {
        let findings = Findings { engine: Engine::Sqlite, runs: Vec::new(), figures: Figures::default() };
        assert!(judged(&findings).iter().all(|row| row.measured.is_none() && row.reached.is_none()));
    }

    #[test]
    fn goals_are_ratios_within_one_run() {
        let plain = baseline_name(Engine::Sqlite, Way::Transaction);
        let mut findings = Findings {
            engine: Engine::Sqlite,
            runs: vec![
                run(plain, Pattern::Hot, 500, 1000.0, 0, 0),
                run(BANK, Pattern::Hot, 500, 16_000.0, 0, 0),
                run(BANK, Pattern::Uniform, 500, 20_000.0, 0, 0),
                run(plain, Pattern::Hot, 16, 1000.0, 0, 0),
                run(BANK, Pattern::Hot, 16, 4000.0, 0, 2800),
                run(plain, Pattern::Hot, 1, 1000.0, 1000, 0),
                run(BANK, Pattern::Hot, 1, 1000.0, 1210, 0),
            ],
            figures: Figures { bare_commit_p50_micros: Some(1000), ..Figures::default() },
        };
        assert_eq!(row(&findings, "hot_500"), (Some("16.0 ×, 16000/s".into()), Some(true)));
        assert_eq!(row(&findings, "hot_16"), (Some("4.0 ×; p99 2.8 ×".into()), Some(true)));
        assert_eq!(row(&findings, "lone"), (Some("1.21 ×".into()), Some(false)));
        assert_eq!(row(&findings, "hot_against_uniform"), (Some("0.80 ×".into()), Some(false)));
        assert_eq!(row(&findings, "full_use_case"), (None, None));
        findings.figures.transfers_beside_per_second = Some(15_000.0);
        findings.figures.awards_per_second = Some(9000.0);
        findings.figures.redemption_steps_per_second = Some(5700.0);
        let value = Some("0.60 ×; 0.38 × a step".into());
        assert_eq!(row(&findings, "full_use_case"), (value, Some(false)));
    }
}
