//! `jianxian scheme`: for authors of schemes. Needs no database.

use super::ending::{Ending, Failure};
use super::output::{Output, table};
use crate::api::web::error::problem_text;
use crate::clock::Clock;
use crate::domain::amount;
use crate::domain::id::Id;
use crate::domain::language::Language;
use crate::domain::points::scheme::{
    Decided, Deed, Evaluation, POINT_DECIMALS, Scheme, SchemeFault, Work, read_aloud, sample,
};
use crate::domain::refusal::Refusal;
use crate::domain::service::record::Evidence;
use crate::domain::time::Day;
use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use chrono_tz::Tz;
use clap::{Args, Subcommand};
use rust_decimal::Decimal;
use serde_json::{Value, json};
use std::fs;
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// 检查和试算积分办法 · check a scheme, and see what it gives
#[derive(Debug, Subcommand)]
pub enum SchemeVerb {
    Check(Check),
    Sentences(Sentences),
    Explain(Explain),
}

impl SchemeVerb {
    pub fn run(&self, output: &Output) -> Result<Ending, Failure> {
        match self {
            SchemeVerb::Check(verb) => verb.run(output),
            SchemeVerb::Sentences(verb) => verb.run(output),
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
            let text = text_of(file)?;
            checked.push((file, Scheme::parse(&text), text));
        }
        let document: Vec<_> = checked.iter().map(|(file, read, _)| check_document(file, read)).collect();
        output.print(&document, || {
            let sentences = checked.iter().map(|(file, read, text)| match read {
                Ok(scheme) => overview(file, scheme, output.language),
                Err(faults) => excerpts(file, text, faults, output.language),
            });
            sentences.collect::<Vec<_>>().join("\n\n")
        });
        let all_good = checked.iter().all(|(_, read, _)| read.is_ok());
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

/// Each fault as a sentence, with its line and a mark below its place.
fn excerpts(file: &Path, text: &str, faults: &[SchemeFault], language: Language) -> String {
    let excerpt = |fault: &SchemeFault| {
        let sentence = format!("{}: {}", file.display(), fault.sentence(language));
        let place = AnnotationKind::Primary.span(place_of(text, fault));
        let group = Level::ERROR.no_name().primary_title(sentence);
        Renderer::plain().render(&[group.element(Snippet::source(text).annotation(place))])
    };
    faults.iter().map(excerpt).collect::<Vec<_>>().join("\n")
}

/// The bytes of the word at which a fault stands.
fn place_of(text: &str, fault: &SchemeFault) -> Range<usize> {
    let before: usize = text.split_inclusive('\n').take(fault.line.saturating_sub(1)).map(str::len).sum();
    let line = text.get(before..).unwrap_or_default().lines().next().unwrap_or_default();
    let in_line: usize = line.chars().take(fault.column.saturating_sub(1)).map(char::len_utf8).sum();
    let rest = line.get(in_line..).unwrap_or_default();
    let ends = |(at, c): &(usize, char)| *at > 0 && (c.is_whitespace() || ",=]}#".contains(*c));
    let length = rest.char_indices().find(ends).map_or(rest.len(), |(at, _)| at);
    let begins = before.saturating_add(in_line);
    begins..begins.saturating_add(length)
}

fn overview(file: &Path, scheme: &Scheme, language: Language) -> String {
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

/// 把办法读成一句一句的话 · the rules as plain sentences
#[derive(Debug, Args)]
pub struct Sentences {
    /// 文件，或自带样例的名称（如 jianxian）· a file, or the name of a sample
    file: PathBuf,
}

impl Sentences {
    fn run(&self, output: &Output) -> Result<Ending, Failure> {
        let (scheme, text) = scheme_of(&self.file)?;
        let (chinese, english) =
            (read_aloud(&scheme, &text, Language::Chinese), read_aloud(&scheme, &text, Language::English));
        let both = chinese.iter().zip(&english).map(|(chinese, english)| {
            let lines = chinese.lines.as_ref().map(|lines| [lines.start(), lines.end()]);
            json!({ "lines": lines, "chinese": chinese.text, "english": english.text })
        });
        output.print(&both.collect::<Vec<_>>(), || {
            let said = output.language.pick(&chinese, &english);
            said.iter().map(|sentence| sentence.text.as_str()).collect::<Vec<_>>().join("\n")
        });
        Ok(Ending::Done)
    }
}

/// A scheme without faults, and its text.
fn scheme_of(file: &Path) -> Result<(Scheme, String), Failure> {
    let text = text_of(file)?;
    let scheme = Scheme::parse(&text).map_err(|faults| {
        let faults_in = |language| excerpts(file, &text, &faults, language);
        Failure::new(Ending::Refused, faults_in(Language::Chinese), faults_in(Language::English))
    })?;
    Ok((scheme, text))
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
        let (scheme, _) = scheme_of(&self.file)?;
        let evaluation = scheme.evaluate(&self.deed()).map_err(|refusal| refused(&refusal))?;
        output.print(&explain_document(&evaluation), || evaluation.sentences(output.language).join("\n"));
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
    json!({
        "purse": evaluation.purse.to_string(),
        "points": points(evaluation.worth_at_rest()),
        "lifetime_points": points(evaluation.lifetime_minor),
        "service_minutes": evaluation.minutes,
        "zeroing": evaluation.zeroing,
        "second_person": evaluation.four_eyes,
        "expires_at": evaluation.expires_at,
        "explanation": evaluation.explanation,
        "chinese": evaluation.sentences(Language::Chinese),
        "english": evaluation.sentences(Language::English),
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
