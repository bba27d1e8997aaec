//! Why a page or a form was refused, in words for people: what happened, and what to do.

use crate::api::web::error::title;
use crate::api::web::faults::{FieldError, Place};
use crate::api::web::problem::ApiError;
use crate::domain::refusal::Refusal;
use crate::texts::{Language, Text, attribute, sentences as s};
use actix_web::http::StatusCode;
use actix_web::{HttpResponse, ResponseError};
use chrono_tz::Tz;

/// What a page answers: a finished response, or why not, which the visitor is shown in words.
pub type Answer = Result<HttpResponse, Fault>;

/// A field that was refused; the fields together have said why.
#[derive(Clone, Copy, Debug)]
pub struct Missed;

/// A refusal.
#[derive(Clone, Debug, PartialEq)]
pub enum Fault {
    Api(ApiError),
    /// Fields of a form, all that are wrong.
    Fields(Vec<FieldError>),
    /// The form was shown in another session.
    Stale,
    /// The session ended before the form was sent.
    SessionEnded,
}

impl<E: Into<ApiError>> From<E> for Fault {
    fn from(error: E) -> Self {
        Fault::Api(error.into())
    }
}

impl From<Missed> for Fault {
    /// Fields are checked together before one is used.
    fn from(_: Missed) -> Self {
        Fault::Api(ApiError::Internal("a field was used before it was checked".into()))
    }
}

impl Fault {
    /// Whether the form is shown again: something in it can be changed, or the same can be tried once more.
    pub fn is_of_form(&self) -> bool {
        let final_ones = |error: &ApiError| {
            matches!(error, ApiError::Forbidden(_) | ApiError::NoSuchPath | ApiError::Internal(_))
        };
        !matches!(self, Fault::Api(error) if final_ones(error))
    }

    /// Whether what the form changes was changed by another person since the form was filled: what is stored now is
    /// shown beside what was typed.
    pub fn is_of_version(&self) -> bool {
        matches!(self, Fault::Api(ApiError::Refused { refusal: Refusal::VersionStale { .. }, .. }))
    }

    /// Whether it is not known if the bank has acted: the same form, with its key, asks.
    pub fn keeps_key(&self) -> bool {
        match self {
            Fault::Fields(_) => false,
            Fault::Stale | Fault::SessionEnded => true,
            Fault::Api(error) => {
                error.status_code().is_server_error() || matches!(error, ApiError::RateLimited { .. })
            }
        }
    }

    /// The status of the page: 422 where the form is to be corrected.
    pub fn status(&self) -> StatusCode {
        match self {
            Fault::Fields(_) | Fault::Api(ApiError::Field(_)) => StatusCode::UNPROCESSABLE_ENTITY,
            Fault::Stale => StatusCode::FORBIDDEN,
            Fault::SessionEnded => StatusCode::UNAUTHORIZED,
            Fault::Api(error) => error.status_code(),
        }
    }

    /// The fields that are wrong, each with its sentence.
    pub fn of_fields(&self, language: Language, zone: Tz) -> Vec<(String, String)> {
        let said = |fault: &FieldError| {
            let label = label(&fault.path, language);
            let shown = FieldError::new(Place::Form, label, fault.fault.clone());
            (fault.path.clone(), shown.problem_text().sentence(language))
        };
        match self {
            Fault::Fields(faults) => faults.iter().map(said).collect(),
            Fault::Api(ApiError::Field(fault)) => vec![said(fault)],
            Fault::Stale | Fault::SessionEnded => Vec::new(),
            Fault::Api(error) => {
                let text = error.problem_text_in(zone);
                let sentence = text.sentence(language);
                text.field.map(|field| (field, sentence)).into_iter().collect()
            }
        }
    }

    /// What happened, and what to do, in a title and a sentence.
    pub fn words(&self, language: Language, zone: Tz) -> (String, String) {
        let sentence = match self {
            Fault::Fields(_) | Fault::Api(ApiError::Field(_)) => Text::from(s::FormToCorrect).say(language),
            Fault::Stale => Text::from(s::FormStale).say(language),
            fault if fault.is_of_version() => Text::from(s::FormChanged).say(language),
            Fault::SessionEnded => Text::from(s::FormSessionEnded).say(language),
            Fault::Api(error) => error.problem_text_in(zone).sentence(language),
        };
        let title = title(&sentence, language).to_owned();
        let rest = sentence.get(title.len()..).unwrap_or_default();
        (title, rest.trim_start_matches(['：', ':', '。', '.', ' ']).to_owned())
    }
}

/// The label of a field, by its name: `pieces.<offer>` is one of the `pieces`.
pub fn label(name: &str, language: Language) -> String {
    let kind = name.split_once('.').map_or(name, |(kind, _)| kind);
    attribute("label", kind, language).unwrap_or_else(|| name.to_owned())
}
