//! Conflicts of interest: no one decides about themselves, those for whom they act, their households or their shop.

use crate::domain::id::Id;
use crate::domain::people::household::{Span, lived_in, lived_together};
use crate::domain::refusal::Refusal;
use crate::domain::time::Moment;
use crate::services::{Call, Error};
use crate::store::Tables;
use crate::store::people::members::{MemberRow, UserRow};
use crate::store::shops::merchants::MerchantRow;

/// Whether a member is this person, or the household in which the person lives or lived in that time, or lived with
/// them in it. Leaving a household for the day of a deed therefore does not help.
pub(in crate::services) fn is_close(
    tables: &mut Tables<'_>,
    person: Id,
    member: &MemberRow,
    span: Span,
) -> Result<bool, Error> {
    if person == member.id {
        return Ok(true);
    }
    let own = tables.stays_of(person)?;
    Ok(match member.kind.as_str() {
        _ if own.is_empty() => false,
        "household" => lived_in(&own, member.id, span),
        _ => lived_together(&own, &tables.stays_of(member.id)?, span),
    })
}

/// The person, and those for whom they act or acted as a proxy in that time: to end a proxy for the day of a decision
/// does not help.
fn with_those_acted_for(tables: &mut Tables<'_>, person: Id, span: Span) -> Result<Vec<Id>, Error> {
    let files = tables.ids_of_file(person)?;
    let mut persons = vec![person];
    for member in tables.acted_for_since(&files, span.from)? {
        persons.push(tables.member_that_stays(member)?.id);
    }
    Ok(persons)
}

/// Whether a decision about the member is one about the person: about themselves, someone for whom they act, or the
/// household of either.
fn has_interest_in(
    tables: &mut Tables<'_>,
    person: Id,
    member: &MemberRow,
    span: Span,
) -> Result<bool, Error> {
    for one in with_those_acted_for(tables, person, span)? {
        if is_close(tables, one, member, span)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Refuses a decision about the caller, those for whom the caller acts, or their households, as of now.
pub(in crate::services) fn not_for_oneself(
    tables: &mut Tables<'_>,
    call: &Call,
    member: &MemberRow,
) -> Result<(), Error> {
    let now = tables.now;
    not_for_oneself_since(tables, call, member, now)
}

/// The same about a deed of that moment: households and proxies of the 90 days before it and of all the time since count.
pub(in crate::services) fn not_for_oneself_since(
    tables: &mut Tables<'_>,
    call: &Call,
    member: &MemberRow,
    deed: Moment,
) -> Result<(), Error> {
    match call.actor.member {
        Some(own) if has_interest_in(tables, own, member, span(tables, deed))? => {
            Err(Refusal::ForOneself.into())
        }
        _ => Ok(()),
    }
}

/// From the start of the deed's day, whatever the hour.
fn span(tables: &Tables<'_>, deed: Moment) -> Span {
    Span::of(deed.day(tables.zone).start(tables.zone), tables.now)
}

/// Whether one of the users who have decided has a conflict of interest by now: a household joined after the decision
/// counts until the deed is final, and so does a proxy named after it.
pub(in crate::services) fn has_interest(
    tables: &mut Tables<'_>,
    users: impl IntoIterator<Item = Id>,
    member: &MemberRow,
    deed: Moment,
) -> Result<bool, Error> {
    for user in users {
        let person = tables.user(user)?.and_then(|row| row.member_id);
        if let Some(person) = person
            && has_interest_in(tables, person, member, span(tables, deed))?
        {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Refuses a member who belongs to the shop: its owner, its staff, and their households.
pub(in crate::services) fn not_of_the_shop(
    tables: &mut Tables<'_>,
    member: &MemberRow,
    merchant: &MerchantRow,
) -> Result<(), Error> {
    let span = span(tables, tables.now);
    for person in tables.members_of_merchant(merchant)? {
        if is_close(tables, person, member, span)? {
            return Err(Refusal::OwnShop.into());
        }
    }
    Ok(())
}

/// Refuses a caller who belongs to the shop that is to be paid.
pub(in crate::services) fn not_ones_own_shop(
    tables: &mut Tables<'_>,
    call: &Call,
    merchant: &MerchantRow,
) -> Result<(), Error> {
    if call.actor.merchant == Some(merchant.id) {
        return Err(Refusal::ForOneself.into());
    }
    let Some(own) = call.actor.member else { return Ok(()) };
    let Some(member) = tables.member(own)? else { return Ok(()) };
    match not_of_the_shop(tables, &member, merchant) {
        Err(Error::Refused(Refusal::OwnShop)) => Err(Refusal::ForOneself.into()),
        other => other,
    }
}

/// Whether an id names the caller's own file, also as the id of a merged duplicate.
pub(in crate::services) fn is_ones_file(tables: &mut Tables<'_>, call: &Call, id: Id) -> Result<bool, Error> {
    let Some(own) = call.actor.member else { return Ok(false) };
    Ok(own == id || tables.member(id)?.and_then(|row| row.merged_into_id) == Some(own))
}

/// Whether the caller is that user, or the same person under another login.
pub(in crate::services) fn is_caller(tables: &mut Tables<'_>, call: &Call, user: Id) -> Result<bool, Error> {
    Ok(user == call.actor.user || tables.user(user)?.is_some_and(|row| is_same_person(call, &row)))
}

pub(in crate::services) fn is_same_person(call: &Call, user: &UserRow) -> bool {
    user.id == call.actor.user || (user.member_id.is_some() && user.member_id == call.actor.member)
}

/// Refuses a caller who took one of the earlier steps, under any of their logins.
pub(in crate::services) fn another_person(
    tables: &mut Tables<'_>,
    call: &Call,
    earlier: impl IntoIterator<Item = Id>,
) -> Result<(), Error> {
    for user in earlier {
        if is_caller(tables, call, user)? {
            return Err(Refusal::SamePerson.into());
        }
    }
    Ok(())
}

/// Refuses a decision about a member for whom this person acts as a proxy.
pub(in crate::services) fn not_for_the_represented(
    tables: &mut Tables<'_>,
    person: Id,
    member: &MemberRow,
) -> Result<(), Error> {
    let (own, files) = (tables.ids_of_file(person)?, tables.ids_of_file(member.id)?);
    match tables.proxied_by(&own)?.iter().any(|proxy| files.contains(&proxy.member_id)) {
        true => Err(Refusal::ForOneself.into()),
        false => Ok(()),
    }
}
