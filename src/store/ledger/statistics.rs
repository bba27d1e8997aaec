//! What docs/STATISTICS.md defines, added up by the database: a statement for each kind of source, whatever the number
//! of parts of the period. Their texts contain numbers, days and ids, nothing that people typed.

use crate::domain::id::Id;
use crate::domain::ledger::account::{AccountTerms, OwnerKind, Purpose};
use crate::domain::ledger::asset::Asset;
use crate::domain::ledger::statistics::{Accounts, Person, Sums, months};
use crate::domain::service::tally::Counted;
use crate::domain::time::{Day, Moment};
use crate::store::Tables;
use crate::store::connection::AnyConnection;
use crate::store::connection::by_key::{Lookup, lookups};
use crate::store::connection::dialect::{day_in_text, id_in_text, moment_in_text, on_either, rows_of};
use crate::store::error::Error;
use crate::store::schema::{members, merchants, service_records, statements};
use crate::store::types::Uid;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use std::collections::{HashMap, HashSet};

/// The organisations whose figures are asked for.
#[derive(Clone, Debug)]
pub struct Places {
    /// `None`: the whole bank.
    pub orgs: Option<Vec<Id>>,
    /// Where sums of the whole bank are entered that have no place.
    pub root: Id,
}

/// Days of one part of a period, both included. Part 0 is what was before the period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    pub part: i64,
    pub from: Day,
    pub until: Day,
}

/// Sums of one part and place.
#[derive(Clone, Copy, Debug)]
pub struct PlacedSums {
    pub part: i64,
    pub org: Id,
    pub sums: Sums,
}

#[derive(QueryableByName)]
struct Added {
    #[diesel(sql_type = BigInt)]
    part: i64,
    #[diesel(sql_type = Uid)]
    org: Id,
    #[diesel(sql_type = BigInt)]
    a: i64,
    #[diesel(sql_type = BigInt)]
    b: i64,
}

impl Added {
    fn placed(&self, sums: Sums) -> PlacedSums {
        PlacedSums { part: self.part, org: self.org, sums }
    }

    /// An amount `b` of the kind `a` of the account on the other side.
    fn of_side(&self) -> PlacedSums {
        let (mut sums, amount) = (Sums::default(), self.b);
        match self.a {
            ISSUED => sums.issued = amount,
            OPENING => sums.opening = amount,
            EXPIRED => sums.expired = amount.saturating_neg(),
            FORFEITED => sums.forfeited = amount.saturating_neg(),
            SHOPS => sums.redeemed = amount.saturating_neg(),
            POOLS => sums.pooled = amount.saturating_neg(),
            _ => sums.exchanged = amount,
        }
        self.placed(sums)
    }
}

/// Files of one kind in one place, by the span in which they were opened.
#[derive(QueryableByName)]
struct Opened {
    #[diesel(sql_type = Uid)]
    org: Id,
    #[diesel(sql_type = BigInt)]
    household: i64,
    #[diesel(sql_type = BigInt)]
    party_member: i64,
    /// A number for each span, with commas between.
    #[diesel(sql_type = Text)]
    counts: String,
}

impl Opened {
    fn accounts(&self, count: i64) -> Accounts {
        match (self.household, self.party_member) {
            (1, _) => Accounts { households: count, ..Accounts::default() },
            (_, 1) => Accounts { party_members: count, ..Accounts::default() },
            _ => Accounts { residents: count, ..Accounts::default() },
        }
    }
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = members)]
pub struct PersonRow {
    id: Id,
    merged_into_id: Option<Id>,
    birth_year: Option<i64>,
    party_member: bool,
    trade: Option<String>,
}

impl PersonRow {
    fn person(self) -> Person {
        let PersonRow { id, birth_year, party_member, trade, .. } = self;
        Person { file: id, birth_year, party_member, trade }
    }
}

lookups! {
    People: PersonRow in members by id as Uid = Id;
}

const ISSUED: i64 = 0;
const OPENING: i64 = 1;
const EXPIRED: i64 = 2;
const FORFEITED: i64 = 3;
const SHOPS: i64 = 4;
/// Another account of people.
const PEOPLE: i64 = 5;
const POOLS: i64 = 6;

/// `AND NOT (column NOT IN (…))`, which keeps the planner from an index of that column: the days decide.
fn within(conn: &AnyConnection, places: &Places, column: &str) -> String {
    let Some(orgs) = &places.orgs else { return String::new() };
    let mut ids: Vec<String> = orgs.iter().map(|id| id_in_text(conn, *id)).collect();
    if ids.is_empty() {
        ids.push(id_in_text(conn, Id::SYSTEM));
    }
    format!("AND NOT ({column} NOT IN ({}))", ids.join(", "))
}

impl Tables<'_> {
    /// Spans as rows: part, first moment, first moment after.
    fn spans(&self, spans: &[Span]) -> String {
        let at = |moment: Moment| moment_in_text(self.conn, moment);
        let row = |span: &Span| {
            format!("({}, {}, {})", span.part, at(span.from.start(self.zone)), at(span.until.end(self.zone)))
        };
        spans.iter().map(row).collect::<Vec<_>>().join(", ")
    }

    /// Counted records of days, in the order in which their services began: final by an entry, and not reversed by a
    /// later one, as of entry `known`.
    pub fn counted_service(
        &mut self,
        days: Span,
        known: i64,
        mut each: impl FnMut(&Counted),
    ) -> Result<(), Error> {
        for (from, until) in months(days.from, days.until) {
            let counted = service_records::table
                .filter(service_records::bank_id.eq(self.bank))
                .filter(service_records::started_at.ge(from.start(self.zone)))
                .filter(service_records::started_at.lt(until.end(self.zone)))
                .filter(service_records::award_entry.le(known))
                .filter(
                    service_records::reversal_entry.is_null().or(service_records::reversal_entry.gt(known)),
                )
                .order(service_records::started_at)
                .select((
                    service_records::started_at,
                    service_records::org_id,
                    service_records::activity_id,
                    service_records::member_id,
                    service_records::served,
                    service_records::service_minutes,
                ));
            let rows: Vec<(Moment, Id, Id, Id, i64, i64)> = on_either!(self.conn, counted)?;
            for (started_at, org, activity, member, served, minutes) in rows {
                each(&Counted { started_at, org, activity, member, served, minutes });
            }
        }
        Ok(())
    }

    /// What the figures say of people, by the ids of files, of duplicates too.
    pub fn people_counted(&mut self, ids: &HashSet<Id>) -> Result<HashMap<Id, Person>, Error> {
        let rows = People::of(self.conn, self.bank, ids.iter().copied())?;
        let stay: Vec<Id> = rows.iter().filter_map(|row| row.merged_into_id).collect();
        let stay = People::of(self.conn, self.bank, stay)?;
        let stay: HashMap<Id, Person> = stay.into_iter().map(|row| (row.id, row.person())).collect();
        let person = |row: PersonRow| {
            let id = row.id;
            let merged = row.merged_into_id.and_then(|into| stay.get(&into).cloned());
            (id, merged.unwrap_or_else(|| row.person()))
        };
        Ok(rows.into_iter().map(person).collect())
    }

    /// Files of people and households by the day on which they were opened; duplicates that were merged are none.
    pub fn files_opened(&mut self, places: &Places, spans: &[Span]) -> Result<Vec<PlacedSums>, Error> {
        let at = |moment: Moment| moment_in_text(self.conn, moment);
        let count = |span: &Span| {
            let (since, until) = (at(span.from.start(self.zone)), at(span.until.end(self.zone)));
            let is_within = format!("m.created_at >= {since} AND m.created_at < {until}");
            format!("CAST(COUNT(CASE WHEN {is_within} THEN 1 END) AS TEXT)")
        };
        let counts = spans.iter().map(count).collect::<Vec<_>>().join(" || ',' || ");
        let within = within(self.conn, places, "m.org_id");
        // One walk along an index that has all of it, in the order in which it is grouped: 210,000 files take a tenth of
        // what sorting them takes.
        let text = format!(
            "SELECT m.org_id AS org, CAST(CASE WHEN m.kind = 'household' THEN 1 ELSE 0 END AS BIGINT) AS household,
                CAST(CASE WHEN m.party_member THEN 1 ELSE 0 END AS BIGINT) AS party_member, {counts} AS counts
            FROM members m
            WHERE m.bank_id = {bank} AND m.merged_into_id IS NULL {within}
            GROUP BY m.org_id, m.kind, m.party_member",
            bank = self.bank.0
        );
        let rows: Vec<Opened> = rows_of!(self.conn, text)?;
        let placed = rows.iter().flat_map(|row| {
            let counts = row.counts.split(',').map(|count| count.parse().unwrap_or(0));
            spans.iter().zip(counts).map(|(span, count)| PlacedSums {
                part: span.part,
                org: row.org,
                sums: Sums { opened: row.accounts(count), ..Sums::default() },
            })
        });
        Ok(placed.collect())
    }

    /// Shops that take part today, by the day on which they joined.
    pub fn shops_opened(&mut self, places: &Places, spans: &[Span]) -> Result<Vec<PlacedSums>, Error> {
        let open = merchants::table
            .filter(merchants::bank_id.eq(self.bank).and(merchants::state.ne("closed")))
            .select((merchants::org_id, merchants::created_at));
        let rows: Vec<(Id, Moment)> = open.load(self.conn)?;
        let is_within = |org: &Id| places.orgs.as_ref().is_none_or(|orgs| orgs.contains(org));
        let placed = |(org, opened): (Id, Moment)| {
            let day = opened.day(self.zone);
            let span = spans.iter().find(|span| span.from <= day && day <= span.until)?;
            let accounts = Accounts { shops: 1, ..Accounts::default() };
            Some(PlacedSums { part: span.part, org, sums: Sums { opened: accounts, ..Sums::default() } })
        };
        Ok(rows.into_iter().filter(|(org, _)| is_within(org)).filter_map(placed).collect())
    }

    /// 兑换笔数, by the day of the capture and the place of the member; not those that were refunded whole.
    pub fn redemptions_of(
        &mut self,
        places: &Places,
        spans: &[Span],
        known: i64,
    ) -> Result<Vec<PlacedSums>, Error> {
        let (bank, spans) = (self.bank.0, self.spans(spans));
        let place = "COALESCE(k.org_id, m.org_id)";
        let (org, within) = match &places.orgs {
            None => (id_in_text(self.conn, places.root), String::new()),
            Some(_) => (place.to_owned(), within(self.conn, places, place)),
        };
        let members = match &places.orgs {
            None => String::new(),
            Some(_) => "JOIN members m ON m.bank_id = r.bank_id AND m.id = r.member_id
                LEFT JOIN members k ON k.bank_id = m.bank_id AND k.id = m.merged_into_id"
                .to_owned(),
        };
        let text = format!(
            "WITH spans (part, since, until) AS (VALUES {spans}), counted AS (
                SELECT s.part, {org} AS org
                FROM spans s CROSS JOIN redemptions r {members}
                WHERE r.bank_id = {bank} AND r.captured_at >= s.since AND r.captured_at < s.until
                    AND r.capture_entry <= {known}
                    AND NOT (r.state = 'refunded' AND r.last_refund_entry <= {known}) {within}
            )
            SELECT CAST(part AS BIGINT) AS part, org, CAST(COUNT(*) AS BIGINT) AS a, CAST(0 AS BIGINT) AS b
            FROM counted GROUP BY part, org"
        );
        let rows: Vec<Added> = rows_of!(self.conn, text)?;
        Ok(rows.iter().map(|row| row.placed(Sums { redemptions: row.a, ..Sums::default() })).collect())
    }

    /// What people of these places gave to others and to pools, by the day of the gift; not what was returned.
    pub fn gifts_of(
        &mut self,
        places: &Places,
        spans: &[Span],
        known: i64,
    ) -> Result<Vec<PlacedSums>, Error> {
        let (bank, spans) = (self.bank.0, self.spans(spans));
        let within = within(self.conn, places, "COALESCE(k.org_id, m.org_id)");
        let text = format!(
            "WITH spans (part, since, until) AS (VALUES {spans})
            SELECT CAST(s.part AS BIGINT) AS part, COALESCE(k.org_id, m.org_id) AS org,
                CAST(SUM(g.points) AS BIGINT) AS a, CAST(0 AS BIGINT) AS b
            FROM spans s CROSS JOIN gifts g JOIN members m ON m.bank_id = g.bank_id AND m.id = g.giver_id
                LEFT JOIN members k ON k.bank_id = m.bank_id AND k.id = m.merged_into_id
            WHERE g.bank_id = {bank} AND g.given_at >= s.since AND g.given_at < s.until
                AND g.entry_number <= {known} AND (g.return_entry IS NULL OR g.return_entry > {known}) {within}
            GROUP BY s.part, COALESCE(k.org_id, m.org_id)"
        );
        let rows: Vec<Added> = rows_of!(self.conn, text)?;
        Ok(rows.iter().map(|row| row.placed(Sums { given: row.a, ..Sums::default() })).collect())
    }

    /// Points that people of these places received and gave, by the account on the other side, from the postings.
    pub fn points_of(
        &mut self,
        places: &Places,
        spans: &[Span],
        known: i64,
    ) -> Result<Vec<PlacedSums>, Error> {
        let (bank, spans) = (self.bank.0, self.spans(spans));
        let sides = self.sides()?;
        let within = within(self.conn, places, "COALESCE(k.org_id, m.org_id)");
        let text = format!(
            "WITH spans (part, since, until) AS (VALUES {spans}), sides (id, side) AS (VALUES {sides}), mine AS (
                SELECT a.id, COALESCE(k.org_id, m.org_id) AS org
                FROM members m
                LEFT JOIN members k ON k.bank_id = m.bank_id AND k.id = m.merged_into_id
                JOIN accounts a ON a.bank_id = m.bank_id AND a.owner_id = m.id
                WHERE m.bank_id = {bank} AND a.asset = 'POINT' AND a.purpose IN ('main', 'owed') {within}
            ), moved AS (
                SELECT i.org, p.entry_number AS number, p.debit_account_id AS other, p.amount
                FROM mine i CROSS JOIN postings p
                WHERE p.bank_id = {bank} AND p.credit_account_id = i.id AND p.entry_number <= {known}
                UNION ALL
                SELECT i.org, p.entry_number, p.credit_account_id, -p.amount
                FROM mine i CROSS JOIN postings p
                WHERE p.bank_id = {bank} AND p.debit_account_id = i.id AND p.entry_number <= {known}
            )
            SELECT CAST(s.part AS BIGINT) AS part, v.org, CAST(COALESCE(o.side, {PEOPLE}) AS BIGINT) AS a,
                CAST(SUM(v.amount) AS BIGINT) AS b
            FROM moved v CROSS JOIN entries e CROSS JOIN spans s LEFT JOIN sides o ON o.id = v.other
            WHERE e.bank_id = {bank} AND e.number = v.number AND e.effective_at >= s.since AND e.effective_at < s.until
            GROUP BY s.part, v.org, COALESCE(o.side, {PEOPLE})"
        );
        let rows: Vec<Added> = rows_of!(self.conn, text)?;
        Ok(rows.iter().map(Added::of_side).collect())
    }

    /// The same of the whole bank as it is known now, from the day totals of the accounts on the other side: what they
    /// lost, people received.
    pub fn points_of_bank(&mut self, root: Id, spans: &[Span]) -> Result<Vec<PlacedSums>, Error> {
        let (bank, sides) = (self.bank.0, self.sides()?);
        let row = |span: &Span| {
            let (from, until) = (day_in_text(self.conn, span.from), day_in_text(self.conn, span.until));
            format!("({}, {from}, {until})", span.part)
        };
        let spans = spans.iter().map(row).collect::<Vec<_>>().join(", ");
        let org = id_in_text(self.conn, root);
        let text = format!(
            "WITH spans (part, since, until) AS (VALUES {spans}), sides (id, side) AS (VALUES {sides})
            SELECT CAST(s.part AS BIGINT) AS part, {org} AS org, CAST(o.side AS BIGINT) AS a,
                CAST(SUM(t.debits - t.credits) AS BIGINT) AS b
            FROM spans s CROSS JOIN sides o CROSS JOIN day_totals t
            WHERE t.bank_id = {bank} AND t.account_id = o.id AND t.day >= s.since AND t.day <= s.until
            GROUP BY s.part, o.side"
        );
        let rows: Vec<Added> = rows_of!(self.conn, text)?;
        Ok(rows.iter().map(Added::of_side).collect())
    }

    /// Every account of points that is not one of people, with its side.
    fn sides(&mut self) -> Result<String, Error> {
        let of_bank = [
            (Purpose::Issuing, ISSUED),
            (Purpose::Opening, OPENING),
            (Purpose::Expired, EXPIRED),
            (Purpose::Forfeited, FORFEITED),
            (Purpose::Covering, SHOPS),
        ];
        let own =
            of_bank.map(|(purpose, side)| (AccountTerms::of_bank(self.bank, Asset::Point, purpose).id, side));
        let shops: Vec<Id> = merchants::table
            .filter(merchants::bank_id.eq(self.bank))
            .select(merchants::id)
            .load(self.conn)?;
        let of_shop = |shop: Id| {
            [Purpose::Main, Purpose::Settled].map(|purpose| {
                (AccountTerms::usual(OwnerKind::Merchant, shop, Asset::Point, purpose).id, SHOPS)
            })
        };
        let of_pool = |org: Id| (AccountTerms::id_of(org, Asset::Point, Purpose::Pool), POOLS);
        let pools = self.owners_of_pools()?.into_iter().map(of_pool);
        let all = own.into_iter().chain(shops.into_iter().flat_map(of_shop)).chain(pools);
        let row = |(id, side)| format!("({}, {side})", id_in_text(self.conn, id));
        Ok(all.map(row).collect::<Vec<_>>().join(", "))
    }

    /// What unpaid statements come to, in fen.
    pub fn unpaid_fen(&mut self) -> Result<i64, Error> {
        let unpaid = statements::table
            .filter(statements::bank_id.eq(self.bank).and(statements::state.ne("paid")))
            .select(statements::payable_fen);
        Ok(unpaid.load::<i64>(self.conn)?.into_iter().fold(0, i64::saturating_add))
    }
}
