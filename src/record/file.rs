//! From the bytes of a record file to a record and back.

use serde_json::{Map, Value};

use super::common::{entry_of, line_of};
use super::field::{Keys, Mapping, text_of};
use super::frontmatter;
use super::path::Identity;
use super::secret::secrets;
use super::violation::Report;
use super::yaml::{self, Node, Print, quoted};
use super::{
    CommitLink, Conflict, Deployment, Enhancement, Fields, Kind, Note, Record, RecordPath, Vendor, Violation, WorkItem,
};

/// A record that was read.
#[derive(Clone, Debug)]
pub struct Parsed {
    /// The record.
    pub record: Record,
    /// What somebody may want to look at; the record is usable all the same.
    pub warnings: Vec<Violation>,
    /// The `schema` of a record written by a newer version, which may be read but not changed.
    pub newer_schema: Option<String>,
}

/// Names that are derived from history or from other records, and so never stored.
pub(super) const DERIVED: &[&str] = &[
    "version",
    "revision",
    "updated_at",
    "updated_by",
    "path",
    "depth",
    "commits",
    "children",
    "ancestors",
    "dependencies",
    "progress",
    "conflicts",
];

/// Reads a record file.
///
/// With a `path`, the record must be the one that lives there. All that is wrong with the fields
/// is returned at once; of what is wrong with the YAML, the first. The violations of a failed
/// read hold at least one error.
pub fn parse(bytes: &[u8], path: Option<&RecordPath>) -> Result<Parsed, Vec<Violation>> {
    let parts = frontmatter::split(bytes).map_err(|v| vec![v])?;
    let root = yaml::read(parts.yaml, parts.first_line).map_err(|v| vec![v])?;
    let mut report = Report::default();
    let read = read_root(&root, parts.body, path, &mut report);
    if let Some(line) = frontmatter::conflict_in(parts.body) {
        report.within("body", |report| {
            report.warn(
                parts.body_line + line,
                "git conflict markers; the two sides were never merged",
            );
        });
    }
    match read {
        Some((fields, newer_schema)) if !report.has_errors() => Ok(Parsed {
            record: Record::new(fields, parts.body),
            warnings: report.finish(),
            newer_schema,
        }),
        _ => Err(report.finish()),
    }
}

/// Reads a record file as [`parse`] does, and looks for what is no matter of its form: keys and tokens are warned of.
pub fn inspect(bytes: &[u8], path: Option<&RecordPath>) -> Result<Parsed, Vec<Violation>> {
    let mut parsed = parse(bytes, path)?;
    for (line, what) in secrets(&String::from_utf8_lossy(bytes)) {
        let message =
            format!("holds what looks like {what}; whoever reads the repository can use it: have it replaced");
        parsed.warnings.push(Violation::file(Some(line), message).as_warning());
    }
    Ok(parsed)
}

/// Whether a file says that it is a record of this kind which a newer version wrote, whatever else is in it.
#[must_use]
pub fn has_newer_schema(bytes: &[u8], kind: Kind) -> bool {
    let Ok(root) = frontmatter::split(bytes).and_then(|parts| yaml::read(parts.yaml, parts.first_line)) else {
        return false;
    };
    let report = &mut Report::default();
    let schema = Keys::of(&root, report).and_then(|mut keys| read_schema(&mut keys, &root, report));
    matches!(schema, Some((of, Some(_))) if of == kind)
}

/// Makes a record of fields that come from a request instead of a file: the same rules, the same
/// messages, without lines. With a `path`, the record must be the one that lives there.
///
/// # Errors
///
/// All that is wrong with the fields, or with the file the record would become.
pub fn assemble(
    kind: Kind,
    fields: &Map<String, Value>,
    body: &str,
    path: Option<&RecordPath>,
) -> Result<Record, Vec<Violation>> {
    let mut all = Map::from_iter([("schema".to_owned(), Value::String(kind.schema()))]);
    all.extend(fields.iter().map(|(key, value)| (key.clone(), value.clone())));
    let mut report = Report::default();
    let read = read_root(&Node::from(&Value::Object(all)), body, None, &mut report);
    let record = match read {
        Some((fields, None)) if !report.has_errors() => Record::new(fields, body),
        _ => return Err(report.finish()),
    };
    // What only a file can break: characters no file may hold, and its size.
    parse(print(&record).as_bytes(), path.or(record.path().as_ref())).map(|_| record)
}

/// Makes a record of what [`Record::to_json`](super::Record::to_json) said of one that was read from a file. Nothing
/// only a file can break is looked for again; `None` where the fields are not such a record's.
#[must_use]
pub fn stored(kind: Kind, newer_schema: Option<&str>, fields: Map<String, Value>, body: &str) -> Option<Record> {
    let schema = newer_schema.map_or_else(|| kind.schema(), ToOwned::to_owned);
    let mut all = Map::with_capacity(fields.len() + 1);
    all.insert("schema".to_owned(), Value::String(schema));
    all.extend(fields);
    let mut report = Report::default();
    let (fields, _) = read_root(&Node::from(&Value::Object(all)), body, None, &mut report)?;
    Some(Record::new(fields, body))
}

/// Prints a record file in canonical form; `parse` gives the same record back.
#[must_use]
pub fn print(record: &Record) -> String {
    let mut all = vec![("schema".to_owned(), Print::Text(record.kind().schema()))];
    all.extend(entries(&record.fields));
    frontmatter::join(&yaml::print_mapping(&all), &record.body)
}

/// The line of a record file in which a field stands; the field may be dotted or have a position.
#[must_use]
pub fn line_of_field(bytes: &[u8], field: &str) -> Option<u32> {
    let parts = frontmatter::split(bytes).ok()?;
    let root = yaml::read(parts.yaml, parts.first_line).ok()?;
    let key = field.split(['.', '[']).next()?;
    let entry = entry_of(&root, key)?;
    let position = field
        .split_once('[')
        .and_then(|(_, rest)| rest.strip_suffix(']')?.parse::<usize>().ok());
    match (&entry.value.content, position) {
        (yaml::Content::List(items), Some(position)) => items.get(position).map(|item| item.line),
        _ => Some(entry.line),
    }
}

pub(super) fn entries(fields: &Fields) -> Vec<(String, Print)> {
    match fields {
        Fields::WorkItem(r) => r.print_keys(),
        Fields::Vendor(r) => r.print_keys(),
        Fields::Enhancement(r) => r.print_keys(),
        Fields::Deployment(r) => r.print_keys(),
        Fields::Note(r) => r.print_keys(),
        Fields::CommitLink(r) => r.print_keys(),
        Fields::Conflict(r) => r.print_keys(),
    }
}

/// The keys a kind has, in canonical order, each with the value that print leaves out.
pub(super) fn canonical_keys(kind: Kind) -> Vec<(&'static str, Option<Print>)> {
    match kind {
        Kind::WorkItem => WorkItem::keys(),
        Kind::Vendor => Vendor::keys(),
        Kind::Enhancement => Enhancement::keys(),
        Kind::Deployment => Deployment::keys(),
        Kind::Note => Note::keys(),
        Kind::CommitLink => CommitLink::keys(),
        Kind::Conflict => Conflict::keys(),
    }
}

fn read_root(
    root: &Node,
    body: &str,
    path: Option<&RecordPath>,
    report: &mut Report,
) -> Option<(Fields, Option<String>)> {
    let mut keys = Keys::of(root, report)?;
    let (kind, newer_schema) = read_schema(&mut keys, root, report)?;
    if let Some(expected) = path.map(RecordPath::kind)
        && expected != kind
    {
        let reason = format!("a {} stands where a {} belongs", kind.as_str(), expected.as_str());
        report.within("schema", |report| report.error(line_of(root, "schema"), reason));
        return None;
    }
    if let Some(schema) = newer_schema {
        return read_newer(keys, kind, root, body, path, schema, report);
    }
    for key in DERIVED {
        if let Some(entry) = keys.take(key) {
            report.within(key, |report| {
                report.error(entry.line, "is derived, never stored; remove the line");
            });
        }
    }
    let fields = read_fields(kind, &mut keys, root, body, report)?;
    check_identity(&fields, path, root, report);
    Some((fields, None))
}

/// A newer version may have changed what fields mean, so only what still reads as ours is shown: also its identity, for
/// nothing may pass for another record.
fn read_newer(
    mut keys: Keys<'_>,
    kind: Kind,
    root: &Node,
    body: &str,
    path: Option<&RecordPath>,
    schema: String,
    report: &mut Report,
) -> Option<(Fields, Option<String>)> {
    let mut attempt = Report::default();
    let fields = read_fields(kind, &mut keys, root, body, &mut attempt);
    let fields = fields.inspect(|fields| check_identity(fields, path, root, &mut attempt));
    let fields = fields.filter(|_| !attempt.has_errors());
    let reason = format!(
        "{} is newer than {}, which this version writes; the record is read-only",
        quoted(&schema),
        kind.schema()
    );
    report.within("schema", |report| match fields {
        Some(_) => report.warn(line_of(root, "schema"), reason),
        None => report.error(line_of(root, "schema"), reason),
    });
    fields.map(|fields| (fields, Some(schema)))
}

fn read_schema(keys: &mut Keys<'_>, root: &Node, report: &mut Report) -> Option<(Kind, Option<String>)> {
    report.within("schema", |report| {
        let Some(entry) = keys.take("schema") else {
            report.error(root.line, "is required");
            return None;
        };
        let text = text_of(&entry.value, report)?;
        let parts = text.split_once('/').and_then(|(kind, version)| {
            let kind = Kind::ALL.iter().copied().find(|k| k.as_str() == kind)?;
            Some((
                kind,
                version
                    .parse::<u32>()
                    .ok()
                    .filter(|v| *v > 0 && v.to_string() == version)?,
            ))
        });
        match parts {
            Some((kind, 1)) => Some((kind, None)),
            Some((kind, _)) => Some((kind, Some(text.to_owned()))),
            None => {
                let known: Vec<_> = Kind::ALL.iter().map(|kind| kind.schema()).collect();
                report.error(
                    entry.line,
                    format!("{} is not one of {}", quoted(text), known.join(", ")),
                );
                None
            }
        }
    })
}

fn read_fields(kind: Kind, keys: &mut Keys<'_>, root: &Node, body: &str, report: &mut Report) -> Option<Fields> {
    fn keyed<T: Mapping>(keys: &mut Keys<'_>, report: &mut Report) -> Option<Box<T>> {
        T::read_keys(keys, report).map(Box::new)
    }
    let fields = match kind {
        Kind::WorkItem => Fields::WorkItem(keyed(keys, report)?),
        Kind::Vendor => Fields::Vendor(keyed(keys, report)?),
        Kind::Enhancement => Fields::Enhancement(keyed(keys, report)?),
        Kind::Deployment => Fields::Deployment(keyed(keys, report)?),
        Kind::Note => Fields::Note(keyed(keys, report)?),
        Kind::CommitLink => Fields::CommitLink(keyed(keys, report)?),
        Kind::Conflict => Fields::Conflict(keyed(keys, report)?),
    };
    let mut fields = fields;
    match &mut fields {
        Fields::WorkItem(r) => r.check(root, report),
        Fields::Vendor(r) => r.check(root, report),
        Fields::Enhancement(r) => r.check(root, report),
        Fields::Deployment(r) => r.check(root, report),
        Fields::Note(r) => r.check(root, body, report),
        Fields::CommitLink(_) | Fields::Conflict(_) => {}
    }
    Some(fields)
}

/// The record must be the one its path names: the path is a function of the identity.
fn check_identity(fields: &Fields, path: Option<&RecordPath>, root: &Node, report: &mut Report) {
    let record = Record::new(fields.clone(), "");
    let own = record.path();
    if own.is_none() && record.kind() != Kind::Conflict {
        report.within("id", |report| {
            report.error(line_of(root, "id"), "is not of the UUID version this kind has");
        });
        return;
    }
    let Some(path) = path else { return };
    let (field, found, expected) = match (fields, path.identity()) {
        (Fields::Note(r), Identity::Note { on, .. }) if r.on != *on => ("on", r.on.to_string(), on.to_string()),
        (Fields::CommitLink(r), Identity::CommitLink { work_item, .. }) if r.work_item != *work_item => {
            ("work_item", r.work_item.to_string(), work_item.to_string())
        }
        (Fields::CommitLink(r), Identity::CommitLink { commit, .. }) if r.commit != *commit => {
            ("commit", r.commit.as_str().to_owned(), commit.as_str().to_owned())
        }
        (Fields::Conflict(r), Identity::Conflict { on, .. }) if r.on != *on => ("on", r.on.to_string(), on.to_string()),
        _ => match (own.and_then(|own| own.id()), path.id()) {
            (Some(found), Some(expected)) if found != expected => ("id", found.to_string(), expected.to_string()),
            _ => return,
        },
    };
    let reason = format!("is {found}, but the file is named {expected}");
    report.within(field, |report| report.error(line_of(root, field), reason));
}
