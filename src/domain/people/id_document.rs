//! Identity documents: a kind and a number, each kind with its own check.

use super::id_number::{IdNumber, IdNumberFault};
use crate::domain::time::Day;
use crate::domain::writing::{half_width, is_unseen};
use crate::texts::{Each, Text, sentences as s};

/// The kind of an identity document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum IdKind {
    /// 居民身份证
    IdentityCard,
    /// 港澳台居民居住证
    ResidencePermit,
    /// 外国人永久居留身份证, in its present form (18 characters) and the former one (15)
    ForeignPermanentResidence,
    /// 港澳居民来往内地通行证
    HongKongMacaoPermit,
    /// 台湾居民来往大陆通行证
    TaiwanPermit,
    /// 护照
    Passport,
}

impl IdKind {
    pub const ALL: [IdKind; 6] = [
        IdKind::IdentityCard,
        IdKind::ResidencePermit,
        IdKind::ForeignPermanentResidence,
        IdKind::HongKongMacaoPermit,
        IdKind::TaiwanPermit,
        IdKind::Passport,
    ];

    /// The code in the interface and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            IdKind::IdentityCard => "identity_card",
            IdKind::ResidencePermit => "residence_permit",
            IdKind::ForeignPermanentResidence => "foreign_permanent_residence",
            IdKind::HongKongMacaoPermit => "hk_macao_permit",
            IdKind::TaiwanPermit => "taiwan_permit",
            IdKind::Passport => "passport",
        }
    }

    pub fn chinese(self) -> &'static str {
        match self {
            IdKind::IdentityCard => "居民身份证",
            IdKind::ResidencePermit => "港澳台居民居住证",
            IdKind::ForeignPermanentResidence => "外国人永久居留身份证",
            IdKind::HongKongMacaoPermit => "港澳居民来往内地通行证",
            IdKind::TaiwanPermit => "台湾居民来往大陆通行证",
            IdKind::Passport => "护照",
        }
    }

    /// Parses the code, or one of the names in which sheets write it.
    pub fn of_words(text: &str) -> Option<IdKind> {
        let plain: String = text.chars().map(half_width).filter(|c| *c != ' ').collect();
        let plain = plain.to_lowercase();
        let named = |kind: &IdKind| plain == kind.as_str() || plain == kind.chinese();
        let found = Self::ALL.into_iter().find(named);
        found.or(match plain.as_str() {
            "身份证" | "中国居民身份证" | "二代身份证" | "身份证号" | "idcard" => {
                Some(IdKind::IdentityCard)
            }
            "居住证" | "港澳台居住证" | "港澳居民居住证" | "台湾居民居住证" => {
                Some(IdKind::ResidencePermit)
            }
            "外国人永久居留证"
            | "永久居留证"
            | "永居证"
            | "外国人永居证"
            | "外国人永居身份证"
            | "外国人居留证" => Some(IdKind::ForeignPermanentResidence),
            "港澳通行证" | "港澳居民通行证" | "回乡证" | "港澳居民来往内地(大陆)通行证" => {
                Some(IdKind::HongKongMacaoPermit)
            }
            "台湾通行证" | "台湾居民通行证" | "台胞证" => Some(IdKind::TaiwanPermit),
            "普通护照" | "中国护照" | "外国护照" => Some(IdKind::Passport),
            _ => None,
        })
    }
}

/// A document whose number passes the form and the check of its kind. That does not show whether the person exists.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct IdDocument {
    kind: IdKind,
    number: String,
}

/// What is wrong with a document. It never repeats the number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdFault {
    Number(IdNumberFault),
    OldCard,
    NotPlain { position: usize },
    OfKind(IdKind),
    KindUnclear,
    Form(IdKind),
}

impl From<IdNumberFault> for IdFault {
    fn from(fault: IdNumberFault) -> Self {
        IdFault::Number(fault)
    }
}

/// The expected form of a kind's number, in words.
fn form(kind: IdKind) -> Text {
    match kind {
        IdKind::IdentityCard => s::IdFormIdentityCard.into(),
        IdKind::ResidencePermit => s::IdFormResidencePermit.into(),
        IdKind::ForeignPermanentResidence => s::IdFormForeignPermanentResidence.into(),
        IdKind::HongKongMacaoPermit => s::IdFormHongKongMacaoPermit.into(),
        IdKind::TaiwanPermit => s::IdFormTaiwanPermit.into(),
        IdKind::Passport => s::IdFormPassport.into(),
    }
}

impl IdFault {
    /// What is wrong, as a part of a sentence.
    pub fn text(self) -> Text {
        match self {
            Self::Number(fault) => fault.text(),
            Self::OldCard => s::IdOldCard.into(),
            Self::NotPlain { position } => s::IdNotPlain { position }.into(),
            Self::OfKind(kind) => s::IdOfKind { kind: Each::of(kind.chinese(), kind.as_str()) }.into(),
            Self::KindUnclear => s::IdKindUnclear.into(),
            Self::Form(kind) => form(kind),
        }
    }
}

impl IdDocument {
    /// Parses a number as people write it: full-width as ASCII, lower case as upper case; blanks, hyphens, brackets
    /// and invisible characters are dropped. Without a kind, the kind follows from the form.
    pub fn read(kind: Option<IdKind>, text: &str) -> Result<Self, IdFault> {
        let mut number = String::with_capacity(18);
        for (position, c) in (1_usize..).zip(text.chars()) {
            match half_width(c) {
                ' ' | '-' | '(' | ')' => {}
                c if c.is_ascii_alphanumeric() => number.push(c.to_ascii_uppercase()),
                _ if is_unseen(c) => {}
                _ => return Err(IdFault::NotPlain { position }),
            }
        }
        let by_form = kind_of(&number);
        let kind = match (kind, by_form) {
            (None, Some(by_form)) => by_form,
            (None, None) => return Err(unclear(&number)),
            (Some(kind), Some(by_form)) if kind != by_form && number.len() == 18 => {
                return Err(IdFault::OfKind(by_form));
            }
            (Some(kind), _) => kind,
        };
        check(kind, &number).map(|()| IdDocument { kind, number })
    }

    /// Parses what [`IdDocument::stored`] wrote.
    pub fn of_stored(text: &str) -> Option<Self> {
        match text.split_once(':') {
            Some((kind, number)) => {
                let kind = IdKind::ALL.into_iter().find(|known| known.as_str() == kind)?;
                Some(IdDocument { kind, number: number.to_owned() })
            }
            None => Some(IdDocument { kind: kind_of(text)?, number: text.to_owned() }),
        }
    }

    pub fn kind(&self) -> IdKind {
        self.kind
    }

    /// The whole number: personal data, never shown without a reason.
    pub fn number(&self) -> &str {
        &self.number
    }

    /// The text that is sealed. Documents with 18 characters show their kind themselves and are stored unchanged; the
    /// others have the kind as a prefix.
    pub fn stored(&self) -> String {
        match self.number.len() {
            18 => self.number.clone(),
            _ => format!("{}:{}", self.kind.as_str(), self.number),
        }
    }

    /// The text whose keyed hash identifies the person. Travel permits append a count of renewals to the number that
    /// stays for life: the count is left out.
    pub fn search_text(&self) -> String {
        let lasting = match self.kind {
            IdKind::HongKongMacaoPermit => 9,
            IdKind::TaiwanPermit => 8,
            _ => return self.stored(),
        };
        format!("{}:{}", self.kind.as_str(), self.number.get(..lasting).unwrap_or(&self.number))
    }

    /// The day of birth, if the number has it with its century.
    pub fn birth_date(&self) -> Option<Day> {
        IdNumber::parse(&self.number).ok().map(|number| number.birth_date())
    }
}

/// The kind whose form a number has; `None` if several or no kinds have it.
fn kind_of(number: &str) -> Option<IdKind> {
    let letters = number.bytes().take_while(u8::is_ascii_uppercase).count();
    let digits = number.len().saturating_sub(letters);
    let only_digits = number.bytes().skip(letters).all(|b| b.is_ascii_digit());
    match (number.len(), letters) {
        (18, 0) if number.starts_with("999999") => Some(IdKind::IdentityCard),
        (18, 0) => Some(match number.get(..2) {
            Some("81" | "82" | "83") => IdKind::ResidencePermit,
            Some(two) if two.starts_with('9') => IdKind::ForeignPermanentResidence,
            _ => IdKind::IdentityCard,
        }),
        (15, 3) if only_digits => Some(IdKind::ForeignPermanentResidence),
        (9 | 11, 1) if only_digits && number.starts_with(['H', 'M']) => Some(IdKind::HongKongMacaoPermit),
        (11, 0)
            if number.bytes().take(10).all(|b| b.is_ascii_digit())
                && number.ends_with(|c: char| c.is_ascii_uppercase()) =>
        {
            Some(IdKind::TaiwanPermit)
        }
        (9, 1) if only_digits && number.starts_with(['D', 'E', 'G', 'P', 'S']) => Some(IdKind::Passport),
        (9, 2) if only_digits && digits == 7 && number.starts_with(['D', 'E', 'P', 'S']) => {
            Some(IdKind::Passport)
        }
        _ => None,
    }
}

/// Why the kind is unclear: an identity card with a digit too many or too few, or a number of an unknown document.
fn unclear(number: &str) -> IdFault {
    let digits = number.bytes().filter(u8::is_ascii_digit).count();
    match number.len() {
        15 if digits == 15 => IdFault::OldCard,
        18 => IdNumberFault::NotADigit { position: first_letter(number) }.into(),
        length @ (12..) | length @ 0 if digits.saturating_add(1) >= length => {
            IdNumberFault::Length { length }.into()
        }
        _ => IdFault::KindUnclear,
    }
}

fn first_letter(number: &str) -> usize {
    number.bytes().take_while(u8::is_ascii_digit).count().saturating_add(1)
}

fn check(kind: IdKind, number: &str) -> Result<(), IdFault> {
    let letters = number.bytes().take_while(u8::is_ascii_uppercase).count();
    let digits = |from: usize, count: usize| {
        let part = number.get(from..from.saturating_add(count));
        part.is_some_and(|part| part.bytes().all(|b| b.is_ascii_digit()))
    };
    let length = number.len();
    let right = match kind {
        IdKind::IdentityCard if length == 15 && digits(0, 15) => return Err(IdFault::OldCard),
        IdKind::IdentityCard => return Ok(IdNumber::parse(number).map(|_| ())?),
        IdKind::ResidencePermit => {
            if length == 18 && ["810000", "820000", "830000"].iter().any(|area| number.starts_with(area)) {
                return Ok(IdNumber::parse(number).map(|_| ())?);
            }
            false
        }
        IdKind::ForeignPermanentResidence if length == 18 && number.starts_with('9') => {
            return Ok(IdNumber::parse(number).map(|_| ())?);
        }
        IdKind::ForeignPermanentResidence => {
            // Country, place of the application, year (two digits), month and day of birth, and two more.
            let born = number.get(9..11).zip(number.get(11..13));
            let born = born.is_some_and(|(month, day)| Day::parse(&format!("2000-{month}-{day}")).is_some());
            length == 15 && letters == 3 && digits(3, 12) && born
        }
        IdKind::HongKongMacaoPermit => {
            number.starts_with(['H', 'M']) && matches!(length, 9 | 11) && digits(1, length.saturating_sub(1))
        }
        IdKind::TaiwanPermit => match length {
            8 | 10 => digits(0, length),
            11 => digits(0, 10) && number.ends_with(|c: char| c.is_ascii_uppercase()),
            _ => false,
        },
        IdKind::Passport => (5..=15).contains(&length) && number.bytes().any(|b| b.is_ascii_digit()),
    };
    if right { Ok(()) } else { Err(IdFault::Form(kind)) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::texts::Language;
    use IdKind::*;

    /// Numbers of all forms, made up, with the check characters of GB 11643 where the kind has one.
    const GOOD: &[(IdKind, &str, &str)] = &[
        (IdentityCard, "11010519491231002x", "11010519491231002X"),
        (IdentityCard, "999999 19550312 0014", "999999195503120014"),
        (IdentityCard, "１１０１０１２０２３１１０１２１７６", "110101202311012176"),
        (ResidencePermit, "810000199408230021", "810000199408230021"),
        (ResidencePermit, "830000199201300022", "830000199201300022"),
        (ForeignPermanentResidence, "911124198108030024", "911124198108030024"),
        (ForeignPermanentResidence, "can110081080301", "CAN110081080301"),
        (HongKongMacaoPermit, "H12345678", "H12345678"),
        (HongKongMacaoPermit, "m1234567801", "M1234567801"),
        (TaiwanPermit, "1234567801(B)", "1234567801B"),
        (Passport, "E12345678", "E12345678"),
        (Passport, "EA1234567", "EA1234567"),
    ];

    #[test]
    fn each_kind_is_known_by_its_form_and_kept_in_one_form() {
        for (kind, written, kept) in GOOD {
            for given in [None, Some(*kind)] {
                let read =
                    IdDocument::read(given, written).unwrap_or_else(|fault| panic!("{written}: {fault:?}"));
                assert_eq!((read.kind(), read.number()), (*kind, *kept), "{written}");
                assert_eq!(IdDocument::of_stored(&read.stored()), Some(read));
            }
        }
        for (kind, number) in [
            (TaiwanPermit, "12345678"),
            (TaiwanPermit, "1234567801"),
            (Passport, "12345678"),
            (Passport, "AB12345"),
        ] {
            assert_eq!(IdDocument::read(None, number), Err(IdFault::KindUnclear), "{number}");
            assert_eq!(IdDocument::read(Some(kind), number).unwrap().kind(), kind);
        }
    }

    #[test]
    fn each_kind_has_its_own_check() {
        for (kind, number, fault) in [
            (None, "110105491231002", IdFault::OldCard),
            (Some(IdentityCard), "110105491231002", IdFault::OldCard),
            (None, "110105194912310021", IdFault::Number(IdNumberFault::CheckCharacter)),
            (None, "1101051949123100", IdFault::Number(IdNumberFault::Length { length: 16 })),
            (None, "11010519491231002Y", IdFault::Number(IdNumberFault::NotADigit { position: 18 })),
            (None, "", IdFault::Number(IdNumberFault::Length { length: 0 })),
            (None, "810000199408230022", IdFault::Number(IdNumberFault::CheckCharacter)),
            (None, "810001199408230021", IdFault::Form(ResidencePermit)),
            (Some(IdentityCard), "810000199408230021", IdFault::OfKind(ResidencePermit)),
            (Some(ResidencePermit), "110101202311012176", IdFault::OfKind(IdentityCard)),
            (None, "911124198108030025", IdFault::Number(IdNumberFault::CheckCharacter)),
            (None, "CAN110081133301", IdFault::Form(ForeignPermanentResidence)),
            (Some(HongKongMacaoPermit), "H1234567", IdFault::Form(HongKongMacaoPermit)),
            (Some(HongKongMacaoPermit), "A12345678", IdFault::Form(HongKongMacaoPermit)),
            (Some(TaiwanPermit), "1234567", IdFault::Form(TaiwanPermit)),
            (Some(Passport), "E123", IdFault::Form(Passport)),
            (Some(Passport), "ABCDEFG", IdFault::Form(Passport)),
            (Some(Passport), "E1234_678", IdFault::NotPlain { position: 6 }),
            (None, "张三", IdFault::NotPlain { position: 1 }),
        ] {
            assert_eq!(IdDocument::read(kind, number), Err(fault), "{number}");
            let both = [Language::Chinese, Language::English].map(|one| fault.text().say(one));
            assert!(number.is_empty() || both.iter().all(|sentence| !sentence.contains(number)), "{both:?}");
        }
    }

    #[test]
    fn two_kinds_never_meet_and_an_identity_card_is_stored_as_it_always_was() {
        let read = |kind, number: &str| IdDocument::read(Some(kind), number).unwrap();
        assert_eq!(read(IdentityCard, "999999195503120014").stored(), "999999195503120014");
        assert_eq!(read(IdentityCard, "999999195503120014").search_text(), "999999195503120014");
        assert_ne!(
            read(Passport, "H12345678").search_text(),
            read(HongKongMacaoPermit, "H12345678").search_text()
        );
        assert_ne!(read(Passport, "12345678").search_text(), read(TaiwanPermit, "12345678").search_text());
        let renewed = read(HongKongMacaoPermit, "H1234567802").search_text();
        assert_eq!(renewed, read(HongKongMacaoPermit, "H12345678").search_text());
        assert_eq!(
            read(TaiwanPermit, "1234567801B").search_text(),
            read(TaiwanPermit, "12345678").search_text()
        );
    }

    #[test]
    fn kinds_are_known_by_the_names_that_sheets_write() {
        for (text, kind) in [
            ("居民身份证", IdentityCard),
            (" 身份证 ", IdentityCard),
            ("港澳台居民居住证", ResidencePermit),
            ("外国人永久居留证", ForeignPermanentResidence),
            ("回乡证", HongKongMacaoPermit),
            ("台胞证", TaiwanPermit),
            ("Passport", Passport),
            ("护照", Passport),
        ] {
            assert_eq!(IdKind::of_words(text), Some(kind), "{text}");
        }
        assert_eq!(IdKind::of_words("驾驶证"), None);
    }

    #[test]
    fn the_birth_date_is_known_where_the_number_has_it() {
        let born =
            |number: &str| IdDocument::read(None, number).unwrap().birth_date().map(|day| day.to_string());
        assert_eq!(born("911124198108030024").as_deref(), Some("1981-08-03"));
        assert_eq!(born("810000199408230021").as_deref(), Some("1994-08-23"));
        assert_eq!(born("CAN110081080301"), None);
        assert_eq!(born("E12345678"), None);
    }

    #[test]
    fn a_log_line_does_not_show_the_number() {
        let shown = format!("{:?}", IdDocument::read(None, "E12345678").unwrap());
        assert_eq!(shown, "IdDocument(passport, E****678)");
    }
}
