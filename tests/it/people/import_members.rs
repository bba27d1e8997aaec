//! Importing a sheet of members: from bytes to open accounts, all or nothing, and once.

use crate::support::bank::{services, set_up};
use crate::support::cli::jianxian;
use crate::support::database::TestDatabase;
use crate::support::sign_in::BANK;
use jianxian::auth::permissions::{Actor, Grant, Role};
use jianxian::clock::Clock;
use jianxian::domain::id::Id;
use jianxian::domain::ledger::account::{AccountTerms, Purpose};
use jianxian::domain::ledger::asset::Asset;
use jianxian::domain::ledger::entry::EntryKind;
use jianxian::domain::life_cycles::APPROVE_SCHEME;
use jianxian::domain::refusal::Refusal;
use jianxian::domain::time::{Day, Moment};
use jianxian::services::people::counter::{MemberAsk, MemberRow, MemberSearch};
use jianxian::services::people::import::check::ImportAsk;
use jianxian::services::people::import::fault::Trouble;
use jianxian::services::people::import::opening::OpeningBalance;
use jianxian::services::people::orgs::OrgAsk;
use jianxian::services::points::schemes::SchemeVersionRow;
use jianxian::services::step::Params;
use jianxian::services::{Call, Services};
use jianxian::store::{Options, Store};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

const SHEET: &str = "涧西区示例社区储户名册,,,,,,,,,\n\
    编号,姓名,手机号,身份证件号码,社区,户号,户主,积分,终身积分,服务时长（小时）,截至日期,备注\n\
    ZY001,示例甲,19900000001,999999195503120014,jx-01,1-101,是,\"1,286.50\",2000,264.5,2026/9/30,老党员\n\
    ,示例乙,19900000002,,示例一社区,1-101,,,,,,\n\
    ,示例丙,19900000003,,jx-02,1-101,,20,,,2026-09-30,\n\
    ,示例丁,,,jx-02,,,,,1.5,2026-09-30,\n";

fn call(roles: &[Role]) -> Call {
    let grant = |role: &Role| Grant { role: *role, org: Id::SYSTEM, org_path: "/".into() };
    let grants = roles.iter().map(grant).collect();
    Call::of(Actor {
        bank: BANK,
        user: Id::SYSTEM,
        session: Id::SYSTEM,
        member: None,
        merchant: None,
        card_edition: None,
        grants,
    })
}

fn operator() -> Call {
    call(&[Role::Staff, Role::LedgerOperator, Role::Administrator])
}

fn wait<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
}

/// A bank with two open communities and a closed one.
struct Town {
    database: TestDatabase,
    work: Services,
}

impl Town {
    fn new() -> Self {
        let database = TestDatabase::new();
        set_up(&database);
        let work = services(&database);
        let call = operator();
        let parent = wait(work.orgs(&call)).unwrap()[0].id;
        let open = |code: &str, name: &str| {
            let ask = OrgAsk {
                parent,
                kind: "community".into(),
                code: code.into(),
                name: name.into(),
                ..OrgAsk::default()
            };
            wait(work.open_org(&call, ask)).unwrap().id
        };
        open("jx-01", "示例一社区");
        open("jx-02", "示例二社区");
        let closed = open("jx-03", "示例三社区");
        wait(work.close_org(&call, closed)).unwrap();
        Town { database, work }
    }

    fn write(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.database.folder().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }

    fn run(&self, file: &Path, flags: &[&str]) -> (i32, String, String) {
        let verb = ["import", "members", file.to_str().unwrap()];
        jianxian(&[&verb[..], &self.database.place(), flags].concat())
    }

    fn document(&self, file: &Path, flags: &[&str]) -> (i32, Value) {
        let (code, printed, complaint) = self.run(file, &[flags, &["--json"]].concat());
        (code, serde_json::from_str(&printed).unwrap_or_else(|_| panic!("{printed}{complaint}")))
    }

    fn members(&self) -> Vec<MemberRow> {
        wait(self.work.find_members(&operator(), MemberSearch::default(), None, 1_000)).unwrap()
    }

    fn named(&self, name: &str) -> MemberRow {
        let found = self.members().into_iter().filter(|row| row.name == name).collect::<Vec<_>>();
        assert_eq!(found.len(), 1, "{name}");
        found.into_iter().next().unwrap()
    }

    fn balance(&self, member: Id, asset: Asset) -> i64 {
        wait(self.work.store.read(BANK, move |tables| tables.balance_of(member, asset))).unwrap()
    }

    fn purses(&self, name: &str) -> [i64; 3] {
        let id = self.named(name).id;
        [Asset::Point, Asset::Lifetime, Asset::Minute].map(|asset| self.balance(id, asset))
    }

    fn head(&self) -> i64 {
        wait(self.work.store.read(BANK, |tables| tables.head())).unwrap().number
    }

    fn verified(&self) -> i64 {
        let verified = wait(self.work.store.verify(BANK)).unwrap();
        assert_eq!(verified.finding, None);
        verified.head
    }
}

fn ask(text: &str) -> ImportAsk {
    ImportAsk {
        bytes: text.as_bytes().to_vec(),
        org: None,
        opening_day: None,
        scheme: None,
        confirmed_new: false,
    }
}

fn the_first_opening_names_its_day_and_no_person(town: &Town) {
    let entry = wait(town.work.store.read(BANK, |tables| tables.entry(1))).unwrap().unwrap();
    let expected = Day::parse("2026-09-30").unwrap().end(chrono_tz::Asia::Shanghai);
    assert_eq!(entry.kind, EntryKind::Opening);
    assert_eq!(entry.effective_at, Moment::from_micros(expected.micros() - 1));
    assert_eq!(entry.postings.len(), 3);
    assert!(entry.source.unwrap().starts_with("import/"));
    assert!(!entry.metadata.contains("示例") && !entry.metadata.contains("1990000"), "{}", entry.metadata);
    let given = AccountTerms::of_bank(BANK, Asset::Point, Purpose::Opening).id;
    let given = wait(town.work.store.read(BANK, move |tables| tables.account(given))).unwrap().unwrap();
    assert_eq!(given.balance(), -130_650);
}

#[test]
fn a_sheet_opens_people_households_and_balances_once() {
    let town = Town::new();
    let file = town.write("名册.csv", SHEET.as_bytes());
    let (code, dry) = town.document(&file, &["--dry-run"]);
    assert_eq!((code, town.head(), town.members().len()), (0, 0, 0));
    let (code, done) = town.document(&file, &[]);
    assert_eq!((code, &done["dry_run"]), (0, &json!(false)), "{done}");
    assert_eq!((&done["counts"], &done["points"]), (&dry["counts"], &dry["points"]));
    assert_eq!(
        (&done["counts"]["persons_opened"], &done["counts"]["households_opened"]),
        (&json!(4), &json!(2))
    );
    assert_eq!((&done["points"], &done["lifetime_points"]), (&json!("1306.50"), &json!("2020.00")));
    assert_eq!(done["counts"]["service_minutes"], json!(15_870 + 90));
    assert_eq!(done["ignored"][0]["heading"], json!("备注"));

    let first = town.named("示例甲");
    assert_eq!((first.number.as_str(), first.birth_year), ("ZY001", Some(1955)));
    assert_eq!(town.purses("示例甲"), [128_650, 200_000, 15_870]);
    // Without a column of their own, lifetime points equal the spendable ones.
    assert_eq!(town.purses("示例丙"), [2_000, 2_000, 0]);
    assert_eq!(town.purses("示例乙"), [0, 0, 0]);
    // The same household number in another community is another household; its head names it.
    let (one, two) = (town.named("示例甲家"), town.named("示例丙家"));
    assert_eq!((one.number.as_str(), two.number.as_str()), ("jx-01/1-101", "jx-02/1-101"));
    assert_eq!((first.household_id, town.named("示例乙").household_id), (Some(one.id), Some(one.id)));
    assert_eq!(town.named("示例乙").org_id, first.org_id, "named by its name");
    // Phone and ID number are found by their hashes, and shown to those who may see them.
    let masked = wait(async { town.work.masked(BANK, &first) }).unwrap();
    assert_eq!(masked.phone.as_deref(), Some("199****0001"));

    the_first_opening_names_its_day_and_no_person(&town);
    assert_eq!(town.verified(), 3);

    let (code, again) = town.document(&file, &[]);
    let counts = &again["counts"];
    assert_eq!((code, &counts["persons_opened"], &counts["openings_posted"]), (0, &json!(0), &json!(0)));
    assert_eq!((&counts["persons_before"], &counts["openings_before"]), (&json!(4), &json!(3)));
    assert_eq!((town.verified(), town.members().len()), (3, 6));
}

#[test]
fn gbk_and_a_mark_at_the_start_read_alike_and_are_the_same_people() {
    let town = Town::new();
    let (gbk, _, _) = encoding_rs::GBK.encode(SHEET);
    let file = town.write("gbk.csv", &gbk);
    let (code, done) = town.document(&file, &[]);
    assert_eq!((code, &done["encoding"], &done["counts"]["persons_opened"]), (0, &json!("GBK"), &json!(4)));
    assert_eq!(town.purses("示例甲"), [128_650, 200_000, 15_870]);
    // In another encoding it is another file, but no person is opened twice.
    let marked = town.write("marked.csv", &[b"\xef\xbb\xbf", SHEET.as_bytes()].concat());
    let (code, refused) = town.document(&marked, &[]);
    assert_eq!((code, &refused["encoding"]), (1, &json!("UTF-8 (BOM)")));
    let found: Vec<&str> =
        refused["faults"].as_array().unwrap().iter().map(|f| f["chinese"].as_str().unwrap()).collect();
    let number = |name: &str| town.named(name).number;
    assert_eq!(
        found,
        [
            "第 3 行 A 列「编号」：编号已有人使用，请换一个编号，或留空由系统编号。".to_owned(),
            "第 3 行 D 列「身份证件号码」：证件号码已登记在储户 ZY001 名下，请核对，或删去这一行。"
                .to_owned(),
            "第 3 行 B 列「姓名」：姓名和手机都与储户 ZY001 相同，请核对，或删去这一行。".to_owned(),
            format!(
                "第 4 行 B 列「姓名」：姓名和手机都与储户 {} 相同，请核对，或删去这一行。",
                number("示例乙")
            ),
            format!(
                "第 5 行 B 列「姓名」：姓名和手机都与储户 {} 相同，请核对，或删去这一行。",
                number("示例丙")
            ),
            format!(
                "第 6 行 B 列「姓名」：与储户 {} 同名 · 是同一人吗？是同一人，请删去这一行；不是，请补手机或证件号码，或在「同名确认」列填「是」。",
                number("示例丁")
            ),
        ]
    );
    assert_eq!((town.verified(), town.members().len()), (3, 6));
    assert!(number("示例乙").len() == 9 && number("示例乙") != number("示例丙"));
}

#[test]
fn one_bad_row_keeps_all_out_and_every_fault_has_its_place() {
    let town = Town::new();
    let text = "姓名,手机,社区,户,积分,截至日期\n\
        示例甲,19900000001,jx-01,,5,2026-01-31\n\
        示例乙,199,jx-09,,5,2026-01-31\n\
        示例丙,19900000003,jx-03,,,\n\
        示例丁,19900000004,,,,\n\
        示例戊,19900000005,示例二社区,,1.005,2126-01-31\n";
    let file = town.write("bad.csv", text.as_bytes());
    let (code, said, _) = town.run(&file, &[]);
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(
        (code, lines[..5].to_vec()),
        (
            1,
            vec![
                "第 3 行 B 列「手机」：手机号应为 11 位数字，现为 3 位，请核对。",
                "第 4 行 C 列「社区」：没有这个组织（按代码和名称都没找到，或已关闭），请核对，或先新建组织。",
                "第 5 行 C 列「社区」：没写所属社区：请填写，或给整张表指定一个社区（命令行用 --org）。",
                "第 6 行 E 列「积分」：小数位太多：最多 2 位小数，请改写。",
                lines[4],
            ]
        ),
        "{said}"
    );
    assert!(lines[4].starts_with("第 6 行 F 列「截至日期」：日期晚于今天"), "{said}");
    assert_eq!(lines[5], "共 5 处错误，一行也没有导入。改好后请再导入同一个文件。");
    let (_, english, _) = town.run(&file, &["--lang", "en"]);
    assert!(
        english.contains("row 4, column C \"社区\": no open organisation has this code or name"),
        "{english}"
    );
    assert_eq!((town.head(), town.members().len()), (0, 0));
}

#[test]
fn what_is_no_sheet_is_refused_in_words() {
    let town = Town::new();
    let file = town.write("sheet.csv", SHEET.as_bytes());
    let (code, _, complaint) = town.run(&town.database.folder().join("none.csv"), &[]);
    assert!(code == 1 && complaint.contains("无法读写"), "{complaint}");
    let (code, _, complaint) = town.run(&file, &["--org", "jx-09"]);
    assert!(code == 1 && complaint.contains("组织"), "{complaint}");
    let (code, _, complaint) = town.run(&file, &["--opening-day", "2026-02-30"]);
    assert!(code == 2 && complaint.contains("YYYY-MM-DD"), "{complaint}");
    let workbook = town.write("book.csv", b"PK\x03\x04");
    let (code, said, _) = town.run(&workbook, &[]);
    assert!(code == 1 && said.contains("这是 Excel 工作簿"), "{said}");
}

#[test]
fn a_usual_organisation_and_day_stand_in_and_names_are_looked_for_below_it() {
    let town = Town::new();
    let call = operator();
    let community = |code: &str| {
        wait(town.work.orgs(&call)).unwrap().into_iter().find(|org| org.code == code).unwrap().id
    };
    for (parent, code) in [("jx-01", "jx-01-a"), ("jx-02", "jx-02-a")] {
        let ask = OrgAsk {
            parent: community(parent),
            kind: "compound".into(),
            code: code.into(),
            name: "示例小区".into(),
            ..OrgAsk::default()
        };
        wait(town.work.open_org(&call, ask)).unwrap();
    }
    let file = town.write(
        "sheet.csv",
        "姓名,手机,小区,积分\n示例甲,19900000001,示例小区,20\n示例乙,19900000002,,\n".as_bytes(),
    );
    let (code, said, _) = town.run(&file, &["--opening-day", "2026-01-31"]);
    assert!(code == 1 && said.contains("有几个组织叫这个名字，请改填代码：jx-01-a、jx-02-a。"), "{said}");
    let (code, said, _) = town.run(&file, &["--opening-day", "2026-01-31", "--org", "jx-02"]);
    assert!(code == 0 && said.contains("已导入。") && said.contains("20.00"), "{said}");
    assert_eq!(town.named("示例甲").org_id, community("jx-02-a"));
    assert_eq!(town.named("示例乙").org_id, community("jx-02"));
    assert_eq!(town.verified(), 1);
}

#[test]
fn points_run_out_by_the_scheme_that_is_named() {
    let town = Town::new();
    let call = operator();
    let body = "code = \"jx\"\nversion = \"1\"\nname = \"示例办法\"\nvalid_from = 2020-01-01\nexpiry = \"end_of_year\"\n\n\
        [[items]]\ncode = \"a\"\nname = \"示例\"\npoints = 1\nunit = \"次\"\n";
    let draft = wait(town.work.draft_scheme(&call, body.into())).unwrap();
    let other = Id::SYSTEM.derive("reviewer");
    let mut second = self::call(&[Role::Reviewer]);
    second.actor.user = other;
    wait(town.work.step::<SchemeVersionRow>(&second, &APPROVE_SCHEME, draft.id, Params::new())).unwrap();
    let sheet =
        |year: i32| format!("姓名,手机,社区,积分,截至日期\n示例甲,19900000001,jx-01,20,{year}-01-31\n");
    let this_year = town.work.store.clock().now().day(chrono_tz::Asia::Shanghai).year();
    let old = town.write("old.csv", sheet(this_year - 1).as_bytes());
    let (code, said, _) = town.run(&old, &["--scheme", "jx"]);
    let ended = format!("按积分办法，这些积分到 {}-12-31 已经过期", this_year - 1);
    assert!(code == 1 && said.contains(&ended), "{said}");
    let new = town.write("new.csv", sheet(this_year).as_bytes());
    assert_eq!(town.run(&new, &["--scheme", "none"]).0, 1);
    assert_eq!(town.run(&new, &["--scheme", "jx"]).0, 0);
    let account = AccountTerms::id_of(town.named("示例甲").id, Asset::Point, Purpose::Main);
    let lots = wait(town.work.store.read(BANK, move |tables| tables.open_lots(account))).unwrap();
    let end = Day::parse(&format!("{this_year}-12-31")).unwrap().end(chrono_tz::Asia::Shanghai);
    assert_eq!(
        lots.iter().map(|lot| (lot.remaining, lot.expires_at)).collect::<Vec<_>>(),
        [(2_000, Some(end))]
    );
    town.verified();
}

#[test]
fn a_broken_off_run_is_finished_by_the_next() {
    let town = Town::new();
    let rows: String = (0..1_200).map(|n| format!("示例{n},199{n:08},jx-01,1,2026-01-31\n")).collect();
    let text = format!("姓名,手机,社区,积分,截至日期\n{rows}");
    let call = operator();
    // Interrupted after the first writes: the future is dropped, as by a killed process.
    let broken = wait(async {
        let (sender, mut receiver) = tokio::sync::mpsc::unbounded_channel();
        let run = town.work.import_members(&call, ask(&text), move |progress| {
            let _gone = sender.send(progress.written);
        });
        tokio::select! {
            _ = run => None,
            written = async { loop { match receiver.recv().await { Some(n) if n >= 1_700 => break n, _ => {} } } } => Some(written),
        }
    });
    let before = town.head();
    assert!(broken.is_some() && before > 0, "{broken:?} {before}");
    let done = wait(town.work.import_members(&call, ask(&text), |_| {})).unwrap();
    assert_eq!(done.sheet.fault_count, 0);
    assert_eq!(done.counts.persons_before + done.counts.persons_opened, 1_200);
    assert_eq!(done.counts.openings_before + done.counts.openings_posted, 1_200);
    assert!(done.counts.persons_before >= 500 && done.counts.openings_before > 0, "{:?}", done.counts);
    assert_eq!((town.verified(), town.members().len()), (1_200, 1_000));
    let sum = AccountTerms::of_bank(BANK, Asset::Point, Purpose::Opening).id;
    let sum = wait(town.work.store.read(BANK, move |tables| tables.account(sum))).unwrap().unwrap();
    assert_eq!(sum.balance(), -120_000);
}

fn opening_of(member: Id, points: i64, day: Day) -> OpeningBalance {
    OpeningBalance {
        member,
        points,
        lifetime_points: points,
        service_minutes: 0,
        year: None,
        day,
        expires_at: None,
        source: "paper".into(),
    }
}

#[test]
fn an_opening_balance_is_given_once_and_by_those_who_may() {
    let town = Town::new();
    let org = wait(town.work.orgs(&operator())).unwrap().into_iter().find(|org| org.code == "jx-01").unwrap();
    let member = MemberAsk { name: "示例甲".into(), org: org.id, ..MemberAsk::default() };
    let member = wait(town.work.open_member(&operator(), member)).unwrap().id;
    let day = Day::parse("2026-01-31").unwrap();
    let opening = |points: i64, day: Day| opening_of(member, points, day);
    let refused = |call: &Call, opening: OpeningBalance| {
        crate::support::sign_in::refused(wait(town.work.open_balance(call, opening))).unwrap_err()
    };
    let absent = Refusal::NotFound { what: "member".into() };
    assert_eq!(refused(&call(&[Role::Staff, Role::Administrator]), opening(500, day)), absent);
    assert_eq!(refused(&operator(), opening(0, day)), Refusal::NothingToPost);
    assert_eq!(
        refused(&operator(), opening(500, Day::parse("2190-01-01").unwrap())),
        Refusal::DayInFuture {
            field: "day".into(),
            today: town.work.store.clock().now().day(chrono_tz::Asia::Shanghai)
        }
    );
    assert_eq!(refused(&operator(), opening(-500, day)), Refusal::AmountNotPositive { posting: 0 });
    assert_eq!(town.head(), 0);
    let rehearsed = wait(town.work.open_balance(&Call { dry_run: true, ..operator() }, opening(500, day)));
    assert_eq!((rehearsed.unwrap().receipt.number, town.head()), (0, 0));
    let today = town.work.store.clock().now().day(chrono_tz::Asia::Shanghai);
    let done = wait(town.work.open_balance(&operator(), opening(500, today))).unwrap();
    assert_eq!(done.receipt.effective_at, done.receipt.recorded_at, "as of today means now");
    let again = refused(&operator(), opening(700, day));
    assert_eq!(again, Refusal::AlreadyDone { counter: format!("opening/{member}") });
    assert_eq!(town.purses("示例甲"), [500, 500, 0]);
    let staff = wait(town.work.import_members(&call(&[Role::Staff]), ask(SHEET), |_| {}));
    assert!(staff.unwrap().sheet.faults.iter().any(|fault| fault.trouble == Trouble::OpeningNotYours));
    assert_eq!(town.verified(), 1);
}

#[test]
fn a_row_of_the_same_name_is_a_question_until_somebody_has_looked() {
    let town = Town::new();
    let first =
        town.write("first.csv", "姓名,手机,社区\n张示例,19900000001,jx-01\n李示例,,jx-01\n".as_bytes());
    assert_eq!(town.run(&first, &[]).0, 0);
    let number = |name: &str| town.named(name).number;
    // The same person with the same phone, in whatever spelling.
    let same = town.write("same.csv", "姓名,手机,社区\n张　示例,＋８６　199－0000－0001,jx-02\n".as_bytes());
    let (code, said, _) = town.run(&same, &[]);
    assert!(code == 1 && said.contains(&format!("姓名和手机都与储户 {} 相同", number("张示例"))), "{said}");
    // Without a phone it may be the same; with another phone it is not, unless the known one has none.
    let rows = "张 示例,,jx-02\n张示例,19900000002,jx-02\n李　示例,19900000003,jx-01\n王示例,,jx-01\n";
    let asked = town.write("asked.csv", format!("姓名,手机,社区\n{rows}").as_bytes());
    let (code, said, _) = town.run(&asked, &[]);
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(code, 1);
    assert!(
        lines[0]
            .starts_with(&format!("第 2 行 A 列「姓名」：与储户 {} 同名 · 是同一人吗？", number("张示例"))),
        "{said}"
    );
    assert!(
        lines[1].starts_with(&format!("第 4 行 A 列「姓名」：与储户 {} 同名", number("李示例"))),
        "{said}"
    );
    assert!(lines[2].starts_with("共 2 处"), "{said}");
    assert_eq!(town.members().len(), 2);
    // A column confirms a row, a flag all rows.
    let column = "姓名,手机,社区,同名确认\n张示例,,jx-02,是\n";
    let column = town.write("column.csv", column.as_bytes());
    assert_eq!(town.run(&column, &[]).0, 0);
    assert_eq!(town.run(&asked, &["--confirmed-new"]).0, 0);
    assert_eq!(town.members().len(), 2 + 1 + 4);
    town.verified();
}

#[test]
fn a_sheet_may_name_every_kind_of_document() {
    let town = Town::new();
    let sheet = "姓名,证件类型,证件号码,社区\n\
        示例甲,居民身份证,999999195503120014,jx-01\n\
        示例乙,台胞证,12345678,jx-01\n\
        示例丙,护照,12345678,jx-01\n\
        示例丁,,H12345678,jx-01\n\
        示例戊,外国人永久居留证,911124198108030024,jx-01\n";
    let file = town.write("kinds.csv", sheet.as_bytes());
    let (code, said, _) = town.run(&file, &[]);
    assert_eq!(code, 0, "{said}");
    let shown = ["示例甲", "示例乙", "示例丙", "示例丁", "示例戊"].map(|name| {
        let row = town.named(name);
        let masked = wait(async { town.work.masked(BANK, &row) }).unwrap();
        (masked.id_kind.unwrap(), masked.id_number.unwrap())
    });
    let expected = [
        ("identity_card", "9999**********0014"),
        ("taiwan_permit", "1****78"),
        ("passport", "1****78"),
        ("hk_macao_permit", "H****678"),
        ("foreign_permanent_residence", "9111**********0024"),
    ];
    assert_eq!(shown, expected.map(|(kind, number)| (kind, number.to_owned())));
    assert_eq!(town.named("示例戊").birth_year, Some(1981));
}

#[test]
fn a_document_that_is_none_is_refused_with_its_place() {
    let town = Town::new();
    let bad = "姓名,证件类型,证件号码,社区\n\
        示例己,驾驶证,12345678,jx-01\n\
        示例庚,,110101900307001,jx-01\n\
        示例辛,,12345678,jx-01\n\
        示\u{200b}例壬,,,jx-01\n\
        示例癸,,,jx\u{200b}-01\n";
    let bad = town.write("bad.csv", bad.as_bytes());
    let (code, said, _) = town.run(&bad, &[]);
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(code, 1);
    assert!(
        lines[0].starts_with("第 2 行 B 列「证件类型」：不认识的证件种类，请填写其中之一：居民身份证、"),
        "{said}"
    );
    assert!(
        said.contains(
            "第 3 行 C 列「证件号码」：这是 15 位的旧身份证号，已停止使用，请填写现在身份证上的 18 位号码"
        ),
        "{said}"
    );
    assert!(said.contains("第 4 行 C 列「证件号码」：从号码看不出是哪种证件，请写明证件种类"), "{said}");
    assert!(said.contains("第 5 行 A 列「姓名」：姓名第 2 个字符看不见（U+200B）"), "{said}");
    assert!(said.contains("第 6 行 D 列「社区」：第 3 个字符看不见（U+200B）"), "{said}");
}

#[test]
fn names_that_were_written_before_there_were_keys_are_keyed_at_the_next_start() {
    let town = Town::new();
    let file =
        town.write("first.csv", "姓名,手机,社区\n张示例,19900000001,jx-01\n李示例,,jx-01\n".as_bytes());
    assert_eq!(town.run(&file, &[]).0, 0);
    // As an older version wrote it, interrupted in the middle of the keys.
    town.database
        .run_sql("UPDATE members SET name = '张　示例', name_key = '', initials = '' WHERE name = '张示例'");
    let find = |start: &str| {
        let search = MemberSearch {
            name: Some(jianxian::domain::people::person_name::key(start)),
            ..MemberSearch::default()
        };
        let found = wait(town.work.find_members(&operator(), search, None, 10)).unwrap();
        found.into_iter().map(|row| row.name).collect::<Vec<_>>()
    };
    assert_eq!((find("张示"), find("李示")), (vec![], vec!["李示例".to_owned()]));
    let prepare = || {
        let opened = Store::open(town.database.url(), &Options::default(), Clock::System);
        opened.unwrap().stop().unwrap();
    };
    let of_initials = |initials: &str| {
        let search = MemberSearch { initials: Some(initials.to_owned()), ..MemberSearch::default() };
        wait(town.work.find_members(&operator(), search, None, 10)).unwrap().len()
    };
    assert_eq!((of_initials("zsl"), of_initials("ls")), (0, 1));
    prepare();
    assert_eq!((find("张示"), find("李示")), (vec!["张　示例".to_owned()], vec!["李示例".to_owned()]));
    assert_eq!((of_initials("zsl"), of_initials("ls")), (1, 1));
    prepare();
    assert_eq!(find("张"), ["张　示例"]);
}
