//! Reminders that points expire, 30 days and 7 days before.

use super::outbox::Post;
use super::{Message, about_passbook};
use crate::domain::id::{BankId, Id};
use crate::domain::ledger::account::Purpose;
use crate::domain::time::{Day, Moment};
use crate::services::{Error, Services};
use crate::store::Tables;
use crate::store::inbox::Expiring;

/// How many days before.
const DAYS_BEFORE: [i32; 2] = [30, 7];
/// Reminders in one commit.
const AT_A_TIME: usize = 500;

/// The work in the table of progress, for one of the reminders.
fn work(days: i32) -> String {
    format!("expiry_{days}")
}

/// The position of a reminder: its last day, and the last account of that day if it is not finished.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Place {
    day: Day,
    after: Option<Id>,
}

impl Place {
    fn read(text: &str) -> Option<Place> {
        let (day, after) = text.split_once('/').unwrap_or((text, ""));
        let after = if after.is_empty() { None } else { Some(after.parse().ok()?) };
        Some(Place { day: Day::parse(day)?, after })
    }

    fn text(self) -> String {
        match self.after {
            Some(account) => format!("{}/{account}", self.day),
            None => self.day.to_string(),
        }
    }
}

/// The stored position of a reminder. One that cannot be read is a fault: starting anew would send messages twice.
fn position(tables: &mut Tables<'_>, days: i32) -> Result<Option<Place>, Error> {
    let stored = tables.progress(&work(days))?;
    let read = |text: String| {
        Place::read(&text).ok_or_else(|| Error::Fault(format!("progress of {}: {text}", work(days))))
    };
    stored.map(read).transpose()
}

/// The reminders of one commit.
struct Part {
    before: Option<Place>,
    then: Place,
    posts: Vec<Post>,
}

impl Services {
    /// Sends the reminders that are due, each once; those of days on which no server ran too. Returns the number of
    /// messages.
    pub async fn tell_of_expiry(&self, bank: BankId) -> Result<usize, Error> {
        let mut made = 0_usize;
        for days in DAYS_BEFORE {
            loop {
                let services = self.clone();
                let part = self.store.read(bank, move |tables| services.next_expiring(tables, days)).await?;
                let Some(part) = part else { break };
                let count = part.posts.len();
                let written = self.store.write(bank, move |tables| {
                    // Another server of the same database may have sent them meanwhile.
                    if position(tables, days)? != part.before {
                        return Ok(false);
                    }
                    for post in &part.posts {
                        post.insert(tables)?;
                    }
                    tables.set_progress(&work(days), part.then.text())?;
                    Ok(true)
                });
                if !written.await? {
                    return Ok(made);
                }
                made = made.saturating_add(count);
            }
        }
        Ok(made)
    }

    fn next_expiring(&self, tables: &mut Tables<'_>, days: i32) -> Result<Option<Part>, Error> {
        let before = position(tables, days)?;
        let (day, last) = match before {
            // What is left of a day comes first.
            Some(Place { day, after: Some(_) }) => (day, day.plus(-1)),
            Some(Place { day, after: None }) => (tables.today(), day),
            // On a bank that is new to this it begins with what expires on one day.
            None => (tables.today(), tables.today().plus(-1)),
        };
        if last >= day {
            return Ok(None);
        }
        let (from, until) = (last.plus(days).end(tables.zone), day.plus(days).end(tables.zone));
        let after = before.and_then(|place| place.after);
        let mut due = tables.expiring(from, until)?;
        due.retain(|one| after.is_none_or(|after| one.account > after));
        let rest = due.split_off(due.len().min(AT_A_TIME));
        let after = due.last().filter(|_| !rest.is_empty()).map(|one| one.account);
        let posts = self.reminders(tables, due)?;
        Ok(Some(Part { before, then: Place { day, after }, posts }))
    }

    fn reminders(&self, tables: &mut Tables<'_>, due: Vec<Expiring>) -> Result<Vec<Post>, Error> {
        let accounts = tables.accounts(due.iter().map(|one| one.account))?;
        let channels = self.channels(tables)?;
        let mut posts = Vec::new();
        for Expiring { account, amount, at } in due {
            let Some(account) = accounts.get(&account) else { continue };
            let terms = &account.terms;
            if terms.purpose != Purpose::Main {
                continue;
            }
            let on = Moment::from_micros(at.micros().saturating_sub(1)).day(tables.zone);
            let message = Message::PointsExpire { points: amount, on };
            for (to, message) in about_passbook(tables, (terms.owner_kind, terms.owner), message)? {
                posts.push(self.post_to(tables, &channels, to, &message)?);
            }
        }
        Ok(posts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_read_as_it_was_written() {
        let day = Day::parse("2026-11-27").unwrap();
        for place in [Place { day, after: None }, Place { day, after: Some(Id::SYSTEM) }] {
            assert_eq!(Place::read(&place.text()), Some(place));
        }
        assert_eq!(Place::read("2026-11-27/x"), None);
    }
}
