//! Settings: what all clones agree on, what this clone has, and where each value comes from.

mod keys;
mod look;
mod value;
mod write;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use self::keys::{KEYS, Key, Place};
pub(super) use self::look::file as of_docket;
use self::look::{Looked, file, setting};
pub use self::write::{configure, reconfigure};
use super::expect::Expects;
use super::read::{Meta, Reading};
use super::{Context, Error, ErrorKind};
use crate::record::{RecordId, config};

/// A setting and where its value comes from.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
pub struct Setting {
    /// Its name.
    pub key: &'static str,
    /// Its value; null where it has none and no default.
    pub value: Value,
    /// `argument`, `environment`, `proposal`, `git config`, `config.toml` or `default`.
    pub source: &'static str,
    /// The argument, the variable, the file or the commit it comes from; null for a default.
    pub origin: Option<String>,
    /// What it has where nothing is said.
    pub default: Value,
    /// `docket`: all clones agree on it; `clone`: each has its own; `worktree`: this worktree alone.
    pub scope: &'static str,
    /// What it is for.
    pub meaning: &'static str,
    /// Values that do not count because of this one, with where they are.
    pub hidden: Vec<String>,
}

/// The configuration of the project: what is kept, and what is computed when it is asked for.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
pub struct ConfigurationResponse {
    /// There is one in a repository; some surfaces want a number.
    pub id: u32,
    /// All that is kept, by key.
    #[serde(flatten)]
    pub values: Map<String, Value>,
    /// The branch of the code that is checked out; null where HEAD is detached.
    pub git_branch: Option<String>,
    /// The commit of the code that is checked out; null where there is none.
    pub git_head_commit: Option<String>,
    /// Whether the index answers.
    pub database_healthy: bool,
    /// When that was found out.
    pub last_health_check_at: String,
    /// The same settings with where they come from.
    pub settings: Vec<Setting>,
    /// What every answer carries.
    #[serde(flatten)]
    pub meta: Meta,
}

/// One setting.
#[derive(Clone, Debug, Serialize, schemars::JsonSchema)]
pub struct SettingResponse {
    /// The setting.
    #[serde(flatten)]
    pub setting: Setting,
    /// What changed, in one line; nothing where nothing did.
    #[serde(skip)]
    pub summary: Option<String>,
    /// What every answer carries.
    #[serde(flatten)]
    pub meta: Meta,
}

/// A new value of a setting.
#[derive(Clone, Debug, Default, Deserialize, Serialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ConfigureRequest {
    /// The setting.
    pub key: String,
    /// Its value; null takes it away, and the default counts again.
    pub value: Option<String>,
    /// The commit the caller read at; of what all clones agree on.
    pub revision: Option<String>,
    /// Who changes it; where nothing is said, who asks.
    pub updated_by: Option<String>,
}

impl Expects for ConfigureRequest {
    fn name(&self) -> &str {
        &self.key
    }

    fn version(&self) -> Option<u64> {
        None
    }

    fn revision(&self) -> Option<&str> {
        self.revision.as_deref()
    }
}

/// New values of several settings.
#[derive(Clone, Debug, Default, Deserialize, Serialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct ReconfigureRequest {
    /// The settings with their values; without a value the default counts again.
    pub values: Vec<(String, Option<String>)>,
    /// The commit the caller read at; of what all clones agree on.
    pub revision: Option<String>,
    /// Who changes them; where nothing is said, who asks.
    pub updated_by: Option<String>,
}

impl Expects for ReconfigureRequest {
    fn name(&self) -> &str {
        "the configuration"
    }

    fn version(&self) -> Option<u64> {
        None
    }

    fn revision(&self) -> Option<&str> {
        self.revision.as_deref()
    }
}

/// All settings, and what is computed beside them. Where there is no docket, those of this clone, and a warning.
pub fn configuration(context: &Context) -> Result<ConfigurationResponse, Error> {
    let mut looked = Looked::of(context)?;
    let settings = KEYS.iter().map(|key| setting(context, &mut looked, key));
    let settings = settings.collect::<Result<Vec<_>, Error>>()?;
    // How this clone keeps its records, what a review asks of changes and what is put away when, is not what somebody
    // works by.
    let beside = ["docket.", "policy.", "archive."];
    let kept = |setting: &&Setting| !beside.iter().any(|table| setting.key.starts_with(table));
    let values = settings.iter().filter(kept);
    let head = context.store.resolve("HEAD").ok();
    Ok(ConfigurationResponse {
        id: 1,
        values: values
            .map(|setting| (setting.key.to_owned(), setting.value.clone()))
            .collect(),
        git_branch: context.store.branch()?,
        git_head_commit: head.map(|commit| commit.to_string()),
        database_healthy: looked
            .reading
            .as_ref()
            .is_some_and(|reading| is_healthy(context, reading)),
        last_health_check_at: context.source.second().to_string(),
        settings,
        meta: looked.meta(),
    })
}

/// Whether the index answers at the tip.
fn is_healthy(context: &Context, reading: &Reading) -> bool {
    let fresh = context.uses_index.then(|| context.fresh_index(reading.commit()));
    match fresh {
        Some(Ok((index, _))) => {
            context.keep_index(index);
            true
        }
        _ => false,
    }
}

/// The names of all settings.
pub fn setting_names() -> impl Iterator<Item = &'static str> {
    KEYS.iter().map(|key| key.name)
}

/// One setting and where its value comes from.
pub fn explain(context: &Context, name: &str) -> Result<SettingResponse, Error> {
    let key = named(name)?;
    let mut looked = match key.place {
        Place::Docket => Looked::at(context.read()?)?,
        Place::Clone(_) => Looked::of(context)?,
    };
    let setting = setting(context, &mut looked, key)?;
    Ok(looked.response(setting, None))
}

fn named(name: &str) -> Result<&'static Key, Error> {
    Key::named(name).ok_or_else(|| {
        let names: Vec<_> = KEYS.iter().map(|key| key.name).collect();
        let message = format!("there is no setting `{name}`; there are {}", names.join(", "));
        Error::new(ErrorKind::NotFound, message).hint("git docket config list")
    })
}

/// The session that is worked in here; none where nobody said, or where it is no identity.
pub(super) fn current_session(context: &Context) -> Option<RecordId> {
    let (value, _) = context.store.config_origins("docket.currentSessionId").pop()?;
    value.parse().ok()
}

/// What the team is at.
pub(super) fn active_context_type(reading: &Reading) -> Result<String, Error> {
    let values = config::values(&file(reading)?);
    let value = values.get("active_context_type").and_then(Value::as_str);
    let default = Key::named("active_context_type").and_then(|key| key.default);
    Ok(value.or(default).unwrap_or_default().to_owned())
}
