//! Opens a member or a household at the desk, and corrects what their file says.

use super::{PersonLine, org_names, person_lines};
use crate::api::web::faults::FieldFault;
use crate::api::web::fields::{
    IdKindWord, IdNumberText, PersonName, PhoneText, SearchText, Year, id_document,
};
use crate::api::web::problem::ApiError;
use crate::auth::permissions::Permission as P;
use crate::domain::id::Id;
use crate::domain::people::id_document::{IdDocument, IdKind};
use crate::domain::refusal::Refusal;
use crate::portal::frame::around::Frame;
use crate::portal::frame::fault::{Answer, Fault, Missed};
use crate::portal::frame::form::Fields;
use crate::portal::frame::visit::Visit;
use crate::services::people::counter::{MemberAsk, MemberRow, MemberSearch};
use crate::services::people::members::MemberChange;
use crate::texts::sentences as s;
use askama::Template;

/// Members alike that are shown.
const ALIKE: i64 = 20;

/// A choice of a list: value and words.
pub(super) struct Choice {
    pub value: String,
    pub words: String,
}

/// Those whom the bank may know already.
#[derive(Default)]
struct Alike {
    lines: Vec<PersonLine>,
    /// Only the name is the same, and these are not the one: they go along with the form.
    ids: Vec<Id>,
    /// Name and phone are the same as another member's: staff confirm that it is a different person.
    may_confirm: bool,
}

#[derive(Template)]
#[template(path = "staff_edit.html")]
struct EditPage {
    f: Frame,
    heading: String,
    is_household: bool,
    /// The file that is corrected.
    known: Option<Known>,
    orgs: Vec<Choice>,
    kinds: Vec<Choice>,
    org: String,
    household: String,
    alike: Alike,
}

/// What a file says before it is corrected.
struct Known {
    id: Id,
    version: i64,
    name: String,
    phone: String,
    has_document: bool,
    trade: String,
    is_party_member: bool,
    has_home: bool,
}

impl EditPage {
    /// The phone that is known, which stays unless another is typed.
    fn phone_hint(&self) -> String {
        let phone = self.known.as_ref().map(|known| known.phone.clone()).filter(|phone| !phone.is_empty());
        phone.map_or_else(String::new, |phone| self.f.w.say(s::StaffPhoneKept { phone }))
    }

    /// The name of the organisation that the file belongs to.
    fn org_words(&self) -> &str {
        self.orgs.iter().find(|one| one.value == self.org).map_or("", |one| one.words.as_str())
    }

    fn has_document(&self) -> bool {
        self.known.as_ref().is_some_and(|known| known.has_document)
    }

    fn has_home(&self) -> bool {
        self.known.as_ref().is_some_and(|known| known.has_home)
    }

    fn is_party_member(&self) -> bool {
        match self.f.typed("name").is_empty() {
            true => self.known.as_ref().is_some_and(|known| known.is_party_member),
            false => !self.f.typed("party_member").is_empty(),
        }
    }
}

/// The organisations in which the caller may write.
async fn orgs(visit: &Visit) -> Result<Vec<Choice>, Fault> {
    let actor = visit.actor()?.clone();
    let orgs = visit.services().orgs(&visit.reading()?).await?;
    let own = orgs.into_iter().filter(|org| org.state == "open" && actor.reaches(P::WriteMembers, &org.path));
    Ok(own.map(|org| Choice { value: org.id.to_string(), words: org.name }).collect())
}

fn kinds(visit: &Visit) -> Vec<Choice> {
    let choice = |kind: &IdKind| Choice {
        value: kind.as_str().to_owned(),
        words: visit.say(s::StaffIdKind { kind: kind.as_str().to_owned() }),
    };
    IdKind::ALL.iter().map(choice).collect()
}

/// Whom a refusal says to be known already.
async fn alike(visit: &Visit) -> Result<Alike, Fault> {
    let Some(Fault::Api(ApiError::Refused { refusal, .. })) = &visit.fault else {
        return Ok(Alike::default());
    };
    let (services, call) = (visit.services(), visit.reading()?);
    let names = org_names(visit).await?;
    match refusal {
        Refusal::SameName { candidates } => {
            let ids: Vec<Id> = candidates.iter().map(|one| one.member).collect();
            let named = services.names(&call, ids.clone(), Vec::new()).await?;
            let rows = ids.iter().filter_map(|id| named.members.get(id).cloned()).collect();
            Ok(Alike { lines: person_lines(visit, rows, &names)?, ids, may_confirm: false })
        }
        Refusal::MemberKnown { number, certain } => {
            let rows = match number {
                Some(number) => {
                    let search = MemberSearch { number: Some(number.clone()), ..MemberSearch::default() };
                    services.find_members(&call, search, None, ALIKE).await?
                }
                None => Vec::new(),
            };
            Ok(Alike { lines: person_lines(visit, rows, &names)?, ids: Vec::new(), may_confirm: !certain })
        }
        _ => Ok(Alike::default()),
    }
}

/// The form for a new file.
pub async fn new(visit: Visit) -> Answer {
    let is_household = is_household(&visit);
    let orgs = orgs(&visit).await?;
    // With several organisations none is preselected, so that a member is not opened in the wrong one.
    let org = match orgs.as_slice() {
        [only] => only.value.clone(),
        _ => String::new(),
    };
    let w = visit.words();
    let heading = if is_household { w.staff_new_household() } else { w.staff_new_person() };
    let f = visit.frame(heading.clone()).await?;
    let (kinds, alike) = (kinds(&visit), alike(&visit).await?);
    let household = visit.query("household").unwrap_or_default();
    visit.page(&EditPage { f, heading, is_household, known: None, orgs, kinds, org, household, alike })
}

fn is_household(visit: &Visit) -> bool {
    let asked = visit.form.typed("kind").map(str::to_owned).or_else(|| visit.query("kind"));
    asked.as_deref() == Some("household")
}

/// Phone and document of a form, checked together with its kind.
fn document(fields: &Fields<'_>) -> Result<Option<IdDocument>, Missed> {
    let number = fields.maybe::<IdNumberText>("id_number");
    let kind = fields.maybe::<IdKindWord>("id_kind");
    let (number, kind) = (number?, kind?);
    match id_document(kind.filter(|_| number.is_some()), number.as_ref()) {
        Ok(document) => Ok(document),
        Err(error) => fields.refuse("id_number", error.fault),
    }
}

/// The household with the number that was typed.
async fn household(visit: &Visit, number: Option<String>) -> Result<Option<Id>, Fault> {
    let Some(number) = number else { return Ok(None) };
    let search =
        MemberSearch { number: Some(number), kind: Some("household".to_owned()), ..MemberSearch::default() };
    let found = visit.services().find_members(&visit.reading()?, search, None, 1).await?;
    Ok(Some(found.first().map(|row| row.id).ok_or(Refusal::absent("household"))?))
}

/// The members of the same name whom staff have looked at.
fn looked_at(visit: &Visit) -> Vec<Id> {
    if !visit.fields().ticked("not_same_as") {
        return Vec::new();
    }
    visit.form.all("alike").filter_map(|id| id.parse().ok()).take(100).collect()
}

pub async fn open(visit: Visit) -> Answer {
    let fields = visit.fields();
    let name = fields.need::<PersonName>("name");
    let org = fields.need::<Id>("org");
    let number = fields.maybe::<SearchText>("number");
    let phone = fields.maybe::<PhoneText>("phone");
    let trade = fields.maybe::<SearchText>("trade");
    let born = fields.maybe::<YearText>("birth_year");
    let home = fields.maybe::<SearchText>("household");
    let document = document(&fields);
    let gender = match visit.form.typed("gender").unwrap_or_default() {
        "" => Ok(None),
        one @ ("female" | "male") => Ok(Some(one.to_owned())),
        _ => fields.refuse("gender", FieldFault::Missing),
    };
    fields.checked()?;
    let ask = MemberAsk {
        household: is_household(&visit),
        name: name?.into(),
        number: number?.map(String::from),
        org: org?,
        household_id: household(&visit, home?.map(String::from)).await?,
        gender: gender?,
        birth_year: born?.map(|year| year.0),
        party_member: fields.ticked("party_member"),
        trade: trade?.map(String::from),
        phone: phone?.map(|phone| phone.0),
        id_number: document?,
        confirmed_new: fields.ticked("confirmed_new"),
        not_same_as: looked_at(&visit),
    };
    let row = visit.services().open_member(&visit.call()?, ask).await?;
    visit.to(&format!("/staff/people/{}", row.id))
}

/// A year as a form has it: text.
pub(super) struct YearText(pub(super) i64);

impl<'de> serde::Deserialize<'de> for YearText {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        use serde::de::{Error, IntoDeserializer};
        let text = String::deserialize(deserializer)?;
        let number =
            text.parse::<i64>().map_err(|_| D::Error::custom(FieldFault::TooSmall { least: 1900 }))?;
        let year = Year::deserialize(IntoDeserializer::<serde::de::value::Error>::into_deserializer(number));
        year.map(|year| YearText(year.get())).map_err(|error| D::Error::custom(error.to_string()))
    }
}

/// The form for correcting a file.
pub async fn show(visit: Visit) -> Answer {
    let id = visit.path::<Id>("id")?;
    let (services, call) = (visit.services(), visit.reading()?);
    let row = services.member(&call, id).await?;
    let masked = services.masked(row.bank_id, &row)?;
    let home = match row.household_id {
        Some(home) => services.member(&call, home).await.ok(),
        None => None,
    };
    let heading = visit.say(s::StaffEditTitle { name: row.name.clone() });
    let f = visit.frame(heading.clone()).await?;
    let (orgs, kinds, alike) = (orgs(&visit).await?, kinds(&visit), alike(&visit).await?);
    visit.page(&EditPage {
        f,
        heading,
        is_household: row.kind == "household",
        orgs,
        kinds,
        org: row.org_id.to_string(),
        household: home.map(|home| home.number).unwrap_or_default(),
        alike,
        known: Some(Known {
            id: row.id,
            version: row.version,
            name: row.name.clone(),
            phone: masked.phone.unwrap_or_default(),
            has_document: masked.id_number.is_some(),
            trade: row.trade.clone().unwrap_or_default(),
            is_party_member: row.party_member,
            has_home: row.household_id.is_some(),
        }),
    })
}

/// Corrects a file, if it still has the version that was shown.
pub async fn change(visit: Visit) -> Answer {
    let id = visit.path::<Id>("id")?;
    let row: MemberRow = visit.services().member(&visit.reading()?, id).await?;
    let version = visit.version();
    let fields = visit.fields();
    let name = fields.need::<PersonName>("name");
    let org = fields.need::<Id>("org");
    let phone = fields.maybe::<PhoneText>("phone");
    let trade = fields.maybe::<SearchText>("trade");
    let home = fields.maybe::<SearchText>("household");
    let document = document(&fields);
    fields.checked()?;
    let home = household(&visit, home?.map(String::from)).await?;
    let is_person = row.kind == "person";
    let leaves = is_person && row.household_id.is_some() && fields.ticked("leave_household");
    let (org, party_member) = (org?, fields.ticked("party_member"));
    let change = MemberChange {
        name: Some(name?.into()),
        org: (org != row.org_id).then_some(org),
        phone: phone?.map(|phone| phone.0),
        id_number: document?,
        trade: trade?.map(String::from),
        party_member: (is_person && party_member != row.party_member).then_some(party_member),
        household: match leaves {
            true => Some(None),
            false => home.filter(|home| row.household_id != Some(*home)).map(Some),
        },
        confirmed_new: fields.ticked("confirmed_new"),
        not_same_as: looked_at(&visit),
    };
    visit.services().change_member(&visit.call()?, id, version, change).await?;
    visit.to(&format!("/staff/people/{id}"))
}
