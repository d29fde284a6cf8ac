//! What a reviewer should look at first.

use std::collections::BTreeSet;

use serde_json::Value;

use super::ask::{Asked, brief};
use super::changed::{Changed, Changes, Version};
use super::{Attention, AttentionWhat};
use crate::ops::Error;
use crate::ops::history::FieldChange;
use crate::ops::read::Reading;
use crate::record::limits::RECORD_BYTES;
use crate::record::{Fields, Record, config};
use crate::store::CONFIG_PATH;

/// Changed rules, then conflicts nobody has resolved, then unknown fields and newer schemas, each by file.
pub(super) fn of(asked: &Asked<'_>, changes: &Changes, settings: &[FieldChange]) -> Result<Vec<Attention>, Error> {
    let (mut conflicts, mut found) = (Vec::new(), Vec::new());
    for changed in changes.records.values() {
        let Version::Valid(after) = &changed.after else {
            continue;
        };
        let attention = |what, record, field| Attention {
            what,
            file: changed.path.to_string(),
            record,
            field,
        };
        if let Fields::Conflict(conflict) = &after.record.fields
            && conflict.resolved_at.is_none()
        {
            let on = asked.record(changes, conflict.on)?;
            let field = Some(conflict.field.to_string());
            conflicts.push(attention(AttentionWhat::Conflict, on.as_ref().and_then(brief), field));
        }
        for key in new_unknown(changed, &after.record) {
            found.push(attention(AttentionWhat::UnknownField, brief(&after.record), Some(key)));
        }
        if after.newer_schema.is_some() {
            let schema = Some("schema".to_owned());
            found.push(attention(AttentionWhat::NewerSchema, brief(&after.record), schema));
        }
    }
    let rules = settings.iter().filter(|setting| setting.field.starts_with("policy."));
    let rules = rules.map(|setting| Attention {
        what: AttentionWhat::Policy,
        file: CONFIG_PATH.to_owned(),
        record: None,
        field: Some(setting.field.clone()),
    });
    Ok(rules.chain(conflicts).chain(found).collect())
}

/// The keys nobody knows that were not there before.
fn new_unknown(changed: &Changed, after: &Record) -> Vec<String> {
    let known = changed.before.record().map(Record::unknown_keys).unwrap_or_default();
    let mut keys = after.unknown_keys();
    keys.retain(|key| !known.contains(key));
    keys
}

/// The settings of the docket that differ, in the order of their names.
pub(super) fn settings(asked: &Asked<'_>, changes: &Changes) -> Result<Vec<FieldChange>, Error> {
    if !changes.others.iter().any(|file| file == CONFIG_PATH) {
        return Ok(Vec::new());
    }
    let values = |reading: &Reading| Ok::<_, Error>(config::values(&file(reading)?));
    let before = asked.base.map(values).transpose()?.unwrap_or_default();
    let after = values(asked.head)?;
    let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let value = |values: &serde_json::Map<String, Value>, name: &str| values.get(name).cloned();
    let differing = names.into_iter().filter(|name| before.get(*name) != after.get(*name));
    let change = |name: &String| FieldChange {
        field: name.clone(),
        before: value(&before, name),
        after: value(&after, name),
        lines_added: None,
        lines_removed: None,
    };
    Ok(differing.map(change).collect())
}

/// The configuration that all clones agree on, as it stands at a commit.
pub(super) fn file(reading: &Reading) -> Result<Vec<u8>, Error> {
    let blob = reading.snapshot.read(CONFIG_PATH, RECORD_BYTES)?;
    Ok(blob.map(|blob| blob.bytes).unwrap_or_default())
}
