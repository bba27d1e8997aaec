//! Text members.

use crate::api::web::faults::FieldFault;
use crate::domain::people::personal_number;
use crate::domain::settlement::payable::RateFen;
use crate::domain::shops::paper;
use crate::domain::writing::{is_unseen, unseen_class};
use crate::texts::{Text, sentences as s};
use serde::de::{Deserializer, Error, Visitor};
use std::fmt;
use std::marker::PhantomData;
use utoipa::openapi::schema::{Object, ObjectBuilder, Type};

/// The rule of a text member.
#[derive(Clone, Copy, Debug)]
pub struct TextRule {
    /// In characters (Unicode scalar values).
    pub least: usize,
    pub most: usize,
    pub shape: Shape,
    pub example: &'static str,
}

#[derive(Clone, Copy, Debug)]
pub enum Shape {
    /// One line: nothing invisible, no blanks at either end, no phone and no identity number, which would be stored
    /// in plain text.
    Line,
    /// Several lines: line feeds and tabs as well.
    Paragraph,
    /// One line that may hold any number: a search text, or the number of a paper.
    Reference,
    /// A file: line feeds and tabs, blanks as they are.
    Text,
    /// A secret: as typed, blanks included, nothing invisible.
    Secret,
    /// A fixed form, as a pattern and as the function that checks it.
    Form { pattern: &'static str, fits: fn(&str) -> bool, form: fn() -> Text },
}

/// Invisible characters that change how the rest is read, as a class of a regular expression.
pub(super) fn invisible() -> String {
    format!(r"\u0000-\u001f\u007f-\u009f{}", unseen_class())
}

/// The same without line feeds and tabs.
fn invisible_but_lines() -> String {
    format!(r"\u0000-\u0008\u000b-\u001f\u007f-\u009f{}", unseen_class())
}

impl TextRule {
    /// Refuses a text that breaks the rule.
    pub fn check(&self, text: &str) -> Result<(), FieldFault> {
        let lines = matches!(self.shape, Shape::Paragraph | Shape::Text);
        let seen = |c: char| (lines && matches!(c, '\n' | '\t')) || !(c.is_control() || is_unseen(c));
        if let Some((position, c)) = (1_usize..).zip(text.chars()).find(|(_, c)| !seen(*c)) {
            return Err(FieldFault::unseen(position, u32::from(c)));
        }
        let length = text.chars().count();
        if length > self.most {
            return Err(FieldFault::TooLong { most: self.most });
        }
        if length < self.least {
            return Err(FieldFault::TooShort { least: self.least });
        }
        match self.shape {
            Shape::Line | Shape::Paragraph | Shape::Reference if text.trim() != text => {
                Err(FieldFault::Blank)
            }
            Shape::Line | Shape::Paragraph => match personal_number::find(text) {
                Some(what) => Err(FieldFault::PersonalNumber { what: what.to_string() }),
                None => Ok(()),
            },
            Shape::Form { fits, form, .. } if !fits(text) => Err(FieldFault::wrong_form(form())),
            _ => Ok(()),
        }
    }

    /// The same rule for the OpenAPI document.
    pub fn schema(&self, description: &str) -> Object {
        let (signs, but_lines) = (invisible(), invisible_but_lines());
        let pattern = match self.shape {
            Shape::Line | Shape::Reference => format!(r"^[^\s{signs}]([^{signs}]*[^\s{signs}])?$"),
            Shape::Paragraph => format!(r"^[^\s{signs}]([^{but_lines}]*[^\s{signs}])?$"),
            Shape::Text => format!("^[^{but_lines}]*$"),
            Shape::Secret => format!("^[^{signs}]*$"),
            Shape::Form { pattern, .. } => pattern.to_owned(),
        };
        let object = ObjectBuilder::new()
            .schema_type(Type::String)
            .min_length(Some(self.least))
            .max_length(Some(self.most))
            .pattern(Some(pattern))
            .description(Some(description.trim()));
        match self.shape {
            Shape::Secret => object.write_only(true).build(),
            _ => object.examples([self.example]).build(),
        }
    }
}

/// Reads a text and converts it into `T`, which may refuse it.
pub fn read<'de, D: Deserializer<'de>, T>(
    deserializer: D,
    make: impl FnOnce(String) -> Result<T, FieldFault>,
) -> Result<T, D::Error> {
    struct TextVisitor<F, T>(F, PhantomData<T>);
    impl<F: FnOnce(String) -> Result<T, FieldFault>, T> Visitor<'_> for TextVisitor<F, T> {
        type Value = T;
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("text")
        }
        fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
            self.visit_string(text.to_owned())
        }
        fn visit_string<E: Error>(self, text: String) -> Result<T, E> {
            (self.0)(text).map_err(E::custom)
        }
    }
    deserializer.deserialize_string(TextVisitor(make, PhantomData))
}

/// Declares text members: `Name: least..=most, shape, example`.
macro_rules! text_fields {
    ($($(#[doc = $doc:literal])+ $name:ident: $least:literal ..= $most:literal, $shape:expr, $example:literal;)+) => {
        $(
            $(#[doc = $doc])+
            #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
            pub struct $name(String);

            impl $name {
                pub const RULE: TextRule =
                    TextRule { least: $least, most: $most, shape: $shape, example: $example };

                /// Refuses a text that breaks the rule.
                pub fn parse(text: impl Into<String>) -> Result<Self, FieldFault> {
                    let text = text.into();
                    Self::RULE.check(&text).map(|()| $name(text))
                }
                pub fn as_str(&self) -> &str {
                    &self.0
                }
            }
            impl From<$name> for String {
                fn from(field: $name) -> String {
                    field.0
                }
            }
            impl fmt::Debug for $name {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    // Never the text itself: it may be a name, a note about a person, or a secret.
                    write!(f, "{}({} characters)", stringify!($name), self.0.chars().count())
                }
            }
            impl<'de> serde::Deserialize<'de> for $name {
                fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                    read(deserializer, $name::parse)
                }
            }
            impl utoipa::PartialSchema for $name {
                fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
                    Self::RULE.schema(concat!($($doc),+)).into()
                }
            }
            impl utoipa::ToSchema for $name {}
        )+
    };
}

impl RateText {
    /// The rate, whose form was checked.
    pub fn rate(&self) -> RateFen {
        RateFen::parse(&self.0).unwrap_or(RateFen::ZERO)
    }
}

text_fields! {
    /// 名称 · the name of an activity, shop, offer, organisation or place.
    Title: 1..=100, Shape::Line, "清扫楼道";
    /// 票据号 · the number of an invoice, a payment or a policy.
    PaperNumber: 1..=100, Shape::Reference, "04100230";
    /// 说明 · free text, several lines.
    Note: 1..=1000, Shape::Paragraph, "带手套";
    /// 积分办法的全文 · the whole text of a scheme, as TOML.
    SchemeText: 1..=40000, Shape::Text, "code = \"village\"";
    /// 理由 · why something is done; kept with it.
    Reason: 2..=200, Shape::Line, "本人申请";
    /// 登录名 · a log-in name.
    LoginName: 3..=64, Shape::Form {
        pattern: r"^[a-z0-9][a-z0-9._-]{2,63}$",
        fits: |text| form(text, |c| c.is_ascii_lowercase() || c.is_ascii_digit(), "._-"),
        form: || s::FormLoginName.into(),
    }, "staff.li";
    /// 口令 · a password, as typed.
    Password: 1..=128, Shape::Secret, "";
    /// refresh_token · as it was handed out.
    RefreshText: 144..=144, Shape::Form {
        pattern: "^[0-9a-f]{144}$",
        fits: lower_hex,
        form: || s::FormRefreshToken.into(),
    }, "00000000000000010197f0000000700080000000000000039f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a085f2c81d0a94e7b3366d01c9e82ab47f0";
    /// device · the mark of a device, as a sign-in handed it out.
    DeviceText: 128..=128, Shape::Form {
        pattern: "^[0-9a-f]{128}$",
        fits: lower_hex,
        form: || s::FormDevice.into(),
    }, "00000000000000010197f0000000700080000000000000010197f000000070008000000000000002000000006a18a8809f86d081884c7d659a2feaa0c55ad015";
    /// 首位管理员的一次性凭证 · the one-time token of the first administrator.
    FirstToken: 64..=64, Shape::Form {
        pattern: "^[0-9a-f]{64}$",
        fits: lower_hex,
        form: || s::FormFirstToken.into(),
    }, "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
    /// 短名 · the short name of a bank.
    Slug: 1..=40, Shape::Form {
        pattern: r"^[a-z0-9][a-z0-9-]{0,39}$",
        fits: |text| form(text, |c| c.is_ascii_lowercase() || c.is_ascii_digit(), "-"),
        form: || s::FormSlug.into(),
    }, "jianxian";
    /// 代码 · a code of an organisation, scheme, item or category.
    Code: 1..=64, Shape::Form {
        // Letters of any script, for regular expressions without Unicode classes: the other ASCII characters are
        // excluded.
        pattern: r"^[^\s\u0000-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00a9][^\s\u0000-\u002c\u003a-\u0040\u005b-\u005e\u0060\u007b-\u00a9]{0,63}$",
        fits: |text| form(text, char::is_alphanumeric, "._/-"),
        form: || s::FormCode.into(),
    }, "environment.stairs";
    /// 幂等键 · an idempotency key.
    KeyText: 1..=255, Shape::Form {
        pattern: "^[!-~]{1,255}$",
        fits: |text| text.bytes().all(|b| b.is_ascii_graphic()),
        form: || s::FormKey.into(),
    }, "0197f000-0000-7000-8000-000000000001";
    /// 查找内容 · what to look for.
    SearchText: 1..=64, Shape::Reference, "示例";
    /// 兑换码 · a member's code: its 8 digits, or the 32 characters of the QR code.
    CodeText: 8..=32, Shape::Form {
        pattern: "^([0-9]{8}|[0-9a-f]{32})$",
        fits: |text| match text.len() {
            8 => digits(text),
            length => length == 32 && lower_hex(text),
        },
        form: || s::FormRedemptionCode.into(),
    }, "20481024";
    /// 存折卡 · what stands on a card: passbook number, edition and six letters. Blanks, small letters and letters of full
    /// width are read too, and the dashes may be left out.
    CardText: 10..=76, Shape::Form {
        pattern: r"^.*[0-9０-９].*([A-HJ-NP-Za-hj-np-zＡ-ＨＪ-ＮＰ-Ｚａ-ｈｊ-ｎｐ-ｚ]\s*){6}$",
        fits: |text| !paper::CardText::readings(text).is_empty(),
        form: || s::FormCard.into(),
    }, "000000017-1-KQXMTA";
    /// 登记单 · what stands on a paper slip: number and four letters, typed as freely as a card.
    SlipText: 5..=32, Shape::Form {
        pattern: r"^.*[0-9０-９].*([A-HJ-NP-Za-hj-np-zＡ-ＨＪ-ＮＰ-Ｚａ-ｈｊ-ｎｐ-ｚ]\s*){4}$",
        fits: |text| paper::SlipText::parse(text).is_some(),
        form: || s::FormSlip.into(),
    }, "000042-KQXM";
    /// 密码 · the PIN of a card: six digits.
    PinText: 6..=6, Shape::Form {
        pattern: "^[0-9]{6}$",
        fits: digits,
        form: || s::FormPin.into(),
    }, "385207";
    /// 签到码 · the eight digits by which people sign in at an activity.
    CheckInDigits: 8..=8, Shape::Form {
        pattern: "^[0-9]{8}$",
        fits: digits,
        form: || s::FormCheckInCode.into(),
    }, "20481024";
    /// 登录验证码 · the six digits of a one-time code, or of an authenticator app.
    SignInDigits: 6..=6, Shape::Form {
        pattern: "^[0-9]{6}$",
        fits: digits,
        form: || s::FormSignInDigits.into(),
    }, "204810";
    /// 第二道验证 · six digits of an authenticator app, or a recovery code.
    FactorText: 6..=16, Shape::Form {
        pattern: "^([0-9]{6}|[A-Za-z2-9]{5}[ -]?[A-Za-z2-9]{5})$",
        fits: |text| match text.len() {
            6 => digits(text),
            length => (10..=11).contains(&length) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b" -".contains(&b)),
        },
        form: || s::FormFactor.into(),
    }, "204810";
    /// 证明编号 · the number of a certificate: the year and a running number.
    CertificateNumber: 12..=12, Shape::Form {
        pattern: "^[0-9]{4}-[0-9]{7}$",
        fits: |text| text.split_once('-').is_some_and(|(year, rest)| year.len() == 4 && digits(year) && digits(rest)),
        form: || s::FormCertificateNumber.into(),
    }, "2026-0000001";
    /// 核验码 · the code of a certificate: its 12 digits, or the 32 characters of the picture.
    CertificateCode: 12..=32, Shape::Form {
        pattern: "^([0-9]{12}|[0-9a-f]{32})$",
        fits: |text| match text.len() {
            12 => digits(text),
            length => length == 32 && lower_hex(text),
        },
        form: || s::FormCertificateCode.into(),
    }, "204810242048";
    /// 手机尾号 · the last four digits of a phone number.
    PhoneTail: 4..=4, Shape::Form {
        pattern: "^[0-9]{4}$",
        fits: digits,
        form: || s::FormPhoneTail.into(),
    }, "1234";
    /// 电话 · the telephone of an office, as people dial it: public, and shown as it is.
    Telephone: 3..=32, Shape::Form {
        pattern: "^[+0-9][0-9 ()-]{1,30}[0-9]$",
        fits: |text| {
            let inside = |c: char| c.is_ascii_digit() || " ()-".contains(c);
            text.starts_with(|c: char| c == '+' || c.is_ascii_digit())
                && text.ends_with(|c: char| c.is_ascii_digit())
                && text.chars().skip(1).all(inside)
        },
        form: || s::FormTelephone.into(),
    }, "0379-0000 0001";
    /// 拼音首字母 · the beginning of the pinyin initials of a name.
    Initials: 2..=64, Shape::Form {
        pattern: "^[a-z0-9]{2,64}$",
        fits: |text| form(text, |c| c.is_ascii_lowercase() || c.is_ascii_digit(), ""),
        form: || s::FormInitials.into(),
    }, "lsy";
    /// 每 1 分多少分钱 · fen that are paid for one point, at most 4 decimals.
    RateText: 1..=11, Shape::Form {
        pattern: r"^[0-9]{1,6}(\.[0-9]{1,4})?$",
        fits: |text| RateFen::parse(text).is_ok(),
        form: || s::FormRate.into(),
    }, "10";
    /// 统一社会信用代码 · the code on a business licence, with its check sign (GB 32100-2015).
    CreditCode: 18..=18, Shape::Form {
        pattern: "^[0-9A-HJ-NPQRTUWXY]{18}$",
        fits: |text| crate::domain::shops::credit_code::is_credit_code(text),
        form: || s::FormCreditCode.into(),
    }, "92000000MA0E8AMP10";
    /// 数量 · how much of an item, at most 4 decimals.
    QuantityText: 1..=12, Shape::Form {
        pattern: r"^[0-9]{1,7}(\.[0-9]{1,4})?$",
        fits: |text| crate::domain::amount::parse(text, 4).is_ok_and(|n| n > 0) && text.len() <= 12,
        form: || s::FormQuantity.into(),
    }, "1";
    /// 消息接口的地址 · where messages are sent to.
    HookUrl: 8..=500, Shape::Form {
        pattern: "^https?://[!-~]{1,490}$",
        fits: |text| {
            let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
            rest.is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_graphic()))
        },
        form: || s::FormHookUrl.into(),
    }, "https://sms.example.com/messages";
    /// 邮箱 · a mail address.
    MailAddress: 3..=254, Shape::Form {
        pattern: r"^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)+$",
        fits: mail_address,
        form: || s::FormMailAddress.into(),
    }, "volunteer@example.com";
    /// 月份 · a month of the bank's calendar.
    Month: 7..=7, Shape::Form {
        pattern: "^(19|20|21)[0-9]{2}-(0[1-9]|1[0-2])$",
        fits: |text| crate::domain::time::Day::parse(&format!("{text}-01")).is_some(),
        form: || s::FormMonth.into(),
    }, "2026-10";
}

fn form(text: &str, first: fn(char) -> bool, also: &str) -> bool {
    text.starts_with(first) && text.chars().all(|c| first(c) || also.contains(c))
}

/// The common form of a mail address (RFC 5321 without quoted names and address literals).
fn mail_address(text: &str) -> bool {
    let Some((name, host)) = text.rsplit_once('@') else { return false };
    let in_name = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+/=?^_`{|}~-".contains(c);
    let in_host = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let is_label = |label: &str| {
        !label.is_empty() && label.chars().all(in_host) && !label.starts_with('-') && !label.ends_with('-')
    };
    name.split('.').all(|part| !part.is_empty() && part.chars().all(in_name))
        && host.contains('.')
        && host.split('.').all(is_label)
}

fn digits(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_digit())
}

fn lower_hex(text: &str) -> bool {
    text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::api::web::fields::{NameStart, PersonName};
    use serde_json::json;

    pub(in crate::api::web::fields) fn fault<T: serde::de::DeserializeOwned + fmt::Debug>(
        value: serde_json::Value,
    ) -> String {
        let message = serde_json::from_value::<T>(value).unwrap_err().to_string();
        crate::api::web::faults::FieldError::from_message(
            crate::api::web::faults::Place::Body,
            "name",
            &message,
        )
        .code()
    }

    #[test]
    fn free_texts_with_a_phone_or_an_identity_number_are_refused_with_a_hint() {
        for text in ["本人 138 0000 1234", "证件１１０１０１１９９００３０７００１１"] {
            assert_eq!(fault::<PersonName>(json!(text)), "field_personal_number");
            assert_eq!(fault::<Title>(json!(text)), "field_personal_number");
            assert_eq!(fault::<Note>(json!(text)), "field_personal_number");
            assert_eq!(fault::<Reason>(json!(text)), "field_personal_number");
            let kept = serde_json::from_value::<PaperNumber>(json!(text));
            assert!(kept.is_ok() && serde_json::from_value::<SearchText>(json!(text)).is_ok(), "{text}");
        }
    }

    #[test]
    fn fixed_forms_are_kept() {
        assert!(serde_json::from_value::<LoginName>(json!("staff.li")).is_ok());
        for text in ["Staff", ".li", "li li", "李三四"] {
            assert_eq!(fault::<LoginName>(json!(text)), "field_wrong_form", "{text}");
        }
        assert_eq!(fault::<Code>(json!("../etc")), "field_wrong_form");
        assert_eq!(serde_json::from_value::<Note>(json!("一\n\t二")).unwrap().as_str(), "一\n\t二");
        assert_eq!(fault::<Note>(json!("一\u{0}二")), "field_control_character");
    }

    #[test]
    fn no_text_has_a_character_that_nobody_sees() {
        for sign in [
            '\u{200b}',
            '\u{200f}',
            '\u{202a}',
            '\u{2066}',
            '\u{2069}',
            '\u{feff}',
            '\u{3164}',
            '\u{2800}',
            '\u{e0041}',
        ] {
            let text = json!(format!("一{sign}二"));
            let faults = [
                fault::<PersonName>(text.clone()),
                fault::<NameStart>(text.clone()),
                fault::<Title>(text.clone()),
                fault::<Note>(text.clone()),
                fault::<Reason>(text.clone()),
                fault::<SearchText>(text.clone()),
                fault::<SchemeText>(text.clone()),
                fault::<Code>(text.clone()),
            ];
            assert!(faults.iter().all(|code| code == "field_control_character"), "{sign:?}: {faults:?}");
        }
    }

    #[test]
    fn every_example_keeps_its_own_rule() {
        let rules = [
            Title::RULE,
            Note::RULE,
            SchemeText::RULE,
            Reason::RULE,
            LoginName::RULE,
            RefreshText::RULE,
            FirstToken::RULE,
            Slug::RULE,
            Code::RULE,
            KeyText::RULE,
            SearchText::RULE,
            CardText::RULE,
            SlipText::RULE,
            PinText::RULE,
            CheckInDigits::RULE,
            CodeText::RULE,
            PhoneTail::RULE,
            Initials::RULE,
            Telephone::RULE,
            RateText::RULE,
            CreditCode::RULE,
            QuantityText::RULE,
            Month::RULE,
            HookUrl::RULE,
            MailAddress::RULE,
            SignInDigits::RULE,
            FactorText::RULE,
        ];
        for rule in rules {
            assert_eq!(rule.check(rule.example), Ok(()), "{}", rule.example);
        }
    }
}
