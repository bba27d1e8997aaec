//! Our cookies: names, values, and how a browser keeps them.

use crate::api::web::edge::is_https;
use actix_web::HttpRequest;
use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};

/// The access token.
pub const ACCESS: &str = "jianxian_access";
/// The refresh token.
pub const REFRESH: &str = "jianxian_refresh";
/// The device token.
pub const DEVICE: &str = "jianxian_known";
/// Before sign-in: what ties a form to the browser that it was shown to.
pub const VISITOR: &str = "jianxian_visitor";
/// The language.
pub const LANGUAGE: &str = "jianxian_language";
/// The size of text.
pub const SIZE: &str = "jianxian_size";

/// The step of a sample bank's story.
pub const STORY: &str = "jianxian_story";

/// A year in seconds: how long a browser keeps a preference.
const YEAR_SECONDS: i64 = 31_536_000;

/// The name of a cookie: behind TLS with the prefix that ties it to this host and path.
fn name_of(request: &HttpRequest, name: &'static str) -> String {
    if is_https(request) { format!("__Host-{name}") } else { name.to_owned() }
}

/// The value of one of our cookies.
pub fn cookie(request: &HttpRequest, name: &'static str) -> Option<String> {
    request.cookie(&name_of(request, name)).map(|cookie| cookie.value().to_owned())
}

/// A cookie that scripts cannot read; no seconds: it goes with the browser; 0: it is taken away.
pub fn kept(
    request: &HttpRequest,
    name: &'static str,
    value: String,
    seconds: Option<i64>,
) -> Cookie<'static> {
    let cookie = Cookie::build(name_of(request, name), value)
        .path("/")
        .http_only(true)
        .secure(is_https(request))
        .same_site(SameSite::Lax);
    match seconds {
        Some(seconds) => cookie.max_age(Duration::seconds(seconds)).finish(),
        None => cookie.finish(),
    }
}

/// A preference, such as the size of text.
pub fn preference(request: &HttpRequest, name: &'static str, value: String) -> Cookie<'static> {
    kept(request, name, value, Some(YEAR_SECONDS))
}
