//! The repository: bytes and paths in commits of one ref.
//!
//! The only place that names gix or runs git. It knows nothing of records. Reading goes through a
//! [`Snapshot`] of one commit; writing is [`Store::commit`] under the [`WriteLock`], and has
//! happened if, and only if, it returned `Ok`. The user's HEAD, index, working tree, remotes and
//! config are left alone, except by [`Store::set_config`].
//!
//! Everything is synchronous. A [`Store`] is shared between threads; a [`Snapshot`] can be sent to
//! another one.

#![expect(clippy::disallowed_types, reason = "this is the module that names gix and runs git")]

mod advance;
mod between;
mod chain;
mod changes;
mod checkout;
mod child;
mod commit;
mod compare;
mod durable;
mod edit;
mod error;
mod fault;
mod history;
mod id;
mod identity;
mod incoming;
mod init;
mod lock;
mod mended;
mod moving;
mod object;
mod open;
mod orderly;
mod overrides;
mod pack;
mod packed;
mod parallel;
mod proposal;
mod recent;
mod reference;
mod reflog;
mod refs;
mod reftable;
mod remote;
mod repair;
mod revision;
mod snapshot;
mod stage;
mod stood;
mod temporary;
mod trailers;
mod transport;
mod tree;
mod unmoved;
mod walk;

pub use chain::{Link, NamedCommit};
pub use changes::{File, PathChange, TreeChange};
pub use checkout::CodeCommit;
pub use commit::{Committed, Prepared};
pub use edit::{Content, Edit, Replacement};
pub use error::{Cause, Error};
pub use fault::Fault;
pub use history::{Change, History, PathHistory};
pub use id::{BlobId, CommitId};
pub use identity::Identity;
pub use incoming::Incoming;
pub use init::Init;
pub use lock::WriteLock;
pub use open::{DEFAULT_REF, Store};
pub use proposal::Proposal;
pub use reference::{RemoteTip, StartedFromRemote};
pub use remote::Remote;
pub use repair::Recovery;
pub use snapshot::{Blob, Snapshot};
pub use temporary::{abandoned_in, temporary_in};
pub use trailers::{SCISSORS, trailers_of};
pub use transport::{Depth, Pushed, Talk, Told};
pub use tree::{Entry, Mode};
pub use walk::{Commit, Walk};

/// The file whose presence makes a tree ours. Its content is the format's number.
pub const FORMAT_PATH: &str = ".tracking/format";

/// What all clones must agree on, in TOML.
pub const CONFIG_PATH: &str = ".tracking/config.toml";
