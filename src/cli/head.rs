//! `jianxian head`: number and hash of each bank's last entry, to be noted elsewhere.

use super::ending::{Ending, Failure};
use super::output::Output;
use super::place::Place;
use crate::store::OpenError;
use crate::store::maintenance::audit::{BankHead, Heads, heads};
use clap::Args;

/// 每家银行最后一笔的编号和哈希 · number and hash of each bank's last entry
#[derive(Debug, Args)]
pub struct Head {
    #[command(flatten)]
    place: Place,
}

impl Head {
    pub fn run(&self, output: &Output) -> Result<Ending, Failure> {
        let Heads { banks, log_missing } = heads(&self.place.url())?;
        output.print(&banks, || lines(&banks));
        if log_missing {
            output.complain(&OpenError::LogMissing(self.place.url()).into());
            return Ok(Ending::FaultFound);
        }
        Ok(Ending::Done)
    }
}

/// A line for each bank: `head <bank> <number> <64 hex digits>`.
pub fn lines(heads: &[BankHead]) -> String {
    let line = |head: &BankHead| format!("head {} {} {}", head.bank, head.number, head.hash);
    heads.iter().map(line).collect::<Vec<_>>().join("\n")
}
