//! Conflicts that somebody has decided.

use serde::Serialize;
use serde_json::Value;

use super::settle::{EDGES, settle};
use super::{SHORT, all, digits, meant};
use crate::ops::read::Meta;
use crate::ops::{Context, Error, ErrorKind};
use crate::record::merge::WHOLE;
use crate::record::note::{Choice, Conflict};
use crate::record::{Fields, Record, RecordPath};

/// How to resolve a conflict.
#[derive(Clone, Debug)]
pub enum Take {
    /// What the merge kept.
    Kept,
    /// The other value.
    Other,
    /// The value before both.
    Base,
    /// This one.
    Value(Value),
}

impl Take {
    fn choice(&self) -> Choice {
        match self {
            Self::Kept => Choice::Kept,
            Self::Other => Choice::Other,
            Self::Base => Choice::Base,
            Self::Value(_) => Choice::Value,
        }
    }
}

/// What resolving did.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
pub struct ResolveResponse {
    /// The conflicts that were resolved.
    pub resolved: Vec<String>,
    /// The first line of the commit.
    pub summary: String,
    /// How many conflicts there still are.
    pub left: usize,
    /// What every answer carries.
    #[serde(flatten)]
    pub meta: Meta,
}

/// Resolves conflicts: gives the field the value that is to stand, and writes down how. In one commit.
///
/// # Errors
///
/// `not_found` and `ambiguous` for the name, the latter too where several conflicts of one field would get a value;
/// `invalid` where the value does not fit, or what the conflict is on is no
/// record and somebody has to change its file.
pub fn resolve(
    context: &Context,
    name: &str,
    field: Option<&str>,
    take: &Take,
    by: Option<&str>,
) -> Result<ResolveResponse, Error> {
    let actor = context.named_or_actor(by)?;
    let written = context.write("resolve", by, |context, draft| {
        let known = all(draft.reading)?;
        let total = known
            .iter()
            .filter(|(_, conflict)| conflict.resolved_at.is_none())
            .count();
        let mut meant = meant(name, false, &known, |name| draft.find(name))?;
        if let Some((path, conflict)) = meant.iter().find(|(_, conflict)| conflict.resolved_at.is_some()) {
            let by = conflict
                .resolved_by
                .as_ref()
                .map(|by| format!(" by {by}"))
                .unwrap_or_default();
            let message = format!("the conflict {} is resolved already{by}", &digits(path)[..SHORT]);
            return Err(Error::request(message).hint("git docket conflicts --resolved"));
        }
        meant.retain(|(_, conflict)| field.is_none_or(|field| conflict.field.as_str() == field));
        if meant.is_empty() {
            return Err(Error::not_found(format!(
                "there is no open conflict of that field on {name}"
            )));
        }
        require_one_each(name, &meant, take)?;
        for (path, conflict) in &meant {
            settle(draft, conflict, take)?;
            let mut resolved = conflict.clone();
            resolved.resolved_at = Some(context.source.second());
            resolved.resolved_by = Some(actor.clone());
            resolved.choice = Some(take.choice());
            let resolved = Record::new(Fields::Conflict(Box::new(resolved)), "");
            draft.put_at(path, resolved, Vec::new())?;
        }
        let fields: Vec<_> = meant.iter().map(|(_, conflict)| conflict.field.as_str()).collect();
        let (on, choice) = (meant[0].1.on.short(), take.choice());
        draft.subject = Some(format!("resolve {} of {on}: {}", fields.join(", "), choice.as_str()));
        let names: Vec<_> = meant.iter().map(|(path, _)| digits(path)).collect();
        Ok((names, total - meant.len()))
    })?;
    let (resolved, left) = written.value;
    Ok(ResolveResponse {
        resolved,
        left,
        summary: written.subject,
        meta: Meta::git(written.commit, written.warnings),
    })
}

/// Refuses a value for several conflicts of which only one can have it: of two that are about the same, whichever was
/// settled last would undo the other one in silence.
fn require_one_each(name: &str, meant: &[(RecordPath, Conflict)], take: &Take) -> Result<(), Error> {
    if matches!(take, Take::Kept) || meant.len() < 2 {
        return Ok(());
    }
    let fields: Vec<_> = meant.iter().map(|(_, conflict)| conflict.field.as_str()).collect();
    let later = |at: usize| fields.iter().skip(at + 1);
    let touch = fields
        .iter()
        .enumerate()
        .any(|(at, one)| later(at).any(|other| is_about_the_same(one, other)));
    if touch {
        let named = meant
            .iter()
            .map(|(path, conflict)| format!("{} {}", &digits(path)[..SHORT], conflict.field));
        let named: Vec<_> = named.collect();
        let message = format!(
            "{name} has conflicts that are about the same: {}; name one by its digits",
            named.join(", ")
        );
        let names: Vec<_> = meant.iter().map(|(path, _)| digits(path)).collect();
        let error = Error::new(ErrorKind::Ambiguous, message).with("conflicts", names);
        return Err(error.hint(format!("git docket conflicts show {name}")));
    }
    match take {
        Take::Value(_) => {
            let message = format!("{name} has conflicts of {}; name one with --field", fields.join(", "));
            Err(Error::request(message))
        }
        _ => Ok(()),
    }
}

/// Whether what is done about a conflict of one field changes what the other one is about.
fn is_about_the_same(one: &str, other: &str) -> bool {
    if one == EDGES && other == EDGES {
        return false;
    }
    let holds = |outer: &str, inner: &str| {
        let rest = inner.strip_prefix(outer);
        outer == WHOLE || rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    };
    holds(one, other) || holds(other, one)
}
