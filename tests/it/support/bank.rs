//! A bank as the program opens it: the system clock, and the key in its folder.

use crate::support::database::TestDatabase;
use crate::support::sign_in::{BANK, bank, config, founding};
use jianxian::auth::Authority;
use jianxian::auth::authority::secrets_of;
use jianxian::clock::Clock;
use jianxian::ids::Ids;
use jianxian::services::Services;
use jianxian::store::{Options, Store};

/// A bank with its first administrator, whose session is open.
pub fn set_up(database: &TestDatabase) {
    let services = services(database);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let token = services.first_token(BANK).await.unwrap().unwrap();
        services.found_bank(founding(&token)).await.unwrap();
    });
    services.store.stop().unwrap();
}

pub fn services(database: &TestDatabase) -> Services {
    let store = Store::open(database.url(), &Options::default(), Clock::System).unwrap();
    if store_is_empty(&store) {
        store.create_bank(&bank(1)).unwrap();
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let secrets = runtime.block_on(secrets_of(&store, database.folder())).unwrap();
    let authority = Authority::new(secrets, &config()).unwrap();
    Services::new(store, Ids::System, authority)
}

fn store_is_empty(store: &Store) -> bool {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(store.banks()).unwrap().is_empty()
}
