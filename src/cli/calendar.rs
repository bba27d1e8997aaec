//! `import calendar`: imports holiday calendars into every bank of the installation. Works beside a running server.

use super::admin::{bank_of, operator};
use super::configured::Configured;
use super::ending::{Ending, Failure};
use super::output::{Output, table};
use super::place::{Place, block_on, closing};
use super::serve::services;
use crate::clock::Clock;
use crate::domain::calendar::YearCalendar;
use crate::domain::id::BankId;
use crate::domain::language::Language;
use crate::ids::Ids;
use crate::services::service::calendars::CalendarStanding;
use crate::services::{Call, Services};
use crate::store::{Options, Store, Upgrade};
use clap::Args;
use serde_json::json;
use std::path::PathBuf;

/// 导入放假日历（schemes/holidays.tsv 的格式，或 JSON）；等着它的公示随即有截止日 · import holiday calendars from a file like schemes/holidays.tsv, or JSON; notices that waited for it get their last day
#[derive(Debug, Args)]
pub struct CalendarFile {
    /// 日历文件 · the file
    file: PathBuf,
    #[command(flatten)]
    configured: Configured,
    /// 只给这家银行（短名）；不写则给每一家 · for this bank only; left out, for every one
    #[arg(long)]
    bank: Option<String>,
}

impl CalendarFile {
    pub fn run(self, output: &Output) -> Result<Ending, Failure> {
        let text = std::fs::read_to_string(&self.file).map_err(|error| Failure::file(&self.file, &error))?;
        let years = YearCalendar::read(&text).map_err(|fault| {
            let [chinese, english] = [Language::Chinese, Language::English].map(|one| fault.text().say(one));
            Failure::new(
                Ending::Refused,
                format!("日历有误，没有导入：{chinese}。"),
                format!("the calendar has a fault, nothing was imported: {english}."),
            )
        })?;
        let config = self.configured.load(&[])?.config;
        let place = Place::of(&config);
        let options = Options { upgrade: Upgrade::No, readers: 1, ..Options::default() };
        let put = closing(Store::open(&place.url(), &options, Clock::System)?, |store| {
            let services = services(store, &place, &config, Ids::System)?;
            let banks = match &self.bank {
                Some(slug) => vec![bank_of(&services, Some(slug))?],
                None => block_on(store.banks())??.into_iter().map(|bank| bank.id).collect(),
            };
            put(&services, &banks, &years)
        })?;
        let document: Vec<_> = put
            .iter()
            .map(|(bank, now)| json!({ "bank": bank, "year": now.year, "version": now.version, "days": now.days.len() }))
            .collect();
        output.print(&document, || report(&put, output.language));
        Ok(Ending::Done)
    }
}

fn put(
    services: &Services,
    banks: &[BankId],
    years: &[YearCalendar],
) -> Result<Vec<(BankId, CalendarStanding)>, Failure> {
    let mut done = Vec::new();
    for bank in banks {
        let call = Call::of(operator(*bank));
        for year in years {
            let put = services.put_calendar(&call, year.year, year.days.clone(), None);
            done.push((*bank, block_on(put)??));
        }
    }
    Ok(done)
}

fn report(put: &[(BankId, CalendarStanding)], language: Language) -> String {
    let headings = language.pick(["银行", "年份", "版本", "天数"], ["bank", "year", "version", "days"]);
    let rows = put.iter().map(|(bank, now)| {
        vec![bank.0.to_string(), now.year.to_string(), now.version.to_string(), now.days.len().to_string()]
    });
    let done = language.pick("已导入。", "imported.");
    format!("{}\n{done}", table(&headings, rows.collect()))
}
