//! Lists in pages: `?limit=…&cursor=…`. A cursor is opaque and keeps the whole query, so that the next page is of the
//! same list. What it says is checked again like any other query.

use super::admission::in_order;
use super::faults::{FieldError, FieldFault, Place};
use super::fields::PageLimit;
use super::problem::ApiError;
use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpRequest, HttpResponse, HttpResponseBuilder};
use futures_util::future::LocalBoxFuture;
use serde::Serialize;
use serde::de::DeserializeOwned;
use utoipa::{IntoParams, ToSchema};

const USUAL: i64 = 50;
/// Longer texts cannot have been given out here.
const LONGEST_CURSOR: usize = 2_048;

/// How many, and from where.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "stands for the two parameters in the OpenAPI document; Listed reads them")]
pub struct Paging {
    limit: Option<PageLimit>,
    /// As the page before gave it; the filters of that page come with it.
    #[param(max_length = 2048, pattern = "^[0-9a-f]+$", value_type = Option<String>)]
    cursor: Option<String>,
}

/// A page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct Page<T> {
    pub items: Vec<T>,
    /// The cursor of the next page; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// The query of a list: its filters, checked, with limit and place.
#[derive(Clone, Debug)]
pub struct Listed<Q> {
    pub query: Q,
    pub limit: i64,
    /// Where the page before ended.
    pub after: Option<String>,
    filters: String,
    path: String,
}

impl<Q> Listed<Q> {
    /// Answers with a page. `key` is where a row stands in the list's order; the row after the last one shows that
    /// there is more, so ask the use case for [`Listed::fetch`] rows.
    pub fn respond<R, T: Serialize>(
        &self,
        rows: Vec<R>,
        key: impl Fn(&R) -> String,
        view: impl Fn(R) -> T,
    ) -> Result<HttpResponse, ApiError> {
        let (mut answer, page) = self.page(rows, key, view);
        Ok(answer.json(page))
    }

    /// The page, and the answer that links to the next one.
    pub fn page<R, T>(
        &self,
        mut rows: Vec<R>,
        key: impl Fn(&R) -> String,
        view: impl Fn(R) -> T,
    ) -> (HttpResponseBuilder, Page<T>) {
        let limit = usize::try_from(self.limit).unwrap_or(usize::MAX);
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next = rows.last().filter(|_| more).map(|row| cursor(&self.filters, &key(row)));
        let mut answer = HttpResponse::Ok();
        if let Some(next) = &next {
            let link = format!("<{}?limit={}&cursor={next}>; rel=\"next\"", self.path, self.limit);
            answer.insert_header((header::LINK, link));
        }
        (answer, Page { items: rows.into_iter().map(view).collect(), next })
    }

    /// One row more than the page holds.
    pub fn fetch(&self) -> i64 {
        self.limit.saturating_add(1)
    }

    /// The place as a type of its own: a number or an id.
    pub fn after_as<T: std::str::FromStr>(&self) -> Result<Option<T>, ApiError> {
        let read = |text: &String| text.parse().map_err(|_| bad());
        self.after.as_ref().map(read).transpose()
    }
}

fn bad() -> ApiError {
    FieldError::new(Place::Query, "cursor", FieldFault::BadCursor).into()
}

fn cursor(filters: &str, after: &str) -> String {
    hex::encode(format!("{after}\n{filters}"))
}

fn read_cursor(text: &str) -> Result<(String, String), ApiError> {
    if text.len() > LONGEST_CURSOR {
        return Err(bad());
    }
    let bytes = hex::decode(text).map_err(|_| bad())?;
    let text = String::from_utf8(bytes).map_err(|_| bad())?;
    let (after, filters) = text.split_once('\n').ok_or_else(bad)?;
    Ok((after.to_owned(), filters.to_owned()))
}

impl<Q: DeserializeOwned + 'static> FromRequest for Listed<Q> {
    type Error = ApiError;
    type Future = LocalBoxFuture<'static, Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move { in_order(&request, read(&request)).await })
    }
}

fn read<Q: DeserializeOwned>(request: &HttpRequest) -> Result<Listed<Q>, ApiError> {
    let (mut limit, mut place, mut filters) = (None, None, form_urlencoded::Serializer::new(String::new()));
    for (name, value) in form_urlencoded::parse(request.query_string().as_bytes()) {
        let duplicate = || FieldError::new(Place::Query, name.as_ref(), FieldFault::Duplicate).into();
        match name.as_ref() {
            "limit" if limit.is_some() => return Err(duplicate()),
            "cursor" if place.is_some() => return Err(duplicate()),
            "limit" => limit = Some(page_limit(&value)?),
            "cursor" => place = Some(read_cursor(&value)?),
            _ => {
                filters.append_pair(&name, &value);
            }
        }
    }
    let mut filters = filters.finish();
    let mut after = None;
    if let Some((place, kept)) = place {
        // Filters beside a cursor may only repeat its own.
        if !filters.is_empty() && filters != kept {
            return Err(bad());
        }
        (after, filters) = (Some(place), kept);
    }
    let query = super::extract::query(&filters)?;
    let path = request.path().to_owned();
    Ok(Listed { query, limit: limit.unwrap_or(USUAL), after, filters, path })
}

fn page_limit(text: &str) -> Result<i64, ApiError> {
    use serde::de::IntoDeserializer;
    let reader: serde::de::value::StrDeserializer<'_, serde::de::value::Error> = text.into_deserializer();
    let limit = <PageLimit as serde::Deserialize>::deserialize(reader);
    let told = |error: serde::de::value::Error| {
        FieldError::from_message(Place::Query, "limit", &error.to_string()).into()
    };
    limit.map(PageLimit::get).map_err(told)
}

/// A list without filters.
#[derive(Clone, Copy, Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoFilter {}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;
    use serde::Deserialize;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Filter {
        #[serde(default)]
        name: Option<super::super::fields::SearchText>,
    }

    fn listed(uri: &str) -> Result<Listed<Filter>, ApiError> {
        read(&TestRequest::with_uri(uri).to_http_request())
    }

    #[test]
    fn a_cursor_keeps_place_and_filters() {
        let first = listed("/v1/members?name=%E7%A4%BA%E4%BE%8B&limit=7").unwrap();
        assert_eq!((first.limit, first.fetch(), first.after.clone()), (7, 8, None));
        let next = listed(&format!("/v1/members?cursor={}", cursor(&first.filters, "00017"))).unwrap();
        assert_eq!(next.after.as_deref(), Some("00017"));
        assert_eq!(next.query.name.unwrap().as_str(), "示例");
        assert_eq!(next.limit, USUAL);
    }

    #[test]
    fn what_is_no_cursor_and_what_is_no_limit_is_refused() {
        for uri in
            ["/?cursor=zz", "/?cursor=00", "/?cursor=ff0a", "/?limit=0", "/?limit=201", "/?limit=x", "/?x=1"]
        {
            assert!(listed(uri).is_err(), "{uri}");
        }
        let other = cursor("name=a", "1");
        assert!(listed(&format!("/?name=b&cursor={other}")).is_err());
        assert!(listed(&format!("/?name=a&cursor={other}")).is_ok());
        assert!(listed("/?limit=3&limit=4").is_err());
        assert!(listed(&format!("/?cursor={}", "0".repeat(4_000))).is_err());
    }
}
