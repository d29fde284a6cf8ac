//! The values fields are made of. A value of one of these types is within its limits; the same
//! constants make the JSON Schemas.

mod age;
mod collection;
mod number;
mod text;
mod time;
mod word;

pub use age::Age;
pub use collection::{Anything, Free, Set, Word, WordMap};
pub(crate) use collection::{Element, Same};
pub use number::{Count, Hours, Ordinal, Whole};
pub(crate) use text::is_invisible;
pub use text::{Actor, OutOfLimits, Prose, Quarter, Relation, Text, folded};
pub use time::Time;
pub use word::UnknownWord;
pub(crate) use word::words;
