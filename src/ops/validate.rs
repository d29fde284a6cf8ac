//! Validating a docket: every file by itself, and the rules that span them.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;

use super::read::{Loaded, Unreadable};
use super::{Context, Error};
use crate::record::path::Place;
use crate::record::{Kind, Record, RecordPath, Severity, Violation, config, graph, inspect, limits, line_of_field};
use crate::store::CONFIG_PATH;

/// What to validate.
#[derive(Clone, Debug)]
pub enum Target {
    /// The tip of the tracking ref.
    Tip,
    /// The docket at a commit.
    Revision(String),
    /// Files from outside of the store: path below the root of the tree, where there is one, and content.
    Files(Vec<(Option<String>, Vec<u8>)>),
    /// One file by itself: whether other records exist is not asked.
    File(Option<String>, Vec<u8>),
}

/// One violation and the file it is in.
#[derive(Clone, Debug, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Finding {
    /// The file.
    pub file: String,
    /// The line, counted from 1; null for the file as a whole.
    pub line: Option<u32>,
    /// The field; null for the file as a whole.
    pub field: Option<String>,
    /// Whether the record can be used all the same.
    pub severity: Severity,
    /// The reason.
    pub message: String,
}

/// What was found.
#[derive(Clone, Debug, Serialize)]
pub struct ValidateResponse {
    /// Errors and warnings by file and line; a warning that many records share stands once.
    pub violations: Vec<Finding>,
    /// How many record files were read.
    pub records: usize,
    /// How many errors there are.
    pub errors: usize,
    /// How many warnings there are, those that stand once counted as often as they occur.
    pub warning_count: usize,
    /// The commit that was read; null for files from outside.
    pub revision: Option<String>,
    /// Where the answer comes from.
    pub data_source: &'static str,
    /// What somebody may want to know beside the violations.
    pub warnings: Vec<String>,
}

/// Validates the docket of the repository, or at one of its commits.
pub fn validate(context: &Context, target: &Target) -> Result<ValidateResponse, Error> {
    let reading = match target {
        Target::Files(_) | Target::File(..) => return Ok(validate_files(target)),
        Target::Tip => context.read()?,
        Target::Revision(revision) => context.read_at(context.store.resolve(revision)?, Vec::new())?,
    };
    let loaded = reading.inspect(Kind::ALL)?;
    let config = reading.snapshot.read(CONFIG_PATH, limits::RECORD_BYTES)?;
    let wrong = config.map_or_else(
        || vec![Violation::file(None, "is missing")],
        |blob| config::check(&blob.bytes),
    );
    let configured = wrong
        .into_iter()
        .map(|violation| finding(CONFIG_PATH.to_owned(), violation));
    let configured: Vec<_> = configured.collect();
    let line = |file: &str, field: &str| {
        let blob = reading.snapshot.read(file, limits::RECORD_BYTES).ok().flatten()?;
        line_of_field(&blob.bytes, field)
    };
    let findings = examine(loaded, true, line);
    let meta = reading.meta();
    Ok(ValidateResponse {
        errors: findings.errors + configured.len(),
        violations: [configured, findings.violations].concat(),
        revision: Some(meta.revision),
        data_source: meta.data_source,
        warnings: meta.warnings,
        ..findings
    })
}

/// Validates files from outside of any repository; a target inside of one has none.
#[must_use]
pub fn validate_files(target: &Target) -> ValidateResponse {
    let alone;
    let (files, together): (&[_], bool) = match target {
        Target::Files(files) => (files, true),
        Target::File(name, bytes) => {
            alone = [(name.clone(), bytes.clone())];
            (&alone, false)
        }
        Target::Tip | Target::Revision(_) => (&[], true),
    };
    let mut loaded = Loaded::default();
    let mut loose = Vec::new();
    let mut contents: HashMap<&str, &[u8]> = HashMap::new();
    for (file, bytes) in files {
        let name = file.as_deref().unwrap_or("<stdin>");
        let place = file.as_deref().map(RecordPath::locate);
        let path = match place {
            Some(Place::Record(path)) => Some(path),
            Some(Place::Misplaced(reason)) => {
                loaded.unreadable.push(Unreadable::file(name.to_owned(), reason));
                continue;
            }
            Some(Place::Stray) => {
                loaded.strays.push(name.to_owned());
                continue;
            }
            Some(Place::Other) | None => None,
        };
        contents.insert(name, bytes);
        match (inspect(bytes, path.as_ref()), path) {
            (Ok(parsed), Some(path)) => drop(loaded.records.insert(path, parsed)),
            // A file that is nowhere in a tree is checked by itself.
            (Ok(parsed), None) => loose.extend(parsed.warnings.into_iter().map(|v| (name.to_owned(), v))),
            (Err(violations), _) => loaded.unreadable.push(Unreadable {
                file: name.to_owned(),
                violations,
            }),
        }
    }
    let records = files.len();
    let mut response = examine(loaded, together, |file, field| {
        line_of_field(contents.get(file)?, field)
    });
    response
        .violations
        .extend(loose.into_iter().map(|(file, v)| finding(file, v)));
    response.warning_count = response
        .violations
        .iter()
        .filter(|f| f.severity == Severity::Warning)
        .count();
    ValidateResponse { records, ..response }
}

/// All that is wrong with the records: with each by itself, and where they are seen together, among them.
fn examine(loaded: Loaded, together: bool, line: impl Fn(&str, &str) -> Option<u32>) -> ValidateResponse {
    let unreadable_ids = loaded.unreadable_ids();
    let count = loaded.records.len() + loaded.unreadable.len();
    let mut findings: Vec<Finding> = Vec::new();
    for record in loaded.unreadable {
        findings.extend(record.violations.into_iter().map(|v| finding(record.file.clone(), v)));
    }
    let mut warning_count = loaded.strays.len();
    for file in loaded.strays {
        let reason = "is not at the path of any record; it is carried along, not read";
        findings.push(finding(file, Violation::file(None, reason).as_warning()));
    }
    let mut records: BTreeMap<RecordPath, Record> = BTreeMap::new();
    let mut shared: HashMap<(Kind, Option<String>, String), usize> = HashMap::new();
    for (path, parsed) in loaded.records {
        for violation in parsed.warnings {
            warning_count += 1;
            // The same warning of a thousand imported records is one thing to know.
            let key = (path.kind(), violation.field.clone(), violation.message.clone());
            match shared.get(&key) {
                Some(_) => *shared.entry(key).or_default() += 1,
                None => {
                    shared.insert(key, 0);
                    findings.push(finding(path.to_string(), violation));
                }
            }
        }
        records.insert(path, parsed.record);
    }
    for found in &mut findings {
        let kind = match RecordPath::locate(&found.file) {
            Place::Record(path) if found.severity == Severity::Warning => path.kind(),
            _ => continue,
        };
        let key = (kind, found.field.clone(), found.message.clone());
        if let Some(more) = shared.get(&key).filter(|more| **more > 0) {
            let records = if *more == 1 { "record" } else { "records" };
            found.message.push_str(&format!(" (and in {more} more {records})"));
        }
    }
    let among = if together {
        graph::check(&records, &unreadable_ids)
    } else {
        Vec::new()
    };
    for (path, violation) in among {
        warning_count += usize::from(violation.severity == Severity::Warning);
        let file = path.to_string();
        let line = violation.field.as_deref().and_then(|field| line(&file, field));
        findings.push(finding(file, Violation { line, ..violation }));
    }
    findings.sort_by(|a, b| (&a.file, a.line, &a.field).cmp(&(&b.file, b.line, &b.field)));
    ValidateResponse {
        errors: findings.iter().filter(|f| f.severity == Severity::Error).count(),
        violations: findings,
        records: count,
        warning_count,
        revision: None,
        data_source: "files",
        warnings: Vec::new(),
    }
}

/// A violation in a file.
pub(super) fn finding(file: String, violation: Violation) -> Finding {
    Finding {
        file,
        line: violation.line,
        field: violation.field,
        severity: violation.severity,
        message: violation.message,
    }
}
