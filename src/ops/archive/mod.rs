//! Putting away what has been over for long: `archived_at` is set, no file goes.

mod auto;
mod choose;
mod stamp;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use self::auto::autoarchive;
pub(super) use self::auto::failure as autoarchive_failure;
use self::choose::{Choice, choose, outside};
use self::stamp::Stamper;
use super::config::of_docket;
use super::draft::{Draft, refused};
use super::field_edit::{FieldEdit, apply};
use super::read::Meta;
use super::{Context, Error};
use crate::index::{Aged, Summary};
use crate::record::config::older_than;
use crate::record::value::{Age, Time};
use crate::record::{Kind, Record, RecordId, RecordPath};

/// What to put away.
#[derive(Clone, Debug, Default, Deserialize, Serialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ArchiveRequest {
    /// For how long an item must not have changed, such as `365d`, `52w` or `1y`; else what the docket's
    /// configuration says, else 365 days.
    pub older_than: Option<String>,
    /// Only say what would be archived.
    pub dry_run: bool,
    /// Who does it; where nothing is said, who asks.
    pub updated_by: Option<String>,
}

/// A work item that was put away, or taken out again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct ArchivedItem {
    /// Its identity.
    pub id: RecordId,
    /// Its type.
    pub item_type: String,
    /// Its title.
    pub title: String,
    /// Its status.
    pub status: Option<String>,
    /// Whether it is deleted.
    pub deleted: bool,
    /// When it was last changed before; null where that is not known.
    pub updated_at: Option<Time>,
}

/// A work item that is old enough and stays.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct KeptItem {
    /// The item.
    #[serde(flatten)]
    pub item: ArchivedItem,
    /// How many items below it are open, at any depth.
    pub open_below: usize,
    /// How many items below it are over, but stay too: they are not old enough, or cannot be changed.
    pub recent_below: usize,
}

/// A work item that is old enough and cannot be changed here.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct SkippedItem {
    /// The item.
    #[serde(flatten)]
    pub item: ArchivedItem,
    /// Why.
    pub reason: String,
}

/// What was archived, or would be.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
pub struct ArchiveResponse {
    /// Whether nothing was written because nothing was to be.
    pub dry_run: bool,
    /// For how long an item must not have changed.
    pub older_than: String,
    /// Since when, that is.
    pub unchanged_since: Time,
    /// How many items were archived, or would be.
    pub archived: usize,
    /// These.
    pub items: Vec<ArchivedItem>,
    /// What is old enough and stays because of what is below it.
    pub kept: Vec<KeptItem>,
    /// What is old enough and cannot be changed here.
    pub skipped: Vec<SkippedItem>,
    /// The commit; null where nothing was archived.
    pub commit: Option<String>,
    /// What every answer carries.
    #[serde(flatten)]
    pub meta: Meta,
}

/// What to take out of the archive.
#[derive(Clone, Debug, Default, Deserialize, Serialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct UnarchiveRequest {
    /// The work items, by any of their names.
    pub ids: Vec<String>,
    /// Who does it; where nothing is said, who asks.
    pub updated_by: Option<String>,
}

/// What was taken out of the archive.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
pub struct UnarchiveResponse {
    /// The items.
    pub items: Vec<ArchivedItem>,
    /// The commit.
    pub commit: Option<String>,
    /// What changed, in one line.
    #[serde(skip)]
    pub summary: String,
    /// What every answer carries.
    #[serde(flatten)]
    pub meta: Meta,
}

/// What an archiving found.
struct Found {
    age: Age,
    since: Time,
    choice: Choice,
    skipped: Vec<SkippedItem>,
}

/// Archives, in one commit, the work items that are completed, cancelled or deleted and that nobody changed for so long.
///
/// An item is archived only where every item below it that is neither deleted nor archived is archived with it: what is
/// open would lose sight of what it is a part of, and a part would outlive the whole in every list. Where nothing is
/// old enough, nothing is committed. What cannot be edited without touching other lines of its file is left out, with
/// the reason.
///
/// # Errors
///
/// `invalid` where the age is none, or where the history of this clone does not tell when items were changed.
pub fn archive(context: &Context, request: &ArchiveRequest) -> Result<ArchiveResponse, Error> {
    if !context.store.is_complete()? {
        let message = "the history of this clone is not complete, so nobody knows what was not changed for long";
        return Err(Error::request(message).hint("git fetch --unshallow"));
    }
    // Others wait for as short as can be.
    context.warm_index()?;
    let by = request.updated_by.as_deref();
    let (found, commit, meta) = match request.dry_run {
        true => {
            let reading = context.read()?;
            let mut draft = Draft::new(context, &reading);
            let found = plan(context, &mut draft, request)?;
            let warnings = std::mem::take(&mut draft.warnings);
            drop(draft);
            let mut meta = reading.meta();
            meta.warnings.extend(warnings);
            (found, None, meta)
        }
        false => {
            let written = context.write("archive", by, |context, draft| plan(context, draft, request))?;
            let commit = written.made.then(|| written.commit.to_string());
            (written.value, commit, Meta::git(written.commit, written.warnings))
        }
    };
    let kept = found.choice.kept.into_iter().map(|kept| KeptItem {
        item: item(&kept.item),
        open_below: kept.open_below,
        recent_below: kept.recent_below,
    });
    Ok(ArchiveResponse {
        dry_run: request.dry_run,
        older_than: found.age.to_string(),
        unchanged_since: found.since,
        archived: found.choice.archived.len(),
        items: found.choice.archived.iter().map(item).collect(),
        kept: kept.collect(),
        skipped: found.skipped,
        commit,
        meta,
    })
}

fn item(aged: &Aged) -> ArchivedItem {
    let Summary {
        id,
        item_type,
        title,
        status,
        gone,
        ..
    } = aged.summary.clone();
    ArchivedItem {
        id,
        item_type,
        title,
        status,
        deleted: gone,
        updated_at: aged.updated_at,
    }
}

/// Puts what is to be archived into the draft.
fn plan(context: &Context, draft: &mut Draft<'_>, request: &ArchiveRequest) -> Result<Found, Error> {
    let age = match &request.older_than {
        Some(text) => text
            .parse()
            .map_err(|reason: String| Error::request(reason).in_field("older_than"))?,
        None => older_than(&of_docket(draft.reading)?)
            .map_err(|violation| refused(vec![violation]).hint("git docket config set archive.older_than 365d"))?,
    };
    let since = age.before(context.source.now());
    context.progress.step("looking", None);
    // Asked of the commit that is written upon: what others changed meanwhile stays.
    let at = Some(draft.reading.commit());
    let ((aged, above), meta) = context.ask_docket(at, &[Kind::WorkItem], |records| {
        let aged = records.unarchived()?;
        let above = records.ancestors(&outside(&aged))?;
        Ok((aged, above))
    })?;
    draft.warnings.extend(meta.warnings);
    let mut stamper = Stamper::new(context, draft.reading);
    loop {
        let choice = choose(&aged, since, &above, &stamper.refused());
        if stamper.stamp(&choice.archived)? {
            continue;
        }
        // What is above something that cannot be archived is not archived either.
        let chosen = choice.archived.iter().map(|aged| aged.summary.id);
        draft.stamped = stamper.taken(chosen);
        draft.subject = Some(match choice.archived.as_slice() {
            [one] => format!("{} {}: archived", one.summary.item_type, one.summary.id.short()),
            many => format!("archive {} work items", many.len()),
        });
        let skipped = aged.iter().filter_map(|aged| {
            let reason = stamper.reason(aged.summary.id)?;
            Some(SkippedItem {
                item: item(aged),
                reason,
            })
        });
        let skipped = skipped.collect();
        context.progress.step("writing", None);
        return Ok(Found {
            age,
            since,
            choice,
            skipped,
        });
    }
}

/// Takes work items out of the archive, in one commit.
///
/// # Errors
///
/// `invalid` where one is not archived; nothing has changed then.
pub fn unarchive(context: &Context, request: &UnarchiveRequest) -> Result<UnarchiveResponse, Error> {
    if request.ids.is_empty() {
        return Err(Error::request("no work item is named").in_field("ids"));
    }
    let by = request.updated_by.as_deref();
    let written = context.write("unarchive", by, |_, draft| {
        let mut out = BTreeMap::new();
        for name in &request.ids {
            let (path, item, _) = draft.find_work_item(name)?;
            if item.archived_at.is_none() && !out.contains_key(&path) {
                let message = format!("{} is not archived", item.id.short());
                return Err(Error::request(message).hint("git docket list --archived"));
            }
            let record = draft.get(&path)?.cloned();
            let record = record.ok_or_else(|| Error::bug("the item is gone"))?;
            let edit = FieldEdit::Clear("archived_at".into());
            let (changed, cleared) = apply(&record, &record.body, &[edit])?;
            draft.put(changed, cleared)?;
            out.insert(path, item);
        }
        // It is seen again, and what it is a part of is not.
        for item in out.values() {
            let parent = item
                .parent_id
                .and_then(|parent| RecordPath::own(Kind::WorkItem, parent));
            let parent = parent.map(|path| draft.look(&path)).transpose()?.flatten();
            let archived = |record: &Record| Some(record.as_work_item()?.archived_at?).map(|_| record.id());
            if let Some(Some(parent)) = parent.as_ref().and_then(archived) {
                let (id, parent) = (item.id.short(), parent.short());
                draft.warnings.push(format!(
                    "{id} is below {parent}, which is archived still; `git docket unarchive {parent}` brings it back"
                ));
            }
        }
        Ok(out.into_values().collect::<Vec<_>>())
    })?;
    let items = written.value.into_iter().map(|item| ArchivedItem {
        id: item.id,
        item_type: item.item_type.as_str().to_owned(),
        title: item.title.to_string(),
        status: Some(item.status.as_str().to_owned()),
        deleted: item.deleted_at.is_some(),
        updated_at: None,
    });
    Ok(UnarchiveResponse {
        items: items.collect(),
        commit: written.made.then(|| written.commit.to_string()),
        summary: written.subject,
        meta: Meta::git(written.commit, written.warnings),
    })
}
