//! Life cycles: the states of a thing and the steps between them, as a plain table. Who may take a step, from which
//! state, apart from whom and what it writes is declared only here: the interface, the OpenAPI document, the page of
//! roles, the words of refusals, the tests and the buttons on pages use the same table. A condition that no column
//! expresses is an ordinary function in `services`.

use crate::domain::access::permissions::Permission;

/// The life cycle of one kind of thing.
#[derive(Debug)]
pub struct LifeCycle {
    /// Its code in refusals; its words are in the texts, under `thing`.
    pub thing: &'static str,
    /// Its path in the interface; each step is a `POST` to a path below it.
    pub path: &'static str,
    /// The tag of its operations in the OpenAPI document.
    pub tag: &'static str,
    /// Every state; the first one is that of a new thing. Their words are in the texts, under `state`.
    pub states: &'static [&'static str],
    pub steps: &'static [&'static Step],
}

/// One step from a state to another.
#[derive(Debug)]
pub struct Step {
    /// The operation's name in the interface and in the access log: `approve_proposal`.
    pub name: &'static str,
    /// The last part of its path; `None`: an operation of another form takes it.
    pub route: Option<&'static str>,
    /// What it does, Chinese · English: the operation's description.
    pub about: &'static str,
    pub from: &'static [&'static str],
    pub to: &'static str,
    /// One of these rights suffices.
    pub rights: &'static [Permission],
    pub whose: Whose,
    /// Members of the thing that name the users of earlier steps: they may not take this one.
    pub apart: &'static [&'static str],
    pub interest: Interest,
    /// What is written besides the state and the version.
    pub sets: &'static [Sets],
    pub asks: Asks,
    pub answers: Answers,
    /// Who gets a message when it was taken.
    pub tells: &'static [Tells],
    /// Whether it is written to the access log, with the reason.
    pub logged: bool,
}

/// With which things the caller may take a step; others are not found.
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
    /// A function decides.
    Special,
}

/// Who has a conflict of interest and may not take the step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interest {
    None,
    /// The member that it is about, and their household.
    Member,
    /// The same, for the time since a moment in this member of the thing.
    MemberSince(&'static str),
    /// The shop: its owner, its staff, and their households.
    Shop,
}

/// What a step writes into a member of the thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sets {
    /// The caller.
    By(&'static str),
    /// The moment.
    At(&'static str),
    /// The number of the entry that it posts.
    Entry(&'static str),
    /// The member of the request with the same name.
    Param(&'static str),
    /// Null.
    Nothing(&'static str),
}

/// Who gets a message about a step, unless they took it themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tells {
    /// The member that the thing is about.
    Member,
    /// The user in this member of the thing.
    By(&'static str),
}

/// The request body of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asks {
    /// No body.
    Nothing,
    /// A reason.
    Reason,
    /// A reason, or nothing.
    MaybeReason,
    /// A body of its own, which its handler parses.
    Own,
}

/// The answer of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answers {
    /// 204.
    Nothing,
    /// The thing after the step.
    Thing,
    /// It posts: the receipt of the entry. A key is required, and a dry run is possible.
    Receipt,
    /// The same, if the entry itself was requested: 201.
    Made,
}

impl Step {
    /// The defaults of a step.
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
        tells: &[],
        logged: false,
    };

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
