//! Whole answers as texts that are the same in every run, for inline snapshots.

use crate::support::town::Town;
use regex::Regex;
use serde_json::Value;

/// The answer in the order of its members, with the names of this town instead of ids (`<lin>`; `<id>` if an id has
/// none) and `<hash>` for hashes. Times stay: a test sets the clock of its town.
pub fn whole(town: &Town, answer: &Value) -> String {
    let mut text = answer.to_string();
    for (name, id) in town.ids() {
        text = text.replace(&id, &format!("<{name}>"));
    }
    let id = Regex::new("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}").unwrap();
    let hash = Regex::new("[0-9a-f]{64}").unwrap();
    let text = hash.replace_all(&id.replace_all(&text, "<id>"), "<hash>").into_owned();
    laid_out(&serde_json::from_str(&text).unwrap(), 0)
}

const WIDTH: usize = 110;

/// A value that fits on a line is on one, and short members share a line.
fn laid_out(value: &Value, indent: usize) -> String {
    let flat = value.to_string();
    let parts: Vec<String> = match value {
        _ if indent + flat.chars().count() <= WIDTH => return flat,
        Value::Object(members) => {
            let member = |(name, value)| format!("\"{name}\":{}", laid_out(value, indent + 2));
            members.iter().map(member).collect()
        }
        Value::Array(items) => items.iter().map(|item| laid_out(item, indent + 2)).collect(),
        _ => return flat,
    };
    let mut lines: Vec<String> = Vec::new();
    for part in parts {
        match lines.last_mut() {
            Some(line)
                if value.is_object()
                    && !line.contains('\n')
                    && !part.contains('\n')
                    && indent + 2 + line.chars().count() + part.chars().count() < WIDTH =>
            {
                line.push(',');
                line.push_str(&part);
            }
            _ => lines.push(part),
        }
    }
    let (outer, inner) = (" ".repeat(indent), " ".repeat(indent + 2));
    let [open, close] = if value.is_object() { ["{", "}"] } else { ["[", "]"] };
    format!("{open}\n{inner}{}\n{outer}{close}", lines.join(&format!(",\n{inner}")))
}
