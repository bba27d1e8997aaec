//! Messages (消息) to members and users about points, records, sign-ups and roles. A message is stored as a value; its
//! text is made when it is read, in the reader's language. It stores no names of people: whom its words name is an id,
//! and the name is read from the member's file when the message is rendered.

use super::figures::{Days, count, length, points};
use super::id::Id;
use super::time::{Day, Moment};
use crate::text_enum;
use crate::texts::{Language, Text, sentences as s};
use chrono::Datelike;
use serde::{Deserialize, Serialize};

text_enum! {
    /// What messages are about, as far as their recipient may choose (docs/GLOSSARY.md).
    Topic {
        /// Points in, out, taken back, refunded, expired.
        Points = "points",
        /// Points that will expire.
        Expiry = "expiry",
        Stars = "stars",
        /// Seats, and activities that are called off.
        Activities = "activities",
        /// Steps of records, objections and moves.
        Records = "records",
        /// Roles and statements.
        Duties = "duties",
        /// Looks at a file, a frozen passbook, sign-in on a new device.
        Safety = "safety",
        /// What proxies do, for the person and for the proxy.
        Proxies = "proxies",
    }
}

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
    /// Points were reversed.
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
        /// The member with whose code as a proxy it was done.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        proxy: Option<Id>,
    },
    /// Points of a redemption were refunded.
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
    /// A step of a life cycle was taken by another user.
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
    /// Who runs an activity asks the reader to come.
    Invited {
        activity: Id,
        what: String,
        starts_at: Moment,
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
    /// A certificate was revoked because records that it counts were corrected.
    CertificateCorrected {
        certificate: Id,
        number: String,
    },
    /// A phone number or an identity document was revealed.
    FileLookedAt {
        action: String,
    },
    /// The account was signed in to on a device that it was not used on before.
    NewDevice,
    /// A one-time code for sign-in was asked for. Its digits are in no message, only in what is sent.
    SignInCode {
        issue: Id,
    },
    /// A mail address is to be confirmed. The digits are only in what is sent there.
    MailCode {
        issue: Id,
    },
    /// An administrator removed the second factor of the recipient.
    FactorRemoved,
    /// A proxy was named, has acted, or was ended: to the person and to the proxy.
    ProxyActed {
        act: String,
        /// The recipient is the proxy.
        as_proxy: bool,
        /// The activity, the goods, or the reason.
        what: Option<String>,
        points: Option<i64>,
        /// The other of the two; messages of earlier releases do not say.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        other: Option<Id>,
    },
    /// Points came by a gift of this form, in minor units.
    GiftIn {
        entry: i64,
        points: i64,
        form: String,
    },
    /// Points were given away.
    GiftOut {
        entry: i64,
        points: i64,
        form: String,
    },
    /// The giver asks for a gift back.
    GiftAskedBack {
        gift: Id,
        points: i64,
    },
    /// The receiver keeps what was asked back.
    GiftKept {
        gift: Id,
        points: i64,
    },
    /// An administrator tries a channel.
    Trial,
    /// What happened on the passbook of the recipient's household.
    OfHousehold {
        message: Box<Message>,
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
            Message::Invited { .. } => "invited",
            Message::Statement { .. } => "statement",
            Message::RoleGranted { .. } => "role_granted",
            Message::RoleRevoked { .. } => "role_revoked",
            Message::CertificateCorrected { .. } => "certificate_corrected",
            Message::FileLookedAt { .. } => "file_looked_at",
            Message::NewDevice => "new_device",
            Message::SignInCode { .. } => "sign_in_code",
            Message::MailCode { .. } => "mail_code",
            Message::FactorRemoved => "factor_removed",
            Message::ProxyActed { .. } => "proxy_acted",
            Message::GiftIn { .. } => "gift_in",
            Message::GiftOut { .. } => "gift_out",
            Message::GiftAskedBack { .. } => "gift_asked_back",
            Message::GiftKept { .. } => "gift_kept",
            Message::Trial => "trial",
            Message::OfHousehold { .. } => "of_household",
        }
    }

    /// The member whom its words name.
    pub fn named(&self) -> Option<Id> {
        match self {
            Message::Redeemed { proxy, .. } => *proxy,
            Message::ProxyActed { other, .. } => *other,
            Message::OfHousehold { message } => message.named(),
            _ => None,
        }
    }

    /// What it is about.
    pub fn topic(&self) -> Topic {
        match self {
            Message::OfHousehold { message } => message.topic(),
            Message::Redeemed { proxy: Some(_), .. } | Message::ProxyActed { .. } => Topic::Proxies,
            Message::PointsIn { .. }
            | Message::PointsTakenBack { .. }
            | Message::Redeemed { .. }
            | Message::Refunded { .. }
            | Message::GiftIn { .. }
            | Message::GiftOut { .. }
            | Message::GiftAskedBack { .. }
            | Message::GiftKept { .. }
            | Message::PointsExpired { .. } => Topic::Points,
            Message::PointsExpire { .. } => Topic::Expiry,
            Message::StarReached { .. } | Message::StarGranted { .. } => Topic::Stars,
            Message::Stepped { thing, .. } if thing == "member" || thing == "user" => Topic::Safety,
            Message::Stepped { .. } | Message::CertificateCorrected { .. } => Topic::Records,
            Message::SeatFree { .. } | Message::ActivityCancelled { .. } | Message::Invited { .. } => {
                Topic::Activities
            }
            Message::Statement { .. } | Message::RoleGranted { .. } | Message::RoleRevoked { .. } => {
                Topic::Duties
            }
            Message::FileLookedAt { .. }
            | Message::NewDevice
            | Message::SignInCode { .. }
            | Message::MailCode { .. }
            | Message::FactorRemoved
            | Message::Trial => Topic::Safety,
        }
    }

    /// The path of the page with the details. `as_user`: the recipient is a user, not a member.
    pub fn path(&self, as_user: bool) -> Option<String> {
        match self {
            Message::PointsIn { entry, .. }
            | Message::PointsTakenBack { entry, .. }
            | Message::Redeemed { entry, .. }
            | Message::Refunded { entry, .. }
            | Message::GiftIn { entry, .. }
            | Message::GiftOut { entry, .. }
            | Message::PointsExpired { entry, .. } => Some(format!("/me/entries/{entry}")),
            Message::PointsExpire { .. } => Some("/shops".into()),
            Message::StarReached { .. } | Message::StarGranted { .. } => Some("/me".into()),
            Message::Stepped { thing, id, .. } => match thing.as_str() {
                "service_record" | "objection" if as_user => Some(format!("/staff/records/{id}")),
                "service_record" | "objection" => Some(format!("/me/hours/{id}")),
                "feedback" => Some(format!("/feedback/{id}")),
                "shop_application" => Some(format!("/me/shop-applications/{id}")),
                "certificate" => Some(format!("/me/certificates/{id}")),
                "goods_sheet" => Some(format!("/shop/goods/sheets/{id}")),
                _ => None,
            },
            Message::SeatFree { activity, .. }
            | Message::ActivityCancelled { activity, .. }
            | Message::Invited { activity, .. } => Some(format!("/events/{activity}")),
            Message::Statement { id, .. } => Some(format!("/shop/statements/{id}")),
            Message::RoleGranted { .. } | Message::RoleRevoked { .. } => Some("/account".into()),
            Message::CertificateCorrected { certificate, .. } => {
                Some(format!("/me/certificates/{certificate}"))
            }
            Message::FileLookedAt { .. } => Some("/me/access".into()),
            Message::NewDevice | Message::SignInCode { .. } => Some("/account/sessions".into()),
            Message::MailCode { .. } => Some("/account/messages".into()),
            Message::FactorRemoved => Some("/account/second-factor".into()),
            Message::ProxyActed { .. } => Some("/me/proxies".into()),
            Message::GiftAskedBack { gift, .. } | Message::GiftKept { gift, .. } => {
                Some(format!("/me/gifts/{gift}"))
            }
            Message::Trial => None,
            Message::OfHousehold { .. } => Some("/me/household".into()),
        }
    }

    /// The words for a reader, with the name of the member whom they name ([`Message::named`]); `None`: it is not known,
    /// or not for this reader.
    pub fn say(&self, days: &Days, language: Language, name: Option<&str>) -> Said {
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
            Message::Redeemed { points: sum, what, shop, proxy: Some(_), .. } => {
                let goods = goods(what, shop).unwrap_or_default();
                let who = name.map_or_else(|| text(s::MessageSomeProxy.into()), str::to_owned);
                let title = s::MessageProxyActed { who, act: "redeemed", points: points(*sum) };
                (title.into(), Some(text(s::MessageProxyGoods { goods }.into())))
            }
            Message::Redeemed { points: sum, what, shop, proxy: None, .. } => {
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
            Message::Invited { what, starts_at, .. } => (
                s::MessageInvited.into(),
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
            Message::CertificateCorrected { number, .. } => (
                s::MessageCertificateCorrected { number }.into(),
                Some(text(s::MessageCertificateAnew.into())),
            ),
            Message::FileLookedAt { action } => {
                (s::MessageFileLookedAt { action }.into(), Some(text(s::MessageWhoLooked.into())))
            }
            Message::NewDevice => (s::MessageNewDevice.into(), Some(text(s::MessageNotYourDevice.into()))),
            Message::SignInCode { .. } => {
                (s::MessageSignInCode.into(), Some(text(s::MessageNotAsked.into())))
            }
            Message::MailCode { .. } => {
                (s::MessageMailCode.into(), Some(text(s::MessageMailNotAsked.into())))
            }
            Message::FactorRemoved => (s::MessageFactorRemoved.into(), Some(text(s::MessageSetAgain.into()))),
            Message::ProxyActed { act, as_proxy, what, points: sum, .. } => {
                let sum = sum.map(points).unwrap_or_default();
                let nameless = || match as_proxy {
                    true => text(s::MessageSomePerson.into()),
                    false => text(s::MessageSomeProxy.into()),
                };
                let who = name.map_or_else(nameless, str::to_owned);
                let title: Text = match as_proxy {
                    true => s::MessageProxySelf { who, act, points: sum }.into(),
                    false => s::MessageProxyActed { who, act, points: sum }.into(),
                };
                let body = (!as_proxy).then(|| text(s::MessageProxyEnd.into()));
                (title, what.clone().or(body))
            }
            Message::GiftIn { points: sum, form, .. } => {
                (s::MessageGiftIn { form, points: points(*sum) }.into(), None)
            }
            Message::GiftOut { points: sum, form, .. } => (
                s::MessageGiftOut { form, points: points(*sum) }.into(),
                Some(text(s::MessageGiftMistake.into())),
            ),
            Message::GiftAskedBack { points: sum, .. } => (
                s::MessageGiftAsked { points: points(*sum) }.into(),
                Some(text(s::MessageGiftAskedHow.into())),
            ),
            Message::GiftKept { points: sum, .. } => {
                (s::MessageGiftKept { points: points(*sum) }.into(), Some(text(s::MessageGiftKeptHow.into())))
            }
            Message::Trial => (s::MessageTrial.into(), None),
            Message::OfHousehold { message } => {
                let Said { title, body } = message.say(days, language, name);
                (s::MessageOfHousehold { title }.into(), body)
            }
        };
        Said { title: text(title), body }
    }
}

/// The code of [`Message::StarReached`].
pub const STAR_REACHED: &str = "star_reached";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kind_in_its_column_is_the_one_in_the_value() {
        let messages = [
            Message::PointsIn { entry: 1, points: 400, what: None, minutes: None },
            Message::PointsTakenBack { entry: 1, points: 400 },
            Message::Redeemed { entry: 1, points: 400, what: None, shop: None, proxy: Some(Id::SYSTEM) },
            Message::Refunded { entry: 1, points: 400, what: None, shop: None },
            Message::PointsExpire { points: 400, on: Day::parse("2026-12-31").unwrap() },
            Message::PointsExpired { entry: 1, points: 400 },
            Message::StarReached { stars: 1 },
            Message::StarGranted { stars: 1 },
            Message::Stepped {
                step: "freeze_member".into(),
                thing: "member".into(),
                id: Id::SYSTEM,
                what: None,
            },
            Message::SeatFree { activity: Id::SYSTEM, what: "A".into(), starts_at: Moment::from_micros(0) },
            Message::ActivityCancelled {
                activity: Id::SYSTEM,
                what: "A".into(),
                starts_at: Moment::from_micros(0),
                reason: None,
            },
            Message::Invited { activity: Id::SYSTEM, what: "A".into(), starts_at: Moment::from_micros(0) },
            Message::Statement { id: Id::SYSTEM, state: "issued".into(), period: "2026-10".into() },
            Message::RoleGranted { role: "staff".into(), org: "A".into() },
            Message::RoleRevoked { role: "staff".into(), org: "A".into() },
            Message::CertificateCorrected { certificate: Id::SYSTEM, number: "2026-0000001".into() },
            Message::FileLookedAt { action: "reveal_phone".into() },
            Message::NewDevice,
            Message::SignInCode { issue: Id::SYSTEM },
            Message::MailCode { issue: Id::SYSTEM },
            Message::FactorRemoved,
            Message::ProxyActed {
                act: "redeemed".into(),
                as_proxy: false,
                what: None,
                points: Some(400),
                other: Some(Id::SYSTEM),
            },
            Message::GiftIn { entry: 1, points: 400, form: "family".into() },
            Message::GiftOut { entry: 1, points: 400, form: "family".into() },
            Message::GiftAskedBack { gift: Id::SYSTEM, points: 400 },
            Message::GiftKept { gift: Id::SYSTEM, points: 400 },
            Message::Trial,
            Message::OfHousehold { message: Box::new(Message::Trial) },
        ];
        for message in messages {
            let value = serde_json::to_value(&message).unwrap();
            assert_eq!(value["kind"], message.kind());
            assert_eq!(serde_json::from_value::<Message>(value).unwrap(), message);
        }
    }
}
