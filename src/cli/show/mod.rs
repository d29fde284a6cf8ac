//! `git docket show`

mod around;
mod record;
mod work_item;

use clap::Args;

use self::work_item::work_item;
use super::output::Output;
use super::{Outcome, open};
use crate::ops::{self, Settings, ShowResponse, ShownRecord};
use crate::record::Kind;

/// Show one record, whole
///
/// ID is the id of a record, any unique beginning or end of it, an alias, such as the name it had in
/// the tracker it was imported from, or the name of a vendor.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  git docket show 3f9a2c1b
  git docket show bd-kwro
  git docket show 'ADP Vendor'
  git docket show bd-kwro --json")]
pub(super) struct Arguments {
    /// The record
    #[arg(value_name = "ID")]
    id: String,

    /// As of this commit, or of the newest one not after this time
    #[arg(long, value_name = "COMMIT|DATE")]
    as_of: Option<String>,
}

pub(super) fn run(arguments: &Arguments, settings: &Settings, output: &Output) -> Outcome {
    arguments.run(None, settings, output)
}

impl Arguments {
    /// Shows the record; with a `kind`, only if it is one of that.
    pub(super) fn run(&self, kind: Option<Kind>, settings: &Settings, output: &Output) -> Outcome {
        let response = ops::show(&open(settings, output)?, &self.id, kind, self.as_of.as_deref())?;
        output.answer(&response, &response.meta.warnings, || text(&response))
    }
}

/// One record as people read it.
pub(super) fn text(response: &ShowResponse) -> String {
    match &response.record {
        ShownRecord::WorkItem(shown) => work_item(shown),
        ShownRecord::Vendor(shown) => record::vendor(shown),
        ShownRecord::Deployment(shown) => record::deployment(shown),
        ShownRecord::Enhancement(shown) => record::enhancement(shown),
    }
}
