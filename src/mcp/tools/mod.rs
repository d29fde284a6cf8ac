//! The tools, by what they are about.

mod configuration;
mod deployment;
mod enhancement;
mod list;
mod more;
mod vendor;
mod work_item;

use serde::Serialize;
use serde_json::Value;

use super::tool::Tool;
use crate::ops::Error;

/// All tools, in the order in which clients see them.
pub(super) const ALL: &[&[Tool]] = &[
    work_item::TOOLS,
    list::TOOLS,
    deployment::TOOLS,
    vendor::TOOLS,
    configuration::TOOLS,
    work_item::BESIDE,
    more::TOOLS,
    enhancement::TOOLS,
];

/// How many bytes of JSON the records of a page have at most: said by the server, never by a client.
pub(super) const MAX_BYTES: &str = "max_bytes";

/// How many records a page has where nothing is said.
const LIMIT: usize = 50;

/// How many it has at most.
const MOST: i64 = 100;

const TYPES: &[&str] = &["project", "session", "task", "research"];
const STATUSES: &[&str] = &["pending", "active", "blocked", "completed", "cancelled"];
const PRIORITIES: &[&str] = &["high", "medium", "low"];
const DETAILS: &[&str] = &["concise", "full"];

/// What an operation answered, as JSON.
fn json(answer: &impl Serialize) -> Result<Value, Error> {
    serde_json::to_value(answer).map_err(Error::bug)
}
