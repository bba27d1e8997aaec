//! PostgreSQL databases that cannot be used: each stays untouched, with one sentence and an exit code other than 0.

use crate::support::cli::jianxian;
use crate::support::cluster::Cluster;
use crate::support::database::TestDatabase;
use crate::support::web::{Ask, send};

/// The output of a verb on a database that it cannot use.
fn refused(database: &TestDatabase, verb: &[&str]) -> String {
    let (code, said, complaint) = jianxian(&[verb, &["--lang", "en"], &database.place()[..]].concat());
    assert_ne!(code, 0, "{verb:?}: {said}{complaint}");
    assert_eq!(complaint.trim_end().lines().count(), 1, "{complaint}");
    assert!([":secret", "secret%zz", "secret@"].iter().all(|part| !complaint.contains(part)), "{complaint}");
    complaint
}

const SERVE: &[&str] = &["serve", "--port", "0"];

#[test]
fn a_server_that_does_not_keep_what_it_is_told_is_refused() {
    let cluster = Cluster::start();
    for setting in ["fsync", "full_page_writes", "synchronous_commit"] {
        let database = TestDatabase::at(cluster.new_schema().1);
        cluster.set(&format!("{setting} = off\n"));
        cluster.crash();
        cluster.start_again();
        let complaint = refused(&database, SERVE);
        assert!(complaint.contains(&format!("{setting} = off")), "{complaint}");
        cluster.set(&format!("{setting} = on\n"));
        cluster.crash();
        cluster.start_again();
        assert!(
            database.raw().cells("SELECT 'x' AS value FROM pg_tables WHERE tablename = 'banks'").is_empty()
        );
    }
    // Nor one that loses only what this role writes.
    let database = TestDatabase::at(cluster.new_schema().1);
    cluster.run_sql("ALTER ROLE jianxian SET synchronous_commit = off");
    let complaint = refused(&database, SERVE);
    assert!(complaint.contains("synchronous_commit = off"), "{complaint}");
}

#[test]
fn a_schema_of_another_program_is_left_alone() {
    let database = TestDatabase::empty();
    database.run_sql("CREATE TABLE recipes (id BIGINT PRIMARY KEY); INSERT INTO recipes VALUES (7)");
    for verb in [SERVE, &["migrate"], &["verify"], &["demo", "--port", "0"]] {
        let complaint = refused(&database, verb);
        assert!(complaint.contains("is not a jianxian database"), "{complaint}");
    }
    let count = "SELECT CAST(count(*) AS TEXT) AS value FROM pg_tables WHERE schemaname = current_schema()";
    assert_eq!(database.raw().cells(count), [Some("1".to_owned())]);
}

#[test]
fn a_database_of_another_version_is_told() {
    let database = TestDatabase::empty();
    assert!(refused(&database, &["verify"]).contains("there is no database"));
    assert_eq!(jianxian(&[&["migrate"], &database.place()[..]].concat()).0, 0);
    database.run_sql("INSERT INTO __diesel_schema_migrations (version) VALUES ('9999')");
    for verb in [SERVE, &["migrate"], &["verify"]] {
        let complaint = refused(&database, verb);
        assert!(complaint.contains("newer version (migration 9999)"), "{complaint}");
    }
    database.run_sql("DELETE FROM __diesel_schema_migrations WHERE version IN ('9999', '0002')");
    let complaint = refused(&database, &["verify"]);
    assert!(complaint.contains("older version"), "{complaint}");
}

#[test]
fn a_server_that_lets_nobody_in_is_told_without_the_password() {
    let cluster = Cluster::start();
    let url = |user: &str, port: u16, name: &str| {
        TestDatabase::at(format!("postgres://{user}@127.0.0.1:{port}/{name}"))
    };
    let port = cluster.port();
    refused(&url("jianxian:secret", 1, "postgres"), SERVE);
    refused(&url("nobody:secret", port, "postgres"), SERVE);
    refused(&url("jianxian:secret", port, "no_such_database"), SERVE);
    refused(&url("jianxian:secret%zz", port, "postgres"), SERVE);
    refused(&TestDatabase::at(format!("postgress://jianxian:secret@127.0.0.1:{port}/x")), SERVE);
    // Schema public belongs to others: tables cannot be created there.
    refused(&url("jianxian:secret", port, "postgres"), SERVE);
    cluster.run_sql("CREATE DATABASE latin ENCODING 'LATIN1' TEMPLATE template0 OWNER jianxian");
    let complaint = refused(&url("jianxian:secret", port, "latin"), SERVE);
    assert!(complaint.contains("LATIN1"), "{complaint}");
}

#[test]
fn two_servers_that_make_the_bank_at_once_are_one_bank() {
    let database = TestDatabase::empty();
    let both = std::thread::scope(|scope| {
        let one = scope.spawn(|| crate::support::load::serve(&database));
        let other = scope.spawn(|| crate::support::load::serve(&database));
        [one.join().unwrap(), other.join().unwrap()]
    });
    let banks = "SELECT CAST(count(*) AS TEXT) AS value FROM banks";
    assert_eq!(database.raw().cells(banks), [Some("1".to_owned())]);
    for served in both {
        let ready = send(served.address, &Ask::get("/readyz").role(None));
        assert_eq!(ready.status, 200, "{ready:?}");
        served.stop();
    }
}

#[test]
fn servers_with_keys_of_their_own_do_not_share_a_bank() {
    let first = TestDatabase::new();
    let served = crate::support::load::serve(&first);
    let elsewhere = TestDatabase::at(first.url().to_owned());
    let complaint = refused(&elsewhere, SERVE);
    assert!(complaint.contains("secret.key"), "{complaint}");
    served.stop();
}
