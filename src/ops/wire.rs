//! Fields that go over the wire in two places: by themselves, and inside of `metadata`.

use serde_json::{Map, Value};

use super::Error;
use super::draft::refused;
use crate::record::Violation;

/// The metadata of a request without the `names` that have fields of their own. These go into `fields`.
///
/// # Errors
///
/// Where a field is given in both places, and the values differ.
pub(super) fn lifted(
    metadata: &Map<String, Value>,
    names: &[&str],
    fields: &mut Map<String, Value>,
) -> Result<Map<String, Value>, Error> {
    let mut rest = metadata.clone();
    let mut violations = Vec::new();
    for name in names {
        let Some(inside) = rest.shift_remove(*name).filter(|value| !value.is_null()) else {
            continue;
        };
        match fields.get(*name) {
            Some(outside) if *outside != inside => {
                let reason = format!("is {inside}, but {name} itself is {outside}");
                violations.push(Violation::field(format!("metadata.{name}"), reason));
            }
            _ => drop(fields.insert((*name).to_owned(), inside)),
        }
    }
    match violations.is_empty() {
        true => Ok(rest),
        false => Err(refused(violations)),
    }
}

/// Repeats fields inside of the metadata, those that are there.
pub(super) fn repeated(metadata: &mut Map<String, Value>, names: &[&str], fields: &Map<String, Value>) {
    for name in names {
        if let Some(value) = fields.get(*name) {
            metadata.insert((*name).to_owned(), value.clone());
        }
    }
}
