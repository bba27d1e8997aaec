//! The menus: which pages a person goes to from every page, by what they may do.

use super::visit::Visit;
use crate::auth::permissions::{Permission as P, Role};
use crate::texts::{Text, Words, sentences as s, word};
use std::collections::BTreeSet;

/// A line of a menu.
#[derive(Clone, Debug)]
pub struct Item {
    pub path: &'static str,
    /// The symbol in `icons.svg`.
    pub icon: &'static str,
    pub words: String,
    pub is_current: bool,
}

/// The word of a role.
pub fn role_name(w: Words, role: Role) -> String {
    w.say(Text::from(s::Role { role: word(role) }))
}

/// A line of a menu before it is in a language: path, symbol, words, and the right that its page needs.
type Line = (&'static str, &'static str, fn(&Words) -> String, Option<P>);

const MEMBER: &[Line] = &[
    ("/me", "house", Words::menu_home, Some(P::ReadOwn)),
    ("/me/passbook", "book-open", Words::menu_passbook, Some(P::ReadOwn)),
    ("/me/code", "qr-code", Words::menu_code, Some(P::ShowCode)),
    ("/shops", "storefront", Words::menu_shops, None),
    ("/account", "user", Words::menu_account, None),
];

/// Of who only acts for others.
const HELPER: &[Line] = &[
    ("/me/proxies", "users", Words::proxies_menu, Some(P::ActForMembers)),
    ("/events", "calendar-blank", Words::activities_events, Some(P::ReadActivities)),
    ("/shops", "storefront", Words::menu_shops, None),
    ("/account", "user", Words::menu_account, None),
];

const SHOP: &[Line] = &[
    ("/shop", "scan", Words::menu_take, Some(P::ClaimCodes)),
    ("/shop/day", "clock-counter-clockwise", Words::menu_day, Some(P::ClaimCodes)),
    ("/shop/goods", "package", Words::office_menu_goods, Some(P::WriteOffers)),
    ("/shop/statements", "scroll", Words::office_menu_statements, Some(P::ConfirmStatements)),
    ("/shop/clerks", "users", Words::office_menu_clerks, Some(P::WriteClerks)),
    ("/account", "user", Words::menu_account, None),
];

const DESK: &[Line] = &[
    ("/admin", "chart-line-up", Words::office_menu_overview, Some(P::WriteUsers)),
    // Who enters records, and who approves them.
    ("/staff", "house", Words::staff_menu_today, Some(P::EnterRecords)),
    ("/staff", "house", Words::staff_menu_today, Some(P::ApproveRecords)),
    ("/staff/figures", "chart-line-up", Words::figures_title, Some(P::ReadFigures)),
    ("/staff/people", "users", Words::staff_menu_people, Some(P::ReadMembers)),
    ("/staff/households", "house-line", Words::homes_title, Some(P::ReadMembers)),
    ("/staff/awards", "table", Words::staff_menu_awards, Some(P::MakeAwards)),
    ("/staff/counter", "storefront", Words::staff_menu_counter, Some(P::RedeemOnBehalf)),
    ("/staff/cards", "identification-card", Words::cards_menu, Some(P::WriteMembers)),
    ("/staff/slips", "receipt", Words::slips_menu, Some(P::ReadRedemptions)),
    ("/staff/goods", "package", Words::goods_sheets_title, Some(P::ReadMerchants)),
    ("/staff/activities", "calendar-blank", Words::activities_title, Some(P::ReadRecords)),
    ("/staff/sheet", "table", Words::activities_sheet, Some(P::EnterRecords)),
    ("/staff/records", "list-checks", Words::activities_records, Some(P::ReadRecords)),
    ("/staff/proposals", "seal-check", Words::staff_menu_proposals, Some(P::ReadAwards)),
    ("/staff/awards/list", "clock-counter-clockwise", Words::staff_menu_given, Some(P::ReadAwards)),
    ("/staff/gifts", "hand-heart", Words::pools_title, Some(P::ReadAwards)),
    ("/audit/ledger", "clock-counter-clockwise", Words::office_menu_ledger, Some(P::ReadLedger)),
    ("/audit/checks", "seal-check", Words::office_menu_checks, Some(P::ReadLedger)),
    ("/staff/feedback", "chat-circle-text", Words::help_feedback, Some(P::ReadFeedback)),
    ("/staff/requests", "identification-card", Words::requests_title, Some(P::WriteMembers)),
    ("/staff/requests", "identification-card", Words::requests_title, Some(P::EraseMembers)),
    ("/staff/statements", "scroll", Words::office_menu_statements, Some(P::ReadStatements)),
    ("/admin/shops", "storefront", Words::office_menu_shops, Some(P::WriteMerchants)),
    ("/admin/shops/applications", "storefront", Words::applications_title, Some(P::ApplyForShop)),
    ("/admin/orgs", "tree-structure", Words::office_menu_orgs, Some(P::WriteOrgs)),
    ("/admin/users", "key", Words::office_menu_users, Some(P::ReadUsers)),
    ("/admin/schemes", "clipboard-text", Words::office_menu_schemes, Some(P::ReadSchemes)),
    ("/admin/calendars", "calendar-blank", Words::office_menu_calendars, Some(P::ReadCalendars)),
    ("/admin/skills", "clipboard-text", Words::skills_title, Some(P::ManageBank)),
    ("/admin/senders", "bell", Words::senders_menu, Some(P::ManageBank)),
    ("/admin/gifts", "hand-heart", Words::gift_rules_title, Some(P::ManageBank)),
    ("/admin/settings", "gear", Words::settings_menu, Some(P::ManageBank)),
    ("/admin/access", "eye", Words::office_menu_access, Some(P::ReadAccessLog)),
    ("/account", "user", Words::menu_account, None),
];

/// The area of a visit, and its menu.
pub fn menu(visit: &Visit) -> (&'static str, Vec<Item>) {
    let Some(actor) = &visit.actor else { return ("plain", Vec::new()) };
    let (area, lines) = match actor {
        actor if actor.merchant.is_some() => ("shop", SHOP),
        actor if actor.member.is_some() && actor.may(P::ShowCode) => ("member", MEMBER),
        actor
            if actor.may(P::ActForMembers) && actor.grants.iter().all(|grant| grant.role == Role::Proxy) =>
        {
            ("helper", HELPER)
        }
        _ => ("desk", DESK),
    };
    let path = visit.request.path();
    let mut shown = BTreeSet::new();
    let open: Vec<&Line> = lines
        .iter()
        .filter(|(path, .., right)| right.is_none_or(|right| actor.may(right)) && shown.insert(*path))
        .collect();
    // The longest path that leads to this page is the current one. A start page, below which others of the menu lie,
    // is only where it is itself.
    let starts = |own: &str| open.iter().any(|other| other.0 != own && is_below(other.0, own));
    let leads = |own: &&str| path == *own || is_below(path, own) && !starts(own);
    let current = open.iter().map(|line| line.0).filter(leads).max_by_key(|own| own.len());
    let items = open
        .into_iter()
        .map(|(own, icon, words, _)| Item {
            path: own,
            icon,
            words: words(&visit.words()),
            is_current: current == Some(*own),
        })
        .collect();
    (area, items)
}

fn is_below(path: &str, own: &str) -> bool {
    path.strip_prefix(own).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}
