//! The sample bank as a user tries it: made twice from one seed, described in the README, verified.

use crate::support::cli::jianxian;
use crate::support::database::TestDatabase;
use crate::support::recount::{Lists, told};
use crate::support::served::Served;
use crate::support::web::{Ask, send};
use serde_json::{Value, json};
use std::net::SocketAddr;
use std::process::Command;

/// The lines of the README's story.
fn story() -> String {
    let readme = include_str!("../../../README.md");
    let (_, after) = readme.split_once("```sh\n").unwrap();
    after.split_once("```").unwrap().0.to_owned()
}

/// The five counts, hours and points of the whole bank, month by month, and of what lies below it.
fn the_figures_are_those_of_a_recount(address: SocketAddr) {
    let body = json!({ "login": "auditor", "password": "try the sample bank" });
    let token = send(address, &Ask::post("/v1/auth/token", body).role(None)).ok(200);
    let bearer = format!("Bearer {}", token["access_token"].as_str().unwrap());
    let get = |path: &str| send(address, &Ask::get(path).role(None).header("Authorization", &bearer)).ok(200);
    let lists = Lists::read(&get);
    let months = get("/v1/stats?by=month");
    for row in months["parts"].as_array().unwrap().iter().chain([&months["whole"]]) {
        let (from, until) = (row["first_day"].as_str().unwrap(), row["last_day"].as_str().unwrap());
        let mut counted = lists.figures(&[], from, until);
        // The lists do not say since when a file or shop is there: they are counted as of today.
        if until != months["as_of"] {
            for kind in ["shops", "party_members", "other_residents", "households"] {
                counted[kind] = row[kind].clone();
            }
        }
        assert_eq!(told(row), counted, "{from} {until}");
    }
    assert!(months["whole"]["served"].as_i64() > Some(1_000), "{months}");
    // What the totals of days say of the bank is what the postings say of all its places.
    let places: Value = get("/v1/stats?by=org");
    for name in ["participations", "redemptions", "service_minutes"] {
        let sum: i64 =
            places["parts"].as_array().unwrap().iter().map(|row| row[name].as_i64().unwrap()).sum();
        assert_eq!(json!(sum), months["whole"][name], "{name}");
    }
}

/// Two runs have printed one head, that of a year's life.
fn are_the_same(heads: &[String; 2]) {
    assert_eq!(heads[0], heads[1]);
    let words: Vec<&str> = heads[0].split(' ').collect();
    assert!(matches!(words[..], ["head", "jianxian", _, hash] if hash.len() == 64), "{heads:?}");
    assert!(words[2].parse::<u32>().unwrap() >= 20_000, "{heads:?}");
}

/// Copies a sample bank to the folder `JIANXIAN_SAMPLE`, if that is set: the tests in a browser visit it, and need not make
/// their own.
fn leave_for_the_browser(bank: &TestDatabase) {
    let Some(folder) = std::env::var_os("JIANXIAN_SAMPLE") else { return };
    let copied = Command::new("cp").arg("-r").arg(bank.folder()).arg(folder).status().unwrap();
    assert!(copied.success());
}

#[test]
fn the_sample_bank_repeats_verifies_and_lives_through_the_story_of_the_readme() {
    // The kind of database does not affect the chain.
    let [one, other] = [TestDatabase::new(), TestDatabase::sqlite()];
    // No periodic jobs while the two are compared.
    let quiet = [
        ("JIANXIAN_TIMES_JOBS_SECONDS", "3600"),
        ("JIANXIAN_LOG_LEVEL", "error"),
        ("JIANXIAN_LIMITS_ADDRESS_PER_SECOND", "0"),
    ];
    let (mut made, mut again) = std::thread::scope(|scope| {
        let making = scope.spawn(|| Served::run(&["demo"], &other, &quiet));
        (Served::run(&["demo"], &one, &quiet), making.join().unwrap())
    });
    are_the_same(&[made.printed_head(), again.printed_head()]);
    again.stop();
    leave_for_the_browser(&other);
    let story = Command::new("bash")
        .args(["-euo", "pipefail", "-c", &story()])
        .env("BANK", format!("http://{}", made.address))
        .output()
        .unwrap();
    let output = String::from_utf8(story.stdout).unwrap();
    assert!(story.status.success(), "{output}\n{}", String::from_utf8_lossy(&story.stderr));
    println!("{output}");
    let steps: Vec<&str> = output.lines().collect();
    assert!(steps[0].contains("建议被采纳") && steps[0].contains("实发 3 分"), "{output}");
    assert!(steps[1].contains("\"enough\":true") && !steps[1].contains("balance"), "{output}");
    assert!(steps[2].contains("\"state\":\"captured\""), "{output}");
    assert!(
        steps[3].contains("\"amount\":\"-4.00\"") && steps[3].contains("\"amount\":\"3.00\""),
        "{output}"
    );
    assert_eq!(steps[4], "paid");
    assert!(steps[5].contains("\"finding\":null"), "{output}");
    the_figures_are_those_of_a_recount(made.address);
    made.stop();
    let (code, _, complaint) = jianxian(&[&["verify"], &one.place()[..]].concat());
    assert_eq!(code, 0, "{complaint}");
}
