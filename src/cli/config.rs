//! `config`: the settings in force, and where each comes from.

use super::configured::Configured;
use super::ending::{Ending, Failure};
use super::output::{Output, table};
use clap::Args;

/// 列出生效的设置和各自的来源 · print the settings in force and where each comes from
#[derive(Debug, Args)]
pub struct ConfigVerb {
    #[command(flatten)]
    configured: Configured,
}

impl ConfigVerb {
    pub fn run(&self, output: &Output) -> Result<Ending, Failure> {
        let rows = self.configured.load(&[])?.rows();
        let headings =
            output.language.pick(["设置", "值", "来源", "含义"], ["setting", "value", "from", "meaning"]);
        output.print(&rows, || {
            let lines = rows.iter().map(|row| {
                let about = row.about_in(output.language).to_owned();
                vec![row.key.to_owned(), row.value.clone(), row.from.clone(), about]
            });
            table(&headings, lines.collect())
        });
        Ok(Ending::Done)
    }
}
