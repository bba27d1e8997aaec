//! The stars of a member as of any day, and granting them.

use crate::auth::permissions::Permission;
use crate::domain::document::Document;
use crate::domain::id::Id;
use crate::domain::language::Language;
use crate::domain::ledger::asset::Asset;
use crate::domain::ledger::entry::EntryKind;
use crate::domain::points::scheme::{StarRule, StarWindow};
use crate::domain::refusal::Refusal;
use crate::domain::stars::grant::{StarGrant, StarGrantState};
use crate::domain::stars::ladder::{StarStanding, sentence, star};
use crate::domain::time::{Day, Moment};
use crate::ledger::command::WatchKind;
use crate::ledger::{Command, CounterTake, Op};
use crate::services::access::interest::not_for_oneself;
use crate::services::ledger::passbook::{account_of, balance_at, file_known, readable};
use crate::services::{Call, Done, Error, Services};
use crate::store::Tables;

/// A member's standing in one scheme's stars.
#[derive(Clone, Debug)]
pub struct StarsOf {
    pub scheme: Id,
    pub scheme_name: String,
    pub scheme_version: i64,
    pub service_minutes: i64,
    pub lifetime_minor: i64,
    pub standing: StarStanding,
    /// In the requested language.
    pub sentence: String,
    /// Stars that were granted by this scheme, newest first.
    pub granted: Vec<StarGrant>,
}

impl Services {
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
        let found = self.store.read(call.actor.bank, move |tables| {
            let (asked, member) = (member, readable(tables, &caller, Permission::ReadStars, member)?);
            let known = known_at.map(|at| tables.entry_known_at(at)).transpose()?;
            let file = file_known(tables, asked, member.id, known)?;
            let day = day.unwrap_or(tables.today());
            let granted = tables.star_grants_of(member.id)?;
            let mut stars = Vec::new();
            for row in tables.all_schemes()? {
                let in_force = match services.in_force(tables, row.id, day) {
                    Ok(in_force) => in_force,
                    // No version is valid on that day.
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
        found.await
    }

    /// The highest star that a member has served for, in any scheme in force today, as known after an entry; 0: none.
    pub(in crate::services) fn standing_stars(
        &self,
        tables: &mut Tables<'_>,
        file: Id,
        known: i64,
    ) -> Result<i64, Error> {
        let (day, mut highest) = (tables.today(), 0);
        for row in tables.all_schemes()? {
            let in_force = match self.in_force(tables, row.id, day) {
                Ok(in_force) => in_force,
                // No version is valid on that day.
                Err(Error::Refused(Refusal::SchemeNotInForce { .. })) => continue,
                Err(error) => return Err(error),
            };
            let Some(rule) = &in_force.scheme.stars else { continue };
            let (minutes, points) = sums(tables, file, rule, day, Some(known))?;
            highest = highest.max(star(rule, minutes, points).star);
        }
        Ok(highest.into())
    }

    /// Grants a star that a member had reached at the end of a day. It is stored with the figures and the last entry
    /// known then, and does not change afterwards.
    pub async fn grant_star(
        &self,
        call: &Call,
        member: Id,
        scheme: Id,
        wanted: i64,
        day: Option<Day>,
    ) -> Result<Done, Error> {
        let id = self.next_id();
        let (services, caller) = (self.clone(), call.clone());
        let build = move |tables: &mut Tables<'_>| {
            let (row, path) = tables.file_at(member)?;
            let (member, duplicates) = (row.id, tables.duplicates_of(&[row.id])?);
            caller.must_reach(Permission::GrantStars, &path, Refusal::absent("member"))?;
            not_for_oneself(tables, &caller, &row)?;
            let day = day.unwrap_or(tables.today());
            if day > tables.today() {
                return Err(Refusal::DayInFuture { field: "as_of".into(), today: tables.today() }.into());
            }
            let in_force = services.in_force(tables, scheme, day)?;
            let rule = in_force.scheme.stars.as_ref().ok_or(Refusal::absent("star"))?;
            let (minutes, points) = sums(tables, member, rule, day, None)?;
            check_reached(rule, wanted, minutes, points)?;
            let head = tables.head()?;
            let grant = StarGrant {
                id,
                version: 1,
                state: StarGrantState::Granted,
                member_id: member,
                stars: wanted,
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
        };
        self.post_from(call, build).await
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
                // The year of an older book's figures is unknown: they count only in windows for life.
                let undated = tables.brought_along(account, (before, end), known)?;
                let earlier = balance_at(tables, account, Some(before), known)?;
                until.saturating_sub(earlier).saturating_sub(undated)
            }
        })
    };
    Ok((sum(Asset::Minute)?, sum(Asset::Lifetime)?))
}

fn check_reached(rule: &StarRule, wanted: i64, minutes: i64, points: i64) -> Result<(), Refusal> {
    let step =
        rule.steps.iter().find(|step| i64::from(step.star) == wanted).ok_or(Refusal::absent("star"))?;
    if i64::from(star(rule, minutes, points).star) >= wanted {
        return Ok(());
    }
    let missing = |threshold: Option<i64>, sum: i64| threshold.map_or(0, |t| t.saturating_sub(sum).max(0));
    Err(Refusal::StarNotReached {
        minutes_missing: missing(step.minutes, minutes),
        points_missing: missing(step.points_minor, points),
    })
}
