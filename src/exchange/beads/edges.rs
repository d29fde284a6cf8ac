//! Dependencies: parents, what is waited for, and links.

use serde_json::Value;

use super::words;
use crate::exchange::draft::Draft;
use crate::exchange::link::{Edge, Reference};
use crate::exchange::source::Source;
use crate::exchange::{Kept, Loss, fit};
use crate::record::value::Relation;

/// An edge that stands with another issue than the one it begins at.
pub(super) struct Stray {
    /// The issue it begins at.
    pub(super) of: String,
    /// The issue it stands with.
    with: String,
    pub(super) reference: Reference,
}

impl Stray {
    /// The loss where the issue it begins at is not there.
    pub(super) fn lost(self) -> Loss {
        Loss {
            original: self.with,
            field: self.reference.field.to_owned(),
            reason: "begins at an issue that was not imported".to_owned(),
            kept: Kept::Nowhere,
        }
    }
}

/// Gives the draft its references; returns those of other issues.
pub(super) fn read(draft: &mut Draft, dependencies: Vec<Value>) -> Vec<Stray> {
    let mut strays = Vec::new();
    let mut misshapen = Vec::new();
    let mut unused: Vec<String> = Vec::new();
    for value in dependencies {
        let Some(read) = edge(&value) else {
            misshapen.push(value);
            continue;
        };
        for key in read.unused {
            if !unused.contains(&key) {
                unused.push(key);
            }
        }
        if read.odd_relation {
            draft.lose("dependencies.type", "names no relation; it is relates-to", Kept::Link);
        }
        match read.of {
            Some(of) if of != draft.original => strays.push(Stray {
                of,
                with: draft.original.clone(),
                reference: read.reference,
            }),
            _ => draft.references.push(read.reference),
        }
    }
    for key in unused {
        let reason = match key.as_str() {
            "created_at" => "a dependency has no time of its own here",
            "created_by" => "a dependency has no author of its own here",
            _ => "a dependency has no such field here",
        };
        draft.lose(&format!("dependencies.{key}"), reason, Kept::Nowhere);
    }
    let reason = "is not a dependency: issue_id, depends_on_id and type";
    draft.keep("dependencies", Value::Array(misshapen), reason);
    strays
}

struct Read {
    of: Option<String>,
    reference: Reference,
    odd_relation: bool,
    unused: Vec<String>,
}

fn edge(value: &Value) -> Option<Read> {
    let mut source = Source::of(value.as_object()?.clone());
    let target = source.text("depends_on_id")?;
    let word = source.text("type")?;
    let (edge, word) = match word.as_str() {
        "parent-child" => (Edge::Parent, "child-of"),
        "blocks" => (Edge::DependsOn, "depends-on"),
        other => (Edge::Link, words::relation(other)),
    };
    let named = fit::relation(word);
    let odd_relation = named.is_none();
    Some(Read {
        of: source.text("issue_id"),
        reference: Reference {
            field: "dependencies",
            edge,
            relation: named.or_else(|| Relation::new("relates-to").ok())?,
            written: target.clone(),
            target: Some(target),
        },
        odd_relation,
        unused: source
            .rest()
            .filter(|(_, value)| value.as_str() != Some(""))
            .map(|(key, _)| key)
            .collect(),
    })
}
