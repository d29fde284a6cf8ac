//! The format of record files: what is printed reads the same everywhere, what is wrong is named.

mod bad_inputs;
mod documentation;
mod exported;
mod generate;
mod pages;
mod readers;
mod robustness;
mod round_trip;
mod schemas;
mod texts;
