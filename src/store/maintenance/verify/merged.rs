//! Checks merged files: rows and ledger agree, and nothing was left on the duplicate.

use super::{Replay, Stop, found};
use crate::domain::id::Id;
use crate::store::connection::AnyConnection;
use crate::store::schema::members;
use diesel::prelude::*;
use std::collections::HashMap;

impl Replay {
    /// If one account of a member is an alias of another member's, all of them must be, and empty, and the member's
    /// row must name the file that stays. (Older merges without aliases are completed later; until then no account
    /// says so.)
    pub(super) fn compare_merged(&self, conn: &mut AnyConnection) -> Result<(), Stop> {
        let mut stays_of: HashMap<Id, Id> = HashMap::new();
        for (id, account) in self.book.accounts.iter().filter(|(_, account)| account.merged.is_some()) {
            let stays = self.book.accounts.get(&self.book.account_meant(*id));
            if account.balance() != 0 || account.debits_pending != 0 || account.credits_pending != 0 {
                return Err(found(
                    format!("accounts {id}"),
                    ("已并入别处的账户里还有余额或预留", "a merged account still holds something"),
                ));
            }
            if let Some(stays) = stays {
                stays_of.insert(account.terms.owner, stays.terms.owner);
            }
        }
        if stays_of.is_empty() {
            return Ok(());
        }
        for (id, account) in self.book.accounts.iter() {
            if account.merged.is_none() && stays_of.contains_key(&account.terms.owner) {
                let fault = (
                    "户主已并入另一份档案，这个账户却留了下来",
                    "its owner was merged into another, but this account stayed behind",
                );
                return Err(found(format!("accounts {id}"), fault));
            }
        }
        let rows = members::table
            .filter(members::bank_id.eq(self.book.bank).and(members::merged_into_id.is_not_null()))
            .select((members::id, members::merged_into_id))
            .load::<(Id, Option<Id>)>(conn)?;
        let rows: HashMap<Id, Option<Id>> = rows.into_iter().collect();
        let mut duplicates: Vec<(&Id, &Id)> = stays_of.iter().collect();
        duplicates.sort();
        for (duplicate, stays) in duplicates {
            let of_member = members::table.find((self.book.bank, *duplicate)).count();
            let is_member = of_member.get_result::<i64>(conn)? > 0;
            if is_member && rows.get(duplicate).copied().flatten() != Some(*stays) {
                let fault = (
                    "账户并入的人与档案所写的不是同一人",
                    "its accounts were merged into those of another member than the row says",
                );
                return Err(found(format!("members {duplicate}"), fault));
            }
        }
        Ok(())
    }
}
