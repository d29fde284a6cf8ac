//! Changing settings.

use serde_json::{Value, json};

use super::keys::{Key, Place, Shape};
use super::look::{Looked, file, setting};
use super::value::{kept, plain, typed};
use super::{ConfigurationResponse, ConfigureRequest, ReconfigureRequest, SettingResponse, configuration, named};
use crate::ops::draft::{Draft, refused};
use crate::ops::expect::{Expects, expect_file};
use crate::ops::{Context, Error};
use crate::record::config;
use crate::store::CONFIG_PATH;

/// Changes a setting: what all clones agree on in a commit, what this clone has in its git config.
///
/// # Errors
///
/// `not_found` where there is no such setting, `invalid` where the value does not fit; nothing has changed then.
pub fn configure(context: &Context, request: &ConfigureRequest) -> Result<SettingResponse, Error> {
    let (key, value) = change(context, &request.key, request.value.as_deref())?;
    match key.place {
        Place::Docket => {
            let by = request.updated_by.as_deref();
            let changes = [(key, value)];
            let plan = |context: &Context, draft: &mut Draft<'_>| plan(context, draft, &changes, request);
            let written = context.write("config", by, plan)?;
            let mut looked = Looked::at(context.read_at(written.commit, written.warnings)?)?;
            let setting = setting(context, &mut looked, key)?;
            Ok(looked.response(setting, written.value.then_some(written.subject)))
        }
        Place::Clone(git_key) => configure_clone(context, key, git_key, value.as_ref()),
    }
}

fn configure_clone(
    context: &Context,
    key: &'static Key,
    git_key: &str,
    value: Option<&Value>,
) -> Result<SettingResponse, Error> {
    // What is told: of a URL, all but its password.
    let told = value.map(|value| kept(key, &plain(value)));
    let summary = match (value, &told) {
        (Some(value), Some(told)) => {
            context.store.set_config(git_key, &plain(value))?;
            Some(format!("{git_key} is {} in this repository's git config", plain(told)))
        }
        _ if context.store.unset_config(git_key)? => {
            Some(format!("{git_key} is no more in this repository's git config"))
        }
        _ => None,
    };
    // The config is read when a repository is opened.
    let fresh = context.reopened()?;
    let mut looked = Looked::of(&fresh)?;
    let setting = setting(&fresh, &mut looked, key)?;
    if let Some(value) = told.as_ref().filter(|told| **told != setting.value) {
        let origin = setting.origin.as_deref().unwrap_or(setting.source);
        let (value, counts) = (plain(value), plain(&setting.value));
        looked
            .warnings
            .push(format!("{value} does not count: {origin} says {counts}"));
    }
    Ok(looked.response(setting, summary))
}

/// Changes several settings: what all clones agree on in one commit, then what this clone has in its git config.
///
/// # Errors
///
/// As [`configure`]; nothing has changed then.
pub fn reconfigure(context: &Context, request: &ReconfigureRequest) -> Result<ConfigurationResponse, Error> {
    let changes = request.values.iter();
    let changes = changes.map(|(name, value)| change(context, name, value.as_deref()));
    let (of_docket, of_clone): (Vec<_>, Vec<_>) = changes
        .collect::<Result<Vec<_>, Error>>()?
        .into_iter()
        .partition(|(key, _)| key.place == Place::Docket);
    let mut warnings = Vec::new();
    if !of_docket.is_empty() {
        let by = request.updated_by.as_deref();
        let written = context.write("config", by, |context, draft| plan(context, draft, &of_docket, request))?;
        warnings = written.warnings;
    }
    for (key, value) in &of_clone {
        if let Place::Clone(git_key) = key.place {
            match value {
                Some(value) => context.store.set_config(git_key, &plain(value))?,
                None => drop(context.store.unset_config(git_key)?),
            }
        }
    }
    // The config is read when a repository is opened.
    let mut answer = configuration(&context.reopened()?)?;
    answer.meta.warnings.extend(warnings);
    Ok(answer)
}

/// A setting that can be changed, and its new value; none where the default is to count.
type Change = (&'static Key, Option<Value>);

fn change(context: &Context, name: &str, value: Option<&str>) -> Result<Change, Error> {
    let key = named(name)?;
    if key.shape == Shape::Fixed {
        return Err(Error::request(format!(
            "{} cannot be changed: it is {}",
            key.name, key.meaning
        )));
    }
    Ok((key, value.map(|text| typed(context, key, text)).transpose()?))
}

fn plan(context: &Context, draft: &mut Draft<'_>, changes: &[Change], request: &impl Expects) -> Result<bool, Error> {
    let mut bytes = file(draft.reading)?;
    expect_file(context, draft, CONFIG_PATH, request, |_| {
        let current = config::values(&bytes);
        let side =
            |(key, value): &Change| json!({ "field": key.name, "wanted": value, "current": current.get(key.name) });
        Ok(changes.iter().map(side).collect())
    })?;
    let mut told = Vec::new();
    for (key, value) in changes {
        if config::values(&bytes).get(key.name) == value.as_ref() {
            continue;
        }
        bytes = config::edited(&bytes, key.name, value.as_ref()).map_err(refused)?;
        told.push(match value {
            Some(value) => format!("{} = {}", key.name, plain(value)),
            None => format!("{} removed", key.name),
        });
    }
    if told.is_empty() {
        return Ok(false);
    }
    draft.config = Some(bytes);
    draft.subject = Some(format!("config: {}", told.join(", ")));
    Ok(true)
}
