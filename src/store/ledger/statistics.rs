//! What docs/STATISTICS.md defines, added up by the database: a statement for each kind of source, whatever the number
//! of parts of the period. Their texts contain numbers, days and ids, nothing that people typed.

use crate::domain::id::Id;
use crate::domain::ledger::account::{AccountTerms, OwnerKind, Purpose};
use crate::domain::ledger::asset::Asset;
use crate::domain::ledger::statistics::{Accounts, AgeBand, Group, Sums};
use crate::domain::time::{Day, Moment};
use crate::store::Tables;
use crate::store::connection::AnyConnection;
use crate::store::connection::dialect::{day_in_text, id_in_text, moment_in_text, rows_of};
use crate::store::error::Error;
use crate::store::schema::{merchants, statements};
use crate::store::types::Uid;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Nullable, Text};

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
struct Counted {
    #[diesel(sql_type = BigInt)]
    part: i64,
    #[diesel(sql_type = Uid)]
    org: Id,
    #[diesel(sql_type = BigInt)]
    a: i64,
    #[diesel(sql_type = BigInt)]
    b: i64,
    #[diesel(sql_type = BigInt)]
    c: i64,
    #[diesel(sql_type = BigInt)]
    d: i64,
}

impl Counted {
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

#[derive(QueryableByName)]
struct ActiveRow {
    #[diesel(sql_type = BigInt)]
    part: i64,
    #[diesel(sql_type = Nullable<BigInt>)]
    birth_year: Option<i64>,
    #[diesel(sql_type = Bool)]
    party_member: bool,
    #[diesel(sql_type = Nullable<Text>)]
    trade: Option<String>,
    #[diesel(sql_type = BigInt)]
    people: i64,
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

    /// Counted service of days: 服务人次, 参与人次, 场次, minutes. Each span is one day, so that what is distinct is
    /// small.
    pub fn service_of(
        &mut self,
        places: &Places,
        days: &[Span],
        known: i64,
    ) -> Result<Vec<PlacedSums>, Error> {
        let spans = self.spans(days);
        let of_day = format!(
            "{} AND r.started_at >= s.since AND r.started_at < s.until",
            self.counted_records(places, known)
        );
        let org = id_in_text(self.conn, places.root);
        let text = format!(
            "WITH spans (part, since, until) AS (VALUES {spans}), day AS (
                SELECT s.part, (SELECT SUM(r.served) {of_day}) AS served,
                    (SELECT COUNT(DISTINCT CAST(r.activity_id AS TEXT) || CAST(r.member_id AS TEXT)) {of_day}) AS people,
                    (SELECT COUNT(DISTINCT r.activity_id) {of_day}) AS activities,
                    (SELECT SUM(r.service_minutes) {of_day}) AS minutes
                FROM spans s
            )
            SELECT CAST(part AS BIGINT) AS part, {org} AS org, CAST(COALESCE(SUM(served), 0) AS BIGINT) AS a,
                CAST(SUM(people) AS BIGINT) AS b, CAST(SUM(activities) AS BIGINT) AS c,
                CAST(COALESCE(SUM(minutes), 0) AS BIGINT) AS d
            FROM day GROUP BY part"
        );
        self.service_rows(text)
    }

    /// The same, place by place.
    pub fn service_by_place(
        &mut self,
        places: &Places,
        days: &[Span],
        known: i64,
    ) -> Result<Vec<PlacedSums>, Error> {
        let spans = self.spans(days);
        let counted = self.counted_records(places, known).replace("FROM ", "FROM spans s CROSS JOIN ");
        let text = format!(
            "WITH spans (part, since, until) AS (VALUES {spans}), person AS (
                SELECT s.part, s.since, r.org_id, r.activity_id, SUM(r.served) AS served,
                    SUM(r.service_minutes) AS minutes
                {counted} AND r.started_at >= s.since AND r.started_at < s.until
                GROUP BY s.part, s.since, r.org_id, r.activity_id, r.member_id
            ), activity AS (
                SELECT part, org_id, COUNT(*) AS people, SUM(served) AS served, SUM(minutes) AS minutes
                FROM person GROUP BY part, since, org_id, activity_id
            )
            SELECT CAST(part AS BIGINT) AS part, org_id AS org, CAST(SUM(served) AS BIGINT) AS a,
                CAST(SUM(people) AS BIGINT) AS b, CAST(COUNT(*) AS BIGINT) AS c, CAST(SUM(minutes) AS BIGINT) AS d
            FROM activity GROUP BY part, org_id"
        );
        self.service_rows(text)
    }

    /// Counted records of these places: final by an entry, and not reversed by a later one.
    fn counted_records(&self, places: &Places, known: i64) -> String {
        format!(
            "FROM service_records r WHERE r.bank_id = {} AND r.award_entry <= {known}
            AND (r.reversal_entry IS NULL OR r.reversal_entry > {known}) {}",
            self.bank.0,
            within(self.conn, places, "r.org_id")
        )
    }

    fn service_rows(&mut self, text: String) -> Result<Vec<PlacedSums>, Error> {
        let rows: Vec<Counted> = rows_of!(self.conn, text)?;
        let sums = |row: &Counted| Sums {
            served: row.a,
            participations: row.b,
            activities: row.c,
            minutes: row.d,
            ..Sums::default()
        };
        Ok(rows.iter().map(|row| row.placed(sums(row))).collect())
    }

    /// Files of people and households by the day on which they were opened; duplicates that were merged are none.
    pub fn files_opened(&mut self, places: &Places, spans: &[Span]) -> Result<Vec<PlacedSums>, Error> {
        let (bank, spans) = (self.bank.0, self.spans(spans));
        let within = within(self.conn, places, "m.org_id");
        let text = format!(
            "WITH spans (part, since, until) AS (VALUES {spans})
            SELECT CAST(s.part AS BIGINT) AS part, m.org_id AS org,
                CAST(SUM(CASE WHEN m.kind = 'household' THEN 1 ELSE 0 END) AS BIGINT) AS a,
                CAST(SUM(CASE WHEN m.kind <> 'household' AND m.party_member THEN 1 ELSE 0 END) AS BIGINT) AS b,
                CAST(SUM(CASE WHEN m.kind <> 'household' AND NOT m.party_member THEN 1 ELSE 0 END) AS BIGINT) AS c,
                CAST(0 AS BIGINT) AS d
            FROM spans s CROSS JOIN members m
            WHERE m.bank_id = {bank} AND m.created_at >= s.since AND m.created_at < s.until
                AND m.merged_into_id IS NULL {within}
            GROUP BY s.part, m.org_id"
        );
        let rows: Vec<Counted> = rows_of!(self.conn, text)?;
        let opened = |row: &Counted| Accounts {
            households: row.a,
            party_members: row.b,
            residents: row.c,
            ..Accounts::default()
        };
        Ok(rows.iter().map(|row| row.placed(Sums { opened: opened(row), ..Sums::default() })).collect())
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
            SELECT CAST(part AS BIGINT) AS part, org, CAST(COUNT(*) AS BIGINT) AS a, CAST(0 AS BIGINT) AS b,
                CAST(0 AS BIGINT) AS c, CAST(0 AS BIGINT) AS d
            FROM counted GROUP BY part, org"
        );
        let rows: Vec<Counted> = rows_of!(self.conn, text)?;
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
                CAST(SUM(g.points) AS BIGINT) AS a, CAST(0 AS BIGINT) AS b, CAST(0 AS BIGINT) AS c,
                CAST(0 AS BIGINT) AS d
            FROM spans s CROSS JOIN gifts g JOIN members m ON m.bank_id = g.bank_id AND m.id = g.giver_id
                LEFT JOIN members k ON k.bank_id = m.bank_id AND k.id = m.merged_into_id
            WHERE g.bank_id = {bank} AND g.given_at >= s.since AND g.given_at < s.until
                AND g.entry_number <= {known} AND (g.return_entry IS NULL OR g.return_entry > {known}) {within}
            GROUP BY s.part, COALESCE(k.org_id, m.org_id)"
        );
        let rows: Vec<Counted> = rows_of!(self.conn, text)?;
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
                CAST(SUM(v.amount) AS BIGINT) AS b, CAST(0 AS BIGINT) AS c, CAST(0 AS BIGINT) AS d
            FROM moved v CROSS JOIN entries e CROSS JOIN spans s LEFT JOIN sides o ON o.id = v.other
            WHERE e.bank_id = {bank} AND e.number = v.number AND e.effective_at >= s.since AND e.effective_at < s.until
            GROUP BY s.part, v.org, COALESCE(o.side, {PEOPLE})"
        );
        let rows: Vec<Counted> = rows_of!(self.conn, text)?;
        Ok(rows.iter().map(Counted::of_side).collect())
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
                CAST(SUM(t.debits - t.credits) AS BIGINT) AS b, CAST(0 AS BIGINT) AS c, CAST(0 AS BIGINT) AS d
            FROM spans s CROSS JOIN sides o CROSS JOIN day_totals t
            WHERE t.bank_id = {bank} AND t.account_id = o.id AND t.day >= s.since AND t.day <= s.until
            GROUP BY s.part, o.side"
        );
        let rows: Vec<Counted> = rows_of!(self.conn, text)?;
        Ok(rows.iter().map(Counted::of_side).collect())
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

    /// Different people with counted service, by part, age in a year, party membership and trade.
    pub fn people_active(
        &mut self,
        places: &Places,
        spans: &[Span],
        known: i64,
        year: i32,
    ) -> Result<Vec<(i64, Group)>, Error> {
        let (bank, spans, counted) = (self.bank.0, self.spans(spans), self.counted_records(places, known));
        let text = format!(
            "WITH spans (part, since, until) AS (VALUES {spans}), files AS (
                SELECT DISTINCT s.part, COALESCE(m.merged_into_id, m.id) AS id
                FROM spans s CROSS JOIN members m
                WHERE m.bank_id = {bank} AND EXISTS (SELECT 1 {counted} AND r.member_id = m.id
                    AND r.started_at >= s.since AND r.started_at < s.until)
            )
            SELECT CAST(f.part AS BIGINT) AS part, m.birth_year, m.party_member, m.trade,
                CAST(COUNT(*) AS BIGINT) AS people
            FROM files f JOIN members m ON m.bank_id = {bank} AND m.id = f.id
            GROUP BY f.part, m.birth_year, m.party_member, m.trade"
        );
        let rows: Vec<ActiveRow> = rows_of!(self.conn, text)?;
        let group = |row: ActiveRow| {
            let (ages, party_member) = (AgeBand::of(row.birth_year, year), row.party_member);
            (row.part, Group { ages, party_member, trade: row.trade, people: row.people })
        };
        Ok(rows.into_iter().map(group).collect())
    }

    /// What unpaid statements come to, in fen.
    pub fn unpaid_fen(&mut self) -> Result<i64, Error> {
        let unpaid = statements::table
            .filter(statements::bank_id.eq(self.bank).and(statements::state.ne("paid")))
            .select(statements::payable_fen);
        Ok(unpaid.load::<i64>(self.conn)?.into_iter().fold(0, i64::saturating_add))
    }
}
