//! Messages about entries: points in and out, stars, statements. A job reads the journal after its last position, so that
//! posting does not wait for messages. The position is written in one commit with the messages: each is sent once.

use super::outbox::Post;
use super::{Message, To, about_passbook};
use crate::domain::document::{Document, DocumentKind};
use crate::domain::id::{BankId, Id};
use crate::domain::ledger::account::{OwnerKind, Purpose};
use crate::domain::ledger::asset::Asset;
use crate::domain::ledger::entry::{Effect, Entry, EntryKind};
use crate::domain::message::STAR_REACHED;
use crate::domain::people::proxy::ProxyAct;
use crate::domain::points::gift::GiftState;
use crate::services::ledger::about::{About, abouts, named};
use crate::services::people::proxies::{ProxyRow, told_of};
use crate::services::{Error, Services};
use crate::store::Tables;
use std::collections::{BTreeMap, BTreeSet};

/// The work in the table of progress.
const WORK: &str = "entries";
/// Entries that are read for one commit.
const AT_A_TIME: i64 = 200;

/// Messages of a part of the journal.
struct Part {
    from: i64,
    until: i64,
    posts: Vec<Post>,
}

impl Services {
    /// Sends the messages about all entries after the stored position. Without a position it starts at the head: past
    /// entries have no messages. Returns the number of messages.
    pub async fn tell_of_entries(&self, bank: BankId) -> Result<usize, Error> {
        let mut made = 0_usize;
        loop {
            let services = self.clone();
            let Some(part) = self.store.read(bank, move |tables| services.next_part(tables)).await? else {
                return Ok(made);
            };
            let count = part.posts.len();
            let written = self.store.write(bank, move |tables| {
                let place = tables.progress(WORK)?;
                // Another server of the same database may have sent them meanwhile.
                if place.unwrap_or_else(|| part.from.to_string()) != part.from.to_string() {
                    return Ok(false);
                }
                for post in &part.posts {
                    post.insert(tables)?;
                }
                tables.set_progress(WORK, part.until.to_string())?;
                Ok(true)
            });
            if !written.await? {
                return Ok(made);
            }
            made = made.saturating_add(count);
        }
    }

    fn next_part(&self, tables: &mut Tables<'_>) -> Result<Option<Part>, Error> {
        let head = tables.head()?.number;
        let Some(place) = tables.progress(WORK)? else {
            return Ok(Some(Part { from: head, until: head, posts: Vec::new() }));
        };
        let from: i64 = place.parse().map_err(|_| Error::Fault(format!("progress of {WORK}: {place}")))?;
        if from >= head {
            return Ok(None);
        }
        let until = from.saturating_add(AT_A_TIME).min(head);
        let numbers: Vec<i64> = (from.saturating_add(1)..=until).collect();
        let channels = self.channels(tables)?;
        let mut posts = Vec::new();
        for (to, message) in self.messages_of(tables, &numbers, until)? {
            posts.push(self.post_to(tables, &channels, to, &message)?);
        }
        Ok(Some(Part { from, until, posts }))
    }

    fn messages_of(
        &self,
        tables: &mut Tables<'_>,
        numbers: &[i64],
        until: i64,
    ) -> Result<Vec<(To, Message)>, Error> {
        let entries = tables.entries(numbers)?;
        let moved = moved(tables, &entries)?;
        let heads: Vec<(i64, Option<String>)> = entries
            .iter()
            .filter(|entry| moved.contains_key(&entry.number))
            .map(|entry| (entry.number, entry.source.clone()))
            .collect();
        let abouts = abouts(tables, &heads)?;
        let mut messages = Vec::new();
        let mut served = BTreeSet::new();
        for entry in &entries {
            let proxy = through_proxy(tables, entry)?;
            for (owner, points) in moved.get(&entry.number).into_iter().flatten() {
                let about = abouts.get(&entry.number).cloned().unwrap_or_default();
                if let Some(proxy) = &proxy {
                    let (what, sum) = (about.what.clone(), points.saturating_abs());
                    messages.push(told_of(proxy, true, ProxyAct::Redeemed, (what, Some(sum))));
                }
                if let Some(message) = message(entry, *points, about, proxy.as_ref()) {
                    messages.extend(about_passbook(tables, *owner, message)?);
                }
                if entry.kind == EntryKind::Award && owner.0 == OwnerKind::Person {
                    served.insert(owner.1);
                }
            }
            messages.extend(of_document(tables, entry)?);
        }
        for member in served {
            messages.extend(self.star_reached(tables, member, until)?);
        }
        Ok(messages)
    }

    /// The message that a member has reached a star, unless it was granted or a message about it was sent.
    fn star_reached(
        &self,
        tables: &mut Tables<'_>,
        member: Id,
        known: i64,
    ) -> Result<Option<(To, Message)>, Error> {
        let stars = self.standing_stars(tables, member, known)?;
        let granted = tables.star_grants_of(member)?.iter().map(|grant| grant.stars).max().unwrap_or(0);
        let before =
            match tables.last_of_kind(member, STAR_REACHED)?.as_ref().map(super::message_in).transpose()? {
                Some(Message::StarReached { stars }) => stars,
                _ => 0,
            };
        Ok((stars > granted.max(before)).then_some((To::Member(member), Message::StarReached { stars })))
    }
}

/// The change of each passbook's points by entry number and owner, in minor units.
type Moved = BTreeMap<i64, BTreeMap<(OwnerKind, Id), i64>>;

fn moved(tables: &mut Tables<'_>, entries: &[Entry]) -> Result<Moved, Error> {
    let postings =
        || entries.iter().flat_map(|entry| entry.postings.iter().map(move |leg| (entry.number, leg)));
    let accounts = tables.accounts(postings().flat_map(|(_, leg)| [leg.debit, leg.credit]))?;
    let owner = |account: Id| {
        let terms = &accounts.get(&account)?.terms;
        let is_purse = terms.asset == Asset::Point && terms.purpose == Purpose::Main;
        let has_passbook = matches!(terms.owner_kind, OwnerKind::Person | OwnerKind::Household);
        (is_purse && has_passbook).then_some((terms.owner_kind, terms.owner))
    };
    let mut moved = Moved::new();
    for (number, leg) in postings() {
        for (account, amount) in [(leg.debit, leg.amount.saturating_neg()), (leg.credit, leg.amount)] {
            if let Some(owner) = owner(account) {
                let sum = moved.entry(number).or_default().entry(owner).or_default();
                *sum = sum.saturating_add(amount);
            }
        }
    }
    moved.values_mut().for_each(|people| people.retain(|_, points| *points != 0));
    Ok(moved)
}

/// The message about a change of points. Opening balances and transfers of a merge have none.
fn message(entry: &Entry, points: i64, about: About, proxy: Option<&ProxyRow>) -> Option<Message> {
    let (number, sum) = (entry.number, points.saturating_abs());
    let About { what, place, minutes, gift, .. } = about;
    let form = gift.map(|gift| gift.form.to_string()).unwrap_or_default();
    match entry.kind {
        EntryKind::Gift if points < 0 => Some(Message::GiftOut { entry: number, points: sum, form }),
        EntryKind::Gift => Some(Message::GiftIn { entry: number, points: sum, form }),
        EntryKind::Opening | EntryKind::OpeningOfYear | EntryKind::Merge => None,
        EntryKind::Redemption | EntryKind::Capture if points < 0 => {
            let proxy = proxy.map(|proxy| proxy.proxy_id);
            Some(Message::Redeemed { entry: number, points: sum, what, shop: place, proxy })
        }
        EntryKind::Refund if points > 0 => {
            Some(Message::Refunded { entry: number, points: sum, what, shop: place })
        }
        EntryKind::LotExpired | EntryKind::Zeroing | EntryKind::YearClosing if points < 0 => {
            Some(Message::PointsExpired { entry: number, points: sum })
        }
        _ if points < 0 => Some(Message::PointsTakenBack { entry: number, points: sum }),
        _ => Some(Message::PointsIn { entry: number, points: sum, what, minutes }),
    }
}

/// The messages about an entry with a document: a star grant to its member, a statement to the owners of the shop.
fn of_document(tables: &mut Tables<'_>, entry: &Entry) -> Result<Vec<(To, Message)>, Error> {
    let source = entry.source.as_deref();
    if let (EntryKind::Star, Some(id)) = (entry.kind, named(source, "star_grant")) {
        return Ok(match tables.document(DocumentKind::StarGrant, id)? {
            Some(Document::StarGrant(grant)) => {
                vec![(To::Member(grant.member_id), Message::StarGranted { stars: grant.stars })]
            }
            _ => Vec::new(),
        });
    }
    if let (EntryKind::Gift, Some(id)) = (entry.kind, named(source, "gift")) {
        return about_return(tables, entry, id);
    }
    if !matches!(entry.kind, EntryKind::Settlement | EntryKind::Payment) {
        return Ok(Vec::new());
    }
    let state = entry.effects.iter().find_map(|effect| match effect {
        Effect::Document { state, .. } => Some(state.clone()),
        _ => None,
    });
    // What the shop does itself is no news for it.
    let announced = ["issued", "answered", "approved", "paid"];
    let Some(state) = state.filter(|state| announced.contains(&state.as_str())) else {
        return Ok(Vec::new());
    };
    let Some(id) = named(source, "statement") else { return Ok(Vec::new()) };
    let Some(Document::Statement(statement)) = tables.document(DocumentKind::Statement, id)? else {
        return Ok(Vec::new());
    };
    let message = Message::Statement { id, state, period: statement.period };
    let owners = tables.owners_of_shop(statement.merchant_id)?;
    Ok(owners.into_iter().map(|user| (To::User(user), message.clone())).collect())
}

/// The messages of an entry without postings: the receiver of a gift is asked to return it, or keeps it.
fn about_return(tables: &mut Tables<'_>, entry: &Entry, id: Id) -> Result<Vec<(To, Message)>, Error> {
    let mut states = entry.effects.iter().filter_map(|effect| match effect {
        Effect::Document { document: DocumentKind::Gift, state, .. } => GiftState::parse(state),
        _ => None,
    });
    let (Some(state), Some(gift)) = (states.next_back(), tables.gift(id)?) else { return Ok(Vec::new()) };
    let points = gift.points;
    Ok(match (state, gift.receiver_id, gift.giver_id) {
        (GiftState::AskedBack, Some(receiver), _) => {
            vec![(To::Member(receiver), Message::GiftAskedBack { gift: id, points })]
        }
        (GiftState::Kept, _, Some(giver)) => {
            vec![(To::Member(giver), Message::GiftKept { gift: id, points })]
        }
        _ => Vec::new(),
    })
}

/// The proxy with whose code an entry took points.
fn through_proxy(tables: &mut Tables<'_>, entry: &Entry) -> Result<Option<ProxyRow>, Error> {
    let redemption = match (entry.kind, named(entry.source.as_deref(), "redemption")) {
        (EntryKind::Redemption, Some(id)) => tables.redemption(id)?,
        _ => None,
    };
    let proxy = redemption.and_then(|redemption| redemption.proxy_id);
    Ok(proxy.map(|id| tables.find::<ProxyRow>(id)).transpose()?.flatten())
}
