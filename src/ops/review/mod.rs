//! What the commits of a proposal mean for the records, and what is wrong with that: what a pull request shows.
//!
//! The response is plain data; the formats are pure functions over it.

mod ask;
mod attention;
mod changed;
mod check;
mod effects;
mod ends;
mod format;
mod records;

use serde::Serialize;

use self::ask::Asked;
use self::changed::Changes;
use self::ends::Ends;
pub use self::format::{ReviewFormat, sentence};
pub use self::records::{ConflictTold, NoteTold, ReviewedRecord, ReviewedWhat};
use super::history::FieldChange;
use super::read::Meta;
use super::validate::Finding;
use super::view::Brief;
use super::{Context, Error};
use crate::record::Severity;

/// A review of what one commit has and another one has not.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
pub struct ReviewResponse {
    /// The commit that HEAD is to become part of.
    pub base: String,
    /// The commit that HEAD was compared with: where it and BASE parted.
    pub merge_base: String,
    /// The commit that was reviewed.
    pub head: String,
    /// How many commits HEAD has that BASE has not.
    pub commits: usize,
    /// How much of what there is.
    pub counts: ReviewCounts,
    /// What somebody should look at first.
    pub attention: Vec<Attention>,
    /// The records that differ, and those that something was said about: by kind, what is broken, new and finished first.
    pub records: Vec<ReviewedRecord>,
    /// What follows from that for other records.
    pub effects: Vec<Effect>,
    /// The settings of the docket that differ.
    pub settings: Vec<FieldChange>,
    /// Files below `.tracking/` that differ and hold no record.
    pub files: Vec<String>,
    /// What is wrong with what changed: errors first, by file and line.
    pub violations: Vec<ReviewFinding>,
    /// How many errors there are.
    pub errors: usize,
    /// How many warnings there are.
    pub warning_count: usize,
    /// What every answer carries.
    #[serde(flatten)]
    pub meta: Meta,
}

/// How much of what there is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct ReviewCounts {
    /// Records that are new.
    pub created: usize,
    /// Records that were finished.
    pub finished: usize,
    /// Records that say something else, finished ones apart.
    pub changed: usize,
    /// Records that are only written differently.
    pub reformatted: usize,
    /// Records that were deleted, retracted or resolved.
    pub deleted: usize,
    /// Files that were removed, or hold no valid record any more.
    pub broken: usize,
    /// Notes that were added.
    pub notes: usize,
    /// Commits of the code that were linked.
    pub links: usize,
    /// Conflicts that were recorded.
    pub conflicts: usize,
}

/// Something to look at first.
#[derive(Clone, Debug, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Attention {
    /// What it is.
    pub what: AttentionWhat,
    /// The file.
    pub file: String,
    /// The record, where that can be told.
    pub record: Option<Brief>,
    /// The field, or the setting.
    pub field: Option<String>,
}

/// What is to be looked at first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum AttentionWhat {
    /// A merge could keep only one of two values; nobody has decided yet.
    Conflict,
    /// A field this version does not know, and so cannot check.
    UnknownField,
    /// A record of a newer version, read as far as this one can.
    NewerSchema,
    /// The rules of the team are others after this.
    Policy,
}

/// What a change means for other records.
#[derive(Clone, Debug, PartialEq, Serialize, schemars::JsonSchema)]
pub struct Effect {
    /// What it means.
    pub effect: EffectKind,
    /// The record that changed.
    pub of: Brief,
    /// The records it means something for.
    pub on: Vec<Brief>,
}

/// What a change can mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum EffectKind {
    /// A vendor's documents cannot be read any more.
    Breaks,
    /// They can again.
    Repairs,
    /// Nothing holds these up any more.
    Unblocks,
    /// These are held up again.
    HoldsUp,
    /// A deployment brings these work items out.
    Carries,
    /// A deployment touches these vendors.
    Touches,
    /// A deployment was taken back, which brought these out.
    Retracts,
}

/// By which rules something is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Tier {
    /// Those of one file: that it can be read, and what its fields may be.
    Schema,
    /// Those between records: that what is named exists, and that nothing goes round in circles.
    Links,
    /// Those of change: what may become of a record.
    Transition,
    /// Those of the team, as the configuration at BASE has them.
    Policy,
}

impl Tier {
    /// All tiers, each after those it builds on.
    pub const ALL: [Self; 4] = [Self::Schema, Self::Links, Self::Transition, Self::Policy];

    /// The word for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Schema => "schema",
            Self::Links => "links",
            Self::Transition => "transition",
            Self::Policy => "policy",
        }
    }

    /// What it asks, in one sentence.
    #[must_use]
    pub fn meaning(self) -> &'static str {
        match self {
            Self::Schema => "A file can be read, and its fields are what they may be.",
            Self::Links => "What a record names exists, and nothing goes round in circles.",
            Self::Transition => "A record becomes only what may become of it.",
            Self::Policy => "The rules of the team, as they stand where the proposal is going, are kept.",
        }
    }
}

/// Something that is wrong with what changed.
#[derive(Clone, Debug, PartialEq, Serialize, schemars::JsonSchema)]
pub struct ReviewFinding {
    /// What, and where at HEAD.
    #[serde(flatten)]
    pub finding: Finding,
    /// By which rules.
    pub tier: Tier,
    /// Whether it was so before, which makes an error a warning.
    pub old: bool,
}

/// Reviews what HEAD has and BASE has not: `BASE..HEAD`, or `BASE` alone up to the tip of the tracking ref. Where
/// nothing is said, what the remote's branch does not have yet.
///
/// As a pull request does, it compares HEAD with where the two parted, so that what others did on BASE meanwhile is not
/// taken for what HEAD takes back. The ends are revisions as git has them, of any branch that holds `.tracking/`.
///
/// # Errors
///
/// `invalid` where a revision is not known, `not_found` where HEAD holds no docket, `unavailable` where a shallow clone
/// does not have the commit where the two parted.
pub fn review(context: &Context, range: Option<&str>) -> Result<ReviewResponse, Error> {
    let ends = Ends::of(context, range)?;
    let mut head = context.read_at(ends.head, ends.warnings.clone())?;
    let base = ends.reading(context)?;
    let changes = Changes::of(context, &ends)?;
    let mut asked = Asked::new(context, &head, base.as_ref());
    let records = records::told(&asked, &changes)?;
    let effects = effects::of(&mut asked, &changes)?;
    let settings = attention::settings(&asked, &changes)?;
    let attention = attention::of(&asked, &changes, &settings)?;
    let findings = check::findings(&mut asked, &changes, &ends)?;
    let warnings = std::mem::take(&mut asked.warnings);
    drop(asked);
    head.warnings.extend(warnings);
    let count = |severity| {
        findings
            .iter()
            .filter(|found| found.finding.severity == severity)
            .count()
    };
    Ok(ReviewResponse {
        base: ends.base.to_string(),
        merge_base: ends.parted.to_string(),
        head: ends.head.to_string(),
        commits: context.store.commits_between(Some(ends.base), ends.head)?.len(),
        counts: records::counts(&records),
        attention,
        effects,
        settings,
        files: changes.others.clone(),
        errors: count(Severity::Error),
        warning_count: count(Severity::Warning),
        violations: findings,
        records,
        meta: head.meta(),
    })
}
