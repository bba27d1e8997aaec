//! `import`: imports members from a sheet, with their opening balances. Works beside a running server.

use super::admin::{bank_of, day};
use super::configured::Configured;
use super::ending::{Ending, Failure};
use super::output::{Output, table};
use super::place::{Place, block_on, closing};
use super::serve::services;
use crate::auth::permissions::{Actor, Grant, Role};
use crate::clock::Clock;
use crate::domain::amount;
use crate::domain::id::{BankId, Id};
use crate::domain::language::Language;
use crate::domain::time::Day;
use crate::ids::Ids;
use crate::services::Call;
use crate::services::people::import::check::ImportAsk;
use crate::services::people::import::fault::Fault;
use crate::services::people::import::intake::{Imported, Progress};
use crate::services::people::import::text::MOST_BYTES;
use crate::store::{Options, Store, Upgrade};
use clap::{Args, Subcommand};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Value, json};
use std::io::{IsTerminal, Read};
use std::path::{Path, PathBuf};

/// Maximum number of faults in the text output; the JSON output has all.
const SHOWN_FAULTS: usize = 50;
/// Rows between two lines of progress, if the output is not a terminal.
const ROWS_A_LINE: usize = 10_000;
const POINT_DECIMALS: u32 = 2;

/// 导入名册和放假日历 · import sheets and holiday calendars
#[derive(Debug, Subcommand)]
pub enum ImportVerb {
    Members(Members),
    Calendar(super::calendar::CalendarFile),
}

impl ImportVerb {
    pub fn run(self, output: &Output) -> Result<Ending, Failure> {
        match self {
            ImportVerb::Members(verb) => verb.run(output),
            ImportVerb::Calendar(verb) => verb.run(output),
        }
    }
}

/// 导入储户名册（CSV，UTF-8 或 GBK），连同期初积分和时长；有一处错误就一行也不导入 · import members with opening balances from a CSV file in UTF-8 or GBK; with any fault nothing is imported
#[derive(Debug, Args)]
pub struct Members {
    /// CSV 文件 · the sheet
    file: PathBuf,
    #[command(flatten)]
    configured: Configured,
    /// 银行的短名（只有一家时可不写）· short name of the bank, if there are several
    #[arg(long)]
    bank: Option<String>,
    /// 没写社区的行归入这个组织（代码）；名称只在其下查找 · code of the organisation of rows that name none
    #[arg(long)]
    org: Option<String>,
    /// 没写截至日期的行用这一天 · date of opening figures, YYYY-MM-DD, for rows that have none
    #[arg(long, value_parser = day)]
    opening_day: Option<Day>,
    /// 期初积分按这个办法（代码）的有效期到期；不写则不过期 · code of the scheme by which opening points run out
    #[arg(long)]
    scheme: Option<String>,
    /// 同名的都已核对过，不是同一人 · all people of the same name were looked at: they are others
    #[arg(long)]
    confirmed_new: bool,
    /// 只检查，不写入 · check only, write nothing
    #[arg(long)]
    dry_run: bool,
}

impl Members {
    pub fn run(self, output: &Output) -> Result<Ending, Failure> {
        let bytes = read(&self.file)?;
        let config = self.configured.load(&[])?.config;
        let place = Place::of(&config);
        let options = Options { upgrade: Upgrade::No, readers: 1, ..Options::default() };
        let imported = closing(Store::open(&place.url(), &options, Clock::System)?, |store| {
            let services = services(store, &place, &config, Ids::System)?;
            let bank = bank_of(&services, self.bank.as_deref())?;
            let call = Call { dry_run: self.dry_run, ..Call::of(operator(bank)) };
            let ask = ImportAsk {
                bytes,
                org: self.org,
                opening_day: self.opening_day,
                scheme: self.scheme,
                confirmed_new: self.confirmed_new,
            };
            let mut bar = Bar::new(output);
            let imported = block_on(services.import_members(&call, ask, |progress| bar.show(progress)));
            bar.end();
            imported?.map_err(Failure::from).inspect_err(|_| bar.broken_off())
        })?;
        output.print(&document(&imported, self.dry_run), || report(&imported, self.dry_run, output.language));
        Ok(if imported.sheet.fault_count == 0 { Ending::Done } else { Ending::Refused })
    }
}

/// The actor of the command line: it may open members anywhere, with their opening balances.
fn operator(bank: BankId) -> Actor {
    let grants = [Role::Staff, Role::LedgerOperator].map(|role| Grant {
        role,
        org: Id::SYSTEM,
        org_path: "/".to_owned(),
    });
    Actor {
        bank,
        user: Id::SYSTEM,
        session: Id::SYSTEM,
        member: None,
        merchant: None,
        card_edition: None,
        grants: grants.into(),
    }
}

/// The bytes of a sheet, at most one more than allowed: the parser then reports that it is too large.
fn read(file: &Path) -> Result<Vec<u8>, Failure> {
    let most = u64::try_from(MOST_BYTES).unwrap_or(u64::MAX).saturating_add(1);
    let mut bytes = Vec::new();
    std::fs::File::open(file)
        .and_then(|opened| opened.take(most).read_to_end(&mut bytes))
        .map_err(|error| Failure::file(file, &error))?;
    Ok(bytes)
}

/// A progress bar on a terminal, occasional lines elsewhere, nothing with JSON output.
struct Bar<'o> {
    output: &'o Output,
    bar: Option<ProgressBar>,
    next_line: usize,
    written: usize,
}

impl<'o> Bar<'o> {
    fn new(output: &'o Output) -> Self {
        let bar = (!output.json && std::io::stderr().is_terminal()).then(|| ProgressBar::new(0));
        if let Some(bar) = &bar
            && let Ok(style) = ProgressStyle::with_template("{wide_bar} {pos}/{len} {eta}")
        {
            bar.set_style(style);
        }
        Bar { output, bar, next_line: ROWS_A_LINE, written: 0 }
    }

    fn show(&mut self, progress: Progress) {
        let Progress { written, all } = progress;
        self.written = written;
        if let Some(bar) = &self.bar {
            bar.set_length(u64::try_from(all).unwrap_or(u64::MAX));
            bar.set_position(u64::try_from(written).unwrap_or(u64::MAX));
        } else if !self.output.json && written >= self.next_line {
            self.next_line = written + ROWS_A_LINE;
            self.output.remark(&format!("已写入 {written}/{all}"), &format!("{written} of {all} written"));
        }
    }

    /// Says that the rows written so far stay, and that a repeated run does not write them twice.
    fn broken_off(&self) {
        if self.written > 0 {
            self.output.remark(
                "导入中断。已写入的不会重复：排除下面的原因后，请再导入同一个文件。",
                "broken off. What is written is not written twice: remove the cause below and import the same file again.",
            );
        }
    }

    fn end(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

fn document(imported: &Imported, dry_run: bool) -> Value {
    let (sheet, counts) = (&imported.sheet, &imported.counts);
    let fault = |fault: &Fault| {
        json!({ "row": fault.row, "column": fault.column, "chinese": fault.sentence(Language::Chinese),
            "english": fault.sentence(Language::English) })
    };
    json!({
        "dry_run": dry_run,
        "encoding": sheet.encoding,
        "columns": sheet.columns.iter().map(|(column, place)| json!({ "column": column, "place": place })).collect::<Vec<_>>(),
        "ignored": sheet.ignored,
        "fault_count": sheet.fault_count,
        "faults": sheet.faults.iter().map(fault).collect::<Vec<_>>(),
        "counts": counts,
        "points": amount::format(counts.points, POINT_DECIMALS),
        "lifetime_points": amount::format(counts.lifetime_points, POINT_DECIMALS),
    })
}

fn report(imported: &Imported, dry_run: bool, language: Language) -> String {
    let (sheet, counts) = (&imported.sheet, &imported.counts);
    let mut lines = Vec::new();
    if !sheet.ignored.is_empty() {
        let ignored: Vec<String> =
            sheet.ignored.iter().map(|place| format!("{} {}", place.letters, place.heading)).collect();
        let ignored = ignored.join(language.pick("、", ", "));
        lines.push(
            language.pick(format!("没有读取的列：{ignored}。"), format!("columns not read: {ignored}.")),
        );
    }
    if sheet.fault_count > 0 {
        lines.extend(sheet.faults.iter().take(SHOWN_FAULTS).map(|fault| fault.sentence(language)));
        let count = sheet.fault_count;
        lines.push(language.pick(
            format!("共 {count} 处错误，一行也没有导入。改好后请再导入同一个文件。"),
            format!("{count} faults; nothing was imported. Correct them and import the file again."),
        ));
        return lines.join("\n");
    }
    let headings = language.pick(["", "本次", "此前已导入"], ["", "now", "imported before"]);
    let row = |name: (&str, &str), now: usize, before: usize| {
        vec![language.pick(name.0, name.1).to_owned(), now.to_string(), before.to_string()]
    };
    let sum = |name: (&str, &str), text: String| {
        vec![language.pick(name.0, name.1).to_owned(), text, String::new()]
    };
    let rows = vec![
        row(("储户", "persons"), counts.persons_opened, counts.persons_before),
        row(("户", "households"), counts.households_opened, 0),
        row(("期初", "opening balances"), counts.openings_posted, counts.openings_before),
        sum(("期初积分", "points"), amount::format(counts.points, POINT_DECIMALS)),
        sum(("终身积分", "lifetime points"), amount::format(counts.lifetime_points, POINT_DECIMALS)),
        sum(("服务分钟", "service minutes"), counts.service_minutes.to_string()),
    ];
    lines.push(table(&headings, rows));
    lines.push(match dry_run {
        true => language.pick("只是检查，没有写入。", "checked only; nothing was written.").to_owned(),
        false => language.pick("已导入。", "imported.").to_owned(),
    });
    lines.join("\n")
}
