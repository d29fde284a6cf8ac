//! From the names in a request to the records they mean.

use serde_json::Value;

use super::Draft;
use crate::ops::Error;
use crate::ops::read::NAMED;
use crate::record::path::{Place, ROOT};
use crate::record::vendor::normalised_name;
use crate::record::{Fields, Kind, Record, RecordId, RecordPath, Violation, WorkItem};

impl Draft<'_> {
    /// The path of the record a name names: a full id, an alias, or a unique beginning or end of an id.
    pub(in crate::ops) fn find(&mut self, name: &str) -> Result<RecordPath, Error> {
        if let Ok(id) = name.parse::<RecordId>() {
            for path in NAMED.iter().filter_map(|kind| RecordPath::own(*kind, id)) {
                if self.get(&path)?.is_some() {
                    return Ok(path);
                }
            }
        } else if let Some(path) = self.find_by_prefix(name)? {
            return Ok(path);
        }
        self.find_by_name(name)
    }

    /// A work item by any of its names.
    pub(in crate::ops) fn find_work_item(&mut self, name: &str) -> Result<(RecordPath, WorkItem, String), Error> {
        let (path, record) = self.find_of(Kind::WorkItem, name)?;
        match record.fields {
            Fields::WorkItem(item) => Ok((path, *item, record.body)),
            _ => Err(Error::bug("a work item is none")),
        }
    }

    /// The path of a record of this kind by any of its names, and the record.
    pub(in crate::ops) fn find_of(&mut self, kind: Kind, name: &str) -> Result<(RecordPath, Record), Error> {
        let path = self.find(name)?;
        match self.get(&path)?.cloned() {
            Some(record) if path.kind() == kind => Ok((path, record)),
            Some(other) => Err(Error::of_another_kind(name, kind, &other)),
            None => Err(Error::bug(format!("{path} was found and is not there"))),
        }
    }

    /// The identities of the records of this kind that these names name, as JSON; `field` is where they are wanted.
    pub(in crate::ops) fn ids_of(&mut self, kind: Kind, field: &str, names: &[String]) -> Result<Value, Error> {
        let ids = names.iter().map(|name| match self.find_of(kind, name) {
            Ok((path, _)) => Ok(path.id().map_or(Value::Null, |id| id.to_string().into())),
            Err(error) => Err(error.in_field(field)),
        });
        ids.collect::<Result<Vec<_>, Error>>().map(Value::from)
    }

    /// Finds a record by the digits its id begins with without reading any other record.
    ///
    /// No alias looks like that, so nothing that would win over it is missed but the name of a vendor.
    pub(in crate::ops) fn find_by_prefix(&mut self, name: &str) -> Result<Option<RecordPath>, Error> {
        let digits = name.replace('-', "").to_ascii_lowercase();
        if digits.len() < crate::record::id::SHORT || !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Ok(None);
        }
        let mut found = Vec::new();
        for kind in [Kind::WorkItem, Kind::Vendor, Kind::Enhancement] {
            let directory = format!("{}/{}/{}", ROOT, kind.directory(), &digits[..2]);
            for entry in self.reading.snapshot.entries(&directory)? {
                let Ok(path) = std::str::from_utf8(&entry.path) else {
                    continue;
                };
                match RecordPath::locate(path) {
                    Place::Record(path) if path.id().is_some_and(|id| id.begins_with(name)) => found.push(path),
                    _ => {}
                }
            }
        }
        let Ok([path]) = <[_; 1]>::try_from(found) else {
            return Ok(None);
        };
        // A vendor may be called like the beginning of an identity.
        let vendor = RecordPath::own(Kind::Vendor, RecordId::vendor(&normalised_name(name), 1));
        let is_name = match vendor {
            Some(vendor) => self.reading.snapshot.entry(&vendor.to_string())?.is_some(),
            None => false,
        };
        Ok((!is_name).then_some(path))
    }

    /// The identity of the work item another one is to be put below, as JSON; a deleted one takes nothing new.
    pub(in crate::ops) fn new_parent(&mut self, name: &str) -> Result<Value, Error> {
        let (_, parent, _) = self.find_work_item(name)?;
        match parent.deleted_at {
            None => Ok(parent.id.to_string().into()),
            Some(_) => {
                let violation = Violation::field("parent_id", format!("{} is deleted", parent.id.short()));
                Err(Error::invalid(violation.to_string(), &[violation]))
            }
        }
    }

    /// The identities of the records these names name, as JSON.
    pub(in crate::ops) fn ids(&mut self, names: &[String]) -> Result<Value, Error> {
        let ids = names.iter().map(|name| {
            let path = self.find(name)?;
            Ok(path.id().map_or(Value::Null, |id| id.to_string().into()))
        });
        ids.collect::<Result<Vec<_>, Error>>().map(Value::from)
    }

    /// The same for what is to be removed: names of records, or identities in the list even where there is no record.
    pub(in crate::ops) fn known_ids(
        &mut self,
        present: impl Iterator<Item = RecordId>,
        names: &[String],
    ) -> Result<Vec<Value>, Error> {
        let present: Vec<RecordId> = present.collect();
        let ids = names.iter().map(|name| {
            let fitting: Vec<_> = present.iter().filter(|id| id.matches(name)).collect();
            match fitting.as_slice() {
                [id] => Ok(id.to_string().into()),
                _ => self
                    .find(name)
                    .map(|path| path.id().map_or(Value::Null, |id| id.to_string().into())),
            }
        });
        ids.collect()
    }
}
