//! git-bug: each bug a chain of commits of its own below `refs/bugs/`, each commit a pack of operations; people
//! likewise below `refs/identities/`. Version 4 of the format.
//!
//! Somebody else reads the commits; here are only their bytes. As in git-bug itself the operations are put in order by
//! the clocks that the commits carry, not by the commits' own order. Signatures are not checked.

mod identity;
mod mapping;
mod order;
mod pack;
mod snapshot;
mod spans;

use std::collections::{HashMap, HashSet};

use super::assemble::assemble;
use super::draft::Draft;
use super::{Import, Kept, Loss, Unreadable};
use identity::Person;

/// The name in `origin.system`.
pub const SYSTEM: &str = "git-bug";

/// Below this prefix are the refs of bugs.
pub const BUGS: &str = "refs/bugs/";

/// Below this prefix are the refs of people.
pub const IDENTITIES: &str = "refs/identities/";

/// The file of a bug's commit that has its operations.
pub const OPERATIONS: &str = "ops";

/// The file of a person's commit that has what is said of them.
pub const VERSION: &str = "version";

/// How many digits of an id git-bug shows, and people write.
const SHORT: usize = 7;

/// A commit of a bug.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Commit {
    /// Its name.
    pub id: String,
    /// The names of its parents.
    pub parents: Vec<String>,
    /// The names of the files and directories at the root of its tree; clocks and version are in names.
    pub names: Vec<String>,
    /// What [`OPERATIONS`] holds, if there is such a file.
    pub operations: Option<Vec<u8>>,
}

/// Puts an import together, bug by bug, so that not all of a tracker has to be there at once.
///
/// Everybody must be added before the bugs they wrote in.
#[derive(Debug, Default)]
pub struct Reader {
    people: HashMap<String, Person>,
    drafts: Vec<Draft>,
    by_id: HashMap<String, usize>,
    /// What begins each id, and whose it is where two begin alike.
    short_ids: HashMap<String, String>,
    /// Who was named already with what a name does not say.
    told: HashSet<String>,
    losses: Vec<Loss>,
    unreadable: Vec<Unreadable>,
}

impl Reader {
    /// Adds a person: the ref, and the last [`VERSION`] below it.
    pub fn add_person(&mut self, reference: &str, version: &[u8]) {
        match identity::read(version) {
            Ok(person) => {
                let id = reference.strip_prefix(IDENTITIES).unwrap_or(reference);
                self.people.insert(id.to_owned(), person);
            }
            Err(reason) => self.skip(reference, reason),
        }
    }

    /// Adds a bug: the ref, and all commits it reaches, in any order.
    pub fn add_bug(&mut self, reference: &str, commits: &[Commit]) {
        if let Err(reason) = self.try_add(reference, commits) {
            self.skip(reference, reason);
        }
    }

    /// Names a ref that could not be read.
    pub fn skip(&mut self, reference: &str, reason: String) {
        self.unreadable.push(Unreadable {
            place: reference.to_owned(),
            reason,
        });
    }

    /// The import of all that was added.
    #[must_use]
    pub fn finish(self) -> Import {
        let mut import = assemble(SYSTEM, self.drafts, self.losses, self.unreadable);
        // People know bugs by the beginnings of their ids, and 64 digits are more than a line has room for.
        for loss in &mut import.losses {
            let short = loss.original.get(..SHORT).unwrap_or_default();
            if self.short_ids.get(short) == Some(&loss.original) {
                loss.original = short.to_owned();
            }
        }
        import
    }

    fn try_add(&mut self, reference: &str, commits: &[Commit]) -> Result<(), String> {
        let packs = order::packs(commits)?;
        let snapshot = snapshot::compile(&packs)?;
        if let Some(first) = self.by_id.get(&snapshot.id) {
            return Err(format!("is the same bug as {}", self.drafts[*first].place));
        }
        let mut draft = mapping::draft(&snapshot, reference, &self.people)?;
        let short = snapshot.id.get(..SHORT).unwrap_or_default();
        if self.short_ids.contains_key(short) {
            let reason = "begins as that of another bug; the whole of it is an alias";
            draft.lose("id", reason, Kept::Origin);
        } else {
            self.short_ids.insert(short.to_owned(), snapshot.id.clone());
            draft.add_alias(short);
        }
        for author in snapshot.authors() {
            if let Some(person) = self.people.get(author)
                && self.told.insert(author.to_owned())
            {
                self.losses.extend(person.losses(author));
            }
        }
        self.by_id.insert(snapshot.id.clone(), self.drafts.len());
        self.drafts.push(draft);
        Ok(())
    }
}
