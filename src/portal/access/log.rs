//! The access log for auditors: who saw or changed whose data, and why.

use crate::domain::refusal::Refusal;
use crate::domain::time::{Day, Days};
use crate::portal::frame::around::Frame;
use crate::portal::frame::fault::Answer;
use crate::portal::frame::visit::Visit;
use crate::services::Error;
use crate::services::access::access_lines::{AccessAsk, AccessLine};
use crate::texts::{Text, sentences as s};
use askama::Template;

/// How many lines a page has.
const LINES: i64 = 50;

/// A line of the log.
struct Line {
    when: String,
    who: String,
    what: String,
    whose: String,
    why: String,
}

#[derive(Template)]
#[template(path = "access_log.html")]
struct LogPage {
    f: Frame,
    lines: Vec<Line>,
    actor: String,
    subject: String,
    from: String,
    until: String,
    is_unknown: bool,
    next: Option<String>,
}

/// A step or another change in words; else its code, as it stands in the log.
fn action_words(visit: &Visit, action: &str) -> String {
    visit.say(Text::from(s::OfficeAction { action: action.to_owned() }))
}

fn line(visit: &Visit, line: &AccessLine) -> Line {
    Line {
        when: visit.days().moment(line.row.recorded_at),
        who: line.actor.clone().unwrap_or_else(|| visit.words().office_program()),
        what: action_words(visit, &line.row.action),
        whose: line.subject.clone().unwrap_or_default(),
        why: line.row.reason.clone().unwrap_or_default(),
    }
}

/// The log with its filters.
pub async fn show(visit: Visit) -> Answer {
    let day = |name: &str| visit.query(name).and_then(|text| Day::parse(&text));
    let ask = AccessAsk {
        actor: visit.query("actor"),
        subject: visit.query("subject"),
        days: Days { from: day("from"), until: day("until") },
        before: visit.query("before").and_then(|text| text.parse().ok()),
    };
    let (found, is_unknown) = match visit.services().access_lines(&visit.reading()?, ask, LINES).await {
        Ok(found) => (found, false),
        Err(Error::Refused(Refusal::NotFound { .. })) => (Vec::new(), true),
        Err(error) => return Err(error.into()),
    };
    let mut kept = form_urlencoded::Serializer::new(String::new());
    for name in ["actor", "subject", "from", "until"] {
        if let Some(value) = visit.query(name) {
            kept.append_pair(name, &value);
        }
    }
    let kept = kept.finish();
    let is_full = i64::try_from(found.len()).is_ok_and(|length| length == LINES);
    let next = found.last().filter(|_| is_full);
    let typed = |name: &str| visit.query(name).unwrap_or_default();
    let page = LogPage {
        f: visit.frame(visit.words().office_access_title()).await?,
        lines: found.iter().map(|one| line(&visit, one)).collect(),
        actor: typed("actor"),
        subject: typed("subject"),
        from: typed("from"),
        until: typed("until"),
        is_unknown,
        next: next.map(|last| format!("/admin/access?{kept}&before={}", last.row.id)),
    };
    visit.page(&page)
}
