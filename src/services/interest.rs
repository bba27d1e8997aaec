//! Whose interest it is: oneself, one's household, one's shop. Nobody decides about their own.

use super::{Call, Error};
use crate::domain::id::Id;
use crate::domain::refusal::Refusal;
use crate::store::Tables;
use crate::store::people::MemberRow;
use crate::store::shops::MerchantRow;

/// Whether a member is this person, shares the household, or is the household.
fn is_close(tables: &mut Tables<'_>, person: Id, member: &MemberRow) -> Result<bool, Error> {
    if person == member.id {
        return Ok(true);
    }
    let household = tables.member(person)?.and_then(|row| row.household_id);
    Ok(household.is_some() && (member.household_id == household || Some(member.id) == household))
}

/// Refuses what a caller would decide for themselves or their household.
pub(super) fn not_for_oneself(tables: &mut Tables<'_>, call: &Call, member: &MemberRow) -> Result<(), Error> {
    match call.actor.member {
        Some(own) if is_close(tables, own, member)? => Err(Refusal::ForOneself.into()),
        _ => Ok(()),
    }
}

/// Refuses a member who belongs to the shop: its owner, who works there, and their households.
pub(super) fn not_of_the_shop(
    tables: &mut Tables<'_>,
    member: &MemberRow,
    merchant: &MerchantRow,
) -> Result<(), Error> {
    for person in tables.members_of_merchant(merchant)? {
        if is_close(tables, person, member)? {
            return Err(Refusal::OwnShop.into());
        }
    }
    Ok(())
}

/// Refuses a caller who belongs to the shop that is to be paid.
pub(super) fn not_ones_own_shop(
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

/// Whether the caller is that user, or the same person under another log-in.
pub(super) fn is_caller(tables: &mut Tables<'_>, call: &Call, user: Id) -> Result<bool, Error> {
    if user == call.actor.user {
        return Ok(true);
    }
    let member = tables.user(user)?.and_then(|row| row.member_id);
    Ok(member.is_some() && member == call.actor.member)
}

/// Refuses a caller who has taken one of the earlier steps, under whichever of their user names.
pub(super) fn another_person(
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
