//! The second step: the first community, a member of staff who awards, and a second person who approves.

use super::{KINDS, Mark, marks};
use crate::api::web::fields::{Code, LoginName, Password as PasswordField, PersonName, Telephone, Title};
use crate::auth::passwords::Password;
use crate::auth::permissions::Role;
use crate::domain::id::Id;
use crate::portal::frame::around::Frame;
use crate::portal::frame::fault::{Answer, Fault};
use crate::portal::frame::form::Fields;
use crate::portal::frame::visit::Visit;
use crate::services::Call;
use crate::services::access::opening::Colleague;
use crate::services::access::roles::{RoleAsk, UserAsk};
use crate::services::people::orgs::OrgAsk;
use crate::texts::sentences as s;
use askama::Template;

#[derive(Template)]
#[template(path = "setup_community.html")]
struct CommunityPage {
    f: Frame,
    marks: Vec<Mark>,
    kinds: Vec<(&'static str, String)>,
    /// What is there already.
    community: Option<String>,
    staff: Option<String>,
    reviewer: Option<String>,
    /// The administrator awards too.
    is_self: bool,
}

fn named(visit: &Visit, colleague: Option<&Colleague>) -> Option<String> {
    colleague.map(|one| visit.say(s::OpeningPerson { name: &one.name, login: &one.login }))
}

pub async fn show(visit: Visit) -> Answer {
    let found = visit.services().opening(&visit.reading()?).await?;
    let page = CommunityPage {
        f: visit.frame(visit.words().opening_people_title()).await?,
        marks: marks(&visit, 2, Some(&found)),
        kinds: KINDS.map(|kind| (kind, visit.say(s::OrgKindWords { kind }))).into(),
        community: found.community.as_ref().map(|org| org.name.clone()),
        staff: named(&visit, found.staff.as_ref()),
        reviewer: named(&visit, found.reviewer.as_ref()),
        is_self: visit.form.typed("staff_is") == Some("self"),
    };
    visit.page(&page)
}

/// A log-in of the form, with the names of its fields.
struct NewUser {
    login: String,
    name: String,
    password: Password,
}

/// Reads the fields of a log-in.
fn new_user(fields: &Fields<'_>, [login, name, password]: [&str; 3]) -> Option<NewUser> {
    let (login, name) = (fields.need::<LoginName>(login), fields.need::<PersonName>(name));
    let password = fields.secret::<PasswordField>(password);
    let (Ok(login), Ok(name), Ok(password)) = (login, name, password) else { return None };
    Some(NewUser { login: login.into(), name: name.into(), password: Password::new(String::from(password)) })
}

/// A write of its own within the form.
fn part(call: &Call, name: &str) -> Call {
    let mut call = call.clone();
    if let Some(request) = &mut call.request {
        request.key.push_str(name);
    }
    call
}

/// Opens a log-in with a role.
async fn open(visit: &Visit, call: &Call, new: NewUser, role: Role, org: Id) -> Result<(), Fault> {
    let services = visit.services();
    let hash = services.hash_of_new_password(new.password, &new.login).await?;
    let ask = UserAsk {
        login: new.login,
        name: new.name,
        password_hash: Some(hash),
        home: Some(org),
        ..UserAsk::default()
    };
    let user = services.open_user(&part(call, &format!("/{role}")), ask).await?;
    grant(visit, call, user, role, org).await
}

async fn grant(visit: &Visit, call: &Call, user: Id, role: Role, org: Id) -> Result<(), Fault> {
    let ask = RoleAsk { user, role, org, until: None };
    visit.services().grant_role(&part(call, &format!("/{role}/grant")), ask).await?;
    Ok(())
}

/// Makes what is not there yet.
pub async fn take(visit: Visit) -> Answer {
    let (call, services) = (visit.call()?, visit.services());
    let found = services.opening(&visit.reading()?).await?;
    let fields = visit.fields();
    let org = found.community.is_none().then(|| {
        let (kind, code) = (fields.need::<Code>("org_kind"), fields.need::<Code>("org_code"));
        let counter = (fields.maybe::<Telephone>("telephone"), fields.maybe::<Title>("opening_hours"));
        (kind, code, fields.need::<Title>("org_name"), counter)
    });
    let is_self = visit.form.typed("staff_is") == Some("self");
    let needs_staff = found.staff.is_none();
    let staff = (needs_staff && !is_self)
        .then(|| new_user(&fields, ["staff_login", "staff_name", "staff_password"]))
        .flatten();
    let needs_reviewer = found.reviewer.is_none();
    let reviewer = needs_reviewer
        .then(|| new_user(&fields, ["reviewer_login", "reviewer_name", "reviewer_password"]))
        .flatten();
    fields.checked()?;
    let community = match (org, &found.community) {
        (Some((kind, code, name, (telephone, hours))), _) => {
            let (kind, code, name) = (kind?.into(), code?.into(), name?.into());
            let telephone = telephone?.map(String::from);
            let opening_hours = hours?.map(String::from);
            let ask = OrgAsk {
                parent: found.root.id,
                kind,
                code,
                name,
                telephone,
                opening_hours,
                responsible: None,
            };
            services.open_org(&part(&call, "/org"), ask).await?.id
        }
        (None, Some(org)) => org.id,
        (None, None) => found.root.id,
    };
    if needs_staff && is_self {
        grant(&visit, &call, call.actor.user, Role::Staff, community).await?;
    }
    if let Some(staff) = staff {
        open(&visit, &call, staff, Role::Staff, community).await?;
    }
    if let Some(reviewer) = reviewer {
        open(&visit, &call, reviewer, Role::Reviewer, found.root.id).await?;
    }
    visit.to("/setup/scheme")
}
