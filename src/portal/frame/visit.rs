//! One request for a page: who asks, in which language and size of text, what was typed.

use super::cookies::{LANGUAGE, SIZE, VISITOR, cookie, kept};
use super::fault::Fault;
use super::form::{Fields, Form, VERSION, version_in};
use crate::api::web::accept::language as asked_language;
use crate::api::web::edge::{Shared, zone};
use crate::api::web::problem::{ApiError, TokenFault};
use crate::auth::permissions::Actor;
use crate::domain::figures;
use crate::domain::id::Id;
use crate::services::{Call, Services};
use crate::texts::{Language, Text, Words, sentences as s};
use actix_web::HttpRequest;
use actix_web::cookie::Cookie;
use actix_web::http::StatusCode;
use chrono_tz::Tz;

/// The sizes of text, as in the cookie and in the style sheet.
pub const SIZES: [&str; 3] = ["standard", "large", "largest"];

/// A request for a page.
#[derive(Clone)]
pub struct Visit {
    pub request: HttpRequest,
    pub state: Shared,
    pub actor: Option<Actor>,
    pub form: Form,
    pub language: Language,
    pub size: &'static str,
    pub status: StatusCode,
    /// Why the form is shown again.
    pub fault: Option<Fault>,
    /// Set with the answer.
    pub cookies: Vec<Cookie<'static>>,
    /// The new value of the visitor's cookie, where there was none.
    pub new_visitor: Option<String>,
}

impl Visit {
    pub fn new(request: HttpRequest, state: Shared) -> Self {
        let mut visit = Visit {
            language: asked_language(&request),
            request,
            state,
            actor: None,
            form: Form::default(),
            size: SIZES[0],
            status: StatusCode::OK,
            fault: None,
            cookies: Vec::new(),
            new_visitor: None,
        };
        match cookie(&visit.request, LANGUAGE).as_deref() {
            Some("zh-CN") => visit.language = Language::Chinese,
            Some("en") => visit.language = Language::English,
            _ => {}
        }
        if let Some(size) =
            cookie(&visit.request, SIZE).and_then(|size| SIZES.into_iter().find(|name| *name == size))
        {
            visit.size = size;
        }
        if cookie(&visit.request, VISITOR).is_none() {
            let value = crate::auth::secrets::random::<16>().map(hex::encode);
            visit.new_visitor = value.ok();
        }
        visit
    }

    pub fn services(&self) -> &Services {
        &self.state.services
    }

    /// The caller, of a page that needs one.
    pub fn actor(&self) -> Result<&Actor, ApiError> {
        self.actor.as_ref().ok_or(ApiError::Unauthenticated(TokenFault::Missing))
    }

    /// The caller's own member.
    pub fn member(&self) -> Result<Id, ApiError> {
        let member = self.actor()?.member;
        member.ok_or_else(|| crate::domain::refusal::Refusal::absent("member").into())
    }

    /// A read by the caller.
    pub fn reading(&self) -> Result<Call, ApiError> {
        Ok(Call::of(self.actor()?.clone()))
    }

    pub fn fields(&self) -> Fields<'_> {
        Fields::of(&self.form)
    }

    /// The version that the form was filled from.
    pub fn version(&self) -> i64 {
        version_in(&self.form, VERSION)
    }

    /// A parameter of the path.
    pub fn path<T: std::str::FromStr>(&self, name: &str) -> Result<T, ApiError> {
        self.request.match_info().get(name).and_then(|text| text.parse().ok()).ok_or(ApiError::NoSuchPath)
    }

    /// A parameter of the query; empty ones count as absent.
    pub fn query(&self, name: &str) -> Option<String> {
        let mut pairs = form_urlencoded::parse(self.request.query_string().as_bytes());
        let value = pairs.find(|(known, _)| known == name)?.1.trim().to_owned();
        (!value.is_empty()).then_some(value)
    }

    /// A field of the form, or else a parameter of the query; empty ones count as absent.
    pub fn asked(&self, name: &str) -> Option<String> {
        let typed = self.form.typed(name).map(|text| text.trim().to_owned());
        typed.filter(|text| !text.is_empty()).or_else(|| self.query(name))
    }

    pub fn words(&self) -> Words {
        Words(self.language)
    }

    pub fn say(&self, text: impl Into<Text>) -> String {
        text.into().say(self.language)
    }

    /// The time zone of the caller's bank.
    pub fn zone(&self) -> Tz {
        zone(&self.request)
    }

    /// Minutes as people say them.
    pub fn length(&self, minutes: i64) -> String {
        figures::length(minutes, self.language)
    }

    /// Today and how days are written.
    pub fn days(&self) -> figures::Days {
        figures::Days::new(self.state.services.now(), self.zone(), self.language)
    }

    /// Notes a refusal: the form is shown again with it.
    pub fn refuse(&mut self, fault: Fault) {
        self.status = fault.status();
        self.fault = Some(fault);
    }

    /// A form from before a sign-in or sign-out elsewhere: shown again, to be sent once more.
    pub fn refuse_stale(&mut self) {
        self.status = StatusCode::FORBIDDEN;
        self.fault = Some(Fault::Stale);
    }

    /// A path of this server that was handed in, else the first page: never another host.
    pub fn safe_path(text: Option<&str>) -> String {
        let own = |path: &&str| {
            path.starts_with('/') && !path.starts_with("//") && !path.contains(['\\', '\n', '\r'])
        };
        text.filter(own).unwrap_or("/").to_owned()
    }

    /// The address at which this server was reached, for links that are read elsewhere.
    pub fn address(&self) -> String {
        let scheme = if crate::api::web::edge::is_https(&self.request) { "https" } else { "http" };
        let host = self.request.headers().get("host").and_then(|host| host.to_str().ok()).unwrap_or_default();
        format!("{scheme}://{host}")
    }

    /// The title of a page that was refused as a form says so first.
    pub fn titled(&self, title: String) -> String {
        match &self.fault {
            Some(_) => self.say(s::PageWithFaults { title }),
            None => title,
        }
    }

    /// The visitor's cookie, if this browser has none yet and no session.
    pub fn visitor_cookie(&self) -> Option<Cookie<'static>> {
        let value = self.new_visitor.clone().filter(|_| self.actor.is_none())?;
        Some(kept(&self.request, VISITOR, value, None))
    }
}
