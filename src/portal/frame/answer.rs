//! Answers: pages, redirects, and the headers of all of them.

use super::around::Frame;
use super::fault::{Answer, Fault};
use super::visit::Visit;
use crate::api::web::problem::ApiError;
use crate::domain::refusal::Refusal;
use actix_web::HttpResponse;
use actix_web::http::header::{self, HeaderValue};
use actix_web::http::{Method, StatusCode};
use askama::Template;

/// Nothing from elsewhere, nothing inline, no frame around it.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; font-src 'self'; \
    connect-src 'self'; manifest-src 'self'; media-src 'self' blob:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

pub fn html(status: StatusCode, text: String) -> HttpResponse {
    HttpResponse::build(status).content_type("text/html; charset=utf-8").body(text)
}

/// A redirect to a path of this server.
pub fn see(status: StatusCode, path: &str) -> HttpResponse {
    HttpResponse::build(status).insert_header((header::LOCATION, path)).finish()
}

impl Visit {
    /// Answers with a page.
    pub fn page(&self, page: &impl Template) -> Answer {
        let text = page.render().map_err(|error| ApiError::Internal(error.to_string()))?;
        Ok(html(self.status, text))
    }

    /// Leads to another page, so that a reload does not send the form again.
    pub fn to(&self, path: &str) -> Answer {
        Ok(see(StatusCode::SEE_OTHER, path))
    }
}

/// The headers and cookies of every answer.
pub fn finish(visit: &Visit, answer: &mut HttpResponse) {
    let fixed = [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_FRAME_OPTIONS, "DENY"),
    ];
    for (name, value) in fixed {
        // A file that was sent in has stricter ones.
        if !answer.headers().contains_key(&name) {
            answer.headers_mut().insert(name, HeaderValue::from_static(value));
        }
    }
    for cookie in visit.cookies.iter().cloned().chain(visit.visitor_cookie()) {
        // A handler that signs in or out has set its own.
        let set = answer.cookies().any(|known| known.name() == cookie.name());
        if !set && let Err(error) = answer.add_cookie(&cookie) {
            tracing::error!(%error, "a cookie could not be set");
        }
    }
}

#[derive(Template)]
#[template(path = "sorry.html")]
struct Sorry {
    f: Frame,
    heading: String,
    words: String,
    /// Where to sign in with a stronger proof.
    sign_in: Option<String>,
    /// The same can be tried once more.
    can_retry: bool,
    /// A form was sent: it may have acted.
    was_sent: bool,
    /// For the call to the office.
    number: Option<String>,
}

/// The page for what cannot be shown.
pub fn sorry(visit: &Visit, fault: &Fault) -> HttpResponse {
    let (heading, words) = fault.words(visit.language, visit.zone());
    let status = fault.status();
    let heading = if status.is_server_error() { visit.words().sorry_title() } else { heading };
    let number = match fault {
        Fault::Api(ApiError::Internal(why)) => {
            let number = visit.services().next_id().to_string();
            tracing::error!(number, why, "a page failed");
            number.rsplit('-').next().map(|tail| tail.get(8..).unwrap_or(tail).to_uppercase())
        }
        _ => None,
    };
    // Of a fault of ours its sentence is for programs.
    let words = if number.is_some() { String::new() } else { words };
    let is_weak =
        matches!(fault, Fault::Api(ApiError::Refused { refusal: Refusal::StrongerProofNeeded, .. }));
    let sign_in = is_weak.then(|| {
        let next: String = form_urlencoded::byte_serialize(visit.request.path().as_bytes()).collect();
        format!("/login?next={next}")
    });
    let was_sent = visit.request.method() == Method::POST;
    let f = Frame::plain(visit, heading.clone());
    let page = Sorry { f, heading, words, sign_in, can_retry: status.is_server_error(), was_sent, number };
    let text = page.render().unwrap_or_else(|error| error.to_string());
    let mut answer = html(status, text);
    if let Fault::Api(error) = fault
        && let Some(Ok(seconds)) =
            error.wait_seconds().map(|seconds| HeaderValue::from_str(&seconds.to_string()))
    {
        answer.headers_mut().insert(header::RETRY_AFTER, seconds);
    }
    answer
}
