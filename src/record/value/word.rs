//! Enumerations whose values are words.

use crate::record::yaml::quoted;

/// Declares an enumeration whose values are words in lower case.
///
/// The value it `omits` is what an absent key means, and is not printed.
macro_rules! words {
    (
        $(#[$meta:meta])*
        pub enum $name:ident $(omits $omitted:ident)? { $( $(#[$variant_meta:meta])* $variant:ident = $word:literal, )+ }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, schemars::JsonSchema, serde::Serialize)]
        pub enum $name {
            $( $(#[$variant_meta])* #[serde(rename = $word)] $variant, )+
        }

        impl $name {
            /// All values, in their order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The word in files and on the wire.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::record::value::UnknownWord;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let found = Self::ALL.iter().copied().find(|value| value.as_str() == text);
                found.ok_or_else(|| $crate::record::value::UnknownWord::new(text, &[$($word),+]))
            }
        }

        impl $crate::record::field::Field for $name {
            $(fn absent() -> Option<Self> {
                Some(Self::$omitted)
            }

            fn omitted() -> Option<$crate::record::yaml::Print> {
                Some($crate::record::yaml::Print::Text(Self::$omitted.as_str().to_owned()))
            })?

            fn read(
                node: &$crate::record::yaml::Node,
                report: &mut $crate::record::violation::Report,
            ) -> Option<Self> {
                let text = $crate::record::field::text_of(node, report)?;
                match text.parse() {
                    Ok(value) => Some(value),
                    Err(error) => {
                        report.error(node.line, format!("{error}"));
                        None
                    }
                }
            }

            fn print(&self) -> Option<$crate::record::yaml::Print> {
                $(if *self == Self::$omitted {
                    return None;
                })?
                Some($crate::record::yaml::Print::Text(self.as_str().to_owned()))
            }
        }
    };
}
pub(crate) use words;

/// A word that is not one of the allowed ones.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{found} is not one of {allowed}")]
pub struct UnknownWord {
    found: String,
    allowed: String,
}

impl UnknownWord {
    pub(crate) fn new(found: &str, allowed: &[&str]) -> Self {
        Self {
            found: quoted(found),
            allowed: allowed.join(", "),
        }
    }
}
