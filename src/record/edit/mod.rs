//! Changes a record file where its fields change, and nowhere else.
//!
//! The YAML is not printed anew: the strict reader says at which bytes each value stands, and only those are cut out
//! and replaced. Whatever comes of it is read again before anybody gets to see it.

mod flow;
mod list;
mod map;
mod sheet;
#[cfg(test)]
mod tests;
mod value;

use super::file::{self, parse};
use super::frontmatter::{self, Parts};
use super::yaml::{self, Content, Print};
use super::{Kind, Record, Severity, Violation};
use sheet::Sheet;

/// Why a record file cannot be edited in place.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    /// The file is not a valid record.
    #[error("the file is not a valid record: {0}")]
    Invalid(Violation),
    /// The record was written by a newer version.
    #[error("`{0}` is newer than this version writes; the record is read-only")]
    NewerSchema(String),
    /// A record stays what it is.
    #[error("`schema` cannot be edited: a {} does not become a {}", .found.as_str(), .wanted.as_str())]
    OtherKind {
        /// What the file holds.
        found: Kind,
        /// What it should hold.
        wanted: Kind,
    },
    /// The value has comments in places that will not be there any more.
    #[error("`{field}` cannot be edited in place without losing a comment")]
    LosesComment {
        /// The field, dotted.
        field: String,
    },
    /// The value stands in a form that is not edited in place.
    #[error("`{field}` cannot be edited in place: {reason}")]
    Layout {
        /// The field, dotted.
        field: String,
        /// What is in the way.
        reason: &'static str,
    },
    /// The outcome would say something else than was wanted.
    #[error("`{field}` cannot be edited in place: the file would not read as wanted ({reason})")]
    Unfaithful {
        /// The first field that would differ; `body` for the text below.
        field: String,
        /// How it would.
        reason: String,
    },
}

/// Rewrites a record file so that it reads as `wanted`, changing only the lines of the fields that differ.
///
/// Comments, unknown keys, the order of keys, the spelling of all other lines, line ends, a byte order mark and every
/// byte of a body that does not differ stay; where nothing differs, so do all bytes. A comment goes only with the line
/// it shares with what is removed. A value that print leaves out (`priority: medium`) is spelled out where its key
/// stands, unless the key is among `cleared`: then its lines go. New lines end as the others do; a new body is written
/// as it is.
///
/// The outcome was read again and is `wanted`.
pub fn edit(original: &[u8], wanted: &Record, cleared: &[&str]) -> Result<Vec<u8>, EditError> {
    let parsed = parse(original, None).map_err(first_error)?;
    if let Some(schema) = parsed.newer_schema {
        return Err(EditError::NewerSchema(schema));
    }
    let (found, kind) = (parsed.record.kind(), wanted.kind());
    if found != kind {
        return Err(EditError::OtherKind { found, wanted: kind });
    }
    let parts = frontmatter::split(original).map_err(EditError::Invalid)?;
    let yaml = edit_yaml(&parts, &parsed.record, wanted, cleared)?;
    let mut edited = original[..parts.span.start].to_vec();
    edited.extend_from_slice(yaml.as_bytes());
    edited.extend_from_slice(&original[parts.span.end..parts.after]);
    if parts.body == wanted.body {
        edited.extend_from_slice(&original[parts.after..]);
    } else {
        push_body(&mut edited, &wanted.body, parts.eol);
    }
    verify(&edited, wanted)?;
    Ok(edited)
}

fn edit_yaml(parts: &Parts<'_>, found: &Record, wanted: &Record, cleared: &[&str]) -> Result<String, EditError> {
    let root = yaml::read(parts.yaml, parts.first_line).map_err(EditError::Invalid)?;
    let Content::Map(present) = &root.content else {
        return Ok(parts.yaml.to_owned());
    };
    let mut old = file::entries(&found.fields);
    let mut new = file::entries(&wanted.fields);
    let keys = file::canonical_keys(wanted.kind());
    let (was, is) = (map::by_key(&old), map::by_key(&new));
    let (mut removed, mut spelled) = (Vec::new(), Vec::new());
    for key in present.iter().map(|entry| entry.key.as_str()) {
        if key == "schema" || is.contains_key(key) {
            continue;
        }
        if cleared.contains(&key) {
            // What the file says although print would not: there has to be something to remove.
            if !was.contains_key(key) {
                removed.push((key.to_owned(), Print::Null));
            }
        } else if was.contains_key(key)
            && let Some((_, Some(omitted))) = keys.iter().find(|(k, _)| *k == key)
        {
            spelled.push((key.to_owned(), omitted.clone()));
        }
    }
    old.extend(removed);
    new.extend(spelled);
    let order = keys.iter().map(|(key, _)| *key);
    let order: Vec<&str> = ["schema"]
        .into_iter()
        .chain(order)
        .chain(
            new.iter()
                .map(|(key, _)| key.as_str())
                .filter(|key| !keys.iter().any(|(known, _)| known == key)),
        )
        .collect();
    let mut sheet = Sheet::new(parts.yaml);
    let lines = map::Lines {
        entries: present,
        block: root.block,
        end: parts.yaml.len(),
        path: "",
    };
    lines.edit(&mut sheet, &old, &new, &order)?;
    Ok(sheet.finish(parts.eol))
}

fn push_body(file: &mut Vec<u8>, body: &str, eol: &str) {
    if !file.ends_with(b"\n") {
        file.extend_from_slice(eol.as_bytes());
    }
    if !body.is_empty() {
        for part in [eol, body, eol] {
            file.extend_from_slice(part.as_bytes());
        }
    }
}

fn first_error(violations: Vec<Violation>) -> EditError {
    let found = violations.into_iter().find(|v| v.severity == Severity::Error);
    EditError::Invalid(found.unwrap_or_else(|| Violation::file(None, "it has errors")))
}

/// Nobody gets an edit that says something else than was asked for.
fn verify(edited: &[u8], wanted: &Record) -> Result<(), EditError> {
    let unfaithful = |field: &str, reason: String| EditError::Unfaithful {
        field: field.to_owned(),
        reason,
    };
    let parsed = parse(edited, None).map_err(|violations| match first_error(violations) {
        EditError::Invalid(violation) => {
            let field = violation.field.clone().unwrap_or_else(|| "frontmatter".to_owned());
            unfaithful(&field, violation.message)
        }
        other => other,
    })?;
    if let Some(schema) = parsed.newer_schema {
        return Err(EditError::NewerSchema(schema));
    }
    if parsed.record == *wanted {
        return Ok(());
    }
    let (now, then) = (parsed.record.to_json(), wanted.to_json());
    let differs = then
        .keys()
        .chain(now.keys())
        .find(|key| now.get(*key) != then.get(*key));
    let field = differs.map_or("body", String::as_str);
    Err(unfaithful(field, "it would have another value".to_owned()))
}
