//! Names that only one record may have: those of vendors that are not deleted, and aliases.

use std::collections::{BTreeMap, HashMap};

use super::vendor::normalised_name;
use super::{Fields, Record, RecordId, RecordPath};

/// A name that two records have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clash {
    /// `name` or `aliases`.
    pub field: &'static str,
    /// The name, as the second record spells it.
    pub name: String,
    /// The first record that has it, by path.
    pub holder: RecordId,
    /// The second.
    pub id: RecordId,
    /// Where the second lives.
    pub path: RecordPath,
}

/// The names that clash; of three that have one name, the second with the first and the third with the second.
#[must_use]
pub fn clashes(records: &BTreeMap<RecordPath, Record>) -> Vec<Clash> {
    let (mut vendors, mut aliases) = (HashMap::new(), HashMap::new());
    let mut found = Vec::new();
    for (path, record) in records {
        let Some(id) = path.id() else { continue };
        let mut clash = |field, name: &str, holder: Option<RecordId>| {
            found.extend(holder.map(|holder| Clash {
                field,
                name: name.to_owned(),
                holder,
                id,
                path: path.clone(),
            }));
        };
        if let Fields::Vendor(vendor) = &record.fields
            && vendor.deleted_at.is_none()
        {
            let name = vendor.name.as_str();
            clash("name", name, vendors.insert(normalised_name(name), id));
        }
        for alias in record.aliases() {
            clash("aliases", alias, aliases.insert(alias, id));
        }
    }
    found
}
