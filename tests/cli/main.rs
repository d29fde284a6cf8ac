//! What a user sees: commands in temporary repositories, their output as snapshots.

mod environment;
mod failures;
mod importing;
mod looking;
mod starting;
mod walkthrough;
