//! Open repositories for several calls at once.
//!
//! An operation blocks, and its index has a runtime of its own: a context lives on threads that may block, and nowhere
//! else.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rmcp::RoleServer;
use rmcp::service::RequestContext;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use crate::ops::{Context, Error, GivenUp, Settings};

/// How many calls that read work at once; each context has a cache of its own.
const READERS: usize = 4;

/// How many calls that write do: they wait for each other anyway, and must not keep those away that only read.
const WRITERS: usize = 2;

/// After so long without another write the index is brought forward.
const PAUSE: Duration = Duration::from_millis(50);

/// How many contexts are kept.
const KEPT: usize = READERS + WRITERS;

/// What a piece of work waits for, and for whom it is done.
pub(super) struct Turn {
    writes: bool,
    actor: Option<String>,
    cancelled: Option<CancellationToken>,
}

impl Turn {
    fn reading(actor: Option<String>) -> Self {
        Self {
            writes: false,
            actor,
            cancelled: None,
        }
    }

    /// For a write that nobody asked for just now.
    pub(super) fn unasked() -> Self {
        Self {
            writes: true,
            actor: None,
            cancelled: None,
        }
    }

    /// For who asks with this request, until the request is cancelled.
    pub(super) fn of(writes: bool, actor: String, cx: &RequestContext<RoleServer>) -> Self {
        Self {
            writes,
            actor: Some(actor),
            cancelled: Some(cx.ct.clone()),
        }
    }

    async fn cancelled(&self) {
        match &self.cancelled {
            Some(cancelled) => cancelled.cancelled().await,
            None => std::future::pending().await,
        }
    }
}

/// Contexts nobody is using, and what new ones are opened with.
pub(super) struct Pool {
    settings: Mutex<Settings>,
    /// Where the repository is looked for as long as no other place has one.
    dir: PathBuf,
    /// The first one, which only serves to open others: these draw ids from one source.
    first: Mutex<Option<Context>>,
    idle: Mutex<Idle>,
    readers: Semaphore,
    writers: Semaphore,
    /// How many writes there were.
    writes: AtomicU64,
}

/// Contexts nobody is using.
#[derive(Default)]
struct Idle {
    contexts: Vec<Context>,
    /// How often the repository was another one: what was opened before is not used again.
    moves: u64,
}

impl Pool {
    pub(super) fn new(settings: Settings) -> Arc<Self> {
        Arc::new(Self {
            dir: settings.dir.clone(),
            settings: Mutex::new(settings),
            first: Mutex::new(None),
            idle: Mutex::default(),
            readers: Semaphore::new(READERS),
            writers: Semaphore::new(WRITERS),
            writes: AtomicU64::new(0),
        })
    }

    /// Runs `work` that only reads in a context, as `actor`, on a thread that may block.
    pub(super) async fn run<T: Send + 'static>(
        self: &Arc<Self>,
        actor: Option<String>,
        work: impl FnOnce(&Context) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        self.run_as(Turn::reading(actor), work).await
    }

    /// Runs `work` in a context when it is its turn, on a thread that may block. What has begun to change something is
    /// brought to its end, whether or not anybody still waits for it.
    pub(super) async fn run_as<T: Send + 'static>(
        self: &Arc<Self>,
        turn: Turn,
        work: impl FnOnce(&Context) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, Error> {
        let permits = match turn.writes {
            true => &self.writers,
            false => &self.readers,
        };
        let permit = tokio::select! {
            permit = permits.acquire() => permit,
            () = turn.cancelled() => return Err(Error::request("the call was cancelled before it began")),
        };
        let Ok(_permit) = permit else {
            return Err(Error::bug("the server is ending"));
        };
        let (pool, writes) = (Arc::clone(self), turn.writes);
        let done = tokio::task::spawn_blocking(move || pool.work(turn, work)).await;
        if writes {
            self.catch_up();
        }
        // A panic has told standard error why.
        done.unwrap_or_else(|_| Err(Error::bug("the operation failed in a way it should not")))
    }

    /// Brings the index forward behind a write, once a moment has passed without another one: whoever writes on and on
    /// is not held up, and after a pause the next write has nothing to look at.
    fn catch_up(self: &Arc<Self>) {
        let writes = self.writes.fetch_add(1, Ordering::SeqCst) + 1;
        let pool = Arc::clone(self);
        tokio::spawn(async move {
            tokio::time::sleep(PAUSE).await;
            if pool.writes.load(Ordering::SeqCst) == writes {
                // A turn like any other, so that nobody closes while it works.
                let turns = Arc::clone(&pool);
                let Ok(_turn) = turns.readers.acquire().await else {
                    return;
                };
                let work = move || {
                    pool.work(Turn::reading(None), |context| {
                        context.catch_up();
                        Ok(())
                    })
                };
                // Without a repository there is nothing to bring forward.
                drop(tokio::task::spawn_blocking(work).await);
            }
        });
    }

    /// Waits until nothing runs and nobody waits for a turn.
    pub(super) async fn rests(&self) {
        let (readers, writers) = (READERS as u32, WRITERS as u32);
        // A turn is given in the order in which it was asked for.
        drop(self.writers.acquire_many(writers).await);
        drop(self.readers.acquire_many(readers).await);
    }

    fn work<T>(&self, turn: Turn, work: impl FnOnce(&Context) -> Result<T, Error>) -> Result<T, Error> {
        let (idle, moves) = {
            let mut idle = held(&self.idle);
            (idle.contexts.pop(), idle.moves)
        };
        let mut context = match idle {
            // Somebody said `git docket propose` meanwhile.
            Some(context) if context.is_directed_elsewhere() => {
                self.forget(None);
                self.open()?
            }
            Some(context) => context,
            None => self.open()?,
        };
        let named = held(&self.settings).actor.clone();
        let Turn { actor, cancelled, .. } = turn;
        context.act_as(named.or(actor));
        context.give_up_when(cancelled.map(|cancelled| -> GivenUp { Box::new(move || cancelled.is_cancelled()) }));
        let done = work(&context);
        // After a panic it is not used again.
        let mut idle = held(&self.idle);
        if idle.contexts.len() < KEPT && idle.moves == moves {
            idle.contexts.push(context);
        }
        done
    }

    fn open(&self) -> Result<Context, Error> {
        let mut first = held(&self.first);
        if first.as_ref().is_some_and(Context::is_directed_elsewhere) {
            *first = None;
        }
        let first = match &mut *first {
            Some(first) => first,
            none => {
                let settings = held(&self.settings).clone();
                let opened = Context::open(&settings);
                none.insert(opened.map_err(|error| error.explained("start the server with --repo DIR"))?)
            }
        };
        first.reopened()
    }

    /// Whether the repository can be opened where it is looked for now.
    pub(super) async fn opens(self: &Arc<Self>) -> bool {
        self.run(None, |_| Ok(())).await.is_ok()
    }

    /// Looks for the repository in the first of these places that has one, from now on; says whether any has. Where
    /// none has, it is looked for where the server was started, as at first.
    ///
    /// What runs in another repository meanwhile is brought to its end there.
    pub(super) async fn moves_to_one_of(self: &Arc<Self>, dirs: impl Iterator<Item = PathBuf>) -> bool {
        for dir in dirs {
            self.move_to(dir).await;
            if self.opens().await {
                return true;
            }
        }
        self.move_to(self.dir.clone()).await;
        false
    }

    async fn move_to(self: &Arc<Self>, dir: PathBuf) {
        if held(&self.settings).dir == dir {
            return;
        }
        let pool = Arc::clone(self);
        // Closing what is open may block. A panic in it has told standard error why.
        drop(tokio::task::spawn_blocking(move || pool.forget(Some(dir))).await);
    }

    /// Closes what is open; from now on the repository is at `dir`, where one is given.
    fn forget(&self, dir: Option<PathBuf>) {
        let mut idle = held(&self.idle);
        idle.moves += 1;
        idle.contexts.clear();
        drop(held(&self.first).take());
        if let Some(dir) = dir {
            held(&self.settings).dir = dir;
        }
    }

    /// Closes what is open. Not to be called where blocking is forbidden.
    pub(super) fn close(&self) {
        self.readers.close();
        self.writers.close();
        self.forget(None);
    }
}

/// What a lock guards, also after somebody panicked with it: nothing here is ever half changed.
fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_context_may_go_from_thread_to_thread() {
        fn send<T: Send>() {}
        send::<Context>();
    }
}
