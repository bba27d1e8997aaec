//! The inbox of the signed-in user: messages of today, of this month, and older ones.

use crate::domain::id::Id;
use crate::domain::message::{Message, Said};
use crate::domain::time::Days;
use crate::portal::frame::around::Frame;
use crate::portal::frame::fault::Answer;
use crate::portal::frame::visit::Visit;
use crate::services::inbox::{InboxMessage, MessageFilter};
use crate::texts::sentences as s;
use askama::Template;
use chrono::Datelike;

/// Messages on a page.
const LINES: i64 = 50;

/// One message.
struct Line {
    icon: &'static str,
    title: String,
    body: Option<String>,
    path: Option<String>,
    when: String,
    is_unread: bool,
}

/// The messages of a day or a month.
struct Part {
    title: String,
    lines: Vec<Line>,
}

#[derive(Template)]
#[template(path = "messages.html")]
struct Messages {
    f: Frame,
    lead: String,
    parts: Vec<Part>,
    /// The newest message, while there are unread ones.
    newest: Option<Id>,
    next: Option<String>,
}

/// The symbol of a message.
const fn icon(message: &Message) -> &'static str {
    match message {
        Message::PointsIn { .. } | Message::PointsTakenBack { .. } => "book-open",
        Message::Redeemed { .. } | Message::Refunded { .. } => "storefront",
        Message::PointsExpire { .. } | Message::PointsExpired { .. } => "clock",
        Message::StarReached { .. } | Message::StarGranted { .. } => "star",
        Message::Stepped { .. } | Message::CertificateCorrected { .. } => "seal-check",
        Message::SeatFree { .. } | Message::ActivityCancelled { .. } | Message::Invited { .. } => {
            "calendar-blank"
        }
        Message::Statement { .. } => "scroll",
        Message::RoleGranted { .. } | Message::RoleRevoked { .. } => "key",
        Message::FileLookedAt { .. } => "eye",
        Message::NewDevice
        | Message::SignInCode { .. }
        | Message::MailCode { .. }
        | Message::FactorRemoved => "key",
        Message::ProxyActed { .. } => "users",
        Message::GiftIn { .. }
        | Message::GiftOut { .. }
        | Message::GiftAskedBack { .. }
        | Message::GiftKept { .. } => "hand-heart",
        Message::Trial => "bell",
        Message::OfHousehold { .. } => "house-line",
    }
}

fn line(visit: &Visit, entry: InboxMessage) -> Line {
    let days = visit.days();
    let is_today = entry.made_at.day(days.zone) == days.today;
    let Said { title, body } = entry.say(&days, visit.language);
    Line {
        icon: icon(&entry.message),
        title,
        body,
        path: entry.message.path(entry.as_user),
        when: if is_today { days.clock(entry.made_at) } else { days.of(entry.made_at) },
        is_unread: entry.read_at.is_none(),
    }
}

/// The messages by today, this month, and months before.
fn parts(visit: &Visit, entries: Vec<InboxMessage>) -> Vec<Part> {
    let (days, w) = (visit.days(), visit.words());
    let (today, mut parts) = (days.today.date(), Vec::<Part>::new());
    for one in entries {
        let date = one.made_at.day(days.zone).date();
        let title = match date {
            date if date == today => w.messages_today(),
            date if (date.year(), date.month()) == (today.year(), today.month()) => w.messages_this_month(),
            date => days.month(date.year(), date.month()),
        };
        if parts.last().is_none_or(|part| part.title != title) {
            parts.push(Part { title, lines: Vec::new() });
        }
        if let Some(part) = parts.last_mut() {
            part.lines.push(line(visit, one));
        }
    }
    parts
}

pub async fn show(visit: Visit) -> Answer {
    let (call, services) = (visit.reading()?, visit.services());
    let before: Option<Id> = visit.query("before").and_then(|text| text.parse().ok());
    let filter = MessageFilter { unread: false, days: Days::default(), before };
    let messages = services.messages(&call, filter, LINES).await?;
    let unread = services.unread_messages(&call).await?;
    let is_full = i64::try_from(messages.len()).is_ok_and(|length| length == LINES);
    let next = messages.last().filter(|_| is_full).map(|last| format!("/messages?before={}", last.id));
    let page = Messages {
        lead: match unread {
            0 => visit.words().messages_none_unread(),
            count => visit.say(s::MessagesUnreadCount { count }),
        },
        newest: messages.first().map(|newest| newest.id).filter(|_| unread > 0 && before.is_none()),
        f: visit.frame(visit.words().messages_title()).await?,
        parts: parts(&visit, messages),
        next,
    };
    visit.page(&page)
}

/// Notes that all messages up to the newest one on the page are read.
pub async fn read(visit: Visit) -> Answer {
    let fields = visit.fields();
    let until = fields.need::<Id>("until");
    fields.checked()?;
    visit.services().read_messages(&visit.call()?, until?).await?;
    visit.to("/messages")
}

/// Days that a paper list goes back, and the most messages on it.
const PAPER_DAYS: i32 = 7;
const PAPER_LINES: i64 = 2_000;

/// A person on the list, with the day and the words of each message.
struct OnPaper {
    name: String,
    number: String,
    lines: Vec<(String, Said)>,
}

#[derive(Template)]
#[template(path = "print_messages.html")]
struct PaperPage {
    f: Frame,
    period: String,
    people: Vec<OnPaper>,
}

/// The messages of a week for those who have no log-in, to be cut up and handed out.
pub async fn paper(visit: Visit) -> Answer {
    let days = visit.days();
    let week = Days { from: Some(days.today.plus(1 - PAPER_DAYS)), until: Some(days.today) };
    let found = visit.services().messages_on_paper(&visit.reading()?, week, PAPER_LINES).await?;
    let people = found.into_iter().map(|(member, told)| OnPaper {
        name: member.name,
        number: member.number,
        lines: told.into_iter().map(|one| (days.of(one.made_at), one.say(&days, visit.language))).collect(),
    });
    let page = PaperPage {
        period: format!("{} – {}", days.today.plus(1 - PAPER_DAYS), days.today),
        people: people.collect(),
        f: visit.frame(visit.words().messages_paper()).await?,
    };
    visit.page(&page)
}
