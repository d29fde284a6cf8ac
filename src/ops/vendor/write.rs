//! Adding and changing vendors.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{REPEATED, VendorView, fields};
use crate::ops::answer::{WriteResponse, answer};
use crate::ops::body_edit::new_body;
use crate::ops::draft::{Draft, refused};
use crate::ops::expect::{Expects, expect};
use crate::ops::field_edit::{self, FieldEdit, FieldPath, apply};
use crate::ops::show::viewed;
use crate::ops::wire::lifted;
use crate::ops::{Context, Error};
use crate::record::vendor::{VendorStatus, normalised_name};
use crate::record::{Kind, Record, RecordId, RecordPath, assemble};

/// A new vendor, or one that was deleted and comes back.
#[derive(Clone, Debug, Default, Deserialize, Serialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct CreateVendorRequest {
    /// Its name; no other vendor may have one that reads the same.
    pub name: String,
    /// Whether its documents can be read; where nothing is said, operational.
    pub status: Option<String>,
    /// The version of its extractor.
    pub extractor_version: Option<String>,
    /// Which formats can be read.
    pub format_support: Map<String, Value>,
    /// How its tests ended: `passing`, `total`, `skipped`.
    pub test_results: Map<String, Value>,
    /// Whether its manifest is as agreed.
    pub manifest_compliant: Option<bool>,
    /// Anything else; the four above may stand here instead.
    pub metadata: Map<String, Value>,
    /// Markdown.
    pub body: Option<String>,
    /// Who creates it; where nothing is said, who asks.
    pub created_by: Option<String>,
}

/// Changes of a vendor, as operations on its fields.
#[derive(Clone, Debug, Default, Deserialize, Serialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct UpdateVendorRequest {
    /// The vendor, by its name.
    pub name: Option<String>,
    /// The vendor, by its id, a part of it, an alias or its name.
    pub id: Option<String>,
    /// The version the caller read.
    pub version: Option<u64>,
    /// The commit the caller read at.
    pub revision: Option<String>,
    /// A new name.
    pub new_name: Option<String>,
    /// Whether its documents can be read.
    pub status: Option<String>,
    /// The version of its extractor.
    pub extractor_version: Option<String>,
    /// Which formats can be read; others stay.
    pub format_support: Map<String, Value>,
    /// How its tests ended; what is not given stays.
    pub test_results: Map<String, Value>,
    /// Whether its manifest is as agreed.
    pub manifest_compliant: Option<bool>,
    /// New values of these keys; others stay. The four above may stand here instead.
    pub metadata: Map<String, Value>,
    /// Other names to add.
    pub add_aliases: Vec<String>,
    /// Other names to remove.
    pub remove_aliases: Vec<String>,
    /// Markdown to put below the body.
    pub append_body: Option<String>,
    /// A new body; replacing one that is not empty needs an expectation.
    pub body: Option<String>,
    /// Fields to clear, dotted for keys inside of them.
    pub clear: Vec<String>,
    /// Print the file anew where it cannot be edited line by line.
    pub reformat: bool,
    /// Who changes it; where nothing is said, who asks.
    pub updated_by: Option<String>,
}

impl Expects for UpdateVendorRequest {
    fn name(&self) -> &str {
        self.id.as_deref().or(self.name.as_deref()).unwrap_or_default()
    }

    fn version(&self) -> Option<u64> {
        self.version
    }

    fn revision(&self) -> Option<&str> {
        self.revision.as_deref()
    }
}

/// Adds a vendor. One of that name that was deleted comes back, with what is given here.
pub fn add(context: &Context, request: &CreateVendorRequest) -> Result<WriteResponse<VendorView>, Error> {
    let by = request.created_by.as_deref();
    let written = context.write("create", by, |context, draft| create(context, draft, request))?;
    answer(context, written, |records, row| viewed(records, row, fields))
}

/// Changes a vendor.
pub fn update(context: &Context, request: &UpdateVendorRequest) -> Result<WriteResponse<VendorView>, Error> {
    if request.version.is_some() {
        context.warm_index()?;
    }
    let by = request.updated_by.as_deref();
    let written = context.write("update", by, |context, draft| edit(context, draft, request))?;
    answer(context, written, |records, row| viewed(records, row, fields))
}

/// What a request gives.
struct Given {
    /// The fields that have two places, by their names.
    fields: Map<String, Value>,
    /// The metadata without them.
    metadata: Map<String, Value>,
}

/// What is given in either place.
fn given(
    extractor_version: Option<&String>,
    format_support: &Map<String, Value>,
    test_results: &Map<String, Value>,
    manifest_compliant: Option<bool>,
    metadata: &Map<String, Value>,
) -> Result<Given, Error> {
    let mut fields = Map::new();
    if let Some(version) = extractor_version {
        fields.insert("extractor_version".into(), version.clone().into());
    }
    for (name, map) in [("format_support", format_support), ("test_results", test_results)] {
        if !map.is_empty() {
            fields.insert(name.into(), map.clone().into());
        }
    }
    if let Some(compliant) = manifest_compliant {
        fields.insert("manifest_compliant".into(), compliant.into());
    }
    let metadata = lifted(metadata, REPEATED, &mut fields)?;
    Ok(Given { fields, metadata })
}

/// Puts a new vendor into the draft, or brings a deleted one back; returns its path.
pub(in crate::ops) fn create(
    context: &Context,
    draft: &mut Draft<'_>,
    request: &CreateVendorRequest,
) -> Result<RecordPath, Error> {
    let Given { mut fields, metadata } = given(
        request.extractor_version.as_ref(),
        &request.format_support,
        &request.test_results,
        request.manifest_compliant,
        &request.metadata,
    )?;
    let status = request.status.clone();
    let status = status.unwrap_or_else(|| VendorStatus::Operational.as_str().to_owned());
    fields.insert("name".into(), request.name.clone().into());
    fields.insert("status".into(), status.into());
    fields.insert("metadata".into(), metadata.into());
    let name = normalised_name(&request.name);
    if let [path, ..] = draft.with_name(&request.name, false)?.as_slice()
        && let Some(record) = draft.get(path)?
    {
        return Err(taken(record));
    }
    // Also one that got the name later has it.
    if let [path, ..] = draft.with_name(&request.name, true)?.as_slice()
        && let Some(record) = draft.get(path)?.cloned()
    {
        return revive(draft, &record, &fields, request);
    }
    for attempt in 1.. {
        let id = RecordId::vendor(&name, attempt);
        let path = RecordPath::own(Kind::Vendor, id).ok_or_else(|| Error::bug("a vendor without a path"))?;
        if draft.get(&path)?.is_some() {
            // Who has it is called something else since.
            continue;
        }
        let by = context.named_or_actor(request.created_by.as_deref())?;
        fields.insert("id".into(), id.to_string().into());
        fields.insert("created_at".into(), context.source.second().to_string().into());
        fields.insert("created_by".into(), by.as_str().into());
        let record = assemble(Kind::Vendor, &fields, request.body.as_deref().unwrap_or(""), None);
        return draft.put(record.map_err(refused)?, Vec::new());
    }
    Err(Error::bug("a vendor has no identity"))
}

fn taken(record: &Record) -> Error {
    let name = record.heading();
    let hint = record.id().map(|id| format!("git docket vendor show {}", id.short()));
    let error = Error::request(format!("there is a vendor `{name}` already"));
    hint.into_iter().fold(error, Error::hint)
}

fn revive(
    draft: &mut Draft<'_>,
    record: &Record,
    fields: &Map<String, Value>,
    request: &CreateVendorRequest,
) -> Result<RecordPath, Error> {
    let mut edits = vec![FieldEdit::Clear("deleted_at".into())];
    for (field, value) in fields {
        edits.extend(set(field, value));
    }
    let body = request.body.as_deref().unwrap_or(&record.body);
    let (record, cleared) = apply(record, body, &edits)?;
    draft.put(record, cleared)
}

/// Sets a field, or of a mapping each of its keys.
fn set(field: &str, value: &Value) -> Vec<FieldEdit> {
    match value {
        Value::Object(map) => {
            let set = |(key, value): (&String, &Value)| FieldEdit::Set(FieldPath::key(field, key), value.clone());
            map.iter().map(set).collect()
        }
        value => vec![FieldEdit::Set(field.into(), value.clone())],
    }
}

/// Applies the changes to the draft; returns the path of the vendor.
pub(in crate::ops) fn edit(
    context: &Context,
    draft: &mut Draft<'_>,
    request: &UpdateVendorRequest,
) -> Result<RecordPath, Error> {
    let (path, record) = match (&request.id, &request.name) {
        (Some(name), None) | (None, Some(name)) => draft.find_of(Kind::Vendor, name)?,
        (Some(id), Some(name)) => {
            let (path, record) = draft.find_of(Kind::Vendor, id)?;
            if !record.is_called(name) {
                let message = format!("{id} is the vendor `{}`, not `{name}`", record.heading());
                return Err(Error::request(message));
            }
            (path, record)
        }
        (None, None) => return Err(Error::request("which vendor? give its name or id")),
    };
    draft.reformat |= request.reformat;
    expect(context, draft, &path, request)?;
    let Given { fields, metadata } = given(
        request.extractor_version.as_ref(),
        &request.format_support,
        &request.test_results,
        request.manifest_compliant,
        &request.metadata,
    )?;
    let mut edits = Vec::new();
    for (field, value) in [("name", &request.new_name), ("status", &request.status)] {
        edits.extend(
            value
                .iter()
                .map(|value| FieldEdit::Set(field.into(), value.clone().into())),
        );
    }
    for (field, value) in &fields {
        edits.extend(set(field, value));
    }
    edits.extend(set("metadata", &metadata.into()));
    let texts = |values: &[String]| values.iter().cloned().map(Value::from).collect::<Vec<_>>();
    edits.extend(FieldEdit::add("aliases", texts(&request.add_aliases)));
    edits.extend(FieldEdit::remove("aliases", texts(&request.remove_aliases)));
    edits.extend(field_edit::clear(&record, &request.clear)?);
    let body = new_body(
        request,
        &record.body,
        request.body.as_deref(),
        request.append_body.as_deref(),
    )?;
    let (changed, cleared) = apply(&record, &body, &edits)?;
    draft.put(changed, cleared)
}
