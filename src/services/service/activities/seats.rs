//! The capacity of an activity.

use super::ActivityRow;
use crate::domain::id::Id;
use crate::domain::refusal::Refusal;
use crate::domain::time::Moment;
use crate::services::Error;
use crate::store::Tables;

/// The capacity of a standing post is that of one day. Until an activity begins, the seats of those who signed up are
/// kept for them; afterwards a free seat goes to the next person who is signed in.
pub fn check_seats(
    tables: &mut Tables<'_>,
    activity: &ActivityRow,
    member: Id,
    at: Moment,
) -> Result<(), Error> {
    let Some(seats) = activity.seats else { return Ok(()) };
    let (from, until) = match activity.kind.as_str() {
        "standing" => {
            let day = at.day(tables.zone);
            (day.start(tables.zone), day.end(tables.zone))
        }
        _ => (Moment::from_micros(i64::MIN), Moment::from_micros(i64::MAX)),
    };
    let mut people = tables.people_at(activity.id, from, until)?;
    if tables.now < activity.starts_at {
        let signed_up = tables.sign_ups_of(activity.id)?;
        people.extend(signed_up.iter().filter(|one| one.state == "seated").map(|one| one.member_id));
    }
    let taken = i64::try_from(people.len()).unwrap_or(i64::MAX);
    match taken < seats || people.contains(&member) {
        true => Ok(()),
        false => Err(Refusal::SeatsFull { seats }.into()),
    }
}
