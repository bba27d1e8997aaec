//! The size of text and the language: links that set a cookie, so that they work without scripts.

use crate::api::web::problem::ApiError;
use crate::portal::frame::cookies::{LANGUAGE, SIZE, preference};
use crate::portal::frame::fault::Answer;
use crate::portal::frame::visit::{SIZES, Visit};

async fn set(visit: Visit, name: &'static str, known: &[&str]) -> Answer {
    let value: String = visit.path("value")?;
    if !known.contains(&value.as_str()) {
        return Err(ApiError::NoSuchPath.into());
    }
    let mut answer = visit.to(&Visit::safe_path(visit.query("back").as_deref()))?;
    let cookie = preference(&visit.request, name, value);
    answer.add_cookie(&cookie).map_err(|error| ApiError::Internal(error.to_string()))?;
    Ok(answer)
}

pub async fn size(visit: Visit) -> Answer {
    set(visit, SIZE, &SIZES).await
}

pub async fn language(visit: Visit) -> Answer {
    set(visit, LANGUAGE, &["zh-CN", "en"]).await
}
