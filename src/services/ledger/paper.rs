//! Passbooks on paper: lines with the numbers that they have in print, oldest first.

use super::about::{About, with_words};
use super::passbook::{PassbookLine, account_of, readable};
use crate::auth::permissions::Permission;
use crate::domain::id::Id;
use crate::domain::ledger::asset::Asset;
use crate::services::{Call, Error, Services};
use crate::store::people::members::MemberRow;

/// A part of a passbook as it is printed. Lines are numbered from 1 in the order in which they were recorded, so that a
/// number on paper stays true; only a merge of two files numbers them anew.
#[derive(Clone, Debug)]
pub struct PassbookPart {
    pub member: MemberRow,
    /// The lines of the whole passbook.
    pub total: i64,
    /// In the order of their numbers; the first one is number `after + 1`.
    pub lines: Vec<(PassbookLine, About)>,
}

impl Services {
    /// Up to `limit` lines of a member's passbook of points after the line number `after`. Reads what was recorded
    /// since then, in a fixed number of statements. A print of another person's passbook is logged as a look at the file.
    pub async fn passbook_to_print(
        &self,
        call: &Call,
        member: Id,
        after: i64,
        limit: i64,
    ) -> Result<PassbookPart, Error> {
        let caller = call.clone();
        let found = self.store.read(call.actor.bank, move |tables| {
            let member = readable(tables, &caller, Permission::ReadMembers, member)?;
            let account = account_of(member.id, Asset::Point);
            let total = tables.history_length(account)?;
            let newer = total.saturating_sub(after.max(0)).max(0);
            let mut lines = tables.history(account, None, newer)?;
            lines.reverse();
            lines.truncate(usize::try_from(limit).unwrap_or_default());
            Ok(PassbookPart { member, total, lines: with_words(tables, lines)? })
        });
        let part: PassbookPart = found.await?;
        if call.actor.member != Some(part.member.id) {
            let (caller, id, file) = (call.clone(), self.next_id(), part.member.id);
            let reason = format!("{} +{}", after, part.lines.len());
            let logged = self.store.write(call.actor.bank, move |tables| {
                tables.log_act(
                    id,
                    caller.actor.user,
                    "print_passbook",
                    ("member", Some(file)),
                    Some(reason.clone()),
                )
            });
            logged.await?;
        }
        Ok(part)
    }
}
