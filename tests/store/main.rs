//! The store against repositories that the real git made, and git against what the store wrote.

#![expect(clippy::disallowed_types, reason = "the fixtures are made with git")]
#![expect(
    clippy::disallowed_methods,
    reason = "a child process is told in its environment what to do"
)]
#![expect(
    clippy::unwrap_used,
    reason = "in a test a panic is the report; the lint knows test functions only"
)]

macro_rules! assert_error {
    ($result:expr, $pattern:pat $(if $guard:expr)?) => {
        match $result {
            Err($pattern) $(if $guard)? => {}
            Err(error) => panic!("not this error: {error:?}"),
            Ok(_) => panic!("no error, expected {}", stringify!($pattern)),
        }
    };
}

mod chains;
mod committing;
mod deleting;
mod histories;
mod initialising;
mod opening;
mod reading;
mod repo;
#[cfg(unix)]
mod signing;
mod together;
mod walks;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use git_docket::store::{CommitId, DEFAULT_REF, Edit, Error, Mode, Store, trailers_of};

use crate::repo::{CONFIG, FIRST_SHA1, LIMIT, Repo, STRANGE, TIME, edit, files, names, plant, read, run, write};
#[cfg(unix)]
use crate::signing::{FAKE_SIGNATURE, signer};

#[test]
fn the_store_is_shared_between_threads_and_a_snapshot_sent() {
    fn shared<T: Send + Sync>() {}
    fn sent<T: Send>() {}
    shared::<Store>();
    shared::<Error>();
    sent::<git_docket::store::Snapshot>();
}
