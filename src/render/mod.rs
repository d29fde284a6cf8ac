//! Reports: values into text, by templates that are ours or a team's own. The only place that names minijinja.
//!
//! A template sees a view and the revision it was read at, and nothing else: no file, no variable of the environment,
//! no clock. Names it misspells are errors, and so is using more steps or room than a report can need; a team's own
//! run in a process of their own, with so much memory and time and no more. All text is escaped for Markdown unless a filter has made something else of it.

mod engine;
mod escape;
mod filters;
mod sandbox;
mod view;

use std::fmt;

use serde::{Deserialize, Serialize};

pub use engine::{REPORTS, Template, Templates};
pub use sandbox::serve;
pub use view::{
    Attention, Beside, Board, BoardItem, Changelog, Claim, Column, DependencyGraph, Deployment, DeploymentReport, Edge,
    Enhancement, FinishedItem, GraphNode, Linked, NoteLine, Person, ProjectStatus, ShortIds, Standup, StandupLine,
    TestCount, TestResults, Vendor, VendorReport, WorkItem, WorkItemReport,
};

/// How much of the line of a template a message shows.
const LINE: usize = 100;

/// Why a report was not rendered.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, Serialize)]
pub struct Error {
    /// The template it went wrong in: its path in this source, or below the root of the tracking ref.
    pub template: String,
    /// The line, where it is known.
    pub line: Option<usize>,
    /// What stands there.
    pub source_line: Option<String>,
    /// What went wrong.
    pub reason: String,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.template)?;
        if let Some(line) = self.line {
            write!(f, ", line {line}")?;
        }
        write!(f, ": {}", self.reason)?;
        match &self.source_line {
            Some(source) => match source.trim().char_indices().nth(LINE) {
                Some((end, _)) => write!(f, ", in `{}…`", &source.trim()[..end]),
                None => write!(f, ", in `{}`", source.trim()),
            },
            None => Ok(()),
        }
    }
}

impl std::error::Error for Error {}
