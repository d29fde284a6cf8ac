//! Objects that were read a moment ago.
//!
//! A write reads the same few trees and the same commit several times: to look a record up, to check, to make the new
//! trees. An object never changes under its name, so what was read once need not be read again. Refs, and whether an
//! object exists, are asked of the disk every time.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use gix::ObjectId;
use gix::objs::Kind;

use super::packed::keep_bases;

/// No larger object is kept.
const OBJECT_BYTES: usize = 64 * 1024;

/// When there would be more, all are forgotten: what is needed next is soon back.
const TOTAL_BYTES: usize = 4 * 1024 * 1024;

/// The same objects for all handles of a store.
#[derive(Clone, Default)]
pub(super) struct Recent(Arc<Mutex<Objects>>);

#[derive(Default)]
struct Objects {
    by_id: HashMap<ObjectId, (Kind, Box<[u8]>)>,
    bytes: usize,
}

impl Recent {
    /// A handle that looks here first, and keeps here what it reads.
    pub(super) fn attach(&self, mut repo: gix::Repository) -> gix::Repository {
        let shared = self.clone();
        repo.objects.set_object_cache(move || Box::new(shared.clone()));
        keep_bases(&mut repo);
        repo
    }
}

impl gix_pack::cache::Object for Recent {
    fn put(&mut self, id: ObjectId, kind: Kind, data: &[u8]) {
        if data.len() > OBJECT_BYTES {
            return;
        }
        let Ok(mut objects) = self.0.lock() else { return };
        if objects.bytes + data.len() > TOTAL_BYTES {
            *objects = Objects::default();
        }
        if objects.by_id.insert(id, (kind, data.into())).is_none() {
            objects.bytes += data.len();
        }
    }

    fn get(&mut self, id: &ObjectId, out: &mut Vec<u8>) -> Option<Kind> {
        let objects = self.0.lock().ok()?;
        let (kind, data) = objects.by_id.get(id)?;
        out.clear();
        out.extend_from_slice(data);
        Some(*kind)
    }
}
