//! Enhancements: what might be built one day.

use super::common::{Aliases, External, Ids, Links, Origin, Principles, check_created, check_not_self};
use super::field::mapping;
use super::id::RecordId;
use super::value::{Actor, Free, Quarter, Text, Time, Whole, words};
use super::violation::Report;
use super::yaml::Node;

words! {
    /// How far an enhancement is.
    pub enum EnhancementStatus {
        /// An idea.
        Planned = "planned",
        /// Agreed on.
        Approved = "approved",
        /// Being built.
        Implementing = "implementing",
        /// Built.
        Completed = "completed",
    }
}

mapping! {
    /// An enhancement. The body is its description.
    block struct Enhancement {
        /// Its identity.
        id: RecordId,
        /// One line that names it.
        title: Text<1, 200>,
        /// How much it matters, from 1 (high) to 5 (low).
        priority: Whole<1, 5>,
        /// How far it is.
        status: EnhancementStatus,
        /// When it should be done.
        target_quarter: Option<Quarter>,
        /// Principles it must follow.
        requires_constitutional_principles: Principles,
        /// Records it waits for.
        depends_on: Ids,
        /// Relations that never block.
        links: Links,
        /// Other names.
        aliases: Aliases,
        /// Addresses outside.
        external: External,
        /// When it was deleted.
        deleted_at: Option<Time>,
        /// When it was created.
        created_at: Option<Time>,
        /// Who created it.
        created_by: Option<Actor>,
        /// Where it was imported from.
        origin: Option<Origin>,
        /// Anything else.
        metadata: Free,
    }
}

impl Enhancement {
    pub(super) fn check(&self, root: &Node, report: &mut Report) {
        check_created(
            root,
            (self.created_at, self.created_by.as_ref()),
            self.origin.as_ref(),
            report,
        );
        check_not_self(root, self.id, &self.depends_on, &self.links, report);
    }
}
