//! Consents: the texts, what was said to them, and saying it; for the person, and for staff with a signed form.

use crate::api::people::consents::text_of;
use crate::api::web::faults::FieldFault;
use crate::api::web::fields::PaperNumber;
use crate::auth::permissions::Permission as P;
use crate::domain::id::Id;
use crate::domain::life_cycles::{CONSENT, WITHDRAW_CONSENT};
use crate::domain::people::consent::ConsentPurpose;
use crate::portal::frame::around::Frame;
use crate::portal::frame::fault::{Answer, Fault};
use crate::portal::frame::visit::Visit;
use crate::services::people::privacy::consents::{ConsentAsk, ConsentRow, ConsentStanding};
use crate::services::people::privacy::erasing::ErasureAsk;
use crate::services::step::Params;
use crate::texts::sentences as s;
use askama::Template;

/// One purpose.
struct Line {
    purpose: &'static str,
    title: String,
    text: String,
    version: i64,
    version_words: String,
    /// The consent that holds, to take back.
    given: Option<Id>,
    /// Since when, or when it was taken back; nothing while it was never given.
    said: Option<String>,
    /// Only staff enter it.
    is_on_paper: bool,
}

fn line(visit: &Visit, one: &ConsentStanding) -> Line {
    let (days, version) = (visit.days(), one.purpose.text_version());
    let given = one.given();
    let said = match (given, one.withdrawn()) {
        (Some(row), _) => Some(match &row.paper {
            Some(paper) => {
                visit.say(s::ConsentGivenOnPaper { at: days.moment(row.given_at), paper: paper.as_str() })
            }
            None => visit.say(s::ConsentGivenAt { at: days.moment(row.given_at) }),
        }),
        (None, Some(row)) => {
            row.withdrawn_at.map(|at| visit.say(s::ConsentWithdrawnAt { at: days.moment(at) }))
        }
        (None, None) => None,
    };
    Line {
        purpose: one.purpose.as_str(),
        title: visit.say(s::ConsentPurpose { purpose: one.purpose.as_str() }),
        text: visit.say(text_of(one.purpose, version)),
        version,
        version_words: visit.say(s::ConsentVersion { version }),
        given: given.map(|row| row.id),
        said,
        is_on_paper: one.purpose.is_on_paper(),
    }
}

#[derive(Template)]
#[template(path = "consents.html")]
struct ConsentsPage {
    f: Frame,
    lines: Vec<Line>,
    done: Option<String>,
}

/// The caller's own.
pub async fn own(visit: Visit) -> Answer {
    let rows = visit.services().consents(&visit.reading()?, None).await?;
    let lines = rows.iter().map(|one| line(&visit, one)).collect();
    let done = visit.query("done").map(|done| visit.say(s::ConsentDone { done: done.as_str() }));
    let done = done.filter(|_| visit.fault.is_none());
    let f = visit.frame(visit.words().consents_title()).await?;
    visit.page(&ConsentsPage { f, lines, done })
}

async fn withdraw(visit: &Visit) -> Result<(), Fault> {
    let fields = visit.fields();
    let id = fields.need::<Id>("consent");
    fields.checked()?;
    let step = visit.chosen_step(&CONSENT)?;
    visit.services().step::<ConsentRow>(&visit.call()?, step, id?, Params::new()).await?;
    Ok(())
}

/// Gives a consent, or takes one back.
pub async fn take_own(visit: Visit) -> Answer {
    if visit.form.typed("step") == Some(WITHDRAW_CONSENT.name) {
        withdraw(&visit).await?;
        return visit.to("/me/consents?done=withdrawn");
    }
    let fields = visit.fields();
    let (purpose, version) = (fields.need::<ConsentPurpose>("purpose"), visit.version());
    fields.checked()?;
    let wish = ConsentAsk { purpose: purpose?, on_paper: None, text_version: version };
    visit.services().give_consent(&visit.call()?, wish).await?;
    visit.to("/me/consents?done=given")
}

#[derive(Template)]
#[template(path = "staff_consents.html")]
struct OfMemberPage {
    f: Frame,
    id: Id,
    name: String,
    lines: Vec<Line>,
    may_write: bool,
    done: Option<String>,
}

/// Those of a member, for staff.
pub async fn of_member(visit: Visit) -> Answer {
    let (id, services, call) = (visit.path::<Id>("id")?, visit.services(), visit.reading()?);
    let row = services.member(&call, id).await?;
    let rows = services.consents(&call, Some(id)).await?;
    let lines = rows.iter().map(|one| line(&visit, one)).collect();
    let done = visit.query("done").map(|done| visit.say(s::ConsentDone { done: done.as_str() }));
    let done = done.filter(|_| visit.fault.is_none());
    let may_write = call.actor.may(P::WriteMembers) && row.state != "erased";
    let f = visit.frame(visit.words().consents_title()).await?;
    visit.page(&OfMemberPage { f, id, name: row.name, lines, may_write, done })
}

/// Enters a consent or a request for erasure from a signed form, or takes a consent back.
pub async fn take_member(visit: Visit) -> Answer {
    let id = visit.path::<Id>("id")?;
    if !visit.actor()?.may(P::WriteMembers) {
        return Err(crate::api::web::problem::ApiError::Forbidden(&[P::WriteMembers]).into());
    }
    if visit.form.typed("step") == Some(WITHDRAW_CONSENT.name) {
        withdraw(&visit).await?;
        return visit.to(&format!("/staff/people/{id}/consents?done=withdrawn"));
    }
    let fields = visit.fields();
    let paper = fields.need::<PaperNumber>("paper");
    let services = visit.services();
    if visit.form.typed("act") == Some("erase") {
        fields.checked()?;
        let on_paper = Some((id, String::from(paper?)));
        let wish = ErasureAsk { on_paper, gives_up_points: fields.ticked("gives_up_points") };
        services.request_erasure(&visit.call()?, wish).await?;
        return visit.to("/staff/requests?done=asked");
    }
    let purpose = match fields.need::<ConsentPurpose>("purpose") {
        Ok(purpose) => Ok(purpose),
        Err(_) => fields.refuse("purpose", FieldFault::Refused),
    };
    fields.checked()?;
    let purpose = purpose?;
    let on_paper = Some((id, String::from(paper?)));
    let wish = ConsentAsk { purpose, on_paper, text_version: purpose.text_version() };
    services.give_consent(&visit.call()?, wish).await?;
    visit.to(&format!("/staff/people/{id}/consents?done=given"))
}
