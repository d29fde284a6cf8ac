//! What templates see: the contract with whoever writes one. A field is never taken away or made something else; a new
//! one may come. Where a field may be null, a template writes nothing for it.

mod history;
mod project_status;
mod record;

pub use history::{Changelog, FinishedItem, Person, Standup, StandupLine};
pub use project_status::{
    Attention, Beside, Claim, Deployment, Enhancement, ProjectStatus, ShortIds, TestCount, TestResults, Vendor,
    WorkItem,
};
pub use record::{
    Board, BoardItem, Column, DependencyGraph, DeploymentReport, Edge, GraphNode, Linked, NoteLine, VendorReport,
    WorkItemReport,
};
