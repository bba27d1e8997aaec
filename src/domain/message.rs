//! Messages (消息): what the bank tells a person about their points, records, places and rights. Their words are made
//! when they are read, in the reader's language; names of people stand in none of them.

use super::figures::{Days, count, length, points};
use super::id::Id;
use super::time::{Day, Moment};
use crate::texts::{Language, Text, sentences as s};
use chrono::Datelike;
use serde::{Deserialize, Serialize};

/// One message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Message {
    /// Points came in, in minor units: for a service of some minutes, or for what else they were given.
    PointsIn {
        entry: i64,
        points: i64,
        what: Option<String>,
        minutes: Option<i64>,
    },
    /// Points went out again that had come in by mistake.
    PointsTakenBack {
        entry: i64,
        points: i64,
    },
    /// Points were redeemed.
    Redeemed {
        entry: i64,
        points: i64,
        what: Option<String>,
        shop: Option<String>,
    },
    /// Points came back for goods that were.
    Refunded {
        entry: i64,
        points: i64,
        what: Option<String>,
        shop: Option<String>,
    },
    /// Points will expire, the first of them on a day.
    PointsExpire {
        points: i64,
        on: Day,
    },
    PointsExpired {
        entry: i64,
        points: i64,
    },
    /// Enough was served for a star.
    StarReached {
        stars: i64,
    },
    StarGranted {
        stars: i64,
    },
    /// Somebody took a step with a thing that the reader has a part in.
    Stepped {
        step: String,
        thing: String,
        id: Id,
        what: Option<String>,
    },
    /// A seat has become free for the first in a waiting list.
    SeatFree {
        activity: Id,
        what: String,
        starts_at: Moment,
    },
    /// An activity that the reader had a place at was called off.
    ActivityCancelled {
        activity: Id,
        what: String,
        starts_at: Moment,
        reason: Option<String>,
    },
    /// A statement waits for the shop, or has been decided.
    Statement {
        id: Id,
        state: String,
        period: String,
    },
    RoleGranted {
        role: String,
        org: String,
    },
    RoleRevoked {
        role: String,
        org: String,
    },
    /// A phone or a document was looked at.
    FileLookedAt {
        action: String,
    },
}

/// A message in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    pub title: String,
    pub body: Option<String>,
}

impl Message {
    /// Its code, as it is stored.
    pub const fn kind(&self) -> &'static str {
        match self {
            Message::PointsIn { .. } => "points_in",
            Message::PointsTakenBack { .. } => "points_taken_back",
            Message::Redeemed { .. } => "redeemed",
            Message::Refunded { .. } => "refunded",
            Message::PointsExpire { .. } => "points_expire",
            Message::PointsExpired { .. } => "points_expired",
            Message::StarReached { .. } => STAR_REACHED,
            Message::StarGranted { .. } => "star_granted",
            Message::Stepped { .. } => "stepped",
            Message::SeatFree { .. } => "seat_free",
            Message::ActivityCancelled { .. } => "activity_cancelled",
            Message::Statement { .. } => "statement",
            Message::RoleGranted { .. } => "role_granted",
            Message::RoleRevoked { .. } => "role_revoked",
            Message::FileLookedAt { .. } => "file_looked_at",
        }
    }

    /// The page that has more about it, for who is told as a user or as a member.
    pub fn path(&self, as_user: bool) -> Option<String> {
        match self {
            Message::PointsIn { entry, .. }
            | Message::PointsTakenBack { entry, .. }
            | Message::Redeemed { entry, .. }
            | Message::Refunded { entry, .. }
            | Message::PointsExpired { entry, .. } => Some(format!("/me/entries/{entry}")),
            Message::PointsExpire { .. } => Some("/shops".into()),
            Message::StarReached { .. } | Message::StarGranted { .. } => Some("/me".into()),
            Message::Stepped { thing, id, .. } => match thing.as_str() {
                "service_record" | "objection" if as_user => Some(format!("/staff/records/{id}")),
                "service_record" | "objection" => Some(format!("/me/hours/{id}")),
                _ => None,
            },
            Message::SeatFree { activity, .. } | Message::ActivityCancelled { activity, .. } => {
                Some(format!("/events/{activity}"))
            }
            Message::Statement { id, .. } => Some(format!("/shop/statements/{id}")),
            Message::RoleGranted { .. } | Message::RoleRevoked { .. } => Some("/account".into()),
            Message::FileLookedAt { .. } => Some("/me/access".into()),
        }
    }

    /// The words for a reader.
    pub fn say(&self, days: &Days, language: Language) -> Said {
        let text = |text: Text| text.say(language);
        let goods = |what: &Option<String>, shop: &Option<String>| {
            let parts: Vec<&str> = [shop, what].into_iter().flatten().map(String::as_str).collect();
            (!parts.is_empty()).then(|| parts.join(language.pick("，", ", ")))
        };
        let (title, body): (Text, Option<String>) = match self {
            Message::PointsIn { points: sum, what, minutes, .. } => {
                let body = match (what, minutes) {
                    (Some(what), Some(minutes)) => {
                        let served = length(*minutes, language);
                        Some(text(s::MessageServed { what, served }.into()))
                    }
                    (what, _) => what.clone(),
                };
                (s::MessagePointsIn { points: points(*sum) }.into(), body)
            }
            Message::PointsTakenBack { points: sum, .. } => (
                s::MessagePointsTakenBack { points: points(*sum) }.into(),
                Some(text(s::MessageAskWhy.into())),
            ),
            Message::Redeemed { points: sum, what, shop, .. } => {
                let goods = goods(what, shop).unwrap_or_default();
                let body = text(s::MessageNotYou { goods }.into());
                (s::MessageRedeemed { points: points(*sum) }.into(), Some(body))
            }
            Message::Refunded { points: sum, what, shop, .. } => {
                (s::MessageRefunded { points: points(*sum) }.into(), goods(what, shop))
            }
            Message::PointsExpire { points: sum, on } => (
                s::MessagePointsExpire { points: points(*sum) }.into(),
                Some(text(s::MessageUseBefore { day: days.day(*on) }.into())),
            ),
            Message::PointsExpired { points: sum, .. } => {
                (s::MessagePointsExpired { points: points(*sum) }.into(), None)
            }
            Message::StarReached { stars } => {
                (s::MessageStarReached { stars: count(*stars) }.into(), Some(text(s::MessageStarAsk.into())))
            }
            Message::StarGranted { stars } => (s::MessageStarGranted { stars: count(*stars) }.into(), None),
            Message::Stepped { step, what, .. } => (s::MessageStepped { step }.into(), what.clone()),
            Message::SeatFree { what, starts_at, .. } => (
                s::MessageSeatFree.into(),
                Some(text(s::MessageActivity { what, starts: days.moment(*starts_at) }.into())),
            ),
            Message::ActivityCancelled { what, starts_at, reason, .. } => {
                let starts = days.moment(*starts_at);
                let body: Text = match reason {
                    Some(reason) => s::MessageActivityBecause { what, starts, reason }.into(),
                    None => s::MessageActivity { what, starts }.into(),
                };
                (s::MessageActivityCancelled.into(), Some(text(body)))
            }
            Message::Statement { state, period, .. } => {
                let first = period.get(..7).and_then(|month| Day::parse(&format!("{month}-01")));
                let month = match first.map(Day::date) {
                    Some(first) => days.month(first.year(), first.month()),
                    None => period.clone(),
                };
                (s::MessageStatement { state, month }.into(), None)
            }
            Message::RoleGranted { role, org } => {
                (s::MessageRoleGranted { role, org }.into(), Some(text(s::MessageNotExpected.into())))
            }
            Message::RoleRevoked { role, org } => (s::MessageRoleRevoked { role, org }.into(), None),
            Message::FileLookedAt { action } => {
                (s::MessageFileLookedAt { action }.into(), Some(text(s::MessageWhoLooked.into())))
            }
        };
        Said { title: text(title), body }
    }
}

/// The code of [`Message::StarReached`].
pub const STAR_REACHED: &str = "star_reached";
