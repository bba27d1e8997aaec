//! Content negotiation: `Accept` and `Accept-Language` with their weights.

use super::sheet::SheetForm;
use super::xlsx::MEDIA_TYPE;
use crate::domain::language::Language;
use actix_web::HttpRequest;
use actix_web::http::header::{self, HeaderName};
use std::cmp::Reverse;

/// The values of a header in lower case, each with its weight in thousandths.
fn weighed(request: &HttpRequest, name: HeaderName) -> Vec<(String, u32)> {
    let lines = request.headers().get_all(name).filter_map(|value| value.to_str().ok());
    let parts = lines.flat_map(|line| line.split(',')).map(|part| {
        let mut words = part.split(';').map(str::trim);
        let kind = words.next().unwrap_or_default().to_ascii_lowercase();
        let weight = words.find_map(|word| weight(word.strip_prefix("q=").or(word.strip_prefix("Q="))?));
        (kind, weight.unwrap_or(1_000))
    });
    parts.collect()
}

/// Parses `0`, `1` or `0.123` into thousandths.
fn weight(text: &str) -> Option<u32> {
    let (whole, rest) = text.split_once('.').unwrap_or((text, ""));
    let digits = rest.len() <= 3 && rest.bytes().all(|b| b.is_ascii_digit());
    match whole {
        "1" => Some(1_000),
        "0" if digits => format!("{rest:0<3}").parse().ok(),
        _ => None,
    }
}

/// The requested language: Chinese, unless English has a higher weight (`q`), or the same weight and comes first.
pub fn language(request: &HttpRequest) -> Language {
    let mut best = (0, Language::Chinese);
    for (name, weight) in weighed(request, header::ACCEPT_LANGUAGE) {
        let language = match name.split('-').next() {
            Some("zh" | "*") => Language::Chinese,
            Some("en") => Language::English,
            _ => continue,
        };
        if weight > best.0 {
            best = (weight, language);
        }
    }
    best.1
}

/// Whether the caller has what this tag names already (`If-None-Match`).
pub fn has_match(request: &HttpRequest, tag: &str) -> bool {
    let lines = request.headers().get_all(header::IF_NONE_MATCH).filter_map(|value| value.to_str().ok());
    let mut tags = lines.flat_map(|line| line.split(',')).map(str::trim);
    tags.any(|known| known == "*" || known.strip_prefix("W/").unwrap_or(known) == tag)
}

/// Whether a browser asks: programs ask for JSON or send no `Accept`.
pub fn is_person(request: &HttpRequest) -> bool {
    weighed(request, header::ACCEPT).iter().any(|(kind, weight)| kind == "text/html" && *weight > 0)
}

/// The form in which a list is requested as a whole: CSV or a workbook, named in `Accept` with at least the weight of
/// JSON. With equal weights the first one wins, and an exact type wins over a wildcard. `None`: pages of JSON.
pub fn wanted_sheet(request: &HttpRequest) -> Option<SheetForm> {
    let asked = weighed(request, header::ACCEPT);
    // The most exact match counts: its exactness, its weight, its position.
    let found = |names: &[&str]| {
        let by_name = names.iter().enumerate().filter_map(|(exact, name)| {
            let at = asked.iter().position(|(kind, _)| kind == name)?;
            asked.get(at).map(|(_, weight)| (exact, *weight, at))
        });
        by_name.min()
    };
    let json = found(&["application/json", "application/*", "*/*"]);
    let wins = |(_, weight, at): &(usize, u32, usize)| match json {
        _ if *weight == 0 => false,
        None => true,
        Some((exact, json, json_at)) => *weight > json || (*weight == json && (exact == 2 || *at < json_at)),
    };
    let csv = found(&["text/csv", "text/*"]).filter(wins).map(|found| (SheetForm::Csv, found));
    let book = found(&[MEDIA_TYPE]).filter(wins).map(|found| (SheetForm::Xlsx, found));
    let first = csv.into_iter().chain(book).min_by_key(|(_, (_, weight, at))| (Reverse(*weight), *at));
    first.map(|(form, _)| form)
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    #[test]
    fn csv_is_told_where_it_is_wanted_no_less_than_json() {
        for (accept, wanted) in [
            ("text/csv", true),
            ("TEXT/CSV; charset=utf-8; header=present", true),
            ("text/*", true),
            ("text/csv, */*", true),
            ("*/*, text/csv", true),
            ("text/csv;q=0.9, */*;q=0.8", true),
            ("text/csv, application/json", true),
            ("application/json;q=0.5, text/csv;Q=0.6", true),
            ("", false),
            ("*/*", false),
            ("text/csv;q=0", false),
            ("text/csv;q=0.000, text/*", false),
            ("application/json, text/csv", false),
            ("text/csv;q=0.8, application/json", false),
            ("text/csv;q=0.5, */*", false),
            ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", false),
        ] {
            let request = TestRequest::default().insert_header((header::ACCEPT, accept)).to_http_request();
            assert_eq!(wanted_sheet(&request).is_some(), wanted, "{accept}");
        }
    }

    #[test]
    fn a_workbook_and_csv_are_asked_for_by_their_types() {
        for (accept, wanted) in [
            (MEDIA_TYPE.to_owned(), Some(SheetForm::Xlsx)),
            (format!("{MEDIA_TYPE}, */*"), Some(SheetForm::Xlsx)),
            (format!("text/csv, {MEDIA_TYPE}"), Some(SheetForm::Csv)),
            (format!("text/csv;q=0.5, {MEDIA_TYPE}"), Some(SheetForm::Xlsx)),
            (format!("{MEDIA_TYPE};q=0, text/csv"), Some(SheetForm::Csv)),
            (format!("{MEDIA_TYPE};q=0.5, application/json"), None),
        ] {
            let request =
                TestRequest::default().insert_header((header::ACCEPT, accept.clone())).to_http_request();
            assert_eq!(wanted_sheet(&request), wanted, "{accept}");
        }
    }
}
