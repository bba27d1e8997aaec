//! Entry points of the bank: trusted proxies, permissions of its files, keyed hashes, key rotation.

use crate::support::cli::jianxian;
use crate::support::database::TestDatabase;
use crate::support::served::Served;
use crate::support::town::Town;
use crate::support::web::{Ask, BANK, send};
use jianxian::auth::rotation::{RotateError, Rotated, Until, rotate};
use jianxian::auth::secrets::{FILE, Searched, Secrets, token_hash};
use jianxian::clock::Clock;
use jianxian::store::Database;
use serde_json::Value;
use serde_json::json;
use std::path::Path;

#[test]
fn figures_are_shown_by_the_clients_address_over_all_lines_of_listed_proxies() {
    let database = TestDatabase::new();
    let settings = [
        ("JIANXIAN_HTTP_PROXIES", "127.0.0.1, ::ffff:10.0.0.0/104"),
        ("JIANXIAN_HTTP_METRICS_READERS", "192.0.2.0/24"),
    ];
    let served = Served::run(&["serve"], &database, &settings);
    let status = |lines: &[&str]| {
        let ask = Ask::get("/metrics").role(None);
        let ask = lines.iter().fold(ask, |ask, line| ask.header("X-Forwarded-For", line));
        send(served.address, &ask).status
    };
    assert_eq!(status(&[]), 404, "the proxy itself is no reader");
    assert_eq!(status(&["192.0.2.1"]), 200);
    assert_eq!(status(&["::ffff:192.0.2.1"]), 200);
    assert_eq!(status(&["198.51.100.1", "192.0.2.1, 10.0.0.2"]), 200, "two lines are one list");
    assert_eq!(status(&["192.0.2.1", "198.51.100.1"]), 404, "what a client puts in front is not believed");
    assert_eq!(status(&["192.0.2.1, 198.51.100.1", "10.0.0.2"]), 404);
    assert_eq!(status(&["192.0.2.1, unknown"]), 404);
    served.stop();
}

#[test]
fn addresses_that_are_none_stop_the_start_with_a_sentence() {
    let database = TestDatabase::new();
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_jianxian"));
    command.args(["serve", "--port", "0"]).args(database.place());
    let ended = command.env("JIANXIAN_HTTP_PROXIES", "10.0.0.1/40").output().unwrap();
    let said = String::from_utf8(ended.stderr).unwrap();
    assert!(!ended.status.success());
    assert!(said.contains("设置 http.proxies 里的“10.0.0.1/40”不能用"), "{said}");
}

#[test]
fn the_digits_of_a_code_are_looked_up_by_keyed_hash_only() {
    let town = Town::new();
    let shown = town.as_role("volunteer").post("/v1/codes", json!({})).ok(201);
    let digits = shown["digits"].as_str().unwrap().to_owned();
    let keyed = town.web.services.authority.secrets.search_hash(Searched::RedemptionCode, BANK, &digits);
    let found = |hash: Vec<u8>| {
        let read = town.web.store.read(BANK, move |tables| tables.code_by_hash(&hash, true));
        town.runtime.block_on(read).unwrap().is_some()
    };
    assert!(found(keyed.to_vec()));
    assert!(!found(token_hash(&digits).to_vec()), "a plain hash of eight digits tells them to every reader");
    let claim = town.as_role("merchant_clerk").post("/v1/codes/claim", json!({ "code": digits }));
    assert_eq!(claim.ok(200)["surname"], "林");
    town.verify_and_stop();
}

#[cfg(unix)]
#[test]
fn files_of_the_database_and_of_backups_are_open_to_their_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
    let run = |arguments: &str| {
        let script = format!("umask 000; exec \"$0\" {arguments} --data \"$1\"");
        let mut command = std::process::Command::new("bash");
        command.args(["-c", &script, env!("CARGO_BIN_EXE_jianxian")]).arg(folder.path());
        command
    };
    let mut serve = run("--lang en serve --port 0");
    let served = Served::by(&mut serve);
    for name in ["jianxian.db", "jianxian.db-wal", "jianxian.db-shm"] {
        assert_eq!(mode(&path(name)), 0o600, "{name} made");
    }
    let copy = path("copy.db");
    assert!(run(&format!("backup {}", copy.display())).status().unwrap().success());
    assert_eq!(mode(&copy), 0o600, "a backup");
    served.stop();
    // A file that an older version left readable for others is restricted when it is opened.
    let open = |path: &Path| std::fs::set_permissions(path, PermissionsExt::from_mode(0o664)).unwrap();
    open(&path("jianxian.db"));
    open(&copy);
    let place = ["--data", folder.path().to_str().unwrap()];
    let (code, _, complaint) = jianxian(&[&["verify"], &place[..]].concat());
    assert_eq!((code, mode(&path("jianxian.db"))), (0, 0o600), "{complaint}");
    let restore = ["restore", copy.to_str().unwrap(), "--replace"];
    let (code, _, complaint) = jianxian(&[&restore[..], &place[..]].concat());
    assert_eq!((code, mode(&path("jianxian.db"))), (0, 0o600), "{complaint}");
}

const PASSWORD: &str = "three ferries at noon";

/// A staff member's token at a served bank, and the organisation.
fn staffed(served: &Served) -> (String, Value) {
    let mut body = served.printed_body().unwrap();
    body["password"] = json!(PASSWORD);
    let first = send(served.address, &Ask::post("/v1/auth/first-administrator", body).role(None)).ok(200);
    let chief = format!("Bearer {}", first["access_token"].as_str().unwrap());
    let org = get(served, &chief, "/v1/me").ok(200)["roles"][0]["org"].clone();
    let user = json!({ "login": "staff", "name": "示例乙", "password": PASSWORD });
    let user = post(served, &chief, "u", "/v1/users", user).ok(201)["id"].clone();
    let role = json!({ "user": user, "role": "staff", "org": org });
    post(served, &chief, "r", "/v1/roles", role).ok(201);
    let ask = json!({ "login": "staff", "password": PASSWORD });
    let tokens = send(served.address, &Ask::post("/v1/auth/token", ask).role(None)).ok(200);
    (format!("Bearer {}", tokens["access_token"].as_str().unwrap()), org)
}

fn post(served: &Served, token: &str, key: &str, path: &str, body: Value) -> crate::support::web::Answer {
    send(served.address, &Ask::post(path, body).role(None).key(key).header("Authorization", token))
}

fn get(served: &Served, token: &str, path: &str) -> crate::support::web::Answer {
    send(served.address, &Ask::get(path).role(None).header("Authorization", token))
}

#[test]
fn the_key_is_not_changed_while_a_server_is_at_work() {
    let database = TestDatabase::new();
    let served = Served::start(&database);
    let before = std::fs::read(database.folder().join(FILE)).unwrap();
    let (code, _, complaint) = jianxian(&[&["key", "rotate"], &database.place()[..]].concat());
    assert_eq!(code, 1, "{complaint}");
    assert!(complaint.contains("正在使用：换密钥时不能有服务在运行"), "{complaint}");
    assert_eq!(std::fs::read(database.folder().join(FILE)).unwrap(), before);
    served.stop();
}

const PHONE: &str = "19912345678";

/// A bank with a member whose phone and document are sealed, before and after its secret key is changed.
struct Rotating<'a> {
    database: &'a TestDatabase,
    token: String,
    member: Value,
    reveal: String,
}

impl<'a> Rotating<'a> {
    fn new(database: &'a TestDatabase) -> Self {
        let served = Served::start(database);
        let (token, org) = staffed(&served);
        let member =
            json!({ "name": "示例丙", "org": org, "phone": PHONE, "id_number": "999999195503120014" });
        let made = post(&served, &token, "member", "/v1/members", member.clone()).ok(201);
        let reveal = format!("/v1/members/{}/reveal", made["id"].as_str().unwrap());
        served.stop();
        Rotating { database, token, member, reveal }
    }

    fn held(&self) -> Secrets {
        Secrets::open(&self.database.folder().join(FILE)).unwrap()
    }

    fn turn(&self, until: Until) -> Result<Rotated, RotateError> {
        let opened = Database::parse(self.database.url()).unwrap();
        rotate(&opened, self.database.folder(), Clock::System.now(), until)
    }

    /// Runs the program on this place.
    fn run(&self, arguments: &[&str]) -> (i32, String, String) {
        jianxian(&[arguments, &self.database.place()[..]].concat())
    }

    fn sign_in(&mut self, served: &Served) {
        let ask = json!({ "login": "staff", "password": PASSWORD });
        let tokens = send(served.address, &Ask::post("/v1/auth/token", ask).role(None)).ok(200);
        self.token = format!("Bearer {}", tokens["access_token"].as_str().unwrap());
    }

    fn works(&self, served: &Served, name: &str) {
        let found = get(served, &self.token, "/v1/members?phone_tail=5678").ok(200);
        assert_eq!(found["items"][0]["phone"], "199****5678", "{name}");
        for (what, whole) in [("phone", PHONE), ("id_number", "999999195503120014")] {
            let ask = json!({ "what": what, "reason": "本人来电核对" });
            let shown = post(served, &self.token, &format!("{name}-{what}"), &self.reveal, ask).ok(200);
            assert_eq!(shown["value"], whole, "{name}");
        }
        let again = post(served, &self.token, "member", "/v1/members", self.member.clone());
        assert!(again.hit(), "{name}: the same request");
        let again = post(served, &self.token, &format!("{name}-again"), "/v1/members", self.member.clone());
        assert_eq!(again.code(), "member_known", "{name}");
    }

    fn works_when_served(&self, name: &str) {
        let served = Served::start(self.database);
        self.works(&served, name);
        served.stop();
    }

    /// Changes the key, interrupted at every point, and then at once by the command.
    fn rotate_all_ways(&self) {
        let first = self.held().key_ids();
        // Interrupted after the file has the new key: the old one is current.
        assert!(self.turn(Until::NextKey).is_err());
        assert_eq!((self.held().key_ids(), self.held().held_ids().len()), (first.clone(), 2));
        self.works_when_served("next");
        // Interrupted after the commit: the new one is current, whatever the file says.
        assert!(self.turn(Until::Commit).is_err());
        assert_eq!(self.held().key_ids(), first);
        self.works_when_served("commit");
        let done = self.turn(Until::End).unwrap();
        assert_eq!((vec![done.key], done.retired), (self.held().key_ids(), first));
        assert_eq!(self.held().held_ids().len(), 2, "the key that was begun is the one that was finished");
        self.works_when_served("end");
        // The tokens of the first key stay valid until they expire.
        let (code, printed, complaint) = self.run(&["key", "rotate"]);
        assert!(code == 0 && printed.contains("重新加密 8 处"), "{printed}{complaint}");
        self.works_when_served("command");
    }
}

#[test]
fn a_new_key_seals_and_finds_everything_wherever_the_change_was_cut_off() {
    let database = TestDatabase::sqlite();
    let mut bank = Rotating::new(&database);
    let backup = database.folder().join("before.db");
    let backup = backup.to_str().unwrap();
    let (code, _, complaint) = bank.run(&["backup", backup]);
    assert_eq!(code, 0, "{complaint}");
    bank.rotate_all_ways();
    // After a retired key is removed from the file, stored answers are still returned.
    let file = database.folder().join(FILE);
    let held = std::fs::read_to_string(&file).unwrap();
    let current: Vec<&str> = held.lines().filter(|line| !line.starts_with("retired")).collect();
    assert!(current.len() < held.lines().count());
    std::fs::write(&file, current.join("\n")).unwrap();
    let served = Served::start(&database);
    bank.sign_in(&served);
    let again = json!({ "what": "phone", "reason": "本人来电核对" });
    let again = post(&served, &bank.token, "next-phone", &bank.reveal, again);
    assert!(again.hit(), "{again:?}");
    assert_eq!(again.ok(200)["value"], PHONE);
    served.stop();
    std::fs::write(&file, held).unwrap();
    let last = bank.held();
    assert_eq!(last.held_ids().len(), 3);
    // A backup from before the rotation is not served silently: it must first be brought up to the present key.
    assert_eq!(bank.run(&["restore", backup, "--replace"]).0, 0);
    let (code, _, complaint) = bank.run(&["admin", "users"]);
    assert!(code == 1 && complaint.contains("请先运行 jianxian key rotate"), "{complaint}");
    assert_eq!(bank.run(&["key", "rotate"]).0, 0);
    assert_eq!(bank.held().held_ids(), last.held_ids(), "no further key is made");
    let served = Served::start(&database);
    bank.sign_in(&served);
    bank.works(&served, "restored");
    served.stop();
}

/// The server is the test's own: the key is changed only while no other program uses the database.
#[cfg(feature = "postgres")]
#[test]
fn a_new_key_seals_and_finds_everything_on_a_server_too() {
    let cluster = crate::support::cluster::Cluster::start();
    let database = TestDatabase::at(cluster.new_schema().1);
    Rotating::new(&database).rotate_all_ways();
}

#[test]
fn every_sealed_column_and_its_hashes_are_sealed_again_with_a_new_key() {
    use jianxian::store::maintenance::keys::SEALED;
    // Columns that a reader of the database cannot reverse have such names; all others with these endings are listed
    // here.
    let other = [
        "password_hash",
        "pin_hash",
        "refresh_hash",
        "previous_hash",
        "place_hash",
        "secret_hash",
        "digits_hash",
        "lines_hash",
    ];
    for table in jianxian::store::schema::all_tables() {
        for column in table.columns.iter().map(|column| column.name) {
            if column.ends_with("_sealed") {
                let listed = SEALED.iter().any(|(t, c, _)| (*t, *c) == (table.name, column));
                assert!(listed, "{}.{column} is not in the list of store/keys.rs", table.name);
            }
            if column.ends_with("_hash") && !other.contains(&column) {
                let listed = SEALED.iter().any(|(t, _, hashes)| *t == table.name && hashes.contains(&column));
                assert!(listed, "{}.{column} belongs to no sealed column of store/keys.rs", table.name);
            }
        }
    }
}
