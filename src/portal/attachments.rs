//! Attachments: one page for those of any thing, and their files.

use crate::api::attachments::answer as file_answer;
use crate::api::web::edge::State;
use crate::api::web::extract::trace;
use crate::api::web::faults::FieldFault;
use crate::api::web::problem::ApiError;
use crate::auth::permissions::{Permission, Role, rights};
use crate::domain::attachments::Thing;
use crate::domain::figures::count;
use crate::domain::id::Id;
use crate::portal::frame::answer;
use crate::portal::frame::around::Frame;
use crate::portal::frame::fault::Answer;
use crate::portal::frame::session;
use crate::portal::frame::visit::Visit;
use crate::services::attachments::{AttachmentAsk, AttachmentRow};
use crate::texts::sentences as s;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

/// One of the list.
struct Line {
    id: Id,
    title: String,
    /// Size, day, and how long it is kept.
    detail: String,
    /// Its id, if it is a picture.
    photo: Option<Id>,
    may_remove: bool,
}

#[derive(Template)]
#[template(path = "attachments.html")]
struct AttachmentsPage {
    f: Frame,
    path: String,
    /// What they belong to, in words.
    thing: String,
    back: String,
    is_goods: bool,
    may_add: bool,
    lines: Vec<Line>,
    done: Option<String>,
}

/// The address of a thing's attachments.
pub fn path_of(thing: Thing, id: Id) -> String {
    format!("/attachments/{thing}/{id}")
}

/// The page of the thing, for this caller.
fn page_of(visit: &Visit, thing: Thing, id: Id) -> Result<String, ApiError> {
    let actor = visit.actor()?;
    let or = |right: Permission, page: &str, other: &str| {
        format!("{}/{id}", if actor.may(right) { page } else { other })
    };
    Ok(match thing {
        Thing::Activity => format!("/staff/activities/{id}"),
        Thing::ServiceRecord => or(Permission::ReadRecords, "/staff/records", "/me/hours"),
        Thing::Offer if actor.may(Permission::WriteOffers) => format!("/shop/goods/{id}"),
        Thing::Offer => "/shops".to_owned(),
        Thing::Redemption if actor.may(Permission::RedeemOnBehalf) => {
            format!("/staff/counter/receipts/{id}")
        }
        Thing::Redemption if actor.may(Permission::ClaimCodes) => format!("/shop/receipts/{id}"),
        Thing::Redemption => "/me/passbook".to_owned(),
        Thing::Statement => or(Permission::ConfirmStatements, "/shop/statements", "/staff/statements"),
        Thing::Feedback => or(Permission::ReadFeedback, "/staff/feedback", "/feedback"),
        Thing::ShopApplication => {
            or(Permission::ReadMerchants, "/admin/shops/applications", "/me/shop-applications")
        }
    })
}

fn line(visit: &Visit, row: AttachmentRow, may_remove: bool) -> Line {
    let days = visit.days();
    let (kib, added) = (count(row.size.saturating_add(1_023) / 1_024), days.moment(row.made_at));
    let detail = match row.keep_until {
        Some(day) => visit.say(s::AttachmentsDetailUntil { kib, added, until: days.day(day) }),
        None => visit.say(s::AttachmentsDetail { kib, added }),
    };
    let title = if row.title.is_empty() { visit.words().attachments_untitled() } else { row.title };
    Line { id: row.id, title, detail, photo: row.small_digest.map(|_| row.id), may_remove }
}

fn asked(visit: &Visit) -> Result<(Thing, Id), ApiError> {
    let thing: String = visit.path("thing")?;
    Ok((Thing::parse(&thing).ok_or(ApiError::NoSuchPath)?, visit.path("id")?))
}

pub async fn show(visit: Visit) -> Answer {
    let (thing, id) = asked(&visit)?;
    let seen = visit.services().attachments(&visit.reading()?, (thing, id)).await?;
    let done = visit.query("done").map(|done| visit.say(s::AttachmentsDone { done }));
    let page = AttachmentsPage {
        path: path_of(thing, id),
        thing: visit.say(s::Thing { what: thing.as_str() }),
        back: page_of(&visit, thing, id)?,
        is_goods: thing == Thing::Offer,
        may_add: seen.may_add,
        lines: seen.rows.into_iter().map(|(row, may)| line(&visit, row, may)).collect(),
        done: done.filter(|_| visit.fault.is_none()),
        f: visit.frame(visit.words().attachments_title()).await?,
    };
    visit.page(&page)
}

/// Adds the file of the form, or removes the one that it names.
pub async fn take(visit: Visit) -> Answer {
    let (thing, id) = asked(&visit)?;
    let path = path_of(thing, id);
    let fields = visit.fields();
    if visit.form.typed("remove").is_some() {
        let attachment = fields.need::<Id>("remove");
        fields.checked()?;
        visit.services().remove_attachment(&visit.call()?, attachment?).await?;
        return visit.to(&format!("{path}?done=removed"));
    }
    let Some((name, file)) = visit.form.named_file("file") else {
        let missing = fields.refuse::<()>("file", FieldFault::Missing);
        fields.checked()?;
        missing?;
        return visit.to(&path);
    };
    let ask = AttachmentAsk { thing, of: id, name: name.to_owned(), file: file.to_vec() };
    visit.services().attach(&visit.call()?, ask).await?;
    visit.to(&format!("{path}?done=added"))
}

/// A file, or its small picture, for who may see what it belongs to.
async fn sent(visit: &mut Visit, small: bool) -> Answer {
    visit.cookies = session::admit(visit).await?;
    let actor = visit.actor()?.clone();
    trace(&visit.request, &actor, rights(Role::Auditor)).await?;
    let id = visit.path::<Id>("id")?;
    Ok(file_answer(visit.services(), &visit.request, &visit.reading()?, id, small).await?)
}

async fn send(request: HttpRequest, state: web::Data<State>, small: bool) -> HttpResponse {
    let mut visit = Visit::new(request, state);
    let mut answer = match sent(&mut visit, small).await {
        Ok(answer) => answer,
        Err(fault) => answer::sorry(&visit, &fault),
    };
    answer::finish(&visit, &mut answer);
    answer
}

pub async fn whole(request: HttpRequest, state: web::Data<State>) -> HttpResponse {
    send(request, state, false).await
}

pub async fn small(request: HttpRequest, state: web::Data<State>) -> HttpResponse {
    send(request, state, true).await
}
