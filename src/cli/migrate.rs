//! `jianxian migrate`: creates the database, or migrates its schema.

use super::ending::{Ending, Failure};
use super::output::Output;
use super::place::Place;
use crate::store::{Migrated, migrate};
use clap::Args;

/// 建库或升级表结构 · make the database, or bring its tables up to date
#[derive(Debug, Args)]
pub struct Migrate {
    #[command(flatten)]
    place: Place,
}

impl Migrate {
    pub fn run(&self, output: &Output) -> Result<Ending, Failure> {
        let migrated = migrate(&self.place.url())?;
        output.print(&serde_json::json!({ "migrated": migrated }), || {
            let said = match migrated {
                Migrated::Made => output.language.pick("已新建数据库。", "the database was made."),
                Migrated::Upgraded => {
                    output.language.pick("表结构已升级。", "the tables were brought up to date.")
                }
                Migrated::Current => output.language.pick("已是最新，无需升级。", "already up to date."),
            };
            said.to_owned()
        });
        Ok(Ending::Done)
    }
}
