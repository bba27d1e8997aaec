//! Log-ins: the list, new ones, and one of them with its roles, password, sessions and suspension. A shop's owner has
//! the same page for the shop's clerks.

use crate::api::web::fields::{LoginName, Password as PasswordField, PersonName, SearchText};
use crate::api::web::problem::ApiError;
use crate::auth::passwords::Password;
use crate::auth::permissions::{Permission, Role};
use crate::domain::id::Id;
use crate::domain::life_cycles::USER;
use crate::domain::refusal::Refusal;
use crate::domain::time::{Day, Days, Moment};
use crate::portal::frame::around::Frame;
use crate::portal::frame::fault::{Answer, Fault};
use crate::portal::frame::form::Fields;
use crate::portal::frame::menu::role_name;
use crate::portal::frame::visit::Visit;
use crate::portal::people::offices::{OrgChoice, org_choices};
use crate::services::Error;
use crate::services::access::roles::{RoleAsk, UserAsk};
use crate::services::people::users::{UserRow, UserStanding};
use crate::services::step::Params;
use crate::texts::{Text, sentences as s};
use askama::Template;

/// How many log-ins a page lists.
const LINES: i64 = 50;

/// A log-in in a list.
pub struct Line {
    pub path: String,
    pub login: String,
    pub name: String,
    /// Each role with its place.
    pub roles: Vec<String>,
    pub state: String,
    pub is_active: bool,
    pub has_password: bool,
}

/// The word of a role by its code.
fn role_words(visit: &Visit, role: &str) -> String {
    Role::parse(role).map_or_else(|| role.to_owned(), |role| role_name(visit.words(), role))
}

/// A log-in as a list shows it; its page stands below `base`.
pub fn line(visit: &Visit, standing: &UserStanding, base: &str) -> Line {
    let role = |held: &crate::services::people::users::HeldRole| {
        format!("{} · {}", role_words(visit, &held.role), held.org_name)
    };
    let user = &standing.user;
    Line {
        path: format!("{base}/{}", user.id),
        login: user.login.clone(),
        name: user.name.clone(),
        roles: standing.roles.iter().map(role).collect(),
        state: visit.say(Text::from(s::State { state: user.state.clone() })),
        is_active: user.state == "active",
        has_password: user.password_hash.is_some(),
    }
}

#[derive(Template)]
#[template(path = "users.html")]
struct UsersPage {
    f: Frame,
    lines: Vec<Line>,
    searched: String,
    /// No user within reach has the log-in that was searched for.
    is_unknown: bool,
    may_open: bool,
    next: Option<String>,
}

/// All log-ins within reach in their order, or the one that was looked for.
pub async fn list(visit: Visit) -> Answer {
    let (services, call) = (visit.services(), visit.reading()?);
    let searched = visit.query("login");
    let found = match &searched {
        Some(login) => match services.user_by_login(&call, login).await {
            Ok(standing) => vec![standing],
            Err(Error::Refused(Refusal::NotFound { .. })) => Vec::new(),
            Err(error) => return Err(error.into()),
        },
        None => services.users(&call, Days::default(), visit.query("after"), LINES).await?,
    };
    let is_full = i64::try_from(found.len()).is_ok_and(|length| length == LINES);
    let next = found.last().filter(|_| is_full && searched.is_none()).map(|last| {
        let after: String = form_urlencoded::byte_serialize(last.user.login.as_bytes()).collect();
        format!("/admin/users?after={after}")
    });
    let page = UsersPage {
        f: visit.frame(visit.words().office_users_title()).await?,
        lines: found.iter().map(|one| line(&visit, one, "/admin/users")).collect(),
        is_unknown: searched.is_some() && found.is_empty(),
        searched: searched.unwrap_or_default(),
        may_open: visit.actor()?.may(Permission::WriteUsers),
        next,
    };
    visit.page(&page)
}

#[derive(Template)]
#[template(path = "user_new.html")]
struct NewPage {
    f: Frame,
    orgs: Vec<OrgChoice>,
}

/// The form for a new log-in.
pub async fn new(visit: Visit) -> Answer {
    let orgs = org_choices(&visit, Permission::WriteUsers).await?;
    let f = visit.frame(visit.words().office_user_new()).await?;
    visit.page(&NewPage { f, orgs })
}

/// What a form asks of a new log-in: name, log-in and first password. Checks the other fields of the form too.
pub async fn asked(visit: &Visit, fields: &Fields<'_>) -> Result<UserAsk, Fault> {
    let name = fields.need::<PersonName>("name");
    let login = fields.need::<LoginName>("login");
    let password = fields.secret::<PasswordField>("password");
    let number = fields.maybe::<SearchText>("member_number");
    fields.checked()?;
    let login = String::from(login?);
    let password = Password::new(String::from(password?));
    let hash = visit.services().hash_of_new_password(password, &login).await?;
    Ok(UserAsk {
        login,
        name: name?.into(),
        password_hash: Some(hash),
        member_number: number?.map(String::from),
        ..UserAsk::default()
    })
}

/// Makes a log-in, at home in the organisation that was chosen.
pub async fn open(visit: Visit) -> Answer {
    let fields = visit.fields();
    let home = fields.need::<Id>("org");
    let ask = asked(&visit, &fields).await?;
    let ask = UserAsk { home: Some(home?), ..ask };
    let id = visit.services().open_user(&visit.call()?, ask).await?;
    visit.to(&format!("/admin/users/{id}"))
}

/// A role that a user holds.
struct Held {
    id: Id,
    role: String,
    org: String,
    until: Option<String>,
}

/// A role that can be granted.
struct RoleChoice {
    value: String,
    words: String,
}

#[derive(Template)]
#[template(path = "user_one.html")]
struct OnePage {
    f: Frame,
    path: String,
    /// The list that this page belongs to, and its words.
    back: (&'static str, String),
    name: String,
    login: String,
    state: String,
    is_active: bool,
    has_password: bool,
    has_member: bool,
    has_factor: bool,
    sessions: String,
    home: Option<String>,
    home_id: String,
    version: i64,
    roles: Vec<Held>,
    /// Empty: the caller grants no roles here.
    grantable: Vec<RoleChoice>,
    orgs: Vec<OrgChoice>,
    /// The caller may change this log-in.
    may_change: bool,
    /// The caller may say which volunteer this clerk is.
    may_link: bool,
    /// The steps that can be taken now: name and words.
    steps: Vec<(&'static str, String)>,
    done: Option<String>,
}

impl OnePage {
    fn home_words(&self) -> &str {
        self.home.as_deref().unwrap_or_default()
    }
}

/// The last day before a moment.
fn last_day(visit: &Visit, until: Moment) -> String {
    visit.days().of(Moment::from_micros(until.micros().saturating_sub(1)))
}

/// What the last form of a page did.
fn done(visit: &Visit) -> Option<String> {
    let w = visit.words();
    let words = match visit.query("done")?.as_str() {
        "grant" => w.office_done_grant(),
        "revoke" => w.office_done_revoke(),
        "password" => w.office_done_password(),
        "sessions" => w.office_done_sessions(),
        "factor" => w.factor_removed(),
        "step" => w.office_done_state(),
        "link" => w.office_done_link(),
        "home" => w.office_done_home(),
        _ => return None,
    };
    Some(words).filter(|_| visit.fault.is_none())
}

/// One log-in for administrators and auditors.
pub async fn one(visit: Visit) -> Answer {
    let back = ("/admin/users", visit.words().office_users_title());
    shown(visit, back, Permission::WriteUsers).await
}

/// One clerk for the shop's owner.
pub async fn clerk(visit: Visit) -> Answer {
    let back = ("/shop/clerks", visit.words().office_clerks_title());
    shown(visit, back, Permission::WriteClerks).await
}

async fn shown(visit: Visit, back: (&'static str, String), right: Permission) -> Answer {
    let (id, call, services) = (visit.path::<Id>("id")?, visit.reading()?, visit.services());
    let standing = services.user(&call, id).await?;
    let (user, open) = services.open_steps::<UserRow>(&call, id).await?;
    let may_change = call.actor.may(right) && call.actor.user != id;
    let grants = may_change && right == Permission::WriteUsers;
    let orgs = match grants {
        true => org_choices(&visit, Permission::WriteUsers).await?,
        false => Vec::new(),
    };
    let held = standing.roles.iter().map(|held| Held {
        id: held.id,
        role: role_words(&visit, &held.role),
        org: held.org_name.clone(),
        until: held.until.map(|until| visit.say(s::OfficeUntil { day: last_day(&visit, until) })),
    });
    // Roles in a shop need a shop, that of a volunteer a passbook.
    let fits = |role: &Role| match role {
        Role::Volunteer => user.member_id.is_some(),
        role => !role.is_of_shop() || user.merchant_id.is_some(),
    };
    let grantable = Role::ALL
        .iter()
        .filter(|role| grants && fits(role))
        .map(|role| RoleChoice { value: role.to_string(), words: role_name(visit.words(), *role) });
    let home = orgs.iter().find(|org| Some(org.id) == user.home_org_id).map(|org| org.name.clone());
    let page = OnePage {
        f: visit.frame(user.name.clone()).await?,
        path: format!("{}/{id}", back.0),
        name: user.name.clone(),
        login: user.login.clone(),
        state: visit.say(Text::from(s::State { state: user.state.clone() })),
        is_active: user.state == "active",
        has_password: user.password_hash.is_some(),
        has_member: user.member_id.is_some(),
        has_factor: standing.has_factor,
        sessions: standing.live_sessions.to_string(),
        home,
        home_id: user.home_org_id.map(|home| home.to_string()).unwrap_or_default(),
        version: user.version,
        roles: held.collect(),
        grantable: grantable.collect(),
        orgs,
        may_change,
        may_link: may_change && right == Permission::WriteClerks && user.member_id.is_none(),
        steps: open
            .iter()
            .map(|step| (step.name, visit.say(Text::from(s::StepWords { step: step.name }))))
            .collect(),
        done: done(&visit),
        back,
    };
    visit.page(&page)
}

/// Takes one of the forms of an administrator's page.
pub async fn change(visit: Visit) -> Answer {
    changed(visit, "/admin/users").await
}

/// Takes one of the forms of an owner's page.
pub async fn change_clerk(visit: Visit) -> Answer {
    changed(visit, "/shop/clerks").await
}

async fn changed(visit: Visit, base: &str) -> Answer {
    let (id, call, services) = (visit.path::<Id>("id")?, visit.call()?, visit.services());
    let fields = visit.fields();
    let act = visit.form.typed("act").unwrap_or_default();
    match act {
        "grant" => {
            let role = fields.need::<Role>("role");
            let org = fields.need::<Id>("org");
            let until = fields.maybe::<Day>("until");
            fields.checked()?;
            let until = until?.map(|day| day.end(visit.zone()));
            services.grant_role(&call, RoleAsk { user: id, role: role?, org: org?, until }).await?;
        }
        "revoke" => {
            let role = fields.need::<Id>("held");
            fields.checked()?;
            services.revoke_role(&call, role?).await?;
        }
        "password" => {
            let password = fields.secret::<PasswordField>("password");
            fields.checked()?;
            services.set_password(&call, id, Password::new(String::from(password?))).await?;
        }
        "sessions" => {
            services.end_sessions(&call, id).await?;
        }
        "factor" => services.reset_second_factor(&call, id).await?,
        "home" => {
            let home = fields.need::<Id>("home");
            fields.checked()?;
            services.move_user(&call, id, home?, Some(visit.version())).await?;
        }
        "link" => {
            let number = fields.need::<SearchText>("member_number");
            fields.checked()?;
            services.link_clerk(&call, id, None, Some(number?.into())).await?;
        }
        "step" => {
            let step = visit.chosen_step(&USER)?;
            services.step::<UserRow>(&call, step, id, Params::new()).await?;
        }
        _ => return Err(ApiError::NoSuchPath.into()),
    }
    visit.to(&format!("{base}/{id}?done={act}"))
}
