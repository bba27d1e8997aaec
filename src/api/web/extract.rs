//! Extractors for handlers: the caller with a right ([`May`]), the body with its key ([`Ask`]), query and path. Every
//! failure is an [`ApiError`] that names the field.

use super::admission::{LookUp, in_order};
use super::edge::{BankZone, State};
use super::faults::{Expected, FieldError, FieldFault, Place};
use super::problem::{ApiError, TokenFault};
use crate::auth::permissions::{Actor, Permission, Role, rights as rights_of};
use crate::domain::id::Id;
use crate::domain::refusal::Refusal;
use crate::ledger::{Repeated, Request};
use crate::services::Call;
use crate::services::access::traces::Read;
use actix_web::dev::Payload;
use actix_web::http::{Method, header};
use actix_web::{FromRequest, HttpMessage, HttpRequest, web};
use futures_util::future::LocalBoxFuture;
use serde::de::DeserializeOwned;
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::marker::PhantomData;
use std::time::Duration;

/// A right as a type, so that it is part of a handler's signature.
pub trait Right: 'static {
    /// One of them suffices.
    const PERMISSIONS: &'static [Permission];
}

/// Either of two rights.
#[derive(Debug)]
pub struct Or<A, B>(PhantomData<(A, B)>);

impl<A: One, B: One> Right for Or<A, B> {
    const PERMISSIONS: &'static [Permission] = &[A::PERMISSION, B::PERMISSION];
}

/// Any of three rights.
#[derive(Debug)]
pub struct AnyOf<A, B, C>(PhantomData<(A, B, C)>);

impl<A: One, B: One, C: One> Right for AnyOf<A, B, C> {
    const PERMISSIONS: &'static [Permission] = &[A::PERMISSION, B::PERMISSION, C::PERMISSION];
}

/// A single right.
pub trait One: 'static {
    const PERMISSION: Permission;
}

impl<A: One> Right for A {
    const PERMISSIONS: &'static [Permission] = &[A::PERMISSION];
}

macro_rules! rights {
    ($($name:ident),+ $(,)?) => {
        /// One marker type for each [`Permission`].
        pub mod right {
            $(
                #[derive(Debug)]
                pub struct $name;
                impl super::One for $name {
                    const PERMISSION: super::Permission = super::Permission::$name;
                }
            )+
        }
    };
}

rights! {
    ReadOwn, ShowCode, GivePoints, ActForMembers, ReadMembers, WriteMembers, RevealMembers, FreezeMembers, EraseMembers, MoveMembers, ReadOrgs, WriteOrgs, ReadUsers,
    WriteUsers, WriteClerks, ReadActivities, WriteActivities, SignUp, TakeAttendance, ReadRecords, EnterRecords,
    ReportOwnRecord, ApproveRecords, ApproveLongDays, CorrectRecords, RaiseObjections, DecideObjections, ReadAwards, MakeAwards,
    GiveFeedback, ReadFeedback, AnswerFeedback, ExportRecords, IssueCertificates, RevokeCertificates,
    ApproveAwards, ClaimCodes, RedeemOnBehalf, ReadRedemptions, ReadOffers, WriteOffers,
    ReadMerchants, WriteMerchants, ApplyForShop, ReadStatements, PrepareStatements, ConfirmStatements, ApproveStatements, PayStatements,
    ReadSchemes, WriteSchemes, ApproveSchemes, ReadStars, GrantStars, ReadFigures, ReadLedger, VerifyLedger, OperateLedger,
    ReadAccessLog,
    ReadCalendars,
    WriteCalendars,
    CloseYears,
    ManageBank,
}

/// Paths with data of the caller alone: reading them is not written to the access log.
const OWN: [&str; 8] = [
    "/v1/me",
    "/v1/me/sessions",
    "/v1/me/second-factor",
    "/v1/me/data",
    "/v1/me/consents",
    "/v1/me/erasure",
    "/v1/messages",
    "/v1/messages/choices",
];

/// An authenticated caller, whatever their roles.
#[derive(Clone, Debug)]
pub struct SignedIn(pub Actor);

impl FromRequest for SignedIn {
    type Error = ApiError;
    type Future = LocalBoxFuture<'static, Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let (request, look_up) = (request.clone(), LookUp::begin(request));
        Box::pin(async move {
            let _look_up = look_up;
            let actor = admit(&request).await?;
            known_query(&request)?;
            // Reading one's own account and messages is not access to other people's data.
            if request.method() == Method::GET && !OWN.contains(&request.path()) {
                trace(&request, &actor, rights_of(Role::Auditor)).await?;
            }
            Ok(SignedIn(actor))
        })
    }
}

/// The bearer token of a request.
pub fn bearer(request: &HttpRequest) -> Result<&str, ApiError> {
    let mut values = request.headers().get_all(header::AUTHORIZATION);
    let value = values.next().ok_or(ApiError::Unauthenticated(TokenFault::Missing))?;
    let invalid = || ApiError::Unauthenticated(TokenFault::Invalid);
    let text = value.to_str().ok().filter(|_| values.next().is_none()).ok_or_else(invalid)?;
    // Authentication schemes are case-insensitive.
    let bearer = text.split_once(' ').filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
    Ok(bearer.ok_or_else(invalid)?.1.trim())
}

async fn admit(request: &HttpRequest) -> Result<Actor, ApiError> {
    let state = state(request)?;
    let actor = state.authenticator.admit(bearer(request)?).await?;
    state.limits.account(&actor)?;
    let pattern = || request.match_pattern().unwrap_or_default();
    if actor.card_edition.is_some() && !state.routes.opens_by_card(request.method().as_str(), &pattern()) {
        return Err(Refusal::StrongerProofNeeded.into());
    }
    let zone = state.zone_of(actor.bank).await;
    request.extensions_mut().insert(BankZone(zone));
    Ok(actor)
}

pub(super) fn state(request: &HttpRequest) -> Result<web::Data<State>, ApiError> {
    let state = request.app_data::<web::Data<State>>().cloned();
    state.ok_or_else(|| ApiError::Internal("the server's state is missing".into()))
}

/// Writes an auditor's read into the access log before it is answered. Revealing a phone writes a line of its own.
pub async fn trace(request: &HttpRequest, actor: &Actor, needed: &[Permission]) -> Result<(), ApiError> {
    let held = rights_of(Role::Auditor);
    let reads = needed.iter().any(|right| held.contains(right) && *right != Permission::RevealMembers);
    if !actor.has(Role::Auditor) || !reads {
        return Ok(());
    }
    let pattern = request.match_pattern().unwrap_or_default();
    let filters = form_urlencoded::parse(request.query_string().as_bytes());
    let read = Read {
        operation: format!("{} {pattern}", request.method()),
        named: request.match_info().iter().next().map(|(_, value)| value.to_owned()),
        filters: filters.map(|(name, value)| (name.into_owned(), value.into_owned())).collect(),
    };
    Ok(state(request)?.services.trace_read(actor, read).await?)
}

/// An authenticated caller with a right: 401 without a valid token, 403 without a role that gives the right.
#[derive(Clone, Debug)]
pub struct May<R: Right> {
    pub actor: Actor,
    right: PhantomData<R>,
}

impl<R: Right> FromRequest for May<R> {
    type Error = ApiError;
    type Future = LocalBoxFuture<'static, Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let admitted = admit_with(request, R::PERMISSIONS);
        Box::pin(async move { Ok(May { actor: admitted.await?, right: PhantomData }) })
    }
}

/// Looks up the caller and checks that they have one of these rights.
pub fn admit_with(
    request: &HttpRequest,
    rights: &'static [Permission],
) -> LocalBoxFuture<'static, Result<Actor, ApiError>> {
    let (request, look_up) = (request.clone(), LookUp::begin(request));
    Box::pin(async move {
        let _look_up = look_up;
        let actor = admit(&request).await?;
        if !rights.iter().any(|right| actor.may(*right)) {
            return Err(if rights.is_empty() { ApiError::NoSuchPath } else { ApiError::Forbidden(rights) });
        }
        known_query(&request)?;
        trace(&request, &actor, rights).await?;
        Ok(actor)
    })
}

impl<R: Right> May<R> {
    /// A call without a body, for reads.
    pub fn call(&self) -> Call {
        Call::of(self.actor.clone())
    }
}

/// The idempotency key, the digests of the request, and whether it is a dry run.
#[derive(Clone, Debug)]
pub struct Keyed {
    key: Option<String>,
    fields: BTreeMap<String, String>,
    repeated: Repeated,
    pub dry_run: bool,
}

impl Keyed {
    /// The request of a user, if it has a key.
    pub fn request(&self, user: Id) -> Option<Request> {
        let (key, fields, repeated) = (self.key.clone()?, self.fields.clone(), self.repeated.clone());
        Some(Request { user, key, fields, repeated })
    }

    /// The call of a use case by this actor.
    pub fn call(&self, actor: &Actor) -> Call {
        Call { actor: actor.clone(), request: self.request(actor.user), dry_run: self.dry_run }
    }

    /// The same for operations that move value: the key is required, except in a dry run.
    pub fn money_call(&self, actor: &Actor) -> Result<Call, ApiError> {
        if self.key.is_none() && !self.dry_run {
            return Err(ApiError::KeyMissing);
        }
        Ok(self.call(actor))
    }
}

/// A request with a body: the checked body and its key.
#[derive(Clone, Debug)]
pub struct Ask<T> {
    pub body: T,
    pub keyed: Keyed,
}

impl<T: DeserializeOwned + 'static> FromRequest for Ask<T> {
    type Error = ApiError;
    type Future = LocalBoxFuture<'static, Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let read = read_ask(&request, payload).await;
            in_order(&request, read).await
        })
    }
}

async fn read_ask<T: DeserializeOwned>(request: &HttpRequest, payload: Payload) -> Result<Ask<T>, ApiError> {
    let state = state(request)?;
    let bytes = read_body(request, payload, &state).await?;
    let body = parse_body(&bytes)?;
    let whole: Value = serde_json::from_slice(&bytes).map_err(|error| malformed(&error))?;
    Ok(Ask { body, keyed: keyed(request, &state, &whole)? })
}

/// A request whose body is optional, such as cancel and void.
impl FromRequest for Keyed {
    type Error = ApiError;
    type Future = LocalBoxFuture<'static, Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let answer = state(request).and_then(|state| keyed(request, &state, &Value::Null));
        let request = request.clone();
        Box::pin(async move { in_order(&request, answer).await })
    }
}

/// Reads the JSON body within the limits of time and size.
async fn read_body(request: &HttpRequest, payload: Payload, state: &State) -> Result<web::Bytes, ApiError> {
    let bulk = request.path().ends_with("/batch");
    let http = &state.config.http;
    let limit = if bulk { http.bulk_limit_bytes } else { http.body_limit_bytes };
    read_bytes(request, payload, state, "application/json", limit).await
}

/// Reads a body of this media type, of at most `limit` bytes.
pub async fn read_bytes(
    request: &HttpRequest,
    payload: Payload,
    state: &State,
    expected: &'static str,
    limit: usize,
) -> Result<web::Bytes, ApiError> {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default();
    if !kind.split(';').next().is_some_and(|kind| kind.trim().eq_ignore_ascii_case(expected)) {
        return Err(ApiError::UnsupportedMediaType { expected });
    }
    let coded = |value: &header::HeaderValue| {
        !value.to_str().is_ok_and(|coding| coding.trim().eq_ignore_ascii_case("identity"))
    };
    if request.headers().get_all(header::CONTENT_ENCODING).any(coded) {
        return Err(ApiError::BodyEncoded);
    }
    let too_large = || ApiError::BodyTooLarge { limit_bytes: limit };
    let content_length =
        request.headers().get(header::CONTENT_LENGTH).and_then(|v| v.to_str().ok()?.parse::<usize>().ok());
    if content_length.is_some_and(|length| length > limit) {
        return Err(too_large());
    }
    let collect = async {
        use futures_util::StreamExt;
        let mut payload = payload;
        let mut body = web::BytesMut::with_capacity(content_length.unwrap_or(1024));
        while let Some(part) = payload.next().await {
            let part = part.map_err(|_| ApiError::BadRequest)?;
            if body.len().saturating_add(part.len()) > limit {
                return Err(too_large());
            }
            body.extend_from_slice(&part);
        }
        Ok(body.freeze())
    };
    let timeout_seconds = state.config.http.body_timeout_seconds;
    let within = tokio::time::timeout(Duration::from_secs(timeout_seconds), collect).await;
    let body = within.map_err(|_| ApiError::BodyTooSlow { timeout_seconds })??;
    if body.is_empty() { Err(ApiError::BodyMissing) } else { Ok(body) }
}

fn parse_body<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ApiError> {
    // serde would accept a list as the members in their order, and an empty list as all defaults.
    if bytes.trim_ascii_start().first() == Some(&b'[') {
        let fault = FieldFault::WrongType { expected: Expected::Object };
        return Err(FieldError::new(Place::Body, "", fault).into());
    }
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let body = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let path = error.path().to_string();
        let inner = error.into_inner();
        match inner.classify() {
            serde_json::error::Category::Data => {
                // serde_json appends " at line 1 column 2" to the message.
                let message = inner.to_string();
                let message = message.rsplit_once(" at line ").map_or(message.as_str(), |(words, _)| words);
                ApiError::Field(FieldError::from_message(Place::Body, &path, message))
            }
            _ => malformed(&inner),
        }
    })?;
    reader.end().map_err(|error| malformed(&error))?;
    Ok(body)
}

fn malformed(error: &serde_json::Error) -> ApiError {
    ApiError::MalformedJson { line: error.line(), column: error.column() }
}

/// Key, digests and dry run of a request.
pub(super) fn keyed(request: &HttpRequest, state: &State, body: &Value) -> Result<Keyed, ApiError> {
    let key = match only_one(request, "Idempotency-Key")? {
        None => None,
        Some(value) => Some(key_text(value.to_str().ok())?),
    };
    let operation = format!("{} {}", request.method(), request.path());
    let mut fields = BTreeMap::from([("operation".to_owned(), digest(state, operation.as_bytes()))]);
    if let Value::Object(members) = body {
        for (name, value) in members {
            fields.insert(name.clone(), digest(state, value.to_string().as_bytes()));
        }
    }
    let repeated = Repeated::default();
    request.extensions_mut().insert(repeated.clone());
    Ok(Keyed { key, fields, repeated, dry_run: dry_run(request)? })
}

/// A header that may appear only once; two would be ambiguous.
fn only_one<'r>(
    request: &'r HttpRequest,
    name: &'static str,
) -> Result<Option<&'r header::HeaderValue>, ApiError> {
    let mut values = request.headers().get_all(name);
    let first = values.next();
    match values.next() {
        None => Ok(first),
        Some(_) => Err(FieldError::new(Place::Header, name, FieldFault::Duplicate).into()),
    }
}

/// Refuses a query parameter that the operation does not have: a mistyped `dry_run` must not write.
fn known_query(request: &HttpRequest) -> Result<(), ApiError> {
    if request.query_string().is_empty() {
        return Ok(());
    }
    let state = state(request)?;
    let pattern = request.match_pattern().unwrap_or_default();
    let allowed = state.routes.query_names(request.method().as_str(), &pattern);
    for (name, _) in form_urlencoded::parse(request.query_string().as_bytes()) {
        if !allowed.iter().any(|known| *known == name) {
            let fault = FieldFault::Unknown { allowed: allowed.to_vec() };
            return Err(FieldError::new(Place::Query, name, fault).into());
        }
    }
    Ok(())
}

/// Whether a writing request is a dry run.
fn dry_run(request: &HttpRequest) -> Result<bool, ApiError> {
    known_query(request)?;
    let fault = |fault| ApiError::Field(FieldError::new(Place::Query, "dry_run", fault));
    let mut dry_run = None;
    for (_, value) in form_urlencoded::parse(request.query_string().as_bytes()) {
        let allowed = || vec!["true".to_owned(), "false".to_owned()];
        let parsed = value.parse().map_err(|_| fault(FieldFault::NotOneOf { allowed: allowed() }))?;
        if dry_run.replace(parsed).is_some() {
            return Err(fault(FieldFault::Duplicate));
        }
    }
    Ok(dry_run.unwrap_or(false))
}

/// 1 to 255 visible ASCII characters.
pub fn key_text(text: Option<&str>) -> Result<String, ApiError> {
    let fault = |fault| ApiError::Field(FieldError::new(Place::Header, "Idempotency-Key", fault));
    let text = text.ok_or_else(|| fault(FieldFault::ControlCharacter { position: None, sign: None }))?;
    match text.len() {
        0 => Err(fault(FieldFault::TooShort { least: 1 })),
        256.. => Err(fault(FieldFault::TooLong { most: 255 })),
        _ if !text.bytes().all(|b| b.is_ascii_graphic()) => {
            Err(fault(FieldFault::ControlCharacter { position: None, sign: None }))
        }
        _ => Ok(text.to_owned()),
    }
}

/// 16 hex digits: enough to tell two requests apart. Keyed, because they are stored with the answer, and a phone
/// number or a password could be guessed from a plain digest.
fn digest(state: &State, bytes: &[u8]) -> String {
    let whole = Sha256::new().chain_update(state.digest_key).chain_update(bytes).finalize();
    hex::encode(whole.get(..8).unwrap_or_default())
}

/// The version that the caller read, from `If-Match: "7"`.
#[derive(Clone, Copy, Debug)]
pub struct Seen(pub i64);

impl FromRequest for Seen {
    type Error = ApiError;
    type Future = LocalBoxFuture<'static, Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let bad = || ApiError::Field(FieldError::new(Place::Header, "If-Match", FieldFault::Refused));
        let seen = match only_one(request, "If-Match") {
            Err(error) => Err(error),
            Ok(None) => Err(ApiError::VersionMissing),
            Ok(Some(value)) => {
                let text = value.to_str().unwrap_or_default().trim();
                // A proxy that compresses answers makes their ETags weak; the version is the same.
                let text = text.strip_prefix("W/").unwrap_or(text).trim_matches('"');
                text.parse().map(Seen).map_err(|_| bad())
            }
        };
        let request = request.clone();
        Box::pin(async move { in_order(&request, seen).await })
    }
}

/// Query parameters, each checked; unknown ones are refused.
#[derive(Clone, Debug)]
pub struct QueryOf<T>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for QueryOf<T> {
    type Error = ApiError;
    type Future = LocalBoxFuture<'static, Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move { in_order(&request, query(request.query_string()).map(QueryOf)).await })
    }
}

/// Parses a query string.
pub fn query<T: DeserializeOwned>(text: &str) -> Result<T, ApiError> {
    let reader = serde_urlencoded::Deserializer::new(form_urlencoded::parse(text.as_bytes()));
    serde_path_to_error::deserialize(reader).map_err(|error| {
        let path = error.path().to_string();
        ApiError::Field(FieldError::from_message(Place::Query, &path, &error.into_inner().to_string()))
    })
}

/// Parameters of the path.
#[derive(Clone, Debug)]
pub struct PathOf<T>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for PathOf<T> {
    type Error = ApiError;
    type Future = LocalBoxFuture<'static, Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let read = web::Path::<T>::extract(request);
        let read = futures_util::FutureExt::now_or_never(read)
            .unwrap_or_else(|| Err(actix_web::error::ErrorNotFound("path")));
        // A path that cannot be parsed is answered like one that does not exist.
        let read = read.map(|path| PathOf(path.into_inner())).map_err(|_| ApiError::NoSuchPath);
        let request = request.clone();
        Box::pin(async move { in_order(&request, read).await })
    }
}
