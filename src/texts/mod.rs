//! The texts for people, in both languages: `texts/<language>/*.ftl`, written in
//! [Fluent](https://projectfluent.org/fluent/guide/). Each text is a type of [`sentences`], its arguments are the
//! fields; `build.rs` generates the types and compares the languages (docs/decisions/sentences-are-data.md).
#![deny(clippy::float_arithmetic)]
#![cfg_attr(not(test), deny(clippy::arithmetic_side_effects))]

mod language;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};
pub use language::Language;
use serde::Serialize;
use std::borrow::Cow;
use std::fmt::Display;
use std::sync::LazyLock;

/// The types of all texts, named after their keys: `same_account` is `SameAccount { posting }`.
pub mod sentences {
    use super::{Argument, Text};

    include!(concat!(env!("OUT_DIR"), "/texts.rs"));
}

/// The texts in one language: a method for each that has no arguments, named after its key.
#[derive(Clone, Copy, Debug)]
pub struct Words(pub Language);

impl Words {
    pub fn say(&self, text: impl Into<Text>) -> String {
        text.into().say(self.0)
    }
}

/// A text with its arguments, not yet in a language.
#[derive(Clone, Debug, PartialEq)]
pub struct Text {
    key: &'static str,
    arguments: Vec<(&'static str, Value)>,
}

/// The value of a variable.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// The same in every language: figures, names, days, and selectors of a text.
    Plain(String),
    Text(Text),
    Each(Each),
    List(List),
}

/// An argument of a text: whatever can be displayed, and what differs by language.
pub trait Argument {
    fn value(self) -> Value;
}

impl<T: Display> Argument for T {
    fn value(self) -> Value {
        Value::Plain(self.to_string())
    }
}

impl Argument for Text {
    fn value(self) -> Value {
        Value::Text(self)
    }
}

/// Words given in both languages.
#[derive(Clone, Debug, PartialEq)]
pub struct Each {
    pub chinese: String,
    pub english: String,
}

impl Each {
    pub fn of(chinese: impl Into<String>, english: impl ToString) -> Self {
        Each { chinese: chinese.into(), english: english.to_string() }
    }
}

impl Argument for Each {
    fn value(self) -> Value {
        Value::Each(self)
    }
}

/// Several values with a separator.
#[derive(Clone, Debug, PartialEq)]
pub struct List {
    parts: Vec<Value>,
    between: Text,
}

impl List {
    /// Separated by commas.
    pub fn of<T: Argument>(parts: impl IntoIterator<Item = T>) -> Self {
        List::with(parts, sentences::Between)
    }

    pub fn with<T: Argument>(parts: impl IntoIterator<Item = T>, between: impl Into<Text>) -> Self {
        List { parts: parts.into_iter().map(Argument::value).collect(), between: between.into() }
    }
}

impl Argument for List {
    fn value(self) -> Value {
        Value::List(self)
    }
}

impl Text {
    pub fn say(&self, language: Language) -> String {
        let mut arguments = FluentArgs::with_capacity(self.arguments.len());
        for (name, value) in &self.arguments {
            arguments.set(*name, value.say(language));
        }
        let bundle = bundle(language);
        let pattern = bundle.get_message(self.key).and_then(|message| message.value());
        // A pattern always exists: the type was generated from it.
        let said = pattern.map(|pattern| bundle.format_pattern(pattern, Some(&arguments), &mut Vec::new()));
        said.map_or_else(|| self.key.to_owned(), |said| said.into_owned())
    }
}

impl Value {
    fn say(&self, language: Language) -> Cow<'_, str> {
        match self {
            Value::Plain(text) => text.into(),
            Value::Text(text) => text.say(language).into(),
            Value::Each(each) => language.pick(&each.chinese, &each.english).into(),
            Value::List(list) => {
                let parts: Vec<_> = list.parts.iter().map(|part| part.say(language)).collect();
                parts.join(list.between.say(language).as_str()).into()
            }
        }
    }
}

/// The word of a value for a selector: the same as in answers.
pub fn word(value: impl Serialize) -> String {
    let value = serde_json::to_value(value).unwrap_or_default();
    value.as_str().unwrap_or_default().to_owned()
}

/// The heading of a column of a CSV file, by the name of the member.
pub fn column(name: &str, language: Language) -> Option<String> {
    attribute("column", name, language)
}

/// An attribute of a text that is a list of words by name, such as the headings of columns.
pub fn attribute(key: &str, name: &str, language: Language) -> Option<String> {
    let bundle = bundle(language);
    let word = bundle.get_message(key)?.get_attribute(name)?;
    Some(bundle.format_pattern(word.value(), None, &mut Vec::new()).into_owned())
}

/// Created once for each language, and shared by all threads.
fn bundle(language: Language) -> &'static FluentBundle<FluentResource> {
    static CHINESE: LazyLock<FluentBundle<FluentResource>> =
        LazyLock::new(|| read("zh-CN", sentences::CHINESE));
    static ENGLISH: LazyLock<FluentBundle<FluentResource>> = LazyLock::new(|| read("en", sentences::ENGLISH));
    match language {
        Language::Chinese => &CHINESE,
        Language::English => &ENGLISH,
    }
}

fn read(tag: &str, files: &[&str]) -> FluentBundle<FluentResource> {
    let mut bundle = FluentBundle::new_concurrent(vec![tag.parse().unwrap_or_default()]);
    // No invisible marks around arguments: sentences are searched, copied and compared.
    bundle.set_use_isolating(false);
    for file in files {
        // `build.rs` has parsed them all and refused invalid ones.
        let resource = FluentResource::try_new((*file).to_owned()).unwrap_or_else(|(resource, _)| resource);
        bundle.add_resource_overriding(resource);
    }
    bundle
}

#[cfg(test)]
mod tests;
