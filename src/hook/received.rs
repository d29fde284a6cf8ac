//! A push to a server: looked at before git takes it, indexed after.

use std::io::IsTerminal as _;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::{Said, tell};
use crate::ops::{self, Context, Error, Progress, RefUpdate, Settings};

/// When whoever pushes is first told how far it is, and how often after.
const SOON: Duration = Duration::from_secs(1);
const EVERY: Duration = Duration::from_secs(5);

/// Looks at a push, within this time.
pub(super) fn before_push(settings: &Settings, patience: Duration) -> Result<Said, Error> {
    let (context, updates) = opened(settings)?;
    let checked = ops::check_push(&context, &updates, patience);
    Ok(Said {
        told: checked.told,
        refused: checked.refused,
    })
}

/// Brings the index to what a push has brought.
pub(super) fn after_push(settings: &Settings) -> Result<Said, Error> {
    let (context, updates) = opened(settings)?;
    ops::index_push(&context, &updates)?;
    Ok(Said::default())
}

/// The repository, and what of the push is to be looked at: mostly nothing, and then nothing else is done.
fn opened(settings: &Settings) -> Result<(Context, Vec<RefUpdate>), Error> {
    let stdin = std::io::stdin();
    if stdin.is_terminal() {
        return Err(Error::request(
            "git gives the refs of a push on standard input, and runs this itself",
        ));
    }
    let context = Context::open(settings)?.watched_by(Arc::new(Lines::new()));
    let updates = ops::guarded_updates(&context, stdin.lock())?;
    Ok((context, updates))
}

/// How far it is, now and then on a line of its own: whoever pushes sees it only so.
struct Lines {
    next: Mutex<Instant>,
    step: Mutex<(&'static str, Option<usize>)>,
    done: AtomicUsize,
}

impl Lines {
    fn new() -> Self {
        Self {
            next: Mutex::new(Instant::now() + SOON),
            step: Mutex::new(("", None)),
            done: AtomicUsize::new(0),
        }
    }
}

impl Progress for Lines {
    fn step(&self, what: &'static str, total: Option<usize>) {
        *self.step.lock().unwrap_or_else(PoisonError::into_inner) = (what, total);
        self.done.store(0, Ordering::Relaxed);
    }

    fn advance(&self, count: usize) {
        let done = self.done.fetch_add(count, Ordering::Relaxed) + count;
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        if now < *next {
            return;
        }
        *next = now + EVERY;
        let (what, total) = *self.step.lock().unwrap_or_else(PoisonError::into_inner);
        let of = total.map_or_else(String::new, |total| format!(" of {total}"));
        tell(&mut std::io::stderr().lock(), &format!("{what}: {done}{of}"));
    }
}
