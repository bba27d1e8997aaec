//! Findings of a verification in both languages: which column of which row differs from the entries.

use crate::domain::language::Language;
use crate::domain::ledger::account::Lot;
use crate::ledger::Head;
use serde::Serialize;
use serde_json::{Value, json};

/// Where the bank's data disagree, and how.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The table and the row.
    pub place: String,
    /// In English.
    pub fault: String,
    /// The same in Chinese.
    pub fault_zh: String,
}

impl Finding {
    pub fn new(place: impl Into<String>, fault: impl Into<Words>) -> Self {
        let Words { chinese, english } = fault.into();
        Finding { place: place.into(), fault: english, fault_zh: chinese }
    }

    /// The fault in a language.
    pub fn text(&self, language: Language) -> &str {
        language.pick(&self.fault_zh, &self.fault)
    }
}

/// A fault in both languages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    chinese: String,
    english: String,
}

impl Words {
    pub fn new(chinese: impl Into<String>, english: impl Into<String>) -> Self {
        Words { chinese: chinese.into(), english: english.into() }
    }
}

impl<C: Into<String>, E: Into<String>> From<(C, E)> for Words {
    fn from((chinese, english): (C, E)) -> Self {
        Words::new(chinese, english)
    }
}

/// A row, to be compared column by column.
pub fn of_head(head: &Head) -> Value {
    json!({ "number": head.number, "hash": hex::encode(head.hash), "recorded_at": head.recorded_at,
        "closed_until": head.closed_until,
        "year_closed_until": head.year_closed_until })
}

/// The same of a lot.
pub fn of_lot(lot: &Lot) -> Value {
    json!({ "account": lot.account, "amount": lot.amount, "remaining": lot.remaining, "earmarked": lot.earmarked,
        "expires_at": lot.expires_at, "given": lot.given })
}

/// Which columns of a row, or of the rows of one thing, differ.
pub fn differences(stored: &impl Serialize, replayed: &impl Serialize) -> Words {
    let [stored, replayed] = [serde_json::to_value(stored), serde_json::to_value(replayed)]
        .map(|value| value.unwrap_or(Value::Null));
    let mut differing = Vec::new();
    collect(String::new(), &stored, &replayed, &mut differing);
    let say = |name: &str, of: fn(&str, &str, &str) -> String, stored: &Value, replayed: &Value| {
        of(name, &plain(stored), &plain(replayed))
    };
    let text = |of: fn(&str, &str, &str) -> String, between: &str| {
        let all = differing.iter().map(|(name, stored, replayed)| say(name, of, stored, replayed));
        all.collect::<Vec<_>>().join(between)
    };
    Words::new(
        text(|name, stored, replayed| format!("{name} 存的是 {stored}，按各笔应为 {replayed}"), "；"),
        text(
            |name, stored, replayed| format!("{name} is stored as {stored}, the entries say {replayed}"),
            "; ",
        ),
    )
}

/// Sums that differ.
pub fn numbers(stored: &[i64], replayed: Option<Vec<i64>>, rule: &str) -> Words {
    let list = |numbers: &[i64]| numbers.iter().map(i64::to_string).collect::<Vec<_>>().join(" / ");
    let stored = list(stored);
    match replayed.as_deref().map(list) {
        Some(replayed) => Words::new(
            format!("存的是 {stored}，按各笔应为 {replayed}（{rule}）"),
            format!("{stored} is stored, the entries say {replayed} ({rule})"),
        ),
        None => Words::new(
            format!("存的是 {stored}，没有哪一笔记下它（{rule}）"),
            format!("{stored} is stored, no entry made it ({rule})"),
        ),
    }
}

fn collect(path: String, stored: &Value, replayed: &Value, differing: &mut Vec<(String, Value, Value)>) {
    let at = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}/{name}") };
    match (stored, replayed) {
        (Value::Object(stored), Value::Object(replayed)) => {
            for (name, value) in stored {
                collect(at(name), value, replayed.get(name).unwrap_or(&Value::Null), differing);
            }
        }
        (Value::Array(stored), Value::Array(replayed)) => {
            for number in 0..stored.len().max(replayed.len()) {
                let [one, other] = [stored, replayed].map(|rows| rows.get(number).unwrap_or(&Value::Null));
                collect(at(&number.to_string()), one, other, differing);
            }
        }
        _ if stored != replayed => differing.push((path, stored.clone(), replayed.clone())),
        _ => {}
    }
}

fn plain(value: &Value) -> String {
    match value {
        Value::Null => "—".to_owned(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}
