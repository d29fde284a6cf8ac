//! Records, the status, the guide and the schemas as resources; and what may stand in their names.

use rmcp::ErrorData;
use rmcp::model::{
    ArgumentInfo, CompleteResult, CompletionInfo, ListResourceTemplatesResult, ListResourcesResult, ReadResourceResult,
    Reference, Resource as Listed, ResourceContents, ResourceTemplate,
};
use serde_json::Value;

use super::uri::{self, Resource};
use super::{answer, fit, tools};
use crate::ops::{self, Context, Error, ErrorKind, GUIDE, QueryRequest, text};
use crate::record::{Kind, schema};

const JSON: &str = "application/json";

/// How deep the hierarchy below an item is told.
const DEPTH: usize = 5;

/// The kinds whose schemas are told.
const SCHEMAS: &[Kind] = &[
    Kind::WorkItem,
    Kind::Vendor,
    Kind::Deployment,
    Kind::Enhancement,
    Kind::Note,
];

/// The resources that are always there; records are reached by their names.
pub(super) fn list() -> ListResourcesResult {
    let mut resources = vec![
        Listed::new(uri::write("status"), "status")
            .with_title("The docket on one screen")
            .with_mime_type(JSON),
        Listed::new(uri::write("guide"), "guide")
            .with_title("Working from a command line")
            .with_mime_type("text/markdown"),
    ];
    resources.extend(SCHEMAS.iter().map(|kind| {
        let name = format!("schema/{}", kind.as_str());
        Listed::new(uri::write(&name), name)
            .with_title(format!("The fields of {}", kind.noun()))
            .with_mime_type("application/schema+json")
    }));
    ListResourcesResult::with_all_items(resources)
}

/// How the names of records are made up.
pub(super) fn templates() -> ListResourceTemplatesResult {
    let template = |path: &str, name: &str, title: &str, about: &str| {
        ResourceTemplate::new(uri::write(path), name)
            .with_title(title)
            .with_description(about)
            .with_mime_type(JSON)
    };
    ListResourceTemplatesResult::with_all_items(vec![
        template(
            "work-items/{id}",
            "work-item",
            "A work item",
            "With body, notes, ancestors, children and dependencies; id is its id, the beginning or end of it, or an alias",
        ),
        template(
            "vendors/{name}",
            "vendor",
            "A vendor",
            "With its newest deployments; by name or id",
        ),
        template(
            "deployments/{id}",
            "deployment",
            "A deployment",
            "With its vendors and work items",
        ),
        template(
            "schema/{kind}",
            "schema",
            "A schema",
            "The JSON Schema of a kind of records, or of all that a tool answers, by its name",
        ),
    ])
}

/// Reads a resource that is the same everywhere; nothing where it is none of these.
pub(super) fn read_fixed(uri: &str) -> Option<ReadResourceResult> {
    let (text, mime) = match uri::read(uri)? {
        Resource::Guide => (GUIDE.to_owned(), "text/markdown"),
        Resource::Schema(name) => (schema_of(&name)?.to_string(), "application/schema+json"),
        Resource::Status | Resource::Record(..) => return None,
    };
    Some(contents(text, uri, mime))
}

fn contents(text: String, uri: &str, mime: &str) -> ReadResourceResult {
    ReadResourceResult::new(vec![ResourceContents::text(text, uri).with_mime_type(mime)])
}

/// Reads a resource of the repository.
pub(super) fn read(context: &Context, uri: &str) -> Result<ReadResourceResult, Error> {
    let json = |value: Result<Value, Error>| {
        let mut value = value?;
        fit::fit(&mut value, 0);
        text::show(&mut value);
        Ok::<_, Error>((value.to_string(), JSON))
    };
    let (text, mime) = match uri::read(uri) {
        None | Some(Resource::Guide | Resource::Schema(_)) => return Err(unknown(uri)),
        Some(Resource::Status) => json(value(&ops::status(&context.reopened()?)?))?,
        Some(Resource::Record(Kind::WorkItem, id)) => json(value(&ops::query(context, &whole(id))?))?,
        Some(Resource::Record(kind, name)) => json(value(&ops::show(context, &name, Some(kind), None)?))?,
    };
    Ok(contents(text, uri, mime))
}

/// The schema of a kind of records, or of the answers of a tool.
fn schema_of(name: &str) -> Option<Value> {
    let kind = Kind::ALL.iter().find(|kind| kind.as_str() == name);
    let tool = || tools::all().find(|tool| tool.name == name);
    kind.map(|kind| schema::of(*kind)).or_else(|| Some((tool()?.schema)()))
}

/// All there is to tell of an item.
pub(super) fn whole(id: String) -> QueryRequest {
    QueryRequest {
        id,
        include_children: true,
        include_dependencies: true,
        max_depth: DEPTH,
        concise: false,
    }
}

fn value(answer: &impl serde::Serialize) -> Result<Value, Error> {
    serde_json::to_value(answer).map_err(Error::bug)
}

fn unknown(uri: &str) -> Error {
    Error::not_found(format!("there is no resource {}", text::shown(uri)))
}

/// An error as the protocol has it where there is no answer to put it into.
pub(super) fn refused(error: &Error) -> ErrorData {
    let value = answer::error_json("", error);
    let message = value["message"].as_str().unwrap_or_default().to_owned();
    match error.kind() {
        ErrorKind::NotFound | ErrorKind::Ambiguous => ErrorData::resource_not_found(message, Some(value)),
        ErrorKind::Invalid | ErrorKind::Denied => ErrorData::invalid_params(message, Some(value)),
        _ => ErrorData::internal_error(message, Some(value)),
    }
}

/// What may stand where somebody began to write.
pub(super) fn complete(context: &Context, of: &Reference, argument: &ArgumentInfo) -> Result<CompleteResult, Error> {
    let beginning = argument.value.as_str();
    let template = match of {
        Reference::Resource(template) => template.uri.as_str(),
        Reference::Prompt(_) if argument.name == "id" => "docket://work-items/{id}",
        _ => "",
    };
    let names = match template.strip_prefix("docket://") {
        Some("work-items/{id}") => ops::names(context, beginning, false)?,
        Some("vendors/{name}") => ops::record_names(context, Kind::Vendor, beginning)?,
        Some("deployments/{id}") => ops::record_names(context, Kind::Deployment, beginning)?,
        Some("schema/{kind}") => {
            let kinds = SCHEMAS.iter().map(|kind| kind.as_str());
            let names = kinds.chain(tools::all().map(|tool| tool.name));
            let names = names.filter(|name| name.starts_with(beginning));
            return Ok(completed(names.map(ToOwned::to_owned).collect()));
        }
        _ => Vec::new(),
    };
    Ok(completed(
        names.into_iter().map(|name| text::shown(&name.name)).collect(),
    ))
}

fn completed(mut values: Vec<String>) -> CompleteResult {
    values.truncate(CompletionInfo::MAX_VALUES);
    CompleteResult::new(CompletionInfo::with_all_values(values).unwrap_or_default())
}
