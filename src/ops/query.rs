//! Queries: read, looked up where they are saved, and put to the records.

use serde::Serialize;

use super::read::{Listed, Meta, Reading};
use super::records::{Answer, Records, Unanswered};
use super::{Context, Error};
use crate::filter::query::{Names, Query, QueryError};
use crate::filter::{Order, WorkItemFilter};
use crate::record::path::ROOT;
use crate::record::value::Time;
use crate::record::{RecordId, limits};
use crate::store::Edit;

/// Where a team keeps its queries.
const DIRECTORY: &str = "queries";

/// What the name of a saved query begins with where a query could stand.
const MARK: char = '@';

/// How long the name of a saved query may be.
const NAME_CHARS: usize = 50;

/// How many queries a commit may hold before no more is saved.
const MOST: usize = 1_000;

/// A query that is kept on the tracking branch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct SavedQuery {
    /// Its name.
    pub name: String,
    /// What it says.
    pub query: String,
}

/// The queries there are, in the order of their names.
pub type SavedQueriesResponse = Listed<SavedQuery>;

/// A query that was saved or deleted.
#[derive(Clone, Debug, Serialize)]
pub struct SavedQueryResponse {
    /// The query; of one that was deleted, what it was.
    #[serde(flatten)]
    pub saved: SavedQuery,
    /// What the commit says; none where nothing was to change.
    pub summary: Option<String>,
    /// What every answer carries.
    #[serde(flatten)]
    pub meta: Meta,
}

/// What to save.
#[derive(Clone, Debug, Default)]
pub struct SaveQueryRequest {
    /// Under which name.
    pub name: String,
    /// What it says.
    pub query: String,
    /// Whether it may take the place of another one of that name.
    pub replace: bool,
}

impl From<QueryError> for Error {
    fn from(error: QueryError) -> Self {
        let message = format!("the query cannot be read: {error}");
        let told = Self::request(message)
            .with("line", error.line)
            .with("column", error.column)
            .with("expected", error.expected)
            .with("found", error.found)
            .with("query", error.text);
        match error.hint {
            Some(hint) => told.with("hint", hint),
            None => told,
        }
    }
}

/// The query that a text is, or that it names.
pub(super) fn parsed(context: &Context, text: &str) -> Result<Query, Error> {
    let Some(name) = text.trim().strip_prefix(MARK) else {
        return Ok(text.parse::<Query>()?);
    };
    let saved = saved(&mut context.read()?)?;
    let Some(found) = saved.iter().find(|saved| saved.name == name) else {
        return Err(unknown(name, &saved));
    };
    let query = found.query.parse::<Query>();
    query.map_err(|error| Error::from(error).in_field(&format!("{DIRECTORY}/{name}")))
}

fn unknown(name: &str, saved: &[SavedQuery]) -> Error {
    let name = name.escape_debug();
    let names: Vec<_> = saved.iter().map(|saved| saved.name.as_str()).collect();
    let error = Error::not_found(format!("there is no saved query `{name}`")).with("saved", names);
    error.hint("git docket query --list")
}

/// Puts what a query asks for into a filter, with its names looked up; returns its order where it says one.
pub(super) fn narrow(
    context: &Context,
    records: &mut dyn Records,
    filter: &mut WorkItemFilter,
    query: &Query,
    now: Time,
) -> Answer<Option<Order>> {
    let resolved = query.resolved(&mut LookedUp { context, records, now })?;
    filter.include_deleted |= resolved.deleted;
    filter.include_archived |= resolved.archived;
    if let Some(condition) = resolved.condition {
        filter.narrow(condition);
    }
    Ok(resolved.order.map(Order::Keys))
}

/// The names in a query, as the records have them.
struct LookedUp<'r> {
    context: &'r Context,
    records: &'r mut dyn Records,
    now: Time,
}

impl Names for LookedUp<'_> {
    type Error = Unanswered;

    fn record(&mut self, name: &str) -> Answer<RecordId> {
        let id = self.records.find(name)?.id();
        Ok(id.ok_or_else(|| Error::bug("a record that has a name has no identity"))?)
    }

    fn me(&mut self) -> Answer<String> {
        Ok(self.context.actor()?.to_string())
    }

    fn now(&self) -> Time {
        self.now
    }
}

/// Tells which queries are saved.
pub fn saved_queries(context: &Context) -> Result<SavedQueriesResponse, Error> {
    let mut reading = context.read()?;
    let saved = saved(&mut reading)?;
    Ok(Listed::all(saved, reading.meta()))
}

/// Saves a query under a name, in one commit.
///
/// # Errors
///
/// `invalid` where it is no query, or the name is none or is taken; nothing has changed then.
pub fn save_query(context: &Context, request: &SaveQueryRequest) -> Result<SavedQueryResponse, Error> {
    let name = named(&request.name)?;
    let text = request.query.trim();
    if text.is_empty() || text.starts_with(MARK) {
        return Err(Error::request("there is no query to save"));
    }
    text.parse::<Query>()?;
    let saved = SavedQuery {
        name: name.to_owned(),
        query: text.to_owned(),
    };
    put(context, &saved, "save", |before| match before {
        Some(before) if before.query != text && !request.replace => {
            let message = format!(
                "`{name}` is there already: {}; --replace puts this one in its place",
                before.query
            );
            Err(Error::request(message).with("saved", before.query.as_str()))
        }
        Some(before) if before.query == text => Ok(None),
        _ => Ok(Some(format!("{text}\n"))),
    })
}

/// Deletes a saved query, in one commit: its file stays, with nothing in it.
///
/// # Errors
///
/// `not_found` where there is none.
pub fn delete_query(context: &Context, name: &str) -> Result<SavedQueryResponse, Error> {
    let reading = &mut context.read()?;
    let all = saved(reading)?;
    let found = all.iter().find(|saved| saved.name == name);
    let found = found.ok_or_else(|| unknown(name, &all))?.clone();
    put(context, &found, "delete", |before| Ok(before.map(|_| String::new())))
}

/// Writes what `content` makes of what is saved under the name at the tip, where that is something else.
fn put(
    context: &Context,
    query: &SavedQuery,
    verb: &str,
    content: impl Fn(Option<&SavedQuery>) -> Result<Option<String>, Error>,
) -> Result<SavedQueryResponse, Error> {
    let name = query.name.as_str();
    let path = format!("{ROOT}/{DIRECTORY}/{name}");
    let written = context.write("query", None, |context, draft| {
        let mut reading = context.read_at(draft.reading.commit(), Vec::new())?;
        let all = saved(&mut reading)?;
        let before = all.iter().find(|saved| saved.name == name);
        if before.is_none() && all.len() >= MOST {
            return Err(Error::request(format!("there are {MOST} saved queries already")));
        }
        let Some(content) = content(before)? else {
            return Ok(false);
        };
        draft.beside = Some(Edit {
            path: path.clone(),
            bytes: content.into_bytes(),
        });
        draft.subject = Some(format!("query: {verb} {name}"));
        Ok(true)
    })?;
    let meta = context.read_at(written.commit, written.warnings)?.meta();
    Ok(SavedQueryResponse {
        saved: query.clone(),
        summary: written.value.then_some(written.subject),
        meta,
    })
}

/// A name that a query can be saved under: letters, digits, `_` and `-`.
fn named(name: &str) -> Result<&str, Error> {
    match is_name(name) {
        true => Ok(name),
        false => Err(Error::request(format!(
            "`{}` is no name for a query: it takes 1 to {NAME_CHARS} letters a to z, digits, _ and -",
            name.escape_debug()
        ))),
    }
}

fn is_name(name: &str) -> bool {
    let is_of_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    (1..=NAME_CHARS).contains(&name.len()) && name.bytes().all(is_of_name)
}

/// The queries that are saved at a commit, in the order of their names; a warning names one that cannot be read.
/// Whether each is one is not looked at.
fn saved(reading: &mut Reading) -> Result<Vec<SavedQuery>, Error> {
    let mut found = Vec::new();
    let directory = format!("{ROOT}/{DIRECTORY}");
    for entry in reading.snapshot.entries(&directory)? {
        let path = String::from_utf8_lossy(&entry.path).into_owned();
        let name = path.strip_prefix(&directory).and_then(|rest| rest.strip_prefix('/'));
        let Some(name) = name.filter(|name| entry.mode.is_file() && is_name(name)) else {
            continue;
        };
        let blob = reading.snapshot.blob(entry.blob, limits::RECORD_BYTES);
        match blob.map(|blob| String::from_utf8(blob.bytes)) {
            Ok(Ok(text)) if text.trim().is_empty() => {}
            Ok(Ok(text)) => found.push(SavedQuery {
                name: name.to_owned(),
                query: text.trim().to_owned(),
            }),
            Ok(Err(_)) => reading.warnings.push(format!("{path} is not UTF-8, so it is not used")),
            Err(error) => reading.warnings.push(format!("{path} is not used: {error}")),
        }
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(found)
}
