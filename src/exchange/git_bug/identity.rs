//! People: the last that is said of each.

use serde_json::Value;

use super::SHORT;
use crate::exchange::source::Source;
use crate::exchange::{Kept, Loss, fit};
use crate::record::json::in_line;
use crate::record::value::Actor;

/// A person who wrote in bugs.
#[derive(Clone, Debug)]
pub(super) struct Person {
    /// The name, or where there is none the one they log in with elsewhere.
    pub(super) name: Actor,
    /// What else is said of them.
    others: Vec<&'static str>,
}

/// Reads a version of an identity; the reason where it names nobody.
pub(super) fn read(version: &[u8]) -> Result<Person, String> {
    let mut source = match serde_json::from_slice(version) {
        Ok(Value::Object(map)) => Source::of(map),
        Ok(_) => return Err("is not an identity".to_owned()),
        Err(error) => return Err(in_line(&error)),
    };
    let (name, login) = (source.text("name"), source.text("login"));
    let mut others = Vec::new();
    if name.is_some() && login.is_some() {
        others.push("login");
    }
    for key in ["email", "avatar_url", "pub_keys", "metadata"] {
        if source.take(key).is_some_and(|value| !value.is_null()) {
            others.push(key);
        }
    }
    let name = name.or(login).and_then(|name| fit::text(&name));
    let name = name.ok_or("has neither a name nor a login")?;
    if name.altered.is_some() {
        others.push("name");
    }
    Ok(Person {
        name: name.value,
        others,
    })
}

impl Person {
    /// What of them has no place.
    pub(super) fn losses(&self, id: &str) -> impl Iterator<Item = Loss> {
        self.others.iter().map(move |key| Loss {
            original: format!("identity {}", id.get(..SHORT).unwrap_or(id)),
            field: format!("identity.{key}"),
            reason: "a person is a name of one line here".to_owned(),
            kept: Kept::Nowhere,
        })
    }
}
