//! Schemes and their versions.

use crate::domain::id::Id;
use crate::domain::points::scheme::{Scheme, SchemeFault};
use crate::domain::time::Day;
use crate::store::Tables;
use crate::store::error::Error;
use crate::store::schema::*;
pub use crate::store::schema::{SchemeRow, SchemeVersionRow};
use diesel::prelude::*;

impl SchemeVersionRow {
    /// The rules, or the faults of the text.
    pub fn scheme(&self) -> Result<Scheme, Vec<SchemeFault>> {
        Scheme::parse(&self.body)
    }
}

impl Tables<'_> {
    pub fn scheme_by_code(&mut self, code: &str) -> Result<Option<SchemeRow>, Error> {
        let row = schemes::table.filter(schemes::bank_id.eq(self.bank).and(schemes::code.eq(code)));
        Ok(row.select(SchemeRow::as_select()).get_result(self.conn).optional()?)
    }

    pub fn scheme(&mut self, id: Id) -> Result<Option<SchemeRow>, Error> {
        self.find(id)
    }

    pub fn all_schemes(&mut self) -> Result<Vec<SchemeRow>, Error> {
        let all = schemes::table.filter(schemes::bank_id.eq(self.bank)).order(schemes::code);
        Ok(all.select(SchemeRow::as_select()).load(self.conn)?)
    }

    pub fn scheme_versions(&mut self, scheme: Id) -> Result<Vec<SchemeVersionRow>, Error> {
        let own = scheme_versions::table
            .filter(scheme_versions::bank_id.eq(self.bank).and(scheme_versions::scheme_id.eq(scheme)));
        Ok(own.order(scheme_versions::number).select(SchemeVersionRow::as_select()).load(self.conn)?)
    }

    pub fn scheme_version(&mut self, id: Id) -> Result<Option<SchemeVersionRow>, Error> {
        self.find(id)
    }

    /// The published version that is valid on a day: of several, the one that began last.
    pub fn scheme_in_force(&mut self, scheme: Id, day: Day) -> Result<Option<SchemeVersionRow>, Error> {
        let holds = self.scheme_versions(scheme)?.into_iter().filter(|row| {
            row.state == "published"
                && row.valid_from <= day
                && row.valid_until.is_none_or(|until| day <= until)
        });
        Ok(holds.max_by_key(|row| (row.valid_from, row.number)))
    }
}
