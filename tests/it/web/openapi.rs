//! The OpenAPI document: complete, bounded everywhere, and equal to the copies in docs/.

use crate::support::document::{Operation, kept, operations, parsed};
use jianxian::api::openapi;
use jianxian::api::web::document;
use serde_json::Value;
use std::collections::BTreeSet;

#[test]
fn the_copy_of_the_document_is_up_to_date() {
    kept("openapi.json", &format!("{}\n", openapi()));
}

#[test]
fn every_operation_says_who_may_and_how_it_answers() {
    let (mut ids, mut faults) = (BTreeSet::new(), Vec::new());
    for Operation { method, path, id, members } in operations() {
        let mut expect = |holds: bool, what: &str| {
            if !holds {
                faults.push(format!("{method} {path}: {what}"));
            }
        };
        expect(ids.insert(id.clone()), "its operationId is used twice");
        expect(members.contains_key("security"), "it says nothing of its rights");
        expect(members.contains_key("x-roles") && members.contains_key("x-scope"), "no x-roles, no x-scope");
        let found = members["description"].as_str().unwrap_or_default();
        let chinese = found.contains("谁可以用：") || found.contains("范围：");
        expect(
            chinese && (found.contains("Scope: ") || found.contains(" · ")),
            "its description lacks the roles",
        );
        let summary = members.get("summary").and_then(Value::as_str).unwrap_or_default();
        expect(summary.contains(" · "), "its summary lacks a language");
        let open = document::is_open(&members);
        let needed = document::rights(&members);
        let answers = members["responses"].as_object().unwrap();
        let has = |status: &str| answers.contains_key(status);
        expect(answers.keys().any(|status| status.starts_with('2')), "no success is documented");
        expect(answers.keys().all(|status| status.parse::<u16>().is_ok()), "a class of statuses, not each");
        expect(has("400") && has("429") && has("500") && has("503"), "general problems are missing");
        expect(open || has("401"), "401 is missing");
        expect(needed.is_empty() || (has("403") && has("404")), "403 or 404 is missing");
        expect(!members.contains_key("requestBody") || (has("413") && has("415")), "413 or 415 is missing");
        for (status, answer) in answers.iter().filter(|(status, _)| status.starts_with(['4', '5'])) {
            let shared = answer["$ref"].as_str().unwrap_or_default().starts_with("#/components/responses/");
            expect(shared || answer["content"].is_object(), &format!("{status} has no form"));
        }
        for (status, answer) in answers.iter().filter(|(status, _)| status.starts_with('2')) {
            expect(status == "204" || answer["content"].is_object(), &format!("{status} has no schema"));
        }
    }
    assert_eq!(faults.join("\n"), "");
}

/// Collects everything in a schema that has no limit.
fn unbounded(schema: &Value, place: &str, found: &mut Vec<String>) {
    let Some(members) = schema.as_object() else { return };
    if members.contains_key("$ref") {
        return;
    }
    let has = |word: &str| members.contains_key(word);
    let types: Vec<&str> = match &members.get("type") {
        Some(Value::String(one)) => vec![one],
        Some(Value::Array(many)) => many.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    let fixed = matches!(schema["format"].as_str(), Some("uuid" | "date" | "date-time"));
    if types.contains(&"string") && !(has("maxLength") || has("enum") || has("pattern") || fixed) {
        found.push(format!("{place}: a text without a limit"));
    }
    if (types.contains(&"integer") || types.contains(&"number")) && !(has("minimum") && has("maximum")) {
        found.push(format!("{place}: a number without limits"));
    }
    if types.contains(&"array") && !has("maxItems") {
        found.push(format!("{place}: a list without a limit"));
    }
    if types.is_empty() && !["oneOf", "allOf", "anyOf", "enum"].iter().any(|word| has(word)) {
        found.push(format!("{place}: anything at all"));
    }
    for (name, member) in members.get("properties").and_then(Value::as_object).into_iter().flatten() {
        unbounded(member, &format!("{place}.{name}"), found);
    }
    unbounded(&schema["items"], &format!("{place}[]"), found);
    for word in ["oneOf", "allOf", "anyOf"] {
        for part in members.get(word).and_then(Value::as_array).into_iter().flatten() {
            unbounded(part, place, found);
        }
    }
}

#[test]
fn every_member_has_its_limits() {
    let mut found = Vec::new();
    unbounded(&serde_json::json!({ "type": ["string", "null"] }), "sample", &mut found);
    assert_eq!(found.len(), 1, "the walk sees what has no limit");
    found.clear();
    let document = parsed();
    for (name, schema) in document["components"]["schemas"].as_object().unwrap() {
        unbounded(schema, name, &mut found);
    }
    for operation in operations() {
        let place = |name: &str| format!("{} {} {name}", operation.method, operation.path);
        for parameter in operation.members["parameters"].as_array().into_iter().flatten() {
            unbounded(&parameter["schema"], &place(parameter["name"].as_str().unwrap()), &mut found);
        }
        for (status, answer) in operation.members["responses"].as_object().unwrap() {
            for (_, content) in answer["content"].as_object().into_iter().flatten() {
                unbounded(&content["schema"], &place(status), &mut found);
            }
        }
    }
    assert_eq!(found.join("\n"), "");
}

#[test]
fn bodies_take_no_unknown_members() {
    let document = parsed();
    for operation in operations() {
        let Some(schema) = operation.members.get("requestBody") else { continue };
        // JSON, or a form with a file.
        let (_, media) = schema["content"].as_object().unwrap().iter().next().unwrap();
        let name = media["schema"]["$ref"].as_str().unwrap();
        let name = name.rsplit('/').next().unwrap();
        let closed = &document["components"]["schemas"][name]["additionalProperties"];
        assert_eq!(closed, &Value::Bool(false), "{name}");
    }
}

fn dangling(document: &Value, value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(members) => {
            if let Some(path) = members.get("$ref").and_then(Value::as_str)
                && document.pointer(path.trim_start_matches('#')).is_none()
            {
                found.insert(path.to_owned());
            }
            members.values().for_each(|member| dangling(document, member, found));
        }
        Value::Array(items) => items.iter().for_each(|item| dangling(document, item, found)),
        _ => {}
    }
}

#[test]
fn every_reference_leads_somewhere_and_every_answer_has_words() {
    let (document, mut found) = (parsed(), BTreeSet::new());
    dangling(&document, &document, &mut found);
    assert_eq!(found, BTreeSet::new());
    for operation in operations() {
        for (status, answer) in operation.members["responses"].as_object().unwrap() {
            let answer = answer["$ref"]
                .as_str()
                .map_or(answer, |path| document.pointer(path.trim_start_matches('#')).unwrap());
            let words = answer["description"].as_str().unwrap_or_default();
            assert!(!words.is_empty(), "{} {} {status}", operation.method, operation.path);
        }
    }
}
