//! `jianxian verify`: recomputes everything and compares it with what is stored.

use super::backup::{ending_of, files_found};
use super::ending::{Ending, Failure};
use super::output::{Output, table};
use super::place::Place;
use crate::domain::language::Language;
use crate::store::maintenance::attachments::{FilesFound, examine};
use crate::store::maintenance::audit::{Audit, audit};
use clap::Args;

/// 重算全部账目并核对 · recompute everything and compare
#[derive(Debug, Args)]
pub struct Verify {
    #[command(flatten)]
    place: Place,
}

impl Verify {
    pub fn run(&self, output: &Output) -> Result<Ending, Failure> {
        let files = self.place.files()?;
        let audit = audit(&self.place.url())?;
        // Of damaged books the files say nothing.
        let attachments = match audit.first_finding() {
            None => Some(examine(&self.place.url(), &files)?),
            Some(_) => None,
        };
        let whole = Whole { audit, attachments };
        output.print(&whole, || {
            let found = whole.attachments.as_ref().map(|found| files_found(found, output));
            let said = text(&whole.audit, output.language);
            std::iter::once(said).chain(found).collect::<Vec<_>>().join("\n")
        });
        Ok(whole.attachments.as_ref().map_or(Ending::FaultFound, ending_of))
    }
}

/// The JSON output.
#[derive(serde::Serialize)]
struct Whole {
    #[serde(flatten)]
    audit: Audit,
    attachments: Option<FilesFound>,
}

fn text(audit: &Audit, language: Language) -> String {
    let headings = language.pick(
        ["银行", "分录", "明细", "账户", "单据", "末笔", "末笔哈希"],
        ["bank", "entries", "postings", "accounts", "documents", "head", "hash"],
    );
    let rows = audit.banks.iter().map(|bank| {
        let v = &bank.verified;
        let counts = [v.entries, v.postings, v.accounts, v.documents, v.head].map(|n| n.to_string());
        let mut row = vec![bank.slug.clone()];
        row.extend(counts);
        row.push(v.hash.clone());
        row
    });
    let said = match audit.first_finding() {
        None => language
            .pick("核对无误：存储的内容与分录一致。", "verified: everything stored agrees with the entries.")
            .to_owned(),
        Some(finding) => language.pick(
            format!(
                "发现不符：{}：{}。请停止写入，保留数据库，用最近的备份核对。",
                finding.place, finding.fault_zh
            ),
            format!(
                "a fault: {}: {}. Stop writing, keep the database, and compare with the last backup.",
                finding.place, finding.fault
            ),
        ),
    };
    format!("{}\n{said}", table(&headings, rows.collect()))
}
