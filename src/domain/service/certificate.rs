//! A certificate of service (志愿服务记录证明): what it certifies, and the code by which others check it.

use crate::domain::id::Id;
use serde::{Deserialize, Serialize};

/// Kinds of service that are listed one by one; the rest is added up.
pub const LISTED: usize = 10;
/// The number of codes that people type: twelve digits, and wrong ones are limited. The link of the picture has 128 bits.
const TYPED: u64 = 1_000_000_000_000;

/// Service of one title.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Service {
    pub title: String,
    pub times: i64,
    pub minutes: i64,
}

/// Who has issued it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Issuer {
    pub org: Id,
    pub name: String,
    /// 负责人; absent: they sign on the paper.
    pub responsible: Option<String>,
    /// 经办人; absent: the member themselves, in the portal.
    pub handler: Option<String>,
    /// The telephone of the nearest organisation that has one.
    pub contact: Option<String>,
}

/// What a certificate certifies besides its days and minutes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Certified {
    pub name: String,
    /// The volunteer number.
    pub member_number: String,
    /// Final records that are counted.
    pub times: i64,
    /// By title, the longest first: at most [`LISTED`].
    pub services: Vec<Service>,
    /// Minutes brought along from an older book.
    pub brought_minutes: i64,
    pub issuer: Issuer,
    /// Other matters (其他事项).
    pub remark: Option<String>,
    /// The ids of the file at the time.
    pub files: Vec<Id>,
    /// The entries of what was brought along.
    pub openings: Vec<i64>,
}

impl Certified {
    /// Times and minutes of the services that are not listed.
    pub fn others(&self, minutes: i64) -> Option<(i64, i64)> {
        let sum = |of: fn(&Service) -> i64| self.services.iter().map(of).fold(0, i64::saturating_add);
        let times = self.times.saturating_sub(sum(|one| one.times));
        let rest = minutes.saturating_sub(self.brought_minutes).saturating_sub(sum(|one| one.minutes));
        (times > 0).then_some((times, rest))
    }
}

/// The digits that people type, of the whole code (32 characters).
pub fn typed(whole: &str) -> String {
    let head = whole.get(..16).and_then(|head| u64::from_str_radix(head, 16).ok()).unwrap_or_default();
    format!("{:012}", head % TYPED)
}

/// The number of the next certificate of a year after the last one.
pub fn next_number(year: i32, last: Option<&str>) -> String {
    let last = last.and_then(|last| last.split_once('-')?.1.parse::<u64>().ok()).unwrap_or(0);
    format!("{year:04}-{:07}", last.saturating_add(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_twelve_and_numbers_follow_each_other() {
        assert_eq!(typed("0000000000000001ffffffffffffffff"), "000000000001");
        assert_eq!(typed("ffffffffffffffff0000000000000000").len(), 12);
        assert_eq!(next_number(2026, None), "2026-0000001");
        assert_eq!(next_number(2026, Some("2026-0000041")), "2026-0000042");
    }
}
