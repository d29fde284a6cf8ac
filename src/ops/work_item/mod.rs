//! Listing and showing work items.

mod around;
mod tree;
mod view;
mod whole;
mod write;

use serde::Serialize;

pub(super) use self::around::{current_commits, dependencies, shown, views};
pub(super) use self::tree::Forest;
pub use self::tree::{Branch, TreeRequest, TreeResponse, tree};
pub use self::view::{Dependency, ListResponse, ShownWorkItem, Surroundings, WorkItemView};
pub use self::whole::{QueryRequest, QueryResponse, query};
pub use self::write::{NoteResponse, add, claim, delete, note, release, restore, update};
use super::cursor::Start;
use super::query::{narrow, parsed};
use super::read::{Listed, cut};
use super::records::{Answer, Records};
use super::rows::WorkItemRow;
use super::{Context, Error};
use crate::filter::words::{MOST, Terms};
use crate::filter::{Order, Ready, WorkItemFilter};
use crate::index::{Row, Selection};
use crate::record::Kind;

/// How many items a list has where nothing else is asked for.
pub const DEFAULT_LIMIT: usize = 50;

/// What to list.
#[derive(Clone, Debug, Default)]
pub struct ListRequest {
    /// Which ones.
    pub filter: WorkItemFilter,
    /// Directly below this one, by any of its names.
    pub parent: Option<String>,
    /// Only those that are ready for who asks.
    pub ready: bool,
    /// Only those that this query wants: its text, or `@` and the name of a saved one.
    pub query: Option<String>,
    /// In what order; where nothing is said, in that of the query, else in the order of the operation.
    pub order: Option<Order>,
    /// The other way round.
    pub reverse: bool,
    /// At most so many; all where nothing is said.
    pub limit: Option<usize>,
    /// After so many.
    pub offset: usize,
    /// At most so many bytes of JSON, but for a single item that is larger.
    pub max_bytes: Option<usize>,
    /// After the page that gave this `next_cursor`, as of the same commit.
    pub cursor: Option<String>,
    /// As of this commit, or the newest one not after this time.
    pub as_of: Option<String>,
}

impl ListRequest {
    /// What tells one list from another: all but the page.
    fn question(&self) -> impl std::fmt::Debug + use<'_> {
        (
            &self.filter,
            &self.parent,
            self.ready,
            &self.query,
            self.order,
            self.reverse,
            &self.as_of,
        )
    }
}

/// Lists work items, newest update first, then by id.
pub fn list(context: &Context, request: &ListRequest) -> Result<ListResponse, Error> {
    page(context, request, Order::Updated, views)
}

/// The same in one short line each.
pub fn list_rows(context: &Context, request: &ListRequest) -> Result<Listed<WorkItemRow>, Error> {
    let order = match request.ready {
        true => Order::Urgency,
        false => Order::Updated,
    };
    page(context, request, order, lines)
}

/// Lists the work items somebody could go on with now: by priority, then age, then id.
///
/// That is for the actor of the context: an item that somebody else holds is not among them.
pub fn ready(context: &Context, request: &ListRequest) -> Result<ListResponse, Error> {
    let request = ListRequest {
        ready: true,
        ..request.clone()
    };
    page(context, &request, Order::Urgency, views)
}

/// The same as [`search`], in one short line each.
pub fn search_rows(context: &Context, request: &ListRequest) -> Result<Listed<WorkItemRow>, Error> {
    require_words(request)?;
    page(context, request, Order::Relevance, lines)
}

/// Finds work items by the words of their titles, bodies, labels and aliases and of the notes on
/// them: those with all the words in the title first, then newest update first.
pub fn search(context: &Context, request: &ListRequest) -> Result<ListResponse, Error> {
    require_words(request)?;
    page(context, request, Order::Relevance, views)
}

fn require_words(request: &ListRequest) -> Result<(), Error> {
    match request.filter.text.is_empty() {
        true => Err(no_word()),
        false => Ok(()),
    }
}

fn no_word() -> Error {
    Error::request("there is no word to search for")
}

/// What somebody looks for.
///
/// # Errors
///
/// `invalid` where there is no letter or digit in it, or more than [`MOST`] terms.
pub fn terms(text: &str) -> Result<Terms, Error> {
    let terms = Terms::of(text);
    match terms.terms().len() {
        0 => Err(no_word()),
        1..=MOST => Ok(terms),
        many => Err(Error::request(format!("{many} words to search for; at most {MOST}"))),
    }
}

fn lines(_: &mut dyn Records, rows: Vec<Row>) -> Answer<Vec<WorkItemRow>> {
    Ok(rows.iter().filter_map(WorkItemRow::of).collect())
}

/// A page of work items, seen by `make`.
fn page<T: Serialize>(
    context: &Context,
    request: &ListRequest,
    order: Order,
    make: impl Fn(&mut dyn Records, Vec<Row>) -> Answer<Vec<T>>,
) -> Result<Listed<T>, Error> {
    let query = request.query.as_deref().map(|text| parsed(context, text)).transpose()?;
    // A saved query is what it says now, so that its pages do not become those of another one.
    let question = (request.question(), &query);
    let (cursor, as_of) = (request.cursor.as_deref(), request.as_of.as_deref());
    let start = Start::of(context, cursor, as_of, request.offset, &question)?;
    let mut filter = request.filter.clone();
    if request.ready {
        let actor = context.asker()?.map(|actor| actor.to_string());
        filter.ready = Some(Ready { actor, now: start.now });
    }
    let mut kinds = vec![Kind::WorkItem, Kind::CommitLink, Kind::Conflict];
    // What cannot be read may hold something up.
    if filter.ready.is_some() || query.is_some() {
        kinds.push(Kind::Enhancement);
    }
    let ((mut items, total_count), mut meta) = context.ask(start.at, &kinds, |records| {
        if let Some(parent) = &request.parent {
            filter.parent = records.find(parent)?.id();
        }
        let said = match &query {
            Some(query) => narrow(context, records, &mut filter, query, start.now)?,
            None => None,
        };
        let page = records.select(&Selection {
            filter: &filter,
            order: request.order.or(said).unwrap_or(order),
            reverse: request.reverse,
            limit: request.limit,
            offset: start.offset,
        })?;
        Ok((make(records, page.rows)?, page.total))
    })?;
    cut(&mut items, request.max_bytes, &mut meta);
    Ok(start.page(items, total_count, request.limit, meta))
}
