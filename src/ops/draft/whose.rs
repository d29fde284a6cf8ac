//! Which work items somebody may mean who does not say: by another name, by the branch, by who has claimed them.

use super::Draft;
use crate::ops::Error;
use crate::record::value::{Time, folded};
use crate::record::work_item::Status;
use crate::record::{Record, RecordId, RecordPath, WorkItem};

impl Draft<'_> {
    /// The records that have this alias in whatever letter case, in the order of their paths.
    pub(in crate::ops) fn called(&mut self, name: &str) -> Result<Vec<Record>, Error> {
        let name = folded(name);
        let has = |record: &Record| record.aliases().any(|alias| folded(alias) == name);
        let known = self.known(|index| index.called(&name), |loaded, _| loaded.paths_of(has))?;
        Ok(self.matching(known, has)?.into_values().collect())
    }

    /// The work items that say they are done on a branch and are not over, in the order of their ids.
    pub(in crate::ops) fn on_branch(&mut self, branch: &str) -> Result<Vec<WorkItem>, Error> {
        let is_on = |item: &WorkItem| item.branch_name.as_ref().is_some_and(|name| name.as_str() == branch);
        let fits = |record: &Record| record.as_work_item().is_some_and(|item| !is_over(item) && is_on(item));
        let known = self.known(|index| index.on_branch(branch), |loaded, _| loaded.paths_of(fits))?;
        self.items(known, fits)
    }

    /// The work items that somebody holds at `now` and that are not over, in the order of their ids.
    pub(in crate::ops) fn held_by(&mut self, actor: &str, now: Time) -> Result<Vec<WorkItem>, Error> {
        let fits = |record: &Record| {
            let item = record.as_work_item();
            item.is_some_and(|item| !is_over(item) && item.holder(now) == Some(actor))
        };
        let known = self.known(|index| index.claimed_by(actor), |loaded, _| loaded.paths_of(fits))?;
        self.items(known, fits)
    }

    /// Whether a work item is above another one.
    pub(in crate::ops) fn is_above(&mut self, above: RecordId, item: &WorkItem) -> Result<bool, Error> {
        let mut seen = vec![item.id];
        let mut next = item.parent_id;
        while let Some(parent) = next.filter(|parent| !seen.contains(parent)) {
            if parent == above {
                return Ok(true);
            }
            seen.push(parent);
            let path = RecordPath::own(crate::record::Kind::WorkItem, parent);
            let record = path.map(|path| self.look(&path)).transpose()?.flatten();
            next = record.and_then(|record| record.as_work_item()?.parent_id);
        }
        Ok(false)
    }

    fn items(&mut self, known: Vec<RecordPath>, fits: impl Fn(&Record) -> bool) -> Result<Vec<WorkItem>, Error> {
        let items = self.matching(known, fits)?.into_values();
        Ok(items.filter_map(|record| record.as_work_item().cloned()).collect())
    }
}

fn is_over(item: &WorkItem) -> bool {
    let put_away = item.deleted_at.is_some() || item.archived_at.is_some();
    put_away || matches!(item.status, Status::Completed | Status::Cancelled)
}
