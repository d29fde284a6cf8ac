//! What hooks ask of all work items, kept beside the index so that a commit does not read them all.
//!
//! It is derived, and disposable as an index is: it is brought forward by what differs between its commit and the
//! tip, and where it is not there, or cannot be used, it is made anew.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use crate::ops::read::Reading;
use crate::ops::{Context, Error};
use crate::record::value::Time;
use crate::record::work_item::{Claim, Status};
use crate::record::{Kind, Record, RecordId, RecordPath, WorkItem};
use crate::store::CommitId;

/// The file in the common directory's `docket/`.
const FILE: &str = "hooks.json";

/// How many files may differ before it is written again: a commit link more makes no difference to it.
const BEHIND: usize = 64;

/// What is known of the work items at a commit.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Remembered {
    /// The commit.
    at: String,
    items: BTreeMap<RecordId, Item>,
}

/// What hooks ask of a work item that is not deleted.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Item {
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) aliases: Vec<String>,
    /// The branch of the code it is done on, while it is not over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) branch: Option<String>,
    /// Who is doing it, and until when, while it is not over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) claim: Option<(String, Option<Time>)>,
}

impl Item {
    fn of(item: &WorkItem, record: &Record) -> Option<Self> {
        let over = matches!(item.status, Status::Completed | Status::Cancelled) || item.archived_at.is_some();
        let claim = |claim: &Claim| (claim.by.to_string(), claim.until);
        let known = Self {
            aliases: record.aliases().map(ToOwned::to_owned).collect(),
            branch: item.branch_name.as_ref().filter(|_| !over).map(ToString::to_string),
            claim: item.claim.as_ref().filter(|_| !over).map(claim),
        };
        (item.deleted_at.is_none() && known != Self::default()).then_some(known)
    }

    /// Whether this actor holds it at `now`.
    pub(super) fn is_held_by(&self, actor: &str, now: Time) -> bool {
        let claim = self.claim.as_ref();
        claim.is_some_and(|(by, until)| by == actor && until.is_none_or(|until| until > now))
    }
}

impl Remembered {
    pub(super) fn items(&self) -> impl Iterator<Item = (&RecordId, &Item)> {
        self.items.iter()
    }

    /// What is known at the commit of a reading.
    pub(super) fn at(context: &Context, reading: &Reading) -> Result<Self, Error> {
        let path = context.store.common_dir().join("docket").join(FILE);
        let kept = std::fs::read(&path)
            .ok()
            .and_then(|bytes| serde_json::from_slice::<Self>(&bytes).ok());
        let mut known = match kept {
            Some(known) if known.at == reading.commit().to_string() => return Ok(known),
            kept => kept.unwrap_or_default(),
        };
        let from = known.at.parse::<CommitId>().ok();
        // A commit that was left behind may be gone; then everything is read.
        let changes = from.and_then(|from| context.store.tree_changes(Some(from), reading.commit()).ok());
        let outdated = match changes {
            Some(changes) => {
                let mut outdated = changes.len() > BEHIND;
                let paths = changes
                    .iter()
                    .filter_map(|change| std::str::from_utf8(&change.path).ok());
                for path in paths
                    .filter_map(RecordPath::of)
                    .filter(|path| path.kind() == Kind::WorkItem)
                {
                    let parsed = reading.record(&path)?;
                    outdated |= known.learn(&path, parsed.map(|parsed| parsed.record).as_ref());
                }
                outdated
            }
            None => {
                known = Self::default();
                for (path, parsed) in &reading.load(&[Kind::WorkItem])?.records {
                    known.learn(path, Some(&parsed.record));
                }
                true
            }
        };
        if outdated {
            known.at = reading.commit().to_string();
            // Whoever cannot write it asks git the next time.
            let _unkept = known.keep(path);
        }
        Ok(known)
    }

    /// Takes in what stands at a path now; says whether that makes a difference.
    fn learn(&mut self, path: &RecordPath, record: Option<&Record>) -> bool {
        let Some(id) = path.id() else { return false };
        let item = record.and_then(|record| Item::of(record.as_work_item()?, record));
        let before = match item.clone() {
            Some(item) => self.items.insert(id, item),
            None => self.items.remove(&id),
        };
        before != item
    }

    /// Writes it down in one step, so that nobody reads half of it.
    fn keep(&self, path: PathBuf) -> std::io::Result<()> {
        let Some(dir) = path.parent() else { return Ok(()) };
        std::fs::create_dir_all(dir)?;
        let file = tempfile::NamedTempFile::new_in(dir)?;
        serde_json::to_writer(std::io::BufWriter::new(&file), self)?;
        file.persist(path)?;
        Ok(())
    }
}
