//! Opening balances: what a person had in an older book, in one entry.

use crate::auth::permissions::Permission;
use crate::domain::id::Id;
use crate::domain::ledger::account::{AccountTerms, Purpose};
use crate::domain::ledger::asset::Asset;
use crate::domain::ledger::entry::EntryKind;
use crate::domain::refusal::Refusal;
use crate::domain::time::{Day, Moment};
use crate::ledger::{Command, CounterTake, Leg, Op};
use crate::services::points::awards::purse;
use crate::services::{Call, Done, Error, Services};
use crate::store::Tables;
use chrono_tz::Tz;
use std::collections::BTreeMap;

/// The opening balance of one member. Points in hundredths.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpeningBalance {
    pub member: Id,
    pub points: i64,
    pub lifetime_points: i64,
    pub service_minutes: i64,
    /// `Some`: service of this year alone, which counts in it. `None`: without a known date.
    pub year: Option<i32>,
    /// The last day that the figures include.
    pub day: Day,
    /// When the points expire; `None`: never.
    pub expires_at: Option<Moment>,
    /// The source of the figures, such as `import/<file>/<row>`.
    pub source: String,
}

impl OpeningBalance {
    pub fn is_something(&self) -> bool {
        self.points != 0 || self.lifetime_points != 0 || self.service_minutes != 0
    }
}

/// The effective time of figures "as of" a day: its last microsecond. `None`: today, which means now.
pub fn counts_at(day: Day, zone: Tz, now: Moment) -> Option<Moment> {
    let last = day.last_moment(zone);
    (last <= now).then_some(last)
}

/// The counter that limits a member to one opening balance, and one for each year.
pub fn opening_counter(member: Id, year: Option<i32>) -> String {
    match year {
        Some(year) => format!("opening/{member}/{year}"),
        None => format!("opening/{member}"),
    }
}

/// The command of an opening balance. A member has at most one: a second is refused as done already, from whatever
/// file, until the first is taken back.
pub fn opening_command(
    call: &Call,
    household: bool,
    opening: &OpeningBalance,
    effective_at: Option<Moment>,
) -> Command {
    let bank = call.actor.bank;
    let (mut legs, mut open) = (Vec::new(), Vec::new());
    let amounts = [
        (Asset::Minute, opening.service_minutes),
        (Asset::Lifetime, opening.lifetime_points),
        (Asset::Point, opening.points),
    ];
    for (asset, amount) in amounts.into_iter().filter(|(_, amount)| *amount != 0) {
        let from = AccountTerms::of_bank(bank, asset, Purpose::Opening);
        let to = purse(opening.member, household, asset);
        let expires_at = opening.expires_at.filter(|_| to.lots);
        legs.push(Leg { expires_at, ..Leg::plain(from.id, to.id, amount) });
        open.extend([from, to]);
    }
    let op = Op::Post { legs, partial: false, up_to: false };
    let kind = if opening.year.is_some() { EntryKind::OpeningOfYear } else { EntryKind::Opening };
    let mut command = Command::new(call.actor.user, kind, op)
        .open(open)
        .source(opening.source.clone())
        .counter(CounterTake::once(opening_counter(opening.member, opening.year)));
    command.effective_at = effective_at;
    command.metadata = BTreeMap::from([
        ("member".to_owned(), opening.member.to_string()),
        ("opening_day".to_owned(), opening.day.to_string()),
    ]);
    command
}

impl Services {
    /// Posts the opening balance of one member. Needs the right to the raw ledger: it creates points.
    pub async fn open_balance(&self, call: &Call, opening: OpeningBalance) -> Result<Done, Error> {
        let caller = call.clone();
        let build = move |tables: &mut Tables<'_>| {
            let amounts = [opening.points, opening.lifetime_points, opening.service_minutes];
            if amounts.iter().all(|amount| *amount == 0) {
                return Err(Refusal::NothingToPost.into());
            }
            let absent = Refusal::NotFound { what: "member".into() };
            let (row, path) = tables.file_at(opening.member)?;
            caller.must_reach(Permission::OperateLedger, &path, absent)?;
            let duplicates = tables.duplicates_of(&[row.id])?;
            let opening = OpeningBalance { member: row.id, ..opening };
            let effective_at = counts_at(opening.day, tables.zone, tables.now);
            if effective_at.is_none() && opening.day > tables.today() {
                return Err(Refusal::DayInFuture { field: "day".into(), today: tables.today() }.into());
            }
            let command = opening_command(&caller, row.kind == "household", &opening, effective_at);
            Ok(Command { duplicates, ..command })
        };
        self.post_from(call, build).await
    }
}
