//! No answer is larger than a client can use: what does not fit is cut off, and a warning says what.

use serde_json::Value;

use crate::ops::{Error, text};

/// How many bytes an answer has at most, as it goes out.
pub(super) const BYTES: usize = 60_000;

/// How many there are for what is left of one that was cut, beside the warnings that say so.
const ROOM: usize = BYTES - 3_000;

/// How many bytes of it are not the value.
const AROUND: usize = 1_000;

/// A text is not cut to less than this as long as something else can be cut.
const TEXT: usize = 1_000;

/// So often the best place to cut is looked for; what is too large then is cut everywhere.
const LOOKS: usize = 24;

/// How many elements and bytes of text are left where everything is cut, in these steps.
const STEPS: [usize; 5] = [1_000, 300, 100, 30, 8];

/// How many warnings tell of cuts.
const TOLD: usize = 10;

/// A step from a value to one inside of it.
#[derive(Clone, Debug)]
enum Step {
    Key(String),
    Place(usize),
}

/// The parts of a value that can be cut.
#[derive(Default)]
struct Parts {
    /// The longest text, and its length in bytes.
    text: Option<(Vec<Step>, usize)>,
    /// The list or map that has the most bytes in more than one element, and how many these are.
    list: Option<(Vec<Step>, usize)>,
}

/// Whether the value, and its text beside it, are too large for an answer.
pub(super) fn is_too_large(value: &Value) -> bool {
    size(value) > BYTES
}

/// Leaves the first bytes of the body out.
///
/// # Errors
///
/// `invalid` where the body has no character that begins there.
pub(super) fn skip_body(value: &mut Value, offset: usize) -> Result<(), Error> {
    let Some(Value::String(body)) = value.get_mut("body").filter(|_| offset > 0) else {
        return Ok(());
    };
    let rest = body.get(offset..).ok_or_else(|| {
        let bytes = body.len();
        let message = format!("no character of the body begins after {offset} of its {bytes} bytes");
        Error::request(message).in_field("body_offset")
    })?;
    *body = rest.to_owned();
    Ok(())
}

/// Cuts the longest texts and lists until the value, and its text beside it, fit into an answer. A page that has a next
/// one keeps all its records, else some would be on no page. The body begins after so many bytes of the whole.
///
/// May take a while where there is much to cut.
pub(super) fn fit(value: &mut Value, body_offset: usize) {
    if !is_too_large(value) {
        return;
    }
    let has_next = value.get("next_cursor").is_some_and(Value::is_string);
    let mut cuts: Vec<(String, String)> = Vec::new();
    for _ in 0..LOOKS {
        let size = size(value);
        if size <= ROOM {
            break;
        }
        let mut parts = Parts::default();
        look(value, &mut Vec::new(), &mut parts);
        if has_next && parts.list.as_ref().is_some_and(|(path, _)| name(path) == "items") {
            parts.list = None;
        }
        let long = parts.text.filter(|(_, bytes)| *bytes > TEXT);
        let cut = match (long, parts.list) {
            // A list of many records is cut before the text of one is.
            (Some((path, bytes)), list) if list.as_ref().is_none_or(|(_, list)| bytes * 2 > *list) => {
                cut_text(value, path, bytes, size, body_offset)
            }
            (_, Some((path, _))) => cut_list(value, path),
            _ => None,
        };
        let Some((place, told)) = cut else { break };
        cuts.retain(|(known, _)| *known != place);
        cuts.push((place, told));
    }
    for most in STEPS {
        if size(value) <= ROOM {
            break;
        }
        cut_everywhere(value, most, true);
        cuts = vec![("much".to_owned(), format!("is cut: {WHOLE}"))];
    }
    if let (false, Some(warnings)) = (cuts.is_empty(), value.get_mut("warnings").and_then(Value::as_array_mut)) {
        let more = cuts.len().saturating_sub(TOLD);
        let told = cuts.into_iter().take(TOLD);
        warnings.extend(told.map(|(place, told)| format!("{place} {told}").into()));
        warnings.extend((more > 0).then(|| format!("and {more} more are cut").into()));
    }
}

/// Where all of a record is.
const WHOLE: &str = "git docket show --json has all of it";

/// The bytes of an answer with this value: as an object, and as the text of it.
fn size(value: &Value) -> usize {
    let mut shown = value.clone();
    text::show(&mut shown);
    let json = shown.to_string();
    let quoted = json.bytes().filter(|byte| matches!(byte, b'"' | b'\\')).count();
    2 * json.len() + quoted + AROUND
}

fn look(value: &Value, at: &mut Vec<Step>, parts: &mut Parts) {
    match value {
        Value::String(text) if parts.text.as_ref().is_none_or(|(_, most)| text.len() > *most) => {
            parts.text = Some((at.clone(), text.len()));
        }
        Value::Array(values) => {
            consider(value, values.len(), at, parts);
            for (place, value) in values.iter().enumerate() {
                inside(value, Step::Place(place), at, parts);
            }
        }
        Value::Object(map) => {
            // What has an identity is a record, and keeps its fields.
            if !at.is_empty() && !map.contains_key("id") {
                consider(value, map.len(), at, parts);
            }
            for (key, value) in map.iter().filter(|(key, _)| *key != "warnings") {
                inside(value, Step::Key(key.clone()), at, parts);
            }
        }
        _ => {}
    }
}

fn consider(value: &Value, elements: usize, at: &[Step], parts: &mut Parts) {
    if elements > 1 {
        let bytes = value.to_string().len();
        if parts.list.as_ref().is_none_or(|(_, most)| bytes > *most) {
            parts.list = Some((at.to_vec(), bytes));
        }
    }
}

fn inside(value: &Value, step: Step, at: &mut Vec<Step>, parts: &mut Parts) {
    at.push(step);
    look(value, at, parts);
    at.pop();
}

fn cut_text(
    value: &mut Value,
    path: Vec<Step>,
    bytes: usize,
    size: usize,
    body_offset: usize,
) -> Option<(String, String)> {
    let text = value_at(value, &path)?;
    let Value::String(text) = text else { return None };
    // Each byte goes out twice at least.
    let over = (size - ROOM) / 2 + 16;
    let keep = bytes.saturating_sub(over).max(bytes / 8).max(TEXT);
    text.truncate(text.floor_char_boundary(keep));
    let kept = text.len();
    let told = match path.as_slice() {
        [Step::Key(key)] if key == "body" => {
            format!("is cut: read on with body_offset={} (bytes)", body_offset + kept)
        }
        _ => format!("is cut after {kept} bytes: {WHOLE}"),
    };
    Some((name(&path), told))
}

fn cut_list(value: &mut Value, path: Vec<Step>) -> Option<(String, String)> {
    let place = name(&path);
    let keep = |elements: usize| (elements * 3 / 4).max(1);
    let kept = match value_at(value, &path)? {
        Value::Array(values) => {
            values.truncate(keep(values.len()));
            values.len()
        }
        Value::Object(map) => {
            let kept = keep(map.len());
            while map.len() > kept {
                let last = map.keys().next_back().cloned()?;
                map.shift_remove(&last);
            }
            kept
        }
        _ => return None,
    };
    let told = match place.as_str() {
        "notes" => "list_notes (--toolset notes) has all of them",
        _ if path.len() > 1 || place == "metadata" => WHOLE,
        _ => "ask for less of it, or for the rest by itself",
    };
    Some((place, format!("is cut after {kept}: {told}")))
}

/// Leaves so many bytes of every text and elements of every list and map, but for the fields of the answer itself.
pub(super) fn cut_everywhere(value: &mut Value, most: usize, is_answer: bool) {
    match value {
        Value::String(text) => text.truncate(text.floor_char_boundary(most)),
        Value::Array(values) => {
            values.truncate(most);
            values.iter_mut().for_each(|value| cut_everywhere(value, most, false));
        }
        Value::Object(map) => {
            if !is_answer && !map.contains_key("id") {
                let surplus: Vec<_> = map.keys().skip(most).cloned().collect();
                surplus.iter().for_each(|key| drop(map.shift_remove(key)));
            }
            let kept = ["id", "revision", "next_cursor"];
            let values = map.iter_mut().filter(|(key, _)| !kept.contains(&key.as_str()));
            values.for_each(|(_, value)| cut_everywhere(value, most, false));
        }
        _ => {}
    }
}

fn value_at<'v>(value: &'v mut Value, path: &[Step]) -> Option<&'v mut Value> {
    path.iter().try_fold(value, |value, step| match step {
        Step::Key(key) => value.get_mut(key),
        Step::Place(place) => value.get_mut(place),
    })
}

/// The name of a place; of a long one the beginning.
fn name(path: &[Step]) -> String {
    const CHARS: usize = 100;
    let part = |step: &Step| match step {
        Step::Key(key) => key.clone(),
        Step::Place(place) => place.to_string(),
    };
    let name = path.iter().map(part).collect::<Vec<_>>().join(".");
    name.chars().take(CHARS).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::{Map, json};

    use super::*;

    #[test]
    fn a_long_body_says_where_it_goes_on() {
        let mut value = json!({ "id": "x", "body": "ä\"\u{202e}".repeat(50_000), "warnings": [] });
        fit(&mut value, 700);
        assert!(size(&value) <= BYTES && size(&value) > BYTES / 4, "{}", size(&value));
        let kept = value["body"].as_str().expect("a body").len();
        assert_eq!(
            value["warnings"][0],
            format!("body is cut: read on with body_offset={} (bytes)", 700 + kept)
        );
    }

    #[test]
    fn a_long_list_is_cut_between_records() {
        let children: Vec<_> = (0..2_000)
            .map(|n| json!({ "title": format!("Item {n}"), "children": [] }))
            .collect();
        let mut value = json!({ "children": [{ "children": children }], "warnings": ["one"] });
        fit(&mut value, 0);
        assert!(size(&value) <= BYTES && size(&value) > BYTES / 2, "{}", size(&value));
        assert_eq!(value["warnings"].as_array().expect("a list").len(), 2);
        assert!(
            value["warnings"][1]
                .as_str()
                .expect("a text")
                .starts_with("children.0.children is cut after")
        );
    }

    #[test]
    fn whatever_a_record_holds_it_fits() {
        let map = |keys: usize, bytes: usize| -> Map<String, Value> {
            (0..keys)
                .map(|n| (format!("key {n}"), "x".repeat(bytes).into()))
                .collect()
        };
        for (keys, bytes) in [(4_000, 1), (60_000, 1), (700, 1_200), (3, 300_000)] {
            let mut value = json!({ "id": "x", "metadata": map(keys, bytes), "warnings": [] });
            fit(&mut value, 0);
            assert!(size(&value) <= BYTES, "{keys} {bytes}: {}", size(&value));
            assert!(size(&value) > BYTES / 4, "{keys} {bytes}: {}", size(&value));
            let warnings = value["warnings"].as_array().expect("a list").len();
            assert!((1..=TOLD + 1).contains(&warnings), "{warnings}");
        }
        let deep = (0..100).fold(
            json!("x".repeat(900)),
            |value, _| json!({ "a": value, "b": "y".repeat(900) }),
        );
        let mut value = json!({ "items": [{ "id": "x", "metadata": deep }], "next_cursor": "c", "warnings": [] });
        fit(&mut value, 0);
        assert!(size(&value) <= BYTES, "{}", size(&value));
        assert_eq!(
            (&value["items"][0]["id"], &value["next_cursor"]),
            (&json!("x"), &json!("c"))
        );
    }

    #[test]
    fn what_fits_stays() {
        let mut value = json!({ "items": [1, 2], "warnings": [] });
        let before = value.clone();
        fit(&mut value, 0);
        assert_eq!(value, before);
    }
}
