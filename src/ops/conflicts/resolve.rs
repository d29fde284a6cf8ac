//! Conflicts that somebody has decided.

use serde::Serialize;
use serde_json::Value;

use super::settle::settle;
use super::{all, digits, meant};
use crate::ops::read::Meta;
use crate::ops::{Context, Error};
use crate::record::note::Choice;
use crate::record::{Fields, Record};

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
/// `not_found` and `ambiguous` for the name; `invalid` where the value does not fit, or what the conflict is on is no
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
        let mut open = all(draft.reading)?;
        open.retain(|(_, conflict)| conflict.resolved_at.is_none());
        let total = open.len();
        let mut meant = meant(context, name, &open)?;
        meant.retain(|(_, conflict)| field.is_none_or(|field| conflict.field.as_str() == field));
        if meant.is_empty() {
            return Err(Error::not_found(format!(
                "there is no open conflict of that field on {name}"
            )));
        }
        if meant.len() > 1 && !matches!(take, Take::Kept | Take::Other | Take::Base) {
            let fields: Vec<_> = meant.iter().map(|(_, conflict)| conflict.field.to_string()).collect();
            let message = format!("{name} has conflicts of {}; name one with --field", fields.join(", "));
            return Err(Error::request(message));
        }
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
