//! Names, phones and identity documents, parsed by the domain's functions and refused with its reasons.

use super::texts::{invisible, read};
use crate::api::web::faults::{FieldError, FieldFault, Place};
use crate::domain::people::id_document::{IdDocument, IdKind};
use crate::domain::people::person_name;
use crate::domain::people::person_name::NameFault;
use crate::domain::people::personal_number;
use crate::domain::people::phone::{Phone, PhoneFault};
use crate::domain::writing::{half_width, is_unseen};
use crate::texts::sentences as s;
use serde::de::Deserializer;
use std::fmt;
use utoipa::openapi::schema::{ObjectBuilder, Type};

/// Declares a text member that a function of the domain parses, with the domain's reasons for refusal.
macro_rules! domain_text {
    ($(#[doc = $doc:literal])+ $name:ident($inner:ty), $read:expr, $length:expr, $pattern:expr, $example:literal) => {
        $(#[doc = $doc])+
        #[derive(Clone, PartialEq, Eq)]
        pub struct $name(pub $inner);

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                read(deserializer, |text| {
                    if text.chars().count() > $length.1 {
                        return Err(FieldFault::TooLong { most: $length.1 });
                    }
                    $read(&text).map($name)
                })
            }
        }
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
                ObjectBuilder::new()
                    .schema_type(Type::String)
                    .min_length(Some($length.0))
                    .max_length(Some($length.1))
                    .pattern(Some($pattern))
                    .description(Some(concat!($($doc),+).trim()))
                    .examples([$example])
                    .into()
            }
        }
        impl utoipa::ToSchema for $name {}
    };
}

/// Letters of names, as a class that every dialect of regular expressions reads (not all know `\p{L}`): Latin, Greek,
/// Cyrillic, Arabic, Tibetan, Mongolian, kana, Chinese, Yi, Hangul.
const LETTERS: &str = r"A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02c1\u0391-\u03a1\u03a3-\u03f5\u0400-\u0481\u0620-\u064a\u0671-\u06d3\u0f40-\u0f47\u0f49-\u0f6c\u1820-\u1878\u3041-\u3096\u30a1-\u30fa\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua48c\uac00-\ud7a3\uf900-\ufa6d𠀀-𪛟";

domain_text! {
    /// 姓名 · the name of a person or household. Blanks between Chinese characters are dropped, `·` in all its spellings is one.
    PersonName(String), read_name, (1, person_name::MOST), format!(r"^[^{0}\ufffd]*[{LETTERS}][^{0}\ufffd]*$", invisible()), "示例甲"
}
domain_text! {
    /// 姓名开头 · the beginning of a name, as it is compared.
    NameStart(String), read_name_start, (1, person_name::MOST), format!(r"^[^{0}]*[^\s{0}][^{0}]*$", invisible()), "示例"
}
domain_text! {
    /// 电话 · a mobile number or fixed line of the mainland, or a number of Hong Kong (+852), Macao (+853) or Taiwan (+886). Kept encrypted, shown masked.
    PhoneText(Phone), read_phone, (8, 32), r"^([+＋]|00)?[0-9０-９ 　()（）-]{7,31}$", "13800001234"
}
domain_text! {
    /// 证件号码 · the number of a document, by whose form the kind is known unless `id_kind` says it. Kept encrypted, shown masked.
    IdNumberText(String), read_id_number, (5, 32), "^[A-Za-z0-9Ａ-Ｚａ-ｚ０-９ 　()（）-]{5,32}$", "110101199003070011"
}

impl PersonName {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<PersonName> for String {
    fn from(name: PersonName) -> String {
        name.0
    }
}

/// `Debug` never prints the text: it is personal data.
macro_rules! hidden {
    ($($name:ident),+) => {
        $(impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
            }
        })+
    };
}
hidden!(PersonName, NameStart, PhoneText, IdNumberText);

fn read_name(text: &str) -> Result<String, FieldFault> {
    let name = person_name::read(text).map_err(|fault| name_fault(text, fault))?;
    match personal_number::find(&name) {
        Some(what) => Err(FieldFault::PersonalNumber { what: what.to_string() }),
        None => Ok(name),
    }
}

/// The comparison key for the start of a name.
fn read_name_start(text: &str) -> Result<String, FieldFault> {
    match person_name::read(text) {
        Ok(name) => Ok(person_name::key(&name)),
        Err(NameFault::NoLetter | NameFault::Garbled) => Ok(person_name::key(text)),
        Err(fault) => Err(name_fault(text, fault)),
    }
}

fn name_fault(text: &str, fault: NameFault) -> FieldFault {
    match fault {
        NameFault::Empty if text.is_empty() => FieldFault::TooShort { least: 1 },
        NameFault::Empty => FieldFault::Blank,
        NameFault::TooLong => FieldFault::TooLong { most: person_name::MOST },
        NameFault::Unseen { position, code } => FieldFault::unseen(position, code),
        NameFault::Garbled | NameFault::NoLetter => {
            FieldFault::wrong_form(s::FormOfName { fault: fault.text() })
        }
    }
}

/// A number whose form is judged together with its kind ([`id_document`]).
fn read_id_number(text: &str) -> Result<String, FieldFault> {
    let signs = |c: char| matches!(half_width(c), ' ' | '-' | '(' | ')') || is_unseen(c);
    match text.chars().all(|c| half_width(c).is_ascii_alphanumeric() || signs(c)) {
        true if text.chars().count() < 5 => Err(FieldFault::TooShort { least: 5 }),
        true => Ok(text.to_owned()),
        false => Err(FieldFault::wrong_form(s::FormIdNumber)),
    }
}

fn read_phone(text: &str) -> Result<Phone, FieldFault> {
    let refused = |fault: PhoneFault| s::FormOfNumber { fault: fault.text() };
    Phone::parse(text).map_err(|fault| FieldFault::wrong_form(refused(fault)))
}

/// 证件种类 · the kind of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum IdKindWord {
    /// 居民身份证
    IdentityCard,
    /// 港澳台居民居住证
    ResidencePermit,
    /// 外国人永久居留身份证
    ForeignPermanentResidence,
    /// 港澳居民来往内地通行证（回乡证）
    HkMacaoPermit,
    /// 台湾居民来往大陆通行证（台胞证）
    TaiwanPermit,
    /// 护照
    Passport,
}

impl From<IdKindWord> for IdKind {
    fn from(word: IdKindWord) -> IdKind {
        match word {
            IdKindWord::IdentityCard => IdKind::IdentityCard,
            IdKindWord::ResidencePermit => IdKind::ResidencePermit,
            IdKindWord::ForeignPermanentResidence => IdKind::ForeignPermanentResidence,
            IdKindWord::HkMacaoPermit => IdKind::HongKongMacaoPermit,
            IdKindWord::TaiwanPermit => IdKind::TaiwanPermit,
            IdKindWord::Passport => IdKind::Passport,
        }
    }
}

/// The document in the members `id_kind` and `id_number` of a body, checked by the rules of its kind.
pub fn id_document(
    kind: Option<IdKindWord>,
    number: Option<&IdNumberText>,
) -> Result<Option<IdDocument>, FieldError> {
    let refused = |fault| FieldError::new(Place::Body, "id_number", fault);
    let Some(number) = number else {
        return if kind.is_some() { Err(refused(FieldFault::Missing)) } else { Ok(None) };
    };
    let read = IdDocument::read(kind.map(IdKind::from), &number.0);
    read.map(Some).map_err(|fault| refused(FieldFault::wrong_form(s::FormOfNumber { fault: fault.text() })))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::web::fields::Title;
    use crate::api::web::fields::texts::tests::fault;
    use serde_json::json;

    #[test]
    fn a_name_is_one_clean_line() {
        let name: PersonName = serde_json::from_value(json!("阿依古丽·买买提")).unwrap();
        assert_eq!(name.as_str(), "阿依古丽·买买提");
        assert_eq!(format!("{name:?}"), "PersonName(…)");
        let folded: PersonName = serde_json::from_value(json!(" 张　三 ")).unwrap();
        assert_eq!(folded.as_str(), "张三");
        assert_eq!(fault::<PersonName>(json!("")), "field_too_short");
        assert_eq!(fault::<PersonName>(json!("王".repeat(65))), "field_too_long");
        for text in ["a\u{0}b", "a\nb", "a\u{202e}b", "\u{feff}a", "a\u{7f}", "a\u{85}b"] {
            assert_eq!(fault::<PersonName>(json!(text)), "field_control_character", "{text:?}");
        }
        for text in [" ", "\u{3000} "] {
            assert_eq!(fault::<PersonName>(json!(text)), "field_blank", "{text:?}");
        }
        for text in [" 王", "王 ", "\u{3000}王"] {
            assert_eq!(fault::<Title>(json!(text)), "field_blank", "{text:?}");
        }
        assert_eq!(fault::<PersonName>(json!("138")), "field_wrong_form");
        let start: NameStart = serde_json::from_value(json!("１号楼　示例 ")).unwrap();
        assert_eq!(start.0, person_name::key("1号楼示例"));
        assert_eq!(fault::<PersonName>(json!(12)), "field_wrong_type");
        assert_eq!(fault::<PersonName>(json!(null)), "field_wrong_type");
        assert_eq!(fault::<PersonName>(json!(["王"])), "field_wrong_type");
    }

    #[test]
    fn phones_and_identity_numbers_are_refused_in_the_words_of_the_domain() {
        assert!(serde_json::from_value::<PhoneText>(json!("+86 138 0000 1234")).is_ok());
        assert_eq!(fault::<PhoneText>(json!("0379-1234567")), "field_wrong_form");
        let message = serde_json::from_value::<PhoneText>(json!("0379-1234567")).unwrap_err().to_string();
        assert!(message.contains("固定电话") && !message.contains("1234567"), "{message}");
        assert_eq!(fault::<IdNumberText>(json!("1".repeat(1000))), "field_too_long");
        assert_eq!(fault::<IdNumberText>(json!("张三张三张三")), "field_wrong_form");
        let number: IdNumberText = serde_json::from_value(json!("110101199003070012")).unwrap();
        let refused = id_document(None, Some(&number)).unwrap_err();
        assert_eq!((refused.code().as_str(), refused.path.as_str()), ("field_wrong_form", "id_number"));
        assert!(id_document(Some(IdKindWord::Passport), None).is_err());
        for kind in IdKind::ALL {
            let word: IdKindWord = serde_json::from_value(json!(kind.as_str())).unwrap();
            assert_eq!(IdKind::from(word), kind);
        }
    }

    /// The import of sheets and the interface parse names, phones and documents by the same functions.
    #[test]
    fn a_sheet_takes_exactly_what_the_interface_takes() {
        use crate::services::people::import::cell;
        let texts = [
            "张三",
            "张　三",
            "Anna  Example",
            "阿依古丽‧示例",
            "138",
            "张\u{200b}三",
            "张\u{fffd}",
            "=1+1",
            "名名名",
            "13800001234",
            "１３８００００１２３４",
            "+86 138-0000-1234",
            "0379-64900001",
            "64900001",
            "+852 51230001",
            "+1 212 555 0001",
            "110101199003070011",
            "110101199003070012",
            "110101900307001",
            "810000199408230021",
            "H12345678",
            "12345678",
            "E12345678",
            "1234567801(B)",
            "CAN110081080301",
            "A1 B2 C3",
            "\u{202d}13800001234\u{202c}",
            "\u{200b}110101199003070011",
        ];
        for text in texts {
            let name = serde_json::from_value::<PersonName>(json!(text)).ok().map(|name| name.0);
            assert_eq!(name, cell::name(text).ok(), "{text:?} as a name");
            let phone = serde_json::from_value::<PhoneText>(json!(text)).ok().map(|phone| phone.0);
            assert_eq!(phone, cell::phone(text).ok(), "{text:?} as a phone");
            for kind in std::iter::once(None).chain(IdKind::ALL.map(Some)) {
                let number = serde_json::from_value::<IdNumberText>(json!(text)).ok();
                let word =
                    kind.map(|kind| serde_json::from_value::<IdKindWord>(json!(kind.as_str())).unwrap());
                let document = number.and_then(|number| id_document(word, Some(&number)).ok().flatten());
                assert_eq!(document, cell::id_number(kind, text).ok(), "{text:?} as {kind:?}");
            }
        }
    }
}
