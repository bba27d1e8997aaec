//! Cuts a person's identity off: rows of their own are emptied or removed. Rows that entries prove stay as they are;
//! they name people by ids alone.

use super::own::Owner;
use crate::domain::id::Id;
use crate::domain::people::erasure::{ERASED, ERASED_NAME};
use crate::store::error::Error;
use crate::store::people::consents::{GIVEN, WITHDRAWN};
use crate::store::schema::*;
use crate::store::{Tables, schema};
use diesel::prelude::*;
use serde_json::Value;

/// Rows that are changed at a time.
const PAGE: usize = 500;

/// Deletes the rows of a bank in which a column names one of these ids.
macro_rules! remove {
    ($tables:ident, $($table:ident by $column:ident in $ids:expr;)+) => {
        $(diesel::delete(
            schema::$table::table
                .filter($table::bank_id.eq($tables.bank).and($table::$column.eq_any($ids.clone()))),
        )
        .execute($tables.conn)?;)+
    };
}

impl Tables<'_> {
    /// Empties or removes everything that belongs to one person, except `keep`: the proposal that is being decided.
    pub fn erase_person(&mut self, owner: &Owner, keep: Id, by: Id) -> Result<(), Error> {
        let names = self.erase_files(owner)?;
        self.erase_log_ins(owner, by)?;
        self.erase_messages(owner)?;
        self.erase_service(owner)?;
        self.erase_cards(owner)?;
        self.erase_proposals(owner, keep)?;
        self.erase_entries(owner)?;
        self.erase_traces(owner, &names)
    }

    /// The files; returns the names that they had.
    fn erase_files(&mut self, owner: &Owner) -> Result<Vec<String>, Error> {
        let mut names = Vec::new();
        for member in &owner.members {
            let Some(row) = self.member(*member)? else { continue };
            names.push(row.name.clone());
            // A duplicate stays one, so that its ids still lead to the file.
            let state = if row.merged_into_id.is_some() { row.state } else { ERASED.to_owned() };
            self.update_member(&MemberRow {
                name: ERASED_NAME.into(),
                household_id: None,
                gender: None,
                birth_year: None,
                party_member: false,
                trade: None,
                phone_sealed: None,
                phone_hash: None,
                phone_tail_hash: None,
                id_number_sealed: None,
                id_number_hash: None,
                state,
                version: row.version.saturating_add(1),
                ..row
            })?;
        }
        let given = consents::table
            .filter(consents::bank_id.eq(self.bank).and(consents::member_id.eq_any(owner.members.clone())));
        diesel::update(given.clone())
            .set((consents::paper.eq(None::<String>), consents::version.eq(consents::version + 1)))
            .execute(self.conn)?;
        diesel::update(given.filter(consents::state.eq(GIVEN)))
            .set((consents::state.eq(WITHDRAWN), consents::withdrawn_at.eq(self.now)))
            .execute(self.conn)?;
        let named = proxies::member_id
            .eq_any(owner.members.clone())
            .or(proxies::proxy_id.eq_any(owner.members.clone()));
        let named = proxies::table.filter(proxies::bank_id.eq(self.bank).and(named));
        diesel::update(named.clone())
            .set((proxies::guardianship.eq(None::<String>), proxies::version.eq(proxies::version + 1)))
            .execute(self.conn)?;
        diesel::update(named.filter(proxies::state.eq("active")))
            .set((proxies::state.eq("ended"), proxies::ended_at.eq(self.now)))
            .execute(self.conn)?;
        remove! { self,
            household_stays by member_id in owner.members;
            wishes by id in owner.members;
        }
        self.remove_attachments_about(&owner.members)?;
        Ok(names)
    }

    /// The log-ins: they open nothing any more, and their names are free.
    fn erase_log_ins(&mut self, owner: &Owner, by: Id) -> Result<(), Error> {
        self.rights_changed();
        for id in &owner.users {
            let Some(row) = self.user(*id)? else { continue };
            self.update(&UserRow {
                login: format!("erased-{id}"),
                name: ERASED_NAME.into(),
                password_hash: None,
                password_changed_at: None,
                state: ERASED.into(),
                version: row.version.saturating_add(1),
                ..row
            })?;
            for role in self.held_roles(*id)? {
                self.revoke_role(role.id, by)?;
            }
        }
        remove! { self,
            sessions by user_id in owner.users;
            second_factors by id in owner.users;
            sign_in_codes by id in owner.users;
        }
        // The answers to requests that posted belong to their entries, and hold figures alone.
        let own = answers::table
            .filter(answers::bank_id.eq(self.bank).and(answers::user_id.eq_any(owner.users.clone())))
            .filter(answers::entry_number.is_null());
        diesel::delete(own).execute(self.conn)?;
        Ok(())
    }

    fn erase_messages(&mut self, owner: &Owner) -> Result<(), Error> {
        let to_person = messages::member_id.eq_any(owner.members.clone()).assume_not_null();
        let to_user = messages::user_id.eq_any(owner.users.clone()).assume_not_null();
        let own = messages::table.filter(messages::bank_id.eq(self.bank).and(to_person.or(to_user)));
        let ids: Vec<Id> = own.select(messages::id).load(self.conn)?;
        for part in ids.chunks(PAGE) {
            let part = part.to_vec();
            remove! { self, deliveries by message_id in part; messages by id in part; }
        }
        remove! { self, message_choices by id in owner.ids(); }
        Ok(())
    }

    /// Texts of records and objections, and complaints.
    fn erase_service(&mut self, owner: &Owner) -> Result<(), Error> {
        self.forget_whereabouts(&owner.members)?;
        let of_person = service_records::table
            .filter(service_records::bank_id.eq(self.bank))
            .filter(service_records::member_id.eq_any(owner.members.clone()));
        let records: Vec<Id> = of_person.select(service_records::id).load(self.conn)?;
        for part in records.chunks(PAGE) {
            let part = part.to_vec();
            remove! { self, record_texts by record_id in part; }
            let against = objections::table
                .filter(objections::bank_id.eq(self.bank).and(objections::record_id.eq_any(part)));
            diesel::update(against)
                .set((
                    objections::reason.eq(""),
                    objections::decision.eq(None::<String>),
                    objections::version.eq(objections::version + 1),
                ))
                .execute(self.conn)?;
        }
        let raised = objections::table
            .filter(objections::bank_id.eq(self.bank).and(objections::raised_by.eq_any(owner.users.clone())));
        diesel::update(raised)
            .set((objections::reason.eq(""), objections::version.eq(objections::version + 1)))
            .execute(self.conn)?;
        let made_for = feedback::member_id.eq_any(owner.members.clone()).assume_not_null();
        let own = feedback::table
            .filter(feedback::bank_id.eq(self.bank))
            .filter(feedback::made_by.eq_any(owner.users.clone()).or(made_for));
        diesel::update(own.clone())
            .set((
                feedback::words.eq(""),
                feedback::answer.eq(None::<String>),
                feedback::objection.eq(None::<String>),
                feedback::version.eq(feedback::version + 1),
            ))
            .execute(self.conn)?;
        diesel::update(own.filter(feedback::state.eq_any(["open", "disputed"])))
            .set(feedback::state.eq("withdrawn"))
            .execute(self.conn)?;
        self.erase_shop_applications(owner)
    }

    /// What was written in applications for shops.
    fn erase_shop_applications(&mut self, owner: &Owner) -> Result<(), Error> {
        use shop_applications as applications;
        let own = applications::table.filter(
            applications::bank_id
                .eq(self.bank)
                .and(applications::owner_member_id.eq_any(owner.members.clone())),
        );
        diesel::update(own.clone())
            .set((
                applications::name.eq(""),
                applications::address.eq(""),
                applications::credit_code.eq(None::<String>),
                applications::goods.eq(""),
                applications::reason.eq(None::<String>),
                applications::version.eq(applications::version + 1),
            ))
            .execute(self.conn)?;
        diesel::update(own.filter(applications::state.eq("applied")))
            .set(applications::state.eq("withdrawn"))
            .execute(self.conn)?;
        Ok(())
    }

    /// Cards and codes pay nothing from now on.
    fn erase_cards(&mut self, owner: &Owner) -> Result<(), Error> {
        let own =
            cards::table.filter(cards::bank_id.eq(self.bank).and(cards::id.eq_any(owner.members.clone())));
        diesel::update(own)
            .set((
                cards::edition.eq(cards::edition + 1),
                cards::pin_hash.eq(None::<String>),
                cards::lost_at.eq(self.now),
                cards::version.eq(cards::version + 1),
            ))
            .execute(self.conn)?;
        let shown = codes::table
            .filter(codes::bank_id.eq(self.bank).and(codes::member_id.eq_any(owner.members.clone())))
            .filter(codes::state.eq_any(["live", "claimed"]));
        diesel::update(shown)
            .set((codes::state.eq("replaced"), codes::version.eq(codes::version + 1)))
            .execute(self.conn)?;
        Ok(())
    }

    /// What proposals say in words.
    fn erase_proposals(&mut self, owner: &Owner, keep: Id) -> Result<(), Error> {
        let about = proposals::table
            .filter(proposals::bank_id.eq(self.bank).and(proposals::subject_id.eq_any(owner.members.clone())))
            .filter(proposals::id.ne(keep))
            .select(ProposalRow::as_select());
        for row in about.load::<ProposalRow>(self.conn)? {
            let (body, version) = (without_words(&row.body), row.version.saturating_add(1));
            self.update(&ProposalRow { body, version, ..row })?;
        }
        Ok(())
    }

    /// The texts of entries on the person's accounts, and of those that name the file: the chain has their digests,
    /// with a salt that goes with the text.
    fn erase_entries(&mut self, owner: &Owner) -> Result<(), Error> {
        let own: Vec<Id> = accounts::table
            .filter(accounts::bank_id.eq(self.bank).and(accounts::owner_id.eq_any(owner.members.clone())))
            .select(accounts::id)
            .load(self.conn)?;
        let moved =
            postings::debit_account_id.eq_any(own.clone()).or(postings::credit_account_id.eq_any(own));
        let moved = postings::table.filter(postings::bank_id.eq(self.bank).and(moved));
        let mut numbers: Vec<i64> = moved.select(postings::entry_number).distinct().load(self.conn)?;
        // An award that came to nothing has no posting.
        let of_entry = entries::bank_id.eq(notes::bank_id).and(entries::number.eq(notes::entry_number));
        for member in &owner.members {
            let named = entries::source
                .eq(format!("member/{member}"))
                .assume_not_null()
                .or(entries::metadata.like(format!("%{member}%")));
            let about = notes::table
                .inner_join(entries::table.on(of_entry))
                .filter(notes::bank_id.eq(self.bank).and(entries::bank_id.eq(self.bank)).and(named));
            numbers.extend(about.select(notes::entry_number).load::<i64>(self.conn)?);
        }
        for part in numbers.chunks(PAGE) {
            let part = part.to_vec();
            remove! { self, notes by entry_number in part; }
        }
        Ok(())
    }

    /// Reasons in lines of the access log about the person, and the name in searches that it keeps.
    fn erase_traces(&mut self, owner: &Owner, names: &[String]) -> Result<(), Error> {
        let proposals_about = proposals::table.filter(
            proposals::bank_id.eq(self.bank).and(proposals::subject_id.eq_any(owner.members.clone())),
        );
        let mut subjects: Vec<Id> = proposals_about.select(proposals::id).load(self.conn)?;
        subjects.extend(owner.ids());
        let applications = shop_applications::table.filter(
            shop_applications::bank_id
                .eq(self.bank)
                .and(shop_applications::owner_member_id.eq_any(owner.members.clone())),
        );
        subjects.extend(applications.select(shop_applications::id).load::<Id>(self.conn)?);
        for part in subjects.chunks(PAGE) {
            let about = access_log::table
                .filter(access_log::bank_id.eq(self.bank).and(access_log::subject_id.eq_any(part)));
            diesel::update(about).set(access_log::reason.eq(None::<String>)).execute(self.conn)?;
        }
        for name in names {
            let named = access_log::table
                .filter(access_log::bank_id.eq(self.bank).and(access_log::reason.like(format!("%{name}%"))))
                .select((access_log::id, access_log::reason));
            for (line, reason) in named.load::<(Id, Option<String>)>(self.conn)? {
                let reason = reason.map(|reason| reason.replace(name, "***"));
                diesel::update(access_log::table.find((self.bank, line)))
                    .set(access_log::reason.eq(reason))
                    .execute(self.conn)?;
            }
        }
        Ok(())
    }
}

/// The members of a proposal's request that hold words about a person.
const WORDS: &[&str] = &["note", "reason", "value", "paper", "answer", "why", "decided"];

/// A proposal's request without words.
fn without_words(body: &str) -> String {
    let Ok(mut value) = serde_json::from_str(body) else { return "{}".to_owned() };
    blank(&mut value, false);
    value.to_string()
}

/// Empties the texts below such a member, or below any if it is in one already.
fn blank(value: &mut Value, inside: bool) {
    match value {
        Value::Object(members) => {
            members
                .iter_mut()
                .for_each(|(name, member)| blank(member, inside || WORDS.contains(&name.as_str())));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| blank(item, inside)),
        Value::String(text) if inside => text.clear(),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::without_words;

    #[test]
    fn a_request_keeps_its_figures_and_loses_its_words() {
        let body = r#"{"member":"m","decided":[500,"帮王婆婆"],"note":"谢谢","source":null,"item":"tree"}"#;
        assert_eq!(
            without_words(body),
            r#"{"decided":[500,""],"item":"tree","member":"m","note":"","source":null}"#
        );
        assert_eq!(without_words("?"), "{}");
    }
}
