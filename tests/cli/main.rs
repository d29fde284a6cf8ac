//! What a user sees: commands in temporary repositories, their output as snapshots.

#![expect(
    clippy::disallowed_types,
    clippy::disallowed_methods,
    reason = "these tests run commands"
)]

mod environment;
mod failures;
mod history;
mod hook_files;
mod hooks;
mod importing;
mod looking;
mod rewriting;
mod starting;
mod undoing;
mod walkthrough;
mod writing;
