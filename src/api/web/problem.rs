//! Errors as callers see them: `application/problem+json` (RFC 9457) in the language asked for.

use super::error::{HOME, Told, code_and_figures, told, told_in};
use super::faults::FieldError;
use crate::auth::permissions::{Permission, Role, is_bank_wide, rights};
pub use crate::auth::tokens::TokenFault;
use crate::domain::language::Language;
use crate::domain::refusal::Refusal;
use crate::services;
use actix_web::http::StatusCode;
use actix_web::{HttpResponse, ResponseError};
use chrono_tz::Tz;
use serde::Serialize;
use serde_json::{Map, Value, json};
use std::fmt;

/// Why a request is not answered with what it asked for.
#[derive(Clone, Debug, PartialEq)]
pub enum ApiError {
    /// A rule said no. `hit`: the same request was refused before, this is the stored refusal.
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
    /// 428. What people edit is changed only over the version that they saw.
    VersionMissing,
    /// 401. The token is missing, wrong, too old, or its session has ended.
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
    /// The head of the request (address line and headers) is too large.
    UnsupportedMediaType {
        expected: &'static str,
    },
    /// 415. The body is compressed, or coded in another way.
    BodyEncoded,
    /// 408.
    BodyTooSlow {
        timeout_seconds: u64,
    },
    /// 429.
    RateLimited {
        wait_seconds: u64,
    },
    /// 503. Too much waits already.
    Busy {
        wait_seconds: u64,
    },
    /// 503. Writing has stopped; reading works.
    BooksClosed,
    /// 503. The database cannot be reached just now; nothing was written.
    Unavailable,
    /// 503. The connection was lost while a commit was under way.
    OutcomeUnknown,
    /// 503. Stopping or not yet started.
    NotReady,
    /// 400. The request breaks HTTP's own rules.
    BadRequest,
    /// 500. The reason is logged under the request's id and never shown.
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
    /// For the log: the code, and the reason of a fault of ours. Never a caller's values.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ApiError::Internal(why) => write!(f, "internal: {why}"),
            other => f.write_str(&other.code()),
        }
    }
}

impl ResponseError for ApiError {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.told().status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// The bare status: the sentence needs the request's language, so `edge` writes it.
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

    /// How long to wait before another try.
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
            _ if self.told().status == 503 => Some(30),
            _ => None,
        }
    }

    /// The row of the table: status and sentences.
    pub fn told(&self) -> Told {
        self.told_in(HOME)
    }

    /// The same, with days and times by the clock of the caller's bank.
    pub fn told_in(&self, zone: Tz) -> Told {
        match self {
            ApiError::Refused { refusal, .. } => told_in(refusal, zone),
            ApiError::Field(error) => error.told(),
            ApiError::BooksClosed => told(&Refusal::BooksClosed),
            ApiError::Unauthenticated(fault) => unauthenticated(*fault),
            ApiError::Forbidden(rights) => forbidden(rights),
            ApiError::RateLimited { .. }
            | ApiError::Busy { .. }
            | ApiError::Unavailable
            | ApiError::OutcomeUnknown
            | ApiError::NotReady
            | ApiError::Internal(_) => self.told_of_server().again(),
            _ => self.told_of_request().key_unused(),
        }
    }

    fn told_of_request(&self) -> Told {
        match self {
            ApiError::MalformedJson { line, column } => Told::new(
                400,
                format!("不是合法的 JSON：第 {line} 行第 {column} 列读不下去。请更正后再发。"),
                format!("Not valid JSON: reading stopped at line {line}, column {column}. Correct it."),
            ),
            ApiError::BodyMissing => Told::new(
                400,
                "没有请求体：这个请求要有 JSON 内容。请补上。",
                "No body: this request needs JSON content. Add it.",
            ),
            ApiError::KeyMissing => Told::new(
                400,
                "缺少幂等键：涉及积分的请求必须带请求头 Idempotency-Key（1 至 255 个可见字符，建议用 UUIDv7）。请补上。",
                "Idempotency key missing: requests that move value need the header Idempotency-Key (1 to 255 visible characters, a UUIDv7 is best). Add it.",
            )
            .field("Idempotency-Key"),
            ApiError::VersionMissing => Told::new(
                428,
                "缺少版本：修改时须带请求头 If-Match，写读取时得到的 ETag。请先读取再修改。",
                "Version missing: a change needs the header If-Match with the ETag that reading gave. Read it first.",
            )
            .field("If-Match"),
            ApiError::NoSuchPath => Told::new(
                404,
                "没有这个地址：请对照 /docs 核对路径。",
                "No such path: compare it with /docs.",
            ),
            ApiError::MethodNotAllowed { allow } => Told::new(
                405,
                format!("方法不对：这个地址只接受 {allow}。请改用其中之一。"),
                format!("Method not allowed: this path accepts {allow}. Use one of them."),
            ),
            ApiError::NotAcceptable { offers } => Told::new(
                406,
                format!("没有这种格式：这个地址提供 {offers}。请改请求头 Accept。"),
                format!("Not acceptable: this path offers {offers}. Change the header Accept."),
            )
            .field("Accept"),
            ApiError::BodyTooLarge { limit_bytes } => Told::new(
                413,
                format!("请求体太大：最多 {limit_bytes} 字节。请分几次提交。"),
                format!("Body too large: at most {limit_bytes} bytes. Split the request."),
            ),
            ApiError::UnsupportedMediaType { expected } => Told::new(
                415,
                format!("内容类型不对：请求体须为 {expected}，UTF-8 编码，不压缩。请改请求头 Content-Type。"),
                format!("Unsupported media type: the body must be {expected}, in UTF-8, not compressed. Change the header Content-Type."),
            )
            .field("Content-Type"),
            ApiError::BodyEncoded => Told::new(
                415,
                "请求体经过压缩或另行编码：这里只收原样的内容。请去掉请求头 Content-Encoding，原样发送。",
                "Coded body: it is taken as it is only, not compressed. Leave out the header Content-Encoding.",
            )
            .field("Content-Encoding"),
            ApiError::BodyTooSlow { timeout_seconds } => Told::new(
                408,
                format!("请求体来得太慢：{timeout_seconds} 秒内没有收完。请检查网络后重发。"),
                format!("Body too slow: it did not arrive within {timeout_seconds} seconds. Check the connection and send it again."),
            ),
            _ => Told::new(
                400,
                "请求不合 HTTP 的规则：无法读取。请检查请求行和请求头。",
                "Bad request: it breaks HTTP's rules and cannot be read. Check its first line and headers.",
            ),
        }
    }

    fn told_of_server(&self) -> Told {
        match self {
            ApiError::RateLimited { wait_seconds } => Told::new(
                429,
                format!("请求太频繁：请等 {wait_seconds} 秒再试。"),
                format!("Too many requests: wait {wait_seconds} seconds before the next."),
            ),
            ApiError::Busy { wait_seconds } => Told::new(
                503,
                format!("系统繁忙：排队已满。请等 {wait_seconds} 秒，用同一幂等键重试。"),
                format!(
                    "Busy: the queue is full. Wait {wait_seconds} seconds and try again with the same key."
                ),
            ),
            ApiError::Unavailable => Told::new(
                503,
                "暂时连不上数据库：这次请求没有记账。请等 2 秒，用同一幂等键重试。",
                "The database cannot be reached just now: nothing was written. Wait 2 seconds and try again with the same key.",
            ),
            ApiError::OutcomeUnknown => Told::new(
                503,
                "结果未知：提交时与数据库断开，可能已记账，也可能没有。请等 2 秒，用同一幂等键重试，就知道结果，不会重复记账。",
                "The outcome is unknown: the connection to the database was lost while it was being written, and it may stand or not. Wait 2 seconds and try again with the same key: that tells, and writes nothing twice.",
            ),
            ApiError::NotReady => Told::new(
                503,
                "服务未就绪：正在启动或停止。请稍后用同一幂等键重试。",
                "Not ready: the service is starting or stopping. Try again soon with the same key.",
            ),
            _ => Told::new(
                500,
                "系统出错：已记入日志。请用同一幂等键重试；仍不行时，把本回答中的 request_id 告诉管理员。",
                "Internal error: it was logged. Try again with the same key; if it stays, tell the administrator the request_id of this answer.",
            ),
        }
    }
}

fn unauthenticated(fault: TokenFault) -> Told {
    let (chinese, english) = match fault {
        TokenFault::Missing => (
            "尚未登录：缺少请求头 Authorization: Bearer …。请先登录。",
            "Not signed in: the header Authorization: Bearer … is missing. Sign in first.",
        ),
        TokenFault::Invalid => (
            "登录凭证无效：它不是本系统签发的，或已损坏。请重新登录。",
            "Token invalid: it was not issued here or is damaged. Sign in again.",
        ),
        TokenFault::Expired => (
            "登录凭证已过期：请用 refresh_token 换新，或重新登录。",
            "Token expired: renew it with the refresh_token, or sign in again.",
        ),
        TokenFault::SessionEnded => (
            "登录已结束：已退出、被撤销，或在别处被换新。请重新登录。",
            "Session ended: it was logged out, revoked or replaced elsewhere. Sign in again.",
        ),
    };
    Told::new(401, chinese, english).key_unused().field("Authorization")
}

/// The roles that give a right.
pub fn roles_with(permission: Permission) -> Vec<Role> {
    Role::ALL.iter().copied().filter(|role| rights(*role).contains(&permission)).collect()
}

/// What people call a role.
pub fn role_title(role: Role) -> &'static str {
    match role {
        Role::Volunteer => "储户（志愿者）",
        Role::Proxy => "代办人",
        Role::MerchantClerk => "收银员",
        Role::MerchantOwner => "店主",
        Role::TeamLeader => "志愿服务队队长",
        Role::Staff => "社区工作人员",
        Role::Branch => "支部书记",
        Role::Reviewer => "复核员",
        Role::Administrator => "管理员",
        Role::Auditor => "审计员",
        Role::LedgerOperator => "账务操作员",
    }
}

/// The roles that give any of these rights, each once.
pub fn roles_with_any(rights: &[Permission]) -> Vec<Role> {
    let gives = |role: &Role| rights.iter().any(|right| roles_with(*right).contains(role));
    Role::ALL.iter().copied().filter(gives).collect()
}

/// Every role that would do is named, and of each whether it must be held at the root.
fn forbidden(needed: &[Permission]) -> Told {
    let with = roles_with_any(needed);
    // A right that holds in the whole bank needs the root; a role that gives another one as well does not.
    let at_root = |role: &Role| {
        needed.iter().filter(|right| rights(*role).contains(right)).all(|right| is_bank_wide(*right))
    };
    let all_at_root = with.iter().all(at_root);
    let chinese = with.iter().map(|role| match at_root(role) && !all_at_root {
        true => format!("“{}”（须授予在最上级组织）", role_title(*role)),
        false => format!("“{}”", role_title(*role)),
    });
    let suffix = if all_at_root { "（须授予在最上级组织）" } else { "" };
    let english = with.iter().map(|role| match at_root(role) {
        true => format!("{role} at the root of the bank"),
        false => role.to_string(),
    });
    let named = |between: &str| needed.iter().map(|right| right.as_str()).collect::<Vec<_>>().join(between);
    let told = Told::new(
        403,
        format!(
            "没有这项权限：要有{}角色{suffix}才能这样做（{}）。请联系管理员授予。",
            chinese.collect::<Vec<_>>().join("或"),
            named("、"),
        ),
        format!(
            "Role missing: this needs \"{}\", that is the role {}. Ask the administrator.",
            named("\" or \""),
            english.collect::<Vec<_>>().join(" or "),
        ),
    );
    told.key_unused()
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
        let (told, code) = (error.told_in(zone), error.code());
        let mut figures = error.figures();
        // A refusal's own `field` is told as the problem's.
        figures.remove("field");
        Problem {
            kind: format!("urn:jianxian:problem:{code}"),
            title: told.title(language).to_owned(),
            status: told.status,
            detail: told.sentence(language).to_owned(),
            code,
            index: match error {
                ApiError::Field(field) => field.index(),
                _ => None,
            },
            field: told.field,
            retryable: told.retryable,
            same_key_ok: told.same_key_ok,
            request_id: None,
            figures,
        }
    }

    /// The problem of one item of a batch.
    pub fn of_item(error: &ApiError, language: Language, zone: Tz, index: u32) -> Self {
        Problem { index: Some(index), ..Problem::new(error, language, zone) }
    }
}
