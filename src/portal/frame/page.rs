//! A page of the portal: its path, who may open it, what shows it, and what takes its form. One handler serves all of
//! them.

use super::answer;
use super::fault::Answer;
use super::form::Form;
use super::guard::is_ours;
use super::session;
use super::visit::Visit;
use crate::api::web::accept::is_person;
use crate::api::web::edge::State;
use crate::api::web::extract::trace;
use crate::api::web::problem::ApiError;
use crate::auth::permissions::{Actor, Permission};
use crate::domain::refusal::Refusal;
use crate::portal::access::sign_in;
use actix_web::dev::Payload;
use actix_web::http::{Method, StatusCode};
use actix_web::{FromRequest, HttpRequest, HttpResponse, web};
use futures_util::future::LocalBoxFuture;

/// A page's function with its type taken away, so that all pages stand in one table.
pub type Run = fn(Visit) -> LocalBoxFuture<'static, Answer>;

/// Who may open a page.
#[derive(Clone, Copy, Debug)]
pub enum Who {
    /// Also without signing in.
    Anyone,
    /// Every signed-in user, with any role.
    SignedIn,
    /// A role that gives one of these rights, somewhere.
    May(&'static [Permission]),
}

/// How far a page opens to a session that a card and its PIN have opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ByCard {
    /// Not at all, unless anyone may open it.
    Closed,
    /// It is shown; its form asks for a password or a one-time code.
    Shown,
    /// It is shown, and takes its form.
    Open,
}

/// A page.
pub struct Page {
    /// Pattern of its path.
    pub path: &'static str,
    pub who: Who,
    pub by_card: ByCard,
    /// Shows it: GET. After a refusal it shows the form again, with what was typed.
    pub show: Run,
    /// Takes its form: POST, which ends in a redirect.
    pub take: Option<Run>,
}

/// Declares pages: `"/path" who => show;` or `"/path" who => show, take;`. Behind `who`, after a comma, how far it opens
/// to a session of a card; left out: not at all.
macro_rules! pages {
    ($($path:literal $who:expr $(, $by_card:ident)? => $show:path $(, $take:path)?;)+) => {
        &[$($crate::portal::frame::page::Page {
            path: $path,
            who: $who,
            by_card: $crate::portal::frame::page::pages!(@card $($by_card)?),
            show: |visit| Box::pin($show(visit)),
            take: $crate::portal::frame::page::pages!(@take $($take)?),
        }),+]
    };
    (@card) => { $crate::portal::frame::page::ByCard::Closed };
    (@card $by_card:ident) => { $crate::portal::frame::page::ByCard::$by_card };
    (@take) => { None };
    (@take $take:path) => { Some(|visit| Box::pin($take(visit))) };
}
pub(in crate::portal) use pages;

impl Page {
    /// Whether the session's proof is strong enough.
    fn opens_to(&self, actor: Option<&Actor>, is_form: bool) -> bool {
        let by_card = actor.is_some_and(|actor| actor.card_edition.is_some());
        match (self.who, self.by_card) {
            _ if !by_card => true,
            (Who::Anyone, _) | (_, ByCard::Open) => true,
            (_, ByCard::Shown) => !is_form,
            (_, ByCard::Closed) => false,
        }
    }
}

/// Attached to the route of a page: which one it is.
#[derive(Clone, Copy)]
struct PageOf(&'static Page);

/// Adds the routes of these pages.
pub fn routes(config: &mut web::ServiceConfig, pages: &'static [Page]) {
    for page in pages {
        let mut resource = web::resource(page.path).name(page.path).app_data(PageOf(page));
        resource = resource.route(web::get().to(open));
        if page.take.is_some() {
            resource = resource.route(web::post().to(open));
        }
        config.service(resource);
    }
}

/// The request and its body, which is read only where a form is sent.
struct Asked(HttpRequest, Payload);

impl FromRequest for Asked {
    type Error = ApiError;
    type Future = std::future::Ready<Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        std::future::ready(Ok(Asked(request.clone(), payload.take())))
    }
}

async fn open(asked: Asked) -> HttpResponse {
    let Asked(request, payload) = asked;
    let (Some(page), Some(state)) =
        (request.app_data::<PageOf>().map(|of| of.0), request.app_data::<web::Data<State>>().cloned())
    else {
        return HttpResponse::new(StatusCode::INTERNAL_SERVER_ERROR);
    };
    let mut visit = Visit::new(request, state);
    let mut answer = match visited(&mut visit, page, payload).await {
        Ok(answer) => answer,
        Err(fault) => answer::sorry(&visit, &fault),
    };
    answer::finish(&visit, &mut answer);
    answer
}

async fn visited(visit: &mut Visit, page: &Page, payload: Payload) -> Answer {
    let is_form = visit.request.method() == Method::POST;
    visit.cookies = session::admit(visit).await?;
    if is_form {
        visit.form = Form::read(&visit.request, payload, &visit.state).await?;
    }
    let reads: &[Permission] = match page.who {
        Who::Anyone => &[],
        _ if visit.actor.is_none() => return ask_to_sign_in(visit, is_form).await,
        Who::SignedIn => &[],
        Who::May(rights) => {
            let may = |actor: &Actor| rights.iter().any(|right| actor.may(*right));
            if !visit.actor.as_ref().is_some_and(may) {
                return Err(ApiError::Forbidden(rights).into());
            }
            rights
        }
    };
    if !page.opens_to(visit.actor.as_ref(), is_form) {
        return Err(ApiError::from(Refusal::StrongerProofNeeded).into());
    }
    let Some(take) = page.take.filter(|_| is_form) else {
        if let Some(actor) = &visit.actor {
            trace(&visit.request, actor, reads).await?;
        }
        return (page.show)(visit.clone()).await;
    };
    let taken = match is_ours(visit) {
        true => take(visit.clone()).await,
        false => {
            visit.refuse_stale();
            return (page.show)(visit.clone()).await;
        }
    };
    match taken {
        Err(fault) if fault.is_of_form() => {
            visit.refuse(fault);
            (page.show)(visit.clone()).await
        }
        taken => taken,
    }
}

/// The page for signing in, in place of the one that was asked for. A form that was sent is kept in it.
async fn ask_to_sign_in(visit: &Visit, is_form: bool) -> Answer {
    if is_form {
        return sign_in::with_kept_form(visit.clone()).await;
    }
    let asked = visit.request.uri().path_and_query().map_or("/", |whole| whole.as_str());
    let next: String = form_urlencoded::byte_serialize(asked.as_bytes()).collect();
    visit.to(&format!("/login?next={next}"))
}

/// What no page and no operation answers: a page for people, a problem for programs.
pub async fn unknown(request: HttpRequest) -> HttpResponse {
    let state = request.app_data::<web::Data<State>>().cloned();
    let Some(state) = state.filter(|_| is_person(&request)) else {
        return HttpResponse::new(StatusCode::NOT_FOUND);
    };
    let visit = Visit::new(request, state);
    let mut answer = answer::sorry(&visit, &ApiError::NoSuchPath.into());
    answer::finish(&visit, &mut answer);
    answer
}
