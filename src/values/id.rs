//! Identifiers. They are arguments everywhere: pure code never makes one.

use super::time::Moment;
use serde::{Deserialize, Deserializer, Serialize, de::Error};
use std::fmt;
use std::str::FromStr;
use uuid::Uuid;

/// One points bank (a tenant). First in the key of every row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct BankId(pub i64);

impl BankId {
    /// The owner of the bank's own accounts (issuing, expired, …).
    pub fn owner(self) -> Id {
        Id(Uuid::new_v5(&Uuid::NAMESPACE_OID, format!("jianxian/bank/{}", self.0).as_bytes()))
    }
}

/// An identifier of any row but a bank: a UUID, version 7 where it is new, version 5 where it is derived.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct Id(pub Uuid);

impl Id {
    /// The nil id: the system itself as an actor.
    pub const SYSTEM: Id = Id(Uuid::nil());

    /// The highest id.
    pub const LAST: Id = Id(Uuid::max());

    /// Derives a stable id from this one and a name.
    pub fn derive(self, name: &str) -> Id {
        Id(Uuid::new_v5(&self.0, name.as_bytes()))
    }

    /// The lowest id of version 7 that can be made at this moment or later.
    pub fn lowest_at(moment: Moment) -> Id {
        let milliseconds = u128::try_from(moment.micros().div_euclid(1_000)).unwrap_or(0);
        Id(Uuid::from_u128(milliseconds.checked_shl(80).unwrap_or(0)))
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

#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a UUID of 36 characters in lower case")]
pub struct NotAnId;

impl FromStr for Id {
    type Err = NotAnId;
    /// Accepts only the canonical text of an id: with hyphens, in lower case, nothing around it.
    fn from_str(text: &str) -> Result<Self, NotAnId> {
        let plain = text.len() == 36 && !text.bytes().any(|b| b.is_ascii_uppercase());
        if plain { Uuid::try_parse(text).map(Id).map_err(|_| NotAnId) } else { Err(NotAnId) }
    }
}
impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        std::borrow::Cow::<str>::deserialize(d)?.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_has_one_text() {
        let text = "0197f000-0000-7000-8000-00000000000a";
        assert_eq!(text.parse::<Id>().unwrap().to_string(), text);
        for other in [
            "0197F000-0000-7000-8000-00000000000A",
            "0197f00000007000800000000000000a",
            "{0197f000-0000-7000-8000-00000000000a}",
            "urn:uuid:0197f000-0000-7000-8000-00000000000a",
            " 0197f000-0000-7000-8000-00000000000a",
            "0197f000-0000-7000-8000-00000000000g",
            "",
        ] {
            assert_eq!(other.parse::<Id>(), Err(NotAnId), "{other:?}");
        }
    }
}
