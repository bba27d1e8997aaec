//! Certificates of service (志愿服务记录证明): issued on demand, to the member or by staff; revoked with a reason, or
//! because the records that they count were corrected; replaced by a new one that names the old. Whether the hours of
//! a certificate still stand is compared whenever it is read: no page calls it valid for hours that were reversed.

mod checking;
mod counting;
mod following;

pub use checking::Checked;
use counting::{corrected, count, stands};

use crate::auth::permissions::Permission;
use crate::auth::secrets::{Sealed, random};
use crate::domain::id::Id;
use crate::domain::life_cycle::LifeCycle;
use crate::domain::life_cycles::{CERTIFICATE, REISSUE_CERTIFICATE};
use crate::domain::refusal::Refusal;
use crate::domain::service::certificate::{Certified, Issuer, next_number};
use crate::domain::time::Day;
use crate::services::people::help::{help_at, ids_of};
use crate::services::step::{HasLifeCycle, Params, Place, StepContext, versioned_row};
use crate::services::{Call, Error, Services};
use crate::store::Tables;
use crate::store::people::members::MemberRow;
pub use crate::store::service::certificates::{CertificateFilter, CertificateRow};

/// A request for a certificate.
#[derive(Clone, Debug, Default)]
pub struct CertificateAsk {
    /// The person; the caller themselves if not named.
    pub member: Option<Id>,
    /// `None`: from the beginning.
    pub from: Option<Day>,
    /// `None`: until today.
    pub until: Option<Day>,
    /// Other matters (其他事项); only staff write them.
    pub remark: Option<String>,
}

/// The days that a certificate covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Period {
    first: Option<Day>,
    last: Day,
}

/// A certificate as it stands now.
#[derive(Clone, Debug)]
pub struct CertificateStanding {
    pub row: CertificateRow,
    pub certified: Certified,
    /// `valid`, `revoked` or `replaced`: revoked also if its hours no longer stand and no job has noted it yet.
    pub state: String,
    /// Records that it counts were corrected.
    pub is_corrected: bool,
    pub issued_on: Day,
    pub revoked_on: Option<Day>,
    /// The number of the certificate that it replaces.
    pub replaces: Option<String>,
    /// The number of the certificate that replaces it.
    pub replaced_by: Option<String>,
    /// The whole code by which others check it; only for the member and for staff who issue certificates.
    pub code: Option<String>,
}

/// A certificate before it is written: its id, and its code, sealed.
#[derive(Clone, Debug)]
struct Blank {
    id: Id,
    code_sealed: Vec<u8>,
}

impl Services {
    /// Issues a certificate. If a valid one says the same already, that one is the answer: two requests at once make one.
    pub async fn issue_certificate(&self, call: &Call, ask: CertificateAsk) -> Result<Id, Error> {
        let (services, caller, blank) = (self.clone(), call.clone(), self.blank(call)?);
        let made = self.write(call, move |tables| {
            let (member, by_staff) = person(tables, &caller, ask.member)?;
            if ask.remark.is_some() && !by_staff {
                return Err(Refusal::RemarkByStaff.into());
            }
            let period = period(tables, &ask)?;
            let mut row = services.certify(tables, &caller, (&member, by_staff), period, &blank)?;
            let mut certified = certified(&row)?;
            certified.remark.clone_from(&ask.remark);
            if let Some(known) = same(tables, &row, &certified)? {
                return Ok(known);
            }
            row.details = details(&certified)?;
            tables.insert(&row)?;
            Ok(row.id)
        });
        Ok(made.await?.0)
    }

    /// Replaces a certificate by a new one for the same days, with what holds now.
    pub async fn reissue_certificate(&self, call: &Call, id: Id) -> Result<Id, Error> {
        let (services, caller, blank) = (self.clone(), call.clone(), self.blank(call)?);
        let made = self.write(call, move |tables| {
            let step = &REISSUE_CERTIFICATE;
            let (old, _) = services.prepare::<CertificateRow>(tables, &caller, step, id, &Params::new())?;
            old.save(tables)?;
            let (member, by_staff) = person(tables, &caller, Some(old.member_id))?;
            let period = Period { first: old.first_day, last: old.last_day };
            let mut row = services.certify(tables, &caller, (&member, by_staff), period, &blank)?;
            let remark = certified(&old)?.remark;
            row.details = details(&Certified { remark, ..certified(&row)? })?;
            row.replaces_id = Some(old.id);
            tables.insert(&row)?;
            Ok(row.id)
        });
        Ok(made.await?.0)
    }

    fn blank(&self, call: &Call) -> Result<Blank, Error> {
        let id = self.next_id();
        let code = hex::encode(random::<16>()?);
        let secrets = &self.authority.secrets;
        Ok(Blank { id, code_sealed: secrets.seal(Sealed::CertificateCode, call.actor.bank, id, &code)? })
    }

    /// The certificate of a period, with the next number.
    fn certify(
        &self,
        tables: &mut Tables<'_>,
        call: &Call,
        (member, by_staff): (&MemberRow, bool),
        period: Period,
        blank: &Blank,
    ) -> Result<CertificateRow, Error> {
        let counted = count(tables, member.id, period)?;
        let handler = match by_staff {
            true => tables.user(call.actor.user)?.map(|user| user.name),
            false => None,
        };
        let certified = Certified {
            name: member.name.clone(),
            member_number: member.number.clone(),
            times: counted.times,
            services: counted.services,
            brought_minutes: counted.brought_minutes,
            issuer: issuer(tables, member, handler)?,
            remark: None,
            files: counted.files,
            openings: counted.openings,
        };
        let year = tables.today().year();
        let last = tables.last_certificate(year)?;
        Ok(CertificateRow {
            bank_id: tables.bank,
            id: blank.id,
            number: next_number(year, last.as_deref()),
            member_id: member.id,
            first_day: period.first,
            last_day: period.last,
            minutes: counted.minutes,
            details: details(&certified)?,
            known_entry: tables.head()?.number,
            code_sealed: Some(blank.code_sealed.clone()),
            replaces_id: None,
            issued_by: call.actor.user,
            issued_at: tables.now,
            state: "valid".into(),
            revoked_by: None,
            revoked_at: None,
            reason: None,
            version: 1,
        })
    }

    /// One certificate: one's own, or of a member within reach.
    pub async fn certificate(&self, call: &Call, id: Id) -> Result<CertificateStanding, Error> {
        let (services, caller) = (self.clone(), call.clone());
        let found = self.store.read(call.actor.bank, move |tables| {
            let row: CertificateRow = tables.find(id)?.ok_or(Refusal::absent("certificate"))?;
            let (_, path) = tables.file_at(row.member_id)?;
            if caller.actor.member != Some(row.member_id) {
                caller.must_reach(Permission::ReadMembers, &path, Refusal::absent("certificate"))?;
            }
            let found = services.certificates_standing(tables, &caller, vec![row])?.pop();
            found.ok_or_else(|| Refusal::absent("certificate").into())
        });
        found.await
    }

    /// Certificates, newest first: of members within reach, or one's own.
    pub async fn certificates(
        &self,
        call: &Call,
        mut filter: CertificateFilter,
        limit: i64,
    ) -> Result<Vec<CertificateStanding>, Error> {
        let (services, caller) = (self.clone(), call.clone());
        let found = self.store.read(call.actor.bank, move |tables| {
            let wanted = filter.member.map(|member| tables.file_at(member)).transpose()?;
            let Some(cut) = caller.cut(Permission::ReadMembers, wanted.as_ref().map(|(row, _)| row.id))?
            else {
                return Ok(Vec::new());
            };
            (filter.paths, filter.member) = (cut.paths, cut.member);
            let rows = tables.certificates_page(&filter, limit)?;
            services.certificates_standing(tables, &caller, rows)
        });
        found.await
    }

    /// Certificates with what belongs to them.
    fn certificates_standing(
        &self,
        tables: &mut Tables<'_>,
        call: &Call,
        rows: Vec<CertificateRow>,
    ) -> Result<Vec<CertificateStanding>, Error> {
        let ids: Vec<Id> = rows.iter().map(|row| row.id).collect();
        let replaced: Vec<Id> = rows.iter().filter_map(|row| row.replaces_id).collect();
        let (replaces, replaced_by) =
            (tables.certificate_numbers(&replaced)?, tables.replacing_certificates(&ids)?);
        let issues = call.actor.may(Permission::IssueCertificates);
        let rows: Vec<(CertificateRow, Certified)> = rows
            .into_iter()
            .map(|row| {
                let certified = certified(&row)?;
                Ok((row, certified))
            })
            .collect::<Result<_, Error>>()?;
        let corrected = corrected(tables, &rows.iter().map(|(row, one)| (row, one)).collect::<Vec<_>>())?;
        let mut found = Vec::with_capacity(rows.len());
        for (row, certified) in rows {
            let is_corrected = corrected.contains(&row.id);
            let state = if row.state == "valid" && is_corrected { "revoked" } else { &row.state };
            let shows_code = issues || call.actor.member == Some(row.member_id);
            found.push(CertificateStanding {
                state: state.to_owned(),
                is_corrected,
                issued_on: row.issued_at.day(tables.zone),
                revoked_on: row.revoked_at.map(|at| at.day(tables.zone)),
                replaces: row.replaces_id.and_then(|id| replaces.get(&id).cloned()),
                replaced_by: replaced_by.get(&row.id).cloned(),
                code: if shows_code { Some(self.certificate_code(&row)?) } else { None },
                certified,
                row,
            });
        }
        Ok(found)
    }

    /// The whole code of a certificate.
    fn certificate_code(&self, row: &CertificateRow) -> Result<String, Error> {
        let sealed = row.code_sealed.as_ref().ok_or_else(|| Error::Fault(format!("{}: no code", row.id)))?;
        Ok(self.authority.secrets.unseal(Sealed::CertificateCode, row.bank_id, row.id, sealed)?)
    }
}

/// What a row certifies.
fn certified(row: &CertificateRow) -> Result<Certified, Error> {
    serde_json::from_str(&row.details)
        .map_err(|error| Error::Fault(format!("certificate {}: {error}", row.id)))
}

fn details(certified: &Certified) -> Result<String, Error> {
    serde_json::to_string(certified).map_err(|error| Error::Fault(error.to_string()))
}

/// Whose service is certified, and whether staff do it for them: a person, whatever their state; the record is theirs.
fn person(tables: &mut Tables<'_>, call: &Call, member: Option<Id>) -> Result<(MemberRow, bool), Error> {
    let member = member.or(call.actor.member).ok_or(Refusal::absent("member"))?;
    let (row, path) = tables.file_at(member)?;
    let own = call.actor.member == Some(row.id);
    if !own {
        call.must_reach(Permission::IssueCertificates, &path, Refusal::absent("member"))?;
    }
    match row.kind.as_str() {
        "household" => Err(Refusal::PersonOnly.into()),
        _ => Ok((row, !own)),
    }
}

fn period(tables: &Tables<'_>, ask: &CertificateAsk) -> Result<Period, Error> {
    let today = tables.today();
    let last = ask.until.unwrap_or(today);
    for (field, day) in [("from", ask.from), ("until", Some(last))] {
        if day.is_some_and(|day| day > today) {
            return Err(Refusal::DayInFuture { field: field.into(), today }.into());
        }
    }
    match ask.from {
        Some(first) if first > last => Err(Refusal::PeriodReversed { first, last }.into()),
        first => Ok(Period { first, last }),
    }
}

/// The valid certificate that says the same.
fn same(tables: &mut Tables<'_>, row: &CertificateRow, certified: &Certified) -> Result<Option<Id>, Error> {
    for known in tables.valid_certificates(row.member_id)? {
        let alike =
            (known.first_day, known.last_day, known.minutes) == (row.first_day, row.last_day, row.minutes);
        if !alike {
            continue;
        }
        let said = self::certified(&known)?;
        if said == *certified && stands(tables, &known, &said)? {
            return Ok(Some(known.id));
        }
    }
    Ok(None)
}

/// The issuer: the nearest organisation of the member that has a telephone.
fn issuer(tables: &mut Tables<'_>, member: &MemberRow, handler: Option<String>) -> Result<Issuer, Error> {
    let path = ids_of(&tables.org_path(member.org_id)?);
    let rows = tables.orgs(path.iter().copied())?;
    let contact = help_at(&path, &rows).nearest.and_then(|office| office.telephone);
    let counter = path.iter().rev().filter_map(|id| rows.get(id)).find(|row| row.telephone.is_some());
    let row = counter.or_else(|| rows.get(&member.org_id)).ok_or(Refusal::absent("org"))?;
    Ok(Issuer { org: row.id, name: row.name.clone(), responsible: row.responsible.clone(), handler, contact })
}

impl HasLifeCycle for CertificateRow {
    const CYCLE: &'static LifeCycle = &CERTIFICATE;

    versioned_row!();

    fn place(&self, tables: &mut Tables<'_>) -> Result<Place, Error> {
        let (member, path) = tables.file_at(self.member_id)?;
        Ok(Place { path, member: Some(member), shop: None })
    }

    fn title(&self, _: &mut Tables<'_>) -> Result<Option<String>, Error> {
        Ok(Some(self.number.clone()))
    }

    fn is_reached(&self, context: &mut StepContext<'_, '_>) -> Result<bool, Error> {
        let actor = &context.call.actor;
        let own = actor.member == Some(self.member_id);
        Ok(own || actor.reaches(Permission::IssueCertificates, &context.place.path))
    }
}
