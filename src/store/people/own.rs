//! Rows about one person, as they are stored: for the copy of the own data.

use crate::domain::id::Id;
use crate::domain::time::Moment;
use crate::store::error::Error;
use crate::store::schema::*;
use crate::store::{Tables, schema};
use diesel::prelude::*;
use serde::Serialize;
use serde_json::Value;

/// One person: all ids of the file, and the log-ins.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Owner {
    /// The file that stays, and its duplicates.
    pub members: Vec<Id>,
    pub users: Vec<Id>,
}

impl Owner {
    /// All ids: those of the file and those of the log-ins.
    pub fn ids(&self) -> Vec<Id> {
        self.members.iter().chain(&self.users).copied().collect()
    }
}

/// Declares the tables that are copied as they are stored: `table: Row by the column that names the person`.
macro_rules! own_rows {
    ($($table:ident: $row:ident by $column:ident in $ids:ident;)+) => {
        /// Their names.
        pub const AS_STORED: &[&str] = &[$(stringify!($table)),+];

        impl Tables<'_> {
            /// Rows of one of [`AS_STORED`] about a person, in the order of their ids, after one of them.
            pub fn own_rows(
                &mut self,
                table: &str,
                owner: &Owner,
                after: Option<Id>,
                limit: i64,
            ) -> Result<Vec<(Id, Value)>, Error> {
                let after = after.unwrap_or(Id(uuid::Uuid::nil()));
                match table {
                    $(stringify!($table) => {
                        let rows = schema::$table::table
                            .filter($table::bank_id.eq(self.bank).and($table::id.gt(after)))
                            .filter($table::$column.eq_any(owner.$ids.clone()))
                            .order($table::id)
                            .limit(limit)
                            .select($row::as_select());
                        let rows: Vec<$row> = rows.load(self.conn)?;
                        rows.into_iter().map(|row| Ok((row.id, whole(&row)?))).collect()
                    })+
                    other => Err(Error::Fault(format!("{other} is not copied as it is stored"))),
                }
            }
        }
    };
}

own_rows! {
    users: UserRow by id in users;
    roles: RoleRow by user_id in users;
    sessions: SessionRow by user_id in users;
    second_factors: SecondFactorRow by id in users;
    consents: ConsentRow by member_id in members;
    attendances: AttendanceRow by member_id in members;
    wishes: WishesRow by id in members;
    invitations: InvitationRow by member_id in members;
    codes: CodeRow by member_id in members;
    cards: CardRow by id in members;
    star_grants: StarGrantRow by member_id in members;
    proposals: ProposalRow by subject_id in members;
    proxies: ProxyRow by member_id in members;
    merchants: MerchantRow by owner_member_id in members;
    shop_applications: ShopApplicationRow by owner_member_id in members;
    attachments: AttachmentRow by member_id in members;
}

fn whole(row: &impl Serialize) -> Result<Value, Error> {
    serde_json::to_value(row).map_err(|error| Error::Fault(error.to_string()))
}

impl Tables<'_> {
    /// The person that an id of a file means.
    pub fn owner(&mut self, member: Id) -> Result<Owner, Error> {
        let members = self.ids_of_file(member)?;
        let users = users::table
            .filter(users::bank_id.eq(self.bank).and(users::member_id.eq_any(members.clone())))
            .order(users::id)
            .select(users::id);
        Ok(Owner { users: users.load(self.conn)?, members })
    }

    /// The free texts of a person's service records, in the order of the records.
    pub fn own_record_texts(
        &mut self,
        owner: &Owner,
        after: Option<Id>,
        limit: i64,
    ) -> Result<Vec<(Id, Value)>, Error> {
        let of_person = service_records::table
            .filter(service_records::bank_id.eq(self.bank))
            .filter(service_records::member_id.eq_any(owner.members.clone()))
            .select(service_records::id);
        let rows = record_texts::table
            .filter(record_texts::bank_id.eq(self.bank))
            .filter(record_texts::record_id.gt(after.unwrap_or(Id(uuid::Uuid::nil()))))
            .filter(record_texts::record_id.eq_any(of_person))
            .order(record_texts::record_id)
            .limit(limit)
            .select(RecordText::as_select());
        let rows: Vec<RecordText> = rows.load(self.conn)?;
        rows.into_iter().map(|row| Ok((row.record_id, whole(&row)?))).collect()
    }

    /// Objections that a person raised, and those against their records.
    pub fn own_objections(
        &mut self,
        owner: &Owner,
        after: Option<Id>,
        limit: i64,
    ) -> Result<Vec<(Id, Value)>, Error> {
        let of_person = service_records::table
            .filter(service_records::bank_id.eq(self.bank))
            .filter(service_records::member_id.eq_any(owner.members.clone()))
            .select(service_records::id);
        let raised = objections::raised_by.eq_any(owner.users.clone());
        let rows = objections::table
            .filter(objections::bank_id.eq(self.bank))
            .filter(objections::id.gt(after.unwrap_or(Id(uuid::Uuid::nil()))))
            .filter(raised.or(objections::record_id.eq_any(of_person)))
            .order(objections::id)
            .limit(limit)
            .select(ObjectionRow::as_select());
        let rows: Vec<ObjectionRow> = rows.load(self.conn)?;
        rows.into_iter().map(|row| Ok((row.id, whole(&row)?))).collect()
    }

    /// Where a person has lived, a page; the place is the household.
    pub fn own_stays(
        &mut self,
        owner: &Owner,
        after: Option<Id>,
        limit: i64,
    ) -> Result<Vec<(Id, Value)>, Error> {
        let rows = household_stays::table
            .filter(household_stays::bank_id.eq(self.bank))
            .filter(household_stays::member_id.eq_any(owner.members.clone()))
            .filter(household_stays::household_id.gt(after.unwrap_or(Id(uuid::Uuid::nil()))))
            .order((household_stays::household_id, household_stays::joined_at))
            .limit(limit)
            .select((
                household_stays::member_id,
                household_stays::household_id,
                household_stays::joined_at,
                household_stays::left_at,
            ));
        let rows: Vec<(Id, Id, Moment, Option<Moment>)> = rows.load(self.conn)?;
        let stay = |(member_id, household_id, joined_at, left_at): (Id, Id, Moment, Option<Moment>)| {
            let row = serde_json::json!({
                "member_id": member_id, "household_id": household_id, "joined_at": joined_at, "left_at": left_at,
            });
            (household_id, row)
        };
        Ok(rows.into_iter().map(stay).collect())
    }

    /// The texts of entries.
    pub fn texts_of_entries(
        &mut self,
        numbers: &[i64],
    ) -> Result<std::collections::HashMap<i64, String>, Error> {
        let mut found = std::collections::HashMap::new();
        for part in numbers.chunks(500) {
            let rows = notes::table
                .filter(notes::bank_id.eq(self.bank).and(notes::entry_number.eq_any(part)))
                .select((notes::entry_number, notes::body));
            found.extend(rows.load::<(i64, String)>(self.conn)?);
        }
        Ok(found)
    }
}
