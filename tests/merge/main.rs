//! Merging one record: any two clones agree, nothing is lost, the result is valid.

mod edges;
mod edits;
#[expect(
    dead_code,
    reason = "the strategies of the format tests; not all of them are used here"
)]
#[path = "../format/generate/mod.rs"]
mod generate;
mod holds;
mod properties;
mod settings;
mod table;
mod table_whole;
#[path = "../format/texts.rs"]
mod texts;
mod world;
