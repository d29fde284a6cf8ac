//! What the product can do: request in, response out, no printing. Every error of the layers
//! below becomes an [`Error`] here, with its kind and hints.

mod context;
mod demo;
mod error;
mod import;
mod init;
mod progress;
mod read;
mod resolve;
mod validate;
mod work_item;
mod write;

pub use context::{Context, Settings};
pub use demo::{DemoResponse, demo};
pub use error::{Error, ErrorKind, violation_json};
pub use import::{ImportResponse, ImportSource, Kept, Loss, LossGroup, import};
pub use init::{InitResponse, init};
pub use progress::Progress;
pub use read::{Meta, Unreadable};
pub use validate::{Finding, Target, ValidateResponse, validate, validate_files};
pub use work_item::{
    Brief, DEFAULT_LIMIT, Dependency, ListRequest, ListResponse, NoteView, ShowResponse, ShownRecord, ShownWorkItem,
    WorkItemView, list, show,
};
