//! One entry as a record and its file.

use serde_json::{Map, Value};

use crate::exchange::export::json::is_vast;
use crate::record::{Kind, Record, RecordPath, Violation, assemble, parse, print};

/// The record and the file an entry stands for.
pub(super) fn record(
    kind: Kind,
    mut map: Map<String, Value>,
    file: Option<&str>,
) -> Result<(RecordPath, Record, Vec<u8>), Vec<Violation>> {
    let refuse = |reason: String| vec![Violation::file(None, reason)];
    allow(&map, &["fields", "body", "text", "derived"]).map_err(refuse)?;
    let path = file.map(|file| RecordPath::of(file).ok_or_else(|| refuse("no record can live there".to_owned())));
    let path = path.transpose()?;
    let typed = text(&mut map, "text").map_err(refuse)?;
    let body = text(&mut map, "body").map_err(refuse)?;
    let Some(Value::Object(mut fields)) = map.shift_remove("fields") else {
        return Err(refuse("`fields` is not an object".to_owned()));
    };
    let schema = text(&mut fields, "schema").map_err(|reason| vec![Violation::field("schema", reason)])?;
    if schema.as_deref() != Some(kind.schema().as_str()) {
        let reason = format!("is not {}, which this version writes", kind.schema());
        return Err(vec![Violation::field("schema", reason)]);
    }
    let (record, bytes) = match typed {
        Some(text) => (
            of_text(&text, path.as_ref(), fields, body.as_deref())?,
            text.into_bytes(),
        ),
        None => {
            if let Some((name, _)) = fields.iter().find(|(_, value)| is_vast(value)) {
                let reason = "has a number too large to be read to the last digit; give `text` too";
                return Err(vec![Violation::field(name.as_str(), reason)]);
            }
            let record = assemble(kind, &fields, body.as_deref().unwrap_or_default(), path.as_ref())?;
            let bytes = print(&record).into_bytes();
            (record, bytes)
        }
    };
    let path = path
        .or_else(|| record.path())
        .ok_or_else(|| refuse("has no `file`".to_owned()))?;
    if path.kind() != kind {
        return Err(refuse(format!("is not the path of {}", kind.noun())));
    }
    Ok((path, record, bytes))
}

/// The record a file's text is, which must be the one the fields tell of.
fn of_text(
    text: &str,
    path: Option<&RecordPath>,
    fields: Map<String, Value>,
    body: Option<&str>,
) -> Result<Record, Vec<Violation>> {
    let differs = |what: &str| {
        let reason = format!("`text` and `{what}` differ; remove `text` where it is `{what}` that counts");
        vec![Violation::file(None, reason)]
    };
    let parsed = parse(text.as_bytes(), path)?;
    if let Some(schema) = parsed.newer_schema {
        return Err(vec![Violation::field(
            "schema",
            format!("{schema} is newer than this version"),
        )]);
    }
    // As it comes back from JSON, which has its own mind about the last digit of some numbers.
    let own = serde_json::to_string(&parsed.record.to_json()).map_err(|_| differs("fields"))?;
    let own: Map<String, Value> = serde_json::from_str(&own).map_err(|_| differs("fields"))?;
    match (own == fields, body.is_none_or(|body| body == parsed.record.body)) {
        (false, _) => Err(differs("fields")),
        (_, false) => Err(differs("body")),
        (true, true) => Ok(parsed.record),
    }
}

/// Refuses what would be dropped unseen.
pub(super) fn allow(map: &Map<String, Value>, keys: &[&str]) -> Result<(), String> {
    match map.keys().find(|key| !keys.contains(&key.as_str())) {
        Some(key) => Err(format!("the key `{}` is not known", key.escape_debug())),
        None => Ok(()),
    }
}

/// Takes a text; none where there is none.
pub(super) fn text(map: &mut Map<String, Value>, key: &str) -> Result<Option<String>, String> {
    match map.shift_remove(key) {
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(format!("`{key}` is not a text")),
        None => Ok(None),
    }
}
