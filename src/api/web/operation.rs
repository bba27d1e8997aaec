//! Health, readiness, metrics, and the OpenAPI document.

use super::edge::{Shared, address};
use super::problem::ApiError;
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, get};

/// Liveness: the process runs.
#[get("/healthz")]
pub async fn healthz() -> HttpResponse {
    HttpResponse::Ok().json(serde_json::json!({ "status": "ok" }))
}

/// Readiness: the bank can be read and may write.
#[get("/readyz")]
pub async fn readyz(state: Shared) -> Result<HttpResponse, ApiError> {
    if let Some(error) = state.services.store.closed() {
        return Err(error.into());
    }
    state.services.store.banks().await?;
    Ok(HttpResponse::Ok().json(serde_json::json!({ "status": "ready" })))
}

/// Prometheus metrics, for listed addresses only.
#[get("/metrics")]
pub async fn metrics(state: Shared, request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let listed = address(&request).is_some_and(|address| state.limits.may_read_metrics(address));
    let handle = state.metrics.as_ref().filter(|_| listed).ok_or(ApiError::NoSuchPath)?;
    Ok(HttpResponse::Ok().content_type("text/plain; version=0.0.4").body(handle.render()))
}

/// The root path for programs: where to go on. People get the portal.
pub fn welcome() -> HttpResponse {
    HttpResponse::Ok().json(serde_json::json!({
        "name": "jianxian", "docs": "/docs/", "openapi": "/openapi.json", "health": "/healthz", "ready": "/readyz",
    }))
}

/// Redirects to the reference.
#[get("/docs")]
pub async fn docs() -> HttpResponse {
    HttpResponse::PermanentRedirect().insert_header((header::LOCATION, "/docs/")).finish()
}

#[get("/openapi.json")]
pub async fn openapi(state: Shared) -> HttpResponse {
    HttpResponse::Ok().content_type("application/json").body(state.routes.openapi)
}
