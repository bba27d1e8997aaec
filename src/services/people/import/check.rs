//! Checks a sheet of members against the bank: organisations, numbers, existing members, closed periods. Writes
//! nothing.

use super::cell::MOST_NUMBER_CHARACTERS;
use super::fault::{Sameness, Trouble};
use super::heading::Column;
use super::members::{MemberRow, MemberSheet, Opening, YearMinutes, read_members};
use super::opening::{OpeningBalance, counts_at, opening_counter};
use crate::auth::permissions::Permission;
use crate::auth::secrets::Searched;
use crate::domain::id::Id;
use crate::domain::ledger::account::CounterId;
use crate::domain::people::id_document::IdDocument;
use crate::domain::people::person_name;
use crate::domain::refusal::Refusal;
use crate::domain::time::{Day, Moment};
use crate::services::people::counter::{MemberAsk, OrgRow};
use crate::services::points::schemes::InForce;
use crate::services::{Call, Error, Services};
use crate::store::Tables;
use crate::store::people::known::Namesake;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, HashMap, HashSet};

/// The window of counters that never reset.
/// Maximum number of namesakes in a question.
const NAMESAKES_SHOWN: usize = 5;

/// A sheet of members, and its options.
#[derive(Clone, Debug)]
pub struct ImportAsk {
    pub bytes: Vec<u8>,
    /// Code of the organisation for rows that name none; names are looked up in its subtree only.
    pub org: Option<String>,
    /// For rows without a date for their opening figures.
    pub opening_day: Option<Day>,
    /// Code of the scheme by which opening points expire; `None`: never.
    pub scheme: Option<String>,
    /// Staff have checked all questions about people of the same name: they are other people.
    pub confirmed_new: bool,
}

/// A sheet, ready to be written.
#[derive(Debug, Default)]
pub struct Checked {
    /// Without its rows: they have become the persons below.
    pub sheet: MemberSheet,
    pub rows: usize,
    /// SHA-256 of the file, in hex: identifies repeated runs of one file.
    pub file: String,
    pub households: Vec<Planned>,
    pub persons: Vec<Planned>,
}

/// An opening balance with its effective time; `None`: when it is posted.
pub type DatedOpening = (OpeningBalance, Option<Moment>);

/// One row to open, with its opening balances.
#[derive(Clone, Debug)]
pub struct Planned {
    pub id: Id,
    /// Opened by an earlier run of the same file.
    pub present: bool,
    pub ask: MemberAsk,
    pub openings: Vec<DatedOpening>,
    /// Number of opening balances that an earlier run has posted.
    pub posted: usize,
}

impl Services {
    /// Reads and checks a sheet; all faults are in the result.
    pub(super) fn check_members(
        &self,
        tables: &mut Tables<'_>,
        call: &Call,
        ask: &ImportAsk,
    ) -> Result<Checked, Error> {
        let mut sheet = read_members(&ask.bytes, tables.today(), ask.opening_day);
        let file = hex::encode(Sha256::digest(&ask.bytes));
        let base = call.actor.bank.owner().derive(&format!("import/members/{file}"));
        let rows = std::mem::take(&mut sheet.rows);
        let ids: Vec<Id> = rows.iter().map(|row| base.derive(&row.row.to_string())).collect();
        let present: HashSet<Id> = tables.members_present(&ids)?.into_iter().collect();
        let mut checking = Checking {
            orgs: Orgs::within(tables, call, ask.org.as_deref())?,
            known: Known::of(self, tables, call, &rows, ask.confirmed_new)?,
            scheme: ask.scheme.as_ref().map(|code| self.scheme_today(tables, code)).transpose()?,
            closed_until: tables.head()?.year_closed_until,
            may_open_balances: operates(call),
            households: BTreeMap::new(),
            checked: Checked { sheet, rows: rows.len(), file, ..Checked::default() },
        };
        for (id, row) in ids.into_iter().zip(rows) {
            checking.row(tables, id, present.contains(&id), row)?;
        }
        let mut checked = checking.checked;
        checked.households = homes(checking.households);
        checked.sheet.faults.sort_by_key(|fault| fault.row);
        Ok(checked)
    }

    fn scheme_today(&self, tables: &mut Tables<'_>, code: &str) -> Result<InForce, Error> {
        let absent = || Refusal::NotFound { what: "scheme".into() };
        let scheme = tables.scheme_by_code(code)?.ok_or_else(absent)?;
        let today = tables.today();
        self.in_force(tables, scheme.id, today)
    }
}

/// Whether the caller may post opening balances, and see every number.
pub(super) fn operates(call: &Call) -> bool {
    call.actor.may(Permission::OperateLedger)
}

/// The organisations in which the caller may open members, by code and by name.
struct Orgs {
    by_code: HashMap<String, OrgRow>,
    codes_by_name: HashMap<String, Vec<String>>,
    usual: Option<OrgRow>,
}

impl Orgs {
    fn within(tables: &mut Tables<'_>, call: &Call, usual: Option<&str>) -> Result<Self, Error> {
        let reached = tables.orgs_below(&call.actor.paths(Permission::WriteMembers))?;
        let open: Vec<OrgRow> = reached.into_iter().filter(|org| org.state == "open").collect();
        let usual = match usual {
            Some(code) => {
                let found = open.iter().find(|org| org.code == code).cloned();
                Some(found.ok_or_else(|| Refusal::NotFound { what: "org".into() })?)
            }
            None => None,
        };
        let mut orgs = Orgs { by_code: HashMap::new(), codes_by_name: HashMap::new(), usual };
        for org in open {
            if orgs.usual.as_ref().is_some_and(|usual| !org.path.starts_with(&usual.path)) {
                continue;
            }
            orgs.codes_by_name.entry(org.name.clone()).or_default().push(org.code.clone());
            orgs.by_code.insert(org.code.clone(), org);
        }
        Ok(orgs)
    }

    fn find(&self, text: Option<&str>) -> Result<&OrgRow, Trouble> {
        let Some(text) = text else { return self.usual.as_ref().ok_or(Trouble::OrgMissing) };
        if let Some(org) = self.by_code.get(text) {
            return Ok(org);
        }
        match self.codes_by_name.get(text).map(Vec::as_slice) {
            Some([code]) => self.by_code.get(code).ok_or(Trouble::OrgUnknown),
            Some(codes) => Err(Trouble::OrgUnclear { codes: codes.to_vec() }),
            None => Err(Trouble::OrgUnknown),
        }
    }
}

/// Existing members, by everything that identifies a person. The values are their numbers.
struct Known {
    /// Numbers in use.
    numbers: HashSet<String>,
    by_id_number: HashMap<Vec<u8>, String>,
    by_phone: HashMap<(Vec<u8>, String), String>,
    /// Within the caller's reach, by the comparison key of the name.
    by_name: HashMap<String, Vec<Namesake>>,
    /// No questions about people of the same name.
    confirmed_new: bool,
    /// Of the numbers above, those of files that the caller may read.
    readable: HashSet<String>,
    /// By row of this sheet.
    hashes: HashMap<u32, Hashes>,
}

/// The search hashes of one row.
#[derive(Clone, Debug, Default)]
struct Hashes {
    phone: Option<Vec<u8>>,
    id_number: Option<Vec<u8>>,
}

impl Known {
    fn of(
        services: &Services,
        tables: &mut Tables<'_>,
        call: &Call,
        rows: &[MemberRow],
        confirmed_new: bool,
    ) -> Result<Self, Error> {
        let (bank, secrets) = (tables.bank, &services.authority.secrets);
        let hash = |kind, text: &str| secrets.search_hash(kind, bank, text).to_vec();
        let mut hashes = HashMap::with_capacity(rows.len());
        for row in rows {
            let phone = row.phone.as_ref().map(|phone| hash(Searched::Phone, phone.reveal()));
            let id_number = row.id_number.as_ref().map(IdDocument::search_text);
            let id_number = id_number.map(|text| hash(Searched::IdNumber, &text));
            hashes.insert(row.row, Hashes { phone, id_number });
        }
        let numbers: Vec<String> = rows.iter().filter_map(|row| row.number.clone()).collect();
        let phones: Vec<Vec<u8>> = hashes.values().filter_map(|row: &Hashes| row.phone.clone()).collect();
        let id_numbers: Vec<Vec<u8>> =
            hashes.values().filter_map(|row: &Hashes| row.id_number.clone()).collect();
        let names: Vec<String> = rows.iter().map(|row| person_name::key(&row.name)).collect();
        let numbers = tables.members_numbered(&numbers)?.into_iter().map(|(number, ..)| number).collect();
        let by_phone = tables.members_with_phones(&phones)?;
        let mut by_name: HashMap<String, Vec<Namesake>> = HashMap::new();
        for found in tables.members_named(&names)? {
            if call.actor.reaches(Permission::WriteMembers, &found.path) {
                by_name.entry(found.key.clone()).or_default().push(found);
            }
        }
        let by_id_number: HashMap<Vec<u8>, String> =
            tables.members_with_id_numbers(&id_numbers)?.into_iter().collect();
        let by_phone: HashMap<(Vec<u8>, String), String> =
            by_phone.into_iter().map(|(hash, name, number)| ((hash, name), number)).collect();
        let same: Vec<String> = by_id_number.values().chain(by_phone.values()).cloned().collect();
        let reads = |path: &str| operates(call) || call.actor.reaches(Permission::ReadMembers, path);
        let readable = tables.members_sought(&same, &[], &[])?.into_iter();
        let readable = readable.filter(|(_, path)| reads(path)).map(|(row, _)| row.number).collect();
        Ok(Known { numbers, by_id_number, by_phone, by_name, confirmed_new, readable, hashes })
    }

    /// The number of a known file, if the caller may read it.
    fn shown(&self, number: &String) -> Option<String> {
        self.readable.get(number).cloned()
    }

    /// What of the row belongs to an existing member, with the column.
    fn faults(&self, row: &MemberRow) -> Vec<(Column, Trouble)> {
        let mut faults = Vec::new();
        if row.number.as_ref().is_some_and(|number| self.numbers.contains(number)) {
            faults.push((Column::Number, Trouble::NumberTaken));
        }
        let Hashes { phone, id_number } = self.hashes.get(&row.row).cloned().unwrap_or_default();
        let (with_phone, with_document) = (phone.is_some(), id_number.is_some());
        let key = person_name::key(&row.name);
        if let Some(number) = id_number.and_then(|hash| self.by_id_number.get(&hash)) {
            let what = Sameness::IdNumber;
            faults.push((Column::IdNumber, Trouble::Known { number: self.shown(number), what }));
        }
        if let Some(number) = phone.and_then(|hash| self.by_phone.get(&(hash, key.clone()))) {
            let what = Sameness::NameAndPhone;
            faults.push((Column::Name, Trouble::Known { number: self.shown(number), what }));
        }
        if faults.is_empty() && !self.confirmed_new && !row.confirmed_new {
            let born = row.birth_date.map(|day| i64::from(day.year()));
            let are_distinct = |known: &&Namesake| {
                (with_phone && known.phone)
                    || (with_document && known.document)
                    || born.zip(known.birth_year).is_some_and(|(new, known)| new != known)
            };
            let alike = self.by_name.get(&key).into_iter().flatten().filter(|known| !are_distinct(known));
            let numbers: Vec<String> =
                alike.take(NAMESAKES_SHOWN).map(|known| known.number.clone()).collect();
            if !numbers.is_empty() {
                faults.push((Column::Name, Trouble::SameName { numbers }));
            }
        }
        faults
    }
}

/// A household that rows name.
enum Household {
    /// Existing: the row joins it.
    Found(Id),
    New(Box<Planned>),
}

fn homes(all: BTreeMap<String, Household>) -> Vec<Planned> {
    let new = all.into_values().filter_map(|home| match home {
        Household::New(planned) => Some(*planned),
        Household::Found(_) => None,
    });
    new.collect()
}

/// The state while the rows of one sheet are checked.
struct Checking {
    orgs: Orgs,
    known: Known,
    scheme: Option<InForce>,
    closed_until: Option<Moment>,
    /// The caller may post opening balances.
    may_open_balances: bool,
    /// By number.
    households: BTreeMap<String, Household>,
    checked: Checked,
}

impl Checking {
    fn row(&mut self, tables: &mut Tables<'_>, id: Id, present: bool, row: MemberRow) -> Result<(), Error> {
        let faults_before = self.checked.sheet.fault_count;
        let org = self.orgs.find(row.org.as_deref()).map(|org| (org.id, org.code.clone()));
        let mut household_id = None;
        if !present {
            for (column, trouble) in self.known.faults(&row) {
                self.fault(row.row, column, trouble);
            }
            if let (Some(text), Ok(org)) = (&row.household, &org) {
                household_id = self.household(tables, text, org, &row)?;
            }
        }
        let (openings, posted) = match &row.opening {
            Some(_) if !self.may_open_balances => {
                let column = self.opening_column();
                self.fault(row.row, column, Trouble::OpeningNotYours);
                (Vec::new(), 0)
            }
            Some(opening) => self.openings(tables, id, present, row.row, opening)?,
            None => (Vec::new(), 0),
        };
        match org {
            Ok((org, _)) if self.checked.sheet.fault_count == faults_before => {
                let ask = MemberAsk {
                    name: row.name,
                    number: row.number,
                    org,
                    household_id,
                    birth_year: row.birth_date.map(|day| i64::from(day.year())),
                    phone: row.phone,
                    id_number: row.id_number,
                    ..MemberAsk::default()
                };
                self.checked.persons.push(Planned { id, present, ask, openings, posted });
            }
            Ok(_) => {}
            // A row of an earlier run has its organisation in the bank, even if that was closed since.
            Err(_) if present => {
                let ask = MemberAsk { name: row.name, ..MemberAsk::default() };
                self.checked.persons.push(Planned { id, present, ask, openings, posted });
            }
            Err(trouble) => self.fault(row.row, Column::Org, trouble),
        }
        Ok(())
    }

    /// The first column of opening figures that the sheet has.
    fn opening_column(&self) -> Column {
        let figures = |column: &Column| {
            matches!(
                column,
                Column::OpeningPoints
                    | Column::LifetimePoints
                    | Column::OpeningHours
                    | Column::OpeningMinutes
                    | Column::HoursOf(_)
                    | Column::MinutesOf(_)
            )
        };
        let columns = self.checked.sheet.columns.iter().map(|(column, _)| *column);
        columns.into_iter().find(figures).unwrap_or(Column::OpeningPoints)
    }

    fn fault(&mut self, row: u32, column: Column, trouble: Trouble) {
        self.checked.sheet.fault_at(row, column, trouble);
    }

    /// The household of a row: one of this sheet, or one of the bank with the same number.
    fn household(
        &mut self,
        tables: &mut Tables<'_>,
        text: &str,
        (org, code): &(Id, String),
        row: &MemberRow,
    ) -> Result<Option<Id>, Error> {
        let number = format!("{code}/{text}");
        let id = tables.bank.owner().derive(&format!("household/{number}"));
        if number.chars().count() > MOST_NUMBER_CHARACTERS {
            let most = MOST_NUMBER_CHARACTERS.saturating_sub(code.chars().count()).saturating_sub(1);
            self.fault(row.row, Column::Household, Trouble::NumberTooLong { most });
            return Ok(None);
        }
        match self.households.get_mut(&number) {
            Some(Household::Found(id)) => return Ok(Some(*id)),
            Some(Household::New(planned)) => {
                if row.is_head {
                    planned.ask.name = format!("{}家", row.name);
                }
                return Ok(Some(planned.id));
            }
            None => {}
        }
        match tables.members_numbered(std::slice::from_ref(&number))?.first() {
            Some((_, found, true)) => {
                self.households.insert(number, Household::Found(*found));
                Ok(Some(*found))
            }
            Some(_) => {
                self.fault(row.row, Column::Household, Trouble::NumberTaken);
                Ok(None)
            }
            None => {
                let ask = MemberAsk {
                    household: true,
                    name: format!("{}家", row.name),
                    number: Some(number.clone()),
                    org: *org,
                    ..MemberAsk::default()
                };
                let planned = Planned { id, present: false, ask, openings: Vec::new(), posted: 0 };
                self.households.insert(number, Household::New(Box::new(planned)));
                Ok(Some(id))
            }
        }
    }

    /// The opening balances to post for a row, and how many were posted before.
    fn openings(
        &mut self,
        tables: &mut Tables<'_>,
        member: Id,
        present: bool,
        row: u32,
        opening: &Opening,
    ) -> Result<(Vec<DatedOpening>, usize), Error> {
        let source = format!("import/{}/{row}", self.checked.file.get(..16).unwrap_or_default());
        let of_years = opening.years.iter().fold(0_i64, |sum, year| sum.saturating_add(year.minutes));
        let whole = OpeningBalance {
            member,
            points: opening.points,
            // Spendable points have been earned: they are the minimum of lifetime points.
            lifetime_points: opening.lifetime_points.unwrap_or(opening.points),
            service_minutes: opening.service_minutes.saturating_sub(of_years),
            year: None,
            day: opening.day,
            expires_at: None,
            source: source.clone(),
        };
        let mut all = vec![(Column::OpeningDay, whole)];
        for YearMinutes { column, year, minutes } in opening.years.iter().copied() {
            let day = Day::parse(&format!("{year}-12-31")).map_or(opening.day, |last| last.min(opening.day));
            let source = format!("{source}/{year}");
            let (points, lifetime_points) = (0, 0);
            let of_year = OpeningBalance {
                member,
                points,
                lifetime_points,
                service_minutes: minutes,
                year: Some(year),
                day,
                expires_at: None,
                source,
            };
            all.push((column, of_year));
        }
        all.retain(|(_, opening)| opening.is_something());
        let (mut planned, mut posted) = (Vec::new(), 0);
        for (column, mut opening) in all {
            // Posted balances are not checked again: their period may have been closed since.
            if present && tables.counter_used(&opening_counter(member, opening.year), CounterId::EVER)? > 0 {
                posted += 1;
                continue;
            }
            let effective_at = counts_at(opening.day, tables.zone, tables.now);
            if let Some(closed) =
                self.closed_until.filter(|closed| effective_at.is_some_and(|at| at < *closed))
            {
                let first_open = closed.day(tables.zone);
                let closed = Trouble::PeriodClosed { first_open };
                self.fault(row, column, opening.year.map_or(closed, |year| Trouble::YearClosed { year }));
                continue;
            }
            match self.expiry(tables, opening.day) {
                Ok(expires_at) => opening.expires_at = expires_at,
                Err(last) if opening.points > 0 => {
                    self.fault(row, Column::OpeningPoints, Trouble::PointsRanOut { last });
                    continue;
                }
                Err(_) => {}
            }
            planned.push((opening, effective_at));
        }
        Ok((planned, posted))
    }

    /// When points of that day expire; an error if they have expired already.
    fn expiry(&self, tables: &Tables<'_>, day: Day) -> Result<Option<Moment>, Day> {
        let Some(in_force) = &self.scheme else { return Ok(None) };
        match in_force.scheme.lot_expiry(day, tables.zone) {
            Ok(Some(at)) if at <= tables.now => Err(at.plus_seconds(-1).day(tables.zone)),
            Ok(at) => Ok(at),
            Err(Refusal::PointsEnded { on }) => Err(on),
            Err(_) => Err(day),
        }
    }
}
