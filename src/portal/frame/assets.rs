//! The files that pages refer to, embedded in the program. An address carries a digest of its file, so that browsers
//! may keep it for ever. Files that are not ours are listed in `files/THIRD-PARTY.md`.

use actix_web::http::header;
use actix_web::{HttpResponse, web};
use serde_json::json;
use sha2::{Digest, Sha256};
use std::collections::HashMap;
use std::sync::LazyLock;

struct File {
    name: &'static str,
    kind: &'static str,
    content: &'static [u8],
}

macro_rules! files {
    ($($name:literal: $kind:literal,)+) => {
        &[$(File { name: $name, kind: $kind, content: include_bytes!(concat!("../files/", $name)) }),+]
    };
}

static FILES: &[File] = files! {
    "portal.css": "text/css; charset=utf-8",
    "print.css": "text/css; charset=utf-8",
    "portal.js": "text/javascript; charset=utf-8",
    "jsqr.js": "text/javascript; charset=utf-8",
    "icons.svg": "image/svg+xml",
    "digits.woff2": "font/woff2",
    "icon-192.png": "image/png",
    "icon-512.png": "image/png",
};

/// A digest of each file.
static VERSIONS: LazyLock<HashMap<&'static str, String>> = LazyLock::new(|| {
    let digest = |file: &File| hex::encode(Sha256::digest(file.content).get(..6).unwrap_or_default());
    FILES.iter().map(|file| (file.name, digest(file))).collect()
});

/// The address of a file.
pub fn address(name: &str) -> String {
    let version = VERSIONS.get(name).map_or("", String::as_str);
    format!("/static/{name}?v={version}")
}

/// Answers with a file.
pub async fn file(name: web::Path<String>) -> HttpResponse {
    let Some(file) = FILES.iter().find(|file| file.name == name.as_str()) else {
        return HttpResponse::NotFound().finish();
    };
    HttpResponse::Ok()
        .content_type(file.kind)
        .insert_header((header::CACHE_CONTROL, "public, max-age=31536000, immutable"))
        .body(file.content)
}

/// So that the bank can stand on a phone's home screen.
pub async fn manifest() -> HttpResponse {
    let icon = |name: &str, sizes: &str| json!({ "src": address(name), "sizes": sizes, "type": "image/png", "purpose": "any" });
    let manifest = json!({
        "name": "积分银行", "short_name": "积分银行", "lang": "zh-CN", "start_url": "/", "scope": "/",
        "display": "standalone", "background_color": "#FAF6EF", "theme_color": "#AE1F1B",
        "icons": [icon("icon-192.png", "192x192"), icon("icon-512.png", "512x512")],
    });
    HttpResponse::Ok().content_type("application/manifest+json").body(manifest.to_string())
}
