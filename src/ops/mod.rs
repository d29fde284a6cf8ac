//! What the product can do: request in, response out, no printing. Every error of the layers
//! below becomes an [`Error`] here, with its kind and hints.

mod agents;
mod answer;
mod archive;
mod batch;
mod body_edit;
mod claim;
mod commit_link;
mod config;
mod conflicts;
mod context;
mod create;
mod cursor;
mod database;
mod delete;
mod deleted_branch;
mod demo;
pub mod deployment;
mod doctor;
mod draft;
mod edit;
pub mod enhancement;
mod error;
mod expect;
mod export;
mod field_edit;
mod freshen;
mod guide;
mod history;
mod hook_files;
mod import;
mod index;
mod init;
mod kept_index;
mod keyed;
mod listing;
mod merging;
mod migrate;
mod names;
mod note;
mod pipeline;
mod progress;
mod proposal;
mod query;
mod read;
mod receive;
mod records;
mod render;
mod replace_file;
mod resolve;
mod review;
mod rows;
mod rules;
mod shell;
mod show;
mod status;
mod sync;
pub mod text;
mod undo;
mod unlisted;
mod update;
mod validate;
pub mod vendor;
mod view;
mod watch;
mod wire;
mod work_item;
mod write;

pub use crate::index::Tally;
pub use agents::{AgentAction, AgentFile, AgentFiles, work_tree};
pub use answer::WriteResponse;
pub use archive::{
    ArchiveRequest, ArchiveResponse, ArchivedItem, KeptItem, SkippedItem, UnarchiveRequest, UnarchiveResponse, archive,
    autoarchive, unarchive,
};
pub use batch::{BatchLine, BatchResponse, batch};
pub use claim::{ClaimRequest, ReleaseRequest};
pub use commit_link::{Checked, Rewrite, after_commit, after_merge, after_rewrite, check_message, prepare_message};
pub use config::{
    ConfigurationResponse, ConfigureRequest, ReconfigureRequest, Setting, SettingResponse, configuration, configure,
    explain, reconfigure, setting_names,
};
pub use conflicts::{
    ConflictView, ConflictsRequest, ConflictsResponse, ResolveResponse, Take, Writer, conflicts,
    resolve as resolve_conflict,
};
pub use context::{Context, GivenUp, Settings};
pub use create::CreateRequest;
pub use database::{
    EverywhereItem, EverywhereResponse, RepositoriesResponse, Repository, SyncedIndexResponse, list_everywhere,
    repositories, sync_index,
};
pub use demo::{DemoResponse, demo};
pub use doctor::{DoctorResponse, doctor};
pub use edit::{EditSession, begin_edit, save_edit};
pub use error::{Error, ErrorKind, violation_json};
pub use export::{ExportError, ExportFormat, ExportRequest, ExportResponse, export};
pub use guide::{GUIDE, GUIDE_BYTES};
pub use history::{
    BlameResponse, BlamedField, ChangedRecord, ChangesRequest, ChangesResponse, Counts, CycleTime, DEFAULT_LOG_LIMIT,
    DiffRecord, DiffResponse, FieldChange, LogRequest, LogResponse, LoggedCommit, LoggedRecord, NoteAdded, OldestOpen,
    Percentile, StatsResponse, Week, What, blame, changes, diff, log, stats,
};
pub use hook_files::{
    Hook, HookState, HookStatus, HooksResponse, Paste, hook_status, install_hooks, install_server_hooks,
    uninstall_hooks,
};
pub use import::{
    Difference, ImportResponse, ImportSource, Kept, LeftOut, Loss, LossGroup, RestoreRequest, RestoreResponse, import,
    restore_export,
};
pub use index::{IndexResponse, IndexStanding, index_status, prepare_index, rebuild_database, rebuild_index};
pub use init::{InitResponse, init};
pub use listing::{RecordListRequest, list_record_rows};
pub use merging::{MergeFileRequest, MergeFileResponse, merge_file};
pub use migrate::{Check, MigrateRequest, MigrateResponse, Skipped, Unread, migrate};
pub use names::{Name, assignees, labels, names, record_names};
pub use note::{NoteRequest, NotesRequest, notes};
pub use pipeline::{Host, PipelineAction, PipelineFile, add_pipeline};
pub use progress::Progress;
pub use proposal::{
    DropResponse, LandResponse, LeaveResponse, OfWorktree, ProposalPushResponse, ProposalView, ProposalsResponse,
    ProposeResponse, drop_proposal, land, leave, proposals, propose, push_proposal,
};
pub use query::{
    SaveQueryRequest, SavedQueriesResponse, SavedQuery, SavedQueryResponse, delete_query, save_query, saved_queries,
};
pub use read::{Listed, Meta, Unreadable};
pub use receive::{PushChecked, RefUpdate, check_push, guarded_updates, index_push};
pub use render::{
    CheckResponse, RenderRequest, RenderResponse, Report, ReportsResponse, View, check_report, render, report_names,
    report_path, reports, serve_template, write_report,
};
pub use replace_file::{replace_file, replace_with};
pub use review::{
    Attention, AttentionWhat, ConflictTold, Effect, EffectKind, NoteTold, ReviewCounts, ReviewFinding, ReviewFormat,
    ReviewResponse, ReviewedRecord, ReviewedWhat, Tier, review, sentence,
};
pub use rows::{ROW_BYTES, RecordRow, WorkItemRow};
pub use show::{AnyView, ShowResponse, ShownRecord, show};
pub use status::{Held, Section, StandsStill, StatusResponse, status};
pub use sync::{
    ClaimResponse, ConflictBrief, FetchResponse, SyncRequest, SyncResponse, claim_shared, fetch, push, sync,
    sync_in_background,
};
pub use undo::{UndoResponse, UndoneRecord, undo};
pub use update::UpdateRequest;
pub use validate::{Finding, Target, ValidateResponse, validate, validate_files};
pub use view::{Brief, DeploymentBrief, NoteView, RecordPage, RecordView, Shown};
pub use watch::{changed_between, identify, tip};
pub use work_item::{
    Branch, DEFAULT_LIMIT, Dependency, ListRequest, ListResponse, NoteResponse, QueryRequest, QueryResponse,
    ShownWorkItem, Surroundings, TreeRequest, TreeResponse, WorkItemView, add, claim, delete, list, list_rows, note,
    query, ready, release, restore, search, search_rows, terms, tree, update,
};
