//! What an export of service reads: who served in some days, what was done, and stars granted.

use crate::domain::id::Id;
use crate::domain::service::record::RecordState;
use crate::domain::stars::grant::StarGrant;
use crate::domain::time::Days;
use crate::store::Tables;
use crate::store::error::Error;
use crate::store::readers::on_days::on_days;
use crate::store::readers::under::reached;
use crate::store::schema::*;
use crate::store::writer::document_rows::StarGrantRow;
use diesel::dsl::not;
use diesel::prelude::*;
use std::collections::HashMap;

impl Tables<'_> {
    /// The member of each final record below these paths that began within days, up to a number of records.
    pub fn served_below(&mut self, paths: &[String], days: Days, most: i64) -> Result<Vec<Id>, Error> {
        let mut query = service_records::table
            .filter(service_records::bank_id.eq(self.bank))
            // The days decide: `NOT` keeps the planner from an index of another column.
            .filter(not(service_records::org_id.ne_all(reached!(self, paths))))
            .filter(not(service_records::state.ne(RecordState::Final.as_str())))
            .into_boxed();
        on_days!(query, days, self.zone, service_records::started_at);
        Ok(query.select(service_records::member_id).limit(most).load(self.conn)?)
    }

    /// What was done in these records, in words.
    pub fn texts_of_records(&mut self, records: &[Id]) -> Result<HashMap<Id, String>, Error> {
        let texts = record_texts::table
            .filter(record_texts::bank_id.eq(self.bank).and(record_texts::record_id.eq_any(records)))
            .select((record_texts::record_id, record_texts::content));
        Ok(texts.load::<(Id, String)>(self.conn)?.into_iter().collect())
    }

    /// The stars that were granted to these members within days.
    pub fn stars_granted(&mut self, members: &[Id], days: Days) -> Result<Vec<StarGrant>, Error> {
        let mut query = star_grants::table
            .filter(star_grants::bank_id.eq(self.bank).and(star_grants::member_id.eq_any(members)))
            .into_boxed();
        on_days!(query, days, self.zone, star_grants::granted_at);
        let rows = query.order(star_grants::id).select(StarGrantRow::as_select());
        rows.load(self.conn)?.into_iter().map(StarGrantRow::document).collect()
    }
}
