//! The opening of an empty bank, step by step: the bank with its first administrator, a community with its people, a
//! scheme, the first passbooks. What is done is read from the bank, so that the steps can be left and taken up again.

pub mod community;
pub mod scheme;

use super::sign_in::enter;
use crate::api::web::fields::{
    Code, FirstToken, LoginName, Password as PasswordField, PersonName, Telephone, Title,
};
use crate::auth::passwords::Password;
use crate::auth::permissions::Permission;
use crate::portal::frame::around::Frame;
use crate::portal::frame::fault::Answer;
use crate::portal::frame::session;
use crate::portal::frame::visit::Visit;
use crate::portal::people;
use crate::services::access::founding::FoundingAsk;
use crate::services::access::opening::Opening;
use crate::texts::sentences as s;
use askama::Template;

/// Kinds of root organisations to choose from.
const KINDS: [&str; 5] = ["district", "street", "town", "community", "village"];

/// The pages of the steps, in their order.
const PATHS: [&str; 5] = ["/setup", "/setup/community", "/setup/scheme", "/setup/people", "/setup/done"];

/// A step as the page shows it.
pub struct Mark {
    pub number: usize,
    pub words: String,
    /// Where it is, if it can be opened now.
    pub path: Option<&'static str>,
    pub is_current: bool,
    pub is_done: bool,
}

/// Which steps are done.
fn done_steps(opening: &Opening) -> [bool; 5] {
    let has_people = opening.community.is_some() && opening.staff.is_some() && opening.reviewer.is_some();
    [true, has_people, opening.is_published, opening.has_members, opening.is_complete()]
}

/// The steps around the page of one of them, counted from 1.
pub fn marks(visit: &Visit, at: usize, opening: Option<&Opening>) -> Vec<Mark> {
    let w = visit.words();
    let words = [
        w.opening_step_bank(),
        w.opening_step_people(),
        w.opening_step_scheme(),
        w.opening_step_members(),
        w.opening_step_done(),
    ];
    let done = opening.map_or([false; 5], done_steps);
    let mark = |(place, ((words, path), is_done)): (usize, ((String, &'static str), bool))| {
        let number = place.saturating_add(1);
        let is_current = number == at;
        let path = Some(path).filter(|_| opening.is_some() && number > 1 && !is_current);
        Mark { number, words, path, is_current, is_done: is_done && !is_current }
    };
    words.into_iter().zip(PATHS).zip(done).enumerate().map(mark).collect()
}

/// The first step that is not done.
fn next_path(opening: &Opening) -> &'static str {
    let open = PATHS.into_iter().zip(done_steps(opening)).find(|(_, done)| !done);
    open.map_or("/setup/done", |(path, _)| path)
}

/// How far the opening has come, for those who may see it.
pub async fn opening(visit: &Visit) -> Result<Option<Opening>, crate::portal::frame::fault::Fault> {
    let Some(actor) = &visit.actor else { return Ok(None) };
    if !actor.may(Permission::ManageBank) && !actor.may(Permission::ApproveSchemes) {
        return Ok(None);
    }
    Ok(Some(visit.services().opening(&visit.reading()?).await?))
}

#[derive(Template)]
#[template(path = "setup.html")]
struct Setup {
    f: Frame,
    marks: Vec<Mark>,
    token: String,
    kinds: Vec<(&'static str, String)>,
    bank: String,
    /// The bank has its first administrator.
    is_founded: bool,
}

pub async fn show(visit: Visit) -> Answer {
    if visit.actor.is_some() {
        return match opening(&visit).await? {
            Some(opening) => visit.to(next_path(&opening)),
            None => visit.to("/"),
        };
    }
    let is_founded = !visit.services().has_empty_bank().await?;
    let token = visit.form.typed("token").map(str::to_owned).or_else(|| visit.query("token"));
    let kinds = KINDS.map(|kind| (kind, visit.say(s::OrgKindWords { kind })));
    let f = visit.frame(visit.words().setup_title()).await?;
    let (marks, token) = (marks(&visit, 1, None), token.unwrap_or_default());
    visit.page(&Setup { marks, token, kinds: kinds.into(), bank: f.bank.clone(), is_founded, f })
}

pub async fn found(visit: Visit) -> Answer {
    visit.state.limits.sign_in(&visit.request)?;
    let fields = visit.fields();
    let (token, bank_name) = (fields.need::<FirstToken>("token"), fields.need::<Title>("bank_name"));
    let (kind, code) = (fields.need::<Code>("org_kind"), fields.need::<Code>("org_code"));
    let title = fields.need::<Title>("org_name");
    let (telephone, hours) = (fields.maybe::<Telephone>("telephone"), fields.maybe::<Title>("opening_hours"));
    let (login, name) = (fields.need::<LoginName>("login"), fields.need::<PersonName>("name"));
    let password = fields.secret::<PasswordField>("password");
    fields.checked()?;
    let ask = FoundingAsk {
        bank: None,
        token: token?.into(),
        bank_name: Some(bank_name?.into()),
        org_kind: kind?.into(),
        org_code: code?.into(),
        org_name: title?.into(),
        org_telephone: telephone?.map(String::from),
        org_opening_hours: hours?.map(String::from),
        login: login?.into(),
        name: name?.into(),
        password: Password::new(String::from(password?)),
        origin: session::origin(&visit, None),
    };
    let session = visit.services().found_bank(ask).await?;
    enter(&visit, &session, "/setup/community")
}

/// The fourth step: the first passbooks.
pub async fn people(visit: Visit) -> Answer {
    people::import::show(visit).await
}

#[derive(Template)]
#[template(path = "setup_done.html")]
struct Done {
    f: Frame,
    marks: Vec<Mark>,
    /// Each with whether it is done and where it is.
    lines: Vec<(String, bool, &'static str)>,
    is_complete: bool,
    /// The caller may award.
    may_award: bool,
    /// Who else may.
    staff: Option<String>,
}

/// The last step: what there is, and the way to the first award.
pub async fn done(visit: Visit) -> Answer {
    let (w, opening) = (visit.words(), opening(&visit).await?);
    let person = |name: &str, login: &str| visit.say(s::OpeningPerson { name, login });
    let mut lines = Vec::new();
    if let Some(found) = &opening {
        let staff = found.staff.as_ref().map(|one| person(&one.name, &one.login));
        let reviewer = found.reviewer.as_ref().map(|one| person(&one.name, &one.login));
        let community = found.community.as_ref().map(|org| org.name.clone());
        let named = |label: String, what: Option<String>, path| {
            let is_done = what.is_some();
            let what = what.unwrap_or_else(|| w.opening_missing());
            (visit.say(s::OpeningLine { label, what }), is_done, path)
        };
        let stated = |label, is_done: bool, path| {
            let what = Some(w.opening_there()).filter(|_| is_done);
            named(label, what, path)
        };
        lines = vec![
            named(w.opening_community(), community, "/setup/community"),
            named(w.opening_staff(), staff, "/setup/community"),
            named(w.opening_reviewer(), reviewer, "/setup/community"),
            stated(w.opening_step_scheme(), found.is_published, "/setup/scheme"),
            stated(w.opening_step_members(), found.has_members, "/setup/people"),
        ];
    }
    let page = Done {
        f: visit.frame(w.opening_done_title()).await?,
        marks: marks(&visit, 5, opening.as_ref()),
        lines,
        is_complete: opening.as_ref().is_none_or(Opening::is_complete),
        may_award: visit.actor()?.may(Permission::MakeAwards),
        staff: opening.and_then(|found| found.staff).map(|one| person(&one.name, &one.login)),
    };
    visit.page(&page)
}
