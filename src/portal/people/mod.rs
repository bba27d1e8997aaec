//! People, organisations and log-ins; the desk of community staff: what waits, finding people, their files, opening, correcting and merging them.

pub mod consents;
pub mod counter;
pub mod edit;
pub mod feedback;
pub mod file;
pub mod find;
pub mod households;
pub mod import;
pub mod links;
pub mod merge;
pub mod move_house;
pub mod moves;
pub mod offices;
pub mod own_file;
pub mod proxies;
pub mod requests;
pub mod today;
pub mod users;

use crate::api::web::faults::{FieldError, Place};
use crate::domain::id::Id;
use crate::portal::frame::fault::Fault;
use crate::portal::frame::visit::Visit;
use crate::services::people::counter::MemberRow;
use crate::texts::{Text, sentences as s};
use serde::Deserialize;
use serde::de::IntoDeserializer;
use serde::de::value::{Error as Refused, StrDeserializer};
use std::collections::HashMap;

/// A member in a list.
pub struct PersonLine {
    pub id: Id,
    pub name: String,
    pub number: String,
    pub org: String,
    pub phone: String,
    pub born: String,
    pub is_household: bool,
    /// Empty while the file is in ordinary use.
    pub state: String,
}

/// The names of the organisations that the caller sees.
pub async fn org_names(visit: &Visit) -> Result<HashMap<Id, String>, Fault> {
    let orgs = visit.services().orgs(&visit.reading()?).await?;
    Ok(orgs.into_iter().map(|org| (org.id, org.name)).collect())
}

/// The word of a state that is not the ordinary one.
pub fn state_words(visit: &Visit, state: &str) -> String {
    match state {
        "active" => String::new(),
        state => visit.say(Text::from(s::State { state: state.to_owned() })),
    }
}

/// Members as a list shows them: numbers masked.
pub fn person_lines(
    visit: &Visit,
    rows: Vec<MemberRow>,
    orgs: &HashMap<Id, String>,
) -> Result<Vec<PersonLine>, Fault> {
    let mut lines = Vec::with_capacity(rows.len());
    for row in rows {
        let phone = visit.services().masked(row.bank_id, &row)?.phone.unwrap_or_default();
        lines.push(PersonLine {
            id: row.id,
            org: orgs.get(&row.org_id).cloned().unwrap_or_default(),
            phone,
            born: row.birth_year.map(|year| year.to_string()).unwrap_or_default(),
            is_household: row.kind == "household",
            state: state_words(visit, &row.state),
            name: row.name,
            number: row.number,
        });
    }
    Ok(lines)
}

/// Reads a text as a field that is in no form, such as a part of a list.
pub fn read<T: for<'de> Deserialize<'de>>(name: &str, text: &str) -> Result<Option<T>, Fault> {
    if text.is_empty() {
        return Ok(None);
    }
    let reader: StrDeserializer<'_, Refused> = text.into_deserializer();
    let read = T::deserialize(reader).map(Some);
    read.map_err(|error| Fault::Fields(vec![FieldError::from_message(Place::Form, name, &error.to_string())]))
}
