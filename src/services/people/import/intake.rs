//! Writes a checked sheet of members: households, persons, opening balances.
//!
//! Rows and entries are written a few hundred at a time, so that other callers of a running bank are served in
//! between. Ids derive from the file and the row, and a member has at most one opening balance: running the same file
//! again completes an interrupted run, and changes nothing after a complete one.

use super::check::{Checked, DatedOpening, ImportAsk, Planned};
use super::members::MemberSheet;
use super::opening::{OpeningBalance, opening_command};
use crate::auth::permissions::Permission;
use crate::domain::id::Id;
use crate::domain::refusal::Refusal;
use crate::ledger::Answer;
use crate::services::people::counter::Numbers;
use crate::services::{Call, Error, Services};
use crate::store::people::members::MemberRow;
use serde::Serialize;
use std::collections::HashSet;

/// Rows of one write, and entries of one batch.
const AT_ONCE: usize = 500;

/// The result of an import.
#[derive(Debug, Default)]
pub struct Imported {
    /// Headings and faults; with any fault nothing was written.
    pub sheet: MemberSheet,
    pub counts: ImportCounts,
}

/// Figures of an import. In a dry run: what would be written.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ImportCounts {
    pub file: String,
    /// Rows without a fault of their own.
    pub rows: usize,
    pub households_opened: usize,
    pub persons_opened: usize,
    pub openings_posted: usize,
    /// Persons and opening balances that an earlier run of this file had written.
    pub persons_before: usize,
    pub openings_before: usize,
    /// Sums of the opening balances that this run posted; points in hundredths.
    #[serde(skip)]
    pub points: i64,
    #[serde(skip)]
    pub lifetime_points: i64,
    pub service_minutes: i64,
}

/// Progress of an import, reported after every write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    pub written: usize,
    pub all: usize,
}

impl Services {
    /// Opens the members of a sheet with their households and opening balances. With any fault, and in a dry run,
    /// writes nothing. Needs the right to open members; opening balances also that to operate the ledger.
    pub async fn import_members(
        &self,
        call: &Call,
        ask: ImportAsk,
        mut report: impl FnMut(Progress),
    ) -> Result<Imported, Error> {
        if !call.actor.may(Permission::WriteMembers) && !call.actor.may(Permission::OperateLedger) {
            return Err(Refusal::NotFound { what: "org".into() }.into());
        }
        let (services, caller) = (self.clone(), call.clone());
        let checked = self
            .store
            .read(call.actor.bank, move |tables| services.check_members(tables, &caller, &ask))
            .await?;
        let Checked { sheet, rows, file, households, persons } = checked;
        let counts = ImportCounts { file, rows, ..ImportCounts::default() };
        let mut intake = Intake { services: self, call, counts, written: 0, all: 0 };
        intake.all = households.len() + persons.len();
        intake.counts.openings_before = persons.iter().map(|person| person.posted).sum();
        intake.all += persons.iter().map(|person| person.openings.len()).sum::<usize>();
        if sheet.fault_count > 0 {
            return Ok(Imported { sheet, counts: intake.counts });
        }
        if call.dry_run {
            intake.count_ahead(&households, &persons);
        } else {
            intake.write(&households, &persons, &mut report).await?;
        }
        Ok(Imported { sheet, counts: intake.counts })
    }
}

struct Intake<'s> {
    services: &'s Services,
    call: &'s Call,
    counts: ImportCounts,
    written: usize,
    all: usize,
}

impl Intake<'_> {
    /// Counts what a run would write.
    fn count_ahead(&mut self, households: &[Planned], persons: &[Planned]) {
        self.counts.households_opened = households.len();
        self.counts.persons_before = persons.iter().filter(|person| person.present).count();
        self.counts.persons_opened = persons.len() - self.counts.persons_before;
        for (opening, _) in persons.iter().flat_map(|person| &person.openings) {
            self.posted(opening);
        }
    }

    async fn write(
        &mut self,
        households: &[Planned],
        persons: &[Planned],
        report: &mut impl FnMut(Progress),
    ) -> Result<(), Error> {
        for part in households.chunks(AT_ONCE) {
            self.counts.households_opened += self.open(part).await?;
            self.step(part.len(), report);
        }
        for part in persons.chunks(AT_ONCE) {
            let opened = self.open(part).await?;
            self.counts.persons_opened += opened;
            self.counts.persons_before += part.len() - opened;
            self.step(part.len(), report);
        }
        let openings: Vec<_> = persons.iter().flat_map(|person| &person.openings).collect();
        for part in openings.chunks(AT_ONCE) {
            self.post(part).await?;
            self.step(part.len(), report);
        }
        self.log().await
    }

    fn step(&mut self, written: usize, report: &mut impl FnMut(Progress)) {
        self.written += written;
        report(Progress { written: self.written, all: self.all });
    }

    /// Opens those that do not exist yet; returns their number.
    async fn open(&self, part: &[Planned]) -> Result<usize, Error> {
        let mut rows = Vec::with_capacity(part.len());
        for planned in part.iter().filter(|planned| !planned.present) {
            rows.push(self.row(planned)?);
        }
        if rows.is_empty() {
            return Ok(0);
        }
        let opened = self.services.store.write(self.call.actor.bank, move |tables| {
            let ids: Vec<Id> = rows.iter().map(|row| row.id).collect();
            let present: HashSet<Id> = tables.members_present(&ids)?.into_iter().collect();
            let mut fresh: Vec<MemberRow> =
                rows.iter().filter(|row| !present.contains(&row.id)).cloned().collect();
            // Members may have been opened at a counter since the sheet was checked.
            let numbers: Vec<String> =
                fresh.iter().map(|row| row.number.clone()).filter(|number| !number.is_empty()).collect();
            let id_numbers: Vec<Vec<u8>> =
                fresh.iter().filter_map(|row| row.id_number_hash.clone()).collect();
            if !tables.members_numbered(&numbers)?.is_empty() {
                return Err(Refusal::Taken { what: "member_number".into() }.into());
            }
            if !tables.members_with_id_numbers(&id_numbers)?.is_empty() {
                return Err(Refusal::Taken { what: "id_number".into() }.into());
            }
            let mut next = Numbers::begin(tables)?;
            for row in &mut fresh {
                if row.number.is_empty() {
                    row.number = next.next_free(tables)?;
                }
                row.created_at = tables.now;
            }
            tables.insert_members(&fresh)?;
            Ok(fresh.len())
        });
        opened.await
    }

    fn row(&self, planned: &Planned) -> Result<MemberRow, Error> {
        let ask = &planned.ask;
        let sealed = self.services.seal(self.call, planned.id, ask)?;
        Ok(MemberRow {
            kind: if ask.household { "household" } else { "person" }.into(),
            // Empty until the write assigns one.
            number: ask.number.clone().unwrap_or_default(),
            name: ask.name.clone(),
            household_id: ask.household_id,
            birth_year: ask.birth_year,
            state: "active".into(),
            ..sealed
        })
    }

    async fn post(&mut self, part: &[&DatedOpening]) -> Result<(), Error> {
        let commands =
            part.iter().map(|(opening, at)| opening_command(self.call, false, opening, *at)).collect();
        let decisions = self.services.store.submit_rows(self.call.actor.bank, commands, false).await?;
        for ((opening, _), decision) in part.iter().zip(decisions) {
            match decision?.answer {
                Answer::Refused(Refusal::AlreadyDone { .. }) => self.counts.openings_before += 1,
                Answer::Refused(refusal) => return Err(refusal.into()),
                Answer::Accepted(_) | Answer::Ordinary(_) | Answer::Sealed(_) => self.posted(opening),
                Answer::Unreadable => return Err(Error::unreadable()),
            }
        }
        Ok(())
    }

    fn posted(&mut self, opening: &OpeningBalance) {
        self.counts.openings_posted += 1;
        self.counts.points += opening.points;
        self.counts.lifetime_points += opening.lifetime_points;
        self.counts.service_minutes += opening.service_minutes;
    }

    /// Logs who imported how many members from which file.
    async fn log(&self) -> Result<(), Error> {
        let (id, actor) = (self.services.next_id(), self.call.actor.user);
        let reason = format!("{} rows of {}", self.counts.rows, self.counts.file);
        let logged = self.services.store.write(self.call.actor.bank, move |tables| {
            tables.log_act(id, actor, "import_members", ("member", None), Some(reason.clone()))
        });
        logged.await
    }
}
