//! Lists are ordered by bytes and complete, page by page, whatever collation the database has.

use crate::support::town::Town;
use serde_json::json;

/// PostgreSQL sorts by the collation of a database; SQLite by bytes.
#[cfg(feature = "postgres")]
fn with_a_language<T>(run: impl FnOnce() -> T) -> T {
    use crate::support::cluster::Cluster;
    let cluster = Cluster::start_with(&["--locale-provider=icu", "--icu-locale=zh-Hans-CN"], &[]);
    // By bytes these two are in the opposite order.
    cluster.run_sql("DO $$ BEGIN ASSERT 'a_b' < 'a-b', 'sorted by bytes'; END $$");
    crate::support::database::during(cluster.new_schema().1, run)
}

#[cfg(not(feature = "postgres"))]
fn with_a_language<T>(run: impl FnOnce() -> T) -> T {
    run()
}

#[test]
fn users_are_listed_by_the_bytes_of_their_logins() {
    with_a_language(|| {
        let town = Town::new();
        for login in ["zzz", "a_b", "abb", "a.b", "a-b", "10x", "ab.", "aba"] {
            town.open_user(login, json!({}), "staff", "community");
        }
        let (mut logins, mut path) = (Vec::new(), "/v1/users?limit=2".to_owned());
        loop {
            let page = town.as_role("administrator").get(&path).ok(200);
            let rows = page["items"].as_array().unwrap().clone();
            logins.extend(rows.iter().map(|row| row["login"].as_str().unwrap().to_owned()));
            match page["next"].as_str() {
                Some(next) => path = format!("/v1/users?limit=2&cursor={next}"),
                None => break,
            }
        }
        let mut sorted = logins.clone();
        sorted.sort();
        sorted.dedup();
        assert_eq!(logins, sorted);
        assert!(logins.len() > 20, "{logins:?}");
        town.verify_and_stop();
    });
}
