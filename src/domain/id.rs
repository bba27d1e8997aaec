//! Identifiers. They are arguments everywhere: pure code never invents one.

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use uuid::Uuid;

/// One points bank (a tenant). First in the key of every row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct BankId(pub i64);

impl BankId {
    /// The owner under which the bank's own accounts (issuing, expired, …) stand.
    pub fn owner(self) -> Id {
        Id(Uuid::new_v5(&Uuid::NAMESPACE_OID, format!("jianxian/bank/{}", self.0).as_bytes()))
    }
}

/// An identifier of any row but a bank: a UUID, version 7 where it is new, version 5 where it is derived.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Id(pub Uuid);

impl Id {
    /// The nil id: the system itself as an actor.
    pub const SYSTEM: Id = Id(Uuid::nil());

    /// Derives a stable id from this one and a name.
    pub fn derive(self, name: &str) -> Id {
        Id(Uuid::new_v5(&self.0, name.as_bytes()))
    }

    pub fn bytes(&self) -> &[u8; 16] {
        self.0.as_bytes()
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
impl fmt::Debug for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
impl FromStr for Id {
    type Err = uuid::Error;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Uuid::try_parse(text).map(Id)
    }
}
