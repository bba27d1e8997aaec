//! Requests of people about their own files, as far as erasures and corrections have them in common.

use crate::auth::permissions::Permission;
use crate::domain::id::Id;
use crate::domain::refusal::Refusal;
use crate::domain::time::Days;
use crate::services::access::interest::is_same_person;
use crate::services::{Call, Error};
use crate::store::Tables;
use crate::store::people::members::MemberRow;
use crate::store::points::proposals::ProposalRow;

/// Which requests.
#[derive(Clone, Debug)]
pub(in crate::services) struct Request<'r> {
    pub kind: &'r str,
    pub state: &'r str,
    pub days: Days,
    pub before: Option<Id>,
}

/// Refuses a request about a file that is none of a person in use, and a second one while the first is open.
pub(in crate::services) fn blocked_by(
    tables: &mut Tables<'_>,
    file: &MemberRow,
    kind: &str,
    thing: &str,
) -> Result<(), Error> {
    if file.kind != "person" {
        return Err(Refusal::PersonOnly.into());
    }
    if !["active", "frozen"].contains(&file.state.as_str()) {
        return Err(Refusal::WrongState { what: "member".into(), state: file.state.clone() }.into());
    }
    if tables.open_proposal_about(kind, file.id)?.is_some() {
        return Err(Refusal::WrongState { what: thing.into(), state: "open".into() }.into());
    }
    Ok(())
}

/// Requests with their members, newest first: of members whom one of these rights reaches, and those that the caller
/// made.
pub(in crate::services) fn request_within(
    tables: &mut Tables<'_>,
    call: &Call,
    wish: &Request<'_>,
    rights: &[Permission],
    limit: i64,
) -> Result<Vec<(ProposalRow, MemberRow)>, Error> {
    let (mut seen, mut before) = (Vec::new(), wish.before);
    let most = usize::try_from(limit).unwrap_or(usize::MAX);
    loop {
        let rows = tables.proposals_of_kind(wish.kind, wish.state, wish.days, before, limit)?;
        let Some(last) = rows.last().map(|row| row.id) else { return Ok(seen) };
        before = Some(last);
        let files = tables.files(rows.iter().map(|row| row.subject_id))?;
        let orgs = tables.orgs(files.values().map(|file| file.org_id))?;
        let users = tables.users(rows.iter().map(|row| row.proposed_by))?;
        for row in rows {
            let Some(file) = files.get(&row.subject_id) else { continue };
            let path = orgs.get(&file.org_id).map_or("", |org| org.path.as_str());
            let reached = rights.iter().any(|right| call.actor.reaches(*right, path));
            if reached || users.get(&row.proposed_by).is_some_and(|user| is_same_person(call, user)) {
                seen.push((row, file.clone()));
            }
        }
        if seen.len() >= most {
            seen.truncate(most);
            return Ok(seen);
        }
    }
}
