//! Which commit is to be undone.

use std::collections::HashMap;

use crate::ops::write::one_line;
use crate::ops::{Context, Error, ErrorKind};
use crate::record::RecordPath;
use crate::record::path::Place;
use crate::store::{Commit, CommitId, Walk};

/// Operations that are undone only when they are named: they make many records at once.
const NAMED_ONLY: &[&str] = &["import", "migrate", "demo"];

/// The commit a name names, or the last one of whoever asks that can be undone.
pub(super) fn find(context: &Context, tip: CommitId, named: Option<&str>) -> Result<Commit, Error> {
    let walk = context.store.walk(tip, |_| Ok::<_, Error>(None))?;
    let undone = undone(&walk);
    match named {
        Some(text) => by_name(context, tip, &walk, &undone, text),
        None => last(context, &walk, &undone),
    }
}

/// The commits that are undone, and by which. An undo that is undone itself does not count.
fn undone(walk: &Walk) -> HashMap<CommitId, CommitId> {
    let mut undone = HashMap::new();
    // An undo comes after what it undoes: whoever undoes it has been seen when it is looked at.
    for commit in walk.commits().iter().rev() {
        if let Some(target) = commit.undoes
            && !undone.contains_key(&commit.id)
        {
            undone.insert(target, commit.id);
        }
    }
    undone
}

fn by_name(
    context: &Context,
    tip: CommitId,
    walk: &Walk,
    undone: &HashMap<CommitId, CommitId>,
    text: &str,
) -> Result<Commit, Error> {
    let digits = text.len() >= 4 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let id = match digits {
        true => context.store.resolve_commit(tip, text)?,
        false => context.store.resolve(text)?,
    };
    let Some(commit) = walk.commits().iter().find(|commit| commit.id == id) else {
        let message = format!("commit {} is not on the branch {}", id.short(), context.tracking_ref());
        return Err(Error::request(message).hint("git docket log"));
    };
    if let Some(by) = undone.get(&id) {
        let message = format!("commit {} is undone already, by {}", id.short(), by.short());
        return Err(Error::request(message).hint(format!("git docket undo {}", by.short())));
    }
    Ok(commit.clone())
}

fn last(context: &Context, walk: &Walk, undone: &HashMap<CommitId, CommitId>) -> Result<Commit, Error> {
    let actor = context.actor()?;
    let fits = |commit: &Commit| {
        commit.who() == actor.as_str()
            && commit.undoes.is_none()
            && !undone.contains_key(&commit.id)
            && !commit.is_merge()
    };
    let last = walk.commits().iter().enumerate().rev().find(|(_, commit)| fits(commit));
    let Some((at, commit)) = last else {
        let message = format!("there is no commit of {actor} to undo");
        return Err(Error::new(ErrorKind::NotFound, message).hint("git docket log"));
    };
    // What is older is not what somebody means who has just done this.
    let (why, hint) = if commit.operation.as_deref().is_some_and(|op| NAMED_ONLY.contains(&op)) {
        let name = format!("git docket undo {}", commit.id.short());
        ("made many records at once and is undone by its name only", name)
    } else if !has_records(context, walk, at)? {
        (
            "changed no record, which is all that is undone",
            "git docket log".to_owned(),
        )
    } else {
        return Ok(commit.clone());
    };
    let (id, subject) = (commit.id.short(), one_line(&commit.subject));
    Err(Error::request(format!("your last commit {id} ({subject}) {why}")).hint(hint))
}

fn has_records(context: &Context, walk: &Walk, at: usize) -> Result<bool, Error> {
    let changes = context.store.compare(walk, at..at + 1)?;
    let is_record =
        |path: &[u8]| std::str::from_utf8(path).is_ok_and(|path| matches!(RecordPath::locate(path), Place::Record(_)));
    Ok(changes.iter().flatten().any(|change| is_record(&change.path)))
}
