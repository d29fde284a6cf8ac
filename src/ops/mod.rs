//! What the product can do: request in, response out, no printing. Every error of the layers
//! below becomes an [`Error`] here, with its kind and hints.

mod claim;
mod commit_link;
mod context;
mod create;
mod delete;
mod demo;
mod doctor;
mod draft;
mod edit;
mod error;
mod expect;
mod field_edit;
mod freshen;
mod history;
mod hook_files;
mod import;
mod index;
mod init;
mod kept_index;
mod note;
mod progress;
mod read;
mod records;
mod resolve;
mod rules;
mod undo;
mod update;
mod validate;
mod work_item;
mod write;

pub use claim::{ClaimRequest, ReleaseRequest};
pub use commit_link::{Checked, Rewrite, after_commit, after_merge, after_rewrite, check_message, prepare_message};
pub use context::{Context, Settings};
pub use create::CreateRequest;
pub use demo::{DemoResponse, demo};
pub use doctor::{DoctorResponse, doctor};
pub use edit::{EditSession, begin_edit, save_edit};
pub use error::{Error, ErrorKind, violation_json};
pub use history::{
    BlameResponse, BlamedField, ChangedRecord, ChangesRequest, ChangesResponse, Counts, CycleTime, DEFAULT_LOG_LIMIT,
    DiffRecord, DiffResponse, FieldChange, LogRequest, LogResponse, LoggedCommit, LoggedRecord, NoteAdded, OldestOpen,
    Percentile, StatsResponse, Week, What, blame, changes, diff, log, stats,
};
pub use hook_files::{Hook, HookState, HookStatus, HooksResponse, Paste, hook_status, install_hooks, uninstall_hooks};
pub use import::{ImportResponse, ImportSource, Kept, Loss, LossGroup, import};
pub use index::{IndexResponse, index_status, rebuild_index};
pub use init::{InitResponse, init};
pub use note::NoteRequest;
pub use progress::Progress;
pub use read::{Listed, Meta, Unreadable};
pub use undo::{UndoResponse, UndoneRecord, undo};
pub use update::UpdateRequest;
pub use validate::{Finding, Target, ValidateResponse, validate, validate_files};
pub use work_item::{
    BatchLine, BatchResponse, Branch, Brief, DEFAULT_LIMIT, Dependency, ListRequest, ListResponse, NoteResponse,
    NoteView, ShowResponse, ShownRecord, ShownWorkItem, Surroundings, TreeRequest, TreeResponse, WorkItemView,
    WriteResponse, add, batch, claim, delete, list, note, ready, release, restore, search, show, tree, update,
};
