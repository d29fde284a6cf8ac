//! Every write: the whole sequence under the write lock, from reading the tip to the ref on disk.

use std::io::ErrorKind;
use std::time::{Duration, Instant};

use super::draft::{Changed, Draft};
use super::error::rests_on;
use super::{Context, Error, rules, unlisted};
use crate::index::Touched;
use crate::record::change::Change;
use crate::record::value::{Actor, Time};
use crate::record::{Fields, RecordId, RecordPath};
use crate::store::{self, CommitId, WriteLock};

/// For how long a write waits and tries again before it gives up.
pub(super) const PATIENCE: Duration = Duration::from_secs(60);

/// Git holds a ref for a moment, and while it packs for seconds: a lock file that is older is not waited for.
const LEFT: Duration = Duration::from_secs(30);

/// How many records a commit names one by one.
const NAMED_RECORDS: usize = 20;

/// How long the first line of a commit message may be.
const SUBJECT_CHARS: usize = 120;

/// What a write did.
pub(super) struct Written<T> {
    /// What the plan returned.
    pub(super) value: T,
    /// What it changed, but for what was stamped; empty where nothing was to change.
    pub(super) changed: Vec<Changed>,
    /// Whether there was something to change, so that there is a commit.
    pub(super) made: bool,
    /// The tip now: the new commit, or the one nothing was changed on.
    pub(super) commit: CommitId,
    /// The first line of the commit message.
    pub(super) subject: String,
    /// What the caller is told.
    pub(super) warnings: Vec<String>,
    /// Who wrote it.
    pub(super) actor: Actor,
}

impl<T> Written<T> {
    /// The time of the commit.
    pub(super) fn at(&self, context: &Context) -> Result<Option<Time>, Error> {
        Ok(Time::from_seconds(context.store.snapshot(self.commit)?.time()))
    }

    /// What became of a record up to and with this write; none where that cannot be told soon.
    pub(super) fn touched(&self, context: &Context, path: &RecordPath) -> Result<Option<Touched>, Error> {
        let mut created = self.changed.iter().filter(|changed| changed.before.is_none());
        let created = created.any(|changed| changed.path == *path && path.id().is_some_and(RecordId::is_random));
        if created && context.source.is_random() {
            // Nobody has ever had this identity before.
            return Ok(Some(Touched {
                version: 1,
                at: self.at(context)?,
                by: Some(self.actor.to_string()),
            }));
        }
        context.touched(path, self.commit)
    }
}

impl Context {
    /// Plans, checks and commits, all under the write lock; a lost race begins again from the new tip.
    ///
    /// The plan is applied to the tip of each attempt, so it must not keep anything of an earlier
    /// one. Where it changes nothing, nothing is committed. However an attempt ends, it is committed
    /// once: where the commit of an earlier one is found to be there, that was the write. `by` names
    /// who writes; else it is the actor of the context.
    ///
    /// # Errors
    ///
    /// Those of the plan; `unavailable` after 60 seconds; nothing has happened then.
    pub(super) fn write<T>(
        &self,
        operation: &str,
        by: Option<&str>,
        mut plan: impl FnMut(&Self, &mut Draft<'_>) -> Result<T, Error>,
    ) -> Result<Written<T>, Error> {
        let actor = match by {
            Some(name) => Actor::new(name).map_err(|reason| Error::request(format!("the actor {reason}")))?,
            None => self.actor()?,
        };
        let begun = self.begin_clone()?;
        let lock = self.lock()?;
        let mut made = Vec::new();
        let done = self.repeated(|context| context.attempt(&lock, operation, &actor, &mut plan, &mut made))?;
        drop(lock);
        let mut written: Written<T> = made.swap_remove(done);
        written.warnings.splice(..0, begun);
        written.warnings.extend(self.lost_claims());
        if written.made {
            written.warnings.extend(self.keep_report());
            written.warnings.extend(self.autosync());
        }
        Ok(written)
    }

    /// Starts the tracking ref where the remote's stands, in a clone that has none; what is to be told then. That takes
    /// the write lock, too, so it comes before it.
    fn begin_clone(&self) -> Result<Vec<String>, Error> {
        if self.store.unchecked_tip()?.is_some() {
            return Ok(Vec::new());
        }
        self.require_proposal()?;
        let time = self.source.now().as_seconds();
        let started = self.repeated(|context| context.store.start_from_remote(time).map_err(judged))?;
        Ok(started.map(|started| self.told_of_start(&started)).unwrap_or_default())
    }

    /// Makes attempts until one ends, each on the repository as it is then.
    pub(super) fn repeated<R>(&self, mut attempt: impl FnMut(&Self) -> Result<R, Attempt>) -> Result<R, Error> {
        let start = Instant::now();
        let mut pause = Duration::from_millis(5);
        loop {
            // The library that reads packs has been seen to panic while another process repacked without end.
            match self.settled(&mut attempt) {
                Err(Attempt::Again(error)) if start.elapsed() + pause > PATIENCE => return Err(error.into()),
                Err(Attempt::Again(_)) => {
                    // Keyed by the clock, so that two that lost together do not come back together.
                    let jitter = start.elapsed().subsec_micros() % 5_000;
                    std::thread::sleep(pause + Duration::from_micros(u64::from(jitter)));
                    pause = (pause * 2).min(Duration::from_millis(200));
                }
                Err(Attempt::Failed(error)) => return Err(error),
                Ok(done) => return Ok(done),
            }
        }
    }

    /// One attempt. `made` is what this attempt and those before it would have done; the result is the index of
    /// the one that did.
    ///
    /// It may end in an error or a panic after the ref has moved, which only the next attempt can tell.
    fn attempt<T>(
        &self,
        lock: &WriteLock,
        operation: &str,
        actor: &Actor,
        plan: &mut impl FnMut(&Self, &mut Draft<'_>) -> Result<T, Error>,
        made: &mut Vec<Written<T>>,
    ) -> Result<usize, Attempt> {
        for (at, written) in made.iter().enumerate() {
            if self.store.arrived(written.commit).map_err(Error::from)? {
                return Ok(at);
            }
        }
        let reading = self.read()?;
        reading.require_writable()?;
        let mut draft = Draft::new(self, &reading);
        let value = plan(self, &mut draft)?;
        if !draft.checked {
            rules::check(&mut draft)?;
        }
        let changed = draft.changed();
        let ids: Vec<RecordId> = {
            let paths = changed.iter().map(|changed| &changed.path);
            paths.chain(draft.stamped.keys()).filter_map(RecordPath::id).collect()
        };
        let files = draft.files()?;
        let subject = draft.subject.clone().unwrap_or_else(|| subject(&changed, operation));
        let subject = cut(&one_line(&subject));
        let unlisted = unlisted::warnings(&draft, &changed)?;
        let warnings = [reading.warnings.clone(), std::mem::take(&mut draft.warnings), unlisted].concat();
        let prepared = match files.is_empty() {
            true => None,
            false => {
                let message = message(&subject, operation, &ids, actor, &draft.trailers);
                let time = self.source.now().as_seconds();
                Some(
                    self.store
                        .prepare(lock, reading.commit(), &files, &message, time)
                        .map_err(judged)?,
                )
            }
        };
        made.push(Written {
            value,
            changed: if prepared.is_some() { changed } else { Vec::new() },
            made: prepared.is_some(),
            commit: prepared
                .as_ref()
                .map_or(reading.commit(), |prepared| prepared.made.commit),
            subject,
            warnings,
            actor: actor.clone(),
        });
        if let Some(prepared) = &prepared {
            self.store.publish(lock, prepared).map_err(judged)?;
        }
        Ok(made.len() - 1)
    }
}

/// Whether what the store could not do may succeed from the new tip.
pub(super) fn judged(error: store::Error) -> Attempt {
    use store::Error as E;
    match error {
        // Somebody without our lock was there, or `git gc` removed a directory we were about to write into.
        E::RefLocked {
            lock: Some((_, age)), ..
        } if age >= LEFT => Attempt::Failed(error.into()),
        E::TipMoved { .. } | E::RefLocked { .. } => Attempt::Again(error),
        E::NotWritable { ref source, .. } if rests_on(source, &[ErrorKind::NotFound]) => Attempt::Again(error),
        error => Attempt::Failed(error.into()),
    }
}

/// Why an attempt did not end in a commit.
pub(super) enum Attempt {
    /// The tip moved meanwhile, or git held the ref: the whole sequence may succeed now.
    Again(store::Error),
    /// It would fail again.
    Failed(Error),
}

impl From<Error> for Attempt {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

/// What changed, in one line: `task 3f9a2c1b: status pending -> active`.
fn subject(changed: &[Changed], operation: &str) -> String {
    let added: Vec<_> = changed.iter().filter(|changed| changed.before.is_none()).collect();
    match (changed, added.as_slice()) {
        ([one], _) => format!("{}: {}", name(one), told(one, operation)),
        (_, [one]) => format!(
            "{}: {} (and {} more)",
            name(one),
            told(one, operation),
            changed.len() - 1
        ),
        _ => {
            let names: Vec<_> = changed.iter().map(name).collect();
            format!("{operation} {} records: {}", changed.len(), names.join(", "))
        }
    }
}

/// A subject no longer than it may be.
fn cut(subject: &str) -> String {
    match subject.chars().count() > SUBJECT_CHARS {
        true => subject.chars().take(SUBJECT_CHARS - 1).chain(['…']).collect(),
        false => subject.to_owned(),
    }
}

/// A text on one line.
pub(super) fn one_line(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// What changed in one record.
fn told(changed: &Changed, operation: &str) -> String {
    match (&changed.before, &changed.after.fields) {
        (None, Fields::Note(_)) => changed.after.body.lines().next().unwrap_or_default().to_owned(),
        (None, Fields::Deployment(_) | Fields::CommitLink(_)) => changed.after.heading(),
        (None, _) => format!("add {}", changed.after.heading()),
        (Some(_), _) if operation == "delete" => "deleted".to_owned(),
        (Some(_), _) if operation == "restore" => "restored".to_owned(),
        (Some(_), _) if operation == "unarchive" => "out of the archive".to_owned(),
        (Some(_), _) => changed
            .changes
            .iter()
            .map(Change::summary)
            .collect::<Vec<_>>()
            .join(", "),
    }
}

/// What a commit calls a record: its type or kind, and its short name.
fn name(changed: &Changed) -> String {
    let word = match changed.after.as_work_item() {
        Some(item) => item.item_type.as_str(),
        None => changed.path.kind().as_str(),
    };
    match &changed.after.fields {
        // A note has a name nobody uses, a link none; what it is on has one.
        Fields::Note(note) => format!("{word} on {}", note.on.short()),
        Fields::CommitLink(link) => format!("{word} on {}", link.work_item.short()),
        _ => format!("{word} {}", changed.path.id().map(RecordId::short).unwrap_or_default()),
    }
}

fn message(subject: &str, operation: &str, ids: &[RecordId], actor: &Actor, trailers: &[String]) -> String {
    let mut message = format!("{subject}\n\nDocket-Op: {operation}\n");
    if ids.len() <= NAMED_RECORDS {
        for id in ids {
            message.push_str(&format!("Docket-Record: {id}\n"));
        }
    } else {
        message.push_str(&format!("Docket-Record: {} records\n", ids.len()));
    }
    message.push_str(&format!("Docket-Client: {actor}\n"));
    for trailer in trailers {
        message.push_str(trailer);
        message.push('\n');
    }
    message
}

#[cfg(test)]
mod tests;
