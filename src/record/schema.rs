//! The JSON Schemas of the record files, derived from the types that read them.

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use schemars::transform::{RecursiveTransform, Transform as _};
use serde_json::{Value, json};

use super::work_item::{ProjectMetadata, ResearchMetadata, SessionMetadata, TaskMetadata};
use super::{CommitLink, Conflict, Deployment, Enhancement, Kind, Note, Vendor, WorkItem};

/// The JSON Schema (2020-12) of the frontmatter of a kind.
///
/// It states what a single record must satisfy. Rules across records, and the identity that the
/// path determines, are beyond it.
#[must_use]
pub fn of(kind: Kind) -> Value {
    let mut schema = match kind {
        Kind::WorkItem => work_item(),
        Kind::Vendor => derive::<Vendor>(),
        Kind::Enhancement => derive::<Enhancement>(),
        Kind::Deployment => derive::<Deployment>(),
        Kind::Note => derive::<Note>(),
        Kind::CommitLink => derive::<CommitLink>(),
        Kind::Conflict => derive::<Conflict>(),
    };
    schema["title"] = kind.schema().into();
    schema["properties"]["schema"] = json!({ "const": kind.schema() });
    for derived in super::file::DERIVED {
        schema["properties"][derived] = json!(false);
    }
    if let Some(required) = schema["required"].as_array_mut() {
        required.insert(0, "schema".into());
    }
    require_unless_imported(&mut schema, kind);
    schema
}

/// The name of the file it is kept in.
#[must_use]
pub fn file_name(kind: Kind) -> String {
    format!("{}.json", kind.as_str())
}

fn derive<T: JsonSchema>() -> Value {
    let generator = SchemaSettings::draft2020_12().into_generator();
    let mut schema = generator.into_root_schema_for::<T>();
    RecursiveTransform(|schema: &mut schemars::Schema| without_null(schema)).transform(&mut schema);
    schema.to_value()
}

/// A key that is there has a value: `key: null` is not how a record leaves something out.
fn without_null(schema: &mut schemars::Schema) {
    let Some(object) = schema.as_object_mut() else {
        return;
    };
    if let Some(Value::Array(types)) = object.get_mut("type") {
        types.retain(|t| t != "null");
        if let [only] = types.as_slice() {
            let only = only.clone();
            object.insert("type".into(), only);
        }
    }
    if let Some(Value::Array(any)) = object.get_mut("anyOf") {
        any.retain(|s| s != &json!({ "type": "null" }));
        if let [Value::Object(only)] = any.as_slice() {
            let only = only.clone();
            object.remove("anyOf");
            object.extend(only);
        }
    }
}

/// Only an imported record may lack what its source did not have.
fn require_unless_imported(schema: &mut Value, kind: Kind) {
    if matches!(kind, Kind::CommitLink | Kind::Conflict) {
        return;
    }
    let mut required = vec!["created_at", "created_by"];
    required.extend((kind == Kind::Deployment).then_some("commit_hash"));
    let rule = json!({ "if": { "not": { "required": ["origin"] } }, "then": { "required": required } });
    match schema["allOf"].as_array_mut() {
        Some(rules) => rules.push(rule),
        None => schema["allOf"] = json!([rule]),
    }
}

fn work_item() -> Value {
    let mut schema = derive::<WorkItem>();
    let by_type = [
        ("project", derive::<ProjectMetadata>(), vec!["description"]),
        (
            "session",
            derive::<SessionMetadata>(),
            vec!["token_budget", "prompts_count", "yaml_frontmatter"],
        ),
        ("task", derive::<TaskMetadata>(), vec![]),
        ("research", derive::<ResearchMetadata>(), vec![]),
    ];
    let mut rules = Vec::new();
    for (item_type, mut metadata, required) in by_type {
        if let Some(Value::Object(definitions)) = metadata.as_object_mut().and_then(|m| m.remove("$defs")) {
            for (name, definition) in definitions {
                schema["$defs"][name] = definition;
            }
        }
        for key in ["$schema", "title", "description"] {
            metadata.as_object_mut().and_then(|m| m.remove(key));
        }
        let is_type = json!({ "properties": { "item_type": { "const": item_type } }, "required": ["item_type"] });
        rules.push(json!({ "if": is_type, "then": { "properties": { "metadata": metadata } } }));
        if !required.is_empty() {
            let mut on_creation = json!({ "required": required });
            if item_type == "session" {
                on_creation["properties"]["yaml_frontmatter"]["required"] = json!(["schema_version"]);
            }
            rules.push(json!({
                "if": { "allOf": [is_type, { "not": { "required": ["origin"] } }] },
                "then": { "properties": { "metadata": on_creation }, "required": ["metadata"] }
            }));
        }
    }
    schema["allOf"] = rules.into();
    schema
}
