//! What stands around every page: title, menu, who is signed in, the size of text, help.

use super::assets;
use super::fault::{Fault, label};
use super::form::{KEY, plain_digits};
use super::guard::token;
use super::menu::{Item, menu};
use super::story::{self, Story};
use super::visit::{SIZES, Visit};
use crate::services::Bank;
use crate::services::people::help::{Help, Office};
use crate::texts::{Language, Words, sentences as s};
use std::cell::Cell;

/// A field that was refused: its name, its label, and why.
#[derive(Clone, Debug)]
pub struct FieldFault {
    pub name: String,
    pub label: String,
    pub words: String,
}

/// Who is signed in.
#[derive(Clone, Debug)]
pub struct Person {
    pub name: String,
    /// Their first role and where it holds.
    pub role: String,
}

/// A counter and its telephone.
#[derive(Clone, Debug)]
pub struct Counter {
    pub name: String,
    pub telephone: Option<Telephone>,
    pub hours: Option<String>,
}

/// A telephone as people read it and as a telephone dials it.
#[derive(Clone, Debug)]
pub struct Telephone {
    pub shown: String,
    pub dialled: String,
}

impl From<Office> for Counter {
    fn from(office: Office) -> Self {
        let dialled =
            |shown: &str| shown.chars().filter(|sign| sign.is_ascii_digit() || *sign == '+').collect();
        let telephone = office.telephone.map(|shown| Telephone { dialled: dialled(&shown), shown });
        Counter { name: office.name, telephone, hours: office.opening_hours }
    }
}

/// The frame of a page.
#[derive(Clone, Debug)]
pub struct Frame {
    pub w: Words,
    pub title: String,
    /// The tag of the language, for `lang`.
    pub language: &'static str,
    pub size: &'static str,
    pub bank: String,
    /// Two characters for the seal.
    pub seal: (String, String),
    /// Everything in this bank is made up.
    pub sample: bool,
    pub story: Option<Story>,
    pub person: Option<Person>,
    /// Where this person gets help, by telephone and at a counter.
    pub help: Option<Counter>,
    /// Who is in charge of the whole bank.
    pub in_charge: Option<Counter>,
    /// `member`, `shop` or `desk`: which menu, and how large the text is at first.
    pub area: &'static str,
    pub menu: Vec<Item>,
    /// The path of this page, to which the links of size and language lead back.
    pub path: String,
    /// The token of forms.
    pub csrf: String,
    /// The idempotency key of the form.
    pub key: String,
    pub faults: Vec<FieldFault>,
    /// Why the whole form was refused: what happened, what to do.
    pub alert: Option<(String, String)>,
    typed: Vec<(String, String)>,
    /// The form was refused because another person has changed the same thing.
    is_overtaken: bool,
    /// A field of the page has said why it was refused.
    fault_is_said: Cell<bool>,
}

impl Visit {
    /// What the frame of a page says: the title and everything around it.
    pub async fn frame(&self, title: String) -> Result<Frame, Fault> {
        Frame::of(self, title).await
    }
}

impl Frame {
    /// The frame with the bank's name and the caller's.
    pub async fn of(visit: &Visit, title: String) -> Result<Self, Fault> {
        let mut frame = Frame::plain(visit, title);
        let Some(actor) = &visit.actor else {
            if let Some(bank) = visit.services().banks().await?.into_iter().next() {
                frame.belongs_to(&bank);
                frame.helped_by(visit.services().help_of_bank(bank.id).await?);
            }
            return Ok(frame);
        };
        let me = visit.services().me(actor).await?;
        frame.belongs_to(&me.bank);
        frame.story = story::strip(visit).filter(|_| me.bank.sample);
        frame.helped_by(me.help);
        let first = actor.grants.first();
        let role = first.map(|grant| {
            let org = me.org_names.get(&grant.org).cloned().unwrap_or_default();
            format!("{org} · {}", super::menu::role_name(frame.w, grant.role))
        });
        frame.person = Some(Person { name: me.name, role: role.unwrap_or_default() });
        Ok(frame)
    }

    /// The frame without a look into the bank, for pages that must always be shown: help is what was last known.
    pub fn plain(visit: &Visit, title: String) -> Self {
        let w = visit.words();
        let request = &visit.request;
        let (area, menu) = menu(visit);
        let faults = visit.fault.as_ref().map(|fault| fault.of_fields(visit.language, visit.zone()));
        let faults = faults.unwrap_or_default().into_iter();
        let alert = visit.fault.as_ref().map(|fault| fault.words(visit.language, visit.zone()));
        let keeps_key = visit.fault.as_ref().is_some_and(Fault::keeps_key);
        let key = visit.form.typed(KEY).filter(|_| keeps_key).map(str::to_owned);
        let mut frame = Frame {
            w,
            title: visit.titled(title),
            language: visit.language.pick("zh-CN", "en"),
            size: visit.size,
            bank: w.bank_without_name(),
            seal: ("涧".into(), "贤".into()),
            sample: false,
            story: None,
            person: None,
            help: None,
            in_charge: None,
            area,
            menu,
            path: request.uri().path_and_query().map_or_else(|| "/".to_owned(), ToString::to_string),
            csrf: token(visit),
            key: key.unwrap_or_else(|| visit.services().next_id().to_string()),
            faults: faults
                .map(|(name, words)| FieldFault { label: label(&name, visit.language), name, words })
                .collect(),
            alert,
            typed: visit.form.visible().cloned().collect(),
            is_overtaken: visit.fault.as_ref().is_some_and(Fault::is_of_version),
            fault_is_said: Cell::new(false),
        };
        frame.helped_by(visit.services().known_help(visit.actor.as_ref()));
        frame
    }

    fn helped_by(&mut self, help: Help) {
        self.help = help.nearest.map(Counter::from);
        self.in_charge = help.in_charge.map(Counter::from);
    }

    /// The telephone for help.
    pub fn telephone(&self) -> Option<&Telephone> {
        self.help.as_ref()?.telephone.as_ref()
    }

    fn belongs_to(&mut self, bank: &Bank) {
        self.bank.clone_from(&bank.name);
        self.sample = bank.sample;
        let mut signs = bank.name.chars().filter(|c| !c.is_whitespace());
        if let (Some(upper), Some(lower)) = (signs.next(), signs.next()) {
            self.seal = (upper.to_string(), lower.to_string());
        }
    }

    /// The address of a file of ours.
    pub fn asset(&self, name: &str) -> String {
        assets::address(name)
    }

    /// What was typed into a field, when the form is shown again.
    pub fn typed(&self, name: &str) -> &str {
        self.typed_or(name, "")
    }

    /// The same, or what stands in it at first.
    pub fn typed_or<'f>(&'f self, name: &str, at_first: &'f str) -> &'f str {
        let typed = self.typed.iter().find(|(field, _)| field == name);
        typed.map_or(at_first, |(_, value)| value.as_str())
    }

    /// Whether a choice is chosen: as typed, or at first.
    pub fn is_chosen(&self, name: &str, value: &str, at_first: &str) -> bool {
        self.typed_or(name, at_first) == value
    }

    /// The version for a form's hidden field: what is stored, where the form shows it; after another refusal the one
    /// that the form was filled from, because what was typed was typed over that.
    pub fn version(&self, name: &str, stored: &i64) -> String {
        match self.typed(name) {
            typed if !typed.is_empty() && !self.is_overtaken => typed.to_owned(),
            _ => stored.to_string(),
        }
    }

    /// What is stored in a field now, where it differs from what was typed over an older version.
    pub fn now(&self, name: &str, stored: &str) -> Option<String> {
        self.now_in_words(name, stored, stored)
    }

    /// The same of a choice, whose value is not what people read.
    pub fn now_in_words(&self, name: &str, stored: &str, words: &str) -> Option<String> {
        let (_, typed) = self.typed.iter().find(|(field, _)| self.is_overtaken && field == name)?;
        let plain = |text: &str| plain_digits(text.trim());
        (plain(typed) != plain(stored)).then(|| self.says_now(words))
    }

    /// The same of a box, which a form leaves out when it is not ticked.
    pub fn now_ticked(&self, name: &str, stored: &bool) -> Option<String> {
        let words = if *stored { self.w.now_ticked() } else { self.w.now_not_ticked() };
        (self.is_overtaken && self.typed(name).is_empty() == *stored).then(|| self.says_now(&words))
    }

    fn says_now(&self, words: &str) -> String {
        let value = if words.trim().is_empty() { self.w.now_empty() } else { words.to_owned() };
        self.w.say(s::NowStored { value })
    }

    /// Why a field was refused.
    pub fn fault(&self, name: &str) -> Option<&FieldFault> {
        let fault = self.faults.iter().find(|fault| fault.name == name);
        self.fault_is_said.set(self.fault_is_said.get() || fault.is_some());
        fault
    }

    /// The only fault, if the page has shown no field that it is about: a step that can be taken no more, for example.
    pub fn fault_left_over(&self) -> Option<&FieldFault> {
        match self.faults.as_slice() {
            [only] if !self.fault_is_said.get() => Some(only),
            _ => None,
        }
    }

    /// The label of a field.
    pub fn label(&self, name: &str) -> String {
        label(name, self.w.0)
    }

    /// The field on which the page opens: the first that is wrong.
    pub fn first_fault(&self) -> &str {
        self.faults.first().map_or("", |fault| fault.name.as_str())
    }

    /// The sizes of text, with their words, and whether each is the present one.
    pub fn sizes(&self) -> [(&'static str, String, bool); 3] {
        let words = [self.w.size_standard(), self.w.size_large(), self.w.size_largest()];
        let [a, b, c] = words;
        let [x, y, z] = SIZES;
        [(x, a, self.size == x), (y, b, self.size == y), (z, c, self.size == z)]
    }

    /// This page's path as a part of an address.
    pub fn back(&self) -> String {
        form_urlencoded::byte_serialize(self.path.as_bytes()).collect()
    }

    /// The other language: its tag, and its name in itself.
    pub fn other_language(&self) -> (&'static str, &'static str) {
        match self.w.0 {
            Language::Chinese => ("en", "English"),
            Language::English => ("zh-CN", "中文"),
        }
    }
}
