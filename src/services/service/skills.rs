//! The skills that activities ask for, and what people have said they can and wish to do, as they are stored.

use crate::domain::id::Id;
use crate::domain::points::scheme::Scheme;
use crate::domain::refusal::Refusal;
use crate::domain::service::wishes::{AskedSkill, Wishes};
use crate::services::Error;
use crate::store::Tables;
use crate::store::service::records::ActivityRow;
use crate::store::service::wishes::WishesRow;
use std::collections::BTreeSet;

/// The skills that an activity asks for.
pub fn asked_skills(row: &ActivityRow) -> Result<Vec<AskedSkill>, Error> {
    let text = row.skills.as_deref().unwrap_or("[]");
    serde_json::from_str(text).map_err(|error| Error::Fault(format!("skills of {}: {error}", row.id)))
}

/// The same as they are stored; nothing if there are none.
pub(in crate::services::service) fn to_stored(skills: &[AskedSkill]) -> Result<Option<String>, Error> {
    match skills.is_empty() {
        true => Ok(None),
        false => to_json(&skills).map(Some),
    }
}

pub(in crate::services::service) fn to_json(value: &impl serde::Serialize) -> Result<String, Error> {
    serde_json::to_string(value).map_err(|error| Error::Fault(error.to_string()))
}

pub(in crate::services::service) fn wishes_in(row: &WishesRow) -> Result<Wishes, Error> {
    serde_json::from_str(&row.details).map_err(|error| Error::Fault(format!("wishes of {}: {error}", row.id)))
}

/// What a person has said; nothing is the same as nothing said.
pub(in crate::services::service) fn wishes_of(
    tables: &mut Tables<'_>,
    member: Id,
) -> Result<(Wishes, i64), Error> {
    match tables.find::<WishesRow>(member)? {
        Some(row) => Ok((wishes_in(&row)?, row.version)),
        None => Ok((Wishes::default(), 0)),
    }
}

/// Refuses skills that are not on the list; those in `kept` stand there already.
pub(in crate::services::service) fn must_be_listed(
    tables: &mut Tables<'_>,
    skills: impl IntoIterator<Item = Id>,
    kept: &[Id],
) -> Result<(), Error> {
    let listed: BTreeSet<Id> =
        tables.skills()?.into_iter().filter(|row| row.state == "active").map(|row| row.id).collect();
    match skills.into_iter().all(|skill| listed.contains(&skill) || kept.contains(&skill)) {
        true => Ok(()),
        false => Err(Refusal::absent("skill").into()),
    }
}

/// Refuses a person who lacks a skill that the activity requires.
pub(in crate::services::service) fn must_have_skills(
    tables: &mut Tables<'_>,
    activity: &ActivityRow,
    member: Id,
) -> Result<(), Error> {
    let asked = asked_skills(activity)?;
    if !asked.iter().any(|asked| asked.required) {
        return Ok(());
    }
    let (wishes, _) = wishes_of(tables, member)?;
    let required = asked.iter().filter(|asked| asked.required).map(|asked| asked.skill);
    let missing: Vec<Id> = required.filter(|skill| !wishes.skills.contains(skill)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let known = tables.skills()?.into_iter().filter(|row| missing.contains(&row.id));
    Err(Refusal::SkillMissing { skills: known.map(|row| row.name).collect() }.into())
}

/// A category of a scheme with those above it.
pub(in crate::services::service) fn kinds_of(scheme: &Scheme, category: &str) -> Vec<String> {
    let categories = scheme.hours.as_ref().map(|hours| hours.categories.as_slice()).unwrap_or_default();
    let mut kinds = vec![category.to_owned()];
    // No tree is deeper than its categories.
    for _ in categories {
        let last = kinds.last().and_then(|code| categories.iter().find(|one| one.code == *code));
        match last.and_then(|one| one.parent.clone()) {
            Some(parent) => kinds.push(parent),
            None => break,
        }
    }
    kinds
}
