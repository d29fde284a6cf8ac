//! A review as others read it: people in a pull request, and the programs of hosts. Pure functions over the response;
//! text of records is only ever text in all of them.

mod escape;
mod github;
mod gitlab;
mod markdown;
mod rdjson;
mod sarif;

use super::{Effect, EffectKind, ReviewFinding, ReviewResponse};
use crate::ops::view::Brief;
use crate::record::id::CommitHash;
use crate::record::shown::tame_json;

/// How many records an effect names.
const NAMED: usize = 20;

/// A format of a review.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReviewFormat {
    /// For a pull request: Markdown, with a mark by which one comment can be kept current.
    Markdown,
    /// Workflow commands of GitHub and Forgejo: annotations of files.
    Github,
    /// SARIF 2.1.0, for code scanning.
    Sarif,
    /// A code quality report of GitLab.
    Gitlab,
    /// Diagnostics of reviewdog.
    Rdjson,
}

impl ReviewFormat {
    /// The review in this format, with a line feed at the end where there is anything.
    #[must_use]
    pub fn render(self, review: &ReviewResponse) -> String {
        match self {
            Self::Markdown => markdown::render(review),
            Self::Github => github::render(&review.violations),
            Self::Sarif => sarif::render(&review.violations),
            Self::Gitlab => gitlab::render(&review.violations),
            Self::Rdjson => rdjson::render(&review.violations),
        }
    }
}

/// What an effect means, as a sentence without its end; `shown` makes text of a record.
pub fn sentence(effect: &Effect, shown: impl Fn(&Brief) -> String) -> String {
    let of = shown(&effect.of);
    let mut on: Vec<_> = effect.on.iter().take(NAMED).map(&shown).collect();
    let more = effect.on.len() - on.len();
    if more > 0 {
        on.push(format!("{more} more"));
    }
    let on = match on.is_empty() {
        true => "nothing that is named".to_owned(),
        false => on.join(", "),
    };
    match effect.effect {
        EffectKind::Breaks => format!("{of} is broken"),
        EffectKind::Repairs => format!("{of} is operational again"),
        EffectKind::Unblocks => format!("{of} unblocks {on}"),
        EffectKind::HoldsUp => format!("{of} holds up {on} again"),
        EffectKind::Carries => format!("{of} carries {on}"),
        EffectKind::Touches => format!("{of} touches {on}"),
        EffectKind::Retracts => format!("{of} is retracted; it carried {on}"),
    }
}

/// The name of a field without the places in lists: these move when somebody adds an element.
pub(super) fn without_position(field: &str) -> &str {
    field.split_once('[').map_or(field, |(name, _)| name)
}

/// What is wrong, in one line: the field, the reason, and whether that is news.
fn message(found: &ReviewFinding) -> String {
    let finding = &found.finding;
    let field = finding
        .field
        .as_ref()
        .map_or_else(String::new, |field| format!("{field}: "));
    let old = if found.old { " (it was so before)" } else { "" };
    format!("{field}{}{old}", finding.message)
}

/// A name for each finding: unique among these, and the same tomorrow wherever in the file it stands then.
fn fingerprints(violations: &[ReviewFinding]) -> Vec<String> {
    let mut seen = std::collections::HashMap::new();
    let name = |found: &ReviewFinding| {
        let finding = &found.finding;
        let field = finding.field.as_deref().map(without_position).unwrap_or_default();
        let parts = [found.tier.as_str(), &finding.file, field, &finding.message];
        let count: &mut usize = seen.entry(parts.join("\0")).or_default();
        *count += 1;
        CommitHash::sha256(format!("{}\0{count}", parts.join("\0")).as_bytes())
            .as_str()
            .to_owned()
    };
    violations.iter().map(name).collect()
}

/// JSON as a document of its own.
fn document(value: &serde_json::Value) -> String {
    // Before it is printed as a text, whose odd characters are written otherwise.
    tame_json(format!("{value:#}\n"))
}

#[cfg(test)]
mod tests {
    #[test]
    fn odd_characters_are_escaped_as_json_does() {
        let document = super::document(&serde_json::json!({ "path": "a\u{202e}\u{7f}b" }));
        assert_eq!(document, "{\n  \"path\": \"a\\u202e\\u007fb\"\n}\n");
    }
}
