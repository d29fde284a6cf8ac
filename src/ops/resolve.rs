//! From what people type to the record they mean.

use std::collections::BTreeSet;

use serde_json::json;

use super::read::Loaded;
use super::{Error, ErrorKind};
use crate::record::value::folded;
use crate::record::vendor::normalised_name;
use crate::record::{Fields, Record, RecordId, RecordPath};

/// How many characters of a name somebody must have typed for it to be suggested.
const PART: usize = 3;

/// How alike two names must be for one to be suggested for the other, from 0 to 1.
const ALIKE: f64 = 0.85;

/// Finds the record a full id, an alias, the name of a vendor, or a unique prefix or suffix of an id names.
///
/// A full id wins over an alias, an exact alias over one in other letter case and a vendor's name, and these over a part
/// of an id.
pub(super) fn resolve<'l>(loaded: &'l Loaded, name: &str) -> Result<&'l RecordPath, Error> {
    let by_name = |is: &dyn Fn(&Record) -> bool| -> Vec<_> {
        loaded.records.iter().filter(|(_, parsed)| is(&parsed.record)).collect()
    };
    let id = name.parse::<RecordId>().ok();
    let whole = loaded.records.keys().filter(|path| id.is_some() && path.id() == id);
    if let [path] = whole.collect::<Vec<_>>().as_slice() {
        return Ok(path);
    }
    let fits = |path: &RecordPath| !name.is_empty() && path.id().is_some_and(|id| id.matches(name));
    let mut found = by_name(&|record| record.aliases().any(|alias| alias == name));
    if found.is_empty() {
        found = by_name(&|record| record.is_called(name));
    }
    if found.is_empty() {
        found = loaded.records.iter().filter(|(path, _)| fits(path)).collect();
    }
    match found.as_slice() {
        [(path, _)] => Ok(path),
        [] => Err(not_found(loaded, name)),
        _ => {
            let candidates: Vec<_> = found
                .iter()
                .map(|(path, parsed)| candidate(path, &parsed.record))
                .collect();
            let names = candidates
                .iter()
                .filter_map(|c| Some(format!("{} {}", c["id"].as_str()?, c["title"].as_str()?)));
            let names: Vec<_> = names.take(10).collect();
            let message = format!("`{name}` fits {} records:\n  {}", found.len(), names.join("\n  "));
            Err(Error::new(ErrorKind::Ambiguous, message).with("candidates", candidates))
        }
    }
}

fn candidate(path: &RecordPath, record: &Record) -> serde_json::Value {
    json!({ "id": path.id().map(|id| id.to_string()), "kind": path.kind().as_str(), "title": record.heading() })
}

fn not_found(loaded: &Loaded, name: &str) -> Error {
    let unreadable: Vec<_> = loaded
        .unreadable_ids()
        .into_iter()
        .filter(|id| !name.is_empty() && id.matches(name))
        .collect();
    if let [id] = unreadable.as_slice() {
        let file = loaded.unreadable.iter().find(|u| u.file.contains(&id.to_string()));
        let reasons = file.map(super::Unreadable::reasons);
        let message = format!("{id} cannot be read: {}", reasons.unwrap_or_default());
        let violations = file.map(|u| u.violations.as_slice()).unwrap_or_default();
        return Error::invalid(message, violations).hint("git docket validate");
    }
    let is_named_so = |record: &Record| match &record.fields {
        Fields::Vendor(vendor) => normalised_name(vendor.name.as_str()) == normalised_name(name),
        _ => false,
    };
    if let Some(deleted) = loaded.records().find(|record| is_named_so(record)) {
        let id = deleted.id().map(RecordId::short).unwrap_or_default();
        let message = format!("the vendor `{}` is deleted", deleted.heading());
        return Error::new(ErrorKind::NotFound, message)
            .with("deleted", id.as_str())
            .hint(format!("git docket restore {id}"));
    }
    let near = near_matches(loaded, name);
    let message = match near.as_slice() {
        [] => format!("there is no record `{name}`"),
        near => format!("there is no record `{name}`; did you mean {}?", near.join(", ")),
    };
    Error::new(ErrorKind::NotFound, message)
        .with("near_matches", near)
        .hint("git docket list")
}

fn vendor_name(record: &Record) -> Option<String> {
    match &record.fields {
        Fields::Vendor(vendor) => Some(vendor.name.to_string()),
        _ => None,
    }
}

fn near_matches(loaded: &Loaded, name: &str) -> Vec<String> {
    let short = |path: &RecordPath| path.id().map(RecordId::short);
    let names: BTreeSet<String> = loaded
        .records
        .iter()
        .flat_map(|(path, parsed)| {
            parsed
                .record
                .aliases()
                .map(ToOwned::to_owned)
                .chain(vendor_name(&parsed.record))
                .chain(short(path))
                .collect::<Vec<_>>()
        })
        .collect();
    let mut near: Vec<(f64, String)> = names
        .into_iter()
        .map(|candidate| (likeness(&folded(name), &folded(&candidate)), candidate))
        .filter(|(likeness, _)| *likeness >= ALIKE)
        .collect();
    near.sort_by(|a, b| b.0.total_cmp(&a.0));
    near.into_iter().take(3).map(|(_, candidate)| candidate).collect()
}

/// How alike two names are; one of which only a part was typed is as alike as it has to be.
fn likeness(typed: &str, name: &str) -> f64 {
    let likeness = strsim::jaro_winkler(typed, name);
    match typed.chars().count() >= PART && name.contains(typed) {
        true => likeness.max(ALIKE),
        false => likeness,
    }
}
