//! YAML as records use it: a strict reader that knows lines, and a printer whose output every
//! YAML 1.1 and 1.2 reader takes for the same values. The only module that names the parser.

mod node;
mod plain;
mod print;
mod read;

pub(crate) use node::{Content, Entry, Node, quoted};
pub(crate) use plain::{composed, integer, is_null};
pub(crate) use print::{FLOW_WIDTH, Print, on_one_line, print_key, print_mapping, print_under};
pub(crate) use read::read;
