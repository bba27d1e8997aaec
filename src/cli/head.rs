//! `jianxian head`: number and hash of each bank's last entry, to be noted elsewhere.

use super::ending::{Ending, Failure};
use super::output::Output;
use super::place::Place;
use crate::store::audit::{BankHead, heads};
use clap::Args;

/// 每家银行最后一笔的编号和哈希 · number and hash of each bank's last entry
#[derive(Debug, Args)]
pub struct Head {
    #[command(flatten)]
    place: Place,
}

impl Head {
    pub fn run(&self, output: &Output) -> Result<Ending, Failure> {
        let heads = heads(&self.place.url())?;
        output.print(&heads, || lines(&heads));
        Ok(Ending::Done)
    }
}

/// A line for each bank: `head <bank> <number> <64 hex digits>`.
pub fn lines(heads: &[BankHead]) -> String {
    let line = |head: &BankHead| format!("head {} {} {}", head.bank, head.number, head.hash);
    heads.iter().map(line).collect::<Vec<_>>().join("\n")
}
