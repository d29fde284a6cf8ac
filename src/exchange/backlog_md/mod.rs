//! Backlog.md: one Markdown file a task, in directories that say how far it is.

mod front;
mod mapping;
mod names;
mod place;
mod references;
mod sections;
mod words;

use std::collections::HashMap;

use super::assemble::assemble;
use super::draft::Draft;
use super::{Import, Kept, Loss, Unreadable};
use front::Front;
use names::Names;
use place::{Place, Sort};
use references::Written;

/// The name in `origin.system`.
pub const SYSTEM: &str = "backlog-md";

/// Reads the files of a Backlog.md directory, by their path below it, with `/` between the parts.
#[must_use]
pub fn read(files: &[(String, Vec<u8>)]) -> Import {
    let mut sorted: Vec<_> = files
        .iter()
        .map(|(path, bytes)| (Place::of(path), path, bytes))
        .collect();
    // Where two files have one id, the one that is worked on keeps it.
    sorted.sort_by_key(|(place, path, _)| (place.as_ref().map_or(u8::MAX, Place::rank), path.as_str()));
    let mut directory = Directory::default();
    for (place, path, bytes) in sorted {
        match place {
            Ok(place) => directory.add(place, path, bytes),
            Err(reason) => directory.losses.push(Loss {
                original: path.clone(),
                field: "file".to_owned(),
                reason: reason.to_owned(),
                kept: Kept::Nowhere,
            }),
        }
    }
    directory.finish()
}

#[derive(Default)]
struct Directory {
    drafts: Vec<Draft>,
    sorts: Vec<Sort>,
    written: Vec<Written>,
    /// Ids, compared without case, to positions in `drafts`.
    by_id: HashMap<String, usize>,
    losses: Vec<Loss>,
    unreadable: Vec<Unreadable>,
}

impl Directory {
    fn add(&mut self, place: Place, path: &str, bytes: &[u8]) {
        if let Err(reason) = self.try_add(place, path, bytes) {
            self.unreadable.push(Unreadable {
                place: path.to_owned(),
                reason,
            });
        }
    }

    fn try_add(&mut self, place: Place, path: &str, bytes: &[u8]) -> Result<(), String> {
        let (mut front, body) = Front::split(bytes)?;
        let id = front.text("id").ok_or("has no id")?;
        let title = front.text("title").ok_or("has no title")?;
        let name = self.name(&id, &title, &place)?;
        let (mut draft, written) = mapping::draft(front, body, name.clone(), &title, path, &place)?;
        if name != id {
            let reason = "its id was given again to a newer task; it is known by its directory and id";
            draft.lose("id", reason, Kept::Origin);
        }
        self.by_id.insert(name.to_lowercase(), self.drafts.len());
        self.drafts.push(draft);
        self.sorts.push(place.sort);
        self.written.push(written);
        Ok(())
    }

    /// What the item is called: its id. Ids of archived tasks are given again, and then an
    /// archived task of another title goes by its directory too.
    fn name(&self, id: &str, title: &str, place: &Place) -> Result<String, String> {
        let Some(first) = self.by_id.get(&id.to_lowercase()) else {
            return Ok(id.to_owned());
        };
        let first = &self.drafts[*first];
        if first.item.title.as_str().eq_ignore_ascii_case(title) {
            return Err(format!("is the same task as {}, which is taken", first.place));
        }
        let name = format!("archive/{id}");
        if place.archived && !self.by_id.contains_key(&name.to_lowercase()) {
            return Ok(name);
        }
        Err(format!("has the id of {}", first.place))
    }

    fn finish(mut self) -> Import {
        let items = self.drafts.iter().zip(&self.sorts);
        let names = Names::of(items.map(|(draft, sort)| (draft.original.as_str(), draft.item.title.as_str(), *sort)));
        let references: Vec<_> = self.written.iter().map(|written| written.resolve(&names)).collect();
        for (draft, references) in self.drafts.iter_mut().zip(references) {
            draft.references = references;
        }
        assemble(SYSTEM, self.drafts, self.losses, self.unreadable)
    }
}
