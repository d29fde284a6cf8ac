//! Tells clients of changes of the records they asked about, whoever made them.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::broadcast::error::RecvError;
use tokio::sync::broadcast::{Receiver, Sender, channel};

use super::pool::Pool;
use super::uri::{self, Resource};
use crate::ops::{self, Error};
use crate::record::RecordId;

/// How often the ref is read while anybody listens.
const INTERVAL: Duration = Duration::from_millis(250);

/// How long a client may be gone before nobody listens for it any more.
pub(super) const PATIENCE: Duration = Duration::from_secs(30);

/// How many changes wait for a client that is slow; beyond that it is told that everything changed.
const WAITING: usize = 64;

/// What somebody wants to hear of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// Changes of one record, and of what is on it.
    Record(RecordId),
    /// Any change.
    Any,
    /// Nothing: it never changes.
    Nothing,
    /// A record that is not there yet: any change may be the one that makes it.
    Missing,
}

/// Reads the ref while somebody listens.
pub(super) struct Watch {
    pool: Arc<Pool>,
    changes: Sender<Heard>,
    runs: AtomicBool,
}

/// What one client listens to, by URI.
#[derive(Default)]
pub(super) struct Subscriptions {
    targets: Mutex<HashMap<String, Target>>,
    /// Whether somebody tells this client already.
    is_told: AtomicBool,
}

impl Watch {
    pub(super) fn new(pool: Arc<Pool>) -> Arc<Self> {
        Arc::new(Self {
            pool,
            changes: channel(WAITING).0,
            runs: AtomicBool::new(false),
        })
    }

    /// Listens from now on: no change after this call is missed.
    pub(super) async fn listen(self: &Arc<Self>) -> Result<Receiver<Heard>, Error> {
        let receiver = self.changes.subscribe();
        if !self.runs.swap(true, Ordering::SeqCst) {
            let tip = match self.pool.run(None, ops::tip).await {
                Ok(tip) => tip,
                Err(error) => {
                    self.runs.store(false, Ordering::SeqCst);
                    return Err(error);
                }
            };
            tokio::spawn(Arc::clone(self).run(tip));
        }
        Ok(receiver)
    }

    /// What a URI stands for.
    pub(super) async fn target(&self, uri: &str) -> Target {
        match uri::read(uri) {
            Some(Resource::Status) => Target::Any,
            Some(Resource::Record(kind, name)) => {
                let found = self.pool.run(None, move |context| ops::identify(context, &name)).await;
                match found {
                    Ok((found, id)) if found == kind => Target::Record(id),
                    _ => Target::Missing,
                }
            }
            _ => Target::Nothing,
        }
    }

    async fn run(self: Arc<Self>, mut known: Option<String>) {
        loop {
            tokio::time::sleep(INTERVAL).await;
            if self.changes.receiver_count() == 0 {
                self.runs.store(false, Ordering::SeqCst);
                // Somebody may have begun to listen in between, and relied on this.
                if self.changes.receiver_count() == 0 || self.runs.swap(true, Ordering::SeqCst) {
                    return;
                }
            }
            let before = known.clone();
            let seen = self.pool.run(None, move |context| {
                let tip = ops::tip(context)?;
                match &tip {
                    Some(to) if tip != before => {
                        let changed = ops::changed_between(context, before.as_deref(), to);
                        // What was known before may be of another repository, or be gone.
                        let heard = changed.map_or(Heard::Much, |changed| Heard::Changed(changed.into()));
                        Ok((tip, Some(heard)))
                    }
                    None if before.is_some() => Ok((None, Some(Heard::Much))),
                    _ => Ok((tip, None)),
                }
            });
            // Whatever stands in the way now, the next look tells of it.
            if let Ok((tip, heard)) = seen.await {
                known = tip;
                if let Some(heard) = heard {
                    // Nobody may be left to hear it.
                    drop(self.changes.send(heard));
                }
            }
        }
    }
}

impl Subscriptions {
    pub(super) fn add(&self, uri: String, target: Target) {
        self.lock().insert(uri, target);
    }

    /// The URIs of what was not there.
    pub(super) fn missing(&self) -> Vec<String> {
        let targets = self.lock();
        let missing = targets.iter().filter(|(_, target)| **target == Target::Missing);
        missing.map(|(uri, _)| uri.clone()).collect()
    }

    pub(super) fn remove(&self, uri: &str) {
        self.lock().remove(uri);
    }

    /// Whether the caller is the first who is to tell this client.
    pub(super) fn begin(&self) -> bool {
        !self.is_told.swap(true, Ordering::SeqCst)
    }

    /// Nobody tells this client after all.
    pub(super) fn end(&self) {
        self.is_told.store(false, Ordering::SeqCst);
    }

    /// The URIs that these changes are about.
    pub(super) fn about(&self, changes: &Heard) -> Vec<String> {
        let targets = self.lock();
        let about = targets.iter().filter(|(_, target)| changes.is_about(**target));
        about.map(|(uri, _)| uri.clone()).collect()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, Target>> {
        self.targets.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Looks again for what was not there; says of what is there now.
pub(super) async fn found(watch: &Watch, missing: Vec<String>) -> Vec<(String, Target)> {
    let mut found = Vec::new();
    for uri in missing {
        let target = watch.target(&uri).await;
        if target != Target::Missing {
            found.push((uri, target));
        }
    }
    found
}

/// What was heard at once.
#[derive(Clone)]
pub(super) enum Heard {
    /// These records changed.
    Changed(Arc<[RecordId]>),
    /// Too much to know what.
    Much,
}

impl Heard {
    pub(super) fn is_about(&self, target: Target) -> bool {
        match (target, self) {
            (Target::Nothing, _) => false,
            (Target::Any, _) | (_, Self::Much) => true,
            (Target::Missing, _) => false,
            (Target::Record(id), Self::Changed(ids)) => ids.binary_search(&id).is_ok(),
        }
    }
}

/// Waits for changes; none when nobody watches any more.
pub(super) async fn next(receiver: &mut Receiver<Heard>) -> Option<Heard> {
    match receiver.recv().await {
        Ok(heard) => Some(heard),
        Err(RecvError::Lagged(_)) => Some(Heard::Much),
        Err(RecvError::Closed) => None,
    }
}
