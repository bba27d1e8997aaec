//! `cargo bench`: the bank against its goals and against baselines (docs/PERFORMANCE.md).
#![allow(
    dead_code,
    unused_imports,
    reason = "unit tests need a harness: they run in tests/it, which takes goals in too"
)]

mod goals;

use clap::Parser;
use jianxian::cli::output::Output;
use std::process::ExitCode;

fn main() -> ExitCode {
    let bench = goals::Bench::parse();
    let output = Output { language: bench.lang, json: bench.json };
    match bench.measure() {
        Ok(report) => {
            output.print(&report, || report.text(bench.lang));
            ExitCode::SUCCESS
        }
        Err(failure) => {
            output.complain(&failure);
            failure.ending.into()
        }
    }
}
