//! The edge of the server: shared state, limits, and the middleware around every request (request id, language, log
//! line, metrics, the form of errors).

pub use super::accept::language;
use super::document::BY_CARD;
use super::error::DEFAULT_ZONE;
use super::problem::{ApiError, Problem};
use crate::auth::authority::BearerFault;
use crate::auth::permissions::Actor;
use crate::config::{Config, SettingRow};
use crate::domain::access::network;
use crate::domain::access::network::{Network, subscriber};
use crate::domain::id::{BankId, Id};
use crate::ledger::Repeated;
use crate::services::Services;
use crate::services::seen::{ReadToken, Seen};
use crate::services::shops::paper_limits::PaperLimits;
use crate::services::shops::rate_limiter::RateLimits;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{HttpMessage, HttpRequest, HttpResponse, web};
use chrono_tz::Tz;
use futures_util::future::LocalBoxFuture;
use governor::clock::Clock as _;
use governor::{Quota, RateLimiter, clock::DefaultClock, state::keyed::DashMapStateStore};
use serde_json::Value;
use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// Resolves a bearer token to its caller.
pub trait Authenticator: Send + Sync {
    fn admit<'a>(&'a self, bearer: &'a str) -> LocalBoxFuture<'a, Result<Actor, ApiError>>;
}

/// The implementation for production: tokens, sessions and roles.
pub struct BankAuthenticator(pub Services);

impl Authenticator for BankAuthenticator {
    fn admit<'a>(&'a self, bearer: &'a str) -> LocalBoxFuture<'a, Result<Actor, ApiError>> {
        Box::pin(async move {
            match self.0.authority.actor(&self.0.store, bearer).await {
                Ok(actor) => Ok(actor.as_ref().clone()),
                Err(BearerFault::Store(error)) => Err(error.into()),
                Err(BearerFault::Token(fault)) => Err(ApiError::Unauthenticated(fault)),
            }
        })
    }
}

/// The state shared by all handlers.
pub struct State {
    pub services: Services,
    pub authenticator: Box<dyn Authenticator>,
    pub config: Config,
    /// Every setting with its source; empty where none were loaded.
    pub settings: Vec<SettingRow>,
    pub limits: Limits,
    pub metrics: Option<metrics_exporter_prometheus::PrometheusHandle>,
    pub routes: Routes,
    /// Key for the digests of request members: what is stored with an idempotency key must not disclose phones or
    /// passwords.
    pub digest_key: [u8; 32],
    /// Time zones by bank; they never change.
    pub zones: Mutex<HashMap<BankId, Tz>>,
}

/// Paths, methods and query names of the OpenAPI document, against which requests are checked.
pub struct Routes {
    pub openapi: &'static str,
    /// The methods of paths without parameters. Such a path takes precedence over one with a parameter in its place
    /// (OpenAPI, Path Templating Matching): `GET /v1/members/find` is not a member of that id.
    exact: HashMap<String, String>,
    /// The methods of paths with parameters: a known path with another method is 405, not 404.
    templates: Vec<(Vec<String>, String)>,
    /// The query names of an operation, by method and path.
    queries: HashMap<(String, String), Vec<String>>,
    /// Operations that a session takes which a card has opened, by method and path.
    by_card: HashSet<(String, String)>,
}

impl Routes {
    pub fn new(openapi: &'static str) -> Self {
        let document: Value = serde_json::from_str(openapi).unwrap_or_default();
        let members = document.get("paths").and_then(Value::as_object).cloned().unwrap_or_default();
        let mut routes = Routes {
            openapi,
            exact: HashMap::new(),
            templates: Vec::new(),
            queries: HashMap::new(),
            by_card: HashSet::new(),
        };
        for (path, methods) in members {
            let methods = methods.as_object().cloned().unwrap_or_default();
            let mut allowed = Vec::new();
            for (method, operation) in methods {
                let key = (method.to_uppercase(), path.clone());
                if operation.get(BY_CARD).and_then(Value::as_bool) == Some(true) {
                    routes.by_card.insert(key.clone());
                }
                routes.queries.insert(key, query_names(&operation));
                allowed.push(method.to_uppercase());
            }
            routes.add(path, allowed);
        }
        // Paths that the document does not list; all are read-only.
        for path in ["/healthz", "/readyz", "/metrics", "/openapi.json", "/docs", "/docs/"] {
            routes.add(path.to_owned(), vec!["GET".to_owned()]);
        }
        routes
    }

    /// Adds a path with its methods.
    pub fn add(&mut self, path: String, mut methods: Vec<String>) {
        if methods.iter().any(|method| method == "GET") {
            methods.push("HEAD".to_owned());
        }
        methods.sort_unstable();
        let methods = methods.join(", ");
        if path.contains('{') {
            self.templates.push((path.split('/').map(str::to_owned).collect(), methods));
        } else {
            self.exact.insert(path, methods);
        }
    }

    /// The query names that an operation accepts.
    pub fn query_names(&self, method: &str, pattern: &str) -> &[String] {
        let key = (method.to_owned(), pattern.to_owned());
        self.queries.get(&key).map_or(&[], Vec::as_slice)
    }

    /// Whether a session takes this operation which a card has opened.
    pub fn opens_by_card(&self, method: &str, pattern: &str) -> bool {
        self.by_card.contains(&(method.to_owned(), pattern.to_owned()))
    }

    /// The methods of the path that matches, if one does.
    fn allowed(&self, path: &str) -> Option<&str> {
        if let Some(methods) = self.exact.get(path) {
            return Some(methods);
        }
        let parts: Vec<&str> = path.split('/').collect();
        let fits = |pattern: &[String]| {
            pattern.len() == parts.len()
                && pattern.iter().zip(&parts).all(|(a, b)| (a.starts_with('{') && !b.is_empty()) || a == b)
        };
        let mut fitting: Vec<_> = self.templates.iter().filter(|(pattern, _)| fits(pattern)).collect();
        // The match with the most literal parts, from the left.
        fitting
            .sort_by_key(|(pattern, _)| pattern.iter().map(|part| part.starts_with('{')).collect::<Vec<_>>());
        fitting.first().map(|(_, methods)| methods.as_str())
    }

    /// Refuses a method that a path without parameters does not have, before a path with a parameter can match.
    fn check_method(&self, method: &Method, path: &str) -> Result<(), ApiError> {
        let Some(methods) = self.exact.get(path) else { return Ok(()) };
        if methods.split(", ").any(|taken| taken == method.as_str()) {
            return Ok(());
        }
        Err(ApiError::MethodNotAllowed { allow: methods.clone() })
    }
}

fn query_names(operation: &Value) -> Vec<String> {
    let parameters = operation.get("parameters").and_then(Value::as_array).into_iter().flatten();
    let in_query = parameters.filter(|parameter| parameter.get("in").is_some_and(|place| place == "query"));
    in_query.filter_map(|parameter| parameter.get("name")?.as_str().map(str::to_owned)).collect()
}

impl State {
    /// The state of a server for these services.
    pub fn new(
        mut services: Services,
        config: Config,
        metrics: Option<metrics_exporter_prometheus::PrometheusHandle>,
    ) -> Self {
        services.undo_seconds = config.times.undo_seconds;
        services.rate_limits = RateLimits {
            member_per_minute: config.limits.member_redemptions_per_minute,
            shop_per_minute: config.limits.shop_redemptions_per_minute,
        };
        services.paper_limits = PaperLimits::of(&config.limits);
        State {
            authenticator: Box::new(BankAuthenticator(services.clone())),
            limits: Limits::new(&config),
            routes: Routes::new(crate::api::openapi()),
            digest_key: services.authority.secrets.digest_key(),
            zones: Mutex::default(),
            services,
            config,
            settings: Vec::new(),
            metrics,
        }
    }
}

impl State {
    /// The time zone of a bank.
    pub async fn zone_of(&self, bank: BankId) -> Tz {
        let known = self.zones.lock().unwrap_or_else(PoisonError::into_inner).get(&bank).copied();
        if let Some(zone) = known {
            return zone;
        }
        match self.services.store.read(bank, |tables| Ok(tables.zone)).await {
            Ok(zone) => {
                self.zones.lock().unwrap_or_else(PoisonError::into_inner).insert(bank, zone);
                zone
            }
            // Not cached: the next request asks again.
            Err(_) => DEFAULT_ZONE,
        }
    }
}

type Limiter<K> = RateLimiter<K, DashMapStateStore<K>, DefaultClock>;

/// Rate limits by address and by user, and the networks that are trusted.
pub struct Limits {
    /// The proxies whose `X-Forwarded-For` is trusted.
    proxies: Vec<Network>,
    metrics_readers: Vec<Network>,
    addresses: Option<Limiter<IpAddr>>,
    accounts: Option<Limiter<Id>>,
    sign_ins: Option<Limiter<IpAddr>>,
}

fn limiter<K: std::hash::Hash + Eq + Clone>(per_second: u32, burst: u32) -> Option<Limiter<K>> {
    let quota = Quota::per_second(NonZeroU32::new(per_second)?);
    Some(RateLimiter::keyed(NonZeroU32::new(burst).map_or(quota, |burst| quota.allow_burst(burst))))
}

/// Above this number of keys a rate limiter drops those that have not been used lately.
const REMEMBERED: usize = 100_000;
/// The number of requests between two checks of that.
const LOOK_EVERY: u32 = 4_096;
static LOOKS: AtomicU32 = AtomicU32::new(0);

fn check<K: std::hash::Hash + Eq + Clone>(limiter: Option<&Limiter<K>>, key: &K) -> Result<(), ApiError> {
    let Some(limiter) = limiter else { return Ok(()) };
    if LOOKS.fetch_add(1, Ordering::Relaxed).is_multiple_of(LOOK_EVERY) && limiter.len() > REMEMBERED {
        limiter.retain_recent();
    }
    limiter.check_key(key).map_err(|later| {
        let wait = later.wait_time_from(DefaultClock::default().now());
        ApiError::RateLimited { wait_seconds: wait.as_secs().saturating_add(1) }
    })
}

/// Networks of the configuration, which validated them when it was loaded.
fn networks(texts: &[String]) -> Vec<Network> {
    texts.iter().filter_map(|text| Network::parse(text).ok()).collect()
}

impl Limits {
    pub fn new(config: &Config) -> Self {
        let limits = &config.limits;
        let per_minute = NonZeroU32::new(limits.sign_in_per_minute);
        Limits {
            proxies: networks(&config.http.proxies),
            metrics_readers: networks(&config.http.metrics_readers),
            addresses: limiter(limits.address_per_second, limits.address_burst),
            accounts: limiter(limits.account_per_second, limits.account_burst),
            sign_ins: per_minute.map(|n| RateLimiter::keyed(Quota::per_minute(n))),
        }
    }

    pub fn account(&self, actor: &Actor) -> Result<(), ApiError> {
        check(self.accounts.as_ref(), &actor.user)
    }

    /// Whether a client at this address may read the metrics.
    pub fn may_read_metrics(&self, address: IpAddr) -> bool {
        self.metrics_readers.iter().any(|network| network.covers(address))
    }

    /// Limits sign-in attempts by address.
    pub fn sign_in(&self, request: &HttpRequest) -> Result<(), ApiError> {
        match address(request) {
            Some(address) => check(self.sign_ins.as_ref(), &subscriber(address)),
            None => Ok(()),
        }
    }
}

/// The client's address: that of the peer, or the one that trusted proxies report.
pub fn address(request: &HttpRequest) -> Option<IpAddr> {
    let peer = request.peer_addr()?.ip();
    let state = request.app_data::<web::Data<State>>()?;
    let lines = request.headers().get_all("X-Forwarded-For");
    // A value that is not text counts as one without an address.
    let lines: Vec<&str> = lines.map(|line| line.to_str().unwrap_or_default()).collect();
    Some(network::client(peer, &lines, &state.limits.proxies))
}

/// What a request was sent with, in one word: the rest of `User-Agent` is not kept.
pub fn client(request: &HttpRequest) -> String {
    let agent =
        request.headers().get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let has = |word: &str| agent.contains(word);
    let client = match () {
        () if has("MicroMessenger") => "wechat",
        () if has("Mobile") || has("Android") || has("iPhone") || has("HarmonyOS") => "phone",
        () if has("Mozilla") => "computer",
        () => "program",
    };
    client.to_owned()
}

/// Whether the client speaks TLS, as a trusted proxy reports: the program itself does not.
pub fn is_https(request: &HttpRequest) -> bool {
    let trusted = || {
        let state = request.app_data::<web::Data<State>>()?;
        let peer = request.peer_addr()?.ip();
        Some(state.limits.proxies.iter().any(|proxy| proxy.covers(peer)))
    };
    let scheme = request.headers().get("X-Forwarded-Proto").and_then(|value| value.to_str().ok());
    scheme.is_some_and(|scheme| scheme.trim().eq_ignore_ascii_case("https")) && trusted() == Some(true)
}

/// The time zone of the caller's bank.
#[derive(Clone, Copy, Debug)]
pub struct BankZone(pub Tz);

/// The time zone in which days and times are written: that of the caller's bank.
pub fn zone(request: &HttpRequest) -> Tz {
    request.extensions().get::<BankZone>().map_or(DEFAULT_ZONE, |known| known.0)
}

/// Set by the edge for ordinary writes; receipts set their own.
const IDEMPOTENCY_HIT: HeaderName = HeaderName::from_static("idempotency-hit");
/// The read token: the position up to which a caller has seen the bank. Sent with every answer; a caller sends it
/// back with reads that a replica may answer.
const SEEN: HeaderName = HeaderName::from_static("jianxian-seen");
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The caller's own request id if it is short and plain, else a new one.
fn request_id(request: &HttpRequest, state: &State) -> String {
    let own = request.headers().get(REQUEST_ID).and_then(|value| value.to_str().ok());
    let plain = |text: &&str| {
        (1..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    own.filter(plain).map_or_else(|| state.services.next_id().to_string(), str::to_owned)
}

/// The middleware around every request.
pub async fn wrap(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let mut request = request;
    let started = std::time::Instant::now();
    // HEAD is handled as GET; actix omits the body from the answer.
    let bodiless = *request.method() == Method::HEAD;
    if bodiless {
        request.head_mut().method = Method::GET;
    }
    let Some(state) = request.app_data::<web::Data<State>>().cloned() else {
        return Ok(next.call(request).await?.map_into_boxed_body());
    };
    let id = request_id(request.request(), &state);
    let over = address(request.request())
        .map_or(Ok(()), |address| check(state.limits.addresses.as_ref(), &subscriber(address)));
    let refused = over.and_then(|()| state.routes.check_method(request.method(), request.path()));
    let mut response = match refused {
        Err(error) => {
            let answer = problem(request.request(), &error, &id);
            request.into_response(answer)
        }
        // Routing changes the request, so it must not be borrowed meanwhile.
        Ok(()) if state.services.store.has_replicas() => {
            let reads_only = *request.method() == Method::GET;
            let read_token = ReadToken::new(seen_by(request.request()), reads_only);
            let response = Arc::clone(&read_token).during(next.call(request)).await?.map_into_boxed_body();
            let mut response = into_problem(response, &id);
            let seen = read_token.seen(state.services.store.clock().now()).map(|seen| seen.to_string());
            if let Some(Ok(seen)) = seen.map(|seen| HeaderValue::from_str(&seen)) {
                response.headers_mut().insert(SEEN, seen);
            }
            response
        }
        Ok(()) => into_problem(next.call(request).await?.map_into_boxed_body(), &id),
    };
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    let repeated = response.request().extensions().get::<Repeated>().is_some_and(Repeated::is_set);
    if repeated && response.status().is_success() {
        response.headers_mut().insert(IDEMPOTENCY_HIT, HeaderValue::from_static("true"));
    }
    let quiet = HeaderValue::from_static("nosniff");
    response.headers_mut().insert(header::X_CONTENT_TYPE_OPTIONS, quiet);
    record(&response, bodiless, &id, started.elapsed());
    Ok(response)
}

/// The read token of a request.
fn seen_by(request: &HttpRequest) -> Option<Seen> {
    Seen::parse(request.headers().get(SEEN)?.to_str().ok()?)
}

/// Turns errors of handlers and of actix into the one form of an error.
fn into_problem(response: ServiceResponse<BoxBody>, id: &str) -> ServiceResponse<BoxBody> {
    let status = response.status();
    let known = response.request().app_data::<web::Data<State>>();
    let error = match response.response().error() {
        Some(error) => Some(api_error(error)),
        None if status == 404 && response.response().headers().get(header::CONTENT_TYPE).is_none() => {
            let request = response.request();
            let allow = known.and_then(|state| state.routes.allowed(request.path()));
            // An error about the method or the path needs no check of the path's query names.
            let method = request.method().as_str();
            let allow = allow.filter(|allow| !allow.split(", ").any(|taken| taken == method));
            let refused = |allow: &str| ApiError::MethodNotAllowed { allow: allow.to_owned() };
            Some(allow.map_or(ApiError::NoSuchPath, refused))
        }
        None => None,
    };
    let Some(error) = error else { return response };
    let request = response.request().clone();
    let answer = problem(&request, &error, id);
    response.into_response(answer)
}

fn api_error(error: &actix_web::Error) -> ApiError {
    error.as_error::<ApiError>().cloned().unwrap_or_else(|| {
        match error.as_response_error().status_code().as_u16() {
            404 => ApiError::NoSuchPath,
            400..=499 => ApiError::BadRequest,
            _ => ApiError::Internal(error.to_string()),
        }
    })
}

fn problem(request: &HttpRequest, error: &ApiError, id: &str) -> HttpResponse {
    if let ApiError::Internal(why) = error {
        tracing::error!(request_id = id, why, "internal error");
    }
    let body =
        Problem { request_id: Some(id.to_owned()), ..Problem::new(error, language(request), zone(request)) };
    let mut answer = HttpResponse::build(actix_web::ResponseError::status_code(error));
    answer.insert_header((header::CONTENT_TYPE, "application/problem+json"));
    if let Some(seconds) = error.wait_seconds() {
        answer.insert_header((header::RETRY_AFTER, seconds.to_string()));
    }
    match error {
        ApiError::Refused { hit: true, .. } => {
            answer.insert_header(("Idempotency-Hit", "true"));
        }
        ApiError::MethodNotAllowed { allow } => {
            answer.insert_header((header::ALLOW, allow.clone()));
        }
        ApiError::Unauthenticated(_) => {
            answer.insert_header((header::WWW_AUTHENTICATE, "Bearer"));
        }
        _ => {}
    }
    answer.body(serde_json::to_vec(&body).unwrap_or_default())
}

/// The metrics of one combination of method, path and status.
struct Meter {
    requests: metrics::Counter,
    seconds: metrics::Histogram,
}

/// Labels of a meter: method, pattern of the path, status.
type Counted = (&'static str, String, u16);

/// Invented methods share one label.
fn method_name(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

fn meter((method, pattern, status): &Counted) -> Meter {
    let labels = [("method", method.to_string()), ("path", pattern.clone()), ("status", status.to_string())];
    Meter {
        requests: metrics::counter!("jianxian_requests_total", &labels),
        seconds: metrics::histogram!("jianxian_request_seconds", "path" => pattern.clone()),
    }
}

thread_local! {
    /// The meters that this thread has used, so that each is looked up by its labels only once.
    static METERS: RefCell<HashMap<Counted, Meter>> = RefCell::default();
}

/// Writes one log line and the metrics of a request: the pattern of its path, never its values, and no person's id.
fn record(response: &ServiceResponse<BoxBody>, bodiless: bool, id: &str, took: std::time::Duration) {
    let request = response.request();
    let pattern = request.match_pattern().unwrap_or_else(|| "unknown".to_owned());
    let status = response.status().as_u16();
    let method = if bodiless { "HEAD" } else { method_name(request.method()) };
    let key = (method, pattern, status);
    METERS.with_borrow_mut(|meters| {
        if !meters.contains_key(&key) {
            meters.insert(key.clone(), meter(&key));
        }
        if let Some(meter) = meters.get(&key) {
            meter.requests.increment(1);
            meter.seconds.record(took.as_secs_f64());
        }
    });
    let (method, pattern, _) = key;
    let milliseconds = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    tracing::info!(request_id = id, method, path = pattern, status, milliseconds, "request");
}

/// The name under which handlers take the state.
pub type Shared = web::Data<State>;

/// Shares the state between the workers.
pub fn shared(state: State) -> Arc<State> {
    Arc::new(state)
}
