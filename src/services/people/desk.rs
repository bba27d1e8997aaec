//! What a desk looks up: what waits there, whom the rows of a list mean, and the names behind ids.

use crate::auth::permissions::Permission;
use crate::auth::secrets::Searched;
use crate::domain::id::Id;
use crate::domain::people::person_name;
use crate::domain::people::phone::Phone;
use crate::domain::service::record::RecordState;
use crate::domain::time::Days;
use crate::services::people::feedback::FeedbackFilter;
use crate::services::service::records::DocumentFilter;
use crate::services::shops::goods::SheetFilter;
use crate::services::{Call, Error, Services};
use crate::store::Tables;
use crate::store::people::members::MemberRow;
use std::collections::{BTreeSet, HashMap};

/// Counts go this far: a desk needs to know how much there is to do, not the last row of it.
pub const COUNTED: i64 = 100;
/// Digits at the end of a phone that distinguish people of the same name.
const TAIL: usize = 4;

/// How much waits, each counted up to [`COUNTED`]. Absent: not a matter of the caller.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Waiting {
    /// Records that wait for a first or a second approval.
    pub records: Option<i64>,
    /// Records that were returned to the one who entered them.
    pub returned: Option<i64>,
    /// Records with an open objection.
    pub objections: Option<i64>,
    /// Final records of which a correction was asked for.
    pub corrections: Option<i64>,
    /// Awards and waivers that wait for a second person.
    pub proposals: Option<i64>,
    /// Moves to or from an organisation in reach.
    pub moves: Option<i64>,
    /// Sheets of goods that the caller may check.
    pub goods: Option<i64>,
    /// Complaints and proposals that wait for an answer, and those of them that are late.
    pub feedback: Option<(i64, i64)>,
}

/// Whom a row of a list means.
#[derive(Clone, Debug, Default)]
pub struct Sought {
    pub name: Option<String>,
    /// A volunteer number, a phone, or the last four digits of one.
    pub number: Option<String>,
}

/// Who was found for a row of a list.
#[derive(Clone, Debug, Default)]
pub struct Recognised {
    /// More than one: the row does not say which of them.
    pub files: Vec<MemberRow>,
    /// The number or phone belongs to a member with another name.
    pub other_name: bool,
}

/// Names behind ids.
#[derive(Clone, Debug, Default)]
pub struct Named {
    /// Members within reach: the file that stays.
    pub members: HashMap<Id, MemberRow>,
    /// Users of the bank.
    pub users: HashMap<Id, String>,
}

impl Services {
    /// What waits at the caller's desk.
    pub async fn waiting(&self, call: &Call) -> Result<Waiting, Error> {
        let (reads, awards, moves) = (
            !call.actor.paths(Permission::ReadRecords).is_empty(),
            !call.actor.paths(Permission::ReadAwards).is_empty(),
            !call.actor.paths(Permission::MoveMembers).is_empty(),
        );
        let paths = call.actor.paths(Permission::ReadRecords);
        let mut waiting = Waiting::default();
        if reads {
            let found = self.store.read(call.actor.bank, move |tables| {
                let of = |tables: &mut Tables<'_>, state: RecordState| {
                    let filter = DocumentFilter {
                        paths: paths.clone(),
                        state: Some(state.to_string()),
                        ..DocumentFilter::default()
                    };
                    Ok::<_, Error>(number_of(&tables.records_page(&filter, COUNTED)?))
                };
                let submitted = of(tables, RecordState::Submitted)?;
                let pending = of(tables, RecordState::Pending)?;
                let sum = submitted.saturating_add(pending).min(COUNTED);
                let asked = DocumentFilter { paths: paths.clone(), asked: true, ..DocumentFilter::default() };
                let corrections = number_of(&tables.records_page(&asked, COUNTED)?);
                let (returned, objected) =
                    (of(tables, RecordState::Returned)?, of(tables, RecordState::Objected)?);
                Ok((sum, returned, objected, corrections))
            });
            let (records, returned, objections, corrections) = found.await?;
            waiting.corrections = Some(corrections);
            waiting.records = Some(records);
            waiting.returned = Some(returned);
            waiting.objections = Some(objections);
        }
        if awards {
            let open = self.proposals(call, "open", Days::default(), None, COUNTED).await?;
            waiting.proposals = Some(number_of(&open));
        }
        if moves {
            let open = self.moves(call, "open", Days::default(), None, COUNTED).await?;
            waiting.moves = Some(number_of(&open));
        }
        if !call.actor.paths(Permission::ApproveGoods).is_empty() {
            let filter = SheetFilter { state: Some("unchecked".to_owned()), ..SheetFilter::default() };
            let open = self.goods_sheets(call, filter, COUNTED).await?;
            let others = open.iter().filter(|sheet| sheet.row.made_by != call.actor.user);
            waiting.goods = Some(i64::try_from(others.count()).unwrap_or(COUNTED));
        }
        if !call.actor.paths(Permission::ReadFeedback).is_empty() {
            let filter = FeedbackFilter { waiting: true, ..FeedbackFilter::default() };
            let open = self.feedback(call, filter, false, COUNTED).await?;
            let late = open.iter().filter(|one| one.is_late).count();
            waiting.feedback = Some((number_of(&open), i64::try_from(late).unwrap_or(COUNTED)));
        }
        Ok(waiting)
    }

    /// The members within reach whom the rows of a list mean, in their order: by number, else by phone, else by name.
    /// As many statements for hundreds of rows as for one.
    pub async fn recognise(&self, call: &Call, rows: Vec<Sought>) -> Result<Vec<Recognised>, Error> {
        let (bank, secrets) = (call.actor.bank, &self.authority.secrets);
        let hash = |kind, text: &str| secrets.search_hash(kind, bank, text).to_vec();
        let sought: Vec<Keys> = rows
            .into_iter()
            .map(|row| {
                let number = row.number.unwrap_or_default();
                let is_tail = number.len() == TAIL && number.bytes().all(|digit| digit.is_ascii_digit());
                let phone = Phone::parse(&number).ok();
                Keys {
                    name: row.name.map(|name| person_name::key(&name)).filter(|key| !key.is_empty()),
                    phone: phone.map(|phone| hash(Searched::Phone, phone.reveal())),
                    tail: is_tail.then(|| hash(Searched::PhoneTail, &number)),
                    number,
                }
            })
            .collect();
        let paths = call.actor.paths(Permission::ReadMembers);
        let found = self.store.read(bank, move |tables| {
            let numbers = Vec::from_iter(sought.iter().filter_map(Keys::whole).collect::<BTreeSet<_>>());
            let phones =
                Vec::from_iter(sought.iter().filter_map(|row| row.phone.clone()).collect::<BTreeSet<_>>());
            let by_name =
                sought.iter().filter(|row| row.whole().is_none()).filter_map(|row| row.name.clone());
            let names = Vec::from_iter(by_name.collect::<BTreeSet<_>>());
            let mut files = tables.members_sought(&numbers, &phones, &names)?;
            files.retain(|(_, path)| paths.iter().any(|root| path.starts_with(root.as_str())));
            let index = Index::of(&files);
            Ok(sought.iter().map(|row| index.look(row)).collect())
        });
        found.await
    }

    /// The names of members within reach, and of users.
    pub async fn names(&self, call: &Call, members: Vec<Id>, users: Vec<Id>) -> Result<Named, Error> {
        let paths = call.actor.paths(Permission::ReadMembers);
        let found = self.store.read(call.actor.bank, move |tables| {
            let mut files = tables.files(members)?;
            let orgs = tables.orgs(files.values().map(|file| file.org_id))?;
            files.retain(|_, file| {
                let path = orgs.get(&file.org_id).map_or("", |org| org.path.as_str());
                paths.iter().any(|root| path.starts_with(root.as_str()))
            });
            let users = tables.users(users)?;
            Ok(Named { members: files, users: users.into_iter().map(|(id, user)| (id, user.name)).collect() })
        });
        found.await
    }
}

fn number_of<T>(rows: &[T]) -> i64 {
    i64::try_from(rows.len()).unwrap_or(COUNTED)
}

/// What a row is looked up by.
struct Keys {
    name: Option<String>,
    number: String,
    phone: Option<Vec<u8>>,
    tail: Option<Vec<u8>>,
}

impl Keys {
    /// A number that says who it is without a name.
    fn whole(&self) -> Option<String> {
        (self.tail.is_none() && !self.number.is_empty()).then(|| self.number.clone())
    }
}

/// The files that were read, by what they are looked up by.
#[derive(Default)]
struct Index<'f> {
    numbers: HashMap<&'f str, &'f MemberRow>,
    phones: HashMap<&'f [u8], Vec<&'f MemberRow>>,
    names: HashMap<&'f str, Vec<&'f MemberRow>>,
}

impl<'f> Index<'f> {
    fn of(files: &'f [(MemberRow, String)]) -> Self {
        let mut index = Index::default();
        for (file, _) in files {
            index.numbers.insert(&file.number, file);
            if let Some(hash) = &file.phone_hash {
                index.phones.entry(hash).or_default().push(file);
            }
            index.names.entry(&file.name_key).or_default().push(file);
        }
        index
    }

    fn look(&self, row: &Keys) -> Recognised {
        let has_name = |file: &&&MemberRow| row.name.as_ref().is_none_or(|name| *name == file.name_key);
        let whole: Vec<&MemberRow> = match (self.numbers.get(row.number.as_str()), &row.phone) {
            (Some(file), _) => vec![file],
            (None, Some(phone)) => self.phones.get(phone.as_slice()).cloned().unwrap_or_default(),
            (None, None) => Vec::new(),
        };
        if row.whole().is_some() {
            let files: Vec<&MemberRow> = whole.iter().filter(has_name).copied().collect();
            let other_name = files.is_empty() && !whole.is_empty();
            return Recognised { files: persons_first(files), other_name };
        }
        let named = row.name.as_ref().and_then(|name| self.names.get(name.as_str()));
        let mut files = named.cloned().unwrap_or_default();
        if let Some(tail) = &row.tail {
            files.retain(|file| file.phone_tail_hash.as_ref() == Some(tail));
        }
        Recognised { files: persons_first(files), other_name: false }
    }
}

/// Households bear the names and phones of their heads: a row means the person, unless it gives the household's
/// number.
fn persons_first(files: Vec<&MemberRow>) -> Vec<MemberRow> {
    let any_person = files.iter().any(|file| file.kind == "person");
    files.into_iter().filter(|file| !any_person || file.kind == "person").cloned().collect()
}
