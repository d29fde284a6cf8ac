//! Settings: what all clones agree on, what this clone has, and where each value comes from.

mod keys;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use self::keys::{KEYS, Key, Place, Shape};
use super::draft::{Draft, refused};
use super::expect::{Expects, expect_file};
use super::read::{Meta, Reading};
use super::{Context, Error, ErrorKind};
use crate::record::limits::RECORD_BYTES;
use crate::record::work_item::ItemType;
use crate::record::{Kind, RecordId, config};
use crate::store::CONFIG_PATH;

/// A setting and where its value comes from.
#[derive(Clone, Debug, Serialize)]
pub struct Setting {
    /// Its name.
    pub key: &'static str,
    /// Its value; null where it has none and no default.
    pub value: Value,
    /// `argument`, `environment`, `git config`, `config.toml` or `default`.
    pub source: &'static str,
    /// The argument, the variable, the file or the commit it comes from; null for a default.
    pub origin: Option<String>,
    /// What it has where nothing is said.
    pub default: Value,
    /// `docket`: all clones agree on it; `clone`: each has its own.
    pub scope: &'static str,
    /// What it is for.
    pub meaning: &'static str,
    /// Values that do not count because of this one, with where they are.
    pub hidden: Vec<String>,
}

/// The configuration of the project: what is kept, and what is computed when it is asked for.
#[derive(Clone, Debug, Serialize)]
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
#[derive(Clone, Debug, Serialize)]
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

/// All settings, and what is computed beside them.
pub fn configuration(context: &Context) -> Result<ConfigurationResponse, Error> {
    let reading = context.read()?;
    let settings = KEYS.iter().map(|key| setting(context, &reading, key));
    let settings = settings.collect::<Result<Vec<_>, Error>>()?;
    let kept = |setting: &&Setting| !setting.key.starts_with("docket.");
    let values = settings.iter().filter(kept);
    let head = context.store.resolve("HEAD").ok();
    Ok(ConfigurationResponse {
        id: 1,
        values: values
            .map(|setting| (setting.key.to_owned(), setting.value.clone()))
            .collect(),
        git_branch: context.store.branch()?,
        git_head_commit: head.map(|commit| commit.to_string()),
        database_healthy: is_healthy(context, &reading),
        last_health_check_at: context.source.second().to_string(),
        settings,
        meta: reading.meta(),
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
    let reading = context.read()?;
    Ok(SettingResponse {
        setting: setting(context, &reading, key)?,
        summary: None,
        meta: reading.meta(),
    })
}

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
            let reading = context.read_at(written.commit, written.warnings)?;
            Ok(SettingResponse {
                setting: setting(context, &reading, key)?,
                summary: written.value.then_some(written.subject),
                meta: reading.meta(),
            })
        }
        Place::Clone(git_key) => {
            let changed = match &value {
                Some(value) => {
                    context.store.set_config(git_key, &plain(value))?;
                    true
                }
                None => context.store.unset_config(git_key)?,
            };
            // The config is read when a repository is opened.
            let fresh = context.reopened()?;
            let reading = context.read()?;
            let summary = match &value {
                Some(value) => format!("{git_key} is {} in this repository's git config", plain(value)),
                None => format!("{git_key} is no more in this repository's git config"),
            };
            Ok(SettingResponse {
                setting: setting(&fresh, &reading, key)?,
                summary: changed.then_some(summary),
                meta: reading.meta(),
            })
        }
    }
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
    expect_file(context, draft, CONFIG_PATH, request)?;
    let mut bytes = file(draft.reading)?;
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

fn named(name: &str) -> Result<&'static Key, Error> {
    Key::named(name).ok_or_else(|| {
        let names: Vec<_> = KEYS.iter().map(|key| key.name).collect();
        let message = format!("there is no setting `{name}`; there are {}", names.join(", "));
        Error::new(ErrorKind::NotFound, message).hint("git docket config list")
    })
}

/// A text as the value of a setting.
fn typed(context: &Context, key: &Key, text: &str) -> Result<Value, Error> {
    let expected = |what: &str| Error::request(format!("{}: expected {what}, found `{text}`", key.name));
    match key.shape {
        Shape::Fixed => Err(expected("nothing")),
        Shape::Word(words) => match words.contains(&text) {
            true => Ok(text.into()),
            false => Err(expected(&words.join(", "))),
        },
        Shape::Number => Some(kept(key, text))
            .filter(Value::is_number)
            .ok_or_else(|| expected("a whole number")),
        Shape::Flag => Some(kept(key, text))
            .filter(Value::is_boolean)
            .ok_or_else(|| expected("true or false")),
        Shape::Reference => Ok(context.store.full_ref(text)?.into()),
        Shape::Session => session(context, text).map(Value::from),
    }
}

/// The whole identity of a session by any of its names.
fn session(context: &Context, name: &str) -> Result<String, Error> {
    let (id, _) = context.ask(None, &[Kind::WorkItem], |records| {
        let path = records.find(name)?;
        let row = records.row(&path)?;
        let item = row.as_ref().and_then(|row| row.record.as_work_item());
        match item {
            Some(item) if item.item_type == ItemType::Session => Ok(item.id.to_string()),
            _ => Err(Error::request(format!("`{name}` is no session"))
                .hint("git docket list --type session")
                .into()),
        }
    })?;
    Ok(id)
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned)
}

fn file(reading: &Reading) -> Result<Vec<u8>, Error> {
    let blob = reading.snapshot.read(CONFIG_PATH, RECORD_BYTES)?;
    Ok(blob.map(|blob| blob.bytes).unwrap_or_default())
}

/// A value as it is kept somewhere, or the default.
fn kept(key: &Key, text: &str) -> Value {
    let typed = match key.shape {
        Shape::Number => text.parse::<i64>().ok().map(Value::from),
        Shape::Flag => match text {
            "true" | "yes" | "on" | "1" => Some(true.into()),
            "false" | "no" | "off" | "0" => Some(false.into()),
            _ => None,
        },
        _ => None,
    };
    typed.unwrap_or_else(|| text.into())
}

/// A setting as it is, read from the place that counts.
fn setting(context: &Context, reading: &Reading, key: &'static Key) -> Result<Setting, Error> {
    let mut found: Vec<(Value, &'static str, Option<String>)> = Vec::new();
    match key.place {
        Place::Docket => {
            if let Some(value) = config::values(&file(reading)?).get(key.name) {
                let at = format!("{CONFIG_PATH} at {}", reading.commit().short());
                found.push((value.clone(), "config.toml", Some(at)));
            }
        }
        Place::Clone(git_key) => {
            if key.shape == Shape::Reference
                && let Some((name, source)) = context.named_reference()
            {
                let kind = if source.starts_with('-') {
                    "argument"
                } else {
                    "environment"
                };
                found.push((name.into(), kind, Some(source.to_owned())));
            }
            if let Some((value, file)) = context.store.config_origin(git_key) {
                let file = file.map(|file| file.display().to_string());
                found.push((kept(key, &value), "git config", file));
            }
        }
    }
    let default = key.default.map(|text| kept(key, text));
    found.extend(default.clone().map(|value| (value, "default", None)));
    let told = |(value, source, origin): &(Value, &str, Option<String>)| {
        let origin = origin
            .as_ref()
            .map_or_else(String::new, |origin| format!(" ({origin})"));
        format!("{} from {source}{origin}", plain(value))
    };
    let hidden = found.iter().skip(1).filter(|(_, source, _)| *source != "default");
    let hidden = hidden.map(told).collect();
    let (value, source, origin) = found.into_iter().next().unwrap_or((Value::Null, "default", None));
    Ok(Setting {
        key: key.name,
        value,
        source,
        origin,
        default: default.unwrap_or_default(),
        scope: match key.place {
            Place::Docket => "docket",
            Place::Clone(_) => "clone",
        },
        meaning: key.meaning,
        hidden,
    })
}

/// The session that is worked in here; none where nobody said, or where it is no identity.
pub(super) fn current_session(context: &Context) -> Option<RecordId> {
    let (value, _) = context.store.config_origin("docket.currentSessionId")?;
    value.parse().ok()
}

/// What the team is at.
pub(super) fn active_context_type(reading: &Reading) -> Result<String, Error> {
    let values = config::values(&file(reading)?);
    let value = values.get("active_context_type").and_then(Value::as_str);
    let default = Key::named("active_context_type").and_then(|key| key.default);
    Ok(value.or(default).unwrap_or_default().to_owned())
}
