//! Idempotency keys: the same key and the same request give the same record, however often.

use serde::Serialize;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::draft::Draft;
use super::write::one_line;
use super::{Context, Error};
use crate::record::RecordPath;

/// How long a key may be.
const KEY_CHARS: usize = 200;

/// Whether the record of a request with a key is there already. Where it is not, the commit gets the key and the
/// digest of the request: all of it but the key and who asks.
///
/// # Errors
///
/// Where the key was used for another request.
pub(super) fn is_replayed(
    context: &Context,
    draft: &mut Draft<'_>,
    path: &RecordPath,
    key: &str,
    request: &impl Serialize,
) -> Result<bool, Error> {
    if key.trim().is_empty() || key.chars().count() > KEY_CHARS {
        let message = format!("expected 1 to {KEY_CHARS} characters, not all of them blank");
        return Err(Error::request(message).in_field("idempotency_key"));
    }
    let id = path.id().map(|id| id.to_string()).unwrap_or_default();
    let line = format!("{id} {}", digest(request));
    if draft.get(path)?.is_none() {
        draft.trailers.push(format!("Docket-Key: {}", one_line(key)));
        draft.trailers.push(format!("Docket-Digest: {line}"));
        return Ok(false);
    }
    let history = context.store.history(draft.reading.commit())?;
    let creation = history
        .get(path.to_string().as_bytes())
        .map(|history| history.first.commit);
    let digests = match creation {
        Some(commit) => context.store.trailers(commit, "Docket-Digest")?,
        // Another line of the same batch makes it.
        None => {
            let planned = draft
                .trailers
                .iter()
                .filter_map(|line| line.strip_prefix("Docket-Digest: "));
            planned.map(ToOwned::to_owned).collect()
        }
    };
    let known = digests.iter().find(|digest| digest.starts_with(&id));
    if known.is_some_and(|known| *known != line) {
        let message = format!("the idempotency key `{}` was used for another request", one_line(key));
        let error = Error::request(message);
        return Err(match creation {
            Some(_) => error.hint(format!("git docket show {id}")),
            None => error,
        });
    }
    let fields = draft.get(path)?.map(|record| record.to_json()).unwrap_or_default();
    let gone = ["deleted_at", "retracted"]
        .into_iter()
        .find(|field| fields.get(*field).is_some_and(|value| !value.is_null()));
    if let Some(gone) = gone {
        draft
            .warnings
            .push(format!("the record of this key was made before, and has {gone} now"));
    }
    Ok(true)
}

fn digest(request: &impl Serialize) -> String {
    let mut request = serde_json::to_value(request).unwrap_or_default();
    if let Value::Object(fields) = &mut request {
        for field in ["created_by", "idempotency_key"] {
            if let Some(value) = fields.get_mut(field) {
                *value = Value::Null;
            }
        }
    }
    let digest = Sha256::digest(request.to_string());
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}
