//! Certificates of service: one's own, and those of a member at the desk; the list with its form, and one certificate,
//! which is also its print.

use crate::api::web::fields::{Note, Reason};
use crate::api::web::problem::ApiError;
use crate::auth::permissions::Permission as P;
use crate::auth::secrets::Sealed;
use crate::domain::figures::count;
use crate::domain::id::Id;
use crate::domain::life_cycles::{REISSUE_CERTIFICATE, REVOKE_CERTIFICATE};
use crate::domain::service::certificate::typed;
use crate::domain::time::Day;
use crate::portal::frame::around::Frame;
use crate::portal::frame::fault::{Answer, Fault};
use crate::portal::frame::visit::Visit;
use crate::portal::shops::code::picture;
use crate::services::service::certificates::{
    CertificateAsk, CertificateFilter, CertificateRow, CertificateStanding,
};
use crate::services::step::because;
use crate::texts::{Text, sentences as s};
use askama::Template;
use chrono::Datelike;

/// Certificates on a page.
const LINES: i64 = 30;

/// A day with its year, as papers have it.
pub fn whole_day(visit: &Visit, day: Day) -> String {
    let date = day.date();
    let (year, month, day) = (date.year(), format!("m{}", date.month()), date.day());
    visit.say(Text::from(s::DayWithYear { year, month, day }))
}

/// The days that a certificate covers.
pub fn period(visit: &Visit, first: Option<Day>, last: Day) -> String {
    let last = whole_day(visit, last);
    match first {
        Some(first) => visit.say(s::CertificatesPeriod { first: whole_day(visit, first), last }),
        None => visit.say(s::CertificatesUntil { last }),
    }
}

/// What became of a certificate that is no longer valid.
pub fn notice(visit: &Visit, state: &str, is_corrected: bool, new_number: Option<String>) -> Option<String> {
    match (state, new_number) {
        ("valid", _) => None,
        (_, Some(number)) => Some(visit.say(s::CertificatesReplacedBy { number })),
        _ if is_corrected => Some(visit.words().certificates_corrected()),
        _ => Some(visit.words().certificates_revoked()),
    }
}

pub fn state_words(visit: &Visit, state: &str) -> String {
    visit.say(s::CertificatesState { state: state.to_owned() })
}

/// Whose certificates a page lists.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Who {
    Own,
    /// Another person, at the desk.
    Person,
    /// A household, which serves nothing itself.
    Household,
}

/// A certificate in a list.
struct Line {
    path: String,
    number: String,
    period: String,
    length: String,
    issued_on: String,
    state: String,
    is_valid: bool,
}

#[derive(Template)]
#[template(path = "certificates.html")]
struct ListPage {
    f: Frame,
    back: String,
    back_words: String,
    lead: String,
    lines: Vec<Line>,
    next: Option<String>,
    may_issue: bool,
    /// Staff write other matters.
    has_remark: bool,
    today: String,
}

async fn list_page(visit: Visit, member: Id, back: (String, String), who: Who) -> Answer {
    let is_own = who == Who::Own;
    let call = visit.reading()?;
    let before = visit.query("before").and_then(|text| text.parse().ok());
    let filter = CertificateFilter { member: Some(member), before, ..CertificateFilter::default() };
    let found = visit.services().certificates(&call, filter, LINES).await?;
    let is_full = i64::try_from(found.len()).is_ok_and(|length| length == LINES);
    let path = visit.request.path().to_owned();
    let last = found.last().filter(|_| is_full);
    let next = last.map(|last| format!("{path}?before={}", last.row.id));
    let below = if is_own { "/me/certificates" } else { "/staff/certificates" };
    let line = |one: CertificateStanding| Line {
        path: format!("{below}/{}", one.row.id),
        period: period(&visit, one.row.first_day, one.row.last_day),
        length: visit.length(one.row.minutes),
        issued_on: whole_day(&visit, one.issued_on),
        state: state_words(&visit, &one.state),
        is_valid: one.state == "valid",
        number: one.row.number,
    };
    let lines = found.into_iter().map(line).collect();
    let w = visit.words();
    visit.page(&ListPage {
        f: visit.frame(w.certificates_title()).await?,
        lead: if is_own { w.certificates_lead() } else { back.1.clone() },
        back: back.0,
        back_words: back.1,
        lines,
        next,
        may_issue: is_own || (who == Who::Person && visit.actor()?.may(P::IssueCertificates)),
        has_remark: !is_own,
        today: visit.days().today.to_string(),
    })
}

/// What the form asks for.
fn asked(visit: &Visit, member: Option<Id>) -> Result<CertificateAsk, Fault> {
    let fields = visit.fields();
    let (from, until) = (fields.maybe::<Day>("from"), fields.maybe::<Day>("until"));
    let remark = match member {
        Some(_) => fields.maybe::<Note>("remark"),
        None => Ok(None),
    };
    fields.checked()?;
    Ok(CertificateAsk { member, from: from?, until: until?, remark: remark?.map(String::from) })
}

/// One's own.
pub async fn own(visit: Visit) -> Answer {
    let (member, back) = (visit.member()?, ("/me/hours".to_owned(), visit.words().activities_hours()));
    list_page(visit, member, back, Who::Own).await
}

pub async fn issue_own(visit: Visit) -> Answer {
    let ask = asked(&visit, None)?;
    let id = visit.services().issue_certificate(&visit.call()?, ask).await?;
    visit.to(&format!("/me/certificates/{id}"))
}

/// Those of a member, at the desk.
pub async fn of_member(visit: Visit) -> Answer {
    let row = visit.services().member(&visit.reading()?, visit.path::<Id>("id")?).await?;
    let who = if row.kind == "household" { Who::Household } else { Who::Person };
    list_page(visit, row.id, (format!("/staff/people/{}", row.id), row.name), who).await
}

pub async fn issue(visit: Visit) -> Answer {
    let ask = asked(&visit, Some(visit.path::<Id>("id")?))?;
    let id = visit.services().issue_certificate(&visit.call()?, ask).await?;
    visit.to(&format!("/staff/certificates/{id}"))
}

/// The code of a certificate on paper.
struct Code {
    picture: String,
    /// Three groups of four digits.
    digits: [String; 3],
    /// Where it is checked.
    address: String,
}

#[derive(Template)]
#[template(path = "certificate.html")]
struct OnePage {
    f: Frame,
    back: String,
    number: String,
    notice: Option<String>,
    reason: Option<String>,
    sentence: String,
    name: String,
    document: Option<(String, String)>,
    member_number: String,
    period: String,
    length: String,
    times: String,
    services: Vec<(String, String, String)>,
    others: Option<(String, String)>,
    brought: Option<String>,
    issuer: String,
    responsible: Option<String>,
    handler: String,
    contact: Option<String>,
    issued_on: String,
    remark: Option<String>,
    old_number: Option<String>,
    code: Option<Code>,
    /// The whole number of the document can be shown; with a reason, unless it is one's own.
    may_reveal: bool,
    is_own: bool,
    may_reissue: bool,
    may_revoke: bool,
}

async fn code(visit: &Visit, number: &str, whole: &str) -> Result<Code, Fault> {
    let banks = visit.services().banks().await?;
    let bank = visit.actor()?.bank;
    let slug = banks.into_iter().find(|one| one.id == bank).map(|one| one.slug).unwrap_or_default();
    let address = format!("{}/certificates/{slug}", visit.address());
    let digits = typed(whole);
    let group = |at: usize| digits.get(at..at.saturating_add(4)).unwrap_or_default().to_owned();
    Ok(Code {
        picture: picture(&format!("{address}?certificate={number}&check_code={whole}"))?,
        digits: [group(0), group(4), group(8)],
        address,
    })
}

/// One certificate; `revealed`: the whole number of the document.
async fn one_page(visit: Visit, is_own: bool, revealed: Option<String>) -> Answer {
    let (id, call, services, w) =
        (visit.path::<Id>("id")?, visit.reading()?, visit.services(), visit.words());
    let found = services.certificate(&call, id).await?;
    let member = services.member(&call, found.row.member_id).await?;
    let masked = services.masked(member.bank_id, &member)?;
    let (_, open) = services.open_steps::<CertificateRow>(&call, id).await?;
    let may = |step: &crate::domain::life_cycle::Step| open.iter().any(|open| open.is(step));
    let code = match &found.code {
        Some(whole) => Some(code(&visit, &found.row.number, whole).await?),
        None => None,
    };
    let CertificateStanding { row, certified, .. } = found;
    let others = certified.others(row.minutes);
    let is_shown = revealed.is_some();
    let document = masked.id_kind.zip(revealed.or(masked.id_number));
    let sentence = s::CertificatesSentence {
        name: certified.name.clone(),
        length: visit.length(row.minutes),
        times: count(certified.times),
    };
    let back = match is_own {
        true => "/me/certificates".to_owned(),
        false => format!("/staff/people/{}/certificates", row.member_id),
    };
    let page = OnePage {
        f: visit.frame(format!("{} {}", w.certificates_one(), row.number)).await?,
        back,
        notice: notice(&visit, &found.state, found.is_corrected, found.replaced_by),
        reason: row.reason,
        sentence: visit.say(sentence),
        name: certified.name,
        may_reveal: document.is_some() && !is_shown && (is_own || visit.actor()?.may(P::RevealMembers)),
        document: document
            .map(|(kind, number)| (visit.say(s::StaffIdKind { kind: kind.to_owned() }), number)),
        member_number: certified.member_number,
        period: period(&visit, row.first_day, row.last_day),
        length: visit.length(row.minutes),
        times: count(certified.times),
        services: certified
            .services
            .into_iter()
            .map(|one| (one.title, count(one.times), visit.length(one.minutes)))
            .collect(),
        others: others.map(|(times, minutes)| (count(times), visit.length(minutes))),
        brought: Some(certified.brought_minutes)
            .filter(|minutes| *minutes > 0)
            .map(|minutes| visit.length(minutes)),
        issuer: certified.issuer.name,
        responsible: certified.issuer.responsible,
        handler: certified.issuer.handler.unwrap_or_else(|| w.certificates_self()),
        contact: certified.issuer.contact,
        issued_on: whole_day(&visit, found.issued_on),
        remark: certified.remark,
        old_number: found.replaces,
        code,
        is_own,
        may_reissue: may(&REISSUE_CERTIFICATE),
        may_revoke: may(&REVOKE_CERTIFICATE),
        number: row.number,
    };
    visit.page(&page)
}

/// One's own certificate. That of another is not found here: staff have a page of their own.
pub async fn show_own(visit: Visit) -> Answer {
    must_be_own(&visit).await?;
    one_page(visit, true, None).await
}

async fn must_be_own(visit: &Visit) -> Result<Id, Fault> {
    let id = visit.path::<Id>("id")?;
    let found = visit.services().certificate(&visit.reading()?, id).await?;
    match visit.actor()?.member == Some(found.row.member_id) {
        true => Ok(id),
        false => Err(crate::domain::refusal::Refusal::absent("certificate").into()),
    }
}

/// Issues it anew, or shows it with the whole number of the document, for the print.
pub async fn take_own(visit: Visit) -> Answer {
    let id = must_be_own(&visit).await?;
    match visit.form.typed("step").unwrap_or_default() {
        "reissue_certificate" => reissued(&visit, id, "/me/certificates").await,
        "reveal_id_number" => {
            let number = visit.services().own_id_number(&visit.reading()?).await?;
            one_page(visit, true, number).await
        }
        _ => Err(ApiError::NoSuchPath.into()),
    }
}

pub async fn show(visit: Visit) -> Answer {
    one_page(visit, false, None).await
}

/// Issues it anew, revokes it, or shows it with the whole number of the document: both with a reason.
pub async fn take(visit: Visit) -> Answer {
    let id = visit.path::<Id>("id")?;
    let step = visit.form.typed("step").unwrap_or_default().to_owned();
    if step == REISSUE_CERTIFICATE.name {
        return reissued(&visit, id, "/staff/certificates").await;
    }
    let fields = visit.fields();
    let reason = fields.need::<Reason>("reason");
    fields.checked()?;
    let (call, services) = (visit.call()?, visit.services());
    match step.as_str() {
        "reveal_id_number" => {
            let found = services.certificate(&visit.reading()?, id).await?;
            let member = found.row.member_id;
            let number = services.reveal(&call, member, Sealed::IdNumber, reason?.into()).await?;
            one_page(visit, false, number).await
        }
        step if step == REVOKE_CERTIFICATE.name => {
            let params = because(Some(reason?.into()));
            services.step::<CertificateRow>(&call, &REVOKE_CERTIFICATE, id, params).await?;
            visit.to(&format!("/staff/certificates/{id}"))
        }
        _ => Err(ApiError::NoSuchPath.into()),
    }
}

async fn reissued(visit: &Visit, id: Id, below: &str) -> Answer {
    let made = visit.services().reissue_certificate(&visit.call()?, id).await?;
    visit.to(&format!("{below}/{made}"))
}
