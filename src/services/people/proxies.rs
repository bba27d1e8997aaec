//! Proxies (代办人): a child or neighbour acts for a person. Named by the person, or by staff at the counter; a minor's
//! guardian by staff alone. A proxy signs the person up, shows their code and reads their passbook, nothing else. Who
//! acts for whom is decided by [`acts_for`] alone; whatever reaches further than one's own asks it.

use crate::auth::permissions::Permission;
use crate::auth::secrets::Sealed;
use crate::domain::id::Id;
use crate::domain::life_cycle::LifeCycle;
use crate::domain::life_cycles::{END_PROXY, PROXY};
use crate::domain::message::Message;
use crate::domain::people::id_document::IdDocument;
use crate::domain::people::person_name;
use crate::domain::people::proxy::{MOST_DAYS, MOST_PERSONS, MOST_PROXIES, ProxyAct, ProxyKind, of_age_on};
use crate::domain::refusal::Refusal;
use crate::domain::time::Day;
use crate::ledger::Command;
use crate::services::access::interest::not_for_oneself;
use crate::services::inbox::To;
use crate::services::step::{HasLifeCycle, Place, StepContext};
use crate::services::{Call, Error, Services};
use crate::store::Tables;
use crate::store::people::members::MemberRow;
pub use crate::store::people::proxies::{ProxyFilter, ProxyRow};
use chrono::NaiveDate;
use std::collections::HashMap;

/// Who is named, and how far.
#[derive(Clone, Debug)]
pub struct ProxyAsk {
    pub member: Id,
    /// The proxy, by passbook number and name: both must agree.
    pub number: String,
    pub name: String,
    /// `None`: from today.
    pub from: Option<Day>,
    /// `None`: for as long as possible.
    pub until: Option<Day>,
    pub points_a_day: i64,
    pub points_in_all: Option<i64>,
    /// Of a guardian: what proves it.
    pub guardianship: Option<String>,
}

/// A proxy with the two it is between.
#[derive(Clone, Debug)]
pub struct ProxyStanding {
    pub row: ProxyRow,
    pub member: Option<MemberRow>,
    pub proxy: Option<MemberRow>,
    /// The last day has passed.
    pub has_lapsed: bool,
}

/// The proxy by which the caller acts for a member today.
pub(in crate::services) fn acts_for(
    tables: &mut Tables<'_>,
    call: &Call,
    member: Id,
) -> Result<Option<ProxyRow>, Error> {
    // A session that a card has opened is for the card's own person.
    let own = call.actor.member.filter(|own| *own != member && call.actor.card_edition.is_none());
    let Some(own) = own.filter(|_| call.actor.may(Permission::ActForMembers)) else { return Ok(None) };
    let own = tables.ids_of_file(own)?;
    let held = tables.proxied_by(&own)?;
    if held.is_empty() {
        return Ok(None);
    }
    let files = tables.ids_of_file(member)?;
    match held.into_iter().find(|proxy| files.contains(&proxy.member_id)) {
        Some(proxy) => Ok(holding(tables, proxy)?.map(|(proxy, _)| proxy)),
        None => Ok(None),
    }
}

/// A proxy that holds today, and the person who acts.
pub(in crate::services) fn holding_proxy(
    tables: &mut Tables<'_>,
    id: Id,
) -> Result<Option<(ProxyRow, MemberRow)>, Error> {
    match tables.find::<ProxyRow>(id)? {
        Some(proxy) => holding(tables, proxy),
        None => Ok(None),
    }
}

/// Whether it holds today: not ended, within its days, and the file of the person who acts is open.
fn holding(tables: &mut Tables<'_>, proxy: ProxyRow) -> Result<Option<(ProxyRow, MemberRow)>, Error> {
    let today = tables.today();
    if proxy.state != "active" || today < proxy.starts_on || proxy.until < today {
        return Ok(None);
    }
    let person = tables.member_that_stays(proxy.proxy_id)?;
    Ok((person.state == "active").then_some((proxy, person)))
}

/// The message about an act to one of the two: it names the other.
pub(in crate::services) fn told_of(
    proxy: &ProxyRow,
    as_proxy: bool,
    act: ProxyAct,
    (what, points): (Option<String>, Option<i64>),
) -> (To, Message) {
    let (to, other) = match as_proxy {
        true => (proxy.proxy_id, proxy.member_id),
        false => (proxy.member_id, proxy.proxy_id),
    };
    let act = act.to_string();
    (To::Member(to), Message::ProxyActed { act, as_proxy, what, points, other: Some(other) })
}

fn must_be_active(member: &MemberRow) -> Result<(), Refusal> {
    match member.state.as_str() {
        "active" => Ok(()),
        state => Err(Refusal::WrongState { what: "member".into(), state: state.into() }),
    }
}

impl Services {
    /// Notes an act in the running transaction: in the access log of the person's file, and in messages to both.
    pub(in crate::services) fn note_proxy(
        &self,
        tables: &mut Tables<'_>,
        call: &Call,
        proxy: &ProxyRow,
        act: ProxyAct,
        what: Option<String>,
    ) -> Result<(), Error> {
        let (whose, reason) = (("member", Some(proxy.member_id)), Some(what.clone().unwrap_or_default()));
        tables.log_act(self.next_id(), call.actor.user, act.action(), whose, reason)?;
        for as_proxy in [false, true] {
            let (to, message) = told_of(proxy, as_proxy, act, (what.clone(), None));
            self.tell(tables, to, &message)?;
        }
        Ok(())
    }

    /// The first day on which a member is of age, as far as it is known.
    pub(in crate::services) fn of_age(&self, member: &MemberRow) -> Result<Option<Day>, Error> {
        Ok(of_age_on(self.born_on(member)?, member.birth_year))
    }

    /// The date of birth in a member's identity document.
    pub(in crate::services) fn born_on(&self, member: &MemberRow) -> Result<Option<NaiveDate>, Error> {
        let sealed = member.id_number_sealed.as_ref();
        let opened = sealed
            .map(|blob| self.authority.secrets.unseal(Sealed::IdNumber, member.bank_id, member.id, blob))
            .transpose()?;
        let document = opened.as_deref().and_then(IdDocument::of_stored);
        Ok(document.and_then(|document| document.birth_date()).map(|born| born.date()))
    }

    /// Names a proxy: by the person, or by staff with the person at the counter.
    pub async fn name_proxy(&self, call: &Call, ask: ProxyAsk) -> Result<Id, Error> {
        let (services, caller, id) = (self.clone(), call.clone(), self.next_id());
        let named = self.write(call, move |tables| {
            let (member, path) = tables.file_at(ask.member)?;
            let actor = &caller.actor;
            let is_own = actor.member == Some(member.id) && actor.may(Permission::ReadOwn);
            if !is_own {
                caller.must_reach(Permission::WriteMembers, &path, Refusal::absent("member"))?;
                not_for_oneself(tables, &caller, &member)?;
            }
            must_be_active(&member)?;
            if member.kind == "household" {
                return Err(Refusal::PersonOnly.into());
            }
            let proxy = services.fit_proxy(tables, &ask, &member)?;
            if !is_own {
                // Staff do not name themselves.
                not_for_oneself(tables, &caller, &proxy)?;
            }
            let (kind, starts_on, until) = services.term(tables, &ask, &member, is_own)?;
            let row = ProxyRow {
                bank_id: tables.bank,
                id,
                member_id: member.id,
                proxy_id: proxy.id,
                kind: kind.to_string(),
                starts_on,
                until,
                points_a_day: ask.points_a_day,
                points_in_all: ask.points_in_all,
                guardianship: ask.guardianship.clone(),
                state: "active".into(),
                made_by: caller.actor.user,
                made_at: tables.now,
                ended_by: None,
                ended_at: None,
                looked_on: None,
                version: 1,
            };
            tables.insert(&row)?;
            services.note_proxy(tables, &caller, &row, ProxyAct::Named, None)?;
            Ok(id)
        });
        Ok(named.await?.0)
    }

    /// The member who is to act, if they may act for this one.
    fn fit_proxy(
        &self,
        tables: &mut Tables<'_>,
        ask: &ProxyAsk,
        member: &MemberRow,
    ) -> Result<MemberRow, Error> {
        let found = tables.members_numbered(std::slice::from_ref(&ask.number))?;
        let found = found.first().map(|(_, id, _)| tables.member_that_stays(*id)).transpose()?;
        let fits = |row: &MemberRow| row.kind == "person" && row.name_key == person_name::key(&ask.name);
        let proxy = found.filter(fits).ok_or(Refusal::ProxyUnknown)?;
        if proxy.id == member.id {
            return Err(Refusal::ProxyIsOneself.into());
        }
        must_be_active(&proxy)?;
        if self.of_age(&proxy)?.is_some_and(|day| tables.today() < day) {
            return Err(Refusal::ProxyTooYoung.into());
        }
        if tables.users_of(proxy.id)?.iter().all(|user| user.state != "active") {
            return Err(Refusal::ProxyWithoutLogIn.into());
        }
        let (of_member, of_proxy) = (tables.ids_of_file(member.id)?, tables.ids_of_file(proxy.id)?);
        let named = tables.proxies_of(&of_member)?;
        if named.iter().any(|held| of_proxy.contains(&held.proxy_id)) {
            return Err(Refusal::ProxyNamedBefore.into());
        }
        if named.len() >= MOST_PROXIES {
            return Err(Refusal::ProxiesEnough { limit: MOST_PROXIES }.into());
        }
        if tables.proxied_by(&of_proxy)?.len() >= MOST_PERSONS {
            return Err(Refusal::ProxyForEnough { limit: MOST_PERSONS }.into());
        }
        Ok(proxy)
    }

    /// How and from when until when: a guardian until the day before the person is of age, others for a year at most.
    fn term(
        &self,
        tables: &Tables<'_>,
        ask: &ProxyAsk,
        member: &MemberRow,
        is_own: bool,
    ) -> Result<(ProxyKind, Day, Day), Error> {
        let today = tables.today();
        let starts_on = ask.from.unwrap_or(today);
        let minor_until = self.of_age(member)?.filter(|day| today < *day).map(|day| day.plus(-1));
        let (kind, last) = match (minor_until, &ask.guardianship) {
            (Some(last), Some(_)) if !is_own => (ProxyKind::Guardian, last),
            (Some(_), _) => return Err(Refusal::GuardianNeeded.into()),
            (None, Some(_)) => return Err(Refusal::NoGuardianNeeded.into()),
            (None, None) => (ProxyKind::Named, today.plus(MOST_DAYS)),
        };
        let until = match kind {
            ProxyKind::Guardian => ask.until.map_or(last, |until| until.min(last)),
            ProxyKind::Named => ask.until.unwrap_or(last),
        };
        if starts_on < today || until < starts_on || last < until {
            return Err(Refusal::ProxyDays { days: i64::from(MOST_DAYS) }.into());
        }
        Ok((kind, starts_on, until))
    }

    /// Proxies, newest first: of the caller, named or acting; of one member; or of all within reach.
    pub async fn proxies(
        &self,
        call: &Call,
        filter: ProxyFilter,
        (member, is_own): (Option<Id>, bool),
        limit: i64,
    ) -> Result<Vec<ProxyStanding>, Error> {
        let caller = call.clone();
        let found = self.store.read(call.actor.bank, move |tables| {
            let mut filter = filter;
            let (own, reached) = (caller.actor.member, caller.actor.paths(Permission::ReadMembers));
            if let Some(member) = member {
                let (file, path) = tables.file_at(member)?;
                if own != Some(file.id) {
                    caller.must_reach(Permission::ReadMembers, &path, Refusal::absent("member"))?;
                }
                filter.member = Some(tables.ids_of_file(file.id)?);
            }
            if is_own || (member.is_none() && reached.is_empty()) {
                filter.party = Some(own.map_or(Ok(Vec::new()), |own| tables.ids_of_file(own))?);
            } else if member.is_none() {
                filter.paths = reached;
            }
            let rows = tables.proxies_page(&filter, limit)?;
            with_people(tables, rows)
        });
        found.await
    }

    /// One that names the caller on either side, or one within reach.
    pub async fn one_proxy(&self, call: &Call, id: Id) -> Result<ProxyStanding, Error> {
        let caller = call.clone();
        let found = self.store.read(call.actor.bank, move |tables| {
            let row: ProxyRow = tables.find(id)?.ok_or(Refusal::absent("proxy"))?;
            if side(tables, &caller, &row)?.is_none() {
                let (_, path) = tables.file_at(row.member_id)?;
                caller.must_reach(Permission::ReadMembers, &path, Refusal::absent("proxy"))?;
            }
            let found = with_people(tables, vec![row])?.pop();
            found.ok_or_else(|| Refusal::absent("proxy").into())
        });
        found.await
    }
}

/// On which side of a proxy a caller is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    Person,
    Proxy,
}

fn side(tables: &mut Tables<'_>, call: &Call, proxy: &ProxyRow) -> Result<Option<Side>, Error> {
    let Some(own) = call.actor.member else { return Ok(None) };
    let own = tables.ids_of_file(own)?;
    Ok(match proxy {
        one if own.contains(&one.proxy_id) => Some(Side::Proxy),
        one if own.contains(&one.member_id) => Some(Side::Person),
        _ => None,
    })
}

fn with_people(tables: &mut Tables<'_>, rows: Vec<ProxyRow>) -> Result<Vec<ProxyStanding>, Error> {
    let people: HashMap<Id, MemberRow> =
        tables.files(rows.iter().flat_map(|row| [row.member_id, row.proxy_id]))?;
    let today = tables.today();
    let standing = |row: ProxyRow| ProxyStanding {
        member: people.get(&row.member_id).cloned(),
        proxy: people.get(&row.proxy_id).cloned(),
        has_lapsed: row.state == "active" && row.until < today,
        row,
    };
    Ok(rows.into_iter().map(standing).collect())
}

impl HasLifeCycle for ProxyRow {
    const CYCLE: &'static LifeCycle = &PROXY;

    fn find(tables: &mut Tables<'_>, id: Id) -> Result<Option<Self>, Error> {
        tables.find(id)
    }

    fn save(&self, tables: &mut Tables<'_>) -> Result<(), Error> {
        tables.update(self)
    }

    fn state(&self) -> &str {
        &self.state
    }

    fn place(&self, tables: &mut Tables<'_>) -> Result<Place, Error> {
        let (member, path) = tables.file_at(self.member_id)?;
        Ok(Place { path, member: Some(member), shop: None })
    }

    /// Either of the two; a minor does not dismiss the guardian.
    fn is_reached(&self, context: &mut StepContext<'_, '_>) -> Result<bool, Error> {
        Ok(match side(context.tables, context.call, self)? {
            Some(Side::Proxy) => true,
            Some(Side::Person) => self.kind != ProxyKind::Guardian.as_str(),
            None => false,
        })
    }

    /// Codes that are shown already end with it.
    fn effect(&mut self, context: &mut StepContext<'_, '_>) -> Result<Option<Command>, Error> {
        context.tables.end_codes_of_proxy(self.id)?;
        let what = (!context.is(&END_PROXY)).then(|| context.reason());
        context.services.note_proxy(context.tables, context.call, self, ProxyAct::Ended, what)?;
        Ok(None)
    }
}
