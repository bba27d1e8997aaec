//! Codes, redemptions and statements.

use crate::domain::document::{Document, DocumentKind};
use crate::domain::id::Id;
use crate::domain::settlement::statement::Statement;
use crate::domain::shops::redemption::Redemption;
use crate::domain::time::{Days, Moment};
use crate::store::Tables;
use crate::store::error::Error;
pub use crate::store::schema::CodeRow;
use crate::store::schema::*;
use diesel::prelude::*;

impl Tables<'_> {
    /// A member's new code; earlier ones, claimed or not, become invalid.
    pub fn replace_code(&mut self, row: &CodeRow) -> Result<(), Error> {
        let live = codes::table
            .filter(codes::bank_id.eq(self.bank).and(codes::member_id.eq(row.member_id)))
            .filter(codes::state.eq_any(["live", "claimed"]));
        diesel::update(live)
            .set((codes::state.eq("replaced"), codes::version.eq(codes::version + 1)))
            .execute(self.conn)?;
        diesel::insert_into(codes::table).values(row).execute(self.conn)?;
        Ok(())
    }

    pub fn code(&mut self, id: Id) -> Result<Option<CodeRow>, Error> {
        self.find(id)
    }

    /// Whether a code that may still be claimed has these digits.
    pub fn digits_are_shown(&mut self, digits_hash: &[u8]) -> Result<bool, Error> {
        let shown = codes::table
            .filter(codes::bank_id.eq(self.bank).and(codes::digits_hash.eq(digits_hash)))
            .filter(codes::state.eq("live").and(codes::expires_at.gt(self.now)));
        Ok(shown.count().get_result::<i64>(self.conn)? > 0)
    }

    /// The newest code with these digits or this secret.
    pub fn code_by_hash(&mut self, hash: &[u8], digits: bool) -> Result<Option<CodeRow>, Error> {
        let own = codes::table.filter(codes::bank_id.eq(self.bank)).order(codes::id.desc());
        let row = if digits {
            own.filter(codes::digits_hash.eq(hash))
                .select(CodeRow::as_select())
                .first(self.conn)
                .optional()?
        } else {
            own.filter(codes::secret_hash.eq(hash))
                .select(CodeRow::as_select())
                .first(self.conn)
                .optional()?
        };
        Ok(row)
    }

    /// The redemption that was made with a code of the member, whatever became of it.
    pub fn redemption_of_code(&mut self, member: Id, code: Id) -> Result<Option<Id>, Error> {
        let ids = self.ids_of_file(member)?;
        let with = redemptions::table
            .filter(redemptions::bank_id.eq(self.bank).and(redemptions::member_id.eq_any(ids)))
            .filter(redemptions::code_id.eq(code));
        Ok(with.select(redemptions::id).first(self.conn).optional()?)
    }

    pub fn redemption(&mut self, id: Id) -> Result<Option<Redemption>, Error> {
        Ok(match self.document(DocumentKind::Redemption, id)? {
            Some(Document::Redemption(redemption)) => Some(redemption),
            _ => None,
        })
    }

    /// Entries in no statement yet that credited or debited this account up to a moment: number, source, and points
    /// (positive: taken in).
    pub fn unsettled(
        &mut self,
        account: Id,
        until: Moment,
    ) -> Result<Vec<(i64, Option<String>, i64)>, Error> {
        let of_redeeming = entries::kind.eq_any(["redemption", "refund"]);
        let joined = postings::table.inner_join(
            entries::table
                .on(entries::bank_id.eq(postings::bank_id).and(entries::number.eq(postings::entry_number))),
        );
        let settled = statement_lines::table
            .filter(statement_lines::bank_id.eq(self.bank))
            .select(statement_lines::entry_number);
        let rows = joined
            .filter(postings::bank_id.eq(self.bank).and(entries::bank_id.eq(self.bank)))
            .filter(postings::debit_account_id.eq(account).or(postings::credit_account_id.eq(account)))
            .filter(of_redeeming.and(entries::effective_at.lt(until)))
            .filter(diesel::dsl::not(entries::number.eq_any(settled)))
            .order((entries::number, postings::leg))
            .select((entries::number, entries::source, postings::credit_account_id, postings::amount))
            .load::<(i64, Option<String>, Id, i64)>(self.conn)?;
        let mut found: Vec<(i64, Option<String>, i64)> = Vec::new();
        for (number, source, credit, amount) in rows {
            let signed = if credit == account { amount } else { amount.saturating_neg() };
            match found.last_mut().filter(|last| last.0 == number) {
                // What the district covers is a posting of its own.
                Some(last) => last.2 = last.2.saturating_add(signed),
                None => found.push((number, source, signed)),
            }
        }
        Ok(found)
    }

    pub fn statement(&mut self, id: Id) -> Result<Option<Statement>, Error> {
        Ok(match self.document(DocumentKind::Statement, id)? {
            Some(Document::Statement(statement)) => Some(statement),
            _ => None,
        })
    }

    /// The statement that lists an entry, and the line from 0.
    pub fn statement_of_entry(&mut self, entry: i64) -> Result<Option<(Id, i64)>, Error> {
        let listed = statement_lines::table
            .filter(statement_lines::bank_id.eq(self.bank).and(statement_lines::entry_number.eq(entry)));
        let place = (statement_lines::statement_id, statement_lines::line);
        Ok(listed.select(place).first(self.conn).optional()?)
    }

    /// The ids of the redemptions that were made on some days, newest first.
    pub fn redemptions_made_on(&mut self, days: Days, limit: i64) -> Result<Vec<Id>, Error> {
        let mut query = redemptions::table.filter(redemptions::bank_id.eq(self.bank)).into_boxed();
        if let Some(start) = days.start(self.zone) {
            query = query.filter(redemptions::id.ge(Id::lowest_at(start)));
        }
        if let Some(end) = days.end(self.zone) {
            query = query.filter(redemptions::id.lt(Id::lowest_at(end)));
        }
        Ok(query.order(redemptions::id.desc()).limit(limit).select(redemptions::id).load(self.conn)?)
    }

    /// Periods of a merchant's statements so far.
    pub fn periods_of(&mut self, merchant: Id) -> Result<Vec<String>, Error> {
        let own = statements::table
            .filter(statements::bank_id.eq(self.bank).and(statements::merchant_id.eq(merchant)));
        Ok(own.order(statements::id).select(statements::period).load(self.conn)?)
    }
}
