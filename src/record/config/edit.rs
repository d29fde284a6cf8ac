//! One key of the configuration with another value, and every other byte as it was.

use serde_json::Value;
use toml_edit::{Array, Document, Item, Key, Table};

use super::{check, invalid};
use crate::record::Violation;

/// What some editors put before everything else.
const BYTE_ORDER_MARK: &str = "\u{feff}";

/// The configuration with another value of a key, or without it; every other byte stays, comments and line ends too.
///
/// # Errors
///
/// What would be wrong with it then.
pub fn edited(bytes: &[u8], key: &str, value: Option<&Value>) -> Result<Vec<u8>, Vec<Violation>> {
    let new = match value {
        None => None,
        Some(Value::Number(number)) => number.as_i64().map(|number| number.to_string()),
        Some(Value::String(text)) => Some(toml_edit::Value::from(text.as_str()).to_string()),
        Some(Value::Array(texts)) if texts.iter().all(Value::is_string) => {
            let list: Array = texts.iter().filter_map(Value::as_str).collect();
            Some(toml_edit::Value::from(list).to_string())
        }
        Some(_) => {
            return Err(vec![Violation::field(
                key,
                "expected a text, a whole number or a list of texts",
            )]);
        }
    };
    with(bytes, key, new.as_deref())
}

/// The same with a value as [`Disputed`](super::Disputed) tells it: any TOML.
///
/// # Errors
///
/// What would be wrong with it then, or that the value is no TOML.
pub fn restored(bytes: &[u8], key: &str, recorded: &str) -> Result<Vec<u8>, Vec<Violation>> {
    let Ok(value) = recorded.trim().parse::<toml_edit::Value>() else {
        let message = "was recorded as what is no TOML; mend the file by hand";
        return Err(vec![Violation::field(key, message)]);
    };
    with(bytes, key, Some(&value.decorated("", "").to_string()))
}

fn with(bytes: &[u8], key: &str, new: Option<&str>) -> Result<Vec<u8>, Vec<Violation>> {
    let text = std::str::from_utf8(bytes).map_err(|_| vec![Violation::file(None, "is not UTF-8")])?;
    let (mark, text) = match text.strip_prefix(BYTE_ORDER_MARK) {
        Some(text) => (BYTE_ORDER_MARK, text),
        None => ("", text),
    };
    let document = Document::parse(text).map_err(|error| vec![invalid(text, &error)])?;
    let edited = spliced(text, document.as_table(), key, new)?;
    let edited = format!("{mark}{edited}").into_bytes();
    // What was wrong before with other keys does not stand in the way of mending this one.
    let before = check(bytes);
    let worse: Vec<_> = check(&edited)
        .into_iter()
        .filter(|found| !before.contains(found) || found.field.as_deref() == Some(key))
        .collect();
    match worse.is_empty() {
        true => Ok(edited),
        false => Err(worse),
    }
}

/// The text with this value in the place of the old one, or on a line of its own behind the other keys; without a
/// value, the text without the line of the key. A dotted key is one of a table, which is begun where there is none.
fn spliced(text: &str, root: &Table, path: &str, new: Option<&str>) -> Result<String, Vec<Violation>> {
    let by_hand = |what: &str| vec![Violation::field(path, format!("{what}; mend the file by hand"))];
    let end_of_line = |at: usize| text[at..].find('\n').map_or(text.len(), |end| at + end + 1);
    let eol = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let (above, key) = path.rsplit_once('.').unwrap_or(("", path));
    let table = match (table_at(root, above), new) {
        (Ok(Some(table)), _) => table,
        (Ok(None), None) => return Ok(text.to_owned()),
        (Ok(None), Some(new)) => {
            let before = if text.is_empty() || text.ends_with('\n') {
                ""
            } else {
                eol
            };
            return Ok(format!("{text}{before}{eol}[{above}]{eol}{key} = {new}{eol}"));
        }
        (Err(()), _) => return Err(by_hand("is not in a table of its own here")),
    };
    let (replaced, with) = match (table.get(key), new) {
        (None, None) => return Ok(text.to_owned()),
        (Some(old), new) => {
            let old = old.as_value().and_then(toml_edit::Value::span);
            let old = old.ok_or_else(|| by_hand("is a table here"))?;
            match (new, table.key(key).and_then(Key::span)) {
                (Some(new), _) => (old, new.to_owned()),
                (None, Some(name)) => {
                    let begin = text[..name.start].rfind('\n').map_or(0, |end| end + 1);
                    (begin..end_of_line(old.end), String::new())
                }
                (None, None) => return Err(by_hand("is a table here")),
            }
        }
        (None, Some(new)) => {
            let values = table.iter().filter_map(|(_, item)| item.as_value()?.span());
            let header = table
                .span()
                .filter(|_| !above.is_empty())
                .map(|header| end_of_line(header.start));
            let at = values
                .map(|value| end_of_line(value.end))
                .chain(header)
                .max()
                .unwrap_or(0);
            let before = if at > 0 && !text[..at].ends_with('\n') { eol } else { "" };
            (at..at, format!("{before}{key} = {new}{eol}"))
        }
    };
    Ok(format!("{}{with}{}", &text[..replaced.start], &text[replaced.end..]))
}

/// The table at a dotted path that has a header of its own; nothing where there is none.
fn table_at<'t>(root: &'t Table, path: &str) -> Result<Option<&'t Table>, ()> {
    let mut table = root;
    for part in path.split('.').filter(|part| !part.is_empty()) {
        match table.get(part) {
            None => return Ok(None),
            Some(Item::Table(next)) if !next.is_dotted() => table = next,
            Some(_) => return Err(()),
        }
    }
    match table.is_implicit() && !path.is_empty() {
        true => Ok(None),
        false => Ok(Some(table)),
    }
}
