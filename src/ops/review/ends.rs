//! The two ends of a review, and where they parted.

use crate::ops::read::Reading;
use crate::ops::{Context, Error, ErrorKind};
use crate::store::CommitId;

/// The two ends of a review.
pub(super) struct Ends {
    /// What HEAD is to become part of.
    pub(super) base: CommitId,
    /// Where the two parted: what HEAD is compared with.
    pub(super) parted: CommitId,
    /// Where they parted as well, of two that were merged crosswise: what HEAD has from there is not its own.
    pub(super) also: Vec<CommitId>,
    /// What is reviewed.
    pub(super) head: CommitId,
    /// What somebody should know about them.
    pub(super) warnings: Vec<String>,
}

impl Ends {
    pub(super) fn of(context: &Context, range: Option<&str>) -> Result<Self, Error> {
        let (base, head) = match range {
            None => ("", ""),
            // Three dots mean the same: a proposal is always compared with where it began.
            Some(range) => range
                .split_once("...")
                .or(range.split_once(".."))
                .unwrap_or((range, "")),
        };
        let mut warnings = Vec::new();
        let base = match base {
            "" => published(context)?,
            name => context.store.resolve(name)?,
        };
        let head = match head {
            "" => {
                // Records that are kept beside the code have no tip of their own.
                let hint = format!("git docket review {}..HEAD", base.short());
                let reading = context.read().map_err(|error| match error.kind() {
                    ErrorKind::NotFound => error.hint(hint),
                    _ => error,
                })?;
                warnings.extend_from_slice(&reading.warnings);
                reading.commit()
            }
            name => context.store.resolve(name)?,
        };
        let (parted, also) = parted(context, base, head, &mut warnings)?;
        Ok(Self {
            base,
            parted,
            also,
            head,
            warnings,
        })
    }

    /// The docket where the two parted; none where there was none yet.
    pub(super) fn reading(&self, context: &Context) -> Result<Option<Reading>, Error> {
        match context.read_at(self.parted, Vec::new()) {
            Ok(reading) => Ok(Some(reading)),
            // There was none, or somebody had damaged it, which is to be mended by what is reviewed.
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::Denied) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// What a proposal is to be landed on; else what the remote has of the tracking ref.
fn published(context: &Context) -> Result<CommitId, Error> {
    if let Some(proposal) = context.store.proposal() {
        return Ok(context.store.resolve(&proposal.tracking)?);
    }
    let tip = context.store.remote_tip()?;
    tip.map(|tip| tip.commit).ok_or_else(|| {
        let branch = context.tracking_ref();
        let message = format!("no remote has the branch {branch}, so name what to compare with");
        Error::request(message).hint(format!("git docket review {branch}~1"))
    })
}

fn parted(
    context: &Context,
    base: CommitId,
    head: CommitId,
    warnings: &mut Vec<String>,
) -> Result<(CommitId, Vec<CommitId>), Error> {
    let complete = context.store.is_complete()?;
    let mut bases = context.store.merge_bases(base, head)?.into_iter();
    match bases.next() {
        Some(parted) => {
            // Where a shallow clone ends, a later commit that both reach may be out of sight.
            if !complete && parted != base && context.store.is_boundary(parted)? {
                warnings.push("the history of this clone is not complete, so the two may have parted later".to_owned());
            }
            Ok((parted, bases.collect()))
        }
        None if complete => {
            warnings.push(format!(
                "{} and {} share no commit; they are compared as they are",
                base.short(),
                head.short()
            ));
            Ok((base, Vec::new()))
        }
        None => {
            let message = format!(
                "where {} and {} parted is not in this clone, whose history is not complete",
                base.short(),
                head.short()
            );
            Err(Error::unavailable(message).hint("git fetch --unshallow"))
        }
    }
}
