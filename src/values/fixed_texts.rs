//! Enums whose values are fixed texts: in the database, in JSON and in the document of the interface.

/// Declares an enum with one fixed text for each value, in the database and in JSON.
#[macro_export]
macro_rules! text_enum {
    ($(#[$meta:meta])* $name:ident { $($(#[$vmeta:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        pub enum $name { $($(#[$vmeta])* #[serde(rename = $text)] $variant),+ }
        impl $name {
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }
            pub fn parse(text: &str) -> Option<Self> {
                match text { $($text => Some(Self::$variant),)+ _ => None }
            }
        }
        impl $crate::fixed_texts::TextEnum for $name {
            fn text(self) -> &'static str {
                self.as_str()
            }
            fn of_text(text: &str) -> Option<Self> {
                Self::parse(text)
            }
        }
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
        impl $crate::schema::PartialSchema for $name {
            fn schema() -> $crate::schema::RefOr<$crate::schema::Schema> {
                $crate::schema::one_of(Self::ALL.iter().map(|value| value.as_str()))
            }
        }
        impl $crate::schema::ToSchema for $name {}
    };
}

/// An enum with fixed texts.
pub trait TextEnum: Copy {
    fn text(self) -> &'static str;
    fn of_text(text: &str) -> Option<Self>;
}

/// How a value is stored in a column: as it is, or an enum as its text.
pub trait Cell<V>: Sized {
    fn of(value: &V) -> Self;
    /// # Errors The text, if it is none of the enum's.
    fn read(self) -> Result<V, String>;
}

impl<V: Clone> Cell<V> for V {
    fn of(value: &V) -> Self {
        value.clone()
    }

    fn read(self) -> Result<V, String> {
        Ok(self)
    }
}

impl<E: TextEnum> Cell<E> for String {
    fn of(value: &E) -> Self {
        value.text().to_owned()
    }

    fn read(self) -> Result<E, String> {
        E::of_text(&self).ok_or(self)
    }
}
