//! Archives now and then while a server runs, where its clone wants that.

use std::sync::Arc;
use std::time::Duration;

use super::Options;
use super::pool::{Pool, Turn};
use crate::ops;

/// After so long a server first looks whether there is something to do: one that is started for a question or two never
/// does.
const FIRST: Duration = Duration::from_secs(5);

/// After so long it looks again. It is done once a day, whoever does it.
const AGAIN: Duration = Duration::from_secs(60 * 60);

/// Begins to look, unless the server is to change nothing; within the runtime, and as long as it runs.
pub(super) fn keep(pool: Arc<Pool>, options: &Options) {
    if options.read_only {
        return;
    }
    tokio::spawn(async move {
        tokio::time::sleep(FIRST).await;
        loop {
            // A turn like any other. What went wrong is kept for `status`; no client asked for it.
            drop(pool.run_as(Turn::unasked(), ops::autoarchive).await);
            tokio::time::sleep(AGAIN).await;
        }
    });
}
