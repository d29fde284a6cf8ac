//! Work items: projects, sessions, tasks and research.

use super::common::{
    Aliases, External, Ids, Links, Origin, Principles, check_created, check_not_self, entry_of, line_of, missing_key,
};
use super::field::{Keys, Mapping as _, mapping};
use super::id::RecordId;
use super::value::{Actor, Count, Free, Hours, Ordinal, Prose, Quarter, Set, Text, Time, Whole, words};
use super::violation::Report;
use super::yaml::Node;

words! {
    /// What a work item is.
    pub enum ItemType {
        /// A goal that others belong to.
        Project = "project",
        /// A sitting of an agent or a person.
        Session = "session",
        /// Something to do.
        Task = "task",
        /// Something to find out.
        Research = "research",
    }
}

words! {
    /// How far a work item is.
    pub enum Status {
        /// Not begun.
        Pending = "pending",
        /// Being worked on.
        Active = "active",
        /// Cannot go on; see `metadata.blocked_reason`.
        Blocked = "blocked",
        /// Done.
        Completed = "completed",
        /// Given up.
        Cancelled = "cancelled",
    }
}

words! {
    /// How much a work item matters; medium where nothing is said.
    pub enum Priority omits Medium {
        /// Before others.
        High = "high",
        /// As others.
        Medium = "medium",
        /// After others.
        Low = "low",
    }
}

mapping! {
    /// Who holds a work item.
    flow struct Claim {
        /// Who.
        by: Actor,
        /// Since when.
        at: Time,
        /// Until when; without it, until it is released.
        until: Option<Time>,
    }
}

mapping! {
    /// A unit of work. The body is its description, acceptance criteria as task boxes, findings.
    block struct WorkItem {
        /// Its identity, from which its path follows.
        id: RecordId,
        /// What it is.
        item_type: ItemType,
        /// One line that names it.
        title: Text<1, 200>,
        /// How far it is.
        status: Status,
        /// The work item it belongs to.
        parent_id: Option<RecordId>,
        /// Records it waits for.
        depends_on: Ids,
        /// How much it matters.
        priority: Priority,
        /// Words to find it by.
        labels: Set<Text<1, 50>, 20>,
        /// Who is to do it.
        assignee: Option<Actor>,
        /// Who is doing it.
        claim: Option<Claim>,
        /// The branch of the code it is done on.
        branch_name: Option<Text<1, 100>>,
        /// The pull request it is done in.
        pr_number: Option<Ordinal>,
        /// Relations that never block.
        links: Links,
        /// Other names.
        aliases: Aliases,
        /// Addresses outside.
        external: External,
        /// When it was deleted.
        deleted_at: Option<Time>,
        /// When it was put away.
        archived_at: Option<Time>,
        /// When it was created.
        created_at: Option<Time>,
        /// Who created it.
        created_by: Option<Actor>,
        /// Where it was imported from.
        origin: Option<Origin>,
        /// Fields by type, and anything else.
        metadata: Free,
    }
}

mapping! {
    /// What a project's metadata may say.
    block struct ProjectMetadata {
        /// What it is about. Required on creation.
        description: Option<Prose<1000>>,
        /// When it should be done.
        target_quarter: Option<Quarter>,
        /// Principles it follows.
        constitutional_principles: Principles,
        /// Why it is blocked.
        blocked_reason: Option<Prose<500>>,
    }
}

mapping! {
    /// What a session's metadata may say.
    block struct SessionMetadata {
        /// How many tokens it may use. Required on creation.
        token_budget: Option<Whole<1_000, 1_000_000>>,
        /// How many prompts it had. Required on creation.
        prompts_count: Option<Count>,
        /// The frontmatter of its document; `schema_version` is required in it. Required on creation.
        yaml_frontmatter: Option<Free>,
        /// Why it is blocked.
        blocked_reason: Option<Prose<500>>,
    }
}

mapping! {
    /// What a task's metadata may say.
    block struct TaskMetadata {
        /// How long it should take.
        estimated_hours: Option<Hours>,
        /// How long it took.
        actual_hours: Option<Hours>,
        /// Why it is blocked.
        blocked_reason: Option<Prose<500>>,
    }
}

mapping! {
    /// What the metadata of research may say.
    block struct ResearchMetadata {
        /// What it should answer.
        research_questions: Set<Prose<1000>, 100>,
        /// What it answered.
        findings_summary: Option<Prose<2000>>,
        /// What it rests on.
        references: Set<Prose<2048>, 1000>,
        /// Why it is blocked.
        blocked_reason: Option<Prose<500>>,
    }
}

impl WorkItem {
    /// A pending work item of which only this is known.
    #[must_use]
    pub fn new(id: RecordId, item_type: ItemType, title: Text<1, 200>) -> Self {
        Self {
            id,
            item_type,
            title,
            status: Status::Pending,
            parent_id: None,
            depends_on: Ids::default(),
            priority: Priority::Medium,
            labels: Set::default(),
            assignee: None,
            claim: None,
            branch_name: None,
            pr_number: None,
            links: Links::default(),
            aliases: Aliases::default(),
            external: External::default(),
            deleted_at: None,
            archived_at: None,
            created_at: None,
            created_by: None,
            origin: None,
            metadata: Free::default(),
            unknown: Default::default(),
        }
    }

    /// Who holds it at `now`; a claim that has run out counts as none.
    #[must_use]
    pub fn holder(&self, now: Time) -> Option<&str> {
        let claim = self
            .claim
            .as_ref()
            .filter(|claim| claim.until.is_none_or(|until| until > now))?;
        Some(claim.by.as_str())
    }

    /// Whether it is to be worked on, now or when what it waits for is settled.
    #[must_use]
    pub fn is_open(&self) -> bool {
        let open = matches!(self.status, Status::Pending | Status::Active);
        open && self.deleted_at.is_none() && self.archived_at.is_none()
    }

    /// Whether nothing is left to be done about it: it is completed, cancelled or deleted.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.deleted_at.is_some() || matches!(self.status, Status::Completed | Status::Cancelled)
    }

    /// What comes first among items that are ready: priority, then age, then identity.
    #[must_use]
    pub fn urgency(&self) -> (Priority, Option<Time>, RecordId) {
        (self.priority, self.created_at, self.id)
    }

    /// Whether a key of the metadata of a type is a number.
    #[must_use]
    pub fn is_number(item_type: ItemType, key: &str) -> bool {
        match item_type {
            ItemType::Session => matches!(key, "token_budget" | "prompts_count"),
            ItemType::Task => matches!(key, "estimated_hours" | "actual_hours"),
            ItemType::Project | ItemType::Research => false,
        }
    }

    /// Checks what no single field shows.
    pub(super) fn check(&mut self, root: &Node, report: &mut Report) {
        check_created(
            root,
            (self.created_at, self.created_by.as_ref()),
            self.origin.as_ref(),
            report,
        );
        check_not_self(root, self.id, &self.depends_on, &self.links, report);
        if self.parent_id == Some(self.id) {
            report.within("parent_id", |report| {
                report.error(line_of(root, "parent_id"), "a record cannot be its own parent");
            });
        }
        if let Some(Claim {
            at, until: Some(until), ..
        }) = &self.claim
            && until < at
        {
            report.within("claim.until", |report| {
                report.error(line_of(root, "claim"), "is before the claim itself");
            });
        }
        report.within("metadata", |report| self.check_metadata(root, report));
    }

    /// Reads the keys of the metadata that the type describes by their types.
    fn check_metadata(&mut self, root: &Node, report: &mut Report) {
        let empty = Node::empty_mapping(root.line);
        let node = entry_of(root, "metadata").map_or(&empty, |entry| &entry.value);
        let Some(mut keys) = Keys::of(node, report) else {
            return;
        };
        let typed = match self.item_type {
            ItemType::Project => ProjectMetadata::read_keys(&mut keys, report).map(|m| m.print_keys()),
            ItemType::Session => SessionMetadata::read_keys(&mut keys, report).map(|m| m.print_keys()),
            ItemType::Task => TaskMetadata::read_keys(&mut keys, report).map(|m| m.print_keys()),
            ItemType::Research => ResearchMetadata::read_keys(&mut keys, report).map(|m| m.print_keys()),
        };
        // A text such as 1.10 is the text of the file here, where the core schema alone would make it a number.
        for (key, value) in typed.iter().flatten() {
            if let Some(slot) = self.metadata.0.get_mut(key) {
                *slot = value.into();
            }
        }
        for key in self.required_metadata() {
            if !self.metadata.0.contains_key(*key) {
                report.within(key, |report| missing_key(node.line, self.origin.as_ref(), report));
            }
        }
        if let Some(frontmatter) = self
            .metadata
            .0
            .get("yaml_frontmatter")
            .filter(|_| self.item_type == ItemType::Session)
            && frontmatter.get("schema_version").is_none()
        {
            report.within("yaml_frontmatter.schema_version", |report| {
                missing_key(line_of(node, "yaml_frontmatter"), self.origin.as_ref(), report);
            });
        }
    }

    fn required_metadata(&self) -> &'static [&'static str] {
        match self.item_type {
            ItemType::Project => &["description"],
            ItemType::Session => &["token_budget", "prompts_count", "yaml_frontmatter"],
            ItemType::Task | ItemType::Research => &[],
        }
    }
}
