//! The domain's table of duties, cell by cell, against the rights that the server gives: neither changes without the
//! other. docs/ROLES.md shows it, and the rights of each operation.

use crate::support::document::{Operation, kept, operations};
use jianxian::api::web::document;
use jianxian::auth::permissions::{Permission as P, Reach, Role, reach, rights};
use std::collections::BTreeSet;

/// The roles of the table's columns; `ledger_operator` is a right of its own and has none.
const COLUMNS: [Role; 10] = [
    Role::Volunteer,
    Role::Proxy,
    Role::MerchantClerk,
    Role::MerchantOwner,
    Role::TeamLeader,
    Role::Staff,
    Role::Branch,
    Role::Reviewer,
    Role::Administrator,
    Role::Auditor,
];

/// A cell: the table's words, and the rights they mean. Words without rights are for features that do not exist yet.
type Cell = (&'static str, &'static [P]);

const NONE: Cell = ("–", &[]);
const NOT_YET: &str = " (not yet)";

/// v view, d do, a approve as the second person.
const TABLE: [(&str, [Cell; 10]); 12] = [
    (
        "own passbook, code, gifts, own data",
        [
            ("d", &[P::ReadOwn, P::ShowCode, P::GivePoints]),
            ("d capped", &[P::ActForMembers]),
            NONE,
            NONE,
            NONE,
            NONE,
            NONE,
            NONE,
            NONE,
            NONE,
        ],
    ),
    (
        "members' files (masked; reveal with reason)",
        [
            NONE,
            NONE,
            NONE,
            NONE,
            ("v team", &[P::ReadMembers]),
            ("d", &[P::ReadMembers, P::WriteMembers, P::RevealMembers, P::FreezeMembers, P::MoveMembers]),
            ("v branch", &[P::ReadMembers]),
            ("v", &[P::ReadMembers]),
            ("v", &[P::ReadMembers, P::RevealMembers, P::EraseMembers]),
            ("v", &[P::ReadMembers, P::RevealMembers]),
        ],
    ),
    (
        "activities, sign-in, sheets",
        [
            ("sign up", &[P::ReadActivities, P::SignUp]),
            ("sign up", &[P::ReadActivities, P::ActForMembers]),
            NONE,
            NONE,
            ("d", &[P::ReadActivities, P::WriteActivities, P::TakeAttendance]),
            ("d", &[P::ReadActivities, P::WriteActivities, P::TakeAttendance]),
            ("d branch", &[P::ReadActivities, P::WriteActivities, P::TakeAttendance]),
            ("v", &[P::ReadActivities]),
            ("v", &[P::ReadActivities]),
            ("v", &[P::ReadActivities]),
        ],
    ),
    (
        "service records",
        [
            ("report own", &[P::ReportOwnRecord]),
            NONE,
            NONE,
            NONE,
            ("enter, a", &[P::ReadRecords, P::EnterRecords, P::ApproveRecords]),
            ("enter", &[P::ReadRecords, P::EnterRecords]),
            ("enter", &[P::ReadRecords, P::EnterRecords]),
            ("a", &[P::ReadRecords, P::ApproveRecords, P::ReviewLongDays]),
            ("a above limits", &[P::ReadRecords, P::ReviewLongDays, P::ApproveLongDays]),
            ("v", &[P::ReadRecords]),
        ],
    ),
    (
        "awards, corrections",
        [
            NONE,
            NONE,
            NONE,
            NONE,
            NONE,
            ("d, not own", &[P::ReadAwards, P::MakeAwards, P::CorrectRecords]),
            ("d SCORE only", &[]),
            ("a", &[P::ReadAwards, P::ApproveAwards, P::CorrectRecords]),
            ("a above a sum", &[P::ReadAwards, P::ApproveAwards, P::CorrectRecords]),
            ("v", &[P::ReadAwards]),
        ],
    ),
    (
        "redemption: claim, hold, capture, undo, refund",
        [
            ("show code", &[P::ShowCode]),
            ("show code", &[P::ActForMembers]),
            ("d", &[P::ClaimCodes]),
            ("d", &[P::ClaimCodes, P::ReadRedemptions]),
            NONE,
            ("on behalf", &[P::RedeemOnBehalf, P::ReadRedemptions]),
            NONE,
            ("v", &[P::ReadRedemptions]),
            ("v", &[P::ReadRedemptions]),
            ("v", &[P::ReadRedemptions]),
        ],
    ),
    (
        "offers, stock",
        [
            ("v", &[P::ReadOffers]),
            ("v", &[P::ReadOffers]),
            ("v", &[P::ReadOffers]),
            ("d", &[P::ReadOffers, P::WriteOffers]),
            NONE,
            ("v", &[P::ReadOffers]),
            NONE,
            NONE,
            ("v", &[P::ReadOffers]),
            ("v", &[P::ReadOffers]),
        ],
    ),
    (
        "settlement",
        [
            NONE,
            NONE,
            NONE,
            ("confirm, dispute", &[P::ReadStatements, P::ConfirmStatements]),
            NONE,
            ("prepare", &[P::ReadStatements, P::PrepareStatements]),
            NONE,
            ("a", &[P::ReadStatements, P::ApproveStatements]),
            ("pay", &[P::ReadStatements, P::PayStatements]),
            ("v", &[P::ReadStatements]),
        ],
    ),
    (
        "schemes, budgets",
        [
            ("v published", &[P::ReadSchemes]),
            ("v", &[P::ReadSchemes]),
            NONE,
            NONE,
            NONE,
            ("v", &[P::ReadSchemes]),
            ("v", &[P::ReadSchemes]),
            ("a", &[P::ReadSchemes, P::ApproveSchemes]),
            ("d", &[P::ReadSchemes, P::WriteSchemes]),
            ("v", &[P::ReadSchemes]),
        ],
    ),
    (
        "stars, notices, objections",
        [
            ("apply, object", &[P::RaiseObjections]),
            ("apply", &[]),
            NONE,
            NONE,
            NONE,
            ("prepare", &[P::ReadStars]),
            NONE,
            ("a", &[P::ReadStars, P::DecideObjections]),
            ("grant", &[P::ReadStars, P::GrantStars]),
            ("v", &[P::ReadStars]),
        ],
    ),
    (
        "organisations, users, roles",
        [
            NONE,
            NONE,
            NONE,
            ("own clerks", &[P::WriteClerks]),
            NONE,
            NONE,
            NONE,
            NONE,
            ("d", &[P::ReadOrgs, P::WriteOrgs, P::ReadUsers, P::WriteUsers]),
            ("v", &[P::ReadOrgs, P::ReadUsers]),
        ],
    ),
    (
        "ledger, verify, access log",
        [
            NONE,
            NONE,
            NONE,
            NONE,
            NONE,
            NONE,
            NONE,
            NONE,
            ("verify", &[P::VerifyLedger]),
            ("v, verify", &[P::ReadLedger, P::VerifyLedger, P::ReadAccessLog]),
        ],
    ),
];

/// What the server gives beyond the table, and why.
const BEYOND: &[(P, &[Role], &str)] = &[
    (
        P::ReadCalendars,
        &[Role::Administrator, Role::Auditor],
        "the table has no row for calendars: the administrator keeps them",
    ),
    (
        P::WriteCalendars,
        &[Role::Administrator],
        "the table has no row for calendars: the administrator keeps them",
    ),
    (
        P::CloseYears,
        &[Role::Administrator],
        "the table has no row for the end of a year: the administrator closes it",
    ),
    (
        P::ManageBank,
        &[Role::Administrator],
        "the table has no row for the bank itself: the administrator names it and sees its settings",
    ),
    (
        P::ReadOrgs,
        &[Role::TeamLeader, Role::Staff, Role::Branch, Role::Reviewer],
        "everybody who works with the tree of organisations sees it, here and below",
    ),
    (
        P::ReadMerchants,
        &[Role::Staff, Role::Reviewer, Role::Administrator, Role::Auditor],
        "the table has no row for shops: who settles with one sees it, closed or not",
    ),
    (
        P::WriteMerchants,
        &[Role::Administrator],
        "the table has no row for shops: the administrator takes them in",
    ),
    (
        P::FreezeMembers,
        &[Role::Administrator],
        "duplicates of two communities are merged by somebody who reaches both",
    ),
    (
        P::ApproveGoods,
        &[Role::MerchantOwner, Role::Reviewer],
        "the table has no row for the supervisor of a store: the reviewer (居务监督员) is the second person for its goods, or \
         another keeper of the store",
    ),
    (P::ActForMembers, &[Role::Volunteer], "every volunteer may be named as a proxy"),
    (
        P::GiveFeedback,
        &[
            Role::Volunteer,
            Role::Proxy,
            Role::MerchantClerk,
            Role::MerchantOwner,
            Role::TeamLeader,
            Role::Staff,
            Role::Branch,
            Role::Reviewer,
            Role::Administrator,
            Role::Auditor,
        ],
        "every page leads to complaints and proposals",
    ),
    (
        P::ApplyForShop,
        &[Role::Volunteer, Role::Staff],
        "the table has no row for applications: a resident applies, or staff for a resident",
    ),
    (
        P::ReadFigures,
        &[Role::Staff, Role::Reviewer, Role::Administrator, Role::Auditor],
        "the table has no row for figures: those who look after a place report them",
    ),
    (
        P::ReadFeedback,
        &[Role::Staff, Role::Reviewer, Role::Administrator, Role::Auditor],
        "the table has no row for complaints: those above a community see what is late",
    ),
    (
        P::AnswerFeedback,
        &[Role::Staff, Role::Administrator],
        "the table has no row for complaints: the community answers, and those above it when it does not",
    ),
    (
        P::IssueCertificates,
        &[Role::Staff],
        "the table has no row for certificates: members have them issued at the counter too",
    ),
    (
        P::RevokeCertificates,
        &[Role::Staff, Role::Administrator],
        "the table has no row for certificates: who answers for them revokes them",
    ),
    (
        P::ExportRecords,
        &[Role::Staff, Role::Administrator],
        "the table has no row for exports: who reports to the national system needs one",
    ),
    (P::MoveMembers, &[Role::Administrator], "the common superior agrees to a move of house"),
    (
        P::DecideObjections,
        &[Role::Administrator],
        "a community's only reviewer has approved the record and may not judge it again",
    ),
    (P::ReadLedger, &[Role::LedgerOperator], "a right of its own, off in ordinary use"),
    (P::OperateLedger, &[Role::LedgerOperator], "a right of its own, off in ordinary use"),
];

/// What the table and the reasons beside it give to a role.
fn given(role: Role) -> BTreeSet<&'static str> {
    let column = COLUMNS.iter().position(|column| *column == role);
    let cells = column.into_iter().flat_map(|at| TABLE.iter().flat_map(move |(_, cells)| cells[at].1));
    let beyond = BEYOND.iter().filter(|(_, roles, _)| roles.contains(&role)).map(|(right, ..)| right);
    cells.chain(beyond).map(|right| right.as_str()).collect()
}

#[test]
fn the_server_gives_what_the_table_of_duties_says_cell_by_cell() {
    for role in Role::ALL {
        let server: BTreeSet<&str> = rights(*role).iter().map(|right| right.as_str()).collect();
        assert_eq!(given(*role), server, "{role}");
    }
    for (row, cells) in &TABLE {
        for (cell, role) in cells.iter().zip(COLUMNS) {
            assert!(cell.0 != "–" || cell.1.is_empty(), "{row}, {role}: nothing is given");
        }
    }
}

/// The table as a page shows it, with the reasons for what goes beyond it.
fn duties_page() -> String {
    let mut page = "\n## The table of duties\n\nWhat each role is for: v view, d do, a approve as the second person. A test \
        holds it against the rights below, cell by cell.\n\n"
        .to_owned();
    let names: Vec<&str> = COLUMNS.iter().map(|role| role.as_str()).collect();
    page.push_str(&format!("| | {} |\n|---|{}\n", names.join(" | "), "---|".repeat(names.len())));
    for (row, cells) in &TABLE {
        let words = cells.iter().map(|(word, given)| match given.is_empty() && *word != "–" {
            true => format!("{word}{NOT_YET}"),
            false => (*word).to_owned(),
        });
        page.push_str(&format!("| {row} | {} |\n", words.collect::<Vec<_>>().join(" | ")));
    }
    page.push_str("\nBeyond the table:\n\n");
    for (right, roles, why) in BEYOND {
        let names: Vec<&str> = roles.iter().map(|role| role.as_str()).collect();
        page.push_str(&format!("* `{right}` for {}: {why}.\n", names.join(", ")));
    }
    page
}

/// What a role may do with an operation: the widest of what its rights give.
fn mark(operation: &Operation, role: Role) -> &'static str {
    let needed = document::rights(&operation.members);
    let given = needed.iter().filter(|right| rights(role).contains(right));
    match given.map(|right| reach(role, *right)).max() {
        None => "–",
        Some(Reach::Named) => "代办",
        Some(Reach::Own) => "本人",
        Some(Reach::OwnShop) => "本店",
        Some(Reach::Subtree) => "下级",
        Some(Reach::Published) => "公布",
        Some(Reach::Bank) => "全行",
    }
}

fn roles_page() -> String {
    let mut page = "# Who may do what\n\n\
        Made from the code: the rights that each operation names, and the rights of each role in `src/domain/access/permissions.rs`. \
        A test compares; `UPDATE=1 cargo test` rewrites.\n\n\
        下级 · within the organisation at which the role is held and everything below it. 全行 · the whole bank; the role \
        must be held at its root. 本人 · one's own. 代办 · of those who named the caller as their proxy. 本店 · one's own shop. \
        公布 · what is published, in the whole bank. – · refused with 403. Out of reach is 404. Rules \
        that no table shows still hold: nobody approves what they entered, awards themselves or their household, or redeems \
        in their own shop; nobody is reviewer and auditor at once; `ledger_operator` is off in ordinary use.\n\n"
        .to_owned();
    let names: Vec<&str> = Role::ALL.iter().map(|role| role.as_str()).collect();
    page.push_str(&format!("| operation | {} |\n|---|{}\n", names.join(" | "), "---|".repeat(names.len())));
    let mut others = Vec::new();
    for operation in operations() {
        let name = format!("`{} {}`<br>{}", operation.method, operation.path, operation.id);
        if document::rights(&operation.members).is_empty() {
            let who =
                if document::is_open(&operation.members) { "everybody" } else { "every signed-in user" };
            others.push(format!("| {name} | {who} |\n"));
            continue;
        }
        let marks: Vec<&str> = Role::ALL.iter().map(|role| mark(&operation, *role)).collect();
        page.push_str(&format!("| {name} | {} |\n", marks.join(" | ")));
    }
    page.push_str("\n## Without a role\n\n| operation | who |\n|---|---|\n");
    page.push_str(&others.concat());
    page.push_str(&duties_page());
    page.push_str("\n## Rights of each role\n\n| role | rights |\n|---|---|\n");
    for role in Role::ALL {
        let held: Vec<&str> = rights(*role).iter().map(|right| right.as_str()).collect();
        page.push_str(&format!("| {role} | {} |\n", held.join(", ")));
    }
    page
}

#[test]
fn the_page_of_roles_is_up_to_date() {
    kept("ROLES.md", &roles_page());
}
