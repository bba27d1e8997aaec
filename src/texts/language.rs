//! The two languages in which the bank speaks to people.

use jianxian_values::schema::{PartialSchema, RefOr, Schema, ToSchema, one_of};
use serde::{Deserialize, Serialize};

/// Language of a sentence. Chinese unless English is requested.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Language {
    #[default]
    #[serde(rename = "zh-CN")]
    Chinese,
    #[serde(rename = "en")]
    English,
}

impl Language {
    /// Its tag (BCP 47).
    pub const fn code(self) -> &'static str {
        match self {
            Language::Chinese => "zh-CN",
            Language::English => "en",
        }
    }

    /// The language with this tag.
    pub fn parse(code: &str) -> Option<Self> {
        [Language::Chinese, Language::English].into_iter().find(|language| language.code() == code)
    }

    /// Chooses between the two forms of one sentence.
    pub fn pick<T>(self, chinese: T, english: T) -> T {
        match self {
            Language::Chinese => chinese,
            Language::English => english,
        }
    }
}

impl PartialSchema for Language {
    fn schema() -> RefOr<Schema> {
        one_of([Language::Chinese, Language::English].map(Language::code).into_iter())
    }
}
impl ToSchema for Language {}
