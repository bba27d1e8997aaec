//! Administrators and other users: who may change whom, and that every change works at once.

use crate::support::bank::{services, set_up};
use crate::support::database::TestDatabase;
use crate::support::sign_in::{Desk, PASSWORD, ask, config, refused};
use jianxian::auth::passwords::Password;
use jianxian::auth::permissions::{Permission, Role};
use jianxian::auth::tokens::TokenFault;
use jianxian::domain::id::Id;
use jianxian::domain::life_cycles::{RESUME_USER, SUSPEND_USER};
use jianxian::domain::refusal::Refusal;
use jianxian::domain::time::{Days, Moment};
use jianxian::services::Call;
use jianxian::services::access::roles::{RoleAsk, UserAsk};
use jianxian::services::access::sign_in::SignedIn;
use jianxian::services::people::orgs::OrgAsk;
use jianxian::services::people::users::UserRow;
use jianxian::services::step::Params;
use serde_json::Value;

/// A district with its administrator, a street below it, and users created by the administrator.
struct District {
    desk: Desk,
    chief: Call,
    root: Id,
    street: Id,
}

impl District {
    async fn new() -> Self {
        let (desk, first) = Desk::founded(&config()).await;
        let chief = desk.call(&first).await;
        let root = chief.actor.grants[0].org;
        let ask = OrgAsk {
            parent: root,
            kind: "street".into(),
            code: "S01".into(),
            name: "示例街道".into(),
            ..OrgAsk::default()
        };
        let street = desk.services.open_org(&chief, ask).await.unwrap().id;
        District { desk, chief, root, street }
    }

    /// A user with the usual password and a role.
    async fn user(&self, login: &str, role: Role, org: Id, until: Option<Moment>) -> Id {
        let services = &self.desk.services;
        let hash = services.hash_of_new_password(Password::new(PASSWORD), login).await.unwrap();
        let ask = UserAsk {
            login: login.into(),
            name: "示例乙".into(),
            password_hash: Some(hash),
            home: Some(org),
            ..UserAsk::default()
        };
        let user = services.open_user(&self.chief, ask).await.unwrap();
        services.grant_role(&self.chief, RoleAsk { user, role, org, until }).await.unwrap();
        user
    }

    async fn signed_in(&self, login: &str) -> SignedIn {
        self.desk.sign_in(ask(login, PASSWORD)).await.unwrap()
    }

    async fn call(&self, login: &str) -> Call {
        let signed_in = self.signed_in(login).await;
        self.desk.call(&signed_in).await
    }
}

fn absent<T: std::fmt::Debug>(answer: Result<T, jianxian::services::Error>) {
    assert_eq!(refused(answer).unwrap_err(), Refusal::NotFound { what: "user".into() });
}

#[tokio::test]
async fn nobody_gets_hold_of_an_account_from_above() {
    let district = District::new().await;
    let services = &district.desk.services;
    let staff = district.user("yuangong", Role::Staff, district.street, None).await;
    district.user("jiedao", Role::Administrator, district.street, None).await;
    let street = district.call("jiedao").await;
    let chief = district.chief.actor.user;
    let new = || Password::new("four herons by the lake");
    absent(services.set_password(&street, chief, new()).await);
    absent(services.step::<UserRow>(&street, &SUSPEND_USER, chief, Params::new()).await);
    absent(services.end_sessions(&street, chief).await);
    absent(services.user_by_login(&street, "guanliyuan").await);
    absent(services.set_password(&street, Id::SYSTEM.derive("nobody"), new()).await);
    let seen = services.users(&street, Days::default(), None, 100).await.unwrap();
    let logins: Vec<_> = seen.iter().map(|standing| standing.user.login.as_str()).collect();
    assert_eq!(logins, ["jiedao", "yuangong"]);
    services.set_password(&street, staff, new()).await.unwrap();
    // A role higher up takes the user out of the street's reach.
    let ask = RoleAsk { user: staff, role: Role::Reviewer, org: district.root, until: None };
    services.grant_role(&district.chief, ask).await.unwrap();
    for refusal in [
        refused(services.set_password(&street, staff, new()).await),
        refused(services.step::<UserRow>(&street, &SUSPEND_USER, staff, Params::new()).await.map(drop)),
        refused(services.end_sessions(&street, staff).await.map(|_| ())),
    ] {
        assert_eq!(refusal.unwrap_err(), Refusal::NeedsSuperior);
    }
    // Their home is still here; roles held elsewhere are not disclosed.
    let seen = services.user_by_login(&street, "yuangong").await.unwrap();
    assert_eq!(seen.roles.iter().map(|held| held.role.as_str()).collect::<Vec<_>>(), ["staff"]);
    services.set_password(&district.chief, staff, Password::new(PASSWORD)).await.unwrap();
    // Other roles may not do it at all, wherever they hold.
    let staff = district.call("yuangong").await;
    assert!(!staff.actor.may(Permission::WriteUsers));
    absent(services.step::<UserRow>(&staff, &SUSPEND_USER, street.actor.user, Params::new()).await);
}

#[tokio::test]
async fn a_list_of_users_goes_on_after_a_login() {
    let district = District::new().await;
    for login in ["user.a", "user.b", "user.c"] {
        district.user(login, Role::Staff, district.street, None).await;
    }
    let services = &district.desk.services;
    let page =
        |after: Option<&str>| services.users(&district.chief, Days::default(), after.map(str::to_owned), 2);
    let logins = |page: Vec<jianxian::services::people::users::UserStanding>| {
        page.into_iter().map(|standing| standing.user.login).collect::<Vec<_>>()
    };
    assert_eq!(logins(page(None).await.unwrap()), ["guanliyuan", "user.a"]);
    assert_eq!(logins(page(Some("user.a")).await.unwrap()), ["user.b", "user.c"]);
    assert!(page(Some("user.c")).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_given_password_ends_the_sessions_and_is_checked() {
    let district = District::new().await;
    let services = &district.desk.services;
    let staff = district.user("yuangong", Role::Staff, district.street, None).await;
    let session = district.signed_in("yuangong").await;
    let set = |text: &str| services.set_password(&district.chief, staff, Password::new(text));
    assert_eq!(refused(set("short").await).unwrap_err(), Refusal::PasswordTooShort { least: 15 });
    assert_eq!(refused(set("yuangong12345678").await).unwrap_err(), Refusal::PasswordGuessable);
    assert!(district.desk.actor(&session.access_token).await.is_ok());
    set("four herons by the lake").await.unwrap();
    assert_eq!(district.desk.actor(&session.access_token).await.unwrap_err(), TokenFault::SessionEnded);
    assert_eq!(district.desk.sign_in(ask("yuangong", PASSWORD)).await.unwrap_err(), Refusal::SignInFailed);
    district.desk.sign_in(ask("yuangong", "four herons by the lake")).await.unwrap();
    let own =
        services.set_password(&district.chief, district.chief.actor.user, Password::new(PASSWORD)).await;
    assert_eq!(refused(own).unwrap_err(), Refusal::OwnAccount);
}

#[tokio::test]
async fn a_suspended_user_is_out_at_once_until_let_in_again() {
    let district = District::new().await;
    let (desk, services) = (&district.desk, &district.desk.services);
    let staff = district.user("yuangong", Role::Staff, district.street, None).await;
    let session = district.signed_in("yuangong").await;
    assert!(desk.actor(&session.access_token).await.is_ok());
    services.step::<UserRow>(&district.chief, &SUSPEND_USER, staff, Params::new()).await.unwrap();
    assert_eq!(desk.actor(&session.access_token).await.unwrap_err(), TokenFault::SessionEnded);
    let renewed = refused(services.refresh(&session.refresh_token, &Default::default()).await);
    assert_eq!(renewed.unwrap_err(), Refusal::RefreshTokenInvalid);
    assert_eq!(desk.sign_in(ask("yuangong", PASSWORD)).await.unwrap_err(), Refusal::SignInFailed);
    let again = refused(services.step::<UserRow>(&district.chief, &SUSPEND_USER, staff, Params::new()).await)
        .unwrap_err();
    assert_eq!(again, Refusal::WrongState { what: "user".into(), state: "suspended".into() });
    services.step::<UserRow>(&district.chief, &RESUME_USER, staff, Params::new()).await.unwrap();
    desk.sign_in(ask("yuangong", PASSWORD)).await.unwrap();
    assert_eq!(
        desk.actor(&session.access_token).await.unwrap_err(),
        TokenFault::SessionEnded,
        "the old session stays ended"
    );
}

#[tokio::test]
async fn the_last_administrator_stays() {
    let district = District::new().await;
    let services = &district.desk.services;
    let second = district.user("dier", Role::Administrator, district.root, None).await;
    let second_call = district.call("dier").await;
    let chief = district.chief.actor.user;
    let own = refused(services.step::<UserRow>(&second_call, &SUSPEND_USER, second, Params::new()).await)
        .unwrap_err();
    assert_eq!(own, Refusal::OwnAccount);
    services.step::<UserRow>(&second_call, &SUSPEND_USER, chief, Params::new()).await.unwrap();
    let operator = jianxian::auth::permissions::Actor {
        user: Id::SYSTEM,
        grants: vec![jianxian::auth::permissions::Grant {
            role: Role::Administrator,
            org: Id::SYSTEM,
            org_path: "/".into(),
        }],
        ..second_call.actor.clone()
    };
    let last =
        refused(services.step::<UserRow>(&Call::of(operator), &SUSPEND_USER, second, Params::new()).await)
            .unwrap_err();
    assert_eq!(last, Refusal::LastAdministrator);
}

#[tokio::test]
async fn a_granted_and_a_revoked_role_work_with_the_next_call() {
    let district = District::new().await;
    let (desk, services) = (&district.desk, &district.desk.services);
    let until = desk.services.store.clock().now().plus_seconds(60);
    let staff = district.user("yuangong", Role::Staff, district.street, Some(until)).await;
    let token = district.signed_in("yuangong").await.access_token;
    let may = async |permission| desk.actor(&token).await.unwrap().may(permission);
    assert!(may(Permission::MakeAwards).await && !may(Permission::ApproveAwards).await);
    let ask = RoleAsk { user: staff, role: Role::Reviewer, org: district.street, until: None };
    let role = services.grant_role(&district.chief, ask).await.unwrap();
    assert!(may(Permission::ApproveAwards).await);
    services.revoke_role(&district.chief, role).await.unwrap();
    assert!(!may(Permission::ApproveAwards).await);
    desk.later(59);
    assert!(may(Permission::MakeAwards).await);
    desk.later(1);
    assert!(!may(Permission::MakeAwards).await, "the role has run out");
}

/// `jianxian admin …`: the exit code, the document, and the other output.
fn administer(database: &TestDatabase, arguments: &[&str], typed: &str) -> (i32, Value, String) {
    let mut command = assert_cmd::Command::cargo_bin("jianxian").unwrap();
    command
        .args(["--lang", "en", "--json", "admin"])
        .args(arguments)
        .args(database.place())
        .write_stdin(typed);
    let output = command.output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    (output.status.code().unwrap(), serde_json::from_slice(&output.stdout).unwrap_or_default(), said)
}

#[test]
fn the_command_line_looks_after_users() {
    let database = TestDatabase::new();
    set_up(&database);
    let admin = |arguments: &[&str], typed: &str| administer(&database, arguments, typed);
    let (code, made, said) = admin(&["add", "yuangong", "--name", "示例乙", "--generate"], "");
    assert_eq!(code, 0, "{said}");
    assert_eq!(made["password"].as_str().unwrap().len(), 23);
    let (code, _, said) = admin(&["add", "yuangong", "--name", "示例乙", "--generate"], "");
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("login"), "{said}");
    let (code, _, said) = admin(&["add", "another", "--name", "示例丙"], "short\n");
    assert_eq!((code, said.starts_with("Password too short: ")), (1, true), "{said}");
    assert_eq!(admin(&["grant", "yuangong", "staff", "--org", "410305", "--until", "2199-12-31"], "").0, 0);
    let (_, users, _) = admin(&["users"], "");
    let row = &users[1];
    assert_eq!((&row["login"], &row["roles"][0]["role"]), (&"yuangong".into(), &"staff".into()), "{users}");
    assert_eq!(row["roles"][0]["until"], "2199-12-31T16:00:00Z");
    assert_eq!(admin(&["revoke", "yuangong", "staff", "--org", "410305"], "").0, 0);
    let (code, _, said) = admin(&["revoke", "yuangong", "staff", "--org", "410305"], "");
    assert_eq!(code, 1, "{said}");
    assert_eq!(admin(&["password", "yuangong"], "four herons by the lake\n").0, 0);
    assert_eq!(admin(&["suspend", "yuangong"], "").0, 0);
    assert_eq!(admin(&["users", "--after", "guanliyuan"], "").1[0]["state"], "suspended");
    assert_eq!(admin(&["resume", "yuangong"], "").0, 0);
    assert_eq!(admin(&["end-sessions", "guanliyuan"], "").1["done"], "1 sessions ended");
    assert_eq!(admin(&["suspend", "guanliyuan"], "").0, 1, "the last administrator");
    assert_eq!(admin(&["orgs"], "").1[0]["code"], "410305");
    assert_eq!(admin(&["users", "--bank", "elsewhere"], "").0, 2);
    assert_eq!(admin(&["grant", "yuangong", "king", "--org", "410305"], "").0, 2);
    assert_eq!(crate::support::cli::jianxian(&["admin", "users", "--data", "/nowhere"]).0, 1);
    let services = services(&database);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(services.sign_in(ask("yuangong", "four herons by the lake"))).unwrap();
}
