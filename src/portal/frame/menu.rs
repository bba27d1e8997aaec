//! The menus: which pages a person goes to from every page, by what they may do.

use super::visit::Visit;
use crate::auth::permissions::{Permission as P, Role};
use crate::texts::{Text, Words, sentences as s, word};

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

const SHOP: &[Line] = &[
    ("/shop", "scan", Words::menu_take, Some(P::ClaimCodes)),
    ("/shop/day", "clock-counter-clockwise", Words::menu_day, Some(P::ClaimCodes)),
    ("/account", "user", Words::menu_account, None),
];

const DESK: &[Line] = &[
    ("/staff/activities", "calendar-blank", Words::activities_title, Some(P::ReadRecords)),
    ("/staff/sheet", "table", Words::activities_sheet, Some(P::EnterRecords)),
    ("/staff/records", "list-checks", Words::activities_records, Some(P::ReadRecords)),
    ("/account", "user", Words::menu_account, None),
];

/// The area of a visit, and its menu.
pub fn menu(visit: &Visit) -> (&'static str, Vec<Item>) {
    let Some(actor) = &visit.actor else { return ("plain", Vec::new()) };
    let (area, lines) = match actor {
        actor if actor.merchant.is_some() => ("shop", SHOP),
        actor if actor.member.is_some() && actor.may(P::ShowCode) => ("member", MEMBER),
        _ => ("desk", DESK),
    };
    let path = visit.request.path();
    let open = lines.iter().filter(|(.., right)| right.is_none_or(|right| actor.may(right)));
    // The longest path that leads to this page is the current one.
    let current =
        open.clone().map(|line| line.0).filter(|own| is_below(path, own)).max_by_key(|own| own.len());
    let items = open.map(|(own, icon, words, _)| Item {
        path: own,
        icon,
        words: words(&visit.words()),
        is_current: current == Some(*own),
    });
    (area, items.collect())
}

fn is_below(path: &str, own: &str) -> bool {
    path.strip_prefix(own).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}
