//! The own account: name, roles, language, size of text, sign-out.

use crate::api::web::fields::Password as PasswordField;
use crate::auth::passwords::Password;
use crate::auth::permissions::Permission;
use crate::portal::frame::around::Frame;
use crate::portal::frame::fault::{Answer, Fault};
use crate::portal::frame::menu::role_name;
use crate::portal::frame::visit::Visit;
use crate::texts::sentences as s;
use askama::Template;

#[derive(Template)]
#[template(path = "account.html")]
struct Account {
    f: Frame,
    name: String,
    login: String,
    /// Each role, and where it holds.
    roles: Vec<(String, String)>,
    /// How many messages are unread, as a sentence.
    unread: Option<String>,
    /// May act for others.
    acts: bool,
}

/// How many messages are unread; nothing if none is.
pub async fn unread(visit: &Visit) -> Result<Option<String>, Fault> {
    let count = visit.services().unread_messages(&visit.reading()?).await?;
    Ok((count > 0).then(|| visit.say(s::MessagesNew { count })))
}

pub async fn show(visit: Visit) -> Answer {
    let actor = visit.actor()?;
    let me = visit.services().me(actor).await?;
    let roles = actor.grants.iter().map(|grant| {
        let org = me.org_names.get(&grant.org).cloned().unwrap_or_default();
        (role_name(visit.words(), grant.role), org)
    });
    let unread = unread(&visit).await?;
    let f = visit.frame(visit.words().menu_account()).await?;
    let acts = actor.may(Permission::ActForMembers);
    visit.page(&Account {
        f,
        unread,
        acts,
        name: me.name.clone(),
        login: me.login.clone(),
        roles: roles.collect(),
    })
}

#[derive(Template)]
#[template(path = "password.html")]
struct PasswordPage {
    f: Frame,
}

/// The form for changing the own password.
pub async fn password(visit: Visit) -> Answer {
    let f = visit.frame(visit.words().password_title()).await?;
    visit.page(&PasswordPage { f })
}

/// Changes the own password; the other sessions end.
pub async fn change_password(visit: Visit) -> Answer {
    visit.state.limits.sign_in(&visit.request)?;
    let fields = visit.fields();
    let old = fields.secret::<PasswordField>("old_password");
    let new = fields.secret::<PasswordField>("new_password");
    fields.checked()?;
    let typed = |password: PasswordField| Password::new(String::from(password));
    visit.services().change_password(&visit.call()?, typed(old?), typed(new?)).await?;
    visit.to("/account")
}
