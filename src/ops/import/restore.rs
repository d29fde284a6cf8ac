//! Bringing back what [`export`](crate::ops::export()) wrote, in one commit or not at all.

use std::collections::{BTreeMap, HashSet};

use serde::Serialize;
use serde_json::json;

use super::check_together;
use crate::exchange::export::json::Layout;
use crate::exchange::export::read::{Restored, RestoredRecord, Wrong, read};
use crate::ops::read::{Loaded, Meta, Reading, Unreadable};
use crate::ops::{Context, Error, Progress, violation_json};
use crate::record::change::changes;
use crate::record::limits::RECORD_BYTES;
use crate::record::{Kind, RecordId, RecordPath, config, parse};
use crate::store::CONFIG_PATH;

/// How many differences a message names.
const NAMED: usize = 10;

/// What to bring back.
#[derive(Clone, Debug)]
pub struct RestoreRequest {
    /// The export.
    pub bytes: Vec<u8>,
    /// Whether it is a record a line.
    pub lines: bool,
    /// Whether records that are here with another content are left as they are.
    pub skip_existing: bool,
    /// Whether nothing is to be written.
    pub dry_run: bool,
}

/// What was brought back, or would be.
#[derive(Clone, Debug, Serialize)]
pub struct RestoreResponse {
    /// Whether nothing was written because nothing was to be.
    pub dry_run: bool,
    /// How many records are new here, by kind.
    pub records: BTreeMap<&'static str, usize>,
    /// How many were here already, byte for byte.
    pub already_here: usize,
    /// Whether the settings came along, which they do into an empty docket.
    pub settings: bool,
    /// What is here with another content, and stays.
    pub differences: Vec<Difference>,
    /// Files that nobody could read where this was exported; they do not come along.
    pub left_out: Vec<LeftOut>,
    /// The commit that holds what is new; null where nothing is, or nothing was to be written.
    pub commit: Option<String>,
    /// What every answer carries.
    #[serde(flatten)]
    pub meta: Meta,
}

/// A file that is here with another content.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// Its path.
    pub file: String,
    /// The fields that differ; `text` where only comments, order or line ends do.
    pub fields: Vec<String>,
}

/// A file that does not come along.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LeftOut {
    /// Its path.
    pub file: String,
    /// What is wrong with it.
    pub reasons: Vec<String>,
}

/// Brings back what an export holds and is not here yet. What is here is never overwritten.
///
/// # Errors
///
/// `invalid` where an entry is no valid record, where a rule between records would break, or where
/// something is here with another content and is not to be skipped. Nothing has happened then.
pub fn restore_export(
    context: &Context,
    request: &RestoreRequest,
    progress: &dyn Progress,
) -> Result<RestoreResponse, Error> {
    progress.step("reading", None);
    let layout = if request.lines { Layout::Lines } else { Layout::Document };
    let restored = read(&request.bytes, layout).map_err(|wrong| refused(&wrong))?;
    if request.dry_run {
        let reading = context.read()?;
        let new = New::of(&reading, &restored, request.skip_existing, progress)?;
        return Ok(new.response(restored, None, reading.meta(), true));
    }
    let written = context.write("import", None, |_, draft| {
        let new = New::of(draft.reading, &restored, request.skip_existing, progress)?;
        progress.step("writing", None);
        for at in &new.records {
            let RestoredRecord {
                path, bytes, record, ..
            } = &restored.records[*at];
            draft.put_new_file(path.clone(), bytes.clone(), record.clone());
        }
        draft.config = restored
            .settings
            .as_ref()
            .filter(|_| new.settings)
            .map(|text| text.clone().into_bytes());
        draft.subject = Some(format!("import export: {}", new.counted(&restored)));
        draft.checked = true;
        Ok(new)
    })?;
    let new = written.value;
    let commit = (new.settings || !new.records.is_empty()).then(|| written.commit.to_string());
    Ok(new.response(restored, commit, Meta::git(written.commit, written.warnings), false))
}

/// What an export adds to a docket.
struct New {
    /// The positions of the records.
    records: Vec<usize>,
    already_here: usize,
    settings: bool,
    differences: Vec<Difference>,
    counts: BTreeMap<&'static str, usize>,
}

impl New {
    fn of(reading: &Reading, restored: &Restored, skip_existing: bool, progress: &dyn Progress) -> Result<Self, Error> {
        progress.step("comparing", Some(restored.records.len()));
        let loaded = reading.load(Kind::ALL)?;
        let (settings, differs) = settings(reading, restored, &loaded)?;
        let mut new = Self {
            records: Vec::new(),
            already_here: 0,
            settings,
            differences: differs.into_iter().collect(),
            counts: BTreeMap::new(),
        };
        let unreadable: HashSet<&str> = loaded.unreadable.iter().map(|file| file.file.as_str()).collect();
        for (at, record) in restored.records.iter().enumerate() {
            progress.advance(1);
            let here = loaded.records.contains_key(&record.path);
            if !here && !unreadable.contains(record.path.to_string().as_str()) {
                new.records.push(at);
                *new.counts.entry(record.path.kind().as_str()).or_default() += 1;
                continue;
            }
            match difference(reading, record)? {
                None => new.already_here += 1,
                Some(difference) => new.differences.push(difference),
            }
        }
        if !skip_existing && !new.differences.is_empty() {
            return Err(differs_here(&new.differences));
        }
        let added = new.records.iter().map(|at| &restored.records[*at]);
        let added = added
            .map(|record| (record.path.clone(), record.record.clone()))
            .collect();
        let place = |path: &RecordPath| {
            let found = restored.records.iter().find(|record| record.path == *path);
            found.map(|record| record.place.clone())
        };
        check_together(loaded, added, &missing(restored), &place)?;
        Ok(new)
    }

    /// What came, in words.
    fn counted(&self, restored: &Restored) -> String {
        let counts = self.counts.iter().map(|(kind, count)| match count {
            1 => format!("1 {}", kind.replace('-', " ")),
            count => format!("{count} {}s", kind.replace('-', " ")),
        });
        let settings = restored
            .settings
            .iter()
            .filter(|_| self.settings)
            .map(|_| "settings".to_owned());
        counts.chain(settings).collect::<Vec<_>>().join(", ")
    }

    fn response(self, restored: Restored, commit: Option<String>, mut meta: Meta, dry_run: bool) -> RestoreResponse {
        let left_out = restored
            .unread
            .into_iter()
            .map(|(file, reasons)| LeftOut { file, reasons });
        let left_out: Vec<_> = left_out.collect();
        let of_files = left_out.iter().map(|file| {
            let reasons = file.reasons.join("; ");
            format!(
                "{} could not be read where this was exported, and does not come along: {reasons}",
                file.file
            )
        });
        let stays = self.differences.iter().map(|difference| {
            format!(
                "{} is here with another content and stays: {}",
                difference.file,
                difference.fields.join(", ")
            )
        });
        meta.warnings.extend(stays.chain(of_files));
        RestoreResponse {
            dry_run,
            records: self.counts,
            already_here: self.already_here,
            settings: self.settings,
            differences: self.differences,
            left_out,
            commit,
            meta,
        }
    }
}

/// The identities of files that could not be read where this was exported.
fn missing(restored: &Restored) -> HashSet<RecordId> {
    let unread = restored
        .unread
        .iter()
        .map(|(file, _)| Unreadable::file(file.clone(), ""));
    let missing = Loaded {
        unreadable: unread.collect(),
        ..Loaded::default()
    };
    missing.unreadable_ids()
}

/// Whether the settings come along, or how they differ: only a docket without records takes them whole, identity and
/// all. Beside others, each keeps its own identity.
fn settings(reading: &Reading, restored: &Restored, loaded: &Loaded) -> Result<(bool, Option<Difference>), Error> {
    let Some(theirs) = &restored.settings else {
        return Ok((false, None));
    };
    let ours = reading.snapshot.read(CONFIG_PATH, RECORD_BYTES)?;
    let ours = ours.map(|blob| blob.bytes).unwrap_or_default();
    let (here, there) = (config::values(&ours), config::values(theirs.as_bytes()));
    let bare = here.keys().all(|key| key == "repository");
    if loaded.records.is_empty() && loaded.unreadable.is_empty() && bare {
        return Ok((ours != theirs.as_bytes(), None));
    }
    let differ = there
        .iter()
        .filter(|(key, value)| *key != "repository" && here.get(*key) != Some(*value));
    let fields: Vec<_> = differ.map(|(key, _)| key.clone()).collect();
    let difference = (!fields.is_empty()).then(|| Difference {
        file: CONFIG_PATH.to_owned(),
        fields,
    });
    Ok((false, difference))
}

/// How a record that is here differs; nothing where it is the same byte for byte.
fn difference(reading: &Reading, record: &RestoredRecord) -> Result<Option<Difference>, Error> {
    let file = record.path.to_string();
    let here = reading.snapshot.read(&file, RECORD_BYTES).ok().flatten();
    if here.as_ref().is_some_and(|blob| blob.bytes == record.bytes) {
        return Ok(None);
    }
    let before = here.and_then(|blob| parse(&blob.bytes, Some(&record.path)).ok());
    let fields = match before {
        None => vec!["cannot be read here".to_owned()],
        Some(before) => {
            let changed = changes(Some(&before.record), Some(&record.record));
            let changed: Vec<_> = changed.iter().map(|change| change.field.clone()).collect();
            if changed.is_empty() {
                vec!["text".to_owned()]
            } else {
                changed
            }
        }
    };
    Ok(Some(Difference { file, fields }))
}

fn differs_here(differences: &[Difference]) -> Error {
    let named = differences
        .iter()
        .take(NAMED)
        .map(|difference| format!("\n  {}: {}", difference.file, difference.fields.join(", ")));
    let files = if differences.len() == 1 {
        "1 file is".to_owned()
    } else {
        format!("{} files are", differences.len())
    };
    let more = if differences.len() > NAMED { "\n  …" } else { "" };
    let message = format!(
        "{files} here with another content, so nothing was imported; --skip-existing leaves them as they are:{}{more}",
        named.collect::<String>()
    );
    Error::request(message).with("differences", json!(differences))
}

/// What is wrong with an export, as one error that names every place.
fn refused(wrong: &[Wrong]) -> Error {
    let violations = wrong
        .iter()
        .flat_map(|wrong| wrong.violations.iter().map(move |violation| (wrong, violation)));
    let violations = violations.map(|(wrong, violation)| {
        let mut told = violation_json(violation);
        told["place"] = wrong.place.as_str().into();
        told["file"] = wrong.file.clone().into();
        told
    });
    let lines: Vec<_> = wrong.iter().map(ToString::to_string).collect();
    let message = match lines.as_slice() {
        [one] => format!("the export cannot be imported: {one}"),
        lines => format!("the export cannot be imported:\n  {}", lines.join("\n  ")),
    };
    Error::request(message).with("violations", violations.collect::<Vec<_>>())
}
