//! Values of settings: as they are typed, as they are kept, and what is wrong with them.

use serde_json::Value;

use super::keys::{Key, Shape};
use crate::index::Database;
use crate::ops::{Context, Error};
use crate::record::value::Age;
use crate::record::work_item::ItemType;
use crate::record::{Kind, RecordId};

/// A text as the value of a setting.
pub(super) fn typed(context: &Context, key: &Key, text: &str) -> Result<Value, Error> {
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
        Shape::Age => match text.parse::<Age>() {
            Ok(age) => Ok(age.to_string().into()),
            Err(_) => Err(expected(Age::FORM)),
        },
        Shape::List => {
            let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
            match parts.map(Value::from).collect::<Vec<_>>() {
                parts if parts.is_empty() => Err(expected("something, with commas between")),
                parts => Ok(parts.into()),
            }
        }
        Shape::Reference => reference(context, text).map(Value::from),
        Shape::File if text.trim().is_empty() => Err(expected("the path of a file")),
        Shape::File => Ok(text.into()),
        Shape::Session => session(context, text).map(Value::from),
        Shape::Database => match Database::parse(text) {
            Ok(_) => Ok(text.into()),
            // The text is not told: it may hold a password.
            Err(_) => Err(Error::request(format!(
                "{}: expected a URL such as postgres://user@host/name",
                key.name
            ))),
        },
        Shape::Identity => match text.parse::<RecordId>() {
            Ok(id) => Ok(id.to_string().into()),
            Err(_) => Err(expected("a UUID")),
        },
        Shape::Remote => {
            let remotes = context.store.remotes();
            match remotes.iter().any(|remote| remote.name == text) {
                true => Ok(text.into()),
                false => Err(expected("the name of a remote").hint("git remote -v")),
            }
        }
    }
}

/// The full name of a ref that holds a docket.
fn reference(context: &Context, name: &str) -> Result<String, Error> {
    let full = context.store.full_ref(name)?;
    let commit = context.store.resolve(&full).map_err(Error::from);
    let read = commit.and_then(|commit| context.read_at(commit, Vec::new()));
    match read {
        Ok(_) => Ok(full),
        Err(_) => {
            let message = format!("there is no docket on {full}");
            Err(Error::request(message).hint(format!("git docket init --ref {name}")))
        }
    }
}

/// The whole identity of a session by any of its names.
fn session(context: &Context, name: &str) -> Result<String, Error> {
    let (id, _) = context.ask_within(None, &[Kind::WorkItem], |records| {
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

/// A value as it is kept somewhere, or the default.
pub(super) fn kept(key: &Key, text: &str) -> Value {
    let typed = match key.shape {
        Shape::Number => text.parse::<i64>().ok().map(Value::from),
        // As git reads it.
        Shape::Flag => match text.to_ascii_lowercase().as_str() {
            "true" | "yes" | "on" => Some(true.into()),
            "false" | "no" | "off" | "" => Some(false.into()),
            number => number.parse::<i64>().ok().map(|number| (number != 0).into()),
        },
        Shape::Database => Some(shown_database(text).into()),
        _ => None,
    };
    typed.unwrap_or_else(|| text.into())
}

/// Where a database is, without user and password.
fn shown_database(url: &str) -> String {
    let parsed = Database::parse(url);
    parsed.map_or_else(
        |_| "…, which is no URL of a database".to_owned(),
        |database| database.place(),
    )
}

/// What is wrong with a value that somebody wrote into git config by hand, where it is.
pub(super) fn misfit(key: &Key, value: &Value) -> Option<String> {
    let fits = match key.shape {
        Shape::Word(words) => value.as_str().is_some_and(|text| words.contains(&text)),
        Shape::Flag => value.is_boolean(),
        Shape::Session | Shape::Identity => value.as_str().is_some_and(|text| text.parse::<RecordId>().is_ok()),
        Shape::Number
        | Shape::Age
        | Shape::List
        | Shape::Reference
        | Shape::File
        | Shape::Remote
        | Shape::Database
        | Shape::Fixed => true,
    };
    let default = key.default.unwrap_or("nothing");
    (!fits).then(|| {
        format!(
            "{}: `{}` means nothing, so it is as {default}",
            key.name,
            plain(value).escape_debug()
        )
    })
}

pub(super) fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(values) => values.iter().map(plain).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    }
}
