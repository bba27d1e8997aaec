//! The stored formats of an entry's effects. What the chain covers stays readable for ever: a new format gets the next
//! number, and the older ones stay here.
//!
//! `effects/1`, of release 0.1: `[{"effect":"lot_consumed","leg":0,…},…]`, with the names of [`Effect`]; the chain covers
//! each object by itself. Those on lots named a budget and a value in money too, which were never set and are not read.
//! `effects/2`: `{"2":[{"spend":{…}},…]}`, covered as one text; ids are 22 characters, what is usual is left out, and a
//! member that is absent changes nothing. No effects: an empty text, in both.

use crate::domain::document::DocumentKind;
use crate::domain::id::Id;
use crate::domain::ledger::account::{
    AccountStatus, AccountTerms, CounterId, CounterUse, Earmark, HoldState, LotId, Measure, OwnerKind,
    Purpose,
};
use crate::domain::ledger::asset::Asset;
use crate::domain::ledger::entry::{Effect, OpenedLeg};
use crate::domain::time::Moment;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Error;
use serde_json::value::RawValue;
use std::borrow::Cow;
use uuid::Uuid;

/// The effects of a new entry as they are stored.
pub fn write(effects: &[Effect]) -> String {
    if effects.is_empty() {
        return String::new();
    }
    // Plain structs of numbers and text: serialising them cannot fail.
    serde_json::to_string(&Stored::Two(effects.iter().map(Two::from).collect())).unwrap_or_default()
}

/// Reads the stored effects of an entry, of whatever format.
pub fn read(text: &str) -> Result<Vec<Effect>, Error> {
    match text.bytes().next() {
        None => Ok(Vec::new()),
        Some(b'[') => serde_json::from_str(text),
        Some(_) => {
            let Stored::Two(effects) = serde_json::from_str(text)?;
            Ok(effects.into_iter().map(Two::effect).collect())
        }
    }
}

/// The texts that the chain covers, one after the other. What cannot be read is one text: no hash fits it.
pub fn covered(text: &str) -> Vec<&str> {
    match text.bytes().next() {
        None => Vec::new(),
        Some(b'[') => match serde_json::from_str::<Vec<&RawValue>>(text) {
            Ok(effects) => effects.into_iter().map(RawValue::get).collect(),
            Err(_) => vec![text],
        },
        Some(_) => vec![text],
    }
}

#[derive(Serialize, Deserialize)]
enum Stored {
    #[serde(rename = "2")]
    Two(Vec<Two>),
}

/// An effect of `effects/2`.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Two {
    Account {
        /// Kind of owner.
        k: OwnerKind,
        /// Owner.
        o: Packed,
        /// Asset.
        a: Asset,
        /// Purpose.
        p: Purpose,
        /// Id, floor, ceiling and whether there are lots, where they are not the usual ones.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        t: Option<(Packed, Option<i64>, Option<i64>, bool)>,
    },
    Status {
        a: Packed,
        s: AccountStatus,
    },
    Lot {
        /// Leg, account, amount.
        l: i32,
        a: Packed,
        n: i64,
        /// Until when it holds.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        x: Option<Moment>,
        /// From which lot it comes.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        f: Option<Number>,
        /// Whether it came by a gift.
        #[serde(default, skip_serializing_if = "is_default")]
        g: bool,
    },
    Spend {
        l: i32,
        t: Number,
        n: i64,
        /// Whether it was earmarked.
        #[serde(default, skip_serializing_if = "is_default")]
        e: bool,
    },
    Restore {
        l: i32,
        t: Number,
        n: i64,
    },
    Free {
        t: Number,
        n: i64,
    },
    Hold {
        h: Packed,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        x: Option<Moment>,
        l: Vec<Leg>,
        #[serde(default, skip_serializing_if = "is_default")]
        c: Vec<Count>,
    },
    Capture {
        h: Packed,
        n: Vec<i64>,
    },
    Release {
        h: Packed,
        n: Vec<i64>,
        s: HoldState,
    },
    Count {
        c: Count,
        /// The most that it may be.
        m: i64,
    },
    Uncount {
        c: Count,
    },
    Move {
        k: Key,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        w: Option<Key>,
        n: i64,
        /// Of the highest: what the deed was worth before.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        o: Option<i64>,
        /// The sum before, and after where it is not the sum of both.
        f: i64,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        t: Option<i64>,
        /// The values before and after.
        v: (i64, i64),
    },
    Grant {
        l: Vec<i32>,
        /// Desired.
        d: i64,
        /// Granted, where it is not what was desired.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        g: Option<i64>,
        #[serde(default, skip_serializing_if = "is_default")]
        c: Vec<String>,
    },
    Document {
        d: DocumentKind,
        i: Packed,
        v: i64,
        s: String,
        /// Digest of the content.
        h: Digest,
    },
    CloseMonth {
        u: Moment,
    },
    Merge {
        f: Packed,
        t: Packed,
        #[serde(default, skip_serializing_if = "is_default")]
        l: Vec<Number>,
        #[serde(default, skip_serializing_if = "is_default")]
        h: Vec<Packed>,
    },
    CloseYear {
        u: Moment,
    },
    Lots {
        a: Packed,
    },
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

impl From<&Effect> for Two {
    fn from(effect: &Effect) -> Self {
        let packed = |id: &Id| Packed(*id);
        match effect {
            Effect::AccountOpened(terms) => Two::Account {
                k: terms.owner_kind,
                o: Packed(terms.owner),
                a: terms.asset,
                p: terms.purpose,
                t: (*terms != usual(terms)).then_some((
                    Packed(terms.id),
                    terms.floor,
                    terms.ceiling,
                    terms.lots,
                )),
            },
            Effect::AccountStatus { account, status } => Two::Status { a: packed(account), s: *status },
            Effect::LotsKept { account } => Two::Lots { a: packed(account) },
            Effect::LotOpened { leg, account, amount, expires_at, from, given } => Two::Lot {
                l: *leg,
                a: packed(account),
                n: *amount,
                x: *expires_at,
                f: from.map(Number),
                g: *given,
            },
            Effect::LotConsumed { leg, lot, amount, earmarked } => {
                Two::Spend { l: *leg, t: Number(*lot), n: *amount, e: *earmarked }
            }
            Effect::LotRestored { leg, lot, amount } => Two::Restore { l: *leg, t: Number(*lot), n: *amount },
            Effect::LotReleased { lot, amount } => Two::Free { t: Number(*lot), n: *amount },
            Effect::HoldOpened { hold, expires_at, legs, counters } => Two::Hold {
                h: packed(hold),
                x: *expires_at,
                l: legs.iter().map(leg_of).collect(),
                c: counters.iter().map(Count::of).collect(),
            },
            Effect::HoldCaptured { hold, amounts } => Two::Capture { h: packed(hold), n: amounts.clone() },
            Effect::HoldReleased { hold, amounts, resolution } => {
                Two::Release { h: packed(hold), n: amounts.clone(), s: *resolution }
            }
            Effect::CounterTaken { counter, limit } => Two::Count { c: Count::of(counter), m: *limit },
            Effect::CounterGiven { counter } => Two::Uncount { c: Count::of(counter) },
            Effect::CounterMoved { counter, by, of, from, to, value_from, value_to } => Two::Move {
                k: Key(counter.key.clone()),
                w: Count::window(&counter.window),
                n: *by,
                o: *of,
                f: *from,
                t: (from.checked_add(*by) != Some(*to)).then_some(*to),
                v: (*value_from, *value_to),
            },
            Effect::Granted { legs, desired, granted, caps } => Two::Grant {
                l: legs.clone(),
                d: *desired,
                g: (granted != desired).then_some(*granted),
                c: caps.clone(),
            },
            Effect::Document { document, id, version, state, digest } => Two::Document {
                d: *document,
                i: packed(id),
                v: *version,
                s: state.clone(),
                h: Digest(digest.clone()),
            },
            Effect::PeriodClosed { until } => Two::CloseMonth { u: *until },
            Effect::AccountMerged { from, to, lots, holds } => Two::Merge {
                f: packed(from),
                t: packed(to),
                l: lots.iter().copied().map(Number).collect(),
                h: holds.iter().map(packed).collect(),
            },
            Effect::YearClosed { until } => Two::CloseYear { u: *until },
        }
    }
}

impl Two {
    fn effect(self) -> Effect {
        match self {
            Two::Account { k, o, a, p, t } => {
                let mut terms = AccountTerms::usual(k, o.0, a, p);
                if let Some((id, floor, ceiling, lots)) = t {
                    terms = AccountTerms { id: id.0, floor, ceiling, lots, ..terms };
                }
                Effect::AccountOpened(terms)
            }
            Two::Status { a, s } => Effect::AccountStatus { account: a.0, status: s },
            Two::Lots { a } => Effect::LotsKept { account: a.0 },
            Two::Lot { l, a, n, x, f, g } => Effect::LotOpened {
                leg: l,
                account: a.0,
                amount: n,
                expires_at: x,
                from: f.map(|number| number.0),
                given: g,
            },
            Two::Spend { l, t, n, e } => Effect::LotConsumed { leg: l, lot: t.0, amount: n, earmarked: e },
            Two::Restore { l, t, n } => Effect::LotRestored { leg: l, lot: t.0, amount: n },
            Two::Free { t, n } => Effect::LotReleased { lot: t.0, amount: n },
            Two::Hold { h, x, l, c } => Effect::HoldOpened {
                hold: h.0,
                expires_at: x,
                legs: l.into_iter().map(opened_leg).collect(),
                counters: c.into_iter().map(Count::counter).collect(),
            },
            Two::Capture { h, n } => Effect::HoldCaptured { hold: h.0, amounts: n },
            Two::Release { h, n, s } => Effect::HoldReleased { hold: h.0, amounts: n, resolution: s },
            Two::Count { c, m } => Effect::CounterTaken { counter: c.counter(), limit: m },
            Two::Uncount { c } => Effect::CounterGiven { counter: c.counter() },
            Two::Move { k, w, n, o, f, t, v } => Effect::CounterMoved {
                counter: CounterId { key: k.0, window: Count::whole(w) },
                by: n,
                of: o,
                from: f,
                to: t.unwrap_or_else(|| f.saturating_add(n)),
                value_from: v.0,
                value_to: v.1,
            },
            Two::Grant { l, d, g, c } => {
                Effect::Granted { legs: l, desired: d, granted: g.unwrap_or(d), caps: c }
            }
            Two::Document { d, i, v, s, h } => {
                Effect::Document { document: d, id: i.0, version: v, state: s, digest: h.0 }
            }
            Two::CloseMonth { u } => Effect::PeriodClosed { until: u },
            Two::Merge { f, t, l, h } => Effect::AccountMerged {
                from: f.0,
                to: t.0,
                lots: l.into_iter().map(|number| number.0).collect(),
                holds: h.into_iter().map(|id| id.0).collect(),
            },
            Two::CloseYear { u } => Effect::YearClosed { until: u },
        }
    }
}

fn usual(terms: &AccountTerms) -> AccountTerms {
    AccountTerms::usual(terms.owner_kind, terms.owner, terms.asset, terms.purpose)
}

/// A leg of a hold: debit, credit, amount, and what it has earmarked of which lot.
type Leg = (Packed, Packed, i64, Vec<(Number, i64)>);

fn leg_of(leg: &OpenedLeg) -> Leg {
    let earmarks = leg.earmarks.iter().map(|earmark| (Number(earmark.lot), earmark.amount));
    (Packed(leg.debit), Packed(leg.credit), leg.amount, earmarks.collect())
}

fn opened_leg((debit, credit, amount, earmarks): Leg) -> OpenedLeg {
    let earmarks = earmarks.into_iter().map(|(lot, amount)| Earmark { lot: lot.0, amount });
    OpenedLeg { debit: debit.0, credit: credit.0, amount, earmarks: earmarks.collect() }
}

/// What an entry took from a counter.
#[derive(PartialEq, Serialize, Deserialize)]
struct Count {
    k: Key,
    /// The window, where it is not [`Count::ALL`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    w: Option<Key>,
    n: i64,
    /// Whether it counts what is granted, not a fixed number.
    #[serde(default, skip_serializing_if = "is_default")]
    g: bool,
    /// Whether it is never given back.
    #[serde(default, skip_serializing_if = "is_default")]
    t: bool,
}

impl Count {
    /// The window of what is counted for ever.
    const ALL: &str = "all";

    fn window(window: &str) -> Option<Key> {
        (window != Self::ALL).then(|| Key(window.to_owned()))
    }

    fn whole(window: Option<Key>) -> String {
        window.map_or_else(|| Self::ALL.to_owned(), |window| window.0)
    }

    fn of(counter: &CounterUse) -> Self {
        Count {
            k: Key(counter.key.clone()),
            w: Self::window(&counter.window),
            n: counter.amount,
            g: counter.measure == Measure::Amount,
            t: counter.measure == Measure::Tally,
        }
    }

    fn counter(self) -> CounterUse {
        let window = Self::whole(self.w);
        let measure = match (self.g, self.t) {
            (true, _) => Measure::Amount,
            (_, true) => Measure::Tally,
            _ => Measure::Fixed,
        };
        CounterUse { key: self.k.0, window, amount: self.n, measure }
    }
}

/// A lot: `[entry, ordinal]`.
#[derive(PartialEq)]
struct Number(LotId);

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        (self.0.entry, self.0.ordinal).serialize(out)
    }
}

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(read: D) -> Result<Self, D::Error> {
        let (entry, ordinal) = Deserialize::deserialize(read)?;
        Ok(Number(LotId { entry, ordinal }))
    }
}

/// An id as 22 characters of base64.
#[derive(PartialEq)]
struct Packed(Id);

/// The name or window of a counter: ids between its slashes are packed, behind a `~`.
#[derive(PartialEq)]
struct Key(String);

/// A digest in hex, as 43 characters of base64.
struct Digest(String);

/// A text that is stored in a shorter form.
trait Shortened: Sized {
    fn shorten(&self) -> String;
    /// `None`: not a shortened text of this kind.
    fn of(text: &str) -> Option<Self>;
}

fn pack(id: &Id) -> String {
    URL_SAFE_NO_PAD.encode(id.bytes())
}

fn unpack(text: &str) -> Option<Id> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    bytes.try_into().ok().map(|bytes| Id(Uuid::from_bytes(bytes)))
}

impl Shortened for Packed {
    fn shorten(&self) -> String {
        pack(&self.0)
    }

    fn of(text: &str) -> Option<Self> {
        unpack(text).map(Packed)
    }
}

impl Shortened for Key {
    fn shorten(&self) -> String {
        let part = |part: &str| match part.parse() {
            Ok(id) => format!("~{}", pack(&id)),
            // A part that begins as a packed id does has one `~` more.
            Err(_) if part.starts_with('~') => format!("~{part}"),
            Err(_) => part.to_owned(),
        };
        self.0.split('/').map(part).collect::<Vec<_>>().join("/")
    }

    fn of(text: &str) -> Option<Self> {
        let part = |part: &str| match part.strip_prefix('~') {
            None => Some(part.to_owned()),
            Some(rest) if rest.starts_with('~') => Some(rest.to_owned()),
            Some(packed) => unpack(packed).map(|id| id.to_string()),
        };
        Some(Key(text.split('/').map(part).collect::<Option<Vec<_>>>()?.join("/")))
    }
}

impl Shortened for Digest {
    fn shorten(&self) -> String {
        match hex::decode(&self.0) {
            Ok(bytes) if hex::encode(&bytes) == self.0 => URL_SAFE_NO_PAD.encode(bytes),
            _ => format!("~{}", self.0),
        }
    }

    fn of(text: &str) -> Option<Self> {
        match text.strip_prefix('~') {
            Some(text) => Some(Digest(text.to_owned())),
            None => URL_SAFE_NO_PAD.decode(text).ok().map(|bytes| Digest(hex::encode(bytes))),
        }
    }
}

macro_rules! shortened {
    ($($name:ident),+) => {$(
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
                out.serialize_str(&self.shorten())
            }
        }
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(read: D) -> Result<Self, D::Error> {
                let text = Cow::<str>::deserialize(read)?;
                <$name as Shortened>::of(&text).ok_or_else(|| D::Error::custom("not shortened"))
            }
        }
    )+};
}

shortened!(Packed, Key, Digest);

#[cfg(test)]
mod tests;
