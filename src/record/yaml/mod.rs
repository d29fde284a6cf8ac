//! YAML as records use it: a strict reader that knows lines, and a printer whose output every
//! YAML 1.1 and 1.2 reader takes for the same values. The only module that names the parser.

mod plain;
mod print;
mod read;

pub(crate) use plain::{composed, integer, is_null};
pub(crate) use print::{Print, print_mapping};
pub(crate) use read::{Content, Entry, Node, quoted, read};
