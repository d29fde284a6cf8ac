//! `.tracking/config.toml`: what all clones of a docket must agree on.

use toml_edit::{DocumentMut, Item, TomlError};

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
    violations
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
    use super::check;

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
