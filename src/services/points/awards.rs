//! Awards by a scheme's items, single and in bulk, explained and taken back.

use super::alone::{Counted, OfToday};
pub use super::award_ask::AwardAsk;
use super::climbing::worth_now;
use super::schemes::InForce;
use crate::auth::permissions::Permission;
use crate::domain::amount::MAX_MINOR;
use crate::domain::id::{BankId, Id};
use crate::domain::language::Language;
use crate::domain::ledger::account::{AccountTerms, OwnerKind, Purpose};
use crate::domain::ledger::asset::Asset;
use crate::domain::ledger::curve::Moved;
use crate::domain::ledger::entry::{COUNTS_ON, Effect, Entry, EntryKind};
use crate::domain::points::scheme::{
    BittenCap, Cap, CapCounts, Decided, Deed, Evaluation, Explanation, GroupStep, explain, stage_in_key,
};
use crate::domain::refusal::Refusal;
use crate::domain::time::{Day, Moment};
use crate::ledger::command::WatchKind;
use crate::ledger::{Answer, Command, CounterTake, Decision, Leg, Op, Reclaim, Request, Take, repeat};
use crate::services::access::interest::{another_person, not_for_oneself, not_for_oneself_since};
use crate::services::call::{OLD_ROW_MARK, ROW_MARK};
use crate::services::{Call, Done, Error, Services};
use crate::store::Tables;
use crate::store::people::members::MemberRow;
use std::collections::{BTreeMap, BTreeSet, HashMap};

const MAKE: Permission = Permission::MakeAwards;

/// The counters of an evaluation as the ledger takes them.
pub fn counters_of(caps: &[Cap]) -> Vec<CounterTake> {
    let takes = caps.iter().map(|cap| CounterTake {
        key: cap.key.clone(),
        window: cap.window.clone(),
        take: if cap.counts == CapCounts::Points { Take::Granted } else { Take::Fixed(cap.adds) },
        limit: cap.limit,
        asset: cap.asset,
    });
    takes.collect()
}

pub fn purse(member: Id, household: bool, asset: Asset) -> AccountTerms {
    let kind = if household { OwnerKind::Household } else { OwnerKind::Person };
    AccountTerms::usual(kind, member, asset, Purpose::Main)
}

/// The legs of an evaluation and the accounts they need: minutes, lifetime points and points in one entry.
pub fn legs_of(
    bank: BankId,
    member: Id,
    household: bool,
    evaluation: &Evaluation,
) -> (Vec<Leg>, Vec<AccountTerms>) {
    let (mut legs, mut open) = (Vec::new(), Vec::new());
    let mut add = |asset: Asset, amount: i64, capped: bool, expires_at: Option<Moment>| {
        let (from, to) =
            (AccountTerms::of_bank(bank, asset, Purpose::Issuing), purse(member, household, asset));
        let (debit, credit) = if amount < 0 { (to.id, from.id) } else { (from.id, to.id) };
        if amount != 0 {
            legs.push(Leg { capped, expires_at, ..Leg::plain(debit, credit, amount.saturating_abs()) });
            open.extend([from, to]);
        }
    };
    add(Asset::Minute, evaluation.minutes, false, None);
    if evaluation.climb.is_some() {
        // The ledger puts what the groups make of it in the place of this amount.
        let any = evaluation.points_minor.saturating_abs().max(1);
        add(Asset::Lifetime, if evaluation.lifetime { any } else { 0 }, true, None);
        add(evaluation.purse, any, true, evaluation.expires_at);
        return (legs, open);
    }
    let capped = evaluation.points_minor > 0;
    add(Asset::Lifetime, evaluation.lifetime_minor.max(0), capped, None);
    add(evaluation.purse, evaluation.points_minor, capped, evaluation.expires_at);
    (legs, open)
}

/// Cache of what was read for the rows of one batch.
#[derive(Debug, Default)]
pub(in crate::services) struct AlreadyRead {
    members: HashMap<Id, MemberRow>,
    paths: HashMap<Id, String>,
    versions: HashMap<(Id, Day), InForce>,
    today: OfToday,
    /// The duplicates of a member or household.
    duplicates: HashMap<Id, Vec<(Id, Id)>>,
}

impl AlreadyRead {
    /// Starts with the members of all rows, read together.
    fn of(tables: &mut Tables<'_>, call: &Call, asks: &[AwardAsk]) -> Result<Self, Error> {
        let ids: BTreeSet<Id> = asks.iter().map(|ask| ask.member).collect();
        let rows = tables.members_by_id(ids.iter().copied())?;
        let mut known =
            AlreadyRead { members: rows.into_iter().map(|row| (row.id, row)).collect(), ..Self::default() };
        let households = known.members.values().filter_map(|row| row.household_id);
        let subjects = Vec::from_iter(ids.into_iter().chain(households).collect::<BTreeSet<Id>>());
        known.duplicates.extend(subjects.iter().map(|id| (*id, Vec::new())));
        for (duplicate, stays) in tables.duplicates_of(&subjects)? {
            known.duplicates.entry(stays).or_default().push((duplicate, stays));
        }
        known.today = OfToday::of(tables, call, asks.iter().map(|ask| (ask.scheme, ask.member)))?;
        Ok(known)
    }

    /// A member (the file that stays, if a duplicate is named), with the path of their organisation.
    fn member(&mut self, tables: &mut Tables<'_>, id: Id) -> Result<(MemberRow, String), Error> {
        let found = self.members.get(&id).filter(|row| row.merged_into_id.is_none());
        let Some(member) = found else { return tables.file_at(id) };
        let path = match self.paths.get(&member.org_id) {
            Some(path) => path.clone(),
            None => self.paths.entry(member.org_id).or_insert(tables.org_path(member.org_id)?).clone(),
        };
        Ok((member.clone(), path))
    }

    /// The duplicates of those whose limits apply to an award.
    fn duplicates(&mut self, tables: &mut Tables<'_>, member: &MemberRow) -> Result<Vec<(Id, Id)>, Error> {
        let mut found = Vec::new();
        for subject in [Some(member.id), member.household_id].into_iter().flatten() {
            let of_subject = match self.duplicates.get(&subject) {
                Some(known) => known.clone(),
                None => tables.duplicates_of(&[subject])?,
            };
            found.extend_from_slice(&of_subject);
            self.duplicates.entry(subject).or_insert(of_subject);
        }
        Ok(found)
    }
}

/// An award that can be posted, unless a second person is needed.
#[derive(Debug)]
pub(in crate::services) struct Prepared {
    pub command: Command,
    /// A second person must approve.
    pub second: bool,
    pub day: Day,
    pub scheme_version: i64,
    /// What the scheme gives before its caps, in hundredths.
    pub desired_minor: i64,
    /// How it counts towards the sum that needs a second person, if the scheme has one.
    pub counted: Option<Counted>,
}

impl Prepared {
    /// Adds the counter of an award that its maker posts alone; one that needs a second person is proposed instead.
    pub fn alone(mut self, tables: &Tables<'_>, call: &Call) -> Self {
        if let (Some(counted), false) = (&self.counted, self.second) {
            self.command.counters.push(counted.alone(tables, call));
        }
        self
    }
}

impl Services {
    /// The command of one award, after everything it depends on was read. `version` is that of a proposal: exactly
    /// what was proposed is posted.
    pub(in crate::services) fn award_command(
        &self,
        tables: &mut Tables<'_>,
        call: &Call,
        ask: &AwardAsk,
        right: Permission,
        version: Option<i64>,
        known: &mut AlreadyRead,
    ) -> Result<Prepared, Error> {
        let (member, path) = known.member(tables, ask.member)?;
        call.must_reach(right, &path, Refusal::absent("member"))?;
        if member.state != "active" {
            return Err(Refusal::WrongState { what: "member".into(), state: member.state }.into());
        }
        let day = ask.day.unwrap_or(tables.today());
        not_for_oneself_since(tables, call, &member, day.start(tables.zone))?;
        if day > tables.today() {
            return Err(Refusal::DayInFuture { field: "day".into(), today: tables.today() }.into());
        }
        let in_force = match (version, known.versions.get(&(ask.scheme, day))) {
            (Some(number), _) => self.version_of(tables, ask.scheme, number)?,
            (None, Some(in_force)) => in_force.clone(),
            (None, None) => {
                let in_force = self.in_force(tables, ask.scheme, day)?;
                known.versions.entry((ask.scheme, day)).or_insert(in_force).clone()
            }
        };
        let mut deed = Deed::of_item(day, tables.zone, member.id, &ask.item, ask.quantity);
        deed.granted_on = tables.today();
        deed.household = member.household_id;
        deed.organisation = Some(member.org_id);
        deed.classes.clone_from(&ask.classes);
        deed.decided = ask
            .decided
            .as_ref()
            .map(|(points_minor, reason)| Decided { points_minor: *points_minor, reason: reason.clone() });
        let evaluation = in_force.scheme.evaluate(&deed)?;
        let duplicates = known.duplicates(tables, &member)?;
        let four_eyes = in_force.scheme.four_eyes_above_minor;
        let worth = match (&evaluation.climb, four_eyes) {
            (Some(climb), Some(_)) => worth_now(tables, climb, &duplicates)?,
            _ => evaluation.points_minor,
        };
        let counted = four_eyes.map(|limit| Counted {
            scheme: in_force.row.scheme_id,
            member: member.id,
            points: worth,
            asset: evaluation.purse,
            limit,
        });
        let mut second = evaluation.four_eyes || four_eyes.is_some_and(|most| worth.saturating_abs() > most);
        // The sum is not checked for a proposal: a second person sees it already.
        if let (false, None, Some(counted)) = (second, version, &counted) {
            second = counted.is_too_much(tables, call, &duplicates, &mut known.today)?;
        }
        Ok(Prepared {
            second,
            day,
            scheme_version: in_force.row.number,
            desired_minor: worth,
            counted,
            command: Command {
                duplicates,
                ..self.award_of(call, ask, &member, &in_force, evaluation, (day, tables))
            },
        })
    }

    fn award_of(
        &self,
        call: &Call,
        ask: &AwardAsk,
        member: &MemberRow,
        in_force: &InForce,
        evaluation: Evaluation,
        (day, tables): (Day, &Tables<'_>),
    ) -> Command {
        let (bank, household) = (call.actor.bank, member.kind == "household");
        let (legs, open, kind, up_to) = if evaluation.zeroing {
            // 本期积分清零: the balance is reset; lifetime points stay.
            let (from, to) = (
                purse(member.id, household, evaluation.purse),
                AccountTerms::of_bank(bank, evaluation.purse, Purpose::Forfeited),
            );
            (vec![Leg::plain(from.id, to.id, MAX_MINOR)], vec![from, to], EntryKind::Zeroing, true)
        } else {
            let (legs, open) = legs_of(bank, member.id, household, &evaluation);
            // A negative item takes no more than the balance.
            (legs, open, EntryKind::Award, evaluation.points_minor < 0 && evaluation.climb.is_none())
        };
        let mut command = Command::new(call.actor.user, kind, Op::Post { legs, partial: true, up_to })
            .open(open)
            .watch(WatchKind::Member, member.id, member.version);
        command.counters = counters_of(&evaluation.caps);
        command.climb.clone_from(&evaluation.climb);
        command.reclaim = Reclaim::of(Vec::new(), in_force.scheme.reclaims_next_points);
        // A deed takes effect on its day; a reset, on the present balance.
        let past = day < tables.today() && kind == EntryKind::Award;
        command.effective_at = past.then(|| day.last_moment(tables.zone));
        if let Some(source) = &ask.source {
            // A prefix of its own: sources from callers never collide with the bank's own.
            command.counters.push(CounterTake::once(format!("award/paper/{source}")));
            command.source = Some(format!("paper/{source}"));
        }
        command.metadata = BTreeMap::from([
            ("scheme".to_owned(), in_force.row.scheme_id.to_string()),
            ("version".to_owned(), in_force.row.number.to_string()),
            ("item".to_owned(), ask.item.clone()),
            ("member".to_owned(), member.id.to_string()),
            ("explanation".to_owned(), evaluation.explanation.to_json()),
        ]);
        if kind == EntryKind::Award {
            command.metadata.insert(COUNTS_ON.to_owned(), day.to_string());
        }
        command.note = self.note(ask.note.clone().or(ask.decided.as_ref().map(|(_, reason)| reason.clone())));
        command
    }

    /// Up to 10,000 awards in one commit, a result each in order. `whole`: all of them or none.
    pub async fn award_all(
        &self,
        call: &Call,
        asks: Vec<AwardAsk>,
        whole: bool,
    ) -> Result<Vec<Result<Done, Error>>, Error> {
        let (services, caller) = (self.clone(), call.clone());
        let prepared = self.store.read(call.actor.bank, move |tables| {
            let mut known = AlreadyRead::of(tables, &caller, &asks)?;
            let mut rows = Vec::with_capacity(asks.len());
            for ask in &asks {
                rows.push(match services.award_command(tables, &caller, ask, MAKE, None, &mut known) {
                    Ok(prepared) if prepared.second => Err(Refusal::SecondPersonNeeded),
                    Ok(prepared) => Ok(prepared.alone(tables, &caller).command),
                    Err(Error::Refused(refusal)) => Err(refusal),
                    Err(other) => return Err(other),
                });
            }
            Ok(rows)
        });
        let prepared: Vec<Result<Command, Refusal>> = prepared.await?;
        let mut results = self.post_all(call, prepared, whole).await?;
        self.name_caps(call, &mut results).await;
        Ok(results)
    }

    /// Submits many commands as one batch; rows refused before it keep their index. A row whose key was used gets the
    /// stored answer, even if it would be refused by now. The key is that of the whole request: with other rows
    /// nothing is posted.
    pub async fn post_all(
        &self,
        call: &Call,
        prepared: Vec<Result<Command, Refusal>>,
        whole: bool,
    ) -> Result<Vec<Result<Done, Error>>, Error> {
        let mark = self.mark_of_rows(call).await?;
        let of_row = |index: usize| {
            let request = call.request.as_ref();
            request.map(|request| Request { key: format!("{}{mark}{index}", request.key), ..request.clone() })
        };
        let refused = prepared.iter().enumerate().filter(|(_, row)| row.is_err());
        let refused: Vec<Request> = refused.filter_map(|(index, _)| of_row(index)).collect();
        let mut before = self.all_repeated(call, refused).await?;
        let mut commands = Vec::with_capacity(prepared.len());
        let mut places: Vec<Option<Result<Done, Error>>> = Vec::with_capacity(prepared.len());
        for (index, row) in prepared.into_iter().enumerate() {
            let request = of_row(index);
            places.push(match row {
                Ok(command) => {
                    commands.push(command.by_request(request));
                    None
                }
                Err(refusal) => {
                    let earlier = request.and_then(|request| before.remove(&request.key));
                    Some(earlier.unwrap_or(Err(refusal.into())))
                }
            });
        }
        let refused = places.iter().any(|place| matches!(place, Some(Err(_))));
        let rows: Vec<Result<Decision, Error>> = match (whole && refused, call.dry_run) {
            (true, _) => Vec::new(),
            (false, true) => {
                self.store.rehearse(call.actor.bank, commands).await?.into_iter().map(Ok).collect()
            }
            (false, false) => self.store.submit_rows(call.actor.bank, commands, whole).await?,
        };
        let is_refused = |row: &Result<Decision, Error>| {
            matches!(row, Ok(Decision { answer: Answer::Refused(_), .. }) | Err(_))
        };
        let kept = !whole || !rows.iter().any(is_refused);
        let mut decided = rows.iter();
        let first = places.iter().position(|place| match place {
            Some(known) => known.is_err(),
            None => decided.next().is_some_and(is_refused),
        });
        let other =
            || Error::from(Refusal::OtherRefused { row: first.and_then(|at| u32::try_from(at).ok()) });
        let mut rows = rows.into_iter();
        let results = places.into_iter().map(|place| match place {
            Some(Ok(_)) if !kept => Err(other()),
            Some(known) => known,
            None => match rows.next() {
                Some(row) if kept || is_refused(&row) => row.and_then(crate::services::call::done),
                _ => Err(other()),
            },
        });
        Ok(results.collect())
    }

    /// Refuses a bulk request whose key was used for another one; returns the separator between the key and the index
    /// of a row. Callers' keys have no blanks, so that no single request can collide with a row.
    async fn mark_of_rows(&self, call: &Call) -> Result<&'static str, Error> {
        let Some(request) = call.request.clone().filter(|_| !call.dry_run) else { return Ok(ROW_MARK) };
        let known = self.store.read(call.actor.bank, move |tables| {
            // A bulk request of release 0.1 continues with its own separator.
            if tables
                .rows_under_key(&request, OLD_ROW_MARK)?
                .iter()
                .any(|(_, fields)| *fields == request.fields)
            {
                return Ok((OLD_ROW_MARK, None));
            }
            let rows = tables.rows_under_key(&request, ROW_MARK)?;
            if rows.is_empty()
                && let Some(entry) = tables.spent_row(&request, ROW_MARK)?
            {
                return Err(Refusal::KeySpent { entry }.into());
            }
            let other = rows.into_iter().find(|(_, fields)| *fields != request.fields);
            let Some((key, _)) = other else { return Ok((ROW_MARK, None)) };
            let stored = tables.answered(&Request { key, ..request.clone() })?;
            Ok((ROW_MARK, stored.map(|stored| repeat(&stored, &request))))
        });
        match known.await? {
            (_, Some(decision)) => crate::services::call::done(decision).map(|_| ROW_MARK),
            (mark, None) => Ok(mark),
        }
    }

    /// Takes an award back: all, a part of its points, or as much as possible. The person who made it may do so
    /// within `undo_seconds`; later another person must.
    pub async fn reverse_award(
        &self,
        call: &Call,
        number: i64,
        (points, up_to): (Option<i64>, bool),
        undo_seconds: i64,
        reason: String,
    ) -> Result<Done, Error> {
        let (services, caller, note) = (self.clone(), call.clone(), self.note(Some(reason)));
        let build = move |tables: &mut Tables<'_>| {
            let (entry, member, path) = award_at(tables, number)?;
            caller.must_reach(MAKE, &path, Refusal::absent("award"))?;
            not_for_oneself(tables, &caller, &member)?;
            if tables.now.seconds_since(entry.recorded_at) > undo_seconds {
                let proposed_by = metadata_of(&entry).get("proposed_by").and_then(|id| id.parse().ok());
                another_person(tables, &caller, proposed_by.into_iter().chain([entry.actor]))?;
            }
            let closed = tables.head()?.year_closed_until;
            if let Some(command) = services.deed_back(tables, &caller, (&entry, &member), (points, up_to))? {
                let command = command.source(format!("award/{number}"));
                let open = closed.is_none_or(|closed| entry.effective_at >= closed);
                let effective_at = open.then_some(entry.effective_at);
                let command = Command { note, effective_at, ..command };
                return Ok(command.watch(WatchKind::Member, member.id, member.version));
            }
            let granted = entry.effects.iter().find_map(|effect| match effect {
                Effect::Granted { legs, .. } => Some(legs.clone()),
                _ => None,
            });
            let amounts = points.map(|points| {
                let legs = granted.unwrap_or_else(|| vec![0]);
                legs.into_iter().map(|leg| (leg, points)).collect::<BTreeMap<i32, i64>>()
            });
            let op = Op::Reverse { entry: number, amounts, up_to, of_document: false };
            let mut command =
                Command::new(caller.actor.user, EntryKind::Reversal, op).source(format!("award/{number}"));
            let open = closed.is_none_or(|closed| entry.effective_at >= closed);
            command.effective_at = open.then_some(entry.effective_at);
            command.note = note;
            Ok(command.watch(WatchKind::Member, member.id, member.version))
        };
        self.post_from(call, build).await
    }
}

/// The sentences of an entry: what was granted, and the caps that applied.
pub fn sentences(entry: &Entry, explanation: &Explanation, language: Language) -> Vec<String> {
    let grant = entry.effects.iter().find_map(|effect| match effect {
        Effect::Granted { granted, caps, .. } => Some((*granted, caps.clone())),
        _ => None,
    });
    let (granted, caps) = grant.map_or((None, Vec::new()), |(granted, caps)| (Some(granted), caps));
    let bitten = caps.iter().filter_map(|key| {
        let taken = entry.effects.iter().find_map(|effect| match effect {
            Effect::CounterTaken { counter, limit } if counter.key == *key => Some((counter.amount, *limit)),
            _ => None,
        });
        let code = Cap::code_in_key(key)?;
        // A cap that left nothing was full: nothing was taken from it.
        let limit = explanation.caps.iter().find(|note| note.code == code).map_or(0, |note| note.limit);
        let used = taken.map_or(limit, |(amount, limit)| limit.saturating_sub(amount));
        Some(BittenCap { code: code.to_owned(), used })
    });
    explain(explanation, granted, &bitten.collect::<Vec<_>>(), &group_steps(entry), language)
}

/// What the counters of an award's groups did.
fn group_steps(entry: &Entry) -> Vec<GroupStep> {
    let steps = entry.effects.iter().filter_map(|effect| match effect {
        Effect::CounterMoved { counter, from, to, value_from, value_to, .. } => {
            let (from, to, value_from, value_to) = (*from, *to, *value_from, *value_to);
            let code = stage_in_key(&counter.key)?.to_owned();
            Some(GroupStep { code, moved: Moved { from, to, value_from, value_to } })
        }
        _ => None,
    });
    steps.collect()
}

pub(super) fn metadata_of(entry: &Entry) -> BTreeMap<String, String> {
    serde_json::from_str(&entry.metadata).unwrap_or_default()
}

/// The receiver of an award; `None` if the number is not that of an award.
pub(in crate::services) fn member_of_award(
    tables: &mut Tables<'_>,
    number: i64,
) -> Result<Option<Id>, Error> {
    let entry = tables.entry(number)?;
    Ok(entry.and_then(|entry| metadata_of(&entry).get("member").and_then(|id| id.parse().ok())))
}

/// An award with its member (the file that stays, if it was given to a duplicate), and the path of their
/// organisation.
pub(super) fn award_at(tables: &mut Tables<'_>, number: i64) -> Result<(Entry, MemberRow, String), Error> {
    let entry = tables.entry(number)?.filter(|e| matches!(e.kind, EntryKind::Award | EntryKind::Zeroing));
    let entry = entry.ok_or(Refusal::absent("award"))?;
    let member =
        metadata_of(&entry).get("member").and_then(|id| id.parse().ok()).ok_or(Refusal::absent("award"))?;
    let member = tables.member_that_stays(member)?;
    let path = tables.org_path(member.org_id)?;
    Ok((entry, member, path))
}
