//! `.tracking/config.toml`: what all clones of a docket must agree on.

use serde_json::{Map, Value};
use toml_edit::{Document, DocumentMut, Item, Key, Table, TomlError};

use super::{RecordId, Violation};

/// What some editors put before everything else.
const BYTE_ORDER_MARK: &str = "\u{feff}";

/// Checks the configuration of a docket. Keys this version does not know are left alone.
#[must_use]
pub fn check(bytes: &[u8]) -> Vec<Violation> {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return vec![Violation::file(None, "is not UTF-8")];
    };
    let document = match text.parse::<DocumentMut>() {
        Ok(document) => document,
        Err(error) => return vec![invalid(text, &error)],
    };
    let mut violations = Vec::new();
    let mut check = |key: &str, required: bool, expected: &str, fits: &dyn Fn(&Item) -> bool| match document.get(key) {
        None if required => violations.push(Violation::field(key, "is required")),
        Some(item) if !fits(item) => violations.push(Violation::field(key, format!("expected {expected}"))),
        _ => {}
    };
    check("repository", true, "a UUID in lower case with hyphens", &|item| {
        item.as_str().is_some_and(|text| text.parse::<RecordId>().is_ok())
    });
    check(
        "active_context_type",
        false,
        "feature, maintenance or research",
        &|item| {
            item.as_str()
                .is_some_and(|text| ["feature", "maintenance", "research"].contains(&text))
        },
    );
    check(
        "default_token_budget",
        false,
        "a whole number from 1000 to 1000000",
        &|item| {
            item.as_integer()
                .is_some_and(|number| (1_000..=1_000_000).contains(&number))
        },
    );
    violations
}

/// The values of a configuration by their keys, as JSON; what cannot be read has none.
#[must_use]
pub fn values(bytes: &[u8]) -> Map<String, Value> {
    let text = std::str::from_utf8(bytes).unwrap_or_default();
    let document = text.parse::<DocumentMut>().unwrap_or_default();
    let value = |item: &Item| {
        let text = item.as_str().map(Value::from);
        text.or(item.as_integer().map(Value::from))
            .or(item.as_bool().map(Value::from))
    };
    let values = document.iter();
    values
        .filter_map(|(key, item)| Some((key.to_owned(), value(item)?)))
        .collect()
}

/// The configuration with another value of a key, or without it; every other byte stays, comments and line ends too.
///
/// # Errors
///
/// What would be wrong with it then.
pub fn edited(bytes: &[u8], key: &str, value: Option<&Value>) -> Result<Vec<u8>, Vec<Violation>> {
    let text = std::str::from_utf8(bytes).map_err(|_| vec![Violation::file(None, "is not UTF-8")])?;
    let (mark, text) = match text.strip_prefix(BYTE_ORDER_MARK) {
        Some(text) => (BYTE_ORDER_MARK, text),
        None => ("", text),
    };
    let new = match value {
        None => None,
        Some(Value::Number(number)) => number.as_i64().map(|number| number.to_string()),
        Some(Value::String(text)) => Some(toml_edit::Value::from(text.as_str()).to_string()),
        Some(_) => return Err(vec![Violation::field(key, "expected a text or a whole number")]),
    };
    let document = Document::parse(text).map_err(|error| vec![invalid(text, &error)])?;
    let edited = spliced(text, document.as_table(), key, new.as_deref())?;
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
/// value, the text without the line of the key.
fn spliced(text: &str, table: &Table, key: &str, new: Option<&str>) -> Result<String, Vec<Violation>> {
    let by_hand = || vec![Violation::field(key, "is a table here; mend the file by hand")];
    let end_of_line = |at: usize| text[at..].find('\n').map_or(text.len(), |end| at + end + 1);
    let (replaced, with) = match (table.get(key), new) {
        (None, None) => return Ok(text.to_owned()),
        (Some(old), new) => {
            let old = old.as_value().and_then(toml_edit::Value::span).ok_or_else(by_hand)?;
            match (new, table.key(key).and_then(Key::span)) {
                (Some(new), _) => (old, new.to_owned()),
                (None, Some(name)) => {
                    let begin = text[..name.start].rfind('\n').map_or(0, |end| end + 1);
                    (begin..end_of_line(old.end), String::new())
                }
                (None, None) => return Err(by_hand()),
            }
        }
        (None, Some(new)) => {
            let eol = if text.contains("\r\n") { "\r\n" } else { "\n" };
            let values = table.iter().filter_map(|(_, item)| item.as_value()?.span());
            let at = values.map(|value| end_of_line(value.end)).max().unwrap_or(0);
            let before = if at > 0 && !text[..at].ends_with('\n') { eol } else { "" };
            (at..at, format!("{before}{key} = {new}{eol}"))
        }
    };
    Ok(format!("{}{with}{}", &text[..replaced.start], &text[replaced.end..]))
}

fn invalid(text: &str, error: &TomlError) -> Violation {
    let before = error.span().and_then(|span| text.get(..span.start));
    let line = before.map(|before| before.matches('\n').count() + 1);
    let message = error.message().lines().next().unwrap_or_default();
    Violation::file(
        line.and_then(|line| u32::try_from(line).ok()),
        format!("not valid TOML: {message}"),
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{check, edited, values};

    #[test]
    fn an_edit_leaves_everything_else_as_it_is() {
        let id = "repository = \"3f9a2c1b-52a1-4b53-9b0e-0c8f5e1f7a60\"";
        let before = format!("# ours\n{id}\nother = 1\ndefault_token_budget = 5000  # enough\n");
        let change = |before: &str, key, value: Option<&serde_json::Value>| {
            edited(before.as_bytes(), key, value).map(|bytes| String::from_utf8(bytes).expect("text"))
        };
        let after = change(&before, "default_token_budget", Some(&json!(6000))).expect("a change");
        assert_eq!(after, before.replace("5000", "6000"));
        let after = change(&before, "active_context_type", Some(&json!("research"))).expect("a change");
        assert_eq!(after, format!("{before}active_context_type = \"research\"\n"));
        assert_eq!(values(after.as_bytes())["active_context_type"], "research");
        let without = change(&after, "active_context_type", None).expect("a change");
        assert_eq!(without, before);
        for (key, value) in [
            ("active_context_type", json!("fun")),
            ("default_token_budget", json!(5)),
        ] {
            assert!(change(&before, key, Some(&value)).is_err(), "{key}");
        }
        assert!(change(&before, "repository", None).is_err());
        let wrong = format!("{id}\r\ndefault_token_budget = 5\r\nactive_context_type = \"zzz\"\r\n");
        let mended = change(&wrong, "default_token_budget", Some(&json!(5000))).expect("one of two is mended");
        assert_eq!(mended, wrong.replace("= 5\r", "= 5000\r"));
        assert!(
            change(
                &format!("{id}\n[[active_context_type]]\n"),
                "active_context_type",
                Some(&json!("feature"))
            )
            .is_err()
        );
        let mixed = format!("\u{feff}# a\n{id}\r\n# b\ndefault_token_budget = 6000 # c\n[t] # d\r\nx = 1");
        let after = change(&mixed, "active_context_type", Some(&json!("feature"))).expect("a change");
        assert_eq!(
            after,
            mixed.replace("# c\n", "# c\nactive_context_type = \"feature\"\r\n")
        );
        assert_eq!(change(&after, "active_context_type", None).expect("a change"), mixed);
        let without = change(&mixed, "default_token_budget", None).expect("a change");
        assert_eq!(without, mixed.replace("default_token_budget = 6000 # c\n", ""));
        assert!(edited(b"garbage [[[", "active_context_type", Some(&json!("feature"))).is_err());
    }

    #[test]
    fn what_init_writes_is_right_and_anything_else_is_named() {
        assert!(check(b"# ours\nrepository = \"3f9a2c1b-52a1-4b53-9b0e-0c8f5e1f7a60\"\nother = 1\n").is_empty());
        for (text, message) in [
            (&b""[..], "repository: is required"),
            (
                b"repository = 5",
                "repository: expected a UUID in lower case with hyphens",
            ),
            (b"a = 1\ngarbage [[[", "line 2: not valid TOML"),
            (b"\xff", "is not UTF-8"),
        ] {
            let found: Vec<_> = check(text).iter().map(ToString::to_string).collect();
            assert!(found.iter().any(|found| found.starts_with(message)), "{found:?}");
        }
    }
}
