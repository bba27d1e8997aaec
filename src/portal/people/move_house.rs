//! Asks for a member to be moved: the community that they leave names the new one, or the new community names them.

use super::edit::Choice;
use crate::api::web::faults::FieldFault;
use crate::api::web::fields::{Code, IdNumberText, PersonName, PhoneText, SearchText, id_document};
use crate::auth::permissions::Permission;
use crate::domain::id::Id;
use crate::portal::frame::around::Frame;
use crate::portal::frame::fault::{Answer, Fault, Missed};
use crate::portal::frame::form::Fields;
use crate::portal::frame::visit::Visit;
use crate::services::people::moves::{Destination, Mover};
use askama::Template;

#[derive(Template)]
#[template(path = "staff_move.html")]
struct MovePage {
    f: Frame,
    heading: String,
    /// Who leaves: id, name, number and community. Otherwise the form asks who comes.
    leaves: Option<(Id, String, String, String)>,
    /// The communities within reach to which they can move.
    orgs: Vec<Choice>,
    org: String,
}

/// The open organisations in which the caller may move members, without one.
async fn orgs(visit: &Visit, but: Option<Id>) -> Result<Vec<Choice>, Fault> {
    let actor = visit.actor()?.clone();
    let orgs = visit.services().orgs(&visit.reading()?).await?.into_iter();
    let own = orgs.filter(|org| {
        org.state == "open" && Some(org.id) != but && actor.reaches(Permission::MoveMembers, &org.path)
    });
    Ok(own.map(|org| Choice { value: org.id.to_string(), words: org.name }).collect())
}

/// The form of the community that a member leaves.
pub async fn leave(visit: Visit) -> Answer {
    let id = visit.path::<Id>("id")?;
    let row = visit.services().member(&visit.reading()?, id).await?;
    let names = super::org_names(&visit).await?;
    let home = names.get(&row.org_id).cloned().unwrap_or_default();
    let heading = visit.words().move_leave_title();
    let orgs = orgs(&visit, Some(row.org_id)).await?;
    let f = visit.frame(format!("{heading} · {}", row.name)).await?;
    let leaves = Some((row.id, row.name, row.number, home));
    visit.page(&MovePage { f, heading, leaves, orgs, org: String::new() })
}

/// The form of the community to which a member comes. Where they live is not said.
pub async fn come(visit: Visit) -> Answer {
    let heading = visit.words().move_come_title();
    let orgs = orgs(&visit, None).await?;
    // With several organisations none is preselected.
    let org = match orgs.as_slice() {
        [only] => only.value.clone(),
        _ => String::new(),
    };
    let f = visit.frame(heading.clone()).await?;
    visit.page(&MovePage { f, heading, leaves: None, orgs, org })
}

async fn asked(visit: Visit, mover: Mover, to: Destination) -> Answer {
    visit.services().request_move(&visit.call()?, mover, to).await?;
    visit.to("/staff/moves?done=asked")
}

/// Asks the other community, by its code where it is out of reach.
pub async fn ask_to_leave(visit: Visit) -> Answer {
    let id = visit.path::<Id>("id")?;
    let fields = visit.fields();
    let (org, code) = (fields.maybe::<Id>("org"), fields.maybe::<Code>("org_code"));
    let to = match (org, code) {
        (Ok(Some(org)), Ok(None)) => Ok(Destination::Org(org)),
        (Ok(None), Ok(Some(code))) => Ok(Destination::Code(code.into())),
        (Ok(Some(_)), Ok(Some(_))) => fields.refuse("org_code", FieldFault::Refused),
        (Ok(None), Ok(None)) => fields.refuse("org_code", FieldFault::Missing),
        (Err(missed), _) | (_, Err(missed)) => Err(missed),
    };
    fields.checked()?;
    asked(visit.clone(), Mover::Member(id), to?).await
}

/// The one way in which the form names the member: a document, or the name with a number or a phone.
fn mover(fields: &Fields<'_>) -> Result<Mover, Missed> {
    let document = fields.maybe::<IdNumberText>("id_number");
    let (number, phone) = (fields.maybe::<SearchText>("number"), fields.maybe::<PhoneText>("phone"));
    if let Ok(Some(text)) = &document {
        return match id_document(None, Some(text)) {
            Ok(Some(document)) => Ok(Mover::IdNumber(document)),
            Ok(None) => fields.refuse("id_number", FieldFault::Missing),
            Err(error) => fields.refuse("id_number", error.fault),
        };
    }
    let name = fields.need::<PersonName>("name");
    let (_, number, phone, name) = (document?, number?, phone?, name?);
    match (number, phone) {
        (Some(number), _) => Ok(Mover::Number { number: number.into(), name: name.into() }),
        (None, Some(phone)) => Ok(Mover::Phone { phone: phone.0, name: name.into() }),
        (None, None) => fields.refuse("number", FieldFault::Missing),
    }
}

/// Asks the community in which the member is now.
pub async fn ask_to_come(visit: Visit) -> Answer {
    let fields = visit.fields();
    let (mover, org) = (mover(&fields), fields.need::<Id>("org"));
    fields.checked()?;
    asked(visit.clone(), mover?, Destination::Org(org?)).await
}
