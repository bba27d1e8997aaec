//! Merges two files of one person: rows and ledger in one commit, as if there had been one file from the beginning.
//!
//! Nothing is rewritten: the duplicate's id and its accounts become aliases of the file that stays. Readers add up
//! the accounts of one file, limits count under all its ids, lists by member hold the documents of all its ids. What
//! is not finished (records, proposals, logins, codes) is re-pointed.

use super::counter::MemberRow;
use crate::auth::permissions::Permission;
use crate::auth::secrets::Sealed;
use crate::domain::id::{BankId, Id};
use crate::domain::ledger::account::AccountTerms;
use crate::domain::ledger::entry::EntryKind;
use crate::domain::refusal::Refusal;
use crate::domain::service::record::RecordState;
use crate::domain::service::time::Service;
use crate::ledger::command::Note;
use crate::ledger::{Command, Op};
use crate::services::access::interest::not_for_oneself;
use crate::services::access::roles::may_be_one;
use crate::services::service::records::known;
use crate::services::{Call, Done, Error, Services, call};
use crate::store::Tables;

/// Merges of an earlier release that are completed in one round.
const AT_A_TIME: i64 = 100;

fn absent() -> Refusal {
    Refusal::NotFound { what: "member".into() }
}

fn refused(why: &str) -> Error {
    Refusal::WrongState { what: "merge".into(), state: why.into() }.into()
}

impl Services {
    /// Merges a duplicate into the file that stays, with everything that is on hold.
    pub async fn merge_members(
        &self,
        call: &Call,
        duplicate: Id,
        into: Id,
        reason: String,
    ) -> Result<Done, Error> {
        let note = self.note(Some(reason.clone()));
        let (services, caller, log) = (self.clone(), call.clone(), self.next_id());
        self.write_posting(call, move |tables| {
            let (row, stays) = two_files(tables, &caller, duplicate, into)?;
            let command = merge_command(tables, caller.actor.user, &row, &stays, note.clone())?;
            let done = services.decide(tables, &caller, command)?;
            if done.is_ok() && row.state != "merged" {
                tables.log_act(
                    log,
                    caller.actor.user,
                    "merge_member",
                    ("member", Some(row.id)),
                    Some(reason.clone()),
                )?;
                services.merge_rows(tables, row, stays)?;
            }
            Ok(done)
        })
        .await
    }

    /// Closes the row of the duplicate and re-points unfinished references to it.
    fn merge_rows(&self, tables: &mut Tables<'_>, row: MemberRow, stays: MemberRow) -> Result<(), Error> {
        let (from, to) = (row.id, stays.id);
        tables.update_member(&MemberRow {
            state: "merged".into(),
            version: row.version + 1,
            merged_into_id: Some(to),
            ..row.clone()
        })?;
        // A new version even if nothing is filled in: a caller who read the row before must read it again.
        tables.update_member(&self.filled_in(&row, MemberRow { version: stays.version + 1, ..stays })?)?;
        for sign_up in tables.repoint_member(from, to)? {
            self.tell_of_seat(tables, &sign_up)?;
        }
        repoint_records(tables, from, to)
    }

    /// The file that stays, completed with what only the duplicate has. Phone and ID number are sealed anew: a seal
    /// is bound to its row.
    fn filled_in(&self, row: &MemberRow, stays: MemberRow) -> Result<MemberRow, Error> {
        let secrets = &self.authority.secrets;
        let sealed = |kind: Sealed, blob: &Option<Vec<u8>>| {
            let text =
                blob.as_ref().map(|blob| secrets.unseal(kind, row.bank_id, row.id, blob)).transpose()?;
            text.map(|text| secrets.seal(kind, row.bank_id, stays.id, &text)).transpose()
        };
        let mut filled = stays.clone();
        if stays.phone_hash.is_none() {
            filled.phone_sealed = sealed(Sealed::Phone, &row.phone_sealed)?;
            filled.phone_hash.clone_from(&row.phone_hash);
            filled.phone_tail_hash.clone_from(&row.phone_tail_hash);
        }
        if stays.id_number_hash.is_none() {
            filled.id_number_sealed = sealed(Sealed::IdNumber, &row.id_number_sealed)?;
            filled.id_number_hash.clone_from(&row.id_number_hash);
        }
        // The household is kept, because conflicts of interest follow from it.
        filled.household_id = stays.household_id.or(row.household_id);
        filled.gender = stays.gender.or(row.gender.clone());
        filled.birth_year = stays.birth_year.or(row.birth_year);
        filled.trade = stays.trade.or(row.trade.clone());
        filled.party_member = stays.party_member || row.party_member;
        Ok(filled)
    }

    /// Completes the merges of release 0.1, which moved balances to the day of the merge and left limits and reserves
    /// behind: afterwards all duplicates are aliases of the file that stays. Returns their number.
    pub async fn complete_merges(&self, bank: BankId) -> Result<usize, Error> {
        let (mut done, mut after) = (0_usize, None);
        loop {
            let rows =
                self.store.read(bank, move |tables| tables.merges_to_complete(after, AT_A_TIME)).await?;
            let Some(last) = rows.last().copied() else { return Ok(done) };
            after = Some(last);
            done = done.saturating_add(self.complete(bank, rows).await?);
        }
    }

    async fn complete(&self, bank: BankId, duplicates: Vec<Id>) -> Result<usize, Error> {
        let mut done = 0_usize;
        for duplicate in duplicates {
            let completed = self.store.write(bank, move |tables| {
                let row = tables.member(duplicate)?.ok_or_else(absent)?;
                let stays = tables.member_that_stays(duplicate)?;
                let command = merge_command(tables, Id::SYSTEM, &row, &stays, None)?;
                call::accepted(tables.decide(&command)?).map(|_| ())
            });
            match completed.await {
                Ok(()) => done = done.saturating_add(1),
                Err(error @ (Error::Refused(_) | Error::Fault(_))) => {
                    tracing::warn!(%duplicate, %error, "a merge of an earlier release could not be completed");
                }
                Err(error) => return Err(error),
            }
        }
        Ok(done)
    }
}

/// The duplicate and the file that stays, if they may be merged: both within reach, of one kind, in use, and neither
/// the caller's own. The id of a merged file means the file that stays.
fn two_files(
    tables: &mut Tables<'_>,
    call: &Call,
    duplicate: Id,
    into: Id,
) -> Result<(MemberRow, MemberRow), Error> {
    let (row, path) = tables.member_at(duplicate)?;
    let stays = tables.member_that_stays(into)?;
    let (_, stays_path) = tables.member_at(stays.id)?;
    for (row, path) in [(&row, &path), (&stays, &stays_path)] {
        call.must_reach(Permission::FreezeMembers, path, absent())?;
        not_for_oneself(tables, call, row)?;
    }
    let again = row.merged_into_id == Some(stays.id) && tables.is_merge_to_complete(row.id)?;
    let mut log_ins = tables.users_of(row.id)?;
    log_ins.extend(tables.users_of(stays.id)?);
    match () {
        () if row.id == stays.id && duplicate == into => Err(refused("same")),
        () if row.id == stays.id || (row.state == "merged" && !again) => Err(refused("merged")),
        () if row.kind != stays.kind => Err(refused("kinds_differ")),
        () if !may_be_one(tables, &log_ins)? => Err(refused("duties")),
        () if stays.state == "frozen" || row.state == "frozen" => Err(refused("frozen")),
        () => Ok((row, stays)),
    }
}

/// Makes every account of the duplicate, whatever it holds, an alias of the same account of the file that stays; so
/// too the accounts of duplicates merged earlier that are not aliases yet.
fn merge_command(
    tables: &mut Tables<'_>,
    actor: Id,
    row: &MemberRow,
    stays: &MemberRow,
    note: Option<Note>,
) -> Result<Command, Error> {
    let mut owners = vec![row.id];
    owners.extend(tables.merged_into(row.id)?);
    let (mut pairs, mut open) = (Vec::new(), Vec::new());
    for owner in owners {
        for account in tables.accounts_of(owner)?.into_iter().filter(|account| account.merged.is_none()) {
            let terms = account.terms;
            let id = AccountTerms::id_of(stays.id, terms.asset, terms.purpose);
            pairs.push((terms.id, id));
            open.push(AccountTerms { id, owner: stays.id, ..terms });
        }
    }
    let mut command = Command::new(actor, EntryKind::Merge, Op::Merge { pairs })
        .open(open)
        .source(format!("member/{}", row.id));
    command.metadata =
        [("member".to_owned(), stays.id.to_string()), ("duplicate".to_owned(), row.id.to_string())].into();
    command.note = note;
    Ok(command)
}

/// Moves unfinished records of a duplicate to the file that stays. If one overlaps their own, the same hour was
/// claimed twice: its approval is void, and a second person reviews it again.
fn repoint_records(tables: &mut Tables<'_>, from: Id, to: Id) -> Result<(), Error> {
    for mut record in tables.unfinished_records(from)? {
        let service = Service::given(record.started_at, record.ended_at, record.service_minutes)?;
        let twice =
            known(tables, to, &service, Some(record.id))?.iter().any(|other| other.overlaps(&service));
        if twice && record.state == RecordState::Notice {
            record.state = RecordState::Submitted;
            (record.approved_by, record.approved_at, record.notice_until) = (None, None, None);
        }
        record.member_id = to;
        record.version += 1;
        tables.put_record(&record)?;
    }
    Ok(())
}
