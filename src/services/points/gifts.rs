//! Gifts (赠送): to a person of the own household, to a neighbour, to the pool of the own organisation; off unless the
//! bank allows them. Lots go along with their expiry (`src/ledger/lots.rs`). Caps are counters of the ledger. That no
//! gift closes a circle is decided on what was read, which the ledger compares again: the tally of each person whose
//! gifts were looked at ([`circle`]).

use super::awards::purse;
use crate::auth::permissions::Permission;
use crate::domain::document::Document;
use crate::domain::id::Id;
use crate::domain::ledger::account::{AccountTerms, CounterId, OwnerKind, Purpose};
use crate::domain::ledger::asset::Asset;
use crate::domain::ledger::entry::EntryKind;
use crate::domain::people::mask;
use crate::domain::points::gift::{
    CIRCLE_DAYS, CIRCLE_STEPS, Gift, GiftForm, GiftRules, GiftState, MOST_RECEIVED,
};
use crate::domain::refusal::Refusal;
use crate::ledger::command::WatchKind;
use crate::ledger::{Command, CounterTake, Leg, Op, Take};
use crate::services::{Call, Done, Error, Services};
use crate::store::Tables;
use crate::store::people::members::MemberRow;
pub use crate::store::points::gifts::GiftFilter;
use std::collections::BTreeSet;

/// How often a gift is decided anew when others were given meanwhile.
const TRIES: usize = 8;
const DAY: &str = "gift_day/";
const PERSON: &str = "gift_person/";
const RECEIVED: &str = "gift_received/";
/// Counts the gifts that a person has received, and never goes back. The ledger compares it with the value that the search
/// for circles read, so that a concurrent gift is noticed.
const TALLY: &str = "gift_tally/";

/// Where points go.
#[derive(Clone, Debug)]
pub enum GiftTo {
    /// The holder of a passbook with this number.
    Person(String),
    /// The pool of the giver's organisation.
    Pool,
}

#[derive(Clone, Debug)]
pub struct GiftAsk {
    pub to: GiftTo,
    /// Hundredths.
    pub points: i64,
}

/// Whom a passbook number means, as the giver may know it before giving.
#[derive(Clone, Debug)]
pub struct GiftReceiver {
    /// Masked, but for one's own household.
    pub name: String,
    pub form: GiftForm,
}

/// A gift with the two it is between, named as the caller may know them.
#[derive(Clone, Debug)]
pub struct GiftStanding {
    pub gift: Gift,
    pub giver: Option<String>,
    pub receiver: Option<String>,
    /// The organisation of the pool, or of the giver.
    pub org: String,
    pub is_giver: bool,
    pub is_receiver: bool,
}

/// The pool of an organisation.
pub(in crate::services) fn pool(org: Id) -> AccountTerms {
    AccountTerms::usual(OwnerKind::Organisation, org, Asset::Point, Purpose::Pool)
}

/// The caller as a giver or receiver: their own open file.
pub(in crate::services) fn own_file(
    tables: &mut Tables<'_>,
    call: &Call,
) -> Result<(MemberRow, String), Error> {
    let own = call.actor.member.filter(|_| call.actor.may(Permission::GivePoints));
    let found = tables.file_at(own.ok_or(Refusal::absent("member"))?)?;
    must_be_active(&found.0)?;
    Ok(found)
}

fn must_be_active(member: &MemberRow) -> Result<(), Refusal> {
    match member.state.as_str() {
        "active" => Ok(()),
        state => Err(Refusal::WrongState { what: "member".into(), state: state.into() }),
    }
}

/// Between two people: within a household or not.
fn form_between(giver: &MemberRow, receiver: &MemberRow) -> GiftForm {
    match giver.household_id {
        Some(home) if receiver.household_id == Some(home) => GiftForm::Family,
        _ => GiftForm::Neighbour,
    }
}

/// The name of the other one: masked, but for the own household.
pub(in crate::services) fn name_for(member: &MemberRow, form: GiftForm) -> String {
    if form == GiftForm::Family { member.name.clone() } else { mask::name(&member.name) }
}

fn tally(member: Id) -> CounterId {
    CounterId { key: format!("{TALLY}{member}"), window: CounterId::EVER.into() }
}

/// The people from whom points may have come to the giver, each with the tally of what they were given. Refused if the
/// receiver is one of them: what is given would come back. It goes back over so many gifts ([`CIRCLE_STEPS`]) within so
/// many days ([`CIRCLE_DAYS`]), in three statements each; [`MOST_RECEIVED`] bounds how many people there are. Whoever
/// closes a circle gives last, so that all its other gifts are seen here, or have changed a tally since.
fn circle(tables: &mut Tables<'_>, giver: Id, receiver: Id) -> Result<Vec<(CounterId, i64)>, Error> {
    let since = tables.today().plus(-CIRCLE_DAYS).start(tables.zone);
    let (mut seen, mut frontier) = (BTreeSet::new(), vec![giver]);
    for _ in 0..CIRCLE_STEPS {
        frontier.retain(|id| seen.insert(*id));
        if frontier.is_empty() {
            break;
        }
        let duplicates = tables.duplicates_of(&frontier)?;
        let names: Vec<Id> = frontier.iter().copied().chain(duplicates.iter().map(|(id, _)| *id)).collect();
        let givers = tables.givers_to(&names, since)?;
        let files = tables.files_of(&givers)?;
        frontier = givers.into_iter().map(|id| files.get(&id).copied().unwrap_or(id)).collect();
        if frontier.contains(&receiver) {
            return Err(Refusal::GiftInCircle { days: CIRCLE_DAYS.into() }.into());
        }
    }
    let tallies: Vec<CounterId> = seen.into_iter().map(tally).collect();
    let used = tables.counters_used(tallies.iter().map(|tally| tally.key.clone()), CounterId::EVER)?;
    let standing = |tally: CounterId| {
        let value = used.get(&tally.key).copied().unwrap_or(0);
        (tally, value)
    };
    Ok(tallies.into_iter().map(standing).collect())
}

/// The caps of a gift.
fn counters(
    tables: &Tables<'_>,
    rules: &GiftRules,
    giver: Id,
    receiver: Option<Id>,
    points: i64,
) -> Vec<CounterTake> {
    let today = tables.today().to_string();
    let month = today.get(..7).unwrap_or_default().to_owned();
    let take = |key: String, window: String, take, limit| CounterTake {
        key,
        window,
        take,
        limit,
        asset: Asset::Point,
    };
    let mut takes = vec![take(format!("{DAY}{giver}"), today, Take::Fixed(points), rules.points_a_day)];
    if let Some(receiver) = receiver {
        let between = format!("{PERSON}{giver}/{receiver}");
        takes.push(take(between, month.clone(), Take::Fixed(points), rules.points_a_person));
        takes.push(take(format!("{RECEIVED}{receiver}"), month, Take::Fixed(1), MOST_RECEIVED));
        let CounterId { key, window } = tally(receiver);
        takes.push(take(key, window, Take::Tally(1), i64::MAX));
    }
    takes
}

/// Rewords a refusal of the ledger for who gives.
fn in_words(error: Error) -> Error {
    let reword = |refusal: Refusal| match refusal {
        Refusal::CapReached { counter, limit, left, asset, .. } if counter.starts_with(DAY) => {
            Refusal::GiftDayLimit { limit, left, asset }
        }
        Refusal::CapReached { counter, limit, left, asset, .. } if counter.starts_with(PERSON) => {
            Refusal::GiftPersonLimit { limit, left, asset }
        }
        Refusal::CapReached { counter, limit, .. } if counter.starts_with(RECEIVED) => {
            Refusal::GiftsEnough { limit }
        }
        other => other,
    };
    match error {
        Error::Refused(refusal) => Error::Refused(reword(refusal)),
        Error::RefusedBefore(refusal) => Error::RefusedBefore(reword(refusal)),
        other => other,
    }
}

/// The command of a gift from one account to another, with its document.
pub(in crate::services) fn gift_command(
    call: &Call,
    gift: Gift,
    (from, to): (AccountTerms, AccountTerms),
) -> Command {
    let legs = vec![Leg::plain(from.id, to.id, gift.points)];
    let op = Op::Post { legs, partial: false, up_to: false };
    let mut command = Command::new(call.actor.user, EntryKind::Gift, op)
        .open([from, to])
        .source(format!("gift/{}", gift.id));
    command.metadata = [("form".to_owned(), gift.form.to_string())].into();
    command.document(Document::Gift(gift))
}

impl Services {
    /// The file that a passbook number means, for this giver.
    fn receiver(
        &self,
        tables: &mut Tables<'_>,
        giver: &MemberRow,
        number: &str,
    ) -> Result<(MemberRow, GiftForm), Error> {
        let found = tables.members_numbered(&[number.to_owned()])?;
        let found = found.first().map(|(_, id, _)| tables.member_that_stays(*id)).transpose()?;
        let receiver = found.filter(|row| row.kind == "person").ok_or(Refusal::ReceiverUnknown)?;
        if receiver.id == giver.id {
            return Err(Refusal::GiftToOneself.into());
        }
        let form = form_between(giver, &receiver);
        Ok((receiver, form))
    }

    /// The caller as a giver: of age, too.
    fn giver(&self, tables: &mut Tables<'_>, call: &Call) -> Result<MemberRow, Error> {
        let (giver, _) = own_file(tables, call)?;
        if self.of_age(&giver)?.is_some_and(|day| tables.today() < day) {
            return Err(Refusal::GiverTooYoung.into());
        }
        Ok(giver)
    }

    /// Whom a passbook number means: a masked name, to look at before anything is given.
    pub async fn gift_receiver(&self, call: &Call, number: String) -> Result<GiftReceiver, Error> {
        let (services, caller) = (self.clone(), call.clone());
        let found = self.store.read(call.actor.bank, move |tables| {
            let giver = services.giver(tables, &caller)?;
            let (receiver, form) = services.receiver(tables, &giver, &number)?;
            must_be_allowed(tables, form)?;
            must_be_active(&receiver)?;
            Ok(GiftReceiver { name: name_for(&receiver, form), form })
        });
        found.await
    }

    /// Gives points of the caller to a person, or to the pool of the caller's organisation.
    pub async fn give(&self, call: &Call, ask: GiftAsk) -> Result<Done, Error> {
        let (id, mut tries) = (self.next_id(), 1);
        loop {
            let (services, caller, ask) = (self.clone(), call.clone(), ask.clone());
            let build = move |tables: &mut Tables<'_>| services.giving(tables, &caller, &ask, id);
            match self.post_from(call, build).await {
                // Others gave meanwhile: what was read for the circle is read again.
                Err(Error::Refused(Refusal::ChangedMeanwhile { .. })) if tries < TRIES => tries += 1,
                given => return given.map_err(in_words),
            }
        }
    }

    fn giving(&self, tables: &mut Tables<'_>, call: &Call, ask: &GiftAsk, id: Id) -> Result<Command, Error> {
        let giver = self.giver(tables, call)?;
        let (receiver, form) = match &ask.to {
            GiftTo::Person(number) => {
                let (receiver, form) = self.receiver(tables, &giver, number)?;
                (Some(receiver), form)
            }
            GiftTo::Pool => (None, GiftForm::Donation),
        };
        let rules = must_be_allowed(tables, form)?;
        receiver.as_ref().map_or(Ok(()), must_be_active)?;
        let (from, receiver_id) = (purse(giver.id, false, Asset::Point), receiver.as_ref().map(|row| row.id));
        let to = receiver_id.map_or_else(|| pool(giver.org_id), |id| purse(id, false, Asset::Point));
        let gift = Gift {
            id,
            version: 1,
            state: GiftState::Made,
            form,
            giver_id: Some(giver.id),
            receiver_id,
            org_id: giver.org_id,
            points: ask.points,
            given_by: call.actor.user,
            given_at: tables.now,
            asked_back_at: None,
            ended_by: None,
            ended_at: None,
            entry_number: None,
            return_entry: None,
        };
        let mut command =
            gift_command(call, gift, (from, to)).watch(WatchKind::Member, giver.id, giver.version);
        if let Some(receiver) = &receiver {
            command = command.watch(WatchKind::Member, receiver.id, receiver.version);
            command.standing = circle(tables, giver.id, receiver.id)?;
        }
        command.counters = counters(tables, &rules, giver.id, receiver_id, ask.points);
        let files: Vec<Id> = std::iter::once(giver.id).chain(receiver_id).collect();
        command.duplicates = tables.duplicates_of(&files)?;
        Ok(command)
    }

    /// Gifts, newest first: those of the caller, of one member, or all within reach.
    pub async fn gifts(
        &self,
        call: &Call,
        filter: GiftFilter,
        (member, is_own): (Option<Id>, bool),
        limit: i64,
    ) -> Result<Vec<GiftStanding>, Error> {
        let caller = call.clone();
        let found = self.store.read(call.actor.bank, move |tables| {
            let mut filter = filter;
            let (own, reached) = (caller.actor.member, caller.actor.paths(Permission::ReadAwards));
            let mut is_own = is_own || (member.is_none() && reached.is_empty());
            if let Some(member) = member {
                let (file, path) = tables.file_at(member)?;
                is_own = own == Some(file.id);
                if !is_own {
                    caller.must_reach(Permission::ReadAwards, &path, Refusal::absent("member"))?;
                }
                filter.party = Some(tables.ids_of_file(file.id)?);
            } else if is_own {
                filter.party = Some(own.map_or(Ok(Vec::new()), |own| tables.ids_of_file(own))?);
            } else {
                filter.paths = reached;
            }
            let gifts = tables.gifts_page(&filter, limit)?;
            with_people(tables, &caller, gifts, is_own)
        });
        found.await
    }

    /// One that the caller gave or received, or one within reach.
    pub async fn one_gift(&self, call: &Call, id: Id) -> Result<GiftStanding, Error> {
        let caller = call.clone();
        let found = self.store.read(call.actor.bank, move |tables| {
            let gift = tables.gift(id)?.ok_or(Refusal::absent("gift"))?;
            let is_own = is_party(tables, &caller, &gift)?;
            if !is_own && !is_reached(tables, &caller, &gift, Permission::ReadAwards)? {
                return Err(Refusal::absent("gift").into());
            }
            let found = with_people(tables, &caller, vec![gift], is_own)?.pop();
            found.ok_or_else(|| Refusal::absent("gift").into())
        });
        found.await
    }

    /// The name of the organisation whose pool the caller gives to.
    pub async fn own_pool(&self, call: &Call) -> Result<String, Error> {
        let own = call.actor.member;
        let found = self.store.read(call.actor.bank, move |tables| {
            let (file, _) = tables.file_at(own.ok_or(Refusal::absent("member"))?)?;
            Ok(tables.org(file.org_id)?.map(|org| org.name).unwrap_or_default())
        });
        found.await
    }

    /// What the bank allows, and the version of the answer.
    pub async fn gift_rules(&self, call: &Call) -> Result<(GiftRules, i64), Error> {
        self.store.read(call.actor.bank, move |tables| tables.gift_rules()).await
    }

    /// Says what the bank allows, over the version that was read. Noted in the access log.
    pub async fn set_gift_rules(
        &self,
        call: &Call,
        rules: GiftRules,
        seen: i64,
    ) -> Result<(GiftRules, i64), Error> {
        let (caller, log) = (call.clone(), self.next_id());
        let set = self.write(call, move |tables| {
            if !caller.actor.may(Permission::ManageBank) {
                return Err(Refusal::absent("bank").into());
            }
            let (before, version) = tables.gift_rules()?;
            if version != seen {
                return Err(Refusal::VersionStale { what: "bank".into(), version }.into());
            }
            if before != rules {
                tables.set_gift_rules(&rules)?;
                tables.log_act(log, caller.actor.user, "set_gift_rules", ("bank", None), None)?;
            }
            tables.gift_rules()
        });
        Ok(set.await?.0)
    }
}

fn must_be_allowed(tables: &mut Tables<'_>, form: GiftForm) -> Result<GiftRules, Error> {
    let (rules, _) = tables.gift_rules()?;
    match rules.allow(form) {
        true => Ok(rules),
        false => Err(Refusal::GiftsOff { form: form.to_string() }.into()),
    }
}

/// Whether the caller gave it, and whether they received it.
pub(super) fn sides(tables: &mut Tables<'_>, call: &Call, gift: &Gift) -> Result<(bool, bool), Error> {
    let Some(own) = call.actor.member else { return Ok((false, false)) };
    let own = tables.ids_of_file(own)?;
    let is = |id: Option<Id>| id.is_some_and(|id| own.contains(&id));
    Ok((is(gift.giver_id), is(gift.receiver_id)))
}

fn is_party(tables: &mut Tables<'_>, call: &Call, gift: &Gift) -> Result<bool, Error> {
    let (gave, got) = sides(tables, call, gift)?;
    Ok(gave || got)
}

/// Whether a right of the caller reaches the organisation of the giver, or of the pool. To that of the receiver the giver
/// is a stranger, whom its staff would come to know.
pub(super) fn is_reached(
    tables: &mut Tables<'_>,
    call: &Call,
    gift: &Gift,
    right: Permission,
) -> Result<bool, Error> {
    let path = tables.org_path(gift.org_id)?;
    Ok(call.actor.reaches(right, &path))
}

fn with_people(
    tables: &mut Tables<'_>,
    call: &Call,
    gifts: Vec<Gift>,
    is_own: bool,
) -> Result<Vec<GiftStanding>, Error> {
    let people =
        tables.files(gifts.iter().flat_map(|gift| gift.giver_id.into_iter().chain(gift.receiver_id)))?;
    let orgs = tables.orgs(gifts.iter().map(|gift| gift.org_id))?;
    let own = call.actor.member.map_or(Ok(Vec::new()), |own| tables.ids_of_file(own))?;
    let named = |id: Option<Id>, form: GiftForm| {
        let (id, row) = id.and_then(|id| Some((id, people.get(&id)?)))?;
        let is_known = !is_own || own.contains(&id);
        Some(if is_known { row.name.clone() } else { name_for(row, form) })
    };
    let standing = |gift: Gift| GiftStanding {
        giver: named(gift.giver_id, gift.form),
        receiver: named(gift.receiver_id, gift.form),
        org: orgs.get(&gift.org_id).map(|org| org.name.clone()).unwrap_or_default(),
        is_giver: gift.giver_id.is_some_and(|id| own.contains(&id)),
        is_receiver: gift.receiver_id.is_some_and(|id| own.contains(&id)),
        gift,
    };
    Ok(gifts.into_iter().map(standing).collect())
}
