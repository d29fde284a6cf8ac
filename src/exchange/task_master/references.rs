//! What a task is a part of and what it waits for, as written and as meant.

use serde_json::Value;

use crate::exchange::fit;
use crate::exchange::link::{Edge, Reference};

/// The references of a task as they are written.
#[derive(Default)]
pub(super) struct Written {
    tag: String,
    /// The name of what it is a part of: a task, else its tag.
    whole: Option<String>,
    /// The id of the task it is a part of.
    parent: Option<String>,
    pub(super) dependencies: Vec<String>,
}

impl Written {
    /// Those of a task of a tag, or of a part of the task `parent` there.
    pub(super) fn of(tag: &str, parent: Option<&str>) -> Self {
        Self {
            tag: tag.to_owned(),
            whole: Some(parent.map_or_else(|| tag_name(tag), |parent| name(tag, parent))),
            parent: parent.map(str::to_owned),
            dependencies: Vec::new(),
        }
    }

    /// The references with the tasks they mean.
    pub(super) fn resolve(&self, is_there: impl Fn(&str) -> bool) -> Vec<Reference> {
        let reference = |field, edge, relation, written: &str, target| {
            Some(Reference {
                field,
                edge,
                relation: fit::relation(relation)?,
                written: written.to_owned(),
                target,
            })
        };
        let whole = self.whole.iter().filter_map(|whole| {
            let written = self.parent.as_deref().unwrap_or(&self.tag);
            reference("subtasks", Edge::Parent, "child-of", written, Some(whole.clone()))
        });
        let dependencies = self.dependencies.iter().filter_map(|written| {
            let target = self.meant(written, &is_there);
            reference("dependencies", Edge::DependsOn, "depends-on", written, target)
        });
        whole.chain(dependencies).collect()
    }

    /// The task an id means. In a part of a task, an id without a dot is first that of another part, as Task Master
    /// itself reads it where it looks for the next task.
    fn meant(&self, written: &str, is_there: impl Fn(&str) -> bool) -> Option<String> {
        let sibling = self.parent.as_ref().filter(|_| !written.contains('.'));
        let sibling = sibling.map(|parent| name(&self.tag, &format!("{parent}.{written}")));
        let candidates = sibling.into_iter().chain([name(&self.tag, written)]);
        candidates.into_iter().find(|name| is_there(name))
    }
}

/// What a task is called: two tags have tasks of one id.
pub(super) fn name(tag: &str, id: &str) -> String {
    format!("{tag}/{id}")
}

/// What a tag is called.
pub(super) fn tag_name(tag: &str) -> String {
    format!("tag:{tag}")
}

/// An id as it is written: a number, or a text that is not blank. `1.0` is 1 to Task Master.
pub(super) fn id_text(value: &Value) -> Option<String> {
    let text = match value {
        Value::Number(number) if number.is_f64() => number.to_string().trim_end_matches(".0").to_owned(),
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.trim().to_owned(),
        _ => return None,
    };
    (!text.is_empty()).then_some(text)
}
