//! Archiving by itself, at most once a day in a clone, where git config `docket.autoarchive` says so.
//!
//! Only a server that lives for long asks for it. What it did last is remembered in the common directory, whichever
//! server it was.

use std::fs;

use super::{ArchiveRequest, ArchiveResponse, archive};
use crate::ops::{Context, Error};
use crate::record::value::{Age, Time};

/// The setting.
pub(in crate::ops) const SETTING: &str = "docket.autoarchive";

/// Whose name such a commit carries.
const ACTOR: &str = "docket.autoarchive";

/// What the file is called that remembers when it was.
const FILE: &str = "autoarchive";

/// Archives as the policy of the docket says, where this clone wants that and nobody did it within a day. Nothing where
/// a proposal is worked on: nobody wants that to be in its review.
///
/// # Errors
///
/// Those of [`archive`], which are also kept for [`status`](crate::ops::status()). It is tried again a day later.
pub fn autoarchive(context: &Context) -> Result<Option<ArchiveResponse>, Error> {
    // Git config may have changed since this was opened.
    let context = &context.reopened()?;
    if !context.store.config_flag(SETTING) || context.is_on_proposal() || context.store.unchecked_tip()?.is_none() {
        return Ok(None);
    }
    let not_writable = |error: std::io::Error| Error::denied(format!("{SETTING}: {error}"));
    let Some(_held) = context.held_if_free(FILE).map_err(not_writable)? else {
        return Ok(None);
    };
    let file = context.own_file(FILE, "");
    let now = context.source.second();
    let last = fs::read_to_string(&file)
        .ok()
        .and_then(|text| text.trim().parse::<Time>().ok());
    // A clock that was set back since is no reason to wait for long.
    if last.is_some_and(|last| Age::days(1).before(now) < last && last <= now) {
        return Ok(None);
    }
    fs::write(&file, format!("{now}\n")).map_err(not_writable)?;
    let failed = context.own_file(FILE, ".failed");
    let request = ArchiveRequest {
        updated_by: Some(ACTOR.to_owned()),
        ..ArchiveRequest::default()
    };
    match archive(context, &request) {
        Ok(response) => {
            fs::remove_file(&failed).ok();
            Ok(Some(response))
        }
        Err(error) => {
            fs::write(&failed, format!("{error}\n")).ok();
            Err(error)
        }
    }
}

/// What the last attempt failed of, if it did and it is still to be made.
pub(in crate::ops) fn failure(context: &Context) -> Option<String> {
    let wanted = context.store.config_flag(SETTING);
    let failed = fs::read_to_string(context.own_file(FILE, ".failed"))
        .ok()
        .filter(|_| wanted)?;
    Some(format!("{SETTING}: {}", failed.trim_end()))
}
