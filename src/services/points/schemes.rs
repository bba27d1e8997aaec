//! Schemes: drafted, approved by a second person, published from a day.

use crate::auth::permissions::{Permission, Role, rights};
use crate::domain::id::{BankId, Id};
use crate::domain::language::Language;
use crate::domain::life_cycle::LifeCycle;
use crate::domain::life_cycles::SCHEME_VERSION;
use crate::domain::points::scheme::{Cap, Deed, Evaluation, Scheme, SchemeFault};
use crate::domain::refusal::{FaultText, Refusal};
use crate::domain::time::Day;
use crate::ledger::Command;
use crate::services::step::{HasLifeCycle, Place, StepContext, versioned_row};
use crate::services::{Call, Error, Services};
use crate::store::Tables;
pub use crate::store::points::schemes::{SchemeRow, SchemeVersionRow};
use chrono_tz::Tz;
use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

/// A parsed version of a scheme. Versions never change, so each is parsed only once.
#[derive(Clone, Debug)]
pub struct InForce {
    pub row: Arc<SchemeVersionRow>,
    pub scheme: Arc<Scheme>,
}

/// Parsed versions by id.
#[derive(Debug, Default)]
pub struct Parsed(Mutex<HashMap<(BankId, Id), Arc<Scheme>>>);

impl Parsed {
    fn of(&self, bank: BankId, row: &SchemeVersionRow) -> Result<Arc<Scheme>, Error> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(scheme) = known.get(&(bank, row.id)) {
            return Ok(Arc::clone(scheme));
        }
        let scheme = Arc::new(row.scheme().map_err(faults_refused)?);
        known.insert((bank, row.id), Arc::clone(&scheme));
        Ok(scheme)
    }
}

/// The faults of a text, each with line and column.
fn faults_refused(found: Vec<SchemeFault>) -> Refusal {
    let texts = found.iter().map(|fault| FaultText {
        line: fault.line,
        column: fault.column,
        chinese: fault.sentence(Language::Chinese),
        english: fault.sentence(Language::English),
    });
    Refusal::SchemeFaults { faults: texts.collect() }
}

/// Why no version is valid on a day: there is no such scheme, or its versions begin later or have ended.
fn not_in_force(tables: &mut Tables<'_>, scheme: Id, day: Day) -> Result<Refusal, Error> {
    let Some(row) = tables.scheme(scheme)? else { return Ok(absent()) };
    let mut published = tables.scheme_versions(scheme)?;
    published.retain(|version| version.state == "published");
    published.sort_by_key(|version| (version.valid_from, version.number));
    // The one that ended last, or else the one that begins next.
    let ended = published.iter().rev().find(|version| version.valid_from <= day);
    let nearest = ended.or(published.first());
    Ok(Refusal::SchemeNotInForce {
        scheme: row.title,
        day,
        valid_from: nearest.map(|version| version.valid_from),
        valid_until: nearest.and_then(|version| version.valid_until),
    })
}

fn absent() -> Refusal {
    Refusal::NotFound { what: "scheme".into() }
}

#[derive(Clone, Debug)]
pub struct Trial {
    /// The version that is valid on the day of the deed.
    pub version: i64,
    pub evaluation: Evaluation,
    pub sentences: Vec<String>,
}

impl Services {
    /// The published version of a scheme that is valid on a day.
    pub fn in_force(&self, tables: &mut Tables<'_>, scheme: Id, day: Day) -> Result<InForce, Error> {
        let Some(row) = tables.scheme_in_force(scheme, day)? else {
            return Err(not_in_force(tables, scheme, day)?.into());
        };
        let scheme = self.parsed.of(tables.bank, &row)?;
        Ok(InForce { row: Arc::new(row), scheme })
    }

    /// The version that a record was evaluated with, still valid or not.
    pub fn version_of(&self, tables: &mut Tables<'_>, scheme: Id, number: i64) -> Result<InForce, Error> {
        let row = tables.scheme_versions(scheme)?.into_iter().find(|row| row.number == number);
        let row = row.ok_or_else(absent)?;
        let scheme = self.parsed.of(tables.bank, &row)?;
        Ok(InForce { row: Arc::new(row), scheme })
    }

    /// The refusal of a cap, with the scheme's name of the cap instead of the ledger's key.
    pub(in crate::services) async fn with_names_of_caps(&self, call: &Call, error: Error) -> Error {
        let mut rows = [Err::<(), Error>(error)];
        self.name_caps(call, &mut rows).await;
        let [row] = rows;
        row.err().unwrap_or_else(|| Error::Fault("a refusal was lost".into()))
    }

    /// The same for all rows of a bulk request, in one read.
    pub(in crate::services) async fn name_caps<T>(&self, call: &Call, rows: &mut [Result<T, Error>]) {
        let mut keys = BTreeSet::new();
        for error in rows.iter_mut().filter_map(|row| row.as_mut().err()) {
            *error = super::alone::in_words(std::mem::replace(error, Error::Busy));
            keys.extend(cap_that_refused(error).map(str::to_owned));
        }
        if keys.is_empty() {
            return;
        }
        let services = self.clone();
        let named = self.store.read(call.actor.bank, move |tables| {
            let codes = keys.iter().filter_map(|key| scheme_in_key(key).map(str::to_owned));
            let schemes = tables.schemes_by_code(codes)?;
            let mut versions = tables.versions_of(schemes.iter().map(|row| row.id))?;
            let mut last = HashMap::new();
            for row in schemes {
                if let Some(version) = versions.remove(&row.id).and_then(|mut all| all.pop()) {
                    last.insert(row.code, services.parsed.of(tables.bank, &version)?);
                }
            }
            let name = |key: String| Some((name_of_cap(last.get(scheme_in_key(&key)?)?, &key)?, key));
            Ok(keys.into_iter().filter_map(name).map(|(name, key)| (key, name)).collect::<HashMap<_, _>>())
        });
        let Ok(named) = named.await else { return };
        for error in rows.iter_mut().filter_map(|row| row.as_mut().err()) {
            let name = cap_that_refused(error).and_then(|key| named.get(key)).cloned();
            if let (Some(name), Error::Refused(refusal) | Error::RefusedBefore(refusal)) = (name, error) {
                *refusal = in_names(refusal.clone(), name);
            }
        }
    }

    /// Drafts a version. The first version of a code creates the scheme. Faults have line and column.
    pub async fn draft_scheme(&self, call: &Call, body: String) -> Result<SchemeVersionRow, Error> {
        let scheme = Scheme::parse(&body).map_err(faults_refused)?;
        let (bank, actor) = (call.actor.bank, call.clone());
        let (scheme_id, id) = (self.next_id(), self.next_id());
        let made = self.write(call, move |tables| {
            if !actor.actor.may(Permission::WriteSchemes) {
                return Err(absent().into());
            }
            let owner = match tables.scheme_by_code(&scheme.code)? {
                Some(row) => row.id,
                None => {
                    tables.insert(&SchemeRow {
                        bank_id: bank,
                        id: scheme_id,
                        code: scheme.code.clone(),
                        title: scheme.name.clone(),
                        created_at: tables.now,
                        version: 1,
                    })?;
                    scheme_id
                }
            };
            let number = tables.scheme_versions(owner)?.last().map_or(1, |row| row.number.saturating_add(1));
            tables.insert(&SchemeVersionRow {
                bank_id: bank,
                id,
                scheme_id: owner,
                number,
                body: body.clone(),
                valid_from: scheme.valid_from,
                valid_until: scheme.valid_until,
                state: DRAFT.into(),
                proposed_by: actor.actor.user,
                proposed_at: tables.now,
                approved_by: None,
                approved_at: None,
                version: 1,
            })?;
            Ok(id)
        });
        let (id, _) = made.await?;
        let row = self.store.read(bank, move |tables| tables.scheme_version(id)).await?;
        row.ok_or_else(|| absent().into())
    }

    /// One version with its text.
    pub async fn scheme_version(&self, call: &Call, id: Id) -> Result<SchemeVersionRow, Error> {
        let row = self.store.read(call.actor.bank, move |tables| tables.scheme_version(id)).await?;
        row.filter(|row| row.state == PUBLISHED || sees_drafts(call)).ok_or_else(|| absent().into())
    }

    /// What the scheme would give for a deed, and why. `deed_of` receives today's date and the bank's time zone.
    pub async fn try_scheme(
        &self,
        call: &Call,
        scheme: Id,
        deed_of: impl FnOnce(Day, Tz) -> Deed + Send + 'static,
        language: Language,
    ) -> Result<Trial, Error> {
        let services = self.clone();
        let tried = self.store.read(call.actor.bank, move |tables| {
            let deed = deed_of(tables.today(), tables.zone);
            let in_force = services.in_force(tables, scheme, deed.day)?;
            let evaluation = in_force.scheme.evaluate(&deed)?;
            let sentences = evaluation.sentences(language);
            Ok(Trial { version: in_force.row.number, evaluation, sentences })
        });
        tried.await
    }

    /// The same by one of its versions, published or a draft. It must be valid on the day of the deed.
    pub async fn try_version(
        &self,
        call: &Call,
        scheme: Id,
        version: Id,
        deed_of: impl FnOnce(Day, Tz) -> Deed + Send + 'static,
        language: Language,
    ) -> Result<Trial, Error> {
        let services = self.clone();
        let row = self.scheme_version(call, version).await?;
        if row.scheme_id != scheme {
            return Err(absent().into());
        }
        let tried = self.store.read(call.actor.bank, move |tables| {
            let deed = deed_of(tables.today(), tables.zone);
            let scheme = services.parsed.of(tables.bank, &row)?;
            if !scheme.is_in_force(deed.day) {
                return Err(Refusal::SchemeNotInForce {
                    scheme: scheme.name.clone(),
                    day: deed.day,
                    valid_from: Some(row.valid_from),
                    valid_until: row.valid_until,
                }
                .into());
            }
            let evaluation = scheme.evaluate(&deed)?;
            let sentences = evaluation.sentences(language);
            Ok(Trial { version: row.number, evaluation, sentences })
        });
        tried.await
    }

    /// The published versions that are valid on a day (`None`: today), one of each scheme.
    pub async fn schemes_in_force(&self, call: &Call, day: Option<Day>) -> Result<Vec<InForce>, Error> {
        let services = self.clone();
        let found = self.store.read(call.actor.bank, move |tables| {
            let day = day.unwrap_or(tables.today());
            services.all_in_force(tables, day)
        });
        found.await
    }

    /// The same in a snapshot.
    pub(in crate::services) fn all_in_force(
        &self,
        tables: &mut Tables<'_>,
        day: Day,
    ) -> Result<Vec<InForce>, Error> {
        let rows = tables.all_schemes()?;
        let mut all = tables.versions_of(rows.iter().map(|row| row.id))?;
        let mut found = Vec::new();
        for row in rows {
            let holds = all.remove(&row.id).unwrap_or_default().into_iter().filter(|version| {
                version.state == PUBLISHED
                    && version.valid_from <= day
                    && version.valid_until.is_none_or(|until| day <= until)
            });
            if let Some(version) = holds.max_by_key(|version| (version.valid_from, version.number)) {
                let scheme = self.parsed.of(tables.bank, &version)?;
                found.push(InForce { row: Arc::new(version), scheme });
            }
        }
        Ok(found)
    }

    /// Schemes with their versions; drafts only for those who work on them.
    pub async fn schemes(&self, call: &Call) -> Result<Vec<(SchemeRow, Vec<SchemeVersionRow>)>, Error> {
        let drafts = sees_drafts(call);
        self.store
            .read(call.actor.bank, move |tables| {
                let (mut seen, rows) = (Vec::new(), tables.all_schemes()?);
                let mut all = tables.versions_of(rows.iter().map(|row| row.id))?;
                for row in rows {
                    let mut versions = all.remove(&row.id).unwrap_or_default();
                    versions.retain(|version| drafts || version.state == PUBLISHED);
                    if drafts || !versions.is_empty() {
                        seen.push((row, versions));
                    }
                }
                Ok(seen)
            })
            .await
    }
}

/// The ledger's key of the cap that refused.
fn cap_that_refused(error: &Error) -> Option<&str> {
    match error {
        Error::Refused(refusal) | Error::RefusedBefore(refusal) => match refusal {
            Refusal::CapReached { counter, .. } | Refusal::AlreadyDone { counter } => Some(counter),
            _ => None,
        },
        _ => None,
    }
}

/// The code of the scheme whose cap has this key.
fn scheme_in_key(key: &str) -> Option<&str> {
    key.strip_prefix("cap/").and_then(|rest| rest.split('/').next())
}

/// The scheme's name of a cap, and whether it counts how often an item was done.
fn name_of_cap(scheme: &Scheme, key: &str) -> Option<(String, bool)> {
    let cap = Cap::code_in_key(key)?;
    let item = cap.strip_prefix("item/").and_then(|code| scheme.item(code));
    let group = cap.strip_prefix("group/");
    let group = group.and_then(|code| scheme.groups.iter().find(|group| group.code == code));
    let rule = scheme.caps.iter().find(|rule| rule.code == cap);
    let name = item.map(|item| &item.name).or(group.map(|group| &group.name));
    name.or(rule.map(|rule| &rule.name)).map(|name| (name.clone(), item.is_some()))
}

fn in_names(refusal: Refusal, (name, times): (String, bool)) -> Refusal {
    match refusal {
        Refusal::CapReached { limit, .. } if times => Refusal::TimesReached { item: name, limit },
        Refusal::AlreadyDone { .. } => Refusal::TimesReached { item: name, limit: 1 },
        Refusal::CapReached { limit, used, left, asset, .. } => {
            Refusal::CapReached { counter: name, limit, used, left, asset }
        }
        other => other,
    }
}

const DRAFT: &str = "draft";
const PUBLISHED: &str = "published";

/// Volunteers and their proxies see published versions; all others who may read schemes see drafts too.
fn sees_drafts(call: &Call) -> bool {
    let works = |role: Role| {
        !matches!(role, Role::Volunteer | Role::Proxy) && rights(role).contains(&Permission::ReadSchemes)
    };
    call.actor.grants.iter().any(|grant| works(grant.role))
}

/// The first version of a scheme may begin on any day. A later one must have a name of its own and begin after today:
/// deeds of earlier days may have been evaluated already.
fn check_against_published(
    tables: &mut Tables<'_>,
    row: &SchemeVersionRow,
    scheme: &Scheme,
) -> Result<(), Error> {
    let mut published = tables.scheme_versions(row.scheme_id)?;
    published.retain(|other| other.state == PUBLISHED);
    if published.is_empty() {
        return Ok(());
    }
    let named = |other: &SchemeVersionRow| other.scheme().is_ok_and(|old| old.version == scheme.version);
    if published.iter().any(named) {
        return Err(Refusal::Taken { what: "scheme_version".into() }.into());
    }
    let earliest = tables.today().plus(1);
    if row.valid_from < earliest {
        return Err(Refusal::SchemeBeginsTooEarly { valid_from: row.valid_from, earliest }.into());
    }
    Ok(())
}

impl HasLifeCycle for SchemeVersionRow {
    const CYCLE: &'static LifeCycle = &SCHEME_VERSION;

    versioned_row!();

    fn place(&self, _tables: &mut Tables<'_>) -> Result<Place, Error> {
        Ok(Place::default())
    }

    /// A later version begins after today, so that no day is evaluated by two of them.
    fn effect(&mut self, context: &mut StepContext<'_, '_>) -> Result<Option<Command>, Error> {
        let scheme = self.scheme().map_err(faults_refused)?;
        check_against_published(context.tables, self, &scheme)?;
        Ok(None)
    }
}
