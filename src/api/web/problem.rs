//! Errors as callers see them: `application/problem+json` (RFC 9457) in the requested language.

use super::error::{DEFAULT_ZONE, ProblemText, code_and_figures, problem_text, problem_text_in, row, title};
use super::faults::FieldError;
use crate::auth::permissions::{Permission, Role, is_bank_wide, rights};
pub use crate::auth::tokens::TokenFault;
use crate::domain::language::Language;
use crate::domain::refusal::Refusal;
use crate::services;
use crate::texts::{List, Text, sentences as s};
use actix_web::http::StatusCode;
use actix_web::{HttpResponse, ResponseError};
use chrono_tz::Tz;
use serde::Serialize;
use serde_json::{Map, Value, json};
use std::fmt;

/// Why a request was not carried out.
#[derive(Clone, Debug, PartialEq)]
pub enum ApiError {
    /// A rule refuses. `hit`: this is the refusal stored with the same request before.
    Refused {
        refusal: Refusal,
        hit: bool,
    },
    /// One member of the request is wrong.
    Field(FieldError),
    /// The body is not JSON.
    MalformedJson {
        line: usize,
        column: usize,
    },
    BodyMissing,
    KeyMissing,
    /// 428. `If-Match` is missing: people edit only the version that they read.
    VersionMissing,
    /// 401. The token is missing, invalid or expired, or its session has ended.
    Unauthenticated(TokenFault),
    /// 403. No role of the caller gives one of these rights.
    Forbidden(&'static [Permission]),
    NoSuchPath,
    MethodNotAllowed {
        allow: String,
    },
    NotAcceptable {
        offers: String,
    },
    BodyTooLarge {
        limit_bytes: usize,
    },
    /// 415. The body has another media type than the expected one.
    UnsupportedMediaType {
        expected: &'static str,
    },
    /// 415. The body has a `Content-Encoding`, such as compression.
    BodyEncoded,
    /// 408.
    BodyTooSlow {
        timeout_seconds: u64,
    },
    /// 429.
    RateLimited {
        wait_seconds: u64,
    },
    /// 503. The queue of the writer is full.
    Busy {
        wait_seconds: u64,
    },
    /// 503. The bank no longer writes; reads work.
    BooksClosed,
    /// 503. The database cannot be reached at the moment; nothing was written.
    Unavailable,
    /// 503. The connection was lost during the commit.
    OutcomeUnknown,
    /// 503. The server is starting or stopping.
    NotReady,
    /// 400. The request violates HTTP.
    BadRequest,
    /// 500. The reason is logged with the request's id and never shown.
    Internal(String),
}

impl From<Refusal> for ApiError {
    fn from(refusal: Refusal) -> Self {
        ApiError::Refused { refusal, hit: false }
    }
}

impl From<FieldError> for ApiError {
    fn from(error: FieldError) -> Self {
        ApiError::Field(error)
    }
}

impl From<services::Error> for ApiError {
    fn from(error: services::Error) -> Self {
        match error {
            services::Error::Refused(refusal) => ApiError::Refused { refusal, hit: false },
            services::Error::RefusedBefore(refusal) => ApiError::Refused { refusal, hit: true },
            services::Error::Busy => ApiError::Busy { wait_seconds: 1 },
            services::Error::Closed(_) => ApiError::BooksClosed,
            services::Error::Unavailable(_) => ApiError::Unavailable,
            services::Error::OutcomeUnknown(_) => ApiError::OutcomeUnknown,
            services::Error::Fault(why) => ApiError::Internal(why),
        }
    }
}

impl fmt::Display for ApiError {
    /// For the log: the code, and the reason of an internal fault. Never a caller's values.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ApiError::Internal(why) => write!(f, "internal: {why}"),
            other => f.write_str(&other.code()),
        }
    }
}

impl ResponseError for ApiError {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.problem_text().status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// Only the status: the sentence needs the request's language, so `edge` writes it.
    fn error_response(&self) -> HttpResponse {
        HttpResponse::new(self.status_code())
    }
}

impl ApiError {
    /// The code of this error; one meaning, one status.
    pub fn code(&self) -> String {
        let code = match self {
            ApiError::Refused { refusal, .. } => return code_and_figures(refusal).0,
            ApiError::Field(error) => return error.code(),
            ApiError::MalformedJson { .. } => "malformed_json",
            ApiError::BodyMissing => "body_missing",
            ApiError::KeyMissing => "idempotency_key_missing",
            ApiError::VersionMissing => "version_missing",
            ApiError::Unauthenticated(TokenFault::Missing) => "token_missing",
            ApiError::Unauthenticated(TokenFault::Invalid) => "token_invalid",
            ApiError::Unauthenticated(TokenFault::Expired) => "token_expired",
            ApiError::Unauthenticated(TokenFault::SessionEnded) => "session_ended",
            ApiError::Forbidden(_) => "role_missing",
            ApiError::NoSuchPath => "no_such_path",
            ApiError::MethodNotAllowed { .. } => "method_not_allowed",
            ApiError::NotAcceptable { .. } => "not_acceptable",
            ApiError::BodyTooLarge { .. } => "body_too_large",
            ApiError::UnsupportedMediaType { .. } => "unsupported_media_type",
            ApiError::BodyEncoded => "body_encoded",
            ApiError::BodyTooSlow { .. } => "body_too_slow",
            ApiError::RateLimited { .. } => "rate_limited",
            ApiError::Busy { .. } => "busy",
            ApiError::BooksClosed => return code_and_figures(&Refusal::BooksClosed).0,
            ApiError::Unavailable => "unavailable",
            ApiError::OutcomeUnknown => "outcome_unknown",
            ApiError::NotReady => "not_ready",
            ApiError::BadRequest => "bad_request",
            ApiError::Internal(_) => "internal",
        };
        code.to_owned()
    }

    /// The figures that explain it, as members of the answer.
    pub fn figures(&self) -> Map<String, Value> {
        let figures = match self {
            ApiError::Refused { refusal, .. } => return code_and_figures(refusal).1,
            ApiError::MalformedJson { line, column } => json!({"line": line, "column": column}),
            ApiError::Forbidden(rights) => {
                json!({"permission": rights.first(), "permissions": rights, "roles": roles_with_any(rights)})
            }
            ApiError::BodyTooLarge { limit_bytes } => json!({"limit_bytes": limit_bytes}),
            ApiError::BodyTooSlow { timeout_seconds } => json!({"timeout_seconds": timeout_seconds}),
            ApiError::RateLimited { wait_seconds } | ApiError::Busy { wait_seconds } => {
                json!({"wait_seconds": wait_seconds})
            }
            _ => return Map::new(),
        };
        if let Value::Object(figures) = figures { figures } else { Map::new() }
    }

    /// How long to wait before a retry.
    pub fn wait_seconds(&self) -> Option<u64> {
        match self {
            ApiError::RateLimited { wait_seconds } | ApiError::Busy { wait_seconds } => Some(*wait_seconds),
            ApiError::Refused {
                refusal:
                    Refusal::TooManyTries { wait_seconds }
                    | Refusal::TooManyWrongCodes { wait_seconds }
                    | Refusal::TooManyRedemptions { wait_seconds },
                ..
            } => Some(u64::try_from(*wait_seconds).unwrap_or(1)),
            ApiError::Unavailable | ApiError::OutcomeUnknown => Some(2),
            ApiError::BooksClosed | ApiError::NotReady => Some(30),
            _ if self.problem_text().status == 503 => Some(30),
            _ => None,
        }
    }

    /// The row of the table: status and sentences.
    pub fn problem_text(&self) -> ProblemText {
        self.problem_text_in(DEFAULT_ZONE)
    }

    /// The same, with days and times in the caller's time zone.
    pub fn problem_text_in(&self, zone: Tz) -> ProblemText {
        match self {
            ApiError::Refused { refusal, .. } => problem_text_in(refusal, zone),
            ApiError::Field(error) => error.problem_text(),
            ApiError::BooksClosed => problem_text(&Refusal::BooksClosed),
            ApiError::Unauthenticated(fault) => unauthenticated(*fault),
            ApiError::Forbidden(rights) => forbidden(rights),
            ApiError::RateLimited { .. }
            | ApiError::Busy { .. }
            | ApiError::Unavailable
            | ApiError::OutcomeUnknown
            | ApiError::NotReady
            | ApiError::Internal(_) => self.text_of_server().again(),
            _ => self.text_of_request().key_unused(),
        }
    }

    fn text_of_request(&self) -> ProblemText {
        match self {
            ApiError::MalformedJson { line, column } => row(400, s::MalformedJson { line, column }),
            ApiError::BodyMissing => row(400, s::BodyMissing),
            ApiError::KeyMissing => row(400, s::IdempotencyKeyMissing).field("Idempotency-Key"),
            ApiError::VersionMissing => row(428, s::VersionMissing).field("If-Match"),
            ApiError::NoSuchPath => row(404, s::NoSuchPath),
            ApiError::MethodNotAllowed { allow } => row(405, s::MethodNotAllowed { allow }),
            ApiError::NotAcceptable { offers } => row(406, s::NotAcceptable { offers }).field("Accept"),
            ApiError::BodyTooLarge { limit_bytes } => row(413, s::BodyTooLarge { limit_bytes }),
            ApiError::UnsupportedMediaType { expected } => {
                row(415, s::UnsupportedMediaType { expected }).field("Content-Type")
            }
            ApiError::BodyEncoded => row(415, s::BodyEncoded).field("Content-Encoding"),
            ApiError::BodyTooSlow { timeout_seconds } => row(408, s::BodyTooSlow { timeout_seconds }),
            _ => row(400, s::BadRequest),
        }
    }

    fn text_of_server(&self) -> ProblemText {
        match self {
            ApiError::RateLimited { wait_seconds } => row(429, s::RateLimited { wait_seconds }),
            ApiError::Busy { wait_seconds } => row(503, s::Busy { wait_seconds }),
            ApiError::Unavailable => row(503, s::Unavailable),
            ApiError::OutcomeUnknown => row(503, s::OutcomeUnknown),
            ApiError::NotReady => row(503, s::NotReady),
            _ => row(500, s::Internal),
        }
    }
}

fn unauthenticated(fault: TokenFault) -> ProblemText {
    let text: Text = match fault {
        TokenFault::Missing => s::TokenMissing.into(),
        TokenFault::Invalid => s::TokenInvalid.into(),
        TokenFault::Expired => s::TokenExpired.into(),
        TokenFault::SessionEnded => s::SessionEnded.into(),
    };
    row(401, text).key_unused().field("Authorization")
}

/// The roles that give a right.
pub fn roles_with(permission: Permission) -> Vec<Role> {
    Role::ALL.iter().copied().filter(|role| rights(*role).contains(&permission)).collect()
}

/// The roles that give any of these rights, each once.
pub fn roles_with_any(rights: &[Permission]) -> Vec<Role> {
    let gives = |role: &Role| rights.iter().any(|right| roles_with(*right).contains(role));
    Role::ALL.iter().copied().filter(gives).collect()
}

/// Names every role that would suffice, and for each whether it must be held at the root.
fn forbidden(needed: &[Permission]) -> ProblemText {
    let with = roles_with_any(needed);
    // A right over the whole bank must be held at the root; the other rights of the same role need not.
    let at_root = |role: &Role| {
        needed.iter().filter(|right| rights(*role).contains(right)).all(|right| is_bank_wide(*right))
    };
    let all_at_root = with.iter().all(at_root);
    let named = |role: &Role| -> Text {
        match at_root(role) {
            true if all_at_root => s::RoleNeededAllAtRoot { role }.into(),
            true => s::RoleNeededAtRoot { role }.into(),
            false => s::RoleNeeded { role }.into(),
        }
    };
    let roles = List::with(with.iter().map(named), s::BetweenRoles);
    let permissions = List::with(needed.iter().map(|right| right.as_str()), s::BetweenPermissions);
    let text: Text = match all_at_root {
        true => s::RoleMissingAtRoot { roles, permissions }.into(),
        false => s::RoleMissing { roles, permissions }.into(),
    };
    row(403, text).key_unused()
}

/// The body of an error answer.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Problem {
    #[serde(rename = "type")]
    pub kind: String,
    pub title: String,
    pub status: u16,
    pub detail: String,
    pub code: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub index: Option<u32>,
    pub retryable: bool,
    pub same_key_ok: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    #[serde(flatten)]
    pub figures: Map<String, Value>,
}

impl Problem {
    pub fn new(error: &ApiError, language: Language, zone: Tz) -> Self {
        let (text, code) = (error.problem_text_in(zone), error.code());
        let detail = text.sentence(language);
        let mut figures = error.figures();
        // A refusal's own `field` becomes the problem's.
        figures.remove("field");
        Problem {
            kind: format!("urn:jianxian:problem:{code}"),
            title: title(&detail, language).to_owned(),
            status: text.status,
            detail,
            code,
            index: match error {
                ApiError::Field(field) => field.index(),
                _ => None,
            },
            field: text.field,
            retryable: text.retryable,
            same_key_ok: text.same_key_ok,
            request_id: None,
            figures,
        }
    }

    /// The problem of one item of a batch.
    pub fn of_item(error: &ApiError, language: Language, zone: Tz, index: u32) -> Self {
        Problem { index: Some(index), ..Problem::new(error, language, zone) }
    }
}
