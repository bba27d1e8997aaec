//! Sign-in without a server: the services of one process on one database, with a manual clock.

use crate::support::database::TestDatabase;
use jianxian::auth::authority::{Authority, BearerFault};
use jianxian::auth::passwords::Password;
use jianxian::auth::permissions::Actor;
use jianxian::auth::secrets::Secrets;
use jianxian::auth::tokens::TokenFault;
use jianxian::clock::Clock;
use jianxian::config::SignInConfig;
use jianxian::domain::id::BankId;
use jianxian::domain::refusal::Refusal;
use jianxian::domain::time::Moment;
use jianxian::ids::Ids;
use jianxian::services::access::founding::FoundingAsk;
use jianxian::services::access::sign_in::{Origin, SignInAsk, SignedIn};
use jianxian::services::{Call, Error, Services};
use jianxian::store::{Options, Store, banks::Bank};
use std::sync::Arc;

pub const BANK: BankId = BankId(1);
pub const START: Moment = Moment::from_micros(1_780_000_000_000_000);
pub const PASSWORD: &str = "three ferries at noon";

/// One process on one database, which outlives it, as the keys do.
pub struct Desk {
    pub services: Services,
    pub database: TestDatabase,
    pub secrets: Secrets,
}

pub fn bank(number: i64) -> Bank {
    let slug = format!("bank-{number}");
    Bank { id: BankId(number), slug, name: "试".into(), zone: "Asia/Shanghai".into(), sample: true }
}

pub fn config() -> SignInConfig {
    SignInConfig { argon2_memory_kib: 8, argon2_passes: 1, ..SignInConfig::default() }
}

pub fn services(database: &TestDatabase, secrets: &Secrets, config: &SignInConfig, now: Moment) -> Services {
    Services::new(
        Store::open(database.url(), &Options::default(), Clock::manual(now)).unwrap(),
        Ids::System,
        Authority::new(secrets.clone(), config).unwrap(),
    )
}

impl Desk {
    pub fn new(config: &SignInConfig) -> Self {
        let database = TestDatabase::new();
        let secrets = Secrets::ephemeral().unwrap();
        let services = services(&database, &secrets, config, START);
        services.store.create_bank(&bank(1)).unwrap();
        Desk { services, database, secrets }
    }

    /// With a first administrator, `guanliyuan`, and their session.
    pub async fn founded(config: &SignInConfig) -> (Self, SignedIn) {
        let desk = Desk::new(config);
        let token = desk.services.first_token(BANK).await.unwrap().unwrap();
        let signed_in = desk.services.found_bank(founding(&token)).await.unwrap();
        (desk, signed_in)
    }

    /// The same database in a new process.
    pub fn restarted(self, config: &SignInConfig) -> Self {
        let now = self.services.store.clock().now();
        self.services.store.stop().unwrap();
        let services = services(&self.database, &self.secrets, config, now);
        Desk { services, ..self }
    }

    pub async fn sign_in(&self, ask: SignInAsk) -> Result<SignedIn, Refusal> {
        refused(self.services.sign_in(ask).await)
    }

    pub async fn actor(&self, token: &str) -> Result<Arc<Actor>, TokenFault> {
        self.services.actor(token).await.map_err(|fault| match fault {
            BearerFault::Token(fault) => fault,
            BearerFault::Store(error) => panic!("{error}"),
        })
    }

    pub async fn call(&self, signed_in: &SignedIn) -> Call {
        Call::of((*self.actor(&signed_in.access_token).await.unwrap()).clone())
    }

    pub fn later(&self, seconds: i64) {
        self.services.store.clock().advance_seconds(seconds);
    }
}

pub fn refused<T>(answer: Result<T, Error>) -> Result<T, Refusal> {
    answer.map_err(|error| match error {
        Error::Refused(refusal) => refusal,
        other => panic!("{other}"),
    })
}

pub fn founding(token: &str) -> FoundingAsk {
    FoundingAsk {
        bank: None,
        bank_name: None,
        token: token.into(),
        org_kind: "district".into(),
        org_code: "410305".into(),
        org_name: "示例区".into(),
        org_telephone: None,
        org_opening_hours: None,
        login: "guanliyuan".into(),
        name: "示例甲".into(),
        password: Password::new(PASSWORD),
        origin: Origin::default(),
    }
}

/// The default origin of users.
pub fn home() -> Origin {
    Origin { address: Some("192.0.2.7".parse().unwrap()), ..Origin::default() }
}

pub fn ask(login: &str, password: &str) -> SignInAsk {
    SignInAsk::by_password(login, Password::new(password), home())
}
