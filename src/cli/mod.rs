//! The command line: a file per verb. A verb returns an [`Ending`]; [`run`] turns it into the process's exit code.

mod admin;
mod backup;
mod calendar;
mod config;
mod configured;
mod copy;
mod demo;
pub mod ending;
mod head;
mod import;
mod key;
mod log;
mod migrate;
pub mod output;
mod place;
mod scheme;
mod serve;
mod verify;

use clap::{Parser, Subcommand};
use ending::Ending;
use output::Output;
use std::process::ExitCode;

use crate::domain::language::Language;

/// 涧贤：社区志愿服务积分银行 · a points bank for community volunteers
#[derive(Debug, Parser)]
#[command(name = "jianxian", version, after_help = ending::EXIT_CODES)]
struct CommandLine {
    /// 语言 · language of sentences: zh, en
    #[arg(long, global = true, env = "JIANXIAN_LANG", value_parser = language, default_value = "zh")]
    lang: Language,
    /// 输出一份 JSON · print one JSON document instead of tables
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    Serve(serve::Serve),
    Demo(demo::Demo),
    Migrate(migrate::Migrate),
    Verify(verify::Verify),
    Head(head::Head),
    Backup(backup::Backup),
    Restore(backup::Restore),
    Copy(copy::Copy),
    #[command(subcommand)]
    Scheme(scheme::SchemeVerb),
    #[command(subcommand)]
    Import(import::ImportVerb),
    Admin(admin::Admin),
    #[command(subcommand)]
    Key(key::KeyVerb),
    Config(config::ConfigVerb),
}

/// Parses the arguments, runs the verb and prints a failure in the requested language.
pub fn run() -> ExitCode {
    let line = CommandLine::parse();
    let output = Output { language: line.lang, json: line.json };
    let ended: Result<Ending, ending::Failure> = match line.verb {
        Verb::Serve(verb) => verb.run(&output),
        Verb::Demo(verb) => verb.run(&output),
        Verb::Migrate(verb) => verb.run(&output),
        Verb::Verify(verb) => verb.run(&output),
        Verb::Head(verb) => verb.run(&output),
        Verb::Backup(verb) => verb.run(&output),
        Verb::Restore(verb) => verb.run(&output),
        Verb::Copy(verb) => verb.run(&output),
        Verb::Scheme(verb) => verb.run(&output),
        Verb::Import(verb) => verb.run(&output),
        Verb::Admin(verb) => verb.run(&output),
        Verb::Key(verb) => verb.run(&output),
        Verb::Config(verb) => verb.run(&output),
    };
    match ended {
        Ok(ending) => ending.into(),
        Err(failure) => {
            output.complain(&failure);
            failure.ending.into()
        }
    }
}

/// Parses the name of a language.
pub fn language(text: &str) -> Result<Language, String> {
    match text.to_ascii_lowercase().split(['-', '_', '.']).next() {
        Some("zh") => Ok(Language::Chinese),
        Some("en") => Ok(Language::English),
        _ => Err("请写 zh 或 en · write zh or en".to_owned()),
    }
}
