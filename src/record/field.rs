//! How a type is read from frontmatter and printed back: one trait, and a macro that gives it to
//! a struct whose fields are the keys of a mapping, in canonical order.

use super::violation::Report;
use super::yaml::{Content, Entry, Node, Print, is_null, quoted};

/// A value of one key.
pub(crate) trait Field: Sized {
    /// The value where the key is absent; `None` where the key is required.
    fn absent() -> Option<Self> {
        None
    }

    /// The value that is left out in print, in so many words; `None` where there is no such value.
    fn omitted() -> Option<Print> {
        None
    }

    /// Reads the value, or reports what is wrong with it and returns `None`.
    fn read(node: &Node, report: &mut Report) -> Option<Self>;

    /// What to print; `None` leaves the key out.
    fn print(&self) -> Option<Print>;
}

impl<T: Field> Field for Option<T> {
    fn absent() -> Option<Self> {
        Some(None)
    }

    fn read(node: &Node, report: &mut Report) -> Option<Self> {
        T::read(node, report).map(Some)
    }

    fn print(&self) -> Option<Print> {
        self.as_ref().and_then(Field::print)
    }
}

impl Field for bool {
    fn read(node: &Node, report: &mut Report) -> Option<Self> {
        match plain_text(node) {
            Some("true" | "True" | "TRUE") => Some(true),
            Some("false" | "False" | "FALSE") => Some(false),
            _ => refuse(node, report, "true or false"),
        }
    }

    fn print(&self) -> Option<Print> {
        Some(Print::Bool(*self))
    }
}

/// Keys no type describes, kept as they were read.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize)]
pub struct Unknown(pub serde_json::Map<String, serde_json::Value>);

/// A mapping whose keys are described by a type; see [`mapping!`].
pub(crate) trait Mapping: Sized {
    fn read_keys(keys: &mut Keys<'_>, report: &mut Report) -> Option<Self>;

    /// The keys that have to be there.
    fn required() -> Vec<&'static str>;

    /// Its keys in canonical order, each with the value that print leaves out.
    fn keys() -> Vec<(&'static str, Option<Print>)>;

    /// All keys that have something to print, in canonical order, unknown ones last.
    fn print_keys(&self) -> Vec<(String, Print)>;
}

/// The entries of a mapping that have not been read yet.
pub(crate) struct Keys<'node> {
    line: u32,
    entries: Vec<Option<&'node Entry>>,
}

impl<'node> Keys<'node> {
    pub(crate) fn of(node: &'node Node, report: &mut Report) -> Option<Self> {
        match &node.content {
            Content::Map(entries) => Some(Self {
                line: node.line,
                entries: entries.iter().map(Some).collect(),
            }),
            _ => refuse(node, report, "a mapping"),
        }
    }

    /// Takes the entry of `key` out.
    pub(crate) fn take(&mut self, key: &str) -> Option<&'node Entry> {
        self.entries
            .iter_mut()
            .find(|e| e.is_some_and(|e| e.key == key))?
            .take()
    }

    /// Reads the value of `key`; a missing required key is an error.
    pub(crate) fn read<T: Field>(&mut self, key: &str, report: &mut Report) -> Option<T> {
        match self.take(key) {
            Some(entry) => report.within(key, |report| T::read(&entry.value, report)),
            None => T::absent().or_else(|| {
                report.within(key, |report| report.error(self.line, "is required"));
                None
            }),
        }
    }

    /// What is left: keys this version does not know. Each is a warning and is kept.
    pub(crate) fn rest(&mut self, report: &mut Report) -> Option<Unknown> {
        let mut unknown = serde_json::Map::new();
        for entry in self.entries.iter().copied().flatten() {
            let value = report.within(&entry.key, |report| {
                report.warn(entry.line, "is not a field this version knows; it is kept");
                entry.value.to_value(report)
            })?;
            unknown.insert(entry.key.clone(), value);
        }
        Some(Unknown(unknown))
    }
}

/// Gives [`Mapping`] and [`Field`] to a struct: its fields are the keys, in canonical order.
///
/// All fields are read before any error ends the reading, so that one look shows everything that
/// is wrong. `flow` structs print on one line where they fit.
macro_rules! mapping {
    (
        $(#[doc = $doc:literal])*
        $style:ident struct $name:ident {
            $( $(#[$field_meta:meta])* $field:ident: $type:ty, )*
        }
    ) => {
        $(#[doc = $doc])*
        #[derive(Clone, Debug, PartialEq, serde::Serialize, schemars::JsonSchema)]
        #[schemars(transform = $crate::record::field::require::<$name>)]
        pub struct $name {
            $( $(#[$field_meta])* pub $field: $type, )*
            /// Keys this version does not know, kept.
            #[serde(flatten)]
            #[schemars(skip)]
            pub unknown: $crate::record::field::Unknown,
        }

        impl $crate::record::field::Mapping for $name {
            fn read_keys(
                keys: &mut $crate::record::field::Keys<'_>,
                report: &mut $crate::record::violation::Report,
            ) -> Option<Self> {
                $( let $field = keys.read($crate::record::field::key(stringify!($field)), report); )*
                let unknown = keys.rest(report);
                Some(Self { $( $field: $field?, )* unknown: unknown? })
            }

            fn required() -> Vec<&'static str> {
                let mut keys = Vec::new();
                $( $crate::record::field::push_required::<$type>($crate::record::field::key(stringify!($field)), &mut keys); )*
                keys
            }

            fn keys() -> Vec<(&'static str, Option<$crate::record::yaml::Print>)> {
                vec![$( (
                    $crate::record::field::key(stringify!($field)),
                    <$type as $crate::record::field::Field>::omitted(),
                ) ),*]
            }

            fn print_keys(&self) -> Vec<(String, $crate::record::yaml::Print)> {
                let mut out = Vec::new();
                $( $crate::record::field::print_into($crate::record::field::key(stringify!($field)), &self.$field, &mut out); )*
                out.extend(self.unknown.0.iter().map(|(k, v)| (k.clone(), v.into())));
                out
            }
        }

        impl $crate::record::field::Field for $name {
            fn read(
                node: &$crate::record::yaml::Node,
                report: &mut $crate::record::violation::Report,
            ) -> Option<Self> {
                let mut keys = $crate::record::field::Keys::of(node, report)?;
                <Self as $crate::record::field::Mapping>::read_keys(&mut keys, report)
            }

            fn print(&self) -> Option<$crate::record::yaml::Print> {
                let entries = <Self as $crate::record::field::Mapping>::print_keys(self);
                Some($crate::record::field::mapping!(@$style entries))
            }
        }
    };
    (@flow $entries:ident) => { $crate::record::yaml::Print::FlowMap($entries) };
    (@block $entries:ident) => { $crate::record::yaml::Print::BlockMap($entries) };
}
pub(crate) use mapping;

/// The key of a struct field: a field named after a Rust keyword carries `r#` in front.
pub(crate) const fn key(field: &'static str) -> &'static str {
    match field.as_bytes() {
        [b'r', b'#', ..] => field.split_at(2).1,
        _ => field,
    }
}

pub(crate) fn push_required<T: Field>(key: &'static str, keys: &mut Vec<&'static str>) {
    if T::absent().is_none() {
        keys.push(key);
    }
}

/// Makes a schema require what reading requires; its derive knows of options only.
pub(crate) fn require<T: Mapping>(schema: &mut schemars::Schema) {
    schema.insert("required".into(), T::required().into());
}

pub(crate) fn print_into<T: Field>(key: &str, value: &T, out: &mut Vec<(String, Print)>) {
    if let Some(print) = value.print() {
        out.push((key.to_owned(), print));
    }
}

/// The text of a scalar, quoted or not; for plain ones the source text, so that `1.10` stays `1.10`.
pub(crate) fn text_of<'node>(node: &'node Node, report: &mut Report) -> Option<&'node str> {
    match &node.content {
        Content::Scalar { text, plain } if !(*plain && is_null(text)) => Some(text),
        _ => refuse(node, report, "text"),
    }
}

/// The text of a scalar that stands without quotes.
pub(crate) fn plain_text(node: &Node) -> Option<&str> {
    match &node.content {
        Content::Scalar { text, plain: true } => Some(text),
        _ => None,
    }
}

/// Reports that something else was expected.
pub(crate) fn refuse<T>(node: &Node, report: &mut Report, expected: &str) -> Option<T> {
    let found = match &node.content {
        Content::Scalar { text, plain: false } => format!("the text {}", quoted(text)),
        _ => node.describe(),
    };
    report.error(node.line, format!("expected {expected}, found {found}"));
    None
}
