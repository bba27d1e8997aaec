//! Re-points what belongs to a duplicate to the row that stays.

use super::finding::MemberSearch;
use super::members::MemberRow;
use crate::domain::id::Id;
use crate::domain::ledger::account::CounterId;
use crate::domain::refusal::Refusal;
use crate::ledger::command::names_of;
use crate::store::Tables;
use crate::store::error::Error;
use crate::store::points::proposals::ProposalRow;
use crate::store::schema::*;
use diesel::prelude::*;

impl Tables<'_> {
    /// Duplicates with an account that is not an alias yet: merged by an earlier release.
    pub fn merges_to_complete(&mut self, after: Option<Id>, limit: i64) -> Result<Vec<Id>, Error> {
        let of_duplicate = accounts::bank_id.eq(members::bank_id).and(accounts::owner_id.eq(members::id));
        let left_behind = members::table
            .inner_join(accounts::table.on(of_duplicate))
            .filter(members::bank_id.eq(self.bank).and(members::merged_into_id.is_not_null()))
            .filter(accounts::merged_into_id.is_null())
            .filter(members::id.gt(after.unwrap_or(Id::SYSTEM)));
        let rows = left_behind.select(members::id).distinct().order(members::id).limit(limit);
        Ok(rows.load(self.conn)?)
    }

    /// The duplicates of these members and households, each with the file that stays: limits count under all their
    /// ids.
    pub fn duplicates_of(&mut self, subjects: &[Id]) -> Result<Vec<(Id, Id)>, Error> {
        let mut found = Vec::new();
        for part in subjects.chunks(500) {
            let merged = members::table
                .filter(members::bank_id.eq(self.bank).and(members::merged_into_id.eq_any(part)))
                .order(members::id)
                .select((members::id, members::merged_into_id));
            let rows: Vec<(Id, Option<Id>)> = merged.load(self.conn)?;
            found.extend(rows.into_iter().filter_map(|(duplicate, stays)| Some((duplicate, stays?))));
        }
        Ok(found)
    }

    /// Members within reach, also found by the number, phone or ID number of a duplicate: the old card leads to the
    /// one file.
    pub fn find_files(
        &mut self,
        search: &MemberSearch,
        paths: &[String],
        limit: i64,
    ) -> Result<Vec<MemberRow>, Error> {
        let mut found = self.find_members(search, paths, limit)?;
        let mut of_duplicates = members::table
            .filter(members::bank_id.eq(self.bank).and(members::merged_into_id.is_not_null()))
            .into_boxed();
        match search {
            MemberSearch { number: Some(number), .. } => {
                of_duplicates = of_duplicates.filter(members::number.eq(number.clone()));
            }
            MemberSearch { phone_hash: Some(hash), .. } => {
                of_duplicates = of_duplicates.filter(members::phone_hash.eq(hash.clone()));
            }
            MemberSearch { phone_tail_hash: Some(hash), .. } => {
                of_duplicates = of_duplicates.filter(members::phone_tail_hash.eq(hash.clone()));
            }
            MemberSearch { id_number_hash: Some(hash), .. } => {
                of_duplicates = of_duplicates.filter(members::id_number_hash.eq(hash.clone()));
            }
            _ => return Ok(found),
        }
        let files: Vec<Option<Id>> = of_duplicates.select(members::merged_into_id).load(self.conn)?;
        let files = self.members_by_id(files.into_iter().flatten())?;
        let orgs = self.orgs(files.iter().map(|row| row.org_id))?;
        for row in files {
            let path = orgs.get(&row.org_id).map_or("", |org| org.path.as_str());
            let fits = search.kind.as_ref().is_none_or(|kind| *kind == row.kind)
                && search.name.as_ref().is_none_or(|name| row.name_key.starts_with(name.as_str()))
                && search
                    .initials
                    .as_ref()
                    .is_none_or(|initials| row.initials.starts_with(initials.as_str()))
                && search.household.is_none_or(|household| row.household_id == Some(household))
                && search.days.cover(row.created_at, self.zone)
                && search.after.as_ref().is_none_or(|after| search.place(&row) > *after);
            if fits && paths.iter().any(|reached| path.starts_with(reached.as_str())) {
                found.push(row);
            }
        }
        search.in_order(&mut found, limit);
        Ok(found)
    }

    /// What a counter has used for one file, under all its ids.
    pub fn counter_used_as_one(&mut self, counter: CounterId, duplicates: &[(Id, Id)]) -> Result<i64, Error> {
        let mut used = 0_i64;
        for name in names_of(counter, duplicates) {
            used = used.saturating_add(self.counter_used(&name.key, &name.window)?);
        }
        Ok(used)
    }

    pub fn is_merge_to_complete(&mut self, duplicate: Id) -> Result<bool, Error> {
        Ok(self.accounts_of(duplicate)?.iter().any(|account| account.merged.is_none()))
    }

    /// Re-points everything that names a duplicate and is not a document of the ledger: users, people of the
    /// household, attendances, sign-ups, wishes, certificates, consents, shops that they own, duplicates merged into it before. Its household's people get a
    /// new version: from now on their limits count with those of another household.
    pub fn repoint_member(&mut self, from: Id, to: Id) -> Result<Vec<SignUpRow>, Error> {
        let bank = self.bank;
        let own = users::table.filter(users::bank_id.eq(bank).and(users::member_id.eq(from)));
        diesel::update(own)
            .set((users::member_id.eq(to), users::version.eq(users::version + 1)))
            .execute(self.conn)?;
        self.rights_changed();
        let home = members::table.filter(members::bank_id.eq(bank).and(members::household_id.eq(from)));
        diesel::update(home).set(members::household_id.eq(to)).execute(self.conn)?;
        let together = members::table.filter(members::bank_id.eq(bank).and(members::household_id.eq(to)));
        diesel::update(together).set(members::version.eq(members::version + 1)).execute(self.conn)?;
        self.end_stays(from)?;
        let earlier = members::table.filter(members::bank_id.eq(bank).and(members::merged_into_id.eq(from)));
        diesel::update(earlier)
            .set((members::merged_into_id.eq(to), members::version.eq(members::version + 1)))
            .execute(self.conn)?;
        let came =
            attendances::table.filter(attendances::bank_id.eq(bank).and(attendances::member_id.eq(from)));
        diesel::update(came)
            .set((attendances::member_id.eq(to), attendances::version.eq(attendances::version + 1)))
            .execute(self.conn)?;
        let shops =
            merchants::table.filter(merchants::bank_id.eq(bank).and(merchants::owner_member_id.eq(from)));
        diesel::update(shops)
            .set((merchants::owner_member_id.eq(to), merchants::version.eq(merchants::version + 1)))
            .execute(self.conn)?;
        let certified =
            certificates::table.filter(certificates::bank_id.eq(bank).and(certificates::member_id.eq(from)));
        diesel::update(certified)
            .set((certificates::member_id.eq(to), certificates::version.eq(certificates::version + 1)))
            .execute(self.conn)?;
        let consented = consents::table.filter(consents::bank_id.eq(bank).and(consents::member_id.eq(from)));
        diesel::update(consented)
            .set((consents::member_id.eq(to), consents::version.eq(consents::version + 1)))
            .execute(self.conn)?;
        self.keep_first_sign_ins(to)?;
        self.repoint_wishes(from, to)?;
        self.repoint_codes(from, to)?;
        self.repoint_proposals(from, to)?;
        self.repoint_sign_ups(from, to)
    }

    /// Signed in twice on a day at one activity, under both ids: the first sign-in counts, the second is closed
    /// without a record.
    fn keep_first_sign_ins(&mut self, member: Id) -> Result<(), Error> {
        let mut open = self.open_attendances(member)?;
        open.reverse();
        let mut seen = std::collections::BTreeSet::new();
        for mut row in open {
            if !seen.insert((row.activity_id, row.signed_in_at.day(self.zone))) {
                row.signed_out_at = Some(row.signed_in_at);
                row.signed_out_by = Some(row.signed_in_by);
                row.version += 1;
                self.update(&row)?;
            }
        }
        Ok(())
    }

    /// Moves a shown or claimed code; of two, the newer one stays valid, as if one person had shown both.
    fn repoint_codes(&mut self, from: Id, to: Id) -> Result<(), Error> {
        let good = codes::state.eq_any(["live", "claimed"]);
        let of_both = codes::table
            .filter(codes::bank_id.eq(self.bank).and(codes::member_id.eq_any([from, to])).and(good))
            .order(codes::id.desc())
            .select(codes::id);
        let newest = of_both.load::<Id>(self.conn)?;
        for (index, code) in newest.into_iter().enumerate() {
            let at = codes::table.find((self.bank, code));
            match index {
                // Its version stays, because a shop may have claimed it.
                0 => diesel::update(at).set(codes::member_id.eq(to)).execute(self.conn)?,
                _ => diesel::update(at)
                    .set((codes::state.eq("replaced"), codes::version.eq(codes::version + 1)))
                    .execute(self.conn)?,
            };
        }
        Ok(())
    }

    /// Moves proposals about the duplicate to the row that stays and its organisation.
    fn repoint_proposals(&mut self, from: Id, to: Id) -> Result<(), Error> {
        let stays = self.member(to)?.ok_or(Refusal::NotFound { what: "member".into() })?;
        let open = proposals::table
            .filter(proposals::bank_id.eq(self.bank).and(proposals::state.eq("open")))
            .filter(proposals::subject_id.eq(from))
            .select(ProposalRow::as_select());
        for row in open.load::<ProposalRow>(self.conn)? {
            let body = row.body.replace(&from.to_string(), &to.to_string());
            let version = row.version.saturating_add(1);
            // An award is decided in the member's organisation; others where they were requested.
            let org_id = if row.kind == "award" { stays.org_id } else { row.org_id };
            self.update(&ProposalRow { subject_id: to, org_id, body, version, ..row })?;
        }
        Ok(())
    }
}
