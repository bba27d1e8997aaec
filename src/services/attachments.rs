//! Attachments (附件) of a record, redemption or other thing: who may read the thing may read them; they are removed
//! when their retention ends. The file is stored before the row is committed. Of a row that is removed the names of its
//! files stay for a day; then a job removes the files. In a folder it also finds files that no row ever named; in an object
//! store, which other banks may use as well, a row with the names is written before the files are.

use super::people::feedback::made_by_caller;
use super::shops::applications::{ShopApplicationRow, is_applicant};
use super::shops::merchants::works_at;
use super::shops::redemptions::readable;
use super::{Call, Error, Services};
use crate::auth::permissions::Permission;
use crate::domain::attachments::{Checked, MOST_OF_THING, Thing, Unfit, check, title};
use crate::domain::id::{BankId, Id};
use crate::domain::refusal::Refusal;
use crate::domain::time::Moment;
use crate::store::Tables;
pub use crate::store::attachments::AttachmentRow;
use crate::store::attachments::REMOVED;
use crate::store::files::{digest, is_unreachable};
use crate::store::people::feedback::FeedbackRow;
use std::collections::HashMap;
use std::sync::Arc;
use tokio::sync::Semaphore;

/// Pictures that are decoded at a time: each may take 200 MB for a second.
static DECODING: Semaphore = Semaphore::const_new(2);
/// A file without a row may belong to an upload that is under way: it is removed only when it is this old.
const ORPHAN_SECONDS: i64 = 86_400;
/// Files that are removed in one write.
const ORPHANS_AT_ONCE: usize = 100;

/// A file for a thing.
#[derive(Clone, Debug)]
pub struct AttachmentAsk {
    pub thing: Thing,
    pub of: Id,
    /// The name with which it was sent.
    pub name: String,
    pub file: Vec<u8>,
}

/// What the caller wants with the attachments of a thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Want {
    See,
    Add,
}

/// A thing that the caller reaches.
struct Place {
    /// The path of its organisation.
    path: String,
    /// The member whom it is about.
    member: Option<Id>,
}

/// The attachments of a thing, and whether the caller may add one.
#[derive(Clone, Debug)]
pub struct AttachmentsSeen {
    /// Newest first; each with whether the caller may remove it.
    pub rows: Vec<(AttachmentRow, bool)>,
    pub may_add: bool,
}

impl Services {
    /// Adds a file to a thing; returns the attachment's id. The same file is added to a thing once.
    pub async fn attach(&self, call: &Call, ask: AttachmentAsk) -> Result<Id, Error> {
        let (caller, thing, of) = (call.clone(), ask.thing, ask.of);
        // Before anything is decoded.
        let reached = self
            .store
            .read(call.actor.bank, move |tables| place(tables, &caller, (thing, of), Want::Add).map(|_| ()));
        reached.await?;
        let checked = decoded(ask.file).await?;
        let (media, bytes, size) = (checked.media, checked.content.len(), checked.size);
        let checked = Arc::new(checked);
        let announced = self.announce(call, &checked).await?;
        let (digest, small) = self.put(call, Arc::clone(&checked)).await?;
        let (caller, id, files) = (call.clone(), self.next_id(), Arc::clone(&self.files));
        let title = title(&ask.name);
        let made = self.write(call, move |tables| {
            let place = place(tables, &caller, (thing, of), Want::Add)?;
            let others = tables.attachments_of((thing, of), MOST_OF_THING)?;
            if let Some(same) = others.iter().find(|one| one.digest == digest) {
                return Ok(same.id);
            }
            if i64::try_from(others.len()).is_ok_and(|length| length >= MOST_OF_THING) {
                return Err(Refusal::AttachmentsEnough { limit: MOST_OF_THING }.into());
            }
            // Here no job removes files of a folder: both wait for the same lock.
            if !caller.dry_run && files.are_at_hand() {
                for name in std::iter::once(&digest).chain(small.as_ref()) {
                    if !files.has(tables.bank, name).map_err(unreadable)? {
                        return Err(Refusal::AttachmentNotStored.into());
                    }
                }
            }
            let purpose = thing.purpose();
            tables.insert(&AttachmentRow {
                bank_id: tables.bank,
                id,
                thing: thing.to_string(),
                thing_id: of,
                member_id: place.member,
                purpose: purpose.to_string(),
                title: title.clone(),
                media_type: media.media_type().to_owned(),
                size: i64::try_from(bytes).unwrap_or(i64::MAX),
                width: size.map(|(width, _)| i64::from(width)),
                height: size.map(|(_, height)| i64::from(height)),
                digest: digest.clone(),
                small_digest: small.clone(),
                made_by: caller.actor.user,
                made_at: tables.now,
                keep_until: purpose.kept_days().map(|days| tables.today().plus(days)),
            })?;
            if announced.is_some() {
                tables.forget_attachments(announced.as_slice())?;
            }
            Ok(id)
        });
        let (made, _) = made.await?;
        if !call.dry_run && !self.files.are_at_hand() {
            self.put_back(call.actor.bank, checked).await?;
        }
        Ok(made)
    }

    /// Notes the files of an upload before they are put into an object store, so that they are removed if the program ends
    /// before their row is committed. Returns the row's id.
    async fn announce(&self, call: &Call, checked: &Checked) -> Result<Option<Id>, Error> {
        if self.files.are_at_hand() || call.dry_run {
            return Ok(None);
        }
        let (id, user) = (self.next_id(), call.actor.user);
        let (name, small) = (digest(&checked.content), checked.small.as_deref().map(digest));
        let noted = self.store.write(call.actor.bank, move |tables| {
            tables.insert(&AttachmentRow {
                bank_id: tables.bank,
                id,
                thing: REMOVED.to_owned(),
                thing_id: id,
                member_id: None,
                purpose: String::new(),
                title: String::new(),
                media_type: String::new(),
                size: 0,
                width: None,
                height: None,
                digest: name.clone(),
                small_digest: small.clone(),
                made_by: user,
                made_at: tables.now,
                keep_until: None,
            })
        });
        noted.await?;
        Ok(Some(id))
    }

    /// Stores the content and the small picture; returns their digests.
    async fn put(&self, call: &Call, checked: Arc<Checked>) -> Result<(String, Option<String>), Error> {
        let (files, bank, dry_run) = (Arc::clone(&self.files), call.actor.bank, call.dry_run);
        let mark = self.next_id();
        let put = move || {
            if dry_run {
                return Ok((String::new(), None));
            }
            let digest = files.put(bank, &checked.content, &mark.to_string())?;
            let small = checked.small.as_ref();
            let small = small.map(|small| files.put(bank, small, &format!("{mark}s"))).transpose()?;
            Ok((digest, small))
        };
        blocking(put).await?.map_err(|error: std::io::Error| {
            tracing::error!(%error, "an attachment could not be written");
            Refusal::AttachmentNotStored.into()
        })
    }

    /// Writes the files of a row to the object store once more, if a job took them for files without a row just before
    /// the row was committed.
    async fn put_back(&self, bank: BankId, checked: Arc<Checked>) -> Result<(), Error> {
        let files = Arc::clone(&self.files);
        let put = move || {
            for content in std::iter::once(&checked.content).chain(&checked.small) {
                if !files.has(bank, &digest(content))? {
                    files.put(bank, content, "")?;
                }
            }
            Ok::<_, std::io::Error>(())
        };
        if let Err(error) = blocking(put).await? {
            // The files were stored before the commit; if one is missing after all, `verify` reports it.
            tracing::warn!(%error, "whether the files of a new attachment are still there could not be asked");
        }
        Ok(())
    }

    /// The attachments of a thing that the caller may see, newest first.
    pub async fn attachments(&self, call: &Call, thing: (Thing, Id)) -> Result<AttachmentsSeen, Error> {
        let caller = call.clone();
        let found = self.store.read(call.actor.bank, move |tables| {
            let seen = place(tables, &caller, thing, Want::See)?;
            let may_add = match place(tables, &caller, thing, Want::Add) {
                Ok(_) => true,
                Err(Error::Refused(_)) => false,
                Err(error) => return Err(error),
            };
            let rows = tables.attachments_of(thing, MOST_OF_THING)?;
            let shown = |row: AttachmentRow| {
                let may = may_remove(tables, &caller, &row, &seen.path, may_add);
                (row, may)
            };
            Ok(AttachmentsSeen { rows: rows.into_iter().map(shown).collect(), may_add })
        });
        found.await
    }

    /// One attachment of a thing that the caller may see.
    pub async fn attachment(&self, call: &Call, id: Id) -> Result<AttachmentRow, Error> {
        let caller = call.clone();
        self.store.read(call.actor.bank, move |tables| Ok(seen(tables, &caller, id)?.0)).await
    }

    /// An attachment with its content.
    pub async fn attachment_content(&self, call: &Call, id: Id) -> Result<(AttachmentRow, Vec<u8>), Error> {
        let row = self.attachment(call, id).await?;
        let content = self.content_of(&row, false).await?;
        Ok((row, content))
    }

    /// The content of an attachment that the caller was shown, or its small picture.
    pub async fn content_of(&self, row: &AttachmentRow, small: bool) -> Result<Vec<u8>, Error> {
        let name = match small {
            true => row.small_digest.clone().ok_or(Refusal::absent("attachment"))?,
            false => row.digest.clone(),
        };
        let (files, bank, id) = (Arc::clone(&self.files), row.bank_id, row.id);
        match blocking(move || files.get(bank, &name)).await? {
            Ok(Some(content)) => Ok(content),
            Err(error) if is_unreachable(&error) => {
                tracing::error!(%error, "the object store of attachments");
                Err(Refusal::AttachmentUnreachable.into())
            }
            found => {
                tracing::error!(?found, %id, "the file of an attachment cannot be read");
                Err(Refusal::AttachmentLost.into())
            }
        }
    }

    /// Removes an attachment. The user who uploaded it may on the day of the upload, the shop may for its goods, an
    /// administrator at any time.
    pub async fn remove_attachment(&self, call: &Call, id: Id) -> Result<(), Error> {
        let caller = call.clone();
        let removed = self.write(call, move |tables| {
            let (row, place_of, thing) = seen(tables, &caller, id)?;
            let may_add = place(tables, &caller, (thing, row.thing_id), Want::Add).is_ok();
            if !may_remove(tables, &caller, &row, &place_of.path, may_add) {
                return Err(Refusal::AttachmentStays.into());
            }
            tables.remove_attachment(id)
        });
        removed.await.map(|_| ())
    }

    /// The newest picture of each of these offers that has one. Whoever sees an offer sees its picture.
    pub async fn pictures_of_offers(&self, call: &Call, offers: Vec<Id>) -> Result<HashMap<Id, Id>, Error> {
        let found =
            self.store.read(call.actor.bank, move |tables| tables.newest_pictures(Thing::Offer, &offers));
        found.await
    }

    /// Removes attachments whose last day is over, and files that no row names; returns how many of each.
    pub async fn forget_attachments(&self, bank: BankId) -> Result<(usize, usize), Error> {
        let mut rows = 0_usize;
        loop {
            let due = self.store.read_primary(bank, |tables| tables.due_attachments()).await?;
            if due.is_empty() {
                break;
            }
            let removed = self.store.write(bank, move |tables| tables.remove_attachments(&due)).await?;
            rows = rows.saturating_add(removed);
        }
        let before = self.now().plus_seconds(-ORPHAN_SECONDS);
        let files = match self.files.are_at_hand() {
            true => self.remove_from_folder(bank, before).await?,
            false => self.remove_from_store(bank, before).await?,
        };
        Ok((rows, files))
    }

    /// Removes the files of a folder that no row names; returns their number.
    async fn remove_from_folder(&self, bank: BankId, before: Moment) -> Result<usize, Error> {
        let files = Arc::clone(&self.files);
        let old = blocking(move || files.written_before(bank, before)).await?.map_err(unreadable)?;
        let mut orphans = 0_usize;
        for part in old.chunks(ORPHANS_AT_ONCE) {
            let names = part.to_vec();
            let named = self.store.read_primary(bank, move |tables| tables.named_digests(&names)).await?;
            let left: Vec<String> = part.iter().filter(|name| !named.contains(*name)).cloned().collect();
            if !left.is_empty() {
                orphans = orphans.saturating_add(self.remove_orphans(bank, left).await?);
            }
        }
        let emptied = self.emptied(bank, before).await?;
        let rows: Vec<Id> = emptied.into_iter().map(|(row, _)| row).collect();
        if !rows.is_empty() {
            self.store.write(bank, move |tables| tables.forget_attachments(&rows)).await?;
        }
        Ok(orphans)
    }

    /// Rows of which only the names of their files are left, with these.
    async fn emptied(&self, bank: BankId, before: Moment) -> Result<Vec<(Id, Vec<String>)>, Error> {
        let limit = i64::try_from(ORPHANS_AT_ONCE).unwrap_or(i64::MAX);
        self.store.read_primary(bank, move |tables| tables.emptied_attachments(before, limit)).await
    }

    /// Removes files of a folder, unless a row names them by now. An upload looks whether its file is there in the same
    /// queue of writes.
    async fn remove_orphans(&self, bank: BankId, left: Vec<String>) -> Result<usize, Error> {
        let files = Arc::clone(&self.files);
        let removed = self.store.write(bank, move |tables| {
            let named = tables.named_digests(&left)?;
            let mut removed = 0_usize;
            for name in left.iter().filter(|name| !named.contains(*name)) {
                files.remove(tables.bank, name).map_err(unreadable)?;
                removed = removed.saturating_add(1);
            }
            Ok(removed)
        });
        removed.await
    }

    /// Removes files from an object store that rows of this bank once named; returns their number. Others may have theirs
    /// there: what this bank does not know of stays.
    async fn remove_from_store(&self, bank: BankId, before: Moment) -> Result<usize, Error> {
        let mut removed = 0_usize;
        for (row, names) in self.emptied(bank, before).await? {
            for name in names {
                let gone = self.remove_stored(bank, name).await?;
                removed = removed.saturating_add(usize::from(gone));
            }
            self.store.write(bank, move |tables| tables.forget_attachments(&[row])).await?;
        }
        Ok(removed)
    }

    /// Removes a file that no row names. Nobody may wait for an object store inside a write, so that a row may be committed
    /// meanwhile: until it is, this puts the file back, and afterwards the upload does.
    async fn remove_stored(&self, bank: BankId, name: String) -> Result<bool, Error> {
        if self.is_named(bank, &name).await? {
            return Ok(false);
        }
        let (files, asked) = (Arc::clone(&self.files), name.clone());
        let content = match blocking(move || files.get(bank, &asked)).await? {
            Ok(Some(content)) => Some(content),
            Ok(None) => return Ok(false),
            Err(error) if is_unreachable(&error) => return Err(unreadable(error)),
            // A file whose content does not match its digest is removed and not put back.
            Err(_) => None,
        };
        let (files, asked) = (Arc::clone(&self.files), name.clone());
        let gone = blocking(move || files.remove(bank, &asked)).await?;
        // Also when it was not answered: it may have been done.
        if let Some(content) = content
            && self.is_named(bank, &name).await?
        {
            let files = Arc::clone(&self.files);
            if let Err(error) = blocking(move || files.put(bank, &content, "")).await? {
                tracing::error!(%error, name, "a file that a row names was removed and could not be put back");
                return Err(unreadable(error));
            }
            return Ok(false);
        }
        gone.map(|()| true).map_err(unreadable)
    }

    async fn is_named(&self, bank: BankId, name: &str) -> Result<bool, Error> {
        let names = vec![name.to_owned()];
        let named = self.store.read_primary(bank, move |tables| tables.named_digests(&names)).await?;
        Ok(!named.is_empty())
    }
}

/// Checks a file, a few at a time.
async fn decoded(file: Vec<u8>) -> Result<Checked, Error> {
    let _turn = DECODING.acquire().await.map_err(|error| Error::Fault(error.to_string()))?;
    let checked = blocking(move || check(&file)).await?;
    checked.map_err(|unfit| refusal(unfit).into())
}

fn refusal(unfit: Unfit) -> Refusal {
    match unfit {
        Unfit::TooLarge => Refusal::AttachmentTooLarge,
        Unfit::Unknown => Refusal::AttachmentUnknown,
        Unfit::Damaged => Refusal::AttachmentDamaged,
        Unfit::Expands => Refusal::AttachmentExpands,
        Unfit::Active => Refusal::AttachmentActive,
    }
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, Error> {
    tokio::task::spawn_blocking(work).await.map_err(|error| Error::Fault(error.to_string()))
}

fn unreadable(error: std::io::Error) -> Error {
    Error::Fault(format!("the files of attachments: {error}"))
}

/// An attachment, if the caller may see what it belongs to.
fn seen(tables: &mut Tables<'_>, call: &Call, id: Id) -> Result<(AttachmentRow, Place, Thing), Error> {
    let absent = Refusal::absent("attachment");
    let row = tables.attachment(id)?.ok_or(absent.clone())?;
    let thing =
        Thing::parse(&row.thing).ok_or_else(|| Error::Fault(format!("attachment {id}: {}", row.thing)))?;
    match place(tables, call, (thing, row.thing_id), Want::See) {
        Ok(place) => Ok((row, place, thing)),
        Err(Error::Refused(_)) => Err(absent.into()),
        Err(error) => Err(error),
    }
}

/// What proves something stays; a mistake of the same day does not, nor does the photo of goods.
fn may_remove(tables: &Tables<'_>, call: &Call, row: &AttachmentRow, path: &str, may_add: bool) -> bool {
    let is_of_today = row.made_at.day(tables.zone) == tables.today();
    let own = row.made_by == call.actor.user && is_of_today;
    let goods = row.thing == Thing::Offer.as_str();
    may_add && (own || goods) || call.actor.reaches(Permission::EraseMembers, path)
}

/// The thing, if the caller may see its attachments or add one; else as if it did not exist.
fn place(tables: &mut Tables<'_>, call: &Call, (thing, id): (Thing, Id), want: Want) -> Result<Place, Error> {
    let absent = Refusal::absent(thing.as_str());
    let (path, member, may) = match thing {
        Thing::Activity => {
            let (_, path) = tables.activity_at(id)?;
            let right = if want == Want::See { Permission::ReadRecords } else { Permission::TakeAttendance };
            let may = call.actor.reaches(right, &path);
            (path, None, may)
        }
        Thing::ServiceRecord => {
            let record = tables.record(id)?.ok_or(absent.clone())?;
            let (path, member) =
                (tables.org_path(record.org_id)?, tables.member_that_stays(record.member_id)?.id);
            let own = call.actor.member == Some(member);
            let may = match want {
                Want::See => own || call.actor.reaches(Permission::ReadRecords, &path),
                Want::Add => {
                    own && record.submitted_by == call.actor.user
                        || call.actor.reaches(Permission::EnterRecords, &path)
                }
            };
            (path, Some(member), may)
        }
        Thing::Offer => {
            let offer = tables.offer(id)?.ok_or(absent.clone())?;
            let (merchant, path) = tables.merchant_at(offer.merchant_id)?;
            let is_public = offer.state == "on" && merchant.state != "closed";
            let may = match want {
                Want::See => is_public || call.looks_after(&merchant, &path),
                Want::Add => call.must_work_for(Permission::WriteOffers, &merchant, &path).is_ok(),
            };
            (path, None, may)
        }
        Thing::Redemption => {
            let redemption = readable(tables, call, id)?;
            let member = tables.member_that_stays(redemption.member_id)?;
            let path = tables.org_path(member.org_id)?;
            let serves = works_at(call) == Some(redemption.merchant_id)
                || call.actor.reaches(Permission::RedeemOnBehalf, &path);
            (path, Some(member.id), want == Want::See || serves)
        }
        Thing::Statement => {
            let statement = tables.statement(id)?.ok_or(absent.clone())?;
            let (merchant, path) = tables.merchant_at(statement.merchant_id)?;
            let any = |rights: &[Permission]| {
                rights.iter().any(|right| call.must_work_for(*right, &merchant, &path).is_ok())
            };
            let adds =
                [Permission::PrepareStatements, Permission::ConfirmStatements, Permission::PayStatements];
            let may = any(&[Permission::ReadStatements]) && (want == Want::See || any(&adds));
            (path, None, may)
        }
        Thing::Feedback => {
            let row: FeedbackRow = tables.find(id)?.ok_or(absent.clone())?;
            let path = tables.org_path(row.org_id)?;
            let right = if want == Want::See { Permission::ReadFeedback } else { Permission::AnswerFeedback };
            let may = made_by_caller(tables, call, &row)? || call.actor.reaches(right, &path);
            (path, row.member_id, may)
        }
        Thing::ShopApplication => {
            let row: ShopApplicationRow = tables.find(id)?.ok_or(absent.clone())?;
            let path = tables.org_path(row.org_id)?;
            let reads = want == Want::See && call.actor.reaches(Permission::ReadMerchants, &path);
            (path, Some(row.owner_member_id), is_applicant(tables, call, &row)? || reads)
        }
    };
    if may { Ok(Place { path, member }) } else { Err(absent.into()) }
}
