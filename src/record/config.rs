//! `.tracking/config.toml`: what all clones of a docket must agree on.

mod archive;
mod edit;
mod merge;
mod policy;
mod said;

use serde_json::{Map, Value};
use toml_edit::{Array, DocumentMut, Item, TableLike, TomlError};

pub use self::archive::{OLDER_THAN, older_than};
pub use self::edit::{edited, restored};
pub use self::merge::{Disputed, Settings, merge_settings};
pub use self::policy::{Policy, TYPES};
use super::{RecordId, Violation};

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
    if let Some(item) = document.get("policy") {
        policy::check(item, &mut violations);
    }
    if let Some(item) = document.get("archive") {
        archive::check(item, &mut violations);
    }
    violations
}

/// The values of a configuration by their keys, as JSON: texts, whole numbers, truths and lists of texts. Those inside
/// of tables have dotted keys; what cannot be read has none.
#[must_use]
pub fn values(bytes: &[u8]) -> Map<String, Value> {
    let text = std::str::from_utf8(bytes).unwrap_or_default();
    let document = text.parse::<DocumentMut>().unwrap_or_default();
    let mut values = Map::new();
    collect("", document.as_table(), &mut values);
    values
}

fn collect(prefix: &str, table: &dyn TableLike, values: &mut Map<String, Value>) {
    for (key, item) in table.iter() {
        let key = format!("{prefix}{key}");
        let list = |list: &Array| {
            list.iter()
                .map(|value| value.as_str().map(Value::from))
                .collect::<Option<Value>>()
        };
        let value = item.as_str().map(Value::from);
        let value = value
            .or(item.as_integer().map(Value::from))
            .or(item.as_bool().map(Value::from))
            .or(item.as_array().and_then(list));
        match (value, item.as_table_like()) {
            (Some(value), _) => drop(values.insert(key, value)),
            (None, Some(table)) => collect(&format!("{key}."), table, values),
            (None, None) => {}
        }
    }
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

    use super::{Policy, check, edited, values};

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
    fn a_policy_is_kept_in_a_table_of_its_own() {
        let id = "repository = \"3f9a2c1b-52a1-4b53-9b0e-0c8f5e1f7a60\"\n";
        let change = |before: &str, key, value: Option<serde_json::Value>| {
            edited(before.as_bytes(), key, value.as_ref()).map(|bytes| String::from_utf8(bytes).expect("text"))
        };
        let editors = json!(["Ana", "ben@example.com"]);
        let one = change(id, "policy.vendor_editors", Some(editors.clone())).expect("a change");
        assert_eq!(
            one,
            format!("{id}\n[policy]\nvendor_editors = [\"Ana\", \"ben@example.com\"]\n")
        );
        let two = change(&one, "policy.required.task", Some(json!(["assignee"]))).expect("a change");
        assert_eq!(two, format!("{one}\n[policy.required]\ntask = [\"assignee\"]\n"));
        assert_eq!(values(two.as_bytes())["policy.vendor_editors"], editors);
        let policy = Policy::of(two.as_bytes());
        assert_eq!(policy.required, [("task".to_owned(), vec!["assignee".to_owned()])]);
        assert!(policy.may_edit_vendors("Ana", "") && policy.may_edit_vendors("", "BEN@example.com"));
        assert!(!policy.may_edit_vendors("ana", "ana@example.com"));
        // A key goes where its table is, whatever stands behind it.
        let more = change(&two, "default_token_budget", Some(json!(5000))).expect("a change");
        assert_eq!(more, two.replace(id, &format!("{id}default_token_budget = 5000\n")));
        let only = format!("{id}[policy.required]\ntask = [\"assignee\"]\n");
        let both = change(&only, "policy.vendor_editors", Some(json!(["Ana"]))).expect("a change");
        assert_eq!(values(both.as_bytes())["policy.vendor_editors"], json!(["Ana"]));
        assert_eq!(
            change(&two, "policy.required.task", None).expect("a change"),
            format!("{one}\n[policy.required]\n")
        );
        assert_eq!(change(id, "policy.required.task", None).expect("no change"), id);
        let inline = format!("{id}policy = {{}}\n");
        assert!(change(&inline, "policy.vendor_editors", Some(json!(["Ana"]))).is_err());
    }

    #[test]
    fn nonsense_in_a_policy_is_named() {
        let wrong = |policy: &str| {
            let id = "repository = \"3f9a2c1b-52a1-4b53-9b0e-0c8f5e1f7a60\"\n";
            let found = check(format!("{id}{policy}\n").as_bytes());
            found.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
        };
        for (policy, message) in [
            ("policy = 1", "policy: expected a table"),
            (
                "policy.vendor_editors = \"Ana\"",
                "policy.vendor_editors: expected a list of names",
            ),
            (
                "policy.vendor_editors = []",
                "policy.vendor_editors: is empty, so nobody may change vendors",
            ),
            ("policy.vendor_editors = [\" \"]", "policy.vendor_editors[0]: is empty"),
            ("policy.required = []", "policy.required: expected a table of types"),
            (
                "policy.required.taks = []",
                "policy.required.taks: there is no such type; there are project",
            ),
            (
                "policy.required.task = 1",
                "policy.required.task: expected a list of fields",
            ),
            (
                "policy.required.task = [\"asignee\"]",
                "policy.required.task[0]: `asignee` is no field of a task",
            ),
            (
                "policy.required.vendor = [\"id\"]",
                "policy.required.vendor[0]: `id` cannot be required",
            ),
            ("policy.editors = []", "policy.editors: is no rule this version knows"),
            (
                "policy.required.task = [\"assignee\", \"metadata.estimated_hours\", \"body\"]",
                "",
            ),
        ] {
            assert!(wrong(policy).starts_with(message), "{policy}: {}", wrong(policy));
            assert_eq!(wrong(policy).is_empty(), message.is_empty(), "{policy}");
        }
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
