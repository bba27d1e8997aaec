//! The first page: in a sample bank a choice of roles, else sign-in; for those who are signed in, their own first page.

use super::sign_in::{Proofs, attempt, enter};
use crate::api::web::accept::is_person;
use crate::api::web::operation::welcome;
use crate::auth::passwords::Password;
use crate::auth::permissions::{Permission, Role};
use crate::domain::refusal::Refusal;
use crate::portal::frame::around::Frame;
use crate::portal::frame::fault::Answer;
use crate::portal::frame::menu::role_name;
use crate::portal::frame::visit::Visit;
use crate::services::Bank;
use crate::services::demo::setup::{LogIn, PASSWORD, log_ins};
use askama::Template;

/// A role of the sample bank that can be tried.
struct Tile {
    login: String,
    icon: &'static str,
    role: String,
    name: String,
    words: String,
}

/// Roles that belong together.
struct Group {
    title: String,
    tiles: Vec<Tile>,
}

#[derive(Template)]
#[template(path = "start.html")]
struct Start {
    f: Frame,
    story: Vec<crate::portal::frame::story::Step>,
    groups: Vec<Group>,
}

/// The bank, if everything in it is made up.
pub(super) async fn sample(visit: &Visit) -> Result<Option<Bank>, crate::services::Error> {
    let banks = visit.services().banks().await?;
    Ok(banks.into_iter().find(|bank| bank.sample))
}

pub async fn show(visit: Visit) -> Answer {
    if !is_person(&visit.request) {
        return Ok(welcome());
    }
    if let Some(actor) = &visit.actor {
        let first = match actor {
            actor if actor.merchant.is_some() => "/shop",
            actor if actor.member.is_some() && actor.may(Permission::ReadOwn) => "/me",
            actor if actor.may(Permission::WriteUsers) => "/admin",
            actor if actor.may(Permission::ReadLedger) => "/audit/ledger",
            actor if actor.may(Permission::EnterRecords) || actor.may(Permission::ApproveRecords) => "/staff",
            actor if actor.may(Permission::ActForMembers) => "/me/proxies",
            _ => "/account",
        };
        return visit.to(first);
    }
    let Some(bank) = sample(&visit).await? else { return visit.to("/login") };
    let found = log_ins(visit.services(), bank.id).await?;
    let w = visit.words();
    let groups = [
        (w.start_residents(), [Role::Volunteer, Role::Proxy, Role::TeamLeader].as_slice()),
        (w.start_shops(), &[Role::MerchantClerk, Role::MerchantOwner]),
        (w.start_community(), &[Role::Staff, Role::Branch]),
        (w.start_control(), &[Role::Reviewer, Role::Administrator, Role::Auditor]),
    ];
    let tile = |role: &Role| {
        let LogIn { login, name, .. } = found.iter().find(|one| one.role == role.as_str())?;
        let (icon, words) = about(*role, &visit)?;
        Some(Tile { login: login.clone(), icon, role: role_name(w, *role), name: name.clone(), words })
    };
    let groups = groups.map(|(title, roles)| Group { title, tiles: roles.iter().filter_map(tile).collect() });
    let f = visit.frame(w.start_title()).await?;
    visit.page(&Start { f, story: crate::portal::frame::story::steps(w), groups: groups.into() })
}

/// The symbol of a role, and what it does in a few words.
fn about(role: Role, visit: &Visit) -> Option<(&'static str, String)> {
    let w = visit.words();
    Some(match role {
        Role::Volunteer => ("book-open", w.start_volunteer()),
        Role::Proxy => ("hand-heart", w.start_proxy()),
        Role::MerchantClerk => ("qr-code", w.start_clerk()),
        Role::MerchantOwner => ("storefront", w.start_owner()),
        Role::TeamLeader => ("flag", w.start_leader()),
        Role::Staff => ("clipboard-text", w.start_staff()),
        Role::Branch => ("users-three", w.start_branch()),
        Role::Reviewer => ("check-circle", w.start_reviewer()),
        Role::Administrator => ("chart-line-up", w.start_administrator()),
        Role::Auditor => ("magnifying-glass", w.start_auditor()),
        Role::LedgerOperator => return None,
    })
}

/// 以此身份进入: signs in as one of the sample bank's people, whose password is printed in the README.
pub async fn try_role(visit: Visit) -> Answer {
    let Some(bank) = sample(&visit).await? else { return Err(Refusal::SignInFailed.into()) };
    let login = visit.form.typed("login").unwrap_or_default().to_owned();
    let session = attempt(&visit, Some(bank.slug), login, Proofs::of(Password::new(PASSWORD))).await?;
    enter(&visit, &session, "/")
}
