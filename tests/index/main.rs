//! The index says what git says: after any history, brought forward or built at once, whole or broken.

#![expect(clippy::disallowed_types, reason = "these tests run git")]

mod archiving;
mod broken;
mod database;
mod docket;
mod drawn;
mod histories;
#[path = "../postgres/mod.rs"]
mod postgres;
mod queries;
mod searching;
mod undone;
