//! Exports of final service records of a period in the fields of the national standard, for staff within their reach.
//! Phones and document numbers are masked, unless the caller may reveal them and says why; both is logged first.

use crate::auth::permissions::Permission;
use crate::auth::secrets::Sealed;
use crate::domain::id::Id;
use crate::domain::message::Message;
use crate::domain::people::id_document::IdDocument;
use crate::domain::people::mask;
use crate::domain::people::phone::Phone;
use crate::domain::refusal::Refusal;
use crate::domain::service::record::{RecordState, ServiceRecord};
use crate::domain::time::{Day, Days, Moment};
use crate::services::inbox::To;
use crate::services::service::records::DocumentFilter;
use crate::services::{Call, Error, Services};
use crate::store::Tables;
use crate::store::people::members::MemberRow;
use std::collections::BTreeSet;

/// Records of one export at most: as many as people still look through.
pub const MOST: i64 = 20_000;
/// Rows that are read, and people whose numbers are logged, at a time.
pub const AT_ONCE: usize = 500;
/// The action in the access log.
const EXPORT: &str = "export_records";

/// A request for an export.
#[derive(Clone, Debug)]
pub struct ExportAsk {
    pub from: Day,
    pub until: Day,
    /// Why phones and document numbers are to be shown whole; `None`: they are masked.
    pub whole_because: Option<String>,
}

/// An export that was logged: whose data it has.
#[derive(Clone, Debug)]
pub struct Export {
    call: Call,
    days: Days,
    whole: bool,
    /// The files of those who served and whom the caller may read.
    pub people: Vec<Id>,
}

/// A person (个人基本信息).
#[derive(Clone, Debug)]
pub struct PersonLine {
    pub number: String,
    pub name: String,
    pub gender: Option<String>,
    /// The day of birth, or the year alone.
    pub born: Option<String>,
    pub id_number: Option<String>,
    pub org: String,
    pub phone: Option<String>,
    pub trade: Option<String>,
}

/// Service (志愿服务情况).
#[derive(Clone, Debug)]
pub struct ServiceLine {
    pub number: String,
    /// Masked, if the file is out of the caller's reach.
    pub name: String,
    pub activity: String,
    pub started_at: Moment,
    pub place: String,
    pub content: String,
    pub minutes: i64,
    pub org: String,
    pub leader: String,
}

/// A commendation (表彰奖励): a star.
#[derive(Clone, Debug)]
pub struct AwardLine {
    pub number: String,
    pub name: String,
    pub stars: i64,
    pub granted_on: Day,
    pub org: String,
}

/// Where the records go on.
pub type After = (Moment, Id);

impl Services {
    /// Begins an export: refused if it has too many records. What it shows is logged before anything is shown.
    pub async fn begin_export(&self, call: &Call, ask: ExportAsk) -> Result<Export, Error> {
        let (first, last) = (ask.from, ask.until);
        if first > last {
            return Err(Refusal::PeriodReversed { first, last }.into());
        }
        let days = Days { from: Some(first), until: Some(last) };
        let caller = call.clone();
        let whole = ask.whole_because.is_some();
        let found = self.store.read(call.actor.bank, move |tables| {
            let today = tables.today();
            if last > today {
                return Err(Refusal::DayInFuture { field: "until".into(), today }.into());
            }
            let paths = caller.actor.paths(Permission::ExportRecords);
            let served = tables.served_below(&paths, days, MOST.saturating_add(1))?;
            if i64::try_from(served.len()).is_ok_and(|records| records > MOST) {
                return Err(Refusal::ExportTooLong { limit: MOST }.into());
            }
            let served: BTreeSet<Id> = served.into_iter().collect();
            let served: Vec<Id> = served.into_iter().collect();
            let mut people = BTreeSet::new();
            for part in served.chunks(AT_ONCE) {
                let files = tables.files(part.iter().copied())?;
                let orgs = tables.orgs(files.values().map(|row| row.org_id))?;
                let path = |row: &MemberRow| orgs.get(&row.org_id).map(|org| org.path.clone());
                let right = if whole { Permission::RevealMembers } else { Permission::ReadMembers };
                let reached =
                    |row: &&MemberRow| path(row).is_some_and(|path| caller.actor.reaches(right, &path));
                people.extend(files.values().filter(reached).map(|row| row.id));
            }
            Ok(people.into_iter().collect::<Vec<Id>>())
        });
        let people = found.await?;
        self.log_export(call, &ask, &people).await?;
        Ok(Export { call: call.clone(), days, whole, people })
    }

    /// Logs the export, and for whole numbers each person, who gets a message.
    async fn log_export(&self, call: &Call, ask: &ExportAsk, people: &[Id]) -> Result<(), Error> {
        let why = ask.whole_because.clone().unwrap_or_default();
        let reason = format!("{}–{} {why}", ask.from, ask.until).trim_end().to_owned();
        let (id, actor, words) = (self.next_id(), call.actor.user, reason.clone());
        let logged = self.store.write(call.actor.bank, move |tables| {
            tables.log_act(id, actor, EXPORT, ("operation", None), Some(words.clone()))
        });
        logged.await?;
        let shown = if ask.whole_because.is_some() { people } else { &[] };
        for part in shown.chunks(AT_ONCE) {
            let (services, caller, part, why) = (self.clone(), call.clone(), part.to_vec(), reason.clone());
            let logged = self.store.write(call.actor.bank, move |tables| {
                for member in &part {
                    tables.log_act(
                        services.next_id(),
                        caller.actor.user,
                        EXPORT,
                        ("member", Some(*member)),
                        Some(why.clone()),
                    )?;
                    if caller.actor.member != Some(*member) {
                        let message = Message::FileLookedAt { action: EXPORT.into() };
                        services.tell(tables, To::Member(*member), &message)?;
                    }
                }
                Ok(())
            });
            logged.await?;
        }
        Ok(())
    }

    /// Some of the people of an export.
    pub async fn exported_people(&self, export: &Export, ids: Vec<Id>) -> Result<Vec<PersonLine>, Error> {
        let (services, whole) = (self.clone(), export.whole);
        let found = self.store.read(export.call.actor.bank, move |tables| {
            let files = tables.files(ids.iter().copied())?;
            let orgs = tables.orgs(files.values().map(|row| row.org_id))?;
            let mut lines = Vec::with_capacity(ids.len());
            for row in ids.iter().filter_map(|id| files.get(id)) {
                let org = orgs.get(&row.org_id).map(|org| org.name.clone()).unwrap_or_default();
                lines.push(services.person_line(row, org, whole)?);
            }
            Ok(lines)
        });
        found.await
    }

    fn person_line(&self, row: &MemberRow, org: String, whole: bool) -> Result<PersonLine, Error> {
        let secrets = &self.authority.secrets;
        let open = |kind, blob: &Option<Vec<u8>>| {
            blob.as_ref().map(|blob| secrets.unseal(kind, row.bank_id, row.id, blob)).transpose()
        };
        let phone = open(Sealed::Phone, &row.phone_sealed)?.and_then(|text| Phone::parse(&text).ok());
        let document =
            open(Sealed::IdNumber, &row.id_number_sealed)?.and_then(|text| IdDocument::of_stored(&text));
        let birthday = document.as_ref().filter(|_| whole).and_then(IdDocument::birth_date);
        let (phone, id_number) = match whole {
            true => (
                phone.map(|phone| phone.reveal().to_owned()),
                document.map(|document| document.number().to_owned()),
            ),
            false => (
                phone.map(|phone| mask::phone(&phone)),
                document.map(|document| mask::id_document(&document)),
            ),
        };
        Ok(PersonLine {
            number: row.number.clone(),
            name: row.name.clone(),
            gender: row.gender.clone(),
            born: birthday.map(|day| day.to_string()).or(row.birth_year.map(|year| year.to_string())),
            id_number,
            org,
            phone,
            trade: row.trade.clone(),
        })
    }

    /// The next records of an export, and where they go on.
    pub async fn exported_records(
        &self,
        export: &Export,
        after: Option<After>,
    ) -> Result<(Vec<ServiceLine>, Option<After>), Error> {
        let (call, days) = (export.call.clone(), export.days);
        let limit = i64::try_from(AT_ONCE).unwrap_or(i64::MAX);
        let found = self.store.read(call.actor.bank, move |tables| {
            let filter = DocumentFilter {
                paths: call.actor.paths(Permission::ExportRecords),
                state: Some(RecordState::Final.to_string()),
                days,
                begun_before: after.map(|(at, _)| at),
                before: after.map(|(_, id)| id),
                ..DocumentFilter::default()
            };
            let records = tables.records_page(&filter, limit)?;
            let next = records.last().filter(|_| records.len() >= AT_ONCE);
            let next = next.map(|record| (record.started_at, record.id));
            Ok((service_lines(tables, &call, records)?, next))
        });
        found.await
    }

    /// The stars of some of the people of an export, granted within its days.
    pub async fn exported_awards(&self, export: &Export, ids: Vec<Id>) -> Result<Vec<AwardLine>, Error> {
        let days = export.days;
        let found = self.store.read(export.call.actor.bank, move |tables| {
            let grants = tables.stars_granted(&ids, days)?;
            let files = tables.files(grants.iter().map(|grant| grant.member_id))?;
            let org = tables.root_org()?.name;
            let zone = tables.zone;
            let line = |grant: &crate::domain::stars::grant::StarGrant| {
                let row = files.get(&grant.member_id)?;
                Some(AwardLine {
                    number: row.number.clone(),
                    name: row.name.clone(),
                    stars: grant.stars,
                    granted_on: grant.granted_at.day(zone),
                    org: org.clone(),
                })
            };
            Ok(grants.iter().filter_map(line).collect())
        });
        found.await
    }
}

fn service_lines(
    tables: &mut Tables<'_>,
    call: &Call,
    records: Vec<ServiceRecord>,
) -> Result<Vec<ServiceLine>, Error> {
    let ids: Vec<Id> = records.iter().map(|record| record.id).collect();
    let mut texts = tables.texts_of_records(&ids)?;
    let activities = tables.activities(records.iter().map(|record| record.activity_id))?;
    let leaders = tables.users(activities.values().map(|activity| activity.created_by))?;
    let files = tables.files(records.iter().map(|record| record.member_id))?;
    let homes = files.values().map(|row| row.org_id);
    let orgs = tables.orgs(records.iter().map(|record| record.org_id).chain(homes))?;
    let org = |id: Id| orgs.get(&id).map(|org| org.name.clone()).unwrap_or_default();
    let mut lines = Vec::with_capacity(records.len());
    for record in records {
        let activity = activities.get(&record.activity_id).ok_or(Refusal::absent("activity"))?;
        let person = files.get(&record.member_id).ok_or(Refusal::absent("member"))?;
        let path = orgs.get(&person.org_id).map_or("", |org| org.path.as_str());
        let known = call.actor.reaches(Permission::ReadMembers, path);
        let content = texts.remove(&record.id).filter(|content| !content.is_empty());
        lines.push(ServiceLine {
            number: person.number.clone(),
            name: if known { person.name.clone() } else { mask::name(&person.name) },
            activity: activity.title.clone(),
            started_at: record.started_at,
            place: activity.place.clone(),
            content: content.unwrap_or_else(|| activity.content.clone()),
            minutes: record.service_minutes,
            org: org(record.org_id),
            leader: leaders.get(&activity.created_by).map(|user| user.name.clone()).unwrap_or_default(),
        });
    }
    Ok(lines)
}
