//! What the commands that write work items share.

use clap::Args;
use serde::Serialize;
use serde_json::{Map, Value};

use super::Outcome;
use super::output::Output;
use crate::ops::{Error, WriteResponse};
use crate::record::json;
use crate::record::limits::RECORD_BYTES;
use crate::record::work_item::{ItemType, WorkItem};

/// Fields that `add` and `update` both take.
#[derive(Clone, Debug, Args)]
pub(super) struct FieldArguments {
    /// The work item it belongs to
    #[arg(long, value_name = "ID")]
    pub(super) parent: Option<String>,

    /// high, medium or low
    #[arg(long, value_name = "PRIORITY")]
    pub(super) priority: Option<String>,

    /// Who is to do it
    #[arg(long, value_name = "NAME")]
    pub(super) assignee: Option<String>,

    /// The branch of the code it is done on
    #[arg(long, value_name = "BRANCH")]
    pub(super) branch: Option<String>,

    /// The number of its pull request
    #[arg(long, value_name = "N")]
    pub(super) pr: Option<i64>,

    /// A label; may be given several times
    #[arg(long = "label", value_name = "LABEL", value_delimiter = ',')]
    pub(super) labels: Vec<String>,

    /// A record it waits for; may be given several times
    #[arg(long = "depends-on", value_name = "ID", value_delimiter = ',')]
    pub(super) depends_on: Vec<String>,

    /// A relation that never blocks, such as relates-to=3f9a2c1b; may be given several times
    #[arg(long = "link", value_name = "REL=ID", value_parser = assignment)]
    pub(super) links: Vec<(String, String)>,

    /// The body, Markdown; - reads it from standard input
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    pub(super) body: Option<String>,

    #[command(flatten)]
    pub(super) set: SetArguments,
}

/// Values of the metadata.
#[derive(Clone, Debug, Args)]
pub(super) struct SetArguments {
    /// A value of the metadata: a number where the type says so, else text; may be given several times
    #[arg(long = "set", value_name = "KEY=VALUE", value_parser = assignment)]
    set: Vec<(String, String)>,

    /// A value of the metadata, as JSON; may be given several times
    #[arg(long = "set-json", value_name = "KEY=JSON", value_parser = assignment)]
    set_json: Vec<(String, String)>,
}

/// What every command that changes a record takes beside its fields.
#[derive(Clone, Debug, Args)]
pub(super) struct ChangeArguments {
    /// Markdown to put below the body; - reads it from standard input
    #[arg(long, value_name = "TEXT", conflicts_with = "body", allow_hyphen_values = true)]
    append_body: Option<String>,

    /// A field to clear, dotted for keys of the metadata; may be given several times
    #[arg(long = "clear", value_name = "FIELD", value_delimiter = ',')]
    clear: Vec<String>,

    /// Fail unless it has this version
    #[arg(long, value_name = "N")]
    pub(super) expect_version: Option<u64>,

    /// Fail unless it is as it was at this commit
    #[arg(long, value_name = "COMMIT")]
    pub(super) expect_revision: Option<String>,

    /// Print the file anew where it cannot be edited line by line; comments in it are lost
    #[arg(long)]
    pub(super) reformat: bool,
}

impl ChangeArguments {
    pub(super) fn append_body(&self) -> Result<Option<String>, Error> {
        self.append_body.as_deref().map(text).transpose()
    }

    /// The fields to clear, by their long names.
    pub(super) fn clear(&self) -> Vec<String> {
        self.clear.iter().map(|field| long_name(field)).collect()
    }
}

/// The field a short name of the command line means.
fn long_name(field: &str) -> String {
    match field {
        "parent" => "parent_id",
        "branch" => "branch_name",
        "pr" => "pr_number",
        "label" => "labels",
        "depends-on" => "depends_on",
        "link" => "links",
        "quarter" => "target_quarter",
        "principle" => "requires_constitutional_principles",
        other => other,
    }
    .to_owned()
}

/// `KEY=VALUE`
pub(super) fn assignment(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((key, value)) if !key.is_empty() => Ok((key.to_owned(), value.to_owned())),
        _ => Err("expected NAME=VALUE".to_owned()),
    }
}

impl SetArguments {
    /// The metadata these say; the values of `--set` are numbers where they are to be.
    pub(super) fn metadata(&self, is_number: impl Fn(&str) -> bool) -> Result<Map<String, Value>, Error> {
        let mut metadata = Map::new();
        for (key, text) in &self.set {
            let typed = is_number(key)
                .then(|| serde_json::from_str(text).ok())
                .flatten()
                .filter(Value::is_number);
            metadata.insert(key.clone(), typed.unwrap_or_else(|| text.clone().into()));
        }
        for (key, text) in &self.set_json {
            let value = json::read(text).map_err(|reason| Error::request(format!("--set-json {key}: {reason}")))?;
            metadata.insert(key.clone(), value);
        }
        Ok(metadata)
    }
}

impl FieldArguments {
    /// The metadata of `--set` and `--set-json`, typed as items of this type have it.
    pub(super) fn metadata(&self, item_type: Option<ItemType>) -> Result<Map<String, Value>, Error> {
        let types = item_type.map_or(ItemType::ALL, |_| &[]);
        let types = || item_type.iter().chain(types);
        self.set
            .metadata(|key| types().any(|item_type| WorkItem::is_number(*item_type, key)))
    }

    /// The links by relation.
    pub(super) fn links(&self) -> Map<String, Value> {
        by_relation(&self.links)
    }
}

/// Pairs of relation and record as a map from relations to lists.
pub(super) fn by_relation(pairs: &[(String, String)]) -> Map<String, Value> {
    let mut links = Map::new();
    for (relation, name) in pairs {
        let names = links
            .entry(relation.clone())
            .or_insert_with(|| Value::Array(Vec::new()));
        if let Value::Array(names) = names {
            names.push(name.clone().into());
        }
    }
    links
}

/// The text itself, or standard input where it is `-`; read before anything is locked.
pub(super) fn text(argument: &str) -> Result<String, Error> {
    if argument != "-" {
        return Ok(argument.to_owned());
    }
    let bytes = super::files::read_input(RECORD_BYTES + 1)?;
    let text = String::from_utf8(bytes).map_err(|_| Error::request("standard input is not UTF-8"))?;
    // Lines end as they do in records; and every text file ends in a newline that is not part of what was meant.
    let text = text.replace("\r\n", "\n");
    Ok(text.strip_suffix('\n').map(ToOwned::to_owned).unwrap_or(text))
}

/// Prints what was written: the item as JSON, or what changed in one line.
pub(super) fn print<T: Serialize>(response: &WriteResponse<T>, output: &Output) -> Outcome {
    output.answer(response, &response.told, || match &response.summary {
        Some(summary) => format!("{}\n", super::text::one_line(summary)),
        None => "Nothing to change\n".to_owned(),
    })
}
