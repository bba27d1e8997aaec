//! The measured bank: set up through the same use cases as any other, in a folder of the bench.

use super::generator::records::Records;
use super::generator::{self, SeedData};
use super::home::Database;
use super::subject::Accounts;
use super::town::TOWN_CONNECTIONS;
use chrono_tz::Tz;
use futures_util::future::try_join_all;
use jianxian::auth::Authority;
use jianxian::auth::authority::{BearerFault, secrets_of};
use jianxian::auth::passwords::Password;
use jianxian::auth::permissions::Role;
use jianxian::cli::ending::Failure;
use jianxian::clock::Clock;
use jianxian::config::Config;
use jianxian::domain::id::{BankId, Id};
use jianxian::domain::ledger::account::{AccountTerms, OwnerKind, Purpose};
use jianxian::domain::ledger::asset::Asset;
use jianxian::domain::ledger::entry::EntryKind;
use jianxian::domain::life_cycles::{APPROVE_SCHEME, PUBLISH_ACTIVITY};
use jianxian::domain::refusal::Refusal;
use jianxian::domain::settlement::payable::RateFen;
use jianxian::domain::settlement::statement::SettlementModel;
use jianxian::ids::Ids;
use jianxian::ledger::{Command, Op};
use jianxian::services::access::founding::FoundingAsk;
use jianxian::services::access::roles::{RoleAsk, UserAsk};
use jianxian::services::access::sign_in::{Origin, SignInAsk};
use jianxian::services::people::counter::MemberAsk;
use jianxian::services::points::schemes::SchemeVersionRow;
use jianxian::services::service::activities::ActivityAsk;
use jianxian::services::service::activities::ActivityRow;
use jianxian::services::shops::merchants::{MerchantAsk, OfferAsk};
use jianxian::services::step::Params;
use jianxian::services::{Call, Error, Services};
use jianxian::store::banks::Bank;
use jianxian::store::{Options, Store, Upgrade};
use std::sync::Arc;

const BANK: BankId = BankId(1);
pub const ZONE: Tz = chrono_tz::Asia::Shanghai;
/// Low enough for any run: the check runs, and does not refuse.
const DEEP_MINIMUM: i64 = -1_000_000_000_000_000;
/// Written at once: less than a queue holds.
const AT_A_TIME: usize = 1_000;
/// Pieces that one entry restocks, and how often.
const PIECES: i64 = 1_000_000_000;
/// Settings of the measured server: rate limits off, and cheap password hashes, because their cost is intended and
/// says nothing about the bank; the rest default.
const SETTINGS: &str = "[http]\nport = 0\n[limits]\naddress_per_second = 0\naccount_per_second = 0\nmember_redemptions_per_minute = 0\n\
    shop_redemptions_per_minute = 0\n\
    sign_in_per_minute = 0\n\
    [sign_in]\naccess_seconds = 86400\nargon2_memory_kib = 8\nargon2_passes = 1\n";
/// A scheme with everything that costs time: two caps in points, a cap in times, an expiry, lifetime points, stars.
const SCHEME: &str = r#"
code = "bench"
version = "1"
name = "测量用的办法"
valid_from = 2020-01-01
lifetime = true
expiry = { end_of_year_after = 1 }

[hours]
points_per_hour = 2

[[caps]]
code = "day"
name = "每日"
points = 1000000000
over = "day"

[[caps]]
code = "month"
name = "每月"
points = 1000000000
over = "month"

[[items]]
code = "shift"
name = "值一班"
points = 2
unit = "班"
at_most = { times = 1000000, per = "year" }

[stars]
window = "lifetime"

[[stars.steps]]
star = 1
points = 100

[[stars.steps]]
star = 2
points = 1000
"#;

/// The measured bank: its place, tokens, accounts and members.
pub struct Ground {
    pub database: Database,
    /// Access tokens: of the ledger operator, and of a member of staff.
    pub operator: String,
    pub operator_id: Id,
    pub staff: String,
    /// Accounts without lots, as the baselines have them.
    pub accounts: Accounts,
    pub members: Arc<[Id]>,
    /// The uppermost organisation.
    pub org: Id,
    pub scheme: Id,
    pub merchant: Id,
    pub offers: [Id; 2],
    pub town: Town,
}

/// The people of the mixed load.
pub struct Town {
    pub people: Vec<Person>,
    /// The access token of the shop's clerk.
    pub clerk: String,
    /// A standing post that is open now.
    pub post: Id,
}

/// A volunteer with a login.
pub struct Person {
    pub member: Id,
    pub login: String,
    pub password: &'static str,
    /// An access token.
    pub token: String,
}

/// The password of all users; the bank is removed at the end.
const PASSWORD: &str = "three ferries at noon";

/// The item of [`SCHEME`].
pub const ITEM: &str = "shift";

impl Ground {
    /// Creates the bank, with `count` accounts and `members` members.
    pub fn prepare(database: Database, count: u32, members: u32) -> Result<Self, Failure> {
        let settings = database.folder.join("jianxian.toml");
        std::fs::write(&settings, SETTINGS).map_err(|e| Failure::file(&settings, &e))?;
        let (store, services) = open(&database)?;
        let bank = Bank {
            id: BANK,
            slug: "bench".into(),
            name: "测量".into(),
            zone: ZONE.name().into(),
            sample: true,
        };
        store.create_bank(&bank)?;
        let ground = block_on(set_up(&services, database, count, members))?.map_err(Failure::from);
        store.stop()?;
        ground
    }

    /// Appends bare transfers to the ledger, while no server runs, until it has `entries`; returns their number and
    /// the time.
    pub fn grow(&self, entries: u64) -> Result<(u64, std::time::Duration), Failure> {
        let started = std::time::Instant::now();
        let (store, services) = open(&self.database)?;
        drop(services);
        let head = block_on(store.read(BANK, |tables| tables.head()))?;
        store.stop()?;
        drop(store);
        let head = head.map_err(Failure::from)?;
        let seed = SeedData {
            bank: BANK,
            zone: ZONE,
            actor: self.operator_id,
            issuing: self.accounts.issuing,
            held: self.accounts.held.clone(),
            entries: entries.saturating_sub(u64::try_from(head.number).unwrap_or(0)),
            random: 10,
            head,
        };
        generator::write(&self.database.url, &seed)?;
        Ok((seed.entries, started.elapsed()))
    }

    /// Writes final service records of a year, while no server runs; see [`Ground::forget_records`].
    pub fn add_records(&self, count: u32) -> Result<(), Failure> {
        let records = self.records(count);
        generator::records::run(&self.database.url, |dialect| records.insert(dialect))?;
        Ok(())
    }

    /// Removes the rows of [`Ground::add_records`], which the ledger does not know.
    pub fn forget_records(&self) -> Result<(), Failure> {
        let records = self.records(0);
        generator::records::run(&self.database.url, |_| records.remove())?;
        Ok(())
    }

    fn records(&self, count: u32) -> Records {
        Records {
            bank: BANK,
            org: self.org,
            actor: self.operator_id,
            scheme: self.scheme,
            certified: (self.members.first().copied().unwrap_or_default(), self.town.post),
            until: Clock::System.now(),
            count,
            members: self.members.len(),
        }
    }

    /// Opens the bank after the server has ended and verifies it; returns the number of entries and the time.
    pub fn verify(&self) -> Result<(i64, std::time::Duration), Failure> {
        let (store, _) = open(&self.database)?;
        let started = std::time::Instant::now();
        let verified = block_on(store.verify(BANK))?.map_err(Failure::from);
        let took = started.elapsed();
        store.stop()?;
        let verified = verified?;
        match verified.finding {
            None => Ok((verified.entries, took)),
            Some(finding) => {
                let what = format!("{}: {}", finding.place, finding.fault);
                Err(Failure::machine("verify found a fault", what))
            }
        }
    }
}

fn open(database: &Database) -> Result<(Store, Services), Failure> {
    let mut config = Config::default();
    config.sign_in.access_seconds = 86_400;
    (config.sign_in.argon2_memory_kib, config.sign_in.argon2_passes) = (8, 1);
    let options = Options { upgrade: Upgrade::Yes, serves: true, ..Options::default() };
    let store = Store::open(&database.url, &options, Clock::System)?;
    let failed = |error: &dyn std::fmt::Display| Failure::machine("keys", error);
    let secrets = block_on(secrets_of(&store, &database.folder))?.map_err(|error| failed(&error))?;
    let authority = Authority::new(secrets, &config.sign_in).map_err(|error| failed(&error))?;
    let services = Services::new(store.clone(), Ids::System, authority);
    Ok((store, services))
}

fn block_on<T>(work: impl Future<Output = T>) -> Result<T, Failure> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    Ok(runtime.map_err(|error| Failure::machine("runtime", error))?.block_on(work))
}

async fn set_up(services: &Services, database: Database, count: u32, members: u32) -> Result<Ground, Error> {
    let admin = found(services).await?;
    let root = admin.actor.grants.first().map(|grant| grant.org).ok_or(Refusal::FirstTokenInvalid)?;
    let operator = user(services, &admin, "operator", Role::LedgerOperator, root).await?;
    let staff = user(services, &admin, "staff", Role::Staff, root).await?;
    let reviewer = user(services, &admin, "reviewer", Role::Reviewer, root).await?;
    let version = services.draft_scheme(&admin, SCHEME.to_owned()).await?;
    services.step::<SchemeVersionRow>(&reviewer.call, &APPROVE_SCHEME, version.id, Params::new()).await?;
    let (merchant, offers) = shop(services, &admin, root).await?;
    let members = people(services, &staff.call, root, members).await?;
    let town = Town {
        people: volunteers(services, &admin, root, &members).await?,
        clerk: clerk(services, &admin, merchant, root).await?,
        post: post(services, &staff.call, root, version.scheme_id).await?,
    };
    Ok(Ground {
        accounts: accounts(services, operator.call.actor.user, count).await?,
        members,
        town,
        database,
        operator_id: operator.call.actor.user,
        operator: operator.token,
        staff: staff.token,
        org: root,
        scheme: version.scheme_id,
        merchant,
        offers,
    })
}

async fn found(services: &Services) -> Result<Call, Error> {
    let token = services.first_token(BANK).await?.unwrap_or_default();
    let ask = FoundingAsk {
        bank: None,
        bank_name: None,
        token,
        org_kind: "district".into(),
        org_code: "B".into(),
        org_name: "测量区".into(),
        org_telephone: None,
        org_opening_hours: None,
        login: "admin".into(),
        name: "管理员".into(),
        password: Password::generated()?,
        origin: Origin::default(),
    };
    let signed_in = services.found_bank(ask).await?;
    call(services, &signed_in.access_token).await
}

async fn call(services: &Services, token: &str) -> Result<Call, Error> {
    match services.actor(token).await {
        Ok(actor) => Ok(Call::of(actor.as_ref().clone())),
        Err(BearerFault::Store(error)) => Err(error),
        Err(BearerFault::Token(fault)) => Err(Error::Fault(format!("{fault:?}"))),
    }
}

/// A user who has signed in.
struct User {
    call: Call,
    token: String,
}

async fn user(services: &Services, admin: &Call, login: &str, role: Role, org: Id) -> Result<User, Error> {
    let password = Password::generated()?;
    let hash = services.hash_of_new_password(password.clone(), login).await?;
    let ask = UserAsk {
        login: login.into(),
        name: login.into(),
        password_hash: Some(hash),
        home: Some(org),
        ..UserAsk::default()
    };
    let user = services.open_user(admin, ask).await?;
    services.grant_role(admin, RoleAsk { user, role, org, until: None }).await?;
    let ask = SignInAsk::by_password(login, password, Origin::default());
    let token = services.sign_in(ask).await?.access_token;
    Ok(User { call: call(services, &token).await?, token })
}

/// The first members, as many as the connections of the mixed load, with logins of their own.
async fn volunteers(
    services: &Services,
    admin: &Call,
    org: Id,
    members: &[Id],
) -> Result<Vec<Person>, Error> {
    let hash = services.hash_of_new_password(Password::new(PASSWORD), "v").await?;
    let mut people = Vec::new();
    for (n, member) in members.iter().take(TOWN_CONNECTIONS).enumerate() {
        let login = format!("volunteer{n}");
        let ask = UserAsk {
            login: login.clone(),
            name: login.clone(),
            password_hash: Some(hash.clone()),
            member: Some(*member),
            ..UserAsk::default()
        };
        let user = services.open_user(admin, ask).await?;
        services.grant_role(admin, RoleAsk { user, role: Role::Volunteer, org, until: None }).await?;
        let token = token(services, &login).await?;
        people.push(Person { member: *member, login, password: PASSWORD, token });
    }
    Ok(people)
}

async fn token(services: &Services, login: &str) -> Result<String, Error> {
    let ask = SignInAsk::by_password(login, Password::new(PASSWORD), Origin::default());
    Ok(services.sign_in(ask).await?.access_token)
}

async fn clerk(services: &Services, admin: &Call, merchant: Id, org: Id) -> Result<String, Error> {
    let ask = UserAsk {
        login: "clerk".into(),
        name: "店员".into(),
        password_hash: Some(services.hash_of_new_password(Password::new(PASSWORD), "clerk").await?),
        merchant: Some(merchant),
        ..UserAsk::default()
    };
    let user = services.open_user(admin, ask).await?;
    services.grant_role(admin, RoleAsk { user, role: Role::MerchantClerk, org, until: None }).await?;
    token(services, "clerk").await
}

async fn post(services: &Services, staff: &Call, org: Id, scheme: Id) -> Result<Id, Error> {
    let now = services.store.clock().now();
    let ask = ActivityAsk {
        org,
        standing: true,
        title: "邻里守望岗".into(),
        content: "守望".into(),
        place: "测量区".into(),
        category: None,
        level: None,
        scheme,
        starts_at: now.plus_seconds(-86_400),
        ends_at: now.plus_seconds(30 * 86_400),
        seats: None,
        risk: None,
        insurance: None,
        policy_number: None,
        skills: Vec::new(),
        spot: None,
    };
    let post = services.draft_activity(staff, ask).await?;
    services.step::<ActivityRow>(staff, &PUBLISH_ACTIVITY, post, Params::new()).await?;
    Ok(post)
}

/// The issuing account and the others, all without lots, in one commit.
async fn accounts(services: &Services, actor: Id, count: u32) -> Result<Accounts, Error> {
    let terms = |name: String| {
        let owner = Id::SYSTEM.derive(&name);
        let terms = AccountTerms::usual(OwnerKind::Organisation, owner, Asset::Point, Purpose::Main);
        AccountTerms { floor: Some(DEEP_MINIMUM), ..terms }
    };
    let issuing = terms("bench/issuing".into());
    let held: Vec<_> = (0..count).map(|n| terms(format!("bench/held/{n}"))).collect();
    let ids = Accounts { issuing: issuing.id, held: held.iter().map(|terms| terms.id).collect() };
    let all = std::iter::once(issuing).chain(held);
    let commands =
        all.map(|terms| Command::new(actor, EntryKind::AccountOpened, Op::Open).open([terms])).collect();
    services.store.submit_rows(BANK, commands, true).await?;
    Ok(ids)
}

async fn shop(services: &Services, admin: &Call, org: Id) -> Result<(Id, [Id; 2]), Error> {
    let ask = MerchantAsk {
        name: "测量店".into(),
        org,
        owner_member: None,
        model: SettlementModel::CommunityFund,
        rate: RateFen::parse("50").ok(),
        two_above_fen: None,
    };
    let merchant = services.open_merchant(admin, ask).await?;
    // Only an owner may restock, not an administrator.
    let password = Password::generated()?;
    let hash = services.hash_of_new_password(password.clone(), "owner").await?;
    let ask = UserAsk {
        login: "owner".into(),
        name: "店主".into(),
        password_hash: Some(hash),
        merchant: Some(merchant),
        ..UserAsk::default()
    };
    let owner = services.open_user(admin, ask).await?;
    services.grant_role(admin, RoleAsk { user: owner, role: Role::MerchantOwner, org, until: None }).await?;
    let ask = SignInAsk::by_password("owner", password, Origin::default());
    let owner = call(services, &services.sign_in(ask).await?.access_token).await?;
    let mut offers = [Id::SYSTEM; 2];
    for (offer, name) in offers.iter_mut().zip(["洗衣粉", "毛巾"]) {
        let ask = OfferAsk {
            merchant,
            name: name.into(),
            unit_points: 100,
            unit_cash_fen: 0,
            stocked: true,
            member_limit: None,
            limit_window: None,
            required_minutes: 0,
        };
        *offer = services.open_offer(&owner, ask).await?;
        services.move_stock(&owner, *offer, PIECES, false, None).await?;
    }
    Ok((merchant, offers))
}

async fn people(services: &Services, staff: &Call, org: Id, count: u32) -> Result<Arc<[Id]>, Error> {
    let mut ids = Vec::new();
    let numbers: Vec<u32> = (0..count).collect();
    for some in numbers.chunks(AT_A_TIME) {
        let opened = some.iter().map(|n| {
            let ask = MemberAsk {
                name: format!("测量{n}"),
                number: Some(format!("B{n:07}")),
                org,
                ..MemberAsk::default()
            };
            services.open_member(staff, ask)
        });
        ids.extend(try_join_all(opened).await?.into_iter().map(|row| row.id));
    }
    Ok(ids.into())
}
