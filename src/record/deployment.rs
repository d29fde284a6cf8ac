//! Deployments: what went out, when, and what it touched.

use super::common::{
    Aliases, External, Ids, Links, Origin, Retraction, check_created, check_not_self, line_of, missing_key,
};
use super::field::mapping;
use super::id::{CommitHash, RecordId};
use super::value::{Actor, Count, Free, Ordinal, Text, Time, WordMap};
use super::violation::Report;
use super::yaml::Node;

mapping! {
    /// A deployment. It does not change once recorded, but can be retracted. The body is free text.
    block struct Deployment {
        /// Its identity, UUIDv7 of `deployed_at`.
        id: RecordId,
        /// When it went out.
        deployed_at: Time,
        /// The commit of the code that went out. Only an imported deployment may lack it.
        commit_hash: Option<CommitHash>,
        /// Where it went.
        environment: Option<Text<1, 100>>,
        /// The pull request it came from.
        pr_number: Option<Ordinal>,
        /// The title of that pull request.
        pr_title: Option<Text<1, 200>>,
        /// How many tests of each kind passed.
        test_summary: WordMap<Count>,
        /// Whether it follows the agreed principles.
        constitutional_compliance: Option<bool>,
        /// The vendors it touches.
        affected_vendors: Ids,
        /// The work items it carries.
        related_work_items: Ids,
        /// Relations that never block.
        links: Links,
        /// Other names.
        aliases: Aliases,
        /// Addresses outside.
        external: External,
        /// Who took the record back.
        retracted: Option<Retraction>,
        /// When it was recorded.
        created_at: Option<Time>,
        /// Who recorded it.
        created_by: Option<Actor>,
        /// Where it was imported from.
        origin: Option<Origin>,
        /// Anything else.
        metadata: Free,
    }
}

impl Deployment {
    pub(super) fn check(&self, root: &Node, report: &mut Report) {
        check_created(
            root,
            (self.created_at, self.created_by.as_ref()),
            self.origin.as_ref(),
            report,
        );
        if self.commit_hash.is_none() {
            report.within("commit_hash", |report| {
                missing_key(root.line, self.origin.as_ref(), report);
            });
        }
        check_not_self(root, self.id, &Ids::default(), &self.links, report);
        if let Some(time) = self.id.time()
            && time != self.deployed_at
        {
            let reason = format!("is not the time in the id, {time}");
            report.within("deployed_at", |report| {
                report.error(line_of(root, "deployed_at"), reason);
            });
        }
    }
}
