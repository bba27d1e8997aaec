//! Lists: filtered by days (`?from=…&until=…`), in pages (`?limit=…&cursor=…`), or whole as CSV or as a workbook. A cursor is opaque
//! and contains the whole query, so that the next page belongs to the same list; it is validated like any other
//! query. Its position is in an order that never changes, so no row is skipped or repeated while rows are added,
//! changed or moved.

use super::accept::wanted_sheet;
use super::admission::in_order;
use super::edge::{language, zone};
use super::faults::{FieldError, FieldFault, Place};
use super::fields::PageLimit;
use super::part::{Part, Placed, bad};
use super::problem::ApiError;
use super::sheet::{self, Manner, Row, SheetForm, VARIES};
use crate::domain::time::{Day, Days};
use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpRequest, HttpResponse, HttpResponseBuilder};
use futures_util::future::LocalBoxFuture;
use serde::Serialize;
use serde::de::DeserializeOwned;
use utoipa::{IntoParams, ToSchema};

const USUAL: i64 = 50;
/// Longer texts are not cursors of this server.
const LONGEST_CURSOR: usize = 2_048;

/// Page size and cursor.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "stands for the two parameters in the OpenAPI document; Listed reads them")]
pub struct Paging {
    limit: Option<PageLimit>,
    /// From the page before; it contains the filters of that page.
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

/// The days of a list.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "stands for the two parameters in the OpenAPI document; Listed reads them")]
pub struct OfDays {
    /// 起始日 · from this day of the bank's calendar on, itself included.
    from: Option<Day>,
    /// 截止日 · until this day of the bank's calendar, itself included.
    until: Option<Day>,
}

/// The query of a list: its checked filters and the form of the answer.
#[derive(Clone, Debug)]
pub struct Listed<Q> {
    pub query: Q,
    pub list: List,
}

/// How to answer a list: which days, from which position, how many rows; or all of them as a sheet.
#[derive(Clone, Debug)]
pub struct List {
    pub days: Days,
    limit: i64,
    /// The position of the last row of the previous page.
    after: Option<String>,
    filters: String,
    request: HttpRequest,
}

impl List {
    /// Answers with a page, or with everything as a sheet. `read` returns the rows of a part, in the list's order.
    pub async fn respond<R: Row>(
        self,
        read: impl AsyncFn(Part) -> Result<Vec<Placed<R>>, ApiError> + 'static,
    ) -> Result<HttpResponse, ApiError> {
        if let Some(form) = self.wanted_sheet() {
            return self.sheet(form, read).await;
        }
        let (mut answer, page) = self.page(read).await?;
        Ok(answer.json(page))
    }

    /// Whether the list is requested as a whole, as CSV or as a workbook.
    pub fn wanted_sheet(&self) -> Option<SheetForm> {
        wanted_sheet(&self.request)
    }

    /// The form, the caller's language, and the bank's time zone.
    pub fn manner(&self, form: SheetForm) -> Manner {
        Manner { form, language: language(&self.request), zone: zone(&self.request) }
    }

    /// All rows.
    pub async fn sheet<R: Row>(
        self,
        form: SheetForm,
        read: impl AsyncFn(Part) -> Result<Vec<Placed<R>>, ApiError> + 'static,
    ) -> Result<HttpResponse, ApiError> {
        let manner = self.manner(form);
        let pattern = self.request.match_pattern().unwrap_or_default();
        sheet::respond(Part { limit: R::AT_ONCE, ..self.part() }, manner, &pattern, read).await
    }

    /// A page, with the link to the next one. One row more than the page is read to know whether there is a next one.
    pub async fn page<R>(
        &self,
        read: impl AsyncFn(Part) -> Result<Vec<Placed<R>>, ApiError>,
    ) -> Result<(HttpResponseBuilder, Page<R>), ApiError> {
        let mut rows = read(self.part()).await?;
        let limit = usize::try_from(self.limit).unwrap_or(usize::MAX);
        let more = rows.len() > limit;
        rows.truncate(limit);
        let next = rows.last().filter(|_| more).map(|(place, _)| cursor(&self.filters, place));
        let mut answer = HttpResponse::Ok();
        answer.insert_header((header::VARY, VARIES));
        if let Some(next) = &next {
            let path = self.request.path();
            let link = format!("<{path}?limit={}&cursor={next}>; rel=\"next\"", self.limit);
            answer.insert_header((header::LINK, link));
        }
        Ok((answer, Page { items: rows.into_iter().map(|(_, row)| row).collect(), next }))
    }

    fn part(&self) -> Part {
        Part { days: self.days, limit: self.limit.saturating_add(1), after: self.after.clone() }
    }
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
        match name.as_ref() {
            "limit" if limit.is_some() => return Err(duplicate("limit")),
            "cursor" if place.is_some() => return Err(duplicate("cursor")),
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
        // Filters beside a cursor must equal those of the cursor.
        if !filters.is_empty() && filters != kept {
            return Err(bad());
        }
        (after, filters) = (Some(place), kept);
    }
    let (days, others) = read_days(&filters)?;
    let query = super::extract::query(&others)?;
    let request = request.clone();
    Ok(Listed { query, list: List { days, limit: limit.unwrap_or(USUAL), after, filters, request } })
}

fn duplicate(name: &str) -> ApiError {
    FieldError::new(Place::Query, name, FieldFault::Duplicate).into()
}

/// Splits filters into days and others.
fn read_days(filters: &str) -> Result<(Days, String), ApiError> {
    let (mut days, mut others) = (Days::default(), form_urlencoded::Serializer::new(String::new()));
    for (name, value) in form_urlencoded::parse(filters.as_bytes()) {
        let bound = match name.as_ref() {
            "from" => &mut days.from,
            "until" => &mut days.until,
            _ => {
                others.append_pair(&name, &value);
                continue;
            }
        };
        let no_day = || FieldError::new(Place::Query, name.as_ref(), FieldFault::NotADay);
        if bound.replace(Day::parse(&value).ok_or_else(no_day)?).is_some() {
            return Err(duplicate(&name));
        }
    }
    Ok((ordered(Place::Query, days)?, others.finish()))
}

/// Days of which the first does not come after the last.
pub fn ordered(place: Place, days: Days) -> Result<Days, ApiError> {
    match days {
        Days { from: Some(from), until: Some(until) } if from > until => {
            let fault = FieldFault::DaysReversed { from: from.to_string(), until: until.to_string() };
            Err(FieldError::new(place, "from", fault).into())
        }
        days => Ok(days),
    }
}

fn page_limit(text: &str) -> Result<i64, ApiError> {
    use serde::de::IntoDeserializer;
    let reader: serde::de::value::StrDeserializer<'_, serde::de::value::Error> = text.into_deserializer();
    let limit = <PageLimit as serde::Deserialize>::deserialize(reader);
    let fault = |error: serde::de::value::Error| {
        FieldError::from_message(Place::Query, "limit", &error.to_string()).into()
    };
    limit.map(PageLimit::get).map_err(fault)
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
        name: Option<crate::api::web::fields::SearchText>,
    }

    fn listed(uri: &str) -> Result<Listed<Filter>, ApiError> {
        read(&TestRequest::with_uri(uri).to_http_request())
    }

    #[test]
    fn a_cursor_keeps_place_and_filters() {
        let first = listed("/v1/members?name=%E7%A4%BA%E4%BE%8B&limit=7&until=2026-10-31").unwrap().list;
        assert_eq!((first.limit, first.part().limit, first.after.clone()), (7, 8, None));
        let next = listed(&format!("/v1/members?cursor={}", cursor(&first.filters, "00017"))).unwrap();
        assert_eq!(next.list.after.as_deref(), Some("00017"));
        assert_eq!(next.query.name.unwrap().as_str(), "示例");
        assert_eq!(
            (next.list.limit, next.list.days),
            (USUAL, Days { from: None, until: Day::parse("2026-10-31") })
        );
    }

    #[test]
    fn days_are_days_of_the_calendar_in_their_order() {
        let days = |uri: &str| listed(uri).map(|listed| listed.list.days);
        let day = Day::parse("2026-10-31");
        assert_eq!(days("/?from=2026-10-31&until=2026-10-31").unwrap(), Days { from: day, until: day });
        assert_eq!(days("/").unwrap(), Days::default());
        for (uri, field, code) in [
            ("/?from=2026-02-29", "from", "field_not_a_day"),
            ("/?until=", "until", "field_not_a_day"),
            ("/?until=2026-10-31T00:00:00Z", "until", "field_not_a_day"),
            ("/?from=2026-10-30&from=2026-10-31", "from", "field_duplicate"),
            ("/?from=2026-10-31&until=2026-10-30", "from", "field_days_reversed"),
        ] {
            let ApiError::Field(error) = days(uri).unwrap_err() else { panic!("{uri}") };
            assert_eq!((error.path.as_str(), error.code().as_str()), (field, code), "{uri}");
        }
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
