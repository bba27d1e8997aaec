//! What stands on a passbook: balances in both times, lines, lots, stars.

use crate::auth::permissions::Permission;
use crate::domain::document::Document;
use crate::domain::id::Id;
use crate::domain::language::Language;
use crate::domain::ledger::account::{AccountTerms, Lot, Purpose};
use crate::domain::ledger::asset::Asset;
use crate::domain::ledger::entry::EntryKind;
use crate::domain::points::scheme::{StarRule, StarWindow};
use crate::domain::refusal::Refusal;
use crate::domain::stars::grant::{StarGrant, StarGrantState};
use crate::domain::stars::ladder::{StarStanding, sentence, star};
use crate::domain::time::{Day, Days, Moment};
use crate::ledger::command::WatchKind;
use crate::ledger::{Command, CounterTake, Op};
use crate::services::access::interest::not_for_oneself;
use crate::services::{Call, Done, Error, Services};
use crate::store::Tables;
pub use crate::store::ledger::histories::PassbookLine;
use crate::store::people::members::MemberRow;

/// When: as of which moment of effective time, and as it was known at which moment of recorded time.
#[derive(Clone, Copy, Debug, Default)]
pub struct AsOf {
    pub as_of: Option<Moment>,
    pub known_at: Option<Moment>,
}

/// What a member has of one asset.
#[derive(Clone, Debug)]
pub struct Balance {
    pub account: Id,
    pub asset: Asset,
    pub balance: i64,
    /// What may be spent now: without what is reserved and what has run out. Only without `as_of`.
    pub available: Option<i64>,
    /// Reserved in holds.
    pub pending: Option<i64>,
    /// What is still to be given back (待追回).
    pub owed: i64,
}

/// Where a member stands in one scheme's stars.
#[derive(Clone, Debug)]
pub struct StarsOf {
    pub scheme: Id,
    pub scheme_name: String,
    pub scheme_version: i64,
    pub service_minutes: i64,
    pub lifetime_minor: i64,
    pub standing: StarStanding,
    /// In the language asked for.
    pub sentence: String,
    /// Stars that were granted by this scheme, newest first.
    pub granted: Vec<StarGrant>,
}

pub(in crate::services) const ASSETS: [Asset; 4] =
    [Asset::Point, Asset::Lifetime, Asset::Minute, Asset::Score];

fn absent(what: &str) -> Refusal {
    Refusal::NotFound { what: what.into() }
}

/// The member, if it is the caller's own, of the caller's household, or within reach.
pub(in crate::services) fn readable(
    tables: &mut Tables<'_>,
    call: &Call,
    permission: Permission,
    id: Id,
) -> Result<MemberRow, Error> {
    let (member, path) = tables.file_at(id)?;
    let own = match call.actor.member {
        Some(own) if own == member.id => true,
        Some(own) if member.kind == "household" => {
            tables.member(own)?.is_some_and(|row| row.household_id == Some(member.id))
        }
        _ => false,
    };
    if !own {
        call.must_reach(permission, &path, absent("member"))?;
    }
    Ok(member)
}

pub(in crate::services) fn account_of(file: Id, asset: Asset) -> Id {
    AccountTerms::id_of(file, asset, Purpose::Main)
}

/// The file that an id meant as far as it was known after an entry: before two files became one, each stood for itself.
fn file_known(tables: &mut Tables<'_>, asked: Id, stays: Id, known: Option<i64>) -> Result<Id, Error> {
    let Some(known) = known.filter(|_| asked != stays) else { return Ok(stays) };
    let mut file = asked;
    while let Some(merged) = tables.accounts_of(file)?.iter().find_map(|account| account.merged) {
        if known < merged.entry {
            return Ok(file);
        }
        file = tables.account(merged.account)?.map_or(stays, |account| account.terms.owner);
    }
    Ok(stays)
}

/// The balance as of a moment, as it was known then.
fn balance_at(
    tables: &mut Tables<'_>,
    account: Id,
    as_of: Option<Moment>,
    known: Option<i64>,
) -> Result<i64, Error> {
    let as_of = as_of.unwrap_or(tables.now);
    tables.balance_as_of(account, as_of, known)
}

impl Services {
    /// A member's balances: now, or as of a past moment, or as that was known at another.
    pub async fn balances(&self, call: &Call, member: Id, when: AsOf) -> Result<Vec<Balance>, Error> {
        let caller = call.clone();
        let told = self.store.read(call.actor.bank, move |tables| {
            let (asked, row) = (member, readable(tables, &caller, Permission::ReadMembers, member)?);
            let past = when.as_of.is_some() || when.known_at.is_some();
            let known = when.known_at.map(|at| tables.entry_known_at(at)).transpose()?;
            let file = file_known(tables, asked, row.id, known)?;
            let mut balances = Vec::new();
            for asset in ASSETS {
                let account = account_of(file, asset);
                let Some(standing) = tables.standing(account)? else { continue };
                let debts = AccountTerms::id_of(file, asset, Purpose::Owed);
                let owed = match tables.account(debts)? {
                    None => 0,
                    Some(_) if past => balance_at(tables, debts, when.as_of, known)?.saturating_neg(),
                    Some(row) => row.balance().saturating_neg(),
                };
                balances.push(match past {
                    true => {
                        let balance = balance_at(tables, account, when.as_of, known)?;
                        Balance { account, asset, balance, available: None, pending: None, owed }
                    }
                    false => Balance {
                        account,
                        asset,
                        balance: standing.balance,
                        available: standing.available,
                        pending: Some(standing.debits_pending),
                        owed,
                    },
                });
            }
            Ok(balances)
        });
        told.await
    }

    /// Lines of a member's passbook in one asset that took effect on some days, newest first, before an entry and leg.
    pub async fn passbook(
        &self,
        call: &Call,
        member: Id,
        asset: Asset,
        days: Days,
        before: Option<(i64, i64)>,
        limit: i64,
    ) -> Result<Vec<PassbookLine>, Error> {
        let caller = call.clone();
        let told = self.store.read(call.actor.bank, move |tables| {
            let member = readable(tables, &caller, Permission::ReadMembers, member)?;
            tables.history_of_days(account_of(member.id, asset), days, before, limit)
        });
        told.await
    }

    /// A member's points by the day on which they run out, soonest first.
    pub async fn lots(&self, call: &Call, member: Id) -> Result<Vec<Lot>, Error> {
        let caller = call.clone();
        let told = self.store.read(call.actor.bank, move |tables| {
            let member = readable(tables, &caller, Permission::ReadMembers, member)?;
            let lots = tables.open_lots(account_of(member.id, Asset::Point))?;
            let now = tables.now;
            Ok(lots.into_iter().filter(|lot| !lot.is_due(now)).collect())
        });
        told.await
    }

    /// The stars of a member as of the end of a day, by every scheme that has stars on that day.
    pub async fn stars(
        &self,
        call: &Call,
        member: Id,
        day: Option<Day>,
        known_at: Option<Moment>,
        language: Language,
    ) -> Result<Vec<StarsOf>, Error> {
        let (services, caller) = (self.clone(), call.clone());
        let told = self.store.read(call.actor.bank, move |tables| {
            let (asked, member) = (member, readable(tables, &caller, Permission::ReadStars, member)?);
            let known = known_at.map(|at| tables.entry_known_at(at)).transpose()?;
            let file = file_known(tables, asked, member.id, known)?;
            let day = day.unwrap_or(tables.today());
            let granted = tables.star_grants_of(member.id)?;
            let mut stars = Vec::new();
            for row in tables.all_schemes()? {
                let in_force = match services.in_force(tables, row.id, day) {
                    Ok(in_force) => in_force,
                    // No version holds on that day.
                    Err(Error::Refused(Refusal::SchemeNotInForce { .. })) => continue,
                    Err(error) => return Err(error),
                };
                let Some(rule) = &in_force.scheme.stars else { continue };
                let (minutes, points) = sums(tables, file, rule, day, known)?;
                stars.push(StarsOf {
                    scheme: row.id,
                    scheme_name: in_force.scheme.name.clone(),
                    scheme_version: in_force.row.number,
                    service_minutes: minutes,
                    lifetime_minor: points,
                    standing: star(rule, minutes, points),
                    sentence: sentence(rule, minutes, points, language),
                    granted: granted.iter().filter(|grant| grant.scheme_id == row.id).cloned().collect(),
                });
            }
            Ok(stars)
        });
        told.await
    }

    /// Grants a star that a member had reached at the end of a day. It is kept with the figures, and with the last entry
    /// that was known then; it does not change by itself afterwards.
    pub async fn grant_star(
        &self,
        call: &Call,
        member: Id,
        scheme: Id,
        wanted: i64,
        day: Option<Day>,
    ) -> Result<Done, Error> {
        let id = self.next_id();
        self.once(call, || async move {
            let (services, caller) = (self.clone(), call.clone());
            let command = self.store.read(call.actor.bank, move |tables| {
                let (row, path) = tables.file_at(member)?;
                let (member, duplicates) = (row.id, tables.duplicates_of(&[row.id])?);
                caller.must_reach(Permission::GrantStars, &path, absent("member"))?;
                not_for_oneself(tables, &caller, &row)?;
                let day = day.unwrap_or(tables.today());
                if day > tables.today() {
                    return Err(Refusal::DayInFuture { field: "as_of".into(), today: tables.today() }.into());
                }
                let in_force = services.in_force(tables, scheme, day)?;
                let rule = in_force.scheme.stars.as_ref().ok_or(absent("star"))?;
                let (minutes, points) = sums(tables, member, rule, day, None)?;
                check_reached(rule, wanted, minutes, points)?;
                let head = tables.head()?;
                let grant = StarGrant {
                    id,
                    version: 1,
                    state: StarGrantState::Granted,
                    member_id: member,
                    star: wanted,
                    scheme_id: scheme,
                    scheme_version: in_force.row.number,
                    as_of: day,
                    known_entry: head.number,
                    service_minutes: minutes,
                    lifetime_points: points,
                    granted_by: caller.actor.user,
                    granted_at: tables.now,
                    entry_number: None,
                };
                let op = Op::Post { legs: Vec::new(), partial: false, up_to: false };
                let window = match rule.window {
                    StarWindow::Lifetime => String::new(),
                    StarWindow::CalendarYear => format!("/{}", day.year()),
                };
                let command = Command::new(caller.actor.user, EntryKind::Star, op)
                    .source(format!("star_grant/{id}"))
                    .watch(WatchKind::Member, member, row.version)
                    .counter(CounterTake::once(format!("star/{scheme}/{member}/{wanted}{window}")))
                    .document(Document::StarGrant(grant));
                Ok(Command { duplicates, ..command })
            });
            self.post(call, command.await?).await
        })
        .await
    }
}

/// Minutes and lifetime points inside the rule's window, at the end of a day.
fn sums(
    tables: &mut Tables<'_>,
    file: Id,
    rule: &StarRule,
    day: Day,
    known: Option<i64>,
) -> Result<(i64, i64), Error> {
    let end = day.last_moment(tables.zone);
    let before = match rule.window {
        StarWindow::Lifetime => None,
        StarWindow::CalendarYear => Day::parse(&format!("{:04}-01-01", day.year()))
            .map(|first| Moment::from_micros(first.start(tables.zone).micros().saturating_sub(1))),
    };
    let mut sum = |asset| -> Result<i64, Error> {
        let account = account_of(file, asset);
        let until = balance_at(tables, account, Some(end), known)?;
        Ok(match before {
            None => until,
            Some(before) => {
                // Nobody knows in which year an older book's figures were earned: they count for life only.
                let undated = tables.brought_along(account, (before, end), known)?;
                let earlier = balance_at(tables, account, Some(before), known)?;
                until.saturating_sub(earlier).saturating_sub(undated)
            }
        })
    };
    Ok((sum(Asset::Minute)?, sum(Asset::Lifetime)?))
}

fn check_reached(rule: &StarRule, wanted: i64, minutes: i64, points: i64) -> Result<(), Refusal> {
    let step = rule.steps.iter().find(|step| i64::from(step.star) == wanted).ok_or(absent("star"))?;
    if i64::from(star(rule, minutes, points).star) >= wanted {
        return Ok(());
    }
    let missing = |threshold: Option<i64>, sum: i64| threshold.map_or(0, |t| t.saturating_sub(sum).max(0));
    Err(Refusal::StarNotReached {
        minutes_missing: missing(step.minutes, minutes),
        points_missing: missing(step.points_minor, points),
    })
}
