//! Cards: at the desk with their PIN, in print, one or many, and the own one.

use super::code::picture;
use crate::api::web::faults::FieldFault;
use crate::api::web::fields::{Password as PasswordField, PinText};
use crate::auth::passwords::Password;
use crate::domain::figures::{count, points};
use crate::domain::id::Id;
use crate::portal::frame::around::Frame;
use crate::portal::frame::fault::{Answer, Fault};
use crate::portal::frame::visit::Visit;
use crate::portal::people::org_names;
use crate::services::demo::on_paper::PIN;
use crate::services::shops::cards::{AT_ONCE, CardStanding, PrintedCard};
use crate::texts::sentences as s;
use askama::Template;

/// People on a page of the list: as many as are printed at once.
const LINES: i64 = 100;
/// A6 sheets on a sheet of A4.
const OF_SHEET: usize = 4;

/// What a card's PIN is like, in words.
fn pin_words(visit: &Visit, card: &CardStanding) -> String {
    match (card.is_locked, card.pin_set_at) {
        (true, _) => visit.words().cards_pin_locked(),
        (false, None) => visit.words().cards_pin_none(),
        (false, Some(at)) => visit.say(s::CardsPinSet { day: visit.days().day(at.day(visit.zone())) }),
    }
}

/// The six digits of a form, typed twice.
fn new_pin(visit: &Visit) -> Result<Password, Fault> {
    let fields = visit.fields();
    let (pin, again) = (fields.need::<PinText>("pin"), fields.need::<PinText>("pin_again"));
    if let (Ok(pin), Ok(again)) = (&pin, &again)
        && pin != again
    {
        let _: Result<(), _> = fields.refuse("pin_again", FieldFault::wrong_form(s::FormPinAgain));
    }
    fields.checked()?;
    Ok(Password::new(String::from(pin?)))
}

#[derive(Template)]
#[template(path = "staff_card.html")]
struct DeskPage {
    f: Frame,
    id: Id,
    name: String,
    number: String,
    edition: String,
    pin: String,
    has_pin: bool,
    is_locked: bool,
    lost: Option<String>,
    is_active: bool,
    /// What was just done.
    done: Option<String>,
}

fn done(visit: &Visit) -> Option<String> {
    let done = visit.query("done").map(|done| visit.say(s::CardsDone { done: done.as_str() }));
    done.filter(|_| visit.fault.is_none())
}

/// The card of a member at the desk.
pub async fn desk(visit: Visit) -> Answer {
    let id = visit.path::<Id>("id")?;
    let card = visit.services().card(&visit.reading()?, id).await?;
    if card.member.id != id {
        return visit.to(&format!("/staff/people/{}/card", card.member.id));
    }
    let days = visit.days();
    let page = DeskPage {
        f: visit.frame(format!("{} · {}", visit.words().cards_title(), card.member.name)).await?,
        id,
        edition: count(card.edition),
        pin: pin_words(&visit, &card),
        has_pin: card.pin_set_at.is_some(),
        is_locked: card.is_locked,
        lost: card.lost_at.map(|at| days.moment(at)),
        is_active: card.member.state == "active",
        done: done(&visit),
        name: card.member.name,
        number: card.member.number,
    };
    visit.page(&page)
}

/// Sets a PIN, or reports the card as lost.
pub async fn take(visit: Visit) -> Answer {
    let id = visit.path::<Id>("id")?;
    let done = match visit.form.typed("step") {
        Some("lost") => {
            visit.services().report_card_lost(&visit.call()?, id).await?;
            "lost"
        }
        Some("pin") => {
            let pin = new_pin(&visit)?;
            visit.services().set_card_pin(&visit.call()?, id, pin).await?;
            "pin"
        }
        _ => return Err(crate::api::web::problem::ApiError::NoSuchPath.into()),
    };
    visit.to(&format!("/staff/people/{id}/card?done={done}"))
}

/// A person of the list.
struct CardLine {
    id: Id,
    name: String,
    number: String,
    org: String,
    pin: String,
    has_pin: bool,
}

#[derive(Template)]
#[template(path = "staff_cards.html")]
struct ListPage {
    f: Frame,
    orgs: Vec<(String, String)>,
    org: String,
    lines: Vec<CardLine>,
    next: Option<String>,
}

/// People whose cards are printed: of an organisation, or of all within reach.
pub async fn list(visit: Visit) -> Answer {
    let (call, names) = (visit.reading()?, org_names(&visit).await?);
    let org = visit.query("org").and_then(|text| text.parse::<Id>().ok());
    let mut found = visit.services().people_for_cards(&call, org, visit.query("after"), LINES + 1).await?;
    let limit = usize::try_from(LINES).unwrap_or_default();
    let more = found.len() > limit;
    found.truncate(limit);
    let next = found.last().filter(|_| more).map(|(row, _)| {
        let mut query = form_urlencoded::Serializer::new(String::new());
        if let Some(org) = org {
            query.append_pair("org", &org.to_string());
        }
        format!("/staff/cards?{}", query.append_pair("after", &row.number).finish())
    });
    let lines = found.into_iter().filter(|(row, _)| row.state == "active").map(|(row, card)| CardLine {
        id: row.id,
        org: names.get(&row.org_id).cloned().unwrap_or_default(),
        pin: match card.pin_set_at {
            Some(at) => visit.say(s::CardsPinSet { day: visit.days().day(at.day(visit.zone())) }),
            None => visit.words().cards_pin_none(),
        },
        has_pin: card.pin_set_at.is_some(),
        name: row.name,
        number: row.number,
    });
    let mut orgs: Vec<(String, String)> =
        names.iter().map(|(id, name)| (id.to_string(), name.clone())).collect();
    orgs.sort_by(|a, b| a.1.cmp(&b.1));
    let page = ListPage {
        lines: lines.collect(),
        f: visit.frame(visit.words().cards_menu()).await?,
        orgs,
        org: org.map(|org| org.to_string()).unwrap_or_default(),
        next,
    };
    visit.page(&page)
}

/// A card on paper.
struct OnPaper {
    name: String,
    number: String,
    org: String,
    text: String,
    picture: String,
}

#[derive(Template)]
#[template(path = "print_cards.html")]
struct PrintPage {
    f: Frame,
    back: String,
    said: String,
    /// The address of the same cards on the other paper.
    other: String,
    /// Four on a sheet of A4; else each on a sheet of A6.
    is_a4: bool,
    sheets: Vec<Vec<OnPaper>>,
    limits: String,
}

/// How much a card pays, in a sentence.
fn limits(visit: &Visit) -> String {
    let limits = visit.services().paper_limits;
    match (limits.card_visit, limits.card_day) {
        (0, 0) => String::new(),
        (visit_limit, 0) => visit.say(s::CardsLimitVisit { visit: points(visit_limit) }),
        (0, day) => visit.say(s::CardsLimitDay { day: points(day) }),
        (visit_limit, day) => visit.say(s::CardsLimits { visit: points(visit_limit), day: points(day) }),
    }
}

/// Cards on paper; each print is logged.
pub async fn print(visit: Visit) -> Answer {
    let query = visit.request.query_string().to_owned();
    let pairs = form_urlencoded::parse(query.as_bytes()).into_owned().collect::<Vec<_>>();
    let named = pairs.iter().filter(|(name, _)| name == "member");
    let members: Vec<Id> = named.filter_map(|(_, value)| value.parse().ok()).take(AT_ONCE).collect();
    let is_a4 = pairs.iter().any(|(name, value)| name == "paper" && value == "a4");
    let back = match members.as_slice() {
        [one] => format!("/staff/people/{one}/card"),
        _ => "/staff/cards".to_owned(),
    };
    if members.is_empty() {
        return visit.to(&back);
    }
    let mut other = form_urlencoded::Serializer::new(String::new());
    for member in &members {
        other.append_pair("member", &member.to_string());
    }
    let other = other.append_pair("paper", if is_a4 { "a6" } else { "a4" }).finish();
    let names = org_names(&visit).await?;
    let cards = visit.services().print_cards(&visit.reading()?, members).await?;
    let said = visit.say(s::CardsPrinted { count: count(i64::try_from(cards.len()).unwrap_or(i64::MAX)) });
    let on_paper = |card: PrintedCard| -> Result<OnPaper, Fault> {
        Ok(OnPaper {
            picture: picture(&card.text)?,
            org: names.get(&card.org).cloned().unwrap_or_default(),
            name: card.name,
            number: card.number,
            text: card.text,
        })
    };
    let mut sheets: Vec<Vec<OnPaper>> = Vec::new();
    for card in cards {
        let card = on_paper(card)?;
        match sheets.last_mut().filter(|sheet| is_a4 && sheet.len() < OF_SHEET) {
            Some(sheet) => sheet.push(card),
            None => sheets.push(vec![card]),
        }
    }
    let page = PrintPage {
        f: visit.frame(visit.words().cards_print()).await?,
        back,
        said,
        other: format!("/staff/print/cards?{other}"),
        is_a4,
        sheets,
        limits: limits(&visit),
    };
    visit.page(&page)
}

#[derive(Template)]
#[template(path = "card.html")]
struct OwnPage {
    f: Frame,
    number: String,
    pin: String,
    /// The PIN can be changed here: there is one, and the card is not locked.
    may_change: bool,
    limits: String,
    done: Option<String>,
    /// Of the sample bank, for trying out.
    demo: Option<String>,
}

/// The own card.
pub async fn own(visit: Visit) -> Answer {
    let card = visit.services().card(&visit.reading()?, visit.member()?).await?;
    let f = visit.frame(visit.words().cards_title()).await?;
    let page = OwnPage {
        demo: f.sample.then(|| visit.say(s::CardsDemoPin { pin: PIN })),
        f,
        pin: pin_words(&visit, &card),
        may_change: card.pin_set_at.is_some() && !card.is_locked,
        number: card.member.number,
        limits: limits(&visit),
        done: done(&visit),
    };
    visit.page(&page)
}

/// Changes the own PIN, with the password of the log-in.
pub async fn change_own(visit: Visit) -> Answer {
    visit.state.limits.sign_in(&visit.request)?;
    let fields = visit.fields();
    let password = fields.secret::<PasswordField>("password");
    fields.checked()?;
    let pin = new_pin(&visit)?;
    let password = Password::new(String::from(password?));
    visit.services().change_own_card_pin(&visit.call()?, password, pin).await?;
    visit.to("/me/card?done=pin")
}
