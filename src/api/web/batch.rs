//! Bulk requests: `{"mode": …, "items": […]}`, answered with a result for each item, in order.

use super::edge::{language, zone};
use super::problem::{ApiError, Problem};
use crate::services::Error;
use actix_web::{HttpRequest, HttpResponse};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

/// Whether a refused item prevents the others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// One refused item, and nothing is written.
    #[default]
    AllOrNothing,
    /// Each item by itself.
    Each,
}

/// The result of a batch.
#[derive(Debug, Serialize, ToSchema)]
pub struct BatchView<V = Value> {
    pub accepted: usize,
    pub refused: usize,
    /// In the order of the request: what was made, or the problem with `index` and `code`.
    #[schema(value_type = Vec<Value>)]
    pub items: Vec<ItemView<V>>,
}

/// What was made, or the problem.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum ItemView<V> {
    Made(V),
    Refused(Box<Problem>),
}

/// Answers with a result for each item. In all-or-nothing mode one refused item makes the whole answer 422. `is_hit`:
/// this is the stored answer of an item; where all are, the whole request was answered before.
pub fn respond<T, V: Serialize>(
    results: Vec<Result<T, Error>>,
    mode: Mode,
    request: &HttpRequest,
    is_hit: impl Fn(&T) -> bool,
    view: impl Fn(T) -> Result<V, ApiError>,
) -> Result<HttpResponse, ApiError> {
    let (language, zone) = (language(request), zone(request));
    let before = |result: &Result<T, Error>| match result {
        Ok(value) => is_hit(value),
        Err(error) => matches!(error, Error::RefusedBefore(_)),
    };
    let all_before = !results.is_empty() && results.iter().all(before);
    let mut body = BatchView { accepted: 0, refused: 0, items: Vec::with_capacity(results.len()) };
    for (index, result) in (0_u32..).zip(results) {
        body.items.push(match result {
            Ok(value) => {
                body.accepted = body.accepted.saturating_add(1);
                ItemView::Made(view(value)?)
            }
            Err(error) => {
                body.refused = body.refused.saturating_add(1);
                ItemView::Refused(Box::new(Problem::of_item(&ApiError::from(error), language, zone, index)))
            }
        });
    }
    let held_up = mode == Mode::AllOrNothing && body.refused > 0;
    let mut answer = if held_up { HttpResponse::UnprocessableEntity() } else { HttpResponse::Ok() };
    if all_before {
        answer.insert_header(("Idempotency-Hit", "true"));
    }
    Ok(answer.json(body))
}
