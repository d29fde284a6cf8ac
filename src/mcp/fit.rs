//! No answer is larger than a client can use: what does not fit is cut off, and a warning says what.

use serde_json::Value;

use crate::ops::text;

/// How many bytes an answer has at most, as it goes out.
pub(super) const BYTES: usize = 60_000;

/// How many bytes of it are not the value.
const AROUND: usize = 1_000;

/// A text is not cut to less than this.
const TEXT: usize = 1_000;

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
    /// The list that has the most bytes in more than one element, and how many these are.
    list: Option<(Vec<Step>, usize)>,
}

/// Whether the value, and its text beside it, are too large for an answer.
pub(super) fn is_too_large(value: &Value) -> bool {
    size(value) > BYTES
}

/// Cuts the longest texts and lists until the value, and its text beside it, fit into an answer. A page that has a next
/// one keeps all its records, else some would be on no page.
pub(super) fn fit(value: &mut Value) {
    let has_next = value.get("next_cursor").is_some_and(Value::is_string);
    let mut cuts: Vec<(Vec<Step>, String)> = Vec::new();
    loop {
        let size = size(value);
        if size <= BYTES {
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
                cut_text(value, path, bytes, size)
            }
            (_, Some((path, _))) => cut_list(value, path),
            _ => None,
        };
        let Some((path, told)) = cut else { break };
        cuts.retain(|(known, _)| name(known) != name(&path));
        cuts.push((path, told));
    }
    if let (false, Some(warnings)) = (cuts.is_empty(), value.get_mut("warnings").and_then(Value::as_array_mut)) {
        warnings.extend(
            cuts.into_iter()
                .map(|(path, told)| format!("{} {told}", name(&path)).into()),
        );
    }
}

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
            let bytes = value.to_string().len();
            if values.len() > 1 && parts.list.as_ref().is_none_or(|(_, most)| bytes > *most) {
                parts.list = Some((at.clone(), bytes));
            }
            for (place, value) in values.iter().enumerate() {
                inside(value, Step::Place(place), at, parts);
            }
        }
        Value::Object(map) => {
            for (key, value) in map.iter().filter(|(key, _)| *key != "warnings") {
                inside(value, Step::Key(key.clone()), at, parts);
            }
        }
        _ => {}
    }
}

fn inside(value: &Value, step: Step, at: &mut Vec<Step>, parts: &mut Parts) {
    at.push(step);
    look(value, at, parts);
    at.pop();
}

fn cut_text(value: &mut Value, path: Vec<Step>, bytes: usize, size: usize) -> Option<(Vec<Step>, String)> {
    let text = value_at(value, &path)?;
    let Value::String(text) = text else { return None };
    // Each byte goes out twice at least.
    let over = (size - BYTES) / 2 + 16;
    let keep = bytes.saturating_sub(over).max(bytes / 8).max(TEXT);
    text.truncate(text.floor_char_boundary(keep));
    let told = match path.as_slice() {
        [Step::Key(key)] if key == "body" => {
            format!("is cut: read on with body_offset={} (bytes)", text.len())
        }
        _ => format!("is cut after {} bytes", text.len()),
    };
    Some((path, told))
}

fn cut_list(value: &mut Value, path: Vec<Step>) -> Option<(Vec<Step>, String)> {
    let Value::Array(values) = value_at(value, &path)? else {
        return None;
    };
    let keep = (values.len() * 3 / 4).max(1);
    values.truncate(keep);
    Some((
        path,
        format!("is cut after {keep}: ask for less of it, or for the rest by itself"),
    ))
}

fn value_at<'v>(value: &'v mut Value, path: &[Step]) -> Option<&'v mut Value> {
    path.iter().try_fold(value, |value, step| match step {
        Step::Key(key) => value.get_mut(key),
        Step::Place(place) => value.get_mut(place),
    })
}

fn name(path: &[Step]) -> String {
    let part = |step: &Step| match step {
        Step::Key(key) => key.clone(),
        Step::Place(place) => place.to_string(),
    };
    path.iter().map(part).collect::<Vec<_>>().join(".")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_long_body_says_where_it_goes_on() {
        let mut value = json!({ "id": "x", "body": "ä\"\u{202e}".repeat(50_000), "warnings": [] });
        fit(&mut value);
        assert!(size(&value) <= BYTES && size(&value) > BYTES / 4, "{}", size(&value));
        let kept = value["body"].as_str().expect("a body").len();
        assert_eq!(
            value["warnings"][0],
            format!("body is cut: read on with body_offset={kept} (bytes)")
        );
    }

    #[test]
    fn a_long_list_is_cut_between_records() {
        let children: Vec<_> = (0..2_000)
            .map(|n| json!({ "title": format!("Item {n}"), "children": [] }))
            .collect();
        let mut value = json!({ "children": [{ "children": children }], "warnings": ["one"] });
        fit(&mut value);
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
    fn what_fits_stays() {
        let mut value = json!({ "items": [1, 2], "warnings": [] });
        let before = value.clone();
        fit(&mut value);
        assert_eq!(value, before);
    }
}
