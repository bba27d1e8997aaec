//! Final service records of a year, for the figures: rows only, which no entry knows. They are removed before the ledger
//! is verified.

use super::Dialect;
use crate::goals::baseline::DatabaseError;
use jianxian::domain::id::{BankId, Id};
use jianxian::domain::time::Moment;

/// Records of each activity.
const OF_AN_ACTIVITY: u32 = 15;
const YEAR_SECONDS: i64 = 365 * 86_400;

/// The records to write.
#[derive(Clone, Copy, Debug)]
pub struct Records {
    pub bank: BankId,
    pub org: Id,
    pub actor: Id,
    pub scheme: Id,
    /// A member whose records belong to an existing activity, and that activity: a certificate lists activities by title.
    /// The activity ids of all other records have no row in `activities`; the figures only count them.
    pub certified: (Id, Id),
    /// The last of them begins a little before.
    pub until: Moment,
    pub count: u32,
    /// Whose records they are, in turn.
    pub members: usize,
}

impl Records {
    /// The statement that writes them.
    pub fn insert(&self, dialect: Dialect) -> String {
        let Records { bank, count, members, .. } = *self;
        let step = YEAR_SECONDS.saturating_mul(1_000_000) / i64::from(count.max(1));
        let first = self.until.plus_seconds(-YEAR_SECONDS).micros();
        let (person, post) = self.certified;
        let [org, actor, scheme, person, post] =
            [self.org, self.actor, self.scheme, person, post].map(|id| dialect.id(id));
        let [began, ended] = [first, first.saturating_add(7_200_000_000)]
            .map(|from| dialect.moment(&format!("({from} + n.i * {step})")));
        let (record, activity) =
            (dialect.made_id('R', "n.i"), dialect.made_id('A', &format!("n.i / {OF_AN_ACTIVITY}")));
        format!(
            "INSERT INTO service_records (bank_id, id, version, state, member_id, activity_id, org_id, evidence,
                started_at, ended_at, service_minutes, served, submitted_by, submitted_at, scheme_id, scheme_version,
                points_granted, award_entry)
            WITH {numbers}, m AS (
                SELECT id, ROW_NUMBER() OVER (ORDER BY id) - 1 AS place FROM members WHERE bank_id = {bank}
            )
            SELECT {bank}, {record}, 1, 'final', m.id, CASE m.id WHEN {person} THEN {post} ELSE {activity} END, {org}, 'scan', {began}, {ended}, 120, 3, {actor},
                {ended}, {scheme}, 1, 400, 1
            FROM n JOIN m ON m.place = (n.i * 7919) % {members}",
            bank = bank.0,
            members = members.max(1),
            numbers = dialect.numbers(count),
        )
    }

    /// The statement that removes what [`Records::insert`] wrote.
    pub fn remove(&self) -> String {
        format!(
            "DELETE FROM service_records WHERE bank_id = {} AND award_entry = 1 AND points_granted = 400",
            self.bank.0
        )
    }
}

/// Runs a statement in the database, while no server runs, and has the planner count anew.
pub fn run(url: &str, text: impl Fn(Dialect) -> String) -> Result<(), DatabaseError> {
    use diesel::connection::SimpleConnection;
    use diesel::prelude::*;
    match url.strip_prefix("sqlite:") {
        Some(file) => {
            let mut conn = diesel::sqlite::SqliteConnection::establish(file)?;
            conn.batch_execute(&text(Dialect::Sqlite))?;
        }
        #[cfg(feature = "postgres")]
        None => {
            let mut conn = diesel::pg::PgConnection::establish(url)?;
            conn.batch_execute(&text(Dialect::Postgres))?;
            conn.batch_execute("VACUUM (ANALYZE) service_records")?;
        }
        #[cfg(not(feature = "postgres"))]
        None => return Err(DatabaseError::Unbuilt),
    }
    Ok(())
}
