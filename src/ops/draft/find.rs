//! From the names in a request to the records they mean.

use serde_json::Value;

use super::Draft;
use crate::ops::read::NAMED;
use crate::ops::{Error, ErrorKind};
use crate::record::path::{Place, ROOT};
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
        let path = self.find(name)?;
        match self.get(&path)? {
            Some(Record {
                fields: Fields::WorkItem(item),
                body,
            }) => {
                let (item, body) = ((**item).clone(), body.clone());
                Ok((path, item, body))
            }
            Some(other) => {
                let message = format!(
                    "`{name}` is not a work item: {} {}",
                    path.kind().as_str(),
                    other.heading()
                );
                Err(Error::request(message))
            }
            None => Err(Error::new(
                ErrorKind::NotFound,
                format!("there is no work item `{name}`"),
            )),
        }
    }

    /// Finds a record by the digits its id begins with without reading any other record.
    ///
    /// No alias looks like that, so nothing that would win over it is missed.
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
        match <[_; 1]>::try_from(found) {
            Ok([path]) => Ok(Some(path)),
            Err(_) => Ok(None),
        }
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
