//! Validates every answer of every test against the OpenAPI document: its status, its content type, and its body
//! against the schema. Implements the part of JSON Schema that the document uses.

use crate::support::document::parsed;
use crate::support::web::{Answer, Ask};
use serde_json::Value;
use std::sync::LazyLock;

static DOCUMENT: LazyLock<Value> = LazyLock::new(parsed);

/// The operation of a request, if its path has its method. Of two matching paths, the one with fewer parameters is
/// meant.
fn operation(method: &str, path: &str) -> Option<(String, &'static Value)> {
    let path = path.split(['?', '#']).next().unwrap_or_default();
    let parts: Vec<&str> = path.split('/').collect();
    let paths = DOCUMENT["paths"].as_object()?;
    let fits = |pattern: &&String| {
        let pattern: Vec<&str> = pattern.split('/').collect();
        pattern.len() == parts.len()
            && pattern.iter().zip(&parts).all(|(a, b)| (a.starts_with('{') && !b.is_empty()) || a == b)
    };
    let found = paths.keys().filter(fits).min_by_key(|pattern| pattern.matches('{').count())?;
    Some((found.clone(), paths[found].get(method.to_ascii_lowercase())?))
}

pub fn check(ask: &Ask, answer: &Answer) {
    let Some((path, operation)) = operation(ask.method, &ask.path) else { return };
    let place = format!("{} {path} → {}", ask.method, answer.status);
    let kind = answer.header("content-type").unwrap_or_default();
    // Input that is not HTTP never reaches an operation; people get a page.
    if (answer.status == 400 && answer.text.is_empty()) || kind.starts_with("text/html") {
        return;
    }
    let documented = &operation["responses"][answer.status.to_string()];
    assert!(documented.is_object(), "{place} is not in the document: {}", answer.text);
    let documented = resolve(documented);
    let Some(content) = documented["content"].as_object() else {
        assert!(answer.text.is_empty(), "{place} has a body: {}", answer.text);
        return;
    };
    let kind = kind.split(';').next().unwrap_or_default().trim().to_owned();
    let media = content.get(&kind).unwrap_or_else(|| panic!("{place}: no {kind} in the document"));
    if kind.ends_with("json") {
        let body: Value =
            serde_json::from_str(&answer.text).unwrap_or_else(|error| panic!("{place}: {error}"));
        let mut faults = Vec::new();
        faults_of(&media["schema"], &body, "", &mut faults);
        assert!(faults.is_empty(), "{place} is not as the document says: {faults:?} in {}", answer.text);
    }
}

fn resolve(value: &'static Value) -> &'static Value {
    match value["$ref"].as_str() {
        Some(path) => {
            let found = DOCUMENT.pointer(path.trim_start_matches('#'));
            resolve(found.unwrap_or_else(|| panic!("{path} leads nowhere")))
        }
        None => value,
    }
}

fn is_of(kind: &str, value: &Value) -> bool {
    match kind {
        "null" => value.is_null(),
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => false,
    }
}

pub fn faults_of(schema: &'static Value, value: &Value, place: &str, faults: &mut Vec<String>) {
    if schema.get("$ref").is_some() {
        faults_of(resolve(schema), value, place, faults);
    }
    let fits = |schema: &'static Value| {
        let mut faults = Vec::new();
        faults_of(schema, value, place, &mut faults);
        faults.is_empty()
    };
    let mut expect = |holds: bool, what: String| {
        if !holds {
            faults.push(format!("{place}: {what}"));
        }
    };
    let list = |word: &str| schema[word].as_array().map(Vec::as_slice);
    if let Some(one) = schema["type"].as_str() {
        expect(is_of(one, value), format!("no {one}"));
    }
    if let Some(many) = list("type") {
        expect(many.iter().any(|kind| is_of(kind.as_str().unwrap(), value)), format!("none of {many:?}"));
    }
    if let Some(allowed) = list("enum") {
        expect(allowed.contains(value), format!("{value} is none of {allowed:?}"));
    }
    if let Some(parts) = list("oneOf") {
        expect(parts.iter().filter(|part| fits(part)).count() == 1, "not exactly one fits".into());
    }
    if let Some(parts) = list("anyOf") {
        expect(parts.iter().any(fits), "none fits".into());
    }
    match value {
        Value::String(text) => {
            let length = u64::try_from(text.chars().count()).unwrap();
            expect(
                schema["maxLength"].as_u64().is_none_or(|most| length <= most),
                format!("too long: {text}"),
            );
            expect(schema["minLength"].as_u64().is_none_or(|least| length >= least), "too short".into());
            let formed = match schema["format"].as_str() {
                Some("uuid") => text.len() == 36,
                Some("date") => jianxian::domain::time::Day::parse(text).is_some(),
                Some("date-time") => jianxian::domain::time::Moment::parse(text).is_some(),
                _ => true,
            };
            expect(formed, format!("not of the format: {text}"));
            // Patterns with look-ahead are those of requests.
            let pattern = schema["pattern"].as_str().and_then(|pattern| regex::Regex::new(pattern).ok());
            expect(pattern.is_none_or(|pattern| pattern.is_match(text)), format!("not of the form: {text}"));
        }
        Value::Number(number) => {
            let number = number.as_f64().unwrap();
            expect(
                schema["maximum"].as_f64().is_none_or(|most| number <= most),
                format!("{number} is too large"),
            );
            expect(
                schema["minimum"].as_f64().is_none_or(|least| number >= least),
                format!("{number} is too small"),
            );
        }
        Value::Array(items) => {
            let length = u64::try_from(items.len()).unwrap();
            expect(schema["maxItems"].as_u64().is_none_or(|most| length <= most), "too many items".into());
        }
        Value::Object(members) => {
            for name in list("required").into_iter().flatten().filter_map(Value::as_str) {
                expect(members.contains_key(name), format!("{name} is missing"));
            }
            if schema["additionalProperties"] == false {
                for name in members.keys() {
                    expect(schema["properties"].get(name).is_some(), format!("{name} is unknown"));
                }
            }
        }
        _ => {}
    }
    for part in list("allOf").into_iter().flatten() {
        faults_of(part, value, place, faults);
    }
    if let (Some(items), Some(each)) = (value.as_array(), schema.get("items")) {
        for (index, item) in items.iter().enumerate() {
            faults_of(each, item, &format!("{place}[{index}]"), faults);
        }
    }
    if let (Some(members), Some(known)) = (value.as_object(), schema["properties"].as_object()) {
        for (name, member) in members {
            if let Some(schema) = known.get(name) {
                faults_of(schema, member, &format!("{place}.{name}"), faults);
            }
        }
    }
}

#[test]
fn an_answer_that_is_not_as_the_document_says_is_found() {
    let answer = |status, text: &str| Answer {
        status,
        head: "HTTP/1.1 200 OK\r\nContent-Type: application/json".into(),
        text: text.into(),
        bytes: Vec::new(),
    };
    let passes = |answer: Answer| std::panic::catch_unwind(|| check(&Ask::get("/v1/orgs"), &answer)).is_ok();
    assert!(passes(answer(200, "{\"items\":[]}")));
    assert!(!passes(answer(200, "{\"items\":{}}")));
    assert!(!passes(answer(200, "{}")));
    assert!(!passes(answer(200, "{\"items\":[{\"id\":\"1\"}]}")));
    assert!(!passes(answer(299, "{\"items\":[]}")));
}
