//! `jianxian scheme`: for authors of schemes. Needs no database.

use super::ending::{Ending, Failure};
use super::output::{Output, table};
use crate::api::web::error::problem_text;
use crate::clock::Clock;
use crate::domain::amount;
use crate::domain::id::Id;
use crate::domain::language::Language;
use crate::domain::points::scheme::{
    Decided, Deed, Evaluation, POINT_DECIMALS, Scheme, SchemeFault, Work, explain, sample,
};
use crate::domain::refusal::Refusal;
use crate::domain::service::record::Evidence;
use crate::domain::time::Day;
use chrono_tz::Tz;
use clap::{Args, Subcommand};
use rust_decimal::Decimal;
use serde_json::{Value, json};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// 检查和试算积分办法 · check a scheme, and see what it gives
#[derive(Debug, Subcommand)]
pub enum SchemeVerb {
    Check(Check),
    Explain(Explain),
}

impl SchemeVerb {
    pub fn run(&self, output: &Output) -> Result<Ending, Failure> {
        match self {
            SchemeVerb::Check(verb) => verb.run(output),
            SchemeVerb::Explain(verb) => verb.run(output),
        }
    }
}

/// 检查办法文件，逐处指出行和列 · check scheme files; every fault with its line and column
#[derive(Debug, Args)]
pub struct Check {
    /// 文件，或自带样例的名称（如 jianxian）· files, or names of the samples
    #[arg(required = true)]
    files: Vec<PathBuf>,
}

impl Check {
    fn run(&self, output: &Output) -> Result<Ending, Failure> {
        let mut checked = Vec::new();
        for file in &self.files {
            checked.push((file, Scheme::parse(&text_of(file)?)));
        }
        let document: Vec<_> = checked.iter().map(|(file, read)| check_document(file, read)).collect();
        output.print(&document, || {
            let sentences: Vec<_> =
                checked.iter().map(|(file, read)| check_text(file, read, output.language)).collect();
            sentences.join("\n\n")
        });
        let all_good = checked.iter().all(|(_, read)| read.is_ok());
        Ok(if all_good { Ending::Done } else { Ending::Refused })
    }
}

/// A scheme's text: from a file, or a sample if no such file exists.
fn text_of(file: &Path) -> Result<String, Failure> {
    let bytes = match fs::read(file) {
        Ok(bytes) => bytes,
        Err(error) => {
            let name = file.to_str().filter(|_| error.kind() == io::ErrorKind::NotFound);
            return name.and_then(sample).map(str::to_owned).ok_or_else(|| Failure::file(file, &error));
        }
    };
    String::from_utf8(bytes).map_err(|_| {
        Failure::new(
            Ending::Refused,
            format!("{} 不是 UTF-8 文本。请另存为 UTF-8。", file.display()),
            format!("{} is not UTF-8 text. Save it as UTF-8.", file.display()),
        )
    })
}

fn check_document(file: &Path, read: &Result<Scheme, Vec<SchemeFault>>) -> Value {
    match read {
        Ok(scheme) => json!({ "file": file, "faults": [], "scheme": scheme }),
        Err(faults) => {
            let fault = |fault: &SchemeFault| {
                json!({
                    "line": fault.line,
                    "column": fault.column,
                    "path": fault.path,
                    "chinese": fault.sentence(Language::Chinese),
                    "english": fault.sentence(Language::English),
                })
            };
            json!({ "file": file, "faults": faults.iter().map(fault).collect::<Vec<_>>() })
        }
    }
}

fn check_text(file: &Path, read: &Result<Scheme, Vec<SchemeFault>>, language: Language) -> String {
    let scheme = match read {
        Ok(scheme) => scheme,
        Err(faults) => {
            let lines =
                faults.iter().map(|fault| format!("{}: {}", file.display(), fault.sentence(language)));
            return lines.collect::<Vec<_>>().join("\n");
        }
    };
    let (yes, no) = language.pick(("有", "无"), ("yes", "no"));
    let unlimited = || language.pick("不限", "open").to_owned();
    let rows = [
        (language.pick("办法", "scheme"), format!("{} ({})", scheme.name, scheme.code)),
        (language.pick("版本", "version"), scheme.version.clone()),
        (language.pick("自", "from"), scheme.valid_from.to_string()),
        (language.pick("至", "until"), scheme.valid_until.map_or_else(unlimited, |day| day.to_string())),
        (language.pick("时长计分", "hours"), if scheme.hours.is_some() { yes } else { no }.to_owned()),
        (language.pick("事项", "items"), scheme.items.len().to_string()),
        (language.pick("上限", "caps"), scheme.caps.len().to_string()),
        (
            language.pick("星级", "stars"),
            scheme.stars.as_ref().map_or(0, |stars| stars.steps.len()).to_string(),
        ),
    ];
    let rows = rows.into_iter().map(|(what, value)| vec![what.to_owned(), value]).collect();
    let good = language.pick("没有错误", "no faults");
    format!("{}: {good}\n{}", file.display(), table(&["", ""], rows))
}

/// 按办法试算一次，并说明为什么是这个分 · what a scheme gives for one deed, and why
#[derive(Debug, Args)]
pub struct Explain {
    /// 文件，或自带样例的名称（如 jianxian）· a file, or the name of a sample
    file: PathBuf,
    /// 服务分钟 · minutes of service
    #[arg(long, required_unless_present = "item", conflicts_with = "item")]
    minutes: Option<i64>,
    /// 事项代码 · code of an item
    #[arg(long)]
    item: Option<String>,
    /// 数量 · quantity of the item
    #[arg(long, default_value = "1", requires = "item", value_parser = decimal)]
    quantity: Decimal,
    /// 类别代码 · code of the category
    #[arg(long, requires = "minutes")]
    category: Option<String>,
    /// 级别代码 · code of the level
    #[arg(long, requires = "minutes")]
    level: Option<String>,
    /// 证据类别 · scan, kiosk, paper, self_report, backfill
    #[arg(long, requires = "minutes", default_value = "scan", value_parser = evidence)]
    evidence: Evidence,
    /// 对象类别（可多次）· class of the person or household, may be repeated
    #[arg(long = "class")]
    classes: Vec<String>,
    /// 一事一议的分值 · points that a person decided
    #[arg(long, value_parser = points, requires = "reason", allow_hyphen_values = true)]
    points: Option<i64>,
    /// 一事一议的理由 · why they were decided
    #[arg(long, requires = "points")]
    reason: Option<String>,
    /// 行为日期，默认今天 · day of the deed, today by default
    #[arg(long, value_parser = day)]
    day: Option<Day>,
    /// 时区 · time zone of the calendar
    #[arg(long, default_value = "Asia/Shanghai")]
    zone: Tz,
}

impl Explain {
    fn run(&self, output: &Output) -> Result<Ending, Failure> {
        let read = Scheme::parse(&text_of(&self.file)?);
        let scheme = read.as_ref().map_err(|_| {
            let text = |language| check_text(&self.file, &read, language);
            Failure::new(Ending::Refused, text(Language::Chinese), text(Language::English))
        })?;
        let evaluation = scheme.evaluate(&self.deed()).map_err(|refusal| refused(&refusal))?;
        output.print(&explain_document(&evaluation), || {
            explain(&evaluation.explanation, None, &[], &[], output.language).join("\n")
        });
        Ok(Ending::Done)
    }

    fn deed(&self) -> Deed {
        let day = self.day.unwrap_or_else(|| Clock::default().now().day(self.zone));
        let mut deed = match (&self.item, self.minutes) {
            (Some(code), _) => Deed::of_item(day, self.zone, Id::SYSTEM, code, self.quantity),
            (None, minutes) => {
                Deed::of_service(day, self.zone, Id::SYSTEM, minutes.unwrap_or(0), self.evidence)
            }
        };
        if let Work::Service { category, level, .. } = &mut deed.work {
            (*category, *level) = (self.category.clone(), self.level.clone());
        }
        deed.classes = self.classes.clone();
        let decided = self.points.map(|points_minor| (points_minor, self.reason.clone().unwrap_or_default()));
        deed.decided = decided.map(|(points_minor, reason)| Decided { points_minor, reason });
        deed
    }
}

fn refused(refusal: &Refusal) -> Failure {
    Failure::of_text(Ending::Refused, &problem_text(refusal).text)
}

fn explain_document(evaluation: &Evaluation) -> Value {
    let points = |minor: i64| amount::format(minor, POINT_DECIMALS);
    let sentences = |language| explain(&evaluation.explanation, None, &[], &[], language);
    json!({
        "purse": evaluation.purse.to_string(),
        "points": points(evaluation.points_minor),
        "lifetime_points": points(evaluation.lifetime_minor),
        "service_minutes": evaluation.minutes,
        "zeroing": evaluation.zeroing,
        "second_person": evaluation.four_eyes,
        "expires_at": evaluation.expires_at,
        "explanation": evaluation.explanation,
        "chinese": sentences(Language::Chinese),
        "english": sentences(Language::English),
    })
}

fn decimal(text: &str) -> Result<Decimal, String> {
    let plain = text.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    let parsed = plain.then(|| text.parse().ok()).flatten();
    parsed.ok_or_else(|| "请写数字，如 2 或 1.5 · write a number such as 2 or 1.5".to_owned())
}

fn points(text: &str) -> Result<i64, String> {
    amount::parse(text, POINT_DECIMALS)
        .map_err(|_| "请写最多两位小数的分值 · write points with at most two decimals".to_owned())
}

fn evidence(text: &str) -> Result<Evidence, String> {
    let known = || Evidence::ALL.iter().map(|e| e.as_str()).collect::<Vec<_>>().join(", ");
    Evidence::parse(text).ok_or_else(|| format!("可用 · one of: {}", known()))
}

fn day(text: &str) -> Result<Day, String> {
    Day::parse(text).ok_or_else(|| "请写成 2026-01-31 的样子 · write it like 2026-01-31".to_owned())
}
