//! A setting as it is: its value, where that comes from, and what it hides.

use serde_json::Value;

use super::keys::{Key, Place, Shape};
use super::value::{kept, misfit, plain};
use super::{Setting, SettingResponse};
use crate::ops::read::{Meta, Reading};
use crate::ops::{Context, Error, ErrorKind};
use crate::record::config;
use crate::record::limits::RECORD_BYTES;
use crate::store::CONFIG_PATH;

/// The docket as settings are read from it; none where there is none, and then what is this clone's own still counts.
pub(super) struct Looked {
    pub(super) reading: Option<Reading>,
    pub(super) warnings: Vec<String>,
}

impl Looked {
    pub(super) fn at(reading: Reading) -> Result<Self, Error> {
        let wrong = config::check(&file(&reading)?);
        let mut warnings = reading.warnings.clone();
        warnings.extend(wrong.iter().map(|violation| format!("{CONFIG_PATH}: {violation}")));
        Ok(Self {
            reading: Some(reading),
            warnings,
        })
    }

    pub(super) fn of(context: &Context) -> Result<Self, Error> {
        match context.read() {
            Ok(reading) => Self::at(reading),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Self {
                reading: None,
                warnings: vec![error.to_string()],
            }),
            Err(error) => Err(error),
        }
    }

    pub(super) fn meta(self) -> Meta {
        let revision = self.reading.map(|reading| reading.commit().to_string());
        Meta {
            revision: revision.unwrap_or_default(),
            data_source: "git",
            partial: false,
            warnings: self.warnings,
        }
    }

    pub(super) fn response(self, setting: Setting, summary: Option<String>) -> SettingResponse {
        SettingResponse {
            setting,
            summary,
            meta: self.meta(),
        }
    }
}

/// A setting as it is, read from the place that counts. What is wrong with its value is added to the warnings.
pub(super) fn setting(context: &Context, looked: &mut Looked, key: &'static Key) -> Result<Setting, Error> {
    let mut found: Vec<(Value, &'static str, Option<String>)> = Vec::new();
    match (key.place, &looked.reading) {
        (Place::Docket, Some(reading)) => {
            if let Some(value) = config::values(&file(reading)?).get(key.name) {
                let at = format!("{CONFIG_PATH} at {}", reading.commit().short());
                found.push((value.clone(), "config.toml", Some(at)));
            }
        }
        (Place::Docket, None) => {}
        (Place::Clone(git_key), _) => {
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
            if key.shape == Shape::Reference
                && let Some(proposal) = context.store.proposal()
            {
                let file = context.store.proposal_file().display().to_string();
                found.push((proposal.reference.clone().into(), "proposal", Some(file)));
            }
            if key.shape == Shape::Database
                && let Some((url, source)) = &context.database_url
            {
                found.push((kept(key, url), "environment", Some((*source).to_owned())));
            }
            for (value, file) in context.store.config_origins(git_key).into_iter().rev() {
                let file = file.map(|file| file.display().to_string());
                found.push((kept(key, &value), "git config", file));
            }
        }
    }
    if let Some((value, "git config", _)) = found.first() {
        looked.warnings.extend(misfit(key, value));
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
        scope: match (key.place, source) {
            (Place::Docket, _) => "docket",
            (Place::Clone(_), "proposal") => "worktree",
            (Place::Clone(_), _) => "clone",
        },
        meaning: key.meaning,
        hidden,
    })
}

/// The bytes of the configuration that all clones agree on.
pub(in crate::ops) fn file(reading: &Reading) -> Result<Vec<u8>, Error> {
    let blob = reading.snapshot.read(CONFIG_PATH, RECORD_BYTES)?;
    Ok(blob.map(|blob| blob.bytes).unwrap_or_default())
}
