//! What a life cycle is: the states through which a thing goes, and the steps between them, as a plain table. Who may
//! take a step, from which state, apart from whom and what it writes down stand here and nowhere else: the interface,
//! its document, the page of roles, the words of a refusal, the tests and the buttons on pages read the same table. A
//! condition that no column says is an ordinary function beside the table, in `services`.

use crate::domain::access::permissions::Permission;

/// The life of one kind of thing.
#[derive(Debug)]
pub struct LifeCycle {
    /// What refusals call it; its words stand in the texts, under `thing`.
    pub thing: &'static str,
    /// Where one of them is found in the interface; each step is a `POST` to a path below it.
    pub path: &'static str,
    /// The group of operations to which its steps belong in the interface's document.
    pub tag: &'static str,
    /// Every state; the first one is that of a new thing. Their words stand in the texts, under `state`.
    pub states: &'static [&'static str],
    pub steps: &'static [&'static Step],
}

/// One step from a state to another.
#[derive(Debug)]
pub struct Step {
    /// The operation's name in the interface and in the access log: `approve_proposal`.
    pub name: &'static str,
    /// The last part of its path; none: an operation of another form takes it.
    pub route: Option<&'static str>,
    /// What it does, Chinese · English: the operation's description.
    pub about: &'static str,
    pub from: &'static [&'static str],
    pub to: &'static str,
    /// One of these rights is enough.
    pub rights: &'static [Permission],
    pub whose: Whose,
    /// Members of the thing that name users who took earlier steps: the same person does not take this one.
    pub apart: &'static [&'static str],
    pub interest: Interest,
    /// What is written down besides the state and the version.
    pub sets: &'static [Sets],
    pub asks: Asks,
    pub answers: Answers,
    /// Whether it stands in the access log, with the reason.
    pub logged: bool,
}

/// Whose things the caller may take a step with; others are not found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// Those of the organisations below a role that gives the right.
    Within,
    /// Those of the caller's own shop, and of shops within reach.
    Shop,
    /// All of the bank: the right is held at its root.
    Bank,
    /// Those of which this member names the caller.
    By(&'static str),
    /// A function beside the table says.
    Special,
}

/// Who has an interest in it, and therefore does not take the step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interest {
    None,
    /// The member whom it is about, and their household.
    Member,
    /// The same, in the time since a moment that the thing names.
    MemberSince(&'static str),
    /// The shop: its owner, who works there, and their households.
    Shop,
}

/// What a step writes into which member of the thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sets {
    /// The caller.
    By(&'static str),
    /// The moment.
    At(&'static str),
    /// The number of the entry that it posts.
    Entry(&'static str),
    /// The member of the request with the same name.
    Said(&'static str),
    /// Nothing any more.
    Nothing(&'static str),
}

/// What a request for the step says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asks {
    /// No body.
    Nothing,
    /// Why.
    Reason,
    /// A body of its own, which its handler reads.
    Own,
}

/// What is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answers {
    /// 204.
    Nothing,
    /// The thing as it is now.
    Thing,
    /// It posts: the receipt of the entry. A key is required, and a dry run is possible.
    Receipt,
    /// The same, where the entry is what was asked for: 201.
    Made,
}

impl Step {
    /// A step that says no more than it must.
    pub const PLAIN: Step = Step {
        name: "",
        route: None,
        about: "",
        from: &[],
        to: "",
        rights: &[],
        whose: Whose::Within,
        apart: &[],
        interest: Interest::None,
        sets: &[],
        asks: Asks::Nothing,
        answers: Answers::Nothing,
        logged: false,
    };

    /// Whether it is the same step.
    pub fn is(&self, step: &Step) -> bool {
        self.name == step.name
    }

    /// Whether it posts an entry.
    pub fn posts(&self) -> bool {
        matches!(self.answers, Answers::Receipt | Answers::Made)
    }

    /// The member that is set to the number of the entry.
    pub fn entry(&self) -> Option<&'static str> {
        self.sets.iter().find_map(|sets| match sets {
            Sets::Entry(member) => Some(*member),
            _ => None,
        })
    }
}
