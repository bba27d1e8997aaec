//! Schemes (积分办法): rules as data. A scheme is a readable TOML file, versioned, with validity dates; this engine
//! parses it, evaluates deeds, and explains the result.
//!
//! | file | holds |
//! |---|---|
//! | `model` | the types of a scheme |
//! | `parse`, `parse_hours`, `parse_groups`, `parse_items`, `parse_cases` | the file format, every fault with line and column (`reader`, `fault`) |
//! | `evaluate`, `rate` | from a deed to points |
//! | `climbing` | groups as counters with curves |
//! | `caps` | caps as counters of the ledger |
//! | `explanation` | 「为什么是这个分」 |
//! | `reading`, `places` | the rules as sentences, each with its lines |
//! | `samples` | the schemes that come with the program |

mod caps;
mod climbing;
mod deed;
mod evaluate;
mod explanation;
mod fault;
mod keys;
mod model;
mod parse;
mod parse_cases;
mod parse_groups;
mod parse_hours;
mod parse_items;
mod places;
mod rate;
mod reader;
mod reading;
mod samples;
mod syntax;
#[cfg(test)]
mod tests;
mod units;

pub use caps::Cap;
pub use climbing::{Stage, stage_in_key};
pub use deed::{Decided, Deed, MinutesUsed, Work};
pub use evaluate::Evaluation;
pub use explanation::duration;
pub use explanation::{
    BittenCap, CapCounts, CapNote, Explanation, GroupNote, GroupStep, Priced, Step, explain,
};
pub use fault::{Expected, Problem, SchemeFault};
pub use model::*;
pub use reading::{Lines, Sentence, read_aloud};
pub use samples::{sample, samples};
pub use syntax::Syntax;
