//! Clones that share a docket through a bare repository, by real git.

#![expect(clippy::disallowed_types, reason = "these tests run git")]

mod claiming;
mod clones;
mod converging;
mod crosswise;
mod joining;
mod obstacles;
mod resolving;
