//! What must hold of any input: run by the fuzzer, and by `cargo test` over the inputs the fuzzer has found.

pub(crate) mod edit;
pub(crate) mod frontmatter;
pub(crate) mod hooks;
pub(crate) mod importers;
pub(crate) mod merge;
mod parts;
pub(crate) mod project;
pub(crate) mod query;
pub(crate) mod status_file;
