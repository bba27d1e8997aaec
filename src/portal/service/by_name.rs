//! People who are named by a text: a passbook number, the last four digits of a phone, a name, or a list of names from
//! a group chat; and what is done for each of them.

use crate::domain::id::Id;
use crate::domain::people::person_name;
use crate::portal::frame::fault::Fault;
use crate::portal::frame::form::plain_digits;
use crate::portal::frame::visit::Visit;
use crate::services::people::counter::{MemberRow, MemberSearch};
use crate::services::{Call, Error};

/// How many people of the same name are offered.
const ALIKE: i64 = 12;
/// How many lines of a pasted list are read.
const PASTED: usize = 100;

/// A person to choose from several alike.
pub struct Alike {
    pub member: Id,
    pub words: String,
}

/// What came of one typed or pasted text.
pub struct Outcome {
    pub text: String,
    pub words: String,
    pub is_good: bool,
    /// Several fit: one of them is chosen.
    pub alike: Vec<Alike>,
}

/// People within reach to whom a text may belong: a passbook number, the last four digits of a phone, or a name.
pub async fn people(visit: &Visit, call: &Call, text: &str) -> Result<Vec<MemberRow>, Fault> {
    let plain = plain_digits(text.trim());
    let digits = plain.chars().all(|c| c.is_ascii_digit());
    let (services, kind) = (visit.services(), Some("person".to_owned()));
    let mut search = MemberSearch { kind, ..MemberSearch::default() };
    if digits && plain.len() == 4 {
        let found = services.find_members(call, search.clone(), Some(plain.clone()), ALIKE).await?;
        if !found.is_empty() {
            return Ok(found);
        }
    }
    if plain.chars().any(|c| c.is_ascii_digit()) {
        search.number = Some(plain);
        return Ok(services.find_members(call, search, None, ALIKE).await?);
    }
    let key = person_name::key(&plain);
    search.name = Some(key.clone());
    let found = services.find_members(call, search, None, ALIKE).await?;
    // A member with exactly this name, if there is one: 王芳 does not mean 王芳芳.
    let (whole, longer): (Vec<_>, Vec<_>) =
        found.into_iter().partition(|row| person_name::key(&row.name) == key);
    Ok(if whole.is_empty() { longer } else { whole })
}

/// A refusal as a sentence.
pub fn sentence(visit: &Visit, error: Error) -> String {
    let (what, rest) = Fault::from(error).words(visit.language, visit.zone());
    format!("{what} {rest}").trim().to_owned()
}

/// Acts for the member that a text identifies, if it is exactly one; `act` answers with what came of it.
pub async fn for_text(
    visit: &Visit,
    call: &Call,
    text: &str,
    act: impl AsyncFn(&MemberRow) -> Result<String, Error>,
) -> Result<Outcome, Fault> {
    let found = people(visit, call, text).await?;
    let outcome = |words, is_good, alike| Outcome { text: text.to_owned(), words, is_good, alike };
    Ok(match found.as_slice() {
        [] => outcome(visit.words().activities_nobody(), false, Vec::new()),
        [row] => match act(row).await {
            Ok(words) => outcome(words, true, Vec::new()),
            Err(error) => outcome(sentence(visit, error), false, Vec::new()),
        },
        rows => {
            let mut alike = Vec::with_capacity(rows.len());
            for row in rows {
                let masked = visit.services().masked(row.bank_id, row)?;
                let parts = [Some(row.name.clone()), Some(row.number.clone()), masked.phone];
                alike.push(Alike {
                    member: row.id,
                    words: parts.into_iter().flatten().collect::<Vec<_>>().join(" · "),
                });
            }
            outcome(visit.words().activities_which(), false, alike)
        }
    })
}

/// The names of a list from a group chat (接龙): one a line, with or without a number before them.
pub fn pasted(text: &str) -> Vec<String> {
    // A number alone is what is meant; one before a name counts the lines.
    let uncounted = |line: &str| {
        let line = plain_digits(line.trim());
        let rest = line.trim_start_matches(|c: char| c.is_ascii_digit());
        let rest = if rest.is_empty() { line.as_str() } else { rest };
        rest.trim_start_matches(['.', '、', '．', ')', '）', ':', '：', ' ', '　']).to_owned()
    };
    let lines: Vec<String> = text.lines().map(uncounted).collect();
    let lines =
        lines.iter().flat_map(|line| line.split(['、', '，', ','])).map(|name| name.trim().to_owned());
    let is_name = |name: &String| !name.is_empty() && !name.starts_with('#');
    let mut names: Vec<String> = Vec::new();
    for name in lines.filter(is_name).take(PASTED) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::pasted;

    #[test]
    fn reads_a_list_of_a_group_chat() {
        let text = "#接龙\n1. 王芳\n２、李强\n3) 王芳\n\n张伟，刘洋\n10021";
        assert_eq!(pasted(text), ["王芳", "李强", "张伟", "刘洋", "10021"]);
    }
}
