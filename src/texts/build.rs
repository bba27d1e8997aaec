//! Compiles the texts of `texts/<language>/*.ftl` into the program: a type for each text, with its arguments as
//! fields, so that the compiler refuses an unknown text and a wrong number of arguments. A text or argument that only
//! one language has fails the build, with the file and the key.

use fluent_syntax::ast::{CallArguments, Entry, Expression, InlineExpression, Pattern, PatternElement};
use fluent_syntax::parser;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::Path;
use std::{env, fs, io};

/// The folders of the languages, and the names of their constants.
const LANGUAGES: [(&str, &str); 2] = [("zh-CN", "CHINESE"), ("en", "ENGLISH")];

/// A text of one language.
#[derive(Default)]
pub struct Message {
    file: String,
    /// It has a value: a text without one is only a list of attributes.
    pub is_sentence: bool,
    attributes: BTreeSet<String>,
    variables: BTreeSet<String>,
    /// The other texts that it contains.
    pub references: BTreeSet<String>,
}

pub type Messages = BTreeMap<String, Message>;

/// A file: its name and contents.
pub type TextFile = (String, String);

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=../../texts");
    let (mut code, mut languages) = (String::new(), Vec::new());
    for (language, name) in LANGUAGES {
        let folder = Path::new("../../texts").join(language);
        let files = read(&folder)?;
        // The folder is named when the crate is compiled, so that a checkout can be moved with what was built of it.
        let paths = files.iter().map(|(file, _)| {
            format!("include_str!(concat!(env!(\"CARGO_MANIFEST_DIR\"), \"/../../texts/{language}/{file}\"))")
        });
        let _ =
            writeln!(code, "pub(super) const {name}: &[&str] = &[{}];", paths.collect::<Vec<_>>().join(", "));
        languages.push((language, files));
    }
    let (messages, faults) = compared(&languages);
    for fault in &faults {
        println!("cargo::error={fault}");
    }
    let mut plain = String::new();
    for (key, message) in messages.iter().filter(|(_, message)| message.is_sentence) {
        let variables = all_variables(&messages, message);
        write_type(&mut code, key, &variables);
        if variables.is_empty() {
            let _ = writeln!(plain, "    pub fn {key}(&self) -> String {{ self.say({}) }}", type_name(key));
        }
    }
    let _ =
        write!(code, "/// The texts without arguments, for templates.\nimpl super::Words {{\n{plain}}}\n");
    fs::write(Path::new(&env::var("OUT_DIR").map_err(io::Error::other)?).join("texts.rs"), code)
}

fn read(folder: &Path) -> io::Result<Vec<TextFile>> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        files.push((entry.file_name().to_string_lossy().into_owned(), fs::read_to_string(entry.path())?));
    }
    files.sort();
    Ok(files)
}

/// The texts of the first language, and all faults of all languages.
pub fn compared(languages: &[(&str, Vec<TextFile>)]) -> (Messages, Vec<String>) {
    let mut faults = Vec::new();
    let read: Vec<_> =
        languages.iter().map(|(name, files)| (*name, texts(name, files, &mut faults))).collect();
    for (here, has) in &read {
        for (there, other) in read.iter().filter(|(there, _)| there != here) {
            compare(here, has, there, other, &mut faults);
        }
    }
    (read.into_iter().next().map(|(_, messages)| messages).unwrap_or_default(), faults)
}

fn texts(language: &str, files: &[TextFile], faults: &mut Vec<String>) -> Messages {
    let mut messages = Messages::new();
    for (file, text) in files {
        let resource = parser::parse(text.as_str()).unwrap_or_else(|(resource, errors)| {
            for error in errors {
                let line = text.get(..error.pos.start).unwrap_or_default().lines().count();
                faults.push(format!("texts/{language}/{file}, about line {line}: {error}"));
            }
            resource
        });
        for entry in resource.body {
            let Entry::Message(message) = entry else { continue };
            let key = message.id.name.to_owned();
            let mut found =
                Message { file: file.clone(), is_sentence: message.value.is_some(), ..Message::default() };
            message.value.iter().for_each(|pattern| found.note_pattern(pattern));
            found.attributes = message.attributes.iter().map(|one| one.id.name.to_owned()).collect();
            if let Some(before) = messages.insert(key.clone(), found) {
                faults.push(format!("texts/{language}/{file}: `{key}` stands in {} already", before.file));
            }
        }
    }
    messages
}

/// Adds what one language has and the other lacks.
fn compare(here: &str, has: &Messages, there: &str, other: &Messages, faults: &mut Vec<String>) {
    for (key, message) in has {
        let place = format!("texts/{there}/{}: `{key}`", message.file);
        for lost in message.references.iter().filter(|name| !has.contains_key(*name)) {
            faults
                .push(format!("texts/{here}/{}: `{key}` refers to `{lost}`, which is no text", message.file));
        }
        let Some(twin) = other.get(key).filter(|twin| twin.file == message.file) else {
            faults.push(format!("{place} is missing; texts/{here} has it"));
            continue;
        };
        for name in all_variables(has, message).difference(&all_variables(other, twin)) {
            faults.push(format!("{place} does not use ${name}; texts/{here} does"));
        }
        for name in message.attributes.difference(&twin.attributes) {
            faults.push(format!("{place} has no .{name}; texts/{here} does"));
        }
    }
}

/// The variables of a text and of those that it contains.
fn all_variables(messages: &Messages, message: &Message) -> BTreeSet<String> {
    let (mut variables, mut seen) = (message.variables.clone(), message.references.clone());
    let mut waiting: Vec<String> = message.references.iter().cloned().collect();
    while let Some(inner) = waiting.pop().and_then(|name| messages.get(&name)) {
        variables.extend(inner.variables.iter().cloned());
        waiting.extend(inner.references.iter().filter(|name| seen.insert((*name).clone())).cloned());
    }
    variables
}

impl Message {
    fn note_pattern(&mut self, pattern: &Pattern<&str>) {
        for element in &pattern.elements {
            if let PatternElement::Placeable { expression } = element {
                self.note_expression(expression);
            }
        }
    }

    fn note_expression(&mut self, expression: &Expression<&str>) {
        match expression {
            Expression::Inline(inline) => self.note_inline(inline),
            Expression::Select { selector, variants } => {
                self.note_inline(selector);
                variants.iter().for_each(|variant| self.note_pattern(&variant.value));
            }
        }
    }

    fn note_inline(&mut self, inline: &InlineExpression<&str>) {
        match inline {
            InlineExpression::VariableReference { id } => {
                self.variables.insert(id.name.to_owned());
            }
            InlineExpression::MessageReference { id, .. } => {
                self.references.insert(id.name.to_owned());
            }
            // Texts refer to texts; terms (`-name`) are not used.
            InlineExpression::TermReference { id, .. } => {
                self.references.insert(format!("-{}", id.name));
            }
            InlineExpression::FunctionReference { arguments: CallArguments { positional, .. }, .. } => {
                positional.iter().for_each(|argument| self.note_inline(argument));
            }
            InlineExpression::Placeable { expression } => self.note_expression(expression),
            _ => {}
        }
    }
}

/// `cap_reached` is `CapReached`.
pub fn type_name(key: &str) -> String {
    let capital =
        |word: &str| word.get(..1).unwrap_or_default().to_uppercase() + word.get(1..).unwrap_or_default();
    key.split(['_', '-']).map(capital).collect()
}

/// `cap_reached` with `$left` and `$used` becomes `pub struct CapReached<A0, A1> { pub left: A0, pub used: A1 }`.
fn write_type(code: &mut String, key: &str, variables: &BTreeSet<String>) {
    let name = type_name(key);
    let each = |form: &dyn Fn(usize, &String) -> String| {
        variables.iter().enumerate().map(|(at, variable)| form(at, variable)).collect::<Vec<_>>().join(", ")
    };
    let (types, bounds) = (each(&|at, _| format!("A{at}")), each(&|at, _| format!("A{at}: Argument")));
    let fields = each(&|at, variable| format!("pub {variable}: A{at}"));
    let arguments = each(&|_, variable| format!("({variable:?}, it.{variable}.value())"));
    let (types, bounds, body) = match variables.is_empty() {
        true => (String::new(), String::new(), ";".to_owned()),
        false => (format!("<{types}>"), format!("<{bounds}>"), format!(" {{ {fields} }}")),
    };
    let it = if variables.is_empty() { "_" } else { "it" };
    let _ = write!(
        code,
        "pub struct {name}{types}{body}\n\
         impl{bounds} From<{name}{types}> for Text {{\n    \
         fn from({it}: {name}{types}) -> Text {{ Text {{ key: {key:?}, arguments: vec![{arguments}] }} }}\n}}\n"
    );
}
