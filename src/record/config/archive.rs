//! `[archive]`: when work items that are over are put away.

use toml_edit::Item;

use super::values;
use crate::record::Violation;
use crate::record::value::Age;

/// For how long a work item that is over must not have changed before it is archived, where nothing is said.
pub const OLDER_THAN: Age = Age::days(365);

/// The key that says otherwise.
const KEY: &str = "archive.older_than";

/// For how long a work item that is over must not have changed before it is archived.
///
/// # Errors
///
/// What is wrong with the value: nobody wants to have anything archived by a guess.
pub fn older_than(bytes: &[u8]) -> Result<Age, Violation> {
    match values(bytes).get(KEY) {
        None => Ok(OLDER_THAN),
        Some(value) => {
            let age = value.as_str().map(str::parse);
            let age = age.unwrap_or_else(|| Err(format!("expected {}", Age::FORM)));
            age.map_err(|message| Violation::field(KEY, message))
        }
    }
}

/// What is wrong with the table. Keys this version does not know are left alone.
pub(super) fn check(archive: &Item, violations: &mut Vec<Violation>) {
    let Some(table) = archive.as_table_like() else {
        violations.push(Violation::field("archive", "expected a table"));
        return;
    };
    let wrong = match table.get("older_than").map(Item::as_str) {
        None => None,
        Some(Some(text)) => text.parse::<Age>().err(),
        Some(None) => Some(format!("expected {}", Age::FORM)),
    };
    violations.extend(wrong.map(|message| Violation::field(KEY, message)));
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::{check, edited};
    use super::*;

    const ID: &str = "repository = \"3f9a2c1b-52a1-4b53-9b0e-0c8f5e1f7a60\"\n";

    #[test]
    fn the_policy_is_read_set_and_checked() {
        assert_eq!(older_than(ID.as_bytes()), Ok(OLDER_THAN));
        let set = edited(ID.as_bytes(), KEY, Some(&json!("52w"))).expect("a change");
        assert_eq!(
            String::from_utf8_lossy(&set),
            format!("{ID}\n[archive]\nolder_than = \"52w\"\n")
        );
        assert_eq!(older_than(&set), Ok("52w".parse().expect("an age")));
        assert!(edited(ID.as_bytes(), KEY, Some(&json!("6m"))).is_err());
        for (archive, message) in [
            ("archive = 1", "archive: expected a table"),
            (
                "archive.older_than = 365",
                "archive.older_than: expected a number of hours, days",
            ),
            (
                "archive.older_than = \"soon\"",
                "archive.older_than: expected a number of hours, days",
            ),
            ("archive.older_than = \"1y\"\narchive.other = 1", ""),
        ] {
            let found = check(format!("{ID}{archive}\n").as_bytes());
            let found: Vec<_> = found.iter().map(ToString::to_string).collect();
            assert!(found.join("; ").starts_with(message), "{archive}: {found:?}");
            assert_eq!(found.is_empty(), message.is_empty(), "{archive}: {found:?}");
        }
        // A number where an age should be is not taken for the default.
        assert!(older_than(format!("{ID}archive.older_than = 365\n").as_bytes()).is_err());
    }
}
