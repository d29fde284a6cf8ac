//! The index says what git says: after any history, brought forward or built at once, whole or broken.

#![expect(clippy::disallowed_types, reason = "these tests run git")]

mod broken;
mod docket;
mod drawn;
mod histories;
mod queries;
