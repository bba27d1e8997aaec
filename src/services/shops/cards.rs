//! Cards (存折卡): a print with the passbook number, the edition and check letters, and a PIN of six digits. The print
//! alone pays nothing: at a shop its holder types the PIN, and the redemption goes the way of one with a code.

use super::carts::{Parties, RedeemAsk, must_leave_room, parties, redeem_command};
use super::codes::{Claimed, CodeRow, available_points, digit_tries};
use super::wording::in_words;
use crate::auth::passwords::Password;
use crate::auth::permissions::Permission;
use crate::auth::secrets::{Sealed, random, token_hash};
use crate::domain::id::{BankId, Id};
use crate::domain::message::Message;
use crate::domain::people::id_document::IdDocument;
use crate::domain::people::mask;
use crate::domain::refusal::Refusal;
use crate::domain::shops::paper::{CARD_LETTERS, CardText, is_easy_pin, letters};
use crate::domain::time::Moment;
use crate::services::access::interest::{not_for_oneself, not_of_the_shop};
use crate::services::inbox::To;
use crate::services::{Call, Error, Services};
use crate::store::Tables;
use crate::store::access::attempts::{PIN, TryLimit};
use crate::store::access::sessions::ACTIVE;
use crate::store::people::finding::{MemberPlace, MemberSearch};
use crate::store::people::members::MemberRow;
pub use crate::store::shops::cards::CardRow;
use serde::{Deserialize, Serialize};

/// Wrong PINs after which a card is locked.
pub const PIN_TRIES: i64 = 5;
/// A locked card stays so until staff set a new PIN: a hundred years.
const LOCKED_SECONDS: i64 = 100 * 365 * 86_400;
/// The most cards that are printed at once.
pub const AT_ONCE: usize = 100;

/// The state of a member's card.
#[derive(Clone, Debug)]
pub struct CardStanding {
    pub member: MemberRow,
    pub edition: i64,
    /// `None`: no PIN yet, so that the card pays nothing.
    pub pin_set_at: Option<Moment>,
    /// Too many wrong PINs.
    pub is_locked: bool,
    pub lost_at: Option<Moment>,
}

/// A card as it is printed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PrintedCard {
    pub member: Id,
    pub name: String,
    pub number: String,
    pub org: Id,
    pub edition: i64,
    /// What stands on it and in its picture.
    pub text: String,
}

/// The wrong PINs of a card, at all shops together.
fn pin_tries(member: Id) -> TryLimit {
    let subject = format!("{PIN}{member}");
    TryLimit { subject, failures: PIN_TRIES, window_seconds: LOCKED_SECONDS, grows: false }
}

/// A shop reads a card again and again only while its holder is there: twenty times an hour without a PIN between.
fn looks(merchant: Id, member: Id) -> TryLimit {
    let subject = format!("card-looks/{merchant}/{member}");
    TryLimit { subject, failures: 20, window_seconds: 3_600, grows: false }
}

/// The card of a member who has no row: the first edition, without a PIN.
fn first_card(bank: BankId, member: Id) -> CardRow {
    CardRow {
        bank_id: bank,
        id: member,
        edition: 1,
        pin_hash: None,
        pin_set_at: None,
        pin_set_by: None,
        lost_at: None,
        lost_by: None,
        version: 0,
    }
}

fn card_of(tables: &mut Tables<'_>, member: Id) -> Result<CardRow, Error> {
    Ok(tables.card(member)?.unwrap_or_else(|| first_card(tables.bank, member)))
}

fn is_locked(tables: &mut Tables<'_>, member: Id) -> Result<bool, Error> {
    Ok(tables.wait_of(&[pin_tries(member)])?.is_some())
}

fn must_be_active(member: &MemberRow) -> Result<(), Refusal> {
    match member.state.as_str() {
        "active" => Ok(()),
        state => Err(Refusal::WrongState { what: "member".into(), state: state.into() }),
    }
}

/// The file of a member whom the caller looks after.
fn file_within(tables: &mut Tables<'_>, call: &Call, member: Id) -> Result<MemberRow, Error> {
    let (row, path) = tables.file_at(member)?;
    call.must_reach(Permission::WriteMembers, &path, Refusal::absent("member"))?;
    Ok(row)
}

/// A card that was read from paper, and whose it is.
pub(super) struct Presented {
    pub member: MemberRow,
    pub edition: i64,
}

impl Services {
    /// The check letters of a card under each of the master keys; those of the newest are last. A print stays good as
    /// long as the key under which it was made is kept.
    fn card_letters(&self, bank: BankId, number: &str, edition: i64) -> Vec<String> {
        let marks = self.authority.secrets.marks("card", format!("{}/{edition}/{number}", bank.0).as_bytes());
        marks.into_iter().map(|mark| letters(mark, CARD_LETTERS)).collect()
    }

    /// Whose card this is. A made-up one is not told from a mistyped one; an old print is.
    pub(super) fn presented(&self, tables: &mut Tables<'_>, text: &str) -> Result<Presented, Error> {
        // A number with letters may be typed in small ones.
        let mut readings = CardText::readings(text).into_iter().flat_map(|read| {
            let capital = CardText { number: read.number.to_uppercase(), ..read.clone() };
            [read, capital]
        });
        let read = readings
            .find(|read| self.card_letters(tables.bank, &read.number, read.edition).contains(&read.letters))
            .ok_or(Refusal::CardUnknown)?;
        let member = tables.member_of_number(&read.number)?.ok_or(Refusal::CardUnknown)?;
        let edition = card_of(tables, member.id)?.edition;
        match read.edition.cmp(&edition) {
            std::cmp::Ordering::Less => return Err(Refusal::CardReplaced.into()),
            std::cmp::Ordering::Greater => return Err(Refusal::CardUnknown.into()),
            std::cmp::Ordering::Equal => {}
        }
        must_be_active(&member)?;
        Ok(Presented { member, edition })
    }

    /// The state of a member's card: for staff within reach, and for the member.
    pub async fn card(&self, call: &Call, member: Id) -> Result<CardStanding, Error> {
        let caller = call.clone();
        let found = self.store.read(call.actor.bank, move |tables| {
            let (row, path) = tables.file_at(member)?;
            if caller.actor.member != Some(row.id) {
                caller.must_reach(Permission::WriteMembers, &path, Refusal::absent("member"))?;
            }
            let card = card_of(tables, row.id)?;
            Ok(CardStanding {
                is_locked: is_locked(tables, row.id)?,
                member: row,
                edition: card.edition,
                pin_set_at: card.pin_set_at,
                lost_at: card.lost_at,
            })
        });
        found.await
    }

    /// Persons in ordinary use with their cards, by their numbers: of an organisation and below it, or of all within
    /// reach.
    pub async fn people_for_cards(
        &self,
        call: &Call,
        org: Option<Id>,
        after: Option<String>,
        limit: i64,
    ) -> Result<Vec<(MemberRow, CardRow)>, Error> {
        let caller = call.clone();
        let found = self.store.read(call.actor.bank, move |tables| {
            let paths = match org {
                None => caller.actor.paths(Permission::WriteMembers),
                Some(org) => {
                    let path = tables.org(org)?.ok_or(Refusal::absent("org"))?.path;
                    caller.must_reach(Permission::WriteMembers, &path, Refusal::absent("org"))?;
                    vec![path]
                }
            };
            let after = after.map(MemberPlace::Number);
            let search = MemberSearch { kind: Some("person".into()), after, ..MemberSearch::default() };
            let people = tables.find_members(&search, &paths, limit)?;
            let cards = tables.cards_of(&people.iter().map(|row| row.id).collect::<Vec<_>>())?;
            let with_card = |row: MemberRow| {
                let known = cards.iter().find(|card| card.id == row.id).cloned();
                let card = known.unwrap_or_else(|| first_card(row.bank_id, row.id));
                (row, card)
            };
            Ok(people.into_iter().map(with_card).collect())
        });
        found.await
    }

    /// Cards to be printed, in the order in which they were asked for. Each is logged as a look at the file.
    pub async fn print_cards(&self, call: &Call, members: Vec<Id>) -> Result<Vec<PrintedCard>, Error> {
        let (services, caller) = (self.clone(), call.clone());
        let printed = self.write_sealed(call, move |tables| {
            let mut cards: Vec<PrintedCard> = Vec::with_capacity(members.len());
            for member in &members {
                let row = file_within(tables, &caller, *member)?;
                must_be_active(&row)?;
                if cards.iter().any(|card| card.member == row.id) {
                    continue;
                }
                let edition = card_of(tables, row.id)?.edition;
                let letters = services.card_letters(tables.bank, &row.number, edition).pop();
                let letters = letters.unwrap_or_default();
                let text = CardText { number: row.number.clone(), edition, letters }.to_string();
                let (log, reason) = (services.next_id(), Some(edition.to_string()));
                tables.log_act(log, caller.actor.user, "print_card", ("member", Some(row.id)), reason)?;
                let (member, name, number, org) = (row.id, row.name, row.number, row.org_id);
                cards.push(PrintedCard { member, name, number, org, edition, text });
            }
            Ok(Ok(cards))
        });
        printed.await
    }

    /// 挂失 · the next edition: prints so far are dead at once, the PIN stays.
    pub async fn report_card_lost(&self, call: &Call, member: Id) -> Result<(), Error> {
        let (services, caller, log) = (self.clone(), call.clone(), self.next_id());
        let lost = self.write(call, move |tables| {
            let row = file_within(tables, &caller, member)?;
            let mut card = card_of(tables, row.id)?;
            card.edition = card.edition.saturating_add(1);
            card.lost_at = Some(tables.now);
            card.lost_by = Some(caller.actor.user);
            card.version = card.version.saturating_add(1);
            tables.put_card(&card)?;
            tables.end_card_claims(row.id)?;
            tables.end_card_sessions(row.id)?;
            let (whose, reason) = (("member", Some(row.id)), Some(card.edition.to_string()));
            tables.log_act(log, caller.actor.user, "report_card_lost", whose, reason)?;
            services.tell_of_card(tables, &caller, row.id, "report_card_lost")
        });
        lost.await.map(|(done, _)| done)
    }

    /// Sets the PIN that the holder has typed at the counter; a locked card is open again.
    pub async fn set_card_pin(&self, call: &Call, member: Id, pin: Password) -> Result<(), Error> {
        if self.sealed_before::<()>(call).await?.is_some() {
            return Ok(());
        }
        let caller = call.clone();
        let look = move |tables: &mut Tables<'_>| {
            let row = file_within(tables, &caller, member)?;
            must_be_active(&row)?;
            not_for_oneself(tables, &caller, &row)?;
            Ok(row)
        };
        let row = self.store.read(call.actor.bank, look.clone()).await?;
        let hash = self.hash_of_pin(&row, pin).await?;
        let (services, caller, log) = (self.clone(), call.clone(), self.next_id());
        let set = self.write_sealed(call, move |tables| {
            let row = look(tables)?;
            put_pin(tables, &caller, row.id, &hash)?;
            let (whose, reason) = (("member", Some(row.id)), Some(String::new()));
            tables.log_act(log, caller.actor.user, "set_card_pin", whose, reason)?;
            services.tell_of_card(tables, &caller, row.id, "set_card_pin")?;
            Ok(Ok(()))
        });
        set.await
    }

    /// Changes the PIN of the caller's own card, with the password of the log-in. The first one is set at the counter,
    /// as is that of a locked card.
    pub async fn change_own_card_pin(
        &self,
        call: &Call,
        password: Password,
        pin: Password,
    ) -> Result<(), Error> {
        if self.sealed_before::<()>(call).await?.is_some() {
            return Ok(());
        }
        let own = call.actor.member.ok_or(Refusal::absent("member"))?;
        let look = move |tables: &mut Tables<'_>| {
            let row = tables.member_that_stays(own)?;
            must_be_active(&row)?;
            must_have_open_pin(tables, row.id)?;
            Ok(row)
        };
        let row = self.store.read(call.actor.bank, look).await?;
        self.must_know_password(call, password).await?;
        let hash = self.hash_of_pin(&row, pin).await?;
        let caller = call.clone();
        let set = self.write_sealed(call, move |tables| {
            let row = look(tables)?;
            put_pin(tables, &caller, row.id, &hash)?;
            Ok(Ok(()))
        });
        set.await
    }

    /// A message about what was done to a card; not to oneself.
    fn tell_of_card(
        &self,
        tables: &mut Tables<'_>,
        call: &Call,
        member: Id,
        action: &str,
    ) -> Result<(), Error> {
        if call.actor.member == Some(member) {
            return Ok(());
        }
        self.tell(tables, To::Member(member), &Message::FileLookedAt { action: action.into() })
    }

    async fn hash_of_pin(&self, row: &MemberRow, pin: Password) -> Result<String, Error> {
        if is_easy_pin(pin.expose(), &self.known_numbers(row)?) {
            return Err(Refusal::PinEasy.into());
        }
        self.authority.passwords.hash(pin).await
    }

    /// Numbers of a person that others may know.
    fn known_numbers(&self, row: &MemberRow) -> Result<Vec<String>, Error> {
        let (secrets, bank) = (&self.authority.secrets, row.bank_id);
        let open = |kind, blob: &Option<Vec<u8>>| {
            blob.as_ref().map(|blob| secrets.unseal(kind, bank, row.id, blob)).transpose()
        };
        let mut known = vec![row.number.clone()];
        known.extend(row.birth_year.map(|year| year.to_string()));
        known.extend(open(Sealed::Phone, &row.phone_sealed)?);
        let document = open(Sealed::IdNumber, &row.id_number_sealed)?;
        if let Some(document) = document.as_deref().and_then(IdDocument::of_stored) {
            known.push(document.number().to_owned());
            if let Some(born) = document.birth_date() {
                let born = born.date();
                known.extend(
                    ["%Y%m%d", "%d%m%Y", "%m%d%Y", "%d%m%y", "%m%d%y"]
                        .map(|as_in| born.format(as_in).to_string()),
                );
            }
        }
        Ok(known)
    }

    /// A shop claims a card: it learns the surname and whether the points are there, nothing more. Wrong letters count
    /// against the shop like wrong digits of a code.
    pub async fn claim_card(
        &self,
        call: &Call,
        text: String,
        points: Option<i64>,
        claim_seconds: i64,
    ) -> Result<Claimed, Error> {
        let merchant = call.actor.merchant.ok_or(Refusal::absent("merchant"))?;
        let (services, user, id) = (self.clone(), call.actor.user, self.next_id());
        let limits = self.paper_limits;
        let secret = token_hash(&hex::encode(random::<16>()?)).to_vec();
        let claimed = self.write_sealed(call, move |tables| {
            let tries = digit_tries(merchant);
            if let Some(wait_seconds) = tables.take_try(std::slice::from_ref(&tries))? {
                return Ok(Err(Refusal::TooManyWrongCodes { wait_seconds }));
            }
            let Presented { member, edition } = match services.presented(tables, &text) {
                // The attempt counts.
                Err(Error::Refused(Refusal::CardUnknown)) => return Ok(Err(Refusal::CardUnknown)),
                presented => presented?,
            };
            tables.give_try_back(&tries.subject)?;
            must_have_open_pin(tables, member.id)?;
            let shop = tables.merchant(merchant)?.ok_or(Refusal::absent("merchant"))?;
            not_of_the_shop(tables, &member, &shop)?;
            if let Some(wait_seconds) = tables.take_try(&[looks(merchant, member.id)])? {
                return Ok(Err(Refusal::TooManyRedemptions { wait_seconds }));
            }
            let claim_until = tables.now.plus_seconds(claim_seconds);
            tables.insert(&CodeRow {
                bank_id: tables.bank,
                id,
                member_id: member.id,
                // Nothing is looked up by them.
                secret_hash: secret.clone(),
                digits_hash: secret.clone(),
                state: "claimed".into(),
                created_at: tables.now,
                expires_at: claim_until,
                claimed_by: Some(user),
                claimed_merchant_id: Some(merchant),
                claimed_at: Some(tables.now),
                claim_until: Some(claim_until),
                version: 1,
                card_edition: Some(edition),
                proxy_id: None,
            })?;
            let available = available_points(tables, member.id, member.kind == "household")?;
            Ok(Ok(Claimed {
                code: id,
                surname: mask::surname(&member.name).to_owned(),
                enough: points.filter(|points| limits.may_ask(*points)).map(|points| available >= points),
                claim_until,
                by_card: true,
                by_proxy: false,
            }))
        });
        claimed.await
    }

    /// Refuses what can be known of a cart before the holder of a claimed card is asked for the PIN: its goods, and the
    /// limits of cards and of each person. Not the balance.
    pub async fn look_at_cart(&self, call: &Call, ask: RedeemAsk) -> Result<(), Error> {
        let (caller, limits, ids) = (call.clone(), self.paper_limits, (self.next_id(), self.next_id()));
        let looked = self.store.read(call.actor.bank, move |tables| {
            let parties = parties(tables, &caller, &ask)?;
            let command = redeem_command(tables, &caller, &ask, parties, ids, limits)?;
            must_leave_room(tables, &command)
        });
        looked.await.map_err(|error| in_words(error, true))
    }

    /// Checks the PIN of a claimed card, once everything else is in order that can be known before the ledger decides.
    /// A wrong one counts at all shops together, also in a dry run.
    pub(super) async fn check_pin(&self, call: &Call, ask: &RedeemAsk) -> Result<(), Error> {
        let Some(pin) = ask.pin.clone() else { return Ok(()) };
        let (bank, limits) = (call.actor.bank, self.paper_limits);
        let (caller, asked, ids) = (call.clone(), ask.clone(), (self.next_id(), self.next_id()));
        let found = self.store.read(bank, move |tables| {
            let parties = parties(tables, &caller, &asked)?;
            let Parties { member, code: Some(CodeRow { card_edition: Some(_), .. }), .. } = &parties else {
                return Ok(None);
            };
            let (member, shop) = (member.id, parties.merchant.id);
            let command = redeem_command(tables, &caller, &asked, parties, ids, limits)?;
            must_leave_room(tables, &command)?;
            Ok(Some((looks(shop, member).subject, member, card_of(tables, member)?.pin_hash)))
        });
        let Some((looks, member, hash)) = found.await? else { return Ok(()) };
        self.judge_pin(bank, member, hash, pin, vec![looks]).await
    }

    /// Whether this is the PIN of a member's card. A wrong one counts, wherever it was typed; a right one resets that,
    /// and what else is to be forgotten then.
    async fn judge_pin(
        &self,
        bank: BankId,
        member: Id,
        hash: Option<String>,
        pin: Password,
        also_forget: Vec<String>,
    ) -> Result<(), Error> {
        let tries = pin_tries(member);
        let subject = tries.subject.clone();
        let taken =
            self.store.write(bank, move |tables| match tables.take_try(std::slice::from_ref(&tries))? {
                Some(_) => Ok(None),
                None => Ok(Some(PIN_TRIES.saturating_sub(tables.failures_of(&tries.subject)?))),
            });
        let left = taken.await?.ok_or(Refusal::CardLocked)?;
        let right = self.authority.passwords.verify(pin, hash).await;
        let settled = match &right {
            // The wrong ones before it were the holder's own.
            Ok(true) => (also_forget.into_iter().chain([subject]).collect(), Vec::new()),
            Ok(false) => (Vec::new(), Vec::new()),
            // It was not judged.
            Err(_) => (Vec::new(), vec![subject]),
        };
        if right.as_ref().is_ok_and(|right| !right) {
            let refusal = if left > 0 { Refusal::PinWrong { left } } else { Refusal::CardLocked };
            return Err(refusal.into());
        }
        self.store.write(bank, move |tables| tables.settle_try(&settled.0, &settled.1)).await?;
        right.map(|_| ())
    }
}

/// Whose card was shown at sign-in.
#[derive(Clone, Debug)]
pub(in crate::services) struct CardHolder {
    pub member: Id,
    pub login: String,
    pub edition: i64,
    pin_hash: Option<String>,
}

impl Services {
    /// The holder of a card that is shown at sign-in. `None`: it was not printed by this bank.
    pub(in crate::services) async fn card_holder(
        &self,
        bank: BankId,
        text: &str,
    ) -> Result<Option<CardHolder>, Error> {
        let (services, text) = (self.clone(), text.to_owned());
        let found = self.store.read_primary(bank, move |tables| {
            let Presented { member, edition } = match services.presented(tables, &text) {
                Err(Error::Refused(Refusal::CardUnknown)) => return Ok(None),
                presented => presented?,
            };
            must_have_open_pin(tables, member.id)?;
            let user = tables.users_of(member.id)?.into_iter().find(|user| user.state == ACTIVE);
            let login = user.ok_or(Refusal::CardWithoutLogin)?.login;
            let pin_hash = card_of(tables, member.id)?.pin_hash;
            Ok(Some(CardHolder { member: member.id, login, edition, pin_hash }))
        });
        found.await
    }

    /// Refuses a wrong PIN at sign-in.
    pub(in crate::services) async fn must_know_pin(
        &self,
        bank: BankId,
        holder: &CardHolder,
        pin: Password,
    ) -> Result<(), Error> {
        self.judge_pin(bank, holder.member, holder.pin_hash.clone(), pin, Vec::new()).await
    }
}

/// Refuses a card that is another one by now, or whose PIN is.
pub(in crate::services) fn must_be_same_card(
    tables: &mut Tables<'_>,
    holder: &CardHolder,
) -> Result<(), Error> {
    let card = card_of(tables, holder.member)?;
    match card.edition == holder.edition && card.pin_hash == holder.pin_hash {
        true => Ok(()),
        false => Err(Refusal::SignInFailed.into()),
    }
}

/// Refuses a card that has no PIN, or is locked.
fn must_have_open_pin(tables: &mut Tables<'_>, member: Id) -> Result<(), Error> {
    if is_locked(tables, member)? {
        return Err(Refusal::CardLocked.into());
    }
    match card_of(tables, member)?.pin_hash {
        Some(_) => Ok(()),
        None => Err(Refusal::CardWithoutPin.into()),
    }
}

/// Writes a new PIN; wrong ones before it are forgotten.
fn put_pin(tables: &mut Tables<'_>, call: &Call, member: Id, hash: &str) -> Result<(), Error> {
    let mut card = card_of(tables, member)?;
    card.pin_hash = Some(hash.to_owned());
    card.pin_set_at = Some(tables.now);
    card.pin_set_by = Some(call.actor.user);
    card.version = card.version.saturating_add(1);
    tables.put_card(&card)?;
    tables.end_card_sessions(member)?;
    tables.settle_try(&[pin_tries(member).subject], &[])
}
