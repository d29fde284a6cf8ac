//! `git docket merge-driver`: what plain git calls where somebody merges the tracking branch by hand.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use super::output::Output;
use super::text::{counted, one_line};
use super::{Outcome, environment, open_anywhere};
use crate::ops::{self, MergeFileRequest, MergeFileResponse, Settings};

/// Merge one record by field, for plain git: git calls it, nobody else
///
/// Exits 0 where the file is merged, and 1 where somebody has to look at it: git then leaves the path unmerged.
/// Whatever else is wrong ends the merge, and nothing has changed.
#[derive(Debug, Args)]
#[command(after_help = "\
Example:
  git config merge.docket.driver 'git docket merge-driver %O %A %B %P'
  echo '.tracking/** merge=docket' >> \"$(git rev-parse --git-path info/attributes)\"")]
pub(super) struct Arguments {
    /// The version before both
    #[arg(value_name = "BASE")]
    base: PathBuf,

    /// Our version, which the merged one replaces
    #[arg(value_name = "OURS")]
    ours: PathBuf,

    /// Their version
    #[arg(value_name = "THEIRS")]
    theirs: PathBuf,

    /// The path in the tree
    #[arg(value_name = "PATH")]
    path: String,
}

pub(super) fn run(arguments: &Arguments, settings: &Settings, output: &Output) -> Outcome {
    let settings = Settings {
        // Which branch holds the records makes no difference to how two versions of one are merged.
        reference: Some("tracking".to_owned()),
        ..settings.clone()
    };
    let request = MergeFileRequest {
        base: arguments.base.clone(),
        ours: arguments.ours.clone(),
        theirs: arguments.theirs.clone(),
        path: arguments.path.clone(),
        heads: environment::merge_heads(),
    };
    let merged = open_anywhere(&settings, output).and_then(|context| ops::merge_file(&context, &request));
    let response = match merged {
        Ok(response) => response,
        Err(error) => {
            output.failure(&error.into());
            // Up to 128, git takes the file as it is for a conflict; beyond, it ends the merge.
            return Ok(ExitCode::from(255));
        }
    };
    output.warnings(&told(&response, &arguments.path));
    Ok(ExitCode::from(u8::from(!response.merged)))
}

fn told(response: &MergeFileResponse, path: &str) -> Vec<String> {
    if response.merged {
        return Vec::new();
    }
    let fields: Vec<_> = response
        .conflicts
        .iter()
        .map(|conflict| one_line(&conflict.field))
        .collect();
    let (path, fields) = (one_line(path), fields.join(", "));
    vec![match response.sides_known {
        true => format!(
            "{path}: both changed {fields}; the later value stands, and {} recorded below .tracking/conflicts. Go on \
             with: git add .tracking",
            counted(response.conflicts.len(), "conflict")
        ),
        false => format!(
            "{path}: both changed {fields}, and git does not say who was last; look at the file before you add it. Both \
             versions: git show :2:{path}, git show :3:{path}"
        ),
    }]
}
