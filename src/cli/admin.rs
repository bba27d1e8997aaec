//! `admin`: users and their roles, for the operator of the data folder. Works beside a running server, which sees the
//! changes within a second.

use super::configured::Configured;
use super::ending::{Ending, Failure};
use super::output::{Output, table};
use super::place::{Place, block_on, closing};
use super::serve::services;
use crate::auth::passwords::Password;
use crate::auth::permissions::{Actor, Grant, Role};
use crate::clock::Clock;
use crate::domain::id::{BankId, Id};
use crate::domain::life_cycles::{RESUME_USER, SUSPEND_USER};
use crate::domain::refusal::Refusal;
use crate::domain::time::{Day, Days};
use crate::ids::Ids;
use crate::services::access::roles::{RoleAsk, UserAsk};
use crate::services::people::counter::OrgRow;
use crate::services::people::users::UserRow;
use crate::services::people::users::UserStanding;
use crate::services::step::Params;
use crate::services::{Call, Error, Services};
use crate::store::{Options, Store, Upgrade};
use clap::{Args, Subcommand};
use serde_json::{Value, json};
use std::io::{BufRead, IsTerminal, Write};

/// Users per list.
const LISTED: i64 = 1_000;

/// 用户与角色 · users and roles
#[derive(Debug, Args)]
pub struct Admin {
    #[command(flatten)]
    configured: Configured,
    /// 银行的短名（只有一家时可不写）· short name of the bank, if there are several
    #[arg(long, global = true)]
    bank: Option<String>,
    #[command(subcommand)]
    act: Act,
}

#[derive(Debug, Subcommand)]
enum Act {
    /// 列出用户和角色 · list users and roles
    Users {
        /// 从这个登录名之后列起 · begin after this login
        #[arg(long)]
        after: Option<String>,
    },
    /// 列出组织 · list organisations
    Orgs,
    /// 年度关账：这一年及以前的账从此不能再补记 · close the books of a year that is over, for good
    CloseYear {
        #[arg(value_parser = clap::value_parser!(i32).range(1900..=2199))]
        year: i32,
        /// 公告：何时何处公布了关账 · how and when the closing was announced
        #[arg(long)]
        announcement: String,
    },
    /// 新建用户 · add a user
    Add {
        login: String,
        /// 姓名 · name
        #[arg(long)]
        name: String,
        /// 对应的储户编号 · id of the member that this user is
        #[arg(long)]
        member: Option<Id>,
        /// 所在商家编号 · id of the shop that this user works for
        #[arg(long)]
        merchant: Option<Id>,
        /// 所属组织代码（不写时：商家或储户的组织，否则最上级）· code of the organisation where the user is at home
        #[arg(long)]
        org: Option<String>,
        #[command(flatten)]
        password: PasswordSource,
    },
    /// 重设口令并结束其所有登录 · set a password and end the user's sessions
    Password {
        login: String,
        #[command(flatten)]
        password: PasswordSource,
    },
    /// 授予角色 · grant a role at an organisation
    Grant {
        login: String,
        #[arg(value_parser = role)]
        role: Role,
        /// 组织代码 · code of the organisation
        #[arg(long)]
        org: String,
        /// 有效至（含当日）· last day, YYYY-MM-DD
        #[arg(long, value_parser = day)]
        until: Option<Day>,
    },
    /// 撤销角色 · revoke a role
    Revoke {
        login: String,
        #[arg(value_parser = role)]
        role: Role,
        #[arg(long)]
        org: String,
    },
    /// 停用用户 · suspend a user
    Suspend { login: String },
    /// 恢复用户 · let a suspended user in again
    Resume { login: String },
    /// 结束用户的所有登录 · end all sessions of a user
    EndSessions { login: String },
}

/// Where a new password comes from: typed at the terminal, or the first line of standard input.
#[derive(Debug, Args)]
struct PasswordSource {
    /// 生成一个并显示一次 · make one and show it once
    #[arg(long)]
    generate: bool,
}

fn role(text: &str) -> Result<Role, String> {
    let all: Vec<&str> = Role::ALL.iter().map(|role| role.as_str()).collect();
    Role::parse(text).ok_or_else(|| format!("请写其中之一 · one of: {}", all.join(", ")))
}

pub(super) fn day(text: &str) -> Result<Day, String> {
    Day::parse(text).ok_or_else(|| "请写成 YYYY-MM-DD · write YYYY-MM-DD".to_owned())
}

impl Admin {
    pub fn run(self, output: &Output) -> Result<Ending, Failure> {
        let config = self.configured.load(&[])?.config;
        let place = Place::of(&config);
        let options = Options { upgrade: Upgrade::No, readers: 1, ..Options::default() };
        closing(Store::open(&place.url(), &options, Clock::System)?, |store| {
            let services = services(store, &place, &config, Ids::System)?;
            let call = Call::of(operator(bank_of(&services, self.bank.as_deref())?));
            Desk { call, services, output }.run(self.act)
        })
    }
}

/// The actor of the command line: it administers the bank from above its root.
pub(super) fn operator(bank: BankId) -> Actor {
    let grants = vec![Grant { role: Role::Administrator, org: Id::SYSTEM, org_path: "/".to_owned() }];
    Actor {
        bank,
        user: Id::SYSTEM,
        session: Id::SYSTEM,
        member: None,
        merchant: None,
        card_edition: None,
        grants,
    }
}

pub(super) fn bank_of(services: &Services, slug: Option<&str>) -> Result<BankId, Failure> {
    let banks = block_on(services.store.banks())??;
    let fitting: Vec<BankId> =
        banks.iter().filter(|bank| slug.is_none_or(|slug| bank.slug == slug)).map(|bank| bank.id).collect();
    match fitting.as_slice() {
        [one] => Ok(*one),
        _ => {
            let slugs: Vec<&str> = banks.iter().map(|bank| bank.slug.as_str()).collect();
            Err(Failure::new(
                Ending::Usage,
                format!("请用 --bank 指明银行：{}。", slugs.join("、")),
                format!("name the bank with --bank: {}.", slugs.join(", ")),
            ))
        }
    }
}

struct Desk<'o> {
    services: Services,
    call: Call,
    output: &'o Output,
}

impl Desk<'_> {
    fn run(&self, act: Act) -> Result<Ending, Failure> {
        match act {
            Act::Users { after } => self.list_users(after)?,
            Act::Orgs => self.list_orgs()?,
            Act::CloseYear { year, announcement } => {
                let done = block_on(self.services.close_year(&self.call, year, announcement))??;
                let document = json!({ "year": year, "entry": done.receipt.number });
                self.output.print(&document, || {
                    self.output.language.pick(format!("{year} 年已关账。"), format!("{year} is closed."))
                });
            }
            Act::Add { login, name, member, merchant, org, password } => {
                let home = org.map(|code| self.org(&code)).transpose()?.map(|org| org.id);
                let ask = UserAsk { login, name, member, merchant, home, ..UserAsk::default() };
                self.add(ask, &password)?;
            }
            Act::Password { login, password } => {
                let user = self.user(&login)?;
                let (new, shown) = self.new_password(&password)?;
                block_on(self.services.set_password(&self.call, user.user.id, new))??;
                self.report(&login, "口令已重设，原有登录已结束", "password set, sessions ended", shown);
            }
            Act::Grant { login, role, org, until } => self.grant(&login, role, &org, until)?,
            Act::Revoke { login, role, org } => self.revoke(&login, role, &org)?,
            Act::Suspend { login } => {
                self.suspend(&login, true, "已停用，登录已结束", "suspended, sessions ended")?;
            }
            Act::Resume { login } => self.suspend(&login, false, "已恢复", "may sign in again")?,
            Act::EndSessions { login } => {
                let user = self.user(&login)?;
                let ended = block_on(self.services.end_sessions(&self.call, user.user.id))??;
                self.report(
                    &login,
                    &format!("已结束 {ended} 个登录"),
                    &format!("{ended} sessions ended"),
                    None,
                );
            }
        }
        Ok(Ending::Done)
    }

    fn user(&self, login: &str) -> Result<UserStanding, Failure> {
        Ok(block_on(self.services.user_by_login(&self.call, login))??)
    }

    fn org(&self, code: &str) -> Result<OrgRow, Failure> {
        let orgs = block_on(self.services.orgs(&self.call))??;
        let found = orgs.into_iter().find(|org| org.code == code);
        found.ok_or_else(|| Error::from(Refusal::NotFound { what: "org".into() }).into())
    }

    fn add(&self, ask: UserAsk, source: &PasswordSource) -> Result<(), Failure> {
        let (password, shown) = self.new_password(source)?;
        let login = ask.login.clone();
        let hash = block_on(self.services.hash_of_new_password(password, &login))??;
        block_on(self.services.open_user(&self.call, UserAsk { password_hash: Some(hash), ..ask }))??;
        self.report(
            &login,
            "已新建；请用 admin grant 授予角色",
            "added; grant a role with admin grant",
            shown,
        );
        Ok(())
    }

    fn grant(&self, login: &str, role: Role, org: &str, until: Option<Day>) -> Result<(), Failure> {
        let (user, org) = (self.user(login)?.user.id, self.org(org)?);
        let zone = block_on(self.services.store.read(self.call.actor.bank, |tables| Ok(tables.zone)))??;
        let until = until.map(|day| day.end(zone));
        block_on(self.services.grant_role(&self.call, RoleAsk { user, role, org: org.id, until }))??;
        let (chinese, english) =
            (format!("已授予 {role}，范围：{}", org.name), format!("{role} granted at {}", org.code));
        self.report(login, &chinese, &english, None);
        Ok(())
    }

    fn revoke(&self, login: &str, role: Role, org: &str) -> Result<(), Failure> {
        let held = self.user(login)?.roles;
        let held = held.into_iter().find(|held| held.role == role.as_str() && held.org_code == org);
        let held = held.ok_or_else(|| Error::from(Refusal::NotFound { what: "role".into() }))?;
        block_on(self.services.revoke_role(&self.call, held.id))??;
        self.report(login, &format!("已撤销 {role}"), &format!("{role} revoked"), None);
        Ok(())
    }

    fn suspend(&self, login: &str, suspended: bool, chinese: &str, english: &str) -> Result<(), Failure> {
        let user = self.user(login)?.user.id;
        let step = if suspended { &SUSPEND_USER } else { &RESUME_USER };
        block_on(self.services.step::<UserRow>(&self.call, step, user, Params::new()))??;
        self.report(login, chinese, english, None);
        Ok(())
    }

    fn list_users(&self, after: Option<String>) -> Result<(), Failure> {
        let users = block_on(self.services.users(&self.call, Days::default(), after, LISTED))??;
        let document: Vec<Value> = users.iter().map(user_document).collect();
        let headings = self.output.language.pick(
            ["登录名", "姓名", "状态", "角色", "登录数"],
            ["login", "name", "state", "roles", "sessions"],
        );
        self.output.print(&document, || {
            let rows = users.iter().map(|standing| {
                let roles: Vec<String> =
                    standing.roles.iter().map(|held| format!("{}@{}", held.role, held.org_code)).collect();
                let user = &standing.user;
                vec![
                    user.login.clone(),
                    user.name.clone(),
                    user.state.clone(),
                    roles.join("\n"),
                    standing.live_sessions.to_string(),
                ]
            });
            table(&headings, rows.collect())
        });
        Ok(())
    }

    fn list_orgs(&self) -> Result<(), Failure> {
        let orgs = block_on(self.services.orgs(&self.call))??;
        let document: Vec<Value> = orgs
            .iter()
            .map(|org| json!({ "id": org.id, "code": org.code, "kind": org.kind, "name": org.name, "state": org.state }))
            .collect();
        let headings =
            self.output.language.pick(["代码", "类型", "名称", "状态"], ["code", "kind", "name", "state"]);
        self.output.print(&document, || {
            let row =
                |org: &OrgRow| vec![org.code.clone(), org.kind.clone(), org.name.clone(), org.state.clone()];
            table(&headings, orgs.iter().map(row).collect())
        });
        Ok(())
    }

    /// A password, and the text to show if it was generated here.
    fn new_password(&self, source: &PasswordSource) -> Result<(Password, Option<String>), Failure> {
        if source.generate {
            let made = Password::generated().map_err(Error::from)?;
            let shown = made.expose().to_owned();
            return Ok((made, Some(shown)));
        }
        let typing = std::io::stdin().is_terminal();
        if typing {
            let _gone =
                write!(std::io::stderr(), "{}", self.output.language.pick("新口令：", "new password: "));
            echo(false);
        }
        let mut line = String::new();
        let read = std::io::stdin().lock().read_line(&mut line);
        if typing {
            echo(true);
            let _gone = writeln!(std::io::stderr());
        }
        read.map_err(|error| Failure::machine("password", error))?;
        Ok((Password::new(line.trim_end_matches(['\r', '\n'])), None))
    }

    fn report(&self, login: &str, chinese: &str, english: &str, password: Option<String>) {
        let mut document = json!({ "login": login, "done": english });
        if let (Some(password), Some(members)) = (&password, document.as_object_mut()) {
            members.insert("password".to_owned(), json!(password));
        }
        self.output.print(&document, || {
            let said =
                self.output.language.pick(format!("{login}：{chinese}。"), format!("{login}: {english}."));
            match password {
                Some(password) => {
                    let once =
                        self.output.language.pick("口令（只显示这一次）", "password (shown this once)");
                    format!("{said}\n{once}: {password}")
                }
                None => said,
            }
        });
    }
}

fn user_document(standing: &UserStanding) -> Value {
    let roles: Vec<Value> = standing
        .roles
        .iter()
        .map(|held| json!({ "role": held.role, "org": held.org_code, "until": held.until }))
        .collect();
    let user = &standing.user;
    json!({ "id": user.id, "login": user.login, "name": user.name, "state": user.state, "roles": roles,
        "sessions": standing.live_sessions })
}

/// Switches the terminal's echo; if that is not possible, typing stays visible.
fn echo(on: bool) {
    let setting = if on { "echo" } else { "-echo" };
    let _unsupported = std::process::Command::new("stty").arg(setting).status();
}
