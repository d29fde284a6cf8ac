//! What a user sees: commands in temporary repositories, their output as snapshots.

#![expect(
    clippy::disallowed_types,
    clippy::disallowed_methods,
    reason = "these tests run commands"
)]

mod archiving;
mod comfort;
mod completing;
mod database;
mod environment;
mod exporting;
mod failures;
mod history;
mod hook_files;
mod hooks;
mod hostile;
mod importing;
mod locks;
mod looking;
mod merging;
mod migrating;
#[path = "../postgres/mod.rs"]
#[expect(dead_code, reason = "no server crashes here")]
mod postgres;
mod proposing;
mod records;
mod reftables;
mod rendering;
mod reviewing;
mod rewriting;
mod server;
mod settings;
mod sharing;
mod starting;
mod undoing;
mod walkthrough;
mod writing;
