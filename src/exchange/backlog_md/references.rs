//! The references of a task, as written and as meant.

use super::names::Names;
use crate::exchange::fit;
use crate::exchange::link::{Edge, Reference};

/// The references of a task as they are written.
#[derive(Default)]
pub(super) struct Written {
    pub(super) parent: Option<String>,
    pub(super) milestone: Option<String>,
    pub(super) dependencies: Vec<String>,
}

impl Written {
    /// The references with the tasks they mean.
    pub(super) fn resolve(&self, names: &Names) -> Vec<Reference> {
        let milestone_edge = match self.parent {
            Some(_) => Edge::Link,
            None => Edge::Parent,
        };
        let parent = self.parent.iter().map(|written| {
            let target = names.task(written);
            ("parent_task_id", Edge::Parent, "child-of", written, target)
        });
        let milestone = self.milestone.iter().map(|written| {
            let target = names.milestone(written);
            ("milestone", milestone_edge, "milestone", written, target)
        });
        let dependencies = self.dependencies.iter().map(|written| {
            let target = names.task(written);
            ("dependencies", Edge::DependsOn, "depends-on", written, target)
        });
        let reference = |(field, edge, relation, written, target): (_, _, _, &String, Option<&str>)| {
            Some(Reference {
                field,
                edge,
                relation: fit::relation(relation)?,
                written: written.clone(),
                target: target.map(str::to_owned),
            })
        };
        parent
            .chain(milestone)
            .chain(dependencies)
            .filter_map(reference)
            .collect()
    }
}
