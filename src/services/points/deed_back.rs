//! Takes back an award whose groups have counters.

use super::awards::{metadata_of, purse};
use super::climbing::way_back;
use crate::domain::id::Id;
use crate::domain::ledger::account::{AccountTerms, Purpose};
use crate::domain::ledger::asset::Asset;
use crate::domain::ledger::curve::{Climb, Counts, MILLION};
use crate::domain::ledger::entry::{Entry, EntryKind, climbed};
use crate::domain::refusal::{NotReversible, Refusal};
use crate::domain::time::Moment;
use crate::ledger::{Command, Leg, Op, Reclaim};
use crate::services::{Call, Error, Services};
use crate::store::Tables;
use crate::store::people::members::MemberRow;

impl Services {
    /// The command that takes an award back whose groups have counters: all of it, or a part of the deed's own points
    /// (in hundredths); `None`: an award of any other kind. `member` is the file that stays.
    pub(in crate::services) fn deed_back(
        &self,
        tables: &mut Tables<'_>,
        call: &Call,
        (entry, member): (&Entry, &MemberRow),
        (points, up_to): (Option<i64>, bool),
    ) -> Result<Option<Command>, Error> {
        let metadata = metadata_of(entry);
        let id = |name: &str| metadata.get(name).and_then(|text| text.parse::<Id>().ok());
        let number = metadata.get("version").and_then(|text| text.parse().ok());
        let (Some(named), Some(scheme), Some(number)) = (id("member"), id("scheme"), number) else {
            return Ok(None);
        };
        if !climbed(&entry.effects) {
            return Ok(None);
        }
        let scheme = self.version_of(tables, scheme, number)?.scheme;
        let Some(climb) = way_back(entry, &scheme, (named, member.id))? else { return Ok(None) };
        let part = points.map(|minor| part_of(&climb, minor)).transpose()?;
        let household = member.kind == "household";
        let bank = call.actor.bank;
        let mut open = Vec::new();
        let mut leg = |asset: Asset, amount: i64, capped: bool, expires_at: Option<Moment>| {
            let (from, to) =
                (AccountTerms::of_bank(bank, asset, Purpose::Issuing), purse(member.id, household, asset));
            let leg = Leg { capped, expires_at, ..Leg::plain(from.id, to.id, amount) };
            open.extend([from, to]);
            leg
        };
        let minutes = [named, member.id].map(|id| purse(id, household, Asset::Minute).id);
        let mut legs = Vec::new();
        if entry.postings.iter().any(|posting| minutes.contains(&posting.credit)) {
            legs.push(leg(Asset::Minute, 1, false, None));
        }
        if scheme.lifetime {
            legs.push(leg(Asset::Lifetime, 1, true, None));
        }
        // What comes back to the member expires as if it were granted now; where the points of the scheme have ended,
        // today.
        let expires_at = match scheme.lot_expiry(tables.today(), tables.zone) {
            Err(Refusal::PointsEnded { .. }) => Some(tables.today().end(tables.zone)),
            expires_at => expires_at?,
        };
        legs.push(leg(scheme.purse.asset(), 1, true, expires_at));
        let op = Op::TakeBack { entry: entry.number, part, legs, up_to, of_document: false };
        let mut command = Command::new(call.actor.user, EntryKind::Reversal, op).open(open);
        command.climb = Some(climb);
        // What comes back pays what is owed.
        command.reclaim = Reclaim::Everything;
        let subjects: Vec<Id> = [Some(member.id), member.household_id].into_iter().flatten().collect();
        command.duplicates = tables.duplicates_of(&subjects)?;
        Ok(Some(command))
    }
}

/// A part of a deed in units of its own counter. What is counted in times or hours is taken back as a whole.
fn part_of(climb: &Climb, minor: i64) -> Result<i64, Error> {
    let counts = climb.levels.first().map(|level| level.curve.counts);
    match counts {
        Some(Counts::Points | Counts::Highest) => {
            Ok(minor.checked_mul(MILLION / 100).ok_or(Refusal::PointsOutOfRange)?)
        }
        _ => Err(Refusal::EntryNotReversible { reason: NotReversible::OnlyWhole }.into()),
    }
}
